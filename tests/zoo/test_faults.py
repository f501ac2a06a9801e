"""Whatever goes wrong with a call, the learner reads a sentence or two by its cause, and nothing wrong is recorded."""

from __future__ import annotations

import base64
import errno
import json
import os
import re
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import openai
import pytest
import trustme
from IPython.core.interactiveshell import InteractiveShell
from jupyter_client.manager import start_new_kernel
from traitlets.config import Config

import sidebyside as sbs
from sidebyside import backends, embedded
from sidebyside.endpoint.address import endpoint_address
from sidebyside.endpoint.ways import proxy_for
from sidebyside.errors import AnswerError, CourseError, SettingsError, Why, explain
from sidebyside.faults.explain import CERTIFICATE_VARIABLES, Interrupted
from sidebyside.faults.refusals import page_instead
from sidebyside.store import read_entries
from tests.scripted import KEY, NAME, Reply, ScriptedModel, chat, closed_port, fault, serving
from tests.zoo.faults import FILTERS, LENGTHS, QUIRKS, Proxy, expired, page, pem, proxying, refusal as openai_refusal, saying, speaking_tls

RECORDINGS = Path(__file__).resolve().parents[2] / "recordings"
WHOLE = json.dumps(chat())
ANSI = re.compile(r"\x1b\[[0-9;]*m")


@dataclass(frozen=True)
class Fault:
    """A way to misbehave.

    Attributes:
        replies: What the endpoint does.
        error: What it ends in.
        words: Words of the sentence: what happened, and what to do.
        tries: How many requests the endpoint sees: the openai client tries twice again where that can help, and a 429 is waited for longer.
        names: The models that the endpoint lists.
    """

    replies: tuple[Reply, ...]
    error: type[openai.OpenAIError]
    words: tuple[str, ...]
    tries: int = 1
    names: tuple[str, ...] | None = None


def refusal(status: int, message: str = f"Your key {KEY} and your request do not please me.") -> tuple[Reply, ...]:
    return (Reply(fault(message), status),)


