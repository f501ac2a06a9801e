"""What an answer costs: prices of hosted models with their date, from the library `genai-prices`."""

from __future__ import annotations

import datetime
import math
import re
from collections.abc import Iterator
from numbers import Real
from typing import TYPE_CHECKING, Any, TypeGuard

from .environment import said
from .errors import SettingsError

if TYPE_CHECKING:
    from genai_prices.types import PriceCalculation

MAKERS = {"gemini": "google", "vertex_ai": "google", "mistralai": "mistral", "xai": "x-ai"}  # where a prefix is not the library's own name
EDITION = re.compile(r"[-@:](?:latest|preview|exp|v\d+(?:[.:]\d+)*|\d{4}-\d{2}-\d{2}|\d{2}-\d{2}|\d{3,8})$")


def price(
    model: str, input_tokens: float | None, output_tokens: float | None, day: str | None = None, *, answers: int = 1, address: str = ""
) -> float | None:
    """Return the price of an answer in US dollars, or None where it is unknown.

    Args:
        model: A hosted model's name, as its provider writes it; the provider may go before it, as in "openai/gpt-5-mini".
        input_tokens: Tokens sent, rounded to whole ones; None or NA if nobody knows.
        output_tokens: Tokens received, likewise.
        day: The day whose prices count, as YYYY-MM-DD; today if None.
        answers: How many such answers are paid for.
        address: The endpoint's; if it is that of a provider which the library knows, its own prices count.

    Source: the price library `genai-prices`, in the version pinned here; `SIDEBYSIDE_PRICE` goes before it for the model in force.
    """
    if not (_is_number(input_tokens) and _is_number(output_tokens)):
        return None
    tokens = round(input_tokens), round(output_tokens)
    if own := own_price(model):
        return answers * at_price(own, *tokens)
    from genai_prices import Usage  # half a second that pages with the embedded model alone do not need

    when = datetime.datetime.fromisoformat(f"{day}T12:00:00+00:00") if day else None
    usage = Usage(input_tokens=tokens[0], output_tokens=tokens[1])
    told = next(_calculated(usage, model.removeprefix("models/").lower(), when, address), None)
    return None if told is None else answers * float(told.total_price)


def _is_number(tokens: object) -> TypeGuard[float]:
    return isinstance(tokens, Real) and math.isfinite(tokens)


def at_price(dollars: tuple[float, float], input_tokens: int, output_tokens: int) -> float:
    """Return what so many tokens cost in US dollars, at a price for a million in and out."""
    return (input_tokens * dollars[0] + output_tokens * dollars[1]) / 1e6


def own_price(model: str) -> tuple[float, float] | None:
    """Return the reader's own price of a model for a million tokens in and out, in US dollars; None if there is none for this model.

    Raises:
        SettingsError: If `SIDEBYSIDE_PRICE` is no price.
    """
    told = said("PRICE")
    if not told or model != said("MODEL"):
        return None
    try:
        in_price, out_price = (float(part) for part in told.split("/"))
        if not (0 <= in_price < math.inf and 0 <= out_price < math.inf):
            raise ValueError(told)
    except ValueError:
        raise SettingsError(f"SIDEBYSIDE_PRICE is '{told}'. Write two numbers: dollars for a million tokens in/out.") from None
    return in_price, out_price


def _calculated(usage: Any, model: str, when: datetime.datetime | None, address: str) -> Iterator[PriceCalculation]:
    """Yield what the library knows of a model: by the endpoint's address, by the maker that its name begins with, by its name alone."""
    from genai_prices.data_snapshot import get_snapshot

    snapshot = get_snapshot()
    maker, _, rest = model.partition("/")
    maker = MAKERS.get(maker, maker)
    prefixed = rest and any(provider.id == maker for provider in snapshot.providers)
    ways = [(model, None, address)] if address else []
    for name, provider, url in [*ways, (rest, maker, None) if prefixed else (model, None, None)]:
        try:
            told = snapshot.calc(usage, name, provider, url, when)
        except LookupError:
            continue
        if _is_named(name, told.model):
            yield told


def _is_named(name: str, model: Any) -> bool:
    """Tell whether a name is one of those that the library spells out for a model, but for the edition at its end.

    The library also takes names that only begin like a model's, or hold it: a company's own model would get the price of another.
    """
    spelled = {text.rstrip("-@:.").lower() for text in (model.id, *_literals(model.match))}
    while name not in spelled:
        name, cut = EDITION.subn("", name)
        if not cut:
            return False
    return True


def _literals(clause: Any) -> Iterator[str]:
    """Yield the names in a model's rule; what a pattern allows is spelled out elsewhere in the rule, but for editions."""
    for field, value in vars(clause).items():
        if isinstance(value, str) and field != "regex":
            yield value
        elif isinstance(value, list):
            for part in value:
                yield from _literals(part)
