"""The page of "Grounding": its rule, its choices and its sentences say what the counts say, also the other way round."""

import numpy as np
import pandas as pd
import pytest

import sidebyside as sbs
from sidebyside import NoAnswer, models, wording
from sidebyside.errors import Why
from sidebyside.evaluation import compare

page = sbs.lesson("grounding")
RIGHT, DECLINES, WRONG, NONE, LONG = *page.KINDS, page.NO_ANSWER, page.TOO_LONG
GONE = NoAnswer(Why.CUT_OFF)


# --- the questions, and whether a text fits ---------------------------------------------------------------------------


def questions(known, unknown):
    rows = [{"question": f"k{i}", "answer": f"{i} days" if i % 5 else "yes"} for i in range(known)]
    return pd.DataFrame(rows), pd.DataFrame({"question": [f"u{i}" for i in range(unknown)], "answer": "-"}, index=range(900, 900 + unknown))


@pytest.mark.parametrize(("known", "unknown", "sizes"), [(120, 44, (16, 24, 16)), (8, 5, (5, 3, 3)), (2, 1, (1, 0, 1))])
def test_no_question_is_in_two_splits(known, unknown, sizes):
    dev, asked, untold = page.split(*questions(known, unknown))
    assert (len(dev), len(asked), len(untold)) == sizes
    drawn = [*dev["question"], *asked["question"], *untold["question"]]
    assert len(set(drawn)) == len(drawn)
    assert set(untold["answer"]) | set(dev["answer"][dev["question"].str.startswith("u")]) == {""}


def test_a_text_fits_by_the_models_own_context():
    small, main = models.SMALL, models.MAIN
    text = "word " * 2000
    assert not page.fits(small.name, text) and page.fits(main.name, text) and page.fits(small.name, "word " * 200)
    assert page.fits("some-endpoint", text * 100)
    assert "do not fit" in page.handbook(small.name, text).data and "They fit." in page.handbook(main.name, text).data
    assert "its endpoint says" in page.handbook("some-endpoint", text).data


# --- the rule ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "target", "kind"),
    [
        ("You have 30 days.", "30 days", RIGHT),
        ("Thirty days.", "30 days", RIGHT),
        ("A month.", "30 days", WRONG),
        ("Between 3 and 5 days", "3 to 5 days", RIGHT),
        ("5 days", "3 to 5 days", WRONG),
        ("I don’t know.", "30 days", DECLINES),
        ("The text does not mention it.", "30 days", DECLINES),
        ("It is not specified in the policy.", "", DECLINES),
        ("I'm sorry, as a chatbot I am here to help.", "30 days", WRONG),
        ("No, you cannot.", "", WRONG),
        ("The guarantee does not cover rust.", "25 years", WRONG),
        ("5 days", "", WRONG),
        ("", "5 days", WRONG),
        (None, "5 days", NONE),
        (GONE, "", NONE),
        (page.TOO_LONG, "5 days", LONG),
    ],
)
def test_the_rule(answer, target, kind):
    assert page.kind(answer, target) == kind


def marked(*rows, **more):
    return pd.DataFrame([{"question": f"q{i}", "kind": kind, "label": label} for i, (kind, label) in enumerate(rows)]).assign(**more)


def test_the_agreement_with_marks_by_hand():
    rows = marked((RIGHT, RIGHT), (RIGHT, WRONG), (WRONG, WRONG), (DECLINES, WRONG))
    told = page.trust(rows).data
    assert f"same verdict in {sbs.rate([1, 0, 1, 0])}" in told
    assert "1 called right that is not, 1 called declines that is not, 0 called wrong that are not" in told and "second" not in told
    assert "gives the same 75.0% (3 of 4" in page.trust(rows.assign(second_label=[RIGHT, RIGHT, WRONG, WRONG])).data
    assert "Nobody has marked" in page.trust(rows.head(0)).data


def test_the_marks_of_the_course_are_whole():
    rows = page.labels()
    assert set(rows["label"]) <= set(page.KINDS)
    assert not rows.duplicated(["question", "answer"]).any()


# --- the instruction --------------------------------------------------------------------------------------------------

THERE = [True, True, False, False]


