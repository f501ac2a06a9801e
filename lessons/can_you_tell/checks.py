"""Checks of the exercises of "Can you tell when it is wrong?"."""

from __future__ import annotations

import math
import random
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from sklearn.metrics import roc_auc_score

from sidebyside import llm
from sidebyside.cases import load_case
from sidebyside.checks import NotDone, exercise, number_hint, result_of
from sidebyside.hints import arrays_hint, function_hint, one_number_hint, same_answer, several, texts_hint
from sidebyside.scorers import holds_name
from sidebyside.tokens import tokens_of

COST_MISS, COST_CHECK = 8, 1
ROUNDED = 0.0051  # what two decimals may be off
LOOKED_AT = 4  # of the learner's own answers, drawn by their texts, so that nobody knows which
ASKED: dict[str, Any] = {"max_tokens": 24, "logprobs": True, "top_logprobs": 1}  # as the exercise asks


READ = {  # what is asked of the ten answers → the number, and what to look at
    "misses": (1, "A miss is a wrong answer that goes out: look at those marked “no” whose confidence reaches 70."),
    "false alarms": (2, "A false alarm is a right answer that is held back: look at those marked “yes” below 70."),
    "bill": (8, "Three for each miss, and one for each answer below the line, right or wrong: a person checks them all."),
    "cheapest": (70, "Write the bill of each of the three thresholds side by side: the misses above the line, the checks below it."),
    "if a miss costs 6": (95, "Write the three bills again, with six for each miss. The checks cost what they did."),
}

SPELT = {word: number for number, word in enumerate("zero one two three four five six seven eight nine ten".split())}


@exercise(1)
def ten_answers(answer: Any) -> str | None:
    """Compare the reader's five numbers; a number may be written as text, a threshold as a share too."""
    if not isinstance(answer, Mapping | pd.Series):
        return "Leave the names as they are, and write a number behind each."
    said = {str(name).strip().lower(): value for name, value in answer.items()}
    if missing := [name for name in READ if name not in said]:
        return f"Leave all names as they are, and write a number behind each: “{missing[0]}” is gone."
    if any(said[name] is ... for name in READ):
        raise NotDone
    for name, (right, why) in READ.items():
        if (value := _number(said[name])) is None:
            return f"Write one number behind “{name}”, and nothing else."
        if not any(math.isclose(value, form, abs_tol=1e-9) for form in ({right, right / 100} if right > 10 else {right})):
            return f"“{name}” is not {value:g}. {why}"
    return None


def _number(value: Any) -> float | None:
    """Return the one number that somebody wrote, in digits or as a word, with or without a unit; None if there is none, or several."""
    if isinstance(value, bool | np.bool_):
        return None
    text = " ".join(str(SPELT.get(word, word)) for word in str(value).lower().split())
    found = re.findall(r"(?<![\w.,])-?\d+(?:[.,]\d+)?(?!\w)", text)
    return float(found[0].replace(",", ".")) if len(found) == 1 else None


@exercise(2)
def auroc(answer: Callable[..., Any]) -> str | None:
    """Compare with scikit-learn on easy lists, on ties, and on data drawn at random."""
    if hint := function_hint(answer, "auroc") or arrays_hint(answer, [0.9, 0.2], [True, False]):
        return hint
    known = (
        ([0.9, 0.2], [True, False], 1.0, "There is one pair, and the right answer has the higher confidence: that is 1."),
        ([0.2, 0.9], [True, False], 0.0, "There is one pair, and the right answer has the lower confidence: that is 0."),
        ([0.5, 0.5], [True, False], 0.5, "A tie counts half."),
        ([0.9, 0.8, 0.7], [True, False, True], 0.5, "Pair each right answer with each wrong one, and no right answer with a right one."),
    )
    for confidence, right, value, hint in known:
        if problem := number_hint(result_of(answer, confidence, right), value, f"{hint} Look at {confidence} with {right}.", ROUNDED):
            return problem
    generator = np.random.default_rng(9)
    for size in (7, 30, 60):
        confidence, right = [round(float(x), 1) for x in generator.random(size)], [i % 3 == 0 for i in range(size)]
        hint = f"On {size} answers drawn at random it differs from scikit-learn's. Divide by the number of pairs: right times wrong."
        if problem := number_hint(result_of(answer, confidence, right), float(roc_auc_score(right, confidence)), hint, ROUNDED):
            return problem
    return None


def _cost(confidence: np.ndarray, right: np.ndarray, threshold: float) -> float:
    """Return what the answers let through wrongly and those held back cost together."""
    passed = confidence >= threshold
    return float(COST_MISS * np.sum(passed & ~right) + COST_CHECK * np.sum(~passed))


