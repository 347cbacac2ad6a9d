"""Lists and sums of calls are those that looking at every call gives."""

import asyncio
import random
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator
from dataclasses import fields, replace
from zoneinfo import ZoneInfo

import pytest
import pytest_asyncio
from sqlalchemy import insert
from tests.contract.store.crowded import BEGIN_US, CALLERS, SPAN_US, Crowd, S, crowd

from dillo.accounts import Change
from dillo.calls.archive import CallFilter, CallSums, GroupBy, Sort, SortBy
from dillo.calls.buckets import Bucket, Unit, buckets
from dillo.calls.settlement import SettledCall
from dillo.model.ids import new_id
from dillo.model.phone import country_of
from dillo.store import call_lists
from dillo.store.archive import SqlCallArchive
from dillo.store.backfill import Backfill
from dillo.store.database import Database
from dillo.store.migrations import migrate
from dillo.store.rollups import QUARTER_S
from dillo.store.summaries import reprice_summary
from dillo.store.tables import transcriptions

END_US = BEGIN_US + SPAN_US
HOUR_US = 3600 * S


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=["sqlite", "postgresql"])
async def settled(request: pytest.FixtureRequest) -> AsyncIterator[tuple[Database, Crowd]]:
    database = Database.open(request.getfixturevalue(f"{request.param}_crowd_url"))
    yield database, await crowd(database, Change.by("operator"), 300)
    await database.close()


pytestmark = pytest.mark.asyncio(loop_scope="module")


def _filters(settled: Crowd, count: int) -> Iterator[CallFilter]:
    """Yield one filter of each kind, and random combinations of them."""
    line = settled.lines[0]
    one = [
        CallFilter(),
        CallFilter(from_us=BEGIN_US + 3 * HOUR_US + 1, to_us=END_US - 70 * HOUR_US),
        CallFilter(number_ids=(line.number_id,)),
        CallFilter(number_ids=(line.number_id, settled.lines[1].number_id)),
        CallFilter(application_ids=(line.application_id,)),
        CallFilter(application_ids=("",)),
        CallFilter(caller_countries=("IT",)),
        CallFilter(caller_countries=("IT", "")),
        CallFilter(end_reasons=("Error",)),
        CallFilter(end_reasons=("FlowEnded", "LimitReached")),
        CallFilter(caller="+39"),
        CallFilter(caller="anonymous"),
        CallFilter(is_answered=True),
        CallFilter(is_answered=False),
        CallFilter(is_fallback_executed=True),
        CallFilter(is_test=True),
        CallFilter(is_test=False),
        CallFilter(min_duration_ms=60_000, max_duration_ms=200_000),
        CallFilter(min_price_micros=1),
        CallFilter(max_price_micros=30_000),
        CallFilter(max_mos=4.0),
        CallFilter(sip_code=486),
        CallFilter(has_recordings=True),
        CallFilter(has_digits=False),
        CallFilter(has_dials=True),
        CallFilter(has_failures=True),
        CallFilter(has_warnings=True),
        CallFilter(storage_key="Department", digits="1"),
        CallFilter(dial_status="Busy"),
        CallFilter(dialed=CALLERS[0]),
    ]
    yield from one
    dice = random.Random(3)
    for _ in range(count):
        parts = dice.sample(one[1:], k=dice.choice([2, 2, 3]))
        merged = CallFilter()
        for part in parts:
            changed = {
                each.name: getattr(part, each.name)
                for each in fields(part)
                if getattr(part, each.name) not in (None, ())
            }
            merged = replace(merged, **changed)
        yield merged


def _value(call: SettledCall, sort: Sort) -> tuple[int, str]:
    record = call.record
    values = {
        SortBy.CREATED: record.created_us,
        SortBy.DURATION: record.duration_ms,
        SortBy.PRICE: call.price_micros,
    }
    return values[sort.by], record.call_id


_COLUMNS = {
    SortBy.CREATED: "created_us",
    SortBy.DURATION: "duration_ms",
    SortBy.PRICE: "price_micros",
}


@pytest.mark.parametrize(("few", "looked_at"), [(0, 300), (20, 5_000), (2_000, 5_000)])
async def test_pages_put_together_are_the_whole_list(
    settled: tuple[Database, Crowd], monkeypatch: pytest.MonkeyPatch, few: int, looked_at: int
) -> None:
    """Whichever way is taken: by the order of an index, in steps, or by sorting what is few."""
    monkeypatch.setattr(call_lists, "FEW", few)
    monkeypatch.setattr(call_lists, "LOOKED_AT", looked_at)
    database, world = settled
    archive = SqlCallArchive(database)
    dice = random.Random(few + looked_at)
    owners = [None, world.lines[0].customer_id]
    for asked in _filters(world, 40):
        sort = Sort(dice.choice(list(SortBy)), dice.random() < 0.5)
        asked = replace(asked, customer_id=dice.choice(owners))
        expected = sorted(
            (_value(call, sort) for call in world.matching(asked)), reverse=sort.is_descending
        )
        found, after, take = [], None, dice.choice([7, 50])
        is_over = False
        while not is_over:
            page = await archive.page(asked, sort, after, take)
            found += [(getattr(call, _COLUMNS[sort.by]), call.id) for call in page.calls]
            after, is_over = page.rest, page.rest is None
        assert found == expected, (asked, sort)


