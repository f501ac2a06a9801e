"""What *LLM as a judge* says: true whatever the judge does, and always an option of its prediction."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import sidebyside as sbs
from sidebyside.evaluation import kappa
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
    return dict.fromkeys([page.EMPTY, page.PADDED, page.TWIN], found)


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
    shown = page.swap("a-model", duels(*[FIRST] * flips, *[FAIR] * (20 - flips)))
    assert shown.answer == said and said in options(shown.key)
    assert f"flips for {sbs.Rate(flips, 20)} of the pairs:" in shown.sentence
    assert f"The first shown wins {sbs.Rate(20 + flips, 40)} of the verdicts." in shown.sentence
    assert f"the right one in both orders for {sbs.Rate(20 - flips, 20)}, the wrong one in both for {sbs.Rate(0, 20)}." in shown.sentence
    assert "Exact ties" not in shown.sentence


@pytest.mark.parametrize(
    ("pairs", "told"),
    [
        ([FAIR] * 20, "clearly prefers the right one"),
        ([WRONG] * 20, "clearly prefers the wrong one"),
        ([FAIR, WRONG] * 10, "clearly prefers neither"),
    ],
)
def test_what_is_left_without_the_place_is_told_as_it_came_out(pairs: list[tuple[float, float]], told: str) -> None:
    assert page.swap("a-model", duels(*pairs)).sentence.endswith(f"it {told}.")


def test_an_exact_tie_is_no_win_no_loss_and_no_lean_and_is_counted() -> None:
    found = duels(SILENT, SILENT, FAIR)
    assert [page.wins(found), page.losses(found), page.leans_to_opponent(found)] == [sbs.Rate(1, 3), sbs.Rate(0, 3), sbs.Rate(0, 3)]
    assert page.leans_to_right(found) == sbs.Rate(1, 3) and page.ties(found) == 2
    assert page.swap("a-model", found).sentence.endswith("Exact ties, or verdicts that name neither: 4 of 6.")
    assert page.preference(duels(SILENT), "a", "b") == "prefers neither"


def test_both_alike_in_both_orders_is_a_verdict_that_stays() -> None:
    assert page.kept(duels(SILENT, FAIR, WRONG, FIRST, (0, 1))) == sbs.Rate(3, 5)
    assert page.kept(GONE).n == 0


@pytest.mark.parametrize(
    ("won", "said"), [(0, "under a quarter"), (1, "a quarter to three quarters"), (3, "a quarter to three quarters"), (4, "over three quarters")]
)
def test_wins_against_an_empty_answer_fall_under_an_option(won: int, said: str) -> None:
    easy = named(duels(*[WRONG] * 4)) | {page.EMPTY: duels(*[FAIR] * won, *[FIRST] * (4 - won))}
    shown = page.easy_outcome("a-model", easy)
    assert shown.answer == said and said in options(shown.key)
    assert f"against an empty one for {sbs.Rate(won, 4)}; against a wrong one, padded, for {sbs.Rate(0, 4)}." in shown.sentence
    assert f"leans to the padded twin of a right answer for {sbs.Rate(4, 4)}: it " in shown.sentence


@pytest.mark.parametrize(
    ("twin", "told"), [(WRONG, "clearly prefers the padded twin"), (FAIR, "clearly prefers the plain one"), (SILENT, "prefers neither")]
)
def test_padding_draws_puts_off_or_does_neither(twin: tuple[float, float], told: str) -> None:
    assert page.easy_outcome("a-model", named(duels(FAIR)) | {page.TWIN: duels(*[twin] * 20)}).sentence.endswith(f": it {told}.")


def test_a_twin_that_was_not_measured_is_no_verdict_on_padding() -> None:
    shown = page.easy_outcome("a-model", named(duels(FAIR)) | {page.TWIN: GONE})
    assert shown.sentence.endswith("so nothing can be said of padding.")


def test_each_opponent_has_a_row() -> None:
    rows = page.opponents("a-model", {"one": duels(FAIR, WRONG), "two": duels(FIRST, FIRST)}).rows
    assert rows.values.tolist()[0] == ["one", *[str(sbs.Rate(1, 2))] * 3, 0]
    assert rows.values.tolist()[1] == ["two", *[str(sbs.Rate(0, 2))] * 3, 2]


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
    assert rows.loc["a-model and the key"].tolist() == [str(sbs.Rate(30, 30)), str(kappa(says, says, MARKED["fact"]))]
    assert " 1.00 to 1.00" not in rows.loc["a-model and the key", "kappa"]
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


@pytest.mark.parametrize(
    ("leans", "truth", "line"),
    [
        ([1, 2, -1, -2], [True, True, False, False], 0.0),  # as good: zero
        ([1, 2, 3, 4], [False, False, True, True], 2.5),
        ([1, 2, 3, 4], [True] * 4, 0.0),
        ([np.nan, np.nan], [True, False], 0.0),
        ([np.nan, 1, 2, 3, 4], [True, False, False, True, True], 2.5),
    ],
)
def test_the_line_is_chosen_on_practice_answers(leans: list[float], truth: list[bool], line: float) -> None:
    assert page.line(leans, truth) == line


@pytest.mark.parametrize(("interval", "told"), [((0.01, 0.3), "more than chance"), ((-0.3, -0.1), "less than chance"), ((0.0, 0.3), "do not show")])
def test_chance_is_told_by_the_interval(interval: tuple[float, float], told: str) -> None:
    assert told in page.better_than_chance(interval)


def test_two_kappas_are_compared_whatever_they_are() -> None:
    marks = np.array([True, False])
    said = {page.same_kappa(lambda *_: 0.5, lambda *_, other=other: other, marks, marks).data for other in (0.5, 0.4, np.nan)}
    assert said == {
        "By hand 0.50, from the library 0.50: the same.",
        "By hand 0.50, from the library 0.40: not the same.",
        "The library gives no kappa, because none is defined where both say the same of all answers; by hand 0.50.",
    }
    same = page.same_kappa(lambda *_: np.nan, lambda *_: np.nan, marks, marks).data
    assert same.endswith("where both say the same of all answers; none by hand either.")
    assert NOT_MEASURED in page.same_kappa(lambda *_: 0.5, lambda *_: 0.5, marks[:0], marks[:0]).data


def test_a_key_of_one_kind_is_no_crash() -> None:
    single = pd.DataFrame({"right": [True] * 4, "fact": range(4)})
    shown = page.kappa("a-model", np.ones(4, bool), np.zeros(4), single)
    assert shown.answer == NOT_MEASURED and "none (n = 4; all right or all wrong)." in shown.sentence
    assert "Kappa of a-model with the key: not defined (both say the same of all; n = 4)." in shown.sentence
    assert "these answers do not show" in shown.sentence and "nan" not in shown.sentence


def test_a_kappa_that_is_not_defined_passes_no_test_and_fails_none() -> None:
    single = SINGLE[SINGLE["right"]].reset_index(drop=True)
    always = page.Candidate(GOOD.swap, GOOD.easy, np.ones(len(single), dtype=bool))
    sheet = page.certificate(always, single, mark, 0.8, 0.6)
    last = sheet.iloc[-1]
    assert (last["verdict"], last["measured"]) == ("not shown yet", f"not defined (both say the same of all; n = {len(single)})")
    assert "? not shown yet: not defined" in page.certificates({"a": sheet}).rows["a"].iloc[-1]
    assert page.board({"a": sheet, "b": sheet}).to_dict()


# --- the certificate ---


def mark(low: float, high: float, bar: float) -> str:
    return "passed" if low >= bar else "failed" if high < bar else "not shown yet"


SINGLE = pd.DataFrame({"right": [True, False] * 30, "fact": [i // 2 for i in range(60)]})
TRUTH = SINGLE["right"].to_numpy()
GOOD = page.Candidate(duels(*[FAIR] * 60), named(duels(*[FAIR] * 20)), TRUTH)
BAD = page.Candidate(duels(*[FIRST] * 60), named(duels(*[WRONG] * 20)), ~TRUTH)
FEW = page.Candidate(duels(*[FAIR] * 3), named(duels(*[FAIR] * 3)), TRUTH)
FEW_BAD = page.Candidate(duels(*[FIRST] * 3), named(duels(*[WRONG] * 3)), ~TRUTH)


def sheets_of(first: object, second: object) -> dict[str, pd.DataFrame]:
    return {name: page.certificate(own, SINGLE, mark, 0.8, 0.6) for name, own in {"a-model": first, "the trained forest": second}.items()}


@pytest.mark.parametrize(("candidate", "verdicts"), [(GOOD, ["passed"] * 5), (BAD, ["failed"] * 5), (FEW, ["not shown yet"] * 4 + ["passed"])])
def test_a_certificate_holds_each_result_against_its_own_bar(candidate: object, verdicts: list[str]) -> None:
    sheet = page.certificate(candidate, SINGLE, mark, 0.8, 0.6)
    assert sheet["verdict"].tolist() == verdicts
    assert sheet["bar"].tolist() == [0.8] * 4 + [0.6]
    assert sheet["test"].is_unique and len(page.SHORT) == len(sheet)
    assert ((sheet["low"] <= sheet["score"] + 1e-9) & (sheet["score"] <= sheet["high"] + 1e-9)).all()


@pytest.mark.parametrize(
    ("first", "second", "said", "may"),
    [
        (BAD, GOOD, "the forest", [False, True]),
        (FEW, FEW_BAD, "the language model", [False, False]),
        (GOOD, GOOD, "as many each", [True, True]),
        (BAD, BAD, "as many each", [False, False]),
    ],
)
def test_who_passes_more_tests_is_the_answer(first: object, second: object, said: str, may: list[bool]) -> None:
    candidates = {"a-model": first, "the trained forest": second}
    shown = page.certificate_outcome(sheets_of(first, second), candidates, SINGLE)
    assert shown.answer == said and said in options(shown.key)
    one, two = shown.sentence.split("Marks on the same 60 answers:")[0].strip().split(" The trained forest: ")
    assert ["may not" not in told for told in (one, two)] == may
    assert one.startswith("a-model: ")


def test_the_two_judges_are_compared_on_the_same_answers() -> None:
    candidates = {"a-model": BAD, "the trained forest": GOOD}
    said = page.certificate_outcome(sheets_of(BAD, GOOD), candidates, SINGLE).sentence
    assert f"{sbs.Rate(0, 60)} right against {sbs.Rate(60, 60)}. Clearly better" in said
    tests = "keeps its verdict, beats a wrong one, beats an empty one, beats a padded one, marks on single answers"
    assert f"for 5 tests (Holm): a-model: nowhere; the trained forest: {tests}." in said
    assert said.endswith(f"wins with a-model for {sbs.Rate(20, 20)}, exact ties 0; with the forest for {sbs.Rate(0, 20)}, exact ties 0.")
    level = page.certificate_outcome(sheets_of(GOOD, GOOD), {"a-model": GOOD, "the trained forest": GOOD}, SINGLE).sentence
    assert "(Holm): a-model: nowhere; the trained forest: nowhere." in level


def test_a_lead_that_is_clear_alone_may_be_none_among_five_tests() -> None:
    same, six, none = [True] * 20, [True] * 6 + [False] * 4, [False] * 10
    alone = page.clearly_better(["a", "b"], [none, *[same] * 4], [six, *[same] * 4])
    assert sbs.paired_p(none, six) < 0.05 and "a: nowhere; b: nowhere." in alone
    more = page.clearly_better(["a", "b"], [[True] * 20, *[same] * 3, [None]], [[False] * 20, *[same] * 3, [True]])
    assert "a: keeps its verdict; b: nowhere." in more


def test_the_better_judge_is_the_one_that_is_ahead_where_both_are_measured() -> None:
    same, first, second = [True] * 20, [True] * 12 + [False] * 40, [False] * 12 + [None] * 38 + [True] * 2
    second[-20:] = [None] * 2 + [True] * 18
    first[-18:] = [True] * 18
    said = page.clearly_better(["a", "b"], [first, *[same] * 4], [second, *[same] * 4])
    assert sbs.rate(first).value < sbs.rate(second).value and "a: keeps its verdict; b: nowhere." in said


def test_certificates_stand_side_by_side() -> None:
    rows = page.certificates(sheets_of(BAD, FEW)).rows
    assert rows["a-model"][0].startswith("✗ failed: 0.0% (0 of 60;") and rows["the trained forest"][0].startswith("? not shown yet: 100.0%")
    assert rows["a-model"][4].startswith("✗ failed: -1.00 (95 % interval -1.00 to -0.77; n = 60)")


def test_the_board_draws_both_candidates_test_by_test_and_kappa_below_zero_at_zero() -> None:
    (data,) = page.board(sheets_of(BAD, GOOD)).to_dict()["datasets"].values()
    assert [row["system"] for row in data][:2] == ["keeps its verdict: model", "keeps its verdict: forest"]
    assert [row["kind"] for row in data] == ["GenAI", "ML"] * 5
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


def test_one_test_that_was_not_measured_leaves_the_guess_open() -> None:
    half = GOOD._replace(says=NOTHING.says)
    assert page.certificate_outcome(sheets_of(half, BAD), {"a-model": half, "the trained forest": BAD}, SINGLE).answer == NOT_MEASURED


def test_without_leans_no_verdict_is_told() -> None:
    assert page.swap("a-model", GONE).answer == NOT_MEASURED
    assert page.easy_outcome("a-model", named(GONE)).answer == NOT_MEASURED
    assert page.kappa("a-model", NOTHING.says, np.full(len(SINGLE), np.nan), SINGLE).answer == NOT_MEASURED
    assert page.opponents("a-model", named(GONE)).rows["opponent both times"][0] == "not measured (no answer: 2)"


def test_leans_that_were_not_measured_count_on_neither_side() -> None:
    found = duels(FAIR, (np.nan, 1), (-1, np.nan), FIRST)
    assert [str(rate(found))[:21] for rate in (page.wins, page.losses, page.leans_to_opponent)] == [
        "50.0% (1 of 2; 95 % i",
        "0.0% (0 of 2; 95 % in",
        "0.0% (0 of 2; 95 % in",
    ]
    said = page.swap("a-model", found).sentence
    assert "flips for 50.0% (1 of 2;" in said and "no answer: 2" in said and "Exact ties" not in said


def test_marks_that_never_came_have_a_row_of_their_own() -> None:
    rows = page.cross_table(np.array([True, None, False], dtype=object), np.array([True, True, False])).rows
    assert rows.to_numpy().tolist() == [["right", 1, 0], ["wrong", 0, 1], ["no answer", 1, 0]]
    some = np.array([None, *[True] * (len(SINGLE) - 1)], dtype=object)
    assert f"n = {len(SINGLE) - 1}" in page.kappa("a-model", some, np.array([np.nan, *[1.0] * (len(SINGLE) - 1)]), SINGLE).sentence
