"""What the page *LLM as a judge* shows of its results: a judge's entrance test, from its duels to its certificate.

A duel is how far a judge leans between a right answer and a rival: below zero to the first shown, above zero to the second.
`Duels` are the leans with the right answer shown first, and those of the same pairs with the right answer shown second. A lean that was
not measured, because no usable answer came, is not a number; its pair counts on neither side.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from IPython.display import Markdown
from numpy.typing import ArrayLike

import sidebyside as sbs
from sidebyside import evaluation
from sidebyside.evaluation import Rate, holm, measured, paired_gap
from sidebyside.widgets import Outcome, Table, not_measured
from sidebyside.widgets.labelling import Labelling
from sidebyside.wording import LINE, NOT_MEASURED, after, by_bounds, options

Duels = tuple[np.ndarray, np.ndarray]
EMPTY, PADDED, TWIN = "an empty answer", "a wrong answer, padded", "itself, padded"
VERDICTS = {"passed": "✓", "failed": "✗", "not shown yet": "?", NOT_MEASURED: "–"}
SHORT = ["keeps its verdict", "beats a wrong one", "beats an empty one", "beats a padded one", "kappa"]
KINDS = {"GenAI": "model", "ML": "forest"}  # the two candidates, in order
WORDS = {"right": True, "wrong": False}
FEWEST = 8  # marks of the reader's own: with fewer, the second reader stands in
ASKED = 20


def exam_of_one_question(exam: pd.DataFrame) -> Table:
    """Show the answers to the exam's first question, with what they are."""
    one = exam[exam["fact"] == exam["fact"].iloc[0]]
    return sbs.table(one[["answer", "right"]].replace({"right": {True: "yes", False: "no"}}))


def pairs(exam: pd.DataFrame) -> pd.DataFrame:
    """Match each right answer with a wrong one to the same question, of the same style if the case tells it; shuffled.

    Returns:
        The columns of the right answer, and answer_wrong.
    """
    keys = ["fact", *(name for name in ["style"] if name in exam)]
    counted = exam.assign(nth=exam.groupby([*keys, "right"]).cumcount())
    right, wrong = counted[counted["right"]], counted[~counted["right"]]
    matched = right.merge(wrong[[*keys, "nth", "answer"]], on=[*keys, "nth"], suffixes=("", "_wrong"))
    return matched.sample(frac=1, random_state=0)


def examples(practice: pd.DataFrame) -> pd.DataFrame:
    """Return four marked answers to show the model: a right one, two wrong ones, and a right one."""
    pool = practice.sample(frac=1, random_state=1)
    good, bad = pool[pool["right"]].head(2), pool[~pool["right"]].head(2)
    return pd.concat([good.head(1), bad, good.tail(1)])


# --- duels ------------------------------------------------------------------------------------------------------------


def wins(duels: Duels) -> Rate:
    """Return for how many pairs the right answer is taken in both orders."""
    return sbs.rate(_won(duels))


def _won(duels: Duels) -> list[Any]:
    return list(measured((duels[0] < 0) & (duels[1] > 0), duels[0] + duels[1]))


def losses(duels: Duels) -> Rate:
    """Return for how many pairs the opponent is taken in both orders."""
    return sbs.rate(measured((duels[0] > 0) & (duels[1] < 0), duels[0] + duels[1]))


def kept(duels: Duels) -> Rate:
    """Return for how many pairs the verdict stays when the places change; "both alike", twice, is a verdict that stays."""
    return sbs.rate(_stayed(duels))


def _stayed(duels: Duels) -> list[Any]:
    return list(measured(np.sign(duels[0]) == -np.sign(duels[1]), duels[0] + duels[1]))


def leans_to_opponent(duels: Duels) -> Rate:
    """Return for how many pairs the judge leans to the opponent, both orders averaged; a tie is no lean, and is counted by `ties`."""
    return sbs.rate(measured(duels[1] < duels[0], duels[0] + duels[1]))


