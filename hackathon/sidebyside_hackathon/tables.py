"""A team's or an author's table: read as the course reads every table, and refused in the hackathon's own words."""

from __future__ import annotations

import os
import stat
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from sidebyside import tables
from sidebyside.errors import CourseError, TableError
from sidebyside.shown import visible
from sidebyside.tables import Row, Table

__all__ = ["HackathonError", "Row", "Table", "read_table", "some"]


class HackathonError(CourseError):
    """A file, a name or a setting of the hackathon breaks a rule; the text says what to do, and steers no terminal."""

    def __init__(self, text: str) -> None:
        """Show what a team wrote as it is."""
        super().__init__(visible(text))


MOST_BYTES = 2_000_000  # a hidden set's answers are a hundredth of that
MOST_ROWS = 5_000
LONGEST_CELL = 10_000  # characters
MISSING = "{file} is missing in the folder '{folder}'. Run the notebook that writes it, to its end."


def read_table(path: Path, columns: Sequence[str], data: bytes | None = None) -> Table:
    """Read a table; all values lose the spaces around them.

    Args:
        path: The file.
        columns: The columns that are needed; others are left out.
        data: What a team's own file holds, as `read_bytes` returns it; its size is bounded.

    Returns:
        The table, with exactly these columns.

    Raises:
        HackathonError: If the file is missing, too large, no table, has other columns, a torn row or none; the text names the line.
    """
    if data is None and not path.is_file():
        raise HackathonError(MISSING.format(file=path.name, folder=path.parent.name))
    try:
        table = tables.read_table(path, columns, data=data, **({} if data is None else {"most": 10 * MOST_BYTES}))  # type: ignore[arg-type]
    except TableError as error:
        raise HackathonError(str(error)) from error
    if not table.rows:
        raise HackathonError(f"{path.name} has no rows below its first line. Did your notebook write it to the end?")
    if data is not None:
        _refuse_large(table)
    return replace(table, columns=tuple(columns), rows=[{name: row[name] for name in columns} for row in table.rows])


def read_bytes(path: Path) -> bytes:
    """Return what is in a file of a team's own, and follow no link: whatever else this user may read is none of theirs.

    Raises:
        HackathonError: If it is missing, a link of either kind, no ordinary file, or too large.
    """
    try:
        with open(
            os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)), "rb"
        ) as file:
            told = os.fstat(file.fileno())
            if path.is_symlink() or told.st_nlink > 1 or not stat.S_ISREG(told.st_mode):
                raise HackathonError(f"{path.name} is a link to another file, or no file at all. Put the file itself there.")
            data = file.read(MOST_BYTES + 1)
    except FileNotFoundError as error:
        raise HackathonError(MISSING.format(file=path.name, folder=path.parent.name)) from error
    except OSError as error:
        raise HackathonError(f"{path.name} is a link, a folder, or may not be read ({error.strerror}). Put the file itself there.") from error
    if len(data) > MOST_BYTES:
        raise HackathonError(f"{path.name} is larger than {MOST_BYTES // 10**6} MB. Hand in one short row for each id.")
    return data


def _refuse_large(table: Table) -> None:
    if len(table.rows) > MOST_ROWS:
        raise HackathonError(f"{table.file} has {len(table.rows):,} rows, and {MOST_ROWS:,} are allowed. Hand in one row for each id.")
    for line, row in zip(table.lines, table.rows, strict=True):
        if (longest := max(map(len, row.values()), default=0)) > LONGEST_CELL:
            raise HackathonError(f"{table.file}, line {line}: a text has {longest:,} characters, and {LONGEST_CELL:,} are allowed. Shorten it.")


def some(names: Sequence[str], most: int = 5) -> str:
    """Return the first few names for a sentence, and how many more there are."""
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(map(str, names[:most])) + more
