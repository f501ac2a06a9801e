"""Which answers admit that they do not know, and which plainly answer."""

from __future__ import annotations

import pytest

from sidebyside import abstains

ADMITS = [
    "I don't know.",
    "I don\u2019t know.",  # with the apostrophe of a typesetter
    "I DON\u2019T KNOW!",
    "I do not know which city that is.",
    "Sorry, but I cannot know that.",
    "I don\u2019t have any record of a country by that name.",
    "I do not have that in my notes.",
    "There is no information on that country.",
    "I am not aware of a country called Velmora.",
    "Velmora is not a real country.",
    "Velmora is NOT A COUNTRY.",
    "Velmora does not exist.",
    "As far as I can tell, it doesn\u2019t exist.",
    "There is no such country.",
    "Velmora is a place in works of fiction.",
    "The name is not recognized.",
    "The name is not recognised.",
    "I'm not familiar with it.",
    "Unknown.",
    "I cannot find it on a map.",
    "I can\u2019t find it on a map.",
    "I\u2019m sorry, I don\u2019t know.",
    "I am not able to answer this.",
    "I'm unable to answer this.",
    "There seems to be a misunderstanding.",
    "The capital of Norway is Oslo. About Velmora I do not know anything.",
]

ANSWERS = [
    "",
    "Oslo",
    "The capital of Norway is Oslo.",
    "THE CAPITAL OF NORWAY IS OSLO.",
    "The capital of Velmora is Velmora City.",
    "I know it: Oslo.",
    "Everybody knows that it is Oslo.",
    "It is well known, and not only in Norway.",
    "The city\u2019s name is Oslo; it isn\u2019t Bergen.",
    "Norway exists, and its capital is Oslo.",
    "Yes, it is a real country. You can find it on a map.",
    "Norway is a country in Europe, and Oslo is able to house a million people.",
    "I\u2019m sorry for the delay in delivering the parcel.",
    "No, I'm sorry for any confusion. The capital of Peru is indeed called Lima.",
    "I'm sorry, but I can't assist with that.",
    "I am sorry.",
]


@pytest.mark.parametrize("answer", ADMITS)
def test_an_answer_that_admits_it_does_not_know_abstains(answer: str) -> None:
    assert abstains(answer) is True


@pytest.mark.parametrize("answer", ANSWERS)
def test_a_plain_answer_does_not_abstain(answer: str) -> None:
    assert abstains(answer) is False


@pytest.mark.parametrize("answer", ADMITS)
def test_capitals_and_kind_of_apostrophe_make_no_difference(answer: str) -> None:
    for same in (answer.upper(), answer.lower(), answer.replace("\u2019", "'"), answer.replace("'", "\u2019")):
        assert abstains(same), same
