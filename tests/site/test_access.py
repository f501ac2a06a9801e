"""Pages for everybody: no fault that axe-core finds, every control within reach of a keyboard, and seen when it is reached."""

from __future__ import annotations

from functools import cache

import pytest
from playwright.sync_api import Page

from tests.site.browsing import HOME, Open, Visit, draw_charts, show_all

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
COLOURS = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}  # all that another theme changes
AXE = """rules => axe.run(document, { runOnly: rules, resultTypes: ['violations'] }).then(({ violations }) =>
  violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => `${id}: ${target}: ${failureSummary}`)))"""
# Everything that a keyboard must reach: of a group of radio buttons, one.
REACHABLE = """() => [...document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex="0"]')].filter(e =>
  e.checkVisibility({ visibilityProperty: true }) && !e.disabled && e.tabIndex >= 0
  && !(e.type === 'radio' && e !== document.getElementsByName(e.name)[0]))
  .map(e => { e.dataset.wanted = ''; return e; }).length"""
FOCUSED = """() => {
  const e = document.activeElement, first = !('reached' in e.dataset);
  const shown = e.labels?.[0]?.previousElementSibling === e ? e.labels[0] : e; // a tab is drawn by the label after its button
  const ring = (part) => { const style = getComputedStyle(shown, part);
    return style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2 || style.boxShadow !== 'none'; };
  const group = e.type === 'radio' ? document.getElementsByName(e.name)[0] : e;
  group.dataset.reached = e.dataset.reached = '';
  return { first, name: e.outerHTML.slice(0, 120), end: e === document.body,
    visible: getComputedStyle(shown).opacity > 0.5 && [null, '::before', '::after'].some(ring) };
}"""
MISSED = "() => [...document.querySelectorAll('[data-wanted]:not([data-reached])')].map(e => e.outerHTML.slice(0, 160))"


@cache
def axe() -> str:
    return (HOME / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")


def opened(seen: Visit) -> Page:
    """Open all that can be opened on a page, and bring axe-core into it."""
    show_all(seen.page)
    seen.page.evaluate("document.querySelectorAll('details').forEach(e => { e.open = true })")
    list(draw_charts(seen.page))
    seen.page.evaluate(axe())
    return seen.page


def faults(page: Page, theme: str = "light") -> list[str]:
    """Return what axe-core finds on an opened page in a theme, which the page takes as from its own button."""
    page.evaluate("theme => { document.documentElement.dataset.theme = document.documentElement.dataset.mode = theme }", theme)
    return page.evaluate(AXE, RULES if theme == "light" else COLOURS)


def walk(seen: Visit) -> list[str]:
    """Go through a page with the tab key, and return what was reached without being seen, and what was not reached."""
    wanted, unseen = seen.page.evaluate(REACHABLE), []
    assert wanted > 10
    for _ in range(2 * wanted):
        seen.page.keyboard.press("Tab")
        focused = seen.page.evaluate(FOCUSED)
        if focused["end"] or not focused["first"]:
            break
        if not focused["visible"]:
            unseen.append(f"not seen: {focused['name']}")
    return unseen + [f"not reached: {name}" for name in seen.page.evaluate(MISSED)]


def test_a_kept_theme_is_taken_and_each_has_its_own_colours(visit: Open) -> None:
    pages = {theme: visit("book/start", theme=theme).page for theme in ("light", "dark")}
    assert {theme: page.evaluate("document.documentElement.dataset.theme") for theme, page in pages.items()} == {"light": "light", "dark": "dark"}
    assert len({page.evaluate("getComputedStyle(document.body).backgroundColor") for page in pages.values()}) == 2


def test_axe_finds_a_fault(visit: Open) -> None:
    page = opened(visit("book/start"))
    page.evaluate("document.querySelector('article').insertAdjacentHTML('beforeend', '<img src=../_static/mark.svg><p style=color:#ccc>pale</p>')")
    assert {fault.split(":")[0] for fault in faults(page)} == {"image-alt", "color-contrast"}


def test_axe_finds_a_fault_that_only_the_dark_shows(visit: Open) -> None:
    page = opened(visit("book/start"))
    page.evaluate("document.querySelector('article').insertAdjacentHTML('beforeend', '<p style=color:#222>night</p>')")
    assert faults(page) == []
    assert {fault.split(":")[0] for fault in faults(page, "dark")} == {"color-contrast"}


@pytest.mark.parametrize("name", ["book/start", "notebooks/meet_the_model", "notebooks/how_sure_are_we", "exercises/meet_the_model"])
def test_a_keyboard_reaches_everything_and_one_sees_where_it_is(name: str, visit: Open) -> None:
    seen = visit(name, reduced_motion="reduce")
    show_all(seen.page)
    seen.page.reload()  # the browser goes from where one has clicked last
    list(draw_charts(seen.page))
    assert walk(seen) == []


def test_the_skip_link_skips(visit: Open) -> None:
    page = visit("notebooks/meet_the_model").page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to main content"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")
