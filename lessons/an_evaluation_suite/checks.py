"""Checks of the exercises of "An evaluation suite"."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from sidebyside.cases import load_case
from sidebyside.checks import Forgotten, call, exercise, result_of
from sidebyside.evaluation import Rate, rate
from sidebyside.hints import function_hint, several, words_hint
from sidebyside.retrieval import embed, passages, plain_facts
from sidebyside.scorers import quotes
from sidebyside.suite import Sample
from sidebyside.suite.card import FAIL, OPEN, PASS

NEXT = {  # as the exercise shows them
    "a": ("samples", "The interval lies on both sides of the bar, so nobody can tell yet."),
    "b": ("scorer", "The sentence is nasty, and holds no word of the list. So the list does not see what it should."),
    "c": ("bot", "The whole interval is below the bar. More samples would not lift it."),
    "d": ("release", "An angle that is nice to have stops no release."),
    "e": ("samples", "All five are right, and the interval still reaches below the bar."),
    "f": ("scorer", "The answer key says what is right. If it fails, the rule is wrong."),
    "g": ("bot", "No mean decides. The whole interval of one must-have is below the bar."),
}
SAID = {"sample": "samples", "scor": "scorer", "rule": "scorer", "bot": "bot", "release": "release"}  # how it begins → which
PASSAGE = "Write to help@library.example, or to rooms@library.example if it is about a room. We answer within 2 days."
ADDRESSES = (  # an answer, whether each e-mail address in it stands in the passage, what to look at
    ("Please write to help@library.example", True, "The address stands in the passage."),
    ("Please write to help@library.example.", True, "The full stop at the end is no part of the address."),
    ("Write to Help@Library.example, please.", True, "Capitals do not count in an address."),
    ("Write to info@library.example.", False, "The address does not stand in the passage."),
    ("help@library.example or team@library.example", False, "One of the two addresses is made up."),
    ("Write to elp@library.example.", False, "The passage holds a longer address, and this is another one."),
    ("We answer within 2 days.", None, "There is no address in it, so there is nothing to judge: return None."),
    ("", None, "An empty answer holds no address: return None."),
)
OTHER_PASSAGE = "Lost coats: ask Coats@Station.example."
EXACT = 11  # so many scores whose interval ends at 0 and at 1 to the last digit, however it is worked out
OTHERS = (
    ("Ask coats@station.example!", True, "The address stands in the passage of this sample. Capitals do not count there either."),
    ("Write to help@library.example", False, "The address stands in another sample's passage. Look into `sample.context`."),
)
SCORES = {
    "correct": [True] * 29 + [False],
    "polite": [True] * 6 + [False] * 24,
    "short": [True] * 16 + [False] * 4,
    "admits": [None] * 25 + [True] * 5,
    "finished": [True] * 40,
    "grounded": [None, None],
}
THRESHOLDS = {"correct": 0.8, "polite": 0.5, "short": 0.8, "admits": 0.8, "finished": 0.95, "grounded": 0.5}
RIGHT = {"correct": PASS, "polite": FAIL, "short": OPEN, "admits": OPEN, "finished": OPEN, "grounded": OPEN}
WHY = {
    "correct": "The whole interval of 29 in 30 lies above 0.8.",
    "polite": "The whole interval of 6 in 30 lies below 0.5.",
    "short": "16 in 20 is 0.8 exactly, but the interval reaches below it: a pass takes a lower bound of 0.8.",
    "admits": "Five of five is not enough: look at the interval. Scores that are None do not count as wrong, nor as samples.",
    "finished": "Even 40 of 40 has an interval, and its lower bound is below 0.95.",
    "grounded": "With nothing but None there is no rate, so nobody can tell.",
}


@exercise(1)
def what_now(answer: Any) -> str | None:
    """Compare what the reader would do with what the cards say."""
    return words_hint(answer, NEXT, SAID)


@exercise(2)
def real_address(answer: Callable[..., Any]) -> str | None:
    """Try the scorer on answers with and without addresses."""
    tries = [(Sample("A1", "Whom may I ask?", context=PASSAGE), *row) for row in ADDRESSES]
    tries += [(Sample("B7", "Who has my coat?", context=OTHER_PASSAGE), *row) for row in OTHERS]
    if hint := function_hint(answer, "real_address"):
        return hint
    if all(call(answer, text, sample) is None for sample, text, *_ in tries):
        raise Forgotten
    for sample, text, right, hint in tries:
        said = call(answer, text, sample)
        if said is not None and not isinstance(said, bool | np.bool_) and not (isinstance(said, int) and said in (0, 1)):
            return f"A scorer of this kind returns True, False or None, without quotation marks. For “{text}” yours returned {said!r}."
        if said is None and right is not None or said is not None and (right is None or bool(said) != right):
            return f"{hint} Look at the answer '{text}': it should be {right}."
    return None


@exercise(3)
def verdicts(answer: Callable[..., Any]) -> str | None:
    """Try the function on scores of several angles, then on a lenient bar."""
    if hint := function_hint(answer, "verdicts"):
        return hint
    try:
        given = _verdicts(result_of(answer, {name: list(scores) for name, scores in SCORES.items()}, dict(THRESHOLDS)))
    except ZeroDivisionError:
        return "Your function divides by a number of scores that is 0 for “grounded”, where all are None. With no score, nobody can tell yet."
    if set(given) != set(SCORES):
        return f"Return one verdict for each of {', '.join(SCORES)}, by name: {{'correct': ..., 'polite': ...}} and so on. Yours has {len(given)}."
    for name, right in RIGHT.items():
        if given[name] not in (PASS, FAIL, OPEN):
            return f"Each verdict is one of the texts “{PASS}”, “{FAIL}” and “{OPEN}”, and not {given[name]!r}."
        if given[name] != right:
            return f'{WHY[name]} So "{name}" should be "{right}".'
    other = _verdicts(call(answer, {"kind": [True, False] * 20, "clear": [None, *[True] * 8, *[False] * 12]}, {"clear": 0.8, "kind": 0.2}))
    if other != {"kind": PASS, "clear": FAIL}:
        return "Take each threshold from `thresholds` by its name: half of 40 passes easily where 0.2 is asked for, and 8 of 20 fails at 0.8."
    edge = _verdicts(call(answer, {"none": [False] * EXACT, "all": [True] * EXACT}, {"none": 0.0, "all": 1.0}))
    if edge.get("none") != PASS:
        return "Where 0 is asked for, an interval from 0 upwards passes: it passes too if its lower end is just what is asked for."
    if edge.get("all") != OPEN:
        return "Where 1 is asked for, an interval that ends at 1 does not fail: only one that lies below as a whole does."
    return None


def _verdicts(given: Any) -> dict[str, Any]:
    """Return the verdicts by name, in small letters and without a full stop; none for what is no such thing."""
    if not isinstance(given, Mapping | pd.Series):
        return {}
    return {name: said.strip(" .").lower() if isinstance(said, str) else said for name, said in given.items()}


@exercise(4)
def rival(answer: tuple[Any, Any, Any]) -> str | None:
    """Compare the samples with the case's questions, and count the rival's answers anew."""
    samples, answers, result = answer
    facts, texts = plain_facts(load_case()), passages(load_case().documents)["text"]
    samples = list(samples) if isinstance(samples, Iterable) else [None]
    if not all(isinstance(sample, Sample) for sample in samples):
        return "`samples` should be a list of sbs.suite.Sample, as sbs.suite.read_samples returns it."
    if [sample.id for sample in samples] != facts["id"].tolist():
        return f"`samples` should hold the {len(facts)} questions of `plain`, with their ids and in their order."
    for sample, fact in zip(samples, facts.itertuples(), strict=True):
        if sample.input != fact.question or sample.target != fact.answer:
            return f"The sample '{sample.id}' should have the question as its input and the answer as its target."
        if not quotes(texts[fact.home], sample.context):
            return f"The context of '{sample.id}' should be the whole passage that holds its sentence. Its place is in `home`."
    return _counted(samples, answers, result, facts)


def _nearest(sample: Sample) -> str:
    """Return what the rival shows: the sentence of the context that is nearest to the question."""
    sentences = re.split(r"(?<=[.!?])\s+", sample.context)
    return sentences[int((embed(sentences) @ embed([sample.input])[0]).argmax())]


def _counted(samples: list[Sample], answers: Any, result: Any, facts: pd.DataFrame) -> str | None:
    if len(answers := several(answers) or []) != len(samples):
        return f"`answers` should hold one answer for each of the {len(samples)} samples. Did you evaluate them all?"
    for sample, said in zip(samples, answers, strict=True):
        if not isinstance(said, str) or not quotes(said, sample.context):
            return f"The rival shows a sentence of the passage, and its answer to '{sample.id}' is none."
        nearest = _nearest(sample)
        if not (quotes(nearest, said) or quotes(said, nearest)):
            return f"The rival shows the sentence that is nearest to the question; for '{sample.id}' yours is another one."
        if not 0.5 <= len(said.split()) / len(nearest.split()) <= 2:
            return f"The rival shows one whole sentence; for '{sample.id}' yours is {'longer' if len(said) > len(nearest) else 'shorter'}."
    if not isinstance(result, Rate):
        return "Give the whole rate, as sbs.rate(...) returns it, so that its interval is there too."
    found = [quotes(said, sentence) or quotes(sentence, said) for said, sentence in zip(answers, facts["sentence"], strict=True)]
    return None if result == rate(found) else "Your answers give another rate. An answer counts if it is the sentence that answers the question."
