"""Checks of the exercises of "Same question, other words"."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from sidebyside.cases import load_case
from sidebyside.checks import call, exercise, number_hint
from sidebyside.evaluation import Rate, rate

LEANS = ([0.5, 1.5, 2.5, 0.1, 3.0], [-4.0, -3.0, -1.0, -0.5], [-1.0, 2.0, 0.2, -0.6], [9.0, 1.0, 1.5, 0.9, 2.0])
STUDIES = ((0.7, 50, 12), (0.6, 20, 3), (0.9, 30, 24), (0.5, 100, 6))  # true rate, messages, wordings
DRAWS = 1500
SURE = 6  # standard errors: a right function fails one time in a hundred million


@exercise(1)
def calibrated(answer: Callable[..., Any]) -> str | None:
    """Try the function on made-up leans."""
    for leans in LEANS:
        given = call(answer, list(leans))
        if not isinstance(given, list | tuple | np.ndarray | pd.Series) or len(given) != len(leans):
            return f"Return a list with one truth value for each lean: {len(leans)} go in, so {len(leans)} come out."
        if not all(isinstance(value, bool | np.bool_) for value in given):
            return "Return True or False for each lean, not a number."
        if list(given) != [lean > np.mean(leans) for lean in leans]:
            return _wrong_line(list(given), leans)
    return None


def _wrong_line(given: list[bool], leans: list[float]) -> str:
    """Say which line the leans were held against, if it is plain."""
    if given == [lean > 0 for lean in leans]:
        return "That holds each lean against zero. Hold it against the mean of the whole lot."
    if given == [lean > np.median(leans) for lean in leans]:
        return "That holds each lean against the median. Take the mean."
    if given == [lean < np.mean(leans) for lean in leans]:
        return "It is the wrong way round: a lean above the mean is True."
    return f"Compare each lean with the mean of all. For {leans} the mean is {np.mean(leans):.2f}."


def _pair() -> tuple[list[str], pd.DataFrame]:
    """Return the two labels of exercise 07.2 and the dev messages that bear one of them."""
    case = load_case()
    pair, dev = case.labels[case.other_label][:2], case.split("dev")
    return pair, dev[dev[case.other_label].isin(pair)].head(20)


@exercise(2)
def own_wordings(answer: tuple[Any, Any, Any, Any]) -> str | None:
    """Look at the wordings, count anew what the answers get right, and compare."""
    wordings, answers, rates, widest = answer
    pair, rows = _pair()
    hint = _form_hint(wordings, answers, rates, pair, len(rows))
    if hint:
        return hint
    target = list(rows[load_case().other_label])
    for number, (given, told) in enumerate(zip(answers, rates, strict=True), 1):
        if told != rate([a == b for a, b in zip(given, target, strict=True)]):
            return f"The rate of wording {number} does not fit its answers: compare each answer with the label of the same message, row by row."
    scores = [told.value for told in rates]
    return number_hint(widest, max(scores) - min(scores), "The range is the best of the three scores minus the worst.")


def _form_hint(wordings: Any, answers: Any, rates: Any, pair: list[str], n: int) -> str | None:
    for name, value in (("wordings", wordings), ("answers", answers), ("rates", rates)):
        if not isinstance(value, list | tuple) or len(value) != 3:
            return f"Make `{name}` a list of three, one for each wording."
    if not all(isinstance(wording, str) and "{text}" in wording for wording in wordings) or len(set(wordings)) < 3:
        return "Write three different wordings as texts, each with {text} where the message goes."
    for wording in wordings:
        if missing := [label for label in pair if label.lower() not in wording.lower()]:
            return f"The model cannot know the label '{missing[0]}': name both labels in each wording."
    if not all(len(given) == n and set(given) <= {*pair, None} for given in answers):
        return f"Each list of answers holds {n} labels, one for each row of `rows`: '{pair[0]}' or '{pair[1]}'."
    return None if all(isinstance(told, Rate) for told in rates) else "Give each whole rate, as sbs.rate(...) returns it."


def _ranges(p: float, n: int, k: int) -> np.ndarray:
    right = np.random.default_rng(1).binomial(n, p, size=(20_000, k))
    return np.ptp(right, axis=1) / n


@exercise(3)
def chance_range(answer: Callable[..., Any]) -> str | None:
    """Compare mean and spread of the learner's ranges with those of another simulation."""
    for p, n, k in STUDIES:
        given = call(answer, p, n, k, DRAWS)
        if np.ndim(given) != 1 or len(given) != DRAWS:
            return f"Return as many ranges as there are draws: {DRAWS} were asked for."
        ranges, right = np.asarray(given, dtype=float), _ranges(p, n, k)
        if hint := _range_hint(ranges, right, p, n, k):
            return hint
    return None


def _range_hint(ranges: np.ndarray, right: np.ndarray, p: float, n: int, k: int) -> str | None:
    if ranges.min() < 0 or ranges.max() > 1:
        return "Give each range as a share, from 0 to 1: the best accuracy minus the worst."
    if not np.allclose(ranges * n, np.round(ranges * n), atol=1e-6):
        return f"The accuracy on {n} messages is a whole number of right answers, divided by {n}. Draw that number with binomial({n}, {p}, …)."
    if np.ptp(ranges) == 0:
        return "All your ranges are the same. Draw anew each time, and set the seed once, before the first draw."
    if abs(ranges.mean() - right.mean()) > SURE * right.std() / np.sqrt(DRAWS):
        means = f"{ranges.mean():.3f} wide on average; expected is about {right.mean():.3f}"
        return f"For p={p}, n={n}, k={k} your ranges are {means}. Do you take best minus worst of all k?"
    return None
