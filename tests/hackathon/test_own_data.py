"""What a team is told about data of its own before it trains on them."""

from __future__ import annotations

import dataclasses

import pandas as pd
import pytest

import sidebyside_hackathon as scorer
from sidebyside.cases import Case, load_case
from tests.hackathon.kit import HOME


@pytest.fixture
def case() -> Case:
    return load_case(HOME / "tests" / "cases" / "tiny")


def found(table: pd.DataFrame) -> dict[str, str]:
    return {row["question"].split("?")[0]: row["found"] for row in table.to_dict("records")}


def changed(case: Case, messages: pd.DataFrame) -> Case:
    return dataclasses.replace(case, messages=messages)


def test_an_unknown_label_is_a_sentence_with_the_nearest(case: Case) -> None:
    with pytest.raises(scorer.HackathonError, match="no label 'aera'. Set LABEL to 'area'"):
        scorer.look_over(case, "aera")


def test_a_rare_label_is_named_with_its_count(case: Case) -> None:
    train = case.messages["split"] == "train"
    rare = changed(case, case.messages.drop(case.messages[train & (case.messages["area"] == "online")].index[2:]))
    assert "online (2)" in found(scorer.look_over(rare, "area"))["Has each area 10 examples in train"]


def test_a_text_in_two_splits_is_named(case: Case) -> None:
    assert found(scorer.look_over(case, "area"))["Does a text stand in two splits"] == "no"
    twice = case.messages.copy()
    one, other = case.split("train").iloc[0], case.split("test").iloc[0]
    twice.loc[twice["id"] == other["id"], "text"] = f"  {one['text'].upper()} "
    told = found(scorer.look_over(changed(case, twice), "area"))["Does a text stand in two splits"]
    assert set(told.split(", ")) == {one["id"], other["id"]}


def test_a_second_reader_is_asked_for_and_counted(case: Case) -> None:
    assert found(scorer.look_over(case, "area"))["Do two readers agree"] == "nobody read twice"
    second = changed(case, case.messages.assign(second_area=case.messages["area"]))
    assert found(scorer.look_over(second, "area"))["Do two readers agree"].startswith("100.0%")


def test_a_key_sentence_that_stands_nowhere_is_named(case: Case) -> None:
    question = "Does each key sentence stand in its policy"
    assert found(scorer.look_over_facts(case))[question] == "yes"
    facts = case.facts.copy()
    name = facts[facts["document"] != ""].index[0]
    facts.loc[name, "sentence"] = facts.loc[name, "sentence"].replace("You", "We")
    case.__dict__["facts"] = facts
    assert found(scorer.look_over_facts(case))[question] == facts.loc[name, "id"]


def test_a_number_that_its_sentence_does_not_hold_is_named(case: Case) -> None:
    facts = case.facts.copy()
    name = facts[facts["document"] != ""].index[0]
    facts.loc[name, "answer"] = "977 days"
    case.__dict__["facts"] = facts
    assert facts.loc[name, "id"] in found(scorer.look_over_facts(case))["Are the answer's numbers in its sentence"]


def test_a_team_s_own_case_stands_in_for_the_hidden_set(case: Case) -> None:
    assert scorer.is_own(case) and not scorer.is_own(load_case(HOME / "cases" / "feedback"))
    assert list(scorer.to_route(case)["id"]) == list(case.split("test")["id"])
    assert list(scorer.to_route(case).columns) == ["id", "text"]
    practice, end = scorer.for_practice(case), scorer.for_the_end(case)
    assert set(practice["id"]) | set(end["id"]) == set(case.facts["id"]) and not set(practice["id"]) & set(end["id"])
    assert list(scorer.to_answer(case)["id"]) == list(end["id"])
