"""A scripted model: a real HTTP server on 127.0.0.1 that speaks the OpenAI routes and says, or breaks, what a test tells it to."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

NAME = "scripted-1"
KEY = "sk-scripted-0123456789abcdef"


def chat(text: str = "happy", tokens_in: int = 20, tokens_out: int = 5) -> dict[str, Any]:
    """Return the body of a chat completion."""
    return {
        "id": f"chatcmpl-{text}",
        "object": "chat.completion",
        "created": 1_790_000_000,
        "model": NAME,
        "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": text}}],
        "usage": {"prompt_tokens": tokens_in, "completion_tokens": tokens_out, "total_tokens": tokens_in + tokens_out},
    }


def fault(message: str) -> dict[str, Any]:
    """Return the body in which an endpoint says what went wrong."""
    return {"error": {"message": message, "type": "scripted", "code": None}}


@dataclass(frozen=True)
class Reply:
    """One answer of the scripted model.

    Attributes:
        body: A JSON value, or text or bytes that are sent as they are.
        status: The HTTP status.
        delay: Seconds to wait before answering.
        cut: Promise the whole body, send half of it and hang up.
        kind: The content type.
        headers: Further headers.
    """

    body: Any
    status: int = 200
    delay: float = 0.0
    cut: bool = False
    kind: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def data(self) -> bytes:
        if isinstance(self.body, bytes):
            return self.body
        return (self.body if isinstance(self.body, str) else json.dumps(self.body)).encode()


@dataclass(frozen=True)
class Request:
    """What came in."""

    method: str
    path: str
    headers: dict[str, str]
    body: dict[str, Any]


Quirk = Callable[[Request], Reply]


class ScriptedModel(ThreadingHTTPServer):
    """The server; after the last reply of its script it goes on giving that one.

    Attributes:
        quirk: What it does with a request, in place of a script.
        asked: The POST requests that came in, in order.
        names: The models that `GET /v1/models` lists; None answers it with 404.
        lists_at: The address below which that is.
        recordings: Where the fixture `endpoint` puts the recordings.
    """

    daemon_threads, block_on_close = True, False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.replies = [Reply(chat())]
        self.quirk: Quirk | None = None
        self.asked: list[Request] = []
        self.names: list[str] | None = None
        self.lists_at = "/v1"
        self.recordings = Path()
        self.lock = threading.Lock()

    @property
    def root(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    @property
    def url(self) -> str:
        return f"{self.root}/v1"

    def script(self, *replies: Reply) -> None:
        self.replies = list(replies)

    def next_reply(self, request: Request) -> Reply:
        with self.lock:
            self.asked.append(request)
            if not self.quirk:
                return self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]
        return self.quirk(request)  # without the lock: requests that come at once are answered at once

    def recorded(self) -> list[dict[str, Any]]:
        """Return every line of every recordings file."""
        return [json.loads(line) for file in sorted(self.recordings.rglob("*.jsonl")) for line in file.read_text(encoding="utf-8").splitlines()]


class Handler(BaseHTTPRequestHandler):
    server: ScriptedModel

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        reply = self.server.next_reply(Request("POST", self.path, {k.lower(): v for k, v in self.headers.items()}, body))
        time.sleep(reply.delay)
        with suppress(ConnectionError):  # the client may have lost patience
            self.say(reply)

    def do_GET(self) -> None:
        names = self.server.names if self.path == f"{self.server.lists_at}/models" else None
        self.say(
            Reply(fault("no such route"), 404) if names is None else Reply({"object": "list", "data": [{"id": n, "object": "model"} for n in names]})
        )

    def say(self, reply: Reply) -> None:
        self.send_response(reply.status)
        self.send_header("content-type", reply.kind)
        self.send_header("content-length", str(len(reply.data)))
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(reply.data[: len(reply.data) // 2] if reply.cut else reply.data)

    def log_message(self, *_: Any) -> None:
        """Keep quiet."""


@contextmanager
def serving() -> Iterator[ScriptedModel]:
    """Start a scripted model and stop it again."""
    with ScriptedModel() as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        yield server
        server.shutdown()


def closed_port() -> int:
    """Return a port of 127.0.0.1 at which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
