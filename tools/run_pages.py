"""Run the pages: `compare` them with their saved outputs (strict nbval), `refresh` those, or run all `live`.

Usage: python -m tools.run_pages compare | refresh [page …] | live [page …] [--model NAME]

A page is compared and refreshed under each model whose outputs are kept for it (see `tools.outputs`).
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import nbformat

from sidebyside import read_settings
from sidebyside.errors import CourseError
from sidebyside.models import MODELS, SMALL, Model, find, names
from sidebyside.store import place_of, read_entries
from tools.outputs import combined, faults, others, outcomes, renew, speakers
from tools.pages import FOLDERS, HOME, SANITIZER, chosen, execute, in_use, load, pages, plain_environment, slug_of

NBVAL = ["--nbval", "--nbval-current-env", "--nbval-cell-timeout=120", f"--nbval-sanitize-with={SANITIZER}", "-n", "2", "--dist", "loadfile"]
NBVAL += ["-p", "tools.spoken", "-p", "tools.warm"]


SIGNS = {  # what a model that answers at all makes a page print
    "notebooks/meet_the_model": r"Oslo\[",
    "notebooks/the_genai_workflow": r"v3 [^;]+;[^;)]*\); v4 ",  # a forced answer is always usable
}


def compare() -> int:
    """Run every notebook under each of its models on two workers and compare all outputs; then report recordings that no page used."""
    try:
        wrong = list(faults())
        if not wrong:
            return compared_and_used()
    except CourseError as error:
        wrong = [str(error)]
    print("\n".join(wrong))
    return 1


def compared_and_used() -> int:
    """Run nbval on all pages and look for recordings that none of them used; return the status for the shell."""
    (HOME / "_build").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=HOME / "_build") as folder:  # inside of the course: a page finds its data from where it lies
        used = Path(folder) / "used.txt"
        environment = plain_environment(SIDEBYSIDE_MODE="replay", SIDEBYSIDE_USED=str(used))
        files = [*pages(), *copies(Path(folder))]
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *NBVAL, *map(str, files)]
        status = subprocess.run(command, cwd=HOME, env=environment).returncode
        case = read_settings({}).case.name
        unused = [line for model in MODELS for line in unused_recordings(used, HOME / "recordings" / model / case)]
    for line in unused:
        print(f"unused recording: {line}")
    if unused:
        print("No page uses these answers any more. `make record` drops them.")
    return status or bool(unused)


def copies(folder: Path) -> list[Path]:
    """Write each page as it is under a model that is not its voice into `<folder>/<model>/`; return the files."""
    files = {folder / model.name / path.name: combined(path, model) for path in pages(("notebooks",)) for model in others(path)}
    for file, page in files.items():
        file.parent.mkdir(exist_ok=True)
        nbformat.write(page, file)
    return list(files)


def unused_recordings(used: Path, folder: Path) -> list[str]:
    """Return "file key" of every recorded answer of one model and one case that is not in the log of used ones.

    Args:
        used: The log, as mode `replay` writes it.
        folder: The recordings of that model and case.
    """
    seen = in_use(used)
    there = [f"{place_of(f)} {e['key']}" for f in sorted(folder.glob("*.jsonl")) for e in read_entries(f)]
    return [line for line in there if line not in seen]


def refresh(slugs: Sequence[str] = ()) -> int:
    """Execute pages from recordings and save their outputs under each of their models: those of the slugs, or all."""
    for path in chosen(FOLDERS, slugs):
        renew(path, SIDEBYSIDE_MODE="replay")
        print(f"{path.relative_to(HOME)}: saved, spoken by {' and '.join(model.name for model in speakers(path))}")
    return 0


def live(names: Sequence[str], model: Model) -> int:
    """Execute pages with no recordings; nothing is saved. A page that fails stops the run with its error.

    Other processors and fewer messages may move a result. So a page is sane if at least half of its outcomes are the saved
    ones and its sign of life, if it has one, is there.

    Args:
        names: Slugs of the pages; all if empty.
        model: Who answers.
    """
    status = 0
    for path in pages(("notebooks", "solutions")):
        name = f"{path.parent.name}/{slug_of(path)}"
        if not names or slug_of(path) in names:
            start = time.perf_counter()
            page = execute(load(path), path.parent, SIDEBYSIDE_MODE="live", SIDEBYSIDE_MODEL=model.name)
            seconds, now = time.perf_counter() - start, outcomes(page)
            saved = outcomes(combined(path, model)) if model in speakers(path) else {}
            same = sum(now.get(key) == answer for key, answer in saved.items())
            print(f"{name}: reached its end live in {seconds:.0f} s; {same} of {len(saved)} outcomes as saved: {now}")
            status |= same < len(saved) / 2 or not shows_sign(page, SIGNS.get(name, ""))
    return status


def shows_sign(notebook: nbformat.NotebookNode, sign: str) -> bool:
    """Tell whether a pattern stands in the outputs of an executed page."""
    shown = [output.get("data", {}).get("text/plain", "") for cell in notebook.cells for output in cell.get("outputs", [])]
    return bool(re.search(sign, "\n".join(shown)))


def embedded(name: str) -> Model:
    """Return the embedded model that the command line names, in full or by its nickname.

    Raises:
        argparse.ArgumentTypeError: If there is none.
    """
    if model := find(name):
        return model
    raise argparse.ArgumentTypeError(f"there is no embedded model '{name}'. There are: {names()}.")


def main() -> int:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("job", choices=["compare", "refresh", "live"])
    parser.add_argument("pages", nargs="*", metavar="page")
    parser.add_argument("--model", type=embedded, default=SMALL, help="who answers live; the small one is on every machine")
    options = parser.parse_intermixed_args()
    if options.job == "live":
        return live(options.pages, options.model)
    return compare() if options.job == "compare" else refresh(options.pages)


if __name__ == "__main__":
    sys.exit(main())
