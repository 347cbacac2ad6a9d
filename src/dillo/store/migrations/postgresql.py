"""Migrates a PostgreSQL database while a platform runs on it, each revision in one transaction."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import asyncpg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from dillo.model.errors import Unavailable
from dillo.store import migrations, sqlstates
from dillo.store.migrations import Migrated
from dillo.store.postgresql import connect

_LOCK = 0x0D11_1000
"""The advisory lock under which one process migrates at a time."""

# A revision that would have to wait long for a table gives way: behind it calls would queue.
_LOCK_TIMEOUT = "2s"
_TRIES, _PAUSE_S = 10, 0.5


def migrate_server(dsn: str) -> Migrated:
    """Bring a database to the newest schema. Raises Unavailable."""
    # In a thread, because the caller may be inside an event loop.
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, _migrate(dsn)).result()


async def _migrate(dsn: str) -> Migrated:
    before = await _current(dsn)
    if before is not None and migrations.is_current(before):
        return Migrated(before, before)
    engine = create_async_engine("postgresql+asyncpg://", async_creator=lambda: connect(dsn, None))
    try:
        async with engine.connect() as connection:
            return await _upgrade(connection)
    except DBAPIError as error:
        if error.connection_invalidated or sqlstates.may_pass(error.orig):
            raise Unavailable(f"cannot migrate the database: {error.orig}") from error
        raise
    finally:
        await engine.dispose()


async def _current(dsn: str) -> str | None:
    """Return the revision without Alembic, whose import takes a quarter of a second."""
    connection = await connect(dsn)
    try:
        revision: str | None = await connection.fetchval("SELECT version_num FROM alembic_version")
    except asyncpg.UndefinedTableError:
        return None
    finally:
        await connection.close()
    return revision


async def _upgrade(connection: AsyncConnection) -> Migrated:
    await connection.exec_driver_sql(f"SELECT pg_advisory_lock({_LOCK})")
    await connection.exec_driver_sql(f"SET lock_timeout = '{_LOCK_TIMEOUT}'")
    exists = "SELECT to_regclass('alembic_version') IS NOT NULL"
    before: str | None = None
    if (await connection.exec_driver_sql(exists)).scalar_one():
        version = await connection.exec_driver_sql("SELECT version_num FROM alembic_version")
        before = version.scalar_one_or_none()
    await connection.commit()
    for left in reversed(range(_TRIES)):
        try:
            await connection.run_sync(migrations.upgrade)
            await connection.commit()
        except DBAPIError as error:
            await connection.rollback()
            if not left or not sqlstates.may_pass(error.orig):
                raise
            await asyncio.sleep(_PAUSE_S)
        else:
            break
    return Migrated(before, migrations.HEAD)
