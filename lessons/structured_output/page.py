"""The page's own charts, tables and sentences: what came of asking a model to fill in a form."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any, NamedTuple

import pandas as pd

import sidebyside as sbs
from sidebyside import evaluation, wording

UNREAD = "always the most common"  # the way of answering that reads nothing: no model's
FORCED = "examples and schema"  # the strongest way of asking


class Marks(NamedTuple):
    """What the three measures say of one answer.

    Attributes:
        parses: Whether a program can read it as JSON.
        valid: Whether it keeps to the schema.
        right: Field → whether it says what the record says.
    """

    parses: bool
    valid: bool
    right: Mapping[str, bool]

    @property
    def all_right(self) -> bool:
        """Whether every field is right."""
        return all(self.right.values())


def form(fields: Mapping[str, Mapping[str, Any]]) -> sbs.widgets.Table:
    """Show the fields of a case and what each may hold."""
    rows = [(name, field["about"], ", ".join(field.get("values", [])) or "free text") for name, field in fields.items()]
    return sbs.table(pd.DataFrame(rows, columns=["field", "what it is", "allowed values"]))


def by_thirds(key: str, rate: sbs.Rate) -> str:
    """Return the option of a question in thirds; a third and two thirds belong to the middle."""
    return wording.by_bounds(rate.value, [1 / 3, wording.after(2 / 3)], wording.options(key))


def parsed(model: str, found: Sequence[object | None], answers: Sequence[str] | None = None) -> sbs.widgets.Outcome:
    """Say how many of the plain answers a program can read.

    Args:
        model: Who answered.
        found: What the program read in each answer, None where it can read nothing.
        answers: The answers; some may never have come.
    """
    marks = [one is not None for one in found]
    key, rate = "structured_output/parse", sbs.rate(evaluation.measured(marks, answers) if answers else marks)
    if not rate.n:
        return sbs.widgets.not_measured(key, model)
    return sbs.outcome(key, by_thirds(key, rate), f"A program can read {rate} of the plain answers of {model}.")


def rates(marks: Sequence[Marks | None]) -> dict[str, sbs.Rate]:
    """Return the rate of each measure over the answers to one way of asking; None stands for an answer that never came."""
    return {
        "parses": sbs.rate(mark and mark.parses for mark in marks),
        "valid": sbs.rate(mark and mark.valid for mark in marks),
        "all fields right": sbs.rate(mark and mark.all_right for mark in marks),
    }


def right_counts(right: Sequence[Mapping[str, bool]]) -> Counter[str]:
    """Count the right answers of each field."""
    return Counter(name for one in right for name, hit in one.items() if hit)


def measures_chart(marks: Mapping[str, Sequence[Marks | None]]) -> Any:
    """Draw the three measures for each way of asking."""
    systems = {
        f"{way}: {measure}": ("people" if way == UNREAD else "GenAI", rate) for way, given in marks.items() for measure, rate in rates(given).items()
    }
    description = (
        "Points with intervals: for each way of asking, the share of answers that parse, that are valid and that are all right; "
        "the values stand in the table below."
    )
    return sbs.scoreboard(systems, description, "share of answers")


def measures_table(marks: Mapping[str, Sequence[Marks | None]]) -> sbs.widgets.Table:
    """Show the three measures for each way of asking, and the right answers of each field."""
    rows = []
    for way, given in marks.items():
        hits = right_counts([mark.right for mark in given if mark])
        measures = {measure: wording.count(rate) for measure, rate in rates(given).items()}
        names = next((mark.right for mark in chain(*marks.values()) if mark), {})
        rows.append({"way": way} | measures | {name: hits[name] if any(given) else wording.NOT_MEASURED for name in names})
    return sbs.table(pd.DataFrame(rows))


def valid(model: str, marks: Mapping[str, Sequence[Marks | None]]) -> sbs.widgets.Outcome:
    """Say what examples and schema together do for each measure."""
    key, found = "structured_output/valid", rates(marks[FORCED])
    if not found["valid"].n:
        return sbs.widgets.not_measured(key, model)
    told = (
        f"With examples and schema, answers of {model} that parse: {found['parses']}; that are valid: {found['valid']}; "
        f"that have every field right: {found['all fields right']}."
    )
    return sbs.outcome(key, by_thirds(key, found["all fields right"]), told)


def valid_and_wrong(
    model: str, answers: Sequence[str], samples: Sequence[Mapping[str, str]], marks: Sequence[Marks | None], first: int = 3
) -> sbs.widgets.Table:
    """Show the first answers that fit the form and are wrong, each beside its record."""
    wrong = {i: mark for i, mark in enumerate(marks) if mark and mark.valid and not mark.all_right}
    records = {i: {name: samples[i][name] for name in mark.right} for i, mark in list(wrong.items())[:first]}
    rows = [(samples[i]["text"], answers[i], json.dumps(record, ensure_ascii=False)) for i, record in records.items()]
    return sbs.table(pd.DataFrame(rows, columns=["message", f"{model} wrote", "the record says"]))


def contests_table(contests: Mapping[str, Mapping[str, Sequence[bool | None]]]) -> sbs.widgets.Table:
    """Show for each field how often each reader is right.

    Args:
        contests: Field → reader → marks; the readers are the language model, the most common value, and a rival or "none".
    """
    rows = []
    for name, (model, common, rival) in ((name, list(readers)) for name, readers in contests.items()):
        told = {reader: str(sbs.rate(marks)) for reader, marks in contests[name].items()}
        rows.append({"field": name, model: told[model], common: told[common], "rival": rival if rival == "none" else f"{rival}: {told[rival]}"})
    return sbs.table(pd.DataFrame(rows))


def clearly_ahead(readers: Mapping[str, Sequence[bool | None]]) -> bool:
    """Tell whether the first reader of a field is clearly ahead of each other one by the exact McNemar test, where both have a mark."""
    first, *others = (marks for reader, marks in readers.items() if reader != "none")
    led = [(len(gains), len(losses)) for gains, losses in (sbs.flips(marks, first) for marks in others)]
    return all(more > fewer and sbs.paired_p(first, marks) < wording.LINE for (more, fewer), marks in zip(led, others, strict=True))


def fields(model: str, contests: Mapping[str, Mapping[str, Sequence[bool | None]]]) -> sbs.widgets.Outcome:
    """Say in which fields the language model, the first reader of each, is clearly ahead."""
    nowhere, somewhere, everywhere = wording.options("structured_output/fields")
    ahead = [name for name, readers in contests.items() if clearly_ahead(readers)]
    word = nowhere if not ahead else everywhere if len(ahead) == len(contests) else somewhere
    n = sbs.rate(next(iter(next(iter(contests.values())).values()))).n
    if not n:
        return sbs.widgets.not_measured("structured_output/fields", model)
    listed = ", ".join(ahead) if ahead else "none"
    told = f"{model} is clearly ahead (exact McNemar, p under {wording.LINE}, n = {n}) in {listed} of {len(contests)} fields."
    return sbs.outcome("structured_output/fields", word, told)


def gain(before: Sequence[Marks | None], after: Sequence[Mapping[str, bool]], fields: Mapping[str, Mapping[str, Any]]) -> str:
    """Say how many copied fields are right before and after a repair of the same answers."""
    both = [(mark.right, right) for mark, right in zip(before, after, strict=True) if mark]
    counts = right_counts([right for right, _ in both]), right_counts([right for _, right in both])
    copied = [name for name, field in fields.items() if "values" not in field]
    told = "; ".join(f"{name}: {counts[0][name]} right before the repair, {counts[1][name]} after" for name in copied)
    return f"n = {len(both)}: {told or 'no field is copied'}" if both else wording.NOT_MEASURED


def unseen(model: str, steps: Sequence[str], passed: Sequence[Mapping[str, bool]], gained: str) -> sbs.widgets.Outcome:
    """Say where the plain answers went, how many wrong ones got through, and what the same repair does to better answers.

    Args:
        model: Who answered.
        steps: For each plain answer, the step that ended its way.
        passed: For each that passed as valid, which fields are right.
        gained: As `gain` says it.
    """
    key = "structured_output/unseen"
    rate = sbs.rate([not all(right.values()) for right in passed])
    roads = ", ".join(f"{n} by {step}" for step, n in pd.Series(steps).value_counts().items())
    told = (
        f"Of {len(steps)} plain answers of {model}: {roads}. Valid and still wrong somewhere: {rate}. "
        f"The same repair on the answers with examples and schema, {gained}."
    )
    return sbs.outcome(key, by_thirds(key, rate), told)
