"""Checks of the exercises of "From text to fields"."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError

from sidebyside.cases import load_case
from sidebyside.checks import call, exercise
from sidebyside.evaluation import Rate

FIELDS = {
    "code": {"about": "the code as written; empty if there is none", "pattern": r"\bK-\d{3}\b"},
    "mood": {"about": "how the writer feels", "values": ["glad", "cross"]},
    "thing": {"about": "what the message is about, in its own words"},
}
FOUND = {"code": "", "mood": "glad", "thing": "kettle"}
ROUTES = (
    ("The kettle is fine.", None, "retry", "An answer that did not parse is None: ask again."),
    ("The kettle is fine.", FOUND, "use", "No code in the message, no code in the answer: nothing speaks against it. Use it."),
    ("K-204: the kettle is fine.", FOUND, "person", "The pattern finds a code in the message, and the answer left it empty: give it to a person."),
    ("K-204: the kettle is fine.", FOUND | {"code": "K-204"}, "use", "The answer holds the very code that the pattern finds: use it."),
    ("K-204: the kettle is fine.", FOUND | {"code": "K-999"}, "person", "The answer holds another code than the message: give it to a person."),
    ("The kettle is fine.", FOUND | {"code": "K-204"}, "person", "The answer holds a code and the message has none: give it to a person."),
)


def label_fields() -> dict[str, list[str]]:
    """Return the label columns with their values, without second labellings."""
    return {name: values for name, values in load_case().labels.items() if not name.startswith("second_")}


def _schema_of(fields: dict[str, list[str]]) -> dict[str, Any]:
    properties = {name: {"enum": values} for name, values in fields.items()}
    return {"type": "object", "properties": properties, "required": list(fields), "additionalProperties": False}


@exercise(1)
def schema(answer: Any) -> str | None:
    """Try the schema on a right record and on records with one fault each."""
    if not isinstance(answer, dict):
        return f"A schema is a dict here, and this is {type(answer).__name__}."
    try:
        Draft202012Validator.check_schema(answer)
    except SchemaError as error:
        return f"This is no JSON schema: {error.message}."
    fields, accepts = label_fields(), Draft202012Validator(answer).is_valid
    good = {name: values[0] for name, values in fields.items()}
    for name, values in fields.items():
        if refused := [value for value in values if not accepts(good | {name: value})]:
            return f"It refuses '{refused[0]}' for '{name}', which is an allowed value."
    for name in fields:
        if accepts(good | {name: "perhaps"}):
            return f"It lets '{name}' be 'perhaps'. List the allowed values under enum."
        if accepts({other: value for other, value in good.items() if other != name}):
            return f"It accepts a record without '{name}'. List every field under required."
    if accepts(good | {"remark": "none"}):
        return "It accepts a field that nobody asked for. Look up additionalProperties on the page."
    return "It accepts a bare text in place of a record. Say that the type is an object." if accepts("none") else None


@exercise(2)
def measures(answer: tuple[Any, Any, Any, Any]) -> str | None:
    """Count the three measures anew from the learner's own answers."""
    given, *rates = answer
    rows = load_case().split("dev").head(8)
    if not isinstance(given, list) or not all(isinstance(text, str) for text in given) or len(given) != len(rows):
        return f"Put the texts of {len(rows)} answers into the list `answers`, one for each of the first {len(rows)} dev messages."
    if not all(isinstance(rate, Rate) for rate in rates):
        return "Give each of the three as sbs.rate(...) returns it, so that its interval is there too."
    right = _count(given, rows.to_dict("records"))
    hints = {
        "parses": "An answer parses if json.loads reads it without a ValueError, and what it reads is a dict.",
        "valid": "An answer is valid if it parses and your schema's validator accepts it.",
        "right": "An answer is right if it is valid and each label in it equals the message's own.",
    }
    for name, rate, n in zip(hints, rates, right, strict=True):
        if rate != Rate(n, len(rows)):
            return f"`{name}` says {rate.successes} of {rate.n}, and that is not what your answers hold. {hints[name]}"
    return None


def _count(given: list[str], rows: list[dict[str, Any]]) -> list[int]:
    """Return how many answers parse, are valid, and are right."""
    fields = label_fields()
    records = [_record(text) for text in given]
    valid = [record is not None and Draft202012Validator(_schema_of(fields)).is_valid(record) for record in records]
    right = [ok and all(record[name] == row[name] for name in fields) for ok, record, row in zip(valid, records, rows, strict=True)]
    return [sum(record is not None for record in records), sum(valid), sum(right)]


def _record(text: str) -> dict[str, Any] | None:
    try:
        found = json.loads(text)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


@exercise(3)
def where(answer: Callable[..., Any]) -> str | None:
    """Try the function on messages made up for the check."""
    for message, found, right, hint in ROUTES:
        if (said := call(answer, message, found, FIELDS)) not in ("use", "retry", "person"):
            return f"Return 'use', 'retry' or 'person'; yours returned {said!r}."
        if said != right:
            return f"{hint} Look at the message '{message}' with the answer {json.dumps(found)}."
    return None
