"""What the page *Hybrid* routes, chooses and says, on results that come out each way."""

import math
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from scipy.stats import hypergeom

import sidebyside as sbs
from sidebyside import unlabelled
from sidebyside.errors import Why
from sidebyside.tokens import Token

page = sbs.lesson("hybrid")
GONE = sbs.NoAnswer(Why.UNMEASURED, "no answer")
PRICE = page.Prices(model=0.001, person=0.1, seconds=20)
EMPTY = pd.DataFrame({name: pd.Series(dtype=float) for name in page.COLUMNS})


def table(*rows):
    """Marks, from rows of: how often, ml_sure, ml_right, model_sure, model_right, and person_right if it is not True."""
    spread = [(*row, True)[:5] for n, *row in rows for _ in range(n)]
    return pd.DataFrame(spread, columns=page.COLUMNS).astype({"ml_sure": float, "model_sure": float})


GOOD = table((60, 0.95, True, 0.99, True), (30, 0.6, False, 0.99, True), (10, 0.6, True, 0.99, True))
BLIND = table((50, 0.95, False, 0.99, True), (50, 0.6, True, 0.99, True))  # sure where it is wrong
EVEN = table(*[(10, sure, right, 0.99, True) for sure in (0.95, 0.6) for right in (True, False)])


def response(text, *tokens):
    """An answer; of each token its text, its probability and the others in its place with theirs."""
    logs = [{"text": own, "p": p, "others": [(own, p), *others]} for own, p, *others in tokens]
    content = [
        {"token": one["text"], "logprob": math.log(one["p"]), "top_logprobs": [{"token": t, "logprob": math.log(p)} for t, p in one["others"]]}
        for one in logs
    ]
    told = SimpleNamespace(content=content) if tokens else None
    return SimpleNamespace(choices=[SimpleNamespace(message=SimpleNamespace(content=text), logprobs=told)])


# --- who knows what ---------------------------------------------------------------------------------------------------


def test_no_message_is_drawn_twice_and_none_that_a_prompt_shows():
    case = sbs.load_case()
    versions = sbs.lesson("the_genai_workflow").versions(case)
    labelled, fresh = page.drawn(case, versions, 180)
    shown = {text for prompt in versions for text, _ in prompt.examples}
    assert (len(labelled), len(fresh)) == (180, unlabelled.MOST)
    assert not (set(labelled["id"]) & set(fresh["id"])) and not (shown & {*labelled["text"], *fresh["text"]})
    assert {*labelled["split"], *fresh["split"]} == {"train"}
    assert page.drawn(case, versions, 180)[1].equals(fresh)


def test_a_reply_is_as_sure_as_its_label_is_against_the_others():
    given = [response("Positive.", ("Positive", 0.6, ("negative", 0.2), ("Well", 0.2)), (".", 0.01)), response("negative"), response("no idea"), GONE]
    found = page.replies(given, ["negative", "positive"])
    assert list(found["label"]) == ["positive", "negative", None, GONE]
    assert found["sure"][0] == pytest.approx(0.75) and math.isnan(found["sure"][1]) and found["sure"][2] == 0 and math.isnan(found["sure"][3])


def token(text, probability, *others):
    return Token(text, probability, [(text, probability), *others])


BOTH = ["negative", "positive"]


@pytest.mark.parametrize(
    ("tokens", "sure"),
    [
        ([token("The", 0.1), token(" mood", 0.2), token(" positive", 0.3, (" negative", 0.1), (" mixed", 0.6)), token("", 0.0)], 0.75),
        ([token("pos", 0.3, ("neg", 0.2), ("Pos", 0.1)), token("itive", 0.01)], 4 / 6),
        ([token("positive", 0.4, ("neutral", 0.6))], 1.0),
        ([Token("positive", 0.4, [])], 1.0),
        ([token("Good", 0.4)], math.nan),
        ([], math.nan),
    ],
)
def test_only_the_place_of_the_label_tells_how_sure_a_model_is(tokens, sure):
    assert page.certainty(tokens, "positive", BOTH) == pytest.approx(sure, nan_ok=True)


