"""Checks of the exercises of "Hallucination"."""

from __future__ import annotations

import random
import re
import types
from collections.abc import Callable, Mapping
from typing import Any, TypeGuard

import numpy as np
import pandas as pd

from sidebyside.cases import load_case
from sidebyside.checks import FORGOTTEN, Forgotten, call, exercise, result_of, says
from sidebyside.evaluation import Rate, abstains, rate
from sidebyside.hints import function_hint, several, texts_hint, words_hint
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
    "I'm sorry, as a chatbot I don't have the ability to help you with that.",
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
OTHERS = (*MARKED[2:5], ("I don't know.", ""), ("It is Bern.", "Bern"), ("It is Rome.", "Bern"))  # another length, other counts
KINDS = (bool, np.bool_, int, types.NoneType, re.Match)  # what a function may say yes or no with
LOOKED_AT = 4  # of the answers to a remedy, drawn by their texts, so that nobody knows which
FRESH = 10  # of each sort, from the end of the file


@exercise(1)
def sort_answers(answer: Any) -> str | None:
    """Compare the reader's kinds with those that the rules of the page give."""
    return words_hint(answer, SORTED, SAID)


@exercise(2)
def admits(answer: Any) -> str | None:
    """Try the function on answers as models give them; anything that Python takes for true or false will do."""
    if hint := function_hint(answer, "admits"):
        return hint
    said = {text: call(answer, text) for text in (*ADMISSIONS, *CLAIMS)}
    if all(found is None for found in said.values()):
        raise Forgotten
    for text in ADMISSIONS:
        if not said[text]:
            missed = f"The answer “{text}” admits that it does not know, or says that there is no such thing. Your function does not hear it."
            return missed + _why(answer, text)
    for text in CLAIMS:
        if said[text] and not isinstance(said[text], KINDS):
            return _odd_hint(said[text])
        if said[text]:
            return f"The answer “{text}” does not say that it does not know. Your function hears that in it: look for other or longer phrases."
    return None


def _odd_hint(found: Any) -> str:
    """Say what is wrong with a result that Python would take for a yes whatever it holds."""
    if isinstance(found, str):
        return (
            f"Your function returns the text “{found}”. Return True or False without quotation marks; behind each `or`, write `... in answer` again."
        )
    return "Your function returns several things, where one yes or no was asked for. Put any(...) around them if one of them is enough."


def _why(answer: Callable[..., Any], text: str) -> str:
    """Say what keeps a function from hearing an admission, where that is plain."""
    if call(answer, text.replace("’", "'")):
        return " Look at its apostrophe: this one is curved, and another sign than yours. Replace it first."
    return " It would if all letters were small: look into answer.lower()." if call(answer, text.lower()) else ""


@exercise(3)
def three_rates(answer: Any) -> str | None:
    """Try the function on two marked lists of different lengths."""
    if hint := function_hint(answer, "three_rates"):
        return hint
    for rows in (MARKED, OTHERS):
        if hint := _three_hint(answer, rows):
            return hint
    return None


def _three_hint(answer: Callable[..., Any], rows: tuple[tuple[str, str], ...]) -> str | None:
    answers, targets = (list(column) for column in zip(*rows, strict=True))
    parts = several(result_of(answer, answers, targets)) or []
    if len(parts) != 3 or not all(isinstance(part, Rate) for part in parts):
        return "Return three rates, one after the other, each as sbs.rate(...) gives it."
    if any(part.n != len(rows) for part in parts):
        return "Each of the three rates counts all answers: sbs.rate gets a list as long as the list of answers."
    return _counts_hint([part.successes for part in parts], rows)


def _counts_hint(said: list[int], rows: tuple[tuple[str, str], ...]) -> str | None:
    right = [holds_name(text, target) for text, target in rows]
    counts = [sum(right), sum(abstains(text) and not hit for (text, _), hit in zip(rows, right, strict=True))]
    wanted = [*counts, len(rows) - sum(counts)]
    by_letters = {sum(target in text for text, target in rows), sum(bool(target) and target in text for text, target in rows)}
    if said == wanted:
        return None
    if sorted(said) == sorted(wanted):
        return "The three numbers are those, in another order. First comes right, then says that it does not know, then neither of the two."
    if said[0] != counts[0] and said[0] in by_letters:
        return "You find too many right. An empty target stands in every text, and N in Na: sbs.holds_name knows both."
    if sum(said) != len(rows):
        return "The three counts should add up to all answers: each answer is of one kind only."
    return f"Among {len(rows)} answers you count {_listed(said)}. It should be {_listed(wanted)}. Look at: {' · '.join(text for text, _ in rows)}"


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
    texts = [getattr(text, "text", text) for text in several(given) or []]
    if hint := texts_hint(texts, "answers", len(rows)):
        return hint
    for place in random.Random("|".join(texts)).sample(range(len(rows)), min(LOOKED_AT, len(rows))):
        question = rows["question"].iloc[place]
        if not says(list(call(make, question)), texts[place], max_tokens=24):
            return f"Asked with your remedy “{question}”, the model says something else. Use its answers, one for each row of `fresh`, in order."
    return _rates_hint(rows.assign(given=texts), hears, admitted, right)


def _messages_hint(make: Any) -> str | None:
    if hint := function_hint(make, "remedy"):
        return hint
    for question in ("What is the capital of Peru?", "What is the chemical symbol of the element zinc?"):
        if (messages := call(make, question)) is None:
            return f"`remedy`: {FORGOTTEN}"
        if isinstance(messages, str | Mapping) or not _are_messages(messages := several(messages)):
            return "Let `remedy` return a list of messages, such as [{'role': 'user', 'content': ...}]. The square brackets belong to it."
        if not any(question in str(m["content"]) for m in messages):
            return "The question itself is not in the messages that `remedy` returns."
        if [str(m["content"]).strip() for m in messages] == [question]:
            return "That is the plain question. Add your remedy: a sentence, a system message, or examples."
    return None


def _are_messages(messages: list[Any] | None) -> TypeGuard[list[Mapping[str, Any]]]:
    return bool(messages) and all(isinstance(m, Mapping) and {"role", "content"} <= set(m) for m in messages or [])


def _rates_hint(rows: pd.DataFrame, hears: Any, admitted: Any, right: Any) -> str | None:
    if not isinstance(admitted, Rate) or not isinstance(right, Rate):
        return "Give both rates whole, as sbs.rate(...) returns them."
    real, invented = rows[rows["real"] == "yes"], rows[rows["real"] == "no"]
    ears = [abstains, *([hears] if callable(hears) else [])]
    admissions = [rate([bool(call(ear, text)) for text in invented["given"]]) for ear in ears]
    found = rate([holds_name(text, target) for text, target in zip(real["given"], real["answer"], strict=True)])
    if right in admissions and admitted == found and admitted != right:
        return "The two rates stand in each other's place: `admitted` is about the invented things, `right` about the real ones."
    if admitted not in admissions:
        said = f"`admitted` says {admitted.successes} of {admitted.n}, and it is another number."
        return f"{said} Take the rows whose 'real' is 'no', and count with your function `admits`."
    if right != found:
        said = f"`right` says {right.successes} of {right.n}, and it is another number."
        return f"{said} Take the rows whose 'real' is 'yes', and count with sbs.holds_name."
    return None
