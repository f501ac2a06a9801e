"""What the page *Text metrics: alike is not right* shows of its results: five scores of likeness, tried on answers that are judged right or wrong."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from IPython.display import Markdown

import sidebyside as sbs
from sidebyside import NoAnswer, wording
from sidebyside.evaluation import Auroc, kappa, mean_interval, median_interval, rate_by_group
from sidebyside.widgets import Outcome, Table, not_measured
from sidebyside.wording import after, by_bounds, number, options

NAMES = ["exact match", "token F1", "BLEU", "ROUGE-L", "embedding similarity"]
RANKED = "ROUGE-L"  # the score that ranks the systems, and that the trap is set for
EVERY = "all answers"
EQUAL = 1e-9  # scores nearer to each other than this differ by rounding only
UNEDITED = "not edited by hand"
DRAFTS = Path(__file__).with_name("drafts.csv")
TO_REPLY = {"needs_reply": ["yes"], "channel": ["email", "chat"]}  # what is asked of a message that a draft answers, where a case tells it
MOST_WORDS, LETTER_COUNT = 50, 12


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
        f"The set: {wording.plural(len(answers), 'answer')} to {wording.plural(answers['fact'].nunique(), 'question')}; "
        f"right by the first reader: {(answers['right'] == 'yes').sum()}."
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


def pair(good: pd.Series, bad: pd.Series) -> Markdown:
    """Say how many scores put the right answer ahead."""
    ahead = [name for name in NAMES if good[name] > bad[name] + EQUAL]
    told = f"{len(ahead)} of the {len(NAMES)} scores put the right answer ahead{': ' + ', '.join(ahead) if ahead else ''}."
    remark = "We chose the two answers as extremes; how often this happens comes below."
    return sbs.say(f"{told} {remark}")


# --- do the scores find the better system? ----------------------------------------------------------------------------


def named(system: str, model: str) -> str:
    """Return the name of a system for readers: the language model goes by its own."""
    return model if system == "model" else system


def best_rule(on_dev: Mapping[str, Sequence[bool | None]]) -> str:
    """Return the prompt with most right answers; the first of equals, and the first where none was measured."""
    return max(on_dev, key=lambda rule: sum(map(bool, on_dev[rule])))


def rules_told(model: str, on_dev: Mapping[str, Sequence[bool | None]], best: str) -> Markdown:
    """Say how many of the questions for choosing each prompt got right, and which one is used."""
    counts = "; ".join(f"{rule} {wording.count(sbs.rate(hits))}" for rule, hits in on_dev.items())
    return sbs.say(f"Right answers of **{sbs.plain(model)}** on the questions for choosing: {counts}. Used from here on: **{best}**.")


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
    told = f"Pairs, of {len(pairs)}, in which a score and the check agree: {counts} (n = {wording.plural(n, 'question')}, one answer of each system)."
    word = by_bounds(sum(agreed[RANKED]), (4, len(pairs)), options(key)[::-1])
    return sbs.outcome(key, word, f"{told} {RANKED} and the check disagree {'on ' + '; '.join(parted) if parted else 'nowhere'}.")


def _parted(one: str, other: str, right: Mapping[str, Sequence[bool]], model: str) -> str:
    p = wording.p_is(sbs.paired_p(right[one], right[other]))
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
        Columns group, kind, name (the text), fact (the question; of a changed sentence, the sentence) and one for each of `NAMES`.
    """
    style = _styles(answers)
    judged = answers.assign(style=style, group=style + ": " + answers["right"].map({"yes": "right", "no": "wrong"}))
    judged = judged.sort_values(["style", "right"], ascending=[True, False], kind="stable")
    alone = spoilt.assign(group="policy, one change: wrong", fact=[f"sentence {i}" for i in range(len(spoilt))])
    both = pd.concat([alone, judged], ignore_index=True)
    return both.assign(kind="neither", name=both["answer"])[["group", "kind", "name", "fact", *NAMES]]


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
    """Show the median of each score in each of `groups`, with an interval for which whole questions are drawn again."""
    parts = grouped.groupby("group", sort=False)
    rows = [{"median (95 % interval) of": group, "n": len(part)} | {name: _median(part, name) for name in NAMES} for group, part in parts]
    return sbs.table(pd.DataFrame(rows))


