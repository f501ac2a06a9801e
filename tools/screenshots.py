"""Take the pictures of the site that README.md shows, and the mark as a small PNG for browsers that know no SVG icon.

Usage: python -m tools.screenshots    (after `make book`)
"""

from __future__ import annotations

import base64
import sys
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from tools.pages import HOME
from tools.serving import CHROMIUM, FLAGS, served

PICTURES = HOME / "docs-images"
LOOK = HOME / "site" / "sbsite" / "look"
LIMIT = 150_000  # bytes of one picture
WIDE, PHONE = ViewportSize(width=1280, height=800), ViewportSize(width=390, height=844)
# Chromium writes PNG; its canvas makes a WebP of a third of the size.
WEBP = """async png => { const image = new Image(); image.src = `data:image/png;base64,${png}`; await image.decode();
  const canvas = Object.assign(document.createElement('canvas'), { width: image.width, height: image.height });
  canvas.getContext('2d').drawImage(image, 0, 0); return canvas.toDataURL('image/webp', 0.85).split(',')[1]; }"""


def at_top(page: Page) -> None:
    """Leave a page as it opens."""


def at_a_guess(page: Page) -> None:
    """Go to the first question, and choose an answer."""
    question = page.locator(".sbs-predict").first
    question.locator("label").first.click()
    question.evaluate("box => box.scrollIntoView()")  # below what stays at the top of the window
    page.locator(".sbs-chart:visible svg").first.wait_for()


SHOTS: dict[str, tuple[str, ViewportSize, str, Callable[[Page], None]]] = {
    "start": ("book/start", WIDE, "light", at_top),
    "lesson": ("notebooks/side_by_side", WIDE, "light", at_a_guess),
    "lesson-dark": ("notebooks/side_by_side", WIDE, "dark", at_a_guess),
    "phone": ("book/start", PHONE, "light", at_top),
}


def open_page(browser: Browser, address: str, size: ViewportSize, theme: str) -> Page:
    """Return a page in a fresh profile, in light or dark."""
    page = browser.new_page(viewport=size, reduced_motion="reduce")
    page.add_init_script(f"localStorage.theme = localStorage.mode = '{theme}'")
    page.goto(address)
    return page


def write_webp(page: Page, file: Path) -> None:
    """Write what a page shows now.

    Raises:
        SystemExit: If the picture is too heavy for a README.
    """
    png = base64.b64encode(page.screenshot()).decode()
    picture = base64.b64decode(page.evaluate(WEBP, png))
    if len(picture) > LIMIT:
        sys.exit(f"{file.name} has {len(picture):,} bytes, over {LIMIT:,}. Show less in it, or lower the quality in tools/screenshots.py.")
    file.write_bytes(picture)
    print(f"{len(picture):>8,} bytes  {file.relative_to(HOME)}")


def write_icon(browser: Browser, file: Path, side: int = 180) -> None:
    """Write the mark as a square PNG."""
    page = browser.new_page(viewport={"width": side, "height": side})
    mark = (LOOK / "mark.svg").read_text(encoding="utf-8")
    page.set_content(f"<style>body {{ margin: 0 }} svg {{ width: {side}px; height: {side}px }}</style>{mark}")
    page.screenshot(path=file, omit_background=True)


def main() -> None:
    """Take all pictures."""
    PICTURES.mkdir(exist_ok=True)
    with served() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        for name, (page_name, size, theme, prepare) in SHOTS.items():
            page = open_page(browser, f"{address}/{page_name}.html", size, theme)
            prepare(page)
            write_webp(page, PICTURES / f"{name}.webp")
        write_icon(browser, LOOK / "icon.png")
        browser.close()


if __name__ == "__main__":
    main()
