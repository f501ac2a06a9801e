"""A publisher of weights on 127.0.0.1 that does what a test tells it: whole, cut, lying, forgetful, closed."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Turn = Callable[["Handler"], None]


class Publisher(ThreadingHTTPServer):
    """The server: the next request is answered by the first turn of `script`, and every one after its end honestly."""

    daemon_threads = True

    def __init__(self, content: bytes) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.content, self.script = content, list[Turn]()
        self.asked: list[tuple[str, str]] = []  # path and Range of each request

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class Handler(BaseHTTPRequestHandler):
    server: Publisher

    def do_GET(self) -> None:
        self.server.asked.append((self.path, self.headers.get("range", "")))
        turn = self.server.script.pop(0) if self.server.script else honest()
        with suppress(ConnectionError):
            turn(self)

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def begin(self) -> int:
        """Return the first byte that is asked for."""
        return int(self.headers.get("range", "bytes=0-").removeprefix("bytes=").rstrip("-"))

    def send(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in {"content_length": str(len(body)), **headers}.items():
            if value:
                self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        for start in range(0, len(body), 5_000):
            self.wfile.write(body[start : start + 5_000])
            self.wfile.flush()
        self.close_connection = True


def honest(change: Callable[[bytes], bytes] = lambda body: body, begin: int | None = None) -> Turn:
    """Send what is asked for, changed if the test wants it so.

    Args:
        change: What becomes of the body; its length stays as announced if it gets shorter.
        begin: The byte from which on it is sent, whatever was asked for.
    """

    def turn(handler: Handler) -> None:
        start, whole = handler.begin() if begin is None else begin, handler.server.content
        body = whole[start:]
        span = {"content_range": f"bytes {start}-{len(whole) - 1}/{len(whole)}"} if start else {}
        handler.send(206 if start else 200, change(body), content_length=str(len(body)), **span)

    return turn


def cut(size: int) -> Turn:
    """Send so many bytes of what is asked for, and hang up."""
    return honest(lambda body: body[:size])


def says(status: int, body: bytes = b"no", **headers: str) -> Turn:
    """Send this, whatever is asked for."""
    return lambda handler: handler.send(status, body, **headers)


@contextmanager
def publishing(content: bytes) -> Iterator[Publisher]:
    """Run a publisher of one file."""
    with Publisher(content) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
