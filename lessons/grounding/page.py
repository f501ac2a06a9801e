"""The page's own rule, charts, tables and sentences: what came of searching documents, reading them and quoting from them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import sidebyside as sbs
from sidebyside import NoAnswer, models, wording
from sidebyside.charts import kind_of
from sidebyside.evaluation import Difference, Rate, compare, compare_apart, kappa, paired_gap

RIGHT, DECLINES, WRONG = KINDS = ["right", "declines", "wrong"]
NO_ANSWER = "no answer"  # a kind of its own, of answers and of quotes: neither right nor wrong
TOO_LONG = "does not fit"  # the text is longer than the model can read, so it was not asked
SAME, OTHER, ABSENT = VERDICTS = ["right sentence", "true quote, wrong sentence", "not in the text"]
FREE, RIVAL = QUOTES = ["the model", "nearest sentence, no model"]
NO_TEXT, PASSAGE = "no text", "right passage"
ONE, FIVE, ALL = PILES = ["one passage", "five passages", "the whole handbook"]  # what the model is given to read
ALONE = "nearest sentence, no model"
UNTOLD = "answered, though no text tells"
LABELS = Path(__file__).with_name("labels.csv")
SIZES = {"dev": (10, 6), "test": (24, 16)}  # questions with an answer, and without
ASKED = 8  # answers to each question, so that a live run asks about few of them
SIGNS_PER_TOKEN, ROOM = 3.6, 200  # a cautious guess for English prose; tokens kept free for instruction, question and answer

Hits = Sequence[bool | None] | np.ndarray


# --- the questions, and whether a text fits ---------------------------------------------------------------------------


def split(known: pd.DataFrame, unknown: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Return questions to choose an instruction on, and those of the exam: with an answer, and without.

    Args:
        known: The questions that a document answers; those whose answer holds a number take part, in a drawn order.
        unknown: Those that none answers; their answer is emptied.

    Returns:
        Dev, of both sorts; exam questions with an answer; exam questions without. None is in two of them.
    """
    (dev_known, dev_unknown), (exam_known, exam_unknown) = SIZES["dev"], SIZES["test"]
    numbered, unknown = known[known["answer"].str.contains(r"\d")].sample(frac=1, random_state=0), unknown.assign(answer="")
    halves, last = len(numbered) - len(numbered) // 2, max(len(unknown) - exam_unknown, len(unknown) // 2)
    dev = [numbered[:halves].head(dev_known), unknown[:last].head(dev_unknown)]
    return (
        pd.concat([sbs.limit(part, ASKED) for part in dev]),
        sbs.limit(numbered[halves:].head(exam_known), ASKED),
        sbs.limit(unknown[last:], ASKED),
    )


def tokens_about(text: str) -> int:
    """Return about how many tokens a text has: rather too many than too few."""
    return round(len(text) / SIGNS_PER_TOKEN)


def context_of(model: str) -> int | None:
    """Return how many tokens of question and answer a model takes; None for one of an endpoint, which says so itself."""
    known = models.find(model)
    return known.context if known else None


def fits(model: str, text: str) -> bool:
    """Tell whether a text fits into what a model can read at once, with room for the question and the answer."""
    context = context_of(model)
    return context is None or tokens_about(text) + ROOM <= context


# --- the rule that says what an answer is -----------------------------------------------------------------------------

# What an answer says that declines: of not knowing, or of a text that does not tell. "I'm sorry" alone does neither.
TELLS = r"(say|tell|mention|specify|state|provide|contain|include|address|give|indicate|answer|explain)s?"
DECLINING = (
    r"\b(i|we) (do not|don't|cannot|can't|could not|couldn't) (\w+ )?(know|tell|say|find|determine|answer)\b|"
    r"\b(text|passage|document|handbook|context|information|policy|question)s? (\w+ )?(does not|doesn't|do not|don't) (\w+ )?" + TELLS + r"\b|"
    r"\bit (does not|doesn't) (\w+ )?(say|tell|mention|specify|state)\b|\bnot (\w+ )?(sure|certain|specified|mentioned|stated)\b|"
    r"\bno (information|mention)\b|\b(unclear|unspecified)\b"
)


