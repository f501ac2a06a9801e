"""Pages for everybody: no fault that axe-core finds, every control within reach of a keyboard, and seen when it is reached."""

from __future__ import annotations

from functools import cache

import pytest

from tests.site.browsing import HOME, Open, Visit, draw_charts, each_page, show_all

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
AXE = """rules => axe.run(document, { runOnly: rules }).then(({ violations }) =>
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


def faults(seen: Visit) -> list[str]:
    """Open all that can be opened on a page, and return what axe-core finds on it."""
    show_all(seen.page)
    seen.page.evaluate("document.querySelectorAll('details').forEach(e => { e.open = true })")
    list(draw_charts(seen.page))
    seen.page.evaluate(axe())
    return seen.page.evaluate(AXE, RULES)


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


@pytest.mark.parametrize("theme", ["light", "dark"])
@each_page
def test_axe_finds_no_fault(name: str, theme: str, visit: Open) -> None:
    seen = visit(name, theme=theme, reduced_motion="reduce")
    assert seen.page.evaluate("document.documentElement.dataset.theme") == theme
    assert faults(seen) == []


def test_axe_finds_a_fault(visit: Open) -> None:
    seen = visit("book/start")
    seen.page.evaluate(
        "document.querySelector('article').insertAdjacentHTML('beforeend', '<img src=../_static/mark.svg><p style=color:#ccc>pale</p>')"
    )
    assert {fault.split(":")[0] for fault in faults(seen)} == {"image-alt", "color-contrast"}


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
