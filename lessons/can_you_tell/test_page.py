"""What the page on confidence says, on results that come out each way."""

import re

import numpy as np
import pandas as pd
import pytest

import sidebyside as sbs
from sidebyside import NoAnswer, wording
from sidebyside.errors import Why
from sidebyside.tokens import Token

page = sbs.lesson("can_you_tell")


def answers(right, real=None, **columns):
    """Answers as the page keeps them, right or wrong; all about real things unless it is said."""
    n = len(right)
    said = [f"answer {i}" for i in range(n)]
    return pd.DataFrame({"right": right, "real": real or ["yes"] * n, "said": said} | columns)


def tokens_like(*texts):
    return [Token(text, 0.5, []) for text in texts]


def signals(right, **columns):
    """Answers for which every signal of the page is a constant but those that are named otherwise."""
    names = dict.fromkeys([*page.SIGNALS, *page.TEN], 0.5)
    return answers(right).assign(**names).assign(**columns)


def test_the_first_look_counts_and_shows():
    rows = answers([True, False, True, False], ["yes", "yes", "yes", "no"])
    told = page.first_look("a model", pd.DataFrame(index=range(6)), rows).data
    assert f"abstained on 2 of 6 questions. Of its other 4 answers, right: **{sbs.rate(rows['right'])}**" in told
    assert f"about real things, right: **{sbs.Rate(2, 3)}**" in told
    assert told.endswith("“answer 0” (real, right); “answer 1” (real, wrong); “answer 3” (invented, wrong).")


@pytest.mark.parametrize(("gap", "option"), [(20, 0), (19.9, 1), (5, 1), (4.9, 2), (0, 2), (-30, 2)])
def test_how_much_surer_the_model_says_it_is(gap, option):
    rows = signals([True, False, True, False], **{page.STATED: [50 + gap, 50, np.nan, np.nan]})
    outcome = page.words("a model", rows)
    assert outcome.answer == wording.options(outcome.key)[option]
    assert f"number for 2 of 4 answers. Mean for right ones: {50 + gap:.1f} (n = 1); for wrong ones: 50.0 (n = 1)." in outcome.sentence


@pytest.mark.parametrize(
    ("right", "stated", "said"),
    [
        ([True, True], [90.0, 10.0], "right ones: 50.0 (n = 2); for wrong ones: none (n = 0)"),
        ([True, False], [np.nan, np.nan], "right ones: none (n = 0); for wrong ones: none (n = 0)"),
        ([False, False], [90.0, 10.0], "right ones: none (n = 0); for wrong ones: 50.0 (n = 2)"),
    ],
)
def test_without_a_pair_of_means_no_gap_is_measured(right, stated, said):
    outcome = page.words("a model", signals(right, **{page.STATED: stated}))
    assert outcome.answer == wording.NOT_MEASURED
    assert said in outcome.sentence and re.search("AUROC of the number: (none|not measured)", outcome.sentence)


def test_an_auroc_leaves_out_answers_without_the_signal():
    rows = answers([True, False, True], signal=[0.9, 0.1, np.nan])
    assert page.measured(rows, "signal") == str(sbs.auroc([True, False], [0.9, 0.1]))


@pytest.mark.parametrize(
    ("texts", "name"),
    [
        (("The", " capital", " is", " Av", "ai", "y", "."), [" Av", "ai", "y"]),
        (("It", " is", " New", " York", ",", " a", " City"), [" New", " York"]),
        (("It", " is", " Rome", " today"), [" Rome"]),
        (("No", " idea", "."), ["No"]),
        (("It", " is"), ["It", " is"]),
        ((), []),
    ],
)
def test_the_name_is_what_stands_after_is(texts, name):
    assert [token.text for token in page.name_in(tokens_like(*texts))] == name


def test_an_example_is_the_first_of_its_kind():
    rows = answers([False, True, True], tokens=[tokens_like("a"), tokens_like("b"), tokens_like("c")])
    assert [token.text for token in page.example(rows, True, "a model").tokens] == ["b"]
    assert list(page.example(rows[rows["right"]], False, "a model").tokens) == []


def test_the_table_of_signals_names_both_base_rates():
    rows = signals([True, False, False, False]).assign(real=["yes", "yes", "no", "no"])
    table = page.signals_table(rows).rows
    assert list(table.columns) == ["AUROC of", "all answers (right: 25%)", "about real things (right: 50%)"]
    assert list(table["AUROC of"]) == page.SIGNALS


