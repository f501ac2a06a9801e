"""What the page *Roles* reads and says, on results that come out each way."""

import json
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

import sidebyside as sbs
from sidebyside.store import key_of, seal_of
from sidebyside.widgets.canvas import MOST
from sidebyside.widgets.explore import WITHOUT_SCRIPT

page = sbs.lesson("team_work")
MODEL, OTHER = "smollm2-135m-instruct", "qwen2.5-coder-1.5b-instruct"
EMPTY = pd.DataFrame(columns=page.COLUMNS, dtype=object).astype(dict.fromkeys(page.NUMBERS, float))


def call(question, answer="positive", lesson="side_by_side", seconds=2.0, tokens=(100, 2), **options):
    """One recorded call."""
    request = {"model": "m", "messages": [{"role": "user", "content": question}], "temperature": 0, "max_tokens": 20} | options
    return lesson, request, request["messages"][-1]["content"], answer, seconds, *tokens, "2026-11-20"


def table(*calls):
    return pd.DataFrame(calls, columns=page.COLUMNS, dtype=object).astype(dict.fromkeys(page.NUMBERS, float))


# --- what was recorded ------------------------------------------------------------------------------------------------


@pytest.fixture
def shelf(tmp_path, monkeypatch):
    """A folder of recordings of a model that the course does not know, and a function that adds a line."""
    monkeypatch.setenv("SIDEBYSIDE_RECORDINGS", str(tmp_path))
    folder = tmp_path / "m" / sbs.read_settings().case.name
    folder.mkdir(parents=True)

    def add(lesson, route="chat/completions", response=None, **request):
        entry = {"key": key_of(route, json.dumps(request)), "route": route, "request": request, "response": response or {}, "seconds": 1.5}
        entry |= {"recorded": "2026-11-20", "weights_sha256": "", "runtime": ""}
        with (folder / f"{lesson}.jsonl").open("a") as file:
            file.write(json.dumps(entry | {"seal": seal_of(entry)}) + "\n")

    return add


def chat(text, tokens_in=7, tokens_out=3):
    return {"choices": [{"message": {"content": text}}], "usage": {"prompt_tokens": tokens_in, "completion_tokens": tokens_out}}


def test_calls_are_read_with_what_they_took(shelf):
    shelf("hybrid", response=chat("positive"), model="m", messages=[{"role": "user", "content": "Hello?"}], temperature=0)
    shelf("meet_the_model", "completions", {"choices": [{"text": " Paris"}]}, model="m", prompt="The capital of France is")
    shelf("grounding", "embeddings", {"data": []}, model="m", input="a text")
    found = page.recorded("m").set_index("lesson")
    assert list(found.loc["hybrid"][["question", "answer", "seconds", "input_tokens", "output_tokens"]]) == ["Hello?", "positive", 1.5, 7, 3]
    assert (found.loc["meet_the_model", "question"], found.loc["meet_the_model", "answer"]) == ("The capital of France is", " Paris")
    assert found.loc["grounding", "question"] == "a text" and np.isnan(found.loc["grounding", "input_tokens"])
    assert list(page.recorded("m", "hybrid")["lesson"]) == ["hybrid"]


def test_only_lessons_count_and_a_model_without_recordings_has_none(shelf):
    shelf("route_messages", response=chat("x"), model="m", messages=[{"role": "user", "content": "Hello?"}])
    assert page.recorded("m").empty and page.recorded("another").empty


def test_a_prompt_finds_its_own_recorded_call():
    plain, bound = sbs.Prompt("v2", "", "Is it? {text}"), sbs.Prompt("v3", "", "Is it? {text}", options=sbs.one_of("yes", "no"))
    calls = table(
        call("Is it? a", "free", temperature=1, seed=1), call("Is it? a", "bound", grammar='root ::= "yes" | "no"'),
        call("Is it? a", "plain"), call("Is it? b", "plain b", logprobs=True),
    )  # fmt: skip
    assert list(page.found(calls, plain, ["b", "a", "c"])["answer"]) == ["plain b", "plain", page.GONE]
    assert list(page.found(calls, bound, ["a", "b"])["answer"]) == ["bound", page.GONE]
    assert list(page.plainly(calls, ["Is it? a"])["answer"]) == ["plain"]
    assert len(page.came(page.found(calls, plain, ["a", "c"]))) == 1


