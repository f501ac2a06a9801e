"""Charts: each says what it shows, draws the numbers it was given, and uses no other colours than the course's."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterator
from typing import Any

import pandas as pd
import pytest

from sidebyside.charts import (
    COLOURS,
    GREY,
    KINDS,
    bars,
    kind_of,
    learning_curve,
    lines,
    next_tokens,
    reliability,
    scoreboard,
    share_rows,
    shares,
    spread,
    steps,
    trade_off,
)
from sidebyside.evaluation import Rate, calibration
from sidebyside.models import MAIN, SMALL
from sidebyside.tokens import Token

MIME = "application/vnd.vegalite.v5+json"
TOKEN = Token(" Oslo", 0.61239, [(" Oslo", 0.61239), ("\n", 0.20051), (" <b>", 0.00049), ("'", 0.0001)])
SCORES = {
    "trained model": ("ML", (0.8123456, 0.7000049, 0.9000051)),
    "embedded model": ("GenAI", (2 / 3, 0.5, 0.7)),
    "both": ("hybrid", (0.9, 1 / 3, 0.99)),
    "a colleague": ("people", (1.0, 0.95, 1.0)),
}
CURVE = pd.DataFrame(
    {
        "labels": [50, 50, 50, 10, 10, 10],
        "seed": [0, 1, 2, 0, 1, 2],
        "accuracy": [0.75, 0.70, 0.86, 0.50, 0.60001, 0.70],
    }
)
BAR = {"name": "embedded model", "kind": "GenAI", "score": 0.654321, "low": 0.6, "high": 0.7123456}
AMOUNTS = pd.DataFrame({"name": ["late", "thanks", "box"], "amount": [-1.234567, 2.5, 0.00004], "kind": ["ML", "ML", "people"]})
COUNTS = pd.DataFrame(
    {
        "system": ["trained model", "trained model", "trained model", "embedded model", "embedded model"],
        "kind": ["ML", "ML", "ML", "GenAI", "GenAI"],
        "answer": ["right", "wrong", "none", "none", "right"],
        "n": [5, 3, 2, 6, 4],
    }
)
VARIANTS = pd.DataFrame(
    {
        "group": ["wording", "order", "wording"],
        "kind": ["GenAI", "ML", "GenAI"],
        "name": ["b", "c", "a"],
        "score": [2 / 3, 0.7123456, 0.5],
    }
)
BINS = pd.DataFrame(
    {
        "n": [7, 6],
        "confidence": [0.9123456, 0.25],
        "right": [6 / 7, 1 / 3],
        "low": [0.4868, 0.0968],
        "high": [0.97431, 0.7],
        "kind": ["GenAI", "GenAI"],
    }
)
CURVES = pd.DataFrame(
    {
        "at": [10, 1, 1, 4],
        "amount": [2 / 3, 0.5, 3.0, 1.23456],
        "name": ["prompt", "prompt", "training", "training"],
        "kind": ["GenAI", "GenAI", "ML", "ML"],
    }
)
SENTENCE = "Alt text: 4 systems, “the best” at 90 %."

CHARTS = {
    "next_tokens": lambda: next_tokens(TOKEN, SENTENCE),
    "scoreboard": lambda: scoreboard(SCORES, SENTENCE, "accuracy on 40 messages"),
    "learning_curve": lambda: learning_curve(CURVE, SENTENCE),
    "learning_curve with bar": lambda: learning_curve(CURVE, SENTENCE, BAR),
    "bars": lambda: bars(AMOUNTS, SENTENCE, "weight"),
    "shares": lambda: shares(COUNTS, SENTENCE, "answers to 10 questions"),
    "spread": lambda: spread(VARIANTS, SENTENCE, "accuracy on 40 messages"),
    "reliability": lambda: reliability(BINS, SENTENCE),
    "lines": lambda: lines(CURVES, SENTENCE, "months", "cost in dollars"),
    "trade_off": lambda: trade_off(CURVES, CURVES.head(1), SENTENCE, "dollars", "accuracy"),
}
each_chart = pytest.mark.parametrize("name", CHARTS)


def spec(name: str) -> dict[str, Any]:
    return CHARTS[name]().to_dict()


def layers(drawn: dict[str, Any]) -> list[dict[str, Any]]:
    return drawn.get("layer", [drawn])


def mark(layer: dict[str, Any]) -> str:
    return layer["mark"]["type"] if isinstance(layer["mark"], dict) else layer["mark"]


def layer_of(drawn: dict[str, Any], kind: str) -> dict[str, Any]:
    [found] = [layer for layer in layers(drawn) if mark(layer) == kind]
    return found


def rows(drawn: dict[str, Any], layer: dict[str, Any] | None = None) -> list[dict[str, Any]]:
    """Return the data that a layer draws."""
    return drawn["datasets"][(layer or {}).get("data", drawn.get("data"))["name"]]


def field(layer: dict[str, Any], channel: str) -> str:
    return layer["encoding"][channel]["field"]


def strings(value: Any) -> Iterator[str]:
    """Return every text within a JSON value."""
    if isinstance(value, str):
        yield value
    for part in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from strings(part)


# --- every chart ----------------------------------------------------------------------------------------------------


@each_chart
def test_a_chart_is_described(name: str) -> None:
    assert spec(name)["description"] == SENTENCE


@each_chart
def test_a_chart_is_shown_by_its_mime_type_with_the_data_in_it(name: str) -> None:
    shown = CHARTS[name]()._repr_mimebundle_()
    bundle = shown[0] if isinstance(shown, tuple) else shown
    assert MIME in bundle
    assert not any(kind in bundle for kind in ("text/html", "application/javascript")), "would fetch a script"
    drawn = json.loads(json.dumps(bundle[MIME]))
    assert drawn["description"] == SENTENCE
    assert all(rows(drawn, layer) for layer in layers(drawn))


@each_chart
def test_a_chart_has_the_same_bytes_each_time(name: str) -> None:
    assert json.dumps(spec(name)) == json.dumps(spec(name))


@each_chart
def test_colours_stand_for_kinds_and_no_others_are_used(name: str) -> None:
    drawn = spec(name)
    for layer in layers(drawn):
        if "color" in layer["encoding"]:
            assert field(layer, "color") == "kind"
            scale = layer["encoding"]["color"]["scale"]
            assert dict(zip(scale["domain"], scale["range"], strict=True)) == KINDS
            assert {row["kind"] for row in rows(drawn, layer)} <= set(KINDS)
        else:
            assert layer["mark"]["color"] == GREY
    used = {text for text in strings(drawn) if re.fullmatch(r"#[0-9A-Fa-f]{3,8}", text)}
    assert used <= {*KINDS.values()}


@each_chart
def test_a_chart_lies_on_any_background(name: str) -> None:
    assert spec(name)["config"]["background"] == "transparent"


GIVEN = {
    "learning_curve": CURVE,
    "bars": AMOUNTS,
    "shares": COUNTS,
    "spread": VARIANTS,
    "reliability": BINS,
    "lines": CURVES,
}


@pytest.mark.parametrize("given", GIVEN.values(), ids=list(GIVEN))
def test_drawing_leaves_the_numbers_given_as_they_are(given: pd.DataFrame) -> None:
    before = given.copy(deep=True)
    for name in CHARTS:
        spec(name)
    pd.testing.assert_frame_equal(given, before)


# --- a model beside a larger one -------------------------------------------------------------------------------------

BESIDE = {"main": "GenAI", "small": "small", "middle": "middle", "trained": "ML"}  # a system's name → its kind
NAMED = pd.DataFrame({"name": list(BESIDE), "kind": list(BESIDE.values()), "system": list(BESIDE), "group": list(BESIDE)})
SIZES = {
    "scoreboard": lambda: scoreboard({name: (kind, (0.5, 0.4, 0.6)) for name, kind in BESIDE.items()}, SENTENCE),
    "bars": lambda: bars(NAMED.assign(amount=1.0), SENTENCE, "weight"),
    "shares": lambda: shares(NAMED.assign(answer="right", n=1), SENTENCE, "answers"),
    "spread": lambda: spread(NAMED.assign(score=0.5), SENTENCE, "accuracy"),
    "reliability": lambda: reliability(NAMED.assign(n=1, confidence=0.5, right=0.5, low=0.4, high=0.6), SENTENCE),
    "lines": lambda: lines(NAMED.assign(at=1, amount=2.0), SENTENCE, "months", "cost"),
    "trade_off": lambda: trade_off(NAMED.assign(at=1, amount=2.0), NAMED.assign(at=1, amount=2.0), SENTENCE, "dollars", "accuracy"),
}
CHANNELS = ("shape", "stroke", "fillOpacity", "strokeDash")


def values_of(drawn: dict[str, Any], channel: str) -> dict[str, Any]:
    """Return what stands for each kind in a channel of a chart."""
    scales = [layer["encoding"][channel]["scale"] for layer in layers(drawn) if "domain" in layer["encoding"].get(channel, {}).get("scale", {})]
    return dict(zip(scales[-1]["domain"], scales[-1]["range"], strict=True))


@pytest.mark.parametrize("name", SIZES)
def test_all_language_models_have_one_colour_and_each_a_look_of_its_own(name: str) -> None:
    drawn = SIZES[name]().to_dict()
    colours = values_of(drawn, "color")
    assert colours == KINDS | {"small": COLOURS["GenAI"], "middle": COLOURS["GenAI"]}
    channels = [channel for channel in CHANNELS if any(channel in layer["encoding"] for layer in layers(drawn))]
    looks = {kind: [values_of(drawn, channel)[kind] for channel in channels] for kind in BESIDE.values()}
    if name == "shares":  # shades tell the answers there, so the outline alone marks a smaller model
        assert channels == ["stroke"]
    else:
        assert looks["small"] != looks["GenAI"] != looks["middle"] and looks["ML"] != looks["small"]


def test_points_of_each_model_have_another_shape() -> None:
    shapes = values_of(SIZES["scoreboard"]().to_dict(), "shape")
    assert [shapes[kind] for kind in BESIDE.values()] == ["circle", "diamond", "triangle-up", "circle"]


@each_chart
def test_without_a_smaller_model_nothing_is_said_of_shapes(name: str) -> None:
    assert not [channel for layer in layers(spec(name)) for channel in CHANNELS if channel in layer["encoding"]]


def test_the_kind_of_a_model_is_known_by_its_name() -> None:
    assert [kind_of(name) for name in (MAIN.name, "main", SMALL.name, "small", "middle", "gpt-5")] == [
        "GenAI",
        "GenAI",
        "small",
        "small",
        "middle",
        "GenAI",
    ]


# --- next tokens ----------------------------------------------------------------------------------------------------


def test_next_tokens_are_drawn_in_order_to_three_places() -> None:
    drawn = spec("next_tokens")
    bar = layer_of(drawn, "bar")
    assert [row[field(bar, "x")] for row in rows(drawn, bar)] == [0.612, 0.201, 0.0, 0.0]
    assert [row[field(bar, "y")] for row in rows(drawn, bar)] == [" Oslo", "\\n", " <b>", "'"]
    assert bar["encoding"]["y"]["sort"] is None  # the order given, not the alphabet's
    assert {row["kind"] for row in rows(drawn, bar)} == {"GenAI"}


def test_next_tokens_are_named_with_their_probability_on_a_whole_scale() -> None:
    drawn = spec("next_tokens")
    assert field(layer_of(drawn, "text"), "text") == field(layer_of(drawn, "bar"), "x")
    assert layer_of(drawn, "bar")["encoding"]["x"]["scale"]["domain"] == [0, 1]


def test_a_new_line_can_be_seen_among_the_next_tokens() -> None:
    drawn = next_tokens(Token("\n", 0.5, [("\n", 0.5), ("\n\n", 0.3), ("\t", 0.1)]), SENTENCE).to_dict()
    assert [row["token"] for row in rows(drawn)] == ["\\n", "\\n\\n", "\\t"]


# --- scoreboard -----------------------------------------------------------------------------------------------------


def test_scores_are_drawn_to_four_places_in_the_order_given() -> None:
    drawn = spec("scoreboard")
    point, rule = layer_of(drawn, "point"), layer_of(drawn, "rule")
    assert [row[field(point, "x")] for row in rows(drawn, point)] == [0.8123, 0.6667, 0.9, 1.0]
    assert [(row[field(rule, "x")], row[field(rule, "x2")]) for row in rows(drawn, rule)] == [(0.7, 0.9), (0.5, 0.7), (0.3333, 0.99), (0.95, 1.0)]
    for layer in (point, rule):
        assert [row[field(layer, "y")] for row in rows(drawn, layer)] == list(SCORES)
        assert [row[field(layer, "color")] for row in rows(drawn, layer)] == ["ML", "GenAI", "hybrid", "people"]
        assert layer["encoding"]["y"]["sort"] is None
        assert layer["encoding"]["x"]["scale"]["domain"] == [0, 1]


def test_a_rate_is_drawn_with_its_own_interval() -> None:
    drawn = scoreboard({"late": ("GenAI", Rate(3, 4)), "early": ("ML", (0.5, 0.4, 0.6))}, SENTENCE).to_dict()
    assert rows(drawn) == [  # statsmodels' proportion_confint(3, 4, method="wilson")
        {"system": "late", "kind": "GenAI", "score": 0.75, "low": 0.3006, "high": 0.9544},
        {"system": "early", "kind": "ML", "score": 0.5, "low": 0.4, "high": 0.6},
    ]


def test_a_scoreboard_says_what_the_score_is() -> None:
    assert "accuracy on 40 messages" in set(strings(spec("scoreboard")["layer"]))
    assert "accuracy" in set(strings(scoreboard(SCORES, SENTENCE).to_dict()["layer"]))


# --- learning curve -------------------------------------------------------------------------------------------------

BY_HAND = [  # labels, mean, least and most of three seeds
    (10, 0.6, 0.5, 0.7),  # (0.5 + 0.60001 + 0.7) / 3 = 0.600003…
    (50, 0.77, 0.7, 0.86),  # (0.75 + 0.70 + 0.86) / 3
]


def test_steps_have_a_panel_for_each_task_and_a_shape_for_each_size() -> None:
    sizes = {"small": "small", "middle": "middle", "main": "GenAI"}
    given = pd.DataFrame(
        [{"task": task, "model": name, "kind": kind, "rate": 0.51234, "low": 0.4, "high": 0.6} for task in "ba" for name, kind in sizes.items()]
    )
    drawn = steps(given, SENTENCE, "done right").to_dict()
    points = next(layer for layer in layers(drawn["spec"]) if mark(layer) == "point")
    look = {
        channel: dict(zip(*(points["encoding"][channel]["scale"][end] for end in ("domain", "range")), strict=True)) for channel in ("color", "shape")
    }
    assert drawn["description"] == SENTENCE and drawn["facet"]["sort"] == ["b", "a"]
    assert points["encoding"]["x"]["sort"] == list(sizes)
    assert [look["shape"][kind] for kind in sizes.values()] == ["diamond", "triangle-up", "circle"]
    assert {look["color"][kind] for kind in sizes.values()} == {COLOURS["GenAI"]}
    assert {row["rate"] for row in next(iter(drawn["datasets"].values()))} == {0.512}


@pytest.mark.parametrize("name", ["learning_curve", "learning_curve with bar"])
def test_the_curve_is_the_mean_and_its_band_least_and_most_over_seeds(name: str) -> None:
    drawn = spec(name)
    line, band = layer_of(drawn, "line"), layer_of(drawn, "area")
    assert [(row[field(line, "x")], row[field(line, "y")]) for row in rows(drawn, line)] == [(n, mean) for n, mean, _, _ in BY_HAND]
    assert [(row[field(band, "x")], row[field(band, "y")], row[field(band, "y2")]) for row in rows(drawn, band)] == [
        (n, least, most) for n, _, least, most in BY_HAND
    ]
    assert {row["kind"] for row in rows(drawn, line)} == {"ML"}


def test_the_curve_has_a_tick_at_each_number_of_labels() -> None:
    assert layer_of(spec("learning_curve"), "line")["encoding"]["x"]["axis"]["values"] == [10, 50]


def test_a_curve_of_one_seed_has_a_band_of_no_height() -> None:
    drawn = learning_curve(CURVE[CURVE["seed"] == 1], SENTENCE).to_dict()
    assert [(row["low"], row["mean"], row["high"]) for row in rows(drawn, layer_of(drawn, "line"))] == [(0.6, 0.6, 0.6), (0.7, 0.7, 0.7)]


def test_a_curve_alone_shows_nothing_else() -> None:
    drawn = spec("learning_curve")
    assert sorted(map(mark, layers(drawn))) == ["area", "line"]
    assert len(drawn["datasets"]) == 1


def test_the_bar_is_a_level_line_with_band_and_name_in_its_own_colour() -> None:
    drawn = spec("learning_curve with bar")
    line, band, name = (layer_of(drawn, kind) for kind in ("rule", "rect", "text"))
    [row] = rows(drawn, line)
    assert rows(drawn, band) == rows(drawn, name) == [row]
    assert (row[field(line, "y")], row[field(band, "y")], row[field(band, "y2")]) == (0.6543, 0.6, 0.7123)
    assert (row[field(name, "text")], row["kind"]) == ("embedded model", "GenAI")
    assert "x" not in line["encoding"]  # from edge to edge


# --- bars -----------------------------------------------------------------------------------------------------------


def test_bars_are_drawn_to_four_places_in_the_order_given() -> None:
    drawn = spec("bars")
    layer = layer_of(drawn, "bar")
    assert [(row[field(layer, "y")], row[field(layer, "x")], row["kind"]) for row in rows(drawn, layer)] == [
        ("late", -1.2346, "ML"),
        ("thanks", 2.5, "ML"),
        ("box", 0.0, "people"),
    ]
    assert layer["encoding"]["y"]["sort"] is None
    assert layer["encoding"]["x"]["title"] == "weight"


# --- shares ---------------------------------------------------------------------------------------------------------


def test_shares_are_counts_stacked_to_a_hundred_per_cent_in_the_order_given() -> None:
    drawn = spec("shares")
    bar = layer_of(drawn, "bar")
    assert [(row[field(bar, "y")], row["answer"], row[field(bar, "x")]) for row in rows(drawn, bar)] == [
        *(("trained model", "right", 5), ("trained model", "wrong", 3), ("trained model", "none", 2)),
        *(("embedded model", "none", 6), ("embedded model", "right", 4)),
    ]
    assert [row[field(bar, "order")] for row in rows(drawn, bar)] == [0, 1, 2, 2, 0]  # the same kind of answer lies in the same place
    assert bar["encoding"]["x"]["stack"] == "normalize"
    assert bar["encoding"]["x"]["title"] == "answers to 10 questions"
    assert bar["encoding"]["y"]["sort"] is None


def test_shades_tell_kinds_of_answers_apart_the_first_in_full_colour() -> None:
    shade = layer_of(spec("shares"), "bar")["encoding"]["opacity"]
    assert (shade["field"], shade["scale"]["domain"]) == ("answer", ["right", "wrong", "none"])
    assert shade["scale"]["range"] == [1.0, 0.6, 0.3]
    assert shade["scale"]["type"] == "ordinal"  # the default, "point", draws 1, 0.8 and 0.6
    assert shade["legend"]["symbolFillColor"] == GREY  # else black, which a dark page hides


@pytest.mark.parametrize("kinds", [1, 4])
def test_up_to_four_kinds_of_answers_have_a_shade_each(kinds: int) -> None:
    scale = shares(many_answers(kinds), SENTENCE, "").to_dict()["encoding"]["opacity"]["scale"]
    assert len(set(scale["range"])) == len(scale["domain"]) == kinds


def test_a_fifth_kind_of_answer_is_refused() -> None:
    with pytest.raises(ValueError, match=r"There are 5 kinds of answers, and this chart can tell 4 apart. Join some\."):
        shares(many_answers(5), SENTENCE, "")


def many_answers(kinds: int) -> pd.DataFrame:
    return pd.DataFrame({"system": "a", "kind": "ML", "answer": list("abcdef"[:kinds]), "n": 1})


def test_shares_of_amounts_are_drawn_to_four_places() -> None:
    drawn = shares(COUNTS.assign(n=COUNTS["n"] / 7), SENTENCE, "").to_dict()
    assert [row["n"] for row in rows(drawn)] == [0.7143, 0.4286, 0.2857, 0.8571, 0.5714]


# --- spread ---------------------------------------------------------------------------------------------------------


def test_rows_of_shares_are_counted_from_the_answers() -> None:
    rows = share_rows({"one": ["no", "yes", "no"], "list": ["yes"]}, ["yes", "no"], {"list": "people"})
    assert [tuple(row) for row in rows.itertuples(index=False)] == [
        ("one", "GenAI", "yes", 1),
        ("one", "GenAI", "no", 2),
        ("list", "people", "yes", 1),
        ("list", "people", "no", 0),
    ]


def test_an_answer_of_no_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="maybe: not among the kinds of answers yes, no"):
        share_rows({"one": ["yes", "maybe"]}, ["yes", "no"])


def test_a_spread_has_a_tick_for_each_variant_to_four_places() -> None:
    drawn = spec("spread")
    tick = layer_of(drawn, "tick")
    assert [(row[field(tick, "y")], row[field(tick, "x")], row["kind"], row["name"]) for row in rows(drawn, tick)] == [
        ("wording", 0.6667, "GenAI", "b"),
        ("order", 0.7123, "ML", "c"),
        ("wording", 0.5, "GenAI", "a"),
    ]
    assert tick["encoding"]["y"]["sort"] is None
    assert tick["encoding"]["x"]["title"] == "accuracy on 40 messages"


def test_a_spread_has_a_line_for_each_group() -> None:
    alone = spread(VARIANTS.query("group == 'wording'"), SENTENCE, "").to_dict()["height"]
    assert spec("spread")["height"] == 2 * alone


# --- reliability ----------------------------------------------------------------------------------------------------


def test_reliability_is_share_right_over_confidence_with_its_interval() -> None:
    drawn = spec("reliability")
    point, rule = layer_of(drawn, "point"), layer_of(drawn, "rule")
    assert [(row[field(point, "x")], row[field(point, "y")]) for row in rows(drawn, point)] == [(0.9123, 0.8571), (0.25, 0.3333)]
    assert [(row[field(rule, "x")], row[field(rule, "y")], row[field(rule, "y2")]) for row in rows(drawn, rule)] == [
        (0.9123, 0.4868, 0.9743),
        (0.25, 0.0968, 0.7),
    ]


def test_reliability_is_held_against_the_diagonal_on_whole_scales() -> None:
    drawn = spec("reliability")
    ideal = layer_of(drawn, "line")
    assert [(row[field(ideal, "x")], row[field(ideal, "y")]) for row in rows(drawn, ideal)] == [(0, 0), (1, 1)]
    assert [layer_of(drawn, "point")["encoding"][channel]["scale"]["domain"] for channel in "xy"] == [[0, 1], [0, 1]]


def test_bins_of_calibration_can_be_drawn() -> None:
    bins = calibration([0.9, 0.1, 0.6], [True, False, False], bins=3).assign(kind="ML")
    drawn = reliability(bins, SENTENCE).to_dict()
    assert [(row["confidence"], row["right"], row["n"]) for row in rows(drawn, layer_of(drawn, "point"))] == [(0.1, 0, 1), (0.6, 0, 1), (0.9, 1, 1)]


# --- lines ----------------------------------------------------------------------------------------------------------


def test_lines_are_drawn_to_four_places_in_the_order_given() -> None:
    drawn = spec("lines")
    line = layer_of(drawn, "line")
    assert [(row[field(line, "x")], row[field(line, "y")], row[field(line, "detail")]) for row in rows(drawn, line)] == [
        (10, 0.6667, "prompt"),
        (1, 0.5, "prompt"),
        (1, 3.0, "training"),
        (4, 1.2346, "training"),
    ]
    assert [line["encoding"][channel]["title"] for channel in "xy"] == ["months", "cost in dollars"]


def test_each_line_is_named_once_at_its_right_end() -> None:
    drawn = spec("lines")
    name = layer_of(drawn, "text")
    ends = {(row[field(name, "text")], row[field(name, "x")], row[field(name, "y")], row["kind"]) for row in rows(drawn, name)}
    assert ends == {("prompt", 10, 0.6667, "GenAI"), ("training", 4, 1.2346, "ML")}
    assert len(rows(drawn, name)) == 2


# --- colours --------------------------------------------------------------------------------------------------------


def luminance(colour: str) -> float:
    """Return the relative luminance of WCAG 2.2."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of WCAG 2.2, 1 to 21."""
    dark, light = sorted(map(luminance, (one, other)))
    return (light + 0.05) / (dark + 0.05)


