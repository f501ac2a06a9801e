"""Planner and metric explorer in a real browser: right numbers, as the reference programs say, and usable by hand, by ear and on small screens."""

from __future__ import annotations

import csv
import html
import re
import string
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pandas as pd
import pytest
import sacrebleu
from playwright.sync_api import Browser, Page, expect
from rouge_score.rouge_scorer import RougeScorer
from scipy.stats import binom
from statsmodels.stats.proportion import proportion_confint

from sidebyside.widgets.explore import WITHOUT_SCRIPT, metric_explorer, planner
from sidebyside.widgets.threshold import thresholds
from tests.site.browsing import HOME

ANSWER, TARGET = "No, you have 30 days to decide.", "For a rug you have 45 days to decide."
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
Show = Callable[..., Page]


@pytest.fixture(scope="module")
def show(browser: Browser) -> Iterator[Show]:
    """Open a page with some widgets and nothing else. It may ask no host, and must run without an error."""
    pages, faults = [], []

    def open_page(*widgets: Any, **options: Any) -> Page:
        page = browser.new_page(**options)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("request", lambda request: faults.append(request.url))
        body = "".join(f'<div class="cell_output">{widget._repr_html_()}</div>' for widget in widgets)
        page.set_content(f'<!doctype html><html lang="en"><meta name="viewport" content="width=device-width"><title>t</title><body>{body}')
        pages.append(page)
        return page

    yield open_page
    for page in pages:
        page.close()
    assert faults == []


@pytest.fixture(scope="module")
def plan(show: Show) -> Page:
    page = show(planner())
    expect(page.locator(".sbs-planner input")).to_have_count(5)
    return page


@pytest.fixture(scope="module")
def explore(show: Show) -> Page:
    page = show(metric_explorer(ANSWER, TARGET))
    expect(page.locator("tr[data-metric]")).to_have_count(5)
    return page


# --- one system -----------------------------------------------------------------------------------------------------

SETTINGS = """(settings) => settings.map((values) => {
  const box = document.querySelector(".sbs-planner");
  for (const [name, value] of Object.entries(values)) {
    const input = box.querySelector(`[name=${name}]`);
    input.value = value;
    input.dispatchEvent(new Event("input"));
  }
  return [...box.querySelectorAll(".sbs-result")].map((line) => ({ ...line.dataset, said: line.textContent }));
})"""


def planned(page: Page, *settings: dict[str, int]) -> list[list[dict[str, str]]]:
    """Set the sliders, and return what the three results hold: interval, items for a half-width, items for a difference."""
    return page.evaluate(SETTINGS, list(settings))


def digits(text: str) -> int:
    return int(re.search(r"([\d,]+) items", text.replace("\u00a0", " "))[1].replace(",", ""))  # type: ignore[index]


def test_intervals_are_those_of_statsmodels(plan: Page) -> None:
    steps = int(plan.locator("[name=items]").get_attribute("max") or 0) + 1
    grid = [{"rate": rate, "items": step} for rate in range(50, 100) for step in range(steps)]
    for setting, (result, *_) in zip(grid, planned(plan, *grid), strict=True):
        rate, n = setting["rate"] / 100, digits(result["said"])
        assert (float(result["low"]), float(result["high"])) == pytest.approx(proportion_confint(rate * n, n, method="wilson"), abs=1e-9)


def test_items_run_from_10_to_2000(plan: Page) -> None:
    steps = int(plan.locator("[name=items]").get_attribute("max") or 0) + 1
    sizes = [digits(result["said"]) for result, *_ in planned(plan, *({"items": step} for step in range(steps)))]
    assert sizes == sorted(sizes)
    assert (sizes[0], sizes[-1]) == (10, 2000)


def test_the_items_for_a_half_width_are_the_fewest(plan: Page) -> None:
    sizes = np.arange(1, 10_001)
    grid = [{"rate": rate, "half": half} for rate in (50, 67, 80, 85, 95, 99) for half in range(1, 16)]
    for setting, (_, need, _) in zip(grid, planned(plan, *grid), strict=True):
        low, high = proportion_confint(setting["rate"] / 100 * sizes, sizes, method="wilson")
        assert int(need["n"]) == sizes[(high - low) / 2 <= setting["half"] / 100].min() == digits(need["said"]), setting


