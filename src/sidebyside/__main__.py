"""`python -m sidebyside …`: see `cli`."""

from .cli import main

main()
