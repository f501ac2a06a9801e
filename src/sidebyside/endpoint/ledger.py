"""What live answers cost, within a limit for a day and a folder: the most that a request may cost is reserved before it is sent.

What an answer costs is known only once it is there, and twenty threads may ask at the same time. So each request is counted with an
estimate beforehand, under a lock, and with what its `usage` says afterwards. Where that says nothing usable the estimate stays; where the
endpoint refused the request, or never saw it, nothing is counted. The day's sum lies in a file beside the recordings, so that other kernels
and a restart count as well.

The estimate cannot know a hidden system prompt, or thinking that heeds no limit. So the first request of a model goes alone, shows how far
the estimate is off, and near the limit requests go one after the other: at most one answer is paid beyond it.
"""

from __future__ import annotations

import datetime
import json
import math
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import filelock
import httpx2

from ..errors import BudgetError, CourseError
from ..notice import say_once
from ..parallel import PULSE, pause, waiting
from .counts import billed, stated_cost, whole

UNLIMITED = 4096  # tokens of an answer where the request names no limit: several pages of text
LOCK_PATIENCE = 10.0  # seconds; another kernel holds the lock for a thousandth of one
FILE = ".sidebyside/spent.json"
NEVER_SENT = (
    CourseError, httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout, httpx2.ProxyError, httpx2.UnsupportedProtocol,
    httpx2.LocalProtocolError, httpx2.InvalidURL,
)  # fmt: skip
RAISE = "Raise SIDEBYSIDE_BUDGET, for example by `%env SIDEBYSIDE_BUDGET={more:g}` in a cell, then run the cell with connect() again."
REACHED = "Today's limit of {limit} US dollars is reached ({spent} spent). Nothing more is sent until tomorrow. "
TOO_LARGE = (
    "This request may cost {cost} US dollars, and of today's limit of {limit} only {left} are left ({spent} spent). "
    "It was not sent. Give it a lower max_tokens. "
)
UNREADABLE = (
    "The file that counts what was spent today was changed or cut off: {file}. So the spending limit cannot work, and nothing is sent. "
    "Delete the file and run the cell again; the count then starts again at 0."
)
UNKEPT = "What is spent cannot be kept in {folder} ({why}), so today's spending limit counts this kernel alone."
UNTOLD = "The endpoint does not say how many tokens '{name}' used, so each answer counts with the most that it may have cost."

Cost = Callable[[int, int], float]


class Purse:
    """What was spent today in one folder: kept in a file that all kernels share.

    Attributes:
        turn: Held while this process counts; its waiters are told when a request is settled.
        open: How many requests of this process are on their way.
        factors: By how much the answers of each model have exceeded their estimates, at most.
        day: The day that is counted: today, or tomorrow where another kernel, by its own clock, has got that far.
    """

    def __init__(self, file: Path) -> None:
        """Note where the sum lies; nothing is read yet."""
        self.file, self.turn, self.open = file, threading.Condition(), 0
        self.factors: dict[str, float] = {}
        self.total, self._own, self.day = 0.0, 0.0, _today()

    def add(self, dollars: float, limit: float = math.inf) -> bool:
        """Add to the day's sum unless that exceeds a limit; say whether it was added. `total` is the sum then.

        Raises:
            BudgetError: If the file was changed or cut off.
        """
        self._turn_to(max(_today(), _near(self.day)))
        try:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            with filelock.FileLock(f"{self.file}.lock", timeout=LOCK_PATIENCE):
                return self._add(dollars, limit, kept=True)
        except (OSError, NotImplementedError) as error:
            say_once(UNKEPT.format(folder=self.file.parent.parent, why=getattr(error, "strerror", None) or type(error).__name__))
            return self._add(dollars, limit, kept=False)

    def correct(self, dollars: float, day: str) -> None:
        """Add to the day's sum, or take from it, whatever has become of the file: the answer is there and must not be lost.

        Args:
            dollars: How much.
            day: The day on which it was set aside; one that is over is not made cheaper by the next one's money.
        """
        with suppress(BudgetError):
            self.add(0.0)
        if dollars < 0 and day != self.day:
            return
        try:
            self.add(dollars)
        except BudgetError:
            self._add(dollars, math.inf, kept=False)

    def _turn_to(self, day: str) -> None:
        """Count another day; a later one begins with nothing."""
        if day > self.day:
            self.total = self._own = 0.0
        self.day = day

    def _add(self, dollars: float, limit: float, *, kept: bool) -> bool:
        there = self._kept() if kept else self.total
        self.total = max(there, self._own)
        if self.total >= limit or self.total + dollars > limit:
            return False
        total, own = max(0.0, self.total + dollars), max(0.0, self._own + dollars)
        if kept and dollars:
            self._write(total)
        self.total, self._own = total, own
        return True

    def _write(self, total: float) -> None:
        draft = self.file.with_suffix(".draft")
        draft.write_text(json.dumps({"day": self.day, "dollars": total}), encoding="utf-8")
        draft.replace(self.file)

    def _kept(self) -> float:
        """Return the sum that the file holds for the day.

        The file may be a day ahead: another kernel's clock is in another time zone (a container's, say), or this one went back. Then all count
        that day, so that none begins with nothing again. A file further ahead was written by a clock that was wrong: the day in it is put right.
        """
        try:
            said = json.loads(self.file.read_text(encoding="utf-8"))
            day, dollars = datetime.date.fromisoformat(said["day"]).isoformat(), said["dollars"]
            if isinstance(dollars, bool) or not 0 <= dollars < math.inf:
                raise ValueError(dollars)
        except FileNotFoundError:
            return 0.0
        except (ValueError, KeyError, TypeError, RecursionError):
            raise BudgetError(UNREADABLE.format(file=self.file)) from None
        self._turn_to(max(self.day, _near(day)))
        if day > self.day:
            self._write(dollars)
        return float(dollars) if day >= self.day else 0.0