def leans_to_right(duels: Duels) -> Rate:
    """Return for how many pairs the judge leans to the right answer, both orders averaged; a tie is no lean."""
    return sbs.rate(measured(duels[1] > duels[0], duels[0] + duels[1]))


def ties(duels: Duels) -> int:
    """Return how many pairs the judge holds for exactly alike, both orders averaged."""
    return int(np.sum(duels[0] == duels[1]))


def preference(duels: Duels, right: str, opponent: str) -> str:
    """Say which answer a judge prefers, both orders averaged, if it clearly prefers one: an interval of the pairs that are no ties against a half.

    Args:
        duels: Its leans.
        right: What the right answer is called.
        opponent: What its opponent is called.
    """
    wins_averaged, lost = leans_to_right(duels).successes, leans_to_opponent(duels).successes
    if not wins_averaged + lost:
        return "prefers neither"
    low, high = Rate(wins_averaged, wins_averaged + lost).interval
    return f"clearly prefers {right}" if low > 0.5 else f"clearly prefers {opponent}" if high < 0.5 else "clearly prefers neither"


def swap(model: str, duels: Duels) -> Outcome:
    """Say how often the judge changes its mind when the two answers change places, and what is left if both orders are averaged.

    Args:
        model: Who judges.
        duels: Its leans, a right answer against a wrong one.
    """
    key = "judging_with_a_model/swap"
    one, two = duels
    flips = sbs.rate(measured(one * two > 0, one + two))
    if not flips.n:
        return not_measured(key, model)
    leans = np.append(one, two)
    shown = sbs.rate(measured(np.append(one < 0, two < 0), leans))
    tied = int(np.sum(leans == 0))
    told = [
        f"The verdict of {model} flips for {flips} of the pairs: there the place decided, not the answer.",
        f"It takes the right one in both orders for {wins(duels)}, the wrong one in both for {losses(duels)}.",
        f"The first shown wins {shown} of the verdicts.",
        f"Both orders averaged, it leans to the right one for {leans_to_right(duels)}: it {preference(duels, 'the right one', 'the wrong one')}.",
    ]
    told += [f"Exact ties, or verdicts that name neither: {tied} of {len(leans)}."] if tied else []
    return sbs.outcome(key, by_bounds(flips.value, (0.25, 0.5), options(key)), " ".join(told))


def opponents(model: str, easy: Mapping[str, Duels]) -> Table:
    """Show how the judge decides against each opponent."""
    rows = [
        {
            f"{model} against": name,
            "right one both times": str(wins(duels)),
            "opponent both times": str(losses(duels)),
            "averaged, leans to opponent": str(leans_to_opponent(duels)),
            "exact ties": ties(duels),
        }
        for name, duels in easy.items()
    ]
    return sbs.table(pd.DataFrame(rows))


def easy_outcome(model: str, easy: Mapping[str, Duels]) -> Outcome:
    """Say how often the judge takes the right answer against opponents that anyone should beat, and whether padding draws it."""
    key = "judging_with_a_model/easy"
    beaten = wins(easy[EMPTY])
    if not beaten.n:
        return not_measured(key, model)
    twin = leans_to_opponent(easy[TWIN])
    pull = f"it {preference(easy[TWIN], 'the plain one', 'the padded twin')}" if twin.n else "so nothing can be said of padding"
    told = (
        f"{model} takes the right answer in both orders against an empty one for {beaten}; against a wrong one, padded, for {wins(easy[PADDED])}. "
        f"Averaged over both orders, it leans to the padded twin of a right answer for {twin}: {pull}."
    )
    return sbs.outcome(key, by_bounds(beaten.value, (0.25, after(0.75)), options(key)), told)


# --- marks on single answers ------------------------------------------------------------------------------------------


def labelling(single: pd.DataFrame) -> Labelling:
    """Let the reader mark the first answers, from what the model saw."""
    texts = [f"{row.sentence}\n\n{row.question}\n\n{row.answer}" for row in single.head(ASKED).itertuples()]
    return sbs.labelling("judging_with_a_model", "By the first text, is the last one right?", texts, ["right", "wrong"])


