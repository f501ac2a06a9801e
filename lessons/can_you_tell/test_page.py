"""What the page on confidence says, on results that come out each way."""

import math
import re

import numpy as np
import pandas as pd
import pytest

import sidebyside as sbs
from sidebyside import NoAnswer, wording
from sidebyside.errors import Why
from sidebyside.tokens import Token

page, rule = sbs.lesson("can_you_tell"), sbs.lesson("hallucination")
WHO = "smollm2-135m-instruct"


def answers(right, real=None, **columns):
    """Answers as the page keeps them, right or wrong; all about real things unless it is said."""
    n = len(right)
    said = [f"answer {i}" for i in range(n)]
    return pd.DataFrame({"right": right, "real": real or ["yes"] * n, "said": said} | columns)


def tokens_like(*texts):
    return [Token(text, 0.5, []) for text in texts]


def signals(right, **columns):
    """Answers for which every signal of the page is a constant but those that are named otherwise."""
    names = dict.fromkeys([*page.SIGNALS, page.AGREEMENT], 0.5)
    return answers(right).assign(**names).assign(**columns)


FIVE = [True, False] * 5  # just enough of both kinds
GOOD, BAD = [1.0, 0.0] * 5, [0.0, 1.0] * 5
MANY, UP, DOWN = [True, False] * 20, [1.0, 0.0] * 20, [0.0, 1.0] * 20


def test_the_first_look_counts_and_shows():
    rows = answers([True, False, True, False], ["yes", "yes", "yes", "no"])
    asked = pd.DataFrame({"kind": [rule.RIGHT] * 2 + [rule.MADE_UP] * 2 + [rule.ADMITS, rule.DODGES, rule.NO_ANSWER]})
    told = page.first_look(WHO, asked, rows).data
    assert told.startswith(f"Of 6 answers of {WHO} (1 more got no answer), 1 said that it does not know, 1 dodged. Of the other 4, right: **")
    assert f"**{sbs.rate(rows['right'])}**. Of those about real things, right: **{sbs.Rate(2, 3)}**" in told
    assert told.endswith("“answer 0” (real, right); “answer 1” (real, wrong); “answer 3” (invented, wrong).")


# --- signals ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("right", "said"),
    [
        (FIVE, "0.50 (95 % interval"),
        ([True, False] * 4, "too few to compare (4 right, 4 wrong)"),
        ([True] * 9 + [False] * 4, "too few to compare (9 right, 4 wrong)"),
        ([True] * 4 + [False] * 9, "too few to compare (4 right, 9 wrong)"),
        ([], "not measured (n = 0)"),
    ],
)
def test_nothing_is_compared_below_the_floor(right, said):
    assert page.measured(signals(right).astype({"right": bool}), page.NAME).startswith(said)


def test_only_answers_with_the_signal_count_for_the_floor():
    rows = signals(FIVE, **{page.NAME: [np.nan, *GOOD[1:]]})
    assert page.measured(rows, page.NAME) == "too few to compare (4 right, 5 wrong)"
    more = signals([*FIVE, True], **{page.NAME: [*GOOD, np.nan]})
    assert page.measured(more, page.NAME) == str(sbs.auroc(FIVE, GOOD))


@pytest.mark.parametrize(
    ("confidence", "said"),
    [(GOOD, "more than a coin"), (BAD, "the wrong way"), ([0.5] * 10, "nothing that a coin would not"), ([np.nan] * 10, "cannot be judged")],
)
def test_what_a_signal_is_worth(confidence, said):
    assert said in page.worth(page.auroc_of(signals(FIVE, x=confidence), "x"))


@pytest.mark.parametrize(("gap", "option"), [(20, 0), (19.9, 1), (5, 1), (4.9, 2), (0, 2), (-30, 2)])
def test_how_much_surer_the_model_says_it_is(gap, option):
    rows = signals([*FIVE, True], **{page.STATED: [*([50 + gap, 50] * 5), np.nan]})
    outcome = page.words(WHO, rows)
    assert outcome.answer == wording.options(outcome.key)[option]
    assert f"number for 10 of 11 answers. Mean for right ones: {50 + gap:.1f} (n = 5); for wrong ones: 50.0 (n = 5)." in outcome.sentence
    assert "verdict: 0.50" in outcome.sentence and outcome.sentence.endswith("It tells nothing that a coin would not.")


