"""The checks of "Structured output": the right answer passes, wrong ones get a hint, the untouched one is not done."""

import json
import re
from collections import OrderedDict
from types import SimpleNamespace

import pandas as pd
import pytest
from jsonschema import Draft202012Validator

import sidebyside as sbs
from lessons.structured_output import checks
from sidebyside import asked as asked_, llm
from tests.verdicts import assert_hint

FIELDS = checks.label_fields()
TYPES = re.compile(r"\b(str|int|float|bool|dict|tuple|list of|NoneType|Ellipsis|\w+Error)\b")


@pytest.fixture
def asked(monkeypatch):
    """The model was asked about each of the messages, and gave these answers."""
    texts = sbs.load_case().split("dev")["text"].head(8)

    def heard(text, answer):
        return llm.Heard({"messages": [{"role": "user", "content": f"Label this:\n{text}"}]}, [answer, f"```json\n{answer}\n```"])

    everything = [heard(*pair) for pair in zip(texts, given(), strict=True)]
    monkeypatch.setattr(asked_, "connections", lambda: [SimpleNamespace(heard=everything)])


def schema(**changes):
    properties = {name: {"type": "string", "enum": values} for name, values in FIELDS.items()}
    return {"type": "object", "properties": properties, "required": list(FIELDS), "additionalProperties": False} | changes


def hint_of(number, answer, *words):
    assert not TYPES.search(assert_hint(number, answer, *words))


# --- 1 ----------------------------------------------------------------------------------------------------------------


def alternatives():
    """A schema in another form: const for enum, maxProperties for additionalProperties."""
    properties = {name: {"anyOf": [{"const": value} for value in values]} for name, values in FIELDS.items()}
    return {"type": "object", "properties": properties, "required": list(FIELDS), "maxProperties": len(FIELDS)}


@pytest.mark.parametrize("answer", [schema(), schema(title="a message's labels"), alternatives(), OrderedDict(schema())])
def test_right_schema_passes(answer):
    assert sbs.check("structured_output.1", answer).state == "right"


@pytest.mark.parametrize(
    ("answer", "word"),
    [
        (json.dumps(schema()), "braces"),
        (None, "braces"),
        (schema(required=[]), "required"),
        (schema(additionalProperties=True), "nobody asked"),
        (schema(properties={name: {"type": "string"} for name in FIELDS}), "enum"),
        (schema(properties={name: {"enum": [*values, ""]} for name, values in FIELDS.items()}), "enum"),
        (schema(properties={name: {"enum": [*values, None]} for name, values in FIELDS.items()}), "enum"),
        (schema(properties={name: {"enum": values[:1]} for name, values in FIELDS.items()}), "allowed value"),
        (schema(type="record"), "has the wrong form"),
        ({key: value for key, value in schema().items() if key != "type"}, "object"),
    ],
)
def test_wrong_schema_gets_a_hint(answer, word):
    hint_of("structured_output.1", answer, word)


# --- 2 ----------------------------------------------------------------------------------------------------------------


def given():
    """Eight answers, of every kind."""
    return checks.made_up(targets())[0][0][:8]


def targets():
    return sbs.load_case().split("dev").head(8)[list(FIELDS)].to_dict("records")


def counted(read=checks._strict, right=lambda ok, found, target: ok and found == target):
    def measures(answers, targets):
        records = [read(answer) for answer in answers]
        valid = [Draft202012Validator(schema()).is_valid(found) for found in records]
        hits = [right(ok, found, target) for ok, found, target in zip(valid, records, targets, strict=True)]
        return sbs.rate(found is not None for found in records), sbs.rate(valid), sbs.rate(hits)

    return measures


def in_loops(answers, targets):
    """The same in a learner's way, and named."""
    counts = {"parses": 0, "valid": 0, "right": 0}
    for answer, target in zip(answers, targets, strict=True):
        try:
            found = json.loads(answer)
        except json.JSONDecodeError:
            continue
        if not isinstance(found, dict):
            continue
        counts["parses"] += 1
        if set(found) == set(FIELDS) and all(found[name] in values for name, values in FIELDS.items()):
            counts["valid"] += 1
            counts["right"] += all(found[name] == target[name] for name in FIELDS)
    return {name: sbs.Rate(n, len(answers)) for name, n in counts.items()}


