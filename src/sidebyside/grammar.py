"""The parts of a page, as cell tags: the words that deck, site and page rules go by, and their only home.

A notebook's cell that opens or makes up a part carries the part's tag. Nothing reads a heading's wording, so that a heading
can be reworded, or translated, without breaking anything.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Part:
    """One part of a page.

    Attributes:
        tag: The tag that its cell carries.
        opening: How a new lesson's cell of this part begins; only a skeleton uses it.
        code: Whether it is a code cell.
    """

    tag: str
    opening: str
    code: bool = False


TITLE = Part("title", "# ")
SENTENCE = Part("sentence", "**In one sentence:** ")
GOALS = Part("goals", "**You will be able to**")
TIME = Part("time", "*30 minutes · for everyone*")
PREDICT = Part("predict", "sbs.predict", code=True)
OUTCOME = Part("outcome", "sbs.outcome", code=True)
HAPPENED = Part("happened", "**What happened.** ")
CHANGE = Part("change", "**Change one thing.** ")
AT_WORK = Part("at-work", "## At work tomorrow")
QUIZ = Part("quiz", "## Check yourself")
WORDS = Part("words", "## Words")
SOURCES = Part("sources", "## Sources")
NEXT = Part("next", "## Go on")  # written by `tools/ways.py`, in exercises and solutions too

ROUND = (PREDICT, OUTCOME, HAPPENED, CHANGE)
HEAD = (TITLE, SENTENCE, GOALS, TIME)
END = (AT_WORK, QUIZ, WORDS, SOURCES, NEXT)
PARTS = {part.tag: part for part in (*HEAD, *ROUND, *END)}

HIDDEN = "hide-input"  # Jupyter Book's and JupyterLab's own tag for a cell whose code stays closed


def tags_of(cell: Mapping[str, Any]) -> set[str]:
    """Return a cell's tags."""
    return set(cell["metadata"].get("tags", []))


def part_of(cell: Mapping[str, Any]) -> str:
    """Return the tag of the part that a cell opens or makes up, or "" for a cell of none.

    Raises:
        ValueError: If it carries the tags of two parts.
    """
    found = [tag for tag in PARTS if tag in tags_of(cell)]
    if len(found) > 1:
        raise ValueError(f"cell {cell.get('id')}: tagged as {' and '.join(found)}. A cell is one part of a page.")
    return found[0] if found else ""
