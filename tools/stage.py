"""Lay out the site's sources in `_build/source`, where each page goes by its slug, as in `_toc.yml`.

Usage: python -m tools.stage    (`make book` runs it before the builder)

Notebooks have a number in their file names so that a file browser sorts them. In the staged tree they have none, so links between
pages, addresses on the site, and the marks that readers keep stay the same when a lesson is inserted. All files are links to the
real ones: what a reader downloads is the notebook as it is.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from tools import pages

SETTINGS = ("_config.yml", "_toc.yml")


def source(entry: str) -> Path:
    """Return the file of an entry of `_toc.yml`: Markdown, or a notebook by its slug."""
    text = pages.HOME / f"{entry}.md"
    return text if text.is_file() else pages.notebook(entry)


def sources() -> dict[str, Path]:
    """Return the real file for each place in the staged tree: settings, pages, and what lies beside the pages in `book/`."""
    settings = {name: pages.HOME / name for name in SETTINGS}
    listed = {f"{entry}{source(entry).suffix}": source(entry) for entry in pages.toc_entries()}
    beside = [file for file in (pages.HOME / "book").rglob("*") if file.suffix in (".bib", ".yml")]
    return settings | listed | {file.relative_to(pages.HOME).as_posix(): file for file in beside}


def stage(target: Path) -> None:
    """Make the staged tree anew."""
    shutil.rmtree(target, ignore_errors=True)
    for place, file in sources().items():
        (target / place).parent.mkdir(parents=True, exist_ok=True)
        (target / place).symlink_to(file)


if __name__ == "__main__":
    stage(pages.HOME / "_build" / "source")
