"""The signal process's side of the stream gateway."""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import cast

from dillo.model.errors import MisuseError
from dillo.model.events import StreamCounts, StreamStatus
from dillo.model.framing import BrokenFrame, FrameReader, pack_frame
from dillo.model.streams import CloseStream, Command, Event, OpenStream, PressDigit, StreamClosed

_log = logging.getLogger(__name__)

OnEvent = Callable[[Event], None]

_FIRST_RETRY_S = 0.05
_LAST_RETRY_S = 0.5
_PATIENCE_S = 5.0
"""The gateway starts when calls are taken already, and again where it died."""


@dataclass(slots=True)
class StreamCounters:
    """How streams ended and what went over them since the client began, for metrics."""

    endings: Counter[StreamStatus] = field(default_factory=Counter)
    sent_ms: int = 0
    unsent_ms: int = 0
    played_ms: int = 0
    unplayed_ms: int = 0
    refused: int = 0

    def add(self, closed: StreamClosed) -> None:
        """Add a stream's last word."""
        counts = closed.counts
        self.endings[closed.status] += 1
        self.sent_ms += counts.sent_ms
        self.unsent_ms += counts.unsent_ms
        self.played_ms += counts.played_ms
        self.unplayed_ms += counts.unplayed_ms
        self.refused += counts.refused


class StreamGateway(asyncio.Protocol):
    """The connection to the gateway; `async with` keeps it up for as long as it is open."""

    def __init__(self, path: Path, patience_s: float = _PATIENCE_S) -> None:
        """`patience_s` is how long a stream waits for a gateway that is not there."""
        self.counters = StreamCounters()
        self._path = path
        self._patience_s = patience_s
        self._listeners: dict[str, OnEvent] = {}
        self._transport: asyncio.Transport | None = None
        self._frames: FrameReader[Event] = FrameReader(Event)
        self._lost = asyncio.Event()
        self._connected = asyncio.Event()
        self._tasks = asyncio.TaskGroup()
        self._keeper: asyncio.Task[None] | None = None

    async def __aenter__(self) -> "StreamGateway":
        await self._tasks.__aenter__()
        self._keeper = self._tasks.create_task(self._keep_connected())
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._keeper is not None:
            self._keeper.cancel()
        if self._transport is not None:
            self._transport.close()
        await self._tasks.__aexit__(kind, error, traceback)

    @property
    def streams_open(self) -> int:
        """Streams open now, or being opened."""
        return len(self._listeners)

    @property
    def is_connected(self) -> bool:
        """Whether the gateway is there."""
        return self._connected.is_set()

    async def ready(self) -> None:
        """Return when the gateway is connected."""
        await self._connected.wait()

    def open(self, order: OpenStream, on_event: OnEvent) -> None:
        """Open a stream; `on_event` hears what follows, up to StreamClosed.

        Where the gateway does not come up that is all.
        """
        if order.stream_id in self._listeners:
            raise MisuseError(f"there is a stream {order.stream_id} already")
        self._listeners[order.stream_id] = on_event
        if self._transport is None:
            self._tasks.create_task(self._open_late(order))
        else:
            self._send(order)

    def press_digit(self, stream_id: str, digit: str) -> None:
        """Tell the server of a key; in vain where the stream is over."""
        if stream_id in self._listeners:
            self._send(PressDigit(stream_id, digit))

    def close(self, stream_id: str) -> None:
        """End a stream; StreamClosed follows, unless it is over."""
        if stream_id not in self._listeners:
            return
        if self._transport is None:
            self._lose(stream_id, StreamStatus.CLOSED)
        else:
            self._send(CloseStream(stream_id))

    # The connection (asyncio.Protocol).

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports are none of asyncio's classes, they only behave like them.
        self._transport = cast("asyncio.Transport", transport)
        self._frames = FrameReader(Event)
        self._lost.clear()
        self._connected.set()

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        self._connected.clear()
        self._lost.set()
        for stream_id in list(self._listeners):
            self._lose(stream_id, StreamStatus.DROPPED)

    def data_received(self, data: bytes) -> None:
        try:
            for event in self._frames.feed(data):
                self._deliver(event)
        except BrokenFrame as error:
            _log.error("stream gateway: %s", error)
            if self._transport is not None:
                self._transport.abort()

    def _deliver(self, event: Event) -> None:
        if isinstance(event, StreamClosed):
            self.counters.add(event)
            listener = self._listeners.pop(event.stream_id, None)
        else:
            listener = self._listeners.get(event.stream_id)
        if listener is not None:  # in a turn of its own: one call's error is not another's
            asyncio.get_running_loop().call_soon(listener, event)

    def _lose(self, stream_id: str, status: StreamStatus) -> None:
        detail = "the stream gateway is gone"
        self._deliver(StreamClosed(stream_id, status, detail, StreamCounts()))

    def _send(self, command: Command) -> None:
        if self._transport is not None:
            self._transport.write(pack_frame([command]))

    async def _open_late(self, order: OpenStream) -> None:
        """Open a stream when the gateway is there, unless it was closed meanwhile."""
        with suppress(TimeoutError):
            async with asyncio.timeout(self._patience_s):
                await self._connected.wait()
        if order.stream_id not in self._listeners:
            return
        if self._transport is None:
            self._lose(order.stream_id, StreamStatus.FAILED)
        else:
            self._send(order)

    async def _keep_connected(self) -> None:
        """Connect, and again whenever the connection is lost; until cancelled."""
        loop = asyncio.get_running_loop()
        retry_s = _FIRST_RETRY_S
        while True:
            try:
                await loop.create_unix_connection(lambda: self, str(self._path))
            except OSError:
                await asyncio.sleep(retry_s)
                retry_s = min(2 * retry_s, _LAST_RETRY_S)
                continue
            retry_s = _FIRST_RETRY_S
            await self._lost.wait()
