"""Checks of the exercises of "LLM as a judge"."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from sklearn.metrics import cohen_kappa_score

from sidebyside.cases import load_case
from sidebyside.checks import Forgotten, Slip, call, exercise, number_hint, result_of
from sidebyside.evaluation import rate
from sidebyside.hints import function_hint, one_number_hint, several, words_hint

BAR = 0.8
ROUNDED = 0.0051  # what two decimals may be off
FAULTS = {  # as the exercise shows them
    "a": ("place", "The answers changed places, and its verdict stayed with the place."),
    "b": ("padding", "Its verdict moved with the answer, so it does not go by the place. What does its favourite have more of?"),
    "c": ("habit", "Would it have marked a wrong answer any differently? There were two."),
    "d": ("nothing", "It follows the right answer to its new place, and slips once."),
    "e": ("place", "The second place is a place too."),
    "f": ("habit", "Half of these were right. Whatever it read, it said nearly always the same."),
    "g": ("nothing", "Each right answer was A once and B once. So whoever is always right says A in half of the verdicts."),
}
SAID = {"place": "place", "position": "place", "order": "place", "pad": "padding", "verbos": "padding", "length": "padding", "habit": "habit"}
SAID |= {"nothing": "nothing", "none": "nothing"}  # how it begins → which


@exercise(1)
def what_is_wrong(answer: Any) -> str | None:
    """Compare the faults that the reader found with those that the judges have."""
    return words_hint(answer, FAULTS, SAID)


@exercise(2)
def order_swap(answer: Callable[..., Any]) -> str | None:
    """Compare both shares on easy lists and on verdicts drawn at random."""
    if hint := function_hint(answer, "order_swap"):
        return hint
    known = (
        ("AA", "AA", 1.0, 1.0, "The judge says A both times, although the answers changed places: each pair flips, and the first shown always wins."),
        ("AA", "BB", 0.0, 0.5, "The judge follows the answers to their new places: nothing flips, and the first shown wins half of the verdicts."),
        ("BB", "BB", 1.0, 0.0, "B both times is a flip too, and the first shown never wins."),
        ("ABBB", "BBBA", 0.5, 0.25, "Two of four pairs keep their letter, and two of eight verdicts are A."),
    )
    generator = np.random.default_rng(12)
    drawn = [["".join(generator.choice(["A", "B"], size)) for _ in range(2)] for size in (9, 40)]
    hint = "Flip rate: pairs with the same letter twice, over all pairs. First-shown rate: verdicts A, over all verdicts of both lists."
    cases = [*known, *((one, two, *_shares(one, two), hint) for one, two in drawn)]
    for one, two, flips, first, text in cases:
        given = [getattr(share, "value", share) for share in several(result_of(answer, list(one), list(two))) or []]
        if len(given) != 2:
            return "Return two numbers: the flip rate, and the first-shown rate."
        if flips != first and given == [first, flips]:
            return "The two shares stand in each other's place: the flip rate comes first, then the first-shown rate."
        text = f"{text} Look at {list(one)} and {list(two)}." if len(one) < 9 else text
        for value, right in zip(given, (flips, first), strict=True):
            if problem := number_hint(value, right, text, ROUNDED):
                return problem
    return None


def _shares(one: str, two: str) -> tuple[float, float]:
    """Return flip rate and first-shown rate of two strings of verdicts."""
    return sum(a == b for a, b in zip(one, two, strict=True)) / len(one), (one + two).count("A") / (2 * len(one))


@exercise(3)
def three_judges(answer: tuple[Any, ...]) -> str | None:
    """Compare each agreement and each kappa with scikit-learn's, and the choice with the highest kappa."""
    key, judges, agreement, kappas, best = answer
    names = ", ".join(judges)
    agreement, kappas = (_plain(given) for given in (agreement, kappas))
    for name, given in (("agreement", agreement), ("kappas", kappas)):
        if set(given) != {judge.lower() for judge in judges}:
            return f"`{name}` should hold a number for each judge, by name: {{'Ada': ..., 'Ben': ...}} and so on, for {names}."
    for judge, marks in judges.items():
        same = float(np.mean([a == b for a, b in zip(marks, key, strict=True)]))
        hint = f"Count the answers on which {judge} and the key say the same, and divide by all {len(key)}."
        if problem := one_number_hint(agreement[judge.lower()], f"agreement of {judge}", same, hint):
            return problem
        hint = f"Kappa of {judge}: take chance out of the agreement. How often would the two say the same by chance, from how often each says r?"
        if problem := one_number_hint(kappas[judge.lower()], f"kappa of {judge}", float(cohen_kappa_score(list(marks), list(key))), hint):
            return problem
    named = [judge for judge in judges if isinstance(best, str | list | tuple) and re.search(rf"\b{judge}\b", str(best), re.IGNORECASE)]
    if len(named) != 1:
        return f"`best` should be one of the names: {names}."
    if kappas[named[0].lower()] < max(kappas.values()):
        return f"{named[0]} does not have the highest kappa. Look how often {named[0]} says w, and whether that is where the key says it."
    return None


