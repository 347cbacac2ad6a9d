"""The point reads of every call: the directory's revision, and a prepaid customer's balance."""

import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from dillo.model.errors import Unavailable
from dillo.store.address import is_postgresql, postgresql_dsn, sqlite_path

if TYPE_CHECKING:
    from dillo.store.postgresql import Reader

_REVISION = "SELECT revision FROM directory_revision WHERE id = 1"
_SPENDABLE = "SELECT balance_micros + credit_micros FROM customers WHERE id = {}"


class Pulse(Protocol):
    """The point reads of every call."""

    async def revision(self) -> int:
        """Return the directory's revision. Raises Unavailable."""

    async def spendable_micros(self, customer_id: str) -> int:
        """Return a customer's balance and credit. Raises Unavailable."""

    async def close(self) -> None:
        """Close the connections; they open again when needed."""


def pulse_of(url: str) -> Pulse:
    """Return the point reads of a database. Raises InvalidDatabaseUrl."""
    if is_postgresql(url):
        # Imported here: whoever has SQLite need not wait for the driver.
        from dillo.store.postgresql import Reader

        return PostgresqlPulse(Reader(postgresql_dsn(url), connections=4))
    return SqlitePulse(sqlite_path(url))


class SqlitePulse:
    """Reads of about 10 µs, made on the spot: writers never block readers of a WAL, and handing so
    short a query to a thread would cost several times as much.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._connection: sqlite3.Connection | None = None

    async def revision(self) -> int:
        """Return the directory's revision. Raises Unavailable."""
        return self._read(_REVISION, ())

    async def spendable_micros(self, customer_id: str) -> int:
        """Return a customer's balance and credit. Raises Unavailable."""
        return self._read(_SPENDABLE.format("?"), (customer_id,))

    async def close(self) -> None:
        """Close the connection."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _read(self, query: str, parameters: tuple[str, ...]) -> int:
        try:
            if self._connection is None:
                uri = f"{self._path.absolute().as_uri()}?mode=ro"
                self._connection = sqlite3.connect(uri, uri=True, timeout=1, isolation_level=None)
            return int(self._connection.execute(query, parameters).fetchone()[0])
        except sqlite3.OperationalError as error:
            raise Unavailable(f"the database does not answer: {error}") from error


class PostgresqlPulse:
    """Reads of one round trip each."""

    def __init__(self, reader: "Reader") -> None:
        self._reader = reader

    async def revision(self) -> int:
        """Return the directory's revision. Raises Unavailable."""
        return await self._read(_REVISION)

    async def spendable_micros(self, customer_id: str) -> int:
        """Return a customer's balance and credit. Raises Unavailable."""
        return await self._read(_SPENDABLE.format("$1"), customer_id)

    async def close(self) -> None:
        """Close the connections."""
        await self._reader.close()

    async def _read(self, query: str, *arguments: object) -> int:
        ((value,),) = await self._reader.fetch(query, *arguments)
        return int(value)
