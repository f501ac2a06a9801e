"""Install the Node.js packages of a folder as its package-lock.json says, unless they are there.

Usage: python -m tools.npm [FOLDER …]    (the course's own folder unless you say otherwise)
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from tools.pages import HOME

OPTIONS = ("--ignore-scripts", "--no-audit", "--no-fund")  # no package runs a program of its own here


def packages(file: Path) -> dict[str, Any]:
    """Return the packages of a lock file by their place."""
    listed: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))["packages"] if file.is_file() else {}
    return listed


def is_there(folder: Path) -> bool:
    """Tell whether a folder's packages are installed in the versions of its lock."""
    there = packages(folder / "node_modules" / ".package-lock.json")
    wanted = {place: one["version"] for place, one in packages(folder / "package-lock.json").items() if place and not one.get("optional")}
    return all(there.get(place, {}).get("version") == version for place, version in wanted.items())


def install(folder: Path = HOME) -> None:
    """Install a folder's packages.

    Raises:
        SystemExit: If there is no Node.js, or npm fails.
    """
    if is_there(folder):
        return
    npm = shutil.which("npm")
    if npm is None:
        sys.exit("Node.js with npm is needed for this. On Debian and Ubuntu: apt install npm.")
    if subprocess.run([npm, "ci", "--prefix", str(folder), *OPTIONS]).returncode:
        sys.exit(f"npm could not install the packages of {folder}; the lines above say why.")


if __name__ == "__main__":
    for name in sys.argv[1:] or ["."]:
        install(HOME / name)
