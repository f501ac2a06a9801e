"""The site's looks: one style sheet for every page, `course.css`, made of those of the features in their order; the colours; the mark."""

from __future__ import annotations

from pathlib import Path

from sphinx.application import Sphinx
from sphinx.config import Config

from sidebyside.charts import COLOURS

from ..files import HERE, styles


def course_css() -> str:
    """Return the style sheet of every page."""
    return "\n".join(sheet.read_text(encoding="utf-8") for sheet in styles())


def colours_css() -> str:
    """Return the four colours as CSS variables: `charts.COLOURS` stays their only home."""
    names = "".join(f"--sbs-{name.lower()}:{value};" for name, value in COLOURS.items())
    return f":root{{{names}}}\n"


def write(app: Sphinx, exception: Exception | None) -> None:
    """Write both into the finished site."""
    if exception or app.builder.name != "html":
        return
    static = Path(app.outdir) / "_static"
    (static / "colours.css").write_text(colours_css(), encoding="utf-8")
    (static / "course.css").write_text(course_css(), encoding="utf-8")


def name_mark(app: Sphinx, config: Config) -> None:
    """Say where the mark lies: the theme shows it, and the browser in its tab."""
    config.html_logo = config.html_favicon = str(HERE / "look" / "mark.svg")


def setup(app: Sphinx) -> None:
    """Register with Sphinx."""
    app.connect("config-inited", name_mark)
    app.connect("build-finished", write)
    app.add_css_file("colours.css")
    app.add_css_file("course.css")
