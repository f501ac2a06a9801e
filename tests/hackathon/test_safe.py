"""What a team hands in is data: the scorer follows no link out of the team's folder, lets no text steer the terminal, and reads only so much."""

from __future__ import annotations

import io
import json
import os
import zipfile
from dataclasses import asdict
from pathlib import Path

import pytest

from sidebyside_hackathon import __main__ as command, tables
from sidebyside_hackathon.board import write_board
from sidebyside_hackathon.challenges import ANSWERS
from sidebyside_hackathon.event import Event
from sidebyside_hackathon.ledger import read_entries
from sidebyside_hackathon.submission import check
from sidebyside_hackathon.tables import HackathonError
from tests.hackathon.kit import NOW, HandIn
from tests.hackathon.test_submission import TOPICS, all_right

STEERING = "\x1b]0;owned\x07\x1b[2J\u202egnorw\u2066\r\x9b"
STEERS = [sign for sign in STEERING if not sign.isprintable()]


def hand_in_bytes(event: Event, data: bytes, team: str = "Aster") -> Path:
    path = event.folder / "teams" / team / "route.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def refused(event: Event, capsys: pytest.CaptureFixture[str], team: str = "Aster") -> str:
    """Return what the scorer says where it scores nothing."""
    assert command.main(["score", team], event) == 1
    assert read_entries(event.folder) == []
    told = capsys.readouterr()
    return told.out + told.err


# --- links ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["symlink_to", "hardlink_to"])
def test_a_link_to_another_file_is_not_read(kind: str, event: Event, hand_in: HandIn, capsys: pytest.CaptureFixture[str]) -> None:
    theirs = hand_in("route.csv", TOPICS, all_right(event), team="Beech")
    ours = event.folder / "teams" / "Aster" / "route.csv"
    ours.parent.mkdir()
    getattr(ours, kind)(theirs)
    assert "route.csv is a link" in refused(event, capsys)


def test_a_secret_behind_a_link_is_not_told(event: Event, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "secret").write_text("id,root:x:0:0\n1,hidden words\n", encoding="utf-8")
    hand_in_bytes(event, b"").unlink()
    (event.folder / "teams" / "Aster" / "route.csv").symlink_to(tmp_path / "secret")
    said = refused(event, capsys)
    assert "hidden words" not in said and "root" not in said


def test_a_team_s_folder_that_is_a_link_is_not_entered(event: Event, hand_in: HandIn, capsys: pytest.CaptureFixture[str]) -> None:
    theirs = hand_in("route.csv", TOPICS, all_right(event), team="Beech").parent
    (event.folder / "teams" / "Aster").symlink_to(theirs)
    assert "Aster is a link to another folder" in refused(event, capsys)


@pytest.mark.parametrize("team", ["..", "../teams/Aster", "Aster/..", "/", ".", "C:", "Ast\x1b[2Jer", "Aster\u202e", ""])
def test_a_name_is_that_of_a_folder_and_no_path(team: str, event: Event, hand_in: HandIn, capsys: pytest.CaptureFixture[str]) -> None:
    hand_in("route.csv", TOPICS, all_right(event))
    said = refused(event, capsys, team)
    assert not [sign for sign in said if sign != "\n" and not sign.isprintable()]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no such files here")
def test_a_file_that_never_ends_is_not_waited_for(event: Event, capsys: pytest.CaptureFixture[str]) -> None:
    hand_in_bytes(event, b"").unlink()
    os.mkfifo(event.folder / "teams" / "Aster" / "route.csv")
    assert "holds none of these files" in refused(event, capsys)
    with pytest.raises(HackathonError, match="is a link to another file, or no file at all"):
        check(event.folder / "teams" / "Aster" / "route.csv", ANSWERS)


# --- signs ----------------------------------------------------------------------------------------------------------

PLACES = {
    "a label": f"id,route\nR001,{STEERING}\n",
    "an id": f"id,route\n{STEERING}x,billing\n",
    "a column": f"id,{STEERING}\nR001,billing\n",
}


