"""What *Error analysis: read a hundred answers first* says: true whatever the drafts are, and always an option of its prediction."""

from __future__ import annotations

import math
import re
from itertools import combinations

import pandas as pd
import pytest

import sidebyside as sbs
from sidebyside.answers import NoAnswer
from sidebyside.errors import Why
from sidebyside.evaluation import paired_p
from sidebyside.wording import NOT_MEASURED, options

page = sbs.lesson("read_first")

GONE = NoAnswer(Why.UNREACHABLE) if hasattr(Why, "UNREACHABLE") else NoAnswer(next(iter(Why)))
P, A, M, FINE = page.PROMISE, page.AWAY, page.INVENTED, page.FINE
SCORERS = {P: lambda text: "will" in text, A: lambda text: "ask" in text}


def rows(*faults: tuple[str, ...] | None, drafts: list[str] | None = None, second: list[tuple[str, ...] | None] | None = None) -> pd.DataFrame:
    """Return drafts as `page.coded` does, each with its faults; None where nobody read it."""
    n = len(faults)
    return pd.DataFrame(
        {
            "id": [f"M{place}" for place in range(n)],
            "message": [f"message {place}" for place in range(n)],
            "draft": drafts or [f"draft {place}" for place in range(n)],
            "note": ["" if found is None else "a note" for found in faults],
            "group": ["" if found is None else found[0] if found else FINE for found in faults],
            "faults": pd.Series(list(faults), dtype=object),
            "second": pd.Series(second or [None] * n, dtype=object),
        }
    )


# --- messages and stored codes ---


def test_the_read_and_the_fresh_messages_are_short_want_a_reply_and_differ() -> None:
    case = sbs.load_case()
    read, fresh = page.letters(case)
    assert (len(read), len(fresh)) == (page.READ, page.FRESH) and not set(read["id"]) & set(fresh["id"])
    found = case.split("train").set_index("id").loc[[*read["id"], *fresh["id"]]]
    assert set(found["needs_reply"]) == {"yes"} and set(found["channel"]) == {"email", "chat"}
    assert found["text"].str.split().map(len).max() <= page.MOST_WORDS


def test_a_case_without_channel_or_reply_has_messages_all_the_same() -> None:
    case = sbs.load_case()
    plain = case.split("train")[["id", "text"]]
    read, fresh = page.letters(type("Case", (), {"split": lambda self, name: plain})())
    assert (len(read), len(fresh)) == (page.READ, page.FRESH)


def test_a_small_case_keeps_a_third_of_its_messages_fresh() -> None:
    few = sbs.load_case().split("train").head(9)[["id", "text"]].assign(text="short")
    read, fresh = page.letters(type("Case", (), {"split": lambda self, name: few})())
    assert (len(read), len(fresh)) == (6, 3)


def test_stored_codes_are_of_known_groups_and_of_messages_of_the_case() -> None:
    codes, known = page.codes(), set(sbs.load_case().split("train")["id"])
    assert set(codes["message"]) <= known and (codes["note"].str.len() > 0).all()
    for joined in [*codes["faults"], *codes["second"]]:
        parts = [part for part in joined.split("; ") if part]
        assert set(parts) <= set(page.GROUPS) and len(parts) == len(set(parts))
    assert not codes.duplicated(["model", "prompt", "message"]).any()


def test_codes_belong_to_the_very_text_of_a_draft() -> None:
    stored = page.codes().iloc[0]
    letters = pd.DataFrame({"id": [stored["message"]] * 3, "text": ["a", "b", "c"]})
    found = page.coded(letters, [stored["draft"], stored["draft"] + "!", GONE])
    assert found["note"].tolist() == [stored["note"], "", ""] and found["group"].tolist()[1:] == ["", ""]
    assert found["faults"][0] == tuple(filter(None, stored["faults"].split("; "))) and found["faults"][1] is None


def test_the_tool_gets_every_draft() -> None:
    widget = page.to_code(rows((P,), (), None), "a-model")
    assert widget.items["group"].tolist() == [P, FINE, ""] and list(widget.groups)[0] == FINE


def test_a_draft_that_never_came_is_not_read_and_has_no_length() -> None:
    letters = pd.DataFrame({"id": ["M1", "M2"], "text": ["a", "b"]})
    found, full = page.coded(letters, [GONE, "two words"]), page.coded(letters, ["one", "three words now"])
    assert page.to_code(found, "a-model").items["draft"].tolist() == ["two words"]
    assert "2.0 before, 3.0 after" in page.length(found, full) and "n = 1" in page.length(found, full)
    assert page.length(found.head(1), full.head(1)) == "Words in a draft: not measured."


