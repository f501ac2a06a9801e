"""What *Side by side* says: true whoever wins, and always an option of its prediction."""

from __future__ import annotations

import math
import os
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import pytest

import sidebyside as sbs
from sidebyside.errors import RecordingError, Why
from sidebyside.models import MAIN, SMALL
from sidebyside.wording import NOT_MEASURED, options

page = sbs.lesson("side_by_side")
CALLS = pd.DataFrame(
    {
        "input_tokens": [50, 51, 53],
        "output_tokens": [8, 8, 9],
        "seconds": [0.5, 9.0, 0.25],
        "day": ["2026-11-02", "2026-11-03", "2026-11-01"],
    }
)
GONE = sbs.NoAnswer(Why.EMPTY, "Nothing came.")


def entry(said: Sequence[Any] = ("glad", "sad", "glad", "glad"), model: str = "a-model", calls: pd.DataFrame = CALLS, version: str = "v2") -> Any:
    return page.Entry(model, version, 30, list(said), calls)


NOTHING = entry([GONE] * 4, calls=CALLS.head(0), version="")
TARGET = ["glad", "sad", "sad", "glad"]


# --- who takes part ---------------------------------------------------------------------------------------------------


def test_an_answer_that_names_no_label_is_wrong_and_one_that_never_came_is_neither() -> None:
    assert entry(["glad", None, "glad", GONE]).right(TARGET) == [True, False, False, None]


class Asked:
    """Notes with whom, and how, it was asked to enter."""

    def __init__(self, answers: Sequence[Any] | Exception) -> None:
        self.answers, self.asked = answers, list[tuple[str, str | None, str | None]]()

    def __call__(self, client: Any, model: str, run: Any) -> tuple[str, int, list[Any]]:
        self.asked.append((model, os.environ.get("SIDEBYSIDE_MODE"), os.environ.get("SIDEBYSIDE_LIMIT")))
        if isinstance(self.answers, Exception):
            raise self.answers
        return "v3", 60, list(self.answers)


def test_the_model_in_force_enters_with_the_labels_that_its_answers_name() -> None:
    client, model = sbs.connect("side_by_side", model=SMALL.name)
    found = page.entry(client, model, Asked(["I am glad.", "glad or sad", GONE]), ["sad", "glad"])
    assert (found.model, found.version, found.said[:2], found.said[2] is GONE) == (SMALL.name, "v3", ["glad", None], True)


