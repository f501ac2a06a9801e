"""Write `exercises/` from `solutions/`, with nbgrader's own preprocessor, executed unsolved: the same bytes each time.

Usage: python -m tools.exercises [page …]
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import nbformat
from nbgrader.preprocessors import CheckCellMetadata, ClearHiddenTests, ClearSolutions
from traitlets.config.loader import PyFileConfigLoader

from tools import ways
from tools.pages import HOME, chosen, execute, load, save, slug_of

STUB = PyFileConfigLoader("nbgrader_config.py", path=str(HOME / "deploy" / "hub")).load_config()  # as on a shared server


def clear(solution: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Return the exercise of a solution: nbgrader's markers say what is taken out, answers and hidden tests alike.

    Raises:
        RuntimeError: If a marker is unclosed or a cell's nbgrader metadata is missing.
    """
    notebook, resources = CheckCellMetadata().preprocess(solution, {})
    notebook, resources = ClearSolutions(config=STUB).preprocess(notebook, resources)
    notebook, _ = ClearHiddenTests().preprocess(notebook, resources)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    assert isinstance(notebook, nbformat.NotebookNode)  # nbgrader says nothing of its types
    return notebook


def exercise(solution: Path) -> nbformat.NotebookNode:
    """Return the exercise of a solution's file, not run yet; its last cell leads back to the lesson and to the solution."""
    return ways.put(clear(load(solution)), ways.cell_for("exercises", slug_of(solution), ways.in_order()))


def main(slugs: Sequence[str] = ()) -> None:
    """Write the exercises of the slugs, or all."""
    for path in chosen(("solutions",), slugs):
        target = HOME / "exercises" / path.name
        target.parent.mkdir(exist_ok=True)
        save(execute(exercise(path), target.parent, SIDEBYSIDE_MODE="replay"), target)
        print(f"{target.relative_to(HOME)}: written")


def sources(notebook: nbformat.NotebookNode) -> list[tuple[str, str, str]]:
    """Return each cell's id, type and source."""
    return [(cell.id, cell.cell_type, cell.source) for cell in notebook.cells]


if __name__ == "__main__":
    main(sys.argv[1:])
