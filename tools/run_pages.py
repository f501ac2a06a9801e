"""Run the pages: `compare` them with their saved outputs (strict nbval), `refresh` those, or run all `live`.

Usage: run_pages.py compare | refresh | live [page …]
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from pages import HOME, execute, load, pages, save

from sidebyside.errors import RecordingError
from sidebyside.recording import read_entries

NBVAL = ["--nbval", "--nbval-current-env", "--nbval-cell-timeout=120", "--nbval-sanitize-with", "tests/nbval.cfg", "-n", "2", "--dist", "loadfile"]


def compare() -> int:
    """Run every notebook on two workers and compare all outputs; then report recordings that no page used."""
    with tempfile.TemporaryDirectory() as folder:
        used = Path(folder) / "used.txt"
        environment = {**os.environ, "SIDEBYSIDE_MODE": "replay", "SIDEBYSIDE_USED": str(used)}
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *NBVAL, *map(str, pages())]
        status = subprocess.run(command, cwd=HOME, env=environment).returncode
        try:
            unused = unused_recordings(used)
        except RecordingError as error:
            print(error)
            return 1
    for line in unused:
        print(f"unused recording: {line}")
    if unused:
        print("No page uses these answers any more. `make record` drops them.")
    return status or bool(unused)


def unused_recordings(used: Path) -> list[str]:
    """Return "file key" of every recorded answer that is not in the log of used ones."""
    seen = set(used.read_text().splitlines()) if used.is_file() else set()
    there = [f"{f.parent.name}/{f.name} {e['key']}" for f in sorted((HOME / "recordings").glob("*/*.jsonl")) for e in read_entries(f)]
    return [line for line in there if line not in seen]


def refresh() -> int:
    """Execute every page from recordings and save its outputs."""
    for path in pages():
        save(execute(load(path), path.parent, SIDEBYSIDE_MODE="replay"), path)
        print(f"{path.relative_to(HOME)}: saved")
    return 0


def live(names: list[str]) -> int:
    """Execute pages with no recordings; nothing is saved. A page that fails stops the run with its error."""
    for path in pages(("notebooks",)):
        if not names or path.stem in names:
            start = time.perf_counter()
            execute(load(path), path.parent, SIDEBYSIDE_MODE="live")
            print(f"{path.stem}: reached its end live in {time.perf_counter() - start:.0f} s")
    return 0


if __name__ == "__main__":
    jobs = {"compare": compare, "refresh": refresh, "live": lambda: live(sys.argv[2:])}
    sys.exit(jobs[sys.argv[1]]() if sys.argv[1:] and sys.argv[1] in jobs else __doc__)
