"""What the page on fields says, on results that come out each way."""

import pytest

import sidebyside as sbs
from sidebyside import NoAnswer, wording
from sidebyside.errors import Why

page = sbs.lesson("structured_output")
FIELDS = {"number": {"about": "its number"}, "wish": {"about": "what is asked", "values": ["refund", "none"]}}


def marks(parses=True, valid=True, **right):
    return page.Marks(parses, valid, {"number": True, "wish": True} | right)


def listed(table):
    return table.rows.to_dict("records")


@pytest.mark.parametrize(("hits", "n", "option"), [(0, 3, 0), (1, 3, 1), (2, 3, 1), (3, 3, 2), (1, 2, 1), (1, 4, 0), (3, 4, 2)])
def test_a_share_falls_under_its_third(hits, n, option):
    found = [{}] * hits + [None] * (n - hits)
    outcome = page.parsed("a model", found)
    assert outcome.answer == wording.options("structured_output/parse")[option]
    assert f"({hits} of {n};" in outcome.sentence


def test_an_answer_of_no_fields_still_parses():
    assert "(1 of 1;" in page.parsed("a model", [{}]).sentence


def test_the_form_lists_allowed_values_or_free_text():
    assert [row["allowed values"] for row in listed(page.form(FIELDS))] == ["free text", "refund, none"]


def test_the_measures_are_counted_apart():
    given = [marks(), marks(wish=False), marks(valid=False, number=False), marks(False, False, number=False, wish=False)]
    (row,) = listed(page.measures_table({"plain": given}))
    assert row == {"way": "plain", "parses": "3 of 4", "valid": "2 of 4", "all fields right": "1 of 4", "number": 2, "wish": 2}


def test_a_field_that_nobody_got_right_counts_zero():
    (row,) = listed(page.measures_table({"plain": [marks(number=False)]}))
    assert (row["number"], row["wish"]) == (0, 1)


def test_the_chart_tells_the_model_from_the_guess():
    chart = page.measures_chart({"schema": [marks(number=False)], page.UNREAD: [marks()]}).to_dict()
    (rows,) = chart["datasets"].values()
    assert {(row["system"], row["kind"], row["score"]) for row in rows} == {
        (f"{way}: {measure}", kind, score)
        for way, kind, all_right in (("schema", "GenAI", 0), (page.UNREAD, "people", 1))
        for measure, score in (("parses", 1), ("valid", 1), ("all fields right", all_right))
    }


@pytest.mark.parametrize(("hits", "option"), [(0, 0), (1, 1), (2, 1), (3, 2)])
def test_the_forced_form_is_judged_by_its_fields(hits, option):
    given = [marks()] * hits + [marks(wish=False)] * (3 - hits)
    outcome = page.valid("a model", {page.FORCED: given, "plain": [marks()]})
    assert outcome.answer == wording.options(outcome.key)[option]
    assert "are valid: 100.0% (3 of 3;" in outcome.sentence
    assert f"({hits} of 3;" in outcome.sentence.split("every field right")[1]


def test_only_valid_and_wrong_answers_are_shown():
    samples = [{"text": f"text {i}", "number": str(i), "wish": "none"} for i in range(6)]
    given = [marks(), marks(wish=False), marks(valid=False, wish=False), marks(number=False), marks(number=False), marks(wish=False)]
    shown = listed(page.valid_and_wrong("a model", list("abcdef"), samples, given))
    assert [(row["message"], row["a model wrote"]) for row in shown] == [("text 1", "b"), ("text 3", "d"), ("text 4", "e")]
    assert shown[0]["the record says"] == '{"number": "1", "wish": "none"}'


def test_no_valid_and_wrong_answer_leaves_an_empty_table():
    assert page.valid_and_wrong("a model", ["a"], [{"text": "t"}], [marks()]).rows.empty


ALL, NONE, HALF = [True] * 12, [False] * 12, [True, False] * 6


def contest(model, common, rival=None):
    return {"a model": model, "most common": common} | ({"rule": rival} if rival else {"none": NONE})


