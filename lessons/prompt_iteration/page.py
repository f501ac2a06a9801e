"""What the page *A prompt is a version* shows of its results."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from IPython.display import Markdown

import sidebyside as sbs
from sidebyside.evaluation import measured
from sidebyside.widgets import Outcome, Table, not_measured
from sidebyside.wording import NOT_MEASURED, after, by_bounds, number, options, p_value, share

LEARNER = "trained model"
Flips = Mapping[str, tuple[int, int]]  # version → how many messages its change won, and how many it lost
Teams = Mapping[int, npt.NDArray[np.float64]]  # versions tried → shape (teams, 2): the winner's score on own and other messages, 0 to 100


def changelog(versions: Sequence[sbs.Prompt], made_from: Mapping[str, str]) -> Table:
    """Show each version, the one it was made from, and what was changed."""
    rows = [{"version": p.version, "made from": made_from.get(p.version, "nothing"), "change": p.change} for p in versions]
    return sbs.table(pd.DataFrame(rows))


def scoreboard(versions: Sequence[sbs.Prompt], right: pd.DataFrame, ml_right: Sequence[bool]) -> Any:
    """Draw the share of right answers of each version and of the trained model.

    Args:
        versions: All versions.
        right: One row a message, one column a version: whether the answer is right.
        ml_right: The same for the trained model.
    """
    systems = {f"{p.version}: {p.change}": ("GenAI", sbs.rate(right[p.version])) for p in versions} | {LEARNER: ("ML", sbs.rate(ml_right))}
    alt = "Points with intervals: share of right answers on dev for eight prompt versions and a trained model; the values stand in the table below."
    return sbs.scoreboard(systems, alt, "right answers on dev")


def score_table(right: pd.DataFrame, labels: Mapping[str, Sequence[str | None]], used: pd.DataFrame, ml_right: Sequence[bool]) -> Table:
    """Show for each version how many answers are right and usable, and the mean tokens of a message.

    Args:
        right: One row a message, one column a version; missing where no answer came.
        labels: Version → the label found in each answer, None if it is not usable.
        used: The calls as `sbs.usage` tells them: all answers to the first version, then to the second, and so on.
        ml_right: Whether the trained model is right, message by message.
    """
    rows = []
    for version, tokens in zip(map(str, right), mean_tokens(used, right.notna().sum().tolist()), strict=True):
        usable = sbs.rate(measured([label is not None for label in labels[version]], right[version]))
        rows.append([version, share(sbs.rate(right[version])), number(usable.value, ".0%"), *(number(n, ".0f") for n in tokens)])
    rows.append([LEARNER, share(sbs.rate(ml_right)), "100%", "none", "none"])
    return sbs.table(pd.DataFrame(rows, columns=["version", "right (95 % interval)", "usable", "tokens in", "tokens out"]))


def mean_tokens(used: pd.DataFrame, answers: Sequence[int]) -> npt.NDArray[np.float64]:
    """Return the mean tokens of a call, in and out, of each version, by how many answers each has; shape (versions, 2)."""
    tokens = used[["input_tokens", "output_tokens"]].astype(float).to_numpy()
    parts = np.split(tokens, np.cumsum(answers)[:-1])
    return np.array([part.mean(axis=0) if len(part) else [np.nan, np.nan] for part in parts])


def best(model: str, right: pd.DataFrame) -> Outcome:
    """Say which of the versions asked about got the most messages right; each option begins with its version's name.

    Args:
        model: Who answered.
        right: One row a message, one column a version; missing where no answer came.
    """
    key = "prompt_iteration/best"
    asked = {option.partition(":")[0]: option for option in options(key)}
    found = {version: sbs.rate(right[version]) for version in asked}
    if not any(rate.n for rate in found.values()):
        return not_measured(key, model)
    first = max(asked, key=lambda version: found[version].successes)
    said = "; ".join(f"{version} {rate.successes}" for version, rate in found.items())
    told = f"Right answers of {model} on {len(right)} dev messages: {said}. With v4: {sbs.rate(right['v4'])}."
    return sbs.outcome(key, asked[first], told)


def flip_chart(made_from: Mapping[str, str], counts: Flips) -> Any:
    """Draw the messages that each change won and lost."""
    rows = [
        {"name": f"{made_from[version]} to {version}: {word}", "amount": amount, "kind": "GenAI"}
        for version, (won, lost) in counts.items()
        for word, amount in (("won", won), ("lost", -lost))
    ]
    alt = "Bar chart: messages won, to the right, and lost, to the left, by each change of the prompt; the counts stand in the table below."
    return sbs.charts.bars(pd.DataFrame(rows), alt, "messages won (right) and lost (left)")


def flip_table(made_from: Mapping[str, str], counts: Flips, p: Mapping[str, float]) -> Table:
    """Show what each change won and lost, with the p-value of the exact McNemar test."""
    rows = [
        {"change": f"{made_from[version]} to {version}", "won": won, "lost": lost, "net": f"{won - lost:+d}", "p": p_value(p[version])}
        for version, (won, lost) in counts.items()
    ]
    return sbs.table(pd.DataFrame(rows))


def lost_messages(samples: pd.DataFrame, label: str, lost: Sequence[int], answers: Mapping[str, Sequence[str]]) -> Table:
    """Show two messages that v4 lost, with the answers before and after.

    Args:
        samples: The messages.
        label: The column of their labels.
        lost: Places of the lost messages.
        answers: Version → all its answers.
    """
    two = list(lost[:2])
    rows = {"message": samples["text"].iloc[two], "label": samples[label].iloc[two]}
    wrote = {f"{version} wrote": [answers[version][i] for i in two] for version in ("v3", "v4")}
    return sbs.table(pd.DataFrame(rows | wrote))


def broken(model: str, won: int, lost: int, n: int) -> Outcome:
    """Say how many of n messages, which both got an answer to, the change from v3 to v4 won and lost."""
    if not n:
        return not_measured("prompt_iteration/lost", model)
    answer = by_bounds(lost, (1, 6), options("prompt_iteration/lost"))
    told = f"From v3 to v4, {model} won {won} of {n} messages and lost {lost}: broken {sbs.Rate(lost, int(n))}."
    return sbs.outcome("prompt_iteration/lost", answer, told)


def exam(model: str, version: str, right: Sequence[bool], on_test: sbs.Rate, ml_right: Sequence[bool], ml_on_test: sbs.Rate) -> Markdown:
    """Say how the chosen version and the trained model did on dev and on test, and what thirty dev messages would have said.

    Args:
        model: Who answered.
        version: The version chosen.
        right: Whether it is right on dev, message by message.
        on_test: Its share of right answers on test.
        ml_right: Whether the trained model is right on dev.
        ml_on_test: Its share on test.
    """
    start = sbs.rate(list(right)[:30])
    return sbs.say(
        f"- **{model}, {version}**: dev {sbs.rate(right)}; test {on_test}.\n"
        f"- **{LEARNER}**: dev {sbs.rate(ml_right)}; test {ml_on_test}.\n"
        f"- On the first {start.n + start.missing} dev messages alone, {version} gets {start}."
    )


def luck_chart(teams: Teams) -> Any:
    """Draw the winner's mean score over the teams, on the messages it was chosen by and on the others."""
    if not teams:
        return sbs.say(f"Too few messages have an answer from each version, so luck is {NOT_MEASURED} here.")
    rows = [
        {"at": tries, "amount": amount, "name": name, "kind": "GenAI"}
        for tries, scores in teams.items()
        for name, amount in zip(("own messages", "others"), scores.mean(axis=0), strict=True)
    ]
    alt = "Line chart: mean score of the winning version on the messages it was chosen by and on other messages, against the number of versions tried"
    description = f"{alt}; the ends stand in the text below."
    return sbs.charts.lines(pd.DataFrame(rows), description, "versions tried", "right answers, in a hundred")


def luck(model: str, teams: Teams, few: int, n: int) -> Outcome:
    """Say how much better a winner looks on the messages it was chosen by.

    Args:
        model: Who answered.
        teams: The scores of the winners; the most versions tried is all of them.
        few: How many messages each team chose by.
        n: How many there are.
    """
    key, tries = "prompt_iteration/luck", max(teams, default=0)
    if not teams:
        return not_measured(key, model)
    gap = teams[tries][:, 0] - teams[tries][:, 1]
    low, high = np.quantile(gap, [0.05, 0.95])
    (own, others), (one, same) = teams[tries].mean(axis=0), teams[1].mean(axis=0)
    told = (
        f"Choosing among {tries} versions of {model} on {few} of {n} messages, the winner got {own:.0f} in a hundred there and "
        f"{others:.0f} on the others: {gap.mean():.1f} points of luck (mean of {len(gap)} teams; nine teams in ten had {low:.0f} to {high:.0f}). "
        f"With one version and no choice it was {one:.0f} and {same:.0f}."
    )
    return sbs.outcome(key, by_bounds(gap.mean(), (1, after(4)), options(key)), told)