FAULTS = {
    "400": Fault(refusal(400), openai.BadRequestError, ("do not please me", "Take out the option")),
    "401": Fault(refusal(401), openai.AuthenticationError, ("refused the key", "Set OPENAI_API_KEY")),
    "403": Fault(refusal(403), openai.PermissionDeniedError, ("may not use this model", "Ask whoever runs the endpoint")),
    "404, wrong address": Fault(refusal(404), openai.NotFoundError, ("does not know", "Check SIDEBYSIDE_MODEL and OPENAI_BASE_URL")),
    "404, wrong model": Fault(refusal(404), SettingsError, (f"no model '{NAME}'", "one of: large-2, small-2."), names=("small-2", "large-2")),
    "422": Fault(refusal(422, "no such field"), openai.UnprocessableEntityError, ("no such field", "Take out the option")),
    "429": Fault(refusal(429), openai.RateLimitError, ("too many requests", "Wait a minute"), tries=7),
    "500": Fault(refusal(500), openai.InternalServerError, ("fault of its own (500)", "Wait a little"), tries=3),
    "503, not JSON": Fault((Reply("<html>busy</html>", 503),), openai.InternalServerError, ("(503)", "Wait a little"), tries=3),
    "timeout": Fault((Reply(chat(), delay=1.0),), openai.APITimeoutError, ("did not answer in time", "longer timeout", "SIDEBYSIDE_AT_ONCE=1")),
    "cut-off JSON": Fault((Reply(WHOLE[: len(WHOLE) // 2]),), AnswerError, ("cut off in the middle", "Run the cell again")),
    "hung up in the middle": Fault((Reply(chat(), cut=True),), openai.APIConnectionError, ("cut off in the middle", "Run the cell again"), tries=3),
    "empty body": Fault((Reply(""),), AnswerError, ("sent nothing", "Run the cell again")),
    "a web page": Fault((Reply("<html>Welcome</html>", kind="text/html"),), AnswerError, ("web page",)),
    "empty choices": Fault((Reply(chat() | {"choices": []}),), AnswerError, ("without any choice", "another model")),
    "an error that says 200": Fault((Reply(fault("overloaded")),), AnswerError, ("a fault in place of an answer: overloaded", "Wait a little")),
    "JSON, but a list": Fault((Reply([1, 2]),), AnswerError, ("without any choice", "another model")),
}


def ask(client: openai.OpenAI, model: str = NAME, **options: Any) -> str | None:
    message = {"role": "user", "content": "How was it?"}
    return client.chat.completions.create(model=model, messages=[message], temperature=0, **options).choices[0].message.content


def assert_one_sentence(text: str, *words: str) -> None:
    """One line that starts like a sentence, ends like one, holds the words, and no key, no traceback."""
    assert re.fullmatch(r"[A-Z'].{20,400}\.", text), text
    for word in words:
        assert word in text, text
    for secret in (KEY, "Traceback", "Error code", "{", "\\n", "  "):
        assert secret not in text, text


@pytest.mark.parametrize("name", FAULTS)
def test_fault_ends_in_one_sentence_and_is_not_recorded(name: str, endpoint: ScriptedModel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIDEBYSIDE_MODE", "record")
    case = FAULTS[name]
    endpoint.script(*case.replies)
    endpoint.names = list(case.names) if case.names else None
    client, _ = sbs.connect("page", timeout=0.15 if name == "timeout" else 20)
    with pytest.raises(openai.OpenAIError) as caught:
        ask(client)
    assert type(caught.value) is case.error
    assert len(endpoint.asked) == case.tries
    assert_one_sentence(explain(caught.value), *case.words)
    assert caught.value._render_traceback_() == [f"{case.error.__name__}: {explain(caught.value)}"]
    assert endpoint.recorded() == []

    endpoint.script(Reply(chat("at last")))  # the same request is asked anew, and then only the good answer is kept
    assert ask(client) == "at last"
    assert [entry["response"]["choices"][0]["message"]["content"] for entry in endpoint.recorded()] == ["at last"]


def test_endpoint_refuses_the_connection(endpoint: ScriptedModel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIDEBYSIDE_MODE", "record")
    monkeypatch.setenv("OPENAI_BASE_URL", f"http://127.0.0.1:{closed_port()}/v1")
    client, _ = sbs.connect("page")
    with pytest.raises(openai.APIConnectionError) as caught:
        ask(client)
    assert_one_sentence(explain(caught.value), "No endpoint answers", "Start it or fix the address")
    assert endpoint.recorded() == []


@pytest.mark.parametrize("status", [429, 500])
def test_third_try_succeeds(status: int, endpoint: ScriptedModel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIDEBYSIDE_MODE", "record")
    endpoint.script(*refusal(status), *refusal(status), Reply(chat("third time lucky")))
    client, _ = sbs.connect("page")
    assert ask(client) == "third time lucky"
    assert len(endpoint.asked) == 3
    assert len(endpoint.recorded()) == 1
    assert list(sbs.usage()["source"]) == ["live"]


def test_retries_are_counted_by_the_reader(endpoint: ScriptedModel) -> None:
    endpoint.script(*refusal(500))
    client, _ = sbs.connect(max_retries=0)
    with pytest.raises(openai.InternalServerError):
        ask(client)
    assert len(endpoint.asked) == 1


def test_unknown_model_that_the_endpoint_lists_all_the_same(endpoint: ScriptedModel) -> None:
    endpoint.script(*refusal(404))
    endpoint.names = [NAME]
    client, _ = sbs.connect()
    with pytest.raises(openai.NotFoundError):
        ask(client)


def test_long_list_of_models_is_shortened(endpoint: ScriptedModel) -> None:
    endpoint.script(*refusal(404))
    endpoint.names = [f"m{i:02}" for i in range(30)]
    client, _ = sbs.connect()
    with pytest.raises(SettingsError, match="m00, .*, m19, …"):
        ask(client)


def test_a_stream_that_reports_a_fault(endpoint: ScriptedModel) -> None:
    endpoint.script(Reply('data: {"error":{"message":"died on the way","code":500}}\n\n', kind="text/event-stream"))
    client, model = sbs.connect()
    with pytest.raises(openai.APIError) as caught:
        list(client.chat.completions.create(model=model, messages=[{"role": "user", "content": "Hello"}], stream=True))
    assert_one_sentence(explain(caught.value), "broke off its answer", "died on the way")


def test_explain_takes_the_first_line_of_any_error() -> None:
    assert explain(ValueError("first\nsecond")) == "first"
    assert explain(KeyError()) == "KeyError"
    with pytest.raises(json.JSONDecodeError) as caught:
        json.loads("{")
    assert "cut off" in explain(caught.value)


# --- what the learner sees ------------------------------------------------------------------------------------------

CELL = """
import sidebyside as sbs
client, model = sbs.connect("page", max_retries=0)
client.chat.completions.create(model=model, messages=[{"role": "user", "content": "How was it?"}], temperature=0)
"""
SEEN = {
    "openai's own error": (refusal(401), "AuthenticationError: The endpoint refused the key (401)."),
    "the course's error": ((Reply(chat() | {"choices": []}),), "AnswerError: The endpoint sent an answer without any choice."),
}


@pytest.mark.parametrize("name", SEEN)
def test_cell_of_a_shell_shows_one_line(name: str, endpoint: ScriptedModel, capsys: pytest.CaptureFixture[str]) -> None:
    replies, start = SEEN[name]
    endpoint.script(*replies)
    shell = InteractiveShell(config=Config({"HistoryManager": {"enabled": False}}))
    capsys.readouterr()
    assert shell.run_cell(CELL).error_in_exec
    out, err = capsys.readouterr()
    (line,) = ANSI.sub("", out + err).strip().splitlines()
    assert line.startswith(start)
    assert KEY not in line


def test_cell_of_a_real_kernel_shows_one_line(endpoint: ScriptedModel) -> None:
    endpoint.script(*refusal(401))
    manager, client = start_new_kernel(cwd=str(Path(__file__).parent))
    shown: list[dict[str, Any]] = []
    try:
        client.execute_interactive(CELL, timeout=60, output_hook=shown.append)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    outputs = [m for m in shown if m["msg_type"] in ("error", "stream", "display_data", "execute_result")]
    assert [m["msg_type"] for m in outputs] == ["error"]
    assert KEY not in json.dumps(outputs[0]["content"]), "a key that the endpoint echoes would be saved with the page"
    (line,) = outputs[0]["content"]["traceback"]
    assert_one_sentence(line, "AuthenticationError: The endpoint refused the key (401).", "Set OPENAI_API_KEY")


def test_course_errors_pass_the_openai_client_unwrapped(endpoint: ScriptedModel) -> None:
    assert issubclass(CourseError, openai.OpenAIError)
    endpoint.script(Reply(""))
    client, _ = sbs.connect()
    with pytest.raises(AnswerError) as caught:
        ask(client)
    assert len(endpoint.asked) == 1
    assert caught.value.__cause__ is None


# --- refusals, by what the endpoint says ----------------------------------------------------------------------------


def said_of(**options: Any) -> str:
    """Ask an endpoint once; return what the learner reads."""
    client, model = sbs.connect("page", max_retries=0, **options)
    with pytest.raises(openai.OpenAIError) as caught:
        ask(client, model)
    (line,) = caught.value._render_traceback_()  # type: ignore[attr-defined]
    return line.partition(": ")[2]


@pytest.mark.parametrize("name", QUIRKS)
def test_refusal_is_explained_by_its_cause(name: str, endpoint: ScriptedModel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIDEBYSIDE_MODE", "record")
    quirk = QUIRKS[name]
    endpoint.script(quirk.reply())
    said = said_of()
    assert_one_sentence(said, *quirk.says)
    assert not [words for words in quirk.spares if words in said], said
    assert endpoint.recorded() == []


@pytest.mark.parametrize("name", FILTERS)
def test_a_content_filter_is_an_answer_that_is_none(name: str, endpoint: ScriptedModel) -> None:
    endpoint.script(QUIRKS[name].reply())
    client, _ = sbs.connect()
    with pytest.raises(AnswerError) as caught:
        ask(client)
    assert caught.value.why is Why.FILTERED
    assert len(endpoint.asked) == 1


def test_other_refusals_are_no_content_filter(endpoint: ScriptedModel) -> None:
    for name in {"openai_too_long", "pydantic_detail", "zscaler_block", "openai_country"}:
        endpoint.script(QUIRKS[name].reply())
        client, _ = sbs.connect()
        with pytest.raises(openai.APIStatusError):
            ask(client)


@pytest.mark.parametrize("key", ["a", "ollama", "not", "this", "EMPTY"])
def test_a_word_of_the_language_that_is_a_key_eats_no_letters(key: str, endpoint: ScriptedModel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", key)
    endpoint.script(openai_refusal(400, "a model that ollama has not; EMPTY this"))
    words = ("The endpoint does not accept this request (400). Take out the option", '"a model that ollama has not; EMPTY this"')
    assert_one_sentence(said_of(), *words)


@pytest.mark.parametrize("key", ["sk-1234", "abc123", "lm-studio"])
def test_a_short_key_is_cut_out_as_a_whole_word_alone(key: str, endpoint: ScriptedModel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", key)
    endpoint.script(openai_refusal(400, f"key={key}, x{key}y"))
    assert f'"key=…, x{key}y"' in said_of()


def test_a_key_with_signs_is_cut_out_in_an_address_too(endpoint: ScriptedModel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "s3cr+t/key=1")
    endpoint.script(openai_refusal(401, "GET /v1?key=s3cr%2Bt%2Fkey%3D1 and s3cr+t/key=1"))
    assert "s3cr" not in said_of()


def test_a_key_of_another_header_is_cut_out(endpoint: ScriptedModel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", "api-key: 0123456789abcdef")
    endpoint.script(openai_refusal(401, "who is 0123456789abcdef"))
    assert '"who is …"' in said_of()


SECRETS = {  # where a secret is, and what an endpoint says of it
    "the address": ({"OPENAI_BASE_URL": "http://joe:h0rse-b4ttery@{place}/v1"}, "bad password h0rse-b4ttery"),
    "the address, escaped": ({"OPENAI_BASE_URL": "http://joe:h0rse%2Db4ttery@{place}/v1"}, "bad password h0rse-b4ttery"),
    "the path": ({"OPENAI_BASE_URL": "http://{place}/gw-h0rse-b4ttery-0123456789/v1"}, "no route /gw-h0rse-b4ttery-0123456789/v1"),
    "a proxy": ({"HTTPS_PROXY": "http://joe:h0rse-b4ttery@proxy:8080"}, "joe:h0rse-b4ttery"),
    "a header with a scheme": ({"OPENAI_CUSTOM_HEADERS": "X-Gateway: Token h0rse-b4ttery"}, "who is 'h0rse-b4ttery'"),
    "a cookie": ({"OPENAI_CUSTOM_HEADERS": "Cookie: a=1; session=h0rse-b4ttery"}, "no session h0rse-b4ttery"),
    "in small letters": ({"OPENAI_API_KEY": "SK-H0rse-B4ttery-0123456789"}, "host sk-h0rse-b4ttery-0123456789"),
    "covered in part": ({"OPENAI_API_KEY": "sk-h0rse-b4ttery-0123456789"}, "wrong key sk-h0rse-b4tt*****"),
    "cut off": ({"OPENAI_API_KEY": "sk-h0rse-b4ttery-0123456789"}, " " * 4783 + "sk-h0rse-b4ttery-0123456789"),
}


@pytest.mark.parametrize("status", [200, 401])
@pytest.mark.parametrize("name", SECRETS)
def test_no_secret_is_shown_wherever_it_is_set(name: str, status: int, endpoint: ScriptedModel, monkeypatch: pytest.MonkeyPatch) -> None:
    settings, words = SECRETS[name]
    for variable, value in settings.items():
        monkeypatch.setenv(variable, value.format(place=endpoint.url[7:-3]))
    endpoint.script(Reply(fault(words), status))
    assert "h0rse" not in said_of().lower()


@pytest.mark.parametrize("mode", ["record", "auto"])
def test_a_key_that_comes_back_beside_an_answer_is_not_kept(mode: str, endpoint: ScriptedModel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIDEBYSIDE_MODE", mode)
    body = chat(f"the key is {KEY}") | {"_hidden_params": {"api_key": KEY}, "system_fingerprint": f"fp {KEY}"}
    body["usage"] |= {"details": [f"Bearer {KEY}"]}
    endpoint.script(Reply(body))
    client, model = sbs.connect("page")
    assert ask(client, model) == "the key is \u2026"
    kept = [file.read_text(encoding="utf-8") for file in endpoint.recordings.parent.rglob("*") if file.is_file()]
    assert any("the key is" in text for text in kept)
    assert not any(KEY in text for text in kept)


def test_no_key_is_shown_as_the_name_of_a_model(endpoint: ScriptedModel) -> None:
    endpoint.script(*refusal(404))
    endpoint.names = ["a", f"b-{KEY}"]
    assert_one_sentence(said_of(), "one of: a, b-\u2026.")


@pytest.mark.parametrize("key", ["sk-proj-aBcD0123456789efgh", "eyJhbGci0iJI.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w", "sk-1234"])
def test_a_key_in_the_place_of_the_address_is_not_shown(key: str, endpoint: ScriptedModel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", key)
    with pytest.raises(SettingsError) as caught:
        sbs.connect()
    assert_one_sentence(str(caught.value), "OPENAI_BASE_URL does not begin with https://", "Set it to https://api.example.com/v1,")


@pytest.mark.parametrize("name", LENGTHS)
def test_tokens_asked_and_tokens_there_are_for_the_embedded_model_too(
    name: str, bare: Path, scripted: ScriptedModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedded, "start", lambda model: scripted.root)
    scripted.script(QUIRKS[name].reply())
    client, model = sbs.connect("page", max_retries=0)
    with pytest.raises(openai.APIStatusError) as caught:
        ask(client, model)
    asked, there = LENGTHS[name]
    words = ("The embedded model does not accept this request", f"{asked:,} tokens", f"takes {there:,} at a time", "Shorten the question")
    assert_one_sentence(explain(caught.value), *words)
    assert "ndpoint" not in explain(caught.value)


@pytest.mark.live
def test_the_real_embedded_model_says_how_much_it_takes() -> None:
    code = "import sidebyside as sbs; sbs.connect('page', model='smollm2-135m-instruct'); sbs.ask('word ' * 20_000)"
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("SIDEBYSIDE_", "OPENAI_"))} | {"SIDEBYSIDE_KEPT": "none"}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False)
    assert re.search(r"it has 20,0\d\d tokens, and the model takes \d,\d\d\d at a time", done.stderr), done.stderr


# --- where the endpoint is ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("base", ["", "/openai", "/some/where"])
@pytest.mark.parametrize("end", ["/v1", "/api/v1"])
def test_an_address_without_its_end(base: str, end: str, endpoint: ScriptedModel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", endpoint.root + base)
    endpoint.script(Reply({"detail": "Not Found"}, 404))
    endpoint.names, endpoint.lists_at = [NAME], end
    assert_one_sentence(said_of(), "not the whole address", f"Set OPENAI_BASE_URL to {endpoint.root}{end}, ")


def test_a_model_that_is_not_there_is_told_from_an_address(endpoint: ScriptedModel) -> None:
    endpoint.script(QUIRKS["litellm_unknown_model"].reply())
    endpoint.names = ["large-2", "small-2"]
    assert_one_sentence(said_of(), f"no model '{NAME}'", "one of: large-2, small-2.")


def test_names_of_models_of_any_form(endpoint: ScriptedModel) -> None:
    endpoint.script(QUIRKS["openai_unknown_model"].reply())
    endpoint.names = [None, 3, "x" * 500, "models/" + NAME]  # type: ignore[list-item]
    assert_one_sentence(said_of(), "does not know the model (404)")
    endpoint.names = [f"family/a-model-with-a-long-name-{i:03}" for i in range(300)] + ["scripted-2"]
    assert_one_sentence(said_of(), "one of: scripted-2, family/a-model-with-a-long-name-000, ", ", ….")


CURED = {
    "blanks": "  {url}  ",
    "a line break": "{url}\n",
    "quotes": '"{url}"',
    "curly quotes": "\u201c{url}\u201d",
    "a quote and a blank": "' {url} '",
    "an invisible mark": "\ufeff{url}\u200b",
    "the route": "{url}/chat/completions",
    "the route and a slash": "{url}/chat/completions/",
    "a slash": "{url}/",
    "its variable's name": "export OPENAI_BASE_URL={url}",
    "angle brackets": "<{url}>",
    "a comma": "{url},",
    "a full stop": "{url}.",
    "a line break that was escaped": "{url}\\n",
    "a link of Markdown": "[{url}]({url})",
    "brackets": "({url})",
    "a line for Windows": "setx OPENAI_BASE_URL {url}",
    "a line for PowerShell": '$env:OPENAI_BASE_URL="{url}"',
    "a line for IPython": "%env OPENAI_BASE_URL={url}",
    "a line of Python": "base_url='{url}'",
    "backslashes": "http:\\\\127.0.0.1:{port}\\v1",
    "two schemes": "https://{url}",
    "a mark in the page": "{url}#top",
    "two slashes": "{url}//",
    "a scheme in capitals": "HTTP://127.0.0.1:{port}/v1",
}


@pytest.mark.parametrize("name", CURED)
def test_an_address_that_is_put_right_without_a_word(name: str, endpoint: ScriptedModel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", CURED[name].format(url=endpoint.url, port=endpoint.server_port))
    client, model = sbs.connect()
    assert ask(client, model) == "happy"
    assert endpoint.asked[0].path == "/v1/chat/completions"


REFUSED = {
    "no scheme": ("api.example.com/v1", "Set it to https://api.example.com/v1,"),
    "no scheme, with a port": ("localhost:11434/v1", "Set it to http://localhost:11434/v1,"),
    "no scheme, an address in numbers": ("192.168.1.7:8000/v1", "Set it to http://192.168.1.7:8000/v1,"),
    "one slash": ("http:/localhost:8000/v1", "Set it to http://localhost:8000/v1,"),
    "one slash, encrypted": ("https:/api.example.com/v1", "Set it to https://api.example.com/v1,"),
    "no colon": ("https//api.example.com/v1", "Set it to https://api.example.com/v1,"),
    "a slip": ("htps://api.example.com/v1", "Set it to https://api.example.com/v1,"),
    "another scheme": ("ftp://api.example.com/v1", "Set it to https://api.example.com/v1,"),
    "three slashes": ("http:///localhost/v1", "Set it to http://localhost/v1,"),
    "a password": ("joe:secret@example.com/v1", "https://"),
    "a blank in the middle": ("https://api.example.com /v1", "a space or a line break in the middle"),
    "two lines": ("https://api.example.com/v1\nsk-12345678", "a space or a line break in the middle"),
    "a port in letters": ("http://localhost:abc/v1", "host or port cannot be read"),
    "a port too high": ("http://localhost:99999/v1", "host or port cannot be read"),
    "no host": ("http://:8000/v1", "host or port cannot be read"),
    "half a bracket": ("http://[::1/v1", "host or port cannot be read"),
    "a host of signs": ("http://ex%20ample/v1", "host or port cannot be read"),
    "a host too long": (f"http://{'a' * 70}.com/v1", "host or port cannot be read"),
    "OpenAI without its end": ("https://api.openai.com", "Set OPENAI_BASE_URL to https://api.openai.com/v1,"),
    "OpenAI without encryption": ("http://api.openai.com/v1", "Set OPENAI_BASE_URL to https://api.openai.com/v1,"),
    "a semicolon": ("https;//api.example.com/v1", "Set it to https://api.example.com/v1,"),
    "nothing but a scheme": ("https://", "OPENAI_BASE_URL"),
    "a placeholder": ("https://\u2026/v1", "host or port cannot be read"),
    "OpenRouter with another end": ("https://openrouter.ai/v1", "Set OPENAI_BASE_URL to https://openrouter.ai/api/v1,"),
    "Google without its end": ("https://generativelanguage.googleapis.com/v1beta/", "/v1beta/openai,"),
    "Azure without its end": ("https://we.openai.azure.com/", "Set OPENAI_BASE_URL to https://we.openai.azure.com/openai/v1,"),
    "Azure's old address": ("https://we.openai.azure.com/openai/deployments/x?api-version=2024-10-21", "https://we.openai.azure.com/openai/v1,"),
    "a question mark": ("https://api.example.com/v1/chat/completions?key=1", "Set OPENAI_BASE_URL to https://api.example.com/v1,"),
    "a placeholder in braces": ("http://{host}/v1", "placeholder"),
    "a host of one's own": ("https://YOUR-RESOURCE.openai.azure.com/openai/v1", "placeholder"),
    "a variable that was not filled in": ("$OPENAI_BASE_URL", "Set it to https://api.example.com/v1,"),
    "Ollama without its end": ("http://localhost:11434", "Set OPENAI_BASE_URL to http://localhost:11434/v1,"),
    "Ollama's own route": ("http://127.0.0.1:11434/api/chat", "Set OPENAI_BASE_URL to http://127.0.0.1:11434/v1,"),
    "LM Studio without its end": ("http://localhost:1234/", "Set OPENAI_BASE_URL to http://localhost:1234/v1,"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_an_address_that_is_none(name: str, endpoint: ScriptedModel, monkeypatch: pytest.MonkeyPatch) -> None:
    text, words = REFUSED[name]
    monkeypatch.setenv("OPENAI_BASE_URL", text)
    with pytest.raises(SettingsError) as caught:
        sbs.connect()
    assert_one_sentence(str(caught.value), "OPENAI_BASE_URL", words)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    "address", ["https://we.openai.azure.com/openai/v1", "https://we.services.ai.azure.com/models", "https://api.openai.com/v1/"]
)
def test_an_address_that_is_right_stays(address: str) -> None:
    assert endpoint_address({"OPENAI_BASE_URL": address}) == address.rstrip("/")


def test_no_address_is_openai_s() -> None:
    assert endpoint_address({}) == endpoint_address({"OPENAI_BASE_URL": " "}) == "https://api.openai.com/v1"


# --- the key --------------------------------------------------------------------------------------------------------


FORMS = [
    "  {}  ",
    "{}\n",
    "{}\r\n",
    '"{}"',
    "'{}'",
    "\u201c{}\u201d",
    "Bearer {}",
    "bearer  {}",
    '"Bearer {}"',
    "OPENAI_API_KEY={}",
    "\u200b{}",
    "{},",
    "{};",
    "{}\\n",
]
FORMS += ["Authorization: Bearer {}", "OPENAI_API_KEY: {}", "setx OPENAI_API_KEY {}", "$env:OPENAI_API_KEY='{}'"]


@pytest.mark.parametrize("form", FORMS)
def test_a_key_that_is_put_right_without_a_word(form: str, endpoint: ScriptedModel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", form.format(KEY))
    client, model = sbs.connect()
    assert ask(client, model) == "happy"
    assert endpoint.asked[0].headers["authorization"] == f"Bearer {KEY}"


WRONG_KEYS = {
    "": "OPENAI_API_KEY is not set",
    '""': "OPENAI_API_KEY is not set",
    "Bearer ": "OPENAI_API_KEY",
    "sk-\u2026": "placeholder",
    "sk-...": "placeholder",
    "<your key>": "placeholder",
    "your-key-here": "placeholder",
    "YOUR_API_KEY": "placeholder",
    "sk-xxxxxxxxxxxx": "placeholder",
    "$OPENAI_API_KEY": "placeholder",
    "${OPENAI_API_KEY}": "placeholder",
    "%OPENAI_API_KEY%": "placeholder",
    "{{ openai_key }}": "placeholder",
    "sk-abc def": "a space or a line break in the middle",
    "sk-abc\ndef": "a space or a line break in the middle",
    "sk-abc\u2013def": "the character '\u2013'",
    "sk-äbc": "the character 'ä'",
    "sk-abc\u200bdef": "an invisible character",
    "sk-abc\x00def"[:6] + "\x01": "an invisible character",
    "ключ": "the character 'к'",
}


@pytest.mark.parametrize("key", WRONG_KEYS)
def test_a_key_that_is_none(key: str, endpoint: ScriptedModel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", key)
    with pytest.raises(SettingsError) as caught:
        sbs.connect()
    assert_one_sentence(str(caught.value), "OPENAI_API_KEY", WRONG_KEYS[key])
    assert not key or len(key) < 4 or key not in str(caught.value)


@pytest.mark.parametrize("key", ["a", "ollama", "EMPTY", "lm-studio", "sk-no-key-required", "token-abc123", "none"])
def test_any_word_is_a_key_for_a_local_server(key: str, endpoint: ScriptedModel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", key)
    client, model = sbs.connect()
    assert ask(client, model) == "happy"


HEADERS = {
    "OPENAI_ORG_ID": ("org-\u00e4", "org-\u2026", "org-1\norg-2"),
    "OPENAI_PROJECT_ID": ("proj_\u2019x", "proj\t1\x01"),
    "OPENAI_CUSTOM_HEADERS": ("my header: x", "x: \u00fc", ": x", "\u00fc: x"),
}


@pytest.mark.parametrize("variable", HEADERS)
def test_what_else_the_environment_adds_and_cannot_be_sent(variable: str, endpoint: ScriptedModel, monkeypatch: pytest.MonkeyPatch) -> None:
    for value in HEADERS[variable]:
        monkeypatch.setenv(variable, value)
        with pytest.raises(SettingsError) as caught:
            sbs.connect()
        assert_one_sentence(str(caught.value), variable, "Fix or unset it")


def test_what_else_the_environment_adds_is_sent_without_blanks(endpoint: ScriptedModel, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"OPENAI_ORG_ID": ' "org-1"\n', "OPENAI_PROJECT_ID": "", "OPENAI_CUSTOM_HEADERS": "X-Team: care\n"}.items():
        monkeypatch.setenv(name, value)
    client, model = sbs.connect()
    assert ask(client, model) == "happy"
    headers = endpoint.asked[0].headers
    assert (headers["openai-organization"], headers.get("openai-project"), headers["x-team"]) == ("org-1", None, "care")


BAD = {  # each of them once stopped something
    "HTTP_PROXY": "gopher://127.0.0.1:9",
    "HTTPS_PROXY": "http://joe:p@ss#word@proxy:port",
    "ALL_PROXY": "socks5://127.0.0.1:9",
    "SSL_CERT_FILE": "no/such/file.pem",
    "SSL_CERT_DIR": "no/such/folder",
    "REQUESTS_CA_BUNDLE": __file__,
    "CURL_CA_BUNDLE": "\u00fc",
    "OPENAI_BASE_URL": "nonsense",
    "OPENAI_API_KEY": "sk-\u2026",
    "OPENAI_ORG_ID": "\u00fc\n",
    "OPENAI_PROJECT_ID": "\u00fc",
    "OPENAI_CUSTOM_HEADERS": "\u00fc: \u00fc",
    "OPENAI_ADMIN_KEY": "\u00fc",
}


def test_nothing_of_it_stops_an_embedded_or_a_replayed_page(bare: Path, scripted: ScriptedModel, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in BAD.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(embedded, "start", lambda model: scripted.root)
    client, model = sbs.connect()
    assert ask(client, model) == "happy"

    monkeypatch.setenv("SIDEBYSIDE_MODE", "replay")
    monkeypatch.setenv("SIDEBYSIDE_RECORDINGS", str(RECORDINGS))
    file = next(file for file in sorted(RECORDINGS.rglob("*.jsonl")) if "smollm2" in str(file))
    entry = next(entry for entry in read_entries(file) if entry["route"] == "chat/completions")
    client, _ = sbs.connect(file.stem, model=file.parts[-3])
    assert client.post("/chat/completions", body=entry["request"], cast_to=object)["choices"]  # type: ignore[index]


def test_a_local_endpoint_needs_neither_proxy_nor_certificates(endpoint: ScriptedModel, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in BAD.items():
        if not name.startswith("OPENAI_"):
            monkeypatch.setenv(name, value)
    client, model = sbs.connect()
    assert ask(client, model) == "happy"


# --- certificates ---------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def secure(endpoint: ScriptedModel, authority: trustme.CA, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """An endpoint that speaks TLS, with a certificate of an authority that nobody trusts."""
    with encrypted(authority.issue_cert("127.0.0.1", "model.invalid")) as address:
        monkeypatch.setenv("OPENAI_BASE_URL", address)
        yield address


@contextmanager
def encrypted(certificate: trustme.LeafCert, **options: Any) -> Iterator[str]:
    with ScriptedModel() as server, speaking_tls(server, certificate, **options) as address:
        yield address


def test_interception_names_the_file_to_ask_for(secure: str) -> None:
    assert_one_sentence(said_of(), "that this machine does not trust", "proxy opens the encrypted connection", "Ask IT", "SSL_CERT_FILE")


@pytest.mark.parametrize("variable", CERTIFICATE_VARIABLES)
def test_each_variable_is_heeded(variable: str, secure: str, authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = pem(authority, tmp_path)
    if variable == "SSL_CERT_DIR":
        hashed = subprocess.run(["openssl", "x509", "-hash", "-noout", "-in", file], capture_output=True, text=True, check=False).stdout.strip()
        if not hashed:
            pytest.skip("no openssl to name the file by its hash")
        file.rename(tmp_path / f"{hashed}.0")
    monkeypatch.setenv(variable, str(tmp_path if variable == "SSL_CERT_DIR" else file))
    client, model = sbs.connect()
    assert ask(client, model) == "happy"


def test_the_first_variable_that_is_set_holds(secure: str, authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "other").mkdir()
    monkeypatch.setenv("SSL_CERT_FILE", str(pem(trustme.CA(), tmp_path / "other")))
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(pem(authority, tmp_path)))
    assert_one_sentence(said_of(), "an authority that SSL_CERT_FILE does not name", "Ask IT")


def test_the_form_that_windows_exports_and_quotes_around_the_path(
    secure: str, authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "root.cer"
    file.write_bytes(ssl.PEM_cert_to_DER_cert(authority.cert_pem.bytes().decode()))
    monkeypatch.setenv("SSL_CERT_FILE", f' "{file}" ')
    client, model = sbs.connect()
    assert ask(client, model) == "happy"


def test_the_certificate_that_signed_in_between_is_enough(endpoint: ScriptedModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    middle = trustme.CA().create_child_ca()
    monkeypatch.setenv("SSL_CERT_FILE", str(pem(middle, tmp_path)))
    with encrypted(middle.issue_cert("127.0.0.1")) as address:
        monkeypatch.setenv("OPENAI_BASE_URL", address)
        client, model = sbs.connect()
        assert ask(client, model) == "happy"


@pytest.mark.parametrize("variable", CERTIFICATE_VARIABLES)
def test_a_file_that_cannot_be_read_is_named_by_its_variable(variable: str, secure: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for value in ("no/such/file.pem", __file__):
        monkeypatch.setenv(variable, value)
        assert_one_sentence(said_of(), f"{variable} names certificates that cannot be read", "Set it to a readable PEM file")


def test_other_faults_of_a_certificate(endpoint: ScriptedModel, authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(pem(authority, tmp_path)))
    faults = {
        "has expired": expired(authority, "127.0.0.1"),
        "for another host than the one in OPENAI_BASE_URL": authority.issue_cert("elsewhere.example"),
        "for another host": authority.issue_cert("127.0.0.2"),
    }
    for words, certificate in faults.items():
        with encrypted(certificate) as address:
            monkeypatch.setenv("OPENAI_BASE_URL", address)
            assert_one_sentence(said_of(), words)


def test_an_endpoint_that_wants_the_reader_s_certificate(
    endpoint: ScriptedModel, authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(pem(authority, tmp_path)))
    with encrypted(authority.issue_cert("127.0.0.1"), clients=authority) as address:
        monkeypatch.setenv("OPENAI_BASE_URL", address)
        assert_one_sentence(said_of(), "asks for a client certificate", "takes a key")


def test_https_to_a_server_of_http(endpoint: ScriptedModel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", endpoint.url.replace("http:", "https:"))
    assert_one_sentence(said_of(), "begins with https", "speaks http without encryption", "Write http://")


def test_http_to_a_server_of_https(secure: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", secure.replace("https:", "http:"))
    assert_one_sentence(said_of(), "write https:// in OPENAI_BASE_URL")


# --- the connection -------------------------------------------------------------------------------------------------

GARBAGE = {
    "TLS to whoever speaks HTTP": (b"\x15\x03\x03\x00\x02\x02\x50", "does not speak HTTP", "write https://"),
    "a mail server": (b"220 mail.example ESMTP ready\r\n502 command not recognised\r\n\r\n", "does not speak HTTP", "Check its host and port"),
    "nothing": (b"", "closed the connection without an answer", "Run the cell again".lower()),
    "half a header": (b"HTTP/1.1 200 OK\r\ncontent-ty", "closed the connection without an answer", "OPENAI_BASE_URL"),
    "half a body": (b"HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{", "cut off in the middle", "Run the cell again"),
    "half a chunk": (b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n9\r\n{", "cut off in the middle", "Run the cell again"),
}


@pytest.mark.parametrize("name", GARBAGE)
def test_what_is_no_web_server(name: str, endpoint: ScriptedModel, monkeypatch: pytest.MonkeyPatch) -> None:
    data, *words = GARBAGE[name]
    with saying(data) as address:
        monkeypatch.setenv("OPENAI_BASE_URL", address)
        assert_one_sentence(said_of(), *words)


def raising(error: OSError) -> Any:
    def connect(*_: Any, **__: Any) -> Any:
        raise error

    return connect


NETWORK = {
    "unknown host": (
        socket.gaierror(socket.EAI_NONAME, "Name or service not known"),
        "cannot find the host in OPENAI_BASE_URL",
        "(model.invalid)",
        "VPN",
    ),
    "no name server": (
        socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution"),
        "cannot find the host in OPENAI_BASE_URL",
        "network",
    ),
    "no way there": (OSError(errno.ENETUNREACH, "Network is unreachable"), "cannot reach the endpoint (network is unreachable)", "VPN"),
    "forbidden": (PermissionError(errno.EACCES, "Permission denied"), "cannot reach the endpoint", "firewall"),
    "refused": (ConnectionRefusedError(errno.ECONNREFUSED, "Connection refused"), "No endpoint answers at OPENAI_BASE_URL, which names no port"),
    "no connection in time": (TimeoutError("timed out"), "could not be reached in time", "firewall"),
}


@pytest.mark.parametrize("name", NETWORK)
def test_faults_of_the_network(name: str, endpoint: ScriptedModel, monkeypatch: pytest.MonkeyPatch) -> None:
    error, *words = NETWORK[name]
    monkeypatch.setenv("OPENAI_BASE_URL", "http://model.invalid/v1")
    monkeypatch.setenv("SIDEBYSIDE_PRICE", "0/0")
    monkeypatch.setattr(socket, "create_connection", raising(error))
    assert_one_sentence(said_of(), *words)


# --- proxies --------------------------------------------------------------------------------------------------------


@pytest.fixture
def far(endpoint: ScriptedModel, monkeypatch: pytest.MonkeyPatch) -> ScriptedModel:
    """An endpoint at another host, which only a proxy reaches."""
    monkeypatch.setenv("OPENAI_BASE_URL", "https://model.invalid/v1")
    monkeypatch.setenv("SIDEBYSIDE_PRICE", "0/0")
    return endpoint


REFUSING = {
    407: ("The proxy in HTTPS_PROXY", "asks for a name and a password (407)", "http://name:password@host:port"),
    403: ("The proxy in HTTPS_PROXY", "does not let you through to the endpoint (403", "Ask IT", "NO_PROXY"),
    502: ("The proxy in HTTPS_PROXY", "cannot reach the endpoint (502", "NO_PROXY"),
    503: ("The proxy in HTTPS_PROXY", "cannot reach the endpoint (503"),
    302: ("The proxy in HTTPS_PROXY", "log in first (302", "browser"),
    511: ("The proxy in HTTPS_PROXY", "log in first (511", "browser"),
}


@pytest.mark.parametrize("status", REFUSING)
def test_a_proxy_that_refuses(status: int, far: ScriptedModel, monkeypatch: pytest.MonkeyPatch) -> None:
    with proxying(Proxy(status)) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        assert_one_sentence(said_of(), *REFUSING[status])
        assert proxy.asked == ["CONNECT model.invalid:443 HTTP/1.1"]


def test_a_proxy_that_refuses_the_name_that_is_given(far: ScriptedModel, monkeypatch: pytest.MonkeyPatch) -> None:
    with proxying(Proxy(407)) as proxy:
        monkeypatch.setenv("https_proxy", proxy.url.replace("//", "//joe:h0rse-b4ttery@"))
        said = said_of()
    assert_one_sentence(said, "The proxy in https_proxy refuses the name and password", "%40 for @")
    assert "joe" not in said
    assert "h0rse" not in said


@pytest.mark.parametrize("status", [403, 407, 503])
def test_a_proxy_that_refuses_without_encryption(status: int, far: ScriptedModel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", "http://model.invalid/v1")
    with proxying(Proxy(status)) as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        assert_one_sentence(said_of(), f"({status})", "proxy", "HTTP_PROXY" if status == 407 else "ERR_ACCESS_DENIED")
        assert len(proxy.asked) == 1


def test_a_proxy_that_does_not_answer(far: ScriptedModel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALL_PROXY", f"127.0.0.1:{closed_port()}")
    assert_one_sentence(said_of(), "The proxy in ALL_PROXY does not answer", "VPN", "unset ALL_PROXY")


def test_a_proxy_that_is_written_with_https_and_speaks_http(far: ScriptedModel, monkeypatch: pytest.MonkeyPatch) -> None:
    with proxying(Proxy()) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url.replace("http:", "https:"))
        assert_one_sentence(said_of(), "The proxy in HTTPS_PROXY is written with https, but speaks http")


@pytest.mark.parametrize("address", ["socks5://127.0.0.1:9", "socks5h://127.0.0.1:9"])
def test_a_socks_proxy(address: str, far: ScriptedModel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALL_PROXY", address)
    assert_one_sentence(said_of(), "ALL_PROXY names a SOCKS proxy", "pip install socksio")


@pytest.mark.parametrize("address", ["http://proxy.example/proxy.pac", "proxy.pac", "http://wpad/wpad.dat"])
def test_a_file_for_browsers_in_the_place_of_a_proxy(address: str, far: ScriptedModel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", address)
    assert_one_sentence(said_of(), "tells browsers which proxy to take", "Ask IT for the proxy's own host and port")


@pytest.mark.parametrize(
    "address", ["gopher://127.0.0.1:9", "http://joe:h0rse#b4ttery@proxy:8080", "http://", "http://proxy:port", "socks4://127.0.0.1:9"]
)
def test_a_proxy_s_address_that_is_none(address: str, far: ScriptedModel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", address)
    said = said_of()
    assert_one_sentence(said, "HTTPS_PROXY names a proxy whose address is not valid", "http://host:port")
    assert "h0rse" not in said


def test_a_proxy_that_opens_the_encrypted_connection(
    far: ScriptedModel, authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with encrypted(authority.issue_cert("model.invalid")) as address, proxying(Proxy(target=int(address.split(":")[2][:-3]))) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url.replace("//", "//joe:h0rse@"))
        assert_one_sentence(said_of(), "signed by an authority that this machine does not trust", "SSL_CERT_FILE")
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(pem(authority, tmp_path)))
        client, model = sbs.connect()
        assert ask(client, model) == "happy"
        assert proxy.headers[-1] == "Basic " + base64.b64encode(b"joe:h0rse").decode()


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "LOCALHOST"])
def test_the_reader_s_own_machine_is_never_asked_through_a_proxy(host: str, endpoint: ScriptedModel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", endpoint.url.replace("127.0.0.1", host))
    with proxying(Proxy(403)) as proxy:
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy"):
            monkeypatch.setenv(name, proxy.url)
        client, model = sbs.connect()
        assert ask(client, model) == "happy"
        assert proxy.asked == []


DIRECT = {
    "http://127.0.0.1:8000/v1": "",
    "http://127.8.8.8/v1": "",
    "http://0.0.0.0:8000/v1": "",
    "http://[::1]:8000/v1": "",
    "http://localhost/v1": "",
    "http://api.localhost/v1": "",
    "http://10.1.2.3/v1": "",
    "http://172.20.0.2/v1": "",
    "http://192.168.1.7/v1": "",
    "http://[fe80::1]/v1": "",
    "http://ollama:11434/v1": "",
    "http://host.docker.internal:11434/v1": "",
    "https://llm.corp.example/v1": "corp.example",
    "https://llm.corp.example/v2": "*.corp.example",
    "https://llm.corp.example/v3": " .corp.example , x",
    "https://llm.corp.example/v4": "LLM.corp.example:443",
    "https://8.8.8.8/v1": "8.8.0.0/16",
    "https://8.8.8.8/v2": "*",
    "https://8.8.8.8/v3": "x,*",
}


@pytest.mark.parametrize("address", DIRECT)
def test_addresses_that_go_directly(address: str, bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALL_PROXY", "http://proxy.example:8080")
    monkeypatch.setenv("NO_PROXY", DIRECT[address])
    assert proxy_for(httpx2.URL(address)) == ("", "")


@pytest.mark.parametrize("address", ["https://api.openai.com/v1", "http://8.8.8.8/v1", "https://corp.example.org/v1", "https://127.0.0.1.example/v1"])
def test_addresses_that_go_through_the_proxy(address: str, bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALL_PROXY", "proxy.example:8080")
    monkeypatch.setenv("NO_PROXY", "corp.example, 9.0.0.0/8, nonsense/99")
    assert proxy_for(httpx2.URL(address)) == ("ALL_PROXY", "http://proxy.example:8080")


# --- redirects ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_on_the_same_host_keeps_what_is_asked(status: int, endpoint: ScriptedModel) -> None:
    endpoint.script(Reply("", status, headers={"location": "/v1/chat/completions/"}), Reply(chat("here I am")))
    client, model = sbs.connect()
    assert ask(client, model) == "here I am"
    first, second = endpoint.asked
    assert (first.body, first.headers["authorization"]) == (second.body, second.headers["authorization"])


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_from_http_to_https_keeps_what_is_asked(
    status: int, endpoint: ScriptedModel, authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(pem(authority, tmp_path)))
    with ScriptedModel() as there, speaking_tls(there, authority.issue_cert("127.0.0.1")) as address:
        endpoint.script(Reply("", status, headers={"location": f"{address}/chat/completions"}))
        client, model = sbs.connect()
        assert ask(client, model) == "happy"
        assert there.asked[0].headers["authorization"] == f"Bearer {KEY}"
        assert there.asked[0].body == endpoint.asked[0].body


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_neither_key_nor_text_goes_on_to_another_host(status: int, endpoint: ScriptedModel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", "api-key: 0123456789abcdef")
    with serving() as other:
        for address in (other.url, other.url.replace("127.0.0.1", "localhost")):
            endpoint.script(Reply("", status, headers={"location": f"{address}/chat/completions"}))
            assert_one_sentence(said_of(), f"redirects to {address.removesuffix('/v1')}", "another host", "OPENAI_BASE_URL")
        assert other.asked == []


ELSEWHERE = {
    "a login page": (302, "https://login.microsoftonline.com/common/oauth2/authorize?client_id=1", "A login page answers", "browser"),
    "a login page of its own": (302, "/login?next=/v1", "A login page answers", "browser"),
    "a captive portal": (302, "http://captive.hotel.example/", "A login page answers", "browser"),
    "single sign-on": (307, "https://sso.corp.example/saml2/start", "A login page answers"),
    "a look-up": (303, "/v1/chat/completions/1", "(303)", "Check the address"),
    "in circles": (308, "/v1/chat/completions", "in circles", "OPENAI_BASE_URL"),
    "another scheme": (308, "ftp://127.0.0.1/v1", "cannot be read"),
    "no address": (308, "http://[::1/v1", "cannot be read"),
}


@pytest.mark.parametrize("name", ELSEWHERE)
def test_redirects_that_lead_nowhere(name: str, endpoint: ScriptedModel) -> None:
    status, location, *words = ELSEWHERE[name]
    endpoint.script(Reply("", status, headers={"location": location}))
    assert_one_sentence(said_of(), *words)


def test_no_key_goes_from_https_to_http(endpoint: ScriptedModel, authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(pem(authority, tmp_path)))
    with ScriptedModel() as there, speaking_tls(there, authority.issue_cert("127.0.0.1")) as address:
        there.script(Reply("", 308, headers={"location": f"{endpoint.url}/chat/completions"}))
        monkeypatch.setenv("OPENAI_BASE_URL", address)
        assert_one_sentence(said_of(), "without encryption", "no key is sent")
    assert endpoint.asked == []


# --- a web page that says 200, and the reader's own stop ------------------------------------------------------------


def test_a_page_in_the_place_of_an_answer() -> None:
    login = page(200, "Sign in to your account", '<form><input type="password"></form>')
    portal = page(200, "Hotel WiFi", "Please log in to continue")
    shop = page(200, "Open WebUI", "<script>var a = 1</script>Welcome")
    assert_one_sentence(page_instead(login.data, login.kind) or "", "A login page answers", "Sign in to your account")
    assert_one_sentence(page_instead(portal.data) or "", "A login page answers", "Hotel WiFi: Please log in to continue")
    assert_one_sentence(page_instead(shop.data) or "", "A web page came back", "/v1", "Open WebUI: Welcome")
    assert page_instead(WHOLE.encode(), "application/json") is None
    assert page_instead(b"") is None


def interrupt(*_: Any, **__: Any) -> Any:
    raise KeyboardInterrupt


STOPS = {  # where the reader's stop comes: at work, and while the openai client waits before it tries again
    "at work": (backends.Endpoint, "send"),
    "waiting": (openai.OpenAI, "_sleep_for_retry"),
}


@pytest.mark.parametrize("name", STOPS)
def test_a_stop_of_the_reader_ends_in_one_line(name: str, endpoint: ScriptedModel, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    endpoint.script(*refusal(500))
    monkeypatch.setattr(*STOPS[name], interrupt)
    client, model = sbs.connect()
    with pytest.raises(Interrupted):
        ask(client, model)
    shell = InteractiveShell(config=Config({"HistoryManager": {"enabled": False}}))
    capsys.readouterr()
    shell.run_cell(CELL.replace(", max_retries=0", ""))
    (line,) = ANSI.sub("", "".join(capsys.readouterr())).strip().splitlines()
    assert_one_sentence(line.partition(": ")[2], "The call was stopped", "Run the cell again")
