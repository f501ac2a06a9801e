"""Answers that the reader's model has given: kept on disk as they come, so that what was paid for, or waited for, is not lost.

They lie outside of the course's recordings, in `<SIDEBYSIDE_KEPT>/<model>/<case>/<page>.jsonl`, line by line in the same form
(see `store`). A model is the same if its weights and its program are, and at an endpoint, its address. When is a kept answer
used again?

- What was stopped goes on: if a cell of a notebook, or outside of one a run over samples, ends in an error or an interrupt, the
  next one uses the answers that it got. Once it reaches its end, they count as used.
- Beyond that, `auto` uses what was kept before the kernel was started: a page that is run again after a restart costs nothing.
  Within a kernel, who asks the same thing twice gets two answers.
- Beyond that, `live` asks the model; and it goes on only with what was stopped on the same day.

An answer that is sampled without a seed is kept for the books and never used again.

An answer that was on its way when its work was stopped comes in all the same, and belongs to that work: whoever runs the cell again in the
meantime waits for it. An answer that nobody can use (see `answers`) is none and is never kept as one; but a run over samples that goes on
does not pay for the same refusal twice.
"""

from __future__ import annotations

import datetime
import json
import sys
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .errors import AnswerError, Why
from .notice import Line, say_once
from .parallel import pause
from .store import Entry, append, locked, shelf_of

UNWRITTEN = (
    "The model's answers cannot be kept in {folder} ({reason}), so they are lost when the kernel stops. "
    "Make room there, or set SIDEBYSIDE_KEPT to a folder that can be written to."
)

PULSE = 0.1  # seconds between two looks whether such an answer has come
STILL_COMING = "Waiting for an answer that was on its way when the run was stopped."
MOST_WAIT = 60.0  # seconds to wait for such an answer; then the model is asked again

Keys = defaultdict[Path, set[str]]  # keys of answers, by the file that they are kept in


@dataclass(eq=False)
class Work:
    """What is at work: a cell, or a run over samples. It notes the answers that it got, and the kept ones that it used again."""

    got: Keys = field(default_factory=lambda: Keys(set))
    reused: Keys = field(default_factory=lambda: Keys(set))
    finished: bool = False

    def finish(self) -> None:
        """Say that it has reached its end, so that none of its answers waits for another try."""
        self.finished = True
        for file in {*self.got, *self.reused}:
            _finish(file, self.got[file] | self.reused[file])


@dataclass
class Sample:
    """How a sample's answers came.

    Attributes:
        reused: How many were kept from before.
        got: How many the model gave now that can be used again.
        lost: How many the model gave now that cannot, because they are sampled without a seed.
    """

    reused: int = 0
    got: int = 0
    lost: int = 0


@dataclass(eq=False)
class Flight:
    """A request on its way.

    Attributes:
        work: What was at work when it went out.
        landed: Set once its answer is there, or will not come.
    """

    work: list[Work]
    landed: threading.Event = field(default_factory=threading.Event)

    @property
    def is_orphan(self) -> bool:
        """Whether what asked for it was stopped meanwhile, so that nobody waits for it."""
        now = _at_work()
        return bool(self.work) and not any(one in now or one.finished for one in self.work)


_runs: list[Work] = []
_cells: list[Work] = []  # in a notebook one: the cell that is at work
_sample: ContextVar[Sample | None] = ContextVar("sample", default=None)
_mine = Keys(set)  # what this kernel got
_unfinished: defaultdict[Path, dict[str, str]] = defaultdict(dict)  # what was got by work that has not reached its end, as in `_list_of`
_flights: defaultdict[tuple[Path, str], list[Flight]] = defaultdict(list)
_in_sight = threading.Lock()  # of several that wait, one says so
_flight: ContextVar[Flight | None] = ContextVar("flight", default=None)
_unwritten: defaultdict[Path, dict[str, Entry]] = defaultdict(dict)  # what the disk did not take


@contextmanager
def run() -> Iterator[Work]:
    """Let a run over samples go on, should it be stopped: the answers it gets wait until it, or its cell, reaches its end."""
    this = Work()
    _runs.append(this)
    try:
        yield this
    finally:
        _runs.remove(this)
    if not _at_work():
        this.finish()


@contextmanager
def sample() -> Iterator[Sample]:
    """Count how the answers come that this thread asks for."""
    here = Sample()
    before = _sample.set(here)
    try:
        yield here
    finally:
        _sample.reset(before)


def _at_work() -> list[Work]:
    """Return the runs that are at work, and in a notebook the cell."""
    get_shell: Any = getattr(sys.modules.get("IPython"), "get_ipython", None)  # not there yet while another thread imports it
    shell = get_shell() if get_shell else None
    if shell and not _cells:
        _cells.append(Work())
        shell.events.register("post_run_cell", _end_cell)
    return [*_cells, *_runs]


def _end_cell(result: Any) -> None:
    if result.success:
        _cells[0].finish()
    _cells[0] = Work()