def line(leans: ArrayLike, truth: ArrayLike) -> float:
    """Choose the lean above which a judge says right, on practice answers: zero, or their median if kappa with the key is higher then.

    Args:
        leans: How far the judge leans to "right", for each practice answer; not a number where it was not measured.
        truth: Whether each is right.

    Returns:
        Zero, if nothing was measured or both do as well.
    """
    given, right = np.asarray(leans, dtype=float), np.asarray(truth, dtype=bool)
    there = ~np.isnan(given)
    lines = [0.0, float(np.median(given[there]))] if there.any() else [0.0]
    return max(lines, key=lambda at: _beyond_chance(given[there] > at, right[there]))


def _beyond_chance(says: np.ndarray, truth: np.ndarray) -> float:
    """Return kappa, rounded; zero where there is none, because then nothing beyond chance is shown."""
    found = evaluation.kappa(says, truth)
    return round(found.value, 9) if found.defined else 0.0


def cross_table(says: np.ndarray, truth: np.ndarray) -> Table:
    """Show how often the judge says right and wrong of right and of wrong answers."""
    marks: dict[str, bool | None] = {**WORDS} | ({"no answer": None} if None in says.tolist() else {})
    columns = {
        f"key: {word}": [sum(mark is said for mark, key in zip(says.tolist(), truth, strict=True) if key == true) for said in marks.values()]
        for word, true in WORDS.items()
    }
    return sbs.table(pd.DataFrame({"the judge says": list(marks)} | columns))


def second_judge(labels: Sequence[str | None], single: pd.DataFrame) -> tuple[str, pd.Series]:
    """Return a name and marks for the judge to compare with: the reader's own if there are enough of them, else the second reader's.

    Args:
        labels: What the reader said of the first answers, None where nothing.
        single: All answers, numbered from 0.
    """
    given = {place: label == "right" for place, label in enumerate(labels) if label}
    if len(given) < FEWEST:
        return "the second reader", single["second"].head(ASKED)
    return "you", pd.Series(given, dtype=bool)


def judges(model: str, says: np.ndarray, single: pd.DataFrame, answers: pd.DataFrame, labels: Sequence[str | None]) -> Table:
    """Show how far the model, the key and a person agree, and the two readers with each other."""
    name, marks = second_judge(labels, single)
    part = single.loc[marks.index]
    compared: list[tuple[str, ArrayLike, ArrayLike, ArrayLike]] = [
        (f"{model} and the key", says, single["right"], single["fact"]),
        (f"{model} and {name}", says[marks.index], marks, part["fact"]),
        (f"{name} and the key", marks, part["right"], part["fact"]),
        ("both readers, all answers", answers["right"], answers["second"], answers["fact"]),
    ]
    rows = [
        {
            "judges": who,
            "agree on": str(sbs.rate(measured(np.asarray(one) == np.asarray(two), np.asarray(one)))),
            "kappa": str(evaluation.kappa(one, two, facts)),
        }
        for who, one, two, facts in compared
    ]
    return sbs.table(pd.DataFrame(rows))


def kappa(model: str, says: np.ndarray, leans: np.ndarray, single: pd.DataFrame) -> Outcome:
    """Say how far the judge's marks agree with the key, and what its lean alone would say.

    Args:
        model: Who judges.
        says: Its marks, by a line of its own.
        leans: How far it leans to "right".
        single: The answers with the key.
    """
    key = "judging_with_a_model/kappa"
    agreement = evaluation.kappa(says, single["right"], single["fact"])
    if not agreement.n:
        return not_measured(key, model)
    told = (
        f"Kappa of {model} with the key: {agreement}. It says “right” for {sbs.rate(says)}; "
        f"without our line it would say so for {sbs.rate(measured(leans > 0, leans))}. "
        f"AUROC of its lean, which needs no line: {sbs.auroc(single['right'], leans)}. {better_than_chance(agreement.interval)}"
    )
    if not agreement.defined:
        return not_measured(key, model, told)
    return sbs.outcome(key, by_bounds(round(agreement.value, 9), (0.2, after(0.6)), options(key)), told)


