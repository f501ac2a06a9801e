"""What the page on made-up answers counts and says, on results that come out each way."""

import json
from pathlib import Path

import pandas as pd
import pytest

import sidebyside as sbs
from sidebyside import NoAnswer, llm, models, wording
from sidebyside.errors import Why
from sidebyside.evaluation import compare

page = sbs.lesson("hallucination")
RIGHT, ADMITS, DODGES, MADE_UP = page.KINDS
NONE = page.NO_ANSWER
HOME = Path(__file__).parents[2]


def kinds(invented, real):
    """Kinds of answers, first about the invented things and then about the real ones."""
    return pd.Series([*invented, *real], dtype=str)


def exists(invented, real):
    return pd.Series([False] * invented + [True] * real)


def told(markdown):
    return markdown.data


# --- things -----------------------------------------------------------------------------------------------------------


def test_dev_exam_and_the_exercise_share_nothing():
    entities = sbs.load_case().entities
    dev, exam = page.split(entities)
    fresh = entities.groupby("real").tail(10)
    names = [set(part["name"]) for part in (dev, exam, fresh)]
    assert [len(part) for part in names] == [60, 80, 20] and sum(map(len, names)) == len(set.union(*names))
    assert all((part["real"] == "yes").sum() == len(part) / 2 for part in (dev, exam))


def test_a_live_page_asks_about_a_few_of_both(monkeypatch):
    things = pd.DataFrame({"real": ["yes", "no"] * 10, "n": range(20)})
    assert len(page.some(things, 6)) == 20
    monkeypatch.setenv("SIDEBYSIDE_LIMIT", "10")
    assert page.some(things, 6)["real"].tolist() == ["yes", "no"] * 4


# --- the rule ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "target", "kind"),
    [
        ("The capital of Peru is Lima.", "Lima", RIGHT),
        ("I don't know.", "Lima", ADMITS),
        ("I don’t know of such a place.", "", ADMITS),
        ("I'm sorry, I do not know that one.", "", ADMITS),
        ("I'm not sure. I'm not sure.", "", ADMITS),
        ("No, this is not a real thing.", "", ADMITS),
        ("Zor is a fictional city in a game.", "", ADMITS),
        ("There is no such element.", "", ADMITS),
        ("I'm sorry, as a chatbot designed to assist with language, I don't have the", "Lima", DODGES),
        ("As an AI language model I am here to assist you.", "", DODGES),
        ("I'm sorry, but I can't assist with that.", "", DODGES),
        ("  ", "", DODGES),
        ("The capital is Zorburg.", "", MADE_UP),
        ("Surely you know it: Oslo.", "Lima", MADE_UP),
        ("Yes, this is a real thing. The symbol is Zo.", "", MADE_UP),
        (NoAnswer(Why.FILTERED), "Lima", NONE),
        (None, "", NONE),
    ],
)
def test_an_answer_is_of_one_kind(answer, target, kind):
    assert page.kind(answer, target) == kind


def test_kinds_follow_the_order_of_the_things_whatever_their_index():
    things = pd.DataFrame({"answer": ["Oslo", ""]}, index=[7, 3])
    assert page.kinds_of(["Oslo", "I don't know."], things).tolist() == [RIGHT, ADMITS]


@pytest.mark.parametrize(("answer", "doubtful"), [("Perhaps it is Oslo.", True), ("I think so.", True), ("It is Oslo, founded in May.", False)])
def test_words_of_doubt(answer, doubtful):
    assert page.hedges(answer) is doubtful


# --- labels by hand ---------------------------------------------------------------------------------------------------


def test_each_labelled_answer_was_given_by_the_model_it_is_credited_to():
    rows = page.labels()
    assert len(rows) >= 120 and set(rows["label"]) | set(rows["second_label"]) <= set(page.KINDS)
    assert set(rows["model"]) == {models.MAIN.name, models.SMALL.name} and set(rows["half"]) == {"rule", "held out"}
    for model, group in rows.groupby("model"):
        lines = (HOME / "recordings" / model / "feedback" / "hallucination.jsonl").read_text(encoding="utf-8").splitlines()
        entries = [json.loads(line) for line in lines]
        said = {(e["request"]["messages"][-1]["content"], e["response"]["choices"][0]["message"]["content"]) for e in entries}
        for question, answer in zip(group["question"], group["answer"], strict=True):
            assert any(question in asked and answer == given for asked, given in said)


