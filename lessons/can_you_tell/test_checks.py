"""The checks of "Can you tell when it is wrong?": right answers pass in any form, wrong ones get a hint, untouched ones are not done."""

import re

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

import sidebyside as sbs
from sidebyside import llm
from tests.verdicts import assert_hint

CONFIDENCE = [0.95, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3]
RIGHT = [True, True, True, False, True, True, False, False]


def pairs(confidence, right):
    won = [(a > b) + (a == b) / 2 for a, r in zip(confidence, right, strict=True) if r for b, s in zip(confidence, right, strict=True) if not s]
    return sum(won) / len(won)


@pytest.mark.parametrize("answer", [pairs, lambda c, r: roc_auc_score(r, c)])
def test_auroc_counted_either_way_passes(answer):
    assert sbs.check("can_you_tell.1", answer).state == "right"


@pytest.mark.parametrize(
    "answer",
    [
        lambda c, r: 1 - pairs(c, r),
        lambda c, r: 100 * pairs(c, r),
        lambda c, r: np.mean([a > b for a, x in zip(c, r, strict=True) if x for b, y in zip(c, r, strict=True) if not y]),
        lambda c, r: np.mean([a >= b for a in c for b in c]),
        lambda c, r: "high",
        lambda c, r: roc_auc_score(c, r),
    ],
)
def test_wrong_auroc_gets_a_hint(answer):
    assert_hint("can_you_tell.1", answer)


def test_untouched_auroc_is_not_done():
    assert sbs.check("can_you_tell.1", lambda confidence, right: ...).state == "not done"


@pytest.mark.parametrize("line", [0.8, 0.75, np.float64(0.71)])
def test_any_cheapest_threshold_passes(line):
    assert sbs.check("can_you_tell.2", (CONFIDENCE, np.array(RIGHT), line, 0, 2)).state == "right"


def test_holding_all_back_can_be_cheapest():
    assert sbs.check("can_you_tell.2", ([0.9, 0.8], [False, False], 1.0, 0, 0)).state == "right"


@pytest.mark.parametrize("given", [(0.3, 3, 0), (0.8, 2, 0), (0.8, 0, 5), ("high", 0, 2), (1.0, 0, 5), (0.8, 0.0, "two"), (True, 0, 2)])
def test_wrong_threshold_gets_a_hint(given):
    assert_hint("can_you_tell.2", (CONFIDENCE, RIGHT, *given))


def test_untouched_threshold_is_not_done():
    assert sbs.check("can_you_tell.2", (CONFIDENCE, RIGHT, ..., ..., ...)).state == "not done"


@pytest.fixture
def own(monkeypatch):
    """Answers that are right on every second real thing, with a falling probability; the model was asked twelve times."""
    monkeypatch.setattr(llm, "usage", lambda client=None: pd.DataFrame({"id": range(12)}))
    targets = list(sbs.load_case().entities.tail(12)["answer"])
    answers = [f"It is {target}." if target and i % 2 else "It is Zzz." for i, target in enumerate(targets)]
    lowest = [round(0.9 - 0.05 * i, 3) for i in range(12)]
    right = [sbs.holds_name(answer, target) for answer, target in zip(answers, targets, strict=True)]
    return answers, lowest, right, sum(right[:6]) / 6


def test_own_answers_pass(own):
    answers, lowest, right, share = own
    assert sbs.check("can_you_tell.3", own).state == "right"
    assert sbs.check("can_you_tell.3", (answers, np.array(lowest), np.array(right), np.float64(share))).state == "right"


def test_equal_probabilities_on_the_line_leave_either_half_right(own):
    answers, lowest, right, _ = own
    level = [0.9 if i < 3 else 0.5 for i in range(12)]
    for chosen in ([3, 4, 5], [9, 10, 11]):
        share = (sum(right[:3]) + sum(right[i] for i in chosen)) / 6
        assert sbs.check("can_you_tell.3", (answers, level, right, share)).state == "right"


def test_wrong_own_answers_get_a_hint(own):
    answers, lowest, right, share = own
    wrong_ones = [
        (answers, lowest, right, share + 0.34),
        (answers, lowest, right, "half"),
        (answers, lowest, [True] * 12, 1.0),
        (answers[:5], lowest, right, share),
        (answers, [0.5] * 12, right, share),
        (answers, [-p for p in lowest], right, share),
        (answers, lowest[::-1], right, sum(right[:6]) / 6 + 0.5),
        ("Madrid", lowest, right, share),
    ]
    for wrong in wrong_ones:
        assert_hint("can_you_tell.3", wrong)


def test_answers_that_no_model_gave_get_a_hint(own, monkeypatch):
    monkeypatch.setattr(llm, "usage", lambda client=None: pd.DataFrame({"id": range(11)}))
    assert_hint("can_you_tell.3", own, "did not come from the model")


@pytest.mark.parametrize("line", ["high", True, None, [0.8]])
def test_the_hint_on_a_threshold_names_no_type_of_python(line):
    assert not re.search(r"\b(str|bool|NoneType|list)\b", assert_hint("can_you_tell.2", (CONFIDENCE, RIGHT, line, 0, 2), "a number"))


def test_untouched_own_answers_are_not_done(own):
    assert sbs.check("can_you_tell.3", (..., ..., ..., ...)).state == "not done"
