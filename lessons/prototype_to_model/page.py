"""What the page *From prompt to small model* trains on a language model's labels, and what it shows of the results."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from timeit import timeit
from typing import Any, TypeVar

import numpy as np
import pandas as pd
from IPython.display import Markdown
from scipy.stats import bootstrap, fisher_exact

import sidebyside as sbs
from sidebyside import unlabelled
from sidebyside.cases import Case
from sidebyside.evaluation import holm
from sidebyside.widgets import Outcome, Table, not_measured
from sidebyside.wording import LINE, NOT_MEASURED, after, by_bounds, clearly, count, options, p_is, p_value, plural, share

FOLDS = 3  # of the cross-validation by which a student chooses its settings
DRAWS = 5  # random draws of labels to fix
SECONDS = 20  # for one label by hand
STUDENT, TWIN = "student", "twin"
COUNTS, STATIC = "counts of words and pieces", "WordLlama's embeddings"
NOTHING, FLAGGED, RANDOM = "nothing fixed", "flagged labels fixed", "as many fixed at random"
TOO_FEW = "Too few labels came from {model} to train a student, so there is nothing to compare."

Marks = Sequence[bool | None]  # whether each message was sorted right; None where nothing was measured
Learnt = TypeVar("Learnt")


# --- what is learnt from ----------------------------------------------------------------------------------------------


def pool(case: Case, versions: Sequence[sbs.Prompt]) -> pd.DataFrame:
    """Return the train messages that the language model labels: a random sample, the same each time, without those that a prompt shows."""
    return unlabelled.draw(case, versions)[0]


def enough(learn: Callable[[Any, Any], Learnt], inputs: Any, labels: Sequence[str], fewest: int = FOLDS) -> Learnt | None:
    """Learn from labels, if there are enough.

    Args:
        learn: From inputs and labels to what is learnt.
        inputs: One for each label.
        labels: The labels.
        fewest: How often the rarest label must occur.

    Returns:
        What is learnt; None if there is only one label, or one of them is too rare for cross-validation.
    """
    counts = Counter(labels)
    return learn(inputs, labels) if len(counts) > 1 and min(counts.values()) >= fewest else None


def marks(model: Any, inputs: Any, target: Sequence[str]) -> list[bool | None]:
    """Return whether a trained model sorts each message right; None for each if there is no model."""
    if model is None:
        return [None] * len(target)
    return [bool(said == label) for said, label in zip(model.predict(inputs), target, strict=True)]


def draws(n: int, size: int) -> list[np.ndarray]:
    """Return `DRAWS` random draws of as many places as there are flags, without putting back; seeded."""
    return [np.random.default_rng(seed).choice(n, size, replace=False) for seed in range(DRAWS)]


# --- the teacher ------------------------------------------------------------------------------------------------------


def teacher(model: str, best: sbs.Prompt, on_dev: Marks) -> Markdown:
    """Say which prompt was chosen on dev, and how many labels that took."""
    right = sbs.rate(on_dev)
    if not right.n:
        return sbs.say(f"Which prompt suits **{sbs.plain(model)}** is {NOT_MEASURED}.")
    shown = f", and {len(best.examples)} more are shown as examples in the prompt" if best.examples else ""
    return sbs.say(
        f"Chosen on dev for **{sbs.plain(model)}**: {best.version}, “{best.change}”, with {right} right. "
        f"That took {plural(right.n, 'human label')} to choose by{shown}."
    )


def labels(model: str, messages: pd.DataFrame, label: str) -> Markdown:
    """Say how many of the messages got a usable label, and, because this case happens to know, how many of these are true.

    Args:
        model: The teacher.
        messages: Columns `given`, missing where an answer named no label, and the label's own.
        label: The column of true labels.
    """
    usable = messages.dropna(subset=["given"])
    if usable.empty:
        return sbs.say(f"No usable label came from **{sbs.plain(model)}**.")
    true = sbs.rate(list(usable["given"] == usable[label]))
    return sbs.say(
        f"**{sbs.plain(model)}** gave a usable label to {len(usable):,} of {len(messages):,} messages. "
        f"This case knows the true labels, so we can look: {true} are right. At work nobody could tell."
    )


# --- student, twin and teacher ----------------------------------------------------------------------------------------


def kinds(model: str) -> dict[str, str]:
    """Return the kind of each system for a chart: a student of a language model's labels is a child of both worlds."""
    return {model: sbs.charts.kind_of(model), STUDENT: "hybrid", TWIN: "ML"}


