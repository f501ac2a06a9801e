"""The folder of a lesson, `lessons/<slug>/`: what belongs to one lesson and is no notebook.

| file | what it holds |
|---|---|
| `lesson.toml` | which model speaks on the page (`voice`), what the page asks before it shows, what a reader may ask the model on the site |
| `checks.py` | the checks of its exercises |
| `page.py` | its own charts, tables and sentences on results |
| `notes.md` | the instructor's notes |

A lesson's identity is its slug. Nothing here knows the order of lessons: that is `_toc.yml`'s alone.
"""

from __future__ import annotations

import importlib.util
import sys
import tomllib
from pathlib import Path
from types import ModuleType
from typing import Any

from .errors import LessonError
from .models import DEFAULT, Model, find, names
from .settings import find_home


def shelf() -> Path:
    """Return the folder that holds the lessons' folders."""
    return find_home() / "lessons"


def slugs() -> list[str]:
    """Return the slugs of all lessons, in alphabetical order."""
    return sorted(path.parent.name for path in shelf().glob("*/lesson.toml"))


def folder(slug: str) -> Path:
    """Return a lesson's folder.

    Raises:
        LessonError: If there is no such lesson.
    """
    if slug not in slugs():
        raise LessonError(f"There is no lesson '{slug}'. There are: {', '.join(slugs())}.")
    return shelf() / slug


def card(slug: str) -> dict[str, Any]:
    """Return what a lesson's `lesson.toml` says.

    Raises:
        LessonError: If there is no such lesson, or the file is no TOML.
    """
    file = folder(slug) / "lesson.toml"
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise LessonError(f"lessons/{slug}/lesson.toml is not valid TOML: {error}.") from error


def voice(slug: str) -> Model:
    """Return the embedded model that speaks on a page unless the reader chooses another: the default one where the page is no lesson.

    Raises:
        LessonError: If the lesson names a model that the course does not know.
    """
    named = card(slug).get("voice", DEFAULT.name) if slug in slugs() else DEFAULT.name
    if model := find(named):
        return model
    raise LessonError(f"lessons/{slug}/lesson.toml: voice is '{named}', and there is no such model. There are: {names()}.")


def question(key: str) -> dict[str, Any]:
    """Return what a lesson asks under a key such as "hallucination/doubt": a table with `question` and `options`.

    Raises:
        LessonError: If the lesson asks no such thing.
    """
    slug, _, name = key.partition("/")
    asked = card(slug).get("predict", {})
    if name not in asked:
        raise LessonError(f"lessons/{slug}/lesson.toml asks no '{name}'. It asks: {', '.join(asked)}.")
    return dict(asked[name])


def part(slug: str, name: str) -> ModuleType:
    """Return a lesson's module, such as its `checks`; it is loaded on first use, and no other lesson's with it.

    Raises:
        LessonError: If the lesson has no such module.
    """
    full = f"lessons.{slug}.{name}"
    if full in sys.modules:
        return sys.modules[full]
    file = folder(slug) / f"{name}.py"
    if not file.is_file():
        raise LessonError(f"lessons/{slug} has no {name}.py.")
    spec = importlib.util.spec_from_file_location(full, file)
    assert spec and spec.loader  # a .py file always has both
    module = sys.modules[full] = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[full]
        raise
    return module


def lesson(slug: str) -> ModuleType:
    """Return a lesson's own charts, tables and sentences: the module `lessons/<slug>/page.py`."""
    return part(slug, "page")
