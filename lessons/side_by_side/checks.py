"""Checks of the exercises of "Side by side"."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sidebyside.checks import NotDone, call, exercise

FIRST_CHOICE = {  # situation → what to try first, and what to say to another choice
    "A": ("trained", "Situation A: the labels are there already, and with a million messages each one has to be cheap."),
    "B": ("language", "Situation B: a dozen examples are too few to train on, and it has to work tomorrow."),
    "C": ("person", "Situation C: a wrong answer does great harm, and nobody would notice it in time."),
    "D": ("language", "Situation D: the answer is a text, not one of a few labels, and somebody reads it with care."),
    "E": ("trained", "Situation E: one of four labels, thousands of examples, and no network to ask a language model."),
}
KINDS = {"trained", "language", "person"}
NO_NUMBER = "Return one number. Did you forget the `return`?"


@exercise(1)
def what_to_try_first(answer: Any) -> str | None:
    """Compare the choice for each situation; capitals, spaces and further words do no harm."""
    given = {str(name).strip().upper(): _kind(choice) for name, choice in answer.items()} if isinstance(answer, Mapping) else {}
    if isinstance(answer, Mapping) and all(choice is ... for choice in answer.values()):
        raise NotDone
    if missing := [name for name in FIRST_CHOICE if not given.get(name)]:
        return f'Situation {missing[0]} has no choice yet. Write "trained", "language" or "person" beside each letter.'
    return next((hint for name, (right, hint) in FIRST_CHOICE.items() if given[name] != right), None)


def _kind(choice: Any) -> str | None:
    """Return the one kind that a choice names, None if it names none or several."""
    named = {word for word in re.findall(r"[a-z]+", str(choice).lower()) if word in KINDS}
    return named.pop() if len(named) == 1 else None


PRICED = ((1000, 100, 10, 2.0, 8.0), (40, 300, 7, 0.5, 4.0), (0, 100, 10, 2.0, 8.0))


@exercise(2)
def cost(answer: Callable[..., Any]) -> str | None:
    """Try the function on several prices, no two of whose numbers can be mixed up."""
    for messages, tokens_in, tokens_out, price_in, price_out in PRICED:
        found, right = (
            _number(call(answer, messages, tokens_in, tokens_out, price_in, price_out)),
            messages * (tokens_in * price_in + tokens_out * price_out) / 1e6,
        )
        if found is None:
            return NO_NUMBER
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


@exercise(3)
def break_even(answer: Callable[..., Any]) -> str | None:
    """Try the function on cases that can be done in the head; rounded up to whole messages is right too."""
    for labels, label_price, message_price in ((500, 0.2, 0.01), (70, 0.3, 0.04)):
        found, right = _number(call(answer, labels, label_price, message_price)), labels * label_price / message_price
        if found is None:
            return NO_NUMBER
        if not (math.isclose(found, right, rel_tol=1e-3) or found in (math.floor(right), math.ceil(right), math.floor(right) + 1)):
            return _break_even_hint(found, labels * label_price, right)
    return None


def _break_even_hint(found: float, bill: float, right: float) -> str:
    if math.isclose(found, bill):
        return "That is what the labels cost. Divide it by what one message costs."
    if math.isclose(found * right, 1):
        return "Upside down: divide what the labels cost by what one message costs."
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
        found = _places(call(answer, list(first), list(second)))
        if found is None:
            return "Return a list of places, such as [1, 3]. Did you forget the `return`?"
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
    return sorted(places) if isinstance(found, set | frozenset) and _sortable(places) else places


def _sortable(places: Sequence[Any]) -> bool:
    return all(isinstance(place, int) for place in places)


def _number(found: Any) -> float | None:
    return float(found) if hasattr(found, "__float__") and not isinstance(found, bool) else None
