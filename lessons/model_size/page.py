"""What the page *Model size* asks of three models, and what it shows of their answers."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import openai
import pandas as pd

import sidebyside as sbs
from sidebyside import wording
from sidebyside.answers import NoAnswer
from sidebyside.cases import Case
from sidebyside.errors import RecordingError, Why
from sidebyside.evaluation import Difference, compare, is_missing, read_label
from sidebyside.models import MAIN, MIDDLE, MODELS, SMALL, Model
from sidebyside.runs import attempt
from sidebyside.scorers import holds_numbers, numbers_in
from sidebyside.widgets import Outcome, Table, not_measured

SIZES = (SMALL, MIDDLE, MAIN)
MESSAGES, THINGS, QUESTIONS, PAIRS = 60, 40, 24, 20
WORD, FACT, SENTENCE, FORM = 8, 24, 32, 60  # the most tokens of an answer: a word, a fact in a short sentence, a longer one, two fields
PERMISSION = " If you are not sure, or there is no such thing, say: I don't know."
INVENTED, INVENTED_PERMITTED = "invented things, asked plainly", "invented things, with permission"
REAL, REAL_PERMITTED = "real things, asked plainly", "real things, with permission"
EVEN = "no clear difference"
NOT_RECORDED = "This model takes part with recorded answers only, and there is none to this request."
Answers = Sequence[str | None]
Marks = list[bool | None]


@dataclass(frozen=True)
class Task:
    """One kind of work, the same for every model.

    Attributes:
        name: What it is.
        prompts: The user messages, in words that were not tuned for any of the models.
        tokens: The most tokens of an answer.
        mark: Tells for each sample whether it was done right; None where no answer came.
    """

    name: str
    prompts: Sequence[str]
    tokens: int
    mark: Callable[[Answers], Marks]


def each(judge: Callable[[str, Any], bool], targets: Sequence[Any]) -> Callable[[Answers], Marks]:
    """Return a function that marks answers one by one against their targets."""
    return lambda answers: [None if is_missing(answer) else judge(answer or "", target) for answer, target in zip(answers, targets, strict=True)]


# --- the tasks --------------------------------------------------------------------------------------------------------


def tasks(case: Case) -> dict[str, Task]:
    """Return the tasks by name, in the order in which the page shows them.

    Raises:
        CaseError: If the case lacks entities, facts, answers or fields; the text says which.
    """
    things = [invented(case), permitted(case), known(case), kept(case)]
    found = [*things, label(case), other_label(case), reading(case), form(case), filled(case), judging(case)]
    return {task.name: task for task in found if task}


def examples(given: Mapping[str, Task]) -> Table:
    """Show each task with the number of its samples and the end of its first prompt."""
    ends = {task.name: " ".join(task.prompts[0].split())[-160:].strip() for task in given.values()}
    rows = [{"task": task.name, "prompts": len(task.prompts), "the first, its end": f"… {ends[task.name]}"} for task in given.values()]
    return sbs.table(pd.DataFrame(rows))


def label(case: Case) -> Task:
    """Return the task to name the label that the first lessons predict."""
    return _labelling(case, case.label)


def other_label(case: Case) -> Task | None:
    """Return the task to name the case's other label, which has more values; None if there is none."""
    return _labelling(case, case.other_label) if case.other_label != case.label else None


def _labelling(case: Case, name: str) -> Task:
    labels, rows = case.labels[name], case.split("test", limited=True).head(MESSAGES)
    ask = f"What is the {name} of this {case.subject}: {', '.join(labels[:-1])} or {labels[-1]}? Answer with one word.\n\n"
    return Task(name, list(ask + rows["text"]), WORD, each(lambda answer, target: read_label(answer, labels) == target, list(rows[name])))


def _things(case: Case, real: str) -> pd.DataFrame:
    rows = case.entities
    return sbs.limit(rows[rows["real"] == real], times=4).head(THINGS)


def known(case: Case) -> Task:
    """Return the task to name a fact about a real thing."""
    rows = _things(case, "yes")
    return Task(REAL, list(rows["question"]), FACT, each(sbs.holds_name, list(rows["answer"])))


