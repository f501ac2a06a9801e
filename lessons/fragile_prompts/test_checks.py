"""The checks of "Same question, other words": right answers pass in any form, wrong ones get a hint."""

import numpy as np
import pandas as pd
import pytest

import sidebyside as sbs
from lessons.fragile_prompts import checks
from tests.verdicts import assert_hint

PAIR, ROWS = checks._pair()
TARGET = list(ROWS[sbs.load_case().other_label])
WORDINGS = [f"{PAIR[0]} or {PAIR[1]}? {{text}}", f"{{text}}\nIs this {PAIR[1]} or {PAIR[0]}?", f"Sort into {', '.join(PAIR)}: {{text}}"]
ANSWERS = [TARGET, [PAIR[0]] * len(TARGET), [None, *TARGET[1:]]]
RATES = [sbs.rate([a == b for a, b in zip(given, TARGET, strict=True)]) for given in ANSWERS]
WIDEST = max(r.value for r in RATES) - min(r.value for r in RATES)


def with_numpy(p, n, k, draws):
    right = np.random.default_rng(7).binomial(n, p, size=(draws, k)) / n
    return right.max(axis=1) - right.min(axis=1)


def with_loops(p, n, k, draws):
    generator = np.random.default_rng(8)
    studies = [[generator.binomial(n, p) / n for _ in range(k)] for _ in range(draws)]
    return [max(study) - min(study) for study in studies]


RIGHT = {
    "fragile_prompts.1": [
        lambda leans: [lean > sum(leans) / len(leans) for lean in leans],
        lambda leans: np.array(leans) > np.mean(leans),
        lambda leans: pd.Series(leans) > pd.Series(leans).mean(),
        lambda leans: [lean - sum(leans) / len(leans) > 0 for lean in leans],
    ],
    "fragile_prompts.2": [(WORDINGS, ANSWERS, RATES, WIDEST), (tuple(WORDINGS), tuple(ANSWERS), tuple(RATES), np.float64(WIDEST))],
    "fragile_prompts.3": [with_numpy, with_loops, lambda *a: pd.Series(with_numpy(*a))],
}
WRONG = {
    "fragile_prompts.1": [
        lambda leans: [lean > 0 for lean in leans],
        lambda leans: [lean > np.median(leans) for lean in leans],
        lambda leans: [lean < np.mean(leans) for lean in leans],
        lambda leans: [lean - np.mean(leans) for lean in leans],
        lambda leans: True,
        lambda leans: [True] * len(leans),
    ],
    "fragile_prompts.2": [
        (WORDINGS, ANSWERS, RATES, WIDEST + 0.2),
        (WORDINGS, ANSWERS, RATES, 100 * WIDEST),
        (WORDINGS, ANSWERS, RATES[::-1], WIDEST),
        (WORDINGS, ANSWERS, [r.value for r in RATES], WIDEST),
        (WORDINGS[:1] * 3, ANSWERS, RATES, WIDEST),
        (["{text}?", *WORDINGS[1:]], ANSWERS, RATES, WIDEST),
        (WORDINGS[:2], ANSWERS[:2], RATES[:2], WIDEST),
        (WORDINGS, [["maybe"] * len(TARGET), *ANSWERS[1:]], RATES, WIDEST),
        (WORDINGS, [given[:3] for given in ANSWERS], RATES, WIDEST),
        (WORDINGS, ANSWERS, RATES, "wide"),
    ],
    "fragile_prompts.3": [
        lambda p, n, k, draws: with_numpy(p, n, k, draws).mean(),
        lambda p, n, k, draws: 100 * with_numpy(p, n, k, draws),
        lambda p, n, k, draws: with_numpy(p, n, 2, draws),
        lambda p, n, k, draws: np.random.default_rng(0).binomial(n, p, draws) / n,
        lambda p, n, k, draws: np.ptp(np.random.default_rng(0).normal(p, (p * (1 - p) / n) ** 0.5, (draws, k)), axis=1).clip(0, 1),
        lambda p, n, k, draws: [with_numpy(p, n, k, 1)[0] for _ in range(draws)],
    ],
}


@pytest.mark.parametrize(("number", "answer"), [(n, a) for n, answers in RIGHT.items() for a in answers])
def test_right_answer_passes(number, answer):
    verdict = sbs.check(number, answer)
    assert verdict.state == "right", verdict.text


@pytest.mark.parametrize(("number", "answer"), [(n, a) for n, answers in WRONG.items() for a in answers])
def test_wrong_answer_gets_a_hint(number, answer):
    assert "stopped the check" not in assert_hint(number, answer)


@pytest.mark.parametrize("number", WRONG)
def test_untouched_exercise_is_not_done(number):
    assert sbs.check(number, ...).state == "not done"


@pytest.mark.parametrize("place", range(4))
def test_half_done_exercise_is_not_done(place):
    parts = [WORDINGS, ANSWERS, RATES, WIDEST]
    assert sbs.check("fragile_prompts.2", tuple(... if i == place else part for i, part in enumerate(parts))).state == "not done"


@pytest.mark.parametrize("number", ["fragile_prompts.1", "fragile_prompts.3"])
def test_untouched_function_is_not_done(number):
    assert sbs.check(number, lambda *arguments: ...).state == "not done"


def test_the_hint_names_the_line():
    assert "zero" in sbs.check("fragile_prompts.1", WRONG["fragile_prompts.1"][0]).text
    assert "median" in sbs.check("fragile_prompts.1", WRONG["fragile_prompts.1"][1]).text


def test_checks_work_on_another_case(monkeypatch):
    monkeypatch.setenv("SIDEBYSIDE_CASE", "tests/cases/tiny")
    pair, rows = checks._pair()
    target = list(rows[sbs.load_case().other_label])
    wordings = [f"{i}: {pair[0]}, {pair[1]}? {{text}}" for i in range(3)]
    rates = [sbs.rate([True] * len(target))] * 3
    assert sbs.check("fragile_prompts.2", (wordings, [target] * 3, rates, 0)).state == "right"
