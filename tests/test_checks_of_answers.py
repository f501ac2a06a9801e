"""A check compares every answer with what the model said in the kernel, and asks again only where it has to; slips are told kindly."""

from __future__ import annotations

import re
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import RandomForestClassifier
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

import sidebyside as sbs
from sidebyside import asked, checks, llm, slips
from sidebyside.errors import RecordingError
from tests.scripted import ScriptedModel
from tests.verdicts import assert_hint

CHATS = [[{"role": "user", "content": f"Message {number}"}] for number in range(8)]
SAID = [f"Answer {number}" for number in range(8)]


class Model:
    """A model that answers "Answer n" to "Message n"; each answer comes from the same source."""

    def __init__(self, source: str) -> None:
        self.source, self.calls, self.model = source, [], "scripted"
        self.client = SimpleNamespace(chat=SimpleNamespace(completions=SimpleNamespace(create=self.create)))

    def create(self, *, messages: Any, **_: Any) -> Any:
        self.calls.append(SimpleNamespace(source=self.source))
        text = messages[0]["content"].replace("Message", "Answer")
        return SimpleNamespace(choices=[SimpleNamespace(message=SimpleNamespace(content=text))])


@pytest.fixture
def asks(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Model]:
    """Connect to a model of this kernel's own."""

    def connect(source: str, heard: list[llm.Heard] | None = None) -> Model:
        model = Model(source)
        monkeypatch.setattr(checks, "latest", lambda: model)
        monkeypatch.setattr(asked, "connections", lambda: [SimpleNamespace(heard=heard or [])])
        return model

    return connect


@pytest.mark.parametrize("place", range(8))
def test_one_invented_answer_among_recorded_ones_is_found(place: int, asks: Any) -> None:
    asks("recorded")
    assert checks.first_unsaid(CHATS, SAID) is None
    assert checks.first_unsaid(CHATS, [*SAID[:place], "invented", *SAID[place + 1 :]]) == place


def test_a_live_model_is_asked_about_a_few(asks: Any) -> None:
    model = asks("live")
    assert checks.first_unsaid(CHATS, SAID) is None
    assert len(model.calls) == checks.MOST_LIVE


def _heard(chat: Any, text: str, **options: Any) -> llm.Heard:
    return llm.Heard({"model": "scripted", "messages": chat, "max_tokens": 12, "temperature": 0} | options, [text])


def test_what_the_model_said_in_the_kernel_costs_nothing(asks: Any) -> None:
    model = asks("live", [_heard(chat, text) for chat, text in zip(CHATS, SAID, strict=True)])
    assert checks.first_unsaid(CHATS, [f" {text}\n" for text in SAID], max_tokens=12) is None
    assert checks.first_unsaid(CHATS, [text[:3] for text in SAID], max_tokens=12) == 0
    assert checks.first_unsaid(CHATS, [*SAID[:7], SAID[0]]) == 7
    assert not model.calls


def test_an_answer_under_a_constraint_is_not_one_without(asks: Any) -> None:
    asks("live", [_heard(CHATS[0], "Answer x", one_of=["Answer x"])])
    assert checks.first_unsaid(CHATS[:1], ["Answer x"], extra_body={"one_of": ["Answer x"]}) is None
    assert checks.first_unsaid(CHATS[:1], ["Answer x"]) == 0