def scoreboard(model: str, right: Mapping[str, Marks]) -> Any:
    """Draw the accuracy of teacher, student and twin on test."""
    rates, kind = {name: sbs.rate(given) for name, given in right.items()}, kinds(model)
    told = ", ".join(f"{name} {rate.value:.0%}" for name, rate in rates.items() if rate.n)
    alt = f"Points with intervals: share of test messages sorted right. {told}."
    return sbs.scoreboard({name: (kind[name], rate) for name, rate in rates.items()}, alt, "right on test")


def compared(right: Mapping[str, Marks]) -> Table:
    """Show each pair of systems compared message by message: exact McNemar tests, corrected together by Holm's method."""
    return sbs.table(pd.DataFrame([_pair(one, other, right, p) for (one, other), p in corrected(right).items()]))


def corrected(right: Mapping[str, Marks]) -> dict[tuple[str, str], float]:
    """Return each pair of systems with the p of its exact McNemar test, all corrected together by Holm's method."""
    pairs = list(combinations(right, 2))
    return dict(zip(pairs, holm([sbs.paired_p(right[one], right[other]) for one, other in pairs]), strict=True))


def _pair(one: str, other: str, right: Mapping[str, Marks], p: float) -> dict[str, str]:
    both = [(bool(a), bool(b)) for a, b in zip(right[one], right[other], strict=True) if a is not None and b is not None]
    first, second = sum(a and not b for a, b in both), sum(b and not a for a, b in both)
    told = [f"{100 * (first - second) / len(both):+.1f} points", str(first), str(second)] if both else [NOT_MEASURED] * 3
    return {
        "compared": f"{one} with {other}",
        "difference": told[0],
        "only the first right": told[1],
        "only the second right": told[2],
        "p (McNemar, Holm)": p_value(p),
    }


def student(model: str, right: Mapping[str, Marks]) -> Outcome:
    """Say how the student does, compared with the twin that learnt from the true labels of the same messages.

    Args:
        model: The teacher.
        right: Teacher, student and twin, in this order → whether each test message is sorted right.
    """
    key = "prototype_to_model/student"
    mine, twins = sbs.rate(right[STUDENT]), sbs.rate(right[TWIN])
    if not (mine.n and twins.n):
        return not_measured(key, model, TOO_FEW.format(model=model))
    p = corrected(right)
    answer = clearly(mine.value - twins.value, p[STUDENT, TWIN], options(key))
    told = f"The student, taught by {model}, gets {mine} of the test messages right; its twin, taught by the true labels, {twins}"
    rest = _with_teacher(sbs.rate(right[model]), mine, p[model, STUDENT])
    return sbs.outcome(key, answer, f"{told} ({p_is(p[STUDENT, TWIN])}). {rest}", model)


def _with_teacher(teachers: sbs.Rate, mine: sbs.Rate, p: float) -> str:
    """Say what the student lost of its teacher."""
    if math.isnan(p):
        return f"How it compares with its teacher is {NOT_MEASURED}."
    if p >= LINE:
        return f"Its teacher gets {teachers}: too close to tell the two apart ({p_is(p)})."
    way = "clearly behind" if mine.value < teachers.value else "clearly ahead of"
    return f"It is {way} its teacher, who gets {teachers} ({p_is(p)})."


