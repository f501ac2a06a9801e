"""What the page *The GenAI workflow* shows of its results."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

import sidebyside as sbs
from sidebyside.widgets import Outcome, Table, not_measured
from sidebyside.wording import NOT_MEASURED, after, by_bounds, by_count, count, options


def found_table(said: Sequence[str], found: Sequence[str | None], target: Sequence[str]) -> Table:
    """Show each answer beside the label that a program finds in it, and the right one."""
    rows = {"the model wrote": said, "the program found": [label or "nothing" for label in found], "label": target}
    return sbs.table(pd.DataFrame(rows))


def naive(usable: Sequence[bool | None], right: Sequence[bool | None]) -> Outcome:
    """Say how many answers to the first ten messages were usable, and how many right; None where no answer came."""
    key, found = "the_genai_workflow/naive", sbs.rate(right)
    answer = by_count(found.successes, found.missing, (4, 8), options(key)) if found.n else NOT_MEASURED
    return sbs.outcome(key, answer, f"Usable answers: {sbs.rate(usable)}. Right: {found}.")


def scoreboard(versions: Sequence[sbs.Prompt], right: Mapping[str, sbs.Rate]) -> Any:
    """Draw the share of right answers of each version."""
    systems = {f"{prompt.version}: {prompt.change}": ("GenAI", right[prompt.version]) for prompt in versions}
    alt = "Points with intervals: share of right answers for four prompt versions on thirty dev messages; the values stand in the text below."
    return sbs.scoreboard(systems, alt, "right answers on dev")


def winner(best: sbs.Prompt, usable: Mapping[str, sbs.Rate], right: Mapping[str, sbs.Rate]) -> Outcome:
    """Say which version was chosen, with the counts of all.

    Args:
        best: The version chosen; each option begins with its version's name.
        usable: Version → share of answers that name exactly one label.
        right: Version → share of right answers.
    """
    key = "the_genai_workflow/best"
    if not any(rate.n for rate in right.values()):
        return not_measured(key, "the model")
    said = "; ".join(f"{name} usable {count(usable[name])}, right {count(right[name])}" for name in right)
    return sbs.outcome(key, next(option for option in options(key) if option.startswith(f"{best.version}:")), f"{said}.")


def exam(model: str, best: sbs.Prompt, on_test: sbs.Rate, on_dev: sbs.Rate) -> Outcome:
    """Say how the chosen version did on test, compared with dev."""
    key = "the_genai_workflow/exam"
    if not (on_test.n and on_dev.n):
        return not_measured(key, model)
    gap = 100 * (on_test.value - on_dev.value)
    answer = by_bounds(gap, (-5, after(5)), options(key)[::-1])
    told = f"{model}, asked with {best.version}, gets {on_test} of the test messages right. On dev it was {on_dev}."
    return sbs.outcome(key, answer, told)
