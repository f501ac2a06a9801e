"""What the page on structured output says, on results that come out each way."""

import json
from types import SimpleNamespace

import pytest

import sidebyside as sbs
from sidebyside import NoAnswer, wording
from sidebyside.errors import Why

page = sbs.lesson("structured_output")
FIELDS = {"number": {"about": "its number"}, "wish": {"about": "what is asked", "values": ["refund", "none"]}}
GONE = NoAnswer(Why.FILTERED)


def response(text="{}", finish="stop"):
    return SimpleNamespace(choices=[SimpleNamespace(message=SimpleNamespace(content=text), finish_reason=finish)])


def marks(parses=True, valid=True, cut=False, **right):
    return page.Marks(cut, parses, valid, {"number": valid, "wish": valid} | right)


def listed(table):
    return table.rows.to_dict("records")


def strict(text):
    return None if text.startswith("`") else lenient(text)


def lenient(text):
    return {} if "{}" in text else None


WRAPPED, BARE, TORN = response("```{}```"), response(), response('{"number": "1', "length")


# --- answers as they come ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("bare", "n", "option"), [(0, 20, 0), (1, 20, 0), (2, 20, 1), (9, 20, 1), (10, 20, 2), (18, 20, 2), (19, 20, 3), (20, 20, 3)]
)
def test_a_share_of_answers_falls_under_its_option(bare, n, option):
    outcome = page.parsed("a model", [BARE] * bare + [TORN] * (n - bare), strict, lenient)
    assert outcome.answer == wording.options("structured_output/parse")[option]
    assert f"({bare} of {n};" in outcome.sentence and f"limit of tokens: {n - bare} of {n}." in outcome.sentence


@pytest.mark.parametrize(
    ("responses", "said"),
    [
        ([BARE, BARE], "Nothing stood in the way."),
        ([BARE, WRAPPED], "only the wrapping stood in the way"),
        ([TORN, TORN], "saves none"),
        ([BARE, TORN], "saves none"),
        ([TORN, WRAPPED, TORN], "saves 1; in 2 there is no whole object"),
    ],
)
def test_what_stood_in_the_way_is_what_did(responses, said):
    assert said in page.parsed("a model", responses, strict, lenient).sentence


def test_answers_that_never_came_are_neither_unreadable_nor_cut_off():
    sentence = page.parsed("a model", [BARE, WRAPPED, GONE, NoAnswer(Why.CUT_OFF)], strict, lenient).sentence
    assert "50.0% (1 of 2; 95 % interval 9% to 91%; no answer: 2)" in sentence and "limit of tokens: 0 of 2." in sentence
    assert page.parsed("a model", [GONE] * 3, strict, lenient).answer == wording.NOT_MEASURED


def test_the_first_answers_are_shown_as_they_came():
    assert listed(page.word_for_word("a model", ["x", "y"], [WRAPPED, BARE])) == [{"message": "x", "a model wrote": "```{}```"}]
    assert "no answer" in str(listed(page.word_for_word("a model", ["x"], [GONE]))[0]["a model wrote"])


def test_the_form_lists_allowed_values_or_free_text():
    assert [row["allowed values"] for row in listed(page.form(FIELDS))] == ["free text", "refund, none"]


# --- three measures ---------------------------------------------------------------------------------------------------


def read(text):
    return json.loads(text) if text.endswith("}") else None


def right(found, record):
    return {name: bool(found) and found.get(name) == record[name] for name in FIELDS}


def test_marks_keep_apart_what_never_came_and_give_nothing_to_what_does_not_parse():
    samples = [{"text": "it is 42", "number": "42", "wish": "none"}] * 4
    answers = [response('{"number": "42", "wish": "none"}'), TORN, response("None"), GONE]
    given = page.marks(answers, samples, read, bool, right)
    assert [mark and (mark.cut, mark.parses, mark.valid, mark.all_right) for mark in given] == [
        (False, True, True, True),
        (True, False, False, False),
        (False, False, False, False),
        None,
    ]


def test_marks_may_be_of_repaired_answers():
    sample = {"text": "it is 42", "number": "42", "wish": "none"}
    repair = lambda found, text: found and found | {"number": text[-2:]}  # noqa: E731
    first, then = (page.marks([response('{"number": "7", "wish": "none"}'), TORN], [sample] * 2, read, bool, right, fix) for fix in (None, repair))
    assert [mark.all_right for mark in first + then] == [False, False, True, False]


def test_a_guess_is_valid_and_right_where_it_fits():
    given = page.guessed({"number": "", "wish": "none"}, [{"number": "", "wish": "none"}, {"number": "7", "wish": "none"}], right)
    assert [(mark.valid, mark.all_right) for mark in given] == [(True, True), (True, False)]


