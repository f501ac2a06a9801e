"""The language models inside this process: load their weights, serve them to this process alone, stop.

The server is llama.cpp, from the prebuilt wheels of `xllamacpp`. It speaks the OpenAI routes for chat, completion
and embeddings, starts on first use, and is gone when the kernel is. Each model that is asked has a server of its own.

A server belongs to its kernel. It listens at a socket in a folder that no other user may enter, so that there is no port that
a web page could find; only where the system has no such sockets (Windows) it is a port of 127.0.0.1. Either way each start
has a random key, which is kept in memory alone, no page of any origin may read an answer, and the routes that tell of other
requests are off. `xllamacpp` can also be called without a socket, with the same answers and at the same speed, but such a call
cannot be interrupted, loses the status of an error, and opens its port all the same.

An answer must not depend on what was asked before it, or no recording could be verified. Four things were found to
make it depend, down to another word in one answer of ten: flash attention, whose kernel differs with the number of
tokens read at once, so it is off; weights repacked for the processor, whose kernels differ in the same way (with the main
model one answer of 25 changed by a word; unpacked none did, and a prompt was even read sooner), so they are left as they
are; other requests at the same time, so there is one slot; and the prompt cache, where it holds text that the model wrote,
or the whole question, so that one token alone is read (see `may_reuse`).

Its threads sleep while they wait for each other (see `_library`). Left to themselves they spin, and hold up whoever they wait for
where other programs have the processors: on two that were shared by more than a dozen programs the small model wrote 0.6 tokens a
second spinning and 35 sleeping.
"""

from __future__ import annotations

import atexit
import ctypes
import http.client
import importlib.metadata
import math
import os
import secrets
import shutil
import socket
import stat
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache, lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from .errors import EmbeddedError, WeightsError
from .models import SMALL, Model
from .notice import Line, cell
from .weights import checksum, find_or_offer, find_weights, verify_weights

PULSE = 10.0  # seconds between two looks whether a server that is at work is still alive
FAINT = 120.0  # seconds that such a look may take where other programs have the processor
TICK = 1.0  # seconds between two changes of the line that says how long the model has been at work
UNTOLD = 4.0  # seconds of waiting that need no such line
STALE = 60.0  # seconds after which a socket that nobody listens at is one of a killed kernel, not of one that starts
LARGE = 200_000_000  # bytes of a file whose loading is worth a line
AT_WORK = "The model in this notebook is at work: {seconds:.0f} seconds …"
LOADING = "The model {name} is being loaded: {size:.1f} GB …"
GONE = (
    "The embedded model {name} stopped in the middle of its work, most often because the memory was full. "
    "Close other programs, then run the cell again: the model is started again."
)
TOO_SLOW = (
    "The embedded model {name} is still at work after {seconds:g} seconds. "
    "Give connect() a longer timeout or none, set SIDEBYSIDE_LIMIT to fewer messages, or close other programs."
)

