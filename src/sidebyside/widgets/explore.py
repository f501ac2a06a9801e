"""Two tools that a reader can move: how many items a comparison needs, and what each metric makes of an answer.

They are plain HTML with an inlined script and style sheet, as the predict boxes are, so that they work in JupyterLab and
on the book's pages, where no kernel stands behind them. All numbers are computed in the reader's browser, by
`planner.js` and `metrics.js`; the tests compare them with statsmodels, scipy, sacrebleu and rouge-score.
"""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass

from ..charts import COLOURS
from ..shown import NO_MATHS
from .show import BOX, source

WITHOUT_SCRIPT = (
    "Your browser runs the tool that belongs here. If you see only this sentence in JupyterLab, trust the notebook: "
    "View ▸ Activate Command Palette ▸ Trust Notebook. On a web page, allow its scripts."
)


def box(kind: str, colour: str, more: str = "", shades: Sequence[str] = (), **texts: str) -> str:
    """Return a box that the script of its kind fills, with that script; without one, a sentence says what to do, and more HTML if there is any.

    Args:
        kind: The name of the script.
        colour: A key of `COLOURS`, for what the box marks.
        more: HTML for readers without a script.
        shades: Further colours, which the script finds as `--sbs-kind-0` and so on.
        texts: What the script finds in the box's data.
    """
    data = "".join(f' data-{name}="{html.escape(text, quote=True)}"' for name, text in texts.items())
    style = f"{BOX.format(colour=COLOURS['people'])};--sbs-mark:{COLOURS[colour]}"
    style += "".join(f";--sbs-kind-{place}:{shade}" for place, shade in enumerate(shades))
    return (
        f'<div class="sbs-explore sbs-{kind} {NO_MATHS}"{data} style="{style}"><p>{WITHOUT_SCRIPT}</p>{more}</div>'
        f"<style>{source('explore.css')}</style><script>(() => {{\n{source('explore.js')}{source(f'{kind}.js')}}})();</script>"
    )


@dataclass(frozen=True)
class Planner:
    """How many items a test needs: for one system's interval, and for a comparison of two systems."""

    def __repr__(self) -> str:
        """Return what the tool answers, as text."""
        return "Planner: how many items do I need? (sliders, shown where HTML is)"

    def _repr_html_(self) -> str:
        return box("planner", "people")


def planner() -> Planner:
    """Show sliders that say how sure a rate is after n items, and how many items it takes to tell two systems apart."""
    return Planner()


@dataclass(frozen=True)
class MetricExplorer:
    """An answer and its target in two text fields, with what five metrics make of them.

    Attributes:
        answer: What stands in the first field at the beginning.
        target: What stands in the second.
    """

    answer: str
    target: str

    def __repr__(self) -> str:
        """Return both texts."""
        return f"Metric explorer: answer {self.answer!r}, target {self.target!r}"

    def _repr_html_(self) -> str:
        return box("metrics", "GenAI", answer=self.answer, target=self.target)


def metric_explorer(answer: str, target: str) -> MetricExplorer:
    """Let the reader change an answer or its target and watch five metrics: exact match, token F1, BLEU, ROUGE-1, ROUGE-L."""
    return MetricExplorer(answer, target)