def test_messages_without_an_answer_do_not_count_and_unusable_answers_are_wrong():
    messages = pd.DataFrame({"mood": ["a", "b", "a"], "second_mood": ["a", "a", "a"]})
    ml = pd.DataFrame({"label": ["a", "a", "b"], "sure": [0.9, 0.8, 0.7]})
    model = pd.DataFrame({"label": [None, "b", GONE], "sure": [0.0, 0.6, math.nan]}, dtype=object)
    marks = page.marked(messages, "mood", ml, model)
    assert marks.to_dict("list") == {
        "ml_sure": [0.9, 0.8], "ml_right": [True, False], "model_sure": [0.0, 0.6], "model_right": [False, True], "person_right": [True, False],
    }  # fmt: skip
    assert page.marked(messages.drop(columns="second_mood"), "mood", ml, model)["person_right"].all()


def test_a_trained_model_says_its_label_and_its_chance():
    model = SimpleNamespace(classes_=np.array(["no", "yes"]), predict_proba=lambda texts: np.array([[0.2, 0.8], [0.7, 0.3]]))
    assert page.opinions(model, ["x", "y"]).to_dict("list") == {"label": ["yes", "no"], "sure": [0.8, 0.7]}


# --- who answers ------------------------------------------------------------------------------------------------------


def test_the_first_who_is_sure_answers():
    marks = table((1, 0.8, True, 0.5, False), (1, 0.79, True, 0.9, False), (1, 0.79, True, 0.89, False), (1, 0.5, True, math.nan, False))
    who = page.routed(marks, 0.8, 0.9)
    assert list(who) == [page.ML, page.MODEL, page.PERSON, page.MODEL]
    assert list(page.right(marks, who)) == [True, False, True, False]


def test_the_threshold_is_the_lowest_that_loses_nothing_on_dev():
    assert page.threshold(GOOD) == 0.61
    assert page.threshold(table((9, 0.9, True, 0.9, True))) == 0.5  # the trained model alone is as good
    assert page.threshold(table((1, 1.0, False, 0.9, True))) == 1.01  # no threshold passes it on
    scores = [page.right(EVEN, page.routed(EVEN, step)).sum() for step in page.STEPS]
    assert page.threshold(EVEN) == next((s for s, n in zip(page.STEPS, scores, strict=True) if n >= EVEN["model_right"].sum()), 1.01)


@pytest.mark.parametrize(("person_share", "asked"), [(0.0, 0), (0.1, 1), (0.25, 2), (0.5, 5), (0.9, 5)])
def test_people_get_no_more_than_they_have_time_for(person_share, asked):
    marks = table(*[(1, 0.6 if i < 6 else 0.9, True, i / 10, True) for i in range(10)])
    limit = page.person_threshold(marks, 0.8, person_share)
    assert (page.routed(marks, 0.8, limit) == page.PERSON).sum() == asked


def test_the_choice_is_told():
    assert "from **0.61** on" in page.routes("m", GOOD, 0.61).data and "40.0% (40 of 100" in page.routes("m", GOOD, 0.61).data
    assert "it gets every message" in page.routes("m", GOOD, 1.01).data and "it gets every message" not in page.routes("m", GOOD, 0.61).data
    assert "not measured" in page.routes("m", EMPTY, 0.6).data


# --- cost and accuracy ------------------------------------------------------------------------------------------------


def test_the_curve_runs_from_one_to_the_other_and_the_oracle_is_never_below():
    points = page.curve(GOOD)
    first, last = points.iloc[0], points.iloc[-1]
    assert (first["passed_on"], first["hybrid"], first["random"], first["oracle"]) == pytest.approx((0, 0.7, 0.7, 0.7))
    assert (last["passed_on"], last["hybrid"], last["random"], last["oracle"]) == pytest.approx((1, 1, 1, 1))
    assert (points["oracle"] >= points["hybrid"] - 1e-9).all() and (points["hybrid"] >= points["random"] - 1e-9).all()
    assert (page.curve(BLIND)["hybrid"] <= page.curve(BLIND)["random"] + 1e-9).all()


