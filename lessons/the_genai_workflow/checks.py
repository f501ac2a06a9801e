"""Checks of the exercises of "The GenAI workflow"."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

from sidebyside.cases import load_case
from sidebyside.checks import FORGOTTEN, call, exercise, result_of, says, whole_numbers
from sidebyside.evaluation import Rate, rate, read_label

MISREAD = {2: "The writer says *not*, and a program that looks for a word misses it", 5: "The sentence denies one label without naming the other"}
FINE = {
    1: "A program finds one label here, and it is the one that is meant",
    3: "Both labels are named, so a program finds none: unusable, but not misread",
    4: "No label is named, so a program finds none: unusable, but not misread",
    6: "A capital letter and a full stop do no harm",
}
LABELS, TOPICS = ["negative", "positive"], ["Late", "broken", "lost"]
READINGS: tuple[tuple[str, list[str], str | None, str], ...] = (
    ("Positive.", LABELS, "positive", "Capital letters and a full stop should not matter."),
    ("The sentiment is negative", LABELS, "negative", "The label may stand anywhere in the answer."),
    ("positive or negative", LABELS, None, "Two labels are none: return None."),
    ("I cannot say.", LABELS, None, "No label: return None."),
    ("", LABELS, None, "An empty answer names no label: return None."),
    ("It is unnegativeable", LABELS, None, "A label inside a longer word does not count."),
    ("positive, quite positive", LABELS, "positive", "The same label twice is still one label."),
    ("It came late, sadly.", TOPICS, "Late", "The function also has to work for other labels, and return one as the list has it."),
    ("Two of them: broken/lost", TOPICS, None, "Two labels are none, whatever stands between them."),
    ("The translation was lost-ish?", ["Late", "slat"], None, "A label inside a longer word does not count."),
)


@exercise(1)
def misread(answer: Any) -> str | None:
    """Compare the numbers of the answers, given in any form and order, with those that a program reads against their sense."""
    chosen = whole_numbers(answer)
    if not chosen or not chosen <= {*MISREAD, *FINE}:
        return "Give the numbers of the answers, from 1 to 6, such as [1, 6]."
    for number in sorted(chosen - set(MISREAD)):
        return f"Look at answer {number} again. {FINE[number]}."
    return None if chosen == set(MISREAD) else "There is one more. Read each answer as a program does: which label does it find, and was that meant?"


@exercise(2)
def find_label(answer: Callable[..., Any]) -> str | None:
    """Try the function on answers as models give them, with two lists of labels."""
    found = [call(answer, text, list(labels)) for text, labels, _, _ in READINGS]
    if all(label is None for label in found):
        return FORGOTTEN
    for (text, labels, right, hint), label in zip(READINGS, found, strict=True):
        if label != right:
            return f"{hint} Look at the answer '{text}' with the labels {', '.join(labels)}."
    return None


@exercise(3)
def prompt(answer: Callable[..., Any]) -> str | None:
    """Look at the messages for two texts, one of which names a label by itself."""
    case = load_case()
    labels = case.labels[case.other_label]
    for text in ("The lamp is broken.", f"I have a question about {labels[0]}."):
        if hint := _of_messages(result_of(answer, text), text, labels):
            return hint
    return None


def _of_messages(messages: Any, text: str, labels: Iterable[str]) -> str | None:
    """Say what is wrong with the messages that a prompt makes of a text; None if nothing is."""
    if not isinstance(messages, list | tuple) or not messages:
        return "Return a list of messages."
    if not all(isinstance(m, dict) and isinstance(m.get("content"), str) and m.get("role") in ("system", "user", "assistant") for m in messages):
        return "Each message is a dict with a 'role' ('system', 'user' or 'assistant') and a 'content', which is text."
    if messages[-1]["role"] != "user":
        return "The last message has to be the user's: it is the one that the model answers."
    asked = " ".join(m["content"] for m in messages if m["role"] != "assistant")
    if text not in asked:
        return f"The text itself is not in the messages. Look at what becomes of '{text}'."
    instruction = asked.replace(text, " ")
    missing = [label for label in labels if not re.search(rf"(?<!\w){re.escape(label)}(?!\w)", instruction, re.IGNORECASE)]
    if missing:
        return f"The model cannot know the label '{missing[0]}': name every label in the prompt."
    return None if len(re.findall(r"\w+", instruction)) >= 8 else "Say what to do and in which form to answer, as you would tell a new colleague."


@exercise(4)
def usable(answer: tuple[Any, Any, Any]) -> str | None:
    """Ask again about three of the messages, which costs nothing where answers are kept; count anew how many name exactly one label."""
    ask, given, result = answer
    case = load_case()
    texts = list(case.split("dev")["text"].head(20))
    given = list(given) if isinstance(given, Iterable) and not isinstance(given, str) else [None]
    if not all(isinstance(text, str) for text in given):
        return f"Put the texts of {len(texts)} answers into the list `answers`."
    if len(given) != len(texts):
        return f"There are {len(given)} answers, and it should be {len(texts)}: one for each of the first {len(texts)} dev messages."
    for place in (0, len(texts) // 2, len(texts) - 1):
        if not says(result_of(ask, texts[place]), given[place], max_tokens=12):
            return f"Asked with your prompt about message {place + 1}, the model says something else. Fill `answers` with its answers, in order."
    found = rate([read_label(text, case.labels[case.other_label]) is not None for text in given])
    if not isinstance(result, Rate):
        return "Give the whole rate, as sbs.rate(...) returns it, with its sample size."
    return None if result == found else "Count an answer as usable if sbs.read_label finds a label in it, whether that label is right or not."
