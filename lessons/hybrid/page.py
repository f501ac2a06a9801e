"""What the page *Hybrid* routes where, how it chooses its thresholds on dev, and what it shows of the results."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from IPython.display import Markdown
from numpy.typing import ArrayLike
from scipy.stats import beta, fisher_exact
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import Pipeline

import sidebyside as sbs
from sidebyside import unlabelled
from sidebyside.cases import Case
from sidebyside.evaluation import holm, is_missing
from sidebyside.tokens import Token
from sidebyside.widgets import Outcome, Table, not_measured
from sidebyside.wording import LINE, NOT_MEASURED, by_bounds, clearly, count, options, p_is, plural, share

ROUNDS = 4
DRAWS = 10_000  # of random escalation
STEPS = [round(0.5 + 0.01 * step, 2) for step in range(51)]  # the thresholds that are tried
ML, MODEL, PERSON = "trained model", "language model", "person"
CURVES = {"random": "neither", "oracle": "neither", "hybrid": "hybrid"}  # name → kind
COLUMNS = ["ml_sure", "ml_right", "model_sure", "model_right", "person_right"]


# --- who knows what ---------------------------------------------------------------------------------------------------


def drawn(case: Case, versions: Sequence[sbs.Prompt], labels: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the messages that the trained model learns from first, and those that arrive later.

    Args:
        case: The case.
        versions: Prompt versions; no message that one of them shows is drawn.
        labels: How many to learn from.
    """
    fresh, rest = unlabelled.draw(case, versions, share=0.5)
    return rest.sample(min(labels, len(rest)), random_state=0).reset_index(drop=True), fresh


def learner() -> GridSearchCV:
    """Return an untrained model that chooses its way of counting, and how closely to follow its examples, by cross-validation on them."""
    ways = list(sbs.lesson("the_ml_workflow").WAYS.values())
    steps = Pipeline([("count", ways[0]), ("learn", LogisticRegression(solver="liblinear", dual=True, max_iter=1000, random_state=0))])
    return GridSearchCV(steps, {"count": ways, "learn__C": [1, 10, 100]}, cv=3)


def opinions(model: Any, texts: ArrayLike) -> pd.DataFrame:
    """Return a trained model's label for each text, and how sure it is of it, 0.5 to 1: columns label, sure."""
    chances = model.predict_proba(texts)
    return pd.DataFrame({"label": model.classes_[chances.argmax(axis=1)], "sure": chances.max(axis=1)})


def replies(answers: Sequence[Any], labels: Sequence[str]) -> pd.DataFrame:
    """Return what a language model said about each text: columns label, sure.

    Args:
        answers: Responses, asked for with log-probabilities or without; a `NoAnswer` where none came.
        labels: The allowed labels.

    Returns:
        The label is None where the answer names none; where no answer came, both are missing. Sure is the `certainty` of the label,
        not a number if it was not told, and 0 where the answer names no label.
    """
    return pd.DataFrame([_reply(answer, labels) for answer in answers], columns=["label", "sure"], dtype=object)


def _reply(answer: Any, labels: Sequence[str]) -> tuple[Any, float]:
    if is_missing(answer):
        return answer, math.nan
    label = sbs.read_label(answer.choices[0].message.content or "", labels)
    return label, certainty(sbs.tokens_of(answer), label, labels) if label else 0.0


def certainty(tokens: Sequence[Token], label: str, labels: Sequence[str]) -> float:
    """Return how sure a language model is of a label, 0 to 1: against the other labels, in the place where it begins to write it.

    What comes before that place, as in "The sentiment is …", and what comes after say nothing about the label.

    Args:
        tokens: Those of the answer.
        label: The label that the answer names.
        labels: The allowed labels.

    Returns:
        The probability of the likeliest tokens that begin the label, as a share of those that begin any; not a number if it was not told.
    """
    place = next((token for token in tokens if _begins(token.text, label)), None)
    if place is None:
        return math.nan
    told = [(text, p) for text, p in place.others or [(place.text, place.probability)] if any(_begins(text, one) for one in labels)]
    every = sum(p for _, p in told)
    return sum(p for text, p in told if _begins(text, label)) / every if every else place.probability


