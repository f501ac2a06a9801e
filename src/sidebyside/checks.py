"""Exercise checks with hints: a right answer passes in any form, a wrong one gets a hint, none shows a traceback.

A check is a function from the learner's answer to a hint, or to None when the answer is right. Each lesson's checks lie in
its folder; `check("hallucination.1", answer)` loads those of that lesson alone.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from .asked import like, told, was_asked
from .errors import AnswerError, CourseError, ExerciseError, RecordingError, WeightsError
from .lessons import part, slugs
from .llm import latest, unheard
from .shown import shown
from .slips import kind_of, plainly, stopped, takes

Check = Callable[[Any], str | None]
FORGOTTEN = "Your function gives nothing back. Does its last line begin with `return`? Showing a result with `print` does not give it back."
UNWRITTEN = "Not done yet. Your function still returns the dots: write what it does, and what it returns in their place."
UNSORTED = "Not done yet. Write one of the words behind each letter, in the place of the dots."
MOST_LIVE = 3  # answers that are asked for again where each has to be waited for
NO = ("no", "false", "undo", "drop", "0", "")  # how somebody says that a letter or number is not chosen
NUMERALS = {word: str(number) for number, word in enumerate("zero one two three four five six seven eight nine".split())}


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
        return Verdict("not done", "Not done yet. Put your answer in the place of the dots, and run that cell and this one.")
    try:
        with unheard():
            hint = there[name](answer)
    except NotDone as undone:
        return Verdict("not done", str(undone) or UNWRITTEN)
    except Slip as slip:
        hint = str(slip)
    except Exception as error:  # whatever a learner's answer does, the page goes on
        said = plainly(error)
        hint = f"Your answer stopped the check{said and ': ' + said}. Is it the kind of thing that was asked for?"
    return Verdict("not yet", hint) if hint else Verdict("right", "Right.")


def whole_numbers(answer: Any) -> set[int]:
    """Return the whole numbers that an answer names, in whatever form: one, several, or a text; none if it holds anything else.

    Numbers with a yes or no behind each are those with a yes.
    """
    if isinstance(answer, str):
        words = re.sub(r"[a-z]+", lambda word: NUMERALS.get(word[0], word[0]), answer.lower())
        return {int(found) for found in re.findall(r"\d+", words)}
    if isinstance(answer, Iterable) and getattr(answer, "ndim", 1) != 0:
        parts = [whole_numbers(part) for part in _chosen(answer)]
        return set().union(*parts) if all(parts) else set()
    return {int(answer)} if (value := number_of(answer)) is not None and value.is_integer() else set()


def letters(answer: Any) -> set[str]:
    """Return the capital letters that an answer names, in whatever form: a text, several texts, or letters with a yes or no behind each."""
    parts = [answer] if isinstance(answer, str) else _chosen(answer) if isinstance(answer, Iterable) else []
    if any(isinstance(part, Iterable) and not isinstance(part, str) for part in parts):
        return set().union(*map(letters, parts))
    said = " ".join(map(str, parts))
    said = said.upper() if len(said) < 12 else said
    return set(said.strip()) if re.fullmatch(r"\s*[A-F]{1,6}\s*", said) else set(re.findall(r"\b[A-HJ-Z]\b", said))


def _chosen(answer: Iterable[Any]) -> list[Any]:
    """Return the parts of an answer; of names with a yes or no behind each, those with a yes."""
    if not isinstance(answer, Mapping):
        return list(answer)
    return [name for name, chosen in answer.items() if chosen and str(chosen).strip().lower() not in NO]


def number_of(answer: Any) -> float | None:
    """Return a number of whatever kind as such; None if it is none."""
    if isinstance(answer, str | bool | np.bool_) or getattr(answer, "ndim", 0) != 0 or not hasattr(answer, "__float__"):
        return None
    return float(answer)


class NotDone(Exception):
    """An answer, or what a learner's function returns, is still `...`; its text says so, if it has one."""


