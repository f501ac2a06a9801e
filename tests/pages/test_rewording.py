"""Rewording a heading breaks nothing: rules and slides go by tags, in every lesson."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
import pytest

from sidebyside.grammar import part_of
from tests.pages.helpers import Page
from tests.pages.rules import parts_follow_the_page_grammar, quiz_items_explain_every_option, rounds_are_whole, words_link_to_the_glossary
from tools import deck
from tools.pages import load, pages

LESSONS = pages(("notebooks",))
each_lesson = pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)


def reworded(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Give every heading, and every bold opening of a part, other words."""
    for number, cell in enumerate(notebook.cells):
        if cell.cell_type == "markdown":
            cell.source = re.sub(r"^(#+) .+$", rf"\1 Überschrift {number}", cell.source, flags=re.M)
            if part_of(cell):
                cell.source = re.sub(r"\A\*\*[^*\d][^*\n]*\*\*", "**Anders gesagt.**", cell.source)
    return notebook


def cut(notebook: nbformat.NotebookNode) -> list[tuple[str, str]]:
    """Return where the slides of a lesson begin, and of what kind each is."""
    cells = deck.as_slides(notebook, "").cells
    return [(cell.id, cell.metadata.slide_kind) for cell in cells if cell.metadata.get("slideshow", {}).get("slide_type") == "slide"]


@each_lesson
def test_slides_begin_where_they_did(path: Path) -> None:
    before, after = cut(load(path)), cut(reworded(load(path)))
    assert after == before
    assert {"title", "goals", "predict", "happened", "change", "question", "section"} <= {kind for _, kind in after}


@each_lesson
def test_page_rules_find_what_they_did(path: Path, tmp_path: Path) -> None:
    nbformat.write(reworded(load(path)), tmp_path / path.name)
    page = Page(tmp_path / path.name)
    rules = (parts_follow_the_page_grammar, rounds_are_whole, quiz_items_explain_every_option, words_link_to_the_glossary)
    assert [fault for rule in rules for fault in rule(page)] == []


def test_without_its_tag_a_part_is_lost(tmp_path: Path) -> None:
    notebook = load(LESSONS[0])
    before = cut(load(LESSONS[0]))
    for cell in notebook.cells:
        cell.metadata.pop("tags", None)
    assert cut(notebook) != before