@pytest.mark.parametrize(
    ("right", "stated", "said"),
    [
        ([True, True], [90.0, 10.0], "right ones: 50.0 (n = 2); for wrong ones: none (n = 0)"),
        ([True, False], [np.nan, np.nan], "right ones: none (n = 0); for wrong ones: none (n = 0)"),
        ([True, False] * 4, [90.0, 10.0] * 4, "right ones: 90.0 (n = 4); for wrong ones: 10.0 (n = 4)"),
    ],
)
def test_without_means_of_enough_answers_no_gap_is_measured(right, stated, said):
    outcome = page.words(WHO, signals(right, **{page.STATED: stated}))
    assert outcome.answer == wording.NOT_MEASURED
    assert said in outcome.sentence and re.search("AUROC of the number: (too few|not measured)", outcome.sentence)


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
    assert [token.text for token in page.example(rows, True, WHO).tokens] == ["b"]
    assert list(page.example(rows[rows["right"]], False, WHO).tokens) == []


def test_the_table_of_signals_names_the_model_and_both_base_rates():
    rows = signals([True, False, False, False]).assign(real=["yes", "yes", "no", "no"])
    table = page.signals_table(rows, WHO).rows
    assert list(table.columns) == [f"AUROC with {WHO}", "all answers (right: 25%)", "about real things (right: 50%)"]
    assert list(table.iloc[:, 0]) == page.SIGNALS


def test_the_signal_is_the_best_on_the_half_to_choose_on():
    rows = signals(FIVE, **{page.VERDICT: [0.5] * 10, page.ALL: GOOD, page.WEAKEST: GOOD})
    assert page.chosen(rows) == page.ALL  # of two alike, the first
    assert page.chosen(signals(FIVE, **{page.STATED: [*GOOD[:-1], np.nan], page.VERDICT: GOOD})) == page.VERDICT  # one that not all have is none
    assert page.chosen(signals([True, False])) == page.chosen(signals([])) == page.NAME


def pairs_won(share):
    """A confidence that wins a share of 10 × 10 pairs: all wrong answers alike, that many of the right ones above them."""
    above = round(10 * share)
    return [1.0] * above + [0.0] * (10 - above) + [0.5] * 10


@pytest.mark.parametrize(("share", "option"), [(0.5, 0), (0.6, 1), (0.9, 1), (1.0, 2), (0.2, 0)])
def test_how_well_the_tokens_tell(share, option):
    rows = signals([True] * 10 + [False] * 10, **{page.NAME: pairs_won(share)})
    outcome = page.tokens(WHO, rows, page.ALL)
    assert outcome.answer == wording.options(outcome.key)[option]
    assert outcome.sentence.endswith("the best signal was: all tokens.")


@pytest.mark.parametrize(
    ("name", "short", "word"), [(UP, DOWN, "It beats mere"), (DOWN, UP, "It does worse than mere"), (UP, UP, "cannot be told apart")]
)
def test_the_name_s_token_against_mere_shortness(name, short, word):
    assert word in page.tokens(WHO, signals(MANY, **{page.NAME: name, page.SHORTNESS: short}), page.NAME).sentence


def test_an_auroc_of_too_few_wrong_answers_is_not_measured():
    assert page.tokens(WHO, signals([True] * 20 + [False] * 4), page.NAME).answer == wording.NOT_MEASURED


# --- is a probability a chance of being right? ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "right", "word"),
    [(0.9, FIVE, "promises too much"), (0.05, FIVE, "promises too little"), (0.5, FIVE, "promises about what comes true")],
)
def test_what_a_signal_promises(said, right, word):
    rows = signals(right, signal=[said] * len(right))
    told = page.calibration(rows, "signal", sbs.evaluation.calibration(rows["signal"], rows["right"]), WHO).data
    assert f"Signal: {word} (on average it says {said:.0%}, right are 50% (" in told
    assert f"all tokens: promises about what comes true (on average it says 50%, right are {wording.share(sbs.rate(right))}" in told


def test_calibration_says_each_group():
    rows = answers([True, False, True, False, True], signal=[0.9, 0.1, 0.9, 0.1, 0.9], **{page.ALL: [0.5] * 5})
    bins = sbs.evaluation.calibration(rows["signal"], rows["right"], bins=2)
    told = page.calibration(rows, "signal", bins, WHO).data
    assert told.startswith(f"Groups of the signal with {WHO}: said 37%, right 33% of 3; said 90%, right 100% of 2. ")


