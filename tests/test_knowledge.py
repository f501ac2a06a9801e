"""The test before and after the course: its questions are fair, and answers of any kind are read and scored rightly."""

from __future__ import annotations

import csv
import itertools
import re
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import yaml

from sidebyside.errors import KnowledgeError
from sidebyside.knowledge import COLUMNS, Answer, KnowledgeTest, Sheet, load_test, mean_with_interval, read_sheets, report, score
from sidebyside.knowledge.report import verdict
from tests.pages.helpers import grade

HOME = Path(__file__).resolve().parent.parent
FILE = HOME / "book" / "instructor" / "knowledge-test.yml"


@pytest.fixture(scope="module")
def test() -> KnowledgeTest:
    return load_test(FILE)


# --- the questions --------------------------------------------------------------------------------------------------


def parts() -> dict[str, str]:
    """Return each page of the table of contents with the caption of its part."""
    toc = yaml.safe_load((HOME / "_toc.yml").read_text(encoding="utf-8"))
    return {chapter["file"]: part.get("caption", "") for part in toc["parts"] for chapter in part["chapters"]}


def test_there_are_twenty_items_over_all_parts_of_the_course(test: KnowledgeTest) -> None:
    assert len(test.items) == 20
    counts = Counter(parts()[item.page] for item in test.items)
    assert min(counts[part] for part in ("Meet both", "Catch the model out", "Know how good it is")) >= 4
    assert {item.level for item in test.items} == {"easy", "middle", "hard"}


def test_the_scale_begins_at_a_blind_guess_and_rises_evenly_to_certainty(test: KnowledgeTest) -> None:
    assert (test.scale[0], test.scale[-1]) == (100 // len(test.items[0].options), 100)
    assert len({b - a for a, b in itertools.pairwise(test.scale)}) == 1


def test_no_letter_gives_the_key_away(test: KnowledgeTest) -> None:
    keys = [item.key for item in test.items]
    assert set(Counter(keys).values()) <= {4, 5, 6}
    assert max(len(list(run)) for _, run in itertools.groupby(keys)) <= 2


def test_no_length_gives_the_key_away(test: KnowledgeTest) -> None:
    longest = shortest = 0
    for item in test.items:
        right = len(next(option.text for option in item.options if option.right))
        others = [len(option.text) for option in item.options if not option.right]
        longest += right >= max(others)
        shortest += right <= min(others)
    assert longest <= 7 and shortest <= 7, "choosing the longest or the shortest would beat a blind guess by more than two"


def test_wrong_options_are_not_given_away_by_words_that_allow_no_exception(test: KnowledgeTest) -> None:
    word = re.compile(r"\b(always|never|only|all|every|nobody|none|nothing)\b", re.I)
    share = {right: np.mean([bool(word.search(o.text)) for i in test.items for o in i.options if o.right == right]) for right in (True, False)}
    assert abs(share[True] - share[False]) < 0.3


def test_options_differ_and_name_no_other_option(test: KnowledgeTest) -> None:
    for item in test.items:
        assert len({option.text for option in item.options}) == 4
        assert not re.search(r"of the above|both of|all of these|none of these", " ".join(o.text for o in item.options), re.I), item.id


def test_items_are_easy_to_read(test: KnowledgeTest) -> None:
    texts = {item.id: "\n\n".join([item.question, *(f"{o.text}\n\n{o.why}" for o in item.options)]) for item in test.items}
    assert {name: level for name, text in texts.items() if (level := grade(text)) > 9} == {}


def test_no_item_is_a_quiz_item_of_a_lesson(test: KnowledgeTest) -> None:
    """Else the test would measure who remembers the lesson's own answer."""
    lessons = "".join(path.read_text(encoding="utf-8") for path in (HOME / "notebooks").glob("*.ipynb"))
    assert [item.id for item in test.items if item.question in lessons or any(o.text in lessons for o in item.options)] == []


GOOD = {"id": "x", "page": "book/case", "level": "easy", "question": "Which?", "options": [{"text": t, "why": "So."} for t in "pqrs"]}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"options": GOOD["options"]}, "one of them with"),
        ({"options": [{"text": "p", "why": "So.", "right": True}] * 3}, "4 options"),
        ({"options": [{"text": "p", "why": "", "right": i == 0} for i in range(4)]}, "does not say why"),
        ({"level": "tricky"}, "the level is 'tricky'"),
        ({"question": None}, "question is missing"),
    ],
)
def test_a_faulty_item_is_named(change: dict, words: str, tmp_path: Path) -> None:
    entry = {name: value for name, value in (GOOD | change).items() if value is not None}
    (tmp_path / "t.yml").write_text(yaml.safe_dump({"scale": [25, 100], "items": [entry]}))
    with pytest.raises(KnowledgeError, match=f"item x.*{words}"):
        load_test(tmp_path / "t.yml")


