"""A connection to another process of this node, at the Unix socket where that one serves."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Generic, cast

import msgspec

from dillo.model.framing import BrokenFrame, FrameReader, Message, pack_frame

_log = logging.getLogger(__name__)

_RETRY_S = 0.05


class Connection(asyncio.Protocol, Generic[Message]):
    """Frames of messages out and in; made, and made anew whenever it is lost, while `keep` runs."""

    def __init__(
        self,
        path: Path,
        kind: Any,
        on_message: Callable[[Message], None],
        on_loss: Callable[[], None],
    ) -> None:
        """`kind` is the union of what the other process tells; `on_loss` runs at every loss."""
        self._path = path
        self._kind = kind
        self._on_message = on_message
        self._on_loss = on_loss
        self._frames: FrameReader[Message] = FrameReader(kind)
        self._transport: asyncio.Transport | None = None
        self._made, self._lost = asyncio.Event(), asyncio.Event()

    @property
    def is_made(self) -> bool:
        """Whether the other process is there."""
        return self._made.is_set()

    async def ready(self) -> None:
        """Return when the other process is there."""
        await self._made.wait()

    def send(self, *messages: msgspec.Struct) -> None:
        """Send messages in one frame; in vain where the other process is not there."""
        if self._transport is not None:
            self._transport.write(pack_frame(messages))

    async def keep(self) -> None:
        """Connect, and again whenever the connection is lost; until cancelled."""
        loop = asyncio.get_running_loop()
        try:
            while True:
                with suppress(OSError):
                    await loop.create_unix_connection(lambda: self, str(self._path))
                    await self._lost.wait()
                await asyncio.sleep(_RETRY_S)
        finally:
            if self._transport is not None:
                self._transport.close()

    # asyncio.Protocol

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports are none of asyncio's classes, they only behave like them.
        self._transport = cast("asyncio.Transport", transport)
        self._frames = FrameReader(self._kind)
        self._lost.clear()
        self._made.set()

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        self._made.clear()
        self._lost.set()
        self._on_loss()

    def data_received(self, data: bytes) -> None:
        try:
            for message in self._frames.feed(data):
                self._on_message(message)
        except BrokenFrame as error:
            _log.error("%s: %s", self._path.name, error)
            if self._transport is not None:
                self._transport.abort()
