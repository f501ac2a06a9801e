"""Record, replay, refuse: an answer is the model's own, kept once, found again, and never half-written."""

from __future__ import annotations

import json
import multiprocessing
import os
import resource
import signal
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx2
import openai
import pytest

import sidebyside as sbs
from sidebyside.answers import slim
from sidebyside.errors import RecordingError
from sidebyside.recording import RecordingTransport, Store, canonical, key_of, read_entries, seal_of, write_entries
from tests.scripted import KEY, NAME, Reply, ScriptedModel, chat

Mode = Callable[..., openai.OpenAI]
CASE = sbs.read_settings({}).case.name
fork = multiprocessing.get_context("fork")  # a child that has everything imported already


@pytest.fixture
def mode(endpoint: ScriptedModel, monkeypatch: pytest.MonkeyPatch) -> Mode:
    """Return a function that connects in a mode."""

    def connect(name: str, page: str = "page") -> openai.OpenAI:
        monkeypatch.setenv("SIDEBYSIDE_MODE", name)
        return sbs.connect(page)[0]

    return connect


def ask(client: openai.OpenAI, text: str = "How was it?", **options: Any) -> Any:
    message = {"role": "user", "content": text}
    return client.chat.completions.create(model=NAME, messages=[message], **{"temperature": 0} | options)


def said(response: Any) -> str:
    return response.choices[0].message.content


def file_of(endpoint: ScriptedModel, page: str = "page") -> Path:
    return endpoint.recordings / NAME / CASE / f"{page}.jsonl"


def entry_of(text: str, size: int = 0) -> dict[str, Any]:
    request = {"model": NAME, "messages": [{"role": "user", "content": text}]}
    rest = {"key": key_of("chat/completions", json.dumps(request)), "route": "chat/completions", "request": request}
    rest |= {"response": chat(text) | {"padding": "x" * size}, "seconds": 0.1, "recorded": "2026-11-22", "runtime": "none"}
    return rest | {"seal": seal_of(rest)}


# --- the key --------------------------------------------------------------------------------------------------------


def test_key_ignores_key_order_and_spacing() -> None:
    key = key_of("chat/completions", b'{"model":"m","temperature":0,"messages":[{"role":"user","content":"\xc3\xa9"}]}')
    assert key == key_of("chat/completions", '{ "messages": [ {"content": "\\u00e9", "role": "user"} ],\n "temperature": 0, "model": "m" }')


@pytest.mark.parametrize(
    "other",
    [
        ("completions", '{"model":"m","temperature":0,"seed":1}'),
        ("chat/completions", '{"model":"n","temperature":0,"seed":1}'),
        ("chat/completions", '{"model":"m","temperature":0.1,"seed":1}'),
        ("chat/completions", '{"model":"m","temperature":0,"seed":2}'),
        ("chat/completions", '{"model":"m","temperature":0}'),
        ("chat/completions", '{"model":"m","temperature":0,"seed":1,"stop":[" "]}'),
    ],
)
def test_key_sees_route_model_and_every_setting(other: tuple[str, str]) -> None:
    assert key_of(*other) != key_of("chat/completions", '{"model":"m","temperature":0,"seed":1}')


def test_order_in_a_list_and_spaces_in_a_text_count() -> None:
    assert canonical('{"a":["b","c"]}') != canonical('{"a":["c","b"]}')
    assert canonical('{"a":"b c"}') != canonical('{"a":"b  c"}')


def test_slim_drops_what_no_page_uses() -> None:
    answer = {"timings": {"ms": 1}, "choices": [{"bytes": [1], "logprob": -0.123456789, "n": 3}]}
    assert slim(answer) == {"choices": [{"logprob": -0.12346, "n": 3}]}


# --- the modes ------------------------------------------------------------------------------------------------------


def test_record_then_replay_gives_the_same_response_object(endpoint: ScriptedModel, mode: Mode) -> None:
    logprobs = {"content": [{"token": "ok", "logprob": -0.1234567, "bytes": [111, 107], "top_logprobs": []}]}
    body = chat("ok 🙂 \u2028 <b>")
    body["choices"][0]["logprobs"] = logprobs
    endpoint.script(Reply(body), Reply(chat("something else")))
    first = ask(mode("record"))
    again = ask(mode("replay"))
    assert type(again) is type(first) is openai.types.chat.ChatCompletion
    assert again.model_dump() == first.model_dump()
    assert said(again) == "ok 🙂 \u2028 <b>"
    assert sbs.tokens_of(again)[0].probability == pytest.approx(0.8838, abs=1e-4)
    assert len(endpoint.asked) == 1


