"""The theme without what no page uses: four fifths of its style sheets, for which every first visit would wait, and its big spare files."""

from __future__ import annotations

import subprocess
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.errors import ExtensionError

from ..files import PACKAGES, served

PURGECSS = PACKAGES / "purgecss/bin/purgecss.js"
UNREAD = ("scripts/fontawesome.js*", "**/*.map", "locales/**/*.*")  # of _static: replaced by icons.css, for the theme's makers, in other languages
USES = ("*.html", "*/**/*.html", "notebooks/*.json", "_static/*.js", "_static/scripts/*.js")  # pages, their other outputs, scripts


def drop(static: Path) -> None:
    """Delete the theme's files that no browser asks for."""
    for file in {file for pattern in UNREAD for file in static.glob(pattern)}:
        file.unlink()


def shrink(app: Sphinx, folder: Path) -> None:
    """Drop from the theme's style sheets in a folder each rule that fits no page and no script. Our own stay whole.

    Raises:
        ExtensionError: If PurgeCSS fails.
    """
    places = [str(Path(app.outdir) / pattern) for pattern in USES]
    ours = {file.name for file in served()}
    sheets = [str(sheet) for sheet in sorted(folder.glob("*.css")) if sheet.name not in ours]
    command = ["node", str(PURGECSS), "--font-face", "--css", *sheets, "--content", *places, "--output", str(folder)]
    run = subprocess.run(command, capture_output=True, text=True)
    if run.returncode:
        raise ExtensionError(f"PurgeCSS could not shrink the style sheets in {folder}: {run.stderr.strip()}. Is node_modules there? Run `make book`.")
