"""A scripted model that does every task of the pages somehow: it picks its answer by the request, so that all kinds of outcomes come up.

It lets a page be run on any case in seconds, and shows no page the answers of the models that are recorded. It speaks as an
endpoint does: raw completions tell their log-probabilities in the older form.
"""

from __future__ import annotations

import hashlib
import json
import math
import random
from typing import Any

from tests.scripted import Reply, Request, chat

UNKNOWN = "I don't know."


class Able:
    """A quirk that answers.

    Args:
        words: Answers that it may give, beside "I don't know." and sentences of the request.
    """

    def __init__(self, words: list[str]) -> None:
        """Note the words."""
        self.words = [*words, "A", "B", "right", "wrong", "yes", "no", "87"]

    def __call__(self, request: Request) -> Reply:
        """Answer a chat or a raw completion; the same request gets the same answer."""
        chance = random.Random(hashlib.sha256(json.dumps(request.body, sort_keys=True).encode()).digest())
        if "messages" in request.body:
            return Reply(self._chat(request.body, chance))
        return Reply(self._completion(request.body, chance))

    def _chat(self, fields: dict[str, Any], chance: random.Random) -> dict[str, Any]:
        text = self._text(fields, chance)
        body = chat(text, tokens_in=len(json.dumps(fields["messages"])) // 4, tokens_out=len(text.split()))
        if fields.get("logprobs"):
            body["choices"][0]["logprobs"] = {"content": [_token(word, self._others(fields.get("top_logprobs", 0), chance)) for word in text.split()]}
        return body

    def _completion(self, fields: dict[str, Any], chance: random.Random) -> dict[str, Any]:
        word = chance.choice(self.words)
        tops = {" " + word: -0.3} | self._others(int(fields.get("logprobs") or 1), chance)
        told = {"tokens": [" " + word], "token_logprobs": [-0.3], "top_logprobs": [tops], "text_offset": [0]}
        choice = {"index": 0, "text": " " + word, "finish_reason": "length", "logprobs": told}
        return chat(word) | {"object": "text_completion", "choices": [choice]}

    def _text(self, fields: dict[str, Any], chance: random.Random) -> str:
        asked = str(fields["messages"][-1]["content"])
        if schema := fields.get("response_format", {}).get("json_schema"):
            return json.dumps(_instance(schema["schema"], asked, chance))
        named = [word for word in self.words if word.lower() in asked.lower()]
        return str(chance.choice([*(named or self.words), UNKNOWN, chance.choice(asked.splitlines())]))

    def _others(self, count: int, chance: random.Random) -> dict[str, float]:
        first = chance.sample(self.words, min(count, len(self.words)))
        return {word: math.log(chance.uniform(0.01, 0.3)) for word in first}


def _token(word: str, others: dict[str, float]) -> dict[str, Any]:
    tops = [{"token": text, "logprob": value, "bytes": None} for text, value in sorted(others.items(), key=lambda pair: -pair[1])]
    return {"token": word, "logprob": max([*others.values(), -0.2]), "bytes": None, "top_logprobs": tops}


def _instance(schema: dict[str, Any], text: str, chance: random.Random) -> Any:
    """Return something that fits a JSON schema: a value to choose from, or words of the text."""
    if values := schema.get("enum"):
        return chance.choice(values)
    if schema.get("type") == "object":
        return {name: _instance(part, text, chance) for name, part in schema.get("properties", {}).items()}
    return chance.choice([*text.split(), ""])
