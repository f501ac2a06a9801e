"""The embedded server belongs to its kernel: nobody else gets anything of it, a fork leaves it alone, a slow one is waited for."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from openai import BadRequestError

import sidebyside as sbs
from sidebyside import embedded, models, notice
from sidebyside.errors import EmbeddedError
from sidebyside.models import MAIN, SMALL, Model
from tests.scripted import Reply, ScriptedModel, chat, serving

QUESTION = json.dumps({"messages": [{"role": "user", "content": "Hi"}], "max_tokens": 2, "temperature": 0})
PAGE = {"origin": "https://page.example"}
ROUTES = ("/", "/slots", "/props", "/metrics", "/v1/models", "/models", "/lora-adapters", "/index.html")


def get(model: Model, method: str, route: str, headers: dict[str, str], body: str | None = None) -> tuple[int, dict[str, str], bytes]:
    """Ask a real server as anybody might who has found it."""
    line = embedded._line(embedded.start(model), timeout=60)
    line.request(method, route, body, headers)
    answer = line.getresponse()
    return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()


@pytest.fixture(scope="module", params=["socket", "port"])
def real(request: pytest.FixtureRequest) -> Iterator[Model]:
    """A real server, at the socket that it has by itself, and at the port that it has where there are no sockets."""
    one_thread = replace(SMALL, threads=1, name=f"smollm2-at-a-{request.param}")
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(models.MODELS, one_thread.name, one_thread)
        with pytest.MonkeyPatch.context() as at_start:
            if request.param == "port":
                at_start.setattr(embedded, "_private_place", lambda: None)
            embedded.start(one_thread)
        yield one_thread
        with embedded._lock:
            embedded._forget(one_thread)


# --- nobody else gets anything --------------------------------------------------------------------------------------


@pytest.mark.live
@pytest.mark.parametrize(
    "headers", [{}, {"authorization": "Bearer wrong"}, {"host": "page.example"}, PAGE], ids=["no key", "wrong key", "host", "page"]
)
def test_without_the_key_there_is_no_answer(real: Model, headers: dict[str, str]) -> None:
    status, told, body = get(real, "POST", "/v1/chat/completions", {"content-type": "application/json"} | headers, QUESTION)
    assert status == 401
    assert told.get("access-control-allow-origin", "") == ""
    assert b"choices" not in body


@pytest.mark.live
@pytest.mark.parametrize("route", ROUTES)
def test_without_the_key_no_route_tells_anything(real: Model, route: str) -> None:
    status, told, body = get(real, "GET", route, PAGE)
    assert status in (401, 404)
    assert told.get("access-control-allow-origin", "") == ""
    assert real.name.encode() not in body


@pytest.mark.live
def test_a_page_s_preflight_allows_nothing(real: Model) -> None:
    asked = PAGE | {"access-control-request-method": "POST", "access-control-request-headers": "authorization,content-type"}
    _, told, _ = get(real, "OPTIONS", "/v1/chat/completions", asked)
    allowed = {name: value for name, value in told.items() if name.startswith("access-control-")}
    assert set(allowed.values()) <= {"", "false"}, allowed


@pytest.mark.live
def test_even_with_the_key_no_page_may_read_and_the_slots_are_off(real: Model) -> None:
    key = embedded._headers(real)
    status, told, body = get(real, "POST", "/v1/chat/completions", key | PAGE, QUESTION)
    assert (status, told.get("access-control-allow-origin", "")) == (200, "")
    assert b"choices" in body
    assert get(real, "GET", "/slots", key)[0] == 501
    assert get(real, "GET", "/metrics", key)[0] == 501


@pytest.mark.live
def test_each_start_has_a_key_of_its_own(real: Model) -> None:
    other = replace(real, name=f"{real.name}-2")
    embedded.start(other)
    assert embedded._keys[other] != embedded._keys[real]
    assert get(other, "POST", "/v1/chat/completions", embedded._headers(real), QUESTION)[0] == 401
    place = embedded._place_of(embedded.start(other))
    with embedded._lock:
        embedded._forget(other)
    assert other not in embedded._keys
    assert place is None or not place.parent.exists()


@pytest.mark.live
@pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="there are no sockets in folders here, so a port is what is left")
def test_the_model_opens_no_port_and_its_folder_is_the_user_s_alone() -> None:
    script = """
        import os, pathlib, sidebyside as sbs
        from sidebyside import embedded
        def ports():
            mine = {os.readlink(f"/proc/self/fd/{n}") for n in os.listdir("/proc/self/fd") if os.path.exists(f"/proc/self/fd/{n}")}
            rows = [row.split() for name in ("tcp", "tcp6") for row in pathlib.Path("/proc/net", name).read_text().splitlines()[1:]]
            return [row[1] for row in rows if row[3] == "0A" and f"socket:[{row[9]}]" in mine]
        assert sbs.ask("Hi", max_tokens=2).text
        place = embedded._place_of(embedded.start())
        assert place.is_socket() and place.parent.stat().st_mode & 0o77 == 0, place
        if os.path.exists("/proc/net/tcp"):
            assert ports() == [], ports()
        print(place.parent)
    """
    folder = run(script).stdout.strip()
    assert not Path(folder).exists()


@pytest.mark.live
def test_answers_are_the_same_by_socket_and_by_port(real: Model) -> None:
    fields = {"messages": [{"role": "user", "content": "What is a library?"}], "max_tokens": 12, "temperature": 0, "logprobs": True}
    with embedded.turn(real):
        answer = embedded.exchange(real, "POST", "/v1/chat/completions", json.dumps(fields | {"cache_prompt": False}).encode())
        told = json.loads(b"".join(embedded.pieces(real, answer)))
    seen.append(json.dumps(told["choices"]))
    assert len(set(seen)) == 1


seen: list[str] = []


@pytest.mark.live
def test_the_list_of_models_comes_with_the_key(real: Model) -> None:
    client, name = sbs.connect(model=real.name)
    assert [there.id for there in client.models.list()] == [name]


@pytest.mark.live
def test_a_question_that_is_too_long_reaches_the_page_with_its_numbers(real: Model) -> None:
    client, name = sbs.connect(model=real.name)
    with pytest.raises(BadRequestError) as caught:
        client.chat.completions.create(model=name, messages=[{"role": "user", "content": "word " * 5_000}], temperature=0)
    told = caught.value.body
    assert isinstance(told, dict)
    assert (told["type"], told["n_ctx"]) == ("exceed_context_size_error", SMALL.context)
    assert told["n_prompt_tokens"] > 5_000


# --- forks ----------------------------------------------------------------------------------------------------------

FORK = """
    import os, sys, sidebyside as sbs
    from dataclasses import replace
    from sidebyside import embedded, models
    ONE = models.MODELS["one"] = replace(models.SMALL, threads=1, name="one")  # two threads on a busy machine wait for each other
    client, _ = sbs.connect(model="one")
    first = sbs.ask("What is a library?", max_tokens=6).text
