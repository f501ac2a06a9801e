"""What can be put otherwise in a request than a page asks for it: each change knows how it is made, and what the reader is told of it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from math import inf
from typing import Any

from .objections import LIMITS

Fields = dict[str, Any]


@dataclass(frozen=True)
class Change:
    """One thing that is put otherwise than a page asks for it.

    Attributes:
        name: What it is known by; a dialect has each once.
        apply: Returns the fields as the endpoint takes them; the very same fields where there is nothing to change.
        says: What follows the model's name in the sentence for the reader.
        rank: Its place among all: room to think is added to the limit that is sent at last, and a range holds for what comes of it.
    """

    name: str
    apply: Callable[[Fields], Fields] = field(compare=False)
    says: str = field(compare=False)
    rank: int = field(default=0, compare=False)


LOSSES = {
    "temperature": "takes no temperature, so its answers may differ from run to run and temperatures cannot be compared",
    "seed": "takes no seed, so a sampled answer cannot be had a second time",
    "logprobs": "tells no log-probabilities, so what pages read from them is not measured",
    "top_logprobs": "tells no likely tokens beside the chosen one, so what pages read from them is not measured",
    "stop": "takes no stop words, so an answer may go on after them",
}
LIMIT_LOST = "takes no limit of length, so an answer may be longer than the page asks for"
RENAMED = "takes the {what} as {name}"
ROOM = "may think before it answers, so the limit of an answer's length is raised by {room:,} tokens for that"
FOLDED = "takes no system message, so its text stands at the head of the user's"
PREFIX = "goes on from a begun answer only if told so, which it is"
UNBEGUN = "does not go on from a begun answer, so the beginning is given as an instruction"
KEYWORD = "does not know “{word}” in a JSON schema, so that is left out"
LOOSE = "takes this JSON schema only if it is not strict"
OBJECT = "takes no JSON schema, so it is asked for any JSON and the schema is part of the message"
ASKED = "takes no response format, so the JSON schema is part of the message, and its answer may break it"
ANY_OBJECT = "takes only JSON schemas, so it gets one that allows any JSON"
NAMED = ("properties", "$defs")  # what they hold goes by names, which are no keywords
GO_ON = "Your answer begins with the words below. Write only what comes after them.\n{begun}"
ONLY_JSON = "Answer with JSON alone, without any other text."
FITTING = " It must fit this JSON schema: {schema}"


LEFT_OUT = "no "


def said_of(option: str, sentences: Iterable[str], how: str = "(?:no |the )?") -> str:
    """Return the first of some sentences about changes that says how an option was put otherwise; "" if none does.

    Args:
        option: The option's name, such as "temperature".
        sentences: What is told of an answer's changes, also by a recording.
        how: A pattern of what stands before the name: `LEFT_OUT` finds only that it was left out.
    """
    return next((sentence for sentence in sentences if re.search(rf" takes {how}{option}\b", sentence)), "")


def without(option: str) -> Change:
    """Return the change that leaves an option out; with log-probabilities goes the number of likely tokens."""
    gone = {"logprobs", "top_logprobs"} if option == "logprobs" else {option}
    says = LIMIT_LOST if option in LIMITS else LOSSES.get(option, f"takes no option “{option}”, so that is left out")

    def apply(fields: Fields) -> Fields:
        return {name: value for name, value in fields.items() if name not in gone} if gone & fields.keys() else fields

    return Change(f"without {option}", apply, says)


def renamed(option: str, name: str) -> Change:
    """Return the change that gives an option another name."""

    def apply(fields: Fields) -> Fields:
        return {name if key == option else key: value for key, value in fields.items()} if option in fields else fields

    return Change(f"{option} as {name}", apply, RENAMED.format(what="limit of length" if option in LIMITS else option, name=name))


def demanded(option: str, on: bool) -> Change:
    """Return the change that gives an option which an endpoint insists on."""
    word = "on" if on else "off"

    def apply(fields: Fields) -> Fields:
        return fields if fields.get(option) is on else fields | {option: on}

    return Change(f"{option} {word}", apply, f"wants the option “{option}” switched {word}, which it is")


def bounded(option: str, low: float | None, high: float | None) -> Change:
    """Return the change that brings a number into the range that an endpoint names."""

    def apply(fields: Fields) -> Fields:
        value = fields.get(option)
        if not isinstance(value, int | float) or isinstance(value, bool):
            return fields
        least, most = -inf if low is None else low, inf if high is None else high
        near = min(max(float(value), least), most)
        return fields if near == value else fields | {option: int(near) if isinstance(value, int) and near.is_integer() else near}

    ends = [f"at least {low:g}" if low else "", f"at most {high:g}" if high is not None else ""]
    return Change(f"{option} from {low} to {high}", apply, f"takes {option} of {' and '.join(end for end in ends if end)}, so it gets the nearest", 2)


def with_room(room: int) -> Change:
    """Return the change that gives a chat tokens to think in, on top of the limit that a page sets for the answer."""

    def apply(fields: Fields) -> Fields:
        limit = next((name for name in LIMITS if _is_number(fields.get(name))), None)
        return fields | {limit: fields[limit] + room} if limit and "messages" in fields else fields

    return Change("room", apply, ROOM.format(room=room), 1)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _fold_system(fields: Fields) -> Fields:
    """Put each system message at the head of the user's message after it, and join neighbours of one role."""
    messages: list[Fields] = []
    waiting = ""
    for message in fields.get("messages") or []:
        role, text = message.get("role"), message.get("content")
        if role in ("system", "developer") and isinstance(text, str):
            waiting = _joined(waiting, text)
        elif not isinstance(text, str):
            messages.append(message)
        else:
            head, waiting = (waiting, "") if role == "user" else ("", waiting)
            again = bool(messages) and messages[-1].get("role") == role and isinstance(messages[-1].get("content"), str)
            before = messages.pop()["content"] if again else ""
            messages.append(message | {"content": _joined(before, head, text)})
    messages += [{"role": "user", "content": waiting}] if waiting else []
    return fields if messages == fields.get("messages") else fields | {"messages": messages}


