"""Results stay closed until the reader has guessed."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import expect

from tests.site.browsing import Open, predictions, with_element


def test_just_show_me_opens_a_result_by_keyboard(site: Path, visit: Open) -> None:
    seen = visit(with_element("sbs-predict")[0])
    question, outcome = predictions(seen.page)[0]
    seen.page.get_by_role("button", name="Just show me").first.focus()
    seen.page.keyboard.press("Enter")
    expect(outcome).to_be_visible()
    expect(outcome.locator(".sbs-guess")).to_have_text("You made no guess.")
    assert question.locator("input:checked").count() == 0


def test_a_guess_counts_where_the_browser_keeps_nothing(site: Path, visit: Open) -> None:
    seen = visit(with_element("sbs-predict")[0])
    seen.page.add_init_script("Object.defineProperty(window, 'localStorage', { get() { throw new Error('blocked'); } })")
    seen.page.reload()
    question, outcome = predictions(seen.page)[0]
    question.locator("label").first.click()
    expect(question.locator("input").first).to_be_checked()
    expect(outcome.locator(".sbs-guess")).to_contain_text("Your guess")


def test_a_note_says_that_nothing_is_covered_where_that_is_so(site: Path, visit: Open) -> None:
    name = with_element("sbs-unveiled")[0]
    expect(visit(name).page.locator(".sbs-unveiled").first).to_be_hidden()
    expect(visit(name, java_script_enabled=False).page.locator(".sbs-unveiled").first).to_be_visible()


def test_without_scripts_results_open_by_a_click_and_on_paper_they_are_open(site: Path, visit: Open) -> None:
    name = with_element("sbs-outcome")[0]
    without = visit(name, java_script_enabled=False).page
    result = without.locator(".sbs-outcome p").first
    expect(result).to_be_hidden()
    without.locator(".sbs-outcome summary").first.click()
    expect(result).to_be_visible()
    printed = visit(name).page
    printed.emulate_media(media="print")
    assert printed.locator(".sbs-outcome p").evaluate_all("parts => parts.length && parts.every((part) => part.checkVisibility())")