# --- files ----------------------------------------------------------------------------------------------------------


def write(path: Path, rows: list[tuple], head: tuple = COLUMNS) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([head, *rows])
    return path


def rows(test: KnowledgeTest, name: str = "Plum 7", form: str = "before", sure: int = 70) -> list[tuple]:
    """A sheet on which everything is right."""
    return [(name, form, item.id, item.key, sure) for item in test.items]


def test_a_whole_file_gives_one_sheet_and_no_fault(test: KnowledgeTest, tmp_path: Path) -> None:
    sheets, faults = read_sheets([write(tmp_path / "a.csv", rows(test))], test)
    assert faults == []
    assert [(sheet.name, sheet.form, len(sheet.answers)) for sheet in sheets] == [("plum 7", "before", 20)]
    assert set(sheets[0].answers.values()) == {Answer(item.key, 0.7) for item in test.items}


FAULTS = {
    "a missing row": (lambda r: r[1:], "no answer to 1 of 20 items (next-piece)", 19, 19),
    "an unknown item": (
        lambda r: [(*r[0][:2], "next-peice", *r[0][3:]), *r[1:]],
        "line 2: there is no item 'next-peice'. Is it 'next-piece'?",
        19,
        19,
    ),
    "an unknown option": (lambda r: [(*r[0][:3], "e", 70), *r[1:]], "line 2: the option 'e' is none of a, b, c, d", 19, 19),
    "a wrong confidence": (lambda r: [(*r[0][:4], 65), *r[1:]], "line 2: the confidence '65' is none of 25, 40", 20, 19),
    "a confidence in words": (lambda r: [(*r[0][:4], "sure"), *r[1:]], "the confidence 'sure'", 20, 19),
    "no confidence": (lambda r: [(*r[0][:4], ""), *r[1:]], "the confidence ''", 20, 19),
    "a wrong form": (lambda r: [(r[0][0], "later", *r[0][2:]), *r[1:]], "line 2: the form is 'later', not before or after", 19, 19),
    "no name": (lambda r: [("", *r[0][1:]), *r[1:]], "line 2: there is no name", 19, 19),
    "an item twice": (lambda r: [*r, (*r[0][:3], "a", 25)], "line 22: plum 7 has two different answers to next-piece", 19, 19),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_told_and_the_rest_counts(fault: str, test: KnowledgeTest, tmp_path: Path) -> None:
    spoil, words, right, said = FAULTS[fault]
    (sheet,), faults = read_sheets([write(tmp_path / "a.csv", spoil(rows(test)))], test)
    assert words in "\n".join(faults)
    assert score(sheet, test).right.successes == right
    assert sum(answer.confidence is not None for answer in sheet.answers.values()) == said


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"PK\x03\x04\0\0", "is an Excel file or another packed one, and it is damaged"),
        (b"name,form\0\0\0", "line 1: NUL characters instead of text"),
        (b"", "line 1: the file is empty. The first line must name: name, form, item, option, confidence."),
        (b"name,form,item,confidence\n", "line 1: no column 'option'; the columns are 'name,form,item,confidence'. The first line must name"),
    ],
)
def test_a_file_of_another_kind_is_told_and_left_out(content: bytes, words: str, test: KnowledgeTest, tmp_path: Path) -> None:
    (tmp_path / "odd.csv").write_bytes(content)
    sheets, faults = read_sheets([tmp_path / "odd.csv", tmp_path / "gone.csv", write(tmp_path / "a.csv", rows(test))], test)
    assert len(sheets) == 1 and len(faults) == 2
    assert "odd.csv" in faults[0] and words in faults[0] and faults[0].endswith("Nothing of it counts.")
    assert "gone.csv" in faults[1]


@pytest.mark.parametrize(("encoding", "mark"), [("utf-8-sig", ","), ("cp1252", ";"), ("utf-8", ";"), ("utf-16", "\t")])
def test_files_of_a_spreadsheet_are_read(encoding: str, mark: str, test: KnowledgeTest, tmp_path: Path) -> None:
    lines = [mark.join(map(str, row)) for row in [[name.upper() for name in COLUMNS], *rows(test, "Pfläumchen", "After")]]
    (tmp_path / "a.csv").write_bytes("\r\n".join(lines).encode(encoding))
    sheets, faults = read_sheets([tmp_path / "a.csv"], test)
    assert faults == []
    assert [(sheet.name, sheet.form) for sheet in sheets] == [("pfläumchen", "after")]


def test_rows_typed_in_a_hurry_count(test: KnowledgeTest, tmp_path: Path) -> None:
    lines = [",".join(map(str, row)) for row in [COLUMNS, *rows(test)]]
    lines[1] = lines[1].rpartition(",")[0]  # no confidence, and no comma for it
    lines[2] += ",quick"
    (tmp_path / "a.csv").write_text("\n\n".join(lines))
    (sheet,), faults = read_sheets([tmp_path / "a.csv"], test)
    assert len(sheet.answers) == 20 and len(faults) == 1 and "line 3: the confidence ''" in faults[0]


