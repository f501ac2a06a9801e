"""Checks of the exercises of team_work."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sidebyside.checks import call, exercise
from sidebyside.hints import number_hint


@exercise(1)
def count(answer: Callable[..., Any]) -> str | None:
    """Try the function on lists that the page does not show."""
    for right in ([True, False, True], [False], [True] * 7):
        if hint := number_hint(call(answer, right), float(sum(right)), f"Count the true values. Look at {right}.", 0.1):
            return hint
    return None
