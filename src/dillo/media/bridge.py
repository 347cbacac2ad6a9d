"""One direction of a conversation: what one peer sends, on its way to another peer."""

from dillo.media.outgoing import Outgoing
from dillo.rtp.g711 import TRANSCODE, Law
from dillo.rtp.packet import HEADER, MARKER, PLAIN
from dillo.rtp.serial import sequence_distance, timestamp_distance

_MAX_LATE = 100
_MAX_DROPOUT = 3000
"""As `Reception` has it (RFC 3550 A.1): beyond, sequence numbers are not of the same stream."""
_MAX_BACK, _MAX_PAUSE = 8000, 60 * 8000
"""A timestamp a second back or a minute ahead is a new time base of the sender."""


class Bridge:
    """Puts forwarded packets into the other call's stream, in its numbering and its codec.

    A `Lane` takes audio that is just what was expected; all else comes here. Sequence numbers and
    timestamps are shifted by constants, so that what is lost or reordered before us looks the
    same behind us. The constants are found anew whenever the other call's stream was not ours
    meanwhile, or the sender began anew.
    """

    __slots__ = (
        "_law",
        "_since",
        "out",
        "samples",
        "sequence_shift",
        "timestamp_shift",
    )

    def __init__(self, out: Outgoing) -> None:
        """`out` is the stream that is fed."""
        self.out = out
        self._law = out.law
        self._since = self.samples = 0
        self.sequence_shift = self.timestamp_shift = 0

    def describe(self, law: Law) -> None:
        """Take over the law of plain audio."""
        if law is not self._law:
            self._law = law
            self.interrupt()

    def is_plain(self, kind: int) -> bool:
        """Return whether audio of this payload type, as long as the last, only goes on."""
        return self.out.is_forwarding and self.samples > 0 and kind == self._law

    def interrupt(self) -> None:
        """Take what comes next for the beginning of another stream."""
        self.out.is_forwarding = False

    def pass_audio(
        self,
        law: Law,
        marker: int,
        sequence: int,
        timestamp: int,
        payload: bytes | bytearray,
        is_newest: bool,
    ) -> None:
        """Forward audio as it comes, in any packet time."""
        admitted = self._admit(sequence, timestamp, is_newest)
        if admitted is None:
            return
        table = TRANSCODE.get((law, self.out.law))
        octets = payload.translate(table) if table else payload
        kind = marker | admitted | self.out.payload_type
        at = self._send(kind, sequence, timestamp, octets)
        if is_newest:
            self.samples = len(payload)
            self._go_on(sequence, at)

    def pass_event(
        self, marker: int, sequence: int, timestamp: int, payload: bytes, is_newest: bool
    ) -> None:
        """Forward a telephone-event; where the other peer takes none, close the gap it leaves."""
        event_type = self.out.event_type
        if event_type is None:
            if is_newest:
                self.sequence_shift -= 1
            return
        admitted = self._admit(sequence, timestamp, is_newest)
        if admitted is None:
            return
        at = self._send(marker | event_type, sequence, timestamp, payload)
        if is_newest:
            # All packets of an event carry the timestamp of its beginning (RFC 4733 §2.5.1.2).
            duration = int.from_bytes(payload[2:4], "big")
            self._go_on(sequence, at + duration & 0xFFFF_FFFF)

    def _admit(self, sequence: int, timestamp: int, is_newest: bool) -> int | None:
        """Return the marker that the packet needs, None where it must not go out."""
        if not self.out.is_free:
            return None
        if not is_newest:
            return 0 if self._is_late(sequence, timestamp) else None
        if self.out.is_forwarding and self._follows(sequence, timestamp):
            return 0
        self._anchor(sequence, timestamp)
        return MARKER  # what the peer hears changes: a talk spurt (RFC 3551 §4.1)

    def _follows(self, sequence: int, timestamp: int) -> bool:
        later = timestamp_distance(timestamp + self.timestamp_shift, self.out.timestamp)
        return 0 < self._ahead(sequence) < _MAX_DROPOUT and -_MAX_BACK < later < _MAX_PAUSE

    def _is_late(self, sequence: int, timestamp: int) -> bool:
        """Return whether a packet belongs before the last one, but behind the latest anchor."""
        is_behind = timestamp_distance(timestamp, self._since) >= 0
        return self.out.is_forwarding and -_MAX_LATE <= self._ahead(sequence) <= 0 and is_behind

    def _ahead(self, sequence: int) -> int:
        return sequence_distance(sequence + self.sequence_shift, self.out.sequence)

    def _anchor(self, sequence: int, timestamp: int) -> None:
        first_sequence, first_timestamp = self.out.give_way()
        self.sequence_shift = first_sequence - sequence
        self.timestamp_shift = first_timestamp - timestamp
        self._since = timestamp

    def _send(self, kind: int, sequence: int, timestamp: int, payload: bytes | bytearray) -> int:
        """Send in the other stream's numbering; return the timestamp there."""
        out = self.out
        sequence = sequence + self.sequence_shift & 0xFFFF
        timestamp = timestamp + self.timestamp_shift & 0xFFFF_FFFF
        out.count_forwarded(1, len(payload))
        send = out.send
        send(HEADER.pack(PLAIN, kind, sequence, timestamp, out.ssrc) + payload)
        return timestamp

    def _go_on(self, sequence: int, at: int) -> None:
        out = self.out
        out.sequence = sequence + self.sequence_shift & 0xFFFF
        out.timestamp = at
        out.idle = 0
