"""How results are said: rates and p-values in short, plurals, and the option that a result falls under.

The one home of these forms, so that every page says the same thing in the same way.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from typing import TYPE_CHECKING

from .lessons import question

if TYPE_CHECKING:
    from .evaluation import Difference, Rate

LINE = 0.05  # below this p-value the pages say "clearly"
NOT_MEASURED = "not measured"  # said of what no answer tells; never an option that a reader may guess
NOISE = 1e-9  # what arithmetic on floats may miss a bound by: 100 * (0.55 - 0.5) is 5.000000000000004


def options(key: str) -> list[str]:
    """Return the options of a lesson's question in the order of its `lesson.toml`.

    Args:
        key: The lesson's slug and the question's name, such as "hallucination/doubt".

    Raises:
        LessonError: If the lesson asks no such thing.
    """
    return list(question(key)["options"])


def after(bound: float) -> float:
    """Return the bound of `by_bounds` that begins just after a number: with `after(10)`, ten itself still belongs to the option below."""
    return bound + NOISE


def by_bounds(value: float, bounds: Sequence[float], options: Sequence[str]) -> str:
    """Return the option that a value falls under; `NOT_MEASURED` if it is not a number.

    Args:
        value: The result.
        bounds: Where each option but the first begins, rising; a value that equals a bound belongs to the option that begins there.
        options: One more than bounds, for rising values.

    Raises:
        ValueError: If the numbers of bounds and options do not fit, or the bounds do not rise.
    """
    if len(options) != len(bounds) + 1 or list(bounds) != sorted(bounds):
        raise ValueError(f"{len(options)} options need {len(options) - 1} rising bounds, not {list(bounds)}.")
    return NOT_MEASURED if math.isnan(value) else options[bisect_right(bounds, value + NOISE / 2)]


def by_count(count: int, missing: int, bounds: Sequence[float], options: Sequence[str]) -> str:
    """Return the option that a count falls under; `NOT_MEASURED` if the answers that never came could have moved it under another.

    Args:
        count: What was counted.
        missing: How many more there could be.
        bounds: As for `by_bounds`.
        options: As for `by_bounds`.
    """
    least, most = (by_bounds(n, bounds, options) for n in (count, count + missing))
    return least if least == most else NOT_MEASURED


def clearly(difference: float, p: float, options: Sequence[str]) -> str:
    """Return the option that a comparison of two systems falls under; `NOT_MEASURED` if the p-value is not a number.

    Args:
        difference: The first system's score minus the second's.
        p: The p-value of the difference.
        options: What to say if the first is clearly ahead, if the second is, and if it is too close to call.
    """
    first, second, close = options
    return NOT_MEASURED if math.isnan(p) else close if p >= LINE else first if difference > 0 else second


def by_interval(interval: tuple[float, float], options: Sequence[str]) -> str:
    """Return the option that a difference of two systems falls under, by its interval; `NOT_MEASURED` if that is not of numbers.

    Args:
        interval: Lower and upper bound of the first system's score minus the second's.
        options: What to say if the first is clearly ahead, if the second is, and if the interval holds zero.
    """
    first, second, close = options
    if math.isnan(interval[0]):
        return NOT_MEASURED
    return first if interval[0] > 0 else second if interval[1] < 0 else close


def p_value(p: float) -> str:
    """Say a p-value to three places, such as "0.034" or "under 0.001"."""
    return NOT_MEASURED if math.isnan(p) else "under 0.001" if p < 0.001 else f"{p:.3f}"


def p_is(p: float) -> str:
    """Say a p-value in a sentence, such as "p = 0.034" or "p under 0.001"."""
    return f"p {'= ' if p >= 0.001 else ''}{p_value(p)}"


def number(value: float, form: str) -> str:
    """Say a number in a form such as ".0f"; `NOT_MEASURED` if it is none."""
    return NOT_MEASURED if math.isnan(value) else format(value, form)


def share(rate: Rate) -> str:
    """Say a rate and its 95 % interval in short, for a table: "75% (41% to 93%)"."""
    low, high = rate.interval
    return f"{rate.value:.0%} ({low:.0%} to {high:.0%}{_missing(rate)})" if rate.n else str(rate)


def count(rate: Rate) -> str:
    """Say a rate as a count: "6 of 8"."""
    return f"{rate.successes} of {rate.n}{_missing(rate)}" if rate.n else str(rate)


def count_share(rate: Rate) -> str:
    """Say a rate as a count with the 95 % interval of the rate, for a table: "6 of 8 (41% to 93%)"."""
    low, high = rate.interval
    return f"{rate.successes} of {rate.n} ({low:.0%} to {high:.0%}{_missing(rate)})" if rate.n else str(rate)


def points(found: Difference) -> str:
    """Say how far two rates are apart, in points of a hundred: "+25 points (95 % interval +3 to +44; p = 0.021)"."""
    low, high = (f"{100 * bound:+z.0f}" for bound in found.interval)
    return f"{100 * found.value:+z.0f} points (95 % interval {low} to {high}; {p_is(found.p)})" if found.n and found.p == found.p else NOT_MEASURED


def _missing(rate: Rate) -> str:
    return f"; no answer: {rate.missing}" if rate.missing else ""


def span(value: float, interval: tuple[float, float], words: str = "") -> str:
    """Say a score to two places with its interval: "0.72 (0.63 to 0.80)".

    Args:
        value: The score.
        interval: Its lower and upper bound.
        words: What the interval is, such as "95 % interval ", where no heading says so.
    """
    return NOT_MEASURED if math.isnan(value) else f"{value:.2f} ({words}{interval[0]:.2f} to {interval[1]:.2f})"


def plural(n: int, noun: str, nouns: str = "") -> str:
    """Say how many: "1 message", "3 messages".

    Args:
        n: How many.
        noun: For one.
        nouns: For several or none, if it is not the noun with an s.
    """
    return f"{n} {noun if n == 1 else nouns or noun + 's'}"
