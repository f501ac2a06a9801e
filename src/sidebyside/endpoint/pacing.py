"""The pace of an endpoint: when it says that requests come too fast, all of them wait as long as it says, in sight of the reader.

Where a status is 429, endpoints say in five ways how long to wait: by the header `retry-after` (seconds or a date) or `retry-after-ms`, by
`x-ratelimit-reset-requests` and `-tokens` (such as "1m2.5s"), by Google's `retryDelay` among the details, and by words of the message
("Please try again in 7.66s"). Some say nothing. A quota that is used up comes with the same status, and no wait helps.
"""

from __future__ import annotations

import datetime
import email.utils
import math
import random
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import httpx2

from ..notice import Line
from ..parallel import pause, waiting

ONE_WAIT = 120.0  # seconds: a longer wait is left to the reader
ALL_WAITS = 600.0  # seconds that one request may wait in all
UNTOLD_TRIES = 6  # waits of 2, 4, 8, 16, 32 and 32 seconds where the endpoint does not say how long: more than a minute in all
MOST_PLACES = 64
TOO_FAST, OVERLOADED = 429, (503, 529)
NO_QUOTA = re.compile(r"insufficient[_ ](quota|funds|balance|credit)|billing|credit balance|out of credits|payment|per_?day", re.IGNORECASE)
QUOTA_WORDS = re.compile(r"exceeded your current quota|quota (is )?(exhausted|used up)|(spend|usage|monthly|daily) limit", re.IGNORECASE)
UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
SPAN = r"(?:\d+(?:\.\d+)?\s*(?:milliseconds?|ms|seconds?|secs?|s|minutes?|mins?|m|hours?|hrs?|h|days?|d)[\s,]*)+"
IN_WORDS = re.compile(rf"(?:(?:try|retry)(?: again| your request)?|wait)\s+(?:in|after|for)?\s*(?:about\s+)?({SPAN})", re.IGNORECASE)
IN_DETAILS = re.compile(r"retry_?(?:delay|after)(?:_?sec(?:ond)?s)?\W+(?:seconds\W+)?(\d+(?:\.\d+)?s?)\b", re.IGNORECASE)

now, wall, jitter = time.monotonic, time.time, random.random  # a test puts its own here, and in place of `pause`