def declines(answer: str) -> bool:
    """Tell whether an answer says that it does not know, or that the text does not tell."""
    said = " ".join(re.sub("[\u2018\u2019\u02bc`]", "'", answer.lower()).split())
    return bool(re.search(DECLINING, said))


def kind(answer: str | None, target: str) -> str:
    """Return what an answer is: one of `KINDS`, `NO_ANSWER`, or `TOO_LONG`.

    Args:
        answer: What was written, or `TOO_LONG`.
        target: What is needed; right is an answer with each of its numbers, in digits or words. Empty where no document tells.
    """
    if answer is None or isinstance(answer, NoAnswer):
        return NO_ANSWER
    if answer == TOO_LONG:
        return TOO_LONG
    digits = " ".join(sorted(sbs.scorers.spelled_numbers(answer)))
    return RIGHT if target and sbs.scorers.holds_numbers(digits, target) else DECLINES if declines(answer) else WRONG


def kinds_of(answers: Iterable[str | None], targets: Iterable[str]) -> list[str]:
    """Return the kind of each answer."""
    return [kind(answer, target) for answer, target in zip(answers, targets, strict=True)]


@cache
def labels() -> pd.DataFrame:
    """Return the answers that were marked by hand, with the rule's verdict in `kind`; no rows if there are none."""
    if not LABELS.exists():
        return pd.DataFrame(columns=["question", "answer", "target", "label", "kind"])
    rows = pd.read_csv(LABELS, keep_default_na=False)
    return rows.assign(kind=kinds_of(rows["answer"], rows["target"]))


def trust(rows: pd.DataFrame) -> Any:
    """Say how well the rule agrees with marks given by hand, and how well two readers do, if there is a second one.

    Args:
        rows: Columns question, answer, target, label (by hand), kind (by the rule), perhaps second_label.
    """
    if not len(rows):
        return sbs.say("Nobody has marked answers by hand yet, so nothing is known of how well the rule judges.")
    false = {name: int(((rows["kind"] == name) & (rows["label"] != name)).sum()) for name in KINDS}
    told = (
        f"On {wording.plural(len(rows), 'answer')} marked by hand, the rule gives the same verdict in {sbs.rate(rows['kind'] == rows['label'])}. "
        f"Its mistakes: {', '.join(f'{n} called {name} that {wording_is(n)} not' for name, n in false.items())}. "
        f"Right or not? Kappa of rule and marks: {kappa(rows['kind'] == RIGHT, rows['label'] == RIGHT, rows['question'])}."
    )
    if "second_label" in rows:
        twice = kappa(rows["label"] == RIGHT, rows["second_label"] == RIGHT, rows["question"])
        same = sbs.rate(rows["label"] == rows["second_label"])
        told += f" A second reader, who did not see the first one's marks, gives the same {same}; kappa: {twice}."
    return sbs.say(told)


def wording_is(n: int) -> str:
    """Say "is" of one and "are" of more."""
    return "is" if n == 1 else "are"


# --- counting ---------------------------------------------------------------------------------------------------------


def among(given: Iterable[str], *kinds: str) -> Rate:
    """Return the rate of some kinds among the answers that came; those that did not are its missing ones."""
    return sbs.rate(marks(given, *kinds))


def marks(given: Iterable[str], *kinds: str) -> list[bool | None]:
    """Tell of each answer whether it is of some kinds; None if it never came, or was never asked for."""
    return [None if kind in (NO_ANSWER, TOO_LONG) else kind in kinds for kind in given]


def told(rate: Rate, given: Iterable[str]) -> str:
    """Say a rate; of a text that does not fit, say that."""
    return TOO_LONG if TOO_LONG in list(given) else str(rate)


def _with_missing(given: Iterable[Iterable[str]], kinds: Sequence[str]) -> list[str]:
    """Return the kinds that a chart stacks: with those of answers that never came, if there are any."""
    return [*kinds, *([NO_ANSWER] if any(NO_ANSWER in list(one) for one in given) else [])]


def quarter(key: str, rate: Rate) -> str:
    """Return the option of a question in quarters."""
    return wording.by_bounds(rate.value, [0.25, 0.5, 0.75], wording.options(key))


