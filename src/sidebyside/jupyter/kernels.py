"""The kernels of a JupyterLab that can be stopped at any moment."""

from __future__ import annotations

import asyncio

from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager


class Kernels(AsyncMappingKernelManager):
    """Jupyter's own kernels, which wait for each other when all are stopped.

    A server that is stopped while a kernel starts, or ends, looks for that kernel, does not find it, and runs on for ever; likewise
    after a kernel that could not start (jupyter_client's `shutdown_all` counts them all as kernels).
    """

    async def shutdown_all(self, now: bool = False) -> None:  # type: ignore[override]  # the server awaits it
        """Shut all kernels down: those too that are just starting."""
        await asyncio.gather(*self._pending_kernels.values(), return_exceptions=True)
        self._pending_kernels.clear()
        await super().shutdown_all(now=now)
