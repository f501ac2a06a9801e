"""Make slides of every lesson, in `_build/html/slides`: the very cells and outputs, cut where a presenter stops.

Usage: python -m tools.slides    (after `make book`, whose scripts and style sheets the slides use)
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from nbconvert.exporters import SlidesExporter
from traitlets.config import Config

from tools.deck import as_slides, plain
from tools.pages import HOME, load, notebook, toc_entries

SITE = HOME / "_build" / "html"
SETTINGS = Config(
    TemplateExporter={"extra_template_basedirs": [str(HOME / "site" / "sbsite")], "template_name": "slides"},
    TagRemovePreprocessor={"enabled": True, "remove_input_tags": {"hide-input"}},
)
LINK = re.compile(r"\[([^\]]*)\]\(\.\./\.\./notebooks/(\w+)\.ipynb")


def lessons() -> list[str]:
    """Return the slugs of all lessons, in order."""
    return [Path(entry).name for entry in toc_entries() if entry.startswith("notebooks/")]


def title(slug: str) -> str:
    """Return a lesson's title."""
    source: str = load(notebook(f"notebooks/{slug}")).cells[0].source
    return source.splitlines()[0].removeprefix("# ")


def notes(slug: str) -> str:
    """Return what the instructor's notes tell the speaker about a lesson; a link without words gets the title of its lesson."""
    text = (HOME / "lessons" / slug / "notes.md").read_text(encoding="utf-8")
    named = LINK.sub(lambda link: f"[{link[1] or title(link[2])}]({link[2]}.ipynb", text)
    return plain(named.replace("](../../", "](../"))


def deck(slug: str) -> str:
    """Return a lesson as an HTML page of slides."""
    lesson = load(notebook(f"notebooks/{slug}"))
    lesson.metadata |= {"title": title(slug), "lesson": f"../notebooks/{slug}.html"}
    page: str = SlidesExporter(config=SETTINGS).from_notebook_node(as_slides(lesson, notes(slug)))[0]
    return page


def main() -> None:
    """Write every deck."""
    if not (SITE / "index.html").is_file():
        sys.exit("The site is not built, and the slides use its scripts. Run: make book")
    target = SITE / "slides"
    target.mkdir(exist_ok=True)
    for slug in lessons():
        (target / f"{slug}.html").write_text(deck(slug), encoding="utf-8")
    print(f"{len(lessons())} decks of slides are in {target.relative_to(HOME)}.")


if __name__ == "__main__":
    main()
