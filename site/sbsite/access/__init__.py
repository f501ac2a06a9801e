"""Repairs of what the builders write that a screen reader stumbles over; `tests/site/test_access.py` finds the next."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

from ..files import on_pages

REPAIRS = (
    ('<summary aria-label="Toggle hidden content">', "<summary>"),  # myst-nb: the name must say what is written there
    (' role="doc-biblioentry"', ' role="listitem"'),  # docutils: a role that browsers have dropped
    ("<th></th>", "<td></td>"),  # an empty corner of a table heads nothing
)


def repair(app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: nodes.document | None) -> None:
    """Mend the body of a page before it is put into its frame."""
    for found, mended in REPAIRS:
        context["body"] = context.get("body", "").replace(found, mended)


def with_names(make: Callable[..., Any]) -> Callable[..., Any]:
    """Return the theme's maker of the sidebar, such that what opens the pages below a page says so."""

    def toctree(*args: Any, **options: Any) -> Any:
        tree = make(*args, **options)
        for opener in tree.select("li.has-children > details > summary"):
            opener["aria-label"] = f"More pages: {opener.find_previous('a').get_text(strip=True)}"
        return tree

    return toctree


def name_openers(app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: nodes.document | None) -> None:
    """Put the names into the sidebar of a page."""
    context["generate_toctree_html"] = with_names(context["generate_toctree_html"])


def setup(app: Sphinx) -> None:
    """Register with Sphinx."""
    on_pages(app, "application/vnd.jupyter.widget-view+json", "sliders.js")
    app.connect("html-page-context", repair)
    app.connect("html-page-context", name_openers, priority=900)  # after the theme has put its maker there