def test_the_reliability_chart_draws_the_groups_in_the_model_s_shape():
    bins = sbs.evaluation.calibration([0.1, 0.9], [False, True], bins=2)
    rows = list(page.reliability_chart(bins, page.ALL, WHO).to_dict()["datasets"].values())[1]
    assert [(row["right"], row["kind"]) for row in rows] == [(0, "small"), (1, "small")]


# --- asked again ------------------------------------------------------------------------------------------------------


def test_ten_are_drawn_only_where_there_is_enough_to_compare():
    assert "nothing to compare" in page.again_chart(signals([True, True]), page.NAME, WHO).data
    (rows,) = page.again_chart(signals(FIVE), page.NAME, WHO).to_dict()["datasets"].values()
    kinds = {row["system"]: row["kind"] for row in rows}
    assert kinds == {page.VERDICT: "small", page.NAME: "small", page.SHORTNESS: "neither", page.AGREEMENT: "small"}


@pytest.mark.parametrize(("agreement", "name", "option"), [(UP, DOWN, 1), (DOWN, UP, 0), (UP, UP, 2)])
def test_one_answer_against_more(agreement, name, option):
    outcome = page.again(WHO, page.NAME, signals(MANY, **{page.AGREEMENT: agreement, page.NAME: name}))
    assert outcome.answer == wording.options(outcome.key)[option]
    assert f"Agreement against the {page.NAME}: difference" in outcome.sentence
    assert outcome.sentence.startswith(f"AUROC on 40 answers of {WHO}, base rate {sbs.Rate(20, 40)}: ")


def test_answers_again_of_nearly_one_kind_tell_nothing():
    outcome = page.again(WHO, page.NAME, signals([True] * 9 + [False] * 4))
    assert outcome.answer == wording.NOT_MEASURED and "9 right, 4 wrong" in outcome.sentence


def drawn(*kinds):
    """Five answers to each question, all of one kind."""
    return pd.DataFrame({"question": [f"q{i}" for i in range(len(kinds)) for _ in range(5)], "kind": [kind for kind in kinds for _ in range(5)]})


def test_answers_that_stand_or_fall_together_make_the_interval_wider():
    told = page.clustered(WHO, drawn(*[rule.RIGHT, rule.MADE_UP] * 10)).data
    low, high = sbs.Rate(50, 100).interval
    assert "50.0% (50 of 100 in 20 groups; 95 % interval" in told and f"run from {low:.0%} to {high:.0%}." in told
    assert float(re.search(r"is ([\d.]+) times as wide", told)[1]) > 2


def test_answers_that_have_nothing_in_common_leave_it_as_it_is():
    each = drawn(*[rule.RIGHT, rule.MADE_UP] * 100).assign(question=range(1000))
    assert page.clustered(WHO, each).data.endswith("The honest one is about as wide.")


def test_answers_again_that_never_came_are_not_counted():
    assert wording.NOT_MEASURED in page.clustered(WHO, drawn(rule.NO_ANSWER, rule.NO_ANSWER)).data
    assert "(5 of 5 in 1 group;" in page.clustered(WHO, drawn(rule.RIGHT, rule.NO_ANSWER)).data


# --- where to draw the line -------------------------------------------------------------------------------------------

JUDGE = answers([True, True, False, False, False], signal=[0.9, 0.3, 0.6, 0.2, 0.3])


def test_mistakes_are_counted_at_the_threshold():
    assert page.mistakes(JUDGE, "signal", 0.3) == (sbs.Rate(2, 3), sbs.Rate(0, 2))
    assert page.mistakes(JUDGE, "signal", 0.5) == (sbs.Rate(1, 3), sbs.Rate(1, 2))
    assert page.mistakes(JUDGE.assign(signal=[math.nan, 0.3, 0.6, 0.2, 0.3]), "signal", 0.5) == (sbs.Rate(1, 3), sbs.Rate(1, 1))
    missed, held = page.mistakes(JUDGE[JUDGE["right"]], "signal", 2)
    assert (str(missed), held) == (str(sbs.rate([])), sbs.Rate(2, 2))


