"""Tariffs in the database; where it has none for a currency, the one that ships with Dillo."""

import asyncio
from collections.abc import Sequence

from sqlalchemy import func, insert, select
from sqlalchemy.exc import IntegrityError

from dillo.accounts.errors import NoTariff, TariffExists, UnknownTariff
from dillo.accounts.ports import Change, TariffVersion
from dillo.model.ids import new_id
from dillo.rating import Tariff, default_tariff, parse_tariff, write_tariff
from dillo.store.audit import record_change
from dillo.store.database import Database
from dillo.store.tables import tariffs

# A deck of 100,000 prefixes takes some 15 MB.
_KEPT = 8

History = Sequence[tuple[int, str]]
"""When versions take effect and their ids, latest first."""


class SqlTariffs:
    """Versions of tariffs and when each takes effect (accounts.ports.TariffStore)."""

    def __init__(self, database: Database) -> None:
        self._database = database
        # Versions never change, so one that was read stays right.
        self._read: dict[str, Tariff] = {}

    async def add(self, tariff: Tariff, effective_us: int, change: Change) -> None:
        """Store a version of a tariff. Raises TariffExists."""
        row = {
            "id": new_id(),
            "name": tariff.name,
            "version": tariff.version,
            "currency": tariff.currency,
            "effective_us": effective_us,
            "body": write_tariff(tariff),
            "created_us": change.at_us,
            "prefixes": len(tariff.calls) + len(tariff.dials),
        }
        try:
            async with self._database.writing() as connection:
                await connection.execute(insert(tariffs), row)
                after = {name: row[name] for name in ("currency", "effective_us", "prefixes")}
                await record_change(connection, change, "tariff.add", tariff.label, after=after)
        except IntegrityError as error:
            raise TariffExists(f"tariff {tariff.label} exists already") from error

    async def at(self, currency: str, at_us: int) -> Tariff:
        """Return the tariff of a currency in force at a moment. Raises NoTariff."""
        return await self.in_force(await self.history(currency), currency, at_us)

    async def version(self, name: str, version: int) -> Tariff:
        """Return a version of a tariff. Raises UnknownTariff."""
        shipped = default_tariff()
        query = select(tariffs.c.id).where(tariffs.c.name == name, tariffs.c.version == version)
        async with self._database.reading() as connection:
            tariff_id = await connection.scalar(query)
        if tariff_id is not None:
            return await self._load(tariff_id)
        if (name, version) == (shipped.name, shipped.version):
            return shipped
        raise UnknownTariff(f"there is no tariff {name} v{version}")

    async def latest(self, name: str) -> int:
        """Return the highest version of a tariff, 0 where there is none."""
        query = select(func.max(tariffs.c.version)).where(tariffs.c.name == name)
        async with self._database.reading() as connection:
            stored = await connection.scalar(query) or 0
        shipped = default_tariff()
        return max(stored, shipped.version if name == shipped.name else 0)

    async def all(self) -> Sequence[TariffVersion]:
        """Return every version, the shipped one included, latest in effect first."""
        columns = tariffs.c
        query = select(
            columns.name, columns.version, columns.currency, columns.effective_us, columns.prefixes
        ).order_by(columns.effective_us.desc(), columns.id.desc())
        async with self._database.reading() as connection:
            stored = [TariffVersion(*row) for row in await connection.execute(query)]
        shipped = default_tariff()
        prefixes = len(shipped.calls) + len(shipped.dials)
        first = TariffVersion(shipped.name, shipped.version, shipped.currency, 0, prefixes)
        return [*stored, first]

    async def history(self, currency: str) -> History:
        """Return when each version of a currency takes effect and its id, latest first."""
        query = (
            select(tariffs.c.effective_us, tariffs.c.id)
            .where(tariffs.c.currency == currency)
            .order_by(tariffs.c.effective_us.desc(), tariffs.c.id.desc())
        )
        async with self._database.reading() as connection:
            return [(effective_us, version_id) for effective_us, version_id in
                    await connection.execute(query)]  # fmt: skip

    async def in_force(self, history: History, currency: str, at_us: int) -> Tariff:
        """Return the tariff in force at a moment, of a history read before. Raises NoTariff."""
        for effective_us, tariff_id in history:
            if effective_us <= at_us:
                return await self._load(tariff_id)
        if currency == default_tariff().currency:
            return default_tariff()
        raise NoTariff(f"there is no tariff in {currency}")

    async def _load(self, tariff_id: str) -> Tariff:
        if tariff_id not in self._read:
            query = select(tariffs.c.body).where(tariffs.c.id == tariff_id)
            async with self._database.reading() as connection:
                body = (await connection.execute(query)).scalar_one()
            while len(self._read) >= _KEPT:
                del self._read[next(iter(self._read))]
            # A deck of 100,000 prefixes takes a tenth of a second: calls go on meanwhile.
            self._read[tariff_id] = await asyncio.to_thread(parse_tariff, body)
        return self._read[tariff_id]
