"""The test before and after the course in a real browser: by keyboard alone, with the score that the package computes."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from sidebyside.evaluation import Rate
from sidebyside.knowledge import KnowledgeTest, Sheet, load_test, read_sheets, score
from tests.site.browsing import HOME, Open, Visit

PAGE = "book/instructor/knowledge-test"
Choices = list[tuple[int, int]]  # for each item the place of the option and of the confidence


@pytest.fixture(scope="module")
def test() -> KnowledgeTest:
    return load_test(HOME / "book" / "instructor" / "knowledge-test.yml")


def choices(test: KnowledgeTest, seed: int) -> Choices:
    dice = random.Random(seed)
    return [(dice.randrange(4), dice.randrange(len(test.scale))) for _ in test.items]


def fill(page: Page, form: str, chosen: Choices, name: str = "Plum 7") -> None:
    page.locator("[name=name]").fill(name)
    page.locator(f"[name=form][value={form}]").check()
    page.evaluate(
        """chosen => document.querySelectorAll(".sbs-item").forEach((item, i) => [".sbs-option", ".sbs-sure"].forEach(
          (part, kind) => item.querySelectorAll(`${part} input`)[chosen[i][kind]].click()))""",
        chosen,
    )


def finish(page: Page) -> None:
    page.get_by_role("button", name="Finish and see my score").click()


def saved(page: Page, folder: Path, test: KnowledgeTest) -> tuple[str, Sheet]:
    """Save the answers as a file; return its name, and what the package reads in it."""
    with page.expect_download() as download:
        page.get_by_role("button", name="Save my answers as a file").click()
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    (sheet,), _ = read_sheets([path], test)
    return path.name, sheet


def values(page: Page) -> dict[str, float]:
    return page.locator(".sbs-score").evaluate("e => Object.fromEntries(Object.entries(e.dataset).map(([name, value]) => [name, Number(value)]))")


@pytest.mark.parametrize("seed", range(3))
def test_the_page_scores_as_the_package_does(seed: int, test: KnowledgeTest, visit: Open, tmp_path: Path) -> None:
    seen = visit(PAGE)
    chosen = choices(test, seed)
    fill(seen.page, "before", chosen)
    finish(seen.page)
    expect(seen.page.locator(".sbs-score")).to_be_focused()
    name, sheet = saved(seen.page, tmp_path, test)
    assert (name, sheet.name, sheet.form) == ("Plum-7-before.csv", "plum 7", "before")
    assert [(sheet.answers[i.id].option, round(100 * (sheet.answers[i.id].confidence or 0))) for i in test.items] == [
        ("abcd"[option], test.scale[sure]) for option, sure in chosen
    ]
    mark = score(sheet, test)
    assert values(seen.page) == pytest.approx(
        {"right": mark.right.successes, "n": 20, "confidence": mark.confidence, "brier": mark.brier, "gap": mark.gap}
    )
    low, high = mark.right.interval
    expect(seen.page.locator(".sbs-score p").first).to_contain_text(
        f"{mark.right.successes} of 20 right. On many more questions like these, your share may lie anywhere from {low:.0%} to {high:.0%}".replace(
            "%", " %"
        )
    )
    assert seen.faults == []


@pytest.mark.parametrize("right", [0, 1, 10, 19, 20])
def test_the_interval_is_wilson_s(right: int, test: KnowledgeTest, visit: Open) -> None:
    page = visit(PAGE).page
    keys = ["abcd".index(item.key) for item in test.items]
    fill(page, "after", [((key + (i >= right)) % 4, 0) for i, key in enumerate(keys)])
    finish(page)
    row = page.locator(".sbs-score tbody tr")
    low, high = Rate(right, 20).interval
    expect(row).to_have_text(f"25 %{right} of 20{low:.0%} to {high:.0%}".replace("%", " %").replace("25  %", "25 %"))


def test_it_can_be_done_by_keyboard_alone(test: KnowledgeTest, visit: Open) -> None:
    seen = visit(PAGE)
    page = seen.page
    page.locator("[name=name]").focus()
    page.keyboard.type("Kiwi 3")
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowRight")  # "after the course"
    for _ in range(2 * len(test.items)):
        page.keyboard.press("Tab")
        page.keyboard.press("Space")
        page.keyboard.press("ArrowDown")
        assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".sbs-score h2")).to_have_text("Your score after the course")
    assert values(page)["right"] == sum(item.key == "b" for item in test.items)
    assert values(page)["confidence"] == pytest.approx(test.scale[1] / 100)
    assert seen.faults == []


def test_the_test_before_tells_no_answer(test: KnowledgeTest, visit: Open) -> None:
    page = visit(PAGE).page
    fill(page, "before", choices(test, 0))
    finish(page)
    expect(page.locator(".sbs-score")).to_be_visible()
    expect(page.locator(":is(.sbs-why, .sbs-more):visible")).to_have_count(0)
    marks = page.locator(".sbs-option label").evaluate_all("labels => labels.map(l => getComputedStyle(l, '::after').content)")
    assert set(marks) == {"none"}
    borders = page.locator(".sbs-option label:not(:has(:checked))").evaluate_all("labels => labels.map(l => getComputedStyle(l).borderColor)")
    assert len(set(borders)) == 1


def test_the_test_after_explains_every_option(test: KnowledgeTest, visit: Open) -> None:
    page = visit(PAGE).page
    fill(page, "after", choices(test, 1))
    expect(page.locator(".sbs-why:visible")).to_have_count(0)
    finish(page)
    assert page.locator(".sbs-why:visible").all_text_contents() == [option.why for item in test.items for option in item.options]
    expect(page.locator(".sbs-more:visible")).to_have_count(20)
    assert page.locator("[data-right] input").evaluate_all("inputs => inputs.map(i => i.value)") == [item.key for item in test.items]


def test_a_reload_keeps_everything_and_both_tests_apart(test: KnowledgeTest, visit: Open) -> None:
    page = visit(PAGE).page
    before, after = choices(test, 2), choices(test, 3)
    fill(page, "before", before)
    finish(page)
    fill_after = page.locator("[name=form][value=after]")
    fill_after.check()
    expect(page.locator(".sbs-item input:checked")).to_have_count(0)
    fill(page, "after", after)
    page.reload()
    expect(page.locator("[name=name]")).to_have_value("Plum 7")
    expect(fill_after).to_be_checked()
    expect(page.locator(".sbs-item input:checked")).to_have_count(40)
    finish(page)
    first = score(Sheet("", "before", {}), test).right.n
    expect(page.locator(".sbs-score")).to_contain_text(f"Before the course, on this device: {hits(before, test)} of {first} right.")
    page.reload()
    assert values(page)["right"] == hits(after, test)
    page.locator("[name=form][value=before]").check()
    assert values(page)["right"] == hits(before, test)


def hits(chosen: Choices, test: KnowledgeTest) -> int:
    return sum("abcd"[option] == item.key for (option, _), item in zip(chosen, test.items, strict=True))


def test_gaps_are_named_once_and_may_stay(test: KnowledgeTest, visit: Open, tmp_path: Path) -> None:
    page = visit(PAGE).page
    page.locator(".sbs-item").first.locator(".sbs-option input").first.check()
    finish(page)
    expect(page.locator(".sbs-status")).to_contain_text("There is no code name yet; question 1 has no confidence; question 2 has no answer;")
    expect(page.locator(".sbs-score")).to_be_hidden()
    finish(page)
    expect(page.locator(".sbs-score")).to_be_visible()
    assert values(page)["n"] == 20
    name, sheet = saved(page, tmp_path, test)
    assert (name, sheet.name) == ("unnamed-before.csv", "unnamed")
    assert [item for item, answer in sheet.answers.items() if answer.option] == [test.items[0].id]


def test_a_name_cannot_be_a_formula_or_break_the_file(test: KnowledgeTest, visit: Open, tmp_path: Path) -> None:
    page = visit(PAGE).page
    fill(page, "before", choices(test, 4), '=-1,"Ünal" 5')
    finish(page)
    assert saved(page, tmp_path, test)[1].name == "1ünal 5"


def test_answers_can_be_cleared(test: KnowledgeTest, visit: Open) -> None:
    page = visit(PAGE).page
    fill(page, "before", choices(test, 5))
    finish(page)
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Clear this test").click()
    page.reload()
    expect(page.locator(".sbs-item input:checked")).to_have_count(0)
    expect(page.locator(".sbs-item input:disabled")).to_have_count(0)


def test_it_works_where_the_browser_keeps_nothing(test: KnowledgeTest, visit: Open) -> None:
    seen = visit(PAGE)
    seen.page.add_init_script("Object.defineProperty(window, 'localStorage', { get() { throw new Error('blocked'); } })")
    seen.page.reload()
    fill(seen.page, "before", choices(test, 6))
    finish(seen.page)
    assert values(seen.page)["right"] == hits(choices(test, 6), test)


def test_on_paper_it_has_an_answer_sheet_and_no_key(test: KnowledgeTest, visit: Open) -> None:
    page = visit(PAGE).page
    expect(page.locator(".sbs-sheet")).to_be_hidden()
    page.emulate_media(media="print")
    expect(page.locator(".sbs-sheet tbody tr")).to_have_count(20)
    expect(page.locator(".sbs-sheet")).to_be_visible()
    expect(page.locator(":is(.sbs-why, .sbs-more, .sbs-sure, .sbs-buttons):visible")).to_have_count(0)


def test_without_scripts_it_says_so_and_has_no_dead_button(visit: Open) -> None:
    page = visit(PAGE, java_script_enabled=False).page
    expect(page.locator(".sbs-test noscript p")).to_contain_text("Print it")
    expect(page.get_by_role("button", name="Finish and see my score")).to_be_hidden()


def test_only_the_page_of_the_test_loads_its_script(site: Path) -> None:
    pages = [file for file in site.rglob("*.html") if "knowledge.js" in file.read_text(encoding="utf-8")]
    assert [page.relative_to(site).as_posix() for page in pages] == [f"{PAGE}.html"]


@pytest.mark.parametrize("name", [PAGE, "book/instructor/knowledge-key"])
def test_a_page_fits_a_phone_and_is_faultless(name: str, visit: Open) -> None:
    seen: Visit = visit(name, viewport={"width": 390, "height": 844})
    assert seen.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
    assert seen.faults == []
