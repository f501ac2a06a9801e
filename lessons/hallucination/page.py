"""The page's own rule, charts, tables and sentences: what a model makes of things that exist and of things that do not."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

import sidebyside as sbs
from sidebyside import NoAnswer, llm, wording
from sidebyside.evaluation import Rate, compare, compare_apart, holm, kappa, measured, paired_gap

RIGHT, ADMITS, DODGES, MADE_UP = KINDS = ["right", "says it does not know", "dodges the question", "made up or wrong"]
NO_ANSWER = "no answer"  # a kind of its own: it says nothing of the model
PLAIN, REGISTER = "plain", "look it up"  # the way of asking that the others are compared with; the one that asks people's list, and no model
SIZES = {"dev": 3 / 8, "exam": 4 / 8}  # of the things of each sort; the rest is the exercise's
LABELS = Path(__file__).with_name("labels.csv")

Kinds = Mapping[str, "pd.Series[str]"]  # way of asking → the kind of its answer about each thing


def split(entities: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the things to choose a remedy on and those to examine it on, each with equal shares of the real and of the invented ones."""
    sizes = entities.groupby("real")["real"].transform("size")
    place = entities.groupby("real").cumcount()
    first, last = sizes * SIZES["dev"], sizes * sum(SIZES.values())
    return tuple(entities[chosen].reset_index(drop=True) for chosen in (place < first, (place >= first) & (place < last)))


def some(things: pd.DataFrame, times: int) -> pd.DataFrame:
    """Return as many of the real and of the invented things as a page may ask about live (see `sbs.limit`), in their order."""
    groups = [sbs.limit(group, times) for _, group in things.groupby("real")]
    return pd.concat(groups).sort_index().reset_index(drop=True) if groups else things


def kinds_of(answers: Sequence[str | None], things: pd.DataFrame) -> pd.Series[str]:
    """Return the kind of each answer about the things, in their order."""
    return pd.Series([kind(answer, target) for answer, target in zip(answers, things["answer"], strict=True)], dtype=str)


# --- the rule that says what an answer is -----------------------------------------------------------------------------


def kind(answer: str | None, target: str) -> str:
    """Return what an answer is: one of `KINDS`, or `NO_ANSWER`.

    Args:
        answer: What the model wrote.
        target: The true answer; empty for a thing that does not exist.
    """
    if answer is None or isinstance(answer, NoAnswer):
        return NO_ANSWER
    return RIGHT if sbs.holds_name(answer, target) else ADMITS if admits(answer) else DODGES if dodges(answer) else MADE_UP


# Words of an admission: of not knowing, or that there is no such thing. Formed on one half of `labels.csv`.
ADMISSION = (
    r"\b(do not|don't|does not|doesn't|cannot|can't|could not|couldn't) (really |actually )?(know|recogni[sz]e|exist|find)\b|\bno (idea|such)\b|"
    r"\bnot (entirely |quite |really )?(sure|certain|aware|known|real|a real|an actual|an existing|a recogni[sz]ed|recogni[sz]ed)\b|"
    r"\b(never heard|unsure|unknown|fictional|fictitious|imaginary|nonexistent|non-existent)\b|\bthere('s| is| isn't| is not) (no|any|a known)\b|"
    r"\b(no|not have any|don't have any) (information|record|knowledge)\b|\bnot familiar with (any|a|an|that|this)\b"
)
# Words of one who speaks of himself in place of the matter. "I'm sorry, I don't know" is an admission all the same: that is asked first.
DODGE = (
    r"^(i'm|i am) sorry\b|^sorry\b|\bas an? (ai|chatbot|assistant|digital assistant|(ai |large )?language model)\b|"
    r"\b(here|happy|glad) to (help|assist)\b|\b(unable|not able) to\b|\b(can't|cannot) (assist|help|answer|provide)\b"
)


def _said(answer: str) -> str:
    """Return an answer in small letters, with one kind of apostrophe and single spaces."""
    return " ".join(re.sub("[\u2018\u2019\u02bc`]", "'", answer.lower()).split())


def admits(answer: str) -> bool:
    """Tell whether an answer says that it does not know, or that there is no such thing."""
    return bool(re.search(ADMISSION, _said(answer)))


def dodges(answer: str) -> bool:
    """Tell whether an answer excuses itself, or speaks of its own job, and so answers nothing; an empty one does too."""
    return not answer.strip() or bool(re.search(DODGE, _said(answer)))


