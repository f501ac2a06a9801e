"""Labelling and prompt lab: work survives a restart, nothing that others wrote is markup, and a fault is one sentence in the widget."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import ipywidgets
import pytest
from IPython.core.formatters import DisplayFormatter

from sidebyside.errors import AnswerError, Why
from sidebyside.prompts import Prompt
from sidebyside.widgets import Labelling, PromptLab, labelling, prompt_lab
from sidebyside.widgets.workbook import WorkError
from tests.test_widgets import LONG, NASTY, Reading, each_nasty

VIEW = "application/vnd.jupyter.widget-view+json"
PATIENCE = 5.0  # seconds until a thread counts as stuck


@pytest.fixture(autouse=True)
def home(bare: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder in the place of the course's; a reader attends."""
    monkeypatch.setattr("sidebyside.widgets.workbook.find_home", lambda: tmp_path)
    return tmp_path


def files(home: Path) -> list[str]:
    return sorted(str(path.relative_to(home)) for path in home.rglob("*") if path.is_file())


def on_stage(task: Labelling | PromptLab) -> list[ipywidgets.Widget]:
    """Return every widget that JupyterLab would show."""
    found = [ipywidgets.widgets.widget._instances[task._repr_mimebundle_()[VIEW]["model_id"]]]
    for widget in found:
        found += getattr(widget, "children", ())
    return found


def named(task: Labelling | PromptLab, description: str) -> Any:
    [found] = [widget for widget in on_stage(task) if getattr(widget, "description", None) == description]
    return found


def markup(task: Labelling | PromptLab) -> Reading:
    """Return all HTML that a task shows, with a kernel or without."""
    parts = [task._repr_html_(), *(widget.value for widget in on_stage(task) if isinstance(widget, ipywidgets.HTML))]
    return Reading(SimpleNamespace(_repr_html_=lambda: "\n".join(parts)))


# --- labelling ------------------------------------------------------------------------------------------------------

NOTES = ["Late again.", "Lovely lamp!", "Nobody answers.", "It is green."]


def task(texts: Sequence[str] = NOTES, options: Sequence[str] = ("bad", "good"), question: str = "Is it a complaint?") -> Labelling:
    return labelling("moods", question, texts, options)


def shown(widget: Labelling) -> str:
    """Return the text on show."""
    return widget._text.value.partition(">")[2].removesuffix("</p>")


def test_texts_come_one_by_one_and_the_labels_in_their_order() -> None:
    moods, seen = task(), []
    for option in ("bad", "good", "bad", "good"):
        seen.append(shown(moods))
        named(moods, option).click()
    assert seen == NOTES
    assert moods.labels == ["bad", "good", "bad", "good"]


def test_what_is_not_judged_yet_has_no_label() -> None:
    moods = task()
    assert (moods.labels, moods.done) == ([None] * 4, 0)
    moods.label("bad")
    assert (moods.labels, moods.done) == (["bad", None, None, None], 1)
    assert "1 of 4 judged" in markup(moods).text
    assert repr(moods) == "Labelling: Is it a complaint? (1 of 4 judged)"


def test_back_shows_the_label_given_and_lets_it_be_changed() -> None:
    moods = task()
    for option in ("bad", "good"):
        moods.label(option)
    named(moods, "one back").click()
    assert shown(moods) == NOTES[1]
    assert [named(moods, option).button_style for option in ("bad", "good")] == ["", "info"]
    named(moods, "bad").click()
    assert moods.labels == ["bad", "bad", None, None]
    assert shown(moods) == NOTES[2]


def test_back_ends_at_the_first_text() -> None:
    moods = task()
    for _ in range(3):
        moods.back()
    assert shown(moods) == NOTES[0]


def test_after_the_last_text_nothing_is_left_to_press_but_back() -> None:
    moods = task()
    for _ in NOTES:
        moods.label("good")
    assert shown(moods) == "That was the last one. Run the cells below."
    assert [named(moods, name).disabled for name in ("bad", "good", "one back")] == [True, True, False]
    moods.label("bad")
    assert moods.labels == ["good"] * 4
    moods.back()
    moods.label("bad")
    assert moods.labels == ["good"] * 3 + ["bad"]
    assert shown(moods).startswith("That was the last one")


