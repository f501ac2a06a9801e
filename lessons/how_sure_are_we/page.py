"""What the page *How sure are we?* shows of its results: exams drawn again and again, intervals, a paired test, the luck of the best."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
from IPython.display import Markdown
from scipy.stats import fisher_exact

import sidebyside as sbs
from sidebyside.cases import Case
from sidebyside.evaluation import Rate, came, middle
from sidebyside.widgets import Outcome, Table, not_measured
from sidebyside.wording import LINE, NOT_MEASURED, after, by_bounds, number, options, p_is, p_value, plural, share

TRAINED = "trained model"
SIZES = (30, 100, 300)
FIRST_TEAMS = 50  # as many ticks a line as the eye can tell apart

Exams = Mapping[tuple[str, int], np.ndarray]  # system and number of messages → the score of each exam, 0 to 1


def six(case: Case, base: sbs.Prompt) -> tuple[sbs.Prompt, ...]:
    """Return six versions of a prompt: the three of *The GenAI workflow*, and three made from one of them, as on *Prompt iteration*."""
    return (*sbs.lesson("the_genai_workflow").versions(case), *sbs.lesson("prompt_iteration").advised(case, base))


def best_of(versions: Sequence[sbs.Prompt], given: Mapping[str, Sequence[str | None]], target: Sequence[str]) -> sbs.Prompt:
    """Return the version with the most right labels, as *The GenAI workflow* chooses; of several the first, which is the simplest.

    Args:
        versions: The versions of the prompt.
        given: Version → the labels found in its answers.
        target: The right labels.
    """
    right = {name: [bool(a == b) for a, b in zip(labels, target, strict=True)] for name, labels in given.items()}
    return sbs.lesson("the_genai_workflow").best_of(versions, right)  # type: ignore[no-any-return]


def kind_of(system: str) -> str:
    """Return how a system is drawn: the trained model as ML, any other by its model's kind."""
    return "ML" if system.startswith(TRAINED) else sbs.charts.kind_of(system)


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
        {"group": f"{name}, {n} messages", "kind": kind_of(name), "name": f"{n} messages", "score": score}
        for (name, n), given in scores.items()
        for score in sorted(set(given[:FIRST_TEAMS].tolist()))
    ]
    names = " and the ".join(dict.fromkeys(name for name, _ in scores))
    alt = f"Ticks: scores of fifty exams of 30, 100 and 300 messages for {names}; the table below says how far they spread."
    return sbs.charts.spread(pd.DataFrame(rows), alt, "right answers in one exam")


def exam_spread(scores: Exams, right: Mapping[str, np.ndarray]) -> Table:
    """Show between which scores the middle 95 in 100 exams lie, beside the true score."""
    rows = []
    for (name, n), given in scores.items():
        low, high = (100 * bound for bound in middle(given))
        told = [NOT_MEASURED] * 2 if np.isnan(low) else [f"{low:.0f}% to {high:.0f}%", plural(round(high - low), "point")]
        found = dict(zip(("middle 95 in 100 exams", "apart"), told, strict=True))
        rows.append({"system": name, "messages": n, "true score": number(np.mean(right[name]), ".1%")} | found)
    return sbs.table(pd.DataFrame(rows))


def jump(model: str, scores: Exams, right: Mapping[str, np.ndarray]) -> Outcome:
    """Say how far the language model's exam scores lie apart.

    Args:
        model: Its name.
        scores: The exams' scores.
        right: System → whether it is right on each of the messages that the exams were drawn from.
    """
    key = "how_sure_are_we/jump"
    wide = {n: 100 * float(np.ptp(middle(scores[model, n]))) for n in SIZES}
    if np.isnan(wide[30]):
        return not_measured(key, model)
    few, more, most = (f"{points:.0f}" for points in wide.values())
    told = f"The middle 95 in 100 scores of {model} lie {few} points apart with 30 messages, {more} with 100 and {most} with 300"
    drawn = f"({len(scores[model, 30]):,} exams each, drawn from {plural(len(right[model]), 'message')})"
    return sbs.outcome(key, by_bounds(wide[30], (10, after(20), after(30)), options(key)), f"{told} {drawn}. {_ahead(model, scores, right)}", model)


def _ahead(model: str, scores: Exams, right: Mapping[str, np.ndarray]) -> str:
    """Say how often the system with the lower true score came out ahead, or level, in small exams of both."""
    one, other, apart = scores[model, 30], scores[TRAINED, 30], int(np.sum(right[model])) - int(np.sum(right[TRAINED]))
    if not apart:
        return f"Both systems are right on equally many messages, yet with 30 their scores differ in {sbs.rate(one != other)} of such exams."
    worse = sbs.rate(one >= other if apart < 0 else other >= one)
    return f"With 30 messages, the system that is really behind was level or ahead in {worse} of such exams."


