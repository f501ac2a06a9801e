"""The checks of the exercises: right answers pass in any form, wrong ones get a hint, untouched ones are not done."""

import math

import pytest

import sidebyside as sbs
from tests.verdicts import assert_hint

RIGHT = {"a": "the smallest that passes", "b": "a larger one", "c": "a trained model", "d": "no model at all"}


@pytest.mark.parametrize("form", [str, str.upper, lambda text: f" {text}. "])
def test_the_right_choices_pass(form):
    assert sbs.check("model_size.1", {case: form(choice) for case, choice in RIGHT.items()}).state == "right"


@pytest.mark.parametrize(
    ("case", "wrong"), [("a", "a larger one"), ("b", "no model at all"), ("c", "a larger one"), ("d", "a trained model"), ("d", "")]
)
def test_a_wrong_choice_gets_its_reason(case, wrong):
    said = assert_hint("model_size.1", RIGHT | {case: wrong})
    assert f"Look at {case} again" in said or f"Behind {case}, write" in said


def test_a_word_that_is_no_choice_gets_the_list():
    assert "a larger one" in assert_hint("model_size.1", RIGHT | {"a": "bigger"})


def passing(offers, least, budget, latency):
    return [o for o in offers if o["right"] >= least and o["dollars"] <= budget and o["seconds"] <= latency]


def by_min(offers, least, budget, latency):
    good = passing(offers, least, budget, latency)
    return min(good, key=lambda offer: offer["dollars"])["name"] if good else None


def by_sorting(offers, least, budget, latency):
    for offer in sorted(offers, key=lambda offer: offer["dollars"]):
        if offer in passing(offers, least, budget, latency):
            return offer["name"]
    return None


def by_loop(offers, least, budget, latency):
    name, price = None, math.inf
    for offer in passing(offers, least, budget, latency):
        if offer["dollars"] < price:
            name, price = offer["name"], offer["dollars"]
    return name


@pytest.mark.parametrize("right", [by_min, by_sorting, by_loop])
def test_a_right_choice_of_offers_passes(right):
    assert sbs.check("model_size.2", right).state == "right"


@pytest.mark.parametrize(
    "wrong",
    [
        lambda offers, least, budget, latency: (passing(offers, least, budget, latency) or [{"name": None}])[0]["name"],
        lambda offers, least, budget, latency: max(passing(offers, least, budget, latency), key=lambda o: o["right"], default={"name": None})["name"],
        lambda offers, least, budget, latency: by_min(offers, least, budget, math.inf),
        lambda offers, least, budget, latency: by_min(offers, 0, budget, latency),
        lambda offers, least, budget, latency: by_min(offers, least, budget - 1e-9, latency),
        lambda offers, least, budget, latency: by_min(offers, least, budget, latency) or "none",
        lambda offers, least, budget, latency: min(passing(offers, least, budget, latency), key=lambda o: o["dollars"], default=None),
        lambda offers, least, budget, latency: None,
        lambda offers: "tiny",
        "tiny",
    ],
)
def test_a_wrong_choice_of_offers_gets_a_hint(wrong):
    assert_hint("model_size.2", wrong)


@pytest.mark.parametrize("right", [lambda machine, price: machine / price, lambda m, p: int(m / p), lambda m, p: math.ceil(m / p)])
def test_a_right_break_even_passes(right):
    assert sbs.check("model_size.3", right).state == "right"


@pytest.mark.parametrize(
    "wrong", [lambda m, p: m * p, lambda m, p: p / m, lambda m, p: m / p / 30, lambda m, p: 45_000, lambda m, p: None, lambda m, p: "many"]
)
def test_a_wrong_break_even_gets_a_hint(wrong):
    assert_hint("model_size.3", wrong)


@pytest.mark.parametrize(
    ("name", "answer"), [("1", dict.fromkeys("abcd", ...)), ("1", RIGHT | {"c": ...}), ("2", lambda *_: ...), ("3", lambda *_: ...)]
)
def test_the_untouched_exercise_is_not_done(name, answer):
    assert sbs.check(f"model_size.{name}", answer).state == "not done"
