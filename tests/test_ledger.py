"""What answers cost: reserved before, settled after, kept for a day and a folder."""

from __future__ import annotations

import contextlib
import datetime
import json
import math
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import httpx2
import pytest
from hypothesis import example, given, settings, strategies as st

from sidebyside.endpoint import counts, ledger
from sidebyside.endpoint.ledger import Ledger, Purse, most_tokens
from sidebyside.errors import BudgetError, SettingsError

ROUTE = "/v1/chat/completions"
BODY = json.dumps({"model": "m", "messages": [{"role": "user", "content": "Hello"}], "max_tokens": 1000}).encode()


def cost(tokens_in: int, tokens_out: int) -> float:
    return (tokens_in + 2 * tokens_out) / 1e6


def account(folder: Path, limit: float = 0.5) -> Ledger:
    return Ledger("m", cost, limit, Purse(folder / ledger.FILE))


def kept(book: Ledger) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(book.purse.file.read_text())
    return told


def request() -> httpx2.Request:
    return httpx2.Request("POST", "https://models.example/v1/chat/completions", content=BODY)


def answering(status: int = 200, usage: Any = None) -> Any:
    return lambda request: httpx2.Response(status, json={"usage": usage})


# --- one request ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("route", "fields", "tokens_out"),
    [
        ("/v1/chat/completions", {"messages": [], "max_tokens": 50}, 50),
        ("/v1/chat/completions", {"messages": [], "max_completion_tokens": 700, "max_tokens": 50}, 700),
        ("/v1/chat/completions", {"messages": [], "max_tokens": 50, "n": 3}, 150),
        ("/v1/chat/completions", {"messages": []}, ledger.UNLIMITED),
        ("/v1/chat/completions", {"messages": [], "max_tokens": None, "n": None}, ledger.UNLIMITED),
        ("/v1/chat/completions", {"messages": [], "max_tokens": "many", "n": -2}, ledger.UNLIMITED),
        ("/v1/responses", {"input": "Hello", "max_output_tokens": 90}, 90),
        ("/v1/completions", {"prompt": ["a", "b", "c"], "max_tokens": 10}, 30),
        ("/v1/completions", {"prompt": [1, 2, 3], "max_tokens": 10}, 10),
        ("/v1/completions", {"prompt": "a", "max_tokens": 10, "n": 2, "best_of": 5}, 50),
        ("/v1/embeddings", {"input": ["Hello"]}, 0),
    ],
)
def test_the_most_that_a_request_may_take(route: str, fields: dict[str, Any], tokens_out: int) -> None:
    body = json.dumps(fields).encode()
    assert most_tokens(route, body) == (len(body), tokens_out)


def test_the_most_of_a_request_that_is_no_json() -> None:
    assert most_tokens("/v1/audio/transcriptions", b"RIFF\xff") == (5, ledger.UNLIMITED)


def test_no_text_has_more_tokens_than_bytes() -> None:
    text = "Zoë 日本語 🦆 الف"
    body = json.dumps({"messages": [{"role": "user", "content": text}]}, ensure_ascii=False).encode()
    assert most_tokens(ROUTE, body)[0] >= len(text.encode())


def test_a_request_is_counted_before_it_is_sent_and_settled_after(tmp_path: Path) -> None:
    book, seen = account(tmp_path), []

    def send(request: httpx2.Request) -> httpx2.Response:
        seen.append(kept(book)["dollars"])
        return httpx2.Response(200, json={"usage": {"prompt_tokens": 10, "completion_tokens": 20}})

    book.paid(request(), send)
    assert seen == [pytest.approx(cost(len(BODY), 1000))]
    assert kept(book)["dollars"] == pytest.approx(cost(10, 20))


@pytest.mark.parametrize("status", [307, 400, 401, 403, 404, 413, 422, 429, 503, 529])
def test_a_refused_request_costs_nothing(status: int, tmp_path: Path) -> None:
    book = account(tmp_path)
    book.paid(request(), answering(status))
    assert kept(book)["dollars"] == 0


@pytest.mark.parametrize("status", [200, 408, 500, 502, 504])
def test_an_answer_that_may_have_cost_is_counted(status: int, tmp_path: Path, said: list[str]) -> None:
    book = account(tmp_path)
    book.paid(request(), answering(status))
    assert kept(book)["dollars"] == pytest.approx(cost(len(BODY), 1000))
    assert said == ["The endpoint does not say how many tokens 'm' used, so each answer counts with the most that it may have cost."]


