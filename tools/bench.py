"""Measure speeds and write `book/run-times.md`; nothing here is asserted in a test.

Usage: python -m tools.bench    (takes some minutes; use a quiet machine)
"""

from __future__ import annotations

import datetime
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx2
import openai

import sidebyside as sbs
from sidebyside import embedded
from sidebyside.models import DEFAULT, MAIN, SMALL
from sidebyside.store import Store, place_of, read_entries, shelf_of
from tools.pages import HOME, execute, load, pages, plain_environment
from tools.run_pages import NBVAL

PROMPTS = [f"Write one sentence about the number {number}." for number in range(24)]
REPLAYS = 400
ANSWERS = 2000
RECORDED = (SMALL, MAIN)  # who answers on every page


def request_of(prompt: str) -> dict[str, Any]:
    """Return the request that all contestants send."""
    return {"model": DEFAULT.name, "messages": [{"role": "user", "content": prompt}], "temperature": 0, "max_tokens": 48}


def tokens_per_second(ask: Callable[[dict[str, Any]], int]) -> float:
    """Return the rate over all prompts.

    Args:
        ask: Sends a request and returns the number of tokens of its answer.
    """
    start = time.perf_counter()
    return sum(ask(request_of(prompt)) for prompt in PROMPTS) / (time.perf_counter() - start)


def raw(request: dict[str, Any]) -> int:
    """Ask the server itself."""
    answer = embedded.exchange(DEFAULT, "POST", "/v1/chat/completions", json.dumps(request).encode())
    tokens: int = json.loads(b"".join(embedded.pieces(DEFAULT, answer)))["usage"]["completion_tokens"]
    return tokens


def course_against_raw() -> tuple[float, float]:
    """Return median tokens per second of the course's client and of the raw server, in turns."""
    os.environ |= {"SIDEBYSIDE_MODE": "live", "SIDEBYSIDE_KEPT": "none"}
    client, _ = sbs.connect("bench")
    rounds = [(tokens_per_second(lambda r: client.chat.completions.create(**r).usage.completion_tokens), tokens_per_second(raw)) for _ in range(3)]
    course, server = zip(*rounds, strict=True)
    return statistics.median(course), statistics.median(server)


def replay_against_canned() -> tuple[float, float]:
    """Return answers per second from recordings, and of the bare client with a canned answer."""
    entry = next(e for file in sorted((HOME / "recordings").glob("*/*/*.jsonl")) for e in read_entries(file) if e["route"] == "chat/completions")
    os.environ["SIDEBYSIDE_MODE"] = "replay"
    client, _ = sbs.connect("bench")
    canned = httpx2.MockTransport(lambda request: httpx2.Response(200, json=entry["response"]))
    bare = openai.OpenAI(base_url="http://canned.invalid/v1", api_key="none", http_client=httpx2.Client(transport=canned))
    rates = []
    for contestant in (client, bare):
        contestant.chat.completions.create(**entry["request"])
        start = time.perf_counter()
        for _ in range(REPLAYS):
            contestant.chat.completions.create(**entry["request"])
        rates.append(REPLAYS / (time.perf_counter() - start))
    return rates[0], rates[1]


def first_unrecorded() -> float:
    """Return the seconds from a page's first prompt that nobody has recorded until the model is asked, on the longest page."""
    file = max((HOME / "recordings").glob("*/*/*.jsonl"), key=lambda file: file.stat().st_size)
    shelf_of.cache_clear()
    start = time.perf_counter()
    Store(file).get("")
    return time.perf_counter() - start


def append_rate() -> float:
    """Return how many answers a second are added to a recordings file, over two thousand."""
    entry = next(read_entries(next((HOME / "recordings").glob("*/*/*.jsonl"))))
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder) / "any-model" / "case" / "page.jsonl")
        start = time.perf_counter()
        for number in range(ANSWERS):
            store.add(entry | {"key": str(number)})
        return ANSWERS / (time.perf_counter() - start)


def seconds(path: Path, **settings: str) -> float:
    """Return how long a page takes, from recordings if the settings say nothing else."""
    start = time.perf_counter()
    execute(load(path), path.parent, **({"SIDEBYSIDE_MODE": "replay"} | settings))
    return time.perf_counter() - start


def timed(*command: str) -> float:
    """Return how long a whole process takes that must succeed."""
    start = time.perf_counter()
    subprocess.run(command, cwd=HOME, env=plain_environment(SIDEBYSIDE_MODE="replay"), stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - start


def asked_by(path: Path) -> tuple[int, int]:
    """Return how many different answers a page uses, and their tokens in and out together."""
    with tempfile.NamedTemporaryFile() as log:
        execute(load(path), path.parent, SIDEBYSIDE_MODE="replay", SIDEBYSIDE_USED=log.name)
        used = set(Path(log.name).read_text().splitlines())
    there = {f"{place_of(f)} {e['key']}": e for f in (HOME / "recordings").glob("*/*/*.jsonl") for e in read_entries(f)}
    return len(used), sum(there[line]["response"]["usage"]["total_tokens"] for line in used)


def main() -> None:
    """Measure, print, and write the page."""
    rows, everything = [], pages()
    bare = sum(seconds(path) for path in everything)
    strict = timed(sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *NBVAL, "-n", "0", *map(str, everything))
    build = timed(sys.executable, "-m", "tools.check", "book")
    for path in pages(("notebooks",)):
        calls, used = asked_by(path)
        live = [f"{seconds(path, SIDEBYSIDE_MODE='live', SIDEBYSIDE_MODEL=model.name):.0f}" for model in RECORDED]
        rows.append(f"| [](../notebooks/{path.name}) | {seconds(path):.0f} | {' | '.join(live)} | {calls} | {used:,} |")
        print(rows[-1])
    course, server = course_against_raw()
    replay, canned = replay_against_canned()
    speeds = [
        f"- Course client: {course:.0f} tokens a second; the raw server: {server:.0f} (ratio {course / server:.2f}, medians of three rounds).",
        f"- Replay: {replay:.0f} answers a second; the bare client with a canned answer: {canned:.0f} (ratio {replay / canned:.2f}).",
        f"- A prompt that nobody has recorded reaches the model after {first_unrecorded():.2f} s; {append_rate():.0f} answers a second are recorded.",
        f"- Strict nbval of all {len(everything)} notebooks in turn: {strict:.0f} s; running them alone: {bare:.0f} s (ratio {strict / bare:.2f}).",
        f"- Building the site: {build:.0f} s.",
    ]
    print("\n".join(speeds))
    head = [
        "# Run times",
        "",
        f"Measured by `make bench` on {datetime.date.today():%d %B %Y}, on {os.cpu_count()} cores ({platform.machine()}, "
        f"Python {platform.python_version()}). Another machine has other times; the calls and tokens stay the same.",
        "",
        f"| page | seconds from recordings | {' | '.join(f'live on {m.name}, at most {m.live_limit} messages of a split' for m in RECORDED)} "
        "| answers asked for | tokens |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    (HOME / "book" / "run-times.md").write_text("\n".join([*head, *rows, "", *speeds, ""]), encoding="utf-8")


if __name__ == "__main__":
    main()
