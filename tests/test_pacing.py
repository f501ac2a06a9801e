"""How long an endpoint says to wait, and who waits: nobody here waits in earnest."""

from __future__ import annotations

import email.utils
import math
import threading
import time
from collections.abc import Callable

import httpx2
import pytest

from sidebyside.endpoint import pacing
from sidebyside.endpoint.pacing import ALL_WAITS, Gate, paced, seconds_in, wait_told
from tests.scripted import Reply
from tests.zoo import money

IN_A_MINUTE = 1_800_000_060.25


def as_response(reply: Reply) -> httpx2.Response:
    return httpx2.Response(reply.status, headers={"content-type": reply.kind} | reply.headers, content=reply.data)


WAITS: dict[Callable[[], Reply], float] = {
    money.openai_tokens_a_minute: 3,
    money.openai_requests_a_minute: 1.5,
    money.openai_without_money: math.inf,
    money.azure_busy: 20,
    money.azure_in_words_alone: 20,
    money.anthropic_busy: 12,
    money.anthropic_overloaded: 4,
    money.google_a_minute: 17,
    money.google_a_day: math.inf,
    money.groq_a_minute: 7.66,
    money.groq_a_day: 578.016,
    money.mistral_busy: 2,
    money.litellm_busy: 5,
    money.proxy_page: 0,
}


@pytest.mark.parametrize("quirk", WAITS, ids=lambda quirk: quirk.__name__)
def test_each_endpoint_is_understood(quirk: Callable[[], Reply]) -> None:
    assert wait_told(as_response(quirk())) == pytest.approx(WAITS[quirk])


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("20", 20), ("0.5", 0.5), (" 7 ", 7), ("-3", 0), ("0", 0), ("1m2.5s", 62.5), ("2m59.56s", 179.56), ("120ms", 0.12), ("6m0s", 360),
        ("1h", 3600), ("12 seconds", 12), ("1 minute, 5 seconds", 65), ("9m38.016s", 578.016), ("500 milliseconds", 0.5),
        ("", None), ("soon", None), ("nan", None), ("inf", None), ("1e400", None), ("20 bananas", None), ("m", None), ("\N{SUPERSCRIPT TWO}", None),
        ("Wed, 21 Oct 2015 07:28:00 GMT", 0), ("Wed, 99 Foo 2015 07:28:00 GMT", None),
    ],
)  # fmt: skip
def test_a_wait_is_read_however_it_is_written(text: str, seconds: float | None) -> None:
    assert seconds_in(text) == (None if seconds is None else pytest.approx(seconds))


@pytest.mark.parametrize(
    "text",
    [
        email.utils.formatdate(IN_A_MINUTE, usegmt=True),
        str(IN_A_MINUTE),
        str(round(IN_A_MINUTE * 1000)),
        time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(IN_A_MINUTE)),
    ],
)
def test_a_moment_is_read_as_the_time_until_then(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pacing, "wall", lambda: IN_A_MINUTE - 60)
    assert seconds_in(text) == pytest.approx(60, abs=1)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "8.64s", "x-ratelimit-reset-tokens": "1m"}, 8.64),
        ({"x-ratelimit-remaining-tokens": "0", "x-ratelimit-reset-requests": "8.64s", "x-ratelimit-reset-tokens": "1m2.5s"}, 62.5),
        ({"x-ratelimit-reset-requests": "8.64s", "x-ratelimit-reset-tokens": "1m2.5s"}, 8.64),
        ({"x-ratelimit-reset": "30", "x-ratelimit-remaining": "0"}, 30),
        ({"retry-after": "soon", "x-ratelimit-reset-requests": "garbage"}, 2),
        ({"retry-after": "5", "x-should-retry": "false"}, math.inf),
    ],
)
def test_headers_are_understood(headers: dict[str, str], seconds: float) -> None:
    assert wait_told(httpx2.Response(429, headers=headers, content=b"{}")) == pytest.approx(seconds)


@pytest.mark.parametrize("status", [200, 400, 401, 404, 500, 502, 503, 504, 529])
def test_what_is_not_refused_for_its_pace_is_not_waited_for(status: int) -> None:
    assert wait_told(httpx2.Response(status, content=b"{}")) is None


