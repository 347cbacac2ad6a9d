"""The books of accounts in the database: movements page by page, and whether all books agree."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from dillo.accounts.books import LedgerRow, Place, Reconciled
from dillo.accounts.ports import LedgerEntry
from dillo.model.moments import iso_ms
from dillo.rating.number import MONTH, SET_UP
from dillo.store.database import Database
from dillo.store.tables import calls, charge_lines, customers, ledger_entries, number_charges

FEES = (SET_UP, MONTH)
PAYMENTS = ("opening", "top-up", "adjustment")
"""Kinds of movements that are no charges; what is neither of these was charged for a call."""

_moved = ledger_entries.c


class SqlAccounting:
    """What was charged and paid (accounts.books.Books)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def ledger(
        self, customer_id: str, after: Place | None, limit: int
    ) -> Sequence[LedgerRow]:
        """Return movements of a customer's balance, newest first."""
        query = select(
            _moved.id,
            _moved.at_us,
            _moved.kind,
            _moved.reference,
            _moved.amount_micros,
            _moved.balance_micros,
        ).where(_moved.customer_id == customer_id)
        if after is not None:
            at_us, entry_id = after
            earlier = or_(_moved.at_us < at_us, (_moved.at_us == at_us) & (_moved.id < entry_id))
            query = query.where(earlier)
        query = query.order_by(_moved.at_us.desc(), _moved.id.desc()).limit(limit)
        async with self._database.reading() as connection:
            rows = await connection.execute(query)
            return [LedgerRow(entry_id, LedgerEntry(*rest)) for entry_id, *rest in rows]

    async def reconcile(self, customer_id: str | None = None) -> Sequence[Reconciled]:
        """Compare the books of every customer, or of one, in one snapshot."""
        everybody = select(
            customers.c.id, customers.c.name, customers.c.currency, customers.c.balance_micros
        ).order_by(customers.c.id)
        if customer_id is not None:
            everybody = everybody.where(customers.c.id == customer_id)
        owner, amount = _moved.customer_id, _moved.amount_micros
        async with self._database.reading() as connection:
            rows = (await connection.execute(everybody)).all()
            ledger = await _sums(connection, owner, amount)
            of_calls = await _sums(
                connection, owner, amount, _moved.kind.not_in((*FEES, *PAYMENTS))
            )
            of_numbers = await _sums(connection, owner, amount, _moved.kind.in_(FEES))
            lines = await _sums(
                connection,
                calls.c.customer_id,
                charge_lines.c.amount_micros,
                charge_lines.c.call_id == calls.c.id,
            )
            charges = await _sums(
                connection, number_charges.c.customer_id, number_charges.c.amount_micros
            )
            broken = await _broken(connection)
        return [
            Reconciled(
                *row,
                ledger_micros=ledger.get(row.id, 0),
                call_lines_micros=lines.get(row.id, 0),
                calls_charged_micros=-of_calls.get(row.id, 0),
                number_lines_micros=charges.get(row.id, 0),
                numbers_charged_micros=-of_numbers.get(row.id, 0),
                broken_at=broken.get(row.id),
            )
            for row in rows
        ]


async def _sums(
    connection: AsyncConnection,
    customer: ColumnElement[str],
    amount: ColumnElement[int],
    *conditions: ColumnElement[bool],
) -> dict[str, int]:
    query = select(customer, func.sum(amount)).where(*conditions).group_by(customer)
    # PostgreSQL sums big integers as numeric.
    return {each: int(total) for each, total in await connection.execute(query)}


async def _broken(connection: AsyncConnection) -> dict[str, str]:
    """Return when the balances of a ledger first go wrong, by customer."""
    columns = _moved
    running = (
        func.sum(columns.amount_micros)
        .over(partition_by=columns.customer_id, order_by=(columns.at_us, columns.id))
        .label("running")
    )
    chained = select(columns.customer_id, columns.at_us, columns.balance_micros, running).subquery()
    query = (
        select(chained.c.customer_id, func.min(chained.c.at_us))
        .where(chained.c.balance_micros != chained.c.running)
        .group_by(chained.c.customer_id)
    )
    return {each: iso_ms(at_us) for each, at_us in await connection.execute(query)}
