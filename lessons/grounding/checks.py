"""Checks of the exercises of "Answers from your own documents"."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from sidebyside.cases import load_case
from sidebyside.checks import call, exercise, number_hint
from sidebyside.evaluation import Rate, rate
from sidebyside.retrieval import passages, plain_facts

MOST = 3  # passages a question
RANKINGS = (  # what a search found, where the right passage was, how many places count, the hit rate, what to look at
    ([[4, 2, 9], [7, 1, 4], [5, 6, 2], [8, 3, 0]], [4, 4, 2, 1], 1, 0.25, "Only the first passage of each question counts for k = 1."),
    ([[4, 2, 9], [7, 1, 4], [5, 6, 2], [8, 3, 0]], [4, 4, 2, 1], 2, 0.25, "Only the first k passages of each question count."),
    ([[4, 2, 9], [7, 1, 4], [5, 6, 2], [8, 3, 0]], [4, 4, 2, 1], 3, 0.75, "A question is a hit if its right passage is anywhere among the first k."),
    ([[0, 1], [1, 0]], [0, 0], 1, 0.5, "Passage 0 is a passage like any other."),
    ([[12], [2]], [1, 2], 5, 0.5, "Compare whole numbers: passage 12 is not passage 1. A k beyond the end of the list changes nothing."),
)
SOURCE = "# Loans\n\nYou may keep a book for 28 days. Films are lent for 7 days, because so many people wait for them.\n\nEach renewal adds 14 days."
QUOTES = (
    ("You may keep a book for 28 days.", "true quote", "It stands in the document word for word."),
    ("you may keep a  BOOK for 28 days", "true quote", "Capitals, spaces and the full stop at the end do not count."),
    ("You may keep a book for 21 days.", "altered", "One number is another one: near to the document, yet not in it."),
    ("Films are lent for 7 days, as so many people wait for them.", "altered", "One word is another one."),
    ("Films are lent for 28 days.", "altered", "All its words stand in the document, but not in this order."),
    ("Our café serves soup and cake every afternoon.", "invented", "Hardly a word of it stands in the document."),
    ("You are welcome to bring dogs, cats and parrots.", "invented", "One or two common words prove nothing."),
    ("", "invented", "An empty answer quotes nothing."),
)


@exercise(1)
def hit_rate(answer: Callable[..., Any]) -> str | None:
    """Try the function on rankings."""
    for found, right, first, share, hint in RANKINGS:
        wrong = number_hint(
            call(answer, found, right, first), share, f"{hint} For found = {found}, right = {right} and k = {first} it should be {share}."
        )
        if wrong:
            return wrong
    return None


@exercise(2)
def search(answer: tuple[Any, Any]) -> str | None:
    """Count anew how often the right passage is among those found, and compare."""
    given, result = answer
    facts, size = plain_facts(load_case()), len(passages(load_case().documents))
    if not isinstance(given, Iterable) or isinstance(given, str) or len(found := [_places(row) for row in given]) != len(facts):
        return f"`found` should have one row for each of the {len(facts)} questions in `plain`, in their order."
    if any(row is None or len(row) != min(MOST, size) or len(set(row)) != len(row) or not set(row) <= set(range(size)) for row in found):
        return f"Each row of `found` should hold {min(MOST, size)} different places of passages, whole numbers from 0 to {size - 1}."
    if len(found) > 1 and len({tuple(row) for row in found if row}) == 1:
        return "Every question gets the same passages. Did you search with each question anew?"
    if not isinstance(result, Rate):
        return "Give the whole rate, as sbs.rate(...) returns it, so that its interval is there too."
    right = rate([home in row for home, row in zip(facts["home"], found, strict=True) if row is not None])
    return (
        None
        if result == right
        else "Your passages give another hit rate. A question is a hit if its `home` is among the passages in its row of `found`."
    )


def _places(row: Any) -> list[int] | None:
    """Return a row of `found` as whole numbers; None if it holds anything else."""
    try:
        places = list(row)
        return [int(place) for place in places] if all(int(place) == place for place in places) else None
    except (TypeError, ValueError):
        return None


@exercise(3)
def quote_check(answer: Callable[..., Any]) -> str | None:
    """Try the function on true, altered and invented quotes."""
    for quote, right, hint in QUOTES:
        said = call(answer, quote, SOURCE)
        if said not in ("true quote", "altered", "invented"):
            return f'Return one of the texts "true quote", "altered" or "invented", and not {said!r}.'
        if said != right:
            return f"{hint} Look at the answer '{quote}': it should be \"{right}\"."
    return None
