"""The ways to other hosts: directly or through the reader's proxy, with the certificates that the reader's machine trusts.

Both are looked at only for a request that needs them. Recorded answers and the embedded model need neither, and a local address needs
no proxy, so that a machine with a strange proxy still runs the course. Certificates are those of this machine, company's ones
included, as `httpx2` finds them (on Windows and macOS through `truststore`), unless a variable names others: see
`faults.CERTIFICATE_VARIABLES`.
"""

from __future__ import annotations

import ipaddress
import os
import re
import ssl
import threading
import urllib.request
from contextlib import suppress
from pathlib import Path

import httpx2

from ..errors import SettingsError
from ..faults.explain import ProxyFault, certificates_named
from ..faults.refusals import VIA
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
NEAR = tuple(
    map(ipaddress.ip_network, "0.0.0.0/32 127.0.0.0/8 10.0.0.0/8 172.16.0.0/12 192.168.0.0/16 169.254.0.0/16 ::1/128 fc00::/7 fe80::/10".split())
)


class Ways:
    """Sends each request directly or through the reader's proxy; redirects are left to who sends."""

    def __init__(self) -> None:
        """Open nothing yet."""
        self._ways: dict[tuple[str, ...], httpx2.HTTPTransport] = {}
        self._lock = threading.Lock()

    def send(self, request: httpx2.Request) -> httpx2.Response:
        """Send a request.

        Raises:
            SettingsError: If the environment's proxy or certificates cannot be used.
            ProxyFault: If the way through a proxy does not come about.
        """
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
        return response

    def close(self) -> None:
        """Close all connections."""
        for way in self._ways.values():
            way.close()

    def _way(self, variable: str, address: str, secure: bool) -> httpx2.HTTPTransport:
        secure |= address.startswith("https")
        named = certificates_named() if secure else None
        place = (address, str(secure), *(named or ()))
        with self._lock:
            if place not in self._ways:
                trust = _certificates() if secure else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # http needs none, and takes no time
                self._ways[place] = _transport(variable, address, trust)
            return self._ways[place]


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
