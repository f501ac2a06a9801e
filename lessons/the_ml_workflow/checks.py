"""Checks of the exercises of "The machine-learning workflow"."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
from sklearn.base import clone

from sidebyside.cases import Case, load_case
from sidebyside.checks import exercise, kind_of, letters, number_of, result_of
from sidebyside.evaluation import Rate, rate

NO_NUMBER = "Return one number: the share of right answers, from 0 to 1."
NO_MODEL = "This should be the fitted model itself, something with a method `predict`, and it is {kind}."
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
    named = letters(answer)
    if not named or not named <= set(PLANS):
        return 'Write the letters of the honest plans as a text, such as "B, C".'
    wrong = sorted(named ^ {"A", "D"})
    return PLANS[wrong[0]] if wrong else None


LABELS = (
    (["late", "late", "broken", "late"], ["lost", "late", "lost", "lost", "broken"], 0.2),
    (["red", "blue", "blue", "amber"], ["red", "blue", "red", "red"], 0.25),
    (["yes", "no", "no", "yes", "no"], ["yes", "yes", "no"], 1 / 3),
    (["no", "perhaps", "yes", "yes"], ["yes", "yes", "no", "no", "no"], 0.4),
)


@exercise(2)
def baseline(answer: Callable[..., Any]) -> str | None:
    """Try the function on two pairs of short columns, of other lengths and with other labels."""
    for train, test, share in LABELS:
        found = result_of(answer, pd.Series(train, index=range(7, 7 + len(train))), pd.Series(test))
        value = _number(found)
        if value is None:
            return f"{NO_NUMBER} Your function returns {kind_of(found)}."
        if abs(value - share) > 0.005:
            return _baseline_hint(value, train, test, share)
    return None


def _number(found: Any) -> float | None:
    """Return a number as such: a share, or a rate's value; None if it is neither."""
    if isinstance(found, Rate):
        return found.value
    return number_of(found)


def _baseline_hint(value: float, train: list[str], test: list[str], share: float) -> str:
    shown = f"With train labels {', '.join(train)} and test labels {', '.join(test)} the share is {share:.3g}"
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
    model = result_of(answer, train.copy())
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
    model = result_of(answer, few.assign(**{column: few[column].map(names)}))
    return all(set(model.predict(case.split(name)["text"])) <= set(names.values()) for name in ("train", "dev", "test"))


def _leak() -> str:
    return (
        "We handed your function messages with other names for their labels, and its model still gave the old names. "
        "So it learns from other messages than it is given. Use the ones in the brackets, and never dev or test."
    )


def _right(model: Any, messages: pd.DataFrame, case: Case) -> Rate | str:
    """Return the rate of right answers, or what is wrong with the model."""
    if not hasattr(model, "predict"):
        return NO_MODEL.format(kind=kind_of(model))
    try:
        predicted = list(model.predict(messages["text"]))
    except Exception:  # whatever a learner's model does, the hint is about the model
        return "The model could not sort the messages. Fit it on the column 'text' and on the labels, and return what is fitted."
    if len(predicted) != len(messages) or not set(predicted) <= set(case.labels[case.other_label]):
        return f"The model's answers are no labels of '{case.other_label}', one for each message. Fit it on that column."
    return rate(list(a == b for a, b in zip(predicted, messages[case.other_label], strict=True)))


@exercise(4)
def rate_on_test(answer: tuple[Any, Any, Any]) -> str | None:
    """Count anew what the model gets right on test, and see that training on the train split makes just such a model."""
    trained_on, model, result = answer
    if not isinstance(result, Rate):
        return f"Put the whole rate into `result`, as sbs.rate(...) returns it, so that its interval is there too. So far it is {kind_of(result)}."
    case = load_case()
    test = case.split("test")
    if result.n != len(test):
        return f"This rate counts {result.n} messages. Count each of the {len(test)} messages of the test split once."
    right = _right(model, test, case)
    if isinstance(right, str):
        return right
    if result != right:
        return (
            f"Your model gets {right.successes} right, and your rate says {result.successes}. Compare model.predict(test['text']) with test[other]."
        )
    return _seen_more(trained_on, model, case)


Said = dict[str, list[Any]]  # split → a model's answers to its messages


def _seen_more(trained_on: Any, model: Any, case: Case) -> str | None:
    """Train anew on the train split; say what speaks for another model, if anything does.

    Where training twice makes two models that answer alike, the learner's has to answer alike too. Where it is partly chance, the
    learner's may not know dev or test better than both. It may also be a model of its own, which `trained_on` does not make.
    """
    own = _answers(model, case)
    for train in (lambda: result_of(trained_on, case.split("train").copy()), lambda: _refit(model, case)):
        if _is_like(own, train, case):
            return None
    return (
        "Your model answers otherwise than one that is trained on the train split alone. Has it seen fewer messages than those, or dev or test "
        "messages too? Train it with the line model = trained_on(train), and run the cell again."
    )


def _is_like(own: Said, train: Callable[[], Any], case: Case) -> bool:
    """Tell whether a model may be one that was trained in this way."""
    try:
        first = _answers(train(), case)
        if own == first:
            return True
        second = _answers(train(), case)
    except Exception:  # a function of the learner's, or a model that cannot be copied: the other way decides
        return False
    return own == second or (first != second and not _knows_better(own, first, second, case))


def _refit(model: Any, case: Case) -> Any:
    """Return a copy of a model, trained anew on the train split: it may be another than the learner's function makes."""
    train = case.split("train")
    return clone(model).fit(train["text"], train[case.other_label])


def _answers(model: Any, case: Case) -> Said:
    return {name: list(model.predict(case.split(name)["text"])) for name in ("train", "dev", "test")}


def _knows_better(own: Said, first: Said, second: Said, case: Case) -> bool:
    """Tell whether a model gets clearly more right on dev or test, or clearly less on train, than two that learnt from the train split."""

    def right(said: Said, name: str) -> Rate:
        return rate([a == b for a, b in zip(said[name], case.split(name)[case.other_label], strict=True)])

    def above(name: str) -> float:
        return right(own, name).value - max(right(said, name).interval[1] for said in (first, second))

    def below(name: str) -> float:
        return min(right(said, name).interval[0] for said in (first, second)) - right(own, name).value

    return above("dev") > 0.03 or above("test") > 0.03 or below("train") > 0.03
