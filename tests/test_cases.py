"""A case: what breaks a rule is refused with file, line and remedy; the course's own keeps what its datasheet promises."""

from __future__ import annotations

import csv
import datetime
import io
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xlsxwriter
from rapidfuzz import fuzz
from scipy.spatial.distance import cdist
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import cohen_kappa_score, roc_auc_score
from sklearn.model_selection import GroupKFold, cross_val_predict
from sklearn.pipeline import make_pipeline

import sidebyside as sbs
from sidebyside import cases, limit, load_case
from sidebyside.cases import Case
from sidebyside.errors import CaseError
from tools.pages import load, notebook

HOME = Path(__file__).resolve().parent.parent
TINY = Path(__file__).resolve().parent / "cases" / "tiny"

# --- bad input ------------------------------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the tiny case, to be broken."""
    return Path(shutil.copytree(TINY, tmp_path / "tiny"))


def text_of(row: int, text: str) -> Callable[[str], str]:
    """Return a change that gives a line another text."""
    return lambda csv: "\n".join(
        re.sub(r'^(L\d+,[\d-]+,)(".*?"|[^,]*)', rf"\1{text}", line) if n == row else line for n, line in enumerate(csv.split("\n"), 1)
    )


def several_lines(text: str) -> Callable[[str], str]:
    return lambda csv: csv.replace("The new large-print shelf is a joy. My mother took home six books.", f'"{text}"')


def swap(old: str, new: str) -> Callable[[str], str]:
    return lambda csv: csv.replace(old, new)


