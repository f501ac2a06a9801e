"""Endpoints that count in their own ways, and that slow one down, seen from a page."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx2
import openai
import pandas as pd
import pytest

import sidebyside as sbs
from sidebyside import parallel
from sidebyside.endpoint import hosts, ledger, pacing
from sidebyside.errors import BudgetError, SettingsError
from tests.scripted import NAME, Quirk, Reply, Request, ScriptedModel, chat, fault
from tests.zoo import money


@pytest.fixture
def paid(endpoint: ScriptedModel, monkeypatch: pytest.MonkeyPatch, said: list[str]) -> ScriptedModel:
    """An endpoint where a million tokens cost 1 dollar in and 2 out, with a limit of 50 cents."""
    monkeypatch.setenv("SIDEBYSIDE_PRICE", "1/2")
    monkeypatch.setenv("SIDEBYSIDE_BUDGET", "0.50")
    return endpoint


def spent(endpoint: ScriptedModel) -> float:
    file = endpoint.recordings.parent / ledger.FILE
    return float(json.loads(file.read_text())["dollars"]) if file.exists() else 0.0


def ask(text: str = "Hello", **options: Any) -> str:
    return str(sbs.ask(text, **options))


# --- what an answer took --------------------------------------------------------------------------------------------

TAKEN = {
    "OpenAI": (money.openai_counts(thinking=400), 0.002),
    "OpenAI, thinking alone": (money.openai_counts() | {"completion_tokens_details": None}, 0.002),
    "Google": (money.google_counts(), 0.002),
    "xAI": (money.xai_counts(), 0.002),
    "the Responses route": (money.responses_counts(), 0.002),
    "OpenRouter": (money.openrouter_counts(), 0.75),
    "OpenRouter, free of charge": (money.openrouter_counts(cost=0), 0.002),
    "OpenRouter, garbage": (money.openrouter_counts(cost="much"), 0.002),
    "LiteLLM": (money.litellm_counts(), 0.0038),
    "floats": ({"prompt_tokens": 1000.0, "completion_tokens": 500.0}, 0.002),
}


@pytest.mark.parametrize("name", TAKEN)
def test_each_way_of_counting_is_understood(name: str, paid: ScriptedModel) -> None:
    usage, dollars = TAKEN[name]
    paid.quirk = money.counting(usage)
    ask()
    assert spent(paid) == pytest.approx(dollars)


UNTOLD = [
    None, {}, [], "many", 7, [1, 2], {"prompt_tokens": None, "completion_tokens": None}, {"prompt_tokens": -1, "completion_tokens": -1},
    {"prompt_tokens": "20", "completion_tokens": "5"}, {"prompt_tokens": True, "completion_tokens": True},
    {"prompt_tokens": 0, "completion_tokens": 0}, {"prompt_tokens": 1.5, "completion_tokens": 5},
    {"prompt_tokens": 10**30, "completion_tokens": 5}, {"prompt_tokens": [20], "completion_tokens": {}},
    {"prompt_tokens": 20}, {"completion_tokens": 5}, {"total_tokens": 25}, {"prompt_tokens": 0, "completion_tokens": 7},
]  # fmt: skip


@pytest.mark.parametrize("usage", UNTOLD, ids=str)
def test_an_answer_that_hides_its_cost_counts_as_reserved_and_is_not_lost(usage: Any, paid: ScriptedModel) -> None:
    paid.quirk = money.counting(usage)
    assert ask(max_tokens=1000) == "happy"
    assert spent(paid) > 0.002
    if not isinstance(usage, dict):  # the openai client itself makes an object of a dict alone
        assert sbs.usage()[["input_tokens", "output_tokens"]].isna().all().all()


def test_unknown_tokens_are_missing_and_known_ones_whole(endpoint: ScriptedModel) -> None:
    endpoint.script(Reply(chat(tokens_in=7, tokens_out=2)), Reply(chat() | {"usage": None}))
    client, _ = sbs.connect()
    ask("one", client=client)
    whole = sbs.usage()
    assert [str(whole[name].dtype) for name in ("input_tokens", "output_tokens")] == ["int64", "int64"]
    assert ask("two", client=client) == "happy"
    table = sbs.usage()
    assert table["input_tokens"].tolist()[0] == 7 and table["input_tokens"].isna().tolist() == [False, True]
    assert str(table["input_tokens"].dtype) == "Int64"


def test_embeddings_are_counted(paid: ScriptedModel) -> None:
    vector = {"object": "embedding", "index": 0, "embedding": [0.5]}
    usage = {"prompt_tokens": 600_000, "total_tokens": 600_000}
    paid.script(Reply({"object": "list", "data": [vector], "model": NAME, "usage": usage}))
    client, _ = sbs.connect()
    client.embeddings.create(model=NAME, input="Hello", encoding_format="float")
    with pytest.raises(BudgetError, match=r"0\.60 spent"):
        client.embeddings.create(model=NAME, input="Hello", encoding_format="float")


# --- each request that goes out is counted by itself ----------------------------------------------------------------


def test_refused_requests_cost_nothing(paid: ScriptedModel) -> None:
    for status in (400, 401, 403, 404, 422):
        paid.script(Reply(fault("no"), status))
        with pytest.raises(openai.OpenAIError):
            ask()
    assert spent(paid) == 0


def test_each_try_of_the_openai_client_is_counted(paid: ScriptedModel) -> None:
    paid.script(Reply(chat(), cut=True), Reply(fault("busy"), 500), Reply(chat(tokens_in=1000, tokens_out=0)))
    client, _ = sbs.connect()
    sbs.ask("Hello", client=client, max_tokens=1000)
    assert len(paid.asked) == 3
    assert spent(paid) > 3 * 0.002, "two that may have cost, and one that says 0 for an answer"


def test_nobody_at_the_address_costs_nothing(paid: ScriptedModel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    with pytest.raises(openai.APIConnectionError):
        ask()
    assert spent(paid) == 0


def test_an_answer_is_counted_before_it_is_recorded(paid: ScriptedModel, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "recordings").write_text("a file where the folder should be")
    monkeypatch.setenv("SIDEBYSIDE_MODE", "record")
    paid.script(Reply(chat(tokens_in=600_000)))
    with pytest.raises(openai.OpenAIError):
        ask()
    assert spent(paid) > 0.6


def test_twenty_threads_at_a_limit_spend_it_and_one_answer_more(paid: ScriptedModel) -> None:
    paid.quirk = money.dear
    client, _ = sbs.connect()
    together, ends = threading.Barrier(20), []

    def one(number: int) -> None:
        together.wait()
        try:
            ends.append(str(sbs.ask(f"Hello {number}", client=client)))
        except BudgetError as error:
            ends.append(str(error))

    team = [threading.Thread(target=one, args=(number,)) for number in range(20)]
    for thread in team:
        thread.start()
    for thread in team:
        thread.join()
    assert len(ends) == 20
    assert len(paid.asked) == 5
    assert spent(paid) == pytest.approx(0.60)


def test_the_limit_outlives_the_kernel(paid: ScriptedModel) -> None:
    paid.script(Reply(chat(tokens_in=600_000)))
    ask()
    ledger.purse_of.cache_clear()  # a kernel that starts knows nothing
    sbs.connect()
    with pytest.raises(BudgetError, match=r"Today's limit of 0\.50 US dollars is reached \(0\.60 spent\)"):
        ask("again")


def test_the_way_on_that_is_told_is_one(paid: ScriptedModel, monkeypatch: pytest.MonkeyPatch) -> None:
    paid.script(Reply(chat(tokens_in=600_000)))
    ask()
    with pytest.raises(BudgetError, match="SIDEBYSIDE_BUDGET=2` in a cell, then run the cell with connect"):
        ask("again")
    monkeypatch.setenv("SIDEBYSIDE_BUDGET", "2")
    sbs.connect()
    assert ask("again") == "happy"


# --- free or not ----------------------------------------------------------------------------------------------------


def test_a_local_address_is_free_whatever_the_model_is_called(endpoint: ScriptedModel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIDEBYSIDE_MODEL", "gpt-4o")
    endpoint.script(Reply(chat(tokens_in=10**8)))
    assert [ask("one"), ask("two")] == ["happy", "happy"]
    assert spent(endpoint) == 0


def test_a_price_of_nothing_needs_no_limit(endpoint: ScriptedModel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIDEBYSIDE_PRICE", "0/0")
    endpoint.quirk = money.counting(None)
    assert [ask("one"), ask("two")] == ["happy", "happy"]


@pytest.mark.parametrize(("found", "free"), [(("172.18.0.3",), True), (("203.0.113.5",), False), ((), False)])
def test_a_container_s_name_is_free_if_it_is_at_home(
    found: tuple[str, ...], free: bool, endpoint: ScriptedModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", "http://ollama:11434/v1")
    monkeypatch.setattr(hosts, "addresses", lambda host: found)
    if free:
        assert sbs.connect()[1] == NAME
    else:
        with pytest.raises(SettingsError, match="SIDEBYSIDE_PRICE"):
            sbs.connect()


def test_a_price_that_is_taken_away_later_does_not_make_a_connection_free(paid: ScriptedModel, monkeypatch: pytest.MonkeyPatch) -> None:
    """As where a later cell sets another model and its price, and goes on with both clients."""
    paid.script(Reply(chat(tokens_in=200_000)))
    client, _ = sbs.connect()
    monkeypatch.setenv("SIDEBYSIDE_MODEL", "another")
    monkeypatch.delenv("SIDEBYSIDE_PRICE")
    for _ in range(3):
        ask(client=client)
    with pytest.raises(BudgetError, match=r"0\.60 spent"):
        ask(client=client)


def test_replay_looks_no_name_up(endpoint: ScriptedModel, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setenv("OPENAI_BASE_URL", "http://ollama:11434/v1")
    monkeypatch.setenv("SIDEBYSIDE_MODE", "replay")
    monkeypatch.setattr(hosts, "addresses", lambda host: asked.append(host) or ())
    with pytest.raises(openai.OpenAIError):
        ask()
    assert asked == []


# --- the pace -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("quirk", "seconds"),
    [(money.azure_busy, 20), (money.google_a_minute, 17), (money.groq_a_minute, 7.66), (money.anthropic_busy, 12), (money.mistral_busy, 2)],
)
def test_a_limit_for_a_minute_is_waited_for(
    quirk: Callable[[], Reply], seconds: float, endpoint: ScriptedModel, waits: list[float], said: list[str]
) -> None:
    endpoint.script(quirk(), Reply(chat("at last")))
    client, _ = sbs.connect(timeout=1)  # for an answer, not for the wait
    assert ask(client=client) == "at last"
    assert sum(waits) == pytest.approx(seconds)
    assert "The endpoint asks for a pause" in said[0]


@pytest.mark.parametrize("quirk", [money.openai_without_money, money.google_a_day, money.groq_a_day])
def test_what_no_wait_helps_is_told_after_one_request(quirk: Callable[[], Reply], endpoint: ScriptedModel, waits: list[float]) -> None:
    endpoint.script(quirk())
    with pytest.raises(openai.RateLimitError):
        ask()
    assert (len(endpoint.asked), waits) == (1, [])


def test_the_wait_is_no_part_of_the_answer_s_time(endpoint: ScriptedModel, monkeypatch: pytest.MonkeyPatch) -> None:
    pause = pacing.pause
    monkeypatch.setattr(pacing, "pause", lambda seconds: (threading.Event().wait(0.01), pause(seconds)))
    endpoint.script(money.azure_busy(), Reply(chat()))
    start, before = time.perf_counter(), parallel.waited()
    ask()
    (took,), waited = sbs.usage()["seconds"], parallel.waited() - before
    assert waited >= 20 * 0.01
    assert took <= time.perf_counter() - start - waited + 0.001


def test_waiting_costs_nothing_and_holds_no_money_back(paid: ScriptedModel, waits: list[float]) -> None:
    paid.script(money.azure_busy(), money.azure_busy(), Reply(chat(tokens_in=1000, tokens_out=500)))
    ask()
    assert spent(paid) == pytest.approx(0.002)


# --- time -----------------------------------------------------------------------------------------------------------


def test_an_endpoint_gets_time_to_think_and_little_to_be_found(endpoint: ScriptedModel) -> None:
    client, _ = sbs.connect()
    assert client.timeout == httpx2.Timeout(180, connect=15)
    assert sbs.connect(timeout=7)[0].timeout == 7


def test_what_waits_in_a_queue_is_not_sent_once_more(paid: ScriptedModel) -> None:
    """A local server that answers one by one: who is out of time there would only come again at the end of the queue."""
    turn, hurry = threading.Lock(), threading.Event()

    def one_by_one(request: Request) -> Reply:
        with turn:
            hurry.wait(5)
            return Reply(chat())

    paid.quirk = one_by_one
    client, _ = sbs.connect(timeout=0.1)
    with pytest.raises(openai.APITimeoutError, match=r"did not answer in time.*SIDEBYSIDE_AT_ONCE=1"):
        sbs.run(lambda text: ask(text, client=client), TEXTS)
    hurry.set()
    asked = [request.body["messages"][-1]["content"] for request in paid.asked]
    assert len(asked) == len(set(asked)), "each at most once"
    assert spent(paid) > 0, "it may have been answered, and paid for, all the same"


# --- several at once ------------------------------------------------------------------------------------------------

TEXTS = [f"text {number}" for number in range(12)]


def echo(request: Request) -> Reply:
    """Answer with the question, later ones sooner, so that order is not by chance."""
    text = request.body["messages"][-1]["content"]
    threading.Event().wait(0.02 / (1 + int(text.split()[-1])))
    return Reply(chat(text, tokens_in=int(text.split()[-1]) + 1))


@pytest.mark.parametrize(("setting", "most"), [("", 4), ("1", 1), ("7", 7)])
def test_a_run_asks_for_several_at_once_in_order(setting: str, most: int, endpoint: ScriptedModel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIDEBYSIDE_AT_ONCE", setting)
    crowd = endpoint.quirk = money.APlaceForOne(money.litellm_busy, places=99)
    sbs.connect()
    assert sbs.run(ask, TEXTS) == TEXTS
    assert 1 <= crowd.most <= most
    assert most == 1 or crowd.most > 1


def test_a_run_before_anything_is_connected_goes_one_by_one(bare: Path) -> None:
    assert set(sbs.run(lambda text: threading.current_thread().name, TEXTS)) == {threading.current_thread().name}


def test_a_limit_for_a_minute_slows_a_run_down_and_does_not_end_it(endpoint: ScriptedModel, waits: list[float]) -> None:
    crowd = endpoint.quirk = money.APlaceForOne(money.litellm_busy)
    sbs.connect()
    assert sbs.run(ask, TEXTS) == TEXTS
    assert crowd.refused


def test_a_free_tier_that_serves_one_now_and_then_does_not_end_a_run(endpoint: ScriptedModel, waits: list[float]) -> None:
    """Several wait at the gate, and each time another one is let in: a request may be refused many times while the run goes on."""
    endpoint.quirk = money.SoManyInARow(refusals=5)
    sbs.connect()
    assert sbs.run(ask, TEXTS) == TEXTS


def test_the_first_error_stops_a_run(endpoint: ScriptedModel) -> None:
    def refuse_one(request: Request) -> Reply:
        return Reply(fault("not this one"), 400) if request.body["messages"][-1]["content"] == "text 1" else echo(request)

    endpoint.quirk = refuse_one
    sbs.connect()
    with pytest.raises(openai.BadRequestError):
        sbs.run(ask, [f"text {number}" for number in range(60)])
    assert len(endpoint.asked) < 20


def test_a_budget_that_ends_in_a_run_is_one_sentence(paid: ScriptedModel) -> None:
    paid.quirk = money.dear
    sbs.connect()
    with pytest.raises(BudgetError):
        sbs.run(ask, TEXTS)
    assert spent(paid) == pytest.approx(0.60)


@pytest.mark.parametrize("same_id", [False, True])
def test_what_an_answer_took_is_found_in_a_crowd(same_id: bool, endpoint: ScriptedModel) -> None:
    def reply(request: Request) -> Reply:
        answer = echo(request)
        return Reply(answer.body | {"id": "" if same_id else answer.body["id"]})

    endpoint.quirk = reply
    client, _ = sbs.connect()

    def took(text: str) -> tuple[str, int | None]:
        message = {"role": "user", "content": text}
        response = client.chat.completions.create(model=NAME, messages=[message])  # type: ignore[list-item]
        return text, sbs.llm.call_of(response).input_tokens

    assert sbs.run(took, TEXTS) == [(text, number + 1) for number, text in enumerate(TEXTS)]  # type: ignore[comparison-overlap, arg-type]


def test_the_calls_of_a_run_are_the_last_ones(endpoint: ScriptedModel) -> None:
    endpoint.quirk = echo
    sbs.connect()
    sbs.run(ask, TEXTS[:3])
    sbs.run(ask, TEXTS[3:])
    assert sorted(sbs.usage().tail(len(TEXTS) - 3)["input_tokens"]) == list(range(4, len(TEXTS) + 1))
    assert isinstance(sbs.usage(), pd.DataFrame)


def test_quirks_are_quirks() -> None:
    quirk: Quirk = money.dear
    assert quirk(Request("POST", "/", {}, {})).body["usage"]["total_tokens"] == 70_000
