"""What the tests share: a scripted model, and an environment that nothing of the machine leaks into."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import openai
import pytest
from hypothesis import HealthCheck, settings

from sidebyside import llm, notice, parallel
from sidebyside.endpoint import dialects, pacing
from sidebyside.faults.explain import CERTIFICATE_VARIABLES
from tests.scripted import KEY, NAME, ScriptedModel, serving

settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])  # no test hangs on time
settings.load_profile("patient")
os.environ["SIDEBYSIDE_KEPT"] = "none"  # no test reads, or adds to, what whoever runs it has kept


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Take every setting and key out of the environment; return the folder where recordings go instead of the course's own."""
    for name in [name for name in os.environ if name.startswith(("SIDEBYSIDE_", "OPENAI_")) or name.lower().endswith("_proxy")]:
        monkeypatch.delenv(name)
    for name in CERTIFICATE_VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SIDEBYSIDE_RECORDINGS", str(tmp_path / "recordings"))
    monkeypatch.setenv("SIDEBYSIDE_KEPT", str(tmp_path / "kept"))
    monkeypatch.setattr(llm, "_latest", [])
    monkeypatch.setattr(dialects, "_known", {})
    return tmp_path / "recordings"


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the package says on the page by itself, in order; taken away lines are empty texts."""
    lines: list[str] = []
    monkeypatch.setattr(notice, "_said", set())
    monkeypatch.setattr(notice, "_display", lambda text, *_, **__: lines.append(text))
    return lines


@pytest.fixture
def scripted() -> Iterator[ScriptedModel]:
    """A scripted model that answers "happy" until a test tells it otherwise."""
    with serving() as server:
        yield server


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The waits of a run, in seconds, which a clock of its own goes through in no time."""
    moment, waited = [1000.0], []

    def pause(seconds: float) -> None:
        parallel.pause(0.001 if 0 < seconds < 0.1 else 0)
        moment[0] += seconds
        waited.extend([seconds] if seconds else [])

    monkeypatch.setattr(pacing, "now", lambda: moment[0])
    monkeypatch.setattr(pacing, "pause", pause)
    monkeypatch.setattr(pacing, "jitter", lambda: 0.0)
    monkeypatch.setattr(pacing, "_gates", {})
    return waited


@pytest.fixture
def endpoint(bare: Path, scripted: ScriptedModel, waits: list[float], monkeypatch: pytest.MonkeyPatch) -> ScriptedModel:
    """A scripted model that the settings name as the reader's endpoint; whoever tries again does not wait."""
    monkeypatch.setenv("SIDEBYSIDE_MODEL", NAME)
    monkeypatch.setenv("OPENAI_BASE_URL", scripted.url)
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setattr(openai._base_client.BaseClient, "_calculate_retry_timeout", lambda *_, **__: 0.0)
    scripted.recordings = bare
    return scripted
