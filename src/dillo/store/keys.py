"""API keys in the database, found by their SHA-256."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from dillo.accounts.errors import UnknownKey
from dillo.accounts.ports import ApiKey, Change
from dillo.accounts.roles import Role
from dillo.store.audit import record_change
from dillo.store.customers import lock_customer
from dillo.store.database import Database
from dillo.store.tables import api_keys

_columns = api_keys.c
_KEY = select(
    _columns.id,
    _columns.customer_id,
    _columns.name,
    _columns.created_us,
    _columns.last_used_us,
    _columns.revoked_us,
    _columns.role,
    _columns.expires_us,
)


class SqlKeys:
    """API keys by their SHA-256 (accounts.key_store.KeyStore)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, key: ApiKey, key_sha256: str, change: Change) -> None:
        """Store a key. Raises UnknownCustomer."""
        async with self._database.writing() as connection:
            if key.customer_id is not None:
                await lock_customer(connection, key.customer_id)
            await connection.execute(insert(api_keys), _row(key, key_sha256))
            after = {"name": key.name, "role": key.role}
            await record_change(
                connection, change, "key.issue", key.id, key.customer_id, after=after
            )

    async def find(self, key_sha256: str) -> ApiKey | None:
        """Return the key with this hash, revoked ones too."""
        query = _KEY.where(_columns.key_sha256 == key_sha256)
        async with self._database.reading() as connection:
            row = (await connection.execute(query)).first()
        return None if row is None else _key(row)

    async def touch(self, key_id: str, at_us: int) -> None:
        """Note when a key was last used."""
        statement = update(api_keys).where(_columns.id == key_id).values(last_used_us=at_us)
        async with self._database.writing() as connection:
            await connection.execute(statement)

    async def get(self, customer_id: str | None, key_id: str) -> ApiKey:
        """Return a key, revoked ones too. Raises UnknownKey."""
        async with self._database.reading() as connection:
            return await _get(connection, customer_id, key_id)

    async def rename(
        self, customer_id: str | None, key_id: str, name: str, change: Change
    ) -> ApiKey:
        """Give a key another name. Raises UnknownKey where it is none of theirs, or was revoked."""
        async with self._database.writing() as connection:
            old = await _get(connection, customer_id, key_id)
            await _set(connection, customer_id, key_id, name=name)
            await record_change(
                connection,
                change,
                "key.rename",
                key_id,
                customer_id,
                before={"name": old.name},
                after={"name": name},
            )
            return await _get(connection, customer_id, key_id)

    async def replace(
        self, old: ApiKey, new: ApiKey, key_sha256: str, until_us: int, change: Change
    ) -> None:
        """Store a key in the place of one that ends at `until_us`, if it does not end before.

        Raises UnknownKey where the old one was revoked.
        """
        ends_us = min(until_us, old.expires_us or until_us)
        async with self._database.writing() as connection:
            await _set(connection, old.customer_id, old.id, expires_us=ends_us)
            await connection.execute(insert(api_keys), _row(new, key_sha256))
            after = {"replaced_by": new.id, "expires_us": ends_us}
            await record_change(
                connection, change, "key.rotate", old.id, old.customer_id, after=after
            )

    async def revoke(self, customer_id: str | None, key_id: str, change: Change) -> None:
        """Make a key worthless. Raises UnknownKey where it is none of theirs, or was revoked."""
        async with self._database.writing() as connection:
            await _set(connection, customer_id, key_id, revoked_us=change.at_us)
            await record_change(
                connection,
                change,
                "key.revoke",
                key_id,
                customer_id,
                before={"revoked_us": None},
                after={"revoked_us": change.at_us},
            )

    async def of(self, customer_id: str | None) -> Sequence[ApiKey]:
        """Return a customer's keys, oldest first."""
        query = _KEY.where(_belongs_to(customer_id)).order_by(_columns.created_us, _columns.id)
        async with self._database.reading() as connection:
            return [_key(row) for row in await connection.execute(query)]

    async def page(
        self, customer_id: str | None, after_id: str | None, limit: int
    ) -> Sequence[ApiKey]:
        """Return keys, newest first, those after one of them."""
        query = _KEY.where(_belongs_to(customer_id)).order_by(_columns.id.desc()).limit(limit)
        if after_id is not None:
            query = query.where(_columns.id < after_id)
        async with self._database.reading() as connection:
            return [_key(row) for row in await connection.execute(query)]


def _belongs_to(customer_id: str | None) -> ColumnElement[bool]:
    return (
        _columns.customer_id.is_(None)
        if customer_id is None
        else _columns.customer_id == customer_id
    )


async def _get(connection: AsyncConnection, customer_id: str | None, key_id: str) -> ApiKey:
    query = _KEY.where(_belongs_to(customer_id), _columns.id == key_id)
    row = (await connection.execute(query)).first()
    if row is None:
        raise UnknownKey(f"there is no key {key_id}")
    return _key(row)


async def _set(
    connection: AsyncConnection, customer_id: str | None, key_id: str, **values: object
) -> None:
    is_living = (_belongs_to(customer_id), _columns.id == key_id, _columns.revoked_us.is_(None))
    statement = update(api_keys).where(*is_living).values(values)
    if (await connection.execute(statement)).rowcount == 0:
        raise UnknownKey(f"there is no key {key_id} that is not revoked")


def _key(row: Row[*tuple[Any, ...]]) -> ApiKey:
    fields = row._asdict()
    return ApiKey(**fields | {"role": Role(fields["role"])})


def _row(key: ApiKey, key_sha256: str) -> dict[str, object]:
    return {
        "id": key.id,
        "customer_id": key.customer_id,
        "name": key.name,
        "key_sha256": key_sha256,
        "created_us": key.created_us,
        "role": key.role.value,
        "expires_us": key.expires_us,
    }
