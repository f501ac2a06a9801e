"""A book of its own with the course's settings and what its pages may not have just now: mathematics, widgets, controls, hostile texts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import expect

from tests.shown_texts import notebook as hostile
from tests.site.browsing import Open, Visit, build_book
from tests.site.test_access import faults, opened, walk
from tests.site.test_texts import assert_text_is_text
from tools.pages import execute
from tools.serving import served

START = r"""# A small book

A circle of radius {math}`r` has the area

```{math}
A = \pi r^2 \qquad \cancel{A = 2 \pi r}
```

:::{note}
A box with an icon.
:::

:::{admonition} A closed box
:class: dropdown
Its inside.
:::

::::{tab-set}
:::{tab-item} One
First.
:::
:::{tab-item} Two
Second.
:::
::::
"""
WIDGETS = """import ipywidgets

first, second = (ipywidgets.IntSlider(value=3, max=10, description=name) for name in ("first", "second"))
link = ipywidgets.jslink((first, "value"), (second, "value"))
ipywidgets.VBox([first, second])"""
CHART = """import altair as alt
import pandas as pd

alt.renderers.enable("mimetype")
rows = pd.DataFrame({"kind": ["a", "b", "c"], "n": [1, 3, 5]})
most = alt.param(name="most", value=5, bind=alt.binding_range(min=1, max=5, step=1, name="at most "))
chosen = alt.selection_point(fields=["kind"])
bars = alt.Chart(rows, description="Three bars.").mark_bar().encode(y="kind:N", x="n:Q", opacity=alt.condition(chosen, alt.value(1), alt.value(0.25)))
bars.add_params(most, chosen).transform_filter("datum.n <= most").properties(height=90)"""


def write_book(folder: Path) -> None:
    """Write a book of three pages."""
    (folder / "start.md").write_text(START, encoding="utf-8")
    (folder / "_toc.yml").write_text("format: jb-book\nroot: start\nchapters:\n  - file: live\n  - file: texts\n", encoding="utf-8")
    cells = [nbformat.v4.new_markdown_cell("# Live parts"), *map(nbformat.v4.new_code_cell, (WIDGETS, CHART))]
    nbformat.write(execute(nbformat.v4.new_notebook(cells=cells), folder), folder / "live.ipynb")
    nbformat.write(hostile(), folder / "texts.ipynb")


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Build the small book as `make book` builds the course, and serve it."""
    folder = tmp_path_factory.mktemp("book")
    write_book(folder)
    with served(build_book(folder, "--all", "-n", "-W", "--keep-going")) as address:
        yield address


@pytest.fixture
def start(small: str, visit: Open) -> Visit:
    return visit("start", address=small, reduced_motion="reduce")


@pytest.fixture
def live(small: str, visit: Open) -> Visit:
    return visit("live", address=small, reduced_motion="reduce")


def test_mathematics_is_set_without_a_network(start: Visit) -> None:
    expect(start.page.locator("mjx-container svg, mjx-container mjx-math").first).to_be_visible()
    expect(start.page.locator("mjx-container")).to_have_count(2)
    assert start.page.locator("mjx-merror").count() == 0
    start.page.wait_for_function("document.fonts.status === 'loaded'")
    assert start.page.evaluate("[...document.fonts].some(font => font.family.startsWith('MJX') && font.status === 'loaded')")
    assert start.faults == []


def test_pages_without_mathematics_or_widgets_load_neither(start: Visit, live: Visit) -> None:
    asked = "() => performance.getEntriesByType('resource').map(entry => entry.name).filter(name => /mathjax|html-manager/.test(name)).length"
    assert start.page.evaluate(asked) and live.page.evaluate(asked)
    assert "html-manager" not in start.page.content()
    assert "mathjax" not in live.page.content()


def test_linked_widgets_move_together(live: Visit) -> None:
    values = live.page.locator(".widget-readout")
    expect(values).to_have_text(["3", "3"])
    live.page.locator(".noUi-handle").first.focus()
    live.page.keyboard.press("ArrowRight")
    expect(values).to_have_text(["4", "4"])
    assert live.faults == []


def test_a_chart_obeys_its_slider_and_a_click(live: Visit) -> None:
    live.page.locator(".sbs-chart").scroll_into_view_if_needed()
    bars = live.page.locator(".sbs-chart svg .mark-rect.role-mark path")
    expect(bars).to_have_count(3)
    bars.first.click()
    expect(bars.nth(1)).to_have_attribute("opacity", "0.25")
    slider = live.page.get_by_role("slider", name="at most")
    slider.focus()
    live.page.keyboard.press("ArrowLeft")
    expect(bars).to_have_count(2)
    assert live.faults == []


def test_everybody_can_use_the_parts(start: Visit, live: Visit) -> None:
    for seen in (start, live):
        assert faults(opened(seen)) == []
        seen.page.reload()
        assert walk(seen) == []


def test_texts_are_texts_beside_mathematics_of_the_page(small: str, visit: Open) -> None:
    page = visit("texts", address=small).page
    assert_text_is_text(page.locator("div.cell div.cell_output"), page.locator("div.math mjx-container").first)