def _begins(token: str, label: str) -> bool:
    return bool(token.strip()) and label.lower().startswith(token.strip().lower())


def marked(messages: pd.DataFrame, label: str, ml: pd.DataFrame, model: pd.DataFrame) -> pd.DataFrame:
    """Return who is right about each message, and how sure: the columns of `COLUMNS`. Messages that got no answer are left out.

    Args:
        messages: With the label's column and, if the case has one, the column of second labels, which stand for a person's answers.
        label: The column of true labels.
        ml: What the trained model says of each, as `opinions` returns it.
        model: What the language model says of each, as `replies` returns it.
    """
    target, second = list(messages[label]), messages.get(f"second_{label}", messages[label])
    rows = zip(
        ml["sure"], list(ml["label"] == target), model["sure"], [said == true for said, true in zip(model["label"], target, strict=True)],
        list(second == messages[label]), strict=True,
    )  # fmt: skip
    table = pd.DataFrame(list(rows), columns=COLUMNS)
    came = [not isinstance(said, sbs.NoAnswer) for said in model["label"]]
    return table[came].astype({"ml_sure": float, "model_sure": float}).reset_index(drop=True)


# --- who answers ------------------------------------------------------------------------------------------------------


def routed(marks: pd.DataFrame, ml_from: float, model_from: float = 0.0) -> pd.Series:
    """Return who answers each message: the trained model if it is sure, else the language model if it is, else a person.

    Args:
        marks: As `marked` returns them.
        ml_from: How sure the trained model has to be.
        model_from: How sure the language model has to be; one whose certainty was not told counts as sure.
    """
    doubts = marks["model_sure"].fillna(1.0) < model_from
    who = np.where(marks["ml_sure"] >= ml_from, ML, np.where(doubts, PERSON, MODEL))
    return pd.Series(who, index=marks.index, dtype=object)


def right(marks: pd.DataFrame, who: pd.Series) -> np.ndarray:
    """Return whether each message is answered right by the one who answers it."""
    return np.select([who == ML, who == MODEL], [marks["ml_right"], marks["model_right"]], marks["person_right"]).astype(bool)


def threshold(dev: pd.DataFrame) -> float:
    """Return the lowest threshold at which the hybrid gets no fewer dev messages right than the language model alone; 1.01 if there is none.

    Lowest, because the language model is then asked the least.
    """
    alone = dev["model_right"].sum()
    return next((step for step in STEPS if right(dev, routed(dev, step)).sum() >= alone), 1.01)


def person_threshold(dev: pd.DataFrame, ml_from: float, person_share: float) -> float:
    """Return how sure the language model has to be for a person to get a given share of the dev messages, or a little less.

    Args:
        dev: As `marked` returns them.
        ml_from: The trained model's threshold.
        person_share: The share of all messages that people have time for, 0 to 1.
    """
    passed_on = dev[routed(dev, ml_from) == MODEL]["model_sure"].fillna(1.0).sort_values().to_numpy()
    places = math.floor(person_share * len(dev))
    return float(passed_on[min(places, len(passed_on) - 1)]) if len(passed_on) and places else 0.0


def routes(model: str, dev: pd.DataFrame, ml_from: float) -> Markdown:
    """Say which threshold was chosen, and by what."""
    if dev.empty:
        return sbs.say(f"Which threshold suits **{sbs.plain(model)}** is {NOT_MEASURED}.")
    who = routed(dev, ml_from)
    alone, both, passed_on = sbs.rate(dev["model_right"]), sbs.rate(right(dev, who)), sbs.rate(who == MODEL)
    never = " No threshold keeps up with the language model on dev, so it gets every message." if ml_from > 1 else ""
    return sbs.say(
        f"Chosen on dev: the trained model answers from **{min(ml_from, 1):.2f}** on.{never} On dev the hybrid then gets {count(both)} right, "
        f"**{sbs.plain(model)}** alone {count(alone)}, and {passed_on} of the messages are passed on."
    )


