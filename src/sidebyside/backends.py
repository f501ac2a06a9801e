"""Who answers: an embedded model, or a model at an endpoint. Both have the same face, so that `connect()` need not know which it is."""

from __future__ import annotations

import difflib
import hashlib
import itertools
import os
import re
from functools import cached_property
from pathlib import Path
from typing import Any, NoReturn, Protocol

import httpx2
import openai

from . import embedded
from .endpoint.address import endpoint_address, endpoint_key
from .endpoint.dialects import dialect_of, require_raw, with_fields, with_grammar, with_schema
from .endpoint.hosts import is_local
from .endpoint.ledger import Ledger, purse_of
from .endpoint.outside import outside_client
from .endpoint.pacing import gate_of, paced
from .environment import said
from .errors import EMBEDDED_HOST, AnswerError, BudgetError, CourseError, SettingsError, Why
from .faults.bodies import one_line
from .faults.refusals import filtered, is_about_model, keyless
from .models import DEFAULT, MODELS, Model, find, names, own_file
from .notice import say_once
from .prices import at_price, own_price, price
from .recording import fields_of
from .settings import Settings
from .weights import checksum, is_there

NO_URL, NO_KEY = f"http://{EMBEDDED_HOST}/v1", "none needed"  # the openai client insists on both
MOST_NAMES = 20  # models listed to a reader who named an unknown one
MOST_OF_NAMES = 240  # characters of that list
NO_ANSWER_YET = "The endpoint took the request and sent no answer ({status}). Run the cell again, or ask whoever runs it for an address that answers."
ENDS = ("/v1", "/api/v1", "/openai/v1")  # what an address may lack
MOST_OF_FOLDER = 200  # bytes of a folder's name; file systems take 255
LOOK = 5.0  # seconds to find out what an address is
NOT_ASKED = (
    "SIDEBYSIDE_MODEL={asked} means {name}, the model embedded in this notebook, and OPENAI_BASE_URL is not asked. "
    "If you mean a model of that name there, give it another name there, and set SIDEBYSIDE_MODEL to that."
)
UNCOUNTED = "The spending limit cannot count what it costs. Set SIDEBYSIDE_PRICE=0/0 if it costs nothing; else choose another model."


class Backend(Protocol):
    """Who answers a connection's requests."""

    @property
    def name(self) -> str:
        """The model's name, as requests give it."""

    @property
    def timeout(self) -> httpx2.Timeout | float | None:
        """Seconds to wait for an answer unless the page says otherwise; None waits as long as the model is alive."""

    @property
    def at_once(self) -> int:
        """How many requests it may be sent at the same time."""

    @property
    def base_url(self) -> str:
        """The address for the openai client."""

    @property
    def api_key(self) -> str:
        """The key for the openai client."""

    def folder(self) -> str:
        """Return the name of the model's folder in `recordings/`."""

    def shelf(self) -> str:
        """Return the name of the model's folder among a reader's own kept answers."""

    def identity(self) -> dict[str, str]:
        """Return what a kept answer's entry must hold to be this model's."""

    def form(self, fields: dict[str, Any]) -> dict[str, Any]:
        """Return a request's fields as the model takes them."""

    def send(self, request: httpx2.Request) -> httpx2.Response:
        """Ask the model."""

    def provenance(self) -> dict[str, str]:
        """Say which file and program answer."""


