"""Customers and their ledgers in the database."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, Select, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from dillo.accounts.errors import UnknownCustomer
from dillo.accounts.ports import Change, Customer, LedgerEntry, Limits
from dillo.model.ids import new_id
from dillo.model.money import to_decimal
from dillo.store.audit import raise_revision, record_change
from dillo.store.database import Database
from dillo.store.ledger import Movement, post
from dillo.store.tables import customers, ledger_entries


async def lock_customer(connection: AsyncConnection, customer_id: str) -> Customer:
    """Return a customer who stays so until the transaction ends. Raises UnknownCustomer."""
    return await _read(connection, _customer(customer_id).with_for_update(key_share=True))


def _customer(customer_id: str) -> Select[*tuple[Any, ...]]:
    return select(customers).where(customers.c.id == customer_id)


async def _read(connection: AsyncConnection, query: Select[*tuple[Any, ...]]) -> Customer:
    row = (await connection.execute(query)).first()
    if row is None:
        raise UnknownCustomer("there is no such customer")
    return customer_of(row)


def customer_of(row: Row[*tuple[Any, ...]]) -> Customer:
    """Return the customer that a row of the table is."""
    limits = Limits(row.max_concurrent_calls, row.max_calls_per_second, row.max_call_s)
    return Customer(
        id=row.id,
        name=row.name,
        currency=row.currency,
        is_prepaid=row.is_prepaid,
        balance_micros=row.balance_micros,
        is_suspended=row.is_suspended,
        limits=limits,
        credit_micros=row.credit_micros,
        closed_us=row.closed_us,
        created_us=row.created_us,
    )


class SqlCustomers:
    """Customers and their ledgers (accounts.ports.CustomerStore)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, customer: Customer, change: Change) -> None:
        """Store a customer, whose balance is the opening one."""
        row = {
            "id": customer.id,
            "name": customer.name,
            "currency": customer.currency,
            "is_prepaid": customer.is_prepaid,
            "balance_micros": 0,
            "is_suspended": customer.is_suspended,
            "max_concurrent_calls": customer.limits.max_concurrent_calls,
            "max_calls_per_second": customer.limits.max_calls_per_second,
            "max_call_s": customer.limits.max_call_s,
            "created_us": change.at_us,
            "credit_micros": customer.credit_micros,
        }
        opening = Movement(customer.id, "opening", customer.id, customer.balance_micros)
        async with self._database.writing() as connection:
            await connection.execute(insert(customers), row)
            await post(connection, [opening])
            after = {name: row[name] for name in ("name", "currency", "is_prepaid")}
            after["balance_micros"] = customer.balance_micros
            await record_change(
                connection, change, "customer.create", customer.id, customer.id, after=after
            )
            await raise_revision(connection)

    async def get(self, customer_id: str) -> Customer:
        """Return a customer. Raises UnknownCustomer."""
        async with self._database.reading() as connection:
            return await _read(connection, _customer(customer_id))

    async def suspend(self, customer_id: str, is_suspended: bool, change: Change) -> None:
        """Stop or resume a customer's calls. Raises UnknownCustomer."""
        action = "customer.suspend" if is_suspended else "customer.resume"
        setting = update(customers).where(customers.c.id == customer_id)
        async with self._database.writing() as connection:
            customer = await lock_customer(connection, customer_id)
            await connection.execute(setting.values(is_suspended=is_suspended))
            await record_change(
                connection,
                change,
                action,
                customer_id,
                customer_id,
                before={"is_suspended": customer.is_suspended},
                after={"is_suspended": is_suspended},
            )
            await raise_revision(connection)

    async def top_up(self, customer_id: str, amount_micros: int, change: Change) -> None:
        """Add to a balance. Raises UnknownCustomer."""
        async with self._database.writing() as connection:
            balance_micros = (await lock_customer(connection, customer_id)).balance_micros
            movement = Movement(customer_id, "top-up", new_id(), amount_micros)
            await post(connection, [movement])
            await record_change(
                connection,
                change,
                "customer.top-up",
                str(to_decimal(amount_micros)),
                customer_id,
                before={"balance_micros": balance_micros},
                after={"balance_micros": balance_micros + amount_micros},
            )

    async def lend(self, customer_id: str, credit_micros: int, change: Change) -> None:
        """Set how far below zero a balance may fall. Raises UnknownCustomer."""
        setting = update(customers).where(customers.c.id == customer_id)
        async with self._database.writing() as connection:
            customer = await lock_customer(connection, customer_id)
            await connection.execute(setting.values(credit_micros=credit_micros))
            await record_change(
                connection,
                change,
                "customer.lend",
                str(to_decimal(credit_micros)),
                customer_id,
                before={"credit_micros": customer.credit_micros},
                after={"credit_micros": credit_micros},
            )
            await raise_revision(connection)

    async def ledger(self, customer_id: str) -> Sequence[LedgerEntry]:
        """Return the movements of a balance, oldest first."""
        columns = ledger_entries.c
        query = (
            select(
                columns.at_us,
                columns.kind,
                columns.reference,
                columns.amount_micros,
                columns.balance_micros,
            )
            .where(columns.customer_id == customer_id)
            .order_by(columns.at_us, columns.id)
        )
        async with self._database.reading() as connection:
            return [LedgerEntry(*row) for row in await connection.execute(query)]
