"""What the page *Roles* reads from the course's own recordings, and what it shows of them."""

from __future__ import annotations

import json
import zlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

import sidebyside as sbs
from sidebyside import lessons
from sidebyside.asked import like
from sidebyside.cases import Case
from sidebyside.endpoint.counts import told
from sidebyside.endpoint.dialects import with_grammar
from sidebyside.errors import CaseError, Why
from sidebyside.evaluation import is_missing, middle
from sidebyside.models import MODELS, RECORDED
from sidebyside.store import Entry, read_entries
from sidebyside.widgets import Box, Canvas, Outcome, Table, canvas, not_measured
from sidebyside.wording import LINE, NOT_MEASURED, after, by_bounds, clearly, options, p_is

GONE = sbs.NoAnswer(Why.UNMEASURED, "not recorded")
COLUMNS = ["lesson", "request", "question", "answer", "seconds", "input_tokens", "output_tokens", "day"]
NUMBERS = ["seconds", "input_tokens", "output_tokens"]
USE, CHECK = "uses the model", "checks the model"
JUDGES = ("judging_with_a_model",)  # lessons in which one answer is about another
IDEA, SHOWN, CHOOSE, EXAM, WORK, WATCH = "task and idea", "labels to learn from", "labels to choose by", "labels for the exam", "put to work", "watch"
LABELLED = (SHOWN, CHOOSE, EXAM)
TRAINED, PROMPT = "trained model", "prompt"
KINDS = {TRAINED: "ML", PROMPT: "GenAI"}
HERE = "not measured here"
PLAIN, TESTED, LABELS, DOCUMENTS = "asked plainly", "a tested prompt", "own labels", "own documents"
DRAWS = 2000  # resamples of an interval
Marks = Sequence[bool | None]


# --- what was recorded ------------------------------------------------------------------------------------------------


def recorded(model: str, *only: str) -> pd.DataFrame:
    """Return each recorded call to a model on the case in force, once, although several lessons may show its answer: `COLUMNS`.

    Args:
        model: The model's name.
        *only: The slugs of lessons; all if there is none. What is no lesson, such as a hackathon's starter, does not count.
    """
    settings = sbs.read_settings()
    folder, wanted = settings.recordings / model / settings.case.name, only or lessons.slugs()
    files = [file for file in sorted(folder.glob("*.jsonl")) if file.stem in wanted]
    rows = [_row(file.stem, entry) for file in files for entry in read_entries(file)]
    return pd.DataFrame(rows, columns=COLUMNS, dtype=object).astype(dict.fromkeys(NUMBERS, float))


def _row(lesson: str, entry: Entry) -> tuple[Any, ...]:
    request, response = entry["request"], entry["response"]
    messages, choice = request.get("messages") or [{}], (response.get("choices") or [{}])[0]
    question = messages[-1].get("content") or str(request.get("prompt") or request.get("input") or "")
    answer = (choice.get("message") or {}).get("content") or choice.get("text") or ""
    return lesson, request, question, answer, entry["seconds"], *told(response.get("usage")), entry["recorded"]


def found(calls: pd.DataFrame, prompt: sbs.Prompt, texts: Iterable[str]) -> pd.DataFrame:
    """Return the recorded call of a prompt with each text, in the same order: `COLUMNS`; where none was recorded, the answer says so.

    Args:
        calls: As `recorded` returns them.
        prompt: The prompt; it is asked at temperature 0.
        texts: What stands in it.
    """
    asked = [(prompt.messages(text), prompt.options) for text in texts]
    return _matching(calls, asked)


def plainly(calls: pd.DataFrame, prompts: Iterable[str]) -> pd.DataFrame:
    """Return the recorded call of each prompt that is a single message, asked at temperature 0, as `found` does."""
    return _matching(calls, [([{"role": "user", "content": prompt}], {}) for prompt in prompts])


def _matching(calls: pd.DataFrame, asked: Iterable[tuple[Any, Mapping[str, Any]]]) -> pd.DataFrame:
    places: dict[str, list[int]] = defaultdict(list)
    for place, question in enumerate(calls["question"]):
        places[question].append(place)
    rows = []
    for messages, chosen in asked:
        fits = like(messages, temperature=0, **_as_embedded(chosen))
        hit = next((place for place in places[messages[-1]["content"]] if fits(calls["request"].iloc[place])), None)
        rows.append([None, None, "", GONE, *[None] * 4] if hit is None else list(calls.iloc[hit]))
    return pd.DataFrame(rows, columns=COLUMNS, dtype=object).astype(dict.fromkeys(NUMBERS, float))


