"""What quirks are made of: a quirk is a function from a request to a reply, and `endpoint.quirk = …` puts it on the server.

A quirk that needs a memory is a closure or an object that can be called. Error bodies are those of the real endpoint.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.scripted import Quirk, Reply, Request, chat

Check = Callable[[dict[str, Any]], Reply | None]
ROUTES = ("/chat/completions", "/completions", "/embeddings", "/responses", "/models")


def answering(text: str = "happy", **message: Any) -> Reply:
    """Return a chat answer; further fields of its message may be given."""
    body = chat(text)
    body["choices"][0]["message"] |= message
    return Reply(body)


def with_option(*names: str, reply: Callable[[str, Any], Reply], unless: Callable[[Any], bool] = lambda value: False) -> Check:
    """Refuse each of these options where a request holds it, unless its value is fine."""

    def check(fields: dict[str, Any]) -> Reply | None:
        return next((reply(name, fields[name]) for name in names if name in fields and not unless(fields[name])), None)

    return check


def endpoint_that(*checks: Check, answer: Callable[[dict[str, Any]], Reply] = lambda fields: answering()) -> Quirk:
    """Return a quirk: the first check that objects replies; a request that pleases all of them is answered."""

    def quirk(request: Request) -> Reply:
        return next((reply for check in checks if (reply := check(request.body))), None) or answer(request.body)

    return quirk
