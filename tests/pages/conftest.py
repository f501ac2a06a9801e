"""Lets the page tests import the maintainer's scripts: `pages`, `exercises`, `run_pages`."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))