def test_random_escalation_is_drawn_as_scipy_has_it():
    draws = page.random_draws(GOOD, 40)
    assert draws.mean() == pytest.approx(70 + hypergeom(100, 30, 40).mean(), abs=0.1)
    assert draws.std() == pytest.approx(hypergeom(100, 30, 40).std(), rel=0.05)


@pytest.mark.parametrize(
    ("marks", "answer"), [(GOOD, "clearly better"), (BLIND, "clearly worse"), (EVEN, "no clear difference"), (EMPTY, "not measured")]
)
def test_the_hybrid_is_held_against_chance(marks, answer):
    assert page.random("m", marks, 0.8).answer == answer


def test_the_outcome_names_the_oracle_and_both_alone():
    told = page.random("m", GOOD, 0.8).sentence
    assert "alone gets 70.0% (70 of 100" in told and "m alone 100.0%" in told and "30 of 100 which the trained model gets wrong: 100.0%" in told


def test_prices_are_those_of_as_many_tokens():
    calls = pd.DataFrame({"input_tokens": [100, 300], "output_tokens": [1, 3], "day": ["2026-11-01", "2026-11-02"]})
    found = page.prices(calls, "gpt-5-mini", 20, 36)
    assert found.model == pytest.approx(sbs.prices.price("gpt-5-mini", 200_000, 2_000, "2026-11-02") / 1000)
    assert found.person == pytest.approx(0.2)
    assert found.of(pd.Series([page.ML, page.MODEL, page.PERSON, page.PERSON])) == pytest.approx(250 * found.model + 500 * 0.2)
    assert page.prices(calls.head(0), "gpt-5-mini", 20, 36).model == 0


def test_the_chart_is_described_with_its_numbers():
    drawn = page.cost_chart("m", GOOD, 0.8, PRICE).to_dict()
    assert "trained model 70% at 0.00 dollars, chosen on dev 100% at 0.40 dollars, language model 100% at 1.00 dollars" in drawn["description"]


# --- when it hurts ----------------------------------------------------------------------------------------------------

HARD = table((50, 0.9, True, 0.9, True), (50, 0.6, True, 0.9, False))
EASY = table((50, 0.9, True, 0.9, False), (50, 0.6, True, 0.9, True))


@pytest.mark.parametrize(
    ("marks", "answer"), [(EASY, "clearly better"), (HARD, "clearly worse"), (EVEN, "no clear difference"), (EMPTY, "not measured")]
)
def test_the_language_model_is_compared_on_what_it_gets(marks, answer):
    assert page.hard("m", marks, 0.8).answer == answer


def test_where_one_answers_all_nothing_is_compared():
    assert page.hard("m", GOOD, 0.5).answer == "not measured" and "nothing to compare" in page.hard("m", GOOD, 0.5).sentence


def test_each_error_has_one_source():
    marks = table(
        (2, 0.9, False, 0.9, True), (3, 0.9, False, 0.9, False), (4, 0.6, False, 0.9, False), (5, 0.6, True, 0.9, False), (6, 0.6, False, 0.9, True)
    )  # fmt: skip
    told = page.harm("m", marks, 0.8).data
    assert "**14 errors** on 20" in told and "on **5** the trained model was sure and wrong (2 of these" in told
    assert "on **4** both fail" in told and "on **5** the trained model, unsure" in told
    assert "not measured" in page.harm("m", EMPTY, 0.8).data


def test_the_hybrid_is_held_against_each_of_its_parts():
    assert "With 100 of 100 right, it is clearly better than the trained model alone, with 70 of 100" in page.harm("m", GOOD, 0.8).data
    assert "not clearly apart from m alone" in page.harm("m", GOOD, 0.8).data
    assert "With 50 of 100 right, it is clearly worse than m alone, with 100 of 100" in page.harm("m", BLIND, 0.8).data


def test_the_thresholds_that_hurt_are_named_with_the_cause():
    told = page.hurts("m", BLIND).data  # sure where it is wrong
    assert "At 46 of the 51 thresholds, from 0.50 to 0.95, the hybrid is clearly worse than **m** alone" in told
    assert "At 0.95, for instance: of the 50 messages that the trained model keeps" in told and "would have got **50** right" in told
    assert "only **0** are right" in told


