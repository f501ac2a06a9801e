"""`python -m sidebyside lab`: JupyterLab on the page *Start here*, with the course's folder as its root."""

from __future__ import annotations

import importlib.util
import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from ..errors import SettingsError
from ..settings import find_home
from . import DATA, LEARNER

START = "book/start-here.md"
FOLDERS = ("notebooks", "exercises", "solutions", "hackathon")
OUTSIDE = ("ALL_PROXY", "HTTPS_PROXY", "HTTP_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR")  # JupyterLab's import fails where one cannot be used
OWN_FOLDERS = ("JUPYTER_DATA_DIR", "JUPYTER_CONFIG_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR")
SCREENS = ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER")  # where a desktop of Linux says that there is one


def open_lab(options: Sequence[str] = ()) -> None:
    """Trust the course's notebooks and run JupyterLab until it is stopped.

    Args:
        options: More options for `jupyter lab`; a file's path among them is opened in place of *Start here*.

    Raises:
        SettingsError: If JupyterLab is not installed, or the course's folder is not found.
    """
    if importlib.util.find_spec("jupyterlab") is None:
        raise SettingsError("JupyterLab is not installed in this Python. Run: pip install --require-hashes -r requirements.txt")
    home = find_home()
    show_to_jupyter()
    lend_folders()
    trust(home)
    with hidden(*OUTSIDE):
        from jupyterlab.labapp import main
    main(lab_options(home, options))


def lab_options(home: Path, options: Sequence[str]) -> list[str]:
    """Return the options of `jupyter lab`: ours, then the reader's own.

    JupyterLab refuses to run as root unless told, and where there is no screen it would start a browser in the terminal, if any.
    """
    ours = ["--LabApp.extension_manager=readonly"]  # the environment is pinned, and no other host is asked
    ours += ["--ServerApp.kernel_manager_class=sidebyside.jupyter.kernels.Kernels"]
    ours += [f"--ServerApp.root_dir={home}", f"--LabApp.default_url=/lab/tree/{START}"]
    ours += ["--allow-root"] * (getattr(os, "geteuid", lambda: 1)() == 0)  # Windows knows no root
    ours += ["--no-browser"] * (sys.platform not in ("win32", "darwin") and not any(map(os.environ.get, SCREENS)))
    given = {option.partition("=")[0] for option in options}
    return [*(option for option in ours if option.partition("=")[0] not in given), *options]


@contextmanager
def hidden(*names: str) -> Iterator[None]:
    """Take settings out of the environment, in whatever case they are written, and put them back at the end."""
    kept = {name: os.environ.pop(name) for name in list(os.environ) if name.upper() in names}
    try:
        yield
    finally:
        os.environ.update(kept)


def show_to_jupyter() -> None:
    """Let this process find the package's own files for Jupyter first, so that a change to them needs no installing."""
    os.environ.setdefault("JUPYTER_PLATFORM_DIRS", "1")
    for name, *folders in (("JUPYTER_PATH", DATA / "share" / "jupyter"), ("JUPYTER_CONFIG_PATH", LEARNER, DATA / "etc" / "jupyter")):
        os.environ[name] = os.pathsep.join(filter(None, [*map(str, folders), os.environ.get(name)]))


def lend_folders() -> None:
    """Let Jupyter keep its own files in a folder for this run where it cannot write to the reader's, as in many a container."""
    from jupyter_core.paths import jupyter_data_dir, jupyter_runtime_dir

    try:
        for folder in map(Path, (jupyter_data_dir(), jupyter_runtime_dir())):
            folder.mkdir(parents=True, exist_ok=True)
            tempfile.TemporaryFile(dir=folder).close()
    except OSError:
        lent = Path(tempfile.mkdtemp(prefix="sidebyside-"))
        os.environ.update({name: str(lent / name.lower()) for name in OWN_FOLDERS})


def trust(home: Path) -> None:
    """Sign the course's notebooks as the reader's own, so that JupyterLab shows their saved outputs whole; broken ones are left out."""
    import nbformat
    from nbformat.sign import NotebookNotary

    notary = NotebookNotary()
    for path in (path for folder in FOLDERS for path in (home / folder).glob("*.ipynb")):
        with suppress(OSError, ValueError):
            notary.sign(nbformat.read(path, as_version=4))
