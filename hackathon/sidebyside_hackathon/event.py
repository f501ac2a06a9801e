"""The event: what the organiser settled in `event.toml`, where its files lie, and the hidden sets without their labels."""

from __future__ import annotations

import datetime
import tomllib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pandas as pd

from sidebyside.cases import Case, load_case

from .challenges import ANSWERS, BREAK, GUARD, Challenge, route
from .tables import HackathonError, read_table

FOLDER = Path(__file__).resolve().parents[1]
HIDDEN = {"route": ("route_messages.csv", "text"), "answers": ("policy_questions.csv", "question"), "guard": ("guard_messages.csv", "text")}


@dataclass(frozen=True)
class Event:
    """One hackathon.

    Attributes:
        folder: Where its files lie.
        title: Its name, for people.
        case: Name of the case in `cases/` that the hidden sets belong to.
        label: The label that messages are routed by.
        deadline: When the scorer closes; with its offset from UTC.
        submissions: How many files of a team are scored for one challenge.
    """

    folder: Path
    title: str
    case: str
    label: str
    deadline: datetime.datetime
    submissions: int

    @cached_property
    def shop(self) -> Case:
        """The case that the hidden sets belong to."""
        return load_case(FOLDER.parent / "cases" / self.case)

    @property
    def challenges(self) -> list[Challenge]:
        """The four challenges, in the order of the leaderboard."""
        return [route(self.shop.labels[self.label]), ANSWERS, GUARD, BREAK]

    def ids(self, challenge: Challenge) -> list[str]:
        """Return the ids of a challenge's hidden set; none for a challenge that has no such set."""
        return list(read_hidden(challenge.name, self.folder)["id"]) if challenge.name in HIDDEN else []

    @property
    def sealed(self) -> Path:
        """The file of the sealed labels."""
        return self.folder / "data" / "labels.age"


def read_hidden(challenge: str, folder: Path = FOLDER) -> pd.DataFrame:
    """Return a hidden set as the teams see it: ids and texts, or ids and questions, and no label.

    Args:
        challenge: "route", "answers" or "guard".
        folder: The hackathon's folder.
    """
    file, column = HIDDEN[challenge]
    return pd.DataFrame(read_table(folder / "data" / file, ("id", column)).rows)


def read_event(folder: Path = FOLDER) -> Event:
    """Read `event.toml`.

    Raises:
        HackathonError: If it is missing or lacks something, or if the deadline names no offset from UTC.
    """
    try:
        told = tomllib.loads((folder / "event.toml").read_text(encoding="utf-8"))
        event = Event(folder, told["title"], told["case"], told["label"], told["deadline"], told["submissions"])
    except (OSError, tomllib.TOMLDecodeError, KeyError) as error:
        raise HackathonError(f"event.toml cannot be used ({error}). Compare it with the one that came with the course.") from error
    if not isinstance(event.deadline, datetime.datetime) or event.deadline.tzinfo is None:
        raise HackathonError(f"event.toml: the deadline '{event.deadline}' names no offset from UTC. Write for example 2027-06-30T17:00:00+01:00.")
    return event


def late(event: Event, now: datetime.datetime) -> str | None:
    """Say by how much a submission is too late; None if it is in time."""
    if now <= event.deadline:
        return None
    minutes = -(-(now - event.deadline).total_seconds() // 60)
    return f"The deadline was {event.deadline:%d %B %Y, %H:%M (UTC%z)}, {minutes:,.0f} minutes ago. Nothing was scored, and the old scores stand."
