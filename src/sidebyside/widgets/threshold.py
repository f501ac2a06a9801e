"""Two thresholds that a reader can move: who answers, how often that is right, and what it costs. `threshold.js` computes it in the browser."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from ..charts import COLOURS
from .explore import box

KINDS = ("ML", "GenAI", "people")  # the colours of those who answer, in their order


@dataclass(frozen=True)
class Thresholds:
    """Sliders over recorded answers of a trained model, a language model and a person.

    Attributes:
        rows: For each message how sure the trained model is, and whether trained model, language model and person are right (0 or 1);
            first the messages of which the language model is least sure.
        names: What the three are called.
        prices: US dollars: of one answer of the language model, and of a person's hour.
        start: Where the sliders stand: threshold, people (percent of the messages), seconds.
    """

    rows: tuple[tuple[float, int, int, int], ...]
    names: tuple[str, ...]
    prices: tuple[float, float]
    start: tuple[float, int, int]

    def __repr__(self) -> str:
        """Return what the tool answers, as text."""
        return f"Thresholds: who answers {len(self.rows)} messages? (sliders, shown where HTML is)"

    def _repr_html_(self) -> str:
        start = dict(zip(("threshold", "people", "seconds"), self.start, strict=True))
        prices = dict(zip(("model", "wage"), self.prices, strict=True))
        task = json.dumps({"rows": self.rows, "names": self.names, "prices": prices, "start": start}, separators=(",", ":"))
        return box("threshold", "hybrid", shades=[COLOURS[kind] for kind in KINDS], task=task)


def _floor(sure: float) -> float:
    """Return a certainty cut to four places: it reaches a threshold of two places exactly if the whole number does."""
    return math.floor(sure * 10_000 + 1e-9) / 10_000


def thresholds(marks: pd.DataFrame, names: Sequence[str], prices: tuple[float, float], start: tuple[float, int, int]) -> Thresholds:
    """Let the reader move from when on a trained model answers, and how many of the other messages a person gets.

    Args:
        marks: One row a message: ml_sure, ml_right, model_sure (not a number where it was not told: it counts as sure), model_right,
            person_right.
        names: What the trained model, the language model and the person are called.
        prices: US dollars: of one answer of the language model, and of a person's hour.
        start: Where the sliders stand first: threshold (0.5 to 1.01), people (percent of the messages), a person's seconds.
    """
    ordered = marks.assign(model_sure=marks["model_sure"].fillna(1.0)).sort_values("model_sure", kind="stable")
    right = ordered[["ml_right", "model_right", "person_right"]].astype(int).to_numpy().tolist()
    rows = tuple((_floor(sure), ml, model, person) for sure, (ml, model, person) in zip(ordered["ml_sure"], right, strict=True))
    return Thresholds(rows, tuple(names), prices, start)
