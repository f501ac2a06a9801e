"""A learner at a shared server, as a real browser does it: log in, fetch, answer, run, hand in. For `hub_trial.py`."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from playwright.sync_api import Browser, Page, expect, sync_playwright

from tools.pages import load

SLOW = 90_000  # milliseconds: a first server start compiles much
SEND = """async ([path, answers]) => {
  const base = JSON.parse(document.getElementById("jupyter-config-data").textContent).baseUrl;
  const headers = { "X-XSRFToken": (document.cookie.match(/_xsrf=([^;]+)/) ?? [])[1] };
  const url = `${base}api/contents/${path}`, got = await fetch(url, { headers }), file = await got.json();
  if (!got.ok) throw new Error(`${got.status} ${JSON.stringify(file)}`);
  for (const cell of file.content.cells)
    if (cell.metadata.nbgrader?.solution) cell.source = answers[cell.metadata.nbgrader.grade_id];
  const reply = await fetch(url, { method: "PUT", headers, body: JSON.stringify({ type: "notebook", format: "json", content: file.content }) });
  if (!reply.ok) throw new Error(`${reply.status} ${await reply.text()}`);
}"""


@contextmanager
def browser() -> Iterator[Browser]:
    """Start Chromium and close it at the end."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"])
        yield chromium
        chromium.close()


class Learner:
    """One learner with a browser profile of their own.

    Attributes:
        name: The account.
        page: Playwright's page.
    """

    def __init__(self, chromium: Browser, address: str, name: str, password: str) -> None:
        """Open a fresh profile."""
        self.name, self._address, self._password = name, address, password
        self.page: Page = chromium.new_context(viewport={"width": 1400, "height": 900}).new_page()
        self.page.set_default_timeout(SLOW)
        expect.set_options(timeout=SLOW)

    @staticmethod
    def solution(path: Path) -> dict[str, str]:
        """Return the worked answers of a solution: text by the name that nbgrader gives the cell."""
        marked = [(cell.metadata.get("nbgrader", {}), cell.source) for cell in load(path).cells]
        return {mark["grade_id"]: source for mark, source in marked if mark.get("solution")}

    def log_in(self) -> None:
        """Log in by the hub's form and wait for JupyterLab."""
        self.page.goto(f"{self._address}/hub/login")
        self.page.get_by_label("Username").fill(self.name)
        self.page.get_by_label("Password").fill(self._password)
        self.page.get_by_role("button", name="Sign in").click()
        self._lab()

    def _lab(self, path: str = "") -> None:
        self.page.goto(f"{self._address}/user/{self.name}/lab{path}?reset")
        expect(self.page.get_by_role("menuitem", name="File", exact=True)).to_be_visible()

    def press(self, button: str) -> None:
        """Open nbgrader's list of assignments and press a button in it."""
        self._lab()
        self.page.get_by_role("menuitem", name="Nbgrader").click()
        self.page.get_by_role("menuitem", name="Assignment List").click()
        wanted = self.page.get_by_role("button", name=button, exact=True)
        with self.page.expect_response(lambda reply: reply.request.method == "POST" and "/assignments" in reply.url) as reply:
            wanted.click()
        assert reply.value.ok, reply.value.text()

    def answer(self, path: str, answers: dict[str, str]) -> None:
        """Write answers into the cells for them, through the learner's own server."""
        self.page.evaluate(SEND, [path, answers])

    def run(self, path: str) -> list[str]:
        """Run a page from top to end in JupyterLab, save it, and return what its checks say."""
        self._lab(f"/tree/{path}")
        verdicts = self.page.locator(".jp-OutputArea-output .sbs-check")
        expect(self.page.locator(".jp-Notebook .jp-CodeCell").first).to_be_visible()
        for patience in (SLOW / 4, SLOW):  # a key pressed before the kernel is there is lost
            expect(self.page.locator(".jp-Notebook-ExecutionIndicator[data-status=idle]")).to_be_attached()
            self.page.locator(".jp-Notebook .jp-CodeCell .jp-InputPrompt").first.click()
            self.page.get_by_role("menuitem", name="Run", exact=True).click()
            self.page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
            with suppress(AssertionError):
                expect(verdicts).to_have_count(2, timeout=patience)
                break
        self.page.keyboard.press("Control+s")
        return verdicts.all_inner_texts()
