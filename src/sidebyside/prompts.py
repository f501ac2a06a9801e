"""Prompt versions as plain data, each with a line of changelog."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Prompt:
    """One version of a prompt.

    Attributes:
        version: Its name, such as "v2".
        change: What was changed against the version before, and why.
        user: The user message; `{text}` stands for the message to judge.
        system: The system message, if any.
        examples: Pairs of user text and right answer, shown before the question (few-shot).
        options: Sampling settings and constraints for the call.
    """

    version: str
    change: str
    user: str
    system: str | None = None
    examples: tuple[tuple[str, str], ...] = ()
    options: dict[str, Any] = field(default_factory=dict)

    def messages(self, text: str) -> list[dict[str, str]]:
        """Return the chat messages for one text, in the form the openai client takes."""
        system = [{"role": "system", "content": self.system}] if self.system else []
        shots = [turn for shown, answer in self.examples for turn in (_user(self.user, shown), {"role": "assistant", "content": answer})]
        return [*system, *shots, _user(self.user, text)]


def _user(template: str, text: str) -> dict[str, str]:
    return {"role": "user", "content": template.replace("{text}", text)}
