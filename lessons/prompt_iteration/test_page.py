"""What *A prompt is a version* says: true whatever a change won or lost, and always an option of its prediction."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean, quantiles

import numpy as np
import pandas as pd
import pytest

import sidebyside as sbs
from sidebyside.wording import NOT_MEASURED, options

page = sbs.lesson("prompt_iteration")
NAMES = [f"v{n}" for n in range(1, 9)]
VERSIONS = [sbs.Prompt(name, f"change {name}", "Is it glad?\n\n{text}") for name in NAMES]
MADE_FROM = {"v2": "v1", "v5": "v4"}


def marks(*counts: int, n: int = 8) -> pd.DataFrame:
    """Return marks of eight versions on n messages, so many of them right."""
    return pd.DataFrame({name: [i < count for i in range(n)] for name, count in zip(NAMES, counts, strict=True)})


def drawn_rows(chart: object) -> list[dict[str, object]]:
    return [row for rows in chart.to_dict()["datasets"].values() for row in rows]  # type: ignore[attr-defined]


def test_the_changelog_names_what_each_version_was_made_from() -> None:
    shown = page.changelog(VERSIONS[:2], MADE_FROM).rows
    assert shown.to_numpy().tolist() == [["v1", "nothing", "change v1"], ["v2", "v1", "change v2"]]


def test_every_version_and_the_trained_model_have_their_point() -> None:
    rows = drawn_rows(page.scoreboard(VERSIONS, marks(*range(1, 9)), [True, False]))
    assert [(row["system"], row["kind"], row["score"]) for row in rows] == [
        *((f"{name}: change {name}", "GenAI", i / 8) for i, name in enumerate(NAMES, 1)),
        ("trained model", "ML", 0.5),
    ]


def test_the_score_table_counts_right_and_usable_apart() -> None:
    right = pd.DataFrame({"v1": [True, True, False, True], "v2": [False] * 4})
    labels = {"v1": ["glad", "sad", "sad", "sad"], "v2": [None, "sad", None, None]}
    used = pd.DataFrame({"input_tokens": [10, 20, 30, 41, 5, 5, 6, 6], "output_tokens": [1, 1, 1, 1, 9, 9, 9, 8]})
    shown = page.score_table(right, labels, used, [True] * 4).rows
    assert list(shown.columns) == ["version", "right (95 % interval)", "usable", "tokens in", "tokens out"]
    assert shown.to_numpy().tolist() == [
        ["v1", "75% (30% to 95%)", "100%", "25", "1"],
        ["v2", "0% (0% to 49%)", "25%", "6", "9"],
        ["trained model", "100% (51% to 100%)", "100%", "none", "none"],
    ]


def test_mean_tokens_are_those_of_a_plain_loop() -> None:
    generator = np.random.default_rng(1)
    used = pd.DataFrame(generator.integers(1, 90, size=(15, 2)), columns=["input_tokens", "output_tokens"])
    by_hand = [[fmean(used[kind][5 * version : 5 * version + 5]) for kind in used] for version in range(3)]
    assert page.mean_tokens(used, [5, 5, 5]).tolist() == [pytest.approx(row) for row in by_hand]


@pytest.mark.parametrize(
    ("counts", "said"),
    [
        ((8, 8, 8, 5, 4, 3, 2, 1), 0),  # the first three are not asked about
        ((0, 0, 0, 5, 6, 3, 2, 1), 1),
        ((0, 0, 0, 5, 4, 7, 2, 1), 2),
        ((0, 0, 0, 5, 4, 3, 6, 1), 3),
        ((0, 0, 0, 5, 4, 3, 2, 8), 4),
        ((0, 0, 0, 5, 5, 5, 5, 5), 0),
    ],
)
def test_the_best_version_is_the_option_with_its_name(counts: Sequence[int], said: int) -> None:
    shown = page.best("a-model", marks(*counts))
    assert shown.answer == options("prompt_iteration/best")[said]
    v4, v5, v6, v7, v8 = counts[3:]
    assert shown.sentence.startswith(
        f"Right answers of a-model on 8 dev messages: v4 {v4}; v5 {v5}; v6 {v6}; v7 {v7}; v8 {v8}. With v4: 62.5% (5 of 8;"
    )


def test_messages_lost_are_drawn_to_the_left() -> None:
    rows = drawn_rows(page.flip_chart(MADE_FROM, {"v2": (9, 0), "v5": (1, 4)}))
    assert [(row["name"], row["amount"]) for row in rows] == [
        ("v1 to v2: won", 9),
        ("v1 to v2: lost", 0),
        ("v4 to v5: won", 1),
        ("v4 to v5: lost", -4),
    ]


def test_a_net_change_has_its_sign_and_p_value() -> None:
    shown = page.flip_table(MADE_FROM, {"v2": (9, 0), "v5": (1, 4)}, {"v2": 0.0004, "v5": 0.375}).rows
    assert shown.to_numpy().tolist() == [["v1 to v2", 9, 0, "+9", "under 0.001"], ["v4 to v5", 1, 4, "-3", "0.375"]]


@pytest.mark.parametrize(("lost", "shown"), [([2, 0, 1], ["c", "a"]), ([1], ["b"]), ([], [])])
def test_at_most_two_lost_messages_are_shown_with_both_answers(lost: list[int], shown: list[str]) -> None:
    samples = pd.DataFrame({"text": ["a", "b", "c"], "mood": ["glad", "sad", "glad"]}, index=[10, 11, 12])
    answers = {"v3": ["a3", "b3", "c3"], "v4": ["a4", "b4", "c4"], "v5": ["x", "x", "x"]}
    rows = page.lost_messages(samples, "mood", lost, answers).rows
    assert list(rows.columns) == ["message", "label", "v3 wrote", "v4 wrote"]
    assert rows["message"].tolist() == shown
    assert rows["v4 wrote"].tolist() == [f"{text}4" for text in shown]


@pytest.mark.parametrize(("lost", "said"), [(0, 0), (1, 1), (5, 1), (6, 2), (10, 2)])
def test_a_change_is_said_to_break_what_it_lost(lost: int, said: int) -> None:
    shown = page.broken("a-model", 3, lost, 10)
    assert shown.answer == options("prompt_iteration/lost")[said]
    assert shown.sentence.startswith(f"From v3 to v4, a-model won 3 of 10 messages and lost {lost}: broken {10 * lost}.0% ({lost} of 10;")


@pytest.mark.parametrize(("n", "first"), [(40, 30), (30, 30), (4, 4)])
def test_the_exam_stands_beside_dev_and_beside_its_first_thirty_messages(n: int, first: int) -> None:
    said = page.exam("a-model", "v6", [True] * (n - 1) + [False], sbs.Rate(1, 2), [True] * 3, sbs.Rate(0, 2)).data
    right = first if n > first else n - 1
    chosen, learner, start = said.split("\n")
    assert chosen.startswith(f"- **a-model, v6**: dev {(n - 1) / n:.1%} ({n - 1} of {n};")
    assert "; test 50.0% (1 of 2;" in chosen
    assert learner.startswith("- **trained model**: dev 100.0% (3 of 3;")
    assert "; test 0.0% (0 of 2;" in learner
    assert start.startswith(f"- On the first {first} dev messages alone, v6 gets {right / first:.1%} ({right} of {first};")


def teams(gap: float) -> dict[int, np.ndarray]:
    """Return the scores of eleven teams whose winners look better by this gap on average, the middle team by just that."""
    spread = np.linspace(-50, 50, 11)
    return {1: np.tile([60.0, 60.0], (11, 1)), 8: np.column_stack([70 + gap + spread, np.full(11, 70.0)])}


@pytest.mark.parametrize(("gap", "said"), [(-2, 0), (0.99, 0), (1, 1), (4, 1), (4.01, 2)])
def test_luck_is_the_mean_gap_over_the_teams(gap: float, said: int) -> None:
    shown = page.luck("a-model", teams(gap), 30, 120)
    assert shown.answer == options("prompt_iteration/luck")[said]
    assert (
        f"Choosing among 8 versions of a-model on 30 of 120 messages, the winner got {70 + gap:.0f} in a hundred there and 70 on the others"
        in shown.sentence
    )
    assert f": {gap:.1f} points of luck (mean of 11 teams;" in shown.sentence
    assert shown.sentence.endswith("With one version and no choice it was 60 and 60.")


def test_nine_teams_in_ten_lie_between_the_twentieths() -> None:
    low, *_, high = quantiles(teams(3)[8][:, 0] - 70, n=20, method="inclusive")
    assert f"nine teams in ten had {low:.0f} to {high:.0f})" in page.luck("a-model", teams(3), 30, 120).sentence


def test_both_curves_of_luck_are_drawn() -> None:
    rows = drawn_rows(page.luck_chart(teams(3)))
    assert [(row["at"], row["name"], row["amount"]) for row in rows][:4] == [
        (1, "own messages", 60),
        (1, "others", 60),
        (8, "own messages", 73),
        (8, "others", 70),
    ]


# --- answers that never came ------------------------------------------------------------------------------------------


def test_without_any_answer_no_version_is_the_best() -> None:
    gone = pd.DataFrame(dict.fromkeys(NAMES, [None] * 4), dtype=object)
    assert page.best("a-model", gone).answer == NOT_MEASURED
    assert page.broken("a-model", 0, 0, 0).answer == NOT_MEASURED
    assert page.luck("a-model", {}, 1, 0).answer == NOT_MEASURED
    assert NOT_MEASURED in page.luck_chart({}).data
    used = pd.DataFrame({"input_tokens": [], "output_tokens": []})
    rows = page.score_table(gone[["v1"]], {"v1": [None] * 4}, used, [True]).rows
    assert rows.iloc[0].tolist() == ["v1", "not measured (no answer: 4)", *[NOT_MEASURED] * 3]


def test_a_version_is_judged_by_the_answers_that_came() -> None:
    right = pd.DataFrame({"v1": [True, None, False], "v2": [True, True, True]}, dtype=object)
    used = pd.DataFrame({"input_tokens": [10, 30, 5, 5, 5], "output_tokens": [1, 1, 2, 2, 2]})
    rows = page.score_table(right, {"v1": ["glad", None, None], "v2": ["glad"] * 3}, used, [True]).rows
    assert rows.iloc[0].tolist() == ["v1", "50% (9% to 91%; no answer: 1)", "50%", "20", "1"]
    assert rows.iloc[1].tolist()[3:] == ["5", "2"]
