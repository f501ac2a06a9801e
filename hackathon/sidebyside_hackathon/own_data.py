"""For teams with data of their own: what to look at before the first model, and which rows stand in for a hidden set."""

from __future__ import annotations

from difflib import get_close_matches

import pandas as pd

from sidebyside.cases import Case
from sidebyside.evaluation import rate
from sidebyside.scorers import numbers_in

from .event import read_event, read_hidden
from .scoring import holds, sentences
from .tables import HackathonError, some

FEW = 10  # examples of a label below which a model hardly learns it
Finding = tuple[str, str, str]


def look_over(case: Case, label: str) -> pd.DataFrame:
    """Look over the messages of a case before anything is trained on them.

    Args:
        case: A case that `load_case` has accepted.
        label: The label to predict.

    Returns:
        Columns question, found, what to do; one row a question.

    Raises:
        HackathonError: If the case has no such label.
    """
    if label not in case.labels:
        near = get_close_matches(label, case.labels, 1) or list(case.labels)
        raise HackathonError(f"The case has no label '{label}'. Set LABEL to '{near[0]}', or add a column of that name and its values to [labels].")
    return _table([_rare(case, label), _twice(case), _exam(case), _second_reader(case, label)])


def look_over_facts(case: Case) -> pd.DataFrame:
    """Look over the questions and policies of a case in the same way."""
    facts = case.facts.astype(str)
    known = facts[facts["document"] != ""]
    homeless = [row["id"] for row in known.to_dict("records") if row["sentence"] not in sentences(case.documents.get(row["document"], ""))]
    unsaid = [row["id"] for row in known.to_dict("records") if not all(holds(row["sentence"], number) for number in numbers_in(row["answer"]))]
    unanswered = len(facts) - len(known)
    return _table(
        [
            ("Does each key sentence stand in its policy?", some(homeless) or "yes", "Copy it word for word, from full stop to full stop."),
            (
                "Are the answer's numbers in its sentence?",
                some(unsaid) or "yes",
                "Where a number is counted from others, look twice: the scorer wants it.",
            ),
            ("How many questions have no answer?", f"{unanswered} of {len(facts)}", "Without a few of these you cannot see what is made up."),
        ]
    )


def is_own(case: Case) -> bool:
    """Tell whether a case is a team's own and not the event's."""
    return case.folder.resolve() != read_event().shop.folder.resolve()


def to_route(case: Case) -> pd.DataFrame:
    """Return the messages to hand in a route for: the hidden set, or the test messages of a team's own case, both without labels."""
    return case.split("test")[["id", "text"]] if is_own(case) else read_hidden("route")


def to_answer(case: Case) -> pd.DataFrame:
    """Return the questions to hand in an answer for: the hidden set, or every second question of a team's own case."""
    return for_the_end(case)[["id", "question"]] if is_own(case) else read_hidden("answers")


def for_practice(case: Case) -> pd.DataFrame:
    """Return the questions of a case to practise on: every second one, from the first."""
    return case.facts.astype(str).iloc[::2].reset_index(drop=True)


def for_the_end(case: Case) -> pd.DataFrame:
    """Return the other questions, which are opened once."""
    return case.facts.astype(str).iloc[1::2].reset_index(drop=True)


def _table(findings: list[Finding]) -> pd.DataFrame:
    return pd.DataFrame(findings, columns=["question", "found", "what to do"])


def _rare(case: Case, label: str) -> Finding:
    counts = case.split("train")[label].value_counts()
    rare = [f"{value} ({counts.get(value, 0)})" for value in case.labels[label] if counts.get(value, 0) < FEW]
    return f"Has each {label} {FEW} examples in train?", some(rare) or "yes", "Label more of these, or join two labels."


def _twice(case: Case) -> Finding:
    plain = case.messages["text"].str.lower().str.split().str.join(" ")
    spread = case.messages["split"].groupby(plain).nunique()
    found = case.messages[plain.isin(spread[spread > 1].index)]
    return "Does a text stand in two splits?", some(list(found["id"])) or "no", "Keep it in one: else the exam asks what was taught."


def _exam(case: Case) -> Finding:
    n = len(case.split("test"))
    low, high = rate([True] * (n // 2) + [False] * (n - n // 2)).interval
    told = f"{n} messages; half of them right would mean {low:.0%} to {high:.0%}"
    return "How sharp is the exam?", told, "If that is too wide to decide anything, label more test messages."


def _second_reader(case: Case, label: str) -> Finding:
    second = f"second_{label}"
    told = str(rate(case.messages[label] == case.messages[second])) if second in case.messages else "nobody read twice"
    return "Do two readers agree?", told, "No system can be asked for more than they have in common."
