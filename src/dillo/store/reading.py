"""What the web process reads for customers' systems: keys, pages of calls, recordings."""

import hashlib
import hmac
import re
import sqlite3
from collections.abc import Generator
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeVar

from dillo.model.clock import now_us
from dillo.model.errors import Unavailable
from dillo.store.address import is_postgresql, postgresql_dsn, sqlite_path
from dillo.store.statistics import CallPage, Query, Rows, find_page, load_statements

if TYPE_CHECKING:
    from dillo.store.postgresql import Reader

_BUSY_TIMEOUT_S = 1.0
_MAPPED = 1 << 31
"""Octets of the file that are read where the kernel has them: a fifth of a page's time less."""

_PARAMETER = re.compile(r":([a-z_0-9]+)")

T = TypeVar("T")


class Reading(Protocol):
    """Every method is one consistent snapshot.

    Every method raises Unavailable where the database does not answer.
    """

    async def verify(self, customer_code: str, api_key: str) -> str | None:
        """Return the customer's id if the key is theirs and not revoked."""

    async def page(
        self,
        customer_id: str,
        number: str,
        *,
        start_us: int,
        end_us: int,
        skip: int,
        take: int,
        as_of_us: int | None,
    ) -> CallPage | None:
        """Return a page of calls, None where the customer never held the number."""

    async def recording_path(self, customer_id: str, recording_id: str) -> tuple[str, bool] | None:
        """Return a recording's path below the recordings folder and whether its time is over.

        None where it is not theirs.
        """

    async def close(self) -> None:
        """Close the connections; they open again when needed."""


def open_reading(url: str) -> Reading:
    """Return the reads of a database. Raises InvalidDatabaseUrl."""
    if is_postgresql(url):
        # Imported here: whoever has SQLite need not wait for the driver.
        from dillo.store.postgresql import Reader

        return PostgresqlReading(Reader(postgresql_dsn(url), connections=10))
    return SqliteReading(sqlite_path(url))


class _Answers:
    """What all databases have in common: which queries answer what."""

    async def verify(self, customer_code: str, api_key: str) -> str | None:
        """Return the customer's id if the key is theirs and not revoked."""
        key_sha256 = hashlib.sha256(api_key.encode()).hexdigest()
        parameters: dict[str, str | int] = {"key_sha256": key_sha256, "now_us": now_us()}
        rows = await self._ask(Query("key_owner", parameters))
        owner = str(rows[0][0]) if rows else ""
        is_owner = hmac.compare_digest(owner.encode(), customer_code.lower().encode())
        return owner if rows and is_owner else None

    async def page(
        self,
        customer_id: str,
        number: str,
        *,
        start_us: int,
        end_us: int,
        skip: int,
        take: int,
        as_of_us: int | None,
    ) -> CallPage | None:
        """Return a page of calls, None where the customer never held the number."""
        period_us, paging = (start_us, end_us), (skip, take)
        return await self._run(find_page(customer_id, number, period_us, paging, as_of_us))

    async def recording_path(self, customer_id: str, recording_id: str) -> tuple[str, bool] | None:
        """Return a recording's path below the recordings folder and whether its time is over.

        None where it is not theirs.
        """
        parameters: dict[str, str | int] = {
            "recording_id": recording_id,
            "customer_id": customer_id,
            "now_us": now_us(),
        }
        rows = await self._ask(Query("recording_path", parameters))
        return (str(rows[0][0]), bool(rows[0][1])) if rows else None

    async def _ask(self, query: Query) -> Rows:
        raise NotImplementedError

    async def _run(self, asking: Generator[Query, Rows, T]) -> T:
        raise NotImplementedError


class SqliteReading(_Answers):
    """A read-only connection, used without leaving the event loop.

    A page takes 0.1 to 0.2 ms. Handing it to a thread and back costs as much again, because sqlite3
    gives the interpreter lock away at every row and gets it back only when the busy loop lets go.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._statements = load_statements()
        self._connection: sqlite3.Connection | None = None

    async def close(self) -> None:
        """Close the connection; it opens again when needed."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    async def _ask(self, query: Query) -> Rows:
        return self._execute(self._statements[query.name], query.parameters)

    async def _run(self, asking: Generator[Query, Rows, T]) -> T:
        self._execute("BEGIN", {})
        try:
            query = next(asking)
            while True:
                rows = self._execute(self._statements[query.name], query.parameters)
                query = asking.send(rows)
        except StopIteration as answer:
            result: T = answer.value
            return result
        finally:
            self._execute("COMMIT", {})

    def _execute(self, statement: str, parameters: dict[str, str | int]) -> Rows:
        try:
            if self._connection is None:
                self._connection = _open(self._path)
            return self._connection.execute(statement, parameters).fetchall()
        except sqlite3.OperationalError as error:
            raise Unavailable(f"the database does not answer: {error}") from error


def _open(path: Path) -> sqlite3.Connection:
    """Open an existing file: mode=rw because readers of a WAL share its index file."""
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode=rw",
        uri=True,
        timeout=_BUSY_TIMEOUT_S,
        isolation_level=None,
        check_same_thread=False,
    )
    connection.execute("PRAGMA query_only=ON")
    connection.execute(f"PRAGMA mmap_size={_MAPPED}")
    return connection


class PostgresqlReading(_Answers):
    """A few connections; each query of a page is one round trip."""

    def __init__(self, reader: "Reader") -> None:
        self._reader = reader
        self._statements = {name: _numbered(text) for name, text in load_statements().items()}

    async def close(self) -> None:
        """Close the connections; they open again when needed."""
        await self._reader.close()

    async def _ask(self, query: Query) -> Rows:
        statement, names = self._statements[query.name]
        return await self._reader.fetch(statement, *(query.parameters[name] for name in names))

    async def _run(self, asking: Generator[Query, Rows, T]) -> T:
        async with self._reader.snapshot() as snapshot:
            try:
                query = next(asking)
                while True:
                    statement, names = self._statements[query.name]
                    arguments = [query.parameters[name] for name in names]
                    query = asking.send(await snapshot.fetch(statement, *arguments))
            except StopIteration as answer:
                result: T = answer.value
                return result


def _numbered(statement: str) -> tuple[str, list[str]]:
    """Write the parameters of a statement as PostgreSQL wants them: `$1` for `:name`."""
    names = list(dict.fromkeys(_PARAMETER.findall(statement)))
    return _PARAMETER.sub(lambda match: f"${names.index(match[1]) + 1}", statement), names
