"""The checks of "From text to fields": the right answer passes, wrong ones get a hint, the untouched one is not done."""

import json
import re

import pytest

import sidebyside as sbs
from lessons.structured_output import checks
from tests.verdicts import assert_hint

FIELDS = checks.label_fields()


def schema(**changes):
    properties = {name: {"type": "string", "enum": values} for name, values in FIELDS.items()}
    return {"type": "object", "properties": properties, "required": list(FIELDS), "additionalProperties": False} | changes


def where(message, found, fields):
    if found is None:
        return "retry"
    for name, field in fields.items():
        if "pattern" in field:
            there = re.search(field["pattern"], message)
            if found[name] != (there[0] if there else ""):
                return "person"
    return "use"


def rows():
    return sbs.load_case().split("dev").head(8).to_dict("records")


def given():
    """Answers of every kind: right, wrong, invalid, no JSON, no record; then right ones."""
    targets = [{name: row[name] for name in FIELDS} for row in rows()]
    name = next(iter(FIELDS))
    wrong = targets[1] | {name: next(value for value in FIELDS[name] if value != targets[1][name])}
    made = [json.dumps(record) for record in (targets[0], wrong, targets[2] | {name: "perhaps"})]
    return [*made, "no idea", "[]", *(json.dumps(record) for record in targets[5:])]


def rates(parses, valid, right):
    n = len(rows())
    return sbs.Rate(parses, n), sbs.Rate(valid, n), sbs.Rate(right, n)


def alternatives():
    """A schema in another form: const for enum, maxProperties for additionalProperties."""
    properties = {name: {"anyOf": [{"const": value} for value in values]} for name, values in FIELDS.items()}
    return {"type": "object", "properties": properties, "required": list(FIELDS), "maxProperties": len(FIELDS)}


@pytest.mark.parametrize("answer", [schema(), schema(title="a message's labels"), alternatives()])
def test_right_schema_passes(answer):
    assert sbs.check("structured_output.1", answer).state == "right"


@pytest.mark.parametrize(
    ("answer", "word"),
    [
        (json.dumps(schema()), "dict"),
        (schema(required=[]), "required"),
        (schema(additionalProperties=True), "nobody asked"),
        (schema(properties={name: {"type": "string"} for name in FIELDS}), "enum"),
        (schema(properties={name: {"enum": values[:1]} for name, values in FIELDS.items()}), "allowed value"),
        (schema(type="record"), "no JSON schema"),
        ({key: value for key, value in schema().items() if key != "type"}, "object"),
    ],
)
def test_wrong_schema_gets_a_hint(answer, word):
    assert_hint("structured_output.1", answer, word)


def test_right_measures_pass():
    n = len(rows())
    assert sbs.check("structured_output.2", (given(), *rates(n - 2, n - 3, n - 4))).state == "right"


@pytest.mark.parametrize("counts", [(0, 0, 0), (8, 5, 4), (6, 6, 4), (6, 5, 5)])
def test_wrong_measures_get_a_hint(counts):
    assert_hint("structured_output.2", (given(), *rates(*counts)))


def test_measures_of_another_kind_get_a_hint():
    three = rates(6, 5, 4)
    assert "answers" in sbs.check("structured_output.2", (given()[:3], *three)).text
    assert "answers" in sbs.check("structured_output.2", ("all", *three)).text
    assert "rate" in sbs.check("structured_output.2", (given(), 6, 5, 4)).text
    assert sbs.check("structured_output.2", (given(), ..., ..., ...)).state == "not done"


def test_right_route_passes():
    assert sbs.check("structured_output.3", where).state == "right"


@pytest.mark.parametrize(
    "answer",
    [
        lambda message, found, fields: "use",
        lambda message, found, fields: "retry" if found is None else "use",
        lambda message, found, fields: "retry" if found is None else "use" if found["code"] in message else "person",
        lambda message, found, fields: "retry" if found is None else "use" if found["code"] else "person",
        lambda message, found, fields: True,
        lambda message, found, fields: found["code"],
    ],
)
def test_wrong_route_gets_a_hint(answer):
    assert_hint("structured_output.3", answer)


@pytest.mark.parametrize("number", ["structured_output.1", "structured_output.2", "structured_output.3"])
def test_untouched_is_not_done(number):
    assert sbs.check(number, ...).state == "not done"


def test_untouched_function_is_not_done():
    assert sbs.check("structured_output.3", lambda message, found, fields: ...).state == "not done"