def _as_embedded(chosen: Mapping[str, Any]) -> dict[str, Any]:
    """Return options as the embedded models were asked: `one_of` is a grammar."""
    beside = chosen.get("extra_body", {})
    return {name: value for name, value in chosen.items() if name != "extra_body"} | with_grammar(dict(beside))


def came(calls: pd.DataFrame) -> pd.DataFrame:
    """Return the calls that were recorded."""
    return calls[[not is_missing(answer) for answer in calls["answer"]]]


def _minutes(seconds: float) -> str:
    return f"{seconds / 60:.1f} min"


def _tokens(calls: pd.DataFrame) -> int:
    return int(calls[["input_tokens", "output_tokens"]].sum().sum())


# --- where the hours go -----------------------------------------------------------------------------------------------


def labels_needed(case: Case, best: sbs.Prompt, sample: pd.DataFrame) -> pd.DataFrame:
    """Return how many labels each way takes in each phase: columns phase, way, labels (not a number where the course measured nothing).

    Args:
        case: The case.
        best: The prompt that was chosen.
        sample: The dev messages by which it was chosen.
    """
    train, dev, test = (len(case.split(name)) for name in ("train", "dev", "test"))
    needed = {TRAINED: (train, dev, test), PROMPT: (len(best.examples), len(sample), test)}
    rows = [(phase, way, n) for way, labels in needed.items() for phase, n in zip(LABELLED, labels, strict=True)]
    rows += [(phase, way, None) for way in needed for phase in (IDEA, WORK, WATCH)]
    return pd.DataFrame(rows, columns=["phase", "way", "labels"]).astype({"labels": float})


def hours_of(labels: float, seconds_per_label: float) -> float:
    """Return a person's hours for so many labels."""
    return labels * seconds_per_label / 3600


def effort_chart(labels: pd.DataFrame, seconds_per_label: float) -> Any:
    """Draw a person's hours in each phase that was measured, the two ways one below the other."""
    known = labels[labels["labels"].notna()]
    hours = [hours_of(n, seconds_per_label) for n in known["labels"]]
    rows = pd.DataFrame({"name": known["way"] + ": " + known["phase"], "amount": hours, "kind": known["way"].map(KINDS)})
    listed = "; ".join(f"{row.name}, {row.amount:.1f} hours" for row in rows.itertuples(index=False))
    return sbs.charts.bars(rows, f"Bar chart of a person's hours: {listed}.", "hours of a person")


def effort_table(labels: pd.DataFrame, seconds_per_label: float, computing: Mapping[str, pd.DataFrame], training: float) -> Table:
    """Show each phase with a person's hours in both ways, and the computing.

    Args:
        labels: As `labels_needed` returns them.
        seconds_per_label: A person's.
        computing: Phase → the recorded calls of the prompt's way.
        training: Seconds that choosing and training the trained model took just now.
    """
    wide = labels.pivot(index="phase", columns="way", values="labels")
    rows = [
        {
            "phase": phase,
            **{f"{way}: a person": _hours(wide.loc[phase, way], seconds_per_label) for way in KINDS},
            f"{TRAINED}: computing": f"training, under {'a minute' if training < 60 else 'an hour'}" if phase == CHOOSE else _nothing(phase),
            f"{PROMPT}: computing": _computing(computing[phase]) if phase in computing else _nothing(phase),
        }
        for phase in (IDEA, SHOWN, CHOOSE, EXAM, WORK, WATCH)
    ]
    return sbs.table(pd.DataFrame(rows))


def _nothing(phase: str) -> str:
    return "" if phase in LABELLED else HERE


def _hours(labels: float, seconds_per_label: float) -> str:
    return HERE if pd.isna(labels) else f"{hours_of(labels, seconds_per_label):.1f} h ({labels:,.0f} labels)"


def _computing(calls: pd.DataFrame) -> str:
    there = came(calls)
    if there.empty:
        return "not recorded"
    return f"{len(there):,} calls, {_tokens(there):,} tokens, {_minutes(there['seconds'].sum())}"


