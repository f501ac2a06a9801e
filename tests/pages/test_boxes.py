"""Predict and outcome boxes carry their script where a page runs, and none where it is saved."""

from __future__ import annotations

import pytest

from sidebyside.widgets import Outcome, Prediction
from tests.pages.helpers import Page, mime_bundles
from tools.pages import pages, sanitized

BOXES = ("sbs-predict", "sbs-outcome", "sbs-script")
PAGES = [Page(path) for path in pages()]


def scripted(html: str) -> bool:
    return "<script" in html and any(box in html for box in BOXES)


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_no_notebook_holds_the_script_of_its_boxes(page: Page) -> None:
    assert [html for cell in page.code for bundle in mime_bundles(cell) if scripted(html := bundle.get("text/html", ""))] == []


@pytest.mark.parametrize(
    "box", [Prediction("a/b", "Is </script> one?", ["yes", "no"]), Outcome("a/b", "yes", "It is </script>.")], ids=["predict", "outcome"]
)
def test_a_saved_box_is_the_sent_one_without_its_script(box: Prediction | Outcome) -> None:
    sent = box._repr_html_()
    assert scripted(sent)
    assert sanitized(sent) == sent[: sent.index("<script")]
    assert sanitized(sanitized(sent) * 2) == sanitized(sent) * 2
