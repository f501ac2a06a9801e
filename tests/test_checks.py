"""Each exercise's check: the right answer passes, three wrong ones get a hint, the untouched one says "not done yet"."""

import types

import pytest

import sidebyside as sbs
from sidebyside import checks, llm
from sidebyside.checks import lesson_01, lesson_02
from sidebyside.errors import ExerciseError

RIGHT_ALARM = lambda tokens, limit: [t.text for t in tokens if t.probability < limit]  # noqa: E731


def always(label):
    return types.SimpleNamespace(predict=lambda texts: [label] * len(texts))


@pytest.fixture(scope="module")
def topic():
    case = sbs.load_case()
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    train = case.split("train")
    return make_pipeline(TfidfVectorizer(), LogisticRegression(max_iter=500)).fit(train["text"], train[case.other_label])


@pytest.fixture
def likeliest(monkeypatch):
    """The model's own answer, scripted: 0.25."""
    token = llm.Token(" help", 0.25, [(" help", 0.25), (" kindness", 0.1)])
    client = types.SimpleNamespace(completions=types.SimpleNamespace(create=lambda **options: None))
    monkeypatch.setattr(lesson_01, "latest", lambda: types.SimpleNamespace(client=client, model="scripted"))
    monkeypatch.setattr(lesson_01, "tokens", lambda response: [token])


def find_label(answer, labels):
    return sbs.read_label(answer, labels)


def good_prompt(text):
    case = sbs.load_case()
    return [{"role": "user", "content": f"{', '.join(case.labels[case.other_label])}: {text}"}]


WRONG_PURE = {
    "01.2": [lambda t, n: [x.text for x in t if x.probability >= n], lambda t, n: [x for x in t if x.probability < n], lambda t, n: t[0].text],
    "03.1": [lambda a, ls: a, lambda a, ls: next((x for x in ls if x in a), None), lambda a, ls: ls[0]],
    "03.2": [lambda t: t, lambda t: [{"role": "user", "content": t}], lambda t: [{"role": "user", "content": "delivery, product?"}]],
    "03.3": [
        (["delivery"] * 20, 0.9),
        (["delivery"] * 5, sbs.Rate(5, 5)),
        (["delivery"] * 19 + ["no idea"], sbs.Rate(20, 20)),
        ("all", sbs.Rate(20, 20)),
    ],
    "04.1": [lambda m, i, o, a, b: m * (i * a + o * b), lambda m, i, o, a, b: (i * a + o * b) / 1e6, lambda m, i, o, a, b: m * (i + o) * a / 1e6],
    "04.2": [lambda n, a, b: n * a, lambda n, a, b: b / (n * a), lambda n, a, b: n],
    "04.3": [
        lambda a, b: [i + 1 for i, (x, y) in enumerate(zip(a, b, strict=True)) if x != y],
        lambda a, b: [i for i, (x, y) in enumerate(zip(a, b, strict=True)) if x == y],
        lambda a, b: [0, 1, 2, 3],
    ],
}
RIGHT_PURE = {
    "01.2": RIGHT_ALARM,
    "03.1": find_label,
    "03.2": good_prompt,
    "03.3": (["It is about delivery."] * 17 + ["delivery or billing", "", "no idea"], sbs.Rate(17, 20)),
    "04.1": lambda m, i, o, a, b: m * (i * a + o * b) / 1e6,
    "04.2": lambda n, a, b: n * a / b,
    "04.3": lambda a, b: [i for i in range(len(a)) if a[i] != b[i]],
}


@pytest.mark.parametrize("number", RIGHT_PURE)
def test_right_answer_passes(number):
    assert sbs.check(number, RIGHT_PURE[number]).state == "right"


@pytest.mark.parametrize(("number", "answer"), [(n, a) for n, answers in WRONG_PURE.items() for a in answers])
def test_wrong_answer_gets_a_hint(number, answer):
    verdict = sbs.check(number, answer)
    assert verdict.state == "not yet"
    assert len(verdict.text.split()) > 3


def test_probability(likeliest):
    assert sbs.check("01.1", 0.25).state == "right"
    assert "percentage" in sbs.check("01.1", 25.0).text
    assert sbs.check("01.1", 0.1).state == "not yet"
    assert "number" in sbs.check("01.1", "a quarter").text


def test_baseline():
    right = lesson_02._shares()[1]
    assert sbs.check("02.1", right).state == "right"
    assert [sbs.check("02.1", wrong).state for wrong in (100 * right, 1 - right, "half")] == ["not yet"] * 3


def test_model(topic):
    case = sbs.load_case()
    common = case.split("train")[case.other_label].mode()[0]
    assert sbs.check("02.2", topic).state == "right"
    assert [sbs.check("02.2", wrong).state for wrong in (0.8, always(case.classes[0]), always(common))] == ["not yet"] * 3


def test_rate(topic):
    case = sbs.load_case()
    test = case.split("test")
    right = sbs.rate(topic.predict(test["text"]) == test[case.other_label])
    assert sbs.check("02.3", (topic, right)).state == "right"
    wrong_ones = (right.value, sbs.Rate(9, 10), sbs.Rate(right.successes + 1, len(test)))
    assert [sbs.check("02.3", (topic, wrong)).state for wrong in wrong_ones] == ["not yet"] * 3
    assert sbs.check("02.3", (topic, ...)).state == "not done"


@pytest.mark.parametrize("number", checks.numbers())
def test_untouched_exercise_is_not_done(number):
    assert sbs.check(number, ...).state == "not done"


@pytest.mark.parametrize("number", ["01.2", "03.1", "03.2", "04.1", "04.2", "04.3"])
def test_untouched_function_is_not_done(number):
    assert sbs.check(number, lambda *arguments: ...).state == "not done"


@pytest.mark.parametrize("number", checks.numbers())
def test_a_raising_answer_shows_no_traceback(number, likeliest):
    def raises(*arguments):
        raise ZeroDivisionError("division by zero")

    assert sbs.check(number, raises).state == "not yet"


def test_unknown_number():
    with pytest.raises(ExerciseError, match="99.9"):
        sbs.check("99.9", 1)


def test_verdict_is_escaped():
    assert "<b>" not in checks.Verdict("not yet", "<b>")._repr_html_()
