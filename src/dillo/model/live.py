"""The feed of running calls, from `signal` to `web`: changes out, orders to hang up in.

Frames are those of `dillo.model.framing`. Who connects gets Greeting, the calls there are, and
Complete; then every change. Changes that follow each other closely are told as one.
"""

import enum

import msgspec

from dillo.model.events import EndReason


class CallStatus(enum.StrEnum):
    """How far a call is."""

    RINGING = "ringing"
    IN_PROGRESS = "in_progress"
    FINISHED = "finished"


class LiveCall(msgspec.Struct, frozen=True, array_like=True):
    """A running call, or one that has just ended."""

    call_id: str
    customer_id: str
    number_id: str
    number: str
    caller: str
    currency: str
    created_us: int
    status: CallStatus = CallStatus.RINGING
    answered_us: int | None = None
    version_id: str = ""
    """Of the application that runs; empty before it begins."""
    is_fallback_executed: bool = False
    node: str = ""
    action_type: str = ""
    node_entered_us: int | None = None
    ended_us: int | None = None
    end_reason: EndReason | None = None
    sip_code: int | None = None
    is_test: bool = False
    """Placed from a browser."""


class _Message(msgspec.Struct, frozen=True, tag=True, array_like=True):
    pass


class Greeting(_Message, frozen=True):
    """A connection begins; `epoch` names this run of the process that has the calls."""

    epoch: str


class CallChanged(_Message, frozen=True):
    """How a call is now; sequence numbers rise by one from change to change of an epoch."""

    sequence: int
    call: LiveCall


class Complete(_Message, frozen=True):
    """All running calls were told; `sequence` is that of the last change."""

    sequence: int


class HungUp(_Message, frozen=True):
    """The answer to HangUp."""

    request: int
    is_found: bool


class HangUp(_Message, frozen=True):
    """End a call of a customer."""

    request: int
    call_id: str
    customer_id: str
    detail: str
    """What its record says of it."""


Event = Greeting | CallChanged | Complete | HungUp
