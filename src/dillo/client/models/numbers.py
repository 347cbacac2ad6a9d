"""Phone numbers, held and to be bought, and the balance they are paid from."""

from datetime import datetime
from decimal import Decimal

import msgspec

from dillo.client.calls import Tagged


class Number(Tagged, frozen=True, kw_only=True):
    """A number that the account holds."""

    id: str
    number: str
    country: str
    type: str
    area: str | None
    primary_application_id: str | None
    fallback_application_id: str | None


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

    balance: Decimal
    currency: str


class Movement(msgspec.Struct, frozen=True, kw_only=True):
    """A line of the ledger."""

    id: str
    kind: str
    amount: Decimal
    balance: Decimal


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