@pytest.mark.parametrize("measures", [counted(), counted(checks._lenient), in_loops])
@pytest.mark.parametrize("answers", [given(), [f"```json\n{one}\n```" for one in given()], pd.Series(given())])
def test_right_measures_pass(measures, answers, asked):
    assert sbs.check("structured_output.2", (answers, measures)).state == "right"


def none_is_a_value(ok, found, target):
    """The slip that made an answer which does not parse right."""
    return all(str((found or {}).get(name)) == target[name] or not found for name in FIELDS)


@pytest.mark.parametrize(
    ("measures", "word"),
    [
        (counted(right=lambda ok, found, target: ok), "right"),
        (counted(right=lambda ok, found, target: bool(found) and {**target, **found} == found), "valid"),
        (counted(right=lambda ok, found, target: bool(found) and {**found, **target} == found), "valid"),
        (counted(right=lambda ok, found, target: ok and next(iter(found.items())) in target.items()), "every label"),
        (counted(right=none_is_a_value), "does not parse"),
        (counted(lambda text: json.loads(text) if text.startswith("{") or text in ("[]", "null") else None), "braces"),
        (counted(lambda text: {} if checks._strict(text) is None else checks._strict(text)), "braces"),
        (lambda answers, targets: (sbs.Rate(7, 8), sbs.Rate(4, 8), sbs.Rate(1, 8)), "of 8"),
        (lambda answers, targets: (6, 3, 2), "sbs.rate"),
        (lambda answers, targets: None, "return"),
    ],
)
def test_wrong_measures_get_a_hint(measures, word, asked):
    hint_of("structured_output.2", (given(), measures), *([word] if word not in ("valid", "right", "every label") else ["right"]))


@pytest.mark.parametrize(
    ("answers", "place"),
    [(["{}"] * 8, 1), ([*given()[:7], "{}"], 8), (given()[::-1], 1), ([given()[0]] * 8, 2), ([*given()[:6], *given()[:5:-1]], 7)],
)
def test_answers_that_the_model_did_not_give_to_that_message_get_a_hint(answers, place, asked):
    hint_of("structured_output.2", (answers, counted()), f"Answer {place} did not come from the model")


def test_answers_of_a_model_that_was_not_asked_get_a_hint():
    hint_of("structured_output.2", (given(), counted()), "did not come from the model")


@pytest.mark.parametrize("answers", [given()[:3], "all", [1] * 8, None])
def test_answers_of_another_kind_get_a_hint(answers, asked):
    hint_of("structured_output.2", (answers, counted()), "answers")


def test_measures_that_are_no_function_get_a_hint(asked):
    hint_of("structured_output.2", (given(), (sbs.Rate(6, 8),) * 3), "function")
    assert sbs.check("structured_output.2", (..., counted())).state == "not done"
    assert sbs.check("structured_output.2", (given(), lambda answers, targets: ...)).state == "not done"


# --- 3 ----------------------------------------------------------------------------------------------------------------


def where(message, found, fields):
    if found is None:
        return "retry"
    for name, field in fields.items():
        if "pattern" in field:
            there = re.search(field["pattern"], message)
            if found[name] != (there[0] if there else ""):
                return "person"
    return "use"


def in_one_line(message, found, fields):
    rules = {name: field["pattern"] for name, field in fields.items() if field.get("pattern")}
    wrong = found is not None and any(found.get(name) != (re.findall(one, message) or [""])[0] for name, one in rules.items())
    return "retry" if found is None else ("use", "person")[wrong]


def by_places(message, found, fields):
    if not found:
        return "retry"
    first = {name: next((m.group() for m in re.finditer(field["pattern"], message)), "") for name, field in fields.items() if "pattern" in field}
    return "use" if first.items() <= found.items() else "person"


