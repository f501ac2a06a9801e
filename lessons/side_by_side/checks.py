"""Checks of the exercises of "Side by side"."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from sidebyside.checks import call, exercise


@exercise(1)
def cost(answer: Callable[..., Any]) -> str | None:
    """Try the function on prices that give round sums."""
    if math.isclose(float(call(answer, 1000, 100, 10, 2.0, 8.0)), 0.28):
        return None if call(answer, 0, 100, 10, 2.0, 8.0) == 0 else "No messages should cost nothing."
    if math.isclose(float(call(answer, 1000, 100, 10, 2.0, 8.0)), 280_000):
        return "The prices are for a million tokens: divide."
    if math.isclose(float(call(answer, 1, 100, 10, 2.0, 8.0)), float(call(answer, 1000, 100, 10, 2.0, 8.0))):
        return "Twice the messages should cost twice as much."
    return "Tokens in and tokens out have prices of their own: multiply each by its own, add, then divide by a million."


@exercise(2)
def break_even(answer: Callable[..., Any]) -> str | None:
    """Try the function on a case that can be done in the head."""
    found = float(call(answer, 500, 0.2, 0.01))
    if math.isclose(found, 10_000):
        return None
    if math.isclose(found, 100):
        return "That is what the labels cost. Divide it by what one message costs."
    return "At break-even, labels times their price equals messages times theirs. Solve for the messages."


@exercise(3)
def for_a_person(answer: Callable[..., Any]) -> str | None:
    """Try the function on short lists."""
    found = list(call(answer, ["a", "b", "a", "b"], ["a", "a", "a", "a"]))
    if found == [2, 4]:
        return "Count the places from 0."
    if found == [0, 2]:
        return "These are the places where they agree."
    if list(call(answer, ["a"], ["a"])) != []:
        return "Where the two always agree, the list should be empty."
    return None if found == [1, 3] else "Go through both lists together, for example with zip, and keep the places where they differ."
