"""What the package says on a page by itself: that a request was changed, how long a wait will be, how far a run is.

The only module that displays something unasked. Saved pages hold none of it: in modes `replay` and `record` nothing is said,
because what depends on the day, the network or the machine's speed is no part of a page.
"""

from __future__ import annotations

import itertools
import os
import threading
import time
from collections.abc import Callable
from typing import Any

from .environment import said
from .errors import CourseError
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


def cell() -> int:
    """Return the number of the cell that runs; 0 outside of a notebook."""
    from IPython.core.getipython import get_ipython

    return getattr(get_ipython(), "execution_count", 0)


def _is_silent() -> bool:
    from IPython.core.getipython import get_ipython

    return get_ipython() is None or said("MODE") in QUIET


def _display(text: str, place: str, *, update: bool) -> None:
    if _is_silent():
        return
    from IPython.display import display

    told: dict[str, Any] = {"text/plain": text, "text/html": html_of(text)}
    display(told, raw=True, display_id=place, update=update)


def html_of(text: str) -> str:
    """Return a line as HTML; an empty text is nothing at all."""
    return f'<p class="sbs-notice" role="status">{shown(text)}</p>' if text else ""


# --- something long that the reader may want ------------------------------------------------------------------------

Progress = Callable[[int, int], object]  # told how much is done, and of how much
_offered: set[tuple[int, str]] = set()
LOOK = 0.25  # seconds between two changes of the bar


def offer(label: str, work: Callable[[Progress], object], done: str) -> None:
    """Show a button that does something long, once a cell; where no front end draws widgets, nothing is seen.

    Args:
        label: What the button says.
        work: What it does, beside the notebook's own work. It calls what it is given with how much is done, and of how much.
        done: What is said when it is done.
    """
    if _is_silent() or (cell(), label) in _offered:
        return
    from IPython.display import display

    _offered.add((cell(), label))
    bundle = Offer(label, work, done).box._repr_mimebundle_()
    display(bundle | {"text/plain": ""}, raw=True)


class Offer:
    """A button, a bar, and a line of text; a second press stops the work."""

    def __init__(self, label: str, work: Callable[[Progress], object], done: str) -> None:
        """Draw them; nothing is done yet."""
        import ipywidgets

        self.label, self.work, self.done = label, work, done
        self.button = ipywidgets.Button(description=label, layout=ipywidgets.Layout(width="auto"))
        self.bar = ipywidgets.FloatProgress(max=1, layout=ipywidgets.Layout(visibility="hidden", width="20em"))
        self.told = ipywidgets.HTML()
        self.box = ipywidgets.VBox([ipywidgets.HBox([self.button, self.bar]), self.told])
        self.halt, self.thread = threading.Event(), threading.Thread()
        self._seen = 0.0
        self.button.on_click(lambda _: self.press())

    def press(self) -> None:
        """Begin, or stop what was begun."""
        if self.thread.is_alive():
            self.halt.set()
            return
        self.halt.clear()
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def _run(self) -> None:
        self.button.description, self.bar.layout.visibility = "stop", "visible"
        try:
            self.work(self._step)
            self._say(self.done)
        except _Halt:
            self._say("Stopped. What has arrived is kept: press again to go on.")
        except CourseError as error:
            self._say(str(error))
        finally:
            self.button.description, self.bar.layout.visibility = self.label, "hidden"

    def _step(self, done: int, whole: int) -> None:
        if self.halt.is_set():
            raise _Halt
        if (now := time.monotonic()) - self._seen >= LOOK or done == whole:
            self._seen, self.bar.value = now, done / whole
            self._say(f"{done / 1e6:,.0f} of {whole / 1e6:,.0f} MB")

    def _say(self, text: str) -> None:
        self.told.value = html_of(text)


class _Halt(Exception):
    """The reader pressed *stop*."""
