"""The signal process's side of the stream gateway."""

import asyncio
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

from dillo.model.errors import MisuseError
from dillo.model.events import StreamCounts, StreamStatus
from dillo.model.streams import CloseStream, Event, OpenStream, PressDigit, StreamClosed
from dillo.workers.connection import Connection

OnEvent = Callable[[Event], None]

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


class StreamGateway:
    """The gateway, and the streams there; `async with` keeps connected to it."""

    def __init__(self, path: Path, patience_s: float = _PATIENCE_S) -> None:
        """`patience_s` is how long a stream waits for a gateway that is not there."""
        self.counters = StreamCounters()
        self._connection: Connection[Event] = Connection(path, Event, self._deliver, self._lose_all)
        self._patience_s = patience_s
        self._listeners: dict[str, OnEvent] = {}
        self._tasks = asyncio.TaskGroup()
        self._keeper: asyncio.Task[None] | None = None

    async def __aenter__(self) -> "StreamGateway":
        await self._tasks.__aenter__()
        self._keeper = self._tasks.create_task(self._connection.keep())
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._keeper is not None:
            self._keeper.cancel()
        await self._tasks.__aexit__(kind, error, traceback)

    @property
    def streams_open(self) -> int:
        """Streams open now, or being opened."""
        return len(self._listeners)

    @property
    def is_connected(self) -> bool:
        """Whether the gateway is there."""
        return self._connection.is_made

    async def ready(self) -> None:
        """Return when the gateway is connected."""
        await self._connection.ready()

    def open(self, order: OpenStream, on_event: OnEvent) -> None:
        """Open a stream; `on_event` hears what follows, up to StreamClosed.

        Where the gateway does not come up that is all.
        """
        if order.stream_id in self._listeners:
            raise MisuseError(f"there is a stream {order.stream_id} already")
        self._listeners[order.stream_id] = on_event
        if self.is_connected:
            self._connection.send(order)
        else:
            self._tasks.create_task(self._open_late(order))

    def press_digit(self, stream_id: str, digit: str) -> None:
        """Tell the server of a key; in vain where the stream is over."""
        if stream_id in self._listeners:
            self._connection.send(PressDigit(stream_id, digit))

    def close(self, stream_id: str) -> None:
        """End a stream; StreamClosed follows, unless it is over."""
        if stream_id not in self._listeners:
            return
        if self.is_connected:
            self._connection.send(CloseStream(stream_id))
        else:
            self._lose(stream_id, StreamStatus.CLOSED)

    def _deliver(self, event: Event) -> None:
        if isinstance(event, StreamClosed):
            self.counters.add(event)
            listener = self._listeners.pop(event.stream_id, None)
        else:
            listener = self._listeners.get(event.stream_id)
        if listener is not None:  # in a turn of its own: one call's error is not another's
            asyncio.get_running_loop().call_soon(listener, event)

    def _lose_all(self) -> None:
        for stream_id in list(self._listeners):
            self._lose(stream_id, StreamStatus.DROPPED)

    def _lose(self, stream_id: str, status: StreamStatus) -> None:
        detail = "the stream gateway is gone"
        self._deliver(StreamClosed(stream_id, status, detail, StreamCounts()))

    async def _open_late(self, order: OpenStream) -> None:
        """Open a stream when the gateway is there, unless it was closed meanwhile."""
        with suppress(TimeoutError):
            async with asyncio.timeout(self._patience_s):
                await self.ready()
        if order.stream_id not in self._listeners:
            return
        if self.is_connected:
            self._connection.send(order)
        else:
            self._lose(order.stream_id, StreamStatus.FAILED)
