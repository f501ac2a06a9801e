"""JupyterLab as a learner meets it: it begins at Start here, leads on and back, and what was only opened is not marked as changed."""

from __future__ import annotations

import re
from contextlib import suppress

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.labserver import START
from tests.site.browsing import SLOW

FRONT = ".jp-NotebookPanel:not(.lm-mod-hidden)"
LESSON, CHARTED = "meet_the_model", "side_by_side"
QUESTIONS = 4  # that the lesson with charts asks


@pytest.fixture
def page(lab_page: Page) -> Page:
    return lab_page


def follow(page: Page, link: Locator, folder: str) -> None:
    """Click a link, again if need be, since JupyterLab may draw the text anew meanwhile; wait until the lesson's notebook is in front."""
    for patience in (SLOW / 20, SLOW / 6, SLOW):
        link.scroll_into_view_if_needed()
        link.click()
        with suppress(AssertionError):
            expect(page).to_have_url(there(folder, LESSON), timeout=patience)
            break
    in_front(page, folder, LESSON)


def there(folder: str, slug: str) -> re.Pattern[str]:
    return re.compile(rf"/lab/tree/{folder}/(\d\d_)?{slug}\.ipynb$")


def in_front(page: Page, folder: str, slug: str) -> None:
    """Wait until a notebook is in front, with its kernel at rest."""
    expect(page).to_have_url(there(folder, slug))
    expect(page.locator(f"{FRONT} .jp-Notebook-ExecutionIndicator[data-status=idle]")).to_be_attached()


def unchanged(page: Page) -> None:
    """No tab is marked as unsaved; JupyterLab would have done so before it was at rest."""
    expect(page.locator(".jp-mod-dirty")).to_have_count(0)


def test_from_start_here_to_a_lesson_its_exercise_its_solution_and_back(page: Page) -> None:
    page.goto("/")
    expect(page).to_have_url(re.compile(rf"/lab/tree/{START}$"))
    follow(page, page.locator(".jp-MarkdownViewer a").first, "notebooks")
    follow(page, page.locator(f"{FRONT} a", has_text="The exercises of this lesson"), "exercises")
    box = page.locator(f"{FRONT} .myst details", has_text="Tried it?")
    expect(box.locator("a")).to_be_hidden()
    box.locator("summary").click()
    follow(page, box.locator("a"), "solutions")
    follow(page, page.locator(f"{FRONT} li", has_text="Back to the lesson").locator("a"), "notebooks")
    expect(page.locator(".lm-DockPanel-tabBar .lm-TabBar-tab")).to_have_count(4)  # the lesson came back to the front: no second copy
    unchanged(page)


def test_a_lesson_with_charts_that_was_only_opened_is_unchanged_and_its_text_begins_on_the_left(page: Page) -> None:
    page.goto(f"/lab/tree/notebooks/{CHARTED}.ipynb?reset")
    in_front(page, "notebooks", CHARTED)
    for _ in range(QUESTIONS):  # else the charts wait for guesses
        page.locator(f"{FRONT} .sbs-veil button >> visible=true").first.click()
    chart = page.locator(f"{FRONT} .jp-RenderedVegaCommon5 svg, {FRONT} .jp-RenderedVegaCommon5 canvas").first
    chart.scroll_into_view_if_needed()
    expect(chart).to_be_visible()
    table = page.locator(f"{FRONT} table.sbs-table").first
    table.scroll_into_view_if_needed()
    assert set(table.locator("th, td").evaluate_all("cells => cells.map((cell) => getComputedStyle(cell).textAlign)")) <= {"left", "start"}
    unchanged(page)
    expect(page.locator(f"{FRONT} .jp-CodeCell:has(.sbs-predict) .jp-Cell-inputWrapper .jp-Placeholder").first).to_be_attached()  # plumbing is closed


def test_a_learner_sees_no_menu_of_nbgrader(page: Page) -> None:
    page.goto("/lab?reset")
    expect(page.get_by_role("menuitem", name="Help", exact=True)).to_be_visible()
    expect(page.get_by_role("menuitem", name="Nbgrader")).to_have_count(0)
