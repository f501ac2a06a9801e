"""The gate of `make test` can fail: a tiny course is green, and each of its pages that was tampered with is red."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import httpx2
import nbformat
import openai
import pytest

from sidebyside.models import DEFAULT
from sidebyside.recording import RecordingTransport
from sidebyside.store import Store, read_entries, seal_of, write_entries
from tools import pages, run_pages

pytestmark = pytest.mark.slow  # kernels, and a pytest inside pytest

PAGE = "untouched"
QUESTION = "How many lamps?"
CALL = f'client.chat.completions.create(model=model, messages=[{{"role": "user", "content": "{QUESTION}"}}], temperature=0)'
CELLS = [
    f'import sidebyside as sbs\n\nclient, model = sbs.connect("{PAGE}")',
    f"answer = {CALL}\nprint(answer.choices[0].message.content, 40 + 2)",
]
SCRIPTED = {
    "id": "scripted",
    "object": "chat.completion",
    "created": 1,
    "model": DEFAULT.name,
    "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "Seven lamps."}}],
    "usage": {"prompt_tokens": 5, "completion_tokens": 3, "total_tokens": 8},
}


def notebook_of(course: Path, page: str) -> Path:
    return course / "notebooks" / f"{page}.ipynb"


def recordings_of(course: Path, page: str) -> Path:
    return course / "recordings" / DEFAULT.name / "none" / f"{page}.jsonl"


def record(file: Path) -> None:
    """Record the page's one call, through the genuine client, from a scripted model."""
    answer = lambda request: httpx2.Response(200, json=SCRIPTED)  # noqa: E731
    transport = RecordingTransport("record", Store(file), answer, lambda: {"weights_sha256": DEFAULT.sha256, "runtime": "scripted"})
    client = openai.OpenAI(base_url="http://scripted.invalid/v1", api_key="none", http_client=httpx2.Client(transport=transport))
    eval(CALL, {"client": client, "model": DEFAULT.name})


def environment(course: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("SIDEBYSIDE_", "PYTEST_"))}
    return kept | {"SIDEBYSIDE_RECORDINGS": str(course / "recordings"), "SIDEBYSIDE_MODE": "replay"}


def compare(course: Path) -> tuple[int, str]:
    """Run the gate as `make test` does; return its status and what it says."""
    command = [sys.executable, "-m", "tools.run_pages", "compare"]
    done = subprocess.run(command, cwd=course, env=environment(course), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    return done.returncode, done.stdout


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny course as it would be committed: one page, executed from one recorded answer."""
    home = tmp_path_factory.mktemp("course")
    for file in ("_toc.yml", "cases/none/case.toml", "notebooks/none"):
        (home / file).parent.mkdir(parents=True, exist_ok=True)
        (home / file).touch()
    shutil.copytree(pages.HOME / "tools", home / "tools")
    record(recordings_of(home, PAGE))
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in CELLS])
    pages.save(pages.execute(notebook, home / "notebooks", **environment(home)), notebook_of(home, PAGE))
    return home


def edit_stored_number(course: Path, page: str) -> None:
    replace(notebook_of(course, page), "Seven lamps. 42", "Seven lamps. 43")


def edit_recorded_answer(course: Path, page: str) -> None:
    replace(recordings_of(course, page), "Seven lamps.", "Eight lamps.")


def edit_recorded_answer_and_seal(course: Path, page: str) -> None:
    file = recordings_of(course, page)
    edited = [json.loads(json.dumps(entry).replace("Seven", "Nine")) for entry in read_entries(file)]
    write_entries(file, [entry | {"seal": seal_of(entry)} for entry in edited])


def edit_question_and_seal(course: Path, page: str) -> None:
    file = recordings_of(course, page)
    edited = [json.loads(json.dumps(entry).replace("How many lamps?", "How many chairs?")) for entry in read_entries(file)]
    write_entries(file, [entry | {"seal": seal_of(entry)} for entry in edited])


def answer_by_other_weights(course: Path, page: str) -> None:
    file = recordings_of(course, page)
    other = [entry | {"weights_sha256": "0" * 64} for entry in read_entries(file)]
    write_entries(file, [entry | {"seal": seal_of(entry)} for entry in other])


def change_request(course: Path, page: str) -> None:
    replace(notebook_of(course, page), QUESTION, "How many chairs?")


MESSAGES: dict[Callable[[Path, str], None], list[str]] = {
    edit_stored_number: ["Seven lamps. 43"],
    edit_recorded_answer: ["edit_recorded_answer.jsonl, line 1: this recorded answer was altered"],
    edit_recorded_answer_and_seal: ["Nine lamps. 42"],
    edit_question_and_seal: ["edit_question_and_seal.jsonl, line 1: the key is not that of the request"],
    answer_by_other_weights: [f"answer_by_other_weights.jsonl, line 1: other weights than those of {DEFAULT.name} gave this answer"],
    change_request: ["No recorded answer on page 'change_request' for this request", "How many chairs?", "Run `make record`"],
}


def replace(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert text.count(old) == 1
    file.write_text(text.replace(old, new), encoding="utf-8")


@pytest.fixture(scope="module")
def tampered(course: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[int, str]:
    """What the gate says of a course with one page for each kind of tampering, beside the untouched one."""
    copy = shutil.copytree(course, tmp_path_factory.mktemp("tampered") / "course")
    for tamper in MESSAGES:
        page = tamper.__name__
        shutil.copy(recordings_of(copy, PAGE), recordings_of(copy, page))
        shutil.copy(notebook_of(copy, PAGE), notebook_of(copy, page))
        replace(notebook_of(copy, page), PAGE, page)
        tamper(copy, page)
    return compare(copy)


def test_green_as_it_is(course: Path) -> None:
    status, output = compare(course)
    assert status == 0, output


def test_red_after_tampering_but_not_where_nothing_was_touched(tampered: tuple[int, str]) -> None:
    status, output = tampered
    assert status != 0
    assert f"FAILED notebooks/{PAGE}.ipynb" not in output


@pytest.mark.parametrize("tamper", MESSAGES, ids=lambda tamper: tamper.__name__)
def test_red_after(tamper: Callable[[Path, str], None], tampered: tuple[int, str]) -> None:
    _, output = tampered
    assert f"FAILED notebooks/{tamper.__name__}.ipynb::Cell 1" in output
    assert not [words for words in MESSAGES[tamper] if words not in output], output


def test_unused_answers_are_reported(course: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_pages, "HOME", course)
    [entry] = read_entries(recordings_of(course, PAGE))
    line = f"{DEFAULT.name}/none/{PAGE}.jsonl {entry['key']}"
    used = tmp_path / "used.txt"
    folder = recordings_of(course, PAGE).parent
    assert run_pages.unused_recordings(used, folder) == [line]
    used.write_text(f"{line}\n")
    assert run_pages.unused_recordings(used, folder) == []
