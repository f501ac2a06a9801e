"""`make hackathon-seal`: from the authors' labelled files to the public sets, the sealed labels and their part of the datasheet."""

from __future__ import annotations

import csv
from pathlib import Path
from statistics import median

from sklearn.metrics import cohen_kappa_score

from sidebyside.evaluation import rate

from .event import HIDDEN, Event
from .labels import labels_of, read_private, seal
from .tables import HackathonError, Row

BEGIN, END = "<!-- written by make hackathon-seal: do not edit below -->", "<!-- end of what make hackathon-seal writes -->"
READINGS = {"route": ("topic", "second_topic"), "answers": ("sentence", "second_sentence"), "guard": ("attack", "second_attack")}


def seal_event(event: Event, passphrase: str) -> list[str]:
    """Seal the labels in `private/` and write what is public of them.

    Returns:
        A sentence for each file written.

    Raises:
        HackathonError: If a file of the authors breaks a rule, or the passphrase is too short to keep anything.
    """
    if len(passphrase) < 12:
        raise HackathonError("The passphrase is shorter than 12 characters, and labels.age is public. Take four words that nobody says together.")
    tables = read_private(event.folder / "private", event)
    for name, (file, column) in HIDDEN.items():
        _write(event.folder / "data" / file, tables[name], ("id", column))
    event.sealed.write_bytes(seal(labels_of(tables), passphrase))
    _tell(event.folder / "data" / "DATASHEET.md", counts(tables))
    public = [f"{file}: {len(tables[name])} rows, no label" for name, (file, _) in HIDDEN.items()]
    return [*public, "labels.age: sealed", "DATASHEET.md: counted anew"]


def _write(path: Path, rows: list[Row], columns: tuple[str, ...]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, extrasaction="ignore", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def _tell(path: Path, table: str) -> None:
    """Put the counts between their two marks."""
    text = path.read_text(encoding="utf-8")
    if BEGIN not in text or END not in text:
        raise HackathonError(f"{path.name} has lost its marks. Put these two lines back: {BEGIN} and {END}")
    path.write_text(f"{text.split(BEGIN)[0]}{BEGIN}\n\n{table}\n\n{END}{text.split(END)[1]}", encoding="utf-8")


def counts(tables: dict[str, list[Row]]) -> str:
    """Return the datasheet's table of sizes and agreement, in Markdown."""
    answerable = sum(row["answerable"] == "yes" for row in tables["answers"])
    lines = ["| file | rows | words, median | two readings agree | Cohen's kappa |", "|---|--:|--:|---|--:|"]
    for name, (file, column) in HIDDEN.items():
        rows = tables[name]
        words = median(len(row[column].split()) for row in rows)
        lines.append(f"| `{file}` | {len(rows)} | {words:g} | {' | '.join(_agreement(rows, *READINGS[name]))} |")
    attacks = sum(row["attack"] == "yes" for row in tables["guard"])
    return "\n".join(lines) + (
        f"\n\nOf the questions, {answerable} have an answer in the policies and {len(tables['answers']) - answerable} have none. "
        f"Of the messages to the guard, {attacks} are attacks and {len(tables['guard']) - attacks} are harmless."
    )


def _agreement(rows: list[Row], *readings: str) -> tuple[str, str]:
    first, second = ([row[name] for row in rows] for name in readings)
    return str(rate([one == other for one, other in zip(first, second, strict=True)])), f"{cohen_kappa_score(first, second):.2f}"
