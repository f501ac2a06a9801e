"""The suite: samples survive the file, rules say what scorers say, the card judges intervals, the gate goes red and green."""

from __future__ import annotations

import json
import math

import numpy as np
import pandas as pd
import pytest

from sidebyside import suite
from sidebyside.answers import NoAnswer
from sidebyside.errors import AnswerError, SuiteError, Why
from sidebyside.evaluation import Rate
from sidebyside.scorers import holds_numbers, numbers_in
from sidebyside.suite import Angle, Rule, Sample

SAMPLES = [
    Sample("A1", "How long may I keep it?", "28 days", "You may keep books for 28 days.", {"document": "lending.md"}),
    Sample("A2", 'What does a card "cost" – per year?\nReally?', "15 €", "A card costs 15 € a year.\n\u2028So it is."),
    Sample("B1", "Who reads in November?"),
]


def right(answer, sample):
    return holds_numbers(answer, sample.target) if sample.target else None


# --- samples --------------------------------------------------------------------------------------------------------


def test_samples_survive_the_file(tmp_path):
    path = suite.write_samples(tmp_path / "suite.jsonl", SAMPLES)
    assert suite.read_samples(path) == SAMPLES
    assert suite.write_samples(tmp_path / "again.jsonl", suite.read_samples(str(path))).read_bytes() == path.read_bytes()


def test_the_file_has_the_field_names_of_inspect(tmp_path):
    path = suite.write_samples(tmp_path / "suite.jsonl", SAMPLES)
    first = json.loads(path.read_text(encoding="utf-8").splitlines()[0])
    more = {"context": SAMPLES[0].context, "document": "lending.md"}
    assert first == {"id": "A1", "input": SAMPLES[0].input, "target": "28 days", "metadata": more}


def test_a_byte_order_mark_windows_line_ends_and_empty_lines_do_no_harm(tmp_path):
    path = tmp_path / "suite.jsonl"
    path.write_bytes(b'\xef\xbb\xbf{"id": "A", "input": "x", "target": ""}\r\n\r\n')
    assert suite.read_samples(path) == [Sample("A", "x")]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "holds no samples"),
        ('{"id": "A", "input": "x", "target": ""}\n{"id": "A",', "line 2: not valid JSON"),
        ("[1]", "line 1: not an object"),
        ('{"id": "A", "input": "x"}', "line 1: 'target' must be a text"),
        ('{"id": "A", "input": " ", "target": ""}', "line 1: 'input' must be a text, and not empty"),
        ('{"id": 7, "input": "x", "target": ""}', "line 1: 'id' must be a text"),
        ('{"id": "A", "input": "x", "target": ["y"]}', "line 1: 'target' must be a text"),
        ('{"id": "A", "input": "x", "target": "", "contxt": "y"}', "unknown field 'contxt'"),
        ('{"id": "A", "input": "x", "target": "", "metadata": []}', "'metadata' must be an object"),
        ('{"id": "A", "input": "x", "target": "", "metadata": {"context": 1}}', "its 'context' a text"),
        ('{"id": "A", "input": "x", "target": ""}\n\n{"id": "A", "input": "y", "target": ""}', "line 3: the id 'A' is there twice"),
    ],
)
def test_a_faulty_file_is_refused_with_line_and_remedy(text, words, tmp_path):
    (tmp_path / "suite.jsonl").write_text(text, encoding="utf-8")
    with pytest.raises(SuiteError, match="suite.jsonl") as caught:
        suite.read_samples(tmp_path / "suite.jsonl")
    assert words in str(caught.value)
    assert str(caught.value).count(".") >= 2  # what, and what to do


def test_a_missing_file_and_another_encoding_are_told(tmp_path):
    with pytest.raises(SuiteError, match="no file gone.jsonl"):
        suite.read_samples(tmp_path / "gone.jsonl")
    (tmp_path / "old.jsonl").write_bytes('{"id": "A", "input": "Straße", "target": ""}'.encode("latin-1"))
    with pytest.raises(SuiteError, match="not UTF-8"):
        suite.read_samples(tmp_path / "old.jsonl")


# --- rules ----------------------------------------------------------------------------------------------------------

NUMBERS = ["30", "1,000", "1000", "4.5", "4.50", "£3.95", "30.", "0", "09:30", "30,000", "130", "0.5", "1,000.50", "100", "a", "x30y", "12,345"]


