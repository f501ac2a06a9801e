"""The switch *answers by main · small*, in a small course of its own: two lessons with other outputs and one without."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pandas as pd
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from playwright.sync_api import Locator, Page, Route, expect

from sidebyside.models import MAIN, SMALL
from sidebyside.tokens import Token
from sidebyside.widgets import Outcome, Prediction, table, token_map
from tests.site.browsing import Open, Visit, build_book, draw_charts, show_all
from tests.site.test_access import faults, opened, walk
from tools.outputs import outputs
from tools.pages import HOME, save, without_scripts
from tools.serving import served

HTML, VEGA = "text/html", "application/vnd.vegalite.v5+json"
HEAVIER = 1.4  # the most that a page may weigh with its other outputs, against without
CARD = """voice = "main"
[predict.how-many]
question = "How many?"
options = ["none", "all"]
[[try_it]]
title = "A country"
key = "af44f3f91cb054224854b582"
page = "meet_the_model"
"""
TOC = """format: jb-book
root: book/start
parts:
- caption: Lessons
  chapters:
  - file: notebooks/made
  - file: notebooks/second
  - file: notebooks/plain
  - file: book/try-it
  - file: book/glossary
"""
GLOSSARY = "# Words\n\n```{glossary}\ntoken\n  A piece of text.\n```\n"
ANSWERS = {MAIN.name: "all", SMALL.name: "none"}
UNDRAWN = ".cell_output:not(:has(.sbs-chart))"
SHARES = {MAIN.name: [9, 1], SMALL.name: [3, 4, 3]}


def chart(model: str) -> dict[str, object]:
    rows = [{"kind": f"kind {n}", "n": count} for n, count in enumerate(SHARES[model])]
    encoding = {"y": {"field": "kind", "type": "nominal"}, "x": {"field": "n", "type": "quantitative"}}
    return {"description": f"Bars of {model}.", "data": {"values": rows}, "mark": "bar", "encoding": encoding, "height": 90, "config": {}}


def result(mime: str, content: object) -> list[nbformat.NotebookNode]:
    return [new_output("execute_result", {mime: content, "text/plain": "as text"}, execution_count=1)]


def shown(slug: str, model: str) -> dict[str, list[nbformat.NotebookNode]]:
    """Return what the cells of a lesson show under a model."""
    predict = Prediction(f"{slug}/how-many", "How many?", ["none", "all"])
    outcome = Outcome(f"{slug}/how-many", ANSWERS[model], f"{model} was asked.")
    rows = table(pd.DataFrame({"who": [model], "said": ["<b>bold</b>"]}))
    script = f"<p class=ran>not yet</p><script>document.querySelector('.ran').textContent = 'by {model}'</script>"
    return {
        "predict": result(HTML, predict._repr_html_()),
        "chart": result(VEGA, chart(model)),
        "outcome": result(HTML, outcome._repr_html_()),
        "table": result(HTML, rows._repr_html_()),
        "sentence": result("text/markdown", f"It was **{model}**, by [token](../book/glossary.html#term-token)."),
        "tokens": result(HTML, token_map([Token(" Oslo", 0.6, [])], model)._repr_html_()),
        "printed": [new_output("stream", text=f"printed by {model}\n")] if model == MAIN.name else [],
        "more": [] if model == MAIN.name else [new_output("stream", text=f"printed by {model}\n")],
        "script": result(HTML, script),
    }


def lesson(slug: str, model: str = MAIN.name) -> nbformat.NotebookNode:
    tags = {"predict": ["predict", "hide-input"], "outcome": ["outcome", "hide-input"]}
    cells = [new_code_cell(f"{name}()", id=name, outputs=found, metadata={"tags": tags.get(name, [])}) for name, found in shown(slug, model).items()]
    texts = {"title": f"# The lesson {slug}", "time": "*5 minutes · for everyone*", "happened": "It ended.", "at-work": "## At work\n\nThink."}
    title, time, happened, work = (new_markdown_cell(text, id=name, metadata={"tags": [name]}) for name, text in texts.items())
    return without_scripts(new_notebook(cells=[title, time, *cells[:3], happened, *cells[3:], work]))


def write_course(folder: Path) -> None:
    """Write a course of three lessons; the last has no other outputs."""
    for name in ("cases", "recordings"):
        (folder / name).symlink_to(HOME / name)
    (folder / "_toc.yml").write_text(TOC, encoding="utf-8")
    (folder / "book").mkdir()
    for name, text in {"start": "# Start\n", "try-it": "# Try it\n", "glossary": GLOSSARY}.items():
        (folder / "book" / f"{name}.md").write_text(text, encoding="utf-8")
    (folder / "outputs" / SMALL.name).mkdir(parents=True)
    (folder / "notebooks").mkdir()
    for slug in ("made", "second", "plain"):
        (folder / "lessons" / slug).mkdir(parents=True)
        (folder / "lessons" / slug / "lesson.toml").write_text(CARD, encoding="utf-8")
        page, other = outputs(lesson(slug)), outputs(lesson(slug, SMALL.name))
        save(lesson(slug), folder / "notebooks" / f"{slug}.ipynb")
        kept = {"case": "feedback", "outcomes": {}, "outputs": {name: found for name, found in other.items() if found != page[name]}}
        if slug != "plain":
            (folder / "outputs" / SMALL.name / f"{slug}.json").write_text(json.dumps(kept), encoding="utf-8")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The course as `make book` builds it."""
    folder = tmp_path_factory.mktemp("course")
    write_course(folder)
    return build_book(folder, "--all", "-W", "--keep-going")


