"""The course in Jupyter: one command opens it anywhere, and a link by slug reaches the file with a number."""

from __future__ import annotations

import asyncio
import json
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import httpx2
import nbformat
import pytest
from ipykernel.ipkernel import IPythonKernel
from jupyter_client.kernelspec import KernelSpecManager
from traitlets.config import Config

from sidebyside import cli
from sidebyside.charts import COLOURS
from sidebyside.jupyter import DATA, GUESS, lab, numbered, server
from sidebyside.jupyter.kernels import Kernels
from tests.labserver import lab as running, small_course

HOME = Path(__file__).resolve().parent.parent
SLUG = "the_ml_workflow.ipynb"
FILE = numbered(HOME / "notebooks" / SLUG).name

# --- a name for a file ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("there", "asked", "found"),
    [
        (["02_rain.ipynb"], "rain.ipynb", "02_rain.ipynb"),
        (["02_rain.ipynb", "rain.ipynb"], "rain.ipynb", "rain.ipynb"),
        (["02_rain.ipynb", "03_rain.ipynb"], "rain.ipynb", "rain.ipynb"),
        (["2_rain.ipynb", "102_rain.ipynb", "02_x_rain.ipynb"], "rain.ipynb", "rain.ipynb"),
        (["02_a.ipynb"], ".ipynb", ".ipynb"),
        (["02_a+b[1].ipynb"], "a+b[1].ipynb", "02_a+b[1].ipynb"),
        (["02_notes.md"], "notes.md", "notes.md"),
        (["02_rain.ipynb"], "nowhere/rain.ipynb", "nowhere/rain.ipynb"),
    ],
)
def test_a_slug_means_the_one_file_that_has_it_after_a_number(there: list[str], asked: str, found: str, tmp_path: Path) -> None:
    for name in there:
        (tmp_path / name).touch()
    assert numbered(tmp_path / asked) == tmp_path / found


# --- the command ----------------------------------------------------------------------------------------------------