def hedges(answer: str) -> bool:
    """Tell whether an answer holds a word of doubt, such as "perhaps", "I think" or "might"."""
    return bool(re.search(HEDGES, _said(answer)))


HEDGES = (
    r"\b(perhaps|maybe|possibly|probably|presumably|apparently|supposedly|reportedly|might|may be|may have|could be|likely|unlikely|seems?|"
    r"appears?|suggests?|i (think|believe|guess|suppose|assume)|as far as|not (quite |entirely )?(sure|certain)|uncertain|unsure|unclear|"
    r"(thought|believed|said) to be)\b"
)


@cache
def labels() -> pd.DataFrame:
    """Return the answers that were labelled by hand, with the rule's verdict in `kind`; `half` says which of them formed the rule."""
    rows = pd.read_csv(LABELS, keep_default_na=False)
    return rows.assign(kind=[kind(answer, target) for answer, target in zip(rows["answer"], rows["target"], strict=True)])


def trust(rows: pd.DataFrame) -> Any:
    """Say how well the rule, and the shorter list that came before it, agree with labels given by hand on answers that formed neither.

    Args:
        rows: Answers with `label` and `second_label` (by hand), `kind` (by the rule), `half`, `answer` and `target`.
    """
    held = rows[rows["half"] == "held out"]
    listed = [sbs.abstains(a) and not sbs.holds_name(a, t) for a, t in zip(held["answer"], held["target"], strict=True)]
    rule = sbs.rate(held["kind"] == held["label"])
    by_rule, by_list = (kappa(heard, held["label"] == ADMITS, held["thing"]) for heard in (held["kind"] == ADMITS, listed))
    twice = kappa(rows["label"] == ADMITS, rows["second_label"] == ADMITS, rows["thing"])
    return sbs.say(
        f"On {wording.plural(len(held), 'answer')} of {wording.plural(held['model'].nunique(), 'model')} that did not form the "
        f"rule, it gives the same kind as the labels in {rule}. Is the answer an admission? Kappa of rule and labels: "
        f"{by_rule}. Of labels and a plain list of phrases, `sbs.abstains`, which takes “I don't have the ability” for one: {by_list}. "
        f"Of two readers, neither of whom saw the other's labels, over all the answers: {twice}."
    )


# --- counting ---------------------------------------------------------------------------------------------------------


def among(kinds: pd.Series[str], kind: str) -> Rate:
    """Return the rate of a kind among the answers that came; those that did not are its missing ones."""
    return sbs.rate(_marks(kinds, kind))


def _marks(kinds: pd.Series[str], kind: str) -> list[bool | None]:
    """Tell of each answer whether it is of a kind; None where none came."""
    return [None if found == NO_ANSWER else found == kind for found in kinds]


def both_answered(before: pd.Series[str], after: pd.Series[str]) -> tuple[pd.Series[str], pd.Series[str]]:
    """Return two columns of kinds with nothing counted on either side where one of the answers did not come."""
    there = (before != NO_ANSWER) & (after != NO_ANSWER)
    return before.where(there, NO_ANSWER), after.where(there, NO_ANSWER)


def good(kinds: pd.Series[str], exists: pd.Series[bool]) -> list[bool | None]:
    """Tell of each answer whether it is what we want, right about a real thing or an admission about an invented one; None if it never came."""
    wanted = kinds == exists.map({True: RIGHT, False: ADMITS})
    return measured(wanted.tolist(), kinds.where(kinds != NO_ANSWER, None))


def ranked(kinds: Kinds, exists: pd.Series[bool]) -> list[str]:
    """Return the ways from the most good answers to the fewest; of equal ones, first the one with fewer made-up answers, then the earlier."""
    return sorted(kinds, key=lambda way: (-sum(map(bool, good(kinds[way], exists))), (kinds[way] == MADE_UP).sum()))


# --- asked plainly ----------------------------------------------------------------------------------------------------


