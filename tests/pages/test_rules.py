"""The rules themselves: a specimen lesson passes them all, and each rule turns red when it is broken once."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

import sidebyside as sbs
from sidebyside.grammar import AT_WORK, CHANGE, GOALS, HAPPENED, HIDDEN, NEXT, OUTCOME, PREDICT, QUIZ, SENTENCE, SOURCES, TIME, TITLE, WORDS, Part
from sidebyside.widgets.show import Prediction
from tests.pages import rules
from tests.pages.helpers import Page, grade, measured_numbers, sentences, word_count
from tests.pages.rules import EVERYWHERE, LESSONS, VEGA
from tools.pages import close_plumbing

SLUG = "specimen"
FILLER = "You read the message. Then you say what the writer wants. " * 45
OPTION = "<details><summary>{}</summary>\n\nThis is why it is so.\n\n</details>\n"
ITEM = "**{}** What is it?\n\n" + OPTION.format("A lamp") + OPTION.format("A chair") + "\n"
SOURCE_LINE = "- A paper says 12.5 % ([Doe 2020](https://example.org/1.5))"


def text(part: Part, source: str) -> NotebookNode:
    return new_markdown_cell(f"{part.opening}{source}", metadata={"tags": [part.tag]})


def outcome(key: str) -> NotebookNode:
    shown = new_output("execute_result", data={"text/html": repr_html_of(key, "a")})
    return new_code_cell(f"page.{key.split('/')[1]}(answers)", metadata={"tags": [OUTCOME.tag]}, outputs=[shown])


def specimen() -> NotebookNode:
    """Return a lesson that keeps every rule."""
    rounds = [
        cell
        for key in (f"{SLUG}/one", f"{SLUG}/two")
        for cell in (
            new_code_cell(f'sbs.predict("{key}")', metadata={"tags": [PREDICT.tag, HIDDEN]}),
            new_markdown_cell("## Run it"),
            outcome(key),
            text(HAPPENED, FILLER),
            text(CHANGE, "Ask again."),
        )
    ]
    head = [text(TITLE, "A specimen"), text(SENTENCE, "It is short."), text(GOALS, "\n\n- look at it\n- say what it is"), text(TIME, "")]
    quiz = text(QUIZ, "\n\n" + ITEM.format(1) + ITEM.format(2) + ITEM.format(3))
    words = text(WORDS, "\n\n[sample](../book/glossary.md#sample)")
    end = [text(AT_WORK, "\n\nTry it."), quiz, words, text(SOURCES, f"\n\n{SOURCE_LINE}"), text(NEXT, "\n\n- **Next:** [Another](another.ipynb)")]
    asks = "answers = [client.chat.completions.create(model=model, messages=messages) for messages in prompts]"
    start = new_code_cell(f'client, model = sbs.connect("{SLUG}")\n{asks}\nrates = [sbs.rate(answer == target) for answer in answers]')
    cells = [*head, start, new_markdown_cell("## Predict"), *rounds, *end]
    for number, cell in enumerate([cell for cell in cells if cell.cell_type == "code"], 1):
        cell.execution_count = number
        close_plumbing(cell)
    return new_notebook(cells=cells)


def written(notebook: NotebookNode, folder: Path) -> Page:
    path = folder / f"07_{SLUG}.ipynb"
    path.write_text(json.dumps(notebook), encoding="utf-8")
    return Page(path)


def code(notebook: NotebookNode) -> NotebookNode:
    return next(cell for cell in notebook.cells if cell.cell_type == "code")


def put(notebook: NotebookNode, old: str, new: str) -> None:
    """Replace a text in every cell where it stands."""
    assert any(old in cell.source for cell in notebook.cells)
    for cell in notebook.cells:
        cell.source = cell.source.replace(old, new)


def place(notebook: NotebookNode, words: str) -> NotebookNode:
    return next(cell for cell in notebook.cells if words in cell.source)


def untag(notebook: NotebookNode, part: Part, other: str = "") -> None:
    """Take a part's tag off the first cell that has it, or put another in its place."""
    cell = next(cell for cell in notebook.cells if part.tag in cell.metadata.get("tags", []))
    cell.metadata.tags = [other if tag == part.tag else tag for tag in cell.metadata.tags if other or tag != part.tag]


