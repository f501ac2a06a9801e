"""Passages and vectors: each fact stands whole in one passage, and texts of like meaning lie near each other, without a network."""

from __future__ import annotations

import socket
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sidebyside import embed, load_case, passages, retrieval

HOME = Path(__file__).resolve().parent.parent
CASES = {"tiny": HOME / "tests" / "cases" / "tiny", "feedback": HOME / "cases" / "feedback"}
each_case = pytest.mark.parametrize("folder", CASES.values(), ids=list(CASES))

# --- passages -------------------------------------------------------------------------------------------------------


def rows(*texts: str) -> list[list[str]]:
    return passages({f"{n}.md": text for n, text in enumerate(texts)}).to_numpy().tolist()


def test_each_paragraph_is_a_passage_under_its_heading() -> None:
    assert rows("Before all.\n\n# Fees\n\nA card\ncosts 15.\n\nA copy  is free.\n\n## Late\n\nPay 20.", "No heading.") == [
        ["0.md", "", "Before all."],
        ["0.md", "Fees", "A card costs 15."],
        ["0.md", "Fees", "A copy is free."],
        ["0.md", "Late", "Pay 20."],
        ["1.md", "", "No heading."],
    ]


@pytest.mark.parametrize(
    "text",
    [
        "# Fees\nA card costs 15.\n\nA copy is free.",  # no empty line below the heading
        "# Fees\r\n\r\nA card costs 15.\r\n\r\nA copy is free.\r\n",  # lines ended like Windows
        "\n\n# Fees\n \nA card costs 15.\n\t\n\n\nA copy is free.\n\n",
    ],
)
def test_a_document_s_spacing_makes_no_difference(text: str) -> None:
    assert rows(text) == [["0.md", "Fees", "A card costs 15."], ["0.md", "Fees", "A copy is free."]]


def test_a_sign_that_begins_no_heading_stays_in_the_text() -> None:
    assert rows("# C#\n\n#1 of all.\n\nWe are # 1.") == [["0.md", "C#", "#1 of all."], ["0.md", "C#", "We are # 1."]]


@pytest.mark.parametrize("documents", [{}, {"empty.md": ""}, {"heading.md": "# Alone"}])
def test_documents_without_text_give_a_table_without_rows(documents: dict[str, str]) -> None:
    assert list(passages(documents).columns) == ["document", "heading", "text"]
    assert passages(documents).empty


@each_case
def test_no_word_of_a_document_is_lost(folder: Path) -> None:
    documents = load_case(folder).documents
    found = passages(documents)
    for name, text in documents.items():
        kept = found.loc[found["document"] == name, ["heading", "text"]].to_numpy().ravel()
        assert set(text.split()) - {"#", "##"} == set(" ".join(kept).split())


@each_case
def test_each_fact_s_sentence_lies_in_exactly_one_passage(folder: Path) -> None:
    case = load_case(folder)
    found = passages(case.documents)
    facts = case.facts[case.facts["sentence"] != ""]
    assert len(facts) >= 8
    times = {fact.id: sum(fact.sentence in text for text in found.query("document == @fact.document")["text"]) for fact in facts.itertuples()}
    assert {id: n for id, n in times.items() if n != 1} == {}


# --- vectors --------------------------------------------------------------------------------------------------------

TEXTS = ["The parcel came late.", "My delivery has not arrived on time.", "The soup is too salty.", "K", "Où est l’été? 😀"]


def test_a_vector_is_of_length_one() -> None:
    vectors = embed(TEXTS)
    assert vectors.shape == (5, 256)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-4)


def test_the_same_text_has_the_same_vector_in_any_company() -> None:
    alone = [embed([text])[0].tolist() for text in TEXTS]
    assert embed(TEXTS).tolist() == alone
    assert embed(pd.Series([*TEXTS, "long " * 300], index=list("fedcba"))).tolist()[:5] == alone


def test_an_empty_text_is_near_to_nothing() -> None:
    with np.errstate(all="raise"):
        vectors = embed([*TEXTS, ""])
    assert (vectors @ vectors[-1] == 0).all()


@pytest.mark.parametrize(
    ("text", "near", "far"),
    [
        TEXTS[:3],
        ("How do I get my money back?", "Refunds are paid within a week.", "The lamp is green."),
        ("a broken vase", "The glass was smashed.", "Points run out after a year."),
        ("puppy", "dog", "invoice"),
    ],
)
def test_nearer_in_meaning_is_nearer(text: str, near: str, far: str) -> None:
    here, there, elsewhere = embed([text, near, far])
    assert here @ there > here @ elsewhere + 0.1


def test_the_embeddings_load_with_the_network_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    before = embed(TEXTS)

    def cut(*_: object) -> None:
        raise OSError("the network is cut")

    for name in ("connect", "connect_ex", "sendto"):
        monkeypatch.setattr(socket.socket, name, cut)
    monkeypatch.setattr(socket, "getaddrinfo", cut)
    retrieval._embedder.cache_clear()
    assert embed(TEXTS).tolist() == before.tolist()


# --- facts and where they stand -------------------------------------------------------------------------------------


@each_case
def test_each_fact_is_placed_where_its_sentence_stands(folder: Path) -> None:
    case = load_case(folder)
    facts, found = retrieval.placed_facts(case), passages(case.documents)
    assert len(facts) == len(case.facts) and (facts["home"] >= 0).any()
    for fact in facts.itertuples():
        fitting = found[(found["document"] == fact.document) & found["text"].str.contains(fact.sentence, regex=False)]
        assert fact.home == (fitting.index[0] if len(fitting) else -1)


def test_a_fact_without_a_document_has_no_place() -> None:
    facts = retrieval.placed_facts(load_case(CASES["tiny"]))
    assert set(facts.loc[facts["document"] == "", "home"]) == {-1}
