"""What *Text metrics: alike is not right* says: true whatever the scores are, and always an option of its prediction."""

from __future__ import annotations

import json
import math
from collections import Counter

import pandas as pd
import pytest

import sidebyside as sbs
from sidebyside import wording
from sidebyside.answers import NoAnswer
from sidebyside.errors import Why
from sidebyside.evaluation import median_interval
from sidebyside.wording import NOT_MEASURED, count_share, options
from tools.pages import HOME

page = sbs.lesson("measuring_text")

POLICY = "You have 30 days to send it back."
SET = pd.DataFrame(
    [
        ("Q1", "you have 30 days to send it", "yes", "yes", "copied"),
        ("Q1", "a month", "yes", "no", "short"),
        ("Q1", "You have 60 days to send it back.", "no", "no", "copied"),
        ("Q1", "no time at all", "no", "no", "short"),
    ],
    columns=["fact", "answer", "right", "second_right", "style"],
).assign(question="How *long*?", sentence=POLICY)


def with_scores(rows: pd.DataFrame, *values: float) -> pd.DataFrame:
    """Return rows of which each has one value for all its scores."""
    return rows.assign(**{name: list(values) for name in [*page.NAMES, "numbers alone"]})


def row(*values: float) -> pd.Series:
    return pd.Series(dict(zip(page.NAMES, values, strict=True)))


def test_the_right_answer_least_like_the_policy_meets_the_wrong_one_most_like_it() -> None:
    good, bad = page.extremes(SET)
    assert (good["answer"], bad["answer"]) == ("a month", "You have 60 days to send it back.")


@pytest.mark.parametrize("right", ["yes", "no"])
def test_where_one_kind_is_missing_the_first_answer_stands_in(right: str) -> None:
    only = SET[SET["right"] == right]
    assert [found["answer"] for found in page.extremes(only)][right == "yes"] == only["answer"].iloc[0]


def test_the_set_is_counted_and_its_texts_are_no_markup() -> None:
    said = page.introduced(SET, *page.extremes(SET)).data
    assert said.startswith("The set: 4 answers to 1 question; right by the first reader: 2. The first question: “How \\*long\\*?”")
    assert said.endswith("**“a month”**, and the wrong one that is most like it, **“You have 60 days to send it back.”**")


def test_the_scores_of_two_answers_are_side_by_side() -> None:
    rows = page.compared(row(*[1] * 5), row(0, 0.126, 0, 0, 0)).rows
    assert rows["score"].tolist() == page.NAMES
    assert rows["right answer"].tolist() == ["1.00"] * 5 and rows["wrong answer"].tolist() == ["0.00", "0.13", "0.00", "0.00", "0.00"]


@pytest.mark.parametrize(
    ("good", "said"),
    [
        ((0, 0, 0, 0, 0), "0 of the 5 scores put the right answer ahead."),
        ((0.5, 0.5, 0.5, 0.5, 0.5 + 1e-12), "0 of the 5 scores put the right answer ahead."),  # ties
        ((0, 0, 0, 0, 0.9), "1 of the 5 scores put the right answer ahead: embedding similarity."),
        ((0.9, 0.9, 0.9, 0, 0.9), "4 of the 5 scores put the right answer ahead: exact match, token F1, BLEU, embedding similarity."),
    ],
)
def test_the_scores_that_put_the_right_answer_ahead_are_counted(good: tuple[float, ...], said: str) -> None:
    assert page.pair(row(*good), row(*[0.5] * 5)).data.startswith(said)


# --- systems: ranked by the check and by scores ---

CHECK = {"model": [True] * 3 + [False], "nearest": [True] * 2 + [False] * 2, "first": [True] + [False] * 3, "whole": [False] * 4}


def scoring(*values: float) -> dict[str, pd.Series]:
    return {name: row(*[value] * 5) for name, value in zip(CHECK, values, strict=True)}


@pytest.mark.parametrize(
    ("values", "hits"),
    [
        ((0.9, 0.7, 0.5, 0.3), 6),
        ((0.9, 0.7, 0.3, 0.5), 5),
        ((0.7, 0.9, 0.3, 0.5), 4),
        ((0.7, 0.7, 0.3, 0.5), 4),  # a tie is no agreement where the check sees a difference
        ((0.5, 0.5, 0.5, 0.5), 0),
        ((0.3, 0.5, 0.7, 0.9), 0),
    ],
)
def test_pairs_of_systems_in_which_score_and_check_agree_are_counted(values: tuple[float, ...], hits: int) -> None:
    shown = page.systems(scoring(*values), CHECK, "a-model")
    assert shown.answer == ("in all six pairs" if hits == 6 else "in four or five" if hits >= 4 else "in three or fewer")
    assert shown.answer in options(shown.key)
    assert f"ROUGE-L {hits}; embedding" in shown.sentence
    assert shown.sentence.endswith("disagree nowhere.") == (hits == 6)
    assert shown.sentence.count("p = ") == 6 - hits