def test_the_curve_draws_both_mistakes():
    rows = next(iter(page.curve_chart(JUDGE, "signal", WHO).to_dict()["datasets"].values()))
    found = {(row["at"], row["name"]): row["amount"] for row in rows}
    assert len(rows) == 102 and {row["kind"] for row in rows} == {"small"}
    assert [found[at, name] for at in (0, 0.5, 1) for name in ("misses", "false alarms")] == [1, 0, 0.3333, 0.5, 0, 1]


def test_a_curve_without_wrong_answers_shows_no_misses():
    rows = next(iter(page.curve_chart(JUDGE[JUDGE["right"]], "signal", WHO).to_dict()["datasets"].values()))
    assert {row["amount"] for row in rows if row["name"] == "misses"} == {0}


LOW, MIDDLE, HIGH = [0.0] * 30 + [1.0] * 10, [1.0] * 40, [3.0] * 40


@pytest.mark.parametrize(
    ("costs", "option"),
    [
        ((LOW, MIDDLE, HIGH), 0),
        ((HIGH, LOW, MIDDLE), 1),
        ((HIGH, MIDDLE, LOW), 2),
        ((MIDDLE, [0.0, 2.0] * 20, HIGH), 3),  # as expensive as the other
        (([0.0, 1.9] * 20, MIDDLE, HIGH), 3),  # cheaper by less than luck can do
        ((MIDDLE, MIDDLE, HIGH), 1),  # a detector that holds all back is no way of its own
        ((LOW, MIDDLE, LOW), 2),
        ((MIDDLE, MIDDLE, MIDDLE), 3),
    ],
)
def test_a_way_is_the_cheapest_only_if_it_is_clearly_so(costs, option):
    outcome = page.bill(WHO, JUDGE, "signal", 0.5, costs, (3, 1))
    assert outcome.answer == wording.options(outcome.key)[option]
    assert (
        f"misses {sbs.Rate(1, 3)} of the wrong answers and gives {sbs.Rate(1, 2)} of the right ones a false alarm. A miss costs 3,"
        in outcome.sentence
    )


def test_what_is_known_beforehand_has_no_interval():
    """Whoever checks no answer misses all the wrong ones, whatever the answers are."""
    said = page.bill(WHO, JUDGE, "signal", page.CHECK_NONE, (HIGH, MIDDLE, HIGH), (3, 1)).sentence
    assert "misses 100% (3 of 3) of the wrong answers and gives 0% (0 of 2) of the right ones a false alarm." in said


def test_the_bill_says_each_sum_with_its_interval_and_what_is_saved():
    outcome = page.bill(WHO, JUDGE, "signal", 0.5, (LOW, MIDDLE, HIGH), (3, 1))
    assert re.search(r"with the detector 10 \(\d+ to \d+\); all checked 40; none checked 120 \(109 to 120\)", outcome.sentence)
    saved = re.search(r"“with the detector”; against “all checked” it saves 30 \(95 % interval (\d+) to (\d+)\)", outcome.sentence)
    assert 20 < int(saved[1]) < 30 < int(saved[2]) < 40


def test_where_every_way_costs_the_same_none_saves_against_itself():
    said = page.bill(WHO, JUDGE, "signal", 0.5, (MIDDLE, MIDDLE, MIDDLE), (3, 1)).sentence
    assert "Each answer costs the same in every way." in said and "saves" not in said


def test_no_bound_is_a_negative_zero():
    one = [0.0] + [1.0] * 39
    said = page.bill(WHO, JUDGE, "signal", 0.5, (one, MIDDLE, HIGH), (3, 1)).sentence
    assert "(95 % interval 0 to 3)" in said and "-0.00" not in page._difference(-0.001, (-0.004, 0.0))


def test_the_table_of_costs():
    costs = {1: (LOW, MIDDLE, LOW), 3: (LOW, MIDDLE, HIGH), 50: (MIDDLE, MIDDLE, HIGH)}
    rows = page.costs_table(JUDGE, "signal", {1: 0, 3: 0.5, 50: 2}, costs, WHO).rows
    assert list(rows["threshold"]) == ["check none", "0.50", "check all"]
    assert list(rows["clearly cheapest"]) == ["check none", "with detector", "check all"]
    assert list(rows.iloc[1])[:4] == [3, "0.50", wording.count_share(sbs.Rate(1, 3)), wording.count_share(sbs.Rate(1, 2))]
    assert list(rows.iloc[0])[2:4] == ["3 of 3", "0 of 2"], "to check none misses all, so it has no interval"
    assert rows["check all"].iloc[0] == "40", "known beforehand, so it has no interval"


