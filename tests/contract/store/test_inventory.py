"""The inventory: loaded from CSV as a whole or not at all, searched, and who held what."""

import pytest

from dillo.accounts import Change, customers, inventory, numbers, trunks
from dillo.accounts.errors import (
    InvalidEntry,
    NumberQuarantined,
    TrunkExists,
    TrunkInUse,
    UnknownNumber,
)
from dillo.accounts.inventory import Wanted
from dillo.accounts.ports import NumberLimits, Registry
from dillo.model.sheets import InvalidSheet
from dillo.store.database import Database
from dillo.store.inventory import SqlInventory
from dillo.store.registry import sql_registry

DAY_US = 86_400_000_000
SHEET = """number,type,area,set_up_fee,monthly_fee,currency
+442079460000,local,London,,,
+442079460001,local,London,2,9.99,EUR
+442079460777,mobile,,,,
+390612345678,local,Rome,1,5,USD
"""


@pytest.fixture
def registry(database: Database) -> Registry:
    return sql_registry(database)


@pytest.fixture
def numbers_of(database: Database) -> SqlInventory:
    return SqlInventory(database)


async def _offers(
    registry: Registry, store: SqlInventory, change: Change, **wanted: object
) -> list[str]:
    looked_for = Wanted(**wanted)  # type: ignore[arg-type]
    found = await inventory.search(registry, store, change, looked_for, "EUR")
    return [f"{each.number.e164} {each.set_up_micros} {each.month_micros}" for each in found]


async def test_a_sheet_is_loaded_and_searched_with_prices(
    registry: Registry, numbers_of: SqlInventory, change: Change
) -> None:
    added = await inventory.load(numbers_of, change, SHEET)
    assert [each.country for each in added] == ["GB", "GB", "GB", "IT"]
    own, by_type = "+442079460001 2000000 9990000", "+442079460000 0 1500000"
    search = registry, numbers_of, change
    assert await _offers(*search, country="gb", number_type="local") == [by_type, own]
    assert await _offers(*search, area="lond") == [by_type, own]
    assert await _offers(*search, pattern="0777") == ["+442079460777 0 4000000"]
    assert await _offers(*search, pattern="+44*000?") == [by_type, own]
    assert await _offers(*search, pattern="+39") == ["+390612345678 0 1500000"]
    assert await _offers(*search, after="+442079460000", limit=1) == [own]
    with pytest.raises(InvalidEntry, match="no pattern"):
        await _offers(*search, pattern="%")


async def test_letters_are_those_of_the_keypad(
    registry: Registry, numbers_of: SqlInventory, change: Change
) -> None:
    await inventory.load(numbers_of, change, "number\n+442079468294\n")
    assert len(await _offers(registry, numbers_of, change, pattern="*taxi")) == 1


async def test_whatever_is_wrong_is_told_at_once_and_nothing_is_loaded(
    registry: Registry, numbers_of: SqlInventory, change: Change
) -> None:
    await numbers.add(registry, change, "+442079460000")
    text = (
        "number,country,type,trunk,set_up_fee,monthly_fee,currency\n"
        "+442079460001,,,,,,\n"
        "0123,,,,,,\n"
        "+442079460000,,,,,,\n"
        "+442079460001,,,,,,\n"
        "+442079460002,IT,Local,nowhere,,,\n"
        "+442079460003,,,,-1,x,\n"
        "+442079460004,,,,,,,\n"
        ",GB,,,,,\n"
    )
    with pytest.raises(InvalidSheet) as refused:
        await inventory.load(numbers_of, change, text)
    assert [(each.line, each.column) for each in refused.value.problems] == [
        (3, "number"),
        (4, "number"),
        (5, "number"),
        (6, "country"),
        (6, "type"),
        (6, "trunk"),
        (7, "currency"),
        (7, "set_up_fee"),
        (7, "monthly_fee"),
        (8, ""),
        (9, "number"),
    ]
    assert len(await registry.numbers.of(None)) == 1


async def test_a_number_may_name_its_trunk(
    registry: Registry, numbers_of: SqlInventory, change: Change
) -> None:
    await trunks.add(registry, change, "carrier", ["sip.example"])
    (added,) = await inventory.load(numbers_of, change, "number,trunk\n+442079460000,carrier\n")
    assert (await registry.numbers.get(added.e164)).trunk == "carrier"


async def test_a_trunk_that_numbers_take_calls_from_stays(
    registry: Registry, numbers_of: SqlInventory, change: Change
) -> None:
    await trunks.add(registry, change, "carrier", ["sip.example"])
    await inventory.load(numbers_of, change, "number,trunk\n+442079460000,carrier\n")
    with pytest.raises(TrunkInUse, match=r"\+442079460000 take calls from carrier only"):
        await trunks.remove(registry, change, "carrier")
    assert (await registry.trunks.get("carrier")).hosts == ("sip.example",)


