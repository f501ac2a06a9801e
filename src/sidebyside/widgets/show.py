"""What a page shows besides text and charts: predict boxes, results beside the reader's guess, token heat maps.

All of it is plain HTML with a few lines of script, because that is what works alike in JupyterLab and in the static
book: there is no kernel behind the book's pages. A guess is kept in the reader's own browser and nowhere else.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources import files

import pandas as pd
from IPython.display import Markdown

from ..charts import COLOURS
from ..jupyter import GUESS
from ..lessons import question
from ..llm import model_in_force
from ..outputs import elsewhere
from ..shown import NO_MATHS, shown
from ..tokens import Token
from ..wording import NOT_MEASURED

OWN_KEYS = 'data-lm-suppress-shortcuts="true"'  # else JupyterLab takes the arrow keys for itself
NO_ROWS = "None here."  # what a table without rows shows
CLOSED = "Guess first, then open the result"
UNVEILED = "Choose before you read on: here, nothing covers the charts and tables below."  # hidden where something does
BOX = "border-left:4px solid {colour};padding:.2em 1em;margin:.5em 0"


def source(name: str) -> str:
    """Return a script or style sheet that lies beside this file."""
    return files(__package__).joinpath(name).read_text(encoding="utf-8")


def _script() -> str:
    """Return the script that keeps guesses. It is sent where the page runs, and left out when a page of the course is saved."""
    return f'<script class="sbs-script">{GUESS.read_text(encoding="utf-8")}</script>'


def say(text: str) -> Markdown:
    """Return a sentence for display, in Markdown; for results, which code must say so that they stay true."""
    return Markdown(text)


def plain(text: str) -> str:
    """Return a text with Markdown's and HTML's signs disarmed: what customers and models write is never markup in the middle of a sentence."""
    return re.sub(r"([\\`*_{}\[\]<>#|~$&])", r"\\\1", " ".join(text.split()))


@dataclass(frozen=True)
class Table:
    """A table for display: no index column, all texts escaped and shown whole; one without rows says so.

    Attributes:
        rows: Its rows.
    """

    rows: pd.DataFrame

    def __repr__(self) -> str:
        """Return the table as text."""
        return NO_ROWS if self.rows.empty else self.rows.to_string(index=False)

    def _repr_html_(self) -> str:
        if self.rows.empty:
            return f"<p><em>{NO_ROWS}</em></p>"
        with pd.option_context("display.max_colwidth", None, "display.html.use_mathjax", False):
            return self.rows.to_html(index=False, border=0, classes="sbs-table", justify="left")


def table(rows: pd.DataFrame) -> Table:
    """Show a table without its index, with texts at full length."""
    return Table(rows)


@dataclass(frozen=True)
class Prediction:
    """A question that the reader answers before the cell runs; shown as a box of radio buttons.

    Attributes:
        key: Its name in the course, such as "hallucination/doubt".
        question: What is asked.
        options: The possible answers.
    """

    key: str
    question: str
    options: Sequence[str]

    def __repr__(self) -> str:
        """Return question and options as text."""
        return f"Predict: {self.question} ({' | '.join(self.options)})"

    def _repr_html_(self) -> str:
        key = html.escape(self.key, quote=True)
        rows = "".join(
            f'<label style="display:block"><input type="radio" name="{key}" value="{html.escape(o, quote=True)}" {OWN_KEYS}> {shown(o)}</label>'
            for o in self.options
        )
        style = BOX.format(colour=COLOURS["people"])
        return (
            f'<fieldset class="sbs-predict" data-key="{key}" style="border:0;{style}"><legend><strong>Predict</strong></legend>'
            f'<p>{shown(self.question)}</p>{rows}<p class="sbs-unveiled"><small>{UNVEILED}</small></p></fieldset>{_script()}'
        )


def predict(key: str, options: Sequence[str] | None = None, **values: object) -> Prediction:
    """Ask the reader for a guess; `outcome` with the same key shows it beside the result.

    Args:
        key: The lesson's slug and the question's name in its `lesson.toml`, such as "hallucination/doubt".
        options: The possible answers, where they hang on the data; else those of `lesson.toml`.
        **values: What stands for each `{name}` in the question.

    Raises:
        LessonError: If the lesson asks no such thing.
    """
    asked = question(key)
    return Prediction(key, asked["question"].format(**values), options or asked["options"])


@dataclass(frozen=True)
class Outcome:
    """A result, with the reader's guess beside it.

    Attributes:
        key: The key of the prediction.
        answer: The option that turned out right; `wording.NOT_MEASURED` if none did, because nothing was measured.
        sentence: The result in a sentence.
        elsewhere: What came out under the other recorded models: the model in words → the answer.
    """

    key: str
    answer: str
    sentence: str
    elsewhere: Mapping[str, str] = field(default_factory=dict)

    def __repr__(self) -> str:
        """Return the result as text."""
        return f"{self.answer}: {self.sentence}"

    def _repr_html_(self) -> str:
        key, answer = html.escape(self.key, quote=True), html.escape(self.answer, quote=True)
        open_still = self.answer == NOT_MEASURED  # then the script finds no key, and marks no guess as right or wrong
        guess = "No guess is right or wrong here." if open_still else "You made no guess."
        style = BOX.format(colour=COLOURS["people"])
        told = f'<p><strong>{shown(self.answer)}.</strong> {shown(self.sentence)}</p>{self._others()}<p class="sbs-guess {NO_MATHS}">{guess}</p>'
        if open_still:
            return f'<div class="sbs-outcome" style="{style}">{told}</div>{_script()}'
        where = f'data-key="{key}" data-answer="{answer}" style="{style}"'  # closed in every viewer, also where no script runs
        return f'<details class="sbs-outcome" {where}><summary>{CLOSED}</summary>{told}</details>{_script()}'

    def _others(self) -> str:
        told = (f"With {shown(who)}, as recorded: <strong>{shown(answer)}</strong>." for who, answer in self.elsewhere.items())
        return f'<p class="sbs-elsewhere"><small>{" ".join(told)}</small></p>' if self.elsewhere else ""


def outcome(key: str, answer: str, sentence: str, model: str | None = None) -> Outcome:
    """Show a result beside the guess of the prediction with the same key, and what came out under the other recorded models.

    Args:
        key: The key of the prediction.
        answer: The option that turned out right.
        sentence: The result in a sentence.
        model: Whose result it is, on a page that asks more than one; None means the latest connection's.
    """
    others = elsewhere(key, model or model_in_force())
    return Outcome(key, answer, sentence, {f"the {other.nickname} model ({other.title})": found for other, found in others.items()})


def not_measured(key: str, model: str, why: str = "") -> Outcome:
    """Say that a question stays open, because answers of a model never came or were not measured, or for another reason."""
    told = why or f"The answers of {model} that this takes never came or were not measured, so there is nothing to count."
    return outcome(key, NOT_MEASURED, told, model)


UNTOLD = "The chances of this answer's tokens were not measured."


@dataclass(frozen=True)
class TokenMap:
    """An answer token by token, each with the probability the model gave it; the less likely, the darker.

    Attributes:
        tokens: The answer's tokens.
        model: Who answered.
    """

    tokens: Sequence[Token]
    model: str

    def __repr__(self) -> str:
        """Return tokens and percentages as text."""
        return " ".join(f"{t.text.strip() or repr(t.text)}[{t.probability:.0%}]" for t in self.tokens) or UNTOLD

    def _repr_html_(self) -> str:
        cells = "".join(_token_cell(token) for token in self.tokens) or f"<p>{UNTOLD}</p>"
        who = f"<p><small>{shown(self.model)}</small></p>"
        return f'<div class="sbs-tokens" role="group" aria-label="The answer token by token">{cells}{who}</div>'


def _token_cell(token: Token) -> str:
    shade = f"{COLOURS['GenAI']}{round((1 - token.probability) * 150):02x}"
    style = f"display:inline-block;text-align:center;padding:2px 4px;margin:1px;border-radius:3px;background:{shade}"
    text = shown(token.text.replace("\n", "⏎").strip()) or "␣"
    return f'<span style="{style}">{text}<br><small>{token.probability:.0%}</small></span>'


def token_map(tokens: Sequence[Token], model: str) -> TokenMap:
    """Show an answer as a heat map of its tokens."""
    return TokenMap(tokens, model)
