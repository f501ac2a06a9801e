"""Widgets: what others wrote is never markup, each widget has a text form, and a guess finds its result."""

from __future__ import annotations

import html
import random
import re
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

import pandas as pd
import pytest
from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath import dollarmath_plugin
from mdit_py_plugins.myst_role import myst_role_plugin
from mdit_py_plugins.substitution import substitution_plugin

from sidebyside.charts import COLOURS
from sidebyside.shown import NO_MATHS
from sidebyside.tokens import Token
from sidebyside.widgets import Prediction, not_measured, outcome, plain, say, table, token_map

NASTY = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "</p></div></fieldset></table></label></span>",
    "<!-- gone",
    "&lt;b&gt; &amp; &copy;",
    "AT&T <b>bold</b> 1 < 2 > 0",
]
LONG = "The parcel came late, the box was wet and nobody said sorry. " * 5 + "END"
each_nasty = pytest.mark.parametrize("text", NASTY)


class Reading(HTMLParser):
    """What a browser makes of a piece of HTML: its tags in order, with their attributes, and its text outside of scripts."""

    def __init__(self, widget: Any) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.comments: list[str] = []
        self.ends: list[str] = []
        self.texts: list[str] = []
        self.feed(widget._repr_html_())
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        self.ends.append(tag)

    def handle_comment(self, data: str) -> None:
        self.comments.append(data)

    def handle_data(self, data: str) -> None:
        if not self.tags or self.tags[-1][0] != "script" or self.ends[-1:] == ["script"]:
            self.texts.append(data)

    @property
    def text(self) -> str:
        return "".join(self.texts)

    @property
    def shape(self) -> tuple[list[tuple[str, list[str]]], list[str], list[str]]:
        """Everything that is markup: what a text cannot change unless it is taken for markup."""
        return [(tag, sorted(attributes)) for tag, attributes in self.tags], self.ends, self.comments

    def attributes(self, tag: str, name: str) -> list[str | None]:
        return [attributes[name] for other, attributes in self.tags if other == tag and name in attributes]

    def keys(self) -> list[str | None]:
        return [attributes["data-key"] for _, attributes in self.tags if "data-key" in attributes]


def token(text: str, probability: float = 0.5) -> Token:
    return Token(text, probability, [])


# --- nothing that others wrote is markup ----------------------------------------------------------------------------

PLACES: dict[str, Callable[[str], Any]] = {
    "question of a prediction": lambda text: Prediction("1/a", text, ["yes", "no"]),
    "option of a prediction": lambda text: Prediction("1/a", "Is it?", ["yes", text]),
    "key of a prediction": lambda text: Prediction(text, "Is it?", ["yes", "no"]),
    "answer of an outcome": lambda text: outcome("1/a", text, "It is."),
    "sentence of an outcome": lambda text: outcome("1/a", "yes", text),
    "key of an outcome": lambda text: outcome(text, "yes", "It is."),
    "token": lambda text: token_map([token("It"), token(text)], "a model"),
    "name of a model": lambda text: token_map([token("It")], text),
    "cell of a table": lambda text: table(pd.DataFrame({"text": ["fine", text]})),
    "heading of a table": lambda text: table(pd.DataFrame({text: ["fine"]})),
}


@each_nasty
@pytest.mark.parametrize("place", PLACES)
def test_no_text_is_taken_for_markup(place: str, text: str) -> None:
    nasty, harmless = Reading(PLACES[place](text)), Reading(PLACES[place]("word"))
    assert nasty.shape == harmless.shape


@each_nasty
@pytest.mark.parametrize("place", [place for place in PLACES if not place.startswith("key")])
def test_a_text_is_shown_as_it_was_written(place: str, text: str) -> None:
    assert text in Reading(PLACES[place](text)).text


@pytest.mark.parametrize("place", [place for place in PLACES if not place.startswith("key")])
def test_a_long_text_is_shown_whole(place: str) -> None:
    assert LONG in Reading(PLACES[place](LONG)).text