def same_kappa(own: Callable[..., float], library: Callable[..., float], says: np.ndarray, truth: np.ndarray) -> Markdown:
    """Say whether a kappa by hand and a library's are one number.

    Args:
        own: A function of two judges' marks.
        library: Another one.
        says: What the judge says of the answers that it marked.
        truth: What the key says of them.
    """
    if not len(says):
        return sbs.say(f"Kappa: {NOT_MEASURED}.")
    one, two = own(says, truth), library(says, truth)
    if not np.isfinite(two):  # both say the same of all: the library divides nothing by nothing
        by_hand = f"by hand {one:.2f}" if np.isfinite(one) else "none by hand either"
        return sbs.say(f"The library gives no kappa, because none is defined where both say the same of all answers; {by_hand}.")
    return sbs.say(f"By hand {one:.2f}, from the library {two:.2f}: {'the same' if np.isclose(one, two) else 'not the same'}.")


def better_than_chance(interval: tuple[float, float]) -> str:
    """Say what the interval of a kappa shows."""
    low, high = interval
    if low > 0:
        return "It agrees with the key more than chance would."
    return "It agrees with the key less than chance would." if high < 0 else "Whether it agrees more than chance would, these answers do not show."


# --- the certificate --------------------------------------------------------------------------------------------------


class Candidate(NamedTuple):
    """What a judge did in the entrance test.

    Attributes:
        swap: Its duels, a right answer against a wrong one.
        easy: Its duels against each of the weaker opponents.
        says: Its marks on single answers.
    """

    swap: Duels
    easy: Mapping[str, Duels]
    says: np.ndarray


def certificate(candidate: Candidate, single: pd.DataFrame, mark: Callable[[float, float, float], str], bar: float, kappa_bar: float) -> pd.DataFrame:
    """Put a judge's results beside the bars.

    Args:
        candidate: The results.
        single: The answers that it marked, with the key.
        mark: A function of an interval's lower and upper bound and of a bar, to one of `VERDICTS`; it is not asked where nothing was measured.
        bar: What a share must reach.
        kappa_bar: What kappa must reach.

    Returns:
        Columns test, score, low, high, bar, measured (in words), verdict; one row a test.
    """
    shares = {
        "keeps its verdict when places change": kept(candidate.swap),
        "right one before a wrong one, both orders": wins(candidate.swap),
    }
    shares |= {f"right one before {name}, both orders": wins(candidate.easy[name]) for name in (EMPTY, PADDED)}
    agreement = evaluation.kappa(candidate.says, single["right"], single["fact"])
    tests = [(name, rate, bar) for name, rate in shares.items()] + [("agreement beyond chance (kappa)", agreement, kappa_bar)]
    rows = [
        (name, found.value, *found.interval, line, str(found), mark(*found.interval, line) if found.n else NOT_MEASURED)
        for name, found, line in tests
    ]
    return pd.DataFrame(rows, columns=["test", "score", "low", "high", "bar", "measured", "verdict"])


def certificates(sheets: Mapping[str, pd.DataFrame]) -> Table:
    """Show the certificates of several judges side by side.

    Args:
        sheets: Name of each judge → its certificate.
    """
    first = next(iter(sheets.values()))
    columns = {who: [_line(*row) for row in zip(sheet["verdict"], sheet["measured"], strict=True)] for who, sheet in sheets.items()}
    return sbs.table(pd.DataFrame({"test": first["test"], "bar": first["bar"]} | columns))


def _line(verdict: str, measured: str) -> str:
    return f"{VERDICTS[verdict]} {measured if verdict == NOT_MEASURED else f'{verdict}: {measured}'}"


