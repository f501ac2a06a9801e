"""What *The machine-learning workflow* says: true for any mark, and always an option of its prediction."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import pytest

import sidebyside as sbs
from sidebyside.wording import options

page = sbs.lesson("the_ml_workflow")


def hits(n: int, of: int = 100) -> list[bool]:
    return [i < n for i in range(of)]


@pytest.mark.parametrize(("n", "said"), [(100, 0), (96, 0), (95, 1), (85, 1), (84, 2), (0, 2)])
def test_two_labels_agree_on_so_many(n: int, said: int) -> None:
    shown = page.agreement(hits(n), twice=True)
    assert shown.answer == options("the_ml_workflow/agree")[said]
    assert shown.sentence.startswith(f"The two labels agree on {n}.0% ({n} of 100;")


def test_one_label_cannot_agree_with_itself() -> None:
    assert "one label for each message" in page.agreement(hits(3, 3), twice=False).sentence


@pytest.mark.parametrize(("n", "said"), [(0, 0), (64, 0), (65, 1), (79, 1), (80, 2), (94, 2), (95, 3), (100, 3)])
def test_the_mark_stands_beside_the_baseline(n: int, said: int) -> None:
    shown = page.mark(hits(n), hits(51))
    assert shown.answer == options("the_ml_workflow/test")[said]
    assert f"test split: {n}.0%" in shown.sentence
    assert "more common label would get 51.0% (51 of 100;" in shown.sentence


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


def test_the_learning_curve_is_drawn_from_all_runs() -> None:
    drawn = page.learning_curve(pd.DataFrame({"labels": [30, 30, 100], "seed": [0, 1, 0], "accuracy": [0.5, 0.7, 0.8]})).to_dict()
    [rows] = drawn["datasets"].values()
    assert [(row["labels"], row["mean"]) for row in rows] == [(30, 0.6), (100, 0.8)]


@pytest.mark.parametrize(
    ("scores", "said"),
    [
        ((0.6, 0.8, 0.8), 0),
        ((0.9, 0.8, 0.75), 0),  # fewer labels did better
        ((0.6, 0.7, 0.7049), 0),
        ((0.6, 0.7, 0.7051), 1),
        ((0.6, 0.5, 0.599), 1),
        ((0.6, 0.5, 0.601), 2),
        ((0.6, 0.8), 2),  # a small case: the smallest size against all
        ((0.6,), 0),
    ],
)
def test_a_hundred_labels_are_compared_with_all(scores: Sequence[float], said: int) -> None:
    shown = page.few_labels(pd.Series(scores, index=[30, 100, 2000][: len(scores)]))
    assert shown.answer == options("the_ml_workflow/curve")[said]
    assert shown.sentence.startswith(f"Mean accuracy by labels: 30 labels {scores[0]:.0%}")


@pytest.mark.parametrize("same", [True, False])
def test_a_kept_model_is_said_to_answer_as_before_only_if_it_does(same: bool) -> None:
    assert page.kept(146_000, same, 0.0004).data == (
        f"The file takes about 150 kB. Loaded again it gives the same answers: **{same}**. "
        "Sorting one message takes under 1 millisecond on this machine."
    )
