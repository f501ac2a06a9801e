"""The page's own charts, tables and sentences: how far a score moves when only the wording changes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

import sidebyside as sbs
from sidebyside import NoAnswer, wording

WORDING, ORDER, NAMES, _ = CHANGES = wording.options("fragile_prompts/changes")  # what the language model is put through
BY_WORD, FIRST_TOKEN, CALIBRATED = READINGS = ["by its word", "first token", "calibrated"]

Marks = pd.DataFrame  # a row for each message that every variant got an answer to, a column for each variant: whether the answer is right


def all_came(answers: Mapping[str, Sequence[Any]]) -> np.ndarray:
    """Tell for each message whether every variant got an answer: only then can the variants be compared on it."""
    return ~pd.DataFrame(answers, dtype=object).map(lambda answer: isinstance(answer, NoAnswer)).to_numpy(dtype=bool).any(axis=1)


def ends(right: Marks) -> tuple[str, str]:
    """Return the names of the best and of the worst variant; the first of several that score the same, and the outer two of none measured."""
    if right.empty:
        return str(right.columns[0]), str(right.columns[-1])
    return str(right.mean().idxmax()), str(right.mean().idxmin())


def points(right: Marks) -> float:
    """Return how far apart the best and the worst variant are, in points of a hundred."""
    return round(float(100 * np.ptp(right.mean())), 1)


def as_wide(right: Marks, simulated: np.ndarray) -> int:
    """Count the simulated ranges that are at least as wide as the one we saw.

    Args:
        right: The marks.
        simulated: The most right answers minus the fewest, one number a draw.
    """
    return int((simulated >= np.ptp(right.sum())).sum())


def ticks(group: str, right: Marks, kind: str = "GenAI") -> pd.DataFrame:
    """Return the scores of the variants as `charts.spread` draws them."""
    return pd.DataFrame({"group": group, "kind": kind, "name": right.columns, "score": right.mean().values})


def wordings_chart(right: Marks) -> Any:
    """Draw the score of each wording."""
    description = (
        "Ticks on a line: the share of right answers of twelve wordings of one prompt; the best, the worst and the mean stand in the text below."
    )
    return sbs.charts.spread(ticks("12 wordings", right), description, "right answers on dev")


def wordings(model: str, right: Marks) -> sbs.widgets.Outcome:
    """Say what the best and the worst wording get, and how far apart they are."""
    key, (best, worst), apart = "fragile_prompts/wordings", ends(right), points(right)
    if right.empty:
        return sbs.widgets.not_measured(key, model)
    told = (
        f"{model}: {best} gets {sbs.rate(right[best])} right, {worst} gets {sbs.rate(right[worst])}. "
        f"That is {apart:.0f} points apart; the mean of all twelve is {right.mean().mean():.0%}."
    )
    return sbs.outcome(key, wording.by_bounds(apart, [10, wording.after(25)], wording.options(key)), told)


def tally(given: Sequence[Any]) -> str:
    """Say which words the answers end in, the four most common with their counts.

    Args:
        given: Chat completions.
    """
    said = [response.choices[0].message.content for response in given]
    last = pd.Series([str(text) if isinstance(text, NoAnswer) else " ".join(text.split()[-1:]) for text in said])
    return ", ".join(f"{word} {n}" for word, n in last.value_counts().head(4).items())


def ends_table(right: Marks, prompts: Mapping[str, sbs.Prompt], answers: Mapping[str, Sequence[Any]]) -> sbs.widgets.Table:
    """Show the best and the worst wording, and the words that the model answered with."""
    rows = [(name, prompts[name].user.replace("\n", " "), tally(answers[name])) for name in ends(right)]
    return sbs.table(pd.DataFrame(rows, columns=["", "what we asked", "the model's words, and how often"]))


def chance(right: Marks, share: float, dice: np.ndarray, shuffled: np.ndarray) -> sbs.widgets.Outcome:
    """Say how far luck alone parts equal wordings, and how often as far as we saw.

    Args:
        right: The marks of the wordings.
        share: The share of throws, 0 to 1, that part them as far.
        dice: The range of each throw, in messages.
        shuffled: The range of each shuffling, in messages.
    """
    key = "fragile_prompts/chance"
    if right.empty:
        return sbs.widgets.not_measured(key, "the model")
    by_dice, by_shuffle = (100 * np.median(ranges) / len(right) for ranges in (dice, shuffled))
    told = (
        f"With {len(right)} messages, the dice part twelve equal wordings by {by_dice:.0f} points as a rule (median), and by the {points(right):.0f} "
        f"points we saw, or more, in {share * len(dice):,.0f} of {len(dice):,} throws. Shuffling parts them by {by_shuffle:.0f} points as a rule, "
        f"and as far as we saw in {as_wide(right, shuffled):,} of {len(shuffled):,}."
    )
    return sbs.outcome(key, wording.by_bounds(share, [0.01, wording.after(0.1)], wording.options(key)), told)


def changes_chart(changes: Mapping[str, Marks]) -> Any:
    """Draw the scores under each kind of change; those that are not asked of the language model are the trained model's."""
    rows = [ticks(f"{name} ({right.shape[1]})", right, "GenAI" if name in CHANGES else "ML") for name, right in changes.items()]
    description = (
        "Ticks on five lines: the share of right answers under changes that keep the sense: wordings, orders of examples, names of the labels, "
        "capital letters, and the trained model under other halves of its training messages; the numbers stand in the table below."
    )
    return sbs.charts.spread(pd.concat(rows), description, "right answers on dev")


