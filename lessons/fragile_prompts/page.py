"""What the page on fragile prompts asks, counts and shows: one prompt in ten harmless forms, its answers read in four ways."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from IPython.display import Markdown

import sidebyside as sbs
from sidebyside import NoAnswer, wording
from sidebyside.cases import Case
from sidebyside.evaluation import compare, holm, rate_by_group
from sidebyside.widgets import Outcome, Table, not_measured
from sidebyside.wording import NOT_MEASURED, after, by_bounds, by_count, clearly, count_share, number, options, p_value, plural, share

ASKED = 24  # dev messages: with ten forms of two prompts, 480 requests
EXACT, NAMED, FIRST_TOKEN, CALIBRATED = READINGS = ["exact label", "label named", "first token", "calibrated"]
DRAWS = 2000
PLAIN, SHOWN = "without examples", "with four examples"
TEXT = "{text}"

Answers = Mapping[str, Sequence[Any]]  # form of the prompt → its chat completions, one for each message
Labels = pd.DataFrame  # a row for each message that every form got an answer to, a column for each form: the label, missing if it is not usable
Marks = pd.DataFrame  # the same shape: whether the label is right


# --- the prompt and its forms -----------------------------------------------------------------------------------------


def dev_sample(case: Case) -> pd.DataFrame:
    """Return the dev messages that every form is asked about: a random sample, the same each time."""
    dev = case.split("dev")
    return sbs.limit(dev.sample(min(ASKED, len(dev)), random_state=0).reset_index(drop=True), times=20)


def prompts(case: Case) -> tuple[sbs.Prompt, sbs.Prompt]:
    """Return the task alone, and the task with four examples from train: two versions of *The GenAI workflow*."""
    plain, _, shown = sbs.lesson("the_genai_workflow").versions(case)
    return replace(plain, version=PLAIN), replace(shown, version=SHOWN)


def forms(case: Case, base: sbs.Prompt) -> dict[str, sbs.Prompt]:
    """Return a prompt in ten forms that mean the same to a person, its examples in the same form; the first is the prompt itself."""
    negative, positive = case.classes
    label, subject, word = case.label, case.subject, "Answer with one word."
    task = f"Classify the {label} of this {subject} as {positive} or {negative}."
    texts = {
        "as written": base.user,
        "labels the other way round": f"Classify the {label} of this {subject} as {negative} or {positive}. {word}\n\n{TEXT}",
        "labels with a capital": f"Classify the {label} of this {subject} as {positive.capitalize()} or {negative.capitalize()}. {word}\n\n{TEXT}",
        "labels as a list": f"Classify the {label} of this {subject}. {word}\n- {positive}\n- {negative}\n\n{TEXT}",
        "two typing errors": f"Clasify the {label} of this {subject} as {positive} or {negative}. Anser with one word.\n\n{TEXT}",
        "please and thank you": f"Please classify the {label} of this {subject} as {positive} or {negative}. {word} Thank you!\n\n{TEXT}",
        "shouting": f"{task} {word}".upper() + f"\n\n{TEXT}",
        "message in quotes": f'{task} {word}\n\n"{TEXT}"',
        "headings": f"{task} {word}\n\n{subject.capitalize()}: {TEXT}\n{label.capitalize()}:",
        "message first": f"{TEXT}\n\n{task} {word}",
    }
    return {name: replace(base, version=name, user=text) for name, text in texts.items()}


def forms_table(prompts: Mapping[str, sbs.Prompt]) -> Table:
    """Show each form as it is typed, with a sign for the end of a line."""
    return sbs.table(pd.DataFrame([(name, prompt.user.replace("\n", " ⏎ ")) for name, prompt in prompts.items()], columns=["form", "what is typed"]))


# --- four readings of the same answers --------------------------------------------------------------------------------


def _text(answer: Any) -> str:
    return str(answer.choices[0].message.content or "") if not isinstance(answer, NoAnswer) else ""


def _exact(answer: Any, classes: Sequence[str]) -> str | None:
    return text if (text := _text(answer).strip()) in classes else None


def _named(answer: Any, classes: Sequence[str]) -> str | None:
    return sbs.read_label(_text(answer), classes)


def all_came(answers: Answers) -> npt.NDArray[np.bool_]:
    """Tell for each message whether every form got an answer: only then can the forms be compared on it."""
    return ~pd.DataFrame(answers, dtype=object).map(lambda answer: isinstance(answer, NoAnswer)).to_numpy(dtype=bool).any(axis=1)


def read(answers: Answers, classes: Sequence[str]) -> dict[str, Labels]:
    """Read the same answers in four ways.

    Args:
        answers: Form → its chat completions, asked for with log-probabilities.
        classes: Both labels.

    Returns:
        Reading → labels: only an answer that is the very label; the one label that an answer names, in any letters; the label whose first
        token is likelier; the same, held against the mean of the form (batch calibration, Zhou et al. 2024, without their division).
        Without log-probabilities the last two have no rows.
    """
    given = pd.DataFrame(answers, dtype=object)[all_came(answers)]
    leans = given.map(lambda answer: sbs.tokens.lean(answer, *classes)).astype(float).dropna()
    plain = {EXACT: given.map(lambda answer: _exact(answer, classes)), NAMED: given.map(lambda answer: _named(answer, classes))}
    by_chance = {FIRST_TOKEN: leans > 0, CALIBRATED: leans > leans.mean()}
    return plain | {name: above.replace({True: classes[1], False: classes[0]}).astype(object) for name, above in by_chance.items()}


def marks(labels: Mapping[str, Labels], target: pd.Series) -> dict[str, Marks]:
    """Return for each reading whether each label is right; one that is not usable is wrong."""
    return {name: given.eq(target.loc[given.index], axis=0) for name, given in labels.items()}


def points(right: Marks) -> float:
    """Return how far apart the best and the worst form are, in points of a hundred; not a number where there are no messages."""
    return float(100 * np.ptp(right.mean())) if len(right) else float("nan")


def best_reading(right: Mapping[str, Marks]) -> str:
    """Return the reading with the most right answers over all forms; the first of several, which is the simplest."""
    return max(right, key=lambda name: int(right[name].to_numpy().sum()))


# --- how many messages flip -------------------------------------------------------------------------------------------


def flipped(labels: Labels) -> npt.NDArray[np.bool_]:
    """Tell for each message whether any two forms got another answer; an unusable one is an answer of its own."""
    return labels.nunique(axis=1, dropna=False).to_numpy() > 1


def flip_rate(labels: Labels) -> str:
    """Say how often a form's answer is another than the first form's, with an interval that draws whole messages again."""
    differs = labels.iloc[:, 1:].ne(labels.iloc[:, 0], axis=0) & ~(labels.iloc[:, 1:].isna() & labels.iloc[:, [0]].isna().to_numpy())
    return rate_by_group(differs.to_numpy().ravel(), np.repeat(np.arange(len(labels)), labels.shape[1] - 1))


def flip_table(labels: Labels) -> Table:
    """Show for each form how many answers no program could use, and how many are others than those to the first form."""
    first = labels.iloc[:, 0].fillna("")
    rows = [
        {
            "form": name,
            "no label in the answer (95 % interval)": count_share(sbs.rate(given.isna())),
            "other answer than the first form (95 % interval)": share(sbs.rate(given.fillna("") != first)) if place else "–",
        }
        for place, (name, given) in enumerate(labels.items())
    ]
    return sbs.table(pd.DataFrame(rows))


def contested(sample: pd.DataFrame, label: str, labels: Labels, classes: Sequence[str]) -> Table:
    """Show up to three messages that the forms disagree on most, with their counts; the shorter of equals first."""
    counts = pd.DataFrame({name: labels.eq(name).sum(axis=1) for name in classes} | {"neither": labels.isna().sum(axis=1)})
    ranked = pd.DataFrame({"most": counts.max(axis=1), "size": sample["text"].str.len().loc[labels.index]}).sort_values(["most", "size"])
    split = ranked.index[flipped(labels.loc[ranked.index])][:3]
    return sbs.table(pd.DataFrame({"message": sample["text"], "label": sample[label]}).loc[split].join(counts))


def flips(model: str, labels: Labels, asked: int) -> Outcome:
    """Say for how many messages the answer hangs on the form.

    Args:
        model: Who answered.
        labels: What was read.
        asked: How many messages were asked about.
    """
    key, changed = "fragile_prompts/flips", flipped(labels)
    if not len(labels):
        return not_measured(key, model)
    told = (
        f"{model}: {sbs.rate(changed)} of the messages get more than one answer from {plural(labels.shape[1], 'form')} of one prompt. "
        f"A form's answer is another than the first form's in {flip_rate(labels)}."
    )
    return sbs.outcome(key, by_count(int(changed.sum()), asked - len(labels), [1, 5, 11], options(key)), told)


# --- the spread of the scores -----------------------------------------------------------------------------------------


def shuffled_ranges(right: Marks) -> npt.NDArray[np.float64]:
    """Shuffle each message's marks among the forms, again and again, and return how far apart best and worst then are, in points; seeded."""
    if right.empty:
        return np.full(DRAWS, np.nan)
    copies = np.broadcast_to(right.to_numpy(dtype=bool), (DRAWS, *right.shape))
    return 100 * np.ptp(np.random.default_rng(0).permuted(copies, axis=2).mean(axis=1), axis=1)


