"""What the site's tests share: a local server for built pages, and a browser that reaches nothing else."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_markdown_cell, new_notebook
from playwright.sync_api import Browser, Page, expect, sync_playwright

from sidebyside.jupyter import numbered
from tests import shown_texts
from tests.labserver import lab, small_course
from tests.site.browsing import SITE, SLOW, Open, Tab, visits
from tools.serving import CHROMIUM, FLAGS, served

LINKS = ["[the exam](the_ml_workflow.ipynb#the-exam)", "[the exercise](../exercises/meet_the_model.ipynb)", "[the case](../book/case.md)"]
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
    groups = [*LONG, *sorted(map(group, items), key=lambda name: not name.startswith("test_"))]
    place = {name: number for number, name in enumerate(dict.fromkeys(groups))}
    items.sort(key=lambda item: place[group(item)])
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


@pytest.fixture(scope="session")
def stay(browser: Browser, address: str) -> Iterator[Tab]:
    """Stay on the page where the last test has left it, or visit another one: for pages of which several tests see the same visit."""
    with visits(browser, address) as open_page:
        yield Tab(open_page, address)


@pytest.fixture(scope="session")
def lab_course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The course's folder as JupyterLab opens it, with a notebook of links, one of them to an exercise that leads back, and one of texts."""
    course = small_course(tmp_path_factory.mktemp("course"))
    exercise = numbered(course / "exercises" / "meet_the_model.ipynb")
    back = nbformat.read(exercise, as_version=4)
    back.cells.insert(1, new_markdown_cell("[back to the links](../notebooks/links.ipynb)"))
    nbformat.write(back, exercise)
    cells = list(map(new_markdown_cell, LINKS))
    nbformat.write(new_notebook(cells=cells, metadata=back.metadata), course / "notebooks" / "links.ipynb")
    nbformat.write(shown_texts.notebook(), course / "notebooks" / "texts.ipynb")
    return course


@pytest.fixture(scope="session")
def lab_address(lab_course: Path) -> Iterator[str]:
    """Where a JupyterLab listens for all tests; its machine has a strange proxy and no certificates."""
    with lab(lab_course, lab_course.with_name("user")) as address:
        yield address


@pytest.fixture
def lab_page(browser: Browser, lab_course: Path, lab_address: str) -> Iterator[Page]:
    """A page of a JupyterLab that knows of no open tab; it must ask no other host, and the course's extension must throw no error."""
    shutil.rmtree(lab_course.with_name("user") / "config" / "lab" / "workspaces", ignore_errors=True)
    context = browser.new_context(viewport={"width": 1400, "height": 900}, base_url=lab_address)
    context.set_default_timeout(SLOW)
    expect.set_options(timeout=SLOW)
    faults: list[str] = []
    page, ours = context.new_page(), (lab_address, "data:", "blob:")
    page.on("request", lambda request: request.url.startswith(ours) or faults.append(f"foreign request: {request.url}"))
    page.on("pageerror", lambda error: "extensions/sidebyside" in str(error.stack) and faults.append(str(error.stack)))
    yield page
    expect.set_options(timeout=5_000)
    context.close()
    assert faults == []
