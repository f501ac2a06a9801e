"""The parts of a lesson are known by the tags of its cells: other words change nothing on the page, a missing tag does."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from copy import deepcopy
from pathlib import Path

import nbformat
import pytest
from bs4 import BeautifulSoup, Tag
from docutils import nodes
from playwright.sync_api import Route, expect
from sphinx.errors import ExtensionError

from sbsite.parts import mark
from sbsite.tryit import place
from sidebyside import grammar
from tests.site.browsing import Open, build_book
from tools import stage
from tools.pages import load, notebook
from tools.serving import served

# One lesson, three times; each copy goes by the slug of a real lesson, which has prompts for "Try it here".
LESSON = "notebooks/hallucination"  # whose copies go by the names of lessons for which no other model's outputs are kept
AS_IT_IS, REWORDED, UNTAGGED = (f"notebooks/{slug}" for slug in ("can_you_tell", "how_sure_are_we", "grounding"))
TAKEN = (grammar.SENTENCE, grammar.TIME, grammar.HAPPENED)
BESIDE = [f"book/{name}" for name in ("open-anywhere.md", "try-it.md", "instructor/notes.md", "instructor/slides.md")]


def reword(lesson: nbformat.NotebookNode) -> None:
    """Give every heading, every bold opening and the line of minutes other words, in no language."""
    for number, cell in ((number, cell) for number, cell in enumerate(lesson.cells) if cell.cell_type == "markdown"):
        cell.source = re.sub(r"^(#+) .+$", rf"\1 Zzz {number}", cell.source, flags=re.M)
        cell.source = re.sub(r"^\*\*.+?\*\*", "**Qqq.**", cell.source, flags=re.M)
        cell.source = re.sub(r"^\*\d+ minutes.*\*$", "*Xxx*", cell.source, flags=re.M)


def untag(lesson: nbformat.NotebookNode) -> None:
    """Take some tags away."""
    for cell in lesson.cells:
        cell.metadata["tags"] = [tag for tag in cell.metadata.get("tags", []) if tag not in {part.tag for part in TAKEN}]


def leave(lesson: nbformat.NotebookNode) -> None:
    """Change nothing."""


CHANGES: dict[str, Callable[[nbformat.NotebookNode], None]] = {AS_IT_IS: leave, REWORDED: reword, UNTAGGED: untag}


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small book of the three copies and two pages for teachers, built."""
    folder, sources = tmp_path_factory.mktemp("book"), stage.sources()
    for name in BESIDE:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).symlink_to(sources[name])
    (folder / "notebooks").mkdir()
    lesson = load(notebook(LESSON))
    for name, change in CHANGES.items():
        copy = deepcopy(lesson)
        change(copy)
        nbformat.write(copy, folder / f"{name}.ipynb")
    chapters = [*CHANGES, *(name.removesuffix(".md") for name in BESIDE[1:])]
    files = "".join(f"  - file: {name}\n" for name in chapters)
    (folder / "_toc.yml").write_text(
        f"format: jb-book\nroot: book/open-anywhere\nparts:\n- caption: One part\n  chapters:\n{files}", encoding="utf-8"
    )
    return build_book(folder)


@pytest.fixture(scope="module")
def small(book: Path) -> Iterator[str]:
    with served(book) as address:
        yield address


MARKS = {"sbs-predict", "sbs-outcome", "sbs-happened", "sbs-change", "sbs-sentence", "sbs-time", "sbs-tryit", "sbs-at-work", "sbs-quiz", "quiz"}


def article(book: Path, name: str) -> Tag:
    found = BeautifulSoup((book / f"{name}.html").read_text(encoding="utf-8"), "lxml").select_one("article")
    assert found
    return found


def sketch(book: Path, name: str) -> list[str]:
    """Return what stands on a page, in order: parts, panels, answers of questions, and a reading time if there is one."""
    classes = [" ".join(sorted((MARKS | {"sbs-reading"}) & set(tag["class"]))) for tag in article(book, name).select("[class]")]
    return [each for each in classes if each]


def description(book: Path, name: str) -> str:
    return re.search(r'<meta name="description" content="([^"]*)"', (book / f"{name}.html").read_text(encoding="utf-8"))[1]  # type: ignore[index]


def test_other_words_change_nothing(book: Path) -> None:
    found = sketch(book, REWORDED)
    assert found == sketch(book, AS_IT_IS)
    assert MARKS <= set(" ".join(found).split()) and found.count("sbs-happened") > 1
    assert "sbs-reading" not in found
    assert found.index("sbs-tryit") < found.index("sbs-at-work") < found.index("sbs-quiz")
    words = article(book, REWORDED).get_text()
    assert "Zzz" in words and not re.search("What happened|Change one thing|In one sentence|At work tomorrow|Check yourself|\\d+ minutes ·", words)


def test_other_words_change_nothing_in_what_a_search_engine_shows(book: Path) -> None:
    assert description(book, REWORDED) == description(book, AS_IT_IS)
    assert description(book, AS_IT_IS).startswith("A language model answers")


