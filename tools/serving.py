"""The built site on this machine, compressed as a static host would send it, and the browser that looks at it."""

from __future__ import annotations

import gzip
import shutil
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache, partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from tools.pages import HOME

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --disable-default-apps"
).split()
SITE = HOME / "_build" / "html"
TEXT = {".html", ".css", ".js", ".mjs", ".json", ".svg", ".map", ".txt", ".ipynb", ".md"}


@cache
def compressed(file: Path, changed: float) -> bytes:
    """Return a file as gzip's usual level makes it; `changed` is its time stamp, so that a new build is seen."""
    return gzip.compress(file.read_bytes(), compresslevel=6)


class Handler(SimpleHTTPRequestHandler):
    """Sends text compressed, keeps connections open and says nothing."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Send a file, a text compressed."""
        file = Path(self.translate_path(self.path))
        if file.suffix not in TEXT or not file.is_file():
            return super().do_GET()
        body = compressed(file, file.stat().st_mtime)
        self.send_response(200)
        for name, value in (("Content-Type", self.guess_type(str(file))), ("Content-Encoding", "gzip"), ("Content-Length", str(len(body)))):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class Server(ThreadingHTTPServer):
    """Bears it when a browser leaves a page before all is there."""

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Report an error, unless the browser has hung up."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


@contextmanager
def served(folder: Path = SITE, handler: type[Handler] = Handler) -> Iterator[str]:
    """Serve a folder while the block runs.

    Yields:
        Its address, such as "http://127.0.0.1:40123".
    """
    server = Server(("127.0.0.1", 0), partial(handler, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
