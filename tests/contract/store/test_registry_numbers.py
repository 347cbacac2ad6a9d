"""What every registry does with numbers and phone applications."""

from dataclasses import replace

import pytest

from dillo.accounts import Change, Registry, applications, customers, numbers
from dillo.accounts.errors import (
    InsufficientBalance,
    InvalidEntry,
    NumberExists,
    NumberNotHeld,
    NumberTaken,
    UnknownApplication,
    UnknownCustomer,
    UnknownNumber,
)
from dillo.behavior import InvalidBehavior
from dillo.model.phone import InvalidPhoneNumber

NUMBER = "+442079460000"
SAY = '{"ChannelBehaviorNodes":{"0":{"ActionType":"Say","ChannelBehaviorAction":{"Text":"Hi"}}}}'


@pytest.mark.parametrize(
    ("number", "country"), [(NUMBER, "GB"), ("00393703188051", "IT"), ("40213000000", "RO")]
)
async def test_a_number_enters_the_inventory_with_its_country(
    registry: Registry, change: Change, number: str, country: str
) -> None:
    added = await numbers.add(registry, change, number)
    assert (added.country, added.number_type, added.customer_id) == (country, "local", None)
    assert await registry.numbers.of(None) == [added]
    with pytest.raises(NumberExists):
        await numbers.add(registry, change, added.e164)


async def test_what_is_no_number_does_not_enter(registry: Registry, change: Change) -> None:
    with pytest.raises(InvalidPhoneNumber):
        await numbers.add(registry, change, "0207 946 0000")
    with pytest.raises(InvalidEntry):
        await numbers.add(registry, change, NUMBER, country="UKR")
    with pytest.raises(InvalidEntry):
        await numbers.add(registry, change, NUMBER, number_type="Very Local")
    with pytest.raises(InvalidEntry):
        await numbers.add(registry, change, "+883510000000000")  # of no country


async def test_a_buyer_pays_set_up_and_the_first_month(registry: Registry, change: Change) -> None:
    buyer = await customers.create(registry, change, "Acme", opening_micros=15_000_000)
    await numbers.add(registry, change, "+448001111111", number_type="toll-free")
    bought = await numbers.buy(registry, change, "448001111111", buyer.id)
    assert await registry.numbers.of(buyer.id) == [bought]
    ledger = await registry.customers.ledger(buyer.id)
    assert [(entry.kind, entry.amount_micros, entry.balance_micros) for entry in ledger] == [
        ("opening", 15_000_000, 15_000_000),
        ("number-set-up", -5_000_000, 10_000_000),
        ("number-month", -10_000_000, 0),
    ]


async def test_a_prepaid_balance_must_cover_the_fees(registry: Registry, change: Change) -> None:
    buyer = await customers.create(registry, change, "Acme", opening_micros=1_499_999)
    await numbers.add(registry, change, NUMBER)
    with pytest.raises(InsufficientBalance):
        await numbers.buy(registry, change, NUMBER, buyer.id)
    assert (await registry.numbers.get(NUMBER)).customer_id is None
    assert (await registry.customers.get(buyer.id)).balance_micros == 1_499_999


async def test_a_customer_billed_later_may_owe(registry: Registry, change: Change) -> None:
    buyer = await customers.create(registry, change, "Acme")
    await numbers.add(registry, change, NUMBER)
    await numbers.buy(registry, change, NUMBER, buyer.id)
    assert (await registry.customers.get(buyer.id)).balance_micros == -1_500_000


async def test_a_number_is_sold_once(registry: Registry, change: Change) -> None:
    one = await customers.create(registry, change, "One")
    two = await customers.create(registry, change, "Two")
    await numbers.add(registry, change, NUMBER)
    await numbers.buy(registry, change, NUMBER, one.id)
    for customer_id in (one.id, two.id):
        with pytest.raises(NumberTaken):
            await numbers.buy(registry, change, NUMBER, customer_id)
    with pytest.raises(UnknownNumber):
        await numbers.buy(registry, change, "+442079460001", one.id)
    with pytest.raises(UnknownCustomer):
        await numbers.buy(registry, change, NUMBER, "nobody")


