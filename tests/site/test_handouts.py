"""Handouts and the completion record: one sheet of A4 each, as Chromium prints them; and the pages for teachers are whole."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from playwright.sync_api import Page

from sidebyside.evaluation import Rate
from tests.site import browsing
from tests.site.browsing import HOME, Open, Tab

FOLDER = HOME / "book" / "instructor"
PAGES = sorted(f"book/instructor/{path.stem}" for path in FOLDER.glob("*.md"))
SHEETS = [page for page in PAGES if "sbs-handout" in (HOME / f"{page}.md").read_text(encoding="utf-8")]
A4 = (595, 842)  # points


def sheets(page: Page) -> list[tuple[int, int]]:
    """Print a page and return the size of each sheet, in points."""
    raw = page.pdf(prefer_css_page_size=True).decode("latin-1")
    boxes = re.findall(r"/Type\s*/Page\b(?!s).*?/MediaBox\s*\[0 0 ([\d.]+) ([\d.]+)\]", raw, re.S)
    return [(round(float(width)), round(float(height))) for width, height in boxes]


def test_there_are_handouts() -> None:
    assert len(SHEETS) >= 7


@pytest.mark.parametrize("name", SHEETS)
def test_a_handout_is_one_sheet(name: str, stay: Tab) -> None:
    assert sheets(stay(name).page) == [A4]


def test_a_longer_page_is_seen_to_be_longer(visit: Open) -> None:
    assert len(sheets(visit("book/instructor/notes").page)) > 3


@pytest.mark.parametrize("name", SHEETS)
def test_the_sheet_shows_its_title_and_its_foot_and_not_the_frame(name: str, stay: Tab) -> None:
    page = stay(name).page
    page.emulate_media(media="print")
    frame = page.locator(":is(.bd-sidebar-primary, .bd-header-article, .prev-next-footer):visible")
    shown = page.locator("h1:visible").count(), page.locator(".sbs-handout .foot").is_visible(), frame.count()
    page.emulate_media(media="null")
    assert shown == (1, True, 0)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_for_teachers_is_in_the_contents_and_each_column_of_it_has_a_head(name: str, site: Path) -> None:
    """What else makes a page whole, `test_pages` sees on every page that is in the contents."""
    assert name in browsing.PAGES
    heads = BeautifulSoup((site / f"{name}.html").read_text(encoding="utf-8"), "lxml").select("th")
    assert [head for head in heads if not head.get_text().strip()] == []


def test_the_table_of_intervals_is_computed(visit: Open) -> None:
    rows = visit("book/instructor/handout-score").page.locator("table").last.locator("tbody tr").all_inner_texts()
    rates = [Rate(round(0.8 * n), n) for n in (10, 30, 100, 300, 1000)]
    wanted = [[f"{rate.successes} of {rate.n}", *(f"{bound:.0%}" for bound in rate.interval)] for rate in rates]
    assert [re.split(r"\s*\t\s*|\n+", row.strip()) for row in rows] == wanted


def clock(text: str) -> int:
    """Return a time such as "14:05", or minutes alone, in minutes."""
    hours, _, minutes = text.rpartition(":")
    return 60 * int(hours or 0) + int(minutes)


@pytest.mark.parametrize("sheet", sorted(FOLDER.glob("run-sheet-*.md")), ids=lambda path: path.stem)
def test_the_minutes_of_a_run_sheet_add_up(sheet: Path) -> None:
    rows = re.findall(r"^\| (\d+(?::\d\d)?) \| (\d+) \|", sheet.read_text(encoding="utf-8"), re.M)
    ends = [clock(start) + int(minutes) for start, minutes in rows]
    assert len(rows) >= 10
    assert [end for end, (start, _) in zip(ends, rows[1:], strict=False) if end != clock(start)] == []
