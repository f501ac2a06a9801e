"""Give samples to a system and collect its answers: several at once where the model's endpoint allows, and going on where a run stopped."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pandas as pd
from tqdm.auto import tqdm

from . import kept
from .answers import NoAnswer
from .environment import said
from .errors import AnswerError, Why
from .faults.explain import quiet
from .llm import at_once
from .notice import QUIET, Line, say_once
from .parallel import in_order


@dataclass(eq=False)
class Progress:
    """How far a run is.

    Attributes:
        texts: The samples' inputs.
        answers: The answers so far, by the sample's place.
        kept: How many samples needed no new answer of the model: theirs were kept from before.
        modelled: Whether a model was asked, or one of its kept answers used.
        lasting: Whether all its answers are kept for another try.
    """

    texts: list[str]
    answers: dict[int, str | None] = field(default_factory=dict)
    kept: int = 0
    modelled: bool = False
    lasting: bool = True

    def answer(self, system: Callable[[str], str | None], place: int) -> str | None:
        """Give one sample to a system; several threads may do so at once, each for other samples."""
        with kept.sample() as how:
            answer = attempt(system, self.texts[place])
        with _counting:
            self.answers[place] = answer
            self.kept += bool(how.reused and not how.got + how.lost)
            self.modelled |= bool(how.reused + how.got + how.lost)
            self.lasting &= not how.lost
        return answer

    def stopped(self) -> str:
        """Say how far the run came; nothing where no model was asked, or no answer is there."""
        if not self.modelled:
            return ""
        so_far = f"Stopped after {len(self.answers)} of {len(self.texts)}"
        show = "sbs.runs.so_far() shows them."
        if self.lasting:
            return f"{so_far}; they are kept. Run the cell again to go on from there. {show}"
        return f"{so_far}. Without a seed they are not used again, and the next run asks for all. {show}"

    def ended(self) -> str:
        """Say how many answers were there already; nothing if none was."""
        return f"{self.kept} of {len(self.texts)} were kept from the run before." if self.kept else ""


_counting = threading.Lock()
_latest: list[Progress] = []


@contextmanager
def progress(texts: Sequence[str] | pd.Series) -> Iterator[Progress]:
    """Watch over a run: say where it stopped, and when it went on with answers that were kept."""
    _latest[:] = [this := Progress(list(texts))]
    try:
        with kept.run():
            yield this
    except BaseException:
        Line().show(this.stopped())
        raise
    Line().show(this.ended())


def so_far() -> pd.DataFrame:
    """Return what the latest run has, even if it was stopped: one row for each sample that was answered."""
    rows = [(this.texts[place], answer) for this in _latest for place, answer in sorted(this.answers.items())]
    return pd.DataFrame(rows, columns=["text", "answer"])


@quiet
def run(system: Callable[[str], str | None], texts: Sequence[str] | pd.Series) -> list[str | None]:
    """Give each text to a system and collect its answers in order; a bar shows progress when it takes more than two seconds.

    Where the latest connection is to an endpoint, several texts are worked on at once (see `SIDEBYSIDE_AT_ONCE`).

    A model's answers are kept on disk as they come. If the run is stopped, the next one goes on from there (see `kept`).

    Args:
        system: A function from a text to an answer; at an endpoint, several threads call it.
        texts: The samples' inputs.

    Returns:
        What the system returned, in order; a `NoAnswer` where it raised an `AnswerError`. Any other error ends the run.
    """
    quiet = said("MODE") in QUIET
    with progress(texts) as this, tqdm(total=len(this.texts), delay=2, leave=False, disable=quiet) as bar:
        answers = in_order(lambda place: this.answer(system, place), range(len(this.texts)), at_once(), bar.update)
    if sentence := unanswered(answers):
        say_once(sentence)
    return answers


def attempt(system: Callable[[str], str | None], text: str) -> str | None:
    """Give one text to a system; return a `NoAnswer` if no usable answer came."""
    try:
        return system(text)
    except AnswerError as error:
        return NoAnswer(error.why, str(error))


def unanswered(answers: Iterable[Any]) -> str:
    """Say in a sentence how many answers never came, and why; nothing if each came.

    Args:
        answers: The answers of a run.
    """
    given = list(answers)
    missing = [answer for answer in given if isinstance(answer, NoAnswer)]
    if not missing:
        return ""
    counted = "; ".join(f"{kind}: {n}" for kind, n in Counter(answer.why.replace("_", " ") for answer in missing).items())
    if all(answer.why == Why.UNMEASURED for answer in missing):
        return f"Not measured: {len(missing)} of {len(given)}. {missing[0].sentence}"
    if len(missing) < len(given):
        return f"The model gave no answer to {len(missing)} of {len(given)} ({counted}). {missing[0].sentence}"
    return f"The model gave no answer to any of {len(given)} ({counted}), so nothing can be said of it here. {missing[0].sentence}"
