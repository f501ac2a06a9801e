"""Lessons in their order: `new` makes the skeleton of a lesson, `renumber` names notebooks after the order of `_toc.yml`, and links them.

Usage: python -m tools.lesson new NAME AFTER | renumber

NAME and AFTER are slugs. A new lesson is red until it is written: its checks' tests say so, and the page rules find it too short.
To move a lesson, move its lines in `_toc.yml` and renumber.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell

from sidebyside.grammar import AT_WORK, CHANGE, GOALS, HAPPENED, HEAD, HIDDEN, OUTCOME, PREDICT, QUIZ, SENTENCE, SOURCES, TIME, TITLE, WORDS, Part
from tools import ways
from tools.pages import HOME, save, slug_of, toc_entries

SKELETON = Path(__file__).resolve().parent / "skeleton"
SLUG = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
TRIO = ("notebooks", "exercises", "solutions")
TEXTS = {
    TITLE: "Field's term: the line that makes people read on",
    SENTENCE: "what a reader takes home.",
    GOALS: "\n\n- do one thing;\n- do another.",
    TIME: "",
    AT_WORK: "\n\nTwo or three lines.",
    QUIZ: "\n\nThree to five items, each with three or four options.",
    WORDS: "\n\n[sample](../book/glossary.md#term-sample)",
    SOURCES: "\n\nEach claim about the world has its source.",
}


def new(slug: str, after: str, home: Path = HOME) -> None:
    """Put a new lesson after another: its lines in `_toc.yml`, its notebooks, its folder.

    Raises:
        ValueError: If the slug is none, or taken, or there is no lesson to come after.
    """
    order = lessons_in_order(home)
    if not SLUG.fullmatch(slug):
        raise ValueError(f"'{slug}' is no slug: write small letters, digits and single underscores, such as model_size.")
    if slug in order or (home / "lessons" / slug).exists():
        raise ValueError(f"There is a lesson '{slug}' already.")
    if after not in order:
        raise ValueError(f"There is no lesson '{after}'. There are: {', '.join(order)}.")
    notebooks_by_slug(home)
    add_to_toc(home / "_toc.yml", slug, after)
    write_folder(home / "lessons" / slug, slug)
    save(page(slug), home / "notebooks" / f"00_{slug}.ipynb")
    save(solution(slug), home / "solutions" / f"00_{slug}.ipynb")
    renumber(home)


def lessons_in_order(home: Path) -> list[str]:
    """Return the slugs of the lessons, in the order of `_toc.yml`."""
    return [entry.split("/")[1] for entry in toc_entries(home) if entry.startswith("notebooks/")]


def add_to_toc(toc: Path, slug: str, after: str) -> None:
    """Write a lesson's page and exercise below those of another, line by line, so that the rest of the file stays as it is.

    Raises:
        ValueError: If a line of the other lesson is not found; nothing is written then.
    """
    text = toc.read_text(encoding="utf-8")
    for folder in ("notebooks", "exercises"):
        line = rf"""^( *- file: (["']?){folder}/){after}(\2) *(?:#.*)?$"""
        text, found = re.subn(line, rf"\g<0>\n\g<1>{slug}\g<3>", text, flags=re.M)
        if found != 1:
            raise ValueError(f"_toc.yml must hold the line '- file: {folder}/{after}' once, and holds it {found} times. Write it so.")
    toc.write_text(text, encoding="utf-8")


def write_folder(folder: Path, slug: str) -> None:
    """Copy the skeleton of a lesson's folder."""
    folder.mkdir(parents=True)
    for file in sorted(SKELETON.iterdir()):
        (folder / file.name).write_text(file.read_text(encoding="utf-8").replace("SLUG", slug), encoding="utf-8")


def renumber(home: Path = HOME) -> None:
    """Give each notebook the number of its lesson's place in `_toc.yml`, and write the ways from page to page.

    Raises:
        ValueError: If two notebooks of a folder have one slug; nothing is renamed then.
    """
    there = notebooks_by_slug(home)
    for folder, paths in there.items():
        section = folder if folder == "hackathon" else "notebooks"  # an exercise has its lesson's number, though others may not be made yet
        order = [entry.split("/")[1] for entry in toc_entries(home) if entry.startswith(f"{section}/")]
        for number, slug in enumerate([slug for slug in order if slug in there[section]], 1):
            if slug in paths:
                paths[slug].rename(paths[slug].with_name(f"{number:02d}_{slug}.ipynb"))
    ways.write(home)


def notebooks_by_slug(home: Path) -> dict[str, dict[str, Path]]:
    """Return each folder's notebooks by their slugs.

    Raises:
        ValueError: If two have one slug: under one name, the first would be lost.
    """
    there: dict[str, dict[str, Path]] = {folder: {} for folder in (*TRIO, "hackathon")}
    for folder, paths in there.items():
        for path in sorted((home / folder).glob("*.ipynb")):
            if other := paths.get(slug_of(path)):
                raise ValueError(f"{folder}/{other.name} and {path.name} are one lesson by their names. Rename or delete one of them.")
            paths[slug_of(path)] = path
    return there


def page(slug: str) -> NotebookNode:
    """Return the notebook of a new lesson: every part of the page grammar, tagged, with two rounds."""
    start = f'import sidebyside as sbs\n\nclient, model = sbs.connect("{slug}")\npage = sbs.lesson("{slug}")\ncase = sbs.load_case()'
    first = [code("hits = [True, False, True]"), *round_of(slug, "first", "page.first(model, sbs.rate(hits))")]
    second = [code("before, after = 1, 2"), *round_of(slug, "second", "page.second(before, after)")]
    middle = [new_markdown_cell("## The first round"), *first, new_markdown_cell("## The second round"), *second]
    end = [text(part) for part in (AT_WORK, QUIZ, WORDS, SOURCES)]
    return numbered([*[text(part) for part in HEAD], code(start), *middle, *end])


def round_of(slug: str, name: str, outcome: str) -> list[NotebookNode]:
    """Return the parts of a round that come after its own code: the guess, its outcome, what happened, what to change."""
    ask = code(f'sbs.predict("{slug}/{name}")', PREDICT.tag, HIDDEN)
    words = [new_markdown_cell(f"{part.opening}…", metadata={"tags": [part.tag]}) for part in (HAPPENED, CHANGE)]
    return [ask, new_markdown_cell("Run it."), code(outcome, OUTCOME.tag, HIDDEN), *words]


def solution(slug: str) -> NotebookNode:
    """Return the solution of a new lesson, with one exercise in nbgrader's form."""
    answer = "def count(marks):\n    ### BEGIN SOLUTION\n    return sum(marks)\n    ### END SOLUTION\n    return ..."
    hidden = '### BEGIN HIDDEN TESTS\nassert verdict.state == "right", verdict.text\n### END HIDDEN TESTS\nverdict'
    kinds: tuple[dict[str, Any], ...] = (
        {"grade": False, "locked": False, "solution": True},
        {"grade": True, "locked": True, "points": 1, "solution": False},
    )
    cells = [new_markdown_cell(f"# {slug}: exercises"), code("import sidebyside as sbs"), new_markdown_cell("## 1 · Count\n\nWrite the function.")]
    for name, source, kind in zip(("answer-1", "check-1"), (answer, f'verdict = sbs.check("{slug}.1", count)\n{hidden}'), kinds, strict=True):
        cells.append(code(source))
        cells[-1].metadata["nbgrader"] = kind | {"grade_id": name, "schema_version": 3, "task": False}
    return numbered(cells)


def text(part: Part) -> NotebookNode:
    """Return a Markdown cell that is a part of a page."""
    cell: NotebookNode = new_markdown_cell(f"{part.opening}{TEXTS[part]}", metadata={"tags": [part.tag]})
    return cell


def code(source: str, *tags: str) -> NotebookNode:
    """Return a code cell."""
    cell: NotebookNode = new_code_cell(source, metadata={"tags": list(tags)} if tags else {})
    return cell


def numbered(cells: list[NotebookNode]) -> NotebookNode:
    """Return a notebook whose cells are called c01, c02 and so on."""
    for number, cell in enumerate(cells, 1):
        cell.id = f"c{number:02d}"
    notebook: NotebookNode = nbformat.v4.new_notebook(cells=cells)
    return notebook


def main() -> None:
    """Read the command line."""
    match sys.argv[1:]:
        case ["new", slug, after]:
            new(slug, after)
            print(f"lessons/{slug} and its notebooks are there. Now CONTRIBUTING.md, from step 2.")
        case ["renumber"]:
            renumber()
        case _:
            sys.exit(__doc__)


if __name__ == "__main__":
    try:
        main()
    except ValueError as error:
        sys.exit(str(error))
