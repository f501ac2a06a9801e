"""The checks of the exercises: right answers pass in any form, wrong ones get a hint."""

from __future__ import annotations

import types
from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import MultinomialNB
from sklearn.pipeline import Pipeline, make_pipeline

import sidebyside as sbs

SLUG = "the_ml_workflow"
case = sbs.load_case()
other = case.other_label
train, dev, test = (case.split(name) for name in ("train", "dev", "test"))
everything = case.messages


def fitted(messages: pd.DataFrame, column: str = other) -> Pipeline:
    return make_pipeline(CountVectorizer(), MultinomialNB()).fit(messages["text"], messages[column])


def state(number: int, answer: Any) -> str:
    return sbs.check(f"{SLUG}.{number}", answer).state


def assert_hint(number: int, answer: Any, *told: str) -> None:
    """Check that an answer gets a hint that says what it must, with no name of a Python type in it."""
    said = sbs.check(f"{SLUG}.{number}", answer)
    assert said.state == "not yet", said.text
    assert not [name for name in ("Error", "NoneType", "stopped the check", "str", "DataFrame") if name in said.text.split()], said.text
    assert all(word in said.text for word in told), said.text


# --- 1: whose score ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("right", ["A, D", "d and a", ["A", "D"], {"D", "A"}, "AD", {"A": True, "B": False, "D": True}])
def test_honest_plans_in_any_form(right: Any) -> None:
    assert state(1, right) == "right"


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ("A", "Plan D"),
        ("D", "Plan A"),
        ("A, B, D", "Plan B"),
        ("A, C, D", "Plan C"),
        (["A", "D", "E"], "Plan E"),
        ("all", "letters"),
        (None, "letters"),
        (4, "letters"),
    ],
)
def test_a_wrong_choice_is_told_which_plan_to_look_at(wrong: Any, told: str) -> None:
    assert_hint(1, wrong, told)


# --- 2: the baseline --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "right",
    [
        lambda train, test: (test == train.mode()[0]).mean(),
        lambda train, test: sbs.rate(test == train.value_counts().index[0]),
        lambda train, test: round(sum(1 for label in test if label == max(set(train), key=list(train).count)) / len(test), 2),
    ],
    ids=["mean", "a rate", "by hand, rounded"],
)
def test_baseline_in_any_form(right: Callable[..., Any]) -> None:
    assert state(2, right) == "right"


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (lambda train, test: None, "return"),
        (lambda train, test: "half", "a text"),
        (lambda train, test: 100 * (test == train.mode()[0]).mean(), "percentage"),
        (lambda train, test: (train == train.mode()[0]).mean(), "train labels"),
        (lambda train, test: (test == test.mode()[0]).mean(), "most common in test"),
        (lambda train, test: 1 - (test == train.mode()[0]).mean(), "says 0.8"),
        (lambda train, test: 0.2, "0.25"),  # what the first pair gives, by heart
        (lambda train, test: (test == "late").mean(), "0.25"),
    ],
)
def test_a_wrong_baseline_gets_a_hint(wrong: Callable[..., Any], told: str) -> None:
    assert_hint(2, wrong, told)


# --- 3: train a model -------------------------------------------------------------------------------------------------


def logistic(messages: pd.DataFrame) -> Pipeline:
    return make_pipeline(TfidfVectorizer(), LogisticRegression(max_iter=300)).fit(messages["text"], messages[other])


class ByHand:
    """A model that is no pipeline."""

    def __init__(self, messages: pd.DataFrame) -> None:
        self.inner = fitted(messages)

    def predict(self, texts: pd.Series) -> list[str]:
        return [self.inner.predict([text])[0] for text in texts]


@pytest.mark.parametrize("right", [fitted, logistic, ByHand])
def test_a_model_that_learns_from_what_it_is_given(right: Callable[..., Any]) -> None:
    assert state(3, right) == "right"


def always(label: str) -> Any:
    return types.SimpleNamespace(predict=lambda texts: [label] * len(texts))


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (lambda messages: fitted(train), "brackets"),  # what it is given is left aside
        (lambda messages: fitted(dev), "brackets"),
        (lambda messages: fitted(test), "brackets"),
        (lambda messages: fitted(pd.concat([messages, dev, dev, dev])), "brackets"),
        (lambda messages: None, "return"),
        (lambda messages: 0.8, "it is a number"),
        (lambda messages: make_pipeline(CountVectorizer(), MultinomialNB()), "Fit it"),
        (lambda messages: fitted(messages, case.label), "no labels"),
        (lambda messages: always(train[other].mode()[0]), "baseline"),
    ],
    ids=["train", "dev", "test", "dev too", "no return", "a score", "not fitted", "the other label", "always one"],
)
def test_a_model_that_learns_from_elsewhere_or_not_at_all_gets_a_hint(wrong: Callable[..., Any], told: str) -> None:
    assert_hint(3, wrong, told)


# --- 4: how sure ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def model() -> Pipeline:
    return fitted(train)


def test_the_rate_on_test_in_any_form(model: Pipeline) -> None:
    hits = model.predict(test["text"]) == test[other]
    forms = (sbs.rate(hits), sbs.rate(list(hits)), sbs.Rate(int(hits.sum()), len(hits)))
    assert [state(4, (fitted, model, form)) for form in forms] == ["right"] * 3


def test_a_wrong_rate_gets_a_hint(model: Pipeline) -> None:
    right = sbs.rate(model.predict(test["text"]) == test[other])
    assert_hint(4, (fitted, model, right.value), "whole rate")
    assert_hint(4, (fitted, model, None), "whole rate")
    assert_hint(4, (fitted, model, sbs.rate(model.predict(dev["text"]) == dev[other])), "test split")
    assert_hint(4, (fitted, model, sbs.Rate(right.successes + 1, right.n)), "your rate says")


@pytest.mark.parametrize("messages", [test, everything], ids=["test", "all"])
def test_a_model_that_has_seen_the_test_messages_is_found_out(messages: pd.DataFrame) -> None:
    cheat = make_pipeline(TfidfVectorizer(ngram_range=(1, 2)), LogisticRegression(C=1000, max_iter=300)).fit(messages["text"], messages[other])
    assert_hint(4, (fitted, cheat, sbs.rate(cheat.predict(test["text"]) == test[other])), "dev or test messages")


def test_untouched_is_not_done(model: Pipeline) -> None:
    assert state(1, ...) == "not done"
    assert [state(number, lambda *arguments: ...) for number in (2, 3)] == ["not done"] * 2
    assert state(4, (lambda messages: ..., ..., ...)) == state(4, (fitted, model, ...)) == "not done"