class Kept:
    """The kept answers of one page and one model.

    Args:
        file: Where they are kept; neither it nor its folder need exist.
        same: Says what an entry must hold for its answer to be this model's, such as its weights.
    """

    def __init__(self, file: Path, same: Callable[[], dict[str, str]] = dict) -> None:
        """Note where the answers lie; nothing is read yet."""
        self.file, self.same = file, same

    def get(self, key: str, *, only_stopped: bool = False) -> Entry | None:
        """Return the answer that may stand for the one to a request, if there is one.

        Args:
            key: The key of the request.
            only_stopped: Whether only an answer counts that was got today by work that was stopped.

        Raises:
            AnswerError: If the answer that was got by work that was stopped cannot be used.
        """
        self._await_orphans(key)
        work, waits = _at_work(), _waiting(self.file)
        stopped = key in waits and not any(key in one.got[self.file] for one in work)
        if not (stopped and work if only_stopped else stopped or key not in _mine[self.file]):
            return None
        unusable = json.loads(waits[key]) if stopped and waits[key] else None
        entry = unusable or _unwritten[self.file].get(key) or self._on_disk(key)
        if entry is None or not self.same().items() <= entry.items() or (only_stopped and entry["recorded"] != _today()):
            return None
        self._note_reuse(key, work)
        if unusable:
            raise AnswerError(unusable["sentence"], Why(unusable["why"]))
        return entry

    def _note_reuse(self, key: str, work: list[Work]) -> None:
        for one in work:
            one.reused[self.file].add(key)
        _count("reused")

    def _await_orphans(self, key: str) -> None:
        """Wait for answers to the same request that were asked for by work that was stopped: they are paid for already."""
        orphans = [flight for flight in _flights.get((self.file, key), ()) if flight.is_orphan]
        if not orphans:
            return
        line, rest = Line(), MOST_WAIT
        with _in_sight:
            line.show(STILL_COMING)
            try:
                while rest > 0 and not all(flight.landed.is_set() for flight in orphans):
                    pause(PULSE)
                    rest -= PULSE
            finally:
                line.clear()

    @contextmanager
    def asking(self, key: str) -> Iterator[Flight]:
        """Say that a request is on its way: whatever becomes of it belongs to what is at work now.

        Args:
            key: The key of the request.
        """
        flight = Flight(_at_work())
        _flights[self.file, key].append(flight)
        before = _flight.set(flight)
        try:
            yield flight
        finally:
            _flight.reset(before)
            flight.landed.set()
            _flights[self.file, key].remove(flight)

    def _on_disk(self, key: str) -> Entry | None:
        found = shelf_of(self.file.parent).find(key, self.file)
        return found and found[1]

    def add(self, entry: Entry, *, again: bool) -> None:
        """Keep an answer. Where the disk does not take it, it stays in memory, and the page goes on and says so once.

        Args:
            entry: The answer, in the form of a recording.
            again: Whether it may be used again.
        """
        key, work = entry["key"], _asking() if again else []
        try:
            self._write(key, work, entry)
            _unwritten[self.file].pop(key, None)
        except OSError as error:
            _unwritten[self.file][key] = entry
            say_once(UNWRITTEN.format(folder=self.file.parents[2], reason=error.strerror or type(error).__name__))
        _mine[self.file].add(key)
        self._note(key, work, again=again)

    def refuse(self, key: str, error: AnswerError, *, again: bool) -> None:
        """Note that an answer cannot be used, so that the run over samples to which it belongs, should it be stopped, does not ask again.

        Elsewhere nothing is noted: a cell that ends in the refusal asks again.

        Args:
            key: The key of the request.
            error: Why it cannot be used.
            again: Whether an answer might be used again.
        """
        if not (_sample.get() and (work := _asking() if again else [])):
            return
        told = json.dumps({"why": error.why, "sentence": str(error), "recorded": _today()} | self.same())
        with suppress(OSError):
            self._write(key, work, told=told)
        self._note(key, work, told, again=again)

    def _write(self, key: str, work: list[Work], entry: Entry | None = None, told: str = "") -> None:
        self.file.parents[2].mkdir(mode=0o700, parents=True, exist_ok=True)  # what a reader asks is the reader's own affair
        with locked(self.file.parent):
            if entry:
                append(self.file, entry)
            if work:
                with _list_of(self.file).open("a", encoding="utf-8") as keys:
                    keys.write(_line(key, told))

    def _note(self, key: str, work: list[Work], told: str = "", *, again: bool) -> None:
        if work:
            _unfinished[self.file][key] = told
        for one in work:
            one.got[self.file].add(key)
        _count("got" if again else "lost")


def _asking() -> list[Work]:
    """Return what asked for the answer that is there now, unless it has reached its end without it."""
    flight = _flight.get()
    return [one for one in (flight.work if flight else _at_work()) if not one.finished]


def _line(key: str, told: str) -> str:
    return f"{key} {told}".strip() + "\n"


def _count(how: str) -> None:
    if here := _sample.get():
        setattr(here, how, getattr(here, how) + 1)


def _today() -> str:
    return datetime.date.today().isoformat()


def _list_of(file: Path) -> Path:
    """Return where other kernels read which answers of a file wait for another try: a key a line, and after it why one cannot be used."""
    return file.with_suffix(".unfinished")


def _waiting(file: Path) -> dict[str, str]:
    """Return the keys of answers got by work that has not reached its end, in this kernel or another one, and why one cannot be used."""
    with suppress(OSError):
        lines = _list_of(file).read_text(encoding="utf-8").splitlines()
        return {key: told for key, _, told in (line.partition(" ") for line in lines)} | _unfinished[file]
    return dict(_unfinished[file])


def _finish(file: Path, keys: set[str]) -> None:
    for key in keys & _unfinished[file].keys():
        del _unfinished[file][key]
    with suppress(OSError):
        if _waiting(file).keys() & keys:
            with locked(file.parent):
                rest = sorted((key, told) for key, told in _waiting(file).items() if key not in keys)
                _list_of(file).write_text("".join(_line(*pair) for pair in rest), encoding="utf-8")
