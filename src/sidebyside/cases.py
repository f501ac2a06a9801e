"""Load and validate a case: a company's messages, labels, documents and facts in one folder.

A case is a folder with a `case.toml` (title, words for prompts, labels), `messages.csv`, and, if the company has them,
`documents/*.md`, `facts.csv`, `answers.csv`, `entities.csv`, `fields.csv` and `orders.csv`; a workbook may stand in for a CSV file, as
`tables` reads both. Nothing else in the course knows a case by name.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import pandas as pd

from .errors import CaseError, TableError
from .llm import limit_in_force
from .settings import read_settings
from .shown import leave_tables_alone
from .tables import Table, find_table, iso_dates, read_bytes, read_table, read_text

leave_tables_alone()

SPLITS = ("train", "dev", "test", "later")
COLUMNS = ("id", "date", "text", "split")
JUDGED = ("right", "second_right")  # the writer's word on an answer, and that of somebody who did not know it
MOST_ROWS = 50_000
LATEST = 4  # cases whose messages stay in memory: a page and its checks ask for theirs dozens of times


@dataclass(frozen=True)
class Case:
    """A company's data, and the words in which the pages speak of it.

    Attributes:
        folder: Where it lies.
        title: Its name, for people.
        subject: What one text is called in a prompt, such as "message".
        label: The column that the first lessons predict.
        labels: Each label column's allowed values; in `label`'s own, the one to find comes last.
        messages: One row a message.
        fields: What can be read from a message: for each field what it is about, its allowed values if it has any, and a
            regular expression if one finds it.
        notes: What somebody should know of how the messages were read, a sentence each.
        meanings: For a label column, what its values mean, a few words each; a case may leave some or all of them out.
    """

    folder: Path
    title: str
    subject: str
    label: str
    labels: dict[str, list[str]]
    messages: pd.DataFrame
    fields: dict[str, dict[str, Any]]
    notes: tuple[str, ...] = ()
    meanings: dict[str, dict[str, str]] = field(default_factory=dict)

    def split(self, name: str, *, limited: bool = False) -> pd.DataFrame:
        """Return the messages of a split.

        Args:
            name: "train", "dev", "test" or "later".
            limited: Return only the first of them, as many as `SIDEBYSIDE_LIMIT` allows, for a language model to read.

        Raises:
            CaseError: If there is no such split.
        """
        if name not in SPLITS:
            raise CaseError(f"There is no split '{name}'. Choose one of: {', '.join(SPLITS)}.")
        messages = self.messages[self.messages["split"] == name].reset_index(drop=True)
        return limit(messages) if limited else messages

    @property
    def classes(self) -> list[str]:
        """The values of the label that the first lessons predict."""
        return self.labels[self.label]

    @property
    def other_label(self) -> str:
        """The first label column besides `label` that is no second labelling: exercises use it."""
        return next((name for name in self.labels if name != self.label and not name.startswith("second_")), self.label)

    @cached_property
    def documents(self) -> dict[str, str]:
        """The policy documents by file name; empty if the case has none."""
        return {path.name: _read(path) for path in sorted((self.folder / "documents").glob("*.md"))}

    @cached_property
    def facts(self) -> pd.DataFrame:
        """Questions with the document and sentence that answers them; both empty where no document does."""
        return self._table("facts.csv")

    @cached_property
    def answers(self) -> pd.DataFrame:
        """Good and bad answers to questions of `facts`, each judged by two readers as right ("yes") or wrong ("no")."""
        table = self._table("answers.csv", ("id", "fact", "answer", *JUDGED))
        facts = self.facts.rename(columns={"id": "fact", "answer": "target"})
        _known(table["fact"], facts["fact"], "answers.csv", "question", "facts.csv")
        _allowed(table, dict.fromkeys(JUDGED, ["no", "yes"]), "answers.csv")
        return table.merge(facts[["fact", "question", "document", "sentence", "target"]], on="fact", how="left")

    @cached_property
    def entities(self) -> pd.DataFrame:
        """Real and invented things with a question each, and the answer for the real ones."""
        return self._table("entities.csv")

    @cached_property
    def records(self) -> pd.DataFrame:
        """Messages with the fields that somebody has read from them; an empty field means that the message does not tell."""
        table = self._table("fields.csv", ("id", *self.fields))
        _known(table["id"], self.messages["id"], "fields.csv", "message", "messages.csv")
        _allowed(table, {name: field["values"] for name, field in self.fields.items() if "values" in field}, "fields.csv")
        return table.merge(self.messages[["id", "text", "split"]], on="id", how="left")

    @cached_property
    def orders(self) -> pd.DataFrame:
        """Orders with numeric features and an outcome."""
        table = self._found("orders.csv")
        return _frame(table).apply(_numbers, comma=table.separator == ";")  # a spreadsheet takes ; where , begins the decimals

    def _table(self, name: str, needed: tuple[str, ...] = ()) -> pd.DataFrame:
        """Return a table of texts: as a number, 007 would become 7."""
        return _frame(self._found(name, needed))

    def _found(self, name: str, needed: tuple[str, ...] = ()) -> Table:
        path = find_table(self.folder / name)
        if path is None:
            raise CaseError(f"This page needs {name}, and the case '{self.folder.name}' has none. Add the file, or choose another case.")
        return _read_table(path, needed)

    def __repr__(self) -> str:
        """Say what the case holds."""
        sizes = self.messages["split"].value_counts()
        return f"{self.title}: " + ", ".join(f"{sizes.get(name, 0)} {name}" for name in SPLITS)


def limit(rows: pd.DataFrame, times: int = 1) -> pd.DataFrame:
    """Return the first rows, as many as `SIDEBYSIDE_LIMIT`, or in mode `live` the model's own limit, lets it be asked about.

    Args:
        rows: A table of samples.
        times: How many answers a page asks for about each; the more, the fewer rows remain, but at least four if the limit is no less.
    """
    most = limit_in_force()
    return rows.head(max(min(4, most), most // times)) if most else rows


def load_case(folder: Path | None = None) -> Case:
    """Load the case that the settings name, or the one in a folder, and check it whole.

    Raises:
        CaseError: If a rule is broken; the text names file, line and remedy.
    """
    folder = folder or read_settings().case
    written = _read(folder / "case.toml")
    card = _card(written)
    path = _messages_of(folder)
    messages, notes = _messages(path, _contents(path), written)
    labels = {name: list(values) for name, values in card["labels"].items()}
    parts = deepcopy((card.get("fields", {}), card.get("meanings", {})))  # a reader may change what the next one gets
    return Case(folder, card["title"], card["subject"], card["label"], labels, messages.copy(), parts[0], notes, parts[1])


def _known(ids: pd.Series, there: pd.Series, file: str, thing: str, home: str) -> None:
    if strangers := sorted(set(ids) - set(there)):
        raise CaseError(f"{file}: no {thing} has the id '{strangers[0]}'. Use ids of {home}.")


def _allowed(table: pd.DataFrame, values: dict[str, list[str]], file: str) -> None:
    rows: list[dict[str, str]] = table.to_dict("records")  # type: ignore[assignment]  # its columns have names of text
    for row in rows:
        for fault in _unknown(row, values, f"{file}, the line of '{row['id']}'"):
            raise CaseError(fault)


def _two_values(column: pd.Series, place: str) -> None:
    if column.nunique() < 2:
        held = "one value only" if len(column) else "nothing"
        raise CaseError(f"{place} holds {held}. A model needs examples of at least two values: label some more.")


@lru_cache(maxsize=LATEST)
def _card(written: str) -> dict[str, Any]:
    """Return what `case.toml` says, checked."""
    try:
        card = tomllib.loads(written)
    except tomllib.TOMLDecodeError as error:
        raise CaseError(f"case.toml is not valid TOML: {error}. Compare it with the one of another case.") from error
    for name in ("title", "subject", "label", "labels"):
        if name not in card:
            raise CaseError(f"case.toml lacks '{name}'. Add it; CONTRIBUTING.md lists what a case needs.")
    labels = card["labels"]
    if not isinstance(labels, dict) or not all(isinstance(values, list) and all(isinstance(v, str) for v in values) for values in labels.values()):
        raise CaseError('case.toml: [labels] must give each label column a list of texts. Write for example: urgent = ["no", "yes"].')
    if card["label"] not in card["labels"]:
        raise CaseError(f"case.toml: label is '{card['label']}', but [labels] does not list its values. Add a line for it.")
    if (count := len(labels[card["label"]])) != 2:
        raise CaseError(f"case.toml: the label '{card['label']}' has {count} values, and the lessons need exactly two. Join some, or choose another.")
    for name, asked in card.get("fields", {}).items():
        _field(name, asked)
    for name, said in card.get("meanings", {}).items():
        _meanings(name, said, card["labels"].get(name, ()))
    return card


def _meanings(name: str, said: Any, values: Collection[str]) -> None:
    """Check what a case says of the values of a label column."""
    if not isinstance(said, dict) or not all(isinstance(words, str) for words in said.values()):
        raise CaseError(f'case.toml: [meanings.{name}] must give values a few words each. Write for example: late = "it came late, or not yet".')
    if strangers := sorted(set(said) - set(values)):
        raise CaseError(f"case.toml: [meanings.{name}] names '{strangers[0]}', and [labels] does not list it under '{name}'.")


def _field(name: str, field: Any) -> None:
    """Check what a case says of a field."""
    if not isinstance(field, dict) or not isinstance(field.get("about"), str):
        raise CaseError(f"case.toml: [fields.{name}] lacks 'about'. Say in a few words what the field is.")
    if not isinstance(values := field.get("values", [""]), list) or not all(isinstance(value, str) for value in values):
        raise CaseError(f"case.toml: values of [fields.{name}] must be a list of texts, or be left out.")
    try:
        re.compile(field.get("pattern", ""))
    except (re.error, TypeError) as error:
        raise CaseError(f"case.toml: pattern of [fields.{name}] is no regular expression ({error}). Write it in single quotation marks.") from error


def _read(path: Path) -> str:
    if not path.is_file():
        raise CaseError(_missing(path))
    try:
        return read_text(path)
    except TableError as error:
        raise CaseError(str(error)) from error


def _missing(path: Path) -> str:
    return f"{path.name} is missing in the case '{path.parent.name}'. Add it; CONTRIBUTING.md lists what a case needs."


def _messages_of(folder: Path) -> Path:
    """Return the file of the messages."""
    path = find_table(folder / "messages.csv")
    if path is None:
        raise CaseError(_missing(folder / "messages.csv"))
    return path


def _contents(path: Path) -> bytes:
    try:
        return read_bytes(path)
    except TableError as error:
        raise CaseError(str(error)) from error


@lru_cache(maxsize=LATEST)
def _messages(path: Path, data: bytes, written: str) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Return the messages of a case, checked whole, and what to know of how they were read; the same contents are read once.

    Args:
        path: Where they lie.
        data: What the file holds.
        written: What `case.toml` holds.
    """
    card = _card(written)
    labels = card["labels"]
    table = _read_table(path, (*COLUMNS, *labels), texts=("text",), dates=("date",), data=data)
    _neither_none_nor_too_many(table)
    for fault in _faults(table, labels):
        raise CaseError(f"{table.file}, {fault}")
    messages, below = _frame(table), f"{table.file}, line 2 to the end"
    for name in labels:
        _two_values(messages[name], f"{below}: column '{name}'")
    for split in ("train", "dev", "test"):
        _two_values(messages[messages["split"] == split][card["label"]], f"{below}: column '{card['label']}' of the split '{split}'")
    return messages, table.notes


