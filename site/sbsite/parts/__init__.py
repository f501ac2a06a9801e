"""The parts of a lesson on its page: each gets the class of its cells' tag, such as `sbs-happened`, by which other features find it.

myst-nb makes one flow of a notebook's Markdown cells, and their tags are lost. It does keep the number of the cell in each line
number, in steps of 10,000. So what comes from a tagged cell is wrapped into one element with the part's class. Headings stay
outside, so that the outline is as it was; a heading that a tagged cell brings gets the class itself.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform

from sidebyside.grammar import Part, part_of

LINES_A_CELL = 10_000  # myst_nb.core.nb_to_tokens


def class_of(part: Part) -> str:
    """Return the class of a part's element."""
    return f"sbs-{part.tag}"


def found(tree: nodes.document, part: Part) -> Iterator[nodes.Element]:
    """Yield the elements of a part on a page, wrappers and headings, in order."""
    yield from (node for node in tree.findall(nodes.Element) if class_of(part) in node.get("classes", []))


def tags(notebook: Path) -> list[str]:
    """Return the part that each cell of a notebook is, or "" where it is none or no Markdown."""
    cells: list[dict[str, Any]] = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    return [part_of(cell) if cell["cell_type"] == "markdown" else "" for cell in cells]


class MarkParts(SphinxTransform):
    """Marks the parts of the page that is being read, if it is a notebook."""

    default_priority = 790  # before the panel "Try it here", which looks for its place

    def apply(self, **_: Any) -> None:
        """Change the page."""
        path = Path(self.env.doc2path(self.env.docname))
        if path.suffix == ".ipynb":
            mark(self.document, tags(path))


def mark(tree: nodes.document, cells: list[str]) -> None:
    """Wrap what comes from tagged cells.

    Args:
        tree: A page that myst-nb has read from a notebook.
        cells: The part of each cell.
    """
    for holder in [tree, *tree.findall(nodes.section)]:
        children = list(holder.children)
        holder.clear()
        for part, run in groupby(with_parts(children, cells), key=lambda pair: pair[1]):
            group = [node for node, _ in run]
            holder.extend([nodes.container("", *group, classes=[f"sbs-{part}"], is_div=True)] if part else group)


def with_parts(children: list[nodes.Node], cells: list[str]) -> Iterator[tuple[nodes.Node, str]]:
    """Yield each node with the part that is to be wrapped around it; a heading is marked and yielded with none."""
    part = ""
    for node in children:
        line = getattr(node, "line", None)
        if line is not None and 0 < line // LINES_A_CELL <= len(cells):
            part = cells[line // LINES_A_CELL - 1]
        if isinstance(node, nodes.title) and part:
            node["classes"].append(f"sbs-{part}")
        yield node, "" if isinstance(node, nodes.title | nodes.section) else part


def setup(app: Sphinx) -> None:
    """Register with Sphinx."""
    app.add_transform(MarkParts)
