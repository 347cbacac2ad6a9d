"""Gateways: processes that serve other processes of this node at a Unix socket."""

import asyncio
import gc
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import uvloop

from dillo.app.process import configure_logging, die_with_parent, keep_reporting
from dillo.settings import Settings


class Gateway(Protocol):
    """What such a process runs."""

    async def serve(self, path: Path) -> None:
        """Listen on a path, which must be free."""

    async def close(self) -> None:
        """End everything, and return when it is over."""


def run_gateway(name: str, make: Callable[[Settings], Gateway]) -> None:
    """Serve until SIGTERM at the path that is the process's argument; `name` is for the log."""
    die_with_parent()
    settings = Settings()
    configure_logging(settings.log_level, name)
    path = Path(sys.argv[1])
    path.unlink(missing_ok=True)  # what was left by one that was killed
    uvloop.run(_serve(make(settings), path))


async def _serve(gateway: Gateway, path: Path) -> None:
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    await gateway.serve(path)
    gc.collect()
    gc.freeze()
    async with asyncio.TaskGroup() as tasks:
        reporting = tasks.create_task(keep_reporting())
        await stop.wait()
        await gateway.close()
        reporting.cancel()
