"""What the operator has: numbers, trunks, voices."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

import msgspec

from dillo.client.calls import Tagged


class OwnFees(msgspec.Struct, frozen=True, kw_only=True):
    """Fees of one number, for customers of this currency."""

    currency: str
    set_up_fee: Decimal = Decimal(0)
    monthly_fee: Decimal


class StockedNumber(Tagged, frozen=True, kw_only=True):
    """A number of the inventory."""

    id: str
    number: str
    country: str
    type: str
    area: str | None
    trunk: str | None
    fees: OwnFees | None
    """None: those of its type."""
    status: str
    """`available`, `held` or `quarantined`."""
    customer_id: str | None
    available_at: datetime | None


class Imported(msgspec.Struct, frozen=True, kw_only=True):
    """How many numbers were loaded."""

    imported: int


class Holding(msgspec.Struct, frozen=True, kw_only=True):
    """A time in which a customer held a number."""

    customer_id: str
    customer_name: str
    from_at: datetime
    until_at: datetime | None
    paid_until: datetime
    grace_until: datetime | None


class Trunk(Tagged, frozen=True, kw_only=True):
    """A trunk to a carrier, without its password."""

    id: str
    name: str
    hosts: Sequence[str]
    prefixes: Sequence[str]
    username: str | None


class Voice(msgspec.Struct, frozen=True, kw_only=True):
    """A voice that texts can be spoken with."""

    name: str
    languages: Sequence[str]
    """BCP 47 tags in lower case; `*` for any, none for a timbre that any language can have."""
    engine: str
