"""How an Altair chart becomes an element of a page: its data stand in the page, `charts.js` draws it."""

from __future__ import annotations

import html
import json
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

from ..files import on_pages

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
    """Return the HTML element that `charts.js` draws: a Vega-Lite chart with its description as label."""
    label = html.escape(chart.get("description", ""), quote=True)
    text = json.dumps(chart).replace("</", "<\\/")
    return f'<div class="sbs-chart" role="img" aria-label="{label}"><script type="application/json">{text}</script></div>'


def setup(app: Sphinx) -> None:
    """Register with Sphinx."""
    on_pages(app, 'class="sbs-chart"', "charts.js")