def to_judge(things: pd.DataFrame, said: Sequence[str | None], kinds: pd.Series[str], model: str, most: int = 20) -> sbs.widgets.Judging:
    """Let the reader judge some answers, half of them about things that exist as far as there are enough; drawn with a fixed seed."""
    rows = things.assign(asked=things["question"], answer=list(map(str, said)), truth=things["answer"].replace("", "(no such thing)"), kind=kinds)
    there = rows[kinds != NO_ANSWER]
    drawn = there.groupby("real").sample(frac=1, random_state=0).groupby("real").head(most // 2).sort_index()
    return sbs.widgets.judging("hallucination/judge", "What is this answer? Look nothing up.", drawn, KINDS, model)


def doubt(model: str, said: Sequence[str | None], kinds: pd.Series[str], exists: pd.Series[bool]) -> sbs.widgets.Outcome:
    """Say how many made-up answers carry a word of doubt, and how many of the right ones do."""
    key = "hallucination/doubt"
    marks = {found: sbs.rate(hedges(str(a)) for a, k in zip(said, kinds, strict=True) if k == found) for found in (MADE_UP, RIGHT)}
    fabricated, right = among(kinds[~exists], MADE_UP), among(kinds[exists], RIGHT)
    if not fabricated.n + right.n:
        return sbs.widgets.not_measured(key, model)
    word = wording.by_bounds(marks[MADE_UP].value, [0.1, wording.after(0.5)], wording.options(key))
    told = (
        f"{model}, asked plainly, gets {right} of the real things right and answers {fabricated} of the invented ones as if they existed. "
        f"A word of doubt is in {marks[MADE_UP]} of its made-up or wrong answers, and in {marks[RIGHT]} of its right ones."
    )
    return sbs.outcome(key, word, told)


# --- the bill ---------------------------------------------------------------------------------------------------------


def _bars(kinds: Kinds, group: pd.Series[bool], answers: Sequence[str]) -> pd.DataFrame:
    given = {name: [one for one in found[group] if one != NO_ANSWER] for name, found in kinds.items()}
    return sbs.charts.share_rows(given, answers, {REGISTER: "people"})


def invented_chart(kinds: Kinds, exists: pd.Series[bool], model: str) -> Any:
    """Draw for each way of asking what comes of the invented things."""
    description = f"Stacked bars, one for each way of asking {model}: share of invented things where the answer {ADMITS}, {DODGES} or is {MADE_UP}; "
    return sbs.charts.shares(_bars(kinds, ~exists, KINDS[1:]), description + "the values stand in the table below.", f"invented things · {model}")


def real_chart(kinds: Kinds, exists: pd.Series[bool], model: str) -> Any:
    """Draw for each way of asking what comes of the real things."""
    description = f"Stacked bars, one for each way of asking {model}: share of real things: right, {ADMITS}, {DODGES} or wrong; "
    return sbs.charts.shares(_bars(kinds, exists, KINDS), description + "the values stand in the table below.", f"real things · {model}")


def bill(kinds: Kinds, exists: pd.Series[bool], model: str) -> sbs.widgets.Table:
    """Show what each way of asking buys and costs against the plain question, each share with its interval.

    An invention is avoided if the plain answer was made up and the new one is not; `good` counts what we want of both sorts of things. The p-value
    is McNemar's on good answers, with Holm's correction for all ways that are compared.
    """
    rows, ways = [], [way for way in kinds if way != PLAIN]
    pairs = {way: (good(kinds[way], exists), good(kinds[PLAIN], exists)) for way in ways}
    p = dict(zip(ways, holm([sbs.paired_p(*both) for both in pairs.values()]), strict=True))
    for way, found in kinds.items():
        before, after = both_answered(kinds[PLAIN], found)
        was_made_up, was_right = (before == MADE_UP) & ~exists, (before == RIGHT) & exists
        avoided, lost = sbs.rate(after[was_made_up] != MADE_UP), sbs.rate(after[was_right] != RIGHT)
        row = {f"asked {model}": way, "inventions avoided": wording.share(avoided), "right answers lost": wording.share(lost)}
        row |= dict.fromkeys(list(row)[1:], "–") if way == PLAIN else {}
        row["good answers"] = wording.share(sbs.rate(good(found, exists)))
        rows.append(row | {"against plain": "–" if way == PLAIN else _against(paired_gap(*pairs[way]), p[way])})
    return sbs.table(pd.DataFrame(rows))


def _against(difference: float, p: float) -> str:
    """Say whether a way has clearly more or fewer good answers than the plain question."""
    word = wording.clearly(difference, p, ["better", "worse", "no clear difference"])
    return word if math.isnan(p) else f"{word} ({wording.p_is(p)})"


def shares_table(kinds: Kinds, exists: pd.Series[bool], model: str) -> sbs.widgets.Table:
    """Show the shares that the charts draw as numbers, with their intervals; nothing that is invented can be right."""
    rows = []
    for way, found in kinds.items():
        for things, group in (("invented", found[~exists]), ("real", found[exists])):
            shares = {kind: wording.share(among(group, kind)) for kind in KINDS} | ({RIGHT: "–"} if things == "invented" else {})
            rows.append({f"asked {model}": way, "things": things} | shares)
    return sbs.table(pd.DataFrame(rows))


def place(model: str, kinds: Kinds, exists: pd.Series[bool]) -> sbs.widgets.Outcome:
    """Say whether the permission does better in the system message than in the question, and what the one in the question brings and costs."""
    key = "hallucination/place"
    asked, system = (good(found, exists) for found in both_answered(kinds["permission"], kinds["system"]))
    in_question, in_system = sbs.rate(asked), sbs.rate(system)
    if not in_question.n:
        return sbs.widgets.not_measured(key, model)
    more, same, fewer = wording.options(key)
    p = sbs.paired_p(system, asked)
    told = (
        f"{model} gives {in_system} good answers with the permission in the system message, and {in_question} with the one in the question "
        f"({wording.p_is(p)}). {_permission(model, kinds, exists)}"
    )
    return sbs.outcome(key, wording.clearly(in_system.value - in_question.value, p, [more, fewer, same]), told)


def _permission(model: str, kinds: Kinds, exists: pd.Series[bool]) -> str:
    """Say what the permission in the question avoids and loses against the plain question, and what that is worth."""
    plain, allowed = both_answered(kinds[PLAIN], kinds["permission"])
    lost, avoided = sbs.rate(allowed[exists & (plain == RIGHT)] != RIGHT), sbs.rate(allowed[~exists & (plain == MADE_UP)] != MADE_UP)
    invented, real = among(allowed[~exists], ADMITS), among(allowed[exists], ADMITS)
    return (
        f"In the question, it loses {lost} of the answers that were right, and avoids {avoided} of the inventions. {model} says that it does "
        f"not know for {invented} of the invented things, and for {real} of the real ones. {_worth(plain, allowed, exists)}"
    )


def _worth(plain: pd.Series[str], allowed: pd.Series[str], exists: pd.Series[bool]) -> str:
    """Say what permission to say "I don't know" is worth: by what clearly changed about the same things, admissions, right answers, inventions."""
    if not among(allowed[~exists], ADMITS).n:
        return f"What it is worth is {wording.NOT_MEASURED}."
    if not (plain[~exists] == MADE_UP).any():
        return "There was no invention to avoid."
    if not (plain[exists] == RIGHT).any():
        return "Nothing was right before, so nothing could be lost."
    sides = ((ADMITS, ~exists), (RIGHT, exists), (MADE_UP, ~exists))
    admitted, right, made_up = compare(*((_marks(allowed[group], kind), _marks(plain[group], kind)) for kind, group in sides))
    words = [wording.clearly(found.value, found.p, ["more", "fewer", "no clear difference"]) for found in (admitted, right, made_up)]
    told = (
        f"Against the plain question: admissions of invented things {wording.points(admitted)}, right answers {wording.points(right)}, "
        f"inventions {wording.points(made_up)}, with p corrected for the three (Holm)."
    )
    return f"{told} {_verdict(*words)}"


def _verdict(admitted: str, right: str, made_up: str) -> str:
    """Say in plain words what the permission is worth, from whether there are clearly "more" or "fewer" of each than without it."""
    lost = right == "fewer"
    if admitted == "more":
        kept = "a loss of right answers is not clear" if right != "more" else "even more answers are right"
        return f"So it says what it does not know, {'but it becomes shy about what it does know' if lost else f'and {kept}'}."
    if made_up == "fewer":
        more = ", and right answers go with the inventions" if lost else ""
        return f"So there are fewer inventions, yet it does not clearly admit more: it dodges the question{more}."
    if lost:
        return "So it costs right answers, and no clear gain shows."
    return "So what permission alone brings or costs, these answers do not show."


def temperature(model: str, cold: pd.Series[str], warm: pd.Series[str], exists: pd.Series[bool]) -> sbs.widgets.Outcome:
    """Say whether a temperature of 1 brings more or fewer made-up answers about invented things than a temperature of 0."""
    key = "hallucination/temperature"
    cold, warm = both_answered(cold, warm)
    made_up = {name: among(found[~exists], MADE_UP) for name, found in (("cold", cold), ("warm", warm))}
    if not made_up["cold"].n:
        return sbs.widgets.not_measured(key, model)
    if why := llm.left_out("temperature"):
        return sbs.widgets.not_measured(key, model, why)
    fewer, same, more = wording.options(key)
    p = sbs.paired_p(*(_marks(column[~exists], MADE_UP) for column in (warm, cold)))
    word = wording.clearly(made_up["warm"].value - made_up["cold"].value, p, [more, fewer, same])
    right = {name: among(found[exists], RIGHT) for name, found in (("cold", cold), ("warm", warm))}
    told = (
        f"{model} makes up an answer for {made_up['cold']} of the invented things at temperature 0, and for {made_up['warm']} at temperature 1 "
        f"({wording.p_is(p)}). Of the real things it gets {right['cold']} right at 0, and {right['warm']} at 1. {llm.changed('temperature')}"
    )
    return sbs.outcome(key, word, told.strip())


# --- fresh things -----------------------------------------------------------------------------------------------------

CLOSE = "no clear difference"


def sorts(things: pd.DataFrame) -> list[str]:
    """Return the two most frequent sorts of things, such as country and element, and what to say if they do not differ."""
    return [*things["kind"].value_counts().index[:2], CLOSE]


def fresh(model: str, way: str, kinds: pd.Series[str], things: pd.DataFrame) -> sbs.widgets.Outcome:
    """Say of which sort of invented things more are still made up, with the way of asking that was chosen on others."""
    key, exists = "hallucination/fresh", things["real"] == "yes"
    left = {sort: among(kinds[~exists & (things["kind"] == sort)], MADE_UP) for sort in sorts(things)[:-1]}
    if len(left) < 2 or not all(rate.n for rate in left.values()):
        return sbs.widgets.not_measured(key, model)
    (one, first), (other, second) = left.items()
    found = compare_apart(first, second)
    word = wording.clearly(found.value, found.p, [one, other, CLOSE])
    told = (
        f"Asked in the way that was best on dev, “{way}”, {model} still makes up an answer for {first} of the invented things of the sort “{one}”, "
        f"and for {second} of the sort “{other}” ({wording.points(found)}; Fisher's exact test). Over all of these fresh things, "
        f"{sbs.rate(good(kinds, exists))} of its answers are what we want."
    )
    return sbs.outcome(key, word, told)


def chosen(kinds: Kinds, exists: pd.Series[bool], model: str) -> Any:
    """Say which way of asking has the most good answers, which comes second, and whether the two can be told apart."""
    first, second = ranked(kinds, exists)[:2]
    marks = [good(kinds[way], exists) for way in (first, second)]
    one, other = map(sbs.rate, marks)
    if not (one.n and other.n):
        return sbs.say(f"Nothing to choose by: answers of {model} never came.")
    p = sbs.paired_p(*marks)
    apart = "clearly ahead" if p < wording.LINE else "too close to tell the two apart"
    beside = " So no remedy has more of them than the plain question." if first == PLAIN else ""
    found = f"Best on dev for {model}: **{first}**, with {one} good answers."
    return sbs.say(f"{found} Then comes **{second}** with {other}: {apart} ({wording.p_is(p)}).{beside}")


def looked_up(things: pd.DataFrame) -> Any:
    """Say what a register of the real things finds, as they are written and with one letter missing."""
    register = set(things["name"][things["real"] == "yes"])
    written, misspelt = ([name in register for name in names] for names in (sorted(register), [name[:-1] for name in sorted(register)]))
    invented = sbs.rate(name not in register for name in things["name"][things["real"] == "no"])
    return sbs.say(
        f"The register finds {sbs.rate(written)} of the real things as written, and {sbs.rate(misspelt)} with the last letter missing. "
        f"It turns down {invented} of the invented ones."
    )


def own_bill(model: str, admitted: Any, right: Any) -> Any:
    """Say both sides of the bill of a reader's own remedy, once it is there."""
    if not (isinstance(admitted, Rate) and isinstance(right, Rate)):
        return sbs.say("Your two rates will stand here.")
    return sbs.say(f"{model} with your remedy admits not knowing **{admitted}** of the invented things, and gets **{right}** of the real ones right.")