def test_a_missing_tag_is_seen(book: Path) -> None:
    lost = {f"sbs-{part.tag}" for part in TAKEN}
    rest = [each for each in sketch(book, AS_IT_IS) if each not in lost]
    found = sketch(book, UNTAGGED)
    assert [each for each in found if each != "sbs-reading"] == rest and "sbs-reading" in found
    assert description(book, UNTAGGED).startswith("In one sentence")


@pytest.mark.parametrize(
    ("name", "next_to_it", "count", "closed"), [(AS_IT_IS, ".sbs-happened", 4, True), (REWORDED, ".sbs-happened", 4, True), (UNTAGGED, "p", 4, False)]
)
def test_an_explanation_right_after_a_result_waits_for_the_guess(
    name: str, next_to_it: str, count: int, closed: bool, small: str, visit: Open
) -> None:
    seen = visit(name, address=small)
    explanation = seen.page.locator(f".cell:has(.sbs-outcome) + {next_to_it}")
    assert explanation.count() == count
    for part in explanation.all():
        expect(part).to_be_visible(visible=not closed)
    for question in seen.page.locator(".sbs-predict").all():
        question.locator("label").first.click()
    for part in explanation.all():
        expect(part).to_be_visible()
    assert seen.faults == []


def test_a_heading_in_an_explanation_waits_with_it(small: str, visit: Open) -> None:
    page = visit(AS_IT_IS, address=small).page

    def with_headings(route: Route) -> None:
        head = '</section><section id="new"><h3 class="sbs-happened">A heading</h3><div class="sbs-happened'
        route.fulfill(body=route.fetch().text().replace('<div class="sbs-happened', head), content_type="text/html")

    page.route(f"**/{AS_IT_IS}.html", with_headings)
    page.reload()
    heads = page.locator("h3.sbs-happened")
    hidden = [head for head in heads.all() if head.is_hidden()]
    assert len(hidden) == 4
    for question in page.locator(".sbs-predict").all():
        question.locator("label").first.click()
    assert [head for head in heads.all() if head.is_hidden()] == []


# --- the tree ---


def page(*cells: list[nodes.Element]) -> nodes.document:
    """Return a page such as myst-nb reads it: a title, then what each cell brought; a heading takes in what follows it."""
    tree = nodes.document("", None)
    holder: nodes.Element = nodes.section("", nodes.title(text="Title"))
    tree += holder
    for number, made in enumerate(cells, 1):
        for node in made:
            node.line = 10_000 * number + 1
            if isinstance(node, nodes.section):
                node[0].line = node.line
                tree[0].append(node)
                holder = node
            else:
                holder += node
    return tree


def outline(node: nodes.Node) -> object:
    if isinstance(node, nodes.paragraph | nodes.title):
        return f"{node.astext()}{''.join(f'.{name}' for name in node['classes'])}"
    name = "".join(f".{name}" for name in getattr(node, "attributes", {}).get("classes", []))
    return [name or node.tagname, *map(outline, node.children)]


def test_what_a_tagged_cell_brought_is_wrapped_and_a_heading_stays_in_the_outline() -> None:
    head = nodes.section("", nodes.title(text="Head"))
    tree = page([nodes.paragraph(text="a")], [nodes.paragraph(text="b"), head, nodes.paragraph(text="c")], [nodes.paragraph(text="d")])
    mark(tree, ["", "happened", ""])
    assert outline(tree) == [
        "document",
        ["section", "Title", "a", [".sbs-happened", "b"], ["section", "Head.sbs-happened", [".sbs-happened", "c"], "d"]],
    ]


def test_two_cells_of_one_part_are_two_elements() -> None:
    tree = page([nodes.paragraph(text="a")], [nodes.paragraph(text="b")])
    mark(tree, ["happened", "happened"])
    assert outline(tree) == ["document", ["section", "Title", [".sbs-happened", "a"], [".sbs-happened", "b"]]]


def test_a_lesson_without_its_last_part_stops_the_build() -> None:
    tree = page([nodes.section("", nodes.title(text="At work tomorrow"))])
    with pytest.raises(ExtensionError, match="notebooks/x has no cell that is tagged 'at-work' and begins with a heading"):
        place(tree, "notebooks/x")
    mark(tree, ["at-work"])
    assert place(tree, "notebooks/x") is tree[0][1]


# --- lists of lessons ---


def test_lists_of_lessons_are_those_of_the_book(book: Path) -> None:
    """This book has other lessons than the course: nobody has written them into a list."""
    notes, slides = (article(book, f"book/instructor/{name}") for name in ("notes", "slides"))
    assert [link["href"] for link in notes.select("h2 + p > a")] == [f"../../{name}.html" for name in CHANGES]
    assert [cell["href"] for cell in slides.select("td:last-child a[href*=slides]")] == [f"../../slides/{Path(name).name}.html" for name in CHANGES]
