"""The checks of "Hallucination": right answers pass in any form, wrong ones get a hint that names no type of Python's."""

import re
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

import sidebyside as sbs
from sidebyside import checks as engine
from tests.verdicts import assert_hint

NAME = "hallucination"
MINE = {"a": "right", "b": "made up", "c": "admits", "d": "dodges", "e": "made up", "f": "admits", "g": "dodges", "h": "admits"}
PHRASES = ("don't know", "do not know", "not sure", "never heard", "there is no", "fictional")


def hears(answer):
    return any(phrase in answer.lower().replace("’", "'") for phrase in PHRASES)


def rates(answers, targets):
    kinds = ["right" if sbs.holds_name(a, t) else "unsure" if sbs.abstains(a) else "neither" for a, t in zip(answers, targets, strict=True)]
    return [sbs.rate([kind == one for kind in kinds]) for one in ("right", "unsure", "neither")]


def overlapping(answers, targets):
    right, unsure, _ = rates(answers, targets)
    return right, unsure, sbs.rate([not sbs.abstains(a) for a in answers])


def shuffled(answers, targets):
    right, unsure, neither = rates(answers, targets)
    return neither, right, unsure


def naive(answers, targets):
    right = [t in a for a, t in zip(answers, targets, strict=True)]
    unsure = [sbs.abstains(a) and not r for a, r in zip(answers, right, strict=True)]
    return sbs.rate(right), sbs.rate(unsure), sbs.rate([not r and not u for r, u in zip(right, unsure, strict=True)])


def letters(answers, targets):
    """Knows the empty target, and finds N in Na."""
    return naive(answers, [target or "∅" for target in targets])


def constant(answers, targets):
    """Learned the first list by heart."""
    return sbs.Rate(3, 8), sbs.Rate(2, 8), sbs.Rate(3, 8)


def padded(answers, targets):
    """Learned its counts by heart."""
    n = len(answers)
    return sbs.Rate(3, n), sbs.Rate(2, n), sbs.Rate(n - 5, n)


def doubt(question):
    return [{"role": "system", "content": "Say so if you do not know."}, {"role": "user", "content": question}]


def scripted(answers):
    """A connection to a model that gives these answers, by question."""

    def create(messages, **options):
        text = next(answer for question, answer in answers.items() if question in messages[-1]["content"])
        return SimpleNamespace(choices=[SimpleNamespace(message=SimpleNamespace(content=text))])

    return SimpleNamespace(model="scripted", client=SimpleNamespace(chat=SimpleNamespace(completions=SimpleNamespace(create=create))))


@pytest.fixture(scope="module", params=["the course's case", "tiny"])
def marked(request):
    """Answers to the fresh things, with an ear and two rates: every other one admits, every third is right."""
    with pytest.MonkeyPatch.context() as patch:
        if request.param == "tiny":
            patch.setenv("SIDEBYSIDE_CASE", "tests/cases/tiny")
        rows = sbs.load_case().entities.groupby("real").tail(10).reset_index(drop=True)
        answers = ["I am not sure." if i % 2 else f"It is {target}." if i % 3 == 0 else "It is Zalt." for i, target in enumerate(rows["answer"])]
        patch.setattr(engine, "latest", lambda: scripted(dict(zip(rows["question"], answers, strict=True))))
        real, invented = rows[rows["real"] == "yes"], rows[rows["real"] == "no"]
        admitted = sbs.rate([hears(answers[i]) for i in invented.index])
        right = sbs.rate([sbs.holds_name(answers[i], real["answer"][i]) for i in real.index])
        yield answers, hears, admitted, right


# --- right answers, in several forms ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "mine",
    [
        MINE,
        {letter.upper(): f" {verdict.title()} " for letter, verdict in MINE.items()},
        pd.Series(MINE),
        {letter: f"it {verdict}" for letter, verdict in MINE.items()},
        {letter: {"made up": "made up, not right"}.get(verdict, verdict) for letter, verdict in MINE.items()},
        {letter: {"made up": "wrong", "admits": "says it does not know", "dodges": "dodges the question"}.get(v, v) for letter, v in MINE.items()},
    ],
)
def test_sorted_answers_pass(mine):
    assert sbs.check(f"{NAME}.1", mine).state == "right"