@pytest.fixture(scope="module")
def small(built: Path) -> Iterator[str]:
    with served(built) as address:
        yield address


@pytest.fixture
def made(small: str, visit: Open) -> Visit:
    return visit("notebooks/made", address=small, reduced_motion="reduce")


def outcome_of(page: Page) -> Locator:
    return page.locator(".sbs-outcome")


def switch_to(page: Page, model: str) -> None:
    page.get_by_label(f"the {model} model").check()
    expect(page.locator(".sbs-switch [role=status]")).to_contain_text(f"those of the {model} model")


def words_of(page: Page) -> str:
    """Return what the outputs of a page say, but for charts, which may be drawn or not."""
    return "\n".join(page.locator(UNDRAWN).all_inner_texts())


# --- what it does ---------------------------------------------------------------------------------------------------


def test_every_output_becomes_the_other_model_s_and_back(made: Visit) -> None:
    page = made.page
    show_all(page)
    kinds = "outputs => outputs.map(output => [...output.querySelectorAll('*')].map(e => `${e.tagName} ${e.className}`).join(' '))"
    before, classes = words_of(page), page.locator(UNDRAWN).evaluate_all(kinds)
    switch_to(page, "small")
    there = words_of(page)
    assert MAIN.name not in there and there.count(SMALL.name) == before.count(MAIN.name) >= 5
    assert sorted(page.locator(UNDRAWN).evaluate_all(kinds)) == sorted(classes), "rendered by other means"
    switch_to(page, "main")
    assert words_of(page) == before
    assert made.faults == []


def test_charts_are_drawn_anew_and_a_drawn_one_stays(made: Visit) -> None:
    page = made.page
    show_all(page)
    bars = page.locator(".sbs-chart svg .mark-rect.role-mark path")
    for model, count in ((MAIN, 2), (SMALL, 3), (MAIN, 2)):
        switch_to(page, model.nickname)
        assert len(list(draw_charts(page))) == 1
        expect(bars).to_have_count(count)
        expect(page.locator(".sbs-chart")).to_have_attribute("aria-label", f"Bars of {model.name}.")
    assert made.faults == []


def test_scripts_and_words_of_the_glossary_work_in_other_outputs(made: Visit) -> None:
    page = made.page
    show_all(page)
    switch_to(page, "small")
    expect(page.locator(".ran")).to_have_text(f"by {SMALL.name}")
    page.locator("article").get_by_role("link", name="token").focus()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    expect(page.locator("#sbs-word")).to_have_text("token: A piece of text.")


# --- results and guesses ---------------------------------------------------------------------------------------------


def test_a_closed_result_stays_closed_and_the_guess_is_compared_with_the_model_in_force(made: Visit) -> None:
    page = made.page
    switch_to(page, "small")
    expect(outcome_of(page)).to_be_hidden()
    expect(page.locator(".sbs-chart")).to_be_hidden()
    expect(page.locator(".sbs-happened").first).to_be_hidden()
    expect(page.get_by_role("button", name="Just show me")).to_have_count(2)
    page.locator(".sbs-predict").get_by_label("all").check()
    expect(outcome_of(page)).to_be_visible()
    expect(outcome_of(page).locator(".sbs-guess")).to_have_text("Your guess: all ✗")
    switch_to(page, "main")
    expect(outcome_of(page)).to_be_visible()
    expect(outcome_of(page).locator(".sbs-guess")).to_have_text("Your guess: all ✓")
    expect(page.locator(".sbs-predict").get_by_label("all")).to_be_checked()
    expect(page.locator(".sbs-veil")).to_have_count(0)


