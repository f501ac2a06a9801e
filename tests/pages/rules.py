"""The rules of DESIGN 5 that a machine can judge: each is a function from a page to its faults, as sentences."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from statistics import median

from nbformat import NotebookNode

from sidebyside.grammar import END, GOALS, HEAD, HIDDEN, OUTCOME, PREDICT, QUIZ, ROUND, SOURCES, TIME, WORDS, part_of
from tests.pages.helpers import (
    NBVAL_TAGS,
    Page,
    calls,
    code_lines,
    grade,
    measured_numbers,
    mime_bundles,
    quiz,
    strings,
    tags,
    without_html,
    word_count,
    words,
)

Faults = Iterable[str]
Rule = Callable[[Page], Faults]
VEGA = "application/vnd.vegalite.v5+json"
SECRETS = {
    "an absolute path": re.compile(r"(?<![\w.~%-])/(?:home|root|Users|work|tmp)(?![\w.-])|\bC:[\\/]"),
    "a key": re.compile(r"\bsk-[\w-]{16,}|\bhf_\w{16,}|\bAKIA[0-9A-Z]{12,}|\bgh[pousr]_\w{30,}|PRIVATE KEY-----"),
}
OUTCOME_SHOWN = re.compile(r'class="sbs-outcome" data-key="([^"]*)" data-answer="([^"]*)"')
OPENING = re.compile(r"^(?:#.*$|\*\*[^*\n]+\*\*)", re.M)  # a heading, or the bold words that open a part
NBVAL_COMMENT = re.compile(r"^\s*#+\s*(?:NBVAL_\w+|PYTEST_VALIDATE_IGNORE_OUTPUT)\s*$", re.M)


# --- every notebook -------------------------------------------------------------------------------------------------


def execution_counts_run_from_one(page: Page) -> Faults:
    counts = [cell.get("execution_count") for cell in page.code]
    if counts != list(range(1, len(counts) + 1)):
        yield f"execution counts are {counts}: run the page from top to end (`make refresh`)"


def no_error_is_stored(page: Page) -> Faults:
    for cell in page.code:
        for output in cell.outputs:
            if output.output_type == "error" or output.get("name") == "stderr":
                yield f"cell {cell.get('id')}: {output.get('ename') or output.text[:200]}"


def nothing_private(page: Page) -> Faults:
    for text in strings(page.notebook):
        for what, pattern in SECRETS.items():
            if found := pattern.search(text):
                yield f"{what}: …{text[max(0, found.start() - 40) : found.end() + 20]}…"


def cell_ids_are_stored_and_unique(page: Page) -> Faults:
    ids = Counter(cell.get("id") for cell in page.notebook.cells)
    for name, times in ids.items():
        if not name or times > 1:
            yield f"{times} cells have the id {name!r}: each needs its own, stored in the file"


def charts_and_pictures_have_alt_text(page: Page) -> Faults:
    for cell in page.code:
        bundles = mime_bundles(cell)
        if not all(bundle[VEGA].get("description", "").strip() for bundle in bundles if VEGA in bundle):
            yield f"cell {cell.get('id')}: a chart without description"
        alt = cell.metadata.get("mystnb", {}).get("image", {}).get("alt", "")
        if any(kind.startswith("image/") for bundle in bundles for kind in bundle) and not alt.strip():
            yield f"cell {cell.get('id')}: a picture without metadata mystnb.image.alt"
    for picture in re.findall(r"!\[\s*\]\([^)]*\)|<img(?![^>]*\balt=\"[^\"]+\")[^>]*>", page.markdown):
        yield f"a picture without alt text: {picture}"


def no_measured_number_in_markdown(page: Page) -> Faults:
    for cell in page.notebook.cells:
        if cell.cell_type == "markdown":
            for number, line in measured_numbers(cell.source, sources=SOURCES.tag in tags(cell)):
                yield f"'{number}' in: {line[:160]}"


def predictions_meet_their_outcomes(page: Page) -> Faults:
    asked, told = Counter(page.calls("predict")), Counter(key for cell in page.code for key, _ in outcomes(cell))
    if asked != told or any(times > 1 for times in asked.values()):
        yield f"predict has the keys {sorted(map(str, asked.elements()))}, the outcomes shown have {sorted(told.elements())}"
    for key in asked:
        if not str(key).startswith(f"{page.slug}/"):
            yield f"the key {key!r} does not begin with the page's slug, '{page.slug}/'"


def outcomes(cell: NotebookNode) -> list[tuple[str, str]]:
    """Return key and answer of each outcome that a cell shows."""
    return [found for bundle in mime_bundles(cell) for found in OUTCOME_SHOWN.findall(bundle.get("text/html", ""))]


def connects_under_its_own_name(page: Page) -> Faults:
    for name in page.calls("connect"):
        if name != page.slug:
            yield f'the page connects as {name!r}: write sbs.connect("{page.slug}")'


def unchecked_cells_say_why(page: Page) -> Faults:
    for cell in page.code:
        reason = cell.metadata.get("reason", "")
        if tags(cell) & NBVAL_TAGS and not (len(words(reason)) >= 4 and reason.strip().endswith(".")):
            yield f'cell {cell.get("id")}: tagged {sorted(tags(cell) & NBVAL_TAGS)}, but its metadata "reason" holds no sentence'
        if NBVAL_COMMENT.search(cell.source):
            yield f"cell {cell.get('id')}: nbval is told by a comment. Use a tag, which readers and tests see."


def plumbing_is_closed_in_jupyterlab_too(page: Page) -> Faults:
    for cell in page.code:
        if (HIDDEN in tags(cell)) != cell.metadata.get("jupyter", {}).get("source_hidden", False):
            yield f"cell {cell.get('id')}: the tag '{HIDDEN}' and JupyterLab's own mark disagree. Run `make renumber`, which saves every page"


def order_stays_out_of_prose(page: Page) -> Faults:
    yield from order_phrases(page.markdown)


COUNTED = r"\d+|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve"
ORDER = re.compile(rf"\blessons? (?:no\.? ?|number )?(?:{COUNTED})\b|\b(?:next|previous|following|preceding) lessons?\b", re.I)


def order_phrases(markdown: str) -> Faults:
    """Yield each phrase that says a lesson's place: `_toc.yml` is the only home of order."""
    for line in without_html(markdown).splitlines():
        if found := ORDER.search(line):
            yield f"'{found[0]}' in: {line.strip()[:160]}. Link to the lesson by its title."