def copied(model: str, right: Mapping[str, Marks]) -> Markdown:
    """Say how many of the teacher's mistakes the student makes too, and whether true labels would have closed the gap.

    Args:
        model: The teacher.
        right: Teacher, student and twin, in this order → whether each test message is sorted right.
    """
    missed = [place for place, hit in enumerate(right[model]) if hit is not None and not hit]
    wrong = {name: [None if (hit := right[name][place]) is None else not hit for place in missed] for name in (STUDENT, TWIN)}
    mine, twins = (sbs.rate(wrong[name]) for name in (STUDENT, TWIN))
    if not (mine.n and twins.n):
        return sbs.say(f"What a student takes over from its teacher is {NOT_MEASURED}.")
    p = sbs.paired_p(wrong[STUDENT], wrong[TWIN])
    verdict = clearly(mine.value - twins.value, p, ["clearly more", "clearly fewer", "no clear difference"])
    told = f"Of the messages that **{sbs.plain(model)}** sorts wrong, the student gets {mine} wrong too, and its twin {twins}: {verdict} ({p_is(p)})."
    return sbs.say(f"{told} {_true_labels(model, right)}")


def _true_labels(model: str, right: Mapping[str, Marks]) -> str:
    """Say how the same small model does against the teacher if it learns from true labels."""
    gap = sbs.rate(right[TWIN]).value - sbs.rate(right[model]).value
    where = clearly(gap, corrected(right)[model, TWIN], ["ahead", "behind", "level"])
    return {
        "ahead": "The twin is even clearly ahead of that model: true labels were worth more than a large model.",
        "behind": "The twin is clearly behind that model as well, so the labels alone are not to blame: counting words has its limits.",
        "level": "Between the twin and that model there is no clear difference.",
    }[where]


# --- what the labels are worth ----------------------------------------------------------------------------------------


def learning_curve(sizes: Sequence[int], hits: np.ndarray, right: Marks) -> Any:
    """Draw the accuracy of models trained on human labels, with the student's as a level band.

    Args:
        sizes: Numbers of human labels.
        hits: Whether each test message was sorted right, shape (sizes, runs, messages).
        right: Whether the student sorts each right.
    """
    rows = [(size, run, mean) for size, runs in zip(sizes, hits.mean(axis=2), strict=True) for run, mean in enumerate(runs)]
    level = sbs.rate(right)
    low, high = level.interval if level.n else (0.0, 0.0)
    bar = {"name": f"{STUDENT}, no human label", "kind": "hybrid", "score": level.value, "low": low, "high": high} if level.n else None
    alt = "Line chart: accuracy against the number of human labels, with that of the student and its interval as a level band"
    curve = pd.DataFrame(rows, columns=["labels", "seed", "accuracy"])
    return sbs.charts.learning_curve(curve, f"{alt}; the text below says where they meet.", bar)


def worth(model: str, sizes: Sequence[int], hits: np.ndarray, right: Marks, given: int) -> Outcome:
    """Say how many human labels a model needs to draw level with the student, and how loosely that is known.

    Args:
        model: The teacher.
        sizes: Numbers of human labels, rising.
        hits: Whether each test message was sorted right, shape (sizes, runs, messages).
        right: Whether the student sorts each right.
        given: How many labels the teacher gave.
    """
    key, level = "prototype_to_model/worth", sbs.rate(right)
    if not level.n:
        return not_measured(key, model, TOO_FEW.format(model=model))
    place, (low, high) = sbs.evaluation.break_even(sizes, hits, right)
    answer = by_bounds(math.inf if place is None else place, (200, after(500), after(1000)), options(key))
    met = f"reaches the {level.value:.1%} of the student at {_labels(place, sizes)}"
    never = f"does not reach the {level.value:.1%} of the student with all {sizes[-1]:,} labels"
    told = f"On the mean of {hits.shape[1]} runs, a model trained on human labels {never if place is None else met}"
    span = f"from {_labels(low, sizes)} to {_labels(high, sizes)}" if low != high else _labels(low, sizes)
    effort = "" if place is None else f" At {SECONDS} seconds a label, {given:,} labels from {model} saved {_hours(place)} of a person's work."
    return sbs.outcome(key, answer, f"{told}; had other messages been drawn, anything {span} (95 % interval).{effort}", model)


