"""The main database: one async engine, transactions that read and transactions that write.

SQLite is opened in WAL mode with `synchronous=FULL`, because what is committed here is money, and
every writing transaction begins with BEGIN IMMEDIATE: two processes then queue up for the lock
instead of finding out half-way that they block each other.
"""

import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, event
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from dillo.model.errors import Unavailable
from dillo.store.address import sqlite_path

__all__ = ["Database", "sqlite_path"]

BUSY_TIMEOUT_MS = 10_000

# The connection of the transaction that this task has joined, see Database.joint.
_joined: ContextVar[AsyncConnection | None] = ContextVar("joined", default=None)

_PRAGMAS = (
    f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}",
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
)

# SQLite result codes after which the same transaction may succeed later (sqlite.org/rescode.html).
_PASSING = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_CANTOPEN,
}


@dataclass(frozen=True, slots=True)
class Database:
    """An open database; `close` it when done.

    `reader` and `writer` share one pool; they differ in how a transaction begins.
    """

    reader: AsyncEngine
    writer: AsyncEngine
    path: Path
    """The SQLite file."""

    @classmethod
    def open(cls, url: str, *, pool_size: int = 5) -> "Database":
        """Make the engine of a database; connections are opened when needed.

        Raises InvalidDatabaseUrl.
        """
        path = sqlite_path(url)
        # `mode=rw`: where the file is missing, an empty one in its place would only hide that.
        address = URL.create(
            "sqlite+aiosqlite",
            database=path.absolute().as_uri(),
            query={"mode": "rw", "uri": "true"},
        )
        engine = create_async_engine(address, pool_size=pool_size, max_overflow=5)
        event.listen(engine.sync_engine, "connect", _prepare)
        event.listen(engine.sync_engine, "begin", _begin)
        writer = engine.execution_options(begin="BEGIN IMMEDIATE")
        return cls(engine, writer, path)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """Read one consistent snapshot. Raises Unavailable where the database does not answer."""
        if (joined := _joined.get()) is not None:
            yield joined
            return
        with _passing_failures():
            async with self.reader.connect() as connection:
                yield connection

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncConnection]:
        """Write in one transaction, committed at the end, rolled back on any error.

        Raises Unavailable where the database stays locked or does not answer.
        """
        with _passing_failures():
            if (joined := _joined.get()) is not None:
                async with joined.begin_nested():
                    yield joined
                return
            async with self.writer.begin() as connection:
                yield connection

    @asynccontextmanager
    async def joint(self) -> AsyncIterator[AsyncConnection]:
        """Make one transaction of all that this task reads and writes inside the block.

        So the use cases of several stores, and what is done with their answers, commit together or
        not at all. Nothing slow belongs in it: SQLite has one writer at a time.
        """
        async with self.writing() as connection:
            token = _joined.set(connection)
            try:
                yield connection
            finally:
                _joined.reset(token)

    async def close(self) -> None:
        """Close every connection."""
        await self.reader.dispose()


@contextmanager
def _passing_failures() -> Iterator[None]:
    """Turn failures of the database that may pass into Unavailable."""
    try:
        yield
    except DBAPIError as error:
        if not _may_pass(error):
            raise
        raise Unavailable(f"the database does not answer: {error.orig}") from error


def _may_pass(error: DBAPIError) -> bool:
    code = getattr(error.orig, "sqlite_errorcode", None)
    # The low byte is the primary result code; the rest tells variants of it apart.
    return error.connection_invalidated or (code is not None and code & 0xFF in _PASSING)


def _prepare(connection: Any, _record: object) -> None:
    # BEGIN is ours to say (see _begin): sqlite3 would begin late and without IMMEDIATE.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in _PRAGMAS:
        cursor.execute(pragma)
    cursor.close()


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql(connection.get_execution_options().get("begin", "BEGIN"))
