"""What the page tests share: a notebook as a page, its prose as sentences, its sections, its calls to the package."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import nbformat
import readability
from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.colon_fence import colon_fence_plugin
from mdit_py_plugins.dollarmath import dollarmath_plugin
from mdit_py_plugins.myst_blocks import myst_block_plugin
from mdit_py_plugins.myst_role import myst_role_plugin

from sidebyside.grammar import NEXT, part_of
from tools.pages import slug_of

# --- a page ---------------------------------------------------------------------------------------------------------

NBVAL_TAGS = {"nbval-ignore-output", "nbval-skip", "raises-exception"}


@dataclass(frozen=True)
class Page:
    """A notebook as it lies on disk: nothing is added or upgraded on reading, so that a missing cell id stays missing."""

    path: Path

    def __str__(self) -> str:
        return f"{self.path.parent.name}/{self.path.stem}"

    @cached_property
    def notebook(self) -> nbformat.NotebookNode:
        return nbformat.v4.reads(self.path.read_text(encoding="utf-8"))

    @property
    def slug(self) -> str:
        return slug_of(self.path)

    @property
    def code(self) -> list[nbformat.NotebookNode]:
        return [cell for cell in self.notebook.cells if cell.cell_type == "code"]

    @property
    def prose(self) -> list[str]:
        """Return what people have written; the ways from page to page are made by a tool."""
        return [cell.source for cell in self.notebook.cells if cell.cell_type == "markdown" and part_of(cell) != NEXT.tag]

    @property
    def markdown(self) -> str:
        return "\n\n".join(self.prose)

    @property
    def parts(self) -> list[str]:
        """Return the tags of the page's parts, in order."""
        return [part for cell in self.notebook.cells if (part := part_of(cell))]

    def part(self, tag: str) -> str:
        """Return the source of a part of the page, "" if there is none."""
        return "\n\n".join(cell.source for cell in self.notebook.cells if part_of(cell) == tag)

    def calls(self, function: str) -> list[str | None]:
        """Return the first argument of each call of a package function, None where it is not a plain string."""
        return [name for cell in self.code for name in calls(cell.source, function)]


def calls(source: str, function: str) -> list[str | None]:
    """Return the first argument of each call `sbs.function(…)`, None where it is not a plain string."""
    found = re.finditer(rf"\bsbs\.{function}\(\s*(?:([\"'])(.*?)\1)?", source)
    return [match[2] for match in found]


def tags(cell: nbformat.NotebookNode) -> set[str]:
    return set(cell.metadata.get("tags", []))


def code_lines(cell: nbformat.NotebookNode) -> int:
    """Count the lines that are neither blank nor a comment."""
    lines = (line.strip() for line in cell.source.splitlines())
    return sum(bool(line) and not line.startswith("#") for line in lines)


def mime_bundles(cell: nbformat.NotebookNode) -> list[dict[str, Any]]:
    """Return what each output shows, by MIME type."""
    return [output.data for output in cell.get("outputs", []) if "data" in output]


def strings(node: Any) -> Iterator[str]:
    """Yield every text in a notebook, its sources, outputs and metadata; not the bytes of pictures."""
    if isinstance(node, dict):
        for name, value in node.items():
            yield from () if str(name).startswith("image/") else strings(value)
    elif isinstance(node, list):
        for value in node:
            yield from strings(value)
    elif isinstance(node, str):
        yield node


# --- Markdown to sentences ------------------------------------------------------------------------------------------

PARSER = MarkdownIt("commonmark").enable("table").disable("code")
for plugin in (colon_fence_plugin, dollarmath_plugin, myst_block_plugin, myst_role_plugin):
    PARSER.use(plugin)