class Embedded:
    """A model in this process, which costs nothing.

    Args:
        model: An entry of the registry, or a reader's own file.
    """

    timeout: float | None = None
    at_once = 1
    base_url = NO_URL
    api_key = NO_KEY

    def __init__(self, model: Model) -> None:
        """Note the model; its server starts with the first live request."""
        self.model, self.name = model, model.name

    def folder(self) -> str:
        """Return the model's name; of a reader's own file also the checksum's beginning, as two files may bear one name."""
        if self.model.wheels:
            return _as_folder(self.name)
        path = Path(self.model.file)  # one that is missing must not replay another's answers
        return f"{_as_folder(self.name)}-{checksum(path)[:8] if is_there(path) else 'missing'}"

    def shelf(self) -> str:
        """Return the same name: the weights are told apart by `identity`."""
        return self.folder()

    def identity(self) -> dict[str, str]:
        """Return weights and runtime; a reader's own file is told apart by its folder."""
        weights = {"weights_sha256": self.model.sha256} if self.model.sha256 else {}
        return weights | {"runtime": embedded.runtime()}

    def form(self, fields: dict[str, Any]) -> dict[str, Any]:
        """Return a request's fields as llama.cpp takes them."""
        return with_grammar(fields)

    def send(self, request: httpx2.Request) -> httpx2.Response:
        """Ask the model's server; what is recorded stays the request as it was written.

        Raises:
            SettingsError: If the request names another model: llama.cpp would answer it all the same.
            WeightsError: If the weights cannot be loaded.
            EmbeddedError: If the server is gone, or too slow for the reader.
        """
        _refuse_other_model(request, self.name)
        patience = request.extensions.get("timeout", {}).get("read")
        with embedded.turn(self.model):
            body = request.read()
            if fields := fields_of(body):
                body = httpx2.Request("POST", "", json={"cache_prompt": embedded.may_reuse(fields, self.model)} | fields).content
            answer = embedded.exchange(self.model, request.method, request.url.path, body, patience)
        kind = {"content-type": answer.headers.get("content-type", "")}
        return httpx2.Response(answer.status, headers=kind, content=embedded.pieces(self.model, answer))

    def provenance(self) -> dict[str, str]:
        """Say which file and program answer."""
        return embedded.provenance(self.model)


