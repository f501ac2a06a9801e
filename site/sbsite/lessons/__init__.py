"""All lessons, in the order of `_toc.yml`: lists that nobody has to keep, and the instructor's notes on each.

| directive | what it shows |
|---|---|
| `lesson-notes` | `lessons/<slug>/notes.md` of each lesson, under its title |
| `lesson-slides` | a table of the lessons with their slides |
| `lesson-boxes` | a table with a box to tick for each lesson, one column a part of the course |

Links in a `notes.md` lead from where it lies, such as `../../notebooks/hallucination.ipynb`; the page of all notes lies as deep.
"""

from __future__ import annotations

import json
from functools import cache
from itertools import zip_longest
from pathlib import Path
from typing import ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from docutils.statemachine import StringList
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError
from sphinx.util.docutils import SphinxDirective

from sidebyside.lessons import folder

FOLDER = "notebooks/"


def by_part(app: Sphinx) -> dict[str, list[str]]:
    """Return the slugs of the lessons under the title of each part of the course that has some."""
    trees = app.config.external_site_map.root.subtrees
    found = {tree.caption or "": [str(item).removeprefix(FOLDER) for item in tree.items if str(item).startswith(FOLDER)] for tree in trees}
    return {caption: slugs for caption, slugs in found.items() if slugs}


@cache
def title(page: Path) -> str:
    """Return the first heading of a page, notebook or Markdown.

    Args:
        page: Its path without ending.

    Raises:
        ExtensionError: There is no such page.
    """
    notebook, text = page.with_suffix(".ipynb"), page.with_suffix(".md")
    if notebook.is_file():
        source = "".join(json.loads(notebook.read_text(encoding="utf-8"))["cells"][0]["source"])
    elif text.is_file():
        source = text.read_text(encoding="utf-8")
    else:
        raise ExtensionError(f"There is no page {page}: neither a notebook nor Markdown. Correct the name where it is listed.")
    return next(line for line in source.splitlines() if line.startswith("# ")).removeprefix("# ").strip()


class LessonDirective(SphinxDirective):
    """What the directives share: the lessons, and Markdown that becomes part of the page."""

    @property
    def slugs(self) -> list[str]:
        """All lessons, in order."""
        return [slug for slugs in by_part(self.env.app).values() for slug in slugs]

    def title(self, slug: str) -> str:
        """Return a lesson's title."""
        return title(Path(self.env.srcdir) / FOLDER / slug)

    def parse(self, text: str, into: nodes.Element) -> nodes.Element:
        """Add what a text in Markdown says to an element, and return it."""
        self.state.nested_parse(StringList(text.splitlines(), source=self.get_source_info()[0]), self.content_offset, into)
        return into


class LessonNotes(LessonDirective):
    """Shows the instructor's notes on each lesson."""

    def run(self) -> list[nodes.Node]:
        """Return a section a lesson."""
        return [self.section(slug) for slug in self.slugs]

    def section(self, slug: str) -> nodes.section:
        """Return the notes on a lesson under its title; they begin with a link to it."""
        file, name = folder(slug) / "notes.md", self.title(slug)
        self.env.note_dependency(str(file))
        section = nodes.section("", nodes.title("", name), names=[nodes.fully_normalize_name(name)])
        self.state.document.note_implicit_target(section, section)
        self.parse(f"[](/{FOLDER}{slug}.ipynb) · {file.read_text(encoding='utf-8')}", section)
        return section


class LessonSlides(LessonDirective):
    """Shows where each lesson's slides are."""

    def run(self) -> list[nodes.Node]:
        """Return a table; slides are no pages of the book, so their links are plain HTML."""
        rows = [f'| [](/{FOLDER}{slug}.ipynb) | <a href="../../slides/{slug}.html">Open the slides</a> |' for slug in self.slugs]
        return self.parse("\n".join(["| lesson | slides |", "|---|---|", *rows]), nodes.Element()).children


class LessonBoxes(LessonDirective):
    """Shows a box to tick for each lesson; below the first and the last column is room for something else."""

    option_spec: ClassVar = {"first": directives.unchanged, "last": directives.unchanged}

    def run(self) -> list[nodes.Node]:
        """Return a table with a column for each part of the course; a lesson goes by its term, so that all of them fit on a sheet."""
        parts = by_part(self.env.app)
        columns = [[f"☐ {self.title(slug).split(': ')[0]}" for slug in slugs] for slugs in parts.values()]
        columns[0].append(self.options.get("first", ""))
        columns[-1].append(self.options.get("last", ""))
        rows = [list(parts), ["---"] * len(parts), *zip_longest(*columns, fillvalue="")]
        return self.parse("\n".join(f"| {' | '.join(row)} |" for row in rows), nodes.Element()).children


def setup(app: Sphinx) -> None:
    """Register with Sphinx."""
    app.add_directive("lesson-notes", LessonNotes)
    app.add_directive("lesson-slides", LessonSlides)
    app.add_directive("lesson-boxes", LessonBoxes)
