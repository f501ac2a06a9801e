"""Rates, tests and curves against published or hand-computed values."""

from __future__ import annotations

import math
from math import comb

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import confusion_matrix, f1_score, roc_auc_score
from statsmodels.stats.proportion import confint_proportions_2indep

from sidebyside import evaluation
from sidebyside.answers import NoAnswer
from sidebyside.errors import Why
from sidebyside.evaluation import (
    Rate,
    ahead,
    auroc,
    auroc_difference,
    below,
    bootstrap,
    calibration,
    calibration_error,
    crossing,
    detector_counts,
    flips,
    holm,
    macro_f1,
    mean_of_pairs,
    paired_gap,
    paired_interval,
    paired_p,
    rate,
    read_label,
)
from sidebyside.runs import run

# Newcombe (1998), Two-sided confidence intervals for the single proportion, table I, method 3 (Wilson's score, no correction)
NEWCOMBE = {(81, 263): (0.2553, 0.3662), (15, 148): (0.0624, 0.1605), (0, 20): (0.0, 0.1611), (1, 29): (0.0061, 0.1718)}


@pytest.mark.parametrize("counts", NEWCOMBE)
def test_interval_is_wilson_s(counts: tuple[int, int]) -> None:
    assert Rate(*counts).interval == pytest.approx(NEWCOMBE[counts], abs=5e-5)


def test_interval_of_all_right_stays_below_one_at_its_lower_end() -> None:
    low, high = Rate(10, 10).interval
    assert low == pytest.approx(10 / (10 + 1.959964**2), abs=1e-6)  # closed form for p = 1: n / (n + z²)
    assert high == pytest.approx(1.0)


def test_rate_says_n_and_interval() -> None:
    assert str(Rate(81, 263)) == repr(Rate(81, 263)) == "30.8% (81 of 263; 95 % interval 26% to 37%)"


@pytest.mark.parametrize("counts", [(0, 0), (3, 2), (-1, 5)])
def test_rate_of_nothing_is_refused(counts: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="is no rate"):
        Rate(*counts)


def test_rate_counts_hits() -> None:
    assert rate([True, False, True, True]) == Rate(3, 4)
    assert rate(np.array([False, False])) == Rate(0, 2)


@pytest.mark.parametrize(("first_only", "second_only"), [(9, 2), (2, 9), (1, 8), (0, 5), (3, 3), (0, 0), (1, 0)])
def test_paired_p_is_the_exact_two_sided_binomial(first_only: int, second_only: int) -> None:
    n, least = first_only + second_only, min(first_only, second_only)
    by_hand = min(1.0, 2 * sum(comb(n, k) for k in range(least + 1)) / 2**n)
    first = [True] * 7 + [True] * first_only + [False] * second_only + [False] * 4
    second = [True] * 7 + [False] * first_only + [True] * second_only + [False] * 4
    assert paired_p(first, second) == pytest.approx(by_hand)


def marks(a: int, b: int, c: int, d: int) -> tuple[list[bool], list[bool]]:
    """The marks of two systems: both right, only the first, only the second, neither."""
    return [True] * (a + b) + [False] * (c + d), [True] * a + [False] * b + [True] * c + [False] * d


def test_the_interval_of_a_paired_gap_is_that_of_the_paper() -> None:
    """Newcombe 1998, the table of worked examples, method 10."""
    assert paired_interval(*marks(36, 12, 2, 0)) == pytest.approx((0.0569, 0.3404), abs=5e-5)


@pytest.mark.parametrize("table", [(10, 10, 10, 10), (4, 12, 8, 24), (30, 10, 15, 5), (0, 20, 0, 10), (0, 0, 9, 21)])
def test_pairs_that_know_nothing_of_each_other_have_the_interval_of_two_samples(table: tuple[int, int, int, int]) -> None:
    a, b, c, _ = table
    n = sum(table)
    reference = confint_proportions_2indep(a + b, n, a + c, n, method="newcomb")
    assert paired_interval(*marks(*table)) == pytest.approx(reference, abs=1e-9)


def test_the_interval_of_a_paired_gap_covers_the_true_one_about_as_often_as_it_says() -> None:
    generator, chances = np.random.default_rng(0), (0.4, 0.25, 0.1, 0.25)
    drawn = generator.multinomial(40, chances, size=1000)
    hits = [low <= 0.15 <= high for low, high in (paired_interval(*marks(*table)) for table in drawn.tolist())]
    assert 0.93 <= np.mean(hits) <= 0.98