COMMENT = re.compile(r"<!--.*?-->", re.S)
UNSEEN = re.compile(r"<(script|style|table|svg)\b.*?</\1\s*>", re.S | re.I)
BLOCK_TAG = re.compile(r"</?(?:details|summary|p|div|section|figure|figcaption|ul|ol|li|br|hr|blockquote|h[1-6])\b[^<>]*>", re.I)
TAG = re.compile(r"</?[a-zA-Z][\w-]*(?:\s[^<>]*)?/?>")
NO_PROSE = {"bibliography", "code", "code-block", "code-cell", "csv-table", "glue", "image", "list-table", "literalinclude", "math", "mermaid", "raw"}
ABBREVIATION = re.compile(r"\b(e\.g|i\.e|vs|cf|al|Dr|Mr|Mrs|Ms|Fig|approx)\.")
SENTENCE_END = re.compile(r"(?<=[.!?…])[\"'”’)\]]*\s+(?=[\"'“‘(\[]?[A-Z0-9])")
WORD = re.compile(r"[^\W_]+(?:['’.,\-][^\W_]+)*")


def without_html(text: str) -> str:
    """Drop comments, HTML tables and tags; the ends of blocks become ends of paragraphs."""
    return TAG.sub("", BLOCK_TAG.sub("\n\n", UNSEEN.sub("\n\n", COMMENT.sub("", text))))


def paragraphs(markdown: str) -> Iterator[str]:
    """Yield each heading, paragraph and list item as plain text, without code, formulas, tables, pictures and link targets."""
    in_table = False
    for token in PARSER.parse(without_html(markdown)):
        in_table = token.type == "table_open" or (in_table and token.type != "table_close")
        if token.type == "inline" and not in_table:
            yield "".join(map(_seen, token.children or []))
        elif token.type in ("fence", "colon_fence"):
            yield from _directive(token)


def _seen(token: Token) -> str:
    """Return what a reader reads of a piece of a line."""
    if token.type == "myst_role":
        return "" if token.meta["name"].startswith("cite") else re.sub(r"\s*<[^<>]*>$", "", token.content)
    if token.type in ("softbreak", "hardbreak"):
        return " "
    return token.content if token.type == "text" else ""


def _directive(token: Token) -> Iterator[str]:
    """Yield the title and paragraphs of a MyST directive that holds prose; nothing for a block of code."""
    head = re.fullmatch(r"\{([\w:-]+)\}\s*(.*)", token.info.strip())
    if head and head[1] not in NO_PROSE:
        yield "" if "/" in head[2] else head[2]
        yield from paragraphs(re.sub(r"\A(?:\s*:[\w-]+:.*\n)+", "", token.content))


def sentences(markdown: str) -> list[str]:
    """Return the sentences of a Markdown text; each heading, list item and paragraph ends one."""
    plain = (ABBREVIATION.sub(r"\1", paragraph) for paragraph in paragraphs(markdown))
    return [sentence for paragraph in plain for sentence in SENTENCE_END.split(paragraph.strip()) if words(sentence)]


def words(text: str) -> list[str]:
    return WORD.findall(text)


def word_count(markdown: str) -> int:
    return sum(len(words(sentence)) for sentence in sentences(markdown))


def grade(markdown: str) -> float:
    """Return the Flesch-Kincaid grade: years at school in the United States."""
    lines = [" ".join(words(sentence)).lower().replace("’", "'") for sentence in sentences(markdown)]
    return readability.getmeasures(lines, lang="en")["readability grades"]["Kincaid"]


# --- measured numbers -----------------------------------------------------------------------------------------------