def percent(points: float) -> str:
    """Say a number of points as a percentage."""
    return wording.NOT_MEASURED if np.isnan(points) else f"{points:.0f}%"


def line(name: str, right: Marks, shuffled: np.ndarray) -> dict[str, Any]:
    """Return the table row of one kind of change."""
    low, high = 100 * right.mean().min(), 100 * right.mean().max()
    wide = wording.NOT_MEASURED if right.empty else f"{as_wide(right, shuffled):,} of {len(shuffled):,}"
    return {
        "what was changed": name,
        "tries": right.shape[1],
        "messages": len(right),
        "worst": percent(low),
        "best": percent(high),
        "points apart": wording.number(high - low, ".0f"),
        "shuffled as wide": wide,
    }


def changes_table(changes: Mapping[str, Marks], shuffled_ranges: Callable[[Marks], np.ndarray]) -> sbs.widgets.Table:
    """Show the ends of each line, and how often shuffling makes a range as wide."""
    return sbs.table(pd.DataFrame([line(name, right, shuffled_ranges(right)) for name, right in changes.items()]))


def changes(model: str, right: Mapping[str, Marks]) -> sbs.widgets.Outcome:
    """Say which change moves the language model's score most; the first of several that move it as far."""
    width = {name: points(right[name]) for name in CHANGES}
    told = "; ".join(f"{name} {wording.number(apart, '.0f')} points (n = {len(right[name])})" for name, apart in width.items())
    known = {name: apart for name, apart in width.items() if not np.isnan(apart)}
    if not known:
        return sbs.widgets.not_measured("fragile_prompts/changes", model)
    return sbs.outcome("fragile_prompts/changes", max(known, key=lambda name: known[name]), f"{model}, best minus worst: {told}.")


def by_last_example(right: Marks, orders: Mapping[str, sbs.Prompt]) -> str:
    """Say how the orders score whose last example has the one or the other label."""
    last = pd.Series({name: prompt.examples[-1][1].split()[-1] for name, prompt in orders.items()})
    groups = right.mean().groupby(last)
    if right.empty:
        return f"as this or that: {wording.NOT_MEASURED}"
    return "; ".join(
        f"in **{name}**: {part.mean():.0%} on average ({part.min():.0%} to {part.max():.0%}, {len(part)} orders)" for name, part in groups
    )


def moved(before: Sequence[Any], after: Sequence[Any], labels: Sequence[str]) -> sbs.Rate:
    """Return the rate of messages whose second answer names another label than the first."""
    one, other = ([sbs.read_label(response.choices[0].message.content, labels) for response in given] for given in (before, after))
    came = [not any(isinstance(response, NoAnswer) for response in pair) for pair in zip(before, after, strict=True)]
    return sbs.rate([a != b if both else None for a, b, both in zip(one, other, came, strict=True)])


