"""Checks of the exercises of "How sure are we?"."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
from statsmodels.stats.proportion import proportion_confint

from sidebyside.checks import FORGOTTEN, call, exercise, kind_of, number_hint, result_of
from sidebyside.evaluation import paired_p, rate
from sidebyside.hints import function_hint, one_number_hint, words_hint

ALPHA = 0.05  # the common line for "clear"


def _half_width(share: float, n: int) -> float:
    return _whole_width(share * n, n) / 2


def _whole_width(hits: float, n: int) -> float:
    low, high = proportion_confint(hits, n, method="wilson")
    return float(high - low)


@cache
def _needed(share: float, half_width: float) -> int:
    """Return the smallest size whose Wilson interval is narrow enough."""
    return next(n for n in range(1, 100_000) if _half_width(share, n) <= half_width)


JUDGED = {  # sentence → whether it may be said, and what to think of otherwise
    "a": ("small", "Six messages tell the two apart, four to two. Coins often fall like that."),
    "b": ("yes", "Sixty messages to twenty, on the same exam. Fair coins hardly ever fall like that, and nothing was chosen by it."),
    "c": ("luck", "Of thirty prompts, some are lucky on these forty messages, and the luckiest was kept."),
    "d": ("small", "A large p says that this exam cannot tell them apart. Fifty messages would miss many a difference."),
    "e": ("yes", "Wilson's interval of 360 in 400 reaches about three points to each side, and it was a fair draw."),
    "f": ("small", "Ten answers to one question stand or fall together, so it is forty questions that count."),
}

SAID = {"yes": "yes", "small": "small", "too few": "small", "luck": "luck"}  # how it begins → which
HITS: tuple[Callable[[float], float], ...] = (float, round, math.floor, math.ceil)  # of share times n, which need not be whole


@exercise(1)
def what_may_be_said(answer: Any) -> str | None:
    """Compare the reader's verdicts; capitals, spaces and further words do no harm."""
    return words_hint(answer, JUDGED, SAID)


@exercise(2)
def messages_needed(answer: Callable[..., Any]) -> str | None:
    """Compare with a search; the number of right answers may have been made a whole one, and the normal quantile rounded."""
    if hint := function_hint(answer, "messages_needed"):
        return hint
    for share, half_width in ((0.8, 0.05), (0.5, 0.1), (0.95, 0.1), (1.0, 0.05), (0.9, 0.03)):
        given, right = call(answer, share, half_width), _needed(share, half_width)
        given = np.ravel(given)[0] if isinstance(given, np.ndarray) and given.size == 1 else given
        case = f"messages_needed({share}, {half_width})"
        if given is None:
            return FORGOTTEN
        if isinstance(given, str | bool) or not hasattr(given, "__float__") or np.size(given) != 1:
            return f"{case} should be one number of messages, and it is {'several' if np.size(given) > 1 else kind_of(given)}."
        if not (math.isfinite(float(given)) and _is_smallest(math.ceil(float(given)), share, half_width)):
            return f"{case} gives {float(given):g}. {_why(share, half_width, float(given), right)}"
    return None


@cache
def _is_smallest(n: int, share: float, half_width: float) -> bool:
    """Tell whether n messages are narrow enough and one less is not, however the number of right answers is rounded."""
    near = 1e-4 * half_width  # what a quantile of 1.96 is off
    return n > 0 and any(
        _whole_width(hits(share * n), n) / 2 <= half_width + near and (n == 1 or _whole_width(hits(share * (n - 1)), n - 1) / 2 > half_width - near)
        for hits in HITS
    )


