"""Checks of the exercises of "A prompt is a version"."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from sidebyside.cases import load_case
from sidebyside.checks import FORGOTTEN, call, exercise, first_unsaid, kind_of, letters, result_of
from sidebyside.evaluation import flips, read_label
from sidebyside.prompts import Prompt

KEEP = {"A": "clearly better for a few tokens more", "C": "as good as before, and cheaper"}
UNDO = {"B": "Luck explains its gain, and it is paid for with every message", "D": "It clearly lost more than it won"}


@exercise(1)
def keep(answer: Any) -> str | None:
    """Compare the letters of the changes to keep, given in any form and order."""
    chosen = letters(answer)
    if not chosen or not chosen <= {*KEEP, *UNDO}:
        return 'Give the letters of the changes that you would keep, such as ["A", "D"].'
    for letter in sorted(chosen - set(KEEP)):
        return f"Look at change {letter} again. {UNDO[letter]}."
    for letter in sorted(set(KEEP) - chosen):
        return f"One more is worth keeping. Which change is {KEEP[letter]}?"
    return None


# labels before, labels after, targets, what is right, and what to look at if the answer is another
FLIPPED = (
    (("a", "b"), ("a", "b"), ("a", "b"), (0, 0), "Where nothing changed, nothing is gained and nothing lost."),
    (("b", "b", "b"), ("a", "a", "b"), ("a", "a", "a"), (2, 0), "A gain is a message that was wrong before and is right after."),
    (("a", "a", "b"), ("b", "a", "b"), ("a", "a", "a"), (0, 1), "A loss is a message that was right before and is wrong after."),
    (("a", "a", "b"), ("b", "b", "a"), ("a", "a", "a"), (1, 2), "Give the gains first and then the losses, without subtracting one from the other."),
    (("b", None), ("c", "b"), ("a", "a"), (0, 0), "Wrong before and wrong after is no gain, even if the answer changed."),
    (("a", None), (None, "b"), ("a", "b"), (1, 1), "An answer that names no label, None, counts as wrong."),
    (
        ("x", "y", "y", "z", "x"),
        ("y", "y", "z", "y", None),
        ("y", "y", "y", "y", "x"),
        (2, 2),
        "Compare with the target of the same place.",
    ),
)


def _pair(answer: Any) -> tuple[int, int] | None:
    """Return two whole numbers, in whatever sequence they come; None if it is something else."""
    try:
        first, second = answer.values() if isinstance(answer, Mapping) else answer
        whole = [int(number) for number in (first, second) if not isinstance(number, str | bool) and int(number) == number]
    except (TypeError, ValueError):
        return None
    return (whole[0], whole[1]) if len(whole) == 2 else None


@exercise(2)
def changes(answer: Callable[..., Any]) -> str | None:
    """Try the function on a few changes of each kind."""
    for before, after, target, right, hint in FLIPPED:
        if (counts := _pair(result_of(answer, list(before), list(after), list(target)))) is None:
            return "Return two whole numbers: how many messages were gained, and how many were lost."
        if counts != right:
            return f"{hint} Try changes({list(before)}, {list(after)}, {list(target)})."
    return None


def _fault_of(prompts: Sequence[Any], labels: Sequence[str]) -> str | None:
    """Say what is wrong with two versions of a prompt, if anything is."""
    if not all(isinstance(prompt, Prompt) for prompt in prompts):
        return "Make both versions with sbs.Prompt(name, change, user message)."
    first, second = prompts
    if first.messages("x") == second.messages("x") and first.options == second.options:
        return "Both versions ask the same. Change one thing in the second one: its words, an example, a system message or a constraint."
    for prompt in prompts:
        said = f"{prompt.messages('')} {prompt.options}".lower()
        if "{text}" not in prompt.user:
            return f"Version '{prompt.version}' never gets the message: write {{text}} where it belongs."
        if missing := [label for label in labels if label.lower() not in said]:
            return f"Version '{prompt.version}' does not name the label '{missing[0]}', and the model cannot know it."
    return None


@exercise(3)
def two_versions(answer: tuple[Any, Any, Any, Any, Any]) -> str | None:
    """Count anew from the answers what the second version gained and lost, and compare."""
    first, second, before, after, result = answer
    case = load_case()
    labels = case.labels[case.other_label]
    dev = case.split("dev").head(20)
    before, after = (list(texts) if isinstance(texts, tuple | pd.Series | np.ndarray) else texts for texts in (before, after))
    if fault := _fault_of((first, second), labels):
        return fault
    if not all(isinstance(texts, list) and len(texts) == len(dev) and all(isinstance(text, str) for text in texts) for texts in (before, after)):
        return f"Put the texts of {len(dev)} answers into each of the lists `before` and `after`, one for each of the first {len(dev)} dev messages."
    for prompt, texts in ((first, before), (second, after)):
        place = first_unsaid([prompt.messages(text) for text in dev["text"]], texts, **{"max_tokens": 12} | prompt.options)
        if place is not None:
            return (
                f"Asked with '{prompt.version}' about message {place + 1}, the model does not say '{texts[place]:.40}'. "
                "Use its answers, in order. If you changed the prompt, ask again."
            )
    right = [[read_label(text, labels) == label for text, label in zip(texts, dev[case.other_label], strict=True)] for texts in (before, after)]
    gains, losses = flips(*right)
    if _pair(result) is None:
        return "Put both numbers into `result`: how many messages were gained, and how many lost."
    if _pair(result) == (len(gains), len(losses)):
        return None
    if _pair(result) == (len(losses), len(gains)):
        return "These are the two numbers the wrong way round: first what the second version gained, then what it lost."
    return "Your answers give other counts. Read each answer with sbs.read_label, and compare with dev[other] before and after."


COLUMNS = ("version", "right", "usable", "tokens")
# versions to choose from, the one to take, and what to look at if the answer is another
TABLES = (
    ((("v1", 0.60, 1.00, 50.0), ("v2", 0.70, 0.99, 90.0)), "v2", "Among those with enough usable answers, take the one with the most right."),
    ((("v2", 0.70, 0.99, 40.0), ("v1", 0.80, 1.00, 90.0)), "v1", "Fewer tokens count only where two versions have the same share right."),
    ((("v1", 0.90, 0.94, 50.0), ("v2", 0.70, 0.96, 90.0)), "v2", "A version with too few usable answers is out, however good it looks."),
    (
        (("v1", 0.70, 1.00, 90.0), ("v2", 0.70, 1.00, 50.0), ("v3", 0.60, 1.00, 20.0)),
        "v2",
        "Of two with the same share right, take the one with fewer tokens.",
    ),
    ((("v1", 0.80, 0.95, 60.0), ("v2", 0.75, 1.00, 60.0)), "v1", "Exactly 95 in a hundred usable answers are enough."),
    ((("v1", 0.80, 0.96, 60.0), ("v2", 0.78, 1.00, 50.0)), "v1", "Among those with enough usable answers, take the one with the most right."),
    ((("v1", 0.90, 0.949, 60.0), ("v2", 0.70, 0.95, 60.0)), "v2", "Even a little below 95 in a hundred is too few. Do not round."),
    ((("v1", 0.90, 0.90, 60.0), ("v2", 0.30, 0.10, 60.0)), None, "If no version has enough usable answers, return None."),
)


def _scores(rows: Sequence[tuple[Any, ...]]) -> pd.DataFrame:
    """Return versions as the table that the exercise hands over; its index does not begin at 0, as after a filter."""
    return pd.DataFrame(rows, columns=list(COLUMNS), index=np.arange(len(rows)) + 3)


@exercise(4)
def choose(answer: Callable[..., Any]) -> str | None:
    """Let the function choose from tables that each try one part of the rule."""
    picked = [call(answer, _scores(rows)) for rows, _, _ in TABLES]
    if all(chosen is None for chosen in picked):
        return FORGOTTEN
    for (rows, right, hint), chosen in zip(TABLES, picked, strict=True):
        if chosen is not None and not isinstance(chosen, str):
            return f"Return the name of the version, such as 'v2', or None. This is {kind_of(chosen)}."
        if chosen != right:
            shown = "; ".join(f"{name} right {share:g}, usable {usable:g}, tokens {tokens:g}" for name, share, usable, tokens in rows)
            return f"{hint} Your function takes {chosen or 'none'} of these: {shown}."
    return None