def test_no_texts_are_soon_done() -> None:
    assert shown(task([])).startswith("That was the last one")


def test_labels_survive_a_restart_and_another_order(home: Path) -> None:
    before = task()
    before.label("bad")
    before.label("good")
    assert files(home) == ["my_work/moods.json"]
    after = task(list(reversed(NOTES)))
    assert after.labels == [None, None, "good", "bad"]
    assert shown(after) == NOTES[3]  # the first one without a label
    after.label("good")
    after.label("bad")
    assert task().labels == ["bad", "good", "bad", "good"]


def test_a_text_without_label_before_the_others_comes_first() -> None:
    task(NOTES[1:3]).label("good")
    moods = task()
    assert shown(moods) == NOTES[0]
    moods.label("bad")
    assert shown(moods) == NOTES[2]


def test_labels_that_are_no_option_any_more_wait_in_the_file() -> None:
    moods = task()
    for option in ("bad", "good", "bad"):
        moods.label(option)
    changed = task(options=["awful", "good"])
    assert changed.labels == [None, "good", None, None]
    assert shown(changed) == NOTES[0]
    changed.label("awful")
    assert task(options=["bad", "awful", "good"]).labels == ["awful", "good", "bad", None]


LABELLED: dict[str, Callable[[str], Labelling]] = {
    "question": lambda text: task(question=text),
    "text": lambda text: task([text, "fine"]),
    "option": lambda text: task(options=["good", text]),
}

# --- the prompt lab -------------------------------------------------------------------------------------------------

V1 = Prompt("v1", "a plain question", "Good or bad? {text}")
V2 = Prompt("v2", "with examples", "{text}\nMood:", "Be brief.", (("Late!", "bad"), ("Fine.", "good")), {"max_tokens": 3})
TEXTS = [f"message {n}" for n in range(120)]
TARGETS = ["good", "bad", "bad"] * 40


class Scripted:
    """An ask function that notes what it was asked, and answers "good" until a test tells it otherwise."""

    def __init__(self, answer: Callable[[Prompt, str], str] = lambda *_: "good") -> None:
        self.answer = answer
        self.asked: list[tuple[str, str]] = []

    def __call__(self, prompt: Prompt, text: str) -> str:
        self.asked.append((prompt.version, text))
        return self.answer(prompt, text)


def lab(
    ask: Callable[[Prompt, str], str] | None = None,
    versions: Sequence[Prompt] = (V1, V2),
    texts: Sequence[str] = TEXTS,
    targets: Sequence[str] = TARGETS,
    labels: Sequence[str] = ("bad", "good"),
) -> PromptLab:
    return prompt_lab("moods", ask or Scripted(), versions, texts, targets[: len(texts)], labels)


def edit(bench: PromptLab, user: str, change: str = "") -> None:
    named(bench, "user").value, named(bench, "changed").value = user, change


def wait(bench: PromptLab) -> None:
    bench._thread.join(PATIENCE)
    assert not bench._thread.is_alive()


def press_run(bench: PromptLab) -> str:
    """Press "Run", wait for the end, and return what is shown then."""
    named(bench, "Run").click()
    wait(bench)
    return Reading(SimpleNamespace(_repr_html_=lambda: bench._result.value)).text


def ready(bench: PromptLab) -> bool:
    return not named(bench, "Run").disabled and named(bench, "Stop").disabled


@pytest.mark.parametrize("size", [10, 50, 100])
def test_a_run_asks_about_the_first_messages_in_order(size: int) -> None:
    ask = Scripted()
    bench = lab(ask)
    named(bench, "messages").value = size
    press_run(bench)
    assert ask.asked == [(version, text) for version in ("v1", "v2") for text in TEXTS[:size]]
    assert ready(bench)


