"""What the page on wordings says, on results that come out each way."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

import sidebyside as sbs
from sidebyside import NoAnswer, wording
from sidebyside.errors import Why

page = sbs.lesson("fragile_prompts")


def marks(n=20, **hits):
    """Marks of variants that are right on their first messages."""
    return pd.DataFrame({name: [i < right for i in range(n)] for name, right in hits.items()})


def answer(text):
    return SimpleNamespace(choices=[SimpleNamespace(message=SimpleNamespace(content=text))])


def never_wide(right):
    return np.zeros(4)


@pytest.mark.parametrize(("apart", "option"), [(0, 0), (9, 0), (10, 1), (25, 1), (26, 2)])
def test_wordings_apart(apart, option):
    outcome = page.wordings("a model", marks(100, one=50, two=50 - apart))
    assert outcome.answer == wording.options(outcome.key)[option]
    assert f"That is {apart} points apart" in outcome.sentence
    assert f"one gets {sbs.rate([True] * 50 + [False] * 50)} right" in outcome.sentence


def test_the_best_comes_first_and_of_equals_the_first():
    assert page.ends(marks(one=3, two=5, three=1)) == ("two", "three")
    assert page.ends(marks(one=3, two=3)) == ("one", "one")


def test_as_wide_counts_equal_ranges_too():
    assert page.as_wide(marks(one=3, two=5), np.array([1, 2, 3, 0])) == 2


def test_last_words_are_tallied_and_an_empty_answer_is_a_word_of_its_own():
    assert page.tally([answer(text) for text in ("It is good", "good", "bad", "", "a", "b", "a")]) == "good 2, a 2, bad 1,  1"


def test_the_table_shows_both_ends():
    prompts = {"one": sbs.Prompt("1", "", "is it\n{text}"), "two": sbs.Prompt("2", "", "say\n{text}")}
    rows = page.ends_table(marks(one=1, two=2), prompts, {"one": [answer("good")], "two": [answer("bad")]}).rows
    assert [tuple(row) for row in rows.itertuples(index=False)] == [("two", "say {text}", "bad 1"), ("one", "is it {text}", "good 1")]


@pytest.mark.parametrize(("share", "option"), [(0, 0), (0.009, 0), (0.01, 1), (0.1, 1), (0.11, 2)])
def test_chance_is_told_by_its_share_of_throws(share, option):
    outcome = page.chance(marks(one=10, two=8), share, np.arange(1000) % 3, np.array([1, 1, 2, 4]))
    assert outcome.answer == wording.options(outcome.key)[option]
    assert f"in {1000 * share:.0f} of 1,000 throws" in outcome.sentence
    assert "by 5 points as a rule (median), and by the 10 points we saw" in outcome.sentence
    assert "Shuffling parts them by 8 points as a rule, and as far as we saw in 2 of 4." in outcome.sentence


CHANGES = dict.fromkeys(page.CHANGES, marks(one=10, two=10))


@pytest.mark.parametrize("option", page.CHANGES)
def test_each_change_may_move_the_score_most(option):
    outcome = page.changes("a model", CHANGES | {option: marks(one=10, two=5), "the training messages": marks(one=20, two=0)})
    assert outcome.answer == option
    assert f"{option} 25 points (n = 20)" in outcome.sentence and "training" not in outcome.sentence


def test_of_changes_that_move_as_far_the_first_counts():
    assert page.changes("a model", CHANGES).answer == page.CHANGES[0]


def test_only_the_language_model_s_changes_are_its_colour():
    (rows,) = page.changes_chart(CHANGES | {"the training messages": marks(one=20)}).to_dict()["datasets"].values()
    kinds = {row["group"]: row["kind"] for row in rows}
    assert kinds == {f"{name} (2)": "GenAI" for name in page.CHANGES} | {"the training messages (1)": "ML"}


def test_a_line_of_the_table():
    rows = page.changes_table({"the wording": marks(one=10, two=5)}, lambda right: np.array([5, 4, 6, 0])).rows
    assert list(rows.iloc[0]) == ["the wording", 2, 20, "25%", "50%", "25", "2 of 4"]


def test_the_chart_of_wordings_has_a_tick_for_each():
    (rows,) = page.wordings_chart(marks(one=10, two=5)).to_dict()["datasets"].values()
    assert [(row["name"], row["score"], row["kind"]) for row in rows] == [("one", 0.5, "GenAI"), ("two", 0.25, "GenAI")]


def prompt(last):
    return sbs.Prompt("1", "", "{text}", examples=(("a", "It is first"), ("b", f"It is {last}")))


def test_orders_are_grouped_by_the_label_of_the_last_example():
    told = page.by_last_example(marks(one=10, two=20, three=4), {"one": prompt("good"), "two": prompt("good"), "three": prompt("bad")})
    assert told == "in **bad**: 20% on average (20% to 20%, 1 orders); in **good**: 75% on average (50% to 100%, 2 orders)"


def test_an_answer_without_a_label_is_another_answer():
    before, after = [answer("good"), answer("good"), answer("?")], [answer("It is GOOD"), answer("?"), answer("")]
    assert str(page.moved(before, after, ["good", "bad"])) == str(sbs.rate([False, True, False]))


def test_the_details_name_the_names_that_did_worst():
    right = {page.ORDER: marks(one=5), page.NAMES: marks(one=5, **{"happy_or_sad": 1})}
    by_names = {"one": [answer("no")], "happy_or_sad": [answer("glad")]}
    told = page.details("a model", right, {"one": prompt("good")}, by_names, (sbs.Rate(1, 4), sbs.Rate(0, 4))).data
    assert "worst are “happy\\_or\\_sad”. Asked with them, **a model** wrote: glad 1." in told
    assert f"gives another answer to {sbs.Rate(1, 4)}; the trained model to {sbs.Rate(0, 4)}." in told


def test_parts_of_a_change_are_read_in_three_ways():
    one, two = ([marks(**{name: hits}) for hits in (1, 2, 3)] for name in ("one", "two"))
    readings = page.by_reading({"names": [one, two]})
    assert {way: list(right.sum()) for (_, way), right in readings.items()} == dict(zip(page.READINGS, ([1, 1], [2, 2], [3, 3]), strict=True))


def readings(**calibrated):
    """Readings under which each change is 25 points wide by its word, and as wide as said once it is calibrated."""
    widths = {change: calibrated.get(name, 25) for change, name in zip(page.CHANGES, ("wording", "order", "names", "capitals"), strict=True)}
    word, token = marks(100, one=50, two=25), marks(100, one=50, two=35)
    return page.by_reading({change: [[word, token, marks(100, one=100, two=100 - wide)]] for change, wide in widths.items()})


@pytest.mark.parametrize(("wide", "option"), [(0, 0), (14, 0), (15, 1), (25, 1), (35, 1), (36, 2)])
def test_both_remedies_on_the_wordings(wide, option):
    outcome = page.remedies("a model", readings(wording=wide))
    assert outcome.answer == wording.options(outcome.key)[option]
    assert f"25 points apart by its word, 15 by first token, {wide} calibrated (n = 100)" in outcome.sentence


def test_changes_made_narrower_are_listed():
    assert page.remedies("a model", readings(order=24, names=26)).sentence.endswith("narrower for 1 of 4 changes: the order of four examples.")
    assert page.remedies("a model", readings()).sentence.endswith("narrower for 0 of 4 changes.")


def test_readings_are_drawn_for_wordings_and_orders():
    (rows,) = page.readings_chart(readings()).to_dict()["datasets"].values()
    groups = list(dict.fromkeys(row["group"] for row in rows))
    assert groups == [f"{change}, {way}" for change in ("the wording", "the order") for way in page.READINGS]


def test_the_table_of_readings_adds_the_mean():
    rows = page.readings_table(readings(), never_wide).rows
    assert len(rows) == 12
    assert list(rows.iloc[0]) == ["the wording", "by its word", 2, 100, "25%", "50%", "25", "0 of 4", "38%"]


# --- answers that never came ------------------------------------------------------------------------------------------

NOBODY = marks(0, one=0, two=0)
GONE = NoAnswer(Why.FILTERED)


def test_without_any_answer_no_wording_is_the_best():
    assert page.wordings("a model", NOBODY).answer == wording.NOT_MEASURED
    assert page.chance(NOBODY, 1.0, np.zeros(4), np.zeros(4)).answer == wording.NOT_MEASURED
    assert page.changes("a model", dict.fromkeys(page.CHANGES, NOBODY)).answer == wording.NOT_MEASURED
    assert page.remedies("a model", {at: NOBODY for at in readings()}).answer == wording.NOT_MEASURED
    assert list(page.line("the wording", NOBODY, np.zeros(4)).values()) == ["the wording", 2, 0, *[wording.NOT_MEASURED] * 4]
    assert page.ends(NOBODY) == ("one", "two")
    assert page.by_last_example(NOBODY, {"one": prompt("good"), "two": prompt("bad")}).endswith(wording.NOT_MEASURED)


def test_wordings_are_compared_on_messages_that_all_of_them_got_an_answer_to():
    assert page.all_came({"one": [answer("a"), GONE, answer("b")], "two": [answer("a"), answer("a"), GONE]}).tolist() == [True, False, False]


def test_an_answer_that_never_came_is_no_other_answer_and_no_word():
    before, after = [answer("good"), answer("good"), GONE], [answer("bad"), GONE, answer("bad")]
    assert (page.moved(before, after, ["bad", "good"]).successes, page.moved(before, after, ["bad", "good"]).n) == (1, 1)
    assert page.tally([answer("good"), GONE, GONE]) == "no answer (filtered) 2, good 1"


def test_a_change_that_was_not_measured_moves_nothing():
    found = CHANGES | {page.ORDER: NOBODY}
    shown = page.changes("a model", found)
    assert shown.answer == page.CHANGES[0] and "examples not measured points (n = 0)" in shown.sentence
