"""Every quirk of an answer ends as an answer or as one sentence, through the genuine openai client; nothing unusable is recorded."""

from __future__ import annotations

import copy
import json
import math
import pickle
from typing import Any

import openai
import pytest
from hypothesis import given, strategies as st

import sidebyside as sbs
from sidebyside.answers import NoAnswer, whole_answer
from sidebyside.errors import AnswerError, Why, explain
from sidebyside.evaluation import is_missing, measured
from sidebyside.runs import unanswered
from tests.scripted import Reply, ScriptedModel, chat
from tests.zoo.answers import MEASURED, QUIRKS, Quirk, chances, said, with_choice
from tests.zoo.test_faults import assert_one_sentence


def asked(quirk: Quirk) -> Any:
    """Send a quirk's request through the client."""
    client, model = sbs.connect("page", max_retries=0)
    return client.post(f"/{quirk.route}", body={"model": model, "seed": 1} | quirk.request, cast_to=object)


def text_of(response: Any) -> str:
    choice = (response.get("choices") or [{"text": ""}])[0]
    return choice["message"]["content"] if "message" in choice else choice["text"]


@pytest.mark.parametrize("name", QUIRKS)
def test_quirk(name: str, endpoint: ScriptedModel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIDEBYSIDE_MODE", "record")
    quirk = QUIRKS[name]
    endpoint.script(quirk.reply)
    if quirk.why is None:
        assert text_of(asked(quirk)) == quirk.text
        assert len(endpoint.recorded()) == 1
        return
    with pytest.raises(openai.OpenAIError) as caught:
        asked(quirk)
    assert isinstance(caught.value, AnswerError)
    assert caught.value.why == quirk.why
    assert_one_sentence(explain(caught.value), quirk.says)
    assert len(endpoint.asked) == 1
    assert endpoint.recorded() == []


def test_there_are_enough_quirks() -> None:
    assert len(QUIRKS) >= 40
    assert {quirk.why for quirk in QUIRKS.values()} == {None, *Why}


def test_thinking_is_set_apart() -> None:
    names = ("mistral_thinks_in_parts", "anthropic_thinks_in_parts", "deepseek_thinks_in_tags", "a_template_opens_the_thought_itself")
    for quirk in map(QUIRKS.__getitem__, names):
        body = whole_answer(json.dumps(quirk.body()).encode(), "", quirk.request)
        assert body["choices"][0]["message"]["reasoning_content"] == "It says: great."


def test_tools_that_were_offered_may_be_called() -> None:
    body = said("tool_calls", content=None, tool_calls=[{"id": "c1", "type": "function", "function": {"name": "search", "arguments": "{}"}}])
    answer = whole_answer(json.dumps(body).encode(), "", {"messages": [], "tools": [{"type": "function"}]})
    assert answer["choices"][0]["message"]["tool_calls"]


def test_a_key_in_an_endpoint_s_words_is_cut_out(endpoint: ScriptedModel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-abc-0123456789")
    endpoint.script(Reply({"error": "no money for sk-abc-0123456789"}))
    with pytest.raises(AnswerError, match="no money for …"):
        sbs.ask("Hello")


# --- random damage ----------------------------------------------------------------------------------------------------

JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.just("content_filter"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["type", "text", "content", "message", "error"]), inner, max_size=3),
    max_leaves=6,
)


