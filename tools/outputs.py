"""What a page shows under each of its models: the notebook for its voice, `outputs/<model>/<slug>.json` for the others.

A lesson that connects and is spoken by the main model is kept under every recorded model, so that the site can switch between them. A solution, an
exercise or a starter is kept under its voice alone: the site shows no switch there, and a learner who takes another model asks it anew.
What a file holds is told in `sidebyside.outputs`.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

import nbformat

from sidebyside import read_settings
from sidebyside.lessons import voice
from sidebyside.models import RECORDED, Model
from sidebyside.outputs import file_of, read
from tools.pages import HOME, execute, load, pages, save, slug_of, tidy

OUTCOME = re.compile(r'class="sbs-outcome" data-key="([^"]*)" data-answer="([^"]*)"')
ELSEWHERE = re.compile(r'<p class=."sbs-elsewhere.">.*?</p>')  # in JSON
CONNECTS = "sbs.connect("  # a page without it asks no model, and shows the same under each
Cells = dict[str, list[dict[str, Any]]]  # id of a code cell → its outputs, in the order of the page


def speakers(path: Path) -> list[Model]:
    """Return the models under which a page is kept, its voice first."""
    speaks = voice(slug_of(path))
    both = path.parent.name == "notebooks" and speaks == RECORDED[0] and CONNECTS in path.read_text(encoding="utf-8")
    return [speaks, *(RECORDED[1:] if both else ())]


def others(path: Path) -> list[Model]:
    """Return the models whose outputs of a page lie in `outputs/`."""
    return speakers(path)[1:]


def outcomes(notebook: nbformat.NotebookNode) -> dict[str, str]:
    """Return what came out for each prediction of an executed page: the answer by the prediction's key."""
    shown = [output.get("data", {}).get("text/html", "") for cell in notebook.cells for output in cell.get("outputs", [])]
    return {html.unescape(key): html.unescape(answer) for text in shown for key, answer in OUTCOME.findall(text)}


def results(notebook: nbformat.NotebookNode) -> dict[str, str]:
    """Return what came out for each question of an executed lesson, by the question's name in `lesson.toml`."""
    return {key.partition("/")[2]: answer for key, answer in outcomes(notebook).items()}


def outputs(notebook: nbformat.NotebookNode) -> Cells:
    """Return the outputs of each code cell as the notebook's file would hold them, but for the numbers of execution."""
    cells = json.loads(nbformat.writes(tidy(notebook)))["cells"]
    found: Cells = {cell["id"]: cell["outputs"] for cell in cells if cell["cell_type"] == "code"}
    for output in (output for shown in found.values() for output in shown):
        output.pop("execution_count", None)
    return found


def combined(path: Path, model: Model) -> nbformat.NotebookNode:
    """Return a page as it is under a model: the notebook, with the outputs in the model's file where they are others.

    Raises:
        ValueError: If the file has outputs of a cell that the page has not.
    """
    plain = json.loads(path.read_text(encoding="utf-8"))
    shown = read(model.name, slug_of(path)) if model in others(path) else None
    there = {cell.get("id"): cell for cell in plain["cells"] if cell["cell_type"] == "code"}
    for name, found in (shown or {"outputs": {}})["outputs"].items():
        if name not in there:
            raise ValueError(f"{_place(model, path)} has outputs of the cell {name}, and the page has no such code cell. {_cure(path)}")
        number = {"execution_count": there[name]["execution_count"]}
        there[name]["outputs"] = [output | number if output["output_type"] == "execute_result" else output for output in found]
    page: nbformat.NotebookNode = nbformat.reads(json.dumps(plain), as_version=4)
    return page


# --- writing --------------------------------------------------------------------------------------------------------


def renew(path: Path, models: Collection[str] = (), **environment: str) -> None:
    """Run a page under its models and save what it shows under each.

    An outcome names those of the other models. Where one of these is new, the page is run once more.

    Args:
        path: The page.
        models: Names of the models to run it under; all that it is kept under if empty. What it shows under another one is not saved.
        **environment: Settings for the kernel, such as SIDEBYSIDE_MODE="replay".
    """
    for _ in range(2):
        before = told(path)
        for name in models or [model.name for model in speakers(path)]:
            run(path, name, **environment)
        if told(path) == before:
            return