def test_what_is_missing_on_one_side_is_in_no_paired_interval() -> None:
    assert paired_interval([True, None, False], [False, True, False]) == paired_interval([True, False], [False, False])
    assert all(map(math.isnan, paired_interval([None], [True])))


def test_the_paired_gap_has_the_sign_of_what_the_test_compares() -> None:
    first, second = [True] * 10 + [False] * 40, [False] * 10 + [None] * 39 + [True]
    assert evaluation.rate(first).value > evaluation.rate(second).value
    assert paired_gap(first, second) == pytest.approx(9 / 11)
    gone = [True, None], [None, True]
    assert math.isnan(paired_gap(*gone)) and paired_gap([False, True], [True, True]) == -0.5


def test_paired_p_of_nine_against_two() -> None:
    assert paired_p([True] * 9 + [False] * 2, [False] * 9 + [True] * 2) == pytest.approx(134 / 2048)  # 2 (1 + 11 + 55) / 2^11


MOODS = ["unhappy", "happy"]


@pytest.mark.parametrize(
    ("answer", "label"),
    [
        ("happy", "happy"),
        ("Happy.", "happy"),
        ("The mood is **UNHAPPY**, I think.", "unhappy"),
        ("unhappy", "unhappy"),  # though it holds the letters of the other
        ("happy, happy, happy", "happy"),
        ("", None),
        ("I cannot say.", None),
        ("happy or unhappy", None),
        ("happiness", None),
        ("happy_path", None),
        ("not\nhappy", None),
    ],
)
def test_read_label(answer: str, label: str | None) -> None:
    assert read_label(answer, MOODS) == label


@pytest.mark.parametrize(
    ("answer", "label"),
    [("I have no idea.", None), ("No clue", None), ("No.", "no"), ("not yes", None), ("It isn’t  really yes.", None), ("Not yes, so: no", "no"),
     ("It is not\nno", None), ("yes, not no", "yes"), ("no idea at first, then yes", "yes"), ("whatnot yes", "yes")],
)  # fmt: skip
def test_a_label_that_is_denied_is_not_named(answer: str, label: str | None) -> None:
    assert read_label(answer, ["yes", "no"]) == label


def test_read_label_knows_labels_with_signs() -> None:
    labels = ["C++", "other (say which)", "n/a"]
    assert [read_label(f"It is {label.upper()}!", labels) for label in labels] == labels


def test_run_keeps_order_and_unusable_answers() -> None:
    assert run(lambda text: text if text > "b" else None, ["c", "a", "d"]) == ["c", None, "d"]


def test_macro_f1_by_hand() -> None:
    target = ["a", "a", "a", "b"]
    predicted = ["a", "a", "b", "b"]  # F1 of a: 4/5, of b: 2/3
    assert macro_f1(target, predicted, ["a", "b"]) == pytest.approx((4 / 5 + 2 / 3) / 2)


def test_macro_f1_counts_an_unusable_answer_as_a_miss() -> None:
    target = ["a", "a", "a", "b"]
    assert macro_f1(target, ["a", "a", None, "b"], ["a", "b"]) == pytest.approx((4 / 5 + 1) / 2)
    assert macro_f1(target, [None] * 4, ["a", "b"]) == 0


def test_macro_f1_counts_a_label_that_is_never_named() -> None:
    assert macro_f1(["a", "b"], ["a", "a"], ["a", "b"]) == pytest.approx((2 / 3 + 0) / 2)


def test_macro_f1_is_scikit_learn_s() -> None:
    labels, generator = ["a", "b", "c"], np.random.default_rng(1)
    for _ in range(50):
        target, predicted = generator.choice(labels, 30), generator.choice([*labels, "(unusable)"], 30)
        assert macro_f1(target, predicted, labels) == pytest.approx(f1_score(target, predicted, labels=labels, average="macro", zero_division=0))


def share_right(target: np.ndarray, said: np.ndarray) -> float:
    return float(np.mean(target == said))


def test_bootstrap_is_the_same_each_time_and_holds_the_score() -> None:
    target, predicted = ["a", "b"] * 50, ["a"] * 80 + [None] * 20
    first = bootstrap(share_right, target, predicted)
    assert first == bootstrap(share_right, target, predicted)
    low, high = first
    assert low < share_right(np.array(target, dtype=object), np.array(predicted, dtype=object)) < high
    assert (low, high) == pytest.approx(Rate(40, 100).interval, abs=0.03)  # both are approximations of the same thing


def test_bootstrap_keeps_pairs_together() -> None:
    assert bootstrap(share_right, list("abcd") * 5, list("abcd") * 5) == (1.0, 1.0)


