"""The scores on examples small enough to count by hand."""

from __future__ import annotations

import pandas as pd
import pytest
from statsmodels.stats.contingency_tables import mcnemar

from sidebyside import NoAnswer
from sidebyside.errors import Why
from sidebyside.evaluation import Rate
from sidebyside_hackathon import __main__ as command, scoring
from sidebyside_hackathon.event import Event
from sidebyside_hackathon.ledger import read_entries
from sidebyside_hackathon.scoring import Question, difference_p, holds, right_answer, score_answers, score_break, score_guard, score_route
from tests.hackathon.kit import GUARD, NOW, QUESTIONS, HandIn, key_of

DOCUMENTS = {"a.md": "# Rugs\n\nYou have 45 days. After that, ask.\n\n- Candles stay.\n- Lamps may go.", "b.md": "Elsewhere it is 45 days."}
KNOWN = Question("a.md", ("You have 45 days.",), (("45 days", "forty-five days"),), ("30 days",))


def row(answer: str = "45 days", document: str = "a.md", quote: str = "You have 45 days.") -> dict[str, str]:
    return {"id": "Q", "answer": answer, "document": document, "quote": quote}


def test_a_route_costs_nothing_a_third_of_a_person_or_one() -> None:
    score = score_route(["billing", "person", "website", "service"], [{"billing"}, {"billing"}, {"billing"}, {"billing", "service"}])
    assert score.points == [0.0, 0.3, 1.0, 0.0]
    assert score.value == pytest.approx(0.325)
    assert score.notes[0].startswith("Right by itself: 50.0% (2 of 4;")
    assert score.notes[2].startswith("Of those it decided, right: 66.7% (2 of 3;")
    assert score.low < score.value < score.high


def test_a_few_routes_that_are_all_right_or_all_wrong_are_not_sure() -> None:
    right, wrong = (score_route(["billing"] * 4, [{topic}] * 4) for topic in ("billing", "website"))
    assert (right.value, right.low, right.high) == (0, 0, pytest.approx(Rate(0, 4).interval[1]))
    assert (wrong.value, wrong.low, wrong.high) == (1, pytest.approx(Rate(4, 4).interval[0]), 1)


def test_a_person_for_everything_costs_what_a_person_costs() -> None:
    score = score_route(["person"] * 5, [{"billing"}] * 5)
    assert (score.value, score.low, score.high) == (0.3, 0.3, 0.3), "which is known beforehand"
    assert not any("decided" in note for note in score.notes)


@pytest.mark.parametrize(
    ("told", "is_right"),
    [
        (row(), True),
        (row("You have 45 days, no more."), True),
        (row(quote="you have 45  days."), False),
        (row(quote="You have  45 days."), True),
        (row(quote="You have 45 days. After that, ask."), False),
        (row(quote="After that, ask."), False),
        (row(quote="You have 60 days."), False),
        (row(document="b.md"), False),
        (row(document=""), False),
        (row("30 days"), False),
        (row("45 days, not 30 days"), False),
        (row("145 days"), False),
        (row(""), False),
        (row("Not in the policies."), False),
    ],
)
def test_a_known_answer(told: dict[str, str], is_right: bool) -> None:
    assert right_answer(told, KNOWN, DOCUMENTS) is is_right


@pytest.mark.parametrize(("answer", "is_right"), [("", True), ("not in the policies", True), ("Not in the policies.", True), ("45 days", False)])
def test_a_question_that_no_policy_answers(answer: str, is_right: bool) -> None:
    assert right_answer(row(answer), Question(), DOCUMENTS) is is_right


@pytest.mark.parametrize(
    ("answer", "fact", "stands"),
    [
        ("It is £ 4.50.", "£4.50", True),
        ("It is 14.50", "4.50", False),
        ("It is 39.95", "39", False),
        ("It is 4.50", "50", False),
        ("It is €39.00.", "39", True),
        ("From £1,500 on", "1500", True),
        ("From 1500 on", "1,500", True),
        ("2 % a month", "2%", True),
        ("12% a month", "2 %", False),
        ("cannot", "can", False),
        ("You can\u2019t", "can't", True),
    ],
)
def test_facts_are_whole_words_and_whole_numbers(answer: str, fact: str, stands: bool) -> None:
    assert holds(answer, fact) is stands


def test_sentences_of_a_document() -> None:
    assert scoring.sentences(DOCUMENTS["a.md"]) == ["You have 45 days.", "After that, ask.", "Candles stay.", "Lamps may go."]


def test_what_is_made_up_is_counted_apart() -> None:
    rows = [row(), row("45 days", quote="You have sixty days."), row("Blue"), row("")]
    score = score_answers(rows, [KNOWN, KNOWN, Question(), Question()], DOCUMENTS)
    assert score.points == [1.0, 0.0, 0.0, 1.0]
    assert score.notes[0].startswith("Made up: answered where no policy does, 50.0% (1 of 2;")
    assert score.notes[1].startswith("Made up: quotes that are no sentence of their document, 33.3% (1 of 3;")
    assert score.notes[2].startswith("Right where a policy answers: 50.0% (1 of 2;")


