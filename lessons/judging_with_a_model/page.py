"""What the page *May this model mark answers?* shows of its results: a judge's entrance test, from its duels to its certificate.

A duel is how far a judge leans between a right answer and a rival: below zero to the first shown, above zero to the second.
`Duels` are the leans with the right answer shown first, and those of the same pairs with the right answer shown second. A lean that was
not measured, because no usable answer came, is not a number; its pair counts on neither side.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

import sidebyside as sbs
from sidebyside import evaluation
from sidebyside.evaluation import Rate, measured
from sidebyside.widgets import Outcome, Table, not_measured
from sidebyside.widgets.labelling import Labelling
from sidebyside.wording import NOT_MEASURED, after, by_bounds, options, p_is

Duels = tuple[np.ndarray, np.ndarray]
EMPTY, OTHER, PADDED, TWIN = "an empty answer", "an answer to another question", "a wrong answer, padded", "itself, padded"
VERDICTS = {"passed": "✓", "failed": "✗", "not shown yet": "?", NOT_MEASURED: "–"}
SHORT = ["keeps its verdict", "beats a wrong one", "beats an empty one", "beats another's", "beats a padded one", "kappa"]
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
    return sbs.rate(measured((duels[0] < 0) & (duels[1] > 0), duels[0] + duels[1]))


def losses(duels: Duels) -> Rate:
    """Return for how many pairs the opponent is taken in both orders."""
    return sbs.rate(measured((duels[0] > 0) & (duels[1] < 0), duels[0] + duels[1]))


def leans_to_opponent(duels: Duels) -> Rate:
    """Return for how many pairs the judge leans to the opponent, both orders averaged."""
    return sbs.rate(measured(duels[1] < duels[0], duels[0] + duels[1]))


def swap(model: str, duels: Duels, flipped: np.ndarray, first_shown: np.ndarray) -> Outcome:
    """Say how often the judge changes its mind when the two answers change places.

    Args:
        model: Who judges.
        duels: Its leans, a right answer against a wrong one.
        flipped: For each pair, whether the verdict changed.
        first_shown: For each verdict, whether it went to the answer shown first.
    """
    key = "judging_with_a_model/swap"
    (one, two), rate = duels, sbs.rate(measured(flipped, duels[0] + duels[1]))
    if not rate.n:
        return not_measured(key, model)
    shown, right = (sbs.rate(measured(marks, np.append(one, two))) for marks in (first_shown, np.append(one < 0, two > 0)))
    silent = np.append(one, two)
    told = [
        f"The verdict of {model} flips for {rate} of the pairs.",
        f"It takes the first shown in {shown} of the verdicts, and the right one in {right}.",
        f"Both orders averaged, it leans to the right one in {sbs.rate(measured(two > one, one + two))} of the pairs.",
        f"Verdicts that could not be read: {np.sum((silent == 0) | np.isnan(silent))} of {len(silent)}.",
    ]
    return sbs.outcome(key, by_bounds(rate.value, (0.25, 0.5), options(key)), " ".join(told))


def opponents(easy: Mapping[str, Duels]) -> Table:
    """Show how the judge decides against each opponent."""
    rows = [
        {
            "opponent": name,
            "right one both times": str(wins(duels)),
            "opponent both times": str(losses(duels)),
            "averaged, leans to opponent": str(leans_to_opponent(duels)),
        }
        for name, duels in easy.items()
    ]
    return sbs.table(pd.DataFrame(rows))


def easy_outcome(model: str, easy: Mapping[str, Duels]) -> Outcome:
    """Say how often the judge takes the right answer against opponents that anyone should beat."""
    key = "judging_with_a_model/easy"
    beaten = wins(easy[EMPTY])
    if not beaten.n:
        return not_measured(key, model)
    told = (
        f"{model} takes the right answer in both orders against an empty one for {beaten}; against {OTHER} for {wins(easy[OTHER])}; "
        f"against a wrong one, padded, for {wins(easy[PADDED])}. "
        f"Averaged over both orders, it prefers the padded twin for {leans_to_opponent(easy[TWIN])}."
    )
    return sbs.outcome(key, by_bounds(beaten.value, (0.25, 0.5), options(key)), told)


# --- marks on single answers ------------------------------------------------------------------------------------------


def labelling(single: pd.DataFrame) -> Labelling:
    """Let the reader mark the first answers, from what the model saw."""
    texts = [f"{row.sentence}\n\n{row.question}\n\n{row.answer}" for row in single.head(ASKED).itertuples()]
    return sbs.labelling("judging_with_a_model", "By the first text, is the last one right?", texts, ["right", "wrong"])


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
        f"AUROC of its lean, which needs no line: {sbs.auroc(single['right'], leans)}."
    )
    return sbs.outcome(key, by_bounds(round(agreement.value, 9), (0.2, after(0.6)), options(key)), told)


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
    one, two = candidate.swap
    shares = {
        "keeps its verdict when places change": sbs.rate(measured(one * two < 0, one + two)),
        "right one before a wrong one, both orders": wins(candidate.swap),
    }
    shares |= {f"right one before {name}, both orders": wins(candidate.easy[name]) for name in (EMPTY, OTHER, PADDED)}
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


def certificate_outcome(sheets: Mapping[str, pd.DataFrame], candidates: Mapping[str, Candidate], single: pd.DataFrame) -> Outcome:
    """Say what the two certificates come to, and compare the judges on the same answers; the first is the language model's."""
    key = "judging_with_a_model/certificate"
    model, sheet = next(iter(sheets.items()))
    if set(sheet["verdict"]) == {NOT_MEASURED}:
        return not_measured(key, model)
    right = [measured(own.says == single["right"].to_numpy(), own.says) for own in candidates.values()]
    twins = [leans_to_opponent(own.easy[TWIN]) for own in candidates.values()]
    told = (
        f"{' '.join(verdict(name, own) for name, own in sheets.items())} Marks on the same {len(single)} answers: "
        f"{sbs.rate(right[0])} right against {sbs.rate(right[1])}; {p_is(sbs.paired_p(*right))}. "
        f"The padded twin wins with {model} for {twins[0]}, with the forest for {twins[1]}."
    )
    passed = sheet["verdict"].tolist().count("passed")
    return sbs.outcome(key, by_bounds(passed, (1, len(sheet)), options(key)), told)
