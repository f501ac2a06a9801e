"""The checks of the exercises: right answers pass in any form, wrong ones get a hint."""

import pytest

import sidebyside as sbs
from tests.verdicts import assert_hint

RIGHT = {
    "side_by_side.1": lambda m, i, o, a, b: m * (i * a + o * b) / 1e6,
    "side_by_side.2": lambda n, a, b: n * a / b,
    "side_by_side.3": lambda a, b: [i for i in range(len(a)) if a[i] != b[i]],
}
WRONG = {
    "side_by_side.1": [
        lambda m, i, o, a, b: m * (i * a + o * b),
        lambda m, i, o, a, b: (i * a + o * b) / 1e6,
        lambda m, i, o, a, b: m * (i + o) * a / 1e6,
    ],
    "side_by_side.2": [lambda n, a, b: n * a, lambda n, a, b: b / (n * a), lambda n, a, b: n],
    "side_by_side.3": [
        lambda a, b: [i + 1 for i, (x, y) in enumerate(zip(a, b, strict=True)) if x != y],
        lambda a, b: [i for i, (x, y) in enumerate(zip(a, b, strict=True)) if x == y],
        lambda a, b: [0, 1, 2, 3],
    ],
}


@pytest.mark.parametrize("name", RIGHT)
def test_right_answer_passes(name):
    assert sbs.check(name, RIGHT[name]).state == "right"


@pytest.mark.parametrize(("name", "answer"), [(n, a) for n, answers in WRONG.items() for a in answers])
def test_wrong_answer_gets_a_hint(name, answer):
    assert_hint(name, answer)


@pytest.mark.parametrize("name", RIGHT)
def test_untouched_function_is_not_done(name):
    assert sbs.check(name, lambda *arguments: ...).state == "not done"
