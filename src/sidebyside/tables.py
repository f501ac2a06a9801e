"""Read a table that somebody made in a hurry, and say how it was read, or in one sentence what is wrong with it.

The one reader for a case, the hackathon and the test before and after the course. Python's own `csv` separates the fields, and
`python-calamine` reads workbooks. The encoding is found by rules: a byte order mark says what the file is; text that is valid UTF-8 is
hardly ever anything else (RFC 3629, section 1); and what spreadsheets on Windows write besides is Windows-1252. A guesser ranks some
hundred encodings by how likely their letters are, and a short table gives it too few: charset-normalizer 3.5.2 takes "Für Käse" of a
table of two rows for Chinese, and "Où" for "Oů".
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
import zlib
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from itertools import islice
from pathlib import Path

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from .errors import TableError

Row = dict[str, str]
Record = tuple[int, list[str]]  # the line on which a row begins, and its fields

AS_CSV = "In a spreadsheet program, save it as 'CSV UTF-8'."
AS_ANY = "Open it in a spreadsheet program and save it as 'CSV UTF-8' or as .xlsx."
ANEW = "Write year-month-day, such as 2026-03-01."
MOST_BYTES = 200_000_000
MOST_PARTS = 1_000  # files inside a workbook
MOST_CELLS = 5_000_000  # a workbook is laid out in memory up to its last cell, however empty the rest is
SAMPLE = 100  # rows on which a separator is tried

UNSEEN = "\u00ad\u180e\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\ufeff"
MARKS = UNSEEN + "".join(sign for sign in map(chr, range(0x80, 0x3001)) if sign.isspace())  # no-break, thin and other such spaces
BLANK = MARKS + "".join(sign for sign in map(chr, range(0x80)) if sign.isspace())

BYTE_ORDER_MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe\0\0", "utf-32-le"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
# Â, Ã, Î, Ï, Ð or Ñ before a sign that is no letter, or â€: no word in Windows-1252 looks like that, and much of UTF-8 does when read as it.
UTF8_INSIDE = re.compile(rb"[\xc2\xc3\xce-\xd1][\x80-\xbf]|\xe2\x80[\x80-\xbf]")
IN_TEXTS = {",": "a comma", ";": "a semicolon", "\t": "a tab"}
SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs"}
NOTHING = BLANK + "".join(SEPARATORS)
SEPARATOR_LINE = re.compile(r'"?sep=([^\w\s"]|\t)"?[ ;,\t]*(\r\n|\r|\n|$)', re.IGNORECASE)

WEB_PAGE = re.compile(r"\s*<(!doctype|\?xml|html|head|meta|body|table|style|div)\b", re.IGNORECASE)
OLD_EXCEL = b"\xd0\xcf\x11\xe0"  # also the wrapping of a workbook with a password
WRAPPED = "EncryptedPackage".encode("utf-16-le")
KINDS = {b"%PDF": "a PDF file", b"{\\rtf": "a text document", b"\x1f\x8b": "a packed file"}
SHOWN = (SheetTypeEnum.WorkSheet, SheetVisibleEnum.Visible)
WORKBOOK = re.compile(r"xl[/\\]workbook\d*\.xml", re.IGNORECASE)
CELL = re.compile(rb"""\br\s*=\s*["']([A-Z]{0,3})(\d{1,9})["']""", re.IGNORECASE)

TIME = r"(?:(?:[T ]|, ?)\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?(?: ?[AP]\.?M\.?)?(?: ?Z| ?[+-]\d{2}:?\d{2})?)?"
SURE_DATES = [
    re.compile(pattern + TIME, re.IGNORECASE | re.ASCII)
    for pattern in (
        r"(?P<y>\d{4})(?P<between>[-/.])(?P<m>\d{1,2})(?P=between)(?P<d>\d{1,2})",
        r"(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})",
        r"(?P<d>\d{1,2})\. ?(?P<m>\d{1,2})\. ?(?P<y>\d{4})",
    )
]
UNSURE_DATE = re.compile(r"(?P<first>\d{1,2})(?P<between>[/-])(?P<second>\d{1,2})(?P=between)(?P<y>\d{4})" + TIME, re.IGNORECASE | re.ASCII)
SERIAL_DATE = re.compile(r"(\d{5})([.,]\d+)?", re.ASCII)  # days, as a spreadsheet counts them: 1927 to 2173
BEFORE_DAY_ONE = date(1899, 12, 30)  # not the 31st: Excel counts a 29 February 1900 that never was


@dataclass(frozen=True)
class Table:
    """A table as it was read.

    Attributes:
        file: Name of the file.
        columns: Names of the columns, in the file's order.
        rows: One dictionary a row, from column to text; nothing is turned into a number, so 007 stays 007.
        lines: For each row the line on which it begins, as an editor counts them; in a workbook, its row.
        encoding: What the file is written in: "utf-8", "utf-8-sig", "utf-16-le", "utf-16-be", "utf-32-le", "cp1252" or "xlsx".
        separator: The sign between the fields; empty for a workbook.
        notes: What somebody should know who made the file, a sentence each.
    """

    file: str
    columns: tuple[str, ...]
    rows: list[Row]
    lines: list[int]
    encoding: str
    separator: str
    notes: tuple[str, ...]

    def __str__(self) -> str:
        """Say in a sentence how the table was read, and what to know of it."""
        between = f", {SEPARATORS.get(self.separator, repr(self.separator))} between the columns" if self.separator else ""
        return " ".join([f"{self.file}: {len(self.rows)} rows, {self.encoding}{between}.", *self.notes])


@dataclass(frozen=True)
class _Raw:
    """What a file holds before its first line is understood."""

    records: list[Record]
    encoding: str
    separator: str
    notes: list[str]


def find_table(path: Path) -> Path | None:
    """Return where a table lies: the file itself, else a workbook of the same name; None if there is neither.

    Args:
        path: The file that is asked for, such as `messages.csv`.
    """
    return next((place for place in (path, path.with_suffix(".xlsx")) if place.is_file()), None)


def read_table(
    path: Path, needed: Sequence[str] = (), *, texts: Collection[str] = (), lenient: bool = False, data: bytes | None = None, most: int = MOST_BYTES
) -> Table:
    """Read a CSV file or an Excel workbook, whichever it is by its contents.

    Blank rows are left out. No-break spaces and unseen marks around names and values go, and ordinary spaces too, but for `texts`.

    Args:
        path: The file.
        needed: Columns that must be there, in capitals or not; further ones are read as well.
        texts: Columns whose ordinary spaces at both ends stay.
        lenient: Fill up rows that are too short and cut those that are too long, instead of refusing them.
        data: What is in the file, if somebody has read it already.
        most: Bytes that the file may hold, packed or unpacked.

    Raises:
        TableError: If it is no table, or a torn one; the text names the file, the line if there is one, and the remedy.
    """
    data = read_bytes(path, most) if data is None else data
    packed = data.startswith(b"PK") and _is_workbook(path.name, data, most)
    raw = _read_workbook(path.name, data, needed) if packed else _read_csv(path.name, data, needed)
    if not raw.records:
        raise TableError(f"{path.name}, line 1: the file is empty. {_must_name(needed)}")
    (line, head), *rows = raw.records
    names = _names(path.name, line, head, needed)
    fit = partial(_fitted, path.name, raw.separator, width=len(names), lenient=lenient)
    whole = [(at, fields if len(fields) == len(names) else fit(at, fields)) for at, fields in rows]
    notes = [*raw.notes, *_unnamed(path.name, names, whole)]
    clean = {name: MARKS if name in texts else BLANK for name in names}
    table = [{name: field.strip(clean[name]) for name, field in zip(names, fields, strict=True) if name} for _, fields in whole]
    return Table(path.name, tuple(filter(None, names)), table, [at for at, _ in whole], raw.encoding, raw.separator, tuple(notes))


def read_text(path: Path) -> str:
    """Read a text file in any encoding that a table may have.

    Raises:
        TableError: If it is missing, or no text.
    """
    return _decoded(path.name, read_bytes(path))[0]


def iso_dates(table: Table, column: str) -> list[str]:
    """Return a column's dates as YYYY-MM-DD; a time of day is left out.

    Understood are year-month-day, `dd.mm.yyyy`, a spreadsheet's number of days, and `03/04/2026` where another date of the column
    tells which of the two is the month.

    Raises:
        TableError: If a value is no date, or could be two; the text names file and line.
    """
    day_first = _day_comes_first(table, column)
    days = []
    for line, row in zip(table.lines, table.rows, strict=True):
        day = _day(row[column], day_first)
        if day is None:
            raise TableError(f"{table.file}, line {line}: '{row[column]}' is no date. {ANEW}")
        days.append(day.isoformat())
    return days


# --- a file's bytes -------------------------------------------------------------------------------------------------


def read_bytes(path: Path, most: int = MOST_BYTES) -> bytes:
    """Return what is in a file.

    Raises:
        TableError: If its name or its size says that it is no table, or it cannot be read.
    """
    if path.name.startswith(("~$", ".~lock.")):
        raise TableError(f"{path.name} only marks that a table is open in a spreadsheet program. Name the table itself: {_marked(path.name)}.")
    try:
        if path.stat().st_size > most:
            raise TableError(f"{path.name} is larger than {most // 10**6} MB. Take a random sample of its rows.")
        return path.read_bytes()
    except FileNotFoundError as error:
        raise TableError(f"{path.name} is missing in the folder '{path.parent.name}'. Put it there, or name another file.") from error
    except OSError as error:
        raise TableError(f"{path.name} cannot be read ({error.strerror}). If it is open in another program, close it there.") from error


def _marked(name: str) -> str:
    """Return the table that a spreadsheet program's lock file stands for."""
    return name.removeprefix("~$").removeprefix(".~lock.").removesuffix("#")


def _decoded(file: str, data: bytes) -> tuple[str, str]:
    """Return a file's text and its encoding."""
    mark, encoding = next(((mark, name) for mark, name in BYTE_ORDER_MARKS if data.startswith(mark)), (b"", ""))
    encoding = encoding or _unmarked_encoding(file, data)
    try:
        text = data[len(mark) :].decode(encoding).lstrip("\ufeff")  # some programs write the mark twice
    except UnicodeDecodeError as error:
        line = _line_at(error.object[: error.start].decode(encoding, errors="replace"))
        what = "neither UTF-8 nor Windows-1252" if encoding == "cp1252" else f"not {encoding.upper()}, as the mark at its beginning says"
        raise TableError(f"{file}, line {line}: {what}. {AS_CSV}") from error
    if "\0" in text:
        line = _line_at(text[: text.index("\0")])
        raise TableError(f"{file}, line {line}: NUL characters instead of text, so the file is damaged or no text file. {AS_CSV}")
    return text, "utf-8-sig" if encoding == "utf-8" and mark else encoding


def _unmarked_encoding(file: str, data: bytes) -> str:
    """Return the encoding of a file without a byte order mark."""
    if b"\0" in data and (wide := _wide_encoding(data)):
        return wide
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        if UTF8_INSIDE.search(data):
            line = _line_at(data[: error.start].decode("utf-8"))
            both = "a letter here is not UTF-8, and others of the file are, as if two files had been put together"
            raise TableError(f"{file}, line {line}: {both}. Write those letters again. {AS_CSV}") from error
        return "cp1252"
    return "utf-8"


def _wide_encoding(data: bytes) -> str:
    """Return which UTF-16 a file is, if its first line is plain ASCII in one of the two: the other would read it as Chinese signs."""
    for encoding in ("utf-16-le", "utf-16-be"):
        first = re.split(r"[\r\n]", data[:4000].decode(encoding, errors="replace"), maxsplit=1)[0]
        if first and first.isascii() and "\0" not in first:
            return encoding
    return ""


def _line_at(before: str) -> int:
    """Return the line that comes after a text, as an editor counts them."""
    return len(re.findall(r"\r\n|\r|\n", before)) + 1


# --- a text file ----------------------------------------------------------------------------------------------------


def _read_csv(file: str, data: bytes, needed: Sequence[str]) -> _Raw:
    _refuse_other_kinds(file, data)
    text, encoding = _decoded(file, data)
    if WEB_PAGE.match(text):
        raise TableError(f"{file} is a web page or XML, whatever its name says. {AS_ANY}")
    told = SEPARATOR_LINE.match(text)
    separator = told[1] if told else max(SEPARATORS, key=lambda sign: _fit(text, sign, needed))
    records = list(_records(file, text, separator, skip=1 if told else 0)) if text.strip(NOTHING) else []
    if records:
        records[0] = (records[0][0], _without_empty_end(records[0][1]))
    return _Raw(records, encoding, separator, _doubt(file, text) if encoding == "cp1252" else [])


def _refuse_other_kinds(file: str, data: bytes) -> None:
    if data.startswith(OLD_EXCEL):
        kind = "an Excel file with a password" if WRAPPED in data else "an Excel file of the old kind (.xls)"
    else:
        kind = next((kind for mark, kind in KINDS.items() if data.startswith(mark)), "")
    if kind:
        raise TableError(f"{file} is {kind}, whatever its name says. {AS_ANY}")


def _fit(text: str, separator: str, needed: Sequence[str]) -> tuple[int, bool, float, int]:
    """Return how well a separator fits: needed names in the first line, if it splits at all, rows as long as it, and its length."""
    head, *rows = _sample(text, separator) or [[]]
    names = {name.strip(BLANK).casefold() for name in head}
    alike = sum(len(row) == len(head) for row in rows) / len(rows) if rows else 1.0
    return sum(name.casefold() in names for name in needed), len(head) > 1, alike, len(head)


def _sample(text: str, separator: str) -> list[list[str]]:
    rows = []
    try:
        for _, fields in islice(_records("", text, separator), SAMPLE):
            rows.append(fields)
    except TableError:
        rows.append([])  # fits nothing
    return rows


def _records(file: str, text: str, separator: str, skip: int = 0) -> Iterator[Record]:
    """Yield the rows that are not blank, each with the line on which it begins: a text in quotation marks may run over several."""
    lines = islice(io.StringIO(text, newline=""), skip, None)  # not splitlines: it also splits at characters inside a text
    reader = csv.reader(lines, delimiter=separator, strict=True)
    while True:
        line = skip + reader.line_num + 1
        try:
            fields = next(reader, None)
        except csv.Error as error:
            cure = "Close it, and double those inside a text."
            raise TableError(f"{file}, line {line}: {error}. Is a quotation mark left open here? {cure}") from error
        if fields is None:
            return
        if any(field.strip(BLANK) for field in fields):
            yield line, fields


def _without_empty_end(fields: list[str]) -> list[str]:
    """Return the fields up to the last that is not blank: spreadsheets write separators after it."""
    last = max((place for place, field in enumerate(fields, 1) if field.strip(BLANK)), default=0)
    return fields[:last]


def _doubt(file: str, text: str) -> list[str]:
    """Show a word by which somebody can tell whether Windows-1252 was right: no rule can."""
    word = re.search(r"\w*[^\x00-\x7f]\w*", text)
    if not word:
        return []
    line = _line_at(text[: word.start()])
    return [f"{file} is not UTF-8, so it was read as Windows-1252. If '{word[0]}' in line {line} looks wrong: {AS_CSV}"]


# --- a workbook -----------------------------------------------------------------------------------------------------


def _is_workbook(file: str, data: bytes, most: int) -> bool:
    """Tell a workbook from a text that begins with "PK"; refuse what is packed like a workbook and is none."""
    if not data.startswith((b"PK\3\4", b"PK\5\6")):
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            names = packed.namelist()
            size = sum(part.file_size for part in packed.infolist())
    except zipfile.BadZipFile as error:
        raise TableError(f"{file} is an Excel file or another packed one, and it is damaged. Take a whole copy. {AS_ANY}") from error
    if size > most or len(names) > MOST_PARTS:
        raise TableError(f"{file} would unpack to more than {most // 10**6} MB or {MOST_PARTS:,} files. Take a random sample of its rows.")
    if not any(map(WORKBOOK.fullmatch, names)):
        raise TableError(f"{file} is {_packed_kind(names)}, whatever its name says. {AS_ANY}")
    return True


def _packed_kind(names: list[str]) -> str:
    kinds = {
        "META-INF/manifest.xml": "a file of LibreOffice, such as .ods",
        "xl/workbook.bin": "a binary Excel file (.xlsb)",
        "word/document.xml": "a Word file",
    }
    return next((kind for name, kind in kinds.items() if name in names), "a zip archive and no workbook")


def _read_workbook(file: str, data: bytes, needed: Sequence[str]) -> _Raw:
    """Read the first visible sheet that has the needed columns, or else the first that holds anything."""
    try:
        _refuse_far_cells(file, data)
        with CalamineWorkbook.from_filelike(io.BytesIO(data)) as book:
            shown = [sheet.name for sheet in book.sheets_metadata if (sheet.typ, sheet.visible) == SHOWN]
            sheets = {name: records for name in shown if (records := _cells(file, book.get_sheet_by_name(name)))}
    except (CalamineError, zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError) as error:
        raise TableError(f"{file} is an Excel file, and it is damaged ({' '.join(str(error).split())}). {AS_ANY}") from error
    name = next((name for name, records in sheets.items() if _has(records[0][1], needed)), next(iter(sheets), ""))
    others = [other for other in sheets if other != name]
    notes = [f"Of {file}, the sheet '{name}' was read, and not: {', '.join(others)}."] if others else []
    return _Raw(sheets.get(name, []), "xlsx", "", notes)


def _has(head: list[str], needed: Sequence[str]) -> bool:
    return {name.casefold() for name in needed} <= {name.strip(BLANK).casefold() for name in head}


def _refuse_far_cells(file: str, book: bytes) -> None:
    """Refuse a sheet with a cell far away: the library would lay out all the cells before it, and end the process."""
    with zipfile.ZipFile(io.BytesIO(book)) as packed:
        for part in packed.infolist():
            data = packed.read(part)
            row, column = _last_cell(data) if b"sheetData" in data else (0, 0)
            if row * column > MOST_CELLS:
                far = f"a cell in row {row:,} or column {column:,}, far from its table"
                raise TableError(f"{file} has {far}. Delete it, or save the table as 'CSV UTF-8'.")


def _last_cell(sheet: bytes) -> tuple[int, int]:
    """Return the last row and the last column that a sheet's XML names."""
    found = CELL.findall(sheet)
    return max((int(row) for _, row in found), default=0), max((_column_number(letters) for letters, _ in found), default=0)


def _column_number(letters: bytes) -> int:
    """Return 1 for A, 27 for AA."""
    number = 0
    for letter in letters.upper():
        number = 26 * number + letter - 64
    return number


def _cells(file: str, sheet: CalamineSheet) -> list[Record]:
    """Return the rows of a sheet that are not blank, as texts."""
    records = [(line, [_cell(value) for value in row]) for line, row in enumerate(sheet.to_python(skip_empty_area=False), 1)]
    for line, fields in records:
        if max(map(len, fields), default=0) > csv.field_size_limit():
            raise TableError(f"{file}, line {line}: a text is longer than {csv.field_size_limit():,} characters. Shorten it.")
    return [(line, fields) for line, fields in records if any(field.strip(BLANK) for field in fields)]


def _cell(value: object) -> str:
    """Return a cell as text: 3 and not 3.0, TRUE as a spreadsheet shows it, dates as ISO 8601."""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else format(Decimal(repr(value)), "f")
    return str(value)


# --- the first line, and rows under it ------------------------------------------------------------------------------


def _names(file: str, line: int, head: list[str], needed: Sequence[str]) -> list[str]:
    """Return the names of the columns, needed ones spelt as they are asked for; an empty name stands for a column without one."""
    there = [name.strip(BLANK) for name in head]
    asked = {name.casefold(): name for name in needed if name not in there}
    names = [asked.get(name.casefold(), name) for name in there]
    if missing := [name for name in needed if name not in names]:
        told = ", ".join(f"'{name}'" for name in missing)
        raise TableError(f"{file}, line {line}: no column {told}; the columns are '{','.join(there)}'. {_must_name(needed)}")
    if twice := [name for name, times in Counter(names).items() if name and times > 1]:
        raise TableError(f"{file}, line {line}: two columns are called '{twice[0]}'. Rename or delete one.")
    return names


def _must_name(needed: Sequence[str]) -> str:
    return f"The first line must name: {', '.join(needed)}." if needed else "The first line must name the columns."


def _fitted(file: str, separator: str, line: int, fields: list[str], width: int, lenient: bool) -> list[str]:
    """Return a row with as many fields as there are columns, if no field with anything in it is lost."""
    if lenient or not any(field.strip(BLANK) for field in fields[width:]):
        fields = fields[:width]
    if lenient:
        fields = fields + [""] * (width - len(fields))
    if len(fields) != width:
        few, inside = ("few", "a line break") if len(fields) < width else ("many", IN_TEXTS.get(separator, repr(separator)))
        cure = f"Put quotation marks around texts that hold {inside}."
        raise TableError(f"{file}, line {line}: too {few} fields, {len(fields)} instead of {width}. {cure}")
    return fields


def _unnamed(file: str, names: list[str], records: list[Record]) -> Iterator[str]:
    """Say which columns without a name held something."""
    for place, name in enumerate(names):
        if not name and any(fields[place].strip(BLANK) for _, fields in records):
            yield f"Column {place + 1} of {file} has no name, so it is left out."


# --- dates ----------------------------------------------------------------------------------------------------------


def _day(value: str, day_first: bool) -> date | None:
    """Return a day, or None if a value is none."""
    if serial := SERIAL_DATE.fullmatch(value):
        return BEFORE_DAY_ONE + timedelta(int(serial[1]))
    for pattern in SURE_DATES:
        if found := pattern.fullmatch(value):
            return _calendar_day(found["y"], found["m"], found["d"])
    if found := UNSURE_DATE.fullmatch(value):
        first, second = found["first"], found["second"]
        return _calendar_day(found["y"], second, first) if day_first else _calendar_day(found["y"], first, second)
    return None


def _calendar_day(year: str, month: str, day: str) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def _day_comes_first(table: Table, column: str) -> bool:
    """Tell whether 03/04/2026 is in April, by all such dates of a column together."""
    unsure = [(line, found) for line, row in zip(table.lines, table.rows, strict=True) if (found := UNSURE_DATE.fullmatch(row[column]))]
    days_first = next(((line, found) for line, found in unsure if int(found["first"]) > 12), None)
    months_first = next(((line, found) for line, found in unsure if int(found["second"]) > 12), None)
    if days_first and months_first:
        told = f"'{months_first[1][0]}' has the month first, but '{days_first[1][0]}' in line {days_first[0]} has the day first"
        raise TableError(f"{table.file}, line {months_first[0]}: {told}. {ANEW}")
    if not days_first and not months_first:
        _refuse_two_days(table.file, unsure)
    return not months_first


def _refuse_two_days(file: str, unsure: list[tuple[int, re.Match[str]]]) -> None:
    for line, found in unsure:
        one, other = _day(found[0], True), _day(found[0], False)
        if one and other and one != other:
            why = f"may be {one.day} {one:%B} or {other.day} {other:%B}, and no date of the column tells which"
            raise TableError(f"{file}, line {line}: '{found[0]}' {why}. Write year-month-day: {one} or {other}.")