def test_a_tie_in_score_and_check_is_an_agreement() -> None:
    right = {"model": [True, False], "other": [False, True]}
    means = {"model": row(*[0.1 + 0.2] * 5), "other": row(*[0.3] * 5)}
    assert page.agreements(means, right) == {name: [True] for name in page.NAMES}


def test_a_pair_in_which_they_part_is_named_with_its_p() -> None:
    said = page.systems(scoring(0.9, 0.7, 0.3, 0.5), CHECK, "a-model").sentence
    assert said.endswith("ROUGE-L and the check disagree on first (1 right) and whole (0 right; p = 1.000).")


def test_the_table_of_systems_names_the_model_and_its_rate() -> None:
    rows = page.means_table(scoring(0.9, 0.7, 0.3, 0.5), CHECK, "a-model").rows
    assert rows["system"].tolist() == ["a-model", "nearest", "first", "whole"]
    assert rows["BLEU"].tolist() == ["0.90", "0.70", "0.30", "0.50"]
    assert rows["needed numbers there"][3].startswith("0.0% (0 of 4;")


# --- the trap ---

SPOILT = pd.DataFrame({name: [0.2, 0.6, 0.7] for name in page.NAMES}).assign(answer=["x", "y", "z"])


def test_first_middle_and_last_change_are_shown() -> None:
    rows = page.changes(pd.Series(list("abcde")), pd.Series(list("ABCDE"))).rows
    assert rows.values.tolist() == [["a", "A"], ["c", "C"], ["e", "E"]]


def test_texts_are_grouped_by_style_and_by_right_and_wrong() -> None:
    grouped = page.groups(SPOILT, with_scores(SET, 0.1, 0.2, 0.3, 0.4))
    names = ["policy, one change: wrong", "copied: right", "copied: wrong", "short: right", "short: wrong"]
    assert list(dict.fromkeys(grouped["group"])) == names
    assert grouped["name"].tolist()[:4] == ["x", "y", "z", "you have 30 days to send it"]
    rows = page.medians(grouped).rows
    assert rows["n"].tolist() == [3, 1, 1, 1, 1]
    assert rows["ROUGE-L"].tolist() == [f"{score} (too few for an interval)" for score in ("0.60", "0.10", "0.30", "0.20", "0.40")]
    spoilt = pd.concat([SPOILT] * 4, ignore_index=True)
    many = page.groups(spoilt, with_scores(SET, 0.1, 0.2, 0.3, 0.4))
    assert page.medians(many).rows["ROUGE-L"][0] == wording.span(0.6, median_interval(spoilt["ROUGE-L"]))


def test_a_case_without_styles_has_one_group_of_each_kind() -> None:
    grouped = page.groups(SPOILT, with_scores(SET.drop(columns="style"), 0.1, 0.2, 0.3, 0.4))
    assert Counter(grouped["group"]) == {"policy, one change: wrong": 3, "all answers: right": 2, "all answers: wrong": 2}


def test_the_chart_draws_the_score_that_is_chosen() -> None:
    grouped = page.groups(SPOILT, with_scores(SET, 0.1, 0.2, 0.3, 0.4)).assign(BLEU=0.25)
    (data,) = page.ticks(grouped, "BLEU").to_dict()["datasets"].values()
    assert {point["score"] for point in data} == {0.25}
    assert "Ticks, one an answer: BLEU" in page.ticks(grouped, "BLEU").to_dict()["description"]


def right_answers(below: int, of: int) -> pd.DataFrame:
    rows = pd.concat([SET[SET["right"] == "yes"].head(1)] * of + [SET[SET["right"] == "no"]], ignore_index=True)
    return with_scores(rows.assign(fact=[f"Q{i // 2}" for i in range(len(rows))]), *[0.1] * below, *[0.9] * (of - below), 0.1, 0.1)


@pytest.mark.parametrize(("below", "place"), [(0, 0), (1, 1), (2, 2), (3, 3), (4, 3)])
def test_the_right_answers_below_the_spoilt_sentences_fall_under_an_option(below: int, place: int) -> None:
    shown = page.trap(SPOILT, right_answers(below, 4))
    assert shown.answer == options(shown.key)[place]
    assert "spoilt sentences: 0.60." in shown.sentence and f"ROUGE-L {below / 4:.1%} ({below} of 4 in 2 groups;" in shown.sentence
    assert "exact match" not in shown.sentence