# --- predict and outcome --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["1/lucky", "4/who wins?", *NASTY])
def test_prediction_and_outcome_share_the_key(key: str) -> None:
    assert Reading(Prediction(key, "Is it?", ["yes", "no"])).keys() == Reading(outcome(key, "yes", "It is.")).keys() == [key]


@pytest.mark.parametrize("answer", ["yes", "It\u2019s “both” & more", *NASTY])
def test_the_value_of_an_option_is_the_answer_it_is_compared_with(answer: str) -> None:
    values = Reading(Prediction("1/a", "Is it?", ["perhaps", answer])).attributes("input", "value")
    assert values == ["perhaps", answer]
    assert Reading(outcome("1/a", answer, "It is.")).attributes("details", "data-answer") == [answer]


def test_a_prediction_is_one_choice_out_of_all_its_options() -> None:
    page = Reading(Prediction("1/a", "How many?", ["none", "some", "all"]))
    assert page.attributes("input", "type") == ["radio"] * 3
    assert page.attributes("input", "name") == ["1/a"] * 3
    assert page.attributes("input", "checked") == []
    assert [page.text.index(option) for option in ("How many?", "none", "some", "all")] == sorted(
        page.text.index(option) for option in ("How many?", "none", "some", "all")
    )


def test_two_predictions_do_not_share_their_choice() -> None:
    names = {name for key in ("1/a", "1/b") for name in Reading(Prediction(key, "Is it?", ["yes", "no"])).attributes("input", "name")}
    assert len(names) == 2


def test_an_outcome_without_a_guess_says_so() -> None:
    page = Reading(outcome("1/a", "yes", "It is."))
    assert "You made no guess." in page.text
    assert page.attributes("p", "class") == [f"sbs-guess {NO_MATHS}"]  # where the script writes the guess


def test_an_outcome_is_closed_in_every_viewer_unless_there_is_nothing_to_guess() -> None:
    assert [tag for tag, _ in Reading(outcome("1/a", "yes", "It is.")).tags][:2] == ["details", "summary"]
    assert Reading(outcome("1/a", "yes", "It is.")).attributes("details", "open") == []
    assert "details" not in [tag for tag, _ in Reading(not_measured("1/a", "a-model")).tags]


@pytest.mark.parametrize("widget", [Prediction("1/a", "Is it?", ["yes"]), outcome("1/a", "yes", "It is.")], ids=["predict", "outcome"])
def test_one_whole_script_comes_with_each_half_of_the_pair(widget: Any) -> None:
    page = Reading(widget)
    assert [tag for tag, _ in page.tags].count("script") == page.ends.count("script") == 1
    assert page.attributes("script", "src") == []  # nothing is fetched


# --- text forms -----------------------------------------------------------------------------------------------------


def test_the_text_of_a_prediction_holds_question_and_options() -> None:
    said = repr(Prediction("1/a", "How many <b>?", ["none", "some & more", "all"]))
    assert [part for part in ("How many <b>?", "none", "some & more", "all") if part not in said] == []


def test_the_text_of_an_outcome_holds_answer_and_sentence() -> None:
    said = repr(outcome("1/a", "some & more", "It was 3 of 10."))
    assert "some & more" in said
    assert "It was 3 of 10." in said


def test_the_text_of_a_token_map_holds_tokens_and_percentages() -> None:
    said = repr(token_map([token("The", 0.914), token(" cat", 0.25), token("\n", 1.0)], "a model"))
    assert re.findall(r"(\S+)\[(\d+%)\]", said) == [("The", "91%"), ("cat", "25%"), ("'\\n'", "100%")]


def test_the_text_of_a_table_is_whole_and_without_index() -> None:
    lines = repr(table(pd.DataFrame({"text": ["<b>", LONG]}, index=["first", "second"]))).splitlines()
    assert [line.strip() for line in lines] == ["text", "<b>", LONG]


