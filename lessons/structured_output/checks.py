"""Checks of the exercises of "Structured output"."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError

from sidebyside.asked import holds, told
from sidebyside.cases import load_case
from sidebyside.checks import exercise, kind_of, result_of, sorting_hint
from sidebyside.evaluation import Rate

Fields = Mapping[str, Mapping[str, Any]]
ASKED = 8  # dev messages that the second exercise asks the model about

FIELDS: Fields = {
    "code": {"about": "the code as written; empty if there is none", "pattern": r"\bK-\d{3}\b"},
    "mood": {"about": "how the writer feels", "values": ["glad", "cross"]},
    "thing": {"about": "what the message is about, in its own words"},
}
TWO_RULES: Fields = {
    "place": {"about": "where it happened, in its own words"},
    "day": {"about": "the first weekday named", "pattern": r"\b(?:Mon|Tues|Fri)day\b"},
    "train": {"about": "the number of the train", "pattern": r"\bIC ?\d{2,3}\b"},
}
FOUND = {"code": "", "mood": "glad", "thing": "kettle"}
JOURNEY = {"place": "York", "day": "Friday", "train": "IC 88"}
ROUTES: tuple[tuple[Fields, str, dict[str, str] | None, str, str], ...] = (
    (FIELDS, "The kettle is fine.", None, "retry", "An answer that did not parse is None: ask again."),
    (FIELDS, "The kettle is fine.", FOUND, "use", "No code in the message, no code in the answer: nothing speaks against it. Use it."),
    (FIELDS, "K-204: the kettle is fine.", FOUND, "person", "The pattern finds a code in the message, and the answer left it empty."),
    (FIELDS, "K-204: the kettle is fine.", FOUND | {"code": "K-204"}, "use", "The answer holds the very code that the pattern finds: use it."),
    (FIELDS, "K-204: the kettle is fine.", FOUND | {"code": "K-999"}, "person", "The answer holds another code than the message."),
    (FIELDS, "The kettle is fine.", FOUND | {"code": "K-204"}, "person", "The answer holds a code and the message has none."),
    (FIELDS, "Not K-204 but K-310.", FOUND | {"code": "K-310"}, "person", "The message has two codes. The first that the pattern finds decides."),
    (FIELDS, "Not K-204 but K-310.", FOUND | {"code": "K-204"}, "use", "The message has two codes. The first that the pattern finds decides."),
    (TWO_RULES, "IC 88 to York, late on Friday", JOURNEY, "use", "Both patterns find what the answer holds: use it. Go by `fields`, not by names."),
    (
        TWO_RULES,
        "IC 88 to York, late on Friday",
        JOURNEY | {"day": "Monday"},
        "person",
        "One of two patterns finds another text. Look at each field.",
    ),
    (TWO_RULES, "IC 88 to York, late on Friday", JOURNEY | {"train": ""}, "person", "One of two patterns finds another text. Look at each field."),
    (FIELDS, "K-204: the kettle is fine.", FOUND | {"code": "k-204"}, "person", "Another spelling is another text: small letters for capital ones."),
    (FIELDS, "K-204: the kettle is fine.", FOUND | {"code": "order K-204"}, "person", "The field holds more than what the pattern finds."),
    (FIELDS, "K-204: the kettle is fine.", FOUND | {"code": "K-20"}, "person", "The field holds less than what the pattern finds."),
    (TWO_RULES, "IC 88 to York, late on Friday", JOURNEY | {"train": "IC88"}, "person", "Another spelling is another text: a space is missing."),
    (TWO_RULES, "Late in York", JOURNEY | {"day": "", "train": ""}, "use", "The patterns find nothing, and the answer holds nothing: use it."),
)
SORTED = {  # as the exercise shows them
    "a": ("schema", "Is each of its values an allowed one?"),
    "b": ("nobody", "Its form is fine, its copied words are in the message, the code is that of the rule. And is it true?"),
    "c": ("words", "Is everything that was copied really in the message?"),
    "d": ("rule", "There is a code in the message. What would the rule find?"),
    "e": ("right", "Compare it with the message, field by field."),
    "f": ("nobody", "The rule takes the first code that it finds. Which of the two does the writer mean?"),
}


def label_fields() -> dict[str, list[str]]:
    """Return the label columns with their values, without second labellings."""
    return {name: values for name, values in load_case().labels.items() if not name.startswith("second_")}


# --- 1: a schema ------------------------------------------------------------------------------------------------------


def _schema_of(fields: dict[str, list[str]]) -> dict[str, Any]:
    properties = {name: {"enum": values} for name, values in fields.items()}
    return {"type": "object", "properties": properties, "required": list(fields), "additionalProperties": False}


@exercise(1)
def schema(answer: Any) -> str | None:
    """Try the schema on right records and on records with one fault each."""
    if not isinstance(answer, Mapping):
        return f"Write the schema as names and values in braces, as the page does: it begins with {{. So far it is {kind_of(answer)}."
    if fault := _form_of(answer):
        return fault
    fields, accepts = label_fields(), Draft202012Validator(answer).is_valid
    good = {name: values[0] for name, values in fields.items()}
    for name, values in fields.items():
        if refused := [value for value in values if not accepts(good | {name: value})]:
            return _refusal(answer, name, refused, values)
    for name in fields:
        if let := [value for value in _no_values(answer, fields, name) if accepts(good | {name: value})]:
            return (
                f"It lets '{name}' be something else, such as {json.dumps(let[0])}. List the allowed values of this field, and no others, under enum."
            )
        if accepts({other: value for other, value in good.items() if other != name}):
            return f"It accepts a record without '{name}'. List every field under required."
    if more := [name for name in (*_names_in(answer), "remark") if name not in fields and any(accepts(good | {name: some}) for some in SOME)]:
        return f"It accepts a field that nobody asked for, such as '{more[-1]}'. Look up additionalProperties on the page."
    if any(accepts(some) for some in (*SOME, [good])):
        return "It also accepts something that is no record. Say once, outside of the fields, that the type is object, and nothing else."
    return None


SOME: tuple[Any, ...] = ("none", "", 1, None, True, [], {})  # something of each kind


def _form_of(answer: Mapping[str, Any]) -> str | None:
    """Say what is wrong with the form of a schema, if anything is."""
    if "schema" in answer or "json_schema" in answer:
        return "This is the whole option for the call. Give the schema alone: the part with type, properties and required."
    try:
        Draft202012Validator.check_schema(answer)
    except SchemaError as error:
        names = [str(name) for name in error.path if isinstance(name, str)] or ["the schema"]
        return f"Something in the schema has the wrong form. Compare what is written behind {names[-1]} with the page's schema."
    if "properties" not in answer and any(name in answer for name in label_fields()):
        return "The fields stand by themselves. In a JSON schema they lie under properties, beside type and required."
    return None


def _refusal(answer: Mapping[str, Any], name: str, refused: list[str], values: list[str]) -> str:
    required = answer.get("required") or []
    if more := [one for one in required if one not in label_fields()]:
        return f"It requires '{more[0]}', which is no entry of `labels`."
    if len(refused) == len(values):
        return f"It refuses a record whose values are all allowed. Compare the fields and their values with `labels`, and look at '{name}' first."
    return f"It refuses '{refused[0]}' for '{name}', which is an allowed value."


def _no_values(answer: Mapping[str, Any], fields: dict[str, list[str]], name: str) -> list[Any]:
    """Return what is no allowed value of a field, and yet might be let in: those of other fields, other spellings, whatever the schema names."""
    values = fields[name]
    spelled = [form for value in values for form in (value.title(), value.upper(), f"not {value}", f"{value} or so", f" {value}")]
    others = [value for one in fields.values() for value in one]
    more: list[Any] = ["perhaps", "unknown", *spelled, *others, *_leaves(answer), *SOME, False, [values[0]]]
    return [value for value in more if value not in values]


def _leaves(part: Any) -> list[Any]:
    """Return the values in a schema, however deep."""
    if isinstance(part, Mapping):
        return [leaf for value in part.values() for leaf in _leaves(value)]
    return [leaf for value in part for leaf in _leaves(value)] if isinstance(part, list | tuple) else [part]


def _names_in(part: Any) -> list[str]:
    """Return the names of the fields in a schema."""
    return [str(name) for name in part.get("properties") or {}]


# --- 2: three measures ------------------------------------------------------------------------------------------------


@exercise(2)
def measures(answer: Any) -> str | None:
    """See that the model gave the answers, then try the learner's function on them and on others that are made up."""
    given, function = answer if isinstance(answer, tuple) and len(answer) == 2 else (None, None)
    if not callable(function):
        return "Hand over the answers and the function itself, `measures`, without calling it."
    rows = load_case().split("dev").head(ASKED)
    texts = list(given) if isinstance(given, list | tuple | pd.Series | np.ndarray) else []
    if len(texts) != len(rows) or not all(isinstance(text, str) for text in texts):
        return f"Put the texts of {len(rows)} answers into the list `answers`, one for each of the first {len(rows)} dev messages."
    for place, (text, message) in enumerate(zip(texts, rows["text"], strict=True), 1):
        if not told(text, holds(message)):
            return (
                f"Answer {place} did not come from the model here, or not to a question that holds dev message {place}. "
                "Ask it about each of the messages, and put what it says into `answers`, in their order."
            )
    targets = rows[list(label_fields())].to_dict("records")
    cases = [(texts, targets), *made_up(targets)]
    hints = [[_measures_hint(function, *one, read) for one in cases] for read in (_strict, _lenient)]
    return None if any(not any(some) for some in hints) else next(hint for hint in hints[0] if hint)