class Endpoint:
    """A model at an OpenAI-compatible endpoint, within the spending limit.

    Args:
        name: The model's name there.
        settings: The settings in force; in mode `replay` no endpoint, key or price is needed.

    Raises:
        SettingsError: If the endpoint is not set up whole.
    """

    timeout: httpx2.Timeout | float | None = httpx2.Timeout(180.0, connect=15.0)  # a reasoning model thinks, and a local server has a queue

    def __init__(self, name: str, settings: Settings) -> None:
        """Check that money is spent only on purpose and within a limit; nothing is asked yet."""
        self.name, self.settings = name, settings
        recorded = settings.mode == "replay"
        self.own_price = None if recorded else own_price(name)  # as it is now: a setting that changes later holds for the next connection
        self.at_once = 1 if recorded else settings.at_once
        self.base_url, self.api_key = (NO_URL, NO_KEY) if recorded else (endpoint_address(), _require_key(settings))
        if not recorded:
            self._cost(1, 1)  # nothing is sent that cannot be counted

    @cached_property
    def outside(self) -> httpx2.Client:
        """The door to the endpoint; a strange proxy or certificate is a fault only once it is asked."""
        return outside_client()

    @property
    def ledger(self) -> Ledger | None:
        """The account of what answers cost; None where they cost nothing, unless nothing at all may be sent."""
        if self._cost(1, 1) == 0 < self.settings.budget:
            return None
        return Ledger(self.name, self._cost, self.settings.budget, purse_of(self.settings.recordings.parent))

    def _cost(self, tokens_in: int, tokens_out: int) -> float:
        told = self._price(tokens_in, tokens_out)
        return self._unpriced() if told is None else told

    def _price(self, tokens_in: int, tokens_out: int) -> float | None:
        """Return what so many tokens cost, in US dollars; None if nobody knows. The reader's own machines are free unless priced."""
        if self.own_price:
            return at_price(self.own_price, tokens_in, tokens_out)
        return 0.0 if self.is_local else price(self.name, tokens_in, tokens_out, address=self.base_url)

    @cached_property
    def is_local(self) -> bool:
        """Whether the endpoint is a machine of the reader's own."""
        return is_local(self.base_url)

    def _unpriced(self) -> NoReturn:
        raise SettingsError(
            f"The price of '{self.name}' is not in the price library, so the spending limit cannot work. "
            "Set SIDEBYSIDE_PRICE to US dollars for a million tokens in and out, for example 0.15/0.60."
        )

    def folder(self) -> str:
        """Return the model's name as that of a folder."""
        return endpoint_folder(self.name)

    def shelf(self) -> str:
        """Return the model's name and a trace of the address: another server may have another model of that name."""
        return f"{self.folder()}-{hashlib.sha256(self.base_url.rstrip('/').encode()).hexdigest()[:8]}"

    def identity(self) -> dict[str, str]:
        """Return nothing: what runs at an endpoint nobody knows."""
        return {}

    def form(self, fields: dict[str, Any]) -> dict[str, Any]:
        """Return a request's fields as most endpoints take them."""
        return with_schema(fields)

    def send(self, request: httpx2.Request) -> httpx2.Response:
        """Ask the endpoint.

        Raises:
            BudgetError: If the limit is reached, or the answer would not say what it cost.
            SettingsError: If the endpoint has no such model, or the request names another one.
            AnswerError: If what the page wants to measure cannot be had there.
        """
        _refuse_other_model(request, self.name)
        asked = fields_of(request.read())
        if self._cost(1, 1) and asked.get("stream"):
            raise BudgetError(f"A streamed answer does not say how many tokens '{self.name}' used. {UNCOUNTED}")
        if not asked:
            return self._send_once(request)
        response = dialect_of(str(request.url), self.name).send(asked, lambda fields: self._post(request, asked, fields))
        if response.status_code > 200:
            self._refuse(request, response)
        require_raw(response, asked, self.name)
        return response

    def _post(self, request: httpx2.Request, asked: dict[str, Any], fields: dict[str, Any]) -> httpx2.Response:
        return self._send_once(request if fields is asked else with_fields(request, fields))

    def _send_once(self, request: httpx2.Request) -> httpx2.Response:
        """Send one request as it is, at the endpoint's pace; each time that it goes out it is counted by itself."""

        def send(request: httpx2.Request) -> httpx2.Response:
            return self.outside.send(request, stream=True)

        ledger = self.ledger if request.method == "POST" else None
        try:
            return paced(lambda: ledger.paid(request, send) if ledger else send(request), gate_of(self.base_url))
        except httpx2.ReadTimeout as error:  # it may be at work on it still: another try would lengthen its queue, and the bill
            raise openai.APITimeoutError(httpx2.Request(request.method, request.url)) from error

    def _refuse(self, request: httpx2.Request, response: httpx2.Response) -> None:
        """Raise what only a look at the endpoint tells, or what is no fault of the settings; leave all else to the openai client.

        Raises:
            AnswerError: If a content filter held the request back, or the endpoint took it and sent no answer.
            SettingsError: If the endpoint has no such model, or is at another address.
        """
        response.read()
        if response.is_success:
            raise AnswerError(NO_ANSWER_YET.format(status=response.status_code), why=Why.EMPTY)
        if sentence := filtered(response):
            raise AnswerError(sentence, why=Why.FILTERED)
        if not (is_about_model(response) or response.status_code == 405):
            return
        base = request.url.path.rpartition("/chat/completions")[0] or request.url.path.rpartition("/")[0]
        if (names := self._names_at(base, request)) is not None:
            _refuse_unknown_model(self.name, names)
            return
        for end in dict.fromkeys((f"{base}/v1", *ENDS)):
            if end != base and self._names_at(end, request):
                raise SettingsError(
                    "OPENAI_BASE_URL is not the whole address of the endpoint. "
                    f"Set OPENAI_BASE_URL to {request.url.copy_with(userinfo=b'', raw_path=end.encode())}, then restart the kernel."
                )

    def _names_at(self, path: str, request: httpx2.Request) -> list[str] | None:
        """Return the models that an address of the endpoint lists; None if it lists none."""
        headers = [(name, value) for name, value in request.headers.multi_items() if not name.startswith(("content-", "host"))]
        try:
            url = request.url.copy_with(path=f"{path}/models")
            body = self.outside.get(url, headers=headers, timeout=LOOK).json()
        except (httpx2.HTTPError, CourseError, ValueError):
            return None
        listed = body.get("data") if isinstance(body, dict) else None
        if not isinstance(listed, list):
            return None
        return [there["id"] for there in listed if isinstance(there, dict) and isinstance(there.get("id"), str)]

    def provenance(self) -> dict[str, str]:
        """Say that an endpoint answered; what runs there nobody knows."""
        return {"runtime": "endpoint"}


