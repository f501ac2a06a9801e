"""A model that answers badly ends no lesson: each reaches its end, counts what never came, and says nothing of the model that was not measured."""

from __future__ import annotations

import html
import itertools
import json
import os
import re
import threading
from collections.abc import Callable, Iterator
from typing import Any

import nbformat
import pandas as pd
import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from traitlets.config import Config

import sidebyside as sbs
from sidebyside import llm, notice
from sidebyside.endpoint import dialects
from tests.pages.helpers import Page, calls, tags
from tests.scripted import KEY, NAME, Reply, Request, ScriptedModel, chat
from tests.zoo import dialects as zoo
from tests.zoo.kit import Check
from tools.pages import HOME, pages

TINY = HOME / "tests" / "cases" / "tiny"
PAGES = {page.slug: page for page in map(Page, pages(("notebooks",)))}
MEASURING = {"meet_the_model", "fragile_prompts", "can_you_tell", "judging_with_a_model", "hybrid"}  # they ask for log-probabilities
TOKENS = [" positive", " negative", "A", "B", "right", "wrong", " yes", " no", "complaint", "praise", "un", "happy", "bad", "good"]


class Talker(ScriptedModel):
    """A model that answers as it is asked to, but for a quirk: a function from the number of the answer and its body to the body sent."""

    def __init__(self) -> None:
        super().__init__()
        self.numbers = itertools.count()
        self.quirk: Callable[[int, dict[str, Any]], dict[str, Any]] = lambda n, body: body
        self.check: Check = lambda fields: None

    def next_reply(self, request: Request) -> Reply:
        with self.lock:
            number = next(self.numbers)
        return self.check(request.body) or Reply(self.quirk(number, answer(number, request.body)))


def answer(number: int, asked: dict[str, Any]) -> dict[str, Any]:
    """Return a plausible answer to a request."""
    text = "Oslo is the capital, within 30 days. Do you know?"
    if form := asked.get("response_format"):
        fields = form["json_schema"]["schema"]["properties"]
        text = json.dumps({name: one["enum"][number % len(one["enum"])] if "enum" in one else "x" for name, one in fields.items()})
    elif asked.get("max_tokens") == 1:
        text = TOKENS[number % len(TOKENS)]
    body = chat(text)
    choice = body["choices"][0]
    if asked.get("logprobs"):
        chances = [{"token": token, "logprob": -0.2 - (number + 5 * i) % 7} for i, token in enumerate(TOKENS)]
        words = [text] if asked.get("max_tokens") == 1 else re.findall(r"\s?\S+", text)
        choice["logprobs"] = {
            "content": [{"token": word, "logprob": -0.1 * (i + number % 5), "top_logprobs": chances} for i, word in enumerate(words)]
        }
    if "prompt" in asked:
        choice["text"] = text
    return body


def filters_all(number: int, body: dict[str, Any]) -> dict[str, Any]:
    body["choices"][0] |= {"finish_reason": "content_filter", "message": {"role": "assistant", "content": None}, "text": "", "logprobs": None}
    return body


def measures_nothing(number: int, body: dict[str, Any]) -> dict[str, Any]:
    body["choices"][0]["logprobs"] = None
    return body


def loses_every_third(number: int, body: dict[str, Any]) -> dict[str, Any]:
    if number % 3 == 1:
        body["choices"][0] |= {"message": {"role": "assistant", "content": None}, "text": None, "logprobs": None}
    return body


