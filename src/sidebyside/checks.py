"""Exercise checks with hints: a right answer passes in any form, a wrong one gets a hint, none shows a traceback.

A check is a function from the learner's answer to a hint, or to None when the answer is right. Each lesson's checks lie in
its folder; `check("hallucination.1", answer)` loads those of that lesson alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from .errors import ExerciseError
from .lessons import part, slugs
from .llm import latest
from .shown import shown

Check = Callable[[Any], str | None]
FORGOTTEN = "Your function gives nothing back. Does its last line begin with `return`?"
WORDS = {"str": "a text", "int": "a number", "float": "a number", "bool": "yes or no", "list": "a list", "tuple": "a list", "set": "a list"}
PYTHON = re.compile(  # what only a programmer would understand
    r"\b(?:str|string|strings|int|integers|float|bool|dict|tuple|NoneType|Series|DataFrame|ndarray|Token|object|lambda)\b|\(\)|<\w"
)
WORDS |= {"dict": "a table of names and values", "function": "a function", "NoneType": "nothing"}


@dataclass(frozen=True)
class Verdict:
    """What a check says.

    Attributes:
        state: "right", "not yet" or "not done".
        text: A sentence for the learner.
    """

    state: str
    text: str

    def __repr__(self) -> str:
        """Return sign and sentence."""
        sign = {"right": "✓", "not yet": "→", "not done": "…"}[self.state]
        return f"{sign} {self.text}"

    def _repr_html_(self) -> str:
        return f'<p class="sbs-check {self.state.replace(" ", "-")}">{shown(repr(self))}</p>'


def exercise(number: int) -> Callable[[Check], Check]:
    """Mark a function of `lessons/<slug>/checks.py` as the check of the lesson's exercise with this number."""

    def mark(check: Check) -> Check:
        check.exercise = number  # type: ignore[attr-defined]
        return check

    return mark


def exercises(slug: str) -> dict[str, Check]:
    """Return a lesson's checks by their names, such as "hallucination.1", in order; no other lesson's are loaded."""
    marked = [value for value in vars(part(slug, "checks")).values() if hasattr(value, "exercise")]
    return {f"{slug}.{check.exercise}": check for check in sorted(marked, key=lambda check: check.exercise)}


def check(name: str, answer: Any) -> Verdict:
    """Check a learner's answer.

    Args:
        name: The exercise's name, such as "hallucination.1": the lesson's slug and the number on its page.
        answer: What the learner made, or a tuple of such things; `...` means nothing yet.

    Raises:
        ExerciseError: If no exercise has this name.
    """
    slug = name.rpartition(".")[0]
    if slug not in slugs():
        raise ExerciseError(f"There is no exercise '{name}': no lesson is called '{slug}'. There are: {', '.join(slugs())}.")
    there = exercises(slug)
    if name not in there:
        raise ExerciseError(f"There is no exercise '{name}'; there are {', '.join(there)}.")
    if answer is ... or (isinstance(answer, tuple) and any(part is ... for part in answer)):
        return Verdict("not done", "Not done yet. Replace the dots by your code and run the cell again.")
    try:
        hint = there[name](answer)
    except NotDone:
        return Verdict("not done", "Not done yet. Write the body of the function and run the cell again.")
    except Forgotten:
        hint = FORGOTTEN
    except Exception as error:  # whatever a learner's answer does, the page goes on
        said = _plainly(error)
        hint = f"Your answer stopped the check{said and ': ' + said}. Is it the kind of thing that was asked for?"
    return Verdict("not yet", hint) if hint else Verdict("right", "Right.")


def _plainly(error: Exception) -> str:
    """Return what Python says of an error, with everyday words for its names of kinds; nothing if only a programmer would understand it."""
    said = re.sub(r"""(['"])([\w.]+)\1""", lambda found: WORDS.get(found[2], found[0]), str(error).rstrip("."))
    said = (
        re.sub(r"^[\w.<>]+\(\) (?=takes|missing|got)", "your function ", said)
        .replace(" object ", " ")
        .replace("object of type ", "")
        .replace("len()", "length")
    )
    return "" if PYTHON.search(said) else said


