"""*Side by Side*: the helper package of the course. A notebook says `import sidebyside as sbs`.

The names that most lessons use are here at the root; the rest keep their namespace, such as `sbs.charts.lines`.
"""

from . import charts, evaluation, prices, scorers, suite, tokens, widgets
from .cases import limit, load_case
from .charts import scoreboard
from .checks import check
from .evaluation import Rate, abstains, auroc, flips, paired_p, rate, read_label, run
from .lessons import lesson
from .llm import ask, connect, one_of, usage
from .prompts import Prompt
from .retrieval import embed, passages
from .scorers import holds_name, quotes
from .settings import read_settings
from .tokens import tokens_of
from .widgets import labelling, outcome, plain, predict, say, table

__version__ = "0.1.0"

__all__ = [
    "Prompt",
    "Rate",
    "abstains",
    "ask",
    "auroc",
    "charts",
    "check",
    "connect",
    "embed",
    "evaluation",
    "flips",
    "holds_name",
    "labelling",
    "lesson",
    "limit",
    "load_case",
    "one_of",
    "outcome",
    "paired_p",
    "passages",
    "plain",
    "predict",
    "prices",
    "quotes",
    "rate",
    "read_label",
    "read_settings",
    "run",
    "say",
    "scoreboard",
    "scorers",
    "suite",
    "table",
    "tokens",
    "tokens_of",
    "usage",
    "widgets",
]
