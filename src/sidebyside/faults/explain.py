"""What to say of a call that went wrong, found by its cause: a sentence or two with what happened, where, and what to do.

`explain` is the one place that says it, for errors of the `openai` client and of the connection below it; what an endpoint's
refusal means is in `refusals`. `plain_errors` lets notebooks show the sentence instead of a traceback.
"""

from __future__ import annotations

import errno
import functools
import json
import os
import re
import socket
import ssl
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar, cast

import httpx2
import openai

from .bodies import one_line, said, shortened
from .refusals import CLIENT_CERTIFICATE, PROXY_ASKS, RESTART, keyless, keys_of, of_refusal, quoting

Call = TypeVar("Call", bound=Callable[..., Any])
CUT_OFF = "The answer was cut off in the middle. Run the cell again; if it stays so, look at the endpoint's log."
BROKE_OFF = "The endpoint broke off its answer. Run the cell again; if it stays so, look at the endpoint's log."
CERTIFICATE_VARIABLES = ("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")  # the first that is set holds
ASK_FOR_ROOT = f"Ask IT for the company's root certificate as a PEM file, set SSL_CERT_FILE to its path, {RESTART}."
UNTRUSTED = (
    "The endpoint's certificate is signed by an authority that {whose}: most often, a company's proxy opens the encrypted connection. " + ASK_FOR_ROOT
)
EXPIRED = (
    "The endpoint's certificate has expired, or this machine's clock is wrong. Check the date of this machine; "
    "if it is right, ask whoever runs the endpoint, or IT if there is a proxy, for a new certificate."
)
OTHER_NAME = (
    "The certificate is for another host than the one in OPENAI_BASE_URL. Write the host there as the certificate names it; "
    "if it is right, something between you and the endpoint answers in its place: ask IT."
)
PLAIN = (
    "OPENAI_BASE_URL begins with https, but what answers there speaks http without encryption. "
    f"Write http:// if it is a server of your own, or fix the port, {RESTART}."
)
PROXY_PLAIN = f"The proxy in {{variable}} is written with https, but speaks http. Write its address with http:// in {{variable}}, {RESTART}."
NO_TLS = (
    "An encrypted connection to the endpoint could not be set up ({reason}). Run the cell again; "
    "if it stays so, ask IT whether a proxy or firewall breaks it."
)
PROXY_REFUSES = (
    "The proxy in {variable} refuses the name and password that are written there{told}. Fix them; "
    f"special characters are written as in %40 for @, {RESTART}."
)
PROXY_FORBIDS = (
    "The proxy in {variable} does not let you through to the endpoint ({reason}). Ask IT to allow the endpoint's host, "
    "or add the host to NO_PROXY if it can be reached without the proxy."
)
PROXY_LOGIN = (
    "The proxy in {variable} wants you to log in first ({reason}). Open any page in the browser, log in there, then run the cell again; "
    "if it stays so, ask IT."
)
PROXY_LOST = (
    "The proxy in {variable} cannot reach the endpoint ({reason}). Check the host in OPENAI_BASE_URL; "
    f"if it is inside your company's network, add it to NO_PROXY, {RESTART}."
)
PROXY_SILENT = (
    "The proxy in {variable} does not answer. Check its address, and whether you are in the company's network or VPN; "
    "outside of it, unset {variable} and restart the kernel."
)
UNKNOWN_HOST = (
    "This machine cannot find the host in OPENAI_BASE_URL{host}. Check its spelling; if it is right, check your network, "
    "or turn on the VPN if the host is inside your company."
)
UNREACHABLE = "This machine's network cannot reach the endpoint ({reason}). Check your network, VPN and firewall, then run the cell again."
NOT_CONNECTED = (
    "The endpoint could not be reached in time. Check the address in OPENAI_BASE_URL, your network and VPN; a firewall may also drop the connection."
)
TOO_SLOW = (
    "The endpoint did not answer in time. Run the cell again, or give connect() a longer timeout. "
    "If the endpoint answers one request after the other, set SIDEBYSIDE_AT_ONCE=1 and run the cell with connect() again."
)
NOBODY = "No endpoint answers at OPENAI_BASE_URL. Start it or fix the address; unset SIDEBYSIDE_MODEL to use the embedded model."
NOBODY_AT_80 = (
    "No endpoint answers at OPENAI_BASE_URL, which names no port. Start it or fix the address: a local server has a port, "
    "as in http://localhost:11434/v1."
)
HUNG_UP = "The endpoint closed the connection without an answer. Run the cell again; if it stays so, look at the endpoint's log."
HUNG_UP_ON_HTTP = (
    "The endpoint closed the connection without an answer. If it speaks https, write https:// in OPENAI_BASE_URL and restart the kernel; "
    "if not, check the port, and run the cell again."
)
NO_HTTP = f"What answers at OPENAI_BASE_URL does not speak HTTP. Check its host and port, write https:// if it wants encryption, {RESTART}."
BAD_HEADER = (
    "A header of the request cannot be sent. Look for line breaks and strange characters in OPENAI_API_KEY, OPENAI_ORG_ID, "
    f"OPENAI_PROJECT_ID and OPENAI_CUSTOM_HEADERS, {RESTART}."
)
NO_WAY = frozenset({errno.EHOSTUNREACH, errno.ENETUNREACH, errno.ENETDOWN, errno.EACCES, errno.EPERM, errno.EADDRNOTAVAIL})


