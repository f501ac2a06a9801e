"""How many learners one endpoint can serve: simulate them, and write `book/instructor/load.md`; nothing here is asserted in a test.

A llama.cpp server with the course's own model stands for the shared endpoint, in a process of its own with several slots. Each learner
is a thread with a client of the package, set up by the same settings as in a room. A learner asks what the lessons ask: real requests
from `recordings/`, all of them live. Two ways to behave: *at their own pace*, with a pause for thought before each prompt, and *all at
once*, when a whole room presses the same key.

Usage: python -m tools.load_test    (at most six minutes; use a quiet machine)
"""

from __future__ import annotations

import datetime
import os
import platform
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import openai
import psutil
from nbclient import NotebookClient
from openai.types.chat import ChatCompletion

import sidebyside as sbs
from sidebyside.models import DEFAULT
from sidebyside.store import read_entries
from sidebyside.weights import find_weights, verify_weights
from tools.pages import HOME, load, notebook, pages, plain_environment

NAME = f"{DEFAULT.name}-at-an-endpoint"  # under its own name the course would ask the model inside the process
SIZES = (1, 10, 30)
SLOTS = 4  # answers that the server writes at the same time
PROMPTS = 6  # of one learner
LONGEST = 24  # seconds after which a learner begins no further prompt
THINKING = (3.0, 10.0)  # seconds before a prompt, at one's own pace
PATIENCE = 30  # seconds after which a learner gives up on an answer: a failure
SEED = 7
PAGE = HOME / "book" / "instructor" / "load.md"
LIVE_LESSON = notebook("notebooks/the_genai_workflow")


@dataclass(frozen=True)
class Round:
    """What came of one round with so many learners.

    Attributes:
        way: "own pace" or "all at once".
        learners: How many.
        seconds: The wait for each answer, in seconds.
        failures: How many prompts got none.
        tokens: Tokens of all answers.
        took: Seconds from the first prompt to the last answer.
    """

    way: str
    learners: int
    seconds: list[float]
    failures: int
    tokens: int
    took: float

    def row(self) -> str:
        """Return a row of the table."""
        half, most = percentile(self.seconds, 0.5), percentile(self.seconds, 0.95)
        return (
            f"| {self.way} | {self.learners} | {len(self.seconds)} | {half:.1f} | {most:.1f} | {self.failures} | "
            f"{self.tokens / self.took:.0f} | {60 * len(self.seconds) / self.took:.0f} |"
        )