def test_the_rule_for_numbers_says_what_holds_numbers_says():
    dice = np.random.default_rng(0)
    for _ in range(5000):
        answer = " ".join(dice.choice(NUMBERS, size=dice.integers(1, 4)))
        target = " and ".join(dice.choice(NUMBERS, size=dice.integers(1, 3)))
        if numbers_in(target):
            assert Rule.numbers(target).holds(answer) == holds_numbers(answer, target), (answer, target)


@pytest.mark.parametrize(
    ("rule", "good", "bad"),
    [
        (Rule.any_of(["thank you", "please"]), "THANK YOU!", "You are pleased, thank your friend."),
        (Rule.any_of(["don't know"]), "I don’t know.", "I do know."),
        (Rule.any_of(["a.b", "c+"]), "so c+ it is", "axb"),
        (Rule.none_of(["kill"]), "a skill", "It can Kill."),
        (Rule.matching(r"[.!?]\W*$"), "So it is.)", "So it is"),
        (Rule.words(3), " one two  three ", "one two three four"),
    ],
)
def test_a_rule_holds_or_not(rule, good, bad):
    assert rule.holds(good) and not rule.holds(bad)


def test_an_answer_does_not_tell_its_seconds():
    with pytest.raises(SuiteError, match="how long it took"):
        Rule.seconds(3).holds("Yes.")


# --- angles and the card --------------------------------------------------------------------------------------------


def test_an_angle_needs_one_threshold():
    for wrong in ({}, {"at_least": 0.5, "at_most": 0.7}):
        with pytest.raises(SuiteError, match="'correct' needs one threshold"):
            Angle("correct", right, **wrong)


@pytest.mark.parametrize(
    ("bound", "low", "high", "verdict"),
    [
        ({"at_least": 0.8}, 0.8, 0.9, "pass"),
        ({"at_least": 0.8}, 0.79, 0.9, "cannot tell yet"),
        ({"at_least": 0.8}, 0.7, 0.8, "cannot tell yet"),
        ({"at_least": 0.8}, 0.7, 0.79, "fail"),
        ({"at_most": 0.1}, 0.0, 0.1, "pass"),
        ({"at_most": 0.1}, 0.0, 0.11, "cannot tell yet"),
        ({"at_most": 0.1}, 0.11, 0.2, "fail"),
        ({"at_most": 0}, 0.0, 0.0, "pass"),
    ],
)
def test_verdicts(bound, low, high, verdict):
    assert Angle("x", **bound).verdict(low, high) == verdict


def many(n=60):
    return [Sample(f"S{i}", "How many?", str(i), f"It is {i}.") for i in range(n)]


def test_evaluate_gives_a_row_a_sample_and_nothing_where_an_angle_does_not_apply():
    table = suite.evaluate(lambda sample: sample.context or None, SAMPLES, [Angle("right", right, at_least=0.8), Angle("seconds", at_most=1)])
    assert list(table.columns) == ["id", "input", "target", "answer", "right"]
    assert table["right"].tolist() == [True, True, None]
    assert table["answer"].tolist()[2] == ""


def test_the_card_counts_only_what_was_judged():
    angles = [Angle("right", right, at_least=0.8), Angle("length", lambda answer, _: len(answer) / 10, at_most=9)]
    table = suite.evaluate(lambda sample: sample.context, SAMPLES, angles)
    rows = suite.card(pd.concat([table] * 2), angles)
    assert rows["n"].tolist() == [4, 6]
    assert rows["value"].tolist()[0] == 1.0
    assert rows["low"][1] <= rows["value"][1] <= rows["high"][1]
    assert rows["threshold"].tolist() == ["at least 80%", "at most 9"]
    assert rows["verdict"].tolist() == ["cannot tell yet", "pass"]


def test_the_gate_goes_green_and_red():
    angles = [Angle("right", right, at_least=0.8), Angle("polite", lambda answer, _: "please" in answer, at_least=0.8, must=False)]
    good, bad = (suite.card(suite.evaluate(system, many(), angles), angles) for system in (lambda s: s.context, lambda s: "please wait"))
    assert suite.decide(good) == ("go", "every must-have passes")
    assert suite.decide(bad) == ("no-go", "fails: right")


def test_too_few_samples_are_no_go():
    angles = [Angle("right", right, at_least=0.8)]
    assert suite.decide(suite.card(suite.evaluate(lambda s: s.context, many(5), angles), angles)) == ("no-go", "cannot tell yet: right")


