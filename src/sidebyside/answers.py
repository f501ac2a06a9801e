"""One place that refuses an unusable answer: what an endpoint sends with "200, fine", read, put right where that is safe, or refused.

An answer that passes here can be recorded, scored and counted. One that does not becomes an `AnswerError`, whose `why` says what kind
of no answer it is. Two decisions: a text that is empty although the model ended of itself (`finish_reason` "stop") is an answer, for
the model chose to say nothing; a text that is null or absent, or empty without such an end, is none. And a text of spaces alone, or
none, at the limit of length is none, unless log-probabilities were asked for and are there: then the one token was measured.
"""

from __future__ import annotations

import base64
import json
import math
import os
import re
import struct
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

from .endpoint.thinking import FIELDS, choice_apart
from .errors import CUT_OFF, AnswerError, Why
from .faults.bodies import LONG_KEY, one_line, without_keys
from .faults.refusals import keyless, keys_of, page_instead

Fields = dict[str, Any]

AGAIN = "Run the cell again, or try another model."
STREAM = "The endpoint sent its answer in pieces, as an event stream, though none was asked for. Switch streaming off there, or try another model."
NOTHING = "The endpoint said that all is well, and sent nothing. Run the cell again, or ask whoever runs the endpoint."
NO_JSON = "The endpoint sent something that is not JSON, so no answer can be read. Check OPENAI_BASE_URL, or ask whoever runs the endpoint."
SHAPE = "The endpoint sent an answer in a form that the course cannot read ({what}). " + AGAIN
NO_CHOICE = "The endpoint sent an answer without any choice. " + AGAIN
NO_TEXT = "The model sent no text ({what}). " + AGAIN
REFUSED = "The model declined to answer{said}. Put the question in other words, or try another model."
FILTERED = "A content filter at the endpoint held the answer back ({what}). Put the question in other words, or ask whoever runs the endpoint."
LENGTH = "The model reached its limit of length before it wrote any text. Allow a longer answer (max_tokens), or try another model."
UNMEASURED = "The answer came without the log-probabilities{what} that were asked for. Choose a model or an endpoint that tells them."
FAULT = "The endpoint reported a fault in place of an answer{said}. Wait a little and run the cell again, or ask whoever runs the endpoint."

FILTERS = re.compile(r"filter|safety|blocked|blocklist|block_reason|prohibited|recitation|spii|sensitive|guardrail|moderat|unsafe")
POLICIES = re.compile(r"content.?(filter|management|polic)|safety|moderation|prohibited")  # in an endpoint's own words
FAULTS = re.compile(r"error|fail|abort|cancel|insufficient_system_resource|context_window_exceeded|malformed|timeout|interrupt")
ENDED = re.compile(r"stop|eos|end|complete|done|finished")  # the model ended of itself
LENGTHS = re.compile(r"length|max_?(output_|completion_|new_)?tokens|incomplete")
TEXTS, THOUGHTS = {"text", "output_text"}, {"thinking", "reasoning", "redacted_thinking", "reasoning_text"}
UNUSED = ("bytes", "timings", "__verbose")


class NoAnswer(str):
    """What stands where an answer would, if none came: an empty text that knows why.

    It reads as an empty text, and shows as "no answer (filtered)". It also reads as a chat response whose only message it is, so that
    a page need not ask which of the two it holds: `choices[0].message.content` is itself, and there are no log-probabilities.

    Attributes:
        why: What kind of no answer it is.
        sentence: What happened, and what to do.
    """

    why: Why
    sentence: str

    def __new__(cls, why: Why, sentence: str = "") -> NoAnswer:
        """Make an empty text that knows why."""
        made = super().__new__(cls, "")
        made.why, made.sentence = Why(why), sentence
        return made

    def __getnewargs__(self) -> tuple[Why, str]:  # type: ignore[override]  # so that it can be copied
        """Return what a copy is made of."""
        return self.why, self.sentence

    def __str__(self) -> str:
        """Say that there is no answer, and why."""
        return f"no answer ({self.why.replace('_', ' ')})"

    __repr__ = __str__

    @property
    def text(self) -> NoAnswer:
        """Itself, so that it reads as an answer to `ask()` too."""
        return self

    @property
    def tokens(self) -> list[Any]:
        """None."""
        return []

    @property
    def choices(self) -> list[Any]:
        """One choice, whose message is this."""
        message = SimpleNamespace(role="assistant", content=self, tool_calls=None, refusal=None)
        return [SimpleNamespace(message=message, text=self, logprobs=None, finish_reason=self.why, index=0)]