# --- checks ---


@pytest.mark.parametrize(
    ("good", "word"), [(2, "under half"), (5, "half to four in five"), (8, "half to four in five"), (9, "more than four in five")]
)
def test_the_checks_are_told_as_they_came_out(good: int, word: str) -> None:
    passes = page.passed({"has a": lambda text: "a" in text, "has b": lambda text: "b" in text}, ["ab"] * good + ["a"] * (10 - good))
    shown = page.looks("a-model", passes)
    assert shown.answer == word and str(sbs.Rate(good, 10)) in shown.sentence
    assert page.dashboard(passes, "a-model").rows.iloc[0, 1] == str(sbs.Rate(10, 10))


def test_a_draft_that_never_came_passes_and_fails_nothing() -> None:
    passes = page.passed({"any": bool}, ["x", GONE])
    assert passes == {"any": [True, None], "all of them": [True, None]}
    assert page.looks("a-model", page.passed({"any": bool}, [GONE])).answer == NOT_MEASURED


# --- groups ---


@pytest.mark.parametrize(
    ("faults", "word"),
    [
        ([(P,), (P, A), (A,), (P,)], "an empty promise"),
        ([(M,), (M, P)], "a made-up fact"),
        ([(A,)] * 3, "the customer is sent away"),
        ([("misread",), ("misread", P)], "something else"),
    ],
)
def test_the_commonest_fault_is_named(faults: list[tuple[str, ...]], word: str) -> None:
    shown = page.commonest("a-model", rows(*faults))
    assert shown.answer == word and word in options("read_first/commonest")


def test_how_far_ahead_it_is_and_how_many_drafts_are_fine_is_said() -> None:
    far = page.commonest("a-model", rows(*[(P,)] * 20, (), ()))
    assert "clearly more often than" in far.sentence and "not clearly" not in far.sentence
    assert f"Nothing is wrong with {sbs.Rate(2, 22)}" in far.sentence
    assert "not clearly more often" in page.commonest("a-model", rows((P,), (A,), (P,))).sentence


def test_drafts_that_nobody_coded_are_not_counted() -> None:
    assert page.commonest("a-model", rows(None, None)).answer == NOT_MEASURED
    assert page.counted(rows((P,), None, ()))[P] == sbs.Rate(1, 2)
    assert page.groups_table(rows(None), "a-model").rows["drafts of a-model"].iloc[0].startswith("not measured")


def test_the_chart_has_the_rates_of_the_table() -> None:
    data = page.groups_chart(rows((P,), (P, A)), "a-model").to_dict()
    shown = {point["system"]: point["score"] for points in data["datasets"].values() for point in points}
    assert (shown[P], shown[A], shown[FINE]) == (1.0, 0.5, 0.0)


def test_there_is_no_chart_of_nothing() -> None:
    assert page.groups_chart(rows(None), "a-model").data == page.NOBODY


def test_rarefaction_is_the_mean_over_all_samples() -> None:
    faults = [{P}, {P, A}, set(), {M}, {P}]
    counts = [sum(group in found for found in faults) for group in (P, A, M)]
    for size in range(1, 5):
        samples = [len(set().union(*chosen)) for chosen in combinations(faults, size)]
        assert page.expected(counts, 5, size) == pytest.approx(sum(samples) / len(samples))


def test_where_the_last_new_fault_came_up_is_said() -> None:
    said = page.seen(rows((P,), (P,), (A, M), (), (P,)), sizes=(2, 50)).data
    assert "hold 3 kinds of fault; the last new one came up at draft 3" in said and "in 2." in said and "in 50" not in said
    assert "No fault was found" in page.seen(rows((), ())).data
    assert page.seen(rows(None)).data == page.NOBODY


def test_two_readers_are_compared_fault_by_fault() -> None:
    both = page.readers(rows((P,), (A,), (), second=[(P,), (P,), None])).data
    assert "coded 2 of these drafts" in both and f"“{P}” 0.00" in both and f"“{M}” undefined" in both
    assert "not measured" in page.readers(rows((P,))).data


# --- scorers ---


@pytest.mark.parametrize(
    ("faults", "said"),
    [
        ([(P,), (P, A), (M,)], f"place 1; “{A}” in {sbs.Rate(1, 3)}, place"),
        ([(M,), (M, A)], f"“{P}” in {sbs.Rate(0, 2)}, found nowhere; “{A}” in {sbs.Rate(1, 2)}, place 2 of 2. Passed over, though"),
        ([()], f"“{A}” in {sbs.Rate(0, 1)}, found nowhere of 0."),
        ([None], page.NOBODY),
    ],
)
def test_faults_that_are_scored_have_their_place_among_all(faults: list[tuple[str, ...] | None], said: str) -> None:
    assert said in page.heard(SCORERS, rows(*faults), "a-model").data


