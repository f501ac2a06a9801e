"""Checks of the exercises of "The machine-learning workflow"."""

from __future__ import annotations

from typing import Any

from sidebyside.cases import load_case
from sidebyside.checks import exercise, number_hint
from sidebyside.evaluation import Rate, rate


def _shares() -> tuple[float, float]:
    """Return what always guessing the most common train label gets right on dev and on test."""
    case = load_case()
    common = case.split("train")[case.other_label].mode()[0]
    dev, test = ((case.split(name)[case.other_label] == common).mean() for name in ("dev", "test"))
    return float(dev), float(test)


@exercise(1)
def baseline(answer: Any) -> str | None:
    """Compare with the baseline, worked out anew."""
    return number_hint(answer, _shares()[1], "Find the most common label in train[other], then the share of test[other] that equals it.", 0.0005)


@exercise(2)
def beats_baseline(model: Any) -> str | None:
    """Let the model predict the dev split."""
    if not hasattr(model, "predict"):
        return "This has no method predict. Put the pipeline itself into `model`, not its score or its predictions."
    case = load_case()
    dev = case.split("dev")
    predicted = list(model.predict(dev["text"]))
    if not set(predicted) <= set(case.labels[case.other_label]):
        return f"The model predicts other labels than those of '{case.other_label}'. Train it on train[other]."
    right = sum(a == b for a, b in zip(predicted, dev[case.other_label], strict=True)) / len(dev)
    return None if right > _shares()[0] else "It does not beat the baseline on dev. Did you fit it on train['text'] and train[other]?"


@exercise(3)
def rate_on_test(answer: tuple[Any, Any]) -> str | None:
    """Count anew what the model gets right on test, and compare."""
    model, result = answer
    if not isinstance(result, Rate):
        return "Give the whole rate, as sbs.rate(...) returns it, so that its interval is there too."
    case = load_case()
    test = case.split("test")
    if result.n != len(test):
        return f"This rate counts {result.n} messages. Count each message of the test split once."
    right = rate(list(model.predict(test["text"]) == test[case.other_label]))
    return None if result == right else "Your model gets another number right. Compare model.predict(test['text']) with test[other]."
