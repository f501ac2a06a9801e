"""Results that stay closed until the reader has guessed; the boxes themselves are the package's, `sidebyside.widgets.show`."""

from __future__ import annotations

from sphinx.application import Sphinx

from ..files import on_pages


def setup(app: Sphinx) -> None:
    """Register with Sphinx."""
    on_pages(app, 'class="sbs-predict"', "veils.js")