def hours(model: str, labels: pd.DataFrame, seconds_per_label: float) -> Outcome:
    """Say which labels take most of a person's hours in the prompt's way, and how the two ways compare."""
    key = "team_work/hours"
    by_way = {way: part.set_index("phase")["labels"].dropna() for way, part in labels.groupby("way")}
    mine, others = by_way[PROMPT], by_way[TRAINED]
    if not mine.sum():
        return not_measured(key, model, "This case has no labels, so there is nothing to count.")
    said = dict(zip(LABELLED, options(key), strict=True))
    spent, before = (hours_of(part.sum(), seconds_per_label) for part in (mine, others))
    listed = "; ".join(f"{phase} {n:,.0f}" for phase, n in mine[list(LABELLED)].items())
    told = (
        f"The prompt's way takes {mine.sum():,.0f} labels ({listed}) and {spent:.1f} hours, the trained model's {others.sum():,.0f} and "
        f"{before:.1f} hours. {_largest(mine)} {_shrunk(spent, before)}"
    )
    return sbs.outcome(key, said[mine[list(LABELLED)].idxmax()], told, model)


def _largest(labels: pd.Series) -> str:
    return f"Of the prompt's hours, {labels.max() / labels.sum():.0%} go into {labels.idxmax()}."


def _shrunk(mine: float, others: float) -> str:
    if mine >= others:
        return "The prompt saves no labelling here."
    return f"The prompt saves {1 - mine / others:.0%} of the labelling."


# --- what the course spent --------------------------------------------------------------------------------------------


def purposes(calls: pd.DataFrame, case: Case) -> pd.Series:
    """Return of each call what it was for, `USE` or `CHECK`.

    A call checks the model if the case knows the right answer (a message of dev or test, a question on file), if it repeats a sampled
    request, or if one answer judges another. All else uses it.
    """
    if calls.empty:
        return pd.Series(dtype=object)
    known = _on_file(case)
    sampled = [request.get("temperature", 0) and str(request.get("messages")) for request in calls["request"]]
    again = pd.Series(sampled).duplicated() & pd.Series(sampled).astype(bool)
    checks = [
        twice or lesson in JUDGES or any(text in asked for text in known)
        for twice, lesson, asked in zip(again, calls["lesson"], map(_asked, calls["request"], calls["question"]), strict=True)
    ]
    return pd.Series(np.where(checks, CHECK, USE), index=calls.index, dtype=object)


def _asked(request: Mapping[str, Any], question: str) -> str:
    """Return all that a request says, since "Are you sure?" is about what was asked before it."""
    return "\n".join([*(str(message.get("content")) for message in request.get("messages") or ()), question])


def _on_file(case: Case) -> list[str]:
    known = [*case.split("dev")["text"], *case.split("test")["text"]]
    for name in ("facts", "entities"):
        try:
            known += list(getattr(case, name)["question"])
        except CaseError:
            continue
    return [text for text in known if text.strip()]


def spending(model: str, calls: pd.DataFrame, purpose: pd.Series) -> Table:
    """Show what each lesson asked of a model: calls, checks among them, tokens, minutes; the longest first, and all together at the end."""
    parts = sorted(calls.groupby("lesson"), key=lambda part: -part[1]["seconds"].sum())
    rows = [_spent(str(lesson).replace("_", " "), part, purpose[part.index]) for lesson, part in parts]
    return sbs.table(pd.DataFrame([*rows, _spent(f"all, {model}", calls, purpose)] if rows else []))


def _spent(name: str, calls: pd.DataFrame, purpose: pd.Series) -> dict[str, str]:
    return {
        "lesson": name,
        "calls": f"{len(calls):,}",
        "checks among them": f"{(purpose == CHECK).sum():,}",
        "tokens in": f"{calls['input_tokens'].sum():,.0f}",
        "tokens out": f"{calls['output_tokens'].sum():,.0f}",
        "minutes": f"{calls['seconds'].sum() / 60:.0f}",
    }


