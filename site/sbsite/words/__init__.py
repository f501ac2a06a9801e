"""A word of the glossary shows its meaning where it stands."""

from __future__ import annotations

from sphinx.application import Sphinx

from ..files import on_pages


def setup(app: Sphinx) -> None:
    """Register with Sphinx."""
    on_pages(app, "#term-", "words.js")
