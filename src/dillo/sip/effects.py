"""What the endpoint asks of its user: datagrams to send, and what happened to calls."""

import msgspec

from dillo.sip.inbound import InboundCall
from dillo.sip.message import Request
from dillo.sip.routing import Address
from dillo.sip.transactions import Send


class Invited(msgspec.Struct, frozen=True):
    """A new call came in; 100 is sent, the rest is up to the user."""

    call: InboundCall
    request: Request
    source: Address


class Acknowledged(msgspec.Struct, frozen=True):
    """The ACK of a 200 arrived: the first, or one that brings the answer to an offer of ours."""

    call: InboundCall
    answer: bytes | None
    """The peer's SDP where our 200 carried the offer."""


class Offered(msgspec.Struct, frozen=True):
    """A re-INVITE or UPDATE wants the session changed; None where it asks us for the offer."""

    call: InboundCall
    offer: bytes | None


class DigitPressed(msgspec.Struct, frozen=True):
    """A key came by INFO."""

    call: InboundCall
    digit: str


class HungUp(msgspec.Struct, frozen=True):
    """The peer sent BYE, or CANCEL before the answer; it is answered already."""

    call: InboundCall


class Lost(msgspec.Struct, frozen=True):
    """The dialog died: nobody acknowledged our 200."""

    call: InboundCall
    detail: str


class Forgotten(msgspec.Struct, frozen=True):
    """The endpoint keeps nothing of this call any more: the last word on it."""

    call: InboundCall


class Misbehaved(msgspec.Struct, frozen=True):
    """A source sent something broken; `refusal` is the answer to it, where it can have one.

    Whoever performs it may keep the refusal back from a source that sends too much of this.
    """

    source: Address
    detail: str
    refusal: Send | None = None


Effect = (
    Send | Invited | Acknowledged | Offered | DigitPressed | HungUp | Lost | Forgotten | Misbehaved
)
