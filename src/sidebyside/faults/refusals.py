"""Why an endpoint, the embedded model or something in between refused: found by what it says, and only then by the status.

The status alone does not tell: 404 is a wrong address or a wrong model, 403 the endpoint or the company's firewall, 429 a pace or an
empty account. Tables below go from the particular to the general, and the first cause that fits is said.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import unquote

import httpx2

from .bodies import KEY_LIKE, Said, said, shortened, without_keys

EMBEDDED_HOST = "embedded.invalid"  # stands in requests for an embedded server's real address, which is known once it runs
LONGEST = 400  # characters of all that is said of one fault
VIA = "sidebyside.proxy"  # in a response's extensions: the variable that names the proxy it came through
RESTART = "then restart the kernel"
SHORTEST_PART = 8  # characters of a part of a header that is taken for a key by itself
KEY_HEADERS = ("authorization", "api-key", "x-api-key", "x-goog-api-key")


@dataclass(frozen=True)
class Cause:
    """One reason for a refusal.

    Attributes:
        sentence: What to say; it may have places for `status`, `variable` and `wait`.
        statuses: The statuses that it comes with; any if there are none.
        signs: A pattern that must be found in the endpoint's codes and words.
    """

    sentence: str
    statuses: tuple[int, ...] = ()
    signs: str = ""

    def fits(self, status: int, what: Said) -> bool:
        """Tell whether a refusal has this reason."""
        return (not self.statuses or status in self.statuses) and bool(re.search(self.signs, f"{what.codes} {what.words}", re.IGNORECASE))


TOO_LONG = Cause(
    "The request is longer than the model can read at once. Shorten the text, leave examples or documents out, or choose another SIDEBYSIDE_MODEL.",
    (400, 413, 422, 500),
    r"context_?(length|size|window)_?exceeded|exceed_context_size|context_?window|\bcontext (length|size|window)|(sequence|model) length"
    r"|(prompt|input) (is |was )?too long|input length|(input|prompt) token count|too many (input |prompt )?tokens|max_new_tokens. must be"
    r"|too large to process|maximum context|prompt (contains|has) [\d,]+ tokens|reduce the length of",
)
FILTERED = Cause(
    "The endpoint's content filter holds this request back ({status}). The settings are right: leave this text out, or word it in another way.",
    (400, 403, 422, 451),
    r"content[_ ](filter|policy|management)|contentpolicy|responsibleai|data_inspection_failed|content exists risk|prohibited_content"
    r"|\bflagged\b|requires moderation|guardrail|safety (system|policy|filter)|usage policy",
)
WANTS_HTTPS = Cause(
    f"OPENAI_BASE_URL begins with http, but what answers there wants https. Write https:// in it, {RESTART}.",
    (400, 403, 426, 497),
    r"plain http request was sent to https|http request to an https|use https|https (is )?required|requires https|^\S* ?upgrade required",
)
NO_MODEL = Cause(
    f"The endpoint does not know the model ({{status}}). Set SIDEBYSIDE_MODEL to a model that it has, {RESTART}.",
    (400, 403, 404),
    r"model_?not_?found|model_?decommissioned|\bmodels?\b.{0,80}?(decommissioned|no longer (supported|available))"
    r"|deployment_?not_?found|(unknown|invalid|no such|nonexistent)[_ ]model|not a valid model"
    r"|\bmodels?\b.{0,80}?(not found|not exist|n't exist)|deployment.{0,60}not exist",
)
NO_CHAT_MODEL = Cause(
    f"The model cannot chat at this endpoint ({{status}}). Set SIDEBYSIDE_MODEL to a chat model, {RESTART}.",
    (400, 404, 405, 422),
    r"not a chat model|only supported in v1/(responses|completions)|does not support chat"
    r"|not supported in the v1/chat|chatCompletion operation does not work",
)
BAD_KEY = Cause(
    f"The endpoint refused the key ({{status}}). Set OPENAI_API_KEY to a key that is valid for this endpoint, {RESTART}.",
    (400, 403),
    r"(api[_ -]?|access )(key|token)[_ ](is )?(not valid|invalid|expired|missing|required)|invalid (authentication|(api|access)[_ -]?(key|token))"
    r"|key was reported|missing authentication|key (has )?expired|incorrect api key",
)
OTHER_ACCOUNT = Cause(
    "The key belongs to another organization or project than OPENAI_ORG_ID or OPENAI_PROJECT_ID says ({status}). "
    f"Unset both, or set them to those of the key, {RESTART}.",
    (400, 401, 403),
    r"mismatched_(organization|project)|openai-(organization|project) header|no such (organization|project)",
)
FROM_ELSEWHERE = Cause(
    "The endpoint takes no requests from this network or country ({status}). "
    "Turn the company's VPN on or off and run the cell again; if it stays so, ask whoever runs the endpoint to allow this network.",
    (400, 401, 403, 451),
    r"\b(country|territory|region|location)\b.{0,60}not (supported|available|allowed)|unsupported_country"
    r"|virtual network|firewall rules|private endpoint"
    r"|public (network )?access|\bip[_ ](address|not)|error code: 10\d\d|legal reasons|vpc service controls",
)
RATE = r"per[_ -]?(minute|min|second)\b|\b[rt]pm\b|retry[_ -]?(in|delay|after)|try again in|too many requests|rate[_ -]?limit"
MORE_THAN_A_MINUTE_HAS = Cause(
    "This request is larger than what the endpoint lets you send in a minute ({status}). "
    "Shorten the text, ask for a shorter answer, or ask for a higher limit.",
    (413, 429),
    r"(request|prompt|messages?) too large",
)
TOO_MANY = Cause("The endpoint says: too many requests (429). {wait} and run the cell again, or ask for a higher limit.", (429,), RATE)
NO_CREDIT = Cause(
    "The account at the endpoint has no credit left ({status}). Add credit there, or ask whoever pays for it; waiting does not help.",
    (400, 402, 403, 429),
    r"insufficient[_ -]?(quota|credit|balance|fund)|\bcredits?\b|payment|billing|spend(ing)?[_ ]limit"
    r"|exceeded[_ ]?budget|budget[_ ](has been )?exceeded|budgetexceeded|over budget",
)
PROXY_ASKS = f"The proxy in {{variable}} asks for a name and a password{{told}}. Write it as {{form}}name:password@host:port, {RESTART}."
WITHOUT_NAME = Cause(PROXY_ASKS.format(variable="{variable}", told=" ({status})", form="http://"), (407,))
TOO_LARGE = Cause("The request is too large for the endpoint or for a proxy in front of it (413). Shorten the text, or leave examples out.", (413,))
QUOTA = Cause("The endpoint says: too many requests, or the quota is used up (429). {wait} and run the cell again, or ask for quota.", (429,))
WAITED = Cause("The endpoint ran out of time ({status}). Run the cell again, or ask for a shorter answer.", (408, 504, 524))
BROKEN_OFF = Cause("The request was cancelled before the endpoint had answered (499). Run the cell again.", (499,))
CLIENT_CERTIFICATE = "The endpoint asks for a client certificate, which the course cannot present. Ask for an address that takes a key."
NO_CHAT = "No chat route is at this address ({status}). Check OPENAI_BASE_URL, which most often ends in /v1."

ENDPOINT = (
    WANTS_HTTPS,
    TOO_LONG,
    FILTERED,
    MORE_THAN_A_MINUTE_HAS,
    TOO_MANY,
    NO_CREDIT,
    Cause(NO_CREDIT.sentence, (402,)),
    QUOTA,
    FROM_ELSEWHERE,
    OTHER_ACCOUNT,
    BAD_KEY,
    Cause(BAD_KEY.sentence, (401,)),
    NO_CHAT_MODEL,
    NO_MODEL,
    Cause(NO_MODEL.sentence, (404,), r"\bmodel|deployment"),
    Cause(
        "The endpoint forbids this request (403): most often, the key may not use this model. "
        "Ask whoever runs the endpoint for access, or choose another SIDEBYSIDE_MODEL.",
        (403,),
    ),
    Cause(NO_CHAT, (404, 410), r"\burl\b|route|not[_ ]found|cannot post|endpoint"),
    Cause("The endpoint does not know the model or the address (404). Check SIDEBYSIDE_MODEL and OPENAI_BASE_URL.", (404, 410)),
    Cause(NO_CHAT, (405, 415)),
    WITHOUT_NAME,
    WAITED,
    Cause("The endpoint is busy with something that conflicts with this request (409). Wait a little and run the cell again.", (409,)),
    TOO_LARGE,
    BROKEN_OFF,
    Cause("The gateway in front of the endpoint cannot reach it (502). Wait a little and run the cell again, or ask whoever runs it.", (502,)),
    Cause("The endpoint is overloaded or still starting ({status}). Wait a little and run the cell again.", (503, 529)),
)
LOGIN = Cause(
    "A login page answers in the endpoint's place ({status}). Log in with the browser, or set OPENAI_BASE_URL to the endpoint's own address.",
    (200, 400, 401, 403, 511),  # a page of 404 may well have a link to log in
    r"\blog ?-?in\b|\bsign ?-?in\b|single sign|\bsso\b|captive|hotspot|anmelde",
)
BLOCKED = Cause(
    "A proxy or firewall between you and the endpoint does not let the request through ({status}). Ask IT to allow the endpoint's host.",
    (200, 400, 401, 403, 404, 451, 502, 503),
    r"\b(web ?site|page|site|access|url|category|request)\b.{0,60}\b(blocked|denied|not (allowed|permitted)|forbidden|restricted)\b"
    r"|access_denied|\bblocked (by|page|url|site)|zscaler|netskope|fortiguard|fortinet|forcepoint"
    r"|umbrella|bluecoat|symantec web|palo alto|sophos|web (filter|gateway)|gesperrt|blockiert",
)
PAGES = (  # what a web page in the place of an answer means: it is from something in between, or from another address than the endpoint's
    WANTS_HTTPS,
    Cause(NO_CREDIT.sentence, (402,)),
    BLOCKED,
    LOGIN,
    WITHOUT_NAME,
    Cause(CLIENT_CERTIFICATE, (400, 495, 496), r"ssl certificate"),
    Cause(
        "Something in front of the endpoint asks for a name and a password (401). Ask whoever runs the endpoint, or check OPENAI_BASE_URL.", (401,)
    ),
    Cause(BLOCKED.sentence, (403, 406, 418, 451)),
    Cause(
        "A web server answers, but no endpoint is at this address ({status}). Check OPENAI_BASE_URL, which most often ends in /v1.",
        (404, 405, 410),
    ),
    TOO_LARGE,
    QUOTA,
    Cause(
        "A gateway or proxy in front of the endpoint cannot reach it ({status}). Wait a little and run the cell again, or ask whoever runs it.",
        (502, 503, 504, 520, 521, 522, 523, 525, 526, 527, 530),
    ),
    WAITED,
    BROKEN_OFF,
)
NAMED = "Take out the option it names"
REST = (
    Cause("The endpoint redirects without saying where to ({status}). Check the address in OPENAI_BASE_URL.", tuple(range(300, 400))),
    Cause(
        "The endpoint does not take its own address from here ({status}). Write the host in OPENAI_BASE_URL as the endpoint names itself.",
        (400, 403, 421),
        r"invalid host|host header|misdirected",
    ),
    Cause("The endpoint does not accept this request ({status}). " + NAMED + " and run the cell again.", tuple(range(400, 500))),
    Cause("The endpoint had a fault of its own ({status}) each time it was asked. Wait a little and run the cell again."),
)
EMBEDDED = (
    Cause(
        "The embedded model does not accept this request: it is longer than the model can read at once. "
        "Shorten the question, or leave examples or documents out.",
        TOO_LONG.statuses,
        TOO_LONG.signs,
    ),
    Cause("The embedded model does not accept this request. Shorten the question, or take out the option it names.", tuple(range(300, 500))),
    Cause("The embedded model had a fault of its own ({status}). Restart the kernel and run the cell again."),
)
THERE = re.compile(
    r"(\d+)\s+(?:tokens )?maximum|(?:context (?:length|size|window)|(?:model|sequence) length|maximum|limit of|<=|allowed)\D{0,40}?(\d+)",
    re.IGNORECASE,
)
WORDS_OF_PAGE = (
    "A web page came back in place of an answer, so OPENAI_BASE_URL is not the endpoint's address. "
    f"Set it to the address that ends in /v1, or /api/v1, {RESTART}."
)
LOGIN_OF_PAGE = LOGIN.sentence.replace(" ({status})", "")


def of_refusal(response: httpx2.Response, request: httpx2.Request | None = None) -> str:
    """Say why a request was refused, in the endpoint's own words too.

    Args:
        response: A response with a status of 300 or more, which was read.
        request: The request, by which the embedded model is told from an endpoint.
    """
    what = _said(response)
    inside = request is not None and request.url.host == EMBEDDED_HOST
    cause = _cause(response.status_code, what, inside)
    counts = tokens_of_refusal(what) if cause.signs == TOO_LONG.signs else None
    sentence = _counted(cause.sentence, *counts) if counts else cause.sentence
    sentence = sentence if what.words else sentence.replace(NAMED, "It does not say why: take out options of the call one by one")
    wait = f"Wait {seconds} seconds" if (seconds := response.headers.get("retry-after", "")).isdecimal() else "Wait a minute"
    sentence = sentence.format(status=response.status_code, variable=response.extensions.get(VIA, "HTTPS_PROXY"), wait=wait)
    return sentence if counts else quoting(sentence, what.words, keys_of(os.environ, request))


def filtered(response: httpx2.Response) -> str | None:
    """Return what to say if a content filter held a request back: then there is no answer, and the next one may be asked for."""
    what = _said(response)
    if what.page or not FILTERED.fits(response.status_code, what) or TOO_LONG.fits(response.status_code, what):
        return None
    return of_refusal(response)


def is_about_model(response: httpx2.Response) -> bool:
    """Tell whether a refusal may be one of the model's name."""
    return response.status_code == 404 or NO_MODEL.fits(response.status_code, _said(response))


