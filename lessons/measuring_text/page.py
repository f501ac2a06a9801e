"""What the page *Text metrics: alike is not right* shows of its results: five scores of likeness, tried on answers that are judged right or wrong."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
from IPython.display import Markdown

import sidebyside as sbs
from sidebyside import NoAnswer, wording
from sidebyside.evaluation import Auroc, kappa, rate_by_group
from sidebyside.widgets import Outcome, Table, not_measured
from sidebyside.wording import by_bounds, number, options, plural

NAMES = ["exact match", "token F1", "BLEU", "ROUGE-L", "embedding similarity"]
RANKED = "ROUGE-L"  # the score that ranks the systems, and that the trap is set for
EVERY = "all answers"
EQUAL = 1e-9  # scores nearer to each other than this differ by rounding only


def extremes(answers: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """Return the right answer that shares the fewest words with the policy, and the wrong one that shares the most.

    Args:
        answers: Those to one question; the first stands in for a kind that is missing.
    """
    return _likest(answers, "yes", np.argmin), _likest(answers, "no", np.argmax)


def _likest(answers: pd.DataFrame, right: str, pick: Callable[[list[float]], Any]) -> pd.Series:
    part = answers[answers["right"] == right]
    shared = [sbs.scorers.token_f1(answer, sentence) for answer, sentence in zip(part["answer"], part["sentence"], strict=True)]
    return part.iloc[int(pick(shared))] if len(part) else answers.iloc[0]


def introduced(answers: pd.DataFrame, good: pd.Series, bad: pd.Series) -> Markdown:
    """Say what the set holds, and show the right and the wrong answer that the page compares."""
    question, policy, right, wrong = (sbs.plain(text) for text in (good["question"], good["sentence"], good["answer"], bad["answer"]))
    sizes = (
        f"The set: {len(answers)} answers to {answers['fact'].nunique()} questions; right by the first reader: {(answers['right'] == 'yes').sum()}."
    )
    picked = f"the right one that is least like the policy, **“{right}”**, and the wrong one that is most like it, **“{wrong}”**"
    return sbs.say(f"{sizes} The first question: “{question}” The policy: “{policy}”\n\nOf the answers to it, we take {picked}")


def answered(systems: Mapping[str, Sequence[str]], asked: pd.DataFrame) -> tuple[dict[str, list[str]], pd.DataFrame]:
    """Return what the systems said to the questions that each answered, and those questions; all of them if some system answered none."""
    came = [not any(isinstance(text, NoAnswer) for text in texts) for texts in zip(*systems.values(), strict=True)]
    if not any(came):
        return {name: list(said) for name, said in systems.items()}, asked
    return {name: [text for text, there in zip(said, came, strict=True) if there] for name, said in systems.items()}, asked[came]


def scored(scores: Callable[[str, str], Sequence[float]], texts: Iterable[str], targets: Iterable[str]) -> pd.DataFrame:
    """Return the five scores of each text against its target: one row a text, a column for each of `NAMES`; no number where no answer came."""
    none = [math.nan] * len(NAMES)
    rows = [none if isinstance(text, NoAnswer) else scores(text, target) for text, target in zip(texts, targets, strict=True)]
    return pd.DataFrame(rows, columns=NAMES)


def compared(good: pd.Series, bad: pd.Series) -> Table:
    """Show the scores of the right answer and of the wrong one."""
    columns = {side: [f"{row[name]:.2f}" for name in NAMES] for side, row in (("right answer", good), ("wrong answer", bad))}
    return sbs.table(pd.DataFrame({"score": NAMES} | columns))


def pair(good: pd.Series, bad: pd.Series) -> Outcome:
    """Say how many scores put the right answer ahead."""
    key = "measuring_text/pair"
    ahead = [name for name in NAMES if good[name] > bad[name] + EQUAL]
    told = f"{len(ahead)} of the {len(NAMES)} scores put the right answer ahead{': ' + ', '.join(ahead) if ahead else ''}."
    remark = "We chose the two answers as extremes; how often this happens comes below."
    return sbs.outcome(key, by_bounds(len(ahead), (2, 4), options(key)), f"{told} {remark}")


# --- do the scores find the better system? ----------------------------------------------------------------------------


def named(system: str, model: str) -> str:
    """Return the name of a system for readers: the language model goes by its own."""
    return model if system == "model" else system


def means_table(means: Mapping[str, pd.Series], right: Mapping[str, Sequence[bool]], model: str) -> Table:
    """Show each system's mean scores, and its share of answers that hold the needed numbers."""
    rows = [
        {"system": named(name, model)}
        | {score: number(means[name][score], ".2f") for score in NAMES}
        | {"needed numbers there": str(sbs.rate(right[name]))}
        for name in means
    ]
    return sbs.table(pd.DataFrame(rows))


def _order(one: float, other: float) -> int:
    """Return 1 if the first is higher, -1 if the second is, and 0 if they differ by rounding only."""
    return int(np.sign(round(one - other, 9)))


