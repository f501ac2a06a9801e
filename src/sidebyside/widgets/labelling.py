"""The labelling widget: texts one by one, a button for each label, and the labels kept in the learner's folder."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence

import ipywidgets

from ..shown import shown
from .workbook import WorkError, foreign, keep_work, read_work, unattended


def _key(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


class Labelling:
    """Shows texts one by one and keeps what the reader says of each. Tab and Enter are enough to use it.

    Args:
        name: The file in `my_work/` that keeps the labels, so that a reader can go on another day.
        question: What to judge.
        texts: What is judged, as plain text.
        options: The labels to choose from.
    """

    def __init__(self, name: str, question: str, texts: Sequence[str], options: Sequence[str]) -> None:
        """Read the labels kept so far, and go to the first text without one.

        Raises:
            WorkError: If the file that keeps them holds something else.
        """
        self.name, self.question, self.texts, self.options = name, question, list(texts), list(options)
        self._kept = read_work(name)
        if not all(re.fullmatch("[0-9a-f]{16}", key) and isinstance(label, str) for key, label in self._kept.items()):
            raise foreign(name)
        self._place = -1
        self._text, self._progress = ipywidgets.HTML(), ipywidgets.HTML()
        self._buttons = [self._button(option) for option in self.options]
        self._back = ipywidgets.Button(description="one back", icon="arrow-left")
        self._back.on_click(lambda _: self.back())
        self._next()

    @property
    def labels(self) -> list[str | None]:
        """The reader's label of each text, in order; None where there is none yet, or one that is no option any more."""
        kept = [self._kept.get(_key(text)) for text in self.texts]
        return [label if label in self.options else None for label in kept]

    @property
    def done(self) -> int:
        """How many texts have a label."""
        return sum(label is not None for label in self.labels)

    def label(self, option: str) -> None:
        """Label the text on show, keep that, and go on to the next one without a label."""
        if self._place < len(self.texts):
            self._kept[_key(self.texts[self._place])] = option
            keep_work(self.name, self._kept)
            self._next()

    def back(self) -> None:
        """Go back to the text before, whatever its label."""
        self._place = max(0, self._place - 1)
        self._show()

    def _next(self) -> None:
        open_ones = [i for i, label in enumerate(self.labels) if label is None]
        self._place = next((i for i in open_ones if i > self._place), open_ones[0]) if open_ones else len(self.texts)
        self._show()

    def _button(self, option: str) -> ipywidgets.Button:
        button = ipywidgets.Button(description=option, layout=ipywidgets.Layout(width="auto"))
        button.on_click(lambda _: self._press(option))
        return button

    def _press(self, option: str) -> None:
        """Do what a button says; the widget must say it if that fails: a click has no cell to show it in."""
        try:
            self.label(option)
        except WorkError as error:
            self._progress.value = shown(str(error))

    def _show(self) -> None:
        ended = self._place >= len(self.texts)
        text = "That was the last one. Run the cells below." if ended else shown(self.texts[self._place])
        self._text.value = f'<p style="font-size:1.1em;line-height:1.4;white-space:pre-wrap">{text}</p>'
        self._progress.value = f"{self.done} of {len(self.texts)} judged"
        given = None if ended else self.labels[self._place]
        for button, option in zip(self._buttons, self.options, strict=True):
            button.disabled, button.button_style = ended, "info" if option == given else ""

    def __repr__(self) -> str:
        """Say how far the reader is."""
        return f"Labelling: {self.question} ({self.done} of {len(self.texts)} judged)"

    def _repr_html_(self) -> str:
        choices = " · ".join(shown(option) for option in self.options)
        return (
            f'<p class="sbs-widget"><strong>{shown(self.question)}</strong><br>'
            f"{len(self.texts)} texts, one by one: {choices}. Run this cell in JupyterLab to judge them yourself.</p>"
        )

    def _repr_mimebundle_(self, **_: object) -> dict[str, object]:
        if unattended():
            return {"text/plain": repr(self), "text/html": self._repr_html_()}
        head = ipywidgets.HTML(f"<strong>{shown(self.question)}</strong>")
        bar = ipywidgets.HBox([*self._buttons, self._back, self._progress], layout=ipywidgets.Layout(flex_flow="row wrap"))
        bundle: dict[str, object] = ipywidgets.VBox([head, self._text, bar])._repr_mimebundle_()
        return bundle


def labelling(name: str, question: str, texts: Sequence[str], options: Sequence[str]) -> Labelling:
    """Let the reader judge texts; `.labels` holds what was said."""
    return Labelling(name, question, texts, options)
