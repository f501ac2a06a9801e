"""The questions, as they stand in the YAML file."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from ..errors import KnowledgeError

LETTERS = "abcd"
LEVELS = ("easy", "middle", "hard")


@dataclass(frozen=True)
class Option:
    """One of the four answers to choose from.

    Attributes:
        id: Its letter, a to d.
        text: What the reader chooses.
        why: Why it is right, or why not.
        right: Whether it is the right one.
    """

    id: str
    text: str
    why: str
    right: bool


@dataclass(frozen=True)
class Item:
    """A question with its options.

    Attributes:
        id: A short name that never changes: answers refer to it.
        page: Where the course teaches it, as in `_toc.yml`.
        level: How hard its writers expect it to be.
        question: What is asked.
        options: Four, in the order in which they are shown.
        source: Text and address of a source; None where nothing is claimed about the world.
    """

    id: str
    page: str
    level: str
    question: str
    options: tuple[Option, ...]
    source: tuple[str, str] | None

    @property
    def key(self) -> str:
        """The letter of the right option."""
        return next(option.id for option in self.options if option.right)


@dataclass(frozen=True)
class KnowledgeTest:
    """All questions, and the confidences that a person may give.

    Attributes:
        scale: In per cent, rising from that of a blind guess to certainty.
        items: The questions, in the order in which they are asked.
    """

    scale: tuple[int, ...]
    items: tuple[Item, ...]

    @cached_property
    def by_id(self) -> dict[str, Item]:
        """The items by their short names."""
        return {item.id: item for item in self.items}


def load_test(path: Path) -> KnowledgeTest:
    """Read the questions.

    Raises:
        KnowledgeError: An item has not four options and one right answer, a text is missing, or a name comes twice.
    """
    raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    items = tuple(_item(entry, path) for entry in raw["items"])
    names = [item.id for item in items]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise KnowledgeError(f"{path.name}: two items are called {', '.join(twice)}. Give each a name of its own.")
    return KnowledgeTest(tuple(raw["scale"]), items)


def _item(entry: dict[str, Any], path: Path) -> Item:
    where = f"{path.name}, item {entry.get('id', '(without id)')}"
    if missing := {"id", "page", "level", "question", "options"} - set(entry):
        raise KnowledgeError(f"{where}: {', '.join(sorted(missing))} is missing. Add it.")
    if entry["level"] not in LEVELS:
        raise KnowledgeError(f"{where}: the level is {entry['level']!r}. Write one of {', '.join(LEVELS)}.")
    source = entry.get("source")
    return Item(
        entry["id"],
        entry["page"],
        entry["level"],
        entry["question"],
        _options(entry["options"], where),
        (source["text"], source["url"]) if source else None,
    )


def _options(entries: list[dict[str, Any]], where: str) -> tuple[Option, ...]:
    if len(entries) != len(LETTERS) or sum(bool(entry.get("right")) for entry in entries) != 1:
        raise KnowledgeError(f"{where}: it needs {len(LETTERS)} options, one of them with `right: true`.")
    if not all(str(entry.get(part, "")).strip() for entry in entries for part in ("text", "why")):
        raise KnowledgeError(f"{where}: an option has no text, or does not say why. Add it.")
    return tuple(Option(letter, entry["text"], entry["why"], bool(entry.get("right"))) for letter, entry in zip(LETTERS, entries, strict=True))
