"""What a request says in the course's words, put as the model that it goes to takes it.

`one_of` is the only such word so far. Which form it takes is settled when a request is sent, by who is to answer; what is
recorded is the request in that form, so that it can be read and asked again without the course.
"""

from __future__ import annotations

import json
from typing import Any

Fields = dict[str, Any]
ONE_OF = "one_of"  # the field of a request that the transport replaces


def one_of(*answers: str) -> dict[str, Any]:
    """Return the options of a chat call that let the model give one of these answers and no other.

    They fit whichever client sends them. An embedded model takes a grammar and answers with the bare text. Any endpoint gets
    what most of them know, a JSON schema whose only field may hold these texts; the answer is then JSON around the text.

    Args:
        *answers: The texts allowed.
    """
    return {"extra_body": {ONE_OF: list(answers)}}


def with_grammar(fields: Fields) -> Fields:
    """Return a request's fields as llama.cpp takes them: `one_of` is a grammar."""
    if ONE_OF not in fields:
        return fields
    rest, answers = _parted(fields)
    return rest | {"grammar": "root ::= " + " | ".join(json.dumps(answer, ensure_ascii=False) for answer in answers)}


def with_schema(fields: Fields) -> Fields:
    """Return a request's fields as most endpoints take them: `one_of` is a JSON schema."""
    if ONE_OF not in fields:
        return fields
    rest, answers = _parted(fields)
    field = {"answer": {"type": "string", "enum": list(answers)}}
    schema = {"type": "object", "properties": field, "required": ["answer"], "additionalProperties": False}
    return rest | {"response_format": {"type": "json_schema", "json_schema": {"name": "answer", "strict": True, "schema": schema}}}


def _parted(fields: Fields) -> tuple[Fields, list[str]]:
    return {name: value for name, value in fields.items() if name != ONE_OF}, fields[ONE_OF]