@pytest.mark.parametrize(
    "answer",
    [
        hears,
        lambda text: re.search("|".join(PHRASES), text.lower().replace("’", "'")),
        lambda text: np.bool_(hears(text)),
        lambda text: True if hears(text) else None,
        lambda text: [phrase for phrase in PHRASES if phrase in text.lower().replace("’", "'")],
    ],
)
def test_an_ear_that_hears_all_admissions_passes(answer):
    assert sbs.check(f"{NAME}.2", answer).state == "right"


@pytest.mark.parametrize(
    "answer",
    [
        rates,
        lambda a, t: tuple(rates(a, t)),
        lambda a, t: dict(zip("abc", rates(a, t), strict=True)),
        lambda a, t: pd.Series(rates(a, t)),
        lambda a, t: iter(rates(a, t)),
    ],
)
def test_three_rates_pass(answer):
    assert sbs.check(f"{NAME}.3", answer).state == "right"


@pytest.mark.parametrize(
    "form",
    [
        list,
        tuple,
        pd.Series,
        np.array,
        iter,
        lambda texts: dict(enumerate(texts)),
        lambda texts: pd.DataFrame({"said": texts}),
        lambda texts: [SimpleNamespace(text=text) for text in texts],
    ],
)
def test_a_remedy_with_its_own_rates_passes(form, marked):
    answers, ear, admitted, right = marked
    assert sbs.check(f"{NAME}.4", (doubt, form(answers), ear, admitted, right)).state == "right"


def test_the_messages_may_be_a_tuple(marked):
    answers, ear, admitted, right = marked
    assert sbs.check(f"{NAME}.4", (lambda question: tuple(doubt(question)), answers, ear, admitted, right)).state == "right"


