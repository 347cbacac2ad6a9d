"""Customers with a few hundred calls of every kind, settled as real ones are."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import msgspec

from dillo.accounts import Change, applications, customers, numbers
from dillo.calls.archive import CallFilter
from dillo.calls.settlement import SettledCall, price
from dillo.model.events import (
    ApplicationFailed,
    ApplicationStarted,
    CallAnswered,
    CallEnded,
    CallEvent,
    CallReceived,
    DigitsCollected,
    EndReason,
    LegAnswered,
    LegDialed,
    LegEnded,
    LegStatus,
    MediaMeasured,
    NodeEntered,
    NodeLeft,
    RecordingFinished,
    RecordingStarted,
    Role,
    Warned,
)
from dillo.model.ids import new_id
from dillo.model.moments import from_datetime
from dillo.model.phone import country_of
from dillo.rating import default_tariff
from dillo.store.database import Database
from dillo.store.registry import sql_registry
from dillo.store.settlement import SqlBooks

S = 1_000_000
BEGIN_US = from_datetime(datetime(2026, 10, 20, 22, 13, tzinfo=UTC))
SPAN_US = 40 * 86_400 * S
"""Europe's clocks go back within."""
SAY = '{"ChannelBehaviorNodes":{"0":{"ActionType":"Say","ChannelBehaviorAction":{"Text":"Hi"}}}}'
CALLERS = ("+393703188051", "+393703188052", "+442079460000", "+40213456789", "anonymous", "bob")


@dataclass(frozen=True)
class Line:
    """A number with its holder and what it runs."""

    customer_id: str
    currency: str
    number_id: str
    number: str
    application_id: str
    version_id: str


@dataclass(frozen=True)
class Crowd:
    """What was settled."""

    lines: tuple[Line, ...]
    calls: tuple[SettledCall, ...]

    def line_of(self, call: SettledCall) -> Line:
        return next(each for each in self.lines if each.number_id == call.record.number_id)

    def application_of(self, call: SettledCall) -> str:
        return self.line_of(call).application_id if call.record.applications else ""

    def matching(self, asked: CallFilter) -> list[SettledCall]:
        """Filter as simply as can be."""
        return [call for call in self.calls if self._matches(call, asked)]

    def _matches(self, call: SettledCall, asked: CallFilter) -> bool:
        record = call.record
        mos = record.quality.mos if record.quality else None
        tests: tuple[tuple[Any, Callable[[Any], bool]], ...] = (
            (asked.customer_id, lambda wanted: record.customer_id == wanted),
            (asked.from_us, lambda at_us: record.created_us >= at_us),
            (asked.to_us, lambda at_us: record.created_us < at_us),
            (asked.number_ids or None, lambda ids: record.number_id in ids),
            (asked.application_ids or None, lambda ids: self.application_of(call) in ids),
            (asked.caller_countries or None, lambda all_: country_of(record.caller) in all_),
            (asked.end_reasons or None, lambda reasons: record.end_reason in reasons),
            (asked.caller, lambda prefix: record.caller.startswith(prefix)),
            (asked.is_answered, lambda wanted: record.is_answered is wanted),
            (asked.is_fallback_executed, lambda wanted: record.is_fallback_executed is wanted),
            (asked.is_test, lambda wanted: record.is_test is wanted),
            (asked.min_duration_ms, lambda least: record.duration_ms >= least),
            (asked.max_duration_ms, lambda most: record.duration_ms <= most),
            (asked.min_price_micros, lambda least: call.price_micros >= least),
            (asked.max_price_micros, lambda most: call.price_micros <= most),
            (asked.max_mos, lambda most: mos is not None and mos <= most),
            (asked.sip_code, lambda wanted: record.sip_code == wanted),
            (asked.has_recordings, lambda wanted: bool(record.recordings) is wanted),
            (asked.has_digits, lambda wanted: bool(record.collected) is wanted),
            (asked.has_dials, lambda wanted: bool(record.dials) is wanted),
            (asked.has_failures, lambda wanted: bool(record.failures) is wanted),
            (asked.has_warnings, lambda wanted: bool(record.warnings) is wanted),
            (asked.dial_status, lambda wanted: wanted in {each.status for each in record.dials}),
            (
                asked.dialed,
                lambda wanted: wanted in {each.telephone_number for each in record.dials},
            ),
        )
        keyed = {(each.storage_key, each.digits) for each in record.collected}
        return all(passes(wanted) for wanted, passes in tests if wanted is not None) and (
            asked.digits is None or (asked.storage_key, asked.digits) in keyed
        )


