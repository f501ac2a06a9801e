"""The reader's settings as they stand in the environment."""

from __future__ import annotations

import os
from collections.abc import Mapping


def said(name: str, environ: Mapping[str, str] = os.environ) -> str:
    """Return a setting without blanks and quotes around it, which `set NAME=value && …` on Windows and many a settings file leave there.

    Args:
        name: What follows `SIDEBYSIDE_`.
        environ: The environment.

    Returns:
        "" where nothing is set.
    """
    return environ.get(f"SIDEBYSIDE_{name}", "").strip(" \t\r\n\"'")
