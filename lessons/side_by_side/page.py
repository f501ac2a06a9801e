"""What the page *Side by side* shows of its results, and who takes part."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import Any

import numpy as np
import openai
import pandas as pd
from IPython.display import Markdown

import sidebyside as sbs
from sidebyside.errors import RecordingError, Why
from sidebyside.evaluation import paired_gap
from sidebyside.models import MAIN, SMALL
from sidebyside.runs import attempt
from sidebyside.widgets import Outcome, Table, not_measured
from sidebyside.wording import NOT_MEASURED, after, by_bounds, clearly, count, options, p_is, share

TRAINED = "trained model"
NOT_RECORDED = "{model} takes part with recorded answers only, and there are none to these requests"
Aspects = dict[str, list[str]]  # what is compared → what is said of the trained model and of each language model


# --- who takes part ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Entry:
    """A language model's part in the contest.

    Attributes:
        model: Its name.
        version: The version of the prompt that was best on dev; "" if it was not asked.
        chosen_on: How many dev messages it was chosen on.
        said: The label that it gave each test message; None if the answer names none, a `NoAnswer` if none came.
        calls: What the answers took, one row each, as `sbs.usage` tells them.
    """

    model: str
    version: str
    chosen_on: int
    said: Sequence[Any]
    calls: pd.DataFrame = field(repr=False)

    def right(self, target: Iterable[str]) -> list[bool | None]:
        """Return whether each answer is right; None where none came."""
        came = sbs.evaluation.came(self.said)
        return [bool(a == b) if there else None for a, b, there in zip(self.said, target, came, strict=True)]


Run = Callable[[Callable[[str], str | None], Any], list[Any]]
Enter = Callable[[openai.OpenAI, str, Run], tuple[str, int, list[Any]]]


def entry(client: openai.OpenAI, model: str, enter: Enter, labels: Sequence[str]) -> Entry:
    """Let the model in force take part.

    Args:
        client: As `sbs.connect` returns it.
        model: The model's name.
        enter: Chooses a prompt on dev and asks it about the test messages: from client, model and a function that gives texts to a
            system, to the prompt's version, the number of dev messages and the answers.
        labels: The allowed labels.
    """
    return _entry(client, model, *enter(client, model, sbs.run), labels)


def _entry(client: openai.OpenAI, model: str, chosen: str, chosen_on: int, answers: Sequence[Any], labels: Sequence[str]) -> Entry:
    came = sbs.evaluation.came(answers)
    said = [sbs.read_label(answer, labels) if there else answer for answer, there in zip(answers, came, strict=True)]
    return Entry(model, chosen, chosen_on, said, sbs.usage(client).tail(int(came.sum())))


def recorded_entry(model: str, enter: Enter, labels: Sequence[str], n: int) -> Entry:
    """Let the other recorded model take part, by its recordings alone: nobody has to fetch it or wait for it.

    Args:
        model: The name of the model in force; the other is the small model, or the main one beside the small.
        enter: As for `entry`.
        labels: The allowed labels.
        n: How many test messages there are.
    """
    other = MAIN.name if model == SMALL.name else SMALL.name
    with recorded_only():
        client, _ = sbs.connect("side_by_side", model=other)
        try:
            return _entry(client, other, *enter(client, other, lambda system, texts: [attempt(system, text) for text in texts]), labels)
        except RecordingError:
            missing = sbs.NoAnswer(Why.UNMEASURED, NOT_RECORDED.format(model=other))
            return Entry(other, "", 0, [missing] * n, sbs.usage(client).head(0))


@contextmanager
def recorded_only() -> Iterator[None]:
    """Let recordings alone answer, and all of them: a prompt is chosen on the whole dev sample, whatever the limit for live answers."""
    settings = {"SIDEBYSIDE_MODE": "replay", "SIDEBYSIDE_LIMIT": "all"}
    before = {name: os.environ.get(name) for name in settings}
    os.environ.update(settings)
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})


def entered(way: str, entries: Sequence[Entry]) -> Markdown:
    """Say with what each takes part, as it was chosen on dev."""
    told = [f"{entry.model} with prompt **{entry.version}**" if entry.version else sbs.plain(entry.said[0].sentence) for entry in entries]
    return sbs.say(f"Chosen on dev: the trained model counts **{way}**; {'; '.join(told)}.")


# --- who is ahead -----------------------------------------------------------------------------------------------------


def scoreboard(rates: Mapping[str, sbs.Rate]) -> Any:
    """Draw the accuracy of each; the trained model is the one that is no language model."""
    told = ", ".join(f"{name} {rate.value:.0%}" for name, rate in rates.items() if rate.n)
    systems = {name: ("ML" if name == TRAINED else sbs.charts.kind_of(name), rate) for name, rate in rates.items()}
    return sbs.scoreboard(systems, f"Points with intervals: accuracy on the test split: {told}.", "accuracy on test")


def winner(rates: Mapping[str, sbs.Rate], trained_right: Sequence[bool], language_right: Sequence[Any]) -> Outcome:
    """Say whether the trained model or the language model in force is clearly ahead.

    Args:
        rates: The rate of each; the trained model's first, then that of the language model in force, then others.
        trained_right: Whether the trained model is right, message by message.
        language_right: Whether the language model in force is right; None where no answer came.
    """
    key = "side_by_side/winner"
    (_, trained), (name, language), *others = rates.items()
    if not language.n:
        return not_measured(key, name)
    p = sbs.paired_p(trained_right, language_right)
    gains, losses = sbs.flips(trained_right, language_right)
    answer = clearly(paired_gap(trained_right, language_right), p, options(key))
    apart = f"Only the trained model was right on {len(losses)}, only the language model on {len(gains)} ({p_is(p)})."
    third = "".join(f" For comparison, {other}: {rate}." for other, rate in others)
    return sbs.outcome(key, answer, f"Trained model {trained}; {name} {language}. {apart}{third}", name)


# --- what each one costs ----------------------------------------------------------------------------------------------


def quality(rates: Mapping[str, sbs.Rate]) -> Aspects:
    """Say how good each is."""
    return {"right on test (95 % interval)": [share(rate) for rate in rates.values()]}


def labelling(train: int, dev: int, examples: int, seconds: float, entries: Sequence[Entry]) -> Aspects:
    """Say what comes before the first result. Labels of test messages are needed by all and counted for none.

    Args:
        train: How many labels the trained model learnt from.
        dev: How many dev labels it took to choose its way of counting.
        examples: How many labelled messages the prompts showed.
        seconds: For one label.
        entries: The language models.
    """
    shown = f", {examples} shown as examples" if examples else ""
    asked = [(entry.chosen_on, entry.chosen_on + examples) if entry.version else None for entry in entries]
    return {
        "labels used": [
            f"{train + dev:,} ({train:,} to train, {dev} to choose the way of counting)",
            *(f"{used[1]} ({used[0]} to choose the prompt{shown})" if used else NOT_MEASURED for used in asked),
        ],
        "time to first result": [
            f"{(train + dev) * seconds / 3600:.1f} hours of labelling",
            *(f"{used[1] * seconds / 60:.0f} minutes of labelling" if used else NOT_MEASURED for used in asked),
        ],
    }


def thousand(calls: pd.DataFrame) -> tuple[tuple[float | None, float | None], str | None]:
    """Return the tokens, in and out, of a thousand messages at the mean of some calls, and the day of the latest; None where nothing tells them."""
    if calls.empty:
        return (None, None), None
    means = [calls[name].astype(float).mean() for name in ("input_tokens", "output_tokens")]
    tokens_in, tokens_out = (None if pd.isna(mean) else 1000 * float(mean) for mean in means)
    return (tokens_in, tokens_out), calls["day"].max()


def running(ml_seconds: float, entries: Sequence[Entry], hosted: Sequence[str]) -> Aspects:
    """Say what each message takes.

    Args:
        ml_seconds: Of the trained model, for one message sent alone.
        entries: The language models.
        hosted: Names of hosted models, for the price alone.
    """
    return {
        "time for one message": [sbs.evaluation.below(ml_seconds), *(_seconds(entry.calls) for entry in entries)],
        "tokens for one message": ["none", *(_tokens(entry.calls) for entry in entries)],
        "1,000 messages, US dollars": ["no charge", *(_own_bill(entry) for entry in entries)],
        "same tokens at a hosted model's price (its answers not tested)": ["", *(_hosted_bill(entry, hosted) for entry in entries)],
    }


def _seconds(calls: pd.DataFrame) -> str:
    return f"{calls['seconds'].median():.2f} seconds" if len(calls) else NOT_MEASURED


def _told(calls: pd.DataFrame) -> bool:
    return len(calls) > 0 and bool(calls[["input_tokens", "output_tokens"]].notna().any().all())


def _tokens(calls: pd.DataFrame) -> str:
    return f"{calls['input_tokens'].mean():.0f} in, {calls['output_tokens'].mean():.0f} out" if _told(calls) else NOT_MEASURED


def _own_bill(entry: Entry) -> str:
    tokens, day = thousand(entry.calls)
    dollars = sbs.prices.price(entry.model, *tokens, day)
    return f"{dollars:.3f}" if dollars else "no charge" if _told(entry.calls) else NOT_MEASURED


def _hosted_bill(entry: Entry, hosted: Sequence[str]) -> str:
    tokens, day = thousand(entry.calls)
    bills = {name: sbs.prices.price(name, *tokens, day) for name in hosted} if _told(entry.calls) else {}
    return "; ".join(f"{name} {dollars:.3f}" for name, dollars in bills.items() if dollars is not None) or NOT_MEASURED


def costs(models: Sequence[str], *aspects: Aspects) -> Table:
    """Show all aspects in one table."""
    rows = [[what, *said] for part in aspects for what, said in part.items()]
    return sbs.table(pd.DataFrame(rows, columns=["what", TRAINED, *models]))


def speed(ml_seconds: float, entry: Entry) -> Outcome:
    """Say how many times as long the language model took for a message, each message sent alone."""
    key, calls = "side_by_side/speed", entry.calls
    if calls.empty:
        return not_measured(key, entry.model)
    seconds, day = calls["seconds"].median(), calls["day"].max()
    took = f"{entry.model} took {seconds:.2f} seconds for a message (median of {len(calls)}); "
    took += f"the trained model takes {sbs.evaluation.below(ml_seconds)}."
    answer = by_bounds(seconds / ml_seconds, (1, after(3), after(20)), options(key))
    return sbs.outcome(key, answer, f"{took} Prices in the table are those of {day}, from genai-prices {version('genai-prices')}.", entry.model)


# --- how many labels break even ---------------------------------------------------------------------------------------


def learning_curve(sizes: Sequence[int], hits: np.ndarray, entry: Entry, level: sbs.Rate) -> Any:
    """Draw the trained model's accuracy over its labels, with a language model's as a level band.

    Args:
        sizes: Numbers of labels.
        hits: Whether each test message was sorted right, shape (sizes, runs, messages).
        entry: The language model.
        level: Its rate.
    """
    rows = [(size, run, share) for size, runs in zip(sizes, hits.mean(axis=2), strict=True) for run, share in enumerate(runs)]
    (low, high), name = level.interval, entry.model
    bar = {"name": name, "kind": "GenAI", "score": level.value, "low": low, "high": high}
    alt = f"Line chart: accuracy of the trained model against the number of labels, with that of {name} and its interval as a level band"
    curve = pd.DataFrame(rows, columns=["labels", "seed", "accuracy"])
    return sbs.charts.learning_curve(curve, f"{alt}; the text below says where they meet.", bar if level.n else None)


def break_even(sizes: Sequence[int], hits: np.ndarray, entry: Entry, right: Sequence[Any]) -> Outcome:
    """Say how many labels the trained model needs to draw level with a language model, and how loosely that is known.

    Args:
        sizes: Numbers of labels, rising.
        hits: Whether each test message was sorted right, shape (sizes, runs, messages).
        entry: The language model.
        right: Whether it is right, message by message; None where no answer came.
    """
    key, level = "side_by_side/break-even", sbs.rate(right)
    place, (low, high) = sbs.evaluation.break_even(sizes, hits, right)
    if not level.n:
        return not_measured(key, entry.model)
    answer = by_bounds(math.inf if place is None else place, (200, after(1000), math.inf), options(key))
    met = f"reaches the {level.value:.1%} of {entry.model} at {_labels(place, sizes)}"
    never = f"does not reach the {level.value:.1%} of {entry.model} with all {sizes[-1]:,} labels"
    span = f"from {_labels(low, sizes)} to {_labels(high, sizes)}" if low != high else _labels(low, sizes)
    told = f"On the mean of {hits.shape[1]} runs the trained model {never if place is None else met}"
    return sbs.outcome(key, answer, f"{told}. Had other messages been drawn, it might have been anything {span} (95 % interval).", entry.model)


def _labels(place: float | None, sizes: Sequence[int]) -> str:
    if place is None or math.isinf(place):
        return f"more than {sizes[-1]:,} labels"
    return f"{sizes[0]} labels or fewer" if place <= sizes[0] else f"about {round(place, -1):,.0f} labels"


# --- both together ----------------------------------------------------------------------------------------------------


def together(trained: Sequence[str], entry: Entry, target: Sequence[str]) -> Outcome:
    """Say how often both give the same label, how often that label is right, and what is left for a person.

    Args:
        trained: The trained model's labels.
        entry: The language model.
        target: The right labels.
    """
    key = "side_by_side/together"
    came = sbs.evaluation.came(entry.said)
    if not came.any():
        return not_measured(key, entry.model)
    one, other, label = (np.array(list(column), dtype=object)[came] for column in (trained, entry.said, target))
    same, right = one == other, one == label
    alike, good = sbs.rate(same), sbs.rate(right[same])
    if not good.n:
        return sbs.outcome(key, NOT_MEASURED, f"The trained model and {entry.model} agree on no message, so each goes to a person.", entry.model)
    wrong, person = good.n - good.successes, alike.n - alike.successes
    alone = f"the trained model alone gets {int((~right).sum())} of all {alike.n} wrong, {entry.model} alone {int((other != label).sum())}"
    told = f"Both give the same label to {alike}. Of these labels {good} are right, so {wrong} would be filed wrongly; {alone}."
    answer = by_bounds(100 * (1 - good.value), (2, after(5), after(10)), options(key))
    return sbs.outcome(key, answer, f"{told} The other {person} go to a person: {person / alike.n:.0%} of the work.", entry.model)


def failures(model: str, trained_right: Sequence[bool], language_right: Sequence[Any], same: Sequence[bool], texts: Sequence[str]) -> Markdown:
    """Say on which messages one alone was right and which neither was, and of those how many both gave the same label; with two of each.

    Args:
        model: The language model's name.
        trained_right: Whether the trained model is right, message by message.
        language_right: Whether the language model is right; None where no answer came.
        same: Whether both gave the same label.
        texts: The messages.
    """
    rows = [row for row in zip(trained_right, language_right, same, texts, strict=True) if row[1] is not None]
    groups = {
        "only the trained model was right": [text for one, other, _, text in rows if one and not other],
        f"only {model} was right": [text for one, other, _, text in rows if other and not one],
        "both gave the same wrong label": [text for one, _, alike, text in rows if alike and not one],
    }
    quoted = {name: "; ".join(f"“{sbs.plain(text)}”" for text in found[:2]) or "none" for name, found in groups.items()}
    return sbs.say(
        "\n".join(
            f"- **{name}** ({count(sbs.rate([True] * len(found) + [False] * (len(rows) - len(found))))}): {quoted[name]}"
            for name, found in groups.items()
        )
    )