# --- two systems ----------------------------------------------------------------------------------------------------


def exact_power(n: int, discordant: float, difference: float) -> float:
    """The power of the exact McNemar test (two-sided 5 %), from scipy: over the number of discordant pairs, the chance of its critical region."""
    pairs = np.arange(n + 1)
    critical = binom.ppf(0.025, pairs, 0.5)
    critical = np.where(2 * binom.cdf(critical, pairs, 0.5) <= 0.05, critical, critical - 1)
    share = (1 + difference / discordant) / 2
    found = binom.cdf(critical, pairs, share) + binom.sf(pairs - critical - 1, pairs, share)
    return float(binom.pmf(pairs, n, discordant) @ found)


PAIRS = [(d, e) for d in (5, 6, 10, 15, 20, 30, 41, 50) for e in (1, 2, 3, 5, 7, 10, 15, 20) if e <= d]


@pytest.mark.parametrize(("discordant", "difference"), PAIRS)
def test_the_items_for_a_difference_have_the_power(plan: Page, discordant: int, difference: int) -> None:
    ((_, _, result),) = planned(plan, {"discordant": discordant, "difference": difference})
    share, gap = discordant / 100, difference / 100
    if not result["n"]:
        assert "more than 5,000 items" in result["said"]
        assert float(result["power"]) == pytest.approx(exact_power(5000, share, gap), abs=1e-9)
        assert exact_power(5000, share, gap) < 0.8
        return
    n = int(result["n"])
    assert digits(result["said"]) == n
    assert float(result["power"]) == pytest.approx(exact_power(n, share, gap), abs=1e-9)
    assert max(exact_power(m, share, gap) for m in range(max(1, n - 12), n)) < 0.8  # fewer are too few …
    assert min(exact_power(m, share, gap) for m in range(n, n + 13)) >= 0.8  # … and more are never


def test_some_settings_need_more_items_than_the_limit_and_some_do_not(plan: Page) -> None:
    sizes = {bool(planned(plan, {"discordant": d, "difference": e})[0][2]["n"]) for d, e in PAIRS}
    assert sizes == {True, False}


def test_a_difference_is_never_larger_than_the_share_it_comes_from(plan: Page) -> None:
    planned(plan, {"discordant": 50, "difference": 20}, {"discordant": 8})
    assert plan.locator("[name=difference]").input_value() == "8"
    assert plan.locator("[name=difference]").get_attribute("aria-valuetext") == "8\u00a0points"
    planned(plan, {"discordant": 20, "difference": 5})


def test_a_movement_of_a_slider_is_answered_at_once(plan: Page) -> None:
    """100 ms on a slow phone are some 15 ms here; the middle of several, because this machine is shared."""
    took = plan.evaluate("""() => [[5, 1], [50, 1], [50, 5], [50, 2], [30, 3], [20, 5]].map(([discordant, difference]) => {
      const [only, apart] = ["discordant", "difference"].map((name) => document.querySelector(`[name=${name}]`));
      only.value = discordant; only.dispatchEvent(new Event("input"));
      const start = performance.now();
      apart.value = difference; apart.dispatchEvent(new Event("input"));
      return performance.now() - start;
    })""")
    assert sorted(took)[3] < 50, took


# --- metrics --------------------------------------------------------------------------------------------------------

