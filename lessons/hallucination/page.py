"""The page's own charts, tables and sentences: what a model makes of things that exist and of things that do not."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pandas as pd

import sidebyside as sbs
from sidebyside import NoAnswer, llm, wording

RIGHT, ADMITS, MADE_UP = KINDS = ["right", "says it does not know", "made up or wrong"]
NO_ANSWER = "no answer"  # a kind of its own: neither an admission nor made up
KEY = "hallucination/temperature"
REGISTER = "look it up"  # the way of answering that asks people's list, and no model

Kinds = Mapping[str, "pd.Series[str]"]  # way of asking → the kind of its answer about each thing


def among(kinds: pd.Series[str], kind: str) -> sbs.Rate:
    """Return the rate of a kind among the answers that came; those that did not are its missing ones."""
    return sbs.rate(None if found == NO_ANSWER else found == kind for found in kinds)


def both_answered(before: pd.Series[str], after: pd.Series[str]) -> tuple[pd.Series[str], pd.Series[str]]:
    """Return two columns of kinds with nothing counted on either side where one of the answers did not come."""
    there = (before != NO_ANSWER) & (after != NO_ANSWER)
    return before.where(there, NO_ANSWER), after.where(there, NO_ANSWER)


def answered(kinds: Kinds) -> list[str]:
    """Return the ways of asking that can be compared with the plain one, itself included: at least one thing got an answer both ways."""
    return [name for name, found in kinds.items() if (both_answered(kinds["plain"], found)[1] != NO_ANSWER).any()]


def truth(answers: pd.Series[str]) -> pd.Series[str]:
    """Return the true answers, with words for the empty ones: those about things that do not exist."""
    return answers.replace("", "(no such thing)")


def first_answers(things: pd.DataFrame, said: Sequence[str], kinds: Sequence[str]) -> sbs.widgets.Table:
    """Show the first answers beside the true ones, with what each counts as."""
    rows = pd.DataFrame({"question": things["question"], "the model wrote": list(map(str, said)), "true answer": truth(things["answer"])})
    return sbs.table(rows.assign(**{"counted as": kinds}).head(12))


def invented(model: str, kinds: pd.Series[str], exists: pd.Series[bool]) -> sbs.widgets.Outcome:
    """Say how many invented things are treated as if they existed, and how many answers about real ones are right."""
    key = "hallucination/invented"
    fabricated, right = among(kinds[~exists], MADE_UP), among(kinds[exists], RIGHT)
    if not fabricated.n:
        return sbs.widgets.not_measured(key, model)
    word = wording.by_bounds(fabricated.value, [0.25, wording.after(0.75)], wording.options(key))
    told = f"{model}, asked plainly, treats {fabricated} of the invented things as if they existed. Of the real things it gets {right} right."
    return sbs.outcome(key, word, told)


def judged(picked: pd.DataFrame, said: Sequence[str], rule: Sequence[str], own: Sequence[str | None]) -> sbs.widgets.Table:
    """Show what the rule and the reader say of the same answers."""
    columns = {"question": picked["question"], "the model wrote": list(map(str, said)), "true answer": truth(picked["answer"])}
    return sbs.table(pd.DataFrame(columns | {"the rule says": rule, "you say": [label or "–" for label in own]}))


def agreement(own: Sequence[str | None], rule: Sequence[str]) -> Any:
    """Say how often the reader and the rule agree, and how many made-up answers the reader took for right."""
    pairs = [(mine, its) for mine, its in zip(own, rule, strict=True) if mine and its != NO_ANSWER]
    if not pairs:
        return sbs.say(f"Nobody has judged these {len(rule)} answers yet. In JupyterLab, judge them and run this cell and the one above again.")
    taken_in = sum(mine == RIGHT and its == MADE_UP for mine, its in pairs)
    agreed = sbs.rate([mine == its for mine, its in pairs])
    return sbs.say(f"You and the rule agree on {agreed}. You took {taken_in} made-up or wrong answers for right.")


def _bars(kinds: Kinds, group: pd.Series[bool], answers: Sequence[str]) -> pd.DataFrame:
    given = {name: list(found[group]) for name, found in kinds.items()}
    missing = [NO_ANSWER] if any(NO_ANSWER in found for found in given.values()) else []
    return sbs.charts.share_rows(given, [*answers, *missing], {REGISTER: "people"})


def invented_chart(kinds: Kinds, exists: pd.Series[bool]) -> Any:
    """Draw for each way of asking how many invented things get an admission."""
    description = (
        "Stacked bars, one for each way of asking: share of invented things where the answer says it does not know, and where it is made up; "
        "the values stand in the table below."
    )
    return sbs.charts.shares(_bars(kinds, ~exists, KINDS[1:]), description, "answers about invented things")


def real_chart(kinds: Kinds, exists: pd.Series[bool]) -> Any:
    """Draw for each way of asking how many real things get a right answer."""
    description = (
        "Stacked bars, one for each way of asking: share of real things where the answer is right, says it does not know, or is wrong; "
        "the values stand in the table below."
    )
    return sbs.charts.shares(_bars(kinds, exists, KINDS), description, "answers about real things")


def shares_table(kinds: Kinds, exists: pd.Series[bool]) -> sbs.widgets.Table:
    """Show the same shares as numbers, with their intervals."""
    columns = {
        f"invented (n = {sum(~exists)}): {ADMITS}": (~exists, ADMITS),
        f"real (n = {sum(exists)}): right": (exists, RIGHT),
        f"real: {ADMITS}": (exists, ADMITS),
        "real: wrong": (exists, MADE_UP),
    }
    rows = [
        {"way": name} | {title: wording.share(among(found[group], kind)) for title, (group, kind) in columns.items()} for name, found in kinds.items()
    ]
    return sbs.table(pd.DataFrame(rows))


def permission(model: str, kinds: Kinds, exists: pd.Series[bool]) -> sbs.widgets.Outcome:
    """Say how many right answers the permission not to know costs, and how often it brings an admission."""
    key, allowed = "hallucination/permission", kinds["permission"]
    if "permission" not in answered(kinds):
        return sbs.widgets.not_measured(key, model)
    plain, after = both_answered(kinds["plain"], allowed)
    before = plain == RIGHT
    gained, lost = sbs.flips(list(before), list(after == RIGHT))
    word = wording.by_bounds(len(lost) / before.sum() if before.sum() else math.nan, [0.1, wording.after(0.5)], wording.options(key))
    invented, real = among(allowed[~exists], ADMITS), among(allowed[exists], ADMITS)
    told = (
        f"With the permission, {model} loses {len(lost)} of {before.sum()} right answers and gains {len(gained)}. "
        f"It says that it does not know for {invented} of the invented things, and for {real} of the real ones."
    )
    return sbs.outcome(key, word, told)


def tales(answers: Mapping[str, Sequence[str]], kinds: Kinds, exists: pd.Series[bool]) -> Any:
    """Show, for the way with most of them, the admissions about invented things that speak of fiction."""
    admitted = {name: [answers[name][i] for i in found.index[~exists & (found == ADMITS)]] for name, found in kinds.items() if name != REGISTER}
    if not any((found[~exists] != NO_ANSWER).any() for name, found in kinds.items() if name != REGISTER):
        return sbs.say("No answer about an invented thing came, so there is none to read.")
    fiction = {name: [answer for answer in given if "fiction" in answer.lower()] for name, given in admitted.items()}
    most = max(fiction, key=lambda name: len(fiction[name]))
    shown = " · ".join(f"“{sbs.plain(tale)}”" for tale in fiction[most][:3])
    counted = f"Of {len(admitted[most])} admissions about invented things after “{most}”, **{len(fiction[most])}** speak of fiction"
    return sbs.say(counted + (f": {shown}" if shown else "."))


def left_table(kinds: Kinds, exists: pd.Series[bool], sorts: pd.Series[str]) -> sbs.widgets.Table:
    """Show how many inventions each way leaves, for each sort of thing."""
    rows = []
    for name, found in kinds.items():
        groups = {sort: among(found[~exists & (sorts == sort)], MADE_UP) for sort in sorts[~exists].unique()}
        rows.append({"way": name} | {f"invented: {sort}": wording.count(made_up) for sort, made_up in groups.items()})
    return sbs.table(pd.DataFrame(rows))


def draws_table(cold: Sequence[str], warm: Sequence[str]) -> sbs.widgets.Table:
    """Show the first draws at both temperatures."""
    return sbs.table(pd.DataFrame({"temperature 0": map(str, cold), "temperature 1": map(str, warm)}).head(6))


def temperature(
    model: str,
    unreal: Mapping[str, str],
    known: Mapping[str, str],
    draws: tuple[Sequence[str], Sequence[str], Sequence[str]],
    admits: Callable[[str], bool],
) -> sbs.widgets.Outcome:
    """Say what repeated draws bring about an invented and a real thing.

    Args:
        model: Who answered.
        unreal: The invented thing, with its name.
        known: The real thing, with its name and answer.
        draws: Answers about the invented thing at temperature 0 and at 1, and about the real one at 1.
        admits: Tells whether an answer says that it does not know.
    """
    same, several, admission = wording.options(KEY)
    cold, warm, sure = ([answer for answer in given if not isinstance(answer, NoAnswer)] for given in draws)
    if not (cold and warm):
        return sbs.widgets.not_measured(KEY, model)
    said = {name: sum(map(admits, given)) for name, given in (("cold", cold), ("warm", warm))}
    if why := llm.left_out("temperature"):
        answers = [*cold, *warm]
        admitted = f"{len(set(answers))} different and {said['cold'] + said['warm']} saying that it does not know"
        return sbs.widgets.not_measured(KEY, model, f"{why} Among its {len(answers)} answers on {unreal['name']}: {admitted}.")
    word = admission if said["warm"] else same if len(set(warm)) == 1 else several
    true = sbs.rate([sbs.holds_name(answer, known["answer"]) for answer in sure])
    told = (
        f"{model} on {unreal['name']}: among {len(cold)} answers at temperature 0, {len(set(cold))} different and {said['cold']} saying that it "
        f"does not know; among {len(warm)} at temperature 1, {len(set(warm))} different and {said['warm']} saying so. "
        f"On {known['name']}, at temperature 1, {true} of the answers hold the true name. {llm.changed('temperature')}"
    )
    return sbs.outcome(KEY, word, told.strip())
