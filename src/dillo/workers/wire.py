"""How orders and replies are written: one JSON object a line, each way.

A worker answers in any order; `job` tells which order a reply belongs to. A line `-JOB` takes an
order back: nobody waits for it any more. A worker says `+` once, when it is ready for orders.
"""

from typing import Any, Generic, TypeVar

import msgspec

LONGEST_LINE = 1 << 20
"""Octets: what either side reads before it gives a line up."""

READY = b"+\n"


class Job(msgspec.Struct, frozen=True):
    """The base of orders and replies."""

    job: int


OrderT = TypeVar("OrderT", bound=Job)
ReplyT = TypeVar("ReplyT", bound=Job)

_encoder = msgspec.json.Encoder()


def line(message: Job) -> bytes:
    """Write a message as a line."""
    return _encoder.encode(message) + b"\n"


def withdrawal(job: int) -> bytes:
    """Write the line that takes an order back."""
    return f"-{job}\n".encode()


def read_withdrawal(text: bytes) -> int | None:
    """Return which order a line takes back, None where it is an order."""
    return int(text[1:]) if text.startswith(b"-") else None


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
