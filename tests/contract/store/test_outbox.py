"""The outbox: owed with the record, due until it is over, every attempt to be seen."""

import asyncio
from dataclasses import replace

import msgspec
import pytest

from dillo.accounts import Change, customers, numbers
from dillo.calls.callbacks import Attempt, Callback, Tried, started
from dillo.calls.settlement import price
from dillo.model.clock import now_us
from dillo.model.events import (
    CallAnswered,
    CallbackWanted,
    CallEnded,
    CallEvent,
    CallReceived,
    EndReason,
    RecordingFinished,
    RecordingStarted,
)
from dillo.model.ids import new_id
from dillo.records import fold
from dillo.store.database import Database
from dillo.store.outbox import SqlOutbox
from dillo.store.registry import sql_registry
from dillo.store.settlement import SqlBooks

S = 1_000_000
LATER_US = 4_000_000_000_000_000
NOBODY: tuple[str, ...] = ()


@pytest.fixture
async def events(database: Database, change: Change) -> list[CallEvent]:
    """A call that two addresses want to be told of."""
    registry = sql_registry(database)
    customer = await customers.create(registry, change, "Acme", opening_micros=20_000_000)
    await numbers.add(registry, change, "+442079460000")
    number = await numbers.buy(registry, change, "+442079460000", customer.id)
    at, recording_id = 1_795_000_000 * S, new_id()
    received = CallReceived(
        at, new_id(), "a", customer.id, number.id, number.e164, number.number_type,
        "+393703188051", customer.currency,
    )  # fmt: skip
    return [
        received,
        CallbackWanted(at, None, "http://a/", "POST"),
        CallAnswered(at + S),
        CallbackWanted(at + S, "0", "http://b/", "GET"),
        CallbackWanted(at + S, "2", "http://a/", "POST"),
        RecordingStarted(at + 2 * S, recording_id, "1", "Message", "r.wav", "3-M"),
        RecordingFinished(at + 5 * S, recording_id, 3_000, 24_058, "hang-up"),
        CallEnded(at + 13 * S, EndReason.CALLER_HUNG_UP),
    ]


async def settle(database: Database, events: list[CallEvent]) -> str:
    books = SqlBooks(database)
    call = await price(books, events, msgspec.json.encode(events).decode())
    await books.settle([call])
    return call.record.call_id


async def test_a_finished_call_owes_everything_to_everybody_once(
    database: Database, events: list[CallEvent]
) -> None:
    books, outbox = SqlBooks(database), SqlOutbox(database)
    early = started(fold(events[:3]))
    await books.announce(early)
    await books.announce(started(fold(events[:4])))
    call_id = await settle(database, events)
    told = await outbox.of_call(call_id)
    assert sorted((each.topic, each.url) for each in told) == [
        ("call.finished", "http://a/"),
        ("call.finished", "http://b/"),
        ("call.started", "http://a/"),
        ("call.started", "http://b/"),
        ("recording.ready", "http://a/"),
        ("recording.ready", "http://b/"),
    ]
    assert {each.id for each in early} <= {each.id for each in told}
    due = await outbox.due(LATER_US, 100, but_ids=NOBODY, but_customers=NOBODY)
    by_event = {msgspec.json.decode(each.payload)["Event"]: each for each in due}
    ended = msgspec.json.decode(by_event["call.finished"].payload)
    assert (ended["EventId"], ended["CallId"]) == (by_event["call.finished"].id, call_id)
    assert (ended["CallDuration"], ended["EndReason"]) == (12.0, "CallerHungUp")
    assert ended["Price"] == 0.012
    ready = msgspec.json.decode(by_event["recording.ready"].payload)["Recording"]
    assert (ready["StorageKey"], ready["Size"]) == ("Message", 24_058)


def test_a_call_that_was_not_answered_did_not_start() -> None:
    received = CallReceived(1, "c", "a", "k", "n", "+44", "local", "+39", "EUR")
    assert started(fold([received, CallbackWanted(1, None, "http://a/", "POST")])) == ()


async def test_a_callback_is_due_until_it_is_over(
    database: Database, events: list[CallEvent]
) -> None:
    outbox = SqlOutbox(database)
    call_id = await settle(database, [*events[:2], events[-1]])  # never answered
    (owed,) = await outbox.due(now_us(), 100, but_ids=NOBODY, but_customers=NOBODY)
    assert await outbox.due(now_us(), 9, but_ids=[owed.id], but_customers=NOBODY) == []
    assert await outbox.due(now_us(), 9, but_ids=[], but_customers=[owed.customer_id]) == []
    failed, taken = Attempt(1, 7, None, "refused"), Attempt(2, 8, 200, None)
    await outbox.note([Tried(owed.id, failed, LATER_US, False)])
    assert await outbox.due(now_us(), 9, but_ids=NOBODY, but_customers=NOBODY) == []
    (again,) = await outbox.due(LATER_US, 9, but_ids=NOBODY, but_customers=NOBODY)
    assert again == replace(owed, attempts=1)
    await outbox.note([Tried(owed.id, taken, None, True)])
    assert await outbox.due(LATER_US, 9, but_ids=NOBODY, but_customers=NOBODY) == []
    (told,) = await outbox.of_call(call_id)
    assert (told.is_delivered, told.due_us, told.attempts) == (True, None, (failed, taken))


async def test_what_is_over_is_forgotten_in_the_end(
    database: Database, events: list[CallEvent]
) -> None:
    outbox = SqlOutbox(database)
    call_id = await settle(database, events)
    due = await outbox.due(LATER_US, 100, but_ids=NOBODY, but_customers=NOBODY)
    await outbox.note([Tried(due[0].id, Attempt(1, 7, 410, None), None, False)])
    await outbox.forget(0)
    assert len(await outbox.of_call(call_id)) == 6
    await outbox.forget(LATER_US)
    assert {each.id for each in await outbox.of_call(call_id)} == {each.id for each in due[1:]}


async def test_callbacks_owed_at_once_come_once(database: Database) -> None:
    books = SqlBooks(database)
    callback = Callback("1", "call.started", "c/0", "c", "k", "http://a/", "POST", "{}")
    others = [replace(callback, id=str(number)) for number in range(2, 6)]
    await asyncio.gather(*(books.announce([each]) for each in (callback, *others)))
    assert len(await SqlOutbox(database).of_call("c")) == 1
