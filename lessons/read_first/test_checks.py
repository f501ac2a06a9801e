"""The checks of "Error analysis": right answers pass in any form, wrong ones get a hint, untouched ones are not done."""

from collections import Counter

import numpy as np
import pandas as pd
import pytest

import sidebyside as sbs

GROUPS = {"a": "promise", "b": "away", "c": "again", "d": "invented", "e": "promise", "f": "again", "g": "away", "h": "invented"}


def is_hinted(number, answer):
    verdict = sbs.check(f"read_first.{number}", answer)
    return verdict.state == "not yet" and len(verdict.text.split()) > 3 and "stopped the check" not in verdict.text


def is_right(number, answer):
    return sbs.check(f"read_first.{number}", answer).state == "right"


# --- 1 ---


@pytest.mark.parametrize("answer", [GROUPS, {k: f" {v.upper()}! " for k, v in GROUPS.items()}, pd.Series(GROUPS)])
def test_right_groups_pass(answer):
    assert is_right(1, answer)


@pytest.mark.parametrize("wrong", [{"a": "away"}, {"c": "invented"}, {"d": "promise"}, {"h": "promise or invented"}, {"b": "rude"}])
def test_wrong_groups_get_a_hint(wrong):
    assert is_hinted(1, GROUPS | wrong)


def test_untouched_groups_are_not_done():
    assert sbs.check("read_first.1", dict.fromkeys(GROUPS, ...)).state == "not done"


# --- 2 ---


def by_counter(codes):
    counts = Counter(fault for found in codes for fault in set(found))
    return {fault: n / len(codes) for fault, n in counts.items()}


def by_loop(codes):
    every = {fault for found in codes for fault in found}
    return {fault: sum(fault in found for found in codes) / len(codes) for fault in every}


def by_pandas(codes):
    return pd.Series([fault for found in codes for fault in set(found)]).value_counts() / len(codes)


@pytest.mark.parametrize("answer", [by_counter, by_loop, by_pandas])
def test_right_shares_pass(answer):
    assert is_right(2, answer)


@pytest.mark.parametrize(
    "answer",
    [
        lambda codes: {f: n / len(codes) for f, n in Counter(f for found in codes for f in found).items()},  # twice in one draft counts twice
        lambda codes: {f: n / sum(map(len, codes)) for f, n in Counter(f for found in codes for f in set(found)).items()},  # of all faults
        lambda codes: {f: n / sum(map(bool, codes)) for f, n in Counter(f for found in codes for f in set(found)).items()},  # of the faulty
        lambda codes: {f: n / len(codes) for f, n in Counter(found[0] for found in codes if found).items()},  # the first alone
        lambda codes: {f: 100 * s for f, s in by_counter(codes).items()},
        lambda codes: dict(Counter(f for found in codes for f in set(found))),
        lambda codes: list(by_counter(codes).values()),
        lambda codes: "half",
    ],
)
def test_wrong_shares_get_a_hint(answer):
    assert is_hinted(2, answer)


def test_untouched_shares_are_not_done():
    assert sbs.check("read_first.2", lambda codes: ...).state == "not done"
    assert not is_right(2, lambda codes: None)


# --- 3 ---


def both(flagged, found):
    hits = sum(a and b for a, b in zip(flagged, found, strict=True))
    return hits / sum(flagged), hits / sum(found)


def as_rates(flagged, found):
    one, other = np.array(flagged), np.array(found)
    return [float(other[one].mean()), float(one[other].mean())]


def as_array(flagged, found):
    return np.array(both(flagged, found))


@pytest.mark.parametrize("answer", [both, as_rates, as_array])
def test_right_precision_and_recall_pass(answer):
    assert is_right(3, answer)


@pytest.mark.parametrize(
    "answer",
    [
        lambda a, b: both(a, b)[::-1],
        lambda a, b: (sum(x == y for x, y in zip(a, b, strict=True)) / len(a), both(a, b)[1]),  # accuracy
        lambda a, b: (sum(a) / len(a), sum(b) / len(b)),
        lambda a, b: tuple(100 * share for share in both(a, b)),
        lambda a, b: both(a, b)[0],
        lambda a, b: (both(a, b)[0], both(a, b)[0]),
        lambda a, b: "all",
    ],
)
def test_wrong_precision_and_recall_get_a_hint(answer):
    assert is_hinted(3, answer)


def test_swapped_numbers_are_called_that():
    assert "swapped" in sbs.check("read_first.3", lambda a, b: both(a, b)[::-1]).text


def test_untouched_precision_is_not_done():
    assert sbs.check("read_first.3", lambda flagged, found: ...).state == "not done"


# --- 4 ---


def with_a_set(groups):
    seen, last = set(), 0
    for place, group in enumerate(groups, 1):
        if group != "nothing wrong" and group not in seen:
            seen.add(group)
            last = place
    return last


def by_index(groups):
    return max((groups.index(group) + 1 for group in set(groups) - {"nothing wrong"}), default=0)


def by_frame(groups):
    rows = pd.Series(groups, index=range(1, len(groups) + 1))
    first = rows[rows != "nothing wrong"].drop_duplicates()
    return first.index.max() if len(first) else 0


@pytest.mark.parametrize("answer", [with_a_set, by_index, by_frame])
def test_the_right_place_passes(answer):
    assert is_right(4, answer)


@pytest.mark.parametrize(
    "answer",
    [
        lambda groups: with_a_set(groups) - 1,  # counts from 0
        lambda groups: len(set(groups)),
        len,
        lambda groups: max(groups.index(group) + 1 for group in set(groups)),  # takes "nothing wrong" for a fault
        lambda groups: 1 if set(groups) != {"nothing wrong"} else 0,
        lambda groups: "late",
    ],
)
def test_a_wrong_place_gets_a_hint(answer):
    assert is_hinted(4, answer)


def test_untouched_place_is_not_done():
    assert sbs.check("read_first.4", lambda groups: ...).state == "not done"
