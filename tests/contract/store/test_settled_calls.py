"""Settling: one transaction for a batch, once for each call, and the money adds up."""

import asyncio
import json
from collections.abc import Sequence
from typing import Any

import msgspec
import pytest

from dillo.accounts import Change, applications, customers, numbers
from dillo.accounts.ports import Application, Customer, Number
from dillo.calls.settlement import SettledCall, Unsettleable, price
from dillo.model.events import (
    ApplicationStarted,
    CallAnswered,
    CallEnded,
    CallEvent,
    CallReceived,
    EndReason,
    NodeEntered,
    NodeLeft,
    RecordingFinished,
    RecordingStarted,
    Role,
)
from dillo.model.ids import new_id
from dillo.rating import reprice
from dillo.store.database import Database
from dillo.store.registry import sql_registry
from dillo.store.settlement import SqlBooks

S = 1_000_000
SAY = '{"ChannelBehaviorNodes":{"0":{"ActionType":"Say","ChannelBehaviorAction":{"Text":"Hi"}}}}'

Party = tuple[Customer, Number, Application]


@pytest.fixture
async def party(database: Database, change: Change) -> Party:
    """A prepaid customer with a number and an application."""
    registry = sql_registry(database)
    customer = await customers.create(registry, change, "Acme", opening_micros=20_000_000)
    await numbers.add(registry, change, "+442079460000")
    number = await numbers.buy(registry, change, "+442079460000", customer.id)
    published = await applications.publish(registry, change, customer.id, "Hello", SAY)
    return customer, number, published.application


def _events(party: Party, created_us: int, *, seconds: int = 12) -> list[CallEvent]:
    customer, number, application = party
    recording_id = new_id()
    received = CallReceived(
        created_us, new_id(), "a", customer.id, number.id, number.e164, number.number_type,
        "+393703188051", customer.currency,
    )  # fmt: skip
    return [
        received,
        ApplicationStarted(created_us, Role.PRIMARY, str(application.version_id)),
        CallAnswered(created_us + S),
        NodeEntered(created_us + S, "0", "Say"),
        NodeLeft(created_us + 2 * S, "0", "completed"),
        RecordingStarted(created_us + 2 * S, recording_id, "0", None, "r.wav", "3-M"),
        RecordingFinished(created_us + 5 * S, recording_id, 3_000, 24_058, "hang-up"),
        CallEnded(created_us + S + seconds * S, EndReason.CALLER_HUNG_UP),
    ]


async def _priced(database: Database, events: Sequence[CallEvent]) -> SettledCall:
    return await price(SqlBooks(database), events, msgspec.json.encode(events).decode())


async def _rows(database: Database, query: str) -> list[tuple[Any, ...]]:
    async with database.reading() as connection:
        return [tuple(row) for row in await connection.exec_driver_sql(query)]


async def test_a_settled_call_is_there_with_all_that_belongs_to_it(
    database: Database, party: Party, change: Change
) -> None:
    call = await _priced(database, _events(party, change.at_us))
    assert await SqlBooks(database).settle([call]) == 1
    ((call_id, price_micros, document, events),) = await _rows(
        database, "SELECT id, price_micros, document, events FROM calls"
    )
    assert (call_id, price_micros) == (call.record.call_id, 8_000 + 2_500 + 1_500)
    assert json.loads(document)["Price"] == 0.012
    graph = json.loads(json.loads(document)["ChannelBehavior"])["ChannelBehaviorNodes"]
    assert graph["0"]["Executions"][0]["Outcome"] == "completed"
    assert json.loads(events)[0]["kind"] == "CallReceived"
    assert await _rows(database, "SELECT call_id, size FROM recordings") == [(call_id, 24_058)]
    assert await _rows(database, "SELECT * FROM outbox") == []  # nobody wants to be told
    assert await _rows(database, "SELECT span_s, calls FROM call_tallies ORDER BY span_s") == [
        (60, 1),
        (3_600, 1),
        (86_400, 1),
    ]


