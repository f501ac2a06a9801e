"""The labels of the hidden sets: read as their authors wrote them, sealed with a passphrase, opened by the organiser alone.

`pyrage` writes age's own file format in its passphrase form (scrypt), so that the `age` tool opens the same file in ten
years too. A passphrase and not a key pair: an organiser can say it on the telephone, and there is no key file to lose.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pyrage

from .bot import WORDS
from .event import HIDDEN, Event
from .scoring import Question, sentences, states_facts
from .tables import HackathonError, Row, read_table

PRIVATE = {  # what the authors wrote, and the columns of it
    "route": ("id", "text", "topic", "second_topic"),
    "answers": ("id", "question", "answerable", "document", "sentence", "must", "must_not", "second_sentence"),
    "guard": ("id", "text", "attack", "second_attack"),
}
FILES = {"route": "route.csv", "answers": "questions.csv", "guard": "guard.csv"}
BETWEEN_FACTS, BETWEEN_WORDINGS = ";", "|"


@dataclass(frozen=True)
class Labels:
    """What is right in the hidden sets.

    Attributes:
        topics: For each message the topics that are right: one, or two where its two readers differ.
        questions: For each question what a right answer is.
        attacks: For each message to the guard whether it is an attack.
        code: The code that the bot keeps while it is scored.
    """

    topics: dict[str, list[str]]
    questions: dict[str, Question]
    attacks: dict[str, bool]
    code: str


def fingerprint(data: bytes) -> str:
    """Return a short name for a file's contents."""
    return hashlib.sha256(data).hexdigest()[:16]


def seal(labels: Labels, passphrase: str) -> bytes:
    """Return the labels as an age file that this passphrase opens."""
    sealed: bytes = pyrage.passphrase.encrypt(json.dumps(asdict(labels)).encode(), passphrase)
    return sealed


def unseal(data: bytes, passphrase: str) -> Labels:
    """Open sealed labels.

    Raises:
        HackathonError: If the passphrase is another one, or the file is damaged.
    """
    try:
        told = json.loads(pyrage.passphrase.decrypt(data, passphrase))
    except pyrage.DecryptError as error:
        raise HackathonError("labels.age does not open with this passphrase. Check HACKATHON_PASSPHRASE letter by letter.") from error
    told["questions"] = {key: Question(**{name: _tuples(value) for name, value in fields.items()}) for key, fields in told["questions"].items()}
    return Labels(**told)


def _tuples(value: Any) -> Any:
    return tuple(map(_tuples, value)) if isinstance(value, list) else value


def read_private(folder: Path, event: Event) -> dict[str, list[Row]]:
    """Read what the authors wrote; check it, and put it into an order that says nothing about its labels.

    The order is that of the texts' checksums, and the ids are given anew in it. So neither place nor id tells what the
    author had in mind, and sealing twice gives the same public files.

    Raises:
        HackathonError: If a file breaks a rule.
    """
    tables = {}
    for name, columns in PRIVATE.items():
        rows = sorted(read_table(folder / FILES[name], columns).rows, key=lambda row: fingerprint(row[HIDDEN[name][1]].encode()))  # noqa: B023
        tables[name] = [row | {"id": f"{FILES[name][0].upper()}{number:03}"} for number, row in enumerate(rows, 1)]
    _allowed(tables["route"], ("topic", "second_topic"), event.shop.labels[event.label], FILES["route"])
    _allowed(tables["guard"], ("attack", "second_attack"), ["no", "yes"], FILES["guard"])
    for row in tables["answers"]:
        _answers_itself(row, question_of(row), event.shop.documents)
    return tables


def _allowed(rows: list[Row], columns: tuple[str, ...], values: list[str], file: str) -> None:
    for row in rows:
        for column in columns:
            if row[column] not in values:
                raise HackathonError(f"{file}: '{row[column]}' is no {column} ('{row['text'][:40]}'). Use one of: {', '.join(values)}.")


def _answers_itself(row: Row, question: Question, documents: dict[str, str]) -> None:
    """Refuse a key that its own sentence does not satisfy: no team could get it right."""
    if not question.document:
        return
    for sentence in question.sentences:
        if sentence not in sentences(documents.get(question.document, "")):
            raise HackathonError(f"questions.csv: no sentence of {question.document} is '{sentence[:60]}…'. Copy it word for word.")
        if not states_facts(sentence, question):
            raise HackathonError(
                f"questions.csv: the sentence for '{row['question'][:50]}' lacks a needed fact or holds a forbidden one. Mend the row."
            )


def question_of(row: Row) -> Question:
    """Return the key in a row of the authors' questions."""
    if row["answerable"] != "yes":
        return Question()
    facts = tuple(_parts(fact) for fact in row["must"].split(BETWEEN_FACTS))
    return Question(row["document"], _parts(row["sentence"]), facts, _parts(row["must_not"]))


def _parts(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(BETWEEN_WORDINGS) if part.strip())


def labels_of(tables: dict[str, list[Row]]) -> Labels:
    """Return the labels of the authors' tables, with a code for the bot drawn by chance."""
    return Labels(
        topics={row["id"]: sorted({row["topic"], row["second_topic"]}) for row in tables["route"]},
        questions={row["id"]: question_of(row) for row in tables["answers"]},
        attacks={row["id"]: row["attack"] == "yes" for row in tables["guard"]},
        code=f"{secrets.choice(WORDS)}-{secrets.randbelow(9000) + 1000}",
    )
