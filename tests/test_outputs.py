"""What a page shows under each recorded model: what is kept, what is left out, and every way in which it may be wrong."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

import sidebyside as sbs
from sidebyside.errors import LessonError
from sidebyside.models import MAIN, MIDDLE, SMALL, Model
from sidebyside.outputs import elsewhere, file_of, read
from tools import outputs, pages

KEY = "lamps/how-many"
SAID = {MAIN.name: "all <b>", SMALL.name: "some & few", "another": "none"}  # what each model gets out of the page
CELLS = ["the-same", "who", "silent", "outcome"]


def shown_by(model: str) -> list[list[nbformat.NotebookNode]]:
    """Return what the page's cells show under a model."""
    box = sbs.outcome(KEY, SAID[model], "It was counted.", model)
    result = new_output("execute_result", {"text/html": pages.sanitized(box._repr_html_()), "text/plain": "a box"}, execution_count=4)
    return [[new_output("stream", text="42\n43\n")], [new_output("stream", text=f"{model}\n")] if model == MAIN.name else [], [], [result]]


def execute(page: nbformat.NotebookNode, folder: Path, **settings: str) -> nbformat.NotebookNode:
    """Run a page, as it were."""
    for number, (cell, shown) in enumerate(zip(page.cells, shown_by(settings.get("SIDEBYSIDE_MODEL", MAIN.name)), strict=True), 1):
        cell.outputs, cell.execution_count = shown, number
    return page


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A course of one lesson, spoken by the main model, and its solution; nothing has been run yet."""
    for name in ("_toc.yml", "cases/shop/case.toml", "lessons/lamps/lesson.toml", "notebooks/01_lamps.ipynb", "solutions/01_lamps.ipynb"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / "lessons" / "lamps" / "lesson.toml").write_text('voice = "main"\n')
    page = new_notebook(cells=[new_code_cell('sbs.connect("lamps")', id=name) for name in CELLS])
    for folder in ("notebooks", "solutions"):
        pages.save(page, tmp_path / folder / "01_lamps.ipynb")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SIDEBYSIDE_CASE", raising=False)
    for module in (outputs, pages):
        monkeypatch.setattr(module, "HOME", tmp_path)
    monkeypatch.setattr(outputs, "execute", execute)
    return tmp_path


@pytest.fixture
def lesson(course: Path) -> Path:
    """The lesson, run under both models and kept."""
    path = course / "notebooks" / "01_lamps.ipynb"
    outputs.renew(path)
    return path


def kept(model: Model) -> dict[str, object]:
    return read(model.name, "lamps") or {}


# --- what is kept ---------------------------------------------------------------------------------------------------


def test_a_lesson_of_the_main_model_is_kept_under_every_recorded_one_and_its_solution_is_not(course: Path) -> None:
    assert outputs.speakers(course / "notebooks" / "01_lamps.ipynb") == [MAIN, SMALL]
    assert outputs.speakers(course / "solutions" / "01_lamps.ipynb") == [MAIN]
    (course / "lessons" / "lamps" / "lesson.toml").write_text("")
    assert outputs.speakers(course / "notebooks" / "01_lamps.ipynb") == [SMALL]


def test_a_lesson_that_asks_no_model_is_kept_under_its_voice_alone(course: Path) -> None:
    path = course / "notebooks" / "01_lamps.ipynb"
    path.write_text(path.read_text(encoding="utf-8").replace("sbs.connect", "print"), encoding="utf-8")
    assert outputs.speakers(path) == [MAIN]


def test_only_what_differs_is_kept_in_the_order_of_the_page(lesson: Path) -> None:
    assert list(kept(SMALL)["outputs"]) == ["who", "outcome"]  # type: ignore[call-overload]
    assert kept(SMALL)["outcomes"] == {"how-many": SAID[SMALL.name]}
    assert kept(MAIN) == {"case": "shop", "outcomes": {"how-many": SAID[MAIN.name]}, "outputs": {}}
    assert list(outputs.faults()) == []


def test_each_result_names_that_of_the_other_model(lesson: Path) -> None:
    for page, other in ((pages.load(lesson), SMALL), (outputs.combined(lesson, SMALL), MAIN)):
        html = page.cells[3].outputs[0].data["text/html"]
        told = f"With the {other.nickname} model ({other.title}), as recorded: <strong>{sbs.widgets.show.shown(SAID[other.name])}</strong>."
        assert html.count("as recorded") == html.count(told) == 1


def test_the_page_under_a_model_is_what_it_showed(lesson: Path) -> None:
    page = outputs.combined(lesson, SMALL)
    assert [cell.outputs for cell in page.cells] == [[*shown] for shown in shown_by(SMALL.name)]
    assert [cell.execution_count for cell in page.cells] == [1, 2, 3, 4]
    assert outputs.combined(lesson, MAIN) == outputs.combined(lesson, MIDDLE) == pages.load(lesson)


def test_run_again_nothing_changes(course: Path, lesson: Path) -> None:
    before = {path: path.read_bytes() for path in course.rglob("*") if path.is_file()}
    outputs.renew(lesson)
    assert {path: path.read_bytes() for path in course.rglob("*") if path.is_file()} == before


def test_a_page_is_run_once_more_only_where_a_result_is_new(course: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[str] = []
    monkeypatch.setattr(
        outputs, "execute", lambda page, folder, **given: ran.append(given.get("SIDEBYSIDE_MODEL", "")) or execute(page, folder, **given)
    )
    for _ in range(2):
        outputs.renew(course / "notebooks" / "01_lamps.ipynb")
    assert ran == ["", SMALL.name] * 3


def test_nothing_is_kept_where_the_models_make_no_difference(lesson: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outputs, "execute", lambda page, folder, **settings: execute(page, folder))
    outputs.renew(lesson)
    assert (read(MAIN.name, "lamps"), read(SMALL.name, "lamps")) == (None, None)
    assert "as recorded" not in lesson.read_text(encoding="utf-8")
    assert list(outputs.faults()) == []


def test_what_a_page_shows_under_another_model_is_not_kept(course: Path, lesson: Path) -> None:
    before = {path: path.read_bytes() for path in course.rglob("*") if path.is_file()}
    outputs.renew(lesson, ["another"])
    assert {path: path.read_bytes() for path in course.rglob("*") if path.is_file()} == before


# --- what a result says of other models ------------------------------------------------------------------------------


@pytest.mark.parametrize(("model", "others"), [(MAIN.name, [SMALL]), (SMALL.name, [MAIN]), ("at-an-endpoint", [MAIN, SMALL])])
def test_a_result_names_all_recorded_models_but_its_own(model: str, others: list[Model], lesson: Path) -> None:
    assert elsewhere(KEY, model) == {other: SAID[other.name] for other in others}
    assert elsewhere("lamps/unasked", model) == elsewhere("chairs/how-many", model) == {}


def test_on_another_case_nothing_is_said_of_other_models(course: Path, lesson: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (course / "cases" / "ours").mkdir()
    (course / "cases" / "ours" / "case.toml").touch()
    monkeypatch.setenv("SIDEBYSIDE_CASE", "ours")
    assert elsewhere(KEY, MAIN.name) == {}
    monkeypatch.setenv("SIDEBYSIDE_CASE", "shop")
    assert elsewhere(KEY, MAIN.name) == {SMALL: SAID[SMALL.name]}


def test_a_file_that_is_no_json_is_a_sentence(lesson: Path) -> None:
    file_of(SMALL.name, "lamps").write_text("{", encoding="utf-8")
    with pytest.raises(LessonError, match=r"outputs/smollm2-135m-instruct/lamps.json is not valid JSON: .* `make refresh PAGE=lamps`"):
        elsewhere(KEY, MAIN.name)


# --- what is wrong ---------------------------------------------------------------------------------------------------


def changed(change: Callable[[dict[str, dict[str, object]]], object]) -> Callable[[Path], object]:
    """Return what changes the small model's file, in the form in which it is written."""

    def tamper(course: Path) -> None:
        shown = kept(SMALL)
        change(shown)  # type: ignore[arg-type]
        file_of(SMALL.name, "lamps").write_text(json.dumps(shown, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")

    return tamper


WRONG: dict[str, Callable[[Path], object]] = {
    "has outputs of the cell gone, and the page has no such code cell": changed(lambda shown: shown["outputs"].update(gone=[])),
    "cells silent show the same as in the notebook": changed(lambda shown: shown["outputs"].update(silent=[])),
    "its outcomes are not those that the page shows": changed(lambda shown: shown["outcomes"].update({"how-many": "all"})),
    "is not in the form in which it is written": changed(lambda shown: shown["outputs"].update(who=shown["outputs"].pop("who"))),
    "smollm2-135m-instruct/lamps.json is there, and outputs/qwen2.5-coder-1.5b-instruct/lamps.json is not": lambda course: file_of(
        MAIN.name, "lamps"
    ).unlink(),
    "qwen2.5-coder-1.5b-instruct/lamps.json is there, and outputs/smollm2-135m-instruct/lamps.json is not": lambda course: file_of(
        SMALL.name, "lamps"
    ).unlink(),
    "outputs/smollm2-135m-instruct/chairs.json belongs to no page": lambda course: file_of(SMALL.name, "chairs").touch(),
    "outputs/smollm2-135m-instruct/lamps.json belongs to no page": lambda course: (course / "lessons" / "lamps" / "lesson.toml").write_text(""),
}


@pytest.mark.parametrize("words", WRONG)
def test_it_is_said_what_is_wrong(words: str, course: Path, lesson: Path) -> None:
    WRONG[words](course)
    assert [fault for fault in outputs.faults() if words in fault], list(outputs.faults())


def test_the_files_of_the_course_are_whole() -> None:
    assert list(outputs.faults()) == []
