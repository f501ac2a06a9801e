"""Marks of one's own: pages opened and done, counted, and forgotten on demand."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.site.browsing import LESSONS, PAGES, Open

LESSON = "notebooks/side_by_side"


def test_pages_opened_and_done_are_marked_and_counted(visit: Open) -> None:
    seen = visit(LESSONS[0])
    here = seen.page.locator(".bd-docs-nav .current > a .sbs-mark")
    expect(here).to_have_attribute("aria-label", "visited")
    seen.page.get_by_role("button", name="Mark this page as done").click()
    expect(here).to_have_attribute("aria-label", "done")
    seen.page.goto(seen.page.url.replace(LESSONS[0], PAGES[0]))
    summary = seen.page.locator(".sbs-progress")
    expect(summary).to_contain_text(f"1 of {len(LESSONS)} lessons done")
    expect(summary.get_by_role("link")).to_have_attribute("href", re.compile(LESSONS[1]))
    expect(summary.get_by_role("progressbar")).to_have_js_property("value", 1)
    assert seen.faults == []


def test_a_mark_can_be_taken_off(visit: Open) -> None:
    page = visit(LESSONS[0]).page
    page.get_by_role("button", name="Mark this page as done").click()
    page.get_by_role("button", name="Take the mark off").click()
    expect(page.locator(".bd-docs-nav .current > a .sbs-mark")).to_have_attribute("aria-label", "visited")


def test_everything_is_forgotten_on_demand(visit: Open) -> None:
    page = visit(LESSON).page
    page.locator(".sbs-predict label").first.click()
    page.goto(page.url.replace(LESSON, PAGES[0]))
    page.get_by_role("button", name="Forget my marks and guesses").click()
    expect(page.locator(".sbs-mark")).to_have_count(0)
    assert page.evaluate("Object.keys(localStorage).filter(key => key.startsWith('sbs'))") == []
    page.goto(page.url.replace(PAGES[0], LESSON))
    assert page.locator(".sbs-predict input:checked").count() == 0
