"""Put the course into a Python environment. Plain Python 3.11 or newer and nothing else: it runs before anything is installed.

Usage: python tools/install.py [LIST] [--into PYTHON] [--offline FOLDER]

LIST is requirements.txt unless you say otherwise; maintainers need requirements-dev.txt. The environment is `.venv` in the course's
folder, or that of PYTHON: a Binder's, a hub's. FOLDER holds packages on a stick. Nothing is done where all is there already.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import os
import ssl
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

HOME = Path(__file__).resolve().parent.parent
READER, MAINTAINER, MODEL = "requirements.txt", "requirements-dev.txt", "requirements-model.txt"
CERTIFICATES = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "PIP_CERT")
PROXIES = ("all_proxy", "http_proxy", "https_proxy", "pip_proxy")
FAILED = "That did not work. The lines above say what is missing. Often it is the network, or a Python for which a package has no wheel (README.md)."


def main() -> None:
    """Read the command line, and install what is not there."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("list", nargs="?", default=READER)
    parser.add_argument("--into", metavar="PYTHON")
    parser.add_argument("--offline", metavar="FOLDER", type=Path)
    asked = parser.parse_args()
    if sys.version_info < (3, 11):  # noqa: UP036 -- an older Python runs this file too
        sys.exit(f"This is Python {sys.version.split()[0]}. The course needs 3.11 or newer: run this file with another one.")
    install(asked.into or environment(HOME / ".venv"), asked.list, asked.offline)


def environment(folder: Path) -> str:
    """Return the Python of a virtual environment, which is made if it is not there or its Python is gone."""
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not python.exists():
        if importlib.util.find_spec("ensurepip") is None:
            sys.exit("This Python cannot make environments. On Debian and Ubuntu: apt install python3-venv. Or name another one: make PYTHON=…")
        run(sys.executable, "-m", "venv", "--clear", str(folder))
    return str(python)


def install(python: str, name: str, offline: Path | None = None) -> None:
    """Install a list, the model's weights and this folder, unless that was done with the very same lists.

    Args:
        python: The environment's Python.
        name: The list's file name in the course's folder, or in `offline`.
        offline: A folder with `packages/` and lists of its own; None for the network.
    """
    lists, source = offline or HOME, ["--no-index", "--find-links", str(offline / "packages")] if offline else []
    done = path_of(python, "data") / f"installed-{Path(name).stem}.txt"
    state = state_of(name)
    if done.is_file() and done.read_text() == state:
        return
    site_packages = path_of(python, "purelib")
    print("Installing packages. This takes a few minutes the first time.", flush=True)
    pip = [python, "-m", "pip", "install", "-q", "--disable-pip-version-check", *source]
    for pinned in (name, MODEL):  # the lists hold everything, so that there is nothing to resolve: older pips stumble over extras there
        run(*pip, "--require-hashes", "--no-deps", "-r", str(lists / pinned))
    for folder in packages(name):
        run(*pip, "--no-deps", "--no-build-isolation", "-e", str(folder))
    make_relative(site_packages)
    done.write_text(state)
    if name == MAINTAINER:  # it holds the readers' list too
        done.with_stem(f"installed-{Path(READER).stem}").write_text(state_of(READER))


def packages(name: str, file: str = "") -> list[Path]:
    """Return the course's own packages that go with a list, or a file in each: maintainers also need the site's."""
    folders = [HOME, *[HOME / "site"] * (name == MAINTAINER and (HOME / "site" / "pyproject.toml").is_file())]
    return [folder / file for folder in folders]


def state_of(name: str) -> str:
    """Return what tells whether a list, or anything else that an environment comes from, has changed, however its lines end."""
    files = [HOME / name, HOME / MODEL, *packages(name, "pyproject.toml")]
    return hashlib.sha256(b"".join(file.read_bytes().replace(b"\r\n", b"\n") for file in files)).hexdigest()


def path_of(python: str, name: str) -> Path:
    """Return a folder of an environment by the name that `sysconfig` has for it: "data" is the whole of it, "purelib" holds packages."""
    command = [python, "-X", "utf8", "-c", f"import sysconfig; print(sysconfig.get_path({name!r}))"]
    return Path(subprocess.run(command, capture_output=True, encoding="utf-8", check=True).stdout.strip())


def make_relative(site_packages: Path) -> None:
    """Let an environment find the course from where it is itself.

    pip writes the course's path in UTF-8. A Python before 3.13 reads it in the system's encoding, and on Windows finds nothing in
    the folder of somebody who is called Müller.
    """
    for file in site_packages.glob("*.pth"):
        try:
            path = Path(file.read_text(encoding="utf-8").strip())
            if path.is_absolute() and path.is_relative_to(HOME) and site_packages.resolve().is_relative_to(HOME):
                file.write_text(f"{os.path.relpath(path, site_packages.resolve())}\n", encoding="utf-8")
        except (OSError, ValueError):  # no path, or one on another drive
            continue


def run(*command: str) -> None:
    """Run a program with settings that pip can use, and stop with a sentence where it fails."""
    settings = {name: value for name, value in os.environ.items() if name not in {*unusable(), "PYTHONDONTWRITEBYTECODE", "PIP_USER"}}
    if subprocess.run(command, env=settings | {"PIP_ROOT_USER_ACTION": "ignore"}).returncode:
        for name in unusable():
            print(f"{name}={os.environ[name]} was left out: pip cannot use it.")
        sys.exit(FAILED)


def unusable() -> Iterator[str]:
    """Yield the names of settings at which pip fails: certificates that are not there, proxies of a kind that it does not speak."""
    for name in CERTIFICATES:
        path = os.environ.get(name, "")
        try:
            ssl.create_default_context(cafile=None if not path or Path(path).is_dir() else path)
        except OSError:  # no such file, or no certificate in it
            yield name
    yield from (name for name, value in os.environ.items() if name.lower() in PROXIES and value.lower().startswith("socks"))


if __name__ == "__main__":
    main()