@pytest.mark.parametrize("name", PLACES)
def test_no_text_of_a_team_steers_the_terminal(name: str, event: Event, capsys: pytest.CaptureFixture[str]) -> None:
    hand_in_bytes(event, PLACES[name].replace("\r", "").encode())
    said = refused(event, capsys)
    assert not [sign for sign in STEERS if sign in said]


def test_no_other_team_s_name_steers_the_terminal_or_the_leaderboard(event: Event, hand_in: HandIn, capsys: pytest.CaptureFixture[str]) -> None:
    hand_in("route.csv", TOPICS, all_right(event))
    (event.folder / "teams" / "B\x1b[31mad\u202e").mkdir()
    said = refused(event, capsys, "Nobody")
    assert "B\\u{1b}[31mad\\u{202e}" in said
    assert command.score_team(event, "Aster", NOW) == 0
    (entry,) = read_entries(event.folder)
    told = asdict(entry) | {"team": f"<b>{STEERING}"}
    (event.folder / "scores-of-room-2.jsonl").write_text(json.dumps(told) + "\n", encoding="utf-8")
    page = write_board(event, read_entries(event.folder), entry.labels).read_text(encoding="utf-8")
    assert "&lt;b&gt;" in page
    assert not [sign for sign in STEERS if sign in page]


@pytest.mark.parametrize("change", [{"value": "high"}, {"value": float("nan")}, {"points": [None]}, {"notes": [1]}])
def test_another_room_s_score_that_is_none_is_refused_by_file_and_line(change: dict[str, object], event: Event, hand_in: HandIn) -> None:
    hand_in("route.csv", TOPICS, all_right(event))
    command.score_team(event, "Aster", NOW)
    told = asdict(read_entries(event.folder)[0])
    told["score"] |= change
    (event.folder / "scores-of-room-2.jsonl").write_text(json.dumps(told) + "\n", encoding="utf-8")
    with pytest.raises(HackathonError, match="scores-of-room-2.jsonl, line 1 is torn"):
        read_entries(event.folder)


# --- sizes ----------------------------------------------------------------------------------------------------------


def packed(parts: dict[str, int]) -> bytes:
    """Return a workbook in name, whose parts unpack to so many bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as book:
        for name, size in parts.items():
            book.writestr(name, b"0" * size)
    return out.getvalue()


LARGE = {
    "bytes": (b"id,route\n" + b"R001,billing\n" * 200_000, "is larger than 2 MB"),
    "rows": (b"id,route\n" + b"R001,billing\n" * 6_000, "6,000 rows, and 5,000 are allowed"),
    "a cell": (b"id,route\nR001," + b"x" * 20_000 + b"\n", "line 2: a text has 20,000 characters, and 10,000 are allowed"),
    "a zip bomb": (packed({"xl/workbook.xml": 30_000_000}), "would unpack to more than 20 MB"),
    "many parts": (packed({"xl/workbook.xml": 1} | {f"xl/{n}.xml": 1 for n in range(2_000)}), "or 1,000 files"),
}


@pytest.mark.parametrize("name", LARGE)
def test_no_more_is_read_than_a_team_can_have_to_say(name: str, event: Event, capsys: pytest.CaptureFixture[str]) -> None:
    data, words = LARGE[name]
    hand_in_bytes(event, data)
    assert words in refused(event, capsys)


def test_the_file_that_is_scored_is_the_one_that_was_looked_at(event: Event, hand_in: HandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is read once, so that nothing can be put in its place in between."""
    hand_in("route.csv", TOPICS, all_right(event))
    read: list[Path] = []
    monkeypatch.setattr(command, "read_bytes", lambda path: read.append(path) or tables.read_bytes(path))
    monkeypatch.setattr("sidebyside_hackathon.submission.read_bytes", lambda path: pytest.fail("read twice"))
    assert command.score_team(event, "Aster", NOW) == 0
    assert len(read) == 1
