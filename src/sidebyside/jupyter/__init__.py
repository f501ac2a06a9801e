"""The course inside Jupyter: one command that opens it, links by slug, and all that a page has on the site.

`data/` goes into the environment as it is: `etc/` switches `server` on in every Jupyter server and has JupyterLab open Markdown
rendered, and `share/` holds the extension of JupyterLab. The site loads the same scripts and style sheets from there:

| file | what it does | who has it |
|---|---|---|
| `guess.js` | keeps guesses, shows them beside results, tells those who hear the page | site, JupyterLab, and the kernel sends it with each box |
| `veils.js`, `veils.css` | close results until there is a guess | site, slides, JupyterLab |
| `quiz.js`, `quiz.css` | right or wrong, and why | site, slides, JupyterLab |
| `words.js`, `words.css` | meanings of the glossary's words | site, JupyterLab |
| `opening.js`, `opening.css` | a page opens as on the site, and unchanged | JupyterLab |
| `remoteEntry.js`, `lab.css` | the extension itself: reads the tags of cells, leads links, asks `server` for words and pages | JupyterLab |

`learner/` holds what counts only where the one command has started JupyterLab: a shared server wants some of the parts that it hides.
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
