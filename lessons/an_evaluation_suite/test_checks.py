"""The checks of "An evaluation suite": right answers pass in any form, wrong ones get a hint."""

import re
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pandas as pd
import pytest

import sidebyside as sbs
from sidebyside.retrieval import plain_facts
from tests.verdicts import assert_hint

PASSAGE = "Write to help@library.example, or to rooms@library.example."
TINY = Path(__file__).resolve().parents[2] / "tests" / "cases" / "tiny"


@pytest.fixture(params=["feedback", str(TINY)], ids=["feedback", "tiny"])
def plain(request, monkeypatch):
    monkeypatch.setenv("SIDEBYSIDE_CASE", request.param)
    return plain_facts(sbs.load_case())


# --- 1 -----------------------------------------------------------------------------------------------------------

MINE = {"a": "samples", "b": "scorer", "c": "bot", "d": "release", "e": "samples", "f": "scorer", "g": "bot"}
LONGER = {"samples": "more samples", "scorer": "Another rule.", "bot": "change the bot"}


@pytest.mark.parametrize(
    "mine", [MINE, {letter.upper(): f" {word.title()} " for letter, word in MINE.items()}, {at: LONGER.get(word, word) for at, word in MINE.items()}]
)
def test_what_seven_cards_ask_for_passes_in_any_form(mine):
    assert sbs.check("an_evaluation_suite.1", mine).state == "right"


@pytest.mark.parametrize(
    ("mine", "word"),
    [
        (MINE | {"a": "release"}, "both sides"),
        (MINE | {"d": "do not release"}, "Behind d"),
        ({"a": "samples"}, "b, c, d, e, f, g is gone"),
        (MINE | {"b": "bot"}, "list does not see"),
        (MINE | {"c": "samples"}, "would not lift"),
        (MINE | {"e": "release"}, "reaches below"),
        (MINE | {"g": "release"}, "No mean decides"),
        (MINE | {"f": "wait"}, "Behind f, write samples, scorer, bot or release"),
        (list(MINE.values()), "letters"),
    ],
)
def test_a_wrong_next_step_gets_a_hint(mine, word):
    assert_hint("an_evaluation_suite.1", mine, word)


@pytest.mark.parametrize("mine", [dict.fromkeys(MINE, ...), MINE | {"f": ...}])
def test_untouched_cards_are_not_done(mine):
    assert sbs.check("an_evaluation_suite.1", mine).state == "not done"


# --- 2 -----------------------------------------------------------------------------------------------------------


