"""What the page *The machine-learning workflow* shows of its results, and the model that it chooses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from IPython.display import Markdown
from sklearn.base import clone
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import Pipeline, make_pipeline, make_union

import sidebyside as sbs
from sidebyside.widgets import Outcome, Table
from sidebyside.wording import LINE, NOT_MEASURED, after, by_bounds, options, p_is, share

# --- the model, as the page's own cells write it out; a test compares the two ------------------------------------------

WORDS = TfidfVectorizer(sublinear_tf=True)
PAIRS = TfidfVectorizer(sublinear_tf=True, ngram_range=(1, 2))
LETTERS = TfidfVectorizer(sublinear_tf=True, analyzer="char_wb", ngram_range=(2, 4))
WAYS: dict[str, Any] = {"words": WORDS, "words and pairs": PAIRS, "pieces of words": LETTERS, "words, pairs and pieces": make_union(PAIRS, LETTERS)}


def new_model(way: str) -> Pipeline:
    """Return an untrained model that counts in one of `WAYS`; it chooses how closely to follow its examples by cross-validation on them."""
    learner = LogisticRegression(solver="liblinear", dual=True, max_iter=1000, random_state=0)
    return make_pipeline(clone(WAYS[way]), GridSearchCV(learner, {"C": [0.1, 1, 10]}, cv=3))


def choose(train: pd.DataFrame, dev: pd.DataFrame, label: str) -> tuple[str, dict[str, sbs.Rate]]:
    """Train each way of counting, and choose by the dev messages.

    Args:
        train: Messages to learn from, with a column `text` and the label's.
        dev: Messages to choose by.
        label: The column to predict.

    Returns:
        The way with the most right answers, the first of several; and the rate of each on dev.
    """
    models = {way: new_model(way).fit(train["text"], train[label]) for way in WAYS}
    right = {way: sbs.rate(model.predict(dev["text"]) == dev[label]) for way, model in models.items()}
    return best_of(right), right


def best_of(right: Mapping[str, sbs.Rate]) -> str:
    """Return the name with the most right answers, the first of several."""
    return max(right, key=lambda name: right[name].successes)


# --- what is shown ----------------------------------------------------------------------------------------------------


def agreement(agree: Sequence[bool], twice: bool) -> Outcome:
    """Say on how many messages the two labels agree.

    Args:
        agree: Whether they do, message by message.
        twice: Whether the case has two labels for each message.
    """
    key = "the_ml_workflow/agree"
    if not twice:
        alone = "This case has one label for each message, so there is nothing to compare: leave this result aside."
        return sbs.outcome(key, options(key)[0], alone)
    found = sbs.rate(agree)
    left = found.n - found.successes
    told = f"On the other {left}, any single answer contradicts one of the two labels." if left else "No message divides them."
    return sbs.outcome(key, by_bounds(found.value, (0.7, 0.85, after(0.95)), options(key)[::-1]), f"The two labels agree on {found}. {told}")


def ways(right: Mapping[str, sbs.Rate]) -> Table:
    """Show how many dev messages each way of counting gets right, and which is chosen."""
    rows = [(way, share(rate), "chosen" if way == best_of(right) else "") for way, rate in right.items()]
    n = next(iter(right.values())).n
    return sbs.table(pd.DataFrame(rows, columns=["the model counts", f"right of {n} on dev (95 % interval)", ""]))


def mark(right: Sequence[bool], baseline: Sequence[bool], way: str) -> Outcome:
    """Say how many test messages the model got right, and whether that is clearly more than always guessing one label.

    Args:
        right: Whether the model's label is right, message by message.
        baseline: Whether the more common train label is right, message by message.
        way: How the model counts.
    """
    key = "the_ml_workflow/test"
    got, simple, p = sbs.rate(right), sbs.rate(baseline), sbs.paired_p(right, baseline)
    said = f"Counting {way}, the model gets {got} of the test messages right. Always guessing the more common label gets {simple}"
    ahead = "clearly better" if got.value > simple.value else "clearly worse"
    told = f"{said}. Learning is {ahead if p < LINE else 'not clearly better'} ({p_is(p)})."
    return sbs.outcome(key, by_bounds(100 * got.value, (65, 80, 95), options(key)), told)


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


def shuffled(before: Sequence[bool], after_it: Sequence[bool]) -> Outcome:
    """Say what the exam shows once the words of each message are in random order.

    Args:
        before: Whether the model is right about each message as it was written.
        after_it: Whether it is right about the same words in random order.
    """
    key = "the_ml_workflow/shuffled"
    whole, mixed, p = sbs.rate(before), sbs.rate(after_it), sbs.paired_p(before, after_it)
    fall = 100 * (whole.value - mixed.value)
    answer = by_bounds(fall, (3, 10, after(25)), options(key))
    changed = "order matters to this model" if fall > 0 else "it even does better, so order only misled it"
    shown = changed if p < LINE else "no clear difference: it reads a heap of words, not a sentence"
    told = f"As written: {whole.successes} of {whole.n} right. With the words in random order: {mixed.successes} of {mixed.n}"
    return sbs.outcome(key, answer, f"{told} ({p_is(p)}), {shown}.")


def runs(sizes: Sequence[int], scores: Sequence[Sequence[float]]) -> pd.DataFrame:
    """Return `learning_curve`'s held-out scores as a table with the columns labels, seed (number of the run) and accuracy."""
    rows = [(size, seed, score) for size, row in zip(sizes, scores, strict=True) for seed, score in enumerate(row)]
    return pd.DataFrame(rows, columns=["labels", "seed", "accuracy"])


