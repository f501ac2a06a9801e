"""The one reader of tables: whatever a spreadsheet did to a file, it is read as the table that somebody meant, or refused in a sentence."""

from __future__ import annotations

import csv
import datetime
import io
import os
import re
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import assume, given, settings, strategies as st

from sidebyside.errors import CourseError, TableError
from sidebyside.tables import BLANK, MARKS, UTF8_INSIDE, Table, find_table, iso_dates, read_table, read_text

Rows = list[list[str]]


def written(rows: Sequence[Sequence[object]], separator: str = ",", quoting: int = csv.QUOTE_MINIMAL) -> str:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=separator, quoting=quoting).writerows(rows)  # type: ignore[arg-type]
    return out.getvalue()


def workbook(*sheets: Sequence[Sequence[object]], hidden: int | None = None) -> bytes:
    """Return an Excel workbook; with `hidden`, that sheet is not shown."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"default_date_format": "dd/mm/yyyy", "strings_to_formulas": False, "strings_to_urls": False}) as book:
        for number, rows in enumerate(sheets):
            sheet = book.add_worksheet(f"Sheet {number}")
            for line, row in enumerate(rows):
                for column, cell in enumerate(row):
                    (sheet.write_string if isinstance(cell, str) else sheet.write)(line, column, cell)
            if number == hidden:
                sheet.hide()
            else:
                sheet.activate()
    return out.getvalue()


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., Table]:
    """Read a table from bytes or a text."""

    def read(data: bytes | str, *args: object, name: str = "t.csv", **options: object) -> Table:
        (tmp_path / name).write_bytes(data.encode() if isinstance(data, str) else data)
        return read_table(tmp_path / name, *args, **options)  # type: ignore[arg-type]

    return read


def values(table: Table) -> Rows:
    return [list(row.values()) for row in table.rows]


# --- any table comes back -------------------------------------------------------------------------------------------

anything = settings(deadline=None, derandomize=True)  # the same examples every time
PLAIN = "abcXYZ019 _-"
CP1252 = "".join(bytes([code]).decode("cp1252", errors="ignore") for code in range(1, 256))
LETTERS = {
    "utf-8": st.characters(exclude_characters="\0", exclude_categories=["Cs"]),
    "cp1252": st.sampled_from(CP1252),
}


def named(letters: str) -> st.SearchStrategy[list[str]]:
    name = st.text(letters, min_size=1, max_size=8).map(lambda name: name.strip(BLANK)).filter(bool)
    return st.lists(name, min_size=2, max_size=5, unique_by=str.casefold)


@st.composite
def tables(draw: st.DrawFn, names: str, letters: st.SearchStrategy[str]) -> tuple[list[str], Rows]:
    head = draw(named(names))
    fields = st.one_of(
        st.text(letters, max_size=12),
        st.text(st.sampled_from(" ,;\t\r\n\"'a1\u00a0\u202f\u200b" if letters is not LETTERS["cp1252"] else ' ,;\t\n"a')),
    )
    return head, draw(st.lists(st.lists(fields, min_size=len(head), max_size=len(head)), max_size=6))


def expected(head: list[str], rows: Rows) -> list[dict[str, str]]:
    """Return what should be read of a table: all but blank rows and marks around the values."""
    return [dict(zip(head, [field.strip(MARKS) for field in row], strict=True)) for row in rows if any(field.strip(BLANK) for field in row)]


def comes_back(data: bytes, head: list[str], rows: Rows, folder: Path) -> Table:
    (folder / "t.csv").write_bytes(data)
    table = read_table(folder / "t.csv", texts=head)
    assert (list(table.columns), table.rows) == (head, expected(head, rows))
    return table


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("tables")


SEPARATORS = st.sampled_from(",;\t")
QUOTING = st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC])
UNICODE = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le with a mark", "utf-16-be with a mark", "utf-32"]


def encoded(text: str, encoding: str) -> bytes:
    name, _, mark = encoding.partition(" ")
    return (("\ufeff" if mark else "") + text).encode(name)


@anything
@given(table=tables(PLAIN + "äßЖ中", LETTERS["utf-8"]), separator=SEPARATORS, quoting=QUOTING, encoding=st.sampled_from(UNICODE))
def test_any_table_comes_back_from_unicode(table: tuple[list[str], Rows], separator: str, quoting: int, encoding: str, folder: Path) -> None:
    head, rows = table
    comes_back(encoded(written([head, *rows], separator, quoting), encoding), head, rows, folder)


@anything
@given(table=tables(PLAIN, LETTERS["utf-8"]), separator=SEPARATORS, quoting=QUOTING, encoding=st.sampled_from(["utf-16-le", "utf-16-be"]))
def test_any_table_comes_back_from_utf16_without_a_mark(
    table: tuple[list[str], Rows], separator: str, quoting: int, encoding: str, folder: Path
) -> None:
    head, rows = table
    assert comes_back(written([head, *rows], separator, quoting).encode(encoding), head, rows, folder).encoding == encoding


@anything
@given(table=tables(PLAIN + "äß", LETTERS["cp1252"]), separator=SEPARATORS, quoting=QUOTING)
def test_any_table_comes_back_from_windows(table: tuple[list[str], Rows], separator: str, quoting: int, folder: Path) -> None:
    head, rows = table
    data = written([head, *rows], separator, quoting).encode("cp1252")
    assume(not UTF8_INSIDE.search(data) and "\ufffd" in data.decode("utf-8", errors="replace"))
    assert comes_back(data, head, rows, folder).encoding == "cp1252"


@anything
@given(table=tables(PLAIN + "äßЖ中", st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff")))
def test_any_table_comes_back_from_a_workbook(table: tuple[list[str], Rows], folder: Path) -> None:
    head, rows = table
    rows = [[field.replace("\r", "\n") for field in row] for row in rows]
    assert comes_back(workbook([head, *rows]), head, rows, folder).encoding == "xlsx"


@anything
@given(rows=st.lists(st.lists(st.text(st.sampled_from('a\n\r",\u2028\x0b\x0c\x85')), min_size=1, max_size=3), max_size=8), blank=st.integers(0, 3))
def test_lines_are_those_of_an_editor(rows: Rows, blank: int, folder: Path) -> None:
    marked = [[f"row{number}", " ".join(row)] for number, row in enumerate(rows)]
    data = ("\r\n" * blank).join(["id,text\r\n", *(written([row]) for row in marked)])
    (folder / "t.csv").write_text(data, encoding="utf-8", newline="")
    table, editor = read_table(folder / "t.csv"), re.split(r"\r\n|\r|\n", data)
    assert [editor[line - 1].split(",")[0] for line in table.lines] == [row["id"] for row in table.rows] == [row[0] for row in marked]


# --- encodings ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        ("id,text\n1,Café\n".encode(), "utf-8"),
        ("id,text\n1,Café\n".encode("utf-8-sig"), "utf-8-sig"),
        ('\ufeff"id",text\n1,Café\n'.encode("utf-8-sig"), "utf-8-sig"),  # the mark twice
        ("id,text\n1,Café\n".encode("cp1252"), "cp1252"),
        ("\ufeffid,text\n1,Café\n".encode("utf-16-le"), "utf-16-le"),
        ("\ufeffid,text\n1,Café\n".encode("utf-16-be"), "utf-16-be"),
        ("id,text\n1,Café\n".encode("utf-16-le"), "utf-16-le"),
        ("id,text\n1,Café\n".encode("utf-16-be"), "utf-16-be"),
    ],
)
def test_the_encoding_is_recognised_and_said(data: bytes, encoding: str, read: Callable[..., Table]) -> None:
    table = read(data)
    assert (table.encoding, table.columns, values(table)) == (encoding, ("id", "text"), [["1", "Café"]])
    assert str(table).startswith(f"t.csv: 1 rows, {encoding}, commas between the columns.")


def test_windows_letters_are_shown_since_no_rule_can_be_sure(read: Callable[..., Table]) -> None:
    (note,) = read("id,text\n1,plain\n2,une Crème brûlée\n".encode("cp1252")).notes
    assert note.startswith("t.csv is not UTF-8, so it was read as Windows-1252. If 'Crème' in line 3 looks wrong")


@pytest.mark.parametrize("text", ["„Viel Spaß“, sagte er", "«CAFÉ»", "naïve façade – 5 €", "SÃO PAULO", "Â", "smörgås\u00a0"])
def test_signs_that_happen_to_be_utf8_too_do_not_hide_windows_letters(text: str, read: Callable[..., Table]) -> None:
    table = read(f'id;text\n1;"{text}"\n2;é\n'.encode("cp1252"), texts=("text",))
    assert (table.encoding, table.rows[0]["text"]) == ("cp1252", text.strip(MARKS))


# --- separators -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "separator", "rows"),
    [
        ("id;text\n1;Well, well, well\n2;So, so, so\n", ";", [["1", "Well, well, well"], ["2", "So, so, so"]]),
        ("id,text\n1,One; two; three\n2,a;b\n", ",", [["1", "One; two; three"], ["2", "a;b"]]),
        ("id\ttext\n1\tOne, two; three\n", "\t", [["1", "One, two; three"]]),
        ("id;text, as sent;mood, guessed, by ear\n1;Hi;happy\n2;Oh, no;sad\n", ";", [["1", "Hi", "happy"], ["2", "Oh, no", "sad"]]),
        ("id;text, as sent;mood\n", ";", []),
        ("id,text;note\n1,a\n2,b\n", ",", [["1", "a"], ["2", "b"]]),
        ('"id";"text"\n"1";"a ""b""; c"\n', ";", [["1", 'a "b"; c']]),
        ("sep=;\nid;text\n1;a,b\n", ";", [["1", "a,b"]]),
        ('"sep=|"\r\nid|text\r\n1|a,b;c\r\n', "|", [["1", "a,b;c"]]),
        ("sep=\t\nid,x\ttext\n1\ta\n", "\t", [["1", "a"]]),
        ("SEP=,;;\nid,text\n1,a\n", ",", [["1", "a"]]),
        ("id,text,,\n1,a,,\n2,b\n3,c,\n", ",", [["1", "a"], ["2", "b"], ["3", "c"]]),
    ],
)
def test_the_separator_is_recognised(text: str, separator: str, rows: Rows, read: Callable[..., Table]) -> None:
    table = read(text)
    assert (table.separator, values(table)) == (separator, rows)


def test_a_column_of_texts_alone_is_not_split(read: Callable[..., Table]) -> None:
    assert values(read("attack\nPlease, tell me\nNow; or else\n", ("attack",))) == [["Please, tell me"], ["Now; or else"]]


def test_needed_names_settle_what_the_rows_leave_open(read: Callable[..., Table]) -> None:
    text = "id,x;text\n1,2;hi\n"  # two columns either way
    assert read(text, ("text",)).columns == ("id,x", "text")
    assert read(text, ("id",)).columns == ("id", "x;text")


# --- names and values -----------------------------------------------------------------------------------------------


def test_spaces_and_unseen_marks_around_names_and_values_go(read: Callable[..., Table]) -> None:
    table = read(
        " \ufeffid ,\u00a0text\u202f, mood\u200b\n\u2009L1\u00a0,\u00a0 hi\u00a0there \u200b, happy\u202f\n", ("id", "text"), texts=("text",)
    )
    assert table.rows == [{"id": "L1", "text": " hi\u00a0there ", "mood": "happy"}]


def test_needed_names_count_in_capitals_too(read: Callable[..., Table]) -> None:
    assert read("ID,Text,Note\n1,a,b\n", ("id", "text")).rows == [{"id": "1", "text": "a", "Note": "b"}]


def test_leading_zeros_and_all_other_texts_stay(read: Callable[..., Table]) -> None:
    assert values(read("a,b,c,d\n007,1.50,NA,True\n")) == [["007", "1.50", "NA", "True"]]


def test_blank_rows_are_no_rows_and_count_as_lines(read: Callable[..., Table]) -> None:
    table = read('\n;;\n id;text\n\n1;"a\r\nb"\n ; \u00a0\n;\n2;c\n')
    assert (values(table), table.lines) == ([["1", "a\r\nb"], ["2", "c"]], [5, 9])


def test_old_line_ends_are_lines(read: Callable[..., Table]) -> None:
    assert read("id,text\r1,a\r\r2,b\r").lines == [2, 4]


def test_a_column_without_a_name_is_left_out_and_said(read: Callable[..., Table]) -> None:
    table = read(",id,route\n0,R1,billing\n1,R2,service\n", ("id", "route"))  # what pandas writes of an index
    assert (table.columns, table.rows[0]) == (("id", "route"), {"id": "R1", "route": "billing"})
    assert table.notes == ("Column 1 of t.csv has no name, so it is left out.",)


def test_a_lenient_reader_fills_and_cuts(read: Callable[..., Table]) -> None:
    assert values(read("a,b\n1\n1,2,3\n", lenient=True)) == [["1", ""], ["1", "2"]]


def test_a_text_is_read_like_a_table(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_bytes("# Gebühren\r\n".encode("utf-16"))
    assert read_text(tmp_path / "a.md") == "# Gebühren\r\n"


def test_a_workbook_lies_in_for_a_csv_file_that_is_not_there(tmp_path: Path) -> None:
    assert find_table(tmp_path / "t.csv") is None
    (tmp_path / "t.xlsx").touch()
    assert find_table(tmp_path / "t.csv") == tmp_path / "t.xlsx"
    (tmp_path / "t.csv").touch()
    assert find_table(tmp_path / "t.csv") == tmp_path / "t.csv"


# --- workbooks ------------------------------------------------------------------------------------------------------

CELLS = [
    (datetime.date(2026, 3, 1), "2026-03-01"),
    (datetime.datetime(2026, 3, 1, 14, 5), "2026-03-01 14:05:00"),
    (3, "3"),
    (3.0, "3"),
    (0.1, "0.1"),
    (-12.5, "-12.5"),
    (1e-7, "0.0000001"),
    (1e20, "100000000000000000000"),
    (204413, "204413"),
    (True, "TRUE"),
    ("007", "007"),
    ("=SUM(A1)", "=SUM(A1)"),
    ("two\nlines", "two\nlines"),
    (None, ""),
]


@pytest.mark.parametrize(("cell", "text"), CELLS)
@pytest.mark.parametrize("name", ["t.xlsx", "t.csv"])
def test_cells_become_plain_texts(name: str, cell: object, text: str, read: Callable[..., Table]) -> None:
    table = read(workbook([["id", "value"], ["1", cell]]), name=name)
    assert (values(table), table.encoding, table.separator) == ([["1", text]], "xlsx", "")


def test_a_csv_file_that_is_called_a_workbook_is_read(read: Callable[..., Table]) -> None:
    assert values(read("id,text\n1,a\n", name="t.xlsx")) == [["1", "a"]]
    assert read("PK,text\n1,a\n", name="t.xlsx").columns == ("PK", "text")


def test_the_sheet_with_the_needed_columns_is_read(read: Callable[..., Table]) -> None:
    book = workbook([["Read me"]], [], [["id", "text"], ["1", "a"]], [["id", "text"], ["2", "b"]])
    table = read(book, ("id", "text"))
    assert values(table) == [["1", "a"]]
    assert table.notes == ("Of t.csv, the sheet 'Sheet 2' was read, and not: Sheet 0, Sheet 3.",)


def test_a_hidden_sheet_is_not_read(read: Callable[..., Table]) -> None:
    table = read(workbook([["id"], ["old"]], [["id"], ["new"]], hidden=0), ("id",))
    assert (values(table), table.notes) == ([["new"]], ())


def test_lines_of_a_workbook_are_its_rows_and_words_beside_the_table_are_left_out(read: Callable[..., Table]) -> None:
    table = read(workbook([[], ["id", "text"], ["1", "a"], [], [" ", None], ["2", "b", None, "to do"]]), ("id", "text"))
    assert (values(table), table.lines) == ([["1", "a"], ["2", "b"]], [3, 6])
    assert table.notes == ("Column 4 of t.csv has no name, so it is left out.",)


# --- refused, in a sentence -----------------------------------------------------------------------------------------


def repacked(change: Callable[[str, bytes], bytes]) -> bytes:
    """Return a workbook whose parts were changed."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook([["id", "text"], ["1", "a"]]))) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
    return out.getvalue()


