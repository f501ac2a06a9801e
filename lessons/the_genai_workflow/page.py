"""What the page *The GenAI workflow* asks, how it chooses, and what it shows of its results.

*Side by side* uses the same choice: `versions`, `dev_sample` and `best_of`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

import sidebyside as sbs
from sidebyside.cases import Case
from sidebyside.evaluation import holm
from sidebyside.widgets import Outcome, Table, not_measured
from sidebyside.wording import LINE, NOT_MEASURED, after, by_bounds, by_count, count, options, p_is, plural

TRIED_ON = 60  # dev messages by which a prompt version is chosen
TOPICS_ON = 40  # dev messages by which a prompt for the other label is chosen
EXAM_ON = 60  # test messages of the other label
EXAMPLES = 2  # of each label, shown by the version with examples
Marks = dict[str, list[bool | None]]  # version → whether each answer was right; None where no answer came


# --- the prompts, and how one is chosen -------------------------------------------------------------------------------


def versions(case: Case) -> tuple[sbs.Prompt, ...]:
    """Return the versions of the prompt for the case's label from which one is chosen on dev; the simplest comes first.

    None of them says more about the labels than their names. The examples come from train.
    """
    negative, positive = case.classes
    task = f"Classify the {case.label} of this {case.subject} as {positive} or {negative}. Answer with one word.\n\n{{text}}"
    sentence, train = f"The {case.label} of this {case.subject} is ", case.split("train")
    shown = [train[train[case.label] == label].iloc[i] for i in range(EXAMPLES) for label in case.classes]
    return (
        sbs.Prompt("v2", "name the task, the labels and the form of the answer", task),
        sbs.Prompt("v3", "allow one sentence only, which ends in the label", task, options=sbs.one_of(sentence + negative, sentence + positive)),
        sbs.Prompt("v4", "show four examples", task, examples=tuple((row["text"], row[case.label]) for row in shown)),
    )


def other_versions(case: Case) -> tuple[sbs.Prompt, ...]:
    """Return the versions of the prompt for the case's other label; in both, the model may write nothing but one of its values."""
    name, labels = case.other_label, case.labels[case.other_label]
    said = case.meanings.get(name, {})
    task = f"Classify the {name} of this {case.subject} as {', '.join(labels)}. Answer with one word."
    meant = "\n".join(f"{label}: {said[label]}" if label in said else label for label in labels)
    only, train = sbs.one_of(*labels), case.split("train")
    shown = [train[train[name] == label].iloc[0] for label in labels if label in set(train[name])]
    return (
        sbs.Prompt("t1", "name the labels", f"{task}\n\n{{text}}", options=only),
        sbs.Prompt("t2", "say what each label means" if said else "list the labels, one a line", f"{task}\n{meant}\n\n{{text}}", options=only),
        sbs.Prompt(
            "t3", "show one message of each label", f"{task}\n\n{{text}}", examples=tuple((row["text"], row[name]) for row in shown), options=only
        ),
    )


def shuffled(messages: pd.DataFrame, most: int) -> pd.DataFrame:
    """Return a random sample of a split, the same each time, since its first messages are its earliest; fewer where the settings limit it."""
    return sbs.limit(messages.sample(min(most, len(messages)), random_state=0).reset_index(drop=True))


def dev_sample(case: Case) -> pd.DataFrame:
    """Return the dev messages by which a version is chosen."""
    return shuffled(case.split("dev"), TRIED_ON)


def marks(answers: Mapping[str, Sequence[Any]], target: Sequence[str], labels: Sequence[str]) -> Marks:
    """Return whether each answer names the right label and no other.

    Args:
        answers: Version → its answers.
        target: The right labels, in the same order.
        labels: All labels.
    """
    return {
        name: sbs.evaluation.measured([sbs.read_label(a, labels) == b for a, b in zip(given, target, strict=True)], given)
        for name, given in answers.items()
    }


