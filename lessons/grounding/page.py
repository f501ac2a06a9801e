"""The page's own charts, tables and sentences: what came of searching documents, reading them and quoting from them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

import sidebyside as sbs
from sidebyside import wording

RIGHT, ADMITS, WRONG = KINDS = ["right", "admits", "wrong"]
NO_ANSWER = "no answer"  # a kind of its own, of answers and of quotes: neither right nor wrong
SAME, OTHER, ABSENT = VERDICTS = ["right sentence", "true quote, wrong sentence", "not in the text"]
FREE, FORCED, RIVAL = QUOTES = ["model, free", "model, forced", "nearest sentence, no model"]
PASSAGE, SENTENCE, ALONE = CHAIN = ["found passage", "found sentence", "search alone"]  # the ways from a question to an answer
SHOWN = {PASSAGE: "model reads found passage", SENTENCE: "model reads nearest sentence", ALONE: "nearest sentence, no model"}
UNTOLD = "answered, though no text tells"
COLOUR = {PASSAGE: "GenAI", SENTENCE: "hybrid", ALONE: "ML"}

Hits = Sequence[bool | None] | np.ndarray


def among(given: Iterable[str], *kinds: str) -> sbs.Rate:
    """Return the rate of some kinds among the answers that came; those that did not are its missing ones."""
    return sbs.rate(None if kind == NO_ANSWER else kind in kinds for kind in given)


def _with_missing(given: Iterable[Iterable[str]], kinds: Sequence[str]) -> list[str]:
    """Return the kinds that a chart stacks: with those of answers that never came, if there are any."""
    return [*kinds, *([NO_ANSWER] if any(NO_ANSWER in list(one) for one in given) else [])]


def quarter(key: str, rate: sbs.Rate) -> str:
    """Return the option of a question in quarters and halves."""
    return wording.by_bounds(rate.value, [0.25, 0.5], wording.options(key))


def documents(case: Any, passages: pd.DataFrame, known: pd.DataFrame, unknown: pd.DataFrame) -> Any:
    """Say how many documents, passages and questions there are, and show the first question."""
    one = known.iloc[0]
    return sbs.say(
        f"There are {len(case.documents)} documents with {len(passages)} passages; {len(known)} questions have a sentence that answers them, "
        f"{len(unknown)} have none. The first question: “{sbs.plain(one['question'])}” Its sentence: “{sbs.plain(one['sentence'])}”"
    )


def texts_chart(kinds: pd.DataFrame) -> Any:
    """Draw what the answers are worth with each text; `kinds` has a column for each text, a row for each question."""
    description = (
        "Four bars: shares of right, admitting and wrong answers with no text, the right sentence, the right passage and a wrong passage; "
        "the values stand in the text below."
    )
    given = {str(name): list(kinds[name]) for name in kinds}
    return sbs.charts.shares(sbs.charts.share_rows(given, _with_missing(given.values(), KINDS)), description, "share of answers")


def passage(model: str, kinds: pd.DataFrame) -> sbs.widgets.Outcome:
    """Say how many answers are right, admit or are wrong with each text."""
    key, right = "grounding/passage", among(kinds["right passage"], RIGHT)
    if not right.n:
        return sbs.widgets.not_measured(key, model)
    counts = {name: [list(kinds[name]).count(kind) for kind in [*KINDS, NO_ANSWER]] for name in kinds}
    told = "; ".join(
        f"{name}: {good} right, {silent} admit, {bad} wrong{f', {none} without an answer' if none else ''}"
        for name, (good, silent, bad, none) in counts.items()
    )
    return sbs.outcome(key, quarter(key, right), f"{model} with the right passage: {right} right. Of {len(kinds)} answers each, {told}.")


def one_question(model: str, asked: pd.DataFrame, answers: pd.DataFrame, kinds: pd.DataFrame) -> sbs.widgets.Table:
    """Show the first question that is right with the right passage and wrong with a wrong one; the first of all if there is none."""
    telling = kinds.index[(kinds["right passage"] == RIGHT) & (kinds["wrong passage"] == WRONG)]
    at = telling[0] if len(telling) else kinds.index[0]
    columns = {"question": asked["question"][at], "the text was": answers.columns, f"{model} wrote": answers.loc[at].tolist()}
    return sbs.table(pd.DataFrame(columns | {"needed": asked["answer"][at]}))


def search_chart(rates: Mapping[tuple[str, int], sbs.Rate]) -> Any:
    """Draw the hit rates; keys are the search and how many places count."""
    systems = {f"{name}, first {'one' if first == 1 else first}": ("ML", rate) for (name, first), rate in rates.items()}
    description = (
        "Points with intervals: hit rates of the search by words and by meaning, in the first place and in the first few; "
        "the values stand in the text below."
    )
    return sbs.scoreboard(systems, description, "hit rate")


def search(rates: Mapping[tuple[str, int], sbs.Rate], by_words: Hits, by_meaning: Hits) -> sbs.widgets.Outcome:
    """Say how often each search finds the right passage, and which one puts it first more often.

    Args:
        rates: As for `search_chart`.
        by_words: For each question, whether the search by words puts the right passage first.
        by_meaning: The same for the search by meaning.
    """
    key, p = "grounding/search", sbs.paired_p(by_words, by_meaning)
    word = wording.clearly(int(np.sum(by_words)) - int(np.sum(by_meaning)), p, wording.options(key))
    places = {at: "in first place" if at[1] == 1 else f"among the first {at[1]}" for at in rates}
    told = "; ".join(f"{at[0]}, {places[at]}: {rate}" for at, rate in rates.items())
    return sbs.outcome(key, word, f"Right passage {told}. First places compared: {wording.p_is(p)}.")


def chain_chart(kinds: pd.DataFrame) -> Any:
    """Draw the right answers of the three ways from a question to an answer; `kinds` has a column for each of `CHAIN`."""
    systems = {SHOWN[name]: (COLOUR[name], among(kinds[name], RIGHT)) for name in CHAIN}
    description = (
        "Points with intervals: share of right answers when the model reads the found passage, when it reads the nearest sentence, and when "
        "the nearest sentence is shown without a model; the values stand in the text below."
    )
    return sbs.scoreboard(systems, description, "right, end to end")


def _share(hits: Hits) -> str:
    return str(sbs.rate(hits)) if len(hits) else "none to count"


def chain(model: str, kinds: pd.DataFrame, hit: np.ndarray) -> Any:
    """Say how far the search and the reading go, and whether a model does better than the search alone.

    Args:
        model: Who read.
        kinds: As for `chain_chart`.
        hit: Whether the search put the right passage first.
    """
    right = {name: np.array([None if kind == NO_ANSWER else kind == RIGHT for kind in kinds[name]]) for name in CHAIN}
    rates = {name: sbs.rate(hits) for name, hits in right.items()}
    best = max((PASSAGE, SENTENCE), key=lambda name: rates[name].value if rates[name].n else -1)
    p = sbs.paired_p(right[best], right[ALONE])
    leads = [f"{model} is ahead", "the search alone is ahead", "too close to call"]
    lead = wording.clearly(rates[best].value - rates[ALONE].value, p, leads)
    return sbs.say(
        f"The search put the right passage first for {_share(hit)} of these questions. Right answers of {model} with the passage found: "
        f"{_share(right[PASSAGE][hit])} where it was the right one, {_share(right[PASSAGE][~hit])} where it was not.\n\n"
        f"End to end: {'; '.join(f'**{SHOWN[name]}** {rate}' for name, rate in rates.items())}. "
        f"The better way with a model against the search alone: {wording.p_is(p)}, so {lead}."
    )


def untold(model: str, silent: Hits, kinds: pd.DataFrame, far: Hits) -> sbs.widgets.Outcome:
    """Say how often the model admits that it does not know, where no document tells and where one does.

    Args:
        model: Who answered.
        silent: For each question without an answer, whether the model admits it; None where its reply never came.
        kinds: As for `texts_chart`.
        far: For each question without an answer, whether a limit on nearness stops it.
    """
    key, admitted = "grounding/untold", sbs.rate(silent)
    told = (
        f"{model} admits on {admitted} of the questions without an answer, and on {among(kinds['right passage'], ADMITS)} of those with the "
        f"right passage before it. A limit on nearness that lets nine tenths of the answerable questions pass stops {_share(far)} of the others."
    )
    return sbs.outcome(key, quarter(key, admitted), told)


def replies_table(model: str, questions: pd.Series[str], replies: Sequence[str], silent: Sequence[bool | None]) -> sbs.widgets.Table:
    """Show the first replies to questions that no document answers."""
    counted = [NO_ANSWER if one is None else "admits" if one else "an answer" for one in silent]
    return sbs.table(pd.DataFrame({"question": questions.tolist(), f"{model} wrote": replies, "counts as": counted}).head(4))


def chosen(said: str, sentences: Sequence[str]) -> str:
    """Return the sentence that a forced answer consists of: some endpoints wrap it in JSON."""
    return next((sentence for sentence in sentences if sentence in said), said)


def quotes_chart(verdicts: Mapping[str, Sequence[str]]) -> Any:
    """Draw what the quotes are worth; keys are those of `QUOTES`."""
    description = (
        "Three bars: shares of right sentences, true quotes of a wrong sentence, and quotes that are not in the text, for the model's free quotes, "
        "its forced ones and the nearest sentence; the values stand in the text below."
    )
    return sbs.charts.shares(
        sbs.charts.share_rows(verdicts, _with_missing(verdicts.values(), VERDICTS), {RIVAL: "ML"}), description, "share of quotes"
    )


def quote(model: str, verdicts: Mapping[str, Sequence[str]], sizes: Sequence[int]) -> sbs.widgets.Outcome:
    """Say how many free quotes are true, and how many of each kind are the right sentence.

    Args:
        model: Who quoted.
        verdicts: For each of `QUOTES`, what each quote is worth.
        sizes: How many sentences each passage has, for the share that a blind pick gets right.
    """
    key, true = "grounding/quote", among(verdicts[FREE], SAME, OTHER)
    if not true.n:
        return sbs.widgets.not_measured(key, model)
    right = "; ".join(f"{name}: {among(given, SAME)}" for name, given in verdicts.items())
    told = (
        f"{true} of the free quotes of {model} stand in the text word for word. The right sentence: {right}. "
        f"Picking blindly among the sentences would get {sum(1 / size for size in sizes) / len(sizes):.0%} right."
    )
    return sbs.outcome(key, quarter(key, true), told)


def _has_number(text: str) -> bool:
    return any(sign.isdigit() for sign in text)


def reading_failures(asked: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Sort the answers from the passage found by how they fail.

    Args:
        asked: Columns question, answer (needed), wrote, kind (of `KINDS`), hit (whether the passage is the right one), text (that passage).
    """
    copied = [_has_number(wrote) and sbs.scorers.holds_numbers(text, wrote) for text, wrote in zip(asked["text"], asked["wrote"], strict=True)]
    taken = pd.Series(copied, index=asked.index, dtype=bool)
    hit, wrong = asked["hit"], asked["kind"] == WRONG
    return {
        "not found: wrong passage, wrong answer": asked[~hit & wrong],
        "lucky: wrong passage, needed number": asked[~hit & (asked["kind"] == RIGHT)],
        "found, but took another number of the text": asked[hit & wrong & taken],
        "found, but number missing or made up": asked[hit & wrong & ~taken],
        "found, but refused": asked[hit & (asked["kind"] == ADMITS)],
    }


