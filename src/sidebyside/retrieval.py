"""Cut documents into passages, and give texts the vectors that say how near their meanings are.

The search itself stands in the lessons: it is a few lines of `bm25s` (words) or of numpy on `embed` (meaning).
"""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from .cases import Case

HEADING = r"(^#{1,6}[ \t].*$)"  # a line of its own, whatever stands around it


def passages(documents: Mapping[str, str]) -> pd.DataFrame:
    """Cut each document into its paragraphs; a heading goes with every paragraph below it.

    Args:
        documents: Markdown texts by file name.

    Returns:
        Columns document, heading, text; one row a paragraph, in order.
    """
    rows = []
    for name, text in documents.items():
        heading = ""
        for block in filter(None, map(str.strip, re.split(HEADING, text, flags=re.MULTILINE))):
            if re.fullmatch(HEADING, block):
                heading = block.lstrip("#").strip()
            else:
                rows += [{"document": name, "heading": heading, "text": " ".join(part.split())} for part in re.split(r"\n\s*\n", block)]
    return pd.DataFrame(rows, columns=["document", "heading", "text"])


def placed_facts(case: Case) -> pd.DataFrame:
    """Return the questions of a case, all columns as text, with the place of the passage that answers them as `home`.

    Returns:
        The columns of `case.facts`, and home: the first row of `passages` that is of the question's document and holds its
        sentence; -1 where none does.
    """
    facts, found = case.facts.astype(str), passages(case.documents).to_dict("records")
    facts["home"] = [
        next((i for i, row in enumerate(found) if row["document"] == fact["document"] and fact["sentence"] in row["text"]), -1)
        for fact in facts.to_dict("records")
    ]
    return facts


def plain_facts(case: Case) -> pd.DataFrame:
    """Return the questions of a case whose answer stands in a document and holds no number, with the place of their passage as `home`."""
    facts = placed_facts(case)
    return facts[(facts["document"] != "") & (facts["home"] >= 0) & ~facts["answer"].str.contains(r"\d")]


@cache
def _embedder() -> Any:
    """Load the small static embeddings of `wordllama`, whose weights lie in its wheel: nothing is downloaded."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    import wordllama  # sets up logging for the whole program, which would put every library's chatter into the page

    root.handlers[:], root.level = handlers, level
    return wordllama.WordLlama.load(cache_dir=Path(wordllama.__file__).parent, disable_download=True)


def embed(texts: Sequence[str] | pd.Series) -> np.ndarray:
    """Return one vector of length 1 for each text, so that a product of two is their cosine similarity, -1 to 1.

    An empty text has no meaning and gets zeros, so that it is near to nothing.

    Args:
        texts: At least one text.

    Returns:
        Shape (texts, 256).
    """
    with np.errstate(invalid="ignore"):  # an empty text's length is 0
        vectors = _embedder().embed([str(text) for text in texts], norm=True)
    return np.asarray(np.round(np.nan_to_num(vectors.astype(float)), 6))