def _neither_none_nor_too_many(table: Table) -> None:
    if not table.rows:
        raise CaseError(f"{table.file}, line 2: there are no messages. Add at least a few dozen with their labels.")
    if len(table.rows) > MOST_ROWS:
        place = f"{table.file}, line {table.lines[MOST_ROWS]}"
        raise CaseError(f"{place}: more than {MOST_ROWS:,} messages. Take a random sample; pages stay quick then.")


def _read_table(path: Path, needed: tuple[str, ...], texts: Collection[str] = (), dates: Collection[str] = (), data: bytes | None = None) -> Table:
    """Read a table, with its dates as YYYY-MM-DD."""
    try:
        table = read_table(path, needed, texts=texts, data=data)
        for name in dates:
            for row, day in zip(table.rows, iso_dates(table, name), strict=True):
                row[name] = day
    except TableError as error:
        raise CaseError(str(error)) from error
    return table


def _frame(table: Table) -> pd.DataFrame:
    return pd.DataFrame(table.rows, columns=list(table.columns), dtype=str)


def _numbers(column: pd.Series, comma: bool) -> pd.Series:
    """Return a column as numbers if each of its values is one.

    Args:
        column: Texts.
        comma: Whether 12,5 is a number.
    """
    plain = column.str.replace(r"^(-?\d+),(\d+)$", r"\1.\2", regex=True) if comma else column
    try:
        return pd.to_numeric(plain) if plain.ne("").all() else column
    except ValueError:
        return column


def _faults(table: Table, labels: dict[str, list[str]]) -> Iterator[str]:
    """Yield each row's faults as "line N: what, remedy"."""
    seen: set[str] = set()
    for line, row in zip(table.lines, table.rows, strict=True):
        place = f"line {line}"
        if not row["text"].strip():
            yield f"{place}: the text is empty. Fill it in or delete the line."
        if row["id"] in seen:
            yield f"{place}: id '{row['id']}' is there twice. Give each message its own."
        seen.add(row["id"])
        yield from _unknown(row, {"split": list(SPLITS), **labels}, place)


def _unknown(row: dict[str, str], allowed: dict[str, list[str]], place: str) -> Iterator[str]:
    for name, values in allowed.items():
        if row[name] not in values:
            yield f"{place}: '{row[name]}' is no value of '{name}'. Use one of: {', '.join(values)} (case.toml lists them)."
