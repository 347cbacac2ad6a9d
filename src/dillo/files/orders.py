"""What is asked of a prompt worker and what it answers: one JSON object a line, each way.

A worker answers in any order; `job` tells which order an answer belongs to.
"""

import msgspec

LONGEST_LINE = 1 << 20
"""Octets: what either side reads before it gives a line up."""


class Remembered(msgspec.Struct, frozen=True):
    """What is known about an address fetched before: the last answer to it (RFC 9111)."""

    url: str
    audio_key: str
    """The prompt made from its content."""
    etag: str | None
    last_modified: str | None
    checked_us: int
    """When the server last said that this is the content."""
    fresh_until_us: int


class MakeSpeech(msgspec.Struct, frozen=True, tag=True):
    """Speak a text; language is BCP 47."""

    job: int
    key: str
    text: str
    language: str
    voice: str | None


class MakeTone(msgspec.Struct, frozen=True, tag=True):
    """Make a sine."""

    job: int
    key: str
    frequency_hz: int
    duration_ms: int


class MakeSilence(msgspec.Struct, frozen=True, tag=True):
    """Make nothing audible."""

    job: int
    key: str
    duration_ms: int


class MakeFile(msgspec.Struct, frozen=True, tag=True):
    """Decode an audio file of this machine."""

    job: int
    key: str
    path: str


class MakeFetched(msgspec.Struct, frozen=True, tag=True):
    """Fetch and decode what is at an address, or find that what is known of it still holds."""

    job: int
    url: str
    known: Remembered | None


Order = MakeSpeech | MakeTone | MakeSilence | MakeFile | MakeFetched


class Made(msgspec.Struct, frozen=True, tag=True):
    """The prompt is in the folder under its key."""

    job: int
    key: str
    duration_ms: int
    warnings: tuple[str, ...] = ()
    remembered: Remembered | None = None
    """Set where it was fetched."""


class NotMade(msgspec.Struct, frozen=True, tag=True):
    """The prompt could not be made; `detail` is for the application's owner."""

    job: int
    detail: str


Reply = Made | NotMade

_encoder = msgspec.json.Encoder()
_orders: msgspec.json.Decoder[Order] = msgspec.json.Decoder(Order)
_replies: msgspec.json.Decoder[Reply] = msgspec.json.Decoder(Reply)


def line(message: Order | Reply) -> bytes:
    """Write a message as a line."""
    return _encoder.encode(message) + b"\n"


def read_order(text: bytes) -> Order:
    """Read a line. Raises msgspec.DecodeError."""
    return _orders.decode(text)


def read_reply(text: bytes) -> Reply:
    """Read a line. Raises msgspec.DecodeError."""
    return _replies.decode(text)
