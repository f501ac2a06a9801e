"""What is kept in the repository is small, told once and rightly, and saved in the one form that the tools write."""

from __future__ import annotations

from pathlib import Path

import pytest

from sidebyside.jupyter.glossary import linked
from sidebyside.models import MAIN, MODELS, SMALL, Model
from sidebyside.weights import checksum, find_weights
from tools.pages import HOME, load, pages, save

MODEL_CARD = HOME / "book" / "model-card.md"
EXERCISES = pages(("exercises",))


def test_the_recordings_stay_below_40_mb() -> None:
    sizes = [path.stat().st_size for path in (HOME / "recordings").rglob("*") if path.is_file()]
    assert 0 < sum(sizes) < 40_000_000


def card_rows() -> dict[str, list[str]]:
    """Return the rows of the model card's tables: the first cell, and the rest."""
    text = linked(MODEL_CARD.read_text(encoding="utf-8"), "glossary.md")
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line.startswith("|")]
    return {first: rest for first, *rest in rows}


def test_the_registry_names_the_very_weights_that_are_installed() -> None:
    weights = find_weights()
    assert (SMALL.file, SMALL.size, SMALL.sha256) == (weights.name, weights.stat().st_size, checksum(weights))


@pytest.mark.parametrize("model", MODELS.values(), ids=lambda model: model.nickname)
def test_each_column_of_the_model_card_holds_the_registry_s_facts(model: Model) -> None:
    rows = card_rows()
    column = rows["what"].index(model.nickname)
    facts = {
        "Name in the course": f"`{model.name}`",
        "Full name": model.title,
        "Size": f"{model.parameters // 1_000_000:,} million [parameters](glossary.md#term-parameter)",
        "Form": f"GGUF, quantised to {model.quantisation}",
        "File": f"`{model.file}`",
        "Bytes": f"{model.size:,}",
        "Memory at work": f"about {model.memory} GB",
        "Room for question and answer": f"{model.context:,} tokens",
        "Licence": model.licence,
    }
    assert {what: rows[what][column] for what in facts} == facts
    assert rows[model.nickname] == [f"`{model.sha256}`"]


def test_card_readme_and_requirements_agree_with_the_registry() -> None:
    card, readme, required = (path.read_text(encoding="utf-8") for path in (MODEL_CARD, HOME / "README.md", HOME / "requirements-model.txt"))
    (wheel,) = SMALL.wheels
    assert f"`{wheel.distribution}`" in card
    assert SMALL.title in readme
    assert f"({SMALL.title}, {SMALL.licence})" in required
    assert f"\n{wheel.distribution}=={wheel.version} " in required


def test_there_are_exercises() -> None:
    assert EXERCISES


@pytest.mark.parametrize("path", EXERCISES, ids=lambda path: path.stem)
def test_an_exercise_is_saved_in_its_settled_form(path: Path, tmp_path: Path) -> None:
    again = tmp_path / path.name
    save(load(path), again)
    assert again.read_bytes() == path.read_bytes(), "edited by hand? Run `make exercises`"


@pytest.mark.parametrize("model", MODELS.values(), ids=lambda model: model.nickname)
def test_the_readme_tells_the_registry_s_sizes(model: Model) -> None:
    row = f"| `{model.nickname}` | {model.title} | {model.size / 1e9:.1f} GB | {model.memory:g} GB |"
    assert row in (HOME / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("page", ["README.md", "book/your-model.md", "book/instructor/hub.md", "book/instructor/offline-room.md"])
def test_who_is_told_to_fetch_the_main_model_is_told_its_size(page: str) -> None:
    text = (HOME / page).read_text(encoding="utf-8")
    assert "main" in text and f"{MAIN.size / 1e9:.1f} GB" in text