def _joined(*texts: str) -> str:
    return "\n\n".join(text for text in texts if text)


def begun_answer(fields: Fields) -> Fields | None:
    """Return the last message if it is the beginning of an answer."""
    last = (fields.get("messages") or [{}])[-1]
    return last if last.get("role") == "assistant" and isinstance(last.get("content"), str) else None


def _mark_prefix(fields: Fields) -> Fields:
    last = begun_answer(fields)
    return fields | {"messages": [*fields["messages"][:-1], last | {"prefix": True}]} if last else fields


def _instruct_beginning(fields: Fields) -> Fields:
    last = begun_answer(fields)
    return _instructed(fields | {"messages": fields["messages"][:-1]}, GO_ON.format(begun=last["content"])) if last else fields


def _instructed(fields: Fields, text: str) -> Fields:
    """Return fields with a further instruction at the end of the last message of the user."""
    messages = list(fields.get("messages") or [])
    for place in reversed(range(len(messages))):
        if messages[place].get("role") == "user" and isinstance(messages[place].get("content"), str):
            messages[place] = messages[place] | {"content": _joined(messages[place]["content"], text)}
            return fields | {"messages": messages}
    return fields | {"messages": [*messages, {"role": "user", "content": text}]}


FOLD = Change("system folded", _fold_system, FOLDED)
MARK = Change("prefix marked", _mark_prefix, PREFIX)
INSTRUCT = Change("beginning instructed", _instruct_beginning, UNBEGUN)


# --- the form of the answer ------------------------------------------------------------------------------------------------


def form_of(fields: Fields) -> str:
    """Return the type of the response format that a request wants; "" if it wants none."""
    wanted = fields.get("response_format")
    return str(wanted.get("type", "")) if isinstance(wanted, dict) else ""


def schema_of(fields: Fields) -> Any:
    """Return the JSON schema that a request wants its answer in; None if it wants none."""
    inner = fields["response_format"].get("json_schema") if form_of(fields) == "json_schema" else None
    return inner.get("schema") if isinstance(inner, dict) else None


def _with_schema(fields: Fields, **changed: Any) -> Fields:
    wanted = fields["response_format"]
    inner = {name: value for name, value in (wanted["json_schema"] | changed).items() if value is not None}
    return fields | {"response_format": wanted | {"json_schema": inner}}


