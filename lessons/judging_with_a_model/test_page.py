"""What *May this model mark answers?* says: true whatever the judge does, and always an option of its prediction."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import sidebyside as sbs
from sidebyside.wording import NOT_MEASURED, options

page = sbs.lesson("judging_with_a_model")

ANSWERS = pd.DataFrame(
    [
        ("Q1", "copied", True, "r1"),
        ("Q1", "copied", True, "r2"),
        ("Q1", "short", True, "r3"),
        ("Q1", "copied", False, "w1"),
        ("Q1", "short", False, "w2"),
        ("Q1", "short", False, "w3"),
        ("Q2", "short", True, "r4"),
        ("Q2", "copied", False, "w4"),
    ],
    columns=["fact", "style", "right", "answer"],
).assign(question="How?", sentence="So.")

FAIR, FIRST, SECOND, WRONG, SILENT = ((-1, 1), (-1, -1), (1, 1), (1, -1), (0, 0))


def duels(*pairs: tuple[float, float]) -> tuple[np.ndarray, np.ndarray]:
    one, two = np.array(pairs, dtype=float).T
    return one, two


def named(found: tuple[np.ndarray, np.ndarray]) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    return dict.fromkeys([page.EMPTY, page.OTHER, page.PADDED, page.TWIN], found)


# --- what is asked ---


def test_like_meets_like_and_nobody_twice() -> None:
    found = page.pairs(ANSWERS)
    assert sorted(zip(found["answer"], found["answer_wrong"], strict=True)) == [("r1", "w1"), ("r3", "w2")]
    assert (found["fact"] == "Q1").all()  # in Q2 right and wrong differ in style


def test_without_styles_each_right_answer_meets_a_wrong_one_to_its_question() -> None:
    found = page.pairs(ANSWERS.drop(columns="style"))
    assert sorted(zip(found["answer"], found["answer_wrong"], strict=True)) == [("r1", "w1"), ("r2", "w2"), ("r3", "w3"), ("r4", "w4")]


def test_the_model_sees_four_answers_of_which_two_are_right() -> None:
    shown = page.examples(ANSWERS)
    assert shown["right"].tolist() == [True, False, False, True]
    assert shown["answer"].is_unique
    assert page.examples(ANSWERS.iloc[:4])["answer"].tolist().count("w1") == 1  # only one wrong one is there


def test_the_exam_s_first_question_is_shown_with_its_marks() -> None:
    rows = page.exam_of_one_question(ANSWERS.iloc[6:]).rows
    assert rows.values.tolist() == [["r4", "yes"], ["w4", "no"]]


# --- duels ---


def test_a_judge_that_goes_by_place_neither_wins_nor_loses() -> None:
    found = duels(FAIR, FAIR, FIRST, SECOND, WRONG, SILENT)
    assert (page.wins(found), page.losses(found), page.leans_to_opponent(found)) == (sbs.Rate(2, 6), sbs.Rate(1, 6), sbs.Rate(1, 6))


@pytest.mark.parametrize(
    ("flips", "said"), [(0, "under a quarter"), (4, "under a quarter"), (5, "a quarter to a half"), (9, "a quarter to a half"), (10, "half or more")]
)
def test_flips_fall_under_an_option(flips: int, said: str) -> None:
    one, two = found = duels(*[FIRST] * flips, *[FAIR] * (20 - flips))
    shown = page.swap("a-model", found, one * two > 0, np.append(one < 0, two < 0))
    assert shown.answer == said and said in options(shown.key)
    assert f"flips for {sbs.Rate(flips, 20)} of the pairs." in shown.sentence
    assert f"the first shown in {sbs.Rate(20 + flips, 40)} of the verdicts, and the right one in {sbs.Rate(40 - flips, 40)}." in shown.sentence
    assert shown.sentence.endswith("could not be read: 0 of 40.")


def test_verdicts_that_could_not_be_read_are_counted_and_are_not_right() -> None:
    found = duels(SILENT, FAIR, (0, 1))
    said = page.swap("a-model", found, np.zeros(3, bool), np.zeros(6, bool)).sentence
    assert said.endswith(
        "it leans to the right one in 66.7% (2 of 3; 95 % interval 21% to 94%) of the pairs. Verdicts that could not be read: 3 of 6."
    )
    assert f"the right one in {sbs.Rate(3, 6)}." in said


@pytest.mark.parametrize(("won", "said"), [(0, "under a quarter"), (1, "a quarter to a half"), (2, "half or more"), (4, "half or more")])
def test_wins_against_an_empty_answer_fall_under_an_option(won: int, said: str) -> None:
    easy = named(duels(*[WRONG] * 4)) | {page.EMPTY: duels(*[FAIR] * won, *[FIRST] * (4 - won))}
    shown = page.easy_outcome("a-model", easy)
    assert shown.answer == said and said in options(shown.key)
    assert f"against an empty one for {sbs.Rate(won, 4)}; against an answer to another question for {sbs.Rate(0, 4)};" in shown.sentence
    assert shown.sentence.endswith(f"it prefers the padded twin for {sbs.Rate(4, 4)}.")


def test_each_opponent_has_a_row() -> None:
    rows = page.opponents({"one": duels(FAIR, WRONG), "two": duels(FIRST, FIRST)}).rows
    assert rows.values.tolist()[0] == ["one", *[str(sbs.Rate(1, 2))] * 3]
    assert rows.values.tolist()[1] == ["two", *[str(sbs.Rate(0, 2))] * 3]


# --- marks ---


def test_the_cross_table_by_hand() -> None:
    rows = page.cross_table(np.array([True, True, False, True]), np.array([True, False, False, True])).rows
    assert rows.to_dict("list") == {"the judge says": ["right", "wrong"], "key: right": [2, 0], "key: wrong": [1, 1]}


MARKED = pd.DataFrame({"right": [True, False] * 15, "second": [True, True, False] * 10, "fact": [i // 2 for i in range(30)]})


@pytest.mark.parametrize("given", [0, 7])
def test_below_eight_marks_the_second_reader_stands_in(given: int) -> None:
    name, marks = page.second_judge(["right"] * given + [None] * (20 - given), MARKED)
    assert name == "the second reader" and marks.tolist() == MARKED["second"].tolist()[:20]


def test_the_reader_s_own_marks_count_from_eight_on_and_keep_their_places() -> None:
    name, marks = page.second_judge([None, "right", "wrong"] + ["right"] * 6, MARKED)
    assert name == "you" and marks.to_dict() == {1: True, 2: False} | dict.fromkeys(range(3, 9), True)


def test_every_pair_of_judges_has_its_agreement() -> None:
    says = np.array([True, False] * 15)
    rows = page.judges("a-model", says, MARKED, MARKED, [None, *["right"] * 8]).rows.set_index("judges")
    assert rows.index.tolist() == ["a-model and the key", "a-model and you", "you and the key", "both readers, all answers"]
    assert rows.loc["a-model and the key"].tolist() == [str(sbs.Rate(30, 30)), "1.00 (95 % interval 1.00 to 1.00; n = 30)"]
    assert rows.loc["a-model and you", "agree on"] == rows.loc["you and the key", "agree on"] == str(sbs.Rate(4, 8))
    assert rows.loc["both readers, all answers", "kappa"].startswith("0.00 ")  # by hand: half agree, half by chance


@pytest.mark.parametrize(("wrong", "said"), [(0, "above 0.6"), (8, "0.2 to 0.6"), (16, "0.2 to 0.6"), (17, "below 0.2"), (40, "below 0.2")])
def test_kappa_falls_under_an_option(wrong: int, said: str) -> None:
    truth = np.array([True, False] * 20)
    says = np.where(np.arange(40) < wrong, ~truth, truth)
    single = pd.DataFrame({"right": truth, "fact": range(40)})
    shown = page.kappa("a-model", says, np.where(says, 2.0, 1.0), single)
    assert shown.answer == said and said in options(shown.key)
    value = 1 - 2 * wrong / 40  # the judge says right to half
    assert shown.sentence.startswith(f"Kappa of a-model with the key: {value:.2f} (95 % interval")
    assert f"without our line it would say so for {sbs.Rate(40, 40)}." in shown.sentence


def test_a_key_of_one_kind_is_no_crash() -> None:
    single = pd.DataFrame({"right": [True] * 4, "fact": range(4)})
    shown = page.kappa("a-model", np.ones(4, bool), np.zeros(4), single)
    assert shown.answer == "below 0.2" and shown.sentence.endswith("none (n = 4; all right or all wrong).")


# --- the certificate ---


def mark(low: float, high: float, bar: float) -> str:
    return "passed" if low >= bar else "failed" if high < bar else "not shown yet"


SINGLE = pd.DataFrame({"right": [True, False] * 30, "fact": [i // 2 for i in range(60)]})
TRUTH = SINGLE["right"].to_numpy()
GOOD = page.Candidate(duels(*[FAIR] * 60), named(duels(*[FAIR] * 20)), TRUTH)
BAD = page.Candidate(duels(*[FIRST] * 60), named(duels(*[WRONG] * 20)), ~TRUTH)
FEW = page.Candidate(duels(*[FAIR] * 3), named(duels(*[FAIR] * 3)), TRUTH)


def sheets_of(first: object, second: object) -> dict[str, pd.DataFrame]:
    return {name: page.certificate(own, SINGLE, mark, 0.8, 0.6) for name, own in {"a-model": first, "the trained forest": second}.items()}


@pytest.mark.parametrize(("candidate", "verdicts"), [(GOOD, ["passed"] * 6), (BAD, ["failed"] * 6), (FEW, ["not shown yet"] * 5 + ["passed"])])
def test_a_certificate_holds_each_result_against_its_own_bar(candidate: object, verdicts: list[str]) -> None:
    sheet = page.certificate(candidate, SINGLE, mark, 0.8, 0.6)
    assert sheet["verdict"].tolist() == verdicts
    assert sheet["bar"].tolist() == [0.8] * 5 + [0.6]
    assert sheet["test"].is_unique and len(page.SHORT) == len(sheet)
    assert ((sheet["low"] <= sheet["score"] + 1e-9) & (sheet["score"] <= sheet["high"] + 1e-9)).all()


def test_a_verdict_that_cannot_be_read_is_not_kept() -> None:
    sheet = page.certificate(GOOD._replace(swap=duels(SILENT, FAIR)), SINGLE, mark, 0.8, 0.6)
    assert sheet["measured"][0] == str(sbs.Rate(1, 2))


@pytest.mark.parametrize(
    ("first", "second", "said", "may"),
    [(BAD, GOOD, "none", [False, True]), (FEW, BAD, "some", [False, False]), (GOOD, FEW, "all", [True, False])],
)
def test_the_number_of_passed_tests_falls_under_an_option(first: object, second: object, said: str, may: list[bool]) -> None:
    candidates = {"a-model": first, "the trained forest": second}
    shown = page.certificate_outcome(sheets_of(first, second), candidates, SINGLE)
    assert shown.answer == said and said in options(shown.key)
    one, two = shown.sentence.split("Marks on the same 60 answers:")[0].strip().split(" The trained forest: ")
    assert ["may not" not in told for told in (one, two)] == may
    assert one.startswith("a-model: ")


def test_the_two_judges_are_compared_on_the_same_answers() -> None:
    candidates = {"a-model": BAD, "the trained forest": GOOD}
    said = page.certificate_outcome(sheets_of(BAD, GOOD), candidates, SINGLE).sentence
    assert f"{sbs.Rate(0, 60)} right against {sbs.Rate(60, 60)}; p under 0.001." in said
    assert said.endswith(f"wins with a-model for {sbs.Rate(20, 20)}, with the forest for {sbs.Rate(0, 20)}.")
    level = page.certificate_outcome(sheets_of(GOOD, GOOD), {"a-model": GOOD, "the trained forest": GOOD}, SINGLE).sentence
    assert "p = 1.000." in level


def test_certificates_stand_side_by_side() -> None:
    rows = page.certificates(sheets_of(BAD, FEW)).rows
    assert rows["a-model"][0].startswith("✗ failed: 0.0% (0 of 60;") and rows["the trained forest"][0].startswith("? not shown yet: 100.0%")
    assert rows["a-model"][5].startswith("✗ failed: -1.00 (95 % interval -1.00 to -1.00; n = 60)")


def test_the_board_draws_both_candidates_test_by_test_and_kappa_below_zero_at_zero() -> None:
    (data,) = page.board(sheets_of(BAD, GOOD)).to_dict()["datasets"].values()
    assert [row["system"] for row in data][:2] == ["keeps its verdict: model", "keeps its verdict: forest"]
    assert [row["kind"] for row in data] == ["GenAI", "ML"] * 6
    assert (data[-2]["system"], data[-2]["low"], data[-2]["score"]) == ("kappa: model", 0, 0)


def test_the_reader_marks_what_the_model_saw() -> None:
    asked = page.labelling(ANSWERS)
    assert asked.options == ["right", "wrong"] and len(asked.texts) == 8 and asked.texts[0] == "So.\n\nHow?\n\nr1"


# --- answers that never came ------------------------------------------------------------------------------------------

GONE = duels((np.nan, np.nan), (np.nan, 1))
NOTHING = page.Candidate(GONE, named(GONE), np.array([None] * len(SINGLE), dtype=object))


def test_a_judge_that_was_not_measured_neither_passes_nor_fails() -> None:
    sheet = page.certificate(NOTHING, SINGLE, mark, 0.8, 0.6)
    assert set(sheet["verdict"]) == {NOT_MEASURED}
    sheets = {"a-model": sheet, "the trained forest": page.certificate(GOOD, SINGLE, mark, 0.8, 0.6)}
    assert page.certificate_outcome(sheets, {"a-model": NOTHING, "the trained forest": GOOD}, SINGLE).answer == NOT_MEASURED
    assert page.certificates(sheets).rows["a-model"][0] == "– not measured (no answer: 2)"
    assert page.board(sheets).to_dict()["datasets"]
    assert page.verdict("a-model", sheet).endswith("Whether this judge may mark answers by itself, these results cannot tell.")


def test_without_leans_no_verdict_is_told() -> None:
    assert page.swap("a-model", GONE, np.zeros(2, bool), np.zeros(4, bool)).answer == NOT_MEASURED
    assert page.easy_outcome("a-model", named(GONE)).answer == NOT_MEASURED
    assert page.kappa("a-model", NOTHING.says, np.full(len(SINGLE), np.nan), SINGLE).answer == NOT_MEASURED
    assert page.opponents(named(GONE)).rows["opponent both times"][0] == "not measured (no answer: 2)"


def test_leans_that_were_not_measured_count_on_neither_side() -> None:
    found = duels(FAIR, (np.nan, 1), (-1, np.nan), FIRST)
    assert [str(rate(found))[:21] for rate in (page.wins, page.losses, page.leans_to_opponent)] == [
        "50.0% (1 of 2; 95 % i",
        "0.0% (0 of 2; 95 % in",
        "0.0% (0 of 2; 95 % in",
    ]
    one, two = found
    said = page.swap("a-model", found, one * two > 0, np.append(one < 0, two < 0)).sentence
    assert "flips for 50.0% (1 of 2;" in said and "no answer: 2" in said and said.endswith("could not be read: 2 of 8.")


def test_marks_that_never_came_have_a_row_of_their_own() -> None:
    rows = page.cross_table(np.array([True, None, False], dtype=object), np.array([True, True, False])).rows
    assert rows.to_numpy().tolist() == [["right", 1, 0], ["wrong", 0, 1], ["no answer", 1, 0]]
    some = np.array([None, *[True] * (len(SINGLE) - 1)], dtype=object)
    assert f"n = {len(SINGLE) - 1}" in page.kappa("a-model", some, np.array([np.nan, *[1.0] * (len(SINGLE) - 1)]), SINGLE).sentence
