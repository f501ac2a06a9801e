"""*Side by Side*: the helper package of the course. A notebook says `import sidebyside as sbs`."""

from .cases import Case, load_case
from .charts import COLOURS, bars, learning_curve, next_tokens, scoreboard
from .checks import check
from .evaluation import Rate, abstains, below, bootstrap, crossing, macro_f1, paired_p, rate, read_label, run
from .llm import Answer, Token, ask, connect, one_of, price, tokens, usage
from .prompts import Prompt
from .settings import read_settings
from .widgets import outcome, plain, predict, say, table, token_map

__version__ = "0.1.0"

__all__ = [
    "COLOURS",
    "Answer",
    "Case",
    "Prompt",
    "Rate",
    "Token",
    "abstains",
    "ask",
    "bars",
    "below",
    "bootstrap",
    "check",
    "connect",
    "crossing",
    "learning_curve",
    "load_case",
    "macro_f1",
    "next_tokens",
    "one_of",
    "outcome",
    "paired_p",
    "plain",
    "predict",
    "price",
    "rate",
    "read_label",
    "read_settings",
    "run",
    "say",
    "scoreboard",
    "table",
    "token_map",
    "tokens",
    "usage",
]
