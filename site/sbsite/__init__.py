"""What the site has beside Jupyter Book's theme: one folder a feature, with all that belongs to it.

| folder | what it gives the pages |
|---|---|
| `look` | paper, ink, the four colours; the mark |
| `head` | a page's head and frame: templates, description, deferred scripts |
| `icons` | the few icons that pages show, in place of the theme's script |
| `vendor` | scripts from npm packages, and the theme without what no page uses |
| `parts` | the parts of a lesson, marked by the tags of its cells |
| `veils` | results that stay closed until the reader has guessed, and questions whose answers explain themselves |
| `charts` | Altair charts, drawn when the reader comes near |
| `switch` | answers by one recorded model or the other |
| `picture` | the directive `from-page`: a chart and a sentence of another page |
| `tryit` | the panel *Try it here*: the model in the reader's browser |
| `knowledge` | the test before and after the course |
| `words` | meanings of the glossary's words, where they stand |
| `progress` | pages opened and done |
| `reading` | how long a page takes to read |
| `lessons` | lists of all lessons, and the instructor's notes on each |
| `ways` | the ways on at the end of a page, and the worked answers of an exercise |
| `paper` | handouts, and pages on paper |
| `launch` | buttons for Binder, Colab and a hub |
| `access` | repairs for readers who hear the page |
| `slides` | template, script and style sheet of the slides, which `tools/slides.py` makes |

A feature's `__init__.py` has a `setup`, called from here. Scripts, style sheets and pictures in a feature's folder go to the site's
`_static` by themselves; `files.on_pages` says which pages load them. Those style sheets that every page loads are
joined into one, `course.css` (`files.STYLES`).

Sphinx loads this package as an extension (see `_config.yml`), and myst-nb finds `charts.VegaLite` by the entry point in
`site/pyproject.toml`. Pages are built from a staged tree, where each goes by its slug: see `tools/stage.py`. What a page needs in
JupyterLab too is not here but in the package: boxes in `src/sidebyside/widgets`, their scripts and looks in
`src/sidebyside/jupyter`. Colours and the model's name come from there as well.
"""

from __future__ import annotations

from sphinx.application import Sphinx

from . import (
    access,
    charts,
    files,
    head,
    knowledge,
    launch,
    lessons,
    look,
    paper,
    parts,
    picture,
    progress,
    reading,
    switch,
    tryit,
    veils,
    vendor,
    ways,
    words,
)

# `vendor` comes first: it thins out the theme's style sheets, and the others then write theirs.
FEATURES = (
    vendor,
    look,
    parts,
    access,
    charts,
    head,
    knowledge,
    launch,
    lessons,
    paper,
    picture,
    progress,
    reading,
    switch,
    tryit,
    veils,
    ways,
    words,
)


def setup(app: Sphinx) -> dict[str, bool]:
    """Register with Sphinx."""
    for feature in (files, *FEATURES):
        feature.setup(app)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