def labelled(**columns):
    rows = {"model": ["m"] * 4, "thing": [1, 2, 3, 4], "question": ["?"] * 4, "target": [""] * 4, "half": ["held out"] * 4}
    answers = {"answer": ["I don't know.", "It is Zor.", "I'm sorry, as a chatbot I don't have the ability.", "I know: Zor."]}
    return pd.DataFrame(rows | answers | columns)


def test_the_rule_is_examined_on_the_held_out_half_alone():
    kind = [ADMITS, MADE_UP, DODGES, MADE_UP]
    rows = labelled(kind=kind, label=kind, second_label=[ADMITS, MADE_UP, ADMITS, MADE_UP])
    said = told(page.trust(rows))
    assert f"On 4 answers of 1 model that did not form the rule, it gives the same kind as the labels in {sbs.rate([True] * 4)}" in said
    assert "Kappa of rule and labels: 1.00" in said and "`sbs.abstains`, which takes “I don't have the ability” for one: 0.50" in said
    assert said.endswith("over all the answers: 0.50 (95 % interval 0.00 to 1.00; n = 4).")
    same = told(page.trust(labelled(kind=[MADE_UP] * 4, label=[MADE_UP] * 4, second_label=[MADE_UP] * 4)))
    assert "Kappa of rule and labels: not defined (both say the same of all; n = 4)" in same
    assert same.endswith("all the answers: not defined (both say the same of all; n = 4).")
    half = rows.assign(half=["rule", "held out", "held out", "rule"], kind=[MADE_UP, MADE_UP, MADE_UP, ADMITS])
    assert f"On 2 answers of 1 model that did not form the rule, it gives the same kind as the labels in {sbs.Rate(1, 2)}" in told(page.trust(half))


# --- asked plainly ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("doubtful", "option"), [(0, 0), (1, 1), (5, 1), (6, 2), (10, 2)])
def test_words_of_doubt_in_made_up_answers_are_counted(doubtful, option):
    said = ["It may be Zor."] * doubtful + ["It is Zor."] * (10 - doubtful) + ["It is Oslo."]
    outcome = page.doubt("a model", said, kinds([MADE_UP] * 10, [RIGHT]), exists(10, 1))
    assert outcome.answer == wording.options(outcome.key)[option]
    assert f"({doubtful} of 10;" in outcome.sentence and "(0 of 1;" in outcome.sentence


def test_nothing_made_up_leaves_the_question_open():
    outcome = page.doubt("a model", ["I don't know.", "Oslo"], kinds([ADMITS], [RIGHT]), exists(1, 1))
    assert outcome.answer == wording.NOT_MEASURED and "gets 100.0% (1 of 1;" in outcome.sentence


def test_half_of_what_the_reader_judges_is_real_and_what_never_came_is_left_out():
    things = pd.DataFrame({"question": "?", "answer": ["", "Oslo"] * 15, "real": ["no", "yes"] * 15})
    found = pd.Series([NONE if i < 4 else MADE_UP for i in range(30)])
    items = page.to_judge(things, ["x"] * 30, found, "a model").items
    assert len(items) == 20 and (items["truth"] == "Oslo").sum() == 10 and NONE not in set(items["kind"])
    assert len(page.to_judge(things, ["x"] * 30, pd.Series([NONE] * 30), "a model").items) == 0


# --- the bill ---------------------------------------------------------------------------------------------------------

WAYS = {"plain": kinds([MADE_UP, MADE_UP, ADMITS], [RIGHT, MADE_UP]), "permission": kinds([ADMITS, DODGES, ADMITS], [ADMITS, RIGHT])}
GROUPS = exists(3, 2)


def test_bars_count_one_group_only():
    (rows,) = page.invented_chart(WAYS, GROUPS, "m").to_dict()["datasets"].values()
    assert {(row["system"], row["answer"]): row["n"] for row in rows if row["n"]} == {
        ("plain", ADMITS): 1,
        ("plain", MADE_UP): 2,
        ("permission", ADMITS): 2,
        ("permission", DODGES): 1,
    }
    (rows,) = page.real_chart(WAYS, GROUPS, "m").to_dict()["datasets"].values()
    assert {(row["system"], row["answer"]) for row in rows if row["n"]} == {
        ("plain", RIGHT),
        ("plain", MADE_UP),
        ("permission", ADMITS),
        ("permission", RIGHT),
    }


