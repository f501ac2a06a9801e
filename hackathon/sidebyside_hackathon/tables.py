"""Read a CSV file that somebody made in a hurry, and say in a sentence what is wrong with it."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from sidebyside.errors import CourseError

EXCEL = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")  # how .xlsx and .xls files begin, whatever they are called
AS_CSV = "In a spreadsheet program, save it as 'CSV UTF-8'."
Row = dict[str, str]


class HackathonError(CourseError):
    """A file, a name or a setting of the hackathon breaks a rule; the text says what to do."""


def read_table(path: Path, columns: Sequence[str]) -> list[Row]:
    """Read the rows of a CSV file; ids and labels lose the spaces around them.

    Args:
        path: The file.
        columns: The columns that are needed; others are left out.

    Returns:
        One dictionary a row, with exactly these columns.

    Raises:
        HackathonError: If the file is missing, no CSV, not UTF-8, has other columns or a torn row; the text names the line.
    """
    reader = csv.DictReader(io.StringIO(_text(path), newline=""), strict=True)
    try:
        _name_columns(path.name, reader.fieldnames or [], columns)
        rows = [_whole(path.name, row, reader.line_num) for row in reader]
    except csv.Error as error:
        raise HackathonError(f"{path.name}, line {reader.line_num}: {error}. Is a quotation mark left open before it?") from error
    if not rows:
        raise HackathonError(f"{path.name} has no rows below its first line. Did your notebook write it to the end?")
    return [{name: row[name].strip() for name in columns} for row in rows]


def some(names: Sequence[str], most: int = 5) -> str:
    """Return the first few names for a sentence, and how many more there are."""
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(map(str, names[:most])) + more


def _text(path: Path) -> str:
    if not path.is_file():
        raise HackathonError(f"{path.name} is missing in the folder '{path.parent.name}'. Run the notebook that writes it, to its end.")
    data = path.read_bytes()
    if data.startswith(EXCEL):
        raise HackathonError(f"{path.name} is an Excel file, whatever its name says. {AS_CSV}")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise HackathonError(f"{path.name}, line {line}: not UTF-8. {AS_CSV}") from error


def _name_columns(name: str, there: Sequence[str], needed: Sequence[str]) -> None:
    if all(column in there for column in needed):
        return
    first = ",".join(there)
    for sign, word in ((";", "semicolons"), ("\t", "tabs")):
        if sign in first:
            raise HackathonError(f"{name}, line 1: {word} stand between the columns, and commas are needed. {AS_CSV}")
    raise HackathonError(f"{name}, line 1: the columns are '{first}', and they must be '{','.join(needed)}'. Rename them.")


def _whole(name: str, row: Row, line: int) -> Row:
    if None in row or None in row.values():
        raise HackathonError(f"{name}, line {line}: too few or too many fields. Put quotation marks around texts that hold a comma.")
    return row
