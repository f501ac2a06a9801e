"""Texts that the reader codes in own words, groups and counts, in the page itself: no kernel stands behind it, and the codes stay in the browser."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from .explore import box
from .show import Table

HEADINGS = {"message": "the customer wrote", "draft": "the model drafted", "note": "stored note", "group": "stored group"}


@dataclass(frozen=True, eq=False)
class Coding:
    """Open coding, then grouping, then counting, beside a coding that is stored. Tab, Enter and the arrow keys are enough to use it.

    The script reads the drafts from the table that stands in the box for readers without one, so that a page sends them once.

    Attributes:
        key: Its name in the reader's browser, such as "read_first/coding".
        question: What to note of each draft.
        items: One row a draft: message, draft, note and group (of the stored coding; empty where there is none).
        groups: Each group of the stored coding and what it means; the first one says that nothing is wrong.
        model: Who drafted.
    """

    key: str
    question: str
    items: pd.DataFrame
    groups: Mapping[str, str]
    model: str

    def __repr__(self) -> str:
        """Return the task as text."""
        return f"Code: {self.question} ({len(self.items)} drafts of {self.model}; groups: {' | '.join(self.groups)})"

    def _repr_html_(self) -> str:
        listed = f"<details><summary>All drafts, and what the stored reading says of them</summary>{self._listed()}</details>"
        return box("coding", "GenAI", listed, task=json.dumps(self._task(), ensure_ascii=False))

    def _listed(self) -> str:
        return Table(self.items.rename(columns=HEADINGS))._repr_html_()

    def _task(self) -> dict[str, Any]:
        return {"key": self.key, "question": self.question, "model": self.model, "groups": dict(self.groups)}


def coding(key: str, question: str, items: pd.DataFrame, groups: Mapping[str, str], model: str) -> Coding:
    """Let the reader code drafts in own words, group the codes and count, and show a stored coding beside.

    Args:
        key: Its name in the reader's browser, such as "read_first/coding".
        question: What to note of each draft.
        items: One row a draft: message, draft, note and group (of the stored coding; empty where there is none).
        groups: Each group of the stored coding and what it means; the first one says that nothing is wrong.
        model: Who drafted.
    """
    texts = items.loc[:, list(HEADINGS)].map(lambda text: " ".join(str(text).split())).reset_index(drop=True)
    return Coding(key, question, texts, groups, model)
