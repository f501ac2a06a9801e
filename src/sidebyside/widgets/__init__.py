"""What a page shows besides text and charts; nothing imports it.

`show`, `explore`, `judge`, `coding`, `threshold` and `canvas` hold plain HTML, which works alike in JupyterLab and in the static book; `lab`
and `labelling` hold widgets that need a kernel and are shown as a picture where there is none; `workbook` keeps the learner's own work.
"""

from .canvas import Box, Canvas, canvas
from .coding import Coding, coding
from .explore import MetricExplorer, Planner, metric_explorer, planner
from .judge import Judging, judging
from .lab import PromptLab, prompt_lab
from .labelling import Labelling, labelling
from .show import Outcome, Prediction, Table, TokenMap, not_measured, outcome, plain, predict, say, table, token_map
from .threshold import Thresholds, thresholds

__all__ = [
    "Box",
    "Canvas",
    "Coding",
    "Judging",
    "Labelling",
    "MetricExplorer",
    "Outcome",
    "Planner",
    "Prediction",
    "PromptLab",
    "Table",
    "Thresholds",
    "TokenMap",
    "canvas",
    "coding",
    "judging",
    "labelling",
    "metric_explorer",
    "not_measured",
    "outcome",
    "plain",
    "planner",
    "predict",
    "prompt_lab",
    "say",
    "table",
    "thresholds",
    "token_map",
]
