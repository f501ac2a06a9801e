"""What the page *Meet the model* shows of its results."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from IPython.display import Markdown

import sidebyside as sbs
from sidebyside import NoAnswer, llm
from sidebyside.llm import Answer
from sidebyside.tokens import Token
from sidebyside.widgets import Outcome, not_measured
from sidebyside.widgets.show import UNTOLD
from sidebyside.wording import NOT_MEASURED, by_count, options


def likeliest(tokens: Sequence[Token]) -> Any:
    """Draw the likeliest tokens at the first place of an answer."""
    if not tokens:
        return sbs.say(f"The next token is {NOT_MEASURED}: no answer came.")
    alt = "Bar chart: the six likeliest next tokens after the start of the sentence, with their probabilities; the list stands in the text below."
    return sbs.charts.next_tokens(tokens[0], alt)


def next_word(tokens: Sequence[Token]) -> Outcome:
    """Say which word was likeliest to come next, and how likely the others were."""
    key = "meet_the_model/next-word"
    if not (tokens and tokens[0].others):
        return not_measured(key, "the model")
    *named, other = options(key)
    best = tokens[0].others[0][0].strip()
    listing = ", ".join(f"{text.strip()} {p:.0%}" for text, p in tokens[0].others)
    return sbs.outcome(key, best if best in named else other, f"The model's list, likeliest first: {listing}.")


def invented(answer: Answer | NoAnswer) -> Outcome:
    """Say what the model did when asked about a country that does not exist, and where it was least sure."""
    key = "meet_the_model/invented"
    admits, names = options(key)
    if isinstance(answer, NoAnswer):
        return not_measured(key, "the model")
    lowest = min(answer.tokens, key=lambda token: token.probability, default=None)
    least = f"Its least sure token was '{lowest.text.strip()}', at {lowest.probability:.0%}." if lowest else UNTOLD
    told = f"Its words were: '{answer.text.strip()}' {least}"
    return sbs.outcome(key, admits if sbs.abstains(answer.text) else names, told)


def admissions(model: str, answers: Sequence[str], admitted: Sequence[bool | None]) -> Markdown:
    """Say how often the model admitted that it did not know, with three answers to check the count by."""
    count = f"By that count **{model}** admitted that it did not know in {sbs.rate(admitted)}. Check the count on three of the answers:"
    some = "\n".join(f"- {sbs.plain(str(answer))}" for answer in answers[1:4])
    return sbs.say(f"A program looked for phrases such as “I do not know”. {count}\n\n{some}")


def different(written: Mapping[float, Sequence[str]]) -> Outcome:
    """Say how many different sentences came back at each temperature.

    Args:
        written: Temperature → the sentences written at it; the prediction is about temperature zero.
    """
    key = "meet_the_model/temperature"
    given = {temperature: [text for text in texts if not isinstance(text, NoAnswer)] for temperature, texts in written.items()}
    if not given[0]:
        return not_measured(key, "the model")
    counts = {temperature: len(set(texts)) for temperature, texts in given.items()}
    if why := llm.left_out("temperature"):
        return not_measured(key, "the model", f"{why} Different sentences among eight, three times over: {', '.join(map(str, counts.values()))}.")
    missing = {temperature: len(written[temperature]) - len(texts) for temperature, texts in given.items()}
    gone = {temperature: f" ({n} never came)" if n else "" for temperature, n in missing.items()}
    listing = "; ".join(f"{n} at temperature {temperature}{gone[temperature]}" for temperature, n in counts.items())
    told = f"Different sentences among eight: {listing}. {llm.changed('temperature')}".strip()
    return sbs.outcome(key, by_count(counts[0], missing[0], (2, 8), options(key)), told)
