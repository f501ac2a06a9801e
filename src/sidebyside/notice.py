"""What the package says on a page by itself: that a request was changed, how long a wait will be, how far a run is.

The only module that displays something unasked. Saved pages hold none of it: in modes `replay` and `record` nothing is said,
because what depends on the day, the network or the machine's speed is no part of a page.
"""

from __future__ import annotations

import itertools
import os
from typing import Any

from .shown import shown

_said: set[str] = set()
_numbers = itertools.count()
QUIET = ("replay", "record")


def say_once(text: str) -> None:
    """Show one line on the page, once a process.

    Args:
        text: A sentence.
    """
    if text not in _said:
        _said.add(text)
        Line().show(text)


class Line:
    """A line on the page that can change, such as a countdown; without a notebook it stays silent."""

    def __init__(self) -> None:
        """Show nothing yet."""
        self.id = f"sbs-notice-{os.getpid()}-{next(_numbers)}"
        self.shown = False

    def show(self, text: str) -> None:
        """Put a text in place of what the line said.

        Args:
            text: A sentence; an empty text takes the line away.
        """
        if text or self.shown:
            _display(text, self.id, update=self.shown)
            self.shown = True

    def clear(self) -> None:
        """Take the line away."""
        self.show("")


def _display(text: str, place: str, *, update: bool) -> None:
    from IPython.core.getipython import get_ipython

    if get_ipython() is None or os.environ.get("SIDEBYSIDE_MODE") in QUIET:
        return
    from IPython.display import display

    told: dict[str, Any] = {"text/plain": text, "text/html": html_of(text)}
    display(told, raw=True, display_id=place, update=update)


def html_of(text: str) -> str:
    """Return a line as HTML; an empty text is nothing at all."""
    return f'<p class="sbs-notice" role="status">{shown(text)}</p>' if text else ""
