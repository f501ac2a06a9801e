"""What the book's builder needs of the course: each part gives the pages one thing, and `setup` hands them to Sphinx.

Jupyter Book loads this package twice: through the entry point `myst_nb.mime_renderers` (see pyproject.toml) for charts,
and as a Sphinx extension (see _config.yml). Nothing else imports it. Scripts come from npm packages at build time.
"""

from __future__ import annotations

from sphinx.application import Sphinx

from . import access, head, knowledge, launch, paper, picture, reading, tryit, vendor
from .charts import VegaLite

__all__ = ["VegaLite", "setup"]

PARTS = (vendor, access, head, knowledge, launch, paper, picture, reading, tryit)


def setup(app: Sphinx) -> dict[str, bool]:
    """Register with Sphinx."""
    for part in PARTS:
        part.setup(app)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
