"""The hackathon's scorer. A starter imports it to check and to practise with the very rules by which the hidden sets are scored."""

from .bot import INSTRUCTION, PRACTICE_CODE, ask_bot, gives_away
from .challenges import ANSWERS, BREAK, COSTS, GUARD, Challenge, route
from .event import read_hidden
from .own_data import for_practice, for_the_end, is_own, look_over, look_over_facts, to_answer, to_route
from .scoring import Question, Score, practice_questions, score_answers, score_break, score_guard, score_route, sentences, states_facts
from .submission import check
from .tables import HackathonError

__all__ = [
    "ANSWERS",
    "BREAK",
    "COSTS",
    "Challenge",
    "GUARD",
    "HackathonError",
    "INSTRUCTION",
    "PRACTICE_CODE",
    "Question",
    "Score",
    "ask_bot",
    "check",
    "for_practice",
    "for_the_end",
    "gives_away",
    "is_own",
    "look_over",
    "look_over_facts",
    "practice_questions",
    "read_hidden",
    "route",
    "score_answers",
    "score_break",
    "score_guard",
    "score_route",
    "sentences",
    "states_facts",
    "to_answer",
    "to_route",
]
