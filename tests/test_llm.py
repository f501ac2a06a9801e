"""The client, the money, and the model in this process."""

from __future__ import annotations

import json
import math
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

import openai
import pytest

import sidebyside as sbs
from sidebyside import embedded
from sidebyside.answers import NoAnswer
from sidebyside.errors import BudgetError, EmbeddedError, RecordingError, SettingsError, Why
from sidebyside.models import MAIN, SMALL
from tests.scripted import KEY, NAME, Reply, ScriptedModel, chat, closed_port, fault, serving

HELLO = [{"role": "user", "content": "Hello"}]


def say_hello(client: openai.OpenAI, model: str = NAME, **options: Any) -> Any:
    return client.chat.completions.create(model=model, messages=HELLO, **{"temperature": 0} | options)


# --- a genuine client -----------------------------------------------------------------------------------------------


def test_connect_gives_a_genuine_client_of_the_reader_s_endpoint(endpoint: ScriptedModel) -> None:
    client, model = sbs.connect()
    assert type(client) is openai.OpenAI
    assert model == NAME
    assert say_hello(client).choices[0].message.content == "happy"
    (request,) = endpoint.asked
    assert (request.path, request.headers["authorization"]) == ("/v1/chat/completions", f"Bearer {KEY}")
    assert request.body == {"model": NAME, "messages": HELLO, "temperature": 0}


def test_ask_sends_system_and_user_and_settles_temperature(endpoint: ScriptedModel) -> None:
    answer = sbs.ask("How was it?", system="Be brief.", max_tokens=3)
    assert (str(answer), answer.model, answer.call.source) == ("happy", NAME, "live")
    assert repr(answer) == f"happy\n— {NAME}"
    assert endpoint.asked[0].body == {
        "model": NAME,
        "messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "How was it?"}],
        "temperature": 0,
        "max_tokens": 3,
    }


def test_usage_lists_each_answer_since_connect(endpoint: ScriptedModel) -> None:
    sbs.ask("not counted later")
    sbs.connect()
    assert len(sbs.usage()) == 0
    endpoint.script(Reply(chat(tokens_in=7, tokens_out=2)), Reply(chat(tokens_in=9, tokens_out=1)))
    assert [sbs.ask("one").call.input_tokens, sbs.ask("two").call.input_tokens] == [7, 9]
    assert sbs.usage()[["source", "input_tokens", "output_tokens"]].values.tolist() == [["live", 7, 2], ["live", 9, 1]]


def test_usage_before_anything_is_an_empty_table(bare: Path) -> None:
    assert list(sbs.usage().columns) == ["id", "source", "seconds", "day", "input_tokens", "output_tokens"]
    assert sbs.usage().empty


def test_answer_is_shown_as_text_never_as_html(endpoint: ScriptedModel) -> None:
    endpoint.script(Reply(chat("<script>alert('hi')</script> & <b>bold</b>")))
    shown = sbs.ask("Hello")._repr_html_()
    assert "<script" not in shown
    assert "<b>" not in shown
    assert "&lt;script&gt;alert(&#x27;hi&#x27;)&lt;/script&gt; &amp; &lt;b&gt;bold&lt;/b&gt;" in shown


def test_an_empty_text_is_an_answer(endpoint: ScriptedModel) -> None:
    endpoint.script(Reply(chat("")))
    assert str(sbs.ask("Hello")) == ""


def test_tokens_with_their_probabilities(endpoint: ScriptedModel) -> None:
    body = chat("Yes.")
    tops = [{"token": "Yes", "logprob": -0.5, "bytes": None}, {"token": "No", "logprob": -2.0, "bytes": None}]
    body["choices"][0]["logprobs"] = {"content": [{"token": "Yes", "logprob": -0.5, "bytes": None, "top_logprobs": tops}]}
    endpoint.script(Reply(body))
    (token,) = sbs.ask("Is it?", logprobs=True, top_logprobs=2).tokens
    assert (token.text, token.probability) == ("Yes", pytest.approx(0.60653, abs=1e-5))  # e to the -0.5
    assert token.others == [("Yes", pytest.approx(0.60653, abs=1e-5)), ("No", pytest.approx(0.13534, abs=1e-5))]


