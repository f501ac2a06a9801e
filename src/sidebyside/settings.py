"""What the environment says: mode, model, case, limit, budget. Printable. A relative path counts from the course's folder.

| setting | meaning | default |
|---|---|---|
| `SIDEBYSIDE_MODE` | `auto`, `replay`, `live` or `record` | `auto` |
| `SIDEBYSIDE_MODEL` | `small`, `middle`, `main`, a full name in `models.MODELS`, or a model at an OpenAI-compatible endpoint | the page's voice |
| `SIDEBYSIDE_WEIGHTS` | path of a GGUF file of your own for the embedded server, where no model is named | none |
| `SIDEBYSIDE_WEIGHTS_DIR` | folder where fetched weights of embedded models lie | the user's data folder |
| `SIDEBYSIDE_CASE` | name of a folder in `cases/`, or a path | the only folder in `cases/` |
| `SIDEBYSIDE_LIMIT` | messages of a split that the model is asked about (fewer if several times each), or `all` | if `live` the model's, else all |
| `SIDEBYSIDE_BUDGET` | spending limit in US dollars for a day, in the folder that holds `recordings/` | 1 |
| `SIDEBYSIDE_PRICE` | US dollars for a million tokens in/out of that model, such as 0.15/0.60 (see `prices.price`) | the price library |
| `SIDEBYSIDE_AT_ONCE` | requests that an endpoint is sent at the same time; an embedded model answers one by one | 4 |
| `SIDEBYSIDE_RECORDINGS` | folder of the recordings | `recordings/` |
| `SIDEBYSIDE_KEPT` | folder where live answers are kept for another time (see `kept`), or `none` | in the user's data folder |
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import platformdirs

from .environment import said
from .errors import SettingsError
from .models import DEFAULT, MODELS, find, live_limit

MODES = {
    "auto": "recorded or kept answer if there is one for this very request, else a live one",
    "replay": "recorded answers only",
    "live": "live answers only; a run that was stopped goes on with those it has",
    "record": "recorded answer if there is one, else a live one that is recorded",
}
MOST_AT_ONCE = 64


@dataclass(frozen=True)
class Settings:
    """The settings in force.

    Attributes:
        mode: One of `MODES`.
        model: Full name of an embedded model, or name of one at an endpoint; None means the one in `weights`, or the page's voice.
        weights: A GGUF file of the reader's own for the embedded server.
        case: Folder of the case.
        limit: How many messages of a split the language model is asked about, or "all"; None where nothing is set: see `limit_of`.
        budget: Spending limit for a day in US dollars.
        at_once: How many requests an endpoint is sent at the same time.
        recordings: Folder of the recordings.
        kept: Folder of the answers that are kept for the reader; None keeps none.
    """

    mode: str
    model: str | None
    weights: Path | None
    case: Path
    limit: int | Literal["all"] | None
    budget: float
    at_once: int
    recordings: Path
    kept: Path | None

    def __str__(self) -> str:
        """Say each setting on a line of its own."""
        rows = {
            "mode": f"{self.mode} ({MODES[self.mode]})",
            "model": self._model(),
            "case": self.case.name,
            "limit": f"{self._limit()} messages of a split",
            "budget": f"{self.budget:.2f} US dollars a day",
        }
        return "\n".join(f"{name:8}{value}" for name, value in rows.items())

    __repr__ = __str__

    def limit_of(self, model: str) -> int | None:
        """Return how many messages of a split a model is asked about; None means all.

        Args:
            model: The model's name: where nothing is set, each has a limit of its own in mode `live`.
        """
        if self.limit is None and self.mode == "live":
            return live_limit(model)
        return None if self.limit == "all" else self.limit

    def _model(self) -> str:
        if self.model:
            return f"embedded ({MODELS[self.model].title})" if self.model in MODELS else self.model
        return f"embedded ({self.weights.stem})" if self.weights else f"embedded (the one that the page names, else {DEFAULT.title})"

    def _limit(self) -> int | str:
        if self.model or self.weights or self.limit or self.mode != "live":
            return self.limit_of(self.model or DEFAULT.name) or "all"
        return ", ".join(f"{model.live_limit} ({model.nickname})" for model in MODELS.values())


def read_settings(environ: Mapping[str, str] = os.environ) -> Settings:
    """Read the settings from the environment.

    Raises:
        SettingsError: If a value is unknown; the text lists what there is.
    """
    home = find_home()
    weights = said("WEIGHTS", environ)
    named = said("MODEL", environ) or None
    return Settings(
        mode=_mode(said("MODE", environ) or "auto"),
        model=model.name if (model := find(named)) else named,
        weights=home / Path(weights).expanduser() if weights else None,
        case=_case(said("CASE", environ), home),
        limit=_limit(said("LIMIT", environ)),
        budget=_budget(said("BUDGET", environ) or "1"),
        at_once=_at_once(said("AT_ONCE", environ) or "4"),
        recordings=home / Path(said("RECORDINGS", environ) or "recordings").expanduser(),
        kept=_kept(said("KEPT", environ), home),
    )


def find_home() -> Path:
    """Return the course's folder: the nearest one above the working folder, or above this file, that holds `cases/`."""
    for start in (Path.cwd(), Path(__file__).resolve().parent):
        for folder in (start, *start.parents):
            if (folder / "cases").is_dir() and (folder / "_toc.yml").is_file():
                return folder
    raise SettingsError("The course's folder is not found. Start Jupyter inside the course's folder (the one with _toc.yml).")


