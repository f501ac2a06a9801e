"""The endpoint's address and key as readers type and paste them: put right where there is one way to, refused in a sentence where not.

Put right without a word: blanks, quotes and invisible characters around them, `Bearer ` before a key, the route behind an address.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

import httpx2

from ..errors import SettingsError
from ..faults.bodies import KEY_LIKE, one_line, shortened, without_keys

EXAMPLE = httpx2.URL("https://api.example.com/v1")
OPENAI = "https://api.openai.com/v1"
AROUND = "\"'`\u2018\u2019\u201c\u201d\u201e\u00ab\u00bb\ufeff\u200b\u200c\u200d\u2060"  # quotes of several languages, and what cannot be seen
ROUTES = re.compile(r"/+(chat/completions|completions|embeddings|responses|(?<=/v1/)models)?/*$")
PLACEHOLDER = re.compile(
    r"\.\.\.|\u2026|^<.*>$|(^|[^a-z])your?[^a-z].{0,20}(key|token)|(key|token)[-_ ]?here"
    r"|^(change-?me|replace-?me|api[-_]?key)$|^(sk-)?(x{6,}|\*{3,})|^\$[\w{(]|^%\w+%$|^\{.*\}$",
    re.IGNORECASE,
)
HOST_OF_EXAMPLE = re.compile(r"[<>{}$%]|(^|[.-])your?[-_]", re.IGNORECASE)
SET_TO = r"^(export |set |setx |%env |\$env:)?{name}\s*[=: ]\s*"  # what a line that sets a variable has before its value
TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # what a header may be called (RFC 9110, 5.6.2)
ENDS = (  # hosts whose addresses are known: how their path goes, and what it is set to where it does not go so
    (r"api\.openai\.com|api\.mistral\.ai|api\.anthropic\.com|api\.together\.(xyz|ai)|api\.x\.ai", r"/v\d", "/v1"),
    (r"openrouter\.ai", r"/api/v\d", "/api/v1"),
    (r"api\.groq\.com", r"/openai/v\d", "/openai/v1"),
    (r"generativelanguage\.googleapis\.com", r"/v\w+/openai", "/v1beta/openai"),
    (r".+\.(openai|services\.ai|cognitiveservices)\.azure\.com", r"/.", "/openai/v1"),
    (r"(localhost|127\.\d+\.\d+\.\d+|::1|ollama|host\.docker\.internal):(11434|1234)", r"/(?!api(/|$)).", "/v1"),  # Ollama, LM Studio
)
SCHEMES = re.compile(r"^(h?t{1,3}ps?)(?=[:;/])[:;/]*", re.IGNORECASE)


def bare(text: str) -> str:
    """Return a setting without what was pasted around it: blanks, line breaks, quotes, invisible characters."""
    while text != (text := re.sub(r"(\\[nrt]|[,;])+$", "", text.strip().strip(AROUND))):
        pass
    return text


def endpoint_address(environ: Mapping[str, str] = os.environ) -> str:
    """Return the endpoint's address.

    Raises:
        SettingsError: If it cannot be one; the text says what to write instead.
    """
    text = _without_wrapping(environ.get("OPENAI_BASE_URL", "")) or OPENAI
    if re.search(r"\s", text):
        raise SettingsError("OPENAI_BASE_URL has a space or a line break in the middle. Set it to the address alone, then restart the kernel.")
    if not re.match(r"https?://[^/]", text, re.IGNORECASE):
        raise SettingsError(_without_scheme(text))
    url = _parsed(text)
    if HOST_OF_EXAMPLE.search(unquote(url.host)):
        raise SettingsError(
            "OPENAI_BASE_URL still holds the placeholder of an example. Set it to the endpoint's own address, then restart the kernel."
        )
    return _checked(url.copy_with(path=ROUTES.sub("", url.path), fragment=None))


def endpoint_key(environ: Mapping[str, str] = os.environ) -> str:
    """Return the endpoint's key; empty if none is set.

    Raises:
        SettingsError: If it cannot be one; the text says why and never quotes it.
    """
    key = bare(environ.get("OPENAI_API_KEY", ""))
    key = bare(re.sub(SET_TO.format(name="OPENAI_API_KEY"), "", key, flags=re.IGNORECASE))
    key = bare(re.sub(r"^(authorization:\s*)?bearer(\s|$)", "", key, flags=re.IGNORECASE))
    again = "Copy the key again, whole and alone, set OPENAI_API_KEY to it, then restart the kernel."
    if PLACEHOLDER.search(key):
        raise SettingsError(f"OPENAI_API_KEY still holds the placeholder of an example. {again} A local server takes any other word.")
    if re.search(r"\s", key):
        raise SettingsError(f"OPENAI_API_KEY has a space or a line break in the middle. {again}")
    if strange := next((sign for sign in key if not "!" <= sign <= "~"), ""):
        raise SettingsError(f"OPENAI_API_KEY holds {_shown(strange)}, which no key has. {again}")
    return key


def settle_headers(client: Any, *, outside: bool) -> None:
    """Put right what the environment adds to each request of an openai client: `OPENAI_ORG_ID`, `OPENAI_PROJECT_ID`, `OPENAI_CUSTOM_HEADERS`.

    Args:
        client: The client.
        outside: Whether it asks an endpoint; recorded answers and the embedded model need none of them, however they are set.

    Raises:
        SettingsError: If one cannot be sent.
    """
    if not outside:
        client.organization, client.project, client._custom_headers = None, None, {}
        return
    client.organization = _sendable("OPENAI_ORG_ID", client.organization)
    client.project = _sendable("OPENAI_PROJECT_ID", client.project)
    for name, value in client._custom_headers.items():
        if not TOKEN.fullmatch(name):
            raise SettingsError("OPENAI_CUSTOM_HEADERS has a line that does not read `Name: value`. Fix or unset it, then restart the kernel.")
        _sendable("OPENAI_CUSTOM_HEADERS", str(value))


def _sendable(variable: str, value: str | None) -> str | None:
    value = bare(value or "")
    if strange := next((sign for sign in value if not " " <= sign <= "~"), ""):
        raise SettingsError(f"{variable} holds {_shown(strange)}, which cannot be sent. Fix or unset it, then restart the kernel.")
    return value or None


def _shown(sign: str) -> str:
    return f"the character '{sign}'" if sign.isprintable() and not sign.isspace() else "an invisible character"


def _without_wrapping(text: str) -> str:
    """Return an address as it was meant: without its variable's name, brackets, a stop behind it, a second scheme, backslashes."""
    text = bare(re.sub(SET_TO.format(name="(OPENAI_)?(BASE_)?URL"), "", bare(text), flags=re.IGNORECASE))
    text = re.sub(r"^\[.*\]\((.*)\)$|^\((.*)\)$", lambda link: link[1] or link[2], text)  # a link of Markdown, or brackets
    text = bare(text.strip("<>")).rstrip(".").replace("\\", "/")
    return re.sub(r"^https?:/+(?=https?:/)", "", text, flags=re.IGNORECASE)


