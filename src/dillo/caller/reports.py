"""RTCP of a test call: what each side says of the other's RTP (RFC 3550 §6)."""

import asyncio
import time
from collections.abc import Callable
from typing import cast

from dillo.rtp.rtcp import (
    Goodbye,
    MalformedRtcp,
    ReceiverReport,
    ReportBlock,
    RtcpPacket,
    SenderReport,
    SourceDescription,
    middle_of,
    ntp_time,
    pack_compound,
    parse_compound,
    round_trip_s,
)

INTERVAL_S = 5.0
"""The least interval of §6.2; the first report comes after half of it."""

LastReport = tuple[int, int]
"""Middle of the NTP time of the callee's last sender report, and how long ago it came, both in
1/65536 s; zeros where none came."""

DescribeSending = Callable[[int, LastReport], SenderReport]
"""Makes our report for an NTP time."""


class Reports(asyncio.DatagramProtocol):
    """Sends our reports, and keeps what the callee's say."""

    def __init__(self) -> None:
        self.round_trip_ms: float | None = None
        """None where the callee answered no report of ours."""
        self.lost_at_callee: int | None = None
        """Packets of ours that the callee misses; None where it never reported."""
        self._transport: asyncio.DatagramTransport
        self._is_closed = asyncio.Event()
        self._peer: tuple[str, int] | None = None
        self._describe: DescribeSending
        self._timer: asyncio.TimerHandle | None = None
        self._last: tuple[int, int] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the way out."""
        self._transport = cast("asyncio.DatagramTransport", transport)

    def begin(self, describe: DescribeSending) -> None:
        """Report from now on what `describe` says."""
        self._describe = describe
        self._timer = asyncio.get_running_loop().call_later(INTERVAL_S / 2, self._report)

    def change(self, peer: tuple[str, int] | None) -> None:
        """Report to another address from now on, or to nobody."""
        self._peer = peer

    def _report(self) -> None:
        self._send()
        self._timer = asyncio.get_running_loop().call_later(INTERVAL_S, self._report)

    def _send(self, *, is_last: bool = False) -> None:
        now = ntp_time(time.time())
        report = self._describe(now, self._last_report(now))
        goodbye = [Goodbye((report.ssrc,))] if is_last else []
        packets: list[RtcpPacket] = [report, SourceDescription(((report.ssrc, "dillo"),)), *goodbye]
        if self._peer is not None and not self._transport.is_closing():
            self._transport.sendto(pack_compound(packets), self._peer)

    def _last_report(self, now: int) -> LastReport:
        if self._last is None:
            return 0, 0
        middle, arrived = self._last
        return middle, middle_of(now) - arrived & 0xFFFF_FFFF

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        """Take in a report; what is none is passed over."""
        now = ntp_time(time.time())
        try:
            packets = parse_compound(data)
        except MalformedRtcp:
            return
        for packet in packets:
            if isinstance(packet, SenderReport):
                self._last = middle_of(packet.ntp), middle_of(now)
            if isinstance(packet, SenderReport | ReceiverReport):
                self._take(packet.blocks, now)

    def _take(self, blocks: tuple[ReportBlock, ...], now: int) -> None:
        for block in blocks:
            self.lost_at_callee = block.lost
            trip_s = round_trip_s(block, now)
            if trip_s is not None:
                self.round_trip_ms = round(trip_s * 1000, 2)

    def stop(self) -> None:
        """Say goodbye, once."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
            self._send(is_last=True)

    def connection_lost(self, exc: Exception | None) -> None:
        """Note that the socket is closed."""
        self._is_closed.set()

    async def close(self) -> None:
        """Stop, and close the socket."""
        self.stop()
        self._transport.close()
        await self._is_closed.wait()
