"""What endpoints refuse is learned, once, and the page goes on: every quirk of the zoo meets requests as pages make them."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import httpx2
import openai
import pytest

import sidebyside as sbs
from sidebyside import llm
from sidebyside.endpoint import dialects
from sidebyside.endpoint.changes import Form
from sidebyside.endpoint.objections import read_refusal
from sidebyside.endpoint.thinking import choice_apart, set_thinking_apart
from sidebyside.errors import AnswerError, Why
from tests.scripted import NAME, Quirk, Reply, ScriptedModel, chat
from tests.zoo import dialects as zoo

Fields = dict[str, Any]
USER, SYSTEM = {"role": "user", "content": "How was it?"}, {"role": "system", "content": "Answer with one word."}
BEGUN = {"role": "assistant", "content": "The writer is"}
SCHEMA = {
    "type": "object",
    "properties": {"product": {"type": "string", "maxLength": 40}, "mood": {"type": "string", "enum": ["happy", "angry"]}},
    "required": ["product", "mood"],
    "additionalProperties": False,
}
FORM = {"response_format": {"type": "json_schema", "json_schema": {"name": "fields", "strict": True, "schema": SCHEMA}}}
ASKS: dict[str, Fields] = {  # as the lessons ask
    "plain": {"messages": [USER], "temperature": 0, "max_tokens": 20},
    "sampled": {"messages": [USER], "temperature": 0.7, "seed": 3, "max_tokens": 24},
    "hot": {"messages": [USER], "temperature": 1.4, "seed": 3, "max_tokens": 30},
    "two roles": {"messages": [SYSTEM, USER], "temperature": 0, "max_tokens": 40},
    "examples": {"messages": [USER, {"role": "assistant", "content": "angry"}, USER], "temperature": 0, "max_tokens": 20},
    "one of": {"messages": [USER], "temperature": 0, "max_tokens": 20, **sbs.one_of("happy", "angry")},
    "schema": {"messages": [USER], "temperature": 0, "max_tokens": 90, **FORM},
    "any json": {"messages": [USER], "temperature": 0, "max_tokens": 90, "response_format": {"type": "json_object"}},
    "begun": {"messages": [USER, BEGUN], "temperature": 0, "max_tokens": 20},
    "chances": {"messages": [USER], "temperature": 0, "max_tokens": 1, "logprobs": True, "top_logprobs": 20},
    "begun, chances": {"messages": [USER, BEGUN], "temperature": 0, "max_tokens": 1, "logprobs": True, "top_logprobs": 10},
    "one chance": {"messages": [USER], "temperature": 0, "max_tokens": 24, "logprobs": True, "top_logprobs": 1},
}
JSON_ASKS = ("one of", "schema", "any json")


@dataclass(frozen=True)
class Case:
    """A quirk and what becomes of the page's requests.

    Attributes:
        quirk: The endpoint.
        ask: The request that meets with the quirk.
        sent: Tells whether the request was right that was sent at last.
        said: Words of the line on the page.
        unmeasured: Whether log-probabilities cannot be had.
        model: The model's name.
    """

    quirk: Quirk
    ask: str
    sent: Callable[[Fields], Any]
    said: str
    unmeasured: bool = False


def lacks(*names: str) -> Callable[[Fields], bool]:
    return lambda fields: not set(names) & fields.keys()


def folded(fields: Fields) -> bool:
    return fields["messages"] == [{"role": "user", "content": "Answer with one word.\n\nHow was it?"}]


def instructed(fields: Fields) -> bool:
    return [message["role"] for message in fields["messages"]] == ["user"] and fields["messages"][0]["content"].endswith("\nThe writer is")


def has_keyword(fields: Fields, word: str) -> bool:
    return word in json.dumps(fields["response_format"])


def by_message(fields: Fields) -> bool:
    return '"maxLength": 40' in fields["messages"][-1]["content"] and "response_format" not in fields


def as_object(fields: Fields) -> bool:
    return '"maxLength": 40' in fields["messages"][-1]["content"] and fields["response_format"] == {"type": "json_object"}


def one(check: Any) -> Quirk:
    return zoo.all_of([check])


def roomy(fields: Fields) -> bool:
    return bool(fields["max_completion_tokens"] == 2020 and "max_tokens" not in fields)


NO_HEAT, NO_SEED, NO_CHANCES = "takes no temperature", "takes no seed", "tells no log-probabilities"
CASES = {
    "gpt-5 max_tokens": Case(one(zoo.max_tokens), "plain", roomy, "takes the limit of length as max_completion_tokens"),
    "gpt-5 temperature": Case(one(zoo.temperature), "plain", lacks("temperature"), NO_HEAT),
    "gpt-5 seed": Case(one(zoo.seed), "sampled", lacks("seed"), NO_SEED),
    "gpt-5 logprobs": Case(one(zoo.logprobs), "chances", lambda fields: False, NO_CHANCES, unmeasured=True),
    "gpt-5 top_logprobs": Case(one(zoo.top_logprobs), "chances", lambda fields: False, "tells no likely tokens", unmeasured=True),
    "gpt-5 logprobs, forbidden": Case(one(zoo.logprobs_403), "chances", lambda fields: False, NO_CHANCES, unmeasured=True),
    "gpt-5 whole": Case(zoo.gpt5, "sampled", lacks("temperature", "seed", "max_tokens"), "it takes no", unmeasured=True),
    "o1 system": Case(one(zoo.o1_system), "two roles", folded, "takes no system message"),
    "o1 no format": Case(one(zoo.no_format), "schema", by_message, "takes no response format"),
    "o1 no schema": Case(one(zoo.no_schema_o1), "schema", as_object, "takes no JSON schema"),
    "o1 could not finish": Case(zoo.could_not_finish(1500), "plain", lambda f: f["max_tokens"] == 2020, "think before it answers"),
    "at least 16 tokens": Case(one(zoo.at_least_16), "chances", lambda f: f["max_tokens"] == 16, "max_tokens of at least 16"),
    "at most 5 likely": Case(one(zoo.at_most_5), "chances", lambda f: f["top_logprobs"] == 5, "top_logprobs of at most 5"),
    "too cold": Case(one(zoo.too_cold), "plain", lambda f: f["temperature"] == 0.01, "temperature of at least 0.01"),
    "maxLength": Case(one(zoo.no_max_length), "schema", lambda f: not has_keyword(f, "maxLength") and has_keyword(f, "enum"), "“maxLength”"),
    "strict": Case(one(zoo.strict_schema), "schema", lambda f: "strict" not in f["response_format"]["json_schema"], "not strict"),
    "the word json": Case(one(zoo.json_word), "any json", lambda f: "JSON" in f["messages"][-1]["content"], "JSON"),
    "Azure gpt-5": Case(zoo.azure_gpt5, "plain", lacks("temperature", "max_tokens"), NO_HEAT, unmeasured=True),
    "Azure older": Case(one(zoo.azure_old), "sampled", lacks("seed"), NO_SEED),
    "Azure Mistral": Case(one(zoo.azure_mistral), "sampled", lambda f: f["random_seed"] == 3, "takes the seed as random_seed"),
    "Anthropic prefill": Case(one(zoo.no_prefill), "begun", instructed, "does not go on from a begun answer"),
    "Anthropic temperature": Case(one(zoo.old_temperature), "plain", lacks("temperature"), NO_HEAT),
    "Anthropic too hot": Case(one(zoo.hot_temperature), "hot", lambda f: f["temperature"] == 1, "temperature of at most 1"),
    "Google seed": Case(one(zoo.google_seed), "sampled", lacks("seed"), NO_SEED),
    "Google logprobs": Case(one(zoo.google_logprobs), "chances", lambda fields: False, NO_CHANCES, unmeasured=True),
    "Google all": Case(zoo.google_all, "sampled", lacks("seed"), NO_SEED, unmeasured=True),
    "Google schema": Case(one(zoo.google_schema), "schema", lambda f: not has_keyword(f, "additional"), "“additionalProperties”"),
    "Google Gemma": Case(one(zoo.gemma_on_google), "two roles", folded, "takes no system message"),
    "Google turns": Case(one(zoo.google_turns), "begun", instructed, "begun answer"),
    "Mistral seed": Case(one(zoo.mistral_seed), "sampled", lambda f: f["random_seed"] == 3, "takes the seed as random_seed"),
    "Mistral no seed": Case(zoo.mistral_no_seed, "sampled", lacks("seed", "random_seed"), NO_SEED),
    "Mistral text": Case(one(zoo.mistral_text), "sampled", lambda f: f["random_seed"] == 3, "takes the seed as random_seed"),
    "Mistral logprobs": Case(zoo.mistral_logprobs, "chances", lambda fields: False, NO_CHANCES, unmeasured=True),
    "Mistral last role": Case(one(zoo.mistral_last), "begun", lambda f: f["messages"][-1]["prefix"] is True, "begun answer only if told so"),
    "OpenRouter limit": Case(one(zoo.router_limit), "chances", lambda f: f["max_tokens"] == 16, "at least 16"),
    "OpenRouter temperature": Case(one(zoo.router_temperature), "plain", lacks("temperature"), NO_HEAT),
    "OpenRouter words": Case(one(zoo.router_words), "chances", lambda fields: False, NO_CHANCES, unmeasured=True),
    "OpenRouter inside 200": Case(one(zoo.router_inside_200), "sampled", lacks("seed"), NO_SEED),
    "vLLM Gemma": Case(one(zoo.vllm_gemma), "two roles", folded, "takes no system message"),
    "vLLM alternate": Case(one(zoo.vllm_alternate), "two roles", folded, "takes no system message"),
    "vLLM logprobs": Case(one(zoo.vllm_logprobs), "chances", lambda f: f["top_logprobs"] == 5, "at most 5"),
    "vLLM prefill": Case(one(zoo.vllm_prefill), "begun", instructed, "begun answer"),
    "vLLM grammar": Case(one(zoo.vllm_grammar), "schema", as_object, "takes no JSON schema"),
    "llama.cpp Gemma": Case(one(zoo.llamacpp_gemma), "two roles", folded, "takes no system message"),
    "llama.cpp alternate": Case(one(zoo.llamacpp_alternate), "two roles", folded, "takes no system message"),
    "llama.cpp thinking": Case(one(zoo.llamacpp_thinking), "begun", instructed, "begun answer"),
    "llama.cpp schema": Case(one(zoo.llamacpp_schema), "schema", as_object, "takes no JSON schema"),
    "Ollama Gemma": Case(one(zoo.ollama_gemma), "two roles", folded, "takes no system message"),
    "LM Studio": Case(one(zoo.lm_studio), "any json", lambda f: f["response_format"]["type"] == "json_schema", "takes only JSON schemas"),
    "LM Studio older": Case(one(zoo.lm_studio_old), "schema", by_message, "takes no response format"),
    "TGI cold": Case(one(zoo.tgi_cold), "plain", lambda f: f["temperature"] == 0.01, "temperature of at least 0.01"),
    "TGI schema": Case(one(zoo.tgi_schema), "schema", by_message, "takes no response format"),
    "TGI likely": Case(one(zoo.tgi_likely), "chances", lambda f: f["top_logprobs"] == 5, "at most 5"),
    "SGLang": Case(one(zoo.sglang_500), "two roles", folded, "takes no system message"),
    "LiteLLM all": Case(zoo.litellm_all, "sampled", lacks("seed", "temperature"), NO_SEED, unmeasured=True),
    "LiteLLM gpt-5": Case(one(zoo.litellm_gpt5), "plain", lacks("temperature"), NO_HEAT),
    "LiteLLM 500": Case(one(zoo.litellm_500), "sampled", lacks("seed"), NO_SEED),
    "LiteLLM Azure": Case(one(zoo.litellm_azure), "plain", roomy, "max_completion_tokens"),
    "Groq schema": Case(one(zoo.groq_schema), "schema", as_object, "takes no JSON schema"),
    "Groq keyword": Case(one(zoo.groq_keyword), "schema", lambda f: not has_keyword(f, "maxLength"), "“maxLength”"),
    "Groq logprobs": Case(one(zoo.groq_logprobs), "chances", lambda fields: False, NO_CHANCES, unmeasured=True),
    "DeepSeek schema": Case(one(zoo.deepseek_schema), "schema", as_object, "takes no JSON schema"),
    "DeepSeek schema, 422": Case(one(zoo.deepseek_422), "schema", as_object, "takes no JSON schema"),
    "DeepSeek logprobs": Case(one(zoo.deepseek_logprobs), "chances", lambda fields: False, NO_CHANCES, unmeasured=True),
    "Qwen likely": Case(one(zoo.qwen_likely), "chances", lambda f: f["top_logprobs"] == 5, "at most 5"),
    "Cohere likely": Case(one(zoo.cohere_likely), "chances", lambda fields: False, "tells no likely tokens", unmeasured=True),
    "GigaChat cold": Case(one(zoo.gigachat_cold), "plain", lambda f: f["temperature"] == 0.01, "temperature of at least 0.01"),
    "AWS seed": Case(one(zoo.aws_seed), "sampled", lacks("seed"), NO_SEED),
    "not implemented": Case(one(zoo.not_implemented), "chances", lambda fields: False, NO_CHANCES, unmeasured=True),
    "a router's 404": Case(one(zoo.not_found), "sampled", lacks("seed"), NO_SEED),
}


def call(client: openai.OpenAI, ask: str, **more: Any) -> Any:
    return client.chat.completions.create(model=NAME, **(ASKS[ask] | more))


@pytest.mark.parametrize("name", CASES)
def test_refusal_is_learned_once(name: str, endpoint: ScriptedModel, said: list[str]) -> None:
    case = CASES[name]
    endpoint.quirk = case.quirk
    client, _ = sbs.connect()
    if case.unmeasured and "logprobs" in ASKS[case.ask]:
        with pytest.raises(AnswerError, match="log-probabilities") as caught:
            call(client, case.ask)
        assert caught.value.why == Why.UNMEASURED
    else:
        assert "happy" in call(client, case.ask).choices[0].message.content
        assert case.sent(endpoint.asked[-1].body), endpoint.asked[-1].body
        before = len(endpoint.asked)
        call(client, case.ask)
        assert len(endpoint.asked) == before + 1, "it was learned once for the process"
    assert len(endpoint.asked) <= 7
    assert any(case.said in line for line in said), said
    assert all(line.startswith(f"{NAME} ") and line.endswith(".") for line in said)


@pytest.mark.parametrize("name", CASES)
def test_every_request_of_a_page_ends_well(name: str, endpoint: ScriptedModel) -> None:
    case = CASES[name]
    endpoint.quirk = case.quirk
    client, _ = sbs.connect()
    for ask, fields in ASKS.items():
        try:
            answer = call(client, ask).choices[0]
        except AnswerError as error:
            assert case.unmeasured and error.why == Why.UNMEASURED and fields.get("logprobs"), ask
            continue
        assert answer.message.content == ('{"answer": "happy"}' if ask in JSON_ASKS else "happy"), ask
        assert not fields.get("logprobs") or answer.logprobs.content[0].top_logprobs, ask


def test_other_requests_stay_as_they_are(endpoint: ScriptedModel, said: list[str]) -> None:
    endpoint.quirk = zoo.all_of([])
    client, _ = sbs.connect()
    for ask in ASKS:
        call(client, ask)
    fields = [dialects.with_schema({"model": NAME} | ask | ask.get("extra_body", {})) for ask in ASKS.values()]
    assert [request.body for request in endpoint.asked] == [{k: v for k, v in ask.items() if k != "extra_body"} for ask in fields]
    assert said == []


def test_nothing_of_llama_cpp_is_sent_to_strangers(endpoint: ScriptedModel) -> None:
    client, _ = sbs.connect()
    call(client, "one of")
    assert not {"grammar", "cache_prompt", "one_of"} & endpoint.asked[-1].body.keys()


@pytest.mark.parametrize(
    ("check", "left_out", "changed"), [(zoo.temperature, True, True), (zoo.hot_temperature, False, True), (zoo.seed, False, False)]
)
def test_connection_tells_what_was_put_otherwise(check: Any, left_out: bool, changed: bool, endpoint: ScriptedModel) -> None:
    assert llm.left_out("temperature") == llm.changed("temperature") == ""
    endpoint.quirk = one(check)
    client, _ = sbs.connect()
    call(client, "hot")
    assert (bool(llm.left_out("temperature")), bool(llm.changed("temperature"))) == (left_out, changed)
    assert sbs.usage(client).columns.tolist() == ["id", "source", "seconds", "day", "input_tokens", "output_tokens"]
    other, _ = sbs.connect(model="another-1")
    assert llm.changed("temperature") == "", "of another model it says nothing"
    assert bool(llm.changed("temperature", client)) == changed


# --- the recording ----------------------------------------------------------------------------------------------------


def test_recording_keeps_the_page_s_request_and_what_was_changed(endpoint: ScriptedModel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIDEBYSIDE_MODE", "record")
    endpoint.quirk = zoo.gpt5
    client, _ = sbs.connect("page")
    call(client, "sampled")
    (entry,) = endpoint.recorded()
    assert entry["request"] == {"model": NAME} | ASKS["sampled"]
    assert any(sentence.startswith(f"{NAME} takes no temperature") for sentence in entry["changed"])
    monkeypatch.setenv("SIDEBYSIDE_MODE", "replay")
    before = len(endpoint.asked)
    assert call(sbs.connect("page")[0], "sampled").choices[0].message.content == "happy"
    assert llm.left_out("temperature").startswith(f"{NAME} takes no temperature"), "and a page that replays it can say so"
    assert len(endpoint.asked) == before


@pytest.mark.parametrize("below", ["/v1", "/openai/v1/", "/v1beta/openai/", "/api/v1", ""])
def test_recorded_answer_is_found_again_wherever_its_route_was(below: str, endpoint: ScriptedModel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", endpoint.root + below)
    monkeypatch.setenv("SIDEBYSIDE_MODE", "record")
    call(sbs.connect("page")[0], "plain")
    monkeypatch.setenv("SIDEBYSIDE_MODE", "replay")
    assert call(sbs.connect("page")[0], "plain").choices[0].message.content == "happy"


def test_an_unchanged_answer_says_nothing_of_changes(endpoint: ScriptedModel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIDEBYSIDE_MODE", "record")
    endpoint.quirk = one(zoo.seed)
    client, _ = sbs.connect("page")
    call(client, "sampled")
    call(client, "plain")
    assert ["changed" in entry for entry in endpoint.recorded()] == ["seed" in entry["request"] for entry in endpoint.recorded()]


# --- the same in other words ------------------------------------------------------------------------------------------

OTHER_WORDS = [
    ({"detail": "temperature is not supported"}, "sampled", "without temperature"),
    ({"error": 'json: unknown field "seed"'}, "sampled", "without seed"),
    ({"errors": [{"field": "seed", "message": "is not allowed"}]}, "sampled", "without seed"),
    ({"error": {"message": "参数 temperature 不支持"}}, "sampled", "without temperature"),
    ({"error": {"message": "`temperature` may only be set to 1 when thinking is enabled."}}, "sampled", "without temperature"),
    ({"error": {"message": "create() got an unexpected keyword argument 'logprobs'"}}, "chances", "without logprobs"),
    ({"error": {"message": "max_tokens must be at least 16"}}, "chances", "max_tokens from 16.0 to None"),
    ({"error": {"message": "Invalid maxOutputTokens: must be >= 16"}}, "chances", "max_tokens from 16.0 to None"),
    ({"detail": [{"loc": ["body", "top_logprobs"], "msg": "Input should be less than or equal to 5"}]}, "chances", "top_logprobs from None to 5.0"),
    ({"error": {"message": "Last message must have role `user`."}}, "begun", "beginning instructed"),
    ({"error": {"message": "Conversation must start with a user message"}}, "two roles", "system folded"),
    (
        {"error": {"message": "Invalid value: 'system'. Supported: 'user' and 'assistant'.", "param": "messages[0].role"}},
        "two roles",
        "system folded",
    ),
    ({"detail": [{"loc": ["body", "messages", 0, "role"], "msg": "Input should be 'user' or 'assistant'"}]}, "two roles", "system folded"),
    ({"error": {"message": "Invalid JSON schema: unsupported keyword 'maxLength'"}}, "schema", "without keyword maxLength"),
    ({"error": {"message": "Unknown field responseFormat"}}, "schema", "schema as object"),
    ({"error": {"message": "A response mime type: 'application/json' is unsupported"}}, "schema", "schema as object"),
    ({"error": {"message": "parameter.enable_thinking must be set to false for non-streaming calls"}}, "plain", "enable_thinking off"),
    ({"error": {"message": "`max_tokens` must be greater than `thinking.budget_tokens`."}}, "plain", "room"),
]


@pytest.mark.parametrize("body, ask, change", OTHER_WORDS)
def test_refusal_in_other_words_is_understood(body: Fields, ask: str, change: str) -> None:
    refusal = read_refusal(httpx2.Response(400, json=body))
    assert refusal
    better = dialects.learned(Form(), refusal, {"model": NAME} | ASKS[ask], set())
    assert better and better.changes[0].name == change


# --- what is no matter of form ------------------------------------------------------------------------------------------

TOO_LONG = (
    "This model's maximum context length is 4097 tokens. However, your messages resulted in 5000 tokens. Please reduce the length of the messages."
)
NOT_OURS = {
    "too long": zoo.openai(TOO_LONG, "messages", "context_length_exceeded"),
    "too long, and names the limit": zoo.vllm(
        "'max_tokens' or 'max_completion_tokens' is too large: 20. "
        "This model's maximum context length is 2048 tokens and your request has 2040 input tokens"
    ),
    "filtered": zoo.openai(
        "The response was filtered due to the prompt triggering Azure OpenAI's content management policy; temperature has no part in it.",
        "prompt",
        "content_filter",
    ),
    "names nothing": zoo.openai("Your request does not please me."),
    "unknown model": zoo.openai("The model `gpt-9` does not exist or you do not have access to it.", "model", "model_not_found", status=404),
    "the model": zoo.openai("Unsupported value: 'model'", "model", "unsupported_value"),
    "the messages": zoo.openai("Invalid type for 'messages[0].content': expected a string.", "messages[0].content", "invalid_type"),
    "an echo": Reply({"detail": [{"type": "missing", "loc": ["body", "project"], "msg": "Field required", "input": {"temperature": 0}}]}, 422),
    "no permission": zoo.openai("Your role does not allow this request.", status=403),
    "a web page": Reply("<html><body>temperature is not supported</body></html>", 403, kind="text/html"),
}


@pytest.mark.parametrize("name", NOT_OURS)
def test_refusal_that_teaches_nothing_is_handed_on(name: str, endpoint: ScriptedModel, said: list[str]) -> None:
    endpoint.script(NOT_OURS[name])
    client, _ = sbs.connect(max_retries=0)
    for ask in ("plain", "two roles"):
        endpoint.asked.clear()
        with pytest.raises(openai.OpenAIError) as caught:
            call(client, ask)
        assert getattr(caught.value, "status_code", Why.FILTERED) == (Why.FILTERED if name == "filtered" else NOT_OURS[name].status)
        assert len(endpoint.asked) == 1
    assert said == []


def test_endpoint_that_always_refuses_is_asked_a_bounded_number_of_times(endpoint: ScriptedModel, said: list[str]) -> None:
    endpoint.quirk = lambda request: zoo.litellm(f"{sorted(request.body)} are not supported", 500)
    client, _ = sbs.connect(max_retries=2)
    with pytest.raises(openai.InternalServerError):
        call(client, "plain", seed=1, stop=["x"], user="u", presence_penalty=0, frequency_penalty=0, top_p=1, metadata={}, store=False)
    assert len(endpoint.asked) <= 3 * dialects.MOST_TRIES
    assert said == [], "what did not help is not remembered"


def test_question_is_never_given_up(endpoint: ScriptedModel) -> None:
    endpoint.quirk = lambda request: zoo.litellm("'model', 'messages', 'stream', 'temperature', 'max_tokens' are not supported")
    client, _ = sbs.connect(max_retries=0)
    with pytest.raises(openai.BadRequestError):
        call(client, "two roles")
    assert all({"model", "messages"} <= request.body.keys() for request in endpoint.asked)
    assert len(endpoint.asked) <= dialects.MOST_TRIES


def test_many_threads_learn_without_harm(endpoint: ScriptedModel, said: list[str]) -> None:
    endpoint.quirk = zoo.gpt5
    client, _ = sbs.connect()
    heard: list[str] = []
    threads = [threading.Thread(target=lambda: heard.append(call(client, "sampled").choices[0].message.content)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert heard == ["happy"] * 8
    before = len(endpoint.asked)
    call(client, "sampled")
    assert len(endpoint.asked) == before + 1
    assert len(said) == 1


def test_two_models_at_one_address_are_two_dialects(endpoint: ScriptedModel, monkeypatch: pytest.MonkeyPatch) -> None:
    endpoint.quirk = lambda request: zoo.gpt5(request) if request.body["model"] == NAME else zoo.answer(request.body)
    call(sbs.connect()[0], "sampled")
    client, other = sbs.connect(model="another-1")
    client.chat.completions.create(model=other, **ASKS["sampled"])
    assert endpoint.asked[-1].body == {"model": other} | ASKS["sampled"]


def test_stream_is_put_right_and_passed_on(endpoint: ScriptedModel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIDEBYSIDE_PRICE", "0/0")
    chunk = chat() | {"object": "chat.completion.chunk", "choices": [{"index": 0, "delta": {"content": "happy"}, "finish_reason": None}]}
    stream = Reply(f"data: {json.dumps(chunk)}\n\ndata: [DONE]\n\n", kind="text/event-stream")
    endpoint.quirk = lambda request: (zoo.temperature(request.body) or zoo.max_tokens(request.body)) or stream
    pieces = list(call(sbs.connect()[0], "plain", stream=True))
    assert [piece.choices[0].delta.content for piece in pieces] == ["happy"]


@pytest.mark.parametrize("told", [None, {"content": None, "refusal": None}, {"content": []}])
def test_log_probabilities_that_never_come_are_not_paid_for_again_and_again(told: Any, endpoint: ScriptedModel, said: list[str]) -> None:
    """Anthropic's route and some gateways take the option, charge for the answer, and ignore it."""
    body = chat()
    body["choices"][0]["logprobs"] = told
    endpoint.script(Reply(body))
    client, _ = sbs.connect(max_retries=0)
    for _ in range(6):
        with pytest.raises(AnswerError, match="log-probabilities") as caught:
            call(client, "chances")
        assert caught.value.why == Why.UNMEASURED
    assert len(endpoint.asked) == dialects.IN_VAIN
    assert len(said) == 1 and "tells no log-probabilities" in said[0]
    assert call(client, "plain").choices[0].message.content == "happy"


