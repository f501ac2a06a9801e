"""The built site in a real browser with the network cut off: whole pages, charts, predictions, questions."""

from __future__ import annotations

import re
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urldefrag

import pytest
from browsing import FIRST_VISIT, HOME, PAGES, PHONE, SITE, Open, Visit, draw_charts, each_page, show_all, with_element
from playwright.sync_api import Locator, expect

from sidebyside.charts import COLOURS

LOADED_FROM_ELSEWHERE = re.compile(r"<(?:script|link|img|iframe|source)\b[^>]*?\b(?:src|href)=[\"'](?:https?:)?//[^\"']*", re.I)
ADDRESS = re.compile(r"""url\(\s*["']?([^"')]+)""")
FONTS = "performance.getEntriesByType('resource').map(entry => entry.name).filter(name => /\\.(woff2?|ttf)$/.test(name))"
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


class Attributes(HTMLParser):
    """Collects where a page points to, and the places in it that others may point to."""

    def __init__(self, file: Path) -> None:
        super().__init__()
        self.links: set[str] = set()
        self.anchors: set[str] = set()
        self.feed(file.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.links |= {value for name, value in attrs if name in ("href", "src") and value}
        self.anchors |= {value for name, value in attrs if name == "id" and value}


attributes = cache(Attributes)


def broken(page: Path, link: str) -> bool:
    """Say whether a link of a page leads to no file, or to no place in it."""
    path, fragment = urldefrag(link)
    target = (page.parent / unquote(path.split("?")[0])).resolve() if path else page
    if not target.is_file() or not target.is_relative_to(SITE):
        return True
    return bool(fragment) and target.suffix == ".html" and unquote(fragment) not in attributes(target).anchors


# --- whole pages ----------------------------------------------------------------------------------------------------


@each_page
def test_a_page_is_whole_on_a_desk_and_on_a_phone(name: str, visit: Open) -> None:
    seen = visit(name)
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
def test_links_lead_somewhere(name: str, site: Path) -> None:
    page = site / f"{name}.html"
    inside = {link for link in attributes(page).links if not re.match(r"[a-z][a-z+.-]*:|//", link) and link != "#"}
    assert inside, "a page without a link"
    assert [link for link in sorted(inside) if broken(page, link)] == []


def test_nothing_is_loaded_from_another_host(site: Path) -> None:
    found = {match[0] for file in site.rglob("*.html") for match in LOADED_FROM_ELSEWHERE.finditer(file.read_text(encoding="utf-8"))}
    assert found == set()


def test_style_sheets_lead_somewhere(site: Path) -> None:
    """Also the addresses in a style sheet must lead to files of this site."""
    found = {(file, target) for file in site.rglob("_static/**/*.css") for target in ADDRESS.findall(file.read_text(encoding="utf-8"))}
    assert found
    wrong = [f"{file.name}: {target}" for file, target in found if not target.startswith("data:") and broken(file, target)]
    assert wrong == []


def test_the_search_works_without_a_network(visit: Open) -> None:
    seen = visit("search")
    seen.page.goto(seen.page.url + "?q=temperature")
    expect(seen.page.locator("#search-results li").first).to_be_visible()
    assert seen.faults == []


def test_the_front_door_leads_to_the_start_page(visit: Open) -> None:
    seen = visit("index")
    seen.page.wait_for_url(f"**/{PAGES[0]}.html")
    expect(seen.page.locator(".sbs-doors .sd-card")).to_have_count(3)


def test_the_mark_has_the_colours_of_the_charts() -> None:
    mark = (HOME / "assets" / "mark.svg").read_text(encoding="utf-8")
    assert re.findall(r'fill="(#\w+)"', mark) == [COLOURS["ML"], COLOURS["GenAI"]]


# --- charts ---------------------------------------------------------------------------------------------------------


def test_charts_wait_until_they_are_near(site: Path, visit: Open) -> None:
    seen = visit(with_element("sbs-chart")[0])
    assert seen.page.evaluate("typeof vegaEmbed") == "undefined", "the chart scripts are loaded at once"
    show_all(seen.page)
    assert list(draw_charts(seen.page))


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_letters_of_charts_can_be_read(theme: str, site: Path, visit: Open) -> None:
    seen = visit(with_element("sbs-chart")[0])
    seen.page.evaluate("theme => { document.documentElement.dataset.theme = theme }", theme)
    show_all(seen.page)
    for chart in draw_charts(seen.page):
        assert min(chart.locator("svg text").evaluate_all(CONTRAST)) >= 4.5


CONTRAST = """texts => {
  const light = (colour) => { const [r, g, b] = colour.match(/[\\d.]+/g).slice(0, 3).map(Number)
    .map((v) => v / 255).map((v) => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
  const ground = light(getComputedStyle(document.body).backgroundColor);
  return texts.map((text) => light(getComputedStyle(text).fill)).map((ink) => (Math.max(ink, ground) + .05) / (Math.min(ink, ground) + .05));
}"""


# --- predictions ----------------------------------------------------------------------------------------------------


def predictions(seen: Visit) -> list[tuple[Locator, Locator]]:
    """Return each question of a page with its outcome."""
    keys = seen.page.locator(".sbs-predict").evaluate_all("boxes => boxes.map(b => b.dataset.key)")
    return [(seen.page.locator(f'.sbs-predict[data-key="{key}"]'), seen.page.locator(f'.sbs-outcome[data-key="{key}"]')) for key in keys]


def test_a_result_opens_when_the_reader_has_guessed(site: Path, visit: Open) -> None:
    for name in with_element("sbs-predict"):
        seen = visit(name)
        for question, outcome in predictions(seen):
            expect(outcome).to_be_hidden()
            option = question.locator("label").last
            option.click()
            expect(outcome).to_be_visible()
            expect(outcome.locator(".sbs-guess")).to_contain_text(f"Your guess: {option.inner_text().strip()}")
        expect(seen.page.locator(".sbs-veil")).to_have_count(0)
        seen.page.reload()
        for question, outcome in predictions(seen):
            expect(question.locator("input").last).to_be_checked()
            expect(outcome).to_be_visible()
        assert seen.faults == []


def test_a_box_that_the_browser_is_still_reading_is_left_alone(visit: Open) -> None:
    """A browser may stop inside a box while the page arrives, and run the script of the one before."""
    seen = visit(with_element("sbs-predict")[0])
    script = (HOME / "src" / "sidebyside" / "widgets" / "guess.js").read_text(encoding="utf-8")
    seen.page.evaluate(
        "localStorage.setItem('sbs:half', 'yes'); document.body.insertAdjacentHTML('beforeend', '<div class=sbs-outcome data-key=half>')"
    )
    seen.page.evaluate(f"{script}\nnew Promise(done => setTimeout(done, 50))")
    seen.page.locator("[data-key=half]").evaluate("box => { box.innerHTML = '<p class=sbs-guess>' }")
    seen.page.evaluate(f"{script}\nnew Promise(done => setTimeout(done, 50))")
    expect(seen.page.locator("[data-key=half]")).to_contain_text("Your guess: yes")
    assert seen.faults == []


def test_just_show_me_opens_a_result_by_keyboard(site: Path, visit: Open) -> None:
    seen = visit(with_element("sbs-predict")[0])
    question, outcome = predictions(seen)[0]
    seen.page.get_by_role("button", name="Just show me").first.focus()
    seen.page.keyboard.press("Enter")
    expect(outcome).to_be_visible()
    expect(outcome.locator(".sbs-guess")).to_have_text("You made no guess.")
    assert question.locator("input:checked").count() == 0


def test_a_guess_counts_where_the_browser_keeps_nothing(site: Path, visit: Open) -> None:
    seen = visit(with_element("sbs-predict")[0])
    seen.page.add_init_script("Object.defineProperty(window, 'localStorage', { get() { throw new Error('blocked'); } })")
    seen.page.reload()
    question, outcome = predictions(seen)[0]
    question.locator("label").first.click()
    expect(question.locator("input").first).to_be_checked()
    expect(outcome.locator(".sbs-guess")).to_contain_text("Your guess")


def test_nothing_is_closed_without_scripts_or_on_paper(site: Path, visit: Open) -> None:
    name = with_element("sbs-predict")[0]
    without = visit(name, java_script_enabled=False).page
    printed = visit(name).page
    printed.emulate_media(media="print")
    for page in (without, printed):
        assert page.locator(".sbs-outcome").count() == page.locator(".sbs-outcome:visible").count() > 0


# --- questions ------------------------------------------------------------------------------------------------------


def test_answers_of_a_quiz_open_by_keyboard(site: Path, visit: Open) -> None:
    seen = visit(with_element("quiz")[0])
    for answer in seen.page.locator("details.quiz").all()[:4]:
        answer.locator("summary").focus()
        seen.page.keyboard.press("Enter")
        expect(answer).to_have_attribute("open", "")
    assert seen.faults == []


def test_every_answer_of_a_quiz_is_right_or_wrong(site: Path) -> None:
    for name in with_element("quiz"):
        kinds = re.findall(r'<details class="quiz([^"]*)"', (site / f"{name}.html").read_text(encoding="utf-8"))
        assert set(kinds) == {" right", " wrong"}, name