def test_a_name_in_two_files_counts_once_or_not_at_all(test: KnowledgeTest, tmp_path: Path) -> None:
    first, copy = (write(tmp_path / name, rows(test)) for name in ("a.csv", "b.csv"))
    other = write(tmp_path / "c.csv", rows(test, "PLUM 7", sure=25))
    sheets, faults = read_sheets([first, copy], test)
    assert len(sheets) == 1 and "a.csv and b.csv. They hold the same answers" in faults[0]
    sheets, faults = read_sheets([first, other], test)
    assert sheets == [] and "Their answers differ, so none counts" in faults[0]


# --- scores ---------------------------------------------------------------------------------------------------------


def sheet(test: KnowledgeTest, right: int, sure: float | None, wrong: float | None, name: str = "plum", form: str = "before") -> Sheet:
    """Return a sheet with so many right answers, and one confidence for the right and one for the wrong ones."""
    other = {"a": "b", "b": "a", "c": "a", "d": "a"}
    answers = {item.id: Answer(item.key, sure) if i < right else Answer(other[item.key], wrong) for i, item in enumerate(test.items)}
    return Sheet(name, form, answers)


def test_a_score_is_what_it_says(test: KnowledgeTest) -> None:
    mark = score(sheet(test, 15, 1.0, 0.4), test)
    assert (mark.right.successes, mark.right.n) == (15, 20)
    assert mark.confidence == pytest.approx(0.85)
    assert mark.brier == pytest.approx(5 * 0.16 / 20)
    assert mark.gap == pytest.approx(0.10)


def test_what_was_not_answered_is_not_right_and_has_no_confidence(test: KnowledgeTest) -> None:
    few = Sheet("plum", "before", {test.items[0].id: Answer(test.items[0].key, 0.4)})
    mark = score(few, test)
    assert (mark.right.successes, mark.right.n, mark.confidence, mark.gap) == (1, 20, 0.4, pytest.approx(-0.6))
    assert score(Sheet("plum", "before", {}), test).brier is None


@pytest.mark.slow
def test_the_interval_of_a_mean_holds_the_truth_as_often_as_it_says() -> None:
    """Changes between -20 and 20, as whole numbers; two thousand classes of each size."""
    dice = np.random.default_rng(0)
    for n in (6, 9, 16):
        classes = dice.binomial(40, 0.55, size=(2000, n)) - 20
        spans = [mean_with_interval(people)[1] for people in classes]
        held = np.mean([low <= 2 <= high for low, high in spans])
        assert 0.94 <= held < 0.99, (n, held)


def test_five_people_are_too_few_for_an_interval() -> None:
    assert mean_with_interval([1, 2, 3, 4, 5]) == (3, None)
    assert mean_with_interval([1, 2, 3, 4, 5, 6])[1] == (1, 6)


@pytest.mark.parametrize(
    ("mean", "interval", "words"),
    [(0.2, (0.1, 0.3), "over-confident"), (-0.2, (-0.3, -0.1), "under-confident"), (0.2, (-0.1, 0.5), "neither"), (0.2, None, "neither")],
)
def test_only_a_clear_gap_is_called_one(mean: float, interval: tuple[float, float] | None, words: str) -> None:
    assert verdict(mean, interval).startswith(words)


def test_the_report_tells_people_class_confidence_and_items(test: KnowledgeTest) -> None:
    names = ["apple", "fig", "kiwi", "lime", "nut", "pear", "plum"]
    before = [sheet(test, 8 + i, 0.85, 0.85, name) for i, name in enumerate(names)]
    after = [sheet(test, 12 + i, 0.85, 0.4, name, "after") for i, name in enumerate(names[:6])]
    text = report([*before, *after], ["a.csv: a fault."], test)
    assert "- a.csv: a fault." in text
    assert re.search(r"apple +8 of 20 \(22% to 61%\) +85% +\+45 +12 of 20 .* \+4\n", text)
    assert re.search(r"plum +14 of 20 .* -  +-  +-  +-\n", text)
    assert "Change of those who did both: mean +4.0 (95 % interval +4.0 to +4.0; n = 6) right answers." in text
    assert "Up: 6, down: 0, level: 0." in text
    assert "points: over-confident." in text
    last = text.split("hardest first")[1].splitlines()[3]
    assert last.startswith("no-document") or "0 of 6" in last
    assert re.search(r"who-answers +middle +0 of 7 +0 of 6 +A \(6\): The maker of the language model", text)


def test_a_report_without_answers_says_what_to_do(test: KnowledgeTest) -> None:
    assert "mend the files and run this again" in report([], ["a.csv: a fault."], test)
    assert "no change to report" in report([sheet(test, 8, 0.7, 0.4)], [], test)
