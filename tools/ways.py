"""The ways from page to page, from `_toc.yml`: the last cell of each lesson, exercise and solution, and the lists of *Start here*.

Usage: python -m tools.ways    (`make renumber` and `make lesson` run it too)

A link names a page by its slug, so that inserting a lesson changes the ways of its neighbours and nothing else. Every page is
saved in its settled form on the way, which closes its plumbing in JupyterLab.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell

from sidebyside import models
from sidebyside.grammar import NEXT, TIME, part_of
from sidebyside.jupyter.lab import START
from tools.pages import HOME, load, save, slug_of, title_of, toc_entries, toc_parts

TRACK = re.compile(r"(\w+) track")
SOLVED = "<details><summary>Tried it? The worked solution</summary>\n\n[The exercises, worked](../solutions/{}.ipynb)\n\n</details>"


@dataclass(frozen=True)
class Lesson:
    """What other pages say of a lesson.

    Attributes:
        slug: Its slug.
        title: Its title, in Markdown.
        minutes: How long it takes.
        track: For whom its code is most useful: "everyone", "analyst" or "builder".
    """

    slug: str
    title: str
    minutes: int
    track: str

    def link(self, folder: str = "../notebooks/") -> str:
        """Return a link to it from a page beside its folder."""
        return f"[{self.title}]({folder}{self.slug}.ipynb)"


def lesson(path: Path) -> Lesson:
    """Read what other pages say of a lesson.

    Raises:
        ValueError: If its part 'time' names no minutes.
    """
    notebook = load(path)
    time = next((cell.source for cell in notebook.cells if part_of(cell) == TIME.tag), "")
    if not (minutes := re.search(r"\d+", time)):
        raise ValueError(f"notebooks/{path.name}: the part '{TIME.tag}' names no minutes. Write, for example: {TIME.opening}")
    track = TRACK.search(time)
    return Lesson(slug_of(path), title_of(notebook), int(minutes[0]), track[1] if track else "everyone")


def in_order(home: Path = HOME) -> dict[str, Lesson]:
    """Return the lessons by their slugs, in the order of `_toc.yml`; one whose page is not there yet is left out."""
    paths = {slug_of(path): path for path in (home / "notebooks").glob("*.ipynb")}
    listed = (entry.removeprefix("notebooks/") for entry in toc_entries(home) if entry.startswith("notebooks/"))
    return {slug: lesson(paths[slug]) for slug in listed if slug in paths}


# --- the last cell of a page ------------------------------------------------------------------------------------------


def cell_for(folder: str, slug: str, course: Mapping[str, Lesson]) -> NotebookNode:
    """Return the last cell of a page.

    Args:
        folder: "notebooks", "exercises" or "solutions".
        slug: The lesson.
        course: All lessons, in order.
    """
    slugs = list(course)
    after = slugs[slugs.index(slug) + 1 :][:1]
    beside = "" if folder == "notebooks" else "../notebooks/"
    first = {
        "notebooks": [f"**Practise:** [The exercises of this lesson](../exercises/{slug}.ipynb)"],
        "exercises": [f"**Back to the lesson:** {course[slug].link()}"],
        "solutions": [f"**Back to the exercises:** [Your own](../exercises/{slug}.ipynb)", f"**Back to the lesson:** {course[slug].link()}"],
    }[folder]
    ways = [*first, *(f"**Next:** {course[one].link(beside)}" for one in after), f"**All lessons:** [Start here](../{START})"]
    text = "\n\n".join([NEXT.opening, "\n".join(f"- {way}" for way in ways), *([SOLVED.format(slug)] if folder != "solutions" else [])])
    cell: NotebookNode = new_markdown_cell(text, id=NEXT.tag, metadata={"tags": [NEXT.tag]})
    return cell


def put(notebook: NotebookNode, cell: NotebookNode) -> NotebookNode:
    """Make a cell the notebook's last, in place of an older one of its kind."""
    notebook.cells = [*(there for there in notebook.cells if part_of(there) != NEXT.tag), cell]
    return notebook


# --- the lists of Start here ------------------------------------------------------------------------------------------


def lists(home: Path, course: Mapping[str, Lesson]) -> dict[str, str]:
    """Return what *Start here* shows, by the names of its places."""
    first = next(iter(course.values()))
    return {"first": f"[**Begin: {first.title} →**](../notebooks/{first.slug}.ipynb)", "voices": voices(home, course), "lessons": table(home, course)}


def voices(home: Path, course: Mapping[str, Lesson]) -> str:
    """Return a sentence on the models whose answers the pages hold."""
    titles = " and ".join(dict.fromkeys(voice(home / "lessons" / slug / "lesson.toml").title for slug in course))
    return f"The answers in the lessons come from {titles}. Each page names its model, and the [model card](model-card.md) introduces it."


def voice(card: Path) -> models.Model:
    """Return the model that speaks in a lesson, by what its `lesson.toml` says."""
    named = tomllib.loads(card.read_text(encoding="utf-8")).get("voice", models.DEFAULT.name)
    return {"main": models.MAIN, "middle": models.MIDDLE, "small": models.SMALL}.get(named) or models.MODELS[named]


def table(home: Path, course: Mapping[str, Lesson]) -> str:
    """Return a table of all lessons under the parts of the course, with their minutes."""
    rows = ["| Lesson | Minutes | Code for |", "|---|---|---|"]
    for caption, entries in toc_parts(home).items():
        here = [course[slug] for entry in entries if entry.startswith("notebooks/") and (slug := entry.removeprefix("notebooks/")) in course]
        if here:
            rows.append(f"| **{caption}** | **{sum(one.minutes for one in here)}** | |")
            rows += [f"| {one.link()} | {one.minutes} | {one.track} |" for one in here]
    hours, minutes = divmod(sum(one.minutes for one in course.values()), 60)
    return "\n".join([*rows, f"| **All of it** | **{hours} h {minutes:02} min** | |"])


def filled(text: str, shown: Mapping[str, str]) -> str:
    """Put lists into their places in a text: between `<!-- name: … -->` and `<!-- end of name -->`.

    Raises:
        ValueError: If a place is missing.
    """
    for name, what in shown.items():
        head, begin, rest = re.split(rf"(<!-- {name}:.*-->\n)", text) if f"<!-- {name}:" in text else ("", "", text)
        _, end, tail = rest.partition(f"<!-- end of {name} -->")
        if not (begin and end):
            raise ValueError(f"{START} must hold `<!-- {name}: … -->` and `<!-- end of {name} -->`, each on a line of its own.")
        text = f"{head}{begin}\n{what}\n\n{end}{tail}"
    return text


def write(home: Path = HOME) -> None:
    """Write all ways."""
    course = in_order(home)
    for folder in ("notebooks", "exercises", "solutions"):
        for path in sorted((home / folder).glob("*.ipynb")):
            if slug_of(path) in course:
                save(put(load(path), cell_for(folder, slug_of(path), course)), path)
    start = home / START
    start.write_text(filled(start.read_text(encoding="utf-8"), lists(home, course)), encoding="utf-8")


if __name__ == "__main__":
    write()
