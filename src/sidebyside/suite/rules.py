"""Rules about one answer, as data: what promptfoo and Inspect can run as well as we can."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from ..errors import SuiteError
from ..scorers import numbers_in


@dataclass(frozen=True)
class Rule:
    r"""A rule about one answer, as data.

    Attributes:
        kind: "matches" (each regular expression is found), "lacks" (none is), "words" (at most so many), or "seconds" (at most so
            many; only a tool that asks the model itself can tell).
        value: The regular expressions, or the number. Capitals do not count; `\w` means ASCII letters, as it does in JavaScript.
    """

    kind: str
    value: tuple[str, ...] | float

    def holds(self, answer: str) -> bool:
        """Tell whether an answer keeps the rule.

        Raises:
            SuiteError: If the answer alone cannot tell.
        """
        if self.kind == "seconds":
            raise SuiteError("An answer's text does not tell how long it took. Compare the seconds of sbs.usage() with the threshold.")
        return rule_holds(self.kind, self.value, answer)

    @classmethod
    def numbers(cls, target: str) -> Rule | None:
        """Return the rule that an answer holds every number of a target, as 1,000 or 1000, as 4.5 or 4.50; None if there is no number."""
        needed = sorted(numbers_in(target))
        return cls("matches", tuple(map(_number, needed))) if needed else None

    @classmethod
    def any_of(cls, phrases: Sequence[str]) -> Rule:
        """Return the rule that an answer holds at least one of these words or phrases."""
        return cls("matches", (_any(phrases),))

    @classmethod
    def none_of(cls, phrases: Sequence[str]) -> Rule:
        """Return the rule that an answer holds none of these words or phrases."""
        return cls("lacks", (_any(phrases),))

    @classmethod
    def matching(cls, pattern: str) -> Rule:
        """Return the rule that a regular expression is found in an answer."""
        return cls("matches", (pattern,))

    @classmethod
    def words(cls, most: int) -> Rule:
        """Return the rule that an answer has at most so many words."""
        return cls("words", most)

    @classmethod
    def seconds(cls, most: float) -> Rule:
        """Return the rule that an answer takes at most so many seconds."""
        return cls("seconds", most)


def rule_holds(kind: str, value: Any, answer: str) -> bool:
    """Tell whether an answer keeps a rule; the file for Inspect carries this very function."""
    if kind == "words":
        return bool(len(answer.split()) <= value)
    found = [bool(re.search(pattern, answer, re.IGNORECASE | re.ASCII)) for pattern in value]
    return all(found) if kind == "matches" else not any(found)


def _any(phrases: Sequence[str]) -> str:
    """Return an expression for any of the phrases as whole words; either apostrophe fits."""
    escaped = (re.sub(r"['’]", "['’]", re.sub(r"([.*+?^${}()|\[\]\\/])", r"\\\1", phrase)) for phrase in phrases)
    return rf"(?<!\w)(?:{'|'.join(escaped)})(?!\w)"


def _number(number: str) -> str:
    """Return an expression that finds a number as `numbers_in` reads it: alone, with or without thousands' commas and closing zeros."""
    whole, _, part = format(Decimal(number).normalize(), "f").partition(".")
    digits = re.sub(r"(?<=\d)(?=(?:\d{3})+$)", ",?", whole)
    decimals = rf"\.{part}0*" if part else r"(?:\.0+)?"
    return rf"(?<!\d)(?<!\d\.)(?<!\d,(?=\d\d\d(?!\d)))0*{digits}{decimals}(?!\d)(?!\.\d)(?!,\d\d\d(?!\d))"
