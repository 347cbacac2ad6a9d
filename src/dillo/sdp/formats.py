"""Payload types of a stream: which of them we can speak, and at which packet time."""

import re

import msgspec

from dillo.sdp.description import Media
from dillo.sdp.errors import MalformedSdp

PCMU = 0
PCMA = 8

CODEC_NAMES = {PCMU: "PCMU", PCMA: "PCMA"}
"""Static payload types of RFC 3551 §6 that we speak, both at 8000 Hz and mono."""

EVENTS = "0-16"
"""Telephone events we take part in: the keys 0-9 * # A-D and the hook flash (RFC 4733 §3.2)."""

DEFAULT_PTIME_MS = 20
MIN_PTIME_MS = 10
MAX_PTIME_MS = 60

_RTPMAP = re.compile(r"\s*([0-9]{1,3})\s+([^\s/]+)/([0-9]{1,6})(?:/([0-9]{1,2}))?\s*", re.ASCII)
_NUMBER = re.compile(r"\s*([0-9]{1,5})(?:\.[0-9]*)?\s*", re.ASCII)


class RtpMap(msgspec.Struct, frozen=True):
    """What a payload type stands for: `a=rtpmap:101 telephone-event/8000`."""

    payload_type: int
    encoding: str
    clock_hz: int
    channels: int = 1

    @classmethod
    def parse(cls, value: str) -> "RtpMap":
        """Read a mapping. Raises MalformedSdp."""
        match = _RTPMAP.fullmatch(value)
        if match is None or int(match[1]) > 127:
            raise MalformedSdp(f"a=rtpmap:{value[:40]} is not a payload type and encoding/clock")
        return cls(int(match[1]), match[2], int(match[3]), int(match[4] or 1))

    def __str__(self) -> str:
        channels = "" if self.channels == 1 else f"/{self.channels}"
        return f"{self.payload_type} {self.encoding}/{self.clock_hz}{channels}"

    def is_mono_8k(self, encoding: str) -> bool:
        """Tell whether this is an encoding (in any case) at 8000 Hz with one channel."""
        return (
            self.clock_hz == 8000
            and self.channels == 1
            and self.encoding.lower() == encoding.lower()
        )


def rtp_maps(stream: Media) -> dict[str, RtpMap]:
    """Return a stream's mappings by payload type as written in `m=`; the first of a type counts.

    A mapping that cannot be read belongs to a codec we do not know, and is left out.
    """
    maps: dict[str, RtpMap] = {}
    for value in stream.values("rtpmap"):
        try:
            found = RtpMap.parse(value)
        except MalformedSdp:
            continue
        maps.setdefault(str(found.payload_type), found)
    return maps


def choose_codec(stream: Media, maps: dict[str, RtpMap], wanted: tuple[int, ...]) -> int | None:
    """Return the peer's first choice among the wanted static payload types.

    A static type needs no mapping, and one that contradicts RFC 3551 disqualifies it. G.711 under
    a dynamic number is left alone: nobody sends it, and the media plane knows laws by 0 and 8.
    """
    for number in stream.formats:
        if number not in ("0", "8") or int(number) not in wanted:
            continue
        mapped = maps.get(number)
        if mapped is None or mapped.is_mono_8k(CODEC_NAMES[int(number)]):
            return int(number)
    return None


def choose_telephone_event(stream: Media, maps: dict[str, RtpMap]) -> int | None:
    """Return the payload type of telephone-event at the clock of G.711 (RFC 4733 §2.1)."""
    for number in stream.formats:
        mapped = maps.get(number)
        if mapped is not None and mapped.is_mono_8k("telephone-event"):
            return mapped.payload_type
    return None


def choose_ptime_ms(stream: Media) -> int:
    """Return the packet time to use: the offered one as a multiple of 10 ms from 10 to 60.

    `maxptime` caps it (RFC 8866 §6.4, §6.5); 20 ms where none is offered or readable.
    """
    ptime_ms = _first_number(stream, "ptime") or DEFAULT_PTIME_MS
    longest_ms = _first_number(stream, "maxptime") or MAX_PTIME_MS
    return max(MIN_PTIME_MS, min(ptime_ms, longest_ms, MAX_PTIME_MS) // 10 * 10)


def _first_number(stream: Media, name: str) -> int | None:
    match = _NUMBER.fullmatch(next(stream.values(name), ""))
    return int(match[1]) if match else None