class Endpoint:
    """Gives these replies in turn, the last one for ever."""

    def __init__(self, *replies: Reply) -> None:
        self.replies, self.asked = list(replies), 0

    def __call__(self) -> httpx2.Response:
        self.asked += 1
        return as_response(self.replies[min(self.asked, len(self.replies)) - 1])


GOOD = Reply({})


def test_a_request_waits_as_long_as_it_is_told_in_sight_of_the_reader(waits: list[float], said: list[str]) -> None:
    send = Endpoint(money.azure_busy(), GOOD)
    assert paced(send, Gate()).status_code == 200
    assert (send.asked, sum(waits)) == (2, 20)
    assert said == [*(f"The endpoint asks for a pause: {seconds} s to go." for seconds in range(20, 0, -1)), ""]


def test_without_a_word_the_waits_double_and_end_after_more_than_a_minute(waits: list[float]) -> None:
    send = Endpoint(money.mistral_busy())
    response = paced(send, Gate())
    assert (response.status_code, response.headers["x-should-retry"]) == (429, "false")
    assert (send.asked, sum(waits)) == (7, 2 + 4 + 8 + 16 + 32 + 32)


@pytest.mark.parametrize("quirk", [money.openai_without_money, money.google_a_day, money.groq_a_day])
def test_what_no_wait_helps_is_handed_on_at_once(quirk: Callable[[], Reply], waits: list[float]) -> None:
    send = Endpoint(quirk())
    assert paced(send, Gate()).headers["x-should-retry"] == "false"
    assert (send.asked, waits) == (1, [])


def test_one_request_waits_ten_minutes_at_most(waits: list[float]) -> None:
    send = Endpoint(money.azure_busy())
    assert paced(send, Gate()).headers["x-should-retry"] == "false"
    assert send.asked == 31
    assert sum(waits) == pytest.approx(ALL_WAITS)


def test_an_endpoint_that_always_says_at_once_is_not_asked_in_a_rush(waits: list[float]) -> None:
    send = Endpoint(money.proxy_page())
    paced(send, Gate())
    assert send.asked < 90


def test_an_overloaded_endpoint_that_says_when_is_waited_for(waits: list[float]) -> None:
    assert paced(Endpoint(money.anthropic_overloaded(), GOOD), Gate()).status_code == 200
    assert sum(waits) == 4


def test_while_one_waits_the_others_hold_back(waits: list[float]) -> None:
    gate = Gate()
    gate.shut(30)
    paced(Endpoint(GOOD), gate)
    assert sum(waits) == 30


def test_after_a_refusal_fewer_go_at_once_and_later_more_again(waits: list[float]) -> None:
    gate = Gate()
    gate.inside = 7
    gate.shut(0)
    assert gate.places == 4
    gate.shut(0)
    gate.shut(0)
    gate.shut(0)
    assert gate.places == 1
    for _ in range(1 + 2 + 3):
        gate.thank()
    assert gate.places == 4


def test_an_interrupt_ends_the_wait_at_once(waits: list[float], said: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(seconds: float) -> None:
        if seconds:
            raise KeyboardInterrupt

    monkeypatch.setattr(pacing, "pause", interrupted)
    gate = Gate()
    with pytest.raises(KeyboardInterrupt):
        paced(Endpoint(money.azure_busy(), GOOD), gate)
    assert said[-1] == "", "the countdown is taken away"
    assert gate.inside == 0


def test_ten_threads_at_an_endpoint_with_one_place_all_get_their_answer(waits: list[float]) -> None:
    gate, lock, busy, answered = Gate(), threading.Lock(), [0], []

    def send() -> httpx2.Response:
        with lock:
            busy[0] += 1
            refused = busy[0] > 1
        threading.Event().wait(0.002)
        with lock:
            busy[0] -= 1
        return as_response(money.litellm_busy() if refused else GOOD)

    team = [threading.Thread(target=lambda: answered.append(paced(send, gate).status_code)) for _ in range(10)]
    for thread in team:
        thread.start()
    for thread in team:
        thread.join()
    assert answered == [200] * 10
    assert gate.places < 10
