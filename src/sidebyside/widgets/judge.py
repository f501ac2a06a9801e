"""Answers that the reader judges one by one, in the page itself: no kernel stands behind it, and the verdicts stay in the reader's browser."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from ..evaluation import rate
from .explore import box
from .show import Table

COLUMNS = ("asked", "answer", "truth", "kind")


@dataclass(frozen=True, eq=False)
class Judging:
    """Shows answers one by one; once all are judged, or the reader wants it, the key. Tab and Enter are enough to use it.

    Attributes:
        key: Its name in the reader's browser, such as "hallucination/judge".
        question: What to judge.
        items: One row an answer: asked, answer, truth (the true answer), kind (what the page's rule says of it).
        options: The verdicts to choose from; the first is "right", and the last "made up".
        model: Who answered.
    """

    key: str
    question: str
    items: pd.DataFrame
    options: Sequence[str]
    model: str

    def __repr__(self) -> str:
        """Return the task as text."""
        return f"Judge: {self.question} ({len(self.items)} answers of {self.model}; {' | '.join(self.options)})"

    def _repr_html_(self) -> str:
        rows = self.items.rename(columns={"asked": "question", "answer": "the model wrote", "truth": "true answer", "kind": "the rule says"})
        key = f"<details><summary>Answers and key</summary>{Table(rows)._repr_html_()}</details>" if len(rows) else ""
        return box("judge", "GenAI", key, task=json.dumps(self._task(), ensure_ascii=False))

    def _task(self) -> dict[str, Any]:
        made_up = int((self.items["kind"] == self.options[-1]).sum())
        said = {"key": self.key, "question": self.question, "model": self.model, "options": list(self.options)}
        rates = {"agreed": _in_words(len(self.items)), "trusted": _in_words(made_up)}
        return said | rates | {"items": self.items.to_dict("records")}


def _in_words(n: int) -> list[str]:
    """Say each rate of n that may come out, from none to all: the browser then picks one, and does no statistics of its own."""
    return [str(rate([True] * hits + [False] * (n - hits))) for hits in range(n + 1)]


def judging(key: str, question: str, items: pd.DataFrame, options: Sequence[str], model: str) -> Judging:
    """Let the reader judge answers in the page, and show the key in the end.

    Args:
        key: Its name in the reader's browser, such as "hallucination/judge".
        question: What to judge.
        items: One row an answer: asked, answer, truth (the true answer), kind (what the page's rule says of it).
        options: The verdicts to choose from; the first is "right", and the last "made up".
        model: Who answered.
    """
    texts = items.loc[:, list(COLUMNS)].map(str).reset_index(drop=True)
    return Judging(key, question, texts, options, model)
