"""The checks of the exercises: right answers pass in any form, wrong ones get a hint."""

from __future__ import annotations

import types
from typing import Any

import numpy as np
import pandas as pd
import pytest

import sidebyside as sbs
from lessons.meet_the_model import checks
from sidebyside import asked as asked_
from sidebyside.llm import Heard
from sidebyside.tokens import Token
from tests.verdicts import assert_hint


@pytest.mark.parametrize("right", [[2, 4, 5], (5, 2, 4), "2, 4 and 5", {2, 4, 5}, np.array([2, 4, 5]), ["2", "4", "5"], [2.0, 4, 5, 5]])
def test_what_the_request_does_not_hold_is_a_guess(right: Any) -> None:
    assert sbs.check("meet_the_model.1", right).state == "right"


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ([2, 4], "missing: 1 more"),
        ([2, 4, 5, 3], "part 3 again. The day was in the request"),
        ([1, 2, 3, 4, 5, 6], "part 1 again"),
        ([], "numbers of the parts"),
        (9, "numbers of the parts"),
        ("the order number", "numbers of the parts"),
        ([5], "missing: 2 more"),
    ],
)
def test_a_part_too_many_or_too_few_gets_a_hint(wrong: Any, said: str) -> None:
    assert_hint("meet_the_model.1", wrong, said)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> types.SimpleNamespace:
    """The model's own answer, scripted: 0.25."""
    token = Token(" help", 0.25, [(" help", 0.25), (" kindness", 0.1)])
    client = types.SimpleNamespace(completions=types.SimpleNamespace(create=lambda **options: None))
    connection = types.SimpleNamespace(client=client, model="scripted", calls=[])
    heard = [Heard({"prompt": "Thank you for your"}, [" help"])]
    monkeypatch.setattr(asked_, "connections", lambda: [types.SimpleNamespace(heard=heard)])
    monkeypatch.setattr(checks, "latest", lambda: connection)
    monkeypatch.setattr(checks, "tokens_of", lambda response: [token])
    return connection


@pytest.mark.parametrize("right", [0.25, np.float64(0.25), np.array(0.2501), 1 / 4])
def test_probability(right: Any, asked: types.SimpleNamespace) -> None:
    assert sbs.check("meet_the_model.2", right).state == "right"


@pytest.mark.parametrize(
    ("wrong", "said"), [(0.1, ".others"), (25.0, "percentage"), ("a quarter", "it is a text"), (None, "it is nothing"), (-1.39, ".others")]
)
def test_a_wrong_probability_gets_a_hint(wrong: Any, said: str, asked: types.SimpleNamespace) -> None:
    assert_hint("meet_the_model.2", wrong, said)


@pytest.mark.parametrize("heard", [[], [Heard({"prompt": "The capital of France is"}, [" Paris"])], [Heard({"messages": []}, ["25 %"])]])
def test_a_probability_without_asking_for_it_is_no_measurement(heard: list[Heard], asked: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asked_, "connections", lambda: [types.SimpleNamespace(heard=heard)])
    assert_hint("meet_the_model.2", 0.25, "Ask the model first")


def by_loop(tokens: Any, limit: float) -> list[str]:
    found = []
    for token in tokens:
        if limit > token.probability:
            found.append(token.text)
    return found


@pytest.mark.parametrize(
    "right",
    [
        lambda tokens, limit: [t.text for t in tokens if t.probability < limit],
        by_loop,
        lambda tokens, limit: tuple(t.text for t in tokens if t.probability < limit),
        lambda tokens, limit: (t.text for t in tokens if t.probability < limit),
        lambda tokens, limit: pd.Series({i: t.text for i, t in enumerate(tokens) if t.probability < limit}, dtype=object),
    ],
)
def test_alarm(right: Any) -> None:
    assert sbs.check("meet_the_model.3", right).state == "right"


@pytest.mark.parametrize(
    "wrong",
    [
        lambda t, n: [x.text for x in t if x.probability >= n],
        lambda t, n: [x.text for x in t if x.probability <= n],
        lambda t, n: [x for x in t if x.probability < n],
        lambda t, n: t[0].text,
        lambda t, n: [x.text.strip() for x in t if x.probability < n],
        lambda t, n: sorted(x.text for x in t if x.probability < n),
        lambda t, n: list(dict.fromkeys(x.text for x in t if x.probability < n)),
        lambda t, n: [x.text for x in t if x.probability < n][:2],
        lambda t, n: [x.text for x in t if x.text[0] == " " and x.probability < n],
        lambda t, n: [x.text for x in sorted(t, key=lambda x: x.probability) if x.probability < n],
        lambda t, n: print(end=str(n)[:0]),  # noqa: T201 — a learner prints instead of returning
        lambda t, n: "".join(x.text for x in t if x.probability < n),
        lambda t, n: len([x for x in t if x.probability < n]),
    ],
)
def test_a_wrong_alarm_gets_a_hint(wrong: Any) -> None:
    assert "NoneType" not in assert_hint("meet_the_model.3", wrong)


def test_untouched_function_is_not_done() -> None:
    assert sbs.check("meet_the_model.3", lambda *arguments: ...).state == "not done"
