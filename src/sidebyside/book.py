"""What the book's builder needs of the course: how a chart becomes a page's element, and the scripts that draw it.

Jupyter Book loads this module twice: through the entry point `myst_nb.mime_renderers` (see pyproject.toml) for charts,
and as a Sphinx extension (see _config.yml). Nothing else imports it. Scripts come from npm packages at build time.
"""

from __future__ import annotations

import html
import json
import shutil
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

from .charts import COLOURS

SCRIPTS = ("vega/build/vega.min.js", "vega-lite/build/vega-lite.min.js", "vega-embed/build/vega-embed.min.js")
MIME = "application/vnd.vegalite.v5+json"


class VegaLite:
    """Shows an Altair chart: its data stand in the page, `assets/course.js` draws it when the reader comes near."""

    mime_priority_overrides = [("html", MIME, 5)]

    @staticmethod
    def handle_mime(renderer: Any, data: Any, inline: bool) -> list[nodes.Element] | None:
        """Return the element for a chart, or None for any other kind of output."""
        if data.mime_type != MIME:
            return None
        chart = data.content if isinstance(data.content, dict) else json.loads(data.content)
        label = html.escape(chart.get("description", ""), quote=True)
        text = json.dumps(chart).replace("</", "<\\/")
        element = f'<div class="sbs-chart" role="img" aria-label="{label}"><script type="application/json">{text}</script></div>'
        return [nodes.raw(text=element, format="html")]


def colours_css() -> str:
    """Return the four colours as CSS variables: `charts.COLOURS` stays their only home."""
    names = "".join(f"--sbs-{name.lower()}:{value};" for name, value in COLOURS.items())
    return f":root{{{names}}}\n"


def finish(app: Sphinx, exception: Exception | None) -> None:
    """Copy the chart scripts and write the colours into the finished site."""
    if exception or app.builder.name != "html":
        return
    static = Path(app.outdir) / "_static"
    (static / "vendor").mkdir(parents=True, exist_ok=True)
    for script in SCRIPTS:
        shutil.copy(Path(app.confdir) / "node_modules" / script, static / "vendor")
    (static / "colours.css").write_text(colours_css(), encoding="utf-8")


def setup(app: Sphinx) -> dict[str, bool]:
    """Register with Sphinx."""
    app.connect("build-finished", finish)
    app.add_css_file("colours.css")
    return {"parallel_read_safe": True, "parallel_write_safe": True}