def test_what_was_not_measured_cannot_pass():
    angle = Angle("seconds", at_most=3)
    rows = suite.card(pd.DataFrame({"id": ["a"], "seconds": [math.nan]}), [angle])
    assert rows["verdict"].tolist() == ["cannot tell yet"] and rows["n"].tolist() == [0]
    assert suite.side_by_side({"it": rows})["it"].tolist() == ["? cannot tell yet: nothing to judge", "✗ no-go"]


def test_an_angle_without_scores_is_told():
    with pytest.raises(SuiteError, match="no scores for 'seconds'"):
        suite.card(pd.DataFrame({"id": ["a"]}), [Angle("seconds", at_most=3)])


def test_two_systems_on_one_card():
    angles = [Angle("right", right, at_least=0.8)]
    cards = {name: suite.card(suite.evaluate(system, many(), angles), angles) for name, system in (("a", lambda s: s.context), ("b", lambda s: "no"))}
    shown = suite.side_by_side(cards)
    assert shown["a"].tolist() == ["✓ pass: 100% (94% to 100%; n = 60)", "✓ go"]
    assert shown["b"].tolist()[1] == "✗ no-go"
    assert shown["threshold"].tolist() == ["must be at least 80%", ""]


def test_a_mean_of_equal_scores_is_no_surer_than_a_share():
    rows = [{"score": 1.0, "words": 12} for _ in range(8)]
    table = pd.DataFrame(rows)
    found = suite.card(table, [Angle("score", at_least=0.9), Angle("words", at_most=20)]).set_index("angle")
    assert tuple(found.loc["score", ["low", "high"]]) == pytest.approx(Rate(8, 8).interval)
    assert list(found["verdict"]) == ["cannot tell yet", "pass"]


def test_a_mean_of_a_few_numbers_is_not_sure():
    angle = Angle("seconds", at_most=3)
    for n, verdict in ((1, "cannot tell yet"), (4, "cannot tell yet"), (5, "pass")):
        assert suite.card(pd.DataFrame({"seconds": [1.0] * n}), [angle])["verdict"].tolist() == [verdict]
    assert suite.side_by_side({"it": suite.card(pd.DataFrame({"seconds": [1.5]}), [angle])})["it"][0] == "? cannot tell yet: 1.5 (n = 1)"


def test_cards_of_different_angles_do_not_go_side_by_side():
    table = pd.DataFrame({"a": [True], "b": [True]})
    cards = {name: suite.card(table, [Angle(name, at_least=0.5)]) for name in "ab"}
    with pytest.raises(SuiteError, match="different angles"):
        suite.side_by_side(cards)


def test_no_angle_takes_the_name_of_a_column():
    with pytest.raises(SuiteError, match="'answer'"):
        Angle("answer", right, at_least=0.5)


# --- exports, as far as they can be judged without the tools --------------------------------------------------------

ANGLES = [
    Angle("right", right, at_least=0.8, rule=lambda s: Rule.numbers(s.target)),
    Angle("grounded", lambda answer, sample: answer in sample.context, at_least=0.9),
    Angle("seconds", at_most=3, rule=lambda s: Rule.seconds(3)),
]
WORDS = {"system": "Answer.", "user": "Text: {context}\n\nQuestion: {input}"}


def test_the_promptfoo_file_says_what_it_lacks():
    text = suite.export_promptfoo(SAMPLES, ANGLES, **WORDS, model="some-model")
    assert "grounded" in text.split("description:")[0]
    assert "openai:chat:some-model" in text and "providerOutput" not in text


def test_answers_given_must_be_one_a_sample():
    with pytest.raises(ValueError, match="zip"):
        suite.export_promptfoo(SAMPLES, ANGLES, **WORDS, model="some-model", answers=["one"])


def test_the_inspect_files_can_be_read_back_and_compiled(tmp_path):
    samples, task = suite.export_inspect(tmp_path / "new", SAMPLES, ANGLES, **WORDS)
    back = suite.read_samples(samples)
    assert [(s.id, s.input, s.target, s.context) for s in back] == [(s.id, s.input, s.target, s.context) for s in SAMPLES]
    assert [list(s.metadata["rules"]) for s in back] == [["right"], ["right"], []]
    compile(source := task.read_text(encoding="utf-8"), str(task), "exec")
    assert "grounded" in source.split('"""')[0] and 'ANGLES = ["right"]' in source


# --- changes --------------------------------------------------------------------------------------------------------

BOTH = [
    Angle("right", lambda answer, sample: None, at_least=0.8),
    Angle("rude", lambda answer, sample: None, at_most=0.1),
    Angle("polite", lambda answer, sample: None, at_least=0.5, must=False),
    Angle("seconds", at_most=3),  # no scorer: nothing to compare
]