@pytest.fixture
def talker(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> Iterator[Talker]:
    """A talker that the settings name as the reader's model, on the small case."""
    for name in [name for name in os.environ if name.startswith(("SIDEBYSIDE_", "OPENAI_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setattr(llm, "_latest", [])
    monkeypatch.setattr(dialects, "_known", {})
    monkeypatch.setattr(notice, "_said", set())
    with Talker() as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        settings = {"MODEL": NAME, "CASE": str(TINY), "LIMIT": "6", "MODE": "auto"}
        settings |= {name.upper(): str(tmp_path / name) for name in ("recordings", "kept")}  # else one at this port long ago may answer
        for name, value in settings.items():
            monkeypatch.setenv(f"SIDEBYSIDE_{name}", value)
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        monkeypatch.setenv("OPENAI_API_KEY", KEY)
        monkeypatch.chdir(tmp_path)
        yield server
        server.shutdown()


def run_page(page: Page) -> list[tuple[nbformat.NotebookNode, str]]:
    """Run a page's cells in one shell, and return each with the text of what it showed.

    In this process, because thirty kernels would spend most of their time on imports.
    """
    shell = InteractiveShell.instance(config=Config({"HistoryManager": {"enabled": False}}))
    try:
        return [(cell, shown_by(shell, cell, page)) for cell in page.code]
    finally:
        InteractiveShell.clear_instance()


def shown_by(shell: InteractiveShell, cell: nbformat.NotebookNode, page: Page) -> str:
    """Run a cell and return the text of what it shows."""
    with capture_output() as captured:
        result = shell.run_cell(cell.source)
    error = result.error_before_exec or result.error_in_exec
    assert error is None, f"{page}, cell {cell.id}:\n{cell.source}\n{type(error).__name__}: {error}"
    texts = [result.result.data if isinstance(getattr(result.result, "data", None), str) else repr(result.result)]
    texts += [captured.stderr, *(str(output.data.get("text/plain", "")) for output in captured.outputs)]
    return html.unescape("\n".join(text for text in texts if text and text != "None"))


QUIRKS = [
    *((slug, quirk) for slug in PAGES for quirk in (filters_all, loses_every_third)),
    *((slug, measures_nothing) for slug in sorted(MEASURING)),
]
OTHERS = {  # outcomes that are not about the model: of people, of searches, of the trained model, of scores and of plans
    *(f"the_ml_workflow/{name}" for name in ("agree", "test", "curve")),
    *(f"measuring_text/{name}" for name in ("trap", "auroc")),
    "grounding/search",
    *(f"how_sure_are_we/{name}" for name in ("pair", "plan")),
    "an_evaluation_suite/smiler",
    "team_work/hours",
}
READS = {"team_work"}  # pages that know whose recorded answers they read, and ask for none


@pytest.mark.slow
@pytest.mark.parametrize(("slug", "quirk"), QUIRKS, ids=lambda value: value if isinstance(value, str) else value.__name__)
def test_lesson_reaches_its_end_and_judges_nothing_that_was_not_measured(slug: str, quirk: Any, talker: Talker) -> None:
    talker.quirk = quirk
    connects = "sbs.connect(" in "".join(cell.source for cell in PAGES[slug].code)
    shown = run_page(PAGES[slug])
    text = "\n".join(told for _, told in shown)
    assert not re.search(r"\b(nan|inf|None%)\b|\bnan%", text), "a number that is none is called not measured"
    assert not connects or slug in READS or re.search(r"The model gave no answer to (any|\d+) of \d+ \(|Not measured: \d+ of \d+\.", text), (
        "the page says that answers never came, and why"
    )
    measured = OTHERS | (
        {"meet_the_model/temperature", "meet_the_model/invented"} if quirk is measures_nothing else set()
    )  # which can do without log-probabilities
    if connects and quirk is not loses_every_third:
        assert not [told for key, told in outcomes_of(shown) if key not in measured and not told.startswith("not measured: ")]


@pytest.mark.slow
@pytest.mark.parametrize("unread", ["None", "none", "", '"none"', "null", "[]", '{"problem": "none", "wish": "none"}', '{"day": ""'])
def test_an_answer_without_a_whole_record_is_right_about_no_field(unread: str, talker: Talker, monkeypatch: pytest.MonkeyPatch) -> None:
    def says_so(number: int, body: dict[str, Any]) -> dict[str, Any]:
        body["choices"][0]["message"]["content"] = unread
        return body

    tables: list[pd.DataFrame] = []
    table = sbs.table
    monkeypatch.setattr(sbs, "table", lambda rows: tables.append(rows) or table(rows))
    talker.quirk = says_so
    run_page(PAGES["structured_output"])
    rows = [row for rows in tables for row in rows.to_dict("records") if any(str(value).startswith(NAME) for value in row.values())]
    told = [row[name] for row in rows for name in ("right", "right before the repair", "right after it", "accuracy", "recall") if name in row]
    assert len(told) > 12 and all(share.startswith(("0% (", "not measured (n = 0)")) for share in told)


@pytest.mark.slow
@pytest.mark.parametrize("slug", ["meet_the_model", "hallucination"])
def test_temperatures_are_not_compared_where_the_endpoint_takes_none(slug: str, talker: Talker) -> None:
    talker.check = zoo.temperature
    (told,) = [told for key, told in outcomes_of(run_page(PAGES[slug])) if key == f"{slug}/temperature"]
    assert told.startswith(f"not measured: {NAME} takes no temperature")
    assert "at temperature" not in told


def outcomes_of(shown: list[tuple[nbformat.NotebookNode, str]]) -> list[tuple[str, str]]:
    """Return the key of each prediction of a page, and what its outcome says; they come in the same order."""
    keys = [key for cell, _ in shown if "predict" in tags(cell) for key in calls(cell.source, "predict")]
    told = [text.strip().splitlines()[-1] for cell, text in shown if "outcome" in tags(cell)]
    return list(zip(map(str, keys), told, strict=True))
