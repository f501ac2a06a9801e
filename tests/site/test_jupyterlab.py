"""A lesson in a real JupyterLab: a guess comes before its result, questions answer, words tell their meaning, pages open as they are meant."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import Locator, Page, expect

from sidebyside.grammar import PREDICT, part_of
from sidebyside.jupyter import numbered
from tests.labserver import HOME
from tests.site.browsing import SLOW

HERE = ".jp-MainAreaWidget:not(.lm-mod-hidden)"
FIRST, TARGET, LINKING = "meet_the_model", "the_ml_workflow", "the_genai_workflow"
FILE = {slug: numbered(HOME / "notebooks" / f"{slug}.ipynb").stem for slug in (FIRST, TARGET, LINKING)}
START = f"notebooks/{FILE[FIRST]}.ipynb"  # where a learner begins
QUESTIONS = sum(part_of(cell) == PREDICT.tag for cell in nbformat.read(HOME / START, as_version=4).cells)


@pytest.fixture
def page(lab_page: Page) -> Page:
    return lab_page


def show(page: Page, path: str) -> None:
    """Open a page alone, and wait until it is there."""
    page.goto(f"/lab/tree/{path}?reset")
    settle(page)


def settle(page: Page) -> None:
    """Wait until the page in front is drawn and its kernel is at rest: a click on a page that still moves may miss."""
    expect(page.locator(f"{HERE} :is(.jp-MarkdownCell, h1)").first).to_be_visible()
    if page.url.split("?")[0].endswith(".ipynb"):
        expect(page.locator(f"{HERE} .jp-Notebook-ExecutionIndicator[data-status=idle]")).to_be_attached()


def at_rest(page: Page) -> None:
    """Wait until all cells have run: an output that comes draws the page anew, and takes the keyboard's place away."""
    expect(page.locator(f"{HERE} .jp-InputPrompt", has_text="[*]")).to_have_count(0)
    settle(page)


def follow(page: Page, words: str, target: str) -> None:
    """Click a link; again if need be, since JupyterLab may draw the text anew between the button's way down and its way up."""
    link = page.locator(f"{HERE} .myst a", has_text=words).first
    there = re.compile(rf"/lab/tree/{re.escape(target)}$")
    for patience in (SLOW / 20, SLOW / 6, SLOW):
        expect(link).to_have_attribute("href", re.compile("/files/"))  # as JupyterLab writes a link when it has looked at it
        link.click()
        with suppress(AssertionError):
            return expect(page).to_have_url(there, timeout=patience)
    raise AssertionError(f"still at {page.url}")


def rounds(page: Page) -> list[tuple[Locator, Locator, Locator]]:
    """Return the questions of the first lesson, in front, each with its result and with what JupyterLab covers until there is a guess."""
    expect(page.locator(f"{HERE} .sbs-predict[data-key]")).to_have_count(QUESTIONS)
    keys = page.locator(f"{HERE} .sbs-predict").evaluate_all("boxes => boxes.map((box) => box.dataset.key)")
    parts = ('.sbs-predict[data-key="{}"]', '.sbs-outcome[data-key="{}"] p', '[data-sbs-veil~="{}"].sbs-closed')
    return [(*(page.locator(f"{HERE} {part.format(key)}") for part in parts),) for key in keys]  # type: ignore[misc]


def test_a_learner_s_way_through_a_lesson_by_keyboard(page: Page) -> None:
    show(page, START)
    first, second, third = rounds(page)[:3]
    voice = page.locator(".sbs-voice")
    for _, result, covered in (first, second, third):
        expect(covered.first).to_be_attached()
        expect(result.first).to_be_hidden()

    first[0].locator("input").first.focus()
    page.keyboard.press("ArrowDown")
    chosen = first[0].locator("input").nth(1)
    expect(chosen).to_be_focused()
    expect(first[0].get_by_role("button", name="That is my guess")).to_be_visible()
    expect(first[1].first).to_be_hidden()
    page.keyboard.press("Enter")
    expect(first[1].first).to_be_visible()
    expect(first[2]).to_have_count(0)
    expect(voice).to_have_text(re.compile(rf"Your guess: {re.escape(chosen.get_attribute('value') or '')}\. (Right|Not what came out)\."))
    expect(chosen).to_be_focused()

    covered = f"{HERE} [data-sbs-waiting='{second[0].get_attribute('data-key')}']"
    page.locator(f"{covered} .sbs-veil button >> visible=true").first.focus()  # that of a cell without output is not shown
    page.keyboard.press("Enter")
    expect(second[1].first).to_be_visible()

    show(page, START)
    first, second, third = rounds(page)[:3]
    expect(first[0].locator("input").nth(1)).to_be_checked()
    expect(first[1].first).to_be_visible()
    expect(second[1].first).to_be_visible()
    expect(third[1].first).to_be_hidden()
    expect(page.locator(f"{HERE} script.sbs-script")).to_have_count(0)  # all this with the saved outputs alone

    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    last = page.locator(f"{HERE} .jp-OutputArea-output:has(.sbs-outcome) script.sbs-script")
    expect(last).to_have_count(len(rounds(page)))  # the kernel's own outputs
    expect(first[1].last).to_contain_text("Your guess: ")
    expect(second[1].first).to_be_visible()
    expect(third[1].first).to_be_hidden()
    at_rest(page)

    quiz = page.locator(f"{HERE} details.quiz.wrong").first
    quiz.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(quiz).to_have_attribute("open", "")
    expect(voice).to_have_text(re.compile(r"Not quite\. \w+"))
    assert quiz.evaluate("answer => getComputedStyle(answer.querySelector('summary'), '::after').content") == '"not quite"'

    word = page.locator(f"{HERE} .myst a[href*='#term-']").first
    name = word.inner_text()
    word.focus()
    card = page.get_by_role("tooltip").and_(page.locator("#sbs-word"))
    expect(card).to_contain_text(re.compile(r": \w+ \w+"))
    expect(word).to_have_accessible_description(card.inner_text())
    page.keyboard.press("Escape")
    expect(card).to_be_hidden()
    word.focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/lab/tree/book/glossary\.md$"))
    expect(page.locator(f"{HERE} .sbs-here")).to_contain_text(name, ignore_case=True)
    follow(page, "Brown et al., 2020", "book/references.md")
    expect(page.locator(f"{HERE} .sbs-here")).to_contain_text("Few-Shot Learners")


