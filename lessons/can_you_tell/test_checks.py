"""The checks of "Can you tell when it is wrong?": right answers pass in any form, wrong ones get a hint, untouched ones are not done."""

import math
import re
from pathlib import Path
from types import SimpleNamespace

import nbformat
import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

import sidebyside as sbs
from sidebyside import llm
from tests.verdicts import assert_hint

SOLUTION = next((Path(__file__).resolve().parents[2] / "solutions").glob("*_can_you_tell.ipynb"))

MINE = {"misses": 1, "false alarms": 2, "bill": 8, "cheapest": 70, "if a miss costs 6": 95}


@pytest.mark.parametrize(
    "answer",
    [
        MINE,
        {name: str(value) for name, value in MINE.items()},
        {name.upper(): float(value) for name, value in MINE.items()},
        MINE | {"cheapest": "0,7", "if a miss costs 6": "95 %"},
        MINE | {"misses": "one", "false alarms": [2], "bill": "8 €", "cheapest": "the threshold 70"},
        pd.Series(MINE),
    ],
)
def test_numbers_read_off_the_list_pass_in_any_form(answer):
    assert sbs.check("can_you_tell.1", answer).state == "right"


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"misses": 4}, "goes out"),  # all wrong ones
        ({"misses": 2, "false alarms": 1}, "goes out"),  # mixed up
        ({"false alarms": 5}, "below 70"),  # all that are held back
        ({"bill": 3}, "checks them all"),  # the miss alone
        ({"bill": 5}, "checks them all"),  # only the false alarms are checked
        ({"cheapest": 95}, "side by side"),
        ({"if a miss costs 6": 70}, "six for each miss"),
        ({"bill": "a lot"}, "number"),
        ({"bill": True}, "number"),
        ({"bill": None}, "number"),
        ({"cheapest": "70 or 95"}, "one number"),
        ({"cheapest": float("inf")}, "one number"),
    ],
)
def test_numbers_that_are_wrong_get_a_hint(wrong, words):
    assert words in assert_hint("can_you_tell.1", MINE | wrong)


def test_a_list_of_numbers_gets_a_hint():
    assert_hint("can_you_tell.1", [1, 2, 8, 70, 95], "names")


def test_a_name_that_is_gone_is_named():
    assert_hint("can_you_tell.1", {name: value for name, value in MINE.items() if name != "bill"}, "“bill” is gone")


@pytest.mark.parametrize("left", [dict.fromkeys(MINE, ...), MINE | {"bill": ...}])
def test_numbers_left_open_are_not_done(left):
    assert sbs.check("can_you_tell.1", left).state == "not done"


def test_the_table_of_the_exercise_gives_these_numbers():
    text = next(cell.source for cell in nbformat.read(SOLUTION, as_version=4).cells if "(no code)" in cell.source)
    rows = re.findall(r"\| [a-j] \| (\d+) \| (yes|no) \|", text)
    sure, right = np.array([float(number) for number, _ in rows]), np.array([word == "yes" for _, word in rows])
    bills = {cost: {line: cost * sum((sure >= line) & ~right) + sum(sure < line) for line in (95, 70, 50)} for cost in (3, 6)}
    cheapest = [min(bills[cost], key=bills[cost].get) for cost in (3, 6)]
    assert [sum((sure >= 70) & ~right), sum((sure < 70) & right), bills[3][70], *cheapest] == list(MINE.values())
    assert all(sorted(bill.values())[0] < sorted(bill.values())[1] for bill in bills.values())


CONFIDENCE = [0.95, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3]
RIGHT = [True, True, True, False, True, True, False, False]


def pairs(confidence, right):
    won = [(a > b) + (a == b) / 2 for a, r in zip(confidence, right, strict=True) if r for b, s in zip(confidence, right, strict=True) if not s]
    return sum(won) / len(won)


@pytest.mark.parametrize("answer", [pairs, lambda c, r: roc_auc_score(r, c), lambda c, r: round(pairs(c, r), 2)])
def test_auroc_counted_either_way_passes(answer):
    assert sbs.check("can_you_tell.2", answer).state == "right"