def places(value: Any, way: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the way to every part of a JSON value."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [way, *(place for name, item in inner for place in places(item, (*way, name)))]


GOOD = with_choice(logprobs=chances(-0.1, -0.2))
PLACES = [place for place in places(GOOD) if place]


def damaged(damage: list[tuple[int, Any, bool]]) -> dict[str, Any]:
    body = copy.deepcopy(GOOD)
    for number, junk, drop in damage:
        *way, last = PLACES[number % len(PLACES)]
        try:
            part = body
            for name in way:
                part = part[name]
            part.pop(last) if drop else part.__setitem__(last, junk)
        except (KeyError, IndexError, TypeError, AttributeError):
            continue  # an earlier damage took this place away
    return body


@given(st.lists(st.tuples(st.integers(0, 1000), JUNK, st.booleans()), min_size=1, max_size=3), st.sampled_from([{}, MEASURED]))
def test_a_damaged_answer_is_a_text_or_an_answer_error(damage: list[tuple[int, Any, bool]], options: dict[str, Any]) -> None:
    body = damaged(damage)
    try:
        answer = whole_answer(json.dumps(body).encode(), "application/json", {"messages": []} | options)
    except AnswerError as error:
        assert error.why in Why
        assert len(str(error)) < 400
        return
    assert isinstance(answer["choices"][0]["message"]["content"], str)
    json.dumps(answer, allow_nan=False).encode()
    response = openai.types.chat.ChatCompletion.construct(**answer)
    assert isinstance(response.choices, list)


@given(st.integers(0, len(json.dumps(GOOD))), st.binary(max_size=4))
def test_damaged_bytes_are_a_text_or_an_answer_error(place: int, junk: bytes) -> None:
    whole = json.dumps(GOOD).encode()
    try:
        answer = whole_answer(whole[:place] + junk + whole[place + len(junk) :], "", {"messages": []})
    except AnswerError:
        return
    assert isinstance(answer["choices"][0]["message"]["content"], str)


# --- a run with answers that never came -------------------------------------------------------------------------------


def test_a_run_goes_on_past_an_answer_that_never_came(endpoint: ScriptedModel, said: list[str]) -> None:
    endpoint.script(Reply(chat("first")), Reply(QUIRKS["azure_filters_the_answer"].body()), Reply(chat("third")))
    answers = sbs.run(lambda text: sbs.ask(text).text, ["a", "b", "c"])
    assert answers == ["first", "", "third"]
    assert [is_missing(answer) for answer in answers] == [False, True, False]
    assert str(answers[1]) == repr(answers[1]) == f"{answers[1]}" == "no answer (filtered)"
    assert said[0].startswith("The model gave no answer to 1 of 3 (filtered: 1). A content filter")


def test_a_model_that_answers_nothing_is_said_to_in_one_line(endpoint: ScriptedModel, said: list[str]) -> None:
    endpoint.script(Reply(QUIRKS["azure_filters_the_answer"].body()))
    sbs.run(lambda text: sbs.ask(text).text, ["a", "b", "c"])
    assert said[0].startswith("The model gave no answer to any of 3 (filtered: 3), so nothing can be said of it here.")


def test_an_answer_without_what_was_to_be_measured_is_not_called_missing(endpoint: ScriptedModel, said: list[str]) -> None:
    client, model = sbs.connect()
    message = [{"role": "user", "content": "How was it?"}]
    sbs.run(lambda text: client.chat.completions.create(model=model, messages=message, logprobs=True), ["a"])
    assert said[0].startswith("Not measured: 1 of 1. The answer came without the log-probabilities")


def test_a_question_to_ask_is_answered_without_the_chances_that_cannot_be_had(endpoint: ScriptedModel) -> None:
    answer = sbs.ask("How was it?", logprobs=True, top_logprobs=3)
    assert (answer.text, answer.tokens) == ("happy", [])
    assert "not measured" in repr(sbs.widgets.token_map(answer.tokens, answer.model))
    assert "not measured" in sbs.widgets.token_map(answer.tokens, answer.model)._repr_html_()
    endpoint.script(Reply(QUIRKS["azure_filters_the_answer"].body()))
    with pytest.raises(AnswerError, match="content filter"):
        sbs.ask("How was it?", logprobs=True)


def test_any_other_error_ends_a_run(endpoint: ScriptedModel) -> None:
    endpoint.script(Reply(chat()), Reply("no", status=401))
    with pytest.raises(openai.AuthenticationError):
        sbs.run(lambda text: sbs.ask(text).text, ["a", "b", "c"])


def test_no_answer_reads_as_an_empty_text_and_as_a_response() -> None:
    none = NoAnswer(Why.CUT_OFF, "It was cut off.")
    assert none == "" and not none and isinstance(none, str)
    assert str(none) == "no answer (cut off)"
    assert none.choices[0].message.content is none
    assert sbs.tokens_of(none) == []
    assert sbs.read_label(none, ["happy", "sad"]) is None
    assert not sbs.abstains(none)
    for again in (copy.deepcopy(none), pickle.loads(pickle.dumps(none))):
        assert (again.why, again.sentence) == (none.why, none.sentence)


def test_a_rate_leaves_out_what_never_came() -> None:
    none = NoAnswer(Why.FILTERED)
    some = sbs.rate([True, False, none, None, math.nan])
    assert (some.successes, some.n, some.missing) == (1, 2, 3)
    assert str(some).endswith("; no answer: 3)")
    assert str(sbs.rate([none, none])) == "not measured (no answer: 2)"
    assert str(sbs.rate([])) == "not measured (n = 0)"
    assert math.isnan(sbs.rate([]).value)
    assert sbs.flips([True, none, False], [False, True, True]) == ([2], [0])
    assert math.isnan(sbs.paired_p([none], [True]))
    assert sbs.paired_p([True, none, False], [True, False, True]) == sbs.paired_p([True, False], [True, True])
    assert measured([True, False], ["yes", none]) == [True, None]
    assert unanswered(["yes", "no"]) == ""
