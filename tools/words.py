"""Write words of the glossary as links that every viewer of Markdown knows, in all pages, and a quiz's answers as plain HTML.

`{term}` with a word becomes `[word](../book/glossary.md#term-word)`. In a quiz's answer, which is HTML, no viewer reads Markdown: links
become their words there. What is written so already stays as it is.

Usage: python -m tools.words
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

from sidebyside.jupyter.glossary import linked, unlinked
from tools.pages import FOLDERS, HOME, load, pages, save

PROSE = ("book/**/*.md", "hackathon/*.md", "lessons/*/notes.md")
ANSWER = re.compile(r"(?<=</summary>)(?!\s*\n\s*\n).*?(?=</details>)", re.S)
MARKS = (
    (re.compile(r"`([^`]+)`"), r"<code>\1</code>"),
    (re.compile(r"\*\*([^*\n]+)\*\*"), r"<strong>\1</strong>"),
    (re.compile(r"(?<![*\w])\*([^*\s][^*\n]*)\*(?![*\w])"), r"<em>\1</em>"),
)
LINK = re.compile(r"\[([^\]]+)\]\([^)\s]+\)")


def answered(found: re.Match[str]) -> str:
    """Return a quiz's explanation as HTML."""
    text = LINK.sub(r"\1", unlinked(found[0]))
    for mark, html in MARKS:
        text = mark.sub(html, text)
    return text


def written(text: str, folder: Path) -> str:
    """Return a page's Markdown with its words as links; the page lies in a folder of the course."""
    glossary = Path(os.path.relpath(HOME / "book" / "glossary.md", folder)).as_posix()
    return linked(ANSWER.sub(answered, text), glossary)


def changes() -> Iterator[Path]:
    """Write every page anew that has a word in another form, and yield its path."""
    for path in pages(FOLDERS):
        notebook = load(path)
        before = [cell.source for cell in notebook.cells]
        for cell in notebook.cells:
            cell.source = written(cell.source, path.parent) if cell.cell_type == "markdown" else cell.source
        if before != [cell.source for cell in notebook.cells]:
            save(notebook, path)
            yield path
    for path in (path for pattern in PROSE for path in sorted(HOME.glob(pattern))):
        text = path.read_text(encoding="utf-8")
        if text != (new := written(text, path.parent)):
            path.write_text(new, encoding="utf-8")
            yield path


if __name__ == "__main__":
    for path in changes():
        print(f"{path.relative_to(HOME)}: words are links")
