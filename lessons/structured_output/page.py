"""The page's own charts, tables and sentences: what came of asking a model to fill in a form."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import pandas as pd

import sidebyside as sbs
from sidebyside import evaluation, wording
from sidebyside.evaluation import holm

UNREAD = "always the most common"  # the way of answering that reads nothing: no model's
EXAMPLES, SCHEMA, BOTH = "two examples", "schema", "examples and schema"  # ways of asking that are compared
Record = Mapping[str, Any]


class Marks(NamedTuple):
    """What the measures say of one answer.

    Attributes:
        cut: Whether it was cut off at the limit of tokens.
        parses: Whether a program can read a JSON object in it.
        valid: Whether that keeps to the schema.
        right: Field → whether it says what the record says; all false if the answer is not valid.
    """

    cut: bool
    parses: bool
    valid: bool
    right: Mapping[str, bool]

    @property
    def all_right(self) -> bool:
        """Whether it is valid and every field is right."""
        return self.valid and all(self.right.values())


class Contest(NamedTuple):
    """How the readers of one field did.

    Attributes:
        filled: For each message whether there is something to find.
        marks: Reader → whether it was right; the language model, the most common value, and a rival or "none".
    """

    filled: Sequence[bool]
    marks: Mapping[str, Sequence[bool | None]]


class Routed(NamedTuple):
    """What became of one record of the exam.

    Attributes:
        step: "at once", "after a retry" or "to a person".
        was_valid: Whether the first answer was valid.
        valid: Whether the last one is.
        right: Field → whether the last one says what the record says.
    """

    step: str
    was_valid: bool
    valid: bool
    right: Mapping[str, bool]


def form(fields: Mapping[str, Record]) -> sbs.widgets.Table:
    """Show the fields of a case and what each may hold."""
    rows = [(name, field["about"], ", ".join(field.get("values", [])) or "free text") for name, field in fields.items()]
    return sbs.table(pd.DataFrame(rows, columns=["field", "what it is", "allowed values"]))


# --- answers as they come ---------------------------------------------------------------------------------------------


def said(response: Any) -> str:
    """Return the text of a response; a `NoAnswer` stays one."""
    text: str = response.choices[0].message.content
    return text


def cut(response: Any) -> bool:
    """Tell whether an answer was cut off at the limit of tokens."""
    return bool(response.choices[0].finish_reason == "length")


def came(response: Any) -> bool:
    """Tell whether an answer came at all."""
    return not evaluation.is_missing(response)


def measured(hits: Sequence[bool], answers: Sequence[Any]) -> list[bool | None]:
    """Return marks with None where the answer never came."""
    return evaluation.measured(hits, answers)


def word_for_word(model: str, texts: Sequence[str], responses: Sequence[Any], first: int = 1) -> sbs.widgets.Table:
    """Show the first answers as they came."""
    rows = [(text, said(response)) for text, response in list(zip(texts, responses, strict=True))[:first]]
    return sbs.table(pd.DataFrame(rows, columns=["message", f"{model} wrote"]))


def parsed(model: str, responses: Sequence[Any], *readers: Callable[[str], object | None]) -> sbs.widgets.Outcome:
    """Say how many answers a strict program can read and how many a lenient one, and how many were cut off.

    Args:
        model: Who answered.
        responses: Its answers to the plain request; some may never have come.
        readers: The strict program and the lenient one; each returns None where it can read nothing.
    """
    key = "structured_output/parse"
    strict, lenient = (sbs.rate(measured([read(said(one)) is not None for one in responses], responses)) for read in readers)
    if not strict.n:
        return sbs.widgets.not_measured(key, model)
    ends = sum(came(one) and cut(one) for one in responses)
    told = f"As they come, a strict program can read {strict} of the answers of {model}; the lenient one reads {wording.count(lenient)}. "
    told += f"Cut off at the limit of tokens: {ends} of {strict.n}. {_why(strict, lenient)}"
    return sbs.outcome(key, wording.by_bounds(strict.value, [0.1, 0.5, wording.after(0.9)], wording.options(key)), told)


def _why(strict: sbs.Rate, lenient: sbs.Rate) -> str:
    """Say what stood in the way of the strict program."""
    rescued, lost = lenient.successes - strict.successes, lenient.n - lenient.successes
    if not rescued and not lost:
        return "Nothing stood in the way."
    if not lost:
        return "The JSON was there all along: only the wrapping stood in the way."
    if not rescued:
        return "Taking off the wrapping saves none: what cannot be read has no whole object in it."
    return f"Taking off the wrapping saves {rescued}; in {lost} there is no whole object."


# --- three measures ---------------------------------------------------------------------------------------------------


Read = Callable[[str], Record | None]
Right = Callable[[Record | None, Record], Mapping[str, bool]]


def marks(
    responses: Sequence[Any], samples: Sequence[Record], read: Read, valid: Callable[[Any], bool], right: Right, repair: Any = None
) -> list[Marks | None]:
    """Return the measures of each answer; None for one that never came.

    Args:
        responses: The answers.
        samples: The record of each message, with its text.
        read: Returns the object in an answer, or None.
        valid: Tells whether an object keeps to the schema.
        right: Tells which fields of an object say what a record says.
        repair: A function from an object, or None, and its message's text to a better one.
    """

    def measure(response: Any, sample: Record) -> Marks | None:
        if not came(response):
            return None
        found = read(said(response))
        found = repair(found, sample["text"]) if repair else found
        return Marks(cut(response), found is not None, valid(found), right(found, sample))

    return [measure(response, sample) for response, sample in zip(responses, samples, strict=True)]


def guessed(record: Record, samples: Sequence[Record], right: Right) -> list[Marks | None]:
    """Return the measures of one and the same valid record in answer to every message."""
    return [Marks(cut=False, parses=True, valid=True, right=right(record, sample)) for sample in samples]


def rates(given: Sequence[Marks | None]) -> dict[str, sbs.Rate]:
    """Return the rate of each measure over the answers to one way of asking; None stands for an answer that never came."""
    return {
        "parses": sbs.rate(mark and mark.parses for mark in given),
        "valid": sbs.rate(mark and mark.valid for mark in given),
        "right": sbs.rate(mark and mark.all_right for mark in given),
    }


def measures_chart(model: str, given: Mapping[str, Sequence[Marks | None]]) -> Any:
    """Draw how many answers are valid and how many are right, for each way of asking."""
    systems = {
        f"{way}: {measure}": ("neither" if way == UNREAD else "GenAI", rate)
        for way, some in given.items()
        for measure, rate in rates(some).items()
        if measure != "parses" and not (way == UNREAD and measure == "valid")
    }
    description = (
        f"Points with intervals: for each way of asking {model}, the share of answers that are valid and the share that are right, "
        "and the share right of a guess without reading; the values are in the table below."
    )
    return sbs.scoreboard(systems, description, f"share of the answers of {model}")


def measures_table(model: str, given: Mapping[str, Sequence[Marks | None]]) -> sbs.widgets.Table:
    """Show the measures for each way of asking, and how many answers were cut off."""
    rows = []
    for way, some in given.items():
        told = {measure: wording.share(rate) for measure, rate in rates(some).items()}
        cuts = sbs.rate(mark and mark.cut for mark in some)
        asked = way if way == UNREAD else f"{model}, {way}"
        rows.append({"who, and how asked": asked, "n": cuts.n, "cut off": "–" if way == UNREAD else wording.share(cuts)} | told)
    return sbs.table(pd.DataFrame(rows))


def by_quarters(key: str, rate: sbs.Rate) -> str:
    """Return the option of a question in quarters; a bound belongs to the quarter above it."""
    return wording.by_bounds(rate.value, [0.25, 0.5, 0.75], wording.options(key))


def valid(model: str, given: Mapping[str, Sequence[Marks | None]]) -> sbs.widgets.Outcome:
    """Say whether examples or the schema give more right records, and what both together do for form and truth."""
    key = "structured_output/valid"
    shown, forced, both, idle = (rates(given[way]) for way in (EXAMPLES, SCHEMA, BOTH, UNREAD))
    gap, p = _compared(given, EXAMPLES, SCHEMA)
    if math.isnan(p):
        return sbs.widgets.not_measured(key, model)
    word = wording.clearly(gap, p, wording.options(key))
    more, against = _compared(given, BOTH, UNREAD)
    than = wording.clearly(more, against, ["clearly more than", "clearly fewer than", "not clearly more or fewer than"])
    told = (
        f"Right in every field, of {model}'s answers with two examples: {shown['right']}; with the schema: {forced['right']}; "
        f"exact McNemar, {wording.p_is(p)}. With both, {wording.count(both['valid'])} keep the form and {wording.count(both['right'])} are right: "
        f"{than} the baseline's {wording.count(idle['right'])} ({wording.p_is(against)})."
    )
    return sbs.outcome(key, word, told)


def _compared(given: Mapping[str, Sequence[Marks | None]], first: str, second: str) -> tuple[float, float]:
    """Return how far one way of asking is ahead of another, by right records, and the p-value of that."""
    both = [[mark and mark.all_right for mark in given[way]] for way in (first, second)]
    return evaluation.paired_gap(*both), evaluation.paired_p(*both)


def valid_and_wrong(
    model: str, responses: Sequence[Any], samples: Sequence[Mapping[str, str]], given: Sequence[Marks | None], first: int = 3
) -> sbs.widgets.Table:
    """Show the first answers that keep to the schema and are wrong, each beside its record."""
    wrong = {i: mark for i, mark in enumerate(given) if mark and mark.valid and not mark.all_right}
    records = {i: {name: samples[i][name] for name in mark.right} for i, mark in list(wrong.items())[:first]}
    rows = [(samples[i]["text"], said(responses[i]), json.dumps(record, ensure_ascii=False)) for i, record in records.items()]
    return sbs.table(pd.DataFrame(rows, columns=["message", f"{model} wrote", "the record says"]))


# --- repair -----------------------------------------------------------------------------------------------------------


def leaks(
    responses: Mapping[str, Sequence[Any]],
    read: Read,
    shown: Sequence[Record],
    samples: Sequence[Record],
    fields: Mapping[str, Record],
) -> dict[str, int]:
    """Count for each way of asking the answers with a copied value of an example that is not in their own message.

    Args:
        responses: Way of asking → answers.
        read: Returns the object in an answer, or None.
        shown: The records that serve as examples.
        samples: The records of the messages that were asked about.
        fields: The case's fields.
    """
    copied = [name for name, field in fields.items() if "values" not in field]

    def leaked(found: Record | None, text: str) -> bool:
        values = [(str((found or {}).get(name) or ""), example[name]) for name in copied for example in shown]
        return any(value and value == own and not sbs.quotes(value, text) for value, own in values)

    return {way: sum(leaked(read(said(one)), record["text"]) for one, record in zip(some, samples, strict=True)) for way, some in responses.items()}


def repaired(
    model: str, before: Mapping[str, Sequence[Marks | None]], after: Mapping[str, Sequence[Marks | None]], leaked: Mapping[str, int]
) -> sbs.widgets.Table:
    """Show for each way of asking how many answers hold a value from an example, and how many are right before and after the repair."""
    rows = []
    for way, some in after.items():
        first, then = rates(before[way])["right"], rates(some)["right"]
        told = {"right before the repair": wording.share(first), "right after it": wording.share(then)}
        copied = wording.share(sbs.Rate(leaked[way], then.n)) if then.n else "–"
        rows.append({"way of asking": f"{model}, {way}", "n": then.n, "leaked from an example": copied} | told)
    return sbs.table(pd.DataFrame(rows))


def best(given: Mapping[str, Sequence[Marks | None]]) -> str:
    """Return the way of asking with the most right records, then with the most valid ones; of equals the first, which is the simplest."""
    return max(given, key=lambda way: tuple(rates(given[way])[measure].successes for measure in ("right", "valid")))


def chosen(model: str, before: Mapping[str, Sequence[Marks | None]], after: Mapping[str, Sequence[Marks | None]]) -> Any:
    """Say which way of asking is best after the repair, and what the repair did to it."""
    way = best(after)
    first, then = rates(before[way])["right"], rates(after[way])["right"]
    if not then.n:
        return sbs.say(f"{wording.NOT_MEASURED.capitalize()}: no answer of {model} came, so the simplest way sits the exam: {way}.")
    gain = then.successes - first.successes
    done = "changed nothing" if not gain else f"{'added' if gain > 0 else 'lost'} {wording.plural(abs(gain), 'right record')}"
    return sbs.say(f"Best for {model}: **{way}**, {wording.count(then)} right on dev. The repair {done} there.")


# --- the exam ---------------------------------------------------------------------------------------------------------


def contests_table(contests: Mapping[str, Contest]) -> sbs.widgets.Table:
    """Show for each field and reader the accuracy on all messages, and the recall on those with something to find."""
    rows = []
    for name, contest in contests.items():
        for reader, hits in contest.marks.items():
            if reader != "none":
                found = sbs.rate(hit for hit, there in zip(hits, contest.filled, strict=True) if there)
                told = {"accuracy": wording.share(sbs.rate(hits)), "n": sbs.rate(hits).n, "recall": wording.share(found), "to find": found.n}
                rows.append({"field": name, "reader": reader} | told)
    return sbs.table(pd.DataFrame(rows))


def against_others(marks: Mapping[str, Sequence[bool | None]]) -> tuple[bool, float]:
    """Tell whether the first reader of a field is right more often than each other one, and the largest p-value of these comparisons.

    The tests are exact McNemar tests where both have a mark. To be ahead of all, it must be ahead of the hardest to tell apart.
    """
    first, *others = (hits for reader, hits in marks.items() if reader != "none")
    led = [(len(gains), len(losses)) for gains, losses in (sbs.flips(hits, first) for hits in others)]
    return all(more > fewer for more, fewer in led), max(sbs.paired_p(first, hits) for hits in others)


def ahead(contests: Mapping[str, Contest]) -> list[str]:
    """Return the fields in which the language model is clearly ahead of all others, with Holm's correction over the fields (Holm 1979)."""
    led, ps = zip(*(against_others(contest.marks) for contest in contests.values()), strict=True)
    return [name for name, more, p in zip(contests, led, holm(ps), strict=True) if more and p < wording.LINE]


