"""Ask Lighthouse what it thinks of the built site on a phone; reported, and not asserted in a test.

Usage: python -m tools.lighthouse [PAGE …]    (pages by name, such as notebooks/side_by_side; some of each kind unless you say)
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator

from tools.pages import HOME
from tools.serving import CHROMIUM, FLAGS, served

PROGRAM = HOME / "tests" / "site" / "node_modules" / ".bin" / "lighthouse"
PAGES = ("book/start", "notebooks/side_by_side", "exercises/meet_the_model", "book/glossary")
KINDS = ("performance", "accessibility", "best-practices")


def report(address: str) -> dict:
    """Return Lighthouse's report on one page, seen with its usual slow phone.

    Raises:
        subprocess.CalledProcessError: If Lighthouse fails.
    """
    flags = " ".join(["--headless", *FLAGS])
    command = [PROGRAM, address, "--quiet", "--output=json", f"--only-categories={','.join(KINDS)}", f"--chrome-flags={flags}"]
    run = subprocess.run(command, env=os.environ | {"CHROME_PATH": CHROMIUM}, capture_output=True, text=True, check=True)
    return json.loads(run.stdout)


def complaints(found: dict) -> Iterator[str]:
    """Yield the title of each audit that counts and is not passed."""
    for kind in KINDS:
        for part in found["categories"][kind]["auditRefs"]:
            audit = found["audits"][part["id"]]
            if part["weight"] and audit["score"] is not None and audit["score"] < 0.9:
                yield f"{audit['title']} {audit.get('displayValue', '')}".strip()


def main(names: list[str]) -> None:
    """Print the scores of some pages, and what they lost points for."""
    print("performance  accessibility  best practices  page")
    with served() as address:
        for name in names:
            found = report(f"{address}/{name}.html")
            scores = [round(100 * (found["categories"][kind]["score"] or 0)) for kind in KINDS]
            print("{:>11}  {:>13}  {:>14}  {}".format(*scores, name), *complaints(found), sep="\n    ")


if __name__ == "__main__":
    main(sys.argv[1:] or list(PAGES))