def _labels(place: float | None, sizes: Sequence[int]) -> str:
    if place is None or math.isinf(place):
        return f"more than {sizes[-1]:,} labels"
    return f"{sizes[0]} labels or fewer" if place <= sizes[0] else f"about {round(place, -1):,.0f} labels"


def _hours(n: float) -> str:
    """Say how long so many labels take by hand."""
    minutes = n * SECONDS / 60
    return f"{minutes / 60:.1f} hours" if minutes >= 90 else plural(round(minutes), "minute")


# --- the hunt for wrong labels ----------------------------------------------------------------------------------------


def wrong_ones(taught: pd.DataFrame, label: str) -> np.ndarray:
    """Return whether each label that the teacher gave differs from the true one."""
    return (taught["given"] != taught[label]).to_numpy(dtype=bool)


def suspects(taught: pd.DataFrame, flagged: Sequence[int], label: str) -> Table:
    """Show the most doubtful labels: each message, what the teacher said, and what is true."""
    rows = taught.iloc[list(flagged[:3])]
    return sbs.table(pd.DataFrame({"message": rows["text"], "the teacher's label": rows["given"], "the true label": rows[label]}))


def flags(model: str, taught: pd.DataFrame, flagged: Sequence[int], label: str) -> Outcome:
    """Say how many of the flagged labels are truly wrong, compared with as many taken at random."""
    key, wrong = "prototype_to_model/flags", wrong_ones(taught, label)
    if not len(flagged):
        return not_measured(key, model, TOO_FEW.format(model=model) if len(taught) < unlabelled.MOST else "No label is flagged.")
    place = np.isin(np.arange(len(taught)), list(flagged))
    hit, base = sbs.rate(wrong[place]), sbs.rate(wrong)
    p = float(fisher_exact([[wrong[place].sum(), (~wrong[place]).sum()], [wrong[~place].sum(), (~wrong[~place]).sum()]])[1])
    verdict = "more" if hit.value > base.value else "fewer"
    clear = f"clearly {verdict}" if p < LINE else "not clearly more or fewer"
    found = sbs.rate(place[wrong]) if wrong.any() else None
    told = f"Of the flagged labels {hit} are truly wrong. Of as many taken at random it would be {base.value:.1%}, as of all labels ({count(base)})"
    rest = f" The flags hold {found} of all wrong labels." if found else ""
    answer = by_bounds(100 * hit.value, (10, 25, 50), options(key))
    return sbs.outcome(key, answer, f"{told}: {clear} ({p_is(p)}, Fisher's exact test).{rest}", model)


def disputed(taught: pd.DataFrame, label: str) -> Markdown:
    """Say which way the wrong labels go, and, where the case has second labels, on how many that reader sided with the teacher."""
    second, wrong = f"second_{label}", taught[wrong_ones(taught, label)]
    meaning = "*Wrong* means: not the case's own label."
    if wrong.empty:
        return sbs.say(meaning)
    ((said, true), n), *_ = Counter(zip(wrong["given"], wrong[label], strict=True)).most_common(1)
    way = f"Of {plural(len(wrong), 'wrong label')}, {n} say “{said}” where “{true}” is true."
    if second not in wrong:
        return sbs.say(f"{way} {meaning}")
    sided = sbs.rate(list(wrong["given"] == wrong[second]))
    return sbs.say(f"{way} {meaning} A second reader sided with the teacher on {sided} of them: those can be argued about.")