# --- cost and accuracy ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Prices:
    """What one answer costs, in US dollars.

    Attributes:
        model: Of the language model.
        person: Of a person.
        seconds: A person's seconds for one message.
    """

    model: float
    person: float
    seconds: float

    def of(self, who: pd.Series) -> float:
        """Return the price of a thousand messages that are answered like these. The trained model's part rounds to nothing."""
        return 1000 * float(((who == MODEL) * self.model + (who == PERSON) * self.person).mean())


def prices(calls: pd.DataFrame, priced_as: str, seconds: float, wage: float) -> Prices:
    """Return what an answer costs.

    Args:
        calls: What the language model's answers took, as `sbs.usage` tells them.
        priced_as: The hosted model whose price counts for as many tokens.
        seconds: A person's, for one message.
        wage: US dollars an hour.
    """
    means = [calls[name].astype(float).mean() for name in ("input_tokens", "output_tokens")]
    tokens_in, tokens_out = (None if pd.isna(mean) else 1000 * float(mean) for mean in means)
    dollars = sbs.prices.price(priced_as, tokens_in, tokens_out, calls["day"].max() if len(calls) else None)
    return Prices((dollars or 0.0) / 1000, seconds / 3600 * wage, seconds)


def curve(marks: pd.DataFrame) -> pd.DataFrame:
    """Return what each threshold comes to: columns threshold, passed_on, hybrid, random, oracle, of which all but the first are shares, 0 to 1.

    Random escalation passes on as many messages, whichever; its share is the mean over all draws. The oracle passes on only what the
    trained model gets wrong: where there are fewer of these, no more than them.
    """
    ml, model = marks["ml_right"].astype(bool), marks["model_right"].astype(bool)
    wrong, gain = (~ml).mean(), (model & ~ml).mean()
    rows = []
    for step in (*STEPS, 1.01):
        who = routed(marks, step)
        passed_on = (who == MODEL).mean()
        found = min(1.0, passed_on / wrong) if wrong else 0.0
        rows.append((step, passed_on, right(marks, who).mean(), ml.mean() + passed_on * (model.mean() - ml.mean()), ml.mean() + found * gain))
    return pd.DataFrame(rows, columns=["threshold", "passed_on", "hybrid", "random", "oracle"])


def cost_chart(model: str, marks: pd.DataFrame, ml_from: float, price: Prices) -> Any:
    """Draw accuracy over cost for every threshold: the hybrid, random escalation and the oracle, and the points that matter.

    Args:
        model: The language model's name.
        marks: As `marked` returns them.
        ml_from: The threshold chosen on dev.
        price: What an answer costs.
    """
    if marks.empty:
        return sbs.say(f"What {sbs.plain(model)} adds, and at what price, is {NOT_MEASURED}.")
    points, who = curve(marks), routed(marks, ml_from)
    rows = points.to_dict("records")
    curves = [(1000 * price.model * row["passed_on"], row[name], name, kind) for name, kind in CURVES.items() for row in rows]
    systems = {
        "trained model": (0.0, marks["ml_right"].mean(), "ML"),
        "chosen on dev": (price.of(who), right(marks, who).mean(), "hybrid"),
        "language model": (1000 * price.model, marks["model_right"].mean(), sbs.charts.kind_of(model)),
    }
    columns = ["at", "amount", "name", "kind"]
    told = ", ".join(f"{name} {amount:.0%} at {cost:.2f} dollars" for name, (cost, amount, _) in systems.items())
    alt = f"Share of right answers over the price of 1,000 messages. {told}. Lines lead from one to the other: hybrid, random escalation, oracle."
    table = pd.DataFrame([(cost, amount, name, kind) for name, (cost, amount, kind) in systems.items()], columns=columns)
    lines = pd.DataFrame(curves, columns=columns).drop_duplicates(ignore_index=True)
    return sbs.charts.trade_off(lines, table, alt, "US dollars for 1,000 messages", "right answers (share)")


