"""Texts with dollar signs, backslashes and tags, in a real JupyterLab; `test_small_book` sees them on the site."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

from tests.shown_texts import RUNS, SHOWN
from tests.site.browsing import SLOW


def assert_text_is_text(outputs: Locator, mathematics: Locator) -> None:
    """All outputs but the last hold the text as it is, when what is mathematics has been set."""
    expect(outputs).to_have_count(len(SHOWN) + 2)
    expect(mathematics).to_be_attached(timeout=SLOW)
    for place, name in enumerate([*SHOWN, "Markdown"]):
        if name != "the metric explorer":  # its texts lie in fields
            expect(outputs.nth(place)).to_contain_text("Pay $5 and $10 to <PERSON>", timeout=SLOW)
        if name not in ("the metric explorer", "a table of pandas"):  # which shows the first words alone
            expect(outputs.nth(place)).to_contain_text(RUNS)
        expect(outputs.nth(place).locator("mjx-container")).to_have_count(0)
    expect(outputs.page.locator("body")).not_to_have_attribute("data-broken", "1")


def test_in_jupyterlab(lab_page: Page) -> None:
    lab_page.set_viewport_size({"width": 1400, "height": 9000})
    lab_page.goto("/lab/tree/notebooks/texts.ipynb?reset")
    lab_page.locator(".jp-CodeCell").first.wait_for()
    outputs = lab_page.locator(".jp-CodeCell .jp-OutputArea-output")
    assert_text_is_text(outputs, outputs.last.locator("mjx-container"))  # set after the others