@pytest.mark.parametrize(("auroc", "option"), [(0.2, 0), (0.59, 0), (0.6, 1), (0.89, 1), (0.9, 2)])
def test_how_well_the_tokens_tell(auroc, option):
    rows = signals([True, False, True], **{page.NAME: [0.9, 0.1, 0.3]}).assign(real=["yes", "yes", "no"])
    outcome = page.tokens("a model", rows, page.NAME, auroc)
    assert outcome.answer == wording.options(outcome.key)[option]
    assert f"base rate {sbs.Rate(1, 2)}. Over all answers" in outcome.sentence and outcome.sentence.endswith(f"base rate {sbs.Rate(2, 3)}.")


def test_an_auroc_of_answers_that_are_all_right_is_not_measured():
    outcome = page.tokens("a model", signals([True, True]).assign(real="yes"), page.NAME, None)
    assert outcome.answer == wording.NOT_MEASURED and "all right or all wrong" in outcome.sentence


def test_calibration_says_each_group_and_both_errors():
    rows = answers([True, False, True, False, True], ["yes"] * 4 + ["no"], signal=[0.9, 0.1, 0.9, 0.1, 0.9], **{page.ALL: [0.5] * 5})
    bins = sbs.evaluation.calibration(rows["signal"], rows["right"], bins=2)
    told = page.calibration(rows, "signal", bins).data
    assert told.startswith("Groups of the signal: said 37%, right 33% of 3; said 90%, right 100% of 2. ")
    assert "signal: **0.10** (n = 5; about real things 0.10, n = 4). Of all tokens: **0.50** (about real things 0.50)." in told


def test_the_reliability_chart_draws_the_groups():
    bins = sbs.evaluation.calibration([0.1, 0.9], [False, True], bins=2)
    assert [row["right"] for row in list(page.reliability_chart(bins).to_dict()["datasets"].values())[1]] == [0, 1]


def test_ten_are_drawn_only_where_there_is_a_pair():
    assert "no pair to compare" in page.ten_chart(signals([True, True])).data
    (rows,) = page.ten_chart(signals([True, False])).to_dict()["datasets"].values()
    assert {row["system"]: row["kind"] for row in rows} == {name: "ML" if name == page.SHORTNESS else "GenAI" for name in page.TEN}


GOOD, BAD = [1.0] * 8 + [0.0] * 8, [0.0] * 8 + [1.0] * 8
BOTH = [True] * 8 + [False] * 8


@pytest.mark.parametrize(
    ("agreement", "name", "option", "said"),
    [(GOOD, BAD, 1, "+1.00 (95 % interval +1.00 to +1.00)"), (BAD, GOOD, 0, "-1.00 (95 % interval -1.00"), (GOOD, GOOD, 2, "+0.00 (95 %")],
)
def test_one_answer_against_ten(agreement, name, option, said):
    outcome = page.ten(page.NAME, signals(BOTH, **{page.AGREEMENT: agreement, page.NAME: name}))
    assert outcome.answer == wording.options(outcome.key)[option]
    assert f"Agreement minus {page.NAME}: {said}" in outcome.sentence
    assert "shortness 0.50 (95 % interval 0.50 to 0.50);" in outcome.sentence and page.STATED not in outcome.sentence


def test_ten_answers_that_are_all_right_tell_nothing():
    outcome = page.ten(page.NAME, signals([True, True]))
    assert outcome.answer == wording.NOT_MEASURED
    assert f"Agreement minus {page.NAME}: not measured." in outcome.sentence and "all tokens none;" in outcome.sentence


JUDGE = answers([True, True, False, False, False], signal=[0.9, 0.3, 0.6, 0.2, 0.3])


def test_mistakes_are_counted_at_the_threshold():
    assert page.mistakes(JUDGE, "signal", 0.3) == ("2 of 3", "0 of 2")
    assert page.mistakes(JUDGE, "signal", 0.5) == ("1 of 3", "1 of 2")
    assert page.mistakes(JUDGE[JUDGE["right"]], "signal", 2) == ("0 of 0", "2 of 2")


def test_the_curve_draws_both_mistakes():
    rows = next(iter(page.curve_chart(JUDGE, "signal").to_dict()["datasets"].values()))
    found = {(row["at"], row["name"]): row["amount"] for row in rows}
    assert len(rows) == 102
    assert [found[at, name] for at in (0, 0.5, 1) for name in ("misses", "false alarms")] == [1, 0, 0.3333, 0.5, 0, 1]


