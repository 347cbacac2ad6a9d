"""The purse: however many calls a customer has, together they reserve no more than there is."""

import asyncio
from collections.abc import Collection
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from dillo.calls.purse import AHEAD_US, Purse
from dillo.rating import Rates, Tariff, default_tariff
from dillo.rating.meter import Meter

S = 1_000_000
RATES = Rates(Decimal(0), Decimal("0.6"), "60/60")


class Books:
    """Balances (calls.purse.Balances) whose answers take a turn of the event loop."""

    def __init__(self, balance: int) -> None:
        self.balance = balance
        self.done: dict[str, int] = {}

    def settle(self, call_id: str, cost: int) -> None:
        self.balance -= cost
        self.done[call_id] = cost

    async def spendable(self, customer_id: str) -> int:
        await asyncio.sleep(0)
        return self.balance

    async def settled(self, call_ids: Collection[str]) -> set[str]:
        await asyncio.sleep(0)
        return self.done.keys() & set(call_ids)

    async def tariff(self, currency: str, at_us: int) -> Tariff:
        return default_tariff()


def meter_of(started_us: int) -> Meter:
    meter = Meter()
    meter.start("", RATES, started_us)
    return meter


async def test_calls_at_once_share_a_balance() -> None:
    purse = Purse(Books(1_500_000))
    covered = await asyncio.gather(
        *(purse.reserve("customer", f"call-{index}", meter_of(0), 0) for index in range(4))
    )
    assert sorted(covered) == [0, 0, 60 * S, 60 * S]


async def test_who_has_overdrawn_can_have_what_costs_nothing() -> None:
    purse, free = Purse(Books(-1)), Meter()
    free.start("", Rates(Decimal(0), Decimal(0), "60/60"), 0)
    assert await purse.reserve("customer", "free", free, 0) == AHEAD_US
    assert await purse.reserve("customer", "dear", meter_of(0), 0) == 0


async def test_a_call_that_ended_costs_until_it_is_settled() -> None:
    books = Books(1_000_000)
    purse = Purse(books)
    assert await purse.reserve("customer", "one", meter_of(0), 0) == 60 * S
    purse.leave("customer", "one", 600_000, 10 * S)
    assert await purse.left("customer", "two", 20 * S) == 400_000
    books.settle("one", 600_000)
    assert await purse.left("customer", "two", 30 * S) == 400_000


async def test_what_is_never_settled_does_not_weigh_for_ever() -> None:
    purse = Purse(Books(1_000_000))
    await purse.reserve("customer", "one", meter_of(0), 0)
    purse.leave("customer", "one", 600_000, 0)
    assert await purse.left("customer", "two", 3_601 * S) == 1_000_000


steps = st.tuples(st.sampled_from(["reserve", "end", "settle"]), st.integers(0, 4))


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 6_000_000), st.lists(steps, max_size=40))
def test_a_balance_is_never_overdrawn(balance: int, plan: list[tuple[str, int]]) -> None:
    async def run() -> None:
        books, now_us = Books(balance), 0
        purse = Purse(books)
        running: dict[str, tuple[Meter, int]] = {}
        ended: dict[str, int] = {}
        for count, (action, index) in enumerate(plan):
            now_us += 7 * S
            name = f"call-{index}"
            if action == "reserve":
                meter, _ = running.get(name, (meter_of(now_us), 0))
                until_us = await purse.reserve("customer", name, meter, now_us)
                if until_us > now_us:
                    running[name] = meter, until_us
                else:
                    purse.leave("customer", name, 0, now_us)
                    running.pop(name, None)
            elif action == "end" and name in running:
                meter, until_us = running.pop(name)
                cost = meter.cost(min(now_us, until_us))
                purse.leave("customer", name, cost, now_us)
                ended[f"{name}-{count}"] = cost
                books.settle(name, cost)  # at once: names are used again
        total = sum(meter.cost(until_us) for meter, until_us in running.values())
        assert books.balance - total >= 0

    asyncio.run(run())
