"""The picture on the first page: chart and sentence are a lesson's saved outputs."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from sbsite.charts import MIME
from sbsite.picture import saved_output, saved_sentence
from tests.site.browsing import PAGES, Open
from tools.pages import notebook

NOTEBOOK = notebook("notebooks/the_ml_workflow")


def test_the_first_page_shows_what_a_lesson_has_measured(visit: Open) -> None:
    seen = visit(PAGES[0])
    figure = seen.page.locator(".sbs-figure")
    expect(figure.locator(".sbs-said")).to_have_text(re.compile(re.escape(" ".join(saved_sentence(NOTEBOOK, "c26").split())), re.I))
    chart = saved_output(NOTEBOOK, "c25", MIME)
    expect(figure.locator(".sbs-picture")).to_have_accessible_name(chart["description"])
    rows = next(iter(chart["datasets"].values()))
    spoken = " ".join(figure.locator("svg [aria-label]").evaluate_all("marks => marks.map(mark => mark.ariaLabel)"))
    assert rows and all(row["name"] in spoken for row in rows), spoken
    assert seen.page.evaluate("typeof vega") == "undefined"


@pytest.mark.parametrize(
    ("cell", "mime", "says"), [("c999", MIME, "has no cell c999"), ("c26", MIME, "shows nothing of the kind"), ("c03", MIME, "shows nothing")]
)
def test_a_picture_that_is_gone_is_a_fault(cell: str, mime: str, says: str) -> None:
    with pytest.raises(LookupError, match=says):
        saved_output(NOTEBOOK, cell, mime)
