"""Tariffs in the database; where it has none for a currency, the one that ships with Dillo."""

from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from dillo.accounts.errors import NoTariff, TariffExists
from dillo.accounts.ports import Change
from dillo.model.ids import new_id
from dillo.rating import Tariff, default_tariff, parse_tariff, write_tariff
from dillo.store.audit import record_change
from dillo.store.database import Database
from dillo.store.tables import tariffs


class SqlTariffs:
    """Versions of tariffs and when each takes effect (accounts.ports.TariffStore)."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._parsed: dict[str, Tariff] = {}

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
        query = (
            select(tariffs.c.id, tariffs.c.body)
            .where(tariffs.c.currency == currency, tariffs.c.effective_us <= at_us)
            .order_by(tariffs.c.effective_us.desc(), tariffs.c.id.desc())
            .limit(1)
        )
        async with self._database.reading() as connection:
            row = (await connection.execute(query)).first()
        if row is not None:
            return self._parse(row.id, row.body)
        if currency == default_tariff().currency:
            return default_tariff()
        raise NoTariff(f"there is no tariff in {currency}")

    def _parse(self, tariff_id: str, body: str) -> Tariff:
        if tariff_id not in self._parsed:
            self._parsed[tariff_id] = parse_tariff(body)
        return self._parsed[tariff_id]
