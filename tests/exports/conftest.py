"""Lets the tests of the exports import the maintainer's script `pages`."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))
