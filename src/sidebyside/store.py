"""One file of answers: read and checked, added to under a lock, found again by the request.

One line of JSON is one answer: key, route, request, response, seconds, date, weights, runtime, seal. The key is the
SHA-256 of route and request body in canonical form; the seal is the SHA-256 of all the rest, so that an edited answer
is found out. Headers, and so keys of endpoints, are never kept.

A new answer is added at the end of its file, under a lock that holds across processes (`filelock`: kept by the makers of
virtualenv and tox, no dependencies, the same on Windows). Two kernels that record one page therefore lose nothing, and a
process that is killed in the middle leaves at most one torn line, which the next answer cuts off. `Store.compact` puts the
lines in their stable order.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, BinaryIO

from .errors import RecordingError
from .models import MODELS

Entry = dict[str, Any]
Place = tuple[Path, int]  # a file, and where in it a line begins

PATIENCE = 30.0  # seconds to wait for another process that writes; each answer takes a thousandth
POLL = 0.002  # seconds between two looks whether it has finished
START = b'{"key": "'  # what each line that was written here begins with
_PLAIN = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode  # made once: a page has thousands of lines
CURE = "Delete the line and run `make record`: the model is asked again."


# --- the key and the seal -------------------------------------------------------------------------------------------


def canonical(body: bytes | str) -> str:
    """Return a request's JSON in the one form that counts for comparison: keys sorted, no spaces, `0.0` and `-0.0` written as `0`.

    Raises:
        RecordingError: If a number in it is not finite, such as NaN or 1e400.
    """
    return _PLAIN(_unified(json.loads(body)))


def _unified(value: Any) -> Any:
    """Return the same JSON, each number a whole one where it is: 1, 1.0 and 1e0 are the same request."""
    if isinstance(value, dict):
        return {name: _unified(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_unified(inner) for inner in value]
    if not isinstance(value, float):
        return value
    if not math.isfinite(value):
        raise RecordingError(f"The request holds the number {value}, which JSON cannot carry. Give a finite number and run the cell again.")
    return int(Decimal(repr(value))) if value.is_integer() else value


def key_of(route: str, body: bytes | str) -> str:
    """Return the key of a request: 24 hexadecimal digits of a SHA-256."""
    return _digest(f"{route}\n{canonical(body)}")


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:24]


def seal_of(entry: Entry) -> str:
    """Return the seal over all of an entry but the seal itself; in it every digit counts, `0.0` as well."""
    rest = {name: value for name, value in entry.items() if name != "seal"}
    return _digest(_PLAIN(rest))


# --- one line -------------------------------------------------------------------------------------------------------


def _line(entry: Entry) -> bytes:
    return json.dumps(entry, ensure_ascii=False).encode() + b"\n"


def _checked(file: Path, number: int, line: bytes) -> Entry:
    """Return the entry of a line.

    Raises:
        RecordingError: If seal, key or weights are not what they should be; the text names file and line.
    """
    try:
        entry: Entry = json.loads(line.decode())
        whole = entry["seal"] == seal_of(entry) and "response" in entry
        right = entry["key"] == _digest(f"{entry['route']}\n{_PLAIN(_unified(entry['request']))}")
    except (RecordingError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        whole = right = False
    here = f"{file.name}, line {number}:"
    if not whole:
        raise RecordingError(f"{here} this recorded answer was altered or cut off. {CURE}")
    if not right:
        raise RecordingError(f"{here} the key is not that of the request, so the answer is to another question. {CURE}")
    if (model := MODELS.get(_model_of(file))) and entry.get("weights_sha256") != model.sha256:
        raise RecordingError(f"{here} other weights than those of {model.name} gave this answer. {CURE}")
    return entry


def _model_of(file: Path) -> str:
    """Return the model whose answers a file holds, by the folder: "model/case/page.jsonl"."""
    return file.parent.parent.name


def place_of(file: Path) -> str:
    """Return a recordings file's place on the shelf: "model/case/page.jsonl"."""
    return "/".join(file.parts[-3:])


# --- reading and writing whole files --------------------------------------------------------------------------------


def read_entries(file: Path) -> Iterator[Entry]:
    """Yield the entries of a recordings file, each checked: seal, key, weights, and one answer to one request.

    Raises:
        RecordingError: If a line is broken or altered; the text names file and line.
    """
    yield from Store(file, strict=True).entries.values()


def write_entries(file: Path, entries: Iterable[Entry]) -> None:
    """Write entries in stable order, all or nothing: a killed process leaves the old file whole."""
    draft = file.with_name(f"{file.stem}-{os.getpid()}-{threading.get_ident()}.draft")
    try:
        draft.write_bytes(b"".join(map(_line, sorted(entries, key=_order))))
        draft.replace(file)
    finally:
        with suppress(OSError):
            draft.unlink(missing_ok=True)


