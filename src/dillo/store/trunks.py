"""Trunks in the database."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Delete, Row, delete, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from dillo.accounts.errors import TrunkExists, TrunkInUse, UnknownTrunk
from dillo.accounts.ports import Change, Trunk
from dillo.store.audit import raise_revision, record_change
from dillo.store.database import Database
from dillo.store.tables import numbers, trunk_prefixes, trunks

_TRUNK = select(
    trunks.c.id, trunks.c.name, trunks.c.hosts, trunks.c.username, trunks.c.sealed_password
)

_NUMBERS_TOLD = 3


class SqlTrunks:
    """The ways out to carriers (accounts.ports.TrunkStore)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, trunk: Trunk, change: Change) -> None:
        """Store a trunk. Raises TrunkExists where its name or one of its prefixes is taken."""
        row = {
            "id": trunk.id,
            **_way(trunk),
            "created_us": change.at_us,
        }
        try:
            async with self._database.writing() as connection:
                await connection.execute(insert(trunks), row)
                await connection.execute(insert(trunk_prefixes), _prefixes(trunk))
                await raise_revision(connection)  # numbers may name it
                await record_change(
                    connection, change, "trunk.add", trunk.name, after=_audited(trunk)
                )
        except IntegrityError as error:
            raise _taken(trunk) from error

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

    async def get(self, name: str) -> Trunk:
        """Return a trunk. Raises UnknownTrunk."""
        async with self._database.reading() as connection:
            return await _get(connection, trunks.c.name == name, name)

    async def change(self, trunk: Trunk, change: Change) -> None:
        """Set all of a trunk; numbers that name it follow where its name is a new one.

        Raises UnknownTrunk, TrunkExists where its name or one of its prefixes is taken.
        """
        try:
            async with self._database.writing() as connection:
                known = await _get(connection, trunks.c.id == trunk.id, trunk.name)
                await connection.execute(_prefixes_of(known))
                await connection.execute(insert(trunk_prefixes), _prefixes(trunk))
                changing = update(trunks).where(trunks.c.id == trunk.id)
                await connection.execute(changing.values(_way(trunk)))
                if trunk.name != known.name:
                    following = update(numbers).where(numbers.c.trunk == known.name)
                    await connection.execute(following.values(trunk=trunk.name))
                await raise_revision(connection)
                before, after = _difference(known, trunk)
                await record_change(
                    connection, change, "trunk.change", known.name, before=before, after=after
                )
        except IntegrityError as error:
            raise _taken(trunk) from error

    async def remove(self, name: str, change: Change) -> None:
        """Forget a trunk. Raises UnknownTrunk, TrunkInUse where numbers name it."""
        async with self._database.writing() as connection:
            known = await _get(connection, trunks.c.name == name, name)
            await raise_revision(connection)
            await _check_unused(connection, name)
            await connection.execute(_prefixes_of(known))
            await connection.execute(delete(trunks).where(trunks.c.id == known.id))
            await record_change(connection, change, "trunk.remove", name, before=_audited(known))


async def _get(connection: AsyncConnection, which: ColumnElement[bool], name: str) -> Trunk:
    row = (await connection.execute(_TRUNK.where(which))).first()
    if row is None:
        raise UnknownTrunk(f"there is no trunk {name}")
    prefixes = trunk_prefixes.c.prefix
    known = select(prefixes).where(trunk_prefixes.c.trunk_id == row.id).order_by(prefixes)
    return _trunk(row, await connection.scalars(known))


async def _check_unused(connection: AsyncConnection, name: str) -> None:
    query = select(numbers.c.e164).where(numbers.c.trunk == name).order_by(numbers.c.e164)
    named_by = (await connection.scalars(query.limit(_NUMBERS_TOLD + 1))).all()
    if named_by:
        more = ", …" if len(named_by) > _NUMBERS_TOLD else ""
        told = ", ".join(named_by[:_NUMBERS_TOLD])
        raise TrunkInUse(f"{told}{more} take calls from {name} only: change these numbers first")


def _prefixes_of(trunk: Trunk) -> Delete:
    return delete(trunk_prefixes).where(trunk_prefixes.c.trunk_id == trunk.id)


def _prefixes(trunk: Trunk) -> list[dict[str, str]]:
    return [{"prefix": prefix, "trunk_id": trunk.id} for prefix in trunk.prefixes]


def _way(trunk: Trunk) -> dict[str, str | None]:
    return {
        "name": trunk.name,
        "hosts": " ".join(trunk.hosts),
        "username": trunk.username,
        "sealed_password": trunk.sealed_password,
    }


def _trunk(row: Row[*tuple[Any, ...]], prefixes: Iterable[str]) -> Trunk:
    return Trunk(
        id=row.id,
        name=row.name,
        hosts=tuple(row.hosts.split()),
        prefixes=tuple(prefixes),
        username=row.username,
        sealed_password=row.sealed_password,
    )


def _difference(before: Trunk, after: Trunk) -> tuple[dict[str, object], dict[str, object]]:
    """Return what is no longer as it was, and as what; of a password only that it changed."""
    old = {"name": before.name, **_audited(before)}
    new = {"name": after.name, **_audited(after)}
    changed = {name for name in old if old[name] != new[name]}
    told: dict[str, object] = {name: new[name] for name in new if name in changed}
    if before.sealed_password != after.sealed_password:
        told["is_password_new"] = True
    return {name: old[name] for name in old if name in changed}, told


def _taken(trunk: Trunk) -> TrunkExists:
    return TrunkExists(f"the name {trunk.name} or one of the prefixes is taken")


def _audited(trunk: Trunk) -> dict[str, object]:
    return {"hosts": trunk.hosts, "prefixes": trunk.prefixes, "username": trunk.username}
