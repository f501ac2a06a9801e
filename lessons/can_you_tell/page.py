"""The page's own charts, tables and sentences: which signs tell a model's right answers from its wrong ones."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

import sidebyside as sbs
from sidebyside import NoAnswer, evaluation, wording
from sidebyside.tokens import Token

STATED, VERDICT, ALL, WEAKEST, NAME, SHORTNESS = SIGNALS = [
    "its stated number", "its own verdict", "all tokens", "weakest token", "weakest token of the name", "shortness",
]  # fmt: skip
AGREEMENT, NEARNESS = "agreement of ten", "nearness of ten"
TEN = [*SIGNALS[1:], AGREEMENT, NEARNESS]  # what is compared on the answers that were asked ten times more


def came(answers: Sequence[str]) -> list[str]:
    """Return the answers that came."""
    return [answer for answer in answers if not isinstance(answer, NoAnswer)]


def about_real(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the answers about things that exist."""
    return rows[rows["real"] == "yes"]


def first_look(model: str, asked: pd.DataFrame, rows: pd.DataFrame) -> Any:
    """Say how many questions got an answer, how many of these are right, and show some.

    Args:
        model: Who answered.
        asked: All questions.
        rows: Those that got an answer; columns real, said, right.
    """
    answered = len(came(asked["said"])) if "said" in asked else len(asked)
    missing = len(asked) - answered
    if not answered:
        return sbs.say(f"{model} gave no answer to any of these {len(asked)} questions, so there is nothing to judge.")
    real = about_real(rows)
    shown = pd.concat([real.head(2), rows[rows["real"] == "no"].head(2)])
    some = "; ".join(
        f"“{sbs.plain(str(row.said))}” ({'real' if row.real == 'yes' else 'invented'}, {'right' if row.right else 'wrong'})"
        for row in shown.itertuples()
    )
    more = f" ({missing} more got no answer)" if missing else ""
    return sbs.say(
        f"{model} abstained on {answered - len(rows)} of {answered} questions{more}. Of its other {len(rows)} answers, right: "
        f"**{sbs.rate(rows['right'])}**. Of those about real things, right: **{sbs.rate(real['right'])}**. Some of them: {some}."
    )


def measured(part: pd.DataFrame, confidence: str) -> str:
    """Say the AUROC of a confidence, with its interval and the number of answers that have one."""
    known = part[part[confidence].notna()]
    return str(sbs.auroc(known["right"], known[confidence]))


def words(model: str, rows: pd.DataFrame) -> sbs.widgets.Outcome:
    """Say how sure the model says it is of right and of wrong answers."""
    key, usable = "can_you_tell/words", rows[rows[STATED].notna()]
    right, wrong = usable.loc[usable["right"], STATED], usable.loc[~usable["right"], STATED]
    gap = right.mean() - wrong.mean() if len(right) and len(wrong) else math.nan
    means = [f"{part.mean():.1f} (n = {len(part)})" if len(part) else "none (n = 0)" for part in (right, wrong)]
    told = (
        f"{model} gave a usable number for {len(usable)} of {len(rows)} answers. Mean for right ones: {means[0]}; for wrong ones: {means[1]}. "
        f"AUROC of the number: {measured(rows, STATED)}. AUROC of the yes-or-no verdict: {measured(rows, VERDICT)}."
    )
    return sbs.outcome(key, wording.by_bounds(gap, [5, 20], wording.options(key)[::-1]), told)


def example(rows: pd.DataFrame, right: bool, model: str) -> sbs.widgets.TokenMap:
    """Show the first right or wrong answer token by token; none if there is no such answer."""
    return sbs.widgets.token_map(next(iter(rows.loc[rows["right"] == right, "tokens"]), []), model)


def name_in(tokens: Sequence[Token]) -> Sequence[Token]:
    """Return the tokens of the name: from the first after "is" to the first that is no part of a name, such as a comma or a word in small letters.

    Args:
        tokens: An answer's tokens; all of them come back if they hold no name.
    """
    start = next((i + 1 for i, token in enumerate(tokens) if token.text.strip() == "is"), 0)
    name = list(tokens[start : start + 1])
    for token in tokens[start + 1 :]:
        if not (token.text[:1].isalnum() or token.text[1:2].isupper()):
            break
        name.append(token)
    return name or tokens


def signals_table(rows: pd.DataFrame) -> sbs.widgets.Table:
    """Show the AUROC of each signal over all answers and over those about real things."""
    groups = {"all answers": rows, "about real things": about_real(rows)}
    return sbs.table(
        pd.DataFrame(
            {"AUROC of": name} | {f"{group} (right: {_mean(part['right'])})": measured(part, name) for group, part in groups.items()}
            for name in SIGNALS
        )
    )


