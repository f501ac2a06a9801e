"""A page of the built site as the browser sees it, and everything that it must not do."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, ViewportSize, expect

from tools.pages import HOME, toc_entries

SITE = HOME / "_build" / "html"
DESK: ViewportSize = {"width": 1280, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 844}
SLOW = 60_000  # milliseconds: kernels and JupyterLab start on a busy machine
FIRST_VISIT = 700_000  # bytes, compressed, charts included


@dataclass
class Visit:
    """A page in the browser, and what went wrong on it.

    Attributes:
        page: Playwright's page.
        received: Bytes that came over the wire, heads of answers included.
        weight: Those of them that had come when the page was loaded, before anything was done on it.
        faults: One line for each foreign request, failed answer, console error and uncaught error.
    """

    page: Page
    faults: list[str] = field(default_factory=list)
    received: int = 0
    weight: int = 0


Open = Callable[..., Visit]


def watch(seen: Visit, address: str) -> None:
    """Note everything that a page must not do."""
    ours = (f"{address}/", "data:", "blob:")
    seen.page.on("request", lambda request: request.url.startswith(ours) or seen.faults.append(f"foreign request: {request.url}"))
    seen.page.on("response", lambda response: response.status < 400 or seen.faults.append(f"{response.status}: {response.url}"))
    seen.page.on("console", lambda message: message.type == "error" and seen.faults.append(f"console: {message.text}"))
    seen.page.on("pageerror", lambda error: seen.faults.append(f"uncaught: {error}"))
    session = seen.page.context.new_cdp_session(seen.page)
    session.send("Network.enable")
    session.on("Network.loadingFinished", lambda event: add(seen, event["encodedDataLength"]))


def add(seen: Visit, size: float) -> None:
    seen.received += round(size)


@contextmanager
def visits(browser: Browser, site: str) -> Iterator[Open]:
    """Open pages, each in a fresh browser profile, with every host but our own cut off, until the block ends; `before` makes one ready."""
    contexts = []

    def open_page(name: str, address: str = site, theme: str = "light", before: Callable[[Page], Any] = lambda _: None, **options: Any) -> Visit:
        context = browser.new_context(**{"viewport": DESK} | options)
        context.set_default_timeout(10_000)
        context.add_init_script(f"try {{ localStorage.theme ??= localStorage.mode ??= '{theme}' }} catch {{}}")
        contexts.append(context)
        seen = Visit(context.new_page())
        context.route(lambda url: not url.startswith((f"{address}/", "data:", "blob:")), lambda route: route.abort())
        watch(seen, address)
        before(seen.page)
        seen.page.goto(f"{address}/{name}.html")
        seen.weight = seen.received
        return seen

    yield open_page
    for context in contexts:
        context.close()


@dataclass
class Tab:
    """One tab for a first visit of many pages; before each the browser forgets everything, for a third of what a fresh profile costs.

    Attributes:
        visit: What opens the tab.
        address: Where the pages are.
        name: The page that is open.
        seen: Its visit, which lasts until another page is asked for.
    """

    visit: Open
    address: str
    name: str = ""
    seen: Visit | None = None

    def __call__(self, name: str, viewport: ViewportSize = DESK) -> Visit:
        """Stay on a page if it is open, else visit it."""
        if self.seen is None:
            self.seen = self.visit(name, viewport=viewport)
        elif name != self.name:
            self.forget(self.seen, viewport)
            self.seen.page.goto(f"{self.address}/{name}.html")
            self.seen.weight = self.seen.received
        self.name = name
        return self.seen

    def anew(self, name: str) -> Visit:
        """Visit a page for the first time, whatever is open."""
        self.name = ""
        return self(name)

    def forget(self, seen: Visit, viewport: ViewportSize) -> None:
        """Leave nothing of the last visit: no file, nothing stored, no size, no fault."""
        seen.page.evaluate("sessionStorage.clear()")
        session = seen.page.context.new_cdp_session(seen.page)
        session.send("Network.clearBrowserCache")
        session.send("Storage.clearDataForOrigin", {"origin": self.address, "storageTypes": "all"})
        session.detach()
        seen.page.set_viewport_size(viewport)
        seen.page.emulate_media(media="null", reduced_motion="null")
        seen.page.mouse.move(0, 0)
        seen.received = 0
        seen.faults.clear()


def build_book(folder: Path, *options: str) -> Path:
    """Build a small book with the course's own parts.

    Args:
        folder: It holds `_toc.yml` and the pages, by slug; the settings too, unless they shall be the course's own.
        *options: More words for the builder, such as "-W".

    Returns:
        The folder of the built site.
    """
    if not (folder / "_config.yml").exists():
        (folder / "_config.yml").symlink_to(HOME / "_config.yml")
    (folder / "book").mkdir(exist_ok=True)
    shutil.copy(HOME / "book" / "references.bib", folder / "book")
    command = [Path(sys.executable).with_name("jupyter-book"), "build", *options, "."]
    run = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout + run.stderr
    return folder / "_build" / "html"


PAGES = toc_entries()
LESSONS = [name for name in PAGES if name.startswith("notebooks/")]
each_page = pytest.mark.parametrize("name", PAGES)
each_lesson = pytest.mark.parametrize("name", LESSONS)


def with_element(class_name: str) -> list[str]:
    """Return the built pages that hold an element of a class; there must be some."""
    found = [name for name in PAGES if re.search(rf'class="[^"]*\b{class_name}\b', (SITE / f"{name}.html").read_text(encoding="utf-8"))]
    assert found, f"no page has an element of class {class_name}"
    return found


def draw_charts(page: Page) -> Iterator[Locator]:
    """Bring each chart of a page that is not closed into view, and yield it drawn."""
    for chart in page.locator(".sbs-chart:visible").all():
        chart.scroll_into_view_if_needed()
        expect(chart.locator("svg")).to_be_visible()
        yield chart


def predictions(page: Page) -> list[tuple[Locator, Locator]]:
    """Return each question of a page with its outcome."""
    keys = page.locator(".sbs-predict").evaluate_all("boxes => boxes.map(b => b.dataset.key)")
    return [(page.locator(f'.sbs-predict[data-key="{key}"]'), page.locator(f'.sbs-outcome[data-key="{key}"]')) for key in keys]


def show_all(page: Page) -> None:
    """Press every button that opens a result."""
    while page.locator(".sbs-veil button").count():
        page.locator(".sbs-veil button").first.click()
