"""The checks of the exercises: right answers pass in any form, wrong ones get a hint."""

import pytest

import sidebyside as sbs
from tests.verdicts import assert_hint


def find_label(answer, labels):
    return sbs.read_label(answer, labels)


def good_prompt(text):
    case = sbs.load_case()
    return [{"role": "user", "content": f"{', '.join(case.labels[case.other_label])}: {text}"}]


RIGHT = {
    "the_genai_workflow.1": find_label,
    "the_genai_workflow.2": good_prompt,
    "the_genai_workflow.3": (["It is about delivery."] * 17 + ["delivery or billing", "", "no idea"], sbs.Rate(17, 20)),
}
WRONG = {
    "the_genai_workflow.1": [lambda a, ls: a, lambda a, ls: next((x for x in ls if x in a), None), lambda a, ls: ls[0]],
    "the_genai_workflow.2": [
        lambda t: t,
        lambda t: [{"role": "user", "content": t}],
        lambda t: [{"role": "user", "content": "delivery, product?"}],
    ],
    "the_genai_workflow.3": [
        (["delivery"] * 20, 0.9),
        (["delivery"] * 5, sbs.Rate(5, 5)),
        (["delivery"] * 19 + ["no idea"], sbs.Rate(20, 20)),
        ("all", sbs.Rate(20, 20)),
    ],
}


@pytest.mark.parametrize("name", RIGHT)
def test_right_answer_passes(name):
    assert sbs.check(name, RIGHT[name]).state == "right"


@pytest.mark.parametrize(("name", "answer"), [(n, a) for n, answers in WRONG.items() for a in answers])
def test_wrong_answer_gets_a_hint(name, answer):
    assert_hint(name, answer)


@pytest.mark.parametrize("name", ["the_genai_workflow.1", "the_genai_workflow.2"])
def test_untouched_function_is_not_done(name):
    assert sbs.check(name, lambda *arguments: ...).state == "not done"
