"""Planner and metric explorer, as they leave the kernel: a sentence for readers without a script, safe texts, the same bytes every time."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

from sidebyside.charts import COLOURS
from sidebyside.widgets.explore import WITHOUT_SCRIPT, metric_explorer, planner
from sidebyside.widgets.threshold import thresholds
from tests.test_widgets import LONG, Reading, each_nasty

MARKS = pd.DataFrame(
    [(0.9, True, 0.99, True, True), (0.6, False, 0.7, True, True)], columns=["ml_sure", "ml_right", "model_sure", "model_right", "person_right"]
)
TOOLS: dict[str, Callable[[], Any]] = {
    "planner": planner,
    "metrics": lambda: metric_explorer("No, 30 days.", "45 days"),
    "threshold": lambda: thresholds(MARKS, ["ML", "the model", "a person"], (0.001, 25.0), (0.8, 10, 20)),
}
each_tool = pytest.mark.parametrize("kind", TOOLS)


def without_style(page: Reading) -> str:
    """What stands in the page for a reader whose browser runs no script."""
    return re.sub(r"/\* The look.*", "", page.text, flags=re.DOTALL)


@each_tool
def test_the_output_is_the_same_every_time(kind: str) -> None:
    assert TOOLS[kind]()._repr_html_() == TOOLS[kind]()._repr_html_()
    assert repr(TOOLS[kind]()) == repr(TOOLS[kind]())
    assert TOOLS[kind]() == TOOLS[kind]()


@each_tool
def test_without_a_script_a_sentence_says_what_to_do(kind: str) -> None:
    page = Reading(TOOLS[kind]())
    assert without_style(page) == WITHOUT_SCRIPT
    assert "Trust Notebook" in WITHOUT_SCRIPT
    assert {tag for tag, _ in page.tags} == {"div", "p", "style", "script"}  # nothing that looks as if it could be moved


@each_tool
def test_one_whole_script_and_no_address(kind: str) -> None:
    shown = TOOLS[kind]()._repr_html_()
    page = Reading(TOOLS[kind]())
    assert [tag for tag, _ in page.tags].count("script") == shown.count("</script") == 1
    assert page.attributes("script", "src") == []
    assert re.findall(r"\b(?:fetch|import|XMLHttpRequest|url|@import|innerHTML|insertAdjacentHTML|eval)\b\s*\(?", shown) == []
    assert page.attributes("div", "id") == []


@each_tool
def test_the_colours_are_the_course_s(kind: str) -> None:
    (style,) = Reading(TOOLS[kind]()).attributes("div", "style")
    assert set(re.findall(r"#\w{6}", str(style))) <= set(COLOURS.values())
    assert not re.search(r"#[0-9a-fA-F]{6}\b", TOOLS[kind]()._repr_html_().replace(str(style), ""))


@each_nasty
def test_no_text_is_taken_for_markup(text: str) -> None:
    for widget, harmless in ((metric_explorer(text, "a"), metric_explorer("a", "a")), (metric_explorer("a", text), metric_explorer("a", "a"))):
        assert Reading(widget).shape == Reading(harmless).shape


@pytest.mark.parametrize("text", ["", LONG, "two\nlines", "£4.50 & “more” 'or' \"less\"", "café"])
def test_both_texts_arrive_as_they_were_written(text: str) -> None:
    page = Reading(metric_explorer(text, f"{text}!"))
    assert page.attributes("div", "data-answer") == [text]
    assert page.attributes("div", "data-target") == [f"{text}!"]


def test_the_text_form_holds_both_texts() -> None:
    assert repr(metric_explorer("30 days", "it's 45 days")) == "Metric explorer: answer '30 days', target \"it's 45 days\""
    assert repr(planner()).startswith("Planner: how many items do I need?")
