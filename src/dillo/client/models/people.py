"""Who signs in, and the accounts they belong to."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, TypedDict

import msgspec

from dillo.client.calls import Tagged


class User(Tagged, frozen=True, kw_only=True):
    """Somebody who signs in."""

    id: str
    email: str
    name: str
    role: str
    status: str
    """`active` or `unverified`."""
    is_totp_on: bool
    created_at: datetime
    last_login_at: datetime | None


class Invitation(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody asked to join."""

    id: str
    email: str
    role: str
    status: str
    """`open`, `accepted`, `expired` or `revoked`."""
    invited_by: str
    created_at: datetime
    expires_at: datetime


class GivenLimits(TypedDict, total=False):
    """What may be used at once, and for how long, as it is to be."""

    max_concurrent_calls: int | None
    max_calls_per_second: float | None
    max_call_s: float | None


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """What may be used at once, and for how long; None where nothing is said."""

    max_concurrent_calls: int | None = None
    max_calls_per_second: float | None = None
    max_call_s: float | None = None


class Customer(Tagged, frozen=True, kw_only=True):
    """An account."""

    id: str
    name: str
    status: str
    currency: str
    is_prepaid: bool
    balance: Decimal
    limits: Limits
    created_at: datetime
    closed_at: datetime | None
    numbers_held: Sequence[str] = ()
    """Told when it is closed."""


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """Something that was changed, as the audit log keeps it."""

    id: str
    at: datetime
    actor: str
    action: str
    subject: str
    customer_id: str | None
    before: dict[str, Any] | None
    after: dict[str, Any] | None