def test_the_measures_are_counted_apart():
    given = [marks(), marks(wish=False), marks(valid=False), marks(False, False, cut=True)]
    (row,) = listed(page.measures_table("a model", {"plain": given}))
    assert row == {
        "who, and how asked": "a model, plain",
        "n": 4,
        "cut off": wording.share(sbs.Rate(1, 4)),
        "parses": "75% (30% to 95%)",
        "valid": "50% (15% to 85%)",
        "right": "25% (5% to 70%)",
    }


@pytest.mark.parametrize("right", [{"number": True, "wish": True}, {"number": True, "wish": False}])
def test_what_is_not_valid_is_never_right(right):
    assert not page.Marks(False, True, False, right).all_right


def test_the_chart_tells_the_model_from_the_guess():
    chart = page.measures_chart("a model", {"schema": [marks(number=False)], page.UNREAD: [marks()]}).to_dict()
    (rows,) = chart["datasets"].values()
    assert {(row["system"], row["kind"], row["score"]) for row in rows} == {
        ("schema: valid", "GenAI", 1),
        ("schema: right", "GenAI", 0),
        (f"{page.UNREAD}: right", "neither", 1),
    }


GOOD, BAD, TORN_FORM = [marks()] * 12, [marks(wish=False)] * 12, [marks(valid=False)] * 12


@pytest.mark.parametrize(
    ("examples", "schema", "option"), [(GOOD, BAD, 0), (BAD, GOOD, 1), (GOOD, GOOD, 2), (TORN_FORM, BAD, 2), (GOOD[:3] + BAD[3:], BAD, 2)]
)
def test_examples_or_the_schema_give_more_right_records(examples, schema, option):
    outcome = page.valid("a model", {page.EXAMPLES: examples, page.SCHEMA: schema, page.BOTH: GOOD, page.UNREAD: BAD})
    assert outcome.answer == wording.options(outcome.key)[option]


@pytest.mark.parametrize(
    ("model", "guess", "said"),
    [
        (GOOD, BAD, "12 of 12 keep the form and 12 of 12 are right: clearly more than the baseline's 0 of 12"),
        (BAD, GOOD, "12 of 12 keep the form and 0 of 12 are right: clearly fewer than the baseline's 12 of 12"),
        (TORN_FORM, BAD, "0 of 12 keep the form and 0 of 12 are right: not clearly more or fewer than the baseline's 0 of 12"),
    ],
)
def test_both_together_are_compared_with_the_baseline(model, guess, said):
    assert said in page.valid("a model", {page.EXAMPLES: GOOD, page.SCHEMA: BAD, page.BOTH: model, page.UNREAD: guess}).sentence


def test_only_valid_and_wrong_answers_are_shown():
    samples = [{"text": f"text {i}", "number": str(i), "wish": "none"} for i in range(6)]
    given = [marks(), marks(wish=False), marks(valid=False), marks(number=False), None, marks(wish=False)]
    shown = listed(page.valid_and_wrong("a model", [response(letter) for letter in "abcdef"], samples, given))
    assert [(row["message"], row["a model wrote"]) for row in shown] == [("text 1", "b"), ("text 3", "d"), ("text 5", "f")]
    assert shown[0]["the record says"] == '{"number": "1", "wish": "none"}'
    assert page.valid_and_wrong("a model", [BARE], [{"text": "t"}], [marks()]).rows.empty


# --- repair -----------------------------------------------------------------------------------------------------------


def leaks(*answers, texts=("nothing here", "it is 42", "nothing here", "x")):
    shown = [{"number": "42", "wish": "refund"}, {"number": "", "wish": "none"}]
    samples = [{"text": text} for text in texts[: len(answers)]]
    read = lambda text: json.loads(text) if text else None  # noqa: E731
    return page.leaks({"way": [response(one) for one in answers]}, read, shown, samples, FIELDS)["way"]


@pytest.mark.parametrize(
    ("answer", "count"),
    [
        ({"number": "42", "wish": "none"}, 1),
        ({"number": "", "wish": "none"}, 0),  # the other example is empty: emptiness does not leak
        ({"number": "43", "wish": "none"}, 0),
        ({"number": "", "wish": "refund"}, 0),  # a value to choose from is nobody's own
        ({"wish": "refund"}, 0),
        ({"number": None}, 0),
        ({"number": 42}, 1),
    ],
)
def test_a_value_of_an_example_leaks_if_the_message_does_not_hold_it(answer, count):
    assert leaks(json.dumps(answer)) == count


