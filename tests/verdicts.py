"""What the tests of all lessons' checks say of a verdict."""

from __future__ import annotations

from typing import Any

import sidebyside as sbs


def assert_hint(name: str, answer: Any, *words: str) -> str:
    """The check says "not yet", in a sentence that holds the words; it is returned."""
    verdict = sbs.check(name, answer)
    assert verdict.state == "not yet"
    assert len(verdict.text.split()) > 3
    for word in words:
        assert word in verdict.text
    return str(verdict.text)
