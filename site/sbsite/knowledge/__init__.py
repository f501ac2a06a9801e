"""The test before and after the course, on a page.

`{knowledge-test}` with the name of a YAML file shows its questions as a form, which `knowledge.js` scores in the
reader's browser; printed, it is a paper test with an answer sheet. `{knowledge-key}` shows the right answers, for teachers.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from docutils import nodes
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from sidebyside.errors import KnowledgeError
from sidebyside.knowledge import Item, load_test

from ..files import HERE, on_pages
from ..lessons import title

TEMPLATES = Environment(loader=FileSystemLoader(HERE / "knowledge"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)


class KnowledgeTestDirective(SphinxDirective):
    """Shows the questions of a YAML file that lies beside the page."""

    required_arguments = 1
    template = "form.html"

    def run(self) -> list[nodes.Node]:
        """Return one node, filled by the template."""
        name, path = self.env.relfn2path(self.arguments[0])
        self.env.note_dependency(name)
        try:
            test = load_test(Path(path))
        except KnowledgeError as error:
            raise self.error(str(error)) from error
        text = TEMPLATES.get_template(self.template).render(test=test, link=self._link)
        return [nodes.raw("", text, format="html")]

    def _link(self, item: Item) -> tuple[str, str]:
        """Return address and title of the page that an item belongs to."""
        address: Callable[[str, str], str] = self.env.app.builder.get_relative_uri
        return address(self.env.docname, item.page), title(Path(self.env.srcdir) / item.page)


class KnowledgeKeyDirective(KnowledgeTestDirective):
    """Shows each question with its right answer."""

    template = "key.html"


def setup(app: Sphinx) -> None:
    """Register with Sphinx."""
    app.add_directive("knowledge-test", KnowledgeTestDirective)
    app.add_directive("knowledge-key", KnowledgeKeyDirective)
    on_pages(app, 'class="sbs-test"', "knowledge.js", "knowledge.css", loading_method="defer")