COUNT = "one|two|three|four|five|six|seven|eight|nine|ten"
MEASURED = re.compile(
    rf"\d[\s*_]*\\?%|\d[\s*_]*per ?cent|\d\.\d|(?<![\w.])\.\d|\d[*_]* (?:out )?of (?:the |every )?[*_]*\d|\b(?:{COUNT}) out of (?:{COUNT}|\d)", re.I
)
TERM = re.compile(r"\b95\s?% (?:confidence )?(?:interval|band)s?", re.I)  # the name of a thing, not a measurement
FENCE = re.compile(r"^(`{3,}|~{3,})(?!\{)[^\n]*\n(.*?)^\1", re.M | re.S)
CODE_SPAN = re.compile(r"(`+)(.+?)\1")
DECIMAL_IN_CODE = re.compile(r"(?:\d+\.)+\d++(?!\s*%)")
BARE_SHARE = re.compile(r"\s*(?:0?\.\d+|1\.0+)\s*")
LINK_TARGET = re.compile(r"\]\([^()\s]*(?:\s\"[^\"]*\")?\)|<?https?://[^\s<>()]+>?")
SOURCE = re.compile(r"\{cite[:\w]*\}`|(?<!\])\([^()]*(?:\]\(https?://[^()\s]+\)[^()]*|https?://[^()\s]+)\)")
LINK = re.compile(r"\]\(|https?://|\{cite|\{doc")


def measured_numbers(markdown: str, *, sources: bool = False) -> Iterator[tuple[str, str]]:
    """Yield each number that looks measured, with its line: a percentage, a decimal, "7 of 10".

    A line that carries its source is let off; so is, in the part that lists sources, a line with a link. In code, decimals may
    stand (`scikit-learn 1.9`, `temperature=0.7`) but not alone (`0.87`).
    """
    for line in TAG.sub("", COMMENT.sub("", FENCE.sub(_as_spans, markdown))).splitlines():
        sourced = SOURCE.search(line) or (sources and LINK.search(line))
        if not sourced and (found := MEASURED.search(_countable(line))):
            yield found[0], line.strip()


def _as_spans(fence: re.Match[str]) -> str:
    return "\n".join(f"``{line}``" for line in fence[2].splitlines())


def _countable(line: str) -> str:
    """Drop the numbers that may stand in a line."""
    return LINK_TARGET.sub("]", TERM.sub("", CODE_SPAN.sub(_without_settings, line)))


def _without_settings(span: re.Match[str]) -> str:
    return span[2] if BARE_SHARE.fullmatch(span[2]) else DECIMAL_IN_CODE.sub("", span[2])


# --- the quiz --------------------------------------------------------------------------------------------------------

DETAILS = re.compile(r"<details\b[^>]*>\s*<summary\b[^>]*>(.*?)</summary>(.*?)</details>", re.S | re.I)


def quiz(section: str) -> list[list[tuple[str, str]]]:
    """Return the quiz items of a section: options (`details` elements) that follow each other, each with its explanation."""
    items: list[list[tuple[str, str]]] = []
    place = 0
    for match in DETAILS.finditer(section):
        if not items or word_count(section[place : match.start()]):
            items.append([])
        items[-1].append((match[1], match[2]))
        place = match.end()
    return items


# --- the glossary ---------------------------------------------------------------------------------------------------

GLOSSARY = re.compile(r"^(`{3,}|:{3,})\{glossary\}(.*?)^\1", re.M | re.S)
TERM_ROLE = re.compile(r"\{term\}`(?:[^`<]*<)?([^`<>]+)>?`")
GLOSSARY_LINK = re.compile(r"\]\([^()\s]*glossary(?:\.md|\.html)?#([^()\s]+)\)")


def anchor(text: str) -> str:
    return re.sub(r"\W+", "-", text.lower()).strip("-")


def glossary_terms(text: str) -> list[str]:
    """Return the terms of each `{glossary}` directive: its lines that are not indented."""
    lines = [line for match in GLOSSARY.finditer(text) for line in match[2].splitlines()[1:]]
    return [line.strip() for line in lines if re.match(r"[^\s:]", line)]


def glossary_anchors(text: str) -> set[str]:
    """Return where a link into the glossary may point: terms, headings and explicit targets."""
    terms = [anchor(term) for term in glossary_terms(text)]
    headings = [anchor(heading) for heading in re.findall(r"^#+ +(.+)$", text, re.M)]
    targets = re.findall(r"^\(([\w-]+)\)=|\bid=\"([\w-]+)\"", text, re.M)
    return {*terms, *(f"term-{term}" for term in terms), *headings, *(one or other for one, other in targets)}
