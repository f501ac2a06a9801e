"""Scorers: each rule finds what it is for, and is not taken in by what only looks like it."""

from __future__ import annotations

import inspect
from typing import Any

import pytest

from sidebyside import NoAnswer, scorers
from sidebyside.errors import Why
from sidebyside.scorers import bleu, exact_match, holds_name, holds_numbers, numbers_in, quotes, rouge_l, same_thing, similarity, token_f1

# --- names ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "name"),
    [
        ("The capital is Oslo.", "Oslo"),
        ("OSLO", "Oslo"),
        ("**oslo**", "Oslo"),
        ("It is Yaounde, I think.", "Yaoundé"),
        ("It is Yaoundé.", "Yaounde"),
        ("Yaounde\u0301", "Yaoundé"),  # the accent as a sign of its own
        ("Addis\nAbaba", "Addis Ababa"),
        ("Nuku\u02bbalofa or Nuku'alofa", "Nuku\u2019alofa"),
        ("Nuku\u00b4alofa", "Nuku'alofa"),
        ("The symbol is K.", "K"),
        ("Its symbol is As", "As"),
        ("**Fe** (iron)", "Fe"),
        ("Fe", " Fe "),
        ("Which one? C++!", "C++"),
    ],
)
def test_a_name_is_found(answer: str, name: str) -> None:
    assert holds_name(answer, name)


@pytest.mark.parametrize(
    ("answer", "name"),
    [
        ("Know", "K"),
        ("I do not know.", "K"),
        ("the letter k", "K"),
        ("as far as I can tell", "As"),
        ("AS", "As"),
        ("FE", "Fe"),
        ("Osloite", "Oslo"),
        ("Romeo", "Rome"),
        ("Os lo", "Oslo"),
        ("", "Oslo"),
        ("Anything at all", ""),
        ("", ""),
        ("two words", " "),
        ("any a.b sign", "a+b"),
    ],
)
def test_what_only_looks_like_a_name_is_not_one(answer: str, name: str) -> None:
    assert not holds_name(answer, name)


# --- numbers --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("£1,250.50", {"1250.50"}),
        ("30 days.", {"30"}),
        ("From 5 to 7, or 12,000,000.", {"5", "7", "12000000"}),
        ("in 2026, 100 of them", {"2026", "100"}),
        ("1,2345", {"1", "2345"}),  # no thousands: four digits
        ("2026,100", {"2026", "100"}),  # nor here: four before
        ("24h, 1st, v2.5", {"24", "1", "2.5"}),
        ("none", set()),
    ],
)
def test_numbers_in(text: str, numbers: set[str]) -> None:
    assert numbers_in(text) == numbers


@pytest.mark.parametrize(
    ("answer", "target"),
    [
        ("You have 30 days.", "30 days"),
        ("It costs £1250.50 in all", "£1,250.50"),
        ("It costs 1,250.5 pounds", "£1,250.50"),
        ("£5.00", "Yes, below £5"),
        ("7, or perhaps 12", "7 to 12 working days"),
    ],
)
def test_numbers_are_held(answer: str, target: str) -> None:
    assert holds_numbers(answer, target)


@pytest.mark.parametrize(
    ("answer", "target"),
    [
        ("300 days", "30 days"),
        ("3.0 days", "30 days"),
        ("130 days", "30 days"),
        ("30.5 days", "30 days"),
        ("thirty days", "30 days"),
        ("£1.25", "£1,250.50"),
        ("250.50", "£1,250.50"),
        ("7 working days", "7 to 12 working days"),
        ("", "30 days"),
    ],
)
def test_other_numbers_do_not_do(answer: str, target: str) -> None:
    assert not holds_numbers(answer, target)


@pytest.mark.parametrize("target", ["", "Yes, always", "At least three"])
def test_a_target_without_number_is_refused(target: str) -> None:
    with pytest.raises(ValueError, match=f"The target '{target}' holds no number"):
        holds_numbers("30 days", target)


# --- things and quotes ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "target", "same"),
    [
        ("rug", "rug", True),
        ("the blue Rug", "rug", True),
        ("rug", "the blue rug", True),
        ("bath  mat\n", "Bath mat", True),
        ("cafe", "language café", True),
        ("rugby shirt", "rug", False),
        ("blue rug", "red rug", False),
        ("mat bath", "bath mat", False),
        ("", "", True),
        (" ", "", True),
        ("", "rug", False),
        ("rug", "", False),
    ],
)
def test_same_thing(said: str, target: str, same: bool) -> None:
    assert same_thing(said, target) is same
    assert same_thing(target, said) is same