def test_the_table_holds_the_same_shares_and_names_the_model():
    rows = page.shares_table(WAYS, GROUPS, "m").rows
    assert list(rows.columns) == ["asked m", "things", *page.KINDS]
    assert [text.split(" ")[0] for text in rows.iloc[0][page.KINDS]] == ["–", "33%", "0%", "67%"]
    assert [text.split(" ")[0] for text in rows.iloc[3][page.KINDS]] == ["50%", "50%", "0%", "0%"]


def test_the_bill_has_two_columns_with_intervals():
    rows = page.bill(WAYS, GROUPS, "m").rows.set_index("asked m")
    assert rows.loc["permission", "inventions avoided"] == wording.share(sbs.Rate(2, 2))
    assert rows.loc["permission", "right answers lost"] == wording.share(sbs.Rate(1, 1))
    assert rows.loc["permission", "good answers"] == wording.share(sbs.Rate(3, 5))
    assert rows.loc["plain", "good answers"] == wording.share(sbs.Rate(2, 5))
    assert rows.loc["permission", "against plain"] == "no clear difference (p = 1.000)" and rows.loc["plain", "against plain"] == "–"


@pytest.mark.parametrize(("after", "word"), [(ADMITS, "better"), (DODGES, "no clear difference")])
def test_a_dodge_avoids_an_invention_and_is_no_good_answer(after, word):
    ways = {"plain": kinds([MADE_UP] * 9, [RIGHT]), "other": kinds([after] * 9, [RIGHT])}
    row = page.bill(ways, exists(9, 1), "m").rows.iloc[1]
    assert row["inventions avoided"].startswith("100%") and row["against plain"].startswith(word)


def test_a_way_is_judged_on_the_things_that_both_ways_answered():
    ways = {"plain": kinds([DODGES] * 9, [NONE] * 40 + [RIGHT] * 9), "other": kinds([ADMITS] * 9, [DODGES] * 40 + [RIGHT] * 9)}
    assert sbs.rate(page.good(ways["other"], exists(9, 49))).value < sbs.rate(page.good(ways["plain"], exists(9, 49))).value
    assert page.bill(ways, exists(9, 49), "m").rows.iloc[1]["against plain"].startswith("better")


def test_without_an_answer_about_an_invention_the_permission_is_not_judged():
    gone = kinds([page.NO_ANSWER], [RIGHT])
    assert "not measured" in page._worth(*page.both_answered(kinds([MADE_UP], [RIGHT]), gone), exists(1, 1))


def test_a_way_can_be_worse_than_the_plain_question():
    ways = {"plain": kinds([MADE_UP], [RIGHT] * 9), "other": kinds([MADE_UP], [DODGES] * 9)}
    assert page.bill(ways, exists(1, 9), "m").rows.iloc[1]["against plain"].startswith("worse")


@pytest.mark.parametrize(("asked", "system", "option"), [(RIGHT, ADMITS, 2), (ADMITS, RIGHT, 0), (RIGHT, RIGHT, 1), (ADMITS, ADMITS, 1)])
def test_where_the_permission_stands(asked, system, option):
    ways = {"plain": kinds([MADE_UP], [RIGHT] * 9), "permission": kinds([ADMITS], [asked] * 9), "system": kinds([ADMITS], [system] * 9)}
    outcome = page.place("a model", ways, exists(1, 9))
    assert outcome.answer == wording.options(outcome.key)[option]
    lost = sbs.Rate(0 if asked == RIGHT else 9, 9)
    assert f"loses {lost} of the answers that were right, and avoids {sbs.Rate(1, 1)} of the inventions" in outcome.sentence


def test_a_few_more_good_answers_are_no_clear_difference():
    ways = {"plain": kinds([MADE_UP], [RIGHT] * 9), "permission": kinds([MADE_UP], [RIGHT] * 9), "system": kinds([ADMITS], [RIGHT] * 9)}
    outcome = page.place("a model", ways, exists(1, 9))
    assert outcome.answer == "no clear difference" and f"{sbs.Rate(10, 10)} good answers" in outcome.sentence


