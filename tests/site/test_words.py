"""Meanings of the glossary's words, where they stand: under the pointer, at the keyboard's place, at a tap."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.site.browsing import PHONE, Open

LESSON = "notebooks/side_by_side"
WORD = "article a[href*='#term-']:not(.headerlink)"


def meaning(page: Page, site: Path) -> str:
    """Return the beginning of the first word's meaning, as the built glossary has it."""
    term = page.locator(WORD).first.get_attribute("href").split("#")[1]
    after = (site / "book" / "glossary.html").read_text(encoding="utf-8").split(f'id="{term}"', 1)[1]
    return re.search(r"<dd><p>([^<]{20,}?)[<.]", after)[1]  # type: ignore[index]


def test_a_word_shows_its_meaning_under_the_pointer_and_to_the_keyboard(site: Path, visit: Open) -> None:
    seen = visit(LESSON)
    word, card = seen.page.locator(WORD).first, seen.page.get_by_role("tooltip")
    word.hover()
    expect(card).to_contain_text(meaning(seen.page, site))
    card.hover()
    seen.page.wait_for_timeout(400)
    expect(card).to_be_visible()
    seen.page.mouse.move(5, 5)
    expect(card).to_be_hidden()
    word.focus()
    seen.page.keyboard.press("Shift+Tab")
    seen.page.keyboard.press("Tab")
    expect(card).to_be_visible()
    expect(word).to_have_accessible_description(card.inner_text())
    seen.page.keyboard.press("Escape")
    expect(card).to_be_hidden()
    assert seen.faults == []


def test_a_tap_shows_a_meaning_and_a_second_one_follows_the_link(site: Path, visit: Open) -> None:
    seen = visit(LESSON, viewport=PHONE, has_touch=True)
    word, card = seen.page.locator(WORD).first, seen.page.get_by_role("tooltip")
    word.tap()
    expect(card).to_contain_text(meaning(seen.page, site))
    box = card.bounding_box()
    assert box and box["x"] >= 0 and box["x"] + box["width"] <= PHONE["width"], "out of sight"
    word.tap()
    seen.page.wait_for_url("**/book/glossary.html#term-*")


def test_the_glossary_explains_its_own_words(visit: Open) -> None:
    seen = visit("book/glossary")
    seen.page.locator(WORD).first.hover()
    expect(seen.page.get_by_role("tooltip")).to_be_visible()
    assert seen.page.evaluate("performance.getEntriesByType('resource').filter(e => e.initiatorType === 'fetch').length") == 0
