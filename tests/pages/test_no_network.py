"""Once it is installed the course needs no network: a lesson replays, and the model answers live, where only loopback can be reached."""

from __future__ import annotations

import pytest
from nbformat.v4 import new_code_cell

from tests.pages.helpers import mime_bundles
from tools.pages import HOME, execute, load, notebook

CUT = """
import socket

reach = socket.socket.connect
def only_loopback(self, address):
    if self.family != socket.AF_UNIX and address[0] not in ("127.0.0.1", "::1"):
        raise OSError(f"no network: {address}")
    return reach(self, address)
socket.socket.connect = only_loopback
"""
TRY = """
try:
    socket.create_connection(("192.0.2.1", 80), timeout=1)
except OSError as error:
    print(error)
"""
ASK = """
answer = sbs.ask("Say hello to the person who cut the cable.", client=sbs.connect(model="small")[0], max_tokens=8)
print(answer.call.source, bool(answer.text))
"""


@pytest.mark.live
def test_a_lesson_and_a_live_answer_without_network() -> None:
    page = load(notebook("notebooks/meet_the_model"))
    saved = [mime_bundles(cell) for cell in page.cells]
    page.cells = [new_code_cell(CUT), *page.cells, new_code_cell(TRY), new_code_cell(ASK)]
    execute(page, HOME / "notebooks", SIDEBYSIDE_MODE="auto")
    assert [mime_bundles(cell) for cell in page.cells[1:-2]] == saved
    assert [cell.outputs[0].text for cell in page.cells[-2:]] == ["no network: ('192.0.2.1', 80)\n", "live True\n"]
