"""The prompts of "Try it here": found in the recordings or the build stops with a sentence, and their settings put into words."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from docutils import nodes
from sphinx.errors import ExtensionError

from sbsite import tryit
from sbsite.tryit import prompts
from sidebyside.models import SMALL
from sidebyside.store import key_of, seal_of

REQUEST = {"model": SMALL.name, "messages": [{"role": "user", "content": "Hello?"}], "temperature": 0, "max_tokens": 5}
KEY = key_of("chat/completions", json.dumps(REQUEST))


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A course of one lesson with one recorded answer and the working folder in it."""
    said = {"choices": [{"message": {"role": "assistant", "content": "</script> Hi."}}]}
    entry = {"key": KEY, "route": "chat/completions", "request": REQUEST, "response": said, "recorded": "2026-11-04", "runtime": "test 1"}
    entry["weights_sha256"] = SMALL.sha256
    for name, text in {
        "_toc.yml": "",
        "cases/one/case.toml": "",
        f"recordings/{SMALL.name}/one/page.jsonl": json.dumps(entry | {"seal": seal_of(entry)}) + "\n",
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    offer(tmp_path, "page", key=KEY)
    return tmp_path


def offer(home: Path, slug: str, **choice: str) -> None:
    """Write a lesson that offers one prompt, or none."""
    table = [f'{name} = "{value}"' for name, value in {"title": "A greeting", **choice}.items()]
    (home / "lessons" / slug).mkdir(parents=True, exist_ok=True)
    (home / "lessons" / slug / "lesson.toml").write_text("\n".join(["[[try_it]]", *table] if choice else []), encoding="utf-8")


def test_a_prompt_is_the_recorded_request_with_its_answer(home: Path) -> None:
    [prompt] = prompts.prompts_of("page")
    assert prompt["request"] == {name: value for name, value in REQUEST.items() if name != "model"}
    assert (prompt["title"], prompt["answer"], prompt["model"]) == ("A greeting", "</script> Hi.", SMALL.name)
    assert (prompt["day"], prompt["runtime"]) == ("4 November 2026", "test 1")


def test_a_lesson_may_borrow_another_one_s_answer(home: Path) -> None:
    offer(home, "quiet", page="page", key=KEY)
    assert prompts.prompts_of("quiet") == prompts.prompts_of("page")


@pytest.mark.parametrize(("page", "key"), [("page", "gone"), ("no_such_page", KEY)])
def test_a_recording_that_is_gone_stops_the_build(home: Path, page: str, key: str) -> None:
    offer(home, "page", page=page, key=key)
    with pytest.raises(ExtensionError, match=f"page/lesson.toml: 'A greeting' names the recording {key} of page '{page}', which does not exist"):
        prompts.prompts_of("page")


def test_a_lesson_without_prompts_stops_the_build(home: Path) -> None:
    offer(home, "other")
    with pytest.raises(ExtensionError, match=r"other/lesson.toml has no table \[\[try_it\]\]"):
        prompts.prompts_of("other")


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
    assert prompts.in_words(request_) == words


def test_a_program_that_is_not_installed_stops_the_build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tryit, "PACKAGES", tmp_path / "node_modules")
    with pytest.raises(ExtensionError, match="node_modules/@wllama/wllama/esm/wasm/wllama.wasm is missing.*npm ci"):
        tryit.source("wllama.wasm")


def test_no_answer_can_end_the_script_that_holds_it(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tryit, "source", lambda name: home / "_toc.yml")
    made = tryit.section("notebooks/page", prompts.prompts_of("page"))
    [raw] = made.findall(nodes.raw)
    assert raw.astext().count("</script>") == 1
    assert made[0].astext() == tryit.TITLE