# --- the instruction --------------------------------------------------------------------------------------------------


def good(kinds: Sequence[str], answerable: Sequence[bool]) -> list[bool | None]:
    """Tell of each answer whether it is what we want: right where the text tells, declining where none does."""
    return [
        mark if mark is None else kind == (RIGHT if there else DECLINES)
        for mark, kind, there in zip(marks(kinds, RIGHT), kinds, answerable, strict=True)
    ]


def best(tried: Mapping[str, Sequence[str]], answerable: Sequence[bool]) -> str:
    """Return the instruction with the most good answers on dev; of equal ones, the one with fewer wrong answers, then the earlier."""
    return min(tried, key=lambda name: (-sum(map(bool, good(tried[name], answerable))), list(tried[name]).count(WRONG)))


def chosen(model: str, name: str, rules: Mapping[str, str], dev: pd.DataFrame) -> Any:
    """Say which instruction is best on dev, without its scores: they would give the results away."""
    return sbs.say(f"Best of {len(rules)} on {len(dev)} dev questions for {model}: **{name}**: “{sbs.plain(rules[name])}”")


def tried_table(model: str, tried: Mapping[str, Sequence[str]], answerable: Sequence[bool]) -> sbs.widgets.Table:
    """Show what each instruction brings on dev: on questions with an answer in the text, and on those without."""
    there = np.array(answerable, dtype=bool)
    rows = []
    for name, kinds in tried.items():
        told_of, untold_of = list(np.array(kinds)[there]), list(np.array(kinds)[~there])
        rows.append(
            {
                f"instruction to {model}": name,
                "text tells: right": wording.share(among(told_of, RIGHT)),
                "text tells: declines": wording.share(among(told_of, DECLINES)),
                "no text tells: declines": wording.share(among(untold_of, DECLINES)),
                "good answers": wording.share(sbs.rate(good(kinds, answerable))),
            }
        )
    return sbs.table(pd.DataFrame(rows))


# --- with text, without text ------------------------------------------------------------------------------------------


def documents(case: Any, passages: pd.DataFrame, known: pd.DataFrame, unknown: pd.DataFrame) -> Any:
    """Say how many documents, passages and questions there are, and show the first question."""
    one = known.iloc[0]
    return sbs.say(
        f"The case: {wording.plural(len(case.documents), 'document')} in {wording.plural(len(passages), 'passage')}; "
        f"{wording.plural(len(known), 'question')} with a sentence that answers it, {len(unknown)} without. "
        f"The first question: “{sbs.plain(one['question'])}” Its sentence: “{sbs.plain(one['sentence'])}”"
    )


def texts_chart(model: str, kinds: Mapping[str, Sequence[str]]) -> Any:
    """Draw what the answers are worth with each text."""
    description = f"Stacked bars: shares of right, declining and wrong answers of {model}, with no text and with the right passage; "
    given = {name: list(kinds[name]) for name in kinds}
    rows = sbs.charts.share_rows(given, _with_missing(given.values(), KINDS), dict.fromkeys(given, kind_of(model)))
    return sbs.charts.shares(rows, description + "the values stand in the text below.", f"answers of {model}")


def passage(model: str, kinds: Mapping[str, Sequence[str]]) -> sbs.widgets.Outcome:
    """Say how many answers are right, decline or are wrong with each text, and what the text gave."""
    key, right, blind = "grounding/passage", among(kinds[PASSAGE], RIGHT), among(kinds[NO_TEXT], RIGHT)
    if not right.n:
        return sbs.widgets.not_measured(key, model)
    both = [marks(kinds[way], RIGHT) for way in (PASSAGE, NO_TEXT)]
    p = sbs.paired_p(*both)
    gave = wording.clearly(
        paired_gap(*both),
        p,
        ["So the text gave it answers that it does not have by itself", "So the text did harm", "So the text made no clear difference"],
    )
    counts = "; ".join(f"{name}: " + ", ".join(f"{kind} {list(given).count(kind)}" for kind in KINDS) for name, given in kinds.items())
    lead = gave if gave != wording.NOT_MEASURED else "What the text gave is not measured"
    return sbs.outcome(
        key, quarter(key, right), f"{model} with the right passage: {right} right; with no text {blind}. {lead} ({wording.p_is(p)}). {counts}."
    )


