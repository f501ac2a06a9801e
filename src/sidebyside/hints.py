"""What the checks of several lessons say of an answer's form: a function, one number, a list of texts, words behind letters."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any

import numpy as np
import pandas as pd

from .checks import NotDone, call, number_hint, sorting_hint


def function_hint(answer: Any, name: str) -> str | None:
    """Return a hint if the answer is no function; the name is the one that the exercise gave it."""
    return None if callable(answer) else f"Hand over the function itself, `{name}`, without calling it."


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


def same_answer(reply: Any, said: str) -> bool:
    """Tell whether a reply says what somebody says it does, but for spaces; either may be cut off sooner, unless the reply came to its end."""
    choice = reply.choices[0]
    first, second = (" ".join(text.split()) for text in (choice.message.content or "", said))
    goes_on = getattr(choice, "finish_reason", None) != "stop" and second.startswith(first)
    return bool(first) == bool(second) and (first.startswith(second) or goes_on)


def one_number_hint(answer: Any, name: str, right: float, hint: str, tolerance: float = 0.005) -> str | None:
    """Compare an answer that has a name with the right number, as `number_hint` does; a rate counts as its value, a list of one as that one."""
    answer = getattr(answer, "value", answer)
    if hasattr(answer, "pvalue"):
        return f"`{name}` should be a number. Take the p-value out of the result: `.pvalue`."
    if isinstance(answer, np.ndarray | pd.Series | list | tuple):
        if len(parts := np.ravel(np.asarray(answer, dtype=object))) != 1:
            return f"`{name}` should be one number, and it holds {len(parts)}. Count them, or work out what was asked for."
        answer = parts[0]
    said = number_hint(answer, right, hint, tolerance)
    if said and "percentage" in said and abs(float(answer)) <= 1:  # beside a right number near 0, each small one looks like a percentage
        return hint
    return said and said.replace("This should be", f"`{name}` should be", 1).replace("That is", f"`{name}` is", 1)


def words_hint(answer: Any, right: Mapping[str, tuple[str, str]], words: Mapping[str, str]) -> str | None:
    """Compare what a learner sorted with what is right, as `sorting_hint` does; a column and pairs will do, and "not x" does not say x.

    Args:
        answer: Letter → what the learner wrote.
        right: Letter → the right word, and what to look at.
        words: How a word may begin → which of the words in `right` is meant.
    """
    if isinstance(answer, pd.Series):
        answer = answer.to_dict()
    if not isinstance(answer, Mapping):
        return sorting_hint(answer, right, words)
    said = {str(letter).strip().lower(): word for letter, word in answer.items()}
    if missing := [letter for letter in right if letter not in said]:
        return f"Leave all letters as they are, and write a word behind each: {', '.join(missing)} is gone."
    denied = re.compile(rf"\b(not|no)( an?| the)? (?={'|'.join(words)})\w+", re.IGNORECASE)
    return sorting_hint({letter: word if word is ... else denied.sub("", _text(word)) for letter, word in said.items()}, right, words)


def _text(word: Any) -> str:
    return word if isinstance(word, str) else " and ".join(map(str, word)) if isinstance(word, list | tuple | set) else ""
