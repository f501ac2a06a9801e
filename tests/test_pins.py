"""Nothing is installed that nobody has looked at: actions of CI by commit, Python packages by checksum, Node.js packages by lock."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

HOME = Path(__file__).resolve().parent.parent
TEXTS = (".py", ".md", ".txt", ".yml", ".yaml", ".toml", ".sh", ".ipynb", "Makefile", "postBuild", "run")
LOCKS = ("requirements.txt", "requirements-dev.txt", "requirements-model.txt", "deploy/hub/requirements.txt", "deploy/colab/requirements.txt")
PARTS = (*LOCKS[:1], *LOCKS[3:], "binder/notebook.txt")  # of requirements-dev.txt
LOCAL = re.compile(r"--no-deps.*--no-build-isolation|--no-build-isolation.*--no-deps")  # the course's own folder, which needs nothing else then
SAID = ("pip install socksio",)  # a sentence to a reader whose proxy needs it; no command of ours runs it


def lines_with(pattern: str) -> list[str]:
    """Return each line of the course's own texts that matches, with its file."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=HOME, capture_output=True, text=True, check=True).stdout.split("\0")
    files = [HOME / name for name in listed if name.endswith(TEXTS) and not name.startswith(("tests/", "recordings/"))]
    told = [(file, line) for file in files if file.is_file() for line in file.read_text(encoding="utf-8").splitlines()]
    return [f"{file.relative_to(HOME)}: {line.strip()}" for file, line in told if re.search(pattern, line)]


def test_every_action_is_named_by_its_commit_with_the_version_beside_it() -> None:
    used = lines_with(r"^\s*(- )?uses:")
    assert len(used) >= 9
    loose = [line for line in used if not re.search(r"uses: [\w./-]+@[0-9a-f]{40}  # v\d+\.\d+\.\d+", line)]
    assert loose == []


def test_one_version_of_an_action_is_used_everywhere() -> None:
    commits = {tuple(re.search(r"uses: ([\w./-]+)@(\w+)", line).groups()) for line in lines_with(r"^\s*(- )?uses:")}  # type: ignore[union-attr]
    assert len(commits) == len({name for name, _ in commits})


def test_every_pip_install_checks_hashes() -> None:
    found = lines_with(r"\bpip\b[\"', ]+(install|download)\b")
    assert len(found) >= 8
    loose = [line for line in found if "--require-hashes" not in line and not LOCAL.search(line) and not any(said in line for said in SAID)]
    assert loose in ([], HANDED_ON)


HANDED_ON = [  # the words before the options, which the lines below it add
    'tools/hub_trial.py: pip = (place.venv / "bin/python", "-m", "pip", "install", "-q")',
    'tools/install.py: pip = [python, "-m", "pip", "install", "-q", "--disable-pip-version-check", *source]',
]


def test_what_is_handed_on_to_pip_checks_hashes_too() -> None:
    calls = lines_with(r"run\(\*pip,|^\s*pip\(\"download\"|options = \[\"--require-hashes\"")
    loose = [line for line in calls if "--require-hashes" not in line and not LOCAL.search(line) and "*options" not in line]
    assert len(calls) >= 6
    assert loose == []


def test_node_packages_come_from_their_lock_and_run_no_program() -> None:
    found = [line for line in lines_with(r"\bnpm[\"', ]+(ci|i|install)\b|\bnpx\b") if "--package-lock-only" not in line]
    assert found
    assert [line for line in found if not re.search(r"\bnpm[\"', ]+ci\b|apt install npm|needs npm", line)] == []


@pytest.mark.parametrize("name", LOCKS)
def test_every_line_of_a_list_has_its_checksum(name: str) -> None:
    text = (HOME / name).read_text(encoding="utf-8").replace("\\\n", " ")
    wanted = [line for line in text.splitlines() if line and line[0] not in "# "]
    assert wanted
    assert [line for line in wanted if "--hash=sha256:" not in line or "==" not in line] == []


@pytest.mark.parametrize("name", PARTS)
def test_a_list_is_part_of_the_one_that_was_resolved(name: str) -> None:
    def pinned(file: str) -> dict[str, set[str]]:
        text = (HOME / file).read_text(encoding="utf-8").replace("\\\n", " ")
        told: dict[str, set[str]] = {}
        for line in re.findall(r"(?m)^[a-zA-Z0-9].*$", text):
            told.setdefault(line.split()[0], set()).update(re.findall(r"sha256:\w+", line))
        return told

    whole = pinned("requirements-dev.txt")
    assert {one: hashes for one, hashes in pinned(name).items() if not hashes <= whole.get(one, set())} == {}
