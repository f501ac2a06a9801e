"""How many tokens an endpoint says that an answer took: whole numbers, or nothing where it says nothing that can be one.

Endpoints differ. The Responses route names its counts otherwise than the chat route; Google's and xAI's compatible routes leave thinking
out of `completion_tokens` and show it in `total_tokens` or in the details alone; gateways send null, text, -1 or 0 where they do not know.
"""

from __future__ import annotations

from typing import Any

MOST = 10**9  # no answer takes more tokens: a larger number is a fault of the endpoint's
Counts = tuple[int | None, int | None]


def whole(value: object) -> int | None:
    """Return a count as a whole number, 0 to `MOST`; None if it is anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= MOST or value != int(value):
        return None
    return int(value)


def told(usage: object) -> Counts:
    """Return the tokens of a request and of its answer, as the response's field `usage` tells them."""
    said = _fields(usage)
    tokens_in = said.get("prompt_tokens", said.get("input_tokens"))
    tokens_out = said.get("completion_tokens", said.get("output_tokens"))
    return whole(tokens_in), whole(tokens_out)


def billed(usage: object) -> Counts:
    """Return the tokens that are paid for: those told, and whatever else the same field shows to have been used.

    Thinking is part of the answer, whether `completion_tokens` holds it or not. Text that is written to a cache costs up to twice as much
    as other input (Anthropic's price list), so it counts twice more; text read from a cache costs less and counts in full.
    """
    said = _fields(usage)
    tokens_in, tokens_out = _with_total(*told(said), whole(said.get("total_tokens")) or 0)
    if tokens_out is not None:
        thought = _most(said, ("completion_tokens_details", "output_tokens_details"), "reasoning_tokens")
        tokens_out += thought if thought > tokens_out else 0
    if tokens_in is not None:
        written = max(whole(said.get("cache_creation_input_tokens")) or 0, _most(said, ("prompt_tokens_details",), "cache_write_tokens"))
        tokens_in += 2 * written + (whole(said.get("cache_read_input_tokens")) or 0)
    return tokens_in, tokens_out


def _with_total(tokens_in: int | None, tokens_out: int | None, total: int) -> Counts:
    """Return both counts, and what the total shows beyond them: a count that is missing, or thinking that is counted nowhere else."""
    if tokens_in is None:
        return total - (tokens_out or 0) if total > (tokens_out or 0) else None, tokens_out
    return tokens_in, max(tokens_out or 0, total - tokens_in) or tokens_out


def stated_cost(usage: object) -> float:
    """Return the cost that a gateway such as OpenRouter states, in US dollars; 0 if it states none that can be one."""
    cost = _fields(usage).get("cost")
    if isinstance(cost, bool) or not isinstance(cost, int | float) or not 0 <= cost <= MOST:
        return 0.0
    return float(cost)


def _fields(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _most(said: dict[str, Any], groups: tuple[str, ...], name: str) -> int:
    return max(whole(_fields(said.get(group)).get(name)) or 0 for group in groups)
