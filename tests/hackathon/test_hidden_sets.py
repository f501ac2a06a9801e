"""The hidden sets that are shipped: large enough, without labels, and standing nowhere else in the project."""

from __future__ import annotations

import re
from collections import Counter

import pandas as pd
import pytest
from rapidfuzz import fuzz, process, utils

from sidebyside_hackathon.event import FOLDER, HIDDEN, read_event, read_hidden
from tests.hackathon.kit import HOME

LEAST = {"route": 200, "answers": 40, "guard": 120}
FOLDERS = ("notebooks", "solutions", "exercises")
NEAR = 90  # of rapidfuzz's token_set_ratio in small letters; the case's own cleaning used the same bound


def hidden_texts() -> list[str]:
    return [text for name, (_, column) in HIDDEN.items() for text in read_hidden(name)[column]]


def known_texts() -> list[str]:
    """Return every message, question and answer of the cases."""
    tables = [pd.read_csv(path, keep_default_na=False, dtype=str) for path in sorted((HOME / "cases").glob("*/*.csv"))]
    return sorted({text for table in tables for column in ("text", "question", "answer") if column in table for text in table[column]} - {""})


def prose() -> str:
    """Return every page and every notebook, outputs too, as one text in small letters with single spaces."""
    patterns = ["book/**/*.md", *(f"{folder}/*.ipynb" for folder in FOLDERS), "recordings/**/*.jsonl"]
    files = [path for pattern in patterns for path in HOME.glob(pattern)]
    return settled("\n".join(path.read_text(encoding="utf-8") for path in files))


def settled(text: str) -> str:
    """Return a text without capitals, line ends and the backslashes of JSON and Markdown."""
    return " ".join(re.sub(r"\\n|\\", " ", text.lower()).split())


def near(texts: list[str], known: list[str]) -> list[tuple[str, str]]:
    """Return the texts that are nearly the same as a known one; short ones, whose few words may stand in many, must be equal in all."""
    plain, found = {other: utils.default_process(other) for other in known}, []
    longer = {other: text for other, text in plain.items() if len(other.split()) > 6}
    for text in texts:
        scorer, comparable = (fuzz.token_set_ratio, longer) if len(text.split()) > 6 else (fuzz.ratio, plain)
        if match := process.extractOne(utils.default_process(text), comparable, scorer=scorer, score_cutoff=NEAR):
            found.append((text, match[2]))
    return found


@pytest.mark.parametrize("name", LEAST)
def test_a_hidden_set_is_large_enough_and_whole(name: str) -> None:
    rows = read_hidden(name)
    assert len(rows) >= LEAST[name] and rows["id"].is_unique
    assert rows.map(lambda text: bool(text.strip())).all(axis=None)
    assert len({text.lower() for text in rows.iloc[:, 1]}) == len(rows)


@pytest.mark.parametrize("name", HIDDEN)
def test_a_public_file_holds_no_label(name: str) -> None:
    file, column = HIDDEN[name]
    assert (FOLDER / "data" / file).read_text(encoding="utf-8").splitlines()[0] == f"id,{column}"


@pytest.mark.slow
def test_no_hidden_text_is_nearly_one_of_a_case() -> None:
    known = known_texts()
    assert len(known) > 3000
    assert near(hidden_texts(), known) == []


@pytest.mark.slow
def test_no_hidden_text_stands_in_a_lesson_or_page() -> None:
    told = prose()
    assert "the train split" in told and "smollm2-135m-instruct" in told  # pages, and recordings too
    assert [text for text in hidden_texts() if len(text.split()) > 3 and settled(text) in told] == []


def test_the_gate_sees_a_text_that_is_nearly_the_same() -> None:
    known = ["Rugs came quickly and the pattern is lovely, thank you very much.", "Late again!"]
    assert near(["Rugs came quickly, and the pattern is lovely - thank you very much!"], known)
    assert near(["late again"], known)
    assert not near(["The rug came late and nobody said thank you for my patience at all."], known)


def test_no_plain_label_lies_in_the_repository() -> None:
    ignored = (HOME / ".gitignore").read_text(encoding="utf-8").splitlines()
    assert {"hackathon/private/", "hackathon/teams/", "hackathon/scores*.jsonl", "hackathon/leaderboard.html"} <= set(ignored)
    assert {path.name for path in (FOLDER / "data").iterdir()} == {"DATASHEET.md", "labels.age", *(file for file, _ in HIDDEN.values())}


PRIVATE = re.compile(r"[\w.+-]+@([\w.-]+\.\w+)|\b(07\d{3} ?\d{6})\b")


def test_personal_data_is_of_the_kinds_kept_for_examples() -> None:
    found = [match for text in hidden_texts() for match in PRIVATE.finditer(text)]
    assert len(found) > 10
    odd = [m[0] for m in found if not re.fullmatch(r".*@(?:[\w-]+\.)*(example\.(com|org|net)|pellwick\.example)|07700 ?900\d{3}", m[0])]
    assert odd == []


def test_the_ids_of_the_event_are_those_of_its_files() -> None:
    event = read_event()
    assert [len(event.ids(challenge)) for challenge in event.challenges] == [*(len(read_hidden(name)) for name in HIDDEN), 0]


def test_no_sentence_is_written_over_and_over() -> None:
    openings = Counter(" ".join(text.lower().split()[:4]) for text in hidden_texts())
    assert max(openings.values()) <= 3, openings.most_common(3)


def test_the_datasheet_counts_the_public_files() -> None:
    told = (FOLDER / "data" / "DATASHEET.md").read_text(encoding="utf-8")
    for name, (file, _) in HIDDEN.items():
        assert f"| `{file}` | {len(read_hidden(name))} |" in told
