"""The course inside Jupyter: one command that opens it, links by slug, guesses kept and shown in the browser.

`data/` goes into the environment as it is: `etc/` switches `server` on in every Jupyter server, and `share/` holds the
extension of JupyterLab. Its `guess.js` is the only copy; kernel and site read it here. `learner/` holds what counts only where
the one command has started JupyterLab: a shared server wants some of the parts that it hides.
"""

from __future__ import annotations

import re
from pathlib import Path

DATA = Path(__file__).with_name("data")
LEARNER = Path(__file__).with_name("learner")
GUESS = DATA / "share" / "jupyter" / "labextensions" / "sidebyside" / "static" / "guess.js"


def numbered(path: Path) -> Path:
    """Return the notebook that a link by slug means: `NN_slug.ipynb` in the same folder, where there is no `slug.ipynb`."""
    if path.suffix != ".ipynb" or path.exists() or not path.parent.is_dir():
        return path
    name = re.compile(rf"\d\d_{re.escape(path.name)}")
    found = [there for there in path.parent.iterdir() if name.fullmatch(there.name)]
    return found[0] if len(found) == 1 else path
