"""The checks of "Grounding": right answers pass in any form, wrong ones get a hint."""

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import sidebyside as sbs
from sidebyside.retrieval import plain_facts
from tests.verdicts import assert_hint

TINY = Path(__file__).resolve().parents[2] / "tests" / "cases" / "tiny"


@pytest.fixture(params=["feedback", str(TINY)], ids=["feedback", "tiny"])
def plain(request, monkeypatch):
    monkeypatch.setenv("SIDEBYSIDE_CASE", request.param)
    return plain_facts(sbs.load_case())


@pytest.fixture
def known(monkeypatch):
    monkeypatch.setenv("SIDEBYSIDE_CASE", "feedback")
    return plain_facts(sbs.load_case())


def searched(plain, first=3):
    case = sbs.load_case()
    found = sbs.passages(case.documents)
    nearness = sbs.embed(plain["question"]) @ sbs.embed(found["text"]).T
    return np.argsort(-nearness, axis=1, kind="stable")[:, :first]


def counted(plain, found):
    return sbs.rate([home in row for home, row in zip(plain["home"], found, strict=True)])


# --- 1 -----------------------------------------------------------------------------------------------------------

MINE = {"a": "nothing", "b": "model", "c": "both", "d": "search", "e": "model", "f": "model"}


@pytest.mark.parametrize(
    "right",
    [
        MINE,
        {letter.upper(): word.title() for letter, word in MINE.items()},
        MINE | {"c": "search and model", "d": "the search", "b": "the model."},
        MINE | {"a": "none", "b": "not the search, the model", "c": ["search", "model"]},
        pd.Series(MINE),
    ],
)
def test_what_failed(right):
    assert sbs.check("grounding.1", right).state == "right"


@pytest.mark.parametrize(
    ("wrong", "word"),
    [
        (MINE | {"c": "model"}, "at c again"),
        (MINE | {"d": "both"}, "at d again"),
        (MINE | {"e": "nothing"}, "at e again"),
        (MINE | {"f": "search"}, "at f again"),
        (MINE | {"a": "all of them"}, "Behind a"),
        (MINE | {"c": "search or model"}, "Behind c"),
        (MINE | {"b": "not the model"}, "Behind b"),
        (dict.fromkeys(MINE), "Behind a"),
        ({"a": "nothing"}, "b, c, d, e, f is gone"),
        (list(MINE.values()), "letters"),
    ],
)
def test_what_did_not_fail(wrong, word):
    hint_for("grounding.1", wrong, word)


@pytest.mark.parametrize("half", [dict.fromkeys("abcdef", ...), MINE | {"f": ...}])
def test_a_sorting_half_done(half):
    assert sbs.check("grounding.1", half).state == "not done"


# --- 2 -----------------------------------------------------------------------------------------------------------


def plain_hit_rate(found, right, k):
    return sum(place in row[:k] for row, place in zip(found, right, strict=True)) / len(right)


def by_loop(found, right, k):
    hits = 0
    for i, place in enumerate(right):
        hits += place in list(found[i])[:k]
    return hits / len(right)


@pytest.mark.parametrize(
    "right", [plain_hit_rate, by_loop, lambda *a: np.float64(plain_hit_rate(*a)), lambda *a: sbs.Rate(round(8 * plain_hit_rate(*a)), 8)]
)
def test_hit_rate(right):
    assert sbs.check("grounding.2", right).state == "right"


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
    hint_for("grounding.2", wrong)


def beyond_the_end(found, right, k):
    return sum(any(row[i] == place for i in range(k)) for row, place in zip(found, right, strict=True)) / len(right)


def in_arrays(found, right, k):
    return (found[:, :k] == right[:, None]).any(axis=1).mean()


@pytest.mark.parametrize(
    ("wrong", "words"), [(beyond_the_end, "beyond the end"), (in_arrays, "np.array"), (None, "function itself"), (0.5, "function itself")]
)
def test_a_hit_rate_that_stops_is_told_what_to_do(wrong, words):
    hint_for("grounding.2", wrong, words)


# --- 3 -----------------------------------------------------------------------------------------------------------


def test_search(plain):
    found = searched(plain)
    for form in (found, found.tolist(), [tuple(row) for row in found], list(found), pd.DataFrame(found), dict(zip(plain["id"], found, strict=True))):
        assert sbs.check("grounding.3", (form, counted(plain, found))).state == "right"


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
        hint_for("grounding.3", wrong)


def test_the_number_of_places_is_told(known):
    hint_for("grounding.3", (searched(known, 5), counted(known, searched(known))), "Yours holds 5")


def test_the_nearest_passage_comes_first(known):
    found = searched(known)
    hint_for("grounding.3", (found[:, ::-1], counted(known, found)), "first")


def test_blind_picks_are_no_search(known):
    rows = [[place % 15 for place in (i, i + 1, i + 2)] for i in range(len(known))]
    hint_for("grounding.3", (rows, counted(known, rows)), "Blind picks")