def test_a_right_answer_level_with_the_median_is_not_below_it() -> None:
    assert "BLEU 0.0% (0 of 2 in 1 group;" in page.trap(SPOILT, with_scores(SET, 0.6, 0.6 - 1e-12, 0.3, 0.4)).sentence


# --- how a score counts ---


def test_hand_and_library_are_compared_on_every_answer() -> None:
    rows = page.agreed(with_scores(SET, 0.1, 0.1, 0.1, 0.1), {"BLEU": lambda answer, target: 0.1 + 1e-12 if "30" in answer else 0.2}).rows
    assert rows.values.tolist() == [["BLEU", "1 of 4"]]


# --- does any score tell right from wrong? ---


@pytest.mark.parametrize(
    ("wrong_ahead", "said"),
    [(50, "about half of the time"), (41, "about half of the time"), (40, "clearly more often"), (11, "clearly more often"), (10, "nearly always")],
)
def test_the_best_score_s_share_falls_under_an_option(wrong_ahead: int, said: str) -> None:
    rows = pd.DataFrame({"fact": [str(i) for i in range(101)], "right": ["yes"] * 100 + ["no"], "second_right": ["yes"] * 100 + ["no"]})
    shown = page.auroc(with_scores(rows, *[0.0] * wrong_ahead, *[1.0] * (100 - wrong_ahead), 0.5))
    assert shown.answer == said and said in options(shown.key)
    assert shown.sentence.startswith(f"Best of the five on all answers: exact match, {1 - wrong_ahead / 100:.2f} (95 % interval")
    assert "lowest" not in shown.sentence  # there are no styles to tell apart
    assert "kappa 1.00 (95 % interval" in shown.sentence


def test_a_share_whose_interval_holds_a_half_is_not_clearly_more() -> None:
    rows = pd.DataFrame({"fact": list("abcdefgh"), "right": ["yes"] * 4 + ["no"] * 4, "second_right": "yes"})
    shown = page.auroc(with_scores(rows, 0.9, 0.8, 0.3, 0.2, 0.7, 0.1, 0.1, 0.25))
    assert page.measured(with_scores(rows, 0.9, 0.8, 0.3, 0.2, 0.7, 0.1, 0.1, 0.25), page.NAMES[0]).value > 0.6
    assert shown.answer == "about half of the time"


def test_a_tiny_p_is_not_said_to_be_zero() -> None:
    assert "p under 0.001)" in page._parted("first", "other", {"first": [True] * 20, "other": [False] * 20}, "a-model")


def test_worst_and_best_style_are_named() -> None:
    said = page.auroc(with_scores(SET, 0.2, 0.9, 0.3, 0.1)).sentence
    assert "lowest for “copied”, 0.00" in said and "highest for “short”, 1.00" in said
    assert "agree on 75.0% (3 of 4 in 1 group;" in said and "kappa 0.50 (" in said  # 3/4 agree, half by chance


def test_the_table_has_a_column_for_all_and_for_each_style() -> None:
    rows = page.aurocs(with_scores(SET, 0.2, 0.9, 0.3, 0.1), ["BLEU", "numbers alone"]).rows
    assert list(rows) == ["AUROC of", "all answers", "copied", "short"]
    assert rows["copied"][0].startswith("0.00") and rows["all answers"][1].startswith("0.75")


@pytest.mark.parametrize("right", ["yes", "no"])
def test_a_set_of_one_kind_tells_nothing(right: str) -> None:
    shown = page.auroc(with_scores(SET.assign(right=right), 0.2, 0.9, 0.3, 0.1))
    assert shown.answer == NOT_MEASURED
    assert "none (n = 4; all right or all wrong)" in shown.sentence and "lowest" not in shown.sentence


# --- answers that never came ------------------------------------------------------------------------------------------


def test_a_model_that_answered_nothing_is_not_ranked() -> None:
    right = CHECK | {"model": [None] * 4}
    means = scoring(0.1, 0.7, 0.5, 0.3) | {"model": row(*[math.nan] * 5)}
    assert page.systems(means, right, "a-model").answer == NOT_MEASURED
    shown = page.means_table(means, right, "a-model").rows.to_dict("records")[0]
    assert shown == {"system": "a-model"} | dict.fromkeys(page.NAMES, NOT_MEASURED) | {"needed numbers there": "not measured (no answer: 4)"}