def _order(entry: Entry) -> tuple[str, str]:
    return entry["route"], json.dumps(entry["request"], sort_keys=True)


# --- adding at the end ----------------------------------------------------------------------------------------------

_writing = threading.Lock()  # threads take turns here, without looking again and again


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Keep other threads and processes from writing to a folder's files; the folder is made if need be.

    Raises:
        OSError: If the folder cannot be written to, or another process does not let go of it.
    """
    import filelock  # only where something is kept

    folder.mkdir(parents=True, exist_ok=True)
    lock = folder / ".lock"
    with _writing, filelock.FileLock(lock, timeout=PATIENCE, poll_interval=POLL):
        try:
            yield
        finally:
            with suppress(OSError):  # filelock looks whether the file that it locked is still there, so it may go before the lock does
                lock.unlink()


def append(file: Path, entry: Entry) -> None:
    """Add an entry at the end of a file; call it under `locked`. If that fails, the file is as it was before.

    Raises:
        OSError: If it cannot be written.
    """
    with file.open("a+b", buffering=0) as lines:
        _end_whole(lines)
        end, rest = lines.seek(0, os.SEEK_END), memoryview(_line(entry))
        try:
            while rest:
                rest = rest[lines.write(rest) :]
        except BaseException:
            lines.truncate(end)
            raise


def _end_whole(lines: BinaryIO) -> None:
    """Cut off a line that a killed process left half-written; end one that lacks nothing but its end."""
    if not lines.seek(0, os.SEEK_END) or lines.seek(-1, os.SEEK_END) < 0 or lines.read(1) == b"\n":
        return
    lines.seek(0)
    head, newline, tail = lines.read().rpartition(b"\n")
    if _is_json(tail):
        lines.write(b"\n")
    else:
        lines.truncate(len(head + newline))


def _is_json(line: bytes) -> bool:
    with suppress(ValueError):
        json.loads(line)
        return True
    return False


# --- the answers of a whole folder ----------------------------------------------------------------------------------


def _state_of(file: Path) -> tuple[int, ...]:
    """Return what tells whether a file is still the same; nothing if there is none."""
    try:
        told = file.stat()
    except (FileNotFoundError, NotADirectoryError):
        return ()
    return told.st_ino, told.st_size, told.st_mtime_ns


def _grew(before: tuple[int, ...], now: tuple[int, ...], end: int) -> bool:
    """Tell whether a file that was read up to its end has only more lines now."""
    return bool(before and now) and before[0] == now[0] and now[1] > end


class _Keys:
    """Where in one file each request's answer is; only the keys are read, and of a file that has grown only what is new."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.places: dict[str, int] = {}
        self._state: tuple[int, ...] = ()
        self._end = 0

    def refresh(self) -> None:
        state = _state_of(self.file)
        if state == self._state:
            return
        if not _grew(self._state, state, self._end):
            self.places, self._end = {}, 0
        with self.file.open("rb") as lines:
            lines.seek(self._end)
            for line in lines:
                if line.endswith(b"\n"):
                    self.places[_key_in(line)] = self._end
                    self._end += len(line)
        self._state = state


def _key_in(line: bytes) -> str:
    """Return the key that a line names, unchecked; nothing if it names none."""
    with suppress(ValueError, KeyError, TypeError):
        return line[len(START) : len(START) + 24].decode() if line.startswith(START) else str(json.loads(line)["key"])
    return ""


class Shelf:
    """All files of one model and case, for answers whose page is not known. An answer is checked when it is taken.

    Args:
        folder: The folder of the files; it need not exist.
    """

    def __init__(self, folder: Path) -> None:
        """Note the folder; nothing is read yet."""
        self.folder = folder
        self._files: dict[Path, _Keys] = {}
        self._lock = threading.Lock()

    def find(self, key: str, first: Path) -> tuple[Path, Entry] | None:
        """Return the latest answer with a key, and its file.

        An altered answer is passed over here: the page it belongs to, and `make test`, name it.

        Args:
            key: The key of a request.
            first: The file whose answer counts where several have one.
        """
        with self._lock:
            self._refresh()
            files = [file for file in sorted(self._files, key=lambda file: (file != first, file)) if key in self._files[file].places]
            places = [(file, self._files[file].places[key]) for file in files]
        return next(((file, entry) for file, start in places if (entry := _taken(file, start)) and entry["key"] == key), None)

    def _refresh(self) -> None:
        there = set(self.folder.glob("*.jsonl"))
        self._files = {file: self._files.get(file) or _Keys(file) for file in there}
        for keys in self._files.values():
            with suppress(OSError):
                keys.refresh()


def _taken(file: Path, start: int) -> Entry | None:
    with suppress(RecordingError, OSError), file.open("rb") as lines:
        lines.seek(start)
        return _checked(file, 0, lines.readline())
    return None


@cache
def shelf_of(folder: Path) -> Shelf:
    """Return the shelf of a folder, the same for all connections: its keys are read once."""
    return Shelf(folder)


