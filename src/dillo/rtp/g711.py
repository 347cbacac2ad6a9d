"""G.711 as octets: tables for transcoding and for telling speech from silence (ITU-T G.711).

Everything here works on encoded octets with `bytes.translate`; `dillo.rtp.pcm` decodes.
"""

import enum
from bisect import bisect


class Law(enum.IntEnum):
    """A companding law, by its static RTP payload type (RFC 3551 §6)."""

    ULAW = 0
    ALAW = 8

    @property
    def silence(self) -> int:
        """The octet of silence."""
        return 0xFF if self is Law.ULAW else 0xD5


_LOUD_FROM = 500
"""-36 dB below full scale of 16 bits: above line noise, below quiet speech's peaks."""


def _linear_of_ulaw(octet: int) -> int:
    code = ~octet & 0xFF
    magnitude = (((code & 0x0F) << 3) + 0x84 << (code >> 4 & 7)) - 0x84
    return -magnitude if code & 0x80 else magnitude


def _linear_of_alaw(octet: int) -> int:
    code = octet ^ 0x55
    segment = code >> 4 & 7
    magnitude = (code & 0x0F) << 4 | 8
    if segment:
        magnitude = magnitude + 0x100 << segment - 1
    return magnitude if code & 0x80 else -magnitude


LINEAR: dict[Law, tuple[int, ...]] = {
    Law.ULAW: tuple(map(_linear_of_ulaw, range(256))),
    Law.ALAW: tuple(map(_linear_of_alaw, range(256))),
}
"""The 16-bit sample of each octet."""


def _transcoding(source: Law, target: Law) -> bytes:
    octet_of = {sample: octet for octet, sample in reversed([*enumerate(LINEAR[target])])}
    levels = sorted(octet_of)

    def nearest(sample: int) -> int:
        at = bisect(levels, sample)
        near = levels[max(at - 1, 0) : at + 1]
        return min((abs(level - sample), octet_of[level]) for level in near)[1]

    octets = bytearray(map(nearest, LINEAR[source]))
    octets[source.silence] = target.silence  # A-law has no zero: its silence is a level of 8
    return bytes(octets)


TRANSCODE: dict[tuple[Law, Law], bytes] = {
    (Law.ULAW, Law.ALAW): _transcoding(Law.ULAW, Law.ALAW),
    (Law.ALAW, Law.ULAW): _transcoding(Law.ALAW, Law.ULAW),
}
"""`octets.translate(TRANSCODE[from, to])`: each octet becomes the other law's nearest level."""

LOUD: dict[Law, bytes] = {
    law: bytes(abs(sample) >= _LOUD_FROM for sample in LINEAR[law]) for law in Law
}
"""`octets.translate(LOUD[law]).count(1)` counts the samples that are louder than line noise."""
