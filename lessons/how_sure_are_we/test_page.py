"""What *How sure are we?* says: true whatever the exams show, and always an option of its prediction."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.stats import fisher_exact
from sklearn.metrics import matthews_corrcoef

import sidebyside as sbs
from sidebyside.answers import NoAnswer
from sidebyside.errors import Why
from sidebyside.wording import NOT_MEASURED, options, share

page = sbs.lesson("how_sure_are_we")
MODEL = "smollm2-135m-instruct"
SYSTEMS = (MODEL, page.TRAINED)
HOME = Path(__file__).resolve().parents[2]
CASES = [HOME / "cases" / "feedback", HOME / "tests" / "cases" / "tiny"]


@pytest.mark.parametrize("folder", CASES, ids=lambda folder: folder.name)
def test_the_six_prompts_ask_six_different_things_and_hold_the_message(folder: Path) -> None:
    case = sbs.load_case(folder)
    prompts = page.six(case, sbs.lesson("the_genai_workflow").versions(case)[1])
    assert [prompt.version for prompt in prompts] == [f"v{n}" for n in range(2, 8)]
    assert len({f"{prompt.messages('x')} {prompt.options}" for prompt in prompts}) == 6
    assert all("THE TEXT" in prompt.messages("THE TEXT")[-1]["content"] for prompt in prompts)


def test_the_prompt_is_the_best_on_dev_and_of_equals_the_first() -> None:
    versions = [sbs.Prompt(name, "", "{text}") for name in ("v2", "v3", "v4")]
    given = {"v2": ["a", "b", None], "v3": ["a", "a", "a"], "v4": ["a", "a", NoAnswer(Why.EMPTY)]}
    assert page.best_of(versions, given, ["a", "a", "b"]).version == "v3"
    assert page.best_of(versions, given, ["a", "a", "a"]).version == "v3"
    assert page.best_of(versions, dict.fromkeys(given, [NoAnswer(Why.EMPTY)] * 3), ["a"] * 3).version == "v2"


# --- exams ---


def exams(low: float, high: float) -> dict[tuple[str, int], np.ndarray]:
    """Return exams of which the middle 95 in 100 lie evenly between two scores."""
    width = (high - low) / 0.95
    given = np.linspace(low - 0.025 * width, high + 0.025 * width, 1001)
    return {(name, n): given for name in SYSTEMS for n in page.SIZES}


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        (0.8, 0.8, "under 10 points"),
        (0.75, 0.84, "under 10 points"),
        (0.75, 0.86, "10 to 20 points"),
        (0.7, 0.89, "10 to 20 points"),
        (0.7, 0.91, "over 20, up to 30 points"),
        (0.65, 0.95, "over 20, up to 30 points"),
        (0.6, 0.95, "over 30 points"),
    ],
)
def test_the_spread_of_small_exams_falls_under_an_option(low: float, high: float, said: str) -> None:
    scores = exams(0.5, 0.6) | {(MODEL, 30): exams(low, high)[MODEL, 30]}
    shown = page.jump(MODEL, scores, truly(200, 250))
    assert shown.answer == said and said in options(shown.key)
    points = round(100 * (high - low))
    assert f"of {MODEL} lie {points} points apart with 30 messages, 10 with 100 and 10 with 300 (1,001 exams each, drawn from 320" in shown.sentence


def test_the_spread_is_shown_beside_the_true_score() -> None:
    right = {name: np.array([True, True, True, False]) for name in SYSTEMS}
    rows = page.exam_spread(exams(0.6, 0.9), right).rows
    assert rows.iloc[0].tolist() == [MODEL, 30, "75.0%", "60% to 90%", "30 points"]
    assert len(rows) == 6


def test_the_first_fifty_exams_are_drawn_and_each_score_once() -> None:
    scores = {(MODEL, 30): np.array([0.5] * 49 + [0.75] + [0.1]), (page.TRAINED, 30): np.array([1.0])}
    (data,) = page.exam_ticks(scores).to_dict()["datasets"].values()
    assert [(row["kind"], row["score"]) for row in data] == [("small", 0.5), ("small", 0.75), ("ML", 1.0)]


def truly(model: int, trained: int) -> dict[str, np.ndarray]:
    return {name: np.arange(320) < hits for name, hits in ((MODEL, model), (page.TRAINED, trained))}


@pytest.mark.parametrize(("model", "trained", "said"), [(0.7, 0.8, "0.0% (0 of 4"), (0.8, 0.7, "0.0% (0 of 4"), (0.8, 0.8, "100.0% (4 of 4")])
def test_how_often_the_wrong_one_is_ahead_in_small_exams(model: float, trained: float, said: str) -> None:
    scores = {(MODEL, n): np.full(4, model) for n in page.SIZES} | {(page.TRAINED, n): np.full(4, trained) for n in page.SIZES}
    assert f"level or ahead in {said}" in page.jump(MODEL, scores, truly(200, 250) if model < trained else truly(250, 200)).sentence
    mixed = scores | {(MODEL, 30): np.array([0.9, 0.6, 0.6, 0.8]), (page.TRAINED, 30): np.array([0.8] * 4)}
    assert "level or ahead in 50.0% (2 of 4" in page.jump(MODEL, mixed, truly(200, 250)).sentence
    assert "level or ahead in 75.0% (3 of 4" in page.jump(MODEL, mixed, truly(250, 200)).sentence, "who is behind is no matter of the exams"
    level = page.jump(MODEL, mixed, truly(200, 200)).sentence
    assert "really behind" not in level and "equally many messages, yet with 30 their scores differ in 75.0% (3 of 4" in level


def test_intervals_that_hold_the_truth_are_counted() -> None:
    said = page.intervals(MODEL, sbs.Rate(3, 4), {30: [True, False], 100: [True, True]}).data
    assert said.splitlines() == [
        f"- The whole test: {MODEL} is right in {sbs.Rate(3, 4)}.",
        f"- Exams of 30: the interval holds the true score in {sbs.Rate(1, 2)}.",
        f"- Exams of 100: the interval holds the true score in {sbs.Rate(2, 2)}.",
    ]


# --- a pair of systems ---


@pytest.mark.parametrize(
    ("messages", "sizes"), [(320, [30, 100, 300]), (300, [30, 100, 300]), (299, [74, 149, 299]), (8, [2, 4, 8]), (2, [1, 2]), (1, [1])]
)
def test_the_exam_grows_to_the_end_of_a_short_test_too(messages: int, sizes: list[int]) -> None:
    assert page.ends(messages) == sizes


def rows(both: int, first: int, second: int, neither: int) -> tuple[np.ndarray, np.ndarray]:
    """Marks of two systems, by how often each of the four things happens."""
    one = np.array([True] * (both + first) + [False] * (second + neither))
    return one, np.array([True] * both + [False] * first + [True] * second + [False] * neither)


def test_two_systems_are_compared_by_libraries() -> None:
    found = page.compare(*rows(239, 14, 29, 38))
    assert (found.won, found.lost) == (14, 29)
    assert found.paired == pytest.approx(2 * sum(math.comb(43, k) for k in range(15)) / 2**43)
    assert found.separate == pytest.approx(fisher_exact([[253, 67], [268, 52]]).pvalue)
    assert found.phi == pytest.approx(matthews_corrcoef(*rows(239, 14, 29, 38)))


@pytest.mark.parametrize(
    ("marks", "phi", "worth", "said"),
    [
        (rows(80, 0, 0, 20), 1.0, math.inf, "Both are right on exactly the same messages."),
        (rows(70, 10, 10, 10), 0.375, 1.6, "Pairing counts like 1.6 times as many messages."),
        (rows(66, 14, 14, 6), 0.125, 1.142857, "Pairing gains little: like 1.1 times as many messages."),
        (rows(64, 16, 16, 4), 0.0, 1.0, "Pairing gains nothing."),
        (rows(60, 20, 20, 0), -0.25, 0.8, "Pairing gains nothing."),
    ],
)
def test_what_pairing_is_worth(marks: tuple[np.ndarray, np.ndarray], phi: float, worth: float, said: str) -> None:
    found = page.compare(*marks)
    assert found.phi == pytest.approx(phi, abs=1e-9) and found.worth == pytest.approx(worth, abs=1e-5)
    assert page._gain(found).startswith(said)


def test_where_a_system_is_always_right_nothing_goes_together() -> None:
    found = page.compare(*rows(5, 5, 0, 0))
    assert math.isnan(found.phi) and math.isnan(found.worth) and page._gain(found) == ""
    assert found.paired == pytest.approx(2 / 2**5)


BOTH, PAIRED, NEITHER = rows(100, 60, 10, 30), rows(235, 29, 11, 45), rows(10, 3, 2, 5)
SEPARATE = rows(0, 59, 41, 0)  # never right together: the shares differ by more than two exams allow, the paired test sees less


@pytest.mark.parametrize(("marks", "option"), [(BOTH, 0), (PAIRED, 1), (SEPARATE, 2), (NEITHER, 3)])
def test_which_tests_call_a_difference_clear(marks: tuple[np.ndarray, np.ndarray], option: int) -> None:
    shown = page.pair(MODEL, 749, marks, page.compare(*NEITHER))
    assert shown.answer == options(shown.key)[option]
    assert f"with 749 of them {sbs.rate(marks[1])}." in shown.sentence
    assert f"{MODEL} and the trained model: φ = 0.47; p = 1.000 and p = 1.000." in shown.sentence


def test_a_pair_of_trained_models_is_told_without_any_answer_of_the_model() -> None:
    shown = page.pair(MODEL, 749, PAIRED, page.compare(GONE, PAIRED[0][:100]))
    assert shown.answer == "only the paired test" and MODEL not in shown.sentence


def test_each_size_is_told_apart_or_cannot_tell_yet() -> None:
    steps = {10: page.compare(*NEITHER), 100: page.compare(*BOTH)}
    by_hand = {n: found.paired for n, found in steps.items()}
    said = page.told_apart(MODEL, steps, by_hand).data
    assert f"{MODEL} and the trained model: first 10: **cannot tell yet** (p = 1.000); first 100: **clear** (p under 0.001)." in said
    assert said.endswith("they agree.") and page.told_apart(MODEL, steps, by_hand | {10: 0.9}).data.endswith("they differ.")


def test_the_tests_lie_beside_the_rates() -> None:
    marks = dict(zip(SYSTEMS, rows(0, 60, 0, 40), strict=True))
    shown = page.paired_table(marks, {60: page.compare(*(row[:60] for row in marks.values())), 100: page.compare(*marks.values())}).rows
    low, high = sbs.Rate(60, 100).interval
    assert shown[MODEL].tolist() == ["100% (94% to 100%)", f"60% ({low:.0%} to {high:.0%})"]
    assert shown.iloc[1, 3:].tolist() == [60, 0, NOT_MEASURED, "under 0.001", "under 0.001"]


def test_the_board_draws_the_first_messages_only() -> None:
    marks = {MODEL: np.array([True] * 100), page.TRAINED: np.array([False] * 60 + [True] * 40)}
    (data,) = page.growing(marks, [60, 100]).to_dict()["datasets"].values()
    assert [(row["system"], row["kind"], row["score"]) for row in data][1::2] == [
        ("trained model, first 60", "ML", 0.0),
        ("trained model, first 100", "ML", 0.4),
    ]
    assert {row["kind"] for row in data} == {"small", "ML"}


@pytest.mark.parametrize("phi", [0, 0.3, 0.7])
def test_a_world_is_made_from_two_rates_and_how_they_go_together(phi: float) -> None:
    both, first, second, neither = page.joint(0.9, 0.85, phi)
    assert (both + first, both + second, both + first + second + neither) == pytest.approx((0.9, 0.85, 1))
    assert (both - 0.9 * 0.85) / math.sqrt(0.09 * 0.1275) == pytest.approx(phi)


def test_rates_far_apart_cannot_go_together_closely() -> None:
    with pytest.raises(ValueError, match="as closely as 0.9"):
        page.joint(0.9, 0.5, 0.9)


def test_power_is_shown_for_each_size_and_said_for_the_middle_one() -> None:
    found = {(n, phi): (sbs.Rate(n // 100 + k, 20), sbs.Rate(k, 20)) for n in (100, 300, 1000) for k, phi in enumerate((0, 0.6))}
    table = page.power(0.9, 0.05, found).rows
    assert table.columns[0] == "90% against 85%: messages" and len(table) == 6
    assert table.iloc[0, 1:].tolist() == [0, share(sbs.Rate(1, 20)), share(sbs.Rate(0, 20))]
    said = page.power_in_words(found).data
    assert "With 300 messages the paired test finds the difference in 15% of the exams where φ is 0, and in 20% where it is 0.6;" in said
    assert said.endswith("the test for separate exams in 0% and 5%.")


# --- the luckiest ---


@pytest.mark.parametrize(("messages", "sizes"), [(60, (20, 40)), (8, (2, 5)), (1, (1, 1))])
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
    shown = page.wrong(MODEL, {30: team, 60: np.full((3, 20), 0.8)}, 8, 100)
    assert shown.answer == said and said in options(shown.key)
    assert shown.sentence.startswith(f"8 prompts for {MODEL}, 20 teams. Chosen on 30: some other prompt was better on all 100 in")
    assert f"{sbs.Rate(upsets, 20)}; the winner had 90 in a hundred on its own messages" in shown.sentence
    assert shown.sentence.endswith("80 on all, 0.0 points of luck.")


# --- the plan ---


@pytest.mark.parametrize(
    ("finer", "said"),
    [
        (174, "about one and a half times as many"),
        (175, "about twice as many"),
        (299, "about twice as many"),
        (300, "about four times as many"),
        (699, "about four times as many"),
        (700, "about ten times as many"),
    ],
)
def test_what_half_the_width_takes_falls_under_an_option(finer: int, said: str) -> None:
    shown = page.plan(0.8, 0.05, 99.6, 100, finer)
    assert shown.answer == said and said in options(shown.key)
    assert "about 80%, give or take 5 points: 100 messages with Wilson's interval, 100 by the textbook formula." in shown.sentence
    assert shown.sentence.endswith(f"Give or take 2.5 points: {finer} messages, {finer / 100:.1f} times as many.")


def test_discordant_messages_whoever_leads() -> None:
    one, other = np.array([True, True, False, True]), np.array([False, True, False, False])
    said = page.discordant(one, other).data
    assert said == page.discordant(other, one).data
    assert f"only one of our two systems is right on {sbs.Rate(2, 4)} of the test messages." in said


# --- answers that never came ------------------------------------------------------------------------------------------

GONE = np.full(100, np.nan)


def test_without_any_answer_no_exam_is_measured() -> None:
    none = {(name, n): np.full(50, np.nan) for name in SYSTEMS for n in page.SIZES}
    assert page.jump(MODEL, none, {name: GONE for name in SYSTEMS}).answer == NOT_MEASURED
    assert set(page.exam_spread(none, {name: GONE for name in SYSTEMS}).rows["apart"]) == {NOT_MEASURED}
    lost = page.compare(GONE, np.array([True] * 100))
    assert lost.won == 0 and all(math.isnan(value) for value in (lost.paired, lost.separate, lost.phi, lost.worth))
    assert NOT_MEASURED in page.told_apart(MODEL, {30: lost}, {30: 1.0}).data
    (row,) = page.paired_table({MODEL: GONE, page.TRAINED: np.array([True] * 100)}, {30: lost}).rows.to_dict("records")
    assert (row[MODEL], row["φ"], row["p, paired"]) == ("not measured (no answer: 30)", NOT_MEASURED, NOT_MEASURED)
    assert page.wrong(MODEL, {}, 8, 0).answer == NOT_MEASURED
    for told in (
        page.intervals(MODEL, sbs.rate(GONE), {30: [False]}),
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