async def test_a_released_number_can_be_bought_again(registry: Registry, change: Change) -> None:
    one = await customers.create(registry, change, "One")
    two = await customers.create(registry, change, "Two")
    free = await numbers.add(registry, change, NUMBER)
    await numbers.buy(registry, change, NUMBER, one.id)
    await applications.publish(registry, change, one.id, "Hello", SAY)
    await numbers.assign(registry, change, NUMBER, "Hello")
    with pytest.raises(NumberNotHeld):
        await numbers.release(registry, change, NUMBER, customer_id=two.id)
    await numbers.release(registry, change, NUMBER, customer_id=one.id, quarantine_days=0)
    assert await registry.numbers.get(NUMBER) == replace(free, free_from_us=change.at_us)
    with pytest.raises(NumberNotHeld):
        await numbers.release(registry, change, NUMBER)
    bought = await numbers.buy(registry, change, NUMBER, two.id)
    assert (bought.id, bought.customer_id) == (free.id, two.id)


async def test_only_the_holders_applications_can_be_assigned(
    registry: Registry, change: Change
) -> None:
    one = await customers.create(registry, change, "One")
    two = await customers.create(registry, change, "Two")
    await numbers.add(registry, change, NUMBER)
    mine = (await applications.publish(registry, change, one.id, "Mine", SAY)).application
    plan_b = (await applications.publish(registry, change, one.id, "Plan B", SAY)).application
    await applications.publish(registry, change, two.id, "Theirs", SAY)
    with pytest.raises(NumberNotHeld):
        await numbers.assign(registry, change, NUMBER, "Mine")
    await numbers.buy(registry, change, NUMBER, one.id)
    with pytest.raises(UnknownApplication):
        await numbers.assign(registry, change, NUMBER, "Theirs")
    with pytest.raises(NumberNotHeld):
        await numbers.assign(registry, change, NUMBER, "Theirs", customer_id=two.id)
    await numbers.assign(registry, change, NUMBER, "Mine", "Plan B")
    held = await registry.numbers.get(NUMBER)
    assert (held.primary_application_id, held.fallback_application_id) == (mine.id, plan_b.id)
    await numbers.assign(registry, change, NUMBER, None)
    assert (await registry.numbers.get(NUMBER)).primary_application_id is None


async def test_an_assignment_that_a_release_overtook_is_refused(
    registry: Registry, change: Change
) -> None:
    one = await customers.create(registry, change, "One")
    await numbers.add(registry, change, NUMBER)
    held = await numbers.buy(registry, change, NUMBER, one.id)
    await numbers.release(registry, change, NUMBER)
    with pytest.raises(NumberNotHeld):
        await registry.numbers.assign(held, None, None, change)


async def test_publishing_again_makes_the_next_version(registry: Registry, change: Change) -> None:
    customer = await customers.create(registry, change, "Acme")
    one = (
        await applications.publish(registry, change, customer.id, "Hello", SAY, description="Hi")
    ).application
    changed = SAY.replace("Hi", "Ho")
    two = (await applications.publish(registry, change, customer.id, "Hello", changed)).application
    assert (one.id, one.version, one.description) == (two.id, two.version - 1, two.description)
    assert await registry.applications.of(customer.id) == [two]
    assert await registry.applications.behavior(str(one.version_id)) == SAY
    assert await registry.applications.behavior(str(two.version_id)) == changed
    assert await registry.applications.behavior("none") is None


async def test_what_has_errors_is_not_published(registry: Registry, change: Change) -> None:
    customer = await customers.create(registry, change, "Acme")
    with pytest.raises(InvalidBehavior, match="Text"):
        await applications.publish(registry, change, customer.id, "Bad", SAY.replace("Text", "Txt"))
    with pytest.raises(UnknownCustomer):
        await applications.publish(registry, change, "nobody", "Good", SAY)
    assert await registry.applications.of(customer.id) == []


async def test_an_application_can_be_disabled(registry: Registry, change: Change) -> None:
    customer = await customers.create(registry, change, "Acme")
    published = (await applications.publish(registry, change, customer.id, "A", SAY)).application
    await applications.disable(registry, change, customer.id, "A")
    assert not (await registry.applications.find(customer.id, "A")).is_enabled
    await applications.enable(registry, change, customer.id, "A")
    assert await registry.applications.find(customer.id, "A") == published
    with pytest.raises(UnknownApplication):
        await applications.enable(registry, change, customer.id, "B")
