"""What *Error analysis: read a hundred answers first* shows: drafts read and coded by hand, two scorers made of it, a fix counted again."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from math import comb
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import sidebyside as sbs
from sidebyside import wording
from sidebyside.evaluation import Rate, holm, is_missing, kappa, middle, paired_gap, paired_interval, rate_by_group
from sidebyside.widgets import Coding, Outcome, Table, not_measured

TO_REPLY = {"needs_reply": ["yes"], "channel": ["email", "chat"]}  # what is asked of a message that a draft answers, where a case tells it
MOST_WORDS, READ, FRESH = 60, 100, 40
CODES = Path(__file__).with_name("codes.csv")
PROMISE, AWAY, INVENTED, FINE = "empty promise", "sent away", "made-up fact", "nothing wrong"
GROUPS = {
    FINE: "it can go out as it is",
    PROMISE: "it says that we did or will do something, which nobody has agreed to",
    AWAY: "it sends the customer to somebody else, or leaves the work to them",
    INVENTED: "it states something about the shop, the goods or the case that the message does not tell",
    "asked again": "it asks for, or advises, what the customer has already given or tried",
    "misread": "it takes the message for something else",
    "no help": "sympathy, a lecture or a refusal, without an answer or a next step",
    "runs on": "it repeats itself, or breaks off in mid-sentence",
}
FAULTS = [group for group in GROUPS if group != FINE]
QUESTION = "What is the first thing wrong? Say it in your own words."
NOBODY = "Nobody has read these drafts and coded them, so there is nothing to count."

Scorers = Mapping[str, Callable[[str], bool]]  # fault → whether a draft has it, by a rule
Drafts = Sequence[Any]  # what was drafted: texts, and a `NoAnswer` for each that never came


def letters(case: Any) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the messages whose drafts are read, and fresh ones for counting again: id and text, drawn from train with a fixed seed."""
    rows = case.split("train")
    for column, values in TO_REPLY.items():
        rows = rows[rows[column].isin(values)] if column in rows else rows
    short = rows[rows["text"].str.split().map(len) <= MOST_WORDS]
    drawn = short.sample(frac=1, random_state=0)[["id", "text"]].reset_index(drop=True)
    cut = min(READ, 2 * len(drawn) // 3)  # a small case keeps a third of its messages fresh
    return sbs.limit(drawn.head(cut), times=4), sbs.limit(drawn[cut : cut + FRESH].reset_index(drop=True), times=4)


# --- three checks that anybody would write ----------------------------------------------------------------------------


def passed(checks: Mapping[str, Callable[[str], bool]], drafts: Drafts) -> dict[str, list[bool | None]]:
    """Return what each check says of each draft, and whether all of them pass it; None where no draft came."""
    marks = {name: _marks(check, drafts) for name, check in checks.items()}
    every = [None if is_missing(draft) else all(said) for draft, *said in zip(drafts, *marks.values(), strict=True)]
    return marks | {"all of them": every}


def _marks(check: Callable[[str], bool], drafts: Drafts) -> list[bool | None]:
    return [None if is_missing(draft) else bool(check(draft)) for draft in drafts]


def dashboard(passes: Mapping[str, Sequence[bool | None]], model: str) -> Table:
    """Show the share of drafts that pass each check."""
    return sbs.table(pd.DataFrame({"check": list(passes), f"drafts of {model} that pass": [str(sbs.rate(marks)) for marks in passes.values()]}))


def looks(model: str, passes: Mapping[str, Sequence[bool | None]]) -> Outcome:
    """Say how many drafts pass all checks."""
    key, every = "read_first/checks", sbs.rate(passes["all of them"])
    if not every.n:
        return not_measured(key, model)
    told = f"{model}: {every} of the drafts pass all checks. What the checks cannot say is whether a draft answers its message."
    return sbs.outcome(key, wording.by_bounds(every.value, [0.5, wording.after(0.8)], wording.options(key)), told)


# --- the stored coding ------------------------------------------------------------------------------------------------


@cache
def codes() -> pd.DataFrame:
    """Return the drafts that were read and coded: model, prompt, set, message (its id), draft, note, faults and second (joined by "; ")."""
    return pd.read_csv(CODES, keep_default_na=False)


def coded(rows: pd.DataFrame, drafts: Drafts) -> pd.DataFrame:
    """Join drafts with the stored coding of those very texts.

    Args:
        rows: The messages: id and text.
        drafts: A draft for each.

    Returns:
        One row a message: id, message, draft ("" if it never came), note, group (of the first thing wrong; "" where nobody coded the draft),
        faults and second (what the two readers found, as tuples; None where one has not read it).
    """
    known = codes().drop_duplicates(["message", "draft"]).set_index(["message", "draft"])
    found = [known.loc[key] if (key := (row.id, str(draft))) in known.index else None for row, draft in zip(rows.itertuples(), drafts, strict=True)]
    return pd.DataFrame(
        {
            "id": list(rows["id"]),
            "message": list(rows["text"]),
            "draft": ["" if is_missing(draft) else str(draft) for draft in drafts],
            "note": ["" if one is None else one["note"] for one in found],
            "group": ["" if one is None else _faults(one["faults"])[0] if _faults(one["faults"]) else FINE for one in found],
            "faults": pd.Series([None if one is None else _faults(one["faults"]) for one in found], dtype=object),
            "second": pd.Series([None if one is None or not one["second"] else _faults(one["second"]) for one in found], dtype=object),
        }
    )


def _faults(joined: str) -> tuple[str, ...]:
    return tuple(fault for fault in joined.split("; ") if fault and fault != FINE)


def known(*parts: pd.DataFrame, reader: str = "faults") -> list[pd.DataFrame]:
    """Return the drafts that a reader has read in each of several tables of the same messages."""
    there = np.logical_and.reduce([part[reader].notna().to_numpy() for part in parts])
    return [part[there] for part in parts]


def has(rows: pd.DataFrame, group: str, reader: str = "faults") -> list[bool]:
    """Tell of each draft, all of them read, whether the reader found this fault in it, or for `FINE` none at all."""
    return [not found if group == FINE else group in found for found in rows[reader]]


def to_code(rows: pd.DataFrame, model: str) -> Coding:
    """Let the reader code the drafts, and show the stored coding in the end."""
    return sbs.widgets.coding("read_first/coding", QUESTION, rows[rows["draft"] != ""], GROUPS, model)


def counted(rows: pd.DataFrame) -> dict[str, Rate]:
    """Return the share of drafts with each fault, the most frequent first, and of those with none."""
    (read,) = known(rows)
    rates = {group: sbs.rate(has(read, group)) for group in GROUPS}
    return {group: rates[group] for group in sorted(FAULTS, key=lambda group: -rates[group].successes)} | {FINE: rates[FINE]}


def groups_chart(rows: pd.DataFrame, model: str) -> Any:
    """Draw how many drafts have each fault, each with its interval; say so if nobody coded any."""
    rates = counted(rows)
    if not rates[FINE].n:
        return sbs.say(NOBODY)
    n = next(iter(rates.values())).n
    alt = (
        f"Dots with intervals, one a group: share of {n} drafts of {model} with this fault; a draft may have several. The values stand in the table."
    )
    systems = {group: (sbs.charts.kind_of(model), rate) for group, rate in rates.items()}
    return sbs.charts.scoreboard(systems, alt, f"share of drafts · {model}")


def groups_table(rows: pd.DataFrame, model: str) -> Table:
    """Show each group with its meaning, its share of drafts, and one draft that is an example."""
    rates = counted(rows)
    shown = [{"group": group, "meaning": GROUPS[group], f"drafts of {model}": wording.share(rate)} for group, rate in rates.items()]
    return sbs.table(pd.DataFrame(shown))


def commonest(model: str, rows: pd.DataFrame) -> Outcome:
    """Say which fault is the most common, how far ahead it is, and how many drafts have none."""
    key, rates = "read_first/commonest", counted(rows)
    if not rates[FINE].n:
        return not_measured(key, model, NOBODY)
    (read,), (first, second, *_) = known(rows), rates
    p = sbs.paired_p(has(read, first), has(read, second))
    versus = "clearly more often than" if p < wording.LINE else "not clearly more often than"
    told = (
        f"{model}: “{first}” is in {rates[first]} of the drafts, {versus} “{second}”, in {rates[second]} ({wording.p_is(p)}). "
        f"Nothing is wrong with {rates[FINE]}."
    )
    named = dict(zip([PROMISE, INVENTED, AWAY], wording.options(key), strict=False))
    return sbs.outcome(key, named.get(first, wording.options(key)[-1]), told)


def seen(rows: pd.DataFrame, sizes: Sequence[int] = (10, 20, 50)) -> Any:
    """Say how many of the groups one meets in fewer drafts, on average over all orders of reading, and where the last new one came up."""
    read = list(known(rows)[0]["faults"])
    met = {group: sum(group in found for found in read) for group in FAULTS}
    there = [count for count in met.values() if count]
    if not there:
        return sbs.say(NOBODY if not read else "No fault was found, so there is no group to meet.")
    parts = ", ".join(f"{expected(there, len(read), size):.1f} in {size}" for size in sizes if size < len(read))
    last = max(next(place for place, found in enumerate(read, 1) if group in found) for group, count in met.items() if count)
    fewer = f" Over all orders of reading, one meets on average {parts}." if parts else ""
    return sbs.say(f"The {len(read)} drafts hold {wording.plural(len(there), 'kind')} of fault; the last new one came up at draft {last}.{fewer}")


def expected(counts: Iterable[int], n: int, size: int) -> float:
    """Return how many groups a sample of some drafts holds on average (rarefaction: Hurlbert 1971, Ecology 52, 577).

    Args:
        counts: In how many of all drafts each group stands.
        n: How many drafts there are.
        size: How many are read.
    """
    return sum(1 - comb(n - count, size) / comb(n, size) for count in counts)


def readers(*parts: pd.DataFrame) -> Any:
    """Say how far a second reader, who saw neither notes nor groups of the first, agrees on each fault."""
    (twice,) = known(known(pd.concat(parts))[0], reader="second")
    if twice.empty:
        return sbs.say("No second reader has coded these drafts, so how far two would agree is not measured.")
    told = "; ".join(f"“{group}” {_kappa(twice, group)}" for group in (*FAULTS, FINE))
    return sbs.say(f"A second reader coded {len(twice)} of these drafts, blind. Kappa of the two: {told}.")


def _kappa(rows: pd.DataFrame, group: str) -> str:
    one, other = has(rows, group), has(rows, group, "second")
    if not any(one) and not any(other):
        return "undefined, as neither found it"
    return str(kappa(one, other))


# --- two scorers ------------------------------------------------------------------------------------------------------


def heard(scorers: Scorers, rows: pd.DataFrame, model: str) -> Any:
    """Say how frequent the faults are that scorers are made for, and which more frequent ones are passed over."""
    rates, (read,) = counted(rows), known(rows)
    if read.empty:
        return sbs.say(NOBODY)
    ranked = [fault for fault in rates if fault != FINE and rates[fault].successes]
    places = "; ".join(
        f"“{fault}” in {rates[fault]}, {f'place {ranked.index(fault) + 1}' if fault in ranked else 'found nowhere'}" for fault in scorers
    )
    above = max((ranked.index(fault) for fault in scorers if fault in ranked), default=0)
    passed_over = [f"“{fault}”" for fault in ranked[:above] if fault not in scorers]
    left = f" Passed over, though more frequent than one of them: {', '.join(passed_over)}." if passed_over else ""
    return sbs.say(f"The faults to score in the drafts of {model}: {places} of {len(ranked)}.{left}")


def judged(scorer: Callable[[str], bool], fault: str, rows: pd.DataFrame) -> tuple[Rate, Rate]:
    """Return a scorer's precision and recall against the stored coding.

    Args:
        scorer: Tells of a draft whether it has the fault.
        fault: One of `FAULTS`.
        rows: As `coded` returns them.
    """
    (read,) = known(rows)
    pairs = [(bool(scorer(draft)), found) for draft, found in zip(read["draft"], has(read, fault), strict=True)]
    return sbs.rate(found for flagged, found in pairs if flagged), sbs.rate(flagged for flagged, found in pairs if found)


def judged_table(scorers: Scorers, parts: Mapping[str, pd.DataFrame], model: str) -> Table:
    """Show precision and recall of each scorer on each set of coded drafts."""
    rows = []
    for fault, scorer in scorers.items():
        for name, part in parts.items():
            precision, recall = judged(scorer, fault, part)
            rows.append({"scorer": fault, f"drafts of {model}": name, "precision": str(precision), "recall": str(recall)})
    return sbs.table(pd.DataFrame(rows))


def held(model: str, scorers: Scorers, formed: pd.DataFrame, fresh: pd.DataFrame) -> Outcome:
    """Say how many of the faults that the reader found the scorers find among drafts that did not form them; whole drafts are drawn again."""
    key, (before, after) = "read_first/held", (_found(scorers, part) for part in (formed, fresh))
    if after.empty:
        read = any(fresh["group"])
        return not_measured(key, model, f"The reader found neither fault in the fresh drafts of {model}." if read else NOBODY)
    share = sbs.rate(after["flagged"])
    found, formerly = (rate_by_group(part["flagged"], part["draft"]) for part in (after, before))
    told = (
        f"In fresh drafts of {model}, the scorers find {found} of the faults of these two kinds that the reader found; in the drafts that "
        f"formed them, {formerly} (a group is a draft). {_alarms(scorers, fresh)}"
    )
    return sbs.outcome(key, wording.by_bounds(share.value, [2 / 3, wording.after(0.9)], wording.options(key)), told)


def _found(scorers: Scorers, rows: pd.DataFrame) -> pd.DataFrame:
    """Return one row for each fault of the scorers' kinds that the reader found: draft, and whether its scorer flags it."""
    (read,) = known(rows)
    found = [
        (draft, bool(scorer(draft))) for fault, scorer in scorers.items() for draft, hit in zip(read["draft"], has(read, fault), strict=True) if hit
    ]
    return pd.DataFrame(found, columns=["draft", "flagged"])


def _alarms(scorers: Scorers, rows: pd.DataFrame) -> str:
    """Say how many of the scorers' alarms are false."""
    rates = [judged(scorer, fault, rows)[0] for fault, scorer in scorers.items()]
    alarms, true = sum(rate.n for rate in rates), sum(rate.successes for rate in rates)
    return f"Of {wording.plural(alarms, 'alarm')}, {alarms - true} {'is' if alarms - true == 1 else 'are'} false."


# --- fixed, and counted again -----------------------------------------------------------------------------------------


def flags(scorer: Callable[[str], bool], drafts: Drafts) -> list[bool | None]:
    """Tell of each draft whether a scorer flags it; None where no draft came."""
    return _marks(scorer, drafts)


Pair = tuple[Drafts, Drafts]  # drafts of the plain prompt and of the fixed one, to the same messages


def changes(scorers: Scorers, pair: Pair) -> dict[str, tuple[Rate, Rate, float, tuple[float, float], float]]:
    """Return for each fault: its rate before and after, the difference with its interval, and McNemar's p-value, corrected by Holm for all."""
    marks = {fault: tuple(flags(scorer, drafts) for drafts in pair) for fault, scorer in scorers.items()}
    p = dict(zip(marks, holm([sbs.paired_p(after, before) for before, after in marks.values()]), strict=True))
    return {
        fault: (sbs.rate(before), sbs.rate(after), paired_gap(after, before), paired_interval(after, before), p[fault])
        for fault, (before, after) in marks.items()
    }


def points(gap: float, interval: tuple[float, float]) -> str:
    """Say a difference of two rates in percentage points, with its interval."""
    low, high = interval
    return wording.NOT_MEASURED if math.isnan(gap) else f"{100 * gap:+z.0f} points ({100 * low:+z.0f} to {100 * high:+z.0f})"


def changes_table(scorers: Scorers, pairs: Mapping[str, Pair], model: str) -> Table:
    """Show each fault, as its scorer counts it, before and after the fix, on each set of messages."""
    rows = []
    for name, pair in pairs.items():
        for fault, (before, after, gap, interval, p) in changes(scorers, pair).items():
            row = {"messages": name, f"{model}: drafts with": fault, "before": wording.share(before), "after": wording.share(after)}
            rows.append(row | {"difference": points(gap, interval), "p (Holm)": wording.p_value(p)})
    return sbs.table(pd.DataFrame(rows))


def fixed(model: str, scorers: Scorers, fresh: Pair) -> Outcome:
    """Say which of the two faults became clearly rarer on fresh messages."""
    key, found = "read_first/fixed", changes(scorers, fresh)
    if any(math.isnan(p) for *_, p in found.values()):
        return not_measured(key, model)
    rarer = [fault for fault, (_, _, gap, _, p) in found.items() if gap < 0 and p < wording.LINE]
    both, promise, away, neither = wording.options(key)
    word = both if len(rarer) == len(found) else neither if not rarer else promise if rarer == [PROMISE] else away
    told = "; ".join(
        f"“{fault}” in {before} before and {after} after, {points(gap, interval)}, {wording.p_is(p)}"
        for fault, (before, after, gap, interval, p) in found.items()
    )
    more = [fault for fault, (_, _, gap, _, p) in found.items() if gap > 0 and p < wording.LINE]
    worse = f" “{'” and “'.join(more)}” became clearly more frequent." if more else ""
    return sbs.outcome(key, word, f"Fresh messages, {model}, as the scorers count: {told}.{worse}")


def side_effects(before: pd.DataFrame, after: pd.DataFrame, model: str) -> Table:
    """Show each group, as the reader coded it, before and after the fix on the same fresh messages, both of whose drafts were read."""
    pair = known(before, after)
    marks = {group: tuple(has(part, group) for part in pair) for group in GROUPS}
    p = holm([sbs.paired_p(other, one) for one, other in marks.values()])
    rows = [
        {
            f"{model}, coded by the reader": group,
            "before": wording.share(sbs.rate(one)),
            "after": wording.share(sbs.rate(other)),
            "difference": points(paired_gap(other, one), paired_interval(other, one)),
            "p (Holm)": wording.p_value(value),
        }
        for (group, (one, other)), value in zip(marks.items(), p, strict=True)
    ]
    return sbs.table(pd.DataFrame(rows))


def price(before: pd.DataFrame, after: pd.DataFrame, model: str) -> Any:
    """Say whether more drafts can go out after the fix, what rose most, and how the length changed."""
    words, (one, other) = length(before, after), known(before, after)
    if one.empty:
        return sbs.say(f"{NOBODY} {words}")
    fine = [has(part, FINE) for part in (other, one)]
    difference = f"{points(paired_gap(*fine), paired_interval(*fine))}; {wording.p_is(sbs.paired_p(*fine))}"
    ready = f"Nothing is wrong with {sbs.rate(fine[1])} of the drafts of {model} before and {sbs.rate(fine[0])} after ({difference})."
    marks = {group: [has(part, group) for part in (other, one)] for group in FAULTS}
    worst = max(marks, key=lambda group: paired_gap(*marks[group]))
    gap = paired_gap(*marks[worst])
    risen = f"“{worst}” rose most, {points(gap, paired_interval(*marks[worst]))}." if gap > 0 else "No fault became more frequent."
    return sbs.say(f"{ready} {risen} {words}")


def length(before: pd.DataFrame, after: pd.DataFrame) -> str:
    """Say how many words a draft has before and after, and the paired difference with its interval; messages are drawn again."""
    came = ((before["draft"] != "") & (after["draft"] != "")).to_numpy()
    one, other = (part["draft"][came].str.split().map(len).to_numpy(dtype=float) for part in (before, after))
    if not len(one):
        return f"Words in a draft: {wording.NOT_MEASURED}."
    apart = other - one
    low, high = middle(apart[np.random.default_rng(0).integers(0, len(apart), size=(1000, len(apart)))].mean(axis=1))
    difference = f"{apart.mean():+z.1f} (95 % interval {low:+z.1f} to {high:+z.1f}; n = {len(apart)})"
    return f"Words in a draft: {one.mean():.1f} before, {other.mean():.1f} after, {difference}."
