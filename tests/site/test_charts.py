"""Charts: drawn when the reader comes near, in letters that can be read."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.site.browsing import Open, draw_charts, show_all, with_element


def test_charts_wait_until_they_are_near(site: Path, visit: Open) -> None:
    seen = visit(with_element("sbs-chart")[0])
    assert seen.page.evaluate("typeof vegaEmbed") == "undefined", "the chart scripts are loaded at once"
    show_all(seen.page)
    assert list(draw_charts(seen.page))


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_letters_of_charts_can_be_read(theme: str, site: Path, visit: Open) -> None:
    seen = visit(with_element("sbs-chart")[0])
    seen.page.evaluate("theme => { document.documentElement.dataset.theme = theme }", theme)
    show_all(seen.page)
    for chart in draw_charts(seen.page):
        assert min(chart.locator("svg text").evaluate_all(CONTRAST)) >= 4.5


CONTRAST = """texts => {
  const light = (colour) => { const [r, g, b] = colour.match(/[\\d.]+/g).slice(0, 3).map(Number)
    .map((v) => v / 255).map((v) => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
  const ground = light(getComputedStyle(document.body).backgroundColor);
  return texts.map((text) => light(getComputedStyle(text).fill)).map((ink) => (Math.max(ink, ground) + .05) / (Math.min(ink, ground) + .05));
}"""