def _without_scheme(text: str) -> str:
    """Say what address may be meant; what has no look of a host, as a key has not, is not shown."""
    rest = SCHEMES.sub("", text) if SCHEMES.match(text) else text.partition("://")[2] or text
    rest = rest.lstrip(":/")
    near = re.match(r"(localhost|127\.|10\.|192\.168\.|\[::1\]|[^./]+(:|/|$))", rest)
    secure = not near or text.lower().startswith("https")
    try:
        proposal = _parsed(f"{'https' if secure else 'http'}://{rest}")
    except SettingsError:
        proposal = EXAMPLE
    proposal = proposal if _looks_like_a_place(proposal) else EXAMPLE
    safe = without_keys(one_line(str(proposal.copy_with(userinfo=b""))), [])
    return (
        "OPENAI_BASE_URL does not begin with https:// or http://, so no endpoint can be asked. "
        f"Set it to {shortened(safe, 120)}, or whatever the endpoint's whole address is, then restart the kernel."
    )


def _looks_like_a_place(url: httpx2.URL) -> bool:
    words = re.split(r"[./?&=]", f"{url.host}{url.path}?{url.query.decode()}")
    return bool(url.port or "." in url.host or url.host == "localhost") and not any(re.fullmatch(KEY_LIKE, word) for word in words)


def _parsed(text: str) -> httpx2.URL:
    try:
        url = httpx2.URL(text)
        url.host.encode("idna")
        whole = bool(url.host) and (url.port is None or 0 < url.port < 65_536) and " " not in unquote(url.host)
    except (httpx2.InvalidURL, UnicodeError):
        whole = False
    if not whole:
        raise SettingsError(
            "OPENAI_BASE_URL is not a valid address: its host or port cannot be read. "
            "Set it to an address such as https://api.example.com/v1 or http://localhost:11434/v1, then restart the kernel."
        )
    return url


def _checked(url: httpx2.URL) -> str:
    """Return an address, unless its host is known for another one."""
    place = f"{url.host}:{url.port}" if url.port else url.host
    for host, path, end in ENDS:
        plain = url.scheme == "http" and not url.port
        if re.fullmatch(host, place) and (plain or url.query or not re.match(path, url.path)):
            whole = url.copy_with(scheme="https" if plain else url.scheme, userinfo=b"", raw_path=end.encode())
            raise SettingsError(
                "OPENAI_BASE_URL names the right host, but its endpoint has another address. "
                f"Set OPENAI_BASE_URL to {whole}, then restart the kernel."
            )
    if url.query:
        raise SettingsError(
            "OPENAI_BASE_URL holds a question mark, and the openai package puts the route behind it. "
            f"Set OPENAI_BASE_URL to {url.copy_with(userinfo=b'', query=None)}, then restart the kernel."
        )
    return str(url)
