"""The book in JupyterLab: words, citations, links without words, and what only the site can show; a notebook on paper."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
import pytest
from nbconvert import HTMLExporter
from traitlets.config import Config

from sidebyside.jupyter.glossary import anchor, glossary, linked, unlinked
from sidebyside.jupyter.printing import OpenBoxes
from sidebyside.jupyter.reading import ELSEWHERE, Reading, home_of
from sidebyside.jupyter.references import works
from sidebyside.widgets import outcome
from tools import words
from tools.pages import pages

HOME = Path(__file__).resolve().parent.parent
BOOK = sorted((HOME / "book").glob("**/*.md"))
WORDS = """# Glossary

```{glossary}
generative AI
GenAI
  Makes text {cite:p}`brown2020`. See [a prompt](glossary.md#term-prompt) or a {term}`test <exam>`.

prompt
  What a model is given.
```

:::{glossary}
few-shot
  With examples.
:::
"""


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """A course of three pages."""
    (tmp_path / "_toc.yml").touch()
    for name, text in {
        "book/case.md": "---\na: b\n---\n# The case\n",
        "book/glossary.md": WORDS,
        "book/references.bib": (
            "@book{one,\n  author = {Sp{\\\"a}rck Jones, Karen},\n  title = {{A} ``Term''},\n  year = {1972},\n  doi = {10.1/x},\n}\n\n"
            "@misc{two,\n  author = {{OpenAI}},\n  title = {Why?},\n  year = {2025},\n  url = {https://a.b},\n}\n\n"
            "@misc{three,\n  author = {B, A and C, D and others},\n  title = {T -- U},\n  year = {2020},\n  eprint = {1.2},\n}\n"
        ),
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "notebooks").mkdir()
    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("# Rain\n\nWet.")]), tmp_path / "notebooks" / "03_rain.ipynb")
    return tmp_path


def shown(course: Path, text: str, page: str = "book/page.md") -> str:
    return Reading(course / page, course).readable(text).removesuffix("\n")


# --- words -----------------------------------------------------------------------------------------------------------


def test_a_glossary_is_read_word_by_word() -> None:
    found = {name: entry.plain for entry in glossary(WORDS) for name in entry.names}
    assert found == {name: "Makes text. See a prompt or a test." for name in ("generative AI", "GenAI")} | {
        "prompt": "What a model is given.",
        "few-shot": "With examples.",
    }


@pytest.mark.parametrize(("word", "place"), [("few-shot", "term-few-shot"), ("winner's curse", "term-winner-s-curse"), ("F1", "term-f1")])
def test_the_place_of_a_word(word: str, place: str) -> None:
    assert anchor(word) == place


def test_a_word_is_a_link_and_again_a_word() -> None:
    text = "A {term}`prompt`, two {term}`prompts <prompt>`, `{code}`."
    link = linked(text, "../book/glossary.md")
    assert link == "A [prompt](../book/glossary.md#term-prompt), two [prompts](../book/glossary.md#term-prompt), `{code}`."
    assert unlinked(link) == unlinked(text) == "A prompt, two prompts, `{code}`."


def test_the_tool_writes_links_and_changes_nothing_twice() -> None:
    answer = '<details class="quiz right"><summary>A *b*?</summary>Yes: *dev*, {term}`prompt`, as in [it](it.ipynb).</details>'
    text = f"A {{term}}`prompt`.\n\n{answer}"
    once = words.written(text, HOME / "notebooks")
    assert once == f"A [prompt](../book/glossary.md#term-prompt).\n\n{answer.partition('Yes')[0]}Yes: <em>dev</em>, prompt, as in it.</details>"
    assert words.written(once, HOME / "notebooks") == once
    assert "](glossary.md#term-prompt)" in words.written(text, HOME / "book")


def test_every_page_has_its_words_as_links() -> None:
    """Else `python -m tools.words` does it: JupyterLab, VS Code and Colab show a role as it is typed."""
    written = [*pages(), *BOOK]
    assert [path.relative_to(HOME).as_posix() for path in written if "{term}`" in path.read_text(encoding="utf-8")] == []


# --- pages -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("A {term}`prompt`", "A [prompt](glossary.md#term-prompt)"),
        ("So {cite:p}`one`.", "So ([Spärck Jones, 1972](references.md#one))."),
        ("So {cite}`two, three`.", "So ([OpenAI, 2025](references.md#two), [B et al., 2020](references.md#three))."),
        ("{cite:t}`one` and {cite:t}`gone`", "[Spärck Jones (1972)](references.md#one) and gone"),
        ("[](case.md#x) [](../notebooks/rain.ipynb) [](gone.md)", "[The case](case.md#x) [Rain](../notebooks/rain.ipynb) [gone.md](gone.md)"),
        ("$2 and $5, `a$b$c`, \\$1", "\\$2 and \\$5, `a$b$c`, \\$1"),
        ("```bash\n[](case.md) $A $B\n```", "```bash\n[](case.md) $A $B\n```"),
        (":::{container} foot\n:class: x\n\n[](case.md)\n:::", "\n[The case](case.md)"),
        ("::::{grid} 1\n:::{card} A\n:link: case\n$1\n:::\n::::", "::::{grid} 1\n:::{card} A\n:link: case.md\n\\$1\n:::\n::::"),
        (":::{card} A\n:link: ../notebooks/rain\n:::", ":::{card} A\n:link: ../notebooks/rain.ipynb\n:::"),
        ("```{lesson-boxes}\n:first: a\n```\nafter", f"\n*On the site: {ELSEWHERE['lesson-boxes']}.*\nafter"),
        ("```{glossary}\nA\nB\n  A {term}`prompt`.\n```", "**A** · **B**\n: A [prompt](glossary.md#term-prompt).\n"),
    ],
)
def test_what_only_the_site_s_builder_knows_is_said_in_plain_myst(written: str, said: str, course: Path) -> None:
    assert shown(course, written) == said


def test_the_list_of_references_has_a_place_for_each_work(course: Path) -> None:
    assert shown(course, "```{bibliography}\n:all:\n```").strip() == (
        "(three)=\nB et al. (2020). *T – U*. <https://arxiv.org/abs/1.2>\n\n(two)=\nOpenAI (2025). *Why?* <https://a.b>\n\n"
        "(one)=\nSpärck Jones (1972). *A “Term”*. <https://doi.org/10.1/x>"
    )


def test_nothing_outside_the_course_is_read(course: Path) -> None:
    (course.parent / "secret.md").write_text("# Secret\n", encoding="utf-8")
    assert "Secret" not in shown(course, "[](../../secret.md)")
    assert home_of(course / "book" / "page.md", course) == course.resolve()
    assert home_of(course / "book" / "page.md", course / "book") is None
    assert home_of(course.parent / "page.md", course) is None


@pytest.mark.parametrize("page", BOOK, ids=lambda page: page.stem)
def test_a_page_of_the_book_holds_nothing_that_jupyterlab_would_not_know(page: Path) -> None:
    said = Reading(page, HOME).readable(page.read_text(encoding="utf-8"))
    prose = re.sub(r"(`{3,})[^{].*?\1", "", said, flags=re.S)
    known = {"admonition", "grid", "grid-item-card", "table", "note", "warning", "tip", "kbd", "math"}
    assert set(re.findall(r"\{([\w:-]+)\}(?=`|[ \n]|$)", re.sub(r"(?<!\})`[^`\n]+`", "", prose))) <= known
    assert "[](" not in prose
    assert [key for key in re.findall(r"references\.md#([\w-]+)", said) if key not in works(HOME / "book" / "references.bib")] == []


# --- paper -----------------------------------------------------------------------------------------------------------


def test_what_is_printed_is_open() -> None:
    quiz = '<details class="quiz right"><summary>A?</summary>Yes.</details>\n\n<details><summary>B?</summary></details>'
    data = {"text/html": outcome("a/b", "some", "3 of 10.")._repr_html_().partition("<script")[0]}
    cells = [nbformat.v4.new_markdown_cell(quiz), nbformat.v4.new_code_cell(outputs=[nbformat.v4.new_output("display_data", data)])]
    page, _ = HTMLExporter(config=Config(HTMLExporter={"preprocessors": [OpenBoxes]})).from_notebook_node(nbformat.v4.new_notebook(cells=cells))
    found = re.findall(r"<details[^>]*>", page)
    assert [" open=" in tag for tag in found] == [True, False, True], found
