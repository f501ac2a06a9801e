"""Text is text: no `$`, backslash or tag in what somebody wrote is mathematics or markup where it is shown."""

from __future__ import annotations

import html
import re
from html.parser import HTMLParser
from pathlib import Path

import pandas as pd
import pytest

import sidebyside as sbs
from sidebyside.shown import NO_MATHS, shown
from tests.shown_texts import ROWS, SHOWN, TEXT

SOURCE = Path(__file__).parent.parent / "src" / "sidebyside"
VOID = ("br", "input", "hr", "img")


class Unguarded(HTMLParser):
    """Gathers text in which MathJax would look for mathematics: what lies in no element that it leaves alone."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[bool] = []
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            classes = (dict(attributes).get("class") or "").split()
            self.open.append("mathjax_ignore" in classes or tag in ("script", "style", "textarea"))

    def handle_endtag(self, tag: str) -> None:
        self.open.pop()

    def handle_data(self, data: str) -> None:
        if not any(self.open) and re.search(r"[$\\]", data):
            self.found.append(data)


@pytest.mark.parametrize("name", SHOWN)
def test_no_text_that_is_shown_can_be_mathematics(name: str) -> None:
    parser = Unguarded()
    parser.feed(SHOWN[name]())
    assert parser.found == []


@pytest.mark.parametrize("name", SHOWN)
def test_no_text_that_is_shown_is_a_tag(name: str) -> None:
    assert "<PERSON>" not in SHOWN[name]()
    assert name == "sbs.ask" or "&lt;PERSON&gt;" in SHOWN[name]()


def test_a_text_is_shown_whole_and_plain_ones_need_no_more_than_escaping() -> None:
    assert html.unescape(re.sub("<[^>]*>", "", shown(TEXT))) == TEXT
    assert shown("a < b & c") == "a &lt; b &amp; c"
    assert shown("$5") == f'<span class="{NO_MATHS}">$5</span>'
    assert shown(7) == "7"


def test_a_text_that_turns_round_what_comes_after_it_turns_nothing_but_itself() -> None:
    assert shown("pay \u202e01") == "<bdi>pay \u202e01</bdi>"
    assert shown("\u0645\u0631\u062d\u0628\u0627") == "\u0645\u0631\u062d\u0628\u0627"


def test_a_styled_table_of_a_page_is_left_alone_too() -> None:
    pytest.importorskip("jinja2")
    assert "mathjax_ignore" in ROWS.style.to_html()
    assert pd.get_option("display.html.use_mathjax") is False


def test_every_text_goes_through_the_one_helper() -> None:
    """`html.escape` is for attributes only, which MathJax does not read."""
    strays = [
        f"{file.name}: {line.strip()}"
        for file in sorted(SOURCE.rglob("*.py"))
        if file.name != "shown.py"
        for line in file.read_text(encoding="utf-8").splitlines()
        if re.search(r"html\.escape\((?!.*quote=True)", line)
    ]
    assert strays == []


def test_a_table_without_rows_says_so() -> None:
    empty, full = sbs.table(pd.DataFrame({"message": []})), sbs.table(pd.DataFrame({"message": ["a"]}))
    assert "None here." in repr(empty) and "None here." in empty._repr_html_() and "<table" not in empty._repr_html_()
    assert "None here." not in repr(full) + full._repr_html_()