def test_shown_without_a_guess_a_result_stays_open(made: Visit) -> None:
    show_all(made.page)
    switch_to(made.page, "small")
    expect(outcome_of(made.page)).to_be_visible()
    expect(outcome_of(made.page).locator(".sbs-guess")).to_have_text("You made no guess.")


# --- who is heard, and where that is kept -----------------------------------------------------------------------------


def test_the_keyboard_switches_and_it_is_announced(made: Visit) -> None:
    page = made.page
    page.get_by_label("the main model").focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("radio", name="the small model (135 million)")).to_be_checked()
    expect(page.get_by_role("group", name="Answers by").get_by_role("status")).to_have_text(
        f"The answers on this page are those of the small model, {SMALL.title}."
    )
    expect(page.get_by_label("the small model")).to_be_focused()
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_role("status").first).to_contain_text(MAIN.title)


def test_the_choice_is_in_the_address_and_kept_for_the_next_page(made: Visit, small: str) -> None:
    page = made.page
    assert "model" not in page.url
    switch_to(page, "small")
    assert page.url == f"{small}/notebooks/made.html?model=small"
    page.goto(f"{small}/notebooks/second.html#at-work")
    expect(page.get_by_label("the small model")).to_be_checked()
    expect(page.locator(".cell .sbs-tokens")).to_contain_text(SMALL.name)
    assert page.url == f"{small}/notebooks/second.html?model=small#at-work"
    page.goto(f"{small}/notebooks/made.html?model=main")
    expect(page.get_by_label("the main model")).to_be_checked()
    expect(page.locator(".cell .sbs-tokens")).to_contain_text(MAIN.name)


def test_an_address_alone_keeps_nothing(made: Visit, small: str) -> None:
    made.page.goto(f"{small}/notebooks/made.html?model=small")
    expect(made.page.locator(".cell .sbs-tokens")).to_contain_text(SMALL.name)
    made.page.goto(f"{small}/notebooks/second.html?model=nobody")
    expect(made.page.locator(".cell .sbs-tokens")).to_contain_text(MAIN.name)


def test_it_works_where_the_browser_keeps_nothing(made: Visit) -> None:
    made.page.add_init_script("Object.defineProperty(window, 'localStorage', { get() { throw new Error('blocked'); } })")
    made.page.reload()
    switch_to(made.page, "small")
    expect(made.page.locator(".cell .sbs-tokens")).to_contain_text(SMALL.name)


# --- while it is fetched, and if it cannot be -------------------------------------------------------------------------


def test_nothing_is_seen_of_the_wrong_model_before_the_right_one_comes(made: Visit, small: str) -> None:
    page, held = made.page, list[Route]()
    page.route("**/made.small.json", lambda route: held.append(route))
    page.goto(f"{small}/notebooks/made.html?model=small")
    expect(page.get_by_label("the small model")).to_be_checked()
    expect(page.locator(".cell .sbs-tokens")).to_be_hidden()
    expect(page.locator(".sbs-table")).to_be_hidden()
    expect(page.locator(".sbs-predict")).to_be_visible()  # the same under both
    held[0].continue_()
    expect(page.locator(".cell .sbs-tokens")).to_be_visible()
    expect(page.locator(".cell .sbs-tokens")).to_contain_text(SMALL.name)


def test_the_later_choice_counts(made: Visit) -> None:
    page, held = made.page, list[Route]()
    page.route("**/made.small.json", lambda route: held.append(route))
    with page.expect_request("**/made.small.json"):
        page.get_by_label("the small model").check()
    switch_to(page, "main")
    with page.expect_response("**/made.small.json"):
        held[0].continue_()
    switch_to(page, "small")
    switch_to(page, "main")
    expect(page.locator(".cell .sbs-tokens")).to_contain_text(MAIN.name)


