"""The course's commands.

Usage: python -m sidebyside lab [options of jupyter lab]

  lab   open JupyterLab on the page Start here, with the whole course in reach
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence

from .errors import CourseError
from .jupyter.lab import open_lab

COMMANDS: dict[str, Callable[[Sequence[str]], None]] = {"lab": open_lab}


def main(words: Sequence[str]) -> None:
    """Run the command that the first word names; the rest are its options.

    Raises:
        SystemExit: If there is no such command, or with a fault's sentence.
    """
    if not words or words[0] not in COMMANDS:
        sys.exit(__doc__)
    try:
        COMMANDS[words[0]](words[1:])
    except CourseError as error:
        sys.exit(str(error))
