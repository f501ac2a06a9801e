"""Run the checks in named stages, and say how long each took. `make quick`, `make test`, `make check` and CI call this.

Usage: python -m tools.check STAGE …    (the stages, and what they are made of, are listed below; quick, test and check are several)
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tools import npm
from tools.pages import HOME

PYTHON = sys.executable
PYTEST = (PYTHON, "-m", "pytest", "-n", "2")
APART = ("--ignore=tests/site", "--ignore=tests/exports")  # stages of their own: they need the built site, or promptfoo
ONE_THREAD = {"OMP_NUM_THREADS": "1"}  # for NumPy: two workers with two threads each wait for each other, and a fit of 0.2 s takes 5
WITHOUT_MODEL = ("unit", "pages")
Step = tuple[str, ...] | Callable[[], None]


def program(name: str) -> str:
    """Return the path of a program of this environment."""
    return str(Path(PYTHON).with_name(name))


def scripts() -> None:
    """Check the site's JavaScript, as package.json says.

    Raises:
        subprocess.CalledProcessError: If there is a fault in it.
    """
    npm.install()
    subprocess.run(["npm", "run", "--if-present", "--silent", "lint"], cwd=HOME, check=True, shell=os.name == "nt")


STAGES: dict[str, tuple[Step, ...]] = {
    # the form of code: ruff, imports that run one way, JavaScript
    "lint": ((program("ruff"), "check", "-q"), (program("ruff"), "format", "-q", "--check"), (program("lint-imports"), "--no-logo"), scripts),
    # the types of package and tools
    "types": ((program("mypy"),),),
    # what needs no model, no browser and no patience
    "unit": ((*PYTEST, *APART, "-m", "not live and not browser and not slow"),),
    # every notebook compared with its saved outputs, and the tests that take seconds each; a group shares what takes long to set up
    "pages": ((PYTHON, "-m", "tools.run_pages", "compare"), (*PYTEST, "--dist", "loadgroup", *APART, "-m", "slow and not live and not browser")),
    # the model itself
    "live": (
        (PYTHON, "-m", "pytest", *APART, "-m", "live and not browser"),  # one at a time: two models wait for each other on two cores
        (PYTHON, "-m", "tools.run_pages", "live", "meet_the_model"),
        (PYTHON, "-m", "tools.record", "verify", "--sample", "10", "--no-gate"),
    ),
    # the site, in _build/html, and its slides
    "book": (
        npm.install,
        (PYTHON, "-m", "tools.stage"),
        (program("jupyter-book"), "build", "--all", "-q", "-n", "-W", "--keep-going", "--path-output", ".", "_build/source"),
        (PYTHON, "-m", "tools.slides"),
    ),
    # the built site, and JupyterLab, in a browser
    "site": ((*PYTEST, "--dist", "loadgroup", "--no-loadscope-reorder", "tests/site"),),
    # the exported suites, in promptfoo and in Inspect
    "exports": (lambda: npm.install(HOME / "tests" / "exports"), (*PYTEST, "tests/exports")),
}
SETS = {"quick": ["lint", "types", "unit"], "test": ["lint", "types", "unit", "pages", "live"], "check": list(STAGES)}


@dataclass(frozen=True)
class Result:
    """What came of a stage."""

    stage: str
    seconds: float
    passed: bool

    def row(self) -> str:
        """Return a row of the closing table."""
        return f"{self.stage:<10}{self.seconds:>8.0f} s  {'passed' if self.passed else 'FAILED'}"


def run(stage: str) -> Result:
    """Run a stage; its first step that fails ends it."""
    print(f"\n=== {stage}", flush=True)
    start = time.perf_counter()
    passed = all(succeeds(step, ONE_THREAD if stage in WITHOUT_MODEL else {}) for step in STAGES[stage])
    result = Result(stage, time.perf_counter() - start, passed)
    print(result.row(), flush=True)
    return result


def succeeds(step: Step, settings: dict[str, str]) -> bool:
    """Run one step, a command with some settings more, and tell whether it went well."""
    if isinstance(step, tuple):
        return subprocess.run(step, cwd=HOME, env=os.environ | settings).returncode == 0
    try:
        step()
    except (SystemExit, subprocess.CalledProcessError) as error:
        print(error)
        return False
    return True


def main(names: list[str]) -> int:
    """Run stages one after the other, all of them even if one fails, and print the table."""
    stages = list(dict.fromkeys(stage for name in names for stage in SETS.get(name, [name])))
    if not stages or not set(stages) <= set(STAGES):
        sys.exit(f"Name stages: {', '.join(STAGES)}; or several of them: {', '.join(SETS)}.")
    results = [run(stage) for stage in stages]
    whole = Result("total", sum(result.seconds for result in results), all(result.passed for result in results))
    print("", *(result.row() for result in [*results, whole]), sep="\n")
    return 0 if whole.passed else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
