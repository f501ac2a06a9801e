"""Altair charts, one function each, with the data in the chart.

One visual language for the whole course: `COLOURS` is the only place where the four colours are defined. They come
from the palette of Okabe and Ito (2008), which colour-blind readers can tell apart. All language models have one colour; one that is
smaller than the main model has another shape (`SMALLER`), and `kind_of` tells which. Where a mark has no shape, as a bar, it is pale
within an outline of the full colour; a line is dotted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import altair as alt
import pandas as pd

from .models import find
from .tokens import Token

if TYPE_CHECKING:
    from .evaluation import Rate

COLOURS = {"ML": "#0072B2", "GenAI": "#D55E00", "hybrid": "#009E73", "people": "#CC79A7"}
GREY = "#767676"  # readable on white and on black
SHADES = [1.0, 0.6, 0.3, 0.12]  # of one colour: kinds of answers that add up to all of them
KINDS = COLOURS | {"neither": GREY}  # what a chart may show: a system of one of the four kinds, or something that is none
SMALLER = {"small": "diamond", "middle": "triangle-up"}  # kinds as well, by nickname: GenAI's colour, a shape of their own
ROUND = "circle"  # the shape of all others
PALE = 0.3  # opacity of the filling of a smaller model's bar
DOTS = [2, 3]  # of a smaller model's line
WIDTH = 460

alt.renderers.enable("mimetype")
alt.data_transformers.disable_max_rows()


def _finish(chart: Any, description: str, height: int) -> Any:
    """Give a chart its size, the course's look, and the sentence that a screen reader speaks."""
    return _look(chart.properties(width=WIDTH, height=height, description=description))


def _look(chart: Any) -> Any:
    """Give a chart, or several side by side, the course's look."""
    return (
        chart.configure(background="transparent")
        .configure_axis(labelColor=GREY, titleColor=GREY, gridOpacity=0.25, domainColor=GREY, labelFontSize=12, titleFontSize=12)
        .configure_legend(labelColor=GREY, titleColor=GREY, labelFontSize=12, orient="top", title=None)
        .configure_view(stroke=None)
    )


def kind_of(model: str) -> str:
    """Return the kind of a language model's row in a chart: "small" or "middle" for one of the course's smaller models, else "GenAI".

    Args:
        model: Its name or nickname.
    """
    known = find(model)
    return known.nickname if known and known.nickname in SMALLER else "GenAI"


def _scale(kinds: Iterable[str], smaller: Mapping[str, Any], others: Mapping[str, Any] | Any) -> alt.Scale:
    """Return a scale over all kinds; smaller models are among them only where they are drawn."""
    values = {kind: others[kind] if isinstance(others, Mapping) else others for kind in KINDS}
    values |= {kind: smaller[kind] for kind in SMALLER if kind in set(kinds)}
    return alt.Scale(domain=list(values), range=list(values.values()))


def _kind(kinds: Iterable[str] = ()) -> alt.Color:
    """Return the colour of each kind among those that a chart draws."""
    return alt.Color("kind:N", scale=_scale(kinds, dict.fromkeys(SMALLER, COLOURS["GenAI"]), KINDS), legend=None)


def _shape(kinds: Iterable[str]) -> dict[str, alt.Shape]:
    """Return the shape of points as an encoding, where a smaller model is among them."""
    there = set(kinds)
    return {"shape": alt.Shape("kind:N", scale=_scale(there, SMALLER, ROUND), legend=None)} if there & SMALLER.keys() else {}


def _outline(kinds: Iterable[str]) -> dict[str, Any]:
    """Return an outline in the full colour as an encoding, where a smaller model is among the bars."""
    there = set(kinds)
    scale = _scale(there, dict.fromkeys(SMALLER, COLOURS["GenAI"]), KINDS)
    return {"stroke": alt.Stroke("kind:N", scale=scale, legend=None)} if there & SMALLER.keys() else {}


def _filling(kinds: Iterable[str]) -> dict[str, Any]:
    """Return how bars are filled as an encoding, where a smaller model is among them: pale, with an outline."""
    there = set(kinds)
    pale = alt.FillOpacity("kind:N", scale=_scale(there, dict.fromkeys(SMALLER, PALE), 1.0), legend=None)
    return {"fillOpacity": pale, **_outline(there)} if there & SMALLER.keys() else {}


def _dots(kinds: Iterable[str]) -> dict[str, Any]:
    """Return how lines are drawn as an encoding, where a smaller model is among them."""
    there = set(kinds)
    return (
        {"strokeDash": alt.StrokeDash("kind:N", scale=_scale(there, dict.fromkeys(SMALLER, DOTS), [1, 0]), legend=None)}
        if there & SMALLER.keys()
        else {}
    )