def best_of(versions: Sequence[sbs.Prompt], right: Marks) -> sbs.Prompt:
    """Return the version with the most right answers; of several with as many, the first, which is the simplest."""
    return max(versions, key=lambda prompt: sum(map(bool, right[prompt.version])))


# --- what the page shows ----------------------------------------------------------------------------------------------


def changelog(versions: Sequence[sbs.Prompt]) -> Table:
    """Show what is new in each version, and its words."""
    rows = [{"version": prompt.version, "what is new": prompt.change, "the prompt": prompt.user} for prompt in versions]
    return sbs.table(pd.DataFrame(rows))


def found_table(said: Sequence[str], found: Sequence[str | None], target: Sequence[str]) -> Table:
    """Show each answer beside the label that a program finds in it, and the right one."""
    rows = {"the model wrote": said, "the program found": [label or "nothing" for label in found], "label": target}
    return sbs.table(pd.DataFrame(rows))


def naive(model: str, said: Sequence[str], found: Sequence[str | None], target: Sequence[str]) -> Outcome:
    """Say how many answers to a plain question a program can use, how many it reads right, and how many it reads against their sense.

    Args:
        model: Who was asked.
        said: The answers.
        found: The label that the program found in each; None if it found none, or both.
        target: The right labels.
    """
    key = "the_genai_workflow/naive"
    usable = sbs.rate(sbs.evaluation.measured([label is not None for label in found], said))
    right = sbs.rate(sbs.evaluation.measured([a == b for a, b in zip(found, target, strict=True)], said))
    answer = by_count(right.successes, right.missing, (3, 6, 9), options(key)) if right.n else NOT_MEASURED
    denied = sum(
        label is not None and any(word in text.lower().split() for word in ("not", "no", "no,")) for text, label in zip(said, found, strict=True)
    )
    astray = f" {plural(denied, 'answer')} with a label also said “no” or “not”, which the program does not understand." if denied else ""
    return sbs.outcome(key, answer, f"{model}: usable {usable}; read right {right}.{astray}")


def scoreboard(versions: Sequence[sbs.Prompt], right: Marks) -> Any:
    """Draw the share of right answers of each version."""
    rates = {f"{prompt.version}: {prompt.change}": sbs.rate(right[prompt.version]) for prompt in versions}
    told = "; ".join(f"{name}, {rate.value:.0%}" for name, rate in rates.items() if rate.n)
    alt = f"Points with intervals: share of right answers of each prompt version on dev messages. {told}."
    return sbs.scoreboard({name: ("GenAI", rate) for name, rate in rates.items()}, alt, "right answers on dev")


def winner(key: str, model: str, best: sbs.Prompt, answers: Mapping[str, Sequence[Any]], right: Marks, labels: Sequence[str]) -> Outcome:
    """Say which version is first, what was counted for each, and whether luck alone could explain its lead.

    Args:
        key: The prediction's key.
        model: Who was asked.
        best: The version chosen; each option but the last begins with a version's name.
        answers: Version → its answers.
        right: Version → whether each answer is right.
        labels: The labels that an answer may name.
    """
    rates = {name: sbs.rate(marks) for name, marks in right.items()}
    if not all(rate.n for rate in rates.values()):
        return not_measured(key, model)
    *named, shared = options(key)
    level = [name for name, rate in rates.items() if rate.successes == rates[best.version].successes]
    own = f"{best.version}: {best.change}"  # a reader's own version is no option
    answer = shared if len(level) > 1 else next((option for option in named if option.startswith(f"{best.version}:")), own)
    return sbs.outcome(key, answer, f"Right answers of {model}: {_counted(rates, answers, labels)}. {_chosen(best.version, right)}")


def _counted(rates: Mapping[str, sbs.Rate], answers: Mapping[str, Sequence[Any]], labels: Sequence[str]) -> str:
    def told(name: str) -> str:
        unusable = sum(sbs.read_label(text, labels) is None for text in answers[name]) - rates[name].missing
        return f"{name} {rates[name]}" + (f", {unusable} unusable" if unusable else "")

    return "; ".join(map(told, rates))


