"""Checks of the exercises of "Roles"."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from sidebyside.checks import Forgotten, Slip, call, exercise, number_of
from sidebyside.hints import number_hint, several, sorting_hint

LEVELS = {  # letter → its level, and what to look at
    "a": ("vague", "It is a wish. What goes in, what comes out, and for whom?"),
    "b": ("clear", "It names a person, what that person does differently, and what happens today."),
    "c": ("partly", "There is a measure and an exam. From what value on would they go ahead?"),
    "d": ("vague", "Which mistakes are there, and what does each one cost? Nobody is named who answers for them."),
    "e": ("clear", "It names a result that stops it, who looks, and when."),
    "f": ("partly", "There is a name. Has that person hours for it, and who is the deputy?"),
}
WORDS = {"vague": "vague", "part": "partly", "clear": "clear"}  # how it begins → which


@exercise(1)
def score_the_canvas(answer: Any) -> str | None:
    """Compare the reader's levels; capitals, spaces and further words do no harm."""
    return sorting_hint(answer, LEVELS, WORDS)


def _given(function: Callable[..., Any], *inputs: Any) -> Any:
    found = call(function, *inputs)
    if found is None:
        raise Forgotten
    return found


SAVED = (  # labels of the trained model, labels of the prompt, seconds a label
    ({"learn": 2000, "choose": 100, "exam": 300}, {"learn": 4, "choose": 60, "exam": 300}, 20),
    ({"exam": 50, "learn": 900}, {"exam": 50, "learn": 0, "choose": 30}, 7),
    ({"learn": 0, "choose": 40, "exam": 160}, {"learn": 8, "choose": 92, "exam": 200}, 60),
)


@exercise(2)
def saved(answer: Callable[..., Any]) -> str | None:
    """Try the function on three pairs of ways, the last of which saves nothing."""
    for trained, prompt, seconds in SAVED:
        before, now = (sum(labels.values()) * seconds / 3600 for labels in (trained, prompt))
        found = _given(answer, dict(trained), dict(prompt), seconds)
        if hint := number_hint(found, before - now, _saved_hint(found, trained, prompt, seconds), 0.001):
            return hint
    return None


def _saved_hint(found: Any, trained: dict[str, int], prompt: dict[str, int], seconds: float) -> str:
    right, number = (sum(trained.values()) - sum(prompt.values())) * seconds / 3600, number_of(found)
    if number is not None and right < 0 <= number:
        return "A prompt may also take more labels than the trained model. Then the hours saved are below zero."
    if number is not None and right and math.isclose(number, -right, rel_tol=1e-3):
        return "The sign is the wrong way round: hours saved are those of the trained model minus those of the prompt."
    if number is not None and any(math.isclose(number, right * factor, rel_tol=1e-3) for factor in (60, 3600, 1 / 60)):
        return "That is not in hours. An hour has 3,600 seconds."
    learnt = (trained.get("learn", 0) - prompt.get("learn", 0)) * seconds / 3600
    if number is not None and math.isclose(number, learnt, rel_tol=1e-3):
        return "Those are the labels to learn from alone. Each way also needs labels to choose by and for its exam."
    return f"With {trained} and {prompt} at {seconds} seconds, {right:.2f} hours are saved. Add up all labels of each way first."


NIGHTS = (  # labels before, labels after, right labels
    (["a", "b", "a", "b", "c"], ["a", "a", "b", "b", "a"], ["a", "a", "a", "c", "b"]),
    (["x", "x", "y", "y", "x", "y", "x"], ["y", "x", "x", "y", "y", "y", "y"], ["y", "x", "x", "x", "y", "y", "x"]),
    (["no", "no"], ["no", "no"], ["yes", "no"]),
)


@exercise(3)
def overnight(answer: Callable[..., Any]) -> str | None:
    """Try the function on three nights; in one of them nothing changes."""
    for before, after, target in NIGHTS:
        found = several(_given(answer, list(before), list(after), list(target)))
        if found is None or len(found) != 3:
            raise Slip("Return three numbers, in this order: how many labels changed, how many messages were won, how many were lost.")
        given, right = [number_of(part) for part in found], _night(before, after, target)
        if given != right:
            return _night_hint(given, right, before, after, target)
    return None


def _night(before: Sequence[str], after: Sequence[str], target: Sequence[str]) -> list[float]:
    rows = list(zip(before, after, target, strict=True))
    changed = sum(old != new for old, new, _ in rows)
    return [float(changed), float(sum(old != true == new for old, new, true in rows)), float(sum(old == true != new for old, new, true in rows))]


def _night_hint(given: list[float | None], right: list[float], before: Sequence[str], after: Sequence[str], target: Sequence[str]) -> str:
    shown = f"Before {list(before)}, after {list(after)}, right {list(target)}:"
    if given == [right[0], right[2], right[1]]:
        return f"{shown} won and lost are the wrong way round. Won is wrong before and right after."
    if given[1:] == right[1:]:
        return f"{shown} {right[0]:.0f} labels changed. One that was wrong and is now wrong in another way has changed, too."
    if given[0] == right[0]:
        return f"{shown} {right[1]:.0f} won and {right[2]:.0f} lost. Compare each label with the right one, before and after."
    return f"{shown} {right[0]:.0f} changed, {right[1]:.0f} won, {right[2]:.0f} lost. Go through the three lists side by side, with zip."


ASKED = (  # questions in their order, those whose right answer is known
    (["a", "b", "c", "a", "d", "e"], {"b"}),
    (["x", "x", "x", "y"], set()),
    (["p", "q", "p", "r", "q", "s"], {"p", "s"}),
)


@exercise(4)
def share_of_checks(answer: Callable[..., Any]) -> str | None:
    """Try the function on three logs of questions, with known ones and repeated ones."""
    for asked, known in ASKED:
        right = sum(question in known or question in asked[:place] for place, question in enumerate(asked)) / len(asked)
        found = _given(answer, list(asked), set(known))
        if hint := number_hint(found, right, _share_hint(found, right, asked, known), 0.001):
            return hint
    return None


def _share_hint(found: Any, right: float, asked: list[str], known: set[str]) -> str:
    number, shown = number_of(found), f"Asked {asked}, known {sorted(known)}:"
    alone = sum(question in known for question in asked) / len(asked)
    every = sum(question in known or asked.count(question) > 1 for question in asked) / len(asked)
    if number is not None and math.isclose(number, 1 - right, abs_tol=1e-3):
        return f"{shown} that is the share that uses the model. The checks are the others."
    if number is not None and math.isclose(number, right * len(asked), abs_tol=1e-3):
        return f"{shown} that is how many, not which share. Divide by the number of questions."
    if number is not None and math.isclose(number, alone, abs_tol=1e-3):
        return f"{shown} a question that was asked before is a check as well, also if nobody knows the right answer."
    if number is not None and math.isclose(number, every, abs_tol=1e-3):
        return f"{shown} the first time that a question is asked is no repetition. Only the later times are."
    return f"{shown} the share is {right:.2f}. A check is a question that is known, or one that was asked before."