@exercise(3)
def threshold(answer: tuple[Any, ...]) -> str | None:
    """Try each threshold anew; any that is as cheap as the cheapest is right, if its misses and false alarms are counted right."""
    confidence, right = np.asarray(answer[0], dtype=float), np.asarray(answer[1], dtype=bool)
    if confidence.ndim != 1 or not confidence.size or confidence.shape != right.shape:
        return "`confidence` and `right` are not as they were. Run the cell that trains the model again."
    line, misses, false_alarms = answer[2:]
    if isinstance(line, str | bool) or not hasattr(line, "__float__"):
        return "`threshold` should be a number, such as one of the confidences."
    if np.size(line) != 1:
        return f"`threshold` should be one number, and it holds {np.size(line)}. Take the one with the lowest bill."
    line = float(np.ravel(line)[0])
    passed = confidence >= line
    cheapest = min(_cost(confidence, right, place) for place in (*confidence, np.inf))
    if (cost := _cost(confidence, right, line)) > cheapest + 1e-9:
        return f"At {line:.3f} all answers together cost {cost:g}; another threshold is cheaper. Try each confidence, and one above all."
    hint = "A miss is a wrong answer at or above the threshold: count those."
    if problem := one_number_hint(misses, "misses", float(np.sum(passed & ~right)), hint, 0.1):
        return problem
    hint = "A false alarm is a right answer below the threshold: count those."
    return one_number_hint(false_alarms, "false_alarms", float(np.sum(~passed & right)), hint, 0.1)


@exercise(4)
def surer_half(answer: tuple[Any, ...]) -> str | None:
    """Judge the learner's own answers anew, and count in the surer half of them."""
    given, lowest, right, share = answer
    rows = load_case().entities.tail(12)
    answers = [getattr(text, "text", text) for text in several(given) or []]
    if hint := texts_hint(answers, "answers", len(rows)):
        return hint
    chances, marks = several(lowest) or [], several(right) or []
    for name, part in (("lowest", chances), ("right_ones", marks)):
        if len(part) != len(rows):
            return f"`{name}` should hold {len(rows)} things, one for each question in `rest`, in the same order."
    if not all(hasattr(p, "__float__") and 0 <= float(p) <= 1 for p in chances) or len({round(float(p), 9) for p in chances}) < 2:
        return "Put into `lowest` the smallest probability among each answer's own tokens: a number from 0 to 1, its `.probability`."
    chances = [float(p) for p in chances]
    if hint := _asked_hint(rows["question"].tolist(), answers, chances):
        return hint
    judged = [holds_name(text, target) for text, target in zip(answers, rows["answer"], strict=True)]
    if not all(isinstance(mark, bool | np.bool_ | int | np.integer) for mark in marks):
        return "`right_ones` should hold True or False for each answer, as sbs.holds_name gives it, without quotation marks."
    if [bool(mark) for mark in marks] != judged:
        return "An answer is right if sbs.holds_name(answer, target) says so. For an invented thing the target is empty, so none is right."
    return _share_hint(share, chances, judged)


def _share_hint(share: Any, chances: Sequence[float], judged: Sequence[bool]) -> str | None:
    """Compare the share with that in the surer half."""
    half = len(judged) // 2
    reachable = [count / half for count in _right_in_surer_half(chances, judged)]
    said = getattr(share, "value", share)
    nearest = min(reachable, key=lambda value: abs(value - float(said)) if hasattr(said, "__float__") and np.size(said) == 1 else 0)
    return one_number_hint(
        share, "share", nearest, f"Sort the answers by `lowest`, take the {half} highest, and give the share of right ones among them."
    )


def _asked_hint(questions: Sequence[str], answers: Sequence[str], lowest: Sequence[float]) -> str | None:
    """Ask the model some of the questions again: it must say what the learner says it said, as surely."""
    connection = llm.latest()
    for place in random.Random("|".join(answers)).sample(range(len(questions)), min(LOOKED_AT, len(questions))):
        chat: Any = [{"role": "user", "content": questions[place]}]
        reply = connection.client.chat.completions.create(model=connection.model, messages=chat, temperature=0, **ASKED)
        if not same_answer(reply, answers[place]):
            return f"The model does not answer “{questions[place]}” so. Ask it about each question in `rest`, in their order, with the options above."
        surest = min((token.probability for token in tokens_of(reply)), default=math.nan)
        if abs(surest - lowest[place]) > 0.01:
            return f"The least likely token of the answer to “{questions[place]}” has another probability. Put the smallest one into `lowest`."
    return None


def _right_in_surer_half(lowest: Sequence[float], right: Sequence[bool]) -> range:
    """Return how many of the surer half may be right: more than one number only where equal probabilities lie on the middle line."""
    half = len(lowest) // 2
    line = sorted(lowest, reverse=True)[half - 1]
    above = [ok for p, ok in zip(lowest, right, strict=True) if p > line]
    level = [ok for p, ok in zip(lowest, right, strict=True) if p == line]
    room, wrong = half - len(above), len(level) - sum(level)
    return range(sum(above) + max(0, room - wrong), sum(above) + min(room, sum(level)) + 1)
