"""Who answers: an embedded model, or a model at an endpoint. Both have the same face, so that `connect()` need not know which it is."""

from __future__ import annotations

import os
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

import httpx2
import openai

from . import embedded
from .dialects import with_grammar, with_schema
from .errors import EMBEDDED_HOST, BudgetError, SettingsError
from .hosts import is_local
from .ledger import Ledger, purse_of
from .models import DEFAULT, MODELS, Model, own_file
from .outside import outside_client
from .pacing import gate_of, paced
from .prices import own_price, price
from .recording import fields_of
from .settings import Settings

NO_URL, NO_KEY = f"http://{EMBEDDED_HOST}/v1", "none needed"  # the openai client insists on both
MOST_NAMES = 20  # models listed to a reader who named an unknown one
UNCOUNTED = "The spending limit cannot count what it costs. Set SIDEBYSIDE_PRICE=0/0 if it costs nothing; else choose another model."


class Backend(Protocol):
    """Who answers a connection's requests."""

    @property
    def name(self) -> str:
        """The model's name, as requests give it."""

    @property
    def timeout(self) -> float | None:
        """Seconds to wait for an answer unless the page says otherwise; None waits as long as the model is alive."""

    @property
    def at_once(self) -> int:
        """How many requests it may be sent at the same time."""

    @property
    def base_url(self) -> str | None:
        """The address for the openai client; None lets it read its own setting."""

    @property
    def api_key(self) -> str | None:
        """The key for the openai client; None lets it read its own setting."""

    def folder(self) -> str:
        """Return the name of the model's folder in `recordings/`."""

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
    base_url: str | None = NO_URL
    api_key: str | None = NO_KEY

    def __init__(self, model: Model) -> None:
        """Note the model; its server starts with the first live request."""
        self.model, self.name = model, model.name

    def folder(self) -> str:
        """Return the model's name; of a reader's own file also the checksum's beginning, as two files may bear one name."""
        if self.model.wheels:
            return _as_folder(self.name)
        path = Path(self.model.file)  # one that is missing must not replay another's answers
        return f"{_as_folder(self.name)}-{embedded.checksum(path)[:8] if path.is_file() else 'missing'}"

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

    timeout: float | None = 60.0

    def __init__(self, name: str, settings: Settings) -> None:
        """Check that money is spent only on purpose and within a limit; nothing is asked yet."""
        self.name, self.settings, self.address = name, settings, _address()
        recorded = settings.mode == "replay"
        self.at_once = 1 if recorded else settings.at_once
        self.base_url: str | None = NO_URL if recorded else None
        self.api_key: str | None = NO_KEY if recorded else None
        if not recorded:
            _require_key(settings)
            self._require_price()

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
        return self._price(tokens_in, tokens_out) or 0.0

    def _price(self, tokens_in: int, tokens_out: int) -> float | None:
        """Return what so many tokens cost, in US dollars; None if nobody knows. The reader's own machines are free unless priced."""
        free = own_price(self.name) is None and self.is_local
        return 0.0 if free else price(self.name, tokens_in, tokens_out, address=self.address)

    @cached_property
    def is_local(self) -> bool:
        """Whether the endpoint is a machine of the reader's own."""
        return is_local(self.address)

    def _require_price(self) -> None:
        if self._price(1, 1) is None:
            raise SettingsError(
                f"The price of '{self.name}' is not in the price library, so the spending limit cannot work. "
                "Set SIDEBYSIDE_PRICE to US dollars for a million tokens in and out, for example 0.15/0.60."
            )

    def folder(self) -> str:
        """Return the model's name as that of a folder."""
        return _as_folder(self.name)

    def form(self, fields: dict[str, Any]) -> dict[str, Any]:
        """Return a request's fields as most endpoints take them."""
        return with_schema(fields)

    def send(self, request: httpx2.Request) -> httpx2.Response:
        """Ask the endpoint.

        Raises:
            BudgetError: If the limit is reached, or the answer would not say what it cost.
            SettingsError: If the endpoint has no such model, or the request names another one.
        """
        _refuse_other_model(request, self.name)
        if self._cost(1, 1) and fields_of(request.read()).get("stream"):
            raise BudgetError(f"A streamed answer does not say how many tokens '{self.name}' used. {UNCOUNTED}")
        response = self._send_once(request)
        if response.status_code == 404 and fields_of(request.read()):
            self._refuse_unknown_model()
        return response

    def _send_once(self, request: httpx2.Request) -> httpx2.Response:
        """Send one request as it is, at the endpoint's pace; each time that it goes out it is counted by itself."""

        def send(request: httpx2.Request) -> httpx2.Response:
            return self.outside.send(request, stream=True)

        ledger = self.ledger if request.method == "POST" else None
        return paced(lambda: ledger.paid(request, send) if ledger else send(request), gate_of(self.address))

    def _refuse_unknown_model(self) -> None:
        """Name the models that there are, if the endpoint tells them and this one is not among them."""
        try:
            names = sorted(there.id for there in openai.OpenAI(http_client=self.outside, max_retries=0).models.list())
        except openai.OpenAIError:
            return
        if names and self.name not in names:
            more = ", …" if len(names) > MOST_NAMES else ""
            raise SettingsError(f"The endpoint has no model '{self.name}'. Set SIDEBYSIDE_MODEL to one of: {', '.join(names[:MOST_NAMES])}{more}.")

    def provenance(self) -> dict[str, str]:
        """Say that an endpoint answered; what runs there nobody knows."""
        return {"runtime": "endpoint"}


def embedded_model(name: str | None, settings: Settings) -> Model | None:
    """Return the embedded model of that name, or the one that the settings choose; None if it is a model at an endpoint."""
    chosen = name or settings.model
    if chosen is None:
        return own_file(settings.weights) if settings.weights else DEFAULT
    return MODELS.get(chosen)


def backend(name: str | None, settings: Settings) -> Backend:
    """Return who answers.

    Args:
        name: The model's name; None means the one that the settings choose.
        settings: The settings in force.

    Raises:
        SettingsError: If the model is at an endpoint and that is not set up whole.
    """
    if model := embedded_model(name, settings):
        return Embedded(model)
    chosen = name or settings.model or ""
    if settings.mode != "replay" and embedded_model(None, settings):
        raise SettingsError(
            f"'{chosen}' is no embedded model; those are: {', '.join(MODELS)}. "
            "To use a model at an endpoint, which may cost money, set SIDEBYSIDE_MODEL to its name."
        )
    return Endpoint(chosen, settings)


def _as_folder(name: str) -> str:
    return name.replace("/", "--").replace(":", "--")


def _refuse_other_model(request: httpx2.Request, model: str) -> None:
    """Refuse a call in the name of another model: its answer would be kept, and paid for, as this one's."""
    if (name := fields_of(request.read()).get("model", model)) != model:
        raise SettingsError(f"The call names the model '{name}', but this client asks '{model}'. Get a client for it: connect(model='{name}').")


def _require_key(settings: Settings) -> None:
    if not os.environ.get("OPENAI_API_KEY"):
        raise SettingsError(
            f"SIDEBYSIDE_MODEL is '{settings.model}', but OPENAI_API_KEY is not set. A local server takes any word as a key. "
            f"Embedded models need none; those are: {', '.join(MODELS)}."
        )


def _address() -> str:
    """Return the endpoint's address as the openai client reads it; without one it asks its own maker."""
    return os.environ.get("OPENAI_BASE_URL") or "https://api.openai.com/v1"
