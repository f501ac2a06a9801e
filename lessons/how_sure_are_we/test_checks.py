"""The checks of "How sure are we?": right answers pass in any form, wrong ones get a hint, untouched ones are not done."""

import math
import re

import numpy as np
import pandas as pd
import pytest
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.proportion import proportion_confint

import sidebyside as sbs
from tests.verdicts import assert_hint


def hint_for(number, answer):
    text = assert_hint(number, answer)
    assert len(text.split()) > 5


MINE = {"a": "small", "b": "yes", "c": "luck", "d": "small", "e": "yes", "f": "small"}


@pytest.mark.parametrize(
    "answer",
    [
        MINE,
        pd.Series(MINE),
        MINE | {"a": "too few messages", "c": "lucky", "d": "small, not luck"},
        {letter.upper(): f" {verdict.title()} " for letter, verdict in MINE.items()},
        {letter: {"small": "too small", "luck": "Luck, the best of thirty", "yes": "yes!"}[verdict] for letter, verdict in MINE.items()},
    ],
)
def test_verdicts_on_sentences_pass_in_any_form(answer):
    assert sbs.check("how_sure_are_we.1", answer).state == "right"


@pytest.mark.parametrize("letter", list(MINE))
@pytest.mark.parametrize("verdict", ["yes", "small", "luck"])
def test_each_wrong_verdict_gets_the_hint_of_its_sentence(letter, verdict):
    if verdict != MINE[letter]:
        assert f"Look at {letter} again" in assert_hint("how_sure_are_we.1", MINE | {letter: verdict})


@pytest.mark.parametrize("verdict", ["perhaps", "small or luck", "not luck", None, True, 3])
def test_what_is_no_verdict_gets_a_hint(verdict):
    assert_hint("how_sure_are_we.1", MINE | {"c": verdict}, "Behind c, write yes, small or luck")


def test_a_sentence_that_is_gone_is_named():
    assert_hint("how_sure_are_we.1", {letter: verdict for letter, verdict in MINE.items() if letter != "f"}, "f is gone")


def test_verdicts_in_a_list_get_a_hint():
    assert_hint("how_sure_are_we.1", list(MINE.values()), "letters")


@pytest.mark.parametrize("left", [dict.fromkeys(MINE, ...), MINE | {"f": ...}])
def test_verdicts_left_open_are_not_done(left):
    assert sbs.check("how_sure_are_we.1", left).state == "not done"


def test_the_numbers_of_the_sentences_say_what_the_verdicts_do():
    assert mcnemar([[22, 4], [2, 2]], exact=True).pvalue > 0.5  # a
    assert mcnemar([[450, 60], [20, 70]], exact=True).pvalue < 0.001  # b
    assert half_width(360, 400) == pytest.approx(0.03, abs=0.002)  # e
    assert half_width(32, 40) > 0.1  # f


def half_width(hits, n, method="wilson"):
    low, high = proportion_confint(hits, n, method=method)
    return (high - low) / 2


def search(rate, wanted, hits=lambda rate, n: rate * n, width=half_width):
    return next(n for n in range(1, 20000) if width(hits(rate, n), n) <= wanted)


def whole_messages(rate, wanted):
    return search(rate, wanted, hits=lambda rate, n: round(rate * n))


def by_hand(rate, wanted):
    z, n = 1.96, 1
    while z * math.sqrt(rate * (1 - rate) / n + z**2 / (4 * n**2)) / (1 + z**2 / n) > wanted:
        n += 1
    return n


@pytest.mark.parametrize("answer", [search, whole_messages, by_hand, lambda r, h: np.int64(search(r, h)), lambda r, h: np.array([search(r, h)])])
def test_messages_needed_found_either_way_passes(answer):
    assert sbs.check("how_sure_are_we.2", answer).state == "right"


@pytest.mark.parametrize(
    "answer",
    [
        lambda r, h: math.ceil(1.96**2 * r * (1 - r) / h**2),
        lambda r, h: search(r, h / 2),
        lambda r, h: search(r, 2 * h),
        lambda r, h: search(r, h, width=lambda hits, n: half_width(hits, n, "agresti_coull")) * 2,
        lambda r, h: search(r, h) + 40,
        lambda r, h: search(r, h) - 1,
        lambda r, h: search(r, h) + 1,
        lambda r, h: math.ceil(search(r, h) / 10) * 10,
        lambda r, h: 0,
        lambda r, h: float("nan"),
        lambda r, h: "many",
        lambda r, h: half_width(r * 100, 100),
        lambda r: 3,
    ],
)
def test_wrong_messages_needed_gets_a_hint(answer):
    hint_for("how_sure_are_we.2", answer)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda r, h: search(r, h) - 1, "one too few"),
        (lambda r, h: None, "`return`"),
        (lambda r, h: str(search(r, h)), "it is a text"),
        (lambda r, h: np.arange(1, 9), "it is several"),
        (lambda r, h: math.inf, "at least one message"),
        (246, "function itself"),
    ],
)
def test_the_hint_says_what_is_wrong_with_a_number_of_messages(answer, words):
    assert_hint("how_sure_are_we.2", answer, words)


def test_the_school_formula_is_named():
    assert "Wilson" in sbs.check("how_sure_are_we.2", lambda r, h: math.ceil(1.96**2 * r * (1 - r) / h**2)).text


