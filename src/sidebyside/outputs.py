"""What a page shows under a recorded model that is not its voice: `outputs/<model>/<slug>.json`.

A notebook holds the outputs of its voice. A file here holds, for one recorded model,

| field | what |
|---|---|
| `case` | the case that the page was run on |
| `outcomes` | what came out for each question of the page: its name → the answer |
| `outputs` | id of a cell → its outputs, as a notebook's JSON has them; a cell that shows the same as in the notebook is left out |

The voice has a file too, with its outcomes alone: each result on a page names those of the other models, and the notebook itself is
no place to look them up, for a reader may have run it on something else. `make refresh` and `make record` write these files.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from .errors import LessonError
from .models import RECORDED, Model
from .settings import find_home, read_settings

Shown = dict[str, Any]


def file_of(model: str, slug: str) -> Path:
    """Return where the outputs of a page under a model lie, whether they exist or not."""
    return find_home() / "outputs" / model / f"{slug}.json"


def read(model: str, slug: str) -> Shown | None:
    """Return what a page shows under a model, as its file says; None if there is no file.

    Raises:
        LessonError: If the file is no JSON.
    """
    file = file_of(model, slug)
    if not file.is_file():
        return None
    try:
        shown: Shown = json.loads(file.read_text(encoding="utf-8"))
    except ValueError as error:
        raise LessonError(f"outputs/{model}/{slug}.json is not valid JSON: {error}. `make refresh PAGE={slug}` writes it again.") from error
    return shown


def elsewhere(key: str, model: str) -> dict[Model, str]:
    """Return what came out for a question under the other recorded models; nothing if the page runs on another case than they did.

    Args:
        key: The question's key, such as "hallucination/invented".
        model: The name of the model whose result is left out.
    """
    slug, _, name = key.partition("/")
    others = {other: read(other.name, slug) for other in RECORDED if other.name != model}
    case = read_settings().case.name if any(others.values()) else ""
    return {other: shown["outcomes"][name] for other, shown in others.items() if shown and shown["case"] == case and name in shown["outcomes"]}
