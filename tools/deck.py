"""How a lesson becomes slides: where each one begins, and how much goes on it.

A lesson's own grammar says where: at a heading, at a predict box and after it, at what happened, at the one thing to change and at
each question of the quiz. Between those, cells share a slide as long as they fit it. Which cell is which, its tag says.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from copy import deepcopy

import nbformat

from sbsite.charts import MIME, element
from sidebyside.grammar import CHANGE, GOALS, HAPPENED, HIDDEN, NEXT, PREDICT, QUIZ, SENTENCE, TIME, TITLE, WORDS, part_of, tags_of
from sidebyside.jupyter.glossary import unlinked

Cell = nbformat.NotebookNode
ROOM = 540  # pixels of height on a slide of 1280 x 720
TALL = 400  # pixels: a chart as high as this in the lesson stays large and scrolls
HEADING = re.compile(r"\n(?=#{1,3} )")
QUESTION = re.compile(r"\n(?=#{1,3} |\*\*\d+\. )")
KINDS = {part.tag: part.tag for part in (TITLE, GOALS, PREDICT, HAPPENED, CHANGE)}
PAGE = re.compile(r"\]\(([\w./-]+)\.(?:ipynb|md)(#[\w-]+)?\)")


def parts(cell: Cell) -> Iterator[Cell]:
    """Yield the cells that a lesson's cell becomes.

    A Markdown cell is cut where a slide begins; it becomes plain Markdown with links into the built site. Code and outputs that are
    too long for one slide are parted.
    """
    if cell.cell_type == "code":
        yield from [cell] if height(cell) <= ROOM or not cell.outputs else parted(cell)
        return
    breaks = QUESTION if part_of(cell) == QUIZ.tag else HEADING
    for number, text in enumerate(breaks.split(cell.source)):
        if text.strip():
            yield nbformat.v4.new_markdown_cell(plain(text.strip()), id=f"{cell.id}-{number}", metadata={"tags": list(cell.metadata.get("tags", []))})


def joined(cells: list[Cell]) -> Iterator[Cell]:
    """Yield the cells of a lesson; its one sentence goes with the title, its minutes go with the goals."""
    before: Cell | None = None
    for cell in cells:
        if before is not None and part_of(cell) in (SENTENCE.tag, TIME.tag):
            before.source += f"\n\n{cell.source}"
            continue
        if before is not None:
            yield before
        before = cell
    if before is not None:
        yield before


def parted(cell: Cell) -> Iterator[Cell]:
    """Yield the code of a cell, and then its outputs as a cell whose code is hidden."""
    code, result = deepcopy(cell), deepcopy(cell)
    code.outputs, result.metadata.tags, result.id = [], [HIDDEN], f"{cell.id}-result"
    yield from (part for part in (code, result) if shown(part))


def plain(text: str) -> str:
    """Return a lesson's Markdown without links to the glossary, its other links leading from `slides/` to pages of the site."""
    return PAGE.sub(r"](../notebooks/\1.html\2)", unlinked(text))


def shown(cell: Cell) -> bool:
    """Tell whether a cell has anything for a slide."""
    return part_of(cell) not in (WORDS.tag, NEXT.tag) and (HIDDEN not in tags_of(cell) or bool(cell.outputs))


def kind(cell: Cell) -> str:
    """Return what a cell begins: "title", "goals", "predict", "happened", "change", "question", "section", or "" where it goes on."""
    if found := KINDS.get(part_of(cell)):
        return found
    if cell.cell_type == "code":
        return ""
    return "section" if cell.source.startswith("##") else "question" if part_of(cell) == QUIZ.tag else ""


def text_height(text: str, line: float, characters: int) -> float:
    """Return the height in pixels of text with lines of so many pixels and characters."""
    return sum(line * max(1, math.ceil(len(row) / characters)) for row in text.strip().splitlines())


def height(cell: Cell) -> float:
    """Estimate the height of a cell on a slide, in pixels; its real height is the browser's affair, and a long slide scrolls."""
    if cell.cell_type == "markdown":
        return text_height(cell.source, 38, 80) + 40 * bool(cell.source.startswith("#"))
    source = 0.0 if HIDDEN in tags_of(cell) else text_height(cell.source, 30, 85) + 40
    return source + sum(output_height(output) for output in cell.outputs)


def output_height(output: Cell) -> float:
    """Estimate the height of an output in pixels."""
    data = output.get("data", {"text/plain": output.get("text", "")})
    if MIME in data:
        return min(ROOM, 1.7 * (float(data[MIME].get("height", 200)) + 70))
    if "text/html" in data:
        rows = re.sub(r"<(script|style)\b.*?</\1>", " ", data["text/html"], flags=re.S).split("</tr>")
        texts = [" ".join(re.sub(r"<[^>]*>", " ", row).split()) for row in rows]
        return 20 + sum(16 + text_height(text, 30 if rows[1:] else 38, 80) for text in texts if text)
    return 20 + text_height(data.get("text/markdown", data["text/plain"]), 36, 80)


def slides(cells: list[Cell]) -> Iterator[list[Cell]]:
    """Yield the cells of each slide."""
    slide: list[Cell] = []
    full = 0.0
    for cell in cells:
        here = height(cell)
        alone = bool(slide) and kind(slide[0]) in ("predict", "title", "happened", "change")
        if slide and (kind(cell) or alone or full + here > ROOM) and not question_follows(slide, cell):
            yield slide
            slide, full = [], 0.0
        slide.append(cell)
        full += here
    yield slide


def question_follows(slide: list[Cell], cell: Cell) -> bool:
    """Tell whether a slide holds only the heading of questions, and the first of them comes next."""
    return len(slide) == 1 and kind(slide[0]) == "section" and kind(cell) == "question"


def as_slides(notebook: Cell, notes: str) -> Cell:
    """Cut a lesson into slides by the metadata that nbconvert's slide exporter reads; its charts become elements of a page.

    Args:
        notebook: The lesson; it is changed in place.
        notes: What the speaker sees beside the first slide, in Markdown.
    """
    cut = list(slides([part for cell in joined(notebook.cells) for part in parts(cell) if shown(part)]))
    section = ""
    for slide in cut:
        section = next((cell.source.splitlines()[0].lstrip("# ") for cell in slide if cell.source.startswith("##")), section)
        mark = {"slide_kind": kind(slide[0]) or "go-on", "slide_section": section}
        slide[0].metadata |= {"slideshow": {"slide_type": "slide"}} | mark
    cut[0].append(nbformat.v4.new_markdown_cell(notes, metadata={"slideshow": {"slide_type": "notes"}}))
    notebook.cells = [cell for slide in cut for cell in slide]
    for output in (output for cell in notebook.cells for output in cell.get("outputs", [])):
        draw(output)
    return notebook


def draw(output: Cell) -> None:
    """Give a chart's output the HTML that the site's script draws."""
    chart = output.get("data", {}).get(MIME)
    if chart:
        drawn = element(chart)
        output.data = nbformat.from_dict({"text/html": f'<div class="sbs-tall">{drawn}</div>' if chart.get("height", 0) > TALL else drawn})
