"""A checkout or an editor that ends lines in CR and LF changes nothing that the course reads."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from sidebyside import lessons, load_case
from sidebyside.retrieval import passages
from sidebyside.store import read_entries

HOME = Path(__file__).resolve().parent.parent
CASES = sorted(path.parent for path in (HOME / "cases").glob("*/case.toml"))
RECORDINGS = sorted((HOME / "recordings").rglob("*.jsonl"))


def with_crlf(source: Path, target: Path) -> Path:
    """Copy a file or a folder of texts, each line ended in CR and LF."""
    files = [source] if source.is_file() else [path for path in source.rglob("*") if path.is_file()]
    for file in files:
        copy = target / file.relative_to(source.parent)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))
    return target / source.name


def read(folder: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, object]:
    """Return all that a case holds."""
    monkeypatch.setenv("SIDEBYSIDE_CASE", str(folder))
    case = load_case()
    return {name: getattr(case, name) for name in vars(case)} | {"passages": passages(case.documents)}


@pytest.mark.parametrize("folder", CASES, ids=lambda path: path.name)
def test_a_case_reads_the_same(folder: Path, bare: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here, there = read(folder, monkeypatch), read(with_crlf(folder, tmp_path), monkeypatch)
    assert here.keys() == there.keys()
    for name in here.keys() - {"folder"}:
        one, other = here[name], there[name]
        assert one.equals(other) if isinstance(one, pd.DataFrame) else one == other, name


def test_recordings_read_the_same_and_keep_their_seals(tmp_path: Path) -> None:
    assert RECORDINGS
    file = min(RECORDINGS, key=lambda path: path.stat().st_size)
    assert list(read_entries(with_crlf(file, tmp_path))) == list(read_entries(file))


def test_what_lessons_ask_reads_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here = {slug: lessons.card(slug) for slug in lessons.slugs()}
    shelf = with_crlf(HOME / "lessons", tmp_path)
    monkeypatch.setattr(lessons, "shelf", lambda: shelf)
    assert {slug: lessons.card(slug) for slug in lessons.slugs()} == here != {}