def test_replayed_seconds_and_tokens_are_those_of_the_recording(endpoint: ScriptedModel, mode: Mode) -> None:
    endpoint.script(Reply(chat(tokens_in=31, tokens_out=7), delay=0.2))
    ask(mode("record"))
    live = sbs.usage().iloc[0]
    ask(mode("replay"))
    replayed = sbs.usage().iloc[0]
    assert (live["source"], replayed["source"]) == ("live", "recorded")
    assert (replayed["seconds"], replayed["input_tokens"], replayed["output_tokens"]) == (live["seconds"], 31, 7)
    assert live["seconds"] >= 0.2


def test_auto_replays_what_is_recorded_and_asks_for_the_rest_without_keeping_it(endpoint: ScriptedModel, mode: Mode) -> None:
    endpoint.script(Reply(chat("first")), Reply(chat("second")))
    ask(mode("record"))
    client = mode("auto")
    assert [said(ask(client)), said(ask(client, "And the food?"))] == ["first", "second"]
    assert list(sbs.usage()["source"]) == ["recorded", "live"]
    assert len(endpoint.recorded()) == 1


def test_live_ignores_recordings(endpoint: ScriptedModel, mode: Mode) -> None:
    endpoint.script(Reply(chat("first")), Reply(chat("second")))
    ask(mode("record"))
    file_of(endpoint).write_text("not even readable")
    assert said(ask(mode("live"))) == "second"


def test_record_does_not_ask_twice(endpoint: ScriptedModel, mode: Mode) -> None:
    client = mode("record")
    assert [said(ask(client)), said(ask(client)), said(ask(mode("record")))] == ["happy"] * 3
    assert len(endpoint.asked) == len(endpoint.recorded()) == 1


def test_missing_in_replay_names_the_page_and_the_remedy(endpoint: ScriptedModel, mode: Mode) -> None:
    with pytest.raises(RecordingError, match=r"page '07_words'.*How was it\?.*`make record`"):
        ask(mode("replay", "07_words"))
    assert endpoint.asked == []


def test_one_request_has_one_answer_in_the_whole_course(endpoint: ScriptedModel, mode: Mode) -> None:
    ask(mode("record", "one"))
    ask(mode("record", "two"))
    ask(mode("replay", "two"))
    assert len(endpoint.asked) == 1
    assert not file_of(endpoint, "two").exists()


@pytest.mark.parametrize("name", ["auto", "live", "record"])
def test_requests_without_a_json_body_pass_through(name: str, endpoint: ScriptedModel, mode: Mode) -> None:
    endpoint.names = ["a", "b"]
    assert [model.id for model in mode(name).models.list()] == ["a", "b"]
    assert endpoint.recorded() == []


def test_requests_without_a_json_body_are_refused_in_replay(endpoint: ScriptedModel, mode: Mode) -> None:
    with pytest.raises(RecordingError, match="page 'page'.*models"):
        mode("replay").models.list()


def test_streaming_passes_through_and_is_not_recorded(endpoint: ScriptedModel, mode: Mode) -> None:
    parts = [{**chat(), "object": "chat.completion.chunk", "choices": [{"index": 0, "delta": {"content": text}}]} for text in ("so ", "far")]
    events = "".join(f"data: {json.dumps(part)}\n\n" for part in parts) + "data: [DONE]\n\n"
    endpoint.script(Reply(events, kind="text/event-stream"))
    chunks = ask(mode("record"), stream=True, temperature=1)
    assert "".join(chunk.choices[0].delta.content for chunk in chunks) == "so far"
    assert endpoint.recorded() == []


# --- what is kept ---------------------------------------------------------------------------------------------------