def luck(right: Marks) -> float:
    """Return the p-value of the spread: the share of shufflings, with the one we saw, that are at least as wide."""
    return float("nan") if right.empty else float((1 + (shuffled_ranges(right) >= points(right) - 1e-9).sum()) / (1 + DRAWS))


def readings_chart(model: str, right: Mapping[str, Marks]) -> Any:
    """Draw the score of each form under each reading."""
    kind = sbs.charts.kind_of(model)
    rows = [pd.DataFrame({"group": reading, "kind": kind, "name": hits.columns, "score": hits.mean().values}) for reading, hits in right.items()]
    description = f"Ticks on four lines, one line a reading: the share of right answers of {model} under each form; the table below has the ends."
    return sbs.charts.spread(pd.concat(rows).dropna(), description, "right answers on dev")


def readings_table(right: Mapping[str, Marks], labels: Mapping[str, Labels]) -> Table:
    """Show for each reading the mean, the ends and their distance, and how many messages flip."""
    return sbs.table(pd.DataFrame([_reading_row(name, right[name], labels[name]) for name in right]))


def _reading_row(name: str, right: Marks, labels: Labels) -> dict[str, Any]:
    scores = right.mean()
    worst, best = (sbs.rate(right[at(scores)]) if len(right) else sbs.rate([None]) for at in (pd.Series.idxmin, pd.Series.idxmax))
    return {
        "reading": name,
        "worst form (95 % interval)": share(worst),
        "best form (95 % interval)": share(best),
        "points apart": number(points(right), ".0f"),
        "mean of all forms": number(100 * float(scores.mean()), ".0f"),
        "messages that flip (95 % interval)": count_share(sbs.rate(flipped(labels) if len(labels) else [None])),
    }