# --- tables ---------------------------------------------------------------------------------------------------------


def test_a_table_has_no_index_column() -> None:
    page = Reading(table(pd.DataFrame({"text": ["a"], "mood": ["b"]}, index=["first"])))
    assert page.text.split() == ["text", "mood", "a", "b"]


def test_a_large_table_is_shown_whole() -> None:
    rows = pd.DataFrame({f"column{i}": [f"cell{i}.{row}" for row in range(150)] for i in range(30)})
    shown = Reading(table(rows)).text.split()
    assert shown == [*rows.columns, *rows.to_numpy().ravel()]


def test_showing_a_table_changes_no_setting_of_pandas() -> None:
    with pd.option_context("display.max_colwidth", 7):
        assert LONG in Reading(table(pd.DataFrame({"text": [LONG]}))).text
        assert LONG in repr(table(pd.DataFrame({"text": [LONG]})))
        assert pd.get_option("display.max_colwidth") == 7


# --- token maps -----------------------------------------------------------------------------------------------------


def cells(*tokens: Token) -> list[str]:
    """Return what stands in the cell of each token."""
    shown = token_map(tokens, "")._repr_html_()
    found = re.findall(r"<span[^>]*>(.*?)<br><small>\d+%</small></span>", shown, re.DOTALL)
    assert len(found) == len(tokens)
    return [html.unescape(text) for text in found]


def shades(*probabilities: float) -> list[str]:
    """Return the background of each token."""
    styles = Reading(token_map([token("a", p) for p in probabilities], "")).attributes("span", "style")
    return [re.search(r"background:([^;]*)", str(style))[1] for style in styles]  # type: ignore[index]


@pytest.mark.parametrize(("text", "shown"), [("\n", "⏎"), ("\n\n", "⏎⏎"), ("a\nb", "a⏎b"), (".\n", ".⏎"), ("<b>\n", "<b>⏎")])
def test_a_new_line_is_shown_as_a_sign(text: str, shown: str) -> None:
    assert cells(token(text)) == [shown]


@pytest.mark.parametrize("text", [" ", "   ", "\t", "\u00a0", "\r", ""])
def test_a_token_of_nothing_but_space_is_shown_as_a_sign(text: str) -> None:
    assert cells(token(text)) == ["␣"]


def test_tokens_stand_in_order_with_percentages_and_model() -> None:
    page = Reading(token_map([token("The", 0.914), token(" cat", 0.25), token("<script>", 0.0)], "model-7"))
    assert re.findall(r"(\D+?)(\d+%)", page.text) == [("The", "91%"), ("cat", "25%"), ("<script>", "0%")]
    assert page.text.endswith("model-7")


def test_the_less_likely_a_token_the_stronger_its_shade() -> None:
    alphas = [int(shade[7:], 16) for shade in shades(1.0, 0.9, 0.7, 0.5, 0.2, 0.05, 0.0)]
    assert alphas == sorted(set(alphas)), "not growing"
    assert alphas[0] == 0, "a sure token has a shade"


def test_every_shade_is_a_colour_of_the_model_s_kind() -> None:
    every = shades(*(percent / 100 for percent in range(101)))
    assert [shade for shade in every if not re.fullmatch(COLOURS["GenAI"] + "[0-9a-f]{2}", shade)] == []


def test_a_token_map_of_no_tokens_says_so_and_names_the_model() -> None:
    assert Reading(token_map([], "model-7")).text == "The chances of this answer's tokens were not measured.model-7"


# --- sentences in Markdown ------------------------------------------------------------------------------------------