HEAD = "id,date,text,mood,area,split\n"
BAD: dict[str, tuple[Callable[[str], str], str, str]] = {
    # what is done to messages.csv, where the fault is, what the text says of it and of the remedy
    "missing column": (swap(",mood,", ",feeling,"), "line 1", "no column 'mood'.*must name: id, date, text, split, mood, area"),
    "unknown label": (swap("lending,dev\nL31", "loans,dev\nL31"), "line 31", "'loans' is no value of 'area'.*lending, building, events, online"),
    "unknown label in capitals": (swap("unhappy,online,dev\nL21", "Unhappy,online,dev\nL21"), "line 21", "'Unhappy' is no value of 'mood'"),
    "empty label": (swap("happy,events,dev\nL10", ",events,dev\nL10"), "line 10", "'' is no value of 'mood'.*unhappy, happy"),
    "unknown split": (swap("later\nL74", "holdout\nL74"), "line 74", "'holdout' is no value of 'split'.*train, dev, test, later"),
    "one class only": (swap("unhappy", "happy"), "line 2 to the end", "column 'mood' holds one value only.*label some more"),
    "one class in training": (
        lambda csv: re.sub(r"unhappy,(\w+),train", r"happy,\1,train", csv),
        "line 2 to the end",
        "column 'mood' of the split 'train' holds one value only.*label some more",
    ),
    "no test messages": (swap(",test", ",later"), "line 2 to the end", "split 'test' holds nothing.*label some more"),
    "no date": (swap("2026-03-04", "4 March"), r"line \d+", "'4 March' is no date. Write year-month-day"),
    "no training messages": (swap(",train", ",test"), "line 2 to the end", "split 'train' holds nothing.*label some more"),
    "empty file": (lambda _: "", "line 1", "the file is empty.*must name: id, date, text, split, mood, area"),
    "blank file": (lambda _: " \n,,\n", "line 1", "the file is empty.*must name: id"),
    "header alone": (lambda _: HEAD, "line 2", "there are no messages.*Add at least"),
    "empty text": (text_of(5, " "), "line 5", "the text is empty.*Fill it in or delete"),
    "id twice": (swap("L40,", "L39,"), "line 41", "id 'L39' is there twice.*its own"),
    "comma without quotation marks": (text_of(7, "Well, well, well"), "line 7", "too many fields, 8 instead of 6.*quotation marks"),
    "line cut off": (lambda csv: csv[: csv.index("L80") + 14], "line 81", "too few fields, 2 instead of 6.*quotation marks"),
    "quotation mark left open": (text_of(9, '"Oh dear'), "line 9", "Is a quotation mark left open here.*Close it"),
    "day that is not in the calendar": (swap("2026-03-04", "2026-02-30"), r"line \d+", "'2026-02-30' is no date. Write year-month-day"),
    "date that could be two": (
        lambda csv: re.sub(r"(?m)^(L\d+),2026-(\d\d)-(\d\d)", r"\1,03/04/2026", csv),
        "line 2",
        "'03/04/2026' may be 3 April or 4 March.*Write year-month-day: 2026-04-03 or 2026-03-04",
    ),
    "fault below a text of several lines": (lambda csv: several_lines("a\nb\nc")(text_of(4, " ")(csv)), "line 6", "the text is empty"),
    "fault in a text of several lines": (lambda csv: several_lines(" \n \n")(csv), "line 2", "the text is empty"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_messages_name_file_line_and_remedy(name: str, folder: Path) -> None:
    change, place, words = BAD[name]
    file = folder / "messages.csv"
    before = file.read_text(encoding="utf-8")
    file.write_text(change(before), encoding="utf-8")
    assert file.read_text(encoding="utf-8") != before
    with pytest.raises(CaseError, match=rf"^messages\.csv, {place}: .*{words}") as caught:
        load_case(folder)
    assert "\n" not in str(caught.value)
    assert str(caught.value).endswith((".", "lists them).", "?"))


def test_a_hundred_thousand_rows(folder: Path) -> None:
    rows = "".join(f"X{n},2026-01-01,Fine,happy,online,train\n" for n in range(100_000))
    (folder / "messages.csv").write_text(HEAD + rows)
    with pytest.raises(CaseError, match=r"^messages\.csv, line 50002: more than 50,000 messages.*random sample"):
        load_case(folder)


def test_field_without_end(folder: Path) -> None:
    (folder / "messages.csv").write_text(HEAD + 'L01,2026-01-01,"' + "so long " * 20_000)
    with pytest.raises(CaseError, match=r"^messages\.csv, line 2: .*Is a quotation mark left open"):
        load_case(folder)


@pytest.mark.parametrize("name", ["messages.csv", "case.toml"])
def test_missing_file(name: str, folder: Path) -> None:
    (folder / name).unlink()
    with pytest.raises(CaseError, match=rf"^{name} is missing in the case 'tiny'. Add it"):
        load_case(folder)


CARDS = {
    "not TOML": (lambda toml: toml.replace('title = "', "title = "), r"not valid TOML: .*line \d+.*Compare"),
    "no title": (lambda toml: toml.replace("title =", "name ="), "lacks 'title'. Add it"),
    "no labels": (lambda toml: toml.partition("[labels]")[0], "lacks 'labels'. Add it"),
    "labels that are no table": (lambda toml: toml.partition("[labels]")[0] + "labels = 3\n", "must give each label column a list of texts"),
    "values that are no list": (
        lambda toml: re.sub(r"mood = .*", 'mood = "happy"', toml.partition("[labels]")[0] + '[labels]\nmood = ["a"]'),
        "must give each",
    ),
    "three moods": (
        lambda toml: toml.replace('"unhappy",', '"unhappy", "so-so",'),
        "'mood' has 3 values, and the lessons need exactly two",
    ),
    "field without a word on it": (lambda toml: toml.replace("about =", "says ="), r"\[fields\.day\] lacks 'about'"),
    "field whose values are no list": (
        lambda toml: re.sub(r'values = \["late.*', 'values = "late"', toml),
        r"values of \[fields\.problem\] must be a list",
    ),
    "field with a broken pattern": (
        lambda toml: re.sub(r"pattern = .*", "pattern = '('", toml),
        r"pattern of \[fields\.day\] is no regular expression",
    ),
    "meanings that are no table": (lambda toml: toml + '\n[meanings]\narea = "where it is"\n', r"\[meanings\.area\] must give values a few words"),
    "meaning of a value that is none": (
        lambda toml: toml + '\n[meanings.area]\nlendings = "books"\n',
        r"\[meanings\.area\] names 'lendings', and \[labels\] does not list it",
    ),
    "meaning of a label that is none": (lambda toml: toml + '\n[meanings.place]\nlending = "books"\n', r"\[meanings\.place\] names 'lending'"),
    "label that is not listed": (lambda toml: toml.replace('label = "mood"', 'label = "tone"'), r"label is 'tone', .*Add a line"),
}


@pytest.mark.parametrize("name", CARDS)
def test_bad_card(name: str, folder: Path) -> None:
    change, words = CARDS[name]
    card = (folder / "case.toml").read_text(encoding="utf-8")
    (folder / "case.toml").write_text(change(card), encoding="utf-8")
    with pytest.raises(CaseError, match=f"^case.toml.*{words}"):
        load_case(folder)


def test_table_that_the_case_does_not_have() -> None:
    with pytest.raises(CaseError, match=r"needs orders\.csv, and the case 'tiny' has none. Add the file"):
        load_case(TINY).orders  # noqa: B018


def test_broken_table(folder: Path) -> None:
    (folder / "facts.csv").write_text("id,question\n1,Why\n2,Why, oh why, me\n")
    with pytest.raises(CaseError, match=r"^facts\.csv, line 3: too many fields, 4 instead of 2.*quotation marks"):
        load_case(folder).facts  # noqa: B018


def test_table_whose_letters_are_written_in_two_ways(folder: Path) -> None:
    (folder / "facts.csv").write_bytes("id,question\n1,Où\n2,".encode() + "Où\n".encode("cp1252"))
    with pytest.raises(CaseError, match=r"^facts\.csv, line 3: a letter here is not UTF-8.*save it as 'CSV UTF-8'"):
        load_case(folder).facts  # noqa: B018


def spoil(file: Path, change: Callable[[str], str]) -> None:
    """Change a file, and make sure that this changes anything."""
    before = file.read_text(encoding="utf-8")
    file.write_text(change(before), encoding="utf-8")
    assert file.read_text(encoding="utf-8") != before


RECORDS = {  # what is done to fields.csv, and what the text says of it
    "missing column": (swap(",wish", ",hope"), r"line 1: no column 'wish'.* The first line must name: id, day, item, problem, wish\."),
    "no ids": (swap("id,day", "number,day"), "line 1: no column 'id'.*The first line must name: id, day"),
    "unknown id": (swap("L09,", "L99,"), "no message has the id 'L99'. Use ids of messages.csv"),
    "line cut off": (swap("Printer,money,refund", "Printer"), r"line \d+: too few fields, 3 instead of 5"),
    "unknown value": (swap("Printer,money,refund", "Printer,money,Refund"), "the line of 'L38': 'Refund' is no value of 'wish'. Use one of: repair"),
    "comma without quotation marks": (swap("lecture on bees", "lecture, on bees"), "line 11: too many fields, 6 instead of 5.*quotation marks"),
}


@pytest.mark.parametrize("name", RECORDS)
def test_bad_records(name: str, folder: Path) -> None:
    change, words = RECORDS[name]
    spoil(folder / "fields.csv", change)
    with pytest.raises(CaseError, match=rf"^fields\.csv.* {words}"):
        load_case(folder).records  # noqa: B018


def test_records_that_the_case_does_not_have(folder: Path) -> None:
    (folder / "fields.csv").unlink()
    with pytest.raises(CaseError, match=r"needs fields\.csv, and the case 'tiny' has none"):
        load_case(folder).records  # noqa: B018


ANSWERS = {  # what is done to answers.csv, and what the text says of it
    "missing column": (
        swap(",second_right", ",other"),
        r"line 1: no column 'second_right'.* The first line must name: id, fact, answer, right, second_right\.",
    ),
    "unknown question": (swap("A01,Q04", "A01,Q99"), "no question has the id 'Q99'. Use ids of facts.csv"),
    "unknown verdict": (
        lambda csv: re.sub(r"^(A02.*),(yes|no)$", r"\1,maybe", csv, flags=re.M),
        "the line of 'A02': 'maybe' is no value of 'second_right'",
    ),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_bad_answers(name: str, folder: Path) -> None:
    change, words = ANSWERS[name]
    spoil(folder / "answers.csv", change)
    with pytest.raises(CaseError, match=rf"^answers\.csv.* {words}"):
        load_case(folder).answers  # noqa: B018


# --- good input -----------------------------------------------------------------------------------------------------


def test_tiny_case_loads() -> None:
    case = load_case(TINY)
    assert {name: len(case.split(name)) for name in ("train", "dev", "test", "later")} == {"train": 40, "dev": 12, "test": 20, "later": 8}
    assert list(case.messages.columns) == ["id", "date", "text", "mood", "area", "split"]
    assert (case.label, case.classes, list(case.labels)) == ("mood", ["unhappy", "happy"], ["mood", "area"])
    assert list(case.documents) == ["events.md", "fees.md", "lending.md", "rooms.md"]
    assert case.documents["fees.md"].startswith("# Fees\n\nA library card costs 15 euros a year")
    assert (len(case.facts), len(case.entities), len(case.records)) == (14, 16, 24)
    assert repr(case) == "Ottermouth City Library, an invented public library: 40 train, 12 dev, 20 test, 8 later"


HABITS: dict[str, Callable[[str], bytes]] = {  # what a spreadsheet does to messages.csv, and nothing in the case shows it
    "cp1252": lambda csv: csv.encode("cp1252"),
    "UTF-8 with a mark": lambda csv: csv.encode("utf-8-sig"),
    "UTF-16": lambda csv: csv.encode("utf-16"),
    "tabs": lambda csv: resaved(csv, "\t").encode(),
    "semicolons": lambda csv: resaved(csv, ";").encode("cp1252"),
    "Windows lines": lambda csv: csv.replace("\n", "\r\n").encode(),
    "blank rows": lambda csv: csv.replace("\n", "\n,,,,,\n \n", 20).encode(),
    "no-break spaces": lambda csv: csv.replace(",happy,", ", happy\u00a0,").replace("mood", "\ufeffMood ", 1).encode(),
    "dotted dates": lambda csv: re.sub(r"(?m)^(L\d+),(\d+)-(\d+)-(\d+)", r"\1,\4.\3.\2", csv).encode(),
    "slashed dates": lambda csv: re.sub(r"(?m)^(L\d+),(\d+)-(\d+)-(\d+)", r"\1,\3/\4/\2", csv).encode(),
}


def resaved(text: str, separator: str) -> str:
    """Return a CSV file as a spreadsheet would save it with another separator."""
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=separator).writerows(csv.reader(io.StringIO(text, newline="")))
    return out.getvalue()


@pytest.mark.parametrize("habit", HABITS)
def test_what_a_spreadsheet_does_to_the_file_is_no_fault(habit: str, folder: Path) -> None:
    file = folder / "messages.csv"
    before, data = file.read_bytes(), HABITS[habit](file.read_text(encoding="utf-8"))
    assert data != before
    file.write_bytes(data)
    pd.testing.assert_frame_equal(load_case(folder).messages, load_case(TINY).messages)


def test_a_case_says_how_it_was_read(folder: Path) -> None:
    assert load_case(folder).notes == ()
    file = folder / "messages.csv"
    file.write_bytes(file.read_text(encoding="utf-8").encode("cp1252"))
    assert re.match(r"messages\.csv is not UTF-8, so it was read as Windows-1252. If '\w*é\w*' in line 24", load_case(folder).notes[0])


def as_workbook(file: Path) -> None:
    """Put an Excel workbook in the place of a CSV file, with real dates."""
    with xlsxwriter.Workbook(file.with_suffix(".xlsx"), {"default_date_format": "dd/mm/yyyy"}) as book:
        sheet = book.add_worksheet()
        for line, row in enumerate(csv.reader(file.read_text(encoding="utf-8").splitlines())):
            sheet.write_row(line, 0, [datetime.date.fromisoformat(cell) if re.fullmatch(r"\d{4}-\d\d-\d\d", cell) else cell for cell in row])
    file.unlink()


def test_a_workbook_stands_in_for_a_csv_file(folder: Path) -> None:
    for name in ("messages", "facts", "fields"):
        as_workbook(folder / f"{name}.csv")
    own, tiny = load_case(folder), load_case(TINY)
    for name in ("messages", "facts", "records"):
        pd.testing.assert_frame_equal(getattr(own, name), getattr(tiny, name))


def test_a_fault_in_a_workbook_names_the_workbook(folder: Path) -> None:
    file = folder / "messages.csv"
    file.write_text(re.sub(r"(?m)^(L06.*),unhappy,", r"\1,so-so,", file.read_text(encoding="utf-8")), encoding="utf-8")
    as_workbook(file)
    with pytest.raises(CaseError, match=r"^messages\.xlsx, line 7: 'so-so' is no value of 'mood'"):
        load_case(folder)


def test_texts_keep_their_spaces_and_labels_do_not(folder: Path) -> None:
    (file := folder / "messages.csv").write_text(text_of(12, "  So good  ")(file.read_text(encoding="utf-8")).replace("L11,", " L11 ,"))
    row = load_case(folder).messages.iloc[10]
    assert (row["id"], row["text"]) == ("L11", "  So good  ")


def test_numbers_of_orders_are_numbers(folder: Path) -> None:
    (folder / "orders.csv").write_text("order_id;km;items;late\n1;12,5;3;yes\n2;7;4;no\n")
    orders = load_case(folder).orders
    assert orders.to_dict("list") == {"order_id": [1, 2], "km": [12.5, 7.0], "items": [3, 4], "late": ["yes", "no"]}
    (folder / "orders.csv").write_text('order_id,km,kg\n1,"12,500",\n2,"7,250",3\n')  # thousands, or not: nobody can tell
    assert load_case(folder).orders.to_dict("list") == {"order_id": [1, 2], "km": ["12,500", "7,250"], "kg": ["", "3"]}


def test_unknown_split_lists_the_splits() -> None:
    with pytest.raises(CaseError, match="no split 'val'. Choose one of: train, dev, test, later"):
        load_case(TINY).split("val")


ORDINARY = [
    "Anna <anna@example.com> wrote that 3 < 4", "So <b>good</b>!", "Hi<script src=x>", "<PERSON> called <ORDER_ID> twice", "=HYPERLINK(1)",
    "=) thanks", "@support(team) please", "-1+cmd|' /C calc'!A0", " +SUM(A1:A9)", "+44 (0)20 call me", "- first\n- second", "{{ name }}", "file://x",
]  # fmt: skip


@pytest.mark.parametrize("text", ORDINARY)
def test_a_text_is_taken_as_it_is(text: str, folder: Path) -> None:
    file = folder / "messages.csv"
    file.write_text(several_lines(text)(file.read_text(encoding="utf-8")), encoding="utf-8")
    messages = load_case(folder).messages
    assert list(messages["text"])[0] == text
    if "<" in text:
        assert text.replace("<", "&lt;").replace(">", "&gt;") in sbs.table(messages.head(1))._repr_html_().replace("&amp;", "&")


def test_a_split_is_cut_to_the_limit_only_for_a_language_model(monkeypatch: pytest.MonkeyPatch) -> None:
    tiny = load_case(TINY)
    whole = tiny.split("test")
    monkeypatch.setenv("SIDEBYSIDE_LIMIT", "3")
    assert tiny.split("test", limited=True)["id"].tolist() == whole["id"].tolist()[:3]
    assert len(tiny.split("test")) == len(whole) > 3
    monkeypatch.setenv("SIDEBYSIDE_LIMIT", "100000")
    assert len(tiny.split("test", limited=True)) == len(whole)


@pytest.mark.parametrize(
    ("setting", "times", "rows"),
    [
        ("10", 1, 10),
        ("10", 2, 5),
        ("11", 2, 5),
        ("10", 3, 4),  # not 3: at least four
        ("10", 100, 4),
        ("4", 2, 4),
        ("3", 1, 3),
        ("3", 2, 3),  # the reader asked for no more
        ("100000", 2, 20),
        ("all", 1, 20),
        ("all", 7, 20),
    ],
)
def test_limit(setting: str, times: int, rows: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIDEBYSIDE_LIMIT", setting)
    test = load_case(TINY).split("test")
    pd.testing.assert_frame_equal(limit(test, times), test.iloc[:rows])


def test_a_live_page_is_limited_without_being_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SIDEBYSIDE_LIMIT", raising=False)
    monkeypatch.setenv("SIDEBYSIDE_MODE", "live")
    table = pd.DataFrame({"id": range(100)})
    assert [len(limit(table, times)) for times in (1, 3, 30)] == [30, 10, 4]


def test_records_are_fields_with_text_and_split() -> None:
    case = load_case(TINY)
    records = case.records.set_index("id")
    assert list(records.columns) == ["day", "item", "problem", "wish", "text", "split"]
    assert records.loc["L09"].tolist() == [
        "Thursdays",
        "Chess evening",
        "none",
        "none",
        "Chess evening on Thursdays is the best thing in town.",
        "dev",
    ]
    assert records.loc["L63", ["day", "item"]].tolist() == ["", ""]  # the message does not tell
    assert (records["text"] == case.messages.set_index("id").loc[records.index, "text"]).all()


def test_records_arrive_as_they_are_written(folder: Path) -> None:
    messages = (folder / "messages.csv").read_text(encoding="utf-8")
    (folder / "messages.csv").write_text(re.sub(r"^L(\d)", r"0\1", messages, flags=re.MULTILINE), encoding="utf-8")
    (folder / "fields.csv").write_text("id,day,item,problem,wish\n009,1.50,007,none,none\n012,True,NA,none,none\n")
    assert load_case(folder).records.iloc[:, :5].to_numpy().tolist() == [
        ["009", "1.50", "007", "none", "none"],
        ["012", "True", "NA", "none", "none"],
    ]


def test_a_case_may_say_what_some_values_mean(folder: Path) -> None:
    assert load_case(folder).meanings == {}
    with (folder / "case.toml").open("a", encoding="utf-8") as card:
        card.write('\n[meanings.area]\nonline = "the catalogue and the website"\n')
    assert load_case(folder).meanings == {"area": {"online": "the catalogue and the website"}}
    course = load_case(HOME / "cases" / "feedback")
    assert set(course.meanings["topic"]) == set(course.labels["topic"])


def test_fields_are_those_of_the_card() -> None:
    fields = load_case(TINY).fields
    assert list(fields) == ["day", "item", "problem", "wish"]
    assert fields["wish"]["values"] == ["repair", "information", "refund", "other", "none"]
    assert re.findall(fields["day"]["pattern"], "Chess on Thursdays, not on Sunday.") == ["Thursdays", "Sunday"]


def test_a_case_without_fields(folder: Path) -> None:
    card = folder / "case.toml"
    card.write_text(card.read_text(encoding="utf-8").partition("[fields.")[0], encoding="utf-8")
    assert load_case(folder).fields == {}


def copied(case: Case) -> list[str]:
    """Return the fields that have no values to choose from."""
    return [name for name, field in case.fields.items() if "values" not in field]


@pytest.mark.parametrize("folder", [TINY, HOME / "cases" / "feedback"], ids=["tiny", "feedback"])
def test_a_record_holds_allowed_values_and_words_of_its_text(folder: Path) -> None:
    case = load_case(folder)
    assert copied(case) == list(case.fields)[:2]
    assert case.records["id"].is_unique
    for name, field in case.fields.items():
        assert field["about"]
        allowed = field.get("values")
        rows = zip(case.records["id"], case.records[name], case.records["text"], strict=True)
        assert [id for id, value, text in rows if value not in (allowed or text)] == [], name


@pytest.mark.parametrize("folder", [TINY, HOME / "cases" / "feedback"], ids=["tiny", "feedback"])
def test_a_pattern_finds_what_was_labelled_first_and_nothing_else(folder: Path) -> None:
    case = load_case(folder)
    (name,) = [name for name, field in case.fields.items() if "pattern" in field]
    found = [re.search(case.fields[name]["pattern"], text) for text in case.records["text"]]
    assert [hit[0] if hit else "" for hit in found] == case.records[name].tolist()
    assert case.records[name].ne("").any()


def test_texts_arrive_as_they_are(folder: Path) -> None:
    odd = ['a "quoted" word', "two\nlines", "line\u2028separator", "next\x85line", "I <3 it, 5 > 4", "-- fine --", "- (see below)", "NA", "😀"]
    rows = pd.DataFrame([[f"O{n}", "2026-05-01", text, "happy", "online", "dev"] for n, text in enumerate(odd)])
    with (folder / "messages.csv").open("a", encoding="utf-8", newline="") as file:
        rows.to_csv(file, header=False, index=False)
    assert list(load_case(folder).messages["text"])[-len(odd) :] == odd


def test_file_of_a_spreadsheet_program(folder: Path) -> None:
    """It begins with a byte order mark and ends its lines like Windows."""
    text = (folder / "messages.csv").read_text(encoding="utf-8")
    (folder / "messages.csv").write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    pd.testing.assert_frame_equal(load_case(folder).messages, load_case(TINY).messages)


def test_a_case_is_read_once_and_again_when_a_file_of_it_changes(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read, really = [], cases.read_table
    monkeypatch.setattr(cases, "read_table", lambda path, *given, **named: read.append(path.name) or really(path, *given, **named))
    first = load_case(folder)
    assert load_case(folder).messages.equals(first.messages) and read == ["messages.csv"]
    for name, old, new in [("messages.csv", "large-print", "LARGE-print"), ("case.toml", f'"{first.title}"', '"Another"')]:
        file = folder / name
        before, text = file.stat(), file.read_text(encoding="utf-8")
        assert old in text
        file.write_text(text.replace(old, new), encoding="utf-8")
        os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))  # a copy, or a quick hand, keeps the time
    again = load_case(folder)
    assert again.title == "Another" and again.messages["text"].str.contains("LARGE-print").any()


def test_what_somebody_does_to_a_case_is_not_in_the_next_one(folder: Path) -> None:
    first, whole = load_case(folder), load_case(folder).messages.copy()
    first.messages.loc[0, "text"] = "changed"
    first.messages["new"] = 1
    first.labels[first.label].append("changed")
    first.fields["changed"] = {}
    next(iter(first.fields.values()))["about"] = "changed"
    first.meanings["changed"] = {}
    again = load_case(folder)
    assert again.messages.equals(whole) and "changed" not in str((again.labels, again.fields, again.meanings))


def test_a_case_that_was_refused_is_refused_again(folder: Path) -> None:
    file = folder / "messages.csv"
    file.write_text(file.read_text(encoding="utf-8").split("\n")[0], encoding="utf-8")
    for _ in range(2):
        with pytest.raises(CaseError, match="there are no messages"):
            load_case(folder)


def test_case_chosen_by_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIDEBYSIDE_CASE", str(TINY))
    assert load_case().folder == TINY


# --- the course's own case ------------------------------------------------------------------------------------------

FEEDBACK = HOME / "cases" / "feedback"
PERSONAL = re.compile(
    r"[\w.+-]+@[\w-]+\.\w+"  # e-mail
    r"|(?<!\w)(?:\+\d{2}|0)(?:[\s().-]?\d){8,11}(?!\d)"  # phone
    r"|\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{2,4}){3,7}\b"  # IBAN
)


@pytest.fixture(scope="module")
def case() -> Case:
    return load_case(FEEDBACK)


def test_columns_and_their_values(case: Case) -> None:
    messages = case.messages
    promised = "id date channel text sentiment topic needs_reply customer_name learner_english second_sentiment split"
    assert set(promised.split()) <= set(messages.columns)
    assert case.labels["sentiment"] == ["negative", "positive"]
    assert case.labels["topic"] == ["delivery", "product", "billing", "website", "service"]
    assert set(messages["channel"]) == {"review", "email", "chat", "survey", "phone note"}
    assert set(messages["needs_reply"]) == set(messages["learner_english"]) == {"yes", "no"}
    assert (messages["customer_name"].str.len() > 2).all()


def test_size_of_the_splits(case: Case) -> None:
    sizes = case.messages["split"].value_counts()
    assert len(case.messages) >= 1500
    assert sizes["train"] >= 1000
    assert sizes["dev"] == 100
    assert sizes["test"] >= 300
    assert sizes["later"] >= 150


def test_eighteen_months_of_which_the_last_three_come_later(case: Case) -> None:
    dates = pd.to_datetime(case.messages["date"], format="%Y-%m-%d")
    months = dates.dt.to_period("M")
    assert months.nunique() == 18 == (months.max() - months.min()).n + 1
    late = months > months.max() - 3
    assert ((case.messages["split"] == "later") == late).all()


def test_length_of_the_messages(case: Case) -> None:
    lengths = case.messages["text"].str.split().str.len()
    assert lengths.between(3, 120).all()
    assert 14 <= lengths.median() <= 22


def repeats(texts: list[str]) -> list[str]:
    """Return the texts that are nearly the same as an earlier one: a token_set_ratio of 90 or more.

    Two bounds spare most pairs the slow comparison. It takes one text most of whose letters stand in words that both
    share (then its other words count for little), or two texts with nearly the same letters.
    """
    vectorizer = CountVectorizer(binary=True, lowercase=False, token_pattern=r"\S+")
    has_word = vectorizer.fit_transform(texts)
    shared = (has_word.multiply([len(word) for word in vectorizer.get_feature_names_out()]) @ has_word.T).toarray()
    others = shared.diagonal()[:, None] - shared
    plain = [" ".join(sorted(set(text.split()))) for text in texts]
    letters = CountVectorizer(analyzer="char", lowercase=False, max_features=40).fit_transform(plain).toarray()
    lengths = np.array([len(text) for text in plain])
    possible = (np.minimum(others, others.T) <= 0.45 * shared) | (cdist(letters, letters, "cityblock") <= 0.1 * (lengths[:, None] + lengths))
    pairs = np.argwhere(np.triu(possible, 1))
    return [texts[j] for j in sorted({j for i, j in pairs if fuzz.token_set_ratio(texts[i], texts[j], score_cutoff=90)})]


def test_hardly_any_message_repeats_an_earlier_one(case: Case) -> None:
    texts = list(case.messages["text"].str.lower())
    found = repeats(texts)
    assert len(found) < 0.005 * len(texts), found


def test_the_gate_sees_each_repetition() -> None:
    texts = ["the lift is broken", "a fine day", "broken, the lift is", "the lift is broken", "a fine day and warm", "warm soup", "warm soups"]
    assert repeats(texts) == [texts[i] for i in (2, 3, 4, 6)]


def test_no_phrase_of_five_words_is_common(case: Case) -> None:
    phrases: Counter[tuple[str, ...]] = Counter()
    for text in case.messages["text"]:
        words = re.findall(r"\w+", text.lower())
        phrases.update({tuple(words[i : i + 5]) for i in range(len(words) - 4)})
    phrase, times = phrases.most_common(1)[0]
    assert times <= 0.005 * len(case.messages), phrase


def test_two_labellings_agree_like_people(case: Case) -> None:
    assert 0.75 <= cohen_kappa_score(case.messages["sentiment"], case.messages["second_sentiment"]) <= 0.97


def test_a_plain_model_finds_it_neither_easy_nor_hopeless(case: Case) -> None:
    train, test = case.split("train"), case.split("test")
    model = make_pipeline(TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True), LogisticRegression(max_iter=1000))
    assert 0.80 <= model.fit(train["text"], train["sentiment"]).score(test["text"], test["sentiment"]) <= 0.93


def test_personal_data_as_in_real_mail(case: Case) -> None:
    assert case.messages["text"].str.contains(PERSONAL).mean() >= 0.08


def test_records_of_two_splits(case: Case) -> None:
    assert case.records["split"].value_counts().to_dict() == {"test": 100, "dev": 40}
    assert list(case.fields) == ["order_number", "product", "problem", "wish"]


@pytest.mark.parametrize("field", ["order_number", "product", "problem", "wish"])
def test_two_readers_found_the_same(field: str, case: Case) -> None:
    """Every value that is allowed occurs, so that none is judged on no example; two readings agree in nine of ten, beyond chance too."""
    first, second = case.records[field], case.records[f"second_{field}"]
    assert (first == second).mean() >= 0.9
    if values := case.fields[field].get("values"):
        assert set(first) == set(values) >= set(second)
        assert cohen_kappa_score(first, second) >= 0.9


def test_documents(case: Case) -> None:
    assert 10 <= len(case.documents) <= 14
    assert all(120 <= len(text.split()) <= 300 for text in case.documents.values())


def test_facts_stand_in_their_documents(case: Case) -> None:
    answerable = case.facts[case.facts["sentence"] != ""]
    assert len(answerable) >= 60
    assert len(case.facts) - len(answerable) >= 25
    assert case.facts["question"].is_unique
    for fact in answerable.itertuples():
        assert fact.sentence in case.documents[fact.document], fact.id
    assert (case.facts[case.facts["sentence"] == ""][["document", "answer"]] == "").all(axis=None)


@pytest.fixture(params=["feedback", "tiny"])
def answers(request: pytest.FixtureRequest, case: Case) -> pd.DataFrame:
    return (case if request.param == "feedback" else load_case(TINY)).answers


def test_answers_are_right_and_wrong_in_each_style(answers: pd.DataFrame) -> None:
    """So that neither length nor likeness to the policy gives the verdict away: a test of scores must not be won by style."""
    counts = answers.groupby(["fact", "style", "right"]).size()
    assert (counts == 1).all()
    assert len(counts) == len(answers) == answers["fact"].nunique() * 3 * 2
    assert answers["answer"].str.lower().is_unique
    assert (answers[["sentence", "target"]] != "").all(axis=None)
    assert cohen_kappa_score(answers["right"], answers["second_right"]) >= 0.9


def test_an_answer_alone_hardly_tells_whether_it_is_right(case: Case) -> None:
    """A word-counting model that never sees the policy must stay near chance."""
    model = make_pipeline(TfidfVectorizer(sublinear_tf=True), LogisticRegression(max_iter=1000))
    folds = GroupKFold(5).split(case.answers, groups=case.answers["fact"])
    said = cross_val_predict(model, case.answers["answer"], case.answers["right"], cv=list(folds), method="predict_proba")[:, 1]
    assert len(case.answers) == 240
    assert 0.4 <= roc_auc_score(case.answers["right"] == "yes", said) <= 0.6


def test_entities(case: Case) -> None:
    real = case.entities["real"] == "yes"
    assert set(case.entities["real"]) == {"yes", "no"}
    assert real.sum() >= 60
    assert (~real).sum() >= 60
    assert not case.entities.duplicated(["kind", "name"]).any()
    assert (case.entities[real][["answer", "source"]] != "").all(axis=None)
    assert (case.entities[~real]["answer"] == "").all()
    assert (case.entities["checked_against"] != "").all()


def test_the_country_that_a_lesson_calls_invented_is_a_checked_one(case: Case) -> None:
    source = load(notebook("notebooks/meet_the_model"))
    asked = next(re.findall(r'run\(capital_of, \["([^"]+)"', cell.source) for cell in source.cells if cell.source.startswith("(unknown,) = "))
    assert len(asked) == 1
    assert set(asked) <= set(case.entities.query("kind == 'country' and real == 'no'")["name"])


def test_orders_come_from_their_script(case: Case, tmp_path: Path) -> None:
    assert len(case.orders) == 5000
    assert set(case.orders["late"]) == {"yes", "no"}
    subprocess.run([sys.executable, FEEDBACK / "simulate_orders.py", tmp_path / "orders.csv"], check=True, capture_output=True)
    assert (tmp_path / "orders.csv").read_bytes() == (FEEDBACK / "orders.csv").read_bytes()