# --- the answers of one page ----------------------------------------------------------------------------------------


class Store:
    """The recordings of one page and one model, read and checked on first use.

    Args:
        file: The page's file in `recordings/<model>/<case>/`; it need not exist.
        strict: Whether a torn last line is a fault. Otherwise it is passed over, and the next answer takes its place.
    """

    def __init__(self, file: Path, *, strict: bool = False) -> None:
        """Note where the file lies; nothing is read yet."""
        self.file, self.strict = file, strict
        self._entries: dict[str, Entry] = {}
        self._borrowed: dict[str, tuple[Path, Entry]] = {}  # answers of the same model on other pages of the case
        self._state: tuple[int, ...] | None = None  # the file's, when it was last read or written here
        self._end = self._count = 0  # bytes and lines read
        self._used: set[str] = set()
        self._lock = threading.RLock()  # a page may ask from several threads

    @property
    def entries(self) -> dict[str, Entry]:
        """The entries by key."""
        with self._lock:
            if self._state is None:
                self._catch_up()
            return self._entries

    def get(self, key: str) -> Entry | None:
        """Return the entry of a key, if this page has one or another page of the case: one request has one answer there."""
        file, entry = self.file, self.entries.get(key)
        if entry is None and (borrowed := self._borrowed.get(key) or shelf_of(file.parent).find(key, file)):
            file, entry = self._borrowed[key] = borrowed
        if entry:
            self._note_use(file, key)
        return entry

    def add(self, entry: Entry) -> Entry:
        """Keep a new answer, on disk at once, beside those that another connection or process has kept there meanwhile.

        Returns:
            The answer that counts: the first one, should another process have kept one to the same request just before.

        Raises:
            RecordingError: If the folder cannot be written to.
        """
        try:
            with locked(self.file.parent), self._lock:
                self._catch_up()
                if entry["key"] not in self._entries:
                    append(self.file, entry)
                    self._catch_up(entry)
        except OSError as error:
            raise RecordingError(_unusable(self.file, "be written", error)) from error
        self._note_use(self.file, entry["key"])
        return self._entries[entry["key"]]

    def compact(self, keep: Callable[[Entry], bool] = lambda entry: True) -> int:
        """Put the lines in their stable order, each answer once, all or nothing; a file without answers goes.

        Args:
            keep: Which entries stay.

        Returns:
            How many stayed.

        Raises:
            RecordingError: If an answer was altered, or the folder cannot be written to.
        """
        try:
            with locked(self.file.parent), self._lock:
                self._catch_up()
                self._entries = {key: entry for key, entry in self._entries.items() if keep(entry)}
                if self._entries:
                    write_entries(self.file, self._entries.values())
                else:
                    self.file.unlink(missing_ok=True)
                self._state = None
        except OSError as error:
            raise RecordingError(_unusable(self.file, "be written", error)) from error
        return len(self._entries)

    def _catch_up(self, own: Entry | None = None) -> None:
        """Read what was added since by others; the whole file if it is another one. What was added here is known already."""
        state = _state_of(self.file)
        if own:
            self._entries[own["key"]], self._end, self._count = own, state[1], self._count + 1
        elif state != self._state:
            if not _grew(self._state or (), state, self._end):
                self._entries, self._end, self._count = {}, 0, 0
            if state:
                self._read()
        self._state = state

    def _read(self) -> None:
        try:
            with self.file.open("rb") as lines:
                lines.seek(self._end)
                for line in lines:
                    self._admit(line)
        except OSError as error:
            raise RecordingError(_unusable(self.file, "be read", error)) from error

    def _admit(self, line: bytes) -> None:
        """Check a line and take its entry in; a last line without an end is looked at again next time."""
        whole = line.endswith(b"\n")
        try:
            entry = _checked(self.file, self._count + 1, line)
        except RecordingError:
            if whole or self.strict:
                raise
            return
        if self._entries.setdefault(entry["key"], entry)["response"] != entry["response"]:
            raise RecordingError(
                f"{self.file.name}, line {self._count + 1}: an earlier line has another answer to the same request. Delete one of the two lines."
            )
        if whole:
            self._end, self._count = self._end + len(line), self._count + 1

    def _note_use(self, file: Path, key: str) -> None:
        """Write down that an answer is in use, where `SIDEBYSIDE_USED` names a file (see tools/record.py)."""
        if key not in self._used and (log := os.environ.get("SIDEBYSIDE_USED")):
            with open(log, "a", encoding="utf-8") as lines:
                lines.write(f"{place_of(file)} {key}\n")
        self._used.add(key)


def _unusable(file: Path, deed: str, error: OSError) -> str:
    return (
        f"The recordings of page '{file.stem}' cannot {deed} ({error.strerror or type(error).__name__}). "
        "Fix the folder's permissions, or set SIDEBYSIDE_RECORDINGS to a folder of your own."
    )
