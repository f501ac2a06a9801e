"""The checks of the exercises: right answers pass in any form, wrong ones get a hint."""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pytest

import sidebyside as sbs
from lessons.side_by_side import checks

SLUG = "side_by_side"
BEST = {name: right for name, (right, _) in checks.FIRST_CHOICE.items()}


def by_series(first: list[str], second: list[str]) -> list[int]:
    column = pd.Series(first)
    return list(column.index[column != pd.Series(second)])


def by_loop(first: list[str], second: list[str]) -> set[int]:
    places = set()
    for place in range(len(first)):
        if first[place] != second[place]:
            places.add(place)
    return places


RIGHT: dict[int, list[Any]] = {
    1: [BEST, {name.lower(): f"a {kind.upper()} model" for name, kind in BEST.items()}, dict(reversed(BEST.items()))],
    2: [
        lambda m, i, o, a, b: m * (i * a + o * b) / 1e6,
        lambda m, i, o, a, b: sum(i * a / 1_000_000 + o * b / 1_000_000 for _ in range(m)),
        lambda m, i, o, a, b: Decimal(m) * (Decimal(i) * Decimal(a) + Decimal(o) * Decimal(b)) / 10**6,
        lambda m, i, o, a, b: np.float64(m * np.dot([i, o], [a, b]) / 1e6),
    ],
    3: [
        lambda n, a, b: n * a / b,
        lambda n, a, b: math.ceil(n * a / b),
        lambda n, a, b: round(n * a / b),
        lambda n, a, b: next(m for m in range(10**6) if m * b >= n * a - 1e-9),
    ],
    4: [
        lambda a, b: [i for i in range(len(a)) if a[i] != b[i]],
        lambda a, b: np.where(np.array(a) != np.array(b)),
        lambda a, b: np.flatnonzero(np.array(a) != np.array(b)),
        by_series,
        by_loop,
        lambda a, b: (i for i, pair in enumerate(zip(a, b, strict=True)) if len(set(pair)) > 1),
    ],
}
WRONG: dict[int, list[tuple[Any, str]]] = {
    1: [
        (BEST | {"A": "language"}, "Situation A"),
        (BEST | {"B": "trained"}, "Situation B"),
        (BEST | {"C": "language"}, "Situation C"),
        (BEST | {"D": "person"}, "Situation D"),
        (BEST | {"E": "language"}, "Situation E"),
        (BEST | {"B": "trained or language"}, "Behind B, write"),
        ("trained", "Leave the letters as they are"),
    ],
    2: [
        (lambda m, i, o, a, b: m * (i * a + o * b), "million"),
        (lambda m, i, o, a, b: (i * a + o * b) / 1e6, "one message"),
        (lambda m, i, o, a, b: m * (i + o) * a / 1e6, "prices of their own"),
        (lambda m, i, o, a, b: m * (i * b + o * a) / 1e6, "prices of their own"),
        (lambda m, i, o, a, b: m * (i * a + o * b) / 1e4, "cents"),
        (lambda m, i, o, a, b: 0.28 if m else 0, "prices of their own"),  # what the first prices give, by heart
        (lambda m, i, o, a, b: m * (i * a + 80) / 1e6, "prices of their own"),
        (lambda m, i, o, a, b: None, "return"),
        (lambda m, i, o, a, b: "0.28", "return"),
    ],
    3: [
        (lambda n, a, b: n * a, "what the labels cost"),
        (lambda n, a, b: b / (n * a), "Upside down"),
        (lambda n, a, b: n, "Solve"),
        (lambda n, a, b: 10_000, "Solve"),  # the first case, by heart
        (lambda n, a, b: n * a * 100, "Solve"),  # right for the price of the first case alone
        (lambda n, a, b: n / b, "Solve"),
        (lambda n, a, b: n * a / b + 1, "Close"),
        (lambda n, a, b: int(n * a / b), "Close"),
        (lambda n, a, b: int(n * a / b) + 1, "Close"),
        (lambda n, a, b: n * a / b * 1.0009, "Close"),
        (lambda n, a, b: f"{n * a / b}", "a text"),
        (lambda n, a, b: None, "return"),
    ],
    4: [
        (lambda a, b: [i + 1 for i, (x, y) in enumerate(zip(a, b, strict=True)) if x != y], "from 0"),
        (lambda a, b: [i for i, (x, y) in enumerate(zip(a, b, strict=True)) if x == y], "agree"),
        (lambda a, b: [x != y for x, y in zip(a, b, strict=True)], "yes or no"),
        (lambda a, b: [1, 3] if len(a) > 1 else [], "zip"),  # the first lists, by heart
        (lambda a, b: [i for i, x in enumerate(a) if x == "b"], "zip"),
        (lambda a, b: [0, 1, 2, 3], "zip"),
        (lambda a, b: [i for i in range(len(a)) if a[i] != b[i]] or [0], "empty"),
        (lambda a, b: sum(x != y for x, y in zip(a, b, strict=True)), "places"),
        (lambda a, b: None, "return"),
    ],
}


@pytest.mark.parametrize(("number", "answer"), [(n, answer) for n, answers in RIGHT.items() for answer in answers])
def test_right_answer_passes(number: int, answer: Any) -> None:
    said = sbs.check(f"{SLUG}.{number}", answer)
    assert said.state == "right", said.text


@pytest.mark.parametrize(("number", "answer", "told"), [(n, *wrong) for n, answers in WRONG.items() for wrong in answers])
def test_wrong_answer_gets_a_hint_that_names_the_cure(number: int, answer: Any, told: str) -> None:
    said = sbs.check(f"{SLUG}.{number}", answer)
    assert said.state == "not yet" and told in said.text, said.text
    assert "stopped the check" not in said.text and "NoneType" not in said.text


@pytest.mark.parametrize("untouched", [(1, dict.fromkeys(BEST, ...)), (1, BEST | {"C": ...}), *((n, lambda *arguments: ...) for n in (2, 3, 4))])
def test_untouched_is_not_done(untouched: tuple[int, Callable[..., Any]]) -> None:
    number, answer = untouched
    assert sbs.check(f"{SLUG}.{number}", answer).state == "not done"
