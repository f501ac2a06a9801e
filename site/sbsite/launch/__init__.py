"""Where else a page can run: buttons at its head for Binder, Colab and a hub, and the notebook that Colab needs.

The theme makes the buttons for Binder and for a hub as soon as `repository.url` in _config.yml names a public address.
Colab opens a lone notebook, so a copy with one more cell in front lies in the site, under `colab/`; its button opens that
copy in the branch from which the site is published. Without an address, one button leads to the page that tells the ways.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat
from docutils.nodes import document
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.util.osutil import relative_uri

from ..files import HERE, HOME

COLAB = "https://colab.research.google.com/github"
BRANCH = "gh-pages"  # .github/workflows/publish.yml puts the site there
BINDER = "https://mybinder.org"
GUIDE = "book/open-anywhere"


def repository(app: Sphinx) -> str:
    """Return the public address of the course's repository, or "" if it has none."""
    return str(app.config.html_theme_options.get("repository_url") or "").strip("/")


def ask_for_buttons(app: Sphinx, config: Config) -> None:
    """Have the theme make its buttons: it fails where it is asked for them without an address."""
    if repository(app):
        buttons = config.html_theme_options["launch_buttons"]
        buttons |= {"notebook_interface": "jupyterlab", "binderhub_url": buttons["binderhub_url"] or BINDER}


def colab_copy(source: Path, folder: Path, address: str) -> nbformat.NotebookNode:
    """Return a notebook with the cell in front that fetches and installs the course on Colab.

    Args:
        source: The notebook.
        folder: Where it lies in the course, such as "notebooks".
        address: The repository's public address.
    """
    notebook: nbformat.NotebookNode = nbformat.read(source, as_version=4)
    text = (HERE / "launch" / "colab_cell.txt").read_text(encoding="utf-8")
    first = text.format(address=address, folder=folder.as_posix()).strip()
    notebook.cells.insert(0, nbformat.v4.new_code_cell(first, id="on-colab"))
    return notebook


def is_notebook(app: Sphinx, page: str) -> bool:
    """Say whether a page is one that a reader can run."""
    return page in app.env.found_docs and Path(app.env.doc2path(page)).suffix == ".ipynb"


def in_repository(app: Sphinx, page: str) -> Path:
    """Return where a page's notebook lies in the repository: its name there has a number, and the page's has none."""
    return Path(app.env.doc2path(page)).resolve().relative_to(HOME)


def add_buttons(app: Sphinx, page: str, template: str, context: dict[str, Any], tree: document | None) -> None:
    """Add the button for Colab to those that the theme has made; or the one that leads to the guide."""
    if not is_notebook(app, page):
        return
    groups = context["header_buttons"]
    links = next((group["buttons"] for group in groups if group.get("label") == "launch-buttons"), None)
    if links is None:
        url = relative_uri(app.builder.get_target_uri(page), app.builder.get_target_uri(GUIDE))
        groups.append(
            {"type": "link", "url": url, "text": "", "tooltip": "Run this page elsewhere", "icon": "fas fa-rocket", "label": "run-elsewhere"}
        )
        return
    for button in links:
        button["url"] = button["url"].replace(f"{page}.ipynb", in_repository(app, page).as_posix())
    if repository(app).startswith("https://github.com/"):
        path = repository(app).removeprefix("https://github.com")
        url = f"{COLAB}{path}/blob/{BRANCH}/colab/{page}.ipynb"
        links.append({"type": "link", "text": "Colab", "tooltip": "Launch on Colab", "icon": "_static/images/logo_colab.png", "url": url})


def write_copies(app: Sphinx, exception: Exception | None) -> None:
    """Write the copies for Colab into the finished site, if the course has a public address."""
    if exception or app.builder.name != "html" or not repository(app):
        return
    for page in sorted(name for name in app.env.found_docs if is_notebook(app, name)):
        target = Path(app.outdir) / "colab" / f"{page}.ipynb"
        target.parent.mkdir(parents=True, exist_ok=True)
        copy = colab_copy(Path(app.env.doc2path(page)), in_repository(app, page).parent, repository(app))
        nbformat.write(copy, target)


def setup(app: Sphinx) -> None:
    """Register with Sphinx, after the theme has made its buttons."""
    app.connect("config-inited", ask_for_buttons)
    app.connect("html-page-context", add_buttons, priority=900)
    app.connect("build-finished", write_copies)
