"""Where a learner's own work is kept: one JSON file a task, in the folder `my_work` of the course, which git leaves alone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from ..errors import CourseError
from ..settings import find_home, read_settings


class WorkError(CourseError):
    """The learner's own file cannot be read or written."""


def unattended() -> bool:
    """Tell whether the page runs for the book or for a test: it then shows a picture in place of a widget, and keeps nothing."""
    return read_settings().mode in ("replay", "record")


def _file(name: str) -> Path:
    return find_home() / "my_work" / f"{name}.json"


def read_work(name: str) -> dict[str, Any]:
    """Return what is kept under a name; nothing if there is no file, or nobody attends.

    Raises:
        WorkError: If the file is no JSON; it is left as it is.
    """
    file = _file(name)
    if unattended() or not file.is_file():
        return {}
    try:
        work = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        work = None
    if not isinstance(work, dict):
        raise foreign(name)
    return work


def foreign(name: str) -> WorkError:
    """Return the error that says of a file that this is not what the course wrote under its name."""
    return WorkError(f"my_work/{name}.json cannot be read: it is no longer as the course wrote it. Move it away, and run the cell again.")


def keep_work(name: str, work: dict[str, Any]) -> None:
    """Keep work under a name, all or nothing.

    Raises:
        WorkError: If the folder cannot be written to.
    """
    if unattended():
        return
    file, draft = _file(name), _file(name).with_suffix(".draft")
    try:
        file.parent.mkdir(exist_ok=True)
        draft.write_text(json.dumps(work, ensure_ascii=False, indent=1), encoding="utf-8")
        draft.replace(file)
    except OSError as error:
        raise WorkError(f"my_work/{file.name} cannot be written ({error.strerror}). Change the folder's permissions.") from error