def weights_folder(environ: Mapping[str, str] = os.environ) -> Path:
    """Return the folder where fetched weights of embedded models lie; it need not exist."""
    named = said("WEIGHTS_DIR", environ)
    return find_home() / Path(named).expanduser() if named else platformdirs.user_data_path("sidebyside", appauthor=False)


def _kept(text: str, home: Path) -> Path | None:
    if text == "none":
        return None
    return home / Path(text).expanduser() if text else platformdirs.user_data_path("sidebyside", appauthor=False) / "kept"


def _mode(name: str) -> str:
    if name not in MODES:
        raise SettingsError(f"SIDEBYSIDE_MODE is '{name}', which is no mode. Choose one of: {', '.join(MODES)}.")
    return name


def _case(name: str, home: Path) -> Path:
    shelf = home / "cases"
    there = sorted(p.name for p in shelf.iterdir() if (p / "case.toml").is_file())
    if not name and len(there) == 1:
        return shelf / there[0]
    for folder in (shelf / name, home / Path(name).expanduser()) if name else ():
        if (folder / "case.toml").is_file():
            return folder.resolve()
    asked = f"SIDEBYSIDE_CASE is '{name}', but there is no such case." if name else "SIDEBYSIDE_CASE is not set."
    raise SettingsError(f"{asked} Choose one of: {', '.join(there)}; or give the path of a folder that holds a case.toml.")


def _limit(text: str) -> int | Literal["all"] | None:
    if text in ("", "all"):
        return "all" if text else None
    if not (text.isdecimal() and int(text) > 0):
        raise SettingsError(f"SIDEBYSIDE_LIMIT is '{text}'. Give a number of messages, for example 50, or all.")
    return int(text)


def _at_once(text: str) -> int:
    if not (text.isdecimal() and 1 <= int(text) <= MOST_AT_ONCE):
        raise SettingsError(f"SIDEBYSIDE_AT_ONCE is '{text}'. Give a number of requests, 1 to {MOST_AT_ONCE}; with 1 they go one after the other.")
    return int(text)


def _budget(text: str) -> float:
    try:
        budget = float(text)
    except ValueError:
        budget = -1.0
    if not 0 <= budget < float("inf"):
        raise SettingsError(f"SIDEBYSIDE_BUDGET is '{text}'. Give a number of US dollars, for example 2.50.")
    return budget
