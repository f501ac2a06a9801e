"""The checks of the exercises: right answers pass in any form, wrong ones get a hint, the untouched exercise is "not done"."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

import sidebyside as sbs
from lessons.fragile_prompts import checks as lesson_checks
from sidebyside import checks
from tests.verdicts import assert_hint

PAIR, ROWS = lesson_checks._task()
PROMPTS = [sbs.Prompt(str(n), "", f"{n}. {PAIR[0]} or {PAIR[1]}? {{text}}") for n in range(3)]


def said(messages):
    """What the scripted model answers: the first prompt gets the first label, the others something longer for every second message."""
    text = messages[-1]["content"]
    return PAIR[0] if text.startswith("0.") or len(text) % 2 else f"It is {PAIR[1]}."


@pytest.fixture(autouse=True)
def scripted(monkeypatch):
    def create(*, messages, **fields):
        assert fields["max_tokens"] == 8 and fields["temperature"] == 0
        return SimpleNamespace(choices=[SimpleNamespace(message=SimpleNamespace(content=said(messages)))])

    client = SimpleNamespace(chat=SimpleNamespace(completions=SimpleNamespace(create=create)))
    monkeypatch.setattr(checks, "latest", lambda: SimpleNamespace(client=client, model="scripted", calls=[]))


TEXTS = [[said(prompt.messages(text)) for text in ROWS["text"]] for prompt in PROMPTS]
READ = [[sbs.read_label(text, PAIR) for text in given] for given in TEXTS]
FLIPS = sum(len(set(labels)) > 1 for labels in zip(*READ, strict=True))


def by_loop(labels):
    found, forms = [], list(labels)
    for place in range(len(labels[forms[0]])):
        if any(labels[form][place] != labels[forms[0]][place] for form in forms):
            found.append(place)
    return found


def with_pandas(labels):
    table = pd.DataFrame(labels, dtype=object)
    return table.index[table.nunique(axis=1, dropna=False) > 1]


RIGHT = [
    ("fragile_prompts.1", ["B", "D"]),
    ("fragile_prompts.1", ("D", "B")),
    ("fragile_prompts.1", "b, d"),
    ("fragile_prompts.1", {"B", "D"}),
    ("fragile_prompts.2", by_loop),
    ("fragile_prompts.2", with_pandas),
    ("fragile_prompts.2", lambda labels: np.array(by_loop(labels))),
    ("fragile_prompts.2", lambda labels: tuple(i for i, given in enumerate(zip(*labels.values(), strict=True)) if len(set(given)) > 1)),
    ("fragile_prompts.3", (PROMPTS, TEXTS, FLIPS)),
    ("fragile_prompts.3", (tuple(PROMPTS), tuple(map(tuple, TEXTS)), np.int64(FLIPS))),
    ("fragile_prompts.3", (PROMPTS, [pd.Series(given) for given in TEXTS], float(FLIPS))),
]
WRONG = [
    ("fragile_prompts.1", ["A", "B", "D"], "luck"),
    ("fragile_prompts.1", ["B", "C"], "hide flips"),
    ("fragile_prompts.1", ["B"], "counts the messages"),
    ("fragile_prompts.1", ["D"], "only under one reading"),
    ("fragile_prompts.1", [], "letters"),
    ("fragile_prompts.1", "none of them", "letters"),
    ("fragile_prompts.2", lambda labels: len(by_loop(labels)), "list of places"),
    ("fragile_prompts.2", lambda labels: [place + 1 for place in by_loop(labels)], "counted from 0"),
    (
        "fragile_prompts.2",
        lambda labels: [i for i, given in enumerate(zip(*labels.values(), strict=True)) if given[0] != given[-1]],
        "Compare all forms",
    ),
    ("fragile_prompts.2", lambda labels: [i for i, given in enumerate(zip(*labels.values(), strict=True)) if len({*given} - {None}) > 1], "None is"),
    (
        "fragile_prompts.2",
        lambda labels: [i for i, given in enumerate(zip(*labels.values(), strict=True)) if None in given or len({*given}) > 1],
        "None",
    ),
    ("fragile_prompts.2", lambda labels: [given for given in zip(*labels.values(), strict=True) if len(set(given)) > 1], "list of places"),
    ("fragile_prompts.2", lambda labels: with_pandas(labels) > -1, "list of places"),
    ("fragile_prompts.2", lambda labels: [], "counted from 0"),
    ("fragile_prompts.2", lambda labels: None, "gives nothing back"),
    ("fragile_prompts.3", (PROMPTS, TEXTS, FLIPS + 1), "flips if"),
    ("fragile_prompts.3", (PROMPTS, TEXTS[::-1], FLIPS), "does not say"),
    ("fragile_prompts.3", (PROMPTS, [[PAIR[0]] * len(ROWS)] * 3, 0), "does not say"),
    ("fragile_prompts.3", ([PROMPTS[0]] * 3, TEXTS, FLIPS), "ask the same"),
    ("fragile_prompts.3", ([*PROMPTS[:2], sbs.Prompt("x", "", "Which group? {text}")], TEXTS, FLIPS), "does not name the label"),
    ("fragile_prompts.3", ([*PROMPTS[:2], sbs.Prompt("x", "", " or ".join(PAIR))], TEXTS, FLIPS), "never gets the message"),
    ("fragile_prompts.3", ([prompt.user for prompt in PROMPTS], TEXTS, FLIPS), "sbs.Prompt"),
    ("fragile_prompts.3", (PROMPTS, [given[:3] for given in TEXTS], FLIPS), "texts"),
    ("fragile_prompts.3", (PROMPTS, dict(enumerate(TEXTS)), FLIPS), "three lists"),
    ("fragile_prompts.3", (PROMPTS, 3, FLIPS), "texts"),
    ("fragile_prompts.3", (PROMPTS, TEXTS, "all"), "number"),
]


@pytest.mark.parametrize(("number", "answer"), RIGHT)
def test_right_answer_passes(number, answer):
    verdict = sbs.check(number, answer)
    assert verdict.state == "right", verdict.text


@pytest.mark.parametrize(("number", "answer", "says"), WRONG)
def test_wrong_answer_gets_a_hint(number, answer, says):
    assert_hint(number, answer, says)


def test_untouched_exercise_is_not_done():
    assert sbs.check("fragile_prompts.1", ...).state == "not done"
    assert sbs.check("fragile_prompts.2", lambda labels: ...).state == "not done"
    for place in range(3):
        parts = [PROMPTS, TEXTS, FLIPS]
        assert sbs.check("fragile_prompts.3", tuple(... if i == place else part for i, part in enumerate(parts))).state == "not done"


def test_the_scripted_model_flips_some_messages_and_not_all():
    assert 0 < FLIPS < len(ROWS)