def test_an_entry_says_what_was_asked_and_what_was_answered(endpoint: ScriptedModel, mode: Mode) -> None:
    ask(mode("record"), seed=3, temperature=0.7)
    (entry,) = endpoint.recorded()
    assert set(entry) == {"key", "route", "request", "response", "seconds", "recorded", "runtime", "seal"}
    assert entry["route"] == "chat/completions"
    assert entry["request"] == endpoint.asked[0].body
    assert entry["response"] == chat()
    assert entry["recorded"] == time.strftime("%Y-%m-%d")


def test_headers_and_keys_are_never_kept(endpoint: ScriptedModel, mode: Mode) -> None:
    client = mode("record")
    client.with_options(default_headers={"x-secret": "hush-hush"}).chat.completions.create(
        model=NAME, messages=[{"role": "user", "content": "Hello"}], temperature=0
    )
    assert endpoint.asked[0].headers["authorization"] == f"Bearer {KEY}"  # they were sent
    assert endpoint.asked[0].headers["x-secret"] == "hush-hush"
    kept = b"".join(path.read_bytes() for path in endpoint.recordings.rglob("*") if path.is_file()).decode().lower()
    assert "hello" in kept
    for word in (KEY, "bearer", "authorization", "hush-hush", "x-secret", "user-agent", "127.0.0.1"):
        assert word not in kept


@pytest.mark.parametrize("options", [{"temperature": 0.8}, {"temperature": openai.omit}, {"temperature": 1, "seed": None}])
def test_sampled_answer_without_a_seed_is_not_even_asked_for(options: dict[str, Any], endpoint: ScriptedModel, mode: Mode) -> None:
    with pytest.raises(RecordingError, match="Add seed=1"):
        ask(mode("record"), **options)
    assert endpoint.asked == [] == endpoint.recorded()
    assert said(ask(mode("auto"), **options)) == "happy"  # outside of recording it is the reader's own affair


def test_sampled_answers_with_seeds_are_kept_apart(endpoint: ScriptedModel, mode: Mode) -> None:
    endpoint.script(*(Reply(chat(text)) for text in "abc"))
    client = mode("record")
    for seed in range(3):
        ask(client, temperature=1, seed=seed)
    client = mode("replay")
    assert [said(ask(client, temperature=1, seed=seed)) for seed in (2, 1, 0)] == ["c", "b", "a"]


def test_embeddings_need_no_seed(endpoint: ScriptedModel, mode: Mode) -> None:
    endpoint.script(Reply({"object": "list", "model": NAME, "data": [{"object": "embedding", "index": 0, "embedding": [0.5, 0.25]}]}))
    for name in ("record", "replay"):
        assert mode(name).embeddings.create(model=NAME, input="Hello", encoding_format="float").data[0].embedding == [0.5, 0.25]
    assert len(endpoint.asked) == 1


def test_order_of_the_file_does_not_depend_on_the_order_of_asking(tmp_path: Path) -> None:
    for name, texts in {"up": "abc", "down": "cba"}.items():
        write_entries(tmp_path / f"{name}.jsonl", [entry_of(text) for text in texts])
    assert (tmp_path / "up.jsonl").read_text() == (tmp_path / "down.jsonl").read_text()


def test_a_change_of_one_answer_is_a_change_of_one_line(tmp_path: Path) -> None:
    file = tmp_path / "page.jsonl"
    write_entries(file, [entry_of(text) for text in "cab"])
    before = file.read_text().splitlines()
    write_entries(file, [*read_entries(file), entry_of("aa")])
    assert [line for line in file.read_text().splitlines() if line in before] == before


# --- a recording that was altered -----------------------------------------------------------------------------------


def alter(file: Path, line: int, change: Callable[[str], str]) -> None:
    lines = file.read_text(encoding="utf-8").splitlines()
    lines[line - 1] = change(lines[line - 1])
    file.write_bytes("\n".join(lines).encode("utf-8", "surrogateescape") + b"\n")


