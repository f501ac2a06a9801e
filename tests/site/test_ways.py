"""The ways on at the end of a page of the site, and the worked answers of an exercise: there, closed, and leading somewhere."""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import urljoin

import pytest
from bs4 import BeautifulSoup, Tag
from playwright.sync_api import expect

from sbsite.ways import answers
from sidebyside.grammar import NEXT
from tests.site.browsing import LESSONS, PAGES, PHONE, Open
from tools.pages import load, notebook

EXERCISES = [name for name in PAGES if name.startswith("exercises/")]


def soup(site: Path, name: str) -> BeautifulSoup:
    return BeautifulSoup((site / f"{name}.html").read_text(encoding="utf-8"), "html.parser")


def links(part: Tag, name: str) -> list[str]:
    """Return the pages that a part of a page leads to."""
    return [urljoin(name, str(link["href"])).split("#")[0].removesuffix(".html") for link in part.select("a[href]")]


@pytest.mark.parametrize("name", LESSONS + EXERCISES)
def test_a_page_leads_on_and_back_and_the_theme_s_own_links_are_gone(name: str, site: Path) -> None:
    page = soup(site, name)
    (ways,) = page.select(f"div.sbs-{NEXT.tag}")
    slug = name.split("/")[1]
    after = LESSONS[LESSONS.index(f"notebooks/{slug}") + 1 :][:1]
    other = f"exercises/{slug}" if name in LESSONS else f"notebooks/{slug}"
    found = links(ways, name)
    assert found == [other, *after, "book/start-here", *([other] if name in LESSONS else [])]
    assert all((site / f"{link}.html").is_file() for link in found), "a way that leads nowhere"
    assert not page.select(".prev-next-area a")


def test_pages_without_ways_of_their_own_keep_the_theme_s(site: Path) -> None:
    assert len(soup(site, "book/case").select(".prev-next-area a")) == 2


@pytest.mark.parametrize("name", LESSONS)
def test_a_lesson_s_solution_is_behind_a_closed_box_and_leads_to_its_exercise(name: str, site: Path) -> None:
    (box,) = soup(site, name).select(f"div.sbs-{NEXT.tag} details")
    assert "open" not in box.attrs
    assert links(box, name) == [f"exercises/{Path(name).name}"]


@pytest.mark.parametrize("name", EXERCISES)
def test_each_task_has_its_worked_answer_closed_below_it(name: str, site: Path) -> None:
    worked = answers(notebook(f"solutions/{Path(name).name}"))
    boxes = soup(site, name).select("details.sbs-worked")
    tasks = [cell for cell in load(notebook(name)).cells if cell.metadata.get("nbgrader", {}).get("solution")]
    assert len(boxes) == len(worked) == len([cell for cell in tasks if cell.cell_type == "code"]) > 0
    assert all("open" not in box.attrs for box in boxes)
    for box, text in zip(boxes, worked.values(), strict=True):
        (code,) = box.select("pre")
        assert code.get_text().strip() == text.strip()


def test_an_answer_is_what_stands_between_the_marks(tmp_path: Path) -> None:
    source = "def f():\n    ### BEGIN SOLUTION\n    if True:\n        return 1\n    ### END SOLUTION\n    return ..."
    marked = [{"metadata": {"nbgrader": {"grade_id": name}}, "source": text} for name, text in (("a", source), ("b", "1"))]
    cells = [*marked, {"metadata": {}, "source": "2"}]
    (tmp_path / "page.ipynb").write_text(json.dumps({"cells": cells}), encoding="utf-8")
    assert answers(tmp_path / "page.ipynb") == {"a": "if True:\n    return 1"}


def test_from_start_here_through_a_lesson_to_its_exercise_and_back_on_a_phone(visit: Open) -> None:
    seen = visit("book/start-here", viewport=PHONE)
    seen.page.locator("article a").filter(has_text="Begin").click()
    lesson = seen.page.url
    assert lesson.endswith(f"{LESSONS[0]}.html")
    card = seen.page.locator(f"div.sbs-{NEXT.tag} li").first
    card.click(position={"x": 5, "y": 5})  # the whole card leads on
    expect(seen.page.locator("details.sbs-worked").first).to_be_visible()
    expect(seen.page.locator("details.sbs-worked pre").first).to_be_hidden()
    seen.page.locator("details.sbs-worked summary").first.click()
    expect(seen.page.locator("details.sbs-worked pre").first).to_be_visible()
    seen.page.locator(f"div.sbs-{NEXT.tag} a").first.click()
    expect(seen.page).to_have_url(lesson)
    assert seen.faults == []