ODD = [  # answer, target
    ("", ""),
    ("", "45 days"),
    ("45 days", ""),
    ("   ", "\n"),
    ("the", "a"),
    ("The.", ""),
    ("!?", "..."),
    ("45 days", "45 days"),
    ("45 Days.", "the 45 days"),
    ("£3.95", "€5.50"),
    ("It costs £1,250.00 or €1,400.", "It costs £1,250 or €1,400.50!"),
    ("1.000,5 and .5 and 5. and ,5", "1.000,5 and 0.5 and 5 and ,5"),
    ("5-6 days, state-of-the-art, 3-", "5 - 6 days, state of the art, -3"),
    ("We're sorry: you can't.", "We’re sorry: you can’t."),
    ("the customers' lamp isn't Anna's", "the customer's lamp is not Annas"),
    ("Café Zoë, naïve Ångström", "cafe zoe, naive angstrom"),
    ("Café Zoë", "Cafe\u0301 Zoe\u0308"),
    ("à la carte, a é a", "a la carte, é"),
    ("éa aé ñthe", "é é ñ"),
    ("STRASSE straße ΣΑΣ İ", "strasse straße σας i"),
    ("yes yes yes no no", "yes no yes no yes no"),
    ("a a a an the the rug", "rug"),
    ("one two three four five", "five four three two one"),
    ("one two three four", "one two three four five six seven eight"),
    ("one two three four five six seven eight", "one two three four"),
    ("one", "one two three four five six seven eight nine ten"),
    ("x one y two z three", "one two three"),
    ("first line\nsecond line", "first line second line"),
    ("a hyphen-\nated word", "a hyphenated word"),
    ("a trailing hyphen-\n", "a trailing hyphen -"),
    ("AT&amp;T &lt;b&gt; &quot;x&quot; &amp;lt;", 'AT&T <b> "x" &lt;'),
    ("<skipped> words", "words"),
    ("<b>bold</b> $5 $& $1 [x](y) {z} ~ ` ^ | \\", "bold 5 x y z"),
    ("50% off (today) / e-mail: a_b@c.d", "50 % off today, e-mail a_b@c.d"),
    ("日本語 テスト 🙂 ok", "日本語 🙂 ok"),
    ("🙂.🙂,1.2,🙂", "🙂 . 🙂 , 1.2 , 🙂"),
    ("tab\tand\u00a0no-break\u2003space", "tab and no-break space"),
    ("“quoted” – dash — and … dots", '"quoted" - dash - and ... dots'),
    ("constructor __proto__ toString", "constructor toString hasOwnProperty"),
    ("No need to hurry, you're still in time! For rugs we allow forty-five.", "No, rugs have 45 days"),
    ("Not too late – 45 days for rugs.", "No, rugs have 45 days"),
    ("We subtract five euros and fifty cents from what we pay back to you.", "€5.50"),
    ("The label costs £3.95 in the UK and €5.50 in Ireland, and we add this to your refund.", "€5.50"),
]


def from_the_case() -> list[tuple[str, str]]:
    """Every fifth fact of the running case: its short answer against its sentence, and its sentence against the next one."""
    with (HOME / "cases" / "feedback" / "facts.csv").open(encoding="utf-8") as file:
        facts = list(csv.DictReader(file))[::5]
    return [(f["answer"], f["sentence"]) for f in facts] + [(f["sentence"], g["sentence"]) for f, g in zip(facts, facts[1:], strict=False)]


def squad_words(text: str) -> list[str]:
    """The words of a text as SQuAD's evaluation script tidies them (Rajpurkar and others 2018)."""
    bare = "".join(sign for sign in text.lower() if sign not in string.punctuation)
    return re.sub(r"\b(a|an|the)\b", " ", bare).split()


def squad_f1(answer: str, target: str) -> float:
    said, wanted = squad_words(answer), squad_words(target)
    if not said or not wanted:
        return float(said == wanted)
    hits = sum((Counter(said) & Counter(wanted)).values())
    return 2 * (hits / len(said)) * (hits / len(wanted)) / (hits / len(said) + hits / len(wanted)) if hits else 0.0


def references(answer: str, target: str) -> dict[str, float]:
    """What the reference programs say."""
    rouge = RougeScorer(["rouge1", "rougeL"], use_stemmer=False).score(target, answer)
    return {
        "exact match": float(squad_words(answer) == squad_words(target)),
        "token F1": squad_f1(answer, target),
        "BLEU": sacrebleu.sentence_bleu(answer, [target]).score / 100,
        "ROUGE-1": rouge["rouge1"].fmeasure,
        "ROUGE-L": rouge["rougeL"].fmeasure,
    }


