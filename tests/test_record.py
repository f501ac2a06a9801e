"""The recorder: answers are added and dropped for one model and one case, and whatever goes wrong, no old answer is lost."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openai
import pytest

import sidebyside as sbs
from sidebyside import lessons, store
from sidebyside.errors import RecordingError
from sidebyside.models import DEFAULT, MAIN, MODELS, SMALL
from sidebyside.store import read_entries
from tests.scripted import NAME, Reply, ScriptedModel, chat
from tools import record, run_pages
from tools.pages import HOME, slug_of

Pages = Callable[..., list[Path]]


@pytest.fixture
def folder(endpoint: ScriptedModel) -> Path:
    """Where the recordings of the scripted model lie."""
    return endpoint.recordings / NAME / sbs.read_settings({}).case.name


@pytest.fixture
def pages(tmp_path: Path) -> Pages:
    """Write pages, each a list of questions, and return their files."""

    def write(**questions: str) -> list[Path]:
        for name, text in questions.items():
            (tmp_path / f"{name}.txt").write_text(text)
        return [tmp_path / f"{name}.txt" for name in questions]

    return write


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> record.Run:
    """How such a page is run: it asks its questions one by one, and "fail" or "interrupt" does what it says."""

    def run(path: Path, used: Path) -> None:
        monkeypatch.setenv("SIDEBYSIDE_MODE", "record")
        monkeypatch.setenv("SIDEBYSIDE_USED", str(used))
        sbs.connect(path.stem)
        for question in path.read_text().split():
            if question == "fail":
                raise ValueError("a cell failed")
            if question == "interrupt":
                raise KeyboardInterrupt
            sbs.ask(question)

    return run


def questions_in(file: Path) -> set[str]:
    return {entry["request"]["messages"][0]["content"] for entry in read_entries(file)}


def asked(endpoint: ScriptedModel) -> list[str]:
    return [request.body["messages"][0]["content"] for request in endpoint.asked]


def content_of(shelf: Path) -> dict[str, bytes]:
    return {str(path.relative_to(shelf)): path.read_bytes() for path in shelf.rglob("*") if path.is_file()}


# --- what is kept and what is dropped -------------------------------------------------------------------------------


def test_new_answers_are_kept_and_unused_ones_dropped(folder: Path, pages: Pages, run: record.Run, endpoint: ScriptedModel) -> None:
    record.record(pages(one="a b", two="c"), [folder], run)
    lines = record.record(pages(one="b d", two="c"), [folder], run)
    assert questions_in(folder / "one.jsonl") == {"b", "d"}
    assert questions_in(folder / "two.jsonl") == {"c"}
    assert asked(endpoint) == ["a", "b", "c", "d"], "what is recorded is not asked again"
    case = folder.name
    assert [line.partition(",")[0] for line in lines] == [f"{NAME}/{case}/one.jsonl: 2 answers", f"{NAME}/{case}/two.jsonl: 1 answers"]


def test_a_second_run_changes_nothing(folder: Path, pages: Pages, run: record.Run) -> None:
    record.record(pages(one="a b", two="c"), [folder], run)
    before = content_of(folder)
    record.record(pages(one="a b", two="c"), [folder], run)
    assert content_of(folder) == before


def test_the_file_of_a_page_that_asks_nothing_any_more_goes(folder: Path, pages: Pages, run: record.Run) -> None:
    record.record(pages(one="a", two="b"), [folder], run)
    lines = record.record(pages(one="a"), [folder], run)
    assert [file.name for file in folder.iterdir()] == ["one.jsonl"]
    assert "two.jsonl: 0 answers" in lines[1]


def test_an_answer_that_another_page_uses_is_kept(folder: Path, pages: Pages, run: record.Run) -> None:
    record.record(pages(one="a"), [folder], run)
    record.record(pages(two="a"), [folder], run)
    assert questions_in(folder / "one.jsonl") == {"a"}


def test_pages_recorded_alone_drop_nothing_for_another_page_may_use_it(folder: Path, pages: Pages, run: record.Run, endpoint: ScriptedModel) -> None:
    record.record(pages(one="a b", two="c"), [folder], run)
    lines = record.record(pages(one="b d"), [folder], run, drop=False)
    assert questions_in(folder / "one.jsonl") == {"a", "b", "d"}
    assert questions_in(folder / "two.jsonl") == {"c"}
    assert lines == [f"{NAME}/{folder.name}/one.jsonl: 2 answers in use"]


@pytest.mark.parametrize(("named", "drops"), [([], True), (["hallucination"], False)])
def test_the_command_drops_only_after_all_pages(named: list[str], drops: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[tuple[list[str], bool]] = []

    def note(paths: list[Path], folders: list[Path], run: record.Run, drop: bool) -> list[str]:
        ran.append(([f"{path.parent.name}/{slug_of(path)}" for path in paths], drop))
        return []

    monkeypatch.setattr(record, "record", note)
    monkeypatch.setattr(sys, "argv", ["record", "record", "--model", DEFAULT.name, *named])
    assert record.main() == 0
    ((names, dropped),) = ran
    assert dropped == drops
    assert names == ["notebooks/hallucination", "solutions/hallucination"] if named else len(names) > 20


def test_other_models_and_other_cases_are_left_alone(
    folder: Path, pages: Pages, run: record.Run, endpoint: ScriptedModel, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    tiny = Path(__file__).parent / "cases" / "tiny"
    for model, case in (("other-model", ""), (NAME, str(tiny))):
        monkeypatch.setenv("SIDEBYSIDE_MODEL", model)
        monkeypatch.setenv("SIDEBYSIDE_CASE", case)
        run(*pages(one="theirs"), tmp_path / "used.txt")
    monkeypatch.delenv("SIDEBYSIDE_CASE")
    theirs = content_of(endpoint.recordings)
    assert len(theirs) == 2
    record.record(pages(one="a"), [folder], run)
    record.record(pages(two="b"), [folder], run)
    assert {name: content for name, content in content_of(endpoint.recordings).items() if name in theirs} == theirs
    assert questions_in(folder / "two.jsonl") == {"b"}


def test_files_are_put_in_order_whether_all_pages_are_named_or_one(folder: Path, pages: Pages, run: record.Run) -> None:
    record.record(pages(one="c a b"), [folder], run, drop=False)
    named = (folder / "one.jsonl").read_text()
    assert questions_in(folder / "one.jsonl") == {"a", "b", "c"}
    record.record(pages(one="b c a"), [folder], run)
    assert (folder / "one.jsonl").read_text() == named
    assert [entry["request"]["messages"][0]["content"] for entry in read_entries(folder / "one.jsonl")] == ["a", "b", "c"]


def test_a_line_torn_by_a_run_that_was_killed_is_asked_for_again(folder: Path, pages: Pages, run: record.Run, endpoint: ScriptedModel) -> None:
    record.record(pages(one="a b"), [folder], run)
    file = folder / "one.jsonl"
    file.write_bytes(file.read_bytes()[:-20])
    record.record(pages(one="a b"), [folder], run)
    assert asked(endpoint) == ["a", "b", "b"]
    assert questions_in(file) == {"a", "b"}


# --- what may go wrong ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("word", "error"), [("fail", ValueError), ("interrupt", KeyboardInterrupt)])
def test_a_run_that_does_not_reach_its_end_drops_nothing(
    word: str, error: type[BaseException], folder: Path, pages: Pages, run: record.Run, endpoint: ScriptedModel
) -> None:
    record.record(pages(one="a b", two="c"), [folder], run)
    with pytest.raises(error):
        record.record(pages(one="a new", two=f"d {word}"), [folder], run)
    assert questions_in(folder / "one.jsonl") == {"a", "b", "new"}
    assert questions_in(folder / "two.jsonl") == {"c", "d"}
    assert not list(folder.glob("*.draft"))
    record.record(pages(one="a new", two="d"), [folder], run)  # the next run goes on from there
    assert asked(endpoint) == ["a", "b", "c", "new", "d"]
    assert (questions_in(folder / "one.jsonl"), questions_in(folder / "two.jsonl")) == ({"a", "new"}, {"d"})


def test_an_endpoint_that_fails_in_the_middle_drops_nothing(folder: Path, pages: Pages, run: record.Run, endpoint: ScriptedModel) -> None:
    record.record(pages(one="a b"), [folder], run)
    endpoint.script(Reply(chat("new")), Reply({"error": {"message": "no"}}, 401))
    with pytest.raises(openai.AuthenticationError):
        record.record(pages(one="b c d"), [folder], run)
    assert questions_in(folder / "one.jsonl") == {"a", "b", "c"}


def test_a_run_that_is_stopped_while_it_drops_leaves_whole_files(
    folder: Path, pages: Pages, run: record.Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    record.record(pages(one="a b", two="c d"), [folder], run)
    kept: list[Path] = []
    whole = store.write_entries

    def stop_at_the_second(file: Path, entries: Any) -> None:
        if kept:
            raise KeyboardInterrupt
        kept.append(file)
        whole(file, entries)

    monkeypatch.setattr(store, "write_entries", stop_at_the_second)
    with pytest.raises(KeyboardInterrupt):
        record.record(pages(one="a", two="c"), [folder], run)
    assert questions_in(folder / "one.jsonl") == {"a"}
    assert questions_in(folder / "two.jsonl") == {"c", "d"}


def test_an_altered_answer_stops_the_run_by_name_before_anything_is_asked_or_dropped(
    folder: Path, pages: Pages, run: record.Run, endpoint: ScriptedModel
) -> None:
    record.record(pages(one="a b", two="c"), [folder], run)
    file = folder / "two.jsonl"
    file.write_text(file.read_text().replace('"content": "happy"', '"content": "unhappy"'))
    before, questions = content_of(folder), asked(endpoint)
    with pytest.raises(RecordingError, match=r"two\.jsonl, line 1: this recorded answer was altered"):
        record.record(pages(one="new"), [folder], run)
    assert (content_of(folder), asked(endpoint)) == (before, questions)


def test_an_answer_altered_during_the_run_stops_it_before_anything_is_dropped(folder: Path, pages: Pages, run: record.Run) -> None:
    record.record(pages(one="a b", two="c"), [folder], run)

    def run_and_alter(path: Path, used: Path) -> None:
        run(path, used)
        file = folder / "two.jsonl"
        file.write_text(file.read_text().replace("happy", "unhappy"))

    with pytest.raises(RecordingError, match=r"two\.jsonl, line 1"):
        record.record(pages(one="a"), [folder], run_and_alter)
    assert questions_in(folder / "one.jsonl") == {"a", "b"}


# --- how a page is run ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("model", "models"), [("", []), (DEFAULT.name, [DEFAULT.name])])
def test_a_page_is_run_under_the_model_that_is_named_or_all_of_its_own(
    model: str, models: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    ran: list[tuple[Path, list[str], dict[str, str]]] = []
    monkeypatch.setattr(record, "renew", lambda path, models, **settings: ran.append((path, models, settings)))
    path = record.HOME / "notebooks" / "page.ipynb"
    record.run_page(model)(path, tmp_path / "used.txt")
    assert ran == [(path, models, {"SIDEBYSIDE_MODE": "record", "SIDEBYSIDE_USED": str(tmp_path / "used.txt")})]


def folders_of(*words: str) -> list[str]:
    """Return the models whose recordings the command may touch."""
    touched: list[str] = []

    def note(paths: list[Path], folders: list[Path], run: record.Run, drop: bool) -> list[str]:
        touched.extend(folder.parent.name for folder in folders)
        return []

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(record, "record", note)
        patch.setattr(sys, "argv", ["record", "record", "hallucination", *words])
        assert record.main() == 0
    return touched


def test_a_nickname_names_a_model_and_no_name_all_of_them() -> None:
    assert folders_of("--model", "main") == folders_of("--model", MAIN.name) == [MAIN.name]
    assert folders_of() == list(MODELS)


def test_a_model_s_recordings_lie_in_a_folder_of_its_own() -> None:
    assert record.folder_of(SMALL.name).is_dir()
    assert record.folder_of("other", "case") == record.HOME / "recordings" / "other" / "case"


@pytest.mark.parametrize("model", ["openai/gpt-5", "llama3:8b", "/models/" + "long-" * 60, SMALL.name.upper(), "trailing."])
def test_the_recorder_looks_where_the_connection_writes(
    model: str, endpoint: ScriptedModel, monkeypatch: pytest.MonkeyPatch, pages: Pages, run: record.Run
) -> None:
    monkeypatch.setenv("SIDEBYSIDE_MODEL", model)
    monkeypatch.setattr(record, "SHELF", endpoint.recordings)
    (line,) = record.record(pages(one="a b"), [record.folder_of(model)], run)
    assert "one.jsonl: 2 answers" in line
    assert not (endpoint.recordings / SMALL.name).exists()
    assert [*endpoint.recordings.glob("*/*/*.jsonl")] == [record.folder_of(model) / "one.jsonl"]


# --- verify ---------------------------------------------------------------------------------------------------------


def test_verify_counts_differences_and_its_gate_is_red(folder: Path, pages: Pages, run: record.Run) -> None:
    record.record(pages(one="a b c d"), [folder], run)
    entries = record.sample_of(folder, 10)
    again = {entry["key"]: "happy" for entry in entries} | {entries[0]["key"]: "sad"}
    status, lines = record.verify(entries, lambda entry: again[entry["key"]])
    assert (status, lines[-1]) == (1, "3 of 4 answers at temperature 0 are identical (75.0%)")
    assert lines[:-1] == [f"differs: {entries[0]['key']}\n  recorded: 'happy'\n  now:      'sad'"]
    assert record.verify(entries, lambda entry: again[entry["key"]], gate=False)[0] == 0
    assert record.verify(entries, lambda entry: "happy") == (0, ["4 of 4 answers at temperature 0 are identical (100.0%)"])


@pytest.mark.parametrize(("differing", "status"), [(1, 0), (2, 1)])
def test_the_gate_lets_one_answer_of_a_hundred_pass(differing: int, status: int, folder: Path, pages: Pages, run: record.Run) -> None:
    record.record(pages(one="a"), [folder], run)
    (entry,) = record.sample_of(folder, 1)
    answers = iter(["sad"] * differing + ["happy"] * (100 - differing))
    assert record.verify([entry] * 100, lambda entry: next(answers))[0] == status


def test_nothing_to_verify_is_no_success(tmp_path: Path) -> None:
    status, (line,) = record.verify(record.sample_of(tmp_path, 5), lambda entry: "")
    assert status == 1
    assert "`make record`" in line


def test_a_sample_holds_answers_at_temperature_0_of_one_model(
    folder: Path, run: record.Run, pages: Pages, endpoint: ScriptedModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    record.record(pages(one="a b c"), [folder], run)
    monkeypatch.delenv("SIDEBYSIDE_USED")
    sbs.ask("sampled", temperature=1, seed=1)
    assert len(list(read_entries(folder / "one.jsonl"))) == 4
    assert len(record.sample_of(folder, 2)) == 2
    assert {entry["request"]["temperature"] for entry in record.sample_of(folder, 100)} == {0}
    assert record.sample_of(endpoint.recordings / "other" / folder.name, 100) == []


def test_the_command_asks_the_model_again(
    folder: Path, pages: Pages, run: record.Run, endpoint: ScriptedModel, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    record.record(pages(one="a b"), [folder], run)
    monkeypatch.setattr(record, "SHELF", endpoint.recordings)
    monkeypatch.setenv("SIDEBYSIDE_MODE", "live")
    monkeypatch.setattr(record, "live_client", lambda model: sbs.connect(model=model)[0])
    monkeypatch.setattr(sys, "argv", ["record", "verify", "--model", NAME, "--sample", "5"])
    assert record.main() == 0
    endpoint.script(Reply(chat("something else")))
    assert record.main() == 1
    assert "0 of 2 answers" in capsys.readouterr().out
    monkeypatch.setattr(sys, "argv", [*sys.argv, "--no-gate"])
    assert record.main() == 0


def test_what_a_shell_has_set_does_not_change_who_is_verified(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIDEBYSIDE_MODEL", "gpt-4o")
    monkeypatch.setenv("SIDEBYSIDE_MODE", "replay")
    assert record.live_client(SMALL.name) is not None
    settings = sbs.read_settings()
    assert (settings.mode, settings.model) == ("live", None)


# --- answers that no page uses --------------------------------------------------------------------------------------


def test_unused_answers_are_those_of_one_model_and_case(folder: Path, pages: Pages, run: record.Run, tmp_path: Path) -> None:
    log = tmp_path / "log.txt"
    run(*pages(one="a b"), log)
    used, unused = log.read_text().splitlines()
    log.write_text(f"{used}\n")
    assert run_pages.unused_recordings(log, folder) == [unused]
    assert run_pages.unused_recordings(log, folder.parent / "other") == []
    assert set(run_pages.unused_recordings(tmp_path / "none.txt", folder)) == {used, unused}


def test_an_answer_that_a_lesson_offers_to_try_is_in_use() -> None:
    choice = lessons.card("structured_output")["try_it"][0]
    folder = HOME / "recordings" / SMALL.name / "feedback"
    unused = run_pages.unused_recordings(HOME / "no.log", folder)
    assert unused and not any(choice["key"] in line for line in unused)