class ProxyFault(httpx2.ProxyError):
    """The way through a proxy did not come about; its text is that of the fault below.

    Attributes:
        variable: What names the proxy, such as "HTTPS_PROXY".
        proxy: The proxy.
    """

    def __init__(self, text: str, variable: str, proxy: httpx2.Proxy) -> None:
        """Note which proxy it was."""
        super().__init__(text)
        self.variable, self.proxy = variable, proxy


class Interrupted(KeyboardInterrupt):
    """The reader stopped a call: in a notebook one line, as with every fault of a call."""

    def _render_traceback_(self) -> list[str]:
        """Show one sentence in IPython instead of a traceback."""
        return ["KeyboardInterrupt: The call was stopped. Run the cell again to go on."]


def quiet(call: Call) -> Call:
    """Return a call that ends in one line if the reader stops it, wherever it is: at work, or waiting before it tries again."""

    @functools.wraps(call)
    def quietly(*args: Any, **options: Any) -> Any:
        try:
            return call(*args, **options)
        except KeyboardInterrupt:
            raise Interrupted from None

    return cast(Call, quietly)


def explain(error: BaseException) -> str:
    """Say in a sentence or two what went wrong with a call and what to do.

    Args:
        error: Anything raised by a call through the `openai` client.

    Returns:
        One line without keys.
    """
    if isinstance(error, openai.APIStatusError):
        return of_refusal(error.response, error.request)
    if isinstance(error, json.JSONDecodeError):
        return CUT_OFF
    if isinstance(error, openai.APIConnectionError | httpx2.TransportError | ssl.SSLError):
        return _of_connection(error)
    if type(error) is openai.APIError:  # raised where a stream reports a fault
        return quoting(BROKE_OFF, said(error.message.encode(errors="replace")).words, keys_of(os.environ))
    words = error.message if isinstance(error, openai.APIError) else str(error)
    return keyless(words.strip().splitlines()[0]) if words.strip() else type(error).__name__


def plain_errors() -> None:
    """Let every error of the openai client show in a notebook as one sentence, and be saved as the same one."""

    def one_sentence(error: openai.OpenAIError) -> list[str]:
        return [f"{type(error).__name__}: {explain(error)}"]

    openai.OpenAIError._render_traceback_ = one_sentence  # type: ignore[attr-defined]
    openai.APIError.__str__ = explain  # type: ignore[method-assign]


def certificates_named(environ: Mapping[str, str] = os.environ) -> tuple[str, str] | None:
    """Return which variable names the certificates to trust, and its value; None if this machine's own hold."""
    return next(((name, environ[name]) for name in CERTIFICATE_VARIABLES if environ.get(name)), None)


# --- what a connection stumbled over --------------------------------------------------------------------------------


