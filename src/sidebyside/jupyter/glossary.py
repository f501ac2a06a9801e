"""The glossary as the pages link to it: `[fabrication](../book/glossary.md#term-fabrication)`, a link that every viewer of Markdown knows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

GLOSSARY = re.compile(r"^(`{3,}|:{3,})\{glossary\}\n(.*?)^\1", re.M | re.S)
TERM = re.compile(r"\{term\}`([^`<]*?)(?:\s*<([^`>]*)>)?`")
LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")
TO_GLOSSARY = re.compile(r"\[([^\]]+)\]\([^)\s]*glossary\.md#term-[^)\s]*\)")
CITATION = re.compile(r"\s*\{cite(?::\w)?\}`[^`]*`")


@dataclass(frozen=True)
class Entry:
    """One entry of the glossary.

    Attributes:
        names: The word, and other words for the same.
        meaning: What it means, in Markdown.
    """

    names: tuple[str, ...]
    meaning: str

    @property
    def plain(self) -> str:
        """The meaning as plain text."""
        return CITATION.sub("", LINK.sub(r"\1", TERM.sub(r"\1", self.meaning)))


def anchor(name: str) -> str:
    """Return the place of a word in the glossary, such as "term-few-shot"."""
    return "term-" + re.sub(r"\W+", "-", name.lower()).strip("-")


def entries(lines: Iterable[str]) -> Iterator[Entry]:
    """Yield the entries of a directive `{glossary}`, in order.

    Args:
        lines: Its content: names that begin a line, and below them the meaning, indented.
    """
    names: list[str] = []
    for line in filter(str.strip, lines):
        if not line[0].isspace():
            names.append(line.strip())
        elif names:
            yield Entry(tuple(names), line.strip())
            names = []


def glossary(text: str) -> Iterator[Entry]:
    """Yield the entries of all such directives of a page."""
    for directive in GLOSSARY.finditer(text):
        yield from entries(directive[2].splitlines())


def linked(text: str, glossary: str) -> str:
    """Return Markdown with a link in place of each role `{term}`.

    Args:
        text: The Markdown.
        glossary: Where the glossary lies from there, such as "../book/glossary.md".
    """
    return TERM.sub(lambda role: f"[{role[1]}]({glossary}#{anchor(role[2] or role[1])})", text)


def unlinked(text: str) -> str:
    """Return Markdown with the bare word in place of each link or role that leads to the glossary."""
    return TO_GLOSSARY.sub(r"\1", TERM.sub(r"\1", text))
