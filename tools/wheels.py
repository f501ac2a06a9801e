"""Say for which systems and Pythons every package of the readers' list has a wheel, and which packages stand in the way.

Usage: python -m tools.wheels    (asks the package index, downloads no package; the table in README.md is its answer)
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from tools.offline_kit import LISTS, pins
from tools.pages import HOME

SYSTEMS = {
    "Linux x86-64": "x86_64-unknown-linux-gnu",
    "Linux ARM": "aarch64-unknown-linux-gnu",
    "macOS ARM": "aarch64-apple-darwin",
    "macOS Intel": "x86_64-apple-darwin",
    "Windows x86-64": "x86_64-pc-windows-msvc",
    "Windows ARM": "aarch64-pc-windows-msvc",
}
MACOS = {"MACOSX_DEPLOYMENT_TARGET": "14.0"}  # the oldest that we promise
PYTHONS = ("3.11", "3.12", "3.13", "3.14")
PURE = {"rouge-score"}  # has no wheel and no compiled part: pip builds it anywhere
UV = Path(sys.executable).with_name("uv")


def missing(system: str, python: str) -> list[str]:
    """Return the packages without a wheel for a system and a Python.

    Raises:
        SystemExit: If the resolver fails for another reason; what it says is shown.
    """
    wanted = {str(requirement) for file in LISTS for requirement, _ in pins((HOME / file).read_text(encoding="utf-8"))}
    found: list[str] = []
    while error := refusal(wanted, system, python):
        name = re.search(r"([\w.-]+)(?:==\S+)?(?:\{[^}]*\})? has no (?:usable wheels|wheels with a matching)", " ".join(error.split()))
        if name is None:
            sys.exit(error)
        found.append(name[1])
        wanted = {line for line in wanted if not line.startswith(f"{name[1]}==")}
    return sorted(set(found) - PURE)


def refusal(wanted: set[str], system: str, python: str) -> str:
    """Return what the resolver has against installing these pins from wheels alone, or nothing."""
    options = ["--no-deps", "--only-binary", ":all:", "--python-platform", SYSTEMS[system], "--python-version", python]
    done = subprocess.run(
        [UV, "pip", "compile", "-q", "-", *options], input="\n".join(sorted(wanted)), env=os.environ | MACOS, capture_output=True, text=True
    )
    return done.stderr if done.returncode else ""


def main() -> None:
    """Print the table in Markdown, and what is missing below it."""
    print("| |", " | ".join(PYTHONS), "|\n|---|" + "---|" * len(PYTHONS))
    lacking: dict[str, list[str]] = {}
    for system in SYSTEMS:
        cells = []
        for python in PYTHONS:
            names = missing(system, python)
            cells.append("no" if names else "yes")
            for name in names:
                lacking.setdefault(name, []).append(f"{system} {python}")
        print(f"| {system} |", " | ".join(cells), "|", flush=True)
    print(*(f"{name}: {', '.join(places)}" for name, places in lacking.items()), sep="\n")


if __name__ == "__main__":
    main()
