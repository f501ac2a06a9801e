"""Marks of one's own beside the names of pages; a page is named as in `_toc.yml`, by its slug."""

from __future__ import annotations

from sphinx.application import Sphinx


def setup(app: Sphinx) -> None:
    """Register with Sphinx."""
    app.add_js_file("progress.js")