def split_chart(model: str, calls: pd.DataFrame, purpose: pd.Series) -> Any:
    """Draw which share of calls, tokens and time uses the model, and which checks it."""
    if calls.empty:
        return sbs.say(f"What **{sbs.plain(model)}** was used for is {NOT_MEASURED}: no calls are recorded on this case.")
    measures = {"calls": calls["seconds"].notna(), "tokens": calls["input_tokens"] + calls["output_tokens"], "computing time": calls["seconds"]}
    rows = [(name, sbs.charts.kind_of(model), what, float(each[purpose == what].sum())) for name, each in measures.items() for what in (CHECK, USE)]
    table = pd.DataFrame(rows, columns=["system", "kind", "answer", "n"])
    shares = table[table["answer"] == CHECK]["n"].to_numpy() / table.groupby("system", sort=False)["n"].sum().to_numpy()
    listed = ", ".join(f"{name} {share:.0%}" for name, share in zip(measures, shares, strict=True))
    return sbs.charts.shares(table, f"Stacked bars: the share that checks the model. {listed}.", "share")


def checking(model: str, calls: pd.DataFrame, purpose: pd.Series, hosted: Sequence[str], labelling: float, wage: float) -> Outcome:
    """Say which share of the calls checks the model, and what as many tokens cost at hosted models.

    Args:
        model: Who was asked.
        calls: All calls, as `recorded` returns them.
        purpose: What each was for.
        hosted: The hosted models whose prices are told.
        labelling: A person's hours for the labels of one exam.
        wage: US dollars an hour.
    """
    key = "team_work/checks"
    if calls.empty:
        return not_measured(key, model, f"No calls to {model} are recorded on this case, so there is nothing to count.")
    checks = (purpose == CHECK).sum()
    shares = {name: calls[name][purpose == CHECK].sum() / calls[name].sum() for name in ("seconds", "input_tokens")}
    told = (
        f"Of {len(calls):,} calls to {model}, {checks:,} check it: {checks / len(calls):.0%} of the calls, {shares['seconds']:.0%} of the "
        f"computing time. All took {calls['seconds'].sum() / 3600:.1f} hours and {_tokens(calls):,} tokens. {_priced(calls, hosted)} "
        f"The labels of one exam, {labelling:.1f} hours of a person at {wage:g} US dollars, cost {labelling * wage:.2f}."
    )
    return sbs.outcome(key, by_bounds(checks / len(calls), (0.25, 0.5, after(0.75)), options(key)), told, model)


def _priced(calls: pd.DataFrame, hosted: Sequence[str]) -> str:
    tokens, day = [float(calls[name].sum()) for name in ("input_tokens", "output_tokens")], calls["day"].max()
    prices = {name: sbs.prices.price(name, *tokens, day) for name in hosted}
    known = [f"{price:.2f} US dollars ({name})" for name, price in prices.items() if price is not None]
    return f"As many tokens cost {', '.join(known)}; the answers of those models were not tested." if known else ""


# --- what moves to a provider -----------------------------------------------------------------------------------------

MOVES = (  # what, where it goes with a hosted model
    ("computers that run the model", "moves", "is paid for with each token"),
    ("the model's weights, and when they change", "moves", "the provider sets the day; its terms say how long before it tells you"),
    ("the price list", "moves", "yours is the budget, and the limit that stops a run"),
    ("the task, and what counts as right", "stays", "nobody else knows your customers"),
    ("the labelled exam", "stays", "the only way to see a change of the model"),
    ("the threshold, and who approves", "stays", "depends on what a mistake costs you"),
    ("the content that answers come from", "stays", "an old rule gives an old answer"),
    ("responsibility towards customers", "stays", "a contract may share the bill, not the blame"),
)


def moves() -> Table:
    """Show what moves to a provider and what stays."""
    return sbs.table(pd.DataFrame(MOVES, columns=["what", "moves or stays", "because"]))


@dataclass(frozen=True)
class Sitting:
    """One model's exam of one task, with a prompt that was not made for it.

    Attributes:
        labels: The label that it named for each message; None if it named none, `GONE` if it was not recorded.
        right: Whether each is right; None where it was not recorded.
        seconds: Of computing.
    """

    labels: list[Any]
    right: Marks
    seconds: float


def exams(case: Case) -> list[Any]:
    """Return the tasks of *Model size* that name a label of the case."""
    lesson = sbs.lesson("model_size")
    return [task for task in (lesson.label(case), lesson.other_label(case)) if task]


