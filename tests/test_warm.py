"""A kernel that starts warm is as empty as one that starts cold: only the large libraries are there, and nothing of an earlier page."""

from __future__ import annotations

import ast
import importlib.util
import json
import os
from pathlib import Path
from typing import Any

import pytest
from jupyter_client.manager import KernelManager, start_new_kernel

from tools import pages, warm

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("warm")]  # one worker, one process to fork from
ENVIRONMENT = os.environ | {"ONLY": "this"}
SEEN = """
import json, os, random, sys, threading
import numpy
ours = {"sidebyside", "sidebyside_hackathon", "sbsite", "tests", "tools", "pytest"}
own = sorted({name.partition(".")[0] for name in sys.modules} & ours)
names = sorted(name for name in globals() if not name.startswith("_") and name != "ours")
settings = {name: value for name, value in os.environ.items() if name != "JPY_PARENT_PID"}
drawn = [random.random(), float(numpy.random.random())]
left = hasattr(numpy, "left_behind") or "left_behind" in os.environ
print(json.dumps({"path": sys.path, "own": own, "names": names, "settings": settings, "folder": os.getcwd(), "argv": sys.argv[1:2]}))
print(json.dumps({"drawn": drawn, "left": left, "loaded": "altair" in sys.modules, "pid": os.getpid()}))
import altair
numpy.left_behind = os.environ["left_behind"] = os.environ["ONLY"]
"""


@pytest.fixture
def warmed(monkeypatch: pytest.MonkeyPatch) -> None:
    if not hasattr(os, "pidfd_open"):
        pytest.skip("kernels start cold here")
    warm.start_kernels(monkeypatch.setattr)


def seen_in_a_new_kernel(folder: Path) -> list[dict[str, Any]]:
    """Start a kernel, look around in it and leave something behind; return what there is, and what no two kernels may share."""
    manager, client = start_new_kernel(kernel_name="python3", env=ENVIRONMENT, cwd=str(folder))
    told: list[str] = []
    try:
        client.execute_interactive(SEEN, timeout=120, output_hook=lambda message: told.append(message["content"].get("text", "")))
    finally:
        client.stop_channels()
        manager.shutdown_kernel()
    assert not manager.has_kernel
    return [json.loads(line) for line in "".join(told).splitlines()]


def test_a_warm_kernel_finds_what_a_cold_one_finds_and_nothing_of_the_one_before(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    cold, alone = seen_in_a_new_kernel(tmp_path)
    request.getfixturevalue("warmed")
    (first, one), (second, other) = seen_in_a_new_kernel(tmp_path), seen_in_a_new_kernel(tmp_path)
    assert first == second == cold
    assert cold["settings"]["ONLY"] == "this" and cold["own"] == []
    assert (alone["loaded"], one["loaded"], other["loaded"]) == (False, True, True)
    assert not (one["left"] or other["left"]) and one["pid"] != other["pid"]
    assert not {*one["drawn"]} & {*other["drawn"]}


def test_a_warm_kernel_that_hangs_can_be_ended(warmed: None) -> None:
    manager, client = start_new_kernel(kernel_name="python3")
    client.execute("while True: pass")
    client.stop_channels()
    manager.shutdown_kernel(now=True)
    assert not manager.has_kernel and warm.nursery().poll() is None


def test_no_thread_is_lost_when_a_kernel_is_forked(warmed: None, tmp_path: Path) -> None:
    seen_in_a_new_kernel(tmp_path)  # all libraries are loaded then
    assert len(os.listdir(f"/proc/{warm.nursery().pid}/task")) == 1


def test_a_kernel_that_dies_says_why(warmed: None, capfd: pytest.CaptureFixture[str]) -> None:
    warm.nursery.cache_clear()  # a new one writes to where this test reads
    manager, client = start_new_kernel(kernel_name="python3")
    client.execute("import os; os.write(2, b'out of luck'); os._exit(3)")
    assert manager.provisioner.process.poll(60) is not None
    client.stop_channels()
    manager.shutdown_kernel(now=True)
    assert "out of luck" in capfd.readouterr().err
    warm.nursery.cache_clear()


def test_kernels_start_cold_where_no_process_is_forked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "pidfd_open", raising=False)
    changed: list[object] = []
    warm.start_kernels(lambda *change: changed.append(change))
    assert changed == []


def test_kernels_need_no_port(warmed: None) -> None:
    one, other = KernelManager(), KernelManager()
    assert one.transport == other.transport == "ipc" and one.ip != other.ip


WHOLE = {"bm25s", "joblib", "json", "numpy", "pandas", "re", "sidebyside", "sidebyside_hackathon"}  # they bring what a page uses of them


def imported_whole(code: str) -> list[str]:
    """Return the packages that a page imports by their bare names: in a warm kernel they hold parts that somebody else has imported."""
    named = [alias.name for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Import) for alias in node.names]
    return [name for name in named if name not in WHOLE and importlib.util.find_spec(name).submodule_search_locations is not None]


def test_no_page_hangs_on_a_part_of_a_package_that_somebody_else_has_imported() -> None:
    code = "\n".join(cell.source for path in pages.pages() for cell in pages.load(path).cells if cell.cell_type == "code")
    assert imported_whole(code) == []
    assert imported_whole("import re, sklearn\nimport numpy as np\nfrom sklearn import svm") == ["sklearn"]
