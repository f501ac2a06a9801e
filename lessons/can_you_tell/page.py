"""The page's own charts, tables and sentences: which signals tell a model's right answers from its wrong ones, and what a check costs."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

import sidebyside as sbs
from sidebyside import NoAnswer, evaluation, wording
from sidebyside.evaluation import Auroc, Rate
from sidebyside.tokens import Token

STATED, VERDICT, ALL, WEAKEST, NAME, SHORTNESS = SIGNALS = [
    "its stated number", "its own verdict", "all tokens", "weakest token", "weakest token of the name", "shortness",
]  # fmt: skip
AGREEMENT = "agreement"
FLOOR = 5  # right answers, and as many wrong ones, before anything is compared
NO_CLEAR = "no clear difference"
CHECK_NONE, CHECK_ALL = 0.0, 2.0  # thresholds that let all answers out, or none
ENDS = {CHECK_NONE: "check none", CHECK_ALL: "check all"}


def came(answers: Sequence[str]) -> list[str]:
    """Return the answers that came."""
    return [answer for answer in answers if not isinstance(answer, NoAnswer)]


def about_real(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the answers about things that exist."""
    return rows[rows["real"] == "yes"]


# --- what was answered ------------------------------------------------------------------------------------------------


def first_look(model: str, asked: pd.DataFrame, rows: pd.DataFrame) -> Any:
    """Say what became of the questions, how many of the answers that name something are right, and show some.

    Args:
        model: Who answered.
        asked: All questions; column kind, as the rule of *Hallucination* gives it.
        rows: Those whose answer is right, or made up or wrong; columns real, said, right.
    """
    rule = sbs.lesson("hallucination")
    counts = asked["kind"].value_counts()
    missing = int(counts.get(rule.NO_ANSWER, 0))
    if missing == len(asked):
        return sbs.say(f"{model} gave no answer to any of {wording.plural(len(asked), 'question')}, so there is nothing to judge.")
    real = about_real(rows)
    shown = pd.concat([real[real["right"]].head(1), real[~real["right"]].head(1), rows[rows["real"] == "no"].head(2)])
    some = "; ".join(
        f"“{sbs.plain(str(row.said))}” ({'real' if row.real == 'yes' else 'invented'}, {'right' if row.right else 'wrong'})"
        for row in shown.itertuples()
    )
    aside = ", ".join(f"{counts.get(kind, 0)} {words}" for kind, words in ((rule.ADMITS, "said that it does not know"), (rule.DODGES, "dodged")))
    more = f" ({missing} more got no answer)" if missing else ""
    return sbs.say(
        f"Of {wording.plural(len(asked) - missing, 'answer')} of {model}{more}, {aside}. Of the other "
        f"{len(rows)}, right: **{sbs.rate(rows['right'])}**. "
        f"Of those about real things, right: **{sbs.rate(real['right'])}**. Some of them: {some}."
    )


# --- signals ----------------------------------------------------------------------------------------------------------


def enough(right: pd.Series[bool]) -> bool:
    """Tell whether there are enough right and enough wrong answers to compare the two (see `FLOOR`)."""
    return bool(right.sum() >= FLOOR and (~right.astype(bool)).sum() >= FLOOR)


def auroc_of(part: pd.DataFrame, confidence: str) -> Auroc | None:
    """Return the AUROC of a confidence over the answers that have one; None where there are too few right or wrong ones."""
    known = part[part[confidence].notna()]
    return sbs.auroc(known["right"], known[confidence]) if len(known) and enough(known["right"]) else None


def measured(part: pd.DataFrame, confidence: str) -> str:
    """Say the AUROC of a confidence, with its interval and the number of answers that have one, or why there is none."""
    found, known = auroc_of(part, confidence), part[part[confidence].notna()]
    if found:
        return str(found)
    counts = f"{int(known['right'].sum())} right, {int((~known['right'].astype(bool)).sum())} wrong"
    return f"too few to compare ({counts})" if len(known) else f"{wording.NOT_MEASURED} (n = 0)"


def worth(found: Auroc | None) -> str:
    """Say in plain words what a signal with this AUROC is worth."""
    if found is None:
        return "cannot be judged on so few answers"
    return wording.by_interval(
        (found.interval[0] - 0.5, found.interval[1] - 0.5),
        ["tells more than a coin would", "points the wrong way", "tells nothing that a coin would not"],
    )


