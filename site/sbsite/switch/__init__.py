"""The switch *answers by main · small*: every output of a lesson becomes that of the other recorded model, without reloading.

A notebook holds the outputs of its voice; those of other models lie in `outputs/` (see `sidebyside.outputs`). When a lesson is read, they
are put at its end as cells of their own, so myst-nb renders them as it does all others: tables, Markdown, charts, pictures. On their way
into the page they are cut out again, into a file beside the page, `<slug>.<model>.json`: the name of each cell's element → its HTML.
`switch.js` fetches that file when a reader asks for it. The script in `switch.html` runs before the first output is read: where another
model than the voice was chosen, nothing is seen of the voice's. A page without other outputs has no switch.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform

from sidebyside.grammar import TIME
from sidebyside.lessons import voice
from sidebyside.models import RECORDED, Model
from sidebyside.outputs import Shown, file_of, read

from ..files import HERE, on_pages
from ..parts import found

LESSONS = "notebooks/"
MARK = "sbs-other"  # in the metadata of a cell that was added, and in the comments around its outputs
CUT = re.compile(rf"<!--{MARK} (\w+) (cell-\d+)-->(.*?)<!--/{MARK}-->", re.S)
OPTION = """<label title="{title}">
<input type="radio" name="sbs-model" value="{name}" data-says="{says}" autocomplete="off"> the {name} model ({size})
</label>"""


class Other(nodes.General, nodes.Element):
    """Outputs of a cell under another model; the page is written without them."""


def others(slug: str) -> dict[Model, Shown]:
    """Return the models that a lesson's page can be switched to, with what it shows under each."""
    shown = {model: read(model.name, slug) for model in RECORDED if model != voice(slug)}
    return {model: found for model, found in shown.items() if found and found["outputs"]}


# --- reading a page ---------------------------------------------------------------------------------------------------


def add_cells(app: Sphinx, docname: str, source: list[str]) -> None:
    """Put the other models' outputs at the end of a notebook that is being read."""
    if not docname.startswith(LESSONS):
        return
    notebook = json.loads(source[0])
    cells = {cell.get("id"): (place, cell) for place, cell in enumerate(notebook["cells"])}
    for model, shown in others(docname.removeprefix(LESSONS)).items():
        for name, outputs in shown["outputs"].items():
            notebook["cells"].append(added(*cells[name], outputs, model))
    source[0] = json.dumps(notebook)


def added(place: int, cell: dict[str, Any], outputs: list[dict[str, Any]], model: Model) -> dict[str, Any]:
    """Return a cell with another model's outputs of a cell. Its source is not shown; an empty one would have myst-nb pass the cell over."""
    metadata = cell["metadata"] | {"tags": [*cell["metadata"].get("tags", []), "remove-input"], MARK: [place, model.nickname]}
    numbered = [output | {"execution_count": None} if output["output_type"] == "execute_result" else output for output in outputs]
    return cell | {"id": f"{cell['id']}-{model.nickname}", "metadata": metadata, "source": "...", "outputs": numbered}


class AddSwitch(SphinxTransform):
    """Takes the added cells apart again, gives those that they belong to a name, and puts the switch below the head of the page."""

    default_priority = 795  # after the parts are marked

    def apply(self, **_: Any) -> None:
        """Change the page that is being read, if other outputs were added to it."""
        cells = {node["cell_index"]: node for node in self.document.findall(nodes.container) if node.get("nb_element") == "cell_code"}
        extra = [node for node in cells.values() if MARK in node["cell_metadata"]]
        for node in extra:
            place, model = node["cell_metadata"][MARK]
            name = f"cell-{place}"
            cells[place]["ids"] = [name]
            node.parent.remove(node)
            self.document += Other("", *node.children, cell=name, model=model)
        if extra:
            slug = self.env.docname.removeprefix(LESSONS)
            head = [*found(self.document, TIME), *self.document.findall(nodes.title)][0]
            head.parent.insert(head.parent.index(head) + 1, nodes.raw("", switch(slug), format="html"))
            for model in others(slug):
                self.env.note_dependency(str(file_of(model.name, slug)))


def switch(slug: str) -> str:
    """Return the switch of a lesson as HTML."""
    models = sorted([voice(slug), *others(slug)], key=RECORDED.index)
    template = (HERE / "switch" / "switch.html").read_text(encoding="utf-8")
    options = "\n".join(map(option, models))
    return template.replace("{{page}}", slug).replace("{{voice}}", voice(slug).nickname).replace("{{options}}", options)


def option(model: Model) -> str:
    """Return the button of a model."""
    says = f"The answers on this page are those of the {model.nickname} model, {model.title}."
    return OPTION.format(title=html.escape(model.title), name=model.nickname, says=html.escape(says), size=size(model))


def size(model: Model) -> str:
    """Return how many parameters a model has, in words."""
    millions = model.parameters / 1e6
    return f"{millions:.0f} million" if millions < 1000 else f"{millions / 1000:.1f} billion"


# --- writing it -------------------------------------------------------------------------------------------------------


def visit(translator: Any, node: Other) -> None:
    """Mark where other outputs begin."""
    translator.body.append(f"<!--{MARK} {node['model']} {node['cell']}-->")


def depart(translator: Any, node: Other) -> None:
    """Mark where they end."""
    translator.body.append(f"<!--/{MARK}-->")


def cut_out(app: Sphinx, page: str, template: str, context: dict[str, Any], tree: nodes.document | None) -> None:
    """Move other outputs out of the finished body of a page, into a file a model beside it."""
    body = context.get("body", "")
    files: dict[str, dict[str, str]] = {}
    for model, cell, outputs in CUT.findall(body):
        files.setdefault(model, {})[cell] = outputs.strip()
    for model, cells in files.items():
        file = Path(app.outdir) / f"{page}.{model}.json"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(cells, ensure_ascii=False), encoding="utf-8")
    context["body"] = CUT.sub("", body)


def fragments(folder: Path) -> Iterator[Path]:
    """Yield the files of other outputs in a built site."""
    yield from sorted((folder / LESSONS).glob("*.*.json"))


def setup(app: Sphinx) -> None:
    """Register with Sphinx."""
    app.connect("source-read", add_cells)
    app.add_transform(AddSwitch)
    app.add_node(Other, html=(visit, depart))
    on_pages(app, 'class="sbs-switch"', "switch.css")
    on_pages(app, 'class="sbs-switch"', "switch.js", onerror="delete document.documentElement.dataset.sbsWaiting")
    app.connect("html-page-context", cut_out, priority=960)  # when the other features have seen the whole of it
