"""One stream: a caller's audio to a server, and the server's to the caller."""

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial
from typing import assert_never

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, ConnectionClosedOK, WebSocketException

from dillo.model.errors import PeerError
from dillo.model.events import StreamCounts, StreamStatus
from dillo.model.streams import Event, OpenStream, StreamClosed, StreamOpened
from dillo.streams.leg import RtpLeg
from dillo.streams.limits import Limits
from dillo.streams.messages import Clear, Mark, NoMessage, Said, Speak, Writer, read
from dillo.streams.outbox import Outbox, Wording
from dillo.streams.pace import Pace
from dillo.streams.playout import Playout

Reach = Callable[[str], Awaitable[socket.socket]]
"""Opens a TCP connection to where a `ws` or `wss` URL leads. Raises PeerError where that is not
permitted, and OSError."""

# More would hide from us how far a slow server has fallen behind: this is 2 to 4 s of audio.
_SEND_BUFFER = 1 << 15
_OCTETS_PER_MS = 8
_LONGEST_DETAIL = 200


class Stream:
    """Runs from the handshake to the goodbye; `tell` hears StreamOpened and StreamClosed."""

    def __init__(
        self,
        order: OpenStream,
        reach: Reach,
        tls: ssl.SSLContext,
        limits: Limits,
        tell: Callable[[Event], None],
    ) -> None:
        self._order = order
        self._reach = reach
        self._tls = tls
        self._limits = limits
        self._tell = tell
        self._writer = Writer(order)
        self._outbox = Outbox(limits.unsent_audio, limits.unsent_other)
        self._playout = Playout(round(limits.playout_s * 1000) * _OCTETS_PER_MS, limits.marks)
        self._websocket: ClientConnection | None = None
        self._sent = self._refused = 0
        self._status = StreamStatus.CLOSED
        self._detail = ""
        self._has_ended = asyncio.Event()
        # Before all else, a key that is pressed before the server is there included.
        self._put(self._writer.connected)
        self._put(self._writer.start)

    async def run(self) -> None:
        """Run to the end."""
        async with asyncio.TaskGroup() as tasks:
            work = tasks.create_task(self._work())
            await self._has_ended.wait()
            work.cancel()
        closed = StreamClosed(self._order.stream_id, self._status, self._detail, self._counts())
        self._tell(closed)
        if self._websocket is not None:
            await self._part(self._websocket)

    def press_digit(self, digit: str) -> None:
        """Tell the server of a key."""
        self._put(partial(self._writer.dtmf, digit))

    def close(self) -> None:
        """End the stream from our side."""
        self._end(StreamStatus.CLOSED)

    def _end(self, status: StreamStatus, detail: str = "") -> None:
        """Decide how the stream ends, once."""
        if not self._has_ended.is_set():
            self._status, self._detail = status, detail[:_LONGEST_DETAIL]
            self._has_ended.set()

    # The conversation.

    async def _work(self) -> None:
        try:
            async with asyncio.timeout(self._limits.connect_s):
                websocket = await self._connect()
        except TimeoutError:
            seconds = self._limits.connect_s
            self._end(StreamStatus.FAILED, f"no WebSocket handshake within {seconds:g} s")
        except (PeerError, OSError, ValueError, WebSocketException) as error:
            self._end(StreamStatus.FAILED, str(error) or type(error).__name__)
        else:
            await self._converse(websocket)

    async def _connect(self) -> ClientConnection:
        url, limits = self._order.url, self._limits
        tcp = await self._reach(url)
        tcp.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SEND_BUFFER)
        # Redirects are not followed where the socket is given: they end in a ValueError.
        return await connect(
            url,
            sock=tcp,
            ssl=self._tls if url.lower().startswith("wss:") else None,
            compression=None,  # µ-law does not get smaller
            user_agent_header="dillo",
            open_timeout=None,
            ping_interval=limits.stalled_s,
            ping_timeout=limits.stalled_s,
            close_timeout=limits.farewell_s,
            max_size=limits.message_octets,
            write_limit=_SEND_BUFFER // 2,
        )

    async def _converse(self, websocket: ClientConnection) -> None:
        self._websocket = websocket
        order = self._order
        try:
            leg = await RtpLeg.open((order.rtp_ip, order.rtp_port), self._frame, self._hear)
        except OSError as error:
            self._end(StreamStatus.FAILED, str(error))
            return
        try:
            self._tell(StreamOpened(order.stream_id))
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._send(websocket))
                tasks.create_task(self._receive(websocket))
        finally:
            leg.close()

    async def _part(self, websocket: ClientConnection) -> None:
        """Say goodbye, if it was us who ended the stream; wait for the closing handshake."""
        with suppress(TimeoutError, ConnectionClosed):
            if self._status is StreamStatus.CLOSED:
                async with asyncio.timeout(self._limits.farewell_s):
                    await websocket.send(self._writer.stop(), text=True)
        await websocket.close()

    # To the server.

    def _hear(self, timestamp_ms: int, payload: bytes) -> None:
        self._outbox.put_audio(timestamp_ms, payload)

    def _put(self, message: Wording) -> None:
        if not self._outbox.put(message):
            self._end(StreamStatus.DROPPED, "the server does not read what it asked for")

    async def _send(self, websocket: ClientConnection) -> None:
        write = self._writer.media
        try:
            while True:
                message = await self._outbox.take()
                octets = write(*message) if isinstance(message, tuple) else message()
                async with asyncio.timeout(self._limits.stalled_s):
                    await websocket.send(octets, text=True)
                if isinstance(message, tuple):
                    self._sent += len(message[1])
        except TimeoutError:
            seconds = self._limits.stalled_s
            self._end(StreamStatus.DROPPED, f"the server took nothing for {seconds:g} s")
        except ConnectionClosed:
            pass  # whoever receives knows why

    # From the server.

    async def _receive(self, websocket: ClientConnection) -> None:
        pace = Pace(self._limits.units_per_s)
        try:
            while True:
                message = await websocket.recv()
                await pace.spend(1 + len(message) / 1024)
                self._take(message)
        except ConnectionClosedOK:
            self._end(StreamStatus.ENDED)
        except ConnectionClosed as error:
            self._end(StreamStatus.DROPPED, str(error))

    def _take(self, message: bytes | str) -> None:
        try:
            self._do(read(message, self._order.stream_id))
        except NoMessage as error:
            self._refused += 1
            if self._refused >= self._limits.refused:
                self._end(StreamStatus.DROPPED, f"the server makes no sense: {error}")

    def _do(self, said: Said) -> None:
        match said:
            case Speak():
                if self._order.is_two_way:
                    self._playout.add(said.media.payload)
            case Mark():
                if not self._playout.mark(said.mark.name):
                    self._end(StreamStatus.DROPPED, "the server set too many marks")
            case Clear():
                self._playout.clear()
            case _:
                assert_never(said)

    def _frame(self) -> bytes:
        """Return what the caller hears next, and tell the server what was heard before."""
        frame = self._playout.frame()
        while (name := self._playout.reached()) is not None:
            self._put(partial(self._writer.mark, name))
        return frame

    def _counts(self) -> StreamCounts:
        return StreamCounts(
            sent_ms=self._sent // _OCTETS_PER_MS,
            unsent_ms=self._outbox.dropped // _OCTETS_PER_MS,
            played_ms=self._playout.played // _OCTETS_PER_MS,
            unplayed_ms=self._playout.left_out // _OCTETS_PER_MS,
            refused=self._refused,
        )