def remains(model: str, right: Mapping[str, Marks], labels: Mapping[str, Labels]) -> Outcome:
    """Say how far apart the forms still are once the same answers are read in the best way.

    Args:
        model: Who answered.
        right: Reading → marks.
        labels: Reading → labels.
    """
    key, best = "fragile_prompts/remains", best_reading(right)
    apart = points(right[best])
    if np.isnan(apart):
        return not_measured(key, model)
    widths = "; ".join(f"{name} {number(points(hits), '.0f')}" for name, hits in right.items())
    told = (
        f"Points between the best and the worst form, {model}: {widths}. The reading with the most right answers is “{best}”, "
        f"and under it {sbs.rate(flipped(labels[best]))} of the messages still flip."
    )
    return sbs.outcome(key, by_bounds(apart, [5, after(15), after(30)], options(key)), told)


def luck_table(right: Mapping[str, Marks]) -> Table:
    """Show for each reading what luck alone would make of the spread; p-values corrected for the number of readings (Holm 1979)."""
    rows = [
        {
            "reading": name,
            "points apart": number(points(hits), ".0f"),
            "by shuffling (median)": number(float(np.median(shuffled_ranges(hits))), ".0f"),
            "p, corrected": p_value(p),
        }
        for (name, hits), p in zip(right.items(), holm([luck(hits) for hits in right.values()]), strict=True)
    ]
    return sbs.table(pd.DataFrame(rows))


