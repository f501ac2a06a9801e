"""A team's or an author's table: read as the course reads every table, and refused in the hackathon's own words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from sidebyside import tables
from sidebyside.errors import CourseError, TableError
from sidebyside.tables import Row, Table

__all__ = ["HackathonError", "Row", "Table", "read_table", "some"]


class HackathonError(CourseError):
    """A file, a name or a setting of the hackathon breaks a rule; the text says what to do."""


def read_table(path: Path, columns: Sequence[str]) -> Table:
    """Read a table; all values lose the spaces around them.

    Args:
        path: The file.
        columns: The columns that are needed; others are left out.

    Returns:
        The table, with exactly these columns.

    Raises:
        HackathonError: If the file is missing, no table, has other columns, a torn row or none; the text names the line.
    """
    if not path.is_file():
        raise HackathonError(f"{path.name} is missing in the folder '{path.parent.name}'. Run the notebook that writes it, to its end.")
    try:
        table = tables.read_table(path, columns)
    except TableError as error:
        raise HackathonError(str(error)) from error
    if not table.rows:
        raise HackathonError(f"{path.name} has no rows below its first line. Did your notebook write it to the end?")
    return replace(table, columns=tuple(columns), rows=[{name: row[name] for name in columns} for row in table.rows])


def some(names: Sequence[str], most: int = 5) -> str:
    """Return the first few names for a sentence, and how many more there are."""
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(map(str, names[:most])) + more
