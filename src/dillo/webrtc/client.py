"""The web process's side of the browser gateway."""

import asyncio
import logging
from contextlib import suppress
from pathlib import Path

from dillo.calls.browsers import BrowserRefused
from dillo.model.browser import BrowserAnswered, BrowserGone, Dial, Event
from dillo.model.errors import Unavailable
from dillo.model.framing import BrokenFrame, FrameReader, pack_frame

_log = logging.getLogger(__name__)

_CHUNK = 1 << 16
_ANSWER_S = 20.0
"""The first call waits for the gateway to load what it needs."""
_START_S, _RETRY_S = 5.0, 0.1
"""The gateway starts when HTTP is served already, and again where it died."""


class BrowserGateway:
    """Hands calls over to the gateway (calls.browsers.BrowserCalls); connects when it must."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._writer: asyncio.StreamWriter | None = None
        self._reading: asyncio.Task[None] | None = None
        self._connecting = asyncio.Lock()
        self._waiting: dict[str, asyncio.Future[str]] = {}

    async def dial(self, order: Dial) -> str:
        """Call a number for a browser; return the answer to its offer.

        Raises BrowserRefused, and Unavailable where the gateway does not answer.
        """
        answer: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._waiting[order.browser_call_id] = answer
        try:
            async with asyncio.timeout(_ANSWER_S):
                writer = await self._connected()
                writer.write(pack_frame([order]))
                return await answer
        except (OSError, TimeoutError) as error:
            raise Unavailable("the gateway for browsers does not answer") from error
        finally:
            self._waiting.pop(order.browser_call_id, None)

    async def close(self) -> None:
        """Leave the gateway: it ends the calls that came from here."""
        if self._writer is not None:
            self._writer.close()
        if self._reading is not None:
            await asyncio.wait({self._reading})

    async def _connected(self) -> asyncio.StreamWriter:
        async with self._connecting:  # calls that come meanwhile wait for the same connection
            if self._writer is None or self._writer.is_closing():
                reader, self._writer = await self._connect()
                # Owned by this object: it ends with the connection, which `close` ends.
                self._reading = asyncio.get_running_loop().create_task(
                    self._listen(reader, self._writer)
                )
            return self._writer

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Connect, waiting for a gateway that starts. Raises OSError, TimeoutError too."""
        async with asyncio.timeout(_START_S):
            while True:
                with suppress(ConnectionRefusedError, FileNotFoundError):
                    return await asyncio.open_unix_connection(str(self._path))
                await asyncio.sleep(_RETRY_S)

    async def _listen(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        frames: FrameReader[Event] = FrameReader(Event)
        with suppress(OSError):
            try:
                while octets := await reader.read(_CHUNK):
                    for event in frames.feed(octets):
                        self._deliver(event)
            except BrokenFrame as error:
                _log.error("browser gateway: %s", error)
        writer.close()
        for waiting in self._waiting.values():
            if not waiting.done():
                waiting.set_exception(Unavailable("the gateway for browsers is gone"))

    def _deliver(self, event: Event) -> None:
        waiting = self._waiting.get(event.browser_call_id)
        if waiting is None or waiting.done():
            return
        match event:
            case BrowserAnswered():
                waiting.set_result(event.answer)
            case BrowserGone():
                waiting.set_exception(BrowserRefused(event.error or "the call is over already"))
