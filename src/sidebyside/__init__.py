"""*Side by Side*: the helper package of the course. A notebook says `import sidebyside as sbs`."""

from .cases import Case, limit, load_case
from .charts import COLOURS, bars, learning_curve, lines, next_tokens, reliability, scoreboard, shares, spread
from .checks import check
from .evaluation import Rate, abstains, below, bootstrap, calibration, calibration_error, crossing, flips, macro_f1, paired_p, rate, read_label, run
from .llm import Answer, Token, ask, connect, lean, one_of, price, tokens, usage
from .prompts import Prompt
from .retrieval import embed, passages
from .scorers import bleu, exact_match, holds_name, holds_numbers, quotes, rouge_l, same_thing, similarity, token_f1
from .settings import read_settings
from .widgets import labelling, outcome, plain, predict, prompt_lab, say, table, token_map

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
    "bleu",
    "below",
    "bootstrap",
    "calibration",
    "calibration_error",
    "check",
    "connect",
    "crossing",
    "embed",
    "exact_match",
    "flips",
    "holds_name",
    "holds_numbers",
    "labelling",
    "lean",
    "learning_curve",
    "limit",
    "lines",
    "load_case",
    "macro_f1",
    "next_tokens",
    "one_of",
    "outcome",
    "paired_p",
    "passages",
    "plain",
    "predict",
    "price",
    "prompt_lab",
    "quotes",
    "rate",
    "read_label",
    "read_settings",
    "reliability",
    "rouge_l",
    "run",
    "same_thing",
    "say",
    "scoreboard",
    "shares",
    "similarity",
    "spread",
    "table",
    "token_f1",
    "token_map",
    "tokens",
    "usage",
]
