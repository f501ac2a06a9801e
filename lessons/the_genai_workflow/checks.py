"""Checks of the exercises of "The GenAI workflow"."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from sidebyside.cases import load_case
from sidebyside.checks import FORGOTTEN, Slip, call, exercise, first_unsaid, kind_of, result_of, whole_numbers
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
    ("Sentiment:positive", LABELS, "positive", "The label may stand right beside a colon, quotation marks or another sign."),
    ("Label: **Negative**", LABELS, "negative", "The label may stand right beside a colon, quotation marks or another sign."),
    ("Let me see.\n\nIt is 'positive'", LABELS, "positive", "The answer may have several lines, and quotation marks around the label."),
    ("late\nlost", TOPICS, None, "The answer may have several lines. Two labels are none: return None."),
    ("It is neither Positively so, nor unnegative.", LABELS, None, "A label inside a longer word does not count."),
    ("Lately they were unbroken.", TOPICS, None, "A label inside a longer word does not count."),
    ("Lost, and the customer was told lately", TOPICS, "lost", "A label inside a longer word does not count, and leaves the other one alone."),
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
        if not isinstance(label, str | None):
            return f"Return the label itself, a text such as '{labels[0]}', or None. Your function returns {kind_of(label)}."
        if label != right:
            return f"{hint} Look at the answer '{text}' with the labels {', '.join(labels)}."
    return None


LONG = "My order came on Monday. " + "The parcel was open on one side, and I had to carry it up to the fourth floor myself. " * 4 + "Please call me."


@exercise(3)
def prompt(answer: Callable[..., Any]) -> str | None:
    """Look at the messages for two texts, one of which names a label by itself."""
    case = load_case()
    labels = case.labels[case.other_label]
    for text in ("The lamp is broken.", f"I have a question about {labels[0]}.", LONG):
        if hint := _of_messages(result_of(answer, text), text, labels):
            return hint
    return None


def _of_messages(messages: Any, text: str, labels: Iterable[str]) -> str | None:
    """Say what is wrong with the messages that a prompt makes of a text; None if nothing is."""
    if not isinstance(messages, list | tuple) or not messages:
        return f"Return a list of messages, in square brackets, even if there is only one. Your function returns {kind_of(messages)}."
    if not all(isinstance(m, dict) and isinstance(m.get("content"), str) and m.get("role") in ("system", "user", "assistant") for m in messages):
        return "Each message needs a 'role' ('system', 'user' or 'assistant') and a 'content', which is a text."
    if messages[-1]["role"] != "user":
        return "The last message has to be the user's: it is the one that the model answers."
    asked = " ".join(m["content"] for m in messages if m["role"] != "assistant")
    if text not in asked:
        return f"The text itself is not in the messages, word for word and to its end. Look at what becomes of '{text}'."
    instruction = asked.replace(text, " ")
    missing = [label for label in labels if not re.search(rf"(?<!\w){re.escape(label)}(?!\w)", instruction, re.IGNORECASE)]
    if missing:
        return f"The model cannot know the label '{missing[0]}': name every label in the prompt."
    for label in labels:
        instruction = re.sub(rf"(?<!\w){re.escape(label)}(?!\w)", " ", instruction, flags=re.IGNORECASE)
    return None if len(re.findall(r"\w+", instruction)) >= 3 else "Say what to do and in which form to answer, as you would tell a new colleague."


@exercise(4)
def usable(answer: tuple[Any, Any, Any]) -> str | None:
    """See that the model gave each answer to the learner's prompt; count anew how many name exactly one label."""
    ask, given, result = answer
    case = load_case()
    texts = list(case.split("dev")["text"].head(20))
    if not callable(ask):
        raise Slip("Hand over the function `prompt` itself, as in task 3. Does another line give its name to something else?")
    given = list(given) if isinstance(given, Iterable) and not isinstance(given, str | Mapping) else [None]
    if not all(isinstance(text, str) for text in given):
        return f"Put the texts of {len(texts)} answers into the list `answers`: what the model wrote, each as a text."
    if len(given) != len(texts):
        return f"There are {len(given)} answers, and it should be {len(texts)}: one for each of the first {len(texts)} dev messages."
    if (place := first_unsaid([result_of(ask, text) for text in texts], given, max_tokens=12)) is not None:
        return (
            f"Asked with your prompt about message {place + 1}, the model does not say '{given[place]:.40}'. "
            "Fill `answers` with what it says, in order. If you changed the prompt, ask again."
        )
    found = rate([read_label(text, case.labels[case.other_label]) is not None for text in given])
    if not isinstance(result, Rate):
        return f"Put the whole rate into `usable`, as sbs.rate(...) returns it, with its sample size. So far it is {kind_of(result)}."
    return None if result == found else "Count an answer as usable if sbs.read_label finds a label in it, whether that label is right or not."
