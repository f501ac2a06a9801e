"""Kept answers: what was stopped goes on, what was paid for is not asked for twice, and nothing else is passed off as an answer."""

from __future__ import annotations

import concurrent.futures
import contextlib
import datetime
import json
import subprocess
import sys
import threading
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openai
import pandas as pd
import pytest
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

import sidebyside as sbs
from sidebyside import kept, parallel, recording
from sidebyside.errors import BudgetError
from sidebyside.faults.explain import Interrupted
from sidebyside.kept import Kept
from sidebyside.runs import so_far
from sidebyside.store import key_of, read_entries, seal_of
from tests.scripted import NAME, Quirk, Reply, Request, ScriptedModel, chat, fault, serving

TEXTS = [f"Message {number}" for number in range(30)]
Begin = Callable[..., openai.OpenAI]


def forget() -> None:
    """Make this process as one whose kernel has just started."""
    for memory in (kept._mine, kept._unfinished, kept._unwritten, kept._cells, kept._runs, kept._flights):
        memory.clear()


@pytest.fixture
def begin(endpoint: ScriptedModel, monkeypatch: pytest.MonkeyPatch) -> Begin:
    """Return a function that starts a kernel, so to speak, and connects in a mode."""

    def connect(mode: str, page: str = "page") -> openai.OpenAI:
        forget()
        monkeypatch.setenv("SIDEBYSIDE_MODE", mode)
        return sbs.connect(page, max_retries=0)[0]

    endpoint.script(*(Reply(chat(f"answer {number}")) for number in range(100)))
    monkeypatch.setenv("SIDEBYSIDE_AT_ONCE", "1")  # so that a run stops at a place that the test knows
    return connect


@pytest.fixture
def shelf(endpoint: ScriptedModel) -> Path:
    """The folder of the kept answers."""
    return endpoint.recordings.with_name("kept")


def ask(text: str, **options: Any) -> str:
    return sbs.ask(text, **options).text


def sources() -> list[str]:
    return list(sbs.usage()["source"])


def questions(endpoint: ScriptedModel) -> list[str]:
    return [request.body["messages"][0]["content"] for request in endpoint.asked]


def stop_at(endpoint: ScriptedModel, number: int) -> None:
    """Let the endpoint fail once, at that request from now on."""
    endpoint.script(
        *(Reply(chat(f"before {n}")) for n in range(number)), Reply(fault("broken"), 400), *(Reply(chat(f"after {n}")) for n in range(99))
    )


def lines_of(shelf: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for file in shelf.rglob("*.jsonl") for line in file.read_text(encoding="utf-8").splitlines()]


# --- a run that stops goes on ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", ["auto", "live"])
@pytest.mark.parametrize("restart", [False, True], ids=["same kernel", "kernel restarted"])
def test_a_run_that_stops_at_the_12th_of_30_goes_on_from_the_12th(
    mode: str, restart: bool, begin: Begin, endpoint: ScriptedModel, said: list[str]
) -> None:
    begin(mode)
    stop_at(endpoint, 11)
    with pytest.raises(openai.BadRequestError):
        sbs.run(ask, TEXTS)
    assert said == ["Stopped after 11 of 30; they are kept. Run the cell again to go on from there. sbs.runs.so_far() shows them."]
    assert list(so_far()["answer"]) == [f"before {n}" for n in range(11)]
    assert list(so_far()["text"]) == TEXTS[:11]
    if restart:
        begin(mode)
    answers = sbs.run(ask, TEXTS)
    assert answers == [f"before {n}" for n in range(11)] + [f"after {n}" for n in range(19)]
    assert questions(endpoint) == [*TEXTS[:11], TEXTS[11], *TEXTS[11:]], "only the one that failed is asked again"
    assert said[1:] == ["11 of 30 were kept from the run before."]
    assert sources()[-30:] == ["kept"] * 11 + ["live"] * 19


@pytest.mark.parametrize("mode", ["auto", "live"])
def test_an_interrupt_stops_a_run_as_an_error_does(mode: str, begin: Begin, endpoint: ScriptedModel, said: list[str]) -> None:
    begin(mode)

    def patient(text: str) -> str:
        if text == TEXTS[5]:
            raise KeyboardInterrupt
        return ask(text)

    with pytest.raises(KeyboardInterrupt):
        sbs.run(patient, TEXTS)
    sbs.run(ask, TEXTS[:8])
    assert len(endpoint.asked) == 8
    assert [line.partition(";")[0] for line in said] == ["Stopped after 5 of 30", "5 of 8 were kept from the run before."]


