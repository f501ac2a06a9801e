"""What *The GenAI workflow* says: true whichever version wins, and always an option of its prediction."""

from __future__ import annotations

import pytest

import sidebyside as sbs
from sidebyside.wording import NOT_MEASURED, options

page = sbs.lesson("the_genai_workflow")
VERSIONS = tuple(sbs.Prompt(name, f"change {name}", "Is it glad?\n\n{text}") for name in ("v2", "v3", "v4", "v5"))
RIGHT = {"v2": sbs.Rate(3, 4), "v3": sbs.Rate(4, 4), "v4": sbs.Rate(0, 4), "v5": sbs.Rate(1, 4)}


def test_an_answer_without_a_label_is_said_to_hold_nothing() -> None:
    shown = page.found_table(["Yes.", "It is glad."], [None, "glad"], ["glad", "sad"]).rows
    assert shown.to_dict("list") == {"the model wrote": ["Yes.", "It is glad."], "the program found": ["nothing", "glad"], "label": ["glad", "sad"]}


@pytest.mark.parametrize(("n", "said"), [(0, 0), (3, 0), (4, 1), (7, 1), (8, 2), (10, 2)])
def test_usable_and_right_are_counted_apart(n: int, said: int) -> None:
    shown = page.naive([True, *[False] * 9], [i < n for i in range(10)])
    assert shown.answer == options("the_genai_workflow/naive")[said]
    assert "Usable answers: 10.0% (1 of 10;" in shown.sentence
    assert f"Right: {10 * n}.0% ({n} of 10;" in shown.sentence


def test_each_version_has_its_point() -> None:
    drawn = page.scoreboard(VERSIONS, RIGHT).to_dict()
    [rows] = drawn["datasets"].values()
    assert [(row["system"], row["kind"], row["score"]) for row in rows] == [
        ("v2: change v2", "GenAI", 0.75),
        ("v3: change v3", "GenAI", 1),
        ("v4: change v4", "GenAI", 0),
        ("v5: change v5", "GenAI", 0.25),
    ]


def test_the_version_chosen_is_the_option_with_its_name() -> None:
    usable = dict.fromkeys(RIGHT, sbs.Rate(2, 4))
    shown = [page.winner(version, usable, RIGHT) for version in VERSIONS]
    assert [outcome.answer for outcome in shown] == options("the_genai_workflow/best")
    assert shown[0].sentence == (
        "v2 usable 2 of 4, right 3 of 4; v3 usable 2 of 4, right 4 of 4; v4 usable 2 of 4, right 0 of 4; v5 usable 2 of 4, right 1 of 4."
    )


@pytest.mark.parametrize(("n", "said"), [(100, 0), (56, 0), (55, 1), (50, 1), (45, 1), (44, 2), (0, 2)])
def test_the_exam_is_held_against_dev(n: int, said: int) -> None:
    shown = page.exam("a-model", VERSIONS[2], sbs.Rate(n, 100), sbs.Rate(50, 100))
    assert shown.answer == options("the_genai_workflow/exam")[said]
    assert shown.sentence.startswith(f"a-model, asked with v4, gets {n}.0% ({n} of 100;")
    assert "On dev it was 50.0% (50 of 100;" in shown.sentence


# --- answers that never came ------------------------------------------------------------------------------------------

NOTHING = sbs.rate([None] * 4)


def test_without_any_answer_no_version_wins() -> None:
    assert page.naive([None] * 3, [None] * 3).answer == NOT_MEASURED
    assert page.naive([True] * 10, [True] * 3 + [None] * 7).answer == NOT_MEASURED, "any number may have been right"
    assert page.naive([True] * 10, [True] * 4 + [False] * 4 + [None] * 2).answer == options("the_genai_workflow/naive")[1]
    assert page.winner(VERSIONS[0], dict.fromkeys(RIGHT, NOTHING), dict.fromkeys(RIGHT, NOTHING)).answer == NOT_MEASURED
    assert page.exam("a-model", VERSIONS[0], NOTHING, NOTHING).answer == NOT_MEASURED
    assert page.exam("a-model", VERSIONS[0], NOTHING, sbs.Rate(1, 2)).answer == NOT_MEASURED


def test_answers_that_never_came_are_neither_unusable_nor_wrong() -> None:
    told = page.naive([True, None, False], [True, None, False]).sentence
    assert told == f"Usable answers: {sbs.Rate(1, 2, 1)}. Right: {sbs.Rate(1, 2, 1)}." and "no answer: 1" in told
    assert (
        "v3 usable not measured (no answer: 4), right not measured"
        in page.winner(VERSIONS[0], RIGHT | {"v3": NOTHING}, RIGHT | {"v3": NOTHING}).sentence
    )
