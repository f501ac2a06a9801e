"""Run the pages: `compare` them with their saved outputs (strict nbval), `refresh` those, or run all `live`.

Usage: python -m tools.run_pages compare | refresh [page …] | live [page …]
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import nbformat

from sidebyside import read_settings
from sidebyside.errors import RecordingError
from sidebyside.models import DEFAULT
from sidebyside.store import place_of, read_entries
from tools.pages import FOLDERS, HOME, SANITIZER, chosen, execute, load, pages, plain_environment, save, slug_of

NBVAL = ["--nbval", "--nbval-current-env", "--nbval-cell-timeout=120", f"--nbval-sanitize-with={SANITIZER}", "-n", "2", "--dist", "loadfile"]


SIGNS = {  # what a model that answers at all makes a page print
    "notebooks/meet_the_model": r"Oslo\[",
    "notebooks/the_genai_workflow": r"v3 [^;]+;[^;)]*\); v4 ",  # a forced answer is always usable
}


def compare() -> int:
    """Run every notebook on two workers and compare all outputs; then report recordings that no page used."""
    with tempfile.TemporaryDirectory() as folder:
        used = Path(folder) / "used.txt"
        environment = plain_environment(SIDEBYSIDE_MODE="replay", SIDEBYSIDE_USED=str(used))
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *NBVAL, *map(str, pages())]
        status = subprocess.run(command, cwd=HOME, env=environment).returncode
        try:
            unused = unused_recordings(used, HOME / "recordings" / DEFAULT.name / read_settings({}).case.name)
        except RecordingError as error:
            print(error)
            return 1
    for line in unused:
        print(f"unused recording: {line}")
    if unused:
        print("No page uses these answers any more. `make record` drops them.")
    return status or bool(unused)


def unused_recordings(used: Path, folder: Path) -> list[str]:
    """Return "file key" of every recorded answer of one model and one case that is not in the log of used ones.

    Args:
        used: The log, as mode `replay` writes it.
        folder: The recordings of that model and case.
    """
    seen = set(used.read_text().splitlines()) if used.is_file() else set()
    there = [f"{place_of(f)} {e['key']}" for f in sorted(folder.glob("*.jsonl")) for e in read_entries(f)]
    return [line for line in there if line not in seen]


def refresh(slugs: Sequence[str] = ()) -> int:
    """Execute pages from recordings and save their outputs: those of the slugs, or all."""
    for path in chosen(FOLDERS, slugs):
        save(execute(load(path), path.parent, SIDEBYSIDE_MODE="replay"), path)
        print(f"{path.relative_to(HOME)}: saved")
    return 0


def live(names: list[str]) -> int:
    """Execute pages with no recordings; nothing is saved. A page that fails stops the run with its error.

    Other processors and fewer messages may move a result. So a page is sane if at least half of its outcomes are the saved
    ones and its sign of life, if it has one, is there.
    """
    status = 0
    for path in pages(("notebooks", "solutions")):
        name = f"{path.parent.name}/{slug_of(path)}"
        if not names or slug_of(path) in names:
            start = time.perf_counter()
            page = execute(load(path), path.parent, SIDEBYSIDE_MODE="live")
            seconds, saved, now = time.perf_counter() - start, outcomes(load(path)), outcomes(page)
            same = sum(now.get(key) == answer for key, answer in saved.items())
            print(f"{name}: reached its end live in {seconds:.0f} s; {same} of {len(saved)} outcomes as saved: {now}")
            status |= same < len(saved) / 2 or not shows_sign(page, SIGNS.get(name, ""))
    return status


def shows_sign(notebook: nbformat.NotebookNode, sign: str) -> bool:
    """Tell whether a pattern stands in the outputs of an executed page."""
    shown = [output.get("data", {}).get("text/plain", "") for cell in notebook.cells for output in cell.get("outputs", [])]
    return bool(re.search(sign, "\n".join(shown)))


def outcomes(notebook: nbformat.NotebookNode) -> dict[str, str]:
    """Return what came out for each prediction of an executed page: the answer by the prediction's key."""
    shown = [output.get("data", {}).get("text/html", "") for cell in notebook.cells for output in cell.get("outputs", [])]
    return {key: answer for text in shown for key, answer in re.findall(r'class="sbs-outcome" data-key="([^"]*)" data-answer="([^"]*)"', text)}


if __name__ == "__main__":
    jobs: dict[str, Callable[[], int]] = {"compare": compare, "refresh": lambda: refresh(sys.argv[2:]), "live": lambda: live(sys.argv[2:])}
    sys.exit(jobs[sys.argv[1]]() if sys.argv[1:] and sys.argv[1] in jobs else __doc__)
