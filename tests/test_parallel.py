"""Several at once: order kept, the first error stops what has not begun."""

from __future__ import annotations

import os
import threading
import time
from contextvars import ContextVar
from typing import Any

import pytest
from jupyter_client.manager import start_new_kernel

from sidebyside import parallel
from sidebyside.errors import StoppedError
from sidebyside.parallel import in_order, pause


@pytest.mark.parametrize("at_once", [1, 4])
def test_results_are_in_the_items_order(at_once: int) -> None:
    steps: list[int] = []

    def work(item: int) -> int:
        time.sleep(0.01 * (item % 3))
        return item * item

    assert in_order(work, range(20), at_once, lambda: steps.append(1)) == [item * item for item in range(20)]
    assert len(steps) == 20


def test_as_many_at_once_as_allowed_and_no_more() -> None:
    lock, now, most = threading.Lock(), [0], [0]

    def work(item: int) -> None:
        with lock:
            now[0] += 1
            most[0] = max(most[0], now[0])
        time.sleep(0.005)
        with lock:
            now[0] -= 1

    in_order(work, range(20), 4)
    assert most == [4]


def test_one_at_a_time_stays_in_the_calling_thread() -> None:
    assert set(in_order(lambda item: threading.current_thread(), range(3), 1)) == {threading.current_thread()}
    assert in_order(lambda item: threading.current_thread(), [1], 4) == [threading.current_thread()]
    assert in_order(str, [], 4) == []


def test_the_first_error_stops_what_has_not_begun_and_waits_for_what_has() -> None:
    begun, ended = [], []

    def work(item: int) -> None:
        begun.append(item)
        if item == 1:
            raise ValueError("first")
        time.sleep(0.02)
        ended.append(item)

    with pytest.raises(ValueError, match="first"):
        in_order(work, range(50), 4)
    assert len(begun) < 12
    assert sorted(ended) == sorted(set(begun) - {1})


def test_an_interrupt_ends_waits_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    waiting, stopped = threading.Event(), threading.Event()

    def work(item: int) -> None:
        waiting.set()
        try:
            pause(60)
        except StoppedError:
            stopped.set()
            raise

    def interrupted(*_: object, **__: object) -> None:
        waiting.wait()
        raise KeyboardInterrupt

    monkeypatch.setattr(parallel, "wait", interrupted)
    with pytest.raises(KeyboardInterrupt):
        in_order(work, range(4), 2)
    assert stopped.wait(5)


def test_threads_work_in_the_context_of_the_cell_that_asked() -> None:
    cell: ContextVar[str] = ContextVar("cell", default="none")
    cell.set("this one")
    assert in_order(lambda item: cell.get(), range(4), 2) == ["this one"] * 4


CELL = """
from sidebyside.notice import Line
from sidebyside.parallel import in_order
in_order(lambda item: Line().show(str(item)), range(3), 3)
"""


def test_what_threads_show_goes_to_the_cell_that_asked() -> None:
    manager, client = start_new_kernel(env=os.environ | {"SIDEBYSIDE_MODE": "auto"})
    try:
        messages: list[dict[str, Any]] = []
        reply = client.execute_interactive(CELL, output_hook=messages.append, timeout=60)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    shown = [message for message in messages if message["msg_type"] == "display_data"]
    assert sorted(message["content"]["data"]["text/plain"] for message in shown) == ["0", "1", "2"]
    assert {message["parent_header"]["msg_id"] for message in shown} == {reply["parent_header"]["msg_id"]}


def test_a_pause_outside_a_run_just_passes() -> None:
    pause(0.001)