def board(sheets: Mapping[str, pd.DataFrame]) -> Any:
    """Draw the certificates of the two candidates, test by test; kappa below zero at zero."""
    scores = [sheet[["score", "low", "high"]].clip(lower=0).to_numpy().tolist() for sheet in sheets.values()]
    systems = {
        f"{test}: {KINDS[kind]}": (kind, tuple(own[place])) for place, test in enumerate(SHORT) for kind, own in zip(KINDS, scores, strict=True)
    }
    alt = "Points with intervals: the scores of the language model and of the trained forest in six tests; the values stand in the table above."
    return sbs.scoreboard(systems, alt, "score (kappa below zero is drawn at zero)")


def verdict(name: str, sheet: pd.DataFrame) -> str:
    """Say how many tests a judge passed, and whether it may mark answers by itself."""
    given = sheet["verdict"].tolist()
    counts = ", ".join(f"{given.count(word)} {word}" for word in VERDICTS if word != NOT_MEASURED or word in given)
    start = name[0].upper() + name[1:] if name.startswith("the ") else name
    if NOT_MEASURED in given and "failed" not in given:
        return f"{start}: {counts}. Whether this judge may mark answers by itself, these results cannot tell."
    return f"{start}: {counts}. This judge {'may' if set(given) == {'passed'} else 'may not'} mark answers by itself."


def _by_test(candidate: Candidate, truth: np.ndarray) -> list[list[Any]]:
    """Return for each test of the certificate whether a judge did well, pair by pair, and last answer by answer; None where not measured."""
    duels = [candidate.swap, candidate.easy[EMPTY], candidate.easy[PADDED]]
    return [_stayed(candidate.swap), *map(_won, duels), list(measured(candidate.says == truth, candidate.says))]


def clearly_better(names: Sequence[str], first: Sequence[Sequence[Any]], second: Sequence[Sequence[Any]]) -> str:
    """Say in which tests each of two judges is clearly better, compared on the same pairs and answers; p corrected for all of them (Holm).

    Args:
        names: The two judges.
        first: What the first did in each test, one mark a pair or answer; None where not measured.
        second: What the second did with the same.
    """
    ps = holm([sbs.paired_p(*both) for both in zip(first, second, strict=True)])
    ahead: dict[str, list[str]] = {name: [] for name in names}
    for test, p, *both in zip([*SHORT[:-1], "marks on single answers"], ps, first, second, strict=True):
        if p < LINE:
            ahead[names[int(paired_gap(*both) < 0)]].append(test)
    told = "; ".join(f"{name}: {', '.join(tests) or 'nowhere'}" for name, tests in ahead.items())
    return f"Clearly better on the same pairs and answers, with p corrected for {len(ps)} tests (Holm): {told}."


def certificate_outcome(sheets: Mapping[str, pd.DataFrame], candidates: Mapping[str, Candidate], single: pd.DataFrame) -> Outcome:
    """Say which of the two judges passes more tests, and compare them on the same answers; the first is the language model's."""
    key = "judging_with_a_model/certificate"
    model, sheet = next(iter(sheets.items()))
    if NOT_MEASURED in set(sheet["verdict"]):
        return not_measured(key, model)
    marks = [_by_test(own, single["right"].to_numpy()) for own in candidates.values()]
    rates = " right against ".join(str(sbs.rate(own[-1])) for own in marks)
    twins = [f"{leans_to_opponent(own.easy[TWIN])}, exact ties {ties(own.easy[TWIN])}" for own in candidates.values()]
    told = (
        f"{' '.join(verdict(name, own) for name, own in sheets.items())} A judge has to pass all of the tests, so "
        f"their number makes it no easier to be hired by luck. Marks on the same {len(single)} answers: {rates}. "
        f"{clearly_better(list(candidates), *marks)} "
        f"The padded twin wins with {model} for {twins[0]}; with the forest for {twins[1]}."
    )
    ours, theirs = (own["verdict"].tolist().count("passed") for own in sheets.values())
    model_more, forest_more, level = options(key)
    return sbs.outcome(key, level if ours == theirs else model_more if ours > theirs else forest_more, told)
