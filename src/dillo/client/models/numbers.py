"""Phone numbers, held and to be bought, and the balance they are paid from."""

from datetime import datetime
from decimal import Decimal

import msgspec

from dillo.client.calls import Tagged
from dillo.client.models.people import Limits


class Number(Tagged, frozen=True, kw_only=True):
    """A number that the account holds."""

    id: str
    number: str
    country: str
    type: str
    area: str | None
    primary_application_id: str | None
    fallback_application_id: str | None
    limits: Limits = Limits()


class AvailableNumber(msgspec.Struct, frozen=True, kw_only=True):
    """A number that can be bought, and for how much."""

    number: str
    country: str
    type: str
    area: str | None
    set_up_fee: Decimal
    monthly_fee: Decimal
    currency: str


class Balance(msgspec.Struct, frozen=True, kw_only=True):
    """What an account has left."""

    customer_id: str
    balance: Decimal
    credit: Decimal
    """How far below zero the balance may fall."""
    currency: str
    is_prepaid: bool


class Alert(msgspec.Struct, frozen=True, kw_only=True):
    """Who is told when the balance falls below an amount."""

    below: Decimal
    url: str | None
    email: str | None


class BookCheck(msgspec.Struct, frozen=True, kw_only=True):
    """What the books say of a customer; each pair should be the same."""

    customer_id: str
    currency: str
    balance: Decimal
    ledger: Decimal
    call_lines: Decimal
    calls_charged: Decimal
    number_lines: Decimal
    numbers_charged: Decimal
    agrees: bool


class Movement(msgspec.Struct, frozen=True, kw_only=True):
    """A line of the ledger."""

    id: str
    created_at: datetime
    kind: str
    amount: Decimal
    balance: Decimal
    reference: str


class Key(Tagged, frozen=True, kw_only=True):
    """An API key, without the key itself."""

    id: str
    name: str
    role: str
    status: str
    created_at: datetime
    last_used_at: datetime | None
    expires_at: datetime | None
    revoked_at: datetime | None


class IssuedKey(Key, frozen=True, kw_only=True):
    """A new API key; `api_key` is shown this once."""

    api_key: str


class Prompt(Tagged, frozen=True, kw_only=True):
    """Audio that was uploaded; a Play names it by `prompt_id`."""

    id: str
    name: str
    prompt_id: str
    size: int | None
    duration_s: float | None
    format: str | None
    created_at: datetime