def page_instead(content: bytes, kind: str = "") -> str | None:
    """Say what it means that a web page came in the place of an answer, with status 200; None if it is none.

    Args:
        content: The body.
        kind: The content type.
    """
    what = said(content, kind)
    if not what.page:
        return None
    login = what.asks_password or LOGIN.fits(200, what)
    blocked = BLOCKED.sentence.replace(" ({status})", "") if BLOCKED.fits(200, what) else WORDS_OF_PAGE
    return quoting(LOGIN_OF_PAGE if login else blocked, what.words, keys_of(os.environ))


def quoting(sentence: str, words: str, keys: set[str]) -> str:
    """Return a sentence with the endpoint's own words behind it, without keys, and no longer than fits."""
    words = shortened(without_keys(words, keys), min(240, LONGEST - len(sentence) - 16))
    return f'{sentence} It says: "{words}".' if words else sentence


def keyless(words: str) -> str:
    """Return words without the reader's keys."""
    return without_keys(words, keys_of(os.environ))


def keys_of(environ: Mapping[str, str], request: httpx2.Request | None = None) -> set[str]:
    """Return all that must not be shown: keys and passwords in the environment, and those that a request carries, whole and in their parts."""
    named = [environ.get(name, "") for name in ("OPENAI_API_KEY", "OPENAI_ADMIN_KEY")]
    named += [line.partition(":")[2] for line in environ.get("OPENAI_CUSTOM_HEADERS", "").splitlines()]
    named += [request.headers.get(name, "") for name in KEY_HEADERS] if request else []
    bare = [re.sub(r"^(bearer|basic|token)\s+", "", word.strip(), flags=re.IGNORECASE).strip("\"' ") for word in named]
    parts = [part for text in bare for part in re.split(r"[\s;,]+|(?<=\w)=(?=[^=])", text) if len(part) >= SHORTEST_PART]
    addresses = [value for name, value in environ.items() if name.upper() == "OPENAI_BASE_URL" or name.lower().endswith("_proxy")]
    return {key for key in (*bare, *parts, *(secret for text in addresses for secret in _secrets_of(text))) if key.strip()}


