"""The test before and after the course, on a page.

`{knowledge-test}` with the name of a YAML file shows its questions as a form, which `assets/knowledge.js` scores in the
reader's browser; printed, it is a paper test with an answer sheet. `{knowledge-key}` shows the right answers, for teachers.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path

from docutils import nodes
from jinja2 import Environment, PackageLoader, StrictUndefined
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError
from sphinx.util.docutils import SphinxDirective
from sphinx.writers.html5 import HTML5Translator

from ..errors import KnowledgeError
from ..knowledge import Item, load_test

TEMPLATES = Environment(
    loader=PackageLoader("sidebyside.book", "templates"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
)


class TestForm(nodes.raw):
    """The form: a page that holds one gets the script."""


class KnowledgeTestDirective(SphinxDirective):
    """Shows the questions of a YAML file that lies beside the page."""

    required_arguments = 1
    template = "knowledge-test.html"
    node: type[nodes.raw] = TestForm

    def run(self) -> list[nodes.Node]:
        """Return the one node, filled by the template."""
        name, path = self.env.relfn2path(self.arguments[0])
        self.env.note_dependency(name)
        try:
            test = load_test(Path(path))
        except KnowledgeError as error:
            raise self.error(str(error)) from error
        text = TEMPLATES.get_template(self.template).render(test=test, link=self._link)
        return [self.node("", text, format="html")]

    def _link(self, item: Item) -> tuple[str, str]:
        """Return address and title of the page that an item belongs to."""
        address: Callable[[str, str], str] = self.env.app.builder.get_relative_uri
        return address(self.env.docname, item.page), title(Path(self.env.srcdir) / item.page)


class KnowledgeKeyDirective(KnowledgeTestDirective):
    """Shows each question with its right answer."""

    template = "knowledge-key.html"
    node = nodes.raw


@cache
def title(page: Path) -> str:
    """Return the first heading of a page, notebook or Markdown.

    Args:
        page: Its path without ending.

    Raises:
        ExtensionError: There is no such page.
    """
    notebook, text = page.with_suffix(".ipynb"), page.with_suffix(".md")
    if notebook.is_file():
        source = "".join(json.loads(notebook.read_text(encoding="utf-8"))["cells"][0]["source"])
    elif text.is_file():
        source = text.read_text(encoding="utf-8")
    else:
        raise ExtensionError(f"A question belongs to the page {page}, which is not there. Mend its `page`.")
    return next(line for line in source.splitlines() if line.startswith("# ")).removeprefix("# ").strip()


def add_script(app: Sphinx, page: str, template: str, context: dict[str, object], doctree: nodes.document | None) -> None:
    """Give script and style sheet to the pages that hold the form, and to no other."""
    if doctree is not None and any(doctree.findall(TestForm)):
        app.add_js_file("knowledge.js", loading_method="defer")
        app.add_css_file("knowledge.css")


def setup(app: Sphinx) -> None:
    """Register with Sphinx."""
    app.add_node(TestForm, html=(HTML5Translator.visit_raw, None))
    app.add_directive("knowledge-test", KnowledgeTestDirective)
    app.add_directive("knowledge-key", KnowledgeKeyDirective)
    app.connect("html-page-context", add_script)
