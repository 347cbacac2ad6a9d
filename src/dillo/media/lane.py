"""The short way through a bridge: what the next packet must be, and what it becomes."""

import struct
from collections.abc import Callable
from typing import TYPE_CHECKING

from dillo.media.track import Place
from dillo.media.wav import SAMPLE_RATE
from dillo.rtp.g711 import TRANSCODE
from dillo.rtp.packet import HEADER_SIZE, PLAIN
from dillo.rtp.reception import NO_TRANSIT, Count
from dillo.rtp.serial import timestamp_distance

if TYPE_CHECKING:
    from dillo.media.incoming import Incoming
    from dillo.media.outgoing import Outgoing

BUFFER_SIZE = 2048
"""No packet is larger on an Ethernet."""
BUFFER = bytearray(BUFFER_SIZE)
"""Every packet of a bridge comes in here, and most leave from here."""
PACKET = memoryview(BUFFER)

HEAD = struct.Struct("!QI")
"""All of an RTP header up to the SSRC as one number, which grows evenly; and the SSRC."""

_CLOSED = -1


class Lane:
    """Open while a call's audio is forwarded packet by packet, each as long as the last one.

    The header of the next packet is then known beforehand, and the one it leaves with differs by
    a constant, until one of the numbers in them wraps. So `packets.forward` compares and adds one
    number, and counts nothing else: `catch_up` tells the call that hears and the stream that is
    fed. A packet that is not the expected one goes to `Incoming.packet`, which opens the lane
    anew; what changes the stream closes it.
    """

    __slots__ = (
        "_told",
        "clock",
        "expected",
        "heard",
        "jitter",
        "limit",
        "out",
        "out_ssrc",
        "packet",
        "record",
        "recv_into",
        "samples",
        "shift",
        "size",
        "ssrc",
        "step",
        "table",
    )

    def __init__(self, heard: "Incoming") -> None:
        """Begin closed. The call listens to a connected socket already."""
        self.heard = heard
        self.recv_into: Callable[[memoryview], int] = heard.recv_into
        self.record: Place | None = None
        self.out: Outgoing
        self.table: bytes | None = None
        self.packet = PACKET
        self.expected = self._told = _CLOSED
        self.limit = self.shift = self.size = self.out_ssrc = self.clock = 0
        self.ssrc: int | None = None
        self.jitter = 0.0
        self.step = self.samples = 1

    @property
    def last_heard_at(self) -> float:
        """When a packet came last while the lane was open, in seconds; 0 if none did."""
        return 0.0 if self.expected == self._told else self.clock / SAMPLE_RATE

    def open(self) -> None:
        """Expect a packet that follows on the last one, if the last one was forwarded."""
        self.close()
        heard, bridge = self.heard, self.heard.bridge
        if bridge is None or heard.reception is None or not bridge.is_plain(heard.plain_type):
            return
        count = heard.reception.lend()
        out, samples = bridge.out, bridge.samples
        sequence = count.next_sequence
        sequence_out = sequence + bridge.sequence_shift & 0xFFFF
        if count.transit == NO_TRANSIT or sequence_out != out.sequence + 1 & 0xFFFF:
            return
        before = out.timestamp - bridge.timestamp_shift & 0xFFFF_FFFF
        timestamp = before + samples & 0xFFFF_FFFF
        timestamp_out = out.timestamp + samples & 0xFFFF_FFFF
        self.expected = self._told = _head(heard.plain_type, sequence, timestamp)
        self.shift = _head(out.payload_type, sequence_out, timestamp_out) - self.expected
        self.step = (1 << 32) + samples
        further = min(
            0xFFFE - sequence,  # `Reception` counts the wrap itself
            0xFFFF - sequence_out,
            (0xFFFF_FFFF - max(timestamp, timestamp_out)) // samples,
        )
        self.limit = self.expected + further * self.step + 1
        self.ssrc, self.out_ssrc = heard.ssrc, out.ssrc
        self.samples, self.size = samples, HEADER_SIZE + samples
        self.packet = PACKET[: self.size]
        # The clock at which the last packet would have come with the transit of the latest: the
        # same packet, but for late ones, whose timestamp may have been across a wrap.
        arrived = int(heard.heard_at * SAMPLE_RATE)
        self.clock = arrived + timestamp_distance(count.transit + before, arrived)
        self.jitter = count.jitter
        self.record = heard.record
        self.table = TRANSCODE.get((heard.law, out.law))
        self.out = out
        out.lane = self

    def close(self) -> None:
        """Send every packet to `Incoming.packet` from now on."""
        if self.expected != _CLOSED:
            self.catch_up()
            self.expected = self._told = _CLOSED
            self.out.lane = None

    def catch_up(self) -> None:
        """Tell both ends what was forwarded since they were told last."""
        packets = (self.expected - self._told) // self.step
        if not packets:
            return
        self._told = self.expected
        last = self.expected - self.step
        heard = self.heard
        heard.heard_at = max(heard.heard_at, self.clock / SAMPLE_RATE)
        assert heard.reception is not None
        count = heard.reception.lend()
        seen, sequence = count.seen + packets, count.next_sequence + packets
        transit = self.clock - (last & 0xFFFF_FFFF)
        heard.reception.take_back(Count(seen, sequence, transit, self.jitter))
        last += self.shift
        out = self.out
        out.sequence, out.timestamp = last >> 32 & 0xFFFF, last & 0xFFFF_FFFF
        out.count_forwarded(packets, self.samples)


def _head(kind: int, sequence: int, timestamp: int) -> int:
    return PLAIN << 56 | kind << 48 | sequence << 32 | timestamp
