"""Checks of the exercises of "Can you tell when it is wrong?"."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from sklearn.metrics import roc_auc_score

from sidebyside import llm
from sidebyside.cases import load_case
from sidebyside.checks import call, exercise, number_hint
from sidebyside.scorers import holds_name

COST_MISS, COST_CHECK = 8, 1


@exercise(1)
def auroc(answer: Callable[..., Any]) -> str | None:
    """Compare with scikit-learn on easy lists, on ties, and on data drawn at random."""
    known = (
        ([0.9, 0.2], [True, False], 1.0, "There is one pair, and the right answer has the higher confidence: that is 1."),
        ([0.2, 0.9], [True, False], 0.0, "There is one pair, and the right answer has the lower confidence: that is 0."),
        ([0.5, 0.5], [True, False], 0.5, "A tie counts half."),
        ([0.9, 0.8, 0.7], [True, False, True], 0.5, "Pair each right answer with each wrong one, and no right answer with a right one."),
    )
    for confidence, right, value, hint in known:
        if problem := number_hint(call(answer, confidence, right), value, f"{hint} Look at {confidence} with {right}.", 1e-9):
            return problem
    generator = np.random.default_rng(9)
    for size in (7, 30, 60):
        confidence, right = [round(float(x), 1) for x in generator.random(size)], [i % 3 == 0 for i in range(size)]
        hint = f"On {size} answers drawn at random it differs from scikit-learn's. Divide by the number of pairs: right times wrong."
        if problem := number_hint(call(answer, confidence, right), float(roc_auc_score(right, confidence)), hint, 1e-6):
            return problem
    return None


def _cost(confidence: np.ndarray, right: np.ndarray, threshold: float) -> float:
    """Return what the answers let through wrongly and those held back cost together."""
    passed = confidence >= threshold
    return float(COST_MISS * np.sum(passed & ~right) + COST_CHECK * np.sum(~passed))


@exercise(2)
def threshold(answer: tuple[Any, ...]) -> str | None:
    """Try each threshold anew; any that is as cheap as the cheapest is right, if its misses and false alarms are counted right."""
    confidence, right = np.asarray(answer[0], dtype=float), np.asarray(answer[1], dtype=bool)
    line, misses, false_alarms = answer[2:]
    if isinstance(line, str | bool) or not hasattr(line, "__float__"):
        return "`threshold` should be a number, such as one of the confidences."
    line = float(line)
    passed = confidence >= line
    cheapest = min(_cost(confidence, right, place) for place in (*confidence, np.inf))
    if (cost := _cost(confidence, right, line)) > cheapest + 1e-9:
        return f"At {line:.3f} all answers together cost {cost:g}; another threshold is cheaper. Try each confidence, and one above all."
    if problem := number_hint(misses, float(np.sum(passed & ~right)), "A miss is a wrong answer at or above the threshold: count those.", 0.1):
        return problem
    return number_hint(false_alarms, float(np.sum(~passed & right)), "A false alarm is a right answer below the threshold: count those.", 0.1)


@exercise(3)
def surer_half(answer: tuple[Any, ...]) -> str | None:
    """Judge the learner's own answers anew, and count in the surer half of them."""
    answers, lowest, right, share = answer
    rows = load_case().entities.tail(12)
    for name, part in (("answers", answers), ("lowest", lowest), ("right_ones", right)):
        if isinstance(part, str) or not hasattr(part, "__len__") or len(part) != len(rows):
            return f"`{name}` should hold {len(rows)} things, one for each question in `rest`, in the same order."
    if not all(isinstance(text, str) for text in answers):
        return "Put the texts of the answers into `answers`: response.choices[0].message.content."
    if not all(0 <= float(p) <= 1 for p in lowest) or len({round(float(p), 9) for p in lowest}) < 2:
        return "Put into `lowest` the smallest probability among each answer's own tokens: a number from 0 to 1."
    if len(llm.usage()) < len(rows):
        return f"These answers did not come from the model: it was asked less than {len(rows)} times here. Ask it about each question in `rest`."
    judged = [holds_name(text, target) for text, target in zip(answers, rows["answer"], strict=True)]
    if [bool(value) for value in right] != judged:
        return "An answer is right if sbs.holds_name(answer, target) says so. For an invented thing the target is empty, so none is right."
    half = len(rows) // 2
    reachable = [count / half for count in _right_in_surer_half([float(p) for p in lowest], judged)]
    hint = f"Sort the answers by `lowest`, take the {half} highest, and give the share of right ones among them."
    nearest = min(reachable, key=lambda value: abs(value - float(share)) if hasattr(share, "__float__") else 0)
    return number_hint(share, nearest, hint)


def _right_in_surer_half(lowest: Sequence[float], right: Sequence[bool]) -> range:
    """Return how many of the surer half may be right: more than one number only where equal probabilities lie on the middle line."""
    half = len(lowest) // 2
    line = sorted(lowest, reverse=True)[half - 1]
    above = [ok for p, ok in zip(lowest, right, strict=True) if p > line]
    level = [ok for p, ok in zip(lowest, right, strict=True) if p == line]
    room, wrong = half - len(above), len(level) - sum(level)
    return range(sum(above) + max(0, room - wrong), sum(above) + min(room, sum(level)) + 1)
