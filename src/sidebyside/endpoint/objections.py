"""What an endpoint's refusal says: its words, and which options of a request it names.

Refusals come in many wrappings: `error.param`, pydantic's `detail: [{"loc": …}]`, Google's list of `fieldViolations`, a JSON text
within a text as routers send it on, or a sentence alone. All are read in one way here: every text in the body, without those that
echo the request.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx2

Fields = dict[str, Any]
STATUSES = (400, 403, 404, 405, 406, 415, 422, 500, 501)
ECHOES = {"input", "ctx", "url", "callstack", "request", "body", "user_id", "failed_generation", "request_id", "trace"}
NAMING = {"param", "parameter", "params", "field", "loc"}  # a refusal names the option outright in these
KEPT = {"model", "messages", "prompt", "input", "stream", "tools", "functions", "n"}  # without these it would be another question
ENGLISH = {"stop", "user", "store", "echo", "metadata", "format", "required", "title", "description", "default", "not", "contains"}
LIMITS = ("max_tokens", "max_completion_tokens")
ALSO = {  # what else an option is called on its way through a gateway
    "logprobs": r"(?:response_?)?log[ _-]?prob(?:s|abilit(?:y|ies))?",
    "top_logprobs": r"top[ _-]?logprobs?",
    "max_tokens": r"max_?(?:(?:new|output)_?)?tokens",
    "max_completion_tokens": r"max_?(?:completion|output|new)_?tokens",
    "response_format": r"response[_ ]?(?:format|schema|mime[_ ]?type)|json[_ ](?:schema|object|mode)|structured[_ ]outputs?|guided_\w+|"
    r"output_config\S*|invalid format",
}

REFUSING = re.compile(
    r"\bnot\b|n't\b|\bno\b|cannot|\bun(?:supported|known|recogni[sz]ed|expected|available)\b|invalid|extra (?:inputs|fields)|forbid|permitted|"
    r"deprecat|\bmust\b|should|\bonly\b|incompatible|disabled|exceed|reject|missing|greater|less|large|small|range|removed?\b|error|fail|"
    r"[^\x00-\x7f]",  # another language
    re.IGNORECASE,
)
TOO_LONG = re.compile(r"context.{0,9}(?:length|window|size)|maximum context|exceed_context|too (?:long|many tokens)|reduce the length", re.IGNORECASE)
OF_CONTENT = re.compile(
    r"content.{0,2}(?:filter|management|policy)|moderation|\bsafety\b|flagged|guardrail|prohibited|json_validate_failed|failed to generate json|"
    r"insufficient_quota|model_not_found|range of input length|string_above_max|rate.?limit",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Refusal:
    """A refusal as it was read.

    Attributes:
        status: The HTTP status.
        words: All that it says, on one line.
        named: What it names outright, such as "temperature" or "messages[0].role".
    """

    status: int
    words: str
    named: tuple[str, ...]

    @property
    def is_of_content(self) -> bool:
        """Whether it objects to what is asked, and no other option could help."""
        return bool(OF_CONTENT.search(self.words)) or self.status in (401, 402, 407, 429)

    @property
    def is_too_long(self) -> bool:
        """Whether it says that question and answer together do not fit."""
        return bool(TOO_LONG.search(self.words))

    def says(self, pattern: str) -> bool:
        """Tell whether its words match a pattern, in small or capital letters."""
        return bool(re.search(pattern, self.words, re.IGNORECASE))

    def options(self, fields: Fields) -> list[str]:
        """Return the options of a request that it names, the one most surely meant first; never one that makes the question.

        Args:
            fields: The request that was refused.
        """
        heads = [head for name in self.named if (head := re.sub(r"^(?:body|\$)\W", "", name).partition("[")[0].partition(".")[0])]
        outright = [option for head in heads for option in fields if re.fullmatch(_pattern(option), head, re.IGNORECASE)]
        spoken = sorted((place, option) for option in fields if (place := self._place(option)) is not None) if self._refuses() else []
        return [option for option in dict.fromkeys([*outright, *(option for _, option in spoken)]) if option not in KEPT]

    def _refuses(self) -> bool:
        return bool(REFUSING.search(self.words))

    def _place(self, word: str) -> tuple[int, int] | None:
        """Return where the words name an option: quoted before unquoted, then the first; an everyday word counts in quotes alone."""
        if found := re.search(rf"['\"`‘“]{_pattern(word)}['\"`’”\].:=]", self.words, re.IGNORECASE):
            return 0, found.start()
        plain = None if word in ENGLISH else re.search(rf"(?<![\w.-]){_pattern(word)}(?![\w-])", self.words, re.IGNORECASE)
        return (1, plain.start()) if plain else None

    def names(self, word: str) -> bool:
        """Tell whether its words name something, such as a keyword of a schema."""
        return self._place(word) is not None

    def bounds(self) -> tuple[float | None, float | None, bool]:
        """Return the least and the greatest value that it allows, as far as it names them, and whether the least is itself too small."""
        return _bounds(self.words)


def read_refusal(response: httpx2.Response) -> Refusal | None:
    """Return what a response refuses; None if it is an answer, or no refusal of the request's form.

    Args:
        response: A response whose body was read.
    """
    try:
        body = response.json()
    except RecursionError:
        return None  # nested without end: it teaches nothing
    except ValueError:
        body = response.text if "html" not in response.headers.get("content-type", "") else ""
    hidden = response.status_code == 200 and isinstance(body, dict) and body.get("error") and not body.get("choices")
    if response.status_code not in STATUSES and not hidden:
        return None
    said = list(_texts(body, ""))
    named = tuple(text for name, text in said if name in NAMING)
    return Refusal(response.status_code, " ".join(" ".join(text for _, text in said).split()), named)


def _texts(value: Any, name: str) -> Iterator[tuple[str, str]]:
    """Yield each text of a body with the name it stands under; a JSON text within a text is read like the rest."""
    if isinstance(value, dict):
        for inner, item in value.items():
            if inner not in ECHOES:
                yield from _texts(item, inner)
    elif isinstance(value, list) and name == "loc":
        yield "loc", ".".join(map(str, value))
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item, name)
    elif isinstance(value, str):
        yield from _within(value, name)


def _within(text: str, name: str) -> Iterator[tuple[str, str]]:
    """Yield a text, and in place of the JSON in it what that says."""
    start = re.search(r"[\[{]\s*[\"{]", text)
    if start:
        try:
            inner, length = json.JSONDecoder(strict=False).raw_decode(text[start.start() :])
        except ValueError:
            yield name, text
            return
        yield name, text[: start.start()]
        yield from _texts(inner, name)
        yield from _within(text[start.start() + length :], name)
    elif text:
        yield name, text


def _pattern(word: str) -> str:
    return f"(?:{ALSO[word]}|{re.escape(word)})" if word in ALSO else re.escape(word)


NUMBER = r"(-?\d+(?:\.\d+)?)"
TO = rf"(?:,|\.\.|to|and|-|–)\s*(?:{NUMBER}|\+?inf\w*)"
SPAN = re.compile(rf"(?:[\[(]|\bbetween|\brange:?(?: of| from)?|\bfrom)\s*{NUMBER}\s*{TO}", re.IGNORECASE)
THAN = r"(?:no|not)(?: be)? (?:{words}) than"
MOST = re.compile(
    rf"(?:less than or equal to|at most|<=|≤|up to|{THAN.format(words='more|greater|larger|higher')}|(?:not|cannot|can't) exceeds?|"
    rf"max(?:imum)?(?: (?:allowed|value|number|supported|of|is|limit|top_logprobs|logprobs|temperature)){{0,4}}:?)\s*(?:value\s*)?(?:of\s*)?{NUMBER}",
    re.IGNORECASE,
)
LEAST = re.compile(
    rf"(?:greater than or equal to|at least|>=|≥|{THAN.format(words='less|smaller|lower')}|minimum(?: value)?(?: of| is|:)?)\s*{NUMBER}",
    re.IGNORECASE,
)
ABOVE = re.compile(
    r"strictly positive|must be positive|(?:greater|more|larger) than 0(?:\.0+)?(?![\d.]*[1-9])|[^<>=]> ?0(?:\.0+)?(?![\d.]*[1-9])|\(0(?:\.0+)?,",
    re.IGNORECASE,
)


def _bounds(words: str) -> tuple[float | None, float | None, bool]:
    span = SPAN.search(words)
    ends = [end for end in span.groups() if end is not None] if span else []
    most, least = MOST.search(words), LEAST.search(words)
    low = float(ends[0]) if ends else float(least[1]) if least else None
    high = float(ends[1]) if len(ends) > 1 else float(most[1]) if most else None
    return (0.0 if ABOVE.search(words) else low), high, bool(ABOVE.search(words))
