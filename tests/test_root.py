"""The package's root: some thirty names, each imported on first use, known to editors and type checkers."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import sidebyside as sbs

STUB = Path(sbs.__file__).with_suffix(".pyi")
HEAVY = ["IPython", "altair", "genai_prices", "ipywidgets", "openai", "pandas", "sklearn", "statsmodels", "wordllama", "xllamacpp"]


def loaded_by(code: str) -> set[str]:
    """Return the modules that a fresh process has loaded at the end of some code."""
    done = subprocess.run([sys.executable, "-c", f"{code}\nimport sys\nprint(*sys.modules)"], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_importing_the_package_imports_nothing_heavy() -> None:
    loaded = loaded_by("import sidebyside as sbs\ndir(sbs)")
    assert "sidebyside" in loaded
    assert sorted(loaded & {*HEAVY, "IPython.display"}) == []


def test_connecting_loads_no_charts_statistics_prices_and_no_model() -> None:
    loaded = loaded_by('import os\nos.environ["SIDEBYSIDE_MODE"] = "replay"\nimport sidebyside as sbs\nsbs.connect("page")')
    assert "openai" in loaded
    assert sorted(loaded & {"altair", "genai_prices", "ipywidgets", "sklearn", "statsmodels", "wordllama", "xllamacpp"}) == []


def test_a_namespace_is_there_without_being_imported() -> None:
    assert "sidebyside.charts" in loaded_by("import sidebyside as sbs\nsbs.charts.lines")


def test_charts_build_no_grammar_of_web_addresses() -> None:
    loaded = loaded_by("import sidebyside as sbs\nsbs.charts.lines")
    assert {"altair", "jsonschema"} <= loaded
    assert "lark" not in loaded


@pytest.mark.parametrize("name", sbs.__all__)
def test_each_name_is_there(name: str) -> None:
    assert getattr(sbs, name) is not None
    assert name in dir(sbs)


def test_a_name_that_is_not_there_is_an_ordinary_mistake() -> None:
    with pytest.raises(AttributeError, match="no_such_name"):
        sbs.no_such_name  # noqa: B018


def test_the_root_is_small_and_told_once() -> None:
    aliases = [alias for node in ast.parse(STUB.read_text(encoding="utf-8")).body if isinstance(node, ast.ImportFrom) for alias in node.names]
    assert sorted(alias.name for alias in aliases) == sbs.__all__
    assert all(alias.asname == alias.name for alias in aliases), "else type checkers take a name for private"
    assert len(aliases) < 40