@pytest.mark.parametrize(
    ("error", "counted"),
    [
        (httpx2.ConnectError("x"), False),
        (httpx2.ConnectTimeout("x"), False),
        (httpx2.PoolTimeout("x"), False),
        (httpx2.ProxyError("x"), False),
        (SettingsError("no certificates"), False),
        (httpx2.ReadTimeout("x"), True),
        (httpx2.WriteTimeout("x"), True),
        (httpx2.ReadError("x"), True),
        (httpx2.RemoteProtocolError("x"), True),
        (KeyboardInterrupt(), True),
    ],
)
def test_what_never_arrived_costs_nothing_and_what_was_cut_off_may_have(error: BaseException, counted: bool, tmp_path: Path) -> None:
    def send(request: httpx2.Request) -> httpx2.Response:
        raise error

    book = account(tmp_path)
    with pytest.raises(type(error)):
        book.paid(request(), send)
    assert kept(book)["dollars"] == pytest.approx(cost(len(BODY), 1000) if counted else 0)
    assert book.purse.open == 0


def test_a_request_that_does_not_fit_is_refused_with_the_way_on(tmp_path: Path) -> None:
    book = account(tmp_path, limit=0.001)
    words = r"may cost 0\.0021 US dollars, and of today's limit of 0\.001 only 0\.001 are left.*lower max_tokens.*%env SIDEBYSIDE_BUDGET=1`"
    with pytest.raises(BudgetError, match=words):
        book.reserve(ROUTE, BODY)
    assert not book.purse.file.exists()


@pytest.mark.parametrize(
    "content",
    [
        b'{"usage": {"prompt_tokens": NaN, "completion_tokens": -Infinity}}',
        b"<html>",
        b"[]",
        b"\xff\xfe",
        b'{"usage": ' + b"[" * 100_000,
        b'{"usage": {"prompt_tokens": ' + b"9" * 5000 + b"}}",
    ],
)
def test_a_body_that_tells_nothing_usable_counts_as_reserved(content: bytes, tmp_path: Path) -> None:
    book = account(tmp_path)
    book.paid(request(), lambda request: httpx2.Response(200, content=content))
    assert kept(book)["dollars"] == pytest.approx(cost(len(BODY), 1000))


# --- what usage says ------------------------------------------------------------------------------------------------

COUNT = st.one_of(
    st.none(), st.booleans(), st.integers(-(10**40), 10**40), st.integers(0, 3000), st.floats(), st.text(max_size=3),
    st.lists(st.integers(), max_size=2), st.just({"a": 1}),
)  # fmt: skip
USAGE = st.one_of(
    COUNT,
    st.dictionaries(
        st.sampled_from(["prompt_tokens", "completion_tokens", "total_tokens", "input_tokens", "output_tokens", "cost", "completion_tokens_details"]),
        COUNT,
    ),
)


@given(usage=USAGE)
@example(usage={"prompt_tokens": 10**40, "completion_tokens": 1})
@example(usage={"prompt_tokens": -5, "completion_tokens": -5, "total_tokens": -10})
@example(usage={"total_tokens": 1_000_000})
@settings(max_examples=300)
def test_whatever_usage_says_the_bill_holds_the_truth(usage: Any, tmp_path_factory: pytest.TempPathFactory) -> None:
    book = account(tmp_path_factory.mktemp("folder"), limit=math.inf)
    for _ in range(2):
        before = book.purse.total
        reservation = book.reserve(ROUTE, BODY)
        reservation.settle(usage)
        spent = book.purse.total - before
        assert math.isfinite(spent) and spent >= -1e-9, "it never falls"
        tokens_in, tokens_out = counts.told(usage)
        assert spent >= cost(tokens_in or 0, tokens_out or 0) - 1e-6, "it is never below what is told"
        if not (tokens_in and tokens_out) and not (isinstance(usage, dict) and counts.whole(usage.get("total_tokens"))):
            assert spent >= reservation.held - 1e-6, "what is not told counts as reserved"


@pytest.mark.parametrize("value", [True, -1, 1.5, "20", math.nan, math.inf, -math.inf, 10**30, None, [5], {"a": 5}, counts.MOST + 1])
def test_what_is_no_count(value: Any) -> None:
    assert counts.whole(value) is None


@pytest.mark.parametrize(("value", "count"), [(0, 0), (20, 20), (20.0, 20), (counts.MOST, counts.MOST)])
def test_what_is_a_count(value: Any, count: int) -> None:
    assert counts.whole(value) == count


# --- the day and the folder -----------------------------------------------------------------------------------------


