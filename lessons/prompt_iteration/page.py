"""What the page *A prompt is a version* asks, counts and shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from IPython.display import Markdown

import sidebyside as sbs
from sidebyside.cases import Case
from sidebyside.evaluation import holm, measured
from sidebyside.widgets import Outcome, Table, not_measured
from sidebyside.wording import LINE, NOT_MEASURED, after, by_bounds, count, number, options, p_value, plural, share

WARNED = "v6"  # the version whose lost messages are asked about
FRESH = 100  # messages of the last exam
DRAWS = 2000  # teams that choose by a few messages
Teams = Mapping[int, npt.NDArray[np.float64]]  # versions tried → shape (teams, 2): the winner's score on own and other messages, 0 to 100


# --- versions and messages --------------------------------------------------------------------------------------------


def advised(case: Case, base: sbs.Prompt) -> tuple[sbs.Prompt, ...]:
    """Return three versions made from one, each with one piece of common advice.

    Args:
        case: The case.
        base: The version that they are made from; its text says "Answer …" after the task.
    """
    role = f"You are an expert at judging the {case.label} of a {case.subject}."
    care = " Read the whole text carefully. Pay attention to sarcasm and to mixed feelings."
    doubt = f" If it is not clearly {case.classes[1]}, it is {case.classes[0]}."
    return (
        replace(base, version="v5", change=f"{base.version} + a role", system=role),
        replace(base, version="v6", change=f"{base.version} + a warning of hard cases", user=base.user.replace(" Answer", f"{care} Answer", 1)),
        replace(base, version="v7", change=f"{base.version} + a rule for doubt", user=base.user.replace(" Answer", f"{doubt} Answer", 1)),
    )


def parents(base: sbs.Prompt) -> dict[str, str]:
    """Return from which version each one was made."""
    return {"v3": "v2", "v4": "v2"} | dict.fromkeys(("v5", "v6", "v7"), base.version)


def fresh(case: Case, versions: Sequence[sbs.Prompt]) -> pd.DataFrame:
    """Return messages that no prompt has met: a random sample of train, without those shown as examples.

    The dev messages chose the versions, and the test messages were an exam before. No model here was trained on train.
    """
    shown = {text for prompt in versions for text, _ in prompt.examples}
    train = case.split("train")
    unseen = train[~train["text"].isin(shown)]
    return sbs.limit(unseen.sample(min(FRESH, len(unseen)), random_state=1).reset_index(drop=True))


# --- the scoreboard ---------------------------------------------------------------------------------------------------


def changelog(versions: Sequence[sbs.Prompt], made_from: Mapping[str, str]) -> Table:
    """Show each version, the one it was made from, and what was changed."""
    rows = [{"version": p.version, "made from": made_from.get(p.version, "nothing"), "change": p.change} for p in versions]
    return sbs.table(pd.DataFrame(rows))


def score_table(right: pd.DataFrame, labels: Mapping[str, Sequence[str | None]], used: pd.DataFrame) -> Table:
    """Show for each version how many answers are right and usable, and the mean tokens of a message.

    Args:
        right: One row a message, one column a version; missing where no answer came.
        labels: Version → the label found in each answer, None if it is not usable.
        used: The calls as `sbs.usage` tells them: all answers to the first version, then to the second, and so on.
    """
    rows = []
    for version, tokens in zip(map(str, right), mean_tokens(used, right.notna().sum().tolist()), strict=True):
        usable = sbs.rate(measured([label is not None for label in labels[version]], right[version]))
        rows.append([version, share(sbs.rate(right[version])), share(usable), *(number(n, ".0f") for n in tokens)])
    return sbs.table(pd.DataFrame(rows, columns=["version", "right (95 % interval)", "usable", "tokens in", "tokens out"]))


def mean_tokens(used: pd.DataFrame, answers: Sequence[int]) -> npt.NDArray[np.float64]:
    """Return the mean tokens of a call, in and out, of each version, by how many answers each has; shape (versions, 2)."""
    tokens = used[["input_tokens", "output_tokens"]].astype(float).to_numpy()
    parts = np.split(tokens, np.cumsum(answers)[:-1])
    return np.array([part.mean(axis=0) if len(part) else [np.nan, np.nan] for part in parts])


def best(model: str, base: sbs.Prompt, right: pd.DataFrame) -> Outcome:
    """Say whether any piece of advice got more messages right than the version that it was added to.

    Args:
        model: Who answered.
        base: The version without advice.
        right: One row a message, one column a version; missing where no answer came.
    """
    key = "prompt_iteration/best"
    nothing, *advice = options(key)
    found = {base.version: nothing} | {option.partition(":")[0]: option for option in advice}
    rates = {version: sbs.rate(right[version]) for version in found}
    if not all(rate.n for rate in rates.values()):
        return not_measured(key, model)
    first = max(rates, key=lambda version: rates[version].successes)
    said = "; ".join(f"{version} {count(rate)}" for version, rate in rates.items())
    level = [version for version in rates if version != first and rates[version].successes == rates[first].successes]
    tied = f", level with {' and '.join(level)}" if level else ""
    told = f"Right answers of {model}: {said}. The most has {first}{tied}: {rates[first]}."
    return sbs.outcome(key, found[first], told)


# --- won and lost -----------------------------------------------------------------------------------------------------


def changes(made_from: Mapping[str, str], right: pd.DataFrame) -> pd.DataFrame:
    """Count what each change won and lost, and test each against chance.

    Returns:
        One row a change, with the version as index: before, won, lost (places of messages), n (with both answers), p (exact McNemar) and
        holm (p corrected for testing several changes, Holm 1979).
    """
    rows = []
    for version, before in made_from.items():
        won, lost = sbs.flips(right[before], right[version])
        n = int(right[[before, version]].notna().all(axis=1).sum())
        rows.append({"version": version, "before": before, "won": won, "lost": lost, "n": n, "p": sbs.paired_p(right[before], right[version])})
    table = pd.DataFrame(rows).set_index("version")
    return table.assign(holm=holm(table["p"]))


def flip_chart(table: pd.DataFrame) -> Any:
    """Draw the messages that each change won and lost.

    Args:
        table: As `changes` returns it.
    """
    rows = [
        {"name": f"{row['before']} to {version}: {word}", "amount": amount, "kind": "GenAI"}
        for version, row in table.iterrows()
        for word, amount in (("won", len(row["won"])), ("lost", -len(row["lost"])))
    ]
    alt = "Bar chart: messages won, to the right, and lost, to the left, by each change of the prompt; the table below has the counts."
    return sbs.charts.bars(pd.DataFrame(rows), alt, "messages won (right) and lost (left)")


def flip_table(table: pd.DataFrame) -> Table:
    """Show what each change won and lost, with its p-value alone and corrected."""
    rows = [
        {
            "change": f"{row['before']} to {version}",
            "won": len(row["won"]),
            "lost": len(row["lost"]),
            "net": f"{len(row['won']) - len(row['lost']):+d}",
            "p alone": p_value(row["p"]),
            "p, corrected": p_value(row["holm"]),
        }
        for version, row in table.iterrows()
    ]
    return sbs.table(pd.DataFrame(rows))


def verdict(model: str, table: pd.DataFrame) -> Markdown:
    """Say which changes are clear after the correction, and which could be luck."""
    known = table[table["holm"].notna()]
    if known.empty:
        return sbs.say(f"What the changes did is {NOT_MEASURED}.")
    net = known["won"].map(len) - known["lost"].map(len)
    clear = known["holm"] < LINE
    parts = [("clear gains", clear & (net > 0)), ("clear losses", clear & (net < 0)), ("too close to call", ~clear)]
    told = "; ".join(f"{name}: {', '.join(known.index[chosen]) if chosen.any() else 'none'}" for name, chosen in parts)
    return sbs.say(f"Of {plural(len(known), 'change')} with **{sbs.plain(model)}**, after Holm's correction: {told}.")


def lost_messages(samples: pd.DataFrame, label: str, row: pd.Series, answers: Mapping[str, Sequence[str]]) -> Table:
    """Show the two shortest messages that a change lost, with the answers before and after.

    Args:
        samples: The messages.
        label: The column of their labels.
        row: The change, a row of `changes`.
        answers: Version → all its answers.
    """
    two = sorted(row["lost"], key=lambda i: len(samples["text"].iloc[i]))[:2]
    rows = {"message": samples["text"].iloc[two], "label": samples[label].iloc[two]}
    wrote = {f"{version} wrote": [answers[version][i] for i in two] for version in (row["before"], row.name)}
    return sbs.table(pd.DataFrame(rows | wrote))


def broken(model: str, row: pd.Series) -> Outcome:
    """Say how many messages a change won, and how many it lost.

    Args:
        model: Who answered.
        row: The change, a row of `changes`.
    """
    key = "prompt_iteration/lost"
    if not row["n"]:
        return not_measured(key, model)
    won, lost, n = len(row["won"]), len(row["lost"]), row["n"]
    told = f"From {row['before']} to {row.name}, {model} won {won} of {plural(n, 'message')} and lost {lost}: broken {sbs.Rate(lost, n)}."
    return sbs.outcome(key, by_bounds(lost, (1, 3, 6), options(key)), told)


# --- the exam, and luck -----------------------------------------------------------------------------------------------


def exam(model: str, version: str, on_dev: sbs.Rate, on_fresh: sbs.Rate) -> Markdown:
    """Say how the chosen version did on dev and on fresh messages."""
    if not (on_dev.n and on_fresh.n):
        return sbs.say(f"How {version} does on fresh messages is {NOT_MEASURED}.")
    gap = 100 * (on_fresh.value - on_dev.value)
    low, high = on_fresh.interval
    inside = "inside" if low <= on_dev.value <= high else "outside"
    return sbs.say(
        f"**{sbs.plain(model)}, {version}**: dev {on_dev}; fresh {on_fresh}. That is {gap:+z.1f} points; "
        f"the score on dev is {inside} the interval of the fresh messages."
    )


def teams(right: pd.DataFrame, few: int) -> Teams:
    """Let teams choose by a few messages each, and see what their winner does on the other ones.

    Args:
        right: One row a message, one column a version; messages without an answer from each version are left out.
        few: How many messages a team has.

    Returns:
        Versions tried → the winners' scores; nothing if there are too few messages. Seeded.
    """
    table, generator = right.dropna().to_numpy(dtype=float), np.random.default_rng(0)
    if len(table) <= few:
        return {}

    def one_team(tries: int) -> tuple[float, float]:
        rows, columns = generator.permutation(table.shape[0]), generator.permutation(table.shape[1])[:tries]
        own, others = table[rows[:few]][:, columns].mean(axis=0), table[rows[few:]][:, columns].mean(axis=0)
        return 100 * own[own.argmax()], 100 * others[own.argmax()]

    return {tries: np.array([one_team(tries) for _ in range(DRAWS)]) for tries in range(1, table.shape[1] + 1)}


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
    description = f"{alt}; the text below has the ends."
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
        f"Choosing among {plural(tries, 'version')} of {model} on {few} of {plural(n, 'message')}, the winner got {own:.0f} in a hundred there and "
        f"{others:.0f} on the others: {gap.mean():.1f} points of luck (mean of {len(gap)} teams; nine teams in ten had {low:.0f} to {high:.0f}). "
        f"With one version and no choice it was {one:.0f} and {same:.0f}."
    )
    return sbs.outcome(key, by_bounds(gap.mean(), (1, after(4), after(8)), options(key)), told)