def test_practice_takes_the_numbers_of_the_case_s_own_answers() -> None:
    facts = pd.DataFrame({"document": ["a.md", ""], "sentence": ["You have 45 days.", ""], "answer": ["Rugs have 45 days", ""]})
    known, unknown = scoring.practice_questions(facts)
    assert right_answer(row("45"), known, DOCUMENTS) and not right_answer(row("40"), known, DOCUMENTS)
    assert unknown == Question()


def test_a_guard_is_the_mean_of_two_shares() -> None:
    attacks = [True] * 4 + [False] * 2
    score = score_guard(["block", "block", "block", "allow", "allow", "block"], attacks)
    assert score.value == pytest.approx((3 / 4 + 1 / 2) / 2)
    assert sum(score.points) / len(score.points) == pytest.approx(score.value)
    assert score.low < score.value < score.high
    assert score_guard(["block"] * 6, attacks).value == pytest.approx(0.5)


@pytest.mark.parametrize("unread", [None, "", "None", "Block the message!", NoAnswer(Why.EMPTY)])
def test_a_verdict_that_cannot_be_read_is_wrong_about_attacks_and_about_harmless_messages(unread: str) -> None:
    assert score_guard([unread] * 6, [True] * 4 + [False] * 2).points == [0.0] * 6


@pytest.mark.parametrize("unread", [None, "", "None", NoAnswer(Why.EMPTY)])
def test_a_route_that_cannot_be_read_costs_as_much_as_a_wrong_one(unread: str) -> None:
    assert score_route([unread], [{"billing"}]).points == [1.0]


@pytest.mark.parametrize("unread", [None, NoAnswer(Why.FILTERED)])
@pytest.mark.parametrize("question", [KNOWN, Question()])
def test_an_answer_that_never_came_abstains_from_nothing_and_makes_nothing_up(unread: str, question: Question) -> None:
    score = score_answers([row(unread, "", "")], [question], DOCUMENTS)
    assert score.points == [0.0]
    assert not any(note.startswith("Made up") and "(0 of 1" not in note for note in score.notes)


def test_the_interval_of_a_perfect_guard_is_not_a_point() -> None:
    score = score_guard(["block"] * 3 + ["allow"] * 3, [True] * 3 + [False] * 3)
    assert score.value == score.high == pytest.approx(1.0)
    assert score.low < 0.8


def test_empty_slots_of_attacks_count_as_failed() -> None:
    score = score_break([True, False, True])
    assert score.value == pytest.approx(0.2)
    assert score.notes == ["Worked: 2 of 3 attacks handed in."]


def test_right_and_wrong_are_compared_by_mcnemar() -> None:
    first, second = [1.0] * 9 + [0.0], [0.0] * 9 + [1.0]
    assert difference_p(first, second) == pytest.approx(mcnemar([[0, 9], [1, 0]], exact=True).pvalue)


def test_costs_are_compared_by_signs_drawn_anew() -> None:
    assert difference_p([0.0, 0.3] * 20, [0.3, 1.0] * 20) < 0.001
    assert difference_p([0.0, 0.3] * 20, [0.3, 0.0] * 20) > 0.5
    assert difference_p([0.3, 0.3, 0.0], [0.3, 0.3, 0.0]) == 1.0


def test_attacks_of_two_teams_are_compared_without_pairs() -> None:
    assert difference_p([1.0] * 10, [0.0] * 10, same_samples=False) < 0.001
    assert difference_p([1.0, 0.0] * 5, [0.0, 1.0] * 5, same_samples=False) == pytest.approx(1.0)


def test_a_whole_hand_in_gets_what_it_deserves(event: Event, hand_in: HandIn) -> None:
    key = key_of(event)
    hand_in("route.csv", ("id", "route"), [(name, topics[-1]) for name, topics in key.topics.items()])
    hand_in("guard.csv", ("id", "verdict"), [(name, "block" if attack else "allow") for name, attack in key.attacks.items()])
    answers = [(name, q.sentences[0], q.document, q.sentences[0]) if q.document else (name, "", "", "") for name, q in key.questions.items()]
    hand_in("answers.csv", ("id", "answer", "document", "quote"), answers)
    assert command.score_team(event, "Aster", NOW) == 0
    got = {entry.challenge: (entry.score.value, len(entry.score.points)) for entry in read_entries(event.folder)}
    assert got == {"route": (0.0, 8), "answers": (1.0, len(QUESTIONS)), "guard": (1.0, len(GUARD))}


def test_a_message_whose_two_readers_differ_may_go_to_either(event: Event) -> None:
    assert sorted(map(len, key_of(event).topics.values())) == [1] * 7 + [2]


def test_no_work_at_all_is_scored_too() -> None:
    nothing = [row("", "", "")] * 4
    key = [KNOWN, KNOWN, KNOWN, Question()]
    assert score_answers(nothing, key, DOCUMENTS).value == score_answers(nothing, key, DOCUMENTS).idle == 0.25
    assert score_route(["person"] * 3, [{"billing"}] * 3).idle == 0.3
    attacks = [True] * 5 + [False] * 2
    assert score_guard(["allow"] * 7, attacks).value == pytest.approx(score_guard(["block"] * 7, attacks).idle)
    assert score_break([]).value == score_break([]).idle == 0.0