def random_draws(marks: pd.DataFrame, passed_on: int) -> np.ndarray:
    """Return how many messages random escalation gets right, in `DRAWS` draws of as many messages; seeded."""
    gain = marks["model_right"].astype(int).to_numpy() - marks["ml_right"].astype(int).to_numpy()
    better, worse = (gain > 0).sum(), (gain < 0).sum()
    counts = [int(better), int(worse), len(gain) - int(better + worse)]
    found = np.random.default_rng(0).multivariate_hypergeometric(counts, passed_on, size=DRAWS)
    return marks["ml_right"].sum() + found[:, 0] - found[:, 1]


def random(model: str, marks: pd.DataFrame, ml_from: float) -> Outcome:
    """Say how the hybrid does against random escalation of as many messages, and against the oracle."""
    key = "hybrid/random"
    if marks.empty:
        return not_measured(key, model)
    who = routed(marks, ml_from)
    got, draws = right(marks, who), random_draws(marks, int((who == MODEL).sum()))
    tail = min((draws >= got.sum()).sum(), (draws <= got.sum()).sum())
    p, mean = min(1.0, 2 * (tail + 1) / (DRAWS + 1)), draws.mean() / len(marks)
    wrong = sbs.rate(~marks["ml_right"].astype(bool))
    oracle = sbs.rate(marks["ml_right"].astype(bool) | marks["model_right"].astype(bool))
    told = (
        f"The trained model alone gets {sbs.rate(marks['ml_right'])} of the test messages right, {model} alone {sbs.rate(marks['model_right'])}. "
        f"The hybrid passes on {share(sbs.rate(who == MODEL))} and gets {sbs.rate(got)} right. As many messages passed on at random: "
        f"{mean:.1%} ({DRAWS:,} draws; {p_is(p)}). An oracle that passes on only the {count(wrong)} which the trained model gets wrong: {oracle}."
    )
    return sbs.outcome(key, clearly(got.mean() - mean, p, options(key)), told, model)


# --- when it hurts ----------------------------------------------------------------------------------------------------


def hard(model: str, marks: pd.DataFrame, ml_from: float) -> Outcome:
    """Say whether the language model is as often right about the messages that are passed on to it as about the others."""
    key, who = "hybrid/hard", routed(marks, ml_from)
    passed_on, kept = (sbs.rate(marks["model_right"][part]) for part in (who == MODEL, who == ML))
    if not (passed_on.n and kept.n):
        why = f"All of these messages go to one of the two, so there is nothing to compare for {model}."
        return not_measured(key, model, "" if marks.empty else why)
    table = [[rate.successes, rate.n - rate.successes] for rate in (passed_on, kept)]
    p = float(fisher_exact(table).pvalue)
    told = f"{model} is right about {passed_on} of the messages that are passed on, and about {kept} of the others ({p_is(p)}, Fisher's exact test)."
    return sbs.outcome(key, clearly(passed_on.value - kept.value, p, options(key)), told, model)


def harm(model: str, marks: pd.DataFrame, ml_from: float) -> Markdown:
    """Say where the hybrid's errors come from."""
    if marks.empty:
        return sbs.say(f"Where the errors come from is {NOT_MEASURED}.")
    who, ml, other = routed(marks, ml_from), marks["ml_right"].astype(bool), marks["model_right"].astype(bool)
    sure, both = int(((who == ML) & ~ml).sum()), int(((who == MODEL) & ~ml & ~other).sum())
    spoilt, saved = int(((who == MODEL) & ml & ~other).sum()), int(((who == ML) & ~ml & other).sum())
    total = sure + both + spoilt
    return sbs.say(
        f"The hybrid's **{plural(total, 'error')}** on {len(marks)} test messages: on **{sure}** the trained model was sure and wrong "
        f"({saved} of these **{sbs.plain(model)}** would have got right); on **{both}** both fail; and on **{spoilt}** the trained model, "
        f"unsure, had it right, and asking spoilt it. {_against(right(marks, who), ml, 'the trained model')} "
        f"{_against(right(marks, who), other, sbs.plain(model))}"
    )