def invented(case: Case) -> Task:
    """Return the task to admit that a thing does not exist, without a word about it."""
    return _admitting(case, INVENTED, "")


def permitted(case: Case) -> Task:
    """Return the task to admit it where the prompt permits "I don't know"."""
    return _admitting(case, INVENTED_PERMITTED, PERMISSION)


def _admitting(case: Case, name: str, more: str) -> Task:
    rows, admits = _things(case, "no"), sbs.lesson("hallucination").admits
    return Task(name, list(rows["question"] + more), FACT, each(lambda answer, _: admits(answer), [None] * len(rows)))


def kept(case: Case) -> Task:
    """Return the task to go on naming facts about real things where the prompt permits "I don't know"."""
    task = known(case)
    return Task(REAL_PERMITTED, [prompt + PERMISSION for prompt in task.prompts], task.tokens, task.mark)


def reading(case: Case) -> Task:
    """Return the task to answer from a document whose text is given; judged by the numbers of the right answer."""
    facts = case.facts
    there = (facts["document"] != "") & facts["answer"].map(lambda text: bool(numbers_in(text)))
    rows = sbs.limit(facts[there].sort_values("document", kind="stable").groupby("document").head(2), times=2).head(QUESTIONS)
    ask = "\n\nQuestion of a customer: {}\nAnswer in one short sentence, from the text above only."
    prompts = [case.documents[row.document] + ask.format(row.question) for row in rows.itertuples()]
    return Task("questions on a document", prompts, SENTENCE, each(holds_numbers, list(rows["answer"])))


def form(case: Case) -> Task:
    """Return the task to write JSON with the fields that have values to choose from, right or wrong."""
    fields = _fields(case)
    return _filling(case, "valid JSON", lambda answer, _: is_valid(answer, fields))


def filled(case: Case) -> Task:
    """Return the same task, done only if every value is right as well; the answers are the same."""
    fields = _fields(case)
    return _filling(case, "valid JSON, all right", lambda answer, row: is_valid(answer, fields) and {n: read_json(answer)[n] for n in fields} == row)


def _fields(case: Case) -> dict[str, list[str]]:
    return {name: field["values"] for name, field in case.fields.items() if "values" in field}


def _filling(case: Case, name: str, judge: Callable[[str, Any], bool]) -> Task:
    fields, rows = _fields(case), sbs.limit(case.records, times=2).head(PAIRS)
    wanted = "; ".join(f'"{field}", one of {", ".join(values)}' for field, values in fields.items())
    ask = f"Write JSON with these fields: {wanted}. Nothing but the JSON.\n\nThe {case.subject}: "
    return Task(name, list(ask + rows["text"]), FORM, each(judge, rows[list(fields)].to_dict("records")))


def read_json(answer: str) -> dict[str, Any]:
    """Return the JSON object in an answer, fences round it or not; an empty one if there is none."""
    found = re.search(r"\{.*\}", answer, re.DOTALL)
    try:
        read = json.loads(found[0]) if found else {}
    except ValueError:
        return {}
    return read if isinstance(read, dict) else {}


def is_valid(answer: str, fields: Mapping[str, Sequence[str]]) -> bool:
    """Tell whether an answer is JSON with every field, each with a value that is allowed."""
    read = read_json(answer)
    return bool(fields) and all(read.get(name) in values for name, values in fields.items())


def judging(case: Case) -> Task:
    """Return the task to say which of two answers is right, each pair in both orders; right only if both times."""
    rows = sbs.limit(pairs(case.answers), times=4).head(PAIRS)
    ask = "A customer asked: {}\nThe rule is: {}\n\nAnswer A: {}\nAnswer B: {}\n\nWhich answer is right? Answer with one letter, A or B."
    prompts = [ask.format(row.question, row.sentence, *pair) for row in rows.itertuples() for pair in ((row.good, row.bad), (row.bad, row.good))]
    return Task("judging, both ways", prompts, WORD, both_ways)