def test_nothing_was_right_so_nothing_could_be_lost():
    ways = {"plain": kinds([MADE_UP], [MADE_UP]), "permission": kinds([MADE_UP], [RIGHT]), "system": kinds([MADE_UP], [RIGHT])}
    assert "could be lost" in page.place("a model", ways, exists(1, 1)).sentence


def worth(n, admits, dodges, lost):
    """What the permission is worth, where it is given n things of each sort that were made up, or right, before."""
    after = kinds([ADMITS] * admits + [DODGES] * dodges + [MADE_UP] * (n - admits - dodges), [ADMITS] * lost + [RIGHT] * (n - lost))
    return page._worth(kinds([MADE_UP] * n, [RIGHT] * n), after, exists(n, n))


@pytest.mark.parametrize(
    ("n", "admits", "dodges", "lost", "words"),
    [
        (20, 18, 0, 0, "and a loss of right answers is not clear."),
        (20, 18, 0, 4, "and a loss of right answers is not clear."),
        (20, 18, 0, 12, "but it becomes shy about what it does know."),
        (20, 0, 18, 0, "does not clearly admit more: it dodges the question."),
        (20, 0, 18, 18, "it dodges the question, and right answers go with the inventions."),
        (20, 0, 0, 18, "So it costs right answers, and no clear gain shows."),
        (20, 2, 1, 1, "these answers do not show."),
        (3, 3, 0, 0, "these answers do not show."),  # by the bare shares: all admitted, nothing lost
        (3, 0, 0, 3, "these answers do not show."),
    ],
)
def test_what_the_permission_is_worth_is_judged_by_what_clearly_changed(n, admits, dodges, lost, words):
    assert worth(n, admits, dodges, lost).endswith(words)


def test_what_it_is_worth_comes_with_differences_corrected_for_three():
    admitted, right, made_up = compare(
        ([True] * 18 + [False] * 2, [False] * 20), ([True] * 8 + [False] * 12, [True] * 20), ([False] * 18 + [True] * 2, [True] * 20)
    )
    said = worth(20, 18, 0, 12)
    for words, found in (("invented things", admitted), ("right answers", right), ("inventions", made_up)):
        assert f"{words} {wording.points(found)}" in said and "95 % interval" in said
    more = page._worth(kinds([MADE_UP] * 9, [RIGHT] + [MADE_UP] * 9), kinds([ADMITS] * 9, [RIGHT] * 10), exists(9, 10))
    assert "even more answers are right" in more


def test_without_inventions_there_is_none_to_avoid():
    assert "no invention" in page._worth(kinds([ADMITS], [RIGHT]), kinds([ADMITS], [RIGHT]), exists(1, 1))


# --- temperature ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("cold", "warm", "option"), [(9, 0, 0), (9, 8, 1), (9, 9, 1), (0, 9, 2)])
def test_temperature_may_help_or_harm_or_neither(cold, warm, option):
    one, other = ([MADE_UP] * n + [ADMITS] * (9 - n) for n in (cold, warm))
    outcome = page.temperature("a model", kinds(one, [RIGHT]), kinds(other, [MADE_UP]), exists(9, 1))
    assert outcome.answer == wording.options(outcome.key)[option]
    assert f"for {sbs.Rate(cold, 9)} of the invented things at temperature 0, and for {sbs.Rate(warm, 9)} at temperature 1" in outcome.sentence


def test_where_no_temperature_is_taken_none_is_compared(monkeypatch):
    monkeypatch.setattr(llm, "left_out", lambda option: f"a model takes no {option}.")
    outcome = page.temperature("a model", kinds([MADE_UP], []), kinds([ADMITS], []), exists(1, 0))
    assert (outcome.answer, outcome.sentence) == (wording.NOT_MEASURED, "a model takes no temperature.")


# --- choosing, and the exam -------------------------------------------------------------------------------------------


def test_the_way_with_the_most_good_answers_comes_first():
    ways = {"plain": kinds([MADE_UP] * 3, [RIGHT]), "shy": kinds([ADMITS] * 3, [ADMITS]), "best": kinds([ADMITS] * 3, [RIGHT])}
    assert page.ranked(ways, exists(3, 1)) == ["best", "shy", "plain"]


def test_of_equal_ways_the_one_with_fewer_inventions_comes_first_and_then_the_earlier():
    ways = {"plain": kinds([MADE_UP], [RIGHT]), "dodge": kinds([DODGES], [RIGHT]), "again": kinds([DODGES], [RIGHT])}
    assert page.ranked(ways, exists(1, 1)) == ["dodge", "again", "plain"]


