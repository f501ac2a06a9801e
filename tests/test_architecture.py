"""Who may know whom: imports inside the package run one way, nothing prints, and nothing knows the course's own case by name."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest

HOME = Path(__file__).resolve().parent.parent
PACKAGE = HOME / "src" / "sidebyside"
FLOORS = [
    "errors",
    "settings",
    "tables",
    "jupyter",
    "outside",
    "embedded",
    "recording",
    "llm",
    "cases",
    "prompts",
    "retrieval",
    "scorers",
    "evaluation",
    "wording",
    "knowledge",
    "suite",
    "charts",
    "checks",
    "widgets",
    "book",
    "cli",
    "__main__",
]
FILES = sorted(PACKAGE.rglob("*.py"))


def module_of(file: Path) -> str:
    """Return the floor on which a file lives; "__init__" is the roof."""
    return file.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported(tree: ast.AST, package: list[str]) -> Iterator[str]:
    """Yield the modules of the package that a file imports, in whatever way; "__init__" for the package as a whole."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name.split(".") for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) + 1 - node.level] if node.level else []
            stem = base + (node.module.split(".") if node.module else [])
            names = [stem] if len(stem) > 1 else [[*stem, alias.name] for alias in node.names]
        else:
            continue
        for name in names:
            if name[0] == "sidebyside":
                yield name[1] if len(name) > 1 and name[1] in FLOORS else "__init__"


def package_of(file: Path) -> list[str]:
    return ["sidebyside", *file.relative_to(PACKAGE).parts[:-1]]


def climbing(file: Path, source: str) -> list[str]:
    """Return the imports of a file that do not lead to a lower floor."""
    here = module_of(file)
    if here == "__init__":
        return []
    there = [name for name in imported(ast.parse(source), package_of(file)) if name != here]
    return [name for name in there if name == "__init__" or FLOORS.index(name) > FLOORS.index(here)]


def test_every_module_has_its_floor() -> None:
    assert {module_of(file) for file in FILES} <= {*FLOORS, "__init__"}


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(PACKAGE)))
def test_imports_run_one_way(file: Path) -> None:
    assert climbing(file, file.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("top", ["widgets", "book"])
def test_nothing_imports_the_top(top: str) -> None:
    users = {module_of(file) for file in FILES if top in imported(ast.parse(file.read_text(encoding="utf-8")), package_of(file))}
    assert users - {top} <= {"__init__"}


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("errors.py", "from .settings import read_settings"),
        ("cases.py", "from . import charts"),
        ("recording.py", "import sidebyside.llm"),
        ("checks/exercises_01.py", "from ..widgets import predict"),
        ("checks/exercises_01.py", "def f():\n    from .. import widgets"),
        ("llm.py", "from sidebyside import Case"),
        ("llm.py", "import sidebyside as sbs"),
    ],
)
def test_the_gate_sees_an_import_upwards(name: str, line: str) -> None:
    assert climbing(PACKAGE / name, line)


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("llm.py", "from . import embedded"),
        ("checks/exercises_01.py", "from ..cases import load_case"),
        ("checks/exercises_01.py", "from . import register"),
        ("cases.py", "import pandas.errors"),
    ],
)
def test_the_gate_lets_an_import_downwards_pass(name: str, line: str) -> None:
    assert climbing(PACKAGE / name, line) == []


def prints(source: str) -> list[int]:
    """Return the lines that write to the screen behind the notebook's back."""
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    return [call.lineno for call in calls if ast.unparse(call.func) in ("print", "display", "sys.stdout.write", "sys.stderr.write", "warnings.warn")]


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(PACKAGE)))
def test_nothing_prints(file: Path) -> None:
    assert prints(file.read_text(encoding="utf-8")) == []


def test_the_gate_sees_a_print() -> None:
    assert prints("x = 1\nif x:\n    print(x)") == [3]


def names_of_the_course_s_cases() -> list[str]:
    """Return each case's folder, and its company's name: the first word of its title."""
    folders = [path.parent for path in (HOME / "cases").glob("*/case.toml")]
    titles = [re.search(r'title = "([\w-]+)', (folder / "case.toml").read_text(encoding="utf-8"))[1] for folder in folders]  # type: ignore[index]
    return [*(folder.name for folder in folders), *titles]


def test_nothing_in_package_or_lessons_knows_a_case_by_name() -> None:
    names = names_of_the_course_s_cases()
    assert {"feedback", "Pellwick"} <= set(names)
    word = re.compile(rf"\b({'|'.join(map(re.escape, names))})\b", re.IGNORECASE)
    files = [path for path in (HOME / "src").rglob("*") if path.suffix in (".py", ".js", ".css", ".toml")]
    assert files
    assert [f"{path.name}: {found[0]}" for path in files if (found := word.search(path.read_text(encoding="utf-8")))] == []


def test_no_lesson_s_source_knows_a_case_by_name() -> None:
    word = re.compile(rf"\b({'|'.join(map(re.escape, names_of_the_course_s_cases()))})\b", re.IGNORECASE)
    for path in sorted((HOME / "notebooks").glob("*.ipynb")):
        for cell in nbformat.read(path, as_version=4).cells:
            assert not word.search(cell.source), f"{path.name}: {cell.source}"
