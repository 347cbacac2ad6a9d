"""Tariffs in the database; where it has none for a currency, the one that ships with Dillo."""

from collections.abc import Sequence
from functools import lru_cache

from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from dillo.accounts.errors import NoTariff, TariffExists
from dillo.accounts.ports import Change
from dillo.model.ids import new_id
from dillo.rating import Tariff, default_tariff, parse_tariff, write_tariff
from dillo.store.audit import record_change
from dillo.store.database import Database
from dillo.store.tables import tariffs

History = Sequence[tuple[int, Tariff]]


class SqlTariffs:
    """Versions of tariffs and when each takes effect (accounts.ports.TariffStore)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, tariff: Tariff, effective_us: int, change: Change) -> None:
        """Store a version of a tariff. Raises TariffExists."""
        row = {
            "id": new_id(),
            "name": tariff.name,
            "version": tariff.version,
            "currency": tariff.currency,
            "effective_us": effective_us,
            "body": write_tariff(tariff),
        }
        try:
            async with self._database.writing() as connection:
                await connection.execute(insert(tariffs), row)
                await record_change(connection, change, "tariff.add", tariff.label)
        except IntegrityError as error:
            raise TariffExists(f"tariff {tariff.label} exists already") from error

    async def at(self, currency: str, at_us: int) -> Tariff:
        """Return the tariff of a currency in force at a moment. Raises NoTariff."""
        return in_force(await self.history(currency), currency, at_us)

    async def history(self, currency: str) -> History:
        """Return the tariffs of a currency and when each takes effect, latest first."""
        query = (
            select(tariffs.c.effective_us, tariffs.c.body)
            .where(tariffs.c.currency == currency)
            .order_by(tariffs.c.effective_us.desc(), tariffs.c.version.desc())
        )
        async with self._database.reading() as connection:
            rows = await connection.execute(query)
            return [(effective_us, _parse(body)) for effective_us, body in rows]


def in_force(history: History, currency: str, at_us: int) -> Tariff:
    """Return the tariff in force at a moment. Raises NoTariff."""
    for effective_us, tariff in history:
        if effective_us <= at_us:
            return tariff
    if currency == default_tariff().currency:
        return default_tariff()
    raise NoTariff(f"there is no tariff in {currency}")


_parse = lru_cache(maxsize=256)(parse_tariff)
