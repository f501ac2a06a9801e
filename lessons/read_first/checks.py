"""Checks of the exercises of "Error analysis"."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sidebyside.checks import exercise, kind_of, result_of
from sidebyside.hints import number_hint, several, sorting_hint

GROUPED = {  # as the exercise shows them
    "a": ("promise", "Has anybody agreed to that date?"),
    "b": ("away", "Who is to help this customer now?"),
    "c": ("again", "Where is the number that it wants?"),
    "d": ("invented", "Where does it know that from?"),
    "e": ("promise", "It tells a deed that nobody has done."),
    "f": ("again", "What did he say that he had done five times?"),
    "g": ("away", "Who is to help this customer now?"),
    "h": ("invented", "Neither the message nor the prompt names a limit. Where does it come from?"),
}
SAID = {"promise": "promise", "away": "away", "sent": "away", "again": "again", "ask": "again", "invent": "invented", "made": "invented"}
SHARES: tuple[tuple[list[list[str]], dict[str, float], str], ...] = (  # what was found in each draft, the shares, what to look at
    ([["promise"], [], ["promise"], []], {"promise": 0.5}, "Drafts without any fault count below the line too."),
    ([["away", "promise"], ["promise"], ["again"]], {"away": 1 / 3, "promise": 2 / 3, "again": 1 / 3}, "A draft with two faults counts for both."),
    ([["promise", "promise"], ["away"]], {"promise": 0.5, "away": 0.5}, "A draft counts once for a fault, however often that was noted."),
    ([["tone"], ["tone"], ["tone"], [], []], {"tone": 0.6}, "Divide by the number of drafts, not by the number of faults."),
)
FLAGGED: tuple[tuple[list[bool], list[bool], float, float, str], ...] = (  # by the scorer, by the reader, precision, recall, what to look at
    ([True, True, False, False], [True, False, True, True], 1 / 2, 1 / 3, "One of two flagged drafts has the fault; three drafts have it."),
    ([True, True, True, True], [True, False, False, False], 1 / 4, 1.0, "It flags everything, so it misses nothing."),
    ([False, True, False], [True, True, True], 1.0, 1 / 3, "All that it flags has the fault, and it misses two."),
    ([True, False, False, False, False], [True, False, False, False, False], 1.0, 1.0, "Drafts that neither of the two found do not count."),
)
READINGS: tuple[tuple[list[str], int, str], ...] = (
    (["promise", "promise", "away", "promise"], 3, "The second kind comes up at draft 3, and nothing new after it."),
    (["promise"], 1, "Count drafts from 1."),
    (["away", "again", "promise", "away", "invented", "again", "away"], 5, "“invented” comes up at draft 5, and is the last new kind."),
    (["away", "away", "away"], 1, "The one kind there is comes up at draft 1."),
    (["nothing wrong", "away", "nothing wrong"], 2, "“nothing wrong” is no kind of fault."),
    (["away", "nothing wrong", "nothing wrong"], 1, "“nothing wrong” is no kind of fault."),
    (["nothing wrong", "nothing wrong"], 0, "Where no fault was found, return 0."),
)


@exercise(1)
def group(answer: Any) -> str | None:
    """Compare the reader's groups with those that the definitions give."""
    return sorting_hint(answer, GROUPED, SAID)


@exercise(2)
def shares(answer: Callable[..., Any]) -> str | None:
    """Try the function on codings that the page does not show."""
    for codes, right, look in SHARES:
        if hint := _shares_hint(result_of(answer, [list(found) for found in codes]), right, f"{look} Look at {codes}."):
            return hint
    return None


def _shares_hint(found: Any, right: Mapping[str, float], look: str) -> str | None:
    said = found.to_dict() if hasattr(found, "to_dict") else found
    if not isinstance(said, Mapping):
        return f"Return a dictionary from each fault to its share, and not {kind_of(found)}."
    if set(said) != set(right):
        return f"The keys should be the faults that occur, {', '.join(right)}. {look}"
    return next(filter(None, (number_hint(said[fault], share, look) for fault, share in right.items())), None)


@exercise(3)
def precision_recall(answer: Callable[..., Any]) -> str | None:
    """Try the function on flags that the page does not show."""
    for flagged, found, precision, recall, look in FLAGGED:
        pair = several(result_of(answer, list(flagged), list(found)))
        if pair is None or len(pair) != 2:
            return "Return two numbers: precision first, then recall."
        hint = _swapped(pair, precision, recall) or _pair_hint(pair, precision, recall, f"{look} Look at {flagged} and {found}.")
        if hint:
            return hint
    return None


def _swapped(pair: Sequence[Any], precision: float, recall: float) -> str | None:
    swapped = precision != recall and not number_hint(pair[0], recall, "off") and not number_hint(pair[1], precision, "off")
    return "These look swapped: precision comes first, and divides by what the scorer flagged." if swapped else None


def _pair_hint(pair: Sequence[Any], precision: float, recall: float, look: str) -> str | None:
    for name, value, right in (("Precision", pair[0], precision), ("Recall", pair[1], recall)):
        if hint := number_hint(value, right, f"{name} is off. {look}"):
            return hint
    return None


@exercise(4)
def last_new(answer: Callable[..., Any]) -> str | None:
    """Try the function on readings that the page does not show."""
    for groups, right, look in READINGS:
        if hint := number_hint(result_of(answer, list(groups)), right, f"{look} Look at {groups}.", 0.01):
            return hint
    return None
