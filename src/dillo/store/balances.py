"""Balances as calls that go on need them."""

from collections.abc import Collection

from sqlalchemy import select

from dillo.model.errors import Unavailable
from dillo.rating import Tariff
from dillo.store.database import Database
from dillo.store.tables import calls, customers
from dillo.store.tariffs import SqlTariffs


class SqlBalances:
    """What the books say of prepaid customers (calls.purse.Balances)."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._tariffs = SqlTariffs(database)

    async def spendable(self, customer_id: str) -> int:
        """Return balance and credit, in micros. Raises Unavailable."""
        columns = customers.c
        query = select(columns.balance_micros + columns.credit_micros).where(
            columns.id == customer_id
        )
        async with self._database.reading() as connection:
            spendable = await connection.scalar(query)
        if spendable is None:
            raise Unavailable("the customer is gone")
        return int(spendable)

    async def settled(self, call_ids: Collection[str]) -> set[str]:
        """Return which of these calls are settled. Raises Unavailable."""
        if not call_ids:
            return set()
        query = select(calls.c.id).where(calls.c.id.in_(call_ids))
        async with self._database.reading() as connection:
            return set(await connection.scalars(query))

    async def tariff(self, currency: str, at_us: int) -> Tariff:
        """Return the tariff of a currency in force at a moment. Raises NoTariff, Unavailable."""
        return await self._tariffs.at(currency, at_us)
