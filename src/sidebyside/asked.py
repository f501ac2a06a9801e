"""Evidence that a model was asked: which answers are those that it gave to requests of this kernel."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from .llm import connections

FREE = {"model", "max_tokens", "max_completion_tokens", "seed", "logprobs", "top_logprobs", "n", "user", "timeout", "stream"}  # may differ

Request = Mapping[str, Any]


def told(answer: str, fits: Callable[[Request], bool]) -> bool:
    """Tell whether a model gave this very answer, but for spaces, to a request of this kernel.

    Args:
        answer: What it may have said.
        fits: Says whether a request, as it was sent, is one of those that are meant.
    """
    said = _spaced(answer)
    return any(said in map(_spaced, heard.texts) and fits(heard.request) for connection in connections() for heard in connection.heard)


def was_asked(fits: Callable[[Request], bool]) -> bool:
    """Tell whether a model was asked something in this kernel, by whoever runs it and not by a check."""
    return any(fits(heard.request) for connection in connections() for heard in connection.heard)


def holds(text: str) -> Callable[[Request], bool]:
    """Return a function that tells whether the messages of a chat hold a text."""

    def fits(request: Request) -> bool:
        return any(_spaced(text) in _spaced(_content(message)) for message in request.get("messages") or ())

    return fits


def like(messages: Any, **options: Any) -> Callable[[Request], bool]:
    """Return a function that tells whether a request asks a chat with these options, but for what may differ, such as the limit of length."""
    wanted = _bare(_plain({"messages": messages, **options}))
    return lambda request: _bare(request) == wanted


def _bare(fields: Request) -> Request:
    return {name: value for name, value in fields.items() if name not in FREE}


def _plain(fields: Any) -> Any:
    """Return fields as they go out: those beside the openai client's own lie among the others, and a tuple is a list."""
    if isinstance(fields, Mapping):
        fields = {name: value for name, value in fields.items() if name != "extra_body"} | (fields.get("extra_body") or {})
    return json.loads(json.dumps(fields))


def _content(message: Mapping[str, Any]) -> str:
    content = message.get("content")
    return content if isinstance(content, str) else json.dumps(content, ensure_ascii=False)


def _spaced(text: str) -> str:
    return " ".join(text.split())
