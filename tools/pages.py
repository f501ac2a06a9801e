"""The course's notebooks: which there are, how one is executed, and the form in which it is saved."""

from __future__ import annotations

import configparser
import os
import re
import sys
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

import nbformat
import yaml
from nbclient import NotebookClient

from sidebyside.grammar import HIDDEN, tags_of
from sidebyside.lessons import card, slugs
from sidebyside.models import SMALL
from sidebyside.settings import read_settings

HOME = Path(__file__).resolve().parent.parent
FOLDERS = ("notebooks", "solutions", "exercises", "hackathon")
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}
SANITIZER = Path(__file__).with_name("nbval.cfg")


def pages(folders: tuple[str, ...] = FOLDERS) -> list[Path]:
    """Return the notebooks of the given folders, in order."""
    return [path for folder in folders for path in sorted((HOME / folder).glob("*.ipynb"))]


def chosen(folders: tuple[str, ...], slugs: Collection[str] = ()) -> list[Path]:
    """Return the notebooks of the given folders that go by one of the slugs; all of them if none is named.

    Raises:
        SystemExit: If a slug belongs to no notebook there; the text says which there are.
    """
    found = pages(folders)
    there = list(dict.fromkeys(map(slug_of, found)))
    if unknown := [slug for slug in slugs if slug not in there]:
        sys.exit(f"There is no page '{unknown[0]}'. There are: {', '.join(there)}.")
    return [path for path in found if not slugs or slug_of(path) in slugs]


def slug_of(path: Path) -> str:
    """Return a notebook's slug: its name without the number by which a file browser sorts it."""
    return re.sub(r"^\d\d_", "", path.stem)


def notebook(entry: str) -> Path:
    """Return the notebook of an entry of `_toc.yml`, such as "notebooks/hallucination"; there must be exactly one."""
    folder, slug = entry.split("/")
    (path,) = [path for path in pages((folder,)) if slug_of(path) == slug]
    return path


def title_of(notebook: nbformat.NotebookNode) -> str:
    """Return a page's title: its first heading."""
    lines: Iterator[str] = (line for cell in notebook.cells for line in cell.source.splitlines())
    return next(line for line in lines if line.startswith("# ")).removeprefix("# ").strip()


def toc_parts(home: Path | None = None) -> dict[str, list[str]]:
    """Return the files of each part of `_toc.yml` that has a caption, as in `toc_entries`."""
    toc = yaml.safe_load(((home or HOME) / "_toc.yml").read_text(encoding="utf-8"))
    return {part["caption"]: _files(part["chapters"]) for part in toc["parts"] if "caption" in part}


def toc_entries(home: Path | None = None) -> list[str]:
    """Return every file of `_toc.yml`, in order, without its ending; a notebook goes by its slug."""
    toc = yaml.safe_load(((home or HOME) / "_toc.yml").read_text(encoding="utf-8"))
    return [toc["root"], *_files(toc["parts"])]


def _files(entries: list[dict[str, Any]]) -> list[str]:
    return [str(file) for e in entries for file in [e.get("file")] * ("file" in e) + _files(e.get("chapters", []) + e.get("sections", []))]


def in_use(log: Path) -> set[str]:
    """Return "place key" of each recorded answer that is used: by a page that ran, or by a prompt that a lesson offers to try.

    Args:
        log: What mode `replay` or `record` noted, one answer a line; it need not exist.
    """
    ran = set(log.read_text(encoding="utf-8").splitlines()) if log.is_file() else set()
    case = read_settings({}).case.name
    offered = ((slug, choice) for slug in slugs() for choice in card(slug).get("try_it", []))
    return ran | {f"{SMALL.name}/{case}/{choice.get('page', slug)}.jsonl {choice['key']}" for slug, choice in offered}


def execute(notebook: nbformat.NotebookNode, folder: Path, **environment: str) -> nbformat.NotebookNode:
    """Run a notebook from top to end in a fresh kernel.

    Args:
        notebook: The notebook; it is changed in place.
        folder: The kernel's working folder.
        **environment: The only settings for the kernel, such as SIDEBYSIDE_MODE="replay".

    Raises:
        nbclient.exceptions.CellExecutionError: If a cell fails.
    """
    client = NotebookClient(notebook, timeout=600, kernel_name="python3", record_timing=False, resources={"metadata": {"path": str(folder)}})
    client.execute(env=plain_environment(**environment))
    return without_scripts(notebook)


def plain_environment(**settings: str) -> dict[str, str]:
    """Return the environment without any setting of the course but those given: what is saved must not hang on a shell.

    Nor may it hang on answers that whoever runs it has kept: a page that is run live asks the model.
    """
    rest = {name: value for name, value in os.environ.items() if not name.startswith("SIDEBYSIDE_")}
    return rest | {"SIDEBYSIDE_KEPT": "none"} | settings


def tidy(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Keep only what a saved page needs, so that the same run gives the same bytes."""
    notebook.metadata = nbformat.from_dict({"kernelspec": KERNEL, "language_info": {"name": "python"}})
    for cell in notebook.cells:
        for trace in ("execution", "lines_to_next_cell"):  # of the run, and of jupytext
            cell.metadata.pop(trace, None)
        close_plumbing(cell)
    return without_scripts(notebook)


def close_plumbing(cell: nbformat.NotebookNode) -> None:
    """Have JupyterLab open a code cell closed if its tag says so, as the site does: it reads its own mark and not the tag."""
    own = {name: value for name, value in cell.metadata.get("jupyter", {}).items() if name != "source_hidden"}
    if cell.cell_type == "code" and HIDDEN in tags_of(cell):
        own["source_hidden"] = True
    cell.metadata.pop("jupyter", None)
    if own:
        cell.metadata["jupyter"] = nbformat.from_dict(own)


def without_scripts(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Take the guess script out of the outputs: the kernel sends it with every box, and the site and JupyterLab bring their own."""
    for output in (output for cell in notebook.cells for output in cell.get("outputs", [])):
        if "text/html" in output.get("data", {}):
            output.data["text/html"] = sanitized(output.data["text/html"])
    return notebook


def sanitized(text: str) -> str:
    """Take out of an output what the file for nbval's sanitizer names."""
    rules = configparser.RawConfigParser()
    rules.read(SANITIZER, encoding="utf-8")
    for name in rules.sections():
        text = re.sub(rules[name]["regex"], rules[name]["replace"], text)
    return text


def save(notebook: nbformat.NotebookNode, path: Path) -> None:
    """Write a notebook in its settled form, all or nothing."""
    draft = path.with_suffix(".draft")
    nbformat.write(tidy(notebook), draft)
    draft.replace(path)


def load(path: Path) -> nbformat.NotebookNode:
    """Read a notebook."""
    notebook: nbformat.NotebookNode = nbformat.read(path, as_version=4)
    return notebook
