"""The messages of a stream, as Twilio Media Streams has them.

Source: https://www.twilio.com/docs/voice/media-streams/websocket-messages. All are JSON texts with
an `event`. Audio is base64 of µ-law octets, 8000 a second, without any header. Numbers that count
messages, chunks and milliseconds are sent as strings, as Twilio does.
"""

from typing import Final

import msgspec

from dillo.model.errors import PeerError
from dillo.model.streams import OpenStream

MAX_MARK: Final = 256
"""Characters of a mark's name; a longer one makes no sense."""


class NoMessage(PeerError):
    """A message of the server that makes no sense; it is counted and passed over."""


# From the server.


class _Said(msgspec.Struct, frozen=True, tag_field="event", rename="camel"):
    stream_sid: str | None = None


class _Audio(msgspec.Struct, frozen=True):
    payload: bytes


class _Name(msgspec.Struct, frozen=True):
    name: str


class Speak(_Said, frozen=True, kw_only=True, tag="media"):
    """Play this to the caller, after what was sent before."""

    media: _Audio


class Mark(_Said, frozen=True, kw_only=True, tag="mark"):
    """Tell when all that was sent before has been played, or cleared."""

    mark: _Name


class Clear(_Said, frozen=True, tag="clear"):
    """Forget what has not been played yet."""


Said = Speak | Mark | Clear

_decoder: msgspec.json.Decoder[Said] = msgspec.json.Decoder(Said)


def read(message: bytes | str, stream_id: str) -> Said:
    """Read a message of the server. Raises NoMessage."""
    try:
        said = _decoder.decode(message)
    except msgspec.DecodeError as error:
        raise NoMessage(str(error)) from error
    if said.stream_sid not in (None, stream_id):
        raise NoMessage(f"a message for stream {said.stream_sid[:64]}")
    if isinstance(said, Mark) and len(said.mark.name) > MAX_MARK:
        raise NoMessage(f"a mark of {len(said.mark.name)} characters")
    return said


# To the server.


class _Told(msgspec.Struct, frozen=True, tag_field="event", rename="camel"):
    pass


class _Connected(_Told, frozen=True, tag="connected"):
    protocol: str = "Call"
    version: str = "1.0.0"


class _Format(msgspec.Struct, frozen=True, rename="camel"):
    encoding: str = "audio/x-mulaw"
    sample_rate: int = 8000
    channels: int = 1


class _Beginning(msgspec.Struct, frozen=True, rename="camel"):
    account_sid: str
    stream_sid: str
    call_sid: str
    custom_parameters: dict[str, str]
    tracks: tuple[str, ...] = ("inbound",)
    media_format: _Format = _Format()


class _Start(_Told, frozen=True, tag="start"):
    sequence_number: str
    start: _Beginning
    stream_sid: str


class _Chunk(msgspec.Struct, frozen=True):
    track: str
    chunk: str
    timestamp: str
    payload: bytes


class _Media(_Told, frozen=True, tag="media"):
    sequence_number: str
    media: _Chunk
    stream_sid: str


class _Key(msgspec.Struct, frozen=True):
    track: str
    digit: str


class _Dtmf(_Told, frozen=True, tag="dtmf"):
    sequence_number: str
    dtmf: _Key
    stream_sid: str


class _Reached(_Told, frozen=True, tag="mark"):
    sequence_number: str
    mark: _Name
    stream_sid: str


class _Over(msgspec.Struct, frozen=True, rename="camel"):
    account_sid: str
    call_sid: str


class _Stop(_Told, frozen=True, tag="stop"):
    sequence_number: str
    stop: _Over
    stream_sid: str


_encode = msgspec.json.Encoder().encode


class Writer:
    """Words the messages to a server, and numbers them from 1 as they leave."""

    def __init__(self, order: OpenStream) -> None:
        self._order = order
        self._number = 0
        self._chunk = 0

    def connected(self) -> bytes:
        """Return the first message."""
        return _encode(_Connected())

    def start(self) -> bytes:
        """Return what is told of the call; `callSid` and `accountSid` are this platform's ids."""
        order = self._order
        beginning = _Beginning(order.account_id, order.stream_id, order.call_id, order.parameters)
        return _encode(_Start(self._next(), beginning, order.stream_id))

    def media(self, timestamp_ms: int, payload: bytes) -> bytes:
        """Return audio of the caller, `timestamp_ms` after the beginning of the stream."""
        self._chunk += 1
        chunk = _Chunk("inbound", str(self._chunk), str(timestamp_ms), payload)
        return _encode(_Media(self._next(), chunk, self._order.stream_id))

    def dtmf(self, digit: str) -> bytes:
        """Return a key that the caller pressed."""
        return _encode(_Dtmf(self._next(), _Key("inbound_track", digit), self._order.stream_id))

    def mark(self, name: str) -> bytes:
        """Return that a mark of the server was reached."""
        return _encode(_Reached(self._next(), _Name(name), self._order.stream_id))

    def stop(self) -> bytes:
        """Return the last message."""
        over = _Over(self._order.account_id, self._order.call_id)
        return _encode(_Stop(self._next(), over, self._order.stream_id))

    def _next(self) -> str:
        self._number += 1
        return str(self._number)