class Gate:
    """The gate before one endpoint, shared by all threads: while it is shut, none of their requests goes out.

    Attributes:
        places: How many requests may be on their way; halved each time the endpoint refuses one, and one more after as many good answers.
        answered: How many requests were not refused so far.
    """

    def __init__(self) -> None:
        """Let everything pass."""
        self.lock, self.line, self.shown = threading.Lock(), Line(), ""
        self.opens, self.inside, self.places, self.good, self.answered = 0.0, 0, MOST_PLACES, 0, 0

    @contextmanager
    def place(self) -> Iterator[None]:
        """Wait until a request may go out, and count it while it is on its way."""
        with waiting():
            self._wait()
        try:
            yield
        finally:
            with self.lock:
                self.inside -= 1

    def _wait(self) -> None:
        pause(0)  # nothing goes out for a run that has stopped
        try:
            while not self._enter():
                rest = self.opens - now()
                self._say(f"The endpoint asks for a pause: {math.ceil(rest)} s to go." if rest > 0 else "")
                pause(min(rest, 1.0) if rest > 0 else 0.02)
        finally:
            self._say("")

    def shut(self, seconds: float) -> None:
        """Hold all requests back for a time, and let fewer out at once after it."""
        with self.lock:
            self.opens = max(self.opens, now() + seconds)
            self.places, self.good = max(1, min(self.places, self.inside + 1) // 2), 0

    def thank(self) -> None:
        """Take note of a request that was not refused."""
        with self.lock:
            self.answered += 1
            self.good += 1
            if self.good >= self.places:
                self.places, self.good = min(self.places + 1, MOST_PLACES), 0

    def _enter(self) -> bool:
        with self.lock:
            free = self.opens <= now() and self.inside < self.places
            self.inside += free
            return free

    def _say(self, text: str) -> None:
        """Show the wait in one line, whichever thread comes to it first; a new wait has a line of its own, in the cell that waits."""
        with self.lock:
            if text == self.shown:
                return
            if not self.shown:
                self.line = Line()
            self.line.show(text)
            self.shown = text


_gates: dict[str, Gate] = {}


def gate_of(address: str) -> Gate:
    """Return the gate before an endpoint: one an address, for the whole process."""
    return _gates.setdefault(address, Gate())


def paced(send: Callable[[], httpx2.Response], gate: Gate) -> httpx2.Response:
    """Send a request, and again as long as the endpoint asks for a pause that is worth waiting for, or lets other requests in.

    Args:
        send: Sends the request once.
        gate: The endpoint's gate.

    Returns:
        The answer; where no wait helps, the refusal, marked so that the openai client does not try again either.
    """
    start, tries, answered = now(), 0, gate.answered
    while True:
        with gate.place():
            response = send()
        if gate.answered > answered:  # others were let in meanwhile: the endpoint is slow and goes on
            start, tries, answered = now(), 0, gate.answered
        seconds = wait_told(response, tries)
        if seconds is None:
            gate.thank()
            return response
        if seconds > ONE_WAIT or now() - start + seconds > ALL_WAITS:
            response.headers["x-should-retry"] = "false"
            return response
        gate.shut(seconds + jitter() * min(1.0, seconds / 10))
        tries += 1


def wait_told(response: httpx2.Response, tries: int = 0) -> float | None:
    """Return how many seconds to wait before a refused request goes out again.

    Args:
        response: What the endpoint sent.
        tries: How often the request was refused before.

    Returns:
        None if it was not refused for its pace; infinity if no wait helps.
    """
    if response.status_code != TOO_FAST and response.status_code not in OVERLOADED:
        return None
    text = response.read().decode(errors="replace")
    told = (told_by_header(response.headers), told_by_words(text), told_by_resets(response.headers))
    seconds = next((seconds for seconds in told if seconds is not None), None)
    if response.status_code in OVERLOADED:
        return None if seconds is None else max(seconds, _untold(tries) / 4 if tries else 0.0)
    if response.headers.get("x-should-retry") == "false" or _quota(text, seconds):
        return math.inf
    if seconds is None:
        return _untold(tries) if tries < UNTOLD_TRIES else math.inf
    return max(seconds, _untold(tries) / 4 if tries else 0.0)  # an endpoint that says 0 again and again is not asked in a rush


def _untold(tries: int) -> float:
    return float(2 ** min(tries + 1, 5))


def _quota(text: str, seconds: float | None) -> bool:
    """Tell whether a refusal is about money or a day's quota. Google says "quota" of a minute's limit too, and then how long to wait."""
    kinds = " ".join(re.findall(r'"(?:code|type|status|reason|quotaId)"\s*:\s*"([^"]*)"', text))
    return bool(NO_QUOTA.search(kinds)) or seconds is None and bool(NO_QUOTA.search(text) or QUOTA_WORDS.search(text))


def told_by_header(headers: httpx2.Headers) -> float | None:
    """Return the seconds of `retry-after-ms` or `retry-after`; None if neither says any."""
    seconds = seconds_in(headers.get("retry-after-ms", ""), unit=0.001)
    return seconds_in(headers.get("retry-after", "")) if seconds is None else seconds


def told_by_words(text: str) -> float | None:
    """Return the seconds that an error's body asks for; None if it asks for none."""
    found = IN_DETAILS.search(text) or IN_WORDS.search(text)
    return seconds_in(found[1]) if found else None


def told_by_resets(headers: httpx2.Headers) -> float | None:
    """Return the seconds until what is used up is there again, by `x-ratelimit-reset-…`; None if the headers do not say."""
    told = {kind: seconds_in(headers.get(f"x-ratelimit-reset{kind}", "")) for kind in ("-requests", "-tokens", "")}
    known = {kind: seconds for kind, seconds in told.items() if seconds is not None}
    used_up = [seconds for kind, seconds in known.items() if headers.get(f"x-ratelimit-remaining{kind}") == "0"]
    return max(used_up) if used_up else min(known.values(), default=None)


def seconds_in(text: str, unit: float = 1.0) -> float | None:
    """Return a wait in seconds, 0 or more, however it is written: "20", "1m2.5s", "12 seconds", a date, or a moment since 1970.

    Args:
        text: What the endpoint wrote.
        unit: What a bare number counts, in seconds.
    """
    try:
        number = float(text)
    except ValueError:
        return _span(text)
    if not math.isfinite(number):
        return None
    if number > 1e9:  # a moment, in seconds or milliseconds since 1970
        return max(0.0, (number / 1000 if number > 1e11 else number) - wall())
    return max(0.0, number * unit)


def _span(text: str) -> float | None:
    parts = re.findall(r"(\d+(?:\.\d+)?)\s*(ms|milli|[smhd])", text.lower()) if re.fullmatch(SPAN, text.strip(), re.IGNORECASE) else []
    if parts:
        return sum(float(number) * UNITS["ms" if unit == "milli" else unit] for number, unit in parts)
    moment = _moment(text)
    return None if moment is None else max(0.0, moment - wall())


def _moment(text: str) -> float | None:
    """Return a date of a header, or one in ISO 8601, as seconds since 1970."""
    for read in (email.utils.parsedate_to_datetime, datetime.datetime.fromisoformat):
        try:
            return read(text).timestamp()
        except (ValueError, OverflowError, OSError):
            continue
    return None