def say(notebook: NotebookNode, text: str) -> None:
    place(notebook, "Predict").source += f"\n\n{text}"


def show(notebook: NotebookNode, kind: str, **data: object) -> None:
    code(notebook).outputs.append(new_output(kind, **data))


def tag(notebook: NotebookNode, reason: str) -> None:
    code(notebook).metadata.update(tags=["nbval-ignore-output"], reason=reason)


def repeat(text: str, times: int) -> str:
    return "\n".join([text] * times)


def repr_html_of(key: str, answer: str) -> str:
    """Return a prediction of two options and its outcome, as a page saves them."""
    return Prediction(key, "Which?", ["a", "b"])._repr_html_() + sbs.outcome(key, answer, "So it is.")._repr_html_()


FAKE_KEY = "sk-" + "a1B2" * 6
BREAKS: list[tuple[rules.Rule, Callable[[NotebookNode], object]]] = [
    (rules.execution_counts_run_from_one, lambda n: code(n).update(execution_count=None)),
    (rules.execution_counts_run_from_one, lambda n: code(n).update(execution_count=9)),
    (rules.no_error_is_stored, lambda n: show(n, "error", ename="ValueError", evalue="", traceback=[])),
    (rules.no_error_is_stored, lambda n: show(n, "stream", name="stderr", text="a warning")),
    (rules.nothing_private, lambda n: show(n, "stream", name="stdout", text="saved in /home/ada/model")),
    (rules.nothing_private, lambda n: show(n, "display_data", data={"text/html": "<a href='file:///tmp/x'>x</a>"})),
    (rules.nothing_private, lambda n: put(n, "client, model", "path = 'C:\\\\data'\nclient, model")),
    (rules.nothing_private, lambda n: say(n, f"Your key: {FAKE_KEY}")),
    (rules.nothing_private, lambda n: say(n, "hf_" + "Q" * 30)),
    (rules.nothing_private, lambda n: say(n, "AKIA" + "Q" * 16)),
    (rules.cell_ids_are_stored_and_unique, lambda n: code(n).pop("id")),
    (rules.cell_ids_are_stored_and_unique, lambda n: code(n).update(id=n.cells[0].id)),
    (rules.charts_and_pictures_have_alt_text, lambda n: show(n, "display_data", data={VEGA: {"mark": "bar", "description": " "}})),
    (rules.charts_and_pictures_have_alt_text, lambda n: show(n, "display_data", data={"image/png": "AAAA"})),
    (rules.charts_and_pictures_have_alt_text, lambda n: say(n, "![](picture.png)")),
    (rules.no_measured_number_in_markdown, lambda n: say(n, "It is right in **87** % of them.")),
    (rules.predictions_meet_their_outcomes, lambda n: show(n, "display_data", data={"text/html": repr_html_of("specimen/three", "a")})),
    (rules.predictions_meet_their_outcomes, lambda n: put(n, "specimen/one", "06/one")),
    (rules.connects_under_its_own_name, lambda n: put(n, SLUG + '")', 'other")')),
    (rules.connects_under_its_own_name, lambda n: put(n, f'"{SLUG}"', "")),
    (rules.unchecked_cells_say_why, lambda n: tag(n, "slow")),
    (rules.unchecked_cells_say_why, lambda n: put(n, "client, model", "# NBVAL_SKIP\nclient, model")),
    (rules.plumbing_is_closed_in_jupyterlab_too, lambda n: place(n, "sbs.predict").metadata.pop("jupyter")),
    (rules.plumbing_is_closed_in_jupyterlab_too, lambda n: code(n).metadata.update(jupyter={"source_hidden": True})),
    (rules.order_stays_out_of_prose, lambda n: say(n, "You saw this in lesson 3.")),
    (rules.order_stays_out_of_prose, lambda n: say(n, "More in the next lesson.")),
    (rules.cells_are_short, lambda n: put(n, "client, model", repeat("x = 1", 20) + "\nclient, model")),
    (rules.cells_are_short, lambda n: put(n, "client, model", repeat("x = 1", 12) + "\nclient, model")),
    (rules.cells_are_short, lambda n: put(n, "page.", repeat("x = 1", 5) + "\npage.")),
    (
        rules.never_three_code_cells_in_a_row,
        lambda n: n.cells.__setitem__(slice(4, 4), [new_code_cell("x = 1"), new_code_cell("x = 2")]),
    ),
    (rules.prose_is_of_the_right_length, lambda n: put(n, FILLER, FILLER[: len(FILLER) // 3])),
    (rules.prose_is_of_the_right_length, lambda n: put(n, FILLER, FILLER * 2)),
    (rules.prose_is_easy_to_read, lambda n: put(n, "message. Then you say", "communication, consequently identifying and categorising")),
    (rules.lines_are_at_most_120_characters, lambda n: put(n, "answers = ", "answers = " + "1 + " * 30)),
    (rules.lines_are_at_most_120_characters, lambda n: put(n, "sbs.predict(", "sbs.predict(" + " " * 120)),
    (rules.hidden_code_is_at_most_a_fifth, lambda n: put(n, f'sbs.predict("{SLUG}/one")', repeat("counts = sum(answers)", 5) + "\nsbs.predict()")),
    (rules.parts_are_tagged_as_what_they_are, lambda n: untag(n, PREDICT)),
    (rules.parts_are_tagged_as_what_they_are, lambda n: untag(n, OUTCOME)),
    (rules.parts_are_tagged_as_what_they_are, lambda n: code(n).metadata.update(tags=[PREDICT.tag])),
    (rules.parts_follow_the_page_grammar, lambda n: untag(n, WORDS)),
    (rules.parts_follow_the_page_grammar, lambda n: untag(n, SENTENCE)),
    (rules.parts_follow_the_page_grammar, lambda n: untag(n, NEXT)),
    (rules.parts_follow_the_page_grammar, lambda n: untag(n, WORDS, SOURCES.tag)),
    (rules.parts_follow_the_page_grammar, lambda n: put(n, "Try it.", "")),
    (rules.parts_follow_the_page_grammar, lambda n: put(n, "It is short.", "")),
    (rules.parts_follow_the_page_grammar, lambda n: put(n, "30 minutes", "half an hour")),
    (rules.parts_follow_the_page_grammar, lambda n: n.cells.insert(0, n.cells.pop())),
    (rules.rounds_are_whole, lambda n: untag(n, CHANGE)),
    (rules.rounds_are_whole, lambda n: untag(n, HAPPENED)),
    (rules.rounds_are_whole, lambda n: untag(n, PREDICT)),
    (rules.rounds_are_whole, lambda n: n.cells.insert(5, text(CHANGE, "Too early."))),
    (rules.outcomes_are_among_the_options, lambda n: show(n, "display_data", data={"text/html": repr_html_of("specimen/one", "c")})),
    (rules.goals_are_two_to_four, lambda n: put(n, "- look at it\n", "")),
    (rules.quiz_items_explain_every_option, lambda n: put(n, "This is why it is so.", "")),
    (rules.quiz_items_explain_every_option, lambda n: put(n, ITEM.format(2), "")),
    (rules.quiz_items_explain_every_option, lambda n: put(n, OPTION.format("A chair"), "")),
    (rules.words_link_to_the_glossary, lambda n: put(n, "[sample](../book/glossary.md#sample)", "sample")),
]


@pytest.mark.parametrize("rule", EVERYWHERE + LESSONS, ids=lambda rule: rule.__name__)
def test_the_specimen_keeps_every_rule(rule: rules.Rule, tmp_path: Path) -> None:
    assert list(rule(written(specimen(), tmp_path))) == []


@pytest.mark.parametrize(("rule", "break_it"), BREAKS, ids=[rule.__name__ for rule, _ in BREAKS])
def test_a_broken_rule_is_seen(rule: rules.Rule, break_it: Callable[[NotebookNode], object], tmp_path: Path) -> None:
    notebook = specimen()
    break_it(notebook)
    assert list(rule(written(notebook, tmp_path)))


def test_an_outcome_that_is_an_option_is_no_fault(tmp_path: Path) -> None:
    notebook = specimen()
    show(notebook, "display_data", data={"text/html": repr_html_of("specimen/one", "b")})
    assert list(rules.outcomes_are_among_the_options(written(notebook, tmp_path))) == []


def test_boxes_are_no_code_to_the_reader(tmp_path: Path) -> None:
    notebook = specimen()
    put(notebook, "## Run it", " ")
    for text_between in (f"{HAPPENED.opening}{FILLER}", f"{CHANGE.opening}Ask again."):
        put(notebook, text_between, "")
    assert list(rules.never_three_code_cells_in_a_row(written(notebook, tmp_path))) == []


def test_the_ways_on_are_no_prose(tmp_path: Path) -> None:
    notebook = specimen()
    place(notebook, NEXT.opening).source += f"\n\n{FILLER * 3} The next lesson necessitates organisational transformation."
    rules_of_prose = (rules.prose_is_of_the_right_length, rules.prose_is_easy_to_read, rules.order_stays_out_of_prose)
    assert [fault for rule in rules_of_prose for fault in rule(written(notebook, tmp_path))] == []


def test_each_rule_is_broken_once() -> None:
    assert {rule for rule, _ in BREAKS} == set(EVERYWHERE + LESSONS)


def test_the_share_of_unchecked_cells_is_counted(tmp_path: Path) -> None:
    notebook = specimen()
    tag(notebook, "Seconds are measured live on this machine.")
    page = written(notebook, tmp_path)
    assert list(rules.unchecked_cells_say_why(page)) == []
    assert rules.unchecked_share([page]) == 1 / len(page.code)


@pytest.mark.parametrize(
    "line",
    [
        "It got 87 % right.",
        "It got 87% right.",
        "It got 87 \\% right.",
        "A share of 0.87.",
        "A share of .87.",
        "It got 87 per cent.",
        "It got **9** of **10**.",
        "It got 261 out of 300.",
        "It got 261 of the 300.",
        "It got nine out of ten.",
        "It got `0.87`.",
        "It got `87 %`.",
        "It got `87.5 %`.",
        "| ML | 0.87 |",
        "<td>0.87</td>",
        "```text\n87 % right\n```",
        "It got 87 % ([how](the_ml_workflow.ipynb)).",
        "See [the paper](https://example.org). It got 87 %.",
    ],
)
def test_measured_numbers_are_seen(line: str) -> None:
    assert list(measured_numbers(line))


@pytest.mark.parametrize(
    "line",
    [
        "There are 1,500 messages, 3 labels, and 20 minutes.",
        "With `scikit-learn 1.9.2` and `temperature=0.7`.",
        "Read [the manual](https://example.org/1.9/a%20b).",
        "Smith found 87 % {cite}`smith2020`.",
        "Smith found 87 % ([Smith 2020](https://example.org)).",
        "Smith found 0.87 (https://example.org).",
        "Each rate has its 95 % interval.",
        '<div style="width:50%">wide</div>',
        "<!-- 87 % -->",
        "```python\nask('Hello', temperature=0.7)\n```",
    ],
)
def test_other_numbers_may_stand(line: str) -> None:
    assert not list(measured_numbers(line))


def test_a_link_among_the_sources_may_hold_a_number() -> None:
    line = "- [arXiv 2103.00020](https://example.org)"
    assert list(measured_numbers(line))
    assert not list(measured_numbers(line, sources=True))


def test_markdown_becomes_sentences() -> None:
    markdown = """
# A *title*

You see it, e.g. in `code`. Is it “so”? It is [a link](https://example.org/x.y).
| a | table |
|---|---|
| 1 | 2 |

- An {term}`item <sample>` that
  goes on {cite}`smith2020`
<details><summary>An option</summary>

Its explanation.

</details>

```python
no_prose = True
```
:::{note} Look here
:class: tip
A note.
:::
"""
    assert [" ".join(sentence.split()).strip(" .?") for sentence in sentences(markdown)] == [
        "A title",
        "You see it, e.g in",
        "Is it “so”",
        "It is a link",
        "An item that goes on",
        "An option",
        "Its explanation",
        "Look here",
        "A note",
    ]
    assert word_count("The model's next-token guess: 1,500 of them.") == 7


def test_grades_tell_plain_from_heavy_prose() -> None:
    assert grade("The cat sat on the mat. It was a fat cat.") < 1
    assert grade("Organisational transformation necessitates comprehensive interdisciplinary communication.") > 15


def test_the_specimen_is_a_valid_notebook() -> None:
    nbformat.validate(specimen())
