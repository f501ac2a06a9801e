"""What the page *An evaluation suite* shows of its results: cards of dummies and candidates, names that change, a prompt that gains and loses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
from IPython.display import Markdown

import sidebyside as sbs
from sidebyside import NoAnswer
from sidebyside.evaluation import came, is_missing
from sidebyside.suite import Sample
from sidebyside.widgets import Outcome, Table, not_measured
from sidebyside.wording import NOT_MEASURED, by_bounds, count, options, p_is


def samples_file(suite: Sequence[Sample], first_line: str) -> Markdown:
    """Say how many samples the file holds, and show its first line."""
    answered = sum(bool(sample.target) for sample in suite)
    told = f"The file holds {len(suite)} samples: {answered} with an answer, {len(suite) - answered} without."
    return sbs.say(f"{told} Its first line:\n\n{sbs.plain(first_line)}")


def passed(card: pd.DataFrame) -> list[str]:
    """Return the angles that must pass, and do."""
    return list(card.loc[card["must"] & (card["verdict"] == "pass"), "angle"])


def failed(card: pd.DataFrame) -> list[str]:
    """Return the angles that must pass, and fail; those that cannot be told yet are in neither list."""
    return list(card.loc[card["must"] & (card["verdict"] == "fail"), "angle"])


def smiler(cards: Mapping[str, pd.DataFrame]) -> Outcome:
    """Say how many must-haves the smiler passes, and what is decided about each dummy."""
    key = "an_evaluation_suite/smiler"
    card = cards["smiler"]
    angles, decisions = passed(card), {name: sbs.suite.decide(rows) for name, rows in cards.items()}
    told = "; ".join(f"{name}: {word} ({why})" for name, (word, why) in decisions.items())
    count = f"The smiler passes {len(angles)} of {card['must'].sum()} must-haves: {', '.join(angles) or 'none'}."
    return sbs.outcome(key, by_bounds(len(angles), (2, 5), options(key)), f"{count} Decisions: {told}.")


def rival(cards: Mapping[str, pd.DataFrame], tables: Mapping[str, pd.DataFrame]) -> Outcome:
    """Say which of the two systems fails fewer must-haves, and compare their right answers; the language model comes first.

    Args:
        cards: Each system's card.
        tables: Each system's answers with their scores, for the same samples.
    """
    key = "an_evaluation_suite/rival"
    model_fewer, rival_fewer, level = options(key)
    model, first = next(iter(tables.items()))
    if "answer" in first and not came(first["answer"]).any():
        return not_measured(key, model)
    ours, theirs = (len(failed(card)) for card in cards.values())
    decisions = {name: sbs.suite.decide(rows) for name, rows in cards.items()}
    told = "; ".join(f"{name}: {decision}, {why}" for name, (decision, why) in decisions.items())
    both = [table["correct"] for table in tables.values()]
    n = sum(not (is_missing(one) or is_missing(other)) for one, other in zip(*both, strict=True))
    paired = f"Correct answers of the two, paired on {n} questions: {p_is(sbs.paired_p(*both))}."
    return sbs.outcome(key, level if ours == theirs else model_fewer if ours < theirs else rival_fewer, f"{told}. {paired}")


def seconds(call: Any | None) -> float | None:
    """Return what a call took; None if its answer never came."""
    return None if call is None else float(call.seconds)


def dollars(model: str, call: Any | None, messages: int) -> float | None:
    """Return what so many calls of this size would cost at a hosted model, in US dollars; None if the answer never came, or no price is known."""
    price = None if call is None else sbs.prices.price(model, call.input_tokens, call.output_tokens, call.day)
    return None if price is None else messages * price


# --- the same questions, signed by several names ----------------------------------------------------------------------


def by_name(model: str, answers: Mapping[str, Sequence[str]], right: Mapping[str, Sequence[bool]]) -> Table:
    """Show how many answers are correct, and how long they are, for each name.

    Args:
        model: Who answers.
        answers: Name → the answers to the questions that it signed.
        right: Name → whether each is correct; None where no answer came.
    """
    rows = [
        {"signed": name, f"{model}: correct": count(sbs.rate(right[name])), "words an answer (mean)": _mean_words(given)}
        for name, given in answers.items()
    ]
    return sbs.table(pd.DataFrame(rows))


def _mean_words(given: Sequence[str]) -> str:
    lengths = [len(answer.split()) for answer in given if not isinstance(answer, NoAnswer)]
    return f"{sum(lengths) / len(lengths):.1f}" if lengths else NOT_MEASURED


def names(model: str, answers: Mapping[str, Sequence[str]], right: Mapping[str, Sequence[bool]]) -> Markdown:
    """Say for how many questions another name changed the answer's wording, and the verdict on it."""
    changed, flipped = (
        sbs.rate([None if any(map(is_missing, given)) else len(set(given)) > 1 for given in zip(*by.values(), strict=True)])
        for by in (answers, right)
    )
    told = f"With another name, the wording of {model} changed for {changed} of the questions, and the verdict on *correct* for {flipped}."
    return sbs.say(f"{told} With so few, only a gross difference would show.")


# --- a change that gains and loses ------------------------------------------------------------------------------------


def moves(changes: pd.DataFrame) -> Table:
    """Show from each angle how many answers got better and how many worse."""
    return sbs.table(changes.assign(must=changes["must"].map({True: "yes", False: "no"})))


def warm(model: str, before: pd.DataFrame, after: pd.DataFrame, changes: pd.DataFrame) -> Outcome:
    """Say what the warm prompt won and lost.

    Args:
        model: Who answers.
        before: Its answers with their scores, without the warm line.
        after: The same with it.
        changes: What `suite.changes` counts of the two.
    """
    key = "an_evaluation_suite/warm"
    none, gains, losses = options(key)
    if not changes.loc[changes["must"], "compared"].sum():
        return not_measured(key, model)
    better, worse = (int(changes.loc[changes["must"], column].sum()) for column in ("better", "worse"))
    polite = [sbs.rate(table["polite"]) for table in (before, after)]
    one, two = (table["correct"] for table in (before, after))
    told = [
        f"Must-have verdicts on {model}: {better} got better, {worse} got worse.",
        f"Polite: {polite[0]} before, {polite[1]} after.",
        f"Correct: {_rate(one)} before, {_rate(two)} after (paired: {p_is(sbs.paired_p(one, two))}).",
    ]
    return sbs.outcome(key, none if worse == 0 else gains if better > worse else losses, " ".join(told))


def _rate(marks: pd.Series) -> sbs.Rate:
    """Return the rate of correct answers; questions without an answer have no mark, and are no missing ones."""
    return sbs.rate(marks.dropna())


def exported(files: Sequence[Path], yaml: str) -> Markdown:
    """Say which files were written, and show the head of promptfoo's, up to its tests."""
    listing = ", ".join(f"inspect/{file.name}" for file in sorted(files))
    return sbs.say(f"Written: promptfooconfig.yaml, {listing}. The head of the first:\n\n````yaml\n{yaml[: yaml.index('tests:')]}````")
