"""The main database: one async engine, transactions that read and transactions that write."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from dillo.model.errors import Unavailable
from dillo.store import sqlite, sqlstates
from dillo.store.address import is_postgresql, postgresql_dsn, sqlite_path

__all__ = ["Database", "sqlite_path"]

_TAKE_TURNS = text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))")

# The connection of the transaction that this task has joined, see Database.joint.
_joined: ContextVar[AsyncConnection | None] = ContextVar("joined", default=None)


@dataclass(frozen=True, slots=True)
class Database:
    """An open database; `close` it when done.

    `reader` and `writer` share one pool; they differ in how a transaction begins.
    """

    reader: AsyncEngine
    writer: AsyncEngine
    url: str

    @classmethod
    def open(cls, url: str, *, pool_size: int = 10) -> "Database":
        """Make the engine of a database; connections are opened when needed.

        Raises InvalidDatabaseUrl.
        """
        if is_postgresql(url):
            # Imported here: whoever has SQLite need not wait for the driver.
            from dillo.store import postgresql

            return cls(*postgresql.make_engines(postgresql_dsn(url), pool_size), url)
        return cls(*sqlite.make_engines(sqlite_path(url), pool_size), url)

    @property
    def is_postgresql(self) -> bool:
        return self.reader.dialect.name == "postgresql"

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
    async def joint(self, alone: str | None = None) -> AsyncIterator[AsyncConnection]:
        """Make one transaction of all that this task reads and writes inside the block.

        Of blocks that name the same thing in `alone` one runs at a time, so that what is read in
        one stays so until it is changed there; SQLite has one writer at a time anyway.

        So the use cases of several stores, and what is done with their answers, commit together or
        not at all. Nothing slow belongs in it.
        """
        async with self.writing() as connection:
            if alone is not None and self.is_postgresql:
                await connection.execute(_TAKE_TURNS, {"name": alone})
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
    except OSError as error:  # a timeout is one too
        raise Unavailable(f"the database does not answer: {error or 'timeout'}") from error


def _may_pass(error: DBAPIError) -> bool:
    return (
        error.connection_invalidated
        or sqlite.may_pass(error.orig)
        or sqlstates.may_pass(error.orig)
    )