def pairs(answers: pd.DataFrame) -> pd.DataFrame:
    """Return one row a question: the first answer that both readers call right, as `good`, and the first that both call wrong, as `bad`."""
    sure = answers[answers["right"] == answers["second_right"]]
    good, bad = (sure[sure["right"] == word].drop_duplicates("fact") for word in ("yes", "no"))
    return good.rename(columns={"answer": "good"}).merge(bad[["fact", "answer"]].rename(columns={"answer": "bad"}), on="fact")


def both_ways(answers: Answers) -> Marks:
    """Tell of each pair, asked in both orders, whether the right answer was chosen both times."""
    found: Marks = []
    for first, second in zip(answers[::2], answers[1::2], strict=True):
        missing = is_missing(first) or is_missing(second)
        found.append(None if missing else (read_label(first or "", "AB"), read_label(second or "", "AB")) == ("A", "B"))
    return found


# --- who is asked -----------------------------------------------------------------------------------------------------


def called(name: str) -> str:
    """Return what a model is called on the page."""
    size = MODELS.get(name)
    return f"{size.nickname} ({billions(size)})" if size else name


def billions(size: Model) -> str:
    """Say how many parameters a model has, in billions."""
    return f"{size.parameters / 1e9:.2g} billion"


def lineup(names: Sequence[str]) -> Table:
    """Show the models: whose they are, how large, and what they take."""
    rows = []
    for size in (MODELS[name] for name in names if name in MODELS):
        told = {"parameters": billions(size), "file": f"{size.size / 1e9:.1f} GB", "memory at work": f"{size.memory:g} GB"}
        rows.append({"called here": size.nickname, "model": size.title} | told)
    return sbs.table(pd.DataFrame(rows))


def recorded() -> dict[str, tuple[openai.OpenAI, str]]:
    """Return a connection to each size that answers from its recordings alone: nobody has to fetch three models, or wait for them."""
    with sbs.lesson("side_by_side").recorded_only():
        return {size.name: sbs.connect("model_size", model=size.name) for size in SIZES}


def answers(system: Callable[[str], str | None], prompts: Sequence[str], alone: bool) -> list[str | None]:
    """Give each prompt to a system and collect its answers in order.

    Args:
        system: A function from a prompt to an answer.
        prompts: The user messages.
        alone: Whether recordings alone answer; then a `NoAnswer` stands where there is none. The model in force is asked by `sbs.run`.
    """
    return [_replayed(system, prompt) for prompt in prompts] if alone else sbs.run(system, prompts)


def _replayed(system: Callable[[str], str | None], prompt: str) -> str | None:
    try:
        return attempt(system, prompt)
    except RecordingError:
        return NoAnswer(Why.UNMEASURED, NOT_RECORDED)


# --- what came of it --------------------------------------------------------------------------------------------------

Results = Mapping[str, Mapping[str, Marks]]  # task → model → for each sample whether it was done right


def board(results: Results) -> Table:
    """Show how often each model did each task right."""
    return sbs.table(
        pd.DataFrame([{"task": task} | {called(n): wording.share(sbs.rate(row)) for n, row in given.items()} for task, given in results.items()])
    )


def rates(results: Results) -> pd.DataFrame:
    """Return the rates that a chart draws: one row for each task and size, in the sizes' order."""
    rows = []
    for task, given in results.items():
        for size in SIZES:
            if (found := sbs.rate(given.get(size.name, []))).n:
                low, high = found.interval
                rows.append(
                    {"task": task, "model": size.nickname, "kind": sbs.charts.kind_of(size.name), "rate": found.value, "low": low, "high": high}
                )
    return pd.DataFrame(rows, columns=["task", "model", "kind", "rate", "low", "high"])


def chart(results: Results) -> Any:
    """Draw each task's rates over the three sizes."""
    alt = "For each task three points with their intervals, small, middle and main model: how often it is done right. The values are in the table."
    return sbs.charts.steps(rates(results), alt, "done right")


WAYS = {"first": (SMALL, MIDDLE), "second": (MIDDLE, MAIN), "whole": (SMALL, MAIN)}


