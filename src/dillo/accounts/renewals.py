"""Monthly fees: charged by a job, once for each number and month; what stays unpaid is released.

A month begins at the day and time of day at which the number was bought. A prepaid customer whose
balance and credit do not cover it keeps the number for a grace of some days, in which every run of
the job tries again; then the number is released, as if its holder had done so.
"""

import enum
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from dillo.accounts.numbers import QUARANTINE_DAYS
from dillo.accounts.ports import Change, Number, Registry
from dillo.rating import ChargeLine, rate_number

GRACE_DAYS = 7
"""How long a month may be paid late."""

_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Holding:
    """A number that somebody holds, and what of it is paid."""

    id: str
    number: Number
    customer_id: str
    currency: str
    from_us: int
    months_paid: int
    paid_until_us: int
    grace_until_us: int | None


class Renewed(enum.StrEnum):
    """What became of a month that was due."""

    PAID = "paid"
    UNPAID = "unpaid"
    RELEASED = "released"
    SETTLED = "settled"
    """Nothing was due any more: another run was faster, or the number was released."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What happens to what is not paid."""

    grace_days: float = GRACE_DAYS
    quarantine_days: float = QUARANTINE_DAYS


class Renewals(Protocol):
    """Numbers by when their next month begins; every method is one transaction."""

    async def due(self, at_us: int, after_id: str, limit: int) -> Sequence[Holding]:
        """Return holdings that are paid up to a moment at most, by id."""

    async def renew(
        self, holding: Holding, month: ChargeLine, terms: Terms, change: Change
    ) -> Renewed:
        """Charge the next month of a holding, or note that it could not be, or release it."""


async def renew_due(
    registry: Registry, renewals: Renewals, change: Change, terms: Terms | None = None
) -> Counter[Renewed]:
    """Charge every month that has begun by now, and return what became of them.

    It can be broken off and run again at any time, and twice at once: a month is charged once.
    """
    outcomes: Counter[Renewed] = Counter()
    while due := await _round(registry, renewals, change, terms or Terms(), outcomes):
        if not due[Renewed.PAID]:  # of a number that was not looked after there may be more months
            break
    return outcomes


async def _round(
    registry: Registry,
    renewals: Renewals,
    change: Change,
    terms: Terms,
    outcomes: Counter[Renewed],
) -> Counter[Renewed]:
    """Renew each holding that is due by one month."""
    found: Counter[Renewed] = Counter()
    after_id = ""
    while holdings := await renewals.due(change.at_us, after_id, _AT_ONCE):
        for holding in holdings:
            # Each month is priced by the tariff in force when it begins.
            tariff = await registry.tariffs.at(holding.currency, holding.paid_until_us)
            number = holding.number
            _, month = rate_number(tariff, number.number_type, number.own_fees)
            found[await renewals.renew(holding, month, terms, change)] += 1
        after_id = holdings[-1].id
    outcomes.update(found)
    return found
