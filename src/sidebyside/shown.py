"""Text is text: what a customer, a model or a reader wrote is shown as it is, and nothing in it is markup or mathematics.

JupyterLab looks for mathematics in every output of HTML: of `$5 and $10` it would set "5 and " in italics. MathJax leaves
alone what lies in an element of the classes in `NO_MATHS`; `tex2jax_ignore` is what older versions heed.
"""

from __future__ import annotations

import html
import re

TURNS = re.compile("[\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]")  # signs that turn the direction of what comes after them
NO_MATHS = "tex2jax_ignore mathjax_ignore"


def shown(text: object) -> str:
    r"""Return a text as HTML that shows it and nothing else; one that MathJax might take for mathematics lies in an element that it leaves alone.

    Args:
        text: Anything; its `str` is shown. Mathematics begins with `$`, or with a backslash, as in `\(` and `\begin`.
    """
    told = html.escape(str(text))
    if TURNS.search(told):  # alone in its element, so that nothing beside it is turned round
        told = f"<bdi>{told}</bdi>"
    return f'<span class="{NO_MATHS}">{told}</span>' if "$" in told or "\\" in told else told


def visible(text: object) -> str:
    """Return a text for a terminal: whatever would steer it, hide or turn round what stands beside it is shown as its number instead.

    Args:
        text: Anything; its `str` is shown. Line breaks stay.
    """
    return "".join(sign if sign.isprintable() or sign == "\n" else f"\\u{{{ord(sign):x}}}" for sign in str(text))


def leave_tables_alone() -> None:
    """Let pandas say of every table that it shows that there is no mathematics in it."""
    import pandas as pd

    pd.set_option("display.html.use_mathjax", False)
    pd.set_option("styler.html.mathjax", False)
