"""The page's tasks and sentences, on results that come out each way."""

import numpy as np
import pandas as pd
import pytest

import sidebyside as sbs
from sidebyside.answers import NoAnswer
from sidebyside.errors import RecordingError, Why
from sidebyside.evaluation import compare
from sidebyside.wording import NOT_MEASURED

page = sbs.lesson("model_size")
SMALL, MIDDLE, MAIN = (size.name for size in page.SIZES)
GONE = NoAnswer(Why.EMPTY, "nothing came")
PLAIN, PERMITTED, KNOWN, KEPT = page.INVENTED, page.INVENTED_PERMITTED, page.REAL, page.REAL_PERMITTED


def marks(right, n=40):
    return [True] * right + [False] * (n - right)


def results(**rights):
    """Return results of one task a name: how many of forty each size gets right."""
    return {task: dict(zip((SMALL, MIDDLE, MAIN), map(marks, counts), strict=True)) for task, counts in rights.items()}


# --- marks ------------------------------------------------------------------------------------------------------------


def test_each_sample_has_a_mark_or_none():
    tasks = page.tasks(sbs.load_case())
    for task in tasks.values():
        given = [GONE, *["?"] * (len(task.prompts) - 1)]
        found = task.mark(given)
        assert found[0] is None and not any(found[1:]), task.name


@pytest.mark.parametrize(
    ("answers", "found"),
    [
        (["A", "B"], [True]),
        (["B", "A"], [False]),
        (["A", "A"], [False]),
        (["Answer A.", "It is B"], [True]),
        (["A or B", "B"], [False]),
        (["A", GONE], [None]),
    ],
)
def test_a_judge_is_right_only_both_ways(answers, found):
    assert page.both_ways(answers) == found


FIELDS = {"problem": ["late", "none"], "wish": ["refund", "none"]}


@pytest.mark.parametrize(
    ("answer", "valid"),
    [
        ('{"problem": "late", "wish": "none"}', True),
        ('```json\n{"problem": "late", "wish": "refund", "more": 1}\n```', True),
        ('{"problem": "late"}', False),
        ('{"problem": "early", "wish": "none"}', False),
        ('{"problem": null, "wish": "none"}', False),
        ('[{"problem": "late"}]', False),
        ("late, none", False),
        ('{"problem": "late", "wish": "no', False),
        ("", False),
    ],
)
def test_a_form_is_valid_with_every_field_and_an_allowed_value(answer, valid):
    assert page.is_valid(answer, FIELDS) == valid


def test_no_fields_are_no_valid_form():
    assert not page.is_valid("{}", {})


def test_pairs_are_sure_ones():
    answers = pd.DataFrame(
        {
            "fact": ["a", "a", "b", "b", "c"],
            "question": "?",
            "sentence": "!",
            "answer": ["x", "y", "u", "v", "w"],
            "right": ["yes", "no", "yes", "no", "yes"],
            "second_right": ["yes", "no", "yes", "yes", "yes"],
        }
    )
    found = page.pairs(answers)
    assert found[["fact", "good", "bad"]].to_numpy().tolist() == [["a", "x", "y"]]


# --- what size buys ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("counts", "word"),
    [
        ((2, 20, 38), "clearly better with each step"),
        ((2, 30, 32), "clearly better with the first step, the second makes no clear difference"),
        ((2, 3, 30), "clearly better with the second step, the first makes no clear difference"),
        ((20, 20, 21), page.EVEN),
        ((10, 14, 18), "clearly better over both steps together, no step clear by itself"),
        ((38, 20, 2), "clearly worse somewhere"),
    ],
)
def test_growth_is_said_as_it_is(counts, word):
    assert page.gains(results(task=counts)).rows.to_numpy().tolist() == [[word, "task"]]


def test_tasks_of_one_kind_share_a_row_and_rows_have_an_order():
    given = results(a=(2, 20, 38), b=(20, 20, 20), c=(2, 3, 30), d=(2, 20, 38))
    assert page.gains(given).rows.to_numpy().tolist() == [
        ["clearly better with each step", "a; d"],
        ["clearly better with the second step, the first makes no clear difference", "c"],
        [page.EVEN, "b"],
    ]


def test_growth_without_answers_is_not_measured():
    given = {"task": {SMALL: [None] * 5, MIDDLE: marks(3, 5), MAIN: marks(5, 5)}}
    assert page.gains(given).rows["from small to main"].tolist() == [NOT_MEASURED]
    assert page.better(given).answer == NOT_MEASURED


