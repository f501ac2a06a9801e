"""An extension of the Jupyter server: links by slug, the glossary's words, and the book's pages as JupyterLab can show them.

Pages link to one another by slug, while a file's name begins with a number; and a page that is only opened stays unchanged. That
reaches JupyterLab, Notebook, Binder and a hub alike, because all of them ask the server's contents manager for files. What is under
`/sidebyside/` is for the course's extension of JupyterLab: it is read from the course's own files when it is asked for.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

from jupyter_client.kernelspec import NATIVE_KERNEL_NAME, KernelSpecManager, NoSuchKernel
from jupyter_server.base.handlers import APIHandler
from jupyter_server.serverapp import ServerApp
from jupyter_server.services.contents.largefilemanager import AsyncLargeFileManager
from jupyter_server.utils import url_path_join
from tornado import web
from traitlets.config import Config

from . import numbered
from .glossary import anchor, glossary
from .printing import OpenBoxes
from .reading import Reading, home_of


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


class CourseHandler(APIHandler):
    """What the handlers share: a page's place on disk."""

    def place(self, path: str) -> tuple[Path, Path | None]:
        """Return where a page of this server lies, and the course's folder that it lies in, if any.

        Raises:
            tornado.web.HTTPError: If the server keeps its files elsewhere than on disk, or the page lies outside its folder.
        """
        root = Path(getattr(self.contents_manager, "root_dir", "") or "nowhere").expanduser().resolve()
        page = (root / path).resolve()
        if not page.is_relative_to(root):
            raise web.HTTPError(404)
        return page, home_of(page, root)


class WordsHandler(CourseHandler):
    """What the words of a glossary mean."""

    @web.authenticated
    def get(self) -> None:
        """Send, by the place of a word in the glossary, its name and its meaning as plain text."""
        page, home = self.place(self.get_query_argument("path"))
        if home is None or not page.is_file():
            raise web.HTTPError(404)
        found = glossary(page.read_text(encoding="utf-8"))
        self.finish({anchor(name): (name, entry.plain) for entry in found for name in entry.names})


class PageHandler(CourseHandler):
    """A page of the book in plain MyST."""

    @web.authenticated
    def post(self) -> None:
        """Send the text that came, in the form that JupyterLab can show; that of a page outside the course as it is."""
        asked = self.get_json_body() or {}
        page, home = self.place(asked.get("path", ""))
        self.finish({"text": Reading(page, home).readable(asked.get("text", "")) if home else asked.get("text", "")})


def _link_jupyter_server_extension(app: ServerApp) -> None:
    """Choose the contents manager before it is made, unless whoever runs the server has chosen another; on paper every box is open."""
    if "contents_manager_class" not in app.config.ServerApp:
        app.update_config(Config({"ServerApp": {"contents_manager_class": SlugContents}}))
    app.config.HTMLExporter.setdefault("preprocessors", []).append(OpenBoxes)


def _load_jupyter_server_extension(app: ServerApp) -> None:
    """Answer under `/sidebyside/`."""
    base = app.web_app.settings["base_url"]
    handlers = [(url_path_join(base, "sidebyside", name), handler) for name, handler in (("words", WordsHandler), ("page", PageHandler))]
    app.web_app.add_handlers(".*$", handlers)