def packed(**parts: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as new:
        for name, text in parts.items():
            new.writestr(name.replace("__", "/").replace("_", "."), text)
    return out.getvalue()


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500)
FAR = repacked(lambda name, data: data.replace(b'r="B2"', b'r="XFD1048576"') if "sheet1" in name else data)
TORN = repacked(lambda name, data: data[: len(data) // 2] if "sheet1" in name else data)
BOMB = repacked(lambda name, data: data + b" " * 210_000_000 if "sheet1" in name else data)
REFUSED: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "t.csv, line 1: the file is empty. The first line must name: id, text."),
    "only a mark": (b"\xef\xbb\xbf", "line 1: the file is empty"),
    "only separators": (b"\r\n;;\r\n  \r\n", "line 1: the file is empty"),
    "an empty workbook": (workbook([]), "line 1: the file is empty"),
    "a column too few": (b"id,note\n1,a\n", "line 1: no column 'text'; the columns are 'id,note'. The first line must name: id, text."),
    "a title above": (b"Our messages\n\nid,text\n1,a\n", "line 1: no column 'id', 'text'; the columns are 'Our messages'"),
    "a name twice": (b"id,text, text\n1,a,b\n", "line 1: two columns are called 'text'. Rename or delete one."),
    "a name twice in capitals": (b"id,Text,TEXT\n1,a,b\n", "line 1: two columns are called 'text'"),
    "a semicolon too many": (
        b"id;text\n1;a\n2;well; well\n",
        "line 3: too many fields, 3 instead of 2. Put quotation marks around texts that hold a semicolon",
    ),
    "a tab too many": (
        b"id\ttext\n1\ta\n2\twell\twell\n",
        "line 3: too many fields, 3 instead of 2. Put quotation marks around texts that hold a tab",
    ),
    "a line break without quotation marks": (
        b"id,text\n1,a\n2,well\nwell\n",
        "line 4: too few fields, 1 instead of 2. Put quotation marks around texts that hold a line break",
    ),
    "a comma too many": (b"id,text\n1,a\n2,well, well\n", "line 3: too many fields, 3 instead of 2. Put quotation marks around texts"),
    "a row cut off": (b'id,text\n1,"a\nb"\n\n2', "line 5: too few fields, 1 instead of 2."),
    "an open quotation mark": (b'id,text\n1,a\n2,"b\n3,c\n', "line 3: unexpected end of data. Is a quotation mark left open here? Close it"),
    "a quotation mark inside": (b'id,text\n1,"a "b" c"\n', "line 2: ',' expected after '\"'. Is a quotation mark left open"),
    "a field without end": (b"id,text\n1," + b"so long " * 20_000, "line 2: field larger than field limit"),
    "a cell without end": (
        repacked(lambda name, data: data.replace(b"<t>a<", b"<t>" + b"a" * 140_000 + b"<") if "shared" in name else data),
        "line 2: a text is longer than 131,072 characters",
    ),
    "NUL characters alone": (bytes(4096), "line 1: NUL characters instead of text, so the file is damaged"),
    "NUL characters at the end": (b"id,text\n1,a\n2," + bytes(512), "line 3: NUL characters instead of text"),
    "two encodings": ("id,text\n1,Café\n2,".encode() + "Café\n".encode("cp1252"), "line 3: a letter here is not UTF-8, and others of the file are"),
    "a byte that is no letter": (b"id,text\n1,a\x81\n", "line 2: neither UTF-8 nor Windows-1252. In a spreadsheet program, save it as 'CSV UTF-8'."),
    "a false mark": (b"\xef\xbb\xbfid,text\n1,caf\xe9\n", "line 2: not UTF-8, as the mark at its beginning says"),
    "half a letter": ("\ufeffid,text\n1,a".encode("utf-16-le")[:-1], "line 2: not UTF-16-LE, as the mark"),
    "old Excel": (
        OLE,
        "t.csv is an Excel file of the old kind (.xls), whatever its name says. Open it in a spreadsheet program and save it as 'CSV UTF-8'",
    ),
    "a password": (OLE + "EncryptedPackage".encode("utf-16-le"), "t.csv is an Excel file with a password"),
    "LibreOffice": (packed(mimetype="application/vnd.oasis.opendocument.spreadsheet", **{"META-INF__manifest_xml": ""}), "LibreOffice, such as .ods"),
    "binary Excel": (packed(xl__workbook_bin=""), "t.csv is a binary Excel file (.xlsb)"),
    "Word": (packed(word__document_xml=""), "t.csv is a Word file"),
    "a zip archive": (packed(photo_jpg=""), "t.csv is a zip archive and no workbook, whatever its name says."),
    "an empty zip archive": (packed(), "t.csv is a zip archive and no workbook"),
    "a workbook cut off": (workbook([["id", "text"]])[:3000], "t.csv is an Excel file or another packed one, and it is damaged. Take a whole copy."),
    "a torn sheet": (TORN, "t.csv is an Excel file, and it is damaged ("),
    "a cell far away": (FAR, "t.csv has a cell in row 1,048,576 or column 16,384, far from its table. Delete it"),
    "a workbook that swells": (BOMB, "t.csv would unpack to more than 200 MB"),
    "a web page": (b"\n<html><table><tr><td>id</td></tr></table></html>", "t.csv is a web page or XML, whatever its name says. Open it"),
    "a web page in UTF-16": ("\ufeff<TABLE border=1><tr><td>id".encode("utf-16-le"), "t.csv is a web page or XML"),
    "XML of a spreadsheet": (b'\xef\xbb\xbf<?xml version="1.0"?><Workbook/>', "t.csv is a web page or XML"),
    "a PDF": (b"%PDF-1.7\n", "t.csv is a PDF file"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_table_is_refused_in_a_sentence(name: str, read: Callable[..., Table]) -> None:
    data, words = REFUSED[name]
    with pytest.raises(TableError) as caught:
        read(data, ("id", "text"))
    assert str(caught.value).startswith("t.csv") and words in str(caught.value)
    assert "\n" not in str(caught.value) and str(caught.value).endswith(".")
    assert isinstance(caught.value, CourseError)


def test_a_text_without_names_is_told_to_name_them(read: Callable[..., Table]) -> None:
    with pytest.raises(TableError, match=r"^t\.csv, line 1: the file is empty. The first line must name the columns\.$"):
        read("")


@pytest.mark.parametrize(("name", "table"), [("~$t.xlsx", "t.xlsx"), (".~lock.t.ods#", "t.ods")])
def test_the_mark_of_an_open_file_is_no_table(name: str, table: str, read: Callable[..., Table]) -> None:
    with pytest.raises(TableError, match=rf"only marks that a table is open in a spreadsheet program. Name the table itself: {re.escape(table)}\.$"):
        read(b"\x05Owner" + bytes(150), name=name)


def test_a_file_that_cannot_be_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(TableError, match=rf"^t\.csv is missing in the folder '{tmp_path.name}'"):
        read_table(tmp_path / "t.csv")
    (tmp_path / "t.csv").touch()

    def locked(_: Path) -> bytes:
        raise PermissionError(13, os.strerror(13))

    monkeypatch.setattr(Path, "read_bytes", locked)
    with pytest.raises(TableError, match=r"^t\.csv cannot be read \(Permission denied\). If it is open in another program, close it there"):
        read_table(tmp_path / "t.csv")


def test_a_file_too_large_to_read(tmp_path: Path) -> None:
    with (tmp_path / "t.csv").open("wb") as file:
        file.truncate(200_000_001)
    with pytest.raises(TableError, match=r"^t\.csv is larger than 200 MB. Take a random sample"):
        read_table(tmp_path / "t.csv")


# --- dates ----------------------------------------------------------------------------------------------------------


def dated(*days: str) -> Table:
    return Table("t.csv", ("date",), [{"date": day} for day in days], list(range(2, 2 + len(days))), "utf-8", ",", ())


@pytest.mark.parametrize(
    "told",
    [
        "2026-03-01",
        "2026-3-1",
        "2026/03/01",
        "20260301",
        "01.03.2026",
        "1.3.2026",
        "1. 3. 2026",
        "01.03.2026 14:05",
        "2026-03-01T14:05:59",
        "2026-03-01 14:05:59.123",
        "2026-03-01T14:05:59Z",
        "2026-03-01T14:05+01:00",
        "46082",
        "46082.5868",
        "46082,5868",
    ],
)
def test_a_day_in_whatever_form(told: str) -> None:
    assert iso_dates(dated(told), "date") == ["2026-03-01"]


@anything
@given(st.dates(datetime.date(1928, 1, 1), datetime.date(2170, 1, 1)))
def test_any_day_comes_back(day: datetime.date) -> None:
    serial = str((day - datetime.date(1900, 1, 1)).days + 2)  # as Excel counts: 1 January 1900 is day 1, and 29 February 1900 is there
    forms = (f"{day}", f"{day:%d.%m.%Y}", f"{day.day}.{day.month}.{day.year}", f"{day} 10:00", serial)
    assert iso_dates(dated(*forms), "date") == [str(day)] * len(forms)


@pytest.mark.parametrize(
    ("days", "iso"),
    [
        (("03/04/2026", "15/04/2026"), ["2026-04-03", "2026-04-15"]),
        (("03/04/2026", "04/15/2026"), ["2026-03-04", "2026-04-15"]),
        (("3-4-2026", "15-4-2026"), ["2026-04-03", "2026-04-15"]),
        (("4/15/2026 2:05 PM", "3/4/2026, 10:00 am"), ["2026-04-15", "2026-03-04"]),
        (("03/03/2026",), ["2026-03-03"]),
        (("03/03/2026", "2026-04-05"), ["2026-03-03", "2026-04-05"]),
    ],
)
def test_a_column_settles_which_part_is_the_month(days: tuple[str, ...], iso: list[str]) -> None:
    assert iso_dates(dated(*days), "date") == iso


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (
            ("2026-04-01", "03/04/2026"),
            "line 3: '03/04/2026' may be 3 April or 4 March, and no date of the column tells which. Write year-month-day: 2026-04-03 or 2026-03-04.",
        ),
        (("15.04.2026", "03/04/2026"), "line 3: '03/04/2026' may be"),  # another form tells nothing
        (("15/04/2026", "04/16/2026"), "line 3: '04/16/2026' has the month first, but '15/04/2026' in line 2 has the day first. Write year-"),
        (("2026-02-30",), "line 2: '2026-02-30' is no date. Write year-month-day, such as 2026-03-01."),
        (("30.02.2026",), "line 2: '30.02.2026' is no date"),
        (("03.15.2026",), "line 2: '03.15.2026' is no date"),
        (("15/16/2026",), "line 2: '15/16/2026'"),
        (("01.03.26",), "line 2: '01.03.26' is no date"),
        (("4 March",), "line 2: '4 March' is no date"),
        (("2026-03-01", ""), "line 3: '' is no date"),
        (("2026",), "line 2: '2026' is no date"),
        (("########",), "line 2: '########' is no date"),
        (("2026-03-01 and later",), "is no date"),
        (("٢٠٢٦-٠٣-٠١",), "is no date"),
    ],
)
def test_what_is_no_day_or_could_be_two_is_refused(days: tuple[str, ...], words: str) -> None:
    with pytest.raises(TableError) as caught:
        iso_dates(dated(*days), "date")
    assert str(caught.value).startswith("t.csv, ") and words in str(caught.value) and str(caught.value).endswith(".")
