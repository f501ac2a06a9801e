"""What *From prompt to small model* says: true whichever way the results come out, and always an option of its prediction."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pandas as pd
import pytest

import sidebyside as sbs
from sidebyside import unlabelled
from sidebyside.errors import Why
from sidebyside.wording import NOT_MEASURED, options

page = sbs.lesson("prototype_to_model")
GONE = sbs.NoAnswer(Why.EMPTY, "Nothing came.")
CALLS = pd.DataFrame({"input_tokens": [50, 51, 52], "output_tokens": [2, 2, 2], "seconds": [0.5, 9.0, 0.6], "day": ["2026-11-02"] * 3})
N = 100
NONE: list[Any] = [None] * N


def marks(right: int, start: int = 0) -> list[bool]:
    """Return a hundred marks, so many of them right, from a place on."""
    return [(place - start) % N < right for place in range(N)]


def said(shown: Any) -> str:
    """Return the text of a sentence, a table or an outcome."""
    return str(getattr(shown, "data", None) or shown)


def results(teacher: Any, student: Any, twin: Any) -> dict[str, Any]:
    return {"a-model": teacher, "student": student, "twin": twin}


# --- what is learnt from ----------------------------------------------------------------------------------------------


def test_the_pile_has_no_message_that_a_prompt_shows_and_is_the_same_each_time() -> None:
    case = sbs.load_case()
    versions = sbs.lesson("the_genai_workflow").versions(case)
    pile = page.pool(case, versions)
    shown = {text for prompt in versions for text, _ in prompt.examples}
    assert shown and not shown & set(pile["text"])
    assert len(pile) == len(set(pile["id"])) == unlabelled.MOST
    assert set(pile["id"]) <= set(case.split("train")["id"])
    assert list(pile["id"]) == list(page.pool(case, versions)["id"])


@pytest.mark.parametrize(
    ("labels", "fewest", "learnt"),
    [("aaabbb", 3, True), ("aaabb", 3, False), ("aaaa", 3, False), ("", 3, False), ("aaabb", 2, True), ("aabbcc", 3, False)],
)
def test_nothing_is_learnt_from_one_label_or_from_a_rare_one(labels: str, fewest: int, learnt: bool) -> None:
    assert page.enough(lambda inputs, given: len(given), labels, list(labels), fewest) == (len(labels) if learnt else None)


class Fixed:
    def predict(self, inputs: Any) -> Any:
        return np.array(["glad", "sad", "glad"], dtype=object)


def test_marks_of_a_model_and_of_none() -> None:
    assert page.marks(Fixed(), ["", "", ""], ["glad", "glad", "sad"]) == [True, False, False]
    assert page.marks(None, ["", ""], ["glad", "sad"]) == [None, None]


def test_draws_are_without_putting_back() -> None:
    drawn = page.draws(40, 40)
    assert len(drawn) == page.DRAWS and all(sorted(some) == list(range(40)) for some in drawn)
    assert not np.array_equal(drawn[0], drawn[1])


# --- the teacher ------------------------------------------------------------------------------------------------------


def test_the_chosen_prompt_is_named_with_the_labels_that_it_took() -> None:
    few = sbs.Prompt("v4", "show four", "{text}", examples=(("a", "glad"), ("b", "sad")))
    told = said(page.teacher("a-model", few, [True] * 50 + [False] * 10))
    assert "v4" in told and "60 human labels" in told and "2 more" in told
    assert "more are shown" not in said(page.teacher("a-model", sbs.Prompt("v2", "plain", "{text}"), [True]))
    assert NOT_MEASURED in said(page.teacher("a-model", few, [None, None]))


def test_only_usable_labels_are_compared_with_the_true_ones() -> None:
    rows = pd.DataFrame({"given": ["glad", "sad", None, "sad"], "mood": ["glad", "glad", "sad", "sad"]})
    told = said(page.labels("a-model", rows, "mood"))
    assert "3 of 4 messages" in told and "66.7% (2 of 3" in told
    assert "No usable label" in said(page.labels("a-model", rows.assign(given=None), "mood"))


# --- student, twin and teacher ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("student", "twin", "answer"),
    [(marks(90), marks(60), "clearly better"), (marks(60), marks(90), "clearly worse"), (marks(80), marks(82), "no clear difference")],
)
def test_student_and_twin(student: Any, twin: Any, answer: str) -> None:
    found = page.student("a-model", results(marks(95), student, twin))
    assert found.answer == answer and answer in options("prototype_to_model/student")


@pytest.mark.parametrize(("teacher", "told"), [(95, "clearly behind its teacher"), (40, "clearly ahead of its teacher"), (80, "too close")])
def test_student_and_teacher(teacher: int, told: str) -> None:
    assert told in page.student("a-model", results(marks(teacher), marks(78), marks(80))).sentence


def test_without_a_student_nothing_is_said_of_it() -> None:
    found = page.student("a-model", results(marks(90), NONE, NONE))
    assert found.answer == NOT_MEASURED and "Too few labels" in found.sentence
    assert "teacher is not measured" in page.student("a-model", results(NONE, marks(80), marks(80))).sentence


def test_every_pair_is_compared_once() -> None:
    rows = page.compared(results(marks(90), marks(60), NONE)).rows
    assert list(rows["compared"]) == ["a-model with student", "a-model with twin", "student with twin"]
    assert rows["difference"][0] == "+30.0 points" and rows["only the first right"][0] == "30" and rows["only the second right"][0] == "0"
    assert rows["p (McNemar, Holm)"].tolist() == ["under 0.001", NOT_MEASURED, NOT_MEASURED]
    assert rows["difference"][1] == NOT_MEASURED


def test_sentence_and_table_say_the_same_p() -> None:
    right = results(marks(80), [*marks(84)[:84], *[False] * 16], [*[False] * 8, *marks(92, 8)[8:]])
    p = page.corrected(right)["student", "twin"]
    assert p > sbs.paired_p(right["student"], right["twin"])
    assert f"{p:.3f}" in page.student("a-model", right).sentence and f"{p:.3f}" in said(page.compared(right).rows.to_string())


@pytest.mark.parametrize(
    ("student", "twin", "told"),
    [
        (marks(60), marks(95), ["40 of 40", "5 of 40", "clearly more", "even clearly ahead of that model"]),
        (marks(95), marks(30), ["5 of 40", "40 of 40", "clearly fewer", "clearly behind that model as well"]),
        (marks(60), marks(62), ["40 of 40", "38 of 40", "no clear difference (p = 0.500)", "there is no clear difference"]),
    ],
)
def test_mistakes_that_a_student_takes_over(student: Any, twin: Any, told: list[str]) -> None:
    sentence = said(page.copied("a-model", results(marks(60), student, twin)))
    assert all(part in sentence for part in told), sentence


@pytest.mark.parametrize("right", [(marks(60), NONE, NONE), (NONE, marks(60), marks(60)), (marks(N), marks(60), marks(60))])
def test_without_a_mistake_or_a_student_nothing_is_taken_over(right: Any) -> None:
    assert NOT_MEASURED in said(page.copied("a-model", results(*right)))


def test_the_chart_shows_who_was_measured() -> None:
    described = page.scoreboard("a-model", results(marks(90), marks(60), NONE)).to_dict()["description"]
    assert "a-model 90%" in described and "student 60%" in described and "twin" not in described


# --- what the labels are worth ----------------------------------------------------------------------------------------

SIZES = [100, 400, 1600]


def curve(*rights: int) -> np.ndarray:
    return np.array([[marks(right, 7 * run) for run in range(4)] for right in rights])


@pytest.mark.parametrize(
    ("rights", "answer"),
    [
        ((85, 90, 95), "fewer than 200"),
        ((60, 82, 95), "200 to 500"),
        ((50, 70, 90), "over 500, up to 1,000"),
        ((50, 60, 82), "over 1,000, or more than we have"),
        ((50, 60, 70), "over 1,000, or more than we have"),
    ],
)
def test_labels_to_draw_level(rights: tuple[int, ...], answer: str) -> None:
    found = page.worth("a-model", SIZES, curve(*rights), marks(80), 1000)
    assert found.answer == answer and answer in options("prototype_to_model/worth")
    assert ("does not reach" in found.sentence) == (max(rights) < 80) == ("saved" not in found.sentence)
    assert "nan" not in found.sentence and "inf" not in found.sentence


def test_worth_without_a_student() -> None:
    assert page.worth("a-model", SIZES, curve(50, 60, 70), NONE, 0).answer == NOT_MEASURED
    assert len(page.learning_curve(SIZES, curve(50, 60, 70), NONE).to_dict()["layer"]) == 2
    assert len(page.learning_curve(SIZES, curve(50, 60, 70), marks(80)).to_dict()["layer"]) > 2


@pytest.mark.parametrize(("n", "told"), [(3, "1 minute"), (180, "60 minutes"), (360, "2.0 hours")])
def test_hours(n: int, told: str) -> None:
    assert page._hours(n) == told


# --- the hunt for wrong labels ----------------------------------------------------------------------------------------


def taught(wrong: int, n: int = 1000) -> pd.DataFrame:
    """Return labels of which the first ones are wrong."""
    given = ["sad"] * wrong + ["glad"] * (n - wrong)
    return pd.DataFrame(
        {"text": [f"text {i}" for i in range(n)], "given": given, "mood": "glad", "second_mood": ["sad"] * (wrong // 2) + ["glad"] * (n - wrong // 2)}
    )


@pytest.mark.parametrize(
    ("hits", "answer", "told"),
    [(2, "fewer than 10", "not clearly"), (15, "10 to 24", "not clearly"), (40, "25 to 49", "clearly more"), (80, "50 or more", "clearly more")],
)
def test_flags(hits: int, answer: str, told: str) -> None:
    flagged = [*range(hits), *range(500, 600 - hits)]
    rows = taught(100) if hits != 2 else taught(20)
    found = page.flags("a-model", rows, flagged, "mood")
    assert found.answer == answer and answer in options("prototype_to_model/flags")
    assert told in found.sentence and f"({hits} of 100;" in found.sentence


def test_flags_where_there_are_none() -> None:
    assert page.flags("a-model", taught(0, 1000), [], "mood").sentence == "No label is flagged."
    assert "Too few" in page.flags("a-model", taught(0, 5), [], "mood").sentence
    found = page.flags("a-model", taught(0, 1000), [1, 2], "mood")
    assert found.answer == "fewer than 10" and "of all wrong labels" not in found.sentence


def test_disputed_labels_are_counted_where_there_is_a_second_reader() -> None:
    assert "(50 of 100;" in said(page.disputed(taught(100), "mood"))
    assert "second reader" not in said(page.disputed(taught(100).drop(columns="second_mood"), "mood"))
    assert "second reader" not in said(page.disputed(taught(0), "mood"))


def test_the_commonest_way_of_being_wrong_is_named() -> None:
    rows = taught(3, 10)
    rows.loc[9, ["given", "mood"]] = ["glad", "sad"]
    assert "Of 4 wrong labels, 3 say “sad” where “glad” is true." in said(page.disputed(rows, "mood"))
    assert "say “" not in said(page.disputed(taught(0), "mood"))


def test_suspects_are_shown_in_order() -> None:
    assert list(page.suspects(taught(10), [7, 3, 500, 2, 1], "mood").rows["message"]) == ["text 7", "text 3", "text 500"]
    assert page.suspects(taught(0, 0), [], "mood").rows.empty


def test_repairs_say_what_a_person_reads_and_what_it_brings() -> None:
    rows = taught(100)
    given, true = list(rows["given"]), list(rows["mood"])
    fixed = {page.NOTHING: [given], page.FLAGGED: [true], page.RANDOM: [given, true]}
    right = {page.NOTHING: [marks(70)], page.FLAGGED: [marks(80)], page.RANDOM: [marks(70), marks(80)]}
    table = page.repairs(fixed, right, rows, "mood", 60).rows
    assert table["labels right afterwards"].tolist() == ["90.0% of 1,000", "100.0% of 1,000", "95.0% of 1,000"]
    assert table["labels read by a person"].tolist() == ["none", "60 (20 minutes)", "60 (20 minutes)"]
    assert table["student right on test"][2] == "75.0% of 100"
    nothing: dict[str, list[list[str]]] = {way: [[]] for way in fixed}
    shown = page.repairs(nothing, {way: [NONE] for way in fixed}, taught(0, 0), "mood", 0).rows
    assert set(shown["labels right afterwards"]) == {NOT_MEASURED}


@pytest.mark.parametrize(("flagged", "told"), [(95, "clearly better"), (50, "clearly worse"), (70, "no clear difference")])
def test_gain(flagged: int, told: str) -> None:
    right = {page.NOTHING: [marks(70)], page.FLAGGED: [marks(flagged)], page.RANDOM: [marks(70), marks(70)]}
    assert said(page.gain(right)).count(told) == 2


def test_gain_without_a_student() -> None:
    assert NOT_MEASURED in said(page.gain({page.NOTHING: [NONE], page.FLAGGED: [NONE], page.RANDOM: [NONE]}))


def test_the_interval_of_a_gain_is_that_of_drawing_messages_again() -> None:
    difference = np.array([1.0] * 30 + [0.0] * 60 + [-1.0] * 10)
    low, high = (float(found) for found in re.findall(r"[+-]\d+\.\d", page._ahead(difference, "x"))[1:])
    draws = np.random.default_rng(1).choice(100 * difference, (4000, len(difference))).mean(axis=1)
    assert low == pytest.approx(np.quantile(draws, 0.025), abs=1.5) and high == pytest.approx(np.quantile(draws, 0.975), abs=1.5)


# --- specialists and the bill -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("first", [0, 1, 2])
def test_the_best_student_is_named_if_it_is_clearly_ahead_of_both(first: int) -> None:
    rights = [60, 60, 60]
    rights[first] = 95
    given = dict(zip(("counts", "static", "inner"), map(marks, rights), strict=True))
    found = page.specialist("a-model", given)
    assert found.answer == options("prototype_to_model/specialist")[first] and "is clear, tested against" in found.sentence


def test_a_student_of_the_readers_own_is_no_answer_to_the_question() -> None:
    given = {"counts": marks(60), "static": marks(90), "inner": marks(60), "both": marks(99)}
    found = page.specialist("a-model", given)
    assert found.answer == options("prototype_to_model/specialist")[1] and "both" not in found.sentence
    times = dict.fromkeys(list(given)[:3], "under a second") | {page.COUNTS: "under a second"}
    rows = page.bill(prototype(), results(marks(90), marks(80), marks(82)), given, times, 1000).rows
    assert rows["1,000 messages take"].tolist()[-2:] == [NOT_MEASURED, "under a second"]


def test_no_student_is_best_if_one_other_is_close() -> None:
    found = page.specialist("a-model", {"counts": marks(90), "static": marks(88), "inner": marks(50)})
    assert found.answer == "none of the three" and "The lead of counts is not clear" in found.sentence
    assert page.specialist("a-model", {"counts": NONE, "static": NONE, "inner": NONE}).answer == NOT_MEASURED


def test_the_table_of_specialists_ends_with_the_prompt() -> None:
    columns = {"its labels": {"counts": marks(80), "inner": NONE}, "true labels": {"counts": marks(85), "inner": NONE}}
    rows = page.specialists("a-model", marks(91), columns).rows
    assert rows["what the student sees"].tolist() == ["counts", "inner", "no student: a-model with its prompt"]
    assert rows["true labels"][0].startswith("85%") and rows["its labels"][2].startswith("91%") and rows["true labels"][2] == ""


def prototype(calls: pd.DataFrame = CALLS) -> Any:
    few = sbs.Prompt("v4", "show four", "{text}", examples=(("a", "glad"), ("b", "sad")))
    return page.Prototype("a-model", few, 58, calls, ["gpt-5-mini", "no-such-model"])


def test_the_bill_has_a_row_for_each_system() -> None:
    given = {page.COUNTS: marks(80), page.STATIC: marks(79)}
    rows = page.bill(prototype(), results(marks(90), marks(80), marks(82)), given, dict.fromkeys(given, "under a second"), 1000).rows
    assert rows["system"].tolist() == ["a-model with its prompt", f"student: {page.COUNTS}", f"student: {page.STATIC}", f"twin: {page.COUNTS}"]
    assert rows["before the first message"].tolist()[0] == "60 human labels for the prompt (20 minutes)"
    assert rows["1,000 messages take"][0] == "10 minutes"
    assert re.fullmatch(r"same tokens at gpt-5-mini \d+\.\d{3}", rows.iloc[0, -1])


def test_the_bill_without_answers() -> None:
    rows = page.bill(prototype(CALLS.head(0)), results(NONE, NONE, NONE), {page.COUNTS: NONE}, {page.COUNTS: NOT_MEASURED}, 0).rows
    assert rows.iloc[0, 3] == rows.iloc[0, 4] == NOT_MEASURED


def test_times() -> None:
    assert page.recorded_time(CALLS.assign(seconds=0.05)) == "50 seconds" and page.recorded_time(CALLS.head(0)) == NOT_MEASURED
    assert page.time_of(None, ["a"]) == NOT_MEASURED
    assert page.time_of(Fixed(), ["a", "b", "c"]).startswith("under ")


def test_when_it_pays() -> None:
    told = said(page.pays("a-model", 1000))
    assert "cost 1,000 answers" in told and "After 1,000 messages" in told
    assert NOT_MEASURED in said(page.pays("a-model", 0))