def made_up(targets: Sequence[dict[str, Any]]) -> list[tuple[list[str], list[dict[str, Any]]]]:
    """Return two lists of answers with their targets: of every kind, and none that can be read."""
    fields = label_fields()
    name = next(iter(fields))
    wrong = [targets[1] | {one: next(value for value in values if value != targets[1][one])} for one, values in fields.items()]
    few = {key: value for key, value in targets[3].items() if key != name}
    others = [(targets[0], targets[0]), (targets[2] | {name: "perhaps"}, targets[2]), (few, targets[3]), (targets[4] | {"more": "x"}, targets[4])]
    records, right = zip(*others, *((one, targets[1]) for one in wrong), strict=True)
    every = [*map(json.dumps, records), "no idea", "[]", "null"]
    return [(every, [*right, *targets[:3]]), (["None", "none", '"no"', ""], list(targets[:4]))]


def _measures_hint(function: Callable[..., Any], given: list[str], targets: list[dict[str, Any]], read: Callable[[str], Any]) -> str | None:
    found = result_of(function, list(given), [dict(target) for target in targets])
    rates = list(found.values()) if isinstance(found, Mapping) else list(found) if isinstance(found, tuple | list) else []
    if len(rates) != 3 or not all(isinstance(rate, Rate) for rate in rates):
        return "Return three rates, each as sbs.rate(...) gives it, so that its interval is there too: parses, valid, right."
    hints = {
        "parse": "An answer parses if json.loads reads it without an error, and what it reads is a record in braces.",
        "are valid": "An answer is valid if it parses and keeps to your schema.",
        "are right": "An answer is right if it is valid and each label equals that of its own message. What does not parse is not right.",
    }
    for (name, hint), rate, n in zip(hints.items(), rates, _count(given, targets, read), strict=True):
        if rate != Rate(n, len(given)):
            return (
                f"By your function, {rate.successes} of {rate.n} {name}, and it should be {n} of {len(given)}. {hint} The answers: {_listed(given)}"
            )
    return None


