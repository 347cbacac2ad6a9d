"""The `webrtc` process: the gateway between browsers and the numbers of this node."""

import asyncio
import gc
import os
import signal
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import uvloop

from dillo.app.process import configure_logging, die_with_parent, report_ready
from dillo.app.running import find_running
from dillo.app.test_calls import TEST_SECRET
from dillo.caller import CallPlan, place_call
from dillo.model.addresses import HostPort
from dillo.model.browser import TEST_CALL_HEADER, Dial, IceServer, mark_of
from dillo.model.errors import Unavailable
from dillo.settings import Settings
from dillo.webrtc.gateway import Ended, Gateway

if TYPE_CHECKING:
    from dillo.webrtc.browser import Browser

_LONGEST_S = 3600.0


async def place(settings: Settings, order: Dial, browser: "Browser") -> Ended:
    """Call a number of this node with a browser as the person who talks. Raises Unavailable."""
    running = find_running(settings.home)
    if running is None:
        raise Unavailable("the platform is not ready yet")
    sip = HostPort.parse(running.sip)
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(sip.host, sip.host)  # noqa: S104
    mark = mark_of(os.environ.get(TEST_SECRET, ""), order.browser_call_id)
    plan = CallPlan(
        to=order.number,
        target=(host, sip.port),
        from_=order.caller,
        headers=((TEST_CALL_HEADER, mark),),
        max_s=_LONGEST_S,
    )
    outcome = await place_call(plan, browser)
    return Ended(outcome.status, outcome.reason, outcome.ended_by == "callee")


def make_browser(settings: Settings) -> "Browser":
    """Return the near end of a browser's call."""
    from dillo.webrtc.browser import Browser

    return Browser([IceServer.parse(text) for text in settings.ice_servers])


async def run(settings: Settings, path: Path) -> None:
    """Serve until SIGTERM."""
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    gateway = Gateway(
        partial(place, settings), partial(make_browser, settings), settings.browser_calls
    )
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
    configure_logging(settings.log_level, "webrtc")
    path = Path(sys.argv[1])
    path.unlink(missing_ok=True)  # what was left by one that was killed
    uvloop.run(run(settings, path))


if __name__ == "__main__":
    main()
