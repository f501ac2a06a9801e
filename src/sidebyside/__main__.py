"""`python -m sidebyside …`: see `cli`."""

import sys

from .cli import main

main(sys.argv[1:])