def next_tokens(token: Token, description: str) -> Any:
    """Draw the likeliest next tokens at one place of an answer.

    Args:
        token: A token that was asked for with `top_logprobs`.
        description: Alt text.
    """
    data = pd.DataFrame([{"token": repr(text)[1:-1], "probability": round(p, 3), "kind": "GenAI"} for text, p in token.others])
    base = alt.Chart(data).encode(
        y=alt.Y("token:N", sort=None, title="next token"), x=alt.X("probability:Q", scale=alt.Scale(domain=[0, 1]), axis=alt.Axis(format="%"))
    )
    bars = base.mark_bar().encode(color=_kind())
    labels = base.mark_text(align="left", dx=4, color=GREY).encode(text=alt.Text("probability:Q", format=".0%"))
    return _finish(bars + labels, description, 24 * len(data))


def scoreboard(systems: Mapping[str, tuple[str, Rate | tuple[float, float, float]]], description: str, title: str = "accuracy") -> Any:
    """Draw scores as points with their intervals, one line a system, in the order given.

    Args:
        systems: Name of each system → its kind (a key of `KINDS`, or of `SMALLER`) and its rate, or score, low and high; scores 0 to 1.
        description: Alt text.
        title: What the score is.
    """
    rows = [(name, kind, *(r if isinstance(r, tuple) else (r.value, *r.interval))) for name, (kind, r) in systems.items()]
    data = pd.DataFrame(rows, columns=["system", "kind", "score", "low", "high"]).round(4)
    base = alt.Chart(data).encode(y=alt.Y("system:N", sort=None, title=None, axis=alt.Axis(labelLimit=220)))
    scale = alt.Scale(domain=[0, 1])
    bars = base.mark_rule(strokeWidth=3).encode(
        x=alt.X("low:Q", scale=scale, title=title, axis=alt.Axis(format="%")), x2="high:Q", color=_kind(data["kind"])
    )
    points = base.mark_point(filled=True, size=110, opacity=1).encode(
        x=alt.X("score:Q", scale=scale), color=_kind(data["kind"]), tooltip=["system", alt.Tooltip("score:Q", format=".1%")], **_shape(data["kind"])
    )
    return _finish(bars + points, description, 40 * len(data))


def learning_curve(curve: pd.DataFrame, description: str, bar: dict[str, Any] | None = None) -> Any:
    """Draw accuracy over the number of labels, with the spread over seeds, and a line for a system that needs no labels.

    Args:
        curve: Columns labels, seed, accuracy (0 to 1).
        description: Alt text.
        bar: Keys name, kind, score, low, high of the other system, if any.
    """
    spread = curve.groupby("labels")["accuracy"].agg(mean="mean", low="min", high="max").round(4).reset_index().assign(kind="ML")
    ticks = alt.Axis(values=list(spread["labels"]), format="d")
    x = alt.X("labels:Q", scale=alt.Scale(type="log"), title="labelled messages for training", axis=ticks)
    y = alt.Y("mean:Q", title="accuracy", scale=alt.Scale(zero=False), axis=alt.Axis(format="%"))
    base = alt.Chart(spread).encode(x=x, color=_kind())
    layers = [base.mark_area(opacity=0.25).encode(y=alt.Y("low:Q", title="accuracy"), y2="high:Q"), base.mark_line(point=True).encode(y=y)]
    if bar:
        layers += _level({key: round(v, 4) if isinstance(v, float) else v for key, v in bar.items()})
    return _finish(alt.layer(*layers), description, 280)


def _level(bar: dict[str, Any]) -> list[alt.Chart]:
    """Return the layers of a level line with its band and name."""
    base = alt.Chart(pd.DataFrame([bar])).encode(color=_kind([bar["kind"]]))
    band = base.mark_rect(opacity=0.15).encode(y="low:Q", y2="high:Q")
    line = base.mark_rule(strokeWidth=2, strokeDash=[6, 4]).encode(y="score:Q")
    name = base.mark_text(align="left", dy=-8, fontSize=12).encode(y="score:Q", x=alt.value(6), text="name:N")
    return [band, line, name]


def bars(rows: pd.DataFrame, description: str, title: str) -> Any:
    """Draw signed or unsigned amounts as bars, in the order given.

    Args:
        rows: Columns name, amount, kind (a key of `KINDS`, or of `SMALLER`).
        description: Alt text.
        title: What the amount is, with its unit.
    """
    data = rows.round(4)
    chart = (
        alt.Chart(data)
        .mark_bar()
        .encode(
            y=alt.Y("name:N", sort=None, title=None, axis=alt.Axis(labelLimit=220)),
            x=alt.X("amount:Q", title=title),
            color=_kind(data["kind"]),
            **_filling(data["kind"]),
        )
    )
    return _finish(chart, description, 20 * len(data))


