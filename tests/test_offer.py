"""The button that fetches a model: in a real kernel, where its weights are absent."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jupyter_client.blocking import BlockingKernelClient
from jupyter_client.manager import start_new_kernel

from sidebyside.models import MAIN
from tests.publisher import Publisher, publishing, says

CONTENT = bytes(range(256)) * 400
VIEW = "application/vnd.jupyter.widget-view+json"
SETUP = f"""
from dataclasses import replace
import sidebyside as sbs
from sidebyside import models
small = dict(size={len(CONTENT)}, sha256="{hashlib.sha256(CONTENT).hexdigest()}", wheels=models.MAIN.wheels[:1])
models.MODELS["{MAIN.name}"] = replace(models.MAIN, **small)
sbs.connect("page", model="main")
"""


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    with publishing(CONTENT) as server:
        yield server


def kernel_at(publisher: Publisher, folder: Path, mode: str) -> tuple[Any, BlockingKernelClient]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SIDEBYSIDE_")}
    own = {"SIDEBYSIDE_WEIGHTS_DIR": str(folder / "weights"), "SIDEBYSIDE_MODE": mode, "SIDEBYSIDE_KEPT": "none", "PIP_NO_INDEX": "1"}
    manager, client = start_new_kernel(env=kept | own | {"HF_ENDPOINT": publisher.url})
    client.execute_interactive(SETUP, timeout=120)
    return manager, client


@pytest.fixture
def kernel(publisher: Publisher, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[BlockingKernelClient]:
    """A kernel whose course has a small file for the main model's weights, and has not got it yet."""
    manager, client = kernel_at(publisher, tmp_path, getattr(request, "param", "auto"))
    yield client
    client.stop_channels()
    manager.shutdown_kernel(now=True)


def run(client: BlockingKernelClient, code: str) -> list[dict[str, Any]]:
    messages: list[dict[str, Any]] = []
    client.execute_interactive(code, output_hook=messages.append, timeout=120)
    return messages


def shown(messages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [message["content"]["data"] for message in messages if message["msg_type"] == "display_data"]


def button_of(messages: list[dict[str, Any]]) -> tuple[str, str]:
    """Return the comm of the only button, and what it says."""
    opened = {message["content"]["comm_id"]: message["content"]["data"]["state"] for message in messages if message["msg_type"] == "comm_open"}
    [(comm, state)] = [(comm, state) for comm, state in opened.items() if state.get("_model_name") == "ButtonModel"]
    return comm, state["description"]


def press(client: BlockingKernelClient, comm: str) -> Iterator[str]:
    """Press a button; yield what its line says, as it changes."""
    content = {"comm_id": comm, "data": {"method": "custom", "content": {"event": "click"}}}
    client.shell_channel.send(client.session.msg("comm_msg", content))
    while True:
        message = client.get_iopub_msg(timeout=120)
        state = message["content"].get("data", {}).get("state", {}) if message["msg_type"] == "comm_msg" else {}
        if value := state.get("value") if isinstance(state.get("value"), str) else "":
            yield value


def test_the_first_new_question_shows_one_sentence_and_a_button_that_fetches(
    kernel: BlockingKernelClient, publisher: Publisher, tmp_path: Path
) -> None:
    messages = run(kernel, "sbs.ask('Hello?')")
    [view] = shown(messages)
    assert VIEW in view and view["text/plain"] == "", "without widgets the sentence alone is seen"
    [error] = [message["content"]["traceback"] for message in messages if message["msg_type"] == "error"]
    assert len(error) == 1 and error[0].startswith(f"WeightsError: The weights of {MAIN.name} (0.0 GB) are not on this machine")
    comm, label = button_of(messages)
    assert label == "fetch the main model (0.0 GB)"
    assert publisher.asked == [], "nothing is fetched unasked"
    assert any("The main model is here. Run the cell again." in line for line in press(kernel, comm))
    assert (tmp_path / "weights" / MAIN.file).read_bytes() == CONTENT
    again = run(kernel, "sbs.ask('Hello?')")
    assert shown(again) == [] or all(VIEW not in data for data in shown(again))
    assert "cannot load" in str(again), "it is no real model, but it is the file expected"


def test_a_fault_is_told_beside_the_button(kernel: BlockingKernelClient, publisher: Publisher) -> None:
    publisher.script = [says(403)]
    comm, _ = button_of(run(kernel, "sbs.ask('Hello?')"))
    assert any("could not be fetched" in line and "status 403" in line for line in press(kernel, comm))


def test_a_cell_shows_it_once(kernel: BlockingKernelClient) -> None:
    tries = "for n in range(3):\n    try: sbs.ask(f'Hello {n}?')\n    except sbs.llm.openai.OpenAIError: pass\n"
    assert len(shown(run(kernel, "import sidebyside.llm\n" + tries))) == 1
    assert len(shown(run(kernel, tries))) == 1, "another cell has its own"


@pytest.mark.parametrize("kernel", ["replay", "record"], indirect=True)
def test_saved_pages_hold_no_button(kernel: BlockingKernelClient, publisher: Publisher) -> None:
    messages = run(kernel, "sbs.ask('Hello?')")
    assert shown(messages) == [] and publisher.asked == []
