"""Record a model's answers once and replay them ever after, as an HTTP transport under the genuine openai client.

Two kept libraries that know `httpx2` were tried first. `vcrpy` 9.4 replays about 40 answers a second from a cassette
of 400, a fiftieth of what the client takes, since each look-up compares all requests in turn; it keeps neither the
seconds an answer took nor the file that gave it. `hishel` 2.0 keeps its cache in a SQLite file, which nobody can
review as a diff. Hence this transport.

One line of JSON is one answer: key, route, request, response, seconds, date, weights, runtime, seal. The key is the
SHA-256 of route and request body in canonical form; the seal is the SHA-256 of all the rest, so that an edited answer
is found out. Headers, and so keys, are never kept.
"""

from __future__ import annotations

import datetime
import hashlib
import json
import os
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import httpx2

from .answers import whole_answer
from .errors import RecordingError

Entry = dict[str, Any]


@dataclass(frozen=True)
class Call:
    """What one answer took.

    Attributes:
        id: The response's own id.
        source: "recorded" or "live".
        seconds: From request to whole answer; for a recorded answer, those of the recording.
        day: When the model gave the answer, as YYYY-MM-DD.
        input_tokens: Tokens of the request.
        output_tokens: Tokens of the answer.
    """

    id: str
    source: str
    seconds: float
    day: str
    input_tokens: int
    output_tokens: int