def intervals(model: str, found: sbs.Rate, held: Mapping[int, Sequence[bool]]) -> Markdown:
    """Say a rate with its interval, and how often the exams' intervals hold the true score.

    Args:
        model: Who answered.
        found: Its rate on the whole test.
        held: Number of messages → for each exam, whether its interval holds the true score.
    """
    if not found.n:
        return sbs.say(f"Without an answer there is no score, and its interval is {NOT_MEASURED}.")
    lines = [f"- The whole test: {model} is right in {found}."]
    return sbs.say("\n".join([*lines, *(f"- Exams of {n}: the interval holds the true score in {sbs.rate(row)}." for n, row in held.items())]))


# --- two systems, the same messages -----------------------------------------------------------------------------------


def ends(messages: int) -> list[int]:
    """Return after how many messages to compare the systems: 30, 100 and 300, or a quarter, a half and all of a shorter test."""
    reached = [n for n in SIZES if n <= messages]
    return reached if len(reached) == len(SIZES) else sorted({max(1, messages // 4), max(1, messages // 2), messages})


@dataclass(frozen=True)
class Comparison:
    """Two systems on the same messages.

    Attributes:
        won: How many messages only the first gets right.
        lost: How many only the second gets right.
        paired: The p-value of the exact McNemar test.
        separate: The p-value of Fisher's exact test, which takes the two for exams on different messages.
        phi: How closely right and wrong go together, -1 to 1 (the phi coefficient: Pearson's correlation of two yes-or-no rows); not a
            number where a system is always right or always wrong.
        worth: How many times as many messages separate exams would need for a difference as exact as the paired one: the ratio of the two
            variances of the difference, (a + b) / (a + b - 2 * covariance); not a number where φ is none.
    """

    won: int
    lost: int
    paired: float
    separate: float
    phi: float
    worth: float


def compare(first: np.ndarray, second: np.ndarray) -> Comparison:
    """Compare whether two systems are right on the same messages; without marks nothing is measured."""
    if not len(first) or np.isnan(first).any() or np.isnan(second).any():
        return Comparison(0, 0, *[math.nan] * 4)
    one, other = first.astype(bool), second.astype(bool)
    won, lost = int(np.sum(one & ~other)), int(np.sum(other & ~one))
    varied = 0 < one.sum() < len(one) and 0 < other.sum() < len(other)
    phi = float(np.corrcoef(one, other)[0, 1]) if varied else math.nan
    apart, together = one.var() + other.var(), float(np.var(one.astype(float) - other))
    worth = math.nan if not varied else apart / together if together else math.inf
    return Comparison(won, lost, sbs.paired_p(one, other), separate_p(int(one.sum()), int(other.sum()), len(one)), phi, worth)


@cache
def separate_p(first: int, second: int, n: int) -> float:
    """Return the p-value of Fisher's exact test for two systems that are right on so many of n messages each, as if on different ones."""
    return float(fisher_exact([[first, n - first], [second, n - second]]).pvalue)


def growing(right: Mapping[str, np.ndarray], sizes: Sequence[int]) -> Any:
    """Draw both systems' rates on the first messages of the test, for each size."""
    systems = {f"{name}, first {n}": (kind_of(name), sbs.rate(row[:n])) for n in sizes for name, row in right.items()}
    alt = f"Points with intervals: right answers of {' and the '.join(right)} on the first messages of test; the table below has the values."
    return sbs.scoreboard(systems, alt, "right answers")


def overlap(one: Rate, other: Rate) -> bool:
    """Tell whether two rates' intervals have a score in common."""
    return one.interval[0] <= other.interval[1] and other.interval[0] <= one.interval[1]


def paired_table(right: Mapping[str, np.ndarray], steps: Mapping[int, Comparison]) -> Table:
    """Show both systems' rates, on how many messages one alone is right, how closely they go together, and both tests, for each size."""
    rows = []
    for n, found in steps.items():
        row: dict[str, Any] = {"first": n} | {name: share(sbs.rate(marks[:n])) for name, marks in right.items()}
        row |= {f"only {name} right": count for name, count in zip(right, (found.won, found.lost), strict=True)}
        rows.append(row | {"φ": number(found.phi, ".2f"), "p, paired": p_value(found.paired), "p, as two exams": p_value(found.separate)})
    return sbs.table(pd.DataFrame(rows))


def told_apart(model: str, steps: Mapping[int, Comparison], by_hand: Mapping[int, float]) -> Markdown:
    """Say for each size whether the paired test tells the two systems apart yet, and whether the sum by hand gives the same."""
    if all(np.isnan(found.paired) for found in steps.values()):
        return sbs.say(f"{model} and the trained model: {NOT_MEASURED}.")
    words = [f"first {n}: {'**clear**' if found.paired < LINE else '**cannot tell yet**'} ({p_is(found.paired)})" for n, found in steps.items()]
    same = all(math.isclose(found.paired, by_hand[n], abs_tol=1e-9) for n, found in steps.items())
    return sbs.say(f"{model} and the trained model: {'; '.join(words)}. By hand and from the library: {'they agree' if same else 'they differ'}.")


def pair(model: str, fewer: int, marks: tuple[np.ndarray, np.ndarray], rivals: Comparison) -> Outcome:
    """Say which tests tell a trained model from the same one with fewer labels, and what that has to do with how they go together.

    Args:
        model: The language model's name.
        fewer: How many labels the second one had.
        marks: Whether the trained model is right, and the one with fewer labels.
        rivals: The language model compared with the trained one, for contrast.
    """
    key, found = "how_sure_are_we/pair", compare(*marks)
    both, paired, separate, neither = options(key)
    answer = {(True, True): both, (True, False): paired, (False, True): separate, (False, False): neither}
    told = (
        f"With all labels {sbs.rate(marks[0])}, with {fewer:,} of them {sbs.rate(marks[1])}. Only the first is right on {found.won}, only the second "
        f"on {found.lost}; φ = {number(found.phi, '.2f')}. Paired: {p_is(found.paired)}; as two exams: {p_is(found.separate)}. {_gain(found)}"
    )
    beside = f" {model} and the trained model: φ = {number(rivals.phi, '.2f')}; {p_is(rivals.paired)} and {p_is(rivals.separate)}. {_gain(rivals)}"
    return sbs.outcome(key, answer[found.paired < LINE, found.separate < LINE], (told + ("" if np.isnan(rivals.paired) else beside)).strip(), model)


def _gain(found: Comparison) -> str:
    """Say what pairing does for a comparison, as so many times the messages (see `Comparison.worth`)."""
    if math.isnan(found.worth):
        return ""
    if math.isinf(found.worth):
        return "Both are right on exactly the same messages."
    times = f"like {found.worth:.1f} times as many messages"
    return (
        f"Pairing counts {times}."
        if found.worth >= 1.5
        else f"Pairing gains little: {times}."
        if found.worth > after(1)
        else "Pairing gains nothing."
    )


def joint(first: float, second: float, phi: float) -> list[float]:
    """Return how often both systems are right, only the first, only the second, and neither.

    Args:
        first: The true rate of one, 0 to 1.
        second: The true rate of the other.
        phi: How closely their answers go together (see `Comparison`).

    Raises:
        ValueError: If two such rates cannot go together so closely.
    """
    both = first * second + phi * math.sqrt(first * (1 - first) * second * (1 - second))
    shares = [both, first - both, second - both, 1 - first - second + both]
    if min(shares) < -1e-9:
        raise ValueError(f"Rates of {first:g} and {second:g} cannot go together as closely as {phi:g}.")
    return [max(0.0, part) for part in shares]


def power(level: float, worth_it: float, found: Mapping[tuple[int, float], tuple[Rate, Rate]]) -> Table:
    """Show how often an exam finds a difference that was chosen beforehand, by both tests.

    Args:
        level: The better system's true rate.
        worth_it: How far the other one lies behind.
        found: Number of messages and φ → how often the paired test finds it, and the one for separate exams.
    """
    title = f"{level:.0%} against {level - worth_it:.0%}: messages"
    rows = [{title: n, "φ": phi, "paired test finds it": share(a), "as two exams": share(b)} for (n, phi), (a, b) in found.items()]
    return sbs.table(pd.DataFrame(rows))


def power_in_words(found: Mapping[tuple[int, float], tuple[Rate, Rate]]) -> Markdown:
    """Say for the middle size how often each test finds the difference where φ is lowest, and where it is highest."""
    sizes, phis = sorted({n for n, _ in found}), sorted({phi for _, phi in found})
    n, ends = sizes[len(sizes) // 2], (phis[0], phis[-1])
    (paired, apart), (paired_high, apart_high) = ([f"{rate.value:.0%}" for rate in found[n, phi]] for phi in ends)
    return sbs.say(
        f"With {n:,} messages the paired test finds the difference in {paired} of the exams where φ is {ends[0]:g}, and in {paired_high} where it is "
        f"{ends[1]:g}; the test for separate exams in {apart} and {apart_high}."
    )


# --- the luckiest of six ----------------------------------------------------------------------------------------------


def team_sizes(messages: int) -> tuple[int, int]:
    """Return on how many messages teams choose: a third and two thirds of all, at least one."""
    return max(1, messages // 3), max(1, messages * 2 // 3)


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
    return sbs.outcome(key, word, f"{plural(tried, 'prompt')} for {model}, {count:,} teams. {' '.join(told)}", model)


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
        f"{rough:.0f} by the textbook formula. Give or take {50 * half_width:g} points: {finer} messages, {finer / needed:.1f} times as many."
    )
    return sbs.outcome(key, by_bounds(finer / needed, (1.75, 3, 7), options(key)), told)


def discordant(one: np.ndarray, other: np.ndarray) -> Markdown:
    """Say on how many messages only one of two systems is right: what a plan for a pair needs."""
    if np.isnan(one).any():
        return sbs.say(f"For its second half: on how many messages only one of our two systems is right was {NOT_MEASURED}.")
    return sbs.say(f"For its second half: only one of our two systems is right on {sbs.rate(one != other)} of the test messages.")
