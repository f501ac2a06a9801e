"""Checks of the exercises of "Text metrics: alike is not right"."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd
from sklearn.metrics import roc_auc_score

from sidebyside.cases import load_case
from sidebyside.checks import Forgotten, call, exercise, number_hint, result_of
from sidebyside.hints import function_hint, one_number_hint

RECALLS = (  # answer, target, recall, what to look at
    ("red green blue", "red green blue", 1.0, "All words of the target are there."),
    ("red", "red green blue gold", 0.25, "One of the target's four words is there. Divide by the number of the target's words."),
    ("red green blue gold", "red", 1.0, "Words that the answer has besides do not count against it."),
    ("red red red", "red green", 0.5, "The target has the word once, so it counts once."),
    ("red", "red red", 0.5, "The answer has the word once, so only one of the target's two is found."),
    ("GREEN, and red!", "Red; green.", 1.0, "Capitals and punctuation do not count: compare words(answer) with words(target)."),
    ("blue", "red green", 0.0, "No word of the target is there."),
)
ROUNDED = 0.0051  # what two decimals may be off
POLICY = "You have 30 days to send it back, and the label costs £4."
PART = "You have time to send it back."
OTHER_POLICY = "A voucher of £25 is valid for 24 months."
PROBES = (  # answer, whether its numbers pass, what to look at
    (POLICY, True, "The target itself should score above 0."),
    ("You have 30 days.", True, "Not every number of the target has to be in the answer."),
    (PART, True, "An answer without any number names no wrong one."),
    ("You have 45 days to send it back, and the label costs £4.", False, "It names 45, and the target does not."),
    ("You have 3 days to send it back, and the label costs £4.", False, "3 is not 30: compare whole numbers, not parts of the text."),
    ("You have 30 days to send it back, and the label costs £40.", False, "Each number counts, not only the first."),
)
OTHERS = (  # of another target
    ("A voucher is valid for 24 months.", True, "Not every number of the target has to be in the answer."),
    ("A voucher of £25 is valid for 12 months.", False, "It names 12, and the target does not."),
    ("A voucher of £4 is valid for 24 months.", False, "It names 4, and the target does not: 24 is another number."),
)
SCORES = {  # name, the words by which a choice names it
    "exact match": ("exact",),
    "token F1": ("token", "f1"),
    "BLEU": ("bleu",),
    "ROUGE": ("rouge",),
    "embedding similarity": ("embedding", "cosine", "similarity"),
    "a check of the facts": ("fact", "person", "people", "human", "judge"),
}
JOBS = {  # name, the right score, what to look at
    "codes": ("exact match", "One wrong digit is another order. Which score gives nothing for nearly right?"),
    "translations": ("BLEU", "Two systems, many sentences, and a good translation of each. Which score was made for that?"),
    "summaries": ("ROUGE", "The question is how much of the person's summary is covered. Which score was made for summaries?"),
    "doubles": ("embedding similarity", "The words may all differ. Which score looks past the words?"),
    "refunds": (
        "a check of the facts",
        "A wrong date can stand in a sentence that is like the target in every other word. Does any likeness tell?",
    ),
}


@exercise(1)
def recall(answer: Callable[..., Any]) -> str | None:
    """Try the function on small pairs, then compare it with rouge-score on the case's own answers."""
    from rouge_score.rouge_scorer import RougeScorer

    if hint := function_hint(answer, "recall"):
        return hint
    for text, target, value, hint in RECALLS:
        if wrong := number_hint(result_of(answer, text, target), value, f"{hint} Look at “{text}” with the target “{target}”.", 1e-6):
            return wrong
    library = RougeScorer(["rouge1"])
    for row in load_case().answers.head(40).itertuples():
        value = library.score(row.sentence, row.answer)["rouge1"].recall
        hint = f"rouge-score says {value:.3f} for “{row.answer}” with the target “{row.sentence}”. Compare words(answer) with words(target)."
        if wrong := number_hint(result_of(answer, row.answer, row.sentence), value, hint, ROUNDED):
            return wrong
    return None