def sit(model: str, task: Any, labels: Sequence[str]) -> Sitting:
    """Return a model's recorded exam of a task of *Model size*.

    Args:
        model: The model's name.
        task: A task, as `model_size` makes it.
        labels: The labels that an answer may name.
    """
    calls = plainly(recorded(model, "model_size"), task.prompts)
    answers = list(calls["answer"])
    read = [answer if is_missing(answer) else sbs.read_label(answer, labels) for answer in answers]
    return Sitting(read, task.mark(answers), float(calls["seconds"].sum()))


def others(model: str) -> list[str]:
    """Return the recorded models but one: first the one whose outputs the course keeps for each page."""
    return [name for name in dict.fromkeys(other.name for other in (*RECORDED, *MODELS.values())) if name != model][:2]


def swapped(before: Sitting, after_it: Sitting) -> list[bool]:
    """Return for each message that both models answered whether the label is another."""
    pairs = zip(before.labels, after_it.labels, strict=True)
    return [old != new for old, new in pairs if not (isinstance(old, sbs.NoAnswer) or isinstance(new, sbs.NoAnswer))]


def swap_table(model: str, sittings: Mapping[str, Mapping[str, Sitting]]) -> Table:
    """Show what a change of the model does to each task.

    Args:
        model: The model before the change.
        sittings: Task → model → its exam.
    """
    rows = [_swap_row(task, other, by_model[model], by_model[other]) for task, by_model in sittings.items() for other in by_model if other != model]
    return sbs.table(pd.DataFrame(rows))


def _swap_row(task: str, other: str, before: Sitting, after_it: Sitting) -> dict[str, str]:
    changed, (won, lost) = swapped(before, after_it), sbs.flips(before.right, after_it.right)
    return {
        "task": task,
        "changed to": other,
        "right before": str(sbs.rate(before.right)) if changed else NOT_MEASURED,
        "right after": str(sbs.rate(after_it.right)) if changed else NOT_MEASURED,
        "other labels": f"{sum(changed)} of {len(changed)}" if changed else NOT_MEASURED,
        "won · lost": f"{len(won)} · {len(lost)}" if changed else NOT_MEASURED,
        "seconds of the exam": f"{after_it.seconds:.0f}" if changed else NOT_MEASURED,
    }


def swap(model: str, sittings: Mapping[str, Sitting]) -> Outcome:
    """Say on how many messages a change of the model changes the label, and what the exam says of it.

    Args:
        model: The model before the change.
        sittings: Model → its exam; the first one besides is that after the change.
    """
    other = next(name for name in sittings if name != model)
    key, before, after_it = "team_work/swap", sittings[model], sittings[other]
    changed = swapped(before, after_it)
    if not changed:
        return not_measured(key, model, f"No exam of {model} and of {other} is recorded on this case, so there is nothing to compare.")
    won, lost = sbs.flips(before.right, after_it.right)
    p, gap = sbs.paired_p(before.right, after_it.right), sbs.evaluation.paired_gap(after_it.right, before.right)
    verdict = clearly(gap, p, ["clearly better than before", "clearly worse than before", "no clear difference"])
    told = (
        f"From {model} to {other}, {sbs.rate(changed)} of the messages get another label; {len(won)} become right and {len(lost)} wrong. "
        f"Right before: {sbs.rate(before.right)}; after: {sbs.rate(after_it.right)}: {verdict} ({p_is(p)}). "
        f"To see that took {after_it.seconds:.0f} seconds of computing."
    )
    return sbs.outcome(key, by_bounds(sum(changed) / len(changed), (after(0.1), after(0.25), after(0.5)), options(key)), told, model)


# --- where a company differs ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Gain:
    """What one thing of a company's own adds to a model that everyone has, on the same samples.

    Attributes:
        task: What is done.
        what: `TESTED`, `LABELS` or `DOCUMENTS`.
        before: Whether each sample is right without it; None where nothing was recorded.
        after: Whether it is right with it.
    """

    task: str
    what: str
    before: Marks
    after: Marks

    @property
    def differences(self) -> np.ndarray:
        """1 for each sample won, -1 for each lost, 0 for the others; samples without a mark are left out."""
        pairs = [(bool(a), bool(b)) for a, b in zip(self.before, self.after, strict=True) if not (is_missing(a) or is_missing(b))]
        return np.array([int(after_it) - int(first) for first, after_it in pairs], dtype=float)

    def draws(self) -> np.ndarray:
        """Return the mean difference in `DRAWS` resamples of the samples: the same picks for all gains of a task."""
        differences = self.differences
        generator = np.random.default_rng(zlib.crc32(self.task.encode()))
        return differences[generator.integers(0, len(differences), size=(DRAWS, len(differences)))].mean(axis=1)