def embedded_model(name: str | None, settings: Settings, voice: Model = DEFAULT) -> Model | None:
    """Return the embedded model of a name or nickname, else the one that the settings choose, else the page's voice.

    It is None if that is a model at an endpoint.
    """
    chosen = name or settings.model
    if chosen is None:
        return own_file(settings.weights) if settings.weights else voice
    return find(chosen)


def backend(name: str | None, settings: Settings, voice: Model = DEFAULT) -> Backend:
    """Return who answers.

    Args:
        name: The model's name or nickname; None means the one that the settings choose.
        settings: The settings in force.
        voice: The embedded model that answers where neither chooses one.

    Raises:
        SettingsError: If the model is at an endpoint and that is not set up whole.
    """
    if model := embedded_model(name, settings, voice):
        if settings.mode != "replay" and settings.model == model.name and os.environ.get("OPENAI_BASE_URL"):
            say_once(NOT_ASKED.format(name=model.name, asked=said("MODEL")))
        return Embedded(model)
    chosen = name or settings.model or ""
    if settings.mode != "replay" and embedded_model(None, settings):
        raise SettingsError(
            f"'{chosen}' is no embedded model; those are: {names()}. "
            "To use a model at an endpoint, which may cost money, set SIDEBYSIDE_MODEL to its name."
        )
    return Endpoint(chosen, settings)


def endpoint_folder(name: str) -> str:
    """Return the folder of an endpoint's model; never that of an embedded one, which some systems find in any case of letters.

    Args:
        name: The model's name.
    """
    folder = _as_folder(name)
    return f"{folder}-endpoint" if folder.lower() in MODELS else folder


def _as_folder(name: str) -> str:
    """Return a model's name as that of a folder, on any system and inside of the folder it is in; a long one, such as a path, is cut."""
    folder = re.sub(r'^\.+|[. ]+$|[/\\:*?"<>|\x00-\x1f]', "--", name)
    return folder if len(folder.encode()) <= MOST_OF_FOLDER else f"{folder[:40]}-{hashlib.sha256(folder.encode()).hexdigest()[:8]}"


def _refuse_other_model(request: httpx2.Request, model: str) -> None:
    """Refuse a call in the name of another model: its answer would be kept, and paid for, as this one's."""
    if (name := fields_of(request.read()).get("model", model)) != model:
        if (known := find(name)) and known.name == model:
            raise SettingsError(f"The call names the model by its nickname. Write model='{model}', or the second of what connect() returns.")
        raise SettingsError(f"The call names the model '{name}', but this client asks '{model}'. Get a client for it: connect(model='{name}').")


def _refuse_unknown_model(name: str, names: list[str]) -> None:
    """Name the models that there are, those with a like name first, if this one is not among them."""
    if not names or name in {short for there in names for short in (there, there.removeprefix("models/"))}:
        return
    near = difflib.get_close_matches(name, names, MOST_NAMES, 0.6) if len(names) > MOST_NAMES else []
    listed = dict.fromkeys(keyless(one_line(there))[:60] for there in (*near, *sorted(names)))
    most = max(1, sum(length <= MOST_OF_NAMES for length in itertools.accumulate(len(there) + 2 for there in listed)))
    shown = list(listed)[: min(most, MOST_NAMES)]
    more = ", …" if len(listed) > len(shown) else ""
    raise SettingsError(f"The endpoint has no model '{name}'. Set SIDEBYSIDE_MODEL to one of: {', '.join(shown)}{more}.")


def _require_key(settings: Settings) -> str:
    if not (key := endpoint_key()):
        raise SettingsError(
            f"SIDEBYSIDE_MODEL is '{settings.model}', but OPENAI_API_KEY is not set. A local server takes any word as a key. "
            f"Embedded models need none; those are: {names()}."
        )
    return key
