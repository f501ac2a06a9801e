"""Cohen's kappa and the middle of many draws, against scikit-learn, scipy and plain loops."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
import pytest
from scipy.stats import scoreatpercentile
from sklearn.metrics import cohen_kappa_score, roc_auc_score
from statsmodels.stats.proportion import proportion_confint

from sidebyside.evaluation import (
    Kappa,
    Rate,
    auroc,
    auroc_difference,
    interval_by_group,
    interval_of_equals,
    kappa,
    mean_interval,
    median_interval,
    middle,
    rate_by_group,
)


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
        ([True] * 3 + [False], [True] * 4, 0),
    ],
)
def test_kappa_by_hand(first: list[bool], second: list[bool], value: float) -> None:
    assert kappa(first, second).value == pytest.approx(value)


@pytest.mark.parametrize("said", [True, False])
def test_judges_who_say_one_thing_of_all_have_no_kappa(said: bool) -> None:
    """Chance alone agrees fully: scikit-learn too divides nothing by nothing."""
    found = kappa([said] * 3, [said] * 3)
    with pytest.warns(Warning):
        assert math.isnan(cohen_kappa_score([said] * 3, [said] * 3, labels=[True, False]))
    assert math.isnan(found.value) and not found.defined and all(map(math.isnan, found.interval))
    assert str(found) == "not defined (both say the same of all; n = 3)"
    assert kappa([said] * 3, [not said] * 3).value == 0


def test_a_draw_without_a_kappa_is_left_out() -> None:
    first, second, groups = [True, True, False], [True, True, True], ["a", "a", "b"]
    assert kappa(first, second, groups).interval == interval_of_equals(0, 2, -1)  # of three kinds of draw, one has a kappa, and one is all alike


@pytest.mark.parametrize("n", [1, 3, 40])
def test_full_agreement_is_as_sure_as_its_number_of_groups_allows(n: int) -> None:
    marks, groups = [True, False] * n, np.repeat(np.arange(n), 2)
    found = kappa(marks, marks, groups)
    assert found.value == found.interval[1] == 1
    assert found.interval[0] == pytest.approx(2 * Rate(n, n).interval[0] - 1)  # Wilson's on kappa's scale
    low, high = kappa(marks, np.logical_not(marks), groups).interval
    assert (low, high) == pytest.approx((-1, 2 * Rate(0, n).interval[1] - 1))


# --- what draws do not move ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("n", [1, 2, 5, 30, 1000])
def test_equal_values_at_an_end_of_the_scale_have_wilson_s_interval(n: int) -> None:
    assert interval_of_equals(1, n) == pytest.approx(proportion_confint(n, n, method="wilson"))
    assert interval_of_equals(0, n) == pytest.approx(proportion_confint(0, n, method="wilson"))
    low, high = interval_of_equals(0.5, n)
    assert 0 < low < 0.5 < high < 1 and low + high == pytest.approx(1)


def test_a_mean_s_interval_is_that_of_a_plain_loop_and_does_not_collapse() -> None:
    values = [0.2, 0.9, 0.4, 1.0, 0.7, 0.1]
    dice = np.random.default_rng(9)
    drawn = [np.mean(dice.choice(values, len(values))) for _ in range(4000)]
    assert mean_interval(values) == pytest.approx(np.quantile(drawn, [0.025, 0.975]), abs=0.03)
    assert mean_interval([1.0] * 4) == pytest.approx(Rate(4, 4).interval)
    assert mean_interval([3.0], 0, 10) == pytest.approx(interval_of_equals(3, 1, 0, 10))


def test_a_median_s_interval_draws_whole_groups_and_says_nothing_of_few() -> None:
    dice = np.random.default_rng(8)
    groups = np.repeat(np.arange(20), 4)
    values = np.repeat(dice.random(20), 4) + dice.random(80) / 100
    drawn = [np.median(np.concatenate([values[groups == group] for group in dice.integers(0, 20, size=20)])) for _ in range(4000)]
    assert median_interval(values, groups) == pytest.approx(np.quantile(drawn, [0.025, 0.975]), abs=0.05)
    wide, narrow = (high - low for low, high in (median_interval(values, groups), median_interval(values)))
    assert wide > 1.5 * narrow
    assert all(map(math.isnan, [*median_interval([0.1] * 5), *median_interval([]), *median_interval(values, groups % 5)]))


@pytest.mark.parametrize("n", [1, 4, 40])
def test_an_auroc_of_one_is_as_sure_as_the_fewer_answers_allow(n: int) -> None:
    right = [True] * n + [False] * 50
    found = auroc(right, right)
    assert found.value == found.interval[1] == 1 and found.interval[0] == pytest.approx(Rate(n, n).interval[0])
    together = auroc(right, right, [0] * n + [1] * 50)
    assert together.interval == pytest.approx(Rate(1, 1).interval)
    assert auroc(right, [0.5] * len(right)).interval == pytest.approx(interval_of_equals(0.5, n))
    difference = auroc_difference(right, right, np.zeros(len(right)))
    assert difference is not None and difference[1] == pytest.approx(interval_of_equals(0.5, n, -1))


def test_groups_of_one_rate_and_a_single_group_do_not_collapse() -> None:
    assert interval_by_group([True, False] * 3, list("aabbcc")) == pytest.approx(interval_of_equals(0.5, 3))
    low, high = interval_by_group([True, True, True, False], list("aaaa"))
    assert low < 0.3 and high > 0.9


def plain_kappa(first: np.ndarray, second: np.ndarray) -> float:
    """Cohen (1960), equation 1, for two marks: what scikit-learn gives, without its checks of each call."""
    chance = first.mean() * second.mean() + (1 - first.mean()) * (1 - second.mean())
    return float(((first == second).mean() - chance) / (1 - chance))


def test_its_interval_is_that_of_a_plain_loop_over_whole_groups() -> None:
    dice = np.random.default_rng(5)
    groups = np.repeat(np.arange(30), dice.integers(1, 6, size=30))
    first = dice.random(len(groups)) < 0.5
    second = np.where(dice.random(len(groups)) < 0.75, first, ~first)
    assert plain_kappa(first, second) == pytest.approx(cohen_kappa_score(first, second))
    drawn = []
    for _ in range(4000):
        picks = np.concatenate([np.flatnonzero(groups == group) for group in dice.integers(0, 30, size=30)])
        drawn.append(plain_kappa(first[picks], second[picks]))
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


# --- answers that hang together ---------------------------------------------------------------------------------------


def drawn_again(statistic: Callable[[np.ndarray], float], groups: Sequence[str], draws: int = 1000) -> tuple[float, float]:
    """Return the percentile interval of a statistic of places, by a plain loop that draws whole groups."""
    names = sorted(set(groups))
    times = np.random.default_rng(0).multinomial(len(names), np.full(len(names), 1 / len(names)), size=draws)
    found = []
    for row in times:
        places = np.array([i for name, n in zip(names, row, strict=True) for _ in range(n) for i, group in enumerate(groups) if group == name])
        found.append(statistic(places))
    low, high = np.nanquantile(found, [0.025, 0.975])
    return float(low), float(high)


def test_auroc_by_group_is_that_of_a_plain_loop() -> None:
    chance = np.random.default_rng(4)
    groups = [f"Q{i // 4}" for i in range(48)]
    right, score = chance.random(48) < 0.5, chance.random(48).round(1)

    def area(places: np.ndarray) -> float:
        return float(roc_auc_score(right[places], score[places])) if 0 < right[places].sum() < len(places) else math.nan

    found = auroc(right, score, groups)
    assert found.value == pytest.approx(roc_auc_score(right, score))
    assert found.interval == pytest.approx(drawn_again(area, groups))
    assert found.interval != pytest.approx(auroc(right, score).interval)


def test_auroc_by_group_leaves_out_what_has_no_score() -> None:
    right, score, groups = [True, False, True, False], [0.9, 0.1, math.nan, 0.3], ["a", "a", "b", "b"]
    assert auroc(right, score, groups) == auroc([True, False, False], [0.9, 0.1, 0.3], ["a", "a", "b"])
    assert auroc([True, True], [0.9, 0.1], ["a", "b"]).value is None


def test_answers_of_one_question_that_are_all_alike_widen_the_interval_of_a_rate() -> None:
    hits, groups = [True] * 20 + [False] * 20, [f"Q{i // 10}" for i in range(40)]
    marks = np.array(hits)
    low, high = drawn_again(lambda places: float(marks[places].mean()), groups)
    assert rate_by_group(hits, groups) == f"50.0% (20 of 40 in 4 groups; 95 % interval {low:.0%} to {high:.0%})"
    assert rate_by_group(hits, range(40)) == "50.0% (20 of 40 in 40 groups; 95 % interval 35% to 65%)"
    assert high - low > 0.5


def test_a_rate_by_group_counts_no_answer_that_never_came() -> None:
    assert rate_by_group([True, None, math.nan], ["a", "a", "b"]).startswith("100.0% (1 of 1 in 1 group;")
    assert rate_by_group([True, None], ["a", "a"]).endswith("; no answer: 1)")
    assert rate_by_group([None], ["a"]) == "not measured (no answer: 1)"


@pytest.mark.parametrize(
    ("hit", "said"), [(True, "100.0% (6 of 6 in 3 groups; 95 % interval 44% to 100%)"), (False, "0.0% (0 of 6 in 3 groups; 95 % interval 0% to 56%)")]
)
def test_a_rate_of_all_or_none_is_as_sure_as_its_number_of_groups_allows(hit: bool, said: str) -> None:
    assert rate_by_group([hit] * 6, list("aabbcc")) == said


def test_an_interval_by_group_is_the_one_that_its_rate_says() -> None:
    hits, groups = [True, False, True, True, False, False, True, True], ["a", "a", "b", "b", "c", "c", "d", "d"]
    low, high = interval_by_group(hits, groups)
    assert f"95 % interval {low:.0%} to {high:.0%})" in rate_by_group(hits, groups)
    assert interval_by_group([True, None, True], ["a", "b", "c"]) == pytest.approx(Rate(2, 2).interval)
    assert interval_by_group([False] * 4, ["a", "a", "b", "b"]) == pytest.approx(Rate(0, 2).interval)
