"""The RTP side of a stream: an ordinary peer of a media port, on the loopback interface."""

import asyncio
import random
from collections.abc import Callable
from typing import cast

from dillo.rtp.g711 import Law
from dillo.rtp.packet import HEADER, PLAIN, MalformedRtp, payload_bounds
from dillo.rtp.serial import timestamp_distance
from dillo.streams.playout import FRAME

_TICK_S = 0.02
_EARLY_S = 0.001
"""A loop whose clock counts milliseconds may be that early, and must not go round till then."""
_TOO_LATE_S = 0.2
"""A clock that is further behind skips what it missed."""


class RtpLeg(asyncio.DatagramProtocol):
    """Sends a frame every 20 ms, and hands on what comes, in order.

    A packet that comes after its successor is left out: who listens to the stream only ever
    appends.
    """

    def __init__(
        self, next_frame: Callable[[], bytes], on_audio: Callable[[int, bytes], None]
    ) -> None:
        """`on_audio` gets milliseconds since the first packet, and µ-law octets."""
        self._next_frame = next_frame
        self._on_audio = on_audio
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.DatagramTransport | None = None
        self._clock: asyncio.TimerHandle | None = None
        self._due_at = self._loop.time()
        self._ssrc = random.getrandbits(32)
        self._sequence = random.getrandbits(16)
        self._timestamp = random.getrandbits(32)
        self._first: int | None = None
        self._last = 0

    @classmethod
    async def open(
        cls,
        peer: tuple[str, int],
        next_frame: Callable[[], bytes],
        on_audio: Callable[[int, bytes], None],
    ) -> "RtpLeg":
        """Bind a socket that talks to a media port, and start the clock. Raises OSError."""
        loop = asyncio.get_running_loop()
        _, leg = await loop.create_datagram_endpoint(
            lambda: cls(next_frame, on_audio), remote_addr=peer
        )
        leg._tick()
        return leg

    def close(self) -> None:
        """Stop the clock and close the socket."""
        if self._clock is not None:
            self._clock.cancel()
        if self._transport is not None:
            self._transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports are none of asyncio's classes, they only behave like them.
        self._transport = cast("asyncio.DatagramTransport", transport)

    def error_received(self, exc: Exception) -> None:
        """Pass over a port that is closed: its call ends, and tells so."""

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        try:
            start, end = payload_bounds(data)
        except MalformedRtp:
            return
        _, kind, _, timestamp, _ = HEADER.unpack_from(data)
        if kind & 0x7F != Law.ULAW or start == end:
            return
        if self._first is None:
            self._first = timestamp
        elif timestamp_distance(timestamp, self._last) <= 0:
            return
        self._last = timestamp
        self._on_audio((timestamp - self._first & 0xFFFF_FFFF) // 8, data[start:end])

    def _tick(self) -> None:
        now = self._loop.time()
        if now - self._due_at > _TOO_LATE_S:
            self._due_at = now
        while self._due_at <= now + _EARLY_S:
            self._send(self._next_frame())
            self._due_at += _TICK_S
        self._clock = self._loop.call_at(self._due_at, self._tick)

    def _send(self, frame: bytes) -> None:
        self._sequence = self._sequence + 1 & 0xFFFF
        self._timestamp = self._timestamp + FRAME & 0xFFFF_FFFF
        header = HEADER.pack(PLAIN, Law.ULAW, self._sequence, self._timestamp, self._ssrc)
        if self._transport is not None:
            self._transport.sendto(header + frame)
