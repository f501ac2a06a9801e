"""A form of several boxes that a reader fills in, scores by levels and prints as one page: no kernel stands behind it.

What is written stays in the reader's browser. `canvas.js` keeps it, adds up the levels and lays it out on paper.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

import pandas as pd

from .explore import box
from .show import Table

MOST = 400  # signs in a box, so that all of them fit on one page


@dataclass(frozen=True)
class Box:
    """One box of a canvas.

    Attributes:
        name: Its heading.
        question: What belongs in it.
        example: One filled in.
        levels: What it takes to score 1, 2 and so on: each level in a few words.
    """

    name: str
    question: str
    example: str
    levels: Sequence[str]


@dataclass(frozen=True)
class Canvas:
    """A form with a text field and levels for each box.

    Attributes:
        key: Its name in the reader's browser, such as "team_work/canvas": a page and its exercise show the same one.
        title: What it is called.
        boxes: Its boxes, in order.
    """

    key: str
    title: str
    boxes: Sequence[Box]

    def __repr__(self) -> str:
        """Return the title and the names of the boxes as text."""
        return f"{self.title}: {' | '.join(each.name for each in self.boxes)} (a form, shown where HTML is)"

    def _repr_html_(self) -> str:
        rows = [{"box": each.name, "what belongs in it": each.question, "levels": " → ".join(each.levels)} for each in self.boxes]
        task = {"key": self.key, "title": self.title, "most": MOST, "boxes": [asdict(each) for each in self.boxes]}
        return box("canvas", "people", Table(pd.DataFrame(rows))._repr_html_(), task=json.dumps(task, ensure_ascii=False, separators=(",", ":")))


def canvas(key: str, title: str, boxes: Sequence[Box]) -> Canvas:
    """Show a form that the reader fills in, scores and prints as one page; it is kept in the reader's browser.

    Args:
        key: Its name in the reader's browser, such as "team_work/canvas".
        title: What it is called.
        boxes: Its boxes, in order.
    """
    return Canvas(key, title, tuple(boxes))