def repairs(fixed: Mapping[str, Sequence[Sequence[str]]], right: Mapping[str, Sequence[Marks]], taught: pd.DataFrame, label: str, n: int) -> Table:
    """Show what each way of fixing labels costs, and what it does for the labels and for the student.

    Args:
        fixed: Way → the labels after it, one list for each draw.
        right: Way → whether the student then sorts each test message right, one list for each draw.
        taught: The messages, with the true labels.
        label: The column of true labels.
        n: How many labels are fixed by hand.
    """
    rows = []
    for way, given in fixed.items():
        true = float(np.mean([np.mean(np.asarray(some) == taught[label].to_numpy()) for some in given])) if len(taught) else math.nan
        read = 0 if way == NOTHING else n
        rows.append(
            {
                "way": way if len(given) == 1 else f"{way} (mean of {len(given)} draws)",
                "labels read by a person": f"{read} ({_hours(read)})" if read else "none",
                "labels right afterwards": NOT_MEASURED if math.isnan(true) else f"{true:.1%} of {len(taught):,}",
                "student right on test": _mean_share(right[way]),
            }
        )
    return sbs.table(pd.DataFrame(rows))


def _mean_share(runs: Sequence[Marks]) -> str:
    if len(runs) == 1:
        return share(sbs.rate(runs[0]))
    rates = [sbs.rate(run) for run in runs]
    return f"{np.mean([rate.value for rate in rates]):.1%} of {rates[0].n}" if all(rate.n for rate in rates) else NOT_MEASURED


def gain(right: Mapping[str, Sequence[Marks]]) -> Markdown:
    """Say whether fixing the flagged labels helped the student more than fixing as many at random, with a bootstrap interval over messages."""
    if any(mark is None for runs in right.values() for run in runs for mark in run):
        return sbs.say(f"What fixing labels brings is {NOT_MEASURED}.")
    means = {way: np.mean(np.asarray(runs, dtype=float), axis=0) for way, runs in right.items()}
    said = [_ahead(means[FLAGGED] - means[other], name) for other, name in ((RANDOM, "fixing as many at random"), (NOTHING, "fixing nothing"))]
    return sbs.say(f"After the flagged labels are fixed, the student gets {said[0]}, and {said[1]}.")


def _ahead(difference: np.ndarray, name: str) -> str:
    points = 100 * difference.mean()
    found = bootstrap((100 * difference,), np.mean, method="percentile", rng=np.random.default_rng(0)).confidence_interval
    clear = "clearly better" if found.low > 0 else "clearly worse" if found.high < 0 else "no clear difference"
    return f"{points:+.1f} points compared with {name} (95 % interval {found.low:+.1f} to {found.high:+.1f}: {clear})"


# --- specialists ------------------------------------------------------------------------------------------------------


def specialists(model: str, teachers: Marks, columns: Mapping[str, Mapping[str, Marks]]) -> Table:
    """Show each student's score by what it sees and by which labels taught it, and the prompt's.

    Args:
        model: The teacher.
        teachers: Whether the prompt sorts each test message right.
        columns: Which labels taught → what a student sees → whether it sorts each right.
    """
    names = list(next(iter(columns.values())))
    rows = [{"what the student sees": name} | {labels: share(sbs.rate(given[name])) for labels, given in columns.items()} for name in names]
    own = (
        {"what the student sees": f"no student: {model} with its prompt"}
        | dict.fromkeys(columns, "")
        | {next(iter(columns)): share(sbs.rate(teachers))}
    )
    return sbs.table(pd.DataFrame([*rows, own]))


def specialist(model: str, given: Mapping[str, Marks]) -> Outcome:
    """Say which of the students is clearly ahead of both others, if one is.

    Args:
        model: The teacher.
        given: What a student sees, in the order of the options → whether it is right.
    """
    key = "prototype_to_model/specialist"
    *named, none = options(key)
    asked = dict(zip(given, named, strict=False))  # a reader may add a student of their own
    rates = {name: sbs.rate(given[name]) for name in asked}
    if not all(rate.n for rate in rates.values()):
        return not_measured(key, model, TOO_FEW.format(model=model))
    best = max(rates, key=lambda name: rates[name].successes)
    others = [name for name in asked if name != best]
    p = dict(zip(others, holm([sbs.paired_p(given[best], given[name]) for name in others]), strict=True))
    ahead = max(p.values()) < LINE
    told = "; ".join(f"{name} {rate}" for name, rate in rates.items())
    apart = " and ".join(f"{name} ({p_is(value)})" for name, value in p.items())
    verdict = f"The lead of {best} is {'clear' if ahead else 'not clear'}, tested against {apart} and corrected by Holm's method."
    return sbs.outcome(key, asked[best] if ahead else none, f"Taught by the labels of {model}: {told}. {verdict}", model)


