"""An endpoint that misbehaves in every foreseen way: the learner reads one sentence that says what to do, and nothing wrong is recorded."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openai
import pytest
from IPython.core.interactiveshell import InteractiveShell
from jupyter_client.manager import start_new_kernel
from traitlets.config import Config

import sidebyside as sbs
from sidebyside.errors import AnswerError, CourseError, SettingsError, explain
from tests.scripted import KEY, NAME, Reply, ScriptedModel, chat, closed_port, fault

WHOLE = json.dumps(chat())
ANSI = re.compile(r"\x1b\[[0-9;]*m")


@dataclass(frozen=True)
class Fault:
    """A way to misbehave.

    Attributes:
        replies: What the endpoint does.
        error: What it ends in.
        words: Words of the sentence: what happened, and what to do.
        tries: How many requests the endpoint sees: the openai client tries twice again where that can help.
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
    "429": Fault(refusal(429), openai.RateLimitError, ("too many requests", "Wait a minute"), tries=3),
    "500": Fault(refusal(500), openai.InternalServerError, ("fault of its own (500)", "Wait a little"), tries=3),
    "503, not JSON": Fault((Reply("<html>busy</html>", 503),), openai.InternalServerError, ("(503)", "Wait a little"), tries=3),
    "timeout": Fault((Reply(chat(), delay=1.0),), openai.APITimeoutError, ("did not answer in time", "longer timeout"), tries=3),
    "cut-off JSON": Fault((Reply(WHOLE[: len(WHOLE) // 2]),), AnswerError, ("cut off in the middle", "Run the cell again")),
    "hung up in the middle": Fault((Reply(chat(), cut=True),), openai.APIConnectionError, ("cut off in the middle", "Run the cell again"), tries=3),
    "empty body": Fault((Reply(""),), AnswerError, ("cut off", "Run the cell again")),
    "a web page": Fault((Reply("<html>Welcome</html>", kind="text/html"),), AnswerError, ("web page", "Check OPENAI_BASE_URL")),
    "empty choices": Fault((Reply(chat() | {"choices": []}),), AnswerError, ("without any choice", "another model")),
    "an error that says 200": Fault((Reply(fault("overloaded")),), AnswerError, ("a fault in place of an answer: overloaded", "Wait a little")),
    "JSON, but a list": Fault((Reply([1, 2]),), AnswerError, ("without any choice", "another model")),
}


def ask(client: openai.OpenAI, model: str = NAME, **options: Any) -> str | None:
    message = {"role": "user", "content": "How was it?"}
    return client.chat.completions.create(model=model, messages=[message], temperature=0, **options).choices[0].message.content


def assert_one_sentence(text: str, *words: str) -> None:
    """One line that starts like a sentence, ends like one, holds the words, and no key, no traceback, no address."""
    assert re.fullmatch(r"[A-Z'].{20,400}\.", text), text
    for word in words:
        assert word in text
    for secret in (KEY, "Traceback", "127.0.0.1", "Error code", "{", "\\n"):
        assert secret not in text


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
