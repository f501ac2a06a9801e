"""Checks of the exercises of "The machine-learning workflow"."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import pandas as pd

from sidebyside.cases import Case, load_case
from sidebyside.checks import call, exercise
from sidebyside.evaluation import Rate, rate

NO_NUMBER = "Return one number: the share of right answers, from 0 to 1. Did you forget the `return`?"
NO_MODEL = "Return the fitted model itself, something with a method `predict`. Did you forget the `return`?"
PLANS = {
    "A": "Plan A is sound: the setting is chosen on other messages than the score.",
    "B": "Plan B reports the best of twenty tries on the test messages. The best of many is partly lucky.",
    "C": "Plan C tests on messages that the model has learnt from. It may know them by heart.",
    "D": "Plan D is sound: messages that came after the model was finished cannot have helped it.",
    "E": "Plan E moves messages of the test into training and then tests on them again.",
}


@exercise(1)
def honest(answer: Any) -> str | None:
    """Read the letters of the plans, in any order and form."""
    named = _letters(answer)
    if not named or not named <= set(PLANS):
        return 'Write the letters of the honest plans as a text, such as "B, C".'
    wrong = sorted(named ^ {"A", "D"})
    return PLANS[wrong[0]] if wrong else None


def _letters(answer: Any) -> set[str]:
    """Return the single letters in a text, or in a collection of texts."""
    if isinstance(answer, Mapping):
        answer = [letter for letter, honest in answer.items() if honest and str(honest).strip().lower() not in ("no", "false")]
    text = answer if isinstance(answer, str) else " ".join(map(str, answer)) if isinstance(answer, Iterable) else ""
    runs = re.findall(r"[A-Za-z]+", text)
    return {letter.upper() for run in runs if run.lower() != "and" for letter in run}


LABELS = (
    (["late", "late", "broken", "late"], ["lost", "late", "lost", "lost", "broken"], 0.2),
    (["red", "blue", "blue", "amber"], ["red", "blue", "red", "red"], 0.25),
)


@exercise(2)
def baseline(answer: Callable[..., Any]) -> str | None:
    """Try the function on two pairs of short columns, of other lengths and with other labels."""
    for train, test, share in LABELS:
        found = call(answer, pd.Series(train, index=range(7, 7 + len(train))), pd.Series(test))
        value = _number(found)
        if value is None:
            return NO_NUMBER
        if abs(value - share) > 0.005:
            return _baseline_hint(value, train, test, share)
    return None


def _number(found: Any) -> float | None:
    """Return a number as such: a share, or a rate's value; None if it is neither."""
    if isinstance(found, Rate):
        return found.value
    return float(found) if hasattr(found, "__float__") and not isinstance(found, bool) else None


def _baseline_hint(value: float, train: list[str], test: list[str], share: float) -> str:
    shown = f"With train labels {', '.join(train)} and test labels {', '.join(test)} the share is {share}"
    if abs(value - 100 * share) <= 0.5:
        return "That is a percentage. Return the share, a number from 0 to 1."
    if abs(value - train.count(max(train, key=train.count)) / len(train)) <= 0.005:
        return f"{shown}. You counted in the train labels: the guess comes from train, but it is marked on test."
    if abs(value - test.count(max(test, key=test.count)) / len(test)) <= 0.005:
        return f"{shown}. The guess must be the most common label of train: on the day, nobody knows which is most common in test."
    return f"{shown}, and your function says {value:g}. Find the most common train label, then the share of test labels equal to it."


@exercise(3)
def learns_what_it_is_given(answer: Callable[..., Any]) -> str | None:
    """Let the function train on the train split, and once more under other names for the labels: its model can know those alone."""
    case = load_case()
    train, dev = case.split("train"), case.split("dev")
    column = case.other_label
    model = call(answer, train.copy())
    right = _right(model, dev, case)
    if isinstance(right, str):
        return right
    common = rate(dev[column] == train[column].mode()[0])
    if right.value <= common.value:
        return f"On dev it gets {right.value:.0%}, which does not beat the baseline of {common.value:.0%}. Did you fit it on text and {column}?"
    return None if _knows_only_what_it_was_given(answer, case) else _leak()


def _knows_only_what_it_was_given(answer: Callable[..., Any], case: Case) -> bool:
    """Tell whether a model that was trained under other names for the labels gives those alone, for messages of every split."""
    column, train = case.other_label, case.split("train")
    names = {label: f"{label} by another name" for label in case.labels[column]}
    few = train.groupby(column).head(10)  # few, so that whatever else the model has seen outweighs them
    model = call(answer, few.assign(**{column: few[column].map(names)}))
    return all(set(model.predict(case.split(name)["text"])) <= set(names.values()) for name in ("train", "dev", "test"))


def _leak() -> str:
    return (
        "We handed your function messages with other names for their labels, and its model still gave the old names. "
        "So it learns from other messages than it is given. Use the ones in the brackets, and never dev or test."
    )


def _right(model: Any, messages: pd.DataFrame, case: Case) -> Rate | str:
    """Return the rate of right answers, or what is wrong with the model."""
    if not hasattr(model, "predict"):
        return NO_MODEL
    try:
        predicted = list(model.predict(messages["text"]))
    except Exception:  # whatever a learner's model does, the hint is about the model
        return "The model could not sort the messages. Fit it on the column 'text' and on the labels, and return what is fitted."
    if len(predicted) != len(messages) or not set(predicted) <= set(case.labels[case.other_label]):
        return f"The model's answers are no labels of '{case.other_label}', one for each message. Fit it on that column."
    return rate(list(a == b for a, b in zip(predicted, messages[case.other_label], strict=True)))


@exercise(4)
def rate_on_test(answer: tuple[Any, Any, Any]) -> str | None:
    """Count anew what the model gets right on test; a model that is trained again on train must do about as well."""
    trained_on, model, result = answer
    if not isinstance(result, Rate):
        return "Put the whole rate into `result`, as sbs.rate(...) returns it, so that its interval is there too."
    case = load_case()
    train, test = case.split("train"), case.split("test")
    if result.n != len(test):
        return f"This rate counts {result.n} messages. Count each of the {len(test)} messages of the test split once."
    right, again = _right(model, test, case), _right(call(trained_on, train.copy()), test, case)
    if isinstance(right, str) or isinstance(again, str):
        return right if isinstance(right, str) else str(again)
    if result != right:
        return (
            f"Your model gets {right.successes} right, and your rate says {result.successes}. Compare model.predict(test['text']) with test[other]."
        )
    if right.value > again.interval[1] + 0.03:
        return f"Your model gets {right.value:.0%} right. Trained on train alone it gets {again.value:.0%}. Has it seen test messages?"
    return None