def _plain(given: Any) -> dict[Any, Any]:
    """Return a dictionary or a column of numbers, or of rates, as a dictionary of numbers; an empty one for anything else."""
    if isinstance(given, pd.DataFrame) and given.shape[1] == 1:
        given = given.iloc[:, 0]
    if not isinstance(given, Mapping | pd.Series):
        return {}
    return {str(name).strip().lower(): getattr(found, "value", found) for name, found in given.items()}


@exercise(4)
def own_rule(answer: tuple[Any, ...]) -> str | None:
    """Apply the learner's rule anew; any rule that says both is right, if its marks are counted and judged right."""
    rows, rule, agreement, verdict = answer
    answers = load_case().answers
    if not hasattr(rows, "itertuples") or not set(rows["id"]) <= set(answers["id"]) or len(rows) < 2:
        return "Hand over `half` as it came."
    if hint := function_hint(rule, "rule"):
        return hint
    marks = [call(rule, row.answer, row.sentence) for row in rows.itertuples()]
    if hint := _marks_hint(marks):
        return hint
    if len(set(map(bool, marks))) < 2:
        return f"Your rule says {bool(marks[0])} of every answer. Let it look at the answer, for example at its numbers."
    if _looks_up(rule, rows, marks):
        return "Your rule knows the answers of this table by heart. Let it judge any answer by what it says and by the sentence."
    return _verdict_hint([mark == (right == "yes") for mark, right in zip(marks, rows["right"], strict=True)], agreement, verdict)


def _marks_hint(marks: list[Any]) -> str | None:
    """Return a hint if a rule's marks are not each a yes or a no."""
    if all(mark is None for mark in marks):
        raise Forgotten
    if any(mark is None for mark in marks):
        return "For some answers your rule gives nothing back. Let its last line return False, so that it always says one of the two."
    if not all(isinstance(mark, bool | np.bool_) or isinstance(mark, int) and mark in (0, 1) for mark in marks):
        return "The rule should return True if it holds an answer for right, else False, both without quotation marks."
    return None


def _looks_up(rule: Callable[..., Any], rows: pd.DataFrame, marks: list[Any]) -> bool:
    """Tell whether a rule looks an answer up in place of reading it: two spaces more, and it knows most of them no longer."""
    try:
        again = [call(rule, f"{row.answer}  ", row.sentence) for row in rows.itertuples()]
    except Slip:
        return True
    return sum(bool(one) != bool(other) for one, other in zip(marks, again, strict=True)) > len(marks) / 4


def _verdict_hint(agrees: Sequence[bool], agreement: Any, verdict: Any) -> str | None:
    """Compare a rate and the verdict on it with those of the marks."""
    measured = rate(agrees)
    hint = f'Count the answers where your rule and the column "right" agree, and divide by all {measured.n}. The column holds "yes" and "no".'
    if problem := one_number_hint(agreement, "agreement", measured.value, hint):
        return problem
    low, high = measured.interval
    right = "passed" if low >= BAR else "failed" if high < BAR else "not shown yet"
    said = verdict.strip(" .!").lower() if isinstance(verdict, str) else verdict
    if said == right:
        return None
    if said not in ("passed", "failed", "not shown yet"):
        return "`verdict_on_rule` should be “passed”, “failed” or “not shown yet”."
    return f"Look at both ends of the interval, {low:.2f} to {high:.2f}, and not at the rate alone. Where do they lie to the bar of {BAR}?"
