"""A call's RTCP: what we report to the peer, and what it reports to us (RFC 3550 §6)."""

import socket
import time

from dillo.media.peer import Address
from dillo.rtp.reception import Reception
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
    parse_compound,
    round_trip_s,
)

_MAX_DATAGRAM = 2048


class Reporter:
    """Keeps the peer's last word on our stream, and tells it ours on its stream."""

    __slots__ = (
        "_description",
        "_heard_from",
        "_last_sr",
        "_last_sr_at",
        "_socket",
        "_ssrc",
        "remote_lost",
        "round_trip_ms",
    )

    def __init__(self, rtcp: socket.socket, ssrc: int, name: str) -> None:
        """`rtcp` is unconnected; `ssrc` and the canonical `name` are ours."""
        self._socket = rtcp
        self._ssrc = ssrc
        self._description = bytes(SourceDescription(((ssrc, name),)))
        self._heard_from: Address | None = None
        self._last_sr = 0
        self._last_sr_at = 0.0
        self.remote_lost: int | None = None
        self.round_trip_ms: float | None = None

    def receive(self, peer: Address | None) -> bool:
        """Read one datagram; return whether it was RTCP from the peer's address."""
        datagram, source = self._socket.recvfrom(_MAX_DATAGRAM)
        if peer is None or source[0] != peer[0]:
            return False
        try:
            packets = parse_compound(datagram)
        except MalformedRtcp:
            return False
        self._heard_from = source[:2]
        for packet in packets:
            self._take(packet)
        return True

    def _take(self, packet: RtcpPacket) -> None:
        if isinstance(packet, SenderReport):
            self._last_sr = middle_of(packet.ntp)
            self._last_sr_at = time.monotonic()
        if isinstance(packet, SenderReport | ReceiverReport):
            for block in packet.blocks:
                if block.ssrc == self._ssrc:
                    self._take_block(block)

    def _take_block(self, block: ReportBlock) -> None:
        self.remote_lost = block.lost
        trip_s = round_trip_s(block, ntp_time(time.time()))
        if trip_s is not None:
            self.round_trip_ms = trip_s * 1000

    def send(
        self,
        peer: Address,
        sent: tuple[int, int, int] | None,
        heard: tuple[int, Reception] | None,
        *,
        is_last: bool = False,
    ) -> None:
        """Send a report to where the peer's RTCP comes from, else to the port after its RTP.

        `sent` is timestamp, packets and octets of our stream, `heard` the peer's source and its
        statistics; None where there was nothing. The last report says goodbye. Raises OSError.
        """
        blocks = (self._block(*heard),) if heard else ()
        report: SenderReport | ReceiverReport = ReceiverReport(self._ssrc, blocks)
        if sent:
            report = SenderReport(self._ssrc, ntp_time(time.time()), *sent, blocks)
        octets = bytes(report) + self._description
        if is_last:
            octets += bytes(Goodbye((self._ssrc,)))
        target = peer[0], peer[1] + 1
        if self._heard_from and self._heard_from[0] == peer[0]:
            target = self._heard_from
        self._socket.sendto(octets, target)

    def _block(self, ssrc: int, reception: Reception) -> ReportBlock:
        delay_s = time.monotonic() - self._last_sr_at if self._last_sr else 0.0
        return reception.report(ssrc, self._last_sr, int(delay_s * 65536) & 0xFFFF_FFFF)
