"""Checks of the exercises of "Structured output"."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError

from sidebyside import llm
from sidebyside.cases import load_case
from sidebyside.checks import NotDone, call, exercise
from sidebyside.evaluation import Rate

Fields = Mapping[str, Mapping[str, Any]]
ASKED = 8  # dev messages that the second exercise asks the model about
NOTHING = "Your function gives nothing back. Does its last line begin with `return`?"

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
        return "Write the schema as names and values in braces, as the page does: it begins with {."
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
        if [value for value in ("perhaps", "", None, 1) if accepts(good | {name: value})]:
            return f"It lets '{name}' be something else, such as 'perhaps'. List the allowed values under enum."
        if accepts({other: value for other, value in good.items() if other != name}):
            return f"It accepts a record without '{name}'. List every field under required."
    if accepts(good | {"remark": "none"}):
        return "It accepts a field that nobody asked for. Look up additionalProperties on the page."
    return "It accepts a bare text in place of a record. Say that the type is an object." if accepts("none") else None


# --- 2: three measures ------------------------------------------------------------------------------------------------


@exercise(2)
def measures(answer: Any) -> str | None:
    """See that the model was asked, then try the learner's function on its answers and on others that are made up."""
    given, function = answer if isinstance(answer, tuple) and len(answer) == 2 else (None, None)
    if not callable(function):
        return "Hand over the answers and the function itself, `measures`, without calling it."
    rows = load_case().split("dev").head(ASKED)
    texts = list(given) if isinstance(given, list | tuple | pd.Series | np.ndarray) else []
    if len(texts) != len(rows) or not all(isinstance(text, str) for text in texts):
        return f"Put the texts of {len(rows)} answers into the list `answers`, one for each of the first {len(rows)} dev messages."
    if len(llm.usage()) < len(rows):
        return "These answers did not come from the model: it was asked less often here. Ask it about each of the messages."
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
    found = call(function, list(given), [dict(target) for target in targets])
    if found is None:
        return NOTHING
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
            return f"Of the answers {given}, by your function {rate.successes} of {rate.n} {name}. It should be {n} of {len(given)}. {hint}"
    return None


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
    if not callable(answer):
        return "Hand over the function itself, `where`, without calling it."
    for fields, message, found, right, hint in ROUTES:
        said = call(answer, message, found and dict(found), fields)
        if said is None:
            return NOTHING
        if said not in ("use", "retry", "person"):
            return f"Return one of the words 'use', 'retry' and 'person'; yours returned {said!r}."
        if said != right:
            return f"{hint} Look at the message '{message}' with the answer {json.dumps(found)}: it should be '{right}'."
    return None


# --- 4: without code --------------------------------------------------------------------------------------------------


@exercise(4)
def noticed(answer: Any) -> str | None:
    """Compare the reader's words with what stops each record."""
    if not isinstance(answer, Mapping):
        return "Leave the letters as they are, and write one of the five words behind each."
    said = {str(letter).strip().lower(): word for letter, word in answer.items()}
    if any(said.get(letter, ...) is ... for letter in SORTED):
        raise NotDone
    for letter, (right, why) in SORTED.items():
        word = str(said[letter]).strip().lower().removeprefix("the ")
        if not any(word.startswith(one) for one, _ in SORTED.values()):
            return f"Record {letter}: write schema, words, rule, nobody or right."
        if not word.startswith(right):
            return f"Look at record {letter} again. {why}"
    return None
