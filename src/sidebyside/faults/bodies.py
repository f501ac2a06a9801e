"""What an endpoint says when it refuses, whatever form it says it in: its own words on one line, its codes, and no key.

Lowest floor of the package. Every family of endpoints has its own form of a refusal: `{"error": {"message": …}}`,
`{"detail": [{"msg": …}]}`, a list around it, plain text, a web page of the proxy in front of it.
"""

from __future__ import annotations

import codecs
import json
import os
import re
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from email.message import Message
from html.parser import HTMLParser
from typing import Any
from urllib.parse import quote, quote_plus

MOST_BYTES = 65_536  # of a refusal that are read; what is worth quoting is at its head
MOST_PARSED = 4_096  # of a web page: older Pythons take a minute for 64 kB that were made to be slow
MOST_WORDS = 240  # characters that are quoted
DEEPEST = 8  # levels of JSON that are looked into
WORDS = "message msg error_description detail details description reason error errors fault faultstring exception title".split()
CODES = frozenset("code type status param reason error_type error errortype kind".split())
CUT = re.compile(
    r"""['"](?:message|msg|detail|error)['"]\s*:\s*(['"])((?:(?!\1)[^\\]|\\.)+)"""
)  # words in JSON that is cut, or written as Python does
PASSWORD = re.compile(r"<input\b[^>]{0,300}\btype\s*=\s*[\"']?password", re.IGNORECASE)
HEAD = re.compile(r"<(!doctype html|html|head|body|title)\b", re.IGNORECASE)
SENSELESS = re.compile(
    r"Error code: \d+ - |Traceback \(most recent call last\):(.*?(?=\b\w+(Error|Exception)\b))?|(\\[nrt])+|\x1b\[[\d;]*[a-zA-Z]", re.DOTALL
)
LONG_KEY = 20  # characters from which a key is told from a word of the language wherever it is
HEAD_OF_KEY = 12  # characters of such a key's beginning that tell it, where the rest was cut off or covered
KEY_LIKE = r"(?=[^/]*\d)(?=[^/]*[A-Za-z])[\w.~+=-]{20,}"  # a word that nobody reads: long, of letters and digits


@dataclass(frozen=True)
class Said:
    """What a body says.

    Attributes:
        words: The endpoint's own words, on one line and without control characters; may be empty.
        codes: Its codes and types in lower case, such as "context_length_exceeded invalid_request_error".
        numbers: Whole numbers that it gives by name, such as `n_ctx`.
        page: Whether it is a web page.
        asks_password: Whether that page has a field for a password.
    """

    words: str
    codes: str = ""
    numbers: dict[str, int] = field(default_factory=dict)
    page: bool = False
    asks_password: bool = False


def said(content: bytes, kind: str = "") -> Said:
    """Return what a body says.

    Args:
        content: The body; no more than `MOST_BYTES` of it are looked at.
        kind: The content type.
    """
    text = re.sub(r"\A\s*(event: ?\w+\s+)?data: ?(?=[{\[])", "", _decoded(content[:MOST_BYTES], kind))  # a stream's only event
    if "html" in kind.lower() or HEAD.search(text[:1000]):
        return _of_page(text)
    with suppress(ValueError, RecursionError):
        return _of_json(json.loads(text))
    if text.lstrip().startswith("<"):
        return _of_page(text, page=False)
    cut = CUT.search(text) if text.lstrip().startswith(("{", "[")) else None
    return Said(one_line(cut[2] if cut else text))


def one_line(text: str) -> str:
    """Return a text on one line, without what a reader cannot use: control characters, braces, the head of a traceback."""
    text = SENSELESS.sub(" ", text[: 20 * MOST_WORDS])
    text = "".join(sign if sign.isprintable() else " " * (unicodedata.category(sign) != "Cf") for sign in text)
    return " ".join(text.translate({ord("{"): "(", ord("}"): ")", ord('"'): "'"}).split())


def without_keys(words: str, keys: Iterable[str]) -> str:
    """Return words without keys and without names and passwords in addresses.

    A key is cut out where it is a whole word, as it is or in the form that addresses have, a long one in any case and from its
    first characters on. Many local servers take any word as a key, and a word of the language ("a", "ollama") is no secret: it stays.

    Args:
        words: What is to be shown.
        keys: The keys that may be in it.
    """
    forms = {form for key in keys for form in (key, quote(key, safe=""), quote_plus(key))}
    for key in sorted(forms, key=len, reverse=True):
        if len(key) >= LONG_KEY:
            words = _without_key(words, key)
        elif len(key) >= 8 or (len(key) >= 4 and not key.isalpha()):
            words = re.sub(rf"(?<![\w-]){re.escape(key)}(?![\w-])", "…", words)
    return re.sub(r"//[^/\s@]+@", "//…@", words)


