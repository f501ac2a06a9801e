"""The checks of "Answers from your own documents": right answers pass in any form, wrong ones get a hint."""

import re
from pathlib import Path

import numpy as np
import pytest

import sidebyside as sbs
from sidebyside.retrieval import plain_facts
from tests.verdicts import assert_hint

TINY = Path(__file__).resolve().parents[2] / "tests" / "cases" / "tiny"


@pytest.fixture(params=["feedback", str(TINY)], ids=["feedback", "tiny"])
def plain(request, monkeypatch):
    monkeypatch.setenv("SIDEBYSIDE_CASE", request.param)
    return plain_facts(sbs.load_case())


def searched(plain, first=3):
    case = sbs.load_case()
    found = sbs.passages(case.documents)
    nearness = sbs.embed(plain["question"]) @ sbs.embed(found["text"]).T
    return np.argsort(-nearness, axis=1, kind="stable")[:, :first]


def counted(plain, found):
    return sbs.rate([home in row for home, row in zip(plain["home"], found, strict=True)])


# --- 1 -----------------------------------------------------------------------------------------------------------


def plain_hit_rate(found, right, k):
    return sum(place in row[:k] for row, place in zip(found, right, strict=True)) / len(right)


@pytest.mark.parametrize("right", [plain_hit_rate, lambda *a: np.float64(plain_hit_rate(*a))])
def test_hit_rate(right):
    assert sbs.check("grounding.1", right).state == "right"


@pytest.mark.parametrize(
    "wrong",
    [
        lambda found, right, k: plain_hit_rate(found, right, 99),
        lambda found, right, k: plain_hit_rate(found, right, k) * len(right),
        lambda found, right, k: 100 * plain_hit_rate(found, right, k),
        lambda found, right, k: sum(row[k - 1] == place for row, place in zip(found, right, strict=True)) / len(right),
        lambda found, right, k: sum(str(place) in str(row[:k]) for row, place in zip(found, right, strict=True)) / len(right),
        lambda found, right, k: [place in row[:k] for row, place in zip(found, right, strict=True)],
    ],
)
def test_wrong_hit_rate(wrong):
    hint_for("grounding.1", wrong)


# --- 2 -----------------------------------------------------------------------------------------------------------


def test_search(plain):
    found = searched(plain)
    for form in (found, found.tolist(), [tuple(row) for row in found], list(found)):
        assert sbs.check("grounding.2", (form, counted(plain, found))).state == "right"


def test_any_search_passes_if_it_is_counted_right(plain):
    last = [[i, i + 1, i + 2] for i in range(len(plain))]
    last = [[place % 15 for place in row] for row in last]
    assert sbs.check("grounding.2", (last, counted(plain, last))).state == "right"


def test_wrong_search(plain):
    found = searched(plain)
    right = counted(plain, found)
    other = sbs.Rate(right.n - right.successes if right.successes * 2 != right.n else 0, right.n)
    wrong_ones = [
        (found, right.value),
        (found, other),
        (found[:-1], right),
        (searched(plain, 2), right),
        ([[0, 0, 0]] * len(plain), right),
        ([["a", "b", "c"]] * len(plain), right),
        (found + 1000, right),
        ("found", right),
        (3, right),
    ]
    for wrong in wrong_ones:
        hint_for("grounding.2", wrong)


def test_the_same_passages_for_every_question():
    plain = plain_facts(sbs.load_case())
    same = [[0, 1, 2]] * len(plain)
    assert "anew" in sbs.check("grounding.2", (same, counted(plain, same))).text


def test_half_done():
    assert sbs.check("grounding.2", (..., ...)).state == "not done"
    assert sbs.check("grounding.2", ([[1, 2, 3]], ...)).state == "not done"


# --- 3 -----------------------------------------------------------------------------------------------------------


def by_words(answer, document):
    if sbs.quotes(answer, document):
        return "true quote"
    said, source = (set(re.findall(r"\w+", text.lower())) for text in (answer, document))
    return "altered" if said and len(said & source) >= len(said) / 2 else "invented"


def by_list(answer, document):
    tidy = [" ".join(re.findall(r"\w+", text.lower())) for text in (answer, document)]
    if tidy[0] and tidy[0] in tidy[1]:
        return "true quote"
    said = tidy[0].split()
    return "altered" if said and sum(word in tidy[1].split() for word in said) / len(said) > 0.7 else "invented"


@pytest.mark.parametrize("right", [by_words, by_list])
def test_quote_check(right):
    assert sbs.check("grounding.3", right).state == "right"


@pytest.mark.parametrize(
    "wrong",
    [
        lambda answer, document: "true quote" if answer in document else "invented",
        lambda answer, document: sbs.quotes(answer, document),
        lambda answer, document: "altered",
        lambda answer, document: "true quote" if by_words(answer, document) != "invented" else "invented",
        lambda answer, document: "altered" if by_words(answer, document) == "invented" else by_words(answer, document),
    ],
)
def test_wrong_quote_check(wrong):
    hint_for("grounding.3", wrong)


# --- all ------------------------------------------------------------------------------------------------------------


def hint_for(number, wrong):
    assert "stopped the check" not in assert_hint(number, wrong)


@pytest.mark.parametrize("number", ["grounding.1", "grounding.2", "grounding.3"])
def test_untouched_is_not_done(number):
    assert sbs.check(number, ...).state == "not done"


@pytest.mark.parametrize("number", ["grounding.1", "grounding.3"])
def test_untouched_function_is_not_done(number):
    assert sbs.check(number, lambda *arguments: ...).state == "not done"