@pytest.mark.parametrize(("model", "other"), [(MAIN.name, SMALL.name), (SMALL.name, MAIN.name), ("gpt-5-mini", SMALL.name)])
@pytest.mark.parametrize("mode", ["live", None])
def test_the_other_recorded_model_enters_by_its_recordings_alone(model: str, other: str, mode: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIDEBYSIDE_LIMIT", "4")
    monkeypatch.setenv("SIDEBYSIDE_MODE", mode) if mode else monkeypatch.delenv("SIDEBYSIDE_MODE", raising=False)
    asked = Asked(["glad"])
    found = page.recorded_entry(model, asked, ["sad", "glad"], 1)
    assert (asked.asked, found.model, found.chosen_on, found.said) == ([(other, "replay", "all")], other, 60, ["glad"])
    assert (os.environ.get("SIDEBYSIDE_MODE"), os.environ["SIDEBYSIDE_LIMIT"]) == (mode, "4"), "the settings are put back"


def test_without_recordings_the_other_model_is_not_measured_and_not_asked() -> None:
    found = page.recorded_entry(MAIN.name, Asked(RecordingError("There is none.")), ["sad", "glad"], 3)
    assert (found.version, len(found.said), len(found.calls)) == ("", 3, 0)
    assert found.right(TARGET[:3]) == [None] * 3
    assert page.entered("words", [entry(), found]).data == (
        "Chosen on dev: the trained model counts **words**; a-model with prompt **v2**; "
        f"{SMALL.name} takes part with recorded answers only, and there are none to these requests."
    )


# --- who is ahead -----------------------------------------------------------------------------------------------------


def hits(n: int, of: int = 40) -> list[bool]:
    return [i < n for i in range(of)]


def contest(trained: list[bool], language: list[Any], *others: sbs.Rate) -> Any:
    rates = {"trained model": sbs.rate(trained), "a-model": sbs.rate(language)}
    return page.winner(rates | {f"other-{i}": rate for i, rate in enumerate(others)}, trained, language)


@pytest.mark.parametrize(
    ("trained", "language", "said", "p"),
    [
        (30, 20, 0, "p = 0.002"),
        (20, 30, 1, "p = 0.002"),
        (25, 20, 2, "p = 0.062"),
        (20, 25, 2, "p = 0.062"),
        (20, 20, 2, "p = 1.000"),
        (40, 0, 0, "p under 0.001"),
    ],
)
def test_a_winner_is_named_only_if_it_is_clear(trained: int, language: int, said: int, p: str) -> None:
    shown = contest(hits(trained), hits(language))
    assert shown.answer == options("side_by_side/winner")[said]
    assert shown.sentence.startswith(f"Trained model {sbs.Rate(trained, 40)}; a-model {sbs.Rate(language, 40)}. Only the trained model was right on ")
    assert f"right on {max(0, trained - language)}, only the language model on {max(0, language - trained)} ({p})." in shown.sentence


def test_a_third_is_told_for_comparison_even_if_it_was_not_measured() -> None:
    assert contest(hits(3), hits(2), sbs.Rate(1, 4)).sentence.endswith(f" For comparison, other-0: {sbs.Rate(1, 4)}.")
    assert contest(hits(3), hits(2), sbs.rate([None])).sentence.endswith(" For comparison, other-0: not measured (no answer: 1).")


def test_answers_that_never_came_are_left_out_and_without_any_nobody_wins() -> None:
    some = contest([True, True, False], [True, None, False])
    assert "a-model 50.0% (1 of 2; 95 % interval 9% to 91%; no answer: 1)" in some.sentence
    assert contest(hits(3), [None] * 40).answer == NOT_MEASURED


def test_each_is_drawn_in_its_colour_and_the_small_model_in_its_shape() -> None:
    drawn = page.scoreboard({"trained model": sbs.Rate(3, 4), MAIN.name: sbs.Rate(1, 4), SMALL.name: sbs.Rate(2, 4), "none": sbs.rate([None])})
    [rows] = drawn.to_dict()["datasets"].values()
    assert [row["kind"] for row in rows] == ["ML", "GenAI", "small", "GenAI"]
    assert f"trained model 75%, {MAIN.name} 25%, {SMALL.name} 50%." in drawn.to_dict()["description"]


# --- what each one costs ----------------------------------------------------------------------------------------------


def test_labels_that_somebody_chose_by_are_counted_too() -> None:
    assert page.labelling(1700, 100, 6, 20, [entry(), NOTHING]) == {
        "labels used": [
            "1,800 (1,700 to train, 100 to choose the way of counting)",
            "36 (30 to choose the prompt, 6 shown as examples)",
            NOT_MEASURED,
        ],
        "time to first result": ["10.0 hours of labelling", "12 minutes of labelling", NOT_MEASURED],
    }
    assert page.labelling(2, 1, 0, 1, [entry()])["labels used"][1] == "30 (30 to choose the prompt)"


def test_running_costs_are_means_of_the_calls_and_hosted_models_are_a_price_only() -> None:
    shown = page.running(0.0004, [entry(), NOTHING], ["gpt-5-mini", "no-such-model"])
    bill = sbs.prices.price("gpt-5-mini", 1000 * 154 / 3, 1000 * 25 / 3, "2026-11-03")
    assert shown == {
        "time for one message": ["under 1 millisecond", "0.50 seconds", NOT_MEASURED],
        "tokens for one message": ["none", "51 in, 8 out", NOT_MEASURED],
        "1,000 messages, US dollars": ["no charge", "no charge", NOT_MEASURED],
        "same tokens at a hosted model's price (its answers not tested)": ["", f"gpt-5-mini {bill:.3f}", NOT_MEASURED],
    }


def test_a_model_that_has_a_price_is_charged() -> None:
    bill = sbs.prices.price("gpt-5-mini", 1000 * 154 / 3, 1000 * 25 / 3, "2026-11-03")
    assert page.running(1, [entry(model="gpt-5-mini")], [])["1,000 messages, US dollars"][1] == f"{bill:.3f}"


def test_tokens_that_an_endpoint_did_not_tell_are_not_measured() -> None:
    untold = CALLS.assign(input_tokens=pd.array([None] * 3, dtype="Int64"))
    assert page.running(1, [entry(calls=untold)], ["gpt-5-mini"])["tokens for one message"] == ["none", NOT_MEASURED]
    assert page.running(1, [entry(calls=untold)], ["gpt-5-mini"])["1,000 messages, US dollars"] == ["no charge", NOT_MEASURED]
    assert page.thousand(CALLS.head(0)) == ((None, None), None)


def test_all_aspects_are_in_one_table() -> None:
    rates = {"trained model": sbs.Rate(3, 4), "a-model": sbs.Rate(1, 4), "other": sbs.rate([None])}
    parts = [page.quality(rates), page.labelling(100, 10, 0, 6, [entry(), NOTHING]), page.running(2, [entry(), NOTHING], [])]
    rows = page.costs(["a-model", "other"], *parts).rows
    assert list(rows.columns) == ["what", "trained model", "a-model", "other"]
    assert list(rows["what"]) == [what for part in parts for what in part]
    assert list(rows.iloc[0]) == ["right on test (95 % interval)", "75% (30% to 95%)", "25% (5% to 70%)", "not measured (no answer: 1)"]


@pytest.mark.parametrize(("ml_seconds", "said"), [(0.6, 0), (0.5, 1), (0.17, 1), (0.16, 2), (0.025, 2), (0.0249, 3), (0.00001, 3)])
def test_the_median_message_is_held_against_the_trained_model(ml_seconds: float, said: int) -> None:
    shown = page.speed(ml_seconds, entry())
    assert shown.answer == options("side_by_side/speed")[said]
    assert shown.sentence.startswith("a-model took 0.50 seconds for a message (median of 3); the trained model takes under ")
    assert "are those of 2026-11-03, from genai-prices " in shown.sentence
    assert page.speed(ml_seconds, NOTHING).answer == NOT_MEASURED


# --- how many labels break even ---------------------------------------------------------------------------------------

SIZES = [100, 300, 1100, 2000]


def curve(*rights: int, of: int = 100) -> np.ndarray:
    """Return hits of two equal runs a size."""
    return np.array([[hits(right, of)] * 2 for right in rights])


@pytest.mark.parametrize(
    ("rights", "level", "said", "told"),
    [
        ((80, 85, 90, 95), 75, 0, "reaches the 75.0% of a-model at 100 labels or fewer."),
        ((60, 80, 90, 95), 65, 0, "reaches the 65.0% of a-model at about 150 labels."),
        ((60, 80, 90, 95), 70, 1, "reaches the 70.0% of a-model at about 200 labels."),
        ((60, 70, 90, 95), 87, 1, "reaches the 87.0% of a-model at about 980 labels."),
        ((60, 70, 80, 95), 90, 2, "reaches the 90.0% of a-model at about 1,700 labels."),
        ((60, 70, 80, 95), 96, 3, "does not reach the 96.0% of a-model with all 2,000 labels."),
    ],
)
def test_the_curve_meets_the_level_or_never_does(rights: tuple[int, ...], level: int, said: int, told: str) -> None:
    shown = page.break_even(SIZES, curve(*rights), entry(), hits(level, 100))
    assert shown.answer == options("side_by_side/break-even")[said]
    assert shown.sentence.startswith(f"On the mean of 2 runs the trained model {told}")


def test_how_loosely_the_place_is_known_is_said() -> None:
    steep = page.break_even([100, 300], curve(0, 100), entry(), hits(50, 100)).sentence
    assert steep.endswith("it might have been anything from about 180 labels to about 220 labels (95 % interval).")
    flat = page.break_even(SIZES, curve(60, 70, 80, 85), entry(), hits(85, 100)).sentence
    assert (
        "to more than 2,000 labels (95 % interval)" in page.break_even(SIZES, curve(60, 70, 80, 85), entry(), [i >= 20 for i in range(100)]).sentence
    )
    assert "about 2,000 labels" in flat
    never = page.break_even(SIZES, curve(10, 10, 10, 10), entry(), hits(99, 100)).sentence
    assert never.endswith("it might have been anything more than 2,000 labels (95 % interval).")


def test_without_answers_there_is_no_level() -> None:
    assert page.break_even(SIZES, curve(60, 70, 80, 85), NOTHING, [None] * 100).answer == NOT_MEASURED
    assert page.learning_curve(SIZES, curve(60, 70, 80, 85), NOTHING, sbs.rate([None])).to_dict()["datasets"]


def test_the_language_model_is_a_level_band_over_the_curve() -> None:
    drawn = page.learning_curve([25, 50], curve(2, 3, of=4), entry(), sbs.Rate(3, 4)).to_dict()
    assert [rows for rows in drawn["datasets"].values() if len(rows) == 1] == [
        [{"name": "a-model", "kind": "GenAI", "score": 0.75, "low": 0.3006, "high": 0.9544}]
    ]
    assert "with that of a-model" in drawn["description"]


# --- both together ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("wrong", "said"), [(0, 0), (1, 0), (2, 1), (5, 1), (6, 2), (10, 2), (11, 3), (100, 3)])
def test_labels_that_both_give_are_so_often_wrong(wrong: int, said: int) -> None:
    target = ["glad"] * 125
    trained = ["sad"] * wrong + ["glad"] * (100 - wrong) + ["sad"] * 25
    shown = page.together(trained, entry(trained[:100] + ["glad"] * 25), target)
    assert shown.answer == options("side_by_side/together")[said]
    assert f"Both give the same label to {sbs.Rate(100, 125)}." in shown.sentence
    assert f"Of these labels {sbs.Rate(100 - wrong, 100)} are right, so {wrong} would be filed wrongly" in shown.sentence
    assert f"the trained model alone gets {wrong + 25} of all 125 wrong, a-model alone {wrong}." in shown.sentence
    assert shown.sentence.endswith("The other 25 go to a person: 20% of the work.")


def test_what_never_came_or_named_no_label_is_no_agreement() -> None:
    shown = page.together(["glad", "sad", "glad", "glad"], entry(["glad", None, GONE, "glad"]), TARGET)
    assert f"Both give the same label to {sbs.Rate(2, 3)}." in shown.sentence
    assert page.together(TARGET, NOTHING, TARGET).answer == NOT_MEASURED
    never = page.together(["glad"] * 2, entry(["sad"] * 2), ["glad"] * 2)
    assert never.answer == NOT_MEASURED and "agree on no message" in never.sentence


def test_two_failures_of_each_kind_are_quoted_as_text() -> None:
    ml, language = [True, True, True, False, False, False, True], [False, False, False, False, False, None, None]
    same = [False] * 3 + [True, False, False, False]
    assert page.failures("a-model", ml, language, same, ["a*", "b", "c", "one\ntwo", "unusable", "x", "y"]).data == (
        "- **only the trained model was right** (3 of 5): “a\\*”; “b”\n"
        "- **only a-model was right** (0 of 5): none\n"
        "- **both gave the same wrong label** (1 of 5): “one two”"
    )
    assert "not measured" in page.failures("a-model", [True], [None], [False], ["x"]).data
    assert not math.isnan(len(page.failures("a-model", [], [], [], []).data))