def test_another_kernel_of_the_folder_knows_what_was_spent(tmp_path: Path) -> None:
    account(tmp_path).paid(request(), answering(usage={"prompt_tokens": 600_000, "completion_tokens": 1}))
    with pytest.raises(BudgetError, match=r"Today's limit of 0\.50 US dollars is reached \(0\.60 spent\).*until tomorrow"):
        account(tmp_path).reserve(ROUTE, BODY)
    account(tmp_path / "another folder").reserve(ROUTE, BODY)


def test_tomorrow_the_count_begins_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    book = account(tmp_path)
    book.paid(request(), answering(usage={"prompt_tokens": 600_000, "completion_tokens": 1}))
    monkeypatch.setattr(ledger, "_today", lambda: (datetime.date.today() + datetime.timedelta(days=1)).isoformat())
    book.paid(request(), answering(usage={"prompt_tokens": 1000, "completion_tokens": 1}))
    assert kept(book)["dollars"] == pytest.approx(cost(1000, 1))


def test_an_answer_over_midnight_does_not_make_the_new_day_cheaper(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    book = account(tmp_path)
    book.paid(request(), answering(usage={"prompt_tokens": 1, "completion_tokens": 1}))
    late = book.reserve(ROUTE, BODY)
    monkeypatch.setattr(ledger, "_today", lambda: "9999-01-01")
    book.paid(request(), answering(usage={"prompt_tokens": 1000, "completion_tokens": 1}))
    late.settle({"prompt_tokens": 1, "completion_tokens": 1})
    assert kept(book)["dollars"] == pytest.approx(cost(1000, 1))


def test_a_clock_that_goes_back_does_not_lower_the_bill(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    account(tmp_path).paid(request(), answering(usage={"prompt_tokens": 600_000, "completion_tokens": 1}))
    monkeypatch.setattr(ledger, "_today", lambda: "2020-01-01")
    with pytest.raises(BudgetError, match=r"0\.60 spent"):
        account(tmp_path).reserve(ROUTE, BODY)


def test_kernels_in_two_time_zones_share_one_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A container counts in UTC, the machine around it in its own time: around midnight one is a day ahead."""
    answered: list[str] = []
    for day in ["2026-11-28", "2026-11-29"] * 4:
        monkeypatch.setattr(ledger, "_today", lambda day=day: day)
        with contextlib.suppress(BudgetError):
            account(tmp_path).paid(request(), answering(usage={"prompt_tokens": 300_000, "completion_tokens": 1}))
            answered.append(day)
    assert answered == ["2026-11-28", "2026-11-29", "2026-11-28"], "the new day begins once, for all of them"


def test_a_kernel_whose_clock_goes_back_and_forth_does_not_begin_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    book, answered = account(tmp_path), []
    for day in ["2026-11-29", "2026-11-28"] * 3:
        monkeypatch.setattr(ledger, "_today", lambda day=day: day)
        with contextlib.suppress(BudgetError):
            book.paid(request(), answering(usage={"prompt_tokens": 300_000, "completion_tokens": 1}))
            answered.append(day)
    assert len(answered) == 2


def test_a_clock_that_was_years_ahead_does_not_stop_the_spending_for_years(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger, "_today", lambda: "2099-01-01")
    account(tmp_path).paid(request(), answering(usage={"prompt_tokens": 600_000, "completion_tokens": 1}))
    for day, free in {"2026-11-28": False, "2026-11-29": False, "2026-11-30": True}.items():
        monkeypatch.setattr(ledger, "_today", lambda day=day: day)
        with contextlib.nullcontext() if free else pytest.raises(BudgetError, match=r"0\.60 spent"):
            account(tmp_path).reserve(ROUTE, BODY)


def test_what_another_kernel_s_midnight_overtakes_does_not_make_its_day_cheaper(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger, "_today", lambda: "2026-11-28")
    late = account(tmp_path).reserve(ROUTE, BODY)
    monkeypatch.setattr(ledger, "_today", lambda: "2026-11-29")
    there = account(tmp_path)
    there.paid(request(), answering(usage={"prompt_tokens": 1000, "completion_tokens": 1}))
    monkeypatch.setattr(ledger, "_today", lambda: "2026-11-28")
    late.settle({"prompt_tokens": 1, "completion_tokens": 1})
    assert kept(there) == {"day": "2026-11-29", "dollars": pytest.approx(cost(1000, 1))}


BROKEN = [
    "",
    "{",
    "[]",
    "null",
    "\x00\x00",
    '{"day": "2026-11-28"}',
    '{"dollars": 1}',
    '{"day": 5, "dollars": 1}',
    '{"day": "soon", "dollars": 1}',
] + [f'{{"day": "{datetime.date.today()}", "dollars": {value}}}' for value in ("-1", "NaN", "Infinity", "true", "null", '"0"', "[0]")]


@pytest.mark.parametrize("text", BROKEN)
def test_a_broken_file_is_named_and_stops_the_spending(text: str, tmp_path: Path) -> None:
    book = account(tmp_path)
    book.paid(request(), answering(usage={"prompt_tokens": 100_000, "completion_tokens": 1}))
    book.purse.file.write_text(text)
    for reader in (book, account(tmp_path)):
        with pytest.raises(BudgetError, match=r"changed or cut off: .*spent\.json.*Delete the file"):
            reader.reserve(ROUTE, BODY)
    book.purse.file.unlink()
    book.reserve(ROUTE, BODY)
    assert kept(book)["dollars"] > cost(100_000, 1), "this kernel still knows what it spent itself"


def test_a_file_that_breaks_while_an_answer_is_on_its_way_costs_no_answer(tmp_path: Path) -> None:
    book = account(tmp_path)

    def send(request: httpx2.Request) -> httpx2.Response:
        book.purse.file.write_text("{")
        return httpx2.Response(200, json={"usage": {"prompt_tokens": 5, "completion_tokens": 5}})

    assert book.paid(request(), send).status_code == 200
    assert book.purse.open == 0


def test_where_nothing_can_be_kept_the_kernel_counts_alone_and_says_so(tmp_path: Path, said: list[str]) -> None:
    (tmp_path / ".sidebyside").write_text("a file where the folder should be")
    book = account(tmp_path)
    book.paid(request(), answering(usage={"prompt_tokens": 600_000, "completion_tokens": 1}))
    with pytest.raises(BudgetError, match=r"0\.60 spent"):
        book.reserve(ROUTE, BODY)
    (line,) = said
    assert line.startswith("What is spent cannot be kept in") and line.endswith("counts this kernel alone.")


# --- several at once ------------------------------------------------------------------------------------------------


def spend_in_threads(book: Ledger, threads: int = 20, tokens_out: int = 60_000) -> int:
    """Let threads ask at the same time, each for 0.12 dollars; return how many were answered."""
    answered: list[int] = []
    together = threading.Barrier(threads)

    def send(request: httpx2.Request) -> httpx2.Response:
        threading.Event().wait(0.01)
        return httpx2.Response(200, json={"usage": {"prompt_tokens": 1, "completion_tokens": tokens_out}})

    def one() -> None:
        together.wait()
        try:
            book.paid(request(), send)
            answered.append(1)
        except BudgetError:
            pass

    team = [threading.Thread(target=one) for _ in range(threads)]
    for thread in team:
        thread.start()
    for thread in team:
        thread.join()
    return len(answered)


def test_twenty_threads_spend_the_limit_and_at_most_one_answer_more(tmp_path: Path) -> None:
    book = account(tmp_path)
    assert spend_in_threads(book) == 5, "four for 0.48 dollars, and one beyond, alone"
    assert kept(book)["dollars"] == pytest.approx(5 * cost(1, 60_000))


def test_where_estimates_are_right_nothing_is_spent_beyond_the_limit(tmp_path: Path) -> None:
    book = account(tmp_path, limit=0.0205)
    assert spend_in_threads(book, tokens_out=1000) == 10
    assert kept(book)["dollars"] == pytest.approx(10 * cost(1, 1000))


def test_money_that_is_set_aside_is_waited_for(tmp_path: Path) -> None:
    """Three requests may cost more than there is; each turns out cheap, so that all are answered."""
    assert spend_in_threads(account(tmp_path, limit=0.0045), threads=6, tokens_out=10) == 6


KERNEL = """
import httpx2, json, sys
from pathlib import Path
from sidebyside.errors import BudgetError
from tests.test_ledger import account, answering, request
book, answered = account(Path(sys.argv[1])), 0
for _ in range(40):
    try:
        book.paid(request(), answering(usage={"prompt_tokens": 20_000, "completion_tokens": 1}))
        answered += 1
    except BudgetError:
        break
print(answered)
"""


def test_two_kernels_share_the_limit(tmp_path: Path) -> None:
    kernels = [subprocess.Popen([sys.executable, "-c", KERNEL, str(tmp_path)], stdout=subprocess.PIPE, text=True) for _ in range(2)]
    answered = [int(kernel.communicate()[0]) for kernel in kernels]
    assert sum(answered) in (25, 26), "25 for 0.50 dollars; one kernel may have sent its last one while the other's was on its way"
    assert kept(account(tmp_path))["dollars"] == pytest.approx(sum(answered) * cost(20_000, 1))