def test_equal_costs_of_few_answers_are_not_clearly_the_cheapest():
    """Three right answers cost nothing if none is checked; a fourth may be wrong."""
    few = JUDGE.head(3)
    ways = {10: ([1.0] * 3, [1.0] * 3, [0.0] * 3)}
    row = page.costs_table(few, "signal", {10: 2}, ways, WHO).rows.iloc[0]
    assert row["clearly cheapest"] == page.NO_CLEAR
    low, high = page.interval_of_sum([0.0] * 3, 10)
    assert row["check none"] == f"0 ({low:.0f} to {high:.0f})" and low == 0 and high == pytest.approx(30 * sbs.Rate(0, 3).interval[1])
    outcome = page.bill(WHO, few, "signal", 2, ways[10], (10, 1))
    assert outcome.answer == wording.options(outcome.key)[-1] and "all checked 3;" in outcome.sentence
    many = page.cheapest({"all": [1.0] * 60, "none": [0.0] * 60}, 10, "all")
    assert many[0] == "none" and many[2][1] < 0, "with sixty it is clear"


def test_a_table_of_level_costs_says_so():
    rows = page.costs_table(JUDGE, "signal", {3: 0.5}, {3: ([0.0, 2.0] * 20, MIDDLE, HIGH)}, WHO).rows
    assert rows["clearly cheapest"].iloc[0] == page.NO_CLEAR


def test_without_any_answer_no_bill_is_nought():
    rows = page.costs_table(JUDGE.head(0), "signal", {3: 0.5}, {3: ([], [], [])}, WHO).rows
    assert list(rows.iloc[0]) == [3, *["not measured"] * 7]
    assert math.isnan(page.interval_of_sum([], 1)[0])


@pytest.mark.parametrize(
    ("hybrid", "signal", "word"), [(UP, DOWN, "does better than"), (DOWN, UP, "does worse than"), (UP, UP, "cannot be told apart from")]
)
def test_the_hybrid_against_the_single_signal(hybrid, signal, word):
    told = page.hybrid(answers(MANY, hybrid=hybrid, signal=signal), ["signal"], "signal", WHO).data
    assert f"The hybrid **{word}** the signal" in told


def test_no_hybrid_was_trained():
    assert "nothing to learn here" in page.hybrid(answers(MANY, signal=UP), ["signal"], "signal", WHO).data
    assert page.learnable(answers(FIVE), answers(FIVE))
    assert not page.learnable(answers([True, False] * 4), answers(FIVE)) and not page.learnable(answers(FIVE), answers(FIVE).head(0))


# --- answers that never came ------------------------------------------------------------------------------------------

NOBODY = signals([]).assign(real=[], question=[], said=[], tokens=[], kind=[], right=pd.Series(dtype=bool))


def test_without_any_answer_nothing_is_said_of_the_model():
    asked = pd.DataFrame({"real": ["yes", "no"], "said": [NoAnswer(Why.FILTERED)] * 2, "kind": [rule.NO_ANSWER] * 2})
    assert page.first_look(WHO, asked, NOBODY).data.startswith(f"{WHO} gave no answer to any of 2 questions")
    for outcome in (
        page.words(WHO, NOBODY),
        page.tokens(WHO, NOBODY, page.NAME),
        page.again(WHO, page.NAME, NOBODY),
        page.bill(WHO, NOBODY, page.NAME, 0.5, ([], [], []), (3, 1)),
    ):
        assert outcome.answer == wording.NOT_MEASURED
    bins = sbs.evaluation.calibration(NOBODY[page.NAME], NOBODY["right"])
    assert "not measured" in page.calibration(NOBODY, page.NAME, bins, WHO).data
    assert "not measured" in page.again_chart(NOBODY, page.NAME, WHO).data
    assert "right: not measured" in page.signals_table(NOBODY, WHO).rows.columns[1]


def test_agreement_that_was_not_measured_is_left_out():
    assert page.again(WHO, page.NAME, signals(FIVE, **{page.AGREEMENT: [np.nan] * 10})).answer == wording.NOT_MEASURED
    assert page.came(["a", NoAnswer(Why.EMPTY)]) == ["a"]
