"""What the endpoint asks of its user: datagrams to send, and what happened to calls."""

import msgspec

from dillo.sip.call import Call
from dillo.sip.inbound import InboundCall
from dillo.sip.message import Request
from dillo.sip.outbound import OutboundCall
from dillo.sip.routing import Address
from dillo.sip.targets import Hop
from dillo.sip.transactions import Send


class Invited(msgspec.Struct, frozen=True):
    """A new call came in; 100 is sent, the rest is up to the user."""

    call: InboundCall
    request: Request
    source: Address


class Acknowledged(msgspec.Struct, frozen=True):
    """The ACK of a 200 arrived: the first, or one that brings the answer to an offer of ours."""

    call: Call
    answer: bytes | None
    """The peer's SDP where our 200 carried the offer."""


class Sought(msgspec.Struct, frozen=True):
    """An outbound call needs the addresses of a host: look them up and call `resolved`."""

    call: OutboundCall
    hop: Hop


class Progressed(msgspec.Struct, frozen=True):
    """A 101 to 199 came."""

    call: OutboundCall
    status: int
    answer: bytes | None
    """The SDP of early media."""


class Taken(msgspec.Struct, frozen=True):
    """The peer answered with 2xx; the ACK is sent."""

    call: OutboundCall
    answer: bytes


class Failed(msgspec.Struct, frozen=True):
    """Nobody answered, or we gave up (487)."""

    call: OutboundCall
    status: int
    reason: str


class Offered(msgspec.Struct, frozen=True):
    """A re-INVITE or UPDATE wants the session changed; None where it asks us for the offer."""

    call: Call
    offer: bytes | None


class OfferAnswered(msgspec.Struct, frozen=True):
    """Our re-INVITE has its final response: 2xx with the peer's SDP, or an error."""

    call: Call
    status: int
    answer: bytes | None


class DigitPressed(msgspec.Struct, frozen=True):
    """A key came by INFO."""

    call: Call
    digit: str


class HungUp(msgspec.Struct, frozen=True):
    """The peer sent BYE, or CANCEL before the answer; it is answered already."""

    call: Call


class Lost(msgspec.Struct, frozen=True):
    """The dialog died: nobody acknowledged our 200, or the peer knows it no more."""

    call: Call
    detail: str


class Forgotten(msgspec.Struct, frozen=True):
    """The endpoint keeps nothing of this call any more: the last word on it."""

    call: Call


class Misbehaved(msgspec.Struct, frozen=True):
    """A source sent something broken; `refusal` is the answer to it, where it can have one.

    Whoever performs it may keep the refusal back from a source that sends too much of this.
    """

    source: Address
    detail: str
    refusal: Send | None = None


CallNews = (
    Acknowledged
    | Progressed
    | Taken
    | Failed
    | Offered
    | OfferAnswered
    | DigitPressed
    | HungUp
    | Lost
)
"""What the user of a call is told of it."""

Effect = Send | Invited | Sought | CallNews | Forgotten | Misbehaved
