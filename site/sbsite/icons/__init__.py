"""The few icons that pages show, as masks in a style sheet of some kilobytes in place of the theme's script of 1.5 MB."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

from sphinx.application import Sphinx
from sphinx.errors import ExtensionError

from ..files import PACKAGES

ICONS = PACKAGES / "@fortawesome/fontawesome-free/svgs/solid"
NAMED = re.compile(r'class="[^"]*?\bfas? fa-([a-z0-9-]+)|class="[^"]*?\bfa-solid fa-([a-z0-9-]+)')
# What the theme draws by style sheet, with its font of icons.
BY_STYLE = {
    ".admonition>.admonition-title": "circle-info",
    ".admonition.tip>.admonition-title": "lightbulb",
    ".admonition:is(.warning,.error,.caution,.danger)>.admonition-title": "triangle-exclamation",
}
# The first line keeps that font from being fetched.
BASE = """:is(.fa-solid,.fas){font-family:inherit}
:is(.fa-solid,.fas)[class*=fa-]::before,.admonition>.admonition-title.admonition-title::after{content:"";display:inline-block;
width:1em;height:1em;vertical-align:-.125em;font:inherit;background:currentColor;mask:var(--sbs-icon) center/contain no-repeat}
"""


def shown(pages: Path) -> set[str]:
    """Return the names of the icons that the pages of a folder ask for."""
    return {a or b for page in pages.rglob("*.html") for a, b in NAMED.findall(page.read_text(encoding="utf-8"))}


def mask(name: str, folder: Path) -> str:
    """Return one icon as a CSS address.

    Raises:
        ExtensionError: If the icon set has no such icon.
    """
    file = folder / f"{name}.svg"
    if not file.is_file():
        raise ExtensionError(f"A page shows the icon fa-{name}, which the package @fortawesome/fontawesome-free does not have. Choose another one.")
    drawing = re.sub(r"<!--.*?-->", "", file.read_text(encoding="utf-8"), flags=re.S)
    return f'url("data:image/svg+xml,{quote(drawing, safe=" /:=<>").replace("%22", "%27")}")'


def rules(names: set[str], folder: Path) -> Iterator[str]:
    """Yield a style sheet that draws the named icons, and those of the theme's own boxes."""
    yield BASE
    for selector, name in [(f".fa-{name}", name) for name in sorted(names)] + list(BY_STYLE.items()):
        yield f"{selector}{{--sbs-icon:{mask(name, folder)}}}\n"


def write(app: Sphinx, static: Path) -> None:
    """Write icons.css for the pages that have been built."""
    (static / "icons.css").write_text("".join(rules(shown(Path(app.outdir)), ICONS)), encoding="utf-8")