def compared(results: Results) -> dict[str, dict[str, Difference]]:
    """Compare each size with the next smaller one on the same samples, and the largest with the smallest.

    Returns:
        Task → way (`first`, `second`, `whole`) → how far the larger is ahead. Exact McNemar tests, corrected together by Holm's method.
    """
    both = [(task, way, (given[large.name], given[small.name])) for task, given in results.items() for way, (small, large) in WAYS.items()]
    table: dict[str, dict[str, Difference]] = {}
    for (task, way, _), found in zip(both, compare(*(marks for *_, marks in both)), strict=True):
        table.setdefault(task, {})[way] = found
    return table


def verdict(found: Difference) -> str:
    """Say whether the first of two is clearly "better" or "worse" than the second, `EVEN`, or `wording.NOT_MEASURED`."""
    return wording.clearly(found.value, found.p, ["better", "worse", EVEN])


IN_STEPS, WORSE = "clearly better over both steps together, no step clear by itself", "clearly worse somewhere"
GROWTH = {
    ("better", "better"): "clearly better with each step",
    ("better", EVEN): "clearly better with the first step, the second makes no clear difference",
    (EVEN, "better"): "clearly better with the second step, the first makes no clear difference",
}
ORDER = (*GROWTH.values(), IN_STEPS, EVEN, WORSE, wording.NOT_MEASURED)


def growth(ways: Mapping[str, Difference]) -> str:
    """Say in words what a task gains from size, from what `compared` found."""
    first, second, whole = (verdict(ways[way]) for way in WAYS)
    if wording.NOT_MEASURED in (first, second, whole):
        return wording.NOT_MEASURED
    if "worse" in (first, second, whole):
        return WORSE
    return GROWTH.get((first, second), IN_STEPS if whole == "better" else EVEN)


def gains(results: Results) -> Table:
    """Show which tasks gain what from size, each kind of gain in a row."""
    found: dict[str, list[str]] = {}
    for task, ways in compared(results).items():
        found.setdefault(growth(ways), []).append(task)
    order = [word for word in ORDER if word in found]
    return sbs.table(pd.DataFrame({"from small to main": order, "tasks": [listed(found[word]) for word in order]}))


def better(results: Results) -> Outcome:
    """Say on how many tasks the largest model is clearly better than the smallest, and how far they may be apart on the others."""
    key, table = "model_size/better", compared(results)
    known_ones = {task: ways["whole"] for task, ways in table.items() if verdict(ways["whole"]) != wording.NOT_MEASURED}
    if not known_ones:
        return not_measured(key, MAIN.title)
    won, lost, level = ([task for task, found in known_ones.items() if verdict(found) == word] for word in ("better", "worse", EVEN))
    told = [f"Of {wording.plural(len(known_ones), 'task')} the main model is clearly better than the small one on {len(won)}: {listed(won)}."]
    apart = listed([f"{task}, {_ahead(known_ones[task])}" for task in level])
    told += [f"No clear difference, in points with 95 % intervals: {apart}."] * bool(level) + [f"Clearly worse: {listed(lost)}."] * bool(lost)
    told += [f"Exact McNemar tests, corrected for {wording.plural(len(WAYS) * len(table), 'comparison')} (Holm)."]
    bounds = (len(known_ones) / 3, wording.after(2 * len(known_ones) / 3))
    return sbs.outcome(key, wording.by_bounds(len(won), bounds, wording.options(key)), " ".join(told))


def _ahead(found: Difference) -> str:
    """Say in short how many points the first is ahead."""
    value, low, high = (f"{100 * share:+z.0f}" for share in (found.value, *found.interval))
    return f"{value} ({low} to {high})"


def listed(names: Sequence[str]) -> str:
    """Return names as an enumeration; "none" if there are none."""
    return "; ".join(names) or "none"


# --- permission to say "I don't know" ---------------------------------------------------------------------------------


PAYS, COSTS, HELPS, HARMS = "pays", "pays, and costs right answers", "brings no admissions, but right answers", "does harm"
UNMOVED = "makes no clear difference"


