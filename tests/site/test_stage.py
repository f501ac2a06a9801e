"""The staged tree: pages go by their slugs there, whatever number their files carry."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools import pages, stage


def course(folder: Path, *notebooks: str) -> None:
    """Write a course of some notebooks, in the order of their file names."""
    slugs = [pages.slug_of(Path(name)) for name in notebooks]
    chapters = "".join(f"  - file: notebooks/{slug}\n" for slug in slugs)
    texts = {
        "_config.yml": "title: t\n",
        "_toc.yml": f"format: jb-book\nroot: book/start\nparts:\n- chapters:\n{chapters}",
        "book/start.md": "# Start\n",
        "book/references.bib": "",
        "book/draft.md": "# No page\n",
    }
    for name, text in (texts | {f"notebooks/{name}": name for name in notebooks}).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")


def staged(folder: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Stage a course; return the text of each notebook by its place in the tree."""
    monkeypatch.setattr(pages, "HOME", folder)
    target = folder / "_build" / "source"
    stage.stage(target)
    files = {path.relative_to(target).as_posix(): path for path in target.rglob("*") if path.is_file()}
    assert {name for name in files if not name.startswith("notebooks/")} == {"_config.yml", "_toc.yml", "book/start.md", "book/references.bib"}
    return {name: path.read_text(encoding="utf-8") for name, path in files.items() if name.startswith("notebooks/")}


def test_a_new_lesson_moves_no_other_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    course(tmp_path / "one", "01_first.ipynb", "02_second.ipynb")
    course(tmp_path / "two", "01_first.ipynb", "02_new.ipynb", "03_second.ipynb")
    before, after = (staged(tmp_path / name, monkeypatch) for name in ("one", "two"))
    assert before == {"notebooks/first.ipynb": "01_first.ipynb", "notebooks/second.ipynb": "02_second.ipynb"}
    assert after == {
        "notebooks/first.ipynb": "01_first.ipynb",
        "notebooks/new.ipynb": "02_new.ipynb",
        "notebooks/second.ipynb": "03_second.ipynb",
    }


def test_what_is_gone_from_the_course_is_gone_from_the_tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    course(tmp_path, "01_first.ipynb", "02_second.ipynb")
    staged(tmp_path, monkeypatch)
    (tmp_path / "notebooks" / "02_second.ipynb").unlink()
    course(tmp_path, "01_first.ipynb")
    assert list(staged(tmp_path, monkeypatch)) == ["notebooks/first.ipynb"]


def test_each_page_of_the_course_has_its_real_file() -> None:
    found = stage.sources()
    assert [name for name, file in found.items() if not file.is_file()] == []
    assert found["notebooks/hallucination.ipynb"] == pages.notebook("notebooks/hallucination")