async def crowd(database: Database, change: Change, count: int, seed: int = 7) -> Crowd:
    """Settle so many random calls on four numbers of two customers, who pay in two currencies."""
    dice = random.Random(seed)
    lines = await _lines(database, change)
    books = SqlBooks(database)
    calls = []
    for _ in range(count):
        events = _events(dice, dice.choice(lines))
        calls.append(await price(books, events, msgspec.json.encode(events).decode()))
    for start in range(0, count, 50):
        await books.settle(calls[start : start + 50])
    return Crowd(lines, tuple(calls))


async def _lines(database: Database, change: Change) -> tuple[Line, ...]:
    registry = sql_registry(database)
    dollars = msgspec.structs.replace(default_tariff(), name="dollars", currency="USD")
    await registry.tariffs.add(dollars, 0, change)
    lines = []
    for index in range(4):
        name, currency = f"Customer {index // 2}", ("EUR", "USD")[index // 2]
        if index % 2 == 0:
            customer = await customers.create(
                registry, change, name, currency=currency, opening_micros=10**12
            )
        number = f"+44207946000{index}"
        await numbers.add(registry, change, number)
        held = await numbers.buy(registry, change, number, customer.id)
        published = await applications.publish(registry, change, customer.id, number, SAY)
        application = published.application
        lines.append(
            Line(
                *(customer.id, currency, held.id, number),
                *(application.id, str(application.version_id)),
            )
        )
    return tuple(lines)


def _events(dice: random.Random, line: Line) -> list[CallEvent]:
    at_us = BEGIN_US + dice.randrange(SPAN_US)
    caller = dice.choice(CALLERS)
    received = CallReceived(
        at_us, new_id(), "a", line.customer_id, line.number_id, line.number, "local", caller,
        line.currency, is_test=dice.random() < 0.1,
    )  # fmt: skip
    kind = dice.random()
    if kind < 0.1:
        return [received, CallEnded(at_us, EndReason.LIMIT_REACHED, 486)]
    started = ApplicationStarted(at_us, Role.PRIMARY, line.version_id)
    if kind < 0.2:
        return [received, started, CallEnded(at_us + S, EndReason.ABANDONED)]
    end_us = at_us + dice.randrange(S, 400 * S, S // 10)
    reason = dice.choice([EndReason.CALLER_HUNG_UP, EndReason.FLOW_ENDED, EndReason.ERROR])
    return [
        received,
        started,
        CallAnswered(at_us),
        NodeEntered(at_us, "0", "Say"),
        NodeLeft(at_us + S // 2, "0", "completed", "1"),
        *_failed(dice, line, at_us),
        *_happenings(dice, at_us, end_us),
        MediaMeasured(end_us, 1000, dice.choice([0, 10, 200]), 1000, 0, 2.0, 30.0),
        CallEnded(end_us, reason),
    ]


def _failed(dice: random.Random, line: Line, at_us: int) -> list[CallEvent]:
    if dice.random() > 0.15:
        return []
    return [
        ApplicationFailed(at_us + S // 2, Role.PRIMARY, "0", "no such prompt"),
        ApplicationStarted(at_us + S // 2, Role.FALLBACK, line.version_id),
        Warned(at_us + S // 2, "odd"),
    ]


def _happenings(dice: random.Random, at_us: int, end_us: int) -> list[CallEvent]:
    node_us = at_us + S // 2
    if dice.random() < 0.4:
        digit = dice.choice("12")
        return [
            NodeEntered(node_us, "1", "Menu"),
            DigitsCollected(node_us + S // 4, "1", "Menu", "Department", digit, is_success=True),
            NodeLeft(node_us + S // 4, "1", f"digit {digit}", "2"),
        ]
    if dice.random() < 0.5:
        recording_id = new_id()
        return [
            NodeEntered(node_us, "2", "Record"),
            RecordingStarted(node_us, recording_id, "2", "Message", f"{recording_id}.wav", "3-M"),
            RecordingFinished(end_us, recording_id, (end_us - node_us) // 1000, 24_058, "hang-up"),
        ]
    leg_id = new_id()
    dialed = LegDialed(node_us, leg_id, "3", dice.choice(CALLERS[:3]), "anonymous")
    if dice.random() < 0.5:
        return [dialed, LegEnded(node_us + S // 4, leg_id, LegStatus.BUSY, 486)]
    return [dialed, LegAnswered(node_us, leg_id), LegEnded(end_us, leg_id, LegStatus.ANSWERED, 200)]
