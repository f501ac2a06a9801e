"""The prompts that a lesson's page offers to its reader, and the answers that the course ships for them: both come from the recordings."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from sphinx.errors import ExtensionError

from sidebyside.lessons import card
from sidebyside.models import SMALL
from sidebyside.settings import read_settings
from sidebyside.store import Entry, read_entries


def prompts_of(slug: str) -> list[dict[str, Any]]:
    """Return what a lesson's page offers: the tables `[[try_it]]` of its `lesson.toml`.

    Args:
        slug: The lesson, such as "meet_the_model".

    Returns:
        One dictionary a prompt: title, request (as the model takes it), settings (in words), answer, model, day, runtime.

    Raises:
        ExtensionError: If the lesson offers nothing, or names a recording that does not exist.
    """
    chosen = card(slug).get("try_it")
    if not chosen:
        raise ExtensionError(f"lessons/{slug}/lesson.toml has no table [[try_it]]. Add two to four of them.")
    return [_prompt(choice["title"], _entry(slug, choice)) for choice in chosen]


def _entry(slug: str, choice: dict[str, str]) -> Entry:
    page = choice.get("page", slug)
    if (entry := _entries(recordings(page)).get(choice["key"])) is None:
        raise ExtensionError(
            f"lessons/{slug}/lesson.toml: '{choice['title']}' names the recording {choice['key']} of page '{page}', "
            "which does not exist. Find the request in recordings/ and put its key there."
        )
    return entry


def recordings(page: str) -> Path:
    """Return the file of the embedded model's recorded answers for a page, on the course's own case."""
    settings = read_settings({})
    return settings.recordings / SMALL.name / settings.case.name / f"{page}.jsonl"


@cache
def _entries(file: Path) -> dict[str, Entry]:
    return {entry["key"]: entry for entry in read_entries(file) if entry["route"] == "chat/completions"} if file.is_file() else {}


def _prompt(title: str, entry: Entry) -> dict[str, Any]:
    request = {name: value for name, value in entry["request"].items() if name != "model"}
    said = {"answer": entry["response"]["choices"][0]["message"]["content"], "model": SMALL.name}
    day = date.fromisoformat(entry["recorded"])
    when = {"day": f"{day.day} {day:%B %Y}", "runtime": entry["runtime"]}
    return {"title": title, "request": request, "settings": in_words(request), **said, **when}


def in_words(request: dict[str, Any]) -> str:
    """Return the sampling settings of a request as words for a reader."""
    temperature = request.get("temperature", 1)
    words = [f"temperature {temperature}" + (" (always the likeliest token)" if temperature == 0 else "")]
    if "max_tokens" in request:
        words.append("one token" if request["max_tokens"] == 1 else f"at most {request['max_tokens']} tokens")
    if temperature and "seed" in request:
        words.append(f"seed {request['seed']}")
    if "grammar" in request or "response_format" in request:
        words.append("the form of the answer is forced")
    return " · ".join(words)
