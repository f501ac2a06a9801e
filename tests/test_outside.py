"""A strange proxy or certificate stops nobody who replays, and is said in one sentence to those who ask an endpoint."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sidebyside import connect
from sidebyside.errors import SettingsError
from sidebyside.outside import outside_client
from sidebyside.recording import read_entries

RECORDINGS = Path(__file__).resolve().parent.parent / "recordings"
FAULTS = {
    "ALL_PROXY=socks5://127.0.0.1:9": "pip install socksio",
    "HTTPS_PROXY=socks5h://127.0.0.1:9": "pip install socksio",
    "https_proxy=socks5://127.0.0.1:9": "pip install socksio",
    "HTTP_PROXY=gopher://127.0.0.1:9": "HTTP_PROXY",
    "SSL_CERT_FILE=no/such/file.pem": "SSL_CERT_FILE",
    f"SSL_CERT_FILE={__file__}": "SSL_CERT_FILE",
}
each_fault = pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.rpartition("/")[2] if "file" in fault else fault)


@pytest.fixture(autouse=True)
def strange(monkeypatch: pytest.MonkeyPatch, fault: str) -> None:
    for name in ("all_proxy", "https_proxy", "http_proxy", "ssl_cert_file", "ssl_cert_dir"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setenv(*fault.split("=", 1))


@each_fault
def test_an_endpoint_s_reader_is_told_what_to_mend(fault: str) -> None:
    with pytest.raises(SettingsError, match=re.escape(FAULTS[fault])) as said:
        outside_client()
    assert "\n" not in str(said.value)


@each_fault
def test_a_recorded_answer_needs_neither_proxy_nor_certificates(fault: str, bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIDEBYSIDE_MODE", "replay")
    monkeypatch.setenv("SIDEBYSIDE_RECORDINGS", str(RECORDINGS))
    file = next(file for file in sorted(RECORDINGS.rglob("*.jsonl")) if "qwen" not in str(file))
    entry = next(entry for entry in read_entries(file) if entry["route"] == "chat/completions")
    client, _ = connect(file.stem)
    answer = client.post("/chat/completions", body=entry["request"], cast_to=object)
    assert answer["choices"][0]["message"] == entry["response"]["choices"][0]["message"]  # type: ignore[index]


@each_fault
def test_a_call_to_an_endpoint_ends_in_that_sentence(fault: str, endpoint: object) -> None:
    client, model = connect()
    with pytest.raises(SettingsError, match=re.escape(FAULTS[fault])):
        client.chat.completions.create(model=model, messages=[{"role": "user", "content": "Hello"}])
