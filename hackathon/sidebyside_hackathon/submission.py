"""Check a team's file against its challenge, and say in one sentence what is wrong with it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from difflib import SequenceMatcher, get_close_matches
from itertools import combinations
from pathlib import Path

from .challenges import BREAK, LONGEST_ATTACK, MOST_ATTACKS, Challenge
from .tables import HackathonError, Row, Table, read_bytes, read_table, some

ALIKE = 0.9  # two attacks that share this much of their letters are one


def check(path: Path | str, challenge: Challenge, ids: Sequence[str] = (), data: bytes | None = None) -> list[Row]:
    """Read a team's file and check it whole.

    Args:
        path: The file.
        challenge: What it answers to.
        ids: The ids that must be there, once each; the attacks of `BREAK` have none.
        data: What is in the file, if it has been read already.

    Returns:
        The file's rows, in order.

    Raises:
        HackathonError: If a rule is broken; the text names file, line or id, and remedy.
    """
    path = Path(path)
    table = read_table(path, challenge.columns, read_bytes(path) if data is None else data)
    rows = table.rows
    if challenge.name == BREAK.name:
        _attacks(path.name, [row["attack"] for row in rows])
    else:
        _ids(path.name, [row["id"] for row in rows], list(ids))
    for column in challenge.columns:
        if column not in challenge.may_be_empty:
            _filled(table, column)
    for column, allowed in challenge.values.items():
        _known(table, column, allowed)
    return rows


def _ids(name: str, there: list[str], expected: list[str]) -> None:
    if twice := [key for key, times in Counter(there).items() if times > 1]:
        raise HackathonError(f"{name}: there more than once: {some(twice)}. Keep one row for each id.")
    if strangers := sorted(set(there) - set(expected)):
        raise HackathonError(f"{name}: not in the hidden set: {some(strangers)}. Take the ids from its file as they are.")
    if missing := [key for key in expected if key not in set(there)]:
        raise HackathonError(f"{name}: missing, {len(missing)} of {len(expected)}: {some(missing)}. Hand in a row for every id.")


def _filled(table: Table, column: str) -> None:
    if empty := [place(row, line) for line, row in zip(table.lines, table.rows, strict=True) if not row[column]]:
        raise HackathonError(f"{table.file}: '{column}' is empty in {some(empty)}. Fill it in everywhere.")


def _known(table: Table, column: str, allowed: Sequence[str]) -> None:
    for line, row in zip(table.lines, table.rows, strict=True):
        if row[column] not in allowed and not (row[column] == "" and "" in allowed):
            near = get_close_matches(row[column].lower(), allowed, 1)
            hint = f"Did you mean '{near[0]}'?" if near else f"Use one of: {', '.join(filter(None, allowed))}."
            raise HackathonError(f"{table.file}, {place(row, line)}: '{row[column]}' is no {column}. {hint}")


def place(row: Row, line: int) -> str:
    """Say which row is meant: its id if it has one, else its line."""
    return row.get("id") or f"line {line}"


def _attacks(name: str, texts: list[str]) -> None:
    if len(texts) > MOST_ATTACKS:
        raise HackathonError(f"{name} has {len(texts)} attacks, and {MOST_ATTACKS} are allowed. Keep your best.")
    if long := [text for text in texts if len(text) > LONGEST_ATTACK]:
        raise HackathonError(f"{name}: an attack has {len(long[0])} characters, and {LONGEST_ATTACK} are allowed. Shorten it: '{long[0][:40]}…'.")
    for one, other in combinations(texts, 2):
        if SequenceMatcher(None, one.lower(), other.lower(), autojunk=False).ratio() >= ALIKE:
            raise HackathonError(f"{name}: two attacks are nearly the same: '{one[:40]}' and '{other[:40]}'. Each must be an idea of its own.")