def shares(rows: pd.DataFrame, description: str, title: str) -> Any:
    """Draw for each system which share of its answers was of which kind, as one bar from 0 to 100 % a system.

    Args:
        rows: Columns system, kind (a key of `KINDS`, or of `SMALLER`), answer (what kind of answer), n (how many); answers are stacked in the
            order in which they come, the first in full colour, at most four.
        description: Alt text.
        title: What is counted.

    Raises:
        ValueError: If there are more than four kinds of answers.
    """
    answers = list(dict.fromkeys(rows["answer"]))
    if len(answers) > len(SHADES):
        raise ValueError(f"There are {len(answers)} kinds of answers, and this chart can tell {len(SHADES)} apart. Join some.")
    data = rows.round(4).assign(order=[answers.index(answer) for answer in rows["answer"]])
    scale = alt.Scale(type="ordinal", domain=answers, range=SHADES[: len(answers)])  # else Vega-Lite spaces them evenly between the first two
    shade = alt.Opacity("answer:N", sort=answers, scale=scale, legend=alt.Legend(symbolFillColor=GREY))
    chart = (
        alt.Chart(data)
        .mark_bar()
        .encode(
            y=alt.Y("system:N", sort=None, title=None, axis=alt.Axis(labelLimit=220)),
            x=alt.X("n:Q", stack="normalize", title=title, axis=alt.Axis(format="%")),
            color=_kind(data["kind"]),
            opacity=shade,
            order="order:Q",
            tooltip=["system", "answer", "n"],
            **_outline(data["kind"]),
        )
    )
    return _finish(chart, description, 36 * data["system"].nunique())


def share_rows(given: Mapping[str, Sequence[str]], answers: Sequence[str], kinds: Mapping[str, str] | None = None) -> pd.DataFrame:
    """Count the kinds of answers of each system, as `shares` draws them.

    Args:
        given: System → the kind of each of its answers.
        answers: The kinds of answers, in the order in which they are stacked.
        kinds: System → a key of `KINDS`; a system that is not in it is GenAI.

    Returns:
        Columns system, kind, answer, n.

    Raises:
        ValueError: If a system gave a kind of answer that is not among them, so that its bar would lack a part.
    """
    if stray := {answer for said in given.values() for answer in said} - set(answers):
        raise ValueError(f"{', '.join(sorted(stray))}: not among the kinds of answers {', '.join(answers)}.")
    rows = [(name, (kinds or {}).get(name, "GenAI"), answer, list(said).count(answer)) for name, said in given.items() for answer in answers]
    return pd.DataFrame(rows, columns=["system", "kind", "answer", "n"])


def spread(rows: pd.DataFrame, description: str, title: str) -> Any:
    """Draw the scores of many variants, one tick each, a line a group, so that the eye compares how far they spread.

    Args:
        rows: Columns group, kind (a key of `KINDS`, or of `SMALLER`), name (of the variant), score (0 to 1).
        description: Alt text.
        title: What the score is.
    """
    chart = (
        alt.Chart(rows.round(4))
        .mark_tick(thickness=3, size=22)
        .encode(
            y=alt.Y("group:N", sort=None, title=None, axis=alt.Axis(labelLimit=220)),
            x=alt.X("score:Q", title=title, scale=alt.Scale(zero=False, nice=False, padding=12), axis=alt.Axis(format="%")),
            color=_kind(rows["kind"]),
            tooltip=["name", alt.Tooltip("score:Q", format=".1%")],
            **_filling(rows["kind"]),
        )
    )
    return _finish(chart, description, 44 * rows["group"].nunique())


def reliability(bins: pd.DataFrame, description: str) -> Any:
    """Draw how often answers were right against how sure the model was of them; on the dashed line the two agree.

    Args:
        bins: As `evaluation.calibration` returns them, with a column kind (a key of `KINDS`, or of `SMALLER`).
        description: Alt text.
    """
    share = alt.Scale(domain=[0, 1])
    x = alt.X("confidence:Q", scale=share, title="how sure the model was", axis=alt.Axis(format="%"))
    base = alt.Chart(bins.round(4)).encode(x=x, color=_kind(bins["kind"]))
    spans = base.mark_rule(strokeWidth=3).encode(
        y=alt.Y("low:Q", scale=share, title="how often it was right", axis=alt.Axis(format="%")), y2="high:Q"
    )
    points = base.mark_point(filled=True, size=110, opacity=1).encode(
        y=alt.Y("right:Q", scale=share), tooltip=["n", "confidence", "right"], **_shape(bins["kind"])
    )
    ideal = alt.Chart(pd.DataFrame({"confidence": [0, 1], "right": [0, 1]})).mark_line(strokeDash=[6, 4], color=GREY).encode(x=x, y="right:Q")
    return _finish(alt.layer(ideal, spans, points), description, 280)