def hurts(model: str, marks: pd.DataFrame) -> Markdown:
    """Say at which thresholds the hybrid is clearly worse than the better one of its two parts alone, and why."""
    if marks.empty:
        return sbs.say(f"Which threshold hurts is {NOT_MEASURED}.")
    ml, other = (marks[name].astype(bool).to_numpy() for name in ("ml_right", "model_right"))
    asked = other.sum() >= ml.sum()  # the better part is the one that is asked
    better, worse, alone = (other, ml, f"**{sbs.plain(model)}**") if asked else (ml, other, "the trained model")
    bad, tests = _clearly_worse(marks, better), "exact McNemar tests with Holm's correction"
    if not bad:
        return sbs.say(f"None of the {len(STEPS)} thresholds hurts here: nowhere is the hybrid clearly worse than {alone} alone ({tests}).")
    step, answered, kept = (bad[-1], ML, "that the trained model keeps") if asked else (bad[0], MODEL, "that are passed on")
    part = (routed(marks, step) == answered).to_numpy()
    lost, won = int((part & better & ~worse).sum()), int((part & ~better & worse).sum())
    return sbs.say(
        f"At {len(bad)} of the {len(STEPS)} thresholds, from {bad[0]:.2f} to {bad[-1]:.2f}, the hybrid is clearly worse than {alone} alone "
        f"({tests}). At {step:.2f}, for instance: of the {plural(int(part.sum()), 'message')} {kept}, {alone} alone would have got **{lost}** right "
        f"that now are wrong, and only **{won}** are right because of the hybrid."
    )


def _clearly_worse(marks: pd.DataFrame, better: np.ndarray) -> list[float]:
    """Return the thresholds at which the hybrid is clearly worse than one of its parts alone, corrected for how many are tried."""
    found = [right(marks, routed(marks, step)) for step in STEPS]
    corrected = holm([sbs.paired_p(hybrid, better) for hybrid in found])
    return [step for step, hybrid, p in zip(STEPS, found, corrected, strict=True) if p < LINE and hybrid.sum() < better.sum()]


def _against(hybrid: ArrayLike, alone: ArrayLike, name: str) -> str:
    """Say how the hybrid does against one of its parts."""
    mine, other, p = sbs.rate(np.asarray(hybrid)), sbs.rate(np.asarray(alone)), sbs.paired_p(np.asarray(hybrid), np.asarray(alone))
    verdict = "not clearly apart from" if p >= LINE else "clearly better than" if mine.value > other.value else "clearly worse than"
    return f"With {count(mine)} right, it is {verdict} {name} alone, with {count(other)} ({p_is(p)})."


# --- a person ---------------------------------------------------------------------------------------------------------


def bill(marks: pd.DataFrame, ml_from: float, model_from: float, price: Prices) -> Table:
    """Show each way of sharing the work: how often it is right, who does how much, what a thousand messages cost, and a person's hours."""
    systems = {
        "trained model alone": (0.0, 0.0),
        "language model alone": (1.01, 0.0),
        "trained model, then language model": (ml_from, 0.0),
        "… then a person": (ml_from, model_from),
        "trained model, then a person": (ml_from, 1.01),
        "person alone": (1.01, 1.01),
    }
    rows = [_line(name, marks, *thresholds, price) for name, thresholds in systems.items()]
    return sbs.table(pd.DataFrame(rows))


def _line(name: str, marks: pd.DataFrame, ml_from: float, model_from: float, price: Prices) -> dict[str, str]:
    who = routed(marks, ml_from, model_from)
    shares = [f"{(who == one).mean():.0%}" if len(who) else NOT_MEASURED for one in (ML, MODEL, PERSON)]
    told = [f"{price.of(who):,.2f}", f"{1000 * (who == PERSON).mean() * price.seconds / 3600:.1f}"] if len(who) else [NOT_MEASURED] * 2
    return {
        "who answers": name,
        "right on test (95 % interval)": share(sbs.rate(right(marks, who))),
        "trained model · language model · person": " · ".join(shares),
        "1,000 messages, US dollars": told[0],
        "a person's hours": told[1],
    }


