"""`connect()`: a genuine openai client and a model's name; `ask()` for one-liners; what each answer took."""

from __future__ import annotations

import re
import threading
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
import openai
import pandas as pd

from .backends import NO_URL, Backend, backend, embedded_model
from .endpoint.address import settle_headers
from .endpoint.changes import LEFT_OUT, said_of
from .errors import AnswerError, SettingsError, Why, plain_errors
from .faults.explain import quiet
from .kept import Kept
from .lessons import voice
from .recording import Call, RecordingTransport, fields_of
from .settings import Settings, read_settings
from .shown import leave_tables_alone, shown
from .store import Store
from .tokens import Token, tokens_of

UNSAVED = "my_own_page"
RESERVED = {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in "0123456789¹²³")}  # Windows keeps these for devices

leave_tables_alone()


@dataclass(frozen=True)
class Heard:
    """What was asked and answered.

    Attributes:
        request: The request's fields, as the openai client sent them.
        texts: The texts that came back.
    """

    request: dict[str, Any]
    texts: list[str]


_deaf: ContextVar[bool] = ContextVar("deaf", default=False)


@contextmanager
def unheard() -> Iterator[None]:
    """Let what is asked here not count as asked by whoever runs the page, such as what a check asks."""
    before = _deaf.set(True)
    try:
        yield
    finally:
        _deaf.reset(before)


@dataclass(eq=False)
class Connection:
    """What one `connect()` set up.

    Attributes:
        client: The openai client.
        backend: Who answers it.
        calls: What each answer took, in order.
        heard: What was asked and answered in whole, in order.
    """

    client: openai.OpenAI = field(init=False)
    backend: Backend
    calls: list[Call] = field(default_factory=list)
    heard: list[Heard] = field(default_factory=list)
    _mine: threading.local = field(default_factory=threading.local)

    @property
    def model(self) -> str:
        """The model's name."""
        return self.backend.name

    def note(self, call: Call) -> None:
        """Add an answer to the account."""
        self.calls.append(call)
        self._mine.latest = call

    def hear(self, response: httpx2.Response) -> None:
        """Note what was asked and answered; an answer that streams is left alone."""
        request = fields_of(response.request.read())
        if _deaf.get() or response.status_code != 200 or request.get("stream"):
            return
        choices = fields_of(response.read()).get("choices") or []
        texts = [(choice.get("message") or {}).get("content") or choice.get("text") or "" for choice in choices]
        self.heard.append(Heard(request, texts))

    def call_of(self, response: str) -> Call:
        """Return what a response took, by its id; where ids are missing or not unique, this thread's latest call goes first."""
        calls = [getattr(self._mine, "latest", self.calls[-1]), *reversed(self.calls)]
        return next((call for call in calls if call.id == response), calls[0])


_open: weakref.WeakSet[Connection] = weakref.WeakSet()
_latest: list[Connection] = []


def connect(page: str = UNSAVED, *, model: str | None = None, timeout: float | None = None, max_retries: int = 2) -> tuple[openai.OpenAI, str]:
    """Connect to a model: the one that is given, else the one that the settings name, else the page's voice.

    Several connections may be open at once.

    Args:
        page: The page's name: its recordings lie in `recordings/<model>/<case>/<page>.jsonl`. A lesson's names its voice.
        model: "small", "middle", "main" or the full name of an embedded model (see `models.MODELS`), or the name of one at the
            endpoint where `SIDEBYSIDE_MODEL` names one.
        timeout: Seconds to wait for an answer. By default an endpoint has three minutes, and an embedded model as long as it is alive.
        max_retries: How often the openai client tries again after a fault.

    Returns:
        A genuine `openai.OpenAI` client, and the model's name to call it with.

    Raises:
        SettingsError: If a setting is unknown or incomplete, or the page's name is none.
    """
    settings, page = read_settings(), _page_name(page)
    plain_errors()
    connection = Connection(backend(model, settings, voice(page)))
    connection.client = _client(connection, page, settings, timeout, max_retries)
    _open.add(connection)
    _latest[:] = [connection]
    return connection.client, connection.model


def _client(connection: Connection, page: str, settings: Settings, timeout: float | None, max_retries: int) -> openai.OpenAI:
    who, file = connection.backend, Path(settings.case.name, f"{page}.jsonl")
    store = Store(settings.recordings / who.folder() / file, strict=settings.mode == "replay")
    kept = Kept(settings.kept / who.shelf() / file, who.identity) if settings.kept else None
    transport = RecordingTransport(settings.mode, store, who.send, who.provenance, connection.note, who.form, kept)
    seconds = who.timeout if timeout is None else timeout
    line = httpx2.Client(transport=transport, timeout=seconds, event_hooks={"response": [connection.hear]})
    client = openai.OpenAI(base_url=who.base_url, api_key=who.api_key, http_client=line, timeout=seconds, max_retries=max_retries)
    client.request = quiet(client.request)  # type: ignore[method-assign]
    settle_headers(client, outside=who.base_url != NO_URL)
    return client


def latest() -> Connection:
    """Return the latest connection; make one if there is none."""
    if not _latest:
        connect()
    return _latest[0]