def documents(calls: pd.DataFrame, case: Case) -> Gain:
    """Return what the right passage adds to the questions of *Grounding*'s exam, read from its recorded answers."""
    lesson = sbs.lesson("grounding")
    try:
        passages, facts = sbs.passages(case.documents), sbs.retrieval.placed_facts(case)
    except CaseError:
        return Gain("questions", DOCUMENTS, [], [])
    texts = passages["heading"] + ". " + passages["text"]
    _, asked, _ = lesson.split(facts[facts["home"] >= 0], facts[facts["document"] == ""])
    with_text = [f"Text: {texts[fact.home]}\n\nQuestion: {fact.question}" for fact in asked.itertuples()]
    answers = [_under_one_instruction(calls, list(questions)) for questions in (asked["question"], with_text)]
    return Gain("questions", DOCUMENTS, *(lesson.marks(lesson.kinds_of(said, asked["answer"]), lesson.RIGHT) for said in answers))


def _under_one_instruction(calls: pd.DataFrame, questions: Sequence[str]) -> list[str | None]:
    """Return the answers to questions under the one instruction that was recorded with all of them; None for each if there is no such one.

    An answer may be listed under another lesson that asked the same; instructions that were tried on a part of the questions do not count.
    """
    there = calls[calls["question"].isin(set(questions))]
    instructions = [json.dumps([message["content"] for message in request["messages"][:-1]]) for request in there["request"]]
    for _, part in there.groupby(pd.Series(instructions, index=there.index, dtype=object)):
        answers = part.drop_duplicates("question").set_index("question")["answer"]
        if set(questions) <= set(answers.index):
            return [answers[question] for question in questions]
    return [None] * len(questions)


def gains_chart(model: str, gains: Sequence[Gain]) -> Any:
    """Draw for each task how the model does without and with what is a company's own."""
    systems: dict[str, tuple[str, sbs.Rate]] = {}
    for gain in gains:
        plain, own = sbs.rate(gain.before), sbs.rate(gain.after)
        if plain.n and own.n:
            systems.setdefault(f"{gain.task}: {PLAIN}", (sbs.charts.kind_of(model), plain))
            systems[f"{gain.task}: {gain.what}"] = ("ML" if gain.what == LABELS else sbs.charts.kind_of(model), own)
    if not systems:
        return sbs.say(f"What own things add to **{sbs.plain(model)}** is {NOT_MEASURED} on this case.")
    listed = ", ".join(f"{name} {rate.value:.0%}" for name, (_, rate) in systems.items())
    return sbs.scoreboard(systems, f"Points with intervals: share of right answers. {listed}.", "right answers")


def gains_table(gains: Sequence[Gain]) -> Table:
    """Show what each thing adds, in points with a bootstrap interval, and whether the paired test finds it clear."""
    return sbs.table(pd.DataFrame([_gain_row(gain) for gain in gains]))


def _gain_row(gain: Gain) -> dict[str, str]:
    n, p = len(gain.differences), sbs.paired_p(gain.before, gain.after)
    told = f"{100 * gain.differences.mean():+.0f} points ({_points(gain.draws())})" if n else NOT_MEASURED
    return {"task": gain.task, "own": gain.what, "samples": str(n), "adds (95 % interval)": told, "paired test": p_is(p)}


def _points(draws: np.ndarray) -> str:
    low, high = middle(100 * draws)
    return f"{low:+.0f} to {high:+.0f}"


def adds(model: str, gains: Sequence[Gain]) -> Outcome:
    """Say which of the three adds most, as the mean over its tasks, if resampling makes it clear."""
    key, *names, close = "team_work/adds", *options("team_work/adds")
    by_what = {what: [gain for gain in gains if gain.what == what and len(gain.differences)] for what in names}
    means = {what: np.mean([gain.draws() for gain in some], axis=0) for what, some in by_what.items() if some}
    if len(means) < len(names):
        return not_measured(key, model, f"Not all three are recorded with {model} on this case, so they cannot be compared.")
    points = {what: float(np.mean([gain.differences.mean() for gain in by_what[what]])) for what in names}
    first, second, _ = sorted(names, key=lambda what: -points[what])
    ahead = float((means[first] > means[second]).mean())
    listed = "; ".join(f"{what} {100 * points[what]:+.0f} points (95 % interval {_points(means[what])})" for what in names)
    told = (
        f"Added to {model}: {listed}. In {ahead:.0%} of {DRAWS:,} resamples, {first} is ahead of {second}: "
        f"{'a clear lead' if ahead > 1 - LINE / 2 else 'too little to call a winner'}."
    )
    return sbs.outcome(key, first if ahead > 1 - LINE / 2 else close, told, model)