# --- lessons --------------------------------------------------------------------------------------------------------


def cells_are_short(page: Page) -> Faults:
    sizes = [code_lines(cell) for cell in page.code if HIDDEN not in tags(cell)]
    if sizes and (median(sizes) > 4 or max(sizes) > 20 or sum(size <= 12 for size in sizes) < 0.95 * len(sizes)):
        yield f"lines of the visible code cells are {sizes}: median <= 4, 95 % <= 12, none > 20"


def lines_are_at_most_120_characters(page: Page) -> Faults:
    for cell in page.code:
        for line in cell.source.splitlines():
            if len(line) > 120:
                yield f"cell {cell.get('id')}: {len(line)} characters: {line[:80]}…"


def hidden_code_is_at_most_a_fifth(page: Page) -> Faults:
    every, hidden = (sum(len(cell.source) for cell in page.code if tag in {"", *tags(cell)}) for tag in ("", HIDDEN))
    if hidden > every / 5:
        yield f"{hidden} of {every} characters of code are hidden: what decides or counts belongs into a tested function"


def never_three_code_cells_in_a_row(page: Page) -> Faults:
    cells = [cell for cell in page.notebook.cells if cell.source.strip()]
    boxes = {PREDICT.tag, OUTCOME.tag}  # what a reader sees of these cells is text
    kinds = "".join("m" if part_of(cell) in boxes else cell.cell_type[0] for cell in cells)
    if "ccc" in kinds:
        before = cells[max(0, kinds.index("ccc") - 1)]
        yield f"three code cells in a row after: {before.source[:80]!r}"


def prose_is_of_the_right_length(page: Page) -> Faults:
    count = word_count(page.markdown)
    if not 700 <= count <= 1300:
        yield f"{count} words of prose: 700 to 1,300"


def prose_is_easy_to_read(page: Page) -> Faults:
    if word_count(page.markdown) and (level := grade(page.markdown)) > 9:
        yield f"Flesch-Kincaid grade {level:.1f}: at most 9"


def parts_are_tagged_as_what_they_are(page: Page) -> Faults:
    for cell in page.code:
        if bool(calls(cell.source, "predict")) != (part_of(cell) == PREDICT.tag):
            yield f"cell {cell.get('id')}: sbs.predict and the tag '{PREDICT.tag}' belong together"
        if bool(outcomes(cell)) != (part_of(cell) == OUTCOME.tag):
            yield f"cell {cell.get('id')}: an outcome and the tag '{OUTCOME.tag}' belong together"