def permission(results: Results) -> dict[str, tuple[Difference, Difference]]:
    """Return what permission does for each model: how many more inventions are admitted, and how many more facts are right.

    Args:
        results: With the tasks of `invented`, `permitted`, `known` and `kept`.

    Returns:
        Model → both differences; exact McNemar tests, corrected for all models and both sides together by Holm's method.
    """
    names = list(results[INVENTED])
    sides = [(results[free][name], results[plain][name]) for name in names for free, plain in BOTH_SIDES]
    found = compare(*sides)
    return dict(zip(names, zip(found[::2], found[1::2], strict=True), strict=True))


BOTH_SIDES = ((INVENTED_PERMITTED, INVENTED), (REAL_PERMITTED, REAL))


def pays(gain: Difference, kept: Difference) -> str:
    """Say whether permission pays for a model: more inventions admitted, clearly, and not clearly fewer facts right."""
    admitted, right = verdict(gain), verdict(kept)
    if wording.NOT_MEASURED in (admitted, right):
        return wording.NOT_MEASURED
    if admitted == "better":
        return COSTS if right == "worse" else PAYS
    if "worse" in (admitted, right):
        return HARMS
    return HELPS if right == "better" else UNMOVED


def permission_table(results: Results, names: Sequence[str]) -> Table:
    """Show what permission brings and costs each model."""
    columns = {"invented, admitted": INVENTED, "with permission": INVENTED_PERMITTED, "real, right": REAL, "right with permission": REAL_PERMITTED}
    rows, moved = [], permission(results)
    for name in names:
        shares = {column: wording.share(sbs.rate(results[task][name])) for column, task in columns.items()}
        rows.append({"model": called(name)} | shares | {"permission": pays(*moved[name])})
    return sbs.table(pd.DataFrame(rows))


def for_whom(results: Results) -> Outcome:
    """Say for which of the three sizes permission pays without a cost."""
    key, moved = "model_size/permission", permission(results)
    found = {size.name: pays(*moved[size.name]) for size in SIZES}
    if wording.NOT_MEASURED in found.values():
        return not_measured(key, ", ".join(size.title for size in SIZES))
    well = [name for name, word in found.items() if word == PAYS]
    told = " ".join(f"For the {called(name)} model permission {word}: {_moved(results, name, *moved[name])}." for name, word in found.items())
    told += f" P-values are corrected for {wording.plural(2 * len(moved), 'comparison')} (Holm)."
    every, larger, largest, none, other = wording.options(key)
    answer = {tuple(found): every, tuple(found)[1:]: larger, tuple(found)[2:]: largest, (): none}.get(tuple(well), other)
    return sbs.outcome(key, answer, told)


def _moved(results: Results, name: str, gain: Difference, kept: Difference) -> str:
    """Say what permission moved: in counts, and in points with their interval."""
    invented, admitted, real, right = (wording.count(sbs.rate(results[task][name])) for task in (INVENTED, INVENTED_PERMITTED, REAL, REAL_PERMITTED))
    return f"admitted {invented}, then {admitted}, {wording.points(gain)}; right about real things {real}, then {right}, {wording.points(kept)}"


# --- what it takes ----------------------------------------------------------------------------------------------------

HOSTED = ("gpt-4.1-nano", "gpt-4.1-mini", "gpt-4.1")  # three sizes of one family, which write no hidden tokens


