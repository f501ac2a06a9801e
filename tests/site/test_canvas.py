"""The opportunity canvas in a real browser: kept, added up, usable by keyboard, and printed as one page however much is written."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

import sidebyside as sbs
from sidebyside.widgets.canvas import MOST

CANVAS = sbs.lesson("team_work").opportunity()
BOXES, LEVELS = len(CANVAS.boxes), 3
Show = Callable[[], Page]


@pytest.fixture(scope="module")
def show(browser: Browser) -> Iterator[Show]:
    """Open the canvas on a page of its own; it may ask no host, and must run without an error."""
    pages, faults = [], []

    def open_page() -> Page:
        page = browser.new_context().new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.route("**/*", lambda route: route.fulfill(content_type="text/html", body=body()))
        page.goto("http://canvas.test/")
        expect(page.locator(".sbs-canvas textarea")).to_have_count(BOXES)
        pages.append(page)
        return page

    yield open_page
    for page in pages:
        page.context.close()
    assert faults == []


def body() -> str:
    return f'<!doctype html><html lang="en"><title>t</title><body><div class="cell_output">{CANVAS._repr_html_()}</div>'


def sheet(page: Page) -> dict[str, float | str]:
    """Press the button, and return what would go to the printer: a headless browser has none."""
    page.evaluate("""() => {
      window.paper = undefined;
      const proto = HTMLIFrameElement.prototype, own = Object.getOwnPropertyDescriptor(proto, "contentWindow");
      Object.defineProperty(proto, "contentWindow", { configurable: true, get() {
        const frame = this, inner = own.get.call(frame);
        inner.print = () => {
          const { body, documentElement: root, title } = inner.document, parts = [...body.querySelectorAll("section")];
          window.paper = { high: frame.clientHeight, bottom: body.lastChild.getBoundingClientRect().bottom, size: +frame.dataset.size,
            wide: root.scrollWidth - inner.innerWidth, text: body.textContent, title, boxes: parts.length, marks: body.querySelectorAll("img").length,
            spills: parts.filter((part) => part.scrollWidth > part.clientWidth || part.scrollHeight > part.clientHeight + 1).length };
        };
        return inner;
      } });
    }""")
    page.get_by_role("button", name="Print as one page").click()
    found: dict[str, float | str] = page.evaluate("window.paper")
    return found


def test_it_is_small() -> None:
    assert len(gzip.compress(CANVAS._repr_html_().encode())) <= 12_000


def test_what_is_written_is_kept_and_added_up(show: Show) -> None:
    page = show()
    page.locator("textarea").first.fill("Sort the letters")
    page.locator("select").first.select_option("2")
    page.locator("select").last.select_option("1")
    result = page.locator(".sbs-result")
    expect(result).to_have_text(f"Written: 1 of {BOXES} boxes. Scored: 2 of {BOXES}. Work next on: {CANVAS.boxes[-1].name}.")
    page.reload()
    expect(page.locator("textarea").first).to_have_value("Sort the letters")
    expect(page.locator("select").first).to_have_value("2")
    for choice in page.locator("select").all():
        choice.select_option(str(LEVELS))
    expect(result).to_have_text(f"Written: 1 of {BOXES} boxes. Your score: {BOXES * LEVELS} of {BOXES * LEVELS}.")


@pytest.mark.parametrize("kept", ["no JSON", "[1]", "null", '{"Task": 3, "Owner": {"text": 5, "level": 99}}', '{"Task": {"level": "2"}}'])
def test_what_another_hand_kept_breaks_nothing(show: Show, kept: str) -> None:
    page = show()
    page.evaluate("(kept) => localStorage.setItem('sbs-canvas:team_work/canvas', kept)", kept)
    page.reload()
    expect(page.locator(".sbs-canvas textarea")).to_have_count(BOXES)
    expect(page.locator(".sbs-result")).to_contain_text(f"Scored: 0 of {BOXES}")


@pytest.mark.parametrize("text", ["", "Sort the letters", "many words " * 40, "Donaudampfschifffahrt" * 20, "line\n" * 80])
def test_it_prints_as_one_page_with_all_that_is_written(show: Show, text: str) -> None:
    page = show()
    for field in page.locator("textarea").all():
        field.fill(text[:MOST])
    found = sheet(page)
    assert found["bottom"] <= found["high"] and found["wide"] <= 0
    assert found["boxes"] == BOXES and found["spills"] == 0 and found["title"] == CANVAS.title
    assert str(found["text"]).count(text[:MOST].strip() or "Level") == (BOXES if text else 0)  # whatever becomes of the lines
    assert found["size"] >= (10 if len(text) < 40 else 5)


def test_what_is_typed_is_never_markup(show: Show) -> None:
    page = show()
    page.locator("textarea").first.fill("<img src=x onerror=alert(1)>")
    assert sheet(page)["marks"] == 0


def test_it_is_emptied_only_when_asked_twice(show: Show) -> None:
    page = show()
    page.locator("textarea").last.fill("Mira")
    page.get_by_role("button", name="Empty all boxes").click()
    expect(page.locator("textarea").last).to_have_value("Mira")
    page.get_by_role("button", name="Press again to empty all boxes").click()
    expect(page.locator("textarea").last).to_have_value("")
    expect(page.locator(".sbs-result")).to_contain_text(f"Written: 0 of {BOXES}")


def test_the_keyboard_alone_suffices_and_jupyterlab_takes_no_key(show: Show) -> None:
    page = show()
    page.keyboard.press("Tab")
    page.keyboard.type("A task")
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    expect(page.locator(".sbs-result")).to_contain_text(f"Written: 1 of {BOXES} boxes. Scored: 1 of {BOXES}")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("details").first).to_have_attribute("open", "")
    assert page.locator(":is(textarea, select, summary, button):not([data-lm-suppress-shortcuts=true])").count() == 0
    assert page.evaluate("[...document.querySelectorAll('textarea, select')].every((control) => control.labels.length === 1)")
