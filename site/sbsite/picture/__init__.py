"""The directive `from-page`: a picture whose chart and sentence are the saved outputs of another page's cells, drawn when the book is built.

    :::{from-page} ../notebooks/the_ml_workflow
    :chart: c25
    :sentence: c26
    Words in front of the sentence, with a link to the page.
    :::

So a number that a lesson has measured can stand on another page without being typed there. The drawing is Vega's own,
and needs no script in the browser.
"""

from __future__ import annotations

import html
import json
import subprocess
import tempfile
from pathlib import Path
from typing import Any, ClassVar

import nbformat
from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from ..charts import MIME
from ..files import PACKAGES

DRAW = PACKAGES / "vega-lite/bin/vl2svg"
SMALL = {"width": 300}  # of the drawing, so that its letters can be read on a phone
LETTERS = {"labelFontSize": 14, "titleFontSize": 14}


def saved_output(notebook: Path, cell_id: str, mime: str) -> Any:
    """Return what a cell has shown when its page was run last.

    Raises:
        LookupError: If the page has no such cell, or the cell has no such output.
    """
    page: nbformat.NotebookNode = nbformat.read(notebook, as_version=4)
    cells = {cell["id"]: cell for cell in page.cells}
    if cell_id not in cells:
        raise LookupError(f"{notebook.name} has no cell {cell_id}. Its cells are {', '.join(cells)}.")
    for output in cells[cell_id].get("outputs", []):
        if mime in output.get("data", {}):
            return output["data"][mime]
    raise LookupError(f"Cell {cell_id} of {notebook.name} shows nothing of the kind {mime}. Name another cell, or run `make refresh`.")


def saved_sentence(notebook: Path, cell_id: str) -> str:
    """Return the sentence that a cell has said, without Markdown's signs.

    Raises:
        LookupError: If the page has no such cell, or the cell has said nothing.
    """
    try:
        return str(saved_output(notebook, cell_id, "text/markdown")).replace("*", "")
    except LookupError:
        return str(saved_output(notebook, cell_id, "text/plain"))


def drawn(chart: dict[str, Any]) -> str:
    """Return a Vega-Lite chart as an SVG element, drawn by the very library that draws it in the browser.

    Raises:
        RuntimeError: If the drawing fails.
    """
    axis = chart.get("config", {}).get("axis", {}) | LETTERS
    small = chart | SMALL | {"config": chart.get("config", {}) | {"axis": axis}}
    with tempfile.NamedTemporaryFile("w", suffix=".json", encoding="utf-8") as file:
        json.dump(small, file)
        file.flush()
        run = subprocess.run(["node", DRAW, file.name], capture_output=True, text=True)
    if run.returncode:
        raise RuntimeError(f"Vega could not draw the chart: {run.stderr.strip()}. Is node_modules there? Run `make book`.")
    return run.stdout.replace("<svg ", '<svg preserveAspectRatio="xMinYMid" ', 1)


class FromPage(SphinxDirective):
    """A figure out of another page's saved outputs."""

    required_arguments = 1
    has_content = True
    option_spec: ClassVar[dict[str, Any]] = {"chart": directives.unchanged_required, "sentence": directives.unchanged_required}

    def run(self) -> list[nodes.Node]:
        """Return the figure; a missing cell ends the build."""
        _, path = self.env.relfn2path(self.arguments[0] + ".ipynb")
        self.env.note_dependency(path)
        try:
            chart = saved_output(Path(path), self.options["chart"], MIME)
            sentence = saved_sentence(Path(path), self.options["sentence"])
            drawing = drawn(chart)
        except (LookupError, RuntimeError, OSError) as fault:
            raise self.severe(str(fault)) from fault
        return [self.figure(drawing, chart["description"], " ".join(sentence.split()))]

    def figure(self, drawing: str, description: str, sentence: str) -> nodes.Element:
        """Put drawing, description for the ear, and caption together."""
        label = html.escape(description, quote=True)
        box = f'<div class="sbs-picture" role="img" aria-label="{label}">{drawing}</div>'
        caption = nodes.container(classes=["sbs-caption"])
        self.state.nested_parse(self.content, self.content_offset, caption)
        caption += nodes.paragraph("", sentence[:1].upper() + sentence[1:], classes=["sbs-said"])
        return nodes.container("", nodes.raw(box, box, format="html"), caption, classes=["sbs-figure"], is_div=True)


def setup(app: Sphinx) -> None:
    """Register with Sphinx."""
    app.add_directive("from-page", FromPage)