def _mean(right: pd.Series[bool]) -> str:
    return wording.number(right.mean(), ".0%") if len(right) else wording.NOT_MEASURED


def tokens(model: str, rows: pd.DataFrame, signal: str, auroc: float | None) -> sbs.widgets.Outcome:
    """Say how well a signal tells right answers from wrong ones.

    Args:
        model: Who answered.
        rows: The answers.
        signal: Which signal.
        auroc: Its AUROC over the answers about real things; None if these are all right or all wrong.
    """
    key, real = "can_you_tell/tokens", about_real(rows)
    if not real[signal].notna().any():
        return sbs.widgets.not_measured(key, model)
    told = (
        f"AUROC of the {signal}, answers of {model} about real things: {measured(real, signal)}; base rate {sbs.rate(real['right'])}. "
        f"Over all answers: {measured(rows, signal)}; base rate {sbs.rate(rows['right'])}."
    )
    return sbs.outcome(key, wording.by_bounds(math.nan if auroc is None else auroc, [0.6, 0.9], wording.options(key)), told)


def reliability_chart(bins: pd.DataFrame) -> Any:
    """Draw how often answers were right against how sure the model was of them."""
    description = (
        "Points with intervals: how often answers were right, for five groups from the least to the most likely weakest token of the name; "
        "the values stand in the text below."
    )
    return sbs.charts.reliability(bins.assign(kind="GenAI"), description)


def calibration(rows: pd.DataFrame, signal: str, bins: pd.DataFrame) -> Any:
    """Say what the groups of a signal hold, and how far it and the mean of all tokens lie from the truth."""

    def error(part: pd.DataFrame, name: str) -> str:
        return wording.number(evaluation.calibration_error(evaluation.calibration(part[name], part["right"], bins=5)), ".2f")

    if bins.empty:
        return sbs.say(f"No answer has a {signal}, so calibration is {wording.NOT_MEASURED} here.")
    real = about_real(rows)
    groups = "; ".join(f"said {row.confidence:.0%}, right {row.right:.0%} of {row.n}" for row in bins.itertuples())
    return sbs.say(
        f"Groups of the {signal}: {groups}. Expected calibration error of the {signal}: **{error(rows, signal)}** (n = {len(rows)}; "
        f"about real things {error(real, signal)}, n = {len(real)}). Of all tokens: **{error(rows, ALL)}** (about real things {error(real, ALL)})."
    )


def ten_chart(sampled: pd.DataFrame) -> Any:
    """Draw the AUROC of each signal on the answers that were asked ten times more, if there are right and wrong ones."""
    if sampled.empty:
        return sbs.say(f"There is no answer to compare: {wording.NOT_MEASURED}.")
    if sampled["right"].nunique() < 2:
        return sbs.say("All of these answers are right, or all are wrong: there is no pair to compare.")
    found = {name: sbs.auroc(sampled["right"], sampled[name]) for name in TEN}
    systems = {name: ("ML" if name == SHORTNESS else "GenAI", (one.value, *one.interval)) for name, one in found.items() if one.value is not None}
    description = (
        "Points with intervals: AUROC of seven confidences on the answers that were asked ten times more; the values stand in the text below."
    )
    return sbs.scoreboard(systems, description, "AUROC")


def _in_short(found: evaluation.Auroc) -> str:
    if not found.n:
        return wording.NOT_MEASURED
    return "none" if found.value is None else wording.span(found.value, found.interval, "95 % interval ")


def ten(model_signal: str, sampled: pd.DataFrame) -> sbs.widgets.Outcome:
    """Say whether ten more answers tell more than the probabilities of one.

    Args:
        model_signal: The signal made from the probabilities.
        sampled: The answers that were asked ten times more.
    """
    key, real = "can_you_tell/ten", about_real(sampled)
    if not sampled[[AGREEMENT, model_signal]].notna().all(axis=1).any():
        return sbs.widgets.not_measured(key, "the model")
    difference = evaluation.auroc_difference(sampled["right"], sampled[AGREEMENT], sampled[model_signal])
    margin, (low, high) = difference or (math.nan, (math.nan, math.nan))
    one, agreement, close = wording.options(key)
    each = "; ".join(f"{name} {_in_short(sbs.auroc(sampled['right'], sampled[name]))}" for name in TEN)
    of_real = "; ".join(f"{name} {measured(real, name)}" for name in (model_signal, AGREEMENT))
    told = (
        f"AUROC on {len(sampled)} answers, base rate {sbs.rate(sampled['right'])}. {each}. About real things only: {of_real}. "
        f"Agreement minus {model_signal}: {f'{margin:+.2f} (95 % interval {low:+.2f} to {high:+.2f})' if difference else wording.NOT_MEASURED}."
    )
    return sbs.outcome(key, wording.by_interval((low, high), [agreement, one, close]), told)


