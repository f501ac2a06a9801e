"""A word of the glossary shows its meaning where it stands; pages link to it as `glossary.md#term-few-shot`."""

from __future__ import annotations

from typing import Any

from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.nodes import make_refnode

from sidebyside.jupyter.glossary import anchor

from ..files import on_pages


class LinkWords(SphinxPostTransform):
    """Leads each such link to the word's entry. One to a word that is not there is left to MyST, which reports it."""

    default_priority = 5  # before MyST looks for a heading of that name

    def run(self, **_: Any) -> None:
        """Change the page that is being written."""
        terms = {anchor(name): place for (kind, name), place in self.env.get_domain("std").data["objects"].items() if kind == "term"}
        for link in list(self.document.findall(addnodes.pending_xref)):
            if place := terms.get(link.get("reftargetid") or ""):
                page, label = place
                link.replace_self(make_refnode(self.app.builder, self.env.docname, page, label, list(link.children)))


def setup(app: Sphinx) -> None:
    """Register with Sphinx."""
    app.add_post_transform(LinkWords)
    on_pages(app, "#term-", "words.js")