@pytest.mark.parametrize(
    ("tried", "best"),
    [
        ({"a": [RIGHT, WRONG, WRONG, WRONG], "b": [RIGHT, RIGHT, WRONG, WRONG]}, "b"),
        ({"a": [WRONG, WRONG, DECLINES, DECLINES], "b": [RIGHT, WRONG, WRONG, WRONG]}, "a"),
        ({"a": [RIGHT, WRONG, WRONG, WRONG], "b": [RIGHT, DECLINES, WRONG, WRONG]}, "b"),
        ({"a": [RIGHT] * 4, "b": [RIGHT] * 4}, "a"),
        ({"a": [NONE] * 4, "b": [RIGHT, NONE, NONE, NONE]}, "b"),
    ],
)
def test_the_instruction_with_the_most_good_answers_is_chosen(tried, best):
    assert page.best(tried, THERE) == best


def test_the_bill_of_the_instructions():
    rows = page.tried_table("a model", {"a": [RIGHT, DECLINES, DECLINES, NONE]}, THERE).rows
    assert rows.iloc[0].tolist()[0] == "a"
    assert [cell.split(" ")[0] for cell in rows.iloc[0].tolist()[1:]] == ["50%", "50%", "100%", "67%"]
    assert "no answer: 1" in rows["no text tells: declines"][0]


def test_the_choice_gives_no_result_away():
    told = page.chosen("a model", "a", {"a": "Do it.", "b": "Don't."}, pd.DataFrame({"question": ["x"] * 3})).data
    assert told == "Best of 2 on 3 dev questions for a model: **a**: “Do it.”"


# --- with text, without text ------------------------------------------------------------------------------------------


def texts(blind, sighted):
    return pd.DataFrame({page.NO_TEXT: blind, page.PASSAGE: sighted})


@pytest.mark.parametrize(
    ("right", "option", "told"),
    [(0, 0, "no clear difference"), (3, 1, "no clear difference"), (7, 2, "So the text gave it"), (9, 3, "So the text gave it")],
)
def test_what_the_passage_gave(right, option, told):
    outcome = page.passage("a model", texts([WRONG] * 10, [RIGHT] * right + [WRONG] * (10 - right)))
    assert outcome.answer == wording.options(outcome.key)[option]
    assert told in outcome.sentence and f"right passage: right {right}, declines 0, wrong {10 - right}." in outcome.sentence


def test_a_text_may_do_harm():
    assert "So the text did harm" in page.passage("a model", texts([RIGHT] * 9, [WRONG] * 9)).sentence


def test_nothing_is_said_of_answers_that_never_came():
    assert page.passage("a model", texts([WRONG] * 2, [NONE] * 2)).answer == wording.NOT_MEASURED
    half = page.passage("a model", texts([NONE] * 2, [RIGHT] * 2))
    assert "What the text gave is not measured (p not measured)" in half.sentence and "nan" not in half.sentence
    (rows,) = page.texts_chart("a model", texts([RIGHT, NONE], [WRONG, WRONG])).to_dict()["datasets"].values()
    assert {row["answer"] for row in rows} == {*page.KINDS, NONE}


@pytest.mark.parametrize(
    ("kinds", "shown"),
    [(texts([RIGHT, WRONG, WRONG], [RIGHT, WRONG, RIGHT]), 2), (texts([RIGHT, WRONG], [RIGHT, WRONG]), 0)],
)
def test_the_question_shown_is_one_that_the_text_decides(kinds, shown):
    asked = pd.DataFrame({"question": [f"q{i}" for i in kinds.index], "answer": "1"})
    answers = pd.DataFrame({name: "said" for name in kinds}, index=kinds.index)
    rows = page.one_question("a model", asked, answers, kinds).rows
    assert set(rows["question"]) == {f"q{shown}"} and list(rows["counted as"]) == kinds.loc[shown].tolist()


def test_what_the_text_gave_is_judged_on_the_questions_with_both_answers():
    kinds = {page.PASSAGE: [RIGHT] * 12 + [WRONG] * 52 + [RIGHT] * 4, page.NO_TEXT: [WRONG] * 12 + [NONE] * 52 + [RIGHT] * 4}
    assert sbs.paired_p(*(page.marks(kinds[way], RIGHT) for way in (page.PASSAGE, page.NO_TEXT))) < wording.LINE
    assert page.among(kinds[page.PASSAGE], RIGHT).value < page.among(kinds[page.NO_TEXT], RIGHT).value, "all answers point the other way"
    assert "So the text gave it answers" in page.passage("a model", kinds).sentence


# --- searching --------------------------------------------------------------------------------------------------------

MANY, FEW = [True] * 8 + [False] * 2, [False] * 10