def test_places_copied_from_the_key_are_no_search(known):
    rows = [[home, (home + 1) % 20, (home + 2) % 20] if home < 18 else [home, 0, 1] for home in known["home"]]
    hint_for("grounding.3", (rows, counted(known, rows)), "`home`")


def test_the_same_passages_for_every_question(known):
    same = [[0, 1, 2]] * len(known)
    hint_for("grounding.3", (same, counted(known, same)), "anew")


def test_half_done():
    assert sbs.check("grounding.3", (..., ...)).state == "not done"
    assert sbs.check("grounding.3", ([[1, 2, 3]], ...)).state == "not done"


# --- 4 -----------------------------------------------------------------------------------------------------------


def by_words(answer, document, share=0.5):
    if sbs.quotes(answer, document):
        return "true quote"
    said, source = (re.findall(r"\w+", text.lower()) for text in (answer, document))
    return "altered" if said and sum(word in source for word in said) > len(said) * share else "invented"


def by_list(answer, document):
    tidy = [" ".join(re.findall(r"\w+", text.lower())) for text in (answer, document)]
    if tidy[0] and f" {tidy[0]} " in f" {tidy[1]} ":
        return "true quote"
    said = tidy[0].split()
    return "altered" if said and sum(word in tidy[1].split() for word in said) / len(said) > 0.5 else "invented"


def by_sets(answer, document):
    if sbs.quotes(answer, document):
        return "true quote"
    said, source = (set(re.findall(r"\w+", text.lower())) for text in (answer, document))
    return "altered" if len(said & source) * 2 > len(said) else "invented"


@pytest.mark.parametrize("right", [by_words, by_list, by_sets, lambda *a: by_words(*a).upper() + ".", lambda *a: by_words(*a).replace(" ", "_")])
def test_quote_check(right):
    assert sbs.check("grounding.4", right).state == "right"


def in_parts_of_words(answer, document):
    if answer.strip(" .").lower() in document.lower() and answer.strip():
        return "true quote"
    return by_words(answer, document)


def with_commas(answer, document):
    if sbs.quotes(answer, document):
        return "true quote"
    said = answer.lower().split()
    return "altered" if sum(word in document.lower().split() for word in said) > len(said) / 2 else "invented"


def half_is_enough(answer, document):
    if sbs.quotes(answer, document):
        return "true quote"
    said, source = (re.findall(r"\w+", text.lower()) for text in (answer, document))
    return "altered" if said and sum(word in source for word in said) >= len(said) / 2 else "invented"


def divides(answer, document):
    if sbs.quotes(answer, document):
        return "true quote"
    said, source = (re.findall(r"\w+", text.lower()) for text in (answer, document))
    return "altered" if sum(word in source for word in said) / len(said) > 0.5 else "invented"


def words_in_words(answer, document):
    if sbs.quotes(answer, document):
        return "true quote"
    said = re.findall(r"\w+", answer.lower())
    return "altered" if said and sum(word in document.lower() for word in said) > len(said) / 2 else "invented"


@pytest.mark.parametrize(
    "wrong",
    [
        lambda answer, document: "true quote" if answer in document else "invented",
        lambda answer, document: sbs.quotes(answer, document),
        lambda answer, document: "altered",
        lambda answer, document: "true quote" if by_words(answer, document) != "invented" else "invented",
        lambda answer, document: "altered" if by_words(answer, document) == "invented" else by_words(answer, document),
        lambda answer, document: by_words(answer, document, share=0.7),
        lambda answer, document: by_words(answer, document, share=0.3),
        lambda answer, document: "invented" if not answer else by_words(answer, "You may keep a book for 28 days. Films are lent for 7 days, "
            "because so many people wait for them. Each renewal adds 14 days."),
        in_parts_of_words,
        words_in_words,
        with_commas,
        half_is_enough,
        divides,
        None,
    ],
)  # fmt: skip
def test_wrong_quote_check(wrong):
    hint_for("grounding.4", wrong)


# --- all ------------------------------------------------------------------------------------------------------------


def hint_for(number, wrong, *words):
    hint = assert_hint(number, wrong, *words)
    assert "stopped the check" not in hint
    assert not re.search(r"\b(bool|str|int|float|dict|NoneType|ndarray|Ellipsis)\b", hint)


@pytest.mark.parametrize("number", ["grounding.1", "grounding.2", "grounding.3", "grounding.4"])
def test_untouched_is_not_done(number):
    assert sbs.check(number, ...).state == "not done"


@pytest.mark.parametrize("number", ["grounding.2", "grounding.4"])
def test_untouched_and_forgotten_functions(number):
    assert sbs.check(number, lambda *arguments: ...).state == "not done"
    assert "return" in assert_hint(number, lambda *arguments: None)
