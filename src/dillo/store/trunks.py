"""Trunks in the database."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Row, delete, insert, select
from sqlalchemy.exc import IntegrityError

from dillo.accounts.errors import TrunkExists, UnknownTrunk
from dillo.accounts.ports import Change, Trunk
from dillo.store.audit import raise_revision, record_change
from dillo.store.database import Database
from dillo.store.tables import trunk_prefixes, trunks

_TRUNK = select(
    trunks.c.id, trunks.c.name, trunks.c.hosts, trunks.c.username, trunks.c.sealed_password
)


class SqlTrunks:
    """The ways out to carriers (accounts.ports.TrunkStore)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, trunk: Trunk, change: Change) -> None:
        """Store a trunk. Raises TrunkExists where its name or one of its prefixes is taken."""
        row = {
            "id": trunk.id,
            "name": trunk.name,
            "hosts": " ".join(trunk.hosts),
            "username": trunk.username,
            "sealed_password": trunk.sealed_password,
            "created_us": change.at_us,
        }
        prefixes = [{"prefix": prefix, "trunk_id": trunk.id} for prefix in trunk.prefixes]
        try:
            async with self._database.writing() as connection:
                await connection.execute(insert(trunks), row)
                await connection.execute(insert(trunk_prefixes), prefixes)
                await raise_revision(connection)  # numbers may name it
                await record_change(
                    connection, change, "trunk.add", trunk.name, after=_audited(trunk)
                )
        except IntegrityError as error:
            taken = f"the name {trunk.name} or one of the prefixes is taken"
            raise TrunkExists(taken) from error

    async def all(self) -> Sequence[Trunk]:
        """Return every trunk by name, its prefixes in order."""
        prefixes = select(trunk_prefixes.c.trunk_id, trunk_prefixes.c.prefix)
        async with self._database.reading() as connection:
            rows = (await connection.execute(_TRUNK.order_by(trunks.c.name))).all()
            known = (await connection.execute(prefixes.order_by(trunk_prefixes.c.prefix))).all()
        return [
            _trunk(row, (prefix for trunk_id, prefix in known if trunk_id == row.id))
            for row in rows
        ]

    async def remove(self, name: str, change: Change) -> None:
        """Forget a trunk. Raises UnknownTrunk."""
        found = _TRUNK.where(trunks.c.name == name)
        async with self._database.writing() as connection:
            row = (await connection.execute(found)).first()
            if row is None:
                raise UnknownTrunk(f"there is no trunk {name}")
            trunk_id, prefixes = row.id, trunk_prefixes.c.prefix
            known = select(prefixes).where(trunk_prefixes.c.trunk_id == trunk_id).order_by(prefixes)
            before = _audited(_trunk(row, await connection.scalars(known)))
            await raise_revision(connection)
            await connection.execute(
                delete(trunk_prefixes).where(trunk_prefixes.c.trunk_id == trunk_id)
            )
            await connection.execute(delete(trunks).where(trunks.c.id == trunk_id))
            await record_change(connection, change, "trunk.remove", name, before=before)


def _trunk(row: Row[*tuple[Any, ...]], prefixes: Iterable[str]) -> Trunk:
    return Trunk(
        id=row.id,
        name=row.name,
        hosts=tuple(row.hosts.split()),
        prefixes=tuple(prefixes),
        username=row.username,
        sealed_password=row.sealed_password,
    )


def _audited(trunk: Trunk) -> dict[str, object]:
    return {"hosts": trunk.hosts, "prefixes": trunk.prefixes, "username": trunk.username}
