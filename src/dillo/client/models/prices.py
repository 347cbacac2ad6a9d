"""Tariffs, and prices explained by them."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec


class Tariff(msgspec.Struct, frozen=True, kw_only=True):
    """A version of a tariff."""

    name: str
    version: int
    currency: str
    effective_at: datetime
    prefixes: int


class TypeRates(msgspec.Struct, frozen=True, kw_only=True):
    """What numbers of a type cost, and calls to them."""

    type: str
    connection_fee: Decimal
    per_minute: Decimal
    increments: str
    set_up_fee: Decimal
    monthly_fee: Decimal


class TariffDetails(msgspec.Struct, frozen=True, kw_only=True):
    """A version of a tariff, without its decks."""

    name: str
    version: int
    currency: str
    types: Sequence[TypeRates]
    recording_per_minute: Decimal
    storage_per_minute_month: Decimal
    transcription_per_minute: Decimal


class Rate(msgspec.Struct, frozen=True, kw_only=True):
    """An entry of a deck."""

    prefix: str
    caller_prefix: str | None
    connection_fee: Decimal
    per_minute: Decimal
    increments: str


class PriceLine(msgspec.Struct, frozen=True, kw_only=True):
    """A charge line, and how it comes about."""

    kind: str
    subject_id: str
    amount: Decimal
    exact_amount: str
    """Before it was rounded; a fraction where its decimals do not end."""
    is_default_rate: bool
    is_reproduced: bool
    explanation: dict[str, Any]


class Price(msgspec.Struct, frozen=True, kw_only=True):
    """The price of a call, worked out again from what is stored."""

    call_id: str
    price: Decimal
    currency: str
    is_reproduced: bool
    differences: Sequence[str]
    lines: Sequence[PriceLine]
