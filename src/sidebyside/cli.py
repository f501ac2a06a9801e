"""The course's commands.

Usage: python -m sidebyside lab [options of jupyter lab]
       python -m sidebyside weights [get [small | middle | main]]

  lab      open JupyterLab on the page Start here, with the whole course in reach
  weights  list the language models and say which are here; `get` fetches one, the main one unless you say which
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence

from .errors import CourseError, SettingsError
from .jupyter.lab import open_lab
from .models import MAIN, MODELS, find, names
from .settings import weights_folder
from .weights import get, is_there, place

STOPPED = "Stopped. What has arrived is kept: give the same command again to go on."


def weights(words: Sequence[str]) -> None:
    """List the embedded models, or fetch the one that is named.

    Raises:
        SettingsError: If there is no such model.
        WeightsError: If it cannot be fetched.
        SystemExit: If it was interrupted.
    """
    if not words:
        print(listing())
        return
    name = words[1] if len(words) > 1 else MAIN.name
    if words[0] != "get" or len(words) > 2 or not (model := find(name)):
        raise SettingsError(f"'weights {' '.join(words)}' is no command. Write `weights`, or `weights get` and one of: {names()}.")
    from tqdm import tqdm

    with tqdm(total=model.size, unit="B", unit_scale=True, desc=model.nickname, disable=None) as bar:
        try:
            path = get(model, lambda done, _: bar.update(done - bar.n))
        except KeyboardInterrupt:
            sys.exit(STOPPED)
    print(f"The {model.nickname} model is here: {path}")


def listing() -> str:
    """Return a table of the embedded models, one a line, and where fetched ones lie."""
    rows = [("", "model", "size", "licence", "")]
    for model in MODELS.values():
        here = "here" if is_there(place(model)) else f"python -m sidebyside weights get {model.nickname}"
        rows.append((model.nickname, model.title, f"{model.size / 1e9:.1f} GB", model.licence, here))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return "\n".join([*lines, f"The weights folder is {weights_folder()}"])


COMMANDS: dict[str, Callable[[Sequence[str]], None]] = {"lab": open_lab, "weights": weights}


def main(words: Sequence[str] | None = None) -> None:
    """Run the command that the first word names; the rest are its options.

    Args:
        words: What stands behind the program's name; None takes the command line.

    Raises:
        SystemExit: If there is no such command, or with a fault's sentence.
    """
    words = sys.argv[1:] if words is None else words
    if not words or words[0] not in COMMANDS:
        sys.exit(__doc__)
    try:
        COMMANDS[words[0]](words[1:])
    except CourseError as error:
        sys.exit(str(error))
