"""The load test's own arithmetic and behaviour; its speeds are asserted nowhere."""

from __future__ import annotations

import random
import time
from types import SimpleNamespace

import openai
import pytest

from tools import load_test


class Endpoint:
    """Answers with three tokens, or fails at every second request."""

    def __init__(self, fails: bool = False) -> None:
        self.asked: list[dict] = []
        self.fails = fails

    def post(self, route: str, *, body: dict, cast_to: type) -> SimpleNamespace:
        self.asked.append(body)
        if self.fails and len(self.asked) % 2 == 0:
            raise openai.OpenAIError("no")
        return SimpleNamespace(usage=SimpleNamespace(completion_tokens=3))


@pytest.mark.parametrize(("share", "right"), [(0.5, 10), (0.95, 19), (1.0, 20), (0.01, 1)])
def test_a_percentile_is_a_wait_that_somebody_had(share: float, right: float) -> None:
    assert load_test.percentile([float(n) for n in range(20, 0, -1)], share) == right


def test_a_learner_asks_everything_and_notes_each_wait_and_each_failure() -> None:
    notes: list[tuple[float | None, int]] = []
    endpoint = Endpoint(fails=True)
    load_test.learn(
        endpoint, [{"n": n} for n in range(4)], lambda: 0.0, time.perf_counter() + 60, lambda took, written: notes.append((took, written))
    )
    assert [request["n"] for request in endpoint.asked] == [0, 1, 2, 3]
    assert [took is None for took, _ in notes] == [False, True, False, True]
    assert [written for _, written in notes] == [3, 0, 3, 0]


def test_a_learner_begins_nothing_when_time_is_up() -> None:
    endpoint = Endpoint()
    load_test.learn(endpoint, [{"n": 1}], lambda: 0.0, time.perf_counter() - 1, lambda *_: None)
    assert endpoint.asked == []


def test_thinking_comes_from_the_seed_and_only_at_one_s_own_pace() -> None:
    first, again = (load_test.think(random.Random(3), "own pace") for _ in range(2))
    assert first == again and load_test.THINKING[0] <= first <= load_test.THINKING[1]
    assert load_test.think(random.Random(3), "all at once") == 0


def test_the_prompts_are_chats_of_the_lessons() -> None:
    pool = load_test.requests()
    assert len(pool) > 100 and all(request["messages"] and request["model"] for request in pool)


def test_the_page_shows_counts_failures_and_rates() -> None:
    page = load_test.report([load_test.Round("all at once", 10, [1.0, 2.0, 4.0], 1, 90, 30.0)], ["- held"])
    assert "| all at once | 10 | 3 | 2.0 | 4.0 | 1 | 3 | 6 |" in page and "- held" in page
