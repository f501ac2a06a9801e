"""`make lesson`: a lesson put in the middle changes `_toc.yml` and file names, nothing else; what it makes is whole, and red until written."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from tests.pages.helpers import Page
from tests.pages.rules import LESSONS, parts_follow_the_page_grammar, rounds_are_whole
from tools import lesson
from tools.exercises import clear
from tools.pages import HOME, execute, load, notebook, slug_of

SLUG, AFTER = "a_new_one", "hallucination"


def tracked(home: Path) -> list[str]:
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    said = subprocess.run(command, cwd=home, capture_output=True, text=True, check=True).stdout
    return [name for name in said.split("\0") if name and (home / name).is_file() and "recordings" not in name]


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the course with one lesson more, in the middle."""
    home = tmp_path_factory.mktemp("course")
    for name in tracked(HOME):
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(HOME / name, home / name)
    lesson.new(SLUG, AFTER, home)
    return home


def test_a_lesson_in_the_middle_changes_file_names_and_the_table_of_contents_only(course: Path) -> None:
    def by_slug(home: Path, names: list[str]) -> dict[str, str]:
        return {str(Path(name).with_name(slug_of(Path(name)) + Path(name).suffix)): digest(home / name) for name in names}

    before, after = by_slug(HOME, tracked(HOME)), by_slug(course, [str(p.relative_to(course)) for p in course.rglob("*") if p.is_file()])
    assert {name for name in before if after.get(name) != before[name]} == {"_toc.yml"}
    new = {name for name in after if name not in before}
    assert new and all(SLUG in name for name in new)


def test_the_table_of_contents_has_two_lines_more(course: Path) -> None:
    before, after = ((home / "_toc.yml").read_text(encoding="utf-8").splitlines() for home in (HOME, course))
    assert [line.strip() for line in after if line not in before] == [f"- file: notebooks/{SLUG}", f"- file: exercises/{SLUG}"]
    assert [line for line in after if SLUG not in line] == before


def test_files_sort_in_the_order_of_the_table_of_contents(course: Path) -> None:
    for folder in ("notebooks", "solutions"):
        names = [slug_of(path) for path in sorted((course / folder).glob("*.ipynb"))]
        assert names == lesson.lessons_in_order(course)
        assert names[names.index(AFTER) + 1] == SLUG


def test_exercises_leave_room_for_the_one_to_be_made(course: Path) -> None:
    """Else `make exercises` would write those behind it a second time, under other numbers."""
    solutions, exercises = ([path.name for path in sorted((course / folder).glob("*.ipynb"))] for folder in ("solutions", "exercises"))
    assert exercises == [name for name in solutions if SLUG not in name]


def test_renumbering_again_changes_nothing(course: Path) -> None:
    before = sorted(path.name for path in course.glob("*/*.ipynb"))
    lesson.renumber(course)
    assert sorted(path.name for path in course.glob("*/*.ipynb")) == before


def test_the_skeleton_has_every_part_and_is_no_lesson_yet(course: Path) -> None:
    page = Page(next((course / "notebooks").glob(f"*_{SLUG}.ipynb")))
    assert list(parts_follow_the_page_grammar(page)) == list(rounds_are_whole(page)) == []
    assert [fault for rule in LESSONS for fault in rule(page)], "an unwritten lesson must be red"


def test_the_skeleton_runs_and_its_exercise_can_be_made(course: Path) -> None:
    page, solution = (next((course / folder).glob(f"*_{SLUG}.ipynb")) for folder in ("notebooks", "solutions"))
    execute(load(page), course / "notebooks", SIDEBYSIDE_MODE="replay")
    done = execute(load(solution), course / "solutions", SIDEBYSIDE_MODE="replay")
    undone = execute(clear(load(solution)), course / "solutions", SIDEBYSIDE_MODE="replay")
    said = [nb.cells[-1].outputs[0].data["text/plain"] for nb in (done, undone)]
    assert said[0].startswith("✓") and said[1].startswith("… Not done yet")


def test_the_skeleton_s_tests_are_red_until_written(course: Path) -> None:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"lessons/{SLUG}"]
    said = subprocess.run(command, cwd=course, capture_output=True, text=True)
    failed = [line for line in said.stdout.splitlines() if line.startswith("FAILED")]
    assert len(failed) == 1 and "test_the_checks_are_written" in failed[0], said.stdout


@pytest.mark.parametrize(
    ("slug", "after", "told"),
    [
        ("New", AFTER, "no slug"),
        ("09_new", AFTER, "no slug"),
        ("a__b", AFTER, "no slug"),
        ("../x", AFTER, "no slug"),
        (AFTER, AFTER, "already"),
        ("fine", "gone", "no lesson 'gone'. There are: meet_the_model"),
    ],
)
def test_a_wrong_name_changes_nothing(slug: str, after: str, told: str, course: Path) -> None:
    before = sorted(map(str, course.rglob("*")))
    with pytest.raises(ValueError, match=told):
        lesson.new(slug, after, course)
    assert sorted(map(str, course.rglob("*"))) == before


@pytest.mark.parametrize("change", [lesson.renumber, partial(lesson.new, "another", AFTER)], ids=["renumber", "new"])
def test_two_notebooks_of_one_slug_are_both_kept(change: Callable[[Path], None], course: Path) -> None:
    twin = course / "notebooks" / f"77_{AFTER}.ipynb"
    twin.write_text("mine", encoding="utf-8")
    before = {path: digest(path) for path in course.rglob("*") if path.is_file()}
    try:
        with pytest.raises(ValueError, match=rf"_{AFTER}.ipynb and 77_{AFTER}.ipynb are one lesson"):
            change(course)
        assert {path: digest(path) for path in course.rglob("*") if path.is_file()} == before
    finally:
        twin.unlink()


@pytest.mark.parametrize(
    "line", ["- file: 'notebooks/one'", '- file: "notebooks/one"', "- file: notebooks/one   # the first", "- file: notebooks/one "]
)
def test_a_line_in_another_form_is_found(line: str, tmp_path: Path) -> None:
    toc = tmp_path / "_toc.yml"
    toc.write_text(f"root: start\nparts:\n  {line}\n  - file: exercises/one\n  - file: exercises/one_more\n", encoding="utf-8")
    lesson.add_to_toc(toc, "two", "one")
    assert lesson.toc_entries(tmp_path) == ["start", "notebooks/one", "notebooks/two", "exercises/one", "exercises/two", "exercises/one_more"]


def test_a_line_that_is_not_found_is_told_and_nothing_is_written(tmp_path: Path) -> None:
    toc = tmp_path / "_toc.yml"
    toc.write_text(before := "root: start\nparts:\n  - {file: notebooks/one}\n  - file: exercises/one\n", encoding="utf-8")
    with pytest.raises(ValueError, match="must hold the line '- file: notebooks/one' once, and holds it 0 times"):
        lesson.add_to_toc(toc, "two", "one")
    assert toc.read_text(encoding="utf-8") == before


def test_a_slug_leads_to_its_notebook() -> None:
    assert notebook(f"notebooks/{AFTER}").name.endswith(f"_{AFTER}.ipynb")
