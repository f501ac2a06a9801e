"""The train messages that wait for a language model's labels: one draw for every lesson that asks about them.

A label that was recorded for one lesson then serves the others, because they ask about the same messages.
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from .cases import Case
from .prompts import Prompt

MOST = 1000  # messages that wait for a label


def draw(case: Case, versions: Sequence[Prompt], share: float = 1.0) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return train messages that wait for a label, in a random order that is the same each time, and those that are left.

    Args:
        case: The case.
        versions: Prompt versions: a message that one of them shows as an example is in neither table.
        share: The largest part of the train messages that may wait, 0 to 1; of a large case, `MOST` wait.
    """
    shown = {text for prompt in versions for text, _ in prompt.examples}
    train = case.split("train")
    train = train[~train["text"].isin(shown)]
    waiting = train.sample(min(MOST, int(len(train) * share)), random_state=0)
    return waiting.reset_index(drop=True), train.drop(waiting.index)
