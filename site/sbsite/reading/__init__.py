"""How long a page takes to read: said below its title, unless the page states its own minutes, as each lesson does."""

from __future__ import annotations

from math import ceil
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

from sidebyside.grammar import TIME

from ..launch import is_notebook
from ..paper import SHEET
from ..parts import found

WORDS_A_MINUTE = 238  # silent reading of English non-fiction: Brysbaert 2019, doi.org/10.1016/j.jml.2019.104047


def minutes(tree: nodes.document) -> int | None:
    """Return the minutes for reading a page's prose, at least one; None if the page states its own."""
    if any(found(tree, TIME)):
        return None
    prose = [node.astext() for node in tree.findall(nodes.paragraph)]
    return max(1, ceil(sum(len(text.split()) for text in prose) / WORDS_A_MINUTE))


def say(app: Sphinx, page: str, template: str, context: dict[str, Any], tree: nodes.document | None) -> None:
    """Put the sentence below the title of a page."""
    body = context.get("body", "")  # a sheet of paper tells its length by itself
    if tree is None or page == app.config.root_doc or SHEET in body or (count := minutes(tree)) is None:
        return
    text = f"About {count} minute{'s' * (count > 1)} to read{', and longer to do' * is_notebook(app, page)}"
    context["body"] = body.replace("</h1>", f'</h1>\n<p class="sbs-reading">{text}</p>', 1)


def setup(app: Sphinx) -> None:
    """Register with Sphinx."""
    app.connect("html-page-context", say)
