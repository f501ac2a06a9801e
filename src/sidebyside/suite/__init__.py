"""One evaluation of one system from several angles: samples in a file, scorers, thresholds, a go/no-go card, and exports.

The scorers are the caller's own functions; an angle may carry a `Rule` besides, which says the same thing in a form that
promptfoo and Inspect can run too.
"""

from .card import Angle, card, decide, evaluate, side_by_side
from .changes import changes
from .exports import export_inspect, export_promptfoo
from .rules import Rule
from .samples import Sample, read_samples, write_samples

__all__ = [
    "Angle",
    "Rule",
    "Sample",
    "card",
    "changes",
    "decide",
    "evaluate",
    "export_inspect",
    "export_promptfoo",
    "read_samples",
    "side_by_side",
    "write_samples",
]