@pytest.mark.parametrize("answer", [where, in_one_line, by_places])
def test_right_route_passes(answer):
    assert sbs.check("structured_output.3", answer).state == "right"


def first_rule_only(message, found, fields):
    if found is None:
        return "retry"
    name, field = next((name, field) for name, field in fields.items() if "pattern" in field)
    return "use" if found[name] == (re.findall(field["pattern"], message) or [""])[0] else "person"


def any_of_the_codes(message, found, fields):
    if found is None:
        return "retry"
    rules = {name: re.findall(field["pattern"], message) or [""] for name, field in fields.items() if "pattern" in field}
    return "use" if all(found[name] in there for name, there in rules.items()) else "person"


def by_name(message, found, fields):
    if found is None:
        return "retry"
    return "use" if found.get("code", "") == (re.findall(r"\bK-\d{3}\b", message) or [""])[0] else "person"


def last_code(message, found, fields):
    if found is None:
        return "retry"
    rules = {name: field["pattern"] for name, field in fields.items() if "pattern" in field}
    return "use" if all(found[name] == (re.findall(one, message) or [""])[-1] for name, one in rules.items()) else "person"


@pytest.mark.parametrize(
    "answer",
    [
        lambda message, found, fields: "use",
        lambda message, found, fields: "retry" if found is None else "use",
        lambda message, found, fields: "retry" if found is None else "use" if found.get("code", "") in message else "person",
        lambda message, found, fields: "retry" if found is None else "use" if found.get("code") else "person",
        lambda message, found, fields: True,
        lambda message, found, fields: ["use"],
        first_rule_only,
        any_of_the_codes,
        by_name,
        last_code,
    ],
)
def test_wrong_route_gets_a_hint(answer):
    hint_of("structured_output.3", answer)


def test_a_forgotten_return_is_told():
    hint_of("structured_output.3", lambda message, found, fields: None, "return")
    hint_of("structured_output.3", "use", "function")


# --- 4 ----------------------------------------------------------------------------------------------------------------

NOTICED = {letter: word for letter, (word, _) in checks.SORTED.items()}


@pytest.mark.parametrize(
    "answer", [NOTICED, {letter.upper(): f" {word.title()} " for letter, word in NOTICED.items()}, {a: f"the {w}." for a, w in NOTICED.items()}]
)
def test_right_words_pass(answer):
    assert sbs.check("structured_output.4", answer).state == "right"


@pytest.mark.parametrize("letter", NOTICED)
@pytest.mark.parametrize("word", ["schema", "words", "rule", "nobody", "right", "perhaps", "", None])
def test_any_other_word_gets_a_hint(letter, word):
    if word != NOTICED[letter]:
        hint_of("structured_output.4", NOTICED | {letter: word}, letter, "Look at" if word in NOTICED.values() else "Behind")


def test_words_of_another_kind_get_a_hint():
    hint_of("structured_output.4", list(NOTICED.values()), "letters")


def test_the_exercise_shows_what_the_check_expects():
    """What the table's records deserve, worked out by the checks' own rule."""
    records = {
        "d": ("K-311 never came.", {"code": "", "mood": "cross", "thing": ""}, "person"),
        "e": ("Second toaster from you, K-118, and just as good.", {"code": "K-118", "mood": "glad", "thing": "toaster"}, "use"),
        "f": ("Your label says K-520, but my order is K-502. The mug is chipped.", {"code": "K-520", "mood": "cross", "thing": "mug"}, "use"),
    }
    for letter, (message, record, step) in records.items():
        assert where(message, record, checks.FIELDS) == step
        assert (NOTICED[letter] == "rule") == (step == "person")


# --- untouched --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "answer"),
    [
        (1, ...),
        (2, (..., lambda answers, targets: ...)),
        (3, lambda message, found, fields: ...),
        (4, dict.fromkeys("abcdef", ...)),
    ],
)
def test_untouched_is_not_done(number, answer):
    assert sbs.check(f"structured_output.{number}", answer).state == "not done"
