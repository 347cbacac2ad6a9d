"""The RTP header (RFC 3550 §5.1)."""

import struct
from dataclasses import dataclass

from dillo.model.errors import PeerError

HEADER = struct.Struct("!BBHII")
"""First octet, marker and payload type, sequence number, timestamp, SSRC."""

HEADER_SIZE = 12
PLAIN = 0x80
"""First octet of nearly every packet: version 2, no padding, extension or contributing source."""
MARKER = 0x80
"""The marker bit, in the second octet."""


class MalformedRtp(PeerError):
    """The datagram is no RTP packet of version 2, or its lengths do not add up."""


@dataclass(frozen=True, slots=True)
class RtpPacket:
    """An RTP packet, its extension and contributing sources left out; `bytes` gives it packed."""

    payload_type: int
    sequence: int
    timestamp: int
    ssrc: int
    payload: bytes
    marker: bool = False

    @classmethod
    def parse(cls, datagram: bytes | memoryview) -> "RtpPacket":
        """Read a datagram. Raises MalformedRtp."""
        start, end = payload_bounds(datagram)
        _, kind, sequence, timestamp, ssrc = HEADER.unpack_from(datagram)
        payload = bytes(datagram[start:end])
        return cls(kind & 0x7F, sequence, timestamp, ssrc, payload, bool(kind & MARKER))

    def __bytes__(self) -> bytes:
        kind = self.payload_type | (MARKER if self.marker else 0)
        return HEADER.pack(PLAIN, kind, self.sequence, self.timestamp, self.ssrc) + self.payload


def payload_bounds(datagram: bytes | memoryview) -> tuple[int, int]:
    """Return where a packet's payload begins and ends, past sources, extension and padding.

    Raises MalformedRtp.
    """
    size = len(datagram)
    if size < HEADER_SIZE or datagram[0] >> 6 != 2:
        raise MalformedRtp(f"{size} octets that are no RTP packet of version 2")
    first = datagram[0]
    start = HEADER_SIZE + 4 * (first & 0x0F)
    if first & 0x10:
        if start + 4 > size:
            raise MalformedRtp("the header extension is cut off")
        start += 4 + 4 * int.from_bytes(datagram[start + 2 : start + 4], "big")
    padding = datagram[size - 1] if first & 0x20 else 0
    if start + padding > size or (first & 0x20 and not padding):
        raise MalformedRtp("header and padding are longer than the packet")
    return start, size - padding