async def test_a_call_is_settled_once(database: Database, party: Party, change: Change) -> None:
    books = SqlBooks(database)
    one, two = [await _priced(database, _events(party, change.at_us + i)) for i in (0, 1)]
    assert await books.settle([one, one]) == 1
    before = await _rows(database, "SELECT * FROM ledger_entries")
    assert await books.settle([one]) == 0
    assert await _rows(database, "SELECT * FROM ledger_entries") == before
    assert await books.settle([two, one]) == 1
    assert await _rows(database, "SELECT count(*) FROM calls") == [(2,)]
    assert await _rows(database, "SELECT calls FROM call_tallies WHERE span_s = 86400") == [(2,)]
    assert await books.settle([]) == 0


async def test_ledger_balance_and_charge_lines_agree(
    database: Database, party: Party, change: Change
) -> None:
    batch = [
        await _priced(database, _events(party, change.at_us + i, seconds=30 * i)) for i in range(20)
    ]
    await SqlBooks(database).settle(batch[:7])
    await SqlBooks(database).settle(batch[5:])
    ((balance,),) = await _rows(database, "SELECT balance_micros FROM customers")
    entries = await _rows(
        database, "SELECT amount_micros, balance_micros FROM ledger_entries ORDER BY at_us"
    )
    running = 0
    for amount, left in entries:
        running += amount
        assert left == running
    lines = await _rows(database, "SELECT amount_micros, explanation FROM charge_lines")
    assert balance == running == 20_000_000 - 1_500_000 - sum(amount for amount, _ in lines)
    assert (await _rows(database, "SELECT sum(price_micros) FROM calls"))[0][0] == sum(
        amount for amount, _ in lines
    )
    assert all(reprice(explanation) == amount for amount, explanation in lines)


async def test_an_unanswered_call_costs_nothing(
    database: Database, party: Party, change: Change
) -> None:
    events = _events(party, change.at_us)
    abandoned = [events[0], CallEnded(change.at_us + S, EndReason.ABANDONED, 487)]
    await SqlBooks(database).settle([await _priced(database, abandoned)])
    assert await _rows(database, "SELECT answered_us, price_micros FROM calls") == [(None, 0)]
    assert await _rows(database, "SELECT * FROM charge_lines") == []
    assert await _rows(database, "SELECT * FROM ledger_entries WHERE kind = 'call'") == []


async def test_stamps_rise_strictly_over_batches(
    database: Database, party: Party, change: Change
) -> None:
    books = SqlBooks(database)
    batch = [await _priced(database, _events(party, change.at_us + i)) for i in range(9)]
    for start in (0, 3, 6):
        await books.settle(batch[start : start + 3])
    order = [call.record.call_id for call in batch]
    stamps = dict(await _rows(database, "SELECT id, settled_us FROM calls"))
    settled = [stamps[call_id] for call_id in order]
    assert settled == sorted(set(settled))
    assert await _rows(database, "SELECT settled_us FROM settlement_clock") == [(settled[-1],)]


async def test_batches_at_once_settle_each_call_once(
    database: Database, party: Party, url: str, change: Change
) -> None:
    batch = [await _priced(database, _events(party, change.at_us + i)) for i in range(12)]
    other = Database.open(url)
    settled = await asyncio.gather(
        SqlBooks(database).settle(batch[:8]),
        SqlBooks(other).settle(batch[4:]),
        SqlBooks(database).settle(batch[2:6]),
    )
    await other.close()
    assert sum(settled) == 12
    assert await _rows(database, "SELECT count(*) FROM ledger_entries WHERE kind = 'call'") == [
        (12,)
    ]


async def test_a_call_of_nobody_is_refused_and_nothing_is_stored(
    database: Database, party: Party, change: Change
) -> None:
    good = _events(party, change.at_us)
    bad = [msgspec.structs.replace(good[0], call_id="x", number_id="none"), *good[1:4]]
    batch = [await _priced(database, good), await _priced(database, bad)]
    with pytest.raises(Unsettleable):
        await SqlBooks(database).settle(batch)
    assert await _rows(database, "SELECT * FROM calls") == []
    assert await _rows(database, "SELECT settled_us FROM settlement_clock") == [(0,)]
