"""Print the report on a class: what it knew before and after, and how well it knew that it knew.

Usage: python -m tools.test_report FILE …  (CSV files from the test page, or typed from paper; each may hold one person or many)
"""

from __future__ import annotations

import sys
from pathlib import Path

from sidebyside.knowledge import load_test, read_sheets, report

QUESTIONS = Path(__file__).resolve().parent.parent / "book" / "instructor" / "knowledge-test.yml"


def main(names: list[str]) -> int:
    """Print the report; 1 if there is nothing to report on."""
    if not names:
        print('Name the files with the answers: make test-report FILES="answers/*.csv"')
        return 1
    test = load_test(QUESTIONS)
    sheets, faults = read_sheets(map(Path, names), test)
    print(report(sheets, faults, test), end="")
    return 0 if sheets else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
