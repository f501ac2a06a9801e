"""Nothing in a lesson knows the course's own case by name: every lesson reaches its end on another one.

A scripted model answers all of them, so that each meets many outcomes in seconds; the embedded model itself answers a few.
"""

import pytest

import sidebyside as sbs
from tests.pages.able import Able
from tests.pages.helpers import Page
from tests.scripted import KEY, NAME, ScriptedModel
from tools.pages import HOME, execute, load, pages

TINY = HOME / "tests" / "cases" / "tiny"
ASKED_LIVE = ("judging_with_a_model",)  # long prompts, a begun answer and the chances of tokens, as the real server tells them
LESSONS = [Page(path) for path in pages(("notebooks",))]


SETTINGS = {"SIDEBYSIDE_CASE": str(TINY), "SIDEBYSIDE_MODE": "live", "SIDEBYSIDE_LIMIT": "8"}


def run_whole(page: Page, **settings: str) -> None:
    notebook = execute(load(page.path), page.path.parent, **SETTINGS, **settings)
    assert all(cell.execution_count for cell in notebook.cells if cell.cell_type == "code")


@pytest.mark.slow
@pytest.mark.parametrize("page", LESSONS, ids=str)
def test_lesson_reaches_its_end_on_another_case(page: Page, scripted: ScriptedModel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIDEBYSIDE_CASE", str(TINY))
    scripted.quirk = Able([word for words in sbs.load_case().labels.values() for word in words])
    run_whole(page, SIDEBYSIDE_MODEL=NAME, OPENAI_BASE_URL=scripted.url, OPENAI_API_KEY=KEY)


@pytest.mark.live
@pytest.mark.parametrize("page", [page for page in LESSONS if page.slug in ASKED_LIVE], ids=str)
def test_lesson_reaches_its_end_on_another_case_asked_live(page: Page) -> None:
    run_whole(page)