def computed(page: Page, pairs: list[tuple[str, str]]) -> list[dict[str, float]]:
    """Write each pair into the two fields, and read the table at full precision."""
    return page.evaluate(
        """(pairs) => pairs.map((texts) => {
          const fields = document.querySelectorAll(".sbs-metrics textarea");
          texts.forEach((text, i) => { fields[i].value = text; fields[i].dispatchEvent(new Event("input")); });
          return Object.fromEntries([...document.querySelectorAll("tr[data-metric]")].map((row) => [row.dataset.metric, Number(row.dataset.value)]));
        })""",
        [list(pair) for pair in pairs],
    )


def test_there_are_enough_pairs() -> None:
    assert len({*ODD, *from_the_case()}) >= 60


def test_metrics_are_those_of_the_reference_programs(explore: Page) -> None:
    pairs = [*ODD, *((target, answer) for answer, target in ODD), *from_the_case()]
    wrong = [
        (pair, name, found[name], value)
        for pair, found in zip(pairs, computed(explore, pairs), strict=True)
        for name, value in references(*pair).items()
        if abs(found[name] - value) > 1e-6
    ]
    assert wrong == []


def test_as_many_words_are_marked_as_token_f1_counts(explore: Page) -> None:
    for answer, target in [(a, t) for a, t in ODD if t and a] + from_the_case()[:20]:
        computed(explore, [(answer, target)])
        hits = sum((Counter(squad_words(answer)) & Counter(squad_words(target))).values())
        for line, text in zip(explore.locator(".sbs-both p").all(), (answer, target), strict=True):
            assert str(line.text_content()).partition(": ")[2] == text
            assert sum(len(squad_words(mark)) for mark in line.locator("mark").all_text_contents()) == hits


def test_what_is_typed_is_never_markup(explore: Page) -> None:
    before = explore.locator(".sbs-metrics *:not(mark)").count()
    computed(explore, [("<img src=x onerror=alert(1)>", "<script>alert(1)</script><img src=x>")])
    assert explore.locator(".sbs-metrics *:not(mark)").count() == before


# --- changes by rule ------------------------------------------------------------------------------------------------

AUXILIARY = re.compile(r"\b(is|are|was|were|can|may|must|will|do|does|have|has)\b(?!['’]| not\b)", re.IGNORECASE | re.ASCII)


def change_number(text: str) -> str:
    return re.sub("[0-9]+", lambda digits: str(2 * int(digits[0]) or 1), text, count=1)


def put_in_not(text: str) -> str:
    return AUXILIARY.sub(r"\g<0> not", text, count=1)


@pytest.mark.parametrize("text", [*dict.fromkeys(answer for answer, _ in ODD), "0 days", "007", "9" * 30, "It can't, but may.", "He is not; she is."])
def test_the_buttons_change_the_answer_by_rule(explore: Page, text: str) -> None:
    for name, rule in (("Change one number", change_number), ("Put in “not”", put_in_not)):
        computed(explore, [(text, TARGET)])
        explore.get_by_role("button", name=name).click()
        assert explore.get_by_label("Answer").input_value() == rule(text)
        said = str(explore.locator(".sbs-buttons + .sbs-note").text_content())
        assert said.startswith("The answer has no number" if "number" in name else "No place") == (rule(text) == text)


def test_back_restores_both_texts(explore: Page) -> None:
    computed(explore, [("something", "else")])
    explore.get_by_role("button", name="Back to the start").click()
    assert [field.input_value() for field in explore.locator("textarea").all()] == [ANSWER, TARGET]


# --- for everyone ---------------------------------------------------------------------------------------------------