@pytest.mark.parametrize(("messages", "sizes"), [(120, (10, 50, 100)), (100, (10, 50, 100)), (99, (10, 50)), (10, (10,)), (7, (7,))])
def test_there_are_no_sizes_beyond_the_messages(messages: int, sizes: tuple[int, ...]) -> None:
    assert named(lab(texts=TEXTS[:messages]), "messages").options == sizes


def test_a_kept_answer_is_not_asked_again() -> None:
    ask = Scripted(lambda prompt, text: f"{prompt.version} says good of {text}")
    bench = lab(ask)
    assert bench.run(V1, 10) == bench.run(V1, 10) == [f"v1 says good of message {n}" for n in range(10)]
    assert len(ask.asked) == 10
    bench.run(V1, 50)
    assert ask.asked == [("v1", text) for text in TEXTS[:50]]


def test_the_same_message_twice_is_asked_once_and_counted_twice() -> None:
    ask = Scripted()
    bench = lab(ask, texts=["a", "b", "a"], targets=["good", "bad", "good"])
    assert len(bench.run(V1, 3)) == 3
    assert [text for _, text in ask.asked] == ["a", "b"]
    bench.ask = Scripted(lambda *_: "bad")
    bench.run(V2, 3)
    assert bench.compare("v1", "v2", 3)[["change", "text"]].values.tolist() == [["gained", "b"], ["lost", "a"], ["lost", "a"]]


@pytest.mark.parametrize("size", [10, 100])
def test_the_bar_reaches_its_end(size: int) -> None:
    bench = lab()
    for _ in range(2):  # the second time all answers are there
        bench.run(V1, size)
        assert named(bench, "asked").value == named(bench, "asked").max == size


def test_the_bar_counts_what_came_back() -> None:
    bench = lab()
    values: list[int] = []
    bench._bar.observe(lambda change: values.append(change["new"]), "value")
    bench.run(V1, 10)
    assert values == list(range(1, 11))


# --- versions -------------------------------------------------------------------------------------------------------


def test_a_draft_that_was_not_edited_keeps_its_name() -> None:
    bench = lab()
    assert bench.draft() is V2  # the latest one is on show
    edit(bench, V2.user + " ")
    edit(bench, V2.user, "a note alone is no new version")
    assert bench.draft() is V2
    named(bench, "start from").value = "v1"
    assert bench.draft() is V1


def test_an_empty_system_message_is_none() -> None:
    empty = Prompt("v0", "", "{text}", system="")
    assert lab(versions=[empty]).draft() is empty
    bench = lab()
    named(bench, "system").value = ""
    assert bench.draft().system is None


def test_edited_drafts_are_mine_1_and_mine_2() -> None:
    bench = lab()
    edit(bench, "Mood of {text}?", "shorter")
    assert bench.draft() == Prompt("mine 1", "shorter", "Mood of {text}?", V2.system, V2.examples, V2.options)
    press_run(bench)
    assert bench.draft().version == named(bench, "start from").value == "mine 1"
    edit(bench, "{text}!")
    assert (bench.draft().version, bench.draft().change) == ("mine 2", "mine 1, edited")
    press_run(bench)
    assert named(bench, "compare").options == named(bench, "start from").options == ("v1", "v2", "mine 1", "mine 2")
    assert named(bench, "compare").value == "v1"


def test_kept_versions_come_back_whole_with_their_answers(home: Path) -> None:
    bench = lab()
    edit(bench, "Stimmung – {text}?")
    press_run(bench)
    ask = Scripted()
    again = lab(ask)
    mine = again.versions["mine 1"]
    assert mine == bench.versions["mine 1"]
    assert mine.examples == (("Late!", "bad"), ("Fine.", "good"))  # tuples, which JSON does not know
    assert mine.messages("Hi") == bench.versions["mine 1"].messages("Hi")
    assert again.draft() is mine
    assert again.run(mine, 10) == ["good"] * 10
    assert ask.asked == []
    edit(again, "{text}")
    assert again.draft().version == "mine 2"


