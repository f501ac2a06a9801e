"""How long a page takes is said once: by the page itself, or below its title."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from docutils import nodes
from docutils.core import publish_doctree

from sbsite.paper import SHEET
from sbsite.reading import WORDS_A_MINUTE, minutes
from tests.site.browsing import PAGES


@pytest.mark.parametrize("name", PAGES[1:])
def test_a_page_says_once_how_long_it_takes(name: str, site: Path) -> None:
    html = (site / f"{name}.html").read_text(encoding="utf-8")
    told = re.findall(r'<div class="sbs-time\b|<p class="sbs-reading">About \d+ minutes? to read', html)
    assert len(told) == (SHEET not in html), told


CODE = f"\n::\n\n  {'code ' * 900}\n"


@pytest.mark.parametrize(("text", "expected"), [("one", 1), ("word " * WORDS_A_MINUTE, 1), ("word " * (2 * WORDS_A_MINUTE + 1), 3)])
def test_minutes_are_those_of_the_prose(text: str, expected: int) -> None:
    assert minutes(publish_doctree(f"{text}\n{CODE}")) == expected


def test_a_page_that_states_its_own_minutes_gets_no_others() -> None:
    tree = publish_doctree("Takes an afternoon.")
    assert minutes(tree) == 1
    tree.append(nodes.container("", nodes.paragraph(text="Half an hour"), classes=["sbs-time"]))
    assert minutes(tree) is None
