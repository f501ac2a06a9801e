"""Every notebook against every rule of DESIGN 5 that a machine can judge."""

import pytest

from tests.pages.helpers import Page
from tests.pages.rules import EVERYWHERE, LESSONS, Rule, unchecked_share
from tools.pages import pages

ALL = [Page(path) for path in pages()]
LESSON_PAGES = [page for page in ALL if page.path.parent.name == "notebooks"]


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


def test_at_most_three_percent_of_the_code_cells_are_not_compared() -> None:
    assert unchecked_share(ALL) <= 0.03
