"""What prepaid customers still have for calls that go on, shared by all calls of the node.

A call reserves what it will cost for a minute ahead; the next one finds only what is left. When a
call ends, its cost stays reserved until the ledger has it. So however many calls a customer has at
once, together they cost no more than balance and credit hold, except for what comes after a call
(a transcription). Several nodes do not know of each other's reservations: there a balance may be
overdrawn by what the calls of the other nodes have reserved, a minute of each.
"""

from collections import defaultdict
from collections.abc import Collection
from typing import Protocol

from dillo.rating import Tariff
from dillo.rating.meter import Meter

AHEAD_US = 60_000_000
_SETTLED_WITHIN_US = 3_600_000_000
"""What is not settled by then was set aside: it waits for the operator, and is not charged."""


class Balances(Protocol):
    """What the books say. Every method raises Unavailable."""

    async def spendable(self, customer_id: str) -> int:
        """Return balance and credit, in micros."""

    async def settled(self, call_ids: Collection[str]) -> set[str]:
        """Return which of these calls are settled."""

    async def tariff(self, currency: str, at_us: int) -> Tariff:
        """Return the tariff of a currency in force at a moment. Raises NoTariff."""


class Purse:
    """Reservations of the calls of this node."""

    def __init__(self, balances: Balances) -> None:
        self.balances = balances
        self._running: defaultdict[str, dict[str, int]] = defaultdict(dict)
        self._settling: defaultdict[str, dict[str, tuple[int, int]]] = defaultdict(dict)
        """What ended calls have cost, and when they ended."""

    async def reserve(self, customer_id: str, call_id: str, meter: Meter, now_us: int) -> int:
        """Reserve a call's next minute, or as much as there is; return until when it is covered.

        Raises Unavailable; what was reserved stays so.
        """
        left = await self.left(customer_id, call_id, now_us)
        until_us = meter.lasts_until(left, now_us, now_us + AHEAD_US)
        self._running[customer_id][call_id] = meter.cost(until_us)
        return until_us

    async def left(self, customer_id: str, call_id: str, now_us: int) -> int:
        """Return what a call may use of what its customer has. Raises Unavailable.

        Who has overdrawn has nothing, and can have what costs nothing.
        """
        settling = self._settling[customer_id]
        for old in [each for each, (_, at) in settling.items() if at < now_us - _SETTLED_WITHIN_US]:
            del settling[old]
        # In this order: a call that is settled in between is counted twice, never not at all.
        for settled in await self.balances.settled(tuple(settling)):
            settling.pop(settled, None)
        spendable = await self.balances.spendable(customer_id)
        others = sum(
            micros for other, micros in self._running[customer_id].items() if other != call_id
        )
        return max(0, spendable - others - sum(cost for cost, _ in settling.values()))

    def leave(self, customer_id: str, call_id: str, cost_micros: int, at_us: int) -> None:
        """Keep of a reservation what the call has cost, until it is settled."""
        if self._running[customer_id].pop(call_id, None) is not None:
            self._settling[customer_id][call_id] = cost_micros, at_us
        if not self._running[customer_id]:
            del self._running[customer_id]
