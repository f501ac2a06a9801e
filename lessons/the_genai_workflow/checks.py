"""Checks of the exercises of "The GenAI workflow"."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sidebyside.cases import load_case
from sidebyside.checks import call, exercise
from sidebyside.evaluation import Rate, rate, read_label

READINGS = (
    ("Positive.", "positive", "Capital letters and a full stop should not matter."),
    ("The sentiment is negative", "negative", "The label may stand anywhere in the answer."),
    ("positive or negative", None, "Two labels are none: return None."),
    ("I cannot say.", None, "No label: return None."),
    ("", None, "An empty answer names no label: return None."),
    ("It is unnegativeable", None, "A label inside a longer word does not count."),
    ("positive, quite positive", "positive", "The same label twice is still one label."),
)


@exercise(1)
def find_label(answer: Callable[..., Any]) -> str | None:
    """Try the function on answers as models give them."""
    for text, right, hint in READINGS:
        if call(answer, text, ["negative", "positive"]) != right:
            return f"{hint} Look at the answer '{text}'."
    return None


@exercise(2)
def prompt(answer: Callable[..., Any]) -> str | None:
    """Look at the form of the messages and at what they hold."""
    case = load_case()
    messages = call(answer, "The lamp is broken.")
    if not isinstance(messages, list) or not all(isinstance(m, dict) and {"role", "content"} <= set(m) for m in messages):
        return "Return a list of messages, each a dict with 'role' and 'content'."
    said = " ".join(str(m["content"]) for m in messages)
    missing = [label for label in case.labels[case.other_label] if label.lower() not in said.lower()]
    if "The lamp is broken." not in said:
        return "The text itself is not in the messages."
    return f"The model cannot know the label '{missing[0]}': name every label in the prompt." if missing else None


@exercise(3)
def usable(answer: tuple[Any, Any]) -> str | None:
    """Count anew how many of the answers name exactly one label, and compare."""
    given, result = answer
    case = load_case()
    wanted = min(20, len(case.split("dev")))
    if not isinstance(given, list) or not all(isinstance(text, str) for text in given) or len(given) != wanted:
        return f"Put the texts of {wanted} answers into the list `answers`, one for each of the first {wanted} dev messages."
    if not isinstance(result, Rate):
        return "Give the whole rate, as sbs.rate(...) returns it."
    found = rate([read_label(text, case.labels[case.other_label]) is not None for text in given])
    return None if result == found else "Count an answer as usable if sbs.read_label finds a label in it, whether that label is right or not."
