"""`connect()`: a genuine openai client and a model's name; `ask()` for one-liners; what each answer took and cost."""

from __future__ import annotations

import html
import ipaddress
import json
import os
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import httpx2
import openai
import pandas as pd

from . import embedded
from .errors import BudgetError, SettingsError, plain_errors
from .outside import outside_client
from .prices import price
from .recording import Call, RecordingTransport, Store, fields_of
from .settings import Settings, read_settings
from .tokens import Token, tokens_of

EMBEDDED_URL = "http://embedded.invalid/v1"  # stands for the server's real address, which is known once it runs
UNSAVED = "my_own_page"
MOST_NAMES = 20  # models listed to a reader who named an unknown one
UNCOUNTED = "The spending limit cannot count what it costs. Set SIDEBYSIDE_PRICE=0/0 if it costs nothing; else choose another model."


@dataclass
class Connection:
    """What `connect()` set up: the latest one serves `ask()` and `usage()`.

    Attributes:
        client: The openai client.
        model: The model's name.
        settings: The settings in force.
        calls: What each answer took, in order.
    """

    client: openai.OpenAI
    model: str
    settings: Settings
    calls: list[Call] = field(default_factory=list)

    def check_budget(self) -> None:
        """Refuse the next live request once the limit is reached.

        Raises:
            BudgetError: If the money is spent.
        """
        if self.settings.model and sum(_spent) >= self.settings.budget:
            raise BudgetError(
                f"The limit of {self.settings.budget:.2f} US dollars is reached ({sum(_spent):.2f} spent). "
                "Nothing more is sent. Raise SIDEBYSIDE_BUDGET and restart the kernel to go on."
            )

    def note(self, call: Call) -> None:
        """Add an answer to the account.

        Raises:
            BudgetError: If the answer costs money and does not say how much of it.
        """
        self.calls.append(call)
        if call.source == "live" and self.settings.model:
            _spent.append(price(self.model, call.input_tokens, call.output_tokens) or 0.0)
            if not call.input_tokens and price(self.model, 1, 1):
                raise BudgetError(f"The endpoint does not say how many tokens '{self.model}' used. {UNCOUNTED}")


_latest: list[Connection] = []
_spent: list[float] = []  # US dollars of each live answer in this process, whatever connection it came by


def connect(page: str = UNSAVED, *, timeout: float = 60.0, max_retries: int = 2) -> tuple[openai.OpenAI, str]:
    """Connect to the model that the settings name: the embedded one by default.

    Args:
        page: The page's name: its recordings lie in `recordings/<model>/<case>/<page>.jsonl`.
        timeout: Seconds to wait for an answer.
        max_retries: How often the openai client tries again after a fault.

    Returns:
        A genuine `openai.OpenAI` client, and the model's name to call it with.

    Raises:
        SettingsError: If a setting is unknown or incomplete.
    """
    settings = read_settings()
    plain_errors()
    model = model_in_force(settings)
    connection = Connection(None, model, settings)  # type: ignore[arg-type]
    transport = _transport(connection, Store(recordings_file(page, settings)))
    connection.client = openai.OpenAI(
        base_url=None if settings.model else EMBEDDED_URL,
        api_key=None if settings.model else "none needed",
        http_client=httpx2.Client(transport=transport, timeout=timeout),
        timeout=timeout,
        max_retries=max_retries,
    )
    _latest[:] = [connection]
    return connection.client, model


def latest() -> Connection:
    """Return the latest connection; make one if there is none."""
    if not _latest:
        connect()
    return _latest[0]


def _transport(connection: Connection, store: Store) -> RecordingTransport:
    settings, line = connection.settings, httpx2.HTTPTransport(verify=False, trust_env=False)  # on this machine: no proxy, no certificates
    outside = cache(outside_client)

    def to_embedded(request: httpx2.Request) -> httpx2.Response:
        _refuse_other_model(request, connection.model)
        return line.handle_request(_readdressed(request, settings.weights))

    def to_endpoint(request: httpx2.Request) -> httpx2.Response:
        _refuse_uncounted_stream(request, connection.model)
        response = outside().send(request, stream=True)
        if response.status_code == 404 and (name := fields_of(request.read()).get("model")):
            _refuse_unknown_model(connection.client, name)
        return response

    if settings.model:
        _require_endpoint(settings.model)
        endpoint = {"runtime": "endpoint"}
        return RecordingTransport(settings.mode, store, to_endpoint, lambda: endpoint, connection.check_budget, connection.note)
    provenance = lambda: embedded.provenance(settings.weights)  # noqa: E731
    return RecordingTransport(settings.mode, store, to_embedded, provenance, after=connection.note)


