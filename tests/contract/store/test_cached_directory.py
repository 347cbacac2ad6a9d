"""The directory: every change counts at the next call, and what did not change is not asked for."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import event

from dillo.accounts import Change, Registry, applications, customers, numbers
from dillo.accounts.errors import UnknownNumber
from dillo.accounts.ports import Customer, Limits
from dillo.calls.ports import Application
from dillo.model.errors import Unavailable
from dillo.store import directory as directory_module
from dillo.store.authoring import SqlAuthoring
from dillo.store.database import Database
from dillo.store.directory import CachedDirectory
from dillo.store.inventory import SqlInventory
from dillo.store.registry import sql_registry

NUMBER = "+442079460000"
SAY = '{"ChannelBehaviorNodes":{"0":{"ActionType":"Say","ChannelBehaviorAction":{"Text":"Hi"}}}}'


@pytest.fixture
async def directory(database: Database) -> AsyncIterator[CachedDirectory]:
    directory = CachedDirectory(database)
    yield directory
    await directory.close()


@pytest.fixture
async def writer(url: str) -> AsyncIterator[Registry]:
    """The same database, as another process sees it."""
    other = Database.open(url)
    yield sql_registry(other)
    await other.close()


async def _holder(registry: Registry, change: Change, opening: int | None = None) -> Customer:
    customer = await customers.create(
        registry, change, "Acme", opening_micros=opening, limits=Limits(7, 3.5, 600.0)
    )
    await numbers.add(registry, change, NUMBER, number_type="mobile")
    await numbers.buy(registry, change, NUMBER, customer.id)
    return customer


async def test_an_entry_has_all_that_admission_needs(
    directory: CachedDirectory, writer: Registry, change: Change
) -> None:
    customer = await _holder(writer, change)
    await applications.publish(writer, change, customer.id, "Hello", SAY)
    await numbers.assign(writer, change, NUMBER, "Hello")
    entry = await directory.find(NUMBER)
    assert entry is not None
    assert (entry.customer_id, entry.number, entry.number_type) == (customer.id, NUMBER, "mobile")
    assert (entry.max_concurrent_calls, entry.max_calls_per_second) == (7, 3.5)
    assert (entry.max_call_s, entry.balance_micros, entry.currency) == (600.0, None, "EUR")
    assert entry.primary is not None
    assert (entry.primary.name, entry.primary.behavior) == ("Hello", SAY)
    assert entry.fallback is None


async def test_every_change_counts_at_the_next_call(
    directory: CachedDirectory, writer: Registry, change: Change
) -> None:
    assert await directory.find(NUMBER) is None
    customer = await _holder(writer, change)
    entry = await directory.find(NUMBER)
    assert entry is not None
    assert entry.primary is None
    await applications.publish(writer, change, customer.id, "Hello", SAY)
    await numbers.assign(writer, change, NUMBER, "Hello")
    versions = []
    for behavior in (SAY, SAY.replace("Hi", "Ho")):
        await applications.publish(writer, change, customer.id, "Hello", behavior)
        entry = await directory.find(NUMBER)
        assert entry is not None
        assert entry.primary is not None
        assert entry.primary.behavior == behavior
        versions.append(entry.primary.version_id)
    assert versions[0] != versions[1]
    await applications.disable(writer, change, customer.id, "Hello")
    entry = await directory.find(NUMBER)
    assert entry is not None
    assert entry.primary is None
    await customers.suspend(writer, change, customer.id)
    entry = await directory.find(NUMBER)
    assert entry is not None
    assert entry.is_suspended
    await numbers.release(writer, change, NUMBER)
    assert await directory.find(NUMBER) is None


async def test_a_prepaid_balance_is_read_for_every_call(
    directory: CachedDirectory, writer: Registry, change: Change
) -> None:
    customer = await _holder(writer, change, opening=10_000_000)
    for expected in (6_000_000, 6_000_005):
        entry = await directory.find(NUMBER)
        assert entry is not None
        assert entry.balance_micros == expected
        await customers.top_up(writer, change, customer.id, 5)


async def test_what_did_not_change_is_not_asked_for_again(
    directory: CachedDirectory, database: Database, writer: Registry, change: Change
) -> None:
    await _holder(writer, change)
    queries: list[str] = []
    event.listen(
        database.reader.sync_engine,
        "before_cursor_execute",
        lambda _connection, _cursor, statement, *_: queries.append(statement),
    )
    for _ in range(3):
        await directory.find(NUMBER)
        await directory.find("+442079460099")
    assert sum("SELECT numbers" in query for query in queries) == 2


async def test_unknown_numbers_do_not_fill_the_memory(
    directory: CachedDirectory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(directory_module, "_UNKNOWN_KEPT", 5)
    for last in range(12):
        assert await directory.find(f"+4420794600{last:02}") is None
        assert len(directory._unknown) <= 5


async def test_a_database_that_is_gone_is_unavailable(tmp_path: Path) -> None:
    database = Database.open(f"sqlite:///{tmp_path}/none.db")
    directory = CachedDirectory(database)
    with pytest.raises(Unavailable):
        await directory.find(NUMBER)
    await database.close()


async def test_a_draft_is_found_by_its_owner_only(
    directory: CachedDirectory, database: Database, writer: Registry, change: Change
) -> None:
    customer = await _holder(writer, change)
    store = SqlAuthoring(database)
    line = await store.create(customer.id, "Line", "", change)
    draft_id = await store.try_draft(line, SAY, change)
    draft = await directory.draft(customer.id, draft_id)
    assert draft is not None
    assert (draft.name, draft.behavior) == ("Line", SAY)
    assert await directory.draft("somebody else", draft_id) is None


async def test_a_draft_is_tried_without_a_number(
    directory: CachedDirectory, database: Database, writer: Registry, change: Change
) -> None:
    customer = await customers.create(
        writer, change, "Acme", opening_micros=5, limits=Limits(7, 3.5, 600.0)
    )
    store = SqlAuthoring(database)
    draft_id = await store.try_draft(
        await store.create(customer.id, "Line", "", change), SAY, change
    )
    entry = await directory.tester(draft_id)
    assert entry is not None
    assert (entry.number, entry.number_type, entry.customer_id) == ("test", "test", customer.id)
    assert (entry.max_concurrent_calls, entry.balance_micros) == (7, 5)
    assert (entry.primary, entry.fallback) == (Application(draft_id, "Line", SAY), None)
    assert await directory.tester("no such draft") is None
    assert await directory.find("test") is None


async def test_what_is_called_without_a_number_is_in_no_inventory(
    database: Database, writer: Registry, change: Change
) -> None:
    with pytest.raises(UnknownNumber):
        await writer.numbers.get("test")
    assert await writer.numbers.of(None) == []
    assert await SqlInventory(database).held(None, None, 10) == []
