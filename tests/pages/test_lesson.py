"""`make lesson`: a lesson put in the middle changes `_toc.yml`, file names and the ways made from it; it is whole, and red until written."""

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
from tools.lesson import TRIO
from tools.pages import HOME, execute, load, notebook, slug_of
from tools.ways import START

SLUG, AFTER = "a_new_one", "hallucination"


def tracked(home: Path) -> list[str]:
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    said = subprocess.run(command, cwd=home, capture_output=True, text=True, check=True).stdout
    return [name for name in said.split("\0") if name and (home / name).is_file() and "recordings" not in name]


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def by_slug(home: Path) -> dict[str, Path]:
    """Return the files of a course by their names without a lesson's number."""
    files = [path for path in home.rglob("*") if path.is_file()]
    return {str(path.relative_to(home).with_name(slug_of(path) + path.suffix)): path for path in files}


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the course."""
    home = tmp_path_factory.mktemp("before")
    for name in tracked(HOME):
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(HOME / name, home / name)
    return home


@pytest.fixture(scope="module")
def course(before: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Another one with one lesson more, in the middle."""
    home = shutil.copytree(before, tmp_path_factory.mktemp("after") / "course")
    lesson.new(SLUG, AFTER, home)
    return home


def test_a_lesson_in_the_middle_changes_file_names_the_table_of_contents_and_its_neighbour_s_ways_only(before: Path, course: Path) -> None:
    was, now = by_slug(before), by_slug(course)
    ways_to_it = {f"{folder}/{AFTER}.ipynb" for folder in TRIO}
    assert {name for name in was if name not in now or digest(now[name]) != digest(was[name])} == {"_toc.yml", START, *ways_to_it}
    new = {name for name in now if name not in was}
    assert new and all(SLUG in name for name in new)


@pytest.mark.parametrize("folder", TRIO)
def test_of_its_neighbour_only_the_last_cell_changes_and_leads_to_it(folder: str, before: Path, course: Path) -> None:
    was, now = (load(by_slug(home)[f"{folder}/{AFTER}.ipynb"]) for home in (before, course))
    assert was.cells[:-1] == now.cells[:-1] and was.metadata == now.metadata
    assert f"{SLUG}.ipynb)" in now.cells[-1].source and SLUG not in was.cells[-1].source


def test_start_here_lists_it_in_its_place(before: Path, course: Path) -> None:
    was, now = ((home / START).read_text(encoding="utf-8").splitlines() for home in (before, course))
    row = next(line for line in now if f"/{SLUG}.ipynb" in line)
    assert AFTER in now[now.index(row) - 1]
    changed = [line for line in now if line not in was and line != row]
    totals = [line for line in changed if line.startswith("| **")]
    assert len(totals) == 2, "the minutes of its part, and of the whole"
    assert all("SmolLM2" in line for line in changed if line not in totals), "who answers: a new lesson is spoken by the small model"
    assert len(now) == len(was) + 1


def test_the_table_of_contents_has_two_lines_more(before: Path, course: Path) -> None:
    was, after = ((home / "_toc.yml").read_text(encoding="utf-8").splitlines() for home in (before, course))
    assert [line.strip() for line in after if line not in was] == [f"- file: notebooks/{SLUG}", f"- file: exercises/{SLUG}"]
    assert [line for line in after if SLUG not in line] == was


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
    before = {path: digest(path) for path in course.rglob("*") if path.is_file()}
    lesson.renumber(course)
    assert {path: digest(path) for path in course.rglob("*") if path.is_file()} == before


def test_the_skeleton_has_every_part_and_is_no_lesson_yet(course: Path) -> None:
    page = Page(next((course / "notebooks").glob(f"*_{SLUG}.ipynb")))
    assert list(parts_follow_the_page_grammar(page)) == list(rounds_are_whole(page)) == []
    assert [fault for rule in LESSONS for fault in rule(page)], "an unwritten lesson must be red"


@pytest.mark.slow
@pytest.mark.xdist_group("skeleton")
def test_the_skeleton_runs_and_its_exercise_can_be_made(course: Path) -> None:
    page, solution = (next((course / folder).glob(f"*_{SLUG}.ipynb")) for folder in ("notebooks", "solutions"))
    execute(load(page), course / "notebooks", SIDEBYSIDE_MODE="replay")
    done = execute(load(solution), course / "solutions", SIDEBYSIDE_MODE="replay")
    undone = execute(clear(load(solution)), course / "solutions", SIDEBYSIDE_MODE="replay")
    said = [nb.cells[-2].outputs[0].data["text/plain"] for nb in (done, undone)]
    assert said[0].startswith("✓") and said[1].startswith("… Not done yet")


@pytest.mark.slow
@pytest.mark.xdist_group("skeleton")
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