def test_a_curve_without_wrong_answers_shows_no_misses():
    rows = next(iter(page.curve_chart(JUDGE[JUDGE["right"]], "signal").to_dict()["datasets"].values()))
    assert {row["amount"] for row in rows if row["name"] == "misses"} == {0}


@pytest.mark.parametrize(("bills", "option"), [((1, 2, 3), 0), ((3, 2, 4), 1), ((3, 2, 1), 2), ((2, 2, 2), 1), ((2, 3, 2), 2)])
def test_the_cheapest_way_and_the_plainer_of_equals(bills, option):
    outcome = page.bill("a model", JUDGE, "signal", 0.5, bills, (3, 1))
    assert outcome.answer == wording.options(outcome.key)[option]
    assert "misses 1 of 3 wrong answers and gives 1 of 2 right ones a false alarm. A miss costs 3, a check 1." in outcome.sentence
    assert f"for 5 answers: with the detector {bills[0]}, all checked {bills[1]}, none checked {bills[2]}." in outcome.sentence


def test_the_table_of_costs():
    rows = page.costs_table(JUDGE, "signal", {1: 0, 3: 0.5, 50: 2}, {1: (3, 5, 3), 3: (4, 5, 9), 50: (5, 5, 150)}).rows
    assert list(rows["threshold"]) == ["check none", "0.50", "check all"]
    assert list(rows.iloc[1]) == [3, "0.50", "1 of 3", "1 of 2", 4, 5, 9]


def test_without_any_answer_no_bill_is_nought():
    rows = page.costs_table(JUDGE.head(0), "signal", {3: 0.5}, {3: (0, 0, 0)}).rows
    assert list(rows.iloc[0]) == [3, *["not measured"] * 6]


@pytest.mark.parametrize(
    ("hybrid", "signal", "word"), [(GOOD, BAD, "does better than"), (BAD, GOOD, "does worse than"), (GOOD, GOOD, "cannot be told apart from")]
)
def test_the_hybrid_against_the_single_signal(hybrid, signal, word):
    told = page.hybrid(answers(BOTH, hybrid=hybrid, signal=signal), ["signal"], "signal").data
    assert f"The hybrid **{word}** the signal" in told


def test_no_hybrid_was_trained():
    assert "nothing to learn here" in page.hybrid(answers(BOTH, signal=GOOD), ["signal"], "signal").data


# --- answers that never came ------------------------------------------------------------------------------------------

NOBODY = signals([]).assign(real=[], question=[], said=[], tokens=[], right=pd.Series(dtype=bool))


def test_without_any_answer_nothing_is_said_of_the_model():
    asked = pd.DataFrame({"real": ["yes", "no"], "said": [NoAnswer(Why.FILTERED)] * 2})
    assert page.first_look("a model", asked, NOBODY).data.startswith("a model gave no answer to any of these 2 questions")
    for outcome in (
        page.words("a model", NOBODY),
        page.tokens("a model", NOBODY, page.NAME, None),
        page.ten(page.NAME, NOBODY),
        page.bill("a model", NOBODY, page.NAME, 0.5, [0, 0, 0], (3, 1)),
    ):
        assert outcome.answer == wording.NOT_MEASURED
    bins = sbs.evaluation.calibration(NOBODY[page.NAME], NOBODY["right"])
    assert "not measured" in page.calibration(NOBODY, page.NAME, bins).data
    assert "not measured" in page.ten_chart(NOBODY).data
    assert "right: not measured" in page.signals_table(NOBODY).rows.columns[1]


def test_questions_without_an_answer_are_told_apart_from_abstentions():
    asked = pd.DataFrame({"real": ["yes", "yes", "no"], "said": ["Oslo", NoAnswer(Why.EMPTY), "I don't know"]})
    rows = signals([True]).assign(real="yes", said="Oslo")
    assert page.first_look("a model", asked, rows).data.startswith("a model abstained on 1 of 2 questions (1 more got no answer). Of its other 1")


def test_confidences_that_were_not_measured_are_left_out():
    rows = signals([True, False, True], **{page.NAME: [0.9, 0.1, np.nan]}).assign(real="yes")
    assert page.measured(rows, page.NAME) == str(sbs.auroc([True, False], [0.9, 0.1]))
    assert page.ten(page.NAME, signals([True, False], **{page.AGREEMENT: [np.nan, np.nan]})).answer == wording.NOT_MEASURED