def test_the_page_s_own_versions_are_not_kept(home: Path) -> None:
    bench = lab()
    press_run(bench)
    assert files(home) == []
    edit(bench, "{text}?")
    press_run(bench)
    assert files(home) == ["my_work/moods.json"]
    assert list(json.loads((home / "my_work" / "moods.json").read_text(encoding="utf-8"))) == ["mine 1"]


def test_two_prompts_never_share_a_version_and_so_their_answers() -> None:
    bench = lab()
    bench.run(V1, 10)
    with pytest.raises(ValueError, match="another prompt with the version 'v1'. Give this one a name of its own"):
        bench.run(Prompt("v1", "", "Something else: {text}"), 10)


# --- comparing ------------------------------------------------------------------------------------------------------

SAID = {  # of ten messages whose labels are good bad bad, good bad bad, good bad bad, good
    "v1": ["good", "good", "bad", "good", "good", "good", "good", "bad", "bad", "good"],
    "v2": ["good", "bad", "bad", "dunno", "good", "Bad.", "good", "bad", "good", "good or bad"],
}


def by_script(prompt: Prompt, text: str) -> str:
    return SAID[prompt.version][TEXTS.index(text)]


def test_compare_gives_gains_and_then_regressions() -> None:
    bench = lab(by_script)
    for version in (V1, V2):
        bench.run(version, 10)
    assert bench.compare("v1", "v2", 10).values.tolist() == [
        ["gained", "message 1", "bad", "good", "bad"],
        ["gained", "message 5", "bad", "good", "Bad."],
        ["lost", "message 3", "good", "good", "dunno"],
        ["lost", "message 8", "bad", "bad", "good"],
        ["lost", "message 9", "good", "good", "good or bad"],
    ]
    assert list(bench.compare("v1", "v2", 10).columns) == ["change", "text", "label", "answer before", "answer now"]
    assert bench.compare("v2", "v2", 10).empty


def test_what_was_not_answered_by_both_is_not_compared() -> None:
    bench = lab(by_script)
    bench.run(V1, 10)
    bench.run(V2, 4)
    assert bench.compare("v1", "v2", 10)["text"].tolist() == ["message 1", "message 3"]
    assert bench.compare("v1", "no such version", 10).empty


def test_the_report_says_scores_and_flips() -> None:
    said = press_run(lab(by_script))
    assert "2 gained, 3 lost from v1 to v2, of 10 that both answered." in said
    assert "70.0% (7 of 10; " in said  # v1: all but messages 1, 4 and 5
    assert "60.0% (6 of 10; " in said  # v2: all but messages 3, 4, 8 and 9
    words = said.split()
    assert words[words.index("examples") + 1] == "8"  # usable: "dunno" names no label, "good or bad" both


def test_another_version_to_compare_with_is_reported_or_asked_for() -> None:
    bench = lab(by_script)
    press_run(bench)
    named(bench, "compare").value = "v2"
    assert "0 gained, 0 lost from v2 to v2" in markup(bench).text
    bench = lab(by_script, versions=[V1, Prompt("v0", "", "{text}"), V2])
    press_run(bench)
    named(bench, "compare").value = "v0"
    assert "No message was answered by both yet" in markup(bench).text
    assert "0 gained" not in markup(bench).text


# --- faults and stops -----------------------------------------------------------------------------------------------


def test_a_user_message_without_its_place_is_refused_in_a_sentence() -> None:
    ask = Scripted()
    bench = lab(ask)
    edit(bench, "Good or bad?")
    assert "The user message must hold {text}: there the message is put in." in press_run(bench)
    assert ask.asked == []
    assert list(bench.versions) == ["v1", "v2"]
    assert ready(bench)


def failing_at(place: int) -> Scripted:
    def answer(prompt: Prompt, text: str) -> str:
        if prompt.version == "mine 1" and text == TEXTS[place]:
            raise RuntimeError("The endpoint is asleep.\nTraceback: many lines")
        return f"good, says {prompt.user}"

    return Scripted(answer)