def _secrets_of(address: str) -> list[str]:
    """Return the name and the password in an address, and what in its path looks like a key."""
    place, _, path = address.partition("//")[2].partition("/")
    user = place.rpartition("@")[0]
    keys = [part for part in re.split("[/?&=]", path) if re.fullmatch(KEY_LIKE, part)]
    return [form for text in (user, *user.partition(":")[::2], *keys) for form in {text, unquote(text)} if text]


def tokens_of_refusal(what: Said) -> tuple[int, int] | None:
    """Return how many tokens a request has and how many the model takes, if a refusal tells both."""
    if {"n_prompt_tokens", "n_ctx"} <= set(what.numbers):  # llama.cpp
        return what.numbers["n_prompt_tokens"], what.numbers["n_ctx"]
    words = re.sub(r"(?<=\d),(?=\d{3})", "", what.words)
    if not (found := THERE.search(words)):
        return None
    there = int(found[1] or found[2])
    asked = max(map(int, re.findall(r"(?<![\w.-])\d{2,9}\b", words)), default=0)
    return (asked, there) if asked > there else None


def _counted(sentence: str, asked: int, there: int) -> str:
    counts = f"has {asked:,} tokens, and the model takes {there:,} at a time, question and answer together"
    return sentence.replace("is longer than the model can read at once", counts)


def _cause(status: int, what: Said, inside: bool) -> Cause:
    if what.asks_password and not inside:
        return LOGIN
    causes: tuple[Cause, ...] = EMBEDDED if inside else (*(PAGES if what.page else ENDPOINT), *REST)
    return next(cause for cause in causes if cause.fits(status, what))


def _said(response: httpx2.Response) -> Said:
    with suppress(httpx2.StreamError):
        return said(response.content, response.headers.get("content-type", ""))
    return Said("")
