"""The hackathon's scorer. A starter says `import scorer` to check and to practise with the very rules by which the hidden sets are scored."""

from .bot import PRACTICE_CODE, ask_bot, gives_away
from .challenges import ANSWERS, BREAK, COSTS, GUARD, Challenge, route
from .event import read_hidden
from .scoring import Question, Score, practice_questions, score_answers, score_break, score_guard, score_route
from .submission import check
from .tables import HackathonError

__all__ = [
    "ANSWERS",
    "BREAK",
    "COSTS",
    "GUARD",
    "PRACTICE_CODE",
    "Challenge",
    "HackathonError",
    "Question",
    "Score",
    "ask_bot",
    "check",
    "gives_away",
    "practice_questions",
    "read_hidden",
    "route",
    "score_answers",
    "score_break",
    "score_guard",
    "score_route",
]
