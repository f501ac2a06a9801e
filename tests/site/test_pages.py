"""Every page of the site, visited once: the tests of a page follow each other in one browser profile, in the order of this file.

Each also does alone, since it brings the page into the state that it needs, or visits it anew.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.site.browsing import (
    DESK,
    FIRST_VISIT,
    HOME,
    LESSONS,
    PHONE,
    Tab,
    draw_charts,
    each_lesson,
    each_page,
    predictions,
    show_all,
    with_element,
)
from tests.site.test_access import faults, opened
from tests.site.test_switch import assert_light

FONTS = "performance.getEntriesByType('resource').map(entry => entry.name).filter(name => /\\.(woff2?|ttf)$/.test(name))"
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
SWITCHED = [name for name in LESSONS if any((HOME / "outputs").glob(f"*/{Path(name).name}.json"))]


@each_page
def test_a_page_is_whole_on_a_desk_and_on_a_phone(name: str, stay: Tab) -> None:
    seen = stay(name)
    show_all(seen.page)
    for chart in draw_charts(seen.page):
        assert chart.get_attribute("aria-label"), "a chart without a description"
    assert seen.page.evaluate("[...document.images].filter(i => i.complete && !i.naturalWidth).map(i => i.src)") == []
    assert seen.page.evaluate(OVERFLOW) <= 0
    assert seen.received <= FIRST_VISIT, "heavy"
    assert seen.page.evaluate(FONTS) == []
    seen.page.set_viewport_size(PHONE)
    for chart in draw_charts(seen.page):
        expect(chart.locator("svg")).to_have_js_property("clientWidth", chart.evaluate("e => e.clientWidth"))
    assert seen.page.evaluate(OVERFLOW) <= 0, "wider than a phone"
    assert seen.faults == []


@each_page
def test_axe_finds_no_fault(name: str, stay: Tab) -> None:
    page = stay(name).page
    page.set_viewport_size(DESK)
    page.emulate_media(reduced_motion="reduce")
    opened(stay(name))
    assert {theme: faults(page, theme) for theme in ("light", "dark")} == {"light": [], "dark": []}


@each_lesson
def test_a_result_opens_when_the_reader_has_guessed(name: str, stay: Tab) -> None:
    seen = stay.anew(name)
    for question, outcome in predictions(seen.page):
        expect(outcome).to_be_hidden()
        option = question.locator("label").last
        option.click()
        expect(outcome).to_be_visible()
        expect(outcome.locator(".sbs-guess")).to_contain_text(f"Your guess: {option.inner_text().strip()}")
    expect(seen.page.locator(".sbs-veil")).to_have_count(0)
    seen.page.reload()
    for question, outcome in predictions(seen.page):
        expect(question.locator("input").last).to_be_checked()
        expect(outcome).to_be_visible()
    assert seen.faults == []


@pytest.mark.parametrize("name", SWITCHED)
def test_other_outputs_are_light(name: str, stay: Tab) -> None:
    assert_light(stay(name))


def test_every_lesson_asks_and_those_with_other_outputs_have_a_switch(site: Path) -> None:
    assert set(with_element("sbs-predict")) == set(LESSONS)
    assert set(with_element("sbs-switch")) == set(SWITCHED)
