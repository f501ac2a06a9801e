"""Which addresses are the reader's own. No name is looked up in earnest."""

from __future__ import annotations

import threading

import pytest

from sidebyside.endpoint import hosts

NAMES = {
    "ollama": ("172.18.0.3",),
    "host.docker.internal": ("192.168.65.254", "fdc4:f303:9324::254"),
    "gpu.local": ("fe80::1",),
    "model.lan": ("10.0.0.5",),
    "box.internal": ("10.0.0.5", "8.8.8.8"),
    "evil": ("203.0.113.7",),
    "carrier": ("100.64.0.9",),
    "nobody": (),
    "odd": ("not an address",),
    "app.localhost": ("127.0.0.1", "::1"),
}
URLS = {
    "http://127.0.0.1:8080/v1": True,
    "http://localhost:11434/v1": True,
    "http://LOCALHOST./v1": True,
    "http://[::1]:80/v1": True,
    "http://0.0.0.0:8000/v1": True,
    "http://[::]:8000/v1": True,
    "http://192.168.1.7/v1": True,
    "http://172.31.255.255/v1": True,
    "http://172.32.0.1/v1": False,
    "http://169.254.10.1/v1": True,
    "http://[fe80::1%25eth0]/v1": True,
    "http://[fd00::7]:8000/v1": True,
    "http://[2001:db8::1]/v1": False,  # for documentation
    "http://192.0.2.1/v1": False,  # for documentation
    "http://198.18.0.1/v1": False,  # for benchmarks
    "http://100.64.0.9/v1": False,  # a carrier's
    "http://[::ffff:127.0.0.1]/v1": True,
    "http://[::ffff:8.8.8.8]/v1": False,
    "http://2130706433/v1": True,  # 127.0.0.1
    "http://0x7f000001/v1": True,
    "http://127.1/v1": True,
    "http://134744072/v1": False,  # 8.8.8.8
    "http://0x08080808/v1": False,
    "https://8.8.8.8/v1": False,
    "https://api.openai.com/v1": False,
    "http://localhost@evil.example/v1": False,
    "http://127.0.0.1@evil.example/v1": False,
    "https://127.0.0.1.example/v1": False,
    "https://localhost.example/v1": False,
    "https://localhost.evil.com/v1": False,
    "http://user:word@ollama:11434/v1": True,
    "http://OLLAMA:11434/v1": True,
    "http://ollama./v1": True,
    "http://host.docker.internal:1234/v1": True,
    "http://gpu.local/v1": True,
    "http://model.lan/v1": True,
    "http://app.localhost/v1": True,
    "http://box.internal/v1": False,  # one of its addresses is not
    "http://evil/v1": False,
    "http://carrier/v1": False,
    "http://nobody/v1": False,
    "http://odd/v1": False,
    "localhost:8080": False,
    "http://\uff4cocalhost/": False,
    "http://": False,
    "": False,
}


@pytest.fixture(autouse=True)
def names(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A resolver that knows `NAMES`; the names that it was asked for."""
    asked: list[str] = []
    monkeypatch.setattr(hosts, "addresses", lambda host: (asked.append(host), NAMES[host])[1])
    return asked


@pytest.mark.parametrize("url", URLS)
def test_which_addresses_are_the_reader_s_own(url: str) -> None:
    assert hosts.is_local(url) is URLS[url]


@pytest.mark.parametrize("url", ["https://api.openai.com/v1", "http://localhost/v1", "http://127.1/v1", "https://localhost.evil.com/v1"])
def test_public_names_and_numbers_are_not_looked_up(url: str, names: list[str]) -> None:
    hosts.is_local(url)
    assert names == []


def test_a_resolver_that_does_not_answer_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    end = threading.Event()
    monkeypatch.setattr(hosts, "PATIENCE", 0.01)
    monkeypatch.setattr(hosts, "_look_up", lambda host: (end.wait(), ("127.0.0.1",))[1])
    assert hosts.addresses("a-name-of-this-test") == ()
    end.set()


def test_a_name_that_nobody_knows_has_no_address(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise OSError("Name or service not known")

    monkeypatch.undo()
    monkeypatch.setattr("socket.getaddrinfo", unknown)
    assert hosts.addresses("another-name-of-this-test") == ()