def test_a_value_that_the_message_holds_itself_is_no_leak():
    one = json.dumps({"number": "42"})
    assert leaks(one, one, "", one) == 2


def test_the_repair_is_shown_before_and_after():
    before, after = [marks(number=False), marks()], [marks(), marks()]
    (row,) = listed(page.repaired("a model", {"way": before, "guess": before}, {"way": after}, {"way": 1}))
    assert row == {
        "way of asking": "a model, way",
        "n": 2,
        "leaked from an example": wording.share(sbs.Rate(1, 2)),
        "right before the repair": wording.share(sbs.rate([False, True])),
        "right after it": wording.share(sbs.rate([True, True])),
    }


@pytest.mark.parametrize(
    ("given", "way"),
    [
        ({"a": [marks(), None], "b": [marks(), marks()]}, "b"),
        ({"a": [marks(), marks()], "b": [marks(), marks()]}, "a"),  # equals: the first, which is the simplest
        ({"a": [marks(valid=False)], "b": [marks(number=False)]}, "b"),  # none is right: the one that keeps the form
        ({"a": [None], "b": [None]}, "a"),
    ],
)
def test_the_best_way_is_chosen_by_right_records(given, way):
    assert page.best(given) == way


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ([marks(number=False), marks()], [marks(), marks()], "**way**, 2 of 2 right on dev. The repair added 1 right record there."),
        ([marks(), marks()], [marks(), marks()], "The repair changed nothing there."),
        ([marks(), marks()], [marks(valid=False), marks(number=False)], "The repair lost 2 right records there."),
        ([None], [None], "Not measured: no answer of a model came"),
    ],
)
def test_the_choice_says_what_the_repair_did(before, after, said):
    assert said in page.chosen("a model", {"way": before}, {"way": after}).data


# --- the exam ---------------------------------------------------------------------------------------------------------

ALL, NONE, HALF = [True] * 12, [False] * 12, [True, False] * 6


def contest(model, common, rival=None, filled=None):
    return page.Contest(filled or ALL, {"a model": model, "most common": common} | ({"rule": rival} if rival else {"none": NONE}))


@pytest.mark.parametrize(
    ("contests", "option", "said"),
    [
        ({"a": contest(HALF, HALF), "b": contest(NONE, ALL)}, 0, "in: none (0 of 2 fields)"),
        ({"a": contest(ALL, NONE), "b": contest(ALL, HALF, ALL)}, 1, "in: a (1 of 2 fields)"),
        ({"a": contest(ALL, NONE), "b": contest(ALL, NONE), "c": contest(NONE, ALL)}, 2, "in: a, b (2 of 3 fields)"),
        ({"a": contest(ALL, NONE), "b": contest(ALL, NONE, HALF)}, 3, "in: a, b (2 of 2 fields)"),
        ({"a": contest(ALL, NONE)}, 3, "in: a (1 of 1 field)"),
        ({"a": contest([True] * 4 + HALF[:8], HALF)}, 0, "in: none (0 of 1 field)"),  # ahead, but not clearly
        ({"a": contest(NONE, ALL)}, 0, "in: none (0 of 1 field)"),  # clearly behind
    ],
)
def test_the_fields_where_the_model_is_ahead(contests, option, said):
    outcome = page.fields("a model", contests)
    assert outcome.answer == wording.options(outcome.key)[option]
    assert said in outcome.sentence and "n = 12" in outcome.sentence


def test_holm_makes_it_harder_to_be_ahead_in_one_of_many_fields():
    six = contest(ALL, [False] * 6 + [True] * 6)  # p = 0.031 by itself
    assert page.ahead({"a": six}) == ["a"]
    assert page.ahead({"a": six, "b": contest(HALF, HALF)}) == []


@pytest.mark.parametrize(
    ("one", "said"),
    [
        (contest(ALL, HALF, NONE), "a: a model."),
        (contest(HALF, HALF, NONE), "a: a model and most common."),
        (contest(NONE, HALF, ALL), "a: rule."),
        (contest(NONE, HALF), "a: most common."),
    ],
)
def test_who_is_right_most_often_is_named(one, said):
    assert f"Right most often: {said}" in page.fields("a model", {"a": one}).sentence


def test_who_finds_most_may_be_another_than_who_is_right_most_often() -> None:
    one = contest([True] * 3 + [False] * 9, [False] * 3 + [True] * 9, filled=[True] * 3 + [False] * 9)
    said = page.fields("a model", {"a": one, "b": contest(HALF, ALL, filled=NONE)}).sentence
    assert "Right most often: a: most common; b: most common. Where there is something to find: a: a model." in said
    assert page.first_readers({"b": contest(HALF, ALL, filled=NONE)}, found=True) == wording.NOT_MEASURED