# --- where the hours go -----------------------------------------------------------------------------------------------


def needed(prompt, trained=(2000, 100, 300)):
    rows = [
        (phase, way, n) for way, labels in ((page.TRAINED, trained), (page.PROMPT, prompt)) for phase, n in zip(page.LABELLED, labels, strict=True)
    ]
    rows += [(phase, way, None) for way in (page.TRAINED, page.PROMPT) for phase in (page.IDEA, page.WORK, page.WATCH)]
    return pd.DataFrame(rows, columns=["phase", "way", "labels"]).astype({"labels": float})


def test_labels_are_those_of_the_case():
    case = sbs.load_case()
    best = SimpleNamespace(examples=[("a", "b")] * 4)
    found = page.labels_needed(case, best, case.split("dev").head(7)).set_index(["way", "phase"])["labels"]
    assert found[page.PROMPT, page.SHOWN] == 4 and found[page.PROMPT, page.CHOOSE] == 7
    assert found[page.PROMPT, page.EXAM] == found[page.TRAINED, page.EXAM] == len(case.split("test"))
    assert found[page.TRAINED, page.SHOWN] == len(case.split("train")) and np.isnan(found[page.PROMPT, page.WATCH])


@pytest.mark.parametrize(
    ("prompt", "answer", "words"),
    [
        ((4, 60, 300), "those of the exam", "The prompt saves 85% of the labelling"),
        ((4, 360, 300), "those to choose the prompt by", "54% go into labels to choose by"),
        ((900, 60, 300), "those shown in the prompt", "71% go into labels to learn from"),
        ((2000, 100, 300), "those shown in the prompt", "saves no labelling"),
        ((0, 0, 0), "not measured", "no labels"),
    ],
)
def test_where_most_hours_go(prompt, answer, words):
    found = page.hours("m", needed(prompt), 20)
    assert found.answer == answer and words in found.sentence


def test_hours_follow_the_seconds():
    assert page.hours_of(360, 20) == 2.0
    assert "2.0 hours, the trained model's 2,400 and 13.3 hours" in page.hours("m", needed((0, 60, 300)), 20).sentence
    drawn = page.effort_chart(needed((4, 60, 300)), 36).to_dict()
    assert "trained model: labels to learn from, 20.0 hours" in drawn["description"] and page.WATCH not in drawn["description"]


def test_the_table_says_what_was_not_measured():
    calls = table(*[call("q", seconds=30.0)] * 4)
    rows = page.effort_table(needed((4, 60, 300)), 20, {page.CHOOSE: calls, page.EXAM: calls.assign(answer=page.GONE)}, 70).rows.set_index("phase")
    assert rows.loc[page.CHOOSE, "prompt: computing"] == "4 calls, 408 tokens, 2.0 min"
    assert rows.loc[page.CHOOSE, "trained model: computing"] == "training, under an hour"
    assert rows.loc[page.EXAM, "prompt: computing"] == "not recorded"
    assert set(rows.loc[page.WATCH]) == {page.HERE} and rows.loc[page.SHOWN, "trained model: a person"] == "11.1 h (2,000 labels)"


# --- what the course spent --------------------------------------------------------------------------------------------


def test_what_counts_as_a_check():
    case = sbs.load_case()
    dev, train, fact = case.split("dev")["text"].iloc[0], case.split("train")["text"].iloc[0], case.facts["question"].iloc[0]
    calls = table(
        call(f"Sort this: {dev}"), call(f"Sort this: {train}"), call(f"Text. Question: {fact}"), call("Say A or B.", lesson="judging_with_a_model"),
        call("Name a city.", temperature=1, seed=1), call("Name a city.", temperature=1, seed=2), call("Name a city."), call("Name a city."),
        call("", messages=[{"role": "user", "content": fact}, {"role": "user", "content": "Are you sure?"}]),
    )  # fmt: skip
    C, U = page.CHECK, page.USE
    assert list(page.purposes(calls, case)) == [C, U, C, C, U, C, U, U, C]
    assert page.purposes(EMPTY, case).empty


def spent(checks, uses):
    calls = table(*[call("q", lesson="hybrid")] * checks, *[call("q", lesson="grounding", seconds=60.0)] * uses)
    return calls, pd.Series([page.CHECK] * checks + [page.USE] * uses, index=calls.index, dtype=object)


