"""Checks of the exercises of "Side by side"."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sidebyside.checks import exercise, kind_of, number_of, result_of, sorting_hint

FIRST_CHOICE = {  # situation → what to try first, and what to say to another choice
    "A": ("trained", "Situation A: the labels are there already, and with a million messages each one has to be cheap."),
    "B": ("language", "Situation B: a dozen examples are too few to train on, and it has to work tomorrow."),
    "C": ("person", "Situation C: a wrong answer does great harm, and nobody would notice it in time."),
    "D": ("language", "Situation D: the answer is a text, not one of a few labels, and somebody reads it with care."),
    "E": ("trained", "Situation E: one of four labels, thousands of examples, and no network to ask a language model."),
}
KINDS = {"train": "trained", "language": "language", "person": "person"}  # how a choice may begin


@exercise(1)
def what_to_try_first(answer: Any) -> str | None:
    """Compare the choice for each situation; capitals, spaces and further words do no harm."""
    return sorting_hint(answer, FIRST_CHOICE, KINDS)


PRICED = ((1000, 100, 10, 2.0, 8.0), (40, 300, 7, 0.5, 4.0), (0, 100, 10, 2.0, 8.0))


@exercise(2)
def cost(answer: Callable[..., Any]) -> str | None:
    """Try the function on several prices, no two of whose numbers can be mixed up."""
    for messages, tokens_in, tokens_out, price_in, price_out in PRICED:
        given = result_of(answer, messages, tokens_in, tokens_out, price_in, price_out)
        found, right = number_of(given), messages * (tokens_in * price_in + tokens_out * price_out) / 1e6
        if found is None:
            return f"Return one number. Your function returns {kind_of(given)}."
        if not math.isclose(found, right, rel_tol=1e-6, abs_tol=1e-12):
            return _cost_hint(found, right, messages)
    return None


def _cost_hint(found: float, right: float, messages: int) -> str:
    if right == 0:
        return "No messages should cost nothing."
    if math.isclose(found, right * 1e6):
        return "The prices are for a million tokens: divide."
    if math.isclose(found, right / messages):
        return "That is the price of one message. Twice the messages should cost twice as much."
    if math.isclose(found, right * 100):
        return "That is in cents. Give dollars."
    return "Tokens in and tokens out have prices of their own: multiply each by its own, add, then divide by a million."


LABELLED = ((500, 0.25, 0.0625), (70, 0.5, 0.125), (10, 0.5, 0.75))  # with these, no digit is lost; the last is no whole number of messages


@exercise(3)
def break_even(answer: Callable[..., Any]) -> str | None:
    """Try the function on cases that can be done in the head; where it is no whole number of messages, rounded up is right too."""
    for labels, label_price, message_price in LABELLED:
        given, right = result_of(answer, labels, label_price, message_price), labels * label_price / message_price
        found = number_of(given)
        if found is None:
            return f"Return one number. Your function returns {kind_of(given)}."
        if not (abs(found - right) <= 0.005 or found == math.ceil(right)):
            return _break_even_hint(found, labels * label_price, right)
    return None


def _break_even_hint(found: float, bill: float, right: float) -> str:
    if math.isclose(found, bill):
        return "That is what the labels cost. Divide it by what one message costs."
    if math.isclose(found * right, 1):
        return "Upside down: divide what the labels cost by what one message costs."
    if abs(found - right) < 2:
        return (
            "Close: at that number the two have not cost the same yet, or no longer. Divide without adding or taking away, and round up if you round."
        )
    return "At break-even, labels times their price equals messages times theirs. Solve for the messages."


DIFFERENT = (
    (["a", "b", "a", "b"], ["a", "a", "a", "a"], [1, 3]),
    (["no", "yes", "no", "no", "yes", "no"], ["yes", "yes", "no", "no", "no", "no"], [0, 4]),
    (["a"], ["a"], []),
)


@exercise(4)
def for_a_person(answer: Callable[..., Any]) -> str | None:
    """Try the function on short lists of several lengths."""
    for first, second, right in DIFFERENT:
        given = result_of(answer, list(first), list(second))
        found = _places(given)
        if found is None:
            return f"Return a list of places, such as [1, 3]. Your function returns {kind_of(given)}."
        if found != right:
            return _places_hint(found, right, len(first))
    return None


def _places_hint(found: list[Any], right: list[int], n: int) -> str:
    if not right:
        return "Where the two always agree, the list should be empty."
    if found == [place + 1 for place in right]:
        return "Count the places from 0."
    if found == [place for place in range(n) if place not in right]:
        return "These are the places where they agree."
    if len(found) == n and set(found) <= {0, 1}:
        return "This says yes or no for each message. Return the places where it says yes."
    return "Go through both lists together, for example with zip, and keep the places where they differ."


def _places(found: Any) -> list[Any] | None:
    """Return places in order, whether they came in a list, a set, an array or an array in brackets as numpy gives them."""
    if isinstance(found, tuple) and len(found) == 1 and hasattr(found[0], "tolist"):
        found = found[0]
    if hasattr(found, "tolist"):
        found = found.ravel().tolist() if getattr(found, "ndim", 1) == 2 and found.shape[1] == 1 else found.tolist()
    if isinstance(found, str | Mapping) or not hasattr(found, "__iter__"):
        return None
    places = list(found)
    return sorted(places) if _sortable(places) else places


def _sortable(places: Sequence[Any]) -> bool:
    return all(isinstance(place, int) and not isinstance(place, bool) for place in places)
