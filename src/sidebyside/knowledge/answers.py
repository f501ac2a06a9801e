"""People's answers, from the CSV files that the page writes or that somebody typed from paper.

Nothing stops the reading: what cannot be used is left out, and a sentence says which file and line, and what that means.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from ..errors import TableError
from ..tables import read_table
from .items import LETTERS, KnowledgeTest

COLUMNS = ("name", "form", "item", "option", "confidence")
FORMS = ("before", "after")


@dataclass(frozen=True)
class Answer:
    """What a person chose for an item.

    Attributes:
        option: A letter; None where nothing was chosen.
        confidence: How sure the person was, 0 to 1; None where that is not known.
    """

    option: str | None
    confidence: float | None


@dataclass(frozen=True)
class Sheet:
    """One person's answers to the test, once.

    Attributes:
        name: A code name, in small letters.
        form: "before" or "after".
        answers: By the item's name; an item that is not there was not answered.
    """

    name: str
    form: str
    answers: dict[str, Answer]


def read_sheets(paths: Iterable[Path], test: KnowledgeTest) -> tuple[list[Sheet], list[str]]:
    """Read all files.

    Args:
        paths: CSV files, each with one person or many.
        test: The items and the scale that answers must fit.

    Returns:
        The sheets that count, by name; and a sentence for each thing that does not.
    """
    faults: list[str] = []
    found: dict[tuple[str, str], list[tuple[str, dict[str, Answer]]]] = {}
    for path in paths:
        for who, answers in _read_file(path, test, faults).items():
            found.setdefault(who, []).append((path.name, answers))
    counted = {who: _only(who, copies, faults) for who, copies in sorted(found.items())}
    sheets = [Sheet(*who, answers) for who, answers in counted.items() if answers is not None]
    for sheet in sheets:
        faults += _gaps(sheet, test)
    return sheets, faults


def _only(who: tuple[str, str], copies: list[tuple[str, dict[str, Answer]]], faults: list[str]) -> dict[str, Answer] | None:
    """Return the answers of a person, or None if two files tell different ones: nobody knows whose they are."""
    files, answers = [name for name, _ in copies], copies[0][1]
    if len(copies) == 1:
        return answers
    same = all(other == answers for _, other in copies)
    end = "They hold the same answers, which count once." if same else "Their answers differ, so none counts: ask whose they are, and rename one."
    faults.append(f"{who[0]}, {who[1]}: the name stands in {' and '.join(files)}. {end}")
    return answers if same else None


def _gaps(sheet: Sheet, test: KnowledgeTest) -> list[str]:
    """Say which items a person left out."""
    missing = [item.id for item in test.items if item.id not in sheet.answers or sheet.answers[item.id].option is None]
    if not missing:
        return []
    return [f"{sheet.name}, {sheet.form}: no answer to {len(missing)} of {len(test.items)} items ({', '.join(missing)}). They count as not right."]


def _read_file(path: Path, test: KnowledgeTest, faults: list[str]) -> dict[tuple[str, str], dict[str, Answer]]:
    """Return the answers in a file, by person and form."""
    people: dict[tuple[str, str], dict[str, Answer]] = {}
    spoilt: set[tuple[str, str, str]] = set()
    for where, row in _rows(path, faults):
        who = (row["name"].casefold(), row["form"].lower())
        if fault := _unusable(row, test):
            faults.append(f"{where}: {fault} The line does not count.")
            continue
        answer, own = _answer(row, test, where, faults), people.setdefault(who, {})
        if own.setdefault(row["item"], answer) != answer and (*who, row["item"]) not in spoilt:
            spoilt.add((*who, row["item"]))
            faults.append(f"{where}: {who[0]} has two different answers to {row['item']} in this file. Neither counts.")
    for name, form, item in spoilt:
        del people[name, form][item]
    return people


def _rows(path: Path, faults: list[str]) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield each row of a file with its place; none if the file is no table of answers."""
    try:
        table = read_table(path, COLUMNS, lenient=True)
    except TableError as error:
        faults.append(f"{error} Nothing of it counts.")
        return
    for line, row in zip(table.lines, table.rows, strict=True):
        yield f"{path.name}, line {line}", row


def _unusable(row: dict[str, str], test: KnowledgeTest) -> str:
    """Say why a line cannot be used; nothing if it can."""
    if not row["name"]:
        return "there is no name."
    if row["form"].lower() not in FORMS:
        return f"the form is {row['form']!r}, not {' or '.join(FORMS)}."
    if row["item"] not in test.by_id:
        near = difflib.get_close_matches(row["item"], test.by_id, n=1)
        return f"there is no item {row['item']!r}." + (f" Is it {near[0]!r}?" if near else "")
    return ""


def _answer(row: dict[str, str], test: KnowledgeTest, where: str, faults: list[str]) -> Answer:
    """Return what a line says; a value that the test does not know counts as none."""
    option, sure = row["option"].lower(), row["confidence"].rstrip("% ")
    if option and option not in LETTERS:
        faults.append(f"{where}: the option {row['option']!r} is none of {', '.join(LETTERS)}. It counts as no answer.")
    if option not in tuple(LETTERS):
        return Answer(None, None)
    if sure not in map(str, test.scale):
        faults.append(f"{where}: the confidence {row['confidence']!r} is none of {', '.join(map(str, test.scale))}. The answer counts without it.")
        return Answer(option, None)
    return Answer(option, int(sure) / 100)
