"""The `streams` process: the gateway between calls and the WebSocket servers of voice agents."""

import asyncio
import gc
import signal
import ssl
import sys
from functools import partial
from pathlib import Path

import uvloop

from dillo.app.process import configure_logging, die_with_parent, report_ready
from dillo.hooks.guard import Guard
from dillo.hooks.reach import reach
from dillo.settings import Settings
from dillo.streams.gateway import Gateway


async def run(settings: Settings, path: Path) -> None:
    """Serve until SIGTERM."""
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    guard = Guard.allowing(settings.outbound_allow)
    gateway = Gateway(partial(reach, guard=guard), ssl.create_default_context())
    await gateway.serve(path)
    gc.collect()
    gc.freeze()
    report_ready()
    await stop.wait()
    await gateway.close()


def main() -> None:
    """Run the process: its argument is the socket that it listens at."""
    die_with_parent()
    settings = Settings()
    configure_logging(settings.log_level, "streams")
    path = Path(sys.argv[1])
    path.unlink(missing_ok=True)  # what was left by one that was killed
    uvloop.run(run(settings, path))


if __name__ == "__main__":
    main()