def test_where_nothing_is_recorded_the_answer_was_not_given(asks: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    model = asks("recorded")

    def create(**_: Any) -> None:
        raise RecordingError("No recorded answer on page 'x'.")

    monkeypatch.setattr(model.client.chat.completions, "create", create)
    assert checks.first_unsaid(CHATS, SAID) == 0


def test_a_connection_hears_what_its_reader_asks_and_not_what_a_check_asks(endpoint: ScriptedModel) -> None:
    client, model = sbs.connect("my_page")
    client.chat.completions.create(model=model, messages=CHATS[0], temperature=0)
    with llm.unheard():
        client.chat.completions.create(model=model, messages=CHATS[1], temperature=0)
    assert [(heard.request["messages"], heard.texts) for heard in llm.latest().heard] == [(CHATS[0], ["happy"])]
    assert asked.told("happy ", asked.holds("Message 0"))
    assert not asked.told("sad", asked.holds("Message 0"))
    assert not asked.was_asked(asked.holds("Message 1"))


# --- slips ------------------------------------------------------------------------------------------------------------

FUNCTIONS = {
    "meet_the_model": (3,), "the_genai_workflow": (2, 3), "the_ml_workflow": (2, 3), "side_by_side": (2, 3, 4), "model_size": (2, 3),
    "structured_output": (3,), "fragile_prompts": (2,), "prompt_iteration": (2, 4),
}  # fmt: skip
NAMES = [f"{slug}.{number}" for slug, numbers in FUNCTIONS.items() for number in numbers]


@pytest.mark.parametrize("name", NAMES)
def test_a_function_that_returns_nothing_is_told_so(name: str) -> None:
    assert assert_hint(name, lambda *given: print(end="")) == checks.FORGOTTEN  # noqa: T201 — a learner prints instead of returning


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    ("slip", "said"),
    [
        (3, "it is a number"),
        (lambda: 3, "in its brackets"),
        (lambda *given: {}["code"], "'code', which is not there"),
        (lambda *given: [][0], "a place that is not there"),
        (lambda *given: misspelt, "the name misspelt"),  # type: ignore[name-defined]  # noqa: F821
        (lambda *given: "x".mode(), "asks a text for .mode"),  # type: ignore[attr-defined]
        (lambda *given: exit(), "Your function stopped"),
        (lambda *given: object(), ""),
        (lambda *given: pd.Series([1, 2]), ""),
        (lambda *given: np.array(["a", "b"]), ""),
        (lambda *given: pd.DataFrame({"a": [1]}), ""),
    ],
)
def test_a_slip_is_told_in_everyday_words(name: str, slip: Any, said: str) -> None:
    hint = assert_hint(name, slip, said)
    assert "stopped the check" not in hint
    assert not re.search(r"\b(Error|positional|arguments?|attribute|NoneType|DataFrame|Series|ndarray|dtype)\b|<\w|\(\)", hint)


@pytest.mark.parametrize(
    ("error", "said"), [(TypeError("'int' object is not iterable"), "goes through a number"), (ValueError("2 too many"), "2 too many")]
)
def test_what_python_says_is_put_in_everyday_words(error: Exception, said: str) -> None:
    assert said in slips.stopped(error)


def test_a_half_sorted_answer_is_not_done_and_no_function_is_spoken_of() -> None:
    verdict = sbs.check("model_size.1", {"a": "smallest", "b": ..., "c": ..., "d": ...})
    assert (verdict.state, "function" in verdict.text, "letter" in verdict.text) == ("not done", False, True)


# --- single leaks and right answers that were turned away ----------------------------------------------------------------


def _schema(**fields: Any) -> dict[str, Any]:
    labels = {name: values for name, values in sbs.load_case().labels.items() if not name.startswith("second_")}
    every = [value for values in labels.values() for value in values]
    properties = {name: fields.get("each", lambda values, every: {"enum": values})(values, every) for name, values in labels.items()}
    properties |= fields.get("more", {})
    return {"type": fields.get("type", "object"), "properties": properties, "required": list(labels), "additionalProperties": False}


@pytest.mark.parametrize(
    ("schema", "said"),
    [
        (_schema(each=lambda values, every: {"enum": every}), "something else"),
        (_schema(each=lambda values, every: {"enum": [*values, "other"]}), '"other"'),
        (_schema(each=lambda values, every: {"enum": [*values, *map(str.title, values)]}), "something else"),
        (_schema(each=lambda values, every: {"pattern": "|".join(values)}), "something else"),
        (_schema(each=lambda values, every: {"anyOf": [{"enum": values}, {"type": "array"}]}), "something else"),
        (_schema(type=["object", "null"]), "no record"),
        (_schema(more={"reason": {"type": "string"}}), "nobody asked for"),
        ({"name": "labels", "strict": True, "schema": _schema()}, "the schema alone"),
        (_schema()["properties"], "properties"),
    ],
)
def test_a_schema_that_lets_too_much_in_gets_a_hint(schema: Any, said: str) -> None:
    assert_hint("structured_output.1", schema, said)


def _where(alike: Callable[[str, str], bool]) -> Callable[..., str]:
    def where(message: str, found: Any, fields: Any) -> str:
        if found is None:
            return "retry"
        there = {name: re.search(field["pattern"], message) for name, field in fields.items() if "pattern" in field}
        return "use" if all(alike(found[name], match[0] if match else "") for name, match in there.items()) else "person"

    return where


@pytest.mark.parametrize(
    "alike",
    [
        lambda found, there: found.lower() == there.lower(),
        lambda found, there: found.replace(" ", "") == there.replace(" ", ""),
        lambda found, there: there in found if there else not found,
        lambda found, there: found in there and bool(found) == bool(there),
    ],
)
def test_a_text_that_is_only_nearly_the_same_goes_to_a_person(alike: Any) -> None:
    assert_hint("structured_output.3", _where(alike), "person")


