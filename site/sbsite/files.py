"""Where things lie, and how a feature's scripts and style sheets get to the pages that need them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config

from sidebyside.jupyter import GUESS

HERE = Path(__file__).resolve().parent
SHARED = GUESS.parent  # scripts and style sheets that JupyterLab has too
HOME = HERE.parents[1]  # the course's folder
PACKAGES = HOME / "node_modules"
SERVED = {".js", ".css", ".svg", ".png"}
SCRIPTS = ("guess.js", "veils.js", "quiz.js", "words.js")  # the shared ones that the site loads
STYLES = ("look", "charts", "picture", "veils", "quiz", "words", "progress", "ways")  # together course.css, which every page loads


def served() -> list[Path]:
    """Return the features' own scripts, style sheets and pictures: each goes into `_static`."""
    return sorted(file for file in HERE.rglob("*") if file.suffix in SERVED and file not in styles())


def styles() -> list[Path]:
    """Return the style sheets that every page needs, in order: they go into one file."""
    return [sheet for name in STYLES for sheet in (HERE / name / f"{name}.css", SHARED / f"{name}.css") if sheet.is_file()]


def on_pages(app: Sphinx, sign: str, *names: str, **attributes: Any) -> None:
    """Have files loaded on each page whose body holds a sign, and on no other.

    Args:
        app: Sphinx.
        sign: Part of the page's HTML, such as 'class="sbs-chart"'.
        *names: Names of scripts and style sheets.
        **attributes: Of the script elements, such as type="module".
    """

    def load(app: Sphinx, page: str, template: str, context: dict[str, Any], tree: nodes.document | None) -> None:
        for name in names if sign in context.get("body", "") else ():
            if name.endswith(".css"):
                app.add_css_file(name)
            else:
                app.add_js_file(name, **attributes)

    app.connect("html-page-context", load)


def add_served(app: Sphinx, config: Config) -> None:
    """Have Sphinx copy what is served."""
    config.html_static_path.extend(map(str, (*served(), *(SHARED / name for name in SCRIPTS))))


def setup(app: Sphinx) -> None:
    """Register with Sphinx."""
    app.connect("config-inited", add_served)
