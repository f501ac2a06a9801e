"""A lesson in a real JupyterLab: guesses work before anything has run, and links by slug lead to the page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress

import nbformat
import pytest
from playwright.sync_api import Browser, Page, expect

from sidebyside.jupyter import numbered
from tests.labserver import HOME, lab, small_course

SLOW = 60_000  # milliseconds: kernels and JupyterLab start on a busy machine
HERE = ".jp-NotebookPanel:not(.lm-mod-hidden)"
FIRST, TARGET, LINKING = "meet_the_model", "the_ml_workflow", "the_genai_workflow"
FILE = {slug: numbered(HOME / "notebooks" / f"{slug}.ipynb").stem for slug in (FIRST, TARGET, LINKING)}


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where a fresh user's JupyterLab listens; its machine has a strange proxy and no certificates."""
    course = small_course(tmp_path_factory.mktemp("course"))
    link = nbformat.v4.new_markdown_cell("[the exam](the_ml_workflow.ipynb#the-exam)")
    kernel = nbformat.read(course / "notebooks" / f"{FILE[TARGET]}.ipynb", as_version=4).metadata
    nbformat.write(nbformat.v4.new_notebook(cells=[link], metadata=kernel), course / "notebooks" / "links.ipynb")
    with lab(course, tmp_path_factory.mktemp("user")) as address:
        yield address


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """A page in a fresh profile; it must ask no other host, and the course's extension must throw no error."""
    context = browser.new_context(viewport={"width": 1400, "height": 900}, base_url=address)
    context.set_default_timeout(SLOW)
    expect.set_options(timeout=SLOW)
    faults: list[str] = []
    page = context.new_page()
    page.on("request", lambda request: request.url.startswith((address, "data:", "blob:")) or faults.append(f"foreign request: {request.url}"))
    page.on("pageerror", lambda error: "extensions/sidebyside" in str(error.stack) and faults.append(str(error.stack)))
    yield page
    expect.set_options(timeout=5_000)
    context.close()
    assert faults == []


def show(page: Page, name: str) -> None:
    """Open a notebook alone, and wait until it is there."""
    page.goto(f"/lab/tree/notebooks/{name}.ipynb?reset")
    settle(page)


def settle(page: Page) -> None:
    """Wait until the page in front is drawn and its kernel is at rest: a click on a page that still moves may miss."""
    expect(page.locator(f"{HERE} .jp-MarkdownCell").first).to_be_visible()
    expect(page.locator(f"{HERE} .jp-Notebook-ExecutionIndicator[data-status=idle]")).to_be_attached()


def follow(page: Page, words: str, target: str) -> None:
    """Click a link; again if need be, since JupyterLab may draw the text anew between the button's way down and its way up."""
    link = page.locator(f"{HERE} .jp-MarkdownCell a", has_text=words).first
    there = re.compile(rf"/lab/tree/notebooks/{target}\.ipynb$")
    for patience in (SLOW / 6, SLOW / 6, SLOW):
        expect(link).to_have_attribute("href", re.compile("/files/"))  # as JupyterLab writes a link when it has looked at it
        link.click()
        with suppress(AssertionError):
            return expect(page).to_have_url(there, timeout=patience)
    raise AssertionError(f"still at {page.url}")


def test_a_guess_is_kept_before_anything_has_run_and_shown_beside_the_result(page: Page) -> None:
    show(page, FILE[FIRST])
    box, outcome = page.locator(f"{HERE} .sbs-predict").first, page.locator(f"{HERE} .sbs-outcome").first
    box.locator("input").first.focus()
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    guess = box.locator("input").nth(1).get_attribute("value") or ""
    expect(outcome.locator(".sbs-guess")).to_contain_text(f"Your guess: {guess}")

    show(page, FILE[FIRST])
    expect(box.locator("input").nth(1)).to_be_checked()
    expect(outcome.locator(".sbs-guess")).to_contain_text(f"Your guess: {guess}")
    expect(page.locator(f"{HERE} script.sbs-script")).to_have_count(0)  # all this with the saved outputs alone

    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    expect(page.locator(f"{HERE} .jp-OutputArea-output:has(.sbs-outcome) script.sbs-script").first).to_be_attached()  # the kernel's own output
    expect(box.locator("input").nth(1)).to_be_checked()
    expect(outcome.locator(".sbs-guess")).to_contain_text(f"Your guess: {guess}")


def test_a_link_by_slug_opens_the_page_once(page: Page) -> None:
    show(page, FILE[TARGET])
    page.locator(".jp-DirListing-item", has_text=FILE[LINKING][:8]).dblclick()
    expect(page).to_have_url(re.compile(FILE[LINKING]))
    settle(page)
    follow(page, "the machine-learning workflow", FILE[TARGET])
    expect(page.locator(".lm-DockPanel-tabBar .lm-TabBar-tabLabel")).to_have_text([f"{FILE[TARGET]}.ipynb", f"{FILE[LINKING]}.ipynb"])


def test_a_link_to_a_heading_opens_its_page(page: Page) -> None:
    show(page, "links")
    follow(page, "the exam", FILE[TARGET])
    expect(page.locator(f"{HERE} h1")).to_contain_text("The machine-learning workflow")


def test_an_address_by_slug_opens_the_page(page: Page) -> None:
    show(page, TARGET)
    expect(page.locator(f"{HERE} h1")).to_contain_text("The machine-learning workflow")
