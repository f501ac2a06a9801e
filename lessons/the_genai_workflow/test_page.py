"""What *The GenAI workflow* asks, how it chooses, and what it says: true whichever version wins, and always an option of its prediction."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import sidebyside as sbs
from sidebyside.answers import NoAnswer
from sidebyside.cases import load_case
from sidebyside.errors import Why
from sidebyside.wording import NOT_MEASURED, options

page = sbs.lesson("the_genai_workflow")
CASE = load_case(Path(__file__).resolve().parents[2] / "cases" / "feedback")
TINY = load_case(Path(__file__).resolve().parents[2] / "tests" / "cases" / "tiny")
GONE = NoAnswer(Why.FILTERED)
LABELS = ["sad", "glad"]


def said(prompt: sbs.Prompt, text: str = "THE TEXT") -> str:
    return " ".join(message["content"] for message in prompt.messages(text))


# --- the prompts, and how one is chosen -------------------------------------------------------------------------------


@pytest.mark.parametrize("case", [CASE, TINY], ids=["feedback", "tiny"])
def test_each_version_names_task_labels_and_text_and_is_an_option(case: Any) -> None:
    versions = page.versions(case)
    for prompt in versions:
        assert all(word in said(prompt) for word in (case.label, *case.classes, "THE TEXT"))
        assert sum(option.startswith(f"{prompt.version}:") for option in options("the_genai_workflow/best")) == 1
    assert len(options("the_genai_workflow/best")) == len(versions) + 1


@pytest.mark.parametrize("case", [CASE, TINY], ids=["feedback", "tiny"])
def test_examples_come_from_train_with_their_own_labels_as_many_of_each(case: Any) -> None:
    train = case.split("train").set_index("text")[case.label]
    shown = page.versions(case)[2].examples
    assert [train[text] for text, _ in shown] == [label for _, label in shown]
    assert sorted(label for _, label in shown) == sorted(case.classes * page.EXAMPLES)


def test_the_second_prompt_for_the_other_label_says_what_each_label_means() -> None:
    named, explained, _ = page.other_versions(CASE)
    for label, words in CASE.meanings[CASE.other_label].items():
        assert label in said(named) and words not in said(named)
        assert f"{label}: {words}" in said(explained)


def test_a_case_without_meanings_gets_a_list_and_no_claim() -> None:
    named, explained, _ = page.other_versions(TINY)
    assert "means" not in explained.change
    assert "\nlending\nbuilding\n" in said(explained) and said(named) != said(explained)


@pytest.mark.parametrize("case", [CASE, TINY], ids=["feedback", "tiny"])
def test_the_third_shows_one_train_message_of_each_label(case: Any) -> None:
    train = case.split("train").set_index("text")[case.other_label]
    shown = page.other_versions(case)[2].examples
    assert [label for _, label in shown] == case.labels[case.other_label] == [train[text] for text, _ in shown]
    for prompt in page.other_versions(case):
        assert sum(option.startswith(f"{prompt.version}:") for option in options("the_genai_workflow/topic")) == 1
        assert prompt.options == sbs.one_of(*case.labels[case.other_label])


def test_the_sample_is_random_the_same_each_time_and_of_dev() -> None:
    sample, dev = page.dev_sample(CASE), CASE.split("dev")
    assert sample.equals(page.dev_sample(CASE))
    assert len(sample) == page.TRIED_ON and set(sample["id"]) < set(dev["id"])
    assert list(sample["id"]) != list(dev["id"].head(page.TRIED_ON))
    assert list(page.shuffled(dev, 10)["id"]) == list(sample["id"].head(10)), "the first ten are the same messages"
    assert len(page.shuffled(dev, 10_000)) == len(dev)


def test_the_settings_limit_the_sample(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIDEBYSIDE_LIMIT", "7")
    assert list(page.dev_sample(CASE)["id"]) == list(page.shuffled(CASE.split("dev"), page.TRIED_ON)["id"].head(7))


def test_marks_are_right_wrong_or_missing() -> None:
    got = page.marks({"v2": ["glad", "sad or glad", GONE, "Sad."]}, ["glad", "sad", "sad", "sad"], LABELS)
    assert got == {"v2": [True, False, None, True]}


VERSIONS = tuple(sbs.Prompt(name, f"change {name}", "Is it glad?\n\n{text}") for name in ("v2", "v3", "v4"))


def row(right: int, wrong: int, missing: int = 0) -> list[bool | None]:
    return [True] * right + [False] * wrong + [None] * missing


@pytest.mark.parametrize(
    ("right", "best"),
    [((3, 4, 2), "v3"), ((4, 4, 2), "v2"), ((0, 0, 0), "v2"), ((1, 2, 3), "v4"), ((2, 3, 3), "v3")],
)
def test_the_most_right_answers_win_and_a_tie_goes_to_the_simpler(right: tuple[int, ...], best: str) -> None:
    assert page.best_of(VERSIONS, {p.version: row(n, 4 - n) for p, n in zip(VERSIONS, right, strict=True)}).version == best


# --- what the page shows ----------------------------------------------------------------------------------------------


def test_an_answer_without_a_label_is_said_to_hold_nothing() -> None:
    shown = page.found_table(["Yes.", "It is glad."], [None, "glad"], ["glad", "sad"]).rows
    assert shown.to_dict("list") == {"the model wrote": ["Yes.", "It is glad."], "the program found": ["nothing", "glad"], "label": ["glad", "sad"]}


def test_a_changelog_holds_each_version_s_words() -> None:
    assert page.changelog(VERSIONS).rows["the prompt"].tolist() == ["Is it glad?\n\n{text}"] * 3


@pytest.mark.parametrize(("n", "option"), [(0, 0), (2, 0), (3, 1), (5, 1), (6, 2), (8, 2), (9, 3), (10, 3)])
def test_usable_and_right_are_counted_apart(n: int, option: int) -> None:
    shown = page.naive("a-model", ["It is glad."] * 10, ["glad"] * 10, ["glad"] * n + ["sad"] * (10 - n))
    assert shown.answer == options("the_genai_workflow/naive")[option]
    assert "a-model: usable 100.0% (10 of 10;" in shown.sentence and f"read right {10 * n}.0% ({n} of 10;" in shown.sentence
    assert "understand" not in shown.sentence


def test_answers_that_deny_a_label_are_counted() -> None:
    answers = ["No, not glad.", "It is not glad.", "Glad, nothing else.", "Not at all."]
    told = page.naive("a-model", answers, ["glad", "glad", "glad", None], ["sad"] * 4).sentence
    assert "2 answers with a label also said" in told


def test_each_version_has_its_point_and_its_value_in_words() -> None:
    drawn = page.scoreboard(VERSIONS, {"v2": row(3, 1), "v3": row(4, 0), "v4": row(0, 4)}).to_dict()
    [rows] = drawn["datasets"].values()
    assert [(r["system"], r["kind"], r["score"]) for r in rows] == [
        ("v2: change v2", "GenAI", 0.75),
        ("v3: change v3", "GenAI", 1),
        ("v4: change v4", "GenAI", 0),
    ]
    assert "v3: change v3, 100%" in drawn["description"]


def winner(right: dict[str, list[bool | None]], answers: dict[str, list[Any]] | None = None) -> Any:
    given = answers or {name: ["glad"] * len(marks) for name, marks in right.items()}
    return page.winner("the_genai_workflow/best", "a-model", page.best_of(VERSIONS, right), given, right, LABELS)


@pytest.mark.parametrize(("right", "option"), [((4, 2, 1), 0), ((1, 3, 2), 1), ((1, 2, 4), 2), ((3, 3, 2), 3), ((2, 2, 2), 3), ((1, 3, 3), 3)])
def test_the_first_place_is_an_option_alone_or_shared(right: tuple[int, ...], option: int) -> None:
    shown = winner({p.version: row(n, 4 - n) for p, n in zip(VERSIONS, right, strict=True)})
    assert shown.answer == options("the_genai_workflow/best")[option]
    assert f"v2 {sbs.Rate(right[0], 4)}; v3 {sbs.Rate(right[1], 4)}; v4 {sbs.Rate(right[2], 4)}." in shown.sentence


def test_a_version_of_the_reader_s_own_may_win() -> None:
    mine = sbs.Prompt("mine", "my words", "{text}")
    right = {"v2": row(1, 3), "mine": row(4, 0)}
    shown = page.winner("the_genai_workflow/best", "a-model", mine, {name: ["glad"] * 4 for name in right}, right, LABELS)
    assert shown.answer == "mine: my words" and "Chosen: mine." in shown.sentence


def test_a_lead_is_clear_or_may_be_luck_after_holm_s_correction() -> None:
    told = winner({"v2": row(20, 0), "v3": row(13, 7), "v4": row(19, 1)}).sentence
    assert "Chosen: v2. It is clearly ahead of v3 (p = 0.031). Luck alone could explain the difference from v4 (p = 1.000)." in told
    all_clear = winner({"v2": row(20, 0), "v3": row(5, 15), "v4": row(5, 15)}).sentence
    assert "clearly ahead of v3 (p under 0.001) and v4 (p under 0.001)" in all_clear and "Luck" not in all_clear
    corrected = winner({"v2": row(20, 0), "v3": row(14, 6), "v4": row(14, 6)}).sentence  # p = 0.031 each before the correction
    assert "clearly" not in corrected and "v3 (p = 0.062) and v4 (p = 0.062)" in corrected


def test_unusable_answers_are_counted_and_missing_ones_are_none() -> None:
    right: dict[str, list[bool | None]] = {"v2": [True, False, None], "v3": [True, True, True], "v4": [False, True, True]}
    told = winner(right, {"v2": ["glad", "who knows", GONE], "v3": ["glad"] * 3, "v4": ["glad"] * 3}).sentence
    assert f"v2 {sbs.Rate(1, 2, 1)}, 1 unusable; v3" in told


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        (row(3, 7), row(8, 2), "became better"),
        (row(8, 2), row(8, 2), "no better"),
        (row(9, 1), row(2, 8), "no better"),
        (row(0, 0, 3), row(2, 1), NOT_MEASURED),
    ],
)
def test_the_chosen_version_is_held_against_just_asking(first: Any, second: Any, said: str) -> None:
    told = page.better_than_asking("a-model", VERSIONS[1], first, {"v3": second + row(0, 20)}).data
    assert said in told
    assert NOT_MEASURED in told or f"v1 {sum(map(bool, first))} of 10 right, v3 {sum(map(bool, second))} of 10." in told


def test_a_message_on_which_the_versions_differ_is_shown() -> None:
    answers = {"v2": ["glad", "glad", "sad"], "v3": ["Glad.", "sad", "sad"]}
    assert page.apart(["a", "bb", "c"], ["glad", "sad", "sad"], answers, LABELS).rows["text"].tolist() == ["bb", "sad", "glad", "sad"]
    answers = {"v2": ["glad", "glad", "sad"], "v3": ["sad", "sad", "sad"]}
    assert page.apart(["aa", "b", "c"], ["glad", "sad", "sad"], answers, LABELS).rows["text"].tolist()[0] == "b", "the shortest of two"
    same = {"v2": ["glad", GONE], "v3": ["glad", GONE]}
    assert page.apart(["a", "b"], ["glad", "sad"], same, LABELS).rows["text"].tolist() == ["a", "glad", "glad", "glad"]


def test_one_label_for_everything_is_seen() -> None:
    told = page.commonest("a-model", VERSIONS[0], {"v2": ["glad", "glad", "sad", GONE]}, LABELS, ["glad", "sad", "sad", "sad"]).data
    assert told == "Asked with v2, **a-model** answers “glad” 2 of 4 times; it is the right label 1 time."
    assert NOT_MEASURED in page.commonest("a-model", VERSIONS[0], {"v2": [GONE, "hm"]}, LABELS, ["glad", "sad"]).data


@pytest.mark.parametrize(("n", "option"), [(100, 0), (56, 0), (55, 1), (50, 1), (45, 1), (44, 2), (0, 2)])
def test_the_exam_is_held_against_dev(n: int, option: int) -> None:
    shown = page.exam("a-model", VERSIONS[2], sbs.Rate(n, 100), sbs.Rate(50, 100))
    assert shown.answer == options("the_genai_workflow/exam")[option]
    assert shown.sentence.startswith(f"a-model, asked with v4, gets {n}.0% ({n} of 100;")
    assert "On dev it was 50.0% (50 of 100;" in shown.sentence
    assert shown.sentence.endswith(f"{'inside' if 41 <= n <= 59 else 'outside'} the interval from dev.")


# --- answers that never came ------------------------------------------------------------------------------------------

NOTHING = sbs.rate([None] * 4)


def test_without_any_answer_nothing_is_judged() -> None:
    assert page.naive("a-model", [GONE] * 3, [None] * 3, ["sad"] * 3).answer == NOT_MEASURED
    assert page.naive("a-model", ["glad"] * 2 + [GONE] * 8, ["glad"] * 2 + [None] * 8, ["glad"] * 10).answer == NOT_MEASURED, (
        "any number may be right"
    )
    assert winner({"v2": row(0, 0, 4), "v3": row(4, 0), "v4": row(4, 0)}).answer == NOT_MEASURED
    assert page.exam("a-model", VERSIONS[0], NOTHING, NOTHING).answer == NOT_MEASURED
    assert page.exam("a-model", VERSIONS[0], NOTHING, sbs.Rate(1, 2)).answer == NOT_MEASURED


def test_answers_that_never_came_are_neither_unusable_nor_wrong() -> None:
    told = page.naive("a-model", ["glad", GONE, "sad"], ["glad", None, "sad"], ["glad", "sad", "glad"]).sentence
    assert told == f"a-model: usable {sbs.Rate(2, 2, 1)}; read right {sbs.Rate(1, 2, 1)}."