def test_log_probabilities_that_come_now_and_then_are_asked_for_each_time(endpoint: ScriptedModel) -> None:
    silent = Reply(chat())
    endpoint.script(zoo.answer(ASKS["chances"]), *[silent] * 9)
    client, _ = sbs.connect(max_retries=0)
    for _ in range(8):
        with suppress(AnswerError):
            call(client, "chances")
    assert len(endpoint.asked) == 8


# --- raw completions ----------------------------------------------------------------------------------------------------

NO_RAW = {
    "OpenAI": zoo.openai("This is a chat model and not supported in the v1/completions endpoint.", "model", status=404),
    "no such route": Reply({"detail": "Not Found"}, 404),
    "not allowed": Reply({"error": "method not allowed"}, 405),
    "Azure": zoo.openai("The completion operation does not work with the specified model, gpt-5.", None, "OperationNotSupported"),
}


@pytest.mark.parametrize("name", NO_RAW)
def test_raw_completion_that_cannot_be_had_is_unmeasured(name: str, endpoint: ScriptedModel) -> None:
    endpoint.script(NO_RAW[name])
    client, _ = sbs.connect(max_retries=0)
    with pytest.raises(AnswerError, match="not measured") as caught:
        client.completions.create(model=NAME, prompt="The lamp arrived in two", max_tokens=1, temperature=0, logprobs=6)
    assert caught.value.why == Why.UNMEASURED


