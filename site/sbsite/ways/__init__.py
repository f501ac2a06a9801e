"""The ways on at the end of a page, as a row of cards in place of the theme's own; and an exercise's worked answers, closed below each task.

`tools/ways.py` writes the ways into the notebooks, so that they are in JupyterLab too. There a solution is a notebook. The site shows
each answer where its task stands, so a link to a solution leads to the page of the exercise.
"""

from __future__ import annotations

import json
import re
import textwrap
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform

from sidebyside.grammar import NEXT

from ..files import HOME
from ..parts import found

EXERCISES = "exercises/"
SOLUTION = re.compile(r"^[./]*solutions/(\w+)\.ipynb$")
ANSWER = re.compile(r"^[ \t]*### BEGIN SOLUTION\n(.*?)^[ \t]*### END SOLUTION", re.M | re.S)  # nbgrader's markers
CLOSED = '<details class="sbs-worked"><summary>Tried it? One right answer</summary>'


class ShowWays(SphinxTransform):
    """Leads to solutions on the site, and shows them."""

    default_priority = 795  # when the parts are marked

    def apply(self, **_: Any) -> None:
        """Change the page that is being read, if it ends with ways on."""
        docname = self.env.docname
        for part in found(self.document, NEXT):
            lead(part, docname)
        if docname.startswith(EXERCISES):
            file = HOME / "solutions" / Path(self.env.doc2path(docname)).resolve().name
            self.env.note_dependency(str(file))
            show(self.document, answers(file))


def lead(part: nodes.Element, docname: str) -> None:
    """Let links to solutions lead to the exercise; on its own page, where the answers are, the box goes."""
    for link in list(part.findall(addnodes.pending_xref)):
        if not (target := SOLUTION.match(link["reftarget"])):
            continue
        if docname.startswith(EXERCISES):
            without_box(link.parent)
        else:
            link.update_all_atts({"refdomain": "std", "reftype": "doc", "reftarget": f"/{EXERCISES}{target[1]}", "refexplicit": True}, replace=True)


def without_box(paragraph: nodes.Element) -> None:
    """Take a paragraph away, and the closed box around it: HTML before and after."""
    holder = paragraph.parent
    at = holder.index(paragraph)
    del holder[at - 1 : at + 2]


def answers(solution: Path) -> dict[str, str]:
    """Return the code of each worked answer of a solution, by the name that nbgrader gives its cell."""
    cells: list[dict[str, Any]] = json.loads(solution.read_text(encoding="utf-8"))["cells"]
    named = {cell["metadata"]["nbgrader"]["grade_id"]: "".join(cell["source"]) for cell in cells if "nbgrader" in cell["metadata"]}
    return {name: "\n".join(map(textwrap.dedent, parts)).strip("\n") for name, text in named.items() if (parts := ANSWER.findall(f"{text}\n"))}


def show(tree: nodes.document, worked: dict[str, str]) -> None:
    """Put each answer, closed, below the cell for it."""
    for cell in list(tree.findall(nodes.container)):
        metadata: dict[str, Any] = cell.get("cell_metadata") or {}
        if answer := worked.get(metadata.get("nbgrader", {}).get("grade_id", "")):
            code = nodes.literal_block(answer, answer, language="ipython3")
            at = cell.parent.index(cell) + 1
            cell.parent[at:at] = [nodes.raw("", CLOSED, format="html"), code, nodes.raw("", "</details>", format="html")]


def replace_theme_s(app: Sphinx, page: str, template: str, context: dict[str, Any], tree: nodes.document | None) -> None:
    """Leave out the theme's links to the pages before and behind where a page brings its own ways."""
    if tree is not None and any(found(tree, NEXT)):
        context["prev"] = context["next"] = None


def setup(app: Sphinx) -> None:
    """Register with Sphinx."""
    app.add_transform(ShowWays)
    app.connect("html-page-context", replace_theme_s)
