"""Nothing in a lesson knows the course's own case by name: every lesson reaches its end on another one, asked live."""

import os

import pytest

from tests.pages.helpers import Page
from tools.pages import HOME, execute, load, pages

TINY = HOME / "tests" / "cases" / "tiny"


@pytest.mark.live
@pytest.mark.parametrize("page", [Page(path) for path in pages(("notebooks",))], ids=str)
def test_lesson_reaches_its_end_on_another_case(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("SIDEBYSIDE_")]:
        monkeypatch.delenv(name)
    notebook = execute(load(page.path), page.path.parent, SIDEBYSIDE_CASE=str(TINY), SIDEBYSIDE_MODE="live", SIDEBYSIDE_LIMIT="8")
    assert all(cell.execution_count for cell in notebook.cells if cell.cell_type == "code")
