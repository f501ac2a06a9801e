"""The slides in a real browser with the network cut off: every slide fits or scrolls, can be read, and turns by keyboard."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import ViewportSize, expect

from tests.site.browsing import LESSONS, Open, Tab, Visit

SCREEN: ViewportSize = {"width": 1280, "height": 720}
DECKS = [Path(name).name for name in LESSONS]
each_deck = pytest.mark.parametrize("name", DECKS)

TURN = """async () => {
  const found = [];
  for (let number = 0; number < Reveal.getTotalSlides(); number++) {
    Reveal.slide(number);
    const slide = Reveal.getCurrentSlide();
    slide.querySelectorAll(".sbs-veil button").forEach((button) => button.click());
    for (const chart of slide.querySelectorAll(".sbs-chart"))
      for (let wait = 0; wait < 200 && !chart.querySelector("svg"); wait++) await new Promise((done) => setTimeout(done, 25));
    await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
    const letters = [...slide.querySelectorAll("*")].filter((e) => e.checkVisibility() && !e.closest("svg, script, style, aside")
      && [...e.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.textContent.trim()));
    found.push({
      kind: slide.classList[0],
      text: slide.innerText.trim(),
      charts: slide.querySelectorAll(".sbs-chart").length,
      drawn: slide.querySelectorAll(".sbs-chart.ready svg").length,
      over: slide.scrollHeight - slide.clientHeight,
      wide: slide.scrollWidth - slide.clientWidth,
      scrolls: getComputedStyle(slide).overflowY === "auto" && slide.tabIndex === 0,
      smallest: Math.min(...letters.map((e) => parseFloat(getComputedStyle(e).fontSize))),
      chartLetters: Math.min(99, ...[...slide.querySelectorAll(".sbs-chart svg")].map((svg) => 12 * svg.getScreenCTM().a)),
    });
  }
  return found;
}"""


def show(visit: Open | Tab, name: str) -> Visit:
    seen = visit(f"slides/{name}", viewport=SCREEN)
    seen.page.wait_for_function("window.Reveal?.isReady()")
    return seen


def test_every_lesson_has_a_deck_and_the_page_of_decks_names_each(site: Path) -> None:
    assert {path.stem for path in (site / "slides").glob("*.html")} == set(DECKS)
    page = (site / "book" / "instructor" / "slides.html").read_text(encoding="utf-8")
    assert re.findall(r'href="../../slides/(\w+)\.html"', page) == DECKS


@each_deck
def test_a_deck_is_whole(name: str, site: Path, stay: Tab) -> None:
    seen = show(stay, name)
    found = seen.page.evaluate(TURN)
    assert [slide["kind"] for slide in found][:2] == ["title", "goals"]
    assert [slide for slide in found if not slide["text"] and not slide["charts"]] == [], "an empty slide"
    assert [slide for slide in found if slide["drawn"] != slide["charts"]] == [], "a chart that is not drawn"
    assert sum(slide["charts"] for slide in found) == (site / "notebooks" / f"{name}.html").read_text(encoding="utf-8").count('class="sbs-chart"')
    assert [slide for slide in found if slide["wide"] > 0] == [], "wider than the screen"
    assert [slide for slide in found if slide["over"] > 0 and not slide["scrolls"]] == [], "cut off below"
    assert [slide for slide in found if slide["smallest"] < 20 or slide["chartLetters"] < 14] == [], "too small to read"
    assert seen.faults == []


@each_deck
def test_a_round_keeps_its_order(name: str, stay: Tab) -> None:
    seen = show(stay, name)
    kinds = seen.page.evaluate("Reveal.getSlides().map((slide) => slide.classList[0])")
    rounds = [kind for kind in kinds if kind in ("predict", "happened", "change")]
    assert rounds == ["predict", "happened", "change"] * (len(rounds) // 3)
    boxes = seen.page.locator("section.predict .sbs-predict")
    assert boxes.count() == kinds.count("predict") == seen.page.locator(".sbs-outcome").count() > 1


def test_keys_turn_the_slides_and_the_last_one_is_the_end(visit: Open) -> None:
    seen = show(visit, DECKS[0])
    at, total = "Reveal.getIndices().h", seen.page.evaluate("Reveal.getTotalSlides()")
    presses = {"ArrowRight": 1, "PageDown": 2, "Space": 3, "ArrowLeft": 2, "PageUp": 1, "End": total - 1}
    for key, place in (*presses.items(), ("ArrowRight", total - 1)):
        seen.page.keyboard.press(key)
        assert seen.page.evaluate(at) == place, key


def test_the_room_s_guess_opens_the_result_and_the_keys_still_turn_the_slides(visit: Open) -> None:
    seen = show(visit, DECKS[0])
    seen.page.evaluate("Reveal.slide(Reveal.getSlides().findIndex((slide) => slide.classList[0] === 'predict'))")
    outcome = seen.page.locator(".sbs-outcome").first
    assert outcome.evaluate("e => Boolean(e.closest('.sbs-closed'))"), "the result is open before the guess"
    option = seen.page.locator("section.present label").first
    option.click()
    assert not outcome.evaluate("e => Boolean(e.closest('.sbs-closed'))")
    expect(outcome.locator(".sbs-guess")).to_contain_text(f"Your guess: {option.inner_text().strip()}")
    place = seen.page.evaluate("Reveal.getIndices().h")
    seen.page.keyboard.press("ArrowRight")
    assert seen.page.evaluate("Reveal.getIndices().h") == place + 1
    seen.page.keyboard.press("ArrowLeft")
    seen.page.locator("section.present input").first.focus()
    seen.page.keyboard.press("ArrowDown")  # chooses, and turns nothing
    expect(seen.page.locator("section.present input").nth(1)).to_be_checked()
    seen.page.keyboard.press("PageDown")
    assert seen.page.evaluate("Reveal.getIndices().h") == place + 1
    assert seen.faults == []


def test_a_question_s_answer_opens_by_keyboard_and_the_slide_stays(visit: Open) -> None:
    seen = show(visit, DECKS[0])
    seen.page.evaluate("Reveal.slide(Reveal.getSlides().findIndex((slide) => slide.querySelector('details.quiz')))")
    place = seen.page.evaluate("Reveal.getIndices().h")
    seen.page.locator("section.present summary").first.focus()
    seen.page.keyboard.press("Space")
    expect(seen.page.locator("section.present details").first).to_have_attribute("open", "")
    assert seen.page.evaluate("Reveal.getIndices().h") == place


@each_deck
def test_links_of_a_deck_lead_somewhere_and_the_speaker_has_questions(name: str, site: Path, stay: Tab) -> None:
    seen = show(stay, name)
    links = seen.page.locator("a[href]").evaluate_all("links => links.map((a) => a.getAttribute('href'))")
    inside = [link.split("#")[0] for link in links if not re.match(r"https?:|#", link)]
    assert f"../notebooks/{name}.html" in inside
    assert [link for link in inside if not (site / "slides" / link).resolve().is_file()] == []
    assert seen.page.locator("aside.notes").first.text_content().count("?") + seen.page.locator("aside.notes").first.text_content().count(".") > 1
    prose = seen.page.locator(".slides").locator("p, li, h2, h3, summary").all_text_contents()
    assert [text for text in prose if re.search(r"\{term\}|\{cite|\]\(|:::", text)] == [], "Markdown that was not understood"