@exercise(2)
def careful(answer: tuple[Any, Any, Any]) -> str | None:
    """Probe the learner's score, and measure it anew on the case's answers."""
    score, area, fooled = answer
    if hint := function_hint(score, "careful"):
        return hint
    tries = [*((POLICY, *probe) for probe in PROBES), *((OTHER_POLICY, *probe) for probe in OTHERS)]
    values = {(text, target): call(score, text, target) for target, text, *_ in tries}
    if any(value is None for value in values.values()):
        return _nothing_hint(values)
    for target, text, passes, hint in tries:
        value = values[text, target]
        if isinstance(value, str | bool) or not hasattr(value, "__float__"):
            return "`careful` should return a number from 0 to 1, and it returns something else."
        if not -1.001 <= float(value) <= 1.001:
            return f"`careful` should return a number from 0 to 1, and for “{text}” it returns {float(value):g}."
        if passes != (float(value) > 0):
            wanted = "a likeness above 0" if passes else "0"
            return f"For “{text}” with the target “{target}” it should return {wanted}. {hint}"
    if float(call(score, POLICY, POLICY)) <= float(call(score, "Bananas taste nice.", POLICY)):
        return "Where the numbers pass, return a likeness: the target itself should score higher than “Bananas taste nice.”"
    if float(call(score, POLICY, POLICY)) <= float(call(score, PART, POLICY)):
        return f"The target itself should score higher than “{PART}”, which holds only a part of it. Return a likeness, not just 1 or 0."
    return _measured(score, area, fooled)


def _nothing_hint(values: Mapping[tuple[str, str], Any]) -> str:
    """Say for which answer a score gives nothing back."""
    if all(value is None for value in values.values()):
        raise Forgotten
    text = next(text for (text, _), value in values.items() if value is None)
    return f"For “{text}” your function gives nothing back. Each way through it has to end in a `return`."


def _measured(score: Callable[..., Any], area: Any, fooled: Any) -> str | None:
    """Compare the learner's two findings with those of the learner's own score."""
    rows = load_case().answers
    values = np.array([float(call(score, text, target)) for text, target in zip(rows["answer"], rows["sentence"], strict=True)])
    good = (rows["right"] == "yes").to_numpy()
    hint = "`area`: Score each answer against its `sentence`, and give roc_auc_score(rows['right'] == 'yes', scores)."
    if wrong := one_number_hint(area, "area", float(roc_auc_score(good, values)), hint, ROUNDED):
        return wrong
    highest = values[~good].max()
    there = rows[~good & (values >= highest - 1e-9)]
    if isinstance(fooled, pd.Series) and "answer" in fooled:
        fooled = fooled["answer"]
    elif isinstance(fooled, pd.Series | np.ndarray | list | tuple) and len(fooled) == 1:
        fooled = next(iter(fooled))
    if str(fooled).strip() not in {*there["answer"].str.strip(), *there["id"]}:
        return f"`fooled` should be the text of a wrong answer that your score rates highest of all wrong ones, at {highest:.3f}. It is not that one."
    return None


@exercise(3)
def choose(answer: tuple[Any, ...]) -> str | None:
    """Look for the one score that each choice names; the hint says what the job asks for."""
    if not isinstance(answer, tuple | list) or len(answer) != len(JOBS):
        return "Write one of the six names, in quotation marks, for each of the five jobs."
    for (job, (right, hint)), given in zip(JOBS.items(), answer, strict=True):
        choice = given[0] if isinstance(given, list | tuple) and len(given) == 1 else given
        named = named_in(choice) if isinstance(choice, str) else set()
        if len(named) != 1:
            return f"`{job}` should be one of the six names, and no other, in quotation marks."
        if named != {right}:
            return f"`{job}`: {hint}"
    return None


def named_in(choice: str) -> set[str]:
    """Return which of the six scores a text names."""
    if re.search(r"\b(not|no)\b", choice.lower()):
        return set()
    return {score for score, words in SCORES.items() if any(word in choice.lower() for word in words)}