"""
needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")


def run(script: str, timeout: float = 120) -> subprocess.CompletedProcess[str]:
    """Run a script in a process of its own, in mode live."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("SIDEBYSIDE_", "OPENAI_"))}
    command = [sys.executable, "-c", textwrap.dedent(script)]
    environment |= {"SIDEBYSIDE_MODE": "live", "SIDEBYSIDE_KEPT": "none"}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=timeout)
    assert (done.returncode, done.stderr) == (0, "")
    return done


@pytest.mark.live
@needs_fork
@pytest.mark.parametrize("end", ["sys.exit(7)", "raise SystemExit(7)", "embedded.stop(); sys.exit(7)", "print('bye'); sys.exit(7)"])
def test_a_forked_child_ends_and_leaves_the_server_to_its_parent(end: str) -> None:
    script = (
        FORK
        + f"""
    if not (child := os.fork()):
        {end}
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
    assert sbs.ask("What is a library?", max_tokens=6).text == first
    """
    )
    run(script)


@pytest.mark.live
@needs_fork
def test_a_forked_child_that_asks_has_a_server_of_its_own() -> None:
    script = (
        FORK
        + """
    import multiprocessing
    here = embedded.start(ONE)
    def ask(_):
        return sbs.ask("What is a library?", max_tokens=6).text, embedded.start(ONE) != here
    with multiprocessing.get_context("fork").Pool(2) as pool:
        assert pool.map(ask, range(2)) == [(first, True)] * 2
    if not (child := os.fork()):
        assert ask(0) == (first, True)
        sys.exit(7)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
    assert sbs.ask("What is a library?", max_tokens=6).text == first
    """
    )
    run(script)


