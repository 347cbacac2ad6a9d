"""A gateway between a media port that is a plain socket and a WebSocket server of the test."""

import asyncio
import json
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from websockets.asyncio.server import ServerConnection, serve

from dillo.hooks.guard import Guard
from dillo.hooks.reach import reach
from dillo.model.streams import Event, OpenStream, StreamClosed, StreamOpened
from dillo.rtp.packet import RtpPacket
from dillo.streams.client import StreamGateway
from dillo.streams.gateway import Gateway
from dillo.streams.limits import Limits

Handler = Callable[[ServerConnection], Awaitable[None]]
SILENCE = b"\xff" * 160
LOOPBACK = partial(reach, guard=Guard.allowing(["127.0.0.0/8"]))


class Port(asyncio.DatagramProtocol):
    """A media port: sends the caller's audio to whoever sent to it, keeps what the caller hears."""

    def __init__(self) -> None:
        self.peer: tuple[str, int] | None = None
        self.packets: list[RtpPacket] = []
        self.has_peer = asyncio.Event()
        self._sent = 0

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self.peer = addr
        self.packets.append(RtpPacket.parse(data))
        self.has_peer.set()

    @property
    def address(self) -> tuple[str, int]:
        address: tuple[str, int] = self.transport.get_extra_info("sockname")
        return address

    def say(self, payload: bytes, *, sequence: int | None = None, kind: int = 0) -> None:
        """Send 20 ms of the caller; packets have the timestamps of their sequence numbers."""
        number = self._sent if sequence is None else sequence
        self._sent = number + 1
        packet = RtpPacket(kind, number & 0xFFFF, number * 160, 7, payload)
        self.transport.sendto(bytes(packet), self.peer)

    def heard(self) -> bytes:
        """Return what the caller heard, without the silence."""
        return b"".join(packet.payload for packet in self.packets if packet.payload != SILENCE)


@dataclass
class Call:
    """One stream, from the side of the platform."""

    client: StreamGateway
    port: Port
    url: str
    order: OpenStream
    events: list[Event] = field(default_factory=list)
    has_opened: asyncio.Event = field(default_factory=asyncio.Event)
    has_closed: asyncio.Event = field(default_factory=asyncio.Event)

    def open(self) -> None:
        self.client.open(self.order, self._take)

    async def opened(self) -> None:
        """Open, and wait until both sides are there."""
        self.open()
        await self.has_opened.wait()
        await self.port.has_peer.wait()

    async def closed(self) -> StreamClosed:
        """Wait for the last word."""
        async with asyncio.timeout(20):
            await self.has_closed.wait()
        last = self.events[-1]
        assert isinstance(last, StreamClosed)
        return last

    def _take(self, event: Event) -> None:
        self.events.append(event)
        (self.has_opened if isinstance(event, StreamOpened) else self.has_closed).set()


@asynccontextmanager
async def gateway(
    path: Path, limits: Limits | None = None, tls: ssl.SSLContext | None = None
) -> AsyncIterator[StreamGateway]:
    """Run a gateway and its client in this process."""
    served = Gateway(LOOPBACK, tls or ssl.create_default_context(), limits)
    await served.serve(path)
    try:
        async with StreamGateway(path) as client:
            await client.ready()
            yield client
    finally:
        await served.close()


@asynccontextmanager
async def call(
    path: Path,
    url: str,
    limits: Limits | None = None,
    tls: ssl.SSLContext | None = None,
    **fields: Any,
) -> AsyncIterator[Call]:
    """Prepare a stream to a URL."""
    loop = asyncio.get_running_loop()
    async with gateway(path / "streams.sock", limits, tls) as client:
        transport, port = await loop.create_datagram_endpoint(Port, ("127.0.0.1", 0))
        ip, number = port.address
        values: dict[str, Any] = {"parameters": {}, "is_two_way": True, **fields}
        order = OpenStream("s-1", "c-1", "a-1", url, rtp_ip=ip, rtp_port=number, **values)
        try:
            yield Call(client, port, url, order)
        finally:
            transport.close()


@asynccontextmanager
async def talking_to(
    path: Path, handler: Handler, limits: Limits | None = None, **fields: Any
) -> AsyncIterator[Call]:
    """Prepare a stream to a server that does so with each call."""
    async with serve(handler, "127.0.0.1", 0, close_timeout=0.1) as server:
        port = server.sockets[0].getsockname()[1]
        async with call(path, f"ws://127.0.0.1:{port}/call", limits, **fields) as made:
            yield made


@asynccontextmanager
async def raw_server(
    behave: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]],
) -> AsyncIterator[str]:
    """Run a TCP server, which need not speak WebSocket; yields the URL."""
    listener = socket.create_server(("127.0.0.1", 0))
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)

    attending: set[object] = set()

    async def attend(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        attending.add(writer)
        try:
            await behave(reader, writer)
        except ConnectionError:
            pass  # the gateway has had enough
        finally:
            writer.close()
            attending.remove(writer)

    server = await asyncio.start_server(attend, sock=listener, limit=1024)
    try:
        yield f"ws://127.0.0.1:{listener.getsockname()[1]}/"
        await until(lambda: not attending)
    finally:
        server.close()


def saying(event: str, stream_sid: str = "s-1", **fields: Any) -> str:
    """Return a message of the server."""
    return json.dumps({"event": event, "streamSid": stream_sid, **fields})


async def until(condition: Callable[[], bool], timeout_s: float = 20) -> None:
    """Wait until something is the case."""
    async with asyncio.timeout(timeout_s):
        while not condition():  # noqa: ASYNC110 - what is awaited arrives on a socket
            await asyncio.sleep(0.01)
