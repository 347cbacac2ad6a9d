"""What the test caller hears: received RTP on a timeline that begins at the answer."""

import numpy as np

from dillo.caller.audio import SAMPLE_RATE
from dillo.rtp.g711 import Law
from dillo.rtp.packet import MalformedRtp, RtpPacket
from dillo.rtp.pcm import Samples, decode
from dillo.rtp.reception import Reception
from dillo.rtp.rtcp import ReportBlock
from dillo.rtp.serial import timestamp_distance

_LAWS = {int(law): law for law in Law}
_MAX_STEP = SAMPLE_RATE
"""A timestamp further than a second from where the clock expects it begins a new time base."""


class Hearing:
    """Places the audio of each packet by its timestamp; gaps are silence."""

    def __init__(self) -> None:
        self.packets_refused = 0
        """Datagrams that were no RTP."""
        self.packets_received = 0
        """Audio packets that arrived."""
        self._reception: Reception | None = None
        self._placed: list[tuple[int, Samples]] = []
        self._counted_source: int | None = None
        self._placed_source: int | None = None
        self._anchor = (0, 0)

    def datagram(self, data: bytes, since_answer_s: float) -> bool:
        """Take in a datagram; return whether it is audio."""
        try:
            packet = RtpPacket.parse(data)
        except MalformedRtp:
            self.packets_refused += 1
            return False
        arrival = int(since_answer_s * SAMPLE_RATE)
        law = _LAWS.get(packet.payload_type)
        self._count(packet, arrival, is_audio=law is not None)
        if law is None:
            return False
        self.packets_received += 1
        self._keep(packet, arrival, law)
        return True

    def _keep(self, packet: RtpPacket, arrival: int, law: Law) -> None:
        self._placed.append((self._place(packet, arrival), decode(packet.payload, law)))

    def _count(self, packet: RtpPacket, arrival: int, *, is_audio: bool) -> None:
        if self._reception is None:
            self._reception = Reception(packet.sequence)
        elif packet.ssrc != self._counted_source:
            self._reception.restart(packet.sequence)
        self._counted_source = packet.ssrc
        if is_audio:
            self._reception.packet(packet.sequence, packet.timestamp, arrival)
        else:
            self._reception.event_packet(packet.sequence)

    def _place(self, packet: RtpPacket, arrival: int) -> int:
        timestamp, position = self._anchor
        place = position + timestamp_distance(packet.timestamp, timestamp)
        if packet.ssrc != self._placed_source or abs(place - arrival) > _MAX_STEP:
            self._placed_source = packet.ssrc
            self._anchor = (packet.timestamp, arrival)
            return arrival
        return max(place, 0)

    def reports(self, last_sr: int, delay_since_last_sr: int) -> tuple[ReportBlock, ...]:
        """Return the report block on the callee, none before it was heard (RFC 3550 §6.4.1)."""
        if self._reception is None or self._counted_source is None:
            return ()
        return (self._reception.report(self._counted_source, last_sr, delay_since_last_sr),)

    @property
    def packets_lost(self) -> int:
        """How many are missing by their sequence numbers."""
        return self._reception.lost if self._reception else 0

    def samples(self) -> Samples:
        """Return all that was heard, from the answer to the last packet."""
        length = max((place + len(sound) for place, sound in self._placed), default=0)
        timeline = np.zeros(length, dtype=np.int16)
        for place, sound in self._placed:
            timeline[place : place + len(sound)] = sound
        return timeline
