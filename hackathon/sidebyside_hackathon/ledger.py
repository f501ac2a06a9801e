"""The ledger: every scored file, one line each, in `scores.jsonl`. Nothing is ever taken out of it.

Of a team's files for one challenge the last valid one counts, not the best: the best of ten looks at the hidden set would be
partly luck (the winner's curse, which the lesson *How sure are we* measures). For the same reason their number is limited.
"""

from __future__ import annotations

import datetime
import json
import math
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from .challenges import Challenge
from .event import Event
from .scoring import Score
from .tables import HackathonError

FILES = "scores*.jsonl"  # one of this room, and those that other rooms sent


@dataclass(frozen=True)
class Entry:
    """One scored file.

    Attributes:
        team: Whose it is.
        challenge: Name of the challenge.
        time: When it was scored, in UTC, as ISO 8601.
        file: Checksum of the file.
        labels: Checksum of the sealed labels that it was scored with.
        score: What it got.
    """

    team: str
    challenge: str
    time: str
    file: str
    labels: str
    score: Score


def read_entries(folder: Path) -> list[Entry]:
    """Return every entry of this and other rooms, oldest first.

    Raises:
        HackathonError: If a line is torn; the text names file and line.
    """
    entries = []
    for path in sorted(folder.glob(FILES)):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            try:
                told = json.loads(line)
                entries.append(_whole(Entry(**told | {"score": Score(**told["score"])})))
            except (ValueError, TypeError, KeyError) as error:
                raise HackathonError(f"{path.name}, line {number} is torn ({error}). Put it aside and delete that line; the others stand.") from error
    return sorted(entries, key=lambda entry: entry.time)


def _whole(entry: Entry) -> Entry:
    """Return an entry that another room may have sent, if it holds what it must.

    Raises:
        ValueError: If a text is none, or a number is none or not finite.
    """
    texts = (entry.team, entry.challenge, entry.time, entry.file, entry.labels, *entry.score.notes)
    numbers = (entry.score.value, entry.score.low, entry.score.high, entry.score.idle, *entry.score.points)
    if not all(isinstance(text, str) for text in texts):
        raise ValueError("a text is missing")
    if not all(isinstance(number, int | float) and math.isfinite(number) for number in numbers):
        raise ValueError("a number is missing")
    return entry


def append(folder: Path, entry: Entry) -> None:
    """Write an entry below the others."""
    with (folder / "scores.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps(asdict(entry), ensure_ascii=False) + "\n")


def of_team(entries: Iterable[Entry], team: str, challenge: Challenge) -> list[Entry]:
    """Return a team's entries for a challenge, oldest first."""
    return [entry for entry in entries if (entry.team, entry.challenge) == (team, challenge.name)]


def may_try(event: Event, earlier: list[Entry], challenge: Challenge) -> None:
    """Refuse a file beyond the limit.

    Raises:
        HackathonError: If the team has used up its tries.
    """
    if len(earlier) >= event.submissions:
        raise HackathonError(
            f"{challenge.file}: the team has used its {event.submissions} tries. Each look at the hidden set teaches a little of it, "
            "and then the score says less (see the lesson 'How sure are we?'). Choose on your own dev messages."
        )


def counting(entries: Iterable[Entry], challenge: Challenge, labels: str) -> list[Entry]:
    """Return each team's last entry for a challenge, best first; entries scored with other labels stay out.

    Args:
        entries: All entries, oldest first.
        challenge: The challenge.
        labels: Checksum of the labels in force.
    """
    last = {entry.team: entry for entry in entries if (entry.challenge, entry.labels) == (challenge.name, labels)}
    return sorted(last.values(), key=lambda entry: (-entry.score.value if challenge.higher_is_better else entry.score.value, entry.team))


def utc(now: datetime.datetime) -> str:
    """Return a moment in UTC, to the second."""
    return now.astimezone(datetime.UTC).isoformat(timespec="seconds")
