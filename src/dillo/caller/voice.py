"""The RTP end of a test call: a socket, a 20 ms clock, and what was heard."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from functools import partial
from typing import cast

from dillo.caller.hearing import Hearing
from dillo.caller.ports import bind_pair
from dillo.caller.reports import LastReport, Reports
from dillo.caller.talk import FRAME_MS, Talk
from dillo.rtp.g711 import Law
from dillo.rtp.packet import HEADER_SIZE
from dillo.rtp.rtcp import SenderReport
from dillo.sdp import Agreement


class Voice(asyncio.DatagramProtocol):
    """Sends a packet every 20 ms from `begin` on, and hears from then on."""

    def __init__(self, hearing: Hearing) -> None:
        self.hearing = hearing
        self.reports = Reports()
        self.packets_sent = 0
        self._octets_sent = 0
        self._transport: asyncio.DatagramTransport
        self._peer: tuple[str, int] | None = None
        self._talk: Talk | None = None
        self._clock: asyncio.TimerHandle | None = None
        self._answered_s = 0.0
        self._is_closed = asyncio.Event()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the way out."""
        self._transport = cast("asyncio.DatagramTransport", transport)

    def begin(self, talk: Talk, terms: Agreement) -> None:
        """Talk to the callee from now on, which is the moment of the answer."""
        self._talk = talk
        self._answered_s = asyncio.get_running_loop().time()
        self.reports.begin(partial(self._report, talk))
        self.change(terms)
        self._tick(talk.datagrams(), self._answered_s)

    def change(self, terms: Agreement) -> None:
        """Go on as the last offer and answer agreed."""
        if self._talk is None:
            return
        self._peer = (terms.peer_ip, terms.peer_port) if terms.sends and terms.peer_ip else None
        # Reports go on while the callee holds the call (RFC 3264 §6.1), unless it has no address.
        self.reports.change((terms.peer_ip, terms.peer_rtcp_port) if terms.peer_ip else None)
        self._talk.law = Law(terms.payload_type)
        self._talk.event_type = terms.telephone_event_type

    def _tick(self, datagrams: Iterator[bytes], due_s: float) -> None:
        datagram = next(datagrams)
        if self._peer is not None:
            self._transport.sendto(datagram, self._peer)
            self.packets_sent += 1
            self._octets_sent += len(datagram) - HEADER_SIZE
        next_s = due_s + FRAME_MS / 1000
        self._clock = asyncio.get_running_loop().call_at(next_s, self._tick, datagrams, next_s)

    def _report(self, talk: Talk, ntp: int, last: LastReport) -> SenderReport:
        return SenderReport(
            talk.ssrc,
            ntp,
            talk.timestamp,
            self.packets_sent,
            self._octets_sent,
            self.hearing.reports(*last),
        )

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        """Hear a packet, from whatever address: the callee may sit behind a NAT."""
        if self._talk is None or self._clock is None:
            return
        now_s = asyncio.get_running_loop().time()
        if self.hearing.datagram(data, now_s - self._answered_s):
            self._talk.is_heard = True

    def stop(self) -> None:
        """Fall silent and deaf."""
        if self._clock is not None:
            self._clock.cancel()
            self._clock = None
        self.reports.stop()

    def connection_lost(self, exc: Exception | None) -> None:
        """Note that the socket is closed."""
        self._is_closed.set()

    async def close(self) -> None:
        """Stop, and close the socket."""
        self.stop()
        self._transport.close()
        await self._is_closed.wait()
        await self.reports.close()


@asynccontextmanager
async def open_voice(ip: str, hearing: Hearing) -> AsyncIterator[tuple[Voice, int]]:
    """Open a voice and yield it with its RTP port; RTCP has the port above.

    Raises Unavailable where no pair of ports is free.
    """
    rtp, rtcp = bind_pair(ip)
    port = rtp.getsockname()[1]
    loop = asyncio.get_running_loop()
    _, voice = await loop.create_datagram_endpoint(lambda: Voice(hearing), sock=rtp)
    await loop.create_datagram_endpoint(lambda: voice.reports, sock=rtcp)
    try:
        yield voice, port
    finally:
        await voice.close()
