"""Texts with dollar signs, backslashes and tags, in a real JupyterLab; `test_small_book` sees them on the site."""

from __future__ import annotations

from collections.abc import Iterator

import nbformat
import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.labserver import lab, small_course
from tests.shown_texts import RUNS, SHOWN, notebook

SLOW = 120_000  # milliseconds: JupyterLab starts on a busy machine


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


@pytest.fixture(scope="module")
def in_lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where a JupyterLab listens whose course holds the notebook."""
    course = small_course(tmp_path_factory.mktemp("course"))
    nbformat.write(notebook(), course / "notebooks" / "texts.ipynb")
    with lab(course, tmp_path_factory.mktemp("user")) as address:
        yield address


def test_in_jupyterlab(in_lab: str, browser: Browser) -> None:
    page = browser.new_page(viewport={"width": 1400, "height": 9000})
    page.goto(f"{in_lab}/lab/tree/notebooks/texts.ipynb?reset")
    page.locator(".jp-CodeCell").first.wait_for(timeout=SLOW)
    outputs = page.locator(".jp-CodeCell .jp-OutputArea-output")
    assert_text_is_text(outputs, outputs.last.locator("mjx-container"))  # set after the others
    page.close()
