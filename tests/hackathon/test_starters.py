"""The starters: short cells, own data first, and each reaches its end on another company's case."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest

from tests.hackathon.kit import HOME
from tools.pages import execute, load, pages, slug_of

STARTERS = pages(("hackathon",))
TINY = HOME / "tests" / "cases" / "tiny"
each_starter = pytest.mark.parametrize("path", STARTERS, ids=lambda path: path.stem)


def code(notebook: nbformat.NotebookNode) -> list[str]:
    return [cell.source for cell in notebook.cells if cell.cell_type == "code"]


def test_there_are_three() -> None:
    assert [slug_of(path) for path in STARTERS] == ["route_messages", "answer_from_policies", "break_and_guard"]


@each_starter
def test_cells_are_short_and_the_first_one_asks_for_the_team_s_own_data(path: Path) -> None:
    cells = code(load(path))
    assert max(len(source.splitlines()) for source in cells) <= 12
    assert "CASE = None" in cells[0] and "sbs.load_case(CASE and Path(CASE))" in cells[0]


@each_starter
def test_a_starter_names_the_rubric_and_the_way_to_bring_data(path: Path) -> None:
    prose = "\n".join(cell.source for cell in load(path).cells if cell.cell_type == "markdown")
    assert "(rubric.md)" in prose and "(../book/hackathon.md#bring-your-own-data-first)" in prose
    assert "## Bring your own data first" in (HOME / "book" / "hackathon.md").read_text(encoding="utf-8")


@pytest.mark.live
@each_starter
def test_a_starter_reaches_its_end_on_a_team_s_own_case(path: Path, tmp_path: Path) -> None:
    notebook = load(path)
    for cell in notebook.cells:
        cell.source = cell.source.replace("CASE = None", f"CASE = {str(TINY)!r}").replace('LABEL = "topic"', 'LABEL = "area"')
        cell.source = cell.source.replace("OPEN = False", "OPEN = True").replace("my_team", str(tmp_path))
    execute(notebook, path.parent, SIDEBYSIDE_MODE="live", SIDEBYSIDE_LIMIT="4")
    assert all(cell.execution_count for cell in notebook.cells if cell.cell_type == "code")
    assert list(tmp_path.glob("*.csv"))