def test_raw_completion_is_capped(endpoint: ScriptedModel) -> None:
    said = "Invalid value for 'logprobs': must be less than or equal to 5."
    endpoint.quirk = zoo.all_of([zoo.option("logprobs", lambda _: zoo.openai(said, "logprobs"), lambda value: value <= 5)])
    with pytest.raises(AnswerError, match="without the log-probabilities"):  # this endpoint takes the option, and tells none
        sbs.connect()[0].completions.create(model=NAME, prompt="The lamp arrived in two", max_tokens=1, temperature=0, logprobs=6)
    assert endpoint.asked[-1].body["logprobs"] == 5


# --- thinking -----------------------------------------------------------------------------------------------------------

WAYS = {
    "hidden": zoo.hidden,
    "reasoning_content": zoo.in_field("reasoning_content"),
    "reasoning": zoo.in_field("reasoning"),
    "tags": zoo.in_tags("<think>\n", "\n</think>"),
    "tags of the template": zoo.in_tags("", "\n</think>"),
    "Mistral's tags": zoo.in_tags("[THINK]", "[/THINK]"),
    "parts": zoo.in_parts,
    "total": zoo.in_total,
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("needs", [10, 500, 5000])
def test_thinking_model_gets_room_and_answers(way: str, needs: int, endpoint: ScriptedModel, said: list[str]) -> None:
    endpoint.quirk = zoo.thinker(needs, WAYS[way])
    client, _ = sbs.connect()
    answer = call(client, "plain")
    assert answer.choices[0].message.content == "happy"
    tries = {10: 1, 500: 2, 5000: 3}[needs]
    assert len(endpoint.asked) == tries
    spent = [request.body["max_tokens"] for request in endpoint.asked]
    assert answer.usage.completion_tokens == sum(min(limit, needs + 5) for limit in spent), "all that was paid for is in the account"
    assert len(said) == 1 and "think before it answers" in said[0]
    call(client, "plain")
    assert len(endpoint.asked) == tries + 1, "the next question gets room at once"
    assert endpoint.asked[-1].body["max_tokens"] == 20 + (8000 if needs == 5000 else 2000)


def test_model_that_thinks_without_end_is_asked_three_times(endpoint: ScriptedModel) -> None:
    endpoint.quirk = zoo.thinker(50_000, zoo.hidden)
    with suppress(AnswerError):
        assert call(sbs.connect(max_retries=0)[0], "plain").choices[0].message.content == ""
    assert [request.body["max_tokens"] for request in endpoint.asked] == [20, 2020, 8020]


def test_room_that_does_not_fit_is_made_smaller(endpoint: ScriptedModel) -> None:
    said = "'max_tokens' is too large: {}. This model's maximum context length is 1000 tokens and your request has 100 input tokens"
    narrow = zoo.option("max_tokens", lambda value: zoo.vllm(said.format(value)), lambda value: value <= 900)
    thinker = zoo.thinker(300, zoo.hidden)
    endpoint.quirk = lambda request: narrow(request.body) or thinker(request)
    assert call(sbs.connect()[0], "plain").choices[0].message.content == "happy"
    assert [request.body["max_tokens"] for request in endpoint.asked] == [20, 2020, 520]


def test_text_that_only_sounds_like_thinking_is_asked_longer_once(endpoint: ScriptedModel, said: list[str]) -> None:
    def quirk(request: Any) -> Reply:
        body = chat("Okay, so the writer is happy.", tokens_out=20)
        body["choices"][0]["finish_reason"] = "length" if request.body["max_tokens"] == 20 else "stop"
        return Reply(body)

    endpoint.quirk = quirk
    client, _ = sbs.connect()
    first, second = call(client, "plain"), call(client, "plain")
    assert [request.body["max_tokens"] for request in endpoint.asked] == [20, 2020, 20]
    assert (first.choices[0].finish_reason, first.usage.completion_tokens, second.usage.completion_tokens) == ("length", 40, 20)
    assert said == []


def test_answer_cut_off_by_its_own_limit_is_left(endpoint: ScriptedModel, said: list[str]) -> None:
    body = chat("one two", tokens_out=20)
    body["choices"][0]["finish_reason"] = "length"
    endpoint.script(Reply(body))
    assert call(sbs.connect()[0], "plain").choices[0].finish_reason == "length"
    assert len(endpoint.asked) == 1
    assert said == []


APART = {
    "a word": ("happy", "happy", None),
    "closed": ("<think>\nhm\n</think>\n\nhappy", "happy", "hm"),
    "unclosed": ("<think>\nhm", "", "hm"),
    "only closed": ("hm\n</think>\n\nhappy", "happy", "hm"),
    "nested": ("<think>a <think>b</think> c</think>happy", "happy", "a b c"),
    "template opened, model too": ("hm <think> b </think> c </think> happy", "happy", "hm  b  c"),
    "nested and one unclosed": ("<think>a<think>b</think>happy", "happy", "ab"),
    "two": ("<think>a</think>\n<think>b</think>happy", "happy", "a\nb"),
    "empty": ("<think>\n\n</think>\n\nhappy", "happy", None),
    "after a word": ("Sure.\n<think>a</think>\nhappy", "happy", "Sure.\na"),
    "Mistral": ("[THINK]a[/THINK]happy", "happy", "a"),
    "Kimi": ("◁think▷a◁/think▷happy", "happy", "a"),
    "capitals": ("<THINK>a</THINK>happy", "happy", "a"),
    "Reflection": ("<reflection>a</reflection>happy", "happy", "a"),
    "Cohere": ("<|START_THINKING|>a<|END_THINKING|><|START_RESPONSE|>happy<|END_RESPONSE|>", "happy", "a"),
    "Sky-T1": ("<|begin_of_thought|>a<|end_of_thought|>\n\n<|begin_of_solution|>\nhappy\n<|end_of_solution|>", "happy", "a"),
    "Gemma": ("<|channel>thought\na<channel|>happy", "happy", "a"),
    "MedGemma": ("<unused94>thought\na<unused95>happy", "happy", "a"),
    "Hunyuan": ("<think>\na\n</think>\n<answer>\nhappy\n</answer>", "happy", "a"),
    "gpt-oss without its signs": ("analysisWe answer.assistantfinalhappy", "happy", "We answer."),
    "gpt-oss without its signs, cut off": ("analysisWe answ", "", "We answ"),
    "no thinking, wrapped": ("<answer>happy</answer>", "<answer>happy</answer>", None),
    "the word analysis": ("analysis of the note: happy", "analysis of the note: happy", None),
    "gpt-oss": ("<|channel|>analysis<|message|>a<|end|><|start|>assistant<|channel|>final<|message|>happy", "happy", "a"),
    "about a tag": ("Put it into `<think>` and `</think>`.", "Put it into `<think>` and `</think>`.", None),
    "a tag within": ("It says <think> there.", "It says <think> there.", None),
    "brackets": ("[reasoning] is a word", "[reasoning] is a word", None),
}


@pytest.mark.parametrize("name", APART)
def test_thinking_is_set_apart(name: str) -> None:
    text, answer, thought = APART[name]
    found = set_thinking_apart({"role": "assistant", "content": text})
    assert (found["content"], found.get("reasoning_content")) == (answer, thought)
    assert set_thinking_apart(found) == found


@pytest.mark.parametrize("message", [{}, {"content": None}, {"content": 3}, {"content": [{"type": "image"}]}, {"content": "", "reasoning": None}])
def test_message_without_thinking_stays(message: Fields) -> None:
    assert set_thinking_apart(message) == message


def test_chances_are_those_of_the_answer() -> None:
    tokens = [zoo.token(text, 1) for text in ("<think>", "happy", "</think>", "\n\n", "ha", "ppy", "<|im_end|>")]
    choice = {"message": {"content": "<think>happy</think>\n\nhappy"}, "logprobs": {"content": tokens}}
    assert [item["token"] for item in choice_apart(choice)["logprobs"]["content"]] == ["ha", "ppy", "<|im_end|>"]
    lost = {"message": {"content": "angry", "reasoning": "hm"}, "logprobs": {"content": tokens}}
    assert choice_apart(lost)["logprobs"] is None


OF_OTHERS = {
    "the thought is hidden": (["Well", ",", " sad", ".", "ha", "ppy"], ["ha", "ppy"]),
    "the thought alone, and it holds the answer's word": (["so", " happy", " it", " is"], None),
    "another text's": (["Os", "lo"], None),
    "cut off before the answer's end": (["ha"], ["ha"]),
    "with what ended it": (["ha", "ppy", " STOP"], ["ha", "ppy", " STOP"]),
    "in parts of characters": (["\\xf0\\x9f"], ["\\xf0\\x9f"]),
    "with the marks of a tokenizer": (["▁ha", "ppy", "</s>"], ["▁ha", "ppy", "</s>"]),
}


@pytest.mark.parametrize("name", OF_OTHERS)
def test_chances_of_other_words_are_taken_away(name: str) -> None:
    told, kept = OF_OTHERS[name]
    choice = {"message": {"content": "happy"}, "logprobs": {"content": [zoo.token(text, 1) for text in told]}}
    found = choice_apart(choice)["logprobs"]
    assert (found and [item["token"] for item in found["content"]]) == kept


@pytest.mark.parametrize("begun", ["<", "<th", "[TH", "<|channel|", "The", "We"])
def test_thought_of_a_single_token_is_recognized(begun: str, endpoint: ScriptedModel) -> None:
    """A page that asks for one token must not score the first one of a thought, however the model spells its tag."""

    def quirk(request: Any) -> Reply:
        body = chat("<think>The writer.</think>happy" if request.body["max_tokens"] > 9 else begun)
        words = ["<think>", "The", " writer", ".", "</think>", "happy"] if request.body["max_tokens"] > 9 else [begun]
        body["choices"][0] |= {"finish_reason": "stop" if len(words) > 1 else "length"}
        body["choices"][0]["logprobs"] = {"content": [zoo.token(word, 20) for word in words]}
        return Reply(body)

    endpoint.quirk = quirk
    choice = call(sbs.connect()[0], "chances").choices[0]
    assert (choice.message.content, choice.logprobs.content[0].token) == ("happy", "happy")


# --- JSON by message alone ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text, object_",
    [
        ('```json\n{"answer": "happy"}\n```', '{"answer": "happy"}'),
        ('Here: {"a": {"b": 1}} as asked.', '{"a": {"b": 1}}'),
        ('{"a": 1} or {"a": 2}', '{"a": 1} or {"a": 2}'),
        ("happy", "happy"),
        ('{"a": 1', '{"a": 1'),
        ("{not json} but happy", "{not json} but happy"),
    ],
)
def test_json_object_is_taken_as_it_stands(text: str, object_: str) -> None:
    assert dialects.only_json(text) == object_


def test_label_is_read_whichever_way_it_comes(endpoint: ScriptedModel) -> None:
    for quirk in (zoo.all_of([]), one(zoo.no_format), one(zoo.deepseek_schema)):
        endpoint.quirk = quirk
        dialects._known.clear()
        text = call(sbs.connect()[0], "one of").choices[0].message.content
        assert json.loads(text) == {"answer": "happy"}
        assert sbs.read_label(text, ["happy", "angry"]) == "happy"
