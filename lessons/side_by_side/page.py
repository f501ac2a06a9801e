"""What the page *Side by side* shows of its results."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from importlib.metadata import version
from typing import Any

import pandas as pd
from IPython.display import Markdown

import sidebyside as sbs
from sidebyside.widgets import Outcome, Table, not_measured
from sidebyside.wording import NOT_MEASURED, after, by_bounds, clearly, options, p_is, share, span

KINDS = {"trained model": "ML", "language model": "GenAI"}
Score = tuple[float, tuple[float, float]]  # with its interval
Aspects = dict[str, list[str]]  # what is compared → what is said of trained model, language model and hosted models


def scoreboard(rates: Mapping[str, sbs.Rate]) -> Any:
    """Draw the accuracy of the two."""
    alt = "Points with intervals: accuracy of the trained model and of the language model on the test split; the values stand in the text below."
    return sbs.scoreboard({name: (KINDS[name], rate) for name, rate in rates.items()}, alt, "accuracy on test")


def winner(rates: Mapping[str, sbs.Rate], p: float) -> Outcome:
    """Say which of the two is ahead, if one clearly is."""
    key = "side_by_side/winner"
    trained, language = (rates[name] for name in KINDS)
    if not language.n:
        return not_measured(key, "the language model")
    answer = clearly(trained.value - language.value, p, options(key))
    return sbs.outcome(key, answer, f"Trained model {trained}; language model {language}; {p_is(p)}.")


def macro_f1(scores: Mapping[str, Score], n: int) -> Markdown:
    """Say the macro-F1 of each, on so many messages."""
    told = "; ".join(f"{name} {_bold(score, interval)}" for name, (score, interval) in scores.items())
    return sbs.say(f"Macro-F1 on test: {told}; n = {n}.")


def _bold(score: float, interval: tuple[float, float]) -> str:
    low, high = interval
    return NOT_MEASURED if math.isnan(score) else f"**{score:.2f}** (95 % interval {low:.2f} to {high:.2f})"


def quality(rates: Mapping[str, sbs.Rate], f1: Mapping[str, Score]) -> Aspects:
    """Say how good the two are."""
    return {
        "right on test (95 % interval)": [*map(share, rates.values()), "not tested"],
        "macro-F1 (95 % interval)": [*(span(*score) for score in f1.values()), "not tested"],
    }


def labelling(trained_on: int, chosen_on: int, seconds: float) -> Aspects:
    """Say what comes before the first result.

    Args:
        trained_on: How many labels the trained model needed.
        chosen_on: How many were needed to choose the prompt.
        seconds: For one label.
    """
    return {
        "labels used": [f"{trained_on:,} to train", f"{chosen_on} to choose the prompt", "not tested"],
        "time to first result": [
            f"{trained_on * seconds / 3600:.1f} hours of labelling",
            f"{chosen_on * seconds / 60:.0f} minutes of labelling",
            "not tested",
        ],
    }


def thousand(calls: pd.DataFrame) -> tuple[tuple[float | None, float | None], str | None]:
    """Return the tokens, in and out, of a thousand messages at the mean of some calls, and the day of the latest; None where nothing tells them."""
    if calls.empty:
        return (None, None), None
    means = [calls[name].astype(float).mean() for name in ("input_tokens", "output_tokens")]
    tokens_in, tokens_out = (None if pd.isna(mean) else 1000 * float(mean) for mean in means)
    return (tokens_in, tokens_out), calls["day"].max()


def running(ml_seconds: float, calls: pd.DataFrame, own: float | None, hosted: Mapping[str, float | None]) -> Aspects:
    """Say what each message takes.

    Args:
        ml_seconds: Of the trained model, for one message.
        calls: The language model's, as `sbs.usage` tells them.
        own: Its price for a thousand messages in US dollars; None or 0 if there is no charge.
        hosted: Those of hosted models, None where no price is known.
    """
    told = len(calls) > 0 and bool(calls[["input_tokens", "output_tokens"]].notna().any().all())
    used = f"{calls['input_tokens'].mean():.0f} in, {calls['output_tokens'].mean():.0f} out" if told else NOT_MEASURED
    seconds = f"{calls['seconds'].median():.2f} seconds" if len(calls) else NOT_MEASURED
    bill = "; ".join(f"{name} {dollars:.3f}" for name, dollars in hosted.items() if dollars is not None)
    return {
        "time for one message": [sbs.evaluation.below(ml_seconds), seconds, "not tested"],
        "tokens for one message": ["none", used, used],
        "1,000 messages, US dollars": [
            "no charge",
            f"{own:.3f}" if own else "no charge" if told else NOT_MEASURED,
            bill if told else NOT_MEASURED,
        ],
    }


def costs(model: str, *aspects: Aspects) -> Table:
    """Show all aspects in one table."""
    rows = [[what, *said] for part in aspects for what, said in part.items()]
    return sbs.table(pd.DataFrame(rows, columns=["what", "trained model", model, "same tokens, hosted"]))


def speed(ml_seconds: float, calls: pd.DataFrame) -> Outcome:
    """Say how many times as long the language model took for a message."""
    key = "side_by_side/speed"
    if calls.empty:
        return not_measured(key, "the language model")
    seconds, day = calls["seconds"].median(), calls["day"].max()
    answer = by_bounds(seconds / ml_seconds, (3, after(50)), options(key))
    took = f"The language model took {seconds:.2f} seconds for a message (median of {len(calls)}); "
    took += f"the trained model takes {sbs.evaluation.below(ml_seconds)}."
    return sbs.outcome(key, answer, f"{took} Prices are those of {day}, from genai-prices {version('genai-prices')}.")


def learning_curve(curve: pd.DataFrame, level: sbs.Rate) -> Any:
    """Draw the trained model's accuracy over its labels, with the language model's as a level band."""
    low, high = level.interval
    bar = {"name": "language model", "kind": "GenAI", "score": level.value, "low": low, "high": high}
    alt = (
        "Line chart: accuracy of the trained model against the number of labels, with the language model's accuracy and its interval as a level band"
    )
    return sbs.charts.learning_curve(curve, f"{alt}; where they meet stands in the text below.", bar if level.n else None)


def break_even(low: float | None, score: float | None, high: float | None) -> Outcome:
    """Say how many labels the trained model needs to draw level.

    Args:
        low: Labels at which the curve meets the lower end of the language model's interval; None if it never does.
        score: Labels at which it meets the score; not a number if there is none.
        high: Labels at which it meets the upper end.
    """
    key = "side_by_side/break-even"
    if score is not None and math.isnan(score):
        return not_measured(key, "the language model")
    answer = by_bounds(math.inf if score is None else score, (200, after(1000)), options(key))
    places = {"at the lower end of its interval": low, "at its score": score, "at the upper end": high}
    told = "; ".join(f"{place}: {f'about {round(labels, -1):.0f}' if labels else 'more than there are'}" for place, labels in places.items())
    return sbs.outcome(key, answer, f"Labels needed to draw level with the language model: {told}.")


def failures(n: int, only_ml: Iterable[str], only_genai: Iterable[str], neither: Iterable[str]) -> Markdown:
    """Say which messages one system alone got right, and which neither did, with two of each.

    Args:
        n: How many messages there are.
        only_ml: Those that only the trained model got right.
        only_genai: Those that only the language model got right.
        neither: Those that both got wrong.
    """
    names = ("only the trained model was right", "only the language model was right", "both were wrong")
    groups = dict(zip(names, map(list, (only_ml, only_genai, neither)), strict=True))
    quoted = {name: "; ".join(f"“{sbs.plain(text)}”" for text in texts[:2]) for name, texts in groups.items()}
    return sbs.say("\n".join(f"- **{name}** ({len(texts)} of {n}): {quoted[name]}" for name, texts in groups.items()))
