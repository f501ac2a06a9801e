"""The one door to other hosts: an HTTP client that heeds the reader's proxy and certificates, and looks at them only for a request that needs them.

Recorded answers and the embedded model need neither, and a local address needs no proxy, so that a machine with a strange proxy still
runs the course. Certificates are those of this machine, company's ones included, as `httpx2` finds them (on Windows and macOS through
`truststore`), unless a variable names others: see `faults.CERTIFICATE_VARIABLES`.
"""

from __future__ import annotations

import ipaddress
import os
import re
import ssl
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import httpx2

from ..errors import SettingsError
from ..faults.explain import ProxyFault, certificates_named
from ..faults.refusals import LOGIN_OF_PAGE, VIA
from .address import bare

SOCKS = "{variable} names a SOCKS proxy, which Python cannot use without one more package. Run `pip install socksio`, or unset {variable}."
PROXY = (
    "{variable} names a proxy whose address is not valid. Write it as http://host:port, with special characters of a password "
    "as in %40 for @, or unset {variable}; then restart the kernel."
)
PAC = (
    "{variable} names a file that tells browsers which proxy to take, and Python cannot read it. Ask IT for the proxy's own host and port, "
    "set {variable} to http://host:port, then restart the kernel."
)
CERTIFICATES = "{variable} names certificates that cannot be read ({reason}). Set it to a readable PEM file, or unset it, then restart the kernel."
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
NEAR = tuple(
    map(ipaddress.ip_network, "0.0.0.0/32 127.0.0.0/8 10.0.0.0/8 172.16.0.0/12 192.168.0.0/16 169.254.0.0/16 ::1/128 fc00::/7 fe80::/10".split())
)


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
        self._ways: dict[tuple[str, ...], httpx2.HTTPTransport] = {}
        self._lock = threading.Lock()

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
        for way in self._ways.values():
            way.close()

    def _send(self, request: httpx2.Request) -> httpx2.Response:
        variable, address = proxy_for(request.url)
        way = self._way(variable, address, request.url.scheme == "https")
        try:
            response = way.handle_request(request)
        except (httpx2.NetworkError, httpx2.ConnectTimeout, httpx2.ProtocolError, httpx2.ProxyError) as error:
            if not variable:
                raise
            raise ProxyFault(str(error), variable, _proxy(variable, address)) from error
        if variable:
            response.extensions[VIA] = variable
        if response.status_code >= 300:
            response.stream = _Bounded(response.stream)
        return response

    def _way(self, variable: str, address: str, secure: bool) -> httpx2.HTTPTransport:
        secure |= address.startswith("https")
        named = certificates_named() if secure else None
        place = (address, str(secure), *(named or ()))
        with self._lock:
            if place not in self._ways:
                trust = _certificates() if secure else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # http needs none, and takes no time
                self._ways[place] = _transport(variable, address, trust)
            return self._ways[place]


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


# --- certificates and proxies ---------------------------------------------------------------------------------------


def _certificates() -> ssl.SSLContext:
    """Return whom to trust.

    A company's own certificates break rules that Python 3.13 enforces unless told otherwise, and what IT hands out may be
    the one that signed in between: both are taken, since the reader named the file. So is the form that Windows exports (DER).
    """
    if not (named := certificates_named()):
        return httpx2.create_ssl_context(trust_env=False)
    variable, path = named[0], Path(bare(named[1])).expanduser()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    try:
        if path.is_dir():
            context.load_verify_locations(capath=path)
        else:
            _load(context, path)
    except (OSError, ValueError) as error:
        reason = "no certificate is in it" if isinstance(error, ssl.SSLError | ValueError) else error.strerror or "not readable"
        raise SettingsError(CERTIFICATES.format(variable=variable, reason=reason)) from error
    return context


def _load(context: ssl.SSLContext, path: Path) -> None:
    content = path.read_bytes()
    with suppress(ssl.SSLError):
        context.load_verify_locations(cafile=path)
        return
    context.load_verify_locations(cadata=content)


def _transport(variable: str, address: str, trust: ssl.SSLContext) -> httpx2.HTTPTransport:
    if not address:
        return httpx2.HTTPTransport(verify=trust, trust_env=False)
    try:
        return httpx2.HTTPTransport(verify=trust, trust_env=False, proxy=_proxy(variable, address, trust))
    except ImportError as error:
        raise SettingsError(SOCKS.format(variable=variable)) from error


def _proxy(variable: str, address: str, trust: ssl.SSLContext | None = None) -> httpx2.Proxy:
    try:
        proxy = httpx2.Proxy(address, ssl_context=trust if address.startswith("https") else None)
        whole = bool(proxy.url.host) and "%" not in proxy.url.host and (proxy.url.port or 1) < 65_536
    except (ValueError, httpx2.InvalidURL):
        whole = False
    if whole and re.search(r"\.(pac|dat)$", f"{proxy.url.host}{proxy.url.path}".rstrip("/"), re.IGNORECASE):
        raise SettingsError(PAC.format(variable=variable))
    if not whole:
        raise SettingsError(PROXY.format(variable=variable)) from None  # the address may hold a password
    return proxy


def proxy_for(url: httpx2.URL) -> tuple[str, str]:
    """Return which variable names the proxy for an address, and the proxy's own address; two empty texts if there is none.

    Addresses of this machine and of the reader's own network, and those that `NO_PROXY` lists, go directly.
    """
    if _is_near(url.host) or _is_excepted(url):
        return "", ""
    proxies = urllib.request.getproxies()
    for scheme in (url.scheme, "all"):
        if address := bare(proxies.get(scheme, "")):
            names = (f"{scheme}_proxy", f"{scheme}_proxy".upper())
            variable = next((name for name in names if os.environ.get(name)), "this machine's settings")
            return variable, address if "://" in address else f"http://{address}"
    return "", ""


def _is_near(host: str) -> bool:
    """Tell whether a host is this machine or in the reader's own network, as far as its name tells."""
    with suppress(ValueError):
        address = ipaddress.ip_address(host)
        return any(address in network for network in NEAR)
    return "." not in host or host.endswith((".localhost", ".docker.internal"))


def _is_excepted(url: httpx2.URL) -> bool:
    place = f"{url.host}:{url.port or (443 if url.scheme == 'https' else 80)}"
    if urllib.request.proxy_bypass(place) or urllib.request.proxy_bypass(url.host):
        return True
    entries = [bare(entry) for entry in urllib.request.getproxies().get("no", "").split(",")]
    return any(_covers(entry, url.host) for entry in entries if entry)


def _covers(entry: str, host: str) -> bool:
    """Tell whether an entry of NO_PROXY means a host, in the forms that the standard library passes over."""
    if entry == "*":
        return True
    with suppress(ValueError):
        return ipaddress.ip_address(host) in ipaddress.ip_network(entry.strip("[]"), strict=False)
    return entry.startswith("*.") and host.endswith(entry[1:].lower())


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
