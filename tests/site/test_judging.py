"""Answers that the reader judges in the page: in a browser, by hand and by keyboard, kept from visit to visit, and added up right."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from playwright.sync_api import Browser, Page, expect

import sidebyside as sbs

OPTIONS = ["right", "dodges", "made up"]
ROWS = [("a?", "Ava", "Ava", "right"), ("b?", "Bo <b>", "", "made up"), ("c?", "Ca", "Co", "made up"), ("d?", "Sorry.", "Di", "dodges")]
WIDGET = sbs.widgets.judging("x/judge", "Is it true?", pd.DataFrame(ROWS, columns=["asked", "answer", "truth", "kind"]), OPTIONS, "a-model")


@pytest.fixture
def page(browser: Browser, tmp_path: Path) -> Iterator[Page]:
    """The widget alone, in a file, so that the browser keeps what is judged."""
    file = tmp_path / "page.html"
    file.write_text(f'<!doctype html><meta charset="utf-8"><html lang="en"><title>t</title><div class="cell_output">{WIDGET._repr_html_()}</div>')
    faults: list[str] = []
    page = browser.new_page()
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(file.as_uri())
    expect(page.get_by_role("button", name="made up")).to_be_visible()
    yield page
    page.close()
    assert faults == []


def press(page: Page, *names: str) -> None:
    for name in names:
        page.get_by_role("button", name=name, exact=True).click()


def told(page: Page) -> str:
    return page.locator(".sbs-result").inner_text()


def test_all_judged_is_added_up_as_the_package_does(page: Page) -> None:
    press(page, "right", "right", "made up", "dodges")
    assert f"agree on {sbs.Rate(3, 4)}" in told(page)
    assert f"you took {sbs.Rate(1, 2)} for “right”" in told(page)
    assert page.locator(".sbs-judge tbody tr").count() == 4
    assert "Bo <b>" in page.locator(".sbs-judge tbody").inner_text()


def test_the_key_comes_last_or_when_it_is_asked_for(page: Page) -> None:
    press(page, "right")
    assert page.locator(".sbs-judge table").count() == 0
    press(page, "Show me the key")
    assert told(page) == "You have judged 1 of 4."
    assert page.locator(".sbs-judge tbody td:last-child").all_inner_texts() == ["right", "–", "–", "–"]


def test_one_can_go_back_and_change_a_verdict(page: Page) -> None:
    press(page, "right", "right")
    assert page.locator(".sbs-judge .sbs-note").inner_text() == "a-model · answer 3 of 4"
    press(page, "One back")
    expect(page.get_by_role("button", name="right", exact=True)).to_have_attribute("aria-pressed", "true")
    press(page, "made up", "made up", "dodges")
    assert f"agree on {sbs.Rate(4, 4)}" in told(page)


def test_verdicts_are_kept_in_the_browser_and_can_be_cleared(page: Page) -> None:
    press(page, "right", "right")
    page.reload()
    expect(page.locator(".sbs-judge .sbs-note")).to_have_text("a-model · answer 3 of 4")
    press(page, "made up", "dodges")
    page.reload()
    expect(page.locator(".sbs-judge .sbs-result")).to_be_visible()
    press(page, "Judge again")
    page.reload()
    expect(page.locator(".sbs-judge .sbs-note")).to_have_text("a-model · answer 1 of 4")


def test_tab_and_enter_are_enough(page: Page) -> None:
    for _ in range(4):  # the first button stays where it is, and keeps the focus
        page.get_by_role("button", name="right", exact=True).focus()
        page.keyboard.press("Enter")
    expect(page.locator(".sbs-judge .sbs-result")).to_be_visible()
    assert page.evaluate("document.activeElement.contains(document.querySelector('.sbs-result'))")
    controls = page.locator(".sbs-judge button")
    assert [control.get_attribute("data-lm-suppress-shortcuts") for control in controls.all()] == ["true"] * controls.count()


def test_a_screen_reader_hears_each_answer(page: Page) -> None:
    press(page, "right")
    expect(page.locator(".sbs-judge [role=status]")).to_have_text("a-model · answer 2 of 4. b? Bo <b>")