@pytest.mark.parametrize("place", [0, 3])
def test_a_fault_is_shown_as_a_sentence_and_what_came_before_is_kept(place: int) -> None:
    bench = lab(failing_at(place))
    edit(bench, "{text}?")
    said = press_run(bench)
    assert "The endpoint is asleep." in said
    assert "Traceback" not in said
    assert ready(bench)
    ask = Scripted()
    again = lab(ask)
    assert list(again.answers["mine 1"]) == TEXTS[:place]
    press_run(again)
    assert [asked for asked in ask.asked if asked[0] == "mine 1"] == [("mine 1", text) for text in TEXTS[place:10]]


def test_after_a_fault_the_same_draft_goes_on_and_another_gets_another_name() -> None:
    bench = lab(failing_at(3))
    edit(bench, "{text}?")
    press_run(bench)
    assert bench.draft().version == "mine 1"
    edit(bench, "{text}!")
    press_run(bench)
    assert set(bench.answers["mine 1"].values()) == {"good, says {text}?"}
    assert set(bench.answers["mine 2"].values()) == {"good, says {text}!"}


def test_a_draft_that_was_never_asked_is_no_version() -> None:
    def answer(*_: object) -> str:
        raise RuntimeError("The endpoint is asleep.")

    bench = lab(Scripted(answer))
    edit(bench, "{text}?")
    press_run(bench)  # "v1", to be compared with, fails first
    assert list(bench.versions) == ["v1", "v2"]
    assert bench.draft().version == "mine 1"


def test_a_file_that_cannot_be_written_is_named_in_the_widgets(home: Path) -> None:
    (home / "my_work").write_text("I am no folder.")
    bench, moods = lab(), task()
    edit(bench, "{text}?")
    assert "my_work/moods.json cannot be written" in press_run(bench)
    named(moods, "bad").click()
    assert "my_work/moods.json cannot be written" in markup(moods).text


def test_an_answer_without_text_is_unusable() -> None:
    bench = lab(Scripted(lambda *_: None))  # type: ignore[arg-type,return-value]
    assert "0.0% (0 of 10; " in press_run(bench)


class Blocking(Scripted):
    """An ask function that halts at one message until it is let go."""

    def __init__(self, version: str, place: int) -> None:
        super().__init__(self.halt)
        self.where, self.there, self.go_on = (version, TEXTS[place]), threading.Event(), threading.Event()

    def halt(self, prompt: Prompt, text: str) -> str:
        if (prompt.version, text) == self.where:
            self.there.set()
            assert self.go_on.wait(PATIENCE)
        return "good"


def stopped(bench: PromptLab, ask: Blocking) -> None:
    """Press "Run", and "Stop" while the model thinks."""
    named(bench, "Run").click()
    assert ask.there.wait(PATIENCE)
    assert named(bench, "Run").disabled
    assert not named(bench, "Stop").disabled
    named(bench, "Stop").click()
    ask.go_on.set()
    wait(bench)


def test_stop_ends_early_and_keeps_what_came_back() -> None:
    ask = Blocking("mine 1", 2)
    bench = lab(ask)
    edit(bench, "{text}?")
    stopped(bench, ask)
    assert len(ask.asked) == 10 + 3  # all of v1, and of mine 1 the one that it was at
    assert ready(bench)
    assert named(bench, "asked").value == 3
    assert "of 3 that both answered" in markup(bench).text
    assert list(lab().answers["mine 1"]) == TEXTS[:3]


def test_stop_ends_both_versions() -> None:
    ask = Blocking("v1", 4)
    stopped(lab(ask), ask)
    assert ask.asked == [("v1", text) for text in TEXTS[:5]]


def test_after_stop_the_rest_can_be_asked() -> None:
    ask = Blocking("v1", 4)
    bench = lab(ask)
    stopped(bench, ask)
    assert len(bench.run(V2, 10)) == 10  # from a cell
    press_run(bench)
    assert len(ask.asked) == len(set(ask.asked)) == 20


def test_a_second_click_starts_nothing() -> None:
    ask = Blocking("v1", 0)
    bench = lab(ask)
    named(bench, "Run").click()
    first = bench._thread
    named(bench, "Run").click()
    assert bench._thread is first
    ask.go_on.set()
    wait(bench)
    assert len(ask.asked) == 20