def test_what_cannot_be_fetched_leaves_the_page_as_it_was_and_says_so(made: Visit, small: str) -> None:
    page = made.page
    page.route("**/made.small.json", lambda route: route.fulfill(status=503))
    page.get_by_label("the small model").click()
    told = page.locator(".sbs-switch [role=status]")
    expect(told).to_contain_text("The answers of the small model could not be fetched. The answers on this page are those of the main model")
    expect(page.get_by_label("the main model")).to_be_checked()
    page.goto(f"{small}/notebooks/made.html?model=small")
    expect(told).to_contain_text("could not be fetched")
    expect(page.locator(".cell .sbs-tokens")).to_be_visible()
    page.unroute("**/made.small.json")
    switch_to(page, "small")


def test_a_page_whose_script_does_not_come_shows_its_own_outputs(made: Visit, small: str) -> None:
    made.page.route("**/switch.js*", lambda route: route.abort())
    made.page.goto(f"{small}/notebooks/made.html?model=small")
    expect(made.page.locator(".cell .sbs-tokens")).to_be_visible()


# --- who has it, and what it costs -------------------------------------------------------------------------------------


def test_without_scripts_the_page_stands_as_it_is(small: str, visit: Open) -> None:
    page = visit("notebooks/made", address=small, java_script_enabled=False).page
    expect(page.locator(".sbs-switch")).to_be_hidden()
    expect(page.locator(".cell .sbs-tokens")).to_contain_text(MAIN.name)
    expect(outcome_of(page)).to_be_visible()


def test_a_page_without_other_outputs_has_no_switch(small: str, built: Path, visit: Open) -> None:
    seen = visit("notebooks/plain", address=small)
    expect(seen.page.locator(".sbs-switch")).to_have_count(0)
    assert "switch.js" not in seen.page.content()
    assert sorted(file.name for file in (built / "notebooks").glob("*.json")) == ["made.small.json", "second.small.json"]


def test_a_page_holds_nothing_of_the_other_model_until_it_is_asked_for(built: Path) -> None:
    text = (built / "notebooks" / "made.html").read_text(encoding="utf-8")
    assert "sbs-other" not in text and SMALL.name not in text.replace(f"{SMALL.name} ·", "").partition("sbs-tryit")[0]


def test_paper_shows_the_model_that_was_chosen(made: Visit) -> None:
    switch_to(made.page, "small")
    made.page.emulate_media(media="print")
    expect(made.page.get_by_label("the small model")).to_be_hidden()
    expect(made.page.locator(".sbs-switch [role=status]")).to_be_visible()
    expect(outcome_of(made.page)).to_be_visible()
    expect(outcome_of(made.page)).to_contain_text(SMALL.name)


def test_the_panel_keeps_the_small_model_and_says_so(made: Visit) -> None:
    section = made.page.locator("section:has(> .sbs-tryit)")
    for model in ("main", "small"):
        switch_to(made.page, model)
        expect(section).to_contain_text(f"always the small model, {SMALL.title}, that answers")


def test_other_outputs_are_light_and_fetched_when_asked(made: Visit) -> None:
    assert_light(made)


def assert_light(seen: Visit) -> None:
    """Let a page be switched, and compare what comes over the wire with what a first visit without takes."""
    page = seen.page
    page.wait_for_load_state("networkidle")
    before = seen.received
    with page.expect_request_finished(lambda request: request.url.endswith(".small.json")):
        switch_to(page, "small")
    page.wait_for_load_state("networkidle")
    assert 0 < seen.received - before <= (HEAVIER - 1) * seen.weight


def test_everybody_can_use_it(made: Visit) -> None:
    assert faults(opened(made)) == []
    switch_to(made.page, "small")
    list(draw_charts(made.page))
    assert {theme: faults(made.page, theme) for theme in ("light", "dark")} == {"light": [], "dark": []}
    made.page.reload()
    expect(made.page.locator(".cell .sbs-tokens")).to_contain_text(SMALL.name)
    assert walk(made) == []


def test_it_stays_in_sight_where_there_is_room(made: Visit, small: str, visit: Open) -> None:
    phone = visit("notebooks/made", address=small, viewport={"width": 390, "height": 844}).page
    assert phone.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
    for page, seen in ((made.page, True), (phone, False)):
        page.locator(".cell .sbs-tokens").evaluate("part => part.scrollIntoView({ block: 'start' })")
        top = page.locator(".sbs-switch").evaluate("box => box.getBoundingClientRect().top")
        assert (top > 0) == seen