@pytest.mark.parametrize("zone", ["UTC", "Europe/Rome", "Asia/Kathmandu", "Australia/Lord_Howe"])
async def test_sums_are_those_of_every_call(settled: tuple[Database, Crowd], zone: str) -> None:
    database, world = settled
    archive = SqlCallArchive(database)
    dice = random.Random(zone)
    for asked in _filters(world, 20):
        owner = dice.choice([None, world.lines[0].customer_id])
        asked = replace(asked, customer_id=owner)
        start_us = asked.from_us or BEGIN_US + dice.randrange(20) * HOUR_US // 2
        end_us = asked.to_us or END_US - dice.randrange(20) * HOUR_US // 2
        unit = dice.choice(list(Unit))
        spans = list(buckets(start_us, end_us, unit, ZoneInfo(zone)))
        group_by = dice.choice([None, *GroupBy])
        found = {
            (each.bucket, each.group, each.currency): (
                *(each.calls, each.answered, each.fallbacks, each.duration_ms),
                each.price_micros,
            )
            for each in await archive.sums(asked, spans, group_by)
        }
        assert found == _sums(world, asked, spans, group_by), (asked, unit, group_by)


async def test_pages_of_groups_put_together_are_all_sums(settled: tuple[Database, Crowd]) -> None:
    database, world = settled
    archive = SqlCallArchive(database)
    for asked in (CallFilter(), CallFilter(customer_id=world.lines[0].customer_id)):
        for group_by in GroupBy:
            start_us, end_us = BEGIN_US + 5 * HOUR_US // 2, END_US - HOUR_US
            spans = list(buckets(start_us, end_us, Unit.DAY, ZoneInfo("Asia/Kathmandu")))
            found: list[CallSums] = []
            after, is_over = None, False
            while not is_over:
                page = await archive.sums_page(asked, spans, group_by, after, 2)
                assert len({each.group for each in page.sums}) <= 2
                found += page.sums
                after, is_over = page.rest, page.rest is None
            whole = await archive.sums(asked, spans, group_by)
            assert sorted(found, key=repr) == sorted(whole, key=repr), group_by


def _sums(
    world: Crowd, asked: CallFilter, spans: list[Bucket], group_by: GroupBy | None
) -> dict[tuple[int, str, str], tuple[int, ...]]:
    totals: dict[tuple[int, str, str], list[int]] = defaultdict(lambda: [0] * 5)
    for call in world.matching(asked):
        record = call.record
        groups = {
            None: "",
            GroupBy.NUMBER: record.number_id,
            GroupBy.APPLICATION: world.application_of(call),
            GroupBy.COUNTRY: country_of(record.caller),
            GroupBy.END_REASON: record.end_reason.value,
            GroupBy.CUSTOMER: record.customer_id,
        }
        for index, span in enumerate(spans):
            if span.start_us <= record.created_us < span.end_us:
                total = totals[index, groups[group_by], record.currency]
                amounts = (
                    *(1, record.is_answered, record.is_fallback_executed, record.duration_ms),
                    call.price_micros,
                )
                for at, amount in enumerate(amounts):
                    total[at] += amount
    return {key: tuple(total) for key, total in totals.items()}


async def test_visits_to_nodes_are_counted(settled: tuple[Database, Crowd]) -> None:
    database, world = settled
    versions = {line.version_id for line in world.lines}
    start_us = BEGIN_US // HOUR_US * HOUR_US
    branches = await SqlCallArchive(database).branches(tuple(versions), start_us, END_US + HOUR_US)
    executions = [visit for call in world.calls for visit in call.record.executions]
    assert sum(each.visits for each in branches) == len(executions)
    said = [each for each in branches if (each.node, each.next_node) == ("0", "1")]
    assert sum(each.visits for each in said) == sum(
        1 for visit in executions if visit.node == "0" and visit.next_node == "1"
    )
    ended = sum(each.visits for each in branches if each.end_reason)
    assert ended == sum(1 for call in world.calls if call.record.executions)


async def test_a_call_is_found_by_its_customer_and_by_the_operator(
    settled: tuple[Database, Crowd],
) -> None:
    database, world = settled
    archive = SqlCallArchive(database)
    call = next(each for each in world.calls if each.charges)
    mine, other = call.record.customer_id, "somebody else"
    found = await archive.get(mine, call.record.call_id)
    assert found is not None
    assert found.document == call.document
    assert sorted((line.kind, line.amount_micros) for line in found.charges) == sorted(
        (line.kind, line.amount_micros) for line in call.charges
    )
    assert found.charges[0].kind == "call"
    assert found == await archive.get(None, call.record.call_id)
    assert await archive.get(other, call.record.call_id) is None
    assert await archive.get(mine, "no such call") is None


