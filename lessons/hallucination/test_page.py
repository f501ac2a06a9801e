"""What the page on made-up answers says, on results that come out each way."""

import pandas as pd
import pytest

import sidebyside as sbs
from sidebyside import NoAnswer, wording
from sidebyside.errors import Why

page = sbs.lesson("hallucination")
RIGHT, ADMITS, MADE_UP = page.KINDS


def kinds(invented, real):
    """Kinds of answers, first about the invented things and then about the real ones."""
    return pd.Series([*invented, *real])


def exists(invented, real):
    return pd.Series([False] * invented + [True] * real)


def told(markdown):
    return markdown.data


@pytest.mark.parametrize(("made_up", "option"), [(0, 0), (1, 1), (3, 1), (4, 2)])
def test_invented_things_are_counted_in_quarters(made_up, option):
    found = kinds([MADE_UP] * made_up + [ADMITS] * (4 - made_up), [RIGHT, MADE_UP, MADE_UP])
    outcome = page.invented("a model", found, exists(4, 3))
    assert outcome.answer == wording.options(outcome.key)[option]
    assert f"({made_up} of 4;" in outcome.sentence and "gets 33.3% (1 of 3;" in outcome.sentence


def test_a_thing_that_does_not_exist_has_no_true_answer():
    things = pd.DataFrame({"question": ["a?", "b?"] * 10, "answer": ["", "Oslo"] * 10})
    rows = page.first_answers(things, ["x"] * 20, [MADE_UP] * 20).rows
    assert list(rows["true answer"][:2]) == ["(no such thing)", "Oslo"]
    assert len(rows) == 12


def test_who_judged_nothing_is_told_how():
    assert "these 2 answers yet" in told(page.agreement([None, None], [RIGHT, MADE_UP]))


def test_only_what_was_judged_counts_as_agreement():
    own, rule = [RIGHT, RIGHT, None, MADE_UP, RIGHT], [RIGHT, MADE_UP, RIGHT, ADMITS, ADMITS]
    assert f"agree on {sbs.rate([True, False, False, False])}" in told(page.agreement(own, rule))
    assert "took 1 made-up" in told(page.agreement(own, rule))


def test_an_unjudged_answer_is_a_dash():
    picked = pd.DataFrame({"question": ["a?", "b?"], "answer": ["", "Oslo"]})
    assert list(page.judged(picked, ["x", "y"], [MADE_UP, RIGHT], [None, RIGHT]).rows["you say"]) == ["–", RIGHT]


WAYS = {"plain": kinds([MADE_UP, MADE_UP, ADMITS], [RIGHT, MADE_UP]), page.REGISTER: kinds([ADMITS] * 3, [RIGHT, RIGHT])}
GROUPS = exists(3, 2)


@pytest.mark.parametrize(
    ("chart", "expected"),
    [
        ("invented_chart", {("plain", "GenAI", ADMITS): 1, ("plain", "GenAI", MADE_UP): 2, (page.REGISTER, "people", ADMITS): 3}),
        ("real_chart", {("plain", "GenAI", RIGHT): 1, ("plain", "GenAI", MADE_UP): 1, (page.REGISTER, "people", RIGHT): 2}),
    ],
)
def test_bars_count_one_group_only(chart, expected):
    (rows,) = getattr(page, chart)(WAYS, GROUPS).to_dict()["datasets"].values()
    assert {(row["system"], row["kind"], row["answer"]): row["n"] for row in rows if row["n"]} == expected


def test_the_table_holds_the_same_shares():
    rows = page.shares_table(WAYS, GROUPS).rows.set_index("way")
    assert list(rows.columns) == [f"invented (n = 3): {ADMITS}", "real (n = 2): right", f"real: {ADMITS}", "real: wrong"]
    assert [text.split(" ")[0] for text in rows.loc["plain"]] == ["33%", "50%", "0%", "50%"]


@pytest.mark.parametrize(("kept", "n", "option"), [(0, 1, 2), (0, 2, 2), (1, 2, 1), (9, 10, 1), (19, 20, 0), (2, 2, 0)])
def test_what_the_permission_costs(kept, n, option):
    before, after = [RIGHT] * n + [MADE_UP], [RIGHT] * kept + [ADMITS] * (n - kept) + [RIGHT]
    outcome = page.permission("a model", {"plain": kinds([MADE_UP], before), "permission": kinds([ADMITS], after)}, exists(1, n + 1))
    assert outcome.answer == wording.options(outcome.key)[option]
    assert f"loses {n - kept} of {n} right answers and gains 1." in outcome.sentence
    assert (
        f"(1 of 1; 95 % interval 21% to 100%) of the invented things, and for {sbs.rate([True] * (n - kept) + [False] * (kept + 1))}"
        in outcome.sentence
    )


def test_nothing_was_right_so_nothing_could_be_lost():
    ways = {"plain": kinds([MADE_UP], [MADE_UP]), "permission": kinds([MADE_UP], [RIGHT])}
    outcome = page.permission("a model", ways, exists(1, 1))
    assert outcome.answer == wording.NOT_MEASURED and "loses 0 of 0" in outcome.sentence


