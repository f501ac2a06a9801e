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

from sidebyside.models import DEFAULT, MAIN, SMALL, Model
from sidebyside.recording import RecordingTransport
from sidebyside.store import Store, read_entries, seal_of, write_entries
from tools import outputs, pages, run_pages

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("red")]  # kernels, and a pytest inside pytest; what is tampered with is made once

PAGE, SPOKEN = "untouched", "spoken_by_main"
QUESTION = "How many lamps?"
CALL = f'client.chat.completions.create(model=model, messages=[{{"role": "user", "content": "{QUESTION}"}}], temperature=0)'
CELLS = [
    'import sidebyside as sbs\n\nclient, model = sbs.connect("{page}")',
    f"answer = {CALL}\nprint(answer.choices[0].message.content, 40 + 2)",
]
SAID = {DEFAULT.name: "Seven lamps.", MAIN.name: "Twelve lamps."}


def scripted(model: Model) -> dict[str, object]:
    choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": SAID[model.name]}}
    usage = {"prompt_tokens": 5, "completion_tokens": 3, "total_tokens": 8}
    return {"id": "scripted", "object": "chat.completion", "created": 1, "model": model.name, "choices": [choice], "usage": usage}


def notebook_of(course: Path, page: str) -> Path:
    return course / "notebooks" / f"{page}.ipynb"


def recordings_of(course: Path, page: str, model: Model = DEFAULT) -> Path:
    return course / "recordings" / model.name / "none" / f"{page}.jsonl"


def outputs_of(course: Path, page: str, model: Model = SMALL) -> Path:
    return course / "outputs" / model.name / f"{page}.json"


def asked_on(page: str, text: str) -> str:
    """Return a text with the page's own name and question: pages of one case share their answers to the same one."""
    return text.replace("{page}", page).replace(QUESTION, "How many stars?" if page == SPOKEN else QUESTION)


def record(file: Path, model: Model = DEFAULT) -> None:
    """Record the page's one call, through the genuine client, from a scripted model."""
    answer = lambda request: httpx2.Response(200, json=scripted(model))  # noqa: E731
    transport = RecordingTransport("record", Store(file), answer, lambda: {"weights_sha256": model.sha256, "runtime": "scripted"})
    client = openai.OpenAI(base_url="http://scripted.invalid/v1", api_key="none", http_client=httpx2.Client(transport=transport))
    eval(asked_on(file.stem, CALL), {"client": client, "model": model.name})


def unexecuted(page: str) -> nbformat.NotebookNode:
    return nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(asked_on(page, source)) for source in CELLS])


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
    """A tiny course as it would be committed: a page executed from a recorded answer, and one kept under both recorded models."""
    home = tmp_path_factory.mktemp("course")
    for file in ("_toc.yml", "cases/none/case.toml", "notebooks/none"):
        (home / file).parent.mkdir(parents=True, exist_ok=True)
        (home / file).touch()
    shutil.copytree(pages.HOME / "tools", home / "tools")
    record(recordings_of(home, PAGE))
    pages.save(pages.execute(unexecuted(PAGE), home / "notebooks", **environment(home)), notebook_of(home, PAGE))
    (home / "lessons" / SPOKEN).mkdir(parents=True)
    (home / "lessons" / SPOKEN / "lesson.toml").write_text('voice = "main"\n')
    for model in (MAIN, SMALL):
        record(recordings_of(home, SPOKEN, model), model)
    pages.save(unexecuted(SPOKEN), notebook_of(home, SPOKEN))
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(home)
        patch.delenv("SIDEBYSIDE_RECORDINGS", raising=False)
        outputs.renew(notebook_of(home, SPOKEN), SIDEBYSIDE_MODE="replay")
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


def edit_kept_number(course: Path, page: str) -> None:
    replace(outputs_of(course, page), "Seven lamps. 42", "Seven lamps. 43")


def edit_other_model_s_answer(course: Path, page: str) -> None:
    file = recordings_of(course, page, SMALL)
    edited = [json.loads(json.dumps(entry).replace("Seven", "Nine")) for entry in read_entries(file)]
    write_entries(file, [entry | {"seal": seal_of(entry)} for entry in edited])


