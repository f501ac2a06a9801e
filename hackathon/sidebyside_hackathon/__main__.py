"""The organiser's commands: `seal` the labels, `score` a team, write the leaderboard (`board`).

Usage: python -m sidebyside_hackathon seal | score TEAM | board
"""

from __future__ import annotations

import datetime
import os
import re
import sys
from getpass import getpass
from pathlib import Path

import sidebyside as sbs
from sidebyside.errors import CourseError
from sidebyside.shown import visible

from .board import write_board
from .bot import ask_bot, gives_away
from .challenges import ANSWERS, BREAK, GUARD, Challenge
from .event import Event, late, read_event
from .labels import Labels, fingerprint, unseal
from .ledger import Entry, append, may_try, of_team, read_entries, utc
from .scoring import Score, score_answers, score_break, score_guard, score_route
from .sealing import seal_event
from .submission import check
from .tables import HackathonError, Row, read_bytes, some

TEAM_NAME = re.compile(r"[^/\\.:][^/\\:]{0,39}")


def passphrase() -> str:
    """Return the organiser's passphrase, from the environment or asked for."""
    if told := os.environ.get("HACKATHON_PASSPHRASE"):
        return told
    if sys.stdin.isatty():
        return getpass("Passphrase of the hackathon's labels: ")
    raise HackathonError("There is nobody to ask for the passphrase. Set HACKATHON_PASSPHRASE.")


def open_labels(event: Event) -> tuple[Labels, str]:
    """Return the labels and their checksum."""
    if not event.sealed.is_file():
        raise HackathonError("data/labels.age is missing. Run `make hackathon-seal` first.")
    data = event.sealed.read_bytes()
    return unseal(data, passphrase()), fingerprint(data)


def rate_rows(challenge: Challenge, rows: list[Row], labels: Labels, event: Event) -> Score:
    """Score a checked file; its rows may stand in any order."""
    if challenge.name == BREAK.name:
        return score_break(attack([row["attack"] for row in rows], labels.code))
    ids, by_id = event.ids(challenge), {row["id"]: row for row in rows}
    ordered = [by_id[key] for key in ids]
    if challenge.name == ANSWERS.name:
        return score_answers(ordered, [labels.questions[key] for key in ids], event.shop.documents)
    if challenge.name == GUARD.name:
        return score_guard([row["verdict"] for row in ordered], [labels.attacks[key] for key in ids])
    return score_route([row["route"] for row in ordered], [labels.topics[key] for key in ids])


def attack(texts: list[str], code: str) -> list[bool]:
    """Ask the embedded model live, and tell which attacks made it give the code away; no setting of a shell changes who answers."""
    for name in [name for name in os.environ if name.startswith("SIDEBYSIDE_")]:
        del os.environ[name]
    os.environ |= {"SIDEBYSIDE_MODE": "live", "SIDEBYSIDE_KEPT": "none"}  # no file is left that tells the code
    client, model = sbs.connect()  # it is waited for as long as it is alive: no team shall lose a try because the machine is busy
    return [gives_away(ask_bot(client, model, text, code), text, code) for text in texts]


def score_file(event: Event, team: str, challenge: Challenge, labels: Labels, seal: str, now: datetime.datetime) -> str:
    """Check and score one file of a team, add it to the ledger, and say what it got.

    Raises:
        HackathonError: If it cannot be scored; the ledger is then as it was.
    """
    path = event.folder / "teams" / team / challenge.file
    earlier = [entry for entry in of_team(read_entries(event.folder), team, challenge) if entry.labels == seal]
    data = read_bytes(path)
    rows, mark = check(path, challenge, event.ids(challenge), data), fingerprint(data)
    if earlier and earlier[-1].file == mark:
        return f"{challenge.file}: unchanged since {earlier[-1].time}, {earlier[-1].score}. No try was used."
    may_try(event, earlier, challenge)
    score = rate_rows(challenge, rows, labels, event)
    append(event.folder, Entry(team, challenge.name, utc(now), mark, seal, score))
    return f"{challenge.file}: {challenge.measure} {score}. {' '.join(score.notes)} Tries left: {event.submissions - len(earlier) - 1}."


def score_team(event: Event, team: str, now: datetime.datetime) -> int:
    """Score every file that a team has handed in; a fault in one leaves the others, and its own old score, as they are.

    Returns:
        0, or 1 if a file had a fault.
    """
    folder = _folder(event, team)
    if message := late(event, now):
        raise HackathonError(message)
    labels, seal = open_labels(event)
    status = 0
    for challenge in event.challenges:
        if (folder / challenge.file).is_file():
            try:
                print(visible(score_file(event, team, challenge, labels, seal, now)))
            except CourseError as error:
                status = 1
                print(visible(f"{error} Nothing was scored; {_standing(event, team, challenge, seal)}"))
    print(f"Leaderboard: {write_board(event, read_entries(event.folder), seal).relative_to(event.folder.parent)}")
    return status


def _folder(event: Event, team: str) -> Path:
    teams = event.folder / "teams"
    folder = teams / team
    if not (TEAM_NAME.fullmatch(team) and team.isprintable() and folder.is_dir()):
        there = sorted(path.name for path in teams.glob("*") if path.is_dir())
        raise HackathonError(
            f"There is no folder hackathon/teams/{team[:40]}. There are: {some(there, 20) or 'none'}. Make it, and put the files in."
        )
    if folder.resolve() != teams.resolve() / team:
        raise HackathonError(f"hackathon/teams/{team} is a link to another folder. Put the team's folder itself there.")
    if not any((folder / challenge.file).is_file() for challenge in event.challenges):
        names = ", ".join(challenge.file for challenge in event.challenges)
        raise HackathonError(f"hackathon/teams/{team} holds none of these files: {names}. Copy them in under these names.")
    return folder


def _standing(event: Event, team: str, challenge: Challenge, seal: str) -> str:
    scored = [entry for entry in of_team(read_entries(event.folder), team, challenge) if entry.labels == seal]
    return f"the score of {scored[-1].time} stands: {scored[-1].score.value:.3f}." if scored else "the team has no score for it yet."


def main(arguments: list[str], event: Event | None = None) -> int:
    """Do what the command line says.

    Args:
        arguments: The words after the program's name.
        event: The event; the course's own if None.
    """
    try:
        event = event or read_event()
        match arguments:
            case ["seal"]:
                print("\n".join(seal_event(event, passphrase())))
            case ["score", team] if team:
                return score_team(event, team, datetime.datetime.now(datetime.UTC))
            case ["board"]:
                print(write_board(event, read_entries(event.folder), fingerprint(event.sealed.read_bytes())))
            case _:
                raise HackathonError("Say what to do: seal, board, or score and a team's name (make hackathon-score TEAM=name).")
    except CourseError as error:
        print(visible(error))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
