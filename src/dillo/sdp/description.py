"""Session descriptions as values (RFC 8866).

Kept is what offer and answer need: `o= s= c= t= a= m=`. The other lines (`i= u= e= p= b= r= z= k=`
and unknown letters) say nothing about where and how media flows and are read over. Reading is
lenient where peers are sloppy (order, spaces, line ends, a missing `s=` or `t=`) and strict where
a misreading would send media astray.
"""

import re
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import NamedTuple, TypeVar

import msgspec

from dillo.sdp.errors import MalformedSdp

_Value = TypeVar("_Value")

_PORT = re.compile(r"([0-9]{1,5})(?:/([0-9]{1,5}))?")
_TIMING = re.compile(r"([0-9]{1,20})[ \t]+([0-9]{1,20})[ \t]*")


class Origin(msgspec.Struct, frozen=True):
    """Who made the description, and which version of it this is: `o=`."""

    username: str
    session_id: str
    version: str
    """Digits in practice; kept as sent."""
    network_type: str
    address_type: str
    address: str

    @classmethod
    def parse(cls, value: str) -> "Origin":
        """Read the six fields of an `o=` line; a user name may wrongly hold spaces."""
        fields = value.rsplit(None, 5)
        if len(fields) != 6:
            raise MalformedSdp(f"o= has {len(fields)} fields where 6 belong")
        return cls(*fields)

    def __str__(self) -> str:
        return (
            f"{self.username} {self.session_id} {self.version} "
            f"{self.network_type} {self.address_type} {self.address}"
        )


class Connection(msgspec.Struct, frozen=True):
    """The address that media goes to: `c=`."""

    network_type: str
    address_type: str
    address: str

    @classmethod
    def parse(cls, value: str) -> "Connection":
        """Read `IN IP4 192.0.2.1`; whether the address is usable is not decided here."""
        fields = value.split()
        if len(fields) != 3:
            raise MalformedSdp(f"c= has {len(fields)} fields where 3 belong")
        return cls(*fields)

    def __str__(self) -> str:
        return f"{self.network_type} {self.address_type} {self.address}"


class Timing(msgspec.Struct, frozen=True):
    """When the session is active: `t=`, in seconds of NTP time, 0 for unbounded."""

    start: int = 0
    stop: int = 0

    @classmethod
    def parse(cls, value: str) -> "Timing":
        """Read the two numbers of a `t=` line."""
        match = _TIMING.fullmatch(value)
        if match is None:
            raise MalformedSdp("t= is not two numbers")
        return cls(int(match[1]), int(match[2]))

    def __str__(self) -> str:
        return f"{self.start} {self.stop}"


class Attribute(msgspec.Struct, frozen=True):
    """A flag (`a=sendonly`) or a named value (`a=ptime:20`)."""

    name: str
    value: str | None = None

    @classmethod
    def parse(cls, value: str) -> "Attribute":
        """Split a name from its value at the first colon."""
        name, colon, rest = value.partition(":")
        return cls(name, rest if colon else None)

    def __str__(self) -> str:
        return self.name if self.value is None else f"{self.name}:{self.value}"


class Media(msgspec.Struct, frozen=True):
    """One stream: an `m=` line with the lines that belong to it."""

    kind: str
    port: int
    """0 where the stream is refused or removed."""
    protocol: str
    formats: tuple[str, ...]
    port_count: int = 1
    connection: Connection | None = None
    attributes: tuple[Attribute, ...] = ()

    @classmethod
    def parse(cls, value: str) -> "Media":
        """Read `audio 49170 RTP/AVP 0 8 101`."""
        fields = value.split()
        if len(fields) < 4:
            raise MalformedSdp(f"m= has {len(fields)} fields where at least 4 belong")
        kind, ports, protocol, *formats = fields
        match = _PORT.fullmatch(ports)
        if match is None:
            raise MalformedSdp(f"m= has {ports[:20]!r} where a port belongs")
        port = int(match[1])
        if port > 65535:
            raise MalformedSdp(f"m= has port {port}, above 65535")
        return cls(kind, port, protocol, tuple(formats), int(match[2] or 1))

    def __str__(self) -> str:
        ports = str(self.port) if self.port_count == 1 else f"{self.port}/{self.port_count}"
        head = f"m={self.kind} {ports} {self.protocol} {' '.join(self.formats)}\r\n"
        connection = f"c={self.connection}\r\n" if self.connection else ""
        return head + connection + "".join(f"a={attribute}\r\n" for attribute in self.attributes)

    def values(self, name: str) -> Iterator[str]:
        """Yield the values of the attributes of a name, in order."""
        return (a.value for a in self.attributes if a.name == name and a.value is not None)


class SessionDescription(msgspec.Struct, frozen=True):
    """A whole session description; `str` ends each line with CRLF."""

    origin: Origin
    media: tuple[Media, ...] = ()
    name: str = "-"
    connection: Connection | None = None
    timing: Timing = Timing()
    attributes: tuple[Attribute, ...] = ()

    @classmethod
    def parse(cls, body: bytes) -> "SessionDescription":
        """Read a body. Raises MalformedSdp, which names the line and what is wrong with it."""
        lines = _lines(body)
        if not lines or (lines[0].letter, lines[0].value.strip()) != ("v", "0"):
            raise MalformedSdp(f"line {lines[0].number if lines else 1}: v=0 belongs here")
        starts = [index for index, line in enumerate(lines) if line.letter == "m"]
        head = lines[: starts[0]] if starts else lines
        origin = _first(head, "o", Origin.parse)
        if origin is None:
            raise MalformedSdp("no o= line before the first m= line")
        return cls(
            origin=origin,
            media=tuple(_media(lines[i:j]) for i, j in pairwise([*starts, len(lines)])),
            name=_first(head, "s", str) or "-",
            connection=_first(head, "c", Connection.parse),
            timing=_first(head, "t", Timing.parse) or Timing(),
            attributes=_attributes(head),
        )

    def __str__(self) -> str:
        connection = f"c={self.connection}\r\n" if self.connection else ""
        return (
            f"v=0\r\no={self.origin}\r\ns={self.name}\r\n{connection}t={self.timing}\r\n"
            + "".join(f"a={attribute}\r\n" for attribute in self.attributes)
            + "".join(map(str, self.media))
        )


class _Line(NamedTuple):
    number: int
    letter: str
    value: str


def _lines(body: bytes) -> list[_Line]:
    lines = []
    for number, raw in enumerate(body.decode("utf-8", "replace").split("\n"), 1):
        text = raw.removesuffix("\r")
        if not text:
            continue
        if text[1:2] != "=" or "\0" in text:
            raise MalformedSdp(f"line {number}: {text[:40]!r} is not a letter, = and text")
        lines.append(_Line(number, text[0], text[2:]))
    return lines


def _first(lines: list[_Line], letter: str, parse: Callable[[str], _Value]) -> _Value | None:
    for line in lines:
        if line.letter == letter:
            return _parsed(line, parse)
    return None


def _parsed(line: _Line, parse: Callable[[str], _Value]) -> _Value:
    try:
        return parse(line.value)
    except MalformedSdp as error:
        raise MalformedSdp(f"line {line.number}: {error}") from None


def _attributes(lines: list[_Line]) -> tuple[Attribute, ...]:
    return tuple([Attribute.parse(line.value) for line in lines if line.letter == "a"])


def _media(lines: list[_Line]) -> Media:
    """Build the stream of an `m=` line and those after it."""
    stream = _parsed(lines[0], Media.parse)
    return msgspec.structs.replace(
        stream,
        connection=_first(lines, "c", Connection.parse),
        attributes=_attributes(lines),
    )
