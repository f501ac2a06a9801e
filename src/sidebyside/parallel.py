"""Work through many items, several at a time: order kept, the first error stops what has not begun, and a wait can be ended."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from contextvars import Context, ContextVar, copy_context
from typing import Any, TypeVar

from .errors import StoppedError

T = TypeVar("T")
R = TypeVar("R")

PULSE = 0.5  # seconds between two looks whether the reader has interrupted: some systems do not wake a waiting thread
_waits = threading.local()
_never = threading.Event()
_halt: ContextVar[threading.Event] = ContextVar("halt", default=_never)  # set once the run to which a thread belongs has stopped


@contextmanager
def waiting() -> Iterator[None]:
    """Count the time that passes here as a wait for a turn: it is no part of what an answer takes."""
    start = time.perf_counter()
    try:
        yield
    finally:
        _waits.seconds = waited() + time.perf_counter() - start


def waited() -> float:
    """Return how many seconds this thread has waited for its turn so far."""
    return getattr(_waits, "seconds", 0.0)


def pause(seconds: float) -> None:
    """Wait, but not longer than the run goes on to which this thread belongs.

    Raises:
        StoppedError: If the run has stopped.
    """
    if _halt.get().wait(seconds):
        raise StoppedError("The run was stopped, so nothing more is sent.")


def in_order(work: Callable[[T], R], items: Sequence[T], at_once: int = 1, step: Callable[[], object] = lambda: None) -> list[R]:
    """Do the same work on each item, and return the results in the items' order.

    The first error, or an interrupt, ends the run: what has not begun is left out. After an error the run waits for what is on its way, so
    that answers which cost money arrive and are kept; an interrupt ends it at once.

    Args:
        work: What is done with one item; several threads may do it at the same time.
        items: What it is done with.
        at_once: How many items at a time; with 1, everything happens in the calling thread.
        step: Called in the calling thread after each item, for a progress bar.
    """
    if at_once < 2 or len(items) < 2:
        return [_with_step(work(item), step) for item in items]
    halt, pool = threading.Event(), ThreadPoolExecutor(min(at_once, len(items)), "sidebyside")
    try:
        tasks = [pool.submit(_context(halt).run, work, item) for item in items]
        for _ in _as_they_come(tasks):
            step()
        return [task.result() for task in tasks]
    except BaseException as error:
        halt.set()
        pool.shutdown(wait=isinstance(error, Exception), cancel_futures=True)
        raise
    finally:
        pool.shutdown(wait=False)


def _with_step(result: R, step: Callable[[], object]) -> R:
    step()
    return result


def _context(halt: threading.Event) -> Context:
    """Return a copy of the caller's context, by which what a thread displays goes to the caller's cell."""
    context = copy_context()
    context.run(_halt.set, halt)
    return context


def _as_they_come(tasks: Sequence[Future[Any]]) -> Iterator[None]:
    """Yield once for each task that is done; raise the first error."""
    rest = set(tasks)
    while rest:
        done, rest = wait(rest, timeout=PULSE, return_when=FIRST_COMPLETED)
        for task in done:
            task.result()
            yield
