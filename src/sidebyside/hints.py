"""What the checks of several lessons say of an answer's form: a function, one number, a list of texts, words behind letters."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any

import numpy as np
import pandas as pd

from .checks import NotDone, call, number_of
from .slips import kind_of

UNSORTED = "Not done yet. Write one of the words behind each letter, in the place of the dots."


def arrays_hint(function: Any, *lists: Any) -> str | None:
    """Return a hint if a learner's function stops on lists, and would not on numpy's arrays.

    Raises:
        NotDone: If its body is still the dots.
    """
    try:
        call(function, *lists)
    except NotDone:
        raise
    except Exception:  # whatever it is, arrays may go better
        with suppress(Exception):
            call(function, *(np.array(part) if isinstance(part, list) else part for part in lists))
            return "Your function gets lists, and what it does with them works on arrays only. Make arrays of them first, with np.array(...)."
    return None


def several(answer: Any) -> list[Any] | None:
    """Return the parts of an answer that holds several: a list, a column, a table's rows, what stands behind names; None for anything else."""
    if isinstance(answer, Mapping):
        answer = answer.values()
    elif isinstance(answer, pd.DataFrame):
        answer = answer.iloc[:, 0] if answer.shape[1] == 1 else answer.to_numpy()
    there = isinstance(answer, Iterable) and not isinstance(answer, str) and getattr(answer, "ndim", 1) > 0
    return list(answer) if there else None


def texts_hint(answers: list[Any] | None, name: str, wanted: int) -> str | None:
    """Return a hint unless the answer holds as many texts as are wanted.

    Args:
        answers: What `several` found in it.
        name: What the exercise calls it.
        wanted: How many texts there should be.
    """
    if not answers:
        return f"`{name}` should be a list of {wanted} texts. What map(...) or (... for ...) makes is used up once read: put list(...) around it."
    if len(answers) != wanted:
        return f"`{name}` should hold {wanted} texts, one for each question and in the same order. Yours holds {len(answers)}."
    if not all(isinstance(text, str) for text in answers):
        return f"`{name}` should hold the texts alone: take response.choices[0].message.content of each response."
    return None


def number_hint(answer: Any, right: float, hint: str, tolerance: float = 0.005, *, name: str = "") -> str | None:
    """Compare a number with the right one; say the kind of mistake where it is plain. A rate counts as its value, a list of one as that one.

    Args:
        answer: The learner's number.
        right: The right one.
        hint: What to look at otherwise.
        tolerance: How far off is still right.
        name: What the exercise calls it.
    """
    called, answer = f"`{name}`" if name else "This", getattr(answer, "value", answer)
    if hasattr(answer, "pvalue"):
        return f"{called} should be a number. Take the p-value out of the result: `.pvalue`."
    if isinstance(answer, np.ndarray | pd.Series | list | tuple):
        if len(parts := np.ravel(np.asarray(answer, dtype=object))) != 1:
            return f"{called} should be one number, and it holds {len(parts)}. Count them, or work out what was asked for."
        answer = parts[0]
    if (value := number_of(answer)) is None:
        return f"{called} should be a number, and it is {kind_of(answer)}."
    if abs(value - right) <= tolerance:
        return None
    return f"{called} is a percentage. Give the share, a number from 0 to 1." if _is_percentage(value, right) else hint


def _is_percentage(value: float, right: float) -> bool:
    """Tell whether a number is the right share in percent, rounded or not; beside one near 0, a small number may be any mistake."""
    return 0 <= right <= 1 < value and abs(value - 100 * right) <= min(0.5, 10 * right)


def sorting_hint(answer: Any, right: Mapping[str, tuple[str, str]], words: Mapping[str, str]) -> str | None:
    """Compare what a learner sorted with what is right, whatever the case and whatever is said around the words.

    A column and pairs will do, and "not x" does not say x.

    Args:
        answer: Letter → what the learner wrote.
        right: Letter → the right word, and what to look at.
        words: How a word may begin → which of the words in `right` is meant.

    Returns:
        A hint; None if all is right.

    Raises:
        NotDone: If a letter still has its dots.
    """
    if not isinstance(answer, Mapping | pd.Series):
        return "Leave the letters as they are, and write one of the words behind each."
    said = {str(letter).strip().lower(): word for letter, word in answer.items()}
    if missing := [letter for letter in right if letter.lower() not in said]:
        return f"Leave all letters as they are, and write a word behind each: {', '.join(missing)} is gone."
    if any(said[letter.lower()] is ... or said[letter.lower()] == "..." for letter in right):
        raise NotDone(UNSORTED)
    *others, last = dict.fromkeys(words.values())
    for letter, (word, why) in right.items():
        named = _named(said[letter.lower()], words)
        if len(named) != 1:
            return f"Behind {letter}, write {', '.join(others)} or {last}."
        if named != {word}:
            return f"Look at {letter} again. {why}"
    return None


def _named(said: Any, words: Mapping[str, str]) -> set[str]:
    """Return which words somebody names, other than to deny them."""
    text = said if isinstance(said, str) else " and ".join(map(str, said)) if isinstance(said, list | tuple | set) else ""
    text = re.sub(rf"\b(not|no)( an?| the)? (?={'|'.join(words)})\w+", "", text, flags=re.IGNORECASE)
    return {kind for start, kind in words.items() if re.search(rf"\b{start}", text, re.IGNORECASE)}
