"""The `streams` process: the gateway between calls and the WebSocket servers of voice agents."""

import ssl
from functools import partial

from dillo.app.gateway import run_gateway
from dillo.hooks.guard import Guard
from dillo.hooks.reach import reach
from dillo.settings import Settings
from dillo.streams.gateway import Gateway


def make_gateway(settings: Settings) -> Gateway:
    """Return the gateway, which reaches what the operator permits."""
    guard = Guard.allowing(settings.outbound_allow)
    return Gateway(partial(reach, guard=guard), ssl.create_default_context())


if __name__ == "__main__":
    run_gateway("streams", make_gateway)