def canonical(body: bytes | str) -> str:
    """Return a request's JSON in the one form that counts for comparison: keys sorted, no spaces."""
    return json.dumps(json.loads(body), sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def key_of(route: str, body: bytes | str) -> str:
    """Return the key of a request: 24 hexadecimal digits of a SHA-256."""
    return hashlib.sha256(f"{route}\n{canonical(body)}".encode()).hexdigest()[:24]


def seal_of(entry: Entry) -> str:
    """Return the seal over all of an entry but the seal itself."""
    rest = {name: value for name, value in entry.items() if name != "seal"}
    return hashlib.sha256(canonical(json.dumps(rest)).encode()).hexdigest()[:24]


def read_entries(file: Path) -> Iterator[Entry]:
    """Yield the entries of a recordings file and check each seal.

    Raises:
        RecordingError: If a line is broken or altered; the text names file and line.
    """
    with file.open(encoding="utf-8", errors="replace") as lines:
        for number, line in enumerate(lines, 1):
            try:
                entry = json.loads(line)
                whole = entry["seal"] == seal_of(entry)
            except (ValueError, KeyError, TypeError):
                whole = False
            if not whole:
                raise RecordingError(
                    f"{file.name}, line {number}: this recorded answer was altered or cut off. "
                    "Delete the line and run `make record`: the model is asked again."
                )
            yield entry


def write_entries(file: Path, entries: Iterable[Entry]) -> None:
    """Write entries in stable order, all or nothing: a killed process leaves the old file whole."""
    draft = file.with_suffix(".draft")
    draft.write_text("".join(line for _, line in sorted(map(_placed, entries))), encoding="utf-8")
    draft.replace(file)


_lines: dict[str, tuple[tuple[str, str], str]] = {}
_writing = threading.Lock()  # two connections to one page write the same file


def _placed(entry: Entry) -> tuple[tuple[str, str], str]:
    """Return an entry's place and its line; made once for each seal, since every new answer writes the whole file anew."""
    if entry["seal"] not in _lines:
        place = (entry["route"], json.dumps(entry["request"], sort_keys=True))
        _lines[entry["seal"]] = (place, json.dumps(entry, ensure_ascii=False) + "\n")
    return _lines[entry["seal"]]


def _state_of(file: Path) -> tuple[int, ...]:
    """Return what tells whether a file is still the same; nothing if there is none."""
    try:
        told = file.stat()
    except (FileNotFoundError, NotADirectoryError):
        return ()
    return told.st_ino, told.st_size, told.st_mtime_ns


def place_of(file: Path) -> str:
    """Return a recordings file's place on the shelf: "model/case/page.jsonl"."""
    return "/".join(file.parts[-3:])


class Store:
    """The recordings of one page and one model, read on first use.

    Args:
        file: The page's file in `recordings/<model>/<case>/`; it need not exist.
    """

    def __init__(self, file: Path) -> None:
        """Note where the file lies; nothing is read yet."""
        self.file = file
        self._entries: dict[str, Entry] | None = None
        self._state: tuple[int, ...] = ()  # the file's, when it was last read or written here
        self._used: set[str] = set()
        self._lock = threading.RLock()  # a page may ask from several threads

    @property
    def entries(self) -> dict[str, Entry]:
        """The entries by key."""
        with self._lock:
            if self._entries is None:
                self._entries = self._read()
            return self._entries

    def _read(self) -> dict[str, Entry]:
        try:
            self._state = _state_of(self.file)
            return {entry["key"]: entry for entry in read_entries(self.file)} if self._state else {}
        except OSError as error:
            raise RecordingError(_unusable(self.file, "be read", error)) from error

    @cached_property
    def elsewhere(self) -> dict[str, tuple[Path, Entry]]:
        """What the same model answered on other pages of the case: one request has one answer there.

        An altered file is passed over here: the page it belongs to, and `make test`, name it.
        """
        found: dict[str, tuple[Path, Entry]] = {}
        for file in sorted(self.file.parent.glob("*.jsonl")):
            if file != self.file:
                with suppress(RecordingError, OSError):
                    found |= {entry["key"]: (file, entry) for entry in read_entries(file)}
        return found

    def get(self, key: str) -> Entry | None:
        """Return the entry of a key, if there is one."""
        file, entry = (self.file, self.entries[key]) if key in self.entries else self.elsewhere.get(key, (self.file, None))
        if entry:
            self._note_use(file, key)
        return entry

    def _note_use(self, file: Path, key: str) -> None:
        """Write down that an answer is in use, where `SIDEBYSIDE_USED` names a file (see tools/record.py)."""
        if key not in self._used and (log := os.environ.get("SIDEBYSIDE_USED")):
            with open(log, "a", encoding="utf-8") as lines:
                lines.write(f"{place_of(file)} {key}\n")
        self._used.add(key)

    def add(self, entry: Entry) -> None:
        """Keep a new answer, on disk at once, beside those that another connection has kept there meanwhile.

        Raises:
            RecordingError: If the folder cannot be written to.
        """
        with _writing, self._lock:
            self.entries[entry["key"]] = entry
            self._note_use(self.file, entry["key"])
            try:
                if _state_of(self.file) not in ((), self._state):
                    self._entries = self._read() | self.entries
                self.file.parent.mkdir(parents=True, exist_ok=True)
                write_entries(self.file, self.entries.values())
                self._state = _state_of(self.file)
            except OSError as error:
                raise RecordingError(_unusable(self.file, "be written", error)) from error


class RecordingTransport(httpx2.BaseTransport):
    """Answers from recordings, from the model, or from both, as the mode says.

    Args:
        mode: One of `settings.MODES`.
        store: Where the page's recordings lie.
        send: Hands a request to the model; called only when a live answer is wanted.
        provenance: Says which file and program answer; called once, when an answer is kept.
        before: Called before each live request; may raise, for example `BudgetError`.
        after: Called with what each answer took.
        form: Puts a request's fields as the model takes them (see `dialects`); what it returns is sent, and recorded.
    """

    def __init__(
        self,
        mode: str,
        store: Store,
        send: Callable[[httpx2.Request], httpx2.Response],
        provenance: Callable[[], dict[str, str]],
        before: Callable[[], None] = lambda: None,
        after: Callable[[Call], None] = lambda call: None,
        form: Callable[[dict[str, Any]], dict[str, Any]] = lambda fields: fields,
    ) -> None:
        """Keep what was given; nothing is asked yet."""
        self.mode, self.store, self.send = mode, store, send
        self.provenance, self.before, self.after, self.form = provenance, before, after, form

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Answer one request; the openai client calls this."""
        request, asked = self._formed(request)
        route, body = request.url.path.rpartition("/v1/")[2], request.read()
        if self.mode == "record":
            _require_seed(route, asked)
        entry = self.store.get(key_of(route, body)) if self.mode != "live" and asked else None
        if entry:
            self.after(_call(entry["response"], "recorded", entry["seconds"], entry["recorded"]))
            return _response(entry["response"])
        if self.mode == "replay":
            raise RecordingError(_missing(self.store.file, canonical(body) if asked else route))
        return self._ask(request, route, asked)

    def _formed(self, request: httpx2.Request) -> tuple[httpx2.Request, dict[str, Any]]:
        """Return the request as it is sent and recorded, and its fields."""
        said = fields_of(request.read())
        asked = self.form(said)
        if asked is said:
            return request, said
        headers = [(name, value) for name, value in request.headers.multi_items() if name != "content-length"]
        return httpx2.Request(request.method, request.url, headers=headers, json=asked, extensions=request.extensions), asked

    def _ask(self, request: httpx2.Request, route: str, asked: dict[str, Any]) -> httpx2.Response:
        self.before()
        start = time.perf_counter()
        response = self.send(request)
        if response.status_code != 200 or not asked or asked.get("stream"):
            return response
        answer = whole_answer(response.read(), response.headers.get("content-type", ""), asked)
        seconds = round(time.perf_counter() - start, 3)
        if self.mode == "record":
            self._keep(route, asked, answer, seconds)
        self.after(_call(answer, "live", seconds, _today()))
        return _response(answer)

    def _keep(self, route: str, request: dict[str, Any], answer: dict[str, Any], seconds: float) -> None:
        entry: Entry = {"key": key_of(route, json.dumps(request)), "route": route, "request": request, "response": answer}
        entry |= {"seconds": seconds, "recorded": _today(), **self.provenance()}
        self.store.add(entry | {"seal": seal_of(entry)})


def fields_of(body: bytes) -> dict[str, Any]:
    """Return the fields of a JSON request; none for a request of another kind, which is never recorded."""
    try:
        fields = json.loads(body)
    except ValueError:
        return {}
    return fields if isinstance(fields, dict) else {}


def _require_seed(route: str, asked: dict[str, Any]) -> None:
    """Refuse a sampled answer that could not be had again, before it is asked for; streamed ones are not recorded anyway."""
    sampled = asked and "embeddings" not in route and not asked.get("stream") and asked.get("temperature") != 0
    if sampled and asked.get("seed") is None:
        raise RecordingError("A sampled answer (temperature above 0) is only recorded with a seed. Add seed=1 to the call.")


def _response(answer: dict[str, Any]) -> httpx2.Response:
    return httpx2.Response(200, json=answer)


def _today() -> str:
    return datetime.date.today().isoformat()


def _call(answer: dict[str, Any], source: str, seconds: float, day: str) -> Call:
    usage = answer.get("usage") or {}
    tokens_in = usage.get("prompt_tokens", usage.get("input_tokens"))  # the second name is that of the Responses route
    tokens_out = usage.get("completion_tokens", usage.get("output_tokens"))
    return Call(answer.get("id", ""), source, seconds, day, tokens_in or 0, tokens_out or 0)


def _unusable(file: Path, deed: str, error: OSError) -> str:
    return (
        f"The recordings of page '{file.stem}' cannot {deed} ({error.strerror or type(error).__name__}). "
        "Mend the folder's permissions, or set SIDEBYSIDE_RECORDINGS to a folder of your own."
    )


def _missing(file: Path, request: str) -> str:
    return (
        f"No recorded answer on page '{file.stem}' for this request: {request[:160]} … "
        "Mode 'replay' takes recorded answers only. Run `make record` to ask the model, or set SIDEBYSIDE_MODE=auto."
    )
