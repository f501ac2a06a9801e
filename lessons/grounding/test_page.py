"""What the page on answers from documents says, on results that come out each way."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

import sidebyside as sbs
from sidebyside import NoAnswer, wording
from sidebyside.errors import Why

page = sbs.lesson("grounding")
RIGHT, ADMITS, WRONG = page.KINDS
SAME, OTHER, ABSENT = page.VERDICTS


def texts(right_passage, wrong_passage=None):
    """Kinds of answers with the right passage and with a wrong one."""
    n = len(right_passage)
    return pd.DataFrame({"right passage": right_passage, "wrong passage": wrong_passage or [WRONG] * n}, index=range(5, 5 + n))


def test_documents_are_counted_and_the_first_question_is_shown():
    known = pd.DataFrame({"question": ["How_long?", "b"], "sentence": ["Ten days.", "c"]})
    told = page.documents(SimpleNamespace(documents={"a.md": "", "b.md": ""}), pd.DataFrame(index=range(7)), known, known.head(0)).data
    assert told.startswith("There are 2 documents with 7 passages; 2 questions have a sentence that answers them, 0 have none.")
    assert "“How\\_long?” Its sentence: “Ten days.”" in told


@pytest.mark.parametrize(("right", "option"), [(0, 0), (1, 1), (2, 2), (4, 2)])
def test_answers_with_the_right_passage(right, option):
    outcome = page.passage("a model", texts([RIGHT] * right + [ADMITS] * (4 - right)))
    assert outcome.answer == wording.options(outcome.key)[option]
    assert f"right passage: {right} right, {4 - right} admit, 0 wrong; wrong passage: 0 right, 0 admit, 4 wrong." in outcome.sentence


def test_the_chart_counts_all_kinds_of_answers():
    (rows,) = page.texts_chart(texts([RIGHT, ADMITS, ADMITS])).to_dict()["datasets"].values()
    assert [row["n"] for row in rows] == [1, 2, 0, 0, 0, 3]


@pytest.mark.parametrize(
    ("kinds", "shown"),
    [
        (texts([RIGHT, RIGHT, RIGHT], [ADMITS, WRONG, WRONG]), 6),
        (texts([WRONG, ADMITS], [WRONG, WRONG]), 5),
        (texts([RIGHT], [RIGHT]), 5),
    ],
)
def test_the_question_shown_is_one_that_the_text_decides(kinds, shown):
    asked = pd.DataFrame({"question": [f"q{i}" for i in kinds.index], "answer": ["1"] * len(kinds)}, index=kinds.index)
    answers = pd.DataFrame({"right passage": "yes", "wrong passage": "no"}, index=kinds.index)
    rows = page.one_question("a model", asked, answers, kinds).rows
    assert set(rows["question"]) == {f"q{shown}"} and list(rows["a model wrote"]) == ["yes", "no"]


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


def test_the_chart_of_searches_names_the_places():
    (rows,) = page.search_chart({("by words", 1): sbs.Rate(1, 2), ("by words", 5): sbs.Rate(2, 2)}).to_dict()["datasets"].values()
    assert [(row["system"], row["score"]) for row in rows] == [("by words, first one", 0.5), ("by words, first 5", 1)]


def ends(passage, sentence, alone):
    return pd.DataFrame(dict(zip(page.CHAIN, (passage, sentence, alone), strict=True)))


GOOD, BAD = [RIGHT] * 8, [WRONG] * 8


@pytest.mark.parametrize(
    ("kinds", "lead"),
    [
        (ends(GOOD, BAD, BAD), "a model is ahead"),
        (ends(BAD, GOOD, BAD), "a model is ahead"),
        (ends(BAD, BAD, GOOD), "the search alone is ahead"),
        (ends(GOOD, BAD, GOOD), "too close to call"),
    ],
)
def test_a_model_against_the_search_alone(kinds, lead):
    told = page.chain("a model", kinds, np.array([True] * 8)).data
    assert told.endswith(f", so {lead}.")
    assert f"{sbs.rate(kinds['found passage'] == RIGHT)} where it was the right one, none to count where it was not" in told


def test_reading_is_told_apart_by_what_the_search_found():
    told = page.chain("a model", ends([RIGHT, WRONG, RIGHT, WRONG], [WRONG] * 4, [WRONG] * 4), np.array([True, True, True, False])).data
    assert f"first for {sbs.Rate(3, 4)} of these" in told
    assert f"{sbs.Rate(2, 3)} where it was the right one, {sbs.Rate(0, 1)} where it was not" in told


def test_each_way_of_the_chain_has_its_colour():
    (rows,) = page.chain_chart(ends(GOOD, BAD, BAD)).to_dict()["datasets"].values()
    assert [(row["kind"], row["score"]) for row in rows] == [("GenAI", 1), ("hybrid", 0), ("ML", 0)]


@pytest.mark.parametrize(("silent", "option"), [([False], 0), ([True, False, False, False], 1), ([True, False], 2), ([True], 2)])
def test_admissions_where_no_document_tells(silent, option):
    outcome = page.untold("a model", silent, texts([ADMITS, RIGHT]), [True, False])
    assert outcome.answer == wording.options(outcome.key)[option]
    assert f"and on {sbs.Rate(1, 2)} of those" in outcome.sentence and f"stops {sbs.Rate(1, 2)} of the others." in outcome.sentence


def test_a_case_may_have_no_question_without_an_answer():
    outcome = page.untold("a model", [], texts([RIGHT]), [])
    assert outcome.answer == wording.NOT_MEASURED
    assert "admits on not measured (n = 0)" in outcome.sentence and "stops none to count of the others" in outcome.sentence


def test_four_replies_are_shown_with_what_they_count_as():
    rows = page.replies_table("a model", pd.Series(list("abcde")), list("vwxyz"), [True, False] * 2 + [True]).rows
    assert list(rows["counts as"]) == ["admits", "an answer"] * 2


def test_a_forced_answer_is_the_sentence_in_it():
    assert page.chosen('{"quote": "Two days."}', ["One day.", "Two days."]) == "Two days."
    assert page.chosen("Three days.", ["One day."]) == "Three days."


def quotes(free):
    return dict(zip(page.QUOTES, (free, [OTHER] * len(free), [SAME] * len(free)), strict=True))


@pytest.mark.parametrize(("true", "option"), [(0, 0), (1, 1), (2, 2), (4, 2)])
def test_how_many_free_quotes_are_true(true, option):
    outcome = page.quote("a model", quotes([OTHER] * true + [ABSENT] * (4 - true)), [1, 2, 4, 4])
    assert outcome.answer == wording.options(outcome.key)[option]
    assert outcome.sentence.startswith(f"{sbs.Rate(true, 4)} of the free quotes")
    assert f"model, free: {sbs.Rate(0, 4)}; model, forced: {sbs.Rate(0, 4)}; nearest sentence, no model: {sbs.Rate(4, 4)}" in outcome.sentence
    assert outcome.sentence.endswith("would get 50% right.")


def test_the_chart_of_quotes_marks_the_rival_without_a_model():
    (rows,) = page.quotes_chart(quotes([SAME, ABSENT])).to_dict()["datasets"].values()
    assert {row["system"]: row["kind"] for row in rows} == {page.FREE: "GenAI", page.FORCED: "GenAI", page.RIVAL: "ML"}


READ = pd.DataFrame(
    [
        ("missed", "5 days", WRONG, False, "5 days"),
        ("lucky", "9 days", RIGHT, False, "9 days"),
        ("taken", "5 days", WRONG, True, "5 or 9 days"),
        ("made up", "7 days", WRONG, True, "5 or 9 days"),
        ("no number", "days", WRONG, True, "5 or 9 days"),
        ("refused", "no idea", ADMITS, True, "9 days"),
        ("right", "9 days", RIGHT, True, "9 days"),
        ("admitted", "no idea", ADMITS, False, "5 days"),
    ],
    columns=["question", "wrote", "kind", "hit", "text"],
    index=range(10, 18),
).assign(answer="9 days", sentence="It takes 9 days.")


def test_each_failure_of_reading_has_its_place():
    found = {name: list(part["question"]) for name, part in page.reading_failures(READ).items()}
    assert list(found.values()) == [["missed"], ["lucky"], ["taken"], ["made up", "no number"], ["refused"]]


def failing(free=ABSENT, forced=OTHER):
    given = {page.FREE: list("abcdefgh"), page.FORCED: list("ABCDEFGH"), page.RIVAL: [""] * 8}
    return given, {page.FREE: [SAME] * 7 + [free], page.FORCED: [SAME] * 7 + [forced], page.RIVAL: [ABSENT] * 8}


UNREAD = pd.DataFrame({"question": ["u1", "u2", "u3"], "wrote": ["x", "y", "z"], "answer": "(no answer)", "silent": [True, False, False]})


def test_the_table_of_failures():
    rows = page.failures_table("a model", READ, UNREAD, *failing()).rows.set_index("failure")
    assert list(rows["times"]) == ["1 of 8", "1 of 8", "1 of 8", "2 of 8", "1 of 8", "2 of 3", "1 of 8", "1 of 8"]
    assert list(rows.loc[page.UNTOLD])[1:] == ["u2", "y", "(no answer)"]
    assert list(rows.loc["quote not in the text"])[1:] == ["admitted", "h", "It takes 9 days."]
    assert list(rows.loc[OTHER])[1:] == ["admitted", "H", "It takes 9 days."]  # the only one of its kind, though it is shown already


def test_an_example_is_fresh_where_one_is_left():
    given, verdicts = failing()
    verdicts[page.FORCED] = [OTHER] * 8
    rows = page.failures_table("a model", READ, UNREAD, given, verdicts).rows
    assert list(rows["question"][-2:]) == ["admitted", "no number"]


def test_what_did_not_fail_is_not_listed():
    fine = READ[READ["question"] == "right"]
    given, verdicts = ({name: values[:1] for name, values in part.items()} for part in failing())
    assert page.failures_table("a model", fine, UNREAD.head(1), given, verdicts).rows.empty


# --- answers that never came ------------------------------------------------------------------------------------------

NONE = page.NO_ANSWER


def test_without_any_answer_nothing_is_said_of_the_reading():
    gone = texts([NONE] * 4, [NONE] * 4)
    assert page.passage("a model", gone).answer == wording.NOT_MEASURED
    assert page.untold("a model", [None] * 3, gone, [True]).answer == wording.NOT_MEASURED
    assert page.quote("a model", dict.fromkeys(page.QUOTES, [NONE] * 4), [2]).answer == wording.NOT_MEASURED
    told = page.chain("a model", ends([NONE] * 8, [NONE] * 8, GOOD), np.array([True] * 8)).data
    assert told.endswith("p not measured, so not measured.") and "ahead" not in told


def test_answers_that_never_came_are_a_kind_of_their_own():
    outcome = page.passage("a model", texts([RIGHT, NONE, WRONG], [WRONG, WRONG, NONE]))
    assert "50.0% (1 of 2; 95 % interval 9% to 91%; no answer: 1) right" in outcome.sentence
    assert "right passage: 1 right, 0 admit, 1 wrong, 1 without an answer" in outcome.sentence
    (rows,) = page.texts_chart(texts([RIGHT, NONE])).to_dict()["datasets"].values()
    assert {row["answer"] for row in rows} == {RIGHT, ADMITS, WRONG, NONE}
    assert list(page.replies_table("a model", pd.Series(["a", "b"]), ["x", ""], [False, None]).rows["counts as"]) == ["an answer", NONE]
    assert "admits on 50.0% (1 of 2;" in page.untold("a model", [True, False, None], texts([RIGHT]), [True]).sentence


def test_an_answer_that_never_came_is_a_failure_of_its_own():
    read = READ.assign(kind=NONE, wrote=[NoAnswer(Why.CUT_OFF)] * len(READ))
    unread = UNREAD.assign(silent=[None] * 3)
    rows = page.failures_table("a model", read, unread, *failing([NONE] * len(READ), [NONE] * len(READ))).rows
    assert rows["failure"].tolist() == ["no answer came"]
    assert rows["a model wrote"][0] == "no answer (cut off)"
