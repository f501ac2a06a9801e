"""A small event for the scorer's tests: its own labelled files, sealed once with a passphrase of the tests'."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path

import pytest

from sidebyside_hackathon import __main__ as command, event as events, sealing
from tests.hackathon.kit import PASSPHRASE, TOLD, HandIn, unsealed, write_csv, write_private


@pytest.fixture(scope="session")
def sealed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("event") / "hackathon"
    write_private(folder / "private")
    (folder / "event.toml").write_text(TOLD, encoding="utf-8")
    (folder / "data").mkdir()
    (folder / "data" / "DATASHEET.md").write_text(f"# A datasheet\n\n{sealing.BEGIN}\n{sealing.END}\n\nThe end.\n", encoding="utf-8")
    sealing.seal_event(events.read_event(folder), PASSPHRASE)
    return folder


@pytest.fixture
def event(sealed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> events.Event:
    """An event of its own for a test, with the passphrase in the environment."""
    shutil.copytree(sealed, tmp_path / "hackathon")
    monkeypatch.setenv("HACKATHON_PASSPHRASE", PASSPHRASE)
    monkeypatch.setattr(command, "unseal", unsealed)
    return events.read_event(tmp_path / "hackathon")


@pytest.fixture
def hand_in(event: events.Event) -> HandIn:
    """Put a team's file where the scorer looks for it."""

    def put(file: str, columns: Iterable[str], rows: Iterable[Iterable[str]], team: str = "Aster") -> Path:
        path = event.folder / "teams" / team / file
        write_csv(path, columns, rows)
        return path

    return put
