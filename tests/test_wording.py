"""The words of results: each form as the pages print it, and bounds on the side that the option's words say."""

from __future__ import annotations

import math
import tomllib

import pytest

from sidebyside import lessons
from sidebyside.errors import LessonError
from sidebyside.evaluation import Difference, Rate, compare, rate
from sidebyside.wording import (
    NOT_MEASURED,
    after,
    by_bounds,
    by_interval,
    clearly,
    count,
    count_share,
    number,
    options,
    p_is,
    p_value,
    plural,
    points,
    share,
    span,
)

SIZES = ["under 10", "10 to 25", "over 25"]


@pytest.mark.parametrize(("value", "said"), [(-math.inf, 0), (9.99, 0), (10, 1), (25, 1), (25.01, 2), (math.inf, 2)])
def test_an_option_holds_the_bound_that_its_words_name(value: float, said: int) -> None:
    assert by_bounds(value, (10, after(25)), SIZES) == SIZES[said]


def test_rounding_errors_of_floats_move_nothing_over_a_bound() -> None:
    above, beneath = 100 * (0.55 - 0.5), 100 * (0.58 - 0.53)
    assert beneath < 5 < above
    assert [by_bounds(value, (after(5),), ["up to 5", "over 5"]) for value in (above, beneath)] == ["up to 5"] * 2
    assert [by_bounds(value, (5,), ["under 5", "5 or more"]) for value in (above, beneath)] == ["5 or more"] * 2
    assert by_bounds(1 / 3, (1 / 3,), ["under a third", "a third or more"]) == "a third or more"


def test_a_bound_opens_the_next_option() -> None:
    assert [by_bounds(n, (1, 2), ["none", "one", "more"]) for n in (0, 1, 2, 7)] == ["none", "one", "more", "more"]


@pytest.mark.parametrize("bounds", [(1,), (1, 2, 3), (2, 1)])
def test_bounds_that_do_not_fit_are_refused(bounds: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match="3 options need 2 rising bounds"):
        by_bounds(1, bounds, SIZES)


@pytest.mark.parametrize(("difference", "p", "said"), [(0.1, 0.049, "a"), (-0.1, 0.049, "b"), (0.1, 0.05, "?"), (-0.1, 1.0, "?"), (0.0, 1.0, "?")])
def test_only_a_small_p_makes_it_clear(difference: float, p: float, said: str) -> None:
    assert clearly(difference, p, ("a", "b", "?")) == said


@pytest.mark.parametrize(
    ("interval", "said"), [((0.01, 0.2), "first"), ((-0.2, -0.01), "second"), ((-0.1, 0.1), "close"), ((0, 0.1), "close"), ((-0.1, 0), "close")]
)
def test_an_interval_that_holds_zero_is_too_close_to_call(interval: tuple[float, float], said: str) -> None:
    assert by_interval(interval, ["first", "second", "close"]) == said


@pytest.mark.parametrize(
    ("p", "said", "sentence"),
    [
        (0.0, "under 0.001", "p under 0.001"),
        (0.00099, "under 0.001", "p under 0.001"),
        (0.001, "0.001", "p = 0.001"),
        (0.0449, "0.045", "p = 0.045"),
        (1.0, "1.000", "p = 1.000"),
    ],
)
def test_a_p_value_has_three_places(p: float, said: str, sentence: str) -> None:
    assert (p_value(p), p_is(p)) == (said, sentence)


def test_a_rate_in_short() -> None:
    assert share(Rate(3, 4)) == "75% (30% to 95%)"  # proportion_confint(3, 4, method="wilson") = 0.3006, 0.9544
    assert count(Rate(0, 4)) == "0 of 4"


def test_a_count_with_the_interval_of_its_rate() -> None:
    assert count_share(Rate(3, 4)) == "3 of 4 (30% to 95%)"
    assert count_share(Rate(0, 4, missing=1)) == "0 of 4 (0% to 49%; no answer: 1)"
    assert count_share(rate([None])) == "not measured (no answer: 1)"


def test_a_difference_has_its_sign_interval_and_p_value() -> None:
    assert points(Difference(0.25, (-0.031, 0.4449), 0.0214, 40)) == "+25 points (95 % interval -3 to +44; p = 0.021)"
    assert points(Difference(-0.001, (-0.9, 0.002), 0.0004, 40)) == "+0 points (95 % interval -90 to +0; p under 0.001)"
    assert points(*compare(([None], [True]))) == NOT_MEASURED


def test_a_score_in_short() -> None:
    assert span(0.7185, (0.6, 1)) == "0.72 (0.60 to 1.00)"
    assert span(-0.004, (-0.256, 0.3), "95 % interval ") == "-0.00 (95 % interval -0.26 to 0.30)"


@pytest.mark.parametrize(("n", "said"), [(0, "0 messages"), (1, "1 message"), (2, "2 messages")])
def test_one_is_singular(n: int, said: str) -> None:
    assert plural(n, "message") == said


def test_a_plural_of_its_own() -> None:
    assert [plural(n, "reply", "replies") for n in (1, 2)] == ["1 reply", "2 replies"]


def test_options_are_those_of_the_lesson_and_cannot_be_changed_for_others() -> None:
    slug = lessons.slugs()[0]
    name, asked = next(iter(tomllib.loads((lessons.folder(slug) / "lesson.toml").read_text(encoding="utf-8"))["predict"].items()))
    options(f"{slug}/{name}").clear()
    assert options(f"{slug}/{name}") == asked["options"]
    with pytest.raises(LessonError):
        options(f"{slug}/no such question")


def test_what_is_no_number_is_not_measured() -> None:
    assert by_bounds(math.nan, (10, 25), SIZES) == NOT_MEASURED
    assert clearly(math.nan, math.nan, ["a", "b", "c"]) == by_interval((math.nan, math.nan), ["a", "b", "c"]) == NOT_MEASURED
    assert number(math.nan, ".0%") == p_value(math.nan) == span(math.nan, (math.nan, math.nan)) == NOT_MEASURED
    assert (p_is(math.nan), number(0.5, ".0%")) == ("p not measured", "50%")
    assert share(rate([None])) == count(rate([None])) == "not measured (no answer: 1)"
    assert (share(rate([True, None])), count(rate([True, None]))) == ("100% (21% to 100%; no answer: 1)", "1 of 1; no answer: 1")