def percentile(values: list[float], share: float) -> float:
    """Return the smallest value that at least this share of all values does not exceed; nan if there are none."""
    ordered = sorted(values)
    return ordered[max(0, -int(-share * len(ordered) // 1) - 1)] if ordered else float("nan")


def requests() -> list[dict[str, Any]]:
    """Return the chats that the lessons ask, as they were recorded."""
    files = sorted((HOME / "recordings" / DEFAULT.name).glob("*/*.jsonl"))
    return [entry["request"] | {"model": NAME} for file in files for entry in read_entries(file) if entry["route"] == "chat/completions"]


def serve() -> None:
    """Serve the course's model on a loopback port, say its address, and stay until the input is closed."""
    import xllamacpp

    params = xllamacpp.CommonParams()
    path = find_weights(DEFAULT)
    verify_weights(path, DEFAULT)
    params.model.path, params.model_alias = str(path), {NAME}
    params.n_ctx, params.n_parallel, params.cpuparams.n_threads = SLOTS * DEFAULT.context, SLOTS, os.cpu_count() or 2
    params.hostnames, params.port, params.verbosity = ["127.0.0.1"], 0, -1
    server = xllamacpp.Server(params)
    print(server.listening_address, flush=True)
    sys.stdin.read()


@contextmanager
def endpoint() -> Iterator[str]:
    """Run the server in a process of its own, set this process's settings to it, and stop it at the end."""
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    process = subprocess.Popen([sys.executable, "-m", "tools.load_test", "serve"], cwd=HOME, env=plain_environment(), **pipes)  # type: ignore[call-overload]
    try:
        address = process.stdout.readline().strip()
        settings = {"SIDEBYSIDE_MODEL": NAME, "SIDEBYSIDE_MODE": "live", "SIDEBYSIDE_KEPT": "none", "SIDEBYSIDE_PRICE": "0/0"}
        os.environ |= settings | {"OPENAI_BASE_URL": f"{address}/v1", "OPENAI_API_KEY": "any"}
        yield address
    finally:
        process.stdin.close()
        process.wait(30)


def think(dice: random.Random, way: str) -> float:
    """Return the seconds that a learner pauses before a prompt."""
    return dice.uniform(*THINKING) if way == "own pace" else 0.0


def learn(
    client: openai.OpenAI, asked: list[dict[str, Any]], pause: Callable[[], float], until: float, note: Callable[[float | None, int], None]
) -> None:
    """Be one learner: pause, ask, wait for the answer; until all is asked or time is up."""
    for request in asked:
        time.sleep(pause())
        start = time.perf_counter()
        if start > until:
            return
        try:
            answer = client.post("/chat/completions", body=request, cast_to=ChatCompletion)  # with the server's own settings, such as a grammar
        except (openai.OpenAIError, OSError):
            note(None, 0)
        else:
            note(time.perf_counter() - start, answer.usage.completion_tokens if answer.usage else 0)


def simulate(way: str, learners: int, pool: list[dict[str, Any]]) -> Round:
    """Let so many learners work at the endpoint at the same time."""
    seconds: list[float | None] = []
    tokens: list[int] = []

    def note(took: float | None, written: int) -> None:
        seconds.append(took)
        tokens.append(written)

    start = time.perf_counter()
    with ThreadPoolExecutor(learners) as room:
        working = []
        for number in range(learners):
            dice = random.Random(1000 * SEED + number)
            client, _ = sbs.connect("load", timeout=PATIENCE, max_retries=0)
            working.append(room.submit(learn, client, dice.sample(pool, PROMPTS), partial(think, dice, way), start + LONGEST, note))
        for learner in working:
            learner.result()  # a fault of this program itself ends the test
    took = time.perf_counter() - start
    return Round(way, learners, [s for s in seconds if s is not None], seconds.count(None), sum(tokens), took)


def kernel_memory(path: Path, **settings: str) -> float:
    """Return the memory in MB of a page's kernel after its last cell, with the processes that it started."""
    client = NotebookClient(load(path), timeout=600, kernel_name="python3", resources={"metadata": {"path": str(path.parent)}})
    with client.setup_kernel(env=plain_environment(**settings)):
        for index, cell in enumerate(client.nb.cells):
            client.execute_cell(cell, index)
        kernel = psutil.Process(client.km.provisioner.pid)  # type: ignore[union-attr]  # the kernel runs
        return sum(process.memory_info().rss for process in [kernel, *kernel.children(recursive=True)]) / 1e6


def memory() -> list[str]:
    """Return what a learner's kernel holds, in sentences."""
    replayed = {path.name: kernel_memory(path, SIDEBYSIDE_MODE="replay") for path in pages(("notebooks",))[::3]}
    largest = max(replayed, key=replayed.__getitem__)
    live = kernel_memory(LIVE_LESSON, SIDEBYSIDE_MODE="live", SIDEBYSIDE_LIMIT="3")
    return [
        f"- A kernel that has run a whole lesson from recordings: {statistics.median(replayed.values()):.0f} MB, median of "
        f"{len(replayed)} lessons; at most {replayed[largest]:.0f} MB, in [](../../notebooks/{largest}).",
        f"- A kernel that also holds the embedded model, after [](../../notebooks/{LIVE_LESSON.name}) live: {live:.0f} MB.",
    ]


def report(rounds: list[Round], held: list[str]) -> str:
    """Return the page."""
    head = [
        "# Load test",
        "",
        f"Measured by `make load-test` on {datetime.date.today():%d %B %Y}, on {os.cpu_count()} cores ({platform.machine()}, "
        f"Python {platform.python_version()}), with the course's own model `{DEFAULT.name}` behind one endpoint of {SLOTS} slots on the "
        "same machine. Another machine, and above all another model, has other times.",
        "",
        f"Each learner asks up to {PROMPTS} prompts from the lessons, all live, one after the other. *Own pace* means a pause of "
        f"{THINKING[0]:.0f} to {THINKING[1]:.0f} seconds before each. *All at once* means no pause at all. Nobody begins a prompt after "
        f"{LONGEST} seconds. The wait runs from sending a prompt to its whole answer; after {PATIENCE} seconds it counts as a failure.",
        "",
        "| how they work | learners | answers | median wait, seconds | 95th percentile, seconds | failures | tokens a second | answers a minute |",
        "|---|---:|---:|---:|---:|---:|---:|---:|",
    ]
    tail = ["", "## Memory of a learner", "", *held, ""]
    return "\n".join([*head, *(round_.row() for round_ in rounds), *tail])


def main() -> None:
    """Measure, print, and write the page."""
    held, pool, rounds = memory(), requests(), []
    with endpoint():
        simulate("all at once", 1, pool[:PROMPTS])  # the first answers also load the model
        for way in ("own pace", "all at once"):
            for learners in SIZES:
                rounds.append(simulate(way, learners, pool))
                print(rounds[-1].row(), flush=True)
    text = report(rounds, held)
    print(text)
    PAGE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    serve() if sys.argv[1:] == ["serve"] else main()
