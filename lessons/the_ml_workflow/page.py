"""What the page *The machine-learning workflow* shows of its results."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
from IPython.display import Markdown

import sidebyside as sbs
from sidebyside.widgets import Outcome
from sidebyside.wording import after, by_bounds, options


def agreement(agree: Sequence[bool], twice: bool) -> Outcome:
    """Say on how many messages the two labels agree.

    Args:
        agree: Whether they do, message by message.
        twice: Whether the case has two labels for each message.
    """
    key = "the_ml_workflow/agree"
    share = sbs.rate(agree)
    answer = by_bounds(share.value, (0.85, after(0.95)), options(key)[::-1])
    alone = "This case has one label for each message, so there is nothing to compare: leave this result aside."
    return sbs.outcome(key, answer, f"The two labels agree on {share}." if twice else alone)


def mark(right: Sequence[bool], baseline: Sequence[bool]) -> Outcome:
    """Say how many test messages the model got right, with the baseline beside it."""
    key = "the_ml_workflow/test"
    got = sbs.rate(right)
    answer = by_bounds(100 * got.value, (65, 80, 95), options(key))
    told = f"Accuracy on the test split: {got}. Always guessing the more common label would get {sbs.rate(baseline)}."
    return sbs.outcome(key, answer, told)


def strongest(weights: pd.Series, classes: Sequence[str]) -> Any:
    """Draw the seven words with the strongest weight on each side.

    Args:
        weights: Weight of each word, rising.
        classes: The label of negative weights, and that of positive ones.
    """
    left, right = weights.head(7), weights.tail(7)
    both = pd.concat([left, right]).round(2)
    rows = pd.DataFrame({"name": both.index, "amount": both.values, "kind": "ML"})
    ends = " ".join(f"Towards {label}: {', '.join(side.index)}." for label, side in zip(classes, (left, right), strict=True))
    title = f"weight (left: {classes[0]}, right: {classes[1]})"
    return sbs.charts.bars(rows, f"Bar chart: words with the strongest weights. {ends}", title)


def strongest_in_words(weights: pd.Series, classes: Sequence[str]) -> Markdown:
    """Say which five words are the strongest on each side, the strongest first."""
    sides = zip(classes, (weights.index[:5], weights.index[-5:][::-1]), strict=True)
    return sbs.say(" ".join(f"Strongest towards **{label}**: {', '.join(words)}." for label, words in sides))


def learning_curve(curve: pd.DataFrame) -> Any:
    """Draw accuracy over the number of labels."""
    alt = "Line chart: test accuracy against the number of labelled training messages; the band spans five random choices."
    return sbs.charts.learning_curve(curve, f"{alt} The values stand in the text below.")


def few_labels(mean: pd.Series) -> Outcome:
    """Say how far the model gets with a hundred labels, compared with all.

    Args:
        mean: Mean accuracy, 0 to 1, by number of labels, rising. With two sizes or one, the smallest stands for a hundred labels.
    """
    key = "the_ml_workflow/curve"
    gap = 100 * (mean.iloc[-1] - mean.iloc[1 if len(mean) > 2 else 0])
    listing = "; ".join(f"{n} labels {score:.0%}" for n, score in mean.items())
    return sbs.outcome(key, by_bounds(gap, (after(0.5), after(10)), options(key)), f"Mean accuracy by labels: {listing}.")


def kept(size: int, same: bool, seconds: float) -> Markdown:
    """Say what a trained model takes as a file, and whether it answers as before once it is loaded again.

    Args:
        size: The file's size in bytes.
        same: Whether the loaded model gives the same answers.
        seconds: For one message.
    """
    took = sbs.evaluation.below(seconds)
    told = f"The file takes about {round(size / 1e4) * 10} kB. Loaded again it gives the same answers: **{bool(same)}**."
    return sbs.say(f"{told} Sorting one message takes {took} on this machine.")