_lock = threading.Lock()
_servers: dict[Model, Any] = {}
_keys: dict[Model, str] = {}
_latest: dict[Model, list[Any]] = {}  # the chat that a server read last
_turns: dict[Model, threading.Lock] = {}
_forked = False  # whether llama.cpp's threads stayed behind in the process that this one was forked from


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
        Where the server listens, such as "unix:///tmp/sbs-x1y2/llama.sock" or "http://127.0.0.1:40123".

    Raises:
        WeightsError: If the file is missing, altered or cannot be loaded.
    """
    with _lock:
        if model not in _servers:
            path = find_or_offer(model)
            with _told_of_loading(path, model):
                if model.sha256:
                    verify_weights(path, model)
                _servers[model] = _load(path, model)
        return str(_servers[model].listening_address)


@contextmanager
def _told_of_loading(path: Path, model: Model) -> Iterator[None]:
    """Say on the page that a large file is being loaded, until it is."""
    line = Line()
    if (size := path.stat().st_size if path.is_file() else 0) >= LARGE:
        line.show(LOADING.format(name=model.name, size=size / 1e9))
        time.sleep(0.02)  # llama.cpp holds up all of Python while it loads, and the line must have left by then
    try:
        yield
    finally:
        line.clear()


def _load(path: Path, model: Model) -> Any:
    xllamacpp = _library()
    _keys[model] = secrets.token_urlsafe(32)
    place = _private_place()
    try:
        server = xllamacpp.Server(_params(xllamacpp, path, model, _keys[model], place))
    except Exception as error:
        _remove(place)
        doubt = f"Are {model.memory:g} GB of memory free?" if model.sha256 else "Is it a whole GGUF file, and is enough memory free?"
        raise WeightsError(f"llama.cpp cannot load {path.name}. {doubt} ({error})") from error
    if _forked:
        _never_end(server)
    return server


def _library() -> Any:
    """Return the library; when it is first loaded, its threads are told to sleep while they wait, unless the reader has set otherwise."""
    if "xllamacpp" not in sys.modules:
        atexit.register(stop)
    own = os.environ.get("OMP_WAIT_POLICY")
    os.environ["OMP_WAIT_POLICY"] = own or "passive"  # OpenMP reads it once, as it is loaded
    try:
        import xllamacpp
    finally:
        if own is None:
            del os.environ["OMP_WAIT_POLICY"]  # what is started from here is none of ours
    return xllamacpp


def _params(xllamacpp: Any, path: Path, model: Model, key: str, place: Path | None) -> Any:
    params = xllamacpp.CommonParams()
    params.model.path, params.model_alias = str(path), {model.name}
    params.n_ctx, params.n_parallel, params.cpuparams.n_threads = model.context * model.slots, model.slots, model.threads
    attention = xllamacpp.llama_flash_attn_type
    params.flash_attn_type = attention.LLAMA_FLASH_ATTN_TYPE_ENABLED if model.flash_attention else attention.LLAMA_FLASH_ATTN_TYPE_DISABLED
    params.cache_ram_mib, params.no_extra_bufts = model.prompt_cache, True
    params.embedding, params.pooling_type = True, xllamacpp.llama_pooling_type.LLAMA_POOLING_TYPE_MEAN
    params.hostnames, params.port = [str(place) if place else "127.0.0.1"], 0
    params.verbosity = -1  # llama.cpp's log lines stay out of the notebook
    _shut(params, key)
    return params


def _shut(params: Any, key: str) -> None:
    """Leave nothing for anybody else: only who has the key gets an answer, and no web page may read one."""
    params.api_keys = [key]
    params.cors_origins, params.cors_origins_explicit, params.cors_credentials = "", True, False
    params.cors_methods, params.cors_headers = "", ""
    params.endpoint_slots, params.endpoint_props, params.endpoint_metrics, params.ui = False, False, False, False


def _private_place() -> Path | None:
    """Return where a socket can be made that no other user and no web page reaches; None if the system has no such sockets."""
    if not hasattr(socket, "AF_UNIX"):
        return None
    try:
        _sweep(Path(tempfile.gettempdir()))
        place = Path(tempfile.mkdtemp(prefix="sbs-")) / "llama.sock"  # the folder is this user's alone
    except OSError:
        return None
    try:
        with socket.socket(socket.AF_UNIX) as trial:
            trial.bind(str(place))
        place.unlink()
    except OSError:  # the path is too long, or the disk takes no sockets
        _remove(place)
        return None
    return place


def _sweep(folder: Path) -> None:
    """Remove what kernels left behind that were killed: this user's sockets at which nobody listens."""
    for place in folder.glob("sbs-*/llama.sock"):
        with suppress(OSError):
            told = place.lstat()
            if stat.S_ISSOCK(told.st_mode) and told.st_uid == os.getuid() and time.time() - told.st_mtime > STALE and not _listens(place):
                _remove(place)