def test_bootstrap_narrows_with_more_samples() -> None:
    few, many = (bootstrap(share_right, ["a"] * n, ["a", "b"] * (n // 2)) for n in (20, 500))
    assert many[1] - many[0] < (few[1] - few[0]) / 3


def test_flips_by_hand() -> None:
    first = [True, False, False, True, True, False]
    second = [True, True, False, False, True, True]
    assert flips(first, second) == ([1, 5], [3])
    assert flips(second, first) == ([3], [1, 5])
    assert flips(first, first) == flips([], []) == ([], [])


def test_flips_of_columns_are_counted_from_the_top_whatever_their_index() -> None:
    rows = pd.DataFrame({"first": [True, False], "second": [False, True]}, index=[7, 3])
    assert flips(rows["first"], rows["second"]) == ([1], [0])


def test_flips_of_other_samples_are_refused() -> None:
    with pytest.raises(ValueError, match="shorter"):
        flips([True, False], [True])


# four bins of two and one of one, by hand: sorted, the confidences are 0.1 0.2 | 0.3 0.5 | 0.6 0.6 | 0.7 0.9 | 1.0
SURE = [0.9, 0.1, 0.6, 0.3, 1.0, 0.2, 0.7, 0.5, 0.6]
TRUE = [True, False, False, True, True, True, True, False, True]
BINS = pd.DataFrame({"n": [2, 2, 2, 2, 1], "confidence": [0.15, 0.4, 0.6, 0.8, 1.0], "right": [0.5, 0.5, 0.5, 1.0, 1.0]})


def test_calibration_by_hand() -> None:
    pd.testing.assert_frame_equal(calibration(SURE, TRUE)[["n", "confidence", "right"]], BINS)


def test_calibration_s_intervals_are_wilson_s() -> None:
    bins = calibration(SURE, TRUE, bins=3)
    assert bins[["low", "high"]].values.tolist() == [list(Rate(hits, 3).interval) for hits in (2, 1, 3)]


def test_calibration_error_by_hand() -> None:
    by_hand = (2 * 0.35 + 2 * 0.1 + 2 * 0.1 + 2 * 0.2 + 1 * 0) / 9
    assert calibration_error(calibration(SURE, TRUE)) == calibration_error(BINS) == pytest.approx(by_hand)


@pytest.mark.parametrize(("sure", "right", "error"), [([0.0, 1.0], [True, False], 1), ([0.0, 1.0], [False, True], 0), ([0.75] * 4, [1, 1, 1, 0], 0)])
def test_calibration_error_at_its_ends(sure: list[float], right: list[bool], error: float) -> None:
    assert calibration_error(calibration(sure, right, bins=len(set(sure)))) == error


def test_bins_are_of_equal_size_however_close_the_confidences_lie() -> None:
    bins = calibration([0.97] * 8 + [0.98, 0.99], [False] * 5 + [True] * 5, bins=4)
    assert bins["n"].tolist() == [3, 3, 2, 2]  # bins of equal width would put all ten into one
    assert bins["right"].tolist() == [0, 1 / 3, 1, 1]  # among ties the order given counts: three wrong, then two wrong and one right


def test_among_many_ties_the_order_given_counts() -> None:
    assert calibration([0.7, 0.2] * 100, [place < 100 for place in range(200)], bins=4)["right"].tolist() == [1, 0, 1, 0]


def test_fewer_samples_than_bins_give_a_bin_each() -> None:
    bins = calibration([0.8, 0.2], [True, False])
    assert bins[["n", "confidence", "right"]].values.tolist() == [[1, 0.2, 0], [1, 0.8, 1]]


def test_calibration_takes_columns_whatever_their_index() -> None:
    rows = pd.DataFrame({"sure": SURE, "right": TRUE}, index=range(90, 99))
    pd.testing.assert_frame_equal(calibration(rows["sure"], rows["right"]), calibration(SURE, TRUE))


def test_auroc_is_that_of_scikit_learn_ties_included() -> None:
    dice = np.random.default_rng(1)
    right, sure = dice.random(80) < 0.4, dice.integers(0, 12, 80)
    found = auroc(right, sure)
    assert found.value == pytest.approx(roc_auc_score(right, sure))
    assert found.interval[0] < found.value < found.interval[1]
    assert auroc(~right, sure).value == pytest.approx(1 - found.value)


def test_its_interval_is_as_wide_as_hanley_and_mcneil_s() -> None:
    """Hanley & McNeil 1982, equation 1, for scores that follow the exponential model it assumes."""
    dice = np.random.default_rng(2)
    right, sure = np.arange(600) < 300, np.concatenate([dice.exponential(4, 300), dice.exponential(1, 300)])
    found = auroc(right, sure)
    a = found.value
    q1, q2 = a / (2 - a), 2 * a**2 / (1 + a)
    error = np.sqrt((a * (1 - a) + 299 * (q1 - a**2) + 299 * (q2 - a**2)) / 300**2)
    assert found.interval[1] - found.interval[0] == pytest.approx(2 * 1.96 * error, rel=0.15)


@pytest.mark.parametrize("right", [[True] * 3, [False] * 3])
def test_auroc_of_one_kind_is_none(right: list[bool]) -> None:
    assert str(auroc(right, [0.1, 0.5, 0.9])) == "none (n = 3; all right or all wrong)"


def test_a_difference_of_aurocs_holds_zero_for_the_same_score_and_not_for_a_better_one() -> None:
    right = np.arange(60) % 2 == 0
    noise = np.random.default_rng(3).normal(size=60)
    assert mean_of_pairs(ahead(right, noise) - ahead(right, noise)) == (0, 0)
    assert mean_of_pairs(ahead(right, right) - ahead(right, noise))[0] > 0


@pytest.mark.parametrize(
    ("bar", "size"),
    [
        (0.80, 100.0),
        (0.75, 75.0),  # half-way between 50 and 100
        (0.70, 50.0),
        (0.10, 10.0),  # reached from the start
        (0.90, 300.0),
        (0.91, None),
    ],
)
def test_crossing(bar: float, size: float | None) -> None:
    assert crossing([10, 50, 100, 300], [0.6, 0.7, 0.8, 0.9], bar) == (None if size is None else pytest.approx(size))


def slow_break_even(sizes: list[int], hits: np.ndarray, level: np.ndarray, draws: int) -> list[float]:
    """Draw samples and runs one by one, as the definition says."""
    generator, places = np.random.default_rng(1), []
    count, runs, n = hits.shape
    for _ in range(draws):
        samples = generator.integers(0, n, n)
        curve = [np.mean([hits[size, run][samples].mean() for run in generator.integers(0, runs, runs)]) for size in range(count)]
        place = crossing(sizes, curve, float(level[samples].mean()))
        places.append(math.inf if place is None else place)
    return sorted(places)


def test_break_even_draws_samples_and_runs_again() -> None:
    generator = np.random.default_rng(5)
    sizes, hits = [10, 100, 1000], generator.random((3, 4, 80)) < np.array([0.5, 0.7, 0.9])[:, None, None]
    level = generator.random(80) < 0.75
    place, (low, high) = evaluation.break_even(sizes, hits, level)
    slow = slow_break_even(sizes, hits, level, 1000)
    assert place == crossing(sizes, hits.mean(axis=(1, 2)).tolist(), float(level.mean()))
    assert slow[15] <= low <= slow[40] and slow[-60] <= high <= slow[-8]
    assert low < place < high and evaluation.break_even(sizes, hits, level) == (place, (low, high))


def test_break_even_may_be_never_and_leaves_out_what_never_came() -> None:
    hits = np.array([[[True, False, False]], [[True, True, False]]])
    assert evaluation.break_even([1, 2], hits, [True, True, True])[0] is None
    assert evaluation.break_even([1, 2], hits, [True, True, True])[1][1] == math.inf
    assert evaluation.break_even([1, 2], hits, [True, True, None]) == (2.0, (1.0, 2.0))
    assert evaluation.break_even([1, 2], hits, [True, NoAnswer(Why.EMPTY), None]) == (1.0, (1.0, 1.0))
    nothing, (low, high) = evaluation.break_even([1, 2], hits, [None] * 3)
    assert nothing is not None and math.isnan(nothing) and math.isnan(low) and math.isnan(high)


def test_crossing_takes_the_first_of_several() -> None:
    assert crossing([1, 2, 3, 4], [0.5, 0.9, 0.4, 0.9], 0.7) == pytest.approx(1.5)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.0005, "under 1 millisecond"),
        (0.001, "under a tenth of a second"),
        (0.3, "under a second"),
        (1, "under 10 seconds"),
        (59, "under a minute"),
        (61, "under an hour"),
    ],
)
def test_below(seconds: float, words: str) -> None:
    assert below(seconds) == words


