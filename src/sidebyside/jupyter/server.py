"""An extension of the Jupyter server: pages link to one another by slug, while a file's name begins with a number.

And a page that is only opened stays unchanged. It reaches JupyterLab, Notebook, Binder and a hub alike, because all of them ask
the server's contents manager for files.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

from jupyter_client.kernelspec import NATIVE_KERNEL_NAME, KernelSpecManager, NoSuchKernel
from jupyter_server.serverapp import ServerApp
from jupyter_server.services.contents.largefilemanager import AsyncLargeFileManager
from traitlets.config import Config

from . import numbered


class SlugContents(AsyncLargeFileManager):
    """The server's own contents manager, which also finds `NN_slug.ipynb` under the name `slug.ipynb`."""

    async def get(self, path: str, content: bool = True, *rest: Any, **options: Any) -> dict[str, Any]:
        """Return a file; of a notebook's kernel it says what JupyterLab would write into it anyway."""
        model: dict[str, Any] = await super().get(path, content, *rest, **options)
        if content and model["type"] == "notebook":
            with suppress(NoSuchKernel):
                tell_kernel(model["content"]["metadata"], KernelSpecManager(parent=self.parent))
        return model

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


def tell_kernel(metadata: dict[str, Any], specs: KernelSpecManager) -> None:
    """Fill in what JupyterLab writes about a kernel once it has started: else a page that was only opened counts as changed.

    A saved page names its language alone, so that the same run gives the same bytes whatever Python ran it. Other kernels than
    Python's own are left as they are.

    Args:
        metadata: A notebook's; it is changed in place.
        specs: The kernels that there are.
    """
    if metadata.get("kernelspec", {}).get("name") != NATIVE_KERNEL_NAME:
        return
    from ipykernel.ipkernel import IPythonKernel  # takes half a second, which a server without notebooks need not wait

    spec = specs.get_kernel_spec(NATIVE_KERNEL_NAME)
    metadata["kernelspec"] = {"name": NATIVE_KERNEL_NAME, "display_name": spec.display_name, "language": spec.language}
    metadata["language_info"] = dict(IPythonKernel.language_info)


def _link_jupyter_server_extension(app: ServerApp) -> None:
    """Choose the contents manager before it is made, unless whoever runs the server has chosen another."""
    if "contents_manager_class" not in app.config.ServerApp:
        app.update_config(Config({"ServerApp": {"contents_manager_class": SlugContents}}))


def _load_jupyter_server_extension(app: ServerApp) -> None:
    """Do nothing more: the server asks for this function."""