def lines(rows: pd.DataFrame, description: str, x: str, y: str, ticks: Sequence[float] = ()) -> Any:
    """Draw curves over a common axis, each named at its right end.

    Args:
        rows: Columns at (place on the axis), amount, name (of the curve), kind (a key of `KINDS`, or of `SMALLER`).
        description: Alt text.
        x: What the axis is.
        y: What the amount is, with its unit.
        ticks: The places on the axis that are numbered, if not those of the drawing library.
    """
    axis = alt.Axis(values=list(ticks), format="d") if ticks else alt.Undefined
    base = alt.Chart(rows.round(4)).encode(
        x=alt.X("at:Q", title=x, axis=axis), y=alt.Y("amount:Q", title=y), color=_kind(rows["kind"]), detail="name:N"
    )
    ends = rows.round(4).sort_values("at").groupby("name", sort=False).tail(1)
    names = alt.Chart(ends).mark_text(align="left", dx=6, fontSize=12).encode(x="at:Q", y="amount:Q", text="name:N", color=_kind(rows["kind"]))
    return _finish(alt.layer(base.mark_line().encode(**_dots(rows["kind"])), names), description, 260)


def trade_off(curves: pd.DataFrame, systems: pd.DataFrame, description: str, x: str, y: str) -> Any:
    """Draw what is gained for what is paid: curves, each named above its middle, and single systems as named points.

    Args:
        curves: Columns at (what is paid), amount (what is gained), name, kind (a key of `KINDS`, or of `SMALLER`), in the order of drawing.
        systems: The same columns, one row a point.
        description: Alt text.
        x: What is paid, with its unit.
        y: What is gained.
    """
    kinds = pd.concat([curves["kind"], systems["kind"]])
    place = {"x": alt.X("at:Q", title=x), "y": alt.Y("amount:Q", title=y, scale=alt.Scale(zero=False, padding=18)), "color": _kind(kinds)}
    middle = curves.groupby("name", sort=False)["at"].transform(lambda at: (at - (at.min() + at.max()) / 2).abs())
    named = curves.loc[middle.groupby(curves["name"], sort=False).idxmin()]
    layers = [
        alt.Chart(curves.round(4)).mark_line().encode(**place, detail="name:N"),
        alt.Chart(named.round(4)).mark_text(fontSize=12, align="right", dx=-6, dy=-8).encode(**place, text="name:N"),
        alt.Chart(systems.round(4)).mark_point(filled=True, size=110, opacity=1).encode(**place, **_shape(kinds)),
        alt.Chart(systems.round(4)).mark_text(fontSize=12, align="left", dx=8, dy=12).encode(**place, text="name:N"),
    ]
    return _finish(alt.layer(*layers), description, 280)


def steps(rows: pd.DataFrame, description: str, title: str) -> Any:
    """Draw how a rate changes over models that are in an order, a small panel for each task.

    Args:
        rows: Columns task, model (its name on the axis, in its order), kind (a key of `KINDS`, or of `SMALLER`), rate, low, high (0 to 1).
        description: Alt text.
        title: What the rate is.
    """
    base = alt.Chart().encode(x=alt.X("model:N", sort=list(dict.fromkeys(rows["model"])), title=None, axis=alt.Axis(labelAngle=0)))
    y = alt.Y("rate:Q", title=title, scale=alt.Scale(domain=[0, 1]), axis=alt.Axis(format="%", values=[0, 0.5, 1]))
    panel = alt.layer(
        base.mark_rule(strokeWidth=2).encode(y=alt.Y("low:Q", title=title), y2="high:Q", color=_kind(rows["kind"])),
        base.mark_line(strokeDash=DOTS, color=COLOURS["GenAI"]).encode(y=y),
        base.mark_point(filled=True, size=90, opacity=1).encode(y=y, color=_kind(rows["kind"]), **_shape(rows["kind"])),
        data=rows.round(3),
    ).properties(width=130, height=62)
    header = alt.Header(title=None, labelColor=GREY, labelFontSize=12)
    facets = panel.facet(
        facet=alt.Facet("task:N", sort=list(dict.fromkeys(rows["task"])), header=header), columns=3, spacing={"row": 8, "column": 20}
    )
    return _look(facets.properties(description=description))
