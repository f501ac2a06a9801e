"""Angles from which a system is judged, with their thresholds, and the go/no-go card that follows from its answers."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ..answers import NoAnswer
from ..errors import SuiteError
from ..evaluation import bootstrap, came, interval_of_equals, is_missing, rate
from ..runs import run
from .rules import Rule
from .samples import Sample

Score = bool | float | None  # None: this angle does not judge this sample
FEW = 5  # a bootstrap of fewer numbers says nothing: of one, it would be sure
COLUMNS = ("id", "input", "target", "answer")
PASS, FAIL, OPEN = "pass", "fail", "cannot tell yet"
SIGNS = {PASS: "✓", FAIL: "✗", OPEN: "?", "go": "✓", "no-go": "✗"}  # so that a card can be read from afar


@dataclass(frozen=True)
class Angle:
    """One angle from which a system is judged.

    Attributes:
        name: Its name, and that of its column.
        scorer: A function of answer and sample: True or False, a number, or None where it does not apply. Without a scorer, the
            column is filled by the caller, as seconds are.
        at_least: The threshold, if high is good.
        at_most: The threshold, if low is good; an angle has one of the two.
        must: Whether a system that fails it may not be used.
        rule: A function from a sample to the same thing as a `Rule`, or to None where it does not apply; if there is one, the
            angle can be exported.
    """

    name: str
    scorer: Callable[[str, Sample], Score] | None = None
    at_least: float | None = None
    at_most: float | None = None
    must: bool = True
    rule: Callable[[Sample], Rule | None] | None = None

    def __post_init__(self) -> None:
        """Refuse an angle without a threshold, or with two, or with a name that is taken."""
        if self.name in COLUMNS:
            raise SuiteError(f"No angle can be named '{self.name}', because that is a column of its own. Choose another name.")
        if (self.at_least is None) == (self.at_most is None):
            raise SuiteError(f"The angle '{self.name}' needs one threshold. Give at_least or at_most, and not both.")

    def verdict(self, low: float, high: float) -> str:
        """Judge an interval: it passes or fails as a whole, or nobody can tell yet."""
        if self.at_least is not None:
            return PASS if low >= self.at_least else FAIL if high < self.at_least else OPEN
        return PASS if high <= self.at_most else FAIL if low > self.at_most else OPEN  # type: ignore[operator]


def evaluate(system: Callable[[Sample], str], samples: Sequence[Sample], angles: Sequence[Angle]) -> pd.DataFrame:
    """Ask a system each sample, and score each answer from each angle.

    Args:
        system: A function from a sample to an answer; None where it could not read one, which passes from no angle.
        samples: What to ask.
        angles: How to judge; one without a scorer adds no column.

    Returns:
        Columns id, input, target, answer, and one an angle; one row a sample. No angle judges an answer that never came (`NoAnswer`).
    """
    given = run(system, samples)  # type: ignore[arg-type]
    answers = [answer if isinstance(answer, NoAnswer) else str(answer or "") for answer in given]
    rows = [{"id": s.id, "input": s.input, "target": s.target, "answer": answer} for s, answer in zip(samples, answers, strict=True)]
    table = pd.DataFrame(rows, columns=COLUMNS).assign(answer=pd.Series(answers, dtype=object))
    for angle in angles:
        if angle.scorer:
            pairs = zip(given, answers, samples, strict=True)
            scores = [
                None if isinstance(answer, NoAnswer) else _score(angle, answer, sample, read=found is not None) for found, answer, sample in pairs
            ]
            table[angle.name] = pd.Series(scores, index=table.index, dtype=object)
    return table


def _score(angle: Angle, answer: str, sample: Sample, *, read: bool) -> Score:
    """Score an answer; one that could not be read fails, and what is unknown of it (such as its length) is None."""
    score = angle.scorer(answer, sample) if angle.scorer else None
    if read or score is None:
        return score
    if isinstance(score, bool | np.bool_):
        return angle.at_least is None
    return 0.0 if angle.at_least is not None else None


def card(table: pd.DataFrame, angles: Sequence[Angle]) -> pd.DataFrame:
    """Judge a system from each angle.

    Args:
        table: As `evaluate` returns it, with the columns of angles without a scorer added.
        angles: The angles, in the order of the card.

    Returns:
        Columns angle, value (a share of true scores, or a mean), n, low, high (its 95 % interval: Wilson for a share, bootstrap
        for a mean), threshold (in words), must, verdict ("pass", "fail" or "cannot tell yet"); one row an angle. How many answers never
        came, and of how many, is in its `attrs`, under "no answer" and "samples".

    Raises:
        SuiteError: If an angle has no column.
    """
    if missing := [angle.name for angle in angles if angle.name not in table]:
        raise SuiteError(f"The table has no scores for '{missing[0]}'. Give the angle a scorer, or fill its column.")
    gone = int((~came(table.get("answer", []))).sum())
    rows = pd.DataFrame([_row(angle, table[angle.name], gone) for angle in angles])
    rows.attrs |= {"no answer": gone, "samples": len(table)}
    return rows


def _row(angle: Angle, column: pd.Series, gone: int) -> dict[str, Any]:
    scores = [score for score in column if not is_missing(score)]
    value, low, high = _measured(scores)
    sign, bound = ("at least", angle.at_least) if angle.at_least is not None else ("at most", angle.at_most)
    threshold = f"{sign} {_told(bound, share=_is_share(scores))}"
    verdict = angle.verdict(low, high) if scores else OPEN
    if gone and verdict == PASS and _is_share(scores):  # a pass must hold even if all that never came were failures
        verdict = PASS if angle.verdict(*_measured([*scores, *[angle.at_least is None] * gone])[1:]) == PASS else OPEN
    told = {"threshold": threshold, "must": angle.must, "verdict": verdict}
    return {"angle": angle.name, "value": value, "n": len(scores), "low": low, "high": high} | told


def _is_share(scores: Sequence[Any]) -> bool:
    return bool(scores) and all(isinstance(score, bool | np.bool_) for score in scores)


def _measured(scores: Sequence[Any]) -> tuple[float, float, float]:
    """Return value, low and high; what cannot be told is not a number."""
    if not scores:
        return math.nan, math.nan, math.nan
    if _is_share(scores):
        share = rate(scores)
        return share.value, *share.interval
    numbers = [float(score) for score in scores]
    if len(numbers) < FEW:
        return float(np.mean(numbers)), math.nan, math.nan
    if len(set(numbers)) == 1 and 0 <= numbers[0] <= 1:  # as on a scale from 0 to 1: to draw equal values again shows no spread
        return numbers[0], *interval_of_equals(numbers[0], len(numbers))
    return float(np.mean(numbers)), *bootstrap(lambda drawn, _: float(np.mean(drawn.astype(float))), numbers, numbers)  # type: ignore[arg-type]


def _told(value: Any, *, share: bool) -> str:
    return f"{value:.0%}" if share else f"{value:.2g}" if abs(value) < 1 else f"{value:.1f}".removesuffix(".0")


def decide(rows: pd.DataFrame) -> tuple[str, str]:
    """Return "go" if every angle that must pass does, "no-go" if not, "cannot tell yet" if no answer came; and why, in words.

    Args:
        rows: A card.
    """
    must = rows[rows["must"]]
    if 0 < rows.attrs.get("no answer", 0) == rows.attrs["samples"]:
        return OPEN, "none of the answers came"
    failed, unsure = ([*must.loc[must["verdict"] == word, "angle"]] for word in (FAIL, OPEN))
    reasons = [f"{said}: {', '.join(names)}" for said, names in (("fails", failed), ("cannot tell yet", unsure)) if names]
    return ("no-go", "; ".join(reasons)) if reasons else ("go", "every must-have passes")


def side_by_side(cards: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return one card for several systems, in words.

    Args:
        cards: Cards of the same angles, by the systems' names.

    Returns:
        Columns angle, threshold (with the word "must" where it stops a release), and one a system (verdict, value, interval, n);
        the last row holds the decisions, and the one before it says how many answers never came, if there are any.

    Raises:
        SuiteError: If the cards differ in their angles.
    """
    first = next(iter(cards.values()))
    if any(list(rows["angle"]) != list(first["angle"]) for rows in cards.values()):
        raise SuiteError("These cards have different angles. Judge all systems from the same ones.")
    lines = [f"must be {line}" if must else line for line, must in zip(first["threshold"], first["must"], strict=True)]
    shown = pd.DataFrame({"angle": first["angle"], "threshold": lines})
    for name, rows in cards.items():
        shown[name] = [_cell({str(key): value for key, value in row.items()}) for row in rows.to_dict("records")]
    missing = {name: rows.attrs.get("no answer", 0) for name, rows in cards.items()}
    more = [{"angle": "answers that never came", "threshold": ""} | missing] if any(missing.values()) else []
    last = {"angle": "DECISION", "threshold": ""} | {name: _signed(decide(rows)[0]) for name, rows in cards.items()}
    return pd.concat([shown, pd.DataFrame([*more, last])], ignore_index=True)


def _signed(verdict: str) -> str:
    return f"{SIGNS[verdict]} {verdict}"


def _cell(row: Mapping[str, Any]) -> str:
    if not row["n"]:
        return f"{_signed(OPEN)}: nothing to judge" if row["must"] else "not measured"
    value, low, high = (_told(row[name], share="%" in row["threshold"]) for name in ("value", "low", "high"))
    span = "" if math.isnan(row["low"]) else f"{low} to {high}; "
    return f"{_signed(row['verdict'])}: {value} ({span}n = {row['n']})"