@pytest.mark.parametrize(
    ("checks", "uses", "answer"),
    [(1, 9, "under a quarter"), (4, 6, "a quarter to a half"), (6, 4, "a half to three quarters"), (9, 1, "over three quarters")],
)
def test_the_share_of_checks(checks, uses, answer):
    assert page.checking("m", *spent(checks, uses), [], 2.0, 25).answer == answer


def test_the_price_is_that_of_as_many_tokens():
    calls, purpose = spent(9, 1)
    told = page.checking("m", calls, purpose, ["gpt-5-mini", "no such model"], 2.0, 25).sentence
    price = sbs.prices.price("gpt-5-mini", 1000, 20, "2026-11-20")
    assert f"{price:.2f} US dollars (gpt-5-mini); the answers" in told and "no such model" not in told
    assert "2.0 hours of a person at 25 US dollars, cost 50.00" in told and "90% of the calls, 23% of the" in told


def test_without_recordings_nothing_is_counted():
    none = pd.Series(dtype=object)
    assert page.checking("m", EMPTY, none, [], 2.0, 25).answer == "not measured"
    assert "not measured" in page.split_chart("m", EMPTY, none).data
    assert page.spending("m", EMPTY, none).rows.empty


def test_lessons_are_listed_by_their_time():
    rows = page.spending("m", *spent(3, 2)).rows
    assert list(rows["lesson"]) == ["grounding", "hybrid", "all, m"]
    assert list(rows["checks among them"]) == ["0", "3", "3"] and list(rows["minutes"]) == ["2", "0", "2"]
    assert "calls 60%, tokens 60%, computing time 5%" in page.split_chart("m", *spent(3, 2)).to_dict()["description"]


# --- what moves to a provider -----------------------------------------------------------------------------------------


def sitting(text, target="ppppp" * 4):
    """An exam, a letter a message: p or n is a label, - is none, ? was not recorded."""
    labels = [{"?": page.GONE, "-": None}.get(letter, letter) for letter in text]
    return page.Sitting(labels, [None if a == "?" else a == b for a, b in zip(text, target, strict=True)], 30.0)


@pytest.mark.parametrize(
    ("after_it", "answer", "words"),
    [
        ("p" * 10 + "n" * 10, "up to a tenth", "0 become right and 0 wrong"),
        ("p" * 12 + "n" * 8, "up to a tenth", "2 become right and 0 wrong"),
        ("p" * 8 + "nnnn" + "n" * 8, "up to a tenth", "0 become right and 2 wrong"),
        ("p" * 15 + "n" * 5, "over a tenth, up to a quarter", "no clear difference"),
        ("p" * 20, "over a quarter, up to a half", "clearly better than before"),
        ("n" * 20, "over a quarter, up to a half", "clearly worse than before"),
        ("n" * 10 + "p" * 10, "over a half", "10 become right and 10 wrong"),
        ("-" * 10 + "n" * 10, "over a quarter, up to a half", "0 become right and 10 wrong"),
        ("?" * 20, "not measured", "nothing to compare"),
    ],
)
def test_what_a_change_of_the_model_does(after_it, answer, words):
    before = sitting("p" * 10 + "n" * 10)
    found = page.swap("m", {"m": before, "o": sitting(after_it), "third": sitting("p" * 20)})
    assert found.answer == answer and words in found.sentence


def test_what_was_not_recorded_is_no_change():
    assert page.swapped(sitting("pp?n", "pppp"), sitting("pn??", "pppp")) == [False, True]
    assert page.swapped(sitting("--", "pp"), sitting("-p", "pp")) == [False, True]


def test_the_table_of_changes_has_a_row_for_each_task_and_model():
    exams = {"m": sitting("pn", "pp"), "o": sitting("np", "pp"), "x": sitting("??", "pp")}
    rows = page.swap_table("m", {"mood": exams}).rows
    assert list(rows["other labels"]) == ["2 of 2", "not measured"] and list(rows["won · lost"]) == ["1 · 1", "not measured"]


def test_the_other_models_begin_with_the_one_whose_outputs_are_kept():
    assert page.others(OTHER)[0] == MODEL and page.others(MODEL)[0] == OTHER
    assert OTHER not in page.others(OTHER) and len(page.others("a company's own")) == 2


