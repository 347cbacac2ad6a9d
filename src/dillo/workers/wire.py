"""How orders and replies are written: one JSON object a line, each way.

A worker answers in any order; `job` tells which order a reply belongs to.
"""

from typing import Any, Generic, TypeVar

import msgspec

LONGEST_LINE = 1 << 20
"""Octets: what either side reads before it gives a line up."""


class Job(msgspec.Struct, frozen=True):
    """The base of orders and replies."""

    job: int


OrderT = TypeVar("OrderT", bound=Job)
ReplyT = TypeVar("ReplyT", bound=Job)

_encoder = msgspec.json.Encoder()


def line(message: Job) -> bytes:
    """Write a message as a line."""
    return _encoder.encode(message) + b"\n"


class Wire(Generic[OrderT, ReplyT]):
    """The orders and replies of one kind of worker, each a union of structures."""

    def __init__(self, orders: Any, replies: Any) -> None:
        self._orders: msgspec.json.Decoder[OrderT] = msgspec.json.Decoder(orders)
        self._replies: msgspec.json.Decoder[ReplyT] = msgspec.json.Decoder(replies)

    def read_order(self, text: bytes) -> OrderT:
        """Read a line. Raises msgspec.DecodeError."""
        return self._orders.decode(text)

    def read_reply(self, text: bytes) -> ReplyT:
        """Read a line. Raises msgspec.DecodeError."""
        return self._replies.decode(text)
