"""The `webrtc` process: the gateway between browsers and the numbers of this node."""

import os
from functools import partial
from typing import TYPE_CHECKING

from dillo.app.gateway import run_gateway
from dillo.app.running import find_running
from dillo.app.test_calls import TEST_SECRET
from dillo.model.addresses import HostPort
from dillo.model.browser import TEST_CALL_HEADER, Dial, IceServer, Mark
from dillo.model.errors import Unavailable
from dillo.settings import Settings
from dillo.webrtc.gateway import Ended, Gateway

if TYPE_CHECKING:
    from dillo.webrtc.browser import Browser

_LONGEST_S = 3600.0


async def place(settings: Settings, order: Dial, browser: "Browser") -> Ended:
    """Call a number of this node with a browser as the person who talks. Raises Unavailable."""
    # The test caller's libraries are loaded with the first call, not at every start.
    from dillo.caller import CallPlan, place_call

    running = find_running(settings.home)
    if running is None:
        raise Unavailable("the platform is not ready yet")
    sip = HostPort.parse(running.sip)
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(sip.host, sip.host)  # noqa: S104
    mark = Mark(order.browser_call_id, order.version_id)
    plan = CallPlan(
        to=order.number,
        target=(host, sip.port),
        from_=order.caller,
        headers=((TEST_CALL_HEADER, mark.write(os.environ.get(TEST_SECRET, ""))),),
        max_s=_LONGEST_S,
    )
    outcome = await place_call(plan, browser)
    return Ended(outcome.status, outcome.reason, outcome.ended_by == "callee")


def make_browser(settings: Settings) -> "Browser":
    """Return the near end of a browser's call."""
    from dillo.webrtc.browser import Browser

    return Browser([IceServer.parse(text) for text in settings.ice_servers])


def make_gateway(settings: Settings) -> Gateway:
    """Return the gateway to the numbers of this node."""
    return Gateway(
        partial(place, settings), partial(make_browser, settings), settings.browser_calls
    )


if __name__ == "__main__":
    run_gateway("webrtc", make_gateway)
