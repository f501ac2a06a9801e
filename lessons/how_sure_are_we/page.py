"""What the page *How sure are we?* shows of its results: exams drawn again and again, intervals, a paired test, the luck of the best."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from IPython.display import Markdown
from numpy.typing import ArrayLike

import sidebyside as sbs
from sidebyside.cases import Case
from sidebyside.evaluation import Rate, came, middle
from sidebyside.widgets import Outcome, Table, not_measured
from sidebyside.wording import LINE, NOT_MEASURED, after, by_bounds, number, options, p_is, p_value, share

KINDS = {"language model": "GenAI", "trained model": "ML"}
SIZES = (30, 100, 300)
FIRST_TEAMS = 50  # as many ticks a line as the eye can tell apart

Exams = Mapping[tuple[str, int], np.ndarray]  # system and number of messages → the score of each exam, 0 to 1
Steps = Mapping[int, tuple[int, int, float, float]]  # number of messages → only the first right, only the second right, p by hand, p by library


def prompts(case: Case) -> dict[str, sbs.Prompt]:
    """Return eight prompts of the kinds tried in *A prompt is a version*, by version."""
    (negative, positive), train = case.classes, case.split("train")
    task = f"Classify the {case.label} of this {case.subject} as {positive} or {negative}. Answer with one word.\n\n{{text}}"
    sentence = f"The {case.label} of this {case.subject} is "
    whole = sbs.one_of(sentence + negative, sentence + positive)
    shown = [train[train[case.label] == label].iloc[i] for i in (0, 1) for label in case.classes]
    examples = tuple((row["text"], sentence + row[case.label]) for row in shown)
    role = f"You are an expert at judging the {case.label} of a {case.subject}."
    warned = task.replace(" Answer", " Read the whole text carefully. Pay attention to sarcasm and to mixed feelings. Answer")
    doubt = task.replace(" Answer", f" If it is not clearly {positive}, it is {negative}. Answer")
    versions = [
        sbs.Prompt("v1", "ask as one asks a colleague", f"Is the writer of this {case.subject} {positive}?\n\n{{text}}"),
        sbs.Prompt("v2", "name task, labels and form", task),
        sbs.Prompt("v3", "force the bare label", task, options=sbs.one_of(negative, positive)),
        sbs.Prompt("v4", "force a whole sentence", task, options=whole),
        sbs.Prompt("v5", "v4 + four examples", task, examples=examples, options=whole),
        sbs.Prompt("v6", "v4 + a role", task, system=role, options=whole),
        sbs.Prompt("v7", "v4 + a warning of hard cases", warned, options=whole),
        sbs.Prompt("v8", "v4 + a rule for doubt", doubt, options=whole),
    ]
    return {prompt.version: prompt for prompt in versions}


def answered(test: pd.DataFrame, given: Sequence[str | None]) -> tuple[pd.DataFrame, list[str | None]]:
    """Return the messages that got an answer, and the answers; all of them if none did."""
    there = came(given)
    if there.all() or not there.any():
        return test, list(given)
    return test[there].reset_index(drop=True), [answer for answer, came_in in zip(given, there, strict=True) if came_in]


def marks(said: np.ndarray, target: np.ndarray) -> np.ndarray:
    """Return whether each answer is right; not a number for all of them if none ever came."""
    return said == target if came(said).any() else np.full(len(target), np.nan)


def marked(given: Sequence[Sequence[str | None]], target: Sequence[str]) -> np.ndarray:
    """Return whether each prompt's answers are right, for the messages that each prompt got an answer to; shape (messages, prompts).

    Args:
        given: The answers to each prompt.
        target: The right labels.
    """
    there = np.all([came(answers) for answers in given], axis=0)
    return np.column_stack([np.array(answers, dtype=object) == np.asarray(target, dtype=object) for answers in given])[there]


# --- small exams jump about -------------------------------------------------------------------------------------------


def exam_ticks(scores: Exams) -> Any:
    """Draw the scores of the first teams' exams, a line for each system and size."""
    rows = [
        {"group": f"{name}, {n} messages", "kind": KINDS[name], "name": f"{n} messages", "score": score}
        for (name, n), given in scores.items()
        for score in sorted(set(given[:FIRST_TEAMS].tolist()))
    ]
    alt = (
        "Ticks: scores of fifty exams of 30, 100 and 300 messages for the language model and the trained model; "
        "how far they spread stands in the table below."
    )
    return sbs.charts.spread(pd.DataFrame(rows), alt, "right answers in one exam")


def exam_spread(scores: Exams, right: Mapping[str, np.ndarray]) -> Table:
    """Show between which scores the middle 95 in 100 exams lie, beside the true score."""
    rows = []
    for (name, n), given in scores.items():
        low, high = (100 * bound for bound in middle(given))
        found = {"middle 95 in 100 exams": f"{low:.0f}% to {high:.0f}%", "apart": f"{high - low:.0f} points"}
        if np.isnan(low):
            found = dict.fromkeys(found, NOT_MEASURED)
        rows.append({"system": name, "messages": n, "true score": number(np.mean(right[name]), ".1%")} | found)
    return sbs.table(pd.DataFrame(rows))


