"""Checks of the exercises of *Model size*."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sidebyside.checks import FORGOTTEN, call, exercise, kind_of, number_hint, result_of, sorting_hint

SMALLEST, LARGER, TRAINED, NOTHING = ("the smallest that passes", "a larger one", "a trained model", "no model at all")
NAMED = {"smallest": SMALLEST, "larger": LARGER, "trained": TRAINED, "no model": NOTHING}  # how a choice is told
KEY = {
    "a": (SMALLEST, "People read each draft, and a million of them are cheap only with a small model. Try the smallest first, on your own test."),
    "b": (
        LARGER,
        "A made-up answer would be costly here, and a second is no problem. Small models found it hard to use “I don't know” well.",
    ),
    "c": (TRAINED, "There are labels in plenty, and a model that was trained on them answers in milliseconds. No prompt is needed."),
    "d": (NOTHING, "What is written in a table is looked up there. A model of any size could only get it wrong."),
}


@exercise(1)
def sorted_out(answer: Mapping[str, str]) -> str | None:
    """Compare each choice with the key; capitals, spaces and a word too many do no harm."""
    return sorting_hint(answer, KEY, NAMED)


OFFERS = (
    {"name": "grand", "right": 0.97, "dollars": 4.0, "seconds": 1.2},
    {"name": "tiny", "right": 0.71, "dollars": 0.1, "seconds": 0.3},
    {"name": "mid", "right": 0.90, "dollars": 0.6, "seconds": 2.5},
    {"name": "quick", "right": 0.90, "dollars": 0.9, "seconds": 0.8},
)
TRIALS = (
    ((0.9, 5.0, 3.0), "mid", "Several offers are good enough. Take the cheapest of them, not the first or the best."),
    ((0.9, 5.0, 1.0), "quick", "An offer that is too slow is out, however cheap it is."),
    ((0.95, 5.0, 3.0), "grand", "An offer that is right too rarely is out."),
    ((0.9, 0.9, 1.0), "quick", "A price that equals the budget is within it."),
    ((0.9, 5.0, 2.5), "mid", "An answer in exactly the seconds allowed is in time."),
    ((0.5, 5.0, 3.0), "tiny", "If the cheapest passes, take it."),
    ((0.95, 1.0, 3.0), None, "If no offer meets all three wishes, return None."),
)


@exercise(2)
def choose(answer: Callable[..., Any]) -> str | None:
    """Try the function on offers that the page does not show, in an order that is none."""
    found = [call(answer, [dict(offer) for offer in OFFERS], *wishes) for wishes, _, _ in TRIALS]
    if all(given is None for given in found):
        return FORGOTTEN
    for ((least, budget, latency), right, hint), given in zip(TRIALS, found, strict=True):
        if isinstance(given, Mapping):
            return "Return the offer's name, not the whole offer."
        if not isinstance(given, str | None):
            return f"Return the name of one offer, a text, or None. Your function returns {kind_of(given)}."
        if given != right:
            return f"{hint} With least={least}, budget={budget}, latency={latency} it should be {right} here, and your function returns '{given}'."
    return None


@exercise(3)
def break_even(answer: Callable[..., Any]) -> str | None:
    """Try the function on prices that the page does not show."""
    for machine, price, right in ((90, 0.002, 45_000), (300, 0.0004, 750_000), (10, 5, 2)):
        hint = f"Ask how many answers at {price} dollars each cost as much as the machine does in a month."
        if problem := number_hint(result_of(answer, machine, price), float(right), hint, 0.4):
            return problem
    return None
