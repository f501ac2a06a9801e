"""Install the course from this folder, without a network: python install.py [where to put it].

Plain Python 3.11 or newer, nothing else: it runs before anything is installed.
"""

import shutil
import subprocess
import sys
from pathlib import Path

STICK = Path(__file__).resolve().parent


def run(*words):
    """Run a program, and stop with a sentence where it fails."""
    if subprocess.run([str(word) for word in words]).returncode:
        sys.exit(
            "That did not work. The lines above name the package. Most often this laptop has another Python, or another system,\n"
            "than the kit was made for: README.txt names both."
        )


def lay_weights(python, target):
    """Lay larger models, if the stick has any, where the course looks for them; it checks each before it is first used."""
    files = sorted((STICK / "weights").glob("*.gguf"))
    if not files:
        return
    ask = "from sidebyside.settings import weights_folder; print(weights_folder())"
    command = [str(python), "-X", "utf8", "-c", ask]
    folder = Path(subprocess.run(command, cwd=target, capture_output=True, encoding="utf-8", check=True).stdout.strip())
    folder.mkdir(parents=True, exist_ok=True)
    for file in files:
        if not (folder / file.name).exists():
            print(f"Copying {file.name} ({file.stat().st_size / 1e9:.1f} GB)", flush=True)
            shutil.copyfile(file, folder / file.name)


def main():
    """Copy the course, make its environment, fill it from the stick, and say how to start."""
    if sys.version_info < (3, 11):  # noqa: UP036 -- an older Python runs this file too
        sys.exit(f"This is Python {sys.version.split()[0]}. The course needs 3.11 or newer: run this file with another one.")
    target = Path(sys.argv[1] if len(sys.argv) > 1 else Path.home() / "side-by-side").resolve()
    if target.exists():
        sys.exit(f"{target} is there already. Name another folder: python install.py FOLDER")
    shutil.copytree(STICK / "course", target)
    run(sys.executable, target / "tools" / "install.py", "--offline", STICK)
    python = target / ".venv" / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    lay_weights(python, target)
    notebooks = sorted(target.glob("notebooks/*.ipynb"))
    run(python, "-m", "jupyter", "trust", *notebooks, *target.glob("exercises/*.ipynb"))
    print(f'Done. Start the course with:\n\n"{python}" -m jupyter lab --ServerApp.root_dir="{target}" "{notebooks[0]}"')


main()
