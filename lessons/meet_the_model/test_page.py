"""What *Meet the model* says: true whatever the model answered, and always an option of its prediction."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

import sidebyside as sbs
from sidebyside.answers import NoAnswer
from sidebyside.errors import EmbeddedError, RecordingError, WeightsError, Why
from sidebyside.models import MAIN, MIDDLE, SMALL
from sidebyside.tokens import Token
from sidebyside.wording import NOT_MEASURED, options

page = sbs.lesson("meet_the_model")
GONE = NoAnswer(Why.FILTERED)


def token(text: str, probability: float = 0.5, *others: tuple[str, float]) -> Token:
    return Token(text, probability, [(text, probability), *others])


def answer(text: str, *tokens: Token, read: int | None = None) -> Any:
    return SimpleNamespace(text=text, tokens=tokens, call=SimpleNamespace(input_tokens=read))


def bare(read: int | None) -> Any:
    return SimpleNamespace(usage=SimpleNamespace(prompt_tokens=read) if read else None)


# --- two models -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("speaker", "other"),
    [(None, SMALL), ("main", SMALL), (MAIN.name, SMALL), ("small", MAIN), (SMALL.name, MAIN), ("middle", SMALL), ("some-model-elsewhere", SMALL)],
)
def test_the_model_to_compare_with_is_never_the_one_that_speaks(speaker: str | None, other: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SIDEBYSIDE_MODEL", raising=False)
    if speaker:
        monkeypatch.setenv("SIDEBYSIDE_MODEL", speaker)
    assert page.the_other() == other.name


def test_both_models_are_told_with_what_the_registry_knows() -> None:
    rows = page.two_models(MAIN.name, SMALL.name).rows
    assert rows["here"].tolist() == ["answers on this page", "to compare with"]
    assert rows["parameters"].tolist() == ["1,540 million", "135 million"]
    assert page.two_models("elsewhere", SMALL.name).rows["file"].tolist() == ["not known", "98 megabytes"]


@pytest.mark.parametrize("error", [WeightsError("not here"), EmbeddedError("gone")])
def test_without_the_other_s_weights_the_page_goes_on(error: Exception) -> None:
    def ask() -> Any:
        raise error

    theirs = page.if_there(ask)
    assert isinstance(theirs, NoAnswer) and theirs.tokens == [] and theirs.sentence == str(error)
    assert page.if_there(lambda: "said") == "said"


def test_an_answer_missing_from_the_recordings_is_no_matter_of_weights() -> None:
    def ask() -> Any:
        raise RecordingError("missing")

    with pytest.raises(RecordingError):
        page.if_there(ask)


# --- one token --------------------------------------------------------------------------------------------------------


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
    shown = page.next_word("a-model", [token(likeliest, 0.4, (" weeks", 0.305))])
    assert shown.answer == said
    assert shown.answer in options("meet_the_model/next-word")
    told = f"The list of a-model, likeliest first: {likeliest.strip()} 40%, weeks 30%. All other tokens together have 29%."
    assert shown.sentence == told


def test_rounded_chances_leave_no_less_than_nothing() -> None:
    assert "have 0%." in page.next_word("a-model", [token(" days", 0.7, (" weeks", 0.3001))]).sentence


# --- what the model reads ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("read", "said"), [(7, 0), (6, 0), (8, 1), (14, 1), (15, 2), (28, 2), (29, 3), (36, 3)])
def test_what_is_read_is_counted_in_times_the_question(read: int, said: int) -> None:
    shown = page.reads("a-model", answer("Oslo", read=read), bare(7))
    assert shown.answer == options("meet_the_model/reads")[said]
    assert "7 tokens long" in shown.sentence and f"a-model read {read}" in shown.sentence
    assert (f"{read - 7} token" in shown.sentence) == (read > 7)


@pytest.mark.parametrize(
    ("chat", "alone"), [(GONE, bare(7)), (answer("Oslo", read=36), GONE), (answer("Oslo"), bare(7)), (answer("Oslo", read=36), bare(None))]
)
def test_tokens_that_nobody_counted_are_not_measured(chat: Any, alone: Any) -> None:
    assert page.reads("a-model", chat, alone).answer == NOT_MEASURED


CHAT = [{"role": "user", "content": "What is `this`?"}]


@pytest.mark.parametrize("model", [SMALL, MIDDLE, MAIN])
def test_the_whole_text_is_shown_with_the_makers_message_and_the_question(model: Any) -> None:
    text = page.whole_text(CHAT, model.name).data
    assert text.startswith("```text\n<|im_start|>system\n") and text.endswith("\n```")
    assert model.system in text and "What is `this`?" in text
    ours = page.whole_text([{"role": "system", "content": "Be brief."}, *CHAT], model.name).data
    assert "Be brief." in ours and model.system not in ours


def test_a_fence_in_the_question_does_not_end_the_text() -> None:
    assert page.whole_text([{"role": "user", "content": "```x```"}], SMALL.name).data.startswith("`````text")


def test_of_a_model_elsewhere_no_text_is_claimed() -> None:
    told = page.whole_text(CHAT, "gpt-<b>").data
    assert "does not say" in told and "\\<b\\>" in told


# --- a real and an invented country -----------------------------------------------------------------------------------

KNOWN = answer("It is Oslo.", token("It", 0.9), token(" Oslo", 0.5), token("", 0.01))


@pytest.mark.parametrize(
    ("text", "chance", "said"),
    [
        ("I do not know. ", 0.1, 0),
        ("Which Brelvania do you mean? ", 0.1, 1),
        (" It is Brel City.", 0.6, 2),
        (" It is Brel City.", 0.5, 2),
        (" It is Brel City.", 0.126, 3),
    ],
)
def test_each_way_to_answer_is_an_option(text: str, chance: float, said: int) -> None:
    shown = page.invented("a-model", answer(text, token("It", 0.95), token(" Brel", chance), token("", 0.02)), KNOWN)
    assert shown.answer == options("meet_the_model/invented")[said]
    least = f"Its least sure token was 'Brel', at {chance:.0%}; in the answer about the real country it was 'Oslo', at 50%."
    assert shown.sentence == f"The words of a-model were: '{text.strip()}' {least}"


def test_where_chances_were_not_measured_only_the_words_are_judged() -> None:
    admits, asks, *_ = options("meet_the_model/invented")
    told = [page.invented("a-model", answer(text), KNOWN) for text in ("I do not know.", "Do you mean Moldova?", "It is Brel City.")]
    assert [outcome.answer for outcome in told] == [admits, asks, NOT_MEASURED]
    assert all(NOT_MEASURED in outcome.sentence for outcome in told) and "'It is Brel City.'" in told[2].sentence
    assert page.invented("a-model", answer("It is Brel City.", token("It", 0.2)), GONE).answer == NOT_MEASURED


# --- temperatures -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("n", "said"), [(1, 0), (2, 1), (4, 1), (5, 2), (7, 2), (8, 3)])
def test_different_sentences_are_counted_at_the_temperature_asked_about(n: int, said: int) -> None:
    written = {0: ["same"] * 8, 0.7: [str(min(i, n - 1)) for i in range(8)], 1.4: ["same"] * 8}
    shown = page.different("a-model", written)
    assert shown.answer == options("meet_the_model/temperature")[said]
    assert shown.sentence == f"Different sentences among eight of a-model: 1 at temperature 0; {n} at temperature 0.7; 1 at temperature 1.4."


def test_some_of_the_different_sentences_are_shown() -> None:
    rows = page.some_sentences({0: ["a", "a"], 0.7: ["a", GONE, "b", "c"]}, most=2).rows
    assert rows.to_numpy().tolist() == [[0, "a"], [0.7, "a"], [0.7, "b"]]


# --- answers that never came ------------------------------------------------------------------------------------------


def test_without_any_answer_nothing_is_said_of_the_model() -> None:
    assert NOT_MEASURED in page.likeliest([]).data
    assert page.next_word("a-model", []).answer == NOT_MEASURED
    assert page.next_word("a-model", [Token("x", 0.5, [])]).answer == NOT_MEASURED  # and no other tokens
    assert page.invented("a-model", GONE, KNOWN).answer == NOT_MEASURED
    assert page.different("a-model", {0: ["a"] * 8, 0.7: [GONE] * 8}).answer == NOT_MEASURED
    assert page.some_sentences({0: [GONE], 0.7: [GONE]}).rows.empty


def test_answers_that_never_came_are_no_sentences() -> None:
    shown = page.different("a-model", {0: ["a"] * 8, 0.7: ["a", GONE, "b"]})
    assert "2 at temperature 0.7 (1 never came)." in shown.sentence
    assert shown.answer == "two to four"
    assert page.different("a-model", {0: ["a"] * 8, 0.7: ["a"] * 7 + [GONE]}).answer == NOT_MEASURED, "the eighth might have been another one"
