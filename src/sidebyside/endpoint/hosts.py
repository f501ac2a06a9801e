"""Which addresses are the reader's own: this machine, its containers, and a network that no stranger sells in.

A model there costs nothing unless the reader gives a price. A name counts only if every address that it stands for does.
"""

from __future__ import annotations

import ipaddress
import queue
import socket
import threading

import httpx2

PATIENCE = 2.0  # seconds for looking up a name
SUFFIXES = (".localhost", ".local", ".internal", ".lan", ".home.arpa")  # never sold as domains; a bare name has no dot at all
OWN = [
    ipaddress.ip_network(block)
    for block in (
        "127.0.0.0/8", "::1/128", "0.0.0.0/32", "::/128",  # this machine; the last two are its "any address", where connections end up as well
        "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7",  # private networks (RFC 1918, RFC 4193)
        "169.254.0.0/16", "fe80::/10",  # the cable itself (RFC 3927, RFC 4291)
    )
]  # fmt: skip
# `is_private` of the standard library says yes to documentation and benchmark ranges too. A carrier's shared range, 100.64.0.0/10, is not here:
# whoever runs a model in it says SIDEBYSIDE_PRICE=0/0.


def is_local(url: str) -> bool:
    """Tell whether an address is that of this machine or of the reader's own network.

    Args:
        url: The address, such as "http://ollama:11434/v1". Names without a dot, and those that end like `SUFFIXES`, are looked up.
    """
    try:
        host = httpx2.URL(url).host.rstrip(".")
    except httpx2.InvalidURL:
        return False
    if host == "localhost":
        return True
    if number := _as_number(host):
        return _is_own(number)
    looked_up = host and ("." not in host or host.endswith(SUFFIXES))
    found = addresses(host) if looked_up else ()
    return bool(found) and all(map(_is_own, found))


def _as_number(host: str) -> str:
    """Return a host given as a number, in its usual spelling: `127.1`, `0x7f000001` and `2130706433` are one; nothing for a name."""
    try:
        return str(ipaddress.ip_address(host.replace("%25", "%")))
    except ValueError:
        pass
    try:
        return socket.inet_ntoa(socket.inet_aton(host))
    except OSError:
        return ""


def _is_own(address: str) -> bool:
    try:
        number = ipaddress.ip_address(address)
    except ValueError:
        return False
    number = getattr(number, "ipv4_mapped", None) or number
    return any(number in block for block in OWN if block.version == number.version)


def addresses(host: str) -> tuple[str, ...]:
    """Return the addresses that a name stands for; none if nobody says so within `PATIENCE`."""
    answers: queue.SimpleQueue[tuple[str, ...]] = queue.SimpleQueue()
    threading.Thread(target=lambda: answers.put(_look_up(host)), daemon=True).start()
    try:
        return answers.get(timeout=PATIENCE)
    except queue.Empty:
        return ()


def _look_up(host: str) -> tuple[str, ...]:
    try:
        return tuple(sorted({str(entry[4][0]) for entry in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)}))
    except (OSError, UnicodeError):
        return ()
