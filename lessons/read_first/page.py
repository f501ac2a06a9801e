"""The page's own tables, charts and sentences: drafts that are read and coded before anything is measured."""

from __future__ import annotations

from typing import Any

import pandas as pd

import sidebyside as sbs

TO_REPLY = {"needs_reply": ["yes"], "channel": ["email", "chat"]}  # what is asked of a message that a draft answers, where a case tells it
MOST_WORDS, READ, FRESH = 60, 100, 60
SHARES = ["under a third", "a third to two thirds", "over two thirds"]


def letters(case: Any) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the messages whose drafts are read, and fresh ones for counting again: id and text, drawn from train with a fixed seed."""
    rows = case.split("train")
    for column, values in TO_REPLY.items():
        rows = rows[rows[column].isin(values)] if column in rows else rows
    short = rows[rows["text"].str.split().map(len) <= MOST_WORDS]
    drawn = short.sample(frac=1, random_state=0)[["id", "text"]].reset_index(drop=True)
    return sbs.limit(drawn.head(READ), times=4), sbs.limit(drawn[READ : READ + FRESH].reset_index(drop=True), times=4)


def first(model: str, right: sbs.Rate) -> Any:
    """Say how many answers are right, beside the reader's guess."""
    word = SHARES[0] if right.value < 1 / 3 else SHARES[1] if right.value <= 2 / 3 else SHARES[2]
    return sbs.outcome("read_first/first", word, f"{model} gets {right} right.")


def second(before: int, after: int) -> Any:
    """Say whether it became more, beside the reader's guess."""
    word = "more" if after > before else "as many" if after == before else "fewer"
    return sbs.outcome("read_first/second", word, f"Before {before}, after {after}.")
