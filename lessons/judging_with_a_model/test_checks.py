"""The checks of "LLM as a judge": right answers pass in any form, wrong ones get a hint, untouched ones are not done."""

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import cohen_kappa_score

import sidebyside as sbs
from tests.verdicts import assert_hint

MINE = {"a": "place", "b": "padding", "c": "habit", "d": "nothing", "e": "place", "f": "habit", "g": "nothing"}
OTHER_WORDS = {"place": "It goes by the order.", "padding": "verbosity", "nothing": "none"}


@pytest.mark.parametrize(
    "mine",
    [MINE, {letter.upper(): f" {word.title()} " for letter, word in MINE.items()}, {at: OTHER_WORDS.get(word, word) for at, word in MINE.items()}],
)
def test_the_faults_of_seven_judges_pass_in_any_form(mine):
    assert sbs.check("judging_with_a_model.1", mine).state == "right"


@pytest.mark.parametrize(
    ("mine", "word"),
    [
        (MINE | {"c": "nothing"}, "There were two"),
        (MINE | {"e": "nothing"}, "second place"),
        (MINE | {"g": "place"}, "half of the verdicts"),
        (MINE | {"b": "place"}, "have more of"),
        (MINE | {"d": "place or habit"}, "Behind d, write place, padding, habit or nothing"),
        (MINE | {"d": 3}, "Behind d"),
        (list(MINE.values()), "letters"),
        (MINE | {"d": None}, "Behind d"),
        (MINE | {"a": "not place"}, "Behind a"),
        ({"a": "place"}, "b, c, d, e, f, g is gone"),
    ],
)
def test_a_wrong_fault_gets_a_hint(mine, word):
    assert_hint("judging_with_a_model.1", mine, word)


@pytest.mark.parametrize("mine", [dict.fromkeys(MINE, ...), MINE | {"f": ...}])
def test_untouched_faults_are_not_done(mine):
    assert sbs.check("judging_with_a_model.1", mine).state == "not done"


def shares(one, two):
    return np.mean([a == b for a, b in zip(one, two, strict=True)]), (list(one) + list(two)).count("A") / (2 * len(one))


@pytest.mark.parametrize("answer", [shares, lambda one, two: list(shares(one, two)), lambda one, two: np.array(shares(one, two))])
def test_swap_counted_in_any_form_passes(answer):
    assert sbs.check("judging_with_a_model.2", answer).state == "right"


@pytest.mark.parametrize(
    "answer",
    [
        lambda one, two: shares(one, two)[::-1],
        lambda one, two: (1 - shares(one, two)[0], shares(one, two)[1]),
        lambda one, two: (shares(one, two)[0], list(one).count("A") / len(one)),
        lambda one, two: tuple(100 * share for share in shares(one, two)),
        lambda one, two: shares(one, two)[0],
        lambda one, two: "often",
        lambda one, two: ("half", "half"),
    ],
)
def test_wrong_swap_gets_a_hint(answer):
    assert_hint("judging_with_a_model.2", answer)


@pytest.mark.parametrize(
    "answer",
    [
        lambda one, two: iter(shares(one, two)),
        lambda one, two: dict(zip(("flips", "first"), shares(one, two), strict=True)),
        lambda one, two: [round(float(share), 2) for share in shares(one, two)],
        lambda one, two: (sbs.rate(a == b for a, b in zip(one, two, strict=True)), sbs.rate(verdict == "A" for verdict in [*one, *two])),
    ],
)
def test_shares_pass_as_rates_rounded_or_named(answer):
    assert sbs.check("judging_with_a_model.2", answer).state == "right"


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda one, two: None, "`return`"),
        (lambda one, two: shares(one, two)[::-1], "each other's place"),
        (None, "function itself"),
        ((0.5, 0.5), "function itself"),
    ],
)
def test_a_swap_of_another_kind_is_told_what_to_do(answer, words):
    assert_hint("judging_with_a_model.2", answer, words)


def test_untouched_swap_is_not_done():
    assert sbs.check("judging_with_a_model.2", lambda one, two: ...).state == "not done"


KEY = "r" * 25 + "w" * 5
JUDGES = {"Ada": "r" * 30, "Ben": "rrrrwrrwrrrwrrrrwrrwrrwrrwwwww", "Cleo": "rrrrrrwrrrwrrrrrwrrrrrwrrrrwrr"}
AGREEMENT = {name: np.mean([a == b for a, b in zip(marks, KEY, strict=True)]) for name, marks in JUDGES.items()}
KAPPAS = {name: cohen_kappa_score(list(marks), list(KEY)) for name, marks in JUDGES.items()}


def test_agreement_and_kappa_choose_different_judges():
    assert max(AGREEMENT, key=AGREEMENT.get) == "Ada"
    assert KAPPAS["Ada"] == 0
    assert KAPPAS["Ben"] == max(KAPPAS.values()) > 0.5


def test_right_kappas_pass():
    assert sbs.check("judging_with_a_model.3", (KEY, JUDGES, AGREEMENT, KAPPAS, "Ben")).state == "right"
    assert (
        sbs.check(
            "judging_with_a_model.3",
            (KEY, JUDGES, {k: round(v, 3) for k, v in AGREEMENT.items()}, {k: round(v, 3) for k, v in KAPPAS.items()}, "Ben"),
        ).state
        == "right"
    )


def test_rates_and_columns_pass_too():
    marks = {name: [a == b for a, b in zip(given, KEY, strict=True)] for name, given in JUDGES.items()}
    rates = {name: sbs.rate(given) for name, given in marks.items()}
    assert sbs.check("judging_with_a_model.3", (KEY, JUDGES, rates, pd.Series(KAPPAS), "Ben")).state == "right"


