"""What *A prompt is a version* says: true whatever a change won or lost, and always an option of its prediction."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from statistics import fmean, quantiles
from typing import Any

import numpy as np
import pandas as pd
import pytest

import sidebyside as sbs
from sidebyside.cases import load_case
from sidebyside.wording import NOT_MEASURED, options

page = sbs.lesson("prompt_iteration")
workflow = sbs.lesson("the_genai_workflow")
HOME = Path(__file__).resolve().parents[2]
CASES = [load_case(HOME / "cases" / "feedback"), load_case(HOME / "tests" / "cases" / "tiny")]
NAMES = [f"v{n}" for n in range(2, 8)]
BASE = sbs.Prompt("v3", "", "Is it glad? Answer yes or no.\n\n{text}")
MADE_FROM = {"v3": "v2", "v5": "v3"}


def marks(*counts: int, n: int = 8) -> pd.DataFrame:
    """Return marks of six versions on n messages, so many of them right."""
    return pd.DataFrame({name: [i < count for i in range(n)] for name, count in zip(NAMES, counts, strict=True)}, dtype=object)


def drawn_rows(chart: object) -> list[dict[str, object]]:
    return [row for rows in chart.to_dict()["datasets"].values() for row in rows]  # type: ignore[attr-defined]


# --- versions and messages --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.folder.name)
@pytest.mark.parametrize("place", [0, 1, 2])
def test_each_piece_of_advice_changes_one_thing_of_the_base(case: Any, place: int) -> None:
    base = workflow.versions(case)[place]
    role, warned, doubt = page.advised(case, base)
    assert role.user == base.user and role.system and not base.system
    for prompt in (warned, doubt):
        assert prompt.system == base.system and prompt.user != base.user and set(base.user.split()) <= set(prompt.user.split())
    for prompt in (role, warned, doubt):
        assert prompt.options == base.options and prompt.examples == base.examples
        assert sum(option.startswith(f"{prompt.version}:") for option in options("prompt_iteration/best")) == 1
        assert page.parents(base)[prompt.version] == base.version
    assert warned.version == page.WARNED


def test_fresh_messages_met_no_prompt_and_are_no_exam_of_before() -> None:
    case = CASES[0]
    versions = workflow.versions(case)
    exam = page.fresh(case, versions)
    shown = {text for prompt in versions for text, _ in prompt.examples}
    assert len(exam) == page.FRESH and shown and not shown & set(exam["text"])
    assert set(exam["split"]) == {"train"} and exam.equals(page.fresh(case, versions))


def test_the_changelog_names_what_each_version_was_made_from() -> None:
    versions = [sbs.Prompt(name, f"change {name}", "{text}") for name in ("v2", "v3")]
    assert page.changelog(versions, MADE_FROM).rows.to_numpy().tolist() == [["v2", "nothing", "change v2"], ["v3", "v2", "change v3"]]


# --- the scoreboard ---------------------------------------------------------------------------------------------------


def test_the_score_table_counts_right_and_usable_apart() -> None:
    right = pd.DataFrame({"v2": [True, True, False, True], "v3": [False] * 4})
    labels = {"v2": ["glad", "sad", "sad", "sad"], "v3": [None, "sad", None, None]}
    used = pd.DataFrame({"input_tokens": [10, 20, 30, 41, 5, 5, 6, 6], "output_tokens": [1, 1, 1, 1, 9, 9, 9, 8]})
    shown = page.score_table(right, labels, used).rows
    assert shown.to_numpy().tolist() == [
        ["v2", "75% (30% to 95%)", "100% (51% to 100%)", "25", "1"],
        ["v3", "0% (0% to 49%)", "25% (5% to 70%)", "6", "9"],
    ]


def test_mean_tokens_are_those_of_a_plain_loop() -> None:
    generator = np.random.default_rng(1)
    used = pd.DataFrame(generator.integers(1, 90, size=(15, 2)), columns=["input_tokens", "output_tokens"])
    by_hand = [[fmean(used[kind][5 * version : 5 * version + 5]) for kind in used] for version in range(3)]
    assert page.mean_tokens(used, [5, 5, 5]).tolist() == [pytest.approx(row) for row in by_hand]


@pytest.mark.parametrize(
    ("counts", "said", "tied"),
    [
        ((8, 5, 8, 4, 3, 2), 0, ""),  # the versions that were no base are not asked about
        ((0, 5, 0, 6, 3, 2), 1, ""),
        ((0, 5, 0, 4, 7, 2), 2, ""),
        ((0, 5, 0, 4, 3, 6), 3, ""),
        ((0, 5, 0, 5, 5, 5), 0, ", level with v5 and v6 and v7"),
        ((0, 5, 0, 4, 6, 6), 2, ", level with v7"),
    ],
)
def test_the_best_of_base_and_advice_is_an_option_and_a_tie_goes_to_the_simpler(counts: Sequence[int], said: int, tied: str) -> None:
    shown = page.best("a-model", BASE, marks(*counts))
    assert shown.answer == options("prompt_iteration/best")[said]
    _, v3, _, v5, v6, v7 = counts
    assert shown.sentence.startswith(f"Right answers of a-model: v3 {v3} of 8; v5 {v5} of 8; v6 {v6} of 8; v7 {v7} of 8. The most has ")
    assert f"{tied}: " in shown.sentence and ("level" in shown.sentence) == bool(tied)


# --- won and lost -----------------------------------------------------------------------------------------------------

RIGHT = pd.DataFrame(
    {"v2": [True] * 10 + [False] * 10, "v3": [False] * 10 + [True] * 10, "v5": [False] * 9 + [True] * 11, "v6": [False] * 20}, dtype=object
)


def test_changes_are_counted_tested_and_corrected() -> None:
    table = page.changes({"v3": "v2", "v5": "v3", "v6": "v3"}, RIGHT)
    assert table["won"].tolist() == [list(range(10, 20)), [9], []]
    assert table["lost"].tolist() == [list(range(10)), [], list(range(10, 20))]
    assert table["p"].tolist() == pytest.approx([1, 1, 2 / 2**10])
    assert table["holm"].tolist() == pytest.approx([1, 1, 3 * 2 / 2**10]), "the smallest of three is multiplied by three"


def test_a_change_that_was_not_measured_is_not_counted_among_the_tests() -> None:
    right = RIGHT.assign(v5=[None] * 20)
    table = page.changes({"v3": "v2", "v5": "v3", "v6": "v3"}, right)
    assert np.isnan(table.loc["v5", "holm"]) and table.loc["v6", "holm"] == pytest.approx(2 * 2 / 2**10) and table.loc["v5", "n"] == 0
    assert page.flip_table(table).rows["p, corrected"].tolist() == ["1.000", NOT_MEASURED, "0.004"]
    assert "Of 2 changes" in page.verdict("a-model", table).data


def test_bars_and_table_hold_what_was_won_and_lost() -> None:
    table = page.changes({"v3": "v2", "v5": "v3"}, RIGHT)
    assert [(row["name"], row["amount"]) for row in drawn_rows(page.flip_chart(table))] == [
        ("v2 to v3: won", 10),
        ("v2 to v3: lost", -10),
        ("v3 to v5: won", 1),
        ("v3 to v5: lost", 0),
    ]
    assert page.flip_table(table).rows[["change", "won", "lost", "net"]].to_numpy().tolist() == [["v2 to v3", 10, 10, "+0"], ["v3 to v5", 1, 0, "+1"]]


def test_the_verdict_names_clear_gains_clear_losses_and_luck() -> None:
    gain = page.changes({"v3": "v6", "v6": "v3", "v5": "v3"}, RIGHT)
    assert page.verdict("a-model", gain).data == (
        "Of 3 changes with **a-model**, after Holm's correction: clear gains: v3; clear losses: v6; too close to call: v5."
    )
    none = page.verdict("a-model", page.changes({"v5": "v3"}, RIGHT)).data
    assert "Of 1 change with" in none and "clear gains: none; clear losses: none; too close to call: v5." in none
    assert NOT_MEASURED in page.verdict("a-model", page.changes({"v5": "v3"}, RIGHT.assign(v5=None))).data


def test_a_result_that_is_clear_alone_may_be_luck_among_several() -> None:
    right = pd.DataFrame({"v2": [False] * 6 + [True] * 6, "v3": [True] * 12, "v4": [False] * 6 + [True] * 6}, dtype=object)
    alone, among = page.changes({"v3": "v2"}, right), page.changes({"v3": "v2", "v4": "v2"}, right)
    assert "clear gains: v3" in page.verdict("a-model", alone).data
    assert "clear gains: none" in page.verdict("a-model", among).data


def test_the_two_shortest_lost_messages_are_shown_with_both_answers() -> None:
    samples = pd.DataFrame({"text": ["long one", "no", "mid"], "mood": ["sad", "glad", "sad"]})
    row = pd.Series({"before": "v3", "lost": [0, 1, 2]}, name="v6")
    shown = page.lost_messages(samples, "mood", row, {"v3": ["a", "b", "c"], "v6": ["x", "y", "z"]}).rows
    assert shown.to_numpy().tolist() == [["no", "glad", "b", "y"], ["mid", "sad", "c", "z"]]
    assert page.lost_messages(samples, "mood", pd.Series({"before": "v3", "lost": []}, name="v6"), {"v3": [], "v6": []}).rows.empty


@pytest.mark.parametrize(("lost", "said"), [(0, 0), (1, 1), (2, 1), (3, 2), (5, 2), (6, 3), (9, 3)])
def test_broken_messages_are_an_option(lost: int, said: int) -> None:
    shown = page.broken("a-model", pd.Series({"before": "v3", "won": [1], "lost": list(range(lost)), "n": 10}, name="v6"))
    assert shown.answer == options("prompt_iteration/lost")[said]
    assert shown.sentence == f"From v3 to v6, a-model won 1 of 10 messages and lost {lost}: broken {sbs.Rate(lost, 10)}."


# --- the exam, and luck -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fresh", "gap", "where"), [(80, "+0.0", "inside"), (71, "-9.0", "outside"), (95, "+15.0", "outside"), (76, "-4.0", "inside")]
)
def test_the_exam_is_held_against_dev(fresh: int, gap: str, where: str) -> None:
    told = page.exam("a-model", "v3", sbs.Rate(80, 100), sbs.Rate(fresh, 100)).data
    assert f"fresh {sbs.Rate(fresh, 100)}" in told and f"That is {gap} points" in told and f"is {where} the interval" in told


def test_an_exam_without_answers_is_not_measured() -> None:
    nothing = sbs.rate([None] * 3)
    assert (
        NOT_MEASURED in page.exam("a-model", "v3", sbs.Rate(1, 2), nothing).data and NOT_MEASURED in page.exam("a-model", "v3", nothing, nothing).data
    )


def test_teams_choose_by_their_own_messages_and_luck_grows_with_tries() -> None:
    generator = np.random.default_rng(2)
    right = pd.DataFrame(generator.random((60, 6)) < 0.7, columns=NAMES)  # all equally good: any lead is luck
    teams = page.teams(right, 20)
    gaps = {tries: (scores[:, 0] - scores[:, 1]).mean() for tries, scores in teams.items()}
    assert list(teams) == [1, 2, 3, 4, 5, 6] and abs(gaps[1]) < 1.5 and gaps[6] > gaps[2] > gaps[1]
    assert np.array_equal(teams[6], page.teams(right, 20)[6])


def test_messages_without_all_answers_are_left_out_and_too_few_make_no_teams() -> None:
    right = marks(8, 8, 8, 8, 8, 8).astype(object)
    right.loc[0, "v2"] = None
    assert page.teams(right, 7) == {} and list(page.teams(right, 6)) == [1, 2, 3, 4, 5, 6]


def test_the_ends_of_the_curves_are_drawn() -> None:
    teams = {1: np.array([[70.0, 70.0]]), 2: np.array([[80.0, 72.0], [90.0, 70.0]])}
    rows = drawn_rows(page.luck_chart(teams))
    assert {(row["at"], row["name"], row["amount"]) for row in rows} >= {(2, "own messages", 85), (2, "others", 71)}


@pytest.mark.parametrize(("gap", "said"), [(0.5, 0), (1, 1), (4, 1), (4.1, 2), (8, 2), (8.1, 3)])
def test_luck_is_an_option_with_its_spread(gap: float, said: int) -> None:
    gaps = gap + np.linspace(-5, 5, 101)
    teams = {1: np.array([[70.0, 70.0]]), 6: np.column_stack([70 + gaps, np.full(101, 70.0)])}
    shown = page.luck("a-model", teams, 20, 60)
    assert shown.answer == options("prompt_iteration/luck")[said]
    low, high = (quantiles(gaps, n=20, method="inclusive")[i] for i in (0, 18))
    assert f"{gap:.1f} points of luck (mean of 101 teams; nine teams in ten had {low:.0f} to {high:.0f})" in shown.sentence


# --- answers that never came ------------------------------------------------------------------------------------------


def test_without_answers_nothing_is_judged() -> None:
    right = marks(1, 2, 3, 4, 5, 6)
    assert page.best("a-model", BASE, right.assign(v6=None)).answer == NOT_MEASURED
    assert page.broken("a-model", pd.Series({"before": "v3", "won": [], "lost": [], "n": 0}, name="v6")).answer == NOT_MEASURED
    assert page.luck("a-model", {}, 20, 0).answer == NOT_MEASURED and NOT_MEASURED in page.luck_chart({}).data
    used = pd.DataFrame({"input_tokens": [5], "output_tokens": [1]})
    shown = page.score_table(pd.DataFrame({"v2": [None], "v3": [True]}, dtype=object), {"v2": [None], "v3": ["glad"]}, used).rows
    assert shown.iloc[0].tolist() == ["v2", "not measured (no answer: 1)", "not measured (no answer: 1)", NOT_MEASURED, NOT_MEASURED]
