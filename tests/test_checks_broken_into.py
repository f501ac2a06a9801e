"""Answers that once got through a check, or were turned away by it, and hints that spoke of Python."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

import sidebyside as sbs
from tests.verdicts import assert_hint

PYTHON = re.compile(r"\b(str|string|int|float|NoneType|Series|Token|lambda|integers)\b|\(\)|object")


@pytest.mark.parametrize(
    "guess", [lambda train, test: train.iloc[-1], lambda train, test: min(train), lambda train, test: pd.concat([train, test]).mode()[0]]
)
def test_only_the_most_common_train_label_is_the_baseline(guess: Any) -> None:
    assert_hint("the_ml_workflow.2", lambda train, test: (test == guess(train, test)).mean())


@pytest.mark.parametrize("c", [1, 3])
@pytest.mark.parametrize("extra", ["dev", "test"])
def test_a_model_that_also_saw_other_messages_is_found_out(extra: str, c: float) -> None:
    case = sbs.load_case()

    def trained_on(messages: pd.DataFrame) -> Any:
        seen = pd.concat([messages, case.split(extra)])
        return make_pipeline(TfidfVectorizer(sublinear_tf=True), LogisticRegression(C=c, max_iter=1000)).fit(seen["text"], seen[case.other_label])

    assert_hint("the_ml_workflow.3", trained_on, "other messages than it is given")


def _choose(offers: Any, least: float, budget: float, latency: float) -> Any:
    passing = [o for o in offers if o["right"] >= least and o["dollars"] <= budget and o["seconds"] < latency]
    return min(passing, key=lambda o: o["dollars"])["name"] if passing else None


def test_an_answer_in_exactly_the_seconds_allowed_is_in_time() -> None:
    assert_hint("model_size.2", _choose, "seconds")


@pytest.mark.parametrize("name", ["model_size.2", "model_size.3", "measuring_text.1", "how_sure_are_we.4", "can_you_tell.2"])
def test_a_forgotten_return_is_named(name: str) -> None:
    assert_hint(name, lambda *given: None, "`return`")


def test_a_count_is_no_percentage() -> None:
    assert "percentage" not in assert_hint("model_size.3", lambda machine, price: 100 * machine / price)


CHOICES = ("smallest that passes", "Larger one", "a  trained model!", "no model")


@pytest.mark.parametrize("letters", ["abcd", "ABCD"])
def test_choices_in_other_words_pass(letters: str) -> None:
    assert sbs.check("model_size.1", dict(zip(letters, CHOICES, strict=True))).state == "right"


@pytest.mark.parametrize(
    ("name", "right"),
    [
        ("meet_the_model.1", ["part 2", "part 4", "part 5"]),
        ("meet_the_model.1", [[2, 4, 5]]),
        ("the_genai_workflow.1", ["answer 2", 5.0]),
        ("the_ml_workflow.1", {"A": "yes", "B": "no", "C": "no", "D": "yes", "E": "no"}),
        ("prompt_iteration.1", {"A": True, "B": False, "C": True, "D": False}),
        ("prompt_iteration.1", "AC"),
        ("fragile_prompts.1", "bd"),
        ("side_by_side.4", lambda first, second: np.argwhere(np.array(first) != np.array(second))),
    ],
)
def test_a_right_answer_in_another_form_passes(name: str, right: Any) -> None:
    assert sbs.check(name, right).state == "right"


@pytest.mark.parametrize(("name", "wrong"), [("meet_the_model.1", [2.5, 4, 5]), ("the_genai_workflow.1", [2.9, 5])])
def test_a_number_in_between_names_no_part(name: str, wrong: Any) -> None:
    assert_hint(name, wrong, "numbers of the")


@pytest.mark.parametrize(
    "name", ["meet_the_model.1", "the_genai_workflow.1", "model_size.1", "prompt_iteration.1", "fragile_prompts.1", "measuring_text.3"]
)
@pytest.mark.parametrize("odd", [None, 5, {"z": 1}, [None], object()])
def test_an_odd_answer_gets_a_plain_hint(name: str, odd: Any) -> None:
    verdict = sbs.check(name, odd)
    said = verdict.text
    assert verdict.state != "right"
    assert "stopped the check" not in said
    assert not PYTHON.search(said)


@pytest.mark.parametrize(
    "slip",
    [
        lambda tokens, limit: tokens + "x",
        lambda tokens, limit: tokens["x"],
        lambda tokens, limit: "a" + 1,
        lambda tokens, limit: float("x"),
        lambda tokens, limit: bool(pd.Series([1, 2])),
        lambda tokens, limit: [token < "a" for token in tokens],
        lambda tokens: tokens,
        3,
    ],
)
def test_a_slip_is_not_told_in_python(slip: Any) -> None:
    assert not PYTHON.search(assert_hint("meet_the_model.3", slip))
