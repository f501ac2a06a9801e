"""The files of the finished site that are no pages: scripts from npm packages, the icons, and the four colours."""

from __future__ import annotations

import shutil
from pathlib import Path

from sphinx.application import Sphinx

from . import icons, slim
from .charts import colours_css

SCRIPTS = ("vega/build/vega.min.js", "vega-lite/build/vega-lite.min.js", "vega-embed/build/vega-embed.min.js")


def finish(app: Sphinx, exception: Exception | None) -> None:
    """Copy the scripts, and write icons and colours into the finished site."""
    if exception or app.builder.name != "html":
        return
    static = Path(app.outdir) / "_static"
    (static / "vendor").mkdir(parents=True, exist_ok=True)
    for script in SCRIPTS:
        shutil.copy(Path(app.confdir) / "node_modules" / script, static / "vendor")
    slim.drop(static)
    for folder in (static, static / "styles"):
        slim.shrink(app, folder)
    icons.write(app, static)
    (static / "colours.css").write_text(colours_css(), encoding="utf-8")


def setup(app: Sphinx) -> None:
    """Register with Sphinx."""
    app.connect("build-finished", finish)
    app.add_css_file("colours.css")
    app.add_css_file("icons.css")