def _without_key(words: str, key: str) -> str:
    """Return words without a long key, and without as much of its beginning as is there."""
    head = re.compile(re.escape(key[:HEAD_OF_KEY]), re.IGNORECASE)
    while found := head.search(words):
        there = os.path.commonprefix([words[found.start() :].lower(), key.lower()])
        words = f"{words[: found.start()]}…{words[found.start() + len(there) :]}"
    return words


def shortened(words: str, most: int = MOST_WORDS) -> str:
    """Return no more than so many characters, cut between two words, without a full stop."""
    if len(words) > most:
        words = words[: most - 2].rpartition(" ")[0] or words[: most - 2]
        return words.rstrip(" .,;:") + " …"
    return words.rstrip(" .")


def _decoded(content: bytes, kind: str) -> str:
    header = Message()
    header["content-type"] = kind
    named = str(header.get_content_charset() or "")
    marked = "utf-16" if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else ""
    for encoding in filter(None, (marked, named)):
        with suppress(ValueError, LookupError):
            return content.decode(encoding)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        whole = error.start > len(content) - 4  # cut in the middle of a sign
        return content.decode("utf-8-sig", errors="ignore") if whole else content.decode("cp1252", errors="replace")


# --- JSON -----------------------------------------------------------------------------------------------------------


def _of_json(body: Any) -> Said:
    pairs = list(_pairs(body))
    codes = [str(value).lower() for name, value in pairs if name.lower() in CODES and isinstance(value, str | int)]
    numbers = {name: value for name, value in pairs if isinstance(value, int) and not isinstance(value, bool)}
    raw = [value for name, value in pairs if name == "raw" and isinstance(value, str)]  # OpenRouter: what the provider behind it said
    words = one_line(" ".join([_words_in(body), *(said(text.encode()).words for text in raw[:1] if text != body)]))
    return Said(words, " ".join(code for code in codes if len(code) <= 80), numbers)


def _pairs(value: Any, depth: int = DEEPEST) -> Iterator[tuple[str, Any]]:
    """Yield each name and value in a JSON body that is no deeper than is looked into."""
    inner: Iterable[Any] = value[:20] if isinstance(value, list) else ()
    if isinstance(value, dict):
        yield from value.items()
        inner = value.values()
    for item in inner if depth else ():
        yield from _pairs(item, depth - 1)


def _words_in(value: Any, depth: int = DEEPEST) -> str:
    """Return the words in a JSON value: the first of the usual names that has any."""
    if isinstance(value, str):  # gateways pass JSON on as a text
        return said(value.encode(errors="replace")).words if value.lstrip().startswith(("{", "[")) else value
    if isinstance(value, list) and depth:
        return "; ".join(filter(None, (_words_in(item, depth - 1) for item in value[:3])))
    if not isinstance(value, dict) or not depth:
        return ""
    named = {str(name).lower(): item for name, item in value.items()}
    words = next(filter(None, (_words_in(named.get(name), depth - 1) for name in WORDS)), "")
    if not words:
        parts = {name: _words_in(item, depth - 1) for name, item in named.items() if name not in CODES}
        words = "; ".join(f"{name}: {item}" for name, item in parts.items() if item)
    place = named.get("loc")  # pydantic says which field it means
    return f"{'.'.join(map(str, place))}: {words}" if isinstance(place, list) and place else words


# --- web pages ------------------------------------------------------------------------------------------------------


class _Page(HTMLParser):
    """Collects a page's title and its text."""

    def __init__(self) -> None:
        super().__init__()
        self.inside = ""
        self.title: list[str] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("title", "script", "style", "svg"):
            self.inside = tag

    def handle_endtag(self, tag: str) -> None:
        if tag == self.inside:
            self.inside = ""

    def handle_data(self, data: str) -> None:
        if not self.inside or self.inside == "title":
            (self.title if self.inside else self.text).append(data)


def _of_page(text: str, page: bool = True) -> Said:
    parser = _Page()
    parser.feed(text[:MOST_PARSED])
    parser.close()
    title, first = one_line(" ".join(parser.title)), one_line(" ".join(parser.text))
    rest = shortened(first.removeprefix(title).strip(), 120)
    return Said(": ".join(filter(None, (title, rest))), page=page, asks_password=bool(PASSWORD.search(text)))
