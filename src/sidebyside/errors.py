"""Messages a learner can act on: what happened, where, what to do.

Every fault that the course foresees is a `CourseError`; in a notebook it shows as one sentence instead of a traceback.
`plain_errors` gives the errors of the `openai` package the same manners; what they say is in `faults`, one floor below.
"""

from __future__ import annotations

import enum

import openai

from .faults.explain import CUT_OFF as CUT_OFF, explain as explain, plain_errors as plain_errors
from .faults.refusals import EMBEDDED_HOST as EMBEDDED_HOST


class CourseError(openai.OpenAIError):
    """A fault that the reader can fix; its text says how.

    It is an `openai.OpenAIError` because the openai client hands those on as they are, unwrapped and without a retry.
    """

    def _render_traceback_(self) -> list[str]:
        """Show one sentence in IPython instead of a traceback."""
        return [f"{type(self).__name__}: {self}"]


class SettingsError(CourseError):
    """A setting (`SIDEBYSIDE_…`) has a value that the course does not know."""


class WeightsError(CourseError):
    """The file of the embedded model is missing or is not the file expected."""


class TableError(CourseError):
    """A file that should hold a table cannot be read as one; the text names file, line and remedy."""


class EmbeddedError(CourseError):
    """The embedded model is gone, or slower than the reader allows."""


class CaseError(CourseError):
    """A case's folder breaks a rule; the text names file, line and remedy."""


class RecordingError(CourseError):
    """An answer is missing from the recordings, or a recording was altered."""


class BudgetError(CourseError):
    """The spending limit is reached."""


class StoppedError(CourseError):
    """A run was stopped while a request of it waited for its turn."""


class SuiteError(CourseError):
    """An evaluation suite breaks a rule; the text names file, line and remedy, or the angle."""


class KnowledgeError(CourseError):
    """The test before and after the course breaks a rule; the text names the item and the remedy."""


class LessonError(CourseError):
    """A lesson, or something in its folder, is not there; the text says what there is."""


class ExerciseError(CourseError):
    """There is no exercise with the name that was asked for."""


class Why(enum.StrEnum):
    """What kind of no answer an `AnswerError` is."""

    REFUSED = "refused"  # the model declines
    FILTERED = "filtered"  # a content filter held it back
    CUT_OFF = "cut_off"  # the limit of length was reached before any text
    EMPTY = "empty"  # there is no text
    UNMEASURED = "unmeasured"  # log-probabilities were asked for and are absent
    GARBLED = "garbled"  # it cannot be read
    FAULT = "fault"  # a fault was reported in its place


class AnswerError(CourseError):
    """The endpoint said "200, fine" but what it sent is no answer.

    Attributes:
        why: What kind of no answer it is.
    """

    def __init__(self, text: str, why: Why = Why.GARBLED) -> None:
        """Keep what to say, and the kind."""
        super().__init__(text)
        self.why = why
