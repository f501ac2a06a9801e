"""The test before and after the course: its items, people's answers as they come in, scores, and a report on a class.

`book/instructor/knowledge-test.yml` is the only home of the questions; `site/sbsite/knowledge` puts them on a page, and
`tools/test_report.py` prints the report. The page computes one person's score by itself; a test compares it with `score`.
"""

from .answers import COLUMNS, FORMS, Answer, Sheet, read_sheets
from .items import Item, KnowledgeTest, Option, load_test
from .report import report
from .scores import Score, mean_with_interval, score

__all__ = [
    "COLUMNS",
    "FORMS",
    "Answer",
    "Item",
    "KnowledgeTest",
    "Option",
    "Score",
    "Sheet",
    "load_test",
    "mean_with_interval",
    "read_sheets",
    "report",
    "score",
]
