"""What the page *Meet the model* shows of its results."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pandas as pd
from IPython.display import Markdown

import sidebyside as sbs
from sidebyside import NoAnswer, llm
from sidebyside.backends import embedded_model
from sidebyside.errors import EmbeddedError, WeightsError, Why
from sidebyside.lessons import voice
from sidebyside.models import MAIN, MODELS, SMALL
from sidebyside.settings import read_settings
from sidebyside.tokens import Token, prompt_text
from sidebyside.widgets import Outcome, Table, not_measured
from sidebyside.widgets.show import UNTOLD
from sidebyside.wording import NOT_MEASURED, after, by_bounds, by_count, options, plural


def the_other() -> str:
    """Return the name of the model to compare with: the small one, or the main one where the small one speaks on the page."""
    speaker = embedded_model(None, read_settings(), voice("meet_the_model"))
    return MAIN.name if speaker == SMALL else SMALL.name


def if_there(ask: Callable[[], Any]) -> Any:
    """Ask the model to compare with; return a `NoAnswer` where its weights are not on this machine, so that the page goes on without it."""
    try:
        return ask()
    except (WeightsError, EmbeddedError) as error:
        return NoAnswer(Why.FAULT, str(error))


def two_models(speaker: str, other: str) -> Table:
    """Say who speaks on the page and who is there to compare with, with their sizes as the registry knows them."""
    roles = {speaker: "answers on this page", other: "to compare with"}
    return sbs.table(pd.DataFrame([{"model": name, "here": role} | _sizes(name) for name, role in roles.items()]))


def _sizes(name: str) -> dict[str, str]:
    if name not in MODELS:
        return {"parameters": "not known", "file": "not known"}
    model = MODELS[name]
    return {"parameters": f"{model.parameters / 1e6:,.0f} million", "file": f"{model.size / 1e6:,.0f} megabytes"}


def likeliest(tokens: Sequence[Token]) -> Any:
    """Draw the likeliest tokens at the first place of an answer."""
    if not tokens:
        return sbs.say(f"The next token is {NOT_MEASURED}: no answer came.")
    alt = "Bar chart: the six likeliest next tokens after the start of the sentence, with their probabilities; the text below lists them."
    return sbs.charts.next_tokens(tokens[0], alt)


def next_word(model: str, tokens: Sequence[Token]) -> Outcome:
    """Say which word was likeliest to come next, by how much, and what chance all the others had together."""
    key = "meet_the_model/next-word"
    if not (tokens and tokens[0].others):
        return not_measured(key, model)
    *named, other = options(key)
    others = tokens[0].others
    best = others[0][0].strip()
    listing = ", ".join(f"{text.strip()} {p:.0%}" for text, p in others)
    rest = f"All other tokens together have {max(0, 1 - sum(p for _, p in others)):.0%}."
    return sbs.outcome(key, best if best in named else other, f"The list of {model}, likeliest first: {listing}. {rest}")


def reads(model: str, chat: Any, bare: Any) -> Outcome:
    """Say how many tokens the model read in a chat, and how many the question has as a bare text.

    Args:
        model: Who was asked.
        chat: The answer in the chat.
        bare: The raw completion of the same question; a `NoAnswer` or unknown counts are said to be not measured.
    """
    key = "meet_the_model/reads"
    read, alone = getattr(getattr(chat, "call", None), "input_tokens", None), getattr(getattr(bare, "usage", None), "prompt_tokens", None)
    if not (read and alone):
        return not_measured(key, model, f"How many tokens {model} read is {NOT_MEASURED}: it did not say, or no answer came.")
    times = read / alone
    more = f"{plural(read - alone, 'token')} that we did not write" if read > alone else "nothing that we did not write"
    told = f"The question alone is {plural(alone, 'token')} long. In the chat {model} read {read}: {times:.1f} times as many, with {more}."
    return sbs.outcome(key, by_bounds(times, (after(1), after(2), after(4)), options(key)), told)


def whole_text(messages: Sequence[Mapping[str, str]], model: str) -> Markdown:
    """Show the very text that a model reads for a chat, marks and all, or say that nobody here knows it."""
    text = prompt_text(messages, model)
    if text is None:
        return sbs.say(f"What **{sbs.plain(model)}** reads around the question, whoever runs it does not say.")
    fence = "`" * (3 + text.count("```"))
    return sbs.say(f"{fence}text\n{text}\n{fence}")


def invented(model: str, answer: Any, known: Any) -> Outcome:
    """Say what the model did when asked about a country that does not exist, and how sure it was of its least sure token.

    Args:
        model: Who was asked.
        answer: Its answer about the invented country.
        known: Its answer about a real one, to compare with.
    """
    key = "meet_the_model/invented"
    if isinstance(answer, NoAnswer):
        return not_measured(key, model)
    admits, asks, sure, unsure = options(key)
    here, there = lowest(answer.tokens), lowest(known.tokens)
    least = f"Its least sure token was {_token(here)}; in the answer about the real country it was {_token(there)}." if here and there else UNTOLD
    told = f"The words of {model} were: '{answer.text.strip()}' {least}"
    if sbs.abstains(answer.text):
        return sbs.outcome(key, admits, told)
    if answer.text.strip().endswith("?"):
        return sbs.outcome(key, asks, told)
    if not (here and there):
        return not_measured(key, model, told)
    return sbs.outcome(key, unsure if here.probability < there.probability else sure, told)


def lowest(tokens: Sequence[Token]) -> Token | None:
    """Return the least likely token of an answer, without the sign with which it stops; None if its chances were not measured."""
    return min((token for token in tokens if token.text.strip()), key=lambda token: token.probability, default=None)


def _token(token: Token) -> str:
    return f"'{token.text.strip()}', at {token.probability:.0%}"


def different(model: str, written: Mapping[float, Sequence[str]]) -> Outcome:
    """Say how many different sentences came back at each temperature.

    Args:
        model: Who was asked.
        written: Temperature → the sentences written at it; the prediction is about the second.
    """
    key = "meet_the_model/temperature"
    given = {temperature: _came(texts) for temperature, texts in written.items()}
    counts = {temperature: len(set(texts)) for temperature, texts in given.items()}
    asked = list(written)[1]
    if not given[asked]:
        return not_measured(key, model)
    if why := llm.left_out("temperature"):
        return not_measured(key, model, f"{why} Different sentences among eight, three times over: {', '.join(map(str, counts.values()))}.")
    missing = {temperature: len(written[temperature]) - len(texts) for temperature, texts in given.items()}
    gone = {temperature: f" ({n} never came)" if n else "" for temperature, n in missing.items()}
    listing = "; ".join(f"{n} at temperature {temperature}{gone[temperature]}" for temperature, n in counts.items())
    told = f"Different sentences among eight of {model}: {listing}. {llm.changed('temperature')}".strip()
    return sbs.outcome(key, by_count(counts[asked], missing[asked], (2, 5, 8), options(key)), told)


def some_sentences(written: Mapping[float, Sequence[str]], most: int = 4) -> Table:
    """Show some of the different sentences that were written at each temperature.

    Args:
        written: Temperature → the sentences written at it.
        most: How many of each to show.
    """
    rows = [(temperature, text) for temperature, texts in written.items() for text in list(dict.fromkeys(_came(texts)))[:most]]
    return sbs.table(pd.DataFrame(rows, columns=["temperature", "the model wrote"]))


def _came(texts: Sequence[str]) -> list[str]:
    return [text for text in texts if not isinstance(text, NoAnswer)]
