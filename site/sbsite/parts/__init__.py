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
        for number, run in groupby(numbered(children), key=lambda pair: pair[1]):
            group, part = [node for node, _ in run], cells[number] if 0 <= number < len(cells) else ""
            holder.extend(wrapped(group, f"sbs-{part}") if part else group)


def numbered(children: list[nodes.Node]) -> Iterator[tuple[nodes.Node, int]]:
    """Yield each node with the number of its cell; one that does not know its line is of the cell before it."""
    number = -1
    for node in children:
        if line := getattr(node, "line", None):
            number = line // LINES_A_CELL - 1
        yield node, number


def wrapped(group: list[nodes.Node], name: str) -> Iterator[nodes.Node]:
    """Yield what a cell brought, in elements of a class; a heading keeps its place and gets the class itself."""
    for outline, run in groupby(group, key=lambda node: isinstance(node, nodes.title | nodes.section)):
        if not outline:
            yield nodes.container("", *run, classes=[name], is_div=True)
            continue
        for node in run:
            if isinstance(node, nodes.title):
                node["classes"].append(name)
            yield node


def setup(app: Sphinx) -> None:
    """Register with Sphinx."""
    app.add_transform(MarkParts)
