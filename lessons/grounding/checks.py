"""Checks of the exercises of "Grounding"."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from sidebyside.cases import load_case
from sidebyside.checks import Slip, exercise, number_hint, result_of
from sidebyside.evaluation import Rate, rate
from sidebyside.hints import arrays_hint, function_hint, several, words_hint
from sidebyside.retrieval import passages, plain_facts

MOST = 3  # passages a question
MANY = 10  # questions from which on a hit rate can tell a search from blind picks, and from copied places
FAILED = {  # as the exercise shows them
    "a": ("nothing", "The passage tells, and the answer says the same in words."),
    "b": ("model", "The passage holds the answer, and the model took the other number."),
    "c": ("both", "The passage is about something else, and the model did not notice."),
    "d": ("search", "The passage does not tell, and the model said so."),
    "e": ("model", "The passage tells. The model did not dare."),
    "f": ("model", "No document tells, so no search could have found it. The model should have declined."),
}
SAID = {"nothing": "nothing", "none": "nothing", "search": "search", "model": "model", "both": "both"}  # how it begins → which
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
    ("Each renewal adds 14 day", "altered", "A quote ends where a word ends: 'day' is not 'days'."),
    ("A film may keep you awake all night long, people said.", "invented", "Half of its words or fewer stand in the document."),
    ("Cause new lent peop ilms way wait ever.", "invented", "Compare whole words: a part of a word is none."),
    ("Films and books may adds joy for 28 days.", "altered", "More than half of its words stand in the document, if only just."),
    ("Films are never silly.", "invented", "Half of its words stand in the document, and half is not more than half."),
    ("Lent, days: book, them; 14.", "altered", "All its words stand in the document. Punctuation is no part of a word, and capitals do not count."),
)
CAFE = "The café opens at 8 on weekdays and at 10 on Sundays. Dogs are welcome on the terrace."  # another document, other quotes
OTHERS = (
    ("Dogs are welcome on the terrace.", "true quote", "It stands in the document word for word."),
    ("The café opens at 9 on weekdays.", "altered", "One number is another one."),
    ("You may keep a book for 28 days.", "invented", "It stands in the other document, not in this one."),
)


@exercise(1)
def who_failed(answer: Any) -> str | None:
    """Compare what the reader says failed with what did; search and model together are both."""
    if isinstance(answer, Mapping):
        answer = {letter: "both" if _names_both(word) else word for letter, word in answer.items()}
    return words_hint(answer, FAILED, SAID)


def _names_both(word: Any) -> bool:
    """Tell whether an answer names search and model, and neither denies one nor leaves it open."""
    said = set(re.findall("[a-z]+", str(word).lower()))
    return {"search", "model"} <= said and not said & {"or", "not", "no", "nothing"}


@exercise(2)
def hit_rate(answer: Callable[..., Any]) -> str | None:
    """Try the function on rankings."""
    if hint := function_hint(answer, "hit_rate") or arrays_hint(answer, *RANKINGS[0][:3]):
        return hint
    for found, right, first, share, hint in RANKINGS:
        hint = f"{hint} For found = {found}, right = {right} and k = {first} it should be {share}."
        try:
            given = result_of(answer, found, right, first)
        except Slip as slip:
            if isinstance(slip.__cause__, IndexError):
                return f"Your function looks beyond the end of a list. {hint}"
            raise
        if wrong := number_hint(getattr(given, "value", given), share, hint):
            return wrong
    return None


@exercise(3)
def search(answer: tuple[Any, Any]) -> str | None:
    """Count anew how often the right passage is among those found, and compare."""
    given, result = answer
    facts, size = plain_facts(load_case()), len(passages(load_case().documents))
    found = [_places(row) for row in several(given) or []]
    if len(found) != len(facts):
        return f"`found` should have one row for each of the {len(facts)} questions in `plain`, in their order."
    if any(row is None or len(row) != min(MOST, size) or len(set(row)) != len(row) or not set(row) <= set(range(size)) for row in found):
        held = f" Yours holds {len(found[0])}." if found[0] is not None and len(found[0]) != min(MOST, size) else ""
        return f"Each row of `found` should hold {min(MOST, size)} different places of passages, whole numbers from 0 to {size - 1}.{held}"
    if len(found) > 1 and len({tuple(row) for row in found if row}) == 1:
        return "Every question gets the same passages. Did you search with each question anew?"
    if not isinstance(result, Rate):
        return "Give the whole rate, as sbs.rate(...) returns it, so that its interval is there too."
    right = rate([home in row for home, row in zip(facts["home"], found, strict=True) if row is not None])
    if result != right:
        return "Your passages give another hit rate. A question is a hit if its `home` is among the passages in its row of `found`."
    return _no_search(right, size) or _order_hint([row.index(home) for home, row in zip(facts["home"], found, strict=True) if row and home in row])


def _no_search(reached: Rate, size: int) -> str | None:
    """Return a hint if passages were not searched for: blind picks seldom hit, and places copied from `home` always do."""
    if reached.n < MANY or size <= MOST:
        return None  # too little to tell
    if reached.successes == reached.n:
        return "Every single question is a hit. Did `home` go into `found`? A search may use the questions and the passages only."
    if reached.interval[0] <= MOST / size:
        return "Blind picks would hit about as often. Compare each question with the text of every passage, and keep the nearest."
    return None


def _order_hint(places: list[int]) -> str | None:
    """Return a hint if the right passage is far more often the last of a row than the first, as where the nearest one comes last."""
    last = sum(place == MOST - 1 for place in places)
    turned = last >= MANY / 2 and last > 2 * places.count(0)
    return "The right passage is nearly always the last of its row. Put the nearest one first." if turned else None


def _places(row: Any) -> list[int] | None:
    """Return a row of `found` as whole numbers; None if it holds anything else."""
    try:
        places = list(row)
        return [int(place) for place in places] if all(int(place) == place for place in places) else None
    except (TypeError, ValueError):
        return None


@exercise(4)
def quote_check(answer: Callable[..., Any]) -> str | None:
    """Try the function on true, altered and invented quotes from two documents."""
    if hint := function_hint(answer, "quote_check"):
        return hint
    for quotes, source in ((QUOTES, SOURCE), (OTHERS, CAFE)):
        for quote, right, hint in quotes:
            try:
                said = re.sub(r"[\W_]+", " ", str(result_of(answer, quote, source)).lower()).strip()
            except ZeroDivisionError:
                return f"{hint} Your function divides by a number of words that is 0 for '{quote}'. There it should be “{right}”."
            if said not in ("true quote", "altered", "invented"):
                return f"Return one of the texts “true quote”, “altered” or “invented”. For '{quote}' your function gives another thing."
            if said != right:
                return f"{hint} Look at the answer '{quote}': it should be \"{right}\"."
    return None