@pytest.mark.parametrize(
    "answer",
    [
        (KEY, JUDGES, AGREEMENT, KAPPAS, "Ada"),
        (KEY, JUDGES, AGREEMENT, AGREEMENT, "Ben"),
        (KEY, JUDGES, KAPPAS, KAPPAS, "Ben"),
        (KEY, JUDGES, AGREEMENT, {"Ada": 0.0}, "Ben"),
        (KEY, JUDGES, AGREEMENT, KAPPAS, "Dora"),
        (KEY, JUDGES, {name: 100 * value for name, value in AGREEMENT.items()}, KAPPAS, "Ben"),
        (KEY, JUDGES, list(AGREEMENT.values()), KAPPAS, "Ben"),
        (KEY, JUDGES, AGREEMENT, {name: "high" for name in JUDGES}, "Ben"),
    ],
)
def test_wrong_kappas_get_a_hint(answer):
    assert_hint("judging_with_a_model.3", answer)


@pytest.mark.parametrize("best", ["ben", ["Ben"], "Ben is the best"])
def test_the_best_judge_may_be_named_in_any_form(best):
    agreement, kappas = pd.DataFrame({"share": AGREEMENT}), {name.lower(): value for name, value in KAPPAS.items()}
    assert sbs.check("judging_with_a_model.3", (KEY, JUDGES, agreement, kappas, best)).state == "right"


@pytest.mark.parametrize(
    ("agreement", "kappas", "best", "words"),
    [
        (AGREEMENT, {name: value - 0.5 for name, value in AGREEMENT.items()}, "Ben", "take chance out"),
        (AGREEMENT, {name: str(value) for name, value in KAPPAS.items()}, "Ben", "`kappa of Ada`"),
        (AGREEMENT, KAPPAS, "Ada or Ben", "one of the names"),
        (AGREEMENT, KAPPAS, {"Ben": 1}, "one of the names"),
    ],
)
def test_the_hint_names_the_judge_and_the_number(agreement, kappas, best, words):
    assert "percentage" not in assert_hint("judging_with_a_model.3", (KEY, JUDGES, agreement, kappas, best), words)


def test_untouched_kappas_are_not_done():
    assert sbs.check("judging_with_a_model.3", (KEY, JUDGES, ..., ..., ...)).state == "not done"


@pytest.fixture
def half():
    answers = sbs.load_case().answers
    return answers.head(len(answers) // 2)


def short(answer, sentence):
    return len(answer) < 60


def measured(half, rule):
    return sbs.rate([rule(a, s) == (r == "yes") for a, s, r in zip(half["answer"], half["sentence"], half["right"], strict=True)])


def verdict_of(rate):
    low, high = rate.interval
    return "passed" if low >= 0.8 else "failed" if high < 0.8 else "not shown yet"


def test_any_rule_counted_right_passes(half):
    key = dict(zip(half["answer"], half["right"], strict=True))
    for rule in (
        short,
        lambda answer, sentence: np.bool_(len(answer) % 2),
        lambda answer, sentence: key[answer.strip()] == "yes",
        lambda answer, sentence: int(len(answer) < 60),
    ):
        found = measured(half, rule)
        assert sbs.check("judging_with_a_model.4", (half, rule, found, verdict_of(found))).state == "right"
        assert sbs.check("judging_with_a_model.4", (half, rule, found.value, verdict_of(found))).state == "right"


def test_a_rule_that_looks_its_answers_up_is_none(half):
    key = dict(zip(half["answer"], half["right"], strict=True))
    for rule in (lambda answer, sentence: key[answer] == "yes", lambda answer, sentence: key.get(answer) == "yes"):
        found = measured(half, rule)
        assert_hint("judging_with_a_model.4", (half, rule, found, verdict_of(found)), "by heart")


def test_a_verdict_passes_in_capitals_and_with_a_full_stop(half):
    found = measured(half, short)
    assert sbs.check("judging_with_a_model.4", (half, short, found, verdict_of(found).title() + ".")).state == "right"


def test_rules_of_another_kind_are_told_what_to_do(half):
    found = measured(half, short)
    for rule, verdict, words in (
        (lambda answer, sentence: None, "failed", "`return`"),
        (lambda answer, sentence: short(answer, sentence) or None, "failed", "return False"),
        (lambda answer, sentence: "yes", "failed", "quotation marks"),
        (short, "fine", "`verdict_on_rule`"),
    ):
        assert_hint("judging_with_a_model.4", (half, rule, found, verdict), words)


def test_wrong_rules_get_a_hint(half):
    found = measured(half, short)
    wrong_ones = [
        (half, lambda answer, sentence: True, 0.5, "failed"),
        (half, lambda answer, sentence: "yes", found, "failed"),
        (half, short, 1 - found.value + 0.1, verdict_of(found)),
        (half, short, found, "passed"),
        (half, short, found, "fine"),
        (half, "short", found, verdict_of(found)),
        (half, short, 100 * found.value, verdict_of(found)),
        ("half", short, found, verdict_of(found)),
    ]
    for wrong in wrong_ones:
        assert_hint("judging_with_a_model.4", wrong)


def test_untouched_rule_is_not_done(half):
    assert sbs.check("judging_with_a_model.4", (half, lambda answer, sentence: ..., ..., ...)).state == "not done"
    assert sbs.check("judging_with_a_model.4", (half, lambda answer, sentence: ..., 0.5, "failed")).state == "not done"