def jump(model: str, scores: Exams, messages: int) -> Outcome:
    """Say how far the language model's exam scores lie apart.

    Args:
        model: Its name.
        scores: The exams' scores.
        messages: How many messages the exams were drawn from.
    """
    key = "how_sure_are_we/jump"
    wide = {n: 100 * float(np.ptp(middle(scores["language model", n]))) for n in SIZES}
    if np.isnan(wide[30]):
        return not_measured(key, model)
    few, more, most = (f"{points:.0f}" for points in wide.values())
    told = f"The middle 95 in 100 scores of {model} lie {few} points apart with 30 messages, {more} with 100 and {most} with 300"
    drawn = f"({len(scores['language model', 30]):,} exams each, drawn from {messages} messages)"
    return sbs.outcome(key, by_bounds(wide[30], (10, after(20)), options(key)), f"{told} {drawn}.")


def agree(one: ArrayLike, other: ArrayLike) -> str:
    """Say whether two computations give the same numbers."""
    return "they agree" if np.allclose(one, other, rtol=0, atol=1e-9) else "they do not agree"


def intervals(by_hand: tuple[float, float], library: tuple[float, float], held: Mapping[int, Sequence[bool]]) -> Markdown:
    """Say whether hand and library give the same interval, and how often the exams' intervals hold the true score.

    Args:
        by_hand: Lower and upper bound by the page's own function.
        library: The same from the library.
        held: Number of messages → for each exam, whether its interval holds the true score.
    """
    (low, high), (lowest, highest) = by_hand, library
    if np.isnan(low):
        return sbs.say(f"Without an answer there is no score, and its interval is {NOT_MEASURED}.")
    both = f"- By hand **{low:.4f} to {high:.4f}**, statsmodels **{lowest:.4f} to {highest:.4f}**: {agree(by_hand, library)}."
    return sbs.say("\n".join([both, *(f"- Exams of {n}: the interval holds the true score in {sbs.rate(row)}." for n, row in held.items())]))


def bootstrapped(model: str, score: float, messages: int, by_hand: Sequence[float], library: tuple[float, float]) -> Markdown:
    """Say a macro-F1 with its bootstrap interval, by hand and from the library."""
    (low, high), (lowest, highest) = by_hand, library
    if np.isnan(score):
        return sbs.say(f"Macro-F1 of {model} is {NOT_MEASURED}: none of its answers came.")
    told = f"95 % interval by hand **{low:.4f} to {high:.4f}**, scipy **{lowest:.4f} to {highest:.4f}**: {agree(by_hand, library)}."
    return sbs.say(f"Macro-F1 of {model} on {messages} test messages: {score:.3f}. {told}")


# --- two systems, the same messages -----------------------------------------------------------------------------------


