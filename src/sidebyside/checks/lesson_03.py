"""Checks of the exercises of "The GenAI workflow"."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..cases import load_case
from ..evaluation import Rate
from . import call, register

READINGS = (
    ("Positive.", "positive", "Capital letters and a full stop should not matter."),
    ("The sentiment is negative", "negative", "The label may stand anywhere in the answer."),
    ("positive or negative", None, "Two labels are none: return None."),
    ("I cannot say.", None, "No label: return None."),
    ("", None, "An empty answer names no label: return None."),
    ("It is unnegativeable", None, "A label inside a longer word does not count."),
    ("positive, quite positive", "positive", "The same label twice is still one label."),
)


@register("03.1")
def find_label(answer: Callable[..., Any]) -> str | None:
    """Try the function on answers as models give them."""
    for text, right, hint in READINGS:
        if call(answer, text, ["negative", "positive"]) != right:
            return f"{hint} Look at the answer '{text}'."
    return None


@register("03.2")
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


@register("03.3")
def usable(answer: Any) -> str | None:
    """Look at what was counted."""
    if not isinstance(answer, Rate):
        return "Give the whole rate, as sbs.rate(...) returns it."
    wanted = min(20, len(load_case().split("dev")))
    return None if answer.n == wanted else f"This rate counts {answer.n} answers. Count one for each of the first {wanted} dev messages."