def _listens(place: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as line:
        line.settimeout(1)
        try:
            line.connect(str(place))
        except ConnectionRefusedError:
            return False
    return True


def _remove(place: Path | None) -> None:
    if place:
        shutil.rmtree(place.parent, ignore_errors=True)


def _place_of(address: str) -> Path | None:
    """Return the socket's path in an address, if it is one."""
    return Path(address.removeprefix("unix://")) if address.startswith("unix://") else None


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
        for model in list(_servers):
            _forget(model)


def _forget(model: Model) -> None:
    """Let go of a server, which ends it, and of its key and folder."""
    server = _servers.pop(model, None)
    _keys.pop(model, None)
    if server is not None:
        _remove(_place_of(str(server.listening_address)))


# --- forks ----------------------------------------------------------------------------------------------------------


def _after_fork() -> None:
    """Leave the parent's servers alone in a forked child, which starts its own if it asks a model.

    Their threads are not here, so ending them, as Python does at its end, would wait for ever.
    """
    global _lock, _forked
    for server in _servers.values():
        _never_end(server)
    for kept in (_servers, _keys, _latest, _turns):
        kept.clear()
    _lock = threading.Lock()
    if "xllamacpp" in sys.modules:
        _forked = True
        _leave_at_once()


def _never_end(server: Any) -> None:
    """Keep an object for ever: one reference more than anybody will let go of."""
    ctypes.pythonapi.Py_IncRef(ctypes.py_object(server))


def _leave_at_once() -> None:
    """Let this process end without llama.cpp's farewell, which waits for a thread of the parent's; its exit status stays."""
    with suppress(AttributeError, OSError):  # only glibc has on_exit
        libc = ctypes.CDLL(None)
        libc.on_exit(libc._exit, None)


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)


# --- one answer -----------------------------------------------------------------------------------------------------


def exchange(model: Model, method: str, path: str, body: bytes, patience: float | None = None) -> http.client.HTTPResponse:
    """Send a request to a model's server, and wait as long as the server is alive.

    A machine with other work is slow, and no answer is lost by it: this waits without a limit of its own, says on the page
    how long it has been, and asks the server every ten seconds whether it is still there. An interrupt closes the line, and
    llama.cpp then drops the work.

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
        line.request(method, path, body, _headers(model))
        _await_answer(line, address, model, patience)
        return line.getresponse()
    except (OSError, http.client.HTTPException) as error:
        raise gone(model) from error
    except BaseException:
        line.close()
        raise


def _headers(model: Model) -> dict[str, str]:
    return {"content-type": "application/json", "connection": "close", "authorization": f"Bearer {_keys.get(model, '')}"}


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
    """Forget a server that does not answer any more, so that the next request starts it again; return what to say."""
    with _lock:
        _forget(model)
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


class _SocketLine(http.client.HTTPConnection):
    """A connection to a server that listens at a socket in a folder."""

    def __init__(self, place: Path, timeout: float | None) -> None:
        super().__init__("localhost", timeout=timeout)
        self.place = place

    def connect(self) -> None:
        """Reach the socket."""
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(self.place))


def _line(address: str, timeout: float | None = None) -> http.client.HTTPConnection:
    if place := _place_of(address):
        return _SocketLine(place, timeout)
    url = urlsplit(address)
    return http.client.HTTPConnection(url.hostname or "", url.port, timeout=timeout)


def _await_answer(line: http.client.HTTPConnection, address: str, model: Model, patience: float | None) -> None:
    """Return once the first byte of the answer is there; meanwhile say how long it has been."""
    start = looked = time.monotonic()
    end, told = start + (math.inf if patience is None else patience), _line_of_cell(cell())
    try:
        while not _has_begun(line.sock, max(0.001, min(TICK, PULSE, end - time.monotonic()))):
            now = time.monotonic()
            if now >= end:
                raise EmbeddedError(TOO_SLOW.format(name=model.name, seconds=patience))
            if now - looked >= PULSE:
                if not is_alive(address):
                    raise ConnectionError("the server does not answer")
                looked = time.monotonic()
            if now - start >= UNTOLD:
                told.show(AT_WORK.format(seconds=now - start))
    finally:
        told.clear()


@lru_cache(maxsize=1)
def _line_of_cell(cell: int) -> Line:
    """Return the line of a cell: all its requests share one, so that a slow run leaves no row of empty lines."""
    return Line()


def _has_begun(line: socket.socket, seconds: float) -> bool:
    line.settimeout(seconds)
    try:
        line.recv(1, socket.MSG_PEEK)
    except TimeoutError:
        return False
    finally:
        line.settimeout(None)
    return True
