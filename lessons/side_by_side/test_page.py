"""What *Side by side* says: true whoever wins, and always an option of its prediction."""

from __future__ import annotations

import math

import pandas as pd
import pytest

import sidebyside as sbs
from sidebyside.wording import NOT_MEASURED, options

page = sbs.lesson("side_by_side")
RATES = {"trained model": sbs.Rate(3, 4), "language model": sbs.Rate(1, 4)}
F1 = {"trained model": (0.75, (0.5, 1.0)), "language model": (0.254, (0.0, 0.406))}
CALLS = pd.DataFrame(
    {
        "input_tokens": [50, 51, 53],
        "output_tokens": [8, 8, 9],
        "seconds": [0.5, 9.0, 0.25],
        "day": ["2026-11-02", "2026-11-03", "2026-11-01"],
    }
)


def test_the_two_are_drawn_each_in_its_colour() -> None:
    [rows] = page.scoreboard(RATES).to_dict()["datasets"].values()
    assert [(row["system"], row["kind"], row["score"]) for row in rows] == [("trained model", "ML", 0.75), ("language model", "GenAI", 0.25)]


@pytest.mark.parametrize(("trained", "language", "p", "said"), [(3, 1, 0.01, 0), (1, 3, 0.0001, 1), (3, 1, 0.05, 2), (1, 3, 0.2, 2), (2, 2, 1.0, 2)])
def test_a_winner_is_named_only_if_it_is_clear(trained: int, language: int, p: float, said: int) -> None:
    shown = page.winner({"language model": sbs.Rate(language, 4), "trained model": sbs.Rate(trained, 4)}, p)
    assert shown.answer == options("side_by_side/winner")[said]
    assert f"Trained model {25 * trained}.0% ({trained} of 4;" in shown.sentence
    assert f"language model {25 * language}.0% ({language} of 4;" in shown.sentence
    assert shown.sentence.endswith({0.01: "p = 0.010.", 0.0001: "p under 0.001.", 0.05: "p = 0.050.", 0.2: "p = 0.200.", 1.0: "p = 1.000."}[p])


def test_macro_f1_has_its_interval_and_sample_size() -> None:
    assert page.macro_f1(F1, 40).data == (
        "Macro-F1 on test: trained model **0.75** (95 % interval 0.50 to 1.00); language model **0.25** (95 % interval 0.00 to 0.41); n = 40."
    )


def test_quality_says_what_was_not_tested() -> None:
    assert page.quality(RATES, F1) == {
        "right on test (95 % interval)": ["75% (30% to 95%)", "25% (5% to 70%)", "not tested"],
        "macro-F1 (95 % interval)": ["0.75 (0.50 to 1.00)", "0.25 (0.00 to 0.41)", "not tested"],
    }


def test_labelling_takes_each_label_s_seconds() -> None:
    assert page.labelling(1800, 30, 20) == {
        "labels used": ["1,800 to train", "30 to choose the prompt", "not tested"],
        "time to first result": ["10.0 hours of labelling", "10 minutes of labelling", "not tested"],
    }


@pytest.mark.parametrize(("own", "charge"), [(None, "no charge"), (0.0, "no charge"), (0.0154, "0.015")])
def test_running_costs_are_means_of_the_calls(own: float | None, charge: str) -> None:
    assert page.running(0.0004, CALLS, own, {"a": 0.0306, "unknown": None, "b": 0.0}) == {
        "time for one message": ["under 1 millisecond", "0.50 seconds", "not tested"],
        "tokens for one message": ["none", "51 in, 8 out", "51 in, 8 out"],
        "1,000 messages, US dollars": ["no charge", charge, "a 0.031; b 0.000"],
    }


def test_all_aspects_stand_in_one_table() -> None:
    parts = [page.quality(RATES, F1), page.labelling(100, 10, 6), page.running(2, CALLS, None, {})]
    rows = page.costs("a-model", *parts).rows
    assert list(rows.columns) == ["what", "trained model", "a-model", "same tokens, hosted"]
    assert list(rows["what"]) == [what for part in parts for what in part]
    assert list(rows.iloc[-1]) == ["1,000 messages, US dollars", "no charge", "no charge", ""]


@pytest.mark.parametrize(("ml_seconds", "said"), [(0.5, 0), (0.17, 0), (0.5 / 3, 1), (0.01, 1), (0.0099, 2), (0.00001, 2)])
def test_the_median_message_is_held_against_the_trained_model(ml_seconds: float, said: int) -> None:
    shown = page.speed(ml_seconds, CALLS)
    assert shown.answer == options("side_by_side/speed")[said]
    assert shown.sentence.startswith("The language model took 0.50 seconds for a message (median of 3); the trained model takes under ")
    assert "Prices are those of 2026-11-03, from genai-prices " in shown.sentence


def test_the_language_model_is_a_level_band_over_the_curve() -> None:
    curve = pd.DataFrame({"labels": [25, 25, 50], "seed": [0, 1, 0], "accuracy": [0.5, 0.7, 0.8]})
    drawn = page.learning_curve(curve, sbs.Rate(3, 4)).to_dict()
    assert [rows for rows in drawn["datasets"].values() if len(rows) == 1] == [
        [{"name": "language model", "kind": "GenAI", "score": 0.75, "low": 0.3006, "high": 0.9544}]
    ]


@pytest.mark.parametrize(("labels", "said"), [(25.0, 0), (199.9, 0), (200.0, 1), (1000.0, 1), (1000.1, 2), (None, 2)])
def test_the_curve_meets_the_level_or_never_does(labels: float | None, said: int) -> None:
    shown = page.break_even(26.0, labels, None)
    assert shown.answer == options("side_by_side/break-even")[said]
    place = "more than there are" if labels is None else f"about {round(labels / 10) * 10}"
    assert shown.sentence == (
        "Labels needed to draw level with the language model: "
        f"at the lower end of its interval: about 30; at its score: {place}; at the upper end: more than there are."
    )


def test_two_failures_of_each_kind_are_quoted_as_text() -> None:
    assert page.failures(9, pd.Series(["a*", "b", "c"], index=[7, 2, 5]), [], ["one\ntwo"]).data == (
        "- **only the trained model was right** (3 of 9): “a\\*”; “b”\n"
        "- **only the language model was right** (0 of 9): \n"
        "- **both were wrong** (1 of 9): “one two”"
    )


# --- answers that never came ------------------------------------------------------------------------------------------

NOTHING = {"trained model": sbs.Rate(3, 4), "language model": sbs.rate([None] * 4)}


def test_without_any_answer_nobody_wins() -> None:
    assert page.winner(NOTHING, math.nan).answer == NOT_MEASURED
    assert page.speed(0.001, CALLS.head(0)).answer == NOT_MEASURED
    assert page.break_even(math.nan, math.nan, math.nan).answer == NOT_MEASURED
    assert page.thousand(CALLS.head(0)) == ((None, None), None)
    assert "language model not measured; n = 4." in page.macro_f1(F1 | {"language model": (math.nan, (math.nan, math.nan))}, 4).data
    assert page.running(0.001, CALLS.head(0), 0.0, {"x": 0.0})["time for one message"][1] == NOT_MEASURED
    assert page.scoreboard(NOTHING).to_dict()["datasets"]


def test_the_rates_say_how_many_answers_never_came() -> None:
    some = RATES | {"language model": sbs.rate([True, None, False])}
    assert "language model 50.0% (1 of 2; 95 % interval 9% to 91%; no answer: 1)" in page.winner(some, 0.5).sentence
    assert page.quality(some, F1)["right on test (95 % interval)"][1] == "50% (9% to 91%; no answer: 1)"
