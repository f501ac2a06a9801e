"""A page of the book as JupyterLab can show it: what only the site's builder knows is said in plain MyST.

`jupyterlab-myst` draws tables, admonitions, cards and mathematics, and knows nothing of other files. So a link without words gets the
title of its page, the glossary becomes a list of definitions, citations lead to the list of references, and what the site puts
together from elsewhere becomes a sentence that says what is to be seen there. Code is left as it is.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from . import numbered
from .glossary import entries, linked
from .references import Work, works

FENCE = re.compile(r"^ {0,3}(`{3,}|:{3,}|~{3,})(?:\{([\w-]+)\})?(.*)$")
OPTION = re.compile(r"^:[\w-]+:( .*)?$")
LINK_OPTION = re.compile(r"^:link: (\S+)$")
CODE = re.compile(r"(`+[^`]+`+)")
CITE = re.compile(r"\{cite(?::([pt]))?\}`([^`]*)`")
WORDLESS = re.compile(r"(?<!!)\[\]\(([^)\s#]+)(#[^)\s]*)?\)")
MONEY = re.compile(r"(?<!\\)\$")  # JupyterLab would take what lies between two of them for mathematics; the site does not
BARE = {"container", "card-footer"}  # their content alone
ELSEWHERE = {
    "from-page": "a chart and a sentence from that lesson",
    "lesson-notes": "the notes on each lesson; they lie in the course's folder as `lessons/…/notes.md`",
    "lesson-slides": "the slides of each lesson",
    "lesson-boxes": "all lessons, each with a box to tick",
    "knowledge-test": "the twenty questions",
    "knowledge-key": "the questions with their right answers",
    "wilson-table": "a table of intervals",
}


def home_of(page: Path, root: Path) -> Path | None:
    """Return the course's folder that a page lies in, if it lies in one, and that in the server's folder."""
    return next((folder for folder in page.resolve().parents if (folder / "_toc.yml").is_file() and folder.is_relative_to(root.resolve())), None)


@dataclass(frozen=True)
class Reading:
    """A page of the course that is to be shown.

    Attributes:
        page: Where it lies.
        home: The course's folder; nothing outside it is read.
    """

    page: Path
    home: Path

    @cached_property
    def works(self) -> dict[str, Work]:
        """The works that pages cite."""
        return works(self.home / "book" / "references.bib")

    def readable(self, text: str) -> str:
        """Return the page's text in plain MyST."""
        return "\n".join(self._blocks(text.splitlines())) + "\n"

    def _blocks(self, lines: Sequence[str]) -> Iterator[str]:
        place = begun = 0
        while place < len(lines):
            if not (opening := FENCE.match(lines[place])):
                place += 1
                continue
            yield from self._prose(lines[begun:place])
            closing = re.compile(rf"^ {{0,3}}{re.escape(opening[1][0])}{{{len(opening[1])},}}\s*$")
            end = next((number for number in range(place + 1, len(lines)) if closing.match(lines[number])), len(lines))
            yield from self._directive(opening, lines[place + 1 : end])
            place = begun = end + 1
        yield from self._prose(lines[begun:])

    def _directive(self, opening: re.Match[str], body: Sequence[str]) -> Iterator[str]:
        sign, name = opening[1], opening[2]
        options = next((number for number, line in enumerate(body) if not OPTION.match(line)), len(body))
        if name == "glossary":
            yield from self._definitions(body)
        elif name == "bibliography":
            yield from (f"\n({key})=\n{work}" for key, work in sorted(self.works.items(), key=lambda item: (item[1].who, item[1].year)))
        elif name in BARE or name in ELSEWHERE:
            yield from self._blocks(body[options:])
            yield from (f"\n*On the site: {what}.*" for shown, what in ELSEWHERE.items() if shown == name)
        elif name is None or sign[0] != ":":
            yield from (opening[0], *body, sign)
        else:
            yield from (opening[0], *map(self._option, body[:options]), *self._blocks(body[options:]), sign)

    def _definitions(self, body: Sequence[str]) -> Iterator[str]:
        for entry in entries(body):
            yield " · ".join(f"**{name}**" for name in entry.names)
            yield f": {self._text(entry.meaning)}\n"

    def _option(self, line: str) -> str:
        """Return an option of a card, which names the page it leads to without its ending."""
        found = LINK_OPTION.match(line)
        ending = next((ending for ending in (".ipynb", ".md") if found and numbered((self.page.parent / found[1]).with_suffix(ending)).is_file()), "")
        return line + ending

    def _prose(self, lines: Sequence[str]) -> Iterator[str]:
        yield from self._text("\n".join(lines)).split("\n") if lines else ()

    def _text(self, text: str) -> str:
        told = CITE.sub(self._citation, linked(text, self._way("glossary.md")))
        pieces = CODE.split(told)  # every other one is code
        pieces[::2] = [MONEY.sub(r"\\$", WORDLESS.sub(self._named, piece)) for piece in pieces[::2]]
        return "".join(pieces)

    def _citation(self, role: re.Match[str]) -> str:
        keys = [key.strip() for key in role[2].split(",")]
        form = "[{0.who} ({0.year})]({1}#{2})" if role[1] == "t" else "[{0.who}, {0.year}]({1}#{2})"
        told = ", ".join(form.format(self.works[key], self._way("references.md"), key) if key in self.works else key for key in keys)
        return told if role[1] == "t" else f"({told})"

    def _named(self, link: re.Match[str]) -> str:
        return f"[{self._title(link[1])}]({link[1]}{link[2] or ''})"

    def _title(self, path: str) -> str:
        file = numbered((self.page.parent / path).resolve())
        if not file.is_relative_to(self.home.resolve()) or not file.is_file():
            return path
        text = file.read_text(encoding="utf-8")
        source = "".join(json.loads(text)["cells"][0]["source"]) if file.suffix == ".ipynb" else text
        heading = re.search(r"^# (.+)$", source, re.M)
        return heading[1] if heading else file.stem

    def _way(self, name: str) -> str:
        return Path(os.path.relpath(self.home.resolve() / "book" / name, self.page.resolve().parent)).as_posix()
