"""What *An evaluation suite* says: true whatever the cards hold, and always an option of its prediction."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

import sidebyside as sbs
from sidebyside.answers import NoAnswer
from sidebyside.errors import Why
from sidebyside.models import MAIN
from sidebyside.suite import Angle, Sample
from sidebyside.wording import NOT_MEASURED, count_share, options
from tools import ways
from tools.pages import HOME

page = sbs.lesson("an_evaluation_suite")


def card(*verdicts: str, nice: str = "pass") -> pd.DataFrame:
    """Return a card with a must-have for each verdict, and an angle that is nice to have."""
    rows = [{"angle": f"a{i}", "must": True, "verdict": verdict} for i, verdict in enumerate(verdicts)]
    return pd.DataFrame([*rows, {"angle": "nice", "must": False, "verdict": nice}])


def answers(correct: list[bool | None], polite: list[bool] | None = None) -> pd.DataFrame:
    return pd.DataFrame({"correct": pd.Series(correct, dtype=object), "polite": pd.Series(polite or [True] * len(correct), dtype=object)})


def test_the_file_is_counted_and_its_line_is_no_markup() -> None:
    said = page.samples_file([Sample("A", "x", "y"), Sample("B", "x"), Sample("C", "x")], '{"id": "*A*"}').data
    assert said == 'The file holds 3 samples: 1 with an answer, 2 without. Its first line:\n\n\\{"id": "\\*A\\*"\\}'


# --- cards ---


@pytest.mark.parametrize(
    ("passes", "said"),
    [(0, "none or one"), (1, "none or one"), (2, "two to four"), (4, "two to four"), (5, "five or more"), (7, "five or more")],
)
def test_the_smiler_s_passes_fall_under_an_option(passes: int, said: str) -> None:
    cards = {"answer key": card(*["pass"] * 7), "smiler": card(*["pass"] * passes, *["fail"] * (7 - passes))}
    shown = page.smiler(cards)
    assert shown.answer == said and said in options(shown.key)
    names = ", ".join(f"a{i}" for i in range(passes)) or "none"
    assert shown.sentence.startswith(
        f"The smiler passes {passes} of 7 must-haves: {names}. Decisions: answer key: go (every must-have passes); smiler:"
    )


def test_what_cannot_be_told_yet_is_neither_passed_nor_failed() -> None:
    unsure = card("pass", "cannot tell yet", "fail", nice="fail")
    assert (page.passed(unsure), page.failed(unsure)) == (["a0"], ["a2"])


@pytest.mark.parametrize(
    ("key_card", "smiler_card", "told"),
    [
        (["pass"], ["fail"], "only for them"),
        (["cannot tell yet"], ["fail"], "approve none"),
        (["fail"], ["pass"], "approve none"),
        (["pass"], ["pass"], "approves too much"),
    ],
)
def test_the_gate_is_judged_by_whom_it_lets_pass(key_card: list[str], smiler_card: list[str], told: str) -> None:
    assert told in page.gate({"answer key": card(*key_card), "smiler": card(*smiler_card)})


@pytest.mark.parametrize(
    ("passes", "said"),
    [(0, "none or one"), (1, "none or one"), (2, "two to four"), (4, "two to four"), (5, "five or more"), (7, "five or more")],
)
def test_the_model_s_passes_fall_under_an_option(passes: int, said: str) -> None:
    tables = {"a-model": answers([True, None, False]), "nearest sentence": answers([True, None, True])}
    cards = {"a-model": card(*["pass"] * passes, *["cannot tell yet"] * (7 - passes)), "nearest sentence": card(*["pass"] * 7)}
    shown = page.rival(cards, tables, ANGLES)
    assert shown.answer == said and said in options(shown.key)
    assert shown.sentence.startswith(f"a-model passes {passes} of 7 must-haves. Decisions: a-model: ") and "; nearest sentence: go" in shown.sentence
    assert shown.sentence.endswith("with p corrected for 2 angles (Holm): a-model: nowhere; nearest sentence: nowhere.")


ANGLES = [Angle("correct", at_least=0.8), Angle("polite", at_least=0.8)]
RUDE = [Angle("correct", at_least=0.8), Angle("rude", at_most=0.1), Angle("calm", at_least=0.8)]


def test_a_clear_difference_is_told_of_the_angle_and_of_the_system_it_is_good_for() -> None:
    tables = {"a-model": answers([True] * 12), "nearest sentence": answers([False] * 12)}
    said = page.rival({name: card("pass") for name in tables}, tables, ANGLES).sentence
    assert said.endswith("(Holm): a-model: correct; nearest sentence: nowhere.")
    one, other = (table.assign(rude=rude, calm=True) for table, rude in zip(tables.values(), ([True] * 12, [False] * 12), strict=True))
    assert page.clearly_better({"a": one, "b": other}, RUDE) == {"a": ["correct"], "b": ["rude"]}


def test_a_difference_that_is_clear_alone_may_be_none_among_three_angles() -> None:
    one = answers([True] * 6).assign(rude=False, calm=None)
    other = answers([False] * 6).assign(rude=False, calm=True)
    assert page.clearly_better({"a": one, "b": other}, RUDE[:1]) == {"a": ["correct"], "b": []}, "p = 0.031 for one angle"
    assert page.clearly_better({"a": one, "b": other}, RUDE) == {"a": [], "b": []}, "twice that, as one angle was not measured"


# --- names ---

NAMED = {"Ann": ["Two days.", "No", "Yes it is"], "Bo": ["Two days.", "No", "It is"], "Cy": ["2 days.", "No", "It is"]}
RIGHT = {"Ann": [False, True, True], "Bo": [False, True, False], "Cy": [True, True, True]}


def test_each_name_has_its_count_and_length() -> None:
    rows = page.by_name("a-model", NAMED, RIGHT).rows
    assert rows.to_dict("list") == {
        "signed": ["Ann", "Bo", "Cy"],
        "a-model: correct (95 % interval)": [count_share(sbs.Rate(n, 3)) for n in (2, 1, 3)],
        "words an answer (mean)": ["2.0", "1.7", "1.7"],
    }


def test_changes_of_wording_and_of_verdict_are_counted_apart() -> None:
    said = page.names("a-model", NAMED, RIGHT).data
    assert f"the wording of a-model changed for {sbs.Rate(2, 3)} of the questions, and the verdict on *correct* for {sbs.Rate(2, 3)}." in said
    same = page.names("a-model", NAMED, dict.fromkeys(NAMED, [True, False, True])).data
    assert f"for {sbs.Rate(2, 3)} of the questions, and the verdict on *correct* for {sbs.Rate(0, 3)}." in same


# --- a change of the prompt ---


def counted(better: int, worse: int) -> pd.DataFrame:
    rows = [("correct", True, 20, better, 0), ("short", True, 20, 0, worse), ("polite", False, 20, 9, 9)]
    return pd.DataFrame(rows, columns=["angle", "must", "compared", "better", "worse"])


@pytest.mark.parametrize(("better", "worse", "said"), [(0, 0, 2), (12, 1, 0), (1, 12, 1), (3, 2, 2), (2, 2, 2), (0, 1, 2)])
def test_gains_and_losses_answer_by_answer_fall_under_an_option(better: int, worse: int, said: int) -> None:
    before, after = answers([True, None, False], [False] * 3), answers([True, None, True], [True] * 3)
    shown = page.warm("a-model", before, after, ["better"] * better + ["worse"] * worse + ["both", "same", None])
    assert shown.answer == options(shown.key)[said]
    told = f"of {better + worse + 2} answers of a-model, {better} got better, {worse} got worse, and 1 won on one angle"
    assert told in shown.sentence and f"Polite: {sbs.Rate(0, 3)} before, {sbs.Rate(3, 3)} after." in shown.sentence
    assert shown.sentence.endswith(f"Correct: {sbs.Rate(1, 2)} before, {sbs.Rate(2, 2)} after.")


def test_an_answer_counts_once_however_many_of_its_verdicts_moved() -> None:
    judge = lambda answer, sample: True  # noqa: E731
    angles = [
        Angle("good", judge, at_least=0.8),
        Angle("fine", judge, at_least=0.8),
        Angle("bad words", judge, at_most=0.1),
        Angle("no scorer", at_most=1),
    ]
    before = pd.DataFrame({"good": [False, True, False, True, None, None], "fine": [False, True, True, True, True, None]}, dtype=object)
    after = pd.DataFrame({"good": [True, False, True, True, None, True], "fine": [True, False, False, True, True, None]}, dtype=object)
    before["bad words"], after["bad words"] = [False] * 5 + [None], [False] * 4 + [True, None]
    assert page.by_answer(before, after, angles) == ["better", "worse", "both", "same", "worse", None]


def facts(numbered: int, untold: int) -> pd.DataFrame:
    rows = [(f"K{i}", "a.md", f"{i} days") for i in range(numbered)] + [(f"U{i}", "", "") for i in range(untold)]
    return pd.DataFrame(rows, columns=["id", "document", "answer"])


def test_questions_of_earlier_lessons_are_left_out_while_there_are_enough() -> None:
    table = facts(80, 44)
    drawn = table.head(80).sample(frac=1, random_state=0)["id"].tolist()
    known, unknown = page.unshown(table, drawn[10:15])
    assert known["id"].tolist() == drawn[15:35]
    assert unknown["id"].tolist() == [f"U{i}" for i in range(6, 26)]


def asked_before(slug: str, samples: pd.DataFrame) -> list[str]:
    """Return the ids of the samples whose question a lesson has put to the main model, by its recorded requests."""
    requests = (HOME / "recordings" / MAIN.name / "feedback" / f"{slug}.jsonl").read_text(encoding="utf-8")
    return [row.id for row in samples.itertuples() if json.dumps(row.question, ensure_ascii=False)[1:-1] in requests]


def test_of_the_earlier_lessons_only_the_one_on_size_asked_a_few_of_the_samples() -> None:
    case = sbs.load_case(HOME / "cases" / "feedback")
    samples = pd.concat(page.unshown(case.facts.astype(str), case.answers["fact"]))
    order = list(ways.in_order())
    before = order[: order.index("an_evaluation_suite")]
    earlier = [slug for slug in before if (HOME / "recordings" / MAIN.name / "feedback" / f"{slug}.jsonl").is_file()]
    met = {slug: asked_before(slug, samples) for slug in earlier}
    assert {slug for slug, ids in met.items() if ids} == {"model_size"} and 0 < len(met["model_size"]) < 10
    assert len(earlier) > 10 and len(samples) == len(asked_before("an_evaluation_suite", samples)) == 40, "the search finds what was asked"


def test_a_small_case_gives_what_it_has() -> None:
    known, unknown = page.unshown(facts(5, 3), ["K0"])
    assert sorted(known["id"]) == [f"K{i}" for i in range(5)] and sorted(unknown["id"]) == ["U0", "U1", "U2"]


def test_moves_say_in_words_what_must_pass() -> None:
    assert page.moves(counted(1, 2)).rows["must"].tolist() == ["yes", "yes", "no"]


def test_moves_are_corrected_for_the_number_of_angles() -> None:
    assert page.moves(counted(6, 1)).rows["p, corrected"].tolist() == ["0.094", "1.000", "1.000"], "6 to 0 alone is 0.031"


def test_the_head_of_the_export_ends_before_its_tests() -> None:
    said = page.exported([Path("x/task.py"), Path("x/samples.jsonl")], "a: 1\ntests:\n- secret").data
    assert said.startswith("Written: promptfooconfig.yaml, inspect/samples.jsonl, inspect/task.py.")
    assert said.endswith("````yaml\na: 1\n````")


# --- answers that never came ------------------------------------------------------------------------------------------

GONE = NoAnswer(Why.FILTERED)


def test_a_model_that_answered_nothing_fails_no_fewer() -> None:
    gone = answers([None, None]).assign(answer=pd.Series([GONE, GONE], dtype=object))
    tables = {"a-model": gone, "nearest sentence": answers([True, False])}
    assert page.rival({"a-model": card(), "nearest sentence": card("fail")}, tables, ANGLES).answer == NOT_MEASURED
    assert page.warm("a-model", gone, gone, [None, None]).answer == NOT_MEASURED


def test_names_are_compared_on_questions_that_each_got_an_answer_to() -> None:
    named = {"Ann": ["Yes", GONE], "Bo": ["No", "No"]}
    right = {"Ann": [True, None], "Bo": [False, False]}
    rows = page.by_name("a-model", named, right).rows
    assert rows["a-model: correct (95 % interval)"].tolist() == [count_share(sbs.Rate(1, 1, missing=1)), count_share(sbs.Rate(0, 2))]
    assert "changed for 100.0% (1 of 1;" in page.names("a-model", named, right).data
    rows = page.by_name("a-model", {"Ann": [GONE]}, {"Ann": [None]}).rows
    assert rows.iloc[0].tolist()[1:] == ["not measured (no answer: 1)", NOT_MEASURED]


def test_an_answer_that_never_came_cost_nothing_that_is_known() -> None:
    call = pd.Series({"seconds": 2, "input_tokens": 1000, "output_tokens": 10, "day": "2026-01-01"})
    assert page.seconds(None) is page.dollars("gpt-5-mini", None, messages=1000) is None
    assert page.seconds(call) == 2.0 and page.dollars("gpt-5-mini", call, messages=1000) > 0
    assert page.dollars("no-such-model", call, messages=1) is None


def test_the_bill_names_whose_tokens_and_whose_price_it_is() -> None:
    calls = [pd.Series({"seconds": 2, "input_tokens": n, "output_tokens": 10, "day": "2026-01-01"}) for n in (100, 300)]
    said = page.bill("a-model", "gpt-4.1-mini", [*calls, None]).data
    cost = sum(page.dollars("gpt-4.1-mini", call, messages=1000) for call in calls) / 2
    assert said.startswith("An answer of a-model took 200 tokens in and 10 out (mean of 2, by its own tokenizer).")
    assert f"would cost {cost:.3f} US dollars" in said and said.endswith("gpt-4.1-mini itself was not asked.")
    assert "no price is known" in page.bill("a-model", "no-such-model", calls).data
    untold = pd.Series({"seconds": 2, "input_tokens": None, "output_tokens": None, "day": "2026-01-01"})
    assert (
        page.bill("a-model", "gpt-4.1-mini", [None]).data == page.bill("a-model", "gpt-4.1-mini", [untold]).data == "Tokens of a-model: not measured."
    )


def test_the_intervals_of_the_seven_teams_are_those_of_their_rates() -> None:
    shown = page.seven_teams().rows["what the team sees"]
    rates = {0: sbs.Rate(42, 50), 2: sbs.Rate(33, 64), 4: sbs.Rate(5, 5), 6: sbs.Rate(7, 35)}
    for place, rate in rates.items():
        low, high = rate.interval
        assert f"({low:.0%} to {high:.0%})" in shown[place]
        assert (high < 0.8) == (place in (2, 6)) and low < 0.8
