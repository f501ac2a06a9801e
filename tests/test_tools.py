"""The maintainers' own tools: set-up leaves out what pip cannot use, npm is asked only where something is missing, stages tell what failed."""

from __future__ import annotations

import json
import ssl
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given, strategies as st
from nbformat.v4 import new_code_cell, new_notebook

from tools import check, exercises, install, npm, outputs, pages, run_pages


@pytest.fixture
def plain(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in (*install.CERTIFICATES, *install.PROXIES, *map(str.upper, install.PROXIES)):
        monkeypatch.delenv(name, raising=False)
    return monkeypatch


def test_nothing_is_left_out_of_a_plain_environment(plain: pytest.MonkeyPatch) -> None:
    assert list(install.unusable()) == []


@pytest.mark.parametrize(
    ("name", "value"), [("ALL_PROXY", "socks5://127.0.0.1:9"), ("https_proxy", "SOCKS4://127.0.0.1:9"), ("SSL_CERT_FILE", "/no/such/file")]
)
def test_what_pip_cannot_use_is_left_out(plain: pytest.MonkeyPatch, name: str, value: str) -> None:
    plain.setenv(name, value)
    assert list(install.unusable()) == [name]


def test_a_file_without_certificates_is_left_out_and_proxies_that_pip_speaks_stay(plain: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "empty.pem").touch()
    plain.setenv("PIP_CERT", str(tmp_path / "empty.pem"))
    plain.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    plain.setenv("CURL_CA_BUNDLE", str(tmp_path))
    assert list(install.unusable()) == ["PIP_CERT"]


def test_the_machine_s_own_certificates_are_kept(plain: pytest.MonkeyPatch) -> None:
    file = ssl.get_default_verify_paths().cafile
    if file:
        plain.setenv("SSL_CERT_FILE", file)
    assert list(install.unusable()) == []


def test_the_course_is_found_in_a_folder_with_an_umlaut_by_a_python_that_reads_ascii(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = tmp_path.resolve() / "Müller & Söhne"
    monkeypatch.setattr(install, "HOME", home)
    (home / "src").mkdir(parents=True)
    (home / "src" / "found.py").write_text("print('here')")
    python = home / ".venv" / "bin" / "python"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", home / ".venv"], check=True)
    packages = install.path_of(str(python), "purelib")
    (packages / "found.pth").write_text(str(home / "src"), encoding="utf-8")
    (packages / "code.pth").write_text("import sys", encoding="utf-8")
    install.make_relative(packages)
    ascii_only = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    said = subprocess.run([python, "-c", "import found"], env=ascii_only, cwd=tmp_path, capture_output=True, text=True)
    assert said.stdout == "here\n", said.stderr
    assert (packages / "code.pth").read_text(encoding="utf-8") == "import sys"


def test_another_environment_s_paths_stay_as_they_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(install, "HOME", tmp_path.resolve() / "course")
    path = tmp_path / "site.pth"
    path.write_text(here := str(install.HOME / "src"))
    install.make_relative(tmp_path)
    assert path.read_text() == here


def lay(folder: Path, wanted: dict[str, dict[str, object]], there: dict[str, dict[str, object]]) -> Path:
    (folder / "node_modules").mkdir(exist_ok=True)
    (folder / "package-lock.json").write_text(json.dumps({"packages": {"": {"name": "it"}} | wanted}), encoding="utf-8")
    (folder / "node_modules" / ".package-lock.json").write_text(json.dumps({"packages": there}), encoding="utf-8")
    return folder


def test_packages_are_there_in_the_versions_of_the_lock_but_for_optional_ones(tmp_path: Path) -> None:
    one, other = {"node_modules/a": {"version": "1.0.0"}}, {"node_modules/b": {"version": "2.0.0", "optional": True}}
    assert npm.is_there(lay(tmp_path, one | other, one))
    assert not npm.is_there(lay(tmp_path, one | other, other))
    assert not npm.is_there(lay(tmp_path, one, {"node_modules/a": {"version": "1.0.1"}}))


@given(st.lists(st.booleans(), min_size=1, max_size=4))
def test_stages_fail_if_one_of_them_fails_and_all_are_run(passes: list[bool]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        steps = {f"s{i}": ((sys.executable, "-c", f"raise SystemExit({not ok})"),) for i, ok in enumerate(passes)}
        ran: list[tuple[str, ...]] = []
        patch.setattr(check, "STAGES", steps)
        patch.setattr(check, "succeeds", lambda step, _: ran.append(step) or "SystemExit(False)" in step[-1])
        assert check.main(list(steps)) == (not all(passes))
        assert len(ran) == len(passes)


@pytest.mark.parametrize(("stage", "threads"), [("unit", "1"), ("pages", "1"), ("live", None), ("site", None)])
def test_numpy_has_one_thread_where_two_workers_share_the_cores_and_the_model_has_its_own(
    stage: str, threads: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    seen = f"import os; raise SystemExit(os.environ.get('OMP_NUM_THREADS') != {threads!r})"
    monkeypatch.setattr(check, "STAGES", {stage: ((sys.executable, "-c", seen),)})
    assert check.run(stage).passed


@pytest.mark.parametrize(
    ("tool", "job", "folders"),
    [(exercises, exercises.main, ("exercises",)), (outputs, run_pages.refresh, pages.FOLDERS[:3])],
    ids=["exercises", "refresh"],
)
def test_one_lesson_alone_is_made(
    tool: ModuleType, job: Callable[[Sequence[str]], object], folders: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[str] = []
    monkeypatch.setattr(tool, "execute", lambda notebook, folder, **settings: notebook)
    monkeypatch.setattr(tool, "save", lambda notebook, path: written.append(f"{path.parent.name}/{pages.slug_of(path)}"))
    monkeypatch.setattr(outputs, "keep", lambda *_: None)  # else the file of the other model's outputs would be lost
    job(["hallucination"])
    assert written == [f"{folder}/hallucination" for folder in folders]


def test_a_page_that_there_is_not_is_a_sentence() -> None:
    with pytest.raises(SystemExit, match="There is no page 'halucination'. There are: meet_the_model, "):
        pages.chosen(pages.FOLDERS, ["halucination"])


def test_what_jupytext_leaves_is_not_saved() -> None:
    cell = new_code_cell("1", metadata={"lines_to_next_cell": 1, "tags": ["predict"]})
    assert pages.tidy(new_notebook(cells=[cell])).cells[0].metadata == {"tags": ["predict"]}


@pytest.mark.parametrize(
    ("tags", "own", "kept"),
    [
        (["hide-input"], {}, {"source_hidden": True}),
        (["hide-input"], {"outputs_hidden": True}, {"outputs_hidden": True, "source_hidden": True}),
        ([], {"source_hidden": True}, None),
        ([], {}, None),
    ],
)
def test_a_saved_page_is_closed_in_jupyterlab_where_it_is_on_the_site(tags: list[str], own: dict[str, bool], kept: dict[str, bool] | None) -> None:
    cell = new_code_cell("x", metadata={"tags": tags, **({"jupyter": own} if own else {})})
    once = pages.tidy(new_notebook(cells=[cell])).cells[0].metadata.get("jupyter")
    assert once == pages.tidy(new_notebook(cells=[cell])).cells[0].metadata.get("jupyter") == kept


def test_an_unknown_stage_is_a_sentence() -> None:
    with pytest.raises(SystemExit, match="Name stages: lint, types"):
        check.main(["linte"])


def test_the_sets_are_made_of_stages_and_check_is_all_of_them() -> None:
    assert set(check.SETS["quick"]) < set(check.SETS["test"]) < set(check.SETS["check"]) == set(check.STAGES)