def test_untouched_messages_needed_is_not_done():
    assert sbs.check("how_sure_are_we.2", lambda rate, half_width: ...).state == "not done"


def rows(both, first, second, neither):
    a = np.array([True] * (both + first) + [False] * (second + neither))
    b = np.array([True] * both + [False] * first + [True] * second + [False] * neither)
    return a, b


FAR, LEVEL = rows(239, 14, 29, 38), rows(10, 3, 2, 5)
P_FAR = mcnemar([[239, 14], [29, 38]], exact=True).pvalue


@pytest.mark.parametrize(
    "answer",
    [
        (*FAR, 14, 29, P_FAR, True, True),
        (FAR[0].tolist(), FAR[1].tolist(), np.int64(14), 29.0, np.float64(P_FAR), np.True_, np.True_),
        (*LEVEL, 3, 2, 1.0, True, False),
        (*LEVEL, 3, 2, np.array([1.0]), 1, 0),
        (*rows(4, 0, 0, 1), 0, 0, 1, True, False),
        (*rows(0, 40, 0, 0), 40, 0, 2 / 2**40, False, True),
    ],
)
def test_right_comparison_passes(answer):
    assert sbs.check("how_sure_are_we.3", answer).state == "right"


@pytest.mark.parametrize(
    "given",
    [
        (29, 14, P_FAR, True, True),
        (253, 268, P_FAR, True, True),
        (14, 29, P_FAR / 2, True, True),
        (14, 29, float("nan"), True, True),
        (14, 29, mcnemar([[239, 14], [29, 38]], exact=False, correction=False).pvalue, True, True),
        (14, 29, P_FAR, False, True),
        (14, 29, P_FAR, True, False),
        (14, 29, P_FAR, "yes", True),
        (14, 29, P_FAR, True, "yes"),
        ("ten", 29, P_FAR, True, True),
        (14, 29, None, True, True),
    ],
)
def test_wrong_comparison_gets_a_hint(given):
    hint_for("how_sure_are_we.3", (*FAR, *given))


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ((*FAR, FAR[0] & ~FAR[1], 29, P_FAR, True, True), "`only_first` should be one number"),
        ((*FAR, 14, "ten", P_FAR, True, True), "`only_second`"),
        ((*FAR, 14, 29, mcnemar([[239, 14], [29, 38]], exact=True), True, True), ".pvalue"),
        ((*FAR, 14, 29, round(P_FAR, 2), True, True), "three decimals"),
        ((FAR[0], FAR[1][:10], 14, 29, P_FAR, True, True), "again"),
        (([], [], 0, 0, 1.0, True, False), "again"),
    ],
)
def test_the_hint_on_a_comparison_names_what_is_wrong(answer, words):
    assert "stopped" not in assert_hint("how_sure_are_we.3", answer, words)


def test_untouched_comparison_is_not_done():
    assert sbs.check("how_sure_are_we.3", (*FAR, ..., ..., ..., ..., ...)).state == "not done"


def simulated(systems, n, rate, times=2000, seed=None):
    dice = np.random.default_rng(seed)
    return (dice.random((times, systems, n)) < rate).mean(axis=2).max(axis=1).mean() - rate


def computed(systems, n, rate):
    chance = [math.comb(n, k) * rate**k * (1 - rate) ** (n - k) for k in range(n + 1)]
    at_most = [sum(chance[: k + 1]) ** systems for k in range(n + 1)]
    return sum(k / n * (at_most[k] - (at_most[k - 1] if k else 0)) for k in range(n + 1)) - rate


@pytest.mark.parametrize("seed", range(4))
def test_simulated_luck_passes(seed):
    assert sbs.check("how_sure_are_we.4", lambda systems, n, rate: simulated(systems, n, rate, seed=seed)).state == "right"


def test_computed_luck_passes():
    assert sbs.check("how_sure_are_we.4", computed).state == "right"


@pytest.mark.parametrize(
    "answer",
    [
        lambda systems, n, rate: computed(systems, n, rate) + rate,
        lambda systems, n, rate: 100 * computed(systems, n, rate),
        lambda systems, n, rate: computed(systems, n, rate) * n,
        lambda systems, n, rate: computed(8, n, rate),
        lambda systems, n, rate: computed(systems, 30, rate),
        lambda systems, n, rate: 0.0,
        lambda systems, n, rate: "lucky",
        lambda systems: 0.1,
    ],
)
def test_wrong_luck_gets_a_hint(answer):
    hint_for("how_sure_are_we.4", answer)


def test_untouched_luck_is_not_done():
    assert sbs.check("how_sure_are_we.4", lambda systems, n, rate: ...).state == "not done"


@pytest.mark.parametrize("number", [2, 3, 4])
@pytest.mark.parametrize("given", ["many", None, True, [3]])
def test_no_hint_names_a_type_of_python(number, given):
    answer = (*FAR, 14, 29, P_FAR, given, True) if number == 3 else lambda *_: given
    assert not re.search(r"\b(str|bool|NoneType|float|int)\b", sbs.check(f"how_sure_are_we.{number}", answer).text)


@pytest.mark.parametrize(
    ("answer", "words"), [(lambda systems, n, rate: np.zeros(5), "5 numbers"), (None, "function itself"), (0.1, "function itself")]
)
def test_several_leads_or_no_function_get_a_hint(answer, words):
    assert_hint("how_sure_are_we.4", answer, words)
