"""What *The machine-learning workflow* says: true for any mark, and always an option of its prediction."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import pandas as pd
import pytest

import sidebyside as sbs
from sidebyside.wording import NOT_MEASURED, options
from tests.pages.helpers import Page
from tools.pages import notebook

page = sbs.lesson("the_ml_workflow")


def hits(n: int, of: int = 100) -> list[bool]:
    return [i < n for i in range(of)]


# --- the model --------------------------------------------------------------------------------------------------------


def test_the_page_s_own_cells_make_the_same_models() -> None:
    names: dict[str, Any] = {}
    for cell in Page(notebook("notebooks/the_ml_workflow")).code:
        if "ways = {" in cell.source or "def new_model(" in cell.source:
            exec(cell.source, names)
    assert repr(names["ways"]) == repr(page.WAYS)
    assert [repr(names["new_model"](way)) for way in page.WAYS] == [repr(page.new_model(way)) for way in page.WAYS]


def messages(texts: dict[str, str]) -> pd.DataFrame:
    return pd.DataFrame({"text": list(texts) * 4, "mood": list(texts.values()) * 4})


def test_the_way_is_chosen_on_dev_and_the_first_of_equals_wins() -> None:
    train = messages({"not good": "sad", "not bad": "glad", "bad": "sad", "good": "glad"})
    way, right = page.choose(train, messages({"not good": "sad", "not bad": "glad", "good": "glad"}), "mood")
    assert list(right) == list(page.WAYS) and {rate.n for rate in right.values()} == {12}
    assert way == page.best_of(right) and right[way].successes == max(rate.successes for rate in right.values())
    assert right["words and pairs"].successes > right["words"].successes, "single words can't tell these apart"
    assert page.best_of({"a": sbs.Rate(1, 4), "b": sbs.Rate(3, 4), "c": sbs.Rate(3, 4)}) == "b"


# --- what is shown ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("n", "said"), [(100, 0), (96, 0), (95, 1), (85, 1), (84, 2), (70, 2), (69, 3), (0, 3)])
def test_two_labels_agree_on_so_many(n: int, said: int) -> None:
    shown = page.agreement(hits(n), twice=True)
    assert shown.answer == options("the_ml_workflow/agree")[said]
    assert shown.sentence.startswith(f"The two labels agree on {n}.0% ({n} of 100;")
    assert shown.sentence.endswith(
        f"On the other {100 - n}, any single answer contradicts one of the two labels." if n < 100 else "No message divides them."
    )


def test_one_label_cannot_agree_with_itself() -> None:
    shown = page.agreement(hits(3, 3), twice=False)
    assert "one label for each message" in shown.sentence and "agree on" not in shown.sentence


def test_each_way_of_counting_has_its_interval_and_one_is_chosen() -> None:
    rows = page.ways({"words": sbs.Rate(3, 4), "pairs": sbs.Rate(4, 4), "all": sbs.Rate(4, 4)}).rows
    assert list(rows.columns) == ["the model counts", "right of 4 on dev (95 % interval)", ""]
    assert rows.to_numpy().tolist() == [
        ["words", "75% (30% to 95%)", ""],
        ["pairs", "100% (51% to 100%)", "chosen"],
        ["all", "100% (51% to 100%)", ""],
    ]


@pytest.mark.parametrize(("n", "said"), [(0, 0), (64, 0), (65, 1), (79, 1), (80, 2), (94, 2), (95, 3), (100, 3)])
def test_the_mark_is_told_beside_the_baseline(n: int, said: int) -> None:
    shown = page.mark(hits(n), hits(51), "words")
    assert shown.answer == options("the_ml_workflow/test")[said]
    assert f"Counting words, the model gets {n}.0% ({n} of 100;" in shown.sentence
    assert "more common label gets 51.0% (51 of 100;" in shown.sentence


@pytest.mark.parametrize(
    ("n", "verdict"),
    [
        (90, "clearly better (p under 0.001)"),
        (53, "not clearly better (p = 0.500)"),
        (51, "not clearly better (p = 1.000)"),
        (10, "clearly worse (p under 0.001)"),
    ],
)
def test_learning_is_called_better_only_if_it_clearly_is(n: int, verdict: str) -> None:
    assert page.mark(hits(n), hits(51), "words").sentence.endswith(f"Learning is {verdict}.")


WEIGHTS = pd.Series([-2.0, -1.5, -1.004, 0.5, 2.25, 3.0], index=["late", "broken", "never", "and", "quick", "thanks"])


def test_the_strongest_words_are_drawn_towards_their_labels() -> None:
    drawn = page.strongest(pd.concat([WEIGHTS - 9, WEIGHTS, WEIGHTS + 9]), ["sad", "glad"]).to_dict()
    [rows] = drawn["datasets"].values()
    assert [row["amount"] for row in rows] == [-11, -10.5, -10, -8.5, -6.75, -6, -2, 3, 7, 7.5, 8, 9.5, 11.25, 12]
    assert "Towards sad: late, broken, never, and, quick, thanks, late. Towards glad: thanks, late, broken, never, and, quick, thanks." in str(drawn)
    assert drawn["encoding"]["x"]["title"] == "weight (left: sad, right: glad)"


def test_the_strongest_words_are_named_strongest_first() -> None:
    assert page.strongest_in_words(WEIGHTS, ["sad", "glad"]).data == (
        "Strongest towards **sad**: late, broken, never, and, quick. Strongest towards **glad**: thanks, quick, and, never, broken."
    )


@pytest.mark.parametrize(
    ("mixed", "said", "told"),
    [
        (95, 0, "no clear difference"),  # better, if anything
        (90, 0, "no clear difference"),
        (88, 0, "no clear difference"),
        (87, 1, "no clear difference"),
        (81, 1, "order matters"),
        (80, 2, "order matters"),
        (65, 2, "order matters"),
        (64, 3, "order matters"),
    ],
)
def test_words_in_random_order_cost_so_many_points(mixed: int, said: int, told: str) -> None:
    shown = page.shuffled(hits(90), hits(mixed))
    assert shown.answer == options("the_ml_workflow/shuffled")[said]
    assert shown.sentence.startswith(f"As written: 90 of 100 right. With the words in random order: {mixed} of 100 (p ") and told in shown.sentence


def test_clearly_better_in_random_order_is_not_called_a_loss() -> None:
    assert page.shuffled(hits(90), hits(30)).sentence.endswith("order matters to this model.")
    assert page.shuffled(hits(30), hits(90)).sentence.endswith("it even does better, so order only misled it.")


def test_the_learning_curve_is_drawn_from_all_runs() -> None:
    curve = page.runs([30, 100], [[0.5, 0.7], [0.8, 0.8]])
    assert curve.to_numpy().tolist() == [[30, 0, 0.5], [30, 1, 0.7], [100, 0, 0.8], [100, 1, 0.8]]
    [rows] = page.learning_curve(curve).to_dict()["datasets"].values()
    assert [(row["labels"], row["mean"]) for row in rows] == [(30, 0.6), (100, 0.8)]


@pytest.mark.parametrize(
    ("scores", "said"),
    [
        ((0.6, 0.8, 0.8), 0),
        ((0.9, 0.8, 0.75), 0),  # fewer labels did better
        ((0.6, 0.7, 0.7049), 0),
        ((0.6, 0.7, 0.7051), 1),
        ((0.6, 0.5, 0.6), 1),
        ((0.6, 0.5, 0.601), 2),
        ((0.6, 0.5, 0.7), 2),
        ((0.6, 0.5, 0.701), 3),
        ((0.6, 0.75), 2),  # a small case: the smallest size against the most
        ((0.6,), 0),
    ],
)
def test_a_hundred_labels_are_compared_with_the_most(scores: Sequence[float], said: int) -> None:
    shown = page.few_labels(page.runs([30, 100, 2000][: len(scores)], [[score] * 2 for score in scores]), sbs.Rate(8, 10))
    assert shown.answer == options("the_ml_workflow/curve")[said]
    assert f"highest: 30 labels {scores[0]:.0%} ({scores[0]:.0%} to {scores[0]:.0%})" in shown.sentence


@pytest.mark.parametrize(
    ("scores", "told"), [((0.6, 0.8, 0.825), "The last 1,900 labels changed it by +2.5 points."), ((0.6, 0.8, 0.79), "by -1.0 points.")]
)
def test_the_last_step_is_told_up_or_down(scores: Sequence[float], told: str) -> None:
    assert told in page.few_labels(page.runs([30, 100, 2000], [[score] for score in scores]), sbs.Rate(8, 10)).sentence


@pytest.mark.parametrize(
    ("right", "told"),
    [
        (95, "lies above all of the last five: an exam can be lucky too"),
        (80, "fits the last five."),
        (50, "lies below all of the last five: an exam can be unlucky too"),
    ],
)
def test_the_exam_is_held_against_the_curve(right: int, told: str) -> None:
    assert told in page.few_labels(page.runs([30, 100], [[0.6, 0.7], [0.79, 0.82]]), sbs.Rate(right, 100)).sentence


def test_a_curve_that_could_not_be_measured_is_not_judged() -> None:
    assert page.few_labels(page.runs([5, 8], [[math.nan], [math.nan]]), sbs.Rate(1, 2)).answer == NOT_MEASURED


@pytest.mark.parametrize(("same", "told"), [(True, "yes"), (False, "no")])
def test_a_kept_model_is_said_to_answer_as_before_only_if_it_does(same: bool, told: str) -> None:
    assert page.kept(146_000, same).data == f"The file takes about 150 kB. Loaded again it gives the same answers: **{told}**."
    assert "about 3 MB." in page.kept(2_600_000, same).data
