"""What a change of a system does to its verdicts, answer by answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from ..evaluation import flips
from .card import Angle


def changes(before: pd.DataFrame, after: pd.DataFrame, angles: Sequence[Angle]) -> pd.DataFrame:
    """Count from each angle on how many samples a system got better, and on how many worse (regressions).

    Args:
        before: As `evaluate` returns it, for the system before the change.
        after: The same for the same samples after it.
        angles: Those whose scorers say true or false; angles without a scorer are left out.

    Returns:
        Columns angle, must, compared (samples that the angle judges before and after), better, worse; one row an angle.
    """
    return pd.DataFrame([_row(angle, before[angle.name], after[angle.name]) for angle in angles if angle.scorer])


def _row(angle: Angle, before: pd.Series, after: pd.Series) -> dict[str, Any]:
    good = angle.at_most is None  # else a true score is a bad one, such as a harmful word
    judged = [(x == good, y == good) for x, y in zip(before, after, strict=True) if x is not None and y is not None]
    gains, losses = flips([x for x, _ in judged], [y for _, y in judged])
    return {"angle": angle.name, "must": angle.must, "compared": len(judged), "better": len(gains), "worse": len(losses)}