def test_the_keyboard_alone_suffices(show: Show) -> None:
    page = show(planner(), metric_explorer(ANSWER, TARGET))
    expect(page.locator("tr[data-metric]")).to_have_count(5)
    seen, lines = [], page.locator(".sbs-result")
    for _ in range(5):
        page.keyboard.press("Tab")
        before = lines.all_text_contents()
        page.keyboard.press("ArrowRight")
        assert lines.all_text_contents() != before
        seen.append(page.evaluate("[document.activeElement.name, getComputedStyle(document.activeElement).outlineStyle]"))
    assert seen == [[name, "solid"] for name in ("rate", "items", "half", "discordant", "difference")]
    page.keyboard.press("Tab")
    page.keyboard.press("Control+A")
    page.keyboard.type(TARGET)
    expect(page.locator("tr[data-metric='exact match']")).to_have_attribute("data-value", "1")
    for _ in range(2):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.get_by_label("Answer").input_value() == change_number(TARGET)


def test_every_control_has_a_name(show: Show) -> None:
    page = show(planner(), metric_explorer(ANSWER, TARGET))
    expect(page.locator("tr[data-metric]")).to_have_count(5)
    names = page.evaluate("[...document.querySelectorAll('input, textarea')].map((control) => control.labels.length)")
    assert names == [1] * 7
    assert page.locator("input:not([aria-valuetext])").count() == 0


def test_jupyterlab_takes_no_key_from_a_control(show: Show) -> None:
    """Its shortcuts look at the focused element alone: an attribute of the box would not do."""
    page = show(planner(), metric_explorer(ANSWER, TARGET))
    expect(page.locator("tr[data-metric]")).to_have_count(5)
    assert page.locator(":is(input, textarea, button):not([data-lm-suppress-shortcuts=true])").count() == 0


def test_results_are_spoken_once_after_a_pause(show: Show) -> None:
    page = show(planner())
    status = page.locator(".sbs-planner [aria-live=polite]")
    expect(status).to_have_text("")
    page.evaluate("""() => {
      window.spoken = [];
      new MutationObserver(() => window.spoken.push(1)).observe(document.querySelector("[aria-live]"), { childList: true });
    }""")
    for _ in range(8):
        page.locator("[name=rate]").press("ArrowLeft")
    expect(status).to_have_text(re.compile(r"^If 77.% of 200 items are right"))
    assert page.evaluate("window.spoken.length") == 1


def test_several_tools_on_a_page_do_not_meddle(show: Show) -> None:
    page = show(planner(), metric_explorer("a b", "a b"), planner(), metric_explorer("c", "d"))
    expect(page.locator("tr[data-metric]")).to_have_count(10)
    expect(page.locator("fieldset")).to_have_count(4)
    before = page.locator(".sbs-result").all_text_contents()
    page.locator("[name=rate]").last.press("ArrowLeft")
    after = page.locator(".sbs-result").all_text_contents()
    assert after[:3] == before[:3]
    assert after[3] != before[3]
    assert [row.get_attribute("data-value") for row in page.locator("tr[data-metric='exact match']").all()] == ["1", "0"]
    assert page.locator("[id]").count() == 0


def test_a_box_that_is_still_being_read_waits_for_its_end(show: Show) -> None:
    """A script of an earlier box runs while the browser reads a later one."""
    page = show()
    box, rest = planner()._repr_html_().split("<style>")
    script = rest.partition("<script>")[2].removesuffix("</script>")
    run = """(text) => new Promise((done) => {
      const script = document.createElement("script");
      script.textContent = text;
      document.body.prepend(script);
      setTimeout(() => done(document.querySelectorAll("input").length), 50);
    })"""
    page.set_content(f"<!doctype html><title>t</title>{box}")
    assert page.evaluate(run, script) == 0
    page.evaluate("document.querySelector('.sbs-planner').after(document.createElement('style'))")
    assert page.evaluate(run, script) == 5


def test_nothing_becomes_global(show: Show) -> None:
    page = show()
    before = page.evaluate("Object.getOwnPropertyNames(window).length")
    both = planner()._repr_html_() + metric_explorer(ANSWER, TARGET)._repr_html_()
    page.set_content(f"<!doctype html><title>t</title>{both}")
    expect(page.locator("tr[data-metric]")).to_have_count(5)
    assert page.evaluate("Object.getOwnPropertyNames(window).length") == before