@pytest.mark.parametrize(
    ("contests", "option", "said"),
    [
        ({"a": contest(HALF, HALF), "b": contest(NONE, ALL)}, 0, "in none of 2"),
        ({"a": contest(ALL, HALF), "b": contest(ALL, HALF, ALL)}, 1, "in a of 2"),
        ({"a": contest(ALL, HALF), "b": contest(ALL, NONE, HALF)}, 2, "in a, b of 2"),
        ({"a": contest([True] * 4 + HALF[:8], HALF)}, 0, "n = 12) in none of 1"),  # ahead, but not clearly
    ],
)
def test_the_fields_where_the_model_is_ahead(contests, option, said):
    outcome = page.fields("a model", contests)
    assert outcome.answer == wording.options(outcome.key)[option]
    assert said in outcome.sentence


def test_a_field_without_a_rival_says_so():
    rows = listed(page.contests_table({"a": contest(ALL, HALF), "b": contest(NONE, ALL, HALF)}))
    assert [row["rival"] for row in rows] == ["none", f"rule: {sbs.rate(HALF)}"]
    assert [row["a model"] for row in rows] == [str(sbs.rate(ALL)), str(sbs.rate(NONE))]


@pytest.mark.parametrize(("wrong", "n", "option"), [(0, 3, 0), (1, 3, 1), (3, 4, 2)])
def test_what_got_through_unseen(wrong, n, option):
    passed = [{"a": True, "b": False}] * wrong + [{"a": True, "b": True}] * (n - wrong)
    outcome = page.unseen("a model", ["repair"] * n + ["person"] * 2, passed, "n = 1: none")
    assert outcome.answer == wording.options(outcome.key)[option]
    assert "repair" in outcome.sentence and "2 by person" in outcome.sentence and f"({wrong} of {n};" in outcome.sentence


def test_nothing_got_through_at_all():
    outcome = page.unseen("a model", ["person"], [], "n = 1: none")
    assert outcome.answer == wording.NOT_MEASURED
    assert "still wrong somewhere: not measured (n = 0)." in outcome.sentence  # and no sample of one that does not exist


def test_the_gain_looks_at_copied_fields_only():
    told = page.gain([marks(number=False), marks()], [{"number": True, "wish": False}] * 2, FIELDS)
    assert told == "n = 2: number: 1 right before the repair, 2 after"


def test_a_case_may_copy_no_field():
    assert page.gain([marks()], [{"wish": True}], {"wish": FIELDS["wish"]}) == "n = 1: no field is copied"


# --- answers that never came ------------------------------------------------------------------------------------------


def test_without_any_answer_nothing_is_said_of_the_form():
    gone = [NoAnswer(Why.FILTERED)] * 3
    assert page.parsed("a model", [None] * 3, gone).answer == wording.NOT_MEASURED
    assert page.valid("a model", {page.FORCED: [None] * 3}).answer == wording.NOT_MEASURED
    assert page.fields("a model", {"a": contest([None] * 12, ALL)}).answer == wording.NOT_MEASURED
    assert page.gain([None] * 3, [{}] * 3, FIELDS) == wording.NOT_MEASURED
    rows = listed(page.measures_table({"plain": [None] * 3, page.UNREAD: [marks()] * 3}))
    assert rows[0] == {"way": "plain", **dict.fromkeys(["parses", "valid", "all fields right"], "not measured (no answer: 3)")} | dict.fromkeys(
        ["number", "wish"], wording.NOT_MEASURED
    )


def test_answers_that_never_came_are_not_unreadable():
    outcome = page.parsed("a model", [{}, None, None], ["{}", "so", NoAnswer(Why.EMPTY)])
    assert "50.0% (1 of 2; 95 % interval 9% to 91%; no answer: 1)" in outcome.sentence
    (row,) = listed(page.measures_table({"plain": [marks(wish=False), None]}))
    assert (row["parses"], row["number"], row["wish"]) == ("1 of 1; no answer: 1", 1, 0)
    samples = [{"text": f"text {i}", "number": str(i), "wish": "none"} for i in range(2)]
    assert [row["message"] for row in listed(page.valid_and_wrong("a model", ["a", "b"], samples, [None, marks(wish=False)]))] == ["text 1"]


def test_the_model_is_compared_where_it_answered():
    readers = contest([True] * 8 + [None] * 4, [False] * 8 + [True] * 4)
    assert page.clearly_ahead(readers)
    assert "n = 8) in a of 1" in page.fields("a model", {"a": readers}).sentence
