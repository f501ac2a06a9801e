"""Checks of the exercises of "Hallucination"."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from sidebyside.cases import load_case
from sidebyside.checks import NotDone, call, exercise, says
from sidebyside.evaluation import Rate, abstains, rate
from sidebyside.scorers import holds_name

SORTED = {  # as the exercise shows them
    "a": ("right", "It holds the true name."),
    "b": ("made up", "There is no such country, and it names a capital."),
    "c": ("admits", "It says that it does not know."),
    "d": ("dodges", "It names nothing, and it does not say that it does not know."),
    "e": ("made up", "The country is real. Is the city its capital?"),
    "f": ("admits", "It says that there is no such place."),
    "g": ("dodges", "It tells something, but not what was asked, and it does not say that it does not know."),
    "h": ("admits", "The true answer was to be had, yet this one says that it does not know."),
}
SAID = {
    "right": "right",
    "admit": "admits",
    "says": "admits",
    "dodge": "dodges",
    "made": "made up",
    "wrong": "made up",
}  # how it begins → which
ADMISSIONS = (
    "I don't know.",
    "I'm not sure.",
    "I am not sure which city that is.",
    "I have never heard of that place.",
    "There is no country of that name.",
    "That is a fictional island.",
    "Sorry, I do not know this element.",
    "I don’t know of any such element.",
)
CLAIMS = (
    "The capital of Peru is Lima.",
    "I'm sure it is Oslo.",
    "Surely you mean copper: its symbol is Cu.",
    "The capital is known as Dhaka.",
    "Its capital, Suva, is not far from the sea.",
    "Everybody has heard of Rome, the capital of Italy.",
    "I'm sorry, as a chatbot I am here to help you with your questions.",
)
MARKED = (  # answer, target
    ("The capital of Peru is Lima.", "Lima"),
    ("It is Cusco.", "Lima"),
    ("I don't know.", "Oslo"),
    ("Its capital is Zaltburg.", ""),
    ("I do not know such a country.", ""),
    ("The symbol of iron is Fe.", "Fe"),
    ("The symbol is Na.", "N"),
    ("The capital is Rome, in Italy.", "Rome"),
)
OTHERS = (*MARKED[2:5], ("I don't know.", ""), ("It is Bern.", "Bern"))  # another length, other counts
FRESH = 10  # of each sort, from the end of the file


@exercise(1)
def sort_answers(answer: Any) -> str | None:
    """Compare the reader's kinds with those that the rules of the page give."""
    if not isinstance(answer, Mapping):
        return "Leave the letters as they are, and write one of the four words behind each."
    said = {str(letter).strip().lower(): verdict for letter, verdict in answer.items()}
    if any(said.get(letter, ...) is ... for letter in SORTED):
        raise NotDone
    for letter, (right, why) in SORTED.items():
        words = str(said[letter]).strip().lower()
        verdict = next((kind for word, kind in SAID.items() if words.startswith(word)), None)
        if verdict is None:
            return f"Answer {letter}: write right, admits, dodges or made up."
        if verdict != right:
            return f"Look at answer {letter} again. {why}"
    return None


@exercise(2)
def admits(answer: Any) -> str | None:
    """Try the function on answers as models give them; anything that Python takes for true or false will do."""
    if not callable(answer):
        return "Hand over the function itself, `admits`, without calling it."
    for text in ADMISSIONS:
        if not call(answer, text):
            return f"The answer '{text}' admits that it does not know, or says that there is no such thing. Your function does not hear it."
    for text in CLAIMS:
        if call(answer, text):
            return f"The answer '{text}' does not say that it does not know. Your function hears that in it: look for other or longer phrases."
    return None


@exercise(3)
def three_rates(answer: Any) -> str | None:
    """Try the function on two marked lists of different lengths."""
    if not callable(answer):
        return "Hand over the function itself, `three_rates`, without calling it."
    for rows in (MARKED, OTHERS):
        if hint := _three_hint(answer, rows):
            return hint
    return None