def words(model: str, rows: pd.DataFrame) -> sbs.widgets.Outcome:
    """Say how sure the model says it is of right and of wrong answers, and what its number and its verdict are worth."""
    key, usable = "can_you_tell/words", rows[rows[STATED].notna()]
    right, wrong = usable.loc[usable["right"], STATED], usable.loc[~usable["right"], STATED]
    gap = right.mean() - wrong.mean() if len(usable) and enough(usable["right"]) else math.nan
    means = [f"{part.mean():.1f} (n = {len(part)})" if len(part) else "none (n = 0)" for part in (right, wrong)]
    told = (
        f"{model} gave a usable number for {len(usable)} of {wording.plural(len(rows), 'answer')}. "
        f"Mean for right ones: {means[0]}; for wrong ones: {means[1]}. "
        f"AUROC of the number: {measured(rows, STATED)}. It {worth(auroc_of(rows, STATED))}. AUROC of the yes-or-no verdict: "
        f"{measured(rows, VERDICT)}. It {worth(auroc_of(rows, VERDICT))}."
    )
    return sbs.outcome(key, wording.by_bounds(gap, [5, 20], wording.options(key)[::-1]), told, model)


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


def signals_table(rows: pd.DataFrame, model: str) -> sbs.widgets.Table:
    """Show the AUROC of each signal over all answers and over those about real things."""
    groups = {"all answers": rows, "about real things": about_real(rows)}
    return sbs.table(
        pd.DataFrame(
            {f"AUROC with {model}": name} | {f"{group} (right: {_mean(part['right'])})": measured(part, name) for group, part in groups.items()}
            for name in SIGNALS
        )
    )


def _mean(right: pd.Series[bool]) -> str:
    return wording.number(right.mean(), ".0%") if len(right) else wording.NOT_MEASURED


def chosen(rows: pd.DataFrame) -> str:
    """Return the signal with the highest AUROC among those that every answer has, the first of several; without any, the name's weakest token."""
    found = {name: auroc_of(rows, name) for name in SIGNALS if rows[name].notna().all()}
    known = {name: one.value for name, one in found.items() if one and one.value is not None}
    return max(known, key=lambda name: known[name]) if known else NAME


def tokens(model: str, rows: pd.DataFrame, signal: str) -> sbs.widgets.Outcome:
    """Say how well the weakest token of the name tells right from wrong answers, whether it beats counting, and which signal was chosen.

    Args:
        model: Who answered.
        rows: The answers.
        signal: The signal that was best on the half to choose on.
    """
    key, found = "can_you_tell/tokens", auroc_of(rows, NAME)
    if found is None or found.value is None:
        return sbs.widgets.not_measured(key, model)
    known = rows[rows[NAME].notna() & rows[SHORTNESS].notna()]
    margin, interval = evaluation.auroc_difference(known["right"], known[NAME], known[SHORTNESS]) or (math.nan, (math.nan, math.nan))
    against = wording.by_interval(interval, ["beats", "does worse than", "cannot be told apart from"])
    told = (
        f"AUROC of the {NAME}, all answers of {model}: {found}; base rate {sbs.rate(rows['right'])}. About real things only: "
        f"{measured(about_real(rows), NAME)}. It {against} mere shortness ({_difference(margin, interval)}). "
        f"On the half to choose on, the best signal was: {signal}."
    )
    return sbs.outcome(key, wording.by_bounds(found.value, [0.6, wording.after(0.9)], wording.options(key)), told, model)


def _difference(margin: float, interval: tuple[float, float]) -> str:
    """Say a difference with its interval."""
    if math.isnan(margin):
        return wording.NOT_MEASURED
    return f"difference {margin:+z.2f}, 95 % interval {interval[0]:+z.2f} to {interval[1]:+z.2f}"


# --- is a probability a chance of being right? ------------------------------------------------------------------------


def reliability_chart(bins: pd.DataFrame, signal: str, model: str) -> Any:
    """Draw how often answers were right against how sure the signal was of them."""
    description = (
        f"Points with intervals: how often answers of {model} were right, for five groups from the lowest to the highest {signal}; "
        "the values stand in the text below."
    )
    return sbs.charts.reliability(bins.assign(kind=sbs.charts.kind_of(model)), description)


def calibration(rows: pd.DataFrame, signal: str, bins: pd.DataFrame, model: str) -> Any:
    """Say what the groups of a signal hold, and how far it and the mean of all tokens lie from the truth."""
    if bins.empty:
        return sbs.say(f"No answer has a {signal}, so calibration is {wording.NOT_MEASURED} here.")
    groups = "; ".join(f"said {row.confidence:.0%}, right {row.right:.0%} of {row.n}" for row in bins.itertuples())
    each = "; ".join(f"{name}: {_fit(rows, name)}" for name in dict.fromkeys((signal, ALL)))
    return sbs.say(f"Groups of the {signal} with {model}: {groups}. {each[:1].upper()}{each[1:]}.")