@pytest.mark.parametrize("width", [320, 390, 1100])
def test_nothing_is_wider_than_the_screen(show: Show, width: int) -> None:
    page = show(planner(), metric_explorer("x" * 200, TARGET), viewport={"width": width, "height": 844})
    expect(page.locator("tr[data-metric]")).to_have_count(5)
    assert page.evaluate(OVERFLOW) == 0


def test_without_a_script_a_sentence_stands_there(show: Show) -> None:
    page = show(planner(), metric_explorer(ANSWER, TARGET), java_script_enabled=False)
    assert page.locator("p:visible").all_text_contents() == [html.unescape(WITHOUT_SCRIPT)] * 2
    assert page.locator("input, textarea, button").count() == 0


# --- who answers: two thresholds --------------------------------------------------------------------------------------

NAMES = ["the trained model", "the language model", "a person"]


def some_marks(n: int = 320) -> pd.DataFrame:
    """Answers of three, of which each is right at another rate; some certainties lie exactly on a step of the slider."""
    draw = np.random.default_rng(7)
    columns = {"ml_sure": draw.uniform(0.5, 1, n).round(2), "ml_right": draw.random(n) < 0.7, "model_sure": draw.permutation(n) / n}
    return pd.DataFrame(columns | {"model_right": draw.random(n) < 0.9, "person_right": draw.random(n) < 0.97})


@pytest.fixture(scope="module")
def who(show: Show) -> Page:
    page = show(thresholds(some_marks(), NAMES, (0.0002, 25.0), (0.8, 10, 20)))
    expect(page.locator(".sbs-threshold input")).to_have_count(3)
    return page


def moved(page: Page, *settings: dict[str, float]) -> list[list[dict[str, str]]]:
    return page.evaluate(SETTINGS.replace(".sbs-planner", ".sbs-threshold"), list(settings))


def expected(marks: pd.DataFrame, threshold: float, people: float) -> tuple[list[int], int]:
    """How many each of the three answers, and how many answers are right, counted with pandas."""
    passed_on = marks[marks["ml_sure"] < threshold].sort_values("model_sure")
    asked = marks.index.isin(passed_on.index[: int(people * len(marks) / 100)])
    answered = marks["ml_right"].where(marks["ml_sure"] >= threshold, marks["model_right"]).where(~asked, marks["person_right"])
    return [len(marks) - len(passed_on), len(passed_on) - int(asked.sum()), int(asked.sum())], int(answered.sum())


def test_who_answers_is_as_pandas_counts_it(who: Page) -> None:
    n, grid = len(some_marks()), [{"threshold": t / 100, "people": people, "seconds": 20} for t in range(50, 102) for people in (0, 1, 10, 50)]
    for setting, (result, cost) in zip(grid, moved(who, *grid), strict=True):
        by, right = expected(some_marks(), setting["threshold"], setting["people"])
        assert ([int(number) for number in result["by"].split(",")], int(result["right"])) == (by, right), setting
        assert (float(result["low"]), float(result["high"])) == pytest.approx(proportion_confint(right, n, method="wilson"), abs=1e-9)
        assert float(cost["dollars"]) == pytest.approx(1000 * (by[1] * 0.0002 + by[2] * 20 / 3600 * 25) / n)
        assert float(cost["hours"]) == pytest.approx(1000 * by[2] * 20 / 3600 / n)


def test_the_sliders_begin_where_the_page_says_and_take_the_keyboard(show: Show) -> None:
    who = show(thresholds(some_marks(), NAMES, (0.0002, 25.0), (0.8, 10, 20)))
    assert [who.locator(f"[name={name}]").input_value() for name in ("threshold", "people", "seconds")] == ["0.8", "10", "20"]
    before = who.locator(".sbs-threshold .sbs-result").first.text_content()
    who.locator("[name=people]").focus()
    who.keyboard.press("Home")
    expect(who.locator(".sbs-threshold .sbs-result").first).not_to_have_text(before or "")
    assert who.locator("[name=people]").get_attribute("aria-valuetext") == "0\u00a0% of the messages"
    expect(who.locator(".sbs-threshold [role=status]")).to_contain_text("a person answers 0")
