"""The files of the finished site that are no pages: scripts from npm packages and the icons."""

from __future__ import annotations

import shutil
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.errors import ExtensionError

from .. import icons
from ..files import PACKAGES
from . import slim

NEEDED = {  # of node_modules: files, and their folder in _static/vendor
    "vega/build/vega.min.js": "",
    "vega-lite/build/vega-lite.min.js": "",
    "vega-embed/build/vega-embed.min.js": "",
    "mathjax/es5/tex-chtml-full.js": "mathjax",
    "mathjax/es5/output/chtml/fonts/woff-v2/*.woff": "mathjax/output/chtml/fonts/woff-v2",
    "@jupyter-widgets/html-manager/dist/embed.js": "html-manager",
    "@jupyter-widgets/html-manager/dist/*.woff2": "html-manager",
    "reveal.js/dist/reset.css": "reveal.js",
    "reveal.js/dist/reveal.css": "reveal.js",
    "reveal.js/dist/reveal.js": "reveal.js",
    "reveal.js/plugin/notes/notes.js": "reveal.js",
}


def copy(packages: Path, vendor: Path) -> None:
    """Copy what pages may ask for.

    Raises:
        ExtensionError: If a package has no such file.
    """
    for pattern, folder in NEEDED.items():
        (vendor / folder).mkdir(parents=True, exist_ok=True)
        files = list(packages.glob(pattern))
        if not files:
            raise ExtensionError(f"There is no {pattern} in {packages}. Run `make book`, which installs the packages.")
        for file in files:
            shutil.copy(file, vendor / folder)


def finish(app: Sphinx, exception: Exception | None) -> None:
    """Copy the scripts, and write icons into the finished site."""
    if exception or app.builder.name != "html":
        return
    static = Path(app.outdir) / "_static"
    copy(PACKAGES, static / "vendor")
    slim.drop(static)
    for folder in (static, static / "styles"):
        slim.shrink(app, folder)
    icons.write(app, static)


def setup(app: Sphinx) -> None:
    """Register with Sphinx."""
    app.connect("build-finished", finish)
    app.add_css_file("icons.css")