def details(
    model: str,
    right: Mapping[str, Marks],
    orders: Mapping[str, sbs.Prompt],
    by_names: Mapping[str, Sequence[Any]],
    capitals: tuple[sbs.Rate, sbs.Rate],
) -> Any:
    """Say what lies behind three of the lines.

    Args:
        model: Who answered.
        right: Change → marks.
        orders: The prompts of the orders.
        by_names: Pair of label names → the answers to it.
        capitals: How many messages get another answer in capitals, from the language model and from the trained one.
    """
    lost = ends(right[NAMES])[1]
    worst = "Which names did worst was not measured; the last" if right[NAMES].empty else "The names that did worst"
    return sbs.say(
        f"- Orders whose last example ends {by_last_example(right[ORDER], orders)}.\n"
        f"- {worst} are “{sbs.plain(lost)}”. Asked with them, **{model}** wrote: {sbs.plain(tally(by_names[lost]))}.\n"
        f"- Message in capitals: **{model}** gives another answer to {capitals[0]}; the trained model to {capitals[1]}."
    )


def by_reading(parts: Mapping[str, Sequence[Sequence[Marks]]]) -> dict[tuple[str, str], Marks]:
    """Put together the marks of each change and way of reading.

    Args:
        parts: Change → for each part of it the marks of every way of `READINGS`.
    """
    return {
        (change, way): pd.concat(tables, axis=1, join="inner")
        for change, part in parts.items()
        for way, tables in zip(READINGS, zip(*part, strict=True), strict=True)
    }


def readings_chart(readings: Mapping[tuple[str, str], Marks]) -> Any:
    """Draw wordings and orders, each read in three ways."""
    rows = [
        ticks(f"{change.removesuffix(' of four examples')}, {way}", right) for (change, way), right in readings.items() if change in (WORDING, ORDER)
    ]
    description = (
        "Ticks on six lines: twelve wordings and twenty-four orders, each read in three ways: by the model's word, by first-token scoring, "
        "and calibrated; the numbers stand in the table below."
    )
    return sbs.charts.spread(pd.concat(rows), description, "right answers on dev")


def readings_table(readings: Mapping[tuple[str, str], Marks], shuffled_ranges: Callable[[Marks], np.ndarray]) -> sbs.widgets.Table:
    """Show the ends and the mean of each change, read in three ways."""
    rows = [
        {"what was changed": change, "how it was read": way}
        | line(change, right, shuffled_ranges(right))
        | {"mean": percent(100 * right.mean().mean())}
        for (change, way), right in readings.items()
    ]
    return sbs.table(pd.DataFrame(rows))


def remedies(model: str, readings: Mapping[tuple[str, str], Marks]) -> sbs.widgets.Outcome:
    """Say what both remedies do to the range of the wordings, and for how many changes they make it narrower."""
    key, apart = "fragile_prompts/remedies", {at: points(right) for at, right in readings.items()}
    gains = {change: apart[change, BY_WORD] - apart[change, CALIBRATED] for change, way in readings if way == CALIBRATED}
    if np.isnan(gains[WORDING]):
        return sbs.widgets.not_measured(key, model)
    word = wording.by_bounds(-gains[WORDING], [-10, wording.after(10)], wording.options(key))
    narrower = [change for change, gain in gains.items() if gain > 0]
    told = (
        f"{model}: twelve wordings lie {apart[WORDING, BY_WORD]:.0f} points apart by its word, {apart[WORDING, FIRST_TOKEN]:.0f} by first token, "
        f"{apart[WORDING, CALIBRATED]:.0f} calibrated (n = {len(readings[WORDING, BY_WORD])}). Both remedies together make the range narrower for "
        f"{len(narrower)} of {sum(not np.isnan(gain) for gain in gains.values())} changes{': ' if narrower else ''}{', '.join(narrower)}."
    )
    return sbs.outcome(key, word, told)
