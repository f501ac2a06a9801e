"""A page that shall run elsewhere: its buttons with and without a public address, and the copy that Colab opens."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
import pytest

from tests.site.browsing import HOME, PAGES, SITE, build_book
from tools import stage
from tools.pages import notebook

LESSON = "notebooks/side_by_side"
REAL = notebook(LESSON)  # its file name has a number, and the page has none
ADDRESS = "https://github.com/example/side-by-side"


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small book of one lesson whose folder has a public address, built."""
    book = tmp_path_factory.mktemp("book")
    for place, file in stage.sources().items():
        if place in (f"{LESSON}.ipynb", "book/open-anywhere.md", "book/try-it.md"):
            (book / place).parent.mkdir(exist_ok=True)
            (book / place).symlink_to(file)
    (book / "_toc.yml").write_text(f"format: jb-book\nroot: book/open-anywhere\nchapters:\n- file: {LESSON}\n- file: book/try-it\n")
    config = (HOME / "_config.yml").read_text(encoding="utf-8")
    (book / "_config.yml").write_text(config.replace('repository: {url: ""', f'repository: {{url: "{ADDRESS}"'), encoding="utf-8")
    return build_book(book)


def links(page: Path) -> list[str]:
    return re.findall(r'href="(https://[^"]+\.ipynb)', page.read_text(encoding="utf-8"))


def test_a_page_with_an_address_has_its_buttons(published: Path) -> None:
    assert f"https://mybinder.org/v2/gh/example/side-by-side/main?urlpath=lab/tree/notebooks/{REAL.name}" in links(published / f"{LESSON}.html")
    assert f"https://colab.research.google.com/github/example/side-by-side/blob/gh-pages/colab/{LESSON}.ipynb" in links(published / f"{LESSON}.html")


def test_the_copy_for_colab_is_the_lesson_with_one_cell_in_front(published: Path) -> None:
    lesson, copy = (nbformat.read(path, as_version=4) for path in (REAL, published / "colab" / f"{LESSON}.ipynb"))
    nbformat.validate(copy)
    assert [cell.source for cell in copy.cells[1:]] == [cell.source for cell in lesson.cells]
    assert f"git clone -q --depth 1 {ADDRESS} " in copy.cells[0].source
    assert "%cd -q /content/course/notebooks\n" in copy.cells[0].source


def test_without_an_address_a_button_leads_to_the_ways() -> None:
    pages = sorted([*(SITE / "notebooks").glob("*.html"), *(SITE / "exercises").glob("*.html")])
    assert pages
    for page in pages:
        html = page.read_text(encoding="utf-8")
        button = re.search(r'<a href="\.\./book/open-anywhere\.html"[^>]*run-elsewhere', html)
        assert button, f"{page.name} has no button"
        assert links(page) == []


@pytest.mark.parametrize("name", [name for name in PAGES if stage.source(name).suffix == ".ipynb"])
def test_the_notebook_to_download_is_the_one_in_the_repository(name: str) -> None:
    assert f'href="../_sources/{name}.ipynb"' in (SITE / f"{name}.html").read_text(encoding="utf-8")
    assert (SITE / "_sources" / f"{name}.ipynb").read_bytes() == notebook(name).read_bytes()
