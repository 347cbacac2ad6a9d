"""Streams: joins the caller with a voice agent's server, one at a time."""

import asyncio
from collections.abc import Callable
from typing import Final
from urllib.parse import urlsplit

from dillo.behavior import effects
from dillo.behavior import events as inputs
from dillo.calls.audio import AudioStream
from dillo.calls.platform import Platform
from dillo.calls.ports import MediaPort
from dillo.model import media
from dillo.model.clock import now_us
from dillo.model.errors import Unavailable
from dillo.model.events import CallEvent, StreamCounts, StreamEnded, StreamStarted, StreamStatus
from dillo.model.ids import new_id
from dillo.model.streams import Event, OpenStream, StreamClosed, StreamOpened
from dillo.rtp.g711 import Law

_LOOPBACK: Final = "127.0.0.1"
_GATEWAY_SILENT_S: Final = 10.0
"""The gateway sends RTP as soon as the handshake is over, which takes it 5 s at most."""
_GOODBYE_S: Final = 2.0


class Streamer:
    """Does what a Stream asks for; the gateway is the RTP peer of a port beside the caller's.

    `note` takes facts for the journal, `tell` the StreamEnded that the flow must hear.
    """

    def __init__(
        self,
        call_id: str,
        customer_id: str,
        audio: AudioStream,
        platform: Platform,
        tasks: asyncio.TaskGroup,
        note: Callable[[CallEvent], None],
        tell: Callable[[inputs.Event], None],
    ) -> None:
        self._call_id = call_id
        self._customer_id = customer_id
        self._audio = audio
        self._media = platform.media
        self._streams = platform.streams
        self._tasks = tasks
        self._note = note
        self._tell = tell
        self._stream_id: str | None = None
        """The stream that the flow waits for."""
        self._early: list[str] | None = None
        """Keys for a server that is not there yet."""
        self._happenings: asyncio.Queue[Event] = asyncio.Queue()

    def perform(self, effect: effects.OpenStream | effects.CloseStream) -> None:
        """Do what the flow asks for."""
        if isinstance(effect, effects.CloseStream):
            self.release()
            return
        self._stream_id, self._happenings, self._early = new_id(), asyncio.Queue(), []
        self._tasks.create_task(self._run(effect, self._stream_id, self._happenings))

    def release(self) -> None:
        """Say goodbye to the server, and tell the flow nothing more of it."""
        stream_id, self._stream_id = self._stream_id, None
        if stream_id is not None:
            self._streams.close(stream_id)
            unheard = _closed(stream_id, StreamStatus.CLOSED, "the stream gateway does not answer")
            loop = asyncio.get_running_loop()
            loop.call_later(_GOODBYE_S, self._happenings.put_nowait, unheard)

    def caller_pressed(self, digit: str) -> None:
        """Tell the server of a key, as soon as it is there."""
        if self._stream_id is None:
            return
        if self._early is not None:
            self._early.append(digit)
        else:
            self._streams.press_digit(self._stream_id, digit)

    async def _run(
        self, wanted: effects.OpenStream, stream_id: str, happenings: asyncio.Queue[Event]
    ) -> None:
        def on_media(event: media.Event) -> None:
            if isinstance(event, media.MediaTimedOut | media.PortLost | media.PortClosed):
                detail = "no audio comes from the stream gateway"
                happenings.put_nowait(_closed(stream_id, StreamStatus.DROPPED, detail))

        try:
            port = await self._media.open(_open_port(stream_id), on_media, beside=self._audio.port)
        except Unavailable as error:
            self._over(wanted, _closed(stream_id, StreamStatus.FAILED, str(error)))
            return
        try:
            if self._stream_id == stream_id:  # else the caller is gone
                self._streams.open(self._order(wanted, port), happenings.put_nowait)
                self._over(wanted, await self._follow(wanted, port, happenings))
        finally:
            self._streams.close(stream_id)
            port.send(media.ClosePort(stream_id))

    async def _follow(
        self, wanted: effects.OpenStream, port: MediaPort, happenings: asyncio.Queue[Event]
    ) -> StreamClosed:
        """Join both once the server is there; return how it ended."""
        while True:
            match await happenings.get():
                case StreamOpened(stream_id):
                    self._note(StreamStarted(now_us(), wanted.node, stream_id, _shown(wanted.url)))
                    caller = self._audio.port
                    caller.send(media.Bridge(caller.call_id, stream_id))
                    port.send(media.Bridge(stream_id, caller.call_id))
                    early, self._early = self._early or [], None
                    for digit in early:
                        self._streams.press_digit(stream_id, digit)
                case StreamClosed() as closed:
                    return closed

    def _over(self, wanted: effects.OpenStream, closed: StreamClosed) -> None:
        at_us, status, detail = now_us(), closed.status, closed.detail
        self._note(StreamEnded(at_us, wanted.node, closed.stream_id, status, detail, closed.counts))
        if self._stream_id == closed.stream_id:
            self._stream_id = None
            self._tell(inputs.StreamEnded(at_us, status, detail))

    def _order(self, wanted: effects.OpenStream, port: MediaPort) -> OpenStream:
        return OpenStream(
            stream_id=port.call_id,
            call_id=self._call_id,
            account_id=self._customer_id,
            url=wanted.url,
            parameters=dict(wanted.parameters),
            is_two_way=wanted.is_two_way,
            rtp_ip=_LOOPBACK,
            rtp_port=port.rtp_port,
        )


def _open_port(stream_id: str) -> media.OpenPort:
    """Return an order for a port whose peer is whoever on this machine sends first.

    Keys are told by command, so that one that a telephone sends in two ways counts once.
    """
    return media.OpenPort(
        call_id=stream_id,
        local_ip=_LOOPBACK,
        peer_ip=None,
        peer_port=0,
        trusted_ips=(_LOOPBACK,),
        payload_type=Law.ULAW,
        telephone_event_type=None,
        ptime_ms=20,
        timeout_s=_GATEWAY_SILENT_S,
    )


def _closed(stream_id: str, status: StreamStatus, detail: str) -> StreamClosed:
    return StreamClosed(stream_id, status, detail, StreamCounts())


def _shown(url: str) -> str:
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    return f"{parts.scheme}://{host}{parts.path}"