# --- roles ------------------------------------------------------------------------------------------------------------

ROLES = (
    ("whose task it is", "says what counts as right", "the same, and reads answers every week", "stays"),
    ("labels", "thousands, to learn from", "hundreds, for the exam", "shrinks"),
    ("builds", "chooses features, trains", "writes and versions prompts, connects sources", "changes"),
    ("evaluation owner", "often whoever built it", "keeps the exam, runs it at each change, can stop a release", "new"),
    ("content owner", "none", "keeps the documents that answers come from", "new"),
    ("risk owner", "approves once", "decides what needs a person's approval, and answers for it", "new"),
    ("runs it", "own servers, drift of the data", "budget and limits, changes of the provider's model", "changes"),
)


def roles() -> Table:
    """Show who does what in both ways."""
    return sbs.table(pd.DataFrame(ROLES, columns=["role", "with a trained model", "with a provider's language model", ""]))


# --- the canvas -------------------------------------------------------------------------------------------------------

BOXES = (
    Box(
        "Task",
        "One sentence: from what to what, for whom, how often?",
        "From each message that comes in, tell whether the customer is unhappy, so that care answers those first. About 300 a week.",
        ("a wish, such as “use AI in care”", "what goes in and what comes out", "also how often, and for whom"),
    ),
    Box(
        "Who decides what differently?",
        "Which person does what, once the answer is there?",
        "The shift lead opens the unhappy ones by ten o’clock. Today she takes them as they come.",
        ("“better insight”", "a person and a decision", "also what happens today without it"),
    ),
    Box(
        "Rule, ML, GenAI or people: why?",
        "Which of the four, and what speaks against the simplest one?",
        "A prompt first, because few labels are there. A list of angry words misses polite complaints. A trained model later, if labels pile up.",
        ("one tool, no reason", "a reason for it", "also why the simpler ones are not enough"),
    ),
    Box(
        "Data and labels at hand",
        "What is there, may it be used, and what would labels cost?",
        "Two years of messages; no labels. At 20 seconds each, 400 labels take two people an hour or so. Names are removed first.",
        ("“we have data”", "how much, and who may use it", "also the hours for labels"),
    ),
    Box(
        "Measure and exam",
        "Which number decides, on how many samples, from what value on?",
        "Share of unhappy customers found, on 300 labelled messages that nobody tunes on. We go on from 85 in 100, interval included.",
        ("“it should work well”", "a measure and an exam", "also the value that decides, fixed beforehand"),
    ),
    Box(
        "Cost of a mistake, and who answers for it",
        "What does each kind of mistake cost, and whose name is on it?",
        "An unhappy customer missed waits a day more: a voucher at worst. A happy one flagged costs half a minute. The head of care answers.",
        ("“low risk”", "each kind of mistake and its price", "also a person who answers, with a name"),
    ),
    Box(
        "Smallest test in two weeks",
        "What could you know in two weeks, with what is there?",
        "Label 150 messages, try three prompts on 50 of them, judge the best once on the other 100.",
        ("a project plan", "a test with an end", "also what each result would make you do"),
    ),
    Box(
        "What would stop it?",
        "Which result, rule or event ends it?",
        "Under 75 in 100 on the exam. Or data protection says no. Or the provider changes the model and the exam falls.",
        ("nothing", "one thing that can happen", "also who looks, and when"),
    ),
    Box(
        "Owner",
        "Who keeps the exam, the prompt and the content after the start?",
        "Mira, of care, keeps the exam and runs it at each change; Jon, of IT, the prompt and the bill.",
        ("“the team”", "a person", "also hours for it, and a deputy"),
    ),
)


def opportunity() -> Canvas:
    """Show the canvas: the reader's own opportunity, box by box, with levels to score it by and an example from the case."""
    return canvas("team_work/canvas", "Opportunity canvas", BOXES)