ALTERATIONS = {
    "answer edited": (2, lambda line: line.replace('"content": "happy"', '"content": "unhappy"')),
    "question edited": (2, lambda line: line.replace("Was it b?", "Was it z?")),
    "seconds edited": (1, lambda line: line.replace('"seconds": ', '"seconds": 1')),
    "tokens edited": (3, lambda line: line.replace('"completion_tokens": 5', '"completion_tokens": 6')),
    "seal taken away": (1, lambda line: json.dumps({k: v for k, v in json.loads(line).items() if k != "seal"})),
    "last line cut off": (3, lambda line: line[:-20]),
    "other JSON": (2, lambda line: "[1, 2]"),
    "empty line": (2, lambda line: ""),
    "not UTF-8": (2, lambda line: line.replace("Was it b?", "Was it \udce9?")),
}


@pytest.mark.parametrize("name", ALTERATIONS)
@pytest.mark.parametrize("reading", ["replay", "auto", "record"])
def test_altered_recording_is_refused_with_file_and_line(name: str, reading: str, endpoint: ScriptedModel, mode: Mode) -> None:
    client = mode("record")
    for text in ("Was it a?", "Was it b?", "Was it c?"):
        ask(client, text)
    line, change = ALTERATIONS[name]
    alter(file_of(endpoint), line, change)
    before = file_of(endpoint).read_bytes()
    with pytest.raises(RecordingError, match=rf"page\.jsonl, line {line}: .*altered or cut off.*`make record`"):
        ask(mode(reading), "Was it a?")
    assert file_of(endpoint).read_bytes() == before
    assert len(endpoint.asked) == 3


def test_lines_in_another_order_are_still_good(endpoint: ScriptedModel, mode: Mode) -> None:
    client = mode("record")
    ask(client, "a"), ask(client, "b")
    lines = file_of(endpoint).read_text().splitlines(keepends=True)
    file_of(endpoint).write_text("".join(reversed(lines)))
    assert said(ask(mode("replay"), "a")) == "happy"


# --- all or nothing -------------------------------------------------------------------------------------------------


def test_leftover_draft_does_no_harm(endpoint: ScriptedModel, mode: Mode) -> None:
    ask(mode("record"))
    file_of(endpoint).with_suffix(".draft").write_text('{"half": ')
    assert said(ask(mode("replay"))) == "happy"
    ask(mode("record"), "one more")
    assert len(list(read_entries(file_of(endpoint)))) == 2


def keep_recording(file: str) -> None:
    store = Store(Path(file))
    for number in range(10_000):
        store.add(entry_of(str(number), size=50_000))


def test_killed_while_recording_many_answers(tmp_path: Path) -> None:
    file = tmp_path / "page.jsonl"
    child = fork.Process(target=keep_recording, args=(str(file),))
    child.start()
    while not (file.is_file() and file.stat().st_size > 1_500_000):
        assert child.is_alive()
        time.sleep(0.005)
    child.kill()
    child.join()
    assert child.exitcode == -signal.SIGKILL
    kept = [int(entry["response"]["choices"][0]["message"]["content"]) for entry in read_entries(file)]
    assert sorted(kept) == list(range(len(kept)))
    assert len(kept) >= 25


def add_beyond_the_limit(file: str, fatal: bool) -> None:
    """Add an answer where only the first 30,000 bytes of a file can be written: then the process is killed, or told "no"."""
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL if fatal else signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (30_000, 30_000))
    try:
        Store(Path(file)).add(entry_of("b", size=50_000))
    except RecordingError as error:
        os._exit(7 if "cannot be written" in str(error) else 8)


@pytest.mark.parametrize(("fatal", "exit_code"), [(True, -signal.SIGXFSZ), (False, 7)], ids=["killed", "disk full"])
def test_stopped_in_the_very_middle_of_writing(fatal: bool, exit_code: int, tmp_path: Path) -> None:
    file = tmp_path / "page.jsonl"
    Store(file).add(entry_of("a"))
    before = file.read_bytes()
    child = fork.Process(target=add_beyond_the_limit, args=(str(file), fatal))
    child.start()
    child.join()
    assert child.exitcode == exit_code
    assert file.read_bytes() == before


def test_two_connections_to_one_page_keep_what_either_was_told(endpoint: ScriptedModel, mode: Mode) -> None:
    one, other = mode("record"), mode("record")
    for number in range(3):
        ask(one, f"One {number}?")
        ask(other, f"Other {number}?")
    asked = sorted(entry["request"]["messages"][0]["content"] for entry in read_entries(file_of(endpoint)))
    assert asked == [f"{who} {number}?" for who in ("One", "Other") for number in range(3)]


