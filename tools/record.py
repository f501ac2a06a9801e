"""`record`: ask the real model for answers that are missing, and keep those still used. `verify`: ask a sample again.

Usage: python -m tools.record record | verify [--sample N] [--no-gate]
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import tempfile
from pathlib import Path

import openai

import sidebyside as sbs
from sidebyside import embedded
from sidebyside.recording import Entry, place_of, read_entries, slim, write_entries
from tools.pages import HOME, execute, load, pages, save

SHELF = HOME / "recordings"
GATE = 0.99


def record() -> int:
    """Run the pages that are written by hand, asking the model where no answer is kept; then drop unused answers."""
    with tempfile.TemporaryDirectory() as folder:
        used = Path(folder) / "used.txt"
        used.touch()
        for path in pages(("notebooks", "solutions", "hackathon")):
            save(execute(load(path), path.parent, SIDEBYSIDE_MODE="record", SIDEBYSIDE_USED=str(used)), path)
            print(f"{path.relative_to(HOME)}: recorded")
        seen = set(used.read_text().split("\n"))
    for file in sorted(SHELF.glob(f"{embedded.MODEL}/*/*.jsonl")):
        keep = [e for e in read_entries(file) if f"{place_of(file)} {e['key']}" in seen]
        write_entries(file, keep) if keep else file.unlink()
        print(f"{file.relative_to(SHELF)}: {len(keep)} answers, {file.stat().st_size / 1e6 if keep else 0:.2f} MB")
    return 0


def verify(sample: int, gate: bool) -> int:
    """Ask the embedded model again for a random sample of answers at temperature 0, and count those that are the same."""
    entries = [e for f in SHELF.glob(f"{embedded.MODEL}/*/*.jsonl") for e in read_entries(f) if e["request"].get("temperature") == 0]
    if not entries:
        sys.exit("There are no recordings yet: `make record` makes them.")
    chosen = random.sample(entries, min(sample, len(entries)))
    for name in [name for name in os.environ if name.startswith("SIDEBYSIDE_")]:
        del os.environ[name]
    os.environ["SIDEBYSIDE_MODE"] = "live"
    client, _ = sbs.connect()
    different = [(entry, again) for entry in chosen if (again := ask_again(client, entry)) != said(entry["response"])]
    for entry, again in different:
        print(f"differs: {entry['key']}\n  recorded: {said(entry['response'])!r}\n  now:      {again!r}")
    share = 1 - len(different) / len(chosen)
    print(f"{len(chosen) - len(different)} of {len(chosen)} answers at temperature 0 are identical ({share:.1%})")
    return int(gate and share < GATE)


def ask_again(client: openai.OpenAI, entry: Entry) -> str:
    """Send an entry's request to the model and return what it says now."""
    answer = client.post(f"/{entry['route']}", body=entry["request"], cast_to=object)
    return said(slim(answer))


def said(response: dict) -> str:
    """Return the text of a chat or raw completion."""
    choice = response["choices"][0]
    return choice["message"]["content"] if "message" in choice else choice["text"]


def main() -> int:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("job", choices=["record", "verify"])
    parser.add_argument("--sample", type=int, default=100)
    parser.add_argument("--no-gate", action="store_true")
    options = parser.parse_args()
    return record() if options.job == "record" else verify(options.sample, not options.no_gate)


if __name__ == "__main__":
    sys.exit(main())
