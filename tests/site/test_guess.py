"""The script of predict and outcome boxes, as the kernel sends it to a viewer that has no other: VS Code, Colab, an older Jupyter."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from sidebyside.jupyter import GUESS
from sidebyside.widgets import Outcome, Prediction
from tools.serving import served

KEY = "a_lesson/how_many"
ASKED = Prediction(KEY, "How many?", ["none", "some", "all"])
OTHER = Prediction("a_lesson/which", "Which?", ["some", "all"])
SHOWN = Outcome(KEY, "some", "3 of 10 are.")
SCRIPT = GUESS.read_text(encoding="utf-8")


@pytest.fixture
def context(browser: Browser, tmp_path: Path) -> Iterator[BrowserContext]:
    """A fresh profile, and `page.html` with the boxes as a kernel sends them: each with the script."""
    html = "".join(widget._repr_html_() for widget in (ASKED, OTHER, SHOWN))
    (tmp_path / "page.html").write_text(f"<!doctype html><meta charset=utf-8>{html}", encoding="utf-8")
    with served(tmp_path) as address:
        context = browser.new_context(base_url=address)
        context.set_default_timeout(10_000)
        yield context
        context.close()


def opened(context: BrowserContext) -> Page:
    page = context.new_page()
    page.goto("page.html")
    return page


def test_a_guess_is_shown_beside_the_result_and_kept(context: BrowserContext) -> None:
    page = opened(context)
    expect(page.locator(".sbs-guess")).to_have_text("You made no guess.")
    page.get_by_label("none").check()
    expect(page.locator(".sbs-guess")).to_have_text("Your guess: none ✗")
    page.reload()
    expect(page.get_by_label("none")).to_be_checked()
    expect(page.locator(".sbs-guess")).to_have_text("Your guess: none ✗")
    page.get_by_label("some").first.check()
    expect(page.locator(".sbs-guess")).to_have_text("Your guess: some ✓")


def test_the_result_is_closed_until_there_is_a_guess(context: BrowserContext) -> None:
    page = opened(context)
    result = page.locator(".sbs-outcome p").first
    expect(result).to_be_hidden()
    page.get_by_label("none").check()
    expect(result).to_be_visible()
    page.reload()
    expect(result).to_be_visible()


def test_who_opens_a_result_without_a_guess_finds_it_open_again(context: BrowserContext) -> None:
    page = opened(context)
    page.locator("summary").press("Enter")
    page.wait_for_function("key => localStorage.getItem(`sbs-shown:${key}`)", arg=KEY)  # a browser tells of an opened box a moment later
    page.reload()
    expect(page.locator(".sbs-outcome p").first).to_be_visible()


def test_arrow_keys_choose_and_only_a_key_or_a_click_more_makes_it_the_guess(context: BrowserContext) -> None:
    page = opened(context)
    page.get_by_label("none").focus()
    page.keyboard.press("ArrowDown")
    button, line = page.get_by_role("button", name="That is my guess"), page.locator(".sbs-guess")
    for key, guess in (("Enter", "some ✓"), ("Space", "all ✗")):
        expect(page.locator("input:focus")).to_have_value(guess[:-2])
        expect(button).to_be_visible()
        assert guess not in (line.text_content() or ""), "an arrow key made the guess"
        page.keyboard.press(key)
        expect(line).to_have_text(f"Your guess: {guess}")
        expect(button).to_be_hidden()
        page.keyboard.press("ArrowDown")
    expect(page.get_by_label("none")).to_be_checked()
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<div class=sbs-outcome></div>')")  # something else is drawn anew
    page.keyboard.press("Tab")
    expect(button).to_be_focused()
    page.keyboard.press("Enter")
    expect(line).to_have_text("Your guess: none ✗")
    expect(page.get_by_label("none")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator(f"[data-key='{OTHER.key}'] input").first).to_be_focused()


def test_a_guess_and_what_came_out_are_said_aloud(context: BrowserContext) -> None:
    page = opened(context)
    voice = page.get_by_role("status")
    expect(voice).to_have_text("")
    page.get_by_label("none").check()
    expect(voice).to_have_text("Your guess: none. Not what came out. some. 3 of 10 are.")
    page.locator(".sbs-outcome").evaluate("box => box.remove()")
    ran = Outcome(KEY, "none", "0 of 9 are.")._repr_html_()
    page.evaluate("html => { document.body.insertAdjacentHTML('beforeend', `<div>${html}</div>`) }", ran)
    expect(voice).to_have_text("Your guess: none. Right. none. 0 of 9 are.")


def test_questions_do_not_share_their_guesses(context: BrowserContext) -> None:
    page = opened(context)
    page.get_by_label("all").first.check()
    expect(page.locator(f"[data-key='{OTHER.key}'] input:checked")).to_have_count(0)


def test_the_same_question_twice_in_a_document_shows_the_guess_twice(context: BrowserContext) -> None:
    page = opened(context)
    page.locator(".sbs-predict").first.evaluate("box => document.body.append(box.cloneNode(true))")
    boxes = page.locator(f".sbs-predict[data-key='{KEY}']")
    for place in (0, 1, 0):
        boxes.nth(place).locator("input").nth(place).check()
        expect(boxes.nth(0).locator("input").nth(place)).to_be_checked()
        expect(boxes.nth(1).locator("input").nth(place)).to_be_checked()


def test_the_same_question_in_two_windows_shows_the_same_guess(context: BrowserContext) -> None:
    one, other = opened(context), opened(context)
    one.get_by_label("none").check()
    expect(other.get_by_label("none")).to_be_checked()
    expect(other.locator(".sbs-guess")).to_have_text("Your guess: none ✗")


def test_a_box_that_comes_later_is_served_too(context: BrowserContext) -> None:
    """So JupyterLab shows an output: the box is put into a page whose script ran long ago."""
    page = opened(context)
    page.get_by_label("none").check()
    page.evaluate("html => document.body.insertAdjacentHTML('beforeend', `<div>${html}</div>`)", SHOWN._repr_html_())
    expect(page.locator(".sbs-guess")).to_have_text(["Your guess: none ✗"] * 2)


def test_a_box_that_the_browser_is_still_reading_is_served_when_it_is_whole(context: BrowserContext) -> None:
    page = opened(context)
    page.evaluate("localStorage.setItem('sbs:half', 'yes'); document.body.insertAdjacentHTML('beforeend', '<div class=sbs-outcome data-key=half>')")
    page.locator("[data-key=half]").evaluate("box => { box.innerHTML = '<p class=sbs-guess>' }")
    expect(page.locator("[data-key=half]")).to_have_text("Your guess: yes ✗")


def test_a_guess_made_before_the_script_came_twice_is_not_lost(context: BrowserContext) -> None:
    page = opened(context)
    page.get_by_label("none").check()
    page.evaluate("window.heard = 0; document.addEventListener('sbs-guess', () => { heard += 1; })")
    page.evaluate(SCRIPT)
    page.get_by_label("some").first.check()
    assert page.evaluate("heard") == 1, "two scripts serve one document"


def test_where_the_browser_keeps_nothing_a_guess_counts_until_the_page_is_left(context: BrowserContext) -> None:
    context.add_init_script("Object.defineProperty(window, 'localStorage', { get() { throw new Error('blocked'); } })")
    page = opened(context)
    page.get_by_label("none").check()
    expect(page.get_by_label("none")).to_be_checked()
    expect(page.locator(".sbs-guess")).to_have_text("Your guess: none ✗")


def test_a_box_whose_key_a_viewer_took_away_is_left_alone(context: BrowserContext) -> None:
    page = opened(context)
    boxes = "<div class=sbs-predict><input type=radio value=none></div><div class=sbs-outcome><p class=sbs-guess>untouched</p></div>"
    page.evaluate("html => document.body.insertAdjacentHTML('beforeend', html)", boxes)
    page.locator(".sbs-predict:not([data-key]) input").check()
    assert page.evaluate("Object.keys(localStorage)") == []
    expect(page.locator(".sbs-guess").last).to_have_text("untouched")