def one_question(model: str, asked: pd.DataFrame, answers: pd.DataFrame, kinds: pd.DataFrame) -> sbs.widgets.Table:
    """Show the first question that is right with the passage and not without; the first of all if there is none."""
    telling = kinds.index[(kinds[PASSAGE] == RIGHT) & (kinds[NO_TEXT] != RIGHT)]
    at = telling[0] if len(telling) else kinds.index[0]
    columns = {"question": asked["question"][at], "the text was": list(kinds), f"{model} wrote": [str(answers[way][at]) for way in kinds]}
    return sbs.table(pd.DataFrame(columns | {"needed": asked["answer"][at], "counted as": kinds.loc[at].tolist()}))


# --- searching --------------------------------------------------------------------------------------------------------


def search_chart(rates: Mapping[tuple[str, int], Rate]) -> Any:
    """Draw the hit rates; keys are the search and how many places count."""
    systems = {f"{name}, first {'one' if first == 1 else first}": ("neither", rate) for (name, first), rate in rates.items()}
    description = (
        "Points with intervals: hit rates of the search by words and by meaning, in the first place and in the first few; "
        "the values stand in the text below."
    )
    return sbs.scoreboard(systems, description, "hit rate")


def search(rates: Mapping[tuple[str, int], Rate], by_words: Hits, by_meaning: Hits) -> sbs.widgets.Outcome:
    """Say how often each search finds the right passage, and which one puts it first more often.

    Args:
        rates: As for `search_chart`.
        by_words: For each question, whether the search by words puts the right passage first.
        by_meaning: The same for the search by meaning.
    """
    key, p = "grounding/search", sbs.paired_p(by_words, by_meaning)
    word = wording.clearly(paired_gap(by_words, by_meaning), p, wording.options(key))
    places = {at: "in first place" if at[1] == 1 else f"among the first {at[1]}" for at in rates}
    found = "; ".join(f"{at[0]}, {places[at]}: {rate}" for at, rate in rates.items())
    return sbs.outcome(key, word, f"Right passage {found}. First places compared: {wording.p_is(p)}.")


# --- one passage, five, or everything ---------------------------------------------------------------------------------


def handbook(model: str, text: str) -> Any:
    """Say how long the whole handbook is, and whether it fits into what a model reads at once."""
    context, about = context_of(model), tokens_about(text)
    size = f"All documents together have {len(text.split()):,} words, at most about {about:,} tokens."
    if context is None:
        return sbs.say(f"{size} Whether that is too much for {model}, its endpoint says.")
    verdict = "They fit" if fits(model, text) else "They do not fit: it cannot be asked, and the page counts that apart"
    return sbs.say(f"{size} {model} reads {context:,} at once, question and answer included. {verdict}.")


def piles_chart(model: str, kinds: Mapping[str, Sequence[str]]) -> Any:
    """Draw the right answers of each pile of text, and of the nearest sentence without a model."""
    there = {name: given for name, given in kinds.items() if TOO_LONG not in list(given)}
    systems = {name: ("neither" if name == ALONE else kind_of(model), among(given, RIGHT)) for name, given in there.items()}
    description = (
        f"Points with intervals: share of right answers when {model} reads one passage, five passages and the whole handbook as far as it fits, "
        "and when the nearest sentence is shown without a model; the values stand in the text below."
    )
    return sbs.scoreboard(systems, description, f"right, end to end · {model}")


