"""Everything in which the package shows a text, with a text that MathJax and HTML would make something else of."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import nbformat
import pandas as pd
from nbformat import NotebookNode

import sidebyside as sbs
from sidebyside.checks import Verdict
from sidebyside.llm import Answer
from sidebyside.notice import html_of
from sidebyside.recording import Call
from sidebyside.tokens import Token
from sidebyside.widgets.labelling import Labelling
from sidebyside.widgets.show import Outcome, Prediction
from tools.pages import tidy

RUNS = "<script>document.body.dataset.broken=1</script> <img src=x onerror=document.body.dataset.broken=1>"
TEXT = r"Pay $5 and $10 to <PERSON>, \(x\) or \begin{equation}y\end{equation} & =) *thanks* [a](javascript:b) " + RUNS
ROWS = pd.DataFrame({"text": [TEXT], "answer $1 or $2": [TEXT]})
CALL = Call("", "live", 1.0, "2026-01-01", 1, 1)

SHOWN: dict[str, Callable[[], str]] = {
    "a table of pandas": lambda: ROWS._repr_html_(),  # type: ignore[operator]
    "sbs.table": lambda: sbs.table(ROWS)._repr_html_(),
    "sbs.ask": lambda: Answer(TEXT, TEXT, CALL, [])._repr_html_(),
    "a predict box": lambda: Prediction("a/b", TEXT, [TEXT, "no"])._repr_html_(),
    "an outcome": lambda: Outcome("a/b", TEXT, TEXT)._repr_html_(),
    "tokens": lambda: sbs.widgets.token_map([Token(TEXT, 0.5, [])], TEXT)._repr_html_(),
    "a check": lambda: Verdict("right", TEXT)._repr_html_(),
    "labelling": lambda: Labelling("none", TEXT, [TEXT], [TEXT])._repr_html_(),
    "the text to label": lambda: Labelling("none", TEXT, [TEXT], [TEXT])._text.value,
    "the metric explorer": lambda: sbs.widgets.metric_explorer(TEXT, TEXT)._repr_html_(),
    "a notice": lambda: html_of(TEXT),
}


def notebook() -> NotebookNode:
    """Return a notebook whose outputs are all of these, a sentence in Markdown, and one that is mathematics."""
    outputs: list[tuple[str, Any]] = [("text/html", show()) for show in SHOWN.values()]
    outputs += [("text/markdown", f"“{sbs.plain(TEXT)}”"), ("text/html", "<p>$x^2$</p>")]
    page = tidy(nbformat.v4.new_notebook())
    page.cells.append(nbformat.v4.new_markdown_cell("# Texts\n\nA circle has the area\n\n```{math}\nA = \\pi r^2\n```"))
    for kind, told in outputs:
        cell = nbformat.v4.new_code_cell("0", execution_count=1)
        cell.outputs = [nbformat.v4.new_output("display_data", data={kind: told, "text/plain": "-"})]
        page.cells.append(cell)
    return page
