"""The checks of the exercises: the right answer passes in any form, wrong ones get a hint, the untouched one is "not done"."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import sidebyside as sbs
from sidebyside import checks
from tests.verdicts import assert_hint

CASE = sbs.load_case()
OTHER = CASE.other_label
LABELS = CASE.labels[OTHER]
DEV = CASE.split("dev").head(20)
TARGETS = list(DEV[OTHER])
STRANGER = "no idea"


def changes(before: list, after: list, target: list) -> tuple[int, int]:
    pairs = [(b == t, a == t) for b, a, t in zip(before, after, target, strict=True)]
    return sum(a and not b for b, a in pairs), sum(b and not a for b, a in pairs)


def with_numpy(before: list, after: list, target: list) -> Any:
    b, a, t = (np.array(values, dtype=object) for values in (before, after, target))
    return np.array([np.sum((b != t) & (a == t)), np.sum((b == t) & (a != t))])


def choose(table: Any) -> str | None:
    fit = table[table["usable"] >= 0.95]
    return None if fit.empty else fit.sort_values(["right", "tokens"], ascending=[False, True])["version"].iloc[0]


def choose_in_a_loop(table: Any) -> str | None:
    rows = [row for row in table.to_dict("records") if row["usable"] >= 0.95]
    return max(rows, key=lambda row: (row["right"], -row["tokens"]), default={"version": None})["version"]


def places(before: list, after: list, target: list) -> tuple[list[int], list[int]]:
    return sbs.flips(*([x == y for x, y in zip(said, target, strict=True)] for said in (before, after)))


RIGHT: list[tuple[str, Callable]] = [
    ("prompt_iteration.2", changes),
    ("prompt_iteration.2", lambda b, a, t: list(changes(b, a, t))),
    ("prompt_iteration.2", with_numpy),
    ("prompt_iteration.2", lambda b, a, t: tuple(map(len, places(b, a, t)))),
    ("prompt_iteration.4", choose),
    ("prompt_iteration.4", choose_in_a_loop),
]
WRONG: list[tuple[str, Callable, str]] = [
    ("prompt_iteration.2", lambda b, a, t: changes(b, a, t)[::-1], "gain is"),
    ("prompt_iteration.2", lambda b, a, t: changes(b, a, t)[0] - changes(b, a, t)[1], "two whole numbers"),
    ("prompt_iteration.2", places, "two whole numbers"),
    ("prompt_iteration.2", lambda b, a, t: (sum(x != y and x != z for x, y, z in zip(b, a, t, strict=True)), changes(b, a, t)[1]), "no gain"),
    ("prompt_iteration.2", lambda b, a, t: (sum(y == z for x, y, z in zip(b, a, t, strict=True)), 0), "nothing"),
    ("prompt_iteration.2", lambda b, a, t: "2, 0", "two whole numbers"),
    ("prompt_iteration.4", lambda table: table.loc[table["right"].idxmax(), "version"], "too few usable"),
    ("prompt_iteration.4", lambda table: table.sort_values("tokens")["version"].iloc[0], "most right"),
    ("prompt_iteration.4", lambda table: choose(table.assign(tokens=0)), "fewer tokens"),
    ("prompt_iteration.4", lambda table: choose(table[table["usable"] > 0.95]), "Exactly"),
    ("prompt_iteration.4", lambda table: choose(table) or table["version"].iloc[0], "return None"),
    ("prompt_iteration.4", lambda table: table[table["usable"] >= 0.95], "a table"),
    ("prompt_iteration.4", lambda table: None, "gives nothing back"),
    ("prompt_iteration.2", lambda b, a, t: None, "gives nothing back"),
    ("prompt_iteration.2", lambda b, a, t: changes(b, a, sorted(t)), "same place"),
]


@pytest.mark.parametrize(("number", "answer"), RIGHT)
def test_right_answer_passes(number: str, answer: Callable) -> None:
    assert sbs.check(number, answer).state == "right"


@pytest.mark.parametrize(("number", "answer", "says"), WRONG)
def test_wrong_answer_gets_a_hint(number: str, answer: Callable, says: str) -> None:
    assert_hint(number, answer, says)


# --- 1 -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("right", [["A", "C"], ("C", "A"), "A and C", "a, c", {"A", "C"}])
def test_the_changes_worth_keeping_pass_in_any_form(right: Any) -> None:
    assert sbs.check("prompt_iteration.1", right).state == "right"


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (["A"], "One more"),
        (["C"], "One more"),
        (["A", "B", "C"], "change B"),
        ("D", "change D"),
        ([], "letters"),
        (["E"], "letters"),
        ("all of them", "letters"),
    ],
)
def test_a_change_too_many_or_too_few_gets_a_hint(wrong: Any, said: str) -> None:
    assert_hint("prompt_iteration.1", wrong, said)


# --- 3 -----------------------------------------------------------------------------------------------------------

FIRST = sbs.Prompt("v1", "", f"Sort this: {', '.join(LABELS)}.\n\n{{text}}")
SECOND = sbs.Prompt("v2", "a sentence", "Sort this.\n\n{text}", options=sbs.one_of(*LABELS))
BEFORE = [STRANGER] * 3 + [f"It is about {label}." for label in TARGETS[3:]]
AFTER = [*TARGETS[:2], *[STRANGER] * (len(TARGETS) - 2)]
COUNTS = (2, len(TARGETS) - 3)


@pytest.fixture(autouse=True)
def asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """A scripted model that gives the answers above: after the second version's constraint the later ones."""
    texts = list(DEV["text"])

    def create(messages: Any, **options: Any) -> Any:
        place = texts.index(messages[-1]["content"].partition("\n\n")[2])
        said = (AFTER if set(SECOND.options) & set(options) else BEFORE)[place]
        return SimpleNamespace(choices=[SimpleNamespace(message=SimpleNamespace(content=said))])

    client = SimpleNamespace(chat=SimpleNamespace(completions=SimpleNamespace(create=create)))
    monkeypatch.setattr(checks, "latest", lambda: SimpleNamespace(client=client, model="scripted", calls=[]))


