"""A notebook that is exported as HTML, or printed from JupyterLab, which exports it first: nothing in it is closed."""

from __future__ import annotations

import re
from typing import Any

from nbconvert.preprocessors import Preprocessor
from nbformat import NotebookNode

CLOSED = re.compile(r"""<details(?=[^>]*\bclass=["'](?:sbs-outcome|quiz)\b)(?![^>]*\bopen\b)""")


class OpenBoxes(Preprocessor):  # type: ignore[misc]
    """Opens results and the answers of questions."""

    def preprocess_cell(self, cell: NotebookNode, resources: dict[str, Any], index: int) -> tuple[NotebookNode, dict[str, Any]]:
        """Change a cell."""
        if cell.cell_type == "markdown":
            cell.source = CLOSED.sub("<details open", cell.source)
        for data in (output.data for output in cell.get("outputs", []) if "text/html" in output.get("data", {})):
            data["text/html"] = CLOSED.sub("<details open", data["text/html"])
        return cell, resources