def _why(share: float, half_width: float, given: float, right: int) -> str:
    """Say what kind of mistake a wrong number of messages comes from."""
    school = 1.96**2 * share * (1 - share) / half_width**2
    if given < 1 or not math.isfinite(given):
        return "A test has at least one message. Look for the smallest n whose interval is narrow enough."
    if abs(given - _needed(share, half_width / 2)) <= max(2, 0.02 * given):
        return "There the whole interval is as wide as the half-width that was asked for. Halve the way from end to end."
    if abs(given - _needed(share, 2 * half_width)) <= 2:
        return "There the half-width is twice what was asked for. Take half the way from end to end, once."
    if abs(given - right) <= 1:
        side = "too few" if given < right else "too many"
        return f"That is one {side}. Count n from 1, and use Wilson's interval: the rough textbook formula comes near, and not there."
    if abs(given - school) <= 2:
        return "That is the rough textbook formula. Use Wilson's interval: near 0 and 1 the two differ."
    size = max(1, round(given))
    return f"With {size} messages the half-width is {_half_width(share, size):.4f}. " + (
        "That is wider than asked for." if given < right else "Fewer messages would do."
    )


@exercise(3)
def same_messages(answer: tuple[Any, ...]) -> str | None:
    """Count, test and compare anew on the learner's own rows."""
    first, second = (np.asarray(row, dtype=bool) for row in answer[:2])
    only_first, only_second, p, overlap, clear = answer[2:]
    if first.ndim != 1 or not first.size or first.shape != second.shape:
        return "`first_right` and `second_right` are not as they were. Run the cells that make them again."
    counts = (("only_first", only_first, first & ~second, "first"), ("only_second", only_second, second & ~first, "second"))
    for name, given, alone, who in counts:
        hint = f"`{name}` counts the messages where the {who} model is right and the other wrong. Messages that both get right do not count."
        if problem := one_number_hint(given, name, float(np.sum(alone)), hint, 0.1):
            return problem
    right_p = paired_p(first, second)
    hint = "Only the flipped messages count for `p`. Use the exact test (exact=True, or coin tosses), and both sides of it: twice the smaller tail."
    if problem := one_number_hint(p, "p", right_p, hint, 6e-4):
        rounded = hasattr(p, "__float__") and np.size(p) == 1 and abs(float(p) - right_p) <= 0.0051 and float(p) == round(float(p), 2)
        return "`p` is rounded so far that nobody can check it. Give three decimals or more." if rounded else problem
    (low, high), (other_low, other_high) = rate(first).interval, rate(second).interval
    hints = (
        ("overlap", overlap, low <= other_high and other_low <= high, "They overlap if each one's lower end lies below the other's upper end."),
        ("clear", clear, right_p < ALPHA, "The difference is clear if p is below one in twenty."),
    )
    for name, given, right, hint in hints:
        if not isinstance(given, bool | np.bool_) and not (isinstance(given, int | np.integer) and given in (0, 1)):
            return f"`{name}` should be True or False, without quotation marks."
        if bool(given) != right:
            return f"`{name}` is not {bool(given)}. {hint}"
    return None


def _lead(systems: int, n: int, share: float) -> float:
    """Return how far the best of equal systems lies above the truth: the exact mean of a largest binomial count."""
    masses = [math.comb(n, k) * share**k * (1 - share) ** (n - k) for k in range(n + 1)]
    below = np.minimum(np.cumsum(masses), 1) ** systems  # the chance that the best has at most k right
    return float(np.sum(1 - below[:-1])) / n - share


@exercise(4)
def lucky_lead(answer: Callable[..., Any]) -> str | None:
    """Compare with the exact mean; a simulation of two thousand times comes near enough."""
    if hint := function_hint(answer, "lucky_lead"):
        return hint
    for systems, n, share, hint in (
        (8, 30, 0.8, "Draw one score for each system and take the best; repeat. The lead is the mean of the best ones minus `rate`."),
        (1, 100, 0.7, "With one system there is nothing to choose, so the lead is about zero."),
        (8, 300, 0.8, "With more messages the luck shrinks. A score is right answers divided by `n`."),
        (40, 30, 0.5, "With more systems the best is luckier. Does your function use `systems`?"),
    ):
        place = f"Look at lucky_lead({systems}, {n}, {share})."
        given = result_of(answer, systems, n, share)
        if np.size(given) > 1:
            return f"Your function gives {np.size(given)} numbers, and one was asked for: the mean of all the leads. {place}"
        if problem := number_hint(given, _lead(systems, n, share), f"{hint} {place}", 0.008):
            return problem
    return None