# --- the bill ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Prototype:
    """The language model at work with its prompt.

    Attributes:
        model: Its name.
        best: The prompt.
        chosen_on: How many dev labels the prompt was chosen by.
        calls: What its answers to the test messages took, as `sbs.usage` tells them.
        hosted: Names of hosted models, for the price alone.
    """

    model: str
    best: sbs.Prompt
    chosen_on: int
    calls: pd.DataFrame = field(repr=False)
    hosted: Sequence[str] = ()

    @property
    def setup(self) -> str:
        """What had to be there before the first message."""
        n = self.chosen_on + len(self.best.examples)
        return f"{plural(n, 'human label')} for the prompt ({_hours(n)})"


def bill(prototype: Prototype, right: Mapping[str, Marks], given: Mapping[str, Marks], times: Mapping[str, str], n: int) -> Table:
    """Show quality, what comes first, and what a thousand messages take: the prompt, each of its students, and the twin.

    Args:
        prototype: The language model.
        right: Teacher, student and twin → whether each test message is sorted right.
        given: What a student sees → the same.
        times: What a student sees → the time for a thousand messages, in words.
        n: How many labels the teacher gave.
    """
    model = prototype.model
    prompt = [
        model + " with its prompt",
        right[model],
        prototype.setup,
        recorded_time(prototype.calls),
        hosted_price(prototype.calls, prototype.hosted),
    ]
    taught = [
        [f"student: {see}", row, f"the same, and {n:,} answers of the model", times.get(see, NOT_MEASURED), "no charge"] for see, row in given.items()
    ]
    twin = [f"twin: {COUNTS}", right[TWIN], f"{n:,} human labels ({_hours(n)})", times[COUNTS], "no charge"]
    columns = ["system", "right on test", "before the first message", "1,000 messages take", "1,000 messages cost, US dollars"]
    rows = [[name, share(sbs.rate(row)), *rest] for name, row, *rest in (prompt, *taught, twin)]
    return sbs.table(pd.DataFrame(rows, columns=columns))


def recorded_time(calls: pd.DataFrame) -> str:
    """Say how long a thousand requests take one after the other, at the median of those recorded."""
    if calls.empty:
        return NOT_MEASURED
    seconds = 1000 * float(calls["seconds"].median())
    return f"{seconds / 60:.0f} minutes" if seconds >= 120 else f"{seconds:.0f} seconds"


def time_of(model: Any, texts: Sequence[str], see: Callable[[Any], Any] = lambda texts: texts) -> str:
    """Say how long a thousand messages take a trained model, all at once; a bound, so that the sentence stays true from run to run."""
    if model is None:
        return NOT_MEASURED
    seconds = 1000 * timeit(lambda: model.predict(see(texts)), number=1) / len(texts)
    return sbs.evaluation.below(max(seconds, 1.0))


def hosted_price(calls: pd.DataFrame, hosted: Sequence[str]) -> str:
    """Say what as many tokens for a thousand messages cost at hosted models, whose answers nobody tested here."""
    (sent, received), day = sbs.lesson("side_by_side").thousand(calls)
    bills = {name: sbs.prices.price(name, sent, received, day) for name in hosted}
    told = "; ".join(f"{name} {dollars:.3f}" for name, dollars in bills.items() if dollars is not None)
    return f"same tokens at {told}" if told else NOT_MEASURED


def pays(model: str, given: int) -> Markdown:
    """Say from which message on the student has paid for its labels."""
    if not given:
        return sbs.say(f"When a student pays is {NOT_MEASURED}.")
    return sbs.say(
        f"The student's labels cost {given:,} answers of **{sbs.plain(model)}**, once. After {given:,} messages at work it has saved as many, "
        "and from then on it is the cheaper one. The hours of whoever trains it and checks it come on top."
    )