def test_answers_invented_between_asked_ones_do_not_pass(marked):
    answers, ear, _, _ = marked
    rows = sbs.load_case().entities.groupby("real").tail(10).reset_index(drop=True)
    asked = {0, len(rows) // 2, len(rows) - 1}
    mine = [text if i in asked else "I do not know that one." for i, text in enumerate(answers)]
    admitted = sbs.rate([ear(mine[i]) for i in rows.index[rows["real"] == "no"]])
    right = sbs.rate([sbs.holds_name(mine[i], rows["answer"][i]) for i in rows.index[rows["real"] == "yes"]])
    assert_hint(f"{NAME}.4", (doubt, mine, ear, admitted, right), "something else")


def test_rates_in_each_other_s_place_are_told_so(marked):
    answers, ear, admitted, right = marked
    assert admitted != right
    assert_hint(f"{NAME}.4", (doubt, answers, ear, right, admitted), "each other's place")


def test_a_remedy_counted_with_the_package_s_own_list_passes(marked):
    answers, _, _, right = marked
    rows = sbs.load_case().entities.groupby("real").tail(10).reset_index(drop=True)
    admitted = sbs.rate([sbs.abstains(answers[i]) for i in rows.index[rows["real"] == "no"]])
    assert sbs.check(f"{NAME}.4", (doubt, answers, hears, admitted, right)).state == "right"


# --- wrong ones -------------------------------------------------------------------------------------------------------

WRONG = [
    (1, MINE | {"d": "admits"}, "at d again"),
    (1, MINE | {"h": "dodges"}, "at h again"),
    (1, MINE | {"f": "made up"}, "no such place"),
    (1, MINE | {"g": "right"}, "not what was asked"),
    (1, MINE | {"b": "invented"}, "write right, admits, dodges or made up"),
    (1, ["right"] * 8, "letters"),
    (1, MINE | {"a": "right or made up"}, "Behind a"),
    (1, MINE | {"a": "not right"}, "Behind a"),
    (1, dict.fromkeys(MINE), "Behind a"),
    (1, {letter: verdict for letter, verdict in MINE.items() if letter != "h"}, "h is gone"),
    (2, sbs.abstains, "not sure"),
    (2, lambda text: True, "does not say"),
    (2, lambda text: hears(text) or "sure" in text, "does not say"),
    (2, lambda text: hears(text) or "sorry" in text, "chatbot"),
    (2, lambda text: any(phrase in text for phrase in PHRASES), "there is no such thing"),
    (2, True, "function itself"),
    (2, lambda text: None, "`return`"),
    (2, lambda text: str(hears(text)), "quotation marks"),
    (2, lambda text: "don't know" in text or "not sure", "again"),
    (2, lambda text: [phrase in text.lower() for phrase in PHRASES], "any(...)"),
    (2, lambda text: (phrase in text.lower() for phrase in PHRASES), "any(...)"),
    (2, lambda text: any(phrase in text.lower() for phrase in PHRASES), "curved"),
    (2, lambda text: any(phrase in text.replace("’", "'") for phrase in PHRASES), "small"),
    (2, lambda text: hears(text) or "don't have" in text, "ability"),
    (3, naive, "empty"),
    (3, letters, "N in Na"),
    (3, constant, "all answers"),
    (3, padded, "another order"),
    (3, overlapping, "add up"),
    (3, shuffled, "another order"),
    (3, lambda a, t: (0.3, 0.2, 0.5), "sbs.rate"),
    (3, lambda a, t: (sbs.Rate(3, 5), sbs.Rate(2, 8), sbs.Rate(3, 3)), "all answers"),
    (3, lambda a, t: None, "`return`"),
    (3, lambda a, t: rates(a, t)[::-1], "another order"),
    (3, lambda a, t: rates(a, t)[0], "Return three rates"),
    (3, (1, 2, 3), "function itself"),
]
TYPES = re.compile(r"\b(NoneType|str|int|float|bool|tuple|Series|ndarray|ellipsis|TypeError|ValueError|AttributeError)\b")


@pytest.mark.parametrize(("number", "answer", "word"), WRONG)
def test_a_wrong_answer_gets_a_hint(number, answer, word):
    assert not TYPES.search(assert_hint(f"{NAME}.{number}", answer, word))


def test_a_wrong_remedy_or_count_gets_a_hint(marked):
    answers, ear, admitted, right = marked
    more = sbs.Rate((right.successes + 1) % (right.n + 1), right.n), sbs.Rate((admitted.successes + 1) % (admitted.n + 1), admitted.n)
    wrong = {
        "plain question": (lambda q: [{"role": "user", "content": q}], answers, ear, admitted, right),
        "not in the messages": (lambda q: [{"role": "user", "content": "The capital of Peru?"}], answers, ear, admitted, right),
        "question itself": (lambda q: doubt("What is the capital of Peru?"), answers, ear, admitted, right),
        "list of messages": (lambda q: q, answers, ear, admitted, right),
        "function itself": (doubt("?"), answers, ear, admitted, right),
        "holds 3": (doubt, answers[:3], ear, admitted, right),
        "`admitted` says": (doubt, answers, ear, more[1], right),
        "`right` says": (doubt, answers, ear, admitted, more[0]),
        "whole": (doubt, answers, ear, admitted, right.value),
        "something else": (doubt, ["I do not know."] * len(answers), ear, sbs.Rate(admitted.n, admitted.n), sbs.Rate(0, right.n)),
        "in order": (doubt, answers[::-1], ear, admitted, right),
        "`return`": (lambda q: None, answers, ear, admitted, right),
        "square brackets": (lambda q: doubt(q)[1], answers, ear, admitted, right),
        "the texts alone": (doubt, [{"content": text} for text in answers], ear, admitted, right),
        "used up": (doubt, [], ear, admitted, right),
    }
    for word, answer in wrong.items():
        assert not TYPES.search(assert_hint(f"{NAME}.4", answer, word))


# --- not done yet -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_untouched_is_not_done(number):
    assert sbs.check(f"{NAME}.{number}", ...).state == "not done"


@pytest.mark.parametrize(
    ("number", "answer"),
    [
        (1, dict.fromkeys(MINE, ...)),
        (1, MINE | {"c": ...}),
        (2, lambda a: ...),
        (3, lambda a, t: ...),
        (4, (lambda q: ..., ..., hears, ..., ...)),
        (4, (doubt, ..., hears, ..., ...)),
    ],
)
def test_what_still_holds_the_dots_is_not_done(number, answer):
    assert sbs.check(f"{NAME}.{number}", answer).state == "not done"
