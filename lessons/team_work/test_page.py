"""Each sentence of the page, on results that come out each way."""

import pytest

import sidebyside as sbs

page = sbs.lesson("team_work")


@pytest.mark.parametrize(("successes", "word"), [(1, "under a third"), (5, "a third to two thirds"), (9, "over two thirds")])
def test_the_first_outcome_follows_the_rate(successes, word):
    assert page.first("the model", sbs.Rate(successes, 10)).answer == word


@pytest.mark.parametrize(("after", "word"), [(4, "more"), (3, "as many"), (2, "fewer")])
def test_the_second_outcome_follows_the_counts(after, word):
    assert page.second(3, after).answer == word
