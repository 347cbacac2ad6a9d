"""Months of numbers: each is charged once, priced when it begins; what is not paid is released."""

import asyncio

import msgspec
import pytest

from dillo.accounts import Change, alerts, customers, inventory, numbers, tariffs
from dillo.accounts.alerts import Alert
from dillo.accounts.ports import Registry
from dillo.accounts.renewals import Renewed, Terms, renew_due
from dillo.model.moments import iso_ms
from dillo.model.periods import months_after
from dillo.store.accounting import SqlAccounting
from dillo.store.alerts import SqlAlerts
from dillo.store.database import Database
from dillo.store.inventory import SqlInventory
from dillo.store.outbox import SqlOutbox
from dillo.store.registry import sql_registry
from dillo.store.renewals import SqlRenewals

DAY_US = 86_400_000_000
NUMBER = "+442079460000"
LATER_US = 9_000_000_000_000_000


@pytest.fixture
def registry(database: Database) -> Registry:
    return sql_registry(database)


async def _holder(registry: Registry, change: Change, opening: str | None) -> str:
    micros = None if opening is None else int(float(opening) * 1_000_000)
    customer = await customers.create(registry, change, "Acme", opening_micros=micros)
    await numbers.add(registry, change, NUMBER)
    await numbers.buy(registry, change, NUMBER, customer.id)
    return customer.id


def _after(change: Change, months: int) -> Change:
    return Change("renewal", months_after(change.at_us, months))


async def _months(registry: Registry, customer_id: str) -> list[str]:
    entries = await registry.customers.ledger(customer_id)
    return [each.reference.partition("/")[2] for each in entries if each.kind == "number-month"]


async def test_every_month_is_charged_once(
    database: Database, registry: Registry, change: Change
) -> None:
    customer = await _holder(registry, change, None)
    store = SqlRenewals(database)
    before = Change("renewal", _after(change, 1).at_us - 1)
    assert not await renew_due(registry, store, before)
    for _ in range(2):
        await renew_due(registry, store, _after(change, 1))
    assert await _months(registry, customer) == ["1", "2"]
    # A platform that was down for months catches up.
    assert (await renew_due(registry, store, _after(change, 4)))[Renewed.PAID] == 3
    assert await _months(registry, customer) == ["1", "2", "3", "4", "5"]
    (holder,) = await SqlInventory(database).holders(NUMBER)
    assert iso_ms(holder.paid_until_us) == iso_ms(_after(change, 5).at_us)
    assert all(each.agrees for each in await SqlAccounting(database).reconcile())


async def test_runs_at_once_charge_a_month_once(
    database: Database, url: str, registry: Registry, change: Change
) -> None:
    customer = await _holder(registry, change, None)
    other = Database.open(url)
    runs = [
        renew_due(sql_registry(base), SqlRenewals(base), _after(change, 1))
        for base in (database, other, database, other)
    ]
    outcomes = await asyncio.gather(*runs)
    await other.close()
    assert sum(each[Renewed.PAID] for each in outcomes) == 1
    assert await _months(registry, customer) == ["1", "2"]


async def test_a_month_costs_what_the_tariff_says_when_it_begins(
    database: Database, registry: Registry, change: Change
) -> None:
    customer = await _holder(registry, change, None)
    dearer = "service,prefix,per_minute,monthly_fee\ncall,default,0.01,7\n"
    between = _after(change, 1).at_us + DAY_US
    await tariffs.load(registry, change, dearer, effective_us=between)
    await renew_due(registry, SqlRenewals(database), _after(change, 3))
    fees = [each.amount_micros for each in await registry.customers.ledger(customer)]
    assert fees == [-1_500_000, -1_500_000, -7_000_000, -7_000_000]


async def test_what_is_not_paid_is_released_after_a_grace(
    database: Database, registry: Registry, change: Change
) -> None:
    customer = await _holder(registry, change, "2")
    alert = Alert(0, "https://example.com/alerts")
    await alerts.set_alert(registry, SqlAlerts(database), change, customer, alert)
    store, terms = SqlRenewals(database), Terms(grace_days=7, quarantine_days=30)
    due = _after(change, 1)
    for hours in (0, 1, 24 * 7 - 1):
        at = Change("renewal", due.at_us + hours * DAY_US // 24)
        assert await renew_due(registry, store, at, terms) == {Renewed.UNPAID: 1}
    assert (await registry.numbers.get(NUMBER)).customer_id == customer
    released = Change("renewal", due.at_us + 7 * DAY_US)
    assert await renew_due(registry, store, released, terms) == {Renewed.RELEASED: 1}
    number = await registry.numbers.get(NUMBER)
    assert (number.customer_id, number.free_from_us) == (None, released.at_us + 30 * DAY_US)
    assert await _months(registry, customer) == ["1"]
    owed = await SqlOutbox(database).due(LATER_US, 9, but_ids=(), but_customers=())
    told = [msgspec.json.decode(each.payload) for each in owed]
    assert sorted(each["Event"] for each in told) == ["number.released", "number.unpaid"]
    assert {each["Number"] for each in told} == {NUMBER}


async def test_a_month_may_be_paid_late(
    database: Database, registry: Registry, change: Change
) -> None:
    customer = await _holder(registry, change, "2")
    store, due = SqlRenewals(database), _after(change, 1)
    await renew_due(registry, store, due)
    await customers.top_up(registry, due, customer, 5_000_000)
    assert (await renew_due(registry, store, due))[Renewed.PAID] == 1
    (holder,) = await SqlInventory(database).holders(NUMBER)
    assert holder.grace_until_us is None
    # The next month begins as if this one had been paid in time.
    assert holder.paid_until_us == _after(change, 2).at_us


async def test_credit_pays_too(database: Database, registry: Registry, change: Change) -> None:
    customer = await _holder(registry, change, "2")
    await customers.lend(registry, change, customer, 1_000_000)
    outcomes = await renew_due(registry, SqlRenewals(database), _after(change, 1))
    assert outcomes == {Renewed.PAID: 1}
    assert (await registry.customers.get(customer)).balance_micros == -1_000_000


async def test_a_low_balance_is_told_once_for_each_fall(
    database: Database, registry: Registry, change: Change
) -> None:
    customer = await customers.create(registry, change, "Acme", opening_micros=10_000_000)
    alert = Alert(9_000_000, "https://example.com/alerts")
    await alerts.set_alert(registry, SqlAlerts(database), change, customer.id, alert)
    await inventory.load(
        SqlInventory(database), change, "number\n+442079460000\n+442079460001\n+442079460002\n"
    )
    await numbers.buy(registry, change, "+442079460000", customer.id)  # 8.5
    await numbers.buy(registry, change, "+442079460001", customer.id)  # 7
    await customers.top_up(registry, change, customer.id, 3_000_000)  # 10
    await numbers.buy(registry, change, "+442079460002", customer.id)  # 8.5
    owed = await SqlOutbox(database).due(LATER_US, 9, but_ids=(), but_customers=())
    told = [msgspec.json.decode(each.payload, strict=False) for each in owed]
    assert [(each["Event"], each["Balance"], each["Threshold"]) for each in told] == [
        ("balance.low", 8.5, 9)
    ] * 2
    assert len({each.id for each in owed}) == 2