def test_contrast_is_that_of_wcag() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.005)  # the well-known grey that just fails 4.5:1


def test_there_is_a_colour_for_each_of_the_four_kinds() -> None:
    assert list(COLOURS) == ["ML", "GenAI", "hybrid", "people"]
    assert all(re.fullmatch("#[0-9A-F]{6}", colour) for colour in COLOURS.values())


@pytest.mark.parametrize("kind", COLOURS)
@pytest.mark.parametrize("paper", ["#FFFFFF", "#000000"])
def test_a_mark_stands_out_on_white_and_on_black(kind: str, paper: str) -> None:
    assert contrast(COLOURS[kind], paper) >= 3  # WCAG 2.2, 1.4.11 for graphics


@pytest.mark.parametrize("paper", ["#FFFFFF", "#000000"])
def test_the_grey_of_labels_can_be_read(paper: str) -> None:
    assert contrast(GREY, paper) >= 4.5  # WCAG 2.2, 1.4.3 for text


def test_no_two_colours_are_alike() -> None:
    def distance(one: str, other: str) -> int:
        return max(abs(int(one[i : i + 2], 16) - int(other[i : i + 2], 16)) for i in (1, 3, 5))

    assert min(distance(one, other) for one, other in itertools.combinations([*COLOURS.values(), GREY], 2)) > 60


# --- trade-off --------------------------------------------------------------------------------------------------------


def test_a_trade_off_names_each_curve_once_at_its_middle_and_each_system() -> None:
    curve = pd.DataFrame({"at": [0, 1, 2, 10], "amount": [0.5, 0.6, 0.7, 0.9], "name": "hybrid", "kind": "hybrid"})
    other = curve.assign(amount=0.4, name="random", kind="neither")
    drawn = trade_off(pd.concat([curve, other], ignore_index=True), curve.tail(1).assign(name="chosen"), SENTENCE, "dollars", "right").to_dict()
    names = [
        [(row["name"], row["at"]) for row in drawn["datasets"][layer["data"]["name"]]] for layer in layers(drawn) if layer["mark"]["type"] == "text"
    ]
    assert names == [[("hybrid", 2), ("random", 2)], [("chosen", 10)]]