def rivals(model: str, kinds: Mapping[str, Sequence[str]]) -> sbs.widgets.Outcome:
    """Say which pile of text is clearly ahead of each other one on the same questions, and how they compare with the nearest sentence alone.

    All pairs are compared together: exact McNemar tests with Holm's correction.
    """
    key, there = "grounding/rivals", [name for name in PILES if among(kinds[name], RIGHT).n]
    said = "; ".join(f"{name}: {told(among(kinds[name], RIGHT), kinds[name])}" for name in [*PILES, ALONE])
    if len(there) < 2:
        return sbs.widgets.not_measured(key, model, f"Right answers: {said}. There are no two to compare.")
    pairs = [*combinations(there, 2), *((ALONE, name) for name in there)]
    found = compare(*(tuple(marks(kinds[name], RIGHT) for name in pair) for pair in pairs))
    ahead = {pair[::-1] if one.value < 0 else pair: one for pair, one in zip(pairs, found, strict=True)}
    clear = {pair for pair, one in ahead.items() if one.p < wording.LINE}
    first = [name for name in there if all((name, other) in clear for other in there if other != name)]
    lead = f"With {first[0]} it gets clearly the most right" if first else "None of the piles is clearly ahead of each other one"
    piles, alone = ("; ".join(_apart(*pair, one) for pair, one in ahead.items() if (ALONE in pair) == without) for without in (False, True))
    answer = wording.options(key)[PILES.index(first[0]) if first else -1]
    corrected = f"P-values are corrected for {len(pairs)} comparisons (Holm)."
    return sbs.outcome(key, answer, f"Right answers of {model}: {said}. {lead}: {piles}. And without a model: {alone}. {corrected}")


def _apart(first: str, second: str, found: Difference) -> str:
    """Say of two how far the first is ahead, if it is clearly."""
    if found.p != found.p:
        return f"{first} and {second} {wording.NOT_MEASURED}"
    value = abs(found.value)
    low, high = found.interval if value == found.value else (-found.interval[1], -found.interval[0])
    word = wording.clearly(value, found.p, ["clearly ahead of", "clearly behind", "not clearly apart from"])
    return f"{first} {word} {second}, {wording.points(Difference(value, (low, high), found.p, found.n))}"


def who_failed(model: str, kinds: Sequence[str], hit: np.ndarray) -> sbs.widgets.Table:
    """Show what came of one passage by whether the search found the right one, and which of the two failed.

    Args:
        model: Who read.
        kinds: The kinds of its answers from the one passage found.
        hit: Whether the search put the right passage first.
    """
    blame = {
        (True, RIGHT): "nothing",
        (True, DECLINES): "the model: it had the answer before it",
        (True, WRONG): "the model: it misread",
        (False, RIGHT): "the search; a lucky number",
        (False, DECLINES): "the search; the model noticed",
        (False, WRONG): "both: the model did not notice",
    }
    rows = []
    for (found, name), failed in blame.items():
        group = np.array(kinds)[np.asarray(hit, dtype=bool) == found]
        passage = "the right one" if found else "a wrong one"
        rows.append({"passage found": passage, f"{model}": name, "what failed": failed, "of these": wording.share(among(group, name))})
    return sbs.table(pd.DataFrame(rows))


def fault(model: str, kinds: Sequence[str], hit: np.ndarray) -> Any:
    """Say how many failures lie with the search and how many with the model, and which of the two to work on first."""
    failed = np.array([mark is False for mark in marks(kinds, RIGHT)], dtype=bool)
    searched, read = int((failed & ~hit).sum()), int((failed & hit).sum())
    if not among(kinds, RIGHT).n:
        return sbs.say(f"The answers of {model} are not measured. The search found the right passage for {_share(hit)}.")
    found = f"The search put the right passage first for {_share(hit)} of these questions."
    if not failed.any():
        return sbs.say(f"{found} No answer of {model} failed.")
    wrong = sbs.Rate(searched, searched + read)
    reading = "Work first on the reading: another prompt or another model"
    low, high = (bound - 0.5 for bound in wrong.interval)
    first = wording.by_interval((low, high), ["Work first on the search", reading, "These failures do not show which to work on first"])
    return sbs.say(f"{found} Of the failures of {model}, {wrong} had a wrong passage, and the others had the right one. {first}.")


def _share(hits: Hits) -> str:
    return str(sbs.rate(hits)) if len(hits) else "none to count"


# --- questions that no document answers -------------------------------------------------------------------------------