def keywords_of(schema: Any) -> set[str]:
    """Return the keywords in a JSON schema that it could do without; names of properties are none."""
    if isinstance(schema, list):
        return set().union(*map(keywords_of, schema))
    if not isinstance(schema, dict):
        return set()
    inner = [value for name, value in schema.items() if name not in (*NAMED, "enum", "const", "required")]
    named = [item for name in NAMED for item in (schema.get(name) or {}).values()]
    return (schema.keys() - {"type", "properties", "items", "enum", "$defs", "$ref"}).union(*map(keywords_of, inner + named))


def without_keyword(word: str) -> Change:
    """Return the change that takes a keyword out of every JSON schema."""

    def cut(schema: Any, names: bool = False) -> Any:
        if isinstance(schema, list):
            return [cut(item) for item in schema]
        if not isinstance(schema, dict):
            return schema
        kept = {name: value for name, value in schema.items() if names or name != word}
        return {
            name: value if name in ("enum", "const") else cut(value, not names and name in ("properties", "$defs")) for name, value in kept.items()
        }

    def apply(fields: Fields) -> Fields:
        schema = schema_of(fields)
        return _with_schema(fields, schema=cut(schema)) if word in keywords_of(schema) else fields

    return Change(f"without keyword {word}", apply, KEYWORD.format(word=word))


def _not_strict(fields: Fields) -> Fields:
    return _with_schema(fields, strict=None) if schema_of(fields) is not None and "strict" in fields["response_format"]["json_schema"] else fields


def _as_object(fields: Fields) -> Fields:
    if (schema := schema_of(fields)) is None:
        return fields
    return _instructed(fields, _as_words(schema)) | {"response_format": {"type": "json_object"}}


def _as_instruction(fields: Fields) -> Fields:
    if "response_format" not in fields:
        return fields
    wanted = bool(form_of(fields)) and form_of(fields) != "text" and not _is_instructed(fields)
    rest = {name: value for name, value in fields.items() if name != "response_format"}
    return _instructed(rest, _as_words(schema_of(fields))) if wanted else rest


def _as_words(schema: Any) -> str:
    return ONLY_JSON + (FITTING.format(schema=json.dumps(schema, ensure_ascii=False)) if schema else "")


def _is_instructed(fields: Fields) -> bool:
    return any(ONLY_JSON in str(message.get("content")) for message in fields.get("messages") or [])


def _as_any_schema(fields: Fields) -> Fields:
    wanted = {"type": "json_schema", "json_schema": {"name": "answer", "schema": {"type": "object"}}}
    return fields | {"response_format": wanted} if form_of(fields) == "json_object" else fields


NOT_STRICT = Change("schema not strict", _not_strict, LOOSE)
AS_OBJECT = Change("schema as object", _as_object, OBJECT)
AS_INSTRUCTION = Change("schema as instruction", _as_instruction, ASKED)
AS_ANY_SCHEMA = Change("object as schema", _as_any_schema, ANY_OBJECT)


# --- how an endpoint takes requests ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Form:
    """How an endpoint takes requests, as far as it is known.

    Attributes:
        changes: What is put otherwise, in the order in which it was learned.
        room: Tokens to think in.
    """

    changes: tuple[Change, ...] = ()
    room: int = 0

    def apply(self, fields: Fields) -> Fields:
        """Return a request's fields as the endpoint takes them; the very same fields where there is nothing to change."""
        for change in sorted(self.changes, key=lambda change: change.rank):
            fields = change.apply(fields)
        return fields

    def of(self, fields: Fields) -> list[Change]:
        """Return the changes that this request meets with."""
        met = []
        for change in sorted(self.changes, key=lambda change: change.rank):
            changed = change.apply(fields)
            met += [change] if changed is not fields else []
            fields = changed
        return met

    def plus(self, *changes: Change) -> Form:
        """Return this form with further changes; one of the same name takes the other's place."""
        known = {change.name: change for change in (*self.changes, *changes)}
        return replace(self, changes=tuple(known.values()))

    def without(self, option: str) -> Form:
        """Return this form with an option left out; one that had got this name is left out by its own."""
        own = next((change for change in self.changes if change.name.endswith(f" as {option}")), None)
        kept = replace(self, changes=tuple(change for change in self.changes if change is not own))
        return kept.plus(without(own.name.partition(" as ")[0] if own else option))

    def roomy(self, room: int) -> Form:
        """Return this form with so much room to think."""
        return replace(self.plus(with_room(room)), room=room)