@pytest.mark.parametrize(
    "answer",
    [
        lambda c, r: 1 - pairs(c, r),
        lambda c, r: 100 * pairs(c, r),
        lambda c, r: np.mean([a > b for a, x in zip(c, r, strict=True) if x for b, y in zip(c, r, strict=True) if not y]),
        lambda c, r: np.mean([a >= b for a in c for b in c]),
        lambda c, r: "high",
        lambda c, r: roc_auc_score(c, r),
    ],
)
def test_wrong_auroc_gets_a_hint(answer):
    assert_hint("can_you_tell.2", answer)


def in_arrays(confidence, right):
    return np.mean(confidence[right][:, None] > confidence[~right])


@pytest.mark.parametrize(("answer", "words"), [(in_arrays, "np.array"), (None, "function itself"), (0.75, "function itself")])
def test_what_would_stop_is_told_what_to_do(answer, words):
    assert_hint("can_you_tell.2", answer, words)


def test_untouched_auroc_is_not_done():
    assert sbs.check("can_you_tell.2", lambda confidence, right: ...).state == "not done"


@pytest.mark.parametrize("line", [0.8, 0.75, np.float64(0.71), np.array([0.8])])
def test_any_cheapest_threshold_passes(line):
    assert sbs.check("can_you_tell.3", (CONFIDENCE, np.array(RIGHT), line, 0, 2)).state == "right"


def test_holding_all_back_can_be_cheapest():
    assert sbs.check("can_you_tell.3", ([0.9, 0.8], [False, False], 1.0, 0, 0)).state == "right"


@pytest.mark.parametrize("given", [(0.3, 3, 0), (0.8, 2, 0), (0.8, 0, 5), ("high", 0, 2), (1.0, 0, 5), (0.8, 0.0, "two"), (True, 0, 2)])
def test_wrong_threshold_gets_a_hint(given):
    assert_hint("can_you_tell.3", (CONFIDENCE, RIGHT, *given))


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ((CONFIDENCE, RIGHT, 0.8, np.array(RIGHT), 2), "`misses` should be one number"),
        ((CONFIDENCE, RIGHT, 0.8, 0, "two"), "`false_alarms`"),
        ((CONFIDENCE, RIGHT, np.array(CONFIDENCE), 0, 2), "one number, and it holds 8"),
        (([], [], 0.8, 0, 2), "again"),
        (([[0.9, 0.1]] * 8, RIGHT, 0.8, 0, 2), "again"),
    ],
)
def test_several_numbers_in_place_of_one_are_told_so(given, words):
    assert "stopped" not in assert_hint("can_you_tell.3", given, words)


def test_untouched_threshold_is_not_done():
    assert sbs.check("can_you_tell.3", (CONFIDENCE, RIGHT, ..., ..., ...)).state == "not done"


def reply(text, probability):
    """What a model says, each of its two tokens with a probability."""
    tokens = [{"token": part, "logprob": math.log(p), "top_logprobs": []} for part, p in ((text[:2], 0.99), (text[2:], probability))]
    return SimpleNamespace(
        choices=[SimpleNamespace(finish_reason="stop", message=SimpleNamespace(content=text), logprobs=SimpleNamespace(content=tokens))]
    )


@pytest.fixture
def own(monkeypatch):
    """Answers that are right on every second real thing, with a falling probability; the model in force gives them if it is asked."""
    return given(monkeypatch, [round(0.9 - 0.05 * i, 3) for i in range(12)])


def given(monkeypatch, lowest):
    """The answers, those probabilities, which are right and the share of right ones; the model in force gives them if it is asked."""
    rows = sbs.load_case().entities.tail(12)
    answers = [f"It is {target}." if target and i % 2 else "It is Zzz." for i, target in enumerate(rows["answer"])]
    known = {question: reply(*said) for question, *said in zip(rows["question"], answers, lowest, strict=True)}
    create = lambda **fields: known[fields["messages"][-1]["content"]]  # noqa: E731
    client = SimpleNamespace(chat=SimpleNamespace(completions=SimpleNamespace(create=create)))
    monkeypatch.setattr(llm, "latest", lambda: SimpleNamespace(model="scripted", client=client))
    right = [sbs.holds_name(answer, target) for answer, target in zip(answers, rows["answer"], strict=True)]
    return answers, lowest, right, sum(right[:6]) / 6


