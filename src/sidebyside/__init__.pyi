from . import (
    charts as charts,
    evaluation as evaluation,
    prices as prices,
    runs as runs,
    scorers as scorers,
    suite as suite,
    tokens as tokens,
    widgets as widgets,
)
from .answers import NoAnswer as NoAnswer
from .cases import limit as limit, load_case as load_case
from .charts import scoreboard as scoreboard
from .checks import check as check
from .endpoint.dialects import one_of as one_of
from .evaluation import (
    Rate as Rate,
    abstains as abstains,
    auroc as auroc,
    flips as flips,
    paired_p as paired_p,
    rate as rate,
    read_label as read_label,
)
from .lessons import lesson as lesson
from .llm import ask as ask, connect as connect, usage as usage
from .prompts import Prompt as Prompt
from .retrieval import embed as embed, passages as passages
from .runs import run as run
from .scorers import holds_name as holds_name, quotes as quotes
from .settings import read_settings as read_settings
from .tokens import tokens_of as tokens_of
from .widgets import labelling as labelling, outcome as outcome, plain as plain, predict as predict, say as say, table as table

__version__: str
