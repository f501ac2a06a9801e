"""What is printed from the site: handouts of one sheet each, and a table of intervals that is computed, not typed."""

from __future__ import annotations

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from sidebyside.evaluation import Rate

from ..files import on_pages

SHEET = "sbs-handout"  # the class of a container that fills one sheet


class WilsonTable(SphinxDirective):
    """Shows how wide the interval of a share is, for several numbers of messages."""

    option_spec = {"share": directives.percentage, "sizes": directives.positive_int_list}

    def run(self) -> list[nodes.Node]:
        """Return a table: one row for each number of messages."""
        share = int(self.options["share"]) / 100
        rates = [Rate(round(share * n), n) for n in self.options["sizes"]]
        rows = [(f"{rate.successes} of {rate.n}", *(f"{bound:.0%}" for bound in rate.interval)) for rate in rates]
        return [table(("right", "as low as", "as high as"), rows)]


def table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> nodes.table:
    """Return a plain table."""
    group = nodes.tgroup("", *(nodes.colspec(colwidth=1) for _ in head), cols=len(head))
    group += nodes.thead("", _row(head))
    group += nodes.tbody("", *map(_row, rows))
    return nodes.table("", group)


def _row(cells: tuple[str, ...]) -> nodes.row:
    return nodes.row("", *(nodes.entry("", nodes.paragraph(text=cell)) for cell in cells))


def setup(app: Sphinx) -> None:
    """Register with Sphinx."""
    app.add_directive("wilson-table", WilsonTable)
    app.add_js_file("paper.js")
    on_pages(app, SHEET, "handout.css")