def test_a_notebook_that_is_not_trusted_asks_first_too(page: Page, lab_course: Path) -> None:
    stranger = json.loads((lab_course / START).read_text(encoding="utf-8"))
    stranger["cells"][0]["source"] = "# Changed by somebody else"
    (lab_course / "notebooks" / "stranger.ipynb").write_text(json.dumps(stranger), encoding="utf-8")
    show(page, "notebooks/stranger.ipynb")
    question, result, covered = rounds(page)[0]
    expect(page.locator(f"{HERE} .jp-mod-trusted:has(.sbs-predict)")).to_have_count(0)
    expect(covered.first).to_be_attached()
    expect(result.first).to_be_hidden()
    question.locator("label").last.click()
    expect(result.first).to_be_visible()
    expect(result.last).to_contain_text("Your guess: ")


def test_a_link_to_a_page_that_was_renamed_says_so(page: Page, lab_course: Path) -> None:
    target = lab_course / "notebooks" / f"{FILE[TARGET]}.ipynb"
    renamed = target.rename(target.with_name("my own copy.ipynb"))
    try:
        show(page, START)
        link = page.locator(f"{HERE} .myst a[href*='/{TARGET}.ipynb']").first
        expect(link).to_have_attribute("href", re.compile("/files/"))
        link.click()
        expect(page.get_by_role("alert").filter(has_text=f"{TARGET}.ipynb is not here").first).to_be_visible()
    finally:
        renamed.rename(target)


def test_a_link_by_slug_opens_the_page_once(page: Page) -> None:
    show(page, f"notebooks/{FILE[TARGET]}.ipynb")
    page.locator(".jp-DirListing-item", has_text=FILE[LINKING][:8]).dblclick()
    expect(page).to_have_url(re.compile(FILE[LINKING]))
    settle(page)
    follow(page, "the machine-learning workflow", f"notebooks/{FILE[TARGET]}.ipynb")
    expect(page.locator(".lm-DockPanel-tabBar .lm-TabBar-tabLabel")).to_have_text([f"{FILE[TARGET]}.ipynb", f"{FILE[LINKING]}.ipynb"])


def test_a_way_to_the_exercise_and_back_and_to_a_page_of_the_book(page: Page) -> None:
    show(page, "notebooks/links.ipynb")
    follow(page, "the exercise", f"exercises/{FILE[FIRST]}.ipynb")
    settle(page)
    follow(page, "back to the links", "notebooks/links.ipynb")
    follow(page, "the case", "book/case.md")
    case = page.locator(f"{HERE} .jp-MarkdownViewer")
    grounding = nbformat.read(numbered(HOME / "notebooks" / "grounding.ipynb"), as_version=4).cells[0].source
    for shown in ("Gebru et al., 2021", "Before you use real messages", grounding.removeprefix("# ")):
        expect(case).to_contain_text(shown)
    expect(case).not_to_contain_text(re.compile(r"\{\w+\}|Unknown Directive|\.ipynb"))
    page.locator(".lm-TabBar-tab", has_text="links.ipynb").click()
    follow(page, "the exam", f"notebooks/{FILE[TARGET]}.ipynb")


def test_an_address_by_slug_opens_the_page(page: Page) -> None:
    show(page, f"notebooks/{TARGET}.ipynb")
    expect(page.locator(f"{HERE} h1")).to_contain_text("The machine-learning workflow")
