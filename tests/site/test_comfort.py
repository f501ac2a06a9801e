"""What makes reading easy: meanings at hand, marks of one's own, a picture on the first page, and paper."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from docutils.core import publish_doctree
from playwright.sync_api import Page, expect
from sidebyside.book.paper import SHEET
from sidebyside.book.picture import MIME, saved_output
from sidebyside.book.reading import WORDS_A_MINUTE, minutes
from tests.site.browsing import HOME, PAGES, PHONE, Open, with_element

LESSON = "notebooks/side_by_side"
LESSONS = [name for name in PAGES if name.startswith("notebooks/")]
NOTEBOOK = HOME / f"{LESSON}.ipynb"
WORD = "article a[href*='#term-']:not(.headerlink)"


def meaning(page: Page, site: Path) -> str:
    """Return the beginning of the first word's meaning, as the built glossary has it."""
    term = page.locator(WORD).first.get_attribute("href").split("#")[1]
    after = (site / "book" / "glossary.html").read_text(encoding="utf-8").split(f'id="{term}"', 1)[1]
    return re.search(r"<dd><p>([^<]{20,}?)[<.]", after)[1]  # type: ignore[index]


# --- words ----------------------------------------------------------------------------------------------------------


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


# --- marks ----------------------------------------------------------------------------------------------------------


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


# --- the picture ----------------------------------------------------------------------------------------------------


def test_the_first_page_shows_what_a_lesson_has_measured(visit: Open) -> None:
    seen = visit(PAGES[0])
    figure = seen.page.locator(".sbs-figure")
    expect(figure.locator(".sbs-said")).to_have_text(re.compile(re.escape(" ".join(saved_output(NOTEBOOK, "c14", "text/plain").split())), re.I))
    chart = saved_output(NOTEBOOK, "c13", MIME)
    expect(figure.locator(".sbs-picture")).to_have_accessible_name(chart["description"])
    rows = next(iter(chart["datasets"].values()))
    spoken = " ".join(figure.locator("svg [aria-label]").evaluate_all("marks => marks.map(mark => mark.ariaLabel)"))
    assert rows and all(f"{row['score']:.10g}"[:5] in spoken or f"{row['score']:.1%}" in spoken for row in rows), spoken
    assert seen.page.evaluate("typeof vega") == "undefined"


@pytest.mark.parametrize(
    ("cell", "mime", "says"), [("c999", MIME, "has no cell c999"), ("c14", MIME, "shows nothing of the kind"), ("c03", MIME, "shows nothing")]
)
def test_a_picture_that_is_gone_is_a_fault(cell: str, mime: str, says: str) -> None:
    with pytest.raises(LookupError, match=says):
        saved_output(NOTEBOOK, cell, mime)


# --- paper ----------------------------------------------------------------------------------------------------------


# A headless browser has no printer: this stands for it, and notes what it would put on paper.
PRINTER = """window.print = () => {
  dispatchEvent(new Event('beforeprint'));
  window.paper = { theme: document.documentElement.dataset.theme, charts: document.querySelectorAll('.sbs-chart.ready svg').length };
  dispatchEvent(new Event('afterprint'));
};"""


def test_all_charts_are_drawn_before_a_page_is_printed(visit: Open) -> None:
    page = visit(with_element("sbs-chart")[0], theme="dark").page
    page.add_init_script(PRINTER)
    page.reload()
    page.keyboard.press("Control+p")
    page.wait_for_function("window.paper")
    charts = page.locator(".sbs-chart").count()
    assert charts and page.evaluate("window.paper") == {"theme": "light", "charts": charts}
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


def test_paper_has_the_text_and_the_answers_and_nothing_to_press(visit: Open) -> None:
    page = visit(LESSON).page
    page.emulate_media(media="print")
    for part in (".bd-sidebar-primary", ".bd-sidebar-secondary", ".bd-header-article", ".prev-next-footer", ".sbs-veil", ".sbs-end"):
        assert page.locator(part).count() and not page.locator(part).first.is_visible(), part
    assert page.locator("details.quiz > :not(summary)").evaluate_all("parts => parts.every(part => part.checkVisibility())")
    assert page.locator(".sbs-outcome").first.is_visible()


# --- reading time ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", PAGES[1:])
def test_a_page_says_once_how_long_it_takes(name: str, site: Path) -> None:
    html = (site / f"{name}.html").read_text(encoding="utf-8")
    told = re.findall(r"<em>\d+ minutes · |<p class=\"sbs-reading\">About \d+ minutes? to read", html)
    assert len(told) == (SHEET not in html), told


@pytest.mark.parametrize(
    ("text", "expected"), [("one", 1), ("word " * WORDS_A_MINUTE, 1), ("word " * (2 * WORDS_A_MINUTE + 1), 3), ("25 minutes · for all", None)]
)
def test_minutes_are_those_of_the_prose(text: str, expected: int | None) -> None:
    assert minutes(publish_doctree(f"{text}\n\n::\n\n  {'code ' * 900}\n")) == expected
