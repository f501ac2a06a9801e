"""Every notebook against every rule of DESIGN 5 that a machine can judge."""

from dataclasses import dataclass
from functools import cached_property

import nbformat
import pytest

from sidebyside.models import Model
from tests.pages.helpers import Page
from tests.pages.rules import EVERYWHERE, LESSONS, Rule, unchecked_share
from tools.outputs import combined, others
from tools.pages import pages


@dataclass(frozen=True)
class Other(Page):
    """A lesson as it is under a recorded model that is not its voice."""

    model: Model

    def __str__(self) -> str:
        return f"{super().__str__()} under {self.model.name}"

    @cached_property
    def notebook(self) -> nbformat.NotebookNode:
        return combined(self.path, self.model)


ALL = [Page(path) for path in pages()]
LESSON_PAGES = [page for page in ALL if page.path.parent.name == "notebooks"]
OTHERS = [Other(page.path, model) for page in LESSON_PAGES for model in others(page.path)]


def check(page: Page, rule: Rule) -> None:
    faults = list(rule(page))
    assert not faults, f"{page}: " + "\n".join(faults)


@pytest.mark.parametrize("rule", EVERYWHERE, ids=lambda rule: rule.__name__)
@pytest.mark.parametrize("page", ALL, ids=str)
def test_every_page(page: Page, rule: Rule) -> None:
    check(page, rule)


@pytest.mark.parametrize("rule", LESSONS, ids=lambda rule: rule.__name__)
@pytest.mark.parametrize("page", LESSON_PAGES, ids=str)
def test_lesson(page: Page, rule: Rule) -> None:
    check(page, rule)


@pytest.mark.parametrize("rule", EVERYWHERE + LESSONS, ids=lambda rule: rule.__name__)
def test_lessons_under_their_other_models(rule: Rule) -> None:
    for page in OTHERS:
        check(page, rule)


def test_at_most_three_percent_of_the_code_cells_are_not_compared() -> None:
    assert unchecked_share(ALL) <= 0.03
