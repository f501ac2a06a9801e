"""Checks of the exercises of *From prompt to small model*."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sidebyside.checks import exercise, number_of, result_of, whole_numbers
from sidebyside.hints import number_hint, sorting_hint

WAYS = {"prompt": "prompt", "student": "student", "people": "people"}
CHOICES = {  # situation → what to do, and what to say to another choice
    "a": ("student", "Two million messages a year, and a prompt that does well enough on checked labels: its answers can teach."),
    "b": ("prompt", "Thirty messages a week never pay for a pile of labels, least of all if the question changes each month."),
    "c": ("people", "The prompt is right on half of them. A student would take over its mistakes."),
    "d": ("people", "A wrong answer may cost somebody their home, and nobody has measured the prompt yet."),
    "e": ("student", "The messages may not leave the house, and there is no money for a large machine. But a good pile of answers is there."),
}


@exercise(1)
def what_next(answer: Any) -> str | None:
    """Compare the choice for each situation; capitals, spaces and further words do no harm."""
    return sorting_hint(answer, CHOICES, WAYS)


HUNTS: list[tuple[list[int], list[bool]]] = [  # places that are flagged, and whether each label is wrong
    ([1, 4, 5, 8], [False, True, False, False, True, False, True, False, False, False]),
    ([0, 2, 3], [True, False, True, True, True, False, True]),
    ([6, 2, 0], [False, True, True, True, False, True, False, True]),
]


@exercise(2)
def worth_reading(answer: Callable[..., Any]) -> str | None:
    """Try the function on hunts in which the two shares differ."""
    for flagged, wrong in HUNTS:
        hits = sum(wrong[place] for place in flagged)
        said = result_of(answer, list(flagged), list(wrong))
        if isinstance(said, str | Mapping) or not hasattr(said, "__len__") or len(said) != 2:
            return "Give two numbers back, with a comma between them: the share of flags that are wrong labels, and the share of wrong labels found."
        if hint := _shares_hint([getattr(part, "value", part) for part in said], hits / len(flagged), hits / sum(wrong), flagged):
            return hint
    return None


def _shares_hint(said: Sequence[Any], right: float, found: float, flagged: Sequence[int]) -> str | None:
    """Return a hint on the share of flags that are right, or else on the share of wrong labels that are found."""
    first = number_hint(said[0], right, f"With the flags {list(flagged)}: how many of these labels are wrong, out of how many flags?")
    if first and number_hint(said[0], found, "no") is None and number_hint(said[1], right, "no") is None:
        return "The two are the other way round: first the share of the flags, then the share of the wrong labels."
    return first or number_hint(said[1], found, f"With the flags {list(flagged)}: how many of all wrong labels are among the flags?")


Doubts = tuple[list[dict[str, float]], list[str], int, set[int]]  # chances of each label, the labels given, how many places, which
DOUBTS: list[Doubts] = [
    (
        [{"glad": 0.9, "sad": 0.1}, {"glad": 0.2, "sad": 0.8}, {"glad": 0.45, "sad": 0.55}, {"glad": 0.4, "sad": 0.6}],
        ["glad", "glad", "sad", "glad"],
        2,
        {1, 3},
    ),
    (
        [
            {"late": 0.5, "broken": 0.3, "money": 0.2},
            {"late": 0.1, "broken": 0.85, "money": 0.05},
            {"late": 0.36, "broken": 0.32, "money": 0.32},
            {"late": 0.02, "broken": 0.08, "money": 0.9},
            {"late": 0.6, "broken": 0.3, "money": 0.1},
        ],
        ["money", "broken", "late", "late", "broken"],
        2,
        {3, 0},
    ),
]


@exercise(3)
def most_doubtful(answer: Callable[..., Any]) -> str | None:
    """Try the function on two labels and on three; any order of the places is right."""
    for chances, given, n, right in DOUBTS:
        said = whole_numbers(result_of(answer, [dict(row) for row in chances], list(given), n))
        if said != right:
            return _doubt_hint(said, chances, given, n)
    return None


def _doubt_hint(said: set[int], chances: Sequence[Mapping[str, float]], given: Sequence[str], n: int) -> str:
    credit = [row[label] for row, label in zip(chances, given, strict=True)]
    places = range(len(given))
    if said == set(sorted(places, key=lambda place: -credit[place])[:n]):
        return "Those labels have the most credit. The doubtful ones have the least."
    if len(said) != n:
        return f"Asked for {n} places, your function gives {len(said)}. Return places, counted from 0."
    if said == set(sorted(places, key=lambda place: max(chances[place].values()))[:n]):
        return "Those are the messages on which the judge is least sure of anything. Look at the chance of the label that was given."
    return f"For the labels {list(given)}: sort the places by the chance of the label that was given, the lowest first, and take {n}."


@exercise(4)
def pays_from(answer: Callable[..., Any]) -> str | None:
    """Try the function on prices whose answer can be done in the head; rounded up to whole messages is right too."""
    for labels, prompt, student in ((1000, 0.02, 0.0), (600, 0.05, 0.01), (90, 0.4, 0.1)):
        said, right = result_of(answer, labels, prompt, student), labels * prompt / (prompt - student)
        if hint := number_hint(said, right, _pay_hint(said, labels, prompt, student), 1.0):
            return hint
    return None


def _pay_hint(said: Any, labels: int, prompt: float, student: float) -> str:
    value = number_of(said) or math.nan
    if student and math.isclose(value, labels, rel_tol=0.01):
        return "Here the student is not free. Each message saves the price of the prompt less that of the student."
    if math.isclose(value, labels * prompt, rel_tol=0.01):
        return "That is what the labels cost. Divide it by what each message saves."
    return f"With {labels} labels at {prompt} dollars: what do they cost, and what does each message save if the student takes {student} dollars?"