@pytest.mark.parametrize(
    ("words", "meaning", "option", "p"),
    [(MANY, FEW, 0, "p = 0.008"), (FEW, MANY, 1, "p = 0.008"), (MANY, MANY, 2, "p = 1.000"), (FEW, [True] * 3 + FEW[3:], 2, "p = 0.250")],
)
def test_the_two_searches(words, meaning, option, p):
    rates = {("by words", 1): sbs.rate(words), ("by meaning", 5): sbs.rate(meaning)}
    outcome = page.search(rates, words, meaning)
    assert outcome.answer == wording.options(outcome.key)[option]
    assert f"by words, in first place: {rates['by words', 1]}; by meaning, among the first 5: {rates['by meaning', 5]}" in outcome.sentence
    assert f"First places compared: {p}" in outcome.sentence


def test_the_chart_of_searches_claims_no_trained_model():
    (rows,) = page.search_chart({("by words", 1): sbs.Rate(1, 2), ("by words", 5): sbs.Rate(2, 2)}).to_dict()["datasets"].values()
    assert [(row["system"], row["score"], row["kind"]) for row in rows] == [
        ("by words, first one", 0.5, "neither"),
        ("by words, first 5", 1, "neither"),
    ]


# --- one passage, five, or everything ---------------------------------------------------------------------------------

GOOD, BAD = [RIGHT] * 12, [WRONG] * 12


def piles(one, five, everything, alone=BAD):
    return pd.DataFrame(dict(zip([*page.PILES, page.ALONE], (one, five, everything, alone), strict=True)))


@pytest.mark.parametrize(
    ("kinds", "option", "told"),
    [
        (piles(GOOD, BAD, BAD), 0, "With one passage it gets clearly the most right"),
        (piles(BAD, GOOD, BAD), 1, "With five passages it gets clearly the most right"),
        (piles(BAD, BAD, GOOD), 2, "With the whole handbook it gets clearly the most right"),
        (
            piles(GOOD, GOOD, BAD),
            3,
            "None of the piles is clearly ahead of each other one: one passage not clearly apart from five",
        ),
        (piles(GOOD, GOOD, BAD), 3, "five passages clearly ahead of the whole handbook, +100 points"),
        (piles(BAD, BAD, [RIGHT] * 2 + BAD[2:]), 3, "the whole handbook not clearly apart from one passage, +17 points"),
        (piles(GOOD, BAD, [LONG] * 12), 0, "the whole handbook: does not fit; nearest"),
    ],
)
def test_which_pile_is_ahead(kinds, option, told):
    outcome = page.rivals("a model", kinds)
    assert outcome.answer == wording.options(outcome.key)[option]
    assert told in outcome.sentence and "nan" not in outcome.sentence


@pytest.mark.parametrize(
    ("alone", "told"),
    [
        (GOOD, "nearest sentence, no model clearly ahead of five passages, +100 points"),
        (GOOD, "nearest sentence, no model not clearly apart from one passage, +0 points"),
        (BAD, "one passage clearly ahead of nearest sentence, no model, +100 points"),
        ([NONE] * 12, "nearest sentence, no model and one passage not measured"),
    ],
)
def test_every_pile_is_compared_with_no_model(alone, told):
    sentence = page.rivals("a model", piles(GOOD, BAD, BAD, alone)).sentence
    assert told in sentence.partition("And without a model: ")[2] and "nan" not in sentence


def test_whoever_leads_must_be_ahead_of_each_other_pile_with_all_pairs_corrected():
    first, second = [RIGHT] * 12, [RIGHT] * 5 + [WRONG] * 7
    assert sbs.paired_p(*(page.marks(pile, RIGHT) for pile in (first, second))) < 0.05 / 3, "alone, and among three, it would be clear"
    outcome = page.rivals("a model", piles(first, second, second))
    assert outcome.answer == wording.options(outcome.key)[3] and "corrected for 6 comparisons (Holm)" in outcome.sentence
    (found,) = compare((page.marks(first, RIGHT), page.marks(second, RIGHT)))
    low, high = (f"{100 * bound:+.0f}" for bound in found.interval)
    assert f"one passage not clearly apart from five passages, +58 points (95 % interval {low} to {high}; p = 0." in outcome.sentence


def test_one_pile_alone_is_no_comparison():
    for kinds in (piles([NONE] * 12, [NONE] * 12, [LONG] * 12), piles(GOOD, [NONE] * 12, [LONG] * 12)):
        outcome = page.rivals("a model", kinds)
        assert outcome.answer == wording.NOT_MEASURED and "no two to compare" in outcome.sentence