def test_a_tie_is_called_one_and_so_is_a_remedy_that_helps_nothing():
    close = {"plain": kinds([ADMITS], [RIGHT]), "rest": kinds([ADMITS], [MADE_UP])}
    assert "too close to tell the two apart" in told(page.chosen(close, exists(1, 1), "m"))
    assert "no remedy has more of them than the plain question" in told(page.chosen(close, exists(1, 1), "m"))
    clear = {"plain": kinds([MADE_UP] * 9, []), "best": kinds([ADMITS] * 9, [])}
    said = told(page.chosen(clear, exists(9, 0), "m"))
    assert "for m: **best**" in said and "clearly ahead" in said and "no remedy" not in said


def sorted_things(cities, metals):
    return pd.DataFrame({"kind": ["city"] * cities + ["metal"] * metals, "real": "no", "answer": ""})


@pytest.mark.parametrize(
    ("cities", "metals", "word"), [(9, 0, "city"), (0, 9, "metal"), (5, 5, "no clear difference"), (5, 4, "no clear difference")]
)
def test_of_which_sort_more_are_left(cities, metals, word):
    found = kinds([MADE_UP] * cities + [ADMITS] * (9 - cities) + [MADE_UP] * metals + [ADMITS] * (9 - metals), [])
    outcome = page.fresh("a model", "doubt", found, sorted_things(9, 9))
    assert outcome.answer == word and outcome.answer in page.sorts(sorted_things(9, 9))
    assert f"“doubt”, a model still makes up an answer for {sbs.Rate(cities, 9)}" in outcome.sentence


def test_one_sort_alone_cannot_be_compared():
    assert page.fresh("a model", "doubt", kinds([MADE_UP] * 2, []), sorted_things(2, 0)).answer == wording.NOT_MEASURED
    assert page.sorts(sorted_things(2, 0)) == ["city", page.CLOSE]


def test_a_register_knows_letter_by_letter():
    things = pd.DataFrame({"name": ["Norway", "Peru", "Zor"], "real": ["yes", "yes", "no"]})
    assert told(page.looked_up(things)).startswith(f"The register finds {sbs.Rate(2, 2)} of the real things as written, and {sbs.Rate(0, 2)} with")


# --- answers that never came ------------------------------------------------------------------------------------------

GONE = {"plain": kinds([NONE] * 3, [NONE] * 2), "permission": kinds([NONE] * 3, [NONE] * 2), "system": kinds([NONE] * 3, [NONE] * 2)}


def test_without_any_answer_nothing_is_judged():
    nothing = [NoAnswer(Why.FILTERED)] * 5
    for outcome in (
        page.doubt("m", nothing, GONE["plain"], GROUPS),
        page.place("m", GONE, GROUPS),
        page.temperature("m", GONE["plain"], GONE["plain"], GROUPS),
        page.fresh("m", "plain", GONE["plain"], sorted_things(3, 2)),
    ):
        assert outcome.answer == wording.NOT_MEASURED
    assert "never came" in told(page.chosen(GONE, GROUPS, "m"))
    row = page.bill(GONE, GROUPS, "m").rows.iloc[1]
    assert row["good answers"] == "not measured (no answer: 5)" and row["against plain"] == wording.NOT_MEASURED
    assert set(page.shares_table(GONE, GROUPS, "m").rows[MADE_UP]) == {"not measured (no answer: 3)", "not measured (no answer: 2)"}
    page.invented_chart(GONE, GROUPS, "m")


def test_an_answer_that_never_came_is_on_neither_side():
    before, after = page.both_answered(kinds([MADE_UP], [RIGHT, RIGHT]), kinds([NONE], [NONE, RIGHT]))
    assert list(before) == list(after) == [NONE, NONE, RIGHT]
    assert page.good(kinds([NONE, ADMITS], [RIGHT]), exists(2, 1)) == [None, True, True]


# --- the exercise's last line -----------------------------------------------------------------------------------------


def test_an_untouched_exercise_shows_no_dots():
    assert told(page.own_bill("m", ..., ...)) == "Your two rates will stand here."
    assert f"**{sbs.Rate(1, 2)}** of the invented" in told(page.own_bill("m", sbs.Rate(1, 2), sbs.Rate(2, 2)))
