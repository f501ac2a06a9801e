"""A page's head: scripts that do not hold up the text, and what search engines and chat programs show of a link to it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

from sidebyside.grammar import SENTENCE

from ..parts import found

TEMPLATES = Path(__file__).parent / "templates"
AT_ONCE = "documentation_options.js"  # the theme's lines in the head talk to it
LONGEST = 200  # characters of a description


def description(doctree: nodes.document) -> str:
    """Return a page's first paragraph, cut at a word if it is long; a lesson's is the one sentence that it teaches."""
    first = next((said(part) for part in found(doctree, SENTENCE)), None) or next((p.astext() for p in doctree.findall(nodes.paragraph)), "")
    text = " ".join(first.split())
    text = text[:1].upper() + text[1:]
    return text if len(text) <= LONGEST else text[:LONGEST].rsplit(" ", 1)[0] + " …"


def said(part: nodes.Element) -> str:
    """Return what a lesson's one sentence says, without the bold words that announce it."""
    words = [node for node in next(part.findall(nodes.paragraph)).children if node.astext()]
    return "".join(node.astext() for node in words[isinstance(words[0], nodes.strong) :])


def deferred(script: Any) -> Any:
    """Return a script of a page, such that the browser runs it when the text is there; inline ones stay as they are."""
    if not script.filename or str(script.filename).endswith(AT_ONCE):
        return script
    return type(script)(script.filename, priority=script.priority, **{**script.attributes, "defer": "defer"})


def fill(app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: nodes.document | None) -> None:
    """Add a description to the page's context, and defer its scripts. The search page's own script needs the others at once."""
    if pagename != "search":
        context["script_files"] = [deferred(script) for script in context["script_files"]]
    if doctree is not None and 'name="description"' not in context.get("metatags", ""):
        context["description"] = description(doctree)


def setup(app: Sphinx) -> None:
    """Register with Sphinx."""
    app.connect("config-inited", lambda app, config: config.templates_path.append(str(TEMPLATES)))
    app.connect("html-page-context", fill, priority=950)  # when all others have added theirs
