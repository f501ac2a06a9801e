"""A notebook that is exported as HTML, or printed from JupyterLab, which exports it first: nothing in it is closed."""

from __future__ import annotations

import re
from typing import Any

from nbconvert.preprocessors import Preprocessor
from nbformat import NotebookNode
from traitlets import Bool

CLOSED = re.compile(r"""<details(?=[^>]*\bclass=["'](?:sbs-outcome|quiz)\b)(?![^>]*\bopen\b)""")


class OpenBoxes(Preprocessor):
    """Opens results and the answers of questions."""

    enabled = Bool(True).tag(config=True)

    def preprocess_cell(self, cell: NotebookNode, resources: dict[str, Any], index: int) -> tuple[NotebookNode, dict[str, Any]]:
        """Change a cell."""
        if cell.cell_type == "markdown":
            cell.source = CLOSED.sub("<details open", cell.source)
        for data in (output.data for output in cell.get("outputs", []) if "text/html" in output.get("data", {})):
            data["text/html"] = CLOSED.sub("<details open", data["text/html"])
        return cell, resources
