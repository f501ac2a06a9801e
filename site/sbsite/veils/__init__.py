"""Results that stay closed until the reader has guessed; the boxes themselves are the package's, `sidebyside.widgets.show`."""

from __future__ import annotations

from sphinx.application import Sphinx

from sidebyside.jupyter import GUESS

from ..files import on_pages


def setup(app: Sphinx) -> None:
    """Register with Sphinx."""
    app.config.html_static_path.append(str(GUESS))
    on_pages(app, 'class="sbs-outcome"', GUESS.name)
    on_pages(app, 'class="sbs-predict"', GUESS.name, "veils.js")
