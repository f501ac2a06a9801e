"""The gates: no notebook slips past the tests, exercises come from their solutions, and each fact keeps its one home."""

from __future__ import annotations

import re
import subprocess
from collections import Counter
from pathlib import Path

import pytest
from nbgrader.nbgraderformat import MetadataValidator

from sbsite.tryit.prompts import prompts_of
from sidebyside import lessons
from sidebyside.checks import exercises
from sidebyside.grammar import NEXT, part_of
from tests.pages.helpers import GLOSSARY_LINK, TERM_ROLE, Page, anchor, calls, glossary_anchors, glossary_terms, mime_bundles
from tests.pages.rules import COUNTED, order_phrases
from tools import ways
from tools.exercises import exercise, sources
from tools.pages import HOME, load, notebook, pages, toc_entries

TRIO = ("notebooks", "solutions", "exercises")
SHELVES = {folder: [Page(path) for path in pages((folder,))] for folder in (*TRIO, "hackathon")}
MARKER = re.compile(r"(?:BEGIN|END) (?:SOLUTION|HIDDEN TESTS)")
BOOK = sorted((HOME / "book").rglob("*.md"))
GLOSSARY_FILE = HOME / "book" / "glossary.md"
each_solution = pytest.mark.parametrize("page", SHELVES["solutions"], ids=str)
each_exercise = pytest.mark.parametrize("page", SHELVES["exercises"], ids=str)
each_lesson = pytest.mark.parametrize("page", SHELVES["notebooks"], ids=str)


def slugs(folder: str) -> list[str]:
    return [page.slug for page in SHELVES[folder]]


# --- every notebook is tested ---------------------------------------------------------------------------------------


def test_no_notebook_of_the_repository_is_outside_the_tests() -> None:
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", "*.ipynb"]
    listed = subprocess.run(command, cwd=HOME, capture_output=True, text=True, check=True).stdout.split("\0")
    there = {HOME / name for name in listed if name and (HOME / name).is_file()}
    assert there - set(pages()) == set(), "not in a folder of tools/pages.py, so nothing tests these"


def test_lessons_solutions_and_exercises_have_the_same_slugs() -> None:
    assert slugs("notebooks"), "there are no lessons"
    assert slugs("solutions") == slugs("notebooks")
    assert slugs("exercises") == slugs("notebooks")


# --- solutions and exercises ----------------------------------------------------------------------------------------


def verdicts(page: Page) -> list[str]:
    """Return what the checks of a page say: one text a check."""
    shown = [bundle.get("text/plain", "") for cell in page.code if calls(cell.source, "check") for bundle in mime_bundles(cell)]
    return [text for text in shown if re.match("[✓→…] ", text)]


@each_solution
def test_solutions_are_valid_for_nbgrader(page: Page) -> None:
    MetadataValidator().validate_nb(page.notebook)
    kinds = [cell.metadata.get("nbgrader", {}) for cell in page.notebook.cells]
    assert any(kind.get("solution") for kind in kinds), "no cell is marked as a solution"
    assert any(kind.get("grade") for kind in kinds), "no cell is marked as graded"


@each_solution
def test_every_graded_cell_gives_nbgrader_something_that_can_fail(page: Page) -> None:
    graded = [cell.source for cell in page.code if cell.metadata.get("nbgrader", {}).get("grade")]
    hidden = '### BEGIN HIDDEN TESTS\nassert verdict.state == "right", verdict.text\n### END HIDDEN TESTS\nverdict'
    assert [source for source in graded if not source.endswith(hidden)] == []


@each_solution
def test_solutions_mark_what_is_to_be_done(page: Page) -> None:
    begins, ends = (sum(f"### {word} SOLUTION" in cell.source for cell in page.notebook.cells) for word in ("BEGIN", "END"))
    assert begins == ends > 0


@pytest.mark.parametrize("page", [page for folder in SHELVES if folder != "solutions" for page in SHELVES[folder]], ids=str)
def test_solution_markers_stay_in_solutions(page: Page) -> None:
    assert not [cell.source for cell in page.notebook.cells if MARKER.search(cell.source)]


@each_solution
def test_exercises_are_made_from_their_solutions(page: Page) -> None:
    saved = HOME / "exercises" / page.path.name
    assert sources(load(saved)) == sources(exercise(page.path)), "run `make exercises`"


@each_exercise
def test_an_untouched_exercise_says_not_done_yet(page: Page) -> None:
    assert len(verdicts(page)) == len(page.calls("check")) > 0, "each check must be shown"
    assert not [text for text in verdicts(page) if not text.startswith("… Not done yet")]


@each_solution
def test_a_solution_is_right(page: Page) -> None:
    assert len(verdicts(page)) == len(page.calls("check")) > 0, "each check must be shown"
    assert not [text for text in verdicts(page) if not text.startswith("✓")]


@pytest.mark.parametrize("slug", lessons.slugs())
def test_each_prompt_to_try_has_the_small_model_s_recorded_answer(slug: str) -> None:
    assert all(prompt["answer"] for prompt in prompts_of(slug))