def _chosen(best: str, right: Marks) -> str:
    """Say which version is chosen, and how sure that is: exact McNemar tests against each other version, corrected by Holm's method."""
    others = [name for name in right if name != best]
    raw = [sbs.paired_p(right[best], right[name]) for name in others]
    if not raw or np.isnan(raw).any():
        return f"Chosen: {best}."
    p = dict(zip(others, holm(raw), strict=True))
    clear = [f"{name} ({p_is(p[name])})" for name in others if p[name] < LINE]
    close = [f"{name} ({p_is(p[name])})" for name in others if p[name] >= LINE]
    ahead = f" It is clearly ahead of {' and '.join(clear)}." if clear else ""
    luck = f" Luck alone could explain the difference from {' and '.join(close)}." if close else ""
    return f"Chosen: {best}.{ahead}{luck}"


def better_than_asking(model: str, best: sbs.Prompt, first: Sequence[bool | None], right: Marks) -> Any:
    """Say how many of the messages of the first trial the plain question and the chosen version got right.

    Args:
        model: Who was asked.
        best: The version chosen.
        first: Whether the program read each answer to the plain question right.
        right: Version → whether each answer is right; its first ones are about the same messages.
    """
    then, now = sbs.rate(first), sbs.rate(right[best.version][: len(first)])
    if not (then.n and now.n):
        return sbs.say(f"Whether the prompt became better for **{sbs.plain(model)}** is {NOT_MEASURED}.")
    verdict = "The prompt became better." if now.value > then.value else "On these few the prompt became no better."
    return sbs.say(f"**{sbs.plain(model)}** on the messages of the first trial: v1 {count(then)} right, {best.version} {count(now)}. {verdict}")


def apart(messages: Sequence[str], target: Sequence[str], answers: Mapping[str, Sequence[Any]], labels: Sequence[str]) -> Table:
    """Show the shortest message on which the versions differ, or the first one if they never do, with its label and each version's answer."""
    read = [[sbs.read_label(given[i], labels) for given in answers.values()] for i in range(len(messages))]
    differ = [i for i, row in enumerate(read) if len(set(row)) > 1]
    place = min(differ, key=lambda i: len(messages[i]), default=0)
    rows = [("the message", messages[place]), ("its label", target[place]), *((f"{name} got", str(given[place])) for name, given in answers.items())]
    return sbs.table(pd.DataFrame(rows, columns=["what", "text"]))


def commonest(model: str, best: sbs.Prompt, answers: Mapping[str, Sequence[Any]], labels: Sequence[str], target: Sequence[str]) -> Any:
    """Say which label the chosen version names most, and how often it is the right one: one label may swallow the others.

    Args:
        model: Who was asked.
        best: The version chosen.
        answers: Version → its answers.
        labels: All labels.
        target: The right labels.
    """
    said = [sbs.read_label(text, labels) for text in answers[best.version]]
    if not any(said):
        return sbs.say(f"Which label **{sbs.plain(model)}** names most is {NOT_MEASURED}.")
    (label, n), *_ = Counter(filter(None, said)).most_common(1)
    true = sum(map(label.__eq__, target))
    return sbs.say(
        f"Asked with {best.version}, **{sbs.plain(model)}** answers “{label}” {n} of {len(said)} times; it is the right label {plural(true, 'time')}."
    )


def exam(model: str, best: sbs.Prompt, on_test: sbs.Rate, on_dev: sbs.Rate) -> Outcome:
    """Say how the chosen version did on test, compared with dev."""
    key = "the_genai_workflow/exam"
    if not (on_test.n and on_dev.n):
        return not_measured(key, model)
    gap = 100 * (on_test.value - on_dev.value)
    within = on_dev.interval[0] <= on_test.value <= on_dev.interval[1]
    where = "That is inside the interval from dev." if within else "That is outside the interval from dev."
    told = f"{model}, asked with {best.version}, gets {on_test} of the test messages right. On dev it was {on_dev}. {where}"
    return sbs.outcome(key, by_bounds(gap, (-5, after(5)), options(key)[::-1]), told)
