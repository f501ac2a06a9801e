"""The checks of "Hybrid": right answers pass in any form, wrong ones get a hint, and the untouched exercise is not done yet."""

import numpy as np
import pandas as pd
import pytest

import sidebyside as sbs
from tests.verdicts import assert_hint

MINE = {"a": "helps", "b": "hurts", "c": "no better than chance", "d": "too much for people", "e": "cannot tell"}

# --- 1 ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "right", [MINE, {k.upper(): f" {v.capitalize()}. " for k, v in MINE.items()}, MINE | {"e": "can't tell", "b": "it hurts"[3:] + ", clearly"}]
)  # fmt: skip
def test_right_verdicts_pass(right):
    assert sbs.check("hybrid.1", right).state == "right"


@pytest.mark.parametrize("letter", MINE)
def test_each_wrong_verdict_gets_a_hint_of_its_own(letter):
    other = "hurts" if MINE[letter] != "hurts" else "helps"
    assert_hint("hybrid.1", MINE | {letter: other}, f"Hybrid {letter}")


def test_what_is_no_verdict_is_said():
    assert_hint("hybrid.1", MINE | {"c": "hm"}, "Hybrid c: write one")
    assert_hint("hybrid.1", "helps")
    assert sbs.check("hybrid.1", dict.fromkeys(MINE, ...)).state == "not done"
    assert sbs.check("hybrid.1", {"a": "helps"}).state == "not done"


# --- 2 ----------------------------------------------------------------------------------------------------------------


def route(ml, model, ml_from, model_from):
    return "ml" if ml >= ml_from else "model" if model >= model_from else "person"


def by_steps(ml_sure, model_sure, ml_from, model_from):
    if ml_sure < ml_from:
        if model_sure < model_from:
            return "Person"
        return "Model"
    return "ML"


def by_numpy(*numbers):
    ml, model, ml_from, model_from = map(np.float64, numbers)
    return np.select([ml >= ml_from, model >= model_from], ["ml", "model"], "person")


@pytest.mark.parametrize("right", [route, by_steps, by_numpy])
def test_right_routes_pass(right):
    assert sbs.check("hybrid.2", right).state == "right"


@pytest.mark.parametrize(
    ("wrong", "hint"),
    [
        (lambda ml, model, a, b: "ml" if ml > a else "model" if model >= b else "person", "exactly as sure"),
        (lambda ml, model, a, b: "ml" if ml >= a else "model" if model > b else "person", "exactly as sure"),
        (lambda ml, model, a, b: "ml" if ml >= model else "model" if model >= b else "person", "its line"),
        (lambda ml, model, a, b: "model" if model >= b else "ml" if ml >= a else "person", "Begin with the trained model"),
        (lambda ml, model, a, b: "ml" if ml >= 0.8 else "model" if model >= 0.9 else "person", "its line is"),
        (lambda ml, model, a, b: True, "one of the texts"),
        (lambda ml, model, a, b: None, ""),
        ("ml", "without calling"),
    ],
)
def test_wrong_routes_get_a_hint(wrong, hint):
    assert_hint("hybrid.2", wrong, hint)


# --- 3 ----------------------------------------------------------------------------------------------------------------


def by_loop(sure, ml_right, model_right, lines):
    for line in sorted(lines):
        got = sum(m if s >= line else o for s, m, o in zip(sure, ml_right, model_right, strict=True))
        if got >= sum(model_right):
            return line
    return None


def by_min(sure, ml_right, model_right, lines):
    def got(line):
        return np.where(np.array(sure) >= line, ml_right, model_right).sum()

    return min(line for line in lines if got(line) >= np.sum(model_right))


def by_pandas(sure, ml_right, model_right, lines):
    rows = pd.DataFrame({"sure": sure, "ml": ml_right, "model": model_right})
    good = [line for line in lines if rows["ml"].where(rows["sure"] >= line, rows["model"]).mean() >= rows["model"].mean() - 1e-12]
    return float(pd.Series(good).min())


@pytest.mark.parametrize("right", [by_loop, by_min, by_pandas])
def test_right_lines_pass(right):
    assert sbs.check("hybrid.3", right).state == "right"


def unsorted_first(sure, ml_right, model_right, lines):
    return next(line for line in lines if np.where(np.array(sure) >= line, ml_right, model_right).sum() >= sum(model_right))


def highest(sure, ml_right, model_right, lines):
    return max(line for line in lines if np.where(np.array(sure) >= line, ml_right, model_right).sum() >= sum(model_right))


def turned_round(sure, ml_right, model_right, lines):
    return min(line for line in lines if np.where(np.array(sure) < line, ml_right, model_right).sum() >= sum(model_right))


def strict(sure, ml_right, model_right, lines):
    found = [line for line in lines if np.where(np.array(sure) > line, ml_right, model_right).sum() >= sum(model_right)]
    return min(found, default=1.0)


def most_right(sure, ml_right, model_right, lines):
    return max(sorted(lines), key=lambda line: np.where(np.array(sure) >= line, ml_right, model_right).sum())


@pytest.mark.parametrize("wrong", [unsorted_first, highest, turned_round, strict, most_right, lambda *_: 0.5, lambda *_: None, 0.7])
def test_wrong_lines_get_a_hint(wrong):
    assert_hint("hybrid.3", wrong)


# --- 4 ----------------------------------------------------------------------------------------------------------------


def cost(messages, to_model, to_person, price, seconds, wage):
    return messages * (to_model * price + to_person * wage * seconds / 3600)


def in_hours(messages, to_model, to_person, price, seconds, wage):
    hours = messages * to_person * seconds / 60 / 60
    return np.float64(messages * to_model * price + hours * wage)


def each_message(messages, to_model, to_person, price, seconds, wage):
    one = to_model * price + to_person * (wage / 3600) * seconds
    return sum(one for _ in range(messages))


@pytest.mark.parametrize("right", [cost, in_hours, each_message])
def test_right_bills_pass(right):
    assert sbs.check("hybrid.4", right).state == "right"


@pytest.mark.parametrize(
    ("wrong", "hint"),
    [
        (lambda n, m, p, price, s, w: n * m * price, "people's part"),
        (lambda n, m, p, price, s, w: m * price + p * s / 3600 * w, "another number of messages"),
        (lambda n, m, p, price, s, w: n * (m * price + p * s * w), "3,600"),
        (lambda n, m, p, price, s, w: n * (m * price + p * s / 60 * w), "3,600"),
        (lambda n, m, p, price, s, w: n * (price + p * s / 3600 * w), "its own price"),
        (lambda n, m, p, price, s, w: None, ""),
        (12.5, "without calling"),
    ],
)
def test_wrong_bills_get_a_hint(wrong, hint):
    assert_hint("hybrid.4", wrong, hint)


@pytest.mark.parametrize("number", [2, 3, 4])
def test_the_untouched_exercise_is_not_done(number):
    assert sbs.check(f"hybrid.{number}", lambda *_: ...).state == "not done"