@each_solution
def test_each_check_has_one_exercise_and_each_exercise_a_check(page: Page) -> None:
    assert Counter(page.calls("check")) == Counter(list(exercises(page.slug)))


# --- a lesson's folder, and the order of lessons ---------------------------------------------------------------------


def test_each_lesson_has_its_folder_and_each_folder_its_lesson() -> None:
    assert sorted(slugs("notebooks")) == lessons.slugs()


@each_lesson
def test_each_question_is_asked_once_and_each_asked_question_has_its_text(page: Page) -> None:
    assert sorted(map(str, page.calls("predict"))) == sorted(f"{page.slug}/{name}" for name in lessons.card(page.slug)["predict"])


@pytest.mark.parametrize("folder", list(SHELVES))
def test_numbers_of_file_names_follow_the_table_of_contents(folder: str) -> None:
    names = [page.path.stem for page in SHELVES[folder]]
    order = [entry.split("/")[1] for entry in toc_entries() if entry.split("/")[0] == ("notebooks" if folder in TRIO else folder)]
    assert names == [f"{number:02d}_{slug}" for number, slug in enumerate([slug for slug in order if slug in slugs(folder)], 1)], (
        "run `make renumber`"
    )


def test_no_file_but_a_notebook_s_name_holds_a_lesson_s_number() -> None:
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=HOME, capture_output=True, text=True, check=True).stdout.split("\0")
    number = re.compile(rf"\b\d\d_({'|'.join(page.slug for shelf in SHELVES.values() for page in shelf)})\b")
    texts = {name: (HOME / name).read_text(encoding="utf-8", errors="ignore") for name in listed if name and (HOME / name).is_file()}
    assert [f"{name}: {found[0]}" for name, text in texts.items() if (found := number.search(text))] == []


@pytest.mark.parametrize("page", [page for folder in TRIO for page in SHELVES[folder]], ids=str)
def test_a_page_ends_with_the_ways_on_and_back(page: Page) -> None:
    last, (cell,) = page.notebook.cells[-1], [cell for cell in page.notebook.cells if part_of(cell) == NEXT.tag]
    assert cell is last and cell == ways.cell_for(page.path.parent.name, page.slug, ways.in_order()), "run `make renumber`"


def test_the_lists_of_start_here_are_fresh() -> None:
    text = (HOME / ways.START).read_text(encoding="utf-8")
    assert text == ways.filled(text, ways.lists(HOME, ways.in_order())), "run `make renumber`"


def test_the_first_link_of_start_here_is_the_first_lesson() -> None:
    first = re.search(r"\]\(([^)]*)\)", (HOME / ways.START).read_text(encoding="utf-8"))
    assert first and first[1] == f"../{next(entry for entry in toc_entries() if entry.startswith('notebooks/'))}.ipynb"


# --- the first command ------------------------------------------------------------------------------------------------


def test_lab_is_one_command_with_make_and_without() -> None:
    said = subprocess.run(["make", "-n", "lab"], cwd=HOME, capture_output=True, text=True, check=True).stdout
    for text in (said, (HOME / "README.md").read_text(encoding="utf-8")):
        assert re.search(r"^\.venv/bin/python -m sidebyside lab$", text, re.M)


# --- order and words ------------------------------------------------------------------------------------------------


def test_every_file_of_the_table_of_contents_exists() -> None:
    prose = [entry for entry in toc_entries() if not (HOME / f"{entry}.md").is_file()]
    assert [entry for entry in prose if not notebook(entry).is_file()] == []


@pytest.mark.parametrize("folder", ["notebooks", "exercises"])
def test_the_table_of_contents_lists_every_page_once(folder: str) -> None:
    listed = [entry for entry in toc_entries() if entry.startswith(f"{folder}/")]
    assert sorted(listed) == sorted(f"{folder}/{name}" for name in slugs(folder))


@each_lesson
def test_every_word_used_is_in_the_glossary(page: Page) -> None:
    text = GLOSSARY_FILE.read_text(encoding="utf-8") if GLOSSARY_FILE.is_file() else ""
    known, anchors = {anchor(term) for term in glossary_terms(text)}, glossary_anchors(text)
    unknown = [term for term in TERM_ROLE.findall(page.markdown) if anchor(term) not in known]
    unknown += [there for there in GLOSSARY_LINK.findall(page.markdown) if there not in anchors]
    assert not unknown, "not in book/glossary.md"


@pytest.mark.parametrize("file", BOOK, ids=lambda path: str(path.relative_to(HOME)))
def test_no_lesson_is_called_by_its_place(file: Path) -> None:
    assert not list(order_phrases(file.read_text(encoding="utf-8")))


@pytest.mark.parametrize(
    "file", [HOME / "README.md", *(path for path in BOOK if not path.stem.startswith(("run-sheet", "load")))], ids=lambda path: path.stem
)
def test_no_page_counts_the_lessons(file: Path) -> None:
    """A new lesson would make it wrong. A run sheet counts those of its own plan, and the measured load those that were run."""
    assert re.findall(rf"\b(?:{COUNTED}|(?:thir|four|fif|six|seven|eigh|nine)teen|twenty) lessons\b", file.read_text(encoding="utf-8"), re.I) == []
