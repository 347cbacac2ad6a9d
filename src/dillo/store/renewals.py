"""Months of numbers in the database: what is due, and charging it once."""

from collections.abc import Sequence

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from dillo.accounts.numbers import DAY_US
from dillo.accounts.ports import Change, Customer
from dillo.accounts.renewals import Holding, Renewed, Terms
from dillo.model.moments import iso_ms
from dillo.model.money import to_decimal
from dillo.model.periods import months_after
from dillo.rating import ChargeLine
from dillo.store.alerts import Notice, tell
from dillo.store.audit import record_change
from dillo.store.customers import lock_customer
from dillo.store.database import Database
from dillo.store.numbers import NUMBER, as_number, charge, end_holding
from dillo.store.tables import customers, number_holders, numbers

_HOLDING = (
    NUMBER.add_columns(
        number_holders.c.id.label("holding_id"),
        number_holders.c.customer_id.label("holder_id"),
        customers.c.currency,
        number_holders.c.from_us,
        number_holders.c.months_paid,
        number_holders.c.paid_until_us,
        number_holders.c.grace_until_us,
    )
    .join(number_holders, number_holders.c.number_id == numbers.c.id)
    .join(customers, customers.c.id == number_holders.c.customer_id)
    .where(number_holders.c.until_us.is_(None))
)


class SqlRenewals:
    """Numbers by when their next month begins (accounts.renewals.Renewals)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def due(self, at_us: int, after_id: str, limit: int) -> Sequence[Holding]:
        """Return holdings that are paid up to a moment at most, by id."""
        held = number_holders.c
        query = _HOLDING.where(held.paid_until_us <= at_us, held.id > after_id)
        async with self._database.reading() as connection:
            rows = await connection.execute(query.order_by(held.id).limit(limit))
            return [
                Holding(
                    row.holding_id,
                    as_number(row),
                    row.holder_id,
                    row.currency,
                    row.from_us,
                    row.months_paid,
                    row.paid_until_us,
                    row.grace_until_us,
                )
                for row in rows
            ]

    async def renew(
        self, holding: Holding, month: ChargeLine, terms: Terms, change: Change
    ) -> Renewed:
        """Charge the next month of a holding, or note that it could not be, or release it."""
        async with self._database.writing() as connection:
            customer = await lock_customer(connection, holding.customer_id)
            if not await _is_still_due(connection, holding):
                return Renewed.SETTLED
            if not customer.is_prepaid or customer.spendable_micros >= month.amount_micros:
                await _pay(connection, holding, month, change)
                return Renewed.PAID
            if holding.grace_until_us is None:
                await _begin_grace(connection, holding, customer, month, terms, change)
                return Renewed.UNPAID
            if change.at_us < holding.grace_until_us:
                return Renewed.UNPAID
            free_from_us = change.at_us + int(terms.quarantine_days * DAY_US)
            await end_holding(connection, holding.number, free_from_us, change)
            notice = _notice("number.released", holding, customer, month, change.at_us)
            await tell(connection, [notice])
            return Renewed.RELEASED


async def _is_still_due(connection: AsyncConnection, holding: Holding) -> bool:
    # Renewals of one customer queue for the customer's row, so what is found here stays so.
    held = number_holders.c
    query = select(held.months_paid).where(held.id == holding.id, held.until_us.is_(None))
    return await connection.scalar(query) == holding.months_paid


async def _pay(
    connection: AsyncConnection, holding: Holding, month: ChargeLine, change: Change
) -> None:
    months_paid = holding.months_paid + 1
    await charge(connection, holding.id, holding.customer_id, month, months_paid, change)
    paying = update(number_holders).where(number_holders.c.id == holding.id)
    await connection.execute(
        paying.values(
            months_paid=months_paid,
            paid_until_us=months_after(holding.from_us, months_paid),
            grace_until_us=None,
        )
    )


async def _begin_grace(
    connection: AsyncConnection,
    holding: Holding,
    customer: Customer,
    month: ChargeLine,
    terms: Terms,
    change: Change,
) -> None:
    until_us = change.at_us + int(terms.grace_days * DAY_US)
    waiting = update(number_holders).where(number_holders.c.id == holding.id)
    await connection.execute(waiting.values(grace_until_us=until_us))
    e164 = holding.number.e164
    after = {"grace_until_us": until_us}
    await record_change(connection, change, "number.unpaid", e164, holding.customer_id, after=after)
    await tell(connection, [_notice("number.unpaid", holding, customer, month, until_us)])


def _notice(
    event: str, holding: Holding, customer: Customer, month: ChargeLine, until_us: int
) -> Notice:
    return Notice(
        holding.customer_id,
        event,
        f"{holding.id}/{holding.months_paid + 1}",
        {
            "Number": holding.number.e164,
            "Fee": to_decimal(month.amount_micros),
            "Balance": to_decimal(customer.balance_micros),
            "Currency": customer.currency,
            "ReleasedOnUtc": iso_ms(until_us),
        },
    )