@cache
def purse_of(folder: Path) -> Purse:
    """Return the purse of a folder: one for the whole process, whatever connection spends from it."""
    return Purse(folder / FILE)


@dataclass
class Reservation:
    """What was set aside for one request.

    Attributes:
        ledger: Where it counts.
        day: The day on which it was made.
        estimate: The most that the request may cost by itself, in US dollars.
        held: What was set aside: the estimate, or more where earlier answers exceeded theirs.
        answers: Whether the answer has tokens of its own; an embedding has none.
    """

    ledger: Ledger
    day: str
    estimate: float
    held: float
    answers: bool

    def settle(self, usage: object) -> None:
        """Count what the answer cost, as its `usage` says; what that does not say counts as it was reserved.

        Args:
            usage: The field of that name in the response, whatever it holds.
        """
        tokens_in, tokens_out = billed(usage)
        told = max(self.ledger.cost(tokens_in or 0, tokens_out or 0), stated_cost(usage))
        if tokens_in and (tokens_out or not self.answers):  # no request is without a token, and no answer that is paid for
            self._close(told, max(told / self.estimate, 1.0) if self.estimate else 1.0)
        else:
            say_once(UNTOLD.format(name=self.ledger.name))
            self._close(max(told, self.held), 1.0)

    def keep(self) -> None:
        """Count what was reserved: the answer may have cost it, and nobody says so."""
        self._close(self.held, 1.0)

    def release(self) -> None:
        """Count nothing: the request was refused, or never arrived."""
        self._close(0.0, None)

    def _close(self, dollars: float, factor: float | None) -> None:
        """Put what was spent in place of what was set aside."""
        purse, name = self.ledger.purse, self.ledger.name
        with purse.turn:
            purse.open -= 1
            purse.turn.notify_all()
            if factor:
                purse.factors[name] = max(factor, purse.factors.get(name, 1.0))
            purse.correct(dollars - self.held, self.day)


