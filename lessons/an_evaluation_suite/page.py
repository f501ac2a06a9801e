"""What the page *An evaluation suite* shows of its results: cards of dummies and candidates, names that change, gains and losses of a prompt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
from IPython.display import Markdown

import sidebyside as sbs
from sidebyside import NoAnswer
from sidebyside.evaluation import came, holm, is_missing
from sidebyside.suite import Angle, Sample
from sidebyside.widgets import Outcome, Table, not_measured
from sidebyside.wording import LINE, NOT_MEASURED, by_bounds, count_share, options, p_is, p_value, plural

KNOWN, UNKNOWN = 20, 20  # samples with and without an answer: the fewest with which an answer key can pass 80 % on either, and a little more
EARLIER = 12, 6  # how many at the head of each list earlier lessons use to choose a prompt; the second halves are their exams


def unshown(facts: pd.DataFrame, marked: Sequence[str]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return questions on which no earlier lesson chooses a prompt, with an answer that holds a number, and without an answer.

    Args:
        facts: All questions of the case.
        marked: The ids of those whose answers earlier lessons show.

    Returns:
        At most `KNOWN` and `UNKNOWN` of them; from all of a sort, if too few are left.
    """
    numbered = facts[(facts["document"] != "") & facts["answer"].str.contains(r"\d")].sample(frac=1, random_state=0)
    fresh = numbered[EARLIER[0] : len(numbered) - len(numbered) // 2]
    untold = facts[facts["document"] == ""]
    between = untold[EARLIER[1] : max(len(untold) - 16, len(untold) // 2)]
    return _enough(fresh[~fresh["id"].isin(set(marked))], numbered, KNOWN), _enough(between, untold, UNKNOWN)


def _enough(fresh: pd.DataFrame, pool: pd.DataFrame, n: int) -> pd.DataFrame:
    """Return n fresh rows; where there are fewer, the rest of the pool's rows follow."""
    others = pool[~pool["id"].isin(fresh["id"])]
    return pd.concat([fresh, others]).head(n)


def samples_file(suite: Sequence[Sample], first_line: str) -> Markdown:
    """Say how many samples the file holds, and show its first line."""
    answered = sum(bool(sample.target) for sample in suite)
    told = f"The file holds {plural(len(suite), 'sample')}: {answered} with an answer, {len(suite) - answered} without."
    return sbs.say(f"{told} Its first line:\n\n{sbs.plain(first_line)}")


def passed(card: pd.DataFrame) -> list[str]:
    """Return the angles that must pass, and do."""
    return list(card.loc[card["must"] & (card["verdict"] == "pass"), "angle"])


def failed(card: pd.DataFrame) -> list[str]:
    """Return the angles that must pass, and fail; those that cannot be told yet are in neither list."""
    return list(card.loc[card["must"] & (card["verdict"] == "fail"), "angle"])


def smiler(cards: Mapping[str, pd.DataFrame]) -> Outcome:
    """Say how many must-haves the smiler passes, and what is decided about each dummy."""
    key = "an_evaluation_suite/smiler"
    card = cards["smiler"]
    angles, decisions = passed(card), {name: sbs.suite.decide(rows) for name, rows in cards.items()}
    told = "; ".join(f"{name}: {word} ({why})" for name, (word, why) in decisions.items())
    count = f"The smiler passes {len(angles)} of {plural(int(card['must'].sum()), 'must-have')}: {', '.join(angles) or 'none'}."
    return sbs.outcome(key, by_bounds(len(angles), (2, 5), options(key)), f"{count} Decisions: {told}. {gate(cards)}")


def gate(cards: Mapping[str, pd.DataFrame]) -> str:
    """Say whether the gate can be trusted: it should let the answer key pass, and nobody else."""
    opened = [name for name, card in cards.items() if sbs.suite.decide(card)[0] == "go"]
    if opened == ["answer key"]:
        return "So the gate opens for the right answers, and only for them."
    if "answer key" not in opened:
        return "So this gate can't open even for the right answers: it can stop a release, and approve none."
    return "So this gate opens for a dummy that answers nothing: it approves too much."


def rival(cards: Mapping[str, pd.DataFrame], tables: Mapping[str, pd.DataFrame], angles: Sequence[Angle]) -> Outcome:
    """Say how many must-haves the language model passes, what is decided about both systems, and who is clearly better where; the model comes first.

    Args:
        cards: Each system's card.
        tables: Each system's answers with their scores, for the same samples.
        angles: The must-haves, from which the two are compared; their scores are true or false.
    """
    key = "an_evaluation_suite/rival"
    model, first = next(iter(tables.items()))
    if "answer" in first and not came(first["answer"]).any():
        return not_measured(key, model)
    passes = len(passed(cards[model]))
    decisions = {name: sbs.suite.decide(rows) for name, rows in cards.items()}
    told = "; ".join(f"{name}: {decision}, {why}" for name, (decision, why) in decisions.items())
    better = "; ".join(f"{name}: {', '.join(where) or 'nowhere'}" for name, where in clearly_better(tables, angles).items())
    paired = f"Clearly better on the same questions, with p corrected for {plural(len(angles), 'angle')} (Holm): {better}."
    count = f"{model} passes {passes} of {plural(int(cards[model]['must'].sum()), 'must-have')}."
    return sbs.outcome(key, by_bounds(passes, (2, 5), options(key)), f"{count} Decisions: {told}. {paired}")


def clearly_better(tables: Mapping[str, pd.DataFrame], angles: Sequence[Angle]) -> dict[str, list[str]]:
    """Return for each of two systems the angles from which it is clearly better: paired on the same samples, p corrected for all angles."""
    first, second = tables
    columns = {angle.name: (tables[first][angle.name], tables[second][angle.name]) for angle in angles}
    gaps = [_gap(angle, *columns[angle.name]) for angle in angles]
    corrected = holm([sbs.paired_p(*both) for both in columns.values()])
    clear = [(angle.name, gap) for angle, gap, p in zip(angles, gaps, corrected, strict=True) if p < LINE]
    return {first: [name for name, gap in clear if gap < 0], second: [name for name, gap in clear if gap > 0]}


def _gap(angle: Angle, one: pd.Series, other: pd.Series) -> int:
    return sum(way for way in _moved(angle, one, other) if way is not None)


def seconds(call: Any | None) -> float | None:
    """Return what a call took; None if its answer never came."""
    return None if call is None else float(call.seconds)


def dollars(hosted: str, call: Any | None, messages: int) -> float | None:
    """Return what as many tokens would cost at a hosted model that was not asked, in US dollars; None if the answer never came, or no price is known.

    Args:
        hosted: The hosted model's name.
        call: What an answer took: input_tokens, output_tokens, day.
        messages: How many such answers are paid for.
    """
    price = None if call is None else sbs.prices.price(hosted, call.input_tokens, call.output_tokens, call.day)
    return None if price is None else messages * price


def bill(model: str, hosted: str, calls: Sequence[Any | None]) -> Markdown:
    """Say how many tokens the answers took, and what as many would cost at a hosted model that was not asked.

    Args:
        model: Who answered.
        hosted: Whose price it is.
        calls: What each answer took; None where it never came.
    """
    counts = [(call.input_tokens, call.output_tokens) for call in calls if call is not None]
    read, wrote = pd.DataFrame(counts, columns=["in", "out"]).astype(float).mean()
    if pd.isna(read) or pd.isna(wrote):
        return sbs.say(f"Tokens of {model}: {NOT_MEASURED}.")
    prices = [price for call in calls if (price := dollars(hosted, call, messages=1000)) is not None]
    cost = f"as many tokens, a thousand times, would cost {sum(prices) / len(prices):.3f} US dollars" if prices else "no price is known"
    return sbs.say(
        f"An answer of {model} took {plural(round(read), 'token')} in and {wrote:.0f} out (mean of {len(counts)}, by its own tokenizer). "
        f"At the price of {hosted} on the day of the answers, {cost}. {hosted} itself was not asked."
    )


# --- the same questions, signed by several names ----------------------------------------------------------------------


def by_name(model: str, answers: Mapping[str, Sequence[str]], right: Mapping[str, Sequence[bool]]) -> Table:
    """Show how many answers are correct, and how long they are, for each name.

    Args:
        model: Who answers.
        answers: Name → the answers to the questions that it signed.
        right: Name → whether each is correct; None where no answer came.
    """
    rows = [
        {"signed": name, f"{model}: correct (95 % interval)": count_share(sbs.rate(right[name])), "words an answer (mean)": _mean_words(given)}
        for name, given in answers.items()
    ]
    return sbs.table(pd.DataFrame(rows))


def _mean_words(given: Sequence[str]) -> str:
    lengths = [len(answer.split()) for answer in given if not isinstance(answer, NoAnswer)]
    return f"{sum(lengths) / len(lengths):.1f}" if lengths else NOT_MEASURED


def names(model: str, answers: Mapping[str, Sequence[str]], right: Mapping[str, Sequence[bool]]) -> Markdown:
    """Say for how many questions another name changed the answer's wording, and the verdict on it."""
    changed, flipped = (
        sbs.rate([None if any(map(is_missing, given)) else len(set(given)) > 1 for given in zip(*by.values(), strict=True)])
        for by in (answers, right)
    )
    told = f"With another name, the wording of {model} changed for {changed} of the questions, and the verdict on *correct* for {flipped}."
    return sbs.say(f"{told} With so few, only a gross difference would show.")


# --- gains and losses of one warm line --------------------------------------------------------------------------------


def moves(changes: pd.DataFrame) -> Table:
    """Show from each angle how many answers got better and how many worse, with p-values corrected for all angles (Holm)."""
    corrected = [p_value(p) for p in holm([_p(better, worse) for better, worse in zip(changes["better"], changes["worse"], strict=True)])]
    return sbs.table(changes.assign(must=changes["must"].map({True: "yes", False: "no"}), **{"p, corrected": corrected}))


def _p(better: int, worse: int) -> float:
    """Return the p-value of the exact McNemar test from the samples that moved; 1 if none did."""
    return sbs.paired_p([True] * better + [False] * worse, [False] * better + [True] * worse) if better + worse else 1.0


def by_answer(before: pd.DataFrame, after: pd.DataFrame, angles: Sequence[Angle]) -> list[str | None]:
    """Say of each answer whether a change made it better or worse: once an answer, however many of its verdicts moved.

    Args:
        before: The answers with their scores.
        after: The same samples after the change.
        angles: Those that count; those without a scorer are left out.

    Returns:
        For each sample "better", "worse", "both" (one angle won, another lost) or "same"; None if no angle judges both answers.
    """
    moved = [_moved(angle, before[angle.name], after[angle.name]) for angle in angles if angle.scorer]
    return [_kind([way for way in ways if way is not None]) for ways in zip(*moved, strict=True)]


def _moved(angle: Angle, before: pd.Series, after: pd.Series) -> list[int | None]:
    """Return 1 for each answer that an angle holds for better, -1 for worse, 0 for neither; None if one of the two has no verdict."""
    sign = 1 if angle.at_most is None else -1
    pairs = zip(before, after, strict=True)
    return [None if is_missing(one) or is_missing(two) else sign * (int(bool(two)) - int(bool(one))) for one, two in pairs]


def _kind(ways: Sequence[int]) -> str | None:
    if not ways:
        return None
    return {(True, True): "both", (True, False): "better", (False, True): "worse", (False, False): "same"}[1 in ways, -1 in ways]


def warm(model: str, before: pd.DataFrame, after: pd.DataFrame, kinds: Sequence[str | None]) -> Outcome:
    """Say what the warm prompt won and lost, answer by answer.

    Args:
        model: Who answers.
        before: Its answers with their scores, without the warm line.
        after: The same with it.
        kinds: What `by_answer` says of each.
    """
    key = "an_evaluation_suite/warm"
    gains, losses, level = options(key)
    if not any(kinds):
        return not_measured(key, model)
    better, worse, mixed = (list(kinds).count(kind) for kind in ("better", "worse", "both"))
    p = _p(better, worse)
    polite = [sbs.rate(table["polite"]) for table in (before, after)]
    one, two = (table["correct"] for table in (before, after))
    told = [
        f"On the must-haves, of {plural(sum(kind is not None for kind in kinds), 'answer')} of {model}, {better} got better, {worse} got worse, "
        f"and {mixed} won on one angle and lost on another ({p_is(p)}).",
        f"Polite: {polite[0]} before, {polite[1]} after.",
        f"Correct: {_rate(one)} before, {_rate(two)} after.",
    ]
    return sbs.outcome(key, level if p >= 0.05 else gains if better > worse else losses, " ".join(told))


def _rate(marks: pd.Series) -> sbs.Rate:
    """Return the rate of correct answers; questions without an answer have no mark, and are no missing ones."""
    return sbs.rate(marks.dropna())


def exported(files: Sequence[Path], yaml: str) -> Markdown:
    """Say which files were written, and show the head of promptfoo's, up to its tests."""
    listing = ", ".join(f"inspect/{file.name}" for file in sorted(files))
    return sbs.say(f"Written: promptfooconfig.yaml, {listing}. The head of the first:\n\n````yaml\n{yaml[: yaml.index('tests:')]}````")


# --- the exercise without code ----------------------------------------------------------------------------------------

TEAMS = {  # written for the exercise; what is right stands with its check
    "a": "correct: 84% (71% to 92%), must be at least 80%",
    "b": "harmful words: none in 200 answers. One of them says: People like you always complain.",
    "c": "correct: 52% (40% to 63%), must be at least 80%",
    "d": "Every must-have passes. Polite, which is nice to have, fails.",
    "e": "admits: 5 of 5 (57% to 100%), must be at least 80%",
    "f": "Even the answer key fails correct: it says two days, and the rule looks for a 2.",
    "g": "The mean over all angles is 91%. admits: 20% (10% to 36%), must be at least 80%",
}


def seven_teams() -> Table:
    """Show what seven made-up teams see of their suites."""
    return sbs.table(pd.DataFrame({"letter": list(TEAMS), "what the team sees": list(TEAMS.values())}))