def parts_follow_the_page_grammar(page: Page) -> Faults:
    head, end = [part.tag for part in HEAD], [part.tag for part in END]
    if page.parts[: len(head)] != head:
        yield f"the page begins with the parts {page.parts[: len(head)]}, not with {head}"
    if page.parts[-len(end) :] != end:
        yield f"the page ends with the parts {page.parts[-len(end) :]}, not with {end}"
    for part in (*HEAD[1:], *END):
        if not words(OPENING.sub("", page.part(part.tag))):
            yield f"the part '{part.tag}' is empty"
    if not re.search(r"\b\d+\b", page.part(TIME.tag)):
        yield "the part 'time' names no minutes"


def rounds_are_whole(page: Page) -> Faults:
    middle = [tag for tag in page.parts if tag in {part.tag for part in ROUND}]
    starts = [place for place, tag in enumerate(middle) if tag == PREDICT.tag]
    if not 2 <= len(starts) <= 4 or starts[0] != 0:
        yield f"{len(starts)} rounds, each begun by '{PREDICT.tag}': 2 to 4"
    for start, end in zip(starts, [*starts[1:], len(middle)], strict=True):
        found = list(dict.fromkeys(middle[start:end]))
        if found != [part.tag for part in ROUND]:
            yield f"a round has the parts {found}, not {[part.tag for part in ROUND]}"


def outcomes_are_among_the_options(page: Page) -> Faults:
    shown = "\n".join(bundle.get("text/html", "") for cell in page.code for bundle in mime_bundles(cell))
    options = set(re.findall(r'name="([^"]*)" value="([^"]*)"', shown))
    for outcome in (found for cell in page.code for found in outcomes(cell)):
        if outcome not in options:
            yield f"the outcome of '{outcome[0]}' is '{outcome[1]}', which nobody could have guessed: it is no option"


def goals_are_two_to_four(page: Page) -> Faults:
    goals = re.findall(r"^\s*(?:[-*+]|\d+[.)]) +\S", page.part(GOALS.tag), re.M)
    if not 2 <= len(goals) <= 4:
        yield f"the part '{GOALS.tag}' lists {len(goals)} things: 2 to 4"


def quiz_items_explain_every_option(page: Page) -> Faults:
    section = page.part(QUIZ.tag)
    items = quiz(section)
    if not 3 <= len(items) <= 5:
        yield f"the quiz has {len(items)} items: 3 to 5"
    if section.lower().count("<details") != sum(map(len, items)):
        yield "the quiz has a details element without summary or end"
    for number, item in enumerate(items, 1):
        if len(item) < 2:
            yield f"quiz item {number} has {len(item)} option: at least 2"
        for option, explanation in item:
            if not words(without_html(option).replace("`", " ")) or word_count(explanation) < 3:
                yield f"quiz item {number}, option {option.strip()!r}: no explanation"


def words_link_to_the_glossary(page: Page) -> Faults:
    if not re.search(r"\{term\}`|\]\([^)]*glossary", page.part(WORDS.tag)):
        yield f"the part '{WORDS.tag}' does not link to the glossary"


EVERYWHERE: list[Rule] = [
    execution_counts_run_from_one,
    no_error_is_stored,
    nothing_private,
    cell_ids_are_stored_and_unique,
    charts_and_pictures_have_alt_text,
    no_measured_number_in_markdown,
    predictions_meet_their_outcomes,
    connects_under_its_own_name,
    unchecked_cells_say_why,
    plumbing_is_closed_in_jupyterlab_too,
    order_stays_out_of_prose,
]
LESSONS: list[Rule] = [
    cells_are_short,
    never_three_code_cells_in_a_row,
    prose_is_of_the_right_length,
    prose_is_easy_to_read,
    lines_are_at_most_120_characters,
    hidden_code_is_at_most_a_fifth,
    parts_are_tagged_as_what_they_are,
    parts_follow_the_page_grammar,
    rounds_are_whole,
    outcomes_are_among_the_options,
    goals_are_two_to_four,
    quiz_items_explain_every_option,
    words_link_to_the_glossary,
]


# --- the course -----------------------------------------------------------------------------------------------------


def unchecked_share(pages: list[Page]) -> float:
    """Return the share of code cells, 0 to 1, that nbval does not compare."""
    cells = [cell for page in pages for cell in page.code]
    return sum(bool(tags(cell) & NBVAL_TAGS) for cell in cells) / max(1, len(cells))
