"""The prompts of "Try it here": found in the recordings or the build stops with a sentence, and their settings put into words."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from docutils import nodes
from sidebyside.book import shipped, tryit
from sphinx.errors import ExtensionError

from sidebyside import embedded
from sidebyside.recording import seal_of

REQUEST = {"model": embedded.MODEL, "messages": [{"role": "user", "content": "Hello?"}], "temperature": 0, "max_tokens": 5}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A book of one lesson with one recorded answer, key "abc"."""
    said = {"choices": [{"message": {"role": "assistant", "content": "</script> Hi."}}]}
    entry = {"key": "abc", "route": "chat/completions", "request": REQUEST, "response": said, "recorded": "2026-11-04", "runtime": "test 1"}
    file = tmp_path / "recordings" / embedded.MODEL / "01_page.jsonl"
    file.parent.mkdir(parents=True)
    file.write_text(json.dumps(entry | {"seal": seal_of(entry)}) + "\n", encoding="utf-8")
    offer(tmp_path, page="01_page", key="abc")
    return tmp_path


def offer(home: Path, page: str, key: str) -> None:
    (home / "book").mkdir(exist_ok=True)
    (home / shipped.LIST).write_text(f"01_page:\n  - {{title: A greeting, page: {page}, key: {key}}}\n", encoding="utf-8")


def test_a_prompt_is_the_recorded_request_with_its_answer(home: Path) -> None:
    [prompt] = shipped.prompts_of(home, "01_page")
    assert prompt["request"] == {name: value for name, value in REQUEST.items() if name != "model"}
    assert (prompt["title"], prompt["answer"], prompt["model"]) == ("A greeting", "</script> Hi.", embedded.MODEL)
    assert (prompt["day"], prompt["runtime"]) == ("4 November 2026", "test 1")


@pytest.mark.parametrize(("page", "key"), [("01_page", "gone"), ("02_no_such_page", "abc")])
def test_a_recording_that_is_gone_stops_the_build(home: Path, page: str, key: str) -> None:
    offer(home, page, key)
    with pytest.raises(ExtensionError, match=f"lesson '01_page': 'A greeting' names the recording {key} of page '{page}', which does not exist"):
        shipped.prompts_of(home, "01_page")


def test_a_lesson_without_prompts_stops_the_build(home: Path) -> None:
    with pytest.raises(ExtensionError, match="offers no prompt for the lesson '02_other'"):
        shipped.prompts_of(home, "02_other")


@pytest.mark.parametrize(
    ("request_", "words"),
    [
        ({"temperature": 0, "max_tokens": 24, "seed": 3}, "temperature 0 (always the likeliest token) · at most 24 tokens"),
        ({"temperature": 1.4, "max_tokens": 1, "seed": 3}, "temperature 1.4 · one token · seed 3"),
        ({"temperature": 0, "grammar": 'root ::= "a"'}, "temperature 0 (always the likeliest token) · the form of the answer is forced"),
        ({"response_format": {"type": "json_schema"}}, "temperature 1 · the form of the answer is forced"),
    ],
)
def test_settings_in_words(request_: dict, words: str) -> None:
    assert shipped.in_words(request_) == words


def test_a_program_that_is_not_installed_stops_the_build(tmp_path: Path) -> None:
    with pytest.raises(ExtensionError, match="node_modules/@wllama/wllama/esm/wasm/wllama.wasm is missing.*npm ci"):
        tryit.source(tmp_path, "wllama.wasm")


def test_no_answer_can_end_the_script_that_holds_it(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tryit, "source", lambda home, name: home / shipped.LIST)
    made = tryit.section("notebooks/01_page", shipped.prompts_of(home, "01_page"), home)
    [raw] = made.findall(nodes.raw)
    assert raw.astext().count("</script>") == 1
    assert made[0].astext() == tryit.TITLE
