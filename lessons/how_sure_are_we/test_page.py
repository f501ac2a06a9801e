"""What *How sure are we?* says: true whatever the exams show, and always an option of its prediction."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import sidebyside as sbs
from sidebyside.answers import NoAnswer
from sidebyside.errors import Why
from sidebyside.wording import NOT_MEASURED, options

page = sbs.lesson("how_sure_are_we")
HOME = Path(__file__).resolve().parents[2]
CASES = [HOME / "cases" / "feedback", HOME / "tests" / "cases" / "tiny"]


@pytest.mark.parametrize("folder", CASES, ids=lambda folder: folder.name)
def test_the_eight_prompts_ask_eight_different_things_and_hold_the_message(folder: Path) -> None:
    prompts = page.prompts(sbs.load_case(folder))
    assert list(prompts) == [f"v{n}" for n in range(1, 9)]
    assert len({f"{prompt.messages('x')} {prompt.options}" for prompt in prompts.values()}) == 8
    assert all("THE TEXT" in prompt.messages("THE TEXT")[-1]["content"] for prompt in prompts.values())


# --- exams ---


def exams(low: float, high: float) -> dict[tuple[str, int], np.ndarray]:
    """Return exams of which the middle 95 in 100 lie evenly between two scores."""
    width = (high - low) / 0.95
    given = np.linspace(low - 0.025 * width, high + 0.025 * width, 1001)
    return {(name, n): given for name in page.KINDS for n in page.SIZES}


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        (0.8, 0.8, "under 10 points"),
        (0.75, 0.84, "under 10 points"),
        (0.75, 0.86, "10 to 20 points"),
        (0.7, 0.89, "10 to 20 points"),
        (0.7, 0.91, "over 20 points"),
    ],
)
def test_the_spread_of_small_exams_falls_under_an_option(low: float, high: float, said: str) -> None:
    scores = exams(0.5, 0.6) | {("language model", 30): exams(low, high)["language model", 30]}
    shown = page.jump("a-model", scores, 320)
    assert shown.answer == said and said in options(shown.key)
    points = round(100 * (high - low))
    assert f"of a-model lie {points} points apart with 30 messages, 10 with 100 and 10 with 300 (1,001 exams each, drawn from 320" in shown.sentence


def test_the_spread_is_shown_beside_the_true_score() -> None:
    right = {name: np.array([True, True, True, False]) for name in page.KINDS}
    rows = page.exam_spread(exams(0.6, 0.9), right).rows
    assert rows.iloc[0].tolist() == ["language model", 30, "75.0%", "60% to 90%", "30 points"]
    assert len(rows) == 6


def test_the_first_fifty_exams_are_drawn_and_each_score_once() -> None:
    scores = {("language model", 30): np.array([0.5] * 49 + [0.75] + [0.1]), ("trained model", 30): np.array([1.0])}
    (data,) = page.exam_ticks(scores).to_dict()["datasets"].values()
    assert [(row["kind"], row["score"]) for row in data] == [("GenAI", 0.5), ("GenAI", 0.75), ("ML", 1.0)]


def test_hand_and_library_are_compared() -> None:
    assert page.agree((0.1, 0.2), (0.1, 0.2 + 1e-12)) == "they agree"
    assert page.agree((0.1, 0.2), (0.1, 0.2 + 1e-6)) == "they do not agree"


def test_intervals_that_hold_the_truth_are_counted() -> None:
    said = page.intervals((0.70001, 0.8), (0.70001, 0.8), {30: [True, False], 100: [True, True]}).data
    assert said.splitlines() == [
        "- By hand **0.7000 to 0.8000**, statsmodels **0.7000 to 0.8000**: they agree.",
        f"- Exams of 30: the interval holds the true score in {sbs.Rate(1, 2)}.",
        f"- Exams of 100: the interval holds the true score in {sbs.Rate(2, 2)}.",
    ]


@pytest.mark.parametrize(("upper", "said"), [(0.9, "they agree"), (0.91, "they do not agree")])
def test_the_bootstrap_by_hand_lies_beside_the_library_s(upper: float, said: str) -> None:
    told = page.bootstrapped("a-model", 0.81234, 320, [0.7, upper], (0.7, 0.9)).data
    assert told.startswith("Macro-F1 of a-model on 320 test messages: 0.812. 95 % interval by hand **0.7000 to")
    assert told.endswith(f"scipy **0.7000 to 0.9000**: {said}.")


# --- a pair of systems ---


@pytest.mark.parametrize(
    ("messages", "sizes"), [(320, [30, 100, 300]), (300, [30, 100, 300]), (299, [74, 149, 299]), (8, [2, 4, 8]), (2, [1, 2]), (1, [1])]
)
def test_the_exam_grows_to_the_end_of_a_short_test_too(messages: int, sizes: list[int]) -> None:
    assert page.ends(messages) == sizes


STEPS = {30: (2, 1, 1.0, 1.0), 100: (9, 2, 0.0654, 0.0654), 300: (30, 5, 0.00002, 0.00002)}


@pytest.mark.parametrize(
    ("p_values", "said"),
    [
        ((0.04, 0.5, 0.6), "the first 30"),
        ((0.05, 0.049, 0.001), "the first 100"),
        ((1, 1, 0.0001), "the first 300"),
        ((0.05, 0.05, 0.05), "none of these"),
    ],
)
def test_the_first_clear_difference_is_an_option(p_values: tuple[float, ...], said: str) -> None:
    steps = {n: (0, 0, p, p) for n, p in zip(page.SIZES, p_values, strict=True)}
    shown = page.pair("a-model", steps)
    assert shown.answer == said and said in page.pair_options(list(steps))
    assert shown.sentence.endswith("By hand and from statsmodels: they agree.")


def test_every_p_is_said() -> None:
    said = page.pair("a-model", STEPS | {300: (30, 5, 0.00002, 0.5)}).sentence
    assert "a-model and the trained model, first 30: p = 1.000; first 100: p = 0.065; first 300: p under 0.001." in said
    assert said.endswith("they do not agree.")


@pytest.mark.parametrize(
    ("one", "other", "said"), [((5, 100), (50, 100), False), ((50, 100), (5, 100), False), ((50, 100), (55, 100), True), ((0, 3), (3, 3), True)]
)
def test_overlap_looks_both_ways(one: tuple[int, int], other: tuple[int, int], said: bool) -> None:
    assert page.overlap(sbs.Rate(*one), sbs.Rate(*other)) == page.overlap(sbs.Rate(*other), sbs.Rate(*one)) == said


RIGHT = {"language model": np.array([True] * 100), "trained model": np.array([False] * 60 + [True] * 40)}


def test_the_paired_test_lies_beside_the_rates() -> None:
    rows = page.paired_table(RIGHT, {60: (60, 0, 1e-9, 0.5), 100: (60, 0, 0.1, 0.2)}).rows
    low, high = sbs.Rate(40, 100).interval
    assert rows["trained model"].tolist() == ["0% (0% to 6%)", f"40% ({low:.0%} to {high:.0%})"]
    assert rows["intervals overlap"].tolist() == ["no", "no"]
    assert rows.iloc[0, 4:].tolist() == [60, 0, "under 0.001", "0.500"]


def test_the_board_draws_the_first_messages_only() -> None:
    (data,) = page.growing(RIGHT, [60, 100]).to_dict()["datasets"].values()
    assert [(row["system"], row["kind"], row["score"]) for row in data][1::2] == [
        ("trained model, first 60", "ML", 0.0),
        ("trained model, first 100", "ML", 0.4),
    ]


def test_power_is_shown_for_each_size() -> None:
    rows = page.power({30: (sbs.Rate(1, 10), sbs.Rate(0, 10))}).rows
    assert rows.values.tolist() == [[30, str(sbs.Rate(1, 10)), str(sbs.Rate(0, 10))]]


# --- the luckiest ---


@pytest.mark.parametrize(("messages", "sizes"), [(100, (30, 60)), (8, (2, 4)), (1, (1, 1))])
def test_teams_have_at_least_one_message(messages: int, sizes: tuple[int, int]) -> None:
    assert page.team_sizes(messages) == sizes


@pytest.mark.parametrize(
    ("upsets", "said"),
    [
        (0, "under a quarter of the teams"),
        (4, "under a quarter of the teams"),
        (5, "a quarter to a half"),
        (10, "a quarter to a half"),
        (11, "over a half"),
    ],
)
def test_the_share_of_wrong_winners_falls_under_an_option(upsets: int, said: str) -> None:
    team = np.array([[0.9] * 20, [0.7] * upsets + [0.8] * (20 - upsets), [0.8] * 20])  # own score, true score, best true score
    shown = page.wrong("a-model", {30: team, 60: np.full((3, 20), 0.8)}, 8, 100)
    assert shown.answer == said and said in options(shown.key)
    assert shown.sentence.startswith("8 prompts for a-model, 20 teams. Chosen on 30: some other prompt was better on all 100 in")
    assert f"{sbs.Rate(upsets, 20)}; the winner had 90 in a hundred on its own messages" in shown.sentence
    assert shown.sentence.endswith("80 on all, 0.0 points of luck.")


def test_luck_that_rounds_to_nothing_has_no_sign() -> None:
    rows = page.luck({1: {30: -0.04, 100: 0.06}, 8: {30: 10.25, 100: 5}}).rows
    assert rows.values.tolist() == [[1, "0.0 points", "0.1 points"], [8, "10.2 points", "5.0 points"]]


# --- the plan ---


@pytest.mark.parametrize(
    ("finer", "said"),
    [
        (299, "twice as many"),
        (300, "about four times as many"),
        (699, "about four times as many"),
        (700, "about ten times as many"),
    ],
)
def test_what_half_the_width_takes_falls_under_an_option(finer: int, said: str) -> None:
    shown = page.plan(0.8, 0.05, 99.6, 100, finer)
    assert shown.answer == said and said in options(shown.key)
    assert "about 80%, give or take 5 points: 100 messages with Wilson's interval, 100 by the rough formula." in shown.sentence
    assert shown.sentence.endswith(f"Give or take 2.5 points: {finer} messages, {finer / 100:.1f} times as many.")


def test_discordant_messages_and_the_gap_whoever_leads() -> None:
    one, other = np.array([True, True, False, True]), np.array([False, True, False, False])
    said = page.discordant(one, other).data
    assert said == page.discordant(other, one).data
    assert f"only one of our two systems is right on {sbs.Rate(2, 4)} of the test messages, and they lie 50.0 points apart." in said


# --- answers that never came ------------------------------------------------------------------------------------------

GONE = np.full(100, np.nan)


def test_without_any_answer_no_exam_is_measured() -> None:
    none = {(name, n): np.full(50, np.nan) for name in page.KINDS for n in page.SIZES}
    assert page.jump("a-model", none, 100).answer == NOT_MEASURED
    assert set(page.exam_spread(none, {name: GONE for name in page.KINDS}).rows["apart"]) == {NOT_MEASURED}
    steps = {30: (0, 0, np.nan, np.nan)}
    assert page.pair("a-model", steps).answer == NOT_MEASURED
    (row,) = page.paired_table({"language model": GONE, "trained model": np.array([True] * 100)}, steps).rows.to_dict("records")
    assert (row["language model"], row["intervals overlap"], row["p by hand"]) == ("not measured (no answer: 30)", NOT_MEASURED, NOT_MEASURED)
    assert page.wrong("a-model", {}, 8, 0).answer == NOT_MEASURED
    for told in (
        page.intervals((np.nan, np.nan), (np.nan, np.nan), {30: [False]}),
        page.bootstrapped("a-model", np.nan, 4, (0, 0), (0, 0)),
        page.discordant(GONE, GONE),
    ):
        assert NOT_MEASURED in told.data


def test_the_exam_is_made_of_the_messages_that_got_an_answer() -> None:
    gone, test = NoAnswer(Why.FILTERED), pd.DataFrame({"text": ["a", "b", "c"]})
    rest, given = page.answered(test, ["good", gone, None])
    assert (rest["text"].tolist(), given) == (["a", "c"], ["good", None])
    rest, given = page.answered(test, [gone] * 3)
    assert len(rest) == len(given) == 3
    assert np.isnan(page.marks(np.array(given, dtype=object), np.array(["good"] * 3, dtype=object))).all()
    assert page.marks(np.array(["good", None], dtype=object), np.array(["good"] * 2, dtype=object)).tolist() == [True, False]


def test_prompts_are_chosen_on_messages_that_each_got_an_answer_to() -> None:
    gone = NoAnswer(Why.FILTERED)
    assert page.marked([["good", "bad", gone], ["good", None, "bad"]], ["good"] * 3).tolist() == [[True, True], [False, False]]
