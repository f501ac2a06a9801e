"""What must hold for any input: Hypothesis looks for the odd one that a hand-picked example would miss."""

from __future__ import annotations

import json
import random
from fractions import Fraction
from typing import Any

import numpy as np
from hypothesis import assume, given, strategies as st
from scipy.stats import binomtest
from sklearn.metrics import roc_auc_score

import sidebyside as sbs
from sidebyside import wording
from sidebyside.evaluation import macro_f1
from sidebyside.store import canonical, key_of, seal_of

SCALARS = st.none() | st.booleans() | st.integers(-(10**9), 10**9) | st.floats(allow_nan=False, allow_infinity=False) | st.text()
REQUESTS = st.dictionaries(st.text(), st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=8))
PAIRS = st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=60)


def shuffled(thing: Any, generator: random.Random) -> Any:
    """Return the same JSON with the keys of every object in another order."""
    if isinstance(thing, list):
        return [shuffled(item, generator) for item in thing]
    if isinstance(thing, dict):
        items = list(thing.items())
        generator.shuffle(items)
        return {name: shuffled(value, generator) for name, value in items}
    return thing


@given(REQUESTS, st.integers(0, 9), st.randoms(use_true_random=False))
def test_a_request_has_one_key_however_it_is_written(request: dict[str, Any], indent: int, generator: random.Random) -> None:
    again = json.dumps(shuffled(request, generator), indent=indent, ensure_ascii=generator.random() < 0.5)
    assert key_of("chat/completions", again) == key_of("chat/completions", json.dumps(request))
    assert canonical(canonical(again)) == canonical(again)


def exact(thing: Any) -> Any:
    """Return JSON with each number as what it is worth: 0, 0.0 and -0.0 are one, true is none."""
    if isinstance(thing, list):
        return [exact(item) for item in thing]
    if isinstance(thing, dict):
        return {name: exact(value) for name, value in thing.items()}
    return f"number {Fraction(thing)}" if type(thing) in (int, float) else [thing]


def respelled(thing: Any, generator: random.Random) -> Any:
    """Return the same JSON with whole numbers written as fractions, and the other way round."""
    if isinstance(thing, list):
        return [respelled(item, generator) for item in thing]
    if isinstance(thing, dict):
        return {name: respelled(value, generator) for name, value in thing.items()}
    if type(thing) is float and thing.is_integer() and abs(thing) < 2**53:
        return int(thing) if generator.random() < 0.5 else -(-thing or 0.0)
    return float(thing) if type(thing) is int and generator.random() < 0.5 else thing


@given(REQUESTS | st.dictionaries(st.text(), st.integers(-3, 3).map(float) | st.just(-0.0)), st.randoms(use_true_random=False))
def test_a_request_has_one_key_however_its_numbers_are_written(request: dict[str, Any], generator: random.Random) -> None:
    assert key_of("chat/completions", json.dumps(respelled(request, generator))) == key_of("chat/completions", json.dumps(request))


@given(REQUESTS, REQUESTS)
def test_other_requests_have_other_keys(one: dict[str, Any], other: dict[str, Any]) -> None:
    assume(exact(one) != exact(other))
    assert key_of("chat/completions", json.dumps(one)) != key_of("chat/completions", json.dumps(other))
    assert key_of("completions", json.dumps(one)) != key_of("chat/completions", json.dumps(one))


@given(REQUESTS, st.text(min_size=1), SCALARS)
def test_a_changed_entry_breaks_its_seal(entry: dict[str, Any], name: str, value: Any) -> None:
    assume(name != "seal" and json.dumps(entry.get(name, ...), default=str) != json.dumps(value))
    assert seal_of(entry | {name: value}) != seal_of(entry)
    assert seal_of(entry | {"seal": "anything"}) == seal_of(entry | {"seal": "else"})


@given(st.integers(1, 5000), st.data())
def test_a_rate_lies_in_its_interval(n: int, data: st.DataObject) -> None:
    rate = sbs.Rate(data.draw(st.integers(0, n)), n)
    low, high = rate.interval
    assert -1e-9 <= low <= rate.value + 1e-9 and rate.value - 1e-9 <= high <= 1 + 1e-9
    assert high - low < sbs.Rate(1, 2).interval[1] - sbs.Rate(1, 2).interval[0] or n <= 2


@given(PAIRS)
def test_the_paired_test_is_the_sign_test_of_those_that_differ(pairs: list[tuple[bool, bool]]) -> None:
    first, second = zip(*pairs, strict=True)
    won, lost = (sum(a and not b for a, b in pairs), sum(b and not a for a, b in pairs))
    expected = binomtest(won, won + lost).pvalue if won + lost else 1.0
    assert abs(sbs.paired_p(first, second) - expected) < 1e-9
    assert [len(part) for part in sbs.flips(second, first)] == [won, lost]


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 5)), min_size=2, max_size=40))
def test_the_auroc_is_scikit_learn_s(answers: list[tuple[bool, int]]) -> None:
    right, confidence = zip(*answers, strict=True)
    found = sbs.auroc(right, [level / 5 for level in confidence])
    if len(set(right)) == 1:
        assert found.value is None
    else:
        assert found.value is not None
        assert abs(found.value - roc_auc_score(right, confidence)) < 1e-9
        assert found.interval[0] <= found.interval[1]


@given(st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from(["a", "b", None])), min_size=1, max_size=40))
def test_macro_f1_does_not_hang_on_order_or_names(answers: list[tuple[str, str | None]]) -> None:
    target, said = zip(*answers, strict=True)
    other = {"a": "b", "b": "a", None: None}
    turned = macro_f1([other[label] for label in target][::-1], [other[label] for label in said][::-1], ["b", "a"])  # type: ignore[misc]
    assert abs(macro_f1(target, said, ["a", "b"]) - turned) < 1e-9
    assert 0 <= turned <= 1


@given(st.lists(st.floats(0, 1), min_size=1, max_size=4, unique=True), st.floats(-1, 2))
def test_an_option_is_the_last_whose_bound_is_reached(bounds: list[float], value: float) -> None:
    bounds = sorted(bounds)
    assume(all(abs(value - bound) > 1e-6 for bound in bounds) and (np.diff(bounds) > 1e-6).all())
    assert wording.by_bounds(value, bounds, [str(place) for place in range(len(bounds) + 1)]) == str(sum(bound <= value for bound in bounds))