ONE_SIGN = [0.9, 0.8, 0.35, 0.6, 0.2, 0.35, 0.1, 0.7]
ANOTHER = [0.5, 0.9, 0.4, 0.4, 0.3, 0.1, 0.6, 0.2]
ARE_RIGHT = [True, True, True, False, False, False, False, True]


def test_the_difference_of_two_aurocs_is_scikit_learn_s() -> None:
    difference = auroc_difference(ARE_RIGHT, ONE_SIGN, ANOTHER)
    assert difference is not None
    assert difference[0] == pytest.approx(roc_auc_score(ARE_RIGHT, ONE_SIGN) - roc_auc_score(ARE_RIGHT, ANOTHER))


def plain_auroc(right: np.ndarray, wrong: np.ndarray) -> float:
    """How often a right answer has the greater confidence, a tie counting half: what scikit-learn gives, without its checks of each call."""
    return float(np.mean([(one > other) + (one == other) / 2 for one in right for other in wrong]))


def test_its_interval_is_that_of_a_plain_loop_over_the_same_kind_of_draws() -> None:
    generator, drawn = np.random.default_rng(1), []
    right, wrong = np.flatnonzero(ARE_RIGHT), np.flatnonzero(np.logical_not(ARE_RIGHT))
    one, other = np.array(ONE_SIGN), np.array(ANOTHER)
    assert plain_auroc(one[right], one[wrong]) == pytest.approx(roc_auc_score(ARE_RIGHT, ONE_SIGN))
    for _ in range(2000):
        true, false = generator.choice(right, len(right)), generator.choice(wrong, len(wrong))
        drawn.append(plain_auroc(one[true], one[false]) - plain_auroc(other[true], other[false]))
    difference = auroc_difference(ARE_RIGHT, ONE_SIGN, ANOTHER)
    assert difference is not None
    assert difference[1] == pytest.approx(np.quantile(drawn, [0.025, 0.975]), abs=0.06)


