"""How an Altair chart becomes an element of a page: its data stand in the page, `assets/course.js` draws it."""

from __future__ import annotations

import html
import json
from typing import Any

from docutils import nodes

from ..charts import COLOURS

MIME = "application/vnd.vegalite.v5+json"


class VegaLite:
    """Shows an Altair chart when the reader comes near; until then its description stands there."""

    mime_priority_overrides = [("html", MIME, 5)]

    @staticmethod
    def handle_mime(renderer: Any, data: Any, inline: bool) -> list[nodes.Element] | None:
        """Return the element for a chart, or None for any other kind of output."""
        if data.mime_type != MIME:
            return None
        chart = data.content if isinstance(data.content, dict) else json.loads(data.content)
        return [nodes.raw(text=element(chart), format="html")]


def element(chart: dict[str, Any]) -> str:
    """Return the HTML element that `assets/course.js` draws: a Vega-Lite chart with its description as label."""
    label = html.escape(chart.get("description", ""), quote=True)
    text = json.dumps(chart).replace("</", "<\\/")
    return f'<div class="sbs-chart" role="img" aria-label="{label}"><script type="application/json">{text}</script></div>'


def colours_css() -> str:
    """Return the four colours as CSS variables: `charts.COLOURS` stays their only home."""
    names = "".join(f"--sbs-{name.lower()}:{value};" for name, value in COLOURS.items())
    return f":root{{{names}}}\n"