def whole_answer(content: bytes, kind: str, fields: Fields) -> dict[str, Any]:
    """Return an answer's body, slimmed, with thinking set apart; refuse one that cannot be used.

    Args:
        content: The body.
        kind: Its content type; may be empty.
        fields: The request's fields: they say which route was asked, and whether log-probabilities were.

    Raises:
        AnswerError: If the answer cannot be used; its text says what happened and what to do, its `why` which kind it is.
    """
    try:
        return _without_keys(_checked(_told(_parsed(content, kind)), fields), content)
    except RecursionError:
        raise _garbled("nested too deeply") from None


def _checked(body: dict[str, Any], fields: Fields) -> dict[str, Any]:
    """Return a body slimmed, if what it answers with is usable; what stands beside that is put right where need be."""
    checks = CHECKS if "input" in fields else {"choices": _check_choices}
    part = next((name for name in checks if isinstance(body.get(name), list) and body[name]), None)
    if part is None:
        raise AnswerError(NO_CHOICE, Why.EMPTY)
    _require_sound(body[part])
    checks[part](body, fields)
    beside = {name: _sound(value) for name, value in body.items() if name != part}
    if not isinstance(beside.get("usage") or {}, dict):
        beside["usage"] = None  # what is no account counts as none given
    slimmed: dict[str, Any] = slim({name: body[part] if name == part else beside[name] for name in body})
    return slimmed


def _without_keys(body: dict[str, Any], content: bytes) -> dict[str, Any]:
    """Return a body without the reader's keys: gateways send back what they were sent, and answers are kept and passed on."""
    keys = {key for key in keys_of(os.environ) if len(key) >= LONG_KEY}
    if not any(key.encode() in content for key in keys):
        return body

    def cut(value: Any) -> Any:
        if isinstance(value, dict):
            return {cut(name): cut(item) for name, item in value.items()}
        if isinstance(value, list):
            return [cut(item) for item in value]
        return without_keys(value, keys) if isinstance(value, str) else value

    cleaned: dict[str, Any] = cut(body)
    return cleaned


def slim(response: Any) -> Any:
    """Drop what no page uses: the bytes of tokens, llama.cpp's timings, digits of log-probabilities beyond the fifth."""
    if isinstance(response, list):
        return [slim(item) for item in response]
    if isinstance(response, dict):
        return {name: slim(value) for name, value in response.items() if name not in UNUSED}
    return round(response, 5) if isinstance(response, float) else response


# --- the body as a whole ----------------------------------------------------------------------------------------------


def _parsed(content: bytes, kind: str) -> Any:
    """Return the JSON of a body; a web page and an event stream are told by their beginning if not by their type."""
    start = content.lstrip(b"\xef\xbb\xbf \t\r\n")[:15].lower()
    if start.startswith((b"data:", b"event:", b"id:", b":")) or "event-stream" in kind:
        raise AnswerError(STREAM, Why.GARBLED)
    if page := page_instead(content, kind):
        raise AnswerError(page, Why.GARBLED)
    if not start.strip(b"\x00"):
        raise AnswerError(NOTHING, Why.EMPTY)
    try:
        return json.loads(content)
    except json.JSONDecodeError as error:
        cut = start.startswith((b"{", b"[")) and (error.pos >= len(error.doc.rstrip()) - 6 or "Unterminated" in error.msg)
        raise AnswerError(CUT_OFF if cut else NO_JSON, Why.GARBLED) from None
    except ValueError:
        raise AnswerError(NO_JSON, Why.GARBLED) from None


def _told(body: Any) -> dict[str, Any]:
    """Return the body if it is an answer; refuse a fault that came in its place, and whatever else is no answer."""
    if isinstance(body, list) and len(body) == 1:
        body = body[0]  # as Google's routes wrap their faults
    if not isinstance(body, dict):
        raise AnswerError(NO_CHOICE, Why.GARBLED)
    bare = not any(body.get(name) for name in ("choices", "data", "output"))
    if bare and (blocked := _words(body.get("promptFeedback") or body.get("prompt_feedback"))):
        raise AnswerError(FILTERED.format(what=blocked), Why.FILTERED)
    if body.get("error") or body.get("object") == "error" or (bare and _complaint(body)):
        words = _complaint(body)
        _refuse_ending("content_filter" if POLICIES.search(words.lower()) else "error", words)
    return body


