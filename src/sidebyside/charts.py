"""Altair charts, one function each, with the data in the chart.

One visual language for the whole course: `COLOURS` is the only place where the four colours are defined. They come
from the palette of Okabe and Ito (2008), which colour-blind readers can tell apart.
"""

from __future__ import annotations

import sys
from typing import Any

sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]  # else Altair's schema checker spends seconds on a grammar of web addresses
import altair as alt  # noqa: E402
import pandas as pd  # noqa: E402

from .llm import Token  # noqa: E402

COLOURS = {"ML": "#0072B2", "GenAI": "#D55E00", "hybrid": "#009E73", "people": "#CC79A7"}
GREY = "#767676"  # readable on white and on black
WIDTH = 460

alt.renderers.enable("mimetype")
alt.data_transformers.disable_max_rows()


def _finish(chart: Any, description: str, height: int) -> Any:
    """Give a chart the course's look, and the sentence that a screen reader speaks."""
    return (
        chart.properties(width=WIDTH, height=height, description=description)
        .configure(background="transparent")
        .configure_axis(labelColor=GREY, titleColor=GREY, gridOpacity=0.25, domainColor=GREY, labelFontSize=12, titleFontSize=12)
        .configure_legend(labelColor=GREY, titleColor=GREY, labelFontSize=12, orient="top", title=None)
        .configure_view(stroke=None)
    )


def _kind() -> alt.Color:
    return alt.Color("kind:N", scale=alt.Scale(domain=list(COLOURS), range=list(COLOURS.values())), legend=None)


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


def scoreboard(rows: pd.DataFrame, description: str, title: str = "accuracy") -> Any:
    """Draw scores as points with their intervals, one line a system.

    Args:
        rows: Columns system, kind (a key of `COLOURS`), score, low, high; scores 0 to 1.
        description: Alt text.
        title: What the score is.
    """
    data = rows.round(4)
    base = alt.Chart(data).encode(y=alt.Y("system:N", sort=None, title=None, axis=alt.Axis(labelLimit=220)))
    scale = alt.Scale(domain=[0, 1])
    bars = base.mark_rule(strokeWidth=3).encode(x=alt.X("low:Q", scale=scale, title=title, axis=alt.Axis(format="%")), x2="high:Q", color=_kind())
    points = base.mark_point(filled=True, size=110, opacity=1).encode(
        x=alt.X("score:Q", scale=scale), color=_kind(), tooltip=["system", alt.Tooltip("score:Q", format=".1%")]
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
    base = alt.Chart(pd.DataFrame([bar])).encode(color=_kind())
    band = base.mark_rect(opacity=0.15).encode(y="low:Q", y2="high:Q")
    line = base.mark_rule(strokeWidth=2, strokeDash=[6, 4]).encode(y="score:Q")
    name = base.mark_text(align="left", dy=-8, fontSize=12).encode(y="score:Q", x=alt.value(6), text="name:N")
    return [band, line, name]


def bars(rows: pd.DataFrame, description: str, title: str) -> Any:
    """Draw signed or unsigned amounts as bars, in the order given.

    Args:
        rows: Columns name, amount, kind (a key of `COLOURS`).
        description: Alt text.
        title: What the amount is, with its unit.
    """
    data = rows.round(4)
    chart = (
        alt.Chart(data)
        .mark_bar()
        .encode(y=alt.Y("name:N", sort=None, title=None, axis=alt.Axis(labelLimit=220)), x=alt.X("amount:Q", title=title), color=_kind())
    )
    return _finish(chart, description, 20 * len(data))