@needs_fork
def test_a_fork_while_a_lock_is_held_does_not_lock_the_child(monkeypatch: pytest.MonkeyPatch) -> None:
    turn = embedded.turn(SMALL)
    with embedded._lock, turn:
        if not (child := os.fork()):
            os._exit(7 if embedded._lock.acquire(blocking=False) and not embedded._turns else 1)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7


# --- a place for the socket -----------------------------------------------------------------------------------------


def test_where_no_socket_can_be_made_there_is_a_port(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    deep = tmp_path / ("a" * 120)
    deep.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(deep))
    assert embedded._private_place() is None
    assert list(deep.iterdir()) == []
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "nowhere"))
    assert embedded._private_place() is None
    monkeypatch.delattr(socket, "AF_UNIX", raising=False)
    assert embedded._private_place() is None


@pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="there are no sockets in folders here")
def test_what_a_killed_kernel_left_behind_is_removed_by_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    with tempfile.TemporaryDirectory(prefix="t") as folder:  # a short path: a socket's has at most about a hundred signs
        monkeypatch.setattr(tempfile, "tempdir", folder)
        places = {name: Path(folder, f"sbs-{name}", "llama.sock") for name in ("killed", "alive", "starting", "no-socket")}
        for place in places.values():
            place.parent.mkdir()
        places["no-socket"].write_text("kept", encoding="utf-8")
        lines = {name: socket.socket(socket.AF_UNIX) for name in ("killed", "alive", "starting")}
        for name, line in lines.items():
            line.bind(str(places[name]))
        lines["alive"].listen()
        for name in ("killed", "alive", "no-socket"):
            os.utime(places[name], (0, 0))
        own = embedded._private_place()
        assert own is not None
        assert sorted(path.name for path in Path(folder).iterdir() if path != own.parent) == ["sbs-alive", "sbs-no-socket", "sbs-starting"]
        for line in lines.values():
            line.close()


def test_a_server_s_options_leave_nothing_open() -> None:
    xllamacpp = pytest.importorskip("xllamacpp")
    params = embedded._params(xllamacpp, Path("w.gguf"), SMALL, "secret", None)
    assert (params.api_keys, params.hostnames) == (["secret"], ["127.0.0.1"])
    assert not (params.cors_origins or params.cors_credentials or params.cors_headers or params.cors_methods)
    assert not (params.endpoint_slots or params.endpoint_props or params.endpoint_metrics or params.ui)


def test_what_makes_an_answer_depend_on_earlier_ones_is_off() -> None:
    xllamacpp = pytest.importorskip("xllamacpp")
    params = embedded._params(xllamacpp, Path("w.gguf"), MAIN, "secret", None)
    assert (params.n_parallel, params.cache_ram_mib, params.no_extra_bufts) == (1, 0, True)
    assert params.flash_attn_type == xllamacpp.llama_flash_attn_type.LLAMA_FLASH_ATTN_TYPE_DISABLED


