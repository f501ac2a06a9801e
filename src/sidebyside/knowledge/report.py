"""The report on a class, as plain text for a terminal or a file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pandas as pd

from ..evaluation import Rate
from .answers import FORMS, Sheet
from .items import KnowledgeTest
from .scores import Score, by_confidence, chosen_wrong, mean_with_interval, score

CAUTION = (
    "Nobody sat both tests without the course, so the change holds all that happened in between: what people learnt,\n"
    "what they remembered of the questions, and what they looked up."
)
NONE = "-"


def report(sheets: Sequence[Sheet], faults: Sequence[str], test: KnowledgeTest) -> str:
    """Return the whole report: what could not be used, people, class, confidence, items."""
    parts = [("Not used as it stands", "\n".join(f"- {fault}" for fault in faults))] if faults else []
    if sheets:
        parts += [
            ("People", _text(people(sheets, test))),
            ("Class", "\n".join(_class(sheets, test))),
            ("Confidence", "\n\n".join(_confidence(sheets, test))),
            ("Items, hardest first", _text(items(sheets, test))),
        ]
    else:
        parts.append(("People", "No answers that count were found. Look at the list above, correct the files and run this again."))
    return "\n\n".join(f"{title}\n{'=' * len(title)}\n{body}" for title, body in parts) + "\n"


def people(sheets: Sequence[Sheet], test: KnowledgeTest) -> pd.DataFrame:
    """Return one row a person: right answers and mean confidence in both tests, and the change."""
    scores = {(sheet.name, sheet.form): score(sheet, test) for sheet in sheets}
    rows = []
    for name in sorted({sheet.name for sheet in sheets}):
        row: dict[str, str] = {"name": name}
        for form in FORMS:
            row |= _columns(scores.get((name, form)), form)
        both = [scores.get((name, form)) for form in FORMS]
        row["change"] = f"{both[1].right.successes - both[0].right.successes:+d}" if both[0] and both[1] else NONE
        rows.append(row)
    return pd.DataFrame(rows)


def _columns(mark: Score | None, form: str) -> dict[str, str]:
    if mark is None:
        return {form: NONE, f"sure {form}": NONE, f"gap {form}": NONE}
    low, high = mark.right.interval
    return {
        form: f"{mark.right.successes} of {mark.right.n} ({low:.0%} to {high:.0%})",
        f"sure {form}": NONE if mark.confidence is None else f"{mark.confidence:.0%}",
        f"gap {form}": NONE if mark.gap is None else f"{100 * mark.gap:+.0f}",
    }


def _class(sheets: Sequence[Sheet], test: KnowledgeTest) -> Iterator[str]:
    """Yield a sentence for each test, and one for the change of those who did both."""
    right = {form: {sheet.name: score(sheet, test).right.successes for sheet in sheets if sheet.form == form} for form in FORMS}
    for form, marks in right.items():
        if marks:
            yield f"{form.capitalize()}: {_mean(list(marks.values()), '')} of {len(test.items)} right."
    both = sorted(right[FORMS[0]].keys() & right[FORMS[1]].keys())
    if not both:
        yield "Nobody has answers in both tests under one code name, so there is no change to report."
        return
    changes = [right[FORMS[1]][name] - right[FORMS[0]][name] for name in both]
    yield f"Change of those who did both: {_mean(changes, '+')} right answers."
    yield f"Up: {sum(c > 0 for c in changes)}, down: {sum(c < 0 for c in changes)}, level: {sum(c == 0 for c in changes)}."
    yield CAUTION


def _mean(values: Sequence[float], sign: str) -> str:
    mean, interval = mean_with_interval(values)
    span = f"95 % interval {interval[0]:{sign}.1f} to {interval[1]:{sign}.1f}" if interval else "too few people for an interval"
    return f"mean {mean:{sign}.1f} ({span}; n = {len(values)})"


def _confidence(sheets: Sequence[Sheet], test: KnowledgeTest) -> Iterator[str]:
    """Yield a table for each test, and a sentence that says whether people were too sure."""
    for form in FORMS:
        there = [sheet for sheet in sheets if sheet.form == form]
        gaps = [mark.gap for sheet in there if (mark := score(sheet, test)).gap is not None]
        if not gaps:
            continue
        table = by_confidence(there, test)
        rows = {"said": [f"{said:.0%}" for said in table["said"]], "right": list(map(str, table["right"]))}
        said = f"said minus right, {_mean([100 * gap for gap in gaps], '+')} points: {verdict(*mean_with_interval(gaps))}"
        yield f"{form.capitalize()}: {said}.\n{_text(pd.DataFrame(rows))}"
    yield "One person gives many of these answers, so the intervals in the tables are a little too narrow."


def verdict(mean: float, interval: tuple[float, float] | None) -> str:
    """Say what a mean gap between confidence and truth shows."""
    if interval is None or interval[0] <= 0 <= interval[1]:
        return "neither too sure nor too unsure, as far as this shows"
    return "over-confident" if mean > 0 else "under-confident"


def items(sheets: Sequence[Sheet], test: KnowledgeTest) -> pd.DataFrame:
    """Return one row an item: right answers in both tests, and the wrong option that drew most people in the last test that they sat."""
    rows = []
    for item in test.items:
        row: dict[str, object] = {"item": item.id, "level": item.level}
        for form in FORMS:
            there = [sheet for sheet in sheets if sheet.form == form]
            right = sum((answer := sheet.answers.get(item.id)) is not None and answer.option == item.key for sheet in there)
            row[form] = f"{right} of {len(there)}" if there else NONE
            if there:
                row["share"], drew = Rate(right, len(there)).value, chosen_wrong(item, there)
        row["most drawn to"] = f"{drew[0].upper()} ({drew[1]}): {next(o.text for o in item.options if o.id == drew[0])}" if drew else NONE
        rows.append(row)
    return pd.DataFrame(rows).sort_values("share", kind="stable").drop(columns="share")


def _text(table: pd.DataFrame) -> str:
    """Return a table as text, words to the left."""
    lines = [list(map(str, table.columns)), *([str(value) for value in row] for row in table.itertuples(index=False))]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join("  ".join(word.ljust(width) for word, width in zip(line, widths, strict=True)).rstrip() for line in lines)