def test_systems_are_compared_on_questions_that_each_answered() -> None:
    gone, asked = NoAnswer(Why.EMPTY), pd.DataFrame({"question": ["a", "b"]})
    said, rest = page.answered({"model": [gone, "yes"], "first": ["x", "y"]}, asked)
    assert (said, rest["question"].tolist()) == ({"model": ["yes"], "first": ["y"]}, ["b"])
    said, rest = page.answered({"model": [gone, gone], "first": ["x", "y"]}, asked)
    assert (said["first"], len(rest)) == (["x", "y"], 2)


def test_what_never_came_has_no_scores() -> None:
    found = page.scored(lambda answer, target: [1.0] * 5, [NoAnswer(Why.EMPTY), "yes"], ["a", "b"])
    assert found.isna().all(axis=1).tolist() == [True, False]


@pytest.mark.parametrize(
    ("on_dev", "best"),
    [
        ({"a": [True, False], "b": [True, True]}, "b"),
        ({"a": [True, False], "b": [False, True]}, "a"),
        ({"a": [None, None], "b": [None, None]}, "a"),
        ({"a": [None, False], "b": [True, None]}, "b"),
    ],
)
def test_each_model_uses_the_prompt_that_got_more_right_elsewhere(on_dev, best):
    assert page.best_rule(on_dev) == best


def test_both_prompts_and_the_choice_are_told():
    said = page.rules_told("a_model", {"with": [True, False], "without": [None, True]}, "with").data
    assert r"**a\_model**" in said and "with 1 of 2; without 1 of 1" in said and "on: **with**" in said


# --- drafts: how many words does a colleague change? ------------------------------------------------------------------

LETTERS = pd.DataFrame({"id": ["M1", "M2", "M3", "M4"], "text": ["one", "two", "three", "four"]})


def drafted(*shares: float, promised: int = 0) -> pd.DataFrame:
    """Return marks of four letters, of which the first few hold a false promise; a share that is none was not edited."""
    there = [not math.isnan(share) for share in shares]
    kinds = pd.Series([i < promised if known else None for i, known in enumerate(there)], dtype=object)
    texts = [f"sent {i}" if known else None for i, known in enumerate(there)]
    return pd.DataFrame({"draft": [f"draft {i}" for i in range(len(shares))], "edited": texts, "changed": shares, "promised": kinds})


@pytest.mark.parametrize(
    ("draft", "share"),
    [
        ("We will send it on Monday.", 0.0),
        ("we will send it on Monday.", 1 / 6),  # whoever sends it changes a capital
        ("We will send it on", 1 / 6),
        ("on Monday. We will send it", 1 / 6),  # a part that moves is one edit
        ("I am sorry for your loss and for any other loss you may have had in life.", 1.0),  # more than writing anew
        ("", 1.0),
    ],
)
def test_changes_are_a_share_of_the_words_sent_up_to_all_of_them(draft: str, share: float) -> None:
    assert page.changed(draft, "We will send it on Monday.") == pytest.approx(share)