def _median(part: pd.DataFrame, name: str) -> str:
    value, interval = float(part[name].median()), median_interval(part[name], part["fact"])
    return f"{value:.2f} (too few for an interval)" if math.isnan(interval[0]) else wording.span(value, interval)


def trap(spoilt: pd.DataFrame, answers: pd.DataFrame) -> Outcome:
    """Say how high the changed sentences score, and how many right answers score below the median of them; whole questions are drawn again."""
    key = "measuring_text/trap"
    middles, good = spoilt[NAMES].median(), answers[answers["right"] == "yes"]
    below = {name: good[name] < middles[name] - EQUAL for name in NAMES[1:]}
    beaten = "; ".join(f"{name} {rate_by_group(hits, good['fact'])}" for name, hits in below.items())
    told = (
        f"Median {RANKED} of {wording.plural(len(spoilt), 'spoilt sentence')}: {middles[RANKED]:.2f}. "
        "Right answers that score below the median spoilt sentence: "
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
    found = measured(answers, best)
    if found.value is None:
        return not_measured(key, RANKED, f"AUROC of {best}: {found}. No score can tell right from wrong there.")
    right, same = answers["right"] == "yes", answers["right"] == answers["second_right"]
    agreed = kappa(right, answers["second_right"] == "yes", answers["fact"])
    told = f"Best of the five on all answers: {best}, {found}; right: {wording.count(sbs.rate(right))}."
    readers = f"The two readers agree on {rate_by_group(same, answers['fact'])}; kappa {agreed}."
    rule = f"Numbers alone: {measured(answers, 'numbers alone')}."
    half, more, always = options(key)
    word = half if found.interval[0] <= 0.5 else always if found.value >= 0.9 else more
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


# --- drafts: how many words does a colleague change? ------------------------------------------------------------------


def letters(case: Any) -> pd.DataFrame:
    """Return the first short messages of dev that were written to be answered, with the sentence of policy that the reply needs.

    Returns:
        Columns id, text and rule, which is empty where no policy tells, or where nobody has looked one up.
    """
    rows = case.split("dev")
    for column, values in TO_REPLY.items():
        rows = rows[rows[column].isin(values)] if column in rows else rows
    short = rows[rows["text"].str.split().map(len) <= MOST_WORDS]
    rules = edited().drop_duplicates("message").set_index("message")["rule"]
    return sbs.limit(short.head(LETTER_COUNT))[["id", "text"]].assign(rule=lambda chosen: chosen["id"].map(rules).fillna(""))


def edited() -> pd.DataFrame:
    """Return the drafts that were edited by hand: model, message (its id), rule, draft, edited, false_promise ("yes" or "no")."""
    return pd.read_csv(DRAFTS, keep_default_na=False)


def changed(draft: str, final: str) -> float:
    """Return the share of words that a draft needs changed, 0 to 1, where 1 is as much as writing anew.

    The human-targeted translation edit rate (HTER; Snover and others 2006): edits from the draft to the text that was made of it,
    over the words of that text. Whoever would need more than all of them writes anew, so it ends at 1.
    """
    from sacrebleu.metrics.ter import TER  # pages without it start sooner

    return min(1.0, float(TER(case_sensitive=True).sentence_score(draft, [final]).score) / 100)


def by_hand(letters: pd.DataFrame, drafts: Iterable[str]) -> pd.DataFrame:
    """Join drafts with what a colleague made of them.

    Returns:
        One row a letter: message, draft, edited, changed (no number) and promised (None) where nobody has edited this very draft.
    """
    known = edited().query("edited != ''").drop_duplicates(["message", "draft"])[["message", "draft", "edited", "false_promise"]]
    rows = pd.DataFrame({"message": list(letters["id"]), "draft": list(map(str, drafts))}).merge(known, how="left")
    done = rows["edited"].notna()
    shares = [changed(*texts) if there else math.nan for there, *texts in zip(done, rows["draft"], rows["edited"], strict=True)]
    promised = [answer == "yes" if there else None for there, answer in zip(done, rows["false_promise"], strict=True)]
    return rows.assign(changed=shares, promised=pd.Series(promised, dtype=object))


def kept(letters: pd.DataFrame, but: str) -> dict[str, pd.DataFrame]:
    """Return the recorded drafts of every model but one to these letters, as `by_hand` does."""
    rows = edited()
    rows = rows[rows["message"].isin(letters["id"]) & (rows["draft"] != "") & (rows["model"] != but)]
    said = {str(name): part.set_index("message")["draft"] for name, part in rows.groupby("model")}
    return {name: by_hand(letters, letters["id"].map(texts).fillna("")) for name, texts in said.items()}


def effort(marks: pd.DataFrame) -> str:
    """Say the mean share of words changed, with its interval, or that nobody has edited these drafts."""
    found = marks["changed"].dropna().to_numpy()
    if not len(found):
        return UNEDITED
    low, high = mean_interval(found)
    return f"{found.mean():.0%} (95 % interval {low:.0%} to {high:.0%}; n = {len(found)})"


def promises(marks: pd.DataFrame) -> str:
    """Say how many drafts hold a false promise, of those that were edited."""
    return wording.count_share(sbs.rate(marks["promised"].dropna())) if marks["promised"].notna().any() else UNEDITED


def drafts_table(model: str, marks: pd.DataFrame, others: Mapping[str, pd.DataFrame]) -> Table:
    """Show how much of each model's drafts was changed, how many were no help, and how many hold a false promise."""
    rows = [
        {
            "drafts of": name,
            "words changed": effort(part),
            "no help: written anew (95 % interval)": _anew(part),
            "with a false promise (95 % interval)": promises(part),
        }
        for name, part in ({model: marks} | dict(others)).items()
    ]
    return sbs.table(pd.DataFrame(rows))


def _anew(marks: pd.DataFrame) -> str:
    found = marks["changed"].dropna()
    return wording.count_share(sbs.rate(found > 1 - EQUAL)) if len(found) else UNEDITED


def costliest(model: str, letters: pd.DataFrame, marks: pd.DataFrame) -> Table:
    """Show a draft with a false promise, or else the one that was changed most, and what the colleague made of it."""
    found = marks.assign(text=list(letters["text"])).dropna(subset="changed")
    found = found.sort_values(["promised", "changed"], ascending=False, kind="stable").head(1)
    return sbs.table(found[["text", "draft", "edited"]].set_axis(["the customer wrote", f"{model} drafted", "the colleague would send"], axis=1))


def drafting(model: str, drafts: Sequence[str], marks: pd.DataFrame, others: Mapping[str, pd.DataFrame]) -> Outcome:
    """Say how much of a model's drafts a colleague changed, whether that is less than of another's, and what they promise falsely.

    Args:
        model: Who drafted.
        drafts: What it wrote.
        marks: What `by_hand` made of them.
        others: The same of other models, by name.
    """
    key, found = "measuring_text/drafting", marks["changed"].dropna()
    if not len(found):
        why = f"The drafts of {model} were not edited by hand, so nobody knows how many changes they need."
        return not_measured(key, model, why if sbs.evaluation.came(drafts).any() else "")
    told = f"A colleague's changes to the drafts of {model} come to {effort(marks)} of the words sent; writing anew is 100%."
    versus = " ".join(_versus(marks, name, part) for name, part in others.items() if part["changed"].notna().any())
    word = by_bounds(found.mean(), (1 / 3, after(2 / 3)), options(key))
    return sbs.outcome(key, word, " ".join(filter(None, [told, versus, _trusted(model, marks)])), model)


def _versus(marks: pd.DataFrame, name: str, other: pd.DataFrame) -> str:
    """Compare two models on the messages of which both drafts were edited."""
    apart = (marks["changed"] - other["changed"]).dropna().to_numpy()
    if not len(apart):
        return ""
    low, high = mean_interval(apart, least=-1)
    word = wording.by_interval((low, high), ["clearly more", "clearly less", "neither clearly more nor clearly less"])
    points = f"{100 * apart.mean():+z.0f} points (95 % interval {100 * low:+z.0f} to {100 * high:+z.0f})"
    return f"That is {word} than with {name}: {effort(other)}; message by message, {points}."


def _trusted(model: str, marks: pd.DataFrame) -> str:
    """Say how many drafts hold a false promise, and what that means for whoever sends them."""
    rate = sbs.rate(marks["promised"].dropna())
    if rate.successes:
        return f"{rate} of the drafts make a false promise. So edits do not tell the cost: read each draft for what it promises before you send it."
    return f"{rate} of the drafts make a false promise; so few drafts cannot show that none ever will."
