"""Repairs of what the builders write that a screen reader stumbles over; `tests/site/test_access.py` finds the next."""

from __future__ import annotations

from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

REPAIRS = (
    ('<summary aria-label="Toggle hidden content">', "<summary>"),  # myst-nb: the name must say what is written there
    (' role="doc-biblioentry"', ' role="listitem"'),  # docutils: a role that browsers have dropped
    ("<th></th>", "<td></td>"),  # an empty corner of a table heads nothing
)


def repair(app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: nodes.document | None) -> None:
    """Mend the body of a page before it is put into its frame."""
    for found, mended in REPAIRS:
        context["body"] = context.get("body", "").replace(found, mended)


def setup(app: Sphinx) -> None:
    """Register with Sphinx."""
    app.connect("html-page-context", repair)
