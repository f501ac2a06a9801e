"""The one door to endpoints: an HTTP client that heeds the reader's proxy and certificates (see `ways`), and follows redirects with care."""

from __future__ import annotations

import re
from collections.abc import Iterator

import httpx2

from ..errors import SettingsError
from ..faults.refusals import LOGIN_OF_PAGE
from .ways import Ways

OTHER_HOST = (
    "The endpoint redirects to {place}, and neither key nor text goes to another host unasked. "
    "If that is the endpoint's new address, set OPENAI_BASE_URL to it; if it is a login page, log in with the browser first."
)
TO_PLAIN_HTTP = "The endpoint redirects to an address without encryption, and no key is sent there. Check OPENAI_BASE_URL."
AS_GET = "The endpoint redirects in a way that drops the question (303), so no answer can come. Check the address in OPENAI_BASE_URL."
IN_CIRCLES = "The endpoint redirects in circles. Check the address in OPENAI_BASE_URL: http or https, and how it ends."
NOWHERE = "The endpoint redirects to an address that cannot be read. Check OPENAI_BASE_URL, or ask whoever runs the endpoint."
LOGIN = re.compile(r"\b(log-?in|sign-?in|sso|saml2?|oauth2?|adfs|idp|authorize|captive|portal)\b", re.IGNORECASE)
MOST_HOPS = 5
MOST_BYTES = 65_536  # of a refusal's body


def outside_client() -> httpx2.Client:
    """Return a client for other hosts; a proxy or certificate that cannot be used is a `SettingsError` of the request that needs it."""
    return httpx2.Client(transport=Door())


class Door(httpx2.BaseTransport):
    """Sends each request directly or through the reader's proxy, and follows redirects without losing what is asked.

    httpx2's own client turns a POST that is redirected with 301 or 302 into a GET, and hands a key of another header than
    `Authorization` on to any host. Here a POST stays one, on the same host alone.
    """

    def __init__(self) -> None:
        """Open nothing yet."""
        self._ways = Ways()

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send a request, and send it on where the endpoint has moved.

        Raises:
            SettingsError: If the environment's proxy or certificates cannot be used, or the endpoint sends requests on to where they must not go.
            ProxyFault: If the way through a proxy does not come about.
        """
        for _ in range(MOST_HOPS):
            response = self._send(request)
            if not response.has_redirect_location:
                return response
            response.close()
            request = _sent_on(request, response)
        raise SettingsError(IN_CIRCLES)

    def close(self) -> None:
        """Close all connections."""
        self._ways.close()

    def _send(self, request: httpx2.Request) -> httpx2.Response:
        response = self._ways.send(request)
        if response.status_code >= 300:
            response.stream = _Bounded(response.stream)
        return response


class _Bounded(httpx2.SyncByteStream):
    """The head of a body: what a refusal says is there, and one without end would never be read."""

    def __init__(self, stream: object) -> None:
        assert isinstance(stream, httpx2.SyncByteStream)
        self.stream = stream

    def __iter__(self) -> Iterator[bytes]:
        size = 0
        for chunk in self.stream:
            yield chunk
            if (size := size + len(chunk)) >= MOST_BYTES:
                return

    def close(self) -> None:
        self.stream.close()


# --- redirects ------------------------------------------------------------------------------------------------------


def _sent_on(request: httpx2.Request, response: httpx2.Response) -> httpx2.Request:
    """Return the request as it goes on to where a redirect says."""
    try:
        target = request.url.join(response.headers["location"])
    except (httpx2.InvalidURL, UnicodeError):
        raise SettingsError(NOWHERE) from None
    _refuse_strangers(request, target)
    if response.status_code == 303 and request.method != "GET":
        raise SettingsError(AS_GET)
    headers = [(name, value) for name, value in request.headers.multi_items() if name != "host"]
    return httpx2.Request(request.method, target, headers=headers, content=request.read(), extensions=request.extensions)


def _refuse_strangers(request: httpx2.Request, target: httpx2.URL) -> None:
    if LOGIN.search(f"{target.host} {target.path}"):
        raise SettingsError(LOGIN_OF_PAGE)
    if target.scheme not in ("http", "https") or not target.host:
        raise SettingsError(NOWHERE)
    here = request.url
    if (here.scheme, target.scheme) == ("https", "http"):
        raise SettingsError(TO_PLAIN_HTTP)
    upgraded = (here.scheme, target.scheme) == ("http", "https")
    if target.host != here.host or (target.port != here.port and not upgraded):
        place = target.copy_with(userinfo=b"", raw_path=b"/", fragment=None)
        raise SettingsError(OTHER_HOST.format(place=str(place).rstrip("/")[:100]))
