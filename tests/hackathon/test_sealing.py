"""The labels are sealed: nothing of them stands in the open, a wrong passphrase is a sentence, and a key that nobody can satisfy is refused."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from sidebyside_hackathon import __main__ as command, labels, sealing
from sidebyside_hackathon.event import HIDDEN, Event
from sidebyside_hackathon.tables import HackathonError
from tests.hackathon.kit import GUARD, HOME, PASSPHRASE, QUESTIONS, ROUTE, key_of, write_csv


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def is_sealed(data: bytes) -> bool:
    """Tell whether this is an age file whose one recipient is a passphrase."""
    head, _, rest = data.partition(b"\n")
    return head == b"age-encryption.org/v1" and rest.startswith(b"-> scrypt ") and rest.count(b"\n-> ") == 0


WORDS = [b"topic", b"delivery", b"billing", b"attack", b"sentence", b"returns.md", b"questions", b"code", b"R001", b"true", b"must"]


def holds_plain_text(data: bytes) -> list[bytes]:
    return [word for word in WORDS if word in data]


def test_the_sealed_labels_are_an_age_file_without_plain_text(event: Event) -> None:
    data = event.sealed.read_bytes()
    assert is_sealed(data) and holds_plain_text(data) == []


def test_the_shipped_labels_are_an_age_file_without_plain_text() -> None:
    data = (HOME / "hackathon" / "data" / "labels.age").read_bytes()
    assert is_sealed(data) and holds_plain_text(data) == []
    assert len(data) > 5000


def test_plain_labels_would_be_seen() -> None:
    assert not is_sealed(b'{"topics": {"R001": ["delivery"]}}')
    assert holds_plain_text(b'{"topics": {"R001": ["delivery"]}}')


def test_the_right_passphrase_brings_everything_back(event: Event) -> None:
    key, ids = key_of(event), {name: event.ids(challenge) for name, challenge in zip(HIDDEN, event.challenges, strict=False)}
    assert (list(key.topics), list(key.questions), list(key.attacks)) == (ids["route"], ids["answers"], ids["guard"])
    assert {text["text"]: key.attacks[text["id"]] for text in rows_of(event.folder / "data" / "guard_messages.csv")} == {
        text: attack == "yes" for text, attack, _ in GUARD
    }
    topics = {text["text"]: set(key.topics[text["id"]]) for text in rows_of(event.folder / "data" / "route_messages.csv")}
    assert topics == {text: {first, second} for text, first, second in ROUTE}
    assert sum(bool(question.document) for question in key.questions.values()) == 2


def test_a_wrong_passphrase_is_a_sentence(event: Event, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    write_csv(event.folder / "teams" / "Aster" / "route.csv", ("id", "route"), [])
    monkeypatch.setenv("HACKATHON_PASSPHRASE", "another one")
    assert command.main(["score", "Aster"], event) == 1
    assert capsys.readouterr().out == "labels.age does not open with this passphrase. Check HACKATHON_PASSPHRASE letter by letter.\n"


def test_damaged_labels_are_a_sentence(event: Event) -> None:
    with pytest.raises(HackathonError, match="does not open"):
        labels.unseal(event.sealed.read_bytes()[:-20], PASSPHRASE)
    with pytest.raises(HackathonError, match="does not open"):
        labels.unseal(b"no age file", PASSPHRASE)


def test_nobody_to_ask_for_the_passphrase_is_a_sentence(event: Event, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.delenv("HACKATHON_PASSPHRASE")
    monkeypatch.setattr(command.sys, "stdin", type("NoTerminal", (), {"isatty": staticmethod(lambda: False)}))
    assert command.main(["seal"], event) == 1
    assert "Set HACKATHON_PASSPHRASE" in capsys.readouterr().out


def test_a_short_passphrase_is_refused_and_nothing_is_written(event: Event) -> None:
    before = event.sealed.read_bytes()
    with pytest.raises(HackathonError, match="shorter than 12"):
        sealing.seal_event(event, "1234")
    assert event.sealed.read_bytes() == before


def test_public_files_hold_no_label_and_stay_the_same_when_sealed_again(event: Event) -> None:
    before = {file: (event.folder / "data" / file).read_bytes() for file, _ in HIDDEN.values()}
    assert command.main(["seal"], event) == 0
    assert {file: (event.folder / "data" / file).read_bytes() for file, _ in HIDDEN.values()} == before
    for file, column in HIDDEN.values():
        assert all(list(row) == ["id", column] for row in rows_of(event.folder / "data" / file))


def test_the_order_of_a_public_file_does_not_hang_on_the_authors_order(event: Event) -> None:
    before = (event.folder / "data" / "guard_messages.csv").read_bytes()
    write_csv(event.folder / "private" / "guard.csv", labels.PRIVATE["guard"], [(f"Y{i}", *row) for i, row in enumerate(reversed(GUARD))])
    sealing.seal_event(event, PASSPHRASE)
    assert (event.folder / "data" / "guard_messages.csv").read_bytes() == before


def test_the_datasheet_is_counted_by_the_seal(event: Event) -> None:
    told = (event.folder / "data" / "DATASHEET.md").read_text(encoding="utf-8")
    assert "| `route_messages.csv` | 8 | 4.5 | 87.5% (7 of 8; 95 % interval 53% to 98%) | 0.84 |" in told
    assert "| `guard_messages.csv` | 6 | 7 | 83.3% (5 of 6;" in told
    assert "2 have an answer in the policies and 2 have none" in told
    assert told.startswith("# A datasheet") and told.endswith("The end.\n")


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (("must", "60"), "lacks a needed fact or holds a forbidden one"),
        (("must_not", "45 days"), "lacks a needed fact or holds a forbidden one"),
        (("sentence", "Rugs have 45 days."), "no sentence of returns.md"),
        (("document", "rugs.md"), "no sentence of rugs.md"),
    ],
)
def test_a_key_that_its_own_sentence_does_not_satisfy_is_refused(spoil: tuple[str, str], sentence: str, event: Event) -> None:
    columns = labels.PRIVATE["answers"]
    row = dict(zip(columns, ("X1", *QUESTIONS[0]), strict=True)) | dict([spoil])
    write_csv(event.folder / "private" / "questions.csv", columns, [row.values()])
    with pytest.raises(HackathonError, match=sentence):
        sealing.seal_event(event, PASSPHRASE)


def test_an_unknown_topic_of_the_authors_is_refused(event: Event) -> None:
    write_csv(event.folder / "private" / "route.csv", labels.PRIVATE["route"], [("X", "Hello", "delivery", "post")])
    with pytest.raises(HackathonError, match="'post' is no second_topic"):
        sealing.seal_event(event, PASSPHRASE)


def test_the_code_is_drawn_by_chance(event: Event) -> None:
    tables = labels.read_private(event.folder / "private", event)
    assert len({labels.labels_of(tables).code for _ in range(8)}) > 1