def test_a_line_that_somebody_deleted_stays_deleted_in_the_next_connection(endpoint: ScriptedModel, mode: Mode) -> None:
    ask(mode("record"), "Gone?")
    file_of(endpoint).write_text("")
    ask(mode("record"), "There?")
    assert [entry["request"]["messages"][0]["content"] for entry in read_entries(file_of(endpoint))] == ["There?"]


def test_answers_asked_for_at_the_same_time_are_all_kept(endpoint: ScriptedModel, mode: Mode) -> None:
    for number in range(100):
        ask(mode("record"), f"Before {number}?")  # so that reading the file takes a while
    client = mode("record")
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda number: ask(client, f"Number {number}?"), range(40)))
    assert len(list(read_entries(file_of(endpoint)))) == 140


# --- a folder that cannot be written --------------------------------------------------------------------------------


def test_read_only_folder_serves_replay_and_gives_a_sentence_in_record(endpoint: ScriptedModel, mode: Mode, monkeypatch: pytest.MonkeyPatch) -> None:
    ask(mode("record"))

    def refuse(*_: Any, **__: Any) -> None:
        raise PermissionError(13, "Permission denied")

    for name in ("mkdir", "write_text", "write_bytes", "replace", "rename", "touch"):  # root may write anywhere: say no in its name
        monkeypatch.setattr(Path, name, refuse)
    assert said(ask(mode("replay"))) == said(ask(mode("auto"))) == "happy"
    with pytest.raises(RecordingError, match=r"page 'page' cannot be written \(Permission denied\).*SIDEBYSIDE_RECORDINGS"):
        ask(mode("record"), "one more")


def test_file_where_the_folder_should_be(endpoint: ScriptedModel, mode: Mode) -> None:
    endpoint.recordings.write_text("I am a file.")
    assert said(ask(mode("auto"))) == "happy"
    with pytest.raises(RecordingError, match="page 'page' cannot be written"):
        ask(mode("record"))
    assert endpoint.recordings.read_text() == "I am a file."


def test_unreadable_file_gives_a_sentence(endpoint: ScriptedModel, mode: Mode, monkeypatch: pytest.MonkeyPatch) -> None:
    ask(mode("record"))

    def refuse(*_: Any, **__: Any) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(RecordingError, match=r"cannot be read \(Permission denied\)"):
        ask(mode("replay"))


# --- around it ------------------------------------------------------------------------------------------------------


def test_answers_in_use_are_noted_once(endpoint: ScriptedModel, mode: Mode, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SIDEBYSIDE_USED", str(tmp_path / "used.txt"))
    ask(mode("record"))  # an answer that is new is in use too
    assert (tmp_path / "used.txt").read_text() == f"{NAME}/{CASE}/page.jsonl {endpoint.recorded()[0]['key']}\n"
    (tmp_path / "used.txt").unlink()
    client = mode("replay")
    ask(client), ask(client)
    (entry,) = endpoint.recorded()
    assert (tmp_path / "used.txt").read_text() == f"{NAME}/{CASE}/page.jsonl {entry['key']}\n"


def test_models_whose_name_holds_a_slash_get_one_folder(endpoint: ScriptedModel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIDEBYSIDE_MODEL", "org/model:7b")
    monkeypatch.setenv("SIDEBYSIDE_MODE", "record")
    client, model = sbs.connect("page")
    client.chat.completions.create(model=model, messages=[{"role": "user", "content": "Hello"}], temperature=0)
    assert [path.name for path in endpoint.recordings.iterdir()] == ["org--model--7b"]


def test_transport_answers_without_any_server(tmp_path: Path) -> None:
    asked: list[str] = []

    def send(request: httpx2.Request) -> httpx2.Response:
        asked.append(request.url.path)
        return httpx2.Response(200, json=chat("from nowhere"))

    transport = RecordingTransport("auto", Store(tmp_path / "none.jsonl"), send, dict)
    client = openai.OpenAI(base_url="http://nowhere.invalid/v1", api_key="none", http_client=httpx2.Client(transport=transport))
    assert said(ask(client)) == "from nowhere"
    assert asked == ["/v1/chat/completions"]
