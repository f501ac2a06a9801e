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
from sidebyside.errors import RecordingError, SettingsError
from sidebyside.models import SMALL
from sidebyside.recording import RecordingTransport
from sidebyside.store import Store, canonical, key_of, read_entries, seal_of, write_entries
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


SAME = [("0", "0.0"), ("0", "-0.0"), ("0", "-0"), ("0", "0e0"), ("1", "1.0"), ("1", "1e0"), ("100", "1E2"), ("-3", "-3.000"), ("0.5", "5e-1")]


@pytest.mark.parametrize(("one", "other"), SAME)
@pytest.mark.parametrize("where", ['{"a":%s}', '{"a":[1,{"b":[%s]}]}', '{"tools":[{"parameters":{"minimum":%s}}]}'])
def test_a_number_is_the_same_however_it_is_written(one: str, other: str, where: str) -> None:
    assert canonical(where % one) == canonical(where % other)
    assert key_of("chat/completions", where % one) == key_of("chat/completions", where % other)


@pytest.mark.parametrize(("one", "other"), [("1", "true"), ("0", "false"), ("0", "null"), ("0", '"0"'), ("0.0", '"0.0"'), ("1", "1.5")])
def test_what_is_no_such_number_is_another_request(one: str, other: str) -> None:
    assert canonical(f'{{"a":{one}}}') != canonical(f'{{"a":{other}}}')


def test_every_digit_of_a_large_whole_number_counts() -> None:
    assert canonical('{"seed":9007199254740993}') == '{"seed":9007199254740993}'
    assert canonical('{"seed":1e23}') == canonical('{"seed":100000000000000000000000}')


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e400"])
def test_what_is_no_number_is_refused(number: str) -> None:
    with pytest.raises(RecordingError, match="The request holds the number .* Give a finite number"):
        canonical(f'{{"temperature":[{number}]}}')


def test_a_seal_sees_every_digit() -> None:
    assert seal_of({"logprob": 0.0}) != seal_of({"logprob": 0})


def test_a_request_replays_whether_it_says_0_or_0_0(endpoint: ScriptedModel, mode: Mode) -> None:
    ask(mode("record"), temperature=0, top_p=1)
    assert said(ask(mode("replay"), temperature=0.0, top_p=1.0)) == "happy"
    ask(mode("record"), temperature=0.0, top_p=1.0)
    assert len(endpoint.asked) == 1


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
    file_of(endpoint, "06_other").parent.mkdir(parents=True)  # of this model something is recorded, only not this
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
    ask(mode("record"))
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


# --- a recording that is another's ----------------------------------------------------------------------------------


def sealed(entry: dict[str, Any]) -> dict[str, Any]:
    return entry | {"seal": seal_of(entry)}


FOREIGN = {
    "answer to another question": (lambda entry: entry | {"key": key_of("chat/completions", '{"model": "other"}')}, "key is not that of the request"),
    "question put in its place": (lambda entry: entry | {"request": entry_of("another")["request"]}, "key is not that of the request"),
    "route changed": (lambda entry: entry | {"route": "completions"}, "key is not that of the request"),
    "other weights": (lambda entry: entry | {"weights_sha256": "0" * 64}, f"other weights than those of {SMALL.name}"),
    "unknown weights": (lambda entry: {name: value for name, value in entry.items() if name != "weights_sha256"}, "other weights than those"),
}


@pytest.mark.parametrize("name", FOREIGN)
def test_an_answer_that_is_another_s_is_refused_though_its_seal_is_right(name: str, tmp_path: Path) -> None:
    file = tmp_path / SMALL.name / "case" / "page.jsonl"
    file.parent.mkdir(parents=True)
    good = [sealed(entry_of(text) | {"weights_sha256": SMALL.sha256}) for text in "ab"]
    write_entries(file, good)
    assert sorted(entry["key"] for entry in read_entries(file)) == sorted(entry["key"] for entry in good)
    change, words = FOREIGN[name]
    first, second = [json.loads(line) for line in file.read_text().splitlines()]
    file.write_text("".join(json.dumps(entry) + "\n" for entry in (first, sealed(change(second)))))
    for reading in (lambda: list(read_entries(file)), lambda: Store(file).get(first["key"]), lambda: Store(file).compact()):
        with pytest.raises(RecordingError, match=rf"page\.jsonl, line 2: .*{words}.*`make record`"):
            reading()


