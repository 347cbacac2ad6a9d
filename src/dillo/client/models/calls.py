"""Calls and their records."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec

from dillo.client.calls import Tagged


class CallRecord(Tagged, frozen=True, kw_only=True):
    """A call, running or finished."""

    id: str
    status: str
    """`ringing`, `in_progress` or `finished`."""
    number: str
    application: str | None
    application_version: int | None
    caller: str
    created_at: datetime
    answered_at: datetime | None
    ended_at: datetime | None
    duration_s: float
    end_reason: str | None
    is_fallback_executed: bool
    is_test: bool
    currency: str
    price: Decimal | None
    mos: float | None
    recording_count: int
    digits_count: int
    dial_count: int


class Charge(msgspec.Struct, frozen=True, kw_only=True):
    """An item of a call's price, and what it can be worked out from again."""

    id: str
    kind: str
    subject_id: str | None
    amount: Decimal
    created_at: datetime
    explanation: dict[str, Any]


class InboundVoiceCall(msgspec.Struct, frozen=True, kw_only=True, rename="pascal"):
    """A finished call as the statistics API lists it."""

    customer_code: str
    created_on_utc: datetime
    telephone_number: str
    inbound_active_number: str
    inbound_active_number_id: str
    call_duration: float
    is_fallback_executed: bool
    price: Decimal
    channel_behavior: str
    recordings: Sequence[dict[str, Any]]
    collected_digits: Sequence[dict[str, Any]]
    dial_actions: Sequence[dict[str, Any]]