def _readdressed(request: httpx2.Request, weights: Path | None) -> httpx2.Request:
    """Return the request as it goes to the embedded server; what is recorded stays the request as it was written."""
    address = httpx2.URL(embedded.start(weights))
    url = request.url.copy_with(scheme="http", host=address.host, port=address.port)
    if not (fields := fields_of(request.read())):
        return httpx2.Request(request.method, url, content=request.content)
    return httpx2.Request(request.method, url, json={"cache_prompt": embedded.may_reuse(fields, weights)} | fields, extensions=request.extensions)


def _refuse_other_model(request: httpx2.Request, model: str) -> None:
    """Refuse a call that names a model which is not the embedded one: llama.cpp would answer it all the same."""
    if (name := fields_of(request.read()).get("model", model)) != model:
        raise SettingsError(f"The call names the model '{name}', but there is only '{model}' here. Set SIDEBYSIDE_MODEL to use another.")


def _refuse_uncounted_stream(request: httpx2.Request, model: str) -> None:
    if fields_of(request.read()).get("stream") and price(model, 1, 1):
        raise BudgetError(f"A streamed answer does not say how many tokens '{model}' used. {UNCOUNTED}")


def _refuse_unknown_model(client: openai.OpenAI, model: str) -> None:
    """Name the models that there are, if the endpoint tells them and this one is not among them."""
    try:
        names = sorted(there.id for there in client.with_options(max_retries=0).models.list())
    except openai.OpenAIError:
        return
    if names and model not in names:
        more = ", …" if len(names) > MOST_NAMES else ""
        raise SettingsError(f"The endpoint has no model '{model}'. Set SIDEBYSIDE_MODEL to one of: {', '.join(names[:MOST_NAMES])}{more}.")


def _require_endpoint(model: str) -> None:
    """Check that an endpoint is set up whole, so that money is spent only on purpose and within a limit."""
    if not os.environ.get("OPENAI_API_KEY"):
        raise SettingsError(f"SIDEBYSIDE_MODEL is '{model}', but OPENAI_API_KEY is not set. A local server takes any word as a key.")
    url = os.environ.get("OPENAI_BASE_URL", "")
    if not _is_local(url) and price(model, 1, 1) is None:
        raise SettingsError(
            f"The price of '{model}' is not in the price library, so the spending limit cannot work. "
            "Set SIDEBYSIDE_PRICE to US dollars for a million tokens in and out, for example 0.15/0.60."
        )


def _is_local(url: str) -> bool:
    host = httpx2.URL(url).host if url else ""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_private
    except ValueError:
        return False


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
        return f'<blockquote class="sbs-answer genai"><p>{html.escape(self.text)}</p><footer>{html.escape(self.model)}</footer></blockquote>'


def ask(prompt: str, *, system: str | None = None, **sampling: Any) -> Answer:
    """Ask the model one thing, through the latest connection.

    Args:
        prompt: The user message.
        system: The system message, if any.
        **sampling: Any option of a chat completion; `temperature=0, max_tokens=60` unless said otherwise.
    """
    connection = latest()
    messages = [{"role": "system", "content": system}] if system else []
    response = connection.client.chat.completions.create(
        model=connection.model,
        messages=[*messages, {"role": "user", "content": prompt}],  # type: ignore[list-item]
        **{"temperature": 0, "max_tokens": 60} | sampling,
    )
    return Answer(response.choices[0].message.content or "", connection.model, connection.calls[-1], tokens_of(response))


def usage() -> pd.DataFrame:
    """Return what each answer since `connect()` took: one row an answer, with seconds, tokens, and its source."""
    calls = _latest[0].calls if _latest else []
    return pd.DataFrame(calls, columns=[name for name in Call.__dataclass_fields__])


def one_of(*answers: str) -> dict[str, Any]:
    """Return the options of a chat call that let the model give one of these answers and no other.

    The embedded server takes a grammar and answers with the bare text. Any other endpoint gets what most of them know, a
    JSON schema whose only field may hold these texts; the answer is then JSON around the text.

    Args:
        *answers: The texts allowed.
    """
    if read_settings().model is None:
        return {"extra_body": {"grammar": "root ::= " + " | ".join(json.dumps(answer, ensure_ascii=False) for answer in answers)}}
    field = {"answer": {"type": "string", "enum": list(answers)}}
    schema = {"type": "object", "properties": field, "required": ["answer"], "additionalProperties": False}
    return {"response_format": {"type": "json_schema", "json_schema": {"name": "answer", "strict": True, "schema": schema}}}


def model_in_force(settings: Settings) -> str:
    """Return the name of the model that the settings choose."""
    return settings.model or embedded.model_name(settings.weights)


def recordings_file(page: str, settings: Settings | None = None) -> Path:
    """Return where a page's recordings lie under the settings in force."""
    settings = settings or read_settings()
    model = model_in_force(settings)
    if settings.weights:  # two files may bear one name, and one that is missing must not replay another's answers
        model += f"-{embedded.checksum(settings.weights)[:8] if settings.weights.is_file() else 'missing'}"
    return settings.recordings / model.replace("/", "--").replace(":", "--") / settings.case.name / f"{page}.jsonl"