def untold(model: str, kinds: Mapping[str, Sequence[str]], told_of: Sequence[str], far: Hits) -> sbs.widgets.Outcome:
    """Say how often the model declines where no document tells, and where the right passage does.

    Args:
        model: Who answered.
        kinds: For `ONE` and `ALL`, the kinds of its answers to questions that no document answers.
        told_of: The kinds of its answers with the right passage.
        far: For each question without an answer, whether a limit on nearness stops it.
    """
    key, declined, shy = "grounding/untold", among(kinds[ONE], DECLINES), among(told_of, DECLINES)
    if not declined.n:
        return sbs.widgets.not_measured(key, model)
    return sbs.outcome(
        key,
        quarter(key, declined),
        f"With the nearest passage, {model} declines {declined} of the questions that no document answers; with "
        f"{ALL}: {told(among(kinds[ALL], DECLINES), kinds[ALL])}. With the right passage before it, it declines {shy} of "
        "those that the text does answer. "
        f"{_sees(declined, shy)} A limit on nearness that lets nine tenths of the answerable questions pass stops {_share(far)} of the others.",
    )


def _sees(declined: Rate, shy: Rate) -> str:
    """Say whether declining means anything: whether it is clearly more, or less, frequent where no text tells (other questions: unpaired)."""
    if not shy.n:
        return ""
    found = compare_apart(declined, shy)
    word = wording.clearly(
        found.value,
        found.p,
        [
            "So its declining tells you something",
            "So its declining misleads: it is clearly more frequent where the text does answer",
            "Whether its declining tells you anything, these answers do not show",
        ],
    )
    return f"{word}: {wording.points(found)}, Fisher's exact test."


def replies_table(model: str, questions: pd.Series[str], replies: Mapping[str, Sequence[str | None]], kinds: Mapping[str, Sequence[str]]) -> Any:
    """Show replies to the first two questions that no document answers, from each pile, with what they count as."""
    rows = [
        {"question": question, "it read": pile, f"{model} wrote": str(replies[pile][i]), "counted as": counted(kinds[pile][i])}
        for i, question in enumerate(questions.tolist()[:2])
        for pile in (ONE, ALL)
    ]
    return sbs.table(pd.DataFrame(rows))


def counted(kind: str) -> str:
    """Return a kind in the words of questions without an answer: what does not decline answers all the same."""
    return "answers all the same" if kind == WRONG else kind


# --- quotes -----------------------------------------------------------------------------------------------------------


def sentences(text: str) -> list[str]:
    """Cut a passage into its sentences."""
    return re.split(r"(?<=[.!?])\s+", text)


def nearest_sentence(question: str, text: str) -> str:
    """Return the sentence of a passage that is nearest to a question in meaning."""
    parts = sentences(text)
    return parts[int((sbs.embed(parts) @ sbs.embed([question])[0]).argmax())]


def verdict(quote: str | None, sentence: str, text: str) -> str:
    """Return what a quote is worth: one of `VERDICTS`, or `NO_ANSWER`.

    Args:
        quote: What was given as a quote.
        sentence: The sentence that answers the question.
        text: The passage that it should come from.
    """
    if quote is None or isinstance(quote, NoAnswer):
        return NO_ANSWER
    if not sbs.quotes(quote, text):
        return ABSENT
    return SAME if sbs.quotes(quote, sentence) or sbs.quotes(sentence, quote) else OTHER


def verdicts(free: Sequence[str | None], picked: Sequence[str], quoted: pd.DataFrame) -> dict[str, list[str]]:
    """Return what the model's quotes and the nearest sentences are worth; `quoted` has the columns sentence and text."""
    given, columns = dict(zip(QUOTES, (free, picked), strict=True)), (quoted["sentence"], quoted["text"])
    return {name: [verdict(*row) for row in zip(quotes, *columns, strict=True)] for name, quotes in given.items()}


def quotes_chart(model: str, verdicts: Mapping[str, Sequence[str]]) -> Any:
    """Draw what the quotes are worth; keys are those of `QUOTES`."""
    description = (
        f"Stacked bars: shares of right sentences, true quotes of a wrong sentence, and quotes that are not in the text, for {model} and for "
        "the nearest sentence; the values stand in the text below."
    )
    kinds = {FREE: kind_of(model), RIVAL: "neither"}
    return sbs.charts.shares(
        sbs.charts.share_rows(verdicts, _with_missing(verdicts.values(), VERDICTS), kinds), description, f"quotes · {model} and no model"
    )