def _three_hint(answer: Callable[..., Any], rows: tuple[tuple[str, str], ...]) -> str | None:
    answers, targets = (list(column) for column in zip(*rows, strict=True))
    found = call(answer, answers, targets)
    parts = list(found.values()) if isinstance(found, Mapping) else list(found) if isinstance(found, tuple | list | pd.Series | np.ndarray) else []
    if len(parts) != 3 or not all(isinstance(part, Rate) for part in parts):
        return "Return three rates, one after the other, each as sbs.rate(...) gives it."
    if any(part.n != len(rows) for part in parts):
        return "Each of the three rates counts all answers: sbs.rate gets a list as long as the list of answers."
    right = [holds_name(text, target) for text, target in rows]
    counts = [sum(right), sum(abstains(text) and not hit for (text, _), hit in zip(rows, right, strict=True))]
    said = [part.successes for part in parts]
    by_letters = {sum(target in text for text, target in rows), sum(bool(target) and target in text for text, target in rows)}
    if said[0] != counts[0] and said[0] in by_letters:
        return "You find too many right. An empty target stands in every text, and N in Na: sbs.holds_name knows both."
    if sum(said) != len(rows):
        return "The three counts should add up to all answers: each answer is of one kind only."
    wanted = [*counts, len(rows) - sum(counts)]
    return None if said == wanted else f"Among {len(rows)} answers you count {_listed(said)}. It should be {_listed(wanted)}. Look at: {answers}"


def _listed(counts: list[int]) -> str:
    right, unsure, neither = counts
    return f"{right} right, {unsure} that say they do not know, and {neither} that do neither"


@exercise(4)
def remedy(answer: tuple[Any, ...]) -> str | None:
    """Look at the messages, see that the model was asked, then count anew what the answers hold."""
    make, given, hears, admitted, right = answer
    if hint := _messages_hint(make):
        return hint
    rows = load_case().entities.groupby("real").tail(FRESH)
    texts = list(given) if isinstance(given, list | tuple | pd.Series | np.ndarray) else []
    if len(texts) != len(rows) or not all(isinstance(text, str) for text in texts):
        return f"Put the texts of {len(rows)} answers into the list `answers`, one for each row of `fresh`."
    for place in (0, len(rows) // 2, len(rows) - 1):
        question = rows["question"].iloc[place]
        if not says(call(make, question), texts[place], max_tokens=24):
            return f"Asked with your remedy “{question}”, the model says something else. Use its answers, one for each row of `fresh`, in order."
    return _rates_hint(rows.assign(given=texts), hears, admitted, right)


def _messages_hint(make: Any) -> str | None:
    if not callable(make):
        return "Hand over the function itself, `remedy`, without calling it."
    for question in ("What is the capital of Peru?", "What is the chemical symbol of the element zinc?"):
        messages = call(make, question)
        if not isinstance(messages, list) or not messages or not all(isinstance(m, Mapping) and {"role", "content"} <= set(m) for m in messages):
            return "Let `remedy` return a list of messages, each a dict with 'role' and 'content'."
        if not any(question in str(m["content"]) for m in messages):
            return "The question itself is not in the messages that `remedy` returns."
        if [str(m["content"]).strip() for m in messages] == [question]:
            return "That is the plain question. Add your remedy: a sentence, a system message, or examples."
    return None


def _rates_hint(rows: pd.DataFrame, hears: Any, admitted: Any, right: Any) -> str | None:
    if not isinstance(admitted, Rate) or not isinstance(right, Rate):
        return "Give both rates whole, as sbs.rate(...) returns them."
    real, invented = rows[rows["real"] == "yes"], rows[rows["real"] == "no"]
    ears = [abstains, *([hears] if callable(hears) else [])]
    if admitted not in [rate([bool(call(ear, text)) for text in invented["given"]]) for ear in ears]:
        return "Another number of the invented things got an admission. Take the rows whose 'real' is 'no', and count with your function `admits`."
    if right != rate([holds_name(text, target) for text, target in zip(real["given"], real["answer"], strict=True)]):
        return "Another number of the real things is right. Take the rows whose 'real' is 'yes', and count with sbs.holds_name."
    return None
