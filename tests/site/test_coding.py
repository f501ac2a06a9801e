"""Drafts that the reader codes, groups and counts in the page: by hand and by keyboard, kept, and counted as the package counts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from playwright.sync_api import Browser, Page, expect
from sklearn.metrics import cohen_kappa_score

import sidebyside as sbs

GROUPS = {"nothing wrong": "it can go out", "promise": "it promises too much", "tone": "it is rude"}
ROWS = [
    ("Where is it?", "We will <b>send</b> it.", "promises", "promise"),
    ("Late!", "Calm down.", "rude", "tone"),
    ("Lovely", "Thank you.", "fine", "nothing wrong"),
    ("Broken", "We will pay you.", "promises money", "promise"),
]
COLUMNS = ["message", "draft", "note", "group"]


def opened(browser: Browser, tmp_path: Path, rows: list[tuple[str, str, str, str]]) -> tuple[Page, list[str]]:
    widget = sbs.widgets.coding("x/coding", "What is wrong?", pd.DataFrame(rows, columns=COLUMNS), GROUPS, "a-model")
    file, faults = tmp_path / "page.html", list[str]()
    file.write_text(f'<!doctype html><meta charset="utf-8"><html lang="en"><title>t</title><div class="cell_output">{widget._repr_html_()}</div>')
    page = browser.new_page()
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(file.as_uri())
    return page, faults


@pytest.fixture
def page(browser: Browser, tmp_path: Path) -> Iterator[Page]:
    """The widget alone, in a file, so that the browser keeps the codes."""
    page, faults = opened(browser, tmp_path, ROWS)
    expect(page.get_by_role("button", name="Nothing wrong")).to_be_visible()
    yield page
    page.close()
    assert faults == []


def press(page: Page, *names: str) -> None:
    for name in names:
        page.get_by_role("button", name=name, exact=True).click()


def note(page: Page, *codes: str) -> None:
    for code in codes:
        page.get_by_label("What is wrong?").fill(code)
        press(page, "Note it")


def group(page: Page, **groups: str) -> None:
    for code, name in groups.items():
        page.get_by_label(f"“{code}”").select_option(name)


def counted(page: Page) -> dict[str, list[str]]:
    rows = [row.locator("td").all_inner_texts() for row in page.locator(".sbs-coding table").first.locator("tbody tr").all()]
    return {name: cells for name, *cells in rows}


def test_codes_are_grouped_and_counted_as_the_package_does(page: Page) -> None:
    note(page, "lies", "  Lies ", "cold", "cold")
    assert page.locator(".sbs-coding label select").count() == 2
    group(page, lies="promise", cold="tone")
    press(page, "Count")
    rates = counted(page)
    assert rates["promise"] == [str(sbs.rate([1, 1, 0, 0])), str(sbs.rate([1, 0, 0, 1]))]
    assert rates["nothing wrong"] == [str(sbs.rate([0] * 4)), str(sbs.rate([1, 0, 0, 0]))]
    found = page.locator(".sbs-result")
    mine, stored = ["promise", "promise", "tone", "tone"], [group for *_, group in ROWS]
    assert f"the same group to {sbs.rate(a == b for a, b in zip(mine, stored, strict=True))} of the drafts" in found.inner_text()
    assert float(found.get_attribute("data-kappa") or "nan") == pytest.approx(cohen_kappa_score(mine, stored), abs=1e-12)


@pytest.mark.parametrize("mine", [["promise", "tone", "nothing wrong", "promise"], ["tone", "nothing wrong", "promise", "tone"], ["tone"] * 4])
def test_kappa_is_that_of_scikit_learn(page: Page, mine: list[str]) -> None:
    note(page, *(f"code {place}" for place in range(4)))
    group(page, **{f"code {place}": name for place, name in enumerate(mine)})
    press(page, "Count")
    found = float(page.locator(".sbs-result").get_attribute("data-kappa") or "nan")
    assert found == pytest.approx(cohen_kappa_score(mine, [group for *_, group in ROWS]), abs=1e-12)


def test_one_group_alone_has_no_kappa(browser: Browser, tmp_path: Path) -> None:
    page, faults = opened(browser, tmp_path, [ROWS[2]])
    press(page, "Nothing wrong", "Count")
    assert "Kappa: undefined" in page.locator(".sbs-result").inner_text()
    page.close()
    assert faults == []


def test_some_drafts_are_enough_and_counts_are_of_those(page: Page) -> None:
    note(page, "lies")
    press(page, "Nothing wrong", "Group my codes")
    group(page, lies="a group of my own")
    press(page, "Count")
    assert counted(page)["a group of my own"] == [str(sbs.rate([1, 0])), "–"]
    assert counted(page)["tone"][1] == str(sbs.rate([0, 1]))
    assert page.locator(".sbs-coding table").nth(1).locator("tbody tr").count() == 2


def test_a_code_without_a_group_stays_one(page: Page) -> None:
    note(page, "lies")
    press(page, "Group my codes", "Count")
    assert counted(page)["no group yet"] == [str(sbs.rate([1])), "–"]


def test_an_empty_code_is_asked_for_again(page: Page) -> None:
    note(page, "   ")
    expect(page.locator(".sbs-coding .sbs-note")).to_have_text("a-model · draft 1 of 4 · 0 coded")
    expect(page.get_by_role("button", name="Group my codes")).to_be_disabled()


def test_codes_are_kept_in_the_browser_and_can_be_changed_and_cleared(page: Page) -> None:
    note(page, "lies")
    page.reload()
    expect(page.locator(".sbs-coding .sbs-note")).to_have_text("a-model · draft 2 of 4 · 1 coded")
    press(page, "One back")
    expect(page.get_by_label("What is wrong?")).to_have_value("lies")
    note(page, "promises")
    press(page, "Group my codes", "Count", "Start again")
    page.reload()
    expect(page.locator(".sbs-coding .sbs-note")).to_have_text("a-model · draft 1 of 4 · 0 coded")


def test_a_draft_is_text_and_never_markup(page: Page) -> None:
    expect(page.locator(".sbs-coding blockquote")).to_have_text("We will <b>send</b> it.")


def test_the_keyboard_is_enough(page: Page) -> None:
    page.get_by_label("What is wrong?").focus()
    for code in ("lies", "rude", "fine", "money"):
        page.keyboard.type(code)
        page.keyboard.press("Enter")  # the next draft's field has the focus at once
    expect(page.get_by_role("button", name="Count", exact=True)).to_be_visible()
    assert page.evaluate("document.activeElement.closest('.sbs-coding') !== null")
    controls = page.locator(".sbs-coding :is(button, select, input)")
    assert [control.get_attribute("data-lm-suppress-shortcuts") for control in controls.all()] == ["true"] * controls.count()


def test_drafts_without_a_stored_coding_are_counted_alone(browser: Browser, tmp_path: Path) -> None:
    page, faults = opened(browser, tmp_path, [(message, draft, "", "") for message, draft, *_ in ROWS])
    note(page, "lies")
    press(page, "Group my codes", "Count")
    assert "Nobody has stored a coding" in page.locator(".sbs-result").inner_text()
    page.close()
    assert faults == []


def test_a_screen_reader_hears_each_draft(page: Page) -> None:
    press(page, "Nothing wrong")
    expect(page.locator(".sbs-coding [role=status]")).to_have_text("a-model · draft 2 of 4 · 1 coded. Late! Draft: Calm down.")