def test_recall_looks_at_messages_with_something_to_find():
    rows = listed(page.contests_table({"a": contest(HALF, ALL, filled=HALF), "b": contest(NONE, ALL, HALF, filled=NONE)}))
    assert [row["reader"] for row in rows] == ["a model", "most common", "a model", "most common", "rule"]
    assert rows[0] == {
        "field": "a",
        "reader": "a model",
        "accuracy": wording.share(sbs.rate(HALF)),
        "n": 12,
        "recall": wording.share(sbs.rate([True] * 6)),
        "to find": 6,
    }
    assert rows[2]["recall"] == "not measured (n = 0)" and rows[2]["to find"] == 0


def test_the_model_is_compared_where_it_answered():
    one = contest([True] * 8 + [None] * 4, [False] * 8 + [True] * 4)
    assert page.ahead({"a": one}) == ["a"]
    assert "n = 8" in page.fields("a model", {"a": one}).sentence
    assert page.fields("a model", {"a": contest([None] * 12, ALL)}).answer == wording.NOT_MEASURED


# --- the road of a bad answer -----------------------------------------------------------------------------------------


def ended(step, right=True, was_valid=True, valid=True):
    return page.Routed(step, was_valid, valid, {"a": right, "b": valid})


PERSON, PASSED = "to a person", "at once"


@pytest.mark.parametrize(("stopped", "wrong", "option"), [(0, 4, 0), (1, 4, 1), (2, 4, 2), (3, 4, 3), (4, 4, 3), (1, 5, 0)])
def test_how_many_wrong_records_the_checks_stop(stopped, wrong, option):
    some = [ended(PERSON, right=False)] * stopped + [ended(PASSED, right=False)] * (wrong - stopped) + [ended(PASSED), ended(PERSON)]
    outcome = page.unseen("a model", some)
    assert outcome.answer == wording.options(outcome.key)[option]
    assert f"the checks stopped {sbs.rate([True] * stopped + [False] * (wrong - stopped))}." in outcome.sentence
    assert f"still wrong: {sbs.rate([True] * (wrong - stopped) + [False])}." in outcome.sentence


@pytest.mark.parametrize(
    ("some", "said"),
    [
        ([ended("after a retry", was_valid=False), ended(PASSED)], "The retry fixed the form of some: 2 were valid in the end, and 1 before it."),
        ([ended(PASSED), ended(PASSED)], "None needed a retry."),
        ([ended(PASSED), ended(PERSON)], "The retry did nothing for the form: 2 of 2 were valid before it, and as many after it."),
        ([ended(PERSON, valid=False), ended(PASSED)], "The retry spoiled the form: 1 were valid in the end, and 2 before it."),
        ([ended(PERSON, was_valid=False, valid=False)], "The retry did nothing for the form: 0 of 1"),
    ],
)
def test_the_retry_fixed_the_form_only_if_it_did(some, said):
    assert said in page.unseen("a model", some).sentence


def test_what_is_not_valid_counts_as_wrong():
    some = [page.Routed(PERSON, False, False, {"a": True})]
    assert "stopped 100.0% (1 of 1;" in page.unseen("a model", some).sentence


def test_without_a_wrong_record_there_is_nothing_to_stop():
    outcome = page.unseen("a model", [ended(PASSED)])
    assert outcome.answer == wording.NOT_MEASURED
    assert "stopped none, because there was none" in outcome.sentence
    assert "still wrong: not measured (n = 0)." in page.unseen("a model", [ended(PERSON)]).sentence


# --- answers that never came ------------------------------------------------------------------------------------------


def test_without_any_answer_nothing_is_said_of_the_form():
    assert (
        page.valid("a model", dict.fromkeys([page.EXAMPLES, page.SCHEMA, page.BOTH], [None] * 3) | {page.UNREAD: [marks()] * 3}).answer
        == wording.NOT_MEASURED
    )
    assert page.unseen("a model", []).answer == wording.NOT_MEASURED
    rows = listed(page.measures_table("a model", {"plain": [None] * 3, page.UNREAD: [marks()] * 3}))
    assert [rows[0][name] for name in ("n", "parses", "valid", "right")] == [0, *["not measured (no answer: 3)"] * 3]
    (row,) = listed(page.repaired("a model", {"plain": [None]}, {"plain": [None]}, {"plain": 0}))
    assert row["leaked from an example"] == "–"
