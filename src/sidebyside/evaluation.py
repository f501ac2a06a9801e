"""Say how well a system did: rates and scores with intervals, paired tests, agreement. What never came is not counted (see `runs`)."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportion_confint

from .answers import NoAnswer


@dataclass(frozen=True)
class Rate:
    """A share of successes with its 95 % Wilson interval (Wilson 1927; `statsmodels.proportion_confint`).

    Attributes:
        successes: How many.
        n: Out of how many; at least 1.
        missing: How many more there would be, had each been answered and measured; they are not in n.
    """

    successes: int
    n: int
    missing: int = 0

    def __post_init__(self) -> None:
        """Refuse a rate of nothing."""
        if not 0 <= self.successes <= self.n or self.n < 1:
            raise ValueError(f"{self.successes} of {self.n} is no rate: count successes out of at least one sample.")

    @property
    def value(self) -> float:
        """The rate, 0 to 1."""
        return self.successes / self.n

    @property
    def interval(self) -> tuple[float, float]:
        """Lower and upper bound of the 95 % interval, 0 to 1."""
        low, high = proportion_confint(self.successes, self.n, method="wilson")
        return float(low), float(high)

    def __str__(self) -> str:
        """Say rate, interval and sample size, and how many samples have no answer."""
        low, high = self.interval
        more = f"; no answer: {self.missing}" if self.missing else ""
        return f"{self.value:.1%} ({self.successes} of {self.n}; 95 % interval {low:.0%} to {high:.0%}{more})"

    def __repr__(self) -> str:
        """Say the same."""
        return str(self)


class NoRate(Rate):
    """A rate of nothing, because nothing was answered or measured: its value and interval are no numbers, and it says so."""

    def __post_init__(self) -> None:
        """Accept that there is nothing."""

    @property
    def value(self) -> float:
        """No number."""
        return math.nan

    @property
    def interval(self) -> tuple[float, float]:
        """No numbers."""
        return math.nan, math.nan

    def __str__(self) -> str:
        """Say that nothing was measured."""
        return f"not measured (no answer: {self.missing})" if self.missing else "not measured (n = 0)"


def is_missing(mark: Any) -> bool:
    """Tell whether a mark is missing: None, not a number, or a `NoAnswer`."""
    return mark is None or mark is pd.NA or isinstance(mark, NoAnswer) or (isinstance(mark, float) and math.isnan(mark))


def rate(hits: Iterable[Any]) -> Rate:
    """Return the rate of true values in a sequence; a missing one (see `is_missing`) is not counted in n.

    Where nothing is left, the rate says "not measured".
    """
    marks = list(hits)
    there = [bool(mark) for mark in marks if not is_missing(mark)]
    return (Rate if there else NoRate)(sum(there), len(there), len(marks) - len(there))


def numbers(values: Iterable[Any]) -> pd.Series:
    """Return what a run measured as a column of numbers, not a number where nothing was measured."""
    return pd.Series([math.nan if is_missing(value) else float(value) for value in values], dtype=float)


def came(answers: Iterable[Any]) -> np.ndarray:
    """Tell of each answer of a run whether it came, usable or not."""
    return np.array([not isinstance(answer, NoAnswer) for answer in answers], dtype=bool)


def measured(marks: Iterable[Any], answers: Iterable[Any]) -> list[Any]:
    """Return marks with None in the place of those whose answer never came, so that they count neither as right nor as wrong.

    Args:
        marks: What was found for each answer.
        answers: The answers, in the same order; some of them `NoAnswer`, or None where nothing was measured.
    """
    return [None if is_missing(answer) else mark for mark, answer in zip(marks, answers, strict=True)]


def _plainly(answer: str) -> str:
    """Return an answer with one kind of apostrophe and single spaces."""
    return " ".join(re.sub("[\u2018\u2019\u02bc`]", "'", answer).split())


def _names(said: str, label: str) -> bool:
    """Tell whether an answer holds a label as a word, other than to deny it."""
    found = re.finditer(rf"(?P<denied>(\bnot|n't) ((an?|really|very) )?)?(?<!\w){re.escape(label)}(?!\w)(?! (idea|clue)\b)", said, re.IGNORECASE)
    return any(not match["denied"] for match in found)


def read_label(answer: str, labels: Sequence[str]) -> str | None:
    """Find the one label that an answer names; None if it names none, or more than one. "Not positive" and "no idea" name no label.

    Args:
        answer: What a model wrote.
        labels: The allowed labels.
    """
    named = {label for label in labels if _names(_plainly(answer), _plainly(label))}
    return named.pop() if len(named) == 1 else None


ABSTENTIONS = (
    "don't know", "do not know", "not know", "cannot know", "don't have", "do not have", "no information", "not aware", "not a real", "not a country",
    "does not exist", "doesn't exist", "no such", "fiction", "not recognized", "not recognised", "not familiar", "unknown",
    "cannot find", "can't find",
    "not able to", "unable to", "misunderstanding",
)  # fmt: skip


def abstains(answer: str) -> bool:
    """Tell whether an answer admits that it does not know, by the phrases of `ABSTENTIONS`.

    An apology is none of them: "I'm sorry, it is Lima" answers, and "I'm sorry, but I can't assist with that" declines without a word of knowing.

    Args:
        answer: What a model wrote.
    """
    said = _plainly(answer).lower()
    return any(re.search(rf"\b{re.escape(phrase)}", said) for phrase in ABSTENTIONS)


def macro_f1(target: Sequence[str], predicted: Sequence[str | None], labels: Sequence[str]) -> float:
    """Return the mean of the labels' F1 scores, 0 to 1; an unusable answer (None) counts as a miss, one that never came does not count.

    Written out because scikit-learn's takes fifty times as long, which a bootstrap feels; a test compares the two.
    """
    right, said = np.asarray(target, dtype=object), np.asarray(predicted, dtype=object)
    there = came(said)
    if not there.any():
        return math.nan
    right, said = right[there], said[there]

    def f1(label: str) -> float:
        among_both = np.sum(right == label) + np.sum(said == label)
        return 2 * np.sum((right == label) & (said == label)) / among_both if among_both else 0.0

    return float(np.mean([f1(label) for label in labels]))


def bootstrap(
    score: Callable[[np.ndarray, np.ndarray], float], target: Sequence[str], predicted: Sequence[str | None], draws: int = 1000
) -> tuple[float, float]:
    """Return a score's 95 % percentile bootstrap interval (Efron & Tibshirani 1993, chapter 13); seeded.

    Args:
        score: A function of targets and predictions.
        target: The right labels.
        predicted: The system's labels, in the same order.
        draws: How many resamples.
    """
    if not len(target):
        return math.nan, math.nan
    generator = np.random.default_rng(0)
    right, said = np.asarray(target, dtype=object), np.asarray(["(unusable)" if p is None else p for p in predicted], dtype=object)
    picks = generator.integers(0, len(right), size=(draws, len(right)))
    low, high = np.quantile([score(right[pick], said[pick]) for pick in picks], [0.025, 0.975])
    return float(low), float(high)


def paired_p(first_right: Iterable[Any], second_right: Iterable[Any]) -> float:
    """Return the p-value of the exact McNemar test on the same samples (McNemar 1947; `statsmodels`).

    Samples that are missing on either side are left out; where none is left, the p-value is not a number.
    """
    first, second = _both(first_right, second_right)
    if not len(first):
        return math.nan
    table = [[np.sum(first & second), np.sum(first & ~second)], [np.sum(~first & second), np.sum(~first & ~second)]]
    return float(mcnemar(table, exact=True).pvalue)


def paired_gap(first_right: Iterable[Any], second_right: Iterable[Any]) -> float:
    """Return the first system's rate minus the second's, -1 to 1, on the samples that `paired_p` compares; not a number where none is left.

    The sign belongs to the p-value: rates of all samples can point the other way when answers are missing on one side.
    """
    first, second = _both(first_right, second_right)
    return float(first.mean() - second.mean()) if len(first) else math.nan


def paired_interval(first_right: Iterable[Any], second_right: Iterable[Any]) -> tuple[float, float]:
    """Return the 95 % interval of `paired_gap`, -1 to 1, on the samples that have a mark on both sides; not numbers where none is left.

    Newcombe's square-and-add of two Wilson intervals, with the pairs' correlation (Newcombe 1998, Statistics in Medicine 17, 2635, method 10).
    """
    first, second = _both(first_right, second_right)
    n = len(first)
    if not n:
        return math.nan, math.nan
    a, b, c, d = (float(np.sum(pair)) for pair in (first & second, first & ~second, ~first & second, ~first & ~second))
    spread = math.sqrt((a + b) * (c + d) * (a + c) * (b + d))
    covariance = a * d - b * c
    corrected = max(covariance - n / 2, 0.0) if covariance > 0 else covariance
    phi = corrected / spread if spread else 0.0
    one, other = (Rate(int(marks.sum()), n) for marks in (first, second))
    (low, high), (other_low, other_high) = one.interval, other.interval
    below, above = (one.value - low, other_high - other.value), (high - one.value, other.value - other_low)
    sizes = [math.sqrt(max(0.0, x**2 - 2 * phi * x * y + y**2)) for x, y in (below, above)]
    return one.value - other.value - sizes[0], one.value - other.value + sizes[1]


def holm(p_values: Iterable[float]) -> list[float]:
    """Return p-values corrected for how many there are (Holm 1979; `statsmodels`); those that are not a number stay so and do not count."""
    values = np.array(list(p_values), dtype=float)
    known = ~np.isnan(values)
    if known.any():
        values[known] = multipletests(values[known], method="holm")[1]
    return [float(value) for value in values]


def _both(first: Iterable[Any], second: Iterable[Any]) -> tuple[np.ndarray, np.ndarray]:
    """Return the marks of the samples that have one on both sides."""
    pairs = [(bool(a), bool(b)) for a, b in zip(first, second, strict=True) if not (is_missing(a) or is_missing(b))]
    one, other = np.array(pairs, dtype=bool).reshape(-1, 2).T
    return one, other


def flips(first: Sequence[bool], second: Sequence[bool]) -> tuple[list[int], list[int]]:
    """Return the places of gains (wrong, then right) and of regressions (right, then wrong); what is missing on a side is neither."""
    pairs = [(i, pair) for i, pair in enumerate(zip(first, second, strict=True)) if not any(map(is_missing, pair))]
    return [i for i, (a, b) in pairs if b and not a], [i for i, (a, b) in pairs if a and not b]


def ahead(right: ArrayLike, confidence: ArrayLike) -> np.ndarray:
    """Pair each right answer with each wrong one: 1 where the right one has the higher confidence, a half for a tie, else 0.

    Returns:
        Shape (right answers, wrong answers). Its mean is the AUROC (Hanley & McNeil 1982).
    """
    sure, true = np.asarray(confidence, dtype=float), np.asarray(right, dtype=bool)
    return np.asarray((np.sign(sure[true][:, None] - sure[~true]) + 1) / 2)


def mean_of_pairs(pairs: np.ndarray, draws: int = 1000) -> tuple[float, float]:
    """Return the 95 % percentile bootstrap interval of the mean of `ahead`, or of the difference of two such tables; seeded.

    As many right and as many wrong answers as there are, are drawn anew each time.
    """
    generator = np.random.default_rng(0)
    rights, wrongs = (generator.multinomial(n, np.full(n, 1 / n), size=draws) for n in pairs.shape)  # how often each answer is drawn
    low, high = np.quantile(((rights @ pairs) * wrongs).sum(axis=1) / pairs.size, [0.025, 0.975])
    return float(low), float(high)


def _known(right: ArrayLike, *scores: ArrayLike) -> tuple[np.ndarray, ...]:
    """Return the answers that have every score: whether they are right, and each of the scores."""
    columns = [np.asarray(score, dtype=float) for score in scores]
    there = ~np.any([np.isnan(column) for column in columns], axis=0)
    return tuple(column[there] for column in (np.asarray(right), *columns))


@dataclass(frozen=True)
class Auroc:
    """How often a right answer has a higher confidence than a wrong one, 0 to 1, with its 95 % bootstrap interval.

    Attributes:
        value: The share; None if all answers are right, or all wrong.
        interval: Its lower and upper bound.
        n: How many answers.
    """

    value: float | None
    interval: tuple[float, float]
    n: int

    def __str__(self) -> str:
        """Say value, interval and sample size."""
        if self.value is None:
            return f"none (n = {self.n}; all right or all wrong)" if self.n else "not measured (n = 0)"
        low, high = self.interval
        return f"{self.value:.2f} (95 % interval {low:.2f} to {high:.2f}; n = {self.n})"

    __repr__ = __str__


def auroc(right: ArrayLike, confidence: ArrayLike, groups: ArrayLike | None = None) -> Auroc:
    """Return how well a confidence, or any score, tells right answers from wrong ones; those without one do not count.

    Args:
        right: Whether each answer is right.
        confidence: The score of each answer.
        groups: What the answers belong to, such as their questions: whole groups are drawn again for the interval, because answers
            to one question hang together (Davison & Hinkley 1997, section 3.8). Without it, each answer is drawn by itself.
    """
    marks, sure, places = _known(right, confidence, np.arange(len(np.asarray(right))))
    pairs = ahead(marks, sure)
    if not pairs.size:
        return Auroc(None, (0.0, 1.0), sum(pairs.shape))
    interval = mean_of_pairs(pairs) if groups is None else _by_group(pairs, marks.astype(bool), np.asarray(groups)[places.astype(int)])
    return Auroc(float(pairs.mean()), interval, sum(pairs.shape))


def _by_group(pairs: np.ndarray, right: np.ndarray, groups: np.ndarray, draws: int = 1000) -> tuple[float, float]:
    """Return the interval of the mean of `ahead` when whole groups are drawn again; a draw without right or without wrong answers is left out."""
    places = np.unique(groups, return_inverse=True)[1]
    times = _drawn(places.max() + 1, draws)
    rights, wrongs = times[:, places[right]], times[:, places[~right]]
    weight = rights.sum(axis=1) * wrongs.sum(axis=1)
    there = weight > 0
    return middle(((rights @ pairs) * wrongs).sum(axis=1)[there] / weight[there])


def _drawn(groups: int, draws: int) -> np.ndarray:
    """Return how often each group is drawn, shape (draws, groups), when as many are drawn as there are; seeded."""
    return np.random.default_rng(0).multinomial(groups, np.full(groups, 1 / groups), size=draws)


def rate_by_group(hits: ArrayLike, groups: ArrayLike, draws: int = 1000) -> str:
    """Say a rate with the interval of `interval_by_group`.

    Args:
        hits: Whether each answer is one that counts; missing ones (see `is_missing`) are left out.
        groups: What the answers belong to, such as their questions.
        draws: How many resamples.
    """
    marks = list(np.asarray(hits, dtype=object).tolist())
    there = [place for place, mark in enumerate(marks) if not is_missing(mark)]
    share = rate(marks)
    if not there:
        return str(share)
    count, (low, high) = len(set(np.asarray(groups)[there].tolist())), interval_by_group(hits, groups, draws)
    told = f"{share.value:.1%} ({share.successes} of {share.n} in {count} group{'s' * (count > 1)}; 95 % interval {low:.0%} to {high:.0%}"
    return f"{told}{f'; no answer: {share.missing}' if share.missing else ''})"


def interval_by_group(hits: ArrayLike, groups: ArrayLike, draws: int = 1000) -> tuple[float, float]:
    """Return a rate's 95 % percentile bootstrap interval when whole groups are drawn again, as for `auroc`; seeded.

    Where all answers count, or none, every draw is the same: the interval is then Wilson's for as many samples as there are groups.

    Args:
        hits: Whether each answer is one that counts, at least one of them not missing.
        groups: What the answers belong to, such as their questions.
        draws: How many resamples.
    """
    marks = list(np.asarray(hits, dtype=object).tolist())
    there = [place for place, mark in enumerate(marks) if not is_missing(mark)]
    places = np.unique(np.asarray(groups)[there], return_inverse=True)[1]
    sizes, good = np.bincount(places), np.bincount(places, weights=[bool(marks[place]) for place in there])
    if good.sum() in (0, sizes.sum()):  # nothing to draw: each group counts as one sample
        return Rate(len(sizes) * bool(good.sum() > 0), len(sizes)).interval
    times = _drawn(len(sizes), draws)
    return middle((times @ good) / (times @ sizes))


def auroc_difference(right: ArrayLike, first: ArrayLike, second: ArrayLike) -> tuple[float, tuple[float, float]] | None:
    """Return how much better one confidence than another tells the same right answers from the same wrong ones.

    Args:
        right: Whether each answer is right.
        first: A confidence for each answer.
        second: Another one.

    Returns:
        The first AUROC minus the second, -1 to 1, and its 95 % bootstrap interval (the same answers are drawn for both); None if all
        answers are right, or all wrong.
    """
    true, one, other = _known(right, first, second)
    pairs = ahead(true, one) - ahead(true, other)
    return (float(pairs.mean()), mean_of_pairs(pairs)) if pairs.size else None


def detector_counts(confidence: ArrayLike, right: ArrayLike, thresholds: ArrayLike) -> pd.DataFrame:
    """Count a detector's mistakes: an answer goes out if its confidence reaches the threshold, and is held back otherwise.

    Args:
        confidence: A confidence for each answer; answers without one do not count.
        right: Whether each answer is right.
        thresholds: Where the line may be drawn.

    Returns:
        One row a threshold: threshold, misses (wrong answers let out), wrong (all of them), false_alarms (right ones held back), right.
    """
    known, sure = _known(right, confidence)
    true, lines = known.astype(bool), np.asarray(thresholds, dtype=float)
    out = sure >= lines[:, None]
    counts = {"misses": (out & ~true).sum(axis=1), "wrong": (~true).sum(), "false_alarms": (~out & true).sum(axis=1), "right": true.sum()}
    return pd.DataFrame({"threshold": lines} | counts)


def calibration(confidence: ArrayLike, right: ArrayLike, bins: int = 5) -> pd.DataFrame:
    """Sort answers by confidence into bins of equal size, and compare what was said with what came true.

    Args:
        confidence: A probability for each answer, 0 to 1; answers without one do not count.
        right: Whether each answer is right.
        bins: How many bins; equal size keeps each of them honest (Nguyen & O'Connor 2015).

    Returns:
        One row a bin: n, confidence (mean), right (share, 0 to 1), low and high (its 95 % Wilson interval).
    """
    true, sure = _known(right, confidence)
    order = np.argsort(sure, kind="stable")
    rows = []
    for part in np.array_split(order, max(1, min(bins, len(order)))) if len(order) else ():
        share = rate(true[part].astype(bool))
        mean = float(sure[part].mean())
        rows.append({"n": share.n, "confidence": mean, "right": share.value, "low": share.interval[0], "high": share.interval[1]})
    return pd.DataFrame(rows, columns=["n", "confidence", "right", "low", "high"], dtype=None if rows else float)


def calibration_error(bins: pd.DataFrame) -> float:
    """Return the expected calibration error, 0 to 1: the mean gap between said and true over `calibration`'s bins, weighted by n; NaN of none.

    Source: Naeini and others 2015, equation of the ECE.
    """
    return float(np.average((bins["confidence"] - bins["right"]).abs(), weights=bins["n"])) if len(bins) else math.nan


def crossing(sizes: Sequence[int], scores: Sequence[float], bar: float) -> float | None:
    """Return the size at which a rising curve first reaches a bar, on a straight line between neighbours; None if never.

    Without a bar (not a number) it is not a number either.
    """
    if math.isnan(bar):
        return math.nan
    reached = [i for i, score in enumerate(scores) if score >= bar]
    if not reached:
        return None
    i = reached[0]
    if i == 0:
        return float(sizes[0])
    share = (bar - scores[i - 1]) / (scores[i] - scores[i - 1])
    return float(sizes[i - 1] + share * (sizes[i] - sizes[i - 1]))


def break_even(sizes: Sequence[int], hits: np.ndarray, level: Iterable[Any], draws: int = 1000) -> tuple[float | None, tuple[float, float]]:
    """Return from how many labels on a trained system is as often right as another one on the same samples; seeded.

    Args:
        sizes: Numbers of labels, rising.
        hits: Whether each sample was answered right, shape (sizes, runs, samples): several runs a size, each trained on other labels.
        level: Whether the other system answered each sample right; a sample without a mark (see `is_missing`) is left out.
        draws: How many resamples.

    Returns:
        The place where the mean curve first reaches the level (see `crossing`), and its 95 % percentile bootstrap interval; infinity
        stands for never. Samples, and the runs of each size, are drawn again (Efron & Tibshirani 1993, chapters 8 and 13).
    """
    marks = list(level)
    there = [i for i, mark in enumerate(marks) if not is_missing(mark)]
    if not there:
        return math.nan, (math.nan, math.nan)
    right, bar = np.asarray(hits, dtype=float)[:, :, there], np.array([bool(marks[i]) for i in there], dtype=float)
    generator, (count, runs, n) = np.random.default_rng(0), right.shape
    samples = generator.multinomial(n, np.full(n, 1 / n), size=draws) / n
    chosen = generator.multinomial(runs, np.full(runs, 1 / runs), size=(draws, count)) / runs
    curves, bars = np.einsum("srd,dsr->ds", right @ samples.T, chosen), samples @ bar
    places = [crossing(sizes, list(curve), height) for curve, height in zip(curves, bars, strict=True)]
    found = np.array([math.inf if place is None else place for place in places])
    low, high = np.quantile(found, [0.025, 0.975], method="inverted_cdf")  # which never lies between a number and infinity
    return crossing(sizes, list(right.mean(axis=(1, 2))), float(bar.mean())), (float(low), float(high))


def below(seconds: float) -> str:
    """Say a measured time as the next round bound above it, so that the sentence stays true from run to run."""
    bounds = {0.001: "1 millisecond", 0.1: "a tenth of a second", 1: "a second", 10: "10 seconds", 60: "a minute"}
    return "under " + next((words for bound, words in bounds.items() if seconds < bound), "an hour")


# --- agreement of two judges, and the middle of many draws ------------------------------------------------------------


def middle(values: ArrayLike, share: float = 0.95) -> tuple[float, float]:
    """Return the bounds between which the middle share of many values lies: with draws of a score, its percentile interval.

    Args:
        values: At least one value, in any order.
        share: Which share lies between the bounds, 0 to 1.
    """
    low, high = np.quantile(np.asarray(values, dtype=float), [(1 - share) / 2, (1 + share) / 2])
    return float(low), float(high)


@dataclass(frozen=True)
class Kappa:
    """How far two judges agree beyond chance, with its 95 % bootstrap interval (Cohen 1960, equation 1).

    Attributes:
        value: 0 is chance, 1 is full agreement.
        interval: Its lower and upper bound.
        n: How many answers both have judged.
    """

    value: float
    interval: tuple[float, float]
    n: int

    def __str__(self) -> str:
        """Say value, interval and sample size."""
        low, high = self.interval
        return f"{self.value:.2f} (95 % interval {low:.2f} to {high:.2f}; n = {self.n})" if self.n else "not measured (n = 0)"

    __repr__ = __str__


def kappa(first: ArrayLike, second: ArrayLike, groups: ArrayLike | None = None, draws: int = 1000) -> Kappa:
    """Return Cohen's kappa of two judges who say yes or no, with a percentile bootstrap interval; seeded.

    Args:
        first: What one judge says of each answer, true or false; an answer that one of them did not judge (see `is_missing`) is left out.
        second: What the other says.
        groups: What the answers belong to, such as their questions: whole groups are drawn again, because answers to one
            question hang together (Davison & Hinkley 1997, section 3.8). Without it, each answer is drawn by itself.
        draws: How many resamples.
    """
    one, other = list(np.asarray(first).tolist()), list(np.asarray(second).tolist())
    there = [i for i, pair in enumerate(zip(one, other, strict=True)) if not any(map(is_missing, pair))]
    if not there:
        return Kappa(math.nan, (math.nan, math.nan), 0)
    pairs = np.array([int(one[i]) * 2 + int(other[i]) for i in there])
    places = np.unique(there if groups is None else np.asarray(groups)[there], return_inverse=True)[1]
    counts = np.zeros((places.max() + 1, 4))
    np.add.at(counts, (places, pairs), 1)
    return Kappa(float(_kappas(counts.sum(axis=0))), middle(_kappas(_drawn(len(counts), draws) @ counts)), len(pairs))


def _kappas(counts: np.ndarray) -> np.ndarray:
    """Return kappa from how often two judges said no and no, no and yes, yes and no, yes and yes (last axis); 0 where chance agrees fully."""
    no_no, no_yes, yes_no, yes_yes = np.moveaxis(counts / counts.sum(axis=-1, keepdims=True), -1, 0)
    one, other = yes_no + yes_yes, no_yes + yes_yes
    chance = one * other + (1 - one) * (1 - other)
    found: np.ndarray = np.divide(no_no + yes_yes - chance, 1 - chance, out=np.zeros_like(chance), where=chance < 1)
    return found
