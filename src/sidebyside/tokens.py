"""An answer token by token, with the chances that the model gave: `tokens_of()`, and how far it leans from one label to another.

And what a model reads before it answers: `prompt_text()`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .models import find


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


def tokens_of(response: Any) -> list[Token]:
    """Return the tokens of a chat or raw completion that was asked for with log-probabilities; none if it holds none.

    Raw completions tell them in two forms: llama.cpp in that of a chat, others in lists of equal length.
    """
    told = response.choices[0].logprobs
    if getattr(told, "tokens", None):
        tops = getattr(told, "top_logprobs", None) or [{}] * len(told.tokens)
        triples = zip(told.tokens, told.token_logprobs, tops, strict=True)
        return [Token(text, math.exp(logprob), _likeliest_first((top or {}).items())) for text, logprob, top in triples]
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
        label that no token returned speaks for counts as little as the least of them. Not a number where it was not measured:
        there is no token, or the endpoint told no other ones.
    """
    first_token = next(iter(tokens_of(response)), None)
    if first_token is None or not first_token.others:
        return math.nan
    others = [(text.strip().lower(), p) for text, p in first_token.others if p > 0]  # some endpoints say -9999 of what cannot be
    if not others:
        return math.nan

    def chance(label: str, other: str) -> float:
        speaks = [p for text, p in others if text and (text == label or (label.startswith(text) and not other.startswith(text)))]
        return max(speaks, default=min(p for _, p in others))

    one, two = first.lower(), second.lower()
    return math.log(chance(two, one)) - math.log(chance(one, two))


def prompt_text(messages: Sequence[Mapping[str, str]], model: str) -> str | None:
    """Return the very text that an embedded model reads for a chat: its chat template, filled in.

    The templates of all models of the course write a chat in the same way, ChatML, and put their makers' system message before
    a chat that begins with none. An answer that is begun, as the last message, is gone on from.

    Args:
        messages: The chat, as `client.chat.completions.create` takes it.
        model: The model's name, as `connect` returns it.

    Returns:
        The text with the marks for beginning and end of a message; None for a model whose template the course does not know.
    """
    known, chat = find(model), [dict(message) for message in messages]
    if known is None:
        return None
    if chat and chat[0]["role"] != "system":
        chat.insert(0, {"role": "system", "content": known.system})
    begun = chat.pop()["content"] if chat and chat[-1]["role"] == "assistant" else ""
    turns = [f"<|im_start|>{message['role']}\n{message['content']}<|im_end|>\n" for message in chat]
    return "".join([*turns, "<|im_start|>assistant\n", begun])
