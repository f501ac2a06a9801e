"""A page of the built site as the browser sees it, and everything that it must not do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Page

HOME = Path(__file__).resolve().parents[2]
SITE = HOME / "_build" / "html"


@dataclass
class Visit:
    """A page in the browser, and what went wrong on it.

    Attributes:
        page: Playwright's page.
        faults: One line for each foreign request, failed answer, console error and uncaught error.
    """

    page: Page
    faults: list[str] = field(default_factory=list)


Open = Callable[..., Visit]


def watch(seen: Visit, address: str) -> None:
    """Note everything that a page must not do."""
    ours = (f"{address}/", "data:", "blob:")
    seen.page.on("request", lambda request: request.url.startswith(ours) or seen.faults.append(f"foreign request: {request.url}"))
    seen.page.on("response", lambda response: response.status < 400 or seen.faults.append(f"{response.status}: {response.url}"))
    seen.page.on("console", lambda message: message.type == "error" and seen.faults.append(f"console: {message.text}"))
    seen.page.on("pageerror", lambda error: seen.faults.append(f"uncaught: {error}"))
