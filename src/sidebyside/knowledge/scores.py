"""How many were right, how sure people were, and whether the two fit; for one person and for a class."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..evaluation import Rate, rate
from .answers import Sheet
from .items import Item, KnowledgeTest

ALL_SUBSETS_UP_TO = 14  # people; beyond that, subsets are drawn
DRAWS = 9_999


@dataclass(frozen=True)
class Score:
    """What a sheet is worth.

    Attributes:
        right: Right answers out of all items; what was not answered is not right.
        confidence: Mean confidence, 0 to 1, of the answers that have one; None if none has.
        brier: Mean squared distance between confidence and truth of the same answers (Brier 1950), 0 is best; None likewise.
        gap: Mean confidence minus the share of right ones among the same answers, -1 to 1: above 0 is over-confident.
    """

    right: Rate
    confidence: float | None
    brier: float | None
    gap: float | None


def hits(sheet: Sheet, test: KnowledgeTest) -> pd.DataFrame:
    """Return one row an item: `item`, `right` (yes or no) and `confidence` (0 to 1, or none)."""
    rows = []
    for item in test.items:
        answer = sheet.answers.get(item.id)
        rows.append({"item": item.id, "right": answer is not None and answer.option == item.key, "confidence": answer.confidence if answer else None})
    return pd.DataFrame(rows).astype({"right": bool, "confidence": float})


def score(sheet: Sheet, test: KnowledgeTest) -> Score:
    """Return what a sheet is worth."""
    table = hits(sheet, test)
    said = table.dropna(subset="confidence")
    if said.empty:
        return Score(rate(table["right"]), None, None, None)
    distance = said["confidence"] - said["right"].astype(float)
    return Score(rate(table["right"]), float(said["confidence"].mean()), float((distance**2).mean()), float(distance.mean()))


def mean_with_interval(values: Sequence[float]) -> tuple[float, tuple[float, float] | None]:
    """Return the mean of one number a person, with its 95 % interval; no interval for fewer than six people.

    The interval spans the middle of the means of all subsets of people (Hartigan 1969, "Using subsample values as typical
    values"). It is exact, however few they are, if people are as likely to lie above the middle as below it; up to
    fourteen people all subsets are taken, beyond that a seeded draw of them.
    """
    people = np.asarray(values, dtype=float)
    n = len(people)
    if n <= ALL_SUBSETS_UP_TO:
        chosen = (np.arange(1, 2**n)[:, None] >> np.arange(n)) & 1
    else:
        chosen = np.random.default_rng(0).integers(0, 2, size=(DRAWS, n))
        chosen = chosen[chosen.any(axis=1)]
    means = np.sort((chosen @ people) / chosen.sum(axis=1))
    cut = int(0.025 * (len(means) + 1))
    return float(people.mean()), (float(means[cut - 1]), float(means[-cut])) if cut else None


def by_confidence(sheets: Sequence[Sheet], test: KnowledgeTest) -> pd.DataFrame:
    """Return one row for each confidence that somebody gave: `said` (0 to 1), `right` (a `Rate`)."""
    table = pd.concat([hits(sheet, test) for sheet in sheets]).dropna(subset="confidence")
    return pd.DataFrame([{"said": said, "right": rate(part["right"])} for said, part in table.groupby("confidence")])


def chosen_wrong(item: Item, sheets: Sequence[Sheet]) -> tuple[str, int] | None:
    """Return the wrong option that drew most people, and how many; None if nobody chose wrong."""
    counts = Counter(answer.option for sheet in sheets if (answer := sheet.answers.get(item.id)) and answer.option not in (None, item.key))
    return min(counts.most_common(), key=lambda pair: (-pair[1], pair[0])) if counts else None