def test_asking_too_much_hurts_too():
    told = page.hurts("m", table((50, 0.95, True, 0.9, True), (40, 0.6, True, 0.9, False), (10, 0.6, False, 0.9, True))).data
    assert "At 40 of the 51 thresholds, from 0.61 to 1.00, the hybrid is clearly worse than the trained model alone" in told
    assert "of the 50 messages that are passed on, the trained model alone would have got **40** right" in told and "only **10** are right" in told


def test_no_threshold_hurts_where_the_two_are_alike():
    alike = table(*[(10, sure, right, 0.99, sound) for sure in (0.95, 0.6) for right in (True, False) for sound in (True, False)])
    assert "None of the 51 thresholds hurts here: nowhere is the hybrid clearly worse than **m** alone" in page.hurts("m", alike).data
    assert "not measured" in page.hurts("m", EMPTY).data


def test_a_threshold_that_helps_is_none_that_hurts():
    shared = table((50, 0.95, True, 0.9, False), (50, 0.6, False, 0.9, True))  # each right where the other is wrong
    assert "None of the 51 thresholds hurts here" in page.hurts("m", shared).data


# --- a person ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("doubtful", "answer"),
    [(0, "under a tenth"), (2, "a tenth to a quarter"), (4, "a quarter to a half"), (5, "a half or more"), (10, "a half or more")],
)
def test_how_many_errors_disappear(doubtful, answer):
    marks = table((80, 0.6, True, 0.9, True), (doubtful, 0.6, False, 0.3, False), (10 - doubtful, 0.6, False, 0.9, False))
    found = page.person("m", marks, 0.8, 0.5)
    assert found.answer == answer and f"from 10 to {10 - doubtful} of 90" in found.sentence


def test_a_person_may_make_it_worse():
    assert page.person("m", table((9, 0.6, True, 0.3, True, False), (1, 0.6, False, 0.9, False)), 0.8, 0.5).answer == "under a tenth"


@pytest.mark.parametrize("marks", [EMPTY, table((5, 0.9, True, 0.9, True))])
def test_without_errors_none_can_disappear(marks):
    assert page.person("m", marks, 0.8, 0.5).answer == "not measured"


def test_the_bill_counts_shares_money_and_hours():
    bill = page.bill(GOOD, 0.8, 0.5, PRICE).rows.set_index("who answers")
    column = "trained model · language model · person"
    assert bill.loc["trained model, then language model", column] == "60% · 40% · 0%"
    assert list(bill["1,000 messages, US dollars"]) == ["0.00", "1.00", "0.40", "0.40", "40.00", "100.00"]
    assert list(bill["a person's hours"]) == ["0.0", "0.0", "0.0", "0.0", "2.2", "5.6"]
    assert "not measured" in set(page.bill(EMPTY, 0.8, 0.5, PRICE).rows[column].str.split(" · ").str[0])


def test_sets_are_counted_by_size():
    found = np.array([[True, False], [True, True], [False, True], [False, False]])
    told = page.sets(found, ["a", "b"], ["a", "b", "a", "a"], 0.9, 100).data
    assert "**50.0% (2 of 4" in told and "**2 sets**, and it is right for 50.0% (1 of 2" in told
    assert "More than one label is in **25.0% (1 of 4" in told
    assert "In 1 set there is no label at all" in told
    assert "no label at all" not in page.sets(found[:3], ["a", "b"], ["a", "b", "a"], 0.9, 100).data


@pytest.mark.parametrize(("held", "place"), [(90, "within"), (80, "outside"), (99, "outside")])
def test_the_sets_are_held_against_the_promise(held, place):
    found = np.array([[True, i >= held] for i in range(100)]) ^ np.array([[i >= held, False] for i in range(100)])
    told = page.sets(found, ["a", "b"], ["a"] * 100, 0.9, 100).data
    assert f"**{held}.0% ({held} of 100" in told and "between 84% and 95%" in told and f"Ours is {place} that range" in told


def test_the_promise_is_as_wide_as_in_a_simulation():
    draw = np.random.default_rng(0)
    cuts = np.sort(draw.random((20_000, 100)), axis=1)[:, 90]  # the 91st of 100: (100 + 1) · 0.9, rounded up
    assert page.promise(0.9, 100) == pytest.approx(np.quantile(cuts, [0.025, 0.975]), abs=0.005)
    assert page.promise(0.9, 5) == (1.0, 1.0)


