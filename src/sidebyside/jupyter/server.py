"""An extension of the Jupyter server: pages link to one another by slug, while a file's name begins with a number.

It reaches JupyterLab, Notebook, Binder and a hub alike, because all of them ask the server's contents manager for files.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jupyter_server.serverapp import ServerApp
from jupyter_server.services.contents.largefilemanager import AsyncLargeFileManager
from traitlets.config import Config

from . import numbered


class SlugContents(AsyncLargeFileManager):
    """The server's own contents manager, which also finds `NN_slug.ipynb` under the name `slug.ipynb`."""

    def _get_os_path(self, path: str) -> str:
        """Return where a file lies, or would lie."""
        return str(numbered(self._asked(path)))

    def _asked(self, path: str) -> Path:
        return Path(super()._get_os_path(path))

    def _base_model(self, path: str) -> dict[str, Any]:
        """Return what every answer about a file holds: its name and path are those of the file that is there."""
        asked = self._asked(path)
        there = numbered(asked)
        model: dict[str, Any] = super()._base_model(path if there == asked else path.removesuffix(asked.name) + there.name)
        return model


def _link_jupyter_server_extension(app: ServerApp) -> None:
    """Choose the contents manager before it is made, unless whoever runs the server has chosen another."""
    if "contents_manager_class" not in app.config.ServerApp:
        app.update_config(Config({"ServerApp": {"contents_manager_class": SlugContents}}))


def _load_jupyter_server_extension(app: ServerApp) -> None:
    """Do nothing more: the server asks for this function."""
