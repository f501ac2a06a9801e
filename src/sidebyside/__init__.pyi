from . import charts as charts
from . import evaluation as evaluation
from . import prices as prices
from . import scorers as scorers
from . import suite as suite
from . import tokens as tokens
from . import widgets as widgets
from .cases import limit as limit
from .cases import load_case as load_case
from .charts import scoreboard as scoreboard
from .checks import check as check
from .dialects import one_of as one_of
from .evaluation import (
    Rate as Rate,
)
from .evaluation import (
    abstains as abstains,
)
from .evaluation import (
    auroc as auroc,
)
from .evaluation import (
    flips as flips,
)
from .evaluation import (
    paired_p as paired_p,
)
from .evaluation import (
    rate as rate,
)
from .evaluation import (
    read_label as read_label,
)
from .evaluation import (
    run as run,
)
from .lessons import lesson as lesson
from .llm import ask as ask
from .llm import connect as connect
from .llm import usage as usage
from .prompts import Prompt as Prompt
from .retrieval import embed as embed
from .retrieval import passages as passages
from .scorers import holds_name as holds_name
from .scorers import quotes as quotes
from .settings import read_settings as read_settings
from .tokens import tokens_of as tokens_of
from .widgets import labelling as labelling
from .widgets import outcome as outcome
from .widgets import plain as plain
from .widgets import predict as predict
from .widgets import say as say
from .widgets import table as table

__version__: str