def first_readers(contests: Mapping[str, Contest], *, found: bool = False) -> str:
    """Say for each field which reader is right most often; equals are all named.

    Args:
        contests: Field → how its readers did.
        found: Whether to look only at messages with something to find; a field that has none is left out.
    """
    told = []
    for name, contest in contests.items():
        scores = {
            reader: sbs.rate(hit for hit, there in zip(hits, contest.filled, strict=True) if there or not found).value
            for reader, hits in contest.marks.items()
            if reader != "none"
        }
        best = max(scores.values())
        if best == best:  # else there was nothing to find
            told.append(f"{name}: {' and '.join(reader for reader, score in scores.items() if score == best)}")
    return "; ".join(told) or wording.NOT_MEASURED


def fields(model: str, contests: Mapping[str, Contest]) -> sbs.widgets.Outcome:
    """Say in which fields the language model, the first reader of each, is clearly ahead, and who is right most often."""
    key = "structured_output/fields"
    nowhere, one, several, everywhere = wording.options(key)
    n = sbs.rate(next(iter(next(iter(contests.values())).marks.values()))).n
    if not n:
        return sbs.widgets.not_measured(key, model)
    clear = ahead(contests)
    word = nowhere if not clear else everywhere if len(clear) == len(contests) else one if len(clear) == 1 else several
    listed = f"{', '.join(clear) or 'none'} ({len(clear)} of {wording.plural(len(contests), 'field')})"
    told = f"{model} is clearly ahead of everyone else in: {listed}; exact McNemar with Holm's correction, n = {n}. "
    told += f"Right most often: {first_readers(contests)}. Where there is something to find: {first_readers(contests, found=True)}."
    return sbs.outcome(key, word, told)


