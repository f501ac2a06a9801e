"""Checks of the exercises of "How sure are we?"."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import numpy as np
from statsmodels.stats.proportion import proportion_confint

from sidebyside.checks import NotDone, call, exercise, number_hint, result_of
from sidebyside.evaluation import paired_p, rate

ALPHA = 0.05  # the common line for "clear"


def _half_width(share: float, n: int) -> float:
    low, high = proportion_confint(share * n, n, method="wilson")
    return float(high - low) / 2


@cache
def _needed(share: float, half_width: float) -> int:
    """Return the smallest size whose Wilson interval is narrow enough."""
    return next(n for n in range(1, 100_000) if _half_width(share, n) <= half_width)


SAID = {  # sentence → whether it may be said, and what to think of otherwise
    "a": ("small", "Sentence a: six messages tell the two apart, four to two. Coins often fall like that."),
    "b": ("yes", "Sentence b: sixty messages to twenty, on the same exam. Fair coins hardly ever fall like that, and nothing was chosen by it."),
    "c": ("luck", "Sentence c: of thirty prompts, some are lucky on these forty messages, and the luckiest was kept."),
    "d": ("small", "Sentence d: a large p says that this exam cannot tell them apart. Fifty messages would miss many a difference."),
    "e": ("yes", "Sentence e: Wilson's interval of 360 in 400 reaches about three points to each side, and it was a fair draw."),
    "f": ("small", "Sentence f: ten answers to one question stand or fall together, so it is forty questions that count."),
}


@exercise(1)
def what_may_be_said(answer: Any) -> str | None:
    """Compare the reader's verdicts; capitals, spaces and further words do no harm."""
    if not isinstance(answer, Mapping):
        return "Leave the letters as they are, and write one of the three words behind each."
    given = {str(letter).strip().lower(): verdict for letter, verdict in answer.items()}
    if any(given.get(letter, ...) is ... for letter in SAID):
        raise NotDone
    for letter, (right, why) in SAID.items():
        words = {word for word in re.findall(r"[a-z]+", str(given[letter]).lower()) if word in ("yes", "small", "luck")}
        if len(words) != 1:
            return f"Sentence {letter}: write yes, small or luck."
        if words != {right}:
            return why
    return None


@exercise(2)
def messages_needed(answer: Callable[..., Any]) -> str | None:
    """Compare with a search; a few messages more or less pass, because a rate of whole messages steps a little."""
    for share, half_width in ((0.8, 0.05), (0.5, 0.1), (0.95, 0.1), (1.0, 0.05), (0.9, 0.03)):
        given, right = call(answer, share, half_width), _needed(share, half_width)
        case = f"messages_needed({share}, {half_width})"
        if isinstance(given, str | bool) or not hasattr(given, "__float__"):
            return f"{case} should be a number of messages. Did you forget the `return`?"
        if not abs(float(given) - right) <= max(2, 0.02 * right):  # so that what is no number fails too
            return f"{case} gives {float(given):g}. {_why(share, half_width, float(given), right)}"
    return None


def _why(share: float, half_width: float, given: float, right: int) -> str:
    """Say what kind of mistake a wrong number of messages comes from."""
    school = 1.96**2 * share * (1 - share) / half_width**2
    if abs(given - _needed(share, half_width / 2)) <= max(2, 0.02 * given):
        return "There the whole interval is as wide as the half-width that was asked for. Halve the way from end to end."
    if abs(given - _needed(share, 2 * half_width)) <= 2:
        return "There the half-width is twice what was asked for. Take half the way from end to end, once."
    if abs(given - school) <= 2:
        return "That is the rough textbook formula. Use Wilson's interval: near 0 and 1 the two differ."
    if given < 1 or not math.isfinite(given):
        return "A test has at least one message. Look for the smallest n whose interval is narrow enough."
    size = max(1, round(given))
    return f"With {size} messages the half-width is {_half_width(share, size):.4f}. " + (
        "That is wider than asked for." if given < right else "Fewer messages would do."
    )


@exercise(3)
def same_messages(answer: tuple[Any, ...]) -> str | None:
    """Count, test and compare anew on the learner's own rows."""
    first, second = (np.asarray(row, dtype=bool) for row in answer[:2])
    only_first, only_second, p, overlap, clear = answer[2:]
    counts = (("only_first", only_first, first & ~second, "first"), ("only_second", only_second, second & ~first, "second"))
    for name, given, alone, who in counts:
        hint = f"`{name}` counts the messages where the {who} model is right and the other wrong. Messages that both get right do not count."
        if problem := number_hint(given, float(np.sum(alone)), hint, 0.1):
            return problem
    right_p = paired_p(first, second)
    hint = "Only the flipped messages count for `p`. Use the exact test (exact=True, or coin tosses), and both sides of it: twice the smaller tail."
    if problem := number_hint(p, right_p, hint, 6e-4):
        return problem
    (low, high), (other_low, other_high) = rate(first).interval, rate(second).interval
    hints = (
        ("overlap", overlap, low <= other_high and other_low <= high, "They overlap if each one's lower end lies below the other's upper end."),
        ("clear", clear, right_p < ALPHA, "The difference is clear if p is below one in twenty."),
    )
    for name, given, right, hint in hints:
        if not isinstance(given, bool | np.bool_):
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
    for systems, n, share, hint in (
        (8, 30, 0.8, "Draw one score for each system and take the best; repeat. The lead is the mean of the best ones minus `rate`."),
        (1, 100, 0.7, "With one system there is nothing to choose, so the lead is about zero."),
        (8, 300, 0.8, "With more messages the luck shrinks. A score is right answers divided by `n`."),
        (40, 30, 0.5, "With more systems the best is luckier. Does your function use `systems`?"),
    ):
        place = f"Look at lucky_lead({systems}, {n}, {share})."
        if problem := number_hint(result_of(answer, systems, n, share), _lead(systems, n, share), f"{hint} {place}", 0.008):
            return problem
    return None