def test_the_key_is_sent_with_every_request(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving() as server:
        monkeypatch.setattr(embedded, "_servers", {SMALL: SimpleNamespace(listening_address=server.root)})
        monkeypatch.setattr(embedded, "_keys", {SMALL: "secret"})
        sbs.ask("Hello")
        sbs.ask("Hello again")
        assert [request.headers["authorization"] for request in server.asked] == ["Bearer secret"] * 2
        assert "secret" not in repr(list(sbs.usage().itertuples()))


# --- a slow laptop --------------------------------------------------------------------------------------------------


@pytest.fixture
def inside(bare: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ScriptedModel]:
    """A scripted model in the place of the embedded server."""
    with serving() as server:
        monkeypatch.setattr(embedded, "start", lambda model: server.root)
        yield server


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Let the page say sooner that the model is at work."""

    def hurry(untold: float) -> None:
        embedded._line_of_cell.cache_clear()
        monkeypatch.setattr(embedded, "TICK", 0.02)
        monkeypatch.setattr(embedded, "UNTOLD", untold)

    return hurry


def test_the_page_says_how_long_the_model_has_been_at_work(inside: ScriptedModel, said: list[str], impatient: Callable[[float], None]) -> None:
    impatient(0.0)
    inside.script(Reply(chat("at last"), delay=0.3))
    assert str(sbs.ask("Hello")) == "at last"
    assert said[0] == "The model in this notebook is at work: 0 seconds …"
    assert said[-1] == ""  # the line is taken away


def test_a_quick_answer_needs_no_line(inside: ScriptedModel, said: list[str], impatient: Callable[[float], None]) -> None:
    impatient(60.0)
    sbs.ask("Hello")
    assert said == []


def test_one_cell_has_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    embedded._line_of_cell.cache_clear()
    assert embedded._line_of_cell(1) is embedded._line_of_cell(1)
    assert embedded._line_of_cell(1) is not embedded._line_of_cell(2)


def test_the_line_goes_when_the_patience_is_at_its_end(inside: ScriptedModel, said: list[str], impatient: Callable[[float], None]) -> None:
    impatient(0.0)
    inside.script(Reply(chat(), delay=5))
    client, model = sbs.connect(timeout=0.1)
    with pytest.raises(EmbeddedError, match="still at work after"):
        client.chat.completions.create(model=model, messages=[{"role": "user", "content": "Hello"}])
    assert said[-1] == ""


@pytest.mark.parametrize(("size", "words"), [(10, []), (1_100_000_000, ["The model big is being loaded: 1.1 GB …", ""])])
def test_the_page_says_that_a_large_model_is_being_loaded(
    size: int, words: list[str], said: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "big.gguf"
    with file.open("wb") as sparse:
        sparse.truncate(size)
    monkeypatch.setattr(embedded, "_servers", {})
    monkeypatch.setattr(embedded, "_load", lambda path, model: SimpleNamespace(listening_address="here"))
    assert embedded.start(models.own_file(file)) == "here"
    assert said == words


@pytest.mark.parametrize("mode", notice.QUIET)
def test_saved_pages_hold_no_such_line(mode: str, inside: ScriptedModel, monkeypatch: pytest.MonkeyPatch, impatient: Callable[[float], None]) -> None:
    impatient(0.0)
    shown: list[Any] = []
    monkeypatch.setattr("IPython.display.display", lambda *a, **_: shown.append(a))
    monkeypatch.setattr("IPython.core.getipython.get_ipython", lambda: SimpleNamespace(execution_count=1))
    monkeypatch.setenv("SIDEBYSIDE_MODE", mode)
    inside.script(Reply(chat("at last"), delay=0.1))
    embedded.exchange(SMALL, "POST", "/v1/chat/completions", QUESTION.encode())
    assert shown == []


# --- threads that wait ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("own", "policy"), [(None, "PASSIVE"), ("active", "ACTIVE")])
def test_threads_sleep_while_they_wait_unless_the_reader_has_set_otherwise(own: str | None, policy: str) -> None:
    look = "import os; from sidebyside import embedded; embedded._library(); print(os.environ.get('OMP_WAIT_POLICY'))"
    environment = {name: value for name, value in os.environ.items() if name != "OMP_WAIT_POLICY"} | {"OMP_DISPLAY_ENV": "true"}
    done = subprocess.run([sys.executable, "-c", look], env=environment | ({"OMP_WAIT_POLICY": own} if own else {}), capture_output=True, text=True)
    assert done.stdout.split() == [str(own)], done.stderr
    if "OMP_WAIT_POLICY" not in done.stderr:
        pytest.skip("llama.cpp has no OpenMP here")
    assert f"OMP_WAIT_POLICY = '{policy}'" in done.stderr
