"""Checks of the exercises of "Hybrid"."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from sidebyside.checks import NotDone, call, exercise
from sidebyside.hints import number_hint

VERDICTS = {  # letter → what to say of it, and why
    "a": ("helps", "Hybrid a: what is kept is mostly right, and asking turns far more errors into right answers than the other way round."),
    "b": ("hurts", "Hybrid b: on what is passed on, the unsure trained model is right more often than the one it asks."),
    "c": ("no better than chance", "Hybrid c: passing on at random does as well, so being unsure says nothing about being wrong."),
    "d": ("too much for people", "Hybrid d: count the hours. How many messages a day can these two people read?"),
    "e": ("cannot tell", "Hybrid e: the messages that chose the threshold are those on which it is measured."),
}
BEGINNINGS = {"help": "helps", "hurt": "hurts", "no better": "no better than chance", "chance": "no better than chance"} | {
    "too much": "too much for people", "cannot": "cannot tell", "can't": "cannot tell", "can not": "cannot tell",
}  # fmt: skip


@exercise(1)
def judge_hybrids(answer: Any) -> str | None:
    """Compare the reader's verdict on each hybrid with what its numbers say."""
    if not isinstance(answer, Mapping):
        return "Leave the letters as they are, and write one of the verdicts behind each."
    given = {str(letter).strip().lower(): verdict for letter, verdict in answer.items()}
    if any(given.get(letter, ...) is ... for letter in VERDICTS):
        raise NotDone
    for letter, (right, why) in VERDICTS.items():
        said = " ".join(str(given[letter]).lower().replace("’", "'").split())
        verdict = next((verdict for beginning, verdict in BEGINNINGS.items() if said.startswith(beginning)), None)
        if verdict is None:
            return f"Hybrid {letter}: write one of the five verdicts, as the exercise words it."
        if verdict != right:
            return f"Look at it again. {why}"
    return None


ROUTED = (  # how sure the trained model is, how sure the language model is, both lines, who answers
    (0.95, 0.97, 0.8, 0.9, "ml"),
    (0.95, 0.10, 0.8, 0.9, "ml"),
    (0.80, 0.99, 0.8, 0.9, "ml"),
    (0.79, 0.99, 0.8, 0.9, "model"),
    (0.55, 0.90, 0.8, 0.9, "model"),
    (0.55, 0.89, 0.8, 0.9, "person"),
    (0.85, 0.60, 0.9, 0.5, "model"),
    (0.70, 0.65, 0.6, 0.7, "ml"),
    (0.50, 0.00, 0.6, 0.0, "model"),
)


@exercise(2)
def who_answers(answer: Callable[..., Any]) -> str | None:
    """Try the function above, on and below each line, with lines that the page does not show."""
    if not callable(answer):
        return "Hand over the function itself, `who_answers`, without calling it."
    for *numbers, right in ROUTED:
        said = str(call(answer, *numbers)).strip().lower()
        if said != right:
            return _route_hint(said, right, *numbers)
    return None


def _route_hint(said: str, right: str, ml: float, model: float, ml_from: float, model_from: float) -> str:
    if said not in ("ml", "model", "person"):
        return f'For {ml} and {model} your function gives back "{said}". Return one of the texts "ml", "model" and "person".'
    if ml == ml_from or (right == "model" and model == model_from and said == "person"):
        return "A system that is exactly as sure as its line asks for is sure enough: does your comparison let it answer?"
    asked = f"The trained model is sure to {ml} and its line is {ml_from}; the language model is sure to {model} and its line is {model_from}."
    return f'{asked} Your function says "{said}". Begin with the trained model: only if it is not sure is anybody else asked.'


# how sure, whether the trained model is right, whether the language model is right
DEV = (
    ((0.9, 1, 1), (0.8, 1, 1), (0.7, 0, 1), (0.6, 1, 0), (0.6, 0, 1), (0.5, 0, 0)),
    ((0.95, 1, 0), (0.85, 0, 1), (0.75, 1, 1), (0.65, 0, 1)),
    ((0.9, 1, 0), (0.6, 1, 1)),
    ((0.9, 0, 1), (0.7, 1, 1), (0.6, 0, 1)),
)
LINES = [0.5, 0.6, 0.7, 0.8, 0.9, 1.0]


def lowest(rows: tuple[tuple[float, int, int], ...], lines: list[float]) -> float:
    """Return the lowest line at which the hybrid is right as often as the language model alone."""
    alone = sum(model for _, _, model in rows)
    return next(line for line in lines if sum(ml if sure >= line else model for sure, ml, model in rows) >= alone)


@exercise(3)
def lowest_line(answer: Callable[..., Any]) -> str | None:
    """Try the function on four dev sets with other answers, and on lines in another order."""
    if not callable(answer):
        return "Hand over the function itself, `lowest_line`, without calling it."
    for rows in DEV:
        for lines in (LINES, LINES[::-1]):
            found, right = call(answer, *(list(column) for column in zip(*rows, strict=True)), list(lines)), lowest(rows, LINES)
            if hint := number_hint(found, right, _line_hint(found, right, lines), 0.001):
                return hint
    return None


def _line_hint(found: Any, right: float, lines: list[float]) -> str:
    if lines != LINES:
        return "With the same lines in another order, your function finds another one. Go through them from low to high."
    if isinstance(found, int | float) and found > right:
        return f"The line {right:g} is enough: there the hybrid gets no fewer right than the language model alone, and it asks less often."
    return "At your line the hybrid gets fewer right than the language model alone. On or above the line, the trained model's answer counts."


BILLED = ((1000, 0.4, 0.1, 0.0002, 20, 25.0), (500, 0.5, 0.3, 0.004, 60, 36.0), (2000, 0.0, 0.25, 0.1, 45, 20.0), (300, 0.9, 0.0, 0.01, 30, 40.0))


@exercise(4)
def bill(answer: Callable[..., Any]) -> str | None:
    """Try the function on several bills, no two of whose numbers can be mixed up."""
    if not callable(answer):
        return "Hand over the function itself, `bill`, without calling it."
    for messages, to_model, to_person, price, seconds, wage in BILLED:
        right = messages * (to_model * price + to_person * seconds / 3600 * wage)
        found = call(answer, messages, to_model, to_person, price, seconds, wage)
        if hint := number_hint(found, right, _bill_hint(found, right, messages, to_person, seconds, wage), max(1e-6, abs(right) * 1e-4)):
            return hint
    return None


def _bill_hint(found: Any, right: float, messages: float, to_person: float, seconds: float, wage: float) -> str:
    people = messages * to_person * seconds / 3600 * wage
    number = float(found) if isinstance(found, int | float) else math.nan
    if math.isclose(number, right - people, rel_tol=1e-4):
        return "The people's part is missing from the bill. It is the largest."
    if math.isclose(number, right * messages, rel_tol=1e-4) or math.isclose(number, right / messages, rel_tol=1e-4):
        return "That is the bill for another number of messages. It should be for all of them, once."
    if math.isclose(number - (right - people), people * 3600, rel_tol=1e-3) or math.isclose(number - (right - people), people * 60, rel_tol=1e-3):
        return "A wage is for an hour, and a person's time is in seconds: an hour has 3,600 of them."
    return f"For {messages} messages your bill is {found}. It should be {right:.4g}: each share times its own price, times all messages."