def _fit(rows: pd.DataFrame, name: str) -> str:
    """Say whether a signal promises more or less than comes true, on average, and how far its groups are off."""
    known = rows[rows[name].notna()]
    if known.empty:
        return wording.NOT_MEASURED
    said, true = float(known[name].mean()), sbs.rate(known["right"])
    low, high = true.interval
    word = "promises too much" if said > high else "promises too little" if said < low else "promises about what comes true"
    error = evaluation.calibration_error(evaluation.calibration(known[name], known["right"], bins=5))
    return f"{word} (on average it says {said:.0%}, right are {wording.share(true)}; expected calibration error {error:.2f}, n = {true.n})"


# --- asked again ------------------------------------------------------------------------------------------------------


def clustered(model: str, each: pd.DataFrame) -> Any:
    """Say how many of several answers to each question are right, and how loosely that is known: by answers, and by whole questions.

    Args:
        model: Who answered.
        each: One row an answer; columns question and kind.
    """
    rule = sbs.lesson("hallucination")
    marks: list[Any] = [None if kind == rule.NO_ANSWER else kind == rule.RIGHT for kind in each["kind"]]
    alone, hits = sbs.rate(marks), np.array(marks, dtype=object)
    if not alone.n:
        return sbs.say(f"{model} gave no answer here, so nothing is counted: {wording.NOT_MEASURED}.")
    groups = np.asarray(each["question"])
    low, high = evaluation.interval_by_group(hits, groups)
    ratio = (high - low) / (alone.interval[1] - alone.interval[0])
    size = f"{ratio:.1f} times as wide" if abs(ratio - 1) > 0.05 else "about as wide"
    return sbs.say(
        f"At temperature 1, {model} is right in {evaluation.rate_by_group(hits, groups)}, when whole questions are drawn again. "
        f"Taken for answers to as many different questions, the interval would run from {alone.interval[0]:.0%} to {alone.interval[1]:.0%}. "
        f"The honest one is {size}."
    )


def again_chart(sampled: pd.DataFrame, signal: str, model: str) -> Any:
    """Draw the AUROC of each signal on the answers that were asked again, if there are right and wrong ones enough."""
    if sampled.empty:
        return sbs.say(f"There is no answer to compare: {wording.NOT_MEASURED}.")
    found = {name: auroc_of(sampled, name) for name in dict.fromkeys((VERDICT, signal, SHORTNESS, AGREEMENT))}
    kind = sbs.charts.kind_of(model)
    systems = {
        name: ("neither" if name == SHORTNESS else kind, (one.value, *one.interval)) for name, one in found.items() if one and one.value is not None
    }
    if not systems:
        return sbs.say("Of these answers, too few are right or too few are wrong: there is nothing to compare.")
    description = f"Points with intervals: AUROC of four signals of {model} on the answers that were asked again; the text below has the values."
    return sbs.scoreboard(systems, description, f"AUROC · {model}")


def again(model: str, signal: str, sampled: pd.DataFrame) -> sbs.widgets.Outcome:
    """Say whether more answers to the same questions tell more than the probabilities of one.

    Args:
        model: Who answered.
        signal: The signal made from one answer that was chosen.
        sampled: The answers that were asked again.
    """
    key = "can_you_tell/again"
    known = sampled[sampled[AGREEMENT].notna() & sampled[signal].notna()]
    if known.empty:
        return sbs.widgets.not_measured(key, model)
    one, agreement, close = wording.options(key)
    if not enough(known["right"]):
        counts = f"{int(known['right'].sum())} right, {int((~known['right'].astype(bool)).sum())} wrong"
        return sbs.widgets.not_measured(key, model, f"Of these answers of {model}, too few are of one kind to compare: {counts}.")
    margin, interval = evaluation.auroc_difference(known["right"], known[AGREEMENT], known[signal]) or (math.nan, (math.nan, math.nan))
    each = "; ".join(f"{name} {measured(known, name)}" for name in dict.fromkeys((signal, SHORTNESS, AGREEMENT)))
    told = (
        f"AUROC on {wording.plural(len(known), 'answer')} of {model}, base rate {sbs.rate(known['right'])}: {each}. "
        f"Agreement against the {signal}: {_difference(margin, interval)}."
    )
    return sbs.outcome(key, wording.by_interval(interval, [agreement, one, close]), told, model)