def agreements(means: Mapping[str, pd.Series], right: Mapping[str, Sequence[bool]]) -> dict[str, list[bool]]:
    """Return for each score, and each pair of systems, whether score and check find the same one of the two better, or neither."""
    pairs = list(combinations(right, 2))
    by_check = [_order(sum(right[a]), sum(right[b])) for a, b in pairs]
    return {score: [_order(means[a][score], means[b][score]) == found for (a, b), found in zip(pairs, by_check, strict=True)] for score in NAMES}


def systems(means: Mapping[str, pd.Series], right: Mapping[str, Sequence[bool]], model: str) -> Outcome:
    """Say in how many pairs of systems each score agrees with the check, and where the one that ranks them does not."""
    key = "measuring_text/systems"
    if any(not sbs.rate(hits).n for hits in right.values()):
        return not_measured(key, model)
    agreed, pairs, n = agreements(means, right), list(combinations(right, 2)), len(next(iter(right.values())))
    parted = [_parted(a, b, right, model) for (a, b), same in zip(pairs, agreed[RANKED], strict=True) if not same]
    counts = "; ".join(f"{score} {sum(same)}" for score, same in agreed.items())
    told = f"Pairs, of {len(pairs)}, in which a score and the check agree: {counts} (n = {n} questions, one answer of each system)."
    word = by_bounds(sum(agreed[RANKED]), (4, len(pairs)), options(key)[::-1])
    return sbs.outcome(key, word, f"{told} {RANKED} and the check part {'over ' + '; '.join(parted) if parted else 'nowhere'}.")


def _parted(one: str, other: str, right: Mapping[str, Sequence[bool]], model: str) -> str:
    p = f"p = {sbs.paired_p(right[one], right[other]):.3f}"
    return f"{named(one, model)} ({sum(right[one])} right) and {named(other, model)} ({sum(right[other])} right; {p})"


# --- one small change is enough ---------------------------------------------------------------------------------------