def person(model: str, marks: pd.DataFrame, ml_from: float, model_from: float) -> Outcome:
    """Say how many of the hybrid's errors disappear when a person gets the messages about which neither is sure."""
    key = "hybrid/person"
    two, three = routed(marks, ml_from), routed(marks, ml_from, model_from)
    before, now = (sbs.rate(~right(marks, who)) for who in (two, three))
    asked = sbs.rate(three == PERSON)
    if not before.n or not before.successes:
        return not_measured(key, model, "" if not before.n else f"With {model} the hybrid makes no error here, so none can disappear.")
    gone = (before.successes - now.successes) / before.successes
    p = sbs.paired_p(right(marks, two), right(marks, three))
    told = (
        f"A person gets {asked} of the test messages. The errors of the hybrid with {model} go from {before.successes} to {now.successes} "
        f"of {before.n} ({p_is(p)}): {gone:.0%} of them disappear. As many messages, taken at random, would hold about {asked.value:.0%} of them."
    )
    return sbs.outcome(key, by_bounds(gone, (0.1, 0.25, 0.5), options(key)), told, model)


def promise(level: float, n: int) -> tuple[float, float]:
    """Return between which shares the coverage of conformal sets lies in 95 of 100 draws of as many calibration messages.

    Args:
        level: The share asked for.
        n: How many calibration messages there are.

    Coverage is distributed as Beta(k, n + 1 - k), with k the rank of the score that cuts (Graziadei, Cabezas and Ramos 2026, arXiv 2605.19024).
    """
    rank = math.ceil((n + 1) * level)
    return (1.0, 1.0) if rank > n else tuple(beta.ppf([0.025, 0.975], rank, n + 1 - rank).tolist())


def sets(found: np.ndarray, labels: Sequence[str], target: Sequence[str], level: float, n: int) -> Markdown:
    """Say how often conformal sets hold the true label, and how large they are.

    Args:
        found: Whether each label is in a message's set, shape (messages, labels).
        labels: The labels, in that order.
        target: The true labels.
        level: The share that was asked for.
        n: On how many messages the sets were set up.
    """
    places = [list(labels).index(true) for true in target]
    covered, sizes = sbs.rate(found[np.arange(len(places)), places]), found.sum(axis=1)
    if not covered.n:
        return sbs.say(f"How often the sets hold the true label is {NOT_MEASURED}.")
    single, wide, (low, high) = sizes == 1, sbs.rate(sizes > 1), promise(level, n)
    alone = sbs.rate(found[np.arange(len(places)), places][single])
    empty, within = int((sizes == 0).sum()), "within" if low <= covered.value <= high else "outside"
    return sbs.say(
        f"Asked for {level:.0%}: the set holds the true label for **{covered}** of the test messages. "
        f"One label is in **{plural(int(single.sum()), 'set')}**, and it is right for {alone}. "
        f"More than one label is in **{wide}**: that is the model's “ask”. Mean size: {sizes.mean():.2f}. "
        + (f"In {plural(empty, 'set')} there is no label at all: ask there, too. " if empty else "")
        + f"The promise is an average: set up on {n} messages, 19 of 20 such models cover between {low:.0%} and {high:.0%}. "
        f"Ours is {within} that range."
    )


# --- answers become labels --------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Rounds:
    """What became of a trained model that learns from the answers to what it passed on.

    Attributes:
        student: The model after the last round.
        twin: Its twin, which learnt the true labels of the same messages.
        history: One row a round: threshold, n, passed_on, hybrid (right answers), student (right answers of the trained model alone).
        taught: The messages whose labels came from the language model: text, said (its label), true.
    """

    student: Any
    twin: Any
    history: pd.DataFrame
    taught: pd.DataFrame