# --- where to draw the line -------------------------------------------------------------------------------------------


def curve_chart(judge: pd.DataFrame, signal: str, model: str) -> Any:
    """Draw both kinds of a detector's mistakes for each threshold from 0 to 1."""
    found = evaluation.detector_counts(judge[signal], judge["right"], np.arange(0, 1.01, 0.02))
    shares = {"misses": found["misses"] / found["wrong"].clip(lower=1), "false alarms": found["false_alarms"] / found["right"].clip(lower=1)}
    rows = [(at, name, share[i]) for i, at in enumerate(found["threshold"]) for name, share in shares.items()]
    description = (
        f"Line chart for the {signal} of {model}: the share of wrong answers let out falls as the threshold rises, and the share of right "
        "answers held back grows; the values at the chosen threshold stand in the text below."
    )
    data = pd.DataFrame(rows, columns=["at", "name", "amount"]).assign(kind=sbs.charts.kind_of(model))
    return sbs.charts.lines(data, description, f"threshold · {model}", "share of wrong or of right answers")


def mistakes(judge: pd.DataFrame, signal: str, threshold: float) -> tuple[Rate, Rate]:
    """Return the share of wrong answers that a detector misses, and of right ones to which it gives a false alarm."""
    known = judge[judge[signal].notna()]
    out, right = known[signal] >= threshold, known["right"].astype(bool)
    return sbs.rate(out[~right]), sbs.rate(~out[right])


def _told(mistake: Rate, threshold: float, say: Callable[[Rate], str], known: Callable[[Rate], str]) -> str:
    """Say a share of mistakes in one of two ways: the second where it is known beforehand, because to check none misses all, and all none."""
    return (known if threshold in ENDS else say)(mistake)


def _without_interval(mistake: Rate) -> str:
    return f"{mistake.value:.0%} ({wording.count(mistake)})" if mistake.n else str(mistake)


def interval_of_sum(costs: ArrayLike, most: float, least: float = 0.0) -> tuple[float, float]:
    """Return the 95 % percentile bootstrap interval of a sum of costs, one an answer, when the answers are drawn again; seeded.

    Args:
        costs: What each answer costs.
        most: The most that one answer can cost: where all cost the same, others may not (see `evaluation.interval_of_equals`).
        least: The least.
    """
    each = np.asarray(costs, dtype=float)
    if not len(each):
        return math.nan, math.nan
    low, high = evaluation.mean_interval(each, least, most)
    return len(each) * low, len(each) * high


def cheapest(ways: Mapping[str, Sequence[float]], most: float, known: str) -> tuple[str, str, tuple[float, float]]:
    """Return the way with the lowest bill, the next one, and the interval of the difference between the two bills.

    Args:
        ways: Way → what each answer costs, the same answers in the same order; of equal bills, the earlier way comes first, and a way
            that costs the same for each answer as an earlier one is that one.
        most: The most that one answer can cost.
        known: The way whose costs are known beforehand, because they do not depend on the answers.
    """
    distinct: dict[str, Sequence[float]] = {}
    for way, costs in ways.items():
        if not any(np.array_equal(costs, others) for others in distinct.values()):
            distinct[way] = costs
    first, second = (sorted(distinct, key=lambda way: float(np.sum(distinct[way]))) * 2)[:2]
    (low, high), (least, greatest) = ((ways[way][0],) * 2 if way == known and len(ways[way]) else (0.0, most) for way in (first, second))
    return first, second, interval_of_sum(np.subtract(ways[first], ways[second]), high - least, low - greatest)


