"""`connect()`: a genuine openai client and a model's name; `ask()` for one-liners; what each answer took and cost."""

from __future__ import annotations

import datetime
import html
import ipaddress
import json
import math
import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
import openai
import pandas as pd
from genai_prices import Usage, calc_price

from . import embedded
from .errors import BudgetError, SettingsError, plain_errors
from .recording import Call, RecordingTransport, Store, fields_of
from .settings import Settings, read_settings

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
        page: The page's name: its recordings lie in `recordings/<model>/<page>.jsonl`.
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
    settings, line = connection.settings, httpx2.HTTPTransport()
    outside = httpx2.Client(follow_redirects=True)  # as the openai client does: it heeds a company's proxy

    def to_embedded(request: httpx2.Request) -> httpx2.Response:
        _refuse_other_model(request, connection.model)
        return line.handle_request(_readdressed(request, settings.weights))

    def to_endpoint(request: httpx2.Request) -> httpx2.Response:
        _refuse_uncounted_stream(request, connection.model)
        response = outside.send(request, stream=True)
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


def price(model: str, input_tokens: int, output_tokens: int, day: str | None = None) -> float | None:
    """Return the price of an answer in US dollars, or None where it is unknown.

    Args:
        model: A hosted model's name, as its provider writes it.
        input_tokens: Tokens sent.
        output_tokens: Tokens received.
        day: The day whose prices count, as YYYY-MM-DD; today if None.

    Source: the price library `genai-prices`, in the version pinned here; `SIDEBYSIDE_PRICE` goes before it for the model in force.
    """
    if (own := os.environ.get("SIDEBYSIDE_PRICE")) and model == os.environ.get("SIDEBYSIDE_MODEL"):
        try:
            in_price, out_price = (float(part) for part in own.split("/"))
            if not (0 <= in_price < math.inf and 0 <= out_price < math.inf):
                raise ValueError(own)
        except ValueError:
            raise SettingsError(f"SIDEBYSIDE_PRICE is '{own}'. Write two numbers: dollars for a million tokens in/out.") from None
        return (input_tokens * in_price + output_tokens * out_price) / 1e6
    when = datetime.datetime.fromisoformat(f"{day}T12:00:00+00:00") if day else None
    try:
        usage = Usage(input_tokens=input_tokens, output_tokens=output_tokens)
        return float(calc_price(usage, model_ref=model, genai_request_timestamp=when).total_price)
    except LookupError:
        return None


@dataclass(frozen=True)
class Token:
    """One token of an answer.

    Attributes:
        text: Its characters.
        probability: The model's own probability for it, 0 to 1.
        others: The likeliest tokens at this place with their probabilities, likeliest first.
    """

    text: str
    probability: float
    others: list[tuple[str, float]]


def tokens(response: Any) -> list[Token]:
    """Return the tokens of a chat or raw completion that was asked for with log-probabilities; none if it holds none.

    Raw completions tell them in two forms: llama.cpp in that of a chat, others in lists of equal length.
    """
    told = response.choices[0].logprobs
    if getattr(told, "tokens", None):
        tops = getattr(told, "top_logprobs", None) or [{}] * len(told.tokens)
        pairs = zip(told.tokens, told.token_logprobs, tops, strict=True)
        return [Token(text, math.exp(logprob), _likeliest_first((top or {}).items())) for text, logprob, top in pairs]
    items = [item if isinstance(item, dict) else item.model_dump() for item in getattr(told, "content", None) or []]
    pairs = [(item, [(top["token"], top["logprob"]) for top in item.get("top_logprobs") or []]) for item in items]
    return [Token(item["token"], math.exp(item["logprob"]), _likeliest_first(tops)) for item, tops in pairs]


def _likeliest_first(others: Iterable[tuple[str, float]]) -> list[tuple[str, float]]:
    return sorted(((text, math.exp(logprob)) for text, logprob in others), key=lambda pair: -pair[1])


def lean(response: Any, first: str, second: str) -> float:
    """Return how far the next token leans from one label to the other, as a difference of log-probabilities.

    Args:
        response: A completion of one token, asked for with the likeliest tokens' log-probabilities.
        first: The label that a negative lean speaks for.
        second: The label that a positive lean speaks for.

    Returns:
        log P(second) - log P(first). A token speaks for a label if it is the label, or begins it and not the other one. A
        label that no token returned speaks for counts as little as the least of them; where the model ended its answer at
        once, or the endpoint told no other tokens, 0.
    """
    first_token = next(iter(tokens(response)), None)
    if first_token is None or not first_token.others:
        return 0.0
    others = [(text.strip().lower(), p) for text, p in first_token.others if p > 0]  # some endpoints say -9999 of what cannot be

    def chance(label: str, other: str) -> float:
        speaks = [p for text, p in others if text and (text == label or (label.startswith(text) and not other.startswith(text)))]
        return max(speaks, default=min(p for _, p in others))

    one, two = first.lower(), second.lower()
    return math.log(chance(two, one)) - math.log(chance(one, two))


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
    return Answer(response.choices[0].message.content or "", connection.model, connection.calls[-1], tokens(response))


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
    return settings.recordings / model.replace("/", "--").replace(":", "--") / f"{page}.jsonl"
