"""The signal process's side of the feed: tells whoever is connected how calls change."""

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path
from typing import cast

import msgspec

from dillo.calls.board import Board
from dillo.model.framing import BrokenFrame, FrameReader, pack_frame
from dillo.model.ids import new_id
from dillo.model.live import CallChanged, Complete, Greeting, HangUp, HungUp, LiveCall

_log = logging.getLogger(__name__)

# Watching must cost calls little: what changes within so long is told at once, and of each call
# only how it is in the end.
_GATHER_S = 0.1
# Whoever is so far behind is let go, and begins anew when it comes back.
_MOST_UNREAD = 8 * 1024 * 1024

HangUpCall = Callable[[str, str], None]
"""Ends a running call, with a detail for its record."""


class Feed:
    """Listens at a Unix socket; any number of processes may watch."""

    def __init__(self, board: Board, hang_up: HangUpCall) -> None:
        self._board = board
        self._hang_up = hang_up
        self._watchers: set[_Watcher] = set()
        self._changed: dict[str, LiveCall] = {}
        self._server: asyncio.Server | None = None
        self._epoch = new_id()
        self._sequence = 0
        board.on_change = self._note

    @property
    def watchers(self) -> int:
        """Processes connected now."""
        return len(self._watchers)

    async def serve(self, path: Path) -> None:
        """Listen; what a process that was killed has left at the path is replaced."""
        path.unlink(missing_ok=True)  # noqa: ASYNC240  (once, before there is a call)
        loop = asyncio.get_running_loop()
        self._server = await loop.create_unix_server(lambda: _Watcher(self), str(path))

    def close(self) -> None:
        """Tell what there is to tell, and let everybody go."""
        self._tell()
        if self._server is not None:
            self._server.close()
        for watcher in list(self._watchers):
            watcher.close()

    def _note(self, call: LiveCall) -> None:
        if not self._watchers:
            return
        if not self._changed:
            asyncio.get_running_loop().call_later(_GATHER_S, self._tell)
        self._changed[call.call_id] = call

    def _tell(self) -> None:
        if not self._changed:
            return
        messages: list[msgspec.Struct] = []
        for call in self._changed.values():
            self._sequence += 1
            messages.append(CallChanged(self._sequence, call))
        self._changed = {}
        frame = pack_frame(messages)
        for watcher in list(self._watchers):
            watcher.write(frame)

    def joined(self, watcher: "_Watcher") -> None:
        """Tell a new watcher what there is."""
        self._tell()  # so that nothing comes twice
        changes = [CallChanged(self._sequence, call) for call in self._board.calls.values()]
        watcher.write(pack_frame([Greeting(self._epoch), *changes, Complete(self._sequence)]))
        self._watchers.add(watcher)

    def left(self, watcher: "_Watcher") -> None:
        """Tell a watcher nothing more."""
        self._watchers.discard(watcher)

    def hang_up(self, order: HangUp) -> HungUp:
        """End a call that is the customer's."""
        call = self._board.calls.get(order.call_id)
        is_found = call is not None and call.customer_id == order.customer_id
        if is_found:
            self._hang_up(order.call_id, order.detail)
        return HungUp(order.request, is_found)


class _Watcher(asyncio.Protocol):
    """One connected process."""

    def __init__(self, feed: Feed) -> None:
        self._feed = feed
        self._transport: asyncio.Transport | None = None
        self._frames: FrameReader[HangUp] = FrameReader(HangUp)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports are none of asyncio's classes, they only behave like them.
        self._transport = cast("asyncio.Transport", transport)
        self._feed.joined(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        self._feed.left(self)

    def data_received(self, data: bytes) -> None:
        try:
            for order in self._frames.feed(data):
                self.write(pack_frame([self._feed.hang_up(order)]))
        except BrokenFrame as error:
            _log.error("a watcher of live calls: %s", error)
            self._abort()

    def write(self, frame: bytes) -> None:
        """Send a frame, unless too many are unread."""
        if self._transport is None:
            return
        if self._transport.get_write_buffer_size() > _MOST_UNREAD:
            _log.warning("a watcher of live calls is too slow")
            self._abort()
            return
        self._transport.write(frame)

    def close(self) -> None:
        """End the connection when what was written is read."""
        if self._transport is not None:
            self._transport.close()

    def _abort(self) -> None:
        self._feed.left(self)
        if self._transport is not None:
            self._transport.abort()