@pytest.mark.parametrize(
    ("tasks", "place"),
    [([(2, 3, 38)] * 3, 2), ([(2, 3, 38), (20, 20, 20), (2, 3, 38)], 1), ([(20, 20, 20)] * 3, 0), ([(38, 20, 2)] * 3, 0)],
)
def test_the_number_of_better_tasks_chooses_the_option(tasks, place):
    outcome = page.better(results(**{f"task {i}": counts for i, counts in enumerate(tasks)}))
    assert outcome.answer == page.wording.options("model_size/better")[place]


def test_what_is_not_clear_has_its_interval_and_no_claim_that_nothing_changed():
    told = page.better(results(task=(20, 20, 25), other=(2, 20, 38))).sentence
    (found,) = compare((marks(25), marks(20)))
    low, high = (f"{100 * bound:+.0f}" for bound in found.interval)
    assert f"No clear difference, in points with 95 % intervals: task, +12 ({low} to {high})." in told
    assert "corrected for 6 comparisons (Holm)" in told


def test_what_gets_worse_is_said():
    assert "Clearly worse: task" in page.better(results(task=(38, 20, 2))).sentence


# --- permission ------------------------------------------------------------------------------------------------------------


def gate(plain, leave, known, kept):
    return {PLAIN: marks(plain), PERMITTED: marks(leave), KNOWN: marks(known), KEPT: marks(kept)}


PAYS, HARMS, NOTHING, COSTS = gate(0, 30, 38, 37), gate(5, 5, 30, 3), gate(1, 1, 30, 29), gate(0, 30, 38, 10)
ALMOST, ANSWERS, LESS = gate(0, 6, 30, 30), gate(1, 1, 3, 30), gate(30, 2, 30, 30)


def gated(*models):
    return {task: {name: given[task] for name, given in zip((SMALL, MIDDLE, MAIN), models, strict=True)} for task in (PLAIN, PERMITTED, KNOWN, KEPT)}


@pytest.mark.parametrize(
    ("models", "place"),
    [
        ((PAYS, PAYS, PAYS), 0),
        ((NOTHING, PAYS, PAYS), 1),
        ((HARMS, NOTHING, PAYS), 2),
        ((COSTS, NOTHING, HARMS), 3),
        ((PAYS, NOTHING, NOTHING), 4),
    ],
)
def test_for_whom_permission_pays(models, place):
    assert page.for_whom(gated(*models)).answer == page.wording.options("model_size/permission")[place]


@pytest.mark.parametrize(
    ("model", "word"),
    [
        (PAYS, "pays"),
        (HARMS, "does harm"),
        (LESS, "does harm"),
        (NOTHING, "makes no clear difference"),
        (COSTS, "pays, and costs right answers"),
        (ANSWERS, "brings no admissions, but right answers"),
    ],
)
def test_what_permission_does_is_said(model, word):
    assert page.permission_table(gated(model, model, model), [SMALL]).rows["permission"].tolist() == [word]


def test_six_comparisons_are_corrected_for_their_number():
    assert sbs.paired_p(ALMOST[PERMITTED], ALMOST[PLAIN]) < 0.05, "alone it would be clear"
    told = page.for_whom(gated(NOTHING, ALMOST, PAYS))
    assert "middle (0.49 billion) model permission makes no clear difference: admitted 0 of 40, then 6 of 40, +15 points" in told.sentence
    assert told.sentence.endswith("P-values are corrected for 6 comparisons (Holm).")
    assert told.answer == page.wording.options("model_size/permission")[2]


def test_what_permission_moves_has_n_interval_and_p():
    told = page.for_whom(gated(PAYS, PAYS, PAYS)).sentence
    gain, kept = page.permission(gated(PAYS, PAYS, PAYS))[SMALL]
    assert f"admitted 0 of 40, then 30 of 40, {page.wording.points(gain)}; right about real things 38 of 40, then 37 of 40" in told
    assert page.wording.points(kept) in told and "95 % interval" in page.wording.points(kept)
    assert gain.p == pytest.approx(6 * sbs.paired_p(PAYS[PERMITTED], PAYS[PLAIN]))


def test_permission_without_answers_is_not_measured():
    silent = dict.fromkeys((PLAIN, PERMITTED, KNOWN, KEPT), [None] * 40)
    assert page.for_whom(gated(silent, PAYS, PAYS)).answer == NOT_MEASURED
    assert page.permission_table(gated(silent, PAYS, PAYS), [SMALL, MAIN]).rows["permission"].tolist() == [NOT_MEASURED, "pays"]


def test_one_task_is_said_in_the_singular():
    assert page.better({"word": {name: [True] for name in (SMALL, MIDDLE, MAIN)}}).sentence.startswith("Of 1 task the")


# --- cost -------------------------------------------------------------------------------------------------------------


