"""Which train messages wait for a language model's labels."""

from types import SimpleNamespace

import pandas as pd
import pytest

from sidebyside import Prompt, load_case, unlabelled


def case_of(n: int) -> SimpleNamespace:
    messages = pd.DataFrame({"id": range(n), "text": [f"message {i}" for i in range(n)]})
    return SimpleNamespace(split=lambda name: messages if name == "train" else messages.head(0))


SHOWING = Prompt("v2", "with examples", "{text}", examples=(("message 3", "good"), ("message 7", "bad")))


def test_no_message_is_in_both_tables_and_none_that_a_prompt_shows() -> None:
    waiting, left = unlabelled.draw(case_of(3000), [SHOWING], share=0.5)
    assert (len(waiting), len(left)) == (unlabelled.MOST, 3000 - 2 - unlabelled.MOST)
    assert sorted([*waiting["id"], *left["id"]]) == [i for i in range(3000) if i not in (3, 7)]
    assert list(waiting.index) == list(range(unlabelled.MOST))


@pytest.mark.parametrize(("share", "n"), [(1.0, 41), (0.5, 20), (0.0, 0)])
def test_of_a_small_case_no_more_than_the_share_waits(share: float, n: int) -> None:
    waiting, left = unlabelled.draw(case_of(41), [], share)
    assert (len(waiting), len(left)) == (n, 41 - n)


def test_all_lessons_get_the_same_messages_in_the_same_order() -> None:
    case = load_case()
    half, whole = (unlabelled.draw(case, [], share)[0] for share in (0.5, 1.0))
    assert list(half["id"]) == list(whole["id"]) == list(unlabelled.draw(case, [])[0]["id"])
    assert list(half["id"]) != sorted(half["id"])