# --- the road of a bad answer -----------------------------------------------------------------------------------------


def unseen(model: str, ended: Sequence[Routed]) -> sbs.widgets.Outcome:
    """Say where the exam's records went, whether repair and retry fixed the form, and how many wrong records the checks stopped."""
    key = "structured_output/unseen"
    if not ended:
        return sbs.widgets.not_measured(key, model)
    steps = pd.Series([one.step for one in ended]).value_counts()
    roads = ", ".join(f"{n} {step}" if step == "to a person" else f"{n} passed {step}" for step, n in steps.items())
    wrong = [one.step == "to a person" for one in ended if not (one.valid and all(one.right.values()))]
    through = sbs.rate(not all(one.right.values()) for one in ended if one.step != "to a person")
    told = (
        f"Of {wording.plural(len(ended), 'record')} of {model}: {roads}. {_form(ended)} Of the records that are wrong somewhere, the checks stopped "
    )
    told += f"{sbs.rate(wrong) if wrong else 'none, because there was none'}. Of those that passed, still wrong: {through}."
    return sbs.outcome(key, by_quarters(key, sbs.rate(wrong)), told)


def _form(ended: Sequence[Routed]) -> str:
    """Say what repair and retry did for the form: that they fixed it only if they did."""
    if all(one.step == "at once" for one in ended):
        return "None needed a retry."
    before, after = sum(one.was_valid for one in ended), sum(one.valid for one in ended)
    if after > before:
        return f"The retry fixed the form of some: {after} were valid in the end, and {before} before it."
    if after < before:
        return f"The retry spoiled the form: {after} were valid in the end, and {before} before it."
    return f"The retry did nothing for the form: {before} of {len(ended)} were valid before it, and as many after it."
