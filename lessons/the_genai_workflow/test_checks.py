"""The checks of the exercises: right answers pass in any form, wrong ones get a hint."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import sidebyside as sbs
from sidebyside import checks
from tests.verdicts import assert_hint

SLUG = "the_genai_workflow"


@pytest.mark.parametrize("right", [[2, 5], (5, 2), "2 and 5", {2, 5}, np.array([2, 5]), ["5", "2"]])
def test_what_a_program_misreads_is_found(right: Any) -> None:
    assert sbs.check(f"{SLUG}.1", right).state == "right"


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ([2], "one more"),
        ([2, 3, 5], "answer 3 again. Both labels"),
        ([4], "answer 4 again"),
        ([2, 5, 6], "answer 6"),
        ([], "numbers"),
        (7, "numbers"),
        ("all", "numbers"),
    ],
)
def test_an_answer_too_many_or_too_few_gets_a_hint(wrong: Any, said: str) -> None:
    assert_hint(f"{SLUG}.1", wrong, said)


def by_words(answer: str, labels: list[str]) -> str | None:
    words = re.split(r"\W+", answer.lower())
    named = [label for label in labels if label.lower() in words]
    return named[0] if len(named) == 1 else None


def by_loop(answer: str, labels: list[str]) -> str | None:
    found = None
    for label in labels:
        if re.search(rf"\b{label}\b", answer, re.I):
            if found:
                return None
            found = label
    return found


@pytest.mark.parametrize("right", [sbs.read_label, by_words, by_loop])
def test_a_label_is_found(right: Any) -> None:
    assert sbs.check(f"{SLUG}.2", right).state == "right"


@pytest.mark.parametrize(
    "wrong",
    [
        lambda a, ls: a,
        lambda a, ls: next((x for x in ls if x in a), None),
        lambda a, ls: ls[0],
        lambda a, ls: None,
        lambda a, ls: by_words(a, ["negative", "positive"]),
        lambda a, ls: (by_words(a, ls) or "").lower() or None,
        lambda a, ls: next((x for x in ls if re.search(rf"\b{x}\b", a, re.I)), None),
        lambda a, ls: by_words(a, ls) or "",
        lambda a, ls: a.strip(" .").lower() if a.strip(" .").lower() in ls else None,
    ],
)
def test_a_wrong_reader_gets_a_hint(wrong: Any) -> None:
    assert_hint(f"{SLUG}.2", wrong)


def labels() -> list[str]:
    case = sbs.load_case()
    return case.labels[case.other_label]


def user(content: str) -> list[dict[str, str]]:
    return [{"role": "user", "content": content}]


RIGHT_PROMPTS = [
    lambda text: user(f"Sort this into one of {', '.join(labels())}. Answer with one word.\n\n{text}"),
    lambda text: [{"role": "system", "content": f"Answer with one of these words: {' / '.join(labels()).upper()}."}, *user(text)],
    lambda text: (*user(f"Is it {' or '.join(labels())}? One word. The lamp is late."), {"role": "assistant", "content": labels()[0]}, *user(text)),
]
WRONG_PROMPTS = [
    lambda text: text,
    lambda text: user(text),
    lambda text: user(f"{', '.join(labels()[1:])}? Answer with one word only, please.\n\n{text}"),
    lambda text: user(f"Sort into {', '.join(labels())} and answer with one word: The lamp is broken."),
    lambda text: [{"role": "assistant", "content": f"Sort into {', '.join(labels())}, one word only: {text}"}],
    lambda text: [{"role": "user"}],
    lambda text: [],
    lambda text: user(f"{' '.join(labels())} {text}"),
    lambda text: print(end=text[:0]),  # noqa: T201 — a learner prints instead of returning
]


@pytest.mark.parametrize("right", RIGHT_PROMPTS)
def test_a_prompt_that_holds_text_labels_and_task_passes(right: Any) -> None:
    assert sbs.check(f"{SLUG}.3", right).state == "right"


@pytest.mark.parametrize("wrong", WRONG_PROMPTS)
def test_a_prompt_that_lacks_something_gets_a_hint(wrong: Any) -> None:
    assert "NoneType" not in assert_hint(f"{SLUG}.3", wrong)


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What a scripted model says about the first twenty dev messages: seventeen usable answers."""
    case = sbs.load_case()
    texts = list(case.split("dev")["text"].head(20))
    answers = ["It is about delivery."] * 17 + ["delivery or billing", "", "no idea"]

    def create(messages: Any, **options: Any) -> Any:
        place = texts.index(messages[-1]["content"].partition("\n\n")[2])
        return SimpleNamespace(choices=[SimpleNamespace(message=SimpleNamespace(content=answers[place]))])

    client = SimpleNamespace(chat=SimpleNamespace(completions=SimpleNamespace(create=create)))
    monkeypatch.setattr(checks, "latest", lambda: SimpleNamespace(client=client, model="scripted", calls=[]))
    return answers


ASK = RIGHT_PROMPTS[0]


def test_usable_answers_of_the_model_are_counted(said: list[str]) -> None:
    for given in (said, tuple(said), [text[:14] for text in said]):
        assert sbs.check(f"{SLUG}.4", (ASK, given, sbs.rate(sbs.read_label(text, labels()) is not None for text in given))).state == "right"


@pytest.mark.parametrize(
    ("answers", "usable", "told"),
    [
        (None, 0.85, "whole rate"),
        (["delivery"] * 5, sbs.Rate(5, 5), "There are 5 answers"),
        (["delivery"] * 20, sbs.Rate(20, 20), "the model does not say"),
        (["It is about delivery."] * 20, sbs.Rate(20, 20), "message 18"),
        (None, sbs.Rate(20, 20), "Count an answer as usable"),
        (None, sbs.Rate(16, 20), "Count an answer as usable"),
        ("all", sbs.Rate(20, 20), "Put the texts"),
        ([None] * 20, sbs.Rate(20, 20), "Put the texts"),
        ([""] * 20, sbs.Rate(1, 20), "message 1,"),
    ],
)
def test_a_count_that_is_not_the_model_s_gets_a_hint(answers: Any, usable: Any, told: str, said: list[str]) -> None:
    assert_hint(f"{SLUG}.4", (ASK, said if answers is None else answers, usable), told)


@pytest.mark.parametrize("name", [f"{SLUG}.2", f"{SLUG}.3"])
def test_untouched_function_is_not_done(name: str) -> None:
    assert sbs.check(name, lambda *arguments: ...).state == "not done"
