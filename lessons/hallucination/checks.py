"""Checks of the exercises of "Made up, and said with a straight face"."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd

from sidebyside.cases import load_case
from sidebyside.checks import call, exercise
from sidebyside.evaluation import Rate, abstains, rate
from sidebyside.scorers import holds_name

ADMISSIONS = (
    "I don't know.",
    "I'm not sure.",
    "I am not sure which city that is.",
    "I have never heard of that place.",
    "There is no country of that name.",
    "That is a fictional island.",
    "Sorry, I do not know this element.",
)
CLAIMS = (
    "The capital of Peru is Lima.",
    "I'm sure it is Oslo.",
    "Surely you mean copper: its symbol is Cu.",
    "The capital is known as Dhaka.",
    "Its capital, Suva, is not far from the sea.",
    "Everybody has heard of Rome, the capital of Italy.",
)
MARKED = (  # answer, target
    ("The capital of Peru is Lima.", "Lima"),
    ("It is Cusco.", "Lima"),
    ("I don't know.", "Oslo"),
    ("Its capital is Zaltburg.", ""),
    ("I do not know such a country.", ""),
    ("The symbol of iron is Fe.", "Fe"),
    ("The symbol is Io.", ""),
    ("The capital is Rome, in Italy.", "Rome"),
)
FRESH = 10  # of each sort, from the end of the file


@exercise(1)
def admits(answer: Callable[..., Any]) -> str | None:
    """Try the function on answers as models give them."""
    for text in ADMISSIONS:
        if not (heard := call(answer, text)):
            return f"The answer '{text}' admits that it does not know, and your function returns {heard!r}."
        if not isinstance(heard, bool):
            return f"Return True or False. For '{text}' you return {type(heard).__name__}."
    for text in CLAIMS:
        if call(answer, text):
            return f"The answer '{text}' claims to know. Your function hears an admission in it: look for longer phrases."
    return None


@exercise(2)
def three_rates(answer: Callable[..., Any]) -> str | None:
    """Try the function on a marked list."""
    answers, targets = (list(column) for column in zip(*MARKED, strict=True))
    found = call(answer, answers, targets)
    if not isinstance(found, tuple | list) or len(found) != 3 or not all(isinstance(part, Rate) for part in found):
        return "Return three rates, one after the other, each as sbs.rate(...) gives it."
    if any(part.n != len(MARKED) for part in found):
        return "Each of the three rates counts all answers: sbs.rate gets a list as long as the list of answers."
    right, unsure, made_up = (part.successes for part in found)
    if right == 6:
        return "The target of an invented thing is empty, and an empty text stands in every text. sbs.holds_name knows that."
    if right + unsure + made_up != len(MARKED):
        return "The three counts should add up to all answers: each answer is of one kind only."
    if (right, unsure, made_up) == (3, 2, 3):
        return None
    return f"In eight made-up answers you count {right} right, {unsure} that say they do not know, and {made_up} made up. It should be 3, 2 and 3."


@exercise(3)
def remedy(answer: tuple[Any, ...]) -> str | None:
    """Look at the messages, then count anew what the answers hold."""
    make, given, admitted, right = answer
    if hint := _messages_hint(make):
        return hint
    rows = load_case().entities.groupby("real").tail(FRESH)
    if not isinstance(given, list) or not all(isinstance(text, str) for text in given) or len(given) != len(rows):
        return f"Put the texts of {len(rows)} answers into the list `answers`, one for each row of `fresh`."
    return _rates_hint(rows.assign(given=given), admitted, right)


def _messages_hint(make: Callable[..., Any]) -> str | None:
    question = "What is the capital of Peru?"
    messages = call(make, question)
    if not isinstance(messages, list) or not messages or not all(isinstance(m, dict) and {"role", "content"} <= set(m) for m in messages):
        return "Let `remedy` return a list of messages, each a dict with 'role' and 'content'."
    if not any(question in str(m["content"]) for m in messages):
        return "The question itself is not in the messages that `remedy` returns."
    if [str(m["content"]).strip() for m in messages] == [question]:
        return "That is the plain question. Add your remedy: a sentence, a system message, or examples."
    return None


def _rates_hint(rows: pd.DataFrame, admitted: Any, right: Any) -> str | None:
    if not isinstance(admitted, Rate) or not isinstance(right, Rate):
        return "Give both rates whole, as sbs.rate(...) returns them."
    real, invented = rows[rows["real"] == "yes"], rows[rows["real"] == "no"]
    if admitted != rate([abstains(text) for text in invented["given"]]):
        return "Another number of the invented things got an admission. Take the rows whose 'real' is 'no', and count with sbs.abstains."
    if right != rate([holds_name(text, target) for text, target in zip(real["given"], real["answer"], strict=True)]):
        return "Another number of the real things is right. Take the rows whose 'real' is 'yes', and count with sbs.holds_name."
    return None
