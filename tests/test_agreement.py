"""Cohen's kappa and the middle of many draws, against scikit-learn, scipy and plain loops."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import scoreatpercentile
from sklearn.metrics import cohen_kappa_score

from sidebyside.evaluation import Kappa, kappa, middle


@pytest.mark.parametrize("seed", range(20))
def test_kappa_is_that_of_scikit_learn(seed: int) -> None:
    dice = np.random.default_rng(seed)
    first, second = dice.random((2, 40)) < dice.uniform(0.2, 0.8, size=(2, 1))
    assert kappa(first, second, draws=10).value == pytest.approx(cohen_kappa_score(first, second))


@pytest.mark.parametrize(
    ("first", "second", "value"),
    [
        ([True, True, False, False], [True, False, True, False], 0),  # half agree, half would by chance
        ([True, False], [True, False], 1),
        ([True, False], [False, True], -1),
        ([True] * 18 + [False] * 2, [True] * 20, 0),  # who always says yes adds nothing to chance
        ([True] * 3, [True] * 3, 0),  # chance alone agrees fully, and nothing can be shown
        ([True] * 3 + [False], [True] * 4, 0),
    ],
)
def test_kappa_by_hand(first: list[bool], second: list[bool], value: float) -> None:
    assert kappa(first, second).value == pytest.approx(value)


def test_its_interval_is_that_of_a_plain_loop_over_whole_groups() -> None:
    dice = np.random.default_rng(5)
    groups = np.repeat(np.arange(30), dice.integers(1, 6, size=30))
    first = dice.random(len(groups)) < 0.5
    second = np.where(dice.random(len(groups)) < 0.75, first, ~first)
    drawn = []
    for _ in range(4000):
        picks = np.concatenate([np.flatnonzero(groups == group) for group in dice.integers(0, 30, size=30)])
        drawn.append(cohen_kappa_score(first[picks], second[picks]))
    assert kappa(first, second, groups, draws=4000).interval == pytest.approx(np.quantile(drawn, [0.025, 0.975]), abs=0.03)


def test_answers_that_hang_together_make_it_wider_and_names_of_groups_do_not_matter() -> None:
    first = np.tile([True, False], 20)
    second = np.where(np.arange(40) < 28, first, ~first)
    groups = np.arange(40) // 4
    alone, together, named = (kappa(first, second, of).interval for of in (None, groups, [f"question {g}" for g in groups]))
    assert together == named
    assert together[1] - together[0] > 1.5 * (alone[1] - alone[0])


def test_without_groups_each_answer_is_drawn_by_itself() -> None:
    first, second = [True, False] * 20, [True, False] * 15 + [False, True] * 5
    assert kappa(first, second) == kappa(first, second, list(range(40)))


def test_kappa_says_interval_and_n() -> None:
    assert str(Kappa(0.144, (-0.1, 0.349), 60)) == repr(Kappa(0.144, (-0.1, 0.349), 60)) == "0.14 (95 % interval -0.10 to 0.35; n = 60)"
    assert kappa([True, False] * 4, [True, False] * 4).n == 8


@pytest.mark.parametrize("share", [0.95, 0.5])
def test_the_middle_leaves_as_much_out_on_both_sides(share: float) -> None:
    values = np.random.default_rng(0).normal(size=999)
    tail = 100 * (1 - share) / 2
    assert middle(values, share) == pytest.approx((scoreatpercentile(values, tail), scoreatpercentile(values, 100 - tail)))
    low, high = middle(values.tolist(), share)
    assert np.mean((values > low) & (values < high)) == pytest.approx(share, abs=0.01)


def test_the_middle_of_one_value_is_that_value() -> None:
    assert middle([7]) == (7, 7)
