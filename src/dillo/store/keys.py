"""API keys in the database, found by their SHA-256."""

from collections.abc import Sequence

from sqlalchemy import insert, select, update

from dillo.accounts.errors import UnknownKey
from dillo.accounts.ports import ApiKey, Change
from dillo.store.audit import record_change
from dillo.store.customers import lock_customer
from dillo.store.database import Database
from dillo.store.tables import api_keys

_KEY = select(
    api_keys.c.id,
    api_keys.c.customer_id,
    api_keys.c.name,
    api_keys.c.created_us,
    api_keys.c.last_used_us,
    api_keys.c.revoked_us,
)


class SqlKeys:
    """API keys by their SHA-256 (accounts.ports.KeyStore)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, key: ApiKey, key_sha256: str, change: Change) -> None:
        """Store a key. Raises UnknownCustomer."""
        row = {
            "id": key.id,
            "customer_id": key.customer_id,
            "name": key.name,
            "key_sha256": key_sha256,
            "created_us": key.created_us,
        }
        async with self._database.writing() as connection:
            await lock_customer(connection, key.customer_id)
            await connection.execute(insert(api_keys), row)
            await record_change(connection, change, "key.issue", key.id, key.customer_id)

    async def find(self, key_sha256: str) -> ApiKey | None:
        """Return the key with this hash, revoked ones too."""
        query = _KEY.where(api_keys.c.key_sha256 == key_sha256)
        async with self._database.reading() as connection:
            row = (await connection.execute(query)).first()
        return None if row is None else ApiKey(*row)

    async def touch(self, key_id: str, at_us: int) -> None:
        """Note when a key was last used."""
        statement = update(api_keys).where(api_keys.c.id == key_id).values(last_used_us=at_us)
        async with self._database.writing() as connection:
            await connection.execute(statement)

    async def revoke(self, customer_id: str, key_id: str, change: Change) -> None:
        """Make a key worthless. Raises UnknownKey where it is none of theirs, or was revoked."""
        columns = api_keys.c
        statement = (
            update(api_keys)
            .where(
                columns.id == key_id,
                columns.customer_id == customer_id,
                columns.revoked_us.is_(None),
            )
            .values(revoked_us=change.at_us)
        )
        async with self._database.writing() as connection:
            if (await connection.execute(statement)).rowcount == 0:
                raise UnknownKey(f"the customer has no key {key_id} that could be revoked")
            await record_change(connection, change, "key.revoke", key_id, customer_id)

    async def of(self, customer_id: str) -> Sequence[ApiKey]:
        """Return a customer's keys, oldest first."""
        query = _KEY.where(api_keys.c.customer_id == customer_id).order_by(api_keys.c.created_us)
        async with self._database.reading() as connection:
            return [ApiKey(*row) for row in await connection.execute(query)]