def test_weights_of_a_model_that_is_not_in_the_registry_are_its_own_affair(tmp_path: Path) -> None:
    file = tmp_path / "my-model-0123abcd" / "case" / "page.jsonl"
    Store(file).add(sealed(entry_of("a") | {"weights_sha256": "0" * 64}))
    assert len(list(read_entries(file))) == 1


def test_another_page_s_answer_by_other_weights_is_not_borrowed(tmp_path: Path) -> None:
    folder = tmp_path / SMALL.name / "case"
    folder.mkdir(parents=True)
    good, bad = (sealed(entry_of(text) | {"weights_sha256": weights}) for text, weights in (("a", SMALL.sha256), ("b", "0" * 64)))
    write_entries(folder / "one.jsonl", [good, bad])
    store = Store(folder / "two.jsonl")
    assert store.get(good["key"]) == good
    assert store.get(bad["key"]) is None


def test_two_answers_to_one_request_are_refused_with_file_and_line(tmp_path: Path) -> None:
    file = tmp_path / "page.jsonl"
    one = entry_of("a")
    other = sealed(one | {"response": chat("something else")})
    write_entries(file, [entry_of("b"), one, other])
    with pytest.raises(RecordingError, match=r"page\.jsonl, line [23]: an earlier line has another answer to the same request\. Delete one"):
        list(read_entries(file))


def test_two_lines_with_the_same_answer_are_one_and_compaction_says_so(tmp_path: Path) -> None:
    file = tmp_path / "page.jsonl"
    write_entries(file, [entry_of("b"), entry_of("a"), sealed(entry_of("a") | {"seconds": 0.7})])
    assert len(list(read_entries(file))) == 2
    assert Store(file).compact() == 2 == len(file.read_text().splitlines())


def test_the_course_s_own_recordings_are_in_their_stable_order(tmp_path: Path) -> None:
    shelf = Path(__file__).resolve().parent.parent / "recordings"
    for file in shelf.glob("*/*/*.jsonl"):
        copy = tmp_path / file.relative_to(shelf)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(file.read_bytes())
        Store(copy).compact()
        assert copy.read_bytes() == file.read_bytes(), file.name


# --- several at once ------------------------------------------------------------------------------------------------


def keep_some(file: str, start: int, count: int) -> None:
    store = Store(Path(file))
    for number in range(start, start + count):
        store.add(entry_of(str(number)))


@pytest.mark.parametrize("kernels", [2, 4])
def test_kernels_that_record_one_page_lose_nothing(kernels: int, tmp_path: Path) -> None:
    file = tmp_path / "page.jsonl"
    children = [fork.Process(target=keep_some, args=(str(file), 300 * kernel, 300)) for kernel in range(kernels)]
    for child in children:
        child.start()
    for child in children:
        child.join()
    assert [child.exitcode for child in children] == [0] * kernels
    assert len(file.read_text().splitlines()) == 300 * kernels
    assert {entry["request"]["messages"][0]["content"] for entry in read_entries(file)} == {str(number) for number in range(300 * kernels)}
    assert [path.name for path in tmp_path.iterdir()] == ["page.jsonl"]


def test_kernels_that_ask_the_same_keep_the_first_answer_alone(tmp_path: Path) -> None:
    file = tmp_path / "page.jsonl"
    one, other = Store(file), Store(file)
    assert one.entries == other.entries == {}
    first, second = entry_of("a"), sealed(entry_of("a") | {"response": chat("something else")})
    assert one.add(first) == other.add(second) == first
    assert list(read_entries(file)) == [first]


def test_files_written_whole_at_the_same_time_do_not_share_a_draft(tmp_path: Path) -> None:
    file = tmp_path / "page.jsonl"
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda number: write_entries(file, [entry_of(str(number))]), range(200)))
    assert len(list(read_entries(file))) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["page.jsonl"]


def test_a_page_that_is_put_in_order_while_another_kernel_records_loses_nothing(tmp_path: Path) -> None:
    file = tmp_path / "page.jsonl"
    child = fork.Process(target=keep_some, args=(str(file), 0, 300))
    child.start()
    while child.is_alive():
        Store(file).compact()
    child.join()
    assert len(list(read_entries(file))) == 300


def test_adding_does_not_write_the_file_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = Store(tmp_path / "page.jsonl")
    store.add(entry_of("a"))
    node = store.file.stat().st_ino
    monkeypatch.setattr(Path, "replace", lambda *_: pytest.fail("the file was written anew"))
    store.add(entry_of("b"))
    assert store.file.stat().st_ino == node
    assert len(list(read_entries(store.file))) == 2


