"""Drafts to code, as they leave the kernel: each text is in the page once, and stays a text."""

from __future__ import annotations

import json
from typing import Any

import pandas as pd

import sidebyside as sbs
from sidebyside.widgets.explore import WITHOUT_SCRIPT
from tests.test_widgets import Reading, each_nasty

GROUPS = {"nothing wrong": "it can go out", "promise": "it promises what nobody can keep", "tone": "it is rude"}


def items(message: str = "Where is it?", draft: str = "We will send it today.", note: str = "promises a date") -> pd.DataFrame:
    rows = {"message": [message, "b?"], "draft": [draft, "Thank you."], "note": [note, "fine"], "group": ["promise", "nothing wrong"]}
    return pd.DataFrame(rows | {"other": 1})


def coding(rows: pd.DataFrame | None = None, question: str = "What is wrong?", model: str = "a-model") -> sbs.widgets.Coding:
    return sbs.widgets.coding("read_first/coding", question, items() if rows is None else rows, GROUPS, model)


def task(widget: Any) -> dict[str, Any]:
    (data,) = Reading(widget).attributes("div", "data-task")
    found: dict[str, Any] = json.loads(str(data))
    return found


def test_the_task_names_question_groups_and_model() -> None:
    assert task(coding()) == {"key": "read_first/coding", "question": "What is wrong?", "model": "a-model", "groups": GROUPS}
    assert repr(coding()) == "Code: What is wrong? (2 drafts of a-model; groups: nothing wrong | promise | tone)"


def test_each_draft_is_sent_once_and_can_be_read_without_a_script() -> None:
    shown, page = coding()._repr_html_(), Reading(coding())
    assert shown.count("We will send it today.") == 1
    assert WITHOUT_SCRIPT in page.text and "what the stored reading says" in page.text
    assert [tag for tag, _ in page.tags].count("details") == 1


def test_no_draft_is_no_fault() -> None:
    assert "None here." in Reading(coding(items().head(0))).text


def test_the_same_bytes_every_time_and_no_address() -> None:
    shown = coding()._repr_html_()
    assert shown == coding()._repr_html_()
    assert shown.count("</script") == 1 and not any(word in shown for word in ("fetch(", "innerHTML", "eval(", "XMLHttpRequest"))


@each_nasty
def test_no_text_is_taken_for_markup(text: str) -> None:
    harmless = Reading(coding()).shape
    for rows in (items(message=text), items(draft=text), items(note=text)):
        assert Reading(coding(rows)).shape == harmless
    assert Reading(coding(question=text, model=text)).shape == harmless
