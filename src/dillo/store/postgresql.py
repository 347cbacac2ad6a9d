"""PostgreSQL as the main database, by asyncpg.

What reads sees one snapshot (REPEATABLE READ, which never fails for readers); what writes runs in
READ COMMITTED and locks the rows that it decides on.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

import asyncpg
from sqlalchemy import event
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from dillo.model.errors import Unavailable
from dillo.store.sqlstates import may_pass

# What asyncpg raises of a connection that breaks; the last, where it does just as a command begins.
_BROKEN = (OSError, asyncpg.InterfaceError, asyncpg.InternalClientError)

_CONNECT_S, _COMMAND_S = 5.0, 60.0

_SESSION = {
    "application_name": "dillo",
    "lock_timeout": "10s",
    # Queries here are short: compiling one costs more than it saves.
    "jit": "off",
    # Planning for many months takes ten times as long as reading a page, so it is done once.
    "plan_cache_mode": "force_generic_plan",
}

Connection = Any
"""An asyncpg connection; asyncpg ships no types."""


def make_engines(dsn: str, pool_size: int) -> tuple[AsyncEngine, AsyncEngine]:
    """Return the engines that read and that write; both share one pool."""
    engine = create_async_engine(
        "postgresql+asyncpg://",
        async_creator=partial(connect, dsn),
        # They stay open, and the last one used comes first: a new one has to learn of every table
        # and to plan every query before it answers.
        pool_size=pool_size,
        max_overflow=0,
        pool_use_lifo=True,
    )
    event.listen(engine.sync_engine, "checkout", _check_open)
    event.listen(engine.sync_engine, "handle_error", _tell_broken)
    reader = engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    return reader, engine.execution_options(isolation_level="READ COMMITTED")


async def connect(dsn: str, command_timeout_s: float | None = _COMMAND_S) -> Connection:
    """Open a connection. Raises Unavailable."""
    try:
        return await asyncpg.connect(
            dsn, timeout=_CONNECT_S, command_timeout=command_timeout_s, server_settings=_SESSION
        )
    except (*_BROKEN, asyncpg.PostgresError, ValueError) as error:
        raise Unavailable(
            f"the database does not answer: {error or type(error).__name__}"
        ) from error


def _check_open(connection: Any, _record: object, _proxy: object) -> None:
    """Replace a pooled connection that broke while it was idle, at no cost where it did not."""
    if connection.driver_connection.is_closed():
        raise DisconnectionError


def _tell_broken(context: ExceptionContext) -> None:
    """Raise Unavailable for the error that SQLAlchemy takes for a fault of the command."""
    cause = context.original_exception.__cause__
    if isinstance(cause, asyncpg.InternalClientError):
        context.is_disconnect = True
        raise Unavailable(f"the database does not answer: {cause}") from cause


class Reader:
    """Short reads on the spot; SQLAlchemy's share of them would be larger than PostgreSQL's."""

    def __init__(self, dsn: str, *, connections: int) -> None:
        self._dsn = dsn
        self._connections = connections
        self._pool: Any = None
        self._opening = asyncio.Lock()

    async def fetch(self, statement: str, *arguments: object) -> Sequence[Sequence[Any]]:
        """Run one query. Raises Unavailable."""
        async with self._connection() as connection:
            rows: Sequence[Sequence[Any]] = await connection.fetch(statement, *arguments)
            return rows

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[Connection]:
        """Read one consistent snapshot. Raises Unavailable."""
        async with (
            self._connection() as connection,
            connection.transaction(isolation="repeatable_read", readonly=True),
        ):
            yield connection

    async def close(self) -> None:
        """Close every connection; they open again when needed."""
        pool, self._pool = self._pool, None
        if pool is not None:
            await pool.close()

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[Connection]:
        try:
            async with (await self._opened()).acquire() as connection:
                yield connection
        except (*_BROKEN, asyncpg.PostgresError) as error:
            if isinstance(error, asyncpg.PostgresError) and not may_pass(error):
                raise
            raise Unavailable(f"the database does not answer: {error}") from error

    async def _opened(self) -> Any:
        async with self._opening:
            if self._pool is None:
                self._pool = await asyncpg.create_pool(
                    min_size=0,
                    max_size=self._connections,
                    connect=lambda *_, **__: connect(self._dsn),
                    reset=_keep,
                )
        return self._pool


async def _keep(_connection: object) -> None:
    """Leave a connection as it is: nothing here changes its session."""