class Slip(Exception):
    """Something that the learner has to put right first; its text is the hint."""


class Forgotten(Slip):
    """A learner's function returns nothing where something was asked for."""

    def __init__(self, hint: str = FORGOTTEN) -> None:
        """Note the hint."""
        super().__init__(hint)


def call(function: Any, *arguments: Any) -> Any:
    """Call a learner's function.

    Raises:
        NotDone: If it still returns the dots.
        Slip: If it is no function, takes another number of things, or stops.
    """
    if not callable(function):
        raise Slip(f"This should be your function, and it is {kind_of(function)}. Does another line give its name to something else?")
    if not takes(function, len(arguments)):
        many = f"{len(arguments)} things" if len(arguments) > 1 else "one thing"
        raise Slip(f"Your function should take {many} in its brackets. Leave its first line, which begins with `def`, as it was.")
    try:
        result = function(*arguments)
    except CourseError:
        raise
    except (Exception, SystemExit) as error:  # whatever a learner's function does, the page goes on
        raise Slip(stopped(error)) from error
    if result is ...:
        raise NotDone
    return result


def result_of(function: Any, *arguments: Any) -> Any:
    """Call a learner's function that has to return something.

    Raises:
        NotDone: If it still returns the dots.
        Slip: If it is no function, takes another number of things, stops, or returns nothing.
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
    try:
        response = connection.client.chat.completions.create(**fields)
    except (RecordingError, WeightsError):  # nothing is recorded, and nobody is here who could have given it
        return False
    except AnswerError:
        return not answer.strip()
    first, second = (" ".join(text.split()) for text in (response.choices[0].message.content or "", answer))
    return bool(first) == bool(second) and (first.startswith(second) or second.startswith(first))


def first_unsaid(chats: Sequence[Any], answers: Sequence[str], **options: Any) -> int | None:
    """Return the place of the first answer found that is not what the model says to its chat; None if all are.

    What the model said in this kernel is compared, which costs nothing. About the others it is asked again, in a random order: about all
    of them where the answers are recorded or kept, and about a few where each has to be waited for.

    Args:
        chats: The messages of each request.
        answers: What the learner says that the model answered to each.
        **options: Options of the chat completion; `temperature=0` unless said otherwise.
    """
    options = {"temperature": 0} | options
    rest = []
    for place, chat in enumerate(chats):
        meant = like(chat, **options)
        if not told(answers[place], meant):
            if was_asked(meant):
                return place
            rest.append(place)
    calls = latest().calls
    unsaid: list[int] = []
    start = len(calls)
    for place in random.sample(rest, len(rest)):
        live = sum(call.source == "live" for call in calls[start:])
        if live >= MOST_LIVE or (live and unsaid):
            break
        if not says(chats[place], answers[place], **options):
            unsaid.append(place)
    return min(unsaid, default=None)


def number_hint(answer: Any, right: float, hint: str, tolerance: float = 0.005) -> str | None:
    """Compare a number with the right one; say the kind of mistake where it is plain.

    Args:
        answer: The learner's number.
        right: The right one.
        hint: What to look at otherwise.
        tolerance: How far off is still right.
    """
    value = number_of(answer)
    if value is None:
        return f"This should be a number, and it is {kind_of(answer)}."
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
    if not hasattr(answer, "items") or getattr(answer, "ndim", 1) != 1:
        return "Leave the letters as they are, and write one of the words behind each."
    said = {str(letter).strip().lower(): word for letter, word in answer.items()}
    if any(said.get(letter.lower(), ...) in (..., "...") for letter in right):
        raise NotDone(UNSORTED)
    *others, last = dict.fromkeys(words.values())
    for letter, (word, why) in right.items():
        named = {kind for start, kind in words.items() if re.search(rf"\b{start}", str(said[letter.lower()]).lower())}
        if len(named) != 1:
            return f"Behind {letter}, write {', '.join(others)} or {last}."
        if named != {word}:
            return f"Look at {letter} again. {why}"
    return None
