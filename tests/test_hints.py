"""What the checks of several lessons say of an answer's form."""

import re
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from sidebyside import hints
from sidebyside.checks import NotDone

TYPES = re.compile(r"\b(NoneType|str|int|float|bool|dict|tuple|Series|ndarray|DataFrame)\b")


def test_only_a_function_is_a_function() -> None:
    assert hints.function_hint(len, "count") is None
    assert "`count`" in str(hints.function_hint(3, "count"))


def test_a_function_that_needs_arrays_is_told_so_and_no_other() -> None:
    assert "np.array" in str(hints.arrays_hint(lambda numbers, k: numbers[:, None] * k, [1, 2], 3))
    assert hints.arrays_hint(lambda numbers, k: [number * k for number in numbers], [1, 2], 3) is None
    assert hints.arrays_hint(lambda numbers, k: 1 / 0, [1, 2], 3) is None
    with pytest.raises(NotDone):
        hints.arrays_hint(lambda numbers, k: ..., [1, 2], 3)


@pytest.mark.parametrize(
    "answer", [["a", "b"], ("a", "b"), pd.Series(["a", "b"]), np.array(["a", "b"]), {1: "a", 2: "b"}, iter("ab"), pd.DataFrame({"said": ["a", "b"]})]
)
def test_several_are_found_in_any_form(answer: object) -> None:
    assert hints.several(answer) == ["a", "b"]


@pytest.mark.parametrize("answer", ["ab", None, 3, np.array(3), ...])
def test_one_thing_is_not_several(answer: object) -> None:
    assert hints.several(answer) is None


def test_the_rows_of_a_table_are_several() -> None:
    assert [list(row) for row in hints.several(pd.DataFrame([[1, 2], [3, 4]])) or []] == [[1, 2], [3, 4]]


@pytest.mark.parametrize(
    ("answers", "said"), [(None, "list(...)"), ([], "list(...)"), (["a"], "holds 1"), (["a", 2], "the texts alone"), (["a", None], "the texts alone")]
)
def test_what_is_no_list_of_texts_gets_a_hint(answers: list[object] | None, said: str) -> None:
    assert said in str(hints.texts_hint(answers, "answers", 2))


def test_a_list_of_texts_gets_none() -> None:
    assert hints.texts_hint(["a", "b"], "answers", 2) is None


@pytest.mark.parametrize(
    ("text", "finish", "said", "same"),
    [
        ("It is Oslo.", "stop", " It is  Oslo. ", True),
        ("It is Oslo.", "stop", "It is", True),  # asked for fewer tokens
        ("It is Oslo.", "stop", "It is Oslo. Or Bergen.", False),
        ("It is Os", "length", "It is Oslo.", True),
        ("It is Oslo.", "stop", "", False),
        ("", "stop", "", True),
        ("", "length", "It is Oslo.", False),
    ],
)
def test_an_answer_is_the_same_though_cut_off(text: str, finish: str, said: str, same: bool) -> None:
    reply = SimpleNamespace(choices=[SimpleNamespace(finish_reason=finish, message=SimpleNamespace(content=text))])
    assert hints.same_answer(reply, said) is same


@pytest.mark.parametrize(
    "answer", [0.25, np.float64(0.251), [0.25], np.array(0.25), np.array([0.25]), pd.Series([0.25]), SimpleNamespace(value=0.25)]
)
def test_the_right_number_passes_in_any_form(answer: object) -> None:
    assert hints.one_number_hint(answer, "share", 0.25, "Look again.") is None


@pytest.mark.parametrize(
    ("answer", "right", "said"),
    [
        ("a quarter", 0.25, "`share` should be a number, and it is a text"),
        (25, 0.25, "`share` is a percentage"),
        (0.3, 0.25, "Look again."),
        (0.3, 0.0, "Look again."),
        (-0.3, 0.001, "Look again."),
        ([1, 2, 3], 0.25, "it holds 3"),
        (np.array([True, False]), 0.25, "it holds 2"),
        (SimpleNamespace(pvalue=0.25), 0.25, "`.pvalue`"),
    ],
)
def test_the_hint_names_the_number(answer: object, right: float, said: str) -> None:
    hint = str(hints.one_number_hint(answer, "share", right, "Look again."))
    assert said in hint
    assert not TYPES.search(hint)


RIGHT, WORDS = {"a": ("yes", "Read on."), "b": ("no way", "Read on.")}, {"yes": "yes", "never": "no way"}


@pytest.mark.parametrize(
    "answer",
    [{"a": "yes", "b": "never"}, pd.Series({"A": "YES!", "b": "never ever"}), {"a": ["yes"], "b": "never"}, {"a": "yes", "b": "not yes, never"}],
)
def test_right_words_pass_in_any_form(answer: object) -> None:
    assert hints.words_hint(answer, RIGHT, WORDS) is None


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ({"a": "not yes", "b": "never"}, "Behind a"),
        ({"a": None, "b": "never"}, "Behind a"),
        ({"a": "yes or never", "b": "never"}, "Behind a"),
        ({"a": "never", "b": "never"}, "Look at a again. Read on."),
        ({"a": "yes"}, "b is gone"),
        (["yes", "never"], "letters"),
    ],
)
def test_wrong_words_get_a_hint(answer: object, said: str) -> None:
    assert said in str(hints.words_hint(answer, RIGHT, WORDS))


def test_dots_behind_a_letter_are_not_done() -> None:
    with pytest.raises(NotDone):
        hints.words_hint({"a": "yes", "b": ...}, RIGHT, WORDS)