def _complaint(body: dict[str, Any]) -> str:
    """Return an endpoint's own words for a fault, in whichever of the usual places they stand."""
    names = ("error", "detail", "message", "msg", "errors", "base_resp", "supplierError", "error_message", "reason")
    return next((words for name in names if (words := _words(body.get(name)))), "")


def _words(value: Any) -> str:
    """Return the first text inside a value that reads like a message, on one line, without a key; "" if there is none."""
    if isinstance(value, str):
        return keyless(one_line(_sound(value)).translate(str.maketrans("[]", "()")))[:160].strip(" .")
    if isinstance(value, dict):
        first = ("message", "msg", "status_msg", "detail", "reason", "blockReason", "block_reason", "error", "code", "type")
        return next((words for name in first if (words := _words(value.get(name)))), "")
    return next((words for item in value if (words := _words(item))), "") if isinstance(value, list) else ""


def _leaves(value: Any) -> Iterator[Any]:
    """Yield every text and number of a JSON value, and every name in it."""
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, dict):
            waiting += [*item.keys(), *item.values()]
        elif isinstance(item, list):
            waiting += item
        else:
            yield item


def _is_sound(leaf: Any) -> bool:
    """Tell whether a leaf can be written as JSON in UTF-8: no infinite number, no half of a character."""
    if isinstance(leaf, float):
        return math.isfinite(leaf)
    return not (isinstance(leaf, str) and re.search("[\ud800-\udfff]", leaf))


def _require_sound(part: Any) -> None:
    for leaf in _leaves(part):
        if not _is_sound(leaf):
            raise AnswerError(SHAPE.format(what="half of a character" if isinstance(leaf, str) else "a number that is not finite"), Why.GARBLED)


