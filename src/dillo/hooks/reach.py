"""TCP connections to WebSocket servers, only to what the guard permits."""

import asyncio
import socket

from dillo.hooks.fetch import Resolver, resolve
from dillo.hooks.guard import AddressRefused, Guard, check_url

CONNECT_S = 3.0
"""How long one address of several may take."""


async def reach(url: str, guard: Guard, resolver: Resolver = resolve) -> socket.socket:
    """Connect to where a `ws` or `wss` URL leads; the socket does not block.

    The name is resolved once, all its addresses must be permitted, and the connection goes to one
    of exactly these. Raises AddressRefused, and OSError where none of them answers.
    """
    scheme, separator, rest = url.partition("://")
    if scheme.lower() not in ("ws", "wss"):
        raise AddressRefused(f"{url!r} does not begin with ws:// or wss://")
    target = check_url(f"http{scheme.lower()[2:]}{separator}{rest}")
    try:
        answers = await resolver(target.host, target.port)
    except UnicodeError as error:
        raise AddressRefused(f"{target.host} is no name of a host: {error}") from error
    failure = OSError(f"{target.host} has no address")
    for address in guard.choose(target, answers):
        try:
            return await _connect(address, target.port)
        except TimeoutError:
            failure = OSError(f"{target.host} does not answer at {address}")
        except OSError as error:
            failure = error
    raise failure


async def _connect(address: str, port: int) -> socket.socket:
    tcp = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET)
    try:
        tcp.setblocking(False)
        tcp.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, True)
        async with asyncio.timeout(CONNECT_S):
            await asyncio.get_running_loop().sock_connect(tcp, (address, port))
    except BaseException:
        tcp.close()
        raise
    return tcp
