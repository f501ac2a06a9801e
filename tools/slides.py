"""Make slides of every lesson, in `_build/html/slides`: the very cells and outputs, cut where a presenter stops.

Usage: python -m tools.slides    (after `make book`, whose scripts and style sheets the slides use)
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

import nbformat
from nbconvert.exporters import SlidesExporter
from traitlets.config import Config

from tools.deck import as_slides, plain
from tools.pages import HOME, load, pages

SITE = HOME / "_build" / "html"
SETTINGS = Config(
    TemplateExporter={"extra_template_basedirs": [str(HOME / "tools")], "template_name": "slides"},
    TagRemovePreprocessor={"enabled": True, "remove_input_tags": {"hide-input"}},
)


def title(notebook: nbformat.NotebookNode) -> str:
    """Return a lesson's title."""
    return str(notebook.cells[0].source.splitlines()[0].removeprefix("# "))


def notes(path: Path) -> str:
    """Return what the instructor's notes tell the speaker about a lesson: their section that names it."""
    sections = re.split(r"^## .*$", (HOME / "book" / "instructor" / "notes.md").read_text(encoding="utf-8"), flags=re.M)
    text = next((section for section in sections if f"/{path.name}) · " in section), "").strip()
    text = re.sub(r"\]\(([\w-]+)\.md", r"](../book/instructor/\1.html", text.replace("](../../notebooks/", "]("))
    return plain(re.sub(r"^\[\]\([^)]*\) · ", "", text))


def deck(path: Path) -> str:
    """Return a lesson as an HTML page of slides."""
    notebook = load(path)
    notebook.metadata |= {"title": title(notebook), "lesson": f"../notebooks/{path.stem}.html"}
    page: str = SlidesExporter(config=SETTINGS).from_notebook_node(as_slides(notebook, notes(path)))[0]
    return page


def main() -> None:
    """Write every deck."""
    if not (SITE / "index.html").is_file():
        sys.exit("The site is not built, and the slides use its scripts. Run: make book")
    target = SITE / "slides"
    target.mkdir(exist_ok=True)
    for path in pages(("notebooks",)):
        (target / f"{path.stem}.html").write_text(deck(path), encoding="utf-8")
    print(f"{len(pages(('notebooks',)))} decks of slides are in {target.relative_to(HOME)}.")


if __name__ == "__main__":
    main()
