"""Run the tests of `make quick` beside two processes that keep the machine busy. What fails here fails on a colleague's laptop one day.

Usage: python -m tools.under_load [TEST …]    (words for pytest; all unit tests unless you say otherwise)
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from tools.check import ONE_THREAD, STAGES
from tools.pages import HOME

BUSY = 2  # processes


@contextmanager
def load() -> Iterator[None]:
    """Keep so many processors busy while the block runs."""
    working = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(BUSY)]
    try:
        yield
    finally:
        for process in working:
            process.kill()
            process.wait()


def main(words: list[str]) -> int:
    """Run the tests under load."""
    (whole,) = STAGES["unit"]
    assert isinstance(whole, tuple)
    with load():
        return subprocess.run([*whole, *words], cwd=HOME, env=os.environ | ONE_THREAD).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
