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
    customer_id: str
    number_id: str
    number: str
    application: str | None
    application_version: int | None
    caller: str
    caller_country: str | None
    created_at: datetime
    answered_at: datetime | None
    ended_at: datetime | None
    duration_s: float
    end_reason: str | None
    sip_code: int | None
    is_fallback_executed: bool
    is_test: bool
    currency: str
    price: Decimal | None
    mos: float | None
    recording_count: int
    digits_count: int
    dial_count: int
    node: str | None
    """Where a running call is in its graph."""
    action_type: str | None


class LiveEvent(msgspec.Struct, frozen=True, kw_only=True):
    """How running calls are now."""

    is_snapshot: bool
    """Whether these are all running calls; else it is one that has changed."""
    calls: Sequence[CallRecord]


class Period(msgspec.Struct, frozen=True, kw_only=True):
    """A span of time that calls are summed up over."""

    label: str
    starts_at: datetime
    ends_at: datetime


class Totals(msgspec.Struct, frozen=True, kw_only=True):
    """Sums over calls."""

    currency: str
    calls: int
    answered: int
    fallbacks: int
    duration_s: float
    minutes: Decimal
    price: Decimal


class AggregateItem(Totals, frozen=True, kw_only=True):
    """Sums over the calls of a period and a group."""

    period: int | None
    """Index in `periods`."""
    group: str | None
    name: str | None


class Aggregates(msgspec.Struct, frozen=True, kw_only=True):
    """Sums of calls; what is zero is left out."""

    starts_at: datetime
    ends_at: datetime
    time_zone: str
    periods: Sequence[Period]
    totals: Sequence[Totals]
    """Of all groups."""
    items: Sequence[AggregateItem]
    next_cursor: str | None = None
    """None: the client has put all pages together."""


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
