"""The checks of the exercises: right answers pass in any form, wrong ones get a hint."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

import sidebyside as sbs
from lessons.prototype_to_model import checks

SLUG = "prototype_to_model"
BEST = {name: right for name, (right, _) in checks.CHOICES.items()}


def by_loop(flagged: list[int], wrong: list[bool]) -> tuple[float, float]:
    hits = 0
    for place in flagged:
        if wrong[place]:
            hits += 1
    return hits / len(flagged), hits / wrong.count(True)


def credit(chances: list[dict[str, float]], given: list[str]) -> list[float]:
    return [row[label] for row, label in zip(chances, given, strict=True)]


RIGHT: dict[int, list[Any]] = {
    1: [BEST, {name.upper(): f"The {way.upper()}." for name, way in BEST.items()}, dict(reversed(BEST.items()))],
    2: [
        by_loop,
        lambda f, w: [np.mean(np.array(w)[f]), np.array(w)[f].sum() / np.sum(w)],
        lambda f, w: (sbs.rate([w[i] for i in f]), sbs.rate([i in f for i, bad in enumerate(w) if bad])),
    ],
    3: [
        lambda c, g, n: sorted(range(len(g)), key=lambda i: c[i][g[i]])[:n],
        lambda c, g, n: np.argsort(credit(c, g))[:n],
        lambda c, g, n: set(pd.Series(credit(c, g)).nsmallest(n).index),
    ],
    4: [
        lambda n, a, b: n * a / (a - b),
        lambda n, a, b: math.ceil(n * a / (a - b)),
        lambda n, a, b: next(m for m in range(10**5) if n * a + m * b <= m * a + 1e-9),
    ],
}
WRONG: dict[int, list[tuple[Any, str]]] = {
    1: [
        (BEST | {"a": "prompt"}, "Look at a again"),
        (BEST | {"b": "student"}, "Look at b again"),
        (BEST | {"c": "student"}, "Look at c again"),
        (BEST | {"d": "prompt"}, "Look at d again"),
        (BEST | {"e": "people"}, "Look at e again"),
        (BEST | {"b": "prompt or student"}, "Behind b"),
        ("student", "letters"),
        (list(BEST.values()), "letters"),
    ],
    2: [
        (lambda f, w: by_loop(f, w)[::-1], "other way round"),
        (lambda f, w: by_loop(f, w)[0], "two numbers"),
        (lambda f, w: [100 * part for part in by_loop(f, w)], "percentage"),
        (lambda f, w: (sum(w[i] for i in f), sum(w)), "out of how many flags"),
        (lambda f, w: (by_loop(f, w)[0], by_loop(f, w)[0]), "all wrong labels"),
        (lambda f, w: (0.5, 2 / 3), "how many of these labels"),  # the first hunt, by heart
        (lambda f, w: (by_loop(f, w)[0], sum(w[i] for i in f) / len(w)), "all wrong labels"),
        (lambda f, w: tuple(1 - part for part in by_loop(f, w)), "all wrong labels"),
        (lambda f, w: dict(zip(("flags", "found"), by_loop(f, w), strict=True)), "two numbers"),
        (lambda f, w: None, "return"),
        (lambda f, w: "0.5, 0.67", "two numbers"),
    ],
    3: [
        (lambda c, g, n: sorted(range(len(g)), key=lambda i: -c[i][g[i]])[:n], "most credit"),
        (lambda c, g, n: sorted(range(len(g)), key=lambda i: max(c[i].values()))[:n], "least sure of anything"),
        (lambda c, g, n: [i for i in range(len(g)) if c[i][g[i]] < 0.5], "Asked for 2"),
        (lambda c, g, n: [i for i, row in enumerate(c) if max(row, key=lambda label: row[label]) != g[i]], "Asked for 2"),  # n is forgotten
        (lambda c, g, n: list(np.argsort(credit(c, g))[n:]), "most credit"),
        (lambda c, g, n: [g[i] for i in np.argsort(credit(c, g))[:n]], "places"),
        (lambda c, g, n: sorted(credit(c, g))[:n], "places"),
        (lambda c, g, n: [i + 1 for i in np.argsort(credit(c, g))[:n]], "lowest first"),
        (lambda c, g, n: [1, 3], "lowest first"),  # the first case, by heart
        (lambda c, g, n: list(range(n)), "lowest first"),
        (lambda c, g, n: None, "return"),
    ],
    4: [
        (lambda n, a, b: n, "not free"),
        (lambda n, a, b: n * a, "what the labels cost"),
        (lambda n, a, b: n * a / (a + b), "each message save"),
        (lambda n, a, b: n * (a - b) / a, "each message save"),
        (lambda n, a, b: 1000, "each message save"),  # the first case, by heart
        (lambda n, a, b: "1000", "number"),
        (lambda n, a, b: np.array([n, n * a / (a - b)]), "number"),
        (lambda n, b, a: n * a / (a - b) if a != b else n, "each message save"),  # the prices in each other's place
        (lambda n, a, b: None, "return"),
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


@pytest.mark.parametrize("untouched", [(1, dict.fromkeys(BEST, ...)), *((n, lambda *arguments: ...) for n in (2, 3, 4))])
def test_untouched_is_not_done(untouched: tuple[int, Callable[..., Any]]) -> None:
    number, answer = untouched
    assert sbs.check(f"{SLUG}.{number}", answer).state == "not done"
