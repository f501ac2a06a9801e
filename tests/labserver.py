"""A real JupyterLab on 127.0.0.1, started as a reader starts it, on a small copy of the course and with a fresh user's folders."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sidebyside.jupyter.lab import START as START  # where a reader begins: the page that the address of `make lab` opens

HOME = Path(__file__).resolve().parent.parent
STRANGE = {
    "ALL_PROXY": "socks5://127.0.0.1:9",
    "HTTPS_PROXY": "socks5h://127.0.0.1:9",
    "SSL_CERT_FILE": "no/such/file.pem",
}  # a machine that breaks httpx
OPTIONS = ("--no-browser", "--ip=127.0.0.1", "--port=0", "--IdentityProvider.token=", "--ServerApp.disable_check_xsrf=True")


def small_course(folder: Path) -> Path:
    """Copy the pages, which a reader may change, into a folder; what a page only reads is linked."""
    for name in ("notebooks", "exercises", "solutions", "book"):
        shutil.copytree(HOME / name, folder / name, ignore=shutil.ignore_patterns(".*", "my_*"))
    for name in ("cases", "lessons", "recordings", "_toc.yml"):
        (folder / name).symlink_to(HOME / name)
    return folder


@contextmanager
def lab(course: Path, user: Path) -> Iterator[str]:
    """Run `python -m sidebyside lab` on a machine with a strange proxy and no certificates.

    Args:
        course: The course's folder.
        user: Where settings, signatures and the log of this user go.

    Yields:
        The server's address, such as "http://127.0.0.1:40123".
    """
    user.mkdir(parents=True, exist_ok=True)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("SIDEBYSIDE_", "JUPYTER_"))}
    folders = {f"JUPYTER_{name}_DIR": str(user / name.lower()) for name in ("CONFIG", "DATA", "RUNTIME")} | {"IPYTHONDIR": str(user / "ipython")}
    with (user / "log").open("w") as log:
        command = [sys.executable, "-m", "sidebyside", "lab", *OPTIONS]
        process = subprocess.Popen(command, cwd=course, env=kept | folders | STRANGE, stdout=log, stderr=log)
    try:
        yield address(process, user)
    finally:
        process.terminate()
        try:
            process.wait(60)
        finally:
            process.kill()  # nothing is left behind if it has not ended


def address(process: subprocess.Popen[bytes], user: Path) -> str:
    """Wait until the server says where it listens, and does: it writes the file a moment before."""
    for _ in range(600):
        for note in (user / "runtime").glob("jpserver-*.json"):
            with suppress(OSError, ValueError):
                port = json.loads(note.read_text())["port"]
                socket.create_connection(("127.0.0.1", port), timeout=5).close()
                return f"http://127.0.0.1:{port}"
        if process.poll() is not None:
            break
        time.sleep(0.2)
    raise AssertionError((user / "log").read_text())