@dataclass(frozen=True)
class Ledger:
    """The account of one model at an endpoint.

    Attributes:
        name: The model's name.
        cost: What so many tokens in and out cost, in US dollars.
        limit: What may be spent in a day, in US dollars.
        purse: Where the day's sum is kept.
    """

    name: str
    cost: Cost
    limit: float
    purse: Purse

    def paid(self, request: httpx2.Request, send: Callable[[httpx2.Request], httpx2.Response]) -> httpx2.Response:
        """Send a request and count what its answer costs, before anybody else sees it.

        Args:
            request: The request as it goes out: each one that does is counted by itself.
            send: Sends it.

        Raises:
            BudgetError: If the limit does not allow it.
        """
        reservation = self.reserve(request.url.path, request.read())
        try:
            response = send(request)
            response.read()
        except NEVER_SENT:
            reservation.release()
            raise
        except BaseException:  # out of time, cut off, interrupted: the answer may have been paid for
            reservation.keep()
            raise
        if _refused(response.status_code):
            reservation.release()
        else:
            reservation.settle(_usage(response.content))
        return response

    def reserve(self, route: str, body: bytes) -> Reservation:
        """Set aside the most that a request may cost; wait for others on their way where the money might not do for all.

        Raises:
            BudgetError: If it exceeds the limit.
        """
        tokens_in, tokens_out = most_tokens(route, body)
        estimate, purse = self.cost(tokens_in, tokens_out), self.purse
        with purse.turn:
            purse.add(0.0)  # learn what other kernels have spent
            with waiting():
                while purse.open and not self._fits(estimate):
                    purse.turn.wait(PULSE)
                    pause(0)
            held = next((held for held in (self._likely(estimate), estimate) if purse.add(held, self.limit)), None)
            if held is None:
                raise BudgetError(self._refusal(estimate))
            purse.open += 1
        return Reservation(self, purse.day, estimate, held, tokens_out > 0)

    def _likely(self, estimate: float) -> float:
        return estimate * self.purse.factors.get(self.name, 1.0)

    def _fits(self, estimate: float) -> bool:
        """Tell whether a request may join others on their way: once it is known how far the estimate is off, and if it fits then."""
        return self.name in self.purse.factors and self.purse.total + self._likely(estimate) <= self.limit

    def _refusal(self, estimate: float) -> str:
        spent, left = self.purse.total, self.limit - self.purse.total
        words = REACHED if left <= self.limit / 100 else TOO_LARGE
        more = max(1, math.ceil(spent + estimate + self.limit))
        amounts = {"limit": self.limit, "spent": spent, "left": left, "cost": estimate}
        return (words + RAISE).format(more=more, **{name: _money(dollars) for name, dollars in amounts.items()})


def _money(dollars: float) -> str:
    """Return an amount to the cent, or to two digits where it is less than ten cents."""
    return f"{dollars:.2f}" if dollars >= 0.1 else f"{dollars:.2g}"


def most_tokens(route: str, body: bytes) -> tuple[int, int]:
    """Return the most tokens that a request may take, in and out.

    In: a token of any tokenizer in use is at least one byte of UTF-8, and what a chat template adds to a message is less than its JSON. For
    English that is about four times too many, which only counts until the answer is there. Out: the limit that the request names, or
    `UNLIMITED`, for each answer that it asks for. An embedding has no tokens of its own.

    Args:
        route: The request's path.
        body: What is sent.
    """
    fields = _fields(body)
    if route.endswith("/embeddings"):
        return len(body), 0
    limits = [whole(fields.get(name)) or 0 for name in ("max_completion_tokens", "max_tokens", "max_output_tokens")]
    prompt = fields.get("prompt")
    prompts = len(prompt) if isinstance(prompt, list) and not all(isinstance(part, int) for part in prompt) else 1
    answers = max(1, prompts) * max([1, *(whole(fields.get(name)) or 0 for name in ("n", "best_of"))])
    return len(body), (max(limits) or UNLIMITED) * answers


def _fields(body: bytes) -> dict[str, Any]:
    try:
        fields = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return fields if isinstance(fields, dict) else {}


def _usage(body: bytes) -> object:
    return _fields(body).get("usage")


def _refused(status: int) -> bool:
    """Tell whether a status says that nothing was generated: a refusal, a redirect that led nowhere, an endpoint with too much to do."""
    return 300 <= status < 500 and status != 408 or status in (503, 529)


def _near(day: str) -> str:
    """Return a day, but none later than tomorrow: no time zone is further ahead."""
    tomorrow = datetime.date.fromisoformat(_today()) + datetime.timedelta(days=1)
    return min(day, tomorrow.isoformat())


def _today() -> str:
    return datetime.date.today().isoformat()