def test_tales_come_from_the_way_that_tells_most():
    answers = {"plain": ["fiction 1", "x", "x"], "rule": ["FICTIONAL a", "fiction b", "fiction c"], page.REGISTER: ["fiction"] * 3}
    ways = {"plain": kinds([ADMITS] * 2, [ADMITS]), "rule": kinds([ADMITS] * 2, [ADMITS]), page.REGISTER: kinds([ADMITS] * 2, [RIGHT])}
    assert told(page.tales(answers, ways, exists(2, 1))) == (
        "Of 2 admissions about invented things after “rule”, **2** speak of fiction: “FICTIONAL a” · “fiction b”"
    )


def test_at_most_three_tales_are_told_and_a_made_up_answer_is_none():
    answers, found = {"rule": ["fiction"] * 5}, kinds([ADMITS] * 4 + [MADE_UP], [])
    said = told(page.tales(answers, {"rule": found}, exists(5, 0)))
    assert "**4** speak" in said and said.count("“fiction”") == 3


def test_no_tale_ends_in_a_full_stop():
    assert told(page.tales({"plain": ["no"]}, {"plain": kinds([ADMITS], [])}, exists(1, 0))).endswith("**0** speak of fiction.")


def test_what_is_left_is_counted_by_sort():
    ways = {"plain": kinds([MADE_UP, MADE_UP, ADMITS], [MADE_UP])}
    row = page.left_table(ways, exists(3, 1), pd.Series(["city", "metal", "metal", "city"])).rows.iloc[0]
    assert dict(row) == {"way": "plain", "invented: city": "1 of 1", "invented: metal": "1 of 2"}


@pytest.mark.parametrize(
    ("warm", "option", "said"),
    [
        (["Ava"] * 3, 0, "among 3 at temperature 1, 1 different and 0 saying so"),
        (["Ava", "Bo", "Ava"], 1, "2 different and 0"),
        (["Ava", "none", "none"], 2, "2 different and 2"),
        (["none"] * 3, 2, "1 different and 3"),
    ],
)
def test_draws_about_an_invented_thing(warm, option, said):
    unreal, known = {"name": "Atlantis"}, {"name": "Norway", "answer": "Oslo"}
    outcome = page.temperature("a model", unreal, known, (["none", "Ava"], warm, ["Oslo", "Rome"]), lambda answer: answer == "none")
    assert outcome.answer == wording.options(outcome.key)[option]
    assert said in outcome.sentence
    assert "a model on Atlantis: among 2 answers at temperature 0, 2 different and 1 saying" in outcome.sentence
    assert "On Norway, at temperature 1, 50.0% (1 of 2;" in outcome.sentence


def test_six_draws_are_shown():
    assert len(page.draws_table(["a"] * 9, ["b"] * 9).rows) == 6


# --- answers that never came ------------------------------------------------------------------------------------------

NONE = page.NO_ANSWER
ALL_GONE = {"plain": kinds([NONE] * 3, [NONE] * 2), "permission": kinds([NONE] * 3, [NONE] * 2)}


def test_without_any_answer_nothing_is_called_invented():
    assert page.invented("a model", ALL_GONE["plain"], GROUPS).answer == wording.NOT_MEASURED
    assert page.permission("a model", ALL_GONE, GROUPS).answer == wording.NOT_MEASURED
    assert page.answered(ALL_GONE) == []
    assert "none to read" in told(page.tales({"plain": [""] * 5, "permission": [""] * 5}, ALL_GONE, GROUPS))
    gone = [NoAnswer(Why.FILTERED)] * 20
    thing = {"name": "Brelvania", "answer": ""}
    assert page.temperature("a model", thing, thing, (gone, gone, gone), lambda answer: False).answer == wording.NOT_MEASURED
    (row,) = page.shares_table({"plain": ALL_GONE["plain"]}, GROUPS).rows.to_dict("records")
    assert list(row.values())[1:] == [f"not measured (no answer: {n})" for n in (3, 2, 2, 2)]


def test_an_answer_that_never_came_is_a_kind_of_its_own():
    found = kinds([MADE_UP, NONE, ADMITS], [RIGHT, NONE])
    outcome = page.invented("a model", found, GROUPS)
    assert "50.0% (1 of 2; 95 % interval 9% to 91%; no answer: 1) of the invented things" in outcome.sentence
    (rows,) = page.invented_chart({"plain": found}, GROUPS).to_dict()["datasets"].values()
    assert {row["answer"]: row["n"] for row in rows} == {ADMITS: 1, MADE_UP: 1, NONE: 1}


def test_what_never_came_is_neither_an_invention_avoided_nor_a_right_answer_lost():
    before, after = page.both_answered(kinds([MADE_UP], [RIGHT, RIGHT]), kinds([NONE], [NONE, RIGHT]))
    assert list(before) == list(after) == [NONE, NONE, RIGHT]


def test_the_reader_is_not_held_against_an_answer_that_never_came():
    assert "agree on 100.0% (1 of 1;" in told(page.agreement([RIGHT, RIGHT], [RIGHT, NONE]))