def lose_outputs(course: Path, page: str) -> None:
    for model in (MAIN, SMALL):
        outputs_of(course, page, model).unlink()


MESSAGES: dict[Callable[[Path, str], None], list[str]] = {
    edit_stored_number: ["Seven lamps. 43"],
    edit_recorded_answer: ["edit_recorded_answer.jsonl, line 1: this recorded answer was altered"],
    edit_recorded_answer_and_seal: ["Nine lamps. 42"],
    edit_question_and_seal: ["edit_question_and_seal.jsonl, line 1: the key is not that of the request"],
    answer_by_other_weights: [f"answer_by_other_weights.jsonl, line 1: other weights than those of {DEFAULT.name} gave this answer"],
    change_request: ["No recorded answer on page 'change_request' for this request", "How many chairs?", "Run `make record`"],
}
OTHER_MODEL: dict[Callable[[Path, str], None], str] = {
    edit_kept_number: "Seven lamps. 43",
    edit_other_model_s_answer: "Nine lamps. 42",
    lose_outputs: "Twelve lamps. 42",
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
    for tamper in OTHER_MODEL:
        rename(course, copy, SPOKEN, tamper.__name__)
        tamper(copy, tamper.__name__)
    return compare(copy)


def rename(course: Path, copy: Path, page: str, name: str) -> None:
    """Add all files of a page once more, under another name."""
    for file in [file for file in course.rglob("*") if file.is_file() and page in (file.stem, file.parent.name)]:
        target = Path(str(copy / file.relative_to(course)).replace(page, name))
        target.parent.mkdir(exist_ok=True)
        target.write_text(file.read_text(encoding="utf-8").replace(page, name), encoding="utf-8")


def test_green_as_it_is(course: Path) -> None:
    status, output = compare(course)
    assert status == 0, output


def test_red_after_tampering_but_not_where_nothing_was_touched(tampered: tuple[int, str]) -> None:
    status, output = tampered
    assert status != 0
    assert f"FAILED notebooks/{PAGE}.ipynb" not in output
    assert f"{SPOKEN}.ipynb::" not in output


@pytest.mark.parametrize("tamper", MESSAGES, ids=lambda tamper: tamper.__name__)
def test_red_after(tamper: Callable[[Path, str], None], tampered: tuple[int, str]) -> None:
    _, output = tampered
    assert f"FAILED notebooks/{tamper.__name__}.ipynb::Cell 1" in output
    assert not [words for words in MESSAGES[tamper] if words not in output], output


@pytest.mark.parametrize("tamper", OTHER_MODEL, ids=lambda tamper: tamper.__name__)
def test_red_under_the_other_model_alone_after(tamper: Callable[[Path, str], None], tampered: tuple[int, str]) -> None:
    _, output = tampered
    failed = [line for line in output.splitlines() if line.startswith("FAILED") and f"{tamper.__name__}.ipynb" in line]
    assert len(failed) == 1 and f"/{SMALL.name}/{tamper.__name__}.ipynb::Cell 1" in failed[0], output
    assert OTHER_MODEL[tamper] in output


def test_answers_of_any_model_that_no_page_uses_are_told(
    course: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(run_pages, "HOME", course)
    monkeypatch.setattr(run_pages, "pages", lambda *_: [])
    monkeypatch.chdir(course)
    monkeypatch.setattr(run_pages.subprocess, "run", lambda *_, **__: subprocess.CompletedProcess([], 0))
    assert run_pages.compared_and_used() == 1
    told = capsys.readouterr().out
    assert [told.count(f"unused recording: {model.name}/none/{SPOKEN}.jsonl") for model in (MAIN, SMALL)] == [1, 1]


def test_unused_answers_are_reported(course: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_pages, "HOME", course)
    folder = recordings_of(course, PAGE).parent
    lines = [f"{DEFAULT.name}/none/{page}.jsonl {entry['key']}" for page in (SPOKEN, PAGE) for entry in read_entries(recordings_of(course, page))]
    used = tmp_path / "used.txt"
    assert run_pages.unused_recordings(used, folder) == lines
    used.write_text(f"{lines[0]}\n")
    assert run_pages.unused_recordings(used, folder) == lines[1:] != []
