"""Results that stay closed until the reader has guessed, and questions whose answers explain themselves.

The boxes are the package's, `sidebyside.widgets.show`; scripts and looks are those that JupyterLab has, `sidebyside.jupyter`.
"""

from __future__ import annotations

from sphinx.application import Sphinx

from ..files import on_pages


def setup(app: Sphinx) -> None:
    """Register with Sphinx."""
    on_pages(app, 'class="sbs-outcome"', "guess.js")
    on_pages(app, 'class="sbs-predict"', "guess.js", "veils.js")
    on_pages(app, 'class="quiz ', "guess.js", "quiz.js")
