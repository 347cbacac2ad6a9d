"""SQLite as the main database.

It is opened in WAL mode with `synchronous=FULL`, because what is committed here is money, and every
writing transaction begins with BEGIN IMMEDIATE: two processes then queue up for the lock instead of
finding out half-way that they block each other.
"""

import sqlite3
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, event
from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

BUSY_TIMEOUT_MS = 10_000

_PRAGMAS = (
    f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}",
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    # What is asked has its indexes; one made for a single query reads a whole table first.
    "PRAGMA automatic_index=OFF",
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


def make_engines(path: Path, pool_size: int) -> tuple[AsyncEngine, AsyncEngine]:
    """Return the engines that read and that write; both share one pool."""
    # `mode=rw`: where the file is missing, an empty one in its place would only hide that.
    address = URL.create(
        "sqlite+aiosqlite",
        database=path.absolute().as_uri(),
        query={"mode": "rw", "uri": "true"},
    )
    # The connection used last goes first: what it has in its cache may still be true.
    engine = create_async_engine(address, pool_size=pool_size, max_overflow=0, pool_use_lifo=True)
    event.listen(engine.sync_engine, "connect", _prepare)
    event.listen(engine.sync_engine, "begin", _begin)
    return engine, engine.execution_options(begin="BEGIN IMMEDIATE")


def may_pass(error: BaseException | None) -> bool:
    """Whether the same may succeed later."""
    code = getattr(error, "sqlite_errorcode", None)
    # The low byte is the primary result code; the rest tells variants of it apart.
    return code is not None and code & 0xFF in _PASSING


def _prepare(connection: Any, _record: object) -> None:
    # BEGIN is ours to say (see _begin): sqlite3 would begin late and without IMMEDIATE.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in _PRAGMAS:
        cursor.execute(pragma)
    cursor.close()


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql(connection.get_execution_options().get("begin", "BEGIN"))