def _of_connection(error: BaseException) -> str:
    causes = list(_chain(error))
    through = next((cause for cause in causes if isinstance(cause, ProxyFault)), None)
    url = next((url for cause in causes if (url := _address(cause))), httpx2.URL(""))
    for cause in causes:
        if isinstance(cause, ssl.SSLError):
            return _of_encryption(cause, through)
    if through:
        return _of_proxy(through)
    sentences = (_of_cause(cause, url) for cause in reversed(causes))  # the deepest cause tells most
    return next(filter(None, sentences), TOO_SLOW if isinstance(error, openai.APITimeoutError | httpx2.TimeoutException) else NOBODY)


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """Yield an error and what it was raised from."""
    for _ in range(12):
        if error is None:
            return
        yield error
        error = error.__cause__ or error.__context__


def _address(error: BaseException) -> httpx2.URL | None:
    return error.request.url if isinstance(error, openai.APIConnectionError) else None


def _of_encryption(error: ssl.SSLError, through: ProxyFault | None) -> str:
    words = str(error).lower()
    if isinstance(error, ssl.SSLCertVerificationError):
        return _of_certificate(error, words)
    if re.search(r"wrong.version.number|record.layer.failure|unknown.protocol|http.request|packet.length", words):
        return PROXY_PLAIN.format(variable=through.variable) if through and through.proxy.url.scheme == "https" else PLAIN
    if re.search(r"certificate.required|alert.bad.certificate|alert.handshake.failure.*certificate", words):
        return CLIENT_CERTIFICATE
    return NO_TLS.format(reason=one_line(error.reason or "it was cut").lower().replace("_", " "))


def _of_certificate(error: ssl.SSLCertVerificationError, words: str) -> str:
    """Tell by words as well as by OpenSSL's numbers: Windows and macOS have others."""
    if error.verify_code in (62, 64) or re.search(r"host ?name|name.{0,20}not match|ip address mismatch|cn name", words):
        return OTHER_NAME
    if error.verify_code in (9, 10) or re.search(r"expired|not yet valid|validity period", words):
        return EXPIRED
    named = certificates_named()
    return UNTRUSTED.format(whose=f"{named[0]} does not name" if named else "this machine does not trust")


def _of_proxy(fault: ProxyFault) -> str:
    reason, known = one_line(str(fault)), fault.proxy.auth is not None
    socks = fault.proxy.url.scheme.startswith("socks")
    if reason.startswith("407") or (socks and "auth" in reason.lower()):
        form, told = ("socks5://", "") if socks else ("http://", " (407)")
        return (PROXY_REFUSES if known else PROXY_ASKS).format(variable=fault.variable, form=form, told=told)
    if re.match(r"(30[1-8]|401|511)\b", reason):
        return PROXY_LOGIN.format(variable=fault.variable, reason=shortened(reason, 60))
    if re.match(r"4\d\d\b", reason):
        return PROXY_FORBIDS.format(variable=fault.variable, reason=shortened(reason, 60))
    if re.match(r"\d{3}\b|Proxy Server could not connect", reason):
        return PROXY_LOST.format(variable=fault.variable, reason=shortened(reason, 60))
    return PROXY_SILENT.format(variable=fault.variable)


def _of_cause(cause: BaseException, url: httpx2.URL) -> str:
    """Say what one link of the chain means; nothing if it does not tell."""
    if isinstance(cause, socket.gaierror | UnicodeError):
        return UNKNOWN_HOST.format(host=f" ({shortened(one_line(url.host), 80)})" if url.host else "")
    if isinstance(cause, httpx2.ConnectTimeout | httpx2.PoolTimeout):
        return NOT_CONNECTED
    if isinstance(cause, httpx2.LocalProtocolError):
        return BAD_HEADER
    if isinstance(cause, httpx2.RemoteProtocolError | httpx2.ReadError | httpx2.WriteError):
        return _of_broken_line(str(cause), url.scheme)
    if isinstance(cause, OSError) and cause.errno in NO_WAY:
        return UNREACHABLE.format(reason=(cause.strerror or "no way there").lower())
    if isinstance(cause, ConnectionRefusedError) and url.host and not url.port:
        return NOBODY_AT_80
    return CUT_OFF if isinstance(cause, httpx2.DecodingError) else ""


def _of_broken_line(words: str, scheme: str) -> str:
    if "complete message body" in words or "chunk" in words:
        return CUT_OFF
    if re.search(r"illegal|status line|header|malformed|invalid", words):
        return NO_HTTP
    return HUNG_UP_ON_HTTP if scheme == "http" else HUNG_UP
