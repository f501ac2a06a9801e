"""What the site's tests share: a local server for built pages, and a browser that reaches nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.site.browsing import SITE, Open, Visit, visits
from tools.serving import CHROMIUM, FLAGS, served

LONG = ["test_tryit", "lab", "test_small_book", "test_switch"]  # they begin, so that all workers end together


def group(item: pytest.Item) -> str:
    """Return what goes to one worker together: the tests of a page that share a visit, those that share a JupyterLab, or a file's."""
    shared = item.fixturenames  # type: ignore[attr-defined]
    if "stay" in shared:
        return item.callspec.params["name"]  # type: ignore[attr-defined]
    return "lab" if "lab_address" in shared else item.path.stem


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give each test its group; long groups begin, and pages come last: whichever worker is free takes the next one."""
    met = {
        name: place
        for place, name in enumerate(dict.fromkeys([*LONG, *sorted(map(group, items), key=lambda name: name.startswith("test_"), reverse=True)]))
    }
    items.sort(key=lambda item: met[group(item)])
    for item in items:
        item.add_marker(pytest.mark.xdist_group(group(item)))


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
    with visits(browser, address) as open_page:
        yield open_page


@pytest.fixture(scope="module")
def stay(browser: Browser, address: str) -> Iterator[Open]:
    """Stay on the page where the last test has left it, or open another one as `visit` does: for tests of which each page has several."""
    here: dict[str, Visit] = {}
    with ExitStack() as left:

        def open_page(name: str, **options: Any) -> Visit:
            if name not in here:
                left.close()
                here.clear()
                here[name] = left.enter_context(visits(browser, address))(name, **options)
            return here[name]

        yield open_page