def quoting_failures(asked: pd.DataFrame, quotes: Mapping[str, Sequence[str]], verdicts: Mapping[str, Sequence[str]]) -> dict[str, pd.DataFrame]:
    """Return the questions whose free quote is made up, and those whose forced quote is the wrong sentence."""

    def failed(name: str, verdict: str) -> pd.DataFrame:
        rows = asked.assign(wrote=list(quotes[name]), answer=asked["sentence"])
        return rows[[one == verdict for one in verdicts[name]]]

    return {"quote not in the text": failed(FREE, ABSENT), OTHER: failed(FORCED, OTHER)}


def failures_table(
    model: str, read: pd.DataFrame, unread: pd.DataFrame, quotes: Mapping[str, Sequence[str]], verdicts: Mapping[str, Sequence[str]]
) -> sbs.widgets.Table:
    """Show each kind of failure that came up, how often, and an example whose question is not shown yet, if there is one.

    Args:
        model: Who answered.
        read: As `reading_failures` takes it.
        unread: The questions without an answer; columns question, wrote, answer, silent (whether the model admits it;
            None if its reply never came).
        quotes: For each of `QUOTES`, a quote for each question.
        verdicts: What each quote is worth.
    """
    failures = (
        reading_failures(read)
        | {"no answer came": read[read["kind"] == NO_ANSWER]}
        | {UNTOLD: unread[unread["silent"].astype(object).eq(False)]}
        | quoting_failures(read, quotes, verdicts)
    )
    rows: list[dict[str, Any]] = []
    for name, failed in failures.items():
        if len(failed):
            fresh = failed[~failed["question"].isin([row["question"] for row in rows])]
            one = (fresh if len(fresh) else failed).iloc[0]
            times = f"{len(failed)} of {len(unread if name == UNTOLD else read)}"
            rows.append({"failure": name, "times": times, "question": one["question"], f"{model} wrote": str(one["wrote"]), "needed": one["answer"]})
    return sbs.table(pd.DataFrame(rows, columns=["failure", "times", "question", f"{model} wrote", "needed"]))
