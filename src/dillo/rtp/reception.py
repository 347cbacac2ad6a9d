"""What a receiver knows of one stream: loss and jitter (RFC 3550 §6.4.1, A.1, A.3, A.8)."""

from dataclasses import dataclass

from dillo.rtp.rtcp import ReportBlock
from dillo.rtp.serial import sequence_distance, timestamp_distance

_MAX_DROPOUT = 3000
_MAX_MISORDER = 100
MAX_TRANSIT_STEP = 8000
"""A second at 8000 Hz: a larger step is a new time base of the sender, not jitter."""

NO_TRANSIT = 1 << 40
"""Further from any transit than a step may be."""


@dataclass(frozen=True, slots=True)
class Count:
    """What packets in order change, lent out to whoever counts them for many streams at once."""

    seen: int
    next_sequence: int
    transit: int
    """In timestamp units; farther than any step where there was no packet yet."""
    jitter: float


class Reception:
    """Counts what one sender sends; `packet` runs for every packet, so its common path is flat.

    Packets that arrived between those it sees are added to `unseen`.
    """

    __slots__ = (
        "_base",
        "_cycles",
        "_expected_earlier",
        "_jitter",
        "_next",
        "_reported_expected",
        "_reported_received",
        "_seen",
        "_suspect",
        "_transit",
        "unseen",
    )

    def __init__(self, sequence: int) -> None:
        """Begin at the sequence number of the first packet, which is still to be told."""
        self._seen = self.unseen = 0
        self._expected_earlier = 0
        self._jitter = 0.0
        self._reported_expected = 0
        self._reported_received = 0
        self._begin(sequence)

    def _begin(self, sequence: int) -> None:
        self._base = self._next = sequence
        self._cycles = 0
        self._suspect = -1
        self._transit: int | None = None

    def restart(self, sequence: int) -> None:
        """Go on with another source, or one that began anew; what was counted stays counted."""
        self._expected_earlier = self.expected
        self._begin(sequence)

    def packet(self, sequence: int, timestamp: int, arrival: int) -> bool:
        """Count an audio packet that arrived at `arrival`, in timestamp units of our clock.

        Return whether it is newer than all before it.
        """
        newest = True
        if sequence == self._next and sequence != 0xFFFF:
            self._seen += 1
            self._next = sequence + 1
        else:
            newest = self._unexpected(sequence)
        transit = arrival - timestamp
        if self._transit is not None:
            step = transit - self._transit
            if not -MAX_TRANSIT_STEP < step < MAX_TRANSIT_STEP:
                step = _small_step(transit, self._transit)
            self._jitter += ((step if step > 0 else -step) - self._jitter) / 16
        self._transit = transit
        return newest

    def lend(self) -> Count:
        """Return what packets in order change."""
        transit = NO_TRANSIT if self._transit is None else self._transit
        return Count(self._seen, self._next, transit, self._jitter)

    def take_back(self, count: Count) -> None:
        """Go on from where packets in order have brought it."""
        self._seen, self._next, self._jitter = count.seen, count.next_sequence, count.jitter
        self._transit = None if count.transit == NO_TRANSIT else count.transit

    def event_packet(self, sequence: int) -> bool:
        """Count a packet whose timestamp stands still while time goes on (RFC 4733 §2.5.1.2).

        Return whether it is newer than all before it.
        """
        return self._unexpected(sequence)

    def skip(self, packets: int) -> None:
        """Count packets that followed the newest one, of which no more is known."""
        self.unseen += packets
        ahead = self._next + packets
        self._cycles += ahead & ~0xFFFF
        self._next = ahead & 0xFFFF

    def _unexpected(self, sequence: int) -> bool:
        ahead = sequence_distance(sequence, self._next)
        if 0 <= ahead < _MAX_DROPOUT:
            self._advance(sequence)
            return True
        if -_MAX_MISORDER <= ahead < 0:
            self._seen += 1
            return False
        if sequence == self._suspect:
            self.restart(sequence)
            self._advance(sequence)
            return True
        # RFC 3550 A.1: one wild number is dropped, two in a row are a sender that began anew.
        self._suspect = (sequence + 1) & 0xFFFF
        return False

    def _advance(self, sequence: int) -> None:
        self._seen += 1
        if sequence < self._next or sequence == 0xFFFF:
            self._cycles += 0x10000
        self._next = (sequence + 1) & 0xFFFF

    @property
    def expected(self) -> int:
        """How many packets were sent to us, as far as the sequence numbers tell."""
        return self._expected_earlier + self._cycles + self._next - self._base

    @property
    def received(self) -> int:
        """How many packets arrived, seen or not."""
        return self._seen + self.unseen

    @property
    def lost(self) -> int:
        """Expected less received: negative where packets were duplicated (RFC 3550 §6.4.1)."""
        return self.expected - self.received

    @property
    def jitter(self) -> int:
        """The interarrival jitter in timestamp units."""
        return int(self._jitter)

    def report(self, ssrc: int, last_sr: int, delay_since_last_sr: int) -> ReportBlock:
        """Return the report block on this source, and begin the next interval (A.3)."""
        expected = self.expected - self._reported_expected
        lost = expected - (self.received - self._reported_received)
        self._reported_expected, self._reported_received = self.expected, self.received
        return ReportBlock(
            ssrc=ssrc,
            fraction_lost=min(255, (lost << 8) // expected) if lost > 0 else 0,
            lost=max(-0x80_0000, min(0x7F_FFFF, self.lost)),
            highest_sequence=(self._cycles + self._next - 1) & 0xFFFF_FFFF,
            jitter=self.jitter,
            last_sr=last_sr,
            delay_since_last_sr=delay_since_last_sr,
        )


def _small_step(transit: int, before: int) -> int:
    """Return the step across a wrap of the timestamp, 0 where it is a new time base."""
    step = timestamp_distance(transit, before)
    return step if -MAX_TRANSIT_STEP < step < MAX_TRANSIT_STEP else 0