def test_own_answers_pass(own):
    answers, lowest, right, share = own
    assert sbs.check("can_you_tell.4", own).state == "right"
    assert sbs.check("can_you_tell.4", (answers, np.array(lowest), np.array(right), np.float64(share))).state == "right"


@pytest.mark.parametrize(
    "form", [iter, lambda texts: dict(enumerate(texts)), lambda texts: [SimpleNamespace(text=text) for text in texts], pd.Series]
)
def test_own_answers_pass_in_any_form(own, form):
    answers, lowest, right, share = own
    assert sbs.check("can_you_tell.4", (form(answers), pd.Series(lowest), [int(mark) for mark in right], sbs.rate(right[:6]))).state == "right"


def test_equal_probabilities_on_the_line_leave_either_half_right(monkeypatch):
    answers, level, right, _ = given(monkeypatch, [0.9 if i < 3 else 0.35 for i in range(12)])
    for chosen in ([3, 4, 5], [9, 10, 11]):
        share = (sum(right[:3]) + sum(right[i] for i in chosen)) / 6
        assert sbs.check("can_you_tell.4", (answers, level, right, share)).state == "right"


def test_wrong_own_answers_get_a_hint(own):
    answers, lowest, right, share = own
    wrong_ones = [
        (answers, lowest, right, share + 0.34),
        (answers, lowest, right, "half"),
        (answers, lowest, [True] * 12, 1.0),
        (answers[:5], lowest, right, share),
        (answers, [0.5] * 12, right, share),
        (answers, [-p for p in lowest], right, share),
        (answers, lowest[::-1], right, sum(right[:6]) / 6 + 0.5),
        ("Madrid", lowest, right, share),
    ]
    for wrong in wrong_ones:
        assert_hint("can_you_tell.4", wrong)


def test_answers_that_no_model_gave_get_a_hint(own):
    answers, lowest, right, share = own
    assert_hint("can_you_tell.4", ([f"{text} I think so." for text in answers[:-1]] + ["I made this up."], lowest, right, share), "does not answer")
    assert_hint("can_you_tell.4", (["I made this up."] * 12, lowest, right, share), "does not answer")


def test_probabilities_that_no_model_gave_get_a_hint(own):
    answers, lowest, right, share = own
    assert_hint("can_you_tell.4", (answers, [p / 2 for p in lowest], right, share), "another probability")
    assert_hint("can_you_tell.4", (answers, [lowest[0], *lowest[-2:0:-1], lowest[-1]], right, share), "another probability")


def test_answers_invented_between_asked_ones_do_not_pass(own):
    answers, lowest, _, _ = own
    rows = sbs.load_case().entities.tail(12)
    mine = [answers[0], *(f"The answer is {target}." for target in rows["answer"].iloc[1:-1]), answers[-1]]
    right = [sbs.holds_name(answer, target) for answer, target in zip(mine, rows["answer"], strict=True)]
    assert_hint("can_you_tell.4", (mine, lowest, right, sum(right[:6]) / 6), "does not answer")


@pytest.mark.parametrize(
    ("place", "part", "words"),
    [
        (0, None, "used up"),
        (0, [SimpleNamespace(choices=[])] * 12, "the texts alone"),
        (1, [None] * 12, "probability"),
        (1, [SimpleNamespace(probability=0.5)] * 12, "`.probability`"),
        (2, ["True"] * 12, "quotation marks"),
        (3, "half", "`share`"),
        (3, [0.5, 0.5], "one number"),
    ],
)
def test_a_part_of_another_kind_gets_a_hint_that_names_it(own, place, part, words):
    wrong = [part if i == place else as_is for i, as_is in enumerate(own)]
    assert "stopped" not in assert_hint("can_you_tell.4", tuple(wrong), words)


@pytest.mark.parametrize("line", ["high", True, None, [0.8]])
def test_the_hint_on_a_threshold_names_no_type_of_python(line):
    assert not re.search(r"\b(str|bool|NoneType|list)\b", assert_hint("can_you_tell.3", (CONFIDENCE, RIGHT, line, 0, 2), "a number"))


def test_untouched_own_answers_are_not_done(own):
    assert sbs.check("can_you_tell.4", (..., ..., ..., ...)).state == "not done"
