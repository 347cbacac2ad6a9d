"""Frames between processes: four octets of length, then a msgpack array of messages."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Generic, TypeVar

import msgspec

from dillo.model.errors import PeerError

MAX_FRAME = 16 * 1024 * 1024

Message = TypeVar("Message")

_encoder = msgspec.msgpack.Encoder()
_raw_decoder = msgspec.msgpack.Decoder(list[msgspec.Raw])


class BrokenFrame(PeerError):
    """The other side's frames make no sense any more; the connection must end."""


def pack_frame(messages: Sequence[msgspec.Struct]) -> bytes:
    """Return one frame with all the messages."""
    body = _encoder.encode(messages)
    return len(body).to_bytes(4, "big") + body


class FrameReader(Generic[Message]):
    """Turns a stream of octets into messages; one that does not decode is counted and left out."""

    def __init__(self, kind: Any) -> None:
        """`kind` is a union of messages, which the type system cannot name as a type."""
        self._decoder: msgspec.msgpack.Decoder[Message] = msgspec.msgpack.Decoder(kind)
        self._frame_decoder: msgspec.msgpack.Decoder[list[Message]] = msgspec.msgpack.Decoder(
            list[kind]
        )
        self._buffer = bytearray()
        self.rejected = 0

    def feed(self, octets: bytes) -> Iterator[Message]:
        """Yield the messages that are complete now. Raises BrokenFrame."""
        self._buffer += octets
        while len(self._buffer) >= 4:
            end = 4 + int.from_bytes(self._buffer[:4], "big")
            if end > MAX_FRAME:
                raise BrokenFrame(f"a frame of {end} octets")
            if len(self._buffer) < end:
                return
            body = bytes(self._buffer[4:end])
            del self._buffer[:end]
            yield from self._messages(body)

    def _messages(self, body: bytes) -> Iterable[Message]:
        try:
            return self._frame_decoder.decode(body)
        except msgspec.DecodeError:
            return self._readable(body)

    def _readable(self, body: bytes) -> Iterator[Message]:
        try:
            raw_messages = _raw_decoder.decode(body)
        except msgspec.DecodeError as error:
            raise BrokenFrame(f"a frame that is no array: {error}") from error
        for raw in raw_messages:
            try:
                yield self._decoder.decode(raw)
            except msgspec.DecodeError:
                self.rejected += 1