def changes(policy: pd.Series, changed: pd.Series) -> Table:
    """Show the first, the middle and the last sentence of the policy, and what one change makes of them."""
    return sbs.table(pd.DataFrame({"policy": policy, "one change": changed}).iloc[[0, len(policy) // 2, -1]])


def groups(spoilt: pd.DataFrame, answers: pd.DataFrame) -> pd.DataFrame:
    """Join the changed policy sentences and the answers of the set, which are grouped by style and by right and wrong.

    Args:
        spoilt: The scores of the changed sentences, with a column answer.
        answers: The answers of the set with their scores.

    Returns:
        Columns group, kind, name (the text) and one for each of `NAMES`.
    """
    style = _styles(answers)
    judged = answers.assign(style=style, group=style + ": " + answers["right"].map({"yes": "right", "no": "wrong"}))
    judged = judged.sort_values(["style", "right"], ascending=[True, False], kind="stable")
    both = pd.concat([spoilt.assign(group="policy, one change: wrong"), judged], ignore_index=True)
    return both.assign(kind="neither", name=both["answer"])[["group", "kind", "name", *NAMES]]


def _styles(answers: pd.DataFrame) -> pd.Series:
    """Return each answer's style; a case need not tell it."""
    return answers["style"] if "style" in answers else pd.Series(EVERY, index=answers.index)


def ticks(grouped: pd.DataFrame, shown: str) -> Any:
    """Draw one score of every text, a line for each of `groups`."""
    alt = (
        f"Ticks, one an answer: {shown} against the policy sentence, for policy sentences with one change "
        "and for right and wrong answers of each style; the medians stand in the table below."
    )
    return sbs.charts.spread(grouped.rename(columns={shown: "score"})[["group", "kind", "name", "score"]], alt, shown)


def medians(grouped: pd.DataFrame) -> Table:
    """Show the median of each score in each of `groups`."""
    parts = grouped.groupby("group", sort=False)
    rows = [{"median of": group, "n": len(part)} | {name: f"{part[name].median():.2f}" for name in NAMES} for group, part in parts]
    return sbs.table(pd.DataFrame(rows))


def trap(spoilt: pd.DataFrame, answers: pd.DataFrame) -> Outcome:
    """Say how high the changed sentences score, and how many right answers score below the median of them; whole questions are drawn again."""
    key = "measuring_text/trap"
    middles, good = spoilt[NAMES].median(), answers[answers["right"] == "yes"]
    below = {name: good[name] < middles[name] - EQUAL for name in NAMES[1:]}
    beaten = "; ".join(f"{name} {rate_by_group(hits, good['fact'])}" for name, hits in below.items())
    told = (
        f"Median {RANKED} of the {len(spoilt)} spoilt sentences: {middles[RANKED]:.2f}. Right answers that score below the median spoilt sentence: "
    )
    return sbs.outcome(key, by_bounds(sbs.rate(below[RANKED]).value, (0.25, 0.5, 0.75), options(key)), f"{told}{beaten} (a group is a question).")


# --- does any score tell right from wrong? ----------------------------------------------------------------------------


def measured(answers: pd.DataFrame, name: str) -> Auroc:
    """Return how well a column of scores tells right answers from wrong ones; for its interval, whole questions are drawn again."""
    return sbs.auroc(answers["right"] == "yes", answers[name].round(9), answers["fact"])


def by_style(answers: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Return all answers, and those of each style if the case tells it."""
    styles = answers.groupby("style") if "style" in answers else ()
    return {EVERY: answers} | {str(style): part for style, part in styles if style != EVERY}


def aurocs(answers: pd.DataFrame, judges: Sequence[str]) -> Table:
    """Show how well each column of scores tells right from wrong, on all answers and on those of each style."""
    parts = by_style(answers)
    return sbs.table(pd.DataFrame([{"AUROC of": name} | {style: str(measured(part, name)) for style, part in parts.items()} for name in judges]))


def auroc(answers: pd.DataFrame) -> Outcome:
    """Say how well the best of the five scores does, where it does worst and best, and how far the two readers agree."""
    key = "measuring_text/auroc"
    best = max(NAMES, key=lambda name: measured(answers, name).value or 0)
    right, same = answers["right"] == "yes", answers["right"] == answers["second_right"]
    agreed = kappa(right, answers["second_right"] == "yes", answers["fact"])
    told = f"Best of the five on all answers: {best}, {measured(answers, best)}; right: {wording.count(sbs.rate(right))}."
    readers = f"The two readers agree on {rate_by_group(same, answers['fact'])}; kappa {agreed}."
    rule = f"Numbers alone: {measured(answers, 'numbers alone')}."
    word = by_bounds(measured(answers, best).value or 0.5, (0.6, 0.9), options(key))
    return sbs.outcome(key, word, f"{told} {_range(answers, best)}{rule} {readers}")


def _range(answers: pd.DataFrame, name: str) -> str:
    """Say for which style a score does worst and best, if that can be told."""
    found = {style: measured(part, name) for style, part in by_style(answers).items()}
    known = {style: own.value for style, own in found.items() if own.value is not None}
    if not known or (low := min(known, key=known.__getitem__)) == (high := max(known, key=known.__getitem__)):
        return ""
    return f"It is lowest for “{low}”, {found[low]}, and highest for “{high}”, {found[high]}. "


# --- how a score counts -----------------------------------------------------------------------------------------------


def agreed(answers: pd.DataFrame, by_hand: Mapping[str, Callable[[str, str], float]]) -> Table:
    """Show on how many answers of the set a function written by hand agrees with the library's score.

    Args:
        answers: The answers with their scores.
        by_hand: Score → the page's own function of answer and target.
    """
    pairs = list(zip(answers["answer"], answers["sentence"], strict=True))
    counts = [sum(abs(score(*pair) - value) < EQUAL for pair, value in zip(pairs, answers[name], strict=True)) for name, score in by_hand.items()]
    return sbs.table(pd.DataFrame({"score": list(by_hand), "hand and library agree on": [f"{n} of {len(answers)}" for n in counts]}))


def _bleu(row: pd.Series) -> Any:
    """Return sacrebleu's account of an answer: its score, its runs by length, those that the policy has too, and the penalty for brevity."""
    from sacrebleu import sentence_bleu  # pages without it start sooner

    return sentence_bleu(row["answer"], [row["sentence"]])


def runs_chart(good: pd.Series, bad: pd.Series) -> Any:
    """Draw which share of the runs of one to four words of two answers the policy has too."""
    rows = []
    for side, row in (("right answer", good), ("wrong answer", bad)):
        told = _bleu(row)
        for length, (hits, total) in enumerate(zip(told.counts, told.totals, strict=True), 1):
            parts = {"in the policy too": hits, "not there": total - hits}
            rows += [(f"{side}: runs of {plural(length, 'word')}", "neither", part, n) for part, n in parts.items() if total]
    alt = "Bars: for the right and the wrong answer, the share of its runs of one, two, three and four words that the policy has too; told below."
    return sbs.charts.shares(pd.DataFrame(rows, columns=["system", "kind", "answer", "n"]), alt, "share of the answer's runs")


def runs_told(good: pd.Series, bad: pd.Series) -> Markdown:
    """Say the same in words, with what BLEU makes of it."""
    parts = []
    for side, row in (("right", good), ("wrong", bad)):
        told = _bleu(row)
        shares = ", ".join(f"{hits} of {total}" for hits, total in zip(told.counts, told.totals, strict=True) if total)
        short = "" if told.bp == 1 else f", times {told.bp:.2f} because it is shorter than the policy"
        parts.append(f"The {side} answer shares {shares} runs of one word, two words and so on with the policy{short}: BLEU {told.score / 100:.2f}.")
    return sbs.say(" ".join(parts) + " A length without any shared run counts as a half of one, the next as a quarter.")