def test_what_another_kernel_adds_is_found_without_a_new_connection(tmp_path: Path) -> None:
    here, there = Store(tmp_path / "one.jsonl"), Store(tmp_path / "two.jsonl")
    assert here.get(entry_of("a")["key"]) is None
    there.add(entry_of("a"))
    Store(tmp_path / "one.jsonl").add(entry_of("b"))
    assert here.get(entry_of("a")["key"]) == entry_of("a")
    assert here.get(entry_of("b")["key"]) == entry_of("b")


# --- a line that was torn -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("cut", [1, 20, 400], ids=["only its end is missing", "cut off", "hardly begun"])
@pytest.mark.parametrize("reading", ["auto", "record"])
def test_a_torn_last_line_costs_one_answer_at_most(cut: int, reading: str, endpoint: ScriptedModel, mode: Mode) -> None:
    client = mode("record")
    ask(client, "Was it a?"), ask(client, "Was it b?")
    whole = file_of(endpoint).read_bytes()
    file_of(endpoint).write_bytes(whole[:-cut])
    client = mode(reading)
    assert said(ask(client, "Was it a?")) == "happy"
    assert len(endpoint.asked) == 2
    ask(mode("record"), "Was it c?")
    questions = {entry["request"]["messages"][0]["content"] for entry in read_entries(file_of(endpoint))}
    assert questions == {"Was it a?", "Was it c?"} | ({"Was it b?"} if cut == 1 else set())


def test_a_torn_last_line_is_refused_in_replay_and_by_the_tests(endpoint: ScriptedModel, mode: Mode) -> None:
    client = mode("record")
    ask(client, "Was it a?"), ask(client, "Was it b?")
    file_of(endpoint).write_bytes(file_of(endpoint).read_bytes()[:-20])
    for reading in (lambda: ask(mode("replay"), "Was it a?"), lambda: list(read_entries(file_of(endpoint)))):
        with pytest.raises(RecordingError, match=r"page\.jsonl, line 2: .*altered or cut off"):
            reading()


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
    kept = [int(entry["response"]["choices"][0]["message"]["content"]) for entry in Store(file).entries.values()]
    assert kept == list(range(len(kept)))
    assert len(kept) >= 25
    Store(file).add(entry_of("after"))
    assert len(list(read_entries(file))) == len(kept) + 1


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
    assert list(Store(file).entries.values()) == [json.loads(before)]  # at most a torn line follows, which is cut off
    Store(file).add(entry_of("c"))
    assert file.read_bytes().startswith(before)
    assert list(read_entries(file)) == [json.loads(before), entry_of("c")]


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


# --- a page's name ---------------------------------------------------------------------------------------------------

OUTSIDE = ["..", "../x", "a/b", "/etc/x", "a\\b", "..\\x", "C:x", "C:\\x"]
UNFIT = ["", " ", ".", ".x", "x.", "x ", "a\nb", "a\0b", "con", "NUL", "com1.x", "LPT9", "x" * 61, None, 7]


@pytest.mark.parametrize("page", [*OUTSIDE, *UNFIT])
@pytest.mark.parametrize("name", ["auto", "replay"])
def test_a_page_s_name_that_leaves_the_folder_is_refused(page: Any, name: str, endpoint: ScriptedModel, mode: Mode) -> None:
    with pytest.raises(SettingsError, match=r"can't name a page\. Give connect\(\) a name of letters, digits, '_' and '-', for example 'my_page'"):
        mode(name, page)


@pytest.mark.parametrize("page", ["x", "07_words", "my-page", "My page 2", "v1.2", "Größe", "console", "com"])
def test_a_plain_page_s_name_is_taken(page: str, endpoint: ScriptedModel, mode: Mode) -> None:
    ask(mode("record", page))
    assert file_of(endpoint, page).is_file()


@pytest.mark.parametrize("model", ["..", "../../x", "a\\..\\b", "C:x"])
def test_a_model_s_name_stays_in_the_folder(model: str, endpoint: ScriptedModel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIDEBYSIDE_MODEL", model)
    monkeypatch.setenv("SIDEBYSIDE_MODE", "record")
    client, _ = sbs.connect("page")
    client.chat.completions.create(model=model, messages=[{"role": "user", "content": "Hello"}], temperature=0)
    [file] = endpoint.recordings.glob("*/*/*.jsonl")
    assert not set(file.relative_to(endpoint.recordings).parts[0]) & set("/\\:")
    assert not file.relative_to(endpoint.recordings).parts[0].startswith(".")


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