def verdict(model: str, right: Mapping[str, Marks]) -> Outcome:
    """Say whether luck alone would make such a spread, under the strictest and under the best reading.

    Args:
        model: Who answered.
        right: Reading → marks.
    """
    key, best = "fragile_prompts/luck", best_reading(right)
    if right[best].empty:
        return not_measured(key, model)
    told = "; ".join(f"“{name}”: {_apart(right[name])}, as wide {_as_wide(right[name])}" for name in dict.fromkeys((EXACT, best)))
    return sbs.outcome(key, by_bounds(luck(right[best]), [0.01, after(0.1)], options(key)), f"{model}. Seen, and by shuffling: {told}.")


def _apart(right: Marks) -> str:
    return plural(round(points(right)), "point") if len(right) else NOT_MEASURED


def _as_wide(right: Marks) -> str:
    return f"in {int((shuffled_ranges(right) >= points(right) - 1e-9).sum()):,} of {DRAWS:,} shufflings"


# --- examples ---------------------------------------------------------------------------------------------------------


def steadied(model: str, without: Labels, shown: Labels) -> Outcome:
    """Say whether clearly fewer messages flip once every form comes with the same examples.

    Args:
        model: Who answered.
        without: What was read from the answers to the forms without examples.
        shown: The same with examples.
    """
    key, both = "fragile_prompts/examples", without.index.intersection(shown.index)
    if both.empty:
        return not_measured(key, model)
    before, after_it = flipped(without.loc[both]), flipped(shown.loc[both])
    (moved,) = compare((after_it, before))
    told = (
        f"{model}: {sbs.rate(before)} of the messages flip without examples, {sbs.rate(after_it)} with four. {int((before & ~after_it).sum())} flip "
        f"only without, {int((after_it & ~before).sum())} only with them: {wording.points(moved)}, exact McNemar test."
    )
    fall, rise, level = options(key)
    return sbs.outcome(key, clearly(moved.value, moved.p, [rise, fall, level]), told)


def report(model: str, right: Mapping[str, Mapping[str, Marks]]) -> Markdown:
    """Say what an honest report holds of the prompt with the most right answers: its score as written, and the range over its forms.

    Args:
        model: Who answered.
        right: Prompt → reading → marks.
    """
    readings = {prompt: best_reading(marks) for prompt, marks in right.items()}
    won = {prompt: int(right[prompt][reading].to_numpy().sum()) for prompt, reading in readings.items()}
    prompt = max(won, key=lambda name: won[name])
    hits = right[prompt][readings[prompt]]
    if hits.empty:
        return sbs.say(f"What **{sbs.plain(model)}** would get is {NOT_MEASURED}.")
    low, high = hits.mean().min(), hits.mean().max()
    compared = "both prompts get as many right" if len(set(won.values())) == 1 else "it gets more right than the other"
    return sbs.say(
        f"**{sbs.plain(model)}**, the prompt {prompt}, read by “{readings[prompt]}”: {sbs.rate(hits.iloc[:, 0])} right as written; "
        f"{low:.0%} to {high:.0%} over {plural(hits.shape[1], 'form')} of it, on {plural(len(hits), 'dev message')}. "
        f"Over all forms {compared}."
    )


# --- the trained model ------------------------------------------------------------------------------------------------


def trainings(case: Case, sample: pd.DataFrame, times: int) -> tuple[str, Labels]:
    """Train the model of the machine-learning workflow again and again, each time on another random half of train.

    Returns:
        The way of counting chosen on dev, and the labels: a row a message, a column a training.
    """
    ml, train = sbs.lesson("the_ml_workflow"), case.split("train")
    way, _ = ml.choose(train, case.split("dev"), case.label)
    halves = [train.groupby(case.label).sample(frac=0.5, random_state=seed) for seed in range(times)]
    said = {f"half {n}": ml.new_model(way).fit(half["text"], half[case.label]).predict(sample["text"]) for n, half in enumerate(halves, 1)}
    return way, pd.DataFrame(said, index=sample.index).astype(object)


def trained(way: str, labels: Labels, target: pd.Series) -> Markdown:
    """Say how many messages flip among the trainings, and how far their scores are apart."""
    right = labels.eq(target, axis=0)
    return sbs.say(
        f"The **trained model** ({way}): {sbs.rate(flipped(labels))} of the messages get more than one answer from {labels.shape[1]} trainings. "
        f"The best and the worst are {_apart(right)} apart; shuffling makes that or more {_as_wide(right)}."
    )
