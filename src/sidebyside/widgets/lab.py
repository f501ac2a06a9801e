"""The prompt lab: edit a prompt, run it on some messages, compare it with any earlier version, keep it.

What it asks, it asks through the function that the page hands over, so the call to the model stands in the page. Shipped
versions are answered from recordings, the reader's own live. Versions and their answers are kept in `my_work/`.
"""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import ipywidgets
import pandas as pd

from ..answers import NoAnswer
from ..errors import AnswerError, explain
from ..evaluation import flips, rate, read_label
from ..llm import model_in_force
from ..prompts import Prompt
from ..runs import attempt, unanswered
from ..shown import shown
from .show import table
from .workbook import foreign, keep_work, read_work, unattended

Ask = Callable[[Prompt, str], str]
SIZES = (10, 50, 100)
WIDE = {"width": "98%"}


class PromptLab:
    """The widget. Its methods `run` and `compare` do what its buttons do.

    Args:
        name: The file in `my_work/` that keeps the reader's versions.
        ask: From a prompt and a text to the model's answer.
        versions: The page's own versions.
        texts: The messages.
        targets: Their labels, in the same order.
        labels: The labels that an answer may name.
    """

    def __init__(self, name: str, ask: Ask, versions: Sequence[Prompt], texts: Sequence[str], targets: Sequence[str], labels: Sequence[str]) -> None:
        """Read the versions kept so far and set the stage.

        Raises:
            WorkError: If the file that keeps them holds something else.
        """
        self.name, self.ask, self.labels = name, ask, list(labels)
        self.samples = pd.DataFrame({"text": list(texts), "label": list(targets)})
        kept = _kept(self.name)
        self.versions = {p.version: p for p in (*versions, *(prompt for prompt, _ in kept))}
        self.answers = {prompt.version: answers for prompt, answers in kept}
        self._shipped, self._latest = [p.version for p in versions], ""
        self._stopped, self._thread = threading.Event(), threading.Thread()
        self._build()

    # --- what the buttons do ---------------------------------------------------------------------------------------

    def draft(self) -> Prompt:
        """Return the prompt on show: the shipped or kept version if it was not edited, else a new one with the next free name."""
        base = self.versions[self._base.value]
        user, system = self._user.value, self._system.value
        if (user, system) == (base.user, base.system or ""):
            return base
        number = next(n for n in range(1, 1000) if f"mine {n}" not in self.versions)
        change = self._change.value or f"{base.version}, edited"
        return dataclasses.replace(base, version=f"mine {number}", change=change, user=user, system=system or None)

    def run(self, prompt: Prompt, size: int) -> list[str]:
        """Ask for the first messages and return the answers; whatever ends it early, what came back till then is kept.

        Raises:
            ValueError: If another prompt has the same version: its answers would pass for this one's.
            AnswerError: In the end, if some answers never came.
        """
        if self.versions.setdefault(prompt.version, prompt) != prompt:
            raise ValueError(f"There is another prompt with the version '{prompt.version}'. Give this one a name of its own.")
        given, texts = self.answers.setdefault(prompt.version, {}), self.samples["text"].head(size)
        try:
            self._ask_all(prompt, texts, given)
        finally:
            self._keep(prompt)
        return [given[text] for text in texts if text in given]

    def _ask_all(self, prompt: Prompt, texts: Sequence[str] | pd.Series, given: dict[str, str]) -> None:
        self._bar.max, self._bar.value = len(texts), 0
        missing = []
        for text in texts:
            if self._stopped.is_set():
                break
            answer = given[text] if text in given else attempt(partial(self.ask, prompt), text)
            if isinstance(answer, NoAnswer):
                missing.append(answer)  # the others may come, and this one the next time
            else:
                given[text] = answer or ""
            self._bar.value += 1
        if missing:
            raise AnswerError(unanswered([*given, *missing]), missing[0].why)

    def judged(self, version: str, size: int) -> pd.DataFrame:
        """Return the first messages that a version has answered: columns text, label, answer, found, right."""
        given = self.answers.get(version, {})
        rows = self.samples.head(size)
        rows = rows[rows["text"].isin(given)].assign(answer=[given[text] for text in rows["text"] if text in given])
        rows["found"] = [read_label(answer, self.labels) for answer in rows["answer"]]
        return rows.assign(right=rows["found"] == rows["label"])

    def compare(self, first: str, second: str, size: int) -> pd.DataFrame:
        """Return the messages that flipped from one version to the other: columns change, text, label, and the two answers."""
        pair = self._pair(first, second, size)
        gains, losses = flips(pair["right before"].tolist(), pair["right now"].tolist())
        rows = pair.iloc[gains + losses].assign(change=["gained"] * len(gains) + ["lost"] * len(losses))
        return rows[["change", "text", "label", "answer before", "answer now"]]

    def _pair(self, first: str, second: str, size: int) -> pd.DataFrame:
        """Return the messages that both versions have answered, side by side."""
        now = self.judged(second, size)[["answer", "right"]]
        return self.judged(first, size).merge(now, left_index=True, right_index=True, suffixes=(" before", " now"))

    # --- the stage -------------------------------------------------------------------------------------------------

    def _build(self) -> None:
        names = list(self.versions)
        self._base = ipywidgets.Dropdown(options=names, value=names[-1], description="start from")
        self._against = ipywidgets.Dropdown(options=names, value=names[0], description="compare")
        self._system = ipywidgets.Textarea(description="system", rows=2, layout=WIDE)
        self._user = ipywidgets.Textarea(description="user", rows=5, layout=WIDE)
        self._change = ipywidgets.Text(description="changed", placeholder="what did you change, and why?", layout=WIDE)
        self._size = ipywidgets.ToggleButtons(
            options=[n for n in SIZES if n <= len(self.samples)] or [len(self.samples)], description="messages", style={"button_width": "4em"}
        )
        self._go, self._stop = ipywidgets.Button(description="Run", button_style="primary"), ipywidgets.Button(description="Stop", disabled=True)
        self._bar, self._result = ipywidgets.IntProgress(description="asked"), ipywidgets.HTML(layout=WIDE)
        self._base.observe(lambda _: self._load(), "value")
        self._against.observe(lambda _: self._report(), "value")
        self._go.on_click(lambda _: self._start())
        self._stop.on_click(lambda _: self._stopped.set())
        self._load()

    def _load(self) -> None:
        prompt = self.versions[self._base.value]
        self._user.value, self._system.value, self._change.value = prompt.user, prompt.system or "", ""

    def _start(self) -> None:
        if self._go.disabled:
            return  # a second click, sent before the first one showed
        self._thread = threading.Thread(target=self._try, args=(self.draft(), self._size.value), daemon=True)
        self._go.disabled, self._stop.disabled = True, False
        self._thread.start()

    def _try(self, prompt: Prompt, size: int) -> None:
        """Run both versions to be compared, and show what came out, or a fault as one sentence."""
        try:
            fault = self._run_both(prompt, size)
            self._offer(prompt)
            self._report()
            self._result.value = fault or self._result.value
        finally:
            self._stopped.clear()
            self._go.disabled, self._stop.disabled = False, True

    def _run_both(self, prompt: Prompt, size: int) -> str:
        """Return the HTML of a fault, if there is one: the widget must say it, since a thread has no cell to show it in."""
        try:
            if "{text}" not in prompt.user:
                raise ValueError("The user message must hold {text}: there the message is put in.")
            for version in (self.versions[self._against.value], prompt):
                self.run(version, size)
            self._latest = prompt.version
        except Exception as error:
            return table(pd.DataFrame({"That did not work": [explain(error)]}))._repr_html_()
        return ""

    def _offer(self, prompt: Prompt) -> None:
        """Put a new version that was run into both lists."""
        if prompt.version in self.versions and prompt.version not in self._base.options:
            against = self._against.value
            self._base.options, self._against.options = list(self.versions), list(self.versions)
            self._base.value, self._against.value = prompt.version, against

    def _report(self) -> None:
        if not (latest := self._latest):
            return
        size, against = self._size.value, self._against.value
        names = dict.fromkeys((against, latest))
        score = pd.DataFrame([self._line(name, size) for name in names if len(self.judged(name, size))])
        changes = self.compare(against, latest, size)
        head = f"<p>{self._difference(against, latest, size)}</p>"
        self._result.value = table(score)._repr_html_() + head + (table(changes)._repr_html_() if len(changes) else "")

    def _difference(self, first: str, second: str, size: int) -> str:
        """Say as HTML how many messages flipped, and out of how many."""
        counts, both = self.compare(first, second, size)["change"].value_counts(), len(self._pair(first, second, size))
        names = f"{shown(first)} to {shown(second)}"
        if not both:
            return f"No message was answered by both yet, so there is nothing to compare from {names}. Press Run."
        return f"<b>{counts.get('gained', 0)}</b> gained, <b>{counts.get('lost', 0)}</b> lost from {names}, of {both} that both answered."

    def _line(self, version: str, size: int) -> dict[str, Any]:
        rows = self.judged(version, size)
        return {
            "version": version,
            "change": self.versions[version].change,
            "usable": int(rows["found"].notna().sum()),
            "right": str(rate(rows["right"])),
        }

    def _keep(self, prompt: Prompt) -> None:
        if prompt.version not in self._shipped:
            self.versions[prompt.version] = prompt
            own = [name for name in self.versions if name not in self._shipped]
            keep_work(self.name, {n: self._entry(n) for n in own})

    def _entry(self, version: str) -> dict[str, Any]:
        prompt, answers = dataclasses.asdict(self.versions[version]), self.answers.get(version, {})
        return {"prompt": prompt, "model": model_in_force(), "answers": answers}

    def __repr__(self) -> str:
        """Name the versions."""
        return f"Prompt lab: {', '.join(self.versions)}"

    def _repr_html_(self) -> str:
        rows = pd.DataFrame([{"version": p.version, "change": p.change, "user message": p.user} for p in self.versions.values()])
        return (
            f"{table(rows)._repr_html_()}<p class='sbs-widget'>Here the prompt lab opens in JupyterLab: edit a version, run it on "
            "some messages, and see which ones flip.</p>"
        )

    def _repr_mimebundle_(self, **_: object) -> dict[str, object]:
        if unattended():
            return {"text/plain": repr(self), "text/html": self._repr_html_()}
        run = ipywidgets.HBox([self._size, self._go, self._stop, self._bar], layout=ipywidgets.Layout(flex_flow="row wrap"))
        parts = [self._base, self._system, self._user, self._change, self._against, run, self._result]
        bundle: dict[str, object] = ipywidgets.VBox(parts)._repr_mimebundle_()
        return bundle


def _kept(name: str) -> list[tuple[Prompt, dict[str, str]]]:
    """Return the versions kept under a name, each with its answers by message; another model's answers are left out.

    Raises:
        WorkError: If the file holds something else.
    """
    try:
        return [_version(key, **value) for key, value in read_work(name).items()]
    except (TypeError, ValueError, KeyError, AttributeError) as error:
        raise foreign(name) from error


def _version(name: str, prompt: dict[str, Any], model: str, answers: dict[str, str]) -> tuple[Prompt, dict[str, str]]:
    """Return a prompt as it was kept, with its answers: JSON has made lists of its pairs."""
    examples = tuple((shown, answer) for shown, answer in prompt["examples"])
    kept = Prompt(**prompt | {"examples": examples})
    if kept.version != name or not all(isinstance(text, str) for text in (kept.user, *answers, *answers.values())):
        raise ValueError(f"'{name}' is no version that the lab wrote.")
    return kept, answers if model == model_in_force() else {}


def prompt_lab(name: str, ask: Ask, versions: Sequence[Prompt], texts: Sequence[str], targets: Sequence[str], labels: Sequence[str]) -> PromptLab:
    """Open the prompt lab; see `PromptLab`."""
    return PromptLab(name, ask, versions, texts, targets, labels)
