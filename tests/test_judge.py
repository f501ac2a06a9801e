"""Answers to judge, as they leave the kernel: the whole task is in the page, texts stay texts, and rates have words for every count."""

from __future__ import annotations

import json
from typing import Any

import pandas as pd
import pytest

import sidebyside as sbs
from sidebyside.widgets.explore import WITHOUT_SCRIPT
from tests.test_widgets import NASTY, Reading, each_nasty

OPTIONS = ["right", "dodges", "made up"]


def items(answer: str = "Oslo", asked: str = "Capital of Norway?", truth: str = "Oslo") -> pd.DataFrame:
    rows = {"asked": [asked, "b?", "c?"], "answer": [answer, "Bo", "Ca"], "truth": [truth, "", "Co"], "kind": ["right", "made up", "made up"]}
    return pd.DataFrame(rows | {"other": 1})


def judging(rows: pd.DataFrame | None = None, question: str = "What is it?", model: str = "a-model") -> sbs.widgets.Judging:
    return sbs.widgets.judging("hallucination/judge", question, items() if rows is None else rows, OPTIONS, model)


def task(widget: Any) -> dict[str, Any]:
    (data,) = Reading(widget).attributes("div", "data-task")
    found: dict[str, Any] = json.loads(str(data))
    return found


def test_the_whole_task_is_in_the_page() -> None:
    found = task(judging())
    assert (found["key"], found["question"], found["model"], found["options"]) == ("hallucination/judge", "What is it?", "a-model", OPTIONS)
    assert found["items"][1] == {"asked": "b?", "answer": "Bo", "truth": "", "kind": "made up"}


def test_each_count_has_its_rate_in_words() -> None:
    found = task(judging())
    assert found["agreed"] == [str(sbs.Rate(hits, 3)) for hits in range(4)]
    assert found["trusted"] == [str(sbs.Rate(hits, 2)) for hits in range(3)]


def test_nothing_to_judge_is_no_fault() -> None:
    found = task(judging(items().head(0)))
    assert found["items"] == [] and found["agreed"] == ["not measured (n = 0)"]


def test_without_a_script_a_sentence_says_what_to_do_and_the_key_can_be_opened() -> None:
    page = Reading(judging())
    assert WITHOUT_SCRIPT in page.text and "the rule says" in page.text
    assert [tag for tag, _ in page.tags].count("details") == 1


def test_the_same_bytes_every_time_and_no_address() -> None:
    shown = judging()._repr_html_()
    assert shown == judging()._repr_html_()
    assert shown.count("</script") == 1 and not any(word in shown for word in ("fetch(", "innerHTML", "eval(", "XMLHttpRequest"))


@each_nasty
def test_no_text_is_taken_for_markup(text: str) -> None:
    harmless = Reading(judging()).shape
    for rows in (items(answer=text), items(asked=text), items(truth=text)):
        assert Reading(judging(rows)).shape == harmless
    assert Reading(judging(question=text, model=text)).shape == harmless


@pytest.mark.parametrize("text", NASTY)
def test_an_answer_arrives_as_it_was_written(text: str) -> None:
    assert task(judging(items(answer=text)))["items"][0]["answer"] == text
