"""The gateway's end of the Unix socket: commands become streams, streams tell events."""

import asyncio
import ssl
from functools import partial
from pathlib import Path

import structlog

from dillo.model.events import StreamCounts, StreamStatus
from dillo.model.framing import BrokenFrame, FrameReader, pack_frame
from dillo.model.streams import (
    CloseStream,
    Command,
    Event,
    OpenStream,
    PressDigit,
    StreamClosed,
)
from dillo.streams.limits import Limits
from dillo.streams.stream import Reach, Stream

_log = structlog.get_logger(__name__)

_CHUNK = 1 << 16


class Gateway:
    """Serves clients at a path; a client's streams end with it."""

    def __init__(self, reach: Reach, tls: ssl.SSLContext, limits: Limits | None = None) -> None:
        """`tls` is how the servers of `wss` URLs are checked."""
        self._reach = reach
        self._tls = tls
        self._limits = limits or Limits()
        self._server: asyncio.Server | None = None
        self._clients: set[asyncio.StreamWriter] = set()
        self._is_idle = asyncio.Event()
        self._is_idle.set()

    async def serve(self, path: Path) -> None:
        """Listen on a path, which must be free, in a folder that nobody else can enter."""
        self._server = await asyncio.start_unix_server(self._attend, str(path))

    async def close(self) -> None:
        """End all streams, and return when their servers know."""
        if self._server is not None:
            self._server.close()
        for client in self._clients:
            client.close()
        await self._is_idle.wait()

    async def _attend(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._clients.add(writer)
        self._is_idle.clear()
        try:
            await self._listen(reader, writer)
        finally:
            writer.close()
            self._clients.remove(writer)
            if not self._clients:
                self._is_idle.set()

    async def _listen(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        streams: dict[str, Stream] = {}
        frames: FrameReader[Command] = FrameReader(Command)
        async with asyncio.TaskGroup() as tasks:
            try:
                while octets := await reader.read(_CHUNK):
                    for command in frames.feed(octets):
                        self._execute(command, streams, writer, tasks)
            except (BrokenFrame, ConnectionError) as error:
                _log.error("the client is lost", error=str(error))
            finally:
                for stream in streams.values():
                    stream.close()

    def _execute(
        self,
        command: Command,
        streams: dict[str, Stream],
        writer: asyncio.StreamWriter,
        tasks: asyncio.TaskGroup,
    ) -> None:
        stream = streams.get(command.stream_id)
        match command:
            case OpenStream():
                # It is there at once: a key, or the end, may be read together with its order.
                streams[command.stream_id] = self._stream(command, writer)
                tasks.create_task(self._run(command, streams, writer))
            case PressDigit():
                if stream is not None:
                    stream.press_digit(command.digit)
            case CloseStream():
                if stream is not None:
                    stream.close()

    def _stream(self, order: OpenStream, writer: asyncio.StreamWriter) -> Stream:
        return Stream(order, self._reach, self._tls, self._limits, partial(_tell, writer))

    async def _run(
        self, order: OpenStream, streams: dict[str, Stream], writer: asyncio.StreamWriter
    ) -> None:
        try:
            await streams[order.stream_id].run()
        except Exception as error:
            # The boundary of a stream: whatever goes wrong inside ends this one and no other.
            _log.exception("stream failed", call_id=order.call_id)
            detail = f"{type(error).__name__}: {error}"
            closed = StreamClosed(order.stream_id, StreamStatus.DROPPED, detail, StreamCounts())
            _tell(writer, closed)
        finally:
            del streams[order.stream_id]


def _tell(writer: asyncio.StreamWriter, event: Event) -> None:
    if not writer.is_closing():
        writer.write(pack_frame([event]))