async def test_a_number_follows_its_trunk_to_a_new_name(
    registry: Registry, numbers_of: SqlInventory, change: Change
) -> None:
    trunk = await trunks.add(registry, change, "carrier", ["sip.example"], prefixes=["+44"])
    await trunks.add(registry, change, "other", ["b.example"])
    rows = "number,trunk\n+442079460000,carrier\n+442079460001,other\n"
    await inventory.load(numbers_of, change, rows)
    with pytest.raises(TrunkExists):
        await trunks.change(registry, change, trunk, name="other")
    renamed = await trunks.change(
        registry, Change("operator", change.at_us + 1), trunk, name="acme"
    )
    assert (renamed.id, await registry.trunks.get("acme")) == (trunk.id, renamed)
    known = [await registry.numbers.get(f"+44207946000{last}") for last in (0, 1)]
    assert [each.trunk for each in known] == ["acme", "other"]
    entry = (await registry.audit.entries())[0]
    assert (entry.subject, entry.before, entry.after) == (
        "carrier",
        '{"name":"carrier"}',
        '{"name":"acme"}',
    )


async def test_an_entry_is_changed_in_place(
    registry: Registry, numbers_of: SqlInventory, change: Change
) -> None:
    await trunks.add(registry, change, "carrier", ["sip.example"])
    (added,) = await inventory.load(numbers_of, change, "number\n+442079460000\n")
    known = {"number_type": "national", "area": "London", "trunk": "carrier"}
    fees = inventory.own_fees("EUR", "2", "9.99")
    later = Change("operator", change.at_us + 1)
    changed = await inventory.change(numbers_of, later, added, **known, own_fees=fees)
    assert changed == await registry.numbers.get(added.e164)
    assert await _offers(registry, numbers_of, later) == ["+442079460000 2000000 9990000"]
    entry = (await registry.audit.entries())[0]
    assert entry.action == "number.change"
    assert '"month":"9.99"' in (entry.after or "")
    for wrong in ({"trunk": "other"}, {"number_type": "x y"}, {"area": "x" * 81}):
        with pytest.raises(InvalidEntry):
            await inventory.change(numbers_of, later, changed, **(known | wrong), own_fees=None)


@pytest.mark.parametrize(
    "fees", [("EU", "0", "1"), ("EUR", "-1", "1"), ("EUR", "0", "0.1234567"), ("EUR", "0", "x")]
)
def test_fees_are_checked(fees: tuple[str, str, str]) -> None:
    with pytest.raises(InvalidEntry):
        inventory.own_fees(*fees)


async def test_a_released_number_rests_and_keeps_its_history(
    registry: Registry, numbers_of: SqlInventory, change: Change
) -> None:
    one = await customers.create(registry, change, "One")
    two = await customers.create(registry, change, "Two")
    await inventory.load(numbers_of, change, SHEET)
    number = "+442079460001"
    await numbers.buy(registry, change, number, one.id)
    assert (await registry.customers.get(one.id)).balance_micros == -11_990_000
    released = Change("operator", change.at_us + DAY_US)
    await numbers.release(registry, released, number, quarantine_days=30)
    with pytest.raises(NumberQuarantined, match="released not long ago"):
        await numbers.buy(registry, Change("x", released.at_us + 29 * DAY_US), number, two.id)
    assert await _offers(registry, numbers_of, released, pattern=number) == []
    later = Change("operator", released.at_us + 30 * DAY_US)
    assert len(await _offers(registry, numbers_of, later, pattern=number)) == 1
    await numbers.buy(registry, later, number, two.id)
    held = [(each.name, each.from_us, each.until_us) for each in await numbers_of.holders(number)]
    assert held == [("Two", later.at_us, None), ("One", change.at_us, released.at_us)]
    with pytest.raises(UnknownNumber):
        await numbers_of.holders("+442079469999")


async def test_limits_of_a_number_go_with_its_holder(
    registry: Registry, numbers_of: SqlInventory, change: Change
) -> None:
    one = await customers.create(registry, change, "One")
    await inventory.load(numbers_of, change, SHEET)
    await numbers.buy(registry, change, "+442079460000", one.id)
    limits = NumberLimits(2, 0.5, 60.0)
    await numbers.limit(registry, change, "+442079460000", limits, customer_id=one.id)
    assert (await registry.numbers.get("+442079460000")).limits == limits
    with pytest.raises(InvalidEntry, match="more than 0"):
        await numbers.limit(registry, change, "+442079460000", NumberLimits(0))
    await numbers.release(registry, change, "+442079460000")
    assert (await registry.numbers.get("+442079460000")).limits == NumberLimits()