def test_the_recorded_exams_are_found():
    task = page.exams(sbs.load_case())[0]
    found = page.sit(MODEL, task, sbs.load_case().labels[task.name])
    assert len(found.right) == len(task.prompts) and None not in found.right and found.seconds > 0
    assert page.sit("nobody", task, ["a"]).right == [None] * len(task.prompts)


# --- where a company differs ------------------------------------------------------------------------------------------


def gain(what, won, n=40, lost=0, task=None):
    before = [False] * won + [True] * (n - won)
    return page.Gain(task or what, what, before, [True] * won + [False] * lost + [True] * (n - won - lost))


@pytest.mark.parametrize(
    ("won", "answer"),
    [((30, 2, 3), "a tested prompt"), ((3, 30, 2), "own labels"), ((2, 3, 30), "own documents"), ((20, 20, 3), "too close to call")],
)
def test_what_adds_most(won, answer):
    gains = [gain(what, n) for what, n in zip((page.TESTED, page.LABELS, page.DOCUMENTS), won, strict=True)]
    assert page.adds("m", gains).answer == answer


def test_a_gain_over_several_tasks_is_their_mean():
    gains = [gain(page.TESTED, 20), gain(page.LABELS, 40, task="a"), gain(page.LABELS, 0, task="b"), gain(page.DOCUMENTS, 1)]
    assert "own labels +50 points" in page.adds("m", gains).sentence


def test_a_thing_may_do_harm():
    rows = page.gains_table([gain(page.TESTED, 0, lost=10)]).rows
    assert rows["adds (95 % interval)"][0].startswith("-25 points (-38 to -1") and rows["paired test"][0] == "p = 0.002"


@pytest.mark.parametrize("missing", [page.Gain("questions", page.DOCUMENTS, [], []), page.Gain("questions", page.DOCUMENTS, [None], [None])])
def test_what_is_not_recorded_cannot_be_compared(missing):
    gains = [gain(page.TESTED, 3), gain(page.LABELS, 5), missing]
    assert page.adds("m", gains).answer == "not measured"
    assert list(page.gains_table(gains).rows["adds (95 % interval)"])[-1] == "not measured"
    assert "questions" not in page.gains_chart("m", gains).to_dict()["description"]
    assert "not measured" in page.gains_chart("m", [missing]).data


def test_gains_of_one_task_are_drawn_alike():
    one, other = gain(page.TESTED, 5, task="mood"), gain(page.LABELS, 5, task="mood")
    assert (one.draws() == other.draws()).all() and abs(one.draws().mean() - 5 / 40) < 0.01


def test_documents_are_read_under_the_instruction_that_had_them_all():
    under = [call("q1", "one", messages=[{"role": "system", "content": "S"}, {"role": "user", "content": "q1"}])]
    both = [call(q, f"all {q}", messages=[{"role": "system", "content": "T"}, {"role": "user", "content": q}]) for q in ("q1", "q2")]
    assert page._under_one_instruction(table(*under, *both), ["q1", "q2"]) == ["all q1", "all q2"]
    assert page._under_one_instruction(table(*under), ["q1", "q2"]) == [None, None]


def test_the_documents_gain_is_that_of_the_lesson_on_grounding():
    found = page.documents(page.recorded(OTHER), sbs.load_case())
    assert sbs.rate(found.before).n == sbs.rate(found.after).n == len(found.after) > 0
    assert page.documents(EMPTY, sbs.load_case()).differences.size == 0


# --- tables and canvas ------------------------------------------------------------------------------------------------


def test_something_moves_and_something_stays():
    assert set(page.moves().rows["moves or stays"]) == {"moves", "stays"}
    assert {"new", "stays", "changes"} <= set(page.roles().rows[""])


def test_each_box_has_three_levels_and_an_example_that_fits():
    assert [len(box.levels) for box in page.BOXES] == [3] * len(page.BOXES)
    assert all(len(box.example) <= MOST for box in page.BOXES)


def test_without_a_script_the_canvas_says_what_to_do_and_shows_its_levels():
    shown = page.opportunity()
    assert shown._repr_html_() == page.opportunity()._repr_html_() and WITHOUT_SCRIPT in shown._repr_html_()
    assert all(box.name in repr(shown) and " → ".join(box.levels) in shown._repr_html_() for box in page.BOXES[:1])
    assert page.opportunity() == shown
