"""RTCP: sender and receiver reports, source description and goodbye (RFC 3550 §6)."""

import struct
from collections.abc import Iterable
from dataclasses import dataclass

from dillo.model.errors import PeerError

SENDER_REPORT, RECEIVER_REPORT, SOURCE_DESCRIPTION, GOODBYE = 200, 201, 202, 203

_NTP_EPOCH = 2_208_988_800
"""Seconds from 1900, where NTP time begins, to 1970."""
_CNAME = 1
_HEADER = struct.Struct("!BBH")
_BLOCK = struct.Struct("!IIIIII")
_SENDER = struct.Struct("!IQIII")


class MalformedRtcp(PeerError):
    """The datagram is no compound RTCP packet, or its lengths do not add up."""


@dataclass(frozen=True, slots=True)
class ReportBlock:
    """What a receiver says of one source (§6.4.1); times in units of 1/65536 s."""

    ssrc: int
    fraction_lost: int
    """Lost of the packets since the report before, in 1/256."""
    lost: int
    highest_sequence: int
    jitter: int
    last_sr: int
    """Middle 32 bits of the NTP time of the last sender report, 0 where none came."""
    delay_since_last_sr: int

    @classmethod
    def parse(cls, block: bytes) -> "ReportBlock":
        """Read 24 octets."""
        ssrc, loss, highest, jitter, last_sr, delay = _BLOCK.unpack(block)
        lost = loss & 0xFF_FFFF
        lost -= (lost & 0x80_0000) << 1
        return cls(ssrc, loss >> 24, lost, highest, jitter, last_sr, delay)

    def __bytes__(self) -> bytes:
        loss = self.fraction_lost << 24 | self.lost & 0xFF_FFFF
        return _BLOCK.pack(
            self.ssrc,
            loss,
            self.highest_sequence,
            self.jitter,
            self.last_sr,
            self.delay_since_last_sr,
        )


@dataclass(frozen=True, slots=True)
class SenderReport:
    """SR: what a source has sent, and how it hears others (§6.4.1)."""

    ssrc: int
    ntp: int
    """64 bits: seconds since 1900 in 1/2**32."""
    timestamp: int
    packets: int
    octets: int
    blocks: tuple[ReportBlock, ...] = ()

    @classmethod
    def parse(cls, count: int, body: bytes) -> "SenderReport":
        """Read what follows the common header. Raises MalformedRtcp."""
        if len(body) < _SENDER.size:
            raise MalformedRtcp("a sender report is cut off")
        ssrc, ntp, timestamp, packets, octets = _SENDER.unpack_from(body)
        blocks = _blocks(count, body, _SENDER.size)
        return cls(ssrc, ntp, timestamp, packets, octets, blocks)

    def __bytes__(self) -> bytes:
        octets = self.octets & 0xFFFF_FFFF
        sender = _SENDER.pack(self.ssrc, self.ntp, self.timestamp, self.packets, octets)
        return _packed(len(self.blocks), SENDER_REPORT, sender + b"".join(map(bytes, self.blocks)))


@dataclass(frozen=True, slots=True)
class ReceiverReport:
    """RR: how a participant that sends nothing hears others (§6.4.2)."""

    ssrc: int
    blocks: tuple[ReportBlock, ...] = ()

    @classmethod
    def parse(cls, count: int, body: bytes) -> "ReceiverReport":
        """Read what follows the common header. Raises MalformedRtcp."""
        if len(body) < 4:
            raise MalformedRtcp("a receiver report is cut off")
        return cls(int.from_bytes(body[:4], "big"), _blocks(count, body, 4))

    def __bytes__(self) -> bytes:
        blocks = b"".join(map(bytes, self.blocks))
        return _packed(len(self.blocks), RECEIVER_REPORT, self.ssrc.to_bytes(4, "big") + blocks)


@dataclass(frozen=True, slots=True)
class SourceDescription:
    """SDES: the canonical name of each source; other items are passed over (§6.5)."""

    names: tuple[tuple[int, str], ...]

    @classmethod
    def parse(cls, count: int, body: bytes) -> "SourceDescription":
        """Read what follows the common header. Raises MalformedRtcp."""
        names, at = [], 0
        for _ in range(count):
            if at + 4 > len(body):
                raise MalformedRtcp("a source description is cut off")
            ssrc = int.from_bytes(body[at : at + 4], "big")
            name, at = _canonical_name(body, at + 4)
            names.append((ssrc, name))
        return cls(tuple(names))

    def __bytes__(self) -> bytes:
        return _packed(len(self.names), SOURCE_DESCRIPTION, b"".join(map(_chunk, self.names)))