def calls(seconds, tokens=100):
    counts = {"input_tokens": [tokens] * len(seconds), "output_tokens": [tokens] * len(seconds)}
    return pd.DataFrame({"seconds": seconds, "day": ["2026-11-28"] * len(seconds)} | counts)


@pytest.mark.parametrize(("seconds", "place"), [(0.12, 0), (0.2, 1), (0.3, 2), (1.9, 3)])
def test_how_much_slower(seconds, place):
    spent = page.cost({MIDDLE: calls([0.1, 0.1]), MAIN: calls([seconds, seconds])})
    assert page.slower(spent).answer == page.wording.options("model_size/slower")[place]


def test_no_seconds_are_not_measured():
    assert page.slower(page.cost({MIDDLE: calls([]), MAIN: calls([])})).answer == NOT_MEASURED


def test_a_model_elsewhere_has_no_memory_here():
    rows = page.cost_table(page.cost({SMALL: calls([0.1]), "far-away": calls([0.5])})).rows
    assert rows["memory"].tolist() == ["0.3 GB", "elsewhere"]


def test_hosted_models_have_a_price_alone_and_the_larger_costs_more():
    rows = page.cost_table(page.cost({SMALL: calls([0.1]), MAIN: calls([0.5])})).rows.set_index("model")
    hosted = rows[rows["answers"] == "not asked"]
    dollars = hosted[page.BILL].astype(float).tolist()
    assert [name.partition(" ")[0] for name in hosted.index] == list(page.HOSTED)
    assert dollars == sorted(dollars) and len(set(dollars)) == len(dollars)
    assert set(rows.loc[rows["answers"] != "not asked", page.BILL]) == {"no charge"}


@pytest.mark.parametrize("spent", [{}, {SMALL: calls([]), MAIN: calls([])}, {MAIN: calls([0.5], None), "far-away": calls([0.5], None)}])
def test_without_tokens_or_answers_no_price_is_told(spent):
    shown = page.cost_table(page.cost(spent)).rows.to_string() if spent else ""
    assert "nan " not in shown and "NaN" not in shown and "0.00" not in shown


def test_one_s_own_model_joins_the_three():
    given = results(task=(2, 20, 38))["task"] | {"far-away": marks(40)}
    assert page.board({"task": given}).rows.columns.tolist()[-1] == "far-away"


def test_the_chart_holds_every_measured_rate():
    data = page.rates(results(task=(2, 20, 38)) | {"silent": {SMALL: [None], MIDDLE: [None], MAIN: [True]}})
    assert data["model"].tolist() == ["small", "middle", "main", "main"]
    assert np.all((data["low"] <= data["rate"]) & (data["rate"] <= data["high"]))
    assert page.chart(results(task=(2, 20, 38))).to_dict()["description"]
    assert data["kind"].tolist() == ["small", "middle", "GenAI", "GenAI"]


# --- who answers ------------------------------------------------------------------------------------------------------


def test_a_size_without_a_recording_gives_no_answer_and_no_error():
    def missing(prompt):
        raise RecordingError("none")

    (answer,) = page.answers(missing, ["?"], True)
    assert isinstance(answer, NoAnswer) and answer.why == Why.UNMEASURED
    with pytest.raises(RecordingError):
        page.answers(missing, ["?"], False)


def test_recorded_sizes_ask_nobody(monkeypatch):
    monkeypatch.setenv("SIDEBYSIDE_MODE", "live")
    client, model = page.recorded()[SMALL]
    with pytest.raises(RecordingError):
        client.chat.completions.create(model=model, messages=[{"role": "user", "content": "never asked"}])


@pytest.mark.parametrize(
    ("answer", "valid", "right"),
    [
        ('{"problem": "late", "wish": "none"}', True, True),
        ('{"problem": "late", "wish": "refund"}', True, False),
        ('{"problem": "late"}', False, False),
        ("late, none", False, False),
    ],
)
def test_a_form_is_right_only_if_all_fields_are(answer, valid, right):
    class Case:
        fields, subject = {name: {"values": values} for name, values in FIELDS.items()}, "message"
        records = pd.DataFrame({"text": ["?"], "problem": ["late"], "wish": ["none"]})

    assert page.form(Case).mark([answer]) == [valid]
    assert page.filled(Case).mark([answer]) == [right]
    assert page.form(Case).prompts == page.filled(Case).prompts


# --- cited ------------------------------------------------------------------------------------------------------------


def test_cited_shares_add_up_and_name_their_source():
    rows = page.cited().rows
    told = rows[rows["made up"] != ""]
    parts = told[["right", "made up", "neither"]].apply(lambda column: column.str.rstrip("%").astype(int))
    assert len(told) == 4 and (parts.sum(axis=1) == 100).all() and rows["source"].str.contains("OpenAI").all()