@pytest.mark.parametrize("result", [COUNTS, list(COUNTS), np.array(COUNTS)], ids=["tuple", "list", "array"])
def test_counts_of_the_learner_s_own_answers_pass(result: Any) -> None:
    assert sbs.check("prompt_iteration.3", (FIRST, SECOND, BEFORE, AFTER, result)).state == "right"


def test_two_versions_that_answer_alike_pass_too() -> None:
    other = sbs.Prompt("v2", "new words", f"Is it one of {', '.join(LABELS)}?\n\n{{text}}")
    assert sbs.check("prompt_iteration.3", (FIRST, other, BEFORE, BEFORE, (0, 0))).state == "right"


def test_answers_that_no_model_gave_get_a_hint() -> None:
    assert_hint("prompt_iteration.3", (FIRST, SECOND, TARGETS, AFTER, (0, len(TARGETS) - 2)), "Asked with 'v1' about message 1,")
    assert_hint("prompt_iteration.3", (FIRST, SECOND, BEFORE, BEFORE, (0, 0)), "Asked with 'v2'")


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        ((FIRST, SECOND, BEFORE, AFTER, COUNTS[::-1]), "wrong way round"),
        ((FIRST, SECOND, BEFORE, AFTER, (2, 2)), "other counts"),
        ((FIRST, SECOND, BEFORE, AFTER, COUNTS[0] - COUNTS[1]), "both numbers"),
        ((FIRST, SECOND, BEFORE[:5], AFTER, COUNTS), "one for each"),
        ((FIRST, SECOND, [True] * len(TARGETS), AFTER, COUNTS), "texts of"),
        ((FIRST, FIRST, BEFORE, AFTER, COUNTS), "ask the same"),
        (("Sort this", SECOND, BEFORE, AFTER, COUNTS), "sbs.Prompt"),
        ((sbs.Prompt("v1", "", ", ".join(LABELS)), SECOND, BEFORE, AFTER, COUNTS), "never gets the message"),
        ((FIRST, sbs.Prompt("v2", "", "{text}"), BEFORE, AFTER, COUNTS), "does not name the label"),
    ],
)
def test_wrong_counts_or_prompts_get_a_hint(answer: tuple, says: str) -> None:
    assert_hint("prompt_iteration.3", answer, says)


@pytest.mark.parametrize("number", ["prompt_iteration.1", "prompt_iteration.2", "prompt_iteration.3", "prompt_iteration.4"])
def test_untouched_is_not_done(number: str) -> None:
    assert sbs.check(number, ...).state == "not done"


@pytest.mark.parametrize("number", ["prompt_iteration.2", "prompt_iteration.4"])
def test_untouched_function_is_not_done(number: str) -> None:
    assert sbs.check(number, lambda *arguments: ...).state == "not done"


def test_untouched_part_is_not_done() -> None:
    assert sbs.check("prompt_iteration.3", (FIRST, SECOND, ..., ..., ...)).state == "not done"