def test_a_run_that_stops_twice_goes_on_twice(begin: Begin, endpoint: ScriptedModel, said: list[str]) -> None:
    begin("live")
    for asked in (5, 4):
        stop_at(endpoint, asked)
        with pytest.raises(openai.BadRequestError):
            sbs.run(ask, TEXTS)
    sbs.run(ask, TEXTS)
    assert len(endpoint.asked) == 30 + 2
    assert [line.split(" of ")[0] for line in said] == ["Stopped after 5", "Stopped after 9", "9"]


def test_the_limit_of_money_stops_a_run_that_goes_on_once_it_is_raised(
    begin: Begin, endpoint: ScriptedModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SIDEBYSIDE_PRICE", "1000000/0")  # a dollar for each token of the question; an answer costs 20
    monkeypatch.setenv("SIDEBYSIDE_BUDGET", "400")
    begin("auto")
    with pytest.raises(BudgetError):
        sbs.run(ask, TEXTS)
    paid = len(endpoint.asked)
    assert 0 < paid < 30
    monkeypatch.setenv("SIDEBYSIDE_BUDGET", "1000")
    sbs.connect("page")
    sbs.run(ask, TEXTS)
    assert len(endpoint.asked) == 30
    assert sources().count("kept") == paid


def test_a_run_that_reached_its_end_is_asked_again_in_mode_live(begin: Begin, endpoint: ScriptedModel, said: list[str]) -> None:
    begin("live")
    first = sbs.run(ask, TEXTS[:3])
    assert sbs.run(ask, TEXTS[:3]) != first
    begin("live")
    assert sbs.run(ask, TEXTS[:3]) != first
    assert (len(endpoint.asked), said) == (9, [])


def test_once_gone_on_to_its_end_a_run_is_asked_again_in_mode_live(begin: Begin, endpoint: ScriptedModel, said: list[str]) -> None:
    begin("live")
    stop_at(endpoint, 2)
    with pytest.raises(openai.BadRequestError):
        sbs.run(ask, TEXTS[:4])
    sbs.run(ask, TEXTS[:4])
    begin("live")
    sbs.run(ask, TEXTS[:4])
    assert len(endpoint.asked) == 3 + 2 + 4


def test_mode_live_goes_on_only_with_answers_of_the_same_day(
    begin: Begin, endpoint: ScriptedModel, monkeypatch: pytest.MonkeyPatch, said: list[str]
) -> None:
    begin("live")
    stop_at(endpoint, 2)
    with pytest.raises(openai.BadRequestError):
        sbs.run(ask, TEXTS[:4])
    tomorrow = (datetime.date.today() + datetime.timedelta(days=1)).isoformat()
    for module in (kept, recording):
        monkeypatch.setattr(module, "_today", lambda: tomorrow)
    sbs.run(ask, TEXTS[:4])
    assert sources()[-4:] == ["live"] * 4


def test_the_same_text_twice_in_a_run_is_asked_twice_and_is_none_from_before(begin: Begin, endpoint: ScriptedModel, said: list[str]) -> None:
    for mode in ("auto", "live"):
        begin(mode, mode)
        assert len(set(sbs.run(ask, ["same", "same", "same"]))) == 3
    assert said == []


def test_a_system_that_asks_no_model_says_nothing(begin: Begin, said: list[str]) -> None:
    begin("auto")
    assert sbs.run(str.upper, ["a", "b"]) == ["A", "B"]
    with pytest.raises(ZeroDivisionError):
        sbs.run(lambda text: str(1 // (text != "b")), ["a", "b"])
    assert said == []
    assert so_far().to_dict("list") == {"text": ["a"], "answer": ["1"]}


def test_a_run_without_seeds_does_not_promise_to_go_on(begin: Begin, endpoint: ScriptedModel, said: list[str]) -> None:
    begin("auto")
    stop_at(endpoint, 2)
    with pytest.raises(openai.BadRequestError):
        sbs.run(lambda text: ask(text, temperature=1), TEXTS[:4])
    assert said == ["Stopped after 2 of 4. Without a seed they are not used again, and the next run asks for all. sbs.runs.so_far() shows them."]
    sbs.run(lambda text: ask(text, temperature=1), TEXTS[:4])
    assert sources() == ["live"] * 6


def test_a_sample_whose_second_call_is_new_is_not_counted_as_kept(begin: Begin, endpoint: ScriptedModel, said: list[str]) -> None:
    begin("live")

    def twice(text: str) -> str:
        return ask(text) + ask(f"{text}, really?")

    stop_at(endpoint, 3)  # the second sample's second call
    with pytest.raises(openai.BadRequestError):
        sbs.run(twice, TEXTS[:3])
    sbs.run(twice, TEXTS[:3])
    assert [line.partition(";")[0] for line in said] == ["Stopped after 1 of 3", "1 of 3 were kept from the run before."]
    assert len(endpoint.asked) == 4 + 3


def test_record_goes_on_by_itself(begin: Begin, endpoint: ScriptedModel, shelf: Path) -> None:
    begin("record")
    stop_at(endpoint, 2)
    with pytest.raises(openai.BadRequestError):
        sbs.run(ask, TEXTS[:4])
    begin("record")
    sbs.run(ask, TEXTS[:4])
    assert len(endpoint.asked) == 5
    assert len(endpoint.recorded()) == 4
    assert not shelf.exists()


# --- answers that cannot be used, and answers that come too late ----------------------------------------------------


def filtering(*places: int, broken: int) -> Quirk:
    """Hold back the answers to these messages; fail once at another one."""
    left = [broken]

    def quirk(request: Request) -> Reply:
        number = int(request.body["messages"][0]["content"].split()[-1])
        if number in left:
            left.remove(number)
            return Reply(fault("broken"), 400)
        body = chat(f"answer {number}")
        body["choices"][0] |= {"finish_reason": "content_filter", "message": {"role": "assistant", "content": None}} if number in places else {}
        return Reply(body)

    return quirk


@pytest.mark.parametrize("mode", ["auto", "live"])
@pytest.mark.parametrize("restart", [False, True], ids=["same kernel", "kernel restarted"])
def test_a_run_that_goes_on_does_not_pay_for_the_same_refusal_twice(
    mode: str, restart: bool, begin: Begin, endpoint: ScriptedModel, said: list[str], shelf: Path
) -> None:
    begin(mode)
    endpoint.quirk = filtering(2, 4, broken=7)
    with pytest.raises(openai.BadRequestError):
        sbs.run(ask, TEXTS[:10])
    assert said[0].startswith("Stopped after 7 of 10; they are kept.")
    if restart:
        begin(mode)
    answers = sbs.run(ask, TEXTS[:10])
    assert [answers[place].why for place in (2, 4)] == ["filtered"] * 2
    assert "content filter" in answers[2].sentence
    assert (len(endpoint.asked), said[1]) == (11, "7 of 10 were kept from the run before.")
    assert len(lines_of(shelf)) == 8, "what cannot be used is no answer"
    begin("auto")
    sbs.run(ask, TEXTS[:10])
    assert len(endpoint.asked) == 13, "once the run was whole, what gave no answer is asked again"


def test_a_cell_that_ends_in_a_refusal_asks_again(begin: Begin, endpoint: ScriptedModel, shell: InteractiveShell) -> None:
    begin("auto")
    endpoint.quirk = filtering(0, broken=-1)
    for times in (1, 2):
        assert not shell.run_cell("ask(TEXTS[0])").success
        assert len(endpoint.asked) == times


@pytest.mark.parametrize("mode", ["auto", "live"])
@pytest.mark.parametrize("waits_for_it", [False, True], ids=["it came meanwhile", "it is still on its way"])
@pytest.mark.parametrize("cell", [False, True], ids=["outside of a notebook", "in a cell"])
def test_what_was_on_its_way_when_the_reader_stopped_is_not_paid_for_again(
    mode: str, waits_for_it: bool, cell: bool, begin: Begin, endpoint: ScriptedModel, said: list[str], monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> None:  # fmt: skip
    arrived, may_answer = threading.Semaphore(0), threading.Event()

    def slow(question: Request) -> Reply:
        arrived.release()
        may_answer.wait(20)
        return Reply(chat(question.body["messages"][0]["content"]))

    def interrupted(*_: object, **__: object) -> None:
        arrived.acquire(timeout=20), arrived.acquire(timeout=20)
        raise KeyboardInterrupt

    work = request.getfixturevalue("shell").run_cell if cell else lambda code: exec(code, {"run": sbs.run, "ask": ask, "TEXTS": TEXTS})
    monkeypatch.setenv("SIDEBYSIDE_AT_ONCE", "2")
    begin(mode)
    endpoint.quirk = slow
    monkeypatch.setattr(parallel, "wait", interrupted)
    with contextlib.nullcontext() if cell else pytest.raises(Interrupted):  # one line, no traceback
        work("run(ask, TEXTS[:2])")
    monkeypatch.setattr(parallel, "wait", concurrent.futures.wait)
    on_their_way = [flight for flights in kept._flights.values() for flight in flights]
    if waits_for_it:
        monkeypatch.setattr(kept, "PULSE", 0.01)
        monkeypatch.setattr(kept.Line, "show", lambda line, text: may_answer.set() if text == kept.STILL_COMING else None)
    else:
        may_answer.set()
        assert all(flight.landed.wait(20) for flight in on_their_way)
    work("run(ask, TEXTS[:2])")
    assert (len(on_their_way), len(endpoint.asked), sources()) == (2, 2, ["kept", "kept"])


def test_a_thread_that_asks_while_another_one_imports_ipython(begin: Begin, monkeypatch: pytest.MonkeyPatch) -> None:
    """Outside of a notebook, the first line that is shown imports it."""
    begin("auto")
    monkeypatch.setitem(sys.modules, "IPython", types.ModuleType("IPython"))
    assert ask("Hello") == "answer 0"


# --- in a notebook the cell is what goes on -------------------------------------------------------------------------


@pytest.fixture
def shell() -> InteractiveShell:
    """A notebook's shell, gone afterwards."""
    shell = InteractiveShell.instance(config=Config({"HistoryManager": {"enabled": False}}))
    shell.user_ns |= {"sbs": sbs, "ask": ask, "TEXTS": TEXTS, "run": sbs.run}
    yield shell
    InteractiveShell.clear_instance()
    forget()


@pytest.mark.parametrize("mode", ["auto", "live"])
def test_a_cell_of_two_runs_and_a_loop_goes_on_where_it_stopped(
    mode: str, begin: Begin, endpoint: ScriptedModel, shell: InteractiveShell, said: list[str]
) -> None:
    begin(mode)
    cell = "one, two, three = run(ask, TEXTS[:3]), [ask(text) for text in TEXTS[3:6]], run(ask, TEXTS[6:9])"
    stop_at(endpoint, 7)
    assert not shell.run_cell(cell).success
    assert shell.run_cell(cell).success
    assert questions(endpoint) == [*TEXTS[:8], *TEXTS[7:9]]
    assert shell.user_ns["two"] == ["before 3", "before 4", "before 5"]
    assert shell.run_cell(cell).success, "and once it was whole, it is asked again"
    assert questions(endpoint)[10:] == TEXTS[:9]


def test_a_cell_that_asks_twice_gets_two_answers(begin: Begin, endpoint: ScriptedModel, shell: InteractiveShell) -> None:
    for mode in ("auto", "live"):
        begin(mode, mode)
        assert shell.run_cell("a, b = ask('same'), ask('same')").success
        assert shell.run_cell("c = ask('same')").success
        assert len({shell.user_ns[name] for name in "abc"}) == 3


# --- what is used again, and what is not ----------------------------------------------------------------------------


def test_auto_finds_what_was_answered_before_the_kernel_started(begin: Begin, endpoint: ScriptedModel) -> None:
    begin("auto")
    first = sbs.ask("Hello")
    begin("auto")
    again = sbs.ask("Hello")
    assert (again.text, again.call.source) == (first.text, "kept")
    assert (again.call.seconds, again.call.input_tokens, again.call.output_tokens) == (first.call.seconds, 20, 5)
    assert again.call.day == first.call.day
    assert len(endpoint.asked) == 1


def test_another_page_of_the_case_finds_it_too(begin: Begin, endpoint: ScriptedModel) -> None:
    begin("auto", "one")
    ask("Hello")
    begin("auto", "two")
    ask("Hello")
    assert sources() == ["kept"]


def test_a_kept_answer_costs_nothing(begin: Begin, endpoint: ScriptedModel, monkeypatch: pytest.MonkeyPatch) -> None:
    begin("auto")
    ask("Hello")
    monkeypatch.setenv("SIDEBYSIDE_PRICE", "1000000/0")
    begin("auto")
    for _ in range(20):
        ask("Hello")
    assert sources() == ["kept"] * 20


def test_within_a_kernel_who_asks_twice_gets_two_answers(begin: Begin) -> None:
    begin("auto")
    assert ask("Hello") != ask("Hello")
    sbs.connect("page")
    ask("Hello")
    assert sources() == ["live"]


def test_what_is_recorded_comes_first(begin: Begin, endpoint: ScriptedModel) -> None:
    begin("live")
    ask("Hello")
    begin("record")
    recorded = ask("Hello")
    begin("auto")
    assert (ask("Hello"), sources()) == (recorded, ["recorded"])


def test_replay_and_record_know_nothing_of_kept_answers(begin: Begin, endpoint: ScriptedModel) -> None:
    begin("auto")
    ask("Hello")
    begin("record")
    ask("Another question")  # replay connects to a model of which something is recorded
    begin("replay")
    with pytest.raises(sbs.errors.RecordingError):
        ask("Hello")
    begin("record")
    ask("Hello")
    assert sources() == ["live"]


def test_the_later_answer_counts(begin: Begin) -> None:
    begin("live")
    ask("Hello")
    begin("live")
    later = ask("Hello")
    begin("auto")
    assert ask("Hello") == later


@pytest.mark.parametrize("options", [{"temperature": 0.7}, {"temperature": 1, "seed": None}])
def test_a_sampled_answer_without_a_seed_is_kept_and_never_used_again(options: dict[str, Any], begin: Begin, shelf: Path) -> None:
    begin("auto")
    ask("Hello", **options)
    begin("auto")
    ask("Hello", **options)
    assert sources() == ["live"]
    assert len(lines_of(shelf)) == 2


def test_sampled_answers_with_seeds_are_kept_apart(begin: Begin) -> None:
    begin("auto")
    first = [ask("Hello", temperature=1, seed=seed) for seed in range(3)]
    begin("auto")
    assert [ask("Hello", temperature=1, seed=seed) for seed in (2, 1, 0)] == first[::-1]
    assert sources() == ["kept"] * 3


def test_another_server_does_not_replay_this_one_s_answers(begin: Begin, monkeypatch: pytest.MonkeyPatch) -> None:
    begin("auto")
    ask("Hello")
    with serving() as other:
        other.script(Reply(chat("from another server")))
        monkeypatch.setenv("OPENAI_BASE_URL", other.url)
        begin("auto")
        assert ask("Hello") == "from another server"


def test_other_weights_or_another_program_do_not_replay_these(tmp_path: Path) -> None:
    forget()
    file = tmp_path / "kept" / "own-file" / "case" / "page.jsonl"
    entry = {"key": key_of("chat/completions", "{}"), "route": "chat/completions", "request": {}, "response": {}}
    entry |= {"recorded": "2026-11-22", "weights_sha256": "a", "runtime": "1"}
    Kept(file).add(entry | {"seal": seal_of(entry)}, again=True)
    forget()
    assert Kept(file, lambda: {"weights_sha256": "a", "runtime": "1"}).get(entry["key"])
    for same in ({"weights_sha256": "b", "runtime": "1"}, {"weights_sha256": "a", "runtime": "2"}):
        assert Kept(file, lambda same=same: same).get(entry["key"]) is None


@pytest.mark.parametrize("change", [("answer 0", "edited"), ("Hello", "Hallo"), ('"runtime"', '"run'), ("}\n", "")])
def test_an_altered_or_torn_answer_is_passed_over_and_asked_again(change: tuple[str, str], begin: Begin, shelf: Path) -> None:
    begin("auto")
    ask("Hello")
    [file] = shelf.rglob("*.jsonl")
    file.write_text(file.read_text().replace(*change))
    begin("auto")
    ask("Hello")
    assert sources() == ["live"]
    begin("auto")
    ask("Hello")
    assert sources() == ["kept"]


# --- where they are, and where they cannot be -----------------------------------------------------------------------


def test_kept_answers_lie_apart_from_the_recordings_and_hold_no_address_or_key(begin: Begin, endpoint: ScriptedModel, shelf: Path) -> None:
    begin("auto")
    ask("Hello")
    assert not endpoint.recordings.exists()
    [file] = shelf.rglob("*.jsonl")
    folder, case, name = file.relative_to(shelf).parts
    assert (case, name) == (sbs.read_settings({}).case.name, "page.jsonl")
    assert folder.startswith(f"{NAME}-")
    assert str(endpoint.server_port) not in f"{folder}{file.read_text()}"
    [entry] = read_entries(file)
    assert entry["request"] == endpoint.asked[0].body
    assert shelf.stat().st_mode & 0o077 == 0, "what a reader asks is the reader's own affair"


def test_none_keeps_nothing(begin: Begin, shelf: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIDEBYSIDE_KEPT", "none")
    for _ in range(2):
        begin("auto")
        ask("Hello")
        assert sources() == ["live"]
    assert not shelf.exists()


def full(*_: Any, **__: Any) -> None:
    raise OSError(28, "No space left on device")


def read_only(*_: Any, **__: Any) -> None:
    raise PermissionError(13, "Permission denied")


@pytest.mark.parametrize("refuse", [full, read_only])
def test_a_disk_that_takes_nothing_ends_no_page_and_loses_no_answer(
    refuse: Callable[..., None], begin: Begin, endpoint: ScriptedModel, said: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    begin("auto")
    monkeypatch.setattr(kept, "append" if refuse is full else "locked", refuse)
    stop_at(endpoint, 3)
    with pytest.raises(openai.BadRequestError):
        sbs.run(ask, TEXTS[:5])
    sbs.connect("page")
    assert sbs.run(ask, TEXTS[:5])[:3] == ["before 0", "before 1", "before 2"]
    assert len(endpoint.asked) == 6
    [complaint] = [line for line in said if "cannot be kept" in line]
    assert refuse is not full or "No space left on device" in complaint
    assert "SIDEBYSIDE_KEPT" in complaint


def test_a_file_where_the_folder_should_be_ends_no_page(begin: Begin, shelf: Path, said: list[str]) -> None:
    shelf.write_text("I am a file.")
    begin("auto")
    ask("Hello"), ask("And now?")
    assert len(said) == 1
    assert shelf.read_text() == "I am a file."


# --- several kernels ------------------------------------------------------------------------------------------------

KERNEL = """
import sys
import sidebyside as sbs

sbs.connect("page")
sbs.run(lambda text: sbs.ask(text).text, [f"{sys.argv[1]} {number}" for number in range(50)])
"""
DIES = """
import os
import sidebyside as sbs

def ask(text):
    if text == "11":
        os.kill(os.getpid(), 9)
    return sbs.ask(text).text

sbs.connect("page")
sbs.run(ask, map(str, range(30)))
"""


def test_two_kernels_keep_what_either_was_told(endpoint: ScriptedModel, shelf: Path) -> None:
    kernels = [subprocess.Popen([sys.executable, "-c", KERNEL, name]) for name in ("one", "two")]
    assert [kernel.wait() for kernel in kernels] == [0, 0]
    [file] = shelf.rglob("*.jsonl")
    assert len(list(read_entries(file))) == 100
    [waiting] = shelf.rglob("*.unfinished")
    assert waiting.read_text() == ""


def test_a_kernel_that_is_killed_leaves_its_run_to_the_next_one(begin: Begin, endpoint: ScriptedModel, said: list[str]) -> None:
    assert subprocess.run([sys.executable, "-c", DIES]).returncode == -9
    assert len(endpoint.asked) == 11
    begin("live")
    sbs.run(ask, [str(number) for number in range(30)])
    assert len(endpoint.asked) == 30
    assert said == ["11 of 30 were kept from the run before."]


def test_a_case_of_the_reader_s_own_series_works_as_well(begin: Begin, endpoint: ScriptedModel) -> None:
    begin("auto")
    assert sbs.run(ask, pd.Series(["a", "b"], index=[7, 9])) == ["answer 0", "answer 1"]