def test_only_this_very_draft_to_this_very_message_was_edited(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [("a", "M1", "", "Yes.", "Yes, please.", "yes"), ("b", "M1", "", "Yes.", "Yes, please.", "yes"), ("a", "M2", "", "", "", "")]
    known = pd.DataFrame(rows, columns=["model", "message", "rule", "draft", "edited", "false_promise"])
    monkeypatch.setattr(page, "edited", lambda: known)
    marks = page.by_hand(LETTERS, ["Yes.", "", NoAnswer(Why.EMPTY), "Yes."])
    assert marks["edited"].fillna("none").tolist() == ["Yes, please.", "none", "none", "none"]
    assert marks["changed"].isna().tolist() == [False, True, True, True] and marks["promised"].tolist() == [True, None, None, None]
    assert list(page.kept(LETTERS, but="b")) == ["a"] and page.kept(LETTERS, but="a")["b"]["promised"].tolist() == [True, None, None, None]
    assert page.kept(pd.DataFrame({"id": ["L1"]}), but="b") == {}


@pytest.mark.parametrize(
    ("shares", "place"),
    [((0.0, 0.0), 0), ((0.3, 0.3), 0), ((1 / 3, 1 / 3), 1), ((0.5, 0.5), 1), ((2 / 3, 2 / 3), 1), ((0.6, 0.8), 2), ((1.0, 1.0), 2)],
)
def test_the_share_of_changed_words_falls_under_an_option(shares: tuple[float, ...], place: int) -> None:
    shown = page.drafting("a-model", ["x", "y"], drafted(*shares), {})
    assert shown.answer == options(shown.key)[place]
    assert f"come to {sum(shares) / 2:.0%} (" in shown.sentence and "n = 2) of the words sent" in shown.sentence


@pytest.mark.parametrize(
    ("own", "other", "said"),
    [
        ((0.1, 0.2, 0.1, 0.2), (0.9, 0.8, 0.9, 0.8), "clearly less than with b: 85%"),
        ((0.9, 0.8, 0.9, 0.8), (0.1, 0.2, 0.1, 0.2), "clearly more than with b: 15%"),
        ((0.1, 0.9, 0.1, 0.9), (0.9, 0.1, 0.9, 0.1), "neither clearly more nor clearly less than with b"),
        ((0.5, 0.5, 0.5, 0.5), (0.5, 0.5, 0.5, 0.5), "neither clearly more nor clearly less than with b"),
    ],
)
def test_two_models_are_compared_message_by_message(own: tuple[float, ...], other: tuple[float, ...], said: str) -> None:
    assert said in page.drafting("a", ["x"] * 4, drafted(*own), {"b": drafted(*other)}).sentence


def test_messages_of_which_one_draft_was_not_edited_are_not_compared() -> None:
    none = drafted(*[math.nan] * 4)
    one, other = drafted(0.2, math.nan, 0.4, math.nan), drafted(0.2, 0.9, math.nan, 0.9)
    assert "message by message, +0 points (95 % interval -79 to +79)." in page.drafting("a", ["x"] * 4, one, {"b": other, "c": none}).sentence
    assert "with b" not in page.drafting("a", ["x"] * 4, drafted(0.2, math.nan), {"b": drafted(math.nan, 0.2)}).sentence
    assert "with c" not in page.drafting("a", ["x"] * 4, one, {"c": none}).sentence


@pytest.mark.parametrize(
    ("promised", "said"),
    [(2, "2 of 4; 95 % interval 15% to 85%) of the drafts make a false promise. So"), (0, "so few drafts cannot show")],
)
def test_false_promises_are_counted_and_none_of_four_proves_nothing(promised: int, said: str) -> None:
    assert said in page.drafting("a", ["x"] * 4, drafted(0.1, 0.1, 0.1, 0.1, promised=promised), {}).sentence


@pytest.mark.parametrize(("drafts", "said"), [(["x", "y"], "were not edited by hand"), ([NoAnswer(Why.EMPTY)] * 2, "never came")])
def test_drafts_that_nobody_edited_are_not_judged(drafts: list[str], said: str) -> None:
    none = drafted(math.nan, math.nan)
    shown = page.drafting("a", drafts, none, {"b": drafted(0.1, 0.1)})
    assert shown.answer == NOT_MEASURED and said in shown.sentence
    row = page.drafts_table("a", none, {"b": drafted(0.1, 1.0, promised=1)}).rows.to_dict("records")
    assert set(list(row[0].values())[1:]) == {page.UNEDITED}
    assert list(row[1].values()) == ["b", "55% (95 % interval 10% to 100%; n = 2)", *[count_share(sbs.Rate(1, 2))] * 2]
    assert page.costliest("a", LETTERS.head(2), none).rows.empty


def test_a_draft_with_a_false_promise_is_shown_before_one_that_was_changed_more() -> None:
    rows = page.costliest("a", LETTERS.head(3), drafted(0.3, 0.1, 0.9, promised=2)).rows
    assert rows.values.tolist() == [["one", "draft 0", "sent 0"]]
    assert page.costliest("a", LETTERS.head(3), drafted(0.3, math.nan, 0.9)).rows.values.tolist() == [["three", "draft 2", "sent 2"]]


# --- the drafts that were edited ---


def test_rules_stand_in_the_policy_and_every_recorded_draft_was_edited() -> None:
    case, rows = sbs.load_case(), page.edited()
    assert page.letters(case)["id"].tolist() == list(rows["message"].unique()) and len(rows) == 2 * page.LETTER_COUNT
    assert all(any(rule in text for text in case.documents.values()) for rule in rows["rule"])
    assert (rows[["draft", "edited"]] != "").all(axis=None) and set(rows["false_promise"]) <= {"yes", "no"}


@pytest.mark.parametrize("model", ["qwen2.5-coder-1.5b-instruct", "smollm2-135m-instruct"])
def test_the_edited_drafts_are_the_recorded_answers(model: str) -> None:
    said = (HOME / "recordings" / model / "feedback" / "measuring_text.jsonl").read_text(encoding="utf-8")
    texts = {" ".join(json.loads(line)["response"]["choices"][0]["message"]["content"].split()) for line in said.splitlines()}
    assert set(page.edited().query("model == @model")["draft"]) <= texts


def test_messages_of_another_case_come_without_rules() -> None:
    assert set(page.letters(sbs.load_case(HOME / "tests" / "cases" / "tiny"))["rule"]) == {""}
