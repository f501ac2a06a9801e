"""Kernels that start warm: each is forked from a process that has imported the large libraries, and has run nothing of any page.

To import them takes longer than most pages do. A page still gets a process of its own, so that nothing of one page reaches another; the
course's own package is imported by each page anew, and so is whatever is not listed here. Where a process cannot be forked, kernels start
cold. A kernel is reached through files and not through ports: between the choice of a free port and its use, another kernel may take it.

As a plugin for pytest (`-p tools.warm`), it has every kernel of the session start so. As a program, it is the process that is forked.
"""

from __future__ import annotations

import json
import os
import runpy
import select
import signal
import subprocess
import sys
from collections.abc import Callable
from functools import cache, partialmethod
from importlib import import_module
from itertools import count
from tempfile import TemporaryDirectory

from jupyter_client.manager import KernelManager
from jupyter_client.provisioning import local_provisioner

LIBRARIES = ["ipykernel.kernelapp", "ipywidgets", "altair", "openai", "pandas", "sklearn.linear_model", "sklearn.pipeline"]
LIBRARIES += ["sklearn.feature_extraction.text", "sklearn.metrics", "statsmodels.stats.proportion"]
COUNTER = count()


class Forked:
    """A forked kernel, as jupyter_client asks for a `subprocess.Popen`.

    Attributes:
        pid: The number of its process, which leads a group of its own.
    """

    stdin = stdout = stderr = None

    def __init__(self, pid: int) -> None:
        """Watch a process."""
        self.pid = pid
        self._end: int | None = os.pidfd_open(pid)  # it can be read when the process has ended, and its number names no other one

    def poll(self, seconds: float | None = 0) -> int | None:
        """Return None while it runs; no status is known of a process that is another one's child."""
        return 0 if self._end is None or select.select([self._end], [], [], seconds)[0] else None

    def wait(self) -> int | None:
        """Return when it has ended."""
        status = self.poll(None)
        if self._end is not None:
            os.close(self._end)
        self._end = None  # the number may soon be another file's
        return status

    def send_signal(self, number: int) -> None:
        """Send it a signal, unless it has ended."""
        if self._end is not None:
            signal.pidfd_send_signal(self._end, number)

    def kill(self) -> None:
        """End it at once."""
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)


@cache
def nursery() -> subprocess.Popen[str]:
    """Start the process from which kernels are forked; it ends with this one. What kernels write to stderr is shown as this process's own."""
    single = os.environ | {"OMP_NUM_THREADS": "1"}  # for NumPy: kernels of two workers would wait for each other
    return subprocess.Popen([sys.executable, __file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=single, text=True)


def launch(command: list[str], *, env: dict[str, str], cwd: str | None = None, **_: object) -> Forked:
    """Start a kernel, in place of `jupyter_client.launcher.launch_kernel`."""
    to, back = nursery().stdin, nursery().stdout
    assert to and back
    to.write(json.dumps({"arguments": command[command.index("-m") + 1 :], "env": env, "cwd": cwd or os.getcwd()}) + "\n")
    to.flush()
    return Forked(int(back.readline()))


def start_kernels(set_to: Callable[[object, str, object], None] = setattr) -> None:
    """Have every kernel of this process start warm from now on, if that is possible here."""
    if hasattr(os, "pidfd_open"):
        set_to(local_provisioner, "launch_kernel", launch)
        set_to(KernelManager, "__init__", partialmethod(_managed, KernelManager.__init__))


def _managed(manager: KernelManager, begin: Callable[..., None], *given: object, **named: object) -> None:
    """Begin a kernel's manager, in place of its own `__init__`, with files of its own in place of ports."""
    begin(manager, *given, **{"transport": "ipc", "ip": f"{sockets().name}/{next(COUNTER)}"} | named)


@cache
def sockets() -> TemporaryDirectory[str]:
    """Return the folder of those files; it goes with this process."""
    return TemporaryDirectory()


def pytest_configure() -> None:
    """Do so in a session of pytest."""
    start_kernels()


def serve() -> None:
    """Import the libraries, and fork a kernel for each order that comes in."""
    del sys.path[0]  # this file's folder, which no page sees
    for name in LIBRARIES:
        import_module(name)
    for order in sys.stdin:
        if pid := os.fork():
            os.setpgid(pid, pid)  # before its number is known: who ends a kernel ends its group
            print(pid, flush=True)
        else:
            become(**json.loads(order))
            return


def become(arguments: list[str], env: dict[str, str], cwd: str) -> None:
    """Turn this process into the kernel that was ordered."""
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(2, 1)
    os.environ.clear()
    os.environ.update(env, JPY_PARENT_PID=str(os.getppid()))
    os.chdir(cwd)
    sys.modules["numpy"].random.seed()  # the standard library's generator does so by itself
    sys.argv = arguments
    runpy.run_module(arguments[0], run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    serve()