def test_precision_and_recall_are_those_of_the_flags() -> None:
    part = rows((P,), (P,), (), None, drafts=["I will", "I shall", "you will", "we will"])
    assert page.judged(SCORERS[P], P, part) == (sbs.Rate(1, 2), sbs.Rate(1, 2))
    assert page.judged_table(SCORERS, {"one": part}, "a-model").rows["precision"].tolist() == [str(sbs.Rate(1, 2)), "not measured (n = 0)"]


@pytest.mark.parametrize(("hits", "word"), [(1, "under two thirds"), (2, "two thirds to nine in ten"), (3, "over nine in ten")])
def test_how_the_scorers_hold_is_told(hits: int, word: str) -> None:
    fresh = rows((P,), (P,), (A,), (), drafts=[f"{place} will ask" if place < hits else f"{place}" for place in range(3)] + ["will"])
    shown = page.held("a-model", SCORERS, rows((P,), drafts=["will"]), fresh)
    assert shown.answer == word and f"({hits} of 3 in 3 groups" in shown.sentence
    assert shown.sentence.endswith(" false.")


def test_no_fault_of_these_kinds_is_not_measured() -> None:
    assert "found neither" in page.held("a-model", SCORERS, rows((P,)), rows((M,), ())).sentence
    assert page.held("a-model", SCORERS, rows((P,)), rows(None)).answer == NOT_MEASURED


# --- fixed ---

BEFORE = ["I will ask"] * 20


@pytest.mark.parametrize(
    ("after", "word"),
    [
        (["fine"] * 20, "both"),
        (["ask"] * 20, "only the empty promise"),
        (["I will"] * 20, "only sending away"),
        (BEFORE, "neither"),
        (["fine", *BEFORE[1:]], "neither"),
    ],
)
def test_what_became_rarer_is_named(after: list[str], word: str) -> None:
    shown = page.fixed("a-model", SCORERS, (BEFORE, after))
    assert shown.answer == word and "more frequent" not in shown.sentence


def test_what_became_more_frequent_is_said() -> None:
    assert f"“{A}” became clearly more frequent" in page.fixed("a-model", SCORERS, (["fine"] * 20, ["ask"] * 20)).sentence


def test_drafts_that_never_came_leave_it_open() -> None:
    assert page.fixed("a-model", SCORERS, ([GONE], ["x"])).answer == NOT_MEASURED


def test_p_values_are_corrected_for_both_scorers() -> None:
    found = page.changes(SCORERS, (["I will"] * 6 + ["ask"], ["fine"] * 7))
    alone = paired_p([False] * 7, [True] * 6 + [False])
    assert found[P][-1] == pytest.approx(2 * alone)
    table = page.changes_table(SCORERS, {"fresh": (BEFORE, ["fine"] * 20)}, "a-model").rows
    assert table["difference"].tolist()[0].startswith("-100 points") and table["p (Holm)"].tolist() == ["under 0.001"] * 2


def test_no_number_is_said_to_be_none() -> None:
    assert page.points(math.nan, (math.nan, math.nan)) == NOT_MEASURED


def test_side_effects_are_those_of_the_reader() -> None:
    before, after = rows(*[(P,)] * 12), rows(*[("no help",)] * 12)
    table = page.side_effects(before, after, "a-model").rows.set_index("a-model, coded by the reader")
    assert table.loc[P, "difference"].startswith("-100") and table.loc["no help", "difference"].startswith("+100")
    assert table.loc[M, "p (Holm)"] == "1.000"


@pytest.mark.parametrize(
    ("after", "said"),
    [
        ([(P,), ()], "No fault became more frequent."),
        ([("no help",), ("no help",)], "“no help” rose most, +100 points"),
    ],
)
def test_the_price_is_said(after: list[tuple[str, ...]], said: str) -> None:
    told = page.price(rows((P,), (P,)), rows(*after), "a-model").data
    assert said in told and f"{sbs.Rate(0, 2)} of the drafts of a-model before" in told


def test_without_a_second_reading_only_the_length_is_told() -> None:
    told = page.price(rows((P,)), rows(None, drafts=["one two three"]), "a-model").data
    assert told.startswith(page.NOBODY) and re.search(r"2\.0 before, 3\.0 after, \+1\.0 ", told)
