"""Pages on paper: charts are drawn, answers are open, and nothing is there to press."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.site.browsing import Open, with_element

LESSON = "notebooks/side_by_side"


# A headless browser has no printer: this stands for it, and notes what it would put on paper.
PRINTER = """window.print = () => {
  dispatchEvent(new Event('beforeprint'));
  window.paper = { theme: document.documentElement.dataset.theme, charts: document.querySelectorAll('.sbs-chart.ready svg').length };
  dispatchEvent(new Event('afterprint'));
};"""


def test_all_charts_are_drawn_before_a_page_is_printed(visit: Open) -> None:
    page = visit(with_element("sbs-chart")[0], theme="dark").page
    page.add_init_script(PRINTER)
    page.reload()
    page.keyboard.press("Control+p")
    page.wait_for_function("window.paper")
    charts = page.locator(".sbs-chart").count()
    assert charts and page.evaluate("window.paper") == {"theme": "light", "charts": charts}
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


def test_paper_has_the_text_and_the_answers_and_nothing_to_press(visit: Open) -> None:
    page = visit(LESSON).page
    page.emulate_media(media="print")
    for part in (".bd-sidebar-primary", ".bd-sidebar-secondary", ".bd-header-article", ".prev-next-footer", ".sbs-veil", ".sbs-end"):
        assert page.locator(part).count() and not page.locator(part).first.is_visible(), part
    assert page.locator("details.quiz > :not(summary)").evaluate_all("parts => parts.every(part => part.checkVisibility())")
    assert page.locator(".sbs-outcome").first.is_visible()
