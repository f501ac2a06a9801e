"""The checks of the exercises: right answers pass in any form, wrong ones get a hint."""

import types

import pytest
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

import sidebyside as sbs
from lessons.the_ml_workflow import checks


def always(label):
    return types.SimpleNamespace(predict=lambda texts: [label] * len(texts))


@pytest.fixture(scope="module")
def topic():
    case = sbs.load_case()
    train = case.split("train")
    return make_pipeline(TfidfVectorizer(), LogisticRegression(max_iter=500)).fit(train["text"], train[case.other_label])


def test_baseline():
    right = checks._shares()[1]
    assert sbs.check("the_ml_workflow.1", right).state == "right"
    assert [sbs.check("the_ml_workflow.1", wrong).state for wrong in (100 * right, 1 - right, "half")] == ["not yet"] * 3


def test_model(topic):
    case = sbs.load_case()
    common = case.split("train")[case.other_label].mode()[0]
    assert sbs.check("the_ml_workflow.2", topic).state == "right"
    assert [sbs.check("the_ml_workflow.2", wrong).state for wrong in (0.8, always(case.classes[0]), always(common))] == ["not yet"] * 3


def test_rate(topic):
    case = sbs.load_case()
    test = case.split("test")
    right = sbs.rate(topic.predict(test["text"]) == test[case.other_label])
    assert sbs.check("the_ml_workflow.3", (topic, right)).state == "right"
    wrong_ones = (right.value, sbs.Rate(9, 10), sbs.Rate(right.successes + 1, len(test)))
    assert [sbs.check("the_ml_workflow.3", (topic, wrong)).state for wrong in wrong_ones] == ["not yet"] * 3
    assert sbs.check("the_ml_workflow.3", (topic, ...)).state == "not done"
