"""The checks of "Roles": right answers pass in any form, wrong ones get a hint that helps, untouched ones are not done."""

from collections import Counter

import numpy as np
import pandas as pd
import pytest

import sidebyside as sbs
from tests.verdicts import assert_hint

MINE = {"a": "vague", "b": "clear", "c": "partly", "d": "vague", "e": "clear", "f": "partly"}


def state(number, answer):
    return sbs.check(f"team_work.{number}", answer).state


# --- 1 ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("answer", [MINE, pd.Series(MINE), {letter.upper(): f" {word.title()}, I think" for letter, word in MINE.items()}])
def test_levels_pass_in_any_form(answer):
    assert state(1, answer) == "right"


@pytest.mark.parametrize("letter", list(MINE))
@pytest.mark.parametrize("word", ["vague", "partly", "clear"])
def test_each_wrong_level_gets_the_hint_of_its_box(letter, word):
    if word != MINE[letter]:
        assert_hint("team_work.1", MINE | {letter: word}, f"Look at {letter} again")


@pytest.mark.parametrize("answer", [list(MINE.values()), MINE | {"a": "bad"}, {"a": "vague"}, "vague"])
def test_what_is_no_scoring_gets_a_hint(answer):
    assert_hint("team_work.1", answer)


# --- 2 ----------------------------------------------------------------------------------------------------------------


def hours(labels, seconds):
    return sum(labels.values()) * seconds / 3600


RIGHT_SAVED = [
    lambda trained, prompt, seconds: hours(trained, seconds) - hours(prompt, seconds),
    lambda trained, prompt, seconds: np.float64((pd.Series(trained).sum() - pd.Series(prompt).sum()) * seconds / 60 / 60),
    lambda trained, prompt, seconds: [sum(n * seconds for n in trained.values()) / 3600 - sum(n * seconds for n in prompt.values()) / 3600],
]
WRONG_SAVED = [
    (lambda trained, prompt, seconds: hours(prompt, seconds) - hours(trained, seconds), "sign"),
    (lambda trained, prompt, seconds: 60 * (hours(trained, seconds) - hours(prompt, seconds)), "3,600"),
    (lambda trained, prompt, seconds: 3600 * (hours(trained, seconds) - hours(prompt, seconds)), "3,600"),
    (lambda trained, prompt, seconds: (trained["learn"] - prompt["learn"]) * seconds / 3600, "labels to learn from alone"),
    (lambda trained, prompt, seconds: abs(hours(trained, seconds) - hours(prompt, seconds)), "below zero"),
    (lambda trained, prompt, seconds: max(0, hours(trained, seconds) - hours(prompt, seconds)), "below zero"),
    (lambda trained, prompt, seconds: hours(trained, seconds), "Add up all labels"),
    (lambda trained, prompt, seconds: trained["choose"] * seconds / 3600, ""),
    (lambda trained, prompt, seconds: None, "return"),
]


@pytest.mark.parametrize("function", RIGHT_SAVED)
def test_hours_saved_pass(function):
    assert state(2, function) == "right"


@pytest.mark.parametrize(("function", "word"), WRONG_SAVED)
def test_wrong_hours_get_a_hint(function, word):
    assert_hint("team_work.2", function, word)


# --- 3 ----------------------------------------------------------------------------------------------------------------


def night(before, after, target):
    rows = list(zip(before, after, target, strict=True))
    changed = sum(a != b for a, b, _ in rows)
    return changed, sum(a != t and b == t for a, b, t in rows), sum(a == t and b != t for a, b, t in rows)


def arrays(before, after, target):
    before, after, target = map(np.array, (before, after, target))
    return np.array([(before != after).sum(), ((before != target) & (after == target)).sum(), ((before == target) & (after != target)).sum()])


RIGHT_NIGHT = [
    night,
    arrays,
    lambda *lists: dict(zip(("changed", "won", "lost"), night(*lists), strict=True)),
    lambda *lists: pd.Series(night(*lists)),
]
WRONG_NIGHT = [
    (lambda *lists: [night(*lists)[place] for place in (0, 2, 1)], "wrong way round"),
    (lambda *lists: (sum(night(*lists)[1:]), *night(*lists)[1:]), "wrong in another way"),
    (lambda before, after, target: (night(before, after, target)[0], sum(a == t for a, t in zip(after, target, strict=True)), 0), "won and"),
    (lambda *lists: (0, 0, 0), "side by side"),
    (lambda *lists: night(*lists)[:2], "three numbers"),
    (lambda *lists: night(*lists)[0], "three numbers"),
    (lambda *lists: None, "return"),
]


@pytest.mark.parametrize("function", RIGHT_NIGHT)
def test_a_night_passes(function):
    assert state(3, function) == "right"


@pytest.mark.parametrize(("function", "word"), WRONG_NIGHT)
def test_wrong_nights_get_a_hint(function, word):
    assert_hint("team_work.3", function, word)


# --- 4 ----------------------------------------------------------------------------------------------------------------


def share(asked, known):
    seen, checks = set(), 0
    for question in asked:
        checks += question in known or question in seen
        seen.add(question)
    return checks / len(asked)


def counted(asked, known):
    return 1 - len(set(asked) - known) / len(asked)


RIGHT_SHARE = [share, counted, lambda asked, known: (pd.Series(asked).isin(known) | pd.Series(asked).duplicated()).mean()]
WRONG_SHARE = [
    (lambda asked, known: 1 - share(asked, known), "uses the model"),
    (lambda asked, known: share(asked, known) * len(asked), "which share"),
    (lambda asked, known: sum(question in known for question in asked) / len(asked), "asked before"),
    (lambda asked, known: sum(q in known or Counter(asked)[q] > 1 for q in asked) / len(asked), "first time"),
    (lambda asked, known: 0.123, "the share is"),
    (lambda asked, known: None, "return"),
]


@pytest.mark.parametrize("function", RIGHT_SHARE)
def test_shares_pass(function):
    assert state(4, function) == "right"


@pytest.mark.parametrize(("function", "word"), WRONG_SHARE)
def test_wrong_shares_get_a_hint(function, word):
    assert_hint("team_work.4", function, word)


# --- all --------------------------------------------------------------------------------------------------------------

UNTOUCHED = [(1, dict.fromkeys(MINE, ...)), (2, lambda trained, prompt, seconds: ...), (3, lambda before, after, target: ...), (4, lambda a, b: ...)]


@pytest.mark.parametrize(("number", "answer"), [*UNTOUCHED, *((number, ...) for number in range(1, 5))])
def test_an_untouched_exercise_is_not_done(number, answer):
    assert state(number, answer) == "not done"


@pytest.mark.parametrize("number", [2, 3, 4])
def test_a_number_in_place_of_a_function_gets_a_hint(number):
    assert_hint(f"team_work.{number}", 3)