def told(path: Path) -> list[dict[str, str] | None]:
    """Return what the files of a page say came out under each of its models."""
    found = [read(model.name, slug_of(path)) for model in speakers(path)]
    return [shown and shown["outcomes"] for shown in found]


def run(path: Path, model: str, **environment: str) -> None:
    """Run a page under a model, and save it if it is kept under that."""
    voiced, *rest = [speaker.name for speaker in speakers(path)]
    chosen = {} if model == voiced else {"SIDEBYSIDE_MODEL": model}
    page = execute(load(path), path.parent, **environment, **chosen)
    if model == voiced:
        save(page, path)
    elif model in rest:
        keep(page, path, model)


def keep(page: nbformat.NotebookNode, path: Path, model: str) -> None:
    """Write what a page shows under a model, and what came out under its voice; no file if the models make no difference.

    Args:
        page: The page, executed under the model.
        path: Its notebook, executed under its voice.
        model: The model's name.
    """
    voiced = load(path)
    same, now = outputs(voiced), outputs(page)
    different = {name: shown for name, shown in now.items() if shown != same.get(name)}
    files = {speakers(path)[0].name: as_text(results(voiced), {}), model: as_text(results(page), different)}
    for name, text in files.items():
        file = file_of(name, slug_of(path))
        if any(_own(shown) != _own(same.get(name)) for name, shown in different.items()):
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8", newline="\n")
        else:
            file.unlink(missing_ok=True)


def _own(shown: object) -> str:
    """Return outputs as text, without what they say of other models."""
    return ELSEWHERE.sub("", json.dumps(shown))


def as_text(came_out: dict[str, str], different: Cells) -> str:
    """Return the text of a file, in the form of a notebook's: short lines, so that a change can be read."""
    return json.dumps({"case": read_settings({}).case.name, "outcomes": came_out, "outputs": different}, indent=1, ensure_ascii=False) + "\n"


# --- checking -------------------------------------------------------------------------------------------------------


def faults() -> Iterator[str]:
    """Yield what is wrong with the files in `outputs/`, beside what only a run of the pages can tell."""
    lessons = {slug_of(path): path for path in pages(("notebooks",))}
    for file in sorted((HOME / "outputs").rglob("*")):
        model = next((model for model in RECORDED if model.name == file.parent.name), None)
        if file.is_file():
            path = lessons.get(file.stem) if file.suffix == ".json" else None
            yield from faults_of(path, model) if path and model and others(path) else [f"{_name(file)} belongs to no page. Delete it."]
    for path in lessons.values():
        yield from [f"{_name(there)} is there, and {_name(lacking)} is not. {_cure(path)}" for there, lacking in _pairs(path)]


def _pairs(path: Path) -> Iterator[tuple[Path, Path]]:
    """Yield a file of a page that is there with one that is not: of all its models there is one, or of none."""
    files = [file_of(model.name, slug_of(path)) for model in speakers(path)] if others(path) else []
    there, lacking = [file for file in files if file.is_file()], [file for file in files if not file.is_file()]
    yield from [(there[0], file) for file in lacking if there]


def faults_of(path: Path, model: Model) -> Iterator[str]:
    """Yield what is wrong with the file of a page and a model."""
    shown, place = read(model.name, slug_of(path)) or {}, _place(model, path)
    try:
        page = combined(path, model)
    except ValueError as error:
        yield str(error)
        return
    same = outputs(load(path)) if model in others(path) else {}
    if doubles := [name for name, found in shown["outputs"].items() if found == same.get(name)]:
        yield f"{place}: cells {', '.join(doubles)} show the same as in the notebook. {_cure(path)}"
    if shown["outcomes"] != results(page):
        yield f"{place}: its outcomes are not those that the page shows. {_cure(path)}"
    in_order = {name: shown["outputs"][name] for name in same if name in shown["outputs"]}
    if file_of(model.name, slug_of(path)).read_text(encoding="utf-8") != as_text(shown["outcomes"], in_order):
        yield f"{place} is not in the form in which it is written. {_cure(path)}"


def _name(file: Path) -> str:
    return file.relative_to(HOME).as_posix()


def _place(model: Model, path: Path) -> str:
    return _name(file_of(model.name, slug_of(path)))


def _cure(path: Path) -> str:
    return f"Run `make refresh PAGE={slug_of(path)}`."