def curve_chart(judge: pd.DataFrame, signal: str) -> Any:
    """Draw both kinds of a detector's mistakes for each threshold from 0 to 1."""
    found = evaluation.detector_counts(judge[signal], judge["right"], np.arange(0, 1.01, 0.02))
    shares = {"misses": found["misses"] / found["wrong"].clip(lower=1), "false alarms": found["false_alarms"] / found["right"].clip(lower=1)}
    rows = [(at, name, share[i]) for i, at in enumerate(found["threshold"]) for name, share in shares.items()]
    description = (
        "Line chart: the share of wrong answers let out falls as the threshold rises, and the share of right answers held back grows; "
        "the values at the chosen threshold stand in the text below."
    )
    data = pd.DataFrame(rows, columns=["at", "name", "amount"]).assign(kind="GenAI")
    return sbs.charts.lines(data, description, "threshold", "share of wrong or of right answers")


def mistakes(judge: pd.DataFrame, signal: str, threshold: float) -> tuple[str, str]:
    """Say how many wrong answers a detector misses, and to how many right ones it gives a false alarm."""
    (row,) = evaluation.detector_counts(judge[signal], judge["right"], [threshold]).itertuples()
    return f"{row.misses} of {row.wrong}", f"{row.false_alarms} of {row.right}"


def bill(model: str, judge: pd.DataFrame, signal: str, threshold: float, bills: Sequence[float], costs: tuple[float, float]) -> sbs.widgets.Outcome:
    """Say what the detector misses and costs beside checking all answers or none.

    Args:
        model: Who answered.
        judge: The answers that the threshold has not seen.
        signal: The detector's signal.
        threshold: Its threshold.
        bills: With the detector, with all answers checked, with none checked; of equal ones the plainer way wins.
        costs: Of a miss and of a check.
    """
    detector, check_all, check_none = wording.options("can_you_tell/bill")
    if judge.empty:
        return sbs.widgets.not_measured("can_you_tell/bill", model)
    paid = {check_all: bills[1], check_none: bills[2], detector: bills[0]}
    missed, held = mistakes(judge, signal, threshold)
    told = (
        f"With a threshold of {threshold:.2f} on the {signal}, {model}'s detector misses {missed} wrong answers and gives {held} right ones a false "
        f"alarm. A miss costs {costs[0]}, a check {costs[1]}. The bill for {len(judge)} answers: with the detector {bills[0]}, "
        f"all checked {bills[1]}, none checked {bills[2]}."
    )
    return sbs.outcome("can_you_tell/bill", min(paid, key=lambda way: paid[way]), told)


def costs_table(judge: pd.DataFrame, signal: str, thresholds: Mapping[float, float], bills: Mapping[float, Sequence[float]]) -> sbs.widgets.Table:
    """Show for each cost of a miss the cheapest threshold, its mistakes, and the bills as `bill` takes them.

    Args:
        judge: The answers that the thresholds have not seen.
        signal: The detector's signal.
        thresholds: Cost of a miss → threshold; 0 lets all answers out, 2 none.
        bills: Cost of a miss → bills.
    """
    rows, ends = [], {0.0: "check none", 2.0: "check all"}
    for cost, line in thresholds.items():
        missed, held = mistakes(judge, signal, line)
        row = {"a miss costs": cost, "threshold": ends.get(line, f"{line:.2f}"), "misses": missed, "false alarms": held}
        row |= dict(zip(("bill with detector", "check all", "check none"), bills[cost], strict=True))
        rows.append({"a miss costs": cost} | dict.fromkeys(list(row)[1:], wording.NOT_MEASURED) if judge.empty else row)
    return sbs.table(pd.DataFrame(rows))


def hybrid(judge: pd.DataFrame, features: Sequence[str], signal: str) -> Any:
    """Say whether a model trained on several signals beats the best single one; it was not trained if `judge` has no column hybrid."""
    difference = evaluation.auroc_difference(judge["right"], judge["hybrid"], judge[signal]) if "hybrid" in judge else None
    if difference is None:
        return sbs.say("One half holds only right or only wrong answers, so there is nothing to learn here.")
    margin, (low, high) = difference
    word = wording.by_interval((low, high), ["does better than", "does worse than", "cannot be told apart from"])
    each = "; ".join(f"{name} {measured(judge, name)}" for name in [*features, "hybrid"])
    return sbs.say(
        f"AUROC on the second half, base rate {sbs.rate(judge['right'])}: {each}. The hybrid **{word}** the {signal} "
        f"(difference {margin:+.2f}, 95 % interval {low:+.2f} to {high:+.2f})."
    )
