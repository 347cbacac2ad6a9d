"""The signal process's side of the media workers."""

import asyncio
import contextlib
import logging
import os
import signal
import socket
import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import cast

from dillo.calls import ports
from dillo.model.errors import MisuseError, Unavailable
from dillo.model.framing import BrokenFrame, FrameReader, pack_frame
from dillo.model.media import (
    ClosePort,
    Command,
    Event,
    OpenPort,
    Ping,
    Pong,
    PortClosed,
    PortLost,
    PortOpened,
)

_log = logging.getLogger(__name__)

OnEvent = Callable[[Event], None]

_FIRST_RETRY_S = 0.05
_LAST_RETRY_S = 2.0
_BEAT_S = 1.0
_MOST_UNANSWERED = 8
"""Pings, and so seconds, after which a worker hangs: its calls have heard nothing for so long."""
_PEER_CREDENTIALS = struct.Struct("3i")  # pid, uid and gid: unix(7)


@dataclass(slots=True)
class MediaCounters:
    """What the media workers told since the pool began, for metrics."""

    ports_opened: int = 0
    ports_closed: int = 0
    ports_lost: int = 0
    ports_refused: int = 0
    packets_received: int = 0
    packets_lost: int = 0
    packets_sent: int = 0
    packets_late: int = 0
    packets_refused: int = 0
    socket_errors: int = 0

    def add(self, closed: PortClosed) -> None:
        """Add a call's last word."""
        self.ports_closed += 1
        self.packets_received += closed.packets_received
        self.packets_lost += closed.packets_lost
        self.packets_sent += closed.packets_sent
        self.packets_late += closed.packets_late
        self.packets_refused += closed.packets_refused
        self.socket_errors += closed.socket_errors


class MediaPort:
    """An open port: send it commands; its events go to the listener given to `MediaPool.open`."""

    __slots__ = ("_link", "call_id", "rtp_port")

    def __init__(self, link: "_WorkerLink", call_id: str, rtp_port: int) -> None:
        self._link = link
        self.call_id = call_id
        self.rtp_port = rtp_port

    def send(self, command: Command) -> None:
        """Send a command with the next burst; in vain where the port is closed or lost."""
        self._link.send(command)


class _WorkerLink(asyncio.Protocol):
    """The connection to one worker: bursts of commands out, events to their calls."""

    def __init__(self, path: Path, counters: MediaCounters) -> None:
        self.path = path
        self.listeners: dict[str, OnEvent] = {}
        self.opening: dict[str, asyncio.Future[PortOpened]] = {}
        self.connected = asyncio.Event()
        self._lost = asyncio.Event()
        self._counters = counters
        self._transport: asyncio.Transport | None = None
        self._reader: FrameReader[Event | Pong] = FrameReader(Event | Pong)
        self._unanswered = 0
        self._outbox: list[Command] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports are none of asyncio's classes, they only behave like them.
        self._transport = cast("asyncio.Transport", transport)
        self._reader = FrameReader(Event | Pong)
        self._unanswered = 0
        self._lost.clear()
        self.connected.set()

    def connection_lost(self, exc: Exception | None) -> None:
        self.connected.clear()
        self._lost.set()
        self._transport = None
        self._outbox.clear()
        for call_id in list(self.listeners):
            self._deliver(PortLost(call_id, f"media worker {self.path.name} is gone"))

    def data_received(self, data: bytes) -> None:
        self._unanswered = 0
        try:
            for event in self._reader.feed(data):
                if not isinstance(event, Pong):
                    self._deliver(event)
        except BrokenFrame as error:
            _log.error("media worker %s: %s", self.path.name, error)
            if self._transport:
                self._transport.abort()

    def _deliver(self, event: Event) -> None:
        if isinstance(event, PortClosed):
            self._counters.add(event)
        elif isinstance(event, PortLost):
            self._counters.ports_lost += 1
        opening = self.opening.pop(event.call_id, None)
        if opening is not None:
            if not opening.done():
                opening.set_result(_as_opened(event))
            return
        is_last = isinstance(event, PortClosed | PortLost)
        listener = (self.listeners.pop if is_last else self.listeners.get)(event.call_id, None)
        if listener:  # in a turn of its own, so that one call's error is not another's
            asyncio.get_running_loop().call_soon(listener, event)

    def send(self, command: Command) -> None:
        """Queue a command; all of one turn of the event loop leave in one write."""
        if self._transport is None:
            return
        if not self._outbox:
            asyncio.get_running_loop().call_soon(self._flush)
        self._outbox.append(command)

    def _flush(self) -> None:
        if self._transport and self._outbox:
            self._transport.write(pack_frame(self._outbox))
        self._outbox.clear()

    def beat(self) -> None:
        """Ask whether the worker is there; one that has said nothing for too long is ended.

        Counted in pings, not in seconds: if it was us who stood still, it has not been asked.
        """
        if self._transport is None:
            return
        if self._unanswered < _MOST_UNANSWERED:
            self._unanswered += 1
            self._transport.write(pack_frame([Ping()]))
        else:
            _log.error("media worker %s hangs: it is ended", self.path.name)
            _end_peer(self._transport)

    async def keep_connected(self) -> None:
        """Connect, and again whenever the connection is lost; until cancelled."""
        loop = asyncio.get_running_loop()
        retry_s = _FIRST_RETRY_S
        while True:
            try:
                await loop.create_unix_connection(lambda: self, str(self.path))
            except OSError:
                await asyncio.sleep(retry_s)
                retry_s = min(2 * retry_s, _LAST_RETRY_S)
                continue
            retry_s = _FIRST_RETRY_S
            await self._lost.wait()

    def close(self) -> None:
        """Leave; the worker closes what is still open."""
        if self._transport:
            self._transport.close()