def test_two_words_behind_a_letter_are_no_choice() -> None:
    noticed = {"a": "schema or words", "b": "nobody", "c": "words", "d": "rule", "e": "right", "f": "nobody"}
    assert_hint("structured_output.4", noticed, "Behind a")


def _learner(labelled: pd.DataFrame, model: Any = None) -> Any:
    pipeline = make_pipeline(TfidfVectorizer(sublinear_tf=True), LogisticRegression(C=3, max_iter=300) if model is None else model)
    return pipeline.fit(labelled["text"], labelled[sbs.load_case().other_label])


def _answer(trained_on: Any, seen: list[str]) -> tuple[Any, Any, Any]:
    case = sbs.load_case()
    model, test = trained_on(pd.concat([case.split(name) for name in seen])), case.split("test")
    return trained_on, model, sbs.rate(model.predict(test["text"]) == test[case.other_label])


@pytest.mark.parametrize("seen", [["train", "dev"], ["dev"], ["train", "test"]])
def test_a_model_of_other_messages_than_train_is_found_out(seen: list[str]) -> None:
    assert_hint("the_ml_workflow.4", _answer(_learner, seen), "train split alone")


def test_a_model_whose_training_is_partly_chance_passes() -> None:
    assert sbs.check("the_ml_workflow.4", _answer(lambda given: _learner(given, RandomForestClassifier(8, max_depth=20)), ["train"])).state == "right"


def test_a_model_of_one_s_own_settings_passes() -> None:
    _, model, result = _answer(lambda given: _learner(given, LogisticRegression(C=1, max_iter=300)), ["train"])
    assert sbs.check("the_ml_workflow.4", (_learner, model, result)).state == "right"


def _named(answer: str, labels: list[str], pattern: str) -> str | None:
    named = [label for label in labels if re.search(pattern.format(label), answer, re.IGNORECASE)]
    return named[0] if len(named) == 1 else None


@pytest.mark.parametrize(
    "find",
    [
        lambda answer, labels: _named(answer, labels, r"\b{}"),
        lambda answer, labels: _named(answer, labels, r"{}\b"),
        lambda answer, labels: _named(answer.split("\n")[0], labels, r"\b{}\b"),
        lambda answer, labels: _named(answer, labels, r"(?:^|\s){}(?:[.,!?]|\s|$)"),
    ],
)
def test_a_reader_that_misses_signs_lines_or_longer_words_gets_a_hint(find: Any) -> None:
    assert_hint("the_genai_workflow.2", find, "Look at the answer")


@pytest.mark.parametrize(
    "sent",
    [
        lambda labels, text: f"Sort this into {labels}, and answer with one word: {text[:60]}",
        lambda labels, text: f"{labels} {labels} {text}",
    ],
)
def test_a_prompt_that_cuts_the_text_or_only_lists_labels_gets_a_hint(sent: Any) -> None:
    case = sbs.load_case()
    labels = ", ".join(case.labels[case.other_label])
    assert_hint("the_genai_workflow.3", lambda text: [{"role": "user", "content": sent(labels, text)}])


@pytest.mark.parametrize(
    ("name", "right"),
    [
        ("meet_the_model.1", {1: False, 2: True, 3: False, 4: True, 5: True, 6: False}),
        ("meet_the_model.1", "two, four and five"),
        ("the_ml_workflow.1", "Plans A, D"),
        ("fragile_prompts.1", "B and D, I think"),
        ("prompt_iteration.1", {"A": "keep", "B": "undo", "C": "keep", "D": "undo"}),
        ("model_size.1", pd.Series(dict(a="smallest", b="larger", c="trained", d="no model"))),
        ("side_by_side.4", lambda first, second: [place for place in reversed(range(len(first))) if first[place] != second[place]]),
        ("fragile_prompts.2", lambda labels: np.where(np.array([len(set(given)) > 1 for given in zip(*labels.values(), strict=True)]))),
        ("prompt_iteration.2", lambda before, after, target: dict(zip(("won", "lost"), _flips(before, after, target), strict=True))),
    ],
)
def test_a_right_answer_in_an_unusual_form_passes(name: str, right: Any) -> None:
    assert sbs.check(name, right).state == "right"


def _flips(before: list[Any], after: list[Any], target: list[Any]) -> tuple[int, int]:
    pairs = [(one == right, two == right) for one, two, right in zip(before, after, target, strict=True)]
    return sum(two > one for one, two in pairs), sum(one > two for one, two in pairs)
