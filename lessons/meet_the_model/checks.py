"""Checks of the exercises of "Meet the model"."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sidebyside.checks import call, exercise, number_hint
from sidebyside.llm import latest
from sidebyside.tokens import Token, tokens_of


@exercise(1)
def likeliest(answer: Any) -> str | None:
    """Compare with the model's own answer to the same request."""
    connection = latest()
    response = connection.client.completions.create(model=connection.model, prompt="Thank you for your", max_tokens=1, temperature=0, logprobs=6)
    right = tokens_of(response)[0].others[0][1]
    return number_hint(answer, right, "That is not the chance of the likeliest token. It is the second part of the first pair in .others.")


@exercise(2)
def unsure(answer: Callable[..., Any]) -> str | None:
    """Try the function on an answer made up for the check."""
    made_up = [Token(" The", 0.5, []), Token(" capital", 0.96, []), Token(" V", 0.05, []), Token("eld", 0.9, [])]
    if call(answer, [], 0.5) != []:
        return "For an answer without tokens the list should be empty."
    found = call(answer, made_up, 0.6)
    if found == [" capital", "eld"]:
        return "These are the sure tokens. Return those below the limit."
    if found and all(isinstance(token, Token) for token in found):
        return "Return the tokens' texts, not the tokens themselves."
    if call(answer, made_up, 0.5) != [" V"]:
        return "A token right at the limit is not below it. Keep the order, and compare with <."
    return None if found == [" The", " V"] else "Go through the tokens one by one and keep the text of each whose probability is below the limit."
