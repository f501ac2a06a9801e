"""`record`: ask the real model for answers that are missing, and keep those still used. `verify`: ask a sample again.

Usage: python -m tools.record record [page …] [--model NAME] | verify [--model NAME] [--sample N] [--no-gate]

A recording lies in `recordings/<model>/<case>/<page>.jsonl`. Unless a model is named, by its name or nickname, a page is recorded under
each model whose outputs are kept for it, and these are saved (see `tools.outputs`). With a name, a run touches the files of that model
alone, and saves what a page shows only if that is kept. Those of other cases stay as they are in any case. `verify` asks the small
model unless another one is named, in a random order.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import tempfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import openai

import sidebyside as sbs
from sidebyside.answers import slim
from sidebyside.backends import endpoint_folder
from sidebyside.models import MODELS, SMALL, find
from sidebyside.store import Entry, Store, place_of
from tools.outputs import renew
from tools.pages import HOME, chosen, in_use

SHELF = HOME / "recordings"
GATE = 0.99
Run = Callable[[Path, Path], None]  # runs a page in mode `record`; the answers in use are noted in the second file


def folder_of(model: str, case: str | None = None) -> Path:
    """Return where a model's recordings of a case lie, by default of the case that pages use when nothing is set."""
    return SHELF / (model if model in MODELS else endpoint_folder(model)) / (case or sbs.read_settings({}).case.name)


def record(paths: Iterable[Path], folders: Sequence[Path], run: Run, drop: bool = True) -> list[str]:
    """Run pages, which asks a model where no answer is recorded; then put each file in order and drop what no page used.

    Nothing is dropped unless every page ran to its end and every seal is whole, so a run that fails leaves all old answers,
    and those new ones that came before: the next run goes on from there.

    Args:
        paths: The pages.
        folders: The recordings that the pages may use, each of one model and one case.
        run: Runs one page.
        drop: Whether these are all pages, so that an answer which none of them used may go: a page may use another one's answers.

    Returns:
        What is kept: one line a file.

    Raises:
        RecordingError: If a recorded answer was altered; the text names the file.
    """
    _read(folders)  # before an hour of asking
    with tempfile.TemporaryDirectory() as there:
        used = Path(there) / "used.txt"
        used.touch()
        for path in paths:
            run(path, used)
        seen = in_use(used)
    kept = {file: {key for key in entries if f"{place_of(file)} {key}" in seen} for file, entries in _read(folders).items()}
    lines = [_tidied(file, keys, drop) for file, keys in kept.items()]
    return lines if drop else [f"{place_of(file)}: {len(keys)} answers in use" for file, keys in kept.items() if keys]


def _read(folders: Iterable[Path]) -> dict[Path, dict[str, Entry]]:
    """Return the entries by file and key; a line that was torn when a run was killed is none."""
    return {file: Store(file).entries for folder in folders for file in sorted(folder.glob("*.jsonl"))}


def _tidied(file: Path, keys: set[str], drop: bool) -> str:
    """Put a file's lines in their order and, if asked to, drop those not in use, the file too if none is left; say what is left."""
    left = Store(file).compact(lambda entry: entry["key"] in keys or not drop)
    return f"{place_of(file)}: {left} answers, {file.stat().st_size / 1e6 if left else 0:.2f} MB"


def run_page(model: str) -> Run:
    """Return how a page is run under a model, or if none is named under all that it is kept under; what is kept is saved."""

    def run(path: Path, used: Path) -> None:
        renew(path, [model] if model else [], SIDEBYSIDE_MODE="record", SIDEBYSIDE_USED=str(used))
        print(f"{path.relative_to(HOME)}: recorded")

    return run


def sample_of(folder: Path, size: int) -> list[Entry]:
    """Return a random sample of a model's recorded answers at temperature 0, in random order."""
    entries = [entry for some in _read([folder]).values() for entry in some.values() if entry["request"].get("temperature") == 0]
    return random.sample(entries, min(size, len(entries)))


def verify(entries: Sequence[Entry], ask: Callable[[Entry], str], gate: bool = True) -> tuple[int, list[str]]:
    """Ask for answers again and count those that are the same.

    Args:
        entries: What was recorded.
        ask: Returns what the model says now.
        gate: Whether too many differences are a fault.

    Returns:
        The status for the shell, 1 if too many differ, and what to print.
    """
    if not entries:
        return 1, ["There are no recordings yet: `make record` makes them."]
    now = [(entry, ask(entry)) for entry in entries]
    different = [(entry, again) for entry, again in now if again != said(entry["response"])]
    share = 1 - len(different) / len(entries)
    lines = [f"differs: {entry['key']}\n  recorded: {said(entry['response'])!r}\n  now:      {again!r}" for entry, again in different]
    total = f"{len(entries) - len(different)} of {len(entries)} answers at temperature 0 are identical ({share:.1%})"
    return int(gate and share < GATE), [*lines, total]


def ask_again(client: openai.OpenAI, entry: Entry) -> str:
    """Send an entry's request to the model and return what it says now."""
    answer = client.post(f"/{entry['route']}", body=entry["request"], cast_to=object)
    return said(slim(answer))


def said(response: dict[str, Any]) -> str:
    """Return the text of a chat or raw completion."""
    choice = response["choices"][0]
    return str(choice["message"]["content"] if "message" in choice else choice["text"])


def live_client(model: str) -> openai.OpenAI:
    """Return a client that asks a model live, whatever a shell has set."""
    for name in [name for name in os.environ if name.startswith("SIDEBYSIDE_")]:
        del os.environ[name]
    os.environ |= {"SIDEBYSIDE_MODE": "live", "SIDEBYSIDE_KEPT": "none"}
    return sbs.connect(model=model)[0]


def main() -> int:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("job", choices=["record", "verify"])
    parser.add_argument("pages", nargs="*", metavar="page")
    parser.add_argument("--model", default="", help="name or nickname of an embedded model, or name of one at an endpoint")
    parser.add_argument("--sample", type=int, default=100)
    parser.add_argument("--no-gate", action="store_true")
    options = parser.parse_intermixed_args()
    model = known.name if (known := find(options.model)) else options.model
    if options.job == "record":
        paths = chosen(("notebooks", "solutions", "hackathon"), options.pages)
        folders = [folder_of(name) for name in ([model] if model else MODELS)]
        status, lines = 0, record(paths, folders, run_page(model), drop=not options.pages)
    else:
        model = model or SMALL.name
        client = live_client(model)
        status, lines = verify(sample_of(folder_of(model), options.sample), lambda entry: ask_again(client, entry), not options.no_gate)
    print("\n".join(lines))
    return status


if __name__ == "__main__":
    sys.exit(main())