def test_the_chart_leaves_out_what_does_not_fit():
    (rows,) = page.piles_chart(models.SMALL.name, piles(GOOD, BAD, [LONG] * 12)).to_dict()["datasets"].values()
    assert [(row["system"], row["kind"]) for row in rows] == [("one passage", "small"), ("five passages", "small"), (page.ALONE, "neither")]


def test_who_failed_is_told_by_what_the_search_found():
    hit = np.array([True, True, True, False, False])
    rows = page.who_failed("a model", [RIGHT, WRONG, DECLINES, WRONG, NONE], hit).rows
    assert [cell.split(" ")[0] for cell in rows["of these"]] == ["33%", "33%", "33%", "0%", "0%", "100%"]
    assert list(rows["what failed"])[:3] == ["nothing", "the model: it had the answer before it", "the model: it misread"]


@pytest.mark.parametrize(
    ("kinds", "hit", "told"),
    [
        (
            [WRONG] * 9 + [RIGHT],
            [False] * 9 + [True],
            f"{sbs.Rate(9, 9)} had a wrong passage, and the others had the right one. Work first on the s",
        ),
        (
            [WRONG, DECLINES, *[WRONG] * 9],
            [False, *[True] * 10],
            f"{sbs.Rate(1, 11)} had a wrong passage, and the others had the right one. Work",
        ),
        ([WRONG] * 10, [False, *[True] * 9], "Work first on the reading: another prompt"),
        ([WRONG, WRONG, RIGHT], [False, False, True], "These failures do not show which to work on first."),
        ([WRONG] * 20, [True] * 8 + [False] * 12, "These failures do not show which to work on first."),
        ([WRONG, WRONG], [True, False], "These failures do not show which to work on first."),
        ([RIGHT, RIGHT], [True, False], "No answer of a model failed."),
        ([NONE, NONE], [True, False], "not measured"),
    ],
)
def test_what_to_work_on_is_judged_by_the_interval_of_the_failures(kinds, hit, told):
    assert told in page.fault("a model", kinds, np.array(hit)).data


# --- questions that no document answers -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("declined", "shy", "option", "told"),
    [
        (0, 0, 0, "these answers do not show: +0 points (95 % interval -16 to +16; p = 1.000), Fisher's exact test."),
        (6, 10, 1, "these answers do not show: -20 points"),
        (12, 8, 2, "these answers do not show: +20 points"),
        (2, 16, 0, "So its declining misleads: it is clearly more frequent where the text does answer: -70 points"),
        (20, 1, 3, "So its declining tells you something: +95 points"),
    ],
)
def test_what_declining_is_worth(declined, shy, option, told):
    kinds = {page.ONE: [DECLINES] * declined + [WRONG] * (20 - declined), page.ALL: [LONG] * 20}
    outcome = page.untold("a model", kinds, [DECLINES] * shy + [RIGHT] * (20 - shy), [True, False])
    assert outcome.answer == wording.options(outcome.key)[option]
    assert told in outcome.sentence and "the whole handbook: does not fit" in outcome.sentence and f"stops {sbs.Rate(1, 2)}" in outcome.sentence
    assert "nothing" not in outcome.sentence


def test_a_case_may_have_no_question_without_an_answer():
    nothing = {page.ONE: [], page.ALL: []}
    assert page.untold("a model", nothing, [RIGHT], []).answer == wording.NOT_MEASURED
    never = {page.ONE: [DECLINES], page.ALL: [NONE]}
    assert "none to count" in page.untold("a model", never, [NONE], []).sentence


def test_replies_are_shown_with_what_they_are_counted_as():
    replies = {page.ONE: ["x", "y", "z"], page.ALL: ["I don't know.", page.TOO_LONG, GONE]}
    kinds = {page.ONE: [WRONG] * 3, page.ALL: [DECLINES, LONG, NONE]}
    rows = page.replies_table("a model", pd.Series(["a", "b", "c"]), replies, kinds).rows
    assert list(rows["counted as"]) == ["answers all the same", DECLINES, "answers all the same", LONG]


# --- quotes -----------------------------------------------------------------------------------------------------------

TEXT = "Lamps come back in 30 days. Rugs have 45 days to be looked at."


