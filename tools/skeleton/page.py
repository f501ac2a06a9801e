"""The page's own tables, charts and sentences: each takes results and returns what is shown."""

from __future__ import annotations

from typing import Any

import sidebyside as sbs

SHARES = ["under a third", "a third to two thirds", "over two thirds"]


def first(model: str, right: sbs.Rate) -> Any:
    """Say how many answers are right, beside the reader's guess."""
    word = SHARES[0] if right.value < 1 / 3 else SHARES[1] if right.value <= 2 / 3 else SHARES[2]
    return sbs.outcome("SLUG/first", word, f"{model} gets {right} right.")


def second(before: int, after: int) -> Any:
    """Say whether it became more, beside the reader's guess."""
    word = "more" if after > before else "as many" if after == before else "fewer"
    return sbs.outcome("SLUG/second", word, f"Before {before}, after {after}.")