def _listed(texts: Sequence[str]) -> str:
    return " · ".join(text or "(an empty text)" for text in texts)


def _count(given: Sequence[str], targets: Sequence[Mapping[str, Any]], read: Callable[[str], Any]) -> list[int]:
    """Return how many answers parse, are valid, and are right."""
    records = [read(text) for text in given]
    accepts = Draft202012Validator(_schema_of(label_fields())).is_valid
    valid = [record is not None and accepts(record) for record in records]
    right = [ok and record == target for ok, record, target in zip(valid, records, targets, strict=True)]
    return [sum(record is not None for record in records), sum(valid), sum(right)]


def _strict(text: str) -> dict[str, Any] | None:
    try:
        found = json.loads(text)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _lenient(text: str) -> dict[str, Any] | None:
    """Read the first object in a text, as the page's `read` does."""
    try:
        found: dict[str, Any] = json.JSONDecoder().raw_decode(text, text.index("{"))[0]
    except ValueError:
        return None
    return found


# --- 3: use, retry, person --------------------------------------------------------------------------------------------


@exercise(3)
def where(answer: Any) -> str | None:
    """Try the function on messages and two sets of fields made up for the check."""
    for fields, message, found, right, hint in ROUTES:
        said = result_of(answer, message, found and dict(found), fields)
        if not isinstance(said, str) or said not in ("use", "retry", "person"):
            shown = f"'{said}'" if isinstance(said, str) else kind_of(said)
            return f"Return one of the words 'use', 'retry' and 'person'. Your function returns {shown}."
        if said != right:
            return f"{hint} Look at the message '{message}' with the answer {json.dumps(found)}: it should be '{right}'."
    return None


# --- 4: without code --------------------------------------------------------------------------------------------------


@exercise(4)
def noticed(answer: Any) -> str | None:
    """Compare the reader's words with what stops each record."""
    return sorting_hint(answer, SORTED, {"schema": "schema", "word": "words", "rule": "rule", "nobody": "nobody", "right": "right"})