@pytest.mark.parametrize("right", [[True] * 8, [False] * 8])
def test_without_a_pair_there_is_no_difference(right: list[bool]) -> None:
    assert auroc_difference(right, ONE_SIGN, ANOTHER) is None


def test_a_detector_s_mistakes_are_those_of_the_confusion_matrix() -> None:
    found = detector_counts(ONE_SIGN, ARE_RIGHT, [0, 0.35, 0.5, 0.9, 2])
    for row in found.itertuples():
        let_out = np.array(ONE_SIGN) >= row.threshold
        (held_wrong, misses), (alarms, let_right) = confusion_matrix(ARE_RIGHT, let_out, labels=[False, True])
        assert (row.misses, row.wrong, row.false_alarms, row.right) == (misses, misses + held_wrong, alarms, alarms + let_right)


def test_an_answer_at_the_threshold_goes_out() -> None:
    assert list(detector_counts([0.5], [False], [0.5, 0.51])["misses"]) == [1, 0]


def test_what_never_came_counts_neither_for_nor_against() -> None:
    gone = NoAnswer(Why.FILTERED)
    assert macro_f1(["a", "b", "a"], ["a", "b", gone], ["a", "b"]) == 1
    assert math.isnan(macro_f1(["a"], [gone], ["a"]))
    assert math.isnan(bootstrap(share_right, [], [])[0])
    assert evaluation.numbers([1, gone, None]).isna().tolist() == [False, True, True]
    assert evaluation.came(["a", None, gone]).tolist() == [True, True, False]
    assert str(evaluation.kappa([True, None], [None, True])) == str(auroc([True], [math.nan])) == "not measured (n = 0)"
    assert evaluation.kappa([True, False, None], [True, False, True]) == evaluation.kappa([True, False], [True, False])
    assert evaluation.auroc_difference([True, False, True], [0.9, 0.1, math.nan], [0.1, 0.9, 0.5]) == (1.0, (1.0, 1.0))
    assert len(evaluation.calibration([math.nan], [True])) == 0 and math.isnan(evaluation.calibration_error(evaluation.calibration([], [])))
    assert evaluation.detector_counts([0.2, math.nan], [False, False], [0.5])["wrong"].tolist() == [1]
    assert math.isnan(evaluation.crossing([1, 2], [0.1, 0.9], math.nan))


def test_p_values_are_corrected_for_all_that_were_measured() -> None:
    assert holm([0.01, math.nan, 0.04]) == pytest.approx([0.02, math.nan, 0.04], nan_ok=True)
    assert holm([0.03, 0.02]) == pytest.approx([0.04, 0.04]), "the larger is never below the smaller"
    assert holm([]) == [] and math.isnan(holm([math.nan])[0])
