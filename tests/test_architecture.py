"""Nothing in the package or in a lesson knows the course's own case by name. Who may import whom: `lint-imports` reads pyproject.toml."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat

HOME = Path(__file__).resolve().parent.parent


def names_of_the_course_s_cases() -> list[str]:
    """Return each case's folder, and its company's name: the first word of its title."""
    folders = [path.parent for path in (HOME / "cases").glob("*/case.toml")]
    titles = [re.search(r'title = "([\w-]+)', (folder / "case.toml").read_text(encoding="utf-8"))[1] for folder in folders]  # type: ignore[index]
    return [*(folder.name for folder in folders), *titles]


def test_nothing_in_package_or_lessons_knows_a_case_by_name() -> None:
    names = names_of_the_course_s_cases()
    assert {"feedback", "Pellwick"} <= set(names)
    word = re.compile(rf"\b({'|'.join(map(re.escape, names))})\b", re.IGNORECASE)
    files = [
        path
        for folder in ("src", "lessons")
        for path in (HOME / folder).rglob("*")
        if path.suffix in (".py", ".js", ".css", ".toml") and not path.name.startswith("test_")
    ]
    assert files
    assert [f"{path.name}: {found[0]}" for path in files if (found := word.search(path.read_text(encoding="utf-8")))] == []


def test_no_lesson_s_source_knows_a_case_by_name() -> None:
    word = re.compile(rf"\b({'|'.join(map(re.escape, names_of_the_course_s_cases()))})\b", re.IGNORECASE)
    for path in sorted((HOME / "notebooks").glob("*.ipynb")):
        for cell in nbformat.read(path, as_version=4).cells:
            assert not word.search(cell.source), f"{path.name}: {cell.source}"