def ends(messages: int) -> list[int]:
    """Return after how many messages to compare the systems: 30, 100 and 300, or a quarter, a half and all of a shorter test."""
    reached = [n for n in SIZES if n <= messages]
    return reached if len(reached) == len(SIZES) else sorted({max(1, messages // 4), max(1, messages // 2), messages})


def pair_options(sizes: Sequence[int]) -> list[str]:
    """Return what a reader may guess: the first size at which the difference is clear, or none."""
    return [*(f"the first {n}" for n in sizes), "none of these"]


def growing(right: Mapping[str, np.ndarray], sizes: Sequence[int]) -> Any:
    """Draw both systems' rates on the first messages of the test, for each size."""
    systems = {f"{name}, first {n}": (KINDS[name], sbs.rate(row[:n])) for n in sizes for name, row in right.items()}
    alt = (
        "Points with intervals: right answers of the language model and the trained model on the first messages of test, "
        "for three sizes; the values stand in the table below."
    )
    return sbs.scoreboard(systems, alt, "right answers")


def overlap(one: Rate, other: Rate) -> bool:
    """Tell whether two rates' intervals have a score in common."""
    return one.interval[0] <= other.interval[1] and other.interval[0] <= one.interval[1]


def paired_table(right: Mapping[str, np.ndarray], steps: Steps) -> Table:
    """Show both systems' rates, whether their intervals overlap, and what the paired test says, for each size."""
    rows = []
    for n, (won, lost, p, q) in steps.items():
        crossed = NOT_MEASURED if np.isnan(p) else "yes" if overlap(*(sbs.rate(row[:n]) for row in right.values())) else "no"
        rates = {name: sbs.rate(row[:n]) for name, row in right.items()}
        only = {f"only {name} right": count for name, count in zip(right, (won, lost), strict=True)}
        row = {"first": n} | {name: share(rate) for name, rate in rates.items()} | {"intervals overlap": crossed}
        rows.append(row | only | {"p by hand": p_value(p), "p statsmodels": p_value(q)})
    return sbs.table(pd.DataFrame(rows))


def pair(model: str, steps: Steps) -> Outcome:
    """Say on how many messages the difference is first clear."""
    *sizes, none = pair_options(list(steps))
    if all(np.isnan(p) for _, _, p, _ in steps.values()):
        return not_measured("how_sure_are_we/pair", model)
    clear = [said for said, (_, _, p, _) in zip(sizes, steps.values(), strict=True) if p < LINE]
    by_hand, library = ([step[place] for step in steps.values()] for place in (2, 3))
    p_values = "; ".join(f"first {n}: {p_is(p)}" for n, p in zip(steps, by_hand, strict=True))
    told = f"{model} and the trained model, {p_values}. By hand and from statsmodels: {agree(by_hand, library)}."
    return sbs.outcome("how_sure_are_we/pair", clear[0] if clear else none, told)


def power(found: Mapping[int, tuple[Rate, Rate]]) -> Table:
    """Show how often an exam would find the difference, by a paired test and by intervals that lie apart."""
    rows = [{"messages": n, "paired test finds it": str(by_test), "intervals lie apart": str(by_eye)} for n, (by_test, by_eye) in found.items()]
    return sbs.table(pd.DataFrame(rows))


# --- the luckiest of eight --------------------------------------------------------------------------------------------


def team_sizes(messages: int) -> tuple[int, int]:
    """Return on how many messages teams choose: three tenths and six tenths of all, at least one."""
    return max(1, messages * 3 // 10), max(1, messages * 6 // 10)


def wrong(model: str, teams: Mapping[int, np.ndarray], tried: int, messages: int) -> Outcome:
    """Say how often a team's winner is not the best prompt, and how much luck is in its score.

    Args:
        model: Who answers.
        teams: Number of messages a team has → shape (3, teams): the winner's score on them, on all, and the best score on all.
        tried: How many prompts there were.
        messages: How many messages are all.
    """
    key = "how_sure_are_we/wrong"
    if not teams:
        return not_measured(key, model)
    upsets = {n: sbs.rate(true < top) for n, (_, true, top) in teams.items()}
    few, count = next(iter(upsets.values())), next(iter(teams.values())).shape[1]
    told = [
        f"Chosen on {n}: some other prompt was better on all {messages} in {upsets[n]}; the winner had {100 * own.mean():.0f} in a hundred "
        f"on its own messages and {100 * true.mean():.0f} on all, {100 * (own - true).mean():.1f} points of luck."
        for n, (own, true, _) in teams.items()
    ]
    word = by_bounds(few.value, (0.25, after(0.5)), options(key))
    return sbs.outcome(key, word, f"{tried} prompts for {model}, {count:,} teams. {' '.join(told)}")


def luck(leads: Mapping[int, Mapping[int, float]]) -> Table:
    """Show how far the best of equal systems lies above the truth.

    Args:
        leads: How many systems → how many messages → the mean lead, in points.
    """
    rows = [
        {"equal systems tried": tried} | {f"{n} messages": f"{round(points, 1) + 0:.1f} points" for n, points in row.items()}
        for tried, row in leads.items()
    ]
    return sbs.table(pd.DataFrame(rows))


# --- plan the exam ----------------------------------------------------------------------------------------------------


def plan(expected: float, half_width: float, rough: float, needed: int, finer: int) -> Outcome:
    """Say how many messages an interval takes, and one half as wide.

    Args:
        expected: The rate that is expected, 0 to 1.
        half_width: How far the interval may reach to each side, 0 to 1.
        rough: How many messages the textbooks' formula asks for.
        needed: How many Wilson's interval takes.
        finer: How many it takes for half the half-width.
    """
    key = "how_sure_are_we/plan"
    told = (
        f"For a rate of about {expected:.0%}, give or take {100 * half_width:g} points: {needed} messages with Wilson's interval, "
        f"{rough:.0f} by the rough formula. Give or take {50 * half_width:g} points: {finer} messages, {finer / needed:.1f} times as many."
    )
    return sbs.outcome(key, by_bounds(finer / needed, (3, 7), options(key)), told)


def discordant(one: np.ndarray, other: np.ndarray) -> Markdown:
    """Say on how many messages only one of two systems is right, and how far they lie apart: what a plan for a pair needs."""
    if np.isnan(one).any():
        return sbs.say(f"For its second half: how far our two systems lie apart was {NOT_MEASURED}.")
    points = 100 * abs(int(one.sum()) - int(other.sum())) / len(one)
    told = f"only one of our two systems is right on {sbs.rate(one != other)} of the test messages"
    return sbs.say(f"For its second half: {told}, and they lie {points:.1f} points apart.")
