"""Numbers written as words, and words that turn a statement."""

from __future__ import annotations

import pytest

from sidebyside.scorers import denies, spelled_numbers

ONES = ["", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
TEENS = ["ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"]
TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
SPELLED = [*ONES[1:], *TEENS, *(f"{ten}-{one}".strip("-") for ten in TENS for one in ONES)]


@pytest.mark.parametrize(("number", "word"), list(enumerate(SPELLED, 1)))
def test_every_number_up_to_ninety_nine_is_read(number: int, word: str) -> None:
    for text in (f"It takes {word} days.", f"{word.capitalize()} it is", word.replace("-", " ").upper()):
        assert spelled_numbers(text) == {str(number)}


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("", set()),
        ("no number at all", set()),
        ("28 days, or four weeks", {"28", "4"}),
        ("£4.50 and 1,000 points", {"4.50", "1000"}),
        ("thirty-five of thirty five", {"35"}),
        ("twenty one-way streets", {"21"}),  # as crude as it looks
        ("thirty-fifth", {"30"}),  # an ordinal's tens are read, its end is not
        ("someone often weighed a ton", set()),  # words that hold the letters of a number
        ("fifty-twelve", {"50", "12"}),  # no such number
    ],
)
def test_words_and_digits_stand_side_by_side(text: str, numbers: set[str]) -> None:
    assert spelled_numbers(text) == numbers


@pytest.mark.parametrize(
    "text", ["Not here.", "You can't.", "You can’t.", "never", "ONLY on Mondays", "without a receipt", "No.", "unless it rains", "cannot"]
)
def test_a_word_that_turns_a_statement_is_seen(text: str) -> None:
    assert denies(text)


@pytest.mark.parametrize("text", ["", "Yes.", "a note", "Nora knows", "knot", "a noble canoe", "want", "nowhere near"])
def test_letters_inside_another_word_do_not_count(text: str) -> None:
    assert not denies(text)