@pytest.mark.asyncio(loop_scope="function")
async def test_calls_are_found_by_what_was_said(database: Database, change: Change) -> None:
    world = await crowd(database, change, 20)
    recorded = next(call.record for call in world.calls if call.record.recordings)
    row = {
        "id": new_id(),
        "recording_id": recorded.recordings[0].recording_id,
        "call_id": recorded.call_id,
        "customer_id": recorded.customer_id,
        "created_us": 0,
        "status": "Completed",
        "language": "en-GB",
        "text": "Please call me back, it is 100% urgent.",
    }
    async with database.writing() as connection:
        await connection.execute(insert(transcriptions), row)
    archive = SqlCallArchive(database)
    for owner in (None, recorded.customer_id):
        for text, count in (("CALL ME", 1), ("100%", 1), ("100_", 0), ("nobody said", 0)):
            asked = CallFilter(customer_id=owner, text=text)
            for sort in (Sort(), Sort(SortBy.PRICE)):
                found = await archive.page(asked, sort, None, 10)
                assert [call.id for call in found.calls] == [recorded.call_id][:count]
            sums = await archive.sums(asked, [Bucket("", BEGIN_US, END_US)], None)
            assert sum(each.calls for each in sums) == count


async def test_a_price_that_rises_later_is_in_every_sum(database: Database, change: Change) -> None:
    world = await crowd(database, change, 5)
    archive = SqlCallArchive(database)
    call = world.calls[0]
    async with database.writing() as connection:
        await reprice_summary(connection, call.record.call_id, call.price_micros + 700, 2)
        await reprice_summary(connection, "no such call", 1, 2)
    total = sum(each.price_micros for each in world.calls) + 700
    whole = [Bucket("", BEGIN_US, END_US)]
    for group_by in (None, *GroupBy):
        sums = await archive.sums(CallFilter(), whole, group_by)
        assert sum(each.price_micros for each in sums) == total
        assert sum(each.calls for each in sums) == 5
    found = await archive.get(None, call.record.call_id)
    assert found is not None
    assert (found.summary.price_micros, found.summary.revision) == (call.price_micros + 700, 2)


@pytest.mark.asyncio(loop_scope="function")
async def test_calls_settled_before_there_were_summaries_are_filled_in(
    database: Database, change: Change
) -> None:
    world = await crowd(database, change, 25)
    tables = ("call_summaries", "call_digits", "call_dials", "call_rollups", "node_rollups")
    before = await _contents(database, tables)
    async with database.writing() as connection:
        for table in tables:
            await connection.exec_driver_sql(f"DELETE FROM {table}")
        await connection.exec_driver_sql("INSERT INTO backfills VALUES ('call_summaries', '')")
    backfill = Backfill(database)
    assert [await backfill.step(10) for _ in range(3)] == [True, True, False]
    assert await _contents(database, tables) == before
    assert not await backfill.step(10)
    assert len(world.calls) == len(before["call_summaries"])


@pytest.mark.asyncio(loop_scope="function")
async def test_calls_settled_before_there_were_sums_of_quarters_are_in_them(
    database: Database, change: Change
) -> None:
    await _migrated_again(database, change, "0017", f"span_s = {QUARTER_S} OR {_OF_EVERYBODY}")


@pytest.mark.asyncio(loop_scope="function")
async def test_calls_settled_before_there_were_sums_of_everybody_are_in_them(
    database: Database, change: Change
) -> None:
    await _migrated_again(database, change, "0018", _OF_EVERYBODY)


_OF_EVERYBODY = "customer_id NOT IN (SELECT id FROM customers)"


async def _migrated_again(database: Database, change: Change, revision: str, missing: str) -> None:
    """Delete sums, migrate from the revision that had none of these, and find them as before."""
    await crowd(database, change, 60)
    before = await _contents(database, ("call_rollups",))
    async with database.writing() as connection:
        await connection.exec_driver_sql(f"DELETE FROM call_rollups WHERE {missing}")
        await connection.exec_driver_sql(f"UPDATE alembic_version SET version_num = '{revision}'")
    await asyncio.to_thread(migrate, database.url)
    assert await _contents(database, ("call_rollups",)) == before


async def _contents(
    database: Database, tables: tuple[str, ...]
) -> dict[str, list[tuple[object, ...]]]:
    async with database.reading() as connection:
        return {
            table: sorted(
                map(tuple, await connection.exec_driver_sql(f"SELECT * FROM {table}")), key=repr
            )
            for table in tables
        }