@pytest.fixture
def plain(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """A desktop of an ordinary user."""
    for name in ("JUPYTER_PATH", "JUPYTER_CONFIG_PATH", "JUPYTER_PLATFORM_DIRS", "WAYLAND_DISPLAY", "BROWSER"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setattr(os, "geteuid", lambda: 1000, raising=False)
    return monkeypatch


def test_lab_has_the_whole_course_in_reach_and_opens_start_here(plain: pytest.MonkeyPatch) -> None:
    options = lab.lab_options(HOME, [])
    assert f"--ServerApp.root_dir={HOME}" in options, "else exercises, cases and book are out of reach"
    [url] = [option for option in options if "default_url" in option]
    assert url == f"--LabApp.default_url=/lab/tree/{lab.START}"
    assert (HOME / url.partition("/lab/tree/")[2]).is_file()
    assert not {"--allow-root", "--no-browser"} & set(options)


def test_root_is_let_in(plain: pytest.MonkeyPatch) -> None:
    plain.setattr(os, "geteuid", lambda: 0, raising=False)
    assert "--allow-root" in lab.lab_options(HOME, [])


def test_no_browser_is_started_where_there_is_no_screen(plain: pytest.MonkeyPatch) -> None:
    plain.delenv("DISPLAY")
    plain.setattr(sys, "platform", "linux")
    assert "--no-browser" in lab.lab_options(HOME, [])


@pytest.mark.parametrize("platform", ["win32", "darwin"])
def test_windows_and_macos_have_a_screen_and_know_no_root(platform: str, plain: pytest.MonkeyPatch) -> None:
    plain.delenv("DISPLAY")
    plain.delattr(os, "geteuid", raising=False)
    plain.setattr(sys, "platform", platform)
    assert not {"--allow-root", "--no-browser"} & set(lab.lab_options(HOME, []))


def test_further_options_are_passed_on_and_win(plain: pytest.MonkeyPatch) -> None:
    options = lab.lab_options(HOME, ["--port=9000", "--ServerApp.root_dir=elsewhere", "exercises/a.ipynb"])
    assert options[-3:] == ["--port=9000", "--ServerApp.root_dir=elsewhere", "exercises/a.ipynb"]
    assert [option for option in options if "root_dir" in option] == ["--ServerApp.root_dir=elsewhere"]


def test_jupyter_finds_the_package_s_files_before_all_others(plain: pytest.MonkeyPatch) -> None:
    plain.setenv("JUPYTER_PATH", "mine")
    lab.show_to_jupyter()
    plain.setenv("JUPYTER_PLATFORM_DIRS", os.environ["JUPYTER_PLATFORM_DIRS"])  # so that it is gone after the test
    assert os.environ["JUPYTER_PATH"].split(os.pathsep) == [str(DATA / "share" / "jupyter"), "mine"]
    learner, ours = map(Path, os.environ["JUPYTER_CONFIG_PATH"].split(os.pathsep))
    assert (ours / "jupyter_server_config.d" / "sidebyside.json").is_file() and (learner / "labconfig" / "page_config.json").is_file()


@pytest.mark.parametrize("name", ["HOME", "XDG_DATA_HOME", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR"])
def test_where_nothing_can_be_written_jupyter_keeps_its_files_elsewhere(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    for other in ("XDG_DATA_HOME", *lab.OWN_FOLDERS):
        monkeypatch.setenv(other, "")  # so that it is as before afterwards
        monkeypatch.delenv(other)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("JUPYTER_PLATFORM_DIRS", "1")
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    monkeypatch.setenv(name, str(tmp_path / "file" / "below"))
    lab.lend_folders()
    (tmp_path / "notebooks").mkdir()
    nbformat.write(nbformat.v4.new_notebook(), tmp_path / "notebooks" / "page.ipynb")
    lab.trust(tmp_path)
    data = Path(os.environ["JUPYTER_DATA_DIR"])
    assert data.parent.name.startswith("sidebyside-") and list(data.iterdir())


def test_a_home_that_can_be_written_is_jupyter_s(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for other in ("XDG_DATA_HOME", *lab.OWN_FOLDERS):
        monkeypatch.setenv(other, "")  # so that it is as before afterwards
        monkeypatch.delenv(other)
    monkeypatch.setenv("HOME", str(tmp_path))
    lab.lend_folders()
    assert not any(other in os.environ for other in lab.OWN_FOLDERS)


def test_settings_are_hidden_and_put_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("all_proxy", "socks5://a")
    monkeypatch.setenv("NO_PROXY", "b")
    with lab.hidden("ALL_PROXY"):
        assert ("all_proxy" in os.environ, os.environ["NO_PROXY"]) == (False, "b")
    assert os.environ["all_proxy"] == "socks5://a"


@pytest.mark.parametrize("command", [[sys.executable, "-c", "input()"], ["no-such-program"]], ids=["starting", "cannot start"])
def test_a_stop_that_comes_while_a_kernel_starts_ends_it_too(command: list[str], tmp_path: Path) -> None:
    (tmp_path / "made").mkdir()
    (tmp_path / "made" / "kernel.json").write_text(json.dumps({"argv": command, "display_name": "Made", "language": "none"}), encoding="utf-8")

    async def start_and_stop() -> list[str]:
        kernels = Kernels(connection_dir=str(tmp_path), kernel_spec_manager=KernelSpecManager(kernel_dirs=[str(tmp_path)]))
        start = asyncio.create_task(kernels.start_kernel(kernel_name="made"))
        while not kernels._pending_kernels:
            await asyncio.sleep(0)
        await kernels.shutdown_all()
        await asyncio.gather(start, return_exceptions=True)
        return kernels.list_kernel_ids()

    assert asyncio.run(start_and_stop()) == []


@pytest.mark.parametrize("words", [[], ["labs"], ["--help"]])
def test_an_unknown_command_shows_what_there_is(words: list[str]) -> None:
    with pytest.raises(SystemExit, match="python -m sidebyside lab"):
        cli.main(words)


def test_without_jupyterlab_one_sentence_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(SystemExit, match="^JupyterLab is not installed in this Python. Run: pip install [^\n]*$"):
        cli.main(["lab"])


def test_the_installed_files_for_jupyter_are_the_package_s() -> None:
    for file in (file for file in DATA.rglob("*") if file.is_file()):
        there = Path(sys.prefix) / file.relative_to(DATA)
        assert there.read_bytes() == file.read_bytes(), "run: pip install --no-deps --no-build-isolation -e ."


# --- a real server, on a machine with a strange proxy and no certificates -------------------------------------------


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_course(tmp_path_factory.mktemp("a course"))


@pytest.fixture(scope="module")
def web(course: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx2.Client]:
    with (
        running(course, tmp_path_factory.mktemp("user")) as address,
        httpx2.Client(base_url=address, trust_env=False, verify=False, timeout=60) as client,
    ):
        yield client


def test_a_page_is_read_by_its_slug(web: httpx2.Client, course: Path) -> None:
    model = web.get(f"/api/contents/notebooks/{SLUG}").raise_for_status().json()
    own = nbformat.read(course / "notebooks" / FILE, as_version=4)
    assert [cell["id"] for cell in model["content"]["cells"]] == [cell.id for cell in own.cells]
    assert (model["name"], model["path"]) == (FILE, f"notebooks/{FILE}")


def test_a_saved_page_is_the_numbered_file_and_a_checkpoint_brings_it_back(web: httpx2.Client, course: Path) -> None:
    page, before = f"/api/contents/notebooks/{SLUG}", nbformat.read(course / "notebooks" / FILE, as_version=4)
    point = web.post(f"{page}/checkpoints").raise_for_status().json()["id"]
    changed = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("mine")])
    web.put(page, json={"type": "notebook", "content": changed}).raise_for_status()
    assert [cell.source for cell in nbformat.read(course / "notebooks" / FILE, as_version=4).cells] == ["mine"]
    web.post(f"{page}/checkpoints/{point}").raise_for_status()
    assert nbformat.read(course / "notebooks" / FILE, as_version=4).cells == before.cells
    assert not (course / "notebooks" / SLUG).exists()


def test_a_file_that_is_there_is_itself(web: httpx2.Client, course: Path) -> None:
    own = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("my own")])
    for name in ("grounding.ipynb", "Untitled.ipynb"):
        nbformat.write(own, course / "notebooks" / name)
        model = web.get(f"/api/contents/notebooks/{name}").raise_for_status().json()
        assert (model["name"], model["content"]["cells"][0]["source"]) == (name, "my own")
        (course / "notebooks" / name).unlink()


def test_a_folder_is_listed_as_it_is(web: httpx2.Client, course: Path) -> None:
    listed = {file["name"] for file in web.get("/api/contents/notebooks").raise_for_status().json()["content"]}
    assert listed == {path.name for path in (course / "notebooks").iterdir() if not path.name.startswith(".")}
    assert web.get("/api/contents", params={"content": "0"}).json()["path"] == ""


@pytest.mark.parametrize("path", ["notebooks/no_such_page.ipynb", "notebooks/the_ml_workflow.md", "nowhere/the_ml_workflow.ipynb"])
def test_what_is_nowhere_is_not_found(path: str, web: httpx2.Client) -> None:
    assert web.get(f"/api/contents/{path}").status_code == 404


def test_a_page_says_of_its_kernel_what_the_kernel_says(web: httpx2.Client, course: Path) -> None:
    """Else JupyterLab would write it in, and mark as unsaved a page that was only opened."""
    metadata = web.get(f"/api/contents/notebooks/{SLUG}").raise_for_status().json()["content"]["metadata"]
    spec = web.get("/api/kernelspecs/python3").raise_for_status().json()["spec"]
    assert metadata["kernelspec"] == {"name": "python3", "display_name": spec["display_name"], "language": spec["language"]}
    assert metadata["language_info"] == IPythonKernel.language_info
    stored = nbformat.read(course / "notebooks" / FILE, as_version=4).metadata
    assert stored["language_info"] == {"name": "python"}, "the file itself stays as it is"


def test_a_page_of_another_kernel_is_left_as_it_is(web: httpx2.Client, course: Path) -> None:
    own = nbformat.v4.new_notebook(metadata={"kernelspec": {"name": "ir", "display_name": "R", "language": "R"}})
    nbformat.write(own, course / "notebooks" / "r.ipynb")
    assert web.get("/api/contents/notebooks/r.ipynb").raise_for_status().json()["content"]["metadata"] == own.metadata
    (course / "notebooks" / "r.ipynb").unlink()


def test_a_learner_s_jupyterlab_has_no_menu_for_teachers_nor_maintainers(web: httpx2.Client) -> None:
    page = web.get("/lab").raise_for_status().text
    config = json.loads(re.search(r'id="jupyter-config-data"[^>]*>(.*?)</script>', page, re.S)[1])  # type: ignore[index]
    assert {"@jupyter/nbgrader", "jupyterlab-jupytext", "@jupyter-notebook/lab-extension"} <= set(config["disabledExtensions"])
    assert web.get("/api/contents/book/start-here.md", params={"content": "0"}).raise_for_status().json()["type"] == "file"


def test_jupyterlab_loads_the_course_s_extension_and_asks_for_no_news(web: httpx2.Client) -> None:
    page = web.get("/lab").raise_for_status().text
    config = json.loads(re.search(r'id="jupyter-config-data"[^>]*>(.*?)</script>', page, re.S)[1])  # type: ignore[index]
    [extension] = [extension for extension in config["federated_extensions"] if extension["name"] == "sidebyside"]
    assert "@jupyterlab/apputils-extension:announcements" in config["disabledExtensions"]
    static = f"/lab/extensions/sidebyside/{Path(extension['load']).parent.as_posix()}"
    for name in ("guess.js", "veils.js", "quiz.js", "words.js", "veils.css", "quiz.css", "words.css", "lab.css"):
        assert web.get(f"{static}/{name}").raise_for_status().text == GUESS.with_name(name).read_text(encoding="utf-8")


def test_the_colour_of_people_is_that_of_the_charts() -> None:
    assert f"--sbs-people: {COLOURS['people'].lower()};" in GUESS.with_name("lab.css").read_text(encoding="utf-8")


def test_the_server_tells_what_words_mean_and_how_a_page_is_to_be_shown(web: httpx2.Client) -> None:
    words = web.get("/sidebyside/words", params={"path": "book/glossary.md"}).raise_for_status().json()
    assert words["term-few-shot"][0] == "few-shot" and "example" in words["term-few-shot"][1]
    asked = {"path": "book/case.md", "text": "[](glossary.md) {term}`prompt`"}
    assert web.post("/sidebyside/page", json=asked).raise_for_status().json()["text"] == "[Glossary](glossary.md) [prompt](glossary.md#term-prompt)\n"


@pytest.mark.parametrize("path", ["../glossary.md", "book/none.md", "/etc/hosts", ""])
def test_the_server_tells_nothing_of_other_files(path: str, web: httpx2.Client) -> None:
    assert web.get("/sidebyside/words", params={"path": path}).status_code == 404


def test_a_page_is_rendered_when_it_is_opened(web: httpx2.Client) -> None:
    settings = web.get("/lab/api/settings/@jupyterlab/docmanager-extension:plugin").raise_for_status().json()
    assert settings["schema"]["properties"]["defaultViewers"]["default"] == {"markdown": "Markdown Preview"}
    assert settings["raw"] == "{}"  # the reader's own settings are untouched


def test_another_contents_manager_that_was_chosen_stays() -> None:
    taken: list[Config] = []
    for chosen in ({}, {"contents_manager_class": "theirs"}):
        app = SimpleNamespace(config=Config(ServerApp=chosen), update_config=taken.append)
        server._link_jupyter_server_extension(app)  # type: ignore[arg-type]
    assert [config.ServerApp.contents_manager_class for config in taken] == [server.SlugContents]
