"""What is kept in the repository is small, told once and rightly, and saved in the one form that the tools write."""

from __future__ import annotations

from pathlib import Path

import pytest

from sidebyside import embedded
from tools.pages import HOME, load, pages, save

MODEL_CARD = HOME / "book" / "model-card.md"
EXERCISES = pages(("exercises",))


def test_the_recordings_stay_below_40_mb() -> None:
    sizes = [path.stat().st_size for path in (HOME / "recordings").rglob("*") if path.is_file()]
    assert 0 < sum(sizes) < 40_000_000


def test_the_model_card_names_the_very_weights_that_are_installed() -> None:
    weights, card = embedded.find_weights(), MODEL_CARD.read_text(encoding="utf-8")
    assert f"`{weights.name}`, {weights.stat().st_size:,} bytes" in card
    assert f"`{embedded.checksum(weights)}`" in card


def test_the_model_card_names_the_checksum_and_the_name_that_the_package_goes_by() -> None:
    rows = [line for line in MODEL_CARD.read_text(encoding="utf-8").splitlines() if line.startswith("|")]
    assert [row for row in rows if "SHA-256" in row] == [f"| SHA-256 | `{embedded.SHA256}` |"]
    assert [row for row in rows if "Name in the course" in row] == [f"| Name in the course | `{embedded.MODEL}` |"]


def test_there_are_exercises() -> None:
    assert EXERCISES


@pytest.mark.parametrize("path", EXERCISES, ids=lambda path: path.stem)
def test_an_exercise_is_saved_in_its_settled_form(path: Path, tmp_path: Path) -> None:
    again = tmp_path / path.name
    save(load(path), again)
    assert again.read_bytes() == path.read_bytes(), "edited by hand? Run `make exercises`"