def by_pattern(answer, sample):
    said, there = (set(re.findall(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", text.lower())) for text in (answer, sample.context))
    return said <= there if said else None


def by_words(answer, sample):
    said, there = ([word.strip(".,;:!?()<>").lower() for word in text.split() if "@" in word] for text in (answer, sample.context))
    return np.bool_(all(word in there for word in said)) if said else None


def by_loop(answer, sample):
    there, judged = [word.strip(".,!?").lower() for word in sample.context.split()], None
    for word in answer.split():
        if "@" in word:
            judged = judged is not False and word.strip(".,!?").lower() in there
    return judged


@pytest.mark.parametrize("right", [by_pattern, by_words, by_loop, lambda *a: None if by_pattern(*a) is None else int(by_pattern(*a))])
def test_real_address(right):
    assert sbs.check("an_evaluation_suite.2", right).state == "right"


@pytest.mark.parametrize(
    "wrong",
    [
        lambda answer, sample: bool(by_pattern(answer, sample)),
        lambda answer, sample: by_pattern(answer, replace(sample, context=PASSAGE)),
        lambda answer, sample: by_pattern(answer, sample) is not False,
        lambda answer, sample: all(word in sample.context for word in answer.split() if "@" in word) if "@" in answer else None,
        lambda answer, sample: all(word.strip(".,").lower() in sample.context for word in answer.split() if "@" in word) if "@" in answer else None,
        lambda answer, sample: any(word.strip(".,").lower() in sample.context for word in answer.split() if "@" in word) if "@" in answer else None,
        lambda answer, sample: "yes",
        lambda answer, sample: None,
        None,
        lambda answer, sample: by_pattern(answer, replace(sample, context=sample.context.replace("C", "#").replace("S", "#"))),
        lambda answer, sample: True,
    ],
)
def test_wrong_real_address(wrong):
    hint_for("an_evaluation_suite.2", wrong)


# --- 3 -----------------------------------------------------------------------------------------------------------


def judged(scores, thresholds, low_of=lambda r: r.interval[0], high_of=lambda r: r.interval[1], keep=lambda s: s is not None):
    told = {}
    for name, column in scores.items():
        given = [bool(score) for score in column if keep(score)]
        low, high = (low_of(sbs.rate(given)), high_of(sbs.rate(given))) if given else (0, 1)
        told[name] = "pass" if low >= thresholds[name] else "fail" if high < thresholds[name] else "cannot tell yet"
    return told


def with_arrays(scores, thresholds):
    return MappingProxyType({np.str_(name): np.str_(verdict) for name, verdict in judged(scores, thresholds).items()})


def by_hand(scores, thresholds):
    def verdict(column, line):
        given = pd.Series(column, dtype=object).dropna()
        low, high = sbs.Rate(int(given.sum()), len(given)).interval if len(given) else (0, 1)
        return ["cannot tell yet", "pass", "fail"][(low >= line) - (high < line)]

    return {name: verdict(scores[name], line) for name, line in thresholds.items()}


@pytest.mark.parametrize(
    "right", [judged, with_arrays, by_hand, lambda s, t: pd.Series(judged(s, t)), lambda s, t: {k: v.upper() + "." for k, v in judged(s, t).items()}]
)
def test_verdicts(right):
    assert sbs.check("an_evaluation_suite.3", right).state == "right"


@pytest.mark.parametrize(
    "wrong",
    [
        lambda s, t: judged(s, t, low_of=lambda r: r.value, high_of=lambda r: r.value),
        lambda s, t: judged(s, t, low_of=lambda r: r.value),
        lambda s, t: judged(s, t, high_of=lambda r: r.value, low_of=lambda r: r.interval[1]),
        lambda s, t: judged(s, t, keep=lambda score: True),
        lambda s, t: judged(s, dict.fromkeys(t, 0.8)),
        lambda s, t: judged(s, dict(zip(s, t.values(), strict=True))),
        lambda s, t: {name: verdict == "pass" for name, verdict in judged(s, t).items()},
        lambda s, t: list(judged(s, t).values()),
        lambda s, t: dict.fromkeys(s, "cannot tell yet"),
        lambda s, t: judged(s, {name: line + 1e-12 for name, line in t.items()}),  # above, where reaching is enough
        lambda s, t: judged(s, t, high_of=lambda r: r.interval[1] - 1e-12),  # fails where the interval ends at the bar
        lambda s, t: {
            name: "pass" if sum(map(bool, column)) / len([x for x in column if x is not None]) > 0.5 else "fail" for name, column in s.items()
        },
        lambda s, t: None,
        None,
    ],
)
def test_wrong_verdicts(wrong):
    hint_for("an_evaluation_suite.3", wrong)


# --- 4 -----------------------------------------------------------------------------------------------------------


def nearest(sample):
    sentences = re.split(r"(?<=[.!?])\s+", sample.context)
    return sentences[int((sbs.embed(sentences) @ sbs.embed([sample.input])[0]).argmax())]


def made(plain, heading=False):
    found = sbs.passages(sbs.load_case().documents)
    texts = found["heading"] + ". " + found["text"] if heading else found["text"]
    return [sbs.suite.Sample(f.id, f.question, f.answer, texts[f.home]) for f in plain.itertuples()]


def counted(answers, plain):
    return sbs.rate([sbs.quotes(a, s) or sbs.quotes(s, a) for a, s in zip(answers, plain["sentence"], strict=True)])


@pytest.mark.parametrize("heading", [False, True])
def test_rival(plain, heading, tmp_path):
    samples = made(plain, heading)
    answers = [nearest(sample) for sample in samples]
    right = counted(answers, plain)
    again = sbs.suite.read_samples(sbs.suite.write_samples(tmp_path / "plain.jsonl", samples))
    for form in ((samples, answers, right), (again, tuple(answers), right), (tuple(samples), np.array(answers), right)):
        assert sbs.check("an_evaluation_suite.4", form).state == "right", sbs.check("an_evaluation_suite.4", form)


def test_wrong_rival(plain):
    samples = made(plain)
    answers = [nearest(sample) for sample in samples]
    right = counted(answers, plain)
    other = sbs.Rate(right.n - right.successes if right.successes * 2 != right.n else 0, right.n)
    all_found = sbs.Rate(right.n, right.n)
    wrong_ones = [
        (samples[:-1], answers[:-1], right),
        ([replace(sample, id=str(i)) for i, sample in enumerate(samples)], answers, right),
        ([replace(sample, target="") for sample in samples], answers, right),
        ([replace(sample, context="Nothing.") for sample in samples], answers, right),
        ([sample.input for sample in samples], answers, right),
        (samples, answers[:-1], right),
        (samples, ["I do not know."] * len(samples), right),
        (samples, answers, right.value),
        (samples, answers, other),
        (3, answers, right),
    ]
    if right != all_found:  # else the sentences that answer are the rival's own
        short = [replace(sample, context=sentence) for sample, sentence in zip(samples, plain["sentence"], strict=True)]
        wrong_ones += [(given, list(plain["sentence"]), all_found) for given in (samples, short)]
    if max(len(sample.context.split()) for sample in samples) > 60:  # else a passage is hardly longer than its sentence
        given = [[sample.context for sample in samples], [" ".join(answer.split()[:2]) for answer in answers]]
        wrong_ones += [(samples, answers, counted(answers, plain)) for answers in given]
    for wrong in wrong_ones:
        hint_for("an_evaluation_suite.4", wrong)


def test_the_rival_s_answers_may_stand_behind_ids(plain):
    samples = made(plain)
    answers = {sample.id: nearest(sample) for sample in samples}
    assert sbs.check("an_evaluation_suite.4", (samples, answers, counted(answers.values(), plain))).state == "right"


def test_half_done():
    assert sbs.check("an_evaluation_suite.4", (..., ..., ...)).state == "not done"
    assert sbs.check("an_evaluation_suite.4", ([], ["x"], ...)).state == "not done"


# --- all ------------------------------------------------------------------------------------------------------------


def hint_for(number, wrong):
    assert "stopped the check" not in assert_hint(number, wrong)


@pytest.mark.parametrize("number", ["an_evaluation_suite.2", "an_evaluation_suite.3", "an_evaluation_suite.4"])
def test_untouched_is_not_done(number):
    assert sbs.check(number, ...).state == "not done"


@pytest.mark.parametrize("number", ["an_evaluation_suite.2", "an_evaluation_suite.3"])
def test_untouched_function_is_not_done(number):
    assert sbs.check(number, lambda *arguments: ...).state == "not done"
