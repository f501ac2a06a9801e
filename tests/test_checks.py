"""The engine of the checks: it finds each lesson's own, shows no traceback, and says what there is."""

import re
import subprocess
import sys

import pytest

import sidebyside as sbs
from sidebyside import checks, lessons
from sidebyside.errors import ExerciseError, LessonError

NAMES = [name for slug in lessons.slugs() for name in checks.exercises(slug)]


def test_every_lesson_has_checks() -> None:
    assert {name.rpartition(".")[0] for name in NAMES} == set(lessons.slugs())


@pytest.mark.parametrize("name", NAMES)
def test_untouched_exercise_is_not_done(name: str) -> None:
    assert sbs.check(name, ...).state == "not done"


@pytest.mark.parametrize("name", [name for name in NAMES if name != "meet_the_model.2"])  # which asks the model first
def test_a_raising_answer_shows_no_traceback(name: str) -> None:
    def raises(*arguments: object) -> None:
        raise ZeroDivisionError("division by zero")

    assert sbs.check(name, raises).state == "not yet"


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (lambda *arguments: None, checks.FORGOTTEN),
        (lambda *arguments: len(3), "a number"),  # type: ignore[arg-type]
        (lambda *arguments: 1 + "a", "a number and a text"),  # type: ignore[operator]
        (lambda *arguments: None + 1, "nothing and a number"),  # type: ignore[operator]
    ],
)
def test_a_hint_says_what_happened_in_everyday_words(answer: object, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "exercises", lambda slug: {"hallucination.1": lambda answer: checks.result_of(answer, 1)})
    text = sbs.check("hallucination.1", answer).text
    assert said in text
    assert not re.search(r"NoneType|\bint\b|\bstr\b|Error", text)


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("hallucination.9", "there are hallucination.1, hallucination.2"),
        ("no_such.1", "no lesson is called 'no_such'. There are: .*hallucination"),
        ("hallucination", "no lesson is called ''"),
        ("", "no lesson is called ''"),
        ("../hallucination.1", "no lesson is called"),
    ],
)
def test_an_unknown_name_is_told_what_there_is(name: str, told: str) -> None:
    with pytest.raises(ExerciseError, match=told):
        sbs.check(name, 1)


def test_verdict_is_escaped() -> None:
    assert "<b>" not in checks.Verdict("not yet", "<b>")._repr_html_()


def test_a_check_loads_its_own_lesson_s_checks_and_no_other() -> None:
    look = "import sys, sidebyside as sbs; sbs.check('hallucination.1', ...); print(*[name for name in sys.modules if name.startswith('lessons.')])"
    said = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True).stdout
    assert said.split() == ["lessons.hallucination.checks"]


def test_a_lesson_without_a_part_says_so() -> None:
    with pytest.raises(LessonError, match="lessons/hallucination has no nothing.py"):
        lessons.part("hallucination", "nothing")


def test_a_question_that_is_not_asked_names_those_that_are() -> None:
    with pytest.raises(LessonError, match="hallucination/lesson.toml asks no 'nothing'. It asks: doubt, place, temperature, fresh"):
        sbs.predict("hallucination/nothing")