def test_tokens_of_a_raw_completion_in_the_other_form(endpoint: ScriptedModel) -> None:
    tops = [{" No": -2.0, " Yes": -0.5}, None]
    told = {"tokens": [" Yes", "."], "token_logprobs": [-0.5, -0.1], "top_logprobs": tops, "text_offset": [0, 4]}
    choice = {"index": 0, "finish_reason": "stop", "text": " Yes.", "logprobs": told}
    usage = {"prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 3}
    endpoint.script(Reply({"id": "c", "object": "text_completion", "created": 1, "model": NAME, "choices": [choice], "usage": usage}))
    client, model = sbs.connect()
    first, second = sbs.tokens_of(client.completions.create(model=model, prompt="Is it?", temperature=0, logprobs=2))
    assert (first.text, [text for text, _ in first.others]) == (" Yes", [" Yes", " No"])
    assert (first.probability, first.others[0][1]) == (pytest.approx(0.60653, abs=1e-5),) * 2
    assert (second.text, second.others) == (".", [])


def test_tokens_of_an_answer_without_probabilities(endpoint: ScriptedModel) -> None:
    assert sbs.ask("Hello").tokens == []


def test_an_endpoint_that_moved_is_followed(endpoint: ScriptedModel) -> None:
    endpoint.script(Reply("", status=307, headers={"location": f"{endpoint.url}/chat/completions"}), Reply(chat("here I am")))
    assert str(sbs.ask("Hello")) == "here I am"


def test_a_company_s_proxy_is_heeded(endpoint: ScriptedModel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", "http://model.invalid/v1")
    monkeypatch.setenv("SIDEBYSIDE_PRICE", "0/0")
    monkeypatch.setenv("http_proxy", endpoint.url.removesuffix("/v1"))
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    assert str(sbs.ask("Hello")) == "happy"


# --- which way the next token leans ---------------------------------------------------------------------------------


def response(*tops: tuple[str, float]) -> Any:
    """Return a completion of one token, with the probabilities of the likeliest ones."""
    told = [{"token": text, "logprob": math.log(p) if p else -9999.0} for text, p in tops]
    item = SimpleNamespace(model_dump=lambda: told[0] | {"top_logprobs": told})
    return SimpleNamespace(choices=[SimpleNamespace(logprobs=SimpleNamespace(content=[item] if told else []))])


LEANS = {  # what the model may say next; the two labels; by how much the second is likelier than the first
    "whole labels": ([("happy", 0.6), ("unhappy", 0.3)], "unhappy", "happy", 0.6 / 0.3),
    "to the first": ([("unhappy", 0.8), ("happy", 0.1)], "unhappy", "happy", 0.1 / 0.8),
    "split over tokens": ([(" pos", 0.5), (" neg", 0.2)], "negative", "positive", 0.5 / 0.2),
    "in capitals": ([("\n", 0.3), ("Pos", 0.4), ("NEG", 0.2)], "negative", "Positive", 0.4 / 0.2),
    "its likeliest form counts": ([(" pos", 0.4), ("neg", 0.3), ("pos", 0.1), ("Neg", 0.05)], "negative", "positive", 0.4 / 0.3),
    "absent: the floor": ([(" pos", 0.5), (" The", 0.3), (" I", 0.01)], "negative", "positive", 0.5 / 0.01),
    "both absent": ([(" The", 0.3), (" I", 0.01)], "negative", "positive", 1),
    "no chance at all": ([(" pos", 0.5), (" The", 0.2), (" neg", 0)], "negative", "positive", 0.5 / 0.2),
    "a beginning that both share": ([(" p", 0.6), (" pos", 0.2), (" par", 0.1)], "partial", "positive", 0.2 / 0.1),
    "a label that begins the other": ([(" no", 0.6), (" not", 0.2), (" n", 0.1)], "not sure", "no", 0.6 / 0.2),
    "the same, turned round": ([(" no", 0.6), (" not", 0.2), (" n", 0.1)], "no", "not sure", 0.2 / 0.6),
    "nothing but space": ([(" ", 0.6), ("", 0.3), (" pos", 0.1), ("neg", 0.05)], "negative", "positive", 0.1 / 0.05),
    "a longer word": ([("positively", 0.6), ("positive", 0.1), ("neg", 0.05)], "negative", "positive", 0.1 / 0.05),
}


@pytest.mark.parametrize("name", LEANS)
def test_lean(name: str) -> None:
    tops, first, second, ratio = LEANS[name]
    assert sbs.tokens.lean(response(*tops), first, second) == pytest.approx(math.log(ratio))


def test_the_lean_of_an_answer_without_tokens_is_not_measured() -> None:
    assert math.isnan(sbs.tokens.lean(response(), "negative", "positive"))
    assert math.isnan(sbs.tokens.lean(SimpleNamespace(choices=[SimpleNamespace(logprobs=None)]), "negative", "positive"))
    assert math.isnan(sbs.tokens.lean(NoAnswer(Why.FILTERED), "negative", "positive"))


def test_the_lean_of_a_token_without_others_is_not_measured() -> None:
    """Some endpoints grant the token's own log-probability and no likeliest ones."""
    only = {"content": [{"token": "positive", "logprob": -0.1, "top_logprobs": []}]}
    told = SimpleNamespace(tokens=None, content=only["content"])
    assert math.isnan(sbs.tokens.lean(SimpleNamespace(choices=[SimpleNamespace(logprobs=told)]), "negative", "positive"))


def test_lean_of_a_genuine_response(endpoint: ScriptedModel) -> None:
    tops = [{"token": token, "logprob": logprob, "bytes": None} for token, logprob in ((" good", -0.25), (" b", -1.75), (" so", -3.0))]
    body = chat(" good")
    body["choices"][0]["logprobs"] = {"content": [tops[0] | {"top_logprobs": tops}]}
    endpoint.script(Reply(body))
    client, _ = sbs.connect()
    assert sbs.tokens.lean(say_hello(client, max_tokens=1, logprobs=True, top_logprobs=3), "bad", "good") == pytest.approx(1.5)


# --- the money ------------------------------------------------------------------------------------------------------


def test_budget_stops_at_the_limit(endpoint: ScriptedModel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIDEBYSIDE_PRICE", "1/2")
    monkeypatch.setenv("SIDEBYSIDE_BUDGET", "0.50")
    endpoint.script(Reply(chat(tokens_in=100_000, tokens_out=50_000)))  # 0.10 + 0.10 dollars
    client, _ = sbs.connect()
    for _ in range(3):
        say_hello(client)
    with pytest.raises(BudgetError, match=r"limit of 0\.50 US dollars is reached \(0\.60 spent\).*Raise SIDEBYSIDE_BUDGET"):
        say_hello(client)
    with pytest.raises(BudgetError):
        sbs.ask("Please?")
    assert len(endpoint.asked) == 3


def test_budget_counts_what_every_connection_of_the_process_spent(endpoint: ScriptedModel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIDEBYSIDE_PRICE", "1/2")
    monkeypatch.setenv("SIDEBYSIDE_BUDGET", "0.50")
    endpoint.script(Reply(chat(tokens_in=600_000, tokens_out=0)))
    say_hello(sbs.connect()[0])
    with pytest.raises(BudgetError, match=r"0\.60 spent"):
        say_hello(sbs.connect()[0])


def test_budget_of_nothing_sends_nothing(endpoint: ScriptedModel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIDEBYSIDE_BUDGET", "0")
    with pytest.raises(BudgetError, match="SIDEBYSIDE_BUDGET=1`"):
        sbs.ask("Hello")
    assert endpoint.asked == []


def test_replayed_answers_cost_nothing(endpoint: ScriptedModel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIDEBYSIDE_PRICE", "1/2")
    monkeypatch.setenv("SIDEBYSIDE_MODE", "record")
    endpoint.script(Reply(chat(tokens_in=10_000_000)))
    sbs.ask("Hello")  # ten times the limit at once
    for _ in range(3):
        sbs.ask("Hello")
    assert len(endpoint.asked) == 1
    with pytest.raises(BudgetError):
        sbs.ask("Something else")


def test_budget_counts_the_responses_route(endpoint: ScriptedModel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIDEBYSIDE_PRICE", "1/2")
    usage = {"input_tokens": 2_000_000, "output_tokens": 0, "total_tokens": 2_000_000}
    message = {"type": "message", "id": "m", "role": "assistant", "status": "completed", "content": []}
    endpoint.script(Reply({"id": "r", "object": "response", "created_at": 1, "model": NAME, "output": [message], "usage": usage}))
    client, _ = sbs.connect()
    client.responses.create(model=NAME, input="Hello", temperature=0)
    with pytest.raises(BudgetError, match=r"2\.00 spent"):
        client.responses.create(model=NAME, input="Hello", temperature=0)


def test_a_stream_that_hides_its_cost_is_not_asked_for(endpoint: ScriptedModel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIDEBYSIDE_PRICE", "1/2")
    client, _ = sbs.connect()
    with pytest.raises(BudgetError, match="streamed answer does not say.*SIDEBYSIDE_PRICE=0/0"):
        say_hello(client, stream=True)
    assert endpoint.asked == []


def test_unknown_price_of_a_model_elsewhere_is_refused(endpoint: ScriptedModel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", "https://models.example/v1")
    with pytest.raises(SettingsError, match=f"price of '{NAME}' is not in the price library.*SIDEBYSIDE_PRICE.*for example 0.15/0.60"):
        sbs.connect()
    monkeypatch.setenv("SIDEBYSIDE_PRICE", "0.15/0.60")
    assert sbs.connect()[1] == NAME


def test_unknown_price_is_refused_where_no_address_is_set(endpoint: ScriptedModel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_BASE_URL")  # then the openai package asks its own maker
    with pytest.raises(SettingsError, match="price"):
        sbs.connect()


def test_known_price_of_a_model_elsewhere(endpoint: ScriptedModel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", "https://models.example/v1")
    monkeypatch.setenv("SIDEBYSIDE_MODEL", "gpt-4o-mini")
    assert sbs.connect()[1] == "gpt-4o-mini"


def test_price_of_a_known_model_and_of_an_unknown_one(bare: Path) -> None:
    assert sbs.prices.price("gpt-4o-mini", 1_000_000, 1_000_000) == pytest.approx(0.15 + 0.60)
    assert sbs.prices.price("gpt-4o-mini", 1000, 0) == pytest.approx(0.00015)
    assert sbs.prices.price("no-such-model", 1, 1) is None


def test_own_price_goes_first_for_the_model_in_force_alone(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    of_the_library = sbs.prices.price("gpt-4o-mini", 1_000_000, 100_000)
    monkeypatch.setenv("SIDEBYSIDE_MODEL", "gpt-4o-mini")
    monkeypatch.setenv("SIDEBYSIDE_PRICE", "2/10")
    assert sbs.prices.price("gpt-4o-mini", 1_000_000, 100_000) == pytest.approx(3) != of_the_library
    monkeypatch.setenv("SIDEBYSIDE_MODEL", "no-such-model")
    assert sbs.prices.price("no-such-model", 1_000_000, 100_000) == pytest.approx(3)
    assert sbs.prices.price("gpt-4o-mini", 1_000_000, 100_000) == of_the_library


PRICES = {  # model, address: whose price it is; nobody's if None
    ("openai/gpt-5", ""): "gpt-5",
    ("GPT-5-2025-08-07", ""): "gpt-5",
    ("models/gemini-2.5-flash", "https://generativelanguage.googleapis.com/v1beta/openai/"): "gemini-2.5-flash",
    ("gemini/gemini-2.5-flash", "https://gateway.example/v1"): "gemini-2.5-flash",
    ("anthropic/claude-sonnet-4.5", "https://openrouter.ai/api/v1"): "claude-sonnet-4-5",
    ("claude-sonnet-4-5-20250929", "https://api.anthropic.com/v1/"): "claude-sonnet-4-5",
    ("gpt-4o", "https://acme.openai.azure.com/openai/v1/"): "gpt-4o",
    ("our-deployment", "https://acme.openai.azure.com/openai/v1/"): None,
    ("my-o4-mini-thing", "https://acme.openai.azure.com/openai/v1/"): None,
    ("claude-sonnet-4-5-of-acme", ""): None,
    ("gpt-5-nano-of-acme", ""): None,
    ("my-gemini-1.5-pro-tuned", ""): None,
    ("acme/gpt-5", ""): None,
    ("gpt-5.9", ""): None,
    ("llama-3.3-70b-versatile", ""): None,
}


@pytest.mark.parametrize(("model", "address"), PRICES)
def test_a_model_has_its_own_price_or_none(model: str, address: str, bare: Path) -> None:
    told = sbs.prices.price(model, 1000, 2000, address=address)
    whose = PRICES[model, address]
    assert told == (sbs.prices.price(whose, 1000, 2000) if whose else None)
    assert (told is None) is (whose is None)


def test_the_price_of_a_provider_that_the_library_knows_by_its_address(bare: Path) -> None:
    assert sbs.prices.price("llama-3.3-70b-versatile", 10**6, 0, address="https://api.groq.com/openai/v1") == pytest.approx(0.59)


@pytest.mark.parametrize("tokens", [None, math.nan, math.inf])
def test_unknown_tokens_have_no_price(tokens: float | None, bare: Path) -> None:
    assert sbs.prices.price("gpt-4o-mini", tokens, 5) is None
    assert sbs.prices.price("gpt-4o-mini", 5, tokens) is None


def test_many_answers_cost_many_times_as_much(bare: Path) -> None:
    assert sbs.prices.price("gpt-4o-mini", 999.6, 2, answers=1000) == 1000 * sbs.prices.price("gpt-4o-mini", 1000, 2)


def test_price_is_that_of_the_day(bare: Path) -> None:
    early, late = (sbs.prices.price("o3", 1_000_000, 0, day) for day in ("2025-06-01", "2025-07-01"))
    assert (early, late) == (10, 2)  # the price fell on 10 June 2025


@pytest.mark.parametrize("text", ["0.15", "cheap", "1/2/3", "1,2", "-1/2", "nan/1", "1/inf", "/"])
def test_own_price_that_is_no_price(text: str, bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIDEBYSIDE_PRICE", text)
    monkeypatch.setenv("SIDEBYSIDE_MODEL", "gpt-4o-mini")
    with pytest.raises(SettingsError, match="SIDEBYSIDE_PRICE is .* Write two numbers"):
        sbs.prices.price("gpt-4o-mini", 1, 1)


def test_key_missing(endpoint: ScriptedModel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY")
    with pytest.raises(SettingsError, match=f"SIDEBYSIDE_MODEL is '{NAME}', but OPENAI_API_KEY is not set.*need none; those are: {SMALL.name}"):
        sbs.connect()


# --- the embedded model, its server replaced by a scripted one ------------------------------------------------------


@pytest.fixture
def inside(bare: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ScriptedModel]:
    """A scripted model in the place of the embedded server."""
    with serving() as server:
        monkeypatch.setattr(embedded, "start", lambda model: server.root)
        yield server


def test_a_key_in_the_environment_alone_sends_nothing_anywhere(
    inside: ScriptedModel, scripted: ScriptedModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setenv("OPENAI_BASE_URL", f"{scripted.root}/elsewhere")
    monkeypatch.setenv("HTTP_PROXY", scripted.root)
    client, model = sbs.connect()
    say_hello(client, model)
    sbs.ask("Hello")
    client.embeddings.create(model=model, input="Hello", encoding_format="float")
    assert scripted.asked == []
    assert [request.path for request in inside.asked] == ["/v1/chat/completions"] * 2 + ["/v1/embeddings"]
    assert KEY not in str(inside.asked)


def test_embedded_model_has_no_budget(inside: ScriptedModel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIDEBYSIDE_BUDGET", "0")
    monkeypatch.setenv("SIDEBYSIDE_PRICE", "1/2")
    assert str(sbs.ask("Hello")) == "happy"


def test_embedded_model_does_not_answer_in_the_name_of_another(inside: ScriptedModel) -> None:
    client, model = sbs.connect()
    with pytest.raises(SettingsError, match=rf"names the model 'gpt-4o', but this client asks '{model}'.*connect\(model='gpt-4o'\)"):
        say_hello(client, "gpt-4o")
    assert inside.asked == []


def test_recording_names_the_weights_and_the_program(inside: ScriptedModel, bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIDEBYSIDE_MODE", "record")
    client, model = sbs.connect("page")
    say_hello(client, model)
    (line,) = (bare / SMALL.name / sbs.read_settings({}).case.name / "page.jsonl").read_text().splitlines()
    entry = json.loads(line)
    assert entry["weights_sha256"] == SMALL.sha256
    assert entry["runtime"].startswith("xllamacpp ")


EMBEDDED_FAULTS = {  # what its server does; the words of the sentence
    "too long": (
        Reply(fault("the request exceeds the available context size"), 400),
        ("does not accept", "exceeds the available", "Shorten the question"),
    ),
    "a fault of its own": (Reply(fault("no memory for the batch"), 500), ("fault of its own (500)", "no memory for the batch", "Restart the kernel")),
    "hung up in the middle": (Reply(chat(), cut=True), ("stopped in the middle", "memory was full", "started again")),
}


@pytest.mark.parametrize("name", EMBEDDED_FAULTS)
def test_a_fault_of_the_embedded_server_speaks_of_the_embedded_model(name: str, inside: ScriptedModel) -> None:
    reply, words = EMBEDDED_FAULTS[name]
    inside.script(reply)
    client, model = sbs.connect(max_retries=0)
    with pytest.raises(openai.OpenAIError) as caught:
        say_hello(client, model)
    (shown,) = caught.value._render_traceback_()  # type: ignore[attr-defined]
    assert "embedded model" in shown
    assert "ndpoint" not in shown
    assert not [part for part in words if part not in shown], shown


def test_an_embedded_server_that_is_gone_is_started_anew(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stale = f"http://127.0.0.1:{closed_port()}"
    with serving() as server:
        addresses = iter([stale, server.root])
        monkeypatch.setattr(embedded, "_load", lambda path, model: SimpleNamespace(listening_address=next(addresses)))
        monkeypatch.setattr(embedded, "_servers", {})
        with pytest.raises(EmbeddedError, match="stopped in the middle of its work"):
            sbs.ask("Hello")
        assert str(sbs.ask("Hello")) == "happy"


def test_a_prompt_is_judged_and_sent_in_one_turn(inside: ScriptedModel, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else another thread's comes between, and the server builds on a prompt that `may_reuse` was not told of."""
    held: list[bool] = []

    def watched(genuine: Any, model_at: int) -> Any:
        def call(*arguments: Any) -> Any:
            held.append(embedded.turn(arguments[model_at]).locked())
            return genuine(*arguments)

        return call

    monkeypatch.setattr(embedded, "may_reuse", watched(embedded.may_reuse, 1))
    monkeypatch.setattr(embedded, "exchange", watched(embedded.exchange, 0))
    say_hello(*sbs.connect())
    assert held == [True, True]
    assert not embedded.turn(SMALL).locked()
    assert embedded.turn(SMALL) is not embedded.turn(MAIN)


def test_ask_tells_what_its_own_answer_took(endpoint: ScriptedModel, monkeypatch: pytest.MonkeyPatch) -> None:
    client, _ = sbs.connect()
    endpoint.script(Reply(chat("one")), Reply(chat("two")))
    create = client.chat.completions.create

    def overtaken(**fields: Any) -> Any:
        """Return an answer after another thread has had one too."""
        answer = create(**fields)
        create(**fields)
        return answer

    monkeypatch.setattr(client.chat.completions, "create", overtaken)
    assert sbs.ask("Hello").call.id == "chatcmpl-one"


def test_a_slow_embedded_model_is_waited_for_as_long_as_it_is_alive(inside: ScriptedModel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded, "PULSE", 0.02)
    looks: list[str] = []
    monkeypatch.setattr(embedded, "is_alive", lambda address: not looks.append(address))
    inside.script(Reply(chat("at last"), delay=0.5))
    assert str(sbs.ask("Hello")) == "at last"
    assert looks and set(looks) == {inside.root}
    assert len(inside.asked) == 1


def test_an_embedded_model_that_is_at_work_no_more_is_not_waited_for(inside: ScriptedModel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded, "PULSE", 0.02)
    monkeypatch.setattr(embedded, "is_alive", lambda address: False)
    inside.script(Reply(chat(), delay=5))
    with pytest.raises(EmbeddedError, match="stopped in the middle"):
        sbs.ask("Hello")


def test_whether_an_embedded_server_is_alive(scripted: ScriptedModel) -> None:
    assert embedded.is_alive(scripted.root)
    assert not embedded.is_alive(f"http://127.0.0.1:{closed_port()}")


def test_a_reader_s_own_timeout_holds_for_the_embedded_model_too(inside: ScriptedModel) -> None:
    inside.script(Reply(chat(), delay=5))
    client, model = sbs.connect(timeout=0.1)
    with pytest.raises(EmbeddedError, match=rf"{model} is still at work after 0\.1 seconds.*longer timeout or none"):
        say_hello(client, model)
    assert len(inside.asked) == 1  # to ask a busy model again would only make it busier


def test_the_embedded_model_streams(inside: ScriptedModel) -> None:
    parts = [{**chat(), "object": "chat.completion.chunk", "choices": [{"index": 0, "delta": {"content": text}}]} for text in ("so ", "far")]
    inside.script(Reply("".join(f"data: {json.dumps(part)}\n\n" for part in parts) + "data: [DONE]\n\n", kind="text/event-stream"))
    client, model = sbs.connect()
    assert "".join(part.choices[0].delta.content for part in say_hello(client, model, stream=True)) == "so far"


# --- several connections at once ------------------------------------------------------------------------------------


def test_two_connections_ask_two_models_and_keep_two_accounts(inside: ScriptedModel, endpoint: ScriptedModel) -> None:
    small, small_name = sbs.connect("page", model=SMALL.name)
    far, far_name = sbs.connect("page")
    inside.script(Reply(chat("from inside")))
    endpoint.script(Reply(chat("from afar")))
    assert (small_name, far_name) == (SMALL.name, NAME)
    said = [sbs.ask("Hello", client=client) for client in (small, far, small)]
    assert [(answer.text, answer.model) for answer in said] == [("from inside", SMALL.name), ("from afar", NAME), ("from inside", SMALL.name)]
    assert [len(sbs.usage(client)) for client in (small, far)] == [2, 1]
    assert len(sbs.usage()) == 1, "without a client the latest connection counts"
    assert str(sbs.ask("Hello")) == "from afar"
    assert [request.body["model"] for request in inside.asked] == [SMALL.name] * 2


def test_one_of_fits_whichever_connection_sends_it(inside: ScriptedModel, endpoint: ScriptedModel) -> None:
    options = sbs.one_of('say "yes"', "no")
    (small, name), (far, _) = sbs.connect(model=SMALL.name), sbs.connect()
    say_hello(far, **options)
    say_hello(small, name, **options)
    say_hello(far, **options)
    assert inside.asked[0].body["grammar"] == 'root ::= "say \\"yes\\"" | "no"'
    for request in endpoint.asked:
        schema = request.body["response_format"]["json_schema"]["schema"]
        assert schema["properties"] == {"answer": {"type": "string", "enum": ['say "yes"', "no"]}}
        assert (schema["required"], schema["additionalProperties"]) == (["answer"], False)
    for request in (*inside.asked, *endpoint.asked):
        assert "one_of" not in request.body
    assert "response_format" not in inside.asked[0].body
    assert "grammar" not in endpoint.asked[0].body
    assert sbs.read_label('{"answer": "no"}', ["yes", "no"]) == "no"


def test_what_is_recorded_of_one_of_is_the_form_that_was_sent(
    inside: ScriptedModel, endpoint: ScriptedModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SIDEBYSIDE_MODE", "record")
    for model in (SMALL.name, NAME):
        client, name = sbs.connect("page", model=model)
        say_hello(client, name, **sbs.one_of("a", "b"))
    by_model = {entry["request"]["model"]: entry["request"] for entry in endpoint.recorded()}
    assert by_model[SMALL.name] == {"model": SMALL.name, "messages": HELLO, "temperature": 0, "grammar": 'root ::= "a" | "b"'}
    assert by_model[NAME]["response_format"]["type"] == "json_schema"
    monkeypatch.setenv("SIDEBYSIDE_MODE", "replay")
    for model in (SMALL.name, NAME):
        client, name = sbs.connect("page", model=model)
        say_hello(client, name, **sbs.one_of("a", "b"))
    assert (len(inside.asked), len(endpoint.asked)) == (1, 1)


def test_a_client_from_elsewhere_has_no_account(endpoint: ScriptedModel) -> None:
    with pytest.raises(SettingsError, match=r"not one that connect\(\) returned"):
        sbs.usage(openai.OpenAI())


def test_a_model_at_an_endpoint_needs_more_than_a_name_in_a_page(
    inside: ScriptedModel, scripted: ScriptedModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setenv("OPENAI_BASE_URL", scripted.url)
    with pytest.raises(SettingsError, match=rf"'gpt-4o' is no embedded model; those are: {SMALL.name}.*set SIDEBYSIDE_MODEL to its name"):
        sbs.connect(model="gpt-4o")
    monkeypatch.setenv("SIDEBYSIDE_MODEL", NAME)
    assert sbs.connect(model="scripted-2")[1] == "scripted-2"


def test_a_call_in_another_model_s_name_is_not_paid_for_at_this_one_s_price(endpoint: ScriptedModel) -> None:
    client, _ = sbs.connect()
    with pytest.raises(SettingsError, match=f"names the model 'dearer', but this client asks '{NAME}'"):
        say_hello(client, "dearer")
    assert endpoint.asked == []


# --- replay -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def recorded(endpoint: ScriptedModel, monkeypatch: pytest.MonkeyPatch) -> ScriptedModel:
    """A model whose answers are recorded, and nothing in the environment but its name."""
    monkeypatch.setenv("SIDEBYSIDE_MODEL", "invented/model:9b")
    monkeypatch.setenv("SIDEBYSIDE_MODE", "record")
    say_hello(sbs.connect("page")[0], "invented/model:9b")
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("SIDEBYSIDE_MODE", "replay")
    return endpoint


@pytest.mark.parametrize("named_by", ["the settings", "the page"])
def test_any_recorded_model_is_replayed_without_key_price_and_endpoint(
    named_by: str, recorded: ScriptedModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    if named_by == "the page":
        monkeypatch.delenv("SIDEBYSIDE_MODEL")
    client, model = sbs.connect("page", model=None if named_by == "the settings" else "invented/model:9b")
    assert model == "invented/model:9b"
    assert say_hello(client, model).choices[0].message.content == "happy"
    assert list(sbs.usage()["source"]) == ["recorded"]
    assert len(recorded.asked) == 1


def test_an_answer_that_is_missing_in_replay_is_no_matter_of_keys(recorded: ScriptedModel) -> None:
    client, model = sbs.connect("page")
    with pytest.raises(RecordingError, match="No recorded answer on page 'page'.*`make record`"):
        say_hello(client, model, seed=2)
    assert len(recorded.asked) == 1


def test_outside_of_replay_the_same_model_wants_its_key(recorded: ScriptedModel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIDEBYSIDE_MODE", "auto")
    with pytest.raises(SettingsError, match="OPENAI_API_KEY is not set"):
        sbs.connect("page")


def test_the_weights_of_a_model_that_is_only_replayed_are_not_looked_for(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIDEBYSIDE_MODE", "replay")
    monkeypatch.setattr(embedded, "find_weights", lambda model: pytest.fail("looked for weights"))
    client, model = sbs.connect("page", model=MAIN.name)
    with pytest.raises(RecordingError, match="page 'page'"):
        say_hello(client, model)


# --- the real one ---------------------------------------------------------------------------------------------------

REAL = """
import json
import sidebyside as sbs
from dataclasses import replace
from sidebyside import embedded, models

def one_thread(model, **changes):  # where another process takes a core, two threads that wait for each other crawl
    changed = replace(model, threads=1, **changes)
    models.MODELS[changed.name] = changed
    return changed.name

client, model = sbs.connect(model=one_thread(models.SMALL))
def chat(text, **options):
    message = {"role": "user", "content": text}
    return client.chat.completions.create(model=model, messages=[message], **{"temperature": 0, "max_tokens": 12} | options)

def exactly(messages):
    answer = client.chat.completions.create(model=model, messages=messages, temperature=0, max_tokens=6, logprobs=True, top_logprobs=5)
    return answer.choices[0].message.content, answer.choices[0].logprobs.model_dump()

def turns(*texts):
    return [{"role": ("user", "assistant")[place % 2], "content": text} for place, text in enumerate(texts)]

texts = ("Late again.", "The rug is soft, warm and every bit as green as in the picture.", "Nobody rang me back. " * 5, "A fine lamp! " * 9)
shots = ("The parcel came late and broken.", "bad", "Lovely lamp, thank you!", "good", "Nobody answers my calls.", "bad", "Quick and easy.", "good")
chats = [turns(*shots, text) for text in texts] + [turns(f"Is this good or bad? {text}") for text in texts]
once = [exactly(messages) for messages in chats]
chats.append([*chats[-1], *turns("-", once[-1][0], "And again?")[1:]])
once.append(exactly(chats[-1]))
order = [8, 2, 5, 0, 6, 3, 3, 7, 1, 4, 0]
again = [exactly(chats[place]) == once[place] for place in order]

schema = {"type": "object", "properties": {"city": {"enum": ["Paris", "Rome"]}, "big": {"type": "boolean"}}, "required": ["city", "big"]}
form = {"type": "json_schema", "json_schema": {"name": "place", "schema": schema}}
first = chat("What is a library?", logprobs=True, top_logprobs=3)
raw = client.completions.create(model=model, prompt="The capital of France is", temperature=0, max_tokens=3, logprobs=4)
twin, twin_name = sbs.connect(model=one_thread(models.SMALL, name="twin-of-smollm2"))  # two servers in one process
both = [sbs.ask("What is a library?", client=which, max_tokens=12).text for which in (client, twin, client)]
vectors = client.embeddings.create(model=model, input=["a lamp", "a lamp", "the parcel is late"]).data
print(json.dumps({
    "address": embedded.start(models.MODELS[model]),
    "models": [[there.id for there in which.models.list()] for which in (client, twin)],
    "addresses": [embedded.start(models.MODELS[name]) for name in (model, twin_name)],
    "both": both,
    "chat": [first.choices[0].message.content, chat("What is a library?").choices[0].message.content],
    "chat_tokens": [[t.text, t.probability, t.others] for t in sbs.tokens_of(first)],
    "raw": raw.choices[0].text,
    "raw_tokens": [[t.text, t.probability, t.others] for t in sbs.tokens_of(raw)],
    "vectors": [vector.embedding for vector in vectors],
    "grammar": chat("Is snow white?", **sbs.one_of("maybe", "perhaps")).choices[0].message.content,
    "json": chat("Name a city.", response_format=form, max_tokens=60).choices[0].message.content,
    "again": again,
    "sampled": [chat("Tell a joke.", temperature=1, seed=seed).choices[0].message.content for seed in (1, 1, 2)],
}))
"""


@pytest.fixture(scope="module")
def real() -> dict[str, Any]:
    """What the real model said, in a process of its own that is over now."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("SIDEBYSIDE_", "OPENAI_"))}
    environment |= {"SIDEBYSIDE_MODE": "live", "SIDEBYSIDE_KEPT": "none"}
    done = subprocess.run([sys.executable, "-c", REAL], capture_output=True, text=True, env=environment)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.count("\n") == 1, "something else wrote to the screen"
    return json.loads(done.stdout)


@pytest.mark.live
def test_real_model_through_the_ordinary_client(real: dict[str, Any]) -> None:
    assert "library" in real["chat"][0]
    assert real["chat"][0] == real["chat"][1] == "".join(text for text, *_ in real["chat_tokens"])
    assert real["models"] == [[SMALL.name], ["twin-of-smollm2"]]
    assert real["raw"].startswith(" Paris")
    assert real["raw"] == "".join(text for text, *_ in real["raw_tokens"])
    for text, probability, others in real["chat_tokens"] + real["raw_tokens"]:
        assert others[0] == [text, probability]  # at temperature 0 the likeliest token is said
        assert 0 < sum(p for _, p in others) <= 1.0001
        assert [p for _, p in others] == sorted((p for _, p in others), reverse=True)
    assert {len(others) for *_, others in real["chat_tokens"]} == {3}
    assert {len(others) for *_, others in real["raw_tokens"]} == {4}


@pytest.mark.live
def test_real_model_s_answer_does_not_depend_on_what_was_asked_before(real: dict[str, Any]) -> None:
    assert real["again"] == [True] * 11  # texts and log-probabilities, to the last digit


@pytest.mark.live
def test_two_models_are_at_work_in_one_process(real: dict[str, Any]) -> None:
    assert len(set(real["addresses"])) == 2
    assert real["both"] == [real["chat"][0]] * 3


@pytest.mark.live
def test_real_model_embeds(real: dict[str, Any]) -> None:
    same, again, other = real["vectors"]
    assert len(same) == 576
    assert same == pytest.approx(again, abs=1e-3)
    assert sum(a * b for a, b in zip(same, other, strict=True)) < 0.98 * sum(a * a for a in same)


@pytest.mark.live
def test_real_model_keeps_to_grammar_schema_and_seed(real: dict[str, Any]) -> None:
    assert real["grammar"] in ("maybe", "perhaps")
    place = json.loads(real["json"])
    assert set(place) == {"city", "big"}
    assert place["city"] in ("Paris", "Rome")
    assert type(place["big"]) is bool
    assert real["sampled"][0] == real["sampled"][1] != real["sampled"][2]


@pytest.mark.live
def test_real_server_is_gone_with_its_process(real: dict[str, Any]) -> None:
    address = real["address"]
    if place := embedded._place_of(address):
        assert not place.parent.exists()
    else:
        with socket.socket() as probe:
            assert probe.connect_ex(("127.0.0.1", urlsplit(address).port)) != 0