def whole_numbers(answer: Any) -> set[int]:
    """Return the whole numbers that an answer names, in whatever form: one, several, or a text; none if it holds anything else."""
    if isinstance(answer, str):
        return {int(found) for found in re.findall(r"\d+", answer)}
    if isinstance(answer, Iterable) and getattr(answer, "ndim", 1) != 0:
        parts = [whole_numbers(part) for part in answer]
        return set().union(*parts) if all(parts) else set()
    return {int(answer)} if hasattr(answer, "__float__") and float(answer).is_integer() else set()


def letters(answer: Any) -> set[str]:
    """Return the capital letters that an answer names, in whatever form: a text, several texts, or letters with a yes or no behind each."""
    if isinstance(answer, Mapping):
        answer = [letter for letter, chosen in answer.items() if chosen and str(chosen).strip().lower() not in ("no", "false")]
    said = answer if isinstance(answer, str) else " ".join(map(str, answer)) if isinstance(answer, Iterable) else ""
    said = said.upper() if len(said) < 12 else said
    return set(said.strip()) if re.fullmatch(r"\s*[A-F]{1,6}\s*", said) else set(re.findall(r"\b[A-Z]\b", said))


def kind_of(answer: Any) -> str:
    """Say in everyday words what kind of thing an answer is."""
    return WORDS.get(type(answer).__name__, "something else")


class NotDone(Exception):
    """A learner's function still returns `...`."""


class Forgotten(Exception):
    """A learner's function returns nothing where something was asked for."""


def call(function: Any, *arguments: Any) -> Any:
    """Call a learner's function.

    Raises:
        NotDone: If its body is still the dots.
    """
    result = function(*arguments)
    if result is ...:
        raise NotDone
    return result


def result_of(function: Any, *arguments: Any) -> Any:
    """Call a learner's function that has to return something.

    Raises:
        NotDone: If its body is still the dots.
        Forgotten: If it returns nothing.
    """
    result = call(function, *arguments)
    if result is None:
        raise Forgotten
    return result


def says(messages: Any, answer: str, **options: Any) -> bool:
    """Tell whether the latest connection's model gives this answer, so that a check sees that it was asked.

    Where answers are kept or recorded, asking again costs nothing. An answer may be cut off sooner than the other, or have other spaces.

    Args:
        messages: The chat.
        answer: What the learner says that the model answered.
        **options: Options of the chat completion; `temperature=0` unless said otherwise.
    """
    connection = latest()
    fields = {"model": connection.model, "messages": messages, "temperature": 0} | options
    response = connection.client.chat.completions.create(**fields)
    first, second = (" ".join(text.split()) for text in (response.choices[0].message.content or "", answer))
    return bool(first) == bool(second) and (first.startswith(second) or second.startswith(first))


def number_hint(answer: Any, right: float, hint: str, tolerance: float = 0.005) -> str | None:
    """Compare a number with the right one; say the kind of mistake where it is plain.

    Args:
        answer: The learner's number.
        right: The right one.
        hint: What to look at otherwise.
        tolerance: How far off is still right.
    """
    if isinstance(answer, str | bool) or not hasattr(answer, "__float__"):
        return f"This should be a number, and it is {kind_of(answer)}."
    value = float(answer)
    if abs(value - right) <= tolerance:
        return None
    if 0 <= right <= 1 and abs(value - 100 * right) <= 100 * tolerance:
        return "That is a percentage. Give the share, a number from 0 to 1."
    return hint


def sorting_hint(answer: Any, right: Mapping[str, tuple[str, str]], words: Mapping[str, str]) -> str | None:
    """Compare what a learner sorted with what is right, whatever the case and whatever is said around the words.

    Args:
        answer: Letter → what the learner wrote.
        right: Letter → the right word, and what to look at.
        words: How a word may begin → which of the words in `right` is meant.

    Returns:
        A hint; None if all is right.

    Raises:
        NotDone: If a letter still has its dots.
    """
    if not isinstance(answer, Mapping):
        return "Leave the letters as they are, and write one of the words behind each."
    said = {str(letter).strip().lower(): word for letter, word in answer.items()}
    if any(said.get(letter, ...) is ... for letter in right):
        raise NotDone
    *others, last = dict.fromkeys(words.values())
    for letter, (word, why) in right.items():
        named = {kind for start, kind in words.items() if re.search(rf"\b{start}", str(said[letter]).lower())}
        if len(named) != 1:
            return f"Behind {letter}, write {', '.join(others)} or {last}."
        if named != {word}:
            return f"Look at {letter} again. {why}"
    return None
