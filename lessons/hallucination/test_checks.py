"""The checks of "Made up, and said with a straight face": right answers pass in any form, wrong ones get a hint."""

import pytest

import sidebyside as sbs
from tests.verdicts import assert_hint

MORE = ("not sure", "not certain", "never heard", "there is no")
PHRASES = ("know.", "know this", "not sure", "never heard", "no country", "fictional")


def hears(answer):
    return sbs.abstains(answer) or any(phrase in answer.lower() for phrase in MORE)


def rates(answers, targets):
    kinds = ["right" if sbs.holds_name(a, t) else "unsure" if sbs.abstains(a) else "made up" for a, t in zip(answers, targets, strict=True)]
    return [sbs.rate([kind == one for kind in kinds]) for one in ("right", "unsure", "made up")]


def overlapping(answers, targets):
    right, unsure, _ = rates(answers, targets)
    return right, unsure, sbs.rate([not sbs.abstains(a) for a in answers])


def shuffled(answers, targets):
    right, unsure, made_up = rates(answers, targets)
    return made_up, right, unsure


def naive(answers, targets):
    right = [t in a for a, t in zip(answers, targets, strict=True)]
    unsure = [sbs.abstains(a) and not r for a, r in zip(answers, right, strict=True)]
    return sbs.rate(right), sbs.rate(unsure), sbs.rate([not r and not u for r, u in zip(right, unsure, strict=True)])


def doubt(question):
    return [{"role": "system", "content": "Say so if you do not know."}, {"role": "user", "content": question}]


@pytest.fixture(scope="module", params=["the course's case", "tiny"])
def marked(request):
    """Answers to the fresh things, with their two rates: every other one admits, every third is right."""
    with pytest.MonkeyPatch.context() as patch:
        if request.param == "tiny":
            patch.setenv("SIDEBYSIDE_CASE", "tests/cases/tiny")
        rows = sbs.load_case().entities.groupby("real").tail(10).reset_index(drop=True)
        answers = ["I don't know." if i % 2 else f"It is {target}." if i % 3 == 0 else "It is Zalt." for i, target in enumerate(rows["answer"])]
        real, invented = rows[rows["real"] == "yes"], rows[rows["real"] == "no"]
        admitted = sbs.rate([sbs.abstains(answers[i]) for i in invented.index])
        right = sbs.rate([sbs.holds_name(answers[i], real["answer"][i]) for i in real.index])
        yield answers, admitted, right


@pytest.mark.parametrize("answer", [hears, lambda text: any(p in text for p in PHRASES)])
def test_an_ear_that_hears_all_admissions_passes(answer):
    assert sbs.check("hallucination.1", answer).state == "right"


@pytest.mark.parametrize("answer", [rates, lambda a, t: tuple(rates(a, t))])
def test_three_rates_pass(answer):
    assert sbs.check("hallucination.2", answer).state == "right"


def test_a_remedy_with_its_own_rates_passes(marked):
    assert sbs.check("hallucination.3", (doubt, *marked)).state == "right"


WRONG = [
    ("hallucination.1", sbs.abstains, "not sure"),
    ("hallucination.1", lambda text: True, "claims to know"),
    ("hallucination.1", lambda text: hears(text) or "sure" in text, "claims to know"),
    ("hallucination.1", lambda text: "yes" if hears(text) else "", "True or False"),
    ("hallucination.1", "not sure", "stopped the check"),
    ("hallucination.2", naive, "empty"),
    ("hallucination.2", overlapping, "add up"),
    ("hallucination.2", shuffled, "should be 3, 2 and 3"),
    ("hallucination.2", lambda a, t: (0.3, 0.2, 0.5), "sbs.rate"),
    ("hallucination.2", lambda a, t: (sbs.Rate(3, 5), sbs.Rate(2, 8), sbs.Rate(3, 3)), "all answers"),
]


@pytest.mark.parametrize(("number", "answer", "word"), WRONG)
def test_a_wrong_answer_gets_a_hint(number, answer, word):
    assert_hint(number, answer, word)


def test_a_wrong_remedy_or_count_gets_a_hint(marked):
    answers, admitted, right = marked
    other = sbs.Rate((right.successes + 1) % (right.n + 1), right.n)
    wrong = {
        "plain question": (lambda q: [{"role": "user", "content": q}], answers, admitted, right),
        "not in the messages": (lambda q: [{"role": "user", "content": "Well?"}], answers, admitted, right),
        "list of messages": (lambda q: q, answers, admitted, right),
        "one for each row": (doubt, answers[:3], admitted, right),
        "invented things": (doubt, answers, sbs.Rate((admitted.successes + 1) % (admitted.n + 1), admitted.n), right),
        "real things": (doubt, answers, admitted, other),
        "whole": (doubt, answers, admitted, right.value),
    }
    for word, answer in wrong.items():
        assert_hint("hallucination.3", answer, word)


@pytest.mark.parametrize("number", ["hallucination.1", "hallucination.2", "hallucination.3"])
def test_untouched_is_not_done(number):
    assert sbs.check(number, ...).state == "not done"


@pytest.mark.parametrize(
    ("number", "answer"),
    [("hallucination.1", lambda a: ...), ("hallucination.2", lambda a, t: ...), ("hallucination.3", (lambda q: ..., ..., ..., ...))],
)
def test_untouched_function_is_not_done(number, answer):
    assert sbs.check(number, answer).state == "not done"