def cost(used: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return what an answer takes.

    Args:
        used: Model → `sbs.usage` of its client.

    Returns:
        One row a model: model, answers, seconds (median of an answer), tokens_in, tokens_out (mean of an answer; NaN where they are not told),
        day (of the latest answer).
    """
    rows = []
    for name, calls in used.items():
        told_in, told_out = (calls[column].astype(float).mean() for column in ("input_tokens", "output_tokens"))
        seconds, day = calls["seconds"].astype(float).median(), calls["day"].max() if len(calls) else None
        rows.append({"model": name, "answers": len(calls), "seconds": seconds, "tokens_in": told_in, "tokens_out": told_out, "day": day})
    return pd.DataFrame(rows)


def cost_table(spent: pd.DataFrame) -> Table:
    """Show seconds, memory, file and price beside one another; hosted models with their price alone."""
    rows = [_own(row) for row in spent.itertuples()]
    asked = spent[spent["model"] == MAIN.name]
    rows += [_hosted(name, row) for row in asked.itertuples() for name in HOSTED]
    return sbs.table(pd.DataFrame(rows))


def _own(row: Any) -> dict[str, Any]:
    size = MODELS.get(row.model)
    told = {"memory": f"{size.memory:g} GB", "file": f"{size.size / 1e9:.1f} GB"} if size else {"memory": "elsewhere", "file": "elsewhere"}
    dollars = None if size else sbs.prices.price(row.model, row.tokens_in, row.tokens_out, row.day, answers=1000)
    bill = "no charge" if size else "unknown" if dollars is None else f"{dollars:.2f}"
    return {"model": called(row.model), "answers": row.answers, "seconds an answer": wording.number(row.seconds, ".2f")} | told | {BILL: bill}


def _hosted(name: str, row: Any) -> dict[str, Any]:
    dollars = sbs.prices.price(name, row.tokens_in, row.tokens_out, row.day, answers=1000)
    bill = wording.NOT_MEASURED if dollars is None else f"{dollars:.2f}"
    return {"model": f"{name} (price only)", "answers": "not asked", "seconds an answer": "", "memory": "elsewhere", "file": "elsewhere", BILL: bill}


BILL = "1,000 such answers, US dollars"


def slower(spent: pd.DataFrame) -> Outcome:
    """Say how many times as long the main model takes as the middle one."""
    key, seconds = "model_size/slower", dict(zip(spent["model"], spent["seconds"], strict=True))
    times = seconds.get(MAIN.name, np.nan) / seconds.get(MIDDLE.name, np.nan)
    if np.isnan(times):
        return not_measured(key, MAIN.title)
    larger = MAIN.parameters / MIDDLE.parameters
    told = f"The main model has {larger:.1f} times the parameters of the middle one and took {times:.1f} times as long for the same questions"
    told += f" (median {seconds[MAIN.name]:.2f} and {seconds[MIDDLE.name]:.2f} seconds, as recorded)."
    return sbs.outcome(key, wording.by_bounds(times, (1.5, 2.5, 3.5), wording.options(key)), told)


# --- beyond our sizes -------------------------------------------------------------------------------------------------

EXAM, FACTS = "MMLU: exam questions, four answers to choose from", "SimpleQA: short facts, no search"
EVALS, CARD = "OpenAI, simple-evals (2025), as reported by Meta", "OpenAI, o1 System Card (2024), table 3"
UNSAID = "not published"
CITED = (  # test, model, parameters, share right, share made up (None if the source tells none), source
    (EXAM, "Llama 3.1 8B", "8 billion", 0.684, None, EVALS),
    (EXAM, "Llama 3.1 70B", "70 billion", 0.82, None, EVALS),
    (EXAM, "Llama 3.1 405B", "405 billion", 0.886, None, EVALS),
    (FACTS, "o1-mini", UNSAID, 0.07, 0.60, CARD),
    (FACTS, "GPT-4o mini", UNSAID, 0.09, 0.90, CARD),
    (FACTS, "GPT-4o", UNSAID, 0.38, 0.61, CARD),
    (FACTS, "o1", UNSAID, 0.47, 0.44, CARD),
)


def cited() -> Table:
    """Show published figures of larger models: cited, not measured here."""
    rows = []
    for test, name, parameters, right, wrong, source in CITED:
        told = {"made up": "" if wrong is None else f"{wrong:.0%}", "neither": "" if wrong is None else f"{1 - right - wrong:.0%}"}
        rows.append({"cited: test": test, "model": name, "parameters": parameters, "right": f"{right:.0%}"} | told | {"source": source})
    return sbs.table(pd.DataFrame(rows))