# --- what both share: nothing that others wrote is markup -----------------------------------------------------------


def ran(**given: Any) -> PromptLab:
    """Return a lab after a run in which every message flips from the first version to v2."""
    right = given.pop("right", "good")
    bench = lab(lambda prompt, text: right if prompt.version == "v2" else "nothing", **{"texts": ["fine"], "targets": ["good"]} | given)
    press_run(bench)
    return bench


def broken(words: str) -> PromptLab:
    def answer(*_: object) -> str:
        raise RuntimeError(words)

    bench = lab(answer)
    press_run(bench)
    return bench


PLACES: dict[str, Callable[[str], Labelling | PromptLab]] = {
    **{f"{place} of a labelling": make for place, make in LABELLED.items()},
    "message": lambda text: ran(texts=[text]),
    "answer": lambda text: ran(right=f"good {text}"),
    "label": lambda text: ran(targets=[text], labels=[text, "bad"], right=text),
    "name of the first version": lambda text: ran(versions=[Prompt(text, "", "{text}"), V2]),
    "name of the latest version": lambda text: ran(versions=[V1, Prompt(text, "", "{text}")]),
    "change of a version": lambda text: ran(versions=[V1, Prompt("v2", text, "{text}")]),
    "user message": lambda text: ran(versions=[V1, Prompt("v2", "", "{text}" + text)]),
    "fault": broken,
}
each_place = pytest.mark.parametrize("place", PLACES)


@each_nasty
@each_place
def test_no_text_is_taken_for_markup(place: str, text: str) -> None:
    assert markup(PLACES[place](text)).shape == markup(PLACES[place]("word")).shape


@pytest.mark.parametrize("text", [*NASTY, LONG])
@each_place
def test_a_text_is_shown_whole_and_as_it_was_written(place: str, text: str) -> None:
    assert text in markup(PLACES[place](text)).text


@each_place
def test_no_description_is_markup(place: str) -> None:
    assert [widget for widget in on_stage(PLACES[place]("<b>")) if getattr(widget, "description_allow_html", False)] == []


# --- what both share: where and how they are shown ------------------------------------------------------------------

TASKS: dict[str, Callable[[], Labelling | PromptLab]] = {"labelling": task, "lab": lab}
each_task = pytest.mark.parametrize("name", TASKS)
unattended = pytest.mark.parametrize("mode", ["replay", "record"])


@each_task
def test_every_control_can_be_reached_and_named_by_keyboard(name: str) -> None:
    still = (ipywidgets.Box, ipywidgets.HTML, ipywidgets.IntProgress)
    controls = [widget for widget in on_stage(TASKS[name]()) if not isinstance(widget, still)]
    kinds = (ipywidgets.Button, ipywidgets.Dropdown, ipywidgets.Text, ipywidgets.Textarea, ipywidgets.ToggleButtons)  # a browser's own
    assert len(controls) >= 3
    assert [control for control in controls if type(control) not in kinds or control.tabbable is False or not control.description] == []


@each_task
def test_a_reader_sees_the_widget_and_a_saved_page_its_picture(name: str) -> None:
    bundle, _ = DisplayFormatter().format(TASKS[name]())
    assert VIEW in bundle
    assert "in JupyterLab" in bundle["text/html"]


