"""A plugin for pytest: nbval runs a page that lies in a folder of a model's name under that model, any other under its voice.

So one session on two workers compares the pages under all models, and nobody waits for the slowest page of each.
"""

from __future__ import annotations

import os

import pytest

from sidebyside.models import MODELS


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Set the model before the kernel of a page starts, which is at its first cell."""
    os.environ.pop("SIDEBYSIDE_MODEL", None)
    if item.path.parent.name in MODELS:
        os.environ["SIDEBYSIDE_MODEL"] = item.path.parent.name