@dataclass(frozen=True, slots=True)
class Goodbye:
    """BYE: sources that leave, and why (§6.6)."""

    sources: tuple[int, ...]
    reason: str = ""

    @classmethod
    def parse(cls, count: int, body: bytes) -> "Goodbye":
        """Read what follows the common header. Raises MalformedRtcp."""
        if len(body) < 4 * count:
            raise MalformedRtcp("a goodbye is cut off")
        sources = struct.unpack_from(f"!{count}I", body)
        rest = body[4 * count :]
        reason = rest[1 : 1 + rest[0]] if rest else b""
        return cls(sources, reason.decode("utf-8", "replace"))

    def __bytes__(self) -> bytes:
        reason = self.reason.encode()[:255]
        text = _padded(bytes((len(reason),)) + reason) if reason else b""
        sources = struct.pack(f"!{len(self.sources)}I", *self.sources)
        return _packed(len(self.sources), GOODBYE, sources + text)


RtcpPacket = SenderReport | ReceiverReport | SourceDescription | Goodbye

_KINDS: dict[int, type[RtcpPacket]] = {
    SENDER_REPORT: SenderReport,
    RECEIVER_REPORT: ReceiverReport,
    SOURCE_DESCRIPTION: SourceDescription,
    GOODBYE: Goodbye,
}


def parse_compound(datagram: bytes) -> tuple[RtcpPacket, ...]:
    """Read a compound packet; kinds not known here are passed over. Raises MalformedRtcp (A.2)."""
    packets: list[RtcpPacket] = []
    at = 0
    while at < len(datagram):
        if at + 4 > len(datagram):
            raise MalformedRtcp("an RTCP header is cut off")
        first, kind, words = _HEADER.unpack_from(datagram, at)
        end = at + 4 + 4 * words
        if first >> 6 != 2 or end > len(datagram):
            raise MalformedRtcp("no RTCP of version 2, or longer than the datagram")
        if at == 0 and kind not in (SENDER_REPORT, RECEIVER_REPORT):
            raise MalformedRtcp("a compound packet begins with a report (RFC 3550 §6.1)")
        if kind in _KINDS:
            packets.append(_KINDS[kind].parse(first & 0x1F, datagram[at + 4 : end]))
        at = end
    if not packets:
        raise MalformedRtcp("an empty datagram")
    return tuple(packets)


def pack_compound(packets: Iterable[RtcpPacket]) -> bytes:
    """Write packets one after the other; the first must be a report (§6.1)."""
    return b"".join(map(bytes, packets))


def ntp_time(unix_s: float) -> int:
    """Return the 64-bit NTP time of a Unix time (§4)."""
    return int((unix_s + _NTP_EPOCH) * 2**32) & 0xFFFF_FFFF_FFFF_FFFF


def middle_of(ntp: int) -> int:
    """Return the middle 32 bits of an NTP time: 1/65536 s, as LSR and DLSR have it (§4)."""
    return ntp >> 16 & 0xFFFF_FFFF


def round_trip_s(block: ReportBlock, arrival_ntp: int) -> float | None:
    """Return A - LSR - DLSR in seconds (§6.4.1); None where it was not measured or is absurd."""
    if not block.last_sr:
        return None
    units = middle_of(arrival_ntp) - block.last_sr - block.delay_since_last_sr & 0xFFFF_FFFF
    # A clock that was set back, or a peer that rounds up, gives just under 2**32.
    return units / 65536 if units < 60 * 65536 else None


def _blocks(count: int, body: bytes, start: int) -> tuple[ReportBlock, ...]:
    end = start + count * _BLOCK.size
    if end > len(body):
        raise MalformedRtcp("a report block is cut off")
    return tuple(
        ReportBlock.parse(body[at : at + _BLOCK.size]) for at in range(start, end, _BLOCK.size)
    )


def _canonical_name(body: bytes, at: int) -> tuple[str, int]:
    """Return the CNAME of a chunk's items, which begin at `at`, and where the next chunk begins."""
    name = ""
    while at < len(body) and body[at]:
        if at + 2 > len(body) or at + 2 + body[at + 1] > len(body):
            raise MalformedRtcp("an item of a source description is cut off")
        end = at + 2 + body[at + 1]
        if body[at] == _CNAME:
            name = body[at + 2 : end].decode("utf-8", "replace")
        at = end
    return name, (at + 4) & ~3  # at least one zero octet, then to the next 32-bit boundary


def _chunk(source: tuple[int, str]) -> bytes:
    ssrc, name = source
    text = name.encode()[:255]
    return _padded(struct.pack("!IBB", ssrc, _CNAME, len(text)) + text + b"\0")


def _padded(octets: bytes) -> bytes:
    return octets + bytes(-len(octets) % 4)


def _packed(count: int, kind: int, body: bytes) -> bytes:
    return _HEADER.pack(0x80 | count, kind, len(body) // 4) + body