def learning_curve(curve: pd.DataFrame) -> Any:
    """Draw accuracy over the number of labels."""
    alt = "Line chart: accuracy on held-out training messages against the number of labels; the band spans five runs."
    return sbs.charts.learning_curve(curve, f"{alt} The values are in the text below.")


def few_labels(curve: pd.DataFrame, exam: sbs.Rate) -> Outcome:
    """Say how far the model gets with a hundred labels, compared with the most, and how that fits the exam.

    Args:
        curve: Columns labels and accuracy, 0 to 1, one row a run. With two sizes or one, the smallest stands for a hundred labels.
        exam: What the model got on test.
    """
    key, by_size = "the_ml_workflow/curve", curve.groupby("labels")["accuracy"].agg(["mean", "min", "max"])
    mean = by_size["mean"]
    gap = 100 * (mean.iloc[-1] - mean.iloc[1 if len(mean) > 2 else 0])
    if pd.isna(gap):
        return sbs.outcome(key, NOT_MEASURED, "Too few labels to train on.")
    listing = "; ".join(f"{n:,} labels {row['mean']:.0%} ({row['min']:.0%} to {row['max']:.0%})" for n, row in by_size.iterrows())
    told = f"Mean of five runs, with the lowest and highest: {listing}.{_last_step(mean)} {_beside_exam(by_size.iloc[-1], exam)}"
    return sbs.outcome(key, by_bounds(gap, (after(0.5), after(10), after(20)), options(key)), told)


def _last_step(mean: pd.Series) -> str:
    if len(mean) < 2:
        return ""
    more, gain = mean.index[-1] - mean.index[-2], 100 * (mean.iloc[-1] - mean.iloc[-2])
    return f" The last {more:,} labels changed it by {gain:+z.1f} points."


def _beside_exam(last: pd.Series, exam: sbs.Rate) -> str:
    low, high = exam.interval
    said = f"The exam's interval, {low:.0%} to {high:.0%},"
    if low > last["max"]:
        return f"{said} lies above all of the last five: an exam can be lucky too, or its labels cleaner."
    if high < last["min"]:
        return f"{said} lies below all of the last five: an exam can be unlucky too, or its labels less clean."
    return f"{said} fits the last five."


def kept(size: int, same: bool) -> Markdown:
    """Say what a trained model takes as a file of so many bytes, and whether it answers as before once it is loaded again."""
    room = f"{size / 1e6:.0f} MB" if size >= 1e6 else f"{round(size / 1e4) * 10} kB"
    return sbs.say(f"The file takes about {room}. Loaded again it gives the same answers: **{'yes' if same else 'no'}**.")
