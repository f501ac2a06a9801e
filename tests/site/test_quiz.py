"""The questions: each answer opens, and is right or wrong."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import expect

from tests.site.browsing import Open, with_element


def test_answers_of_a_quiz_open_by_keyboard(site: Path, visit: Open) -> None:
    seen = visit(with_element("quiz")[0])
    for answer in seen.page.locator("details.quiz").all()[:4]:
        answer.locator("summary").focus()
        seen.page.keyboard.press("Enter")
        expect(answer).to_have_attribute("open", "")
    assert seen.faults == []


def test_every_answer_of_a_quiz_is_right_or_wrong(site: Path) -> None:
    for name in with_element("quiz"):
        kinds = re.findall(r'<details class="quiz([^"]*)"', (site / f"{name}.html").read_text(encoding="utf-8"))
        assert set(kinds) == {" right", " wrong"}, name