@each_task
@unattended
def test_nobody_attends_so_a_picture_is_shown(name: str, mode: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIDEBYSIDE_MODE", mode)
    bundle, _ = DisplayFormatter().format(TASKS[name]())
    assert set(bundle) == {"text/plain", "text/html"}
    assert bundle["text/plain"] == repr(TASKS[name]())


@unattended
def test_nobody_attends_so_nothing_is_kept_or_read(mode: str, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIDEBYSIDE_MODE", mode)
    moods, bench = task(), lab()
    moods.label("bad")
    bench.run(Prompt("mine 1", "", "{text}"), 10)
    assert moods.labels[0] == "bad"
    assert files(home) == []
    monkeypatch.delenv("SIDEBYSIDE_MODE")
    task().label("good")
    monkeypatch.setenv("SIDEBYSIDE_MODE", mode)
    assert task().done == 0


MODEL = "smollm2-135m-instruct"
KEPT = {"version": "mine 1", "change": "", "user": "{text}", "system": None, "examples": [], "options": {}}
FOREIGN: dict[str, bytes] = {
    "empty": b"",
    "cut off": b'{"mine 1": {"prompt": {"ver',
    "a list": b"[1, 2]",
    "not UTF-8": b'{"a": "\xff\xfe"}',
    "a card": b'{"name": "Anna", "age": 7}',
    "texts": b'{"name": "Anna"}',
    "other entries": b'{"0123456789abcdef": 7}',
    "nothing in it": b'{"mine 1": {}}',
    "a prompt without message": b'{"mine 1": {"prompt": {"version": "mine 1", "examples": []}, "answers": {}}}',
    "a prompt with more": json.dumps({"mine 1": {"prompt": KEPT | {"colour": "red"}, "model": MODEL, "answers": {}}}).encode(),
    "a prompt of another name": json.dumps({"mine 2": {"prompt": KEPT, "model": MODEL, "answers": {}}}).encode(),
    "examples that are no pairs": json.dumps({"mine 1": {"prompt": KEPT | {"examples": [["a"]]}, "model": MODEL, "answers": {}}}).encode(),
    "a message that is no text": json.dumps({"mine 1": {"prompt": KEPT | {"user": None}, "model": MODEL, "answers": {}}}).encode(),
    "answers that are no texts": json.dumps({"mine 1": {"prompt": KEPT, "model": MODEL, "answers": {"message 0": 1}}}).encode(),
    "a list of answers": json.dumps({"mine 1": {"prompt": KEPT, "model": MODEL, "answers": ["good"]}}).encode(),
}


@each_task
@pytest.mark.parametrize("content", FOREIGN.values(), ids=list(FOREIGN))
def test_a_foreign_file_is_refused_in_a_sentence_and_left_as_it_is(name: str, content: bytes, home: Path) -> None:
    file = home / "my_work" / "moods.json"
    file.parent.mkdir()
    file.write_bytes(content)
    with pytest.raises(WorkError, match=r"^my_work/moods\.json cannot be read: .* Move it away, and run the cell again\.$") as caught:
        TASKS[name]()
    assert len(caught.value._render_traceback_()) == 1
    assert files(home) == ["my_work/moods.json"]
    assert file.read_bytes() == content


def test_the_example_of_a_kept_version_is_one_but_for_the_fault(home: Path) -> None:
    (home / "my_work").mkdir()
    (home / "my_work" / "moods.json").write_text(json.dumps({"mine 1": {"prompt": KEPT, "model": MODEL, "answers": {"message 0": "good"}}}))
    assert lab().answers == {"mine 1": {"message 0": "good"}}


def test_another_model_s_answers_do_not_pass_for_this_one_s(home: Path) -> None:
    (home / "my_work").mkdir()
    entry = {"prompt": KEPT, "model": "another", "answers": {"message 0": "good"}}
    (home / "my_work" / "moods.json").write_text(json.dumps({"mine 1": entry}))
    assert (lab().answers, "mine 1" in lab().versions) == ({"mine 1": {}}, True)


def test_one_task_does_not_take_the_other_s_file_for_its_own() -> None:
    task().label("bad")
    with pytest.raises(WorkError):
        lab()


def test_an_answer_that_never_came_is_told_and_the_others_are_kept() -> None:
    def answer(prompt: Prompt, text: str) -> str:
        if prompt.version == "mine 1" and text == TEXTS[3]:
            raise AnswerError("The model declined to answer.", Why.REFUSED)
        return "good"

    bench = lab(Scripted(answer))
    edit(bench, "{text}?")
    said = press_run(bench)
    assert "gave no answer to 1 of 10 (refused: 1). The model declined to answer." in said
    assert list(bench.answers["mine 1"]) == [text for text in TEXTS[:10] if text != TEXTS[3]]
