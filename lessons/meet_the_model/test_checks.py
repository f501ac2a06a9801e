"""The checks of the exercises: right answers pass in any form, wrong ones get a hint."""

import types

import pytest

import sidebyside as sbs
from lessons.meet_the_model import checks
from sidebyside.tokens import Token
from tests.verdicts import assert_hint


@pytest.fixture
def likeliest(monkeypatch):
    """The model's own answer, scripted: 0.25."""
    token = Token(" help", 0.25, [(" help", 0.25), (" kindness", 0.1)])
    client = types.SimpleNamespace(completions=types.SimpleNamespace(create=lambda **options: None))
    monkeypatch.setattr(checks, "latest", lambda: types.SimpleNamespace(client=client, model="scripted"))
    monkeypatch.setattr(checks, "tokens_of", lambda response: [token])


def test_probability(likeliest):
    assert sbs.check("meet_the_model.1", 0.25).state == "right"
    assert "percentage" in sbs.check("meet_the_model.1", 25.0).text
    assert_hint("meet_the_model.1", 0.1)
    assert "number" in sbs.check("meet_the_model.1", "a quarter").text


def test_alarm():
    assert sbs.check("meet_the_model.2", lambda tokens, limit: [t.text for t in tokens if t.probability < limit]).state == "right"


@pytest.mark.parametrize(
    "wrong",
    [
        lambda t, n: [x.text for x in t if x.probability >= n],
        lambda t, n: [x for x in t if x.probability < n],
        lambda t, n: t[0].text,
    ],
)
def test_a_wrong_alarm_gets_a_hint(wrong):
    assert_hint("meet_the_model.2", wrong)


def test_untouched_function_is_not_done():
    assert sbs.check("meet_the_model.2", lambda *arguments: ...).state == "not done"