# --- answers become labels --------------------------------------------------------------------------------------------

WORDS = {"positive": "lovely great fine", "negative": "awful broken late"}


def some(n, sign=""):
    labels = ["positive", "negative"] * (n // 2)
    texts = [f"{WORDS[label].split()[i % 3]} thing{sign}{i % 5}" for i, label in enumerate(labels)]
    return pd.DataFrame({"text": texts, "mood": labels})


def looped(wrong):
    """Four rounds with a teacher who errs about every second message, or about none."""
    labelled, dev = some(40), some(20)
    trained = page.learner().fit(labelled["text"], labelled["mood"]).best_estimator_

    def said(messages, errs):
        flip = {"positive": "negative", "negative": "positive"}
        return pd.DataFrame({"label": [flip[m] if errs and i % 4 < 2 else m for i, m in enumerate(messages["mood"])], "sure": 0.9}, dtype=object)

    arriving = [(batch, said(batch, wrong)) for batch in page.batches(some(40, "new"))]
    return trained, page.loop(trained, labelled, arriving, (dev, said(dev, False)), "mood")


def test_batches_are_equal_and_share_nothing():
    parts = page.batches(some(42))
    assert [len(part) for part in parts] == [10] * 4 and all(part.index[0] == 0 for part in parts)
    assert [len(part) for part in page.batches(some(2))] == [1, 1]


def test_what_is_passed_on_becomes_a_label(monkeypatch):
    monkeypatch.setattr(page, "threshold", lambda dev: 1.01)
    trained, rounds = looped(wrong=True)
    assert list(rounds.history["passed_on"]) == [10] * 4
    assert (len(rounds.taught), (rounds.taught["said"] != rounds.taught["true"]).sum()) == (40, 24)
    assert rounds.taught["text"].tolist() == some(40, "new")["text"].tolist()
    assert rounds.student is not trained and not np.array_equal(
        rounds.student.predict_proba(some(6)["text"]), rounds.twin.predict_proba(some(6)["text"])
    )


def test_only_labels_are_learnt(monkeypatch):
    monkeypatch.setattr(page, "threshold", lambda dev: 1.01)
    labelled = some(12)
    trained = page.learner().fit(labelled["text"], labelled["mood"]).best_estimator_
    batch, dev = some(4, "new"), some(2)
    answers = pd.DataFrame({"label": ["positive", None, GONE, "negative"], "sure": 0.9}, dtype=object)
    sound = pd.DataFrame({"label": dev["mood"], "sure": 0.9}, dtype=object)
    rounds = page.loop(trained, labelled, [(batch, answers)], (dev, sound), "mood")
    assert list(rounds.taught["said"]) == ["positive", "negative"] and rounds.history["n"][0] == 3


def test_a_sure_model_learns_nothing_new(monkeypatch):
    monkeypatch.setattr(page, "threshold", lambda dev: 0.5)
    trained, rounds = looped(wrong=True)
    assert rounds.taught.empty
    assert np.array_equal(rounds.student.predict(some(20)["text"]), trained.predict(some(20)["text"]))


def test_each_round_is_a_row_and_the_chart_tells_the_shares(monkeypatch):
    monkeypatch.setattr(page, "threshold", lambda dev: 1.01)
    _, rounds = looped(wrong=False)
    rows = page.history_table(rounds).rows
    assert list(rows["round"]) == [1, 2, 3, 4] and list(rows["threshold"]) == ["1.00"] * 4 and rows["passed on (95 % interval)"][0].startswith("100%")
    assert "passed on: 100%, 100%, 100%, 100%." in page.history_chart(rounds).to_dict()["description"]


@pytest.mark.parametrize(
    ("before", "now", "told"), [(80, 20, "it **falls**"), (80, 79, "is no clear change"), (20, 80, "it **rises**"), (0, 0, "is no clear change")]
)
def test_the_share_falls_or_rises(before, now, told):
    first, last = ((table((n, 0.6, True, 0.9, True), (100 - n, 0.9, True, 0.9, True)), 0.8) for n in (before, now))
    found = page.falls("m", first, last).data
    assert told in found and f"({before} of 100" in found and f"({now} of 100" in found
    assert "100 of 100 right before, and 100 of 100 after: no clear change" in found


@pytest.mark.parametrize(("old", "new", "told"), [(90, 60, "clearly fewer"), (60, 90, "clearly more"), (90, 89, "no clear change")])
def test_what_a_smaller_share_does_to_the_answers_is_told(old, new, told):
    marks = [table((n, 0.9, True, 0.9, True), (100 - n, 0.9, False, 0.9, True)) for n in (old, new)]
    found = page.falls("m", (marks[0], 0.8), (marks[1], 0.8)).data
    assert f"The hybrid gets {old} of 100 right before, and {new} of 100 after: {told}" in found


def test_without_answers_nothing_falls():
    assert "not measured" in page.falls("m", (EMPTY, 0.8), (EMPTY, 0.8)).data


def rounds_with(student, twin):
    both = (SimpleNamespace(predict=lambda texts, given=given: np.array(given)) for given in (student, twin))
    return page.Rounds(*both, pd.DataFrame(), pd.DataFrame(columns=["text", "said", "true"]))


class Fixed:
    """A model that always says the same, as sure as it is told to be."""

    classes_ = np.array(["x", "y"])

    def __init__(self, chance):
        self.chance = chance

    def predict_proba(self, texts):
        return np.tile([1 - self.chance, self.chance], (len(texts), 1))


@pytest.mark.parametrize(("ml_from", "quiet"), [(0.8, 5), (0.95, 0)])
def test_a_taught_mistake_is_repeated_and_no_longer_asked_about(ml_from, quiet):
    taught = pd.DataFrame({"text": list("abcdefgh"), "said": ["y"] * 8, "true": ["x"] * 5 + ["y"] * 3})
    told = page.repeated("m", page.Rounds(Fixed(0.9), Fixed(0.1), pd.DataFrame(), taught), ml_from).data
    assert (
        "62.5% (5 of 8" in told and "in **100.0% (5 of 5" in told and "twin in 0.0% (0 of 5" in told and f"In **{quiet}** the student is sure" in told
    )


@pytest.mark.parametrize("n", [0, 3])
def test_without_a_wrong_label_none_is_repeated(n):
    taught = pd.DataFrame({"text": ["a"] * n, "said": ["y"] * n, "true": ["y"] * n})
    assert "no mistake to repeat" in page.repeated("m", page.Rounds(Fixed(0.9), Fixed(0.1), pd.DataFrame(), taught), 0.8).data


TEACHER = pd.DataFrame({"label": ["y"] * 10 + ["x"] * 9 + [GONE]}, dtype=object)  # errs in the first ten; one answer did not come
ERRS, TRUE = ["y"] * 10 + ["x"] * 10, ["x"] * 20


@pytest.mark.parametrize(
    ("student", "twin", "answer"),
    [
        (ERRS, TRUE, "clearly more often"),
        (TRUE, ERRS, "clearly less often"),
        (ERRS, ERRS, "no clear difference"),
        (TRUE, TRUE, "no clear difference"),
    ],
)
def test_a_teachers_error_is_looked_for_in_the_student(student, twin, answer):
    messages = pd.DataFrame({"text": list("abcdefghij") * 2, "mood": TRUE})
    found = page.spread("m", rounds_with(student, twin), messages, "mood", TEACHER)
    assert found.answer == answer
    right = 0 if student is ERRS else 10
    assert f"({right} of 10" in found.sentence and "Where m is right: 100.0% (9 of 9" in found.sentence


@pytest.mark.parametrize(("label", "told"), [("x", "none can spread"), (GONE, "")])
def test_a_faultless_or_silent_teacher_spreads_nothing(label, told):
    messages = pd.DataFrame({"text": ["a"], "mood": ["x"]})
    found = page.spread("m", rounds_with(["x"], ["x"]), messages, "mood", pd.DataFrame({"label": [label]}, dtype=object))
    assert found.answer == "not measured" and told in found.sentence
