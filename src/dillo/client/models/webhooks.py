"""What customers' systems were told."""

from collections.abc import Sequence
from datetime import datetime

import msgspec


class Delivery(msgspec.Struct, frozen=True, kw_only=True):
    """Something that is, or was, to be told to one address."""

    id: str
    topic: str
    call_id: str | None
    method: str
    url: str
    status: str
    """`waiting`, `delivered` or `given_up`."""
    created_at: datetime
    next_attempt_at: datetime | None


class Address(msgspec.Struct, frozen=True, kw_only=True):
    """An address that a version in force calls or tells."""

    application_id: str
    application: str
    node: str | None
    """None where it is that of the whole application."""
    purpose: str
    method: str
    url: str


class Attempt(msgspec.Struct, frozen=True, kw_only=True):
    """One try to deliver."""

    at: datetime
    duration_s: float
    status: int | None
    error: str | None


class DeliveryDetails(Delivery, frozen=True, kw_only=True):
    """A delivery with every attempt, oldest first."""

    attempts: Sequence[Attempt]


class Secret(msgspec.Struct, frozen=True, kw_only=True):
    """What webhooks are signed with: the whole text is the key."""

    secret: str