DOCUMENT = "You have\n24 hours. It\u2019s free, unless you tap \u201cKeep\u201d; a label costs £3.95 (€5.50) in the café."


@pytest.mark.parametrize(
    ("quote", "found"),
    [
        ("You have 24 hours", True),
        ("“you have 24 hours.”", True),
        ('"It\'s  free"', True),
        ('unless you tap "Keep"', True),
        ("£3.95 (€5.50) in the cafe", True),
        (DOCUMENT, True),
        ("have 4 hours", False),
        ("4 hours", False),  # the end of 24
        ("It’s fr", False),
        ("you have 24 hours, it's free", False),
        ("24 free hours", False),
        ("", False),
        ('" . "', False),
    ],
)
def test_quotes(quote: str, found: bool) -> None:
    assert quotes(quote, DOCUMENT) is found


def test_nothing_is_quoted_from_an_empty_document() -> None:
    assert not quotes("You have 24 hours", "")


# --- how much is alike ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "target", "same", "f1"),
    [
        ("30 days", "30 days", True, 1),
        ("The 30 days.", "30 Days", True, 1),
        ('"30" days!', "30 days", True, 1),
        ("days 30", "30 days", False, 1),
        ("within 30 days of delivery", "30 days", False, 2 * 2 / 7),
        ("very very very late", "very late", False, 2 * 2 / 6),
        ("45 days", "30 days", False, 0.5),
        ("never", "30 days", False, 0),
        ("", "30 days", False, 0),
        ("30 days", "", False, 0),
        ("", "", True, 1),
        ("the", "a", True, 1),
    ],
)
def test_exact_match_and_token_f1(answer: str, target: str, same: bool, f1: float) -> None:
    assert exact_match(answer, target) is same
    assert token_f1(answer, target) == pytest.approx(f1)


SENTENCE = "You have 30 days from the day it was delivered to send it back."


@pytest.mark.parametrize("scorer", [token_f1, bleu, rouge_l, similarity])
def test_the_same_text_scores_one_and_another_one_less(scorer) -> None:
    assert scorer(SENTENCE, SENTENCE) == pytest.approx(1, abs=1e-5)
    assert scorer("Our café sells soup.", SENTENCE) < scorer(SENTENCE.replace("30", "45"), SENTENCE) < 0.999


def test_published_examples() -> None:
    """Lin 2004, section 3.1: "police kill the gunman" against "police killed the gunman" shares three words of four in order."""
    assert rouge_l("police kill the gunman", "police killed the gunman") == pytest.approx(0.75)
    assert rouge_l("the gunman kill police", "police killed the gunman") == pytest.approx(0.5)
    assert bleu("the the the the the the the", "The cat is on the mat.") < 0.1  # Papineni and others 2002, example 2


# --- no answer is right about nothing -----------------------------------------------------------------------------------

SCORERS = [holds_name, holds_numbers, same_thing, quotes, exact_match, token_f1, bleu, rouge_l, similarity]
UNREAD = [None, NoAnswer(Why.FILTERED)]


@pytest.mark.parametrize("target", ["", "none", "None", "null", "nan", "no answer (filtered)", "0", "Oslo in 30 days"])
@pytest.mark.parametrize("answer", UNREAD, ids=["unparsed", "never came"])
@pytest.mark.parametrize("scorer", SCORERS, ids=lambda scorer: scorer.__name__)
def test_what_could_not_be_read_scores_nothing_whatever_the_target(scorer: Any, answer: Any, target: str) -> None:
    assert scorer(answer, target) == 0


def test_every_scorer_is_tried_on_what_could_not_be_read() -> None:
    taken = {name for name, one in vars(scorers).items() if callable(one) and [*inspect.signature(one).parameters][:2] == ["answer", "target"]}
    assert taken <= {scorer.__name__ for scorer in SCORERS}


def test_an_empty_answer_that_a_model_gave_is_still_an_answer() -> None:
    assert same_thing("", "") and exact_match("", "") and token_f1("", "") == 1
