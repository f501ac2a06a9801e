"""Checks of the exercises of "Meet the model"."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from sidebyside.asked import was_asked
from sidebyside.checks import exercise, number_hint, result_of, whole_numbers
from sidebyside.llm import latest
from sidebyside.tokens import Token, tokens_of

UNTOLD = {2: "Nobody told the model where the lamp was sent from", 4: "Nothing about a discount was in the request", 5: "No order number was given"}
TOLD = {1: "That the lamp is late and that we are sorry was in the request", 3: "The day was in the request", 6: "It states no fact"}


@exercise(1)
def guessed(answer: Any) -> str | None:
    """Compare the numbers of the parts, given in any form and order, with those of the facts that the request does not hold."""
    chosen = whole_numbers(answer)
    if not chosen or not chosen <= {*UNTOLD, *TOLD}:
        return "Give the numbers of the parts, from 1 to 6, such as [1, 6]."
    for number in sorted(chosen - set(UNTOLD)):
        return f"Look at part {number} again. {TOLD[number]}."
    missing = sorted(set(UNTOLD) - chosen)
    return f"At least one is missing: {len(missing)} more. Compare each name, number and promise with the request." if missing else None


BEGINNING = "Thank you for your"


@exercise(2)
def likeliest(answer: Any) -> str | None:
    """Compare with the model's own answer to the same request."""
    if not was_asked(lambda request: request.get("prompt") in (BEGINNING, [BEGINNING])):
        return f"Ask the model first how the text `{BEGINNING}` goes on, as the lesson's first cells do: the number has to come from its answer."
    connection = latest()
    response = connection.client.completions.create(model=connection.model, prompt=BEGINNING, max_tokens=1, temperature=0, logprobs=6)
    token = tokens_of(response)[0]
    return _shape_of(answer) or number_hint(
        answer, token.others[0][1], "That is not the chance of the likeliest token. Look at the first token's .others."
    )


def _shape_of(answer: Any) -> str | None:
    """Say what is wrong with an answer that holds the number among other things."""
    if isinstance(answer, Token):
        return "This is the whole token. Give its probability alone, a number."
    if isinstance(answer, tuple | list):
        return "This holds more than the number. Take out the probability alone."
    return None


@exercise(3)
def unsure(answer: Callable[..., Any]) -> str | None:
    """Try the function on two answers made up for the check: one of them out of the alphabet's order and with a token that comes twice."""
    made_up = [Token(" The", 0.5, []), Token(" capital", 0.96, []), Token(" V", 0.05, []), Token("eld", 0.9, [])]
    second = [Token(" no", 0.3, []), Token(",", 0.8, []), Token(" no", 0.1, []), Token(" Ana", 0.2, []), Token(".", 0.79, [])]
    found = _texts(result_of(answer, made_up, 0.6))
    if found is None:
        return "Return a list of texts."
    if found == [" capital", "eld"]:
        return "These are the sure tokens. Return those below the limit."
    if found and all(isinstance(token, Token) for token in found):
        return "Return the tokens' texts, not the tokens themselves."
    if found == ["The", "V"]:
        return "Leave each text as it is, with the space before it."
    if _texts(result_of(answer, made_up, 0.5)) != [" V"]:
        return "A token right at the limit is not below it. Keep the order, and compare with <."
    if _texts(result_of(answer, [], 0.5)) != []:
        return "For an answer without tokens the list should be empty."
    if found != [" The", " V"] or _texts(result_of(answer, second, 0.8)) != [" no", " no", " Ana", "."]:
        return "Go through the tokens one by one and keep the text of each below the limit: in their order, and twice if it comes twice."
    return None


def _texts(found: Any) -> list[Any] | None:
    """Return what a function found as a list, whatever kind of row it is in; None if it is no row."""
    if isinstance(found, str | dict) or not isinstance(found, Iterable):
        return None
    return list(found)