def bill(
    model: str, judge: pd.DataFrame, signal: str, threshold: float, costs: Sequence[Sequence[float]], prices: tuple[float, float]
) -> sbs.widgets.Outcome:
    """Say what the detector misses and costs beside checking all answers or none, and whether one way is clearly the cheapest.

    Args:
        model: Who answered.
        judge: The answers that the threshold has not seen.
        signal: The detector's signal.
        threshold: Its threshold.
        costs: What each answer costs with the detector, with all checked, with none checked.
        prices: Of a miss and of a check.
    """
    key = "can_you_tell/bill"
    detector, check_all, check_none, close = wording.options(key)
    if not judge[signal].notna().any():
        return sbs.widgets.not_measured(key, model)
    names = {detector: "with the detector", check_all: "all checked", check_none: "none checked"}
    ways = {check_all: costs[1], check_none: costs[2], detector: costs[0]}
    first, second, interval = cheapest(ways, max(prices), check_all)
    missed, held = (_told(mistake, threshold, str, _without_interval) for mistake in mistakes(judge, signal, threshold))
    told = (
        f"With {_line(threshold)} on the {signal}, {model}'s detector misses {missed} of the wrong answers and gives {held} of the right ones "
        f"a false alarm. A miss costs {prices[0]}, a check {prices[1]}. The bill for {wording.plural(len(judge), 'answer')}: "
        f"{'; '.join(f'{name} {_amount(ways[way], max(prices), way == check_all)}' for way, name in names.items())}. "
        + (
            "Each answer costs the same in every way."
            if first == second
            else f"The lowest bill is “{names[first]}”; against “{names[second]}” it saves {np.sum(ways[second]) - np.sum(ways[first]):g} "
            f"(95 % interval {-interval[1]:z.0f} to {-interval[0]:z.0f})."
        )
    )
    return sbs.outcome(key, first if interval[1] < 0 else close, told, model)


def _line(threshold: float) -> str:
    return {CHECK_NONE: "no threshold at all (check none)", CHECK_ALL: "a threshold that holds all back"}.get(
        threshold, f"a threshold of {threshold:.2f}"
    )


def _amount(costs: Sequence[float], most: float, known: bool) -> str:
    """Say a bill, with its interval where it is not known beforehand: to check all costs the same, whatever the answers are."""
    low, high = interval_of_sum(costs, most)
    return f"{np.sum(costs):g}" if known else f"{np.sum(costs):g} ({low:.0f} to {high:.0f})"


def costs_table(
    judge: pd.DataFrame, signal: str, thresholds: Mapping[float, float], costs: Mapping[float, Sequence[Sequence[float]]], model: str
) -> sbs.widgets.Table:
    """Show for each cost of a miss the cheapest threshold, its mistakes, and the bills as `bill` takes them.

    Args:
        judge: The answers that the thresholds have not seen.
        signal: The detector's signal.
        thresholds: Cost of a miss → threshold; 0 lets all answers out, 2 none.
        costs: Cost of a miss → what each answer costs with the detector, with all checked, with none checked.
        model: Who answered.
    """
    rows = []
    for cost, line in thresholds.items():
        told = [_told(mistake, line, wording.count_share, wording.count) for mistake in mistakes(judge, signal, line)]
        row: dict[str, Any] = {f"a miss costs ({model})": cost, "threshold": ENDS.get(line, f"{line:.2f}")}
        row |= {f"{name} (95 % interval)": said for name, said in zip(("misses", "false alarms"), told, strict=True)}
        paid = dict(zip(("with detector", "check all", "check none"), costs[cost], strict=True))
        most = max([cost, *paid["check all"]])
        row |= {name: _amount(each, most, name == "check all") for name, each in paid.items()}
        row["clearly cheapest"] = _clearly({name: paid[name] for name in ("check all", "check none", "with detector")}, most)
        rows.append(
            {name: row[name] if place == 0 else wording.NOT_MEASURED for place, name in enumerate(row)} if judge[signal].isna().all() else row
        )
    return sbs.table(pd.DataFrame(rows))


def _clearly(ways: Mapping[str, Sequence[float]], most: float) -> str:
    first, _, interval = cheapest(ways, most, "check all")
    return first if interval[1] < 0 else NO_CLEAR


def learnable(choose: pd.DataFrame, judge: pd.DataFrame) -> bool:
    """Tell whether both halves hold right and wrong answers enough to train on one and to compare on the other."""
    return len(choose) > 0 and len(judge) > 0 and enough(choose["right"]) and enough(judge["right"])


def hybrid(judge: pd.DataFrame, features: Sequence[str], signal: str, model: str) -> Any:
    """Say whether a model trained on several signals beats the chosen single one; it was not trained if `judge` has no column hybrid."""
    difference = evaluation.auroc_difference(judge["right"], judge["hybrid"], judge[signal]) if "hybrid" in judge else None
    if difference is None:
        return sbs.say(f"One half holds too few right or too few wrong answers of {model}, so there is nothing to learn here.")
    margin, interval = difference
    word = wording.by_interval(interval, ["does better than", "does worse than", "cannot be told apart from"])
    each = "; ".join(f"{name} {measured(judge, name)}" for name in dict.fromkeys((*features, signal, "hybrid")))
    return sbs.say(
        f"AUROC on the second half for {model}, base rate {sbs.rate(judge['right'])}: {each}. The hybrid **{word}** the {signal} "
        f"({_difference(margin, interval)})."
    )
