"""What the site's tests share: a local server for built pages, and a browser that reaches nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.site.browsing import SITE, Open, Visit, watch
from tools.serving import CHROMIUM, FLAGS, served


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the file that takes longest, in which a browser runs the model, so that one worker does all the rest meanwhile."""
    items.sort(key=lambda item: item.path.name != "test_tryit.py")


@pytest.fixture(scope="session")
def site() -> Path:
    """The folder of the built site."""
    if not (SITE / "index.html").is_file():
        pytest.fail("The site is not built. Run `make book` first.", pytrace=False)
    return SITE


@pytest.fixture(scope="session")
def address(site: Path) -> Iterator[str]:
    """Where the site is served on this machine, such as "http://127.0.0.1:40123"."""
    with served(site) as address:
        yield address


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if not Path(CHROMIUM).is_file():
        pytest.fail("Chromium is missing. Install it: apt-get install -y chromium", pytrace=False)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def visit(browser: Browser, address: str) -> Iterator[Open]:
    """Open a page in a fresh browser profile, with every host but our own cut off."""
    contexts = []

    def open_page(name: str, address: str = address, theme: str = "light", **options: Any) -> Visit:
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}} | options)
        context.set_default_timeout(10_000)
        context.add_init_script(f"try {{ localStorage.theme ??= localStorage.mode ??= '{theme}' }} catch {{}}")
        contexts.append(context)
        seen = Visit(context.new_page())
        context.route(lambda url: not url.startswith((f"{address}/", "data:", "blob:")), lambda route: route.abort())
        watch(seen, address)
        seen.page.goto(f"{address}/{name}.html")
        return seen

    yield open_page
    for context in contexts:
        context.close()