def _sound(value: Any) -> Any:
    """Return what stands beside the answer with its unsound leaves put right: they must not make the answer unusable."""
    if isinstance(value, dict):
        return {_sound(name): _sound(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_sound(item) for item in value]
    return value if _is_sound(value) else re.sub("[\ud800-\udfff]", "\ufffd", value) if isinstance(value, str) else None


def _garbled(what: str) -> AnswerError:
    return AnswerError(SHAPE.format(what=what), Why.GARBLED)


# --- chats and raw completions ----------------------------------------------------------------------------------------


def _check_choices(body: dict[str, Any], fields: Fields) -> None:
    """Check every choice, and put thinking apart in its message.

    Raises:
        AnswerError: If one of them is unusable.
    """
    for choice in body["choices"]:
        if not isinstance(choice, dict):
            raise AnswerError(NO_CHOICE, Why.EMPTY if choice is None else Why.GARBLED)
        ending = _ending(choice)
        if "prompt" in fields and "messages" not in fields:
            text, settled = choice.get("text"), False
        else:
            choice["message"] = _message(choice)
            choice.update(choice_apart(choice))
            text, settled = choice["message"]["content"], _only_calls(choice["message"], fields)
        measured = _check_measures(choice, text, fields)
        if not settled:
            _require_text(text, ending, measured=measured, thought=choice.get("message") or {})


def _ending(choice: dict[str, Any]) -> str:
    """Return why the model stopped, in small letters.

    Raises:
        AnswerError: If it stopped because of a filter or a fault, or if a filter's own report says so.
    """
    ending = str(choice.get("finish_reason") or choice.get("finishReason") or "").lower()
    if choice.get("error"):
        _refuse_ending("error", _words(choice["error"]))
    reports = choice.get("content_filter_results")
    held = [name for name, told in (reports.items() if isinstance(reports, dict) else ()) if isinstance(told, dict) and told.get("filtered") is True]
    if held:
        _refuse_ending("content_filter", ", ".join(map(str, held)))
    _refuse_ending(ending)
    return ending


def _refuse_ending(ending: str, words: str = "") -> None:
    """Refuse an answer that ended by a refusal, a filter or a fault."""
    if ending == "refusal":
        raise AnswerError(REFUSED.format(said=""), Why.REFUSED)
    if FILTERS.search(ending):
        raise AnswerError(FILTERED.format(what=_words(words or ending)), Why.FILTERED)
    if FAULTS.search(ending):
        raise AnswerError(FAULT.format(said=f": {words}" if words else ""), Why.FAULT)


def _message(choice: dict[str, Any]) -> dict[str, Any]:
    """Return a choice's message with a text or None as its content.

    Raises:
        AnswerError: If there is no message, it is a refusal, or its content is no text.
    """
    message = choice.get("message")
    if not isinstance(message, dict):
        raise AnswerError(NO_TEXT.format(what="its answer holds no message"), Why.EMPTY if message is None else Why.GARBLED)
    if refusal := message.get("refusal"):
        raise AnswerError(REFUSED.format(said=_quoted(refusal)), Why.REFUSED)
    content = message.get("content")
    message = message | (_joined(content) if isinstance(content, list) else {"content": content})
    if not isinstance(message["content"], str | None):
        raise _garbled("its content is no text")
    return message


def _joined(parts: list[Any]) -> dict[str, str]:
    """Return content that came in parts as one text, and its thinking as another.

    Raises:
        AnswerError: If a part is neither.
    """
    text, thoughts = "", ""
    for part in parts:
        told = part if isinstance(part, dict) else {"text": part}
        kind = str(told.get("type", "text"))
        if kind == "refusal":
            raise AnswerError(REFUSED.format(said=_quoted(told.get("refusal"))), Why.REFUSED)
        if kind not in TEXTS | THOUGHTS or (kind in TEXTS and not isinstance(told.get("text"), str)):
            raise _garbled("a part of it is no text")
        text += told["text"] if kind in TEXTS else ""
        thoughts += _texts(told) if kind in THOUGHTS else ""
    return {"content": text} | ({"reasoning_content": thoughts} if thoughts else {})


def _texts(part: dict[str, Any]) -> str:
    """Return the text of a thinking part, whichever way it is nested."""
    inner = part.get("thinking") or part.get("text") or part.get("reasoning") or part.get("summary")
    pieces = inner if isinstance(inner, list) else [inner]
    return "".join(piece if isinstance(piece, str) else str(piece.get("text", "")) for piece in pieces if isinstance(piece, str | dict))


def _only_calls(message: dict[str, Any], fields: Fields) -> bool:
    """Tell whether a message without text is what was asked for: calls of tools that the request offers.

    Raises:
        AnswerError: If nobody offered a tool.
    """
    if (message["content"] or "").strip() or not (message.get("tool_calls") or message.get("function_call")):
        return False
    if fields.get("tools") or fields.get("functions"):
        return True
    raise AnswerError(NO_TEXT.format(what="it called a tool that nobody offered"), Why.EMPTY)


def _require_text(text: Any, ending: str, *, measured: bool, thought: dict[str, Any]) -> None:
    """Refuse what is no text, and a text without a letter where the model did not end of itself."""
    bare = not isinstance(text, str) or not text.strip()
    if bare and LENGTHS.search(ending) and not (measured and isinstance(text, str)):
        raise AnswerError(LENGTH, Why.CUT_OFF)
    if text is None:
        raise AnswerError(NO_TEXT.format(what="its content is null"), Why.EMPTY)
    if not isinstance(text, str):
        raise _garbled("its text is no text")
    if bare and not (measured or ENDED.search(ending)):
        raise AnswerError(NO_TEXT.format(what="it is empty, and nothing says that the model ended it"), Why.EMPTY)
    if bare and any(thought.get(name) for name in FIELDS):
        raise AnswerError(NO_TEXT.format(what="all of it is thinking"), Why.EMPTY)


def _quoted(words: Any) -> str:
    said = _words(words)
    return f": “{said}”" if said else ""


# --- log-probabilities ------------------------------------------------------------------------------------------------


def _check_measures(choice: dict[str, Any], text: Any, fields: Fields) -> bool:
    """Check the log-probabilities of a choice, and tell whether there are any.

    Raises:
        AnswerError: If they were asked for and are absent although there is text, or cannot be read.
    """
    raw = "prompt" in fields and "messages" not in fields
    asked = fields.get("logprobs") not in (None, False) if raw else bool(fields.get("logprobs"))
    likeliest = bool(fields.get("logprobs")) if raw else bool(fields.get("top_logprobs"))
    told = choice.get("logprobs")
    if told is not None and not isinstance(told, dict):
        raise _garbled("its log-probabilities")
    tokens = _tokens(told or {})
    if asked and text and not tokens:
        raise AnswerError(UNMEASURED.format(what=""), Why.UNMEASURED)
    for logprob, others in tokens:
        _require_chances([] if logprob is None and fields.get("echo") else [logprob], others)  # an echo's first token has none
    if asked and likeliest and tokens and not tokens[0][1] and not fields.get("echo"):
        raise AnswerError(UNMEASURED.format(what=" of the likeliest other tokens"), Why.UNMEASURED)
    return bool(asked and tokens)


def _tokens(told: dict[str, Any]) -> list[tuple[Any, list[Any]]]:
    """Return each token's log-probability and those of the likeliest ones at its place, from either of the two forms."""
    if told.get("tokens"):
        lists = [told.get("tokens"), told.get("token_logprobs"), told.get("top_logprobs") or [{}] * len(_list(told["tokens"]))]
        if len({len(_list(one)) for one in lists}) > 1 or not all(isinstance(token, str) for token in _list(lists[0])):
            raise _garbled("its log-probabilities")
        return [(logprob, _pairs(tops)) for logprob, tops in zip(lists[1] or [], lists[2] or [], strict=True)]
    found = []
    for item in _list(told.get("content") or []):
        if not isinstance(item, dict) or not isinstance(item.get("token"), str):
            raise _garbled("its log-probabilities")
        found.append((item.get("logprob"), [_chance(top) for top in _list(item.get("top_logprobs") or [])]))
    return found


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise _garbled("its log-probabilities")
    return value


def _pairs(tops: Any) -> list[Any]:
    if tops is not None and not isinstance(tops, dict):
        raise _garbled("its log-probabilities")
    return list((tops or {}).values())


def _chance(top: Any) -> Any:
    if not isinstance(top, dict) or not isinstance(top.get("token"), str):
        raise _garbled("its log-probabilities")
    return top.get("logprob")


def _require_chances(*lists: list[Any]) -> None:
    """Refuse a log-probability that is no number, or far above 0: a text in its place, or a probability."""
    for value in (value for one in lists for value in one):
        if isinstance(value, bool) or not isinstance(value, int | float) or not -1e9 < value < 0.01:
            raise _garbled("a log-probability that is none")


# --- embeddings, and the Responses route ------------------------------------------------------------------------------


def _check_vectors(body: dict[str, Any], fields: Fields) -> None:
    """Check that there is one vector for each text, all of one length, of numbers.

    Raises:
        AnswerError: If not.
    """
    vectors = [_vector(item) for item in body["data"]]
    if len(set(vectors)) > 1 or 0 in vectors:
        raise _garbled("its vectors differ in length" if 0 not in vectors else "an empty vector")
    texts = fields.get("input")
    wanted = len(texts) if isinstance(texts, list) and texts and not isinstance(texts[0], int) else 1
    if len(vectors) != wanted:
        raise _garbled(f"{len(vectors)} vectors for {wanted} texts")


def _vector(item: Any) -> int:
    """Return the length of a vector of finite numbers, given as a list or in base 64."""
    values = item.get("embedding") if isinstance(item, dict) else None
    if isinstance(values, str):
        try:
            packed = base64.b64decode(values, validate=True)
            values = list(struct.unpack(f"<{len(packed) // 4}f", packed))
        except (ValueError, struct.error):
            raise _garbled("a vector that is none") from None
    if not isinstance(values, list) or not all(isinstance(v, int | float) and not isinstance(v, bool) and abs(v) < 1e300 for v in values):
        raise _garbled("a vector that holds something other than numbers")
    return len(values)


def _check_output(body: dict[str, Any], fields: Fields) -> None:
    """Check that an answer of the Responses route holds a text.

    Raises:
        AnswerError: If it is refused, filtered, cut off before any text, or failed.
    """
    ending = str(body.get("status") or "").lower()
    details = body.get("incomplete_details")
    _refuse_ending(ending)
    _refuse_ending(str(details.get("reason") or "").lower() if isinstance(details, dict) else "")
    items = [item for item in body["output"] if isinstance(item, dict)]
    said = [
        _joined(item["content"])["content"] for item in items if item.get("type", "message") == "message" and isinstance(item.get("content"), list)
    ]
    calls = [item for item in items if str(item.get("type")).endswith("_call")]
    if not said and calls and fields.get("tools"):
        return
    _require_text("".join(said) if said else None, ending or "completed", measured=False, thought={})


CHECKS = {"choices": _check_choices, "data": _check_vectors, "output": _check_output}  # by the field that holds the answer
