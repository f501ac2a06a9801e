"""What the page on fragile prompts says, on results that come out each way."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

import sidebyside as sbs
from sidebyside import NoAnswer
from sidebyside.errors import Why
from sidebyside.evaluation import compare
from sidebyside.wording import NOT_MEASURED, count_share, options, points

page = sbs.lesson("fragile_prompts")
CLASSES = ["bad", "good"]
GONE = NoAnswer(Why.FILTERED)


def answer(text, **chances):
    """A completion whose first token might also have been another, each with its log-probability."""
    others = [{"token": name, "logprob": p} for name, p in chances.items()]
    token = {"token": text, "logprob": -0.1, "top_logprobs": others}
    return SimpleNamespace(choices=[SimpleNamespace(message=SimpleNamespace(content=text), logprobs=SimpleNamespace(content=[token]))])


def marks(n=20, **hits):
    """Marks of forms that are right on their first messages."""
    return pd.DataFrame({name: [i < right for i in range(n)] for name, right in hits.items()}, dtype=bool)


def table(**given):
    return pd.DataFrame(given, dtype=object)


def readings(best, exact=None):
    """Four readings of which "calibrated" has the most right answers."""
    return {page.EXACT: best if exact is None else exact, page.NAMED: marks(100, a=0, b=0), page.FIRST_TOKEN: marks(100, a=0, b=0)} | {
        page.CALIBRATED: best
    }


NOTHING = dict.fromkeys(page.READINGS, marks(0, a=0, b=0))


# --- the prompt and its forms


def test_ten_forms_name_both_labels_and_hold_the_message():
    case = sbs.load_case()
    for base in page.prompts(case):
        forms = page.forms(case, base)
        texts = [prompt.user for prompt in forms.values()]
        assert len(set(texts)) == 10 and texts[0] == base.user
        assert all(prompt.examples == base.examples for prompt in forms.values())
        assert all("{text}" in text and all(label in text.lower() for label in case.classes) for text in texts)


# --- readings


def test_the_four_readings_of_one_answer():
    given = [
        answer("good", good=-0.1, bad=-3),
        answer("Good.", good=-0.1, bad=-3),
        answer("It", good=-2, bad=-1),
        answer("good or bad", good=-1, bad=-9),
    ]
    read = page.read({"form": given}, CLASSES)
    assert read[page.EXACT]["form"].fillna("").tolist() == ["good", "", "", ""]
    assert read[page.NAMED]["form"].fillna("").tolist() == ["good", "good", "", ""]
    assert read[page.FIRST_TOKEN]["form"].tolist() == ["good", "good", "bad", "good"]
    assert read[page.CALIBRATED]["form"].tolist() == ["bad", "bad", "bad", "good"]  # leans 2.9, 2.9, -1, 8; mean 3.2


def test_calibration_is_done_for_each_form_alone():
    high, low = [answer("x", good=-1, bad=-4), answer("x", good=-1, bad=-9)], [answer("x", good=-4, bad=-1), answer("x", good=-9, bad=-1)]
    read = page.read({"high": high, "low": low}, CLASSES)[page.CALIBRATED]
    assert read["high"].tolist() == ["bad", "good"] and read["low"].tolist() == ["good", "bad"]


def test_messages_without_all_answers_are_left_out_and_their_neighbours_keep_their_labels():
    read = page.read({"a": [GONE, answer("good")], "b": [answer("bad"), answer("bad")]}, CLASSES)
    assert read[page.NAMED].index.tolist() == [1]
    right = page.marks(read, pd.Series(["good", "bad"]))
    assert right[page.NAMED].iloc[0].tolist() == [False, True]


def test_without_chances_two_readings_have_no_rows():
    plain = SimpleNamespace(choices=[SimpleNamespace(message=SimpleNamespace(content="good"), logprobs=None)])
    read = page.read({"a": [plain], "b": [plain]}, CLASSES)
    assert [len(read[name]) for name in page.READINGS] == [1, 1, 0, 0]


def test_the_best_reading_has_the_most_right_answers_and_of_equals_the_first():
    right = readings(marks(100, a=60, b=50), marks(100, a=20, b=20))
    assert page.best_reading(right) == page.CALIBRATED
    assert page.best_reading(readings(marks(100, a=60, b=50))) == page.EXACT


# --- flips

LABELS = table(a=["good", "good", None, None], b=["good", "bad", "good", None], c=["good", "good", None, None])


def test_a_message_flips_if_not_all_forms_agree_and_no_label_is_an_answer():
    assert page.flipped(LABELS).tolist() == [False, True, True, False]


def test_the_flip_rate_compares_each_form_with_the_first():
    assert page.flip_rate(LABELS).startswith("25.0% (2 of 8 in 4 groups")


def test_the_flip_table():
    rows = page.flip_table(LABELS).rows
    assert rows["no label in the answer (95 % interval)"].tolist() == [count_share(sbs.Rate(n, 4)) for n in (2, 1, 2)]
    assert [cell.split()[0] for cell in rows.iloc[:, 2]] == ["–", "50%", "0%"]


def test_the_most_contested_message_comes_first():
    sample = pd.DataFrame({"text": ["one", "two", "three"], "label": "good"})
    labels = table(a=["good"] * 3, b=["good", "good", "bad"], c=["good", "bad", "bad"], d=["good", "good", "good"])
    rows = page.contested(sample, "label", labels, CLASSES).rows
    assert rows["message"].tolist() == ["three", "two"]
    assert rows[["bad", "good", "neither"]].iloc[0].tolist() == [2, 2, 0]


def test_no_message_is_contested_where_all_forms_agree():
    sample = pd.DataFrame({"text": ["one", "two"], "label": "good"})
    assert page.contested(sample, "label", table(a=["good", None], b=["good", None]), CLASSES).rows.empty


@pytest.mark.parametrize(("changed", "option"), [(0, 0), (1, 1), (4, 1), (5, 2), (10, 2), (11, 3)])
def test_flips_are_told_by_their_number(changed, option):
    labels = table(a=["good"] * 20, b=["bad"] * changed + ["good"] * (20 - changed))
    outcome = page.flips("a model", labels, 20)
    assert outcome.answer == options(outcome.key)[option]
    assert str(sbs.Rate(changed, 20)) in outcome.sentence


def test_answers_that_never_came_can_leave_the_number_open():
    labels = table(a=["good"] * 20, b=["bad"] * 4 + ["good"] * 16)
    assert page.flips("a model", labels, 21).answer == NOT_MEASURED
    assert page.flips("a model", labels.iloc[:0], 20).answer == NOT_MEASURED


# --- the spread


@pytest.mark.parametrize(("apart", "option"), [(0, 0), (4, 0), (5, 1), (15, 1), (16, 2), (30, 2), (31, 3)])
def test_what_remains_is_that_of_the_best_reading(apart, option):
    right = readings(marks(100, a=50, b=50 + apart), marks(100, a=0, b=50))
    outcome = page.remains("a model", right, dict.fromkeys(page.READINGS, LABELS))
    assert outcome.answer == options(outcome.key)[option]
    assert f"exact label 50; label named 0; first token 0; calibrated {apart}." in outcome.sentence
    assert f"“calibrated”, and under it {sbs.Rate(2, 4)} of the messages still flip" in outcome.sentence


def test_one_form_right_where_another_is_wrong_is_no_luck():
    assert page.luck(marks(40, a=0, b=40)) < 0.01
    assert page.luck(marks(40, a=20, b=20)) == 1.0
    assert page.verdict("a model", readings(marks(40, a=0, b=40))).answer == options("fragile_prompts/luck")[0]
    assert page.verdict("a model", readings(marks(40, a=20, b=20))).answer == options("fragile_prompts/luck")[2]


def test_between_sure_and_open_is_an_option_of_its_own():
    outcome = page.verdict("a model", readings(marks(20, a=10, b=15)))  # five of twenty flip, all one way: 2 in 32
    assert outcome.answer == options(outcome.key)[1]
    assert "25 points" in outcome.sentence


def test_p_values_are_corrected_for_the_readings_that_were_measured():
    right = NOTHING | {page.EXACT: marks(20, a=10, b=15), page.NAMED: marks(20, a=10, b=10)}
    rows = page.luck_table(right).rows.set_index("reading")["p, corrected"]
    assert rows[page.NAMED] == "1.000" and rows[page.CALIBRATED] == NOT_MEASURED
    assert float(rows[page.EXACT]) == pytest.approx(2 * page.luck(marks(20, a=10, b=15)), abs=0.001)


def test_the_table_of_readings_has_the_ends_and_the_flips():
    row = page.readings_table({page.NAMED: marks(20, a=10, b=15)}, {page.NAMED: LABELS}).rows.iloc[0].tolist()
    assert [row[1][:3], row[2][:3], *row[3:]] == ["50%", "75%", "25", "62", count_share(sbs.Rate(2, 4))]


def test_the_chart_has_a_tick_for_each_form_and_reading_and_the_models_shape():
    right = readings(marks(20, a=10, b=5))
    (rows,) = page.readings_chart("smollm2-135m-instruct", right).to_dict()["datasets"].values()
    assert len(rows) == 8 and {row["kind"] for row in rows} == {"small"}
    assert [row["score"] for row in rows if row["group"] == page.CALIBRATED] == [0.5, 0.25]


def flipping(n, of=12):
    return table(a=["good"] * of, b=["bad"] * n + ["good"] * (of - n))


@pytest.mark.parametrize(
    ("before", "after", "option"),
    [(8, 0, 0), (9, 2, 0), (0, 8, 1), (3, 9, 1), (8, 8, 2), (0, 0, 2), (3, 0, 2), (8, 4, 2), (3, 6, 2)],  # 3 and 0, 8 and 4: so few could be luck
)
def test_examples_steady_a_prompt_only_if_clearly_fewer_messages_flip(before, after, option):
    outcome = page.steadied("a model", flipping(before), flipping(after))
    assert outcome.answer == options(outcome.key)[option]
    assert f"{sbs.Rate(before, 12)} of the messages flip without examples, {sbs.Rate(after, 12)} with four." in outcome.sentence
    assert f"{max(before - after, 0)} flip only without, {max(after - before, 0)} only with" in outcome.sentence
    (moved,) = compare((page.flipped(flipping(after)), page.flipped(flipping(before))))
    assert f"only with them: {points(moved)}, exact McNemar test." in outcome.sentence


def test_only_messages_with_all_answers_to_both_prompts_are_compared():
    outcome = page.steadied("a model", flipping(8), flipping(8).iloc[4:])
    assert str(sbs.Rate(4, 8)) in outcome.sentence
    assert page.steadied("a model", flipping(8), flipping(8).iloc[:0]).answer == NOT_MEASURED


def test_the_report_gives_the_better_prompt_its_first_form_and_the_range():
    good, poor = readings(marks(20, a=10, b=15), marks(20, a=0, b=0)), readings(marks(20, a=4, b=2))
    for right, name in (({"without": good, "with": poor}, "without"), ({"without": poor, "with": good}, "with")):
        told = page.report("a_model", right).data
        assert f"a\\_model**, the prompt {name}, read by “calibrated”: {sbs.Rate(10, 20)} right as written; 50% to 75% over 2 forms" in told
        assert told.endswith("Over all forms it gets more right than the other.")


def test_neither_of_two_level_prompts_is_called_the_better_one():
    level = readings(marks(20, a=10, b=15))
    told = page.report("a_model", {"without": level, "with": level}).data
    assert told.endswith("Over all forms both prompts get as many right.")


def test_one_point_is_one_point():
    apart = readings(marks(100, a=50, b=51))
    assert "1 point, as wide" in page.verdict("a model", apart).sentence


def test_without_any_answer_nothing_is_said_of_the_model():
    empty = dict.fromkeys(page.READINGS, LABELS.iloc[:0])
    assert page.remains("a model", NOTHING, empty).answer == NOT_MEASURED
    assert page.verdict("a model", NOTHING).answer == NOT_MEASURED
    assert NOT_MEASURED in page.report("a model", {"a": NOTHING, "b": NOTHING}).data
    assert np.isnan(page.luck(NOTHING[page.EXACT]))
    assert page.luck_table(NOTHING).rows["points apart"].tolist() == [NOT_MEASURED] * 4
    assert len(page.readings_table(NOTHING, empty).rows) == 4
    assert page.flip_table(LABELS.iloc[:0]).rows.shape == (3, 3)


# --- the trained model


def test_the_trained_models_flips_are_counted_as_the_language_models_are():
    told = page.trained("words", table(a=["good", "good"], b=["good", "bad"]), pd.Series(["good", "good"])).data
    assert f"{sbs.Rate(1, 2)} of the messages get more than one answer from 2 trainings" in told
    assert "50 points apart" in told


def test_each_training_has_another_half():
    case = sbs.load_case()
    way, labels = page.trainings(case, case.split("dev").head(30), 2)
    assert way in sbs.lesson("the_ml_workflow").WAYS and labels.shape == (30, 2)
    assert set(labels.stack()) <= set(case.classes)