@pytest.mark.parametrize(
    ("quote", "worth"),
    [
        ("Rugs have 45 days to be looked at.", page.SAME),
        ("Lamps come back in 30 days", page.OTHER),
        ("Rugs have 30 days.", page.ABSENT),
        ("45 days", page.SAME),
        ("", page.ABSENT),
        (GONE, NONE),
    ],
)
def test_what_a_quote_is_worth(quote, worth):
    assert page.verdict(quote, "Rugs have 45 days to be looked at.", TEXT) == worth


def test_verdicts_of_both_ways_to_quote():
    quoted = pd.DataFrame({"sentence": ["Rugs have 45 days to be looked at."], "text": [TEXT]})
    worth = page.verdicts(["Lamps come back in 30 days."], [page.nearest_sentence("How long for rugs?", TEXT)], quoted)
    assert worth == {page.FREE: [page.OTHER], page.RIVAL: [page.SAME]}
    assert page.sentences(TEXT) == ["Lamps come back in 30 days.", "Rugs have 45 days to be looked at."]


def test_what_the_look_up_catches():
    verdicts = {page.FREE: [page.SAME, page.OTHER, page.ABSENT, page.ABSENT], page.RIVAL: [page.SAME] * 4}
    told = page.quote("a model", verdicts, [1, 2, 4, 4]).data
    assert f"{sbs.Rate(2, 4)} appear in the text" in told and "catches 2, and lets 1 true but wrong one pass" in told and "get 50% right" in told
    assert "not measured" in page.quote("a model", {page.FREE: [NONE], page.RIVAL: [page.SAME]}, [2]).data
    (rows,) = page.quotes_chart("a model", verdicts).to_dict()["datasets"].values()
    assert {row["system"]: row["kind"] for row in rows} == {page.FREE: "GenAI", page.RIVAL: "neither"}


# --- ways to fail -----------------------------------------------------------------------------------------------------

READ = pd.DataFrame(
    [
        ("missed", "5 days", WRONG, False, "5 days"),
        ("lucky", "9 days", RIGHT, False, "9 days"),
        ("taken", "5 days", WRONG, True, "5 or 9 days"),
        ("made up", "7 days", WRONG, True, "5 or 9 days"),
        ("no number", "days", WRONG, True, "5 or 9 days"),
        ("declined", "no idea", DECLINES, True, "9 days"),
        ("right", "9 days", RIGHT, True, "9 days"),
        ("noticed", "no idea", DECLINES, False, "5 days"),
    ],
    columns=["question", "wrote", "kind", "hit", "text"],
).assign(answer="9 days")
UNREAD = pd.DataFrame({"question": ["u1", "u2", "u3"], "wrote": ["x", "y", "z"], "answer": "(no answer)", "kind": [DECLINES, WRONG, WRONG]})
QUOTED = pd.DataFrame({"question": ["right", "q"], "wrote": ["a", "b"], "answer": "It takes 9 days.", "verdict": [page.ABSENT, page.SAME]})


def test_each_failure_has_its_place():
    found = {name: list(part["question"]) for (name, _), part in page.reading_failures(READ).items()}
    assert list(found.values()) == [["missed"], ["lucky"], ["taken"], ["made up", "no number"], ["declined"]]


def test_the_table_of_failures():
    rows = page.failures_table("a model", READ, UNREAD, QUOTED).rows.set_index("failure")
    counts = [(1, 8), (1, 8), (1, 8), (2, 8), (1, 8), (2, 3), (1, 2)]
    assert list(rows["times (95 % interval)"]) == [wording.count_share(sbs.Rate(*count)) for count in counts]
    assert list(rows["what failed"]) == ["both", "search", "model", "model", "model", "model", "model"]
    assert list(rows.loc[page.UNTOLD])[2:] == ["u2", "y", "(no answer)"]


def test_what_did_not_fail_is_not_listed():
    fine = READ[READ["question"] == "right"]
    assert page.failures_table("a model", fine, UNREAD.head(1), QUOTED.tail(1)).rows.empty


def test_an_answer_that_never_came_is_a_failure_of_its_own():
    rows = page.failures_table("a model", READ.assign(kind=NONE, wrote=[GONE] * 8), UNREAD.assign(kind=NONE), QUOTED.assign(verdict=NONE)).rows
    assert rows["failure"].tolist() == ["no answer came"] and rows["a model wrote"][0] == "no answer (cut off)"


def test_an_own_search_is_said_once_it_is_there():
    assert "will stand here" in page.own_hits(...).data and f"**{sbs.Rate(1, 2)}**" in page.own_hits(sbs.Rate(1, 2)).data
