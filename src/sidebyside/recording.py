"""Record a model's answers once and replay them ever after, as an HTTP transport under the genuine openai client.

Two kept libraries that know `httpx2` were tried first. `vcrpy` 9.4 replays about 40 answers a second from a cassette
of 400, a fiftieth of what the client takes, since each look-up compares all requests in turn; it keeps neither the
seconds an answer took nor the file that gave it. `hishel` 2.0 keeps its cache in a SQLite file, which nobody can
review as a diff. Hence this transport.

What a line of a file holds, and how files are read and written, is in `store`. What is answered live in modes `auto` and
`live` is kept too, outside of the course's recordings: see `kept`.
"""

from __future__ import annotations

import datetime
import json
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2

from .answers import whole_answer
from .endpoint.counts import told
from .endpoint.dialects import with_fields
from .errors import AnswerError, RecordingError
from .kept import Flight, Kept
from .parallel import waited
from .store import Entry, Store, canonical, key_of, seal_of

ROUTES = ("chat/completions", "completions", "embeddings", "responses")


@dataclass(frozen=True)
class Call:
    """What one answer took.

    Attributes:
        id: The response's own id.
        source: "recorded", "kept" or "live".
        seconds: From request to whole answer; for a recorded or kept answer, those of the first time.
        day: When the model gave the answer, as YYYY-MM-DD.
        input_tokens: Tokens of the request; None if the endpoint does not say.
        output_tokens: Tokens of the answer; None if the endpoint does not say.
        changed: A sentence for each thing that the endpoint was asked otherwise than the page asks (see `dialects`).
    """

    id: str
    source: str
    seconds: float
    day: str
    input_tokens: int | None
    output_tokens: int | None
    changed: tuple[str, ...] = ()