def scores(**columns):
    return pd.DataFrame({name: pd.Series(values, dtype=object) for name, values in columns.items()})


def test_changes_are_counted_by_hand():
    before = scores(right=[True, False, None, False, True], rude=[True, False, False, False, True], polite=[None] * 5)
    after = scores(right=[False, True, True, False, None], rude=[False, True, True, False, True], polite=[True] * 5)
    assert suite.changes(before, after, BOTH).to_dict("records") == [
        {"angle": "right", "must": True, "compared": 3, "better": 1, "worse": 1},
        {"angle": "rude", "must": True, "compared": 5, "better": 1, "worse": 2},
        {"angle": "polite", "must": False, "compared": 0, "better": 0, "worse": 0},
    ]


def test_changes_are_those_of_a_plain_loop():
    dice = np.random.default_rng(0)
    for _ in range(20):
        before, after = (scores(right=list(dice.choice([True, False, None], 30))) for _ in "ab")
        better = worse = 0
        for x, y in zip(before["right"], after["right"], strict=True):
            better += x is False and y is True
            worse += x is True and y is False
        (row,) = suite.changes(before, after, BOTH[:1]).to_dict("records")
        assert (row["better"], row["worse"]) == (better, worse)
        (back,) = suite.changes(after, before, BOTH[:1]).to_dict("records")
        assert (back["better"], back["worse"]) == (worse, better)


def test_changes_of_other_samples_are_refused():
    with pytest.raises(ValueError, match="shorter"):
        suite.changes(scores(right=[True, True]), scores(right=[True]), BOTH[:1])


def test_an_answer_that_never_came_is_judged_from_no_angle() -> None:
    def system(sample: Sample) -> str:
        if sample.id == "A":
            raise AnswerError("It was filtered.", Why.FILTERED)
        return "Two days."

    short = Angle("short", lambda answer, s: len(answer) < 20, at_least=0.05)
    samples = [Sample("A", "x"), Sample("B", "y")]
    table = suite.evaluate(system, samples, [short])
    assert [str(answer) for answer in table["answer"]] == ["no answer (filtered)", "Two days."]
    assert table["short"].tolist() == [None, True]
    cards = {"some": suite.card(table, [short]), "none": suite.card(suite.evaluate(system, samples[:1], [short]), [short])}
    rows = suite.side_by_side(cards)
    assert rows["angle"].tolist()[-2:] == ["answers that never came", "DECISION"]
    assert rows["some"].tolist()[1:] == [1, "✓ go"] and rows["none"].tolist()[1:] == [1, "? cannot tell yet"]
    assert suite.decide(cards["none"]) == ("cannot tell yet", "none of the answers came")


@pytest.mark.parametrize(("gone", "verdict"), [(0, "pass"), (1, "pass"), (20, "cannot tell yet")])
@pytest.mark.parametrize(("bound", "found"), [({"at_least": 0.7}, True), ({"at_most": 0.3}, False)])
def test_a_pass_must_hold_even_if_all_that_never_came_were_failures(bound: dict[str, float], found: bool, gone: int, verdict: str) -> None:
    answers = ["Two days."] * 20 + [NoAnswer(Why.FILTERED)] * gone
    table = pd.DataFrame({"answer": pd.Series(answers, dtype=object), "angle": pd.Series([found] * 20 + [None] * gone, dtype=object)})
    assert suite.card(table, [Angle("angle", **bound)])["verdict"].tolist() == [verdict]


@pytest.mark.parametrize(
    ("bound", "scorer", "score"),
    [
        ({"at_least": 0.7}, lambda answer, s: "rude" not in answer, False),  # an empty text would pass
        ({"at_most": 0.3}, lambda answer, s: "rude" in answer, True),
        ({"at_least": 0.7}, lambda answer, s: 1.0 if len(answer.split()) < 9 else 0.5, 0.0),
        ({"at_most": 9}, lambda answer, s: len(answer.split()) / 1, None),  # how many words it has, nobody knows
        ({"at_least": 0.7}, lambda answer, s: None, None),  # this angle does not judge the sample at all
    ],
)
def test_an_answer_that_a_system_could_not_read_passes_from_no_angle(bound, scorer, score):
    table = suite.evaluate(lambda sample: None, SAMPLES[:1], [Angle("angle", scorer, **bound)])
    assert table["angle"].tolist() == [score]
    assert suite.evaluate(lambda sample: "", SAMPLES[:1], [Angle("angle", scorer, **bound)])["angle"].tolist() == [scorer("", None)]