def quote(model: str, verdicts: Mapping[str, Sequence[str]], sizes: Sequence[int]) -> Any:
    """Say how many quotes are true, how many are the right sentence, and what a look-up by a program catches.

    Args:
        model: Who quoted.
        verdicts: For each of `QUOTES`, what each quote is worth.
        sizes: How many sentences each passage has, for the share that a blind pick gets right.
    """
    true = among(verdicts[FREE], SAME, OTHER)
    if not true.n:
        return sbs.say(f"The quotes of {model} never came, so they are not measured.")
    caught, missed = list(verdicts[FREE]).count(ABSENT), list(verdicts[FREE]).count(OTHER)
    right = "; ".join(f"{name}: {among(given, SAME)}" for name, given in verdicts.items())
    return sbs.say(
        f"Of the quotes of {model}, {true} appear in the text word for word. The right sentence: {right}. A blind pick among the sentences would "
        f"get {sum(1 / size for size in sizes) / len(sizes):.0%} right. Looking the quotes up catches {caught}, and lets "
        f"{wording.plural(missed, 'true but wrong one')} pass."
    )


# --- ways to fail -----------------------------------------------------------------------------------------------------


def _has_number(text: str) -> bool:
    return any(sign.isdigit() for sign in text)


def reading_failures(asked: pd.DataFrame) -> dict[tuple[str, str], pd.DataFrame]:
    """Sort the answers from the passage found by how they fail, and by what failed.

    Args:
        asked: Columns question, answer (needed), wrote, kind (of `KINDS`), hit (whether the passage is the right one), text (that passage).
    """
    copied = [_has_number(wrote) and sbs.scorers.holds_numbers(text, wrote) for text, wrote in zip(asked["text"], asked["wrote"], strict=True)]
    taken = pd.Series(copied, index=asked.index, dtype=bool)
    hit, wrong = asked["hit"], asked["kind"] == WRONG
    return {
        ("wrong passage, wrong answer", "both"): asked[~hit & wrong],
        ("wrong passage, needed number by luck", "search"): asked[~hit & (asked["kind"] == RIGHT)],
        ("right passage, another number of it", "model"): asked[hit & wrong & taken],
        ("right passage, number missing or made up", "model"): asked[hit & wrong & ~taken],
        ("right passage, declined", "model"): asked[hit & (asked["kind"] == DECLINES)],
    }


def failures_table(model: str, read: pd.DataFrame, unread: pd.DataFrame, quoted: pd.DataFrame) -> sbs.widgets.Table:
    """Show each kind of failure that came up, what failed, how often, and an example whose question is not shown yet, if there is one.

    Args:
        model: Who answered.
        read: As `reading_failures` takes it.
        unread: The questions without an answer; columns question, wrote, answer, kind.
        quoted: The questions that a quote was asked for; columns question, wrote, answer, verdict.
    """
    failures = reading_failures(read) | {
        ("no answer came", "–"): read[read["kind"] == NO_ANSWER],
        (UNTOLD, "model"): unread[unread["kind"] == WRONG],
        ("quote not in the text", "model"): quoted[quoted["verdict"] == ABSENT],
        (OTHER, "model"): quoted[quoted["verdict"] == OTHER],
    }
    sizes = {UNTOLD: len(unread), "quote not in the text": len(quoted), OTHER: len(quoted)}
    rows: list[dict[str, Any]] = []
    for (name, what), failed in failures.items():
        if len(failed):
            fresh = failed[~failed["question"].isin([row["question"] for row in rows])]
            one = (fresh if len(fresh) else failed).iloc[0]
            times = wording.count_share(Rate(len(failed), sizes.get(name, len(read))))
            row = {"failure": name, "what failed": what, "times (95 % interval)": times}
            rows.append(row | {"question": one["question"], f"{model} wrote": str(one["wrote"]), "needed": one["answer"]})
    return sbs.table(pd.DataFrame(rows, columns=["failure", "what failed", "times (95 % interval)", "question", f"{model} wrote", "needed"]))


def own_hits(reached: Any) -> Any:
    """Say the hit rate of a reader's own search, once it is there."""
    if not isinstance(reached, Rate):
        return sbs.say("Your hit rate will stand here.")
    return sbs.say(f"The right passage is among your first three for **{reached}** of the questions.")
