"""Write `exercises/` from `solutions/`, with nbgrader's own preprocessor, executed unsolved: the same bytes each time.

Usage: exercises.py [--check]    (--check: only say whether the exercises' sources are up to date)
"""

from __future__ import annotations

import sys

import nbformat
from nbgrader.preprocessors import CheckCellMetadata, ClearSolutions
from pages import HOME, execute, load, pages, save
from traitlets.config import Config

STUB = Config({"ClearSolutions": {"code_stub": {"python": "# your code here"}, "text_stub": "*Your answer here.*"}})


def clear(solution: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Return the exercise of a solution: nbgrader's markers say what is taken out.

    Raises:
        RuntimeError: If a marker is unclosed or a cell's nbgrader metadata is missing.
    """
    notebook, resources = CheckCellMetadata().preprocess(solution, {})
    notebook, _ = ClearSolutions(config=STUB).preprocess(notebook, resources)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    return notebook


def main(check: bool) -> int:
    """Write or check every exercise."""
    stale = []
    for path in pages(("solutions",)):
        target = HOME / "exercises" / path.name
        exercise = clear(load(path))
        if check:
            same = target.is_file() and sources(load(target)) == sources(exercise)
            stale += [] if same else [path.stem]
        else:
            target.parent.mkdir(exist_ok=True)
            save(execute(exercise, target.parent, SIDEBYSIDE_MODE="replay"), target)
    print(f"not made from their solutions: {', '.join(stale)}. Run `make exercises`." if stale else "exercises are up to date")
    return bool(stale)


def sources(notebook: nbformat.NotebookNode) -> list[tuple[str, str, str]]:
    """Return each cell's id, type and source."""
    return [(cell.id, cell.cell_type, cell.source) for cell in notebook.cells]


if __name__ == "__main__":
    sys.exit(main("--check" in sys.argv))