SIGNS = [
    *("<b>", "<b>bold</b>", "<script>alert(1)</script>", "<!-- gone -->", "<http://example.org>"),
    *("[x](y)", "![x](y)", "[x][y]", "[x]: http://example.org", "[^1]"),
    *("*", "**", "*a*", "**a**", "_", "_a_", "__a__", "snake_case_name", "***", "___"),
    *("`", "`a`", "``", "```\na\n```", "~a~", "~~a~~", "~~~"),
    *("$", "$x$", "$$x$$", "from $2 to $5", r"\(x\)", r"\\"),
    *("|", "a|b", "| a | b |\n|---|---|\n| c | d |"),
    *("# a", "###### a", "#", "> a"),
    *("{term}`model`", "{{ name }}", "\\", r"\*", "a\\", "a\\\nb", "a  \nb", "a\n---", "a\n===", "    a", "\ta"),
]


def markdown() -> MarkdownIt:
    """Return a reader of Markdown with what notebooks and the book may know besides: tables, strikethrough, formulas, roles, fields."""
    return MarkdownIt().enable(["table", "strikethrough"]).use(dollarmath_plugin).use(myst_role_plugin).use(substitution_plugin)


def one_line(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("text", SIGNS)
def test_a_plain_text_alone_is_one_paragraph_and_reads_as_written(text: str) -> None:
    for reader in (MarkdownIt(), markdown()):
        assert html.unescape(reader.render(plain(text))) == f"<p>{one_line(text)}</p>\n"
        assert set(re.findall(r"</?(\w+)", reader.render(plain(text)))) == {"p"}


LEADERS = ["- a", "-", "+ a", "1. a", "1) a", "---", "- - -", "+++", "===", ":::", "% a"]  # markup only where a line begins


@pytest.mark.parametrize("text", [*SIGNS, *LEADERS])
@pytest.mark.parametrize("frame", ["The message: “{}” Its label: **happy**.", "Said {}.", "- “{}”; “{}”"])
def test_a_plain_text_within_a_sentence_reads_as_written(text: str, frame: str) -> None:
    expected = markdown().render(frame.replace("{}", "PLACE")).replace("PLACE", html.escape(one_line(text), quote=False).replace('"', "&quot;"))
    assert markdown().render(frame.replace("{}", plain(text))) == expected


def test_no_mixture_of_signs_gets_through() -> None:
    generator, alphabet = random.Random(0), [*"\\`*_{}[]()<>#|~$!-+=.:^%\"'/", " ", "\n", "a", "b", "1", "http://a.b"]
    wrong = []
    for _ in range(3000):
        text = "".join(generator.choices(alphabet, k=generator.randint(1, 12)))
        shown = markdown().render(f"He wrote “{plain(text)}” twice.")
        if html.unescape(shown) != f"<p>He wrote “{one_line(text)}” twice.</p>\n" or shown.count("<") != 2:
            wrong.append((text, shown))
    assert wrong == []


@pytest.mark.parametrize("text", ["a|b", "|", "| a | b |", r"a\|b"])
def test_a_plain_text_stays_in_one_cell_of_a_table(text: str) -> None:
    shown = markdown().render(f"| text | mood |\n|---|---|\n| {plain(text)} | happy |\n")
    assert [html.unescape(cell) for cell in re.findall(r"<td>(.*?)</td>", shown)] == [text, "happy"]


def test_plain_leaves_ordinary_sentences_alone() -> None:
    text = "It\u2019s late – 3 days! \u201cSorry\u201d, they said (twice): 50% off, 1.5 kg, a/b; why?"
    assert plain(text) == text


def test_plain_joins_lines() -> None:
    assert plain("  one\n\n two\tthree \r\n") == "one two three"


def test_a_sentence_is_shown_as_markdown() -> None:
    assert say("It was **3 of 10**.").data == "It was **3 of 10**."


def test_an_outcome_that_was_not_measured_marks_no_guess_as_wrong() -> None:
    shown = not_measured("hallucination/doubt", "a-model")
    assert repr(shown).startswith("not measured: The answers of a-model")
    told = shown._repr_html_()
    assert "data-key" not in told.partition("<script")[0] and "No guess is right or wrong here." in told