def batches(pool: pd.DataFrame) -> list[pd.DataFrame]:
    """Return the messages that arrive, in as many batches as there are rounds."""
    size = max(1, len(pool) // ROUNDS)
    return [pool.iloc[place * size : (place + 1) * size].reset_index(drop=True) for place in range(ROUNDS) if place * size < len(pool)]


Dev = tuple[pd.DataFrame, pd.DataFrame]  # dev messages, and what the language model says of them


def loop(trained: Any, labelled: pd.DataFrame, arriving: Sequence[tuple[pd.DataFrame, pd.DataFrame]], dev: Dev, label: str) -> Rounds:
    """Let a trained model work through batches; after each, it learns the language model's answers to what it passed on.

    The threshold is chosen anew before each batch, by the same rule on dev, because it belongs to the model that it was chosen for.

    Args:
        trained: The model to begin with.
        labelled: The messages that it learnt from.
        arriving: For each round the messages, and the language model's `replies` to all of them; only those passed on are used.
        dev: Dev messages and the language model's replies to them.
        label: The column of true labels.
    """
    student, twin, history, taught = trained, trained, [], []
    for batch, answers in arriving:
        row, passed_on = one_round(student, batch, answers, dev, label)
        history.append(row)
        taught.append(pd.DataFrame({"text": batch["text"], "said": answers["label"], "true": batch[label]})[passed_on])
        lessons = pd.concat([labelled[["text"]].assign(said=labelled[label], true=labelled[label]), *taught])
        student, twin = (clone(trained).fit(lessons["text"], lessons[column]) for column in ("said", "true"))
    return Rounds(student, twin, pd.DataFrame(history), pd.concat(taught, ignore_index=True))


def one_round(student: Any, batch: pd.DataFrame, answers: pd.DataFrame, dev: Dev, label: str) -> tuple[dict[str, float], np.ndarray]:
    """Return what a batch comes to, and which of its messages were passed on and got a usable answer."""
    messages, known = dev
    step = threshold(marked(messages, label, opinions(student, messages["text"]), known))
    own = opinions(student, batch["text"])
    marks = marked(batch, label, own, answers)
    who = routed(marks, step)
    usable = np.array([isinstance(said, str) and not isinstance(said, sbs.NoAnswer) for said in answers["label"]])
    row = {"threshold": step, "n": len(marks), "passed_on": int((who == MODEL).sum()), "hybrid": int(right(marks, who).sum())}
    return row | {"student": int(marks["ml_right"].sum())}, (own["sure"].to_numpy() < step) & usable


def history_table(rounds: Rounds) -> Table:
    """Show each round: how much was passed on, and how often the hybrid and the trained model alone were right."""
    rows = [
        {
            "round": place,
            "threshold": f"{min(row['threshold'], 1):.2f}",
            "passed on (95 % interval)": share(_rate(row["passed_on"], row["n"])),
            "hybrid right": share(_rate(row["hybrid"], row["n"])),
            "trained model alone right": share(_rate(row["student"], row["n"])),
        }
        for place, row in enumerate(rounds.history.to_dict("records"), 1)
    ]
    return sbs.table(pd.DataFrame(rows))


def _rate(successes: int, n: int) -> sbs.Rate:
    """Return a rate from counts; one that says "not measured" where there is nothing to count."""
    return sbs.rate([True] * int(successes) + [False] * int(n - successes))


def history_chart(rounds: Rounds) -> Any:
    """Draw the share that is passed on, and the hybrid's right answers, over the rounds."""
    rows = rounds.history
    if not rows["n"].sum():
        return sbs.say(f"What becomes of the share that is passed on is {NOT_MEASURED}.")
    parts = {"passed on": ("GenAI", rows["passed_on"]), "hybrid right": ("hybrid", rows["hybrid"]), "trained model right": ("ML", rows["student"])}
    points = [
        (place, amount / n, name, kind)
        for name, (kind, counts) in parts.items()
        for place, (amount, n) in enumerate(zip(counts, rows["n"], strict=True), 1)
        if n
    ]
    told = ", ".join(f"{amount:.0%}" for _, amount, name, _ in points if name == "passed on")
    table = pd.DataFrame(points, columns=["at", "amount", "name", "kind"])
    return sbs.charts.lines(
        table,
        f"Lines over the rounds. Share of messages passed on: {told}. The table has all numbers.",
        "round",
        "share of the batch",
        range(1, len(rows) + 1),
    )


def falls(model: str, before: tuple[pd.DataFrame, float], now: tuple[pd.DataFrame, float]) -> Markdown:
    """Say whether less is passed on after the rounds than before them, on the same test messages, and what that does to the answers.

    Args:
        model: The teacher.
        before: Marks on test and threshold, with the trained model that knew only people's labels.
        now: The same after the last round.
    """
    who = [routed(*each) for each in (before, now)]
    first, last = (sbs.rate(one == MODEL) for one in who)
    if not first.n:
        return sbs.say(f"What becomes of the share that is passed on is {NOT_MEASURED}.")
    p = sbs.paired_p(who[0] == MODEL, who[1] == MODEL)
    verdict = "that is no clear change" if p >= LINE else "it **falls**" if last.value < first.value else "it **rises**"
    old, new = (right(marks, one) for (marks, _), one in zip((before, now), who, strict=True))
    same = sbs.paired_p(old, new)
    answers = "no clear change" if same >= LINE else "clearly fewer" if new.sum() < old.sum() else "clearly more"
    return sbs.say(
        f"Of the same test messages, {first} go to **{sbs.plain(model)}** before the four rounds, and {last} after them: {verdict} ({p_is(p)}). "
        f"The hybrid gets {count(sbs.rate(old))} right before, and {count(sbs.rate(new))} after: {answers} ({p_is(same)})."
    )


def repeated(model: str, rounds: Rounds, ml_from: float) -> Markdown:
    """Say what the student says today of the messages whose wrong label it was taught, and what it no longer asks about.

    Args:
        model: The teacher.
        rounds: What `loop` returned.
        ml_from: The student's threshold.
    """
    wrong = rounds.taught[rounds.taught["said"] != rounds.taught["true"]]
    share_of_all = _rate(len(wrong), len(rounds.taught))
    all_of_them = f"Of the labels that **{sbs.plain(model)}** gave in the rounds, {share_of_all} are wrong."
    if wrong.empty:
        return sbs.say(f"{all_of_them} So there is no mistake to repeat.")
    student, twin = (opinions(one, wrong["text"]) for one in (rounds.student, rounds.twin))
    again, other = (sbs.rate(one["label"].to_numpy() == wrong["said"].to_numpy()) for one in (student, twin))
    quiet = int(((student["label"].to_numpy() == wrong["said"].to_numpy()) & (student["sure"] >= ml_from)).sum())
    return sbs.say(
        f"{all_of_them} Sent in once more, these get the same wrong label from the student in **{again}**, and from its twin in {other}. "
        f"In **{quiet}** the student is sure of it, so nobody is asked any more."
    )


def spread(model: str, rounds: Rounds, messages: pd.DataFrame, label: str, answers: pd.DataFrame) -> Outcome:
    """Say how student and twin do on fresh messages where the teacher errs, and where it does not.

    Args:
        model: The teacher.
        rounds: What `loop` returned.
        messages: Test messages.
        label: The column of true labels.
        answers: The teacher's replies to them.
    """
    key, target = "hybrid/spread", list(messages[label])
    came = np.array([not isinstance(said, sbs.NoAnswer) for said in answers["label"]], dtype=bool)
    errs = np.array([said != true for said, true in zip(answers["label"], target, strict=True)], dtype=bool) & came
    if not errs.any():
        return not_measured(key, model, f"{model} makes no error on these messages, so none can spread." if came.any() else "")
    student, twin = (np.array(one.predict(messages["text"]) == np.array(target)) for one in (rounds.student, rounds.twin))
    difference, p = sbs.rate(student[errs]).value - sbs.rate(twin[errs]).value, sbs.paired_p(student[errs], twin[errs])
    told = (
        f"Where {model} errs on test, the student is right about {_compared(student, twin, errs)} "
        f"Where {model} is right: {_compared(student, twin, came & ~errs)}"
    )
    return sbs.outcome(key, clearly(-difference, p, options(key)), told, model)


def _compared(student: np.ndarray, twin: np.ndarray, part: np.ndarray) -> str:
    mine, other, p = sbs.rate(student[part]), sbs.rate(twin[part]), sbs.paired_p(student[part], twin[part])
    if math.isnan(p):
        return f"{NOT_MEASURED}."
    verdict = "too close to tell the two apart" if p >= LINE else "clearly less" if mine.value < other.value else "clearly more"
    return f"{mine}, its twin about {other} ({p_is(p)}: {verdict})."
