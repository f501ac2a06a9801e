"""Messages a learner can act on: what happened, where, what to do.

Lowest floor of the package. Every fault that the course foresees is a `CourseError`; in a notebook it shows
as one sentence instead of a traceback. `plain_errors` gives the errors of the `openai` package the same manners.
"""

from __future__ import annotations

import enum
import json
import os

import httpx2
import openai


class CourseError(openai.OpenAIError):
    """A fault that the reader can mend; its text says how.

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


STATUS_ADVICE = {
    400: "The endpoint does not accept this request: {detail}. Take out the option it names and run the cell again.",
    401: "The endpoint refused the key (401). Set OPENAI_API_KEY to a key that is valid for this endpoint, then restart the kernel.",
    403: "The key may not use this model (403). Ask whoever runs the endpoint for access, or choose another SIDEBYSIDE_MODEL.",
    404: "The endpoint does not know the model or the address (404): {detail}. Check SIDEBYSIDE_MODEL and OPENAI_BASE_URL.",
    429: "The endpoint says: too many requests, or the quota is used up (429). Wait a minute and run the cell again, or ask for quota.",
}
SERVER_ADVICE = "The endpoint had a fault of its own ({status}) each time it was asked. Wait a little and run the cell again."
EMBEDDED_HOST = "embedded.invalid"  # stands in requests for an embedded server's real address, which is known once it runs
EMBEDDED_ADVICE = {
    400: "The embedded model does not accept this request: {detail}. Shorten the question, or take out the option it names.",
    500: "The embedded model had a fault of its own ({status}): {detail}. Restart the kernel and run the cell again.",
}
CUT_OFF = "The answer was cut off in the middle. Run the cell again; if it stays so, look at the endpoint's log."


def explain(error: BaseException) -> str:
    """Say in one sentence what went wrong with a call and what to do.

    Args:
        error: Anything raised by a call through the `openai` client.

    Returns:
        One or two short sentences, free of keys and addresses.
    """
    if isinstance(error, openai.APITimeoutError):
        return "The endpoint did not answer in time. Run the cell again, or give connect() a longer timeout."
    if isinstance(error, openai.APIStatusError):
        return _advice(error).format(detail=_detail(error), status=error.status_code)
    if isinstance(error, json.JSONDecodeError) or isinstance(error.__cause__, httpx2.RemoteProtocolError):
        return CUT_OFF
    if isinstance(error, openai.APIConnectionError):
        return "No endpoint answers at OPENAI_BASE_URL. Start it or fix the address; unset SIDEBYSIDE_MODEL to use the embedded model."
    words = error.message if isinstance(error, openai.APIError) else str(error)
    return _without_key(words.splitlines()[0]) if words else type(error).__name__


def _advice(error: openai.APIStatusError) -> str:
    """Return what to say of a status, with places for the endpoint's own words; the embedded model is no endpoint."""
    kind = 500 if error.status_code >= 500 else 400
    if error.request.url.host == EMBEDDED_HOST:
        return EMBEDDED_ADVICE[kind]
    return STATUS_ADVICE.get(error.status_code, SERVER_ADVICE if kind == 500 else STATUS_ADVICE[400])


def _detail(error: openai.APIStatusError) -> str:
    """Return the endpoint's own words, at most 240 characters on one line, without the key should it be among them."""
    body = error.body if isinstance(error.body, dict) else {}
    words = " ".join(str(body.get("message") or "no reason given").split())
    return _without_key(words)[:240].rstrip(".")


def _without_key(words: str) -> str:
    return words.replace(os.environ.get("OPENAI_API_KEY") or "\n", "…")


def plain_errors() -> None:
    """Let every error of the openai client show in a notebook as one sentence, and be saved as the same one."""

    def one_sentence(error: openai.OpenAIError) -> list[str]:
        return [f"{type(error).__name__}: {explain(error)}"]

    openai.OpenAIError._render_traceback_ = one_sentence  # type: ignore[attr-defined]
    openai.APIError.__str__ = explain  # type: ignore[method-assign]
