"""What *Meet the model* says: true whatever the model answered, and always an option of its prediction."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

import sidebyside as sbs
from sidebyside.answers import NoAnswer
from sidebyside.errors import Why
from sidebyside.tokens import Token
from sidebyside.wording import NOT_MEASURED, options

page = sbs.lesson("meet_the_model")


def token(text: str, probability: float = 0.5, *others: tuple[str, float]) -> Token:
    return Token(text, probability, [(text, probability), *others])


def answer(text: str, *tokens: Token) -> Any:
    return SimpleNamespace(text=text, tokens=tokens)


def test_the_likeliest_tokens_are_drawn() -> None:
    drawn = page.likeliest([token(" pieces", 0.41, (" days", 0.2))]).to_dict()
    assert [(row["token"], row["probability"]) for rows in drawn["datasets"].values() for row in rows] == [(" pieces", 0.41), (" days", 0.2)]
    assert "next tokens" in drawn["description"]


@pytest.mark.parametrize(
    ("likeliest", "said"),
    [
        (" pieces", "pieces"),
        ("days", "days"),
        (" boxes ", "boxes"),
        (" parts", "another word"),
        (" another word", "another word"),
        ("\n", "another word"),
    ],
)
def test_the_likeliest_word_is_an_option_or_another_word(likeliest: str, said: str) -> None:
    shown = page.next_word([token(likeliest, 0.4, (" weeks", 0.305))])
    assert shown.answer == said
    assert shown.answer in options("meet_the_model/next-word")
    assert shown.sentence == f"The model's list, likeliest first: {likeliest.strip()} 40%, weeks 30%."


def test_an_admission_and_an_invention_are_told_apart() -> None:
    tokens = [token("The", 0.9), token(" Brel", 0.126), token(" city", 0.5)]
    shown = [page.invented(answer(text, *tokens)) for text in ("I do not know. ", " The capital is Brel City.")]
    assert [outcome.answer for outcome in shown] == options("meet_the_model/invented")
    assert shown[0].sentence == "Its words were: 'I do not know.' Its least sure token was 'Brel', at 13%."


def test_admissions_are_counted_and_three_answers_are_shown_as_text() -> None:
    said = page.admissions("a-model", ["first", "*second*", "third", "<b>", "fifth"], [False, True, False, False, False]).data
    assert "**a-model** admitted that it did not know in 20.0% (1 of 5;" in said
    assert said.endswith("\n\n- \\*second\\*\n- third\n- \\<b\\>")


@pytest.mark.parametrize(("n", "said"), [(1, "one"), (2, "two to seven"), (7, "two to seven"), (8, "eight")])
def test_different_sentences_are_counted_at_temperature_zero(n: int, said: str) -> None:
    written = {0: [str(min(i, n - 1)) for i in range(8)], 1.4: ["same"] * 8}
    shown = page.different(written)
    assert shown.answer == said
    assert shown.answer in options("meet_the_model/temperature")
    assert shown.sentence == f"Different sentences among eight: {n} at temperature 0; 1 at temperature 1.4."


# --- answers that never came ------------------------------------------------------------------------------------------

GONE = NoAnswer(Why.FILTERED)


def test_without_any_answer_nothing_is_said_of_the_model() -> None:
    assert NOT_MEASURED in page.likeliest([]).data
    assert page.next_word([]).answer == NOT_MEASURED
    assert page.next_word([Token("x", 0.5, [])]).answer == NOT_MEASURED  # and no other tokens
    assert page.invented(GONE).answer == NOT_MEASURED
    assert page.different({0: [GONE] * 8, 0.7: ["a"] * 8}).answer == NOT_MEASURED
    told = page.admissions("a-model", [GONE] * 4, [None] * 4).data
    assert "in not measured (no answer: 4)." in told and "- no answer (filtered)" in told


def test_answers_that_never_came_are_no_sentences() -> None:
    shown = page.different({0: ["a", GONE, "b"], 0.7: ["a"]})
    assert "2 at temperature 0 (1 never came); 1 at temperature 0.7." in shown.sentence
    assert shown.answer == "two to seven"
    assert page.different({0: ["a"] * 7 + [GONE], 0.7: ["a"]}).answer == NOT_MEASURED, "the eighth might have been another one"


def test_words_are_judged_where_their_chances_were_not_measured() -> None:
    shown = page.invented(answer("I do not know."))
    assert shown.answer == options("meet_the_model/invented")[0]
    assert "'I do not know.'" in shown.sentence and NOT_MEASURED in shown.sentence