class MediaPool:
    """All media workers; `async with` keeps connected to each for as long as it is open.

    async with MediaPool([Path("media-0.sock")]) as pool:
        await pool.ready(5)
        port = await pool.open(OpenPort(...), on_event)
        port.send(PlayFiles(...))
    """

    def __init__(self, sockets: Sequence[Path], *, open_timeout_s: float = 2.0) -> None:
        self.counters = MediaCounters()
        self._links = [_WorkerLink(path, self.counters) for path in sockets]
        self._open_timeout_s = open_timeout_s
        self._tasks = asyncio.TaskGroup()
        self._keepers: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> "MediaPool":
        await self._tasks.__aenter__()
        self._keepers = [self._tasks.create_task(link.keep_connected()) for link in self._links]
        self._keepers.append(self._tasks.create_task(self._beat()))
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        for keeper in self._keepers:
            keeper.cancel()
        for link in self._links:
            link.close()
        await self._tasks.__aexit__(kind, error, traceback)

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(_BEAT_S)
            for link in self._links:
                link.beat()

    @property
    def ports_open(self) -> int:
        """Ports open now."""
        return sum(len(link.listeners) for link in self._links)

    @property
    def workers_connected(self) -> int:
        """Workers connected now."""
        return sum(link.connected.is_set() for link in self._links)

    async def ready(self, timeout_s: float) -> None:
        """Return when every worker is connected. Raises Unavailable after `timeout_s`."""
        try:
            async with asyncio.timeout(timeout_s):
                await asyncio.gather(*(link.connected.wait() for link in self._links))
        except TimeoutError:
            raise Unavailable(
                f"{self.workers_connected} of {len(self._links)} media workers answer"
            ) from None

    async def open(
        self, command: OpenPort, on_event: OnEvent, beside: ports.MediaPort | None = None
    ) -> MediaPort:
        """Open a port at the worker with the fewest, else at the next; or beside another port.

        `on_event` hears what follows PortOpened, up to PortClosed or PortLost; it runs in the
        event loop and returns at once. Raises Unavailable where no worker can.
        """
        if any(command.call_id in link.listeners for link in self._links):
            raise MisuseError(f"call {command.call_id} has a port already")
        problem = "no media worker is connected"
        if beside is not None:
            problem = f"the media worker of call {beside.call_id} is gone"
        for link in self._candidates(beside):
            opened = await self._open_at(link, command, on_event)
            if opened.port:
                self.counters.ports_opened += 1
                return MediaPort(link, command.call_id, opened.port)
            problem = opened.error
        self.counters.ports_refused += 1
        raise Unavailable(problem)

    def _candidates(self, beside: ports.MediaPort | None) -> list[_WorkerLink]:
        """Return the links that are connected, the least loaded first; or the one of a port."""
        links = [link for link in self._links if link.connected.is_set()]
        if beside is not None:
            links = [link for link in links if beside.call_id in link.listeners]
        return sorted(links, key=lambda link: len(link.listeners))

    async def _open_at(self, link: _WorkerLink, command: OpenPort, on_event: OnEvent) -> PortOpened:
        """Return what the worker says; a PortOpened without port where it says nothing."""
        call_id = command.call_id
        opened = PortOpened(call_id, 0, f"media worker {link.path.name} does not answer")
        link.listeners[call_id] = on_event
        link.opening[call_id] = asyncio.get_running_loop().create_future()
        link.send(command)
        try:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._open_timeout_s):
                    opened = await link.opening[call_id]
        finally:
            if not opened.port:
                link.send(ClosePort(call_id))  # in case it opens later
                link.opening.pop(call_id, None)
                link.listeners.pop(call_id, None)
        return opened


def _as_opened(event: Event) -> PortOpened:
    if isinstance(event, PortOpened):
        return event
    return PortOpened(event.call_id, 0, event.error if isinstance(event, PortLost) else repr(event))


def _end_peer(transport: asyncio.Transport) -> None:
    """Kill the process at the other end, which does nothing any more, and part from it."""
    end = transport.get_extra_info("socket")
    credentials = end.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _PEER_CREDENTIALS.size)
    pid, _, _ = _PEER_CREDENTIALS.unpack(credentials)
    if pid > 0:  # 0 is one that we cannot see, and would mean ourselves
        with contextlib.suppress(OSError):
            os.kill(pid, signal.SIGKILL)
    transport.abort()
