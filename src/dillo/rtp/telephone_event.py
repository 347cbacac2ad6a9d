"""Keys as RTP events (RFC 4733): each key told once by the receiver, and packets for a sender."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from dillo.rtp.packet import RtpPacket

KEYS = "0123456789*#ABCD"
"""A key's place is its event code (RFC 4733 §3.2)."""

MAX_DURATION = 0xFFFF
_REMEMBERED = 32
_PAYLOAD = struct.Struct("!BBH")
_END = 0x80
_VOLUME = 10
"""-10 dBm0, a usual level for a key."""


class KeyReceiver:
    """Tells each key when its first packet is seen, whatever repeats, gets lost or is reordered.

    All packets of a key carry the timestamp of its beginning (§2.5.1.2), so a key is known by
    source, timestamp and event code; the last 32 are remembered.
    """

    __slots__ = ("_seen",)

    def __init__(self) -> None:
        self._seen: dict[tuple[int, int, int], None] = {}

    def packet(self, ssrc: int, timestamp: int, payload: bytes) -> str | None:
        """Return the key that this packet is the first of, None for any other packet."""
        if len(payload) < _PAYLOAD.size or payload[0] >= len(KEYS):
            return None
        code = payload[0]
        key = (ssrc, timestamp, code)
        if key in self._seen:
            return None
        is_new = not self._is_segment(key)
        self._remember(key)
        return KEYS[code] if is_new else None

    def _is_segment(self, key: tuple[int, int, int]) -> bool:
        """A key held longer than 0xFFFF units goes on under a new timestamp (§2.5.1.3)."""
        ssrc, timestamp, code = key
        earlier = (ssrc, timestamp - MAX_DURATION & 0xFFFF_FFFF, code)
        later = (ssrc, timestamp + MAX_DURATION & 0xFFFF_FFFF, code)
        return earlier in self._seen or later in self._seen

    def _remember(self, key: tuple[int, int, int]) -> None:
        self._seen[key] = None
        if len(self._seen) > _REMEMBERED:
            del self._seen[next(iter(self._seen))]


@dataclass(frozen=True, slots=True)
class EventPayload:
    """The four octets of an event (§2.3); `duration` in timestamp units."""

    code: int
    is_end: bool
    volume: int
    duration: int

    @classmethod
    def parse(cls, payload: bytes) -> "EventPayload":
        """Read the first four octets."""
        code, flags, duration = _PAYLOAD.unpack_from(payload)
        return cls(code, bool(flags & _END), flags & 0x3F, duration)

    def __bytes__(self) -> bytes:
        flags = (_END if self.is_end else 0) | self.volume
        return _PAYLOAD.pack(self.code, flags, self.duration)


def key_packets(
    key: str, *, payload_type: int, sequence: int, timestamp: int, ssrc: int, duration_ms: int = 100
) -> Iterator[RtpPacket]:
    """Make the packets of a key press, to be sent 20 ms apart (§2.5.1.2, §2.5.1.4).

    The first carries the marker, then one with a longer duration each 20 ms, then the end three
    times. `duration_ms` is at most 8 s: longer presses need a second segment.
    """
    code = KEYS.index(key)
    end = min(duration_ms * 8, MAX_DURATION)
    updates = [(duration, False) for duration in range(160, end, 160)]
    for number, (duration, is_end) in enumerate([*updates, *[(end, True)] * 3]):
        payload = EventPayload(code, is_end, _VOLUME, duration)
        yield RtpPacket(
            payload_type,
            (sequence + number) & 0xFFFF,
            timestamp,
            ssrc,
            bytes(payload),
            marker=number == 0,
        )
