"""Checks of the exercises of "Prompt sensitivity"."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from sidebyside.cases import load_case
from sidebyside.checks import exercise, first_unsaid, letters, number_hint, result_of
from sidebyside.evaluation import read_label
from sidebyside.prompts import Prompt

HOLDS = {"B": "shows that the same answers lie far apart only under one reading", "D": "counts the messages themselves"}
FAILS = {
    "A": "On 36 messages, luck alone often puts two equal forms 6 points apart",
    "C": "Equal scores can hide flips: one form wins what another loses",
}
ROWS = 12


@exercise(1)
def holds(answer: Any) -> str | None:
    """Compare the letters of the conclusions that hold, given in any form and order."""
    chosen = letters(answer)
    if not chosen or not chosen <= {*HOLDS, *FAILS}:
        return 'Give the letters of the conclusions that hold, such as ["A", "C"].'
    for letter in sorted(chosen & set(FAILS)):
        return f"Look at {letter} again. {FAILS[letter]}."
    for letter in sorted(set(HOLDS) - chosen):
        return f"One more holds. Which report {HOLDS[letter]}?"
    return None


# form → labels, the places that flip, and what to look at if the answer is another
TABLES: tuple[tuple[dict[str, list[str | None]], list[int], str], ...] = (
    ({"p": ["x", "y"], "q": ["x", "y"]}, [], "Where all forms agree, nothing flips."),
    ({"p": ["x", "y", "y"], "q": ["y", "y", "x"]}, [0, 2], "Give the places counted from 0, of all messages with more than one answer."),
    ({"p": ["x", "x", "y"], "q": ["x", "x", "y"], "r": ["x", "y", "y"]}, [1], "One form that differs is enough, also if it is the last one."),
    ({"p": ["x", "x", "y"], "q": ["y", "x", "y"], "r": ["x", "x", "y"]}, [0], "Compare all forms, not only the first with the last."),
    ({"p": ["x", None, None], "q": [None, None, "y"]}, [0, 2], "None is an answer of its own: it differs from a label, and agrees with None."),
    ({"only": ["x", None, "y"]}, [], "One form alone cannot disagree with itself."),
)


def _places(answer: Any) -> list[int] | None:
    """Return whole numbers, in whatever sequence they come, also in brackets as numpy gives them; None if it is something else."""
    if isinstance(answer, tuple) and len(answer) == 1 and isinstance(answer[0], np.ndarray):
        answer = answer[0]
    if isinstance(answer, Mapping):
        return None
    if isinstance(answer, np.ndarray) and answer.ndim == 2 and answer.shape[1] == 1:
        answer = answer.ravel()
    try:
        given = list(answer)
        whole = all(not isinstance(place, str | bool | np.bool_) and int(place) == place for place in given)
    except (TypeError, ValueError):
        return None
    return [int(place) for place in given] if whole else None


@exercise(2)
def flipped(answer: Callable[..., Any]) -> str | None:
    """Try the function on a few tables of each kind."""
    for labels, right, hint in TABLES:
        places = _places(result_of(answer, {name: list(given) for name, given in labels.items()}))
        if places is None:
            return "Return a list of places, such as [0, 2]: whole numbers, counted from 0."
        if places != right and sorted(places) == right:
            return "These are the right places. Give them in rising order."
        if places != right:
            return f"{hint} Try flipped({labels})."
    return None


def _task() -> tuple[list[str], pd.DataFrame]:
    """Return the two labels of exercise 3 and the dev messages that have one of them."""
    case = load_case()
    pair, dev = case.labels[case.other_label][:2], case.split("dev")
    return pair, dev[dev[case.other_label].isin(pair)].head(ROWS)


def _fault_of(prompts: Any, texts: Any, pair: Sequence[str], n: int) -> str | None:
    """Say what is wrong with the form of the answer, if anything is."""
    if not (isinstance(prompts, list | tuple) and len(prompts) == 3 and all(isinstance(prompt, Prompt) for prompt in prompts)):
        return "Make `prompts` a list of three, each made with sbs.Prompt(name, change, user message)."
    if len({str(prompt.messages("x")) for prompt in prompts}) < 3:
        return "Two of your prompts ask the same. Change the form of one: its order, its quotes, its words."
    for prompt in prompts:
        if "{text}" not in prompt.user:
            return f"The prompt '{prompt.version}' never gets the message: write {{text}} where it belongs."
        if missing := [label for label in pair if not re.search(rf"(?<!\w){re.escape(label)}(?!\w)", str(prompt.messages("")), re.IGNORECASE)]:
            return f"The prompt '{prompt.version}' does not name the label '{missing[0]}', and the model cannot know it."
    lists = [list(given) for given in texts if isinstance(given, Iterable)] if isinstance(texts, list | tuple | np.ndarray) else []
    if len(lists) != 3:
        return "Put the answers into `texts` as a list of three lists, in the order of `prompts`."
    if not all(len(given) == n and all(isinstance(text, str) for text in given) for given in lists):
        return f"Put {n} texts into each of the three lists of `texts`: what the model wrote to each row, in order."
    return None


@exercise(3)
def own_forms(answer: tuple[Any, Any, Any]) -> str | None:
    """See that the model was asked, and count the flips anew from its answers."""
    prompts, texts, flips = answer
    pair, rows = _task()
    if fault := _fault_of(prompts, texts, pair, len(rows)):
        return fault
    for prompt, given in zip(prompts, texts, strict=True):
        place = first_unsaid([prompt.messages(text) for text in rows["text"]], list(given), **{"max_tokens": 8} | prompt.options)
        if place is not None:
            return (
                f"Asked with '{prompt.version}' about message {place + 1}, the model does not say '{list(given)[place]:.40}'. "
                "Use its answers, in order. If you changed the prompt, ask again."
            )
    read = [[read_label(text, pair) for text in given] for given in texts]
    right = sum(len(set(labels)) > 1 for labels in zip(*read, strict=True))
    return number_hint(
        flips, right, "A message flips if its three labels, read with sbs.read_label(text, pair), are not all the same; None is one of its own."
    )
