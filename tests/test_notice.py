"""What the package says on a page by itself."""

from __future__ import annotations

import os

import pytest
from jupyter_client.manager import start_new_kernel

from sidebyside.notice import Line, say_once

COUNT = "from sidebyside.notice import Line\nline = Line()\nfor n in (2, 1): line.show(f'{n} <b>')\n"


def shown(code: str, mode: str) -> list[dict]:
    """Run a cell in a real kernel; return the displays and updates that came, in order."""
    manager, client = start_new_kernel(env=os.environ | {"SIDEBYSIDE_MODE": mode})
    try:
        messages: list[dict] = []
        client.execute_interactive(code, output_hook=messages.append, timeout=60)
        return [message for message in messages if "display_data" in message["msg_type"]]
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def test_a_line_changes_in_place_and_is_escaped() -> None:
    first, second = shown(COUNT, "auto")
    assert (first["msg_type"], second["msg_type"]) == ("display_data", "update_display_data")
    assert first["content"]["transient"] == second["content"]["transient"]
    assert second["content"]["data"]["text/plain"] == "1 <b>"
    assert "1 &lt;b&gt;" in second["content"]["data"]["text/html"]


@pytest.mark.parametrize("mode", ["replay", "record"])
def test_a_saved_page_holds_nothing_of_it(mode: str) -> None:
    assert shown(COUNT, mode) == []


def test_outside_a_notebook_it_is_silent(capfd: pytest.CaptureFixture[str]) -> None:
    Line().show("a word")
    assert capfd.readouterr() == ("", "")


def test_once_is_once(said: list[str]) -> None:
    say_once("one")
    say_once("one")
    say_once("two")
    assert said == ["one", "two"]


def test_a_line_that_showed_nothing_takes_nothing_away(said: list[str]) -> None:
    line = Line()
    line.clear()
    line.show("a")
    line.clear()
    assert said == ["a", ""]
