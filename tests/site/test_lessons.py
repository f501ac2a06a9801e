"""Lists of lessons that nobody keeps, and the instructor's notes: in the order of `_toc.yml`, under the lessons' own titles."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from sidebyside import grammar
from tests.site.browsing import HOME, LESSONS
from tools.pages import load, notebook


def title(name: str) -> str:
    return load(notebook(name)).cells[0].source.splitlines()[0].removeprefix("# ")


def page(site: Path, name: str) -> BeautifulSoup:
    return BeautifulSoup((site / "book" / "instructor" / f"{name}.html").read_text(encoding="utf-8"), "lxml")


def test_each_lesson_has_its_notes_and_its_slides(site: Path) -> None:
    notes, slides = page(site, "notes"), page(site, "slides")
    heads = [head.get_text().removesuffix("#") for head in notes.select("article h2")]
    links = [link.get_text() for link in slides.select("article td:first-child a")]
    assert heads == links == [title(name) for name in LESSONS]


def test_each_lesson_has_a_box_on_the_record(site: Path) -> None:
    rows = [[cell.get_text().strip() for cell in row.select("td")] for row in page(site, "completion-record").select("table")[0].select("tr")]
    columns = [cell for column in zip(*rows[1:], strict=True) for cell in column if cell]
    assert [cell.removeprefix("☐ ") for cell in columns if cell.startswith("☐")] == [title(name).split(": ")[0] for name in LESSONS]
    assert [cell for cell in columns if not cell.startswith("☐")] == ["other pages:", "exercises:"]


@pytest.mark.parametrize("name", LESSONS)
def test_the_notes_name_every_round(name: str) -> None:
    """A round opens with a guess; its heading is the last one above it."""
    notes = (HOME / "lessons" / Path(name).name / "notes.md").read_text(encoding="utf-8")
    table = notes.partition("**Misunderstanding:**")[0]
    heading, rounds = "", []
    for cell in load(notebook(name)).cells:
        heading = (re.findall(r"^## (.+)$", cell.source, re.M) or [heading])[-1] if cell.cell_type == "markdown" else heading
        rounds += [heading] * (grammar.PREDICT.tag in grammar.tags_of(cell))
    assert rounds and [each for each in rounds if f"| {each}" not in table] == []


@pytest.mark.parametrize("name", LESSONS)
def test_notes_begin_with_minutes_and_idea_and_end_with_a_bridge(name: str) -> None:
    notes = (HOME / "lessons" / Path(name).name / "notes.md").read_text(encoding="utf-8")
    assert re.match(r"\d+ minutes · \*\*The idea:\*\* ", notes)
    assert notes.strip().splitlines()[-1].startswith("**Bridge:** ")