class RecordingTransport(httpx2.BaseTransport):
    """Answers from recordings, from the model, or from both, as the mode says.

    Args:
        mode: One of `settings.MODES`.
        store: Where the page's recordings lie.
        send: Hands a request to the model; called only when a live answer is wanted.
        provenance: Says which file and program answer; called once, when an answer is kept.
        after: Called with what each answer took.
        form: Puts a request's fields as the model takes them (see `dialects`); what it returns is sent, and recorded.
        kept: Where a reader's own answers are kept in modes `auto` and `live`; None keeps none.
    """

    def __init__(
        self,
        mode: str,
        store: Store,
        send: Callable[[httpx2.Request], httpx2.Response],
        provenance: Callable[[], dict[str, str]],
        after: Callable[[Call], None] = lambda call: None,
        form: Callable[[dict[str, Any]], dict[str, Any]] = lambda fields: fields,
        kept: Kept | None = None,
    ) -> None:
        """Keep what was given; nothing is asked yet."""
        self.mode, self.store, self.send = mode, store, send
        self.provenance, self.after, self.form = provenance, after, form
        self.kept = kept if mode in ("auto", "live") else None

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Answer one request; the openai client calls this."""
        request, asked = self._formed(request)
        route, body = route_of(request.url.path), request.read()
        if self.mode == "record":
            _require_seed(route, asked)
        key = key_of(route, body) if asked else ""
        source, entry = self._there(key, route, asked) if asked else ("", None)
        if entry:
            self.after(_call(entry["response"], source, entry["seconds"], entry["recorded"], entry.get("changed")))
            return _response(entry["response"])
        if self.mode == "replay":
            raise RecordingError(_missing(self.store.file, canonical(body) if asked else route))
        if not self.kept or not asked:
            return self._ask(request, route, asked)
        with self.kept.asking(key) as flight:
            return self._ask(request, route, asked, flight)

    def _there(self, key: str, route: str, asked: dict[str, Any]) -> tuple[str, Entry | None]:
        """Return the answer that is there already, and where from: recorded with the course, or kept for the reader."""
        if self.mode != "live" and (entry := self.store.get(key)):
            return "recorded", entry
        again = self.kept and _is_repeatable(route, asked) and self.kept.get(key, only_stopped=self.mode == "live")
        return "kept", again or None

    def _formed(self, request: httpx2.Request) -> tuple[httpx2.Request, dict[str, Any]]:
        """Return the request as it is sent and recorded, and its fields."""
        said = fields_of(request.read())
        asked = self.form(said)
        if asked is said:
            return request, said
        return with_fields(request, asked), asked

    def _ask(self, request: httpx2.Request, route: str, asked: dict[str, Any], flight: Flight | None = None) -> httpx2.Response:
        start, before = time.perf_counter(), waited()
        response = self.send(request)
        if response.status_code != 200 or not asked or asked.get("stream"):
            return response
        try:
            answer = whole_answer(response.read(), response.headers.get("content-type", ""), asked)
        except AnswerError as error:
            if self.kept:
                self.kept.refuse(key_of(route, json.dumps(asked)), error, again=_is_repeatable(route, asked))
            raise
        seconds = round(time.perf_counter() - start - (waited() - before), 3)
        changed = response.extensions.get("changed")
        answer = self._keep(route, asked, answer, seconds, changed)
        if not (flight and flight.is_orphan):  # it is listed once somebody uses it
            self.after(_call(answer, "live", seconds, _today(), changed))
        return _response(answer)

    def _keep(self, route: str, request: dict[str, Any], answer: dict[str, Any], seconds: float, changed: list[str] | None) -> dict[str, Any]:
        """Keep an answer where the mode says, and return the one that counts."""
        if self.mode != "record" and not self.kept:
            return answer
        entry: Entry = {"key": key_of(route, json.dumps(request)), "route": route, "request": request, "response": answer}
        entry |= {"seconds": seconds, "recorded": _today(), **self.provenance()} | ({"changed": changed} if changed else {})
        entry["seal"] = seal_of(entry)
        if self.kept:
            self.kept.add(entry, again=_is_repeatable(route, request))
            return answer
        counts: dict[str, Any] = self.store.add(entry)["response"]
        return counts


def route_of(path: str) -> str:
    """Return which route an address ends in, such as "chat/completions": not every endpoint has it below "/v1/"."""
    return next((route for route in ROUTES if path.endswith(f"/{route}")), path.rpartition("/v1/")[2])


def fields_of(body: bytes) -> dict[str, Any]:
    """Return the fields of a JSON request; none for a request of another kind, which is never recorded."""
    try:
        fields = json.loads(body)
    except ValueError:
        return {}
    return fields if isinstance(fields, dict) else {}


def _is_repeatable(route: str, asked: dict[str, Any]) -> bool:
    """Tell whether an answer may stand for the next one to the same request: not if it is sampled without a seed."""
    return "embeddings" in route or asked.get("temperature") == 0 or asked.get("seed") is not None


def _require_seed(route: str, asked: dict[str, Any]) -> None:
    """Refuse a sampled answer that could not be had again, before it is asked for; streamed ones are not recorded anyway."""
    if asked and not asked.get("stream") and not _is_repeatable(route, asked):
        raise RecordingError("A sampled answer (temperature above 0) is only recorded with a seed. Add seed=1 to the call.")


def _response(answer: dict[str, Any]) -> httpx2.Response:
    return httpx2.Response(200, json=answer)


def _today() -> str:
    return datetime.date.today().isoformat()


def _call(answer: dict[str, Any], source: str, seconds: float, day: str, changed: Iterable[str] | None) -> Call:
    return Call(answer.get("id", ""), source, seconds, day, *told(answer.get("usage")), tuple(changed or ()))


def _missing(file: Path, request: str) -> str:
    return (
        f"No recorded answer on page '{file.stem}' for this request: {request[:160]} … "
        "Mode 'replay' takes recorded answers only. Run `make record` to ask the model, or set SIDEBYSIDE_MODE=auto."
    )