def connections() -> list[Connection]:
    """Return the connections that are still in use."""
    return list(_open)


def at_once() -> int:
    """Return how many requests the latest connection's model may be sent at the same time; 1 if there is none."""
    return _latest[0].backend.at_once if _latest else 1


def connection_of(client: openai.OpenAI | None) -> Connection:
    """Return the connection of a client that `connect()` returned; the latest one if None.

    Raises:
        SettingsError: If the client is from elsewhere.
    """
    if client is None:
        return latest()
    for connection in _open:
        if connection.client is client:
            return connection
    raise SettingsError("This client is not one that connect() returned. Give the first of the two things that connect() returns.")


@dataclass(frozen=True)
class Answer:
    """An answer to `ask()`.

    Attributes:
        text: What the model wrote.
        model: Which model wrote it.
        call: What it took.
        tokens: Its tokens, if log-probabilities were asked for.
    """

    text: str
    model: str
    call: Call
    tokens: list[Token]

    def __str__(self) -> str:
        """Return the text alone."""
        return self.text

    def __repr__(self) -> str:
        """Return the text, and who said it."""
        return f"{self.text}\n— {self.model}"

    def _repr_html_(self) -> str:
        return f'<blockquote class="sbs-answer genai"><p>{shown(self.text)}</p><footer>{shown(self.model)}</footer></blockquote>'


def ask(prompt: str, *, client: openai.OpenAI | None = None, system: str | None = None, **sampling: Any) -> Answer:
    """Ask a model one thing. Where it tells no log-probabilities, the answer comes without tokens.

    Args:
        prompt: The user message.
        client: A client that `connect()` returned; None means the latest.
        system: The system message, if any.
        **sampling: Any option of a chat completion; `temperature=0, max_tokens=60` unless said otherwise.
    """
    connection = connection_of(client)
    messages = [{"role": "system", "content": system}] if system else []
    fields: dict[str, Any] = {"model": connection.model, "messages": [*messages, {"role": "user", "content": prompt}]}
    fields |= {"temperature": 0, "max_tokens": 60} | sampling
    try:
        response = connection.client.chat.completions.create(**fields)
    except AnswerError as error:
        if error.why != Why.UNMEASURED or not sampling.get("logprobs"):
            raise
        rest = {name: value for name, value in fields.items() if name not in ("logprobs", "top_logprobs")}
        response = connection.client.chat.completions.create(**rest)
    return Answer(response.choices[0].message.content or "", connection.model, connection.call_of(response.id), tokens_of(response))


def usage(client: openai.OpenAI | None = None) -> pd.DataFrame:
    """Return what each answer since `connect()` took: one row an answer, with seconds, tokens, and its source.

    Args:
        client: A client that `connect()` returned; None means the latest.

    Returns:
        Tokens that an endpoint did not tell are missing (NA).
    """
    calls = connection_of(client).calls if client or _latest else []
    table = pd.DataFrame(calls, columns=[name for name in Call.__dataclass_fields__ if name != "changed"])
    untold = [name for name in ("input_tokens", "output_tokens") if table[name].isna().any()]
    return table.astype(dict.fromkeys(untold, "Int64"))


def call_of(response: Any, client: openai.OpenAI | None = None) -> Call:
    """Return what a response took, in the thread that asked for it.

    Args:
        response: A response of the openai client.
        client: The client that gave it; None means the latest.
    """
    return connection_of(client).call_of(response.id)


def changed(option: str, client: openai.OpenAI | None = None) -> str:
    """Return a sentence if answers since `connect()` were asked for with another value of an option than the page's, or without it; "" if not.

    Args:
        option: The option's name, such as "temperature".
        client: A client that `connect()` returned; None means the latest.
    """
    return said_of(option, _changes(client))


def left_out(option: str, client: openai.OpenAI | None = None) -> str:
    """Return a sentence if answers since `connect()` were asked for without an option that the page gave; "" if not.

    Args:
        option: The option's name, such as "temperature".
        client: A client that `connect()` returned; None means the latest.
    """
    return said_of(option, _changes(client), LEFT_OUT)


def _changes(client: openai.OpenAI | None) -> list[str]:
    calls = connection_of(client).calls if client or _latest else []
    return [sentence for call in calls for sentence in call.changed]


def model_in_force() -> str:
    """Return the name of the model that the latest connection asks; if there is none, that of the one that the settings choose."""
    if _latest:
        return _latest[0].model
    model = embedded_model(None, settings := read_settings())
    return model.name if model else settings.model or ""


def limit_in_force() -> int | None:
    """Return how many messages of a split the model in force is asked about; None means all."""
    return read_settings().limit_of(model_in_force())


def _page_name(page: str) -> str:
    """Return the page's name if it can be that of a file on any system, in the folder where files of pages lie."""
    plain = isinstance(page, str) and re.fullmatch(r"\w(?:[\w .-]{0,58}[\w-])?", page)
    if plain and page.partition(".")[0].strip().lower() not in RESERVED:
        return page
    raise SettingsError(f"{page!r:.80} can't name a page. Give connect() a name of letters, digits, '_' and '-', for example 'my_page'.")
